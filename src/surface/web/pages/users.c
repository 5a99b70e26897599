/* Users, and what the profile lets their roles do. */
#include "web/pages/users.h"
#include "base/id.h"
#include "policy/admission.h"
#include "policy/second_factor.h"

static void put_user(struct visit *visit, struct value *users, const struct account *account)
{
	char id[ID_TEXT_SIZE];
	struct value *row = add_object(users);
	const struct profile_role *role = profile_role(visit->profile, account->role);
	const struct profile_team *team = account->team.len ? profile_team(visit->profile, account->team) : NULL;
	bool active = account->status == ACCOUNT_ACTIVE;
	put_text(row, "username", account->username);
	put_format(row, "href", "/admin/users/%s", id_format(account->user_id, id));
	put_text(row, "name", account->display_name);
	put_text(row, "role", role ? role->title : account->role);
	put_text(row, "team", team ? team->title : account->team);
	put_string(row, "state", !active ? "Disabled" : account->locked ? "Locked" : "Active");
	put_string(row, "colour", !active ? "grey" : account->locked ? "red" : "green");
	put_long_instant(row, "last_text", account->last_sign_in);
}

static void put_role(struct value *roles, const struct profile_role *role)
{
	struct value *row = add_object(roles);
	put_text(row, "id", role->id);
	put_text(row, "title", role->title);
	put_text(row, "description", role->description);
	struct value *capabilities = put_array(row, "capabilities");
	for (int c = 0; c < CAPABILITY_COUNT; c++)
		if (role_can(role, (enum capability)c))
			add_text(capabilities, text_of(capability_name((enum capability)c)));
	struct value *purposes = put_array(row, "purposes");
	for (size_t i = 0; i < role->purpose_count; i++)
		add_text(purposes, role->purposes[i]->title);
}

enum status page_users(struct visit *visit, struct error *error)
{
	size_t count;
	struct store *desk;
	struct account *accounts;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = account_list(desk, visit->arena, &accounts, &count, error);
	if (status != STATUS_OK)
		return status;
	put_format(visit->document, "summary", "%zu %s", count, count == 1 ? "user" : "users");
	struct value *users = put_array(visit->document, "users");
	for (size_t i = 0; i < count; i++)
		put_user(visit, users, &accounts[i]);
	struct value *roles = put_array(visit->document, "roles");
	for (size_t i = 0; i < visit->profile->roles.count; i++)
		put_role(roles, &visit->profile->roles.at[i]);
	status = user_put_waiting(visit, 0, error);
	return status ? status : visit_page(visit, "users", "Users and roles");
}

/* ---- worker numbers -------------------------------------------------------------------------------- */

/* Whether SOURCE has a feed that says who works with whom. */
static bool says_who_works(const struct profile *profile, const struct profile_source *source)
{
	for (size_t i = 0; i < profile->feeds.count; i++)
		if (profile->feeds.at[i].source == source && profile->feeds.at[i].caseload.worker)
			return true;
	return false;
}

static struct text worker_field(const struct visit *visit, const struct profile_source *source)
{
	return arena_format(visit->arena, "worker_%.*s", TEXT_ARG(source->id));
}

static enum status put_workers(struct visit *visit, int64_t user_id, struct error *error)
{
	struct store *desk;
	struct account_worker *workers = NULL;
	size_t count = 0;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = account_workers(desk, user_id, visit->arena, &workers, &count, error);
	struct value *rows = put_array(visit->document, "workers");
	for (size_t i = 0; i < visit->profile->sources.count && status == STATUS_OK; i++) {
		const struct profile_source *source = &visit->profile->sources.at[i];
		if (!says_who_works(visit->profile, source))
			continue;
		struct value *row = add_object(rows);
		put_text(row, "field", worker_field(visit, source));
		put_text(row, "title", source->title);
		put_string(row, "value", "");
		for (size_t w = 0; w < count; w++)
			if (text_equal(workers[w].source, source->id))
				put_text(row, "value", workers[w].worker);
	}
	return status;
}

