/* From what was read to residences, households and their past. */
#include "address/address.h"
#include "base/memory.h"
#include "household/household_rulings.h"
#include "household/household_work.h"
#include "reading/reading.h"
#include "vault/vault.h"

#include <stdlib.h>
#include <time.h>

/* ---- the present ------------------------------------------------------------------------------------------- */

/* Where somebody who has died lived is no present home. */
static void end_with_death(struct work *work)
{
	for (size_t i = 0; i < work->residence_count; i++) {
		struct residence *r = &work->residences[i];
		const struct dweller *dweller = work_dweller(work, r->resident_id);
		if (!dweller || !dweller->dead || r->to != DATE_UNKNOWN)
			continue;
		if (r->current)
			r->to = dweller->died != DATE_UNKNOWN ? dweller->died : r->seen;
		r->current = false;
		r->standing = r->to == DATE_UNKNOWN ? RESIDENCE_DOUBTFUL : RESIDENCE_FORMER;
	}
}

static enum property_use use_of(const struct work *work, int64_t property_id)
{
	const uint64_t *use = id_map_get(&work->uses, (uint64_t)property_id);
	return use ? (enum property_use) * use : USE_HOME;
}

static void list_occupants(struct work *work)
{
	enum { OF_AGE = 18 };
	work->occupants = memory_alloc(work->residence_count + 1, sizeof *work->occupants);
	for (size_t i = 0; i < work->residence_count; i++) {
		const struct residence *r = &work->residences[i];
		const struct dweller *dweller = work_dweller(work, r->resident_id);
		if (!r->current)
			continue;
		struct occupant *o = &work->occupants[work->occupant_count++];
		*o = (struct occupant){.resident_id = r->resident_id,
				       .property_id = r->property_id,
				       .from = r->from,
				       .sources = r->sources,
				       .confidence = r->confidence,
				       .use = use_of(work, r->property_id),
				       .inferred = r->inferred};
		if (!dweller)
			continue;
		memcpy(o->families, dweller->families, sizeof o->families);
		o->child = dweller->born != DATE_UNKNOWN && date_age_in_years(dweller->born, work->today) < OF_AGE;
	}
}

/* ---- who moved together --------------------------------------------------------------------------------------- */

struct earlier { /* a resident of a shared property was at another one before */
	int64_t home, before;
	const struct residence *at;
};

static int compare_earlier(const void *a, const void *b)
{
	const struct earlier *x = a, *y = b;
	if (x->home != y->home)
		return x->home < y->home ? -1 : 1;
	if (x->before != y->before)
		return x->before < y->before ? -1 : 1;
	if (x->at->resident_id != y->at->resident_id)
		return x->at->resident_id < y->at->resident_id ? -1 : 1;
	return (x->at->sequence > y->at->sequence) - (x->at->sequence < y->at->sequence);
}

static bool at_the_same_time(const struct residence *a, const struct residence *b)
{
	return (a->to == DATE_UNKNOWN || b->from == DATE_UNKNOWN || b->from < a->to) &&
	       (b->to == DATE_UNKNOWN || a->from == DATE_UNKNOWN || a->from < b->to);
}

static void add_moved(struct work *work, const struct earlier *all, size_t count)
{
	enum { MOST = 24 }; /* more were not one family there either */
	for (size_t i = 0; count <= MOST && i < count; i++) {
		for (size_t k = i + 1; k < count; k++) {
			if (all[i].at->resident_id == all[k].at->resident_id || !at_the_same_time(all[i].at, all[k].at))
				continue;
			ARRAY_GROW(work->ties, work->tie_count, work->tie_capacity);
			work->ties[work->tie_count++] =
				(struct tie){all[i].at->resident_id, all[k].at->resident_id, TIE_MOVED};
		}
	}
}

/* Those who live at one shared property and were at one place before it. Residences are in order of residents. */
static void find_moved(struct work *work)
{
	struct earlier *all = memory_alloc(work->residence_count + 1, sizeof *all);
	size_t count = 0;
	for (size_t i = 0, end; i < work->residence_count; i = end) {
		const struct residence *home = NULL;
		for (end = i; end < work->residence_count &&
			      work->residences[end].resident_id == work->residences[i].resident_id;
		     end++)
			home = work->residences[end].current ? &work->residences[end] : home;
		for (size_t k = i; home && use_of(work, home->property_id) != USE_HOME && k < end; k++) {
			if (work->residences[k].property_id != home->property_id)
				all[count++] = (struct earlier){home->property_id, work->residences[k].property_id,
								&work->residences[k]};
		}
	}
	if (count)
		qsort(all, count, sizeof *all, compare_earlier);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && all[end].home == all[i].home && all[end].before == all[i].before;
		     end++)
			;
		add_moved(work, all + i, end - i);
	}
	free(all);
}

