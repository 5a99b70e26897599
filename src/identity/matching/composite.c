/* Values that several columns make together: a date of birth in parts, a place of address and postcode. */
#include "address/address.h"
#include "base/threads.h"
#include "clean/fold.h"
#include "clean/identifiers.h"
#include "clean/postcode.h"
#include "matching/prepare_int.h"

#include <stdlib.h>

enum { ROW_CHUNK = 16384 };

static void made_init(struct made *made, size_t rows)
{
	made->chunks = rows / ROW_CHUNK + 1;
	made->arenas = memory_alloc(made->chunks, sizeof *made->arenas);
	for (size_t i = 0; i < made->chunks; i++)
		arena_init(&made->arenas[i], SIZE_MAX / 2);
	made->values = memory_alloc(rows + 1, sizeof *made->values);
	made->codes = memory_alloc(rows + 1, sizeof *made->codes);
	for (size_t i = 0; i < rows; i++)
		made->codes[i] = (uint32_t)i + 1;
}

void made_release(struct made *made)
{
	for (size_t i = 0; i < made->chunks; i++)
		arena_release(&made->arenas[i]);
	free(made->arenas);
	free(made->values);
	free(made->codes);
}

const struct source_column *column_of(const struct source *source, enum meaning meaning)
{
	for (size_t c = 0; c < source->column_count; c++) {
		if (source->columns[c].is.meaning == meaning)
			return &source->columns[c];
	}
	return NULL;
}

/* ---- dates of birth in parts -------------------------------------------------------------------------- */

static int month_of(struct text value)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	int64_t number;
	char folded[16];
	if (text_parse_int64(value, &number))
		return number >= 1 && number <= 12 ? (int)number : 0;
	if (clean_fold(folded, sizeof folded, value) < 3)
		return 0;
	for (int m = 0; m < 12; m++) {
		if (memcmp(months + 3 * m, folded, 3) == 0)
			return m + 1;
	}
	return 0;
}

int number_at(const struct source_column *column, size_t row, bool month)
{
	int64_t number;
	if (!column || !column->codes[row])
		return 0;
	struct raw raw = column->values[column->codes[row]];
	struct text value = text_trim(text_slice(raw.at, raw.len & ~FIELD_DOUBLED));
	if (month)
		return month_of(value);
	if (value.len > 2 && text_ends_with(value, TEXT(".0"))) /* a spreadsheet's whole number */
		value.len -= 2;
	return text_parse_int64(value, &number) && number >= 0 && number <= 9999 ? (int)number : 0;
}

struct birth_job {
	struct made *made;
	const struct source_column *year, *month, *day;
};

static void make_births(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct birth_job *job = context;
	(void)thread;
	for (size_t row = first; row < end; row++) {
		char out[DATE_TEXT_SIZE];
		struct birth_parts parts = {number_at(job->year, row, false), number_at(job->month, row, true),
					    number_at(job->day, row, false)};
		date birth = parts.year >= 1000 && parts.year <= 2100 ? birth_date(&parts) : DATE_UNKNOWN;
		if (birth != DATE_UNKNOWN)
			job->made->values[row] =
				arena_text(&job->made->arenas[chunk], text_of(date_format_iso(birth, out)));
	}
}

void made_births(struct made *made, const struct source *source, unsigned threads)
{
	struct birth_job job = {made, column_of(source, MEANING_BIRTH_YEAR), column_of(source, MEANING_BIRTH_MONTH),
				column_of(source, MEANING_BIRTH_DAY)};
	made_init(made, source->rows);
	parallel_for(source->rows, ROW_CHUNK, threads, make_births, &job);
}

/* ---- places --------------------------------------------------------------------------------------------- */

enum { MOST_LINES = 8, VALUE_CHUNK = 4096 };

/* Which columns make a place, cleaned value by value. */
struct places {
	const struct source_column *lines[MOST_LINES], *postcode, *uprn;
	size_t line_count;
	struct text *folded[MOST_LINES], *postcodes; /* by code */
	struct text *behind[MOST_LINES];             /* postcodes found at the end of a line */
	struct arena *arenas;                        /* by chunk of all columns' values */
	size_t chunks;
};

struct fold_job {
	struct places *places;
	size_t line, first_chunk;
};

static void fold_line(struct places *places, size_t line, size_t chunk, size_t v, struct text value)
{
	char out[128];
	struct postcode postcode;
	struct text before = value;
	if (!places->postcode && clean_postcode_at_end(&postcode, value, &before))
		places->behind[line][v] = arena_text(&places->arenas[chunk], text_of(postcode.unit));
	if (before.len > 255)
		before.len = 255;
	size_t len = places->lines[line]->is.meaning == MEANING_HOUSE_NUMBER ? clean_fold(out, sizeof out, before)
									     : address_fold(out, sizeof out, before);
	if (!clean_is_filler(text_slice(out, len)))
		places->folded[line][v] = arena_text(&places->arenas[chunk], text_slice(out, len));
}

static void fold_lines(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct fold_job *job = context;
	const struct source_column *column = job->places->lines[job->line];
	struct buf room;
	(void)thread;
	buf_init(&room, SIZE_MAX / 4);
	for (size_t i = first; i < end; i++)
		fold_line(job->places, job->line, job->first_chunk + chunk, i + 1,
			  text_trim(raw_text(&room, column->values[i + 1], NULL)));
	buf_release(&room);
}

