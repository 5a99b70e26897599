#include "policy/external.h"
#include "policy/account_int.h"

#include "base/buf.h"

const struct profile_role *external_role(const struct profile *profile, const struct text *groups, size_t count)
{
	for (size_t r = 0; r < profile->roles.count; r++) {
		const struct profile_role *role = &profile->roles.at[r];
		for (size_t i = 0; i < role->group_count; i++) {
			for (size_t g = 0; g < count; g++) {
				if (text_equal(role->groups[i], groups[g]))
					return role;
			}
		}
	}
	return NULL;
}

struct text external_id(struct text issuer, struct text subject, struct arena *arena)
{
	return arena_format(arena, "%.*s %.*s", TEXT_ARG(issuer), TEXT_ARG(subject));
}

/* Locks it, as account_lock() does. */
static enum status find(struct store *desk, struct text id, struct arena *arena, struct account *out, bool *found,
			struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(
		&query, desk, "UPDATE account SET status = status WHERE external_id = :id RETURNING *", error);
	if (status)
		return status;
	statement_bind_text(query, "id", id);
	status = statement_step(query, found, error);
	if (status == STATUS_OK && *found)
		account_read(query, arena, instant_now(), out);
	statement_done(query);
	return status;
}

/* A hash that no password has: such an account signs in elsewhere. */
static enum status make(struct store *desk, struct text id, const struct account *wanted, struct error *error)
{
	struct statement *insert;
	int64_t changed;
	char username[USERNAME_MAX + 1];
	if (!username_fold(wanted->username, username))
		return error_set(error, STATUS_INVALID, "account.username",
				 "The user name that the identity provider gives is not in form");
	enum status status = store_prepare(&insert, desk,
					   "INSERT INTO account (username, display_name, password_hash, role_id, "
					   "team_id, status, must_change_password, created, external_id) VALUES "
					   "(:username, :display_name, '', :role, :team, :active, 0, :now, :id) ON "
					   "CONFLICT (username) DO NOTHING",
					   error);
	if (status)
		return status;
	statement_bind_text(insert, "username", text_of(username));
	statement_bind_text(insert, "display_name", wanted->display_name);
	statement_bind_text(insert, "role", wanted->role);
	statement_bind_text(insert, "team", wanted->team);
	statement_bind_int(insert, "active", ACCOUNT_ACTIVE);
	statement_bind_int(insert, "now", instant_now());
	statement_bind_text(insert, "id", id);
	status = statement_run(insert, &changed, error);
	statement_done(insert);
	if (status || changed)
		return status;
	error_set(error, STATUS_CONFLICT, "account.exists", "Another account has this user name already");
	error_remedy(error, "Ask the people who look after OneView: that account must have another name, or go");
	return STATUS_CONFLICT;
}

static bool same(const struct account *a, const struct account *b)
{
	return text_equal(a->display_name, b->display_name) && text_equal(a->role, b->role) &&
	       text_equal(a->team, b->team);
}

enum status external_account(struct store *desk, struct text id, const struct account *wanted, struct arena *arena,
			     struct account *out, enum external_change *change, struct error *error)
{
	bool found;
	*change = EXTERNAL_SAME;
	enum status status = find(desk, id, arena, out, &found, error);
	if (status == STATUS_OK && !found) {
		*change = EXTERNAL_MADE;
		status = make(desk, id, wanted, error);
		if (status == STATUS_OK)
			status = find(desk, id, arena, out, &found, error);
	} else if (status == STATUS_OK && (out->status != ACCOUNT_ACTIVE || account_is_over(out, date_today()))) {
		status = error_set(error, STATUS_REFUSED, "account.disabled", "This account may not sign in");
	} else if (status == STATUS_OK && !same(out, wanted)) {
		*change = EXTERNAL_CHANGED;
		out->display_name = wanted->display_name;
		out->role = wanted->role;
		out->team = wanted->team;
		status = account_update(desk, out, error);
	}
	return status ? status : sign_in_note_success(desk, out->user_id, error);
}

