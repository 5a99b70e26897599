/* All rows of a file, in parallel, each wanted column as codes into its distinct values.
 *
 * A file is cut into pieces at line ends. Whether a place is inside quotes is known from how many quotes
 * stand before it; where stray quotes make that wrong, a piece does not end where the next begins, and the
 * file is read again from there, piece after piece.
 */
#define XXH_INLINE_ALL
#include "base/threads.h"
#include "matching/matching_int.h"

#include <stdlib.h>
#include <xxhash.h>

enum { PIECE_BYTES = 4 << 20 };

struct local { /* a column's values in one piece; code 1 is values[0] */
	struct raw *values;
	uint64_t *hashes;
	size_t count;
	uint32_t *codes; /* by row of the piece */
};

struct read_piece {
	struct source_piece is;
	struct local *columns;
	uint64_t *id_hashes;
	size_t end;
	uint64_t short_rows, long_rows, first_short, first_long, too_long, first_too_long, open_quote;
};

struct scratch { /* of one thread */
	struct scanned scanned;
	uint32_t *slots;
	size_t slot_count;
	struct raw *values;
	uint64_t *hashes;
	size_t capacity;
};

struct read_job {
	struct source *source;
	const struct matching *matching;
	struct read_piece *pieces;
	size_t piece_count;
	uint64_t *quotes; /* by piece */
	struct scratch *scratch;
	size_t *wanted; /* columns */
	size_t wanted_count;
	size_t *order; /* of wanted columns: the one of most values is merged first */
	struct progress progress;
};

/* ---- where pieces begin ----------------------------------------------------------------------------------- */

static void count_quotes(void *context, size_t piece, size_t first, size_t end, unsigned thread)
{
	struct read_job *job = context;
	(void)thread;
	job->quotes[piece] =
		count_byte(job->source->bytes + job->source->body + first, end - first, job->source->dialect.quote);
}

static size_t behind_line_end(const struct source *source, size_t at, bool quoted)
{
	for (; at < source->size; at++) {
		char c = source->bytes[at];
		if (c == source->dialect.quote)
			quoted = !quoted;
		else if (c == source->dialect.line && !quoted)
			return at + 1;
	}
	return source->size;
}

static void cut(struct read_job *job, size_t piece_bytes)
{
	struct source *source = job->source;
	size_t body = source->size - source->body;
	job->piece_count = (body + piece_bytes - 1) / piece_bytes;
	job->pieces = memory_alloc(job->piece_count, sizeof *job->pieces);
	job->quotes = memory_alloc(job->piece_count, sizeof *job->quotes);
	parallel_for(body, piece_bytes, job->matching->options.threads, count_quotes, job);
	uint64_t before = 0;
	for (size_t p = 0; p < job->piece_count; before += job->quotes[p++]) {
		size_t from = source->body + p * piece_bytes;
		struct source_piece *is = &job->pieces[p].is;
		if (p > 0) {
			bool quoted = (before - (source->bytes[from - 1] == source->dialect.quote)) % 2 == 1;
			from = behind_line_end(source, from - 1, quoted);
			if (from < job->pieces[p - 1].is.from)
				from = job->pieces[p - 1].is.from;
			job->pieces[p - 1].is.to = from;
		}
		is->from = from;
		is->to = source->size;
	}
}

/* ---- distinct values ------------------------------------------------------------------------------------------ */

static void scratch_reserve(struct scratch *scratch, size_t rows)
{
	size_t slots = 1024;
	while (slots < rows * 2)
		slots *= 2;
	if (slots > scratch->slot_count) {
		free(scratch->slots);
		scratch->slots = memory_alloc(slots, sizeof *scratch->slots);
		scratch->slot_count = slots;
	}
	if (rows > scratch->capacity) {
		scratch->values = memory_resize(scratch->values, rows, sizeof *scratch->values);
		scratch->hashes = memory_resize(scratch->hashes, rows, sizeof *scratch->hashes);
		scratch->capacity = rows;
	}
}

static inline bool same_raw(struct raw a, struct raw b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len & ~FIELD_DOUBLED) == 0;
}

