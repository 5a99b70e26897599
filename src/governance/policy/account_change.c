#include "policy/account_change.h"

#include "policy/account_int.h"
#include "policy/second_factor.h"

bool account_wants_two(const struct profile *profile, struct text role)
{
	const struct profile_role *found = profile_role(profile, role);
	return found && found->two_people;
}

static struct text state_of(const struct account *account, struct arena *arena)
{
	return arena_format(arena, "%d/%.*s/%.*s", (int)account->status, TEXT_ARG(account->role),
			    TEXT_ARG(account->team));
}

bool account_change_split(struct account_change *waits, const struct profile *profile, const struct account *before,
			  struct account *after, bool new_password, bool no_factor)
{
	bool strong = account_wants_two(profile, after->role),
	     either = strong || account_wants_two(profile, before->role);
	bool moves = !text_equal(before->role, after->role) || !text_equal(before->team, after->team);
	bool enters = before->status != ACCOUNT_ACTIVE && after->status == ACCOUNT_ACTIVE;
	*waits = (struct account_change){.user_id = before->user_id,
					 .username = after->username,
					 .role = after->role,
					 .team = after->team,
					 .lets_in = strong && enters,
					 .new_password = either && new_password,
					 .no_factor = either && no_factor};
	if (strong) { /* what takes rights away is done at once */
		after->role = before->role;
		after->team = before->team;
		after->status = enters ? before->status : after->status;
	}
	return waits->lets_in || waits->new_password || waits->no_factor || (strong && moves);
}

/* ---- asking ------------------------------------------------------------------------------------- */

static enum status check_ask(struct store *desk, const struct account_change *waits, const struct account *account,
			     struct arena *arena, struct error *error)
{
	struct account_change *open;
	size_t count;
	if (waits->new_password && account->external)
		return account_signs_in_elsewhere(error);
	enum status status = account_changes(desk, waits->user_id, arena, &open, &count, error);
	if (status != STATUS_OK || !count)
		return status;
	error_set(error, STATUS_CONFLICT, "account.change_open",
		  "Another change of this account waits for a second person");
	error_remedy(error, "Have it confirmed or taken back first");
	return STATUS_CONFLICT;
}

static enum status insert(struct store *desk, struct account_change *waits, struct text was, struct error *error)
{
	struct statement *insert;
	bool row;
	enum status status = store_prepare(
		&insert, desk,
		"INSERT INTO account_change (user_id, role_id, team_id, lets_in, new_password, no_factor, was, "
		"asked_at, "
		"asked_by) VALUES (:user_id, :role, :team, :lets_in, :new_password, :no_factor, :was, :now, :by) "
		"RETURNING change_id",
		error);
	if (status)
		return status;
	statement_bind_int(insert, "user_id", waits->user_id);
	statement_bind_text(insert, "role", waits->role);
	statement_bind_text(insert, "team", waits->team);
	statement_bind_int(insert, "lets_in", waits->lets_in);
	statement_bind_int(insert, "new_password", waits->new_password);
	statement_bind_int(insert, "no_factor", waits->no_factor);
	statement_bind_text(insert, "was", was);
	statement_bind_int(insert, "now", instant_now());
	statement_bind_int(insert, "by", waits->asked_by);
	int column = statement_column(insert, "change_id");
	status = statement_step(insert, &row, error);
	if (status == STATUS_OK && row)
		waits->change_id = statement_int(insert, column);
	statement_done(insert);
	return status;
}