/* In the caller's transaction. A form without the field leaves the number as it is. */
static enum status save_workers(struct visit *visit, struct store *desk, int64_t user_id, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < visit->profile->sources.count && status == STATUS_OK; i++) {
		const struct profile_source *source = &visit->profile->sources.at[i];
		struct text field = worker_field(visit, source), written = pairs_get(&visit->request->form, field.at);
		if (text_is_absent(written) || !says_who_works(visit->profile, source))
			continue;
		struct account_worker worker = {source->id, text_trim(written)};
		status = account_set_worker(desk, user_id, &worker, error);
	}
	return status;
}

/* ---- one user ------------------------------------------------------------------------------------- */

/* What the form was given stays in it when it is wrong. */
static void put_admission(struct visit *visit, const struct account *account, bool is_new)
{
	struct value *document = visit->document;
	const struct profile_staff *staff = &visit->profile->staff;
	static const char *const keepers[] = {NULL, "the council's staff file", "the council's identity system (SCIM)"};
	struct text given = visit_field(visit, "training");
	put_text(document, "training", staff->training);
	if (given.len)
		put_text(document, "training_until", given);
	else
		put_date(document, "training_until", account->training_until);
	if (is_new)
		return;
	put_string(document, "keeper", keepers[account->kept_by]);
	put_text(document, "manager", account->manager);
	put_text(document, "organisation", account->organisation);
	if (account->ends != DATE_UNKNOWN)
		put_long_date(document, "ends", account->ends);
	if (text_is_absent(staff->use_version))
		return;
	put_bool(document, "asks_acceptance", true);
	if (text_equal(account->accepted, staff->use_version))
		put_long_instant(document, "accepted_at", account->accepted_at);
}

/* What a form was made from, and comes back with it. */
static struct text seen_of(const struct visit *visit, const struct account *account)
{
	return arena_format(visit->arena, "%s/%.*s/%.*s", account->status == ACCOUNT_ACTIVE ? "active" : "disabled",
			    TEXT_ARG(account->role), TEXT_ARG(account->team));
}

/* Whose state, role or team changed since the form was opened: SCIM, a staff file or another administrator did that,
 * and an old form must not undo it. A program, which sends no `seen`, says what it wants. */
static bool is_stale(struct visit *visit, const struct account *now)
{
	struct text seen = visit_field(visit, "seen");
	if (!seen.len || text_equal(seen, seen_of(visit, now)))
		return false;
	visit_form_error(visit, "role",
			 "This user’s state, role or team was changed since you opened the page. It now shows what "
			 "they are: make your change again");
	return true;
}

/* SEEN: what the account was when the form was made; absent: it is a new one. */
static enum status user_form(struct visit *visit, const struct account *account, struct text seen, struct error *error)
{
	bool is_new = text_is_absent(seen);
	char id[ID_TEXT_SIZE];
	struct value *document = visit->document;
	put_bool(document, "is_new", is_new);
	if (is_new)
		put_string(document, "action", "/admin/users");
	else
		put_format(document, "action", "/admin/users/%s", id_format(account->user_id, id));
	put_text(document, "heading", is_new ? TEXT("Add a user") : account->username);
	put_text(document, "username", account->username);
	put_text(document, "name", account->display_name);
	put_bool(document, "has_factor", account->second_factor);
	put_text(document, "seen", seen);
	put_admission(visit, account, is_new);
	struct value *options = put_array(document, "role_options");
	for (size_t i = 0; i < visit->profile->roles.count; i++)
		put_option(options, visit->profile->roles.at[i].id, visit->profile->roles.at[i].title, account->role);
	options = put_array(document, "team_options");
	for (size_t i = 0; i < visit->profile->teams.count; i++)
		put_option(options, visit->profile->teams.at[i].id, visit->profile->teams.at[i].title, account->team);
	options = put_array(document, "status_options");
	struct text chosen = account->status == ACCOUNT_ACTIVE ? TEXT("active") : TEXT("disabled");
	put_option(options, TEXT("active"), TEXT("Active"), chosen);
	put_option(options, TEXT("disabled"), TEXT("Disabled: cannot sign in"), chosen);
	enum status status = is_new ? STATUS_OK : put_workers(visit, account->user_id, error);
	if (status == STATUS_OK && !is_new)
		status = user_put_waiting(visit, account->user_id, error);
	return status ? status : visit_page(visit, "user", is_new ? "Add a user" : "User");
}

