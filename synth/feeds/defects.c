/* Defective rows: each is put behind a good row whose copy it spoils in exactly one way, and is
 * written down in the truth. The good row stays, so nothing real is lost with a defect. */
#include "feeds_int.h"

enum defect_kind {
	DEFECT_TOO_FEW_COLUMNS,
	DEFECT_TOO_MANY_COLUMNS,
	DEFECT_MISSING_REQUIRED,
	DEFECT_BAD_DATE,
	DEFECT_BAD_CODE,
	DEFECT_OUT_OF_RANGE,
	DEFECT_NOT_A_NUMBER,
	DEFECT_FUTURE_DATE,
	DEFECT_DUPLICATE_KEY,
	DEFECT_NUL_BYTE,
	DEFECT_INVALID_UTF8,
	DEFECT_ENDS_BEFORE_START,
	DEFECT_BAD_CHECK_DIGIT,
	DEFECT_BAD_JSON,
	DEFECT_BAD_BOOLEAN,
	DEFECT_TRUNCATED,
	DEFECT_KINDS
};
static const char *const defect_names[DEFECT_KINDS] = {
	"too_few_columns", "too_many_columns", "missing_required", "bad_date", "bad_code",     "out_of_range",
	"not_a_number",    "future_date",      "duplicate_key",    "nul_byte", "invalid_utf8", "ends_before_start",
	"bad_check_digit", "bad_json",         "bad_boolean",      "truncated"};

static struct text field_of(const struct writer *w, unsigned field)
{
	size_t at = w->field_at[field];
	return text_slice(w->file.at + at, w->field_at[field + 1] - 1 - at);
}

/* The first column with the trait, counting on from a random one; -1 when there is none. */
static int column_with(struct writer *w, unsigned trait)
{
	unsigned count = w->fields, first = random_below(&w->defect_random, count);
	for (unsigned i = 0; i < count; i++) {
		unsigned column = (first + i) % count;
		if (w->feed->columns[column].traits & trait)
			return (int)column;
	}
	return -1;
}

static void note_defect(struct writer *w, enum defect_kind kind, int column)
{
	buf_append_text(&w->defects, text_of(w->file_name));
	buf_append_char(&w->defects, ',');
	buf_append_int(&w->defects, (int64_t)w->line);
	buf_append_char(&w->defects, ',');
	buf_append_text(&w->defects, text_of(defect_names[kind]));
	buf_append_char(&w->defects, ',');
	if (column >= 0)
		buf_append_csv(&w->defects, text_of(w->feed->columns[column].header));
	buf_append_char(&w->defects, '\n');
	w->summary.defects++;
}

/* Copies the good row with one field (or none: -1) replaced by VALUE, and adds it. */
static void add_copy(struct writer *w, int column, struct text value, unsigned fields)
{
	struct buf row;
	buf_init(&row, 1 << 20);
	for (unsigned i = 0; i < fields; i++) {
		if (i)
			buf_append_char(&row, w->feed->delimiter);
		buf_append_text(&row, (int)i == column ? value : field_of(w, i));
	}
	buf_append_text(&row, text_of(w->feed->newline));
	for (size_t i = 0; i < row.len; i++)
		w->line += row.at[i] == '\n';
	buf_append(&w->file, row.at, row.len);
	buf_release(&row);
	w->rows_in_file++;
	w->summary.rows++;
}

/* Replaces the value of a column with TRAIT; false when the feed has none. */
static bool spoil(struct writer *w, enum defect_kind kind, unsigned trait, struct text value)
{
	int column = column_with(w, trait);
	if (column < 0)
		return false;
	note_defect(w, kind, column);
	add_copy(w, column, value, w->fields);
	return true;
}

static struct text impossible_date(const struct writer *w)
{
	static const char *const dates[] = {
		[DATE_SLASHES] = "31/02/2023", [DATE_ISO] = "2023-02-31",         [DATE_COMPACT] = "20230231",
		[DATE_ORACLE] = "31-FEB-2023", [DATE_WORDS] = "31 February 2023", [DATE_DOTS_SHORT] = "31.02.23"};
	return text_of(dates[w->feed->dates]);
}

static struct text date_beyond(const struct writer *w, char out[32])
{
	return text_of(date_write(date_of(2091, 6, 17), w->feed->dates, out));
}

static bool spoil_with_bytes(struct writer *w, enum defect_kind kind, struct text bytes)
{
	int column = column_with(w, TRAIT_REQUIRED);
	if (column < 0 || (kind == DEFECT_INVALID_UTF8 && w->feed->windows_1252))
		return false;
	struct text old = field_of(w, (unsigned)column);
	struct buf value;
	buf_init(&value, 1 << 16);
	bool quoted = old.len > 1 && old.at[0] == '"';
	buf_append(&value, old.at, old.len - quoted);
	buf_append_text(&value, bytes);
	if (quoted)
		buf_append_char(&value, '"');
	note_defect(w, kind, column);
	add_copy(w, column, buf_text(&value), w->fields);
	buf_release(&value);
	return true;
}

