/* From columns of files to the engine's columns: each distinct value is cleaned once. */
#include "address/address.h"
#include "base/threads.h"
#include "base/utf8.h"
#include "clean/birth.h"
#include "clean/fold.h"
#include "clean/names.h"
#include "clean/postcode.h"
#include "matching/matching_int.h"

#include <stdlib.h>

/* ---- which columns the engine gets --------------------------------------------------------------------- */

struct target { /* one of the engine's columns; several columns of a file may feed it */
	enum linking_kind kind;
	enum meaning meaning; /* of text and identifiers */
	struct text header;   /* folded; where a file has several of the meaning */
};

struct plan {
	struct matching *matching;
	struct target targets[LINKING_COLUMNS];
	size_t count;
	bool british; /* addresses and postcodes become one place */
};

static size_t target_of(const struct plan *plan, enum linking_kind kind)
{
	for (size_t t = 0; t < plan->count; t++) {
		if (plan->targets[t].kind == kind)
			return t;
	}
	return LINKING_COLUMNS;
}

static size_t meaning_count(const struct source *source, enum meaning meaning)
{
	size_t count = 0;
	for (size_t c = 0; c < source->column_count; c++)
		count += source->columns[c].is.meaning == meaning;
	return count;
}

static size_t most_of(const struct matching *matching, enum meaning meaning)
{
	size_t most = 0;
	for (size_t s = 0; s < matching->source_count; s++) {
		size_t count = meaning_count(&matching->sources[s], meaning);
		most = count > most ? count : most;
	}
	return most;
}

static bool any_has(const struct matching *matching, enum meaning meaning)
{
	return most_of(matching, meaning) > 0;
}

/* What stands for a column among several of its meaning: its header, or which of the lines it is. */
static struct text mark_of(const struct plan *plan, const struct source *source, size_t c)
{
	enum meaning meaning = source->columns[c].is.meaning;
	if (most_of(plan->matching, meaning) < 2)
		return TEXT("");
	if (meaning == MEANING_ADDRESS) {
		size_t line = 1;
		for (size_t i = 0; i < c; i++)
			line += source->columns[i].is.meaning == meaning;
		return arena_format(&plan->matching->arena, "%zu", line);
	}
	char folded[256];
	return arena_text(&plan->matching->arena,
			  text_slice(folded, header_fold(folded, sizeof folded, source->columns[c].is.header)));
}

static void add_target(struct plan *plan, enum linking_kind kind, enum meaning meaning, struct text mark,
		       const char *name)
{
	if (plan->count == LINKING_COLUMNS)
		return;
	plan->matching->columns[plan->count] = (struct linking_column){.name = name, .kind = kind};
	plan->targets[plan->count++] = (struct target){kind, meaning, mark};
}

static size_t find_text_target(const struct plan *plan, enum meaning meaning, struct text mark)
{
	for (size_t t = 0; t < plan->count; t++) {
		const struct target *target = &plan->targets[t];
		if ((target->kind == LINKING_TEXT || target->kind == LINKING_IDENTIFIER) &&
		    target->meaning == meaning && text_equal(target->header, mark))
			return t;
	}
	return LINKING_COLUMNS;
}

/* A column of its own for each column of the meaning, or for each line. */
static void add_texts(struct plan *plan, enum linking_kind kind, enum meaning meaning)
{
	struct matching *matching = plan->matching;
	for (size_t s = 0; s < matching->source_count; s++) {
		struct source *source = &matching->sources[s];
		for (size_t c = 0; c < source->column_count; c++) {
			if (source->columns[c].is.meaning != meaning)
				continue;
			struct text mark = mark_of(plan, source, c);
			if (find_text_target(plan, meaning, mark) < LINKING_COLUMNS)
				continue;
			char *name = mark.len ? arena_copy(&matching->arena,
							   meaning == MEANING_ADDRESS
								   ? arena_format(&matching->arena, "address_%.*s",
										  TEXT_ARG(mark))
								   : source->columns[c].is.header)
					      : arena_copy(&matching->arena, text_of(meaning_name(meaning)));
			if (meaning == MEANING_OTHER && !mark.len)
				name = arena_copy(&matching->arena, source->columns[c].is.header);
			add_target(plan, kind, meaning, mark, name);
		}
	}
}

