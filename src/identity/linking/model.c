#include "base/memory.h"
#include "clean/birth.h"
#include "linking/linking_int.h"

#include <math.h>
#include <stdlib.h>

/* Where EM starts, by level; the rest of each row is 0. What people's records are like in general;
 * training moves them to what these records are like. */
static const double start_m[LINKING_KIND_COUNT][LINKING_LEVELS] = {
	[LINKING_GIVEN] = {0, .80, .05, .05, .04, .01, .03, .01, .003, .01},
	[LINKING_MIDDLE] = {0, .70, .20, .10},
	[LINKING_FAMILY] = {0, .86, .05, .03, .06},
	[LINKING_SUFFIX] = {0, .95, .05},
	[LINKING_BIRTH] = {0, .93, .01, .03, .01, .01, .007, .003},
	[LINKING_SEX] = {0, .98, .02},
	[LINKING_PLACE] = {0, .65, .03, .05, .10, .17},
	[LINKING_PHONE] = {0, .60, .03, .37},
	[LINKING_EMAIL] = {0, .60, .05, .35},
	[LINKING_NHS] = {0, .98, .01, .01},
	[LINKING_IDENTIFIER] = {0, .95, .03, .02},
	[LINKING_ENCODING] = {0, .50, .14, .14, .14, .05, .02, .01},
	[LINKING_ENCODED_CONTACT] = {0, .60, .10, .05, .25},
	[LINKING_ENCODED_PLACE] = {0, .60, .10, .05, .05, .20},
	[LINKING_SOURCE] = {0, .2, .2, .2, .2, .2},
	[LINKING_TEXT] = {0, .80, .08, .04, .08},
};
/* What two people of one household share; kinds without a row are as in strangers. */
static const double start_h[LINKING_KIND_COUNT][LINKING_LEVELS] = {
	[LINKING_FAMILY] = {0, .68, .04, .06, .22},
	[LINKING_PLACE] = {0, .86, .02, .04, .04, .04},
	[LINKING_PHONE] = {0, .30, .01, .69},
	[LINKING_EMAIL] = {0, .08, .02, .90},
};

bool shared_in_household(enum linking_kind kind)
{
	return kind == LINKING_FAMILY || kind == LINKING_PLACE || kind == LINKING_PHONE || kind == LINKING_EMAIL;
}

static bool is_identifier(enum linking_kind kind)
{
	return kind == LINKING_NHS || kind == LINKING_IDENTIFIER;
}

static void start_row(double row[LINKING_LEVELS], const struct column *column,
		      const double starts[LINKING_KIND_COUNT][LINKING_LEVELS])
{
	if (column->is.kind == LINKING_PINNED)
		pinned_start(row, column, starts[column->pinned_from]);
	else
		memcpy(row, starts[column->is.kind], LINKING_LEVELS * sizeof *row);
}

void model_start(struct model *model, const struct linking_table *table, const struct linking_settings *settings)
{
	double records = (double)table->count;
	memset(model, 0, sizeof *model);
	for (size_t c = 0; c < table->column_count; c++) {
		enum linking_kind kind = column_own_kind(&table->columns[c]);
		start_row(model->m[c], &table->columns[c], start_m);
		model->households |= kind == LINKING_PLACE;
	}
	for (size_t bin = 0; bin < NAME_BINS; bin++)
		model->names_together[bin] = 1;
	model->all_pairs = comparable_pairs(table, settings);
	model->pinned_prior = settings->prior;
	model->prior_m = settings->prior > 0 ? settings->prior : records > 1 ? 1.5 / records : 0.5;
	model->prior_h = model->households ? 2.0 / (records + 1) : 0;
}

/* ---- training ----------------------------------------------------------------------------------------- */

struct training {
	const struct linking_table *table;
	const struct pattern_count *counts;
	size_t count;
	double scale, all_pairs;
	size_t birth;                                  /* its column, or LINKING_COLUMNS */
	double drawn[LINKING_COLUMNS][LINKING_LEVELS]; /* levels of random pairs, matches among them */
};

