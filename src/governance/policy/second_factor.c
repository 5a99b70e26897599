#include "policy/second_factor.h"
#include "policy/account_int.h"

#include <sodium.h>

enum { CODE_HASH_BYTES = 32, CODE_GROUP = 4, CODE_LETTERS = 24, SHORT_CODE_LETTERS = 16 };

/* ---- rows ------------------------------------------------------------------------------------- */

static enum status run_for(struct store *desk, const char *sql, int64_t user_id, int64_t *changed, struct error *error)
{
	struct statement *statement;
	enum status status = store_prepare(&statement, desk, sql, error);
	if (status)
		return status;
	statement_bind_int(statement, "user_id", user_id);
	status = statement_run(statement, changed, error);
	statement_done(statement);
	return status;
}

enum status second_factor_get(struct store *desk, int64_t user_id, struct arena *arena, struct second_factor *out,
			      struct error *error)
{
	struct statement *query;
	bool row;
	*out = (struct second_factor){.user_id = user_id, .confirmed = INSTANT_UNKNOWN};
	enum status status = store_prepare(&query, desk,
					   "SELECT sealed, confirmed, (SELECT count(*) FROM recovery_code c WHERE "
					   "c.user_id = f.user_id AND c.used IS NULL) AS codes FROM second_factor f "
					   "WHERE f.user_id = :user_id",
					   error);
	if (status)
		return status;
	statement_bind_int(query, "user_id", user_id);
	int sealed = statement_column(query, "sealed"), confirmed = statement_column(query, "confirmed"),
	    codes = statement_column(query, "codes");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		out->sealed = arena_text(arena, statement_blob(query, sealed));
		if (!statement_is_null(query, confirmed))
			out->confirmed = statement_int(query, confirmed);
		out->recovery_left = (int)statement_int(query, codes);
	}
	statement_done(query);
	return status;
}

enum status second_factor_begin(struct store *desk, int64_t user_id, struct text sealed, struct error *error)
{
	struct statement *insert;
	int64_t changed;
	enum status status = store_prepare(&insert, desk,
					   "INSERT INTO second_factor (user_id, sealed, last_step) VALUES (:user_id, "
					   ":sealed, 0) ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed "
					   "WHERE second_factor.confirmed IS NULL",
					   error);
	if (status)
		return status;
	statement_bind_int(insert, "user_id", user_id);
	statement_bind_blob(insert, "sealed", sealed.at, sealed.len);
	status = statement_run(insert, &changed, error);
	statement_done(insert);
	if (status || changed)
		return status;
	error_set(error, STATUS_CONFLICT, "second_factor.there", "An authenticator app is set up already");
	error_remedy(error, "Remove it first, with a code of it");
	return STATUS_CONFLICT;
}

/* Whether STEP is newer than any that was used; if so, it is used now. One statement, so that of two who come with the
 * same code at the same moment one is refused. */