static bool has_british_postcodes(const struct matching *matching)
{
	for (size_t s = 0; s < matching->source_count; s++) {
		for (size_t c = 0; c < matching->sources[s].column_count; c++) {
			const struct matching_column *column = &matching->sources[s].columns[c].is;
			if (column->meaning == MEANING_POSTCODE && column->british)
				return true;
		}
	}
	return any_has(matching, MEANING_UPRN);
}

static void plan_names(struct plan *plan)
{
	const struct matching *m = plan->matching;
	bool full = any_has(m, MEANING_FULL_NAME) || any_has(m, MEANING_ALIAS);
	if (full || any_has(m, MEANING_GIVEN))
		add_target(plan, LINKING_GIVEN, 0, TEXT(""), "given_name");
	if (full || any_has(m, MEANING_MIDDLE) || any_has(m, MEANING_GIVEN))
		add_target(plan, LINKING_MIDDLE, 0, TEXT(""), "middle_names");
	if (full || any_has(m, MEANING_FAMILY) || any_has(m, MEANING_FORMER_FAMILY))
		add_target(plan, LINKING_FAMILY, 0, TEXT(""), "family_name");
	if (full || any_has(m, MEANING_FAMILY) || any_has(m, MEANING_GIVEN) || any_has(m, MEANING_SUFFIX))
		add_target(plan, LINKING_SUFFIX, 0, TEXT(""), "name_suffix");
	if (any_has(m, MEANING_BIRTH) || any_has(m, MEANING_BIRTH_YEAR))
		add_target(plan, LINKING_BIRTH, 0, TEXT(""), "date_of_birth");
	if (any_has(m, MEANING_SEX) || any_has(m, MEANING_TITLE))
		add_target(plan, LINKING_SEX, 0, TEXT(""), "sex");
}

static void plan_numbers(struct plan *plan)
{
	static const struct {
		enum meaning meaning;
		enum linking_kind kind;
	} single[] = {{MEANING_PHONE, LINKING_PHONE}, {MEANING_EMAIL, LINKING_EMAIL}, {MEANING_NHS, LINKING_NHS}};
	for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
		if (any_has(plan->matching, single[i].meaning))
			add_target(plan, single[i].kind, single[i].meaning, TEXT(""), meaning_name(single[i].meaning));
	}
	add_texts(plan, LINKING_IDENTIFIER, MEANING_NI);
	add_texts(plan, LINKING_IDENTIFIER, MEANING_UPN);
	add_texts(plan, LINKING_IDENTIFIER, MEANING_IDENTIFIER);
}

/* A British postcode and an address are one place; elsewhere each part is compared as text. A town says
 * little beside a postcode. */
static void plan_places(struct plan *plan)
{
	plan->british = has_british_postcodes(plan->matching);
	if (plan->british) {
		add_target(plan, LINKING_PLACE, MEANING_ADDRESS, TEXT(""), "address");
		return;
	}
	add_texts(plan, LINKING_TEXT, MEANING_POSTCODE);
	add_texts(plan, LINKING_TEXT, MEANING_STREET);
	add_texts(plan, LINKING_TEXT, MEANING_ADDRESS);
	add_texts(plan, LINKING_TEXT, MEANING_HOUSE_NUMBER);
	add_texts(plan, LINKING_TEXT, MEANING_PLACE);
	add_texts(plan, LINKING_TEXT, MEANING_REGION);
}

static void make_plan(struct plan *plan)
{
	plan_names(plan);
	plan_numbers(plan);
	plan_places(plan);
	add_texts(plan, LINKING_TEXT, MEANING_BIRTH_PLACE);
	add_texts(plan, LINKING_TEXT, MEANING_OCCUPATION);
	add_texts(plan, LINKING_TEXT, MEANING_OTHER);
}

/* ---- one value ---------------------------------------------------------------------------------------------- */

enum { MOST_PRODUCTS = 5, CLEAN_CHUNK = 4096 };

struct product { /* what a column gives one of the engine's columns: by code - 1 */
	size_t target;
	struct text *values;
	bool any;
};

