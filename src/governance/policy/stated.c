#include "policy/stated.h"

#include <sodium.h>

static const char prefix[] = "words:";
enum { PREFIX = sizeof prefix - 1, ID = ID_TEXT_SIZE - 1, MARK = 2 * STATED_MARK_BYTES };

char *stated_reference(const struct stated *stated, char out[STATED_REFERENCE_SIZE])
{
	char id[ID_TEXT_SIZE], mark[MARK + 1];
	snprintf(out, STATED_REFERENCE_SIZE, "%s%s:%s", prefix, id_format(stated->id, id),
		 sodium_bin2hex(mark, sizeof mark, stated->mark, sizeof stated->mark));
	return out;
}

bool stated_parse(struct text reference, struct stated *out)
{
	size_t length;
	return reference.len == STATED_REFERENCE_SIZE - 1 && text_starts_with(reference, text_of(prefix)) &&
	       reference.at[PREFIX + ID] == ':' && id_parse(text_slice(reference.at + PREFIX, ID), &out->id) &&
	       sodium_hex2bin(out->mark, sizeof out->mark, reference.at + PREFIX + ID + 1, MARK, NULL, &length, NULL) ==
		       0 &&
	       length == sizeof out->mark;
}

enum status stated_keep(struct store *desk, const struct stated *stated, struct text sealed, struct error *error)
{
	char name[ID_TEXT_SIZE];
	struct statement *insert;
	enum status status = store_prepare(
		&insert, desk, "INSERT INTO stated (stated_id, name, sealed) VALUES (:id, :name, :sealed)", error);
	if (status)
		return status;
	statement_bind_int(insert, "id", stated->id);
	statement_bind_text(insert, "name", text_of(id_format(stated->id, name)));
	statement_bind_blob(insert, "sealed", sealed.at, sealed.len);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

enum status stated_find(struct store *desk, const struct stated *stated, struct arena *arena, struct text *sealed,
			struct error *error)
{
	bool row;
	struct statement *query;
	enum status status = store_prepare(&query, desk, "SELECT sealed FROM stated WHERE stated_id = :id", error);
	if (status)
		return status;
	statement_bind_int(query, "id", stated->id);
	int column = statement_column(query, "sealed");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		*sealed = arena_text(arena, statement_blob(query, column));
	else if (status == STATUS_OK)
		status = error_set(error, STATUS_NOT_FOUND, "stated.gone", "These words are no longer kept");
	statement_done(query);
	return status;
}
