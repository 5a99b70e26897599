/* What a pair of records is worth under a model, and what each part adds to it. */
#include "base/memory.h"
#include "linking/linking_int.h"

#include <math.h>
#include <stdlib.h>

/* Rarity of a value pays where values differ much in how common they are. */
static bool uses_rarity(enum linking_kind kind)
{
	return kind == LINKING_GIVEN || kind == LINKING_MIDDLE || kind == LINKING_FAMILY || kind == LINKING_PLACE ||
	       kind == LINKING_PHONE || kind == LINKING_EMAIL || kind == LINKING_TEXT || kind == LINKING_BIRTH ||
	       kind == LINKING_ENCODED_CONTACT || kind == LINKING_ENCODED_PLACE;
}

static void make_rarity(struct model *model, struct column *column, double u_same, bool wanted)
{
	size_t count = column->dictionary->values.count;
	free(column->rarity);
	column->rarity = memory_alloc(count + 1, sizeof *column->rarity);
	column->rarity_most = 0;
	if (!wanted || !uses_rarity(column_own_kind(column)) || !column_equal_is_best(column))
		return;
	for (size_t code = 1; code <= count; code++) {
		/* a value seen once or twice may be less rare than it looks */
		double frequency = ((double)column->counts[code] + 1) / ((double)column->filled + 1);
		double rarity = log2(u_same / frequency);
		column->rarity[code] = (float)(rarity > 8 ? 8 : rarity);
		if (column->counts[code] > 1 && column->rarity[code] > column->rarity_most)
			column->rarity_most = column->rarity[code];
	}
	model->rarity_most += column->rarity_most;
}

void model_finish(struct model *model, struct linking_table *table, bool rarity)
{
	model->rarity_most = 0;
	for (size_t c = 0; c < table->column_count; c++) {
		for (unsigned l = 1; l < column_levels(&table->columns[c]); l++) {
			model->score[c][l] =
				(score4){(float)log2(model->m[c][l] + 1e-12), (float)log2(model->h[c][l] + 1e-12),
					 (float)log2(model->u[c][l] + 1e-12), (float)log2(model->n[c][l] + 1e-12)};
		}
		make_rarity(model, &table->columns[c], model->u[c][1], rarity && !table->columns[c].plain);
	}
	for (size_t bin = 0; bin < NAME_BINS; bin++)
		model->together[bin] = (float)log2(model->names_together[bin]);
	model->start_m = (float)log2(model->prior_m);
	model->start_h = model->prior_h > 0 ? (float)log2(model->prior_h) : -1000;
	model->start_u = (float)log2(1 - model->prior_m - model->prior_h);
}

/* The rarest value that both have. */
static float rarity_of(const struct column *column, const uint32_t *a, const uint32_t *b)
{
	float most = -100;
	for (unsigned i = 0; i < column->slots && a[column->at + i]; i++) {
		for (unsigned j = 0; j < column->slots && b[column->at + j]; j++) {
			uint32_t code = a[column->at + i];
			if (code == b[column->at + j] && column->rarity[code] > most)
				most = column->rarity[code];
		}
	}
	return most == -100 ? 0 : most;
}

/* log2(2^a + 2^b) */
float add_log2(float a, float b)
{
	float high = a > b ? a : b, low = a > b ? b : a;
	return high - low > 24 ? high : high + log2f(1 + exp2f(low - high));
}

/* Two of one household who share what is a person's own do so by chance, as strangers would, or because a
 * child is called after a parent, or is a twin: then it is no less likely for a rare value. */
static float rarity_at_home(const struct model *model, const struct linking_table *table, size_t c, float rarity)
{
	if (shared_in_household(column_own_kind(&table->columns[c])) || rarity == 0)
		return 0;
	float by_chance = (float)(model->u[c][1] / model->h[c][1]);
	return by_chance >= 1 ? rarity : -log2f(1 - by_chance + by_chance * exp2f(-rarity));
}

/* Strangers of one name are measured by n; and, in a household, the sex of two of one name. */
static score4 level_score(const struct model *model, const struct linking_table *table, size_t c, unsigned level,
			  bool one_name)
{
	score4 score = model->score[c][level];
	if (!one_name)
		return score;
	score[2] = score[3];
	if (table->columns[c].is.kind == LINKING_SEX)
		score[1] = score[3];
	return score;
}

bool model_score(const struct model *model, const struct linking_table *table, const uint32_t *a, const uint32_t *b,
		 uint64_t pattern, float least, struct pair_score *out)
{
	score4 sum = {0, 0, 0, 0};
	bool one_name = model_names_agree(table, pattern), alike = model_names_alike(table, pattern);
	for (size_t c = 0; c < table->column_count; c++)
		sum += level_score(model, table, c, pattern_level(pattern, c), alike);
	float m = sum[0] + model->start_m, h = sum[1] + model->start_h, u = sum[2] + model->start_u;
	if (m - (h > u ? h : u) + model->rarity_most < least)
		return false;
	float rare_h = 0, rare_u = one_name ? -model->together[pattern_name_bin(pattern)] : 0;
	for (size_t c = 0; c < table->column_count; c++) {
		const struct column *column = &table->columns[c];
		if (pattern_level(pattern, c) != 1 || column->rarity_most == 0)
			continue;
		float rarity = rarity_of(column, a, b);
		rare_u += rarity;
		if (model->households)
			rare_h += rarity_at_home(model, table, c, rarity);
	}
	out->weight = m - add_log2(h - rare_h, u - rare_u);
	float against_h = model->prior_h > 0 ? sum[0] - (sum[1] - rare_h) : 1000,
	      against_u = sum[0] - (sum[2] - rare_u);
	out->evidence = against_h < against_u ? against_h : against_u;
	return out->weight >= least;
}

void model_terms(const struct model *model, const struct linking_table *table, const uint32_t *a, const uint32_t *b,
		 uint64_t pattern, score4 terms[LINKING_COLUMNS])
{
	bool one_name = model_names_agree(table, pattern), alike = model_names_alike(table, pattern);
	for (size_t c = 0; c < table->column_count; c++) {
		const struct column *column = &table->columns[c];
		unsigned level = pattern_level(pattern, c);
		terms[c] = level_score(model, table, c, level, alike);
		float rarity = level == 1 && column->rarity_most != 0 ? rarity_of(column, a, b) : 0;
		terms[c][2] -= rarity;
		if (model->households)
			terms[c][1] -= rarity_at_home(model, table, c, rarity);
		if (one_name && c == table->given)
			terms[c][2] += model->together[pattern_name_bin(pattern)];
	}
}
