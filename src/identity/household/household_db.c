/* Reads what the rows of all records say about where people live, and writes residences and households. */
#include "address/address.h"
#include "base/map.h"
#include "base/memory.h"
#include "household/household.h"
#include "linking/residents.h"
#include "reading/reading.h"
#include "store/difference.h"
#include "vault/vault.h"

#include <stdlib.h>
#include <time.h>

struct family_names {
	uint64_t at[4];
};

struct membership { /* as it stands in the table, ended or not */
	int64_t resident_id, household_id, property_id;
	date from, to;
	const char *certainty, *why;
};

struct home {                                  /* a household, likewise */
	int64_t id, property_id, since, ended; /* ended: 0 while it goes on */
	const char *kind;
	date from, to;
};

struct work {
	const struct reading *reading;
	struct store *data;
	const struct vault *vault;
	int64_t run_id;
	date today;
	int64_t *resident_of;      /* by record of the reading; 0: none */
	struct id_map feed_source; /* feed -> source */
	struct id_map feed_ends;   /* feed -> 1 when rows of it end */
	struct id_map families;    /* resident -> number of family_names + 1 */
	struct family_names *names;
	size_t name_count, name_capacity;
	struct id_map dead; /* residents */
	struct sighting *sightings;
	size_t sighting_count, sighting_capacity;
	struct residence *residences;
	size_t residence_count;
	struct occupant *occupants;
	size_t occupant_count, household_count;
	struct membership *members; /* before this run; then the table's rows */
	struct home *homes;
	size_t member_count, member_capacity, home_count, home_capacity;
	struct id_map was_in; /* resident -> household, of memberships that go on */
	struct id_map used;   /* household ids ever -> number in homes + 1 */
	struct id_map uses;   /* property -> enum property_use */
	struct text_map words;
	struct residents_result ids;
	struct household_report *report;
};

/* ---- reading tables ---------------------------------------------------------------------------------- */

typedef void row_reader(struct work *work, struct statement *query, const int *columns);

/* Runs SQL and hands each row over with the handles of the columns named. */
static enum status read_rows(struct work *work, const char *sql, const char *const *names, size_t count,
			     row_reader *reader, struct error *error)
{
	struct statement *query;
	int columns[8];
	bool row;
	enum status status = store_prepare(&query, work->data, sql, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		columns[i] = statement_column(query, names[i]);
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		reader(work, query, columns);
	statement_done(query);
	return status;
}
#define READ_ROWS(work, sql, reader, error, ...) \
	read_rows(work, sql, (const char *const[]){__VA_ARGS__}, \
		  sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), reader, error)

static size_t record_number(const struct work *work, int64_t record_id)
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
	return low < all->count && all->records[low] == record_id ? low : SIZE_MAX;
}

static void read_member(struct work *work, struct statement *query, const int *c)
{
	size_t record = record_number(work, statement_int(query, c[0]));
	if (record != SIZE_MAX)
		work->resident_of[record] = statement_int(query, c[1]);
}

static void read_feed(struct work *work, struct statement *query, const int *c)
{
	*id_map_put(&work->feed_source, (uint64_t)statement_int(query, c[0]), NULL) =
		(uint64_t)statement_int(query, c[1]);
}

static date date_or_unknown(struct statement *query, int column)
{
	return statement_is_null(query, column) ? DATE_UNKNOWN : (date)statement_int(query, column);
}

/* Certainties, reasons and kinds are few words: each once. */
static const char *word_of(struct work *work, struct text text)
{
	uint64_t *number = text_map_put(&work->words, text, NULL);
	if (*number == 0)
		*number = work->words.count;
	return work->words.keys[*number - 1].at;
}

static void read_membership(struct work *work, struct statement *query, const int *c)
{
	ARRAY_GROW(work->members, work->member_count, work->member_capacity);
	struct membership *member = &work->members[work->member_count++];
	*member = (struct membership){.resident_id = statement_int(query, c[0]),
				      .household_id = statement_int(query, c[1]),
				      .property_id = statement_int(query, c[6]),
				      .from = date_or_unknown(query, c[2]),
				      .to = date_or_unknown(query, c[3]),
				      .certainty = word_of(work, statement_text(query, c[4])),
				      .why = word_of(work, statement_text(query, c[5]))};
	if (member->to == DATE_UNKNOWN)
		*id_map_put(&work->was_in, (uint64_t)member->resident_id, NULL) = (uint64_t)member->household_id;
}

