/* What was derived, as rows: only those that differ are written. */
#include "household/household_work.h"

#include "base/memory.h"
#include "store/difference.h"

#include <stdlib.h>

/* ---- rows to be ---------------------------------------------------------------------------------------------- */

static void merge_claim(struct claim *claim, const struct sighting *at)
{
	if (at->from != DATE_UNKNOWN && (claim->from == DATE_UNKNOWN || at->from < claim->from))
		claim->from = at->from;
	if (at->to == DATE_UNKNOWN || (claim->to != DATE_UNKNOWN && at->to > claim->to))
		claim->to = at->to;
	if (at->seen > claim->seen)
		claim->seen = at->seen;
}

/* Sightings of a residence are in order of record and feed. */
static void list_claims(struct work *work)
{
	work->claims = memory_alloc(work->sighting_count + 1, sizeof *work->claims);
	for (size_t r = 0; r < work->residence_count; r++) {
		const struct residence *residence = &work->residences[r];
		for (size_t i = residence->first; i < residence->first + residence->count; i++) {
			const struct sighting *at = &work->sightings[i];
			struct claim *last = work->claim_count ? &work->claims[work->claim_count - 1] : NULL;
			if (i > residence->first && last->record_id == at->record_id && last->feed_no == at->feed_no) {
				merge_claim(last, at);
				continue;
			}
			work->claims[work->claim_count++] = (struct claim){.resident_id = at->resident_id,
									   .property_id = at->property_id,
									   .record_id = at->record_id,
									   .sequence = residence->sequence,
									   .feed_no = at->feed_no,
									   .from = at->from,
									   .to = at->to,
									   .seen = at->seen};
		}
	}
}

static struct home *home_of(struct work *work, int64_t id)
{
	uint64_t *number = id_map_put(&work->used, (uint64_t)id, NULL);
	if (*number == 0) {
		ARRAY_GROW(work->homes, work->home_count, work->home_capacity);
		work->homes[work->home_count] = (struct home){.id = id, .since = work->run_id};
		*number = ++work->home_count;
	}
	return &work->homes[*number - 1];
}

static void add_stay_to_home(struct home *home, const struct stay *stay, bool first)
{
	bool goes_on = stay->to == DATE_UNKNOWN;
	if (first || stay->from < home->from)
		home->from = stay->from;
	if (first || goes_on || (home->to != DATE_UNKNOWN && stay->to > home->to)) {
		home->property_id = stay->property_id; /* where they are, or were last */
		home->kind = stay->kind;
		home->to = stay->to;
	}
}

