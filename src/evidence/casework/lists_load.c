/* Reads what lists are worked out from: rows of the feeds that rules name, homes, properties, doubts. No names are
 * there. */
#include "base/buf.h"
#include "base/json.h"
#include "base/memory.h"
#include "casework/lists_int.h"

#include <jansson.h>
#include <stdlib.h>

enum { COLUMNS_MOST = 12 };

struct loading {
	struct list_source *source;
	struct store *data;
	struct id_map feeds;   /* number in the database -> number in the profile + 1 */
	struct buf all, asked; /* "3,17": numbers of the feeds that are read, of those with a condition */
	size_t person;         /* whose row was read last: the next is mostly that person's, or the next one's */
	/* What stands beside facts, in their order. */
	struct located {
		int64_t record_id, row_key, property_id;
		int32_t feed_no, version;
	} * located;
	size_t located_count, located_capacity, located_at;
	struct owned {
		int64_t record_id, resident_id;
		uint32_t person;
	} * owned;
	size_t owned_count, owned_capacity, owned_at;
	int64_t record_id, row_key; /* of the row read last */
	int32_t feed_no;
};

typedef void row_reader(struct loading *loading, struct statement *query, const int *columns);

static enum status read_rows(struct loading *loading, const char *sql, const char *const *names, row_reader *reader,
			     struct error *error)
{
	struct statement *query;
	int columns[COLUMNS_MOST];
	bool row;
	enum status status = store_prepare(&query, loading->data, sql, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; names[i]; i++)
		columns[i] = statement_column(query, names[i]);
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		reader(loading, query, columns);
	statement_done(query);
	return status;
}
#define READ_ROWS(loading, sql, reader, error, ...) \
	read_rows(loading, sql, (const char *const[]){__VA_ARGS__, NULL}, reader, error)

static date date_or_unknown(struct statement *query, int column)
{
	return statement_is_null(query, column) ? DATE_UNKNOWN : (date)statement_int(query, column);
}

/* ---- feeds --------------------------------------------------------------------------------------------- */

static void append_number(struct buf *numbers, int64_t number)
{
	if (numbers->len)
		buf_append_char(numbers, ',');
	buf_append_int(numbers, number);
}

static void use_of_feed(const struct profile *profile, const struct profile_feed *feed, bool *named, bool *asked)
{
	for (size_t i = 0; i < profile->lists.count; i++) {
		const struct profile_list *list = &profile->lists.at[i];
		for (size_t g = 0; g < list->group_count; g++) {
			for (size_t f = 0; f < list->groups[g].feed_count; f++) {
				if (list->groups[g].feeds[f] != feed)
					continue;
				*named = true;
				*asked |= list->groups[g].when.count > 0;
			}
		}
	}
}

static void read_feed(struct loading *loading, struct statement *query, const int *c)
{
	const struct profile_feed *feed = profile_feed(loading->source->profile, statement_text(query, c[1]));
	bool named = false, asked = false;
	if (feed)
		use_of_feed(loading->source->profile, feed, &named, &asked);
	if (!named)
		return;
	*id_map_put(&loading->feeds, (uint64_t)statement_int(query, c[0]), NULL) = feed->number + 1;
	append_number(&loading->all, statement_int(query, c[0]));
	if (asked)
		append_number(&loading->asked, statement_int(query, c[0]));
}

/* Residents come in order; what is said of them mostly does. */
static struct person *person_of(struct loading *loading, int64_t resident_id)
{
	struct list_source *source = loading->source;
	for (size_t i = loading->person; i < source->people_count && i < loading->person + 2; i++) {
		if (source->people[i].resident_id == resident_id)
			return &source->people[loading->person = i];
	}
	uint32_t number = list_source_person(source, resident_id);
	if (number == UINT32_MAX)
		return NULL;
	return &source->people[loading->person = number];
}

/* ---- facts --------------------------------------------------------------------------------------------- */

static void read_located(struct loading *loading, struct statement *query, const int *c)
{
	ARRAY_GROW(loading->located, loading->located_count, loading->located_capacity);
	loading->located[loading->located_count++] = (struct located){.record_id = statement_int(query, c[0]),
								      .feed_no = (int32_t)statement_int(query, c[1]),
								      .row_key = statement_int(query, c[2]),
								      .version = (int32_t)statement_int(query, c[3]),
								      .property_id = statement_int(query, c[4])};
}

