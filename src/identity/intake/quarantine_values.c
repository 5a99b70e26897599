/* The rows to fix, with their values: what policy lets the source's owner see of them.
 *
 * A row that was turned away belongs to nobody yet, so the door for residents does not know it. What it says is about
 * people all the same: each column is decided as its element is everywhere else, and a row whose client may not be
 * known of keeps its place and its reason, and nothing more.
 */
#include "intake/intake_int.h"
#include "intake/quality.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "policy/policy.h"
#include "store/store.h"
#include "vault/vault.h"

enum { CLIENT_MOST = 200 }; /* characters of a client's number */

struct taking {
	struct buf *out;
	const struct quarantine_asked *asked;
	struct store *store;
	const struct profile_feed *feed;
	const struct policy_grid *grid;
	struct vault_elements elements;
	uint8_t *disclosed, *agreements; /* by number */
	bool all;                        /* every column of the feed may be seen */
	/* of the line under way, whose first problem has the row */
	int64_t line;
	bool shown;
	struct buf plain, row;
	struct quarantine_told *told;
};

/* ---- columns ------------------------------------------------------------------------------------------- */

static bool element_lets(struct taking *t, const struct profile_element *element, bool marks)
{
	struct policy_decision decision = policy_decide(t->grid, t->feed, element);
	if (decision.verdict != POLICY_ALLOW)
		return false;
	if (marks) {
		t->disclosed[element->number] = 1;
		if (decision.agreement)
			t->agreements[decision.agreement->number] = 1;
	}
	return true;
}

/* With MARKS, the audit's entry names what is let through. A column that is not read says what nobody has agreed to. */
static bool column_lets(struct taking *t, const struct profile_column *column, bool marks)
{
	if (column->ignore || (!column->element && column->field_count == 0))
		return false;
	if (column->element && !element_lets(t, column->element, marks))
		return false;
	for (size_t i = 0; i < column->field_count; i++) {
		if (!element_lets(t, column->fields[i].element, marks))
			return false;
	}
	return true;
}

static bool columns_let(struct taking *t, bool *any)
{
	bool all = true;
	*any = false;
	for (size_t i = 0; i < t->feed->column_count; i++) {
		bool lets = column_lets(t, &t->feed->columns[i], false);
		*any |= lets;
		all &= lets;
	}
	return all;
}

/* ---- cells ----------------------------------------------------------------------------------------------- */

static void append_cell(struct buf *out, struct text value)
{
	buf_append_char(out, ',');
	if (!text_is_absent(value))
		buf_append_csv_harmless(out, value);
}

/* What an extract holds that is not UTF-8 is shown as the most likely other thing, Windows-1252; NULs as "?". */
static void append_delivered(struct buf *out, struct text bytes)
{
	if (text_is_empty(bytes) ||
	    (utf8_first_invalid(bytes) == bytes.len && text_find_char(bytes, '\0') == bytes.len)) {
		append_cell(out, bytes);
		return;
	}
	struct buf readable;
	buf_init(&readable, bytes.len * 3 + 16);
	utf8_append_windows_1252(&readable, bytes);
	for (size_t i = 0; i < readable.len; i++) {
		if (readable.at[i] == '\0')
			readable.at[i] = '?';
	}
	append_cell(out, buf_text(&readable));
	buf_wipe(&readable);
	buf_release(&readable);
}

/* The cells in the order of the feed's columns; those that are not for the viewer are blank. */
static void join_cells(struct taking *t, struct text packed)
{
	for (size_t i = 0; i < t->feed->column_count; i++) {
		const struct profile_column *column = &t->feed->columns[i];
		if (i)
			buf_append_char(&t->row, ',');
		unsigned number = column->element ? vault_element_no(&t->elements, column->element->id) : 0;
		struct text cell = number ? vault_values_find(packed, QUARANTINE_CELL + number) : TEXT_ABSENT;
		if (!text_is_empty(cell) && column_lets(t, column, true))
			buf_append_csv(&t->row, cell);
	}
}

static void take_delivered(struct taking *t, struct text packed)
{
	struct text delivered = vault_values_find(packed, QUARANTINE_ROW);
	buf_wipe(&t->row);
	if (!t->shown)
		return;
	if (!t->all) {
		join_cells(t, packed);
		return;
	}
	buf_append_text(&t->row, delivered);
	for (size_t i = 0; i < t->feed->column_count; i++)
		column_lets(t, &t->feed->columns[i], true);
}

