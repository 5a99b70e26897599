/* Levels that settings pin for a column, in place of those of its kind.
 *
 * Such a column is compared as LINKING_PINNED from when blocking is done: its levels are tried in their order, and
 * what holds for names, places and numbers as a kind (names in each other's column, namesakes, what forbids a
 * link) is not asked of it. What is left is Fellegi and Sunter's comparison with independent levels, and that
 * a household shares what households share.
 */
#include "clean/phonetic.h"
#include "clean/similarity.h"
#include "linking/linking_int.h"

#include <math.h>

const char *linking_test_name(enum linking_test test)
{
	static const char *const names[LINKING_TEST_COUNT] = {
		[LINKING_TEST_EXACT] = "exact",
		[LINKING_TEST_JARO_WINKLER] = "jaro_winkler",
		[LINKING_TEST_EDITS] = "damerau_levenshtein",
		[LINKING_TEST_SOUND] = "sound",
		[LINKING_TEST_START] = "start",
		[LINKING_TEST_END] = "end",
		[LINKING_TEST_DAYS] = "days",
		[LINKING_TEST_NUMBER] = "number",
		[LINKING_TEST_KIND] = "as",
	};
	return names[test];
}

/* A place is several values in one, and an encoding is none that can be read: their kinds know how to compare them. */
bool linking_test_suits(enum linking_test test, enum linking_kind kind)
{
	bool opaque = kind == LINKING_PLACE || is_encoded(kind);
	switch (test) {
	case LINKING_TEST_EXACT:
		return true;
	case LINKING_TEST_KIND:
		return kind != LINKING_SOURCE;
	case LINKING_TEST_DAYS:
		return kind == LINKING_BIRTH;
	case LINKING_TEST_SOUND:
		return kind == LINKING_GIVEN || kind == LINKING_MIDDLE || kind == LINKING_FAMILY ||
		       kind == LINKING_TEXT;
	case LINKING_TEST_NUMBER:
		return kind == LINKING_TEXT || kind == LINKING_IDENTIFIER;
	default:
		return !opaque;
	}
}

unsigned linking_level_ordered(enum linking_kind kind)
{
	enum { GIVEN_ORDERED = 7 }; /* what follows is seen of several columns together */
	return kind == LINKING_GIVEN ? GIVEN_ORDERED : linking_level_count(kind);
}

/* ---- what a column's levels are ------------------------------------------------------------------------- */

unsigned column_levels(const struct column *column)
{
	return column->is.kind == LINKING_PINNED ? (unsigned)column->levels.count + 2
						 : linking_level_count(column->is.kind);
}

const char *column_level_name(const struct column *column, unsigned level)
{
	if (column->is.kind != LINKING_PINNED || level == LINKING_LEVEL_MISSING)
		return linking_level_name(column->is.kind, level);
	if (level > column->levels.count)
		return level == column->levels.count + 1 ? "else" : NULL;
	return column->levels.at[level - 1].name;
}

const char *linking_run_level_name(const struct linking_run *run, size_t column, unsigned level)
{
	return column_level_name(&run->table->columns[column], level);
}

unsigned linking_run_level_count(const struct linking_run *run, size_t column)
{
	return column_levels(&run->table->columns[column]);
}

enum linking_kind column_own_kind(const struct column *column)
{
	return column->is.kind == LINKING_PINNED ? column->pinned_from : column->is.kind;
}

bool column_equal_is_best(const struct column *column)
{
	const struct linking_level *first = &column->levels.at[0];
	return column->is.kind != LINKING_PINNED || first->test == LINKING_TEST_EXACT ||
	       (first->test == LINKING_TEST_KIND && first->least == LINKING_LEVEL_SAME);
}

static void forget(size_t *column, size_t pinned)
{
	if (*column == pinned)
		*column = LINKING_COLUMNS;
}

void table_pin_levels(struct linking_table *table, const struct linking_levels *levels)
{
	for (size_t c = 0; levels && c < table->column_count; c++) {
		struct column *column = &table->columns[c];
		if (levels[c].count == 0 || column->is.kind == LINKING_PINNED)
			continue;
		column->levels = levels[c];
		column->pinned_from = column->is.kind;
		column->is.kind = LINKING_PINNED;
		forget(&table->given, c);
		forget(&table->family, c);
		forget(&table->middle, c);
		forget(&table->birth, c);
		forget(&table->place, c);
		forget(&table->encoding, c);
		forget(&table->encoded_place, c);
	}
}