static void read_home(struct work *work, struct statement *query, const int *c)
{
	ARRAY_GROW(work->homes, work->home_count, work->home_capacity);
	struct home *home = &work->homes[work->home_count];
	*home = (struct home){.id = statement_int(query, c[0]),
			      .property_id = statement_int(query, c[1]),
			      .kind = word_of(work, statement_text(query, c[2])),
			      .from = date_or_unknown(query, c[3]),
			      .to = date_or_unknown(query, c[4]),
			      .since = statement_int(query, c[5]),
			      .ended = statement_int(query, c[6])};
	*id_map_put(&work->used, (uint64_t)home->id, NULL) = ++work->home_count;
}

static void read_use(struct work *work, struct statement *query, const int *c)
{
	char kind[32];
	struct text text = statement_text(query, c[1]);
	snprintf(kind, sizeof kind, "%.*s", TEXT_ARG(text));
	*id_map_put(&work->uses, (uint64_t)statement_int(query, c[0]), NULL) = (uint64_t)property_use_of(kind);
}

static enum status read_today(struct work *work, struct error *error)
{
	int64_t newest;
	enum status status =
		store_query_int(work->data, "SELECT MAX(as_at) FROM extract WHERE status = 'loaded'", &newest, error);
	work->today = newest ? (date)newest : date_today();
	return status;
}

static enum status read_tables(struct work *work, struct error *error)
{
	enum status status = read_today(work, error);
	work->resident_of = memory_alloc(work->reading->all.count + 1, sizeof *work->resident_of);
	if (status == STATUS_OK)
		status = READ_ROWS(work, "SELECT record_id, resident_id FROM resident_record", read_member, error,
				   "record_id", "resident_id");
	if (status == STATUS_OK)
		status = READ_ROWS(work, "SELECT feed_no, source_no FROM feed", read_feed, error, "feed_no",
				   "source_no");
	if (status == STATUS_OK)
		status = READ_ROWS(work,
				   "SELECT resident_id, household_id, from_date, to_date, certainty, why, property_id"
				   " FROM household_member",
				   read_membership, error, "resident_id", "household_id", "from_date", "to_date",
				   "certainty", "why", "property_id");
	if (status == STATUS_OK)
		status = READ_ROWS(work,
				   "SELECT household_id, property_id, kind, from_date, to_date, since_run, ended_run"
				   " FROM household",
				   read_home, error, "household_id", "property_id", "kind", "from_date", "to_date",
				   "since_run", "ended_run");
	if (status == STATUS_OK)
		status = READ_ROWS(work, "SELECT property_id, kind FROM property", read_use, error, "property_id",
				   "kind");
	return status;
}

/* ---- sightings --------------------------------------------------------------------------------------------- */

/* When the address changed within the row: of the next version that has one. Places are in order of row and version. */
static date changed_at(const struct work *work, uint32_t p, uint32_t end)
{
	const struct reading_place *places = work->reading->all.places;
	for (uint32_t n = p + 1; n < end; n++) {
		if (places[n].feed_no != places[p].feed_no || places[n].row_key != places[p].row_key)
			break;
		if (work->reading->property[places[n].address])
			return places[n].as_at;
	}
	return DATE_UNKNOWN;
}

/* A row at an address: from its beginning (when the address changed within the row: from the extract that
 * said so), to its end or to the extract in which the address changed. */
static void add_sighting(struct work *work, size_t record, uint32_t p)
{
	const struct reading_batch *all = &work->reading->all;
	const struct reading_place *place = &all->places[p];
	const uint64_t *source = id_map_get(&work->feed_source, (uint64_t)place->feed_no);
	int64_t property = work->reading->property[place->address];
	date from = place->from, to = place->to, changed = changed_at(work, p, all->first_place[record + 1]);
	if (!source || property == 0)
		return;
	if (place->version > 1 && place->as_at != DATE_UNKNOWN)
		from = from == DATE_UNKNOWN || place->as_at > from ? place->as_at : from;
	if (changed != DATE_UNKNOWN && (to == DATE_UNKNOWN || changed < to))
		to = changed;
	ARRAY_GROW(work->sightings, work->sighting_count, work->sighting_capacity);
	work->sightings[work->sighting_count++] = (struct sighting){
		.resident_id = work->resident_of[record],
		.property_id = property,
		.record_id = all->records[record],
		.from = from,
		.to = to,
		.source = (uint16_t)*source,
		.ends = id_map_get(&work->feed_ends, (uint64_t)place->feed_no) != NULL,
	};
}

