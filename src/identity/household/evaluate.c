/* Households and present homes against the truth that the maker of an invented borough wrote beside its files. */
#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"
#include "household/household.h"
#include "linking/linking.h"
#include "linking/refresh.h"
#include "store/store.h"
#include "vault/vault.h"

#include <stdlib.h>

struct person {
	uint64_t household; /* true one + 1; 0: none on the day */
	uint64_t uprn;
	int64_t resident;
	bool shared; /* lives in a house in multiple occupation or a hostel */
};

struct at_home { /* of a resident */
	int64_t property_id;
	double confidence;
};

struct judging {
	struct store *data;
	const struct vault *vault;
	struct id_map persons; /* person -> number + 1 */
	struct person *people;
	size_t count, capacity;
	struct id_map households; /* resident -> household */
	struct id_map homes;      /* resident -> number of at_home + 1 */
	struct at_home *home;
	size_t home_count, home_capacity;
	struct id_map shared_uprns;
	struct id_map properties; /* true UPRN -> property */
	bool knows_kinds;         /* of properties */
	date day;
};

static struct person *person_of(struct judging *judging, uint64_t id)
{
	uint64_t *number = id_map_put(&judging->persons, id + 1, NULL);
	if (*number == 0) {
		ARRAY_GROW(judging->people, judging->count, judging->capacity);
		judging->people[judging->count] = (struct person){0};
		*number = ++judging->count;
	}
	return &judging->people[*number - 1];
}

/* ---- the truth ----------------------------------------------------------------------------------------------- */

enum { FIELDS_MAX = 24 };
typedef enum status take_line(struct judging *judging, const struct text *fields, size_t count, struct error *error);

static enum status each_line(struct judging *judging, const char *truth, const char *name, take_line *take,
			     struct error *error)
{
	char path[4096];
	struct buf file;
	struct text fields[FIELDS_MAX], line;
	snprintf(path, sizeof path, "%s/%s", truth, name);
	buf_init(&file, (size_t)2 << 30);
	enum status status = file_read(path, &file, error);
	struct text rest = buf_text(&file);
	text_split(&rest, '\n', &line);
	while (status == STATUS_OK && text_split(&rest, '\n', &line)) {
		size_t n = 0;
		while (n < FIELDS_MAX && text_split(&line, ',', &fields[n]))
			n++;
		status = take(judging, fields, n, error);
	}
	buf_release(&file);
	return status;
}

/* uprn,parent_uprn,kind,... */
static enum status take_property(struct judging *judging, const struct text *fields, size_t count, struct error *error)
{
	uint64_t uprn;
	(void)error;
	if (count > 2 && text_parse_uint64(fields[0], &uprn) &&
	    (text_is(fields[2], "hmo") || text_is(fields[2], "hmo_room") || text_is(fields[2], "hostel")))
		*id_map_put(&judging->shared_uprns, uprn, NULL) = 1;
	return STATUS_OK;
}

static enum status find_property(struct judging *judging, struct text uprn, uint64_t number, struct error *error)
{
	bool is_new;
	int64_t property_id = 0;
	id_map_put(&judging->properties, number, &is_new);
	if (!is_new)
		return STATUS_OK;
	enum status status = vault_property_of_uprn(judging->vault, judging->data, uprn, &property_id, error);
	*id_map_put(&judging->properties, number, NULL) = (uint64_t)property_id;
	return status;
}

/* household,uprn,kind,household_from,household_to,person,role,from,to */
static enum status take_membership(struct judging *judging, const struct text *fields, size_t count,
				   struct error *error)
{
	uint64_t household, person, uprn = 0;
	date from, to;
	if (count < 9 || !text_parse_uint64(fields[0], &household) || !text_parse_uint64(fields[5], &person) ||
	    !date_parse_iso(fields[7], &from) || from > judging->day)
		return STATUS_OK;
	if (date_parse_iso(text_trim(fields[8]), &to) && to <= judging->day)
		return STATUS_OK;
	struct person *p = person_of(judging, person);
	p->household = household + 1;
	p->shared = text_is(fields[2], "communal") || text_is(fields[2], "sharers");
	if (!text_parse_uint64(fields[1], &uprn))
		return STATUS_OK;
	p->uprn = uprn;
	if (judging->knows_kinds)
		p->shared = id_map_get(&judging->shared_uprns, uprn) != NULL;
	return find_property(judging, fields[1], uprn, error);
}

/* ---- the answer ---------------------------------------------------------------------------------------------- */

