/* The profile's restrictions, derived from the facts: who and which property is protected by what. */
#include "view/view_int.h"

#include "base/memory.h"

#include <jansson.h>

enum { FEEDS_AT_ONCE = 8 };

struct marking {
	const struct profile *profile;
	struct store *data;
	struct policy_mark *marks;
	size_t count, capacity;
	date today;
};

static void add_mark(struct marking *m, enum policy_subject kind, int64_t id,
		     const struct profile_restriction *restriction)
{
	if (m->count && m->marks[m->count - 1].kind == kind && m->marks[m->count - 1].subject_id == id &&
	    text_equal(m->marks[m->count - 1].restriction, restriction->id))
		return;
	ARRAY_GROW(m->marks, m->count, m->capacity);
	m->marks[m->count++] = (struct policy_mark){kind, id, restriction->id};
}

/* ---- residents, by what the feeds say ---------------------------------------------------------------------- */

static struct text payload_value(const void *context, const struct profile_element *element)
{
	return text_of(json_string_value(json_object_get(context, element->id.at)));
}

static bool names_feed(const struct profile_restriction *restriction, const struct profile_feed *feed)
{
	for (size_t i = 0; i < restriction->feed_count; i++) {
		if (restriction->feeds[i] == feed)
			return true;
	}
	return false;
}

static void mark_fact(struct marking *m, const struct profile_feed *feed, int64_t resident_id, struct text payload)
{
	json_t *json = json_loadb(payload.at, payload.len, 0, NULL);
	struct condition_values values = {payload_value, json, m->today, m->today};
	for (size_t i = 0; json && i < m->profile->restrictions.count; i++) {
		const struct profile_restriction *restriction = &m->profile->restrictions.at[i];
		if (names_feed(restriction, feed) && condition_holds(&restriction->when, &values))
			add_mark(m, POLICY_RESIDENT, resident_id, restriction);
	}
	json_decref(json);
}

static enum status feed_number(struct marking *m, const struct profile_feed *feed, int64_t *number, struct error *error)
{
	struct statement *s;
	bool row = false;
	*number = -1; /* no extract of it yet */
	enum status status = store_prepare(&s, m->data, "SELECT feed_no FROM feed WHERE feed_id = :feed", error);
	if (status)
		return status;
	statement_bind_text(s, "feed", feed->id);
	status = statement_step(s, &row, error);
	if (!status && row)
		*number = statement_int(s, statement_column(s, "feed_no"));
	statement_done(s);
	return status;
}

/* Facts lie by record: one pass for several feeds costs as much as for one. */
static enum status mark_feeds(struct marking *m, const struct profile_feed *const *feeds, size_t count,
			      struct error *error)
{
	static const char *const names[FEEDS_AT_ONCE] = {"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8"};
	int64_t numbers[FEEDS_AT_ONCE];
	struct statement *s;
	enum status status = store_prepare(
		&s, m->data,
		"SELECT r.resident_id, f.feed_no, f.payload FROM fact f JOIN resident_record r ON r.record_id "
		"= f.record_id WHERE f.feed_no IN (:f1, :f2, :f3, :f4, :f5, :f6, :f7, :f8) AND f.ended_by IS "
		"NULL",
		error);
	if (status)
		return status;
	for (size_t i = 0; i < FEEDS_AT_ONCE && !status; i++) {
		numbers[i] = -1;
		if (i < count)
			status = feed_number(m, feeds[i], &numbers[i], error);
		statement_bind_int(s, names[i], numbers[i]);
	}
	int resident = statement_column(s, "resident_id"), feed = statement_column(s, "feed_no"),
	    payload = statement_column(s, "payload");
	bool row = true;
	statement_stream(s);
	while (!status && (status = statement_step(s, &row, error)) == STATUS_OK && row) {
		size_t at = 0;
		while (at < count && numbers[at] != statement_int(s, feed))
			at++;
		if (at < count)
			mark_fact(m, feeds[at], statement_int(s, resident), statement_text(s, payload));
	}
	statement_done(s);
	return status;
}

static enum status mark_by_facts(struct marking *m, struct error *error)
{
	const struct profile_feed *feeds[FEEDS_AT_ONCE];
	size_t count = 0;
	enum status status = STATUS_OK;
	for (size_t f = 0; f < m->profile->feeds.count && !status; f++) {
		bool wanted = false;
		for (size_t i = 0; i < m->profile->restrictions.count; i++)
			wanted |= names_feed(&m->profile->restrictions.at[i], &m->profile->feeds.at[f]);
		if (wanted)
			feeds[count++] = &m->profile->feeds.at[f];
		if (count == FEEDS_AT_ONCE) {
			status = mark_feeds(m, feeds, count, error);
			count = 0;
		}
	}
	return status || !count ? status : mark_feeds(m, feeds, count, error);
}

/* ---- properties, by what they are ------------------------------------------------------------------------- */

static enum status mark_rows(struct marking *m, const char *sql, struct text class, enum policy_subject kind,
			     const struct profile_restriction *restriction, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(&s, m->data, sql, error);
	if (status)
		return status;
	statement_bind_text(s, "class", class);
	int id = statement_column(s, "id");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row)
		add_mark(m, kind, statement_int(s, id), restriction);
	statement_done(s);
	return status;
}

/* A property of a protected class, and, when it is the address that is protected, who lives there. */
static enum status mark_by_class(struct marking *m, const struct profile_restriction *restriction, struct text class,
				 struct error *error)
{
	enum status status =
		mark_rows(m, "SELECT property_id AS id FROM property WHERE kind = :class OR class = :class", class,
			  POLICY_PROPERTY, restriction, error);
	if (status || restriction->hides != HIDES_ADDRESS)
		return status;
	return mark_rows(m,
			 "SELECT DISTINCT r.resident_id AS id FROM residence r JOIN property p ON p.property_id = "
			 "r.property_id WHERE (p.kind = :class OR p.class = :class) AND r.to_date IS NULL",
			 class, POLICY_RESIDENT, restriction, error);
}

static int compare_marks(const void *left, const void *right)
{
	const struct policy_mark *a = left, *b = right;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->subject_id != b->subject_id)
		return a->subject_id < b->subject_id ? -1 : 1;
	return text_compare(a->restriction, b->restriction);
}

enum status view_restriction_marks(const struct profile *profile, struct store *data, struct arena *arena,
				   struct policy_mark **marks, size_t *count, struct error *error)
{
	struct marking m = {.profile = profile, .data = data, .today = date_today()};
	enum status status = mark_by_facts(&m, error);
	for (size_t i = 0; i < profile->restrictions.count && !status; i++) {
		const struct profile_restriction *restriction = &profile->restrictions.at[i];
		for (size_t c = 0; c < restriction->property_class_count && !status; c++)
			status = mark_by_class(&m, restriction, restriction->property_classes[c], error);
	}
	if (m.count)
		qsort(m.marks, m.count, sizeof *m.marks, compare_marks);
	*marks = ARENA_ARRAY(arena, m.count, struct policy_mark);
	*count = 0;
	for (size_t i = 0; i < m.count; i++) {
		if (i == 0 || compare_marks(&m.marks[i - 1], &m.marks[i]) != 0)
			(*marks)[(*count)++] = m.marks[i];
	}
	free(m.marks);
	return status;
}