static void read_owned(struct loading *loading, struct statement *query, const int *c)
{
	ARRAY_GROW(loading->owned, loading->owned_count, loading->owned_capacity);
	int64_t resident_id = statement_int(query, c[1]);
	const struct person *person = person_of(loading, resident_id);
	loading->owned[loading->owned_count++] =
		(struct owned){statement_int(query, c[0]), resident_id,
			       person ? (uint32_t)(person - loading->source->people) : UINT32_MAX};
}

/* Facts come in order of records, and so do their residents; NULL: it is nobody's. */
static const struct owned *owner_of(struct loading *loading, int64_t record_id)
{
	while (loading->owned_at < loading->owned_count && loading->owned[loading->owned_at].record_id < record_id)
		loading->owned_at++;
	const struct owned *at = &loading->owned[loading->owned_at];
	return loading->owned_at < loading->owned_count && at->record_id == record_id ? at : NULL;
}

static int compare_located(const struct located *a, const struct located *b)
{
	if (a->record_id != b->record_id)
		return a->record_id < b->record_id ? -1 : 1;
	if (a->feed_no != b->feed_no)
		return a->feed_no < b->feed_no ? -1 : 1;
	if (a->row_key != b->row_key)
		return a->row_key < b->row_key ? -1 : 1;
	return (a->version > b->version) - (a->version < b->version);
}

static int order_located(const void *a, const void *b)
{
	return compare_located(a, b);
}

static int order_owned(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;
	return (x->record_id > y->record_id) - (x->record_id < y->record_id);
}

static void sort_unless_sorted(void *at, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	for (size_t i = 1; i < count; i++) {
		if (compare((const char *)at + (i - 1) * size, (const char *)at + i * size) > 0) {
			qsort(at, count, size, compare);
			return;
		}
	}
}

/* Sorted here, not by the database: it would look each row up by its index, where reading the whole table is
 * several times as fast. */
static void sort_beside(struct loading *loading)
{
	sort_unless_sorted(loading->located, loading->located_count, sizeof *loading->located, order_located);
	sort_unless_sorted(loading->owned, loading->owned_count, sizeof *loading->owned, order_owned);
}

/* The address that stands with the newest version of the row up to this one. */
static int64_t property_of(struct loading *loading, const struct located *row)
{
	size_t *at = &loading->located_at;
	while (*at < loading->located_count && compare_located(&loading->located[*at], row) <= 0)
		++*at;
	const struct located *before = *at ? &loading->located[*at - 1] : NULL;
	bool same = before && before->record_id == row->record_id && before->feed_no == row->feed_no &&
		    before->row_key == row->row_key;
	return same ? before->property_id : 0;
}

struct payload {
	struct text json;
	json_t *object; /* read only when the text alone does not tell */
};

static struct text payload_value(const void *context, const struct profile_element *element)
{
	struct payload *payload = *(struct payload *const *)context;
	struct text found;
	if (json_find_text(&found, payload->json, element->id) != JSON_ESCAPED)
		return found;
	if (!payload->object)
		payload->object = json_loadb(payload->json.at, payload->json.len, 0, NULL);
	const json_t *value = json_object_get(payload->object, element->id.at);
	return text_slice(json_string_value(value), json_string_length(value));
}

static bool asks_feed(const struct profile_condition *condition, const struct profile_feed *feed)
{
	for (size_t i = 0; i < condition->count; i++) {
		if (feed_column(feed, condition->comparisons[i].left))
			return true;
	}
	return false;
}

/* A bit for each condition that the row meets. */
static uint64_t answers(struct list_source *source, const struct profile_feed *feed, struct text json)
{
	uint64_t bits = 0;
	struct payload payload = {.json = json}, *context = &payload;
	struct condition_values values = {payload_value, &context, source->today, source->today};
	for (size_t i = 0; i < source->question_count && !text_is_absent(json); i++) {
		if (asks_feed(source->questions[i], feed) && condition_holds(source->questions[i], &values))
			bits |= UINT64_C(1) << i;
	}
	json_decref(payload.object);
	return bits;
}

