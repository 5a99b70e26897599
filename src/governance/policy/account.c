#include "policy/account_int.h"

#include "base/utf8.h"
#include "policy/password.h"

#include <assert.h>
#include <sodium.h>

bool username_fold(struct text username, char out[USERNAME_MAX + 1])
{
	username = text_trim(username);
	if (username.len == 0 || username.len > USERNAME_MAX)
		return false;
	for (size_t i = 0; i < username.len; i++) {
		char c = username.at[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr(".-_@", c);
		if (!fits || c == '\0')
			return false;
		out[i] = c;
	}
	out[username.len] = '\0';
	return true;
}

void password_random(char *out, size_t size)
{
	/* No letters or digits that are taken for each other. */
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	for (size_t i = 0; i + 1 < size; i++)
		out[i] = i < 24 ? letters[randombytes_uniform(sizeof letters - 1)] : '\0';
	out[size - 1] = '\0';
}

void random_token(char out[SESSION_TOKEN_SIZE])
{
	unsigned char bytes[32];
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(out, SESSION_TOKEN_SIZE, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof bytes);
}

enum status in_transaction(struct store *desk,
			   enum status (*work)(struct store *desk, void *context, struct error *error), void *context,
			   struct error *error)
{
	if (store_in_transaction(desk))
		return work(desk, context, error);
	enum status status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = work(desk, context, error);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	store_rollback(desk);
	return status;
}

static enum status check_account(const struct account *account, struct error *error)
{
	bool ok = !text_is_empty(account->role) && !text_is_empty(account->display_name) &&
		  account->display_name.len <= DISPLAY_NAME_MAX &&
		  utf8_first_invalid(account->display_name) == account->display_name.len;
	if (ok)
		return STATUS_OK;
	error_set(error, STATUS_INVALID, "account.form", "An account needs a name of at most %d bytes and a role",
		  DISPLAY_NAME_MAX);
	return STATUS_INVALID;
}

/* In capitals or small letters; a name of two letters is in too many words. */
static bool holds_name(struct text password, const char *username)
{
	size_t len = strlen(username);
	for (size_t i = 0; len > 2 && i + len <= password.len; i++) {
		if (text_equal_ignoring_case(text_slice(password.at + i, len), text_of(username)))
			return true;
	}
	return false;
}

static enum status check_password(const char *username, struct text password, struct error *error)
{
	bool names = holds_name(password, username);
	bool is_text = password.len <= PASSWORD_BYTES_MAX && utf8_first_invalid(password) == password.len;
	size_t count = is_text ? utf8_count(password) : password.len;
	bool length = count >= PASSWORD_LENGTH_MIN && count <= PASSWORD_LENGTH_MAX;
	if (length && is_text && !names && !password_is_common(password))
		return STATUS_OK;
	error_set(error, STATUS_INVALID, "account.password", "The password %s",
		  names      ? "holds the user name"
		  : !length  ? "is too short or too long"
		  : !is_text ? "is not text"
			     : "is among those that are guessed first");
	error_remedy(error, "Choose %d to %d characters, three random words for example", PASSWORD_LENGTH_MIN,
		     PASSWORD_LENGTH_MAX);
	return STATUS_INVALID;
}

enum status account_create(struct store *desk, const struct account *account, struct text password, int64_t *user_id,
			   struct error *error)
{
	char username[USERNAME_MAX + 1], hash[PASSWORD_HASH_SIZE];
	if (!username_fold(account->username, username)) {
		error_set(error, STATUS_INVALID, "account.username", "The user name is not in form");
		error_remedy(error, "Use letters, digits and . - _ @, at most %d", USERNAME_MAX);
		return STATUS_INVALID;
	}
	enum status status = check_account(account, error);
	if (status == STATUS_OK)
		status = check_password(username, password, error);
	if (status == STATUS_OK)
		status = password_hash(password, hash, error);
	if (status)
		return status;
	struct statement *insert;
	status = store_prepare(&insert, desk,
			       "INSERT INTO account (username, display_name, password_hash, role_id, team_id, status, "
			       "must_change_password, created, password_given) VALUES (:username, :display_name, "
			       ":hash, :role, :team, :status, :must_change, :now, :now) ON CONFLICT (username) DO "
			       "NOTHING RETURNING user_id",
			       error);
	if (status)
		return status;
	statement_bind_text(insert, "username", text_of(username));
	statement_bind_text(insert, "display_name", account->display_name);
	statement_bind_text(insert, "hash", text_of(hash));
	statement_bind_text(insert, "role", account->role);
	statement_bind_text(insert, "team", account->team);
	statement_bind_int(insert, "status", account->status);
	statement_bind_int(insert, "must_change", account->must_change_password);
	statement_bind_int(insert, "now", instant_now());
	int column = statement_column(insert, "user_id");
	bool row;
	status = statement_step(insert, &row, error);
	if (status == STATUS_OK && row && user_id)
		*user_id = statement_int(insert, column);
	if (status == STATUS_OK && !row) {
		status = error_set(error, STATUS_CONFLICT, "account.exists", "There is an account with this user name");
		error_remedy(error, "Choose another name, or change that account");
	}
	statement_done(insert);
	sodium_memzero(hash, sizeof hash);
	return status;
}

/* ---- changing -------------------------------------------------------------------------------- */

static enum status not_found(struct error *error)
{
	return error_set(error, STATUS_NOT_FOUND, "account.missing", "There is no such account");
}

struct password_change {
	int64_t user_id;
	const char *hash;
	bool must_change;
};

static enum status store_password(struct store *desk, void *context, struct error *error)
{
	const struct password_change *change = context;
	struct statement *update;
	int64_t changed;
	enum status status =
		store_prepare(&update, desk,
			      "UPDATE account SET password_hash = :hash, failures = 0, locked_until = NULL, "
			      "must_change_password = :must_change, password_given = :now WHERE user_id = :user_id",
			      error);
	if (status)
		return status;
	statement_bind_text(update, "hash", text_of(change->hash));
	statement_bind_int(update, "must_change", change->must_change);
	statement_bind_int(update, "now", instant_now());
	statement_bind_int(update, "user_id", change->user_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	if (status == STATUS_OK && !changed)
		return not_found(error);
	return status ? status : session_end_all(desk, change->user_id, error);
}

enum status account_signs_in_elsewhere(struct error *error)
{
	error_set(error, STATUS_CONFLICT, "account.external",
		  "Whoever has this account signs in by the council's "
		  "identity provider, and has no password here");
	error_remedy(error, "Give the new password there");
	return STATUS_CONFLICT;
}

/* The user name of an account that may have a password. */
static enum status name_of(struct store *desk, int64_t user_id, char out[USERNAME_MAX + 1], struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, desk,
					   "SELECT username, external_id FROM account WHERE user_id = :user_id", error);
	if (status)
		return status;
	statement_bind_int(query, "user_id", user_id);
	int column = statement_column(query, "username"), external = statement_column(query, "external_id");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && !row)
		status = not_found(error);
	else if (status == STATUS_OK && !statement_is_null(query, external))
		status = account_signs_in_elsewhere(error);
	else if (status == STATUS_OK)
		snprintf(out, USERNAME_MAX + 1, "%.*s", TEXT_ARG(statement_text(query, column)));
	statement_done(query);
	return status;
}

