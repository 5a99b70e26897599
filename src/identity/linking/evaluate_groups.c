/* Whom the matching serves worse, and whether its probabilities hold. */
#include "address/address.h"
#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"
#include "linking/evaluate_int.h"
#include "linking/linking_int.h"
#include "linking/people.h"
#include "reading/reading.h"
#include "store/store.h"

#include <math.h>
#include <stdlib.h>

enum kind { BY_SEX, BY_AGE, BY_ETHNICITY, BY_TRADITION, KINDS };
static const char *const kind_names[KINDS] = {"sex", "age", "ethnicity", "tradition"};

struct someone {
	unsigned char group[KINDS]; /* number of the group + 1; 0: not known */
	uint32_t records;
};

struct groups {
	struct linking_evaluation *out;
	struct text_map numbers; /* kind, 0x1f, name -> group + 1 */
	struct text_map codes;   /* column, 0x1f, code -> place in names + 1 */
	char (*names)[40];
	size_t name_count, name_room;
	struct id_map persons; /* person + 1 -> place in people + 1 */
	struct someone *people;
	size_t count, room;
	date day;
};

static unsigned char group_of(struct groups *groups, enum kind kind, struct text name)
{
	char key[64];
	size_t len = (size_t)snprintf(key, sizeof key, "%d\x1f%.*s", kind, TEXT_ARG(name));
	if (name.len == 0 || len >= sizeof key)
		return 0;
	uint64_t *number = text_map_put(&groups->numbers, text_slice(key, len), NULL);
	if (*number == 0 && groups->out->group_count < LINKING_GROUPS) {
		struct linking_group *group = &groups->out->groups[groups->out->group_count];
		*group = (struct linking_group){.kind = kind_names[kind]};
		snprintf(group->name, sizeof group->name, "%.*s", TEXT_ARG(name));
		*number = ++groups->out->group_count;
	}
	return (unsigned char)*number;
}

static struct text age_band(date born, date day)
{
	static const char *const bands[] = {"0 to 4", "5 to 17", "18 to 29", "30 to 49", "50 to 64", "65 and over"};
	static const int from[] = {0, 5, 18, 30, 50, 65};
	int age = date_age_in_years(born, day);
	size_t band = 0;
	while (band + 1 < sizeof from / sizeof *from && age >= from[band + 1])
		band++;
	return text_of(bands[band]);
}

static size_t split_line(struct text line, struct text *fields, size_t most)
{
	size_t n = 0;
	while (n < most && text_split(&line, ',', &fields[n]))
		n++;
	return n;
}

/* column,code,name; a truth without the file shows the codes. */
static void read_codes(struct groups *groups, const char *truth)
{
	char path[4096], key[64];
	struct buf file;
	struct error ignored;
	buf_init(&file, 1 << 20);
	snprintf(path, sizeof path, "%s/codes.csv", truth);
	struct text rest = TEXT_ABSENT, line, fields[3];
	if (file_read(path, &file, &ignored) == STATUS_OK)
		rest = buf_text(&file);
	text_split(&rest, '\n', &line);
	while (text_split(&rest, '\n', &line)) {
		if (split_line(text_trim(line), fields, 3) < 3)
			continue;
		size_t len =
			(size_t)snprintf(key, sizeof key, "%.*s\x1f%.*s", TEXT_ARG(fields[0]), TEXT_ARG(fields[1]));
		if (len >= sizeof key)
			continue;
		ARRAY_GROW(groups->names, groups->name_count, groups->name_room);
		snprintf(groups->names[groups->name_count++], sizeof *groups->names, "%.*s", TEXT_ARG(fields[2]));
		*text_map_put(&groups->codes, text_slice(key, len), NULL) = groups->name_count;
	}
	buf_release(&file);
}

static struct text name_of(const struct groups *groups, const char *column, struct text code)
{
	char key[64];
	size_t len = (size_t)snprintf(key, sizeof key, "%s\x1f%.*s", column, TEXT_ARG(code));
	const uint64_t *place = len < sizeof key ? text_map_get(&groups->codes, text_slice(key, len)) : NULL;
	return place ? text_of(groups->names[*place - 1]) : code;
}

