/* The order in which the borough is made, and its end. */
#include "base/progress.h"
#include "base/threads.h"
#include "world_int.h"

#include <assert.h>

const char borough_town[] = "Eastmarsh";

static enum status check_plan(const struct borough_plan *plan, struct error *error)
{
	if (plan->people < 500 || plan->people > 700000) {
		error_set(error, STATUS_USAGE, "synth.people", "a borough of %u people cannot be made", plan->people);
		error_remedy(error, "give a number from 500 to 700,000 (test NHS numbers run out beyond)");
		return STATUS_USAGE;
	}
	if (plan->months < 1 || plan->months > BOROUGH_MONTHS_MOST) {
		error_set(error, STATUS_USAGE, "synth.months", "%u months cannot be made", plan->months);
		error_remedy(error, "give a number from 1 to %d", BOROUGH_MONTHS_MOST);
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

/* Steps that share no factor with the range they walk, so that every number comes up once. */
static void choose_number_walks(struct world *w)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_PERSON, 0, 0);
	w->nhs_step = 10 * (uint64_t)random_between(&r, 20000, 49999) + 7; /* ends in 7: odd, and not of 5 */
	w->ni_step = 10 * (uint64_t)random_between(&r, 200000, 399999) + 3;
}

static void make_places(struct world *w)
{
	world_make_calendar(w->b);
	w->today = w->b->start;
	world_make_wards(w);
	world_make_areas(w);
	world_make_streets(w);
	world_make_dwellings(w);
	world_make_places(w);
	schools_list(w);
}

static void lives_month(struct world *w)
{
	uint32_t people = (uint32_t)w->b->person_count;
	for (uint32_t i = 0; i < people; i++) {
		if (person_is_here(w, i)) {
			school_month(w, i);
			adult_month(w, i);
			care_month(w, i);
			home_events_month(w, i);
		}
		if (person_is_here(w, i) || w->lives[i].open[SPELL_LOOKED_AFTER] != NOTHING)
			children_month(w, i);
		if (person_is_here(w, i))
			housing_month(w, i);
	}
}

static void terms_that_ended(struct world *w)
{
	for (unsigned t = 0; t < w->b->term_count; t++)
		if (borough_month_of(w->b, w->b->terms[t].to) == w->month)
			school_term(w, t);
}

static void one_month(struct world *w)
{
	w->today = borough_month(w->b, w->month);
	vacancies_let(w);
	needs_month(w);
	hazards_month(w);
	lives_month(w);
	terms_that_ended(w);
	demography_month(w);
	money_month(w);
}

static void world_release(struct world *w)
{
	for (int i = 0; i < STOCK_NONE; i++)
		free(w->vacant[i].at);
	for (size_t i = 0; w->traditions && i < w->b->area_count; i++)
		alias_release(&w->traditions[i]);
	free(w->emptied.at);
	free(w->traditions);
	free(w->lives);
	free(w->vacancy_at);
	free(w->free_places);
	free(w->account_stage);
	free(w->schools[0]);
	free(w->schools[1]);
	free(w->foster_homes);
	free(w->next_upn);
}

enum status borough_make(struct borough **out, const struct borough_plan *plan, struct error *error)
{
	enum status status = check_plan(plan, error);
	if (status)
		return status;
	bool names_read = names_load();
	assert(names_read);
	(void)names_read;
	struct borough *b = memory_alloc(1, sizeof *b);
	struct world w = {.b = b, .month = -1, .threads = plan->threads ? plan->threads : threads_available()};
	b->plan = *plan;
	arena_init(&b->arena, (size_t)2 << 30);
	choose_number_walks(&w);
	w.next_upn = memory_alloc(10000, sizeof *w.next_upn);
	make_places(&w);
	world_settle(&w);
	for (int stock = 0; stock < STOCK_NONE; stock++)
		w.spare_homes[stock] = w.vacant[stock].count * 2 / 3;
	struct progress progress;
	progress_start(&progress, "Living in Eastmarsh", "months", plan->months);
	for (w.month = 0; w.month < (int)plan->months; w.month++) {
		one_month(&w);
		progress_add(&progress, 1);
	}
	w.month = (int)plan->months - 1;
	world_finish(&w);
	progress_end(&progress);
	world_release(&w);
	*out = b;
	return STATUS_OK;
}

void borough_free(struct borough *b)
{
	if (!b)
		return;
	void *const arrays[] = {b->areas,   b->streets,  b->postcodes,  b->properties,  b->addresses,     b->places,
				b->persons, b->names,    b->households, b->residences,  b->relationships, b->spells,
				b->events,  b->accounts, b->balances,   b->attendances, b->hazards,       b->needs};
	for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
		free(arrays[i]);
	arena_release(&b->arena);
	free(b);
}