enum status account_set_password(struct store *desk, int64_t user_id, struct text password, bool must_change,
				 struct error *error)
{
	char hash[PASSWORD_HASH_SIZE], username[USERNAME_MAX + 1];
	enum status status = name_of(desk, user_id, username, error);
	if (status == STATUS_OK)
		status = check_password(username, password, error);
	if (status == STATUS_OK)
		status = password_hash(password, hash, error);
	if (status)
		return status;
	struct password_change change = {user_id, hash, must_change};
	status = in_transaction(desk, store_password, &change, error);
	sodium_memzero(hash, sizeof hash);
	return status;
}

static void bind_date(struct statement *update, const char *name, date d)
{
	if (d == DATE_UNKNOWN)
		statement_bind_null(update, name);
	else
		statement_bind_int(update, name, d);
}

static enum status store_account(struct store *desk, void *context, struct error *error)
{
	const struct account *account = context;
	struct statement *end, *update;
	int64_t changed;
	enum status status =
		store_prepare(&end, desk,
			      "DELETE FROM session WHERE user_id = :user_id AND EXISTS (SELECT 1 FROM account a "
			      "WHERE a.user_id = :user_id AND (a.role_id <> :role OR :disabled = 1))",
			      error);
	if (status)
		return status;
	statement_bind_int(end, "user_id", account->user_id);
	statement_bind_text(end, "role", account->role);
	statement_bind_int(end, "disabled", account->status != ACCOUNT_ACTIVE);
	status = statement_run(end, NULL, error);
	statement_done(end);
	if (status == STATUS_OK)
		status = store_prepare(
			&update, desk,
			"UPDATE account SET display_name = :display_name, role_id = :role, team_id = :team, "
			"status = :status, must_change_password = :must_change, training_until = :training_until, "
			"kept_by = :kept_by, organisation = :organisation, manager = :manager, worker_ids = "
			":worker_ids, ends = :ends, provisioned_id = :provisioned_id WHERE user_id = :user_id",
			error);
	if (status)
		return status;
	statement_bind_text(update, "display_name", account->display_name);
	statement_bind_text(update, "role", account->role);
	statement_bind_text(update, "team", account->team);
	statement_bind_int(update, "status", account->status);
	statement_bind_int(update, "must_change", account->must_change_password);
	bind_date(update, "training_until", account->training_until);
	statement_bind_int(update, "kept_by", account->kept_by);
	statement_bind_text(update, "organisation", account->organisation);
	statement_bind_text(update, "manager", account->manager);
	statement_bind_text(update, "worker_ids", account->worker_ids);
	bind_date(update, "ends", account->ends);
	statement_bind_text(update, "provisioned_id", account->provisioned_id);
	statement_bind_int(update, "user_id", account->user_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	return status == STATUS_OK && !changed ? not_found(error) : status;
}

enum status account_update(struct store *desk, const struct account *account, struct error *error)
{
	enum status status = check_account(account, error);
	struct account copy = *account;
	return status ? status : in_transaction(desk, store_account, &copy, error);
}

/* ---- reading --------------------------------------------------------------------------------- */

static instant read_instant(struct statement *query, const char *name)
{
	int column = statement_column(query, name);
	return statement_is_null(query, column) ? INSTANT_UNKNOWN : statement_int(query, column);
}

static date read_date(struct statement *query, const char *name)
{
	int column = statement_column(query, name);
	return statement_is_null(query, column) ? DATE_UNKNOWN : (date)statement_int(query, column);
}

static struct text read_text(struct statement *query, struct arena *arena, const char *name)
{
	struct text t = statement_text(query, statement_column(query, name));
	return text_is_absent(t) ? t : arena_text(arena, t);
}

void account_read(struct statement *query, struct arena *arena, instant now, struct account *out)
{
	*out = (struct account){
		.user_id = statement_int(query, statement_column(query, "user_id")),
		.username = read_text(query, arena, "username"),
		.display_name = read_text(query, arena, "display_name"),
		.role = read_text(query, arena, "role_id"),
		.team = read_text(query, arena, "team_id"),
		.status = (enum account_status)statement_int(query, statement_column(query, "status")),
		.locked = statement_int(query, statement_column(query, "locked_until")) > now,
		.must_change_password = statement_int(query, statement_column(query, "must_change_password")) != 0,
		.external = !statement_is_null(query, statement_column(query, "external_id")),
		.provisioned_id = read_text(query, arena, "provisioned_id"),
		.second_factor = statement_int(query, statement_column(query, "second_factor")) != 0,
		.created = read_instant(query, "created"),
		.last_sign_in = read_instant(query, "last_sign_in"),
		.accepted = read_text(query, arena, "accepted"),
		.accepted_at = read_instant(query, "accepted_at"),
		.training_until = read_date(query, "training_until"),
		.kept_by = (enum account_keeper)statement_int(query, statement_column(query, "kept_by")),
		.organisation = read_text(query, arena, "organisation"),
		.manager = read_text(query, arena, "manager"),
		.worker_ids = read_text(query, arena, "worker_ids"),
		.ends = read_date(query, "ends"),
	};
}

static enum status find_one(struct statement *query, struct arena *arena, struct account *out, struct error *error)
{
	bool row;
	enum status status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		account_read(query, arena, instant_now(), out);
	else if (status == STATUS_OK)
		status = not_found(error);
	statement_done(query);
	return status;
}

enum status account_find(struct store *desk, struct text username, struct arena *arena, struct account *out,
			 struct error *error)
{
	struct statement *query;
	char folded[USERNAME_MAX + 1];
	if (!username_fold(username, folded))
		return not_found(error);
	enum status status = store_prepare(&query, desk, "SELECT * FROM account WHERE username = :username", error);
	if (status)
		return status;
	statement_bind_text(query, "username", text_of(folded));
	return find_one(query, arena, out, error);
}

enum status account_get(struct store *desk, int64_t user_id, struct arena *arena, struct account *out,
			struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, desk, "SELECT * FROM account WHERE user_id = :user_id", error);
	if (status)
		return status;
	statement_bind_int(query, "user_id", user_id);
	return find_one(query, arena, out, error);
}

/* An UPDATE locks the row on either database, and gives it as it is once it is locked. */
enum status account_lock(struct store *desk, int64_t user_id, struct arena *arena, struct account *out,
			 struct error *error)
{
	struct statement *update;
	assert(store_in_transaction(desk));
	enum status status = store_prepare(
		&update, desk, "UPDATE account SET status = status WHERE user_id = :user_id RETURNING *", error);
	if (status)
		return status;
	statement_bind_int(update, "user_id", user_id);
	return find_one(update, arena, out, error);
}

enum status account_list(struct store *desk, struct arena *arena, struct account **out, size_t *count,
			 struct error *error)
{
	struct statement *query;
	int64_t total;
	*count = 0;
	*out = NULL;
	enum status status = store_query_int(desk, "SELECT count(*) FROM account", &total, error);
	if (status == STATUS_OK)
		status = store_prepare(&query, desk, "SELECT * FROM account ORDER BY username LIMIT :total", error);
	if (status)
		return status;
	*out = ARENA_ARRAY(arena, (size_t)total, struct account);
	statement_bind_int(query, "total", total);
	instant now = instant_now();
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		account_read(query, arena, now, &(*out)[(*count)++]);
	statement_done(query);
	return status;
}