static void list_sightings(struct work *work)
{
	const struct reading_batch *all = &work->reading->all;
	for (size_t p = 0; p < all->place_count; p++) {
		if (all->places[p].ends)
			*id_map_put(&work->feed_ends, (uint64_t)all->places[p].feed_no, NULL) = 1;
	}
	for (size_t r = 0; r < all->count; r++) {
		for (uint32_t p = all->first_place[r]; work->resident_of[r] && p < all->first_place[r + 1]; p++)
			add_sighting(work, r, p);
	}
}

/* ---- family names, and who has died ------------------------------------------------------------------------ */

static void add_family(struct work *work, int64_t resident, uint64_t hash)
{
	uint64_t *number = id_map_put(&work->families, (uint64_t)resident, NULL);
	if (*number == 0) {
		ARRAY_GROW(work->names, work->name_count, work->name_capacity);
		work->names[work->name_count] = (struct family_names){{0}};
		*number = ++work->name_count;
	}
	struct family_names *names = &work->names[*number - 1];
	for (int i = 0; i < 4; i++) {
		if (names->at[i] == hash)
			return;
		if (names->at[i] == 0) {
			names->at[i] = hash;
			return;
		}
	}
}

static void list_families(struct work *work)
{
	const struct reading_batch *all = &work->reading->all;
	for (size_t r = 0; r < all->count; r++) {
		if (work->resident_of[r] == 0)
			continue;
		for (uint32_t f = all->first_family[r]; f < all->first_family[r + 1]; f++)
			add_family(work, work->resident_of[r], all->families[f]);
		if (all->dead[r])
			*id_map_put(&work->dead, (uint64_t)work->resident_of[r], NULL) = 1;
	}
}

/* ---- deriving --------------------------------------------------------------------------------------------------- */

static void list_occupants(struct work *work)
{
	work->occupants = memory_alloc(work->residence_count + 1, sizeof *work->occupants);
	for (size_t i = 0; i < work->residence_count; i++) {
		struct residence *r = &work->residences[i];
		if (id_map_get(&work->dead, (uint64_t)r->resident_id))
			r->current = false;
		if (!r->current)
			continue;
		struct occupant *o = &work->occupants[work->occupant_count++];
		const uint64_t *use = id_map_get(&work->uses, (uint64_t)r->property_id);
		const uint64_t *names = id_map_get(&work->families, (uint64_t)r->resident_id);
		*o = (struct occupant){.resident_id = r->resident_id,
				       .property_id = r->property_id,
				       .from = r->from,
				       .sources = r->sources,
				       .confidence = r->confidence,
				       .use = use ? (enum property_use) * use : USE_HOME};
		if (names)
			memcpy(o->families, work->names[*names - 1].at, sizeof o->families);
	}
	work->household_count = households_make(work->occupants, work->occupant_count);
}

static int64_t new_household_id(void *context, int64_t founder, unsigned attempt)
{
	const struct work *work = context;
	char key[64];
	int len = snprintf(key, sizeof key, "household\x1f%lld\x1f%u", (long long)founder, attempt);
	int64_t id = vault_hash64(work->vault, VAULT_CLIENT, text_slice(key, (size_t)len)) & INT64_MAX;
	return id ? id : 1;
}

static int household_was_used(void *context, int64_t id)
{
	const struct work *work = context;
	return id_map_get(&work->used, (uint64_t)id) != NULL;
}

struct by_resident {
	int64_t resident_id;
	uint32_t household;
};

static int compare_by_resident(const void *a, const void *b)
{
	const struct by_resident *x = a, *y = b;
	return (x->resident_id > y->resident_id) - (x->resident_id < y->resident_id);
}

