/* What people ruled, as constraints on rows. */
#include "base/memory.h"
#include "linking/linking_int.h"

#include <stdlib.h>

static int by_rows(const void *a, const void *b)
{
	const struct constraint *x = a, *y = b;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static int by_component(const void *a, const void *b)
{
	const struct constraint *x = a, *y = b;
	if (x->component != y->component)
		return x->component < y->component ? -1 : 1;
	if (x->verdict != y->verdict)
		return x->verdict < y->verdict ? -1 : 1;
	return by_rows(a, b);
}

/* Rows of the keys that have been ruled on: key -> row + 1. */
static void find_rows(struct id_map *rows, const struct linking_table *table, const struct linking_settings *settings)
{
	for (size_t i = 0; i < settings->ruling_count; i++) {
		id_map_put(rows, (uint64_t)settings->rulings[i].a, NULL);
		id_map_put(rows, (uint64_t)settings->rulings[i].b, NULL);
	}
	for (size_t i = 0; i < table->count; i++) {
		if (id_map_get(rows, (uint64_t)table->keys[i]))
			*id_map_put(rows, (uint64_t)table->keys[i], NULL) = (uint64_t)table->row_of[i] + 1;
	}
}

void constraints_make(struct constraints *out, const struct linking_table *table,
		      const struct linking_settings *settings)
{
	struct id_map rows;
	*out = (struct constraints){0};
	if (settings->ruling_count == 0)
		return;
	id_map_init(&rows);
	find_rows(&rows, table, settings);
	out->at = memory_alloc(settings->ruling_count, sizeof *out->at);
	for (size_t i = 0; i < settings->ruling_count; i++) {
		const struct linking_ruling *ruling = &settings->rulings[i];
		uint64_t a = *id_map_get(&rows, (uint64_t)ruling->a), b = *id_map_get(&rows, (uint64_t)ruling->b);
		if (!a || !b || a == b)
			continue;
		out->at[out->count++] = (struct constraint){.a = (uint32_t)((a < b ? a : b) - 1),
							    .b = (uint32_t)((a < b ? b : a) - 1),
							    .verdict = ruling->verdict};
	}
	id_map_release(&rows);
	qsort(out->at, out->count, sizeof *out->at, by_rows);
}

void constraints_by_component(struct constraints *constraints, const uint32_t *component_of)
{
	for (size_t i = 0; i < constraints->count; i++) {
		struct constraint *at = &constraints->at[i];
		bool one = component_of[at->a] == component_of[at->b];
		at->component = one ? component_of[at->a] : UINT32_MAX; /* apart as it is: nobody's, and last */
	}
	if (constraints->count)
		qsort(constraints->at, constraints->count, sizeof *constraints->at, by_component);
}

int constraints_verdict(const struct constraints *constraints, uint32_t a, uint32_t b)
{
	struct constraint wanted = {.a = a < b ? a : b, .b = a < b ? b : a};
	const struct constraint *found = constraints->count ? bsearch(&wanted, constraints->at, constraints->count,
								      sizeof *constraints->at, by_rows)
							    : NULL;
	return found ? (int)found->verdict : -1;
}

void constraints_release(struct constraints *constraints)
{
	free(constraints->at);
}
