#include "policy/account_int.h"

#include "base/threads.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <time.h>

/* 64 MiB, 3 passes: about 70 ms. OWASP's least is 19 MiB and 2. */
enum { ARGON2_PASSES = 3, ARGON2_BYTES = 64 << 20, HASH_WAIT_SECONDS = 5 };

const char *sign_in_outcome_name(enum sign_in_outcome outcome)
{
	static const char *const names[] = {
		[SIGN_IN_OK] = "ok",
		[SIGN_IN_UNKNOWN] = "unknown",
		[SIGN_IN_WRONG_PASSWORD] = "wrong_password",
		[SIGN_IN_DISABLED] = "disabled",
		[SIGN_IN_LOCKED] = "locked",
		[SIGN_IN_WRONG_CODE] = "wrong_code",
		[SIGN_IN_PASSWORD_OLD] = "password_not_changed_in_time",
		[SIGN_IN_ELSEWHERE] = "elsewhere",
	};
	return names[outcome];
}

/* ---- at most as many hashes at a time as there are processors -------------------------------- */

static pthread_mutex_t hash_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t hash_freed = PTHREAD_COND_INITIALIZER;
static unsigned hashes_running;

static enum status begin_hash(struct error *error)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += HASH_WAIT_SECONDS;
	int failed = 0;
	if (sodium_init() < 0)
		return error_set(error, STATUS_INTERNAL, "account.hash", "The cryptographic library did not start");
	pthread_mutex_lock(&hash_mutex);
	while (hashes_running >= threads_available() && failed != ETIMEDOUT)
		failed = pthread_cond_timedwait(&hash_freed, &hash_mutex, &until);
	bool free_now = hashes_running < threads_available();
	hashes_running += free_now;
	pthread_mutex_unlock(&hash_mutex);
	if (free_now)
		return STATUS_OK;
	error_set(error, STATUS_IO, "account.busy", "Too many people are signing in at this moment");
	error_remedy(error, "Try again in a minute");
	return STATUS_IO;
}

static void end_hash(void)
{
	pthread_mutex_lock(&hash_mutex);
	hashes_running--;
	pthread_cond_signal(&hash_freed);
	pthread_mutex_unlock(&hash_mutex);
}

enum status password_hash(struct text password, char out[PASSWORD_HASH_SIZE], struct error *error)
{
	static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_argon2id_STRBYTES, "a hash must fit");
	enum status status = begin_hash(error);
	if (status)
		return status;
	int failed = crypto_pwhash_argon2id_str(out, password.at, password.len, ARGON2_PASSES, ARGON2_BYTES);
	end_hash();
	return failed ? error_set(error, STATUS_NO_MEMORY, "account.memory", "There is no memory to hash a password")
		      : STATUS_OK;
}

static char nobodys_hash[PASSWORD_HASH_SIZE];
static pthread_once_t nobody_once = PTHREAD_ONCE_INIT;

static void make_nobody(void)
{
	char password[25];
	struct error ignored;
	password_random(password, sizeof password);
	(void)!password_hash(text_of(password), nobodys_hash, &ignored);
}

enum status password_verify(const char *hash, struct text password, bool *matches, struct error *error)
{
	*matches = false;
	if (!hash)
		pthread_once(&nobody_once, make_nobody);
	enum status status = begin_hash(error);
	if (status)
		return status;
	bool same = crypto_pwhash_argon2id_str_verify(hash ? hash : nobodys_hash, password.at, password.len) == 0;
	end_hash();
	*matches = hash && same;
	return STATUS_OK;
}

/* ---- signing in ------------------------------------------------------------------------------ */

struct attempt {
	const char *username;
	char hash[PASSWORD_HASH_SIZE]; /* empty: no such account */
	int64_t user_id;
	bool disabled, locked, second_factor, elsewhere, password_old;
};