/* A household's id stays with the majority of its members, as a resident's with its records. */
static void assign_ids(struct work *work)
{
	size_t count = work->occupant_count;
	struct by_resident *sorted = memory_alloc(count + 1, sizeof *sorted);
	int64_t *residents = memory_alloc(count + 1, sizeof *residents),
		*before = memory_alloc(count + 1, sizeof *before);
	uint32_t *cluster = memory_alloc(count + 1, sizeof *cluster);
	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct by_resident){work->occupants[i].resident_id, work->occupants[i].household};
	qsort(sorted, count, sizeof *sorted, compare_by_resident);
	for (size_t i = 0; i < count; i++) {
		const uint64_t *was = id_map_get(&work->was_in, (uint64_t)sorted[i].resident_id);
		residents[i] = sorted[i].resident_id;
		cluster[i] = sorted[i].household;
		before[i] = was ? (int64_t)*was : 0;
	}
	struct residents_input input = {.records = residents,
					.cluster = cluster,
					.before = before,
					.count = count,
					.clusters = work->household_count,
					.new_id = new_household_id,
					.was_used = household_was_used,
					.context = work};
	residents_assign(&work->ids, &input);
	free(sorted);
	free(residents);
	free(before);
	free(cluster);
}

/* ---- writing ----------------------------------------------------------------------------------------- */

static struct cell cell_date(date d)
{
	return d == DATE_UNKNOWN ? cell_null() : cell_int(d);
}

static void give_residence(const void *context, size_t row, struct cell *cells)
{
	const struct residence *r = &((const struct work *)context)->residences[row];
	cells[0] = cell_int(r->resident_id);
	cells[1] = cell_int(r->property_id);
	cells[2] = cell_int(1);
	cells[3] = cell_date(r->from);
	cells[4] = cell_date(r->to);
	cells[5] = cell_int(r->sources);
	cells[6] = cell_int(r->records);
	cells[7] = cell_double(r->confidence);
	cells[8] = cell_text(text_of(r->current ? "main" : r->to == DATE_UNKNOWN ? "doubtful" : "former"));
	cells[9] = cell_date(r->seen);
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
	cells[6] = home->ended ? cell_int(home->ended) : cell_null();
}

static void give_membership(const void *context, size_t row, struct cell *cells)
{
	const struct membership *member = &((const struct work *)context)->members[row];
	cells[0] = cell_int(member->resident_id);
	cells[1] = cell_int(member->household_id);
	cells[2] = cell_int(1);
	cells[3] = cell_int(member->property_id);
	cells[4] = cell_date(member->from);
	cells[5] = cell_date(member->to);
	cells[6] = cell_text(text_of(member->certainty));
	cells[7] = cell_text(text_of(member->why));
}

/* A household is told by its first occupant, and began with the earliest. */
static void update_homes(struct work *work, unsigned char *lives)
{
	size_t before = work->home_count;
	for (size_t i = 0; i < work->occupant_count; i++) {
		const struct occupant *o = &work->occupants[i];
		int64_t id = work->ids.resident[o->household];
		uint64_t *number = id_map_put(&work->used, (uint64_t)id, NULL);
		if (*number == 0) {
			ARRAY_GROW(work->homes, work->home_count, work->home_capacity);
			work->homes[work->home_count] = (struct home){.id = id, .since = work->run_id};
			*number = ++work->home_count;
		}
		struct home *home = &work->homes[*number - 1];
		bool first = !lives[o->household];
		lives[o->household] = 1;
		if (first)
			*home = (struct home){.id = id,
					      .property_id = o->property_id,
					      .kind = o->kind,
					      .from = o->from,
					      .to = DATE_UNKNOWN,
					      .since = home->since};
		else if (o->from != DATE_UNKNOWN && (home->from == DATE_UNKNOWN || o->from < home->from))
			home->from = o->from;
	}
	memset(lives, 0, before + 1);
	for (size_t h = 0; h < work->household_count; h++) {
		const uint64_t *number = id_map_get(&work->used, (uint64_t)work->ids.resident[h]);
		if (number && *number <= before)
			lives[*number - 1] = 1;
	}
	for (size_t i = 0; i < before; i++) {
		if (lives[i] || work->homes[i].ended)
			continue;
		work->homes[i].to = work->today;
		work->homes[i].ended = work->run_id;
	}
}

static uint64_t membership_key(int64_t resident, int64_t household)
{
	return hash_mix((uint64_t)resident) ^ (uint64_t)household;
}

