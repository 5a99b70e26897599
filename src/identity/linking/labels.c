#include "linking/labels.h"

#include "base/memory.h"
#include "linking/refresh.h"
#include "store/store.h"
#include "vault/vault.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static const double edges[LABEL_BANDS + 1] = {0, 0.1, 0.5, 0.7, 0.9, 0.99, 1};

static size_t band_of(double probability)
{
	size_t band = 0;
	while (band + 1 < LABEL_BANDS && probability >= edges[band + 1])
		band++;
	return band;
}

static const struct ruling *deciding(const struct rulings *rulings, const struct ruled_pair *pair)
{
	for (size_t i = pair->first; i < pair->first + pair->count; i++) {
		if (rulings->opinions[i].ruling_id == pair->deciding)
			return &rulings->opinions[i];
	}
	return &rulings->opinions[pair->first];
}

/* ---- rates --------------------------------------------------------------------------------------------- */

static void wilson(struct label_rate *rate)
{
	const double z = 1.96;
	rate->low = 0;
	rate->high = 1;
	if (rate->decided == 0)
		return;
	double n = (double)rate->decided, p = (double)rate->same / n, zz = z * z / n;
	double middle = (p + zz / 2) / (1 + zz), half = z * sqrt(p * (1 - p) / n + zz / (4 * n)) / (1 + zz);
	rate->share = p;
	rate->expected /= n;
	rate->low = fmax(0, middle - half);
	rate->high = fmin(1, middle + half);
}

static void count_label(struct label_rate *rate, const struct ruling *ruling)
{
	bool same = ruling->verdict == RULING_SAME;
	rate->decided++;
	rate->same += same;
	rate->wrong += same != ruling->linked;
	rate->expected += ruling->probability;
}

/* Doubtful pairs of the last run by band; together: of one resident. */
static enum status count_doubtful(int64_t pairs[LABEL_BANDS][2], struct store *data, struct error *error)
{
	struct statement *query;
	bool row;
	memset(pairs, 0, LABEL_BANDS * sizeof *pairs);
	enum status status = store_prepare(
		&query, data,
		"SELECT l.probability AS probability, CASE WHEN a.resident_id = b.resident_id THEN 1 ELSE 0 END AS "
		"together FROM link l JOIN resident_record a ON a.record_id = l.record_a JOIN resident_record b ON "
		"b.record_id = l.record_b WHERE l.status = 'review'",
		error);
	if (status != STATUS_OK)
		return status;
	int probability = statement_column(query, "probability"), together = statement_column(query, "together");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		pairs[band_of(statement_double(query, probability))][statement_int(query, together)]++;
	statement_done(query);
	return status;
}

static void extrapolate(struct label_rates *out, int64_t pairs[LABEL_BANDS][2])
{
	double all = 0, known = 0;
	for (size_t b = 0; b < LABEL_BANDS; b++) {
		struct label_rate *band = &out->bands[b];
		band->pairs = pairs[b][0] + pairs[b][1];
		all += (double)band->pairs;
		if (band->decided == 0)
			continue;
		known += (double)band->pairs;
		out->false_links += (double)pairs[b][1] * (1 - band->share);
		out->missed_links += (double)pairs[b][0] * band->share;
	}
	out->covered = all > 0 ? known / all : 0;
}

/* ---- groups ---------------------------------------------------------------------------------------------- */

static struct label_rate *group_named(struct label_rates *out, const char *name)
{
	for (size_t i = 0; i < out->group_count; i++) {
		if (!strcmp(out->groups[i].name, name))
			return &out->groups[i];
	}
	if (out->group_count == LABEL_GROUPS_MAX)
		return NULL;
	struct label_rate *group = &out->groups[out->group_count++];
	*group = (struct label_rate){0};
	snprintf(group->name, sizeof group->name, "%s", name);
	return group;
}

static const char *age_band(date birth, date today)
{
	int age = date_age_in_years(birth, today);
	return age < 5    ? "aged 0-4"
	       : age < 18 ? "aged 5-17"
	       : age < 30 ? "aged 18-29"
	       : age < 65 ? "aged 30-64"
			  : "aged 65 and over";
}

struct person {
	char sex[24];
	date birth;
};