struct cleaning {
	const struct plan *plan;
	const struct source *source;
	const struct source_column *column;
	size_t target; /* of texts and identifiers */
	struct product products[MOST_PRODUCTS];
	size_t product_count;
	struct arena *arenas; /* by chunk */
	bool *windows_1252;   /* by chunk */
	date today;
};

static void give(struct cleaning *job, size_t chunk, size_t value, size_t product, struct text text)
{
	if (text.len == 0)
		return;
	job->products[product].values[value] = arena_text(&job->arenas[chunk], text);
	job->products[product].any = true;
}

enum { NAME_GIVEN, NAME_MIDDLE, NAME_FAMILY, NAME_SUFFIX, NAME_SEX }; /* the products of a name */

static void give_name(struct cleaning *job, size_t chunk, size_t value, const struct name_columns *columns)
{
	struct person_name name;
	clean_name(&name, columns);
	give(job, chunk, value, NAME_GIVEN, text_of(name.given));
	give(job, chunk, value, NAME_MIDDLE, text_of(name.middle));
	give(job, chunk, value, NAME_FAMILY, text_of(name.family));
	if (name.suffix != NAME_NO_SUFFIX)
		give(job, chunk, value, NAME_SUFFIX, text_slice(&"01234"[name.suffix], 1));
	if (name.title_sex == SEX_MALE || name.title_sex == SEX_FEMALE)
		give(job, chunk, value, NAME_SEX, name.title_sex == SEX_MALE ? TEXT("1") : TEXT("2"));
}

static void clean_name_value(struct cleaning *job, size_t chunk, size_t value, struct text in)
{
	struct name_columns columns = {0};
	bool several = text_find_char(text_trim(in), ' ') < in.len;
	switch (job->column->is.meaning) {
	case MEANING_TITLE:
		columns.title = in;
		break;
	case MEANING_GIVEN:
		columns.given = in;
		break;
	case MEANING_MIDDLE: {
		char folded[NAME_SIZE];
		struct text middle = text_slice(folded, clean_fold(folded, sizeof folded, in));
		if (!clean_is_filler(middle))
			give(job, chunk, value, NAME_MIDDLE, middle);
		return;
	}
	case MEANING_FAMILY:
	case MEANING_FORMER_FAMILY:
		columns.family = in;
		break;
	case MEANING_ALIAS:
		*(several ? &columns.full : &columns.given) = in;
		break;
	default:
		columns.full = in;
		break;
	}
	give_name(job, chunk, value, &columns);
}

/* In files of the living the dates that systems put where nothing is known are nobody's birthday. */
static bool says_something(const struct cleaning *job, date birth)
{
	if (birth == DATE_UNKNOWN || birth > job->today + 310)
		return false;
	return job->column->is.historic || clean_birth(birth, job->today) != BIRTH_DEFAULT;
}

static void clean_birth_value(struct cleaning *job, size_t chunk, size_t value, struct text in)
{
	struct birth_parts parts;
	char out[DATE_TEXT_SIZE];
	if (!birth_read(text_trim(in), job->column->is.order, &parts))
		return;
	date birth = birth_date(&parts);
	if (says_something(job, birth))
		give(job, chunk, value, 0, text_of(date_format_iso(birth, out)));
}

static struct text clean_foreign_phone(char *out, size_t cap, struct text in)
{
	size_t len = clean_squeeze(out, cap, in);
	return len >= 6 && len < cap ? text_slice(out, len) : TEXT_ABSENT;
}

static void clean_number_value(struct cleaning *job, size_t chunk, size_t value, struct text in)
{
	char out[EMAIL_SIZE];
	struct text cleaned = TEXT_ABSENT;
	switch (job->column->is.meaning) {
	case MEANING_PHONE:
		cleaned = clean_phone(out, in) ? text_of(out) : clean_foreign_phone(out, PHONE_SIZE, in);
		break;
	case MEANING_EMAIL:
		cleaned = clean_email(out, in) ? text_of(out) : TEXT_ABSENT;
		break;
	case MEANING_NHS:
		cleaned = clean_nhs_number(out, in) ? text_of(out) : TEXT_ABSENT;
		break;
	case MEANING_NI:
		cleaned = clean_ni_number(out, in) ? text_slice(out, 8) : TEXT_ABSENT;
		break;
	case MEANING_UPN:
		cleaned = clean_upn(out, in) ? text_of(out) : TEXT_ABSENT;
		break;
	default: {
		char folded[40];
		cleaned = text_slice(out, clean_squeeze(out, 40, in));
		if (clean_is_filler(text_slice(folded, clean_fold(folded, sizeof folded, in))))
			cleaned = TEXT_ABSENT;
		break;
	}
	}
	give(job, chunk, value, 0, cleaned);
}

