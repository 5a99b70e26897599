#include "policy/staff.h"
#include "policy/account_int.h"

#include <stdlib.h>

const char *staff_kind_name(enum staff_kind kind)
{
	static const char *const names[STAFF_KIND_COUNT] = {
		[STAFF_SAME] = "same",   [STAFF_JOINS] = "joins",     [STAFF_CHANGES] = "changes",
		[STAFF_MOVES] = "moves", [STAFF_RETURNS] = "returns", [STAFF_LEAVES] = "leaves",
		[STAFF_WAITS] = "waits", [STAFF_BARRED] = "barred",
	};
	return names[kind];
}

/* ---- how far it may reach --------------------------------------------------------------------- */

static enum status too_far(struct error *error, const char *message, const char *remedy)
{
	error_set(error, STATUS_INVALID, "staff.reach", "%s", message);
	error_remedy(error, "%s", remedy);
	return STATUS_INVALID;
}

enum status staff_check_reach(const struct staff_person *person, const struct account *before,
			      const struct profile *profile, struct error *error)
{
	const struct profile_role *role = person->role.len ? profile_role(profile, person->role) : NULL;
	const struct profile_team *team = person->team.len ? profile_team(profile, person->team) : NULL;
	bool stays = before && text_equal(before->role, person->role);
	if (!role || person->left)
		return STATUS_OK;
	if (!profile_job_team(profile, role, team) && !(stays && text_equal(before->team, person->team)))
		return too_far(error, "This team lets see more than the role alone, and no job of the role lists it.",
			       "Leave it out, or list it under the job's `teams` in `staff: jobs:` of the profile.");
	if (person->worker_ids.len && !profile_job_numbers(profile, role) &&
	    !(stays && text_equal(before->worker_ids, person->worker_ids)))
		return too_far(error, "Worker numbers say whose cases are theirs, and no job of the role has them.",
			       "Leave them out, give them with \"oneview user worker\", or write "
			       "`worker_numbers: yes` for the job in `staff: jobs:` of the profile.");
	return STATUS_OK;
}

/* ---- what changes ---------------------------------------------------------------------------- */

static struct text none_if_empty(struct text t)
{
	return t.len ? t : TEXT_ABSENT;
}

static struct account wanted(const struct staff_person *person, const struct account *before)
{
	struct account account = before ? *before
					: (struct account){.username = person->username,
							   .created = INSTANT_UNKNOWN,
							   .last_sign_in = INSTANT_UNKNOWN,
							   .training_until = DATE_UNKNOWN};
	account.display_name = person->display_name;
	account.role = person->role;
	account.team = none_if_empty(person->team);
	account.organisation = none_if_empty(person->organisation);
	account.manager = none_if_empty(person->manager);
	account.worker_ids = none_if_empty(person->worker_ids);
	if (!text_is_absent(person->provisioned_id))
		account.provisioned_id = none_if_empty(person->provisioned_id);
	account.ends = person->end;
	if (person->training_until != DATE_UNKNOWN)
		account.training_until = person->training_until;
	return account;
}

static bool same_place(const struct account *a, const struct account *b)
{
	return text_equal(a->role, b->role) && text_equal(a->team, b->team);
}

static bool same(const struct account *a, const struct account *b)
{
	return same_place(a, b) && text_equal(a->display_name, b->display_name) &&
	       text_equal(a->organisation, b->organisation) && text_equal(a->manager, b->manager) &&
	       text_equal(a->worker_ids, b->worker_ids) && text_equal(a->provisioned_id, b->provisioned_id) &&
	       a->ends == b->ends && a->training_until == b->training_until;
}

