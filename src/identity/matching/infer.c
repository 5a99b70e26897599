/* What each column means: its header's word, held against its values; without one, the values alone. */
#include "base/threads.h"
#include "matching/matching_int.h"

#include <stdarg.h>
#include <stdlib.h>

struct inference {
	struct matching *matching;
	struct source *source;
	const struct sample *sample;
	struct look *looks;
};

static void decide(struct matching_column *column, enum meaning meaning, const char *format, ...) PRINTF_LIKE(3, 4);
static void decide(struct matching_column *column, enum meaning meaning, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(column->why, sizeof column->why, format, args);
	va_end(args);
	column->meaning = meaning;
}

static bool by_header(const struct matching_column *column)
{
	return strncmp(column->why, "header", 6) == 0;
}

static int percent(double share)
{
	return (int)(share * 100 + 0.5);
}

static double distinct_share(const struct look *look)
{
	return look->filled ? (double)look->distinct / (double)look->filled : 0;
}

/* ---- dates ------------------------------------------------------------------------------------------------- */

static enum date_order order_of(const struct look *look)
{
	if (look->year_first > 0.5)
		return DATE_YEAR_FIRST;
	return look->month_first > look->day_first ? DATE_MONTH_FIRST : DATE_DAY_FIRST;
}

static void decide_birth(struct matching_column *column, const struct look *look, const char *because)
{
	column->order = order_of(look);
	column->historic = look->year_middle > 0 && look->year_middle < 1925;
	decide(column, MEANING_BIRTH, "%s; %d %% are dates%s%s", because, percent(look->date),
	       look->date + look->year >= 0.99 && look->year > 0.01 ? " and the others years" : "",
	       look->day_first > 0 || look->month_first > 0 || column->order == DATE_YEAR_FIRST
		       ? (column->order == DATE_YEAR_FIRST  ? ", year first"
			  : column->order == DATE_DAY_FIRST ? ", day before month"
							    : ", month before day")
		       : "");
}

/* ---- the header's word ----------------------------------------------------------------------------------------- */

/* A header that calls itself a name and holds one word a value is half of one. */
static enum meaning name_of(const struct inference *inference, size_t c)
{
	const struct look *look = &inference->looks[c];
	if (look->words >= 1.5 || look->two_names > 0.3)
		return MEANING_FULL_NAME;
	for (size_t i = 0; i < inference->source->column_count; i++) {
		enum meaning meaning;
		bool other;
		if (i == c ||
		    header_meaning(inference->source->columns[i].is.header, &meaning, &other) != HEADER_SURE || other)
			continue;
		if (meaning == MEANING_FAMILY)
			return MEANING_GIVEN;
		if (meaning == MEANING_GIVEN)
			return MEANING_FAMILY;
	}
	return look->family > look->given ? MEANING_FAMILY : MEANING_GIVEN;
}

static void believe_birth(struct matching_column *column, const struct look *look)
{
	if (look->date >= 0.3)
		decide_birth(column, look, "header");
	else if (look->year > 0.7)
		decide(column, MEANING_BIRTH_YEAR, "header; values are years");
	else if (look->day > 0.9)
		decide(column, MEANING_BIRTH_DAY, "header; values are 1 to 31");
	else
		decide(column, MEANING_IGNORED,
		       "the header says date of birth, but the values cannot be read as dates");
}

static void believe_death(struct matching_column *column, const struct look *look)
{
	column->order = order_of(look);
	column->historic = true;
	if (look->date + look->year >= 0.5)
		decide(column, MEANING_DEATH, "header; %d %% are dates or years", percent(look->date + look->year));
	else
		decide(column, MEANING_IGNORED, "the header says death, but the values are no dates");
}

static void believe_identifier(struct matching_column *column, const struct look *look, enum meaning meaning)
{
	double valid = meaning == MEANING_NHS ? look->nhs : meaning == MEANING_NI ? look->ni : look->upn;
	if (valid >= 0.5)
		decide(column, meaning, "header; %d %% have a valid form or check digit", percent(valid));
	else if (distinct_share(look) > 0.2)
		decide(column, MEANING_IDENTIFIER, "header; but only %d %% are valid, so a number like any other",
		       percent(valid));
	else
		decide(column, MEANING_IGNORED, "the header says %s, but the values are not", meaning_title(meaning));
}

