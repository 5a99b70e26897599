/* What one person asks for an account and another confirms. */
#include "base/id.h"
#include "web/pages/users.h"

struct text user_change_words(const struct visit *visit, const struct account_change *change)
{
	const struct profile_role *role = profile_role(visit->profile, change->role);
	const struct profile_team *team = change->team.len ? profile_team(visit->profile, change->team) : NULL;
	struct text title = role ? role->title : change->role, none = TEXT("");
	return arena_format(visit->arena, "%srole %.*s%s%.*s%s%s", change->lets_in ? "may sign in, " : "",
			    TEXT_ARG(title), team ? ", team " : "", TEXT_ARG(team ? team->title : none),
			    change->new_password ? ", a new password" : "",
			    change->no_factor ? ", without the authenticator app of before" : "");
}

static void put_change(struct visit *visit, struct value *row, const struct account_change *change)
{
	char id[ID_TEXT_SIZE];
	put_int(row, "number", change->change_id);
	put_text(row, "username", change->username);
	put_format(row, "href", "/admin/users/%s", id_format(change->user_id, id));
	put_text(row, "what", user_change_words(visit, change));
	put_text(row, "asker", change->asker);
	put_long_instant(row, "asked_text", change->asked);
	put_bool(row, "own", change->asked_by == visit->viewer.user_id);
	put_bool(row, "new_password", change->new_password);
	put_bool(row, "about_me", change->user_id == visit->viewer.user_id);
	put_bool(row, "may_confirm",
		 change->asked_by != visit->viewer.user_id && change->user_id != visit->viewer.user_id);
}

enum status user_put_waiting(struct visit *visit, int64_t user_id, struct error *error)
{
	size_t count;
	struct store *desk;
	struct account_change *changes;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = account_changes(desk, user_id, visit->arena, &changes, &count, error);
	if (status != STATUS_OK)
		return status;
	put_bool(visit->document, "is_waiting", count > 0);
	put_bool(visit->document, "can_manage", visit_can(visit, CAPABILITY_USERS_MANAGE));
	struct value *rows = put_array(visit->document, "waiting");
	for (size_t i = 0; i < count; i++)
		put_change(visit, add_object(rows), &changes[i]);
	return STATUS_OK;
}

static struct audit_entry entry_of(struct visit *visit, const char *action, const struct account_change *change)
{
	struct audit_entry entry = visit_entry(visit, action, "allowed");
	entry.subject_kind = TEXT("account");
	entry.subject_id = change->user_id;
	entry.detail = arena_format(visit->arena, "change=%lld role=%.*s team=%.*s%s%s%s", (long long)change->change_id,
				    TEXT_ARG(change->role), TEXT_ARG(change->team), change->lets_in ? " lets_in" : "",
				    change->new_password ? " password=new" : "",
				    change->no_factor ? " second_factor=removed" : "");
	return entry;
}

enum status user_ask(struct visit *visit, struct store *desk, struct account_change *waits, struct error *error)
{
	waits->asked_by = visit->viewer.user_id;
	enum status status = account_change_ask(desk, waits, error);
	if (status != STATUS_OK)
		return status;
	const struct audit_entry entry = entry_of(visit, "account.ask", waits);
	status = audit_join(desk, &visit->site->audit_key, &entry, error);
	visit->entries += status == STATUS_OK;
	return status;
}

/* ---- the answer ------------------------------------------------------------------------------------ */

/* The change that the form was about, if it still waits. */
static enum status find_change(struct visit *visit, struct store *desk, int64_t user_id, struct account_change *change,
			       bool *found, struct error *error)
{
	size_t count;
	int64_t number;
	struct account_change *changes;
	enum status status = account_changes(desk, user_id, visit->arena, &changes, &count, error);
	*found = status == STATUS_OK && count && text_parse_int64(visit_field(visit, "change"), &number) &&
		 changes[0].change_id == number;
	if (*found)
		*change = changes[0];
	return status;
}

static enum status answer_change(struct visit *visit, struct store *desk, const struct account_change *change,
				 const char *password, bool confirm, struct error *error)
{
	const struct account_change_answer answer = {visit->viewer.user_id, confirm, password};
	const char *action = confirm ? "account.confirm" : "account.reject";
	struct audit_entry entry = entry_of(visit, action, change);
	enum status status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = account_change_answer(desk, change, &answer, visit->arena, error);
	status = visit_commit(visit, desk, status, &entry, error);
	if (status == STATUS_REFUSED || status == STATUS_CONFLICT) { /* who confirms what they asked for has tried */
		entry.outcome = TEXT("refused");
		visit_record(visit, &entry);
	}
	return status;
}

enum status page_user_answer(struct visit *visit, struct error *error)
{
	int64_t user_id;
	bool found;
	struct store *desk;
	struct account_change change;
	char password[GIVEN_PASSWORD_SIZE];
	bool confirm = text_is(visit_field(visit, "answer"), "confirm");
	if (!visit_id_parameter(visit, 0, &user_id))
		return visit_not_found(error);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = find_change(visit, desk, user_id, &change, &found, error);
	if (status != STATUS_OK)
		return status;
	if (!found)
		return user_changed_page(visit, user_id, "This was answered already, or taken back", NULL, error);
	password_random(password, sizeof password);
	status = answer_change(visit, desk, &change, password, confirm, error);
	if (status == STATUS_REFUSED || status == STATUS_CONFLICT || status == STATUS_INVALID) {
		visit_form_error(visit, "answer", arena_copy(visit->arena, text_of(error->message)));
		status = user_changed_page(visit, user_id, NULL, NULL, error);
	} else if (status == STATUS_OK) {
		status = user_changed_page(visit, user_id, confirm ? "Confirmed" : "Turned down",
					   confirm && change.new_password ? password : NULL, error);
	}
	explicit_bzero(password, sizeof password);
	return status;
}