/* Memberships that are no more keep their rows, with an end. */
static void update_members(struct work *work)
{
	struct id_map number;
	size_t before = work->member_count;
	unsigned char *goes_on = memory_alloc(before + 1, 1);
	id_map_init(&number);
	for (size_t i = 0; i < before; i++)
		*id_map_put(&number, membership_key(work->members[i].resident_id, work->members[i].household_id),
			    NULL) = i + 1;
	for (size_t i = 0; i < work->occupant_count; i++) {
		const struct occupant *o = &work->occupants[i];
		struct membership now = {.resident_id = o->resident_id,
					 .household_id = work->ids.resident[o->household],
					 .property_id = o->property_id,
					 .from = o->from,
					 .to = DATE_UNKNOWN,
					 .certainty = o->certainty,
					 .why = o->why};
		uint64_t *at = id_map_get(&number, membership_key(now.resident_id, now.household_id));
		if (at) {
			work->members[*at - 1] = now;
			goes_on[*at - 1] = 1;
			continue;
		}
		ARRAY_GROW(work->members, work->member_count, work->member_capacity);
		work->members[work->member_count++] = now;
	}
	for (size_t i = 0; i < before; i++) {
		if (!goes_on[i] && work->members[i].to == DATE_UNKNOWN)
			work->members[i].to = work->today;
	}
	id_map_release(&number);
	free(goes_on);
}

static enum status write_tables(struct work *work, struct error *error)
{
	static const struct difference_table residence = {
		.name = "residence",
		.keys = {"resident_id", "property_id", "sequence"},
		.values = {"from_date", "to_date", "sources", "records", "confidence", "standing", "seen_date"}};
	static const struct difference_table household = {
		.name = "household",
		.keys = {"household_id"},
		.values = {"property_id", "kind", "from_date", "to_date", "since_run", "ended_run"}};
	static const struct difference_table member = {
		.name = "household_member",
		.keys = {"resident_id", "household_id", "sequence"},
		.values = {"property_id", "from_date", "to_date", "certainty", "why"}};
	enum status status = store_begin(work->data, error);
	if (status == STATUS_OK)
		status = store_write_difference(work->data, &residence, work->residence_count, give_residence, work,
						NULL, error);
	if (status == STATUS_OK)
		status = store_write_difference(work->data, &household, work->home_count, give_home, work, NULL, error);
	if (status == STATUS_OK)
		status = store_write_difference(work->data, &member, work->member_count, give_membership, work, NULL,
						error);
	if (status == STATUS_OK)
		status = store_commit(work->data, error);
	store_rollback(work->data);
	return status;
}

static enum status derive(struct work *work, struct error *error)
{
	enum status status = read_tables(work, error);
	if (status != STATUS_OK)
		return status;
	list_sightings(work);
	list_families(work);
	work->residence_count = residences_join(&work->residences, work->sightings, work->sighting_count, work->today);
	list_occupants(work);
	assign_ids(work);
	unsigned char *lives = memory_alloc(work->household_count + work->home_count + 1, 1);
	update_homes(work, lives);
	free(lives);
	update_members(work);
	return write_tables(work, error);
}

static void release(struct work *work)
{
	struct id_map *maps[] = {&work->feed_source, &work->feed_ends, &work->families, &work->dead,
				 &work->was_in,      &work->used,      &work->uses};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		id_map_release(maps[i]);
	free(work->names);
	free(work->sightings);
	free(work->residences);
	free(work->occupants);
	text_map_release(&work->words);
	free(work->members);
	free(work->homes);
	free(work->resident_of);
	residents_release(&work->ids);
}

enum status household_refresh(struct reading *reading, int64_t run_id, struct household_report *report,
			      struct error *error)
{
	struct timespec start, end;
	struct work work = {
		.reading = reading, .data = reading->data, .vault = reading->vault, .run_id = run_id, .report = report};
	memset(report, 0, sizeof *report);
	clock_gettime(CLOCK_MONOTONIC, &start);
	struct id_map *maps[] = {&work.feed_source, &work.feed_ends, &work.families, &work.dead,
				 &work.was_in,      &work.used,      &work.uses};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		id_map_init(maps[i]);
	text_map_init(&work.words);
	enum status status = address_match_all(reading, error);
	if (status == STATUS_OK)
		status = derive(&work, error);
	clock_gettime(CLOCK_MONOTONIC, &end);
	report->residences = work.residence_count;
	report->current = work.occupant_count;
	report->households = work.household_count;
	for (size_t i = 0; i < work.ids.event_count; i++) {
		report->began += work.ids.events[i].change == RESIDENT_BEGAN;
		report->ended += work.ids.events[i].change == RESIDENT_ENDED;
	}
	report->seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	release(&work);
	return status;
}