static void believe(const struct inference *inference, size_t c, enum meaning meaning)
{
	struct matching_column *column = &inference->source->columns[c].is;
	const struct look *look = &inference->looks[c];
	if (meaning == MEANING_FULL_NAME)
		meaning = name_of(inference, c);
	switch (meaning) {
	case MEANING_BIRTH:
		believe_birth(column, look);
		break;
	case MEANING_DEATH:
		believe_death(column, look);
		break;
	case MEANING_NHS:
	case MEANING_NI:
	case MEANING_UPN:
		believe_identifier(column, look, meaning);
		break;
	case MEANING_SEX:
		if (look->sex >= 0.5 || look->distinct <= 12)
			decide(column, MEANING_SEX, "header");
		else
			decide(column, MEANING_OTHER, "the header says sex, but there are %zu different values",
			       look->distinct);
		break;
	case MEANING_POSTCODE:
		column->british = look->postcode >= 0.5;
		decide(column, MEANING_POSTCODE, "header; %s", column->british ? "British postcodes" : "not British");
		break;
	case MEANING_TITLE:
		if (look->title >= 0.3)
			decide(column, MEANING_TITLE, "header; Mr, Mrs ...");
		else
			decide(column, MEANING_OTHER, "the header says title, but the values are no titles of people");
		break;
	case MEANING_EMAIL:
	case MEANING_PHONE:
		if (meaning == MEANING_EMAIL && look->email < 0.3)
			decide(column, MEANING_OTHER, "the header says e-mail, but the values are no addresses");
		else
			decide(column, meaning, "header");
		break;
	case MEANING_GIVEN:
		if (look->words >= 1.8 && look->two_names > 0.5 && look->family < 0.02)
			decide(column, MEANING_GIVEN, "header; several given names in one value");
		else
			decide(column, MEANING_GIVEN, "header");
		break;
	case MEANING_TRUTH:
		decide(column, MEANING_TRUTH,
		       "the header names a group of records: it may be the truth, and is not looked at");
		break;
	case MEANING_ID:
		decide(column, MEANING_ID, "header; it names the record, not the person");
		break;
	case MEANING_IGNORED:
		decide(column, MEANING_IGNORED, "header; it says nothing lasting of the person");
		break;
	case MEANING_NOTE:
		decide(column, MEANING_NOTE, "header; free text is not compared");
		break;
	default:
		decide(column, meaning, "header");
		break;
	}
}

/* ---- the values' word ----------------------------------------------------------------------------------------------
 */

static bool is_code_like(const struct look *look)
{
	return look->any_digit > 0.9 && look->words < 1.3;
}