static bool spoil_order(struct writer *w)
{
	static const char *const patterns[] = {
		[DATE_SLASHES] = "DD/MM/YYYY", [DATE_ISO] = "YYYY-MM-DD",    [DATE_COMPACT] = "YYYYMMDD",
		[DATE_ORACLE] = "DD-Mon-YYYY", [DATE_WORDS] = "DD Mon YYYY", [DATE_DOTS_SHORT] = "DD.MM.YY"};
	int start = column_with(w, TRAIT_START), end = column_with(w, TRAIT_END);
	date begun;
	char early[32];
	if (start < 0 || end < 0 || !date_parse(field_of(w, (unsigned)start), patterns[w->feed->dates], 2023, &begun))
		return false;
	note_defect(w, DEFECT_ENDS_BEFORE_START, end);
	add_copy(w, end, text_of(date_write(begun - 400, w->feed->dates, early)), w->fields);
	return true;
}

static bool spoil_check_digit(struct writer *w)
{
	int column = column_with(w, TRAIT_NHS | TRAIT_UPN);
	if (column < 0 || field_of(w, (unsigned)column).len < 10)
		return false;
	char value[16];
	struct text old = field_of(w, (unsigned)column);
	snprintf(value, sizeof value, "%.*s", TEXT_ARG(old));
	char *digit = value + 5; /* one digit up: never the same check digit */
	*digit = *digit == '9' ? '0' : (char)(*digit + 1);
	note_defect(w, DEFECT_BAD_CHECK_DIGIT, column);
	add_copy(w, column, text_of(value), w->fields);
	return true;
}

static bool add_extra_columns(struct writer *w)
{
	struct text last = field_of(w, w->fields - 1);
	char value[4096];
	if (last.len > sizeof value - 8)
		return false;
	snprintf(value, sizeof value, "%.*s%c%c1", TEXT_ARG(last), w->feed->delimiter, w->feed->delimiter);
	note_defect(w, DEFECT_TOO_MANY_COLUMNS, -1);
	add_copy(w, (int)w->fields - 1, text_of(value), w->fields);
	return true;
}

static bool try_defect(struct writer *w, enum defect_kind kind)
{
	char date_text[32];
	switch (kind) {
	case DEFECT_TOO_FEW_COLUMNS:
		if (w->fields < 3)
			return false;
		note_defect(w, kind, -1);
		add_copy(w, -1, TEXT(""), w->fields - 2);
		return true;
	case DEFECT_TOO_MANY_COLUMNS:
		return add_extra_columns(w);
	case DEFECT_MISSING_REQUIRED:
		return spoil(w, kind, TRAIT_REQUIRED, TEXT(""));
	case DEFECT_BAD_DATE:
		return spoil(w, kind, TRAIT_DATE, impossible_date(w));
	case DEFECT_BAD_CODE:
		return spoil(w, kind, TRAIT_CODE, TEXT("Z9Z"));
	case DEFECT_OUT_OF_RANGE:
		return spoil(w, kind, TRAIT_NUMBER, TEXT("99999999"));
	case DEFECT_NOT_A_NUMBER:
		return spoil(w, kind, TRAIT_NUMBER, TEXT("n/a"));
	case DEFECT_FUTURE_DATE: /* with two digits, any year may be of the last century */
		return w->feed->dates != DATE_DOTS_SHORT && spoil(w, kind, TRAIT_PAST, date_beyond(w, date_text));
	case DEFECT_DUPLICATE_KEY:
		note_defect(w, kind, -1);
		add_copy(w, -1, TEXT(""), w->fields);
		return true;
	case DEFECT_NUL_BYTE:
		return spoil_with_bytes(w, kind, text_slice("\0", 1));
	case DEFECT_INVALID_UTF8:
		return spoil_with_bytes(w, kind, text_slice("\xC3\x28", 2));
	case DEFECT_ENDS_BEFORE_START:
		return spoil_order(w);
	case DEFECT_BAD_CHECK_DIGIT:
		return spoil_check_digit(w);
	case DEFECT_BAD_JSON:
		return spoil(w, kind, TRAIT_JSON, TEXT("\"{\"\"FLAT\"\": \"\"1\"\", \""));
	case DEFECT_BAD_BOOLEAN:
		return spoil(w, kind, TRAIT_BOOLEAN, TEXT("maybe"));
	case DEFECT_TRUNCATED:
	case DEFECT_KINDS:
		break;
	}
	return false;
}

void write_defect(struct writer *w)
{
	for (int tries = 0; tries < 60; tries++)
		if (try_defect(w, (enum defect_kind)random_below(&w->defect_random, DEFECT_TRUNCATED)))
			return;
}

/* A transfer that broke off: the file ends in the middle of a row. Cut in the last field when
 * that is a quoted one (the quote stays open), else half-way through the columns. */
void write_cut_row(struct writer *w)
{
	if (w->fields < 3 || w->file.failed)
		return;
	struct text last = field_of(w, w->fields - 1);
	bool open_quote = last.len > 20 && last.at[0] == '"';
	size_t end = open_quote ? w->field_at[w->fields - 1] + last.len / 2 : w->field_at[w->fields / 2] + 1;
	size_t len = end - w->row_start;
	char *row = arena_copy(&w->arena, text_slice(w->file.at + w->row_start, len));
	note_defect(w, DEFECT_TRUNCATED, -1);
	buf_append(&w->file, row, len);
	w->rows_in_file++;
	w->summary.rows++;
}
