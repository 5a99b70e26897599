#include "web/drafts.h"

#include "policy/draft.h"

#include <sodium.h>

/* Forms in which people write. */
static const char *const kept_paths[] = {"/reports", "/reports/{report}", "/households/{household}/wrong",
					 "/reports/households/{report}", "/lists/{list}/{row}"};

static bool is_kept(const struct visit *visit)
{
	if (visit->request->method != METHOD_POST || visit->json || !visit->token.len)
		return false;
	for (size_t i = 0; i < sizeof kept_paths / sizeof *kept_paths; i++)
		if (!strcmp(visit->route->path, kept_paths[i]))
			return true;
	return false;
}

static void append_form(struct buf *out, const struct pairs *form)
{
	for (size_t i = 0; i < form->count; i++) {
		if (text_is(form->at[i].name, "csrf") || text_is(form->at[i].name, "draft"))
			continue;
		buf_append(out, "&", out->len > 0);
		form_append_encoded(out, form->at[i].name);
		buf_append_char(out, '=');
		form_append_encoded(out, form->at[i].value);
	}
}

/* Wiped when it is sealed. */
static enum status keep(struct visit *visit, struct store *desk, const struct session *session, struct error *error)
{
	struct buf plain, sealed;
	int64_t id = (int64_t)randombytes_random() << 31 | (int64_t)(randombytes_random() >> 1);
	struct draft_owner owner = draft_owner_of(session->account.username, visit->token);
	buf_init(&plain, 4 * MESSAGE_BODY_LARGEST);
	buf_init(&sealed, 5 * MESSAGE_BODY_LARGEST);
	append_form(&plain, &visit->request->form);
	disclosure_seal_words(visit->site->vault, id, WORDS_OF_DRAFT, buf_text(&plain), &sealed);
	struct draft draft = {.draft_id = id, .path = visit->request->path, .sealed = buf_text(&sealed)};
	enum status status = draft_keep(desk, &owner, &draft, error);
	buf_wipe(&plain);
	buf_release(&plain);
	buf_release(&sealed);
	return status;
}

/* The form token of the session that is over must be right: nobody else puts words into somebody's mouth. */
enum status draft_keep_form(struct visit *visit, bool *kept, struct error *error)
{
	struct store *desk;
	struct session session;
	*kept = false;
	if (!is_kept(visit))
		return STATUS_OK;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = draft_session(desk, visit->token, visit->arena, &session, error);
	if (status == STATUS_NOT_FOUND ||
	    (status == STATUS_OK && !session_csrf_matches(&session, visit_field(visit, "csrf")))) {
		error_clear(error);
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status)
		return status;
	status = keep(visit, desk, &session, error);
	struct audit_entry entry = visit_entry(visit, "draft.keep", "allowed");
	entry.user_name = session.account.username;
	entry.role = session.account.role;
	entry.team = session.account.team;
	status = visit_commit(visit, desk, status, &entry, error);
	*kept = status == STATUS_OK;
	return status;
}

enum status draft_take_over(struct visit *visit, struct text username, const char *token, bool *waiting,
			    struct error *error)
{
	struct store *desk;
	*waiting = false;
	if (!visit->token.len)
		return STATUS_OK;
	struct draft_owner from = draft_owner_of(username, visit->token), to = draft_owner_of(username, text_of(token));
	enum status status = visit_desk(visit, &desk, error);
	return status ? status : draft_move(desk, &from, &to, waiting, error);
}

enum status draft_redirect(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct draft draft;
	struct draft_owner owner = draft_owner_of(visit->viewer.username, visit->token);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = draft_find(desk, &owner, visit->arena, &draft, error);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	return visit_redirect(visit, "%s", status == STATUS_OK ? "/draft" : "/");
}

enum status draft_sent(struct visit *visit, struct error *error)
{
	struct store *desk;
	if (visit->by_token || !visit_field(visit, "draft").len || visit->request->response.status == 422)
		return STATUS_OK;
	struct draft_owner owner = draft_owner_of(visit->viewer.username, visit->token);
	enum status status = visit_desk(visit, &desk, error);
	return status ? status : draft_drop(desk, &owner, error);
}