/* ---- accounts of the council's identity system -------------------------------------------------- */

enum { LINK_LONGEST = 1000 };

static enum status count_fitting(struct store *desk, const struct external_linked *link, const char *value,
				 int64_t *user_id, size_t *count, struct error *error)
{
	struct statement *query;
	bool row;
	*count = 0;
	enum status status =
		store_prepare(&query, desk,
			      link->by == LINK_BY_ID
				      ? "SELECT user_id FROM account WHERE kept_by = :scim AND external_id IS NULL AND "
					"provisioned_id = :value"
				      : "SELECT user_id FROM account WHERE kept_by = :scim AND external_id IS NULL AND "
					"username = :value",
			      error);
	if (status)
		return status;
	statement_bind_int(query, "scim", KEPT_BY_SCIM);
	statement_bind_text(query, "value", text_of(value));
	int column = statement_column(query, "user_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && ++*count)
		*user_id = statement_int(query, column);
	statement_done(query);
	return status;
}

/* From now on opened by ID; whoever had a password for it has none. */
static enum status bind_to(struct store *desk, struct text id, int64_t user_id, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(&update, desk,
					   "UPDATE account SET external_id = :id, password_hash = '' WHERE user_id = "
					   ":user_id AND external_id IS NULL",
					   error);
	if (status)
		return status;
	statement_bind_text(update, "id", id);
	statement_bind_int(update, "user_id", user_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status ? status : session_end_all(desk, user_id, error);
}

static enum status link_account(struct store *desk, struct text id, const struct external_linked *link, bool *linked,
				struct error *error)
{
	char name[USERNAME_MAX + 1], *value = name;
	int64_t user_id = 0;
	size_t count;
	struct buf kept;
	*linked = false;
	if (link->by == LINK_NONE || !link->value.len || link->value.len > LINK_LONGEST ||
	    (link->by == LINK_BY_NAME && !username_fold(link->value, name)))
		return STATUS_OK;
	buf_init(&kept, LINK_LONGEST + 1);
	if (link->by == LINK_BY_ID) {
		buf_append_text(&kept, link->value);
		buf_append_char(&kept, '\0');
		value = kept.at;
	}
	enum status status = count_fitting(desk, link, value, &user_id, &count, error);
	buf_release(&kept);
	if (status != STATUS_OK || !count)
		return status;
	*linked = true;
	if (count == 1)
		return bind_to(desk, id, user_id, error);
	error_set(error, STATUS_CONFLICT, "account.ambiguous",
		  "Several accounts are known to the identity system by what the provider says");
	error_remedy(error, "Ask the people who look after OneView: each account needs an externalId of its own");
	return STATUS_CONFLICT;
}

enum status external_provisioned(struct store *desk, struct text id, const struct external_linked *link,
				 struct arena *arena, struct account *out, bool *found, enum external_change *change,
				 struct error *error)
{
	bool known, linked = false;
	*change = EXTERNAL_SAME;
	enum status status = find(desk, id, arena, out, &known, error);
	if (status == STATUS_OK && !known)
		status = link_account(desk, id, link, &linked, error);
	if (status == STATUS_OK && linked) {
		*change = EXTERNAL_LINKED;
		status = find(desk, id, arena, out, &known, error);
	}
	*found = status == STATUS_OK && known && out->kept_by == KEPT_BY_SCIM;
	if (!*found)
		return status;
	if (out->status != ACCOUNT_ACTIVE || account_is_over(out, date_today()))
		return error_set(error, STATUS_REFUSED, "account.disabled", "This account may not sign in");
	return sign_in_note_success(desk, out->user_id, error);
}

enum status external_disable(struct store *desk, struct text id, struct arena *arena, bool *disabled,
			     struct error *error)
{
	struct account account;
	bool found;
	*disabled = false;
	enum status status = find(desk, id, arena, &account, &found, error);
	if (status || !found || account.status != ACCOUNT_ACTIVE)
		return status;
	*disabled = true;
	account.status = ACCOUNT_DISABLED;
	return account_update(desk, &account, error);
}
