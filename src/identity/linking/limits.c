#include "linking/linking_int.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A weight is at most log2(m / u) summed over the columns, and the rarity: the household's share, and the likelier
 * of two kinds of strangers, only take off. So before all columns are compared, what is left to gain
 * may be too little, and the pair is done. */

/* Roughly, in nanoseconds, by kind; what the values say is often known already. */
static float cost_of(enum linking_kind kind)
{
	switch (kind) {
	case LINKING_SEX:
	case LINKING_SUFFIX:
		return 2;
	case LINKING_PLACE:
	case LINKING_ENCODING:
	case LINKING_ENCODED_CONTACT:
	case LINKING_ENCODED_PLACE:
	case LINKING_BIRTH:
		return 10;
	default:
		return 40;
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

/* What strangers lose by the column, for what it costs to compare. */
static float worth(const struct limits *limits, const struct model *model, size_t column, enum linking_kind kind)
{
	float lost = 0;
	for (unsigned level = 1; level < LINKING_LEVELS; level++)
		lost += (float)model->u[column][level] * (limits->loss[column][level] - limits->least[column]);
	return lost / cost_of(kind);
}

static void set_losses(struct limits *out, const struct model *model, const struct linking_table *table, size_t c)
{
	float best = 0;
	for (unsigned level = 1; level < 16; level++)
		best = gain_of(model, table, c, level) > best ? gain_of(model, table, c, level) : best;
	for (unsigned level = 0; level < 16; level++)
		out->loss[c][level] = best - gain_of(model, table, c, level);
	/* values that are not the same may still come to level 1: an address without its town */
	enum linking_kind kind = table->columns[c].is.kind;
	bool plain = kind == LINKING_SEX || kind == LINKING_SUFFIX || kind == LINKING_PHONE || kind == LINKING_EMAIL ||
		     (kind == LINKING_BIRTH && !table->columns[c].dictionary->unknown_births);
	float same = out->loss[c][1] + table->columns[c].rarity_most;
	out->least[c] = plain ? out->loss[c][2] : same < out->loss[c][0] ? same : out->loss[c][0];
	for (unsigned level = 2; level < column_levels(&table->columns[c]); level++)
		out->least[c] = out->loss[c][level] < out->least[c] ? out->loss[c][level] : out->least[c];
	if (table->columns[c].slots > 1)
		out->least[c] = 0; /* another of its values may be the same */
	out->start += best;
}

static void put_in_order(struct limits *out, const struct model *model, const struct linking_table *table)
{
	float worths[LINKING_COLUMNS];
	for (size_t c = 0; c < table->column_count; c++) {
		/* names are compared first, and what sources say is seen when all else is */
		if (table->columns[c].not_compared || c == table->given || c == table->family || c == table->source)
			continue;
		worths[c] = worth(out, model, c, table->columns[c].is.kind);
		size_t at = out->count++;
		for (; at > 0 && worths[out->order[at - 1]] < worths[c]; at--)
			out->order[at] = out->order[at - 1];
		out->order[at] = c;
	}
}

static float lower(float a, float b)
{
	return a < b ? a : b;
}

/* Given and family names, as they may be when they are seen together: a given name that differs may be a middle
 * name; a part of the other, a name written together with a middle name; both, when they differ, may stand in each
 * other's columns. */
static void set_names(struct limits *out, const struct linking_table *table)
{
	size_t given = table->given, family = table->family;
	for (unsigned g = 0; g < 16; g++) {
		for (unsigned f = 0; f < 16; f++) {
			float loss = given != LINKING_COLUMNS ? out->loss[given][g] : 0;
			if (given != LINKING_COLUMNS && g >= 6 && table->middle != LINKING_COLUMNS)
				loss = lower(loss, out->loss[given][9]);
			if (given != LINKING_COLUMNS && g == 5 && table->middle != LINKING_COLUMNS)
				loss = lower(loss, out->loss[given][2]);
			float of_family = family != LINKING_COLUMNS ? out->loss[family][f] : 0;
			if (family != LINKING_COLUMNS && f == 3 && table->middle != LINKING_COLUMNS)
				of_family = lower(of_family, out->loss[family][2]);
			loss += of_family;
			out->names[g][f] = loss;
			out->crossed[g][f] = loss;
			if (given != LINKING_COLUMNS && family != LINKING_COLUMNS && g >= 6 && f == 4)
				out->crossed[g][f] = lower(loss, out->loss[given][7] + out->loss[family][0]);
		}
	}
}

/* What the codes alone take off, by column: values that are missing, the same, or neither. */
static float loss_by_code(const struct limits *limits, size_t c, bool same, bool missing)
{
	return missing ? limits->loss[c][0] : same ? limits->loss[c][1] : limits->least[c];
}

/* The same by four columns at once. A column's first code tells: where it is missing, the column is. */
static void set_by_codes(struct limits *out, const struct linking_table *table)
{
	out->steps = table->stride / ROW_STEP;
	for (size_t i = 0; i < out->count; i++) {
		size_t c = out->order[i];
		unsigned step = table->columns[c].at / ROW_STEP, lane = table->columns[c].at % ROW_STEP;
		for (unsigned codes = 0; codes < 256; codes++)
			out->by_codes[step][codes] += loss_by_code(out, c, codes >> lane & 1, codes >> (4 + lane) & 1);
	}
}

#ifdef __SSE2__
static inline unsigned compare_step(const uint32_t *a, const uint32_t *b)
{
	__m128i x = _mm_loadu_si128((const __m128i *)a), y = _mm_loadu_si128((const __m128i *)b);
	__m128i same = _mm_cmpeq_epi32(x, y), none = _mm_setzero_si128();
	__m128i missing = _mm_or_si128(_mm_cmpeq_epi32(x, none), _mm_cmpeq_epi32(y, none));
	return (unsigned)_mm_movemask_ps(_mm_castsi128_ps(same)) | (unsigned)_mm_movemask_ps(_mm_castsi128_ps(missing))
									   << 4;
}
#else
static inline unsigned compare_step(const uint32_t *a, const uint32_t *b)
{
	unsigned codes = 0;
	for (unsigned i = 0; i < ROW_STEP; i++)
		codes |= (unsigned)(a[i] == b[i]) << i | (unsigned)(!a[i] || !b[i]) << (4 + i);
	return codes;
}
#endif

float limits_left(const struct limits *limits, const uint32_t *a, const uint32_t *b)
{
	float left = limits->start;
	for (unsigned step = 0; step < limits->steps; step++)
		left -= limits->by_codes[step][compare_step(a + step * ROW_STEP, b + step * ROW_STEP)];
	return left;
}

void model_limits(struct limits *out, const struct model *model, const struct linking_table *table, float least)
{
	*out = (struct limits){.start = model->start_m - model->start_u + 0.01f - least};
	for (size_t c = 0; c < table->column_count; c++) {
		if (!table->columns[c].not_compared)
			set_losses(out, model, table, c);
	}
	put_in_order(out, model, table);
	set_names(out, table);
	set_by_codes(out, table);
}
