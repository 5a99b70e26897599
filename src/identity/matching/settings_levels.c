/* Comparisons as settings pin them: whether a column is compared, by which levels, how often each of them occurs. */
#include "matching/settings_int.h"

#include <math.h>

enum { LEVELS_MOST = LINKING_LEVELS - 2 };

struct reading { /* the levels of one column */
	const struct pinned *pinned;
	const struct linking_column *column;
	struct linking_levels *levels;
	bool other; /* "else" was given */
};

/* What a test is measured by, and which way it gets looser from level to level. */
static const struct measure {
	double least, most;
	bool whole, falls;
	const char *what;
} measures[LINKING_TEST_COUNT] = {
	[LINKING_TEST_JARO_WINKLER] = {0.01, 0.999, false, true, "a likeness from 0.01 to 0.999"},
	[LINKING_TEST_EDITS] = {1, 20, true, false, "a whole number of edits from 1 to 20"},
	[LINKING_TEST_START] = {1, 20, true, true, "a whole number of characters from 1 to 20"},
	[LINKING_TEST_END] = {1, 20, true, true, "a whole number of characters from 1 to 20"},
	[LINKING_TEST_DAYS] = {1, 36525, true, false, "a whole number of days from 1 to 36525"},
	[LINKING_TEST_NUMBER] = {1e-9, 1e12, false, false, "a difference above 0"},
};

/* ---- one level ------------------------------------------------------------------------------------------ */

static enum status unknown_level(const struct reading *reading, const struct yaml_node *node, struct text word,
				 struct error *error)
{
	struct text words[LINKING_TEST_COUNT + LINKING_LEVELS + 1];
	size_t count = 0;
	for (unsigned t = 0; t < LINKING_TEST_COUNT; t++) {
		if (linking_test_suits((enum linking_test)t, reading->column->kind))
			words[count++] = text_of(linking_test_name((enum linking_test)t));
	}
	for (unsigned l = 1; l < linking_level_ordered(reading->column->kind); l++)
		words[count++] = text_of(linking_level_name(reading->column->kind, l));
	words[count++] = TEXT("else");
	return pinned_unknown(reading->pinned, node, word, words, count, "level of this column", error);
}

static bool find_test(struct text word, enum linking_test *test)
{
	for (unsigned t = 0; t < LINKING_TEST_COUNT; t++) {
		*test = (enum linking_test)t;
		if (text_is(word, linking_test_name(*test)))
			return true;
	}
	return false;
}

/* "one slip or same sound": that level of the column's kind, or a better one. */
static enum status read_of_kind(const struct reading *reading, const struct yaml_node *node, struct text name,
				struct linking_level *level, struct error *error)
{
	for (unsigned l = 1; l < linking_level_count(reading->column->kind); l++) {
		if (!text_is(name, linking_level_name(reading->column->kind, l)))
			continue;
		if (l >= linking_level_ordered(reading->column->kind)) {
			(void)pinned_wrong(reading->pinned, node, error, "\"%.*s\" cannot be pinned", TEXT_ARG(name));
			error_remedy(error, "It is seen of several columns together, where levels are not pinned.");
			return STATUS_INVALID;
		}
		level->test = LINKING_TEST_KIND;
		level->least = l;
		snprintf(level->name, sizeof level->name, "%.*s", TEXT_ARG(name));
		return STATUS_OK;
	}
	return unknown_level(reading, node, name, error);
}

static enum status read_measure(const struct reading *reading, const struct yaml_node *node,
				struct linking_level *level, struct error *error)
{
	const struct measure *measure = &measures[level->test];
	const char *name = linking_test_name(level->test);
	double value = 0;
	if (!measure->what) {
		snprintf(level->name, sizeof level->name, "%s", name);
		return STATUS_OK;
	}
	if (!node || node->kind != YAML_SCALAR || !text_parse_double(node->text, &value) || value < measure->least ||
	    value > measure->most || (measure->whole && value != floor(value)))
		return pinned_wrong(reading->pinned, node, error, "%s needs %s", name, measure->what);
	level->least = value;
	snprintf(level->name, sizeof level->name, "%s %g", name, value);
	return STATUS_OK;
}

