#include "intake/csv_columns.h"

#include "base/memory.h"
#include "base/threads.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* After so many rows a column shows whether it repeats itself; below the share it does not. */
enum { ROWS_TO_SEE = 50000, PART_LEAST = 1 << 20, PARTS_MOST = 64, ROWS_AT_FIRST = 1 << 16 };
static const double REPEATS_BELOW = 0.8;

struct part_column {
	struct values values;
	uint32_t *codes;
	bool appends; /* no longer searched */
};

struct part {
	uint64_t from, bytes, line, lines; /* lines: line ends up to the part's end */
	struct part_column *columns;
	size_t rows, capacity;
	uint64_t flawed;
	size_t told;
	struct {
		uint64_t line;
		unsigned flaws;
		size_t fields;
	} flaws[CSV_FLAWS_TOLD];
	bool cut; /* has an open quote, which may be the work of a cut */
	enum status status;
	struct error error;
};

struct reading {
	const char *path;
	const struct csv_format *format;
	struct csv_columns *out;
	struct part *parts;
	size_t count;
};

/* ---- one part --------------------------------------------------------------------------------------- */

static void grow_rows(struct part *part, size_t columns)
{
	part->capacity = part->capacity ? part->capacity * 2 : ROWS_AT_FIRST;
	for (size_t c = 0; c < columns; c++)
		part->columns[c].codes =
			memory_resize(part->columns[c].codes, part->capacity, sizeof *part->columns[c].codes);
}

static void tell_flaw(struct part *part, const struct csv_row *row)
{
	part->flawed++;
	if (part->told == CSV_FLAWS_TOLD)
		return;
	part->flaws[part->told].line = row->line;
	part->flaws[part->told].flaws = row->flaws;
	part->flaws[part->told++].fields = row->count;
}

/* All fields' slots are asked for before the first is looked at. */
static void add_row(struct part *part, const struct csv_row *row, size_t columns, uint64_t *hashes)
{
	size_t count = row->count < columns ? row->count : columns;
	if (part->rows == part->capacity)
		grow_rows(part, columns);
	for (size_t c = 0; c < count; c++) {
		if (part->columns[c].appends || row->fields[c].len == 0)
			continue;
		hashes[c] = text_hash(row->fields[c]);
		values_expect(&part->columns[c].values, hashes[c]);
	}
	for (size_t c = 0; c < count; c++) {
		struct part_column *column = &part->columns[c];
		column->codes[part->rows] = column->appends
						    ? values_append(&column->values, row->fields[c])
						    : values_code_hashed(&column->values, row->fields[c], hashes[c]);
	}
	for (size_t c = count; c < columns; c++)
		part->columns[c].codes[part->rows] = 0;
	part->rows++;
}

static void see_repeats(struct part *part, size_t columns)
{
	for (size_t c = 0; c < columns; c++) {
		struct part_column *column = &part->columns[c];
		size_t filled = 0;
		for (size_t row = 0; row < part->rows; row++)
			filled += column->codes[row] != 0;
		column->appends = filled > 1000 && (double)column->values.count > REPEATS_BELOW * (double)filled;
	}
}

static enum status read_rows(const struct reading *reading, struct part *part, struct csv *csv, uint64_t *hashes)
{
	size_t columns = reading->out->count;
	struct csv_row row;
	csv_expect(csv, columns);
	for (bool first = true;; first = false) {
		enum status status = csv_next(csv, &row, &part->error);
		if (status != STATUS_OK || row.line == 0)
			return status;
		part->cut |= (row.flaws & (CSV_FLAW_CUT | CSV_FLAW_QUOTES)) != 0;
		if (first && part->from == 0)
			continue; /* the header */
		if (row.flaws || row.count != columns)
			tell_flaw(part, &row);
		add_row(part, &row, columns, hashes);
		if (part->rows == ROWS_TO_SEE)
			see_repeats(part, columns);
	}
}