/* A value without a column is of several. */
static bool value_lets(struct taking *t, struct text column_name)
{
	for (size_t i = 0; i < t->feed->column_count && !t->all; i++) {
		const struct profile_column *column = &t->feed->columns[i];
		if (!text_is_absent(column_name) && text_equal(column->header, column_name))
			return column_lets(t, column, true);
	}
	return t->all;
}

/* ---- whose row it is --------------------------------------------------------------------------------------- */

static bool may_be_known(const struct taking *t, int64_t resident_id)
{
	const struct policy_bounds bounds = policy_bounds_of(t->asked->policy, POLICY_RESIDENT, resident_id);
	return policy_may_know_of(t->grid, &bounds) && policy_may_know_address(t->grid, bounds.restrictions);
}

/* A client whom no row that was loaded has told of is nobody who could be protected. */
static enum status client_may_be_known(bool *may, struct taking *t, struct text client, struct error *error)
{
	struct buf key;
	struct statement *find;
	bool row = false;
	enum status status =
		store_prepare(&find, t->store,
			      "SELECT m.resident_id FROM record c JOIN source s ON s.source_no = c.source_no JOIN "
			      "resident_record m ON "
			      "m.record_id = c.record_id WHERE s.source_id = :source AND c.client_hash = :client",
			      error);
	if (status)
		return status;
	buf_init(&key, INTAKE_RAW_KEPT);
	buf_format(&key, "%s\x1f%.*s", t->feed->source->id.at, TEXT_ARG(client));
	statement_bind_text(find, "source", t->feed->source->id);
	statement_bind_int(find, "client", vault_hash64(t->asked->vault, VAULT_CLIENT, buf_text(&key)));
	int resident = statement_column(find, "resident_id");
	*may = true;
	while ((status = statement_step(find, &row, error)) == STATUS_OK && row)
		*may &= may_be_known(t, statement_int(find, resident));
	statement_done(find);
	buf_wipe(&key);
	buf_release(&key);
	return status;
}

/* A row that could not be split, or that does not say whose it is, is of whomever a word of it is the number of. */
static enum status words_may_be_known(bool *may, struct taking *t, struct text delivered, struct error *error)
{
	enum status status = STATUS_OK;
	size_t begin = 0;
	*may = true;
	for (size_t i = 0; i <= delivered.len && *may && !status; i++) {
		if (i < delivered.len && !memchr(",;|\t\"\r\n", delivered.at[i], 7))
			continue;
		struct text word = text_trim(text_slice(delivered.at + begin, i - begin));
		begin = i + 1;
		if (word.len && word.len <= CLIENT_MOST)
			status = client_may_be_known(may, t, word, error);
	}
	return status;
}

/* Of an extract that was loaded and not judged yet (WAITS) it is not known who must be protected. */
static enum status judge_line(struct taking *t, struct text packed, bool waits, struct error *error)
{
	struct text client = vault_values_find(packed, QUARANTINE_CLIENT);
	enum status status = STATUS_OK;
	t->shown = !waits;
	if (t->shown && t->feed->client)
		status = text_is_empty(client)
				 ? words_may_be_known(&t->shown, t, vault_values_find(packed, QUARANTINE_ROW), error)
				 : client_may_be_known(&t->shown, t, client, error);
	t->told->withheld += !t->shown;
	return status;
}

/* ---- one problem ------------------------------------------------------------------------------------------- */

static enum status open_problem(struct taking *t, struct statement *query, struct error *error)
{
	struct vault_place place = {statement_int(query, statement_column(query, "extract_id")),
				    statement_int(query, statement_column(query, "feed_no")),
				    statement_int(query, statement_column(query, "line")),
				    statement_int(query, statement_column(query, "problem")), VAULT_QUARANTINE};
	int sealed = statement_column(query, "sealed");
	bool kept = !statement_is_null(query, sealed); /* nothing is kept of who was erased */
	buf_wipe(&t->plain);
	enum status status =
		kept ? vault_unseal(t->asked->vault, &place, statement_blob(query, sealed), &t->plain, error)
		     : STATUS_OK;
	if (status || place.row_key == t->line)
		return status;
	t->line = place.row_key;
	status = judge_line(t, buf_text(&t->plain), statement_int(query, statement_column(query, "waits")) == 1, error);
	take_delivered(t, buf_text(&t->plain));
	return status;
}

