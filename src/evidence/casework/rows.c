#include "casework/casework.h"
#include "casework/casework_int.h"

/* Room for the longest text and what sealing adds to it. */
enum { SEALED_LONGEST = 4 * REPORT_TEXT_LONGEST + 256 };

void sealed_bind(struct statement *statement, const char *name, const struct vault *vault, int64_t report_id,
		 int32_t which, struct text plain)
{
	struct buf sealed;
	buf_init(&sealed, SEALED_LONGEST);
	disclosure_seal_words(vault, report_id, which, plain, &sealed);
	statement_bind_blob(statement, name, sealed.at, sealed.len);
	buf_release(&sealed);
}

enum status sealed_read(struct text *out, struct statement *row, const char *column, const struct vault *vault,
			int64_t report_id, int32_t which, struct arena *arena, struct error *error)
{
	struct buf plain;
	struct text sealed = statement_blob(row, statement_column(row, column));
	*out = TEXT_ABSENT;
	if (text_is_absent(sealed))
		return STATUS_OK;
	buf_init(&plain, SEALED_LONGEST);
	enum status status = disclosure_unseal_words(vault, report_id, which, sealed, &plain, error);
	if (status == STATUS_OK)
		*out = arena_text(arena, buf_text(&plain));
	buf_wipe(&plain);
	buf_release(&plain);
	return status;
}

int64_t row_number(struct statement *row, const char *column)
{
	return statement_int(row, statement_column(row, column));
}

instant row_instant(struct statement *row, const char *column)
{
	int at = statement_column(row, column);
	return statement_is_null(row, at) ? INSTANT_UNKNOWN : statement_int(row, at);
}

date row_date(struct statement *row, const char *column)
{
	int at = statement_column(row, column);
	return statement_is_null(row, at) ? DATE_UNKNOWN : (date)statement_int(row, at);
}

struct text row_copy(struct statement *row, const char *column, struct arena *arena)
{
	return arena_text(arena, statement_text(row, statement_column(row, column)));
}
