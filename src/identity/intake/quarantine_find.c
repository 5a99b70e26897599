/* Whose the rows in quarantine are, without policy: for a copy that a resident asked for. */
#include "intake/intake.h"
#include "intake/intake_int.h"
#include "intake/quality.h"

#include "base/memory.h"
#include "store/store.h"
#include "vault/vault.h"

#include <stdlib.h>

enum { CLIENT_MOST = 200 }; /* characters of a client's number */

struct finding {
	const struct quarantine_search *search;
	const struct profile_feed *feed; /* of the problem under way */
	struct vault_elements elements;
	struct arena *arena;
	struct buf plain;
	struct quarantined *rows;
	size_t count, capacity;
	bool is_last; /* the newest of the rows is the line of the problem under way */
};

static bool is_client(const struct finding *f, struct text client)
{
	if (text_is_empty(client) || client.len > CLIENT_MOST)
		return false;
	int64_t hash = intake_client_hash(f->search->vault, f->feed, client);
	for (size_t i = 0; i < f->search->client_count; i++)
		if (f->search->clients[i].hash == hash &&
		    text_equal(f->search->clients[i].source_id, f->feed->source->id))
			return true;
	return false;
}

/* A row that could not be split is of whomever a word of it is the number of. */
static bool is_client_among_words(const struct finding *f, struct text delivered)
{
	size_t begin = 0;
	for (size_t i = 0; i <= delivered.len; i++) {
		if (i < delivered.len && !memchr(",;|\t\"\r\n", delivered.at[i], 7))
			continue;
		if (is_client(f, text_trim(text_slice(delivered.at + begin, i - begin))))
			return true;
		begin = i + 1;
	}
	return false;
}

static bool is_theirs(const struct finding *f, struct text packed)
{
	struct text client = vault_values_find(packed, QUARANTINE_CLIENT);
	return text_is_empty(client) ? is_client_among_words(f, vault_values_find(packed, QUARANTINE_ROW))
				     : is_client(f, client);
}

static void take_cells(struct quarantined *out, const struct finding *f, struct text packed)
{
	struct quarantined_cell *cells = ARENA_ARRAY(f->arena, f->feed->column_count + 1, struct quarantined_cell);
	out->cells = cells;
	for (size_t i = 0; i < f->feed->column_count; i++) {
		const struct profile_element *element = f->feed->columns[i].element;
		unsigned number = element ? vault_element_no(&f->elements, element->id) : 0;
		struct text cell = number ? vault_values_find(packed, QUARANTINE_CELL + number) : TEXT_ABSENT;
		if (!text_is_empty(cell))
			cells[out->cell_count++] = (struct quarantined_cell){element, arena_text(f->arena, cell)};
	}
}

static void take_row(struct finding *f, struct statement *s, struct text packed)
{
	ARRAY_GROW(f->rows, f->count, f->capacity);
	struct quarantined *out = &f->rows[f->count++];
	*out = (struct quarantined){.feed = f->feed,
				    .extract_id = statement_int(s, statement_column(s, "extract_id")),
				    .line = statement_int(s, statement_column(s, "line")),
				    .as_at = (date)statement_int(s, statement_column(s, "as_at")),
				    .file_name =
					    arena_text(f->arena, statement_text(s, statement_column(s, "file_name"))),
				    .delivered = arena_text(f->arena, vault_values_find(packed, QUARANTINE_ROW))};
	take_cells(out, f, packed);
}

static void take_problem(struct quarantined *out, const struct finding *f, struct statement *s)
{
	struct text message = statement_text(s, statement_column(s, "message"));
	out->reasons = arena_format(f->arena, "%.*s%s%.*s", TEXT_ARG(out->reasons), out->reasons.len ? "; " : "",
				    TEXT_ARG(message));
	out->turned_away |= text_is(statement_text(s, statement_column(s, "severity")), "reject");
}

/* The first problem of a line has the row. */
static enum status look_at(struct finding *f, struct statement *s, struct error *error)
{
	struct vault_place place = {statement_int(s, statement_column(s, "extract_id")),
				    (int32_t)statement_int(s, statement_column(s, "feed_no")),
				    statement_int(s, statement_column(s, "line")),
				    (int32_t)statement_int(s, statement_column(s, "problem")), VAULT_QUARANTINE};
	enum status status = STATUS_OK;
	int sealed = statement_column(s, "sealed");
	if (place.version == 1) {
		f->is_last = false;
		f->feed = profile_feed(f->search->profile, statement_text(s, statement_column(s, "feed_id")));
		if (!f->feed || !f->feed->client || statement_is_null(s, sealed))
			return STATUS_OK;
		buf_wipe(&f->plain);
		status = vault_unseal(f->search->vault, &place, statement_blob(s, sealed), &f->plain, error);
		f->is_last = status == STATUS_OK && is_theirs(f, buf_text(&f->plain));
		if (f->is_last)
			take_row(f, s, buf_text(&f->plain));
	}
	if (f->is_last)
		take_problem(&f->rows[f->count - 1], f, s);
	return status;
}

static enum status look_through(struct finding *f, struct text source_id, struct store *store, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(
		&s, store,
		"SELECT q.extract_id AS extract_id, e.feed_no AS feed_no, f.feed_id AS feed_id, e.as_at AS as_at, "
		"e.file_name AS file_name, q.line AS line, q.problem AS problem, q.severity AS severity, q.message AS "
		"message, q.sealed AS sealed FROM quarantine q JOIN extract e ON e.extract_id = q.extract_id JOIN feed "
		"f ON f.feed_no = e.feed_no JOIN source s ON s.source_no = f.source_no WHERE s.source_id = :source "
		"ORDER BY q.extract_id, q.line, q.problem",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(s, "source", source_id);
	f->is_last = false;
	while (status == STATUS_OK && (status = statement_step(s, &row, error)) == STATUS_OK && row)
		status = look_at(f, s, error);
	statement_done(s);
	return status;
}

static bool is_first_of_source(const struct quarantine_search *search, size_t client)
{
	for (size_t i = 0; i < client; i++)
		if (text_equal(search->clients[i].source_id, search->clients[client].source_id))
			return false;
	return true;
}

enum status quarantine_find(struct quarantined **out, size_t *count, const struct quarantine_search *search,
			    struct store *store, struct arena *arena, struct error *error)
{
	struct finding f = {.search = search, .arena = arena};
	*count = 0;
	enum status status = vault_elements_load(&f.elements, store, error);
	if (status != STATUS_OK)
		return status;
	buf_init(&f.plain, 1 << 20);
	for (size_t i = 0; i < search->client_count && status == STATUS_OK; i++)
		if (is_first_of_source(search, i))
			status = look_through(&f, search->clients[i].source_id, store, error);
	*out = ARENA_ARRAY(arena, f.count + 1, struct quarantined);
	if (f.count)
		memcpy(*out, f.rows, f.count * sizeof **out);
	*count = f.count;
	free(f.rows);
	buf_wipe(&f.plain);
	buf_release(&f.plain);
	vault_elements_release(&f.elements);
	return status;
}