static void clean_text_value(struct cleaning *job, size_t chunk, size_t value, struct text in)
{
	char out[96];
	struct text folded = text_slice(out, clean_fold(out, sizeof out, in));
	if (!clean_is_filler(folded))
		give(job, chunk, value, 0, folded);
}

static void clean_sex_value(struct cleaning *job, size_t chunk, size_t value, struct text in)
{
	enum sex sex = clean_sex(in);
	if (sex == SEX_MALE || sex == SEX_FEMALE)
		give(job, chunk, value, 0, sex == SEX_MALE ? TEXT("1") : TEXT("2"));
}

static void clean_value(struct cleaning *job, size_t chunk, size_t value, struct text in)
{
	switch (job->column->is.meaning) {
	case MEANING_TITLE:
	case MEANING_GIVEN:
	case MEANING_MIDDLE:
	case MEANING_FAMILY:
	case MEANING_FORMER_FAMILY:
	case MEANING_FULL_NAME:
	case MEANING_ALIAS:
		clean_name_value(job, chunk, value, in);
		break;
	case MEANING_SUFFIX: {
		enum name_suffix suffix = clean_suffix(in);
		if (suffix != NAME_NO_SUFFIX)
			give(job, chunk, value, 0, text_slice(&"01234"[suffix], 1));
		break;
	}
	case MEANING_BIRTH:
		clean_birth_value(job, chunk, value, in);
		break;
	case MEANING_SEX:
		clean_sex_value(job, chunk, value, in);
		break;
	case MEANING_PHONE:
	case MEANING_EMAIL:
	case MEANING_NHS:
	case MEANING_NI:
	case MEANING_UPN:
	case MEANING_IDENTIFIER:
		clean_number_value(job, chunk, value, in);
		break;
	default:
		clean_text_value(job, chunk, value, in);
		break;
	}
}

static void clean_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct cleaning *job = context;
	struct buf room;
	(void)thread;
	buf_init(&room, SIZE_MAX / 4);
	arena_init(&job->arenas[chunk], SIZE_MAX / 2);
	for (size_t v = first; v < end; v++) {
		bool windows_1252;
		struct text in = raw_text(&room, job->column->values[v + 1], &windows_1252);
		job->windows_1252[chunk] |= windows_1252;
		clean_value(job, chunk, v, in);
	}
	buf_release(&room);
}

/* ---- a column ---------------------------------------------------------------------------------------------------- */

static size_t text_target(const struct plan *plan, const struct source *source, size_t c)
{
	return find_text_target(plan, source->columns[c].is.meaning, mark_of(plan, source, c));
}

static void set_targets(struct cleaning *job, size_t c)
{
	const struct plan *plan = job->plan;
	enum linking_kind single = LINKING_KIND_COUNT;
	switch (job->column->is.meaning) {
	case MEANING_TITLE:
	case MEANING_GIVEN:
	case MEANING_MIDDLE:
	case MEANING_FAMILY:
	case MEANING_FORMER_FAMILY:
	case MEANING_FULL_NAME:
	case MEANING_ALIAS:
		job->products[NAME_GIVEN].target = target_of(plan, LINKING_GIVEN);
		job->products[NAME_MIDDLE].target = target_of(plan, LINKING_MIDDLE);
		job->products[NAME_FAMILY].target = target_of(plan, LINKING_FAMILY);
		job->products[NAME_SUFFIX].target = target_of(plan, LINKING_SUFFIX);
		job->products[NAME_SEX].target = target_of(plan, LINKING_SEX);
		job->product_count = MOST_PRODUCTS;
		return;
	case MEANING_SUFFIX:
		single = LINKING_SUFFIX;
		break;
	case MEANING_BIRTH:
		single = LINKING_BIRTH;
		break;
	case MEANING_SEX:
		single = LINKING_SEX;
		break;
	case MEANING_PHONE:
		single = LINKING_PHONE;
		break;
	case MEANING_EMAIL:
		single = LINKING_EMAIL;
		break;
	case MEANING_NHS:
		single = LINKING_NHS;
		break;
	default:
		break;
	}
	job->product_count = 1;
	job->products[0].target =
		single != LINKING_KIND_COUNT ? target_of(plan, single) : text_target(plan, job->source, c);
}

