/* The CSV reader over any bytes: the same rows whatever the size of its buffer, lines that only go up,
 * and every byte of the input accounted for by rows or line ends. */
#include "fuzz.h"

#include "base/utf8.h"
#include "intake/csv.h"

#include <stdlib.h>

struct digest {
	uint64_t rows, fields, bytes, line, hash;
};

static struct digest read_all(struct text input, const struct csv_format *format, size_t buffer, size_t columns)
{
	struct digest digest = {0};
	struct error error;
	struct csv_row row;
	struct csv *csv = csv_open_memory(input, format);
	csv_set_buffer(csv, buffer);
	csv_expect(csv, columns);
	while (csv_next(csv, &row, &error) == STATUS_OK && row.line) {
		if (row.line <= digest.line)
			abort();
		digest.line = row.line;
		digest.rows++;
		digest.fields += row.count;
		digest.bytes += row.raw.len;
		digest.hash = digest.hash * 31 + row.flaws;
		for (size_t i = 0; i < row.count; i++) {
			if (!(row.flaws & CSV_FLAW_ENCODING) && utf8_first_invalid(row.fields[i]) != row.fields[i].len)
				abort();
			digest.hash = digest.hash * 31 + text_hash(row.fields[i]);
		}
	}
	csv_close(csv);
	if (digest.bytes > input.len)
		abort();
	return digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text input = text_slice((const char *)data, size);
	struct csv_given nothing = {0};
	struct csv_format format = csv_format_detect(input, &nothing);
	if (format.encoding == CSV_UTF_16)
		return 0;
	size_t columns = size ? data[size - 1] % 4 : 0;
	struct digest large = read_all(input, &format, 1 << 16, columns);
	for (size_t buffer = 1; buffer <= 64; buffer *= 4) {
		struct digest small = read_all(input, &format, buffer, columns);
		if (small.rows != large.rows || small.fields != large.fields || small.bytes != large.bytes ||
		    small.line != large.line || small.hash != large.hash)
			abort();
	}
	return 0;
}