enum status account_change_ask(struct store *desk, struct account_change *waits, struct error *error)
{
	struct arena arena;
	struct account account;
	arena_init(&arena, 1 << 20);
	enum status status = account_get(desk, waits->user_id, &arena, &account, error);
	if (status == STATUS_OK)
		status = check_ask(desk, waits, &account, &arena, error);
	if (status == STATUS_OK)
		status = insert(desk, waits, state_of(&account, &arena), error);
	arena_release(&arena);
	return status;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static struct text keep(struct statement *row, struct arena *arena, const char *column)
{
	struct text t = statement_text(row, statement_column(row, column));
	return text_is_absent(t) ? t : arena_text(arena, t);
}

static int64_t number(struct statement *row, const char *column)
{
	return statement_int(row, statement_column(row, column));
}

static struct account_change take(struct statement *row, struct arena *arena)
{
	return (struct account_change){.change_id = number(row, "change_id"),
				       .user_id = number(row, "user_id"),
				       .username = keep(row, arena, "username"),
				       .role = keep(row, arena, "role_id"),
				       .team = keep(row, arena, "team_id"),
				       .lets_in = number(row, "lets_in"),
				       .new_password = number(row, "new_password"),
				       .no_factor = number(row, "no_factor"),
				       .was = keep(row, arena, "was"),
				       .asked = number(row, "asked_at"),
				       .asked_by = number(row, "asked_by"),
				       .asker = keep(row, arena, "asker")};
}

enum status account_changes(struct store *desk, int64_t user_id, struct arena *arena, struct account_change **out,
			    size_t *count, struct error *error)
{
	enum { MOST = 500 };
	struct statement *query;
	bool row;
	*count = 0;
	*out = ARENA_ARRAY(arena, MOST, struct account_change);
	enum status status =
		store_prepare(&query, desk,
			      "SELECT c.*, a.username, b.username AS asker FROM account_change c JOIN account a ON "
			      "a.user_id = c.user_id JOIN account b ON b.user_id = c.asked_by WHERE c.answered_at IS "
			      "NULL AND (:every = 1 OR c.user_id = :user_id) ORDER BY c.change_id LIMIT 500",
			      error);
	if (status)
		return status;
	statement_bind_int(query, "every", user_id == 0);
	statement_bind_int(query, "user_id", user_id);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && *count < MOST)
		(*out)[(*count)++] = take(query, arena);
	statement_done(query);
	return status;
}

/* ---- answering ----------------------------------------------------------------------------------- */

static enum status mark_answered(struct store *desk, int64_t change_id, const struct account_change_answer *answer,
				 struct error *error)
{
	struct statement *update;
	int64_t changed = 0;
	enum status status =
		store_prepare(&update, desk,
			      "UPDATE account_change SET answered_at = :now, answered_by = :by, confirmed = "
			      ":confirmed WHERE change_id = :id AND answered_at IS NULL",
			      error);
	if (status)
		return status;
	statement_bind_int(update, "now", instant_now());
	statement_bind_int(update, "by", answer->user_id);
	statement_bind_int(update, "confirmed", answer->confirm);
	statement_bind_int(update, "id", change_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	if (status == STATUS_OK && !changed)
		return error_set(error, STATUS_CONFLICT, "account.answered", "This change has been answered already");
	return status;
}

static enum status carry_out(struct store *desk, const struct account_change *change, const char *password,
			     struct account *account, struct error *error)
{
	account->role = change->role;
	account->team = change->team;
	if (change->lets_in)
		account->status = ACCOUNT_ACTIVE;
	if (change->lets_in && account_is_over(account, date_today()))
		account->ends = DATE_UNKNOWN;
	enum status status = account_update(desk, account, error);
	if (status == STATUS_OK && change->new_password)
		status = account_set_password(desk, account->user_id, text_of(password), true, error);
	if (status == STATUS_OK && change->no_factor)
		status = second_factor_remove(desk, account->user_id, error);
	if (status == STATUS_OK && change->no_factor)
		status = session_end_all(desk, account->user_id, error);
	return status;
}

enum status account_change_answer(struct store *desk, const struct account_change *change,
				  const struct account_change_answer *answer, struct arena *arena, struct error *error)
{
	struct account account;
	if (answer->confirm && (answer->user_id == change->asked_by || answer->user_id == change->user_id)) {
		error_set(error, STATUS_REFUSED, "account.same_person",
			  "Nobody confirms what they asked for themselves, or what is of their own account");
		error_remedy(error, "Ask somebody else who manages users");
		return STATUS_REFUSED;
	}
	enum status status = account_lock(desk, change->user_id, arena, &account, error);
	if (status == STATUS_OK)
		status = mark_answered(desk, change->change_id, answer, error);
	if (status != STATUS_OK || !answer->confirm)
		return status;
	if (!text_equal(state_of(&account, arena), change->was)) {
		error_set(error, STATUS_CONFLICT, "account.changed",
			  "The account is no longer what it was when this was asked for");
		error_remedy(error, "Turn it down, and ask again for what is wanted now");
		return STATUS_CONFLICT;
	}
	return carry_out(desk, change, answer->password, &account, error);
}