static void clean_column(struct cleaning *job, size_t c, unsigned threads)
{
	size_t count = job->column->count, chunks = count / CLEAN_CHUNK + 1;
	set_targets(job, c);
	for (size_t p = 0; p < job->product_count; p++)
		job->products[p].values = memory_alloc(count + 1, sizeof(struct text));
	job->arenas = memory_alloc(chunks, sizeof *job->arenas);
	job->windows_1252 = memory_alloc(chunks, sizeof *job->windows_1252);
	parallel_for(count, CLEAN_CHUNK, threads, clean_chunk, job);
}

static void cleaning_release(struct cleaning *job)
{
	for (size_t i = 0; i <= job->column->count / CLEAN_CHUNK; i++)
		arena_release(&job->arenas[i]);
	for (size_t p = 0; p < job->product_count; p++)
		free(job->products[p].values);
	free(job->arenas);
	free(job->windows_1252);
}

/* ---- values of several columns
 * ----------------------------------------------------------------------------------------- */

struct made { /* a value a record */
	struct arena arena;
	struct text *values;
	uint32_t *codes;
};

static void made_init(struct made *made, size_t rows)
{
	arena_init(&made->arena, SIZE_MAX / 2);
	made->values = memory_alloc(rows + 1, sizeof *made->values);
	made->codes = memory_alloc(rows + 1, sizeof *made->codes);
	for (size_t i = 0; i < rows; i++)
		made->codes[i] = (uint32_t)i + 1;
}

static void made_release(struct made *made)
{
	if (!made->values)
		return;
	arena_release(&made->arena);
	free(made->values);
	free(made->codes);
}

static const struct source_column *column_of(const struct source *source, enum meaning meaning)
{
	for (size_t c = 0; c < source->column_count; c++) {
		if (source->columns[c].is.meaning == meaning)
			return &source->columns[c];
	}
	return NULL;
}

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

static int number_at(const struct source_column *column, size_t row, bool month)
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

/* Year, month and day in columns of their own. */
static void make_births(struct made *made, const struct source *source)
{
	const struct source_column *year = column_of(source, MEANING_BIRTH_YEAR),
				   *month = column_of(source, MEANING_BIRTH_MONTH),
				   *day = column_of(source, MEANING_BIRTH_DAY);
	for (size_t row = 0; row < source->rows; row++) {
		char out[DATE_TEXT_SIZE];
		struct birth_parts parts = {number_at(year, row, false), number_at(month, row, true),
					    number_at(day, row, false)};
		date birth = birth_date(&parts);
		if (parts.year >= 1000 && parts.year <= 2100 && birth != DATE_UNKNOWN)
			made->values[row] = arena_text(&made->arena, text_of(date_format_iso(birth, out)));
	}
}

/* Which columns make a place, cleaned value by value. */
struct places {
	const struct source_column *lines[8], *postcode, *uprn;
	size_t line_count;
	struct text *folded[8], *postcodes; /* by code */
	struct text *behind[8];             /* postcodes found at the end of a line */
	struct arena arena;
};

static void fold_lines(struct places *places, size_t line)
{
	const struct source_column *column = places->lines[line];
	struct buf room;
	buf_init(&room, SIZE_MAX / 4);
	places->folded[line] = memory_alloc(column->count + 1, sizeof(struct text));
	places->behind[line] = memory_alloc(column->count + 1, sizeof(struct text));
	for (size_t v = 1; v <= column->count; v++) {
		char out[128];
		struct postcode postcode;
		struct text value = text_trim(raw_text(&room, column->values[v], NULL)), before = value;
		if (!places->postcode && clean_postcode_at_end(&postcode, value, &before))
			places->behind[line][v] = arena_text(&places->arena, text_of(postcode.unit));
		if (before.len > 255)
			before.len = 255;
		size_t len = column->is.meaning == MEANING_HOUSE_NUMBER ? clean_fold(out, sizeof out, before)
									: address_fold(out, sizeof out, before);
		if (!clean_is_filler(text_slice(out, len)))
			places->folded[line][v] = arena_text(&places->arena, text_slice(out, len));
	}
	buf_release(&room);
}

