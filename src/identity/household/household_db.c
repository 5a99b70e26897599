/* Reads what the rows of all records say about where people live, and writes residences and households. */
#include "base/map.h"
#include "base/memory.h"
#include "clean/names.h"
#include "household/household.h"
#include "linking/residents.h"
#include "store/store.h"
#include "vault/vault.h"

#include <stdlib.h>
#include <time.h>

struct family_names {
	uint64_t at[4];
};

struct before { /* the household that a resident was in, and since when */
	int64_t household_id;
	date from;
};

struct work {
	struct store *data;
	const struct vault *vault;
	int64_t run_id;
	const atomic_bool *stop;
	date today;
	struct id_map resident_of; /* record -> resident */
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
	struct id_map was_in; /* resident -> number of before + 1 */
	struct before *before;
	size_t before_count, before_capacity;
	struct id_map used; /* household ids ever */
	struct id_map uses; /* property -> enum property_use */
	struct residents_result ids;
	unsigned family, former, full, given, death, title;
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

static void read_member(struct work *work, struct statement *query, const int *c)
{
	*id_map_put(&work->resident_of, (uint64_t)statement_int(query, c[0]), NULL) =
		(uint64_t)statement_int(query, c[1]);
}

static void read_feed(struct work *work, struct statement *query, const int *c)
{
	*id_map_put(&work->feed_source, (uint64_t)statement_int(query, c[0]), NULL) =
		(uint64_t)statement_int(query, c[1]);
}

static void read_ending(struct work *work, struct statement *query, const int *c)
{
	*id_map_put(&work->feed_ends, (uint64_t)statement_int(query, c[0]), NULL) = 1;
}

static date date_or_unknown(struct statement *query, int column)
{
	return statement_is_null(query, column) ? DATE_UNKNOWN : (date)statement_int(query, column);
}

/* A row at an address: from its beginning (when the address changed within the row: from the extract that
 * said so), to its end or to the extract in which the address changed. */
static void read_sighting(struct work *work, struct statement *query, const int *c)
{
	int64_t record = statement_int(query, c[0]);
	const uint64_t *resident = id_map_get(&work->resident_of, (uint64_t)record);
	uint64_t feed = (uint64_t)statement_int(query, c[1]);
	const uint64_t *source = id_map_get(&work->feed_source, feed);
	if (!resident || !source)
		return;
	date from = date_or_unknown(query, c[4]), to = date_or_unknown(query, c[5]),
	     changed = date_or_unknown(query, c[6]);
	if (statement_int(query, c[3]) > 1 && !statement_is_null(query, c[7])) {
		date as_at = (date)statement_int(query, c[7]);
		from = from == DATE_UNKNOWN || as_at > from ? as_at : from;
	}
	if (changed != DATE_UNKNOWN && (to == DATE_UNKNOWN || changed < to))
		to = changed;
	ARRAY_GROW(work->sightings, work->sighting_count, work->sighting_capacity);
	work->sightings[work->sighting_count++] = (struct sighting){
		.resident_id = (int64_t)*resident,
		.property_id = statement_int(query, c[2]),
		.record_id = record,
		.from = from,
		.to = to,
		.source = (uint16_t)*source,
		.ends = id_map_get(&work->feed_ends, feed) != NULL,
	};
}

static void read_before(struct work *work, struct statement *query, const int *c)
{
	ARRAY_GROW(work->before, work->before_count, work->before_capacity);
	work->before[work->before_count] = (struct before){statement_int(query, c[1]), date_or_unknown(query, c[2])};
	*id_map_put(&work->was_in, (uint64_t)statement_int(query, c[0]), NULL) = ++work->before_count;
}

static void read_used(struct work *work, struct statement *query, const int *c)
{
	*id_map_put(&work->used, (uint64_t)statement_int(query, c[0]), NULL) = 1;
}

static enum status read_today(struct work *work, struct error *error)
{
	int64_t newest;
	enum status status =
		store_query_int(work->data, "SELECT MAX(as_at) FROM extract WHERE status = 'loaded'", &newest, error);
	work->today = newest ? (date)newest : date_today();
	return status;
}

/* The last fact version that a sealed version covers: the one before the next sealed version. */
static const char sightings_sql[] =
	"SELECT p.record_id, p.feed_no, p.property_id, p.version, f.valid_from, l.valid_to, n.as_at AS changed, e.as_at"
	" FROM record_property p"
	" JOIN fact f ON f.record_id = p.record_id AND f.feed_no = p.feed_no AND f.row_key = p.row_key AND f.version = "
	"p.version"
	" JOIN extract e ON e.extract_id = f.extract_id"
	" JOIN fact l ON l.record_id = p.record_id AND l.feed_no = p.feed_no AND l.row_key = p.row_key AND l.version ="
	"  (SELECT MAX(x.version) FROM fact x WHERE x.record_id = p.record_id AND x.feed_no = p.feed_no AND x.row_key "
	"= p.row_key)"
	" LEFT JOIN (SELECT q.record_id, q.feed_no, q.row_key, q.version, g.as_at FROM record_property q"
	"  JOIN fact h ON h.record_id = q.record_id AND h.feed_no = q.feed_no AND h.row_key = q.row_key AND h.version "
	"= q.version"
	"  JOIN extract g ON g.extract_id = h.extract_id WHERE q.version > 1) n"
	" ON n.record_id = p.record_id AND n.feed_no = p.feed_no AND n.row_key = p.row_key AND n.version ="
	"  (SELECT MIN(y.version) FROM record_property y WHERE y.record_id = p.record_id AND y.feed_no = p.feed_no"
	"   AND y.row_key = p.row_key AND y.version > p.version)"
	" ORDER BY p.record_id, p.feed_no, p.row_key, p.version";

static enum status read_tables(struct work *work, struct error *error)
{
	enum status status = read_today(work, error);
	if (status == STATUS_OK)
		status = READ_ROWS(work, "SELECT record_id, resident_id FROM resident_record", read_member, error,
				   "record_id", "resident_id");
	if (status == STATUS_OK)
		status = READ_ROWS(work, "SELECT feed_no, source_no FROM feed", read_feed, error, "feed_no",
				   "source_no");
	if (status == STATUS_OK)
		status = READ_ROWS(work, "SELECT DISTINCT feed_no FROM fact WHERE valid_to IS NOT NULL", read_ending,
				   error, "feed_no");
	if (status == STATUS_OK)
		status = READ_ROWS(work, sightings_sql, read_sighting, error, "record_id", "feed_no", "property_id",
				   "version", "valid_from", "valid_to", "changed", "as_at");
	if (status == STATUS_OK)
		status = READ_ROWS(
			work, "SELECT resident_id, household_id, from_date FROM household_member WHERE to_date IS NULL",
			read_before, error, "resident_id", "household_id", "from_date");
	if (status == STATUS_OK)
		status = READ_ROWS(work, "SELECT household_id FROM household", read_used, error, "household_id");
	return status;
}

/* ---- family names, and who has died ------------------------------------------------------------------------ */

static void add_family(struct work *work, int64_t resident, struct text family)
{
	if (family.len == 0)
		return;
	uint64_t *number = id_map_put(&work->families, (uint64_t)resident, NULL);
	if (*number == 0) {
		ARRAY_GROW(work->names, work->name_count, work->name_capacity);
		work->names[work->name_count] = (struct family_names){{0}};
		*number = ++work->name_count;
	}
	struct family_names *names = &work->names[*number - 1];
	uint64_t hash = (uint64_t)vault_fast_hash64(work->vault, VAULT_NAME, family);
	for (int i = 0; i < 4; i++) {
		if (names->at[i] == hash)
			return;
		if (names->at[i] == 0) {
			names->at[i] = hash;
			return;
		}
	}
}

static void read_names(struct work *work, const struct vault_row *row, int64_t resident)
{
	struct vault_values values = vault_values_of(row->packed);
	struct name_columns name = {0};
	struct person_name clean;
	struct text value;
	unsigned number;
	while (vault_values_next(&values, &number, &value)) {
		if (number == work->full)
			name.full = value;
		else if (number == work->family)
			name.family = value;
		else if (number == work->given)
			name.given = value;
		else if (number == work->death)
			*id_map_put(&work->dead, (uint64_t)resident, NULL) = 1;
	}
	clean_name(&clean, &name);
	add_family(work, resident, text_of(clean.family));
	size_t last = strlen(clean.family); /* of a double name, each part is a family's too */
	while (last > 0 && clean.family[last - 1] != ' ')
		last--;
	if (last > 0) {
		add_family(work, resident, text_of(clean.family + last));
		add_family(work, resident, text_slice(clean.family, text_find_char(text_of(clean.family), ' ')));
	}
}

static bool read_block(void *context, struct vault_block *block)
{
	struct work *work = context;
	if (work->stop && atomic_load(work->stop))
		return false;
	for (size_t i = 0; i < block->count; i++) {
		const uint64_t *resident = id_map_get(&work->resident_of, (uint64_t)block->rows[i].record_id);
		if (resident)
			read_names(work, &block->rows[i], (int64_t)*resident);
	}
	return true;
}

static enum status read_vault(struct work *work, struct error *error)
{
	struct vault_elements elements;
	enum status status = vault_elements_load(&elements, work->data, error);
	if (status != STATUS_OK)
		return status;
	work->full = vault_element_no(&elements, TEXT("full_name"));
	work->family = vault_element_no(&elements, TEXT("family_name"));
	work->given = vault_element_no(&elements, TEXT("given_name"));
	work->death = vault_element_no(&elements, TEXT("date_of_death"));
	vault_elements_release(&elements);
	/* numbers that are not there must not match number 0 */
	unsigned *all[] = {&work->full, &work->family, &work->given, &work->death};
	for (size_t i = 0; i < 4; i++)
		*all[i] = *all[i] ? *all[i] : UINT32_MAX;
	struct vault_scan scan = {
		.part = VAULT_IDENTITY, .versions = VAULT_NEWEST, .visit = read_block, .context = work};
	return vault_scan(work->vault, work->data, &scan, error);
}

/* ---- deriving --------------------------------------------------------------------------------------------------- */

static void read_use(struct work *work, struct statement *query, const int *c)
{
	char kind[32];
	struct text text = statement_text(query, c[1]);
	snprintf(kind, sizeof kind, "%.*s", TEXT_ARG(text));
	*id_map_put(&work->uses, (uint64_t)statement_int(query, c[0]), NULL) = (uint64_t)property_use_of(kind);
}

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
		before[i] = was ? work->before[*was - 1].household_id : 0;
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

/* ---- writing -------------------------------------------------------------------------------------------------------
 */

static void put_date(struct bulk *bulk, date d)
{
	if (d == DATE_UNKNOWN)
		bulk_null(bulk);
	else
		bulk_int(bulk, d);
}

static enum status end_bulk(struct bulk *bulk, enum status status, struct error *error)
{
	if (status == STATUS_OK)
		return bulk_end(bulk, error);
	bulk_abandon(bulk);
	return status;
}

static enum status write_residences(struct work *work, struct error *error)
{
	struct bulk *bulk = NULL;
	enum status status = store_bulk_begin(
		&bulk, work->data, "residence",
		"resident_id, property_id, sequence, from_date, to_date, sources, records, confidence", error);
	for (size_t i = 0; i < work->residence_count && status == STATUS_OK; i++) {
		const struct residence *r = &work->residences[i];
		bulk_int(bulk, r->resident_id);
		bulk_int(bulk, r->property_id);
		bulk_int(bulk, 1);
		put_date(bulk, r->from);
		put_date(bulk, r->to);
		bulk_int(bulk, r->sources);
		bulk_int(bulk, r->records);
		bulk_double(bulk, r->confidence);
		status = bulk_row(bulk, error);
	}
	return end_bulk(bulk, status, error);
}

static enum status write_households(struct work *work, struct error *error)
{
	struct bulk *bulk = NULL;
	enum status status =
		store_bulk_begin(&bulk, work->data, "household",
				 "household_id, property_id, kind, from_date, to_date, since_run, ended_run", error);
	/* a household is told by its first occupant, and began with the earliest */
	date *from = memory_alloc(work->household_count + 1, sizeof *from);
	bool *told = memory_alloc(work->household_count + 1, sizeof *told);
	for (size_t h = 0; h < work->household_count; h++)
		from[h] = DATE_UNKNOWN;
	for (size_t i = 0; i < work->occupant_count; i++) {
		const struct occupant *o = &work->occupants[i];
		if (o->from != DATE_UNKNOWN && (from[o->household] == DATE_UNKNOWN || o->from < from[o->household]))
			from[o->household] = o->from;
	}
	for (size_t i = 0; i < work->occupant_count && status == STATUS_OK; i++) {
		const struct occupant *o = &work->occupants[i];
		if (told[o->household])
			continue;
		told[o->household] = true;
		bulk_int(bulk, work->ids.resident[o->household]);
		bulk_int(bulk, o->property_id);
		bulk_text(bulk, text_of(o->kind));
		put_date(bulk, from[o->household]);
		bulk_null(bulk);
		bulk_int(bulk, work->run_id);
		bulk_null(bulk);
		status = bulk_row(bulk, error);
	}
	free(from);
	free(told);
	return end_bulk(bulk, status, error);
}

static enum status write_members(struct work *work, struct error *error)
{
	struct bulk *bulk = NULL;
	enum status status = store_bulk_begin(&bulk, work->data, "household_member",
					      "resident_id, household_id, from_date, to_date, certainty, why", error);
	for (size_t i = 0; i < work->occupant_count && status == STATUS_OK; i++) {
		const struct occupant *o = &work->occupants[i];
		bulk_int(bulk, o->resident_id);
		bulk_int(bulk, work->ids.resident[o->household]);
		put_date(bulk, o->from);
		bulk_null(bulk);
		bulk_text(bulk, text_of(o->certainty));
		bulk_text(bulk, text_of(o->why));
		status = bulk_row(bulk, error);
	}
	return end_bulk(bulk, status, error);
}

/* Households and memberships that are no more stay, with an end; those that go on are written anew
 * and keep when they began. */
static enum status close_old(struct work *work, struct error *error)
{
	struct statement *update;
	enum status status =
		store_define(work->data, "CREATE TEMP TABLE now_member (resident_id ID, household_id ID)", error);
	struct bulk *bulk = NULL;
	if (status == STATUS_OK)
		status = store_bulk_begin(&bulk, work->data, "now_member", "resident_id, household_id", error);
	for (size_t i = 0; i < work->occupant_count && status == STATUS_OK; i++) {
		bulk_int(bulk, work->occupants[i].resident_id);
		bulk_int(bulk, work->ids.resident[work->occupants[i].household]);
		status = bulk_row(bulk, error);
	}
	if (bulk)
		status = end_bulk(bulk, status, error);
	static const char *const deletes[] = {
		"DELETE FROM household_member WHERE EXISTS (SELECT 1 FROM now_member n WHERE n.resident_id ="
		" household_member.resident_id AND n.household_id = household_member.household_id)",
		"CREATE TEMP TABLE old_household AS SELECT household_id, since_run FROM household",
		"DELETE FROM household WHERE household_id IN (SELECT household_id FROM now_member)",
	};
	for (size_t i = 0; i < 3 && status == STATUS_OK; i++)
		status = store_execute(work->data, deletes[i], error);
	if (status != STATUS_OK)
		return status;
	status = store_prepare(&update, work->data,
			       "UPDATE household_member SET to_date = :today WHERE to_date IS NULL", error);
	if (status == STATUS_OK) {
		statement_bind_int(update, "today", work->today);
		status = statement_run(update, NULL, error);
		statement_done(update);
	}
	if (status == STATUS_OK)
		status = store_prepare(
			&update, work->data,
			"UPDATE household SET to_date = :today, ended_run = :run_id WHERE ended_run IS NULL", error);
	if (status == STATUS_OK) {
		statement_bind_int(update, "today", work->today);
		statement_bind_int(update, "run_id", work->run_id);
		status = statement_run(update, NULL, error);
		statement_done(update);
	}
	return status;
}

static enum status write_tables(struct work *work, struct error *error)
{
	enum status status = store_begin(work->data, error);
	if (status != STATUS_OK)
		return status;
	status = store_execute(work->data, "DELETE FROM residence", error);
	if (status == STATUS_OK)
		status = write_residences(work, error);
	if (status == STATUS_OK)
		status = close_old(work, error);
	if (status == STATUS_OK)
		status = write_households(work, error);
	if (status == STATUS_OK)
		status = write_members(work, error);
	if (status == STATUS_OK)
		status = store_execute(
			work->data,
			"UPDATE household SET since_run = (SELECT o.since_run FROM old_household o WHERE "
			"o.household_id ="
			" household.household_id) WHERE household_id IN (SELECT household_id FROM old_household);"
			" DROP TABLE now_member; DROP TABLE old_household",
			error);
	if (status == STATUS_OK)
		return store_commit(work->data, error);
	store_rollback(work->data);
	return status;
}

static enum status derive(struct work *work, struct error *error)
{
	enum status status = read_tables(work, error);
	if (status == STATUS_OK)
		status = read_vault(work, error);
	if (status == STATUS_OK)
		status = READ_ROWS(work, "SELECT property_id, kind FROM property", read_use, error, "property_id",
				   "kind");
	if (status != STATUS_OK)
		return status;
	work->residence_count = residences_join(&work->residences, work->sightings, work->sighting_count, work->today);
	list_occupants(work);
	assign_ids(work);
	return write_tables(work, error);
}

static void release(struct work *work)
{
	struct id_map *maps[] = {&work->resident_of, &work->feed_source, &work->feed_ends, &work->families,
				 &work->dead,        &work->was_in,      &work->used,      &work->uses};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		id_map_release(maps[i]);
	free(work->names);
	free(work->sightings);
	free(work->residences);
	free(work->occupants);
	free(work->before);
	residents_release(&work->ids);
}

enum status household_refresh(struct store *data, const struct vault *vault, const struct profile *profile,
			      int64_t run_id, const atomic_bool *stop, struct household_report *report,
			      struct error *error)
{
	struct timespec start, end;
	struct work work = {.data = data, .vault = vault, .run_id = run_id, .stop = stop, .report = report};
	(void)profile;
	memset(report, 0, sizeof *report);
	clock_gettime(CLOCK_MONOTONIC, &start);
	struct id_map *maps[] = {&work.resident_of, &work.feed_source, &work.feed_ends, &work.families,
				 &work.dead,        &work.was_in,      &work.used,      &work.uses};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		id_map_init(maps[i]);
	enum status status = derive(&work, error);
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
