/* Columns that follow from others: who was born in one parish was born in one county. That two records agree in both
 * is one agreement, and counted twice it makes of strangers of one village one person.
 *
 * B is nested in A when records that have the same A have the same B, nearly always. Only values of A that many
 * records have are looked at: a few may be of one person, who has all the same. */
#include "base/map.h"
#include "linking/linking_int.h"

enum { LOOKED_AT = 100000, MANY = 10 };
/* The chance that two records of one A have one B; and the least that is told by so many pairs of records. */
static const double NESTED = 0.8, FEWEST_PAIRS = 1000;

static double pairs_of(uint64_t records)
{
	return (double)records * (double)(records - 1) / 2;
}

static bool is_nested(const struct linking_table *table, const struct column *inner, const struct column *outer)
{
	struct id_map of_outer, of_both;
	size_t step = table->count / LOOKED_AT + 1;
	double all = 0, same = 0;
	id_map_init(&of_outer);
	id_map_init(&of_both);
	for (size_t i = 0; i < table->count; i += step) {
		const uint32_t *row = table_row(table, (uint32_t)i);
		if (!row[outer->at] || !row[inner->at])
			continue;
		++*id_map_put(&of_outer, row[outer->at], NULL);
		++*id_map_put(&of_both, (uint64_t)row[outer->at] << 32 | row[inner->at], NULL);
	}
	for (size_t i = 0; i < of_both.slot_count; i++) {
		if (!of_both.used[i] || *id_map_get(&of_outer, of_both.keys[i] >> 32) < MANY)
			continue;
		same += pairs_of(of_both.values[i]);
	}
	for (size_t i = 0; i < of_outer.slot_count; i++) {
		if (of_outer.used[i] && of_outer.values[i] >= MANY)
			all += pairs_of(of_outer.values[i]);
	}
	id_map_release(&of_outer);
	id_map_release(&of_both);
	return all >= FEWEST_PAIRS && same >= NESTED * all;
}

void table_find_nesting(struct linking_table *table)
{
	for (size_t c = 0; c < table->column_count; c++) {
		struct column *inner = &table->columns[c];
		for (size_t o = 0; o < table->column_count && inner->is.kind == LINKING_TEXT; o++) {
			const struct column *outer = &table->columns[o];
			if (o != c && outer->is.kind == LINKING_TEXT && !inner->not_compared && !outer->not_compared &&
			    is_nested(table, inner, outer))
				inner->nested_in |= UINT32_C(1) << o;
		}
		table->any_nested |= inner->nested_in != 0;
	}
}