/* Rows are written in the order of their tables' keys: a table that is filled at random costs several times as much. */
static int compare_homes(const void *a, const void *b)
{
	const struct home *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static int compare_members(const void *a, const void *b)
{
	const struct membership *x = a, *y = b;
	if (x->household_id != y->household_id)
		return x->household_id < y->household_id ? -1 : 1;
	if (x->resident_id != y->resident_id)
		return x->resident_id < y->resident_id ? -1 : 1;
	return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static int compare_told(const void *a, const void *b)
{
	const struct told_event *x = a, *y = b;
	if (x->household_id != y->household_id)
		return x->household_id < y->household_id ? -1 : 1;
	return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

/* Sorts the homes: their numbers in `used` are good no longer. */
static void list_homes(struct work *work)
{
	size_t before = work->home_count;
	unsigned char *lives = memory_alloc(work->history.households + 1, 1);
	struct id_map live;
	id_map_init(&live);
	for (size_t i = 0; i < work->history.count; i++) {
		const struct stay *stay = &work->history.stays[i];
		if (stay->second)
			continue;
		int64_t id = work->ids.resident[stay->household];
		add_stay_to_home(home_of(work, id), stay, !lives[stay->household]);
		lives[stay->household] = 1;
		*id_map_put(&live, (uint64_t)id, NULL) = 1;
	}
	for (size_t i = 0; i < work->home_count; i++) {
		struct home *home = &work->homes[i];
		bool derived = i >= before || id_map_get(&live, (uint64_t)home->id);
		if (derived && home->to == DATE_UNKNOWN) {
			home->ended = 0;
			continue;
		}
		if (!derived && !home->ended)
			home->to = work->today;
		if (!home->ended)
			home->ended = work->run_id;
	}
	id_map_release(&live);
	free(lives);
	if (work->home_count)
		qsort(work->homes, work->home_count, sizeof *work->homes, compare_homes);
}

static void list_members(struct work *work)
{
	struct id_map times; /* of a resident in a household */
	id_map_init(&times);
	work->members = memory_alloc(work->history.count + 1, sizeof *work->members);
	for (size_t i = 0; i < work->history.count; i++) {
		const struct stay *stay = &work->history.stays[i];
		if (stay->household == NO_HOUSEHOLD)
			continue;
		int64_t household = work->ids.resident[stay->household];
		uint64_t *sequence = id_map_put(&times, work_stay_key(stay->resident_id, household), NULL);
		work->members[work->member_count++] = (struct membership){.household_id = household,
									  .resident_id = stay->resident_id,
									  .property_id = stay->property_id,
									  .sequence = (int)++*sequence,
									  .from = stay->from,
									  .to = stay->to,
									  .certainty = stay->certainty,
									  .why = stay->why};
	}
	id_map_release(&times);
	if (work->member_count)
		qsort(work->members, work->member_count, sizeof *work->members, compare_members);
}

static void add_replaced(struct work *work, int64_t household_id, int64_t other_id, date on)
{
	work->events[work->event_count++] = (struct told_event){
		.household_id = household_id, .other_id = other_id, .sequence = 1, .on = on, .what = "replaced"};
}

static void list_events(struct work *work)
{
	const struct history *h = &work->history;
	struct id_map live, told;
	id_map_init(&live);
	id_map_init(&told);
	work->events =
		memory_alloc(h->event_count + work->replaced_count + work->ids.event_count + 1, sizeof *work->events);
	for (size_t i = 0; i < h->event_count; i++) {
		const struct household_event *event = &h->events[i];
		bool first = i == 0 || h->events[i - 1].household != event->household;
		int sequence = first ? 1 : work->events[work->event_count - 1].sequence + 1;
		work->events[work->event_count++] = (struct told_event){work->ids.resident[event->household],
									event->resident_id,
									event->other_household_id,
									event->property_id,
									sequence,
									event->on,
									event->what};
		*id_map_put(&live, (uint64_t)work->ids.resident[event->household], NULL) = 1;
	}
	for (size_t i = 0; i < work->ids.event_count; i++) {
		const struct resident_event *event = &work->ids.events[i];
		if (event->change != RESIDENT_ENDED || id_map_get(&live, (uint64_t)event->resident_id))
			continue;
		add_replaced(work, event->resident_id, event->other, work->today);
		*id_map_put(&told, (uint64_t)event->resident_id, NULL) = 1;
	}
	for (size_t i = 0; i < work->replaced_count; i++) {
		const struct replaced *old = &work->replaced[i];
		if (!id_map_get(&live, (uint64_t)old->household_id) && !id_map_get(&told, (uint64_t)old->household_id))
			add_replaced(work, old->household_id, old->other_id, old->on);
	}
	id_map_release(&live);
	id_map_release(&told);
	if (work->event_count)
		qsort(work->events, work->event_count, sizeof *work->events, compare_told);
}

/* A family name, rather than a claim or tenancy; 0: none is known. */
static uint64_t first_name(const struct occupant *o)
{
	for (int i = 0; i < HOUSEHOLD_FAMILIES && o->families[i]; i++) {
		if (!(o->families[i] & 1))
			return o->families[i];
	}
	return 0;
}

/* Occupants are in order of property. */
static void list_shared(struct work *work)
{
	struct id_map seen; /* households and family names, by property */
	id_map_init(&seen);
	work->shared = memory_alloc(work->occupant_count + 1, sizeof *work->shared);
	for (size_t i = 0; i < work->occupant_count; i++) {
		const struct occupant *o = &work->occupants[i];
		struct shared *last = work->shared_count ? &work->shared[work->shared_count - 1] : NULL;
		bool is_new;
		if (!o->apart)
			continue;
		if (!last || last->property_id != o->property_id) {
			last = &work->shared[work->shared_count++];
			*last = (struct shared){.property_id = o->property_id,
						.use = o->use == USE_INSTITUTION ? USE_INSTITUTION : USE_SHARED,
						.why = o->apart};
		}
		last->people++;
		id_map_put(&seen, hash_mix((uint64_t)o->property_id) ^ hash_mix(o->household + UINT64_C(1)), &is_new);
		last->households += is_new;
		uint64_t name = first_name(o);
		if (!name)
			continue;
		id_map_put(&seen, hash_mix((uint64_t)o->property_id + 1) ^ name, &is_new);
		last->families += is_new;
	}
	id_map_release(&seen);
}

/* ---- cells --------------------------------------------------------------------------------------------------- */

static struct cell cell_date(date d)
{
	return d == DATE_UNKNOWN ? cell_null() : cell_int(d);
}

static struct cell cell_id(int64_t id)
{
	return id ? cell_int(id) : cell_null();
}

static void give_residence(const void *context, size_t row, struct cell *cells)
{
	const struct residence *r = &((const struct work *)context)->residences[row];
	cells[0] = cell_int(r->resident_id);
	cells[1] = cell_int(r->property_id);
	cells[2] = cell_int(r->sequence);
	cells[3] = cell_date(r->from);
	cells[4] = cell_date(r->to);
	cells[5] = cell_int(r->sources);
	cells[6] = cell_int(r->records);
	cells[7] = cell_double(r->confidence);
	cells[8] = cell_text(text_of(residence_standing_name(r->standing)));
	cells[9] = cell_date(r->seen);
}

static void give_claim(const void *context, size_t row, struct cell *cells)
{
	const struct claim *claim = &((const struct work *)context)->claims[row];
	cells[0] = cell_int(claim->resident_id);
	cells[1] = cell_int(claim->property_id);
	cells[2] = cell_int(claim->sequence);
	cells[3] = cell_int(claim->record_id);
	cells[4] = cell_int(claim->feed_no);
	cells[5] = cell_date(claim->from);
	cells[6] = cell_date(claim->to);
	cells[7] = cell_date(claim->seen);
}

static void give_home(const void *context, size_t row, struct cell *cells)
{
	const struct home *home = &((const struct work *)context)->homes[row];
	cells[0] = cell_int(home->id);
	cells[1] = cell_int(home->property_id);
	cells[2] = cell_text(text_of(home->kind));
	cells[3] = cell_date(home->from);
	cells[4] = cell_date(home->to);
	cells[5] = cell_int(home->since);
	cells[6] = cell_id(home->ended);
}

static void give_membership(const void *context, size_t row, struct cell *cells)
{
	const struct membership *member = &((const struct work *)context)->members[row];
	cells[0] = cell_int(member->household_id);
	cells[1] = cell_int(member->resident_id);
	cells[2] = cell_int(member->sequence);
	cells[3] = cell_int(member->property_id);
	cells[4] = cell_date(member->from);
	cells[5] = cell_date(member->to);
	cells[6] = cell_text(text_of(member->certainty));
	cells[7] = cell_text(text_of(member->why));
}

static void give_event(const void *context, size_t row, struct cell *cells)
{
	const struct told_event *event = &((const struct work *)context)->events[row];
	cells[0] = cell_int(event->household_id);
	cells[1] = cell_int(event->sequence);
	cells[2] = cell_date(event->on);
	cells[3] = cell_text(text_of(event->what));
	cells[4] = cell_id(event->resident_id);
	cells[5] = cell_id(event->other_id);
	cells[6] = cell_id(event->property_id);
}

static void give_relation(const void *context, size_t row, struct cell *cells)
{
	const struct relation *relation = &((const struct work *)context)->relations[row];
	cells[0] = cell_int(relation->resident_id);
	cells[1] = cell_int(relation->other_id);
	cells[2] = cell_int(relation->feed_no);
	cells[3] = cell_text(text_of(relation->kind));
	cells[4] = cell_date(relation->from);
	cells[5] = cell_date(relation->to);
	cells[6] = cell_int(relation->record_id);
	cells[7] = cell_int(relation->other_record_id);
}

static void give_shared(const void *context, size_t row, struct cell *cells)
{
	const struct shared *shared = &((const struct work *)context)->shared[row];
	cells[0] = cell_int(shared->property_id);
	cells[1] = cell_text(shared->use == USE_INSTITUTION ? TEXT("institution") : TEXT("shared"));
	cells[2] = cell_text(text_of(shared->why));
	cells[3] = cell_int(shared->people);
	cells[4] = cell_int(shared->households);
	cells[5] = cell_int(shared->families);
}

/* ---- what was learned, kept by the run in which it changed --------------------------------------------------- */

struct learned_row {
	unsigned source, kind, age;
};

struct learned_rows {
	const struct work *work;
	struct learned_row rows[ADDRESS_SOURCES * STATEMENT_KINDS * STATEMENT_AGES];
	size_t count;
};

static void give_learned(const void *context, size_t row, struct cell *cells)
{
	const struct learned_rows *learned = context;
	const struct learned_row *r = &learned->rows[row];
	const struct address_learned *all = &learned->work->learned;
	cells[0] = cell_int(learned->work->run_id);
	cells[1] = cell_int(r->source);
	cells[2] = cell_int(r->kind);
	cells[3] = cell_int(r->age);
	cells[4] = cell_int(all->statements[r->source][r->kind][r->age]);
	cells[5] = cell_double(all->agreed[r->source][r->kind][r->age]);
	cells[6] = cell_double(all->share[r->source][r->kind][r->age]);
}

static void list_learned(struct learned_rows *out)
{
	const struct address_learned *all = &out->work->learned;
	for (unsigned s = 0; s < ADDRESS_SOURCES; s++) {
		for (unsigned k = 0; k < STATEMENT_KINDS; k++) {
			for (unsigned a = 0; a < STATEMENT_AGES; a++) {
				if (all->statements[s][k][a])
					out->rows[out->count++] = (struct learned_row){s, k, a};
			}
		}
	}
}

/* Whether the newest run that learned something learned the same. */
static enum status is_known(bool *known, const struct learned_rows *learned, struct error *error)
{
	const struct address_learned *all = &learned->work->learned;
	struct statement *query;
	bool row, same = true;
	size_t rows = 0;
	enum status status =
		store_prepare(&query, learned->work->data,
			      "SELECT source_no, kind, age, statements, share FROM address_reliability WHERE "
			      "run_id = (SELECT MAX(run_id) FROM address_reliability)",
			      error);
	if (status != STATUS_OK)
		return status;
	int source = statement_column(query, "source_no"), kind = statement_column(query, "kind"),
	    age = statement_column(query, "age"), statements = statement_column(query, "statements"),
	    share = statement_column(query, "share");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		size_t s = (size_t)statement_int(query, source) % ADDRESS_SOURCES,
		       k = (size_t)statement_int(query, kind) % STATEMENT_KINDS,
		       a = (size_t)statement_int(query, age) % STATEMENT_AGES;
		same &= all->statements[s][k][a] == statement_int(query, statements) &&
			all->share[s][k][a] == statement_double(query, share);
		rows++;
	}
	statement_done(query);
	*known = same && rows == learned->count;
	return status;
}

static enum status write_learned(struct work *work, struct error *error)
{
	static const struct difference_table table = {.name = "address_reliability",
						      .keys = {"run_id", "source_no", "kind", "age"},
						      .values = {"statements", "agreed", "share"},
						      .keep = true};
	struct learned_rows *learned = memory_alloc(1, sizeof *learned);
	bool known;
	learned->work = work;
	list_learned(learned);
	enum status status = is_known(&known, learned, error);
	if (status == STATUS_OK && !known)
		status = store_write_difference(work->data, &table, learned->count, give_learned, learned, NULL, error);
	free(learned);
	return status;
}

/* ---- all ----------------------------------------------------------------------------------------------------- */

enum status work_write(struct work *work, struct error *error)
{
	list_claims(work);
	list_homes(work);
	list_members(work);
	list_events(work);
	list_shared(work);
	const struct {
		struct difference_table table;
		size_t rows;
		difference_row *give;
	} tables[] = {
		{{.name = "residence",
		  .keys = {"resident_id", "property_id", "sequence"},
		  .values = {"from_date", "to_date", "sources", "records", "confidence", "standing", "seen_date"}},
		 work->residence_count,
		 give_residence},
		{{.name = "residence_record",
		  .keys = {"resident_id", "property_id", "sequence", "record_id", "feed_no"},
		  .values = {"from_date", "to_date", "seen_date"}},
		 work->claim_count,
		 give_claim},
		{{.name = "household",
		  .keys = {"household_id"},
		  .values = {"property_id", "kind", "from_date", "to_date", "since_run", "ended_run"}},
		 work->home_count,
		 give_home},
		{{.name = "household_member",
		  .keys = {"household_id", "resident_id", "sequence"},
		  .values = {"property_id", "from_date", "to_date", "certainty", "why"}},
		 work->member_count,
		 give_membership},
		{{.name = "household_event",
		  .keys = {"household_id", "sequence"},
		  .values = {"on_date", "what", "resident_id", "other_household_id", "property_id"}},
		 work->event_count,
		 give_event},
		{{.name = "relationship",
		  .keys = {"resident_id", "other_id", "feed_no"},
		  .values = {"kind", "from_date", "to_date", "record_id", "other_record_id"}},
		 work->relation_count,
		 give_relation},
		{{.name = "shared_property",
		  .keys = {"property_id"},
		  .values = {"property_use", "why", "people", "households", "family_names"}},
		 work->shared_count,
		 give_shared},
	};
	enum status status = store_begin(work->data, error);
	for (size_t i = 0; i < sizeof tables / sizeof *tables && status == STATUS_OK; i++)
		status = store_write_difference(work->data, &tables[i].table, tables[i].rows, tables[i].give, work,
						NULL, error);
	if (status == STATUS_OK)
		status = write_learned(work, error);
	if (status == STATUS_OK)
		status = store_commit(work->data, error);
	store_rollback(work->data);
	return status;
}