/* WORD is what the level goes by, VALUE what is behind it: "jaro_winkler", 0.92. */
static enum status read_test(struct reading *reading, const struct yaml_node *node, struct text word,
			     const struct yaml_node *value, struct linking_level *level, struct error *error)
{
	if (text_is(word, "else")) {
		reading->other = true;
		return STATUS_OK;
	}
	if (text_is(word, "as") && value && value->kind == YAML_SCALAR)
		return read_of_kind(reading, value, value->text, level, error);
	if (!find_test(word, &level->test) || level->test == LINKING_TEST_KIND)
		return read_of_kind(reading, node, word, level, error);
	if (linking_test_suits(level->test, reading->column->kind)) {
		if (!value && measures[level->test].what)
			return pinned_wrong(reading->pinned, node, error, "%s needs %s, as in {%s: %g}",
					    linking_test_name(level->test), measures[level->test].what,
					    linking_test_name(level->test),
					    level->test == LINKING_TEST_JARO_WINKLER ? 0.92 : 2);
		return read_measure(reading, value ? value : node, level, error);
	}
	(void)pinned_wrong(reading->pinned, node, error, "%s has no level \"%.*s\"", reading->column->name,
			   TEXT_ARG(word));
	error_remedy(error, "docs/formats/matching.md lists which levels there are for which column.");
	return STATUS_INVALID;
}

/* {jaro_winkler: 0.92, m: 0.05, u: 0.001} */
static enum status read_level_mapping(struct reading *reading, const struct yaml_node *node,
				      struct linking_level *level, struct error *error)
{
	size_t tests = 0;
	enum status status = STATUS_OK;
	for (size_t i = 0; i < node->count && status == STATUS_OK; i++) {
		if (text_is(node->keys[i], "m") || text_is(node->keys[i], "u"))
			continue;
		tests++;
		status = read_test(reading, node->key_nodes[i], node->keys[i], node->items[i], level, error);
	}
	if (status == STATUS_OK && tests != 1)
		return pinned_wrong(reading->pinned, node, error,
				    "a level has one test, as in {jaro_winkler: 0.92}, and may have m and u");
	if (status == STATUS_OK)
		status = pinned_number(reading->pinned, node, "m", 1e-12, 1, &level->m, error);
	return status == STATUS_OK ? pinned_number(reading->pinned, node, "u", 1e-12, 1, &level->u, error) : status;
}