struct staff_change staff_compare(const struct staff_person *person, const struct account *before, date today)
{
	struct staff_change change = {.person = person, .account = wanted(person, before)};
	bool active = before && before->status == ACCOUNT_ACTIVE,
	     over = person->left || (person->end != DATE_UNKNOWN && person->end < today);
	if (before)
		change.before = *before;
	change.account.status = over ? ACCOUNT_LEFT : ACCOUNT_ACTIVE;
	if (before && before->status == ACCOUNT_DISABLED)
		change.kind = STAFF_BARRED;
	else if (over)
		change.kind = active ? STAFF_LEAVES : STAFF_SAME;
	else if (!active && person->start != DATE_UNKNOWN && person->start > today)
		change.kind = STAFF_WAITS;
	else if (!before)
		change.kind = STAFF_JOINS;
	else if (!active)
		change.kind = STAFF_RETURNS;
	else if (!same_place(before, &change.account))
		change.kind = STAFF_MOVES;
	else
		change.kind = same(before, &change.account) ? STAFF_SAME : STAFF_CHANGES;
	return change;
}

/* ---- doing it ---------------------------------------------------------------------------------- */

/* A hash that no password has: until one is given, nobody signs in. */
static enum status make(struct store *desk, struct account *account, struct error *error)
{
	struct statement *insert;
	char username[USERNAME_MAX + 1];
	bool row;
	if (!username_fold(account->username, username))
		return error_set(error, STATUS_INVALID, "account.username", "The user name is not in form");
	enum status status = store_prepare(&insert, desk,
					   "INSERT INTO account (username, display_name, password_hash, role_id, "
					   "status, must_change_password, created) VALUES (:username, :display_name, "
					   "'', :role, :active, 1, :now) ON CONFLICT (username) DO NOTHING RETURNING "
					   "user_id",
					   error);
	if (status)
		return status;
	statement_bind_text(insert, "username", text_of(username));
	statement_bind_text(insert, "display_name", account->display_name);
	statement_bind_text(insert, "role", account->role);
	statement_bind_int(insert, "active", ACCOUNT_ACTIVE);
	statement_bind_int(insert, "now", instant_now());
	int column = statement_column(insert, "user_id");
	status = statement_step(insert, &row, error);
	if (status == STATUS_OK && row)
		account->user_id = statement_int(insert, column);
	statement_done(insert);
	if (status == STATUS_OK && !row)
		status = error_set(error, STATUS_CONFLICT, "account.exists", "There is an account with this user name");
	account->must_change_password = true;
	return status;
}

/* Locks the account; whoever was disabled or let in since it was compared stays so. */
static enum status check_as_before(struct store *desk, const struct staff_change *change, struct error *error)
{
	struct statement *update;
	int64_t there;
	enum status status = store_prepare(&update, desk,
					   "UPDATE account SET status = status WHERE user_id = :user_id AND status = "
					   ":status AND role_id = :role",
					   error);
	if (status)
		return status;
	statement_bind_int(update, "user_id", change->before.user_id);
	statement_bind_int(update, "status", change->before.status);
	statement_bind_text(update, "role", change->before.role);
	status = statement_run(update, &there, error);
	statement_done(update);
	if (status || there)
		return status;
	error_set(error, STATUS_CONFLICT, "staff.changed", "The account of \"%.*s\" was changed meanwhile",
		  TEXT_ARG(change->before.username));
	error_remedy(error, "Do it again: what it is now is then looked at");
	return STATUS_CONFLICT;
}

enum status staff_apply(struct store *desk, struct staff_change *change, enum account_keeper keeper,
			struct error *error)
{
	enum status status = STATUS_OK;
	bool keeps = change->account.kept_by == keeper;
	if (change->kind == STAFF_WAITS || change->kind == STAFF_BARRED ||
	    (change->kind == STAFF_SAME && (keeps || !change->account.user_id)))
		return STATUS_OK;
	change->account.kept_by = keeper;
	if (change->kind == STAFF_JOINS)
		status = make(desk, &change->account, error);
	else
		status = check_as_before(desk, change, error);
	if (status == STATUS_OK)
		status = account_update(desk, &change->account, error);
	if (status == STATUS_OK && change->kind == STAFF_MOVES)
		status = session_end_all(desk, change->account.user_id, error);
	return status;
}

/* ---- a whole file ------------------------------------------------------------------------------- */