static enum status read_members(struct judging *judging, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, judging->data,
			      "SELECT resident_id, household_id FROM household_member WHERE to_date IS NULL "
			      "AND why <> 'second_home'",
			      error);
	if (status != STATUS_OK)
		return status;
	int resident = statement_column(query, "resident_id"), household = statement_column(query, "household_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*id_map_put(&judging->households, (uint64_t)statement_int(query, resident), NULL) =
			(uint64_t)statement_int(query, household);
	statement_done(query);
	return status;
}

static enum status read_homes(struct judging *judging, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, judging->data,
		"SELECT resident_id, property_id, confidence FROM residence WHERE standing = 'main'", error);
	if (status != STATUS_OK)
		return status;
	int resident = statement_column(query, "resident_id"), property = statement_column(query, "property_id"),
	    confidence = statement_column(query, "confidence");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(judging->home, judging->home_count, judging->home_capacity);
		judging->home[judging->home_count++] =
			(struct at_home){statement_int(query, property), statement_double(query, confidence)};
		*id_map_put(&judging->homes, (uint64_t)statement_int(query, resident), NULL) = judging->home_count;
	}
	statement_done(query);
	return status;
}

static void keep_resident(void *context, uint64_t person, int64_t resident)
{
	struct judging *judging = context;
	struct person *p = person_of(judging, person);
	/* of a person in two pieces, the piece that is in a household */
	if (!p->resident || (!id_map_get(&judging->households, (uint64_t)p->resident) &&
			     id_map_get(&judging->households, (uint64_t)resident)))
		p->resident = resident;
}

/* ---- scores -------------------------------------------------------------------------------------------------- */

enum whom { PEOPLE_HERE, PEOPLE_SHARED, PEOPLE_ALL };

static bool is_judged(const struct person *p, enum whom whom)
{
	return p->resident && (whom == PEOPLE_ALL || (p->household && (whom == PEOPLE_HERE || p->shared)));
}

static void score(const struct judging *judging, enum whom whom, double out[3])
{
	uint64_t *clusters = memory_alloc(judging->count + 1, sizeof *clusters);
	uint64_t *truth = memory_alloc(judging->count + 1, sizeof *truth);
	struct linking_quality quality;
	size_t n = 0;
	for (size_t i = 0; i < judging->count; i++) {
		const struct person *p = &judging->people[i];
		if (!is_judged(p, whom))
			continue;
		const uint64_t *household = id_map_get(&judging->households, (uint64_t)p->resident);
		clusters[n] = household ? *household : UINT64_MAX - i;
		truth[n++] = p->household ? p->household : UINT64_MAX - i; /* who is gone lives with nobody here */
	}
	linking_evaluate(clusters, truth, n, &quality);
	out[0] = quality.precision;
	out[1] = quality.recall;
	out[2] = quality.f1;
	free(clusters);
	free(truth);
}

/* Of two who are shown together, whether the truth has them apart: counted by sorting people by household shown. */
struct shown {
	uint64_t household, truth;
};

static int compare_shown(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;
	if (x->household != y->household)
		return x->household < y->household ? -1 : 1;
	return (x->truth > y->truth) - (x->truth < y->truth);
}

static void count_false(struct household_evaluation *out, const struct judging *judging)
{
	struct shown *shown = memory_alloc(judging->count + 1, sizeof *shown);
	size_t n = 0;
	for (size_t i = 0; i < judging->count; i++) {
		const struct person *p = &judging->people[i];
		const uint64_t *household = id_map_get(&judging->households, (uint64_t)p->resident);
		if (is_judged(p, PEOPLE_SHARED))
			out->shared_people++;
		if (is_judged(p, PEOPLE_SHARED) && household)
			shown[n++] = (struct shown){*household, p->household};
		out->gone_shown += p->resident && !p->household && household;
	}
	if (n)
		qsort(shown, n, sizeof *shown, compare_shown);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && shown[end].household == shown[i].household; end++)
			;
		if (shown[end - 1].truth != shown[i].truth)
			out->falsely_together += end - i;
	}
	free(shown);
}

static void count_homes(struct household_evaluation *out, const struct judging *judging)
{
	static const double from[HOUSEHOLD_BANDS] = {0, 0.5, 0.75, 0.9, 0.99};
	for (size_t i = 0; i < judging->count; i++) {
		const struct person *p = &judging->people[i];
		const uint64_t *number = id_map_get(&judging->homes, (uint64_t)p->resident);
		if (!is_judged(p, PEOPLE_HERE) || !p->uprn)
			continue;
		const uint64_t *property = id_map_get(&judging->properties, p->uprn);
		const struct at_home *home = number ? &judging->home[*number - 1] : NULL;
		bool right = home && property && (int64_t)*property == home->property_id;
		if (!home) {
			out->homes_missed++;
			continue;
		}
		*(right ? &out->homes_right : &out->homes_wrong) += 1;
		int band = HOUSEHOLD_BANDS - 1;
		while (band > 0 && home->confidence < from[band])
			band--;
		out->bands[band].from = from[band];
		out->bands[band].people++;
		out->bands[band].right += right;
		out->bands[band].said += home->confidence;
	}
	for (int band = 0; band < HOUSEHOLD_BANDS; band++) {
		out->bands[band].from = from[band];
		if (out->bands[band].people)
			out->bands[band].said /= (double)out->bands[band].people;
	}
}