static enum status read_person(struct person *out, struct store *data, const struct vault *vault,
			       const struct vault_elements *elements, int64_t record_id, struct error *error)
{
	struct arena arena;
	struct vault_row *rows;
	size_t count;
	arena_init(&arena, (size_t)16 << 20);
	arena_keep_secret(&arena);
	enum status status = vault_open_record(&rows, &count, vault, data, record_id, VAULT_NEWEST, &arena, error);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (rows[i].part != VAULT_IDENTITY)
			continue;
		struct text sex = vault_values_find(rows[i].packed, vault_element_no(elements, TEXT("sex")));
		struct text birth =
			vault_values_find(rows[i].packed, vault_element_no(elements, TEXT("date_of_birth")));
		if (sex.len)
			snprintf(out->sex, sizeof out->sex, "sex %.*s", TEXT_ARG(sex));
		date day;
		if (birth.len && date_parse_iso(birth, &day))
			out->birth = day;
	}
	arena_release(&arena);
	return status;
}

/* Of either record: who they are about is what was asked. */
static enum status count_groups(struct label_rates *out, const struct rulings *rulings, struct store *data,
				const struct vault *vault, struct error *error)
{
	struct vault_elements elements;
	enum status status = vault_elements_load(&elements, data, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < rulings->pair_count && status == STATUS_OK; i++) {
		const struct ruled_pair *pair = &rulings->pairs[i];
		struct person person = {.birth = DATE_UNKNOWN};
		if (pair->state != RULING_HOLDS || !pair->record_a || !pair->record_b)
			continue;
		status = read_person(&person, data, vault, &elements, pair->record_b, error);
		if (status == STATUS_OK)
			status = read_person(&person, data, vault, &elements, pair->record_a, error);
		const char *names[] = {person.sex[0] ? person.sex : "sex not known",
				       person.birth == DATE_UNKNOWN ? "age not known"
								    : age_band(person.birth, date_today())};
		for (size_t n = 0; n < 2 && status == STATUS_OK; n++) {
			struct label_rate *group = group_named(out, names[n]);
			if (group)
				count_label(group, deciding(rulings, pair));
		}
		explicit_bzero(&person, sizeof person);
	}
	vault_elements_release(&elements);
	return status;
}

static int by_name(const void *a, const void *b)
{
	const struct label_rate *x = a, *y = b;
	return strcmp(x->name, y->name);
}

enum status labels_rates(struct label_rates *out, const struct rulings *rulings, struct store *data,
			 const struct vault *vault, struct error *error)
{
	int64_t pairs[LABEL_BANDS][2];
	*out = (struct label_rates){0};
	for (size_t b = 0; b < LABEL_BANDS; b++) {
		struct label_rate *band = &out->bands[b];
		band->from = edges[b];
		band->to = edges[b + 1];
		snprintf(band->name, sizeof band->name, "%.2f-%.2f", band->from, band->to);
	}
	for (size_t i = 0; i < rulings->pair_count; i++) {
		const struct ruled_pair *pair = &rulings->pairs[i];
		const struct ruling *ruling = deciding(rulings, pair);
		if (pair->state != RULING_HOLDS)
			continue;
		count_label(&out->bands[band_of(ruling->probability)], ruling);
		out->decided++;
		out->same += ruling->verdict == RULING_SAME;
		out->wrong += (ruling->verdict == RULING_SAME) != ruling->linked;
	}
	enum status status = vault ? count_groups(out, rulings, data, vault, error) : STATUS_OK;
	if (status == STATUS_OK)
		status = count_doubtful(pairs, data, error);
	if (status != STATUS_OK)
		return status;
	for (size_t b = 0; b < LABEL_BANDS; b++)
		wilson(&out->bands[b]);
	qsort(out->groups, out->group_count, sizeof *out->groups, by_name);
	for (size_t g = 0; g < out->group_count; g++)
		wilson(&out->groups[g]);
	extrapolate(out, pairs);
	return STATUS_OK;
}

/* ---- learning ---------------------------------------------------------------------------------------------- */

/* What the labelled pairs add to (or take from) the classes' counts, by column and level. */
struct anchors {
	double match[LINKING_COLUMNS][LINKING_LEVELS], other[LINKING_COLUMNS][LINKING_LEVELS];
	double matches;
	size_t used;
};

