/* The audit, to read: who looked at whom, when, why, and under which agreement. */
#include "base/id.h"
#include "web/pages/pages.h"

enum { ENTRIES_A_PAGE = 50 };

static const struct {
	const char *id, *title;
} actions[] = {
	{"resident.open", "Looked at a resident"},
	{"household.open", "Looked at a household"},
	{"property.open", "Looked at a property"},
	{"search", "Searched"},
	{"sign_in", "Signed in"},
	{"sign_out", "Signed out"},
	{"purpose.choose", "Chose a purpose"},
	{"page.refused", "Was refused a page"},
	{"report.make", "Reported something wrong"},
	{"report.open", "Read a report"},
	{"report.answer", "Answered a report"},
	{"extract.release", "Let an extract through"},
	{"quarantine.values", "Took the rows to fix"},
	{"account.create", "Added a user"},
	{"account.update", "Changed a user"},
	{"account.disable", "Stopped a user from signing in"},
	{"account.enable", "Let a user sign in again"},
	{"account.password", "Changed a password"},
	{"match.open", "Looked at a question of review"},
	{"match.decision", "Read a decision"},
	{"match.decide", "Decided whether records are one person"},
	{"match.undo", "Took a decision back"},
	{"household.report", "Reported that a household is wrong"},
	{"household.decide", "Decided whether two live together"},
	{"household.undo", "Took a decision about a household back"},
	{"restriction.set", "Protected a resident or address"},
	{"restriction.lift", "Lifted a protection"},
	{"token.create", "Let a program ask"},
	{"token.revoke", "Ended a program's token"},
	{"key.change", "Changed the master key"},
	{"audit.read", "Read the audit"},
};

static struct text action_title(struct text action)
{
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (text_is(action, actions[i].id))
			return text_of(actions[i].title);
	return action;
}

static void put_subject(struct value *row, const struct audit_entry *entry)
{
	static const struct {
		const char *kind, *format;
	} places[] = {{"resident", "/residents/%s"},
		      {"household", "/households/%s"},
		      {"account", NULL},
		      {"property", NULL},
		      {"report", "/reports/%s"}};
	char id[ID_TEXT_SIZE];
	if (!entry->subject_id) {
		put_null(row, "subject");
		return;
	}
	if (text_is(entry->subject_kind, "extract")) {
		put_format(row, "subject", "extract %lld", (long long)entry->subject_id);
		return;
	}
	id_format(entry->subject_id, id);
	put_format(row, "subject", "%.*s %s", TEXT_ARG(entry->subject_kind), id);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (text_is(entry->subject_kind, places[i].kind) && places[i].format)
			put_format(row, "subject_href", "/audit?subject=%s", id);
}

/* A search's detail is "25 of 47: ids": the count is read, the ids are for who looks closer. */
static void put_detail(struct value *row, struct text detail)
{
	size_t colon = text_find_char(detail, ':');
	bool lists = colon + 1 < detail.len && text_find(text_slice(detail.at, colon), TEXT(" of ")) < colon;
	if (!lists) {
		put_text(row, "detail", detail);
		return;
	}
	put_format(row, "detail", "%.*s found were shown", TEXT_ARG(text_slice(detail.at, colon)));
	put_text(row, "found", text_trim(text_slice(detail.at + colon + 1, detail.len - colon - 1)));
}

/* The profile's titles; an id that it no longer has, or "operator" of the command line, stays as it was recorded. */
static void put_titles(const struct profile *profile, struct value *row, const struct audit_entry *entry)
{
	const struct profile_role *role = profile_role(profile, entry->role);
	const struct profile_purpose *purpose = profile_purpose(profile, entry->purpose);
	put_text(row, "role_title", role ? role->title : entry->role);
	put_text(row, "purpose_title", purpose ? purpose->title : entry->purpose);
}

static void put_entry(const struct profile *profile, struct value *entries, const struct audit_entry *entry)
{
	struct value *row = add_object(entries);
	put_int(row, "number", entry->seq);
	put_instant(row, "at", entry->at);
	put_long_instant(row, "at_text", entry->at);
	put_text(row, "user", entry->user_name);
	put_text(row, "role", entry->role);
	put_text(row, "purpose", entry->purpose);
	put_titles(profile, row, entry);
	put_text(row, "reason", entry->reason);
	put_text(row, "action", action_title(entry->action));
	put_subject(row, entry);
	put_text(row, "outcome", entry->outcome);
	put_detail(row, entry->detail);
	put_text(row, "elements", entry->elements);
	put_text(row, "agreements", entry->agreements);
}

static instant day_start(struct text written, int later)
{
	date d;
	if (!written.len || !date_parse_iso(written, &d))
		return INSTANT_UNKNOWN;
	return ((instant)d + later) * INT64_C(86400000000);
}

static struct text next_address(const struct visit *visit, int64_t before)
{
	static const char *const names[] = {"user", "action", "subject", "from", "to"};
	struct buf base;
	buf_init(&base, 8 << 10);
	buf_format(&base, "/audit?before=%lld", (long long)before);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct text value = visit_query(visit, names[i]);
		if (!value.len)
			continue;
		buf_format(&base, "&%s=", names[i]);
		form_append_encoded(&base, value);
	}
	struct text result = arena_text(visit->arena, buf_text(&base));
	buf_release(&base);
	return result;
}

static void put_filter(struct visit *visit)
{
	struct value *document = visit->document;
	put_text(document, "user_filter", visit_query(visit, "user"));
	put_text(document, "subject_filter", visit_query(visit, "subject"));
	put_text(document, "from_filter", visit_query(visit, "from"));
	put_text(document, "to_filter", visit_query(visit, "to"));
	struct value *options = put_array(document, "action_options");
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		put_option(options, text_of(actions[i].id), text_of(actions[i].title), visit_query(visit, "action"));
}

static void put_entries(struct visit *visit, const struct audit_page *page)
{
	struct value *document = visit->document, *rows = put_array(document, "entries");
	for (size_t i = 0; i < page->count; i++)
		put_entry(visit->profile, rows, &page->entries[i]);
	put_bool(document, "has_entries", page->count > 0);
	put_format(document, "summary", page->more ? "The newest %zu entries" : "%zu entries", page->count);
	if (!page->more)
		return;
	struct value *pagination = put_object(document, "pagination");
	put_text(pagination, "next", next_address(visit, page->entries[page->count - 1].seq));
}

enum status page_audit(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct audit_page page;
	struct text user = visit_query(visit, "user"), action = visit_query(visit, "action");
	struct text subject = visit_query(visit, "subject");
	struct audit_filter filter = {.user_name = user.len ? user : TEXT_ABSENT,
				      .action = action.len ? action : TEXT_ABSENT,
				      .from = day_start(visit_query(visit, "from"), 0),
				      .before = day_start(visit_query(visit, "to"), 1),
				      .limit = ENTRIES_A_PAGE};
	if (subject.len && !id_parse(subject, &filter.subject_id))
		visit_form_error(visit, "subject",
				 "Write the 13 characters that follow the word resident or household on its page");
	if (!text_parse_int64(visit_query(visit, "before"), &filter.before_seq))
		filter.before_seq = 0;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = audit_read(desk, &filter, visit->arena, &page, error);
	if (status != STATUS_OK)
		return status;
	struct audit_entry entry = visit_entry(visit, "audit.read", "allowed");
	entry.subject_id = filter.subject_id;
	entry.detail = arena_format(visit->arena, "entries=%zu", page.count);
	visit_record(visit, &entry);
	put_filter(visit);
	put_entries(visit, &page);
	return visit_page(visit, "audit", "Audit");
}