static enum status read_all(struct judging *judging, const char *truth, struct error *error)
{
	int64_t newest;
	char path[4096];
	enum status status = store_query_int(judging->data, "SELECT MAX(as_at) FROM extract WHERE status = 'loaded'",
					     &newest, error);
	judging->day = (date)newest;
	snprintf(path, sizeof path, "%s/properties.csv", truth);
	judging->knows_kinds = file_exists(path);
	if (status == STATUS_OK)
		status = read_members(judging, error);
	if (status == STATUS_OK)
		status = read_homes(judging, error);
	if (status == STATUS_OK && judging->knows_kinds)
		status = each_line(judging, truth, "properties.csv", take_property, error);
	if (status == STATUS_OK)
		status = each_line(judging, truth, "households.csv", take_membership, error);
	if (status == STATUS_OK)
		status = linking_truth_each(judging->data, judging->vault, truth, keep_resident, judging, error);
	return status;
}

static void judge(struct household_evaluation *out, const struct judging *judging)
{
	double here[3], shared[3], all[3];
	score(judging, PEOPLE_HERE, here);
	score(judging, PEOPLE_SHARED, shared);
	score(judging, PEOPLE_ALL, all);
	for (size_t i = 0; i < judging->count; i++)
		out->people += is_judged(&judging->people[i], PEOPLE_HERE);
	out->precision = here[0], out->recall = here[1], out->f1 = here[2];
	out->shared_precision = shared[0], out->shared_recall = shared[1], out->shared_f1 = shared[2];
	out->with_gone_precision = all[0], out->with_gone_f1 = all[2];
	count_false(out, judging);
	count_homes(out, judging);
}

enum status household_evaluate(struct household_evaluation *out, struct store *data, const struct vault *vault,
			       const char *truth, struct error *error)
{
	struct judging judging = {.data = data, .vault = vault};
	struct id_map *maps[] = {&judging.persons, &judging.households, &judging.homes, &judging.shared_uprns,
				 &judging.properties};
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		id_map_init(maps[i]);
	enum status status = read_all(&judging, truth, error);
	if (status == STATUS_OK)
		judge(out, &judging);
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		id_map_release(maps[i]);
	free(judging.people);
	free(judging.home);
	return status;
}

/* The rows of one source and kind follow each other: their ages are taken together. */
static struct household_source *source_of(struct household_source *out, size_t capacity, size_t *count,
					  struct text source, unsigned kind)
{
	struct household_source *last = *count ? &out[*count - 1] : NULL;
	if (last && last->kind == kind && text_is(source, last->source))
		return last;
	if (*count == capacity)
		return NULL;
	last = &out[(*count)++];
	*last = (struct household_source){.kind = kind};
	snprintf(last->source, sizeof last->source, "%.*s", TEXT_ARG(source));
	return last;
}

enum status household_sources(struct household_source *out, size_t capacity, size_t *count, struct store *data,
			      struct error *error)
{
	struct statement *query;
	bool row;
	*count = 0;
	enum status status = store_prepare(
		&query, data,
		"SELECT s.source_id, a.kind, a.statements, a.agreed FROM address_reliability a JOIN source s "
		"ON s.source_no = a.source_no WHERE a.run_id = (SELECT MAX(run_id) FROM "
		"address_reliability) ORDER BY s.source_id, a.kind, a.age",
		error);
	if (status != STATUS_OK)
		return status;
	int source = statement_column(query, "source_id"), kind = statement_column(query, "kind"),
	    statements = statement_column(query, "statements"), agreed = statement_column(query, "agreed");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		struct household_source *found = source_of(out, capacity, count, statement_text(query, source),
							   (unsigned)statement_int(query, kind));
		if (!found)
			continue;
		found->statements += (uint64_t)statement_int(query, statements);
		found->share += statement_double(query, agreed);
	}
	statement_done(query);
	for (size_t i = 0; i < *count; i++)
		out[i].share /= (double)(out[i].statements ? out[i].statements : 1);
	return status;
}