/* person,sex,born,died,tradition,ethnicity,... */
static void read_person(struct groups *groups, struct text line)
{
	struct text fields[6];
	uint64_t person;
	date born;
	if (split_line(line, fields, 6) < 6 || !text_parse_uint64(fields[0], &person))
		return;
	struct someone someone = {.group = {
					  group_of(groups, BY_SEX, fields[1]),
					  0,
					  group_of(groups, BY_ETHNICITY, name_of(groups, "ethnicity", fields[5])),
					  group_of(groups, BY_TRADITION, name_of(groups, "tradition", fields[4])),
				  }};
	if (date_parse_iso(fields[2], &born))
		someone.group[BY_AGE] = group_of(groups, BY_AGE, age_band(born, groups->day));
	ARRAY_GROW(groups->people, groups->count, groups->room);
	groups->people[groups->count++] = someone;
	*id_map_put(&groups->persons, person + 1, NULL) = groups->count;
}

static enum status read_persons(struct groups *groups, const char *truth, struct error *error)
{
	char path[4096];
	struct buf file;
	snprintf(path, sizeof path, "%s/persons.csv", truth);
	if (!file_exists(path))
		return STATUS_OK;
	buf_init(&file, (size_t)2 << 30);
	enum status status = file_read(path, &file, error);
	struct text rest = buf_text(&file), line;
	text_split(&rest, '\n', &line);
	while (status == STATUS_OK && text_split(&rest, '\n', &line))
		read_person(groups, line);
	buf_wipe(&file);
	buf_release(&file);
	return status;
}

struct placed {
	uint64_t resident, person;
};

static int by_resident(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	if (x->resident != y->resident)
		return x->resident < y->resident ? -1 : 1;
	return (x->person > y->person) - (x->person < y->person);
}

/* N records of one person in a resident of SIZE records. */
static void count_cell(struct groups *groups, uint64_t person, size_t n, size_t size)
{
	const uint64_t *place = id_map_get(&groups->persons, person);
	if (!place)
		return;
	const struct someone *someone = &groups->people[*place - 1];
	for (int k = 0; k < KINDS; k++) {
		if (!someone->group[k])
			continue;
		struct linking_group *group = &groups->out->groups[someone->group[k] - 1];
		group->found += (double)n * (double)(n - 1) / 2;
		group->wrong += (double)n * (double)(size - n) / 2;
		group->missed += (double)n * (double)(someone->records - n) / 2;
		group->records += n;
	}
}

static void count_people(struct groups *groups, const struct judged *judged)
{
	for (size_t i = 0; i < judged->count; i++) {
		const uint64_t *place = id_map_get(&groups->persons, judged->people[i]);
		if (!place)
			continue;
		struct someone *someone = &groups->people[*place - 1];
		for (int k = 0; k < KINDS && someone->records == 0; k++) {
			if (someone->group[k])
				groups->out->groups[someone->group[k] - 1].people++;
		}
		someone->records++;
	}
}

static void count_pairs(struct groups *groups, const struct judged *judged)
{
	struct placed *placed = memory_alloc(judged->count + 1, sizeof *placed);
	for (size_t i = 0; i < judged->count; i++)
		placed[i] = (struct placed){judged->residents[i], judged->people[i]};
	qsort(placed, judged->count, sizeof *placed, by_resident);
	for (size_t i = 0, end; i < judged->count; i = end) {
		for (end = i + 1; end < judged->count && placed[end].resident == placed[i].resident; end++)
			;
		for (size_t at = i, next; at < end; at = next) {
			for (next = at + 1; next < end && placed[next].person == placed[at].person; next++)
				;
			count_cell(groups, placed[at].person, next - at, end - i);
		}
	}
	free(placed);
}

static int by_kind_and_name(const void *a, const void *b)
{
	const struct linking_group *x = a, *y = b;
	int kind = strcmp(x->kind, y->kind);
	return kind ? kind : text_compare(text_of(x->name), text_of(y->name));
}

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static void finish_groups(struct linking_evaluation *out)
{
	for (size_t i = 0; i < out->group_count; i++) {
		struct linking_group *group = &out->groups[i];
		group->false_rate = share(group->wrong, group->found + group->wrong);
		group->missed_rate = share(group->missed, group->found + group->missed);
		group->precision = 1 - group->false_rate;
		group->recall = 1 - group->missed_rate;
		group->f1 = share(2 * group->found, 2 * group->found + group->wrong + group->missed);
	}
	qsort(out->groups, out->group_count, sizeof *out->groups, by_kind_and_name);
}

