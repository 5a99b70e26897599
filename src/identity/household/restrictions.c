#include "household/restrictions.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/memory.h"
#include "policy/policy.h"

#include <jansson.h>

/* Restrictions of subjects while they gather, by subject id. */
struct subjects {
	struct id_map bits;
	struct id_map now;   /* those of them that a row says now */
	struct id_map ended; /* for the others: the last day on which one did, as day_number() has it */
};

struct marks {
	const struct profile *profile;
	struct store *data;
	date today;
	struct subjects residents, properties;
};

static void subjects_init(struct subjects *subjects)
{
	id_map_init(&subjects->bits);
	id_map_init(&subjects->now);
	id_map_init(&subjects->ended);
}

static void subjects_release(struct subjects *subjects)
{
	id_map_release(&subjects->bits);
	id_map_release(&subjects->now);
	id_map_release(&subjects->ended);
}

/* Dates as numbers that sort, so that the later of two is the greater; 0: none. */
static uint64_t day_number(date day)
{
	return (uint64_t)((int64_t)day - (int64_t)DATE_UNKNOWN);
}

/* A restriction of one subject that is kept since two days counts from the later: whoever lifts it must have
 * seen both. */
static void subjects_add(struct subjects *subjects, uint64_t id, uint64_t bits, uint64_t now, uint64_t ended)
{
	if (!bits)
		return;
	*id_map_put(&subjects->bits, id, NULL) |= bits;
	if (now)
		*id_map_put(&subjects->now, id, NULL) |= now;
	if (bits & ~now) {
		uint64_t *day = id_map_put(&subjects->ended, id, NULL);
		*day = *day > ended ? *day : ended;
	}
}

static uint64_t subjects_get(const struct id_map *map, uint64_t id)
{
	const uint64_t *value = id_map_get(map, id);
	return value ? *value : 0;
}

static uint64_t hiding_address(const struct profile *profile)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < profile->restrictions.count; i++)
		if (profile->restrictions.at[i].hides == HIDES_ADDRESS)
			bits |= UINT64_C(1) << i;
	return bits;
}

/* ---- conditions on facts ------------------------------------------------------------------------ */

static struct text payload_value(const void *context, const struct profile_element *element)
{
	const json_t *value = json_object_get((const json_t *)context, element->id.at);
	return text_slice(json_string_value(value), json_string_length(value));
}

/* One version of a row, and what became of it. */
struct version {
	const struct profile_feed *feed;
	struct text payload;
	bool current, newest;
	date ended; /* as-at date of the extract that ended it */
};

/* Whether a version that met the condition still counts. Protection does not lapse in silence: a hidden address
 * stays hidden when the row has ended or says otherwise, for as long as the restriction keeps it. Somebody
 * who is hidden altogether is so until the source says otherwise, also when it has stopped delivering the row. */
static bool still_counts(const struct marks *marks, const struct profile_restriction *restriction,
			 const struct version *version)
{
	if (version->current)
		return true;
	if (restriction->hides == HIDES_RESIDENT && !version->newest)
		return false;
	return restriction->keeps == RESTRICTION_UNTIL_LIFTED || version->ended == DATE_UNKNOWN ||
	       version->ended + restriction->keeps >= marks->today;
}

static bool asks_feed(const struct profile_restriction *restriction, const struct profile_feed *feed)
{
	for (size_t f = 0; f < restriction->feed_count; f++)
		if (restriction->feeds[f] == feed)
			return true;
	return false;
}

/* The restrictions that the version meets. */
static uint64_t met_by(const struct marks *marks, const struct version *version)
{
	uint64_t bits = 0;
	json_t *object = json_loadb(version->payload.at, version->payload.len, 0, NULL);
	struct condition_values values = {payload_value, object, marks->today, marks->today};
	for (size_t i = 0; object && i < marks->profile->restrictions.count; i++) {
		const struct profile_restriction *restriction = &marks->profile->restrictions.at[i];
		if (asks_feed(restriction, version->feed) && still_counts(marks, restriction, version) &&
		    condition_holds(&restriction->when, &values))
			bits |= UINT64_C(1) << i;
	}
	json_decref(object);
	return bits;
}

/* Those whose rows protect the property of their address. */
static uint64_t marking_property(const struct profile *profile)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < profile->restrictions.count; i++)
		if (profile->restrictions.at[i].marks == MARKS_PROPERTY)
			bits |= UINT64_C(1) << i;
	return bits;
}

static bool is_asked(const struct profile *profile, const struct profile_feed *feed)
{
	for (size_t i = 0; i < profile->restrictions.count; i++)
		if (asks_feed(&profile->restrictions.at[i], feed))
			return true;
	return false;
}