static enum status put_failures(struct store *desk, int64_t user_id, int64_t failures, instant locked_until,
				struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(&update, desk,
					   "UPDATE account SET failures = :failures, locked_until = :locked_until "
					   "WHERE user_id = :user_id",
					   error);
	if (status)
		return status;
	statement_bind_int(update, "failures", failures);
	if (locked_until == INSTANT_UNKNOWN)
		statement_bind_null(update, "locked_until");
	else
		statement_bind_int(update, "locked_until", locked_until);
	statement_bind_int(update, "user_id", user_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

/* A commit takes its time; an unknown name must take it too. */
static enum status write_for_nobody(struct store *desk, struct error *error)
{
	return store_execute(desk, "UPDATE policy_state SET one = one", error);
}

/* Counts the attempt as failed before the password is looked at, so that many guesses sent at once are all
 * counted; success takes it back. The first statement locks the account's row. */
static enum status count_attempt(struct store *desk, void *context, struct error *error)
{
	struct attempt *attempt = context;
	struct statement *update;
	enum status status = store_prepare(&update, desk,
					   "UPDATE account SET failures = failures + 1 WHERE username = :username "
					   "RETURNING user_id, password_hash, status, failures, locked_until, "
					   "second_factor, ends, external_id, must_change_password, "
					   "password_given",
					   error);
	if (status)
		return status;
	statement_bind_text(update, "username", text_of(attempt->username));
	int user_id = statement_column(update, "user_id"), hash = statement_column(update, "password_hash"),
	    account_status = statement_column(update, "status"), failures = statement_column(update, "failures"),
	    locked = statement_column(update, "locked_until"),
	    second_factor = statement_column(update, "second_factor"), ends = statement_column(update, "ends"),
	    external = statement_column(update, "external_id"),
	    must_change = statement_column(update, "must_change_password"),
	    given = statement_column(update, "password_given");
	bool row;
	status = statement_step(update, &row, error);
	if (status || !row) {
		statement_done(update);
		return status ? status : write_for_nobody(desk, error);
	}
	instant now = instant_now(), until = statement_int(update, locked);
	int64_t count = statement_int(update, failures);
	attempt->user_id = statement_int(update, user_id);
	bool over = !statement_is_null(update, ends) && statement_int(update, ends) < instant_date(now);
	attempt->disabled = over || statement_int(update, account_status) != ACCOUNT_ACTIVE;
	attempt->second_factor = statement_int(update, second_factor) != 0;
	attempt->elsewhere = !statement_is_null(update, external);
	attempt->password_old = statement_int(update, must_change) && !statement_is_null(update, given) &&
				now - statement_int(update, given) > GIVEN_PASSWORD_DAYS * 24 * 60 * MINUTE;
	snprintf(attempt->hash, sizeof attempt->hash, "%.*s", TEXT_ARG(statement_text(update, hash)));
	statement_done(update);
	attempt->locked = until > now;
	if (attempt->locked)
		return put_failures(desk, attempt->user_id, count - 1, until, error);
	if (until) /* the lock has run out */
		count = 1;
	return put_failures(desk, attempt->user_id, count,
			    count >= FAILURES_MAX ? now + LOCK_MINUTES * MINUTE : INSTANT_UNKNOWN, error);
}

enum status sign_in_note_success(struct store *desk, int64_t user_id, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(&update, desk,
					   "UPDATE account SET failures = 0, locked_until = NULL, last_sign_in = :now "
					   "WHERE user_id = :user_id",
					   error);
	if (status)
		return status;
	statement_bind_int(update, "now", instant_now());
	statement_bind_int(update, "user_id", user_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

/* The password was right and the code is still to come: this attempt is no failure, those before it still are. */
static enum status take_back(struct store *desk, int64_t user_id, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(&update, desk,
					   "UPDATE account SET failures = CASE WHEN failures > 0 THEN failures - 1 "
					   "ELSE 0 END, locked_until = CASE WHEN failures > :most THEN locked_until "
					   "ELSE NULL END WHERE user_id = :user_id",
					   error);
	if (status)
		return status;
	statement_bind_int(update, "most", FAILURES_MAX);
	statement_bind_int(update, "user_id", user_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

static enum sign_in_outcome outcome_of(const struct attempt *attempt, bool matches)
{
	if (attempt->elsewhere)
		return SIGN_IN_ELSEWHERE;
	if (!attempt->hash[0])
		return SIGN_IN_UNKNOWN;
	if (attempt->locked)
		return SIGN_IN_LOCKED;
	if (!matches)
		return SIGN_IN_WRONG_PASSWORD;
	if (attempt->disabled)
		return SIGN_IN_DISABLED;
	return attempt->password_old ? SIGN_IN_PASSWORD_OLD : SIGN_IN_OK;
}

static enum status refuse(struct error *error)
{
	error_set(error, STATUS_REFUSED, "account.sign_in", "The user name or the password is not right");
	error_remedy(error, "Check both. After %d wrong passwords wait %d minutes, or ask your administrator",
		     FAILURES_MAX, LOCK_MINUTES);
	return STATUS_REFUSED;
}

enum status sign_in_count_guess(struct store *desk, int64_t user_id, bool *locked, struct error *error)
{
	struct statement *query;
	struct attempt attempt = {0};
	char username[USERNAME_MAX + 1] = "";
	bool row;
	enum status status =
		store_prepare(&query, desk, "SELECT username FROM account WHERE user_id = :user_id", error);
	if (status)
		return status;
	statement_bind_int(query, "user_id", user_id);
	int column = statement_column(query, "username");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		snprintf(username, sizeof username, "%.*s", TEXT_ARG(statement_text(query, column)));
	statement_done(query);
	attempt.username = username;
	if (status == STATUS_OK)
		status = in_transaction(desk, count_attempt, &attempt, error);
	sodium_memzero(attempt.hash, sizeof attempt.hash);
	*locked = attempt.locked || attempt.disabled || !attempt.user_id;
	return status;
}

enum status account_sign_in(struct store *desk, struct text username, struct text password, struct arena *arena,
			    struct account *out, enum sign_in_outcome *outcome, struct error *error)
{
	char folded[USERNAME_MAX + 1] = "";
	struct attempt attempt = {.username = folded};
	bool matches;
	*outcome = SIGN_IN_UNKNOWN;
	if (password.len > PASSWORD_BYTES_MAX)
		password.len = 0; /* cannot be right; costs the same time */
	/* A name not in form becomes "", which no account has. */
	if (!username_fold(username, folded))
		folded[0] = '\0';
	enum status status = in_transaction(desk, count_attempt, &attempt, error);
	if (status == STATUS_OK)
		status = password_verify(attempt.hash[0] ? attempt.hash : NULL, password, &matches, error);
	sodium_memzero(attempt.hash + 1, sizeof attempt.hash - 1);
	if (status)
		return status;
	*outcome = outcome_of(&attempt, matches);
	if (*outcome != SIGN_IN_OK)
		return refuse(error);
	status = attempt.second_factor ? take_back(desk, attempt.user_id, error)
				       : sign_in_note_success(desk, attempt.user_id, error);
	return status ? status : account_get(desk, attempt.user_id, arena, out, error);
}
