/* One's own account: what was changed of it, by whom and when; and where one is signed in. */
#include "base/id.h"
#include "web/pages/pages.h"

enum { CHANGES_SHOWN = 20, CHANGES_DAYS = 90 };
static const int64_t a_day = INT64_C(86400000000);

/* What of the audit is a change of an account, in words for whose it is. */
static const struct {
	const char *action, *words;
} changes[] = {
	{"account.create", "Your account was made"},
	{"account.update", "Name, role, team or state were saved"},
	{"account.confirm", "A change was confirmed by a second person"},
	{"account.ask", "A change was asked for, and waits for a second person"},
	{"account.reject", "A change was turned down"},
	{"account.disable", "Your account was stopped"},
	{"account.enable", "Your account was opened again"},
	{"account.password", "The password was changed"},
	{"account.link", "Your account was joined to the council’s sign-in service"},
	{"account.worker", "A worker number was changed"},
	{"second_factor.set", "An authenticator app was set up"},
	{"second_factor.remove", "The authenticator app was taken away"},
};

static const char *words_of(const struct audit_entry *entry)
{
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		if (text_is(entry->action, changes[i].action) && text_is(entry->outcome, "allowed"))
			return changes[i].words;
	return NULL;
}

static bool holds(struct text detail, const char *words)
{
	return text_find(detail, text_of(words)) < detail.len;
}

/* The part that matters most to whose account it is. */
static const char *also(const struct audit_entry *entry)
{
	bool password = holds(entry->detail, "password=new"), factor = holds(entry->detail, "second_factor=removed");
	return password && factor ? ": a new password, and no authenticator app any more"
	       : password         ? ": a new password"
	       : factor           ? ": no authenticator app any more"
				  : "";
}

static enum status read_changes(struct visit *visit, instant from, struct audit_page *page, struct error *error)
{
	struct store *desk;
	const struct audit_filter filter = {.subject_kind = TEXT("account"),
					    .subject_id = visit->viewer.user_id,
					    .from = from,
					    .before = INSTANT_UNKNOWN,
					    .limit = 5 * CHANGES_SHOWN};
	enum status status = visit_desk(visit, &desk, error);
	return status ? status : audit_read(desk, &filter, visit->arena, page, error);
}

/* The sign-in before this one; INSTANT_UNKNOWN: there was none. */
static enum status last_time(struct visit *visit, instant *out, struct error *error)
{
	struct store *desk;
	struct audit_page page;
	const struct audit_filter filter = {.user_name = visit->viewer.username,
					    .action = TEXT("sign_in"),
					    .outcome = TEXT("allowed"),
					    .from = INSTANT_UNKNOWN,
					    .before = visit->session.started - INT64_C(1000000),
					    .limit = 1};
	*out = INSTANT_UNKNOWN;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = audit_read(desk, &filter, visit->arena, &page, error);
	if (status == STATUS_OK && page.count)
		*out = page.entries[0].at;
	return status;
}

enum status account_news(struct visit *visit, bool *any, struct error *error)
{
	instant since;
	struct audit_page page;
	*any = false;
	if (visit->by_token)
		return STATUS_OK;
	enum status status = last_time(visit, &since, error);
	if (status == STATUS_OK && since != INSTANT_UNKNOWN)
		status = read_changes(visit, since, &page, error);
	for (size_t i = 0; status == STATUS_OK && since != INSTANT_UNKNOWN && i < page.count; i++)
		*any |= page.entries[i].at > since && words_of(&page.entries[i]) != NULL;
	return status;
}

static enum status put_changes(struct visit *visit, struct error *error)
{
	size_t shown = 0;
	instant since;
	struct audit_page page;
	struct value *rows = put_array(visit->document, "changes");
	enum status status = last_time(visit, &since, error);
	if (status == STATUS_OK)
		status = read_changes(visit, instant_now() - CHANGES_DAYS * a_day, &page, error);
	for (size_t i = 0; status == STATUS_OK && i < page.count && shown < CHANGES_SHOWN; i++) {
		const struct audit_entry *entry = &page.entries[i];
		const char *words = words_of(entry);
		if (!words)
			continue;
		struct value *row = add_object(rows);
		bool own = text_equal(entry->user_name, visit->viewer.username);
		put_format(row, "what", "%s%s", words, also(entry));
		put_text(row, "by", own ? TEXT("you") : entry->user_name);
		put_instant(row, "at", entry->at);
		put_long_instant(row, "at_text", entry->at);
		put_bool(row, "is_new", since != INSTANT_UNKNOWN && entry->at > since);
		shown++;
	}
	put_bool(visit->document, "has_changes", shown > 0);
	return status;
}

static enum status put_sessions(struct visit *visit, struct error *error)
{
	static const char *const how[] = {[SESSION_BY_PASSWORD] = "Password",
					  [SESSION_BY_CODE] = "Password and code",
					  [SESSION_BY_PROVIDER] = "The council’s sign-in service"};
	size_t count;
	struct store *desk;
	struct session_row *sessions;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = session_list(desk, visit->viewer.user_id, &visit->site->limits, visit->arena, &sessions,
				      &count, error);
	if (status != STATUS_OK)
		return status;
	struct value *rows = put_array(visit->document, "sessions");
	for (size_t i = 0; i < count; i++) {
		struct value *row = add_object(rows);
		put_int(row, "number", sessions[i].session_id);
		put_bool(row, "this", sessions[i].session_id == visit->session.session_id);
		put_string(row, "how", how[sessions[i].began]);
		put_text(row, "from", sessions[i].client.len ? sessions[i].client : TEXT("not known"));
		put_long_instant(row, "started_text", sessions[i].started);
		put_long_instant(row, "seen_text", sessions[i].seen);
	}
	return STATUS_OK;
}

enum status page_account(struct visit *visit, struct error *error)
{
	put_text(visit->document, "username", visit->viewer.username);
	put_bool(visit->document, "has_password", !visit->session.account.external);
	put_bool(visit->document, "has_factor", visit->session.account.second_factor);
	enum status status = put_changes(visit, error);
	if (status == STATUS_OK)
		status = put_sessions(visit, error);
	return status ? status : visit_page(visit, "account", "Your account");
}

enum status page_account_session(struct visit *visit, struct error *error)
{
	int64_t number;
	bool ended = false;
	struct store *desk;
	if (!text_parse_int64(visit_field(visit, "session"), &number))
		return visit_not_found(error);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = session_end_one(desk, visit->viewer.user_id, number, &ended, error);
	if (status == STATUS_OK && !ended) { /* of somebody else, or over already: answered alike */
		store_rollback(desk);
		return visit_redirect(visit, "/account");
	}
	struct audit_entry entry = visit_entry(visit, "sign_out", "allowed");
	entry.detail = arena_format(visit->arena, "session=%lld", (long long)number);
	status = visit_commit(visit, desk, status, &entry, error);
	return status ? status : visit_redirect(visit, "/account");
}