/* Feed numbers of the feeds that restrictions ask: to their feeds, and as "3,17,20" for the query. */
static enum status asked_feeds(struct marks *marks, struct id_map *feeds, struct buf *numbers, struct error *error)
{
	struct statement *query;
	enum status status =
		store_prepare(&query, marks->data, "SELECT feed_no, feed_id FROM feed ORDER BY feed_no", error);
	if (status)
		return status;
	int number = statement_column(query, "feed_no"), id = statement_column(query, "feed_id");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		const struct profile_feed *feed = profile_feed(marks->profile, statement_text(query, id));
		if (!feed || !is_asked(marks->profile, feed))
			continue;
		*id_map_put(feeds, (uint64_t)statement_int(query, number), NULL) = feed->number;
		if (numbers->len)
			buf_append_char(numbers, ',');
		buf_append_int(numbers, statement_int(query, number));
	}
	statement_done(query);
	return status;
}

static void mark_by_version(struct marks *marks, struct statement *query, int resident, int property,
			    const struct version *version)
{
	uint64_t bits = met_by(marks, version), of_property = bits & marking_property(marks->profile);
	uint64_t now = version->current ? bits : 0, ended = day_number(version->ended);
	if (!statement_is_null(query, resident))
		subjects_add(&marks->residents, (uint64_t)statement_int(query, resident), bits, now, ended);
	if (!statement_is_null(query, property))
		subjects_add(&marks->properties, (uint64_t)statement_int(query, property), of_property,
			     now & of_property, ended);
}

/* One pass over the facts for all restrictions: facts lie by record, so a pass for each feed would read
 * everything again. A row's address stands with the version that brought it, and holds for those after it. */
static enum status mark_by_facts(struct marks *marks, const struct id_map *feeds, const char *numbers,
				 struct error *error)
{
	struct statement *query;
	struct buf sql;
	buf_init(&sql, 1 << 16);
	buf_format(&sql,
		   "SELECT r.resident_id, p.property_id, f.feed_no, d.payload, f.version, f.ended_by, e.as_at, "
		   "(SELECT MAX(v.version) FROM fact v WHERE v.record_id = f.record_id AND v.feed_no = f.feed_no AND "
		   "v.row_key = f.row_key) AS newest FROM fact f "
		   "JOIN fact_payload d ON d.payload_id = f.payload_id "
		   "LEFT JOIN resident_record r ON r.record_id = f.record_id "
		   "LEFT JOIN record_property p ON p.record_id = f.record_id AND p.feed_no = f.feed_no AND "
		   "p.row_key = f.row_key AND p.version <= f.version "
		   "LEFT JOIN extract e ON e.extract_id = f.ended_by WHERE f.feed_no IN (%s)",
		   numbers);
	enum status status = store_prepare(&query, marks->data, buf_text(&sql).at, error);
	buf_release(&sql);
	if (status)
		return status;
	statement_stream(query);
	int resident = statement_column(query, "resident_id"), property = statement_column(query, "property_id"),
	    number = statement_column(query, "feed_no"), payload = statement_column(query, "payload"),
	    at = statement_column(query, "version"), newest = statement_column(query, "newest"),
	    ended_by = statement_column(query, "ended_by"), ended = statement_column(query, "as_at");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		const uint64_t *feed = id_map_get(feeds, (uint64_t)statement_int(query, number));
		if (!feed)
			continue;
		struct version version = {.feed = &marks->profile->feeds.at[*feed],
					  .payload = statement_text(query, payload),
					  .current = statement_is_null(query, ended_by),
					  .newest = statement_int(query, at) == statement_int(query, newest),
					  .ended = statement_is_null(query, ended) ? DATE_UNKNOWN
										   : (date)statement_int(query, ended)};
		mark_by_version(marks, query, resident, property, &version);
	}
	statement_done(query);
	return status;
}

static enum status mark_residents(struct marks *marks, struct error *error)
{
	struct id_map feeds;
	struct buf numbers;
	id_map_init(&feeds);
	buf_init(&numbers, 1 << 14);
	enum status status = asked_feeds(marks, &feeds, &numbers, error);
	if (status == STATUS_OK && numbers.len)
		status = mark_by_facts(marks, &feeds, numbers.at, error);
	id_map_release(&feeds);
	buf_release(&numbers);
	return status;
}

/* ---- properties by class -------------------------------------------------------------------------- */

static uint64_t met_by_class(const struct profile *profile, struct text class, struct text kind)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < profile->restrictions.count; i++) {
		const struct profile_restriction *restriction = &profile->restrictions.at[i];
		for (size_t c = 0; c < restriction->property_class_count; c++)
			if (text_equal(restriction->property_classes[c], class) ||
			    text_equal(restriction->property_classes[c], kind))
				bits |= UINT64_C(1) << i;
	}
	return bits;
}

static enum status mark_properties(struct marks *marks, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, marks->data, "SELECT property_id, class, kind FROM property", error);
	if (status)
		return status;
	statement_stream(query);
	int property = statement_column(query, "property_id"), class = statement_column(query, "class"),
	    kind = statement_column(query, "kind");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		uint64_t bits = met_by_class(marks->profile, statement_text(query, class), statement_text(query, kind));
		subjects_add(&marks->properties, (uint64_t)statement_int(query, property), bits, bits, 0);
	}
	statement_done(query);
	return status;
}

