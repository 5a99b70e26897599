#include "base/memory.h"
#include "profile/profile.h"
#include "reading/reading_int.h"
#include "store/store.h"

#include <stdlib.h>
#include <time.h>

/* More changed records than one in this many: reading all of the vault in order is no slower. */
enum { CHANGED_AT_MOST = 2, NEW_EXTRACTS_AT_MOST = 2000 };

static const char touched_table[] = "reading_touched";

static double seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- whose records ------------------------------------------------------------------------------ */

struct records {
	int64_t *people;
	size_t count, capacity;
	struct id_map gazetteer;
};

enum { HOLDS_PEOPLE = 1, HOLDS_PROPERTIES = 2 };

static uint64_t what_it_holds(const struct profile *profile, struct text source_id)
{
	static const char *const people[] = {"full_name", "given_name", "family_name", "date_of_birth"};
	uint64_t holds = 0;
	for (size_t f = 0; f < profile->feeds.count; f++) {
		const struct profile_feed *feed = &profile->feeds.at[f];
		if (!text_equal(feed->source->id, source_id))
			continue;
		if (feed->client && text_is(feed->client->id, "uprn"))
			holds |= HOLDS_PROPERTIES;
		for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
			const struct profile_element *element = profile_element(profile, text_of(people[i]));
			if (element && feed_column(feed, element))
				holds |= HOLDS_PEOPLE;
		}
	}
	return holds;
}

static enum status read_sources(struct id_map *sources, struct store *data, const struct profile *profile,
				struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, data, "SELECT source_no, source_id FROM source", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "source_no"), id = statement_column(query, "source_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*id_map_put(sources, (uint64_t)statement_int(query, number), NULL) =
			what_it_holds(profile, statement_text(query, id));
	statement_done(query);
	return status;
}

/* All records of the sources that hold people, also those of which no more than a number is known. */
static enum status read_records(struct records *out, struct store *data, const struct id_map *sources,
				struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, data, "SELECT record_id, source_no FROM record ORDER BY record_id", error);
	if (status != STATUS_OK)
		return status;
	int record = statement_column(query, "record_id"), source = statement_column(query, "source_no");
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		const uint64_t *holds = id_map_get(sources, (uint64_t)statement_int(query, source));
		if (holds && *holds & HOLDS_PEOPLE) {
			ARRAY_GROW(out->people, out->count, out->capacity);
			out->people[out->count++] = statement_int(query, record);
		}
		if (holds && *holds & HOLDS_PROPERTIES)
			*id_map_put(&out->gazetteer, (uint64_t)statement_int(query, record), NULL) = 1;
	}
	statement_done(query);
	return status;
}

static enum status records_read(struct records *out, struct store *data, const struct profile *profile,
				struct error *error)
{
	struct id_map sources;
	id_map_init(&sources);
	enum status status = read_sources(&sources, data, profile, error);
	if (status == STATUS_OK)
		status = read_records(out, data, &sources, error);
	id_map_release(&sources);
	return status;
}

/* ---- what changed since it was kept --------------------------------------------------------------- */

static enum status read_extracts(int64_t **out, size_t *count, struct store *data, struct error *error)
{
	struct statement *query;
	size_t capacity = 0;
	bool row;
	*out = NULL;
	*count = 0;
	enum status status = store_prepare(
		&query, data, "SELECT extract_id FROM extract WHERE status = 'loaded' ORDER BY extract_id", error);
	if (status != STATUS_OK)
		return status;
	int id = statement_column(query, "extract_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(*out, *count, capacity);
		(*out)[(*count)++] = statement_int(query, id);
	}
	statement_done(query);
	return status;
}

/* What is in NOW and not in BEFORE (both ascend), as "3, 17"; false when BEFORE has some that NOW has not. */
static bool new_extracts(struct buf *out, size_t *added, const int64_t *now, size_t now_count, const int64_t *before,
			 size_t before_count)
{
	size_t b = 0;
	*added = 0;
	for (size_t n = 0; n < now_count; n++) {
		if (b < before_count && before[b] < now[n])
			return false;
		if (b < before_count && before[b] == now[n]) {
			b++;
			continue;
		}
		buf_format(out, "%s%lld", (*added)++ ? ", " : "", (long long)now[n]);
	}
	return b == before_count;
}

static void append_feeds(struct buf *sql, const struct feeds_read *feeds)
{
	buf_format(sql, " AND feed_no IN (0");
	for (size_t i = 0; i < feeds->count; i++)
		buf_format(sql, ", %d", (int)feeds->wanted[i]);
	buf_append_char(sql, ')');
}