/* A level that an earlier one takes everything from is a mistake, not a preference. */
static enum status check_reached(const struct reading *reading, const struct yaml_node *node,
				 const struct linking_level *level, struct error *error)
{
	for (size_t l = 0; l < reading->levels->count; l++) {
		const struct linking_level *before = &reading->levels->at[l];
		bool falls = measures[level->test].falls;
		bool taken = level->test == LINKING_TEST_EXACT ||
			     (before->test == level->test &&
			      (falls ? level->least >= before->least : level->least <= before->least));
		if (!taken)
			continue;
		(void)pinned_wrong(reading->pinned, node, error, "no pair can reach \"%s\": \"%s\" before it takes it",
				   level->name, before->name);
		error_remedy(error, "Levels go from the strictest to the loosest.");
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

static enum status read_level(struct reading *reading, const struct yaml_node *node, struct error *error)
{
	struct linking_level level = {0};
	struct linking_levels *levels = reading->levels;
	enum status status;
	if (reading->other)
		return pinned_wrong(reading->pinned, node, error, "\"else\" takes all that is left: it stands last");
	if (node->kind == YAML_SEQUENCE)
		return pinned_wrong(reading->pinned, node, error, "a level is a word, or {jaro_winkler: 0.92}");
	status = node->kind == YAML_MAPPING ? read_level_mapping(reading, node, &level, error)
					    : read_test(reading, node, node->text, NULL, &level, error);
	if (status != STATUS_OK)
		return status;
	if (reading->other) {
		levels->other_m = level.m;
		levels->other_u = level.u;
		return STATUS_OK;
	}
	if (levels->count == LEVELS_MOST)
		return pinned_wrong(reading->pinned, node, error, "a column has at most %d levels and \"else\"",
				    LEVELS_MOST);
	status = check_reached(reading, node, &level, error);
	levels->at[levels->count++] = level;
	return status;
}

/* ---- all of a column ------------------------------------------------------------------------------------- */

static enum status check_sum(const struct reading *reading, const struct yaml_node *node, char which,
			     struct error *error)
{
	const struct linking_levels *levels = reading->levels;
	double other = which == 'm' ? levels->other_m : levels->other_u, sum = other;
	bool all = other > 0;
	for (size_t l = 0; l < levels->count; l++) {
		double value = which == 'm' ? levels->at[l].m : levels->at[l].u;
		sum += value;
		all &= value > 0;
	}
	if (all ? fabs(sum - 1) <= 1e-6 : sum < 1)
		return STATUS_OK;
	(void)pinned_wrong(reading->pinned, node, error, "%c of all levels comes to %g", which, sum);
	error_remedy(error, all ? "They are shares of all pairs: all of them together are 1."
				: "They are shares of all pairs: some must be left for the levels that have none.");
	return STATUS_INVALID;
}

static enum status read_levels(const struct matching *matching, const struct yaml_node *node, size_t column,
			       struct linking_levels *levels, struct error *error)
{
	struct reading reading = {.pinned = matching->pinned, .column = &matching->columns[column], .levels = levels};
	enum status status = STATUS_OK;
	if (node->kind != YAML_SEQUENCE || node->count == 0)
		return pinned_wrong(matching->pinned, node, error, "levels are a list, as in [exact, sound]");
	for (size_t i = 0; i < node->count && status == STATUS_OK; i++)
		status = read_level(&reading, node->items[i], error);
	if (status == STATUS_OK && levels->count == 0)
		status = pinned_wrong(matching->pinned, node, error, "there is no level besides \"else\"");
	if (status == STATUS_OK)
		status = check_sum(&reading, node, 'm', error);
	return status == STATUS_OK ? check_sum(&reading, node, 'u', error) : status;
}

static enum status read_comparison(struct matching *matching, const struct yaml_node *key, const struct yaml_node *node,
				   struct linking_levels *levels, struct error *error)
{
	const struct pinned *pinned = matching->pinned;
	bool compared = true, frequency = true;
	size_t column;
	enum status status = pinned_column(matching, key, key->text, &column, error);
	if (status == STATUS_OK)
		status = pinned_keys(pinned, node, "compared|term_frequency|levels", error);
	if (status == STATUS_OK)
		status = pinned_bool(pinned, node, "compared", &compared, error);
	if (status == STATUS_OK)
		status = pinned_bool(pinned, node, "term_frequency", &frequency, error);
	const struct yaml_node *wanted = status == STATUS_OK ? yaml_get(node, "levels") : NULL;
	if (wanted)
		status = read_levels(matching, wanted, column, &levels[column], error);
	if (status != STATUS_OK)
		return status;
	matching->linking.not_compared |= (uint32_t)!compared << column;
	matching->linking.plain |= (uint32_t)!frequency << column;
	return STATUS_OK;
}

enum status pinned_comparisons(struct matching *matching, struct error *error)
{
	const struct yaml_node *node = yaml_get(matching->pinned->root, "comparisons");
	struct linking_levels *levels = ARENA_ARRAY(&matching->arena, LINKING_COLUMNS, struct linking_levels);
	enum status status = STATUS_OK;
	if (node && node->kind != YAML_MAPPING)
		return pinned_wrong(matching->pinned, node, error,
				    "comparisons are written \"column: {compared: true}\"");
	for (size_t i = 0; node && i < node->count && status == STATUS_OK; i++)
		status = read_comparison(matching, node->key_nodes[i], node->items[i], levels, error);
	matching->linking.levels = levels;
	return status;
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

static void append_share(struct buf *out, char which, double share)
{
	if (share > 0)
		buf_format(out, ", %c: %.9g", which, share);
}

void levels_append(struct buf *out, const struct linking_levels *levels)
{
	buf_append_text(out, TEXT(", levels: ["));
	for (size_t l = 0; l < levels->count; l++) {
		const struct linking_level *level = &levels->at[l];
		const char *test = linking_test_name(level->test);
		if (level->test == LINKING_TEST_KIND)
			buf_format(out, "{%s: %s", test, level->name);
		else if (measures[level->test].what)
			buf_format(out, "{%s: %.9g", test, level->least);
		else
			buf_format(out, "{%s: true", test);
		append_share(out, 'm', level->m);
		append_share(out, 'u', level->u);
		buf_append_text(out, TEXT("}, "));
	}
	buf_append_text(out, TEXT("{else: true"));
	append_share(out, 'm', levels->other_m);
	append_share(out, 'u', levels->other_u);
	buf_append_text(out, TEXT("}]}\n"));
}
