#include "base/memory.h"
#include "household/household.h"

#include <stdlib.h>

static int compare_sightings(const void *a, const void *b)
{
	const struct sighting *x = a, *y = b;
	if (x->resident_id != y->resident_id)
		return x->resident_id < y->resident_id ? -1 : 1;
	if (x->property_id != y->property_id)
		return x->property_id < y->property_id ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->record_id != y->record_id)
		return x->record_id < y->record_id ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

struct tally {                                                /* over the sightings of one resident at one property */
	unsigned sources, records, open, weakly_open, closed; /* the last three: sources */
	date from, last_open, last_closed;
};

/* The sightings of one source: does it still say so? */
static void count_source(struct tally *tally, const struct sighting *at, size_t count, date today)
{
	bool open = false, weak = false, closed = false;
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || at[i].record_id != at[i - 1].record_id)
			tally->records++;
		if (at[i].from != DATE_UNKNOWN && (tally->from == DATE_UNKNOWN || at[i].from < tally->from))
			tally->from = at[i].from;
		if (at[i].to != DATE_UNKNOWN && at[i].to <= today) {
			closed = true;
			if (tally->last_closed == DATE_UNKNOWN || at[i].to > tally->last_closed)
				tally->last_closed = at[i].to;
			continue;
		}
		open |= at[i].ends;
		weak |= !at[i].ends;
		if (tally->last_open == DATE_UNKNOWN || at[i].from > tally->last_open)
			tally->last_open = at[i].from;
	}
	tally->sources++;
	tally->open += open;
	tally->weakly_open += weak && !open;
	tally->closed += closed && !open;
}

/* Sources that keep an end date and have set it outweigh as many that forgot to. */
static bool has_ended(const struct tally *tally)
{
	if (tally->open + tally->weakly_open == 0)
		return true;
	if (tally->closed == 0)
		return false;
	bool after = tally->last_open == DATE_UNKNOWN || tally->last_closed >= tally->last_open;
	return after && tally->closed > tally->open;
}

static struct residence join_property(const struct sighting *at, size_t count, date today)
{
	struct tally tally = {.from = DATE_UNKNOWN, .last_open = DATE_UNKNOWN, .last_closed = DATE_UNKNOWN};
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && at[end].source == at[i].source; end++)
			;
		count_source(&tally, at + i, end - i, today);
	}
	bool ended = has_ended(&tally);
	date seen = tally.last_open != DATE_UNKNOWN ? tally.last_open : tally.from;
	double agreeing = ended ? tally.sources : tally.open + 0.5 * tally.weakly_open;
	return (struct residence){
		.resident_id = at->resident_id,
		.property_id = at->property_id,
		.from = tally.from,
		.to = ended ? tally.last_closed : DATE_UNKNOWN,
		.seen = seen,
		.sources = tally.sources,
		.records = tally.records,
		.confidence = 1 - 0.5 / (0.5 + agreeing),
	};
}

/* Of what goes on, the one that began last: old addresses go stale, new ones are learned. */
static void choose_current(struct residence *at, size_t count, date today)
{
	struct residence *best = NULL;
	for (size_t i = 0; i < count; i++) {
		struct residence *r = &at[i];
		if (r->to != DATE_UNKNOWN || (r->seen != DATE_UNKNOWN && r->seen > today))
			continue;
		if (!best || r->seen > best->seen || (r->seen == best->seen && r->confidence > best->confidence))
			best = r;
	}
	if (best)
		best->current = true;
	for (size_t i = 0; best && i < count; i++) {
		if (&at[i] != best && at[i].to == DATE_UNKNOWN)
			best->confidence *= 0.8; /* contradicted */
	}
}

size_t residences_join(struct residence **out, struct sighting *sightings, size_t count, date today)
{
	struct residence *all = memory_alloc(count + 1, sizeof *all);
	size_t made = 0, first = 0;
	if (count > 0)
		qsort(sightings, count, sizeof *sightings, compare_sightings);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && sightings[end].resident_id == sightings[i].resident_id &&
				  sightings[end].property_id == sightings[i].property_id;
		     end++)
			;
		if (made > 0 && all[made - 1].resident_id != sightings[i].resident_id) {
			choose_current(all + first, made - first, today);
			first = made;
		}
		all[made++] = join_property(sightings + i, end - i, today);
	}
	choose_current(all + first, made - first, today);
	*out = all;
	return made;
}