struct expected {
	double m[LINKING_COLUMNS][LINKING_LEVELS], h[LINKING_COLUMNS][LINKING_LEVELS];
	double anchored_m[LINKING_COLUMNS][LINKING_LEVELS], anchored_n[LINKING_COLUMNS][LINKING_LEVELS];
	double apart[LINKING_LEVELS]; /* given names of housemates born on different days */
	double matches, anchored_matches, housemates, strangers_of_one_name[NAME_BINS];
};

static double likelihood(const double of[LINKING_COLUMNS][LINKING_LEVELS], uint64_t pattern, size_t columns)
{
	double product = 1;
	for (size_t c = 0; c < columns; c++) {
		unsigned level = pattern_level(pattern, c);
		if (level)
			product *= of[c][level];
	}
	return product;
}

/* Names, birthdays and numbers are strangers' own; what goes with a name is learned for those of one name. */
static bool goes_with_name(enum linking_kind kind)
{
	return kind == LINKING_MIDDLE || kind == LINKING_SEX || kind == LINKING_PLACE || kind == LINKING_EMAIL;
}

/* Names that may be alike because they are one: initials and names swapped too. What goes with a name goes
 * with these. */
bool model_names_alike(const struct linking_table *table, uint64_t pattern)
{
	if (table->given == LINKING_COLUMNS || table->family == LINKING_COLUMNS)
		return false;
	unsigned given = pattern_level(pattern, table->given), family = pattern_level(pattern, table->family);
	return given == 7 || (given >= 1 && given <= 4 && family >= 1 && family <= 2);
}

bool model_names_agree(const struct linking_table *table, uint64_t pattern)
{
	if (table->given == LINKING_COLUMNS || table->family == LINKING_COLUMNS)
		return false;
	unsigned given = pattern_level(pattern, table->given), family = pattern_level(pattern, table->family);
	return given >= 1 && given <= 3 && family >= 1 && family <= 2;
}

/* A date of birth or a number tells whether two records of one name are one person; pairs without either can
 * only be judged by what the others teach. */
static bool is_anchored(const struct training *t, uint64_t pattern)
{
	for (size_t c = 0; c < t->table->column_count; c++) {
		enum linking_kind kind = column_own_kind(&t->table->columns[c]);
		if ((kind == LINKING_BIRTH || kind == LINKING_NHS || kind == LINKING_IDENTIFIER) &&
		    pattern_level(pattern, c))
			return true;
	}
	return false;
}

/* Father and son of one name are of one sex. */
static double likelihood_h(const struct model *model, const struct linking_table *table, uint64_t pattern,
			   bool one_name)
{
	double product = likelihood(model->h, pattern, table->column_count);
	for (size_t c = 0; one_name && c < table->column_count; c++) {
		unsigned level = pattern_level(pattern, c);
		if (level && table->columns[c].is.kind == LINKING_SEX)
			product *= model->n[c][level] / model->h[c][level];
	}
	return product;
}