static void intern_column(struct scratch *scratch, const struct scanned *scanned, const char *bytes, size_t columns,
			  size_t column, struct local *out)
{
	size_t mask = scratch->slot_count - 1, count = 0;
	memset(scratch->slots, 0, scratch->slot_count * sizeof *scratch->slots);
	out->codes = memory_resize(NULL, scanned->rows + 1, sizeof *out->codes);
	const struct field *field = scanned->fields + column;
	for (size_t row = 0; row < scanned->rows; row++, field += columns) {
		struct raw raw = {bytes + field->at, field->len};
		if (raw.len == 0) {
			out->codes[row] = 0;
			continue;
		}
		uint64_t hash = XXH3_64bits(raw.at, raw.len & ~FIELD_DOUBLED);
		size_t at = hash & mask;
		while (scratch->slots[at] && !(scratch->hashes[scratch->slots[at] - 1] == hash &&
					       same_raw(scratch->values[scratch->slots[at] - 1], raw)))
			at = (at + 1) & mask;
		if (!scratch->slots[at]) {
			scratch->values[count] = raw;
			scratch->hashes[count] = hash;
			scratch->slots[at] = (uint32_t)++count;
		}
		out->codes[row] = scratch->slots[at];
	}
	out->count = count;
	out->values = memory_resize(NULL, count + 1, sizeof *out->values);
	out->hashes = memory_resize(NULL, count + 1, sizeof *out->hashes);
	if (count == 0)
		return;
	memcpy(out->values, scratch->values, count * sizeof *out->values);
	memcpy(out->hashes, scratch->hashes, count * sizeof *out->hashes);
}

static void keep_ids(struct read_job *job, struct read_piece *piece, const struct scanned *scanned, const char *bytes)
{
	size_t columns = job->source->column_count, room = 0, len = 0;
	struct buf text;
	buf_init(&text, SIZE_MAX / 4);
	for (size_t row = 0; row < scanned->rows; row++)
		room += scanned->fields[row * columns + job->source->id_column].len & ~FIELD_DOUBLED;
	piece->is.ids = memory_resize(NULL, room * 3 + 1, 1);
	piece->is.id_ends = memory_resize(NULL, scanned->rows + 1, sizeof *piece->is.id_ends);
	piece->id_hashes = memory_resize(NULL, scanned->rows + 1, sizeof *piece->id_hashes);
	for (size_t row = 0; row < scanned->rows; row++) {
		struct field field = scanned->fields[row * columns + job->source->id_column];
		struct text id = text_trim(raw_text(&text, (struct raw){bytes + field.at, field.len}, NULL));
		if (id.len)
			memcpy(piece->is.ids + len, id.at, id.len);
		len += id.len;
		piece->is.id_ends[row] = (uint32_t)len;
		piece->id_hashes[row] = XXH3_64bits(id.at, id.len);
	}
	piece->is.ids = memory_resize(piece->is.ids, len + 1, 1);
	buf_release(&text);
}

/* ---- one piece -------------------------------------------------------------------------------------------------- */

static void note_flaws(struct read_piece *piece, const struct scanned *scanned)
{
	piece->short_rows = scanned->short_rows;
	piece->long_rows = scanned->long_rows;
	piece->first_short = scanned->first_short;
	piece->first_long = scanned->first_long;
	piece->too_long = scanned->too_long;
	piece->first_too_long = scanned->first_too_long;
	piece->open_quote = scanned->open_quote;
}

static void forget_piece(struct read_piece *piece, size_t columns)
{
	for (size_t c = 0; piece->columns && c < columns; c++) {
		free(piece->columns[c].values);
		free(piece->columns[c].hashes);
		free(piece->columns[c].codes);
	}
	free(piece->columns);
	free(piece->id_hashes);
	piece->columns = NULL;
	piece->id_hashes = NULL;
}

static void scan_piece(struct read_job *job, struct read_piece *piece, unsigned thread)
{
	struct source *source = job->source;
	struct scratch *scratch = &job->scratch[thread];
	struct scanned *scanned = &scratch->scanned;
	const char *bytes = source->bytes + piece->is.from;
	forget_piece(piece, job->wanted_count);
	free(piece->is.ids);
	free(piece->is.id_ends);
	piece->is.ids = NULL;
	piece->is.id_ends = NULL;
	scan_rows(scanned, source->bytes, source->size, piece->is.from, piece->is.to, SIZE_MAX, source->column_count,
		  source->dialect);
	piece->end = scanned->end;
	piece->is.rows = scanned->rows;
	piece->is.lines = scanned->lines;
	note_flaws(piece, scanned);
	piece->columns = memory_alloc(job->wanted_count + 1, sizeof *piece->columns);
	scratch_reserve(scratch, scanned->rows);
	for (size_t w = 0; w < job->wanted_count; w++)
		intern_column(scratch, scanned, bytes, source->column_count, job->wanted[w], &piece->columns[w]);
	if (source->id_column < source->column_count)
		keep_ids(job, piece, scanned, bytes);
}