static void clean_postcodes(struct places *places)
{
	const struct source_column *column = places->postcode;
	struct buf room;
	buf_init(&room, SIZE_MAX / 4);
	places->postcodes = memory_alloc(column->count + 1, sizeof(struct text));
	for (size_t v = 1; v <= column->count; v++) {
		struct postcode postcode;
		if (!clean_postcode(&postcode, raw_text(&room, column->values[v], NULL)))
			continue;
		const char *best = postcode.unit[0]     ? postcode.unit
				   : postcode.sector[0] ? postcode.sector
							: postcode.district;
		places->postcodes[v] = arena_text(&places->arena, text_of(best));
	}
	buf_release(&room);
}

/* House number before street before the other lines, whatever their order in the file. */
static void places_init(struct places *places, const struct source *source)
{
	static const enum meaning parts[] = {MEANING_HOUSE_NUMBER, MEANING_STREET, MEANING_ADDRESS};
	*places = (struct places){0};
	arena_init(&places->arena, SIZE_MAX / 2);
	places->postcode = column_of(source, MEANING_POSTCODE);
	places->uprn = column_of(source, MEANING_UPRN);
	for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
		for (size_t c = 0; c < source->column_count && places->line_count < 8; c++) {
			if (source->columns[c].is.meaning == parts[p])
				places->lines[places->line_count++] = &source->columns[c];
		}
	}
	for (size_t i = 0; i < places->line_count; i++)
		fold_lines(places, i);
	if (places->postcode)
		clean_postcodes(places);
}

static void places_release(struct places *places)
{
	for (size_t i = 0; i < places->line_count; i++) {
		free(places->folded[i]);
		free(places->behind[i]);
	}
	free(places->postcodes);
	arena_release(&places->arena);
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

static void make_place(struct made *made, const struct places *places, size_t row)
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
		made->values[row] = arena_text(&made->arena, value);
}

static void make_places(struct made *made, const struct source *source)
{
	struct places places;
	places_init(&places, source);
	for (size_t row = 0; row < source->rows; row++)
		make_place(made, &places, row);
	places_release(&places);
}

/* ---- a file
 * --------------------------------------------------------------------------------------------------------------- */

static bool is_composite(const struct plan *plan, enum meaning meaning)
{
	switch (meaning) {
	case MEANING_BIRTH_YEAR:
	case MEANING_BIRTH_MONTH:
	case MEANING_BIRTH_DAY:
	case MEANING_UPRN:
		return true;
	case MEANING_ADDRESS:
	case MEANING_HOUSE_NUMBER:
	case MEANING_STREET:
	case MEANING_POSTCODE:
	case MEANING_PLACE:
	case MEANING_REGION:
		return plan->british;
	default:
		return false;
	}
}

struct bulk { /* values of one column for records from FIRST on */
	size_t column;
	const struct text *values;
	const uint32_t *codes;
};

struct file_job {
	struct cleaning *cleanings;
	size_t cleaning_count;
	struct made births, places;
	struct bulk bulks[MOST_COLUMNS * 2];
	size_t bulk_count;
};

static void add_bulk(struct file_job *job, size_t target, const struct text *values, const uint32_t *codes)
{
	if (target < LINKING_COLUMNS && job->bulk_count < sizeof job->bulks / sizeof *job->bulks)
		job->bulks[job->bulk_count++] = (struct bulk){target, values, codes};
}