/* Without a header's help; the most telling forms first. */
static void judge_by_values(struct matching_column *column, const struct look *look)
{
	if (look->encoding >= 0.5)
		decide(column, (enum meaning)(MEANING_ENCODING + look->encoded),
		       "values are encodings that oneview encode made");
	else if (look->email >= 0.6)
		decide(column, MEANING_EMAIL, "%d %% are e-mail addresses", percent(look->email));
	else if (look->date >= 0.8 && look->year_middle < 2015)
		decide_birth(column, look, "values");
	else if (look->date >= 0.8)
		decide(column, MEANING_IGNORED, "dates, but too late for dates of birth");
	else if (look->nhs >= 0.8)
		decide(column, MEANING_NHS, "%d %% have ten digits and a valid check digit", percent(look->nhs));
	else if (look->upn >= 0.8)
		decide(column, MEANING_UPN, "%d %% have a valid check letter", percent(look->upn));
	else if (look->ni >= 0.8)
		decide(column, MEANING_NI, "%d %% have the form of one", percent(look->ni));
	else if (look->postcode >= 0.6) {
		column->british = true;
		decide(column, MEANING_POSTCODE, "%d %% are British postcodes", percent(look->postcode));
	} else if (look->phone >= 0.7)
		decide(column, MEANING_PHONE, "%d %% are phone numbers", percent(look->phone));
	else if (look->title >= 0.8)
		decide(column, MEANING_TITLE, "Mr, Mrs ...");
	else if (look->sex >= 0.95 && look->distinct <= 8 && look->digits_only < 0.5)
		decide(column, MEANING_SEX, "values are %zu codes of sex", look->distinct);
	else if (look->year >= 0.9 && look->year_middle == 0 && look->distinct > 8)
		decide(column, MEANING_BIRTH_YEAR, "values are years");
	else if (look->counts_up || (is_code_like(look) && distinct_share(look) > 0.98 && look->rows >= 20))
		decide(column, MEANING_ID, "every value is another: it names the record");
	else if (look->length > 60 || look->words > 9)
		decide(column, MEANING_NOTE, "long texts: free text is not compared");
	else if (look->two_names >= 0.25 && look->words >= 1.5 && look->any_digit < 0.1)
		decide(column, MEANING_FULL_NAME, "%d %% hold a common given or family name among several words",
		       percent(look->two_names));
	else if (look->street >= 0.4 && look->any_digit < 0.5)
		decide(column, MEANING_STREET, "%d %% end like streets", percent(look->street));
	else if (look->street >= 0.3 || (look->words >= 2.5 && look->any_digit > 0.5))
		decide(column, MEANING_ADDRESS, "values read like addresses");
	else if (look->given >= 0.15 && look->given > look->family)
		decide(column, MEANING_GIVEN, "%d %% are common given names", percent(look->given));
	else if (look->family >= 0.08 && look->letters_only > 0.9)
		decide(column, MEANING_FAMILY, "%d %% are common family names", percent(look->family));
	else if (look->occupation >= 0.2)
		decide(column, MEANING_OCCUPATION, "%d %% are common occupations", percent(look->occupation));
	else if (look->region >= 0.7)
		decide(column, MEANING_REGION, "%d %% are states or counties", percent(look->region));
	else if (look->place >= 0.15)
		decide(column, MEANING_PLACE, "%d %% are well-known places", percent(look->place));
	else if (is_code_like(look) && look->house < 0.9)
		decide(column, MEANING_IGNORED,
		       "codes that some records share: perhaps the truth, perhaps a household; name it in settings to "
		       "use it");
	else if (look->house >= 0.9 && look->distinct > 12)
		decide(column, MEANING_HOUSE_NUMBER, "small numbers, as of houses");
	else if (look->digits_only > 0.9)
		decide(column, MEANING_IGNORED, "numbers of unknown meaning; name it in settings to use it");
	else
		decide(column, MEANING_OTHER, "words of unknown meaning: compared as text");
}

/* In a handful of records a shared surname may still help to find pairs. */
enum { HANDFUL = 200 };

static bool leave_out_dull(struct matching_column *column, const struct look *look, bool header_knows)
{
	column->constant = look->distinct == 1 && look->filled == look->rows && look->rows > 1;
	if (look->filled == 0)
		decide(column, MEANING_IGNORED, "no value in any record");
	else if (column->constant && !(header_knows && look->rows <= HANDFUL))
		decide(column, MEANING_IGNORED, "the same in every record");
	else if (look->distinct == 1 && look->filled < look->rows && look->filled > 1 && look->rows > HANDFUL &&
		 !header_knows)
		decide(column, MEANING_IGNORED, "only one value, or none");
	else
		return false;
	return true;
}