static void scan_pieces(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct read_job *job = context;
	(void)chunk;
	for (size_t p = first; p < end; p++) {
		if (job->matching->options.stop && atomic_load(job->matching->options.stop))
			return;
		scan_piece(job, &job->pieces[p], thread);
		progress_add(&job->progress, job->pieces[p].is.rows);
	}
}

/* Each piece must have ended where the next began; from the first that did not, one after another. */
static void mend(struct read_job *job)
{
	size_t p = 0;
	while (p + 1 < job->piece_count && job->pieces[p].end == job->pieces[p + 1].is.from)
		p++;
	for (p++; p < job->piece_count; p++) {
		struct read_piece *piece = &job->pieces[p];
		piece->is.from = job->pieces[p - 1].end;
		if (piece->is.to < piece->is.from)
			piece->is.to = piece->is.from;
		scan_piece(job, piece, 0);
	}
}

/* ---- the whole ----------------------------------------------------------------------------------------------------
 */

static size_t local_values(const struct read_job *job, size_t w)
{
	size_t values = 0;
	for (size_t p = 0; p < job->piece_count; p++)
		values += job->pieces[p].columns[w].count;
	return values;
}

static void merge_column(struct read_job *job, size_t w)
{
	struct source_column *out = &job->source->columns[job->wanted[w]];
	size_t most = local_values(job, w), slots = 1024;
	while (slots < most + most / 2)
		slots *= 2;
	uint64_t *table = memory_alloc(slots, sizeof *table); /* the hash's high half, and the code */
	out->values = memory_resize(NULL, most + 1, sizeof *out->values);
	out->values[0] = (struct raw){"", 0};
	out->count = 0;
	for (size_t p = 0; p < job->piece_count; p++) {
		enum { AHEAD = 12 };
		struct local *local = &job->pieces[p].columns[w];
		for (size_t i = 0; i < local->count; i++) {
			uint64_t hash = local->hashes[i], high = hash & UINT64_C(0xffffffff00000000);
			size_t at = hash & (slots - 1);
			if (i + AHEAD < local->count)
				__builtin_prefetch(&table[local->hashes[i + AHEAD] & (slots - 1)], 1);
			while (table[at] && !((table[at] & UINT64_C(0xffffffff00000000)) == high &&
					      same_raw(out->values[(uint32_t)table[at]], local->values[i])))
				at = (at + 1) & (slots - 1);
			if (!table[at]) {
				out->values[++out->count] = local->values[i];
				table[at] = high | out->count;
			}
			/* from here on: local code -> code of the file */
			local->hashes[i] = (uint32_t)table[at];
		}
		free(local->values);
		local->values = NULL;
	}
	free(table);
	out->values = memory_resize(out->values, out->count + 1, sizeof *out->values);
}

static void merge_columns(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	(void)chunk;
	(void)thread;
	const struct read_job *job = context;
	for (size_t i = first; i < end; i++)
		merge_column(context, job->order[i]);
}

static void order_columns(struct read_job *job)
{
	job->order = memory_alloc(job->wanted_count, sizeof *job->order);
	for (size_t w = 0; w < job->wanted_count; w++) {
		size_t at = w;
		for (; at > 0 && local_values(job, job->order[at - 1]) < local_values(job, w); at--)
			job->order[at] = job->order[at - 1];
		job->order[at] = w;
	}
}

static void recode_pieces(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct read_job *job = context;
	(void)chunk;
	(void)thread;
	for (size_t p = first; p < end; p++) {
		struct read_piece *piece = &job->pieces[p];
		for (size_t w = 0; w < job->wanted_count; w++) {
			const struct local *local = &piece->columns[w];
			uint32_t *out = job->source->columns[job->wanted[w]].codes + piece->is.first_row;
			for (size_t row = 0; row < piece->is.rows; row++)
				out[row] = local->codes[row] ? (uint32_t)local->hashes[local->codes[row] - 1] : 0;
			free(piece->columns[w].codes);
			piece->columns[w].codes = NULL;
		}
	}
}

static void merge(struct read_job *job)
{
	struct source *source = job->source;
	unsigned threads = job->matching->options.threads;
	for (size_t p = 0; p < job->piece_count; p++) {
		job->pieces[p].is.first_row = source->rows;
		source->rows += job->pieces[p].is.rows;
	}
	order_columns(job);
	parallel_for(job->wanted_count, 1, threads, merge_columns, job);
	for (size_t w = 0; w < job->wanted_count; w++)
		source->columns[job->wanted[w]].codes = memory_resize(NULL, source->rows + 1, sizeof(uint32_t));
	parallel_for(job->piece_count, 1, threads, recode_pieces, job);
	source->pieces = memory_alloc(job->piece_count, sizeof *source->pieces);
	source->piece_count = job->piece_count;
	for (size_t p = 0; p < job->piece_count; p++)
		source->pieces[p] = job->pieces[p].is;
}