static enum status append_problem(struct taking *t, struct statement *query, struct error *error)
{
	struct text column = statement_text(query, statement_column(query, "column_name"));
	enum status status = open_problem(t, query, error);
	if (status)
		return status;
	struct text value = vault_values_find(buf_text(&t->plain), QUARANTINE_VALUE);
	buf_append_csv_harmless(t->out, statement_text(query, statement_column(query, "file_name")));
	buf_append_char(t->out, ',');
	buf_append_int(t->out, t->line);
	append_cell(t->out, column);
	append_cell(t->out, statement_text(query, statement_column(query, "rule")));
	append_cell(t->out, statement_text(query, statement_column(query, "severity")));
	append_cell(t->out, statement_text(query, statement_column(query, "message")));
	append_delivered(t->out, t->shown && !text_is_empty(value) && value_lets(t, column) ? value : TEXT_ABSENT);
	append_delivered(t->out, buf_text(&t->row));
	buf_append_text(t->out, TEXT("\r\n"));
	t->told->rows++;
	return STATUS_OK;
}

static enum status append_problems(struct taking *t, int64_t extract_id, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, t->store,
		"SELECT q.extract_id AS extract_id, e.feed_no AS feed_no, e.waits AS waits, q.line AS line, q.problem "
		"AS "
		"problem, e.file_name AS file_name, q.column_name AS column_name, q.rule AS rule, q.severity AS "
		"severity, "
		"q.message AS message, q.sealed AS sealed FROM quarantine q JOIN extract e ON e.extract_id = "
		"q.extract_id WHERE q.extract_id = :extract ORDER BY q.line, q.problem",
		error);
	if (status)
		return status;
	statement_bind_int(query, "extract", extract_id);
	buf_append_text(t->out, TEXT("file,line,column,rule,severity,problem,value,row as delivered\r\n"));
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		status = append_problem(t, query, error);
		if (status)
			break;
	}
	statement_done(query);
	if (status == STATUS_OK && t->out->failed)
		return error_set(error, STATUS_TOO_LARGE, "intake.quarantine", "The file of rows to fix is too large");
	return status;
}

/* ---- all of them ------------------------------------------------------------------------------------------- */

static struct text element_ids(struct taking *t, struct arena *arena)
{
	const struct profile *profile = t->asked->profile;
	struct text ids = TEXT_ABSENT;
	for (size_t i = 0; i < profile->elements.count; i++) {
		if (t->disclosed[i])
			ids = arena_format(arena, "%.*s%s%s", TEXT_ARG(ids), ids.len ? " " : "",
					   profile->elements.at[i].id.at);
	}
	return ids;
}

static struct text agreement_ids(struct taking *t, struct arena *arena)
{
	const struct profile *profile = t->asked->profile;
	struct text ids = TEXT_ABSENT;
	for (size_t i = 0; i < profile->agreements.count; i++) {
		if (t->agreements[i])
			ids = arena_format(arena, "%.*s%s%s", TEXT_ARG(ids), ids.len ? " " : "",
					   profile->agreements.at[i].id.at);
	}
	return ids;
}

static enum status refuse(struct error *error)
{
	error_set(error, STATUS_REFUSED, "intake.values", "No agreement lets you see values of this feed.");
	error_remedy(error,
		     "The rows' places and reasons are on the page of the extract; ask who manages the agreements.");
	return STATUS_REFUSED;
}

enum status quarantine_write_csv(struct buf *out, struct quarantine_told *told, const struct quarantine_asked *asked,
				 struct store *store, const struct profile_feed *feed, int64_t extract_id,
				 struct arena *arena, struct error *error)
{
	bool any;
	struct taking t = {.out = out,
			   .asked = asked,
			   .store = store,
			   .feed = feed,
			   .grid = policy_grid(asked->policy, asked->viewer, asked->on),
			   .disclosed = ARENA_ARRAY(arena, asked->profile->elements.count, uint8_t),
			   .agreements = ARENA_ARRAY(arena, asked->profile->agreements.count, uint8_t),
			   .told = told};
	*told = (struct quarantine_told){0};
	t.all = columns_let(&t, &any);
	enum status status = any ? vault_elements_load(&t.elements, store, error) : refuse(error);
	if (status == STATUS_OK) {
		buf_init(&t.plain, 1 << 20);
		buf_init(&t.row, 1 << 20);
		status = append_problems(&t, extract_id, error);
		buf_wipe(&t.plain);
		buf_wipe(&t.row);
		buf_release(&t.plain);
		buf_release(&t.row);
		vault_elements_release(&t.elements);
		told->elements = element_ids(&t, arena);
		told->agreements = agreement_ids(&t, arena);
	}
	policy_grid_done(t.grid);
	return status;
}
