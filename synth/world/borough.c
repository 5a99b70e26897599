/* The order in which the borough is made, and its end. */
#include "world_int.h"

const char borough_town[] = "Eastmarsh";

static enum status check_plan(const struct borough_plan *plan, struct error *error)
{
	if (plan->people < 500 || plan->people > 1000000) {
		error_set(error, STATUS_USAGE, "synth.people", "a borough of %u people cannot be made", plan->people);
		error_remedy(error, "give a number from 500 to 1,000,000");
		return STATUS_USAGE;
	}
	if (plan->months < 1 || plan->months > BOROUGH_MONTHS_MOST) {
		error_set(error, STATUS_USAGE, "synth.months", "%u months cannot be made", plan->months);
		error_remedy(error, "give a number from 1 to %d", BOROUGH_MONTHS_MOST);
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

enum status borough_make(struct borough **out, const struct borough_plan *plan, struct error *error)
{
	enum status status = check_plan(plan, error);
	if (status)
		return status;
	struct borough *b = memory_alloc(1, sizeof *b);
	b->plan = *plan;
	arena_init(&b->arena, (size_t)2 << 30);
	world_make_calendar(b);
	*out = b;
	return STATUS_OK;
}

void borough_free(struct borough *b)
{
	if (!b)
		return;
	arena_release(&b->arena);
	free(b);
}
