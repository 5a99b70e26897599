/* What was erased after a backup, erased again in what was brought back. */
#include "rights/erasure_int.h"
#include "rights/replay_int.h"

#include "base/file.h"
#include "base/id.h"
#include "base/memory.h"

#include <stdlib.h>

/* ---- whether there is anything to do --------------------------------------------------------------------- */

enum status rights_mark_brought_back(struct store *data, struct error *error)
{
	struct statement *s;
	enum status status = store_begin(data, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&s, data, "INSERT INTO brought_back (at) VALUES (:now) ON CONFLICT (at) DO NOTHING", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "now", instant_now());
	status = statement_run(s, NULL, error);
	statement_done(s);
	return status == STATUS_OK ? store_commit(data, error) : status;
}

static const char done_on_data[] = "SELECT erasure_id FROM erasure_done",
		  on_desk[] = "SELECT erasure_id FROM erasure UNION ALL SELECT erasure_id FROM erasure_begun";

static enum status read_ids(struct id_map *done, struct store *data, const char *sql, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(&s, data, sql, error);
	if (status != STATUS_OK)
		return status;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row)
		*id_map_put(done, (uint64_t)copied_number(s, "erasure_id"), NULL) = 1;
	statement_done(s);
	return status;
}

static bool is_missing(const struct id_map *done, const struct erasure_register *known)
{
	for (size_t i = 0; i < known->count; i++)
		if (known->at[i].tracked && !id_map_get(done, (uint64_t)known->at[i].erasure_id))
			return true;
	return false;
}

/* A desk of before an erasure that the data shelf has been through: what it holds of whom was erased cannot be told any
 * more, since it is the data shelf that says whose it is. */
static enum status check_desk(struct store *data, struct store *desk, struct error *error)
{
	struct id_map listed;
	struct statement *s;
	bool row, beyond = false;
	id_map_init(&listed);
	enum status status = read_ids(&listed, desk, on_desk, error);
	if (status == STATUS_OK)
		status = store_prepare(&s, data, done_on_data, error);
	if (status == STATUS_OK) {
		while ((status = statement_step(s, &row, error)) == STATUS_OK && row)
			beyond |= !id_map_get(&listed, (uint64_t)copied_number(s, "erasure_id"));
		statement_done(s);
	}
	id_map_release(&listed);
	if (status != STATUS_OK || !beyond)
		return status;
	error_set(error, STATUS_REFUSED, "rights.desk_old",
		  "The desk shelf is of before an erasure that the data shelf has been through: what was written of "
		  "that person is on it again");
	error_remedy(error, "put the newest desk back; without one, bring back the data shelf of the same backup as "
			    "the desk, with \"oneview restore\", and erase again with \"oneview erase WORKSPACE "
			    "--replay FILE\"");
	return STATUS_REFUSED;
}

static enum status find_missing(bool *missing, struct store *data, struct store *desk, const char *path,
				struct arena *arena, struct error *error)
{
	struct id_map done;
	struct erasure_register known;
	id_map_init(&done);
	enum status status = read_ids(&done, data, done_on_data, error);
	if (status == STATUS_OK && desk)
		status = check_desk(data, desk, error);
	if (status == STATUS_OK && desk) {
		status = register_of_desk(&known, desk, arena, error);
		*missing = *missing || (status == STATUS_OK && is_missing(&done, &known));
	}
	if (status == STATUS_OK && !*missing && file_exists(path)) {
		status = register_read(&known, path, NULL, arena, error);
		*missing = status == STATUS_OK && is_missing(&done, &known);
	}
	id_map_release(&done);
	return status;
}

enum status rights_check_erased(struct store *data, struct store *desk, const char *path, struct error *error)
{
	struct arena arena;
	int64_t marks;
	arena_init(&arena, 256 << 20);
	enum status status = store_query_int(data, "SELECT count(*) FROM brought_back", &marks, error);
	bool missing = status == STATUS_OK && marks;
	if (status == STATUS_OK && !missing)
		status = find_missing(&missing, data, desk, path, &arena, error);
	arena_release(&arena);
	if (status != STATUS_OK || !missing)
		return status;
	error_set(error, STATUS_REFUSED, "rights.replay",
		  "This was brought back from a backup: who was erased since is in it again");
	error_remedy(error, "\"oneview erase WORKSPACE --replay FILE\" erases them again, by the register of erasures "
			    "(outbox/erasures.jsonl of the workspace that was lost, or the copy kept elsewhere)");
	return STATUS_REFUSED;
}

/* ---- whom -------------------------------------------------------------------------------------------------- */

struct replaying {
	struct replay *replay;
	struct erasing e;
	struct registered *todo;
	size_t count;
	struct id_map by_proof;  /* to the number in TODO, from 1 */
	struct id_map by_client; /* who was found */
	struct found {
		struct erased_record record;
		size_t erasure;
	} * found;
	size_t found_count, found_capacity;
};