static void read_form(const struct visit *visit, struct account *account)
{
	struct text training = visit_field(visit, "training");
	account->display_name = visit_field(visit, "name");
	bool asked = !text_is_absent(pairs_get(&visit->request->form, "training"));
	if (asked && (!training.len || !date_parse_iso(training, &account->training_until)))
		account->training_until = DATE_UNKNOWN;
	account->role = visit_field(visit, "role");
	account->team = visit_field(visit, "team");
	if (!account->team.len)
		account->team = TEXT_ABSENT;
	bool disabled = text_is(visit_field(visit, "status"), "disabled");
	if (!disabled && account_is_over(account, date_today()))
		account->ends = DATE_UNKNOWN;
	if (!disabled || account->status == ACCOUNT_ACTIVE)
		account->status = disabled ? ACCOUNT_DISABLED : ACCOUNT_ACTIVE;
}

static bool form_is_right(struct visit *visit, const struct account *account)
{
	bool right = true;
	if (account->display_name.len < 2 || account->display_name.len > 200) {
		visit_form_error(visit, "name", "Write the user's full name");
		right = false;
	}
	if (visit_field(visit, "training").len && account->training_until == DATE_UNKNOWN) {
		visit_form_error(visit, "training", "Write the day until which the training is valid as YYYY-MM-DD");
		right = false;
	}
	if (!profile_role(visit->profile, account->role) ||
	    (account->team.len && !profile_team(visit->profile, account->team))) {
		visit_form_error(visit, "role", "Choose a role and a team from the lists");
		right = false;
	}
	return right;
}

enum status page_user_new(struct visit *visit, struct error *error)
{
	struct account account = {.username = TEXT(""),
				  .display_name = TEXT(""),
				  .role = TEXT(""),
				  .team = TEXT(""),
				  .training_until = DATE_UNKNOWN,
				  .ends = DATE_UNKNOWN};
	return user_form(visit, &account, TEXT_ABSENT, error);
}

static enum status take_factor(struct store *desk, struct account *account, struct error *error)
{
	enum status status = second_factor_remove(desk, account->user_id, error);
	if (status == STATUS_OK)
		status = session_end_all(desk, account->user_id, error);
	account->second_factor = false;
	return status;
}

/* What is done at once, and what waits for another person. */
struct saving {
	bool is_new, no_factor;
	const char *password; /* NULL: it stays */
	bool asks;
	struct account_change waits;
};

/* BEFORE is what the account is, or a new one that is not let in. */
static void split(struct visit *visit, struct saving *saving, const struct account *before, struct account *after)
{
	saving->asks = account_change_split(&saving->waits, visit->profile, before, after, saving->password != NULL,
					    saving->no_factor);
	if (saving->waits.new_password && !saving->is_new)
		saving->password = NULL;
	if (saving->waits.no_factor)
		saving->no_factor = false;
}

static enum status store_user(struct visit *visit, struct store *desk, struct account *account, struct saving *saving,
			      struct error *error)
{
	enum status status;
	if (saving->is_new)
		status = account_create(desk, account, text_of(saving->password), &account->user_id, error);
	else
		status = account_update(desk, account, error);
	if (status == STATUS_OK && saving->is_new && account->training_until != DATE_UNKNOWN)
		status = admission_train(desk, account->user_id, account->training_until, error);
	if (status == STATUS_OK && !saving->is_new && saving->password)
		status = account_set_password(desk, account->user_id, text_of(saving->password), true, error);
	if (status == STATUS_OK && !saving->is_new)
		status = save_workers(visit, desk, account->user_id, error);
	if (status == STATUS_OK && saving->no_factor)
		status = take_factor(desk, account, error);
	saving->waits.user_id = account->user_id;
	return status == STATUS_OK && saving->asks ? user_ask(visit, desk, &saving->waits, error) : status;
}