static void clean_postcodes(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct fold_job *job = context;
	const struct source_column *column = job->places->postcode;
	struct buf room;
	(void)thread;
	buf_init(&room, SIZE_MAX / 4);
	for (size_t i = first; i < end; i++) {
		char out[POSTCODE_SIZE];
		struct text postcode = clean_postcode_value(out, raw_text(&room, column->values[i + 1], NULL));
		if (postcode.len)
			job->places->postcodes[i + 1] =
				arena_text(&job->places->arenas[job->first_chunk + chunk], postcode);
	}
	buf_release(&room);
}

struct text clean_postcode_value(char out[POSTCODE_SIZE], struct text in)
{
	struct postcode postcode;
	if (!clean_postcode(&postcode, in))
		return TEXT_ABSENT;
	const char *best = postcode.unit[0] ? postcode.unit : postcode.sector[0] ? postcode.sector : postcode.district;
	return text_slice(out, (size_t)snprintf(out, POSTCODE_SIZE, "%s", best));
}

/* House number before street before the other lines, whatever their order in the file. */
static void choose_lines(struct places *places, const struct source *source)
{
	static const enum meaning parts[] = {MEANING_HOUSE_NUMBER, MEANING_STREET, MEANING_ADDRESS};
	places->postcode = column_of(source, MEANING_POSTCODE);
	places->uprn = column_of(source, MEANING_UPRN);
	for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
		for (size_t c = 0; c < source->column_count && places->line_count < MOST_LINES; c++) {
			if (source->columns[c].is.meaning == parts[p])
				places->lines[places->line_count++] = &source->columns[c];
		}
	}
}

static size_t chunks_of(const struct source_column *column)
{
	return column ? column->count / VALUE_CHUNK + 1 : 0;
}

static void places_init(struct places *places, const struct source *source, unsigned threads)
{
	*places = (struct places){0};
	choose_lines(places, source);
	places->chunks = chunks_of(places->postcode);
	for (size_t i = 0; i < places->line_count; i++)
		places->chunks += chunks_of(places->lines[i]);
	places->arenas = memory_alloc(places->chunks + 1, sizeof *places->arenas);
	for (size_t i = 0; i < places->chunks; i++)
		arena_init(&places->arenas[i], SIZE_MAX / 2);
	struct fold_job job = {.places = places};
	for (size_t i = 0; i < places->line_count; i++) {
		size_t count = places->lines[i]->count;
		job.line = i;
		places->folded[i] = memory_alloc(count + 1, sizeof(struct text));
		places->behind[i] = memory_alloc(count + 1, sizeof(struct text));
		parallel_for(count, VALUE_CHUNK, threads, fold_lines, &job);
		job.first_chunk += chunks_of(places->lines[i]);
	}
	if (!places->postcode)
		return;
	places->postcodes = memory_alloc(places->postcode->count + 1, sizeof(struct text));
	parallel_for(places->postcode->count, VALUE_CHUNK, threads, clean_postcodes, &job);
}

static void places_release(struct places *places)
{
	for (size_t i = 0; i < places->line_count; i++) {
		free(places->folded[i]);
		free(places->behind[i]);
	}
	free(places->postcodes);
	for (size_t i = 0; i < places->chunks; i++)
		arena_release(&places->arenas[i]);
	free(places->arenas);
}

static int64_t property_at(const struct places *places, size_t row)
{
	char uprn[UPRN_SIZE];
	int64_t number;
	if (!places->uprn || !places->uprn->codes[row])
		return 0;
	struct raw raw = places->uprn->values[places->uprn->codes[row]];
	bool good = clean_uprn(uprn, text_slice(raw.at, raw.len & ~FIELD_DOUBLED)) &&
		    text_parse_int64(text_of(uprn), &number);
	return good ? number : 0;
}

/* A number alone, or a town alone, is not an address. */
static bool is_address(struct text line)
{
	bool digit = false, letter = false;
	for (size_t i = 0; i < line.len; i++) {
		digit |= line.at[i] >= '0' && line.at[i] <= '9';
		letter |= line.at[i] >= 'a' && line.at[i] <= 'z';
	}
	return digit && letter;
}

static void make_place(struct made *made, size_t chunk, const struct places *places, size_t row)
{
	char line[160], out[LINKING_PLACE_SIZE];
	size_t len = 0;
	struct text postcode = places->postcode ? places->postcodes[places->postcode->codes[row]] : TEXT_ABSENT;
	for (size_t i = 0; i < places->line_count; i++) {
		uint32_t code = places->lines[i]->codes[row];
		struct text part = places->folded[i][code];
		if (places->behind[i][code].len)
			postcode = places->behind[i][code];
		if (part.len == 0 || len + part.len + 2 > sizeof line)
			continue;
		if (len)
			line[len++] = ' ';
		memcpy(line + len, part.at, part.len);
		len += part.len;
	}
	struct text address = is_address(text_slice(line, len)) ? text_slice(line, len) : TEXT_ABSENT;
	struct text value = linking_place_value(out, property_at(places, row), postcode, address);
	if (value.len)
		made->values[row] = arena_text(&made->arenas[chunk], value);
}

struct place_job {
	struct made *made;
	struct places places;
};

static void make_places(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct place_job *job = context;
	(void)thread;
	for (size_t row = first; row < end; row++)
		make_place(job->made, chunk, &job->places, row);
}

void made_places(struct made *made, const struct source *source, unsigned threads)
{
	struct place_job job = {.made = made};
	made_init(made, source->rows);
	places_init(&job.places, source, threads);
	parallel_for(source->rows, ROW_CHUNK, threads, make_places, &job);
	places_release(&job.places);
}
