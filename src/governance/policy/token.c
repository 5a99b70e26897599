/* Tokens for programs: an account, a few capabilities, one purpose, an end. */
#include "policy/account_int.h"

#include <sodium.h>

enum { TOKEN_HASH_BYTES = 32 };
#define TOKEN_PREFIX "ov_" /* so that scanners for leaked secrets know one */

static void hash_token(struct text token, unsigned char out[TOKEN_HASH_BYTES])
{
	crypto_generichash(out, TOKEN_HASH_BYTES, (const unsigned char *)token.at, token.len, NULL, 0);
}

enum status api_token_create(struct store *desk, struct api_token *made, struct text by, char token[API_TOKEN_SIZE],
			     struct error *error)
{
	unsigned char hash[TOKEN_HASH_BYTES];
	char random[SESSION_TOKEN_SIZE];
	struct statement *insert;
	random_token(random);
	snprintf(token, API_TOKEN_SIZE, TOKEN_PREFIX "%s", random);
	hash_token(text_of(token), hash);
	enum status status = store_prepare(&insert, desk,
					   "INSERT INTO api_token (user_id, name, token_hash, capabilities, purpose, "
					   "created, created_by, expires) VALUES (:user_id, :name, :hash, "
					   ":capabilities, :purpose, :now, :by, :expires)",
					   error);
	sodium_memzero(random, sizeof random);
	if (status)
		return status;
	statement_bind_int(insert, "user_id", made->user_id);
	statement_bind_text(insert, "name", made->name);
	statement_bind_blob(insert, "hash", hash, sizeof hash);
	statement_bind_text(insert, "capabilities", made->capabilities);
	statement_bind_text(insert, "purpose", made->purpose);
	statement_bind_int(insert, "now", instant_now());
	statement_bind_text(insert, "by", by);
	statement_bind_int(insert, "expires", made->expires);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

static struct text kept(struct statement *query, const char *name, struct arena *arena)
{
	struct text t = statement_text(query, statement_column(query, name));
	return text_is_absent(t) ? t : arena_text(arena, t);
}

static instant kept_instant(struct statement *query, const char *name)
{
	int column = statement_column(query, name);
	return statement_is_null(query, column) ? INSTANT_UNKNOWN : statement_int(query, column);
}

static void read_token(struct statement *query, struct arena *arena, struct api_token *out)
{
	*out = (struct api_token){.token_id = statement_int(query, statement_column(query, "token_id")),
				  .user_id = statement_int(query, statement_column(query, "user_id")),
				  .username = kept(query, "username", arena),
				  .name = kept(query, "token_name", arena),
				  .capabilities = kept(query, "capabilities", arena),
				  .purpose = kept(query, "purpose", arena),
				  .created = kept_instant(query, "token_created"),
				  .expires = kept_instant(query, "expires"),
				  .last_used = kept_instant(query, "last_used"),
				  .revoked = kept_instant(query, "revoked")};
}

#define TOKENS_AND_ACCOUNTS \
	"SELECT t.token_id, t.name AS token_name, t.capabilities, t.purpose, t.created AS token_created, t.expires, " \
	"t.last_used, t.revoked, (SELECT generation FROM policy_state) AS policy_generation, a.* FROM api_token t " \
	"JOIN account a ON a.user_id = t.user_id "

/* To the hour: a page must not cost a write for it. */
static enum status note_use(struct store *desk, const struct api_token *token, instant now, struct error *error)
{
	struct statement *update;
	if (token->last_used != INSTANT_UNKNOWN && now - token->last_used < 60 * MINUTE)
		return STATUS_OK;
	enum status status =
		store_prepare(&update, desk, "UPDATE api_token SET last_used = :now WHERE token_id = :id", error);
	if (status)
		return status;
	statement_bind_int(update, "now", now);
	statement_bind_int(update, "id", token->token_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

enum status api_token_find(struct store *desk, struct text token, struct arena *arena, struct api_token *out,
			   struct session *session, struct error *error)
{
	unsigned char hash[TOKEN_HASH_BYTES];
	struct statement *query;
	instant now = instant_now();
	bool row;
	hash_token(token, hash);
	enum status status = store_prepare(&query, desk,
					   TOKENS_AND_ACCOUNTS "WHERE t.token_hash = :hash AND t.revoked IS NULL AND "
							       "t.expires > :now AND a.status = :active AND (a.ends "
							       "IS NULL OR a.ends >= :today)",
					   error);
	if (status)
		return status;
	statement_bind_blob(query, "hash", hash, sizeof hash);
	statement_bind_int(query, "now", now);
	statement_bind_int(query, "today", instant_date(now));
	statement_bind_int(query, "active", ACCOUNT_ACTIVE);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		read_token(query, arena, out);
		/* No session of a person has the number: searches are kept and counted by it. */
		*session = (struct session){.session_id = -out->token_id,
					    .purpose = out->purpose,
					    .reason = out->name,
					    .started = now,
					    .seen = now,
					    .policy_generation =
						    statement_int(query, statement_column(query, "policy_generation"))};
		account_read(query, arena, now, &session->account);
	} else if (status == STATUS_OK) {
		status = error_set(error, STATUS_NOT_FOUND, "token.over", "This token is not known, or no longer");
	}
	statement_done(query);
	return status ? status : note_use(desk, out, now, error);
}

enum status api_token_list(struct store *desk, struct arena *arena, struct api_token **out, size_t *count,
			   struct error *error)
{
	enum { TOKENS_MOST = 1000 };
	struct statement *query;
	bool row;
	*count = 0;
	enum status status = store_prepare(&query, desk, TOKENS_AND_ACCOUNTS "ORDER BY t.token_id LIMIT 1000", error);
	if (status)
		return status;
	*out = ARENA_ARRAY(arena, TOKENS_MOST, struct api_token);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && *count < TOKENS_MOST)
		read_token(query, arena, &(*out)[(*count)++]);
	statement_done(query);
	return status;
}

enum status api_token_revoke(struct store *desk, int64_t token_id, struct error *error)
{
	struct statement *update;
	int64_t changed;
	enum status status = store_prepare(
		&update, desk, "UPDATE api_token SET revoked = :now WHERE token_id = :id AND revoked IS NULL", error);
	if (status)
		return status;
	statement_bind_int(update, "now", instant_now());
	statement_bind_int(update, "id", token_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	if (status || changed)
		return status;
	error_set(error, STATUS_NOT_FOUND, "token.number", "There is no token of this number that is in force");
	error_remedy(error, "\"oneview token list WORKSPACE\" lists them");
	return STATUS_NOT_FOUND;
}
