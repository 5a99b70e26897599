#include "intake/intake_int.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

const char *extract_outcome_name(enum extract_outcome outcome)
{
	static const char *const names[] = {"loaded", "repeated", "held", "refused", "busy", "unknown"};
	return names[outcome];
}

/* ---- numbers of sources, feeds and elements -------------------------------------------------------------- */

struct numbers {
	struct text_map map;
	int64_t next;
};

static enum status numbers_load(struct numbers *numbers, struct store *store, const char *sql, struct error *error)
{
	struct statement *all;
	text_map_init(&numbers->map);
	numbers->next = 1;
	enum status status = store_prepare(&all, store, sql, error);
	if (status)
		return status;
	int number = statement_column(all, "number"), id = statement_column(all, "id");
	bool row;
	while ((status = statement_step(all, &row, error)) == STATUS_OK && row) {
		int64_t value = statement_int(all, number);
		*text_map_put(&numbers->map, statement_text(all, id), NULL) = (uint64_t)value;
		if (value >= numbers->next)
			numbers->next = value + 1;
	}
	statement_done(all);
	return status;
}

static enum status number_source(struct numbers *sources, struct store *store, struct text id, int64_t *out,
				 struct error *error)
{
	bool is_new;
	uint64_t *number = text_map_put(&sources->map, id, &is_new);
	if (is_new)
		*number = (uint64_t)sources->next++;
	*out = (int64_t)*number;
	if (!is_new)
		return STATUS_OK;
	struct statement *insert;
	enum status status = store_prepare(
		&insert, store, "INSERT INTO source (source_no, source_id) VALUES (:source_no, :source_id)", error);
	if (status)
		return status;
	statement_bind_int(insert, "source_no", *out);
	statement_bind_text(insert, "source_id", id);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

static enum status number_feed(struct numbers *feeds, struct store *store, struct plan *plan,
			       const struct profile_feed *feed, struct error *error)
{
	bool is_new;
	uint64_t *number = text_map_put(&feeds->map, feed->id, &is_new);
	if (is_new)
		*number = (uint64_t)feeds->next++;
	plan->feed_no = (int64_t)*number;
	if (!is_new)
		return STATUS_OK;
	struct statement *insert;
	enum status status = store_prepare(
		&insert, store,
		"INSERT INTO feed (feed_no, feed_id, source_no) VALUES (:feed_no, :feed_id, :source_no)", error);
	if (status)
		return status;
	statement_bind_int(insert, "feed_no", plan->feed_no);
	statement_bind_text(insert, "feed_id", feed->id);
	statement_bind_int(insert, "source_no", plan->source_no);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

static enum status number_elements(struct intake *intake, struct error *error)
{
	const struct profile *profile = intake->settings.profile;
	struct text *ids = memory_alloc(profile->elements.count + 1, sizeof *ids);
	for (size_t i = 0; i < profile->elements.count; i++)
		ids[i] = profile->elements.at[i].id;
	enum status status =
		vault_elements_add(&intake->elements, intake->settings.store, ids, profile->elements.count, error);
	free(ids);
	return status;
}

static enum status number_all(struct intake *intake, struct numbers *sources, struct numbers *feeds,
			      struct error *error)
{
	const struct profile *profile = intake->settings.profile;
	struct store *store = intake->settings.store;
	enum status status =
		numbers_load(sources, store, "SELECT source_no AS number, source_id AS id FROM source", error);
	if (status == STATUS_OK)
		status = numbers_load(feeds, store, "SELECT feed_no AS number, feed_id AS id FROM feed", error);
	for (size_t i = 0; i < profile->feeds.count && status == STATUS_OK; i++) {
		const struct profile_feed *feed = &profile->feeds.at[i];
		status = number_source(sources, store, feed->source->id, &intake->plans[i].source_no, error);
		if (status == STATUS_OK)
			status = number_feed(feeds, store, &intake->plans[i], feed, error);
	}
	return status == STATUS_OK ? number_elements(intake, error) : status;
}

static enum status assign_numbers(struct intake *intake, struct error *error)
{
	struct store *store = intake->settings.store;
	struct numbers sources = {0}, feeds = {0};
	enum status status = store_begin(store, error);
	if (status)
		return status;
	status = number_all(intake, &sources, &feeds, error);
	text_map_release(&sources.map);
	text_map_release(&feeds.map);
	if (status == STATUS_OK)
		return store_commit(store, error);
	store_rollback(store);
	return status;
}

/* ---- what other feeds refer to ------------------------------------------------------------------------------ */

struct id_map *intake_references(struct intake *intake, int64_t feed_no, unsigned element_no, bool make)
{
	for (size_t i = 0; i < intake->reference_count; i++) {
		struct reference_set *set = &intake->references[i];
		if (set->feed_no == feed_no && set->element_no == element_no)
			return set->values;
	}
	if (!make)
		return NULL;
	struct reference_set *set = &intake->references[intake->reference_count++];
	*set = (struct reference_set){feed_no, element_no, ARENA_NEW(&intake->arena, struct id_map), false};
	id_map_init(set->values);
	return set->values;
}

static void make_reference_sets(struct intake *intake)
{
	const struct profile *profile = intake->settings.profile;
	size_t most = 0;
	for (size_t i = 0; i < profile->feeds.count; i++)
		most += profile->feeds.at[i].rule_count;
	intake->references = ARENA_ARRAY(&intake->arena, most + 1, struct reference_set);
	for (size_t i = 0; i < profile->feeds.count; i++) {
		const struct profile_feed *feed = &profile->feeds.at[i];
		for (size_t k = 0; k < feed->rule_count; k++) {
			if (feed->rules[k].feed)
				(void)intake_references(
					intake, intake->plans[feed->rules[k].feed->number].feed_no,
					vault_element_no(&intake->elements, feed->rules[k].element_there->id), true);
		}
	}
}

static enum status load_references(struct intake *intake, struct error *error)
{
	struct statement *all;
	enum status status = store_prepare(&all, intake->settings.store,
					   "SELECT value_hash FROM reference_value WHERE feed_no = :feed_no AND "
					   "element_no = :element_no",
					   error);
	if (status)
		return status;
	int hash = statement_column(all, "value_hash");
	for (size_t i = 0; i < intake->reference_count && status == STATUS_OK; i++) {
		struct reference_set *set = &intake->references[i];
		bool row;
		if (set->loaded)
			continue;
		id_map_release(set->values);
		statement_bind_int(all, "feed_no", set->feed_no);
		statement_bind_int(all, "element_no", set->element_no);
		while ((status = statement_step(all, &row, error)) == STATUS_OK && row)
			*id_map_put(set->values, (uint64_t)statement_int(all, hash), NULL) = 1;
		set->loaded = status == STATUS_OK;
	}
	statement_done(all);
	return status;
}

/* ---- what a run knows ---------------------------------------------------------------------------------------- */

static enum status load_clients(struct intake *intake, struct error *error)
{
	struct statement *all;
	int64_t last;
	enum status status =
		store_query_int(intake->settings.store, "SELECT MAX(record_id) AS last FROM record", &last, error);
	if (status == STATUS_OK)
		status =
			store_prepare(&all, intake->settings.store, "SELECT record_id, client_hash FROM record", error);
	if (status)
		return status;
	intake->next_record = last + 1;
	id_map_release(&intake->clients);
	id_map_reserve(&intake->clients, (size_t)last + (size_t)last / 8);
	int record = statement_column(all, "record_id"), hash = statement_column(all, "client_hash");
	bool row;
	statement_stream(all);
	while ((status = statement_step(all, &row, error)) == STATUS_OK && row)
		*id_map_put(&intake->clients, (uint64_t)statement_int(all, hash), NULL) =
			(uint64_t)statement_int(all, record);
	statement_done(all);
	intake->clients_loaded = status == STATUS_OK;
	return status;
}

static enum status load_refused(struct intake *intake, struct error *error)
{
	struct statement *all;
	bool row;
	enum status status =
		store_prepare(&all, intake->settings.store, "SELECT client_hash FROM refused_client", error);
	if (status)
		return status;
	id_map_release(&intake->refused);
	int hash = statement_column(all, "client_hash");
	while ((status = statement_step(all, &row, error)) == STATUS_OK && row)
		*id_map_put(&intake->refused, (uint64_t)statement_int(all, hash), NULL) = 1;
	statement_done(all);
	return status;
}

static bool references_loaded(const struct intake *intake)
{
	for (size_t i = 0; i < intake->reference_count; i++) {
		if (!intake->references[i].loaded)
			return false;
	}
	return true;
}

enum status intake_know(struct intake *intake, const bool *wanted, struct error *error)
{
	const struct profile *profile = intake->settings.profile;
	int64_t highest = 0;
	for (size_t i = 0; i < profile->feeds.count; i++) {
		if (intake->plans[i].feed_no > highest)
			highest = intake->plans[i].feed_no;
	}
	struct known_feed **missing = memory_alloc((size_t)highest + 1, sizeof *missing);
	bool any = !intake->clients_loaded || !references_loaded(intake);
	for (size_t i = 0; i < profile->feeds.count; i++) {
		struct known_feed *known = &intake->known[i];
		if (!wanted[i] || known->loaded)
			continue;
		/* A feed that never came has nothing to load. */
		known->loaded = !intake_last_loaded(intake, &intake->plans[i], false);
		if (!known->loaded)
			missing[intake->plans[i].feed_no] = known;
		any |= !known->loaded;
	}
	enum status status = STATUS_OK;
	if (any)
		status = writer_drain(intake->writer, false, error);
	if (status == STATUS_OK && !intake->clients_loaded)
		status = load_clients(intake, error);
	if (status == STATUS_OK && !references_loaded(intake))
		status = load_references(intake, error);
	if (status == STATUS_OK)
		status = known_load(missing, (size_t)highest + 1, intake->settings.store, error);
	free(missing);
	return status;
}

void intake_forget(struct intake *intake, const struct plan *plan)
{
	known_release(&intake->known[plan->feed->number]);
	intake->clients_loaded = false;
	for (size_t i = 0; i < intake->reference_count; i++)
		intake->references[i].loaded = false;
}

/* ---- extracts --------------------------------------------------------------------------------------------------- */

struct known_extract *intake_find_extract(struct intake *intake, const struct plan *plan, date as_at,
					  const unsigned char *hash)
{
	for (size_t i = 0; i < intake->extract_count; i++) {
		struct known_extract *known = &intake->extracts[i];
		if (known->feed_no == plan->feed_no && known->as_at == as_at &&
		    memcmp(known->hash, hash, sizeof known->hash) == 0)
			return known;
	}
	return NULL;
}

const struct known_extract *intake_extract_of(const struct intake *intake, int64_t extract_id)
{
	size_t i = 0;
	while (i < intake->extract_count && intake->extracts[i].extract_id != extract_id)
		i++;
	assert(i < intake->extract_count);
	return &intake->extracts[i];
}

const struct known_extract *intake_last_loaded(const struct intake *intake, const struct plan *plan, bool full_only)
{
	const struct known_extract *last = NULL;
	for (size_t i = 0; i < intake->extract_count; i++) {
		const struct known_extract *known = &intake->extracts[i];
		if (known->feed_no == plan->feed_no && known->status == KNOWN_LOADED &&
		    (known->is_full || !full_only) && (!last || known->as_at >= last->as_at))
			last = known;
	}
	return last;
}

static int known_status(struct text status)
{
	return text_is(status, "loaded")     ? KNOWN_LOADED
	       : text_is(status, "released") ? KNOWN_RELEASED
	       : text_is(status, "held")     ? KNOWN_HELD
					     : KNOWN_REFUSED;
}

static struct known_extract *add_extract(struct intake *intake)
{
	ARRAY_GROW(intake->extracts, intake->extract_count, intake->extract_capacity);
	struct known_extract *known = &intake->extracts[intake->extract_count++];
	*known = (struct known_extract){0};
	return known;
}

/* Pointers into the list do not live beyond this: the job's is set again. */
struct known_extract *intake_note_extract(struct intake *intake, const struct extract_job *job)
{
	if (!job->status)
		return NULL;
	struct known_extract *known = intake_find_extract(intake, job->plan, job->result.as_at, job->hash);
	if (!known)
		known = add_extract(intake);
	known->extract_id = job->result.extract_id;
	known->feed_no = job->plan->feed_no;
	known->as_at = job->result.as_at;
	known->rows_read = (int64_t)job->result.rows_read;
	known->is_full = job->is_full;
	known->status = known_status(text_of(job->status));
	memcpy(known->hash, job->hash, sizeof known->hash);
	memcpy(known->archive_name, job->archive_name, sizeof known->archive_name);
	memcpy(known->file_name, job->result.file_name, sizeof known->file_name);
	return known;
}

static void take_extract(struct intake *intake, struct statement *all)
{
	struct known_extract *known = add_extract(intake);
	struct text hash = statement_blob(all, statement_column(all, "content_hash"));
	struct text archive = statement_text(all, statement_column(all, "archive_name"));
	known->extract_id = statement_int(all, statement_column(all, "extract_id"));
	known->feed_no = statement_int(all, statement_column(all, "feed_no"));
	known->as_at = (date)statement_int(all, statement_column(all, "as_at"));
	known->rows_read = statement_int(all, statement_column(all, "rows_read"));
	known->is_full = text_is(statement_text(all, statement_column(all, "delivery")), "full");
	known->status = known_status(statement_text(all, statement_column(all, "status")));
	memcpy(known->hash, hash.at, hash.len < sizeof known->hash ? hash.len : sizeof known->hash);
	struct text file = statement_text(all, statement_column(all, "file_name"));
	snprintf(known->archive_name, sizeof known->archive_name, "%.*s", TEXT_ARG(archive));
	snprintf(known->file_name, sizeof known->file_name, "%.*s", TEXT_ARG(file));
	if (known->extract_id >= intake->next_extract)
		intake->next_extract = known->extract_id + 1;
}

static enum status load_extracts(struct intake *intake, struct error *error)
{
	struct statement *all;
	enum status status =
		store_prepare(&all, intake->settings.store,
			      "SELECT extract_id, feed_no, as_at, content_hash, rows_read, delivery, status, "
			      "archive_name, file_name FROM extract ORDER BY extract_id",
			      error);
	if (status)
		return status;
	intake->next_extract = 1;
	bool row;
	while ((status = statement_step(all, &row, error)) == STATUS_OK && row)
		take_extract(intake, all);
	statement_done(all);
	return status;
}

/* Rows of one month touch nearly every page of what is kept by record (facts without their values, and the
 * index of sealed rows: 350 MB for a borough of three years); pages that do not fit would be written and
 * read back many times within one transaction. SQLite takes only what it uses. */
static enum status widen_cache(struct store *store, bool wide, struct error *error)
{
	enum { NARROW_KIB = 131072, WIDE_MOST_KIB = 384 << 10 };
	char pragma[96];
	if (store_kind(store) != STORE_SQLITE)
		return STATUS_OK;
	int64_t memory_kib = (int64_t)sysconf(_SC_PHYS_PAGES) * (sysconf(_SC_PAGESIZE) / 1024);
	int64_t kib = memory_kib / 3 < WIDE_MOST_KIB ? memory_kib / 3 : WIDE_MOST_KIB;
	if (!wide || kib < NARROW_KIB)
		kib = NARROW_KIB;
	snprintf(pragma, sizeof pragma, "PRAGMA cache_size = -%lld%s", (long long)kib,
		 wide ? "" : "; PRAGMA shrink_memory");
	return store_execute(store, pragma, error);
}

/* ---- open and close ------------------------------------------------------------------------------------------------
 */

static enum status prepare(struct intake *intake, struct error *error)
{
	struct store *store = intake->settings.store;
	const struct profile *profile = intake->settings.profile;
	enum status status = vault_mark_store(intake->settings.vault, store, error);
	if (status == STATUS_OK)
		status = widen_cache(store, true, error);
	if (status == STATUS_OK)
		status = vault_elements_load(&intake->elements, store, error);
	if (status == STATUS_OK)
		status = assign_numbers(intake, error);
	if (status == STATUS_OK)
		status = load_extracts(intake, error);
	if (status == STATUS_OK)
		status = load_refused(intake, error);
	if (status)
		return status;
	make_reference_sets(intake);
	for (size_t i = 0; i < profile->feeds.count; i++)
		plan_build(intake, &intake->plans[i], &profile->feeds.at[i]);
	intake->reader = reader_new(intake);
	intake->writer = writer_start(store);
	if (intake->settings.archive)
		intake->away = away_start(intake->settings.vault, intake->settings.archive, &intake->refused);
	if (!intake->writer || (intake->settings.archive && !intake->away))
		return error_set(error, STATUS_NO_MEMORY, "intake.threads", "The intake's threads cannot be started");
	return STATUS_OK;
}

enum status intake_open(struct intake **out, const struct intake_settings *settings, struct error *error)
{
	struct intake *intake = memory_alloc(1, sizeof *intake);
	size_t feeds = settings->profile->feeds.count;
	intake->settings = *settings;
	intake->today = settings->today ? settings->today : date_today();
	intake->last_job = &intake->first_job;
	arena_init(&intake->arena, 256 << 20);
	id_map_init(&intake->clients);
	text_map_init(&intake->elements.numbers);
	arena_init(&intake->elements.arena, 64 << 20);
	intake->plans = ARENA_ARRAY(&intake->arena, feeds + 1, struct plan);
	intake->known = ARENA_ARRAY(&intake->arena, feeds + 1, struct known_feed);
	enum status status = prepare(intake, error);
	*out = status == STATUS_OK ? intake : NULL;
	if (status)
		intake_close(intake);
	return status;
}

static void job_free(struct extract_job *job)
{
	arena_release(&job->arena);
	if (job->waited > 0)
		close(job->waited);
	free(job);
}

void intake_close(struct intake *intake)
{
	if (!intake)
		return;
	writer_stop(intake->writer);
	(void)!widen_cache(intake->settings.store, false, NULL); /* only a matter of memory */
	away_stop(intake->away);
	reader_free(intake->reader);
	while (intake->first_job) {
		struct extract_job *job = intake->first_job;
		intake->first_job = job->next;
		job_free(job);
	}
	for (size_t i = 0; i < intake->settings.profile->feeds.count; i++)
		known_release(&intake->known[i]);
	for (size_t i = 0; i < intake->reference_count; i++)
		id_map_release(intake->references[i].values);
	id_map_release(&intake->refused);
	id_map_release(&intake->clients);
	vault_elements_release(&intake->elements);
	free(intake->extracts);
	arena_release(&intake->arena);
	free(intake);
}

enum status intake_release(struct store *store, int64_t extract_id, struct error *error)
{
	struct statement *update;
	int64_t changed = 0;
	enum status status = store_prepare(
		&update, store,
		"UPDATE extract SET status = 'released' WHERE extract_id = :extract_id AND status = 'held'", error);
	if (status)
		return status;
	statement_bind_int(update, "extract_id", extract_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	if (status == STATUS_OK && changed == 0) {
		error_set(error, STATUS_NOT_FOUND, "intake.not_held", "There is no held extract %lld",
			  (long long)extract_id);
		error_remedy(error, "Only a held extract can be let through; \"oneview refresh --json\" tells the "
				    "number of each. A refused one "
				    "needs a better file.");
		return STATUS_NOT_FOUND;
	}
	return status;
}

enum status intake_show(struct store *store, struct error *error)
{
	return store_execute(store, "UPDATE extract SET waits = NULL WHERE waits = 1", error);
}