static void read_part(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct reading *reading = context;
	struct part *part = &reading->parts[first];
	struct csv *csv;
	(void)chunk, (void)end, (void)thread;
	part->columns = memory_alloc(reading->out->count, sizeof *part->columns);
	for (size_t c = 0; c < reading->out->count; c++)
		values_init(&part->columns[c].values);
	part->status = csv_open_part(&csv, reading->path, reading->format, part->from, part->bytes, &part->error);
	if (part->status != STATUS_OK)
		return;
	uint64_t *hashes = memory_alloc(reading->out->count, sizeof *hashes);
	part->status = read_rows(reading, part, csv, hashes);
	part->lines = csv_line(csv) - 1;
	csv_close(csv);
	free(hashes);
}

static void part_release(struct part *part, size_t columns)
{
	for (size_t c = 0; part->columns && c < columns; c++) {
		values_release(&part->columns[c].values);
		free(part->columns[c].codes);
	}
	free(part->columns);
	*part = (struct part){0};
}

/* ---- where to cut -------------------------------------------------------------------------------------- */

/* Behind the first line end from AT on; SIZE when there is none near. */
static uint64_t next_line(int fd, uint64_t at, uint64_t size, char line_end)
{
	static const size_t look = 1 << 20;
	char *bytes = memory_alloc(look, 1);
	ssize_t got = pread(fd, bytes, look, (off_t)at);
	const char *found = got > 0 ? memchr(bytes, line_end, (size_t)got) : NULL;
	uint64_t next = found ? at + (uint64_t)(found - bytes) + 1 : size;
	explicit_bzero(bytes, look);
	free(bytes);
	return next;
}

static enum status cut_parts(struct reading *reading, unsigned threads, struct error *error)
{
	struct stat is;
	int fd = open(reading->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &is) < 0) {
		if (fd >= 0)
			close(fd);
		return error_set_errno(error, errno, "intake.open", "The file cannot be opened");
	}
	uint64_t size = (uint64_t)is.st_size, from = 0;
	char line_end = reading->format->cr_lines ? '\r' : '\n';
	size_t wanted = threads < PARTS_MOST ? threads : PARTS_MOST;
	if (!S_ISREG(is.st_mode) || size < wanted * PART_LEAST)
		wanted = 1;
	for (size_t i = 1; i <= wanted && (from < size || i == 1); i++) {
		uint64_t end = i < wanted ? next_line(fd, size / wanted * i, size, line_end) : UINT64_MAX;
		if (end <= from)
			continue;
		reading->parts[reading->count++] =
			(struct part){.from = from, .bytes = end == UINT64_MAX ? end : end - from};
		from = end;
	}
	close(fd);
	return STATUS_OK;
}

/* ---- making one of the parts ------------------------------------------------------------------------------ */

static void append_codes(struct csv_column *into, const struct part_column *from, size_t rows, size_t at)
{
	uint32_t *code_of = memory_alloc(from->values.count + 1, sizeof *code_of);
	if (into->repeats) {
		values_codes(&into->values, from->values.keys, from->values.count, code_of + 1);
	} else {
		for (size_t i = 0; i < from->values.count; i++)
			code_of[i + 1] = values_append(&into->values, from->values.keys[i]);
	}
	for (size_t row = 0; row < rows; row++)
		into->codes[at + row] = code_of[from->codes[row]];
	free(code_of);
}

static void join_column(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct reading *reading = context;
	struct csv_column *into = &reading->out->at[first];
	struct part_column *own = &reading->parts[0].columns[first];
	(void)chunk, (void)end, (void)thread;
	into->repeats = true;
	for (size_t p = 0; p < reading->count; p++)
		into->repeats &= !reading->parts[p].columns[first].appends;
	into->values = own->values;
	into->codes = memory_resize(own->codes, reading->out->rows + 1, sizeof *into->codes);
	own->values = (struct values){0};
	own->codes = NULL;
	size_t at = reading->parts[0].rows;
	for (size_t p = 1; p < reading->count; p++) {
		struct part_column *from = &reading->parts[p].columns[first];
		append_codes(into, from, reading->parts[p].rows, at);
		at += reading->parts[p].rows;
		values_release(&from->values);
		free(from->codes);
		from->codes = NULL;
	}
}