/* ---- what was wrong with rows
 * ---------------------------------------------------------------------------------------- */

static uint64_t lines_before(const struct read_job *job, size_t piece)
{
	uint64_t lines = count_byte(job->source->bytes, job->source->body, job->source->dialect.line);
	for (size_t p = 0; p < piece; p++)
		lines += job->pieces[p].is.lines;
	return lines;
}

static void warn_widths(struct read_job *job, struct matching *matching)
{
	uint64_t few = 0, many = 0, long_fields = 0, first_few = 0, first_many = 0, first_long = 0;
	for (size_t p = job->piece_count; p-- > 0;) {
		const struct read_piece *piece = &job->pieces[p];
		uint64_t before = piece->short_rows || piece->long_rows || piece->too_long ? lines_before(job, p) : 0;
		first_few = piece->short_rows ? before + piece->first_short : first_few;
		first_many = piece->long_rows ? before + piece->first_long : first_many;
		first_long = piece->too_long ? before + piece->first_too_long : first_long;
		few += piece->short_rows;
		many += piece->long_rows;
		long_fields += piece->too_long;
	}
	if (few)
		matching_warn(matching, job->source, first_few,
			      "%llu row%s fewer than %zu columns, the first on this line: what is missing counts as "
			      "empty",
			      (unsigned long long)few, few == 1 ? " has" : "s have", job->source->column_count);
	if (many)
		matching_warn(matching, job->source, first_many,
			      "%llu row%s more than %zu columns, the first on this line: what is too much is left out; "
			      "a comma in a value must be quoted",
			      (unsigned long long)many, many == 1 ? " has" : "s have", job->source->column_count);
	if (long_fields)
		matching_warn(matching, job->source, first_long,
			      "%llu value%s longer than 1 MB, the first on this line: counted as empty",
			      (unsigned long long)long_fields, long_fields == 1 ? " is" : "s are");
}