static enum status use_step(struct store *desk, int64_t user_id, int64_t step, bool *fresh, struct error *error)
{
	struct statement *update;
	int64_t changed;
	enum status status = store_prepare(
		&update, desk,
		"UPDATE second_factor SET last_step = :step WHERE user_id = :user_id AND last_step < :step", error);
	if (status)
		return status;
	statement_bind_int(update, "step", step);
	statement_bind_int(update, "user_id", user_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	*fresh = status == STATUS_OK && changed == 1;
	return status;
}

/* ---- recovery codes ------------------------------------------------------------------------------ */

/* As it is kept: letters and digits only, hashed with the account. 118 random bits need no slow hash; those of
 * 79 bits, given out before, are taken until their holder has new ones. */
static bool hash_recovery(int64_t user_id, struct text code, unsigned char out[CODE_HASH_BYTES])
{
	char plain[CODE_LETTERS + 1] = "", bound[CODE_LETTERS + 24];
	size_t count = 0;
	for (size_t i = 0; i < code.len; i++) {
		char c = code.at[i];
		if (c == '-' || c == ' ')
			continue;
		if (count == CODE_LETTERS)
			return false;
		plain[count++] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
	}
	snprintf(bound, sizeof bound, "%lld:%s", (long long)user_id, plain);
	crypto_generichash(out, CODE_HASH_BYTES, (const unsigned char *)bound, strlen(bound), NULL, 0);
	sodium_memzero(plain, sizeof plain);
	sodium_memzero(bound, sizeof bound);
	return count == CODE_LETTERS || count == SHORT_CODE_LETTERS;
}

static void make_recovery(char out[RECOVERY_CODE_SIZE])
{
	char letters[CODE_LETTERS + 1];
	password_random(letters, sizeof letters);
	for (int i = 0, o = 0; i < CODE_LETTERS; i++) {
		if (i && i % CODE_GROUP == 0)
			out[o++] = '-';
		out[o++] = letters[i];
	}
	out[RECOVERY_CODE_SIZE - 1] = '\0';
	sodium_memzero(letters, sizeof letters);
}

static enum status put_recovery(struct store *desk, int64_t user_id, const char *code, struct error *error)
{
	struct statement *insert;
	unsigned char hash[CODE_HASH_BYTES];
	(void)hash_recovery(user_id, text_of(code), hash);
	enum status status = store_prepare(
		&insert, desk, "INSERT INTO recovery_code (code_hash, user_id) VALUES (:hash, :user_id)", error);
	if (status)
		return status;
	statement_bind_blob(insert, "hash", hash, sizeof hash);
	statement_bind_int(insert, "user_id", user_id);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

static enum status use_recovery(struct store *desk, int64_t user_id, struct text code, bool *used, struct error *error)
{
	struct statement *update;
	unsigned char hash[CODE_HASH_BYTES];
	int64_t changed;
	*used = false;
	if (!hash_recovery(user_id, code, hash))
		return STATUS_OK;
	enum status status = store_prepare(&update, desk,
					   "UPDATE recovery_code SET used = :now WHERE code_hash = :hash AND user_id = "
					   ":user_id AND used IS NULL",
					   error);
	if (status)
		return status;
	statement_bind_int(update, "now", instant_now());
	statement_bind_blob(update, "hash", hash, sizeof hash);
	statement_bind_int(update, "user_id", user_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	*used = status == STATUS_OK && changed == 1;
	return status;
}

/* ---- setting up, checking, removing ---------------------------------------------------------------- */

enum status second_factor_confirm(struct store *desk, int64_t user_id, const unsigned char *secret, struct text code,
				  char recovery[RECOVERY_CODES][RECOVERY_CODE_SIZE], struct error *error)
{
	struct statement *update;
	bool fresh = false;
	int64_t step = totp_match(secret, code, instant_now());
	enum status status = step < 0 ? STATUS_OK : use_step(desk, user_id, step, &fresh, error);
	if (status == STATUS_OK && !fresh) {
		error_set(error, STATUS_INVALID, "second_factor.code", "This is not the code that the app shows");
		error_remedy(error, "Wait for the next code; the telephone's clock must be right");
		return STATUS_INVALID;
	}
	if (status == STATUS_OK)
		status = store_prepare(&update, desk,
				       "UPDATE second_factor SET confirmed = :now WHERE user_id = :user_id", error);
	if (status)
		return status;
	statement_bind_int(update, "now", instant_now());
	statement_bind_int(update, "user_id", user_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	if (status == STATUS_OK)
		status = run_for(desk, "UPDATE account SET second_factor = 1 WHERE user_id = :user_id", user_id, NULL,
				 error);
	for (int i = 0; i < RECOVERY_CODES && status == STATUS_OK; i++) {
		make_recovery(recovery[i]);
		status = put_recovery(desk, user_id, recovery[i], error);
	}
	return status ? status : session_end_all(desk, user_id, error);
}

static enum status refuse(enum sign_in_outcome *outcome, enum sign_in_outcome why, struct error *error)
{
	*outcome = why;
	error_set(error, STATUS_REFUSED, "account.code", "The code is not right, or was used before");
	error_remedy(error, "Wait for the next code. After %d wrong attempts wait %d minutes", FAILURES_MAX,
		     LOCK_MINUTES);
	return STATUS_REFUSED;
}

enum status second_factor_check(struct store *desk, const struct second_factor *factor, const unsigned char *secret,
				struct text code, bool *by_recovery, enum sign_in_outcome *outcome, struct error *error)
{
	bool locked, right = false;
	*by_recovery = false;
	enum status status = sign_in_count_guess(desk, factor->user_id, &locked, error);
	if (status)
		return status;
	if (locked || factor->confirmed == INSTANT_UNKNOWN)
		return refuse(outcome, SIGN_IN_LOCKED, error);
	int64_t step = totp_match(secret, code, instant_now());
	if (step >= 0)
		status = use_step(desk, factor->user_id, step, &right, error);
	else
		status = use_recovery(desk, factor->user_id, code, by_recovery, error);
	if (status)
		return status;
	if (!right && !*by_recovery)
		return refuse(outcome, SIGN_IN_WRONG_CODE, error);
	*outcome = SIGN_IN_OK;
	return sign_in_note_success(desk, factor->user_id, error);
}

static enum status remove_all(struct store *desk, void *context, struct error *error)
{
	static const char *const steps[] = {"DELETE FROM recovery_code WHERE user_id = :user_id",
					    "DELETE FROM second_factor WHERE user_id = :user_id",
					    "UPDATE account SET second_factor = 0 WHERE user_id = :user_id"};
	const int64_t *user_id = context;
	enum status status = STATUS_OK;
	for (size_t i = 0; i < sizeof steps / sizeof *steps && status == STATUS_OK; i++)
		status = run_for(desk, steps[i], *user_id, NULL, error);
	return status;
}

enum status second_factor_remove(struct store *desk, int64_t user_id, struct error *error)
{
	return in_transaction(desk, remove_all, &user_id, error);
}