/* Adds or changes the account, with its audit entry: the end of the transaction that DESK is in. */
static enum status save(struct visit *visit, struct store *desk, struct account *account, struct saving *saving,
			struct error *error)
{
	enum status status = store_user(visit, desk, account, saving, error);
	struct audit_entry entry = visit_entry(visit, saving->is_new ? "account.create" : "account.update", "allowed");
	entry.subject_kind = TEXT("account");
	entry.subject_id = account->user_id;
	entry.detail = arena_format(
		visit->arena, "role=%.*s status=%s password=%s%s%s", TEXT_ARG(account->role),
		account->status == ACCOUNT_ACTIVE ? "active" : "disabled", saving->password ? "new" : "same",
		saving->no_factor ? " second_factor=removed" : "", saving->asks ? " the rest waits" : "");
	return visit_commit(visit, desk, status, &entry, error);
}

static enum status saved_page(struct visit *visit, const struct account *account, const struct saving *saving,
			      struct error *error)
{
	bool shown = saving->password && !(saving->is_new && saving->asks);
	put_string(visit->document, "notice",
		   saving->asks ? "Saved. What gives rights or a way in waits for another person who manages users"
				: "Saved");
	put_text(visit->document, "password",
		 shown ? arena_text(visit->arena, text_of(saving->password)) : TEXT_ABSENT);
	return user_form(visit, account, seen_of(visit, account), error);
}

enum status user_changed_page(struct visit *visit, int64_t user_id, const char *notice, const char *password,
			      struct error *error)
{
	struct store *desk;
	struct account account;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = account_get(desk, user_id, visit->arena, &account, error);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? visit_not_found(error) : status;
	put_string(visit->document, "notice", notice);
	put_text(visit->document, "password", password ? arena_text(visit->arena, text_of(password)) : TEXT_ABSENT);
	return user_form(visit, &account, seen_of(visit, &account), error);
}

enum status page_user_create(struct visit *visit, struct error *error)
{
	struct store *desk;
	char password[GIVEN_PASSWORD_SIZE];
	struct account account = {.username = visit_field(visit, "username"),
				  .must_change_password = true,
				  .ends = DATE_UNKNOWN,
				  .training_until = DATE_UNKNOWN};
	read_form(visit, &account);
	if (!form_is_right(visit, &account))
		return user_form(visit, &account, TEXT_ABSENT, error);
	password_random(password, sizeof password);
	struct account before = account;
	struct saving saving = {.is_new = true, .password = password};
	before.status = ACCOUNT_DISABLED;
	split(visit, &saving, &before, &account);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = save(visit, desk, &account, &saving, error);
	if (status == STATUS_INVALID || status == STATUS_CONFLICT) {
		visit_form_error(visit, "username", arena_copy(visit->arena, text_of(error->message)));
		return user_form(visit, &account, TEXT_ABSENT, error);
	}
	status = status == STATUS_OK ? saved_page(visit, &account, &saving, error) : status;
	explicit_bzero(password, sizeof password);
	return status;
}

static enum status find_account(struct visit *visit, struct account *account, struct error *error)
{
	int64_t id;
	struct store *desk;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK && !visit_id_parameter(visit, 0, &id))
		return visit_not_found(error);
	if (status == STATUS_OK)
		status = account_get(desk, id, visit->arena, account, error);
	return status == STATUS_NOT_FOUND ? visit_not_found(error) : status;
}

enum status page_user(struct visit *visit, struct error *error)
{
	struct account account;
	enum status status = find_account(visit, &account, error);
	return status == STATUS_OK ? user_form(visit, &account, seen_of(visit, &account), error) : status;
}

/* ---- one's own account ------------------------------------------------------------------------------ */

static bool worker_changes(const struct visit *visit, struct text source, struct text written,
			   const struct account_worker *workers, size_t count)
{
	struct text before = TEXT("");
	for (size_t i = 0; i < count; i++)
		if (text_equal(workers[i].source, source))
			before = workers[i].worker;
	return !text_is_absent(written) && says_who_works(visit->profile, profile_source(visit->profile, source)) &&
	       !text_equal(text_trim(written), before);
}