static void clean_columns(struct plan *plan, struct source *source, struct file_job *job)
{
	job->cleanings = memory_alloc(source->column_count, sizeof *job->cleanings);
	for (size_t c = 0; c < source->column_count; c++) {
		const struct source_column *column = &source->columns[c];
		if (!meaning_is_used(column->is.meaning) || is_composite(plan, column->is.meaning))
			continue;
		struct cleaning *cleaning = &job->cleanings[job->cleaning_count++];
		*cleaning = (struct cleaning){.plan = plan, .source = source, .column = column, .today = date_today()};
		clean_column(cleaning, c, plan->matching->options.threads);
		for (size_t p = 0; p < cleaning->product_count; p++) {
			if (cleaning->products[p].any)
				add_bulk(job, cleaning->products[p].target, cleaning->products[p].values,
					 column->codes);
		}
	}
}

static void make_composites(struct plan *plan, struct source *source, struct file_job *job)
{
	size_t birth = target_of(plan, LINKING_BIRTH), place = target_of(plan, LINKING_PLACE);
	if (column_of(source, MEANING_BIRTH_YEAR)) {
		made_init(&job->births, source->rows);
		make_births(&job->births, source);
		add_bulk(job, birth, job->births.values, job->births.codes);
	}
	if (plan->british) {
		made_init(&job->places, source->rows);
		make_places(&job->places, source);
		add_bulk(job, place, job->places.values, job->places.codes);
	}
}

static void clean_file(struct plan *plan, struct source *source, struct file_job *job)
{
	clean_columns(plan, source, job);
	make_composites(plan, source, job);
	for (size_t i = 0; i < job->cleaning_count; i++) {
		const struct cleaning *cleaning = &job->cleanings[i];
		for (size_t chunk = 0; chunk <= cleaning->column->count / CLEAN_CHUNK; chunk++)
			source->windows_1252 |= cleaning->windows_1252[chunk];
	}
	free(source->bytes);
	source->bytes = NULL;
}

static void add_file(struct matching *matching, const struct source *source, const struct file_job *job,
		     const size_t *column_of_target)
{
	for (size_t row = 0; row < source->rows; row++) {
		linking_table_add_record(matching->table, (int64_t)(source->first_record + row));
		for (size_t b = 0; b < job->bulk_count; b++) {
			uint32_t code = job->bulks[b].codes[row];
			if (code)
				linking_table_add_value(matching->table, column_of_target[job->bulks[b].column],
							job->bulks[b].values[code - 1]);
		}
	}
}

static void file_job_release(struct file_job *job)
{
	for (size_t i = 0; i < job->cleaning_count; i++)
		cleaning_release(&job->cleanings[i]);
	made_release(&job->births);
	made_release(&job->places);
	free(job->cleanings);
}

/* Columns that no file has a value for, such as middle names, are not the engine's. */
static void drop_empty(struct plan *plan, const struct file_job *jobs, size_t column_of_target[LINKING_COLUMNS])
{
	struct matching *matching = plan->matching;
	bool any[LINKING_COLUMNS] = {false};
	for (size_t s = 0; s < matching->source_count; s++) {
		for (size_t b = 0; b < jobs[s].bulk_count; b++)
			any[jobs[s].bulks[b].column] = true;
	}
	matching->column_count = 0;
	for (size_t t = 0; t < plan->count; t++) {
		if (!any[t])
			continue;
		column_of_target[t] = matching->column_count;
		matching->columns[matching->column_count++] = matching->columns[t];
	}
}

enum status prepare_table(struct matching *matching, struct error *error)
{
	struct plan plan = {.matching = matching};
	size_t column_of_target[LINKING_COLUMNS] = {0};
	enum status status = STATUS_OK;
	make_plan(&plan);
	struct file_job *jobs = memory_alloc(matching->source_count, sizeof *jobs);
	for (size_t s = 0; s < matching->source_count && status == STATUS_OK; s++) {
		clean_file(&plan, &matching->sources[s], &jobs[s]);
		status = matching_stopped(matching, error);
	}
	drop_empty(&plan, jobs, column_of_target);
	matching->all_same = matching->column_count == 0;
	if (status == STATUS_OK && !matching->all_same)
		matching->table = linking_table_new(matching->columns, matching->column_count);
	for (size_t s = 0; s < matching->source_count; s++) {
		if (matching->table)
			add_file(matching, &matching->sources[s], &jobs[s], column_of_target);
		file_job_release(&jobs[s]);
		source_forget_bytes(&matching->sources[s]);
	}
	free(jobs);
	return status;
}