static void find_client(struct replaying *r, const struct erased_record *record)
{
	bool is_new;
	int64_t proof = rights_proof(r->e.parts->vault, record->source_id, record->client_hash);
	const uint64_t *erasure = id_map_get(&r->by_proof, (uint64_t)proof);
	if (!erasure)
		return;
	*id_map_put(&r->by_client, (uint64_t)record->client_hash, &is_new) = 1;
	if (!is_new)
		return;
	ARRAY_GROW(r->found, r->found_count, r->found_capacity);
	r->found[r->found_count++] = (struct found){*record, *erasure - 1};
	r->replay->records += record->record_id != 0;
	r->replay->clients++;
}

static enum status find_records(struct replaying *r, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(&s, r->e.parts->data,
					   "SELECT r.record_id AS record_id, r.client_hash AS client_hash, s.source_id "
					   "AS source_id, m.resident_id "
					   "AS resident_id FROM record r JOIN source s ON s.source_no = r.source_no "
					   "LEFT JOIN resident_record m ON "
					   "m.record_id = r.record_id ORDER BY r.record_id",
					   error);
	if (status != STATUS_OK)
		return status;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		struct text source = statement_text(s, statement_column(s, "source_id"));
		const struct profile_source *known = profile_source(r->e.parts->profile, source);
		const struct erased_record record = {.record_id = copied_number(s, "record_id"),
						     .client_hash = copied_number(s, "client_hash"),
						     .resident_id = copied_number(s, "resident_id"),
						     .source_id = known ? known->id : arena_text(&r->e.arena, source)};
		find_client(r, &record);
	}
	statement_done(s);
	return status;
}

/* A row that was turned away has no record, and is in the archive. */
static void meet(void *context, const struct profile_feed *feed, int64_t client_hash)
{
	const struct erased_record record = {.client_hash = client_hash, .source_id = feed->source->id};
	find_client(context, &record);
}

static enum status count_residents_records(int64_t *count, const struct replaying *r, int64_t resident_id,
					   struct error *error)
{
	char sql[120];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM resident_record WHERE resident_id = %lld",
		 (long long)resident_id);
	return store_query_int(r->e.parts->data, sql, count, error);
}

/* A resident all of whose records go, goes. */
static enum status find_whole(struct replaying *r, struct error *error)
{
	struct id_map records;
	enum status status = STATUS_OK;
	id_map_init(&records);
	for (size_t i = 0; i < r->found_count; i++)
		++*id_map_put(&records, (uint64_t)r->found[i].record.resident_id, NULL);
	for (size_t i = 0; i < r->found_count && status == STATUS_OK; i++) {
		struct erased_record *record = &r->found[i].record;
		int64_t all = 0;
		if (!record->resident_id)
			continue;
		status = count_residents_records(&all, r, record->resident_id, error);
		record->whole = *id_map_get(&records, (uint64_t)record->resident_id) == (uint64_t)all;
	}
	id_map_release(&records);
	return status;
}

/* ---- which ---------------------------------------------------------------------------------------------------- */

static enum status older_than_backup(const struct registered *unknown, struct error *error)
{
	char at[INSTANT_TEXT_SIZE];
	error_set(error, STATUS_REFUSED, "rights.register_old",
		  "The register of erasures does not have that of %s, which the backup has",
		  instant_format(unknown->at, at));
	error_remedy(error, "give the newest register: it has all that the backup has, and what came after");
	return STATUS_REFUSED;
}

/* The desk's, and what the register has beyond them. */
static enum status read_known(struct erasure_register *all, const struct replaying *r, struct arena *arena,
			      struct error *error)
{
	struct erasure_register given = {0}, desk;
	enum status status = register_of_desk(&desk, r->e.parts->desk, arena, error);
	if (status == STATUS_OK && r->replay->path)
		status = register_read(&given, r->replay->path, r->e.parts->vault, arena, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; r->replay->path && i < desk.count; i++)
		if (!register_has(&given, desk.at[i].erasure_id))
			return older_than_backup(&desk.at[i], error);
	*all = r->replay->path ? given : desk;
	return STATUS_OK;
}

static enum status choose(struct replaying *r, struct arena *arena, struct error *error)
{
	struct id_map done;
	struct erasure_register known = {0};
	id_map_init(&done);
	enum status status = read_known(&known, r, arena, error);
	if (status == STATUS_OK)
		status = read_ids(&done, r->e.parts->data, done_on_data, error);
	r->todo = ARENA_ARRAY(arena, known.count + 1, struct registered);
	for (size_t i = 0; i < known.count && status == STATUS_OK; i++) {
		const struct registered *one = &known.at[i];
		if (id_map_get(&done, (uint64_t)one->erasure_id))
			continue;
		r->todo[r->count++] = *one;
		for (size_t p = 0; p < one->count; p++)
			*id_map_put(&r->by_proof, (uint64_t)one->proofs[p], NULL) = r->count;
	}
	id_map_release(&done);
	r->replay->written = known.written;
	r->replay->erasures = (int64_t)known.count;
	r->replay->again = (int64_t)r->count;
	return status;
}

