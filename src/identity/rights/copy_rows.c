/* Every version of every row, with what was sealed of it; and what staff reported. */
#include "rights/rights_int.h"

#include "profile/factor.h"
#include "rights/flags.h"
#include "vault/disclosure.h"

#include <jansson.h>
#include <stdlib.h>

#define ROWS_SQL \
	"SELECT f.record_id AS record_id, f.feed_no AS feed_no, d.feed_id AS feed_id, f.row_key AS row_key, " \
	"f.version " \
	"AS version, f.line AS line, f.valid_from AS valid_from, f.valid_to AS valid_to, f.ended_how AS ended_how, " \
	"f.extract_id AS extract_id, e.as_at AS as_at, e.received AS received, e.file_name AS file_name, p.payload " \
	"AS " \
	"payload FROM fact f JOIN fact_payload p ON p.payload_id = f.payload_id JOIN extract e ON e.extract_id = " \
	"f.extract_id JOIN feed d ON d.feed_no = f.feed_no "

struct reading_rows {
	struct copying *c;
	struct statement *query;
	struct vault_elements elements;
	struct vault_row *sealed; /* of the record that is being read */
	size_t sealed_count;
	struct text payload;
	int64_t feed_no;
};

/* ---- what must not go out unlooked at -------------------------------------------------------------- */

static bool says_who_is_protected(const struct profile *profile, const struct profile_feed *feed)
{
	for (size_t i = 0; i < profile->restrictions.count; i++)
		for (size_t f = 0; f < profile->restrictions.at[i].feed_count; f++)
			if (profile->restrictions.at[i].feeds[f] == feed)
				return true;
	return false;
}

static bool is_about_a_relative(const struct profile_feed *feed, const struct profile_element *element)
{
	for (size_t i = 0; i < feed->relationships.parent_count; i++)
		if (feed->relationships.parents[i] == element)
			return true;
	return false;
}

enum rights_mark copy_mark_of(const struct copying *c, const struct profile_feed *feed,
			      const struct profile_element *element)
{
	if (!feed || !element) /* the profile no longer says what it is */
		return MARK_THIRD_PARTY;
	if (!text_is_empty(feed->compartment) || says_who_is_protected(c->parts->profile, feed))
		return MARK_SAFEGUARDING;
	if (c->where_is_protected && copy_tells_where(element))
		return MARK_SAFEGUARDING;
	const struct profile_column *column = feed_column(feed, element);
	if (!column || column->type == COLUMN_NOTE || is_about_a_relative(feed, element))
		return MARK_THIRD_PARTY;
	return MARK_NONE;
}

/* ---- values ------------------------------------------------------------------------------------------ */

static enum status add_value(struct copying *c, struct rights_row *row, struct text element_id, struct text value,
			     struct error *error)
{
	const struct profile_element *element = profile_element(c->parts->profile, element_id);
	struct rights_value *out = &row->values[row->count++];
	*out = (struct rights_value){.element = element,
				     .title = element ? element->title : arena_text(c->arena, element_id),
				     .value = arena_text(c->arena, value)};
	enum rights_mark mark = copy_mark_of(c, row->feed, element);
	if (!mark)
		return STATUS_OK;
	const int64_t place[] = {row->record_id, row->row_key, row->version, row->feed ? 0 : row->extract_id};
	struct text feed_id = row->feed ? row->feed->id : TEXT("");
	struct text name = arena_format(c->arena, "%.*s\x1f%.*s", TEXT_ARG(feed_id), TEXT_ARG(element_id));
	return copy_mark(c, out, mark, copy_item(c, "value", place, 4, name), error);
}

static bool is_of_row(const struct vault_row *sealed, const struct rights_row *row, int64_t feed_no)
{
	return sealed->feed_no == feed_no && sealed->row_key == row->row_key && sealed->version == row->version;
}

static enum status add_sealed(struct reading_rows *r, struct rights_row *row, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; status == STATUS_OK && i < r->sealed_count; i++) {
		unsigned number;
		struct text value;
		if (!is_of_row(&r->sealed[i], row, r->feed_no))
			continue;
		struct vault_values values = vault_values_of(r->sealed[i].packed);
		while (status == STATUS_OK && vault_values_next(&values, &number, &value))
			if (number < r->elements.count)
				status = add_value(r->c, row, r->elements.ids[number], value, error);
	}
	return status;
}

