#include "linking/linking_int.h"

/* A weight is at most log2(m / u) summed over the columns, and the rarity: the household's share, and the likelier
 * of two kinds of strangers, only take off. So before all columns are compared, what is left to gain
 * may be too little, and the pair is done. */

/* Roughly, in nanoseconds, by kind; what the values say is often known already. */
static float cost_of(enum linking_kind kind)
{
	switch (kind) {
	case LINKING_SEX:
	case LINKING_SUFFIX:
	case LINKING_SOURCE:
		return 2;
	case LINKING_PLACE:
	case LINKING_ENCODING:
		return 8;
	case LINKING_BIRTH:
		return 10;
	default:
		return 16;
	}
}

/* At most; a value that both have may be the rarest. */
static float gain_of(const struct model *model, const struct linking_table *table, size_t column, unsigned level)
{
	score4 score = model->score[column][level];
	float stranger = score[0] - score[2], namesake = score[0] - score[3];
	float rarity = level == 1 ? table->columns[column].rarity_most : 0;
	return (stranger > namesake ? stranger : namesake) + rarity;
}

/* Names that differ may yet turn out to stand in each other's columns, or to be a middle name. */
static bool may_change(enum linking_kind kind, unsigned level)
{
	return (kind == LINKING_GIVEN || kind == LINKING_FAMILY || kind == LINKING_MIDDLE) && level >= 4;
}

static float most_of(const struct model *model, const struct linking_table *table, size_t column, unsigned level)
{
	float most = gain_of(model, table, column, level);
	if (!may_change(table->columns[column].is.kind, level))
		return most;
	for (unsigned other = 0; other < 16; other++) {
		float gain = gain_of(model, table, column, other);
		if ((other == 0 || other >= 4) && gain > most)
			most = gain;
	}
	return most;
}

/* What strangers lose by the column, for what it costs to compare. */
static float worth(const struct limits *limits, const struct model *model, size_t column, enum linking_kind kind)
{
	float lost = 0;
	for (unsigned level = 1; level < LINKING_LEVELS; level++)
		lost += (float)model->u[column][level] * limits->loss[column][level];
	return lost / cost_of(kind);
}

void model_limits(struct limits *out, const struct model *model, const struct linking_table *table, float least)
{
	float worths[LINKING_COLUMNS];
	*out = (struct limits){.start = model->start_m - model->start_u + 0.01f - least};
	for (size_t c = 0; c < table->column_count; c++) {
		enum linking_kind kind = table->columns[c].is.kind;
		float best = 0;
		if (table->columns[c].not_compared)
			continue;
		for (unsigned level = 1; level < 16; level++)
			best = gain_of(model, table, c, level) > best ? gain_of(model, table, c, level) : best;
		for (unsigned level = 0; level < 16; level++)
			out->loss[c][level] = best - most_of(model, table, c, level);
		out->start += best;
		if (c == table->source)
			continue; /* what sources say is seen when all else is */
		worths[c] = worth(out, model, c, kind);
		size_t at = out->count++;
		for (; at > 0 && worths[out->order[at - 1]] < worths[c]; at--)
			out->order[at] = out->order[at - 1];
		out->order[at] = c;
	}
}