/* Versions of a row follow each other: the newer takes the place of the one before. */
static void read_fact(struct loading *loading, struct statement *query, const int *c)
{
	struct list_source *source = loading->source;
	const uint64_t *number = id_map_get(&loading->feeds, (uint64_t)statement_int(query, c[1]));
	struct located place = {.record_id = statement_int(query, c[0]),
				.feed_no = (int32_t)statement_int(query, c[1]),
				.row_key = statement_int(query, c[2]),
				.version = (int32_t)statement_int(query, c[3])};
	const struct owned *owner = owner_of(loading, place.record_id);
	if (!number || (!owner && source->profile->feeds.at[*number - 1].about == ABOUT_RESIDENTS))
		return;
	bool same_row = source->row_count && loading->record_id == place.record_id &&
			loading->feed_no == place.feed_no && loading->row_key == place.row_key;
	loading->record_id = place.record_id;
	loading->feed_no = place.feed_no;
	loading->row_key = place.row_key;
	if (!same_row) {
		ARRAY_GROW(source->rows, source->row_count, source->row_capacity);
		source->row_count++;
	}
	source->rows[source->row_count - 1] = (struct fact_row){
		.resident_id = owner ? owner->resident_id : 0,
		.person = owner ? owner->person : UINT32_MAX,
		.property_id = property_of(loading, &place),
		.feed = (uint16_t)(*number - 1),
		.from = date_or_unknown(query, c[4]),
		.to = date_or_unknown(query, c[5]),
		.gone = !statement_is_null(query, c[6]),
		.meets = answers(source, &source->profile->feeds.at[*number - 1], statement_text(query, c[7]))};
}

/* Only newest versions are wanted: those that nothing ended, and those that were absent from a whole delivery. */
static enum status read_facts(struct loading *loading, struct error *error)
{
	struct buf sql;
	buf_init(&sql, 1 << 16);
	buf_format(&sql,
		   "SELECT record_id, feed_no, row_key, version, property_id FROM record_property"
		   " WHERE feed_no IN (%s)",
		   loading->all.at);
	enum status status = READ_ROWS(loading, sql.at, read_located, error, "record_id", "feed_no", "row_key",
				       "version", "property_id");
	if (status == STATUS_OK)
		status = READ_ROWS(loading, "SELECT record_id, resident_id FROM resident_record", read_owned, error,
				   "record_id", "resident_id");
	sort_beside(loading);
	buf_clear(&sql);
	buf_format(&sql,
		   "SELECT f.record_id, f.feed_no, f.row_key, f.version, f.valid_from, f.valid_to, f.ended_by,"
		   " CASE WHEN f.feed_no IN (%s) THEN (SELECT p.payload FROM fact_payload p"
		   " WHERE p.payload_id = f.payload_id) END AS payload FROM fact f"
		   " WHERE f.feed_no IN (%s) AND (f.ended_by IS NULL OR f.ended_how = 2)"
		   " ORDER BY f.record_id, f.feed_no, f.row_key, f.version",
		   loading->asked.len ? loading->asked.at : "-1", loading->all.at);
	if (status == STATUS_OK)
		status = READ_ROWS(loading, sql.at, read_fact, error, "record_id", "feed_no", "row_key", "version",
				   "valid_from", "valid_to", "ended_by", "payload");
	buf_release(&sql);
	return status;
}

/* ---- people and places ---------------------------------------------------------------------------------- */

static const char *word_of(struct list_source *source, struct text text)
{
	uint64_t *number = text_map_put(&source->words, text, NULL);
	if (*number == 0)
		*number = source->words.count;
	return source->words.keys[*number - 1].at;
}

static void read_place(struct loading *loading, struct statement *query, const int *c)
{
	struct list_source *source = loading->source;
	ARRAY_GROW(source->places, source->place_count, source->place_capacity);
	struct text ward = statement_text(query, c[4]);
	source->places[source->place_count++] =
		(struct place){.property_id = statement_int(query, c[0]),
			       .parent_id = statement_int(query, c[1]),
			       .key = statement_int(query, c[2]),
			       .kind = word_of(source, statement_text(query, c[3])),
			       .ward = text_is_absent(ward) ? ward : text_of(word_of(source, ward))};
}

static void read_person(struct loading *loading, struct statement *query, const int *c)
{
	struct list_source *source = loading->source;
	ARRAY_GROW(source->people, source->people_count, source->people_capacity);
	source->people[source->people_count++] = (struct person){.resident_id = statement_int(query, c[0]),
								 .home_from = DATE_UNKNOWN,
								 .arrived = DATE_UNKNOWN,
								 .birth_month = -1};
}

static void read_trait(struct loading *loading, struct statement *query, const int *c)
{
	struct person *person = person_of(loading, statement_int(query, c[0]));
	if (!person)
		return;
	person->birth_month = statement_is_null(query, c[1]) ? -1 : (int)statement_int(query, c[1]);
	person->dead = statement_int(query, c[2]) != 0;
	person->family = (int)statement_int(query, c[3]);
}

