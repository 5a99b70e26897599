/* Which rows fall due in which month, and what was there before the first. */
#include "feeds_int.h"

void due_add(const struct writer *w, struct due_list *list, date on, uint32_t a, uint32_t b, unsigned what)
{
	int month = borough_month_of(w->b, on);
	if (month >= (int)w->b->plan.months)
		return;
	ARRAY_GROW(list->at, list->count, list->capacity);
	list->at[list->count++] = (struct due){a, b, (uint16_t)(month < 0 ? 0 : month), (uint16_t)what};
}

void due_add_spell(const struct writer *w, struct due_list *list, date from, date to, date forget, uint32_t a,
		   uint32_t b, unsigned what)
{
	if (to != DATE_UNKNOWN && to < forget)
		return;
	due_add(w, list, from, a, b, what);
	if (to != DATE_UNKNOWN)
		due_add(w, list, to < from ? from : to, a, b, what);
}

static bool same_due(const struct due *a, const struct due *b)
{
	return a->month == b->month && a->a == b->a && a->b == b->b && a->what == b->what;
}

void due_sort(struct due_list *list, unsigned months)
{
	struct due *sorted = memory_alloc(list->count + 1, sizeof *sorted);
	size_t count[BOROUGH_MONTHS_MOST + 2] = {0};
	for (size_t i = 0; i < list->count; i++)
		count[list->at[i].month + 1]++;
	for (unsigned m = 0; m < months; m++)
		count[m + 1] += count[m];
	for (size_t i = 0; i < list->count; i++)
		sorted[count[list->at[i].month]++] = list->at[i];
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) { /* twins were added one after the other */
		bool again = false;
		for (size_t back = 1; back <= 8 && back <= kept && !again; back++)
			again = same_due(&sorted[kept - back], &sorted[i]);
		if (!again)
			sorted[kept++] = sorted[i];
	}
	free(list->at);
	list->at = sorted;
	list->count = kept;
	size_t at = 0;
	for (unsigned m = 0; m <= months; m++) {
		while (at < kept && list->at[at].month < m)
			at++;
		list->month_at[m] = at;
	}
}

void due_release(struct due_list *list)
{
	free(list->at);
	*list = (struct due_list){0};
}

void due_write(struct writer *w, struct due_list *list, void (*row)(struct writer *, const struct due *))
{
	unsigned months = w->b->plan.months;
	due_sort(list, months);
	for (unsigned m = 0; m < months && !w->status; m++) {
		writer_open(w, m, writer_month_end(w, m));
		for (size_t i = list->month_at[m]; i < list->month_at[m + 1]; i++)
			row(w, &list->at[i]);
		writer_close(w);
	}
	due_release(list);
}

/* ---- history ---- */

double history_rate(const struct borough *b, uint32_t person, double base, double stress, double trait)
{
	struct random r;
	random_start(&r, b->plan.seed, STREAM_HISTORY_TRAIT, person, 0);
	double need = borough_need(b, person, NEED_FINANCIAL_STRESS, 0);
	return base * (1 + stress * need) * (1 - trait + trait * random_gamma(&r, 2.0, 0.5));
}

date history_day(const struct borough *b, uint32_t person, uint32_t number, date since)
{
	struct random r;
	random_start(&r, b->plan.seed, STREAM_HISTORY_TRAIT, person, 1 + number);
	date day = since + (int)random_below(&r, (uint32_t)(b->start - since));
	return borough_lives_here(b, person, day) ? day : DATE_UNKNOWN;
}