static enum status check_quotes(const struct read_job *job, struct error *error)
{
	for (size_t p = 0; p < job->piece_count; p++) {
		if (!job->pieces[p].open_quote)
			continue;
		error_set(error, STATUS_INVALID, "matching.quote",
			  "a quote opens on this line and is not closed before the file ends");
		error_remedy(error, "Close it, or write a quote inside a quoted value twice.");
		error_at(error, job->source->path, (unsigned)(lines_before(job, p) + job->pieces[p].open_quote), 0);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

/* ---- ids
 * ------------------------------------------------------------------------------------------------------------------ */

enum { ID_PARTS = 256 };

struct id_check {
	const struct read_job *job;
	uint32_t *rows; /* by part of the hash's highest byte, ascending in each */
	uint64_t *hashes;
	size_t starts[ID_PARTS + 1];
	uint64_t again[ID_PARTS]; /* row + 1 of the first that comes again, its first coming in BEFORE */
	size_t before[ID_PARTS];
};

static void spread_ids(struct id_check *check)
{
	const struct read_job *job = check->job;
	size_t at[ID_PARTS] = {0};
	for (size_t p = 0; p < job->piece_count; p++) {
		for (size_t row = 0; row < job->pieces[p].is.rows; row++)
			at[job->pieces[p].id_hashes[row] >> 56]++;
	}
	for (size_t i = 0; i < ID_PARTS; i++) {
		check->starts[i + 1] = check->starts[i] + at[i];
		at[i] = check->starts[i];
	}
	check->rows = memory_resize(NULL, job->source->rows + 1, sizeof *check->rows);
	check->hashes = memory_resize(NULL, job->source->rows + 1, sizeof *check->hashes);
	for (size_t p = 0; p < job->piece_count; p++) {
		for (size_t row = 0; row < job->pieces[p].is.rows; row++) {
			uint64_t hash = job->pieces[p].id_hashes[row];
			size_t to = at[hash >> 56]++;
			check->rows[to] = (uint32_t)(job->pieces[p].is.first_row + row);
			check->hashes[to] = hash;
		}
	}
}

static bool same_id(const struct source *source, size_t a, size_t b)
{
	char left[24], right[24];
	return text_equal(source_id(source, a, left), source_id(source, b, right));
}

static void check_part(void *context, size_t part, size_t first, size_t end, unsigned thread)
{
	struct id_check *check = context;
	size_t from = check->starts[part], count = check->starts[part + 1] - from, slots = 64;
	(void)first;
	(void)end;
	(void)thread;
	while (slots < count * 2)
		slots *= 2;
	uint32_t *table = memory_alloc(slots, sizeof *table);
	for (size_t i = 0; i < count && !check->again[part]; i++) {
		uint64_t hash = check->hashes[from + i];
		size_t at = hash & (slots - 1);
		for (; table[at]; at = (at + 1) & (slots - 1)) {
			size_t other = from + table[at] - 1;
			if (check->hashes[other] == hash &&
			    same_id(check->job->source, check->rows[other], check->rows[from + i])) {
				check->again[part] = (uint64_t)check->rows[from + i] + 1;
				check->before[part] = check->rows[other];
				break;
			}
		}
		table[at] = (uint32_t)i + 1;
	}
	free(table);
}

/* Blank lines and line ends in quotes make this more than the row's number. */
static uint64_t line_of_row(const struct read_job *job, size_t row)
{
	struct source *source = job->source;
	size_t p = 0;
	while (p + 1 < job->piece_count && job->pieces[p + 1].is.first_row <= row)
		p++;
	struct scanned scanned = {0};
	scan_rows(&scanned, source->bytes, source->size, job->pieces[p].is.from, job->pieces[p].is.to,
		  row - job->pieces[p].is.first_row, source->column_count, source->dialect);
	uint64_t line = lines_before(job, p) + scanned.lines + 1;
	for (size_t at = scanned.end; at < source->size && source->bytes[at] == '\n'; at++)
		line++;
	scanned_release(&scanned);
	return line;
}

static enum status check_ids(struct read_job *job, struct error *error)
{
	struct source *source = job->source;
	if (source->id_column == source->column_count)
		return STATUS_OK;
	struct id_check *check = memory_alloc(1, sizeof *check);
	check->job = job;
	spread_ids(check);
	parallel_for(ID_PARTS, 1, job->matching->options.threads, check_part, check);
	uint64_t again = 0;
	size_t before = 0;
	for (size_t i = 0; i < ID_PARTS; i++) {
		if (check->again[i] && (!again || check->again[i] < again)) {
			again = check->again[i];
			before = check->before[i];
		}
	}
	free(check->rows);
	free(check->hashes);
	free(check);
	if (!again)
		return STATUS_OK;
	uint64_t first = line_of_row(job, before);
	error_set(
		error, STATUS_INVALID, "matching.id",
		"the id in column \"%.*s\" stands on line %llu already: records could not be told apart in the result",
		TEXT_ARG(source->columns[source->id_column].is.header), (unsigned long long)first);
	error_remedy(error,
		     "Name a column whose values are all different with --id, or number the rows with --id none.");
	error_at(error, source->path, (unsigned)line_of_row(job, again - 1), 0);
	return STATUS_INVALID;
}

/* ---- reading
 * ---------------------------------------------------------------------------------------------------------------- */

static void job_release(struct read_job *job, unsigned threads)
{
	for (size_t p = 0; p < job->piece_count; p++)
		forget_piece(&job->pieces[p], job->wanted_count);
	for (unsigned t = 0; t < threads; t++) {
		scanned_release(&job->scratch[t].scanned);
		free(job->scratch[t].slots);
		free(job->scratch[t].values);
		free(job->scratch[t].hashes);
	}
	free(job->scratch);
	free(job->pieces);
	free(job->quotes);
	free(job->wanted);
	free(job->order);
}

enum status source_read(struct matching *matching, struct source *source, struct error *error)
{
	unsigned threads = matching->options.threads;
	struct read_job job = {.source = source, .matching = matching};
	job.scratch = memory_alloc(threads, sizeof *job.scratch);
	job.wanted = memory_alloc(source->column_count, sizeof *job.wanted);
	for (size_t c = 0; c < source->column_count; c++) {
		if (meaning_is_used(source->columns[c].is.meaning) || c == source->truth_column)
			job.wanted[job.wanted_count++] = c;
	}
	cut(&job, matching->options.piece_bytes ? matching->options.piece_bytes : PIECE_BYTES);
	progress_start(&job.progress, "Reading", "rows", 0);
	job.progress.shown &= matching->options.show_progress;
	parallel_for(job.piece_count, 1, threads, scan_pieces, &job);
	progress_end(&job.progress);
	enum status status = matching_stopped(matching, error);
	if (status == STATUS_OK) {
		mend(&job);
		status = check_quotes(&job, error);
	}
	if (status == STATUS_OK) {
		merge(&job);
		warn_widths(&job, matching);
		status = check_ids(&job, error);
	} else {
		for (size_t p = 0; p < job.piece_count; p++) {
			free(job.pieces[p].is.ids);
			free(job.pieces[p].is.id_ends);
		}
	}
	job_release(&job, threads);
	return status;
}