static void read_home(struct loading *loading, struct statement *query, const int *c)
{
	struct person *person = person_of(loading, statement_int(query, c[0]));
	if (!person)
		return;
	person->household_id = statement_int(query, c[1]);
	person->property_id = statement_int(query, c[2]);
	person->home_from = date_or_unknown(query, c[3]);
	person->doubtful = text_is(statement_text(query, c[4]), "uncertain");
}

/* Each residence is a row as well; the first of them is when somebody came. */
static void read_residence(struct loading *loading, struct statement *query, const int *c)
{
	struct list_source *source = loading->source;
	struct fact_row row = {.resident_id = statement_int(query, c[0]),
			       .property_id = statement_int(query, c[1]),
			       .from = date_or_unknown(query, c[2]),
			       .to = date_or_unknown(query, c[3]),
			       .feed = FEED_OF_RESIDENCES};
	struct person *person = person_of(loading, row.resident_id);
	row.person = person ? (uint32_t)(person - source->people) : UINT32_MAX;
	ARRAY_GROW(source->rows, source->row_count, source->row_capacity);
	source->rows[source->row_count++] = row;
	if (person && row.from != DATE_UNKNOWN && (person->arrived == DATE_UNKNOWN || row.from < person->arrived))
		person->arrived = row.from;
}

static void read_pair(struct loading *loading, struct statement *query, const int *c)
{
	struct list_source *source = loading->source;
	ARRAY_GROW(source->pairs, source->pair_count, source->pair_capacity);
	source->pairs[source->pair_count++] = (struct pair){statement_int(query, c[0]), statement_int(query, c[1])};
}

static enum status read_people(struct loading *loading, struct error *error)
{
	enum status status =
		READ_ROWS(loading, "SELECT resident_id FROM resident WHERE ended_run IS NULL ORDER BY resident_id",
			  read_person, error, "resident_id");
	if (status == STATUS_OK)
		status = READ_ROWS(
			loading,
			"SELECT resident_id, birth_month, dead, family FROM resident_trait ORDER BY resident_id",
			read_trait, error, "resident_id", "birth_month", "dead", "family");
	if (status == STATUS_OK)
		status = READ_ROWS(loading,
				   "SELECT m.resident_id, m.household_id, m.property_id, m.from_date, m.certainty"
				   " FROM household_member m JOIN household h ON h.household_id = m.household_id"
				   " WHERE m.to_date IS NULL AND h.ended_run IS NULL AND m.why <> 'second_home'",
				   read_home, error, "resident_id", "household_id", "property_id", "from_date",
				   "certainty");
	return status;
}

static enum status read_places(struct loading *loading, struct error *error)
{
	enum status status = READ_ROWS(loading, "SELECT resident_id, property_id, from_date, to_date FROM residence",
				       read_residence, error, "resident_id", "property_id", "from_date", "to_date");
	if (status == STATUS_OK)
		status = READ_ROWS(loading,
				   "SELECT property_id, parent_property_id, uprn_hash, kind, ward FROM property",
				   read_place, error, "property_id", "parent_property_id", "uprn_hash", "kind", "ward");
	if (status == STATUS_OK)
		status = READ_ROWS(loading,
				   "SELECT resident_a, resident_b FROM review_item WHERE resident_a <> resident_b",
				   read_pair, error, "resident_a", "resident_b");
	return status;
}

enum status list_source_load(struct list_source *source, struct store *data, struct error *error)
{
	struct loading loading = {.source = source, .data = data};
	id_map_init(&loading.feeds);
	buf_init(&loading.all, 1 << 14);
	buf_init(&loading.asked, 1 << 14);
	for (size_t i = 0; i < source->profile->lists.count; i++) {
		const struct profile_list *list = &source->profile->lists.at[i];
		for (size_t g = 0; g < list->group_count; g++)
			list_source_question(source, &list->groups[g].when);
	}
	enum status status = READ_ROWS(&loading, "SELECT feed_no, feed_id FROM feed ORDER BY feed_no", read_feed, error,
				       "feed_no", "feed_id");
	if (status == STATUS_OK)
		status = read_people(&loading, error);
	if (status == STATUS_OK && loading.all.len)
		status = read_facts(&loading, error);
	if (status == STATUS_OK)
		status = read_places(&loading, error);
	id_map_release(&loading.feeds);
	free(loading.located);
	free(loading.owned);
	buf_release(&loading.all);
	buf_release(&loading.asked);
	if (status == STATUS_OK)
		list_source_finish(source);
	return status;
}
