/* Months and school terms. */
#include "world_int.h"

date borough_month(const struct borough *b, int month)
{
	return date_add_months(b->start, month);
}

int borough_month_of(const struct borough *b, date on)
{
	struct ymd at = date_ymd(on), start = date_ymd(b->start);
	return (at.year - start.year) * 12 + at.month - start.month - (at.day < start.day);
}

/* The three census terms of an English school year, to the usual days. */
static const struct {
	const char *name;
	int from_month, from_day, to_month, to_day;
} school_terms[] = {{"Spring", 1, 6, 4, 4}, {"Summer", 4, 22, 7, 23}, {"Autumn", 9, 3, 12, 20}};

/* Terms that lie wholly within the months: a term is reported when it is over. */
void world_make_calendar(struct borough *b)
{
	b->start = b->plan.start ? b->plan.start : date_of(2023, 4, 1);
	b->end = date_add_months(b->start, (int)b->plan.months);
	int first = date_ymd(b->start).year, last = date_ymd(b->end).year;
	for (int year = first; year <= last; year++) {
		for (size_t i = 0; i < sizeof school_terms / sizeof *school_terms; i++) {
			struct term term = {.from = date_of(year, school_terms[i].from_month, school_terms[i].from_day),
					    .to = date_of(year, school_terms[i].to_month, school_terms[i].to_day)};
			if (term.from < b->start || term.to > b->end || b->term_count == BOROUGH_TERMS_MOST)
				continue;
			term.name = arena_format(&b->arena, "%s %d", school_terms[i].name, year).at;
			b->terms[b->term_count++] = term;
		}
	}
}
