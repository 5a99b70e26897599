/* Signing in by the council's identity provider: there, and back with a code. */
#include "web/provider.h"
#include "policy/external.h"
#include "web/pages/pages.h"

#include <sodium.h>

static const char state_cookie[] = "oneview_provider";

static void set_state(struct visit *visit, const char *state)
{
	/* Lax: the provider sends the browser back here from its own site. */
	struct text cookie =
		arena_format(visit->arena, "%s=%s; Path=" PROVIDER_PATH "; HttpOnly; SameSite=Lax%s; Max-Age=600",
			     state_cookie, state, visit->site->settings->secure_cookies ? "; Secure" : "");
	response_header(visit->request, "Set-Cookie", cookie.at);
}

static enum status refused(struct visit *visit, const char *why, const char *message)
{
	struct audit_entry entry = visit_entry(visit, "sign_in", "refused");
	entry.detail = text_of(why);
	visit_record(visit, &entry);
	limits_sign_in_failed(visit->site->asked, visit->request->from);
	visit_form_error(visit, "provider", message);
	return sign_in_page(visit, TEXT(""), TEXT(""));
}

enum status page_provider(struct visit *visit, struct error *error)
{
	struct provider_attempt attempt;
	struct text next = visit_query(visit, "next");
	if (!visit->site->provider)
		return visit_not_found(error);
	enum status status = sign_in_check_often(visit, error);
	if (status == STATUS_OK)
		status = provider_begin(visit->site->provider, next.len ? visit_safe_path(next) : TEXT("/"),
					visit->arena, &attempt, error);
	if (status == STATUS_IO)
		return refused(visit, "provider does not answer",
			       "The council's sign-in service does not answer. Try again in a minute");
	if (status != STATUS_OK)
		return status;
	/* Until it has worked: whoever begins and begins has only so many of the attempts that are remembered. */
	limits_sign_in_failed(visit->site->asked, visit->request->from);
	set_state(visit, attempt.state);
	return visit_redirect(visit, "%.*s", TEXT_ARG(attempt.address));
}

/* ---- back ---------------------------------------------------------------------------------------------- */

/* Only the browser that began an attempt may finish it: else somebody could be signed in as another without knowing. */
static bool began_here(const struct visit *visit, struct text state)
{
	struct text kept = pairs_get(&visit->request->cookies, state_cookie);
	return state.len && kept.len == state.len && !sodium_memcmp(kept.at, state.at, kept.len);
}

static enum status join_entry(struct visit *visit, struct store *desk, const struct account *account,
			      const char *action, struct error *error)
{
	struct audit_entry entry = visit_entry(visit, action, "allowed");
	entry.user_name = TEXT("system:identity_provider");
	entry.subject_kind = TEXT("account");
	entry.subject_id = account->user_id;
	entry.detail = arena_format(visit->arena, "role=%.*s", TEXT_ARG(account->role));
	enum status status = audit_join(desk, &visit->site->audit_key, &entry, error);
	visit->entries += status == STATUS_OK;
	return status;
}

static enum status finish(struct store *desk, enum status status, struct error *error)
{
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	if (status != STATUS_OK)
		store_rollback(desk);
	return status;
}

/* An account that the identity system keeps is as that says; what the provider says of groups and names makes or
 * changes those that nobody else keeps. */
static enum status keep_account(struct visit *visit, struct text id, const struct account *wanted,
				const struct id_token *token, struct account *out, struct error *error)
{
	struct store *desk;
	bool found = false;
	enum external_change change;
	static const char *const actions[] = {[EXTERNAL_MADE] = "account.create",
					      [EXTERNAL_CHANGED] = "account.update",
					      [EXTERNAL_LINKED] = "account.link"};
	const struct external_linked link = {provider_links(visit->site->provider), token->link};
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = external_provisioned(desk, id, &link, visit->arena, out, &found, &change, error);
	if (status == STATUS_OK && !found && !wanted)
		status = error_set(error, STATUS_NOT_FOUND, "account.no_role", "None of the groups has a role here");
	if (status == STATUS_OK && !found)
		status = external_account(desk, id, wanted, visit->arena, out, &change, error);
	if (status == STATUS_OK && change != EXTERNAL_SAME)
		status = join_entry(visit, desk, out, actions[change], error);
	return finish(desk, status, error);
}

static enum status without_role(struct visit *visit, struct text id, struct error *error)
{
	struct store *desk;
	bool disabled;
	struct account gone = {.role = TEXT("none")};
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = external_disable(desk, id, visit->arena, &disabled, error);
	if (status == STATUS_OK && disabled)
		status = join_entry(visit, desk, &gone, "account.disable", error);
	status = finish(desk, status, error);
	return status ? status
		      : refused(visit, "no group",
				"None of your groups has a role here. Ask the people who look after OneView");
}

static enum status let_in(struct visit *visit, const struct id_token *token, struct text next, struct error *error)
{
	struct account account;
	struct text id = external_id(provider_issuer(visit->site->provider), token->subject, visit->arena);
	const struct profile_role *role = external_role(visit->profile, token->groups, token->group_count);
	struct account wanted = {.username = token->username,
				 .display_name = token->name,
				 .role = role ? role->id : TEXT_ABSENT,
				 .team = role && role->team ? role->team->id : TEXT_ABSENT};
	enum status status = keep_account(visit, id, role ? &wanted : NULL, token, &account, error);
	if (status == STATUS_NOT_FOUND)
		return without_role(visit, id, error);
	if (status == STATUS_REFUSED || status == STATUS_CONFLICT || status == STATUS_INVALID)
		return refused(visit, arena_copy(visit->arena, text_of(error->code)),
			       arena_copy(visit->arena, text_of(error->message)));
	if (status == STATUS_OK)
		limits_sign_in_worked(visit->site->asked, visit->request->from);
	return status ? status : sign_in_finish(visit, &account, SESSION_BY_PROVIDER, "identity provider", next, error);
}

enum status page_provider_back(struct visit *visit, struct error *error)
{
	struct id_token token;
	struct text next, state = visit_query(visit, "state"), code = visit_query(visit, "code");
	if (!visit->site->provider)
		return visit_not_found(error);
	enum status status = sign_in_check_often(visit, error);
	if (status != STATUS_OK)
		return status;
	if (!began_here(visit, state))
		return refused(visit, "provider.state",
			       "This attempt to sign in was not begun in this browser. Begin again");
	if (!code.len)
		return refused(visit, "provider refused", "The council's sign-in service did not let you in");
	status = provider_finish(visit->site->provider, state, code, visit->arena, &token, &next, error);
	if (status == STATUS_REFUSED || status == STATUS_IO)
		return refused(visit, arena_copy(visit->arena, text_of(error->code)),
			       "The council's sign-in service and OneView did not understand each other. Begin again");
	return status ? status : let_in(visit, &token, next, error);
}