static void join_flaws(struct csv_columns *out, const struct part *parts, size_t count)
{
	uint64_t lines = 0;
	for (size_t p = 0; p < count; p++) {
		out->rows += parts[p].rows;
		out->flawed += parts[p].flawed;
		for (size_t i = 0; i < parts[p].told && out->told < CSV_FLAWS_TOLD; i++) {
			out->flaws[out->told].line = lines + parts[p].flaws[i].line;
			out->flaws[out->told].flaws = parts[p].flaws[i].flaws;
			out->flaws[out->told++].fields = parts[p].flaws[i].fields;
		}
		lines += parts[p].lines;
	}
}

/* ---- the file ----------------------------------------------------------------------------------------------- */

static enum status read_header(struct reading *reading, struct error *error)
{
	struct csv *csv;
	struct csv_row row;
	enum status status = csv_open(&csv, reading->path, reading->format, error);
	if (status != STATUS_OK)
		return status;
	status = csv_next(csv, &row, error);
	struct csv_columns *out = reading->out;
	if (status == STATUS_OK && row.line > 0) {
		out->count = row.count;
		out->at = memory_alloc(out->count, sizeof *out->at);
		for (size_t c = 0; c < out->count; c++)
			out->at[c].header = arena_text(&out->arena, text_trim(row.fields[c]));
	}
	csv_close(csv);
	return status;
}

/* Whether a part ends where none does: the cuts behind it were guesses that failed. */
static bool is_badly_cut(const struct reading *reading)
{
	for (size_t p = 0; p + 1 < reading->count; p++) {
		if (reading->parts[p].cut)
			return true;
	}
	return false;
}

static enum status read_parts(struct reading *reading, unsigned threads, struct error *error)
{
	enum status status = cut_parts(reading, threads, error);
	if (status != STATUS_OK)
		return status;
	parallel_for(reading->count, 1, threads, read_part, reading);
	if (is_badly_cut(reading)) {
		for (size_t p = 0; p < reading->count; p++)
			part_release(&reading->parts[p], reading->out->count);
		reading->count = 0;
		status = cut_parts(reading, 1, error);
		if (status != STATUS_OK)
			return status;
		parallel_for(1, 1, 1, read_part, reading);
	}
	for (size_t p = 0; p < reading->count; p++) {
		if (reading->parts[p].status != STATUS_OK) {
			*error = reading->parts[p].error;
			return reading->parts[p].status;
		}
	}
	return STATUS_OK;
}

enum status csv_columns_read(struct csv_columns **out, const char *path, const struct csv_format *format,
			     unsigned threads, struct error *error)
{
	struct csv_columns *columns = memory_alloc(1, sizeof *columns);
	struct reading reading = {.path = path, .format = format, .out = columns};
	reading.parts = memory_alloc(PARTS_MOST, sizeof *reading.parts);
	arena_init(&columns->arena, SIZE_MAX / 2);
	threads = threads ? threads : threads_available();
	enum status status = read_header(&reading, error);
	if (status == STATUS_OK && columns->count > 0)
		status = read_parts(&reading, threads, error);
	if (status == STATUS_OK && columns->count > 0) {
		join_flaws(columns, reading.parts, reading.count);
		parallel_for(columns->count, 1, threads, join_column, &reading);
	}
	for (size_t p = 0; p < reading.count; p++)
		part_release(&reading.parts[p], columns->count);
	free(reading.parts);
	*out = columns;
	if (status != STATUS_OK) {
		csv_columns_free(columns);
		*out = NULL;
	}
	return status;
}

void csv_column_release(struct csv_column *column)
{
	values_release(&column->values);
	free(column->codes);
	column->codes = NULL;
}

void csv_columns_free(struct csv_columns *columns)
{
	if (!columns)
		return;
	for (size_t c = 0; c < columns->count; c++)
		csv_column_release(&columns->at[c]);
	free(columns->at);
	arena_release(&columns->arena);
	free(columns);
}