static void expect(const struct training *t, const struct model *model, struct expected *out)
{
	size_t columns = t->table->column_count;
	double prior_u = 1 - model->prior_m - model->prior_h;
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < t->count; i++) {
		uint64_t pattern = t->counts[i].pattern;
		double pm = model->prior_m * likelihood(model->m, pattern, columns);
		bool one_name = model_names_agree(t->table, pattern), alike = model_names_alike(t->table, pattern);
		double ph = model->prior_h > 0 ? model->prior_h * likelihood_h(model, t->table, pattern, alike) : 0;
		double pu = prior_u * likelihood(alike ? model->n : model->u, pattern, columns);
		bool birth_known = t->birth == LINKING_COLUMNS || pattern_level(pattern, t->birth);
		unsigned bin = pattern_name_bin(pattern);
		if (one_name)
			pu *= model->names_together[bin];
		double all = pm + ph + pu;
		if (!(all > 0))
			continue;
		double m = t->counts[i].pairs * pm / all, h = t->counts[i].pairs * ph / all;
		bool anchored = is_anchored(t, pattern);
		out->matches += m;
		out->housemates += h;
		out->anchored_matches += anchored ? m : 0;
		if (one_name && birth_known)
			out->strangers_of_one_name[bin] += t->counts[i].pairs * pu / all;
		for (size_t c = 0; c < columns; c++) {
			out->m[c][pattern_level(pattern, c)] += m;
			out->anchored_m[c][pattern_level(pattern, c)] += anchored ? m : 0;
			out->h[c][pattern_level(pattern, c)] += h;
			out->anchored_n[c][pattern_level(pattern, c)] +=
				alike && anchored ? t->counts[i].pairs * pu / all : 0;
		}
		if (t->birth != LINKING_COLUMNS && t->table->given != LINKING_COLUMNS &&
		    pattern_level(pattern, t->birth) >= 6)
			out->apart[pattern_level(pattern, t->table->given)] += h;
	}
}

static void normalise(double *row, unsigned levels)
{
	double total = 0;
	for (unsigned l = 1; l < levels; l++)
		total += row[l];
	for (unsigned l = 1; l < levels; l++)
		row[l] /= total;
}

/* New parameters from expected counts; START weighs as many pairs as STRENGTH, so that a column that
 * is hardly ever filled keeps to what is known in general. */
static void maximise(double *row, const double *counts, const double *start, unsigned levels, double strength)
{
	for (unsigned l = 1; l < levels; l++)
		row[l] = counts[l] + strength * (start[l] > 0 ? start[l] : 1e-4);
	normalise(row, levels);
}

/* Strangers whose encodings are alike are too few to be met among random pairs, where nearly all that is alike is of
 * one person. So what is expected of a population stands in: about one record in twenty has a twin or a
 * namesake of the same day, whose encoding differs in a name. By level, for a record. */
static void expect_alike_strangers(double *u, double records, enum linking_kind kind)
{
	/* beside a place, these are of one household: a name and a birthday of their own, or a name in common */
	static const double of_person[LINKING_LEVELS] = {0, .0005, .0005, .001, .003, .05, .3, 0},
			    of_place[LINKING_LEVELS] = {0, .0003, .0015, .004, .05, 0},
			    of_contact[LINKING_LEVELS] = {0, .05, .02, .1, 0};
	const double *for_a_record = kind == LINKING_ENCODING        ? of_person
				     : kind == LINKING_ENCODED_PLACE ? of_place
								     : of_contact;
	unsigned last = linking_level_count(kind) - 1;
	double rest = 1;
	for (unsigned l = 1; l < last; l++) {
		u[l] = for_a_record[l] / (records + 1);
		rest -= u[l];
	}
	u[last] = rest;
}

/* Random pairs hold matches and housemates too; in small files these would hide how rare agreement
 * between strangers is. */
static void correct_u(const struct training *t, struct model *model)
{
	for (size_t c = 0; c < t->table->column_count; c++) {
		enum linking_kind kind = t->table->columns[c].is.kind;
		if (is_encoded(kind)) {
			expect_alike_strangers(model->u[c], (double)t->table->count, kind);
			continue;
		}
		unsigned levels = column_levels(&t->table->columns[c]);
		for (unsigned l = 1; l < levels; l++) {
			double left =
				t->drawn[c][l] - model->prior_m * model->m[c][l] - model->prior_h * model->h[c][l];
			double least =
				t->drawn[c][l] * (is_identifier(column_own_kind(&t->table->columns[c])) ? 0.002 : 0.1);
			model->u[c][l] = left > least ? left : least;
		}
		normalise(model->u[c], levels);
	}
}

