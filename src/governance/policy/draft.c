#include "policy/draft.h"
#include "policy/account_int.h"

#include <sodium.h>

#define AN_HOUR (60 * MINUTE)

struct draft_owner draft_owner_of(struct text username, struct text token)
{
	struct draft_owner owner;
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof owner.hash);
	crypto_generichash_update(&state, (const unsigned char *)"draft", 6);
	crypto_generichash_update(&state, (const unsigned char *)username.at, username.len);
	crypto_generichash_update(&state, (const unsigned char *)"", 1); /* no name has a NUL */
	crypto_generichash_update(&state, (const unsigned char *)token.at, token.len);
	crypto_generichash_final(&state, owner.hash, sizeof owner.hash);
	return owner;
}

/* Not session_find(): that notes the use, and a session that is over must stay so. */
enum status draft_session(struct store *desk, struct text token, struct arena *arena, struct session *out,
			  struct error *error)
{
	unsigned char hash[32];
	struct statement *query;
	bool row;
	instant now = instant_now();
	crypto_generichash(hash, sizeof hash, (const unsigned char *)token.at, token.len, NULL, 0);
	enum status status =
		store_prepare(&query, desk,
			      "SELECT s.session_id, s.csrf, a.* FROM session s JOIN account a ON a.user_id "
			      "= s.user_id WHERE s.token_hash = :hash AND s.stage = :whole AND s.seen > "
			      ":since AND a.status = :active AND (a.ends IS NULL OR a.ends >= :today)",
			      error);
	if (status)
		return status;
	statement_bind_blob(query, "hash", hash, sizeof hash);
	statement_bind_int(query, "whole", SESSION_WHOLE);
	statement_bind_int(query, "since", now - 2 * DRAFT_SESSION_HOURS * AN_HOUR);
	statement_bind_int(query, "active", ACCOUNT_ACTIVE);
	statement_bind_int(query, "today", instant_date(now));
	int id = statement_column(query, "session_id"), csrf = statement_column(query, "csrf");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		*out = (struct session){.session_id = statement_int(query, id)};
		snprintf(out->csrf, sizeof out->csrf, "%.*s", TEXT_ARG(statement_text(query, csrf)));
		account_read(query, arena, now, &out->account);
	} else if (status == STATUS_OK) {
		status = error_set(error, STATUS_NOT_FOUND, "session.over", "You are not signed in, or no longer");
	}
	statement_done(query);
	return status;
}

struct session_limits draft_sweep_limits(const struct session_limits *limits)
{
	return (struct session_limits){
		.idle = (limits->idle ? limits->idle : 30 * MINUTE) + DRAFT_SESSION_HOURS * AN_HOUR,
		.absolute = (limits->absolute ? limits->absolute : 12 * AN_HOUR) + DRAFT_SESSION_HOURS * AN_HOUR,
	};
}

static enum status finish(struct statement *statement, int64_t *changed, struct error *error)
{
	enum status status = statement_run(statement, changed, error);
	statement_done(statement);
	return status;
}

enum status draft_drop(struct store *desk, const struct draft_owner *owner, struct error *error)
{
	struct statement *drop;
	enum status status = store_prepare(&drop, desk, "DELETE FROM draft WHERE owner_hash = :owner", error);
	if (status)
		return status;
	statement_bind_blob(drop, "owner", owner->hash, sizeof owner->hash);
	return finish(drop, NULL, error);
}

enum status draft_keep(struct store *desk, const struct draft_owner *owner, const struct draft *draft,
		       struct error *error)
{
	struct statement *insert;
	enum status status = draft_drop(desk, owner, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&insert, desk,
			"INSERT INTO draft (draft_id, owner_hash, path, kept, sealed) VALUES (:id, :owner, "
			":path, :now, :sealed)",
			error);
	if (status)
		return status;
	statement_bind_int(insert, "id", draft->draft_id);
	statement_bind_blob(insert, "owner", owner->hash, sizeof owner->hash);
	statement_bind_text(insert, "path", draft->path);
	statement_bind_int(insert, "now", instant_now());
	statement_bind_blob(insert, "sealed", draft->sealed.at, draft->sealed.len);
	return finish(insert, NULL, error);
}

enum status draft_find(struct store *desk, const struct draft_owner *owner, struct arena *arena, struct draft *out,
		       struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, desk,
		"SELECT draft_id, path, kept, sealed FROM draft WHERE owner_hash = :owner AND kept > :since", error);
	if (status)
		return status;
	statement_bind_blob(query, "owner", owner->hash, sizeof owner->hash);
	statement_bind_int(query, "since", instant_now() - DRAFT_MINUTES * MINUTE);
	int id = statement_column(query, "draft_id"), path = statement_column(query, "path"),
	    kept = statement_column(query, "kept"), sealed = statement_column(query, "sealed");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		*out = (struct draft){statement_int(query, id), arena_text(arena, statement_text(query, path)),
				      arena_text(arena, statement_blob(query, sealed)), statement_int(query, kept)};
	else if (status == STATUS_OK)
		status = error_set(error, STATUS_NOT_FOUND, "draft.missing", "Nothing is kept");
	statement_done(query);
	return status;
}

enum status draft_move(struct store *desk, const struct draft_owner *from, const struct draft_owner *to, bool *moved,
		       struct error *error)
{
	struct statement *update;
	int64_t changed = 0;
	enum status status = store_prepare(
		&update, desk, "UPDATE draft SET owner_hash = :to WHERE owner_hash = :from AND kept > :since", error);
	if (status)
		return status;
	statement_bind_blob(update, "from", from->hash, sizeof from->hash);
	statement_bind_blob(update, "to", to->hash, sizeof to->hash);
	statement_bind_int(update, "since", instant_now() - DRAFT_MINUTES * MINUTE);
	status = finish(update, &changed, error);
	*moved = changed > 0;
	return status;
}

enum status draft_sweep(struct store *desk, struct error *error)
{
	struct statement *sweep;
	enum status status = store_prepare(&sweep, desk, "DELETE FROM draft WHERE kept <= :since", error);
	if (status)
		return status;
	statement_bind_int(sweep, "since", instant_now() - DRAFT_MINUTES * MINUTE);
	return finish(sweep, NULL, error);
}
