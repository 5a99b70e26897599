/* Columns of two files that hold the same under other names: "birth_parish" here, "birth_place" there. Where meaning
 * and header find a column no counterpart, its values may: two columns whose values are distributed alike are one. */
#include "base/map.h"
#include "clean/fold.h"
#include "matching/prepare_int.h"

#include <stdlib.h>

/* Share of two columns' records that have the same value, at most; the least that makes them one. */
static const double ALIKE = 0.3;

struct spread { /* of a column's values: how many records have each */
	struct id_map counts;
	double filled;
};

static bool is_text(enum meaning meaning)
{
	return meaning == MEANING_BIRTH_PLACE || meaning == MEANING_PLACE || meaning == MEANING_REGION ||
	       meaning == MEANING_OCCUPATION || meaning == MEANING_OTHER;
}

static size_t count_of_meaning(const struct source *source, enum meaning meaning)
{
	size_t count = 0;
	for (size_t c = 0; c < source->column_count; c++)
		count += source->columns[c].is.meaning == meaning;
	return count;
}

static bool same_header(struct text a, struct text b)
{
	char x[256], y[256];
	return text_equal(text_slice(x, header_fold(x, sizeof x, a)), text_slice(y, header_fold(y, sizeof y, b)));
}

/* Whether the other file has a column that meets this one by meaning, or by meaning and header where there are
 * several. */
static bool has_partner(const struct source *source, size_t c, const struct source *other)
{
	const struct matching_column *column = &source->columns[c].is;
	bool single = count_of_meaning(source, column->meaning) == 1 && count_of_meaning(other, column->meaning) == 1;
	for (size_t d = 0; d < other->column_count; d++) {
		const struct matching_column *candidate = &other->columns[d].is;
		if (candidate->meaning == column->meaning &&
		    ((single && column->meaning != MEANING_OTHER) || same_header(column->header, candidate->header)))
			return true;
	}
	return false;
}

static void spread_init(struct spread *out, const struct source_column *column, size_t rows)
{
	uint64_t *hashes = memory_alloc(column->count + 1, sizeof *hashes);
	struct buf room;
	char folded[96];
	buf_init(&room, SIZE_MAX / 4);
	for (size_t v = 1; v <= column->count; v++) {
		size_t len = clean_fold(folded, sizeof folded, raw_text(&room, column->values[v], NULL));
		hashes[v] = len ? text_hash(text_slice(folded, len)) : 0;
	}
	*out = (struct spread){0};
	id_map_init(&out->counts);
	for (size_t row = 0; row < rows; row++) {
		if (!hashes[column->codes[row]])
			continue;
		++*id_map_put(&out->counts, hashes[column->codes[row]], NULL);
		out->filled++;
	}
	buf_release(&room);
	free(hashes);
}

static double overlap(const struct spread *a, const struct spread *b)
{
	uint64_t common = 0; /* in whole billionths: in any order the same */
	for (size_t i = 0; i < a->counts.slot_count; i++) {
		const uint64_t *count = a->counts.used[i] ? id_map_get(&b->counts, a->counts.keys[i]) : NULL;
		if (!count)
			continue;
		double x = (double)a->counts.values[i] / a->filled, y = (double)*count / b->filled;
		common += (uint64_t)((x < y ? x : y) * 1e9);
	}
	return (double)common / 1e9;
}

/* The one meaning that says more: a county may be anybody's, a county of birth is the person's. */
static void make_one(struct matching *matching, const struct source *source, struct source_column *a,
		     struct source_column *b)
{
	enum meaning meaning =
		a->is.meaning == MEANING_OTHER || b->is.meaning == MEANING_BIRTH_PLACE ? b->is.meaning : a->is.meaning;
	if (!a->mark.len)
		a->mark = arena_format(&matching->arena, "%.*s", TEXT_ARG(a->is.header));
	b->mark = a->mark;
	a->is.meaning = b->is.meaning = meaning;
	snprintf(b->is.why, sizeof b->is.why, "its values are those of \"%.*s\" in %.*s", TEXT_ARG(a->is.header),
		 TEXT_ARG(source->name));
}

struct candidates {
	size_t column[MOST_COLUMNS];
	struct spread *spreads;
	size_t count;
};

static void candidates_init(struct candidates *out, const struct source *source, const struct source *other)
{
	out->count = 0;
	out->spreads = memory_alloc(source->column_count + 1, sizeof *out->spreads);
	for (size_t c = 0; c < source->column_count && c < MOST_COLUMNS; c++) {
		const struct source_column *column = &source->columns[c];
		if (!is_text(column->is.meaning) || has_partner(source, c, other))
			continue;
		spread_init(&out->spreads[out->count], column, source->rows);
		out->column[out->count++] = c;
	}
}

static void candidates_release(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++)
		id_map_release(&candidates->spreads[i].counts);
	free(candidates->spreads);
}

/* The two most alike first. */
static bool join_best(struct matching *matching, struct source *left, struct source *right, struct candidates *a,
		      struct candidates *b)
{
	double best = ALIKE;
	size_t x = a->count, y = 0;
	for (size_t i = 0; i < a->count; i++) {
		for (size_t k = 0; k < b->count; k++) {
			if (a->spreads[i].filled == 0 || b->spreads[k].filled == 0)
				continue;
			double alike = overlap(&a->spreads[i], &b->spreads[k]);
			if (alike > best) {
				best = alike;
				x = i;
				y = k;
			}
		}
	}
	if (x == a->count)
		return false;
	make_one(matching, left, &left->columns[a->column[x]], &right->columns[b->column[y]]);
	a->spreads[x].filled = b->spreads[y].filled = 0;
	return true;
}

void align_columns(struct matching *matching)
{
	for (size_t s = 1; s < matching->source_count; s++) {
		struct source *right = &matching->sources[s], *left = &matching->sources[0];
		struct candidates *a = memory_alloc(1, sizeof *a), *b = memory_alloc(1, sizeof *b);
		candidates_init(a, left, right);
		candidates_init(b, right, left);
		while (join_best(matching, left, right, a, b))
			;
		candidates_release(a);
		candidates_release(b);
		free(a);
		free(b);
	}
}