/* The n that START_N pairs of strangers would show, moved by what those of one name do show. */
static void estimate_namesakes(const struct training *t, struct model *model,
			       const double counts[LINKING_COLUMNS][LINKING_LEVELS])
{
	for (size_t c = 0; c < t->table->column_count; c++) {
		enum linking_kind kind = t->table->columns[c].is.kind;
		memcpy(model->n[c], model->u[c], sizeof model->n[c]);
		if (counts && goes_with_name(kind))
			maximise(model->n[c], counts[c], model->u[c], column_levels(&t->table->columns[c]), 20);
		if (kind == LINKING_PLACE) { /* who share a home are no strangers: that is h's */
			model->n[c][1] = model->u[c][1];
			normalise(model->n[c], column_levels(&t->table->columns[c]));
		}
	}
}

static void start_households(const struct training *t, struct model *model)
{
	for (size_t c = 0; c < t->table->column_count; c++) {
		if (shared_in_household(column_own_kind(&t->table->columns[c])))
			start_row(model->h[c], &t->table->columns[c], start_h);
		else
			memcpy(model->h[c], model->u[c], sizeof model->h[c]);
	}
}

/* What two people of one household share is estimated; in their own names, birthdays and numbers they
 * are strangers but for twins, and for sons called after their fathers. Free, these would take
 * whatever is odd among the matches for a household. */
/* Children are called after their parents in some families: as many as is seen of housemates whose dates of birth
 * tell them apart. */
static void learn_namesakes_at_home(const struct training *t, struct model *model, const double *apart)
{
	double seen = 0, *h = model->h[t->table->given];
	for (unsigned l = 1; l < linking_level_count(LINKING_GIVEN); l++)
		seen += apart[l];
	if (seen < 500)
		return;
	maximise(h, apart, model->u[t->table->given], linking_level_count(LINKING_GIVEN), 20);
	if (h[1] > 0.05)
		h[1] = 0.05;
	normalise(h, linking_level_count(LINKING_GIVEN));
}

static void bound_households(const struct training *t, struct model *model)
{
	for (size_t c = 0; c < t->table->column_count; c++) {
		enum linking_kind kind = t->table->columns[c].is.kind;
		double same = kind == LINKING_GIVEN    ? 0.01
			      : kind == LINKING_BIRTH  ? 0.02
			      : kind == LINKING_MIDDLE ? 0.1
						       : 0;
		if (shared_in_household(column_own_kind(&t->table->columns[c])))
			continue;
		memcpy(model->h[c], model->u[c], sizeof model->h[c]);
		if (model->h[c][1] < same)
			model->h[c][1] = same;
		normalise(model->h[c], column_levels(&t->table->columns[c]));
	}
}

/* Whether there is anything besides a name, a sex and a date of birth to know a person by. */
static bool has_more_than_names(const struct linking_table *table)
{
	for (size_t c = 0; c < table->column_count; c++) {
		enum linking_kind kind = column_own_kind(&table->columns[c]);
		if (is_identifier(kind) || kind == LINKING_PLACE || kind == LINKING_PHONE || kind == LINKING_EMAIL ||
		    kind == LINKING_TEXT)
			return true;
	}
	return false;
}

/* Two whole dates of birth of one person that lie a generation apart: somebody put in the parent's. It
 * happens to so few that what EM finds above it are parents and children of one name. */
#define MOST_GENERATIONS 0.004

static void move_share(double *row, unsigned from, double most, unsigned to)
{
	row[to] += row[from] - most;
	row[from] = most;
}

/* A person goes by the same names, but for those who change them: more than this, and EM has found people who share
 * a place and a year instead. */
#define MOST_OTHER_NAMES 0.25

static void bound_names(double *row, enum linking_kind kind)
{
	double differs = kind == LINKING_GIVEN ? row[6] + row[8] : row[4], rest = 1 - differs;
	if (differs <= MOST_OTHER_NAMES)
		return;
	for (unsigned l = 1; l < linking_level_count(kind); l++) {
		bool other = kind == LINKING_GIVEN ? l == 6 || l == 8 : l == 4;
		row[l] *= other ? MOST_OTHER_NAMES / differs : (1 - MOST_OTHER_NAMES) / rest;
	}
}