static void derive_present(struct work *work)
{
	work->residence_count =
		residences_join(&work->residences, work->sightings, work->sighting_count, work->today, &work->learned);
	for (size_t i = 0; i < work->residence_count; i++)
		work->residences[i].shared = use_of(work, work->residences[i].property_id) != USE_HOME;
	work->residence_count = residences_follow(&work->residences, work->residence_count, work->dwellers,
						  work->dweller_count, work->today);
	end_with_death(work);
	find_moved(work);
	list_occupants(work);
	households_make(work->occupants, work->occupant_count, work->ties, work->tie_count);
}

/* ---- the past ------------------------------------------------------------------------------------------------ */

struct present_index {
	struct id_map occupant; /* resident -> number + 1 */
	struct id_map apart;    /* property -> 1 */
};

static void index_present(struct present_index *index, const struct work *work)
{
	id_map_init(&index->occupant);
	id_map_init(&index->apart);
	id_map_reserve(&index->occupant, work->occupant_count);
	for (size_t i = 0; i < work->occupant_count; i++) {
		*id_map_put(&index->occupant, (uint64_t)work->occupants[i].resident_id, NULL) = i + 1;
		if (work->occupants[i].apart)
			*id_map_put(&index->apart, (uint64_t)work->occupants[i].property_id, NULL) = 1;
	}
}

static struct stay stay_of(const struct work *work, const struct present_index *index, const struct residence *r)
{
	const struct dweller *dweller = work_dweller(work, r->resident_id);
	struct stay stay = {.resident_id = r->resident_id,
			    .property_id = r->property_id,
			    .sequence = r->sequence,
			    .from = r->from,
			    .to = r->to,
			    .born = DATE_UNKNOWN,
			    .second = r->standing == RESIDENCE_SECOND,
			    .kind = "family",
			    .certainty = r->confidence >= 0.75 ? "likely" : "uncertain",
			    .why = r->standing == RESIDENCE_SECOND ? "second_home" : "same_address"};
	if (dweller) {
		memcpy(stay.families, dweller->families, sizeof stay.families);
		stay.born = dweller->born;
		stay.died = dweller->dead && r->to != DATE_UNKNOWN && (r->to == dweller->died || r->to == r->seen);
	}
	if (r->current) {
		const uint64_t *number = id_map_get(&index->occupant, (uint64_t)r->resident_id);
		const struct occupant *o = &work->occupants[*number - 1];
		stay.property_id = o->property_id;
		stay.present = o->household;
		stay.kind = o->kind;
		stay.certainty = o->certainty;
		stay.why = o->why;
	}
	stay.apart = use_of(work, stay.property_id) != USE_HOME ||
		     id_map_get(&index->apart, (uint64_t)stay.property_id) != NULL;
	if (!r->current && stay.apart)
		stay.kind = use_of(work, stay.property_id) == USE_INSTITUTION ? "institution" : "shared";
	return stay;
}

static void derive_past(struct work *work)
{
	struct present_index index;
	index_present(&index, work);
	work->stays = memory_alloc(work->residence_count + 1, sizeof *work->stays);
	for (size_t i = 0; i < work->residence_count; i++) {
		const struct residence *r = &work->residences[i];
		bool past = r->standing == RESIDENCE_FORMER && r->to != DATE_UNKNOWN;
		if (r->current || past || r->standing == RESIDENCE_SECOND)
			work->stays[work->stay_count++] = stay_of(work, &index, r);
	}
	id_map_release(&index.occupant);
	id_map_release(&index.apart);
	history_make(&work->history, work->stays, work->stay_count);
}

/* ---- ids ----------------------------------------------------------------------------------------------------- */

static int64_t new_household_id(void *context, int64_t founder, unsigned attempt)
{
	const struct work *work = context;
	const struct stay *stay = &work->history.stays[founder - 1];
	char key[96];
	int len = snprintf(key, sizeof key, "household\x1f%lld\x1f%lld\x1f%u", (long long)stay->resident_id,
			   (long long)stay->property_id, attempt);
	int64_t id = vault_hash64(work->vault, VAULT_CLIENT, text_slice(key, (size_t)len)) & INT64_MAX;
	return id ? id : 1;
}

static int household_was_used(void *context, int64_t id)
{
	const struct work *work = context;
	return id_map_get(&work->used, (uint64_t)id) != NULL;
}

/* How often the resident of stay I was at its property after it. A resident's stays are in order of time. */
static int later_stays_there(const struct stay *stays, size_t count, size_t i)
{
	int later = 0;
	for (size_t k = i + 1; k < count && stays[k].resident_id == stays[i].resident_id && !stays[k].second; k++)
		later += stays[k].property_id == stays[i].property_id;
	return later;
}