static void infer_column(const struct inference *inference, size_t c)
{
	struct matching_column *column = &inference->source->columns[c].is;
	const struct look *look = &inference->looks[c];
	enum meaning meaning;
	bool other;
	column->filled = look->rows ? (double)look->filled / (double)look->rows : 0;
	column->distinct = distinct_share(look);
	enum header_place place =
		inference->source->has_header ? header_meaning(column->header, &meaning, &other) : HEADER_UNKNOWN;
	if (look->encoding >= 0.5)
		judge_by_values(column, look);
	else if (place == HEADER_SURE && meaning <= MEANING_NOTE)
		believe(inference, c, meaning);
	else if (leave_out_dull(column, look, place == HEADER_SURE && !other))
		return;
	else if (place != HEADER_UNKNOWN && other && meaning_is_used(meaning))
		decide(column, look->any_digit > 0.5 ? MEANING_IGNORED : MEANING_OTHER, "header; of somebody else: %s",
		       look->any_digit > 0.5 ? "left out" : "compared as text");
	else if (place == HEADER_SURE || (place == HEADER_LIKELY && meaning_is_used(meaning)))
		believe(inference, c, meaning);
	else
		judge_by_values(column, look);
}

/* ---- one column against the others
 * -------------------------------------------------------------------------------------- */

static size_t count_of(const struct source *source, enum meaning meaning)
{
	size_t count = 0;
	for (size_t c = 0; c < source->column_count; c++)
		count += source->columns[c].is.meaning == meaning;
	return count;
}

/* Of several columns that only their values call dates of birth the earliest is one. */
static void keep_one_birth(const struct inference *inference)
{
	struct source *source = inference->source;
	size_t best = source->column_count;
	for (size_t c = 0; c < source->column_count; c++) {
		if (source->columns[c].is.meaning != MEANING_BIRTH)
			continue;
		bool header = by_header(&source->columns[c].is);
		bool best_header = best < source->column_count && by_header(&source->columns[best].is);
		if (best == source->column_count || (header && !best_header) ||
		    (header == best_header && inference->looks[c].year_middle < inference->looks[best].year_middle))
			best = c;
	}
	/* nor does any date count where a header says in which column the year of birth is */
	for (size_t c = 0; c < source->column_count && best < source->column_count; c++) {
		if (source->columns[c].is.meaning == MEANING_BIRTH_YEAR && !by_header(&source->columns[best].is) &&
		    by_header(&source->columns[c].is))
			best = c;
	}
	for (size_t c = 0; c < source->column_count; c++) {
		if (c != best && source->columns[c].is.meaning == MEANING_BIRTH)
			decide(&source->columns[c].is, MEANING_IGNORED, "a date; \"%.*s\" is more likely that of birth",
			       TEXT_ARG(source->columns[best].is.header));
	}
}

/* Year, month and day beside a whole date say nothing more. */
static void drop_parts_of_birth(struct source *source)
{
	bool whole = false;
	for (size_t c = 0; c < source->column_count; c++)
		whole |= source->columns[c].is.meaning == MEANING_BIRTH && source->columns[c].is.filled > 0.5;
	bool year = count_of(source, MEANING_BIRTH_YEAR) > 0;
	for (size_t c = 0; c < source->column_count; c++) {
		struct matching_column *column = &source->columns[c].is;
		bool part = column->meaning == MEANING_BIRTH_YEAR || column->meaning == MEANING_BIRTH_MONTH ||
			    column->meaning == MEANING_BIRTH_DAY;
		if (part && whole)
			decide(column, MEANING_IGNORED, "part of the date of birth, which is in another column");
		else if (part && !year)
			decide(column, MEANING_IGNORED, "part of a date of birth without a year");
	}
}

/* An age tells the year of birth where nothing else does; beside a date it says nothing more. */
static void drop_age(struct source *source)
{
	bool births = count_of(source, MEANING_BIRTH) || count_of(source, MEANING_BIRTH_YEAR), kept = false;
	for (size_t c = 0; c < source->column_count; c++) {
		struct matching_column *column = &source->columns[c].is;
		if (column->meaning != MEANING_AGE)
			continue;
		if (births || kept)
			decide(column, MEANING_IGNORED, "%s",
			       births ? "an age, which says less than the date of birth"
				      : "an age like another column");
		kept = true;
	}
}