static int by_username(const void *a, const void *b)
{
	const struct staff_person *const *one = a, *const *two = b;
	return text_compare((*one)->username, (*two)->username);
}

static void add(struct staff_plan *plan, struct staff_change change)
{
	plan->changes[plan->count++] = change;
	plan->of_kind[change.kind]++;
}

static void add_absent(struct staff_plan *plan, const struct account *account)
{
	struct staff_change change = {.kind = STAFF_LEAVES, .account = *account, .before = *account};
	change.account.status = ACCOUNT_LEFT;
	if (account->kept_by == KEPT_BY_STAFF_FILE && account->status == ACCOUNT_ACTIVE)
		add(plan, change);
	else if (account->kept_by != KEPT_BY_STAFF_FILE && account->status == ACCOUNT_ACTIVE)
		plan->by_hand[plan->by_hand_count++] = *account;
}

static void add_named(struct staff_plan *plan, const struct staff_person *person, const struct account *account,
		      bool adopt)
{
	if (account && account->kept_by != KEPT_BY_STAFF_FILE && !adopt)
		plan->in_way[plan->in_way_count++] = *account;
	else
		add(plan, staff_compare(person, account, date_today()));
}

enum status staff_plan(struct staff_plan *out, struct store *desk, const struct staff_person *people, size_t count,
		       bool adopt, struct arena *arena, struct error *error)
{
	struct account *accounts;
	size_t account_count, p = 0, a = 0;
	enum status status = account_list(desk, arena, &accounts, &account_count, error);
	if (status)
		return status;
	const struct staff_person **named = ARENA_ARRAY(arena, count + 1, const struct staff_person *);
	for (size_t i = 0; i < count; i++)
		named[i] = &people[i];
	qsort(named, count, sizeof *named, by_username);
	*out = (struct staff_plan){.changes = ARENA_ARRAY(arena, count + account_count + 1, struct staff_change),
				   .by_hand = ARENA_ARRAY(arena, account_count + 1, struct account),
				   .in_way = ARENA_ARRAY(arena, account_count + 1, struct account)};
	while (p < count || a < account_count) {
		int order = p == count           ? 1
			    : a == account_count ? -1
						 : text_compare(named[p]->username, accounts[a].username);
		const struct account *account = order >= 0 ? &accounts[a++] : NULL;
		const struct staff_person *person = order <= 0 ? named[p++] : NULL;
		out->kept += account && account->kept_by == KEPT_BY_STAFF_FILE && account->status == ACCOUNT_ACTIVE;
		if (person)
			add_named(out, person, account, adopt);
		else
			add_absent(out, account);
	}
	return STATUS_OK;
}

size_t staff_leavers_most(const struct staff_plan *plan)
{
	size_t share = plan->kept * STAFF_LEAVERS_PERCENT / 100;
	return share > STAFF_LEAVERS_ALWAYS ? share : STAFF_LEAVERS_ALWAYS;
}

/* ---- who they are ---------------------------------------------------------------------------------- */

enum status staff_set_self(struct store *desk, int64_t user_id, struct text sealed, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(&update, desk,
					   "UPDATE account SET self_sealed = :sealed WHERE user_id = :user_id", error);
	if (status)
		return status;
	statement_bind_blob(update, "sealed", sealed.at, sealed.len);
	statement_bind_int(update, "user_id", user_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

enum status staff_self(struct store *desk, int64_t user_id, struct arena *arena, struct text *sealed,
		       struct error *error)
{
	struct statement *query;
	bool row;
	*sealed = TEXT_ABSENT;
	enum status status = store_prepare(
		&query, desk, "SELECT self_sealed FROM account WHERE user_id = :user_id AND self_sealed IS NOT NULL",
		error);
	if (status)
		return status;
	statement_bind_int(query, "user_id", user_id);
	int column = statement_column(query, "self_sealed");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		*sealed = arena_text(arena, statement_blob(query, column));
	statement_done(query);
	return status;
}
