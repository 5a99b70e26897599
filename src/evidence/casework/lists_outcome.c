/* What investigators found: on the desk, so that it outlives whatever is worked out anew. */
#include "base/id.h"
#include "base/map.h"
#include "base/memory.h"
#include "casework/lists_int.h"
#include "vault/disclosure.h"

#include <stdlib.h>

enum { WORDS_OF_OUTCOME = 3, SEALED_LONGEST = 4 * LIST_NOTE_LONGEST + 256 };

const struct sealed_rows list_sealed_notes = {
	.title = "outcomes of lists",
	.select = "SELECT outcome_id AS record_id, 0 AS feed_no, 0 AS row_key, 3 AS version, 5 AS part, "
		  "note_sealed AS sealed FROM list_outcome WHERE outcome_id > :record_id AND length(note_sealed) > 0 "
		  "ORDER BY outcome_id LIMIT :most",
	.update = "UPDATE list_outcome SET note_sealed = :sealed WHERE outcome_id = :record_id",
	.place = {"record_id"}};

static void bind_result(struct statement *insert, const struct profile_list *list, const struct list_result *result)
{
	statement_bind_text(insert, "list_id", list->id);
	statement_bind_int(insert, "subject_key", result->key);
	statement_bind_int(insert, "made", result->made ? result->made : instant_now());
	statement_bind_int(insert, "user_id", result->user_id);
	statement_bind_text(insert, "username", result->username);
	statement_bind_text(insert, "outcome", result->outcome);
	statement_bind_int(insert, "points", result->points);
}

enum status lists_record(struct store *desk, const struct vault *vault, const struct profile_list *list,
			 const struct list_result *result, int64_t *outcome_id, struct error *error)
{
	struct statement *insert;
	struct buf sealed;
	if (result->note.len > LIST_NOTE_LONGEST)
		return error_set(error, STATUS_TOO_LARGE, "list.long", "a note may have 2,000 characters at most");
	enum status status = store_prepare(
		&insert, desk,
		"INSERT INTO list_outcome (outcome_id, list_id, subject_key, made, user_id, username, outcome, points,"
		" note_sealed) VALUES (:outcome_id, :list_id, :subject_key, :made, :user_id, :username, :outcome,"
		" :points, :note)",
		error);
	if (status != STATUS_OK)
		return status;
	*outcome_id = id_random();
	buf_init(&sealed, SEALED_LONGEST);
	disclosure_seal_words(vault, *outcome_id, WORDS_OF_OUTCOME, result->note, &sealed);
	statement_bind_int(insert, "outcome_id", *outcome_id);
	bind_result(insert, list, result);
	statement_bind_blob(insert, "note", sealed.at, sealed.len);
	status = statement_run(insert, NULL, error);
	buf_release(&sealed);
	statement_done(insert);
	return status;
}

static enum status unseal_note(struct list_result *result, const struct vault *vault, struct text sealed,
			       struct arena *arena, struct error *error)
{
	struct buf plain;
	result->words_erased = !sealed.len;
	if (result->words_erased)
		return STATUS_OK;
	buf_init(&plain, SEALED_LONGEST);
	enum status status =
		disclosure_unseal_words(vault, result->outcome_id, WORDS_OF_OUTCOME, sealed, &plain, error);
	if (status == STATUS_OK)
		result->note = arena_text(arena, buf_text(&plain));
	buf_wipe(&plain);
	buf_release(&plain);
	return status;
}