/* A column of whole names beside given and family names: used where these are not filled in. */
static void explain_full_name(struct source *source)
{
	bool parts = count_of(source, MEANING_GIVEN) && count_of(source, MEANING_FAMILY), kept = false;
	for (size_t c = 0; c < source->column_count; c++) {
		struct matching_column *column = &source->columns[c].is;
		if (column->meaning != MEANING_FULL_NAME)
			continue;
		if (parts)
			decide(column, MEANING_IGNORED, "the name again, which other columns have in parts");
		else if (kept)
			decide(column, MEANING_IGNORED, "the name again, which another column has");
		kept = true;
	}
}

/* Two names by values only: which is the family's? */
static void tell_names_apart(const struct inference *inference)
{
	struct source *source = inference->source;
	if (count_of(source, MEANING_GIVEN) != 2 || count_of(source, MEANING_FAMILY) != 0)
		return;
	size_t first = source->column_count, second = 0;
	for (size_t c = 0; c < source->column_count; c++) {
		if (source->columns[c].is.meaning != MEANING_GIVEN)
			continue;
		if (by_header(&source->columns[c].is))
			return;
		second = c;
		first = first == source->column_count ? c : first;
	}
	double a = inference->looks[first].given - inference->looks[first].family,
	       b = inference->looks[second].given - inference->looks[second].family;
	decide(&source->columns[a < b ? first : second].is, MEANING_FAMILY,
	       "names, and less often given names than in the other column");
}

/* A column of single words that repeat little, beside a given name and no family name. */
static void find_family(const struct inference *inference)
{
	struct source *source = inference->source;
	if (count_of(source, MEANING_GIVEN) != 1 || count_of(source, MEANING_FAMILY))
		return;
	size_t best = source->column_count;
	for (size_t c = 0; c < source->column_count; c++) {
		const struct look *look = &inference->looks[c];
		if (source->columns[c].is.meaning != MEANING_OTHER || look->letters_only < 0.95 || look->words > 1.3 ||
		    by_header(&source->columns[c].is))
			continue;
		if (best == source->column_count || look->distinct > inference->looks[best].distinct)
			best = c;
	}
	if (best < source->column_count)
		decide(&source->columns[best].is, MEANING_FAMILY, "single words of great variety beside a given name");
}

static void infer_some(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct inference *inference = context;
	(void)chunk;
	(void)thread;
	for (size_t c = first; c < end; c++)
		look_at(&inference->looks[c], inference->sample, c);
}

void infer_columns(struct matching *matching, struct source *source, const struct sample *sample)
{
	struct inference inference = {matching, source, sample, NULL};
	inference.looks = memory_alloc(source->column_count, sizeof *inference.looks);
	parallel_for(source->column_count, 1, matching->options.threads, infer_some, &inference);
	for (size_t c = 0; c < source->column_count; c++)
		infer_column(&inference, c);
	keep_one_birth(&inference);
	drop_parts_of_birth(source);
	drop_age(source);
	tell_names_apart(&inference);
	find_family(&inference);
	explain_full_name(source);
	free(inference.looks);
}

/* ---- all files together
 * ------------------------------------------------------------------------------------------------------ */

static bool others_have(const struct matching *matching, size_t file, const struct matching_column *column)
{
	for (size_t s = 0; s < matching->source_count; s++) {
		const struct source *source = &matching->sources[s];
		for (size_t c = 0; s != file && c < source->column_count; c++) {
			const struct matching_column *other = &source->columns[c].is;
			if (other->meaning == column->meaning &&
			    (column->meaning != MEANING_OTHER ||
			     text_equal_ignoring_case(other->header, column->header)))
				return true;
		}
	}
	return false;
}

void infer_across(struct matching *matching)
{
	if (matching->source_count < 2)
		return;
	for (size_t s = 0; s < matching->source_count; s++) {
		struct source *source = &matching->sources[s];
		for (size_t c = 0; c < source->column_count; c++) {
			struct matching_column *column = &source->columns[c].is;
			if (column->meaning == MEANING_OTHER && !others_have(matching, s, column))
				decide(column, MEANING_IGNORED, "words of unknown meaning, in this file only");
		}
	}
}