/* ---- from one to those who live with them ------------------------------------------------------------ */

/* For each row (of_id, to_id) of SQL: what FROM has for of_id, as far as it is in BITS, goes to TO's to_id. */
static enum status carry(struct marks *marks, const char *sql, const struct subjects *from, struct subjects *to,
			 uint64_t bits, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, marks->data, sql, error);
	if (status)
		return status;
	statement_bind_int(query, "today", marks->today);
	statement_stream(query);
	int of = statement_column(query, "of_id"), goes_to = statement_column(query, "to_id");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		uint64_t id = (uint64_t)statement_int(query, of), has = subjects_get(&from->bits, id) & bits;
		subjects_add(to, (uint64_t)statement_int(query, goes_to), has, subjects_get(&from->now, id) & has,
			     subjects_get(&from->ended, id));
	}
	statement_done(query);
	return status;
}

static enum status carry_to_households(struct marks *marks, struct error *error)
{
	struct subjects households;
	uint64_t bits = hiding_address(marks->profile);
	subjects_init(&households);
	enum status status = carry(marks,
				   "SELECT resident_id AS of_id, household_id AS to_id FROM household_member "
				   "WHERE to_date IS NULL OR to_date >= :today",
				   &marks->residents, &households, bits, error);
	if (status == STATUS_OK)
		status = carry(marks,
			       "SELECT household_id AS of_id, resident_id AS to_id FROM household_member "
			       "WHERE to_date IS NULL OR to_date >= :today",
			       &households, &marks->residents, bits, error);
	subjects_release(&households);
	return status;
}

static enum status carry_to_inhabitants(struct marks *marks, struct error *error)
{
	return carry(marks,
		     "SELECT property_id AS of_id, resident_id AS to_id FROM residence "
		     "WHERE to_date IS NULL OR to_date >= :today",
		     &marks->properties, &marks->residents, UINT64_MAX, error);
}

/* ---- writing ------------------------------------------------------------------------------------------ */

static date kept_since(const struct subjects *subjects, uint64_t id, size_t restriction)
{
	if (subjects_get(&subjects->now, id) >> restriction & 1)
		return DATE_UNKNOWN;
	return (date)((int64_t)subjects_get(&subjects->ended, id) + (int64_t)DATE_UNKNOWN);
}

static size_t list_marks(const struct marks *marks, const struct subjects *subjects, enum policy_subject kind,
			 struct policy_mark *out)
{
	const struct id_map *map = &subjects->bits;
	size_t count = 0;
	for (size_t i = 0; i < map->slot_count; i++)
		for (size_t r = 0; map->used[i] && r < marks->profile->restrictions.count; r++) {
			if (!(map->values[i] >> r & 1))
				continue;
			if (out)
				out[count] = (struct policy_mark){.kind = kind,
								  .subject_id = (int64_t)map->keys[i],
								  .restriction = marks->profile->restrictions.at[r].id,
								  .kept_since = kept_since(subjects, map->keys[i], r)};
			count++;
		}
	return count;
}

static int compare_marks(const void *a, const void *b)
{
	const struct policy_mark *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->subject_id != y->subject_id)
		return x->subject_id < y->subject_id ? -1 : 1;
	return text_compare(x->restriction, y->restriction);
}

static enum status write_marks(struct marks *marks, int64_t *written, struct error *error)
{
	size_t residents = list_marks(marks, &marks->residents, POLICY_RESIDENT, NULL);
	size_t count = residents + list_marks(marks, &marks->properties, POLICY_PROPERTY, NULL);
	struct policy_mark *list = memory_alloc(count, sizeof *list);
	list_marks(marks, &marks->residents, POLICY_RESIDENT, list);
	list_marks(marks, &marks->properties, POLICY_PROPERTY, list + residents);
	qsort(list, count, sizeof *list, compare_marks);
	enum status status = policy_replace_marks(marks->data, list, count, error);
	free(list);
	if (written)
		*written = (int64_t)count;
	return status;
}

static enum status derive(struct marks *marks, struct error *error)
{
	enum status status = mark_residents(marks, error);
	if (status == STATUS_OK)
		status = mark_properties(marks, error);
	if (status == STATUS_OK)
		status = carry_to_inhabitants(marks, error);
	return status == STATUS_OK ? carry_to_households(marks, error) : status;
}

enum status restrictions_refresh(const struct profile *profile, struct store *data, date today, int64_t *written,
				 struct error *error)
{
	struct marks marks = {.profile = profile, .data = data, .today = today};
	subjects_init(&marks.residents);
	subjects_init(&marks.properties);
	enum status status = store_begin(data, error);
	if (status == STATUS_OK)
		status = derive(&marks, error);
	if (status == STATUS_OK)
		status = write_marks(&marks, written, error);
	if (status == STATUS_OK)
		status = store_commit(data, error);
	store_rollback(data);
	subjects_release(&marks.residents);
	subjects_release(&marks.properties);
	return status;
}
