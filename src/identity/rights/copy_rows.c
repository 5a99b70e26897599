/* Every version of every row, with what was sealed of it; and what staff reported. */
#include "rights/rights_int.h"

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

static enum rights_mark mark_of(const struct copying *c, const struct profile_feed *feed,
				const struct profile_element *element)
{
	if (!feed || !element) /* the profile no longer says what it is */
		return MARK_THIRD_PARTY;
	if (!text_is_empty(feed->compartment) || says_who_is_protected(c->parts->profile, feed))
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
	enum rights_mark mark = mark_of(c, row->feed, element);
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

/* ---- what staff reported --------------------------------------------------------------------------------- */

static enum status add_words(struct copying *c, struct statement *s, struct rights_row *row, const char *column,
			     int32_t which, struct text title, struct error *error)
{
	struct buf words;
	int at = statement_column(s, column);
	if (statement_is_null(s, at))
		return STATUS_OK;
	buf_init(&words, 1 << 20);
	enum status status =
		disclosure_unseal_words(c->parts->vault, row->record_id, which, statement_blob(s, at), &words, error);
	struct rights_value *out = &row->values[row->count++];
	*out = (struct rights_value){.title = title, .value = arena_text(c->arena, buf_text(&words))};
	buf_wipe(&words);
	buf_release(&words);
	const int64_t place[] = {row->record_id, which};
	return status ? status : copy_mark(c, out, MARK_THIRD_PARTY, copy_item(c, "report", place, 2, TEXT("")), error);
}

static void add_fact(struct rights_row *row, struct text title, struct text value)
{
	if (!text_is_empty(value))
		row->values[row->count++] = (struct rights_value){.title = title, .value = value};
}

static enum status read_report(struct copying *c, struct statement *s, struct rights_row *row, struct error *error)
{
	const struct profile_element *element =
		profile_element(c->parts->profile, copied_text(s, "element_id", c->arena));
	*row = (struct rights_row){.title = TEXT("A report by staff that something is wrong"),
				   .record_id = copied_number(s, "report_id"),
				   .as_at = instant_date(copied_number(s, "made")),
				   .valid_from = DATE_UNKNOWN,
				   .valid_to = DATE_UNKNOWN};
	row->values = ARENA_ARRAY(c->arena, 6, struct rights_value);
	add_fact(row, TEXT("About"), element ? element->title : TEXT_ABSENT);
	add_fact(row, TEXT("Reported by"), copied_text(s, "username", c->arena));
	add_fact(row, TEXT("State"), copied_text(s, "status", c->arena));
	enum status status = add_words(c, s, row, "text_sealed", 1, TEXT("What was written"), error);
	return status ? status : add_words(c, s, row, "reply_sealed", 2, TEXT("The reply"), error);
}

enum status copy_reports(struct copying *c, struct error *error)
{
	struct statement *query;
	struct rights_row reports[200], *rows;
	size_t count = 0;
	bool row;
	enum status status =
		store_prepare(&query, c->parts->desk,
			      "SELECT * FROM report WHERE resident_id = :resident ORDER BY made LIMIT 200", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", c->copy->resident_id);
	while (status == STATUS_OK && (status = statement_step(query, &row, error)) == STATUS_OK && row && count < 200)
		status = read_report(c, query, &reports[count++], error);
	statement_done(query);
	if (status != STATUS_OK || !count)
		return status;
	rows = ARENA_ARRAY(c->arena, c->copy->row_count + count, struct rights_row);
	memcpy(rows, c->copy->rows, c->copy->row_count * sizeof *rows);
	memcpy(rows + c->copy->row_count, reports, count * sizeof *rows);
	c->copy->rows = rows;
	c->copy->row_count += count;
	return STATUS_OK;
}