/* Records with a fact that one of EXTRACTS brought or ended. */
static enum status find_changed(struct id_map *changed, struct store *data, const char *extracts,
				const struct feeds_read *feeds, struct error *error)
{
	struct statement *query;
	struct buf sql;
	bool row;
	buf_init(&sql, 1 << 20);
	buf_format(&sql, "SELECT record_id FROM fact WHERE (extract_id IN (%s) OR ended_by IN (%s))", extracts,
		   extracts);
	append_feeds(&sql, feeds);
	enum status status = store_prepare(&query, data, sql.at, error);
	buf_release(&sql);
	if (status != STATUS_OK)
		return status;
	int record = statement_column(query, "record_id");
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*id_map_put(changed, (uint64_t)statement_int(query, record), NULL) = 1;
	statement_done(query);
	return status;
}

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static int64_t *sorted_keys(const struct id_map *map)
{
	int64_t *keys = memory_alloc(map->count + 1, sizeof *keys);
	size_t count = 0;
	for (size_t i = 0; i < map->slot_count; i++) {
		if (map->used[i])
			keys[count++] = (int64_t)map->keys[i];
	}
	qsort(keys, count, sizeof *keys, compare_ids);
	return keys;
}

static enum status make_touched_table(struct store *data, const int64_t *records, size_t count, struct error *error)
{
	struct bulk *bulk;
	enum status status = store_define(data, "CREATE TEMP TABLE reading_touched (record_id ID PRIMARY KEY)", error);
	if (status == STATUS_OK)
		status = store_bulk_begin(&bulk, data, touched_table, "record_id", error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		bulk_int(bulk, records[i]);
		status = bulk_row(bulk, error);
	}
	if (status == STATUS_OK)
		return bulk_end(bulk, error);
	bulk_abandon(bulk);
	return status;
}

/* The people among RECORDS, in place. */
static size_t keep_people(int64_t *records, size_t count, const struct records *all)
{
	size_t kept = 0, p = 0;
	for (size_t i = 0; i < count; i++) {
		while (p < all->count && all->people[p] < records[i])
			p++;
		if (p < all->count && all->people[p] == records[i])
			records[kept++] = records[i];
	}
	return kept;
}

/* Reads the changed records into what will be kept of this run. In a transaction, which ends the table, too. */
static enum status read_changed(struct reading *reading, const struct id_map *changed, const struct records *records,
				const struct feeds_read *feeds, const atomic_bool *stop, struct error *error)
{
	int64_t *touched = sorted_keys(changed);
	enum status status = store_begin(reading->data, error);
	if (status == STATUS_OK)
		status = make_touched_table(reading->data, touched, changed->count, error);
	if (status == STATUS_OK) {
		size_t count = keep_people(touched, changed->count, records);
		status =
			vault_read(reading, &reading->kept->changed, feeds, touched, count, touched_table, stop, error);
	}
	if (status == STATUS_OK)
		status = store_execute(reading->data, "DROP TABLE reading_touched", error);
	if (status == STATUS_OK)
		status = store_commit(reading->data, error);
	store_rollback(reading->data);
	free(touched);
	return status;
}

/* ---- opening -------------------------------------------------------------------------------------- */

static void start_empty(struct reading *reading)
{
	batch_release(&reading->all);
	batch_init(&reading->all);
	text_map_release(&reading->texts);
	text_map_release(&reading->addresses);
	arena_keep_secret(&reading->texts.arena);
	arena_keep_secret(&reading->addresses.arena);
	arena_reset(&reading->arena);
	kept_free(reading->kept);
	reading->kept = memory_alloc(1, sizeof *reading->kept);
	batch_init(&reading->kept->changed);
	free(reading->property);
	free(reading->match);
	reading->property = NULL;
	reading->match = NULL;
	reading->match_room = 0;
}

static enum status read_everything(struct reading *reading, const struct records *records,
				   const struct feeds_read *feeds, const atomic_bool *stop, struct error *error)
{
	start_empty(reading);
	reading->from_vault = reading->gazetteer_changed = reading->gazetteer_anew = true;
	reading->kept->whole = reading->kept->dirty = true;
	reading->changed = records->count;
	return vault_read(reading, &reading->all, feeds, records->people, records->count, NULL, stop, error);
}

/* Puts the records that were kept and those read now together. */
static void bring_up_to_date(struct reading *reading, const struct id_map *changed, const struct records *records)
{
	struct reading_batch merged;
	size_t before = reading->all.property_count;
	batch_init(&merged);
	batch_merge(&merged, &reading->all, &reading->kept->changed, changed, records->people, records->count,
		    &records->gazetteer);
	batch_release(&reading->all);
	reading->all = merged;
	reading->gazetteer_anew = merged.property_count < before;
	reading->gazetteer_changed = reading->kept->changed.property_count > 0 || reading->gazetteer_anew;
	reading->changed = reading->kept->changed.count;
	reading->kept->dirty |= changed->count > 0;
}

struct opening {
	struct records records;
	struct feeds_read feeds;
	struct id_map changed;
	int64_t *extracts;
	size_t extract_count;
};