/* How often one person's records may differ: more than this, and EM has taken people who share a name
 * for one. */
static void bound_matches(const struct training *t, struct model *model)
{
	for (size_t c = 0; c < t->table->column_count; c++) {
		enum linking_kind kind = t->table->columns[c].is.kind;
		unsigned levels = column_levels(&t->table->columns[c]), first = kind == LINKING_BIRTH      ? 6
										: kind == LINKING_ENCODING ? 5
													   : levels - 1;
		double differs = 0, most = kind == LINKING_BIRTH        ? has_more_than_names(t->table) ? 0.2 : 0.05
					   : kind == LINKING_NHS        ? 0.003
					   : kind == LINKING_IDENTIFIER ? 0.03
					   : kind == LINKING_ENCODING   ? 0.06
									: 1;
		if (kind == LINKING_GIVEN || kind == LINKING_FAMILY)
			bound_names(model->m[c], kind);
		if (kind == LINKING_BIRTH && model->m[c][7] > MOST_GENERATIONS)
			move_share(model->m[c], 7, MOST_GENERATIONS, 6);
		for (unsigned l = first; l < levels; l++)
			differs += model->m[c][l];
		if (differs <= most)
			continue;
		for (unsigned l = 1; l < levels; l++)
			model->m[c][l] *= l < first ? (1 - most) / (1 - differs) : most / differs;
	}
}

static double share_filled(const struct training *t, size_t column)
{
	double share = (double)t->table->columns[column].filled / (double)t->table->count;
	return share < 1 ? share : 1;
}

/* The chance that two strangers have the same name, by bin, if given and family names were independent. */
static void chance_of_names(const struct linking_table *table, double chance[NAME_BINS])
{
	double by_scarcity[2][SCARCITY_MOST + 1] = {{0}};
	const struct column *columns[2] = {&table->columns[table->given], &table->columns[table->family]};
	memset(chance, 0, NAME_BINS * sizeof *chance);
	for (int n = 0; n < 2; n++) {
		double filled = (double)columns[n]->filled;
		for (size_t code = 1; code <= columns[n]->dictionary->values.count; code++) {
			double count = (double)columns[n]->counts[code];
			if (count > 1)
				by_scarcity[n][columns[n]->scarcity[code]] +=
					count * (count - 1) / (filled * (filled - 1));
		}
	}
	for (unsigned g = 0; g <= SCARCITY_MOST; g++) {
		for (unsigned f = 0; f <= SCARCITY_MOST; f++)
			chance[name_bin(g, f)] += by_scarcity[0][g] * by_scarcity[1][f];
	}
}

/* As many pairs by chance are weighed against what a bin shows. Where chance gives hardly any, a few matches
 * in doubt would otherwise make themselves strangers. */
#define LEAN_PAIRS 20.0

/* All pairs whose names agree are candidates; those of strangers are counted against what chance
 * would give. Only pairs with both dates of birth can tell a stranger of the same name from the
 * person. Names swapped agree in both at once. */
static void estimate_names_together(const struct training *t, struct model *model, const double strangers[NAME_BINS])
{
	const struct linking_table *table = t->table;
	if (table->given == LINKING_COLUMNS || table->family == LINKING_COLUMNS)
		return;
	const double *given = model->u[table->given], *family = model->u[table->family];
	double known = share_filled(t, table->given) * share_filled(t, table->family), chance[NAME_BINS], all = 0,
	       seen = 0;
	if (t->birth != LINKING_COLUMNS)
		known *= share_filled(t, t->birth);
	chance_of_names(table, chance);
	chance[0] = (given[1] + given[2] + given[3]) * (family[1] + family[2]) - given[1] * family[1];
	for (unsigned bin = 0; bin < NAME_BINS; bin++) {
		chance[bin] *= t->all_pairs * known * known;
		all += chance[bin];
		seen += strangers[bin] * t->scale;
	}
	double average = (seen + 10) / (all + 10), lean_on = average;
	for (unsigned bin = 0; bin < NAME_BINS; bin++) { /* one with few pairs leans on the next commoner one */
		double together = (strangers[bin] * t->scale + LEAN_PAIRS * lean_on) / (chance[bin] + LEAN_PAIRS);
		model->names_together[bin] = together < 1 ? 1 : together > 200 ? 200 : together;
		lean_on = bin > 0 ? model->names_together[bin] : average;
	}
	model->u[table->given][7] = 2 * given[1] * family[1] * average;
}