/* ---- two values -------------------------------------------------------------------------------------------- */

static bool same_sound(struct text a, struct text b)
{
	char x[PHONETIC_SIZE], y[PHONETIC_SIZE];
	size_t x_len = clean_phonetic(x, a), y_len = clean_phonetic(y, b);
	return x_len > 0 && x_len == y_len && memcmp(x, y, x_len) == 0;
}

static bool within(struct text a, struct text b, double most)
{
	double x, y;
	return text_parse_double(a, &x) && text_parse_double(b, &y) && fabs(x - y) <= most;
}

static bool holds(const struct linking_level *level, const struct column *column, uint32_t a, uint32_t b)
{
	struct text x = dictionary_value(column->dictionary, a), y = dictionary_value(column->dictionary, b);
	size_t length = (size_t)level->least;
	date day, other;
	unsigned as;
	switch (level->test) {
	case LINKING_TEST_JARO_WINKLER:
		return clean_jaro_winkler(x, y) >= level->least;
	case LINKING_TEST_EDITS:
		return clean_edit_distance(x, y) <= (unsigned)level->least;
	case LINKING_TEST_SOUND:
		return same_sound(x, y);
	case LINKING_TEST_START:
		return x.len >= length && y.len >= length && memcmp(x.at, y.at, length) == 0;
	case LINKING_TEST_END:
		return x.len >= length && y.len >= length &&
		       memcmp(x.at + x.len - length, y.at + y.len - length, length) == 0;
	case LINKING_TEST_DAYS:
		return date_parse_iso(x, &day) && date_parse_iso(y, &other) &&
		       (double)(day > other ? day - other : other - day) <= level->least;
	case LINKING_TEST_NUMBER:
		return within(x, y, level->least);
	case LINKING_TEST_KIND:
		as = compare_as_kind(column, column->pinned_from, a, b);
		return as != LINKING_LEVEL_MISSING && (double)as <= level->least;
	default:
		return false;
	}
}

unsigned compare_pinned(const struct column *column, uint32_t a, uint32_t b)
{
	unsigned level = 1;
	while (level <= column->levels.count && !holds(&column->levels.at[level - 1], column, a, b))
		level++;
	return level;
}

/* ---- the model ------------------------------------------------------------------------------------------------ */

/* As often the same, and as often different, as is usual for the kind; what lies between shares the rest. */
void pinned_start(double row[LINKING_LEVELS], const struct column *column, const double usual[LINKING_LEVELS])
{
	unsigned last = column_levels(column) - 1, worst = linking_level_ordered(column->pinned_from) - 1;
	double same = usual[1] > 0 ? usual[1] : 0.8, differ = usual[worst] > 0.01 ? usual[worst] : 0.01;
	memset(row, 0, LINKING_LEVELS * sizeof *row);
	row[1] = same;
	row[last] = differ;
	for (unsigned l = 2; l < last; l++)
		row[l] = (1 - same - differ > 0.01 ? 1 - same - differ : 0.01) / (last - 2);
}

/* The pinned ones stand; the others share what they leave, as they shared before. */
static void fix_row(double *row, const double *pinned, unsigned levels)
{
	double fixed = 0, free_share = 0;
	for (unsigned l = 1; l < levels; l++) {
		fixed += pinned[l];
		free_share += pinned[l] > 0 ? 0 : row[l];
	}
	for (unsigned l = 1; l < levels && fixed > 0; l++)
		row[l] = pinned[l] > 0 ? pinned[l] : row[l] * (fixed < 1 ? (1 - fixed) / free_share : 0);
}

void model_fix_pinned(struct model *model, const struct linking_table *table)
{
	for (size_t c = 0; c < table->column_count; c++) {
		const struct column *column = &table->columns[c];
		if (column->is.kind != LINKING_PINNED)
			continue;
		double m[LINKING_LEVELS] = {0}, u[LINKING_LEVELS] = {0};
		unsigned levels = column_levels(column);
		for (unsigned l = 1; l < levels; l++) {
			m[l] = l < levels - 1 ? column->levels.at[l - 1].m : column->levels.other_m;
			u[l] = l < levels - 1 ? column->levels.at[l - 1].u : column->levels.other_u;
		}
		fix_row(model->m[c], m, levels);
		fix_row(model->u[c], u, levels);
		fix_row(model->n[c], u, levels);
		if (!shared_in_household(column->pinned_from))
			fix_row(model->h[c], u, levels);
	}
}