/* A household's id stays with the majority of its stays, as a resident's with its records. */
static void assign_ids(struct work *work)
{
	const struct history *h = &work->history;
	int64_t *stays = memory_alloc(h->count + 1, sizeof *stays),
		*before = memory_alloc(h->count + 1, sizeof *before);
	uint32_t *cluster = memory_alloc(h->count + 1, sizeof *cluster);
	size_t count = 0;
	for (size_t i = 0; i < h->count; i++) {
		const struct stay *stay = &h->stays[i];
		if (stay->second)
			continue;
		stays[count] = (int64_t)i + 1;
		cluster[count] = stay->household;
		before[count++] = work_was_in(work, stay->resident_id, stay->property_id,
					      later_stays_there(h->stays, h->count, i));
	}
	struct residents_input input = {.records = stays,
					.cluster = cluster,
					.before = before,
					.count = count,
					.clusters = h->households,
					.new_id = new_household_id,
					.was_used = household_was_used,
					.context = work};
	residents_assign(&work->ids, &input);
	free(stays);
	free(before);
	free(cluster);
}

/* ---- what people ruled --------------------------------------------------------------------------------------- */

static int64_t resident_of_record(const struct work *work, int64_t record_id)
{
	const struct reading_batch *all = &work->reading->all;
	size_t low = 0, high = all->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (all->records[middle] < record_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < all->count && all->records[low] == record_id ? work->resident_of[low] : 0;
}

static void add_rulings(struct work *work, const struct household_rulings *rulings)
{
	for (size_t i = 0; rulings && i < rulings->count; i++) {
		const struct household_ruling *ruling = &rulings->at[i];
		if (ruling->state != HOUSEHOLD_RULING_HOLDS || !ruling->record_a || !ruling->record_b)
			continue;
		int64_t a = resident_of_record(work, ruling->record_a), b = resident_of_record(work, ruling->record_b);
		if (!a || !b || a == b)
			continue;
		ARRAY_GROW(work->ties, work->tie_count, work->tie_capacity);
		work->ties[work->tie_count++] =
			(struct tie){a < b ? a : b, a < b ? b : a, ruling->together ? TIE_TOGETHER : TIE_APART};
	}
}

/* ---- all of it ----------------------------------------------------------------------------------------------- */

static enum status derive(struct work *work, const struct household_rulings *rulings, struct error *error)
{
	enum status status = work_read(work, error);
	if (status != STATUS_OK)
		return status;
	add_rulings(work, rulings);
	derive_present(work);
	derive_past(work);
	assign_ids(work);
	history_tell(&work->history, work->ids.resident);
	status = work_relate(work, error);
	return status == STATUS_OK ? work_write(work, error) : status;
}

static void work_init(struct work *work)
{
	struct id_map *maps[] = {&work->feed_source, &work->feed_ends, &work->uses, &work->was_in, &work->used};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		id_map_init(maps[i]);
	text_map_init(&work->words);
}

void work_release(struct work *work)
{
	struct id_map *maps[] = {&work->feed_source, &work->feed_ends, &work->uses, &work->was_in, &work->used};
	void *arrays[] = {work->resident_of, work->homes,     work->replaced,   work->dwellers,
			  work->ties,        work->sightings, work->residences, work->occupants,
			  work->stays,       work->claims,    work->members,    work->events,
			  work->shared,      work->relations, work->were_in,    work->by_resident};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		id_map_release(maps[i]);
	for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
		free(arrays[i]);
	text_map_release(&work->words);
	history_release(&work->history);
	residents_release(&work->ids);
}

static void report(const struct work *work, struct household_report *out)
{
	out->residences = work->residence_count;
	out->current = work->occupant_count;
	for (size_t i = 0; i < work->home_count; i++)
		out->households += work->homes[i].ended == 0;
	for (size_t i = 0; i < work->ids.event_count; i++) {
		out->began += work->ids.events[i].change == RESIDENT_BEGAN;
		out->ended += work->ids.events[i].change == RESIDENT_ENDED;
	}
}

enum status household_refresh(struct reading *reading, const struct household_rulings *rulings, int64_t run_id,
			      struct household_report *out, struct error *error)
{
	struct timespec start, end;
	struct work work = {.reading = reading, .data = reading->data, .vault = reading->vault, .run_id = run_id};
	memset(out, 0, sizeof *out);
	clock_gettime(CLOCK_MONOTONIC, &start);
	work_init(&work);
	enum status status = address_match_all(reading, error);
	if (status == STATUS_OK)
		status = derive(&work, rulings, error);
	clock_gettime(CLOCK_MONOTONIC, &end);
	report(&work, out);
	out->seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	work_release(&work);
	return status;
}