/* VAULT is NULL where notes are not wanted. */
static enum status take_results(struct list_result **out, size_t *count, struct statement *query,
				const struct vault *vault, struct arena *arena, struct error *error)
{
	struct list_result *results = NULL;
	size_t capacity = 0;
	bool row;
	enum status status;
	int id = statement_column(query, "outcome_id"), key = statement_column(query, "subject_key"),
	    made = statement_column(query, "made"), user = statement_column(query, "user_id"),
	    name = statement_column(query, "username"), outcome = statement_column(query, "outcome"),
	    points = statement_column(query, "points"), note = statement_column(query, "note_sealed");
	*count = 0;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(results, *count, capacity);
		struct list_result *result = &results[(*count)++];
		*result = (struct list_result){.outcome_id = statement_int(query, id),
					       .key = statement_int(query, key),
					       .made = statement_int(query, made),
					       .user_id = statement_int(query, user),
					       .username = arena_text(arena, statement_text(query, name)),
					       .outcome = arena_text(arena, statement_text(query, outcome)),
					       .points = (int)statement_int(query, points)};
		if (vault)
			status = unseal_note(result, vault, statement_blob(query, note), arena, error);
		if (status != STATUS_OK)
			break;
	}
	*out = ARENA_ARRAY(arena, *count + 1, struct list_result);
	if (*count)
		memcpy(*out, results, *count * sizeof *results);
	free(results);
	return status;
}

enum status lists_results(struct list_result **out, size_t *count, const struct profile_list *list, struct store *desk,
			  struct arena *arena, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(
		&query, desk,
		"SELECT outcome_id, subject_key, made, user_id, username, outcome, points, NULL AS note_sealed"
		" FROM list_outcome WHERE list_id = :list_id ORDER BY made, outcome_id",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(query, "list_id", list->id);
	status = take_results(out, count, query, NULL, arena, error);
	statement_done(query);
	return status;
}

enum status lists_results_of(struct list_result **out, size_t *count, const struct profile_list *list, int64_t key,
			     struct store *desk, const struct vault *vault, struct arena *arena, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(
		&query, desk,
		"SELECT outcome_id, subject_key, made, user_id, username, outcome, points, note_sealed"
		" FROM list_outcome WHERE list_id = :list_id AND subject_key = :key ORDER BY made DESC, outcome_id",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(query, "list_id", list->id);
	statement_bind_int(query, "key", key);
	status = take_results(out, count, query, vault, arena, error);
	statement_done(query);
	return status;
}

bool list_result_settles(const struct profile_list *list, const struct list_result *result, date today)
{
	return list->again_after < 0 || instant_date(result->made) + list->again_after > today;
}

const struct list_result *lists_last_result(const struct list_result *results, size_t count, int64_t key)
{
	for (size_t i = count; i-- > 0;) {
		if (results[i].key == key)
			return &results[i];
	}
	return NULL;
}

static bool is_among(const struct list_row *rows, size_t count, int64_t key)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].key == key)
			return true;
	}
	return false;
}

enum status outcomes_count(struct outcome_counts *out, const struct profile_list *list, const struct list_row *rows,
			   size_t count, struct store *desk, const struct list_asker *asker, date today,
			   struct arena *arena, struct error *error)
{
	struct list_result *results;
	size_t result_count;
	struct id_map last; /* key -> number + 1 */
	*out = (struct outcome_counts){0};
	enum status status = lists_results(&results, &result_count, list, desk, arena, error);
	if (status != STATUS_OK)
		return status;
	id_map_init(&last);
	for (size_t i = 0; i < result_count; i++)
		*id_map_put(&last, (uint64_t)results[i].key, NULL) = i + 1;
	for (size_t i = 0; i < count; i++) {
		const uint64_t *number = id_map_get(&last, (uint64_t)rows[i].key);
		out->open += !number || !list_result_settles(list, &results[*number - 1], today);
	}
	for (size_t i = 0; status == STATUS_OK && i < result_count; i++) {
		if (*id_map_get(&last, (uint64_t)results[i].key) != i + 1)
			continue;
		bool told = is_among(rows, count, results[i].key);
		if (!told)
			status = list_subject_may_be_told(&told, list, results[i].key, asker, error);
		if (status != STATUS_OK || !told)
			continue;
		const struct profile_outcome *outcome = list_outcome(list, results[i].outcome);
		out->decided++;
		out->right += outcome && outcome->right;
	}
	id_map_release(&last);
	return status;
}
