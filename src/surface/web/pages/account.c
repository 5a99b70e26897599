/* Signing in and out, the purpose of a task, a new password. */
#include "base/utf8.h"
#include "policy/password.h"
#include "web/chrome.h"
#include "web/drafts.h"
#include "web/pages/pages.h"
#include "web/provider.h"

#include <sodium.h>

/* ---- signing in -------------------------------------------------------------------------------- */

/* The token of a form before there is a session, in the form and in a cookie: another site can send
 * neither the one nor read the other. */
void sign_in_put_form_token(struct visit *visit)
{
	unsigned char random[24];
	char *token = arena_alloc(visit->arena, 2 * sizeof random + 1);
	struct text kept = pairs_get(&visit->request->cookies, "oneview_form");
	bool usable = kept.len == 2 * sizeof random;
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(token, 2 * sizeof random + 1, random, sizeof random);
	put_text(visit->document, "csrf", usable ? kept : text_of(token));
	if (usable)
		return;
	struct text cookie = arena_format(visit->arena, "oneview_form=%s; Path=/sign-in; HttpOnly; SameSite=Strict%s",
					  token, visit->site->settings->secure_cookies ? "; Secure" : "");
	response_header(visit->request, "Set-Cookie", cookie.at);
}

static void put_provider_address(struct visit *visit, struct text next)
{
	struct buf address;
	buf_init(&address, 4 * URI_LONGEST);
	buf_append_text(&address, TEXT(PROVIDER_PATH));
	if (next.len) {
		buf_append_text(&address, TEXT("?next="));
		form_append_encoded(&address, visit_safe_path(next));
	}
	put_text(visit->document, "provider_href", arena_text(visit->arena, buf_text(&address)));
	buf_release(&address);
}

enum status sign_in_page(struct visit *visit, struct text username, struct text next)
{
	const struct provider *provider = visit->site->provider;
	sign_in_put_form_token(visit);
	put_text(visit->document, "username", username);
	put_bool(visit->document, "kept", text_is(visit_query(visit, "kept"), "yes"));
	put_text(visit->document, "next", next.len ? visit_safe_path(next) : TEXT_ABSENT);
	put_string(visit->document, "provider", provider ? provider_title(provider) : NULL);
	if (provider)
		put_provider_address(visit, next);
	return visit_page(visit, "sign_in", "Sign in");
}

enum status page_sign_in(struct visit *visit, struct error *error)
{
	(void)error;
	return sign_in_page(visit, TEXT(""), visit_query(visit, "next"));
}

void sign_in_set_cookie(struct visit *visit, const char *token, bool ends)
{
	struct text cookie =
		arena_format(visit->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", site_cookie_name(visit->site),
			     token, visit->site->settings->secure_cookies ? "; Secure" : "", ends ? "; Max-Age=0" : "");
	response_header(visit->request, "Set-Cookie", cookie.at);
}

/* The user name of a failed attempt is not kept: people type their password into the wrong field. */
void sign_in_record_failure(struct visit *visit, enum sign_in_outcome outcome)
{
	struct audit_entry entry = visit_entry(visit, "sign_in", "refused");
	entry.detail = text_of(sign_in_outcome_name(outcome));
	visit_record(visit, &entry);
	limits_sign_in_failed(visit->site->asked, visit->request->from);
}

/* Whoever tries one password on many accounts locks none of them. An entry once a quarter of an hour: without an
 * account nobody makes the audit grow. */
enum status sign_in_check_often(struct visit *visit, struct error *error)
{
	struct audit_entry entry = visit_entry(visit, "sign_in", "refused");
	entry.detail = TEXT("limit=address");
	if (limits_may_sign_in(visit->site->asked, visit->request->from))
		return STATUS_OK;
	if (limits_tell_refused(visit->site->asked, visit->request->from))
		visit_record(visit, &entry);
	error_set(error, STATUS_REFUSED, "web.often", "Signing in has failed too often from where you are.");
	error_remedy(error, "Wait a quarter of an hour and try again, or sign in from somewhere else.");
	return STATUS_REFUSED;
}

static enum status sign_in_again(struct visit *visit, struct text username, struct text next)
{
	visit_form_error(visit, "username",
			 "The user name or the password is wrong, or the account is locked for a while");
	return sign_in_page(visit, username, next);
}

static struct audit_entry entry_of(const struct visit *visit, const struct account *account, const char *action,
				   const char *how)
{
	struct audit_entry entry = visit_entry(visit, action, "allowed");
	entry.user_name = account->username;
	entry.role = account->role;
	entry.team = account->team;
	entry.detail = text_of(how);
	return entry;
}

