/* What workers said of flags: rows that are only ever added; the last of a span counts. */
#include "notes/notes_int.h"

#include "base/buf.h"
#include "base/memory.h"
#include "store/store.h"

#include <stdlib.h>

struct note_client { /* a record by what outlives every rebuild */
	int64_t record_id, client_hash;
	struct text source_id;
};

static enum status clients_of_resident(struct note_client **out, size_t *count, struct store *data, int64_t resident_id,
				       struct arena *arena, struct error *error)
{
	struct statement *row;
	struct note_client *clients = NULL;
	size_t capacity = 0;
	bool more = false;
	*count = 0;
	enum status status = store_prepare(&row, data,
					   "SELECT m.record_id, c.client_hash, s.source_id FROM resident_record m "
					   "JOIN record c ON c.record_id = m.record_id "
					   "JOIN source s ON s.source_no = c.source_no "
					   "WHERE m.resident_id = :resident_id",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(row, "resident_id", resident_id);
	int record = statement_column(row, "record_id"), client = statement_column(row, "client_hash"),
	    source = statement_column(row, "source_id");
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more) {
		ARRAY_GROW(clients, *count, capacity);
		clients[(*count)++] = (struct note_client){.record_id = statement_int(row, record),
							   .client_hash = statement_int(row, client),
							   .source_id = arena_text(arena, statement_text(row, source))};
	}
	statement_done(row);
	*out = clients;
	return status;
}

struct verdict_columns {
	int feed_id, row_key, version, factor_id, start, end, verdict;
};

static void apply_verdict(struct note_flag *flags, size_t count, int64_t record_id, struct statement *row,
			  const struct verdict_columns *c)
{
	struct text feed = statement_text(row, c->feed_id), factor = statement_text(row, c->factor_id);
	for (size_t i = 0; i < count; i++) {
		struct note_flag *flag = &flags[i];
		if (flag->record_id == record_id && flag->row_key == statement_int(row, c->row_key) &&
		    flag->version == statement_int(row, c->version) && flag->start == statement_int(row, c->start) &&
		    flag->end == statement_int(row, c->end) && text_equal(flag->feed_id, feed) &&
		    text_equal(flag->factor_id, factor))
			flag->verdict = (enum note_verdict)statement_int(row, c->verdict);
	}
}

/* Rows come oldest first, so that the last one stays. */
static enum status verdicts_of_client(struct note_flag *flags, size_t count, const struct note_client *client,
				      struct store *desk, struct error *error)
{
	struct statement *row;
	bool more = false;
	enum status status = store_prepare(&row, desk,
					   "SELECT feed_id, row_key, version, factor_id, start_byte, end_byte, verdict "
					   "FROM note_verdict WHERE client_hash = :client AND source_id = :source "
					   "ORDER BY verdict_id",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(row, "client", client->client_hash);
	statement_bind_text(row, "source", client->source_id);
	struct verdict_columns columns = {
		.feed_id = statement_column(row, "feed_id"),
		.row_key = statement_column(row, "row_key"),
		.version = statement_column(row, "version"),
		.factor_id = statement_column(row, "factor_id"),
		.start = statement_column(row, "start_byte"),
		.end = statement_column(row, "end_byte"),
		.verdict = statement_column(row, "verdict"),
	};
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more)
		apply_verdict(flags, count, client->record_id, row, &columns);
	statement_done(row);
	return status;
}

enum status verdicts_of_resident(struct note_flag *flags, size_t count, struct store *data, struct store *desk,
				 int64_t resident_id, struct arena *arena, struct error *error)
{
	struct note_client *clients = NULL;
	size_t client_count = 0;
	enum status status = clients_of_resident(&clients, &client_count, data, resident_id, arena, error);
	for (size_t i = 0; status == STATUS_OK && i < client_count; i++)
		status = verdicts_of_client(flags, count, &clients[i], desk, error);
	free(clients);
	return status;
}

/* ---- marking ------------------------------------------------------------------------------------------ */

/* The record of the flag, if there is such a flag. */
static enum status find_flag(const struct note_marking *marking, struct store *data, struct buf *source,
			     int64_t *client_hash, struct error *error)
{
	struct statement *row;
	bool found = false;
	enum status status = store_prepare(
		&row, data,
		"SELECT c.client_hash, s.source_id FROM note_flag f JOIN feed d ON d.feed_no = f.feed_no "
		"JOIN note_word w ON w.word_no = f.factor_no JOIN record c ON c.record_id = f.record_id "
		"JOIN source s ON s.source_no = c.source_no WHERE f.record_id = :record_id AND d.feed_id = :feed_id "
		"AND f.row_key = :row_key AND f.version = :version AND f.start_byte = :start AND f.end_byte = :finish "
		"AND w.word = :factor",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(row, "record_id", marking->record_id);
	statement_bind_text(row, "feed_id", marking->feed_id);
	statement_bind_int(row, "row_key", marking->row_key);
	statement_bind_int(row, "version", marking->version);
	statement_bind_int(row, "start", marking->start);
	statement_bind_int(row, "finish", marking->end);
	statement_bind_text(row, "factor", marking->factor_id);
	status = statement_step(row, &found, error);
	if (status == STATUS_OK && found) {
		*client_hash = statement_int(row, statement_column(row, "client_hash"));
		buf_append_text(source, statement_text(row, statement_column(row, "source_id")));
	}
	statement_done(row);
	if (status != STATUS_OK || found)
		return status;
	error_set(error, STATUS_NOT_FOUND, "notes.no_flag", "There is no such flag.");
	error_remedy(error, "The note may have changed since the page was made: load the page again.");
	return STATUS_NOT_FOUND;
}

static enum status write_verdict(const struct note_marking *marking, struct store *desk, struct text source,
				 int64_t client_hash, struct error *error)
{
	struct statement *insert;
	enum status status = store_prepare(
		&insert, desk,
		"INSERT INTO note_verdict (made, user_id, username, source_id, client_hash, feed_id, row_key, version, "
		"factor_id, start_byte, end_byte, verdict) VALUES (:made, :user_id, :username, :source_id, "
		":client_hash, :feed_id, :row_key, :version, :factor_id, :start, :finish, :verdict)",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(insert, "made", instant_now());
	statement_bind_int(insert, "user_id", marking->user_id);
	statement_bind_text(insert, "username", marking->username);
	statement_bind_text(insert, "source_id", source);
	statement_bind_int(insert, "client_hash", client_hash);
	statement_bind_text(insert, "feed_id", marking->feed_id);
	statement_bind_int(insert, "row_key", marking->row_key);
	statement_bind_int(insert, "version", marking->version);
	statement_bind_text(insert, "factor_id", marking->factor_id);
	statement_bind_int(insert, "start", marking->start);
	statement_bind_int(insert, "finish", marking->end);
	statement_bind_int(insert, "verdict", marking->verdict);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

enum status note_flag_mark(struct store *data, struct store *desk, const struct note_marking *marking,
			   struct error *error)
{
	struct buf source;
	int64_t client_hash = 0;
	buf_init(&source, 256);
	enum status status = find_flag(marking, data, &source, &client_hash, error);
	if (status == STATUS_OK)
		status = write_verdict(marking, desk, buf_text(&source), client_hash, error);
	buf_release(&source);
	return status;
}
