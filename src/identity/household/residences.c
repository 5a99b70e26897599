/* What records say of one resident at one property becomes one residence for each time that they lived there. */
#include "household/household_int.h"

#include "base/memory.h"

#include <stdlib.h>

/* Somebody who is reported again after so long a silence had gone and has come back. */
enum { AWAY_DAYS = 180 };

static int compare_places(const struct sighting *x, const struct sighting *y)
{
	if (x->resident_id != y->resident_id)
		return x->resident_id < y->resident_id ? -1 : 1;
	if (x->property_id != y->property_id)
		return x->property_id < y->property_id ? -1 : 1;
	return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static int compare_sightings(const void *a, const void *b)
{
	const struct sighting *x = a, *y = b;
	int order = compare_places(x, y);
	if (order)
		return order;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->record_id != y->record_id)
		return x->record_id < y->record_id ? -1 : 1;
	if (x->feed_no != y->feed_no)
		return x->feed_no < y->feed_no ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static int compare_starts(const void *a, const void *b)
{
	const struct sighting *const *x = a, *const *y = b;
	if ((*x)->from != (*y)->from)
		return (*x)->from < (*y)->from ? -1 : 1;
	return compare_sightings(*x, *y);
}

/* The end before the beginning: of such a row the end is believed, which was entered later. */
static void mend_dates(struct sighting *at)
{
	if (at->to != DATE_UNKNOWN && at->from != DATE_UNKNOWN && at->to < at->from)
		at->from = at->to;
}

/* Of one resident at one property: counts the times that they came back. Returns whether there are several. */
static bool number_times(struct sighting *at, size_t count)
{
	date first_end = DATE_UNKNOWN, last_start = DATE_UNKNOWN;
	for (size_t i = 0; i < count; i++) {
		if (at[i].to != DATE_UNKNOWN && (first_end == DATE_UNKNOWN || at[i].to < first_end))
			first_end = at[i].to;
		last_start = at[i].from > last_start ? at[i].from : last_start;
	}
	if (first_end == DATE_UNKNOWN || last_start == DATE_UNKNOWN || last_start - first_end <= AWAY_DAYS)
		return false;
	struct sighting **sorted = memory_alloc(count, sizeof *sorted);
	int sequence = 1;
	date until = DATE_UNKNOWN;
	for (size_t i = 0; i < count; i++)
		sorted[i] = &at[i];
	qsort(sorted, count, sizeof *sorted, compare_starts);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && until != DATE_UNKNOWN && sorted[i]->from != DATE_UNKNOWN &&
		    sorted[i]->from - until > AWAY_DAYS) {
			sequence++;
			until = sorted[i]->to;
		} else if (i == 0 ||
			   (until != DATE_UNKNOWN && (sorted[i]->to == DATE_UNKNOWN || sorted[i]->to > until)))
			until = sorted[i]->to;
		sorted[i]->sequence = sequence;
	}
	free(sorted);
	return sequence > 1;
}

static size_t end_of_place(const struct sighting *sightings, size_t count, size_t first)
{
	size_t end = first + 1;
	while (end < count && compare_places(&sightings[end], &sightings[first]) == 0)
		end++;
	return end;
}

/* They mostly come by resident: then each resident's few are sorted by themselves, in a fraction of the time. */
static void sort_sightings(struct sighting *sightings, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (sightings[i].resident_id < sightings[i - 1].resident_id) {
			qsort(sightings, count, sizeof *sightings, compare_sightings);
			return;
		}
	}
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && sightings[end].resident_id == sightings[i].resident_id; end++)
			;
		if (end - i > 1)
			qsort(sightings + i, end - i, sizeof *sightings, compare_sightings);
	}
}

static void put_in_order(struct sighting *sightings, size_t count)
{
	bool several = false;
	for (size_t i = 0; i < count; i++) {
		sightings[i].sequence = 1;
		mend_dates(&sightings[i]);
	}
	sort_sightings(sightings, count);
	for (size_t i = 0, end; i < count; i = end) {
		end = end_of_place(sightings, count, i);
		several |= number_times(sightings + i, end - i);
	}
	if (several)
		sort_sightings(sightings, count);
}

/* ---- one residence ------------------------------------------------------------------------------------ */

struct tally {                                                /* over the sightings of one resident at one property */
	unsigned sources, records, open, weakly_open, closed; /* the last three: sources */
	date from, last_open, last_closed, seen;
	date left; /* the newest end that a source tells, rather than just no longer naming them */
};

static date later(date a, date b)
{
	return a > b ? a : b; /* DATE_UNKNOWN is before all days */
}

/* The sightings of one source: does it still say so? */
static void count_source(struct tally *tally, const struct sighting *at, size_t count, date today)
{
	bool open = false, weak = false, closed = false;
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || at[i].record_id != at[i - 1].record_id)
			tally->records++;
		if (at[i].from != DATE_UNKNOWN && (tally->from == DATE_UNKNOWN || at[i].from < tally->from))
			tally->from = at[i].from;
		tally->seen = later(tally->seen, later(at[i].from, at[i].seen));
		if (at[i].to != DATE_UNKNOWN && at[i].to <= today) {
			closed = true;
			tally->left = at[i].vanished ? tally->left : later(tally->left, at[i].to);
			tally->last_closed = later(tally->last_closed, at[i].to);
			continue;
		}
		open |= at[i].ends;
		weak |= !at[i].ends;
		tally->last_open = later(tally->last_open, at[i].from);
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
	struct tally tally = {
		.from = DATE_UNKNOWN, .last_open = DATE_UNKNOWN, .last_closed = DATE_UNKNOWN, .seen = DATE_UNKNOWN};
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && at[end].source == at[i].source; end++)
			;
		count_source(&tally, at + i, end - i, today);
	}
	bool ended = has_ended(&tally);
	double agreeing = ended ? tally.sources : tally.open + 0.5 * tally.weakly_open;
	return (struct residence){
		.resident_id = at->resident_id,
		.property_id = at->property_id,
		.sequence = at->sequence,
		.from = tally.from,
		.to = ended ? tally.last_closed : DATE_UNKNOWN,
		.said = tally.last_open != DATE_UNKNOWN ? tally.last_open : tally.from,
		.seen = tally.seen,
		.sources = tally.sources,
		.records = tally.records,
		.standing = ended ? RESIDENCE_FORMER : RESIDENCE_DOUBTFUL,
		.open = tally.open + tally.weakly_open > 0,
		.kept = tally.open > 0,
		.left = tally.left,
		.vanished = ended && tally.left == DATE_UNKNOWN,
		.confidence = 1 - 0.5 / (0.5 + agreeing),
	};
}

size_t residences_join(struct residence **out, struct sighting *sightings, size_t count, date today,
		       struct address_learned *learned)
{
	struct residence *all = memory_alloc(count + 1, sizeof *all);
	struct address_learned own;
	size_t made = 0;
	put_in_order(sightings, count);
	for (size_t i = 0, end; i < count; i = end) {
		end = end_of_place(sightings, count, i);
		all[made] = join_property(sightings + i, end - i, today);
		all[made].first = i;
		all[made++].count = end - i;
	}
	residences_weigh(all, made, sightings, today, learned ? learned : &own);
	*out = all;
	return made;
}

const char *residence_standing_name(enum residence_standing standing)
{
	static const char *const names[] = {"main", "second", "doubtful", "former"};
	return names[standing];
}