enum status sign_in_finish(struct visit *visit, const struct account *account, enum session_began began,
			   const char *how, struct text next, struct error *error)
{
	struct store *desk;
	bool waiting = false;
	char token[SESSION_TOKEN_SIZE];
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = session_start_as(desk, account->user_id, began, visit->request->from, token, error);
	if (status == STATUS_OK)
		status = draft_take_over(visit, account->username, token, &waiting, error);
	struct audit_entry entry = entry_of(visit, account, "sign_in", how);
	status = visit_commit(visit, desk, status, &entry, error);
	if (status != STATUS_OK)
		return status;
	sign_in_set_cookie(visit, token, false);
	explicit_bzero(token, sizeof token);
	return visit_redirect(visit, "%.*s", TEXT_ARG(waiting ? TEXT("/draft") : visit_safe_path(next)));
}

/* The cookie of a half session opens nothing but the form for the code. */
static enum status ask_for_code(struct visit *visit, const struct account *account, struct text next,
				struct error *error)
{
	struct store *desk;
	bool waiting;
	char token[SESSION_TOKEN_SIZE];
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = session_start_half(desk, account->user_id, token, error);
	if (status == STATUS_OK)
		status = draft_take_over(visit, account->username, token, &waiting, error);
	struct audit_entry entry = entry_of(visit, account, "sign_in.password", "code to come");
	status = visit_commit(visit, desk, status, &entry, error);
	if (status != STATUS_OK)
		return status;
	sign_in_set_cookie(visit, token, false);
	explicit_bzero(token, sizeof token);
	if (!next.len)
		return visit_redirect(visit, "/sign-in/code");
	struct buf encoded;
	buf_init(&encoded, 3 * URI_LONGEST);
	form_append_encoded(&encoded, visit_safe_path(next));
	status = visit_redirect(visit, "/sign-in/code?next=%.*s", TEXT_ARG(buf_text(&encoded)));
	buf_release(&encoded);
	return status;
}

enum status page_sign_in_post(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct account account;
	enum sign_in_outcome outcome = SIGN_IN_OK;
	struct text username = visit_field(visit, "username"), next = visit_field(visit, "next");
	struct text password = pairs_get(&visit->request->form, "password");
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = sign_in_check_often(visit, error);
	if (status != STATUS_OK)
		return status;
	status = account_sign_in(desk, username, text_is_absent(password) ? TEXT("") : password, visit->arena, &account,
				 &outcome, error);
	if (status == STATUS_REFUSED) {
		sign_in_record_failure(visit, outcome);
		return sign_in_again(visit, username, next);
	}
	if (status != STATUS_OK)
		return status;
	return account.second_factor ? ask_for_code(visit, &account, next, error)
				     : sign_in_finish(visit, &account, SESSION_BY_PASSWORD, "password", next, error);
}

enum status page_sign_out(struct visit *visit, struct error *error)
{
	struct store *desk;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = session_end(desk, visit->token, error);
	struct audit_entry entry = visit_entry(visit, "sign_out", "allowed");
	status = visit_commit(visit, desk, status, &entry, error);
	if (status != STATUS_OK)
		return status;
	sign_in_set_cookie(visit, "", true);
	response_header(visit->request, "Clear-Site-Data", "\"cache\", \"storage\"");
	return visit_redirect(visit, "/sign-in");
}

/* ---- purpose ------------------------------------------------------------------------------------- */

void purpose_put_fields(struct visit *visit, struct text chosen, struct text reason)
{
	const struct profile_role *role = visit->viewer.role;
	struct value *purposes = put_array(visit->document, "purposes");
	bool only = role && role->purpose_count == 1;
	for (size_t i = 0; role && i < role->purpose_count; i++) {
		const struct profile_purpose *purpose = role->purposes[i];
		struct value *row = add_object(purposes);
		put_text(row, "id", purpose->id);
		put_text(row, "title", purpose->title);
		put_text(row, "description", purpose->description);
		put_bool(row, "reason_needed", purpose->reason_needed);
		put_bool(row, "chosen", only || text_equal(purpose->id, chosen));
	}
	put_bool(visit->document, "no_purposes", !role || role->purpose_count == 0);
	put_text(visit->document, "role", role ? role->title : TEXT("none"));
	put_text(visit->document, "reason", reason);
}

enum status purpose_take(struct visit *visit, bool *chosen, struct error *error)
{
	struct store *desk;
	struct text id = visit_field(visit, "purpose"), reason = visit_field(visit, "reason"), reference;
	const struct profile_purpose *purpose = profile_purpose(visit->profile, id);
	const struct profile_role *role = visit->viewer.role;
	*chosen = false;
	if (!purpose || !role || !role_has_purpose(role, purpose))
		visit_form_error(visit, "purpose", "Choose why you are looking");
	else if (purpose->reason_needed && reason.len < 3)
		visit_form_error(visit, "reason", "Say in a few words what your task is");
	else if (utf8_count(reason) > 200)
		visit_form_error(visit, "reason", "Your task must be 200 characters or fewer");
	else
		*chosen = true;
	if (!*chosen)
		return STATUS_OK;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = visit_state(visit, reason, &reference, error);
	if (status == STATUS_OK)
		status = session_set_purpose(desk, visit->session.session_id, id, reference, TEXT_ABSENT, error);
	if (status == STATUS_OK) {
		visit->viewer.purpose = purpose;
		visit->viewer.reason = reference;
		visit->reason_words = arena_text(visit->arena, reason);
	}
	struct audit_entry entry = visit_entry(visit, "purpose.choose", "allowed");
	return visit_commit(visit, desk, status, &entry, error);
}