static enum status add_payload(struct reading_rows *r, struct rights_row *row, json_t *payload, struct error *error)
{
	const char *key;
	json_t *value;
	enum status status = STATUS_OK;
	json_object_foreach(payload, key, value)
	{
		if (status == STATUS_OK && json_is_string(value))
			status = add_value(r->c, row, text_of(key),
					   text_slice(json_string_value(value), json_string_length(value)), error);
	}
	return status;
}

static size_t count_sealed(const struct reading_rows *r, const struct rights_row *row)
{
	size_t count = 0;
	for (size_t i = 0; i < r->sealed_count; i++) {
		unsigned number;
		struct text value;
		struct vault_values values = vault_values_of(r->sealed[i].packed);
		while (is_of_row(&r->sealed[i], row, r->feed_no) && vault_values_next(&values, &number, &value))
			count++;
	}
	return count;
}

static enum status read_values(struct reading_rows *r, struct rights_row *row, struct error *error)
{
	json_error_t problem;
	json_t *payload = json_loadb(r->payload.at, r->payload.len, 0, &problem);
	if (!payload)
		return error_set(error, STATUS_CORRUPT, "rights.payload",
				 "the values of line %d of extract %lld are not an object", row->line,
				 (long long)row->extract_id);
	row->values =
		ARENA_ARRAY(r->c->arena, json_object_size(payload) + count_sealed(r, row) + 1, struct rights_value);
	enum status status = add_sealed(r, row, error);
	if (status == STATUS_OK)
		status = add_payload(r, row, payload, error);
	json_decref(payload);
	return status;
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static void read_row(struct reading_rows *r, struct rights_row *out)
{
	struct statement *s = r->query;
	struct arena *arena = r->c->arena;
	struct text feed_id = copied_text(s, "feed_id", arena);
	int64_t ended = copied_number(s, "ended_how");
	*out = (struct rights_row){
		.feed = profile_feed(r->c->parts->profile, feed_id),
		.file_name = copied_text(s, "file_name", arena),
		.record_id = copied_number(s, "record_id"),
		.row_key = copied_number(s, "row_key"),
		.extract_id = copied_number(s, "extract_id"),
		.version = (int32_t)copied_number(s, "version"),
		.line = (int32_t)copied_number(s, "line"),
		.as_at = copied_date(s, "as_at"),
		.valid_from = copied_date(s, "valid_from"),
		.valid_to = copied_date(s, "valid_to"),
		.received = copied_number(s, "received"),
		.ended = ended == 1   ? TEXT("a newer version took its place")
			 : ended == 2 ? TEXT("the source no longer delivers it")
				      : TEXT_ABSENT,
	};
	out->title = out->feed ? out->feed->title : feed_id;
	r->feed_no = copied_number(s, "feed_no");
	r->payload = copied_text(s, "payload", arena);
}

static enum status copy_record(struct reading_rows *r, int64_t record_id, size_t *capacity, struct error *error)
{
	bool row;
	struct rights_copy *copy = r->c->copy;
	enum status status = vault_open_record(&r->sealed, &r->sealed_count, r->c->parts->vault, r->c->parts->data,
					       record_id, VAULT_EVERY_VERSION, r->c->arena, error);
	if (status == STATUS_OK)
		status = store_prepare(&r->query, r->c->parts->data,
				       ROWS_SQL "WHERE f.record_id = :record ORDER BY f.feed_no, f.row_key, f.version",
				       error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(r->query, "record", record_id);
	while (status == STATUS_OK && (status = statement_step(r->query, &row, error)) == STATUS_OK && row) {
		if (copy->row_count == RIGHTS_ROWS_MOST) {
			status = error_set(error, STATUS_TOO_LARGE, "rights.rows", "the resident has more than %d rows",
					   RIGHTS_ROWS_MOST);
			break;
		}
		if (copy->row_count == *capacity) {
			struct rights_row *more = ARENA_ARRAY(r->c->arena, 2 * *capacity, struct rights_row);
			memcpy(more, copy->rows, *capacity * sizeof *more);
			copy->rows = more;
			*capacity *= 2;
		}
		read_row(r, &copy->rows[copy->row_count]);
		status = read_values(r, &copy->rows[copy->row_count++], error);
	}
	statement_done(r->query);
	return status;
}

static void count_sources(struct rights_copy *copy)
{
	for (size_t i = 0; i < copy->row_count; i++) {
		bool seen = !copy->rows[i].feed;
		for (size_t j = 0; j < i && !seen; j++)
			seen = copy->rows[j].feed && copy->rows[j].feed->source == copy->rows[i].feed->source;
		copy->sources += !seen;
	}
}

enum status copy_rows(struct copying *c, struct error *error)
{
	struct reading_rows r = {.c = c};
	size_t capacity = 64;
	c->copy->rows = ARENA_ARRAY(c->arena, capacity, struct rights_row);
	enum status status = vault_elements_load(&r.elements, c->parts->data, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < c->copy->records && status == STATUS_OK; i++)
		status = copy_record(&r, c->records[i], &capacity, error);
	vault_elements_release(&r.elements);
	count_sources(c->copy);
	return status;
}

/* ---- what staff wrote ---------------------------------------------------------------------------------------- */

enum { WORDED_MOST = 200, WORDS_OF_A_ROW = 3, FACTS_OF_A_ROW = 3, VALUES_OF_A_ROW = 12 };

/* Rows of the desk with sealed words about the resident. WHICH is the number that their room seals them under. */
struct worded {
	const char *kind, *title, *sql, *id;
	bool other; /* it is about another resident too, who must not be protected */
	struct {
		const char *title, *column;
	} facts[FACTS_OF_A_ROW];
	struct {
		const char *title, *column;
		int32_t which;
	} words[WORDS_OF_A_ROW];
};

static const struct worded worded[] = {
	{"report",
	 "A report by staff that something is wrong",
	 "SELECT * FROM report WHERE resident_id = :resident ORDER BY made, report_id LIMIT 200",
	 "report_id",
	 false,
	 {{"About", "element_id"}, {"Reported by", "username"}, {"State", "status"}},
	 {{"What was written", "text_sealed", 1}, {"The reply", "reply_sealed", 2}}},
	{"household_report",
	 "A report by staff that a household of yours is wrong",
	 "SELECT * FROM household_report WHERE resident_a = :resident OR resident_b = :resident ORDER BY made, "
	 "report_id "
	 "LIMIT 200",
	 "report_id",
	 true,
	 {{"Reported by", "username"}, {"Suggested", "suggested"}, {"State", "status"}},
	 {{"What was written", "text_sealed", 11},
	  {"What the page said", "evidence_sealed", 12},
	  {"The reply", "reply_sealed", 13}}},
	{"list_outcome",
	 "What was found when staff looked into a list",
	 "SELECT * FROM list_outcome WHERE subject_key = :resident ORDER BY made, outcome_id LIMIT 200",
	 "outcome_id",
	 false,
	 {{"List", "list_id"}, {"Found by", "username"}, {"Outcome", "outcome"}},
	 {{"What was written", "note_sealed", 3}}},
};

enum status copy_mark_words(struct copying *c, struct rights_row *row, const char *kind, const char *title,
			    int32_t which, struct text words, struct error *error)
{
	const int64_t place[] = {row->record_id, which};
	struct rights_value *out = &row->values[row->count++];
	*out = (struct rights_value){.title = text_of(title), .value = words};
	return copy_mark(c, out, MARK_THIRD_PARTY, copy_item(c, kind, place, 2, TEXT("")), error);
}

static enum status add_words(struct copying *c, struct statement *s, struct rights_row *row, const struct worded *of,
			     size_t number, struct error *error)
{
	struct buf words;
	int at = statement_column(s, of->words[number].column);
	if (statement_is_null(s, at))
		return STATUS_OK;
	buf_init(&words, 1 << 20);
	enum status status = disclosure_unseal_words(c->parts->vault, row->record_id, of->words[number].which,
						     statement_blob(s, at), &words, error);
	struct text kept = arena_text(c->arena, buf_text(&words));
	buf_wipe(&words);
	buf_release(&words);
	return status ? status
		      : copy_mark_words(c, row, of->kind, of->words[number].title, of->words[number].which, kept,
					error);
}

void copy_add_fact(struct rights_row *row, const char *title, struct text value)
{
	if (!text_is_empty(value))
		row->values[row->count++] = (struct rights_value){.title = text_of(title), .value = value};
}

struct rights_row copy_worded_row(struct copying *c, const char *title, int64_t id, instant made)
{
	return (struct rights_row){.title = text_of(title),
				   .record_id = id,
				   .as_at = instant_date(made),
				   .valid_from = DATE_UNKNOWN,
				   .valid_to = DATE_UNKNOWN,
				   .values = ARENA_ARRAY(c->arena, VALUES_OF_A_ROW, struct rights_value)};
}

static enum status read_worded(struct copying *c, struct statement *s, struct rights_row *row, const struct worded *of,
			       struct error *error)
{
	enum status status = STATUS_OK;
	*row = copy_worded_row(c, of->title, copied_number(s, of->id), copied_number(s, "made"));
	for (size_t i = 0; i < FACTS_OF_A_ROW && of->facts[i].title; i++) {
		struct text value = copied_text(s, of->facts[i].column, c->arena);
		const struct profile_element *element =
			!strcmp(of->facts[i].column, "element_id") ? profile_element(c->parts->profile, value) : NULL;
		copy_add_fact(row, of->facts[i].title, element ? element->title : value);
	}
	for (size_t i = 0; i < WORDS_OF_A_ROW && of->words[i].title && status == STATUS_OK; i++)
		status = add_words(c, s, row, of, i, error);
	return status;
}

void copy_append_rows(struct rights_copy *copy, const struct rights_row *more, size_t count, struct arena *arena)
{
	struct rights_row *rows = ARENA_ARRAY(arena, copy->row_count + count + 1, struct rights_row);
	memcpy(rows, copy->rows, copy->row_count * sizeof *rows);
	memcpy(rows + copy->row_count, more, count * sizeof *rows);
	copy->rows = rows;
	copy->row_count += count;
}

/* 0: it is the resident, whose protection is no reason to keep it from them. */
static int64_t other_of(const struct copying *c, struct statement *s, const char *column)
{
	int64_t id = copied_number(s, column);
	return id == c->copy->resident_id ? 0 : id;
}

static enum status copy_worded(struct copying *c, const struct worded *of, struct error *error)
{
	struct statement *query;
	struct rights_row rows[WORDED_MOST];
	size_t count = 0;
	bool row;
	enum status status = store_prepare(&query, c->parts->desk, of->sql, error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", c->copy->resident_id);
	while (status == STATUS_OK && count < WORDED_MOST &&
	       (status = statement_step(query, &row, error)) == STATUS_OK && row) {
		bool told = !of->other || (!copy_is_protected(c, other_of(c, query, "resident_a")) &&
					   !copy_is_protected(c, other_of(c, query, "resident_b")));
		if (told)
			status = read_worded(c, query, &rows[count++], of, error);
	}
	statement_done(query);
	if (status == STATUS_OK && count)
		copy_append_rows(c->copy, rows, count, c->arena);
	return status;
}

/* Why somebody objected, or why data is held for a claim, may be about another person, or for a lawyer. */
static enum status copy_flags(struct copying *c, struct error *error)
{
	size_t count = 0;
	struct rights_flag *flags;
	enum status status = rights_flags(&flags, &count, c->parts, c->copy->resident_id, c->arena, error);
	if (status != STATUS_OK || !count)
		return status;
	struct rights_row *rows = ARENA_ARRAY(c->arena, count, struct rights_row);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		rows[i] = copy_worded_row(c, "What you decided of your data", flags[i].at, flags[i].at);
		copy_add_fact(&rows[i], "What", flags[i].title);
		copy_add_fact(&rows[i], "Recorded by", flags[i].by);
		status = copy_mark_words(c, &rows[i], "flag", "Why", (int32_t)flags[i].kind, flags[i].reason, error);
	}
	copy_append_rows(c->copy, rows, count, c->arena);
	return status;
}

/* ---- what is told of the resident in one line ---------------------------------------------------------------- */

/* A line that may not go out unlooked at: a reading would tell what a withheld note says, and who opened a protected
 * page, that it is protected. */
struct telling {
	enum store_shelf shelf;
	const char *kind, *title, *value_title, *sql;
	enum rights_mark mark;
	struct text (*words)(struct copying *c, struct statement *s);
};

static struct text reading_words(struct copying *c, struct statement *s)
{
	struct text id = copied_text(s, "key", c->arena);
	const struct profile_factor *factor = profile_factor(c->parts->profile, id);
	const struct profile_feed *feed = profile_feed(c->parts->profile, copied_text(s, "feed_id", c->arena));
	return arena_format(c->arena, "%.*s, in %s: %lld passages", TEXT_ARG(factor ? factor->name : id),
			    feed ? feed->title.at : "a feed that is no more", (long long)copied_number(s, "id"));
}

static struct text pass_words(struct copying *c, struct statement *s)
{
	char day[DATE_TEXT_SIZE + 8];
	const struct profile_purpose *purpose = profile_purpose(c->parts->profile, copied_text(s, "purpose", c->arena));
	struct text who = copied_text(s, "username", c->arena), found = copied_text(s, "outcome", c->arena);
	date_format_long(instant_date(copied_number(s, "began")), day);
	return arena_format(c->arena, "by %.*s on %s, for %s; found to be: %.*s", TEXT_ARG(who), day,
			    purpose ? purpose->title.at : "a purpose that is no more",
			    TEXT_ARG(text_is_absent(found) ? TEXT("not yet looked at") : found));
}

static const struct telling tellings[] = {
	{STORE_DATA, "reading", RIGHTS_READING, "What was found",
	 "SELECT w.word AS key, f.feed_id AS feed_id, f.feed_id AS part, count(*) AS id FROM note_flag n JOIN "
	 "note_word w ON w.word_no = "
	 "n.factor_no JOIN feed f ON f.feed_no = n.feed_no WHERE n.record_id IN (SELECT record_id FROM resident_record "
	 "WHERE resident_id = :resident) GROUP BY w.word, f.feed_id ORDER BY w.word, f.feed_id LIMIT 200",
	 MARK_THIRD_PARTY, reading_words},
	{STORE_DESK, "glass", "An access for a reason of its own", "Who opened your page",
	 "SELECT g.pass_id AS id, g.began AS began, g.purpose AS purpose, g.outcome AS outcome, a.username AS "
	 "username, "
	 "a.username AS key, '' AS part FROM glass g JOIN account a ON a.user_id = g.user_id WHERE g.resident_id = "
	 ":resident ORDER "
	 "BY "
	 "g.pass_id LIMIT 200",
	 MARK_SAFEGUARDING, pass_words},
};

static enum status tell(struct copying *c, struct statement *s, struct rights_row *row, const struct telling *telling,
			struct error *error)
{
	int64_t id = copied_number(s, "id");
	struct text at = arena_format(c->arena, "%.*s\x1f%.*s", TEXT_ARG(copied_text(s, "key", c->arena)),
				      TEXT_ARG(copied_text(s, "part", c->arena)));
	*row = copy_worded_row(c, telling->title, id, 0);
	row->as_at = DATE_UNKNOWN;
	row->values[row->count] =
		(struct rights_value){.title = text_of(telling->value_title), .value = telling->words(c, s)};
	return copy_mark(c, &row->values[row->count++], telling->mark, copy_item(c, telling->kind, &id, 1, at), error);
}

static enum status copy_telling(struct copying *c, const struct telling *telling, struct error *error)
{
	struct statement *query;
	struct rights_row rows[WORDED_MOST];
	size_t count = 0;
	bool row;
	enum status status = store_prepare(&query, telling->shelf == STORE_DATA ? c->parts->data : c->parts->desk,
					   telling->sql, error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", c->copy->resident_id);
	while (status == STATUS_OK && count < WORDED_MOST &&
	       (status = statement_step(query, &row, error)) == STATUS_OK && row)
		status = tell(c, query, &rows[count++], telling, error);
	statement_done(query);
	if (status == STATUS_OK && count)
		copy_append_rows(c->copy, rows, count, c->arena);
	return status;
}

enum status copy_reports(struct copying *c, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < sizeof worded / sizeof *worded && status == STATUS_OK; i++)
		status = copy_worded(c, &worded[i], error);
	for (size_t i = 0; i < sizeof tellings / sizeof *tellings && status == STATUS_OK; i++)
		status = copy_telling(c, &tellings[i], error);
	return status == STATUS_OK ? copy_flags(c, error) : status;
}