static enum status workers_change(struct visit *visit, bool *change, struct error *error)
{
	struct store *desk;
	struct account_worker *workers = NULL;
	size_t count = 0;
	*change = false;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = account_workers(desk, visit->viewer.user_id, visit->arena, &workers, &count, error);
	for (size_t i = 0; i < visit->profile->sources.count && status == STATUS_OK; i++) {
		const struct profile_source *source = &visit->profile->sources.at[i];
		struct text written = pairs_get(&visit->request->form, worker_field(visit, source).at);
		*change |= worker_changes(visit, source->id, written, workers, count);
	}
	return status;
}

static void refuse_own(struct visit *visit, const char *field, const char *message, bool *right)
{
	visit_form_error(visit, field, message);
	*right = false;
}

/* Nobody gives themselves rights, or takes away what proves that it is them. */
static enum status check_own(struct visit *visit, const struct account *before, const struct account *after,
			     bool *right, struct error *error)
{
	bool workers;
	enum status status = workers_change(visit, &workers, error);
	if (status)
		return status;
	if (after->status != ACCOUNT_ACTIVE)
		refuse_own(visit, "status", "You cannot disable yourself: ask another administrator", right);
	if (!text_equal(before->role, after->role) || !text_equal(before->team, after->team) || workers)
		refuse_own(visit, "role",
			   "You cannot change your own role, team or worker numbers: ask another administrator", right);
	if (text_is(visit_field(visit, "reset"), "yes"))
		refuse_own(visit, "reset", "Change your own password at “Change your password”", right);
	if (text_is(visit_field(visit, "factor"), "lost"))
		refuse_own(visit, "reset",
			   "You cannot take away your own authenticator app here: ask another administrator", right);
	if (*right)
		return STATUS_OK;
	struct audit_entry entry = visit_entry(visit, "account.update", "refused");
	entry.subject_kind = TEXT("account");
	entry.subject_id = before->user_id;
	entry.detail = TEXT("own account");
	visit_record(visit, &entry);
	return STATUS_OK;
}

/* Begins a transaction in which nobody else changes the account. */
static enum status lock_account(struct visit *visit, struct store **desk, struct account *account, struct error *error)
{
	enum status status = find_account(visit, account, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, desk, error);
	if (status == STATUS_OK)
		status = store_begin(*desk, error);
	if (status == STATUS_OK)
		status = account_lock(*desk, account->user_id, visit->arena, account, error);
	if (status != STATUS_OK && *desk)
		store_rollback(*desk);
	return status;
}

/* Takes the form into ACCOUNT; what is wrong with it is told on the page. */
static enum status take_form(struct visit *visit, struct account *account, bool *right, struct error *error)
{
	struct account before = *account;
	*right = !is_stale(visit, account);
	if (!*right)
		return STATUS_OK;
	read_form(visit, account);
	*right = form_is_right(visit, account);
	return *right && account->user_id == visit->viewer.user_id ? check_own(visit, &before, account, right, error)
								   : STATUS_OK;
}

enum status page_user_post(struct visit *visit, struct error *error)
{
	struct store *desk = NULL;
	struct account account, before;
	bool right = false, reset = text_is(visit_field(visit, "reset"), "yes");
	char password[GIVEN_PASSWORD_SIZE];
	enum status status = lock_account(visit, &desk, &account, error);
	if (status != STATUS_OK)
		return status;
	before = account;
	status = take_form(visit, &account, &right, error);
	if (status != STATUS_OK || !right) {
		store_rollback(desk);
		return status ? status : user_form(visit, &account, seen_of(visit, &before), error);
	}
	if (reset)
		password_random(password, sizeof password);
	struct saving saving = {.password = reset ? password : NULL,
				.no_factor = text_is(visit_field(visit, "factor"), "lost")};
	split(visit, &saving, &before, &account);
	status = save(visit, desk, &account, &saving, error);
	if (status == STATUS_CONFLICT || status == STATUS_INVALID) {
		visit_form_error(visit, "name", arena_copy(visit->arena, text_of(error->message)));
		return user_form(visit, &account, seen_of(visit, &before), error);
	}
	status = status == STATUS_OK ? saved_page(visit, &account, &saving, error) : status;
	explicit_bzero(password, sizeof password);
	return status;
}