static void add_anchor(struct anchors *anchors, const struct linking_explanation *is, double weight, bool same)
{
	/* The model counted the pair as a match with its probability; people know better. */
	double change = weight * ((same ? 1 : 0) - is->probability);
	anchors->matches += change;
	anchors->used++;
	for (size_t c = 0; c < is->count; c++) {
		unsigned level = is->evidence[c].level;
		if (level == LINKING_LEVEL_MISSING || level >= LINKING_LEVELS)
			continue;
		anchors->match[c][level] += change;
		anchors->other[c][level] -= change;
	}
}

static enum status collect(struct anchors *anchors, const struct rulings *rulings, struct store *data,
			   const struct vault *vault, struct error *error)
{
	struct label_rates rates;
	enum status status = labels_rates(&rates, rulings, data, NULL, error);
	for (size_t i = 0; i < rulings->pair_count && status == STATUS_OK; i++) {
		const struct ruled_pair *pair = &rulings->pairs[i];
		struct linking_why why;
		if (pair->state != RULING_HOLDS || !pair->record_a || !pair->record_b)
			continue;
		status = linking_why_records(&why, data, vault, pair->record_a, pair->record_b, error);
		if (status == STATUS_NOT_FOUND) {
			status = STATUS_OK;
			continue;
		}
		if (status != STATUS_OK)
			return status;
		/* each stands for its share of the doubtful pairs of its band */
		const struct label_rate *band = &rates.bands[band_of(deciding(rulings, pair)->probability)];
		double weight = (double)band->pairs / (double)band->decided;
		add_anchor(anchors, &why.explanation, weight < 1 ? 1 : weight, pair->verdict == RULING_SAME);
	}
	return status;
}

/* P = (N P + change) / sum, never out of bounds. */
static void shift_levels(json_t *array, double count, const double change[LINKING_LEVELS])
{
	size_t levels = json_array_size(array);
	double shifted[LINKING_LEVELS], sum = 0;
	for (size_t l = 0; l < levels && l + 1 < LINKING_LEVELS; l++) {
		shifted[l] = count * json_number_value(json_array_get(array, l)) + change[l + 1];
		shifted[l] = shifted[l] > count * 1e-7 ? shifted[l] : count * 1e-7;
		sum += shifted[l];
	}
	for (size_t l = 0; l < levels && l + 1 < LINKING_LEVELS; l++)
		json_array_set_new(array, l, json_real(shifted[l] / sum));
}

static void anchor_model(json_t *root, const struct anchors *anchors)
{
	double records = json_number_value(json_object_get(root, "records")),
	       prior = json_number_value(json_object_get(root, "prior")),
	       household = json_number_value(json_object_get(root, "household_prior"));
	double pairs = records * (records - 1) / 2, matches = prior * pairs, housemates = household * pairs;
	json_t *columns = json_object_get(root, "columns");
	if (matches < 1)
		return;
	double now = matches + anchors->matches;
	now = now > matches / 2 ? now : matches / 2; /* a few labels do not turn a borough over */
	json_object_set_new(root, "prior", json_real(now / pairs));
	for (size_t c = 0; c < json_array_size(columns) && c < LINKING_COLUMNS; c++) {
		json_t *column = json_array_get(columns, c);
		shift_levels(json_object_get(column, "m"), matches, anchors->match[c]);
		if (housemates >= 1)
			shift_levels(json_object_get(column, "h"), housemates, anchors->other[c]);
	}
	json_object_set_new(root, "labels", json_integer((json_int_t)anchors->used));
}

enum status labels_retrain(struct buf *out, size_t *used, const struct rulings *rulings, struct store *data,
			   const struct vault *vault, struct error *error)
{
	struct anchors anchors = {.used = 0};
	struct buf model;
	json_error_t where;
	buf_init(&model, 1 << 22);
	enum status status = linking_model_read(&model, data, error);
	if (status == STATUS_OK)
		status = collect(&anchors, rulings, data, vault, error);
	json_t *root = status == STATUS_OK ? json_loadb(model.at, model.len, 0, &where) : NULL;
	if (status == STATUS_OK && !root)
		status = error_set(error, STATUS_CORRUPT, "linking.model", "the model of the last run cannot be read");
	if (status == STATUS_OK) {
		if (anchors.used > 0)
			anchor_model(root, &anchors);
		char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
		buf_append_text(out, text_of(text));
		free(text);
	}
	*used = anchors.used;
	json_decref(root);
	buf_release(&model);
	return status;
}
