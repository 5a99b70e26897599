/* Values of one column into the forms that compare: each distinct value once, in parallel. */
#include "base/threads.h"
#include "clean/birth.h"
#include "clean/fold.h"
#include "clean/names.h"
#include "encoding/encoding.h"
#include "matching/prepare_int.h"

#include <stdlib.h>

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

static void clean_postcode_alone(struct cleaning *job, size_t chunk, size_t value, struct text in)
{
	char unit[POSTCODE_SIZE], out[LINKING_PLACE_SIZE];
	if (!job->plan->british) {
		clean_text_value(job, chunk, value, in);
		return;
	}
	struct text postcode = clean_postcode_value(unit, in);
	if (postcode.len)
		give(job, chunk, value, 0, linking_place_value(out, 0, postcode, TEXT_ABSENT));
}

static void clean_encoding(struct cleaning *job, size_t chunk, size_t value, struct text in)
{
	enum encoded_part part;
	if (encoding_is_text(in, &part) && MEANING_ENCODING + part == job->column->is.meaning)
		give(job, chunk, value, 0, in);
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
	case MEANING_DEATH:
		clean_birth_value(job, chunk, value, in);
		break;
	case MEANING_SEX:
		clean_sex_value(job, chunk, value, in);
		break;
	case MEANING_ENCODING:
	case MEANING_ENCODED_CONTACT:
	case MEANING_ENCODED_PLACE:
		clean_encoding(job, chunk, value, text_trim(in));
		break;
	case MEANING_POSTCODE:
		clean_postcode_alone(job, chunk, value, in);
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

static bool is_ascii(struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		if ((unsigned char)t.at[i] >= 0x80)
			return false;
	}
	return true;
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
		job->utf8[chunk] |= !windows_1252 && !is_ascii(in);
		clean_value(job, chunk, v, in);
	}
	buf_release(&room);
}

/* ---- a column ------------------------------------------------------------------------------------------ */

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
		job->products[NAME_GIVEN].target = plan_target(plan, LINKING_GIVEN);
		job->products[NAME_MIDDLE].target = plan_target(plan, LINKING_MIDDLE);
		job->products[NAME_FAMILY].target = plan_target(plan, LINKING_FAMILY);
		job->products[NAME_SUFFIX].target = plan_target(plan, LINKING_SUFFIX);
		job->products[NAME_SEX].target = plan_target(plan, LINKING_SEX);
		job->product_count = MOST_PRODUCTS;
		return;
	case MEANING_SUFFIX:
		single = LINKING_SUFFIX;
		break;
	case MEANING_BIRTH:
	case MEANING_DEATH:
		job->product_count = 1;
		job->products[0].target = plan_date_target(plan, job->column->is.meaning);
		return;
	case MEANING_SEX:
		single = LINKING_SEX;
		break;
	case MEANING_ENCODING:
		single = LINKING_ENCODING;
		break;
	case MEANING_ENCODED_CONTACT:
		single = LINKING_ENCODED_CONTACT;
		break;
	case MEANING_ENCODED_PLACE:
		single = LINKING_ENCODED_PLACE;
		break;
	case MEANING_POSTCODE:
		single = plan->british ? LINKING_PLACE : single;
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
		single != LINKING_KIND_COUNT ? plan_target(plan, single) : plan_text_target(plan, job->source, c);
}

void cleaning_run(struct cleaning *job, size_t c, unsigned threads)
{
	size_t count = job->column->count, chunks = count / CLEAN_CHUNK + 1;
	set_targets(job, c);
	for (size_t p = 0; p < job->product_count; p++)
		job->products[p].values = memory_alloc(count + 1, sizeof(struct text));
	job->arenas = memory_alloc(chunks, sizeof *job->arenas);
	job->windows_1252 = memory_alloc(chunks, sizeof *job->windows_1252);
	job->utf8 = memory_alloc(chunks, sizeof *job->utf8);
	parallel_for(count, CLEAN_CHUNK, threads, clean_chunk, job);
}

void cleaning_release(struct cleaning *job)
{
	for (size_t i = 0; i <= job->column->count / CLEAN_CHUNK; i++)
		arena_release(&job->arenas[i]);
	for (size_t p = 0; p < job->product_count; p++)
		free(job->products[p].values);
	free(job->arenas);
	free(job->windows_1252);
	free(job->utf8);
}