static enum status newest_day(date *out, struct store *data, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, data, "SELECT MAX(as_at) AS day FROM extract WHERE status = 'loaded'", error);
	if (status != STATUS_OK)
		return status;
	int day = statement_column(query, "day");
	status = statement_step(query, &row, error);
	*out = row ? (date)statement_int(query, day) : 0;
	statement_done(query);
	return status;
}

enum status judge_groups(struct linking_evaluation *out, const struct judged *judged, struct store *data,
			 const char *truth, struct error *error)
{
	struct groups groups = {.out = out};
	enum status status = newest_day(&groups.day, data, error);
	if (status != STATUS_OK)
		return status;
	text_map_init(&groups.numbers);
	text_map_init(&groups.codes);
	id_map_init(&groups.persons);
	read_codes(&groups, truth);
	status = read_persons(&groups, truth, error);
	if (status == STATUS_OK) {
		count_people(&groups, judged);
		count_pairs(&groups, judged);
		finish_groups(out);
	}
	text_map_release(&groups.numbers);
	text_map_release(&groups.codes);
	id_map_release(&groups.persons);
	free(groups.names);
	free(groups.people);
	return status;
}

/* ---- calibration --------------------------------------------------------------------------------------------- */

static void start_bands(struct linking_band bands[LINKING_BANDS_JUDGED])
{
	static const double from[LINKING_BANDS_JUDGED + 1] = {0,   0.1, 0.2, 0.3,  0.4,  0.5,   0.6,
							      0.7, 0.8, 0.9, 0.95, 0.99, 1.0001};
	for (size_t i = 0; i < LINKING_BANDS_JUDGED; i++)
		bands[i] = (struct linking_band){.low = from[i], .high = from[i + 1] < 1 ? from[i + 1] : 1};
}

static void count_link(struct linking_evaluation *out, double probability, bool right)
{
	size_t band = LINKING_BANDS_JUDGED - 1;
	while (band > 0 && probability < out->bands[band].low)
		band--;
	out->bands[band].pairs++;
	out->bands[band].right += right;
	out->bands[band].mean += probability;
}

static void finish_bands(struct linking_evaluation *out)
{
	double pairs = 0, off = 0;
	for (size_t i = 0; i < LINKING_BANDS_JUDGED; i++) {
		struct linking_band *band = &out->bands[i];
		off += fabs(band->mean - (double)band->right);
		pairs += (double)band->pairs;
		band->mean = share(band->mean, (double)band->pairs);
	}
	out->calibration_error = share(off, pairs);
}

static void count_links(struct linking_evaluation *out, const struct linking_run *run, const struct people *people,
			const struct judged *judged)
{
	struct id_map truth;
	size_t count;
	const struct linking_link *links = linking_links(run, &count);
	id_map_init(&truth);
	for (size_t i = 0; i < judged->count; i++)
		*id_map_put(&truth, judged->records[i], NULL) = judged->people[i];
	for (size_t i = 0; i < count; i++) {
		const uint64_t *x = id_map_get(&truth, (uint64_t)people->records[links[i].a]);
		const uint64_t *y = id_map_get(&truth, (uint64_t)people->records[links[i].b]);
		if (x && y)
			count_link(out, (double)links[i].probability, *x == *y);
	}
	id_map_release(&truth);
}

enum status linking_evaluate_probabilities(struct linking_evaluation *out, struct reading *reading, const char *truth,
					   struct error *error)
{
	struct people people;
	struct judged judged = {0};
	struct linking_evaluation ignored = {0};
	struct linking_run *run = NULL;
	struct buf model;
	buf_init(&model, 1 << 22);
	enum status status = address_match_all(reading, error);
	if (status == STATUS_OK)
		status = linking_model_read(&model, reading->data, error);
	if (status == STATUS_OK)
		status = judge_all(&judged, &ignored, reading->data, reading->vault, truth, error);
	if (status == STATUS_OK) {
		people_make(&people, reading);
		status = linking_run_new(&run, people.table, &(struct linking_settings){.model = model.at}, error);
		start_bands(out->bands);
		if (status == STATUS_OK)
			count_links(out, run, &people, &judged);
		people_release(&people);
		finish_bands(out);
	}
	linking_run_free(run);
	judged_release(&judged);
	buf_release(&model);
	return status;
}