/* *DONE: what was kept serves, and READING is up to date. */
static enum status use_kept(struct reading *reading, struct opening *opening, const atomic_bool *stop, bool *done,
			    struct error *error)
{
	struct buf extracts;
	size_t added = 0;
	bool found = false;
	*done = false;
	enum status status = kept_load(reading, &found, error);
	if (status != STATUS_OK || !found)
		return status;
	buf_init(&extracts, 1 << 20);
	bool same = new_extracts(&extracts, &added, opening->extracts, opening->extract_count, reading->kept->extracts,
				 reading->kept->extract_count);
	if (same && added > 0 && added <= NEW_EXTRACTS_AT_MOST)
		status = find_changed(&opening->changed, reading->data, extracts.at, &opening->feeds, error);
	buf_release(&extracts);
	bool few =
		added <= NEW_EXTRACTS_AT_MOST &&
		opening->changed.count <= (opening->records.count + opening->records.gazetteer.count) / CHANGED_AT_MOST;
	if (status != STATUS_OK || !same || !few)
		return status;
	if (opening->changed.count > 0)
		status = read_changed(reading, &opening->changed, &opening->records, &opening->feeds, stop, error);
	if (status != STATUS_OK)
		return status;
	bring_up_to_date(reading, &opening->changed, &opening->records);
	reading->kept->dirty |= added > 0;
	*done = true;
	return STATUS_OK;
}

static enum status open_all(struct reading *reading, struct opening *opening, const struct reading_settings *settings,
			    struct error *error)
{
	bool done = false;
	enum status status = feeds_read_init(&opening->feeds, reading->data, reading->profile, error);
	if (status == STATUS_OK)
		status = records_read(&opening->records, reading->data, reading->profile, error);
	if (status == STATUS_OK)
		status = read_extracts(&opening->extracts, &opening->extract_count, reading->data, error);
	if (status == STATUS_OK && !settings->anew)
		status = use_kept(reading, opening, settings->stop, &done, error);
	if (status == STATUS_OK && !done)
		status = read_everything(reading, &opening->records, &opening->feeds, settings->stop, error);
	if (status != STATUS_OK)
		return status;
	free(reading->kept->extracts);
	reading->kept->extracts = opening->extracts;
	reading->kept->extract_count = opening->extract_count;
	opening->extracts = NULL;
	return STATUS_OK;
}

static struct reading *reading_new(struct store *data, const struct vault *vault, const struct profile *profile)
{
	struct reading *reading = memory_alloc(1, sizeof *reading);
	*reading = (struct reading){.data = data, .vault = vault, .profile = profile};
	text_map_init(&reading->texts);
	text_map_init(&reading->addresses);
	arena_init(&reading->arena, (size_t)8 << 30);
	arena_keep_secret(&reading->arena);
	start_empty(reading);
	return reading;
}

enum status reading_open(struct reading **out, struct store *data, const struct vault *vault,
			 const struct profile *profile, const struct reading_settings *settings, struct error *error)
{
	static const struct reading_settings defaults;
	double start = seconds_now();
	struct opening opening = {0};
	struct reading *reading = reading_new(data, vault, profile);
	id_map_init(&opening.records.gazetteer);
	id_map_init(&opening.changed);
	enum status status = open_all(reading, &opening, settings ? settings : &defaults, error);
	feeds_read_release(&opening.feeds);
	id_map_release(&opening.records.gazetteer);
	id_map_release(&opening.changed);
	free(opening.records.people);
	free(opening.extracts);
	reading->seconds = seconds_now() - start;
	*out = reading;
	if (status != STATUS_OK) {
		reading_close(reading);
		*out = NULL;
	}
	return status;
}

/* ---- a few records --------------------------------------------------------------------------------- */

static enum status read_one(struct reading *reading, const struct cleaner *cleaner, int64_t record_id,
			    struct error *error)
{
	struct cleaned cleaned;
	struct vault_row *rows;
	struct arena arena;
	size_t count;
	arena_init(&arena, (size_t)64 << 20);
	arena_keep_secret(&arena);
	cleaned_init(&cleaned);
	enum status status = vault_open_record(&rows, &count, reading->vault, reading->data, record_id,
					       VAULT_EVERY_VERSION, &arena, error);
	batch_add_record(&reading->all, record_id);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (rows[i].part == VAULT_IDENTITY)
			cleaner_take(cleaner, &cleaned, &rows[i], true);
	}
	for (size_t i = 0; i < cleaned.count; i++)
		batch_add_row(reading, &reading->all, &cleaned, &cleaned.rows[i]);
	cleaned_release(&cleaned);
	arena_release(&arena);
	return status;
}

enum status reading_open_some(struct reading **out, struct store *data, const struct vault *vault,
			      const int64_t *records, size_t count, struct error *error)
{
	struct cleaner cleaner;
	struct reading *reading = reading_new(data, vault, NULL);
	enum status status = cleaner_init(&cleaner, vault, data, NULL, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = read_one(reading, &cleaner, records[i], error);
	cleaner_release(&cleaner);
	*out = reading;
	if (status != STATUS_OK) {
		reading_close(reading);
		*out = NULL;
	}
	return status;
}

void reading_close(struct reading *reading)
{
	if (!reading)
		return;
	kept_free(reading->kept);
	batch_release(&reading->all);
	text_map_release(&reading->texts);
	text_map_release(&reading->addresses);
	arena_release(&reading->arena);
	free(reading->property);
	free(reading->match);
	free(reading);
}

const struct reading_batch *reading_changed(const struct reading *reading)
{
	return reading->from_vault ? NULL : &reading->kept->changed;
}
