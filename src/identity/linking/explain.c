#include "linking/linking_int.h"

#include <math.h>

static double share_of_rarity(const struct linking_table *table, size_t c, const uint32_t *a, const uint32_t *b)
{
	const struct column *column = &table->columns[c];
	double most = -100;
	for (unsigned i = 0; i < column->slots && a[column->at + i]; i++) {
		for (unsigned j = 0; j < column->slots && b[column->at + j]; j++) {
			if (a[column->at + i] == b[column->at + j] && (double)column->rarity[a[column->at + i]] > most)
				most = (double)column->rarity[a[column->at + i]];
		}
	}
	return most == -100 || column->rarity_most == 0 ? 0 : most;
}

void linking_explain(const struct linking_run *run, size_t first, size_t second, struct linking_explanation *out)
{
	const struct linking_table *table = run->table;
	const struct model *model = &run->model;
	uint32_t row_a = table->row_of[first], row_b = table->row_of[second];
	const uint32_t *a = table_row(table, row_a), *b = table_row(table, row_b);
	struct comparer comparer;
	struct pair_score score;
	memset(out, 0, sizeof *out);
	comparer_init(&comparer, table);
	out->pattern = comparer_pattern(&comparer, a, b);
	comparer_release(&comparer);
	model_score(model, table, a, b, out->pattern, -1000, &score);
	out->weight = (double)score.weight;
	out->probability = model_probability(model, table, out->pattern, out->weight);
	out->prior = log2(model->prior_m / (1 - model->prior_m));
	out->conflict = model_conflict_name(model_conflict(table, out->pattern));
	out->rule = blocks_rule(&run->blocks, row_a, row_b);
	double sum = out->prior;
	bool alike = model_names_alike(table, out->pattern);
	for (size_t c = 0; c < table->column_count; c++) {
		unsigned level = pattern_level(out->pattern, c);
		struct linking_evidence *evidence = &out->evidence[out->count++];
		*evidence = (struct linking_evidence){.column = table->columns[c].is.name,
						      .level = level,
						      .level_name = column_level_name(&table->columns[c], level)};
		if (level == 0)
			continue;
		evidence->m = model->m[c][level];
		evidence->h = model->h[c][level];
		evidence->u = alike ? model->n[c][level] : model->u[c][level];
		evidence->weight = log2(evidence->m / evidence->u) + (level == 1 ? share_of_rarity(table, c, a, b) : 0);
		sum += evidence->weight;
	}
	/* what the likeness of housemates takes off; never adds */
	out->household = out->weight < sum ? out->weight - sum : 0;
}