static enum status purpose_page(struct visit *visit, struct text chosen, struct text reason, struct text next)
{
	purpose_put_fields(visit, chosen, reason);
	put_text(visit->document, "next", next.len ? visit_safe_path(next) : TEXT_ABSENT);
	return visit_page(visit, "purpose", "Your purpose");
}

enum status page_purpose(struct visit *visit, struct error *error)
{
	(void)error;
	const struct viewer *viewer = &visit->viewer;
	return purpose_page(visit, viewer->purpose ? viewer->purpose->id : TEXT(""),
			    viewer->purpose ? visit_reason(visit) : TEXT(""), visit_query(visit, "next"));
}

enum status page_purpose_post(struct visit *visit, struct error *error)
{
	bool chosen;
	struct text next = visit_field(visit, "next");
	enum status status = purpose_take(visit, &chosen, error);
	if (status != STATUS_OK)
		return status;
	if (!chosen)
		return purpose_page(visit, visit_field(visit, "purpose"), visit_field(visit, "reason"), next);
	return visit_redirect(visit, "%.*s", TEXT_ARG(next.len ? visit_safe_path(next) : TEXT("/search")));
}

/* ---- password -------------------------------------------------------------------------------------- */

enum status page_password(struct visit *visit, struct error *error)
{
	(void)error;
	put_bool(visit->document, "must_change", visit->session.account.must_change_password);
	return visit_page(visit, "password", "Change your password");
}

static const char *new_password_problem(struct text new_password, struct text again, struct text old)
{
	if (utf8_count(new_password) < PASSWORD_LENGTH_MIN)
		return "The new password must have 12 characters or more";
	if (utf8_count(new_password) > PASSWORD_LENGTH_MAX)
		return "The new password must have 128 characters or fewer";
	if (!text_equal(new_password, again))
		return "The two new passwords are not the same";
	if (text_equal(new_password, old))
		return "The new password must not be the old one";
	return NULL;
}

static struct text secret_field(const struct visit *visit, const char *name)
{
	struct text value = pairs_get(&visit->request->form, name);
	return text_is_absent(value) ? TEXT("") : value;
}

static enum status change_password(struct visit *visit, struct store *desk, struct text new_password,
				   struct error *error)
{
	char token[SESSION_TOKEN_SIZE];
	bool waiting = false;
	enum status status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = account_set_password(desk, visit->viewer.user_id, new_password, false, error);
	if (status == STATUS_OK)
		status = session_start_as(desk, visit->viewer.user_id, visit->session.began, visit->request->from,
					  token, error);
	struct audit_entry entry = visit_entry(visit, "account.password", "allowed");
	entry.subject_kind = TEXT("account");
	entry.subject_id = visit->viewer.user_id;
	if (status == STATUS_OK)
		status = draft_take_over(visit, visit->viewer.username, token, &waiting, error);
	status = visit_commit(visit, desk, status, &entry, error);
	if (status != STATUS_OK)
		return status;
	sign_in_set_cookie(visit, token, false);
	explicit_bzero(token, sizeof token);
	return visit_redirect(visit, "%s", waiting ? "/draft" : "/");
}

enum status page_password_post(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct account account;
	enum sign_in_outcome outcome;
	struct text old = secret_field(visit, "old"), new_password = secret_field(visit, "new");
	const char *problem = new_password_problem(new_password, secret_field(visit, "again"), old);
	enum status status = visit_desk(visit, &desk, error);
	if (status != STATUS_OK)
		return status;
	if (problem) {
		visit_form_error(visit, "new", problem);
		return page_password(visit, error);
	}
	status = account_sign_in(desk, visit->viewer.username, old, visit->arena, &account, &outcome, error);
	if (status == STATUS_REFUSED) {
		sign_in_record_failure(visit, outcome);
		visit_form_error(visit, "old", "The old password is wrong");
		return page_password(visit, error);
	}
	if (status == STATUS_OK)
		status = password_check_breaches(visit->site->workspace->folder, new_password,
						 visit->profile->staff.breached_required, error);
	if (status == STATUS_OK)
		status = change_password(visit, desk, new_password, error);
	if (status != STATUS_INVALID && status != STATUS_REFUSED)
		return status;
	visit_form_error(visit, "new", arena_copy(visit->arena, text_of(error->message)));
	return page_password(visit, error);
}
