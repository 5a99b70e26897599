#include "policy/account_int.h"

#include "base/map.h"
#include "base/memory.h"

#include <pthread.h>
#include <sodium.h>

enum { TOKEN_HASH_BYTES = 32, HALF_MINUTES = 5 };

static void hash_token(struct text token, unsigned char out[TOKEN_HASH_BYTES])
{
	crypto_generichash(out, TOKEN_HASH_BYTES, (const unsigned char *)token.at, token.len, NULL, 0);
}

static int64_t idle_limit(const struct session_limits *limits)
{
	return limits && limits->idle ? limits->idle : 30 * MINUTE;
}

static int64_t absolute_limit(const struct session_limits *limits)
{
	return limits && limits->absolute ? limits->absolute : 12 * 60 * MINUTE;
}

static enum status start(struct store *desk, int64_t user_id, enum session_stage stage, enum session_began began,
			 struct text client, char token[SESSION_TOKEN_SIZE], struct error *error)
{
	unsigned char hash[TOKEN_HASH_BYTES];
	char csrf[CSRF_TOKEN_SIZE];
	struct statement *insert;
	random_token(token);
	random_token(csrf);
	hash_token(text_of(token), hash);
	enum status status =
		store_prepare(&insert, desk,
			      "INSERT INTO session (token_hash, user_id, started, seen, csrf, stage, began, "
			      "client) VALUES (:hash, :user_id, :now, :now, :csrf, :stage, :began, :client)",
			      error);
	if (status)
		return status;
	statement_bind_blob(insert, "hash", hash, sizeof hash);
	statement_bind_int(insert, "user_id", user_id);
	statement_bind_int(insert, "now", instant_now());
	statement_bind_text(insert, "csrf", text_of(csrf));
	statement_bind_int(insert, "stage", stage);
	statement_bind_int(insert, "began", began);
	statement_bind_text(insert, "client", client);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

enum status session_start(struct store *desk, int64_t user_id, char token[SESSION_TOKEN_SIZE], struct error *error)
{
	return start(desk, user_id, SESSION_WHOLE, SESSION_BY_PASSWORD, TEXT_ABSENT, token, error);
}

enum status session_start_as(struct store *desk, int64_t user_id, enum session_began began, struct text client,
			     char token[SESSION_TOKEN_SIZE], struct error *error)
{
	return start(desk, user_id, SESSION_WHOLE, began, client, token, error);
}

enum status session_start_half(struct store *desk, int64_t user_id, char token[SESSION_TOKEN_SIZE], struct error *error)
{
	return start(desk, user_id, SESSION_CODE_WANTED, SESSION_BY_PASSWORD, TEXT_ABSENT, token, error);
}

/* ---- that a session is used ------------------------------------------------------------------- */

struct session_marks {
	pthread_mutex_t lock;
	struct id_map seen; /* session -> when */
};

struct session_marks *session_marks_new(void)
{
	struct session_marks *marks = memory_alloc(1, sizeof *marks);
	pthread_mutex_init(&marks->lock, NULL);
	id_map_init(&marks->seen);
	return marks;
}

void session_marks_free(struct session_marks *marks)
{
	if (!marks)
		return;
	id_map_release(&marks->seen);
	pthread_mutex_destroy(&marks->lock);
	free(marks);
}

static enum status write_seen(struct store *desk, int64_t session_id, instant now, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(
		&update, desk, "UPDATE session SET seen = :now WHERE session_id = :id AND seen < :now", error);
	if (status)
		return status;
	statement_bind_int(update, "now", now);
	statement_bind_int(update, "id", session_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

static enum status write_all_seen(struct store *desk, void *context, struct error *error)
{
	const struct id_map *seen = context;
	enum status status = STATUS_OK;
	for (size_t i = 0; i < seen->slot_count && !status; i++) {
		if (seen->used[i])
			status = write_seen(desk, (int64_t)seen->keys[i], (instant)seen->values[i], error);
	}
	return status;
}

enum status session_marks_flush(struct session_marks *marks, struct store *desk, struct error *error)
{
	pthread_mutex_lock(&marks->lock);
	struct id_map seen = marks->seen;
	id_map_init(&marks->seen);
	pthread_mutex_unlock(&marks->lock);
	enum status status = seen.count ? in_transaction(desk, write_all_seen, &seen, error) : STATUS_OK;
	id_map_release(&seen);
	return status;
}

/* `seen` is kept to the minute only: a page must not cost a write for it. */
static enum status note_seen(struct store *desk, const struct session *session, struct session_marks *marks,
			     instant now, struct error *error)
{
	if (now - session->seen < MINUTE)
		return STATUS_OK;
	if (!marks)
		return write_seen(desk, session->session_id, now, error);
	pthread_mutex_lock(&marks->lock);
	*id_map_put(&marks->seen, (uint64_t)session->session_id, NULL) = (uint64_t)now;
	pthread_mutex_unlock(&marks->lock);
	return STATUS_OK;
}

/* ---- finding ------------------------------------------------------------------------------------ */

static struct text kept_text(struct statement *query, struct arena *arena, const char *name)
{
	struct text t = statement_text(query, statement_column(query, name));
	return text_is_absent(t) ? t : arena_text(arena, t);
}

static struct text kept_blob(struct statement *query, struct arena *arena, const char *name)
{
	struct text t = statement_blob(query, statement_column(query, name));
	return text_is_absent(t) ? t : arena_text(arena, t);
}

static void read_session(struct statement *query, struct arena *arena, instant now, struct session *out)
{
	*out = (struct session){
		.session_id = statement_int(query, statement_column(query, "session_id")),
		.stage = (enum session_stage)statement_int(query, statement_column(query, "stage")),
		.began = (enum session_began)statement_int(query, statement_column(query, "began")),
		.purpose = kept_text(query, arena, "purpose"),
		.reason = kept_text(query, arena, "reason"),
		.task = kept_text(query, arena, "task"),
		.reason_sealed = kept_blob(query, arena, "reason_sealed"),
		.started = statement_int(query, statement_column(query, "started")),
		.seen = statement_int(query, statement_column(query, "seen")),
		.policy_generation = statement_int(query, statement_column(query, "policy_generation")),
	};
	snprintf(out->csrf, sizeof out->csrf, "%.*s", TEXT_ARG(statement_text(query, statement_column(query, "csrf"))));
	account_read(query, arena, now, &out->account);
}

enum status session_find(struct store *desk, struct text token, const struct session_limits *limits,
			 struct arena *arena, struct session *out, struct error *error)
{
	unsigned char hash[TOKEN_HASH_BYTES];
	struct statement *query;
	instant now = instant_now();
	hash_token(token, hash);
	enum status status = store_prepare(
		&query, desk,
		"SELECT s.session_id, s.stage, s.began, s.started, s.seen, s.purpose, s.reason, s.task, s.csrf, a.*, "
		"w.sealed "
		"AS "
		"reason_sealed, (SELECT generation FROM policy_state) AS policy_generation FROM session s "
		"JOIN account a ON a.user_id = s.user_id LEFT JOIN stated w ON w.name = substr(s.reason, 7, 13) WHERE "
		"s.token_hash = :hash AND s.seen > :idle_since "
		"AND s.started > CASE WHEN s.stage = 0 THEN :started_since ELSE :half_since END AND "
		"a.status = :active AND (a.ends IS NULL OR a.ends >= :today)",
		error);
	if (status)
		return status;
	statement_bind_blob(query, "hash", hash, sizeof hash);
	statement_bind_int(query, "idle_since", now - idle_limit(limits));
	statement_bind_int(query, "started_since", now - absolute_limit(limits));
	statement_bind_int(query, "half_since", now - HALF_MINUTES * MINUTE);
	statement_bind_int(query, "today", instant_date(now));
	statement_bind_int(query, "active", ACCOUNT_ACTIVE);
	bool row;
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		read_session(query, arena, now, out);
	else if (status == STATUS_OK)
		status = error_set(error, STATUS_NOT_FOUND, "session.over", "You are not signed in, or no longer");
	statement_done(query);
	return status ? status : note_seen(desk, out, limits ? limits->marks : NULL, now, error);
}

enum status session_set_purpose(struct store *desk, int64_t session_id, struct text purpose, struct text reason,
				struct text task, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(&update, desk,
					   "UPDATE session SET purpose = :purpose, reason = :reason, task = :task "
					   "WHERE session_id = :id",
					   error);
	if (status)
		return status;
	statement_bind_text(update, "purpose", purpose);
	statement_bind_text(update, "reason", reason);
	statement_bind_text(update, "task", task);
	statement_bind_int(update, "id", session_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

enum status session_end(struct store *desk, struct text token, struct error *error)
{
	unsigned char hash[TOKEN_HASH_BYTES];
	struct statement *end;
	hash_token(token, hash);
	enum status status = store_prepare(&end, desk, "DELETE FROM session WHERE token_hash = :hash", error);
	if (status)
		return status;
	statement_bind_blob(end, "hash", hash, sizeof hash);
	status = statement_run(end, NULL, error);
	statement_done(end);
	return status;
}

enum status session_end_all(struct store *desk, int64_t user_id, struct error *error)
{
	struct statement *end;
	enum status status = store_prepare(&end, desk, "DELETE FROM session WHERE user_id = :user_id", error);
	if (status)
		return status;
	statement_bind_int(end, "user_id", user_id);
	status = statement_run(end, NULL, error);
	statement_done(end);
	return status;
}

enum status session_list(struct store *desk, int64_t user_id, const struct session_limits *limits, struct arena *arena,
			 struct session_row **out, size_t *count, struct error *error)
{
	enum { MOST = 100 };
	struct statement *query;
	bool row;
	*count = 0;
	*out = ARENA_ARRAY(arena, MOST, struct session_row);
	enum status status = store_prepare(
		&query, desk,
		"SELECT session_id, began, client, started, seen FROM session WHERE user_id = :user_id AND "
		"stage = 0 AND seen > :idle_since AND started > :started_since ORDER BY session_id DESC "
		"LIMIT 100",
		error);
	if (status)
		return status;
	statement_bind_int(query, "user_id", user_id);
	statement_bind_int(query, "idle_since", instant_now() - idle_limit(limits));
	statement_bind_int(query, "started_since", instant_now() - absolute_limit(limits));
	int id = statement_column(query, "session_id"), began = statement_column(query, "began"),
	    started = statement_column(query, "started"), seen = statement_column(query, "seen");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && *count < MOST)
		(*out)[(*count)++] = (struct session_row){.session_id = statement_int(query, id),
							  .began = (enum session_began)statement_int(query, began),
							  .client = kept_text(query, arena, "client"),
							  .started = statement_int(query, started),
							  .seen = statement_int(query, seen)};
	statement_done(query);
	return status;
}

enum status session_end_one(struct store *desk, int64_t user_id, int64_t session_id, bool *ended, struct error *error)
{
	struct statement *end;
	int64_t changed = 0;
	enum status status =
		store_prepare(&end, desk, "DELETE FROM session WHERE session_id = :id AND user_id = :user_id", error);
	if (status)
		return status;
	statement_bind_int(end, "id", session_id);
	statement_bind_int(end, "user_id", user_id);
	status = statement_run(end, &changed, error);
	statement_done(end);
	*ended = changed > 0;
	return status;
}

enum status session_sweep(struct store *desk, const struct session_limits *limits, struct error *error)
{
	struct statement *sweep;
	enum status status = store_prepare(
		&sweep, desk, "DELETE FROM session WHERE seen <= :idle_since OR started <= :started_since", error);
	if (status)
		return status;
	statement_bind_int(sweep, "idle_since", instant_now() - idle_limit(limits));
	statement_bind_int(sweep, "started_since", instant_now() - absolute_limit(limits));
	status = statement_run(sweep, NULL, error);
	statement_done(sweep);
	return status;
}

bool session_csrf_matches(const struct session *session, struct text given)
{
	return given.len == CSRF_TOKEN_SIZE - 1 && sodium_memcmp(session->csrf, given.at, given.len) == 0;
}
