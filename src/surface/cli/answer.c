/* One answer, two renderings: what text says and what JSON says come from the same call. */
#include "cli/cli_int.h"

#include <assert.h>

enum { ANSWER_CEILING = 256 << 20, LABEL_WIDTH = 26 };

void answer_init(struct cli_answer *answer, bool colour)
{
	*answer = (struct cli_answer){.colour = colour};
	buf_init(&answer->document, ANSWER_CEILING);
	buf_init(&answer->plain, ANSWER_CEILING);
	buf_init(&answer->cells, ANSWER_CEILING);
	json_init(&answer->json, &answer->document);
	answer->json.pretty = true;
	json_begin_object(&answer->json, NULL);
}

void answer_release(struct cli_answer *answer)
{
	buf_release(&answer->document);
	buf_release(&answer->plain);
	buf_release(&answer->cells);
}

static void show(struct cli_answer *answer, const char *label, struct text value)
{
	if (label)
		buf_format(&answer->plain, "%-*s %.*s\n", LABEL_WIDTH, label, TEXT_ARG(value));
}

void answer_text(struct cli_answer *answer, const char *key, const char *label, struct text value)
{
	json_put_text(&answer->json, key, value);
	show(answer, label, value);
}

void answer_int(struct cli_answer *answer, const char *key, const char *label, int64_t value)
{
	char shown[24];
	json_put_int(&answer->json, key, value);
	snprintf(shown, sizeof shown, "%lld", (long long)value);
	show(answer, label, text_of(shown));
}

void answer_double(struct cli_answer *answer, const char *key, const char *label, double value, int decimals)
{
	char shown[64];
	json_put_double(&answer->json, key, value, decimals);
	snprintf(shown, sizeof shown, "%.*f", decimals, value);
	show(answer, label, text_of(shown));
}

void answer_bool(struct cli_answer *answer, const char *key, const char *label, bool value)
{
	json_put_bool(&answer->json, key, value);
	show(answer, label, value ? TEXT("yes") : TEXT("no"));
}

void answer_line(struct cli_answer *answer, const char *format, ...)
{
	char line[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	buf_append_text(&answer->plain, text_of(line));
	buf_append_char(&answer->plain, '\n');
}

void answer_group(struct cli_answer *answer, const char *key, const char *heading)
{
	json_begin_object(&answer->json, key);
	if (heading)
		buf_format(&answer->plain, "%s%s%s\n", answer->colour ? "\033[1m" : "", heading,
			   answer->colour ? "\033[0m" : "");
}

void answer_group_end(struct cli_answer *answer)
{
	json_end(&answer->json);
}

static void keep_cell(struct cli_answer *answer, struct text shown, bool right)
{
	size_t column = answer->cell_count % answer->columns;
	assert(column < 64);
	if (right)
		answer->right_aligned |= UINT64_C(1) << column;
	buf_append_text(&answer->cells, shown);
	buf_append_char(&answer->cells, '\0');
	answer->cell_count++;
}

void answer_list(struct cli_answer *answer, const char *key, size_t columns, const char *const *keys,
		 const char *const *headings)
{
	json_begin_array(&answer->json, key);
	buf_clear(&answer->cells);
	answer->columns = columns;
	answer->keys = keys;
	answer->cell_count = 0;
	answer->right_aligned = 0;
	for (size_t i = 0; i < columns; i++)
		keep_cell(answer, text_of(headings[i]), false);
}

/* Opens the row's object before its first cell and closes it behind its last. */
static const char *begin_cell(struct cli_answer *answer)
{
	size_t column = answer->cell_count % answer->columns;
	if (column == 0)
		json_begin_object(&answer->json, NULL);
	return answer->keys[column];
}

static void end_cell(struct cli_answer *answer)
{
	if (answer->cell_count % answer->columns == 0)
		json_end(&answer->json);
}

void answer_cell(struct cli_answer *answer, struct text value)
{
	json_put_text(&answer->json, begin_cell(answer), value);
	keep_cell(answer, value, false);
	end_cell(answer);
}

void answer_cell_int(struct cli_answer *answer, int64_t value)
{
	char shown[24];
	json_put_int(&answer->json, begin_cell(answer), value);
	snprintf(shown, sizeof shown, "%lld", (long long)value);
	keep_cell(answer, text_of(shown), true);
	end_cell(answer);
}

void answer_cell_double(struct cli_answer *answer, double value, int decimals)
{
	char shown[64];
	json_put_double(&answer->json, begin_cell(answer), value, decimals);
	snprintf(shown, sizeof shown, "%.*f", decimals, value);
	keep_cell(answer, text_of(shown), true);
	end_cell(answer);
}

static int shown_width(const char *cell)
{
	int width = 0;
	for (; *cell; cell++)
		width += ((unsigned char)*cell & 0xC0) != 0x80;
	return width;
}

static void print_cell(struct buf *out, const char *cell, int width, bool right, bool last)
{
	int padding = width - shown_width(cell);
	if (right)
		buf_format(out, "%*s", padding, "");
	buf_append_text(out, text_of(cell));
	if (!last)
		buf_format(out, "%*s  ", right ? 0 : padding, "");
}

void answer_list_end(struct cli_answer *answer)
{
	enum { MOST_COLUMNS = 64 };
	int widths[MOST_COLUMNS] = {0};
	assert(answer->cell_count % answer->columns == 0);
	json_end(&answer->json);
	if (answer->cell_count == answer->columns) /* nothing but headings */
		return;
	const char *cell = answer->cells.at;
	for (size_t i = 0; i < answer->cell_count; i++, cell += strlen(cell) + 1)
		if (shown_width(cell) > widths[i % answer->columns])
			widths[i % answer->columns] = shown_width(cell);
	cell = answer->cells.at;
	for (size_t i = 0; i < answer->cell_count; i++, cell += strlen(cell) + 1) {
		size_t column = i % answer->columns;
		bool last = column + 1 == answer->columns;
		bool heading = i < answer->columns;
		if (heading && column == 0 && answer->colour)
			buf_append_text(&answer->plain, TEXT("\033[1m"));
		print_cell(&answer->plain, cell, widths[column], answer->right_aligned >> column & 1, last);
		if (heading && last && answer->colour)
			buf_append_text(&answer->plain, TEXT("\033[0m"));
		if (last)
			buf_append_char(&answer->plain, '\n');
	}
}