/* Whether a name was cut to its initial says nothing of whose it is; the pairs that teach may have it
 * more or less often than the rest. Only how often initials agree where there are any differs by class. */
static void balance_initials(const struct training *t, struct model *model)
{
	size_t given = t->table->given;
	if (given == LINKING_COLUMNS)
		return;
	double *rows[] = {model->m[given], model->h[given], model->n[given]}, *u = model->u[given];
	double wanted = u[4] + u[8];
	for (size_t i = 0; i < 3; i++) {
		double initials = rows[i][4] + rows[i][8];
		for (unsigned l = 1; l < linking_level_count(LINKING_GIVEN); l++)
			rows[i][l] *= l == 4 || l == 8 ? wanted / initials : (1 - wanted) / (1 - initials);
	}
}

static double update(const struct training *t, struct model *model, const struct expected *expected)
{
	double moved = 0;
	bool anchored = expected->anchored_matches >= 500;
	for (size_t c = 0; c < t->table->column_count; c++) {
		const struct column *column = &t->table->columns[c];
		unsigned levels = column_levels(column);
		double before = model->m[c][1], usual_m[LINKING_LEVELS], usual_h[LINKING_LEVELS];
		start_row(usual_m, column, start_m);
		start_row(usual_h, column, start_h);
		maximise(model->m[c], anchored ? expected->anchored_m[c] : expected->m[c], usual_m, levels, 20);
		maximise(model->h[c], expected->h[c],
			 shared_in_household(column_own_kind(column)) ? usual_h : model->u[c], levels, 20);
		moved += fabs(model->m[c][1] - before);
	}
	model->prior_m = (expected->matches + 1) * t->scale / t->all_pairs;
	model->prior_h = model->households ? (expected->housemates + 1) * t->scale / t->all_pairs : 0;
	if (model->pinned_prior > 0)
		model->prior_m = model->pinned_prior;
	if (model->prior_m > 0.5)
		model->prior_m = 0.5;
	if (model->prior_h > 0.25)
		model->prior_h = 0.25;
	bound_matches(t, model);
	correct_u(t, model);
	estimate_names_together(t, model, expected->strangers_of_one_name);
	estimate_namesakes(t, model, expected->anchored_n);
	bound_households(t, model);
	if (model->households && t->table->given != LINKING_COLUMNS)
		learn_namesakes_at_home(t, model, expected->apart);
	balance_initials(t, model);
	model_fix_pinned(model, t->table);
	return moved;
}

void model_train(struct model *model, const struct linking_table *table, const struct pattern_count *counts,
		 size_t count, double scale)
{
	struct training t = {.table = table,
			     .counts = counts,
			     .count = count,
			     .scale = scale,
			     .all_pairs = model->all_pairs,
			     .birth = table->birth};
	struct expected expected;
	memcpy(t.drawn, model->u, sizeof t.drawn);
	model->patterns = count;
	if (t.all_pairs < 1)
		return;
	start_households(&t, model);
	estimate_names_together(&t, model, (const double[NAME_BINS]){0});
	estimate_namesakes(&t, model, NULL);
	bound_households(&t, model);
	model_fix_pinned(model, table);
	for (int i = 0; i < 100; i++) {
		expect(&t, model, &expected);
		if (update(&t, model, &expected) < 1e-5 && i > 5)
			return;
	}
}