/* ---- again ------------------------------------------------------------------------------------------------------ */

static enum status restore_proofs(const struct registered *one, struct store *desk, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(&s, desk,
					   "INSERT INTO erasure_proof (erasure_id, client_proof, refused_hash) VALUES "
					   "(:erasure, :proof, :refused) ON CONFLICT (erasure_id, client_proof) DO "
					   "NOTHING",
					   error);
	for (size_t i = 0; i < one->count && status == STATUS_OK; i++) {
		statement_bind_int(s, "erasure", one->erasure_id);
		statement_bind_int(s, "proof", one->proofs[i]);
		statement_bind_null(s, "refused");
		if (one->refused_hashes[i])
			statement_bind_int(s, "refused", one->refused_hashes[i]);
		status = statement_run(s, NULL, error);
	}
	statement_done(s);
	return status;
}

/* The proof stays as it was: who erased, when, on what ground, how many. */
static enum status list_one(struct replaying *r, size_t number, struct error *error)
{
	const struct registered *one = &r->todo[number];
	struct erasure erasure = {.erasure_id = one->erasure_id,
				  .at = one->at,
				  .by = one->by,
				  .ground = one->ground,
				  .records = one->records,
				  .rows = one->rows,
				  .refuse = one->refused,
				  .audit_key = r->replay->audit_key,
				  .user_name = r->replay->user_name};
	snprintf(erasure.unsearched, sizeof erasure.unsearched, "%.*s", TEXT_ARG(one->unsearched));
	struct erasing e = r->e;
	e.erasure = &erasure;
	e.records = ARENA_ARRAY(&r->e.arena, r->found_count + 1, struct erased_record);
	for (size_t i = 0; i < r->found_count; i++) {
		if (r->found[i].erasure != number)
			continue;
		e.records[e.count++] = r->found[i].record;
		if (r->found[i].record.resident_id)
			erasure.resident_id = r->found[i].record.resident_id;
	}
	enum status status = restore_proofs(one, r->e.parts->desk, error);
	return status == STATUS_OK ? erasure_write_list(&e, error) : status;
}

static enum status audit_replay(const struct replaying *r, struct error *error)
{
	char detail[200];
	const struct replay *replay = r->replay;
	snprintf(detail, sizeof detail, "%lld erasures of %lld, %lld records, %s%.*s", (long long)replay->again,
		 (long long)replay->erasures, (long long)replay->records,
		 replay->path ? "register written " : "without a register: ",
		 (int)(replay->path              ? replay->written.len
		       : replay->ground.len < 60 ? replay->ground.len
						 : 60),
		 replay->path ? replay->written.at : replay->ground.at);
	const struct audit_entry entry = {.user_name = replay->user_name,
					  .role = TEXT("operator"),
					  .action = TEXT("erasure.replay"),
					  .outcome = TEXT("allowed"),
					  .detail = text_of(detail)};
	return audit_join(r->e.parts->desk, replay->audit_key, &entry, error);
}

static enum status write_lists(struct replaying *r, struct error *error)
{
	struct store *desk = r->e.parts->desk;
	enum status status = store_begin(desk, error);
	for (size_t i = 0; i < r->count && status == STATUS_OK; i++)
		status = list_one(r, i, error);
	if (status == STATUS_OK)
		status = audit_replay(r, error);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	store_rollback(desk);
	return status;
}

static enum status replay_all(struct replaying *r, struct arena *arena, struct error *error)
{
	int64_t done;
	const struct rights_parts *parts = r->e.parts;
	enum status status = rights_erase_resume(&done, parts, r->e.archive, error);
	if (status == STATUS_OK)
		status = choose(r, arena, error);
	if (status == STATUS_OK)
		status = find_records(r, error);
	if (status == STATUS_OK && r->count)
		status = erasure_walk_archives(&r->e, meet, r, error);
	if (status == STATUS_OK)
		status = find_whole(r, error);
	if (status == STATUS_OK)
		status = write_lists(r, error);
	if (status == STATUS_OK)
		status = rights_erase_resume(&done, parts, r->e.archive, error);
	return status == STATUS_OK ? store_execute(parts->data, "DELETE FROM brought_back", error) : status;
}

enum status rights_replay(struct replay *replay, const struct rights_parts *parts, const char *archive,
			  struct arena *arena, struct error *error)
{
	struct erasure counts = {0};
	struct replaying r = {.replay = replay, .e = {.erasure = &counts, .parts = parts, .archive = archive}};
	arena_init(&r.e.arena, 1 << 30);
	id_map_init(&r.by_proof);
	id_map_init(&r.by_client);
	enum status status = replay_all(&r, arena, error);
	id_map_release(&r.by_proof);
	id_map_release(&r.by_client);
	free(r.found);
	arena_release(&r.e.arena);
	return status;
}
