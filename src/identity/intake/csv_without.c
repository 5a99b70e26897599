/* A file written again without some of its rows. */
#include "intake/csv.h"

static char line_end(const struct csv_format *format)
{
	return format->cr_lines ? '\r' : '\n';
}

static uint64_t lines_in(struct text bytes, char end)
{
	uint64_t lines = 0;
	for (size_t i = 0; i < bytes.len; i++)
		lines += bytes.at[i] == end;
	return lines;
}

enum status csv_write_without(struct text all, const struct csv_format *format, csv_chooses *chooses, void *context,
			      struct buf *out, struct error *error)
{
	struct csv *csv = csv_open_memory(all, format);
	struct csv_row row;
	uint64_t written = 0;
	enum status status;
	if (format->byte_order_mark)
		buf_append_text(out, TEXT("\xef\xbb\xbf"));
	while ((status = csv_next(csv, &row, error)) == STATUS_OK && row.line) {
		bool keep = true;
		status = chooses(context, csv, &row, &keep, error);
		if (status != STATUS_OK)
			break;
		if (!keep)
			continue;
		for (; written + 1 < row.line; written++)
			buf_append_char(out, line_end(format));
		buf_append_text(out, row.raw);
		buf_append_char(out, line_end(format));
		written += 1 + lines_in(row.raw, line_end(format));
	}
	csv_close(csv);
	if (status == STATUS_OK && out->failed)
		return error_set(error, STATUS_TOO_LARGE, "intake.without", "A file is too large to be written anew");
	return status;
}
