/* Shared inside the room only: rows of the desk, and texts in them that are sealed. */
#ifndef CASEWORK_INT_H
#define CASEWORK_INT_H

#include "base/arena.h"
#include "base/date.h"
#include "store/store.h"
#include "vault/disclosure.h"

/* WHICH tells the texts of a report apart; those of values and of households may not have the same. */
enum { TEXT_OF_REPORT = 1, TEXT_OF_REPLY = 2, HOME_TEXT = 11, HOME_EVIDENCE = 12, HOME_REPLY = 13 };

void sealed_bind(struct statement *statement, const char *name, const struct vault *vault, int64_t report_id,
		 int32_t which, struct text plain);
/* *OUT absent where the column is null. */
enum status sealed_read(struct text *out, struct statement *row, const char *column, const struct vault *vault,
			int64_t report_id, int32_t which, struct arena *arena, struct error *error) MUST_CHECK;

int64_t row_number(struct statement *row, const char *column);
instant row_instant(struct statement *row, const char *column); /* INSTANT_UNKNOWN where it is null */
date row_date(struct statement *row, const char *column);       /* DATE_UNKNOWN likewise */
struct text row_copy(struct statement *row, const char *column, struct arena *arena);

#endif
