/* The audit, to read: who looked at whom, when, why, and under which agreement. */
#include "base/id.h"
#include "web/pages/pages.h"

enum {
	ENTRIES_A_PAGE = 50,
	EXPORT_A_TIME = 500,
	EXPORT_MOST = 10000,
	EXPORT_ARENA_LARGEST = 128 << 20, /* EXPORT_A_TIME of the longest entries */
	ASKED_MOST = 100                  /* bytes of one value that was filtered by, in the entry of the reading */
};

static const struct {
	const char *id, *title;
} actions[] = {
	{"resident.open", "Looked at a resident"},
	{"household.open", "Looked at a household"},
	{"property.open", "Looked at a property"},
	{"search", "Searched"},
	{"sign_in", "Signed in"},
	{"sign_out", "Signed out"},
	{"sign_in.password", "Gave the right password, the code still to come"},
	{"second_factor.set", "Set up an authenticator app"},
	{"second_factor.remove", "Took an authenticator app away"},
	{"acceptable_use.accept", "Accepted the statement on acceptable use"},
	{"purpose.choose", "Chose a purpose"},
	{"page.refused", "Was refused a page"},
	{"form.refused", "Sent a form that did not come from OneView"},
	{"page.print", "Made a page ready to print"},
	{"caseload.open", "Looked at their caseload"},
	{"accesses.list", "Looked at their team's accesses"},
	{"break_glass.try", "Tried to open a protected record"},
	{"break_glass.begin", "Opened a protected record by break-glass"},
	{"break_glass.use", "Looked at a record opened by break-glass"},
	{"break_glass.list", "Looked at break-glass openings"},
	{"break_glass.end", "Ended a break-glass opening"},
	{"break_glass.review", "Said what a break-glass opening was"},
	{"draft.keep", "Sent a form after the session had ended: it was kept"},
	{"draft.open", "Read what they had been writing"},
	{"draft.drop", "Threw away what they had been writing"},
	{"access.bulk", "Opened many residents in an hour"},
	{"report.make", "Reported something wrong"},
	{"report.open", "Read a report"},
	{"report.answer", "Answered a report"},
	{"extract.release", "Let an extract through"},
	{"extract.discard", "Threw a held or refused extract away"},
	{"quarantine.values", "Took the rows to fix"},
	{"account.create", "Added a user"},
	{"account.update", "Changed a user"},
	{"account.ask", "Asked for a change of a user that needs two persons"},
	{"account.confirm", "Confirmed a change of a user"},
	{"account.reject", "Turned a change of a user down"},
	{"account.link", "An account of the identity system was joined to the identity provider"},
	{"account.disable", "Stopped a user from signing in"},
	{"account.enable", "Let a user sign in again"},
	{"account.password", "Changed a password"},
	{"account.training", "Recorded a user's training or acceptance"},
	{"staff.sync", "Brought accounts up to date with the staff file"},
	{"scim.read", "Let the identity system read users"},
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
	{"key.split", "Made shares of the master key"},
	{"key.join", "Put the master key together from shares"},
	{"profile.change", "Changed the configuration"},
	{"policy.explain", "Asked why somebody may see an element"},
	{"agreement.propose", "Proposed a change to an agreement"},
	{"agreement.confirm", "Confirmed a change to an agreement"},
	{"agreement.reject", "Turned down a change to an agreement"},
	{"retention.drop_feed", "Deleted a feed that the profile no longer has"},
	{"retention.run", "Deleted what had been kept long enough"},
	{"correction.ask", "Recorded that a resident asked for a correction"},
	{"correction.answer", "Recorded what came of a correction"},
	{"correction.choose", "Listed what a correction can be about"},
	{"correction.list", "Read the register of corrections"},
	{"flag.set", "Recorded an objection, restriction or consent"},
	{"flag.lift", "Lifted an objection, restriction or consent"},
	{"flag.read", "Read objections, restrictions and consents"},
	{"resident.erase", "Erased a resident or record"},
	{"erasure.replay", "Erased again after a backup was brought back"},
	{"subject_access.make", "Made a copy of all that is held on a resident"},
	{"subject_access.release", "Let a passage into a resident's copy"},
	{"subject_access.withhold", "Withheld a passage from a resident's copy"},
	{"subject_access.second_look", "Looked again at a decision about a resident's copy"},
	{"subject_access.issue", "Gave out a copy of all that is held on a resident"},
	{"access_request.log", "Logged a resident's request for a copy"},
	{"access_request.prove", "Recorded proof of identity for a request"},
	{"access_request.extend", "Extended a resident's request for a copy"},
	{"access_request.end", "Ended a request without a copy"},
	{"access_request.items", "Read what is marked in a resident's copy"},
	{"note.mark", "Said whether a flag from a note is right"},
	{"list.open", "Looked at a list"},
	{"list.row", "Looked at a row of a list"},
	{"list.outcome", "Recorded what was found for a row of a list"},
	{"list.export", "Downloaded a list"},
	{"pseudonym.export", "Wrote a list without names for a study"},
	{"pseudonym.open", "Found whose number of a study it is"},
	{"audit.read", "Read the audit"},
	{"audit.export", "Downloaded the audit"},
	{"audit.unusual", "Looked for unusual accesses"},
	{"audit.review", "Said what an access was"},
	{"audit.words", "Read what was searched for"},
	{"audit.key_change", "Changed the audit's signing key"},
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

static void put_entry(struct visit *visit, struct value *entries, const struct audit_entry *entry)
{
	struct value *row = add_object(entries);
	put_int(row, "number", entry->seq);
	put_instant(row, "at", entry->at);
	put_long_instant(row, "at_text", entry->at);
	put_text(row, "user", entry->user_name);
	put_text(row, "role", entry->role);
	put_text(row, "purpose", entry->purpose);
	put_titles(visit->profile, row, entry);
	put_text(row, "reason", visit_stated(visit, entry->reason));
	put_text(row, "action", action_title(entry->action));
	put_subject(row, entry);
	put_text(row, "outcome", entry->outcome);
	put_detail(row, entry->detail);
	put_text(row, "elements", entry->elements);
	put_text(row, "agreements", entry->agreements);
	put_text(row, "client", entry->client);
	if (entry->session_no)
		put_int(row, "session", entry->session_no);
	if (visit_can(visit, CAPABILITY_AUDIT_WORDS) && !text_is_absent(entry->words_mark))
		put_format(row, "words_href", "/audit?words=%lld&before=%lld", (long long)entry->seq,
			   (long long)entry->seq + 1);
}

static instant day_start(struct visit *visit, const char *name, int later)
{
	date d;
	struct text written = visit_query(visit, name);
	if (!written.len)
		return INSTANT_UNKNOWN;
	if (!date_parse_iso(written, &d)) {
		visit_form_error(visit, name, "Write the day as 2026-03-27");
		return INSTANT_UNKNOWN;
	}
	return ((instant)d + later) * INT64_C(86400000000);
}

static const char *const filters[] = {"user", "action", "subject", "purpose", "outcome", "from", "to"};

/* PATH, which ends with a parameter, and what is filtered by. */
static struct text filtered_address(const struct visit *visit, const char *path)
{
	struct buf base;
	buf_init(&base, 8 << 10);
	buf_format(&base, "%s", path);
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		struct text value = visit_query(visit, filters[i]);
		if (!value.len)
			continue;
		buf_format(&base, "&%s=", filters[i]);
		form_append_encoded(&base, value);
	}
	struct text result = arena_text(visit->arena, buf_text(&base));
	buf_release(&base);
	return result;
}

static void put_purposes(struct visit *visit)
{
	struct value *options = put_array(visit->document, "purpose_options");
	for (size_t i = 0; i < visit->profile->purposes.count; i++)
		put_option(options, visit->profile->purposes.at[i].id, visit->profile->purposes.at[i].title,
			   visit_query(visit, "purpose"));
}

static void put_filter(struct visit *visit)
{
	struct value *document = visit->document;
	put_text(document, "user_filter", visit_query(visit, "user"));
	put_text(document, "subject_filter", visit_query(visit, "subject"));
	put_text(document, "from_filter", visit_query(visit, "from"));
	put_text(document, "to_filter", visit_query(visit, "to"));
	put_purposes(visit);
	struct value *outcomes = put_array(document, "outcome_options");
	put_option(outcomes, TEXT("allowed"), TEXT("Allowed"), visit_query(visit, "outcome"));
	put_option(outcomes, TEXT("refused"), TEXT("Refused"), visit_query(visit, "outcome"));
	put_option(outcomes, TEXT("failed"), TEXT("Failed"), visit_query(visit, "outcome"));
	struct value *options = put_array(document, "action_options");
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		put_option(options, text_of(actions[i].id), text_of(actions[i].title), visit_query(visit, "action"));
}

static void put_entries(struct visit *visit, const struct audit_page *page)
{
	struct value *document = visit->document, *rows = put_array(document, "entries");
	for (size_t i = 0; i < page->count; i++)
		put_entry(visit, rows, &page->entries[i]);
	put_bool(document, "has_entries", page->count > 0);
	put_format(document, "summary", page->more ? "The newest %zu entries" : "%zu entries", page->count);
	if (!page->more)
		return;
	struct value *pagination = put_object(document, "pagination");
	char path[60];
	snprintf(path, sizeof path, "/audit?before=%lld", (long long)page->entries[page->count - 1].seq);
	put_text(pagination, "next", filtered_address(visit, path));
}

static struct audit_filter read_filter(struct visit *visit)
{
	const struct {
		const char *name;
		size_t offset;
	} texts[] = {{"user", offsetof(struct audit_filter, user_name)},
		     {"action", offsetof(struct audit_filter, action)},
		     {"purpose", offsetof(struct audit_filter, purpose)},
		     {"outcome", offsetof(struct audit_filter, outcome)}};
	struct text subject = visit_query(visit, "subject");
	struct audit_filter filter = {
		.from = day_start(visit, "from", 0), .before = day_start(visit, "to", 1), .limit = ENTRIES_A_PAGE};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct text given = visit_query(visit, texts[i].name);
		*(struct text *)((char *)&filter + texts[i].offset) = given.len ? given : TEXT_ABSENT;
	}
	if (subject.len && !id_parse(subject, &filter.subject_id))
		visit_form_error(visit, "subject",
				 "Write the 13 characters that follow the word resident or household on its page");
	if (!text_parse_int64(visit_query(visit, "before"), &filter.before_seq))
		filter.before_seq = 0;
	return filter;
}

/* The entry of a reading says what was asked for, or "who read about whom" has no answer. The subject is its own.
 * Values are encoded as in an address, so that none can look like another filter. */
static void record_reading(struct visit *visit, const char *action, int64_t subject_id, size_t count)
{
	struct buf detail, value;
	struct audit_entry entry = visit_entry(visit, action, "allowed");
	buf_init(&detail, 4 << 10);
	buf_init(&value, 3 * URI_LONGEST);
	buf_format(&detail, "entries=%zu", count);
	for (size_t i = 0; i <= sizeof filters / sizeof *filters; i++) {
		const char *name = i < sizeof filters / sizeof *filters ? filters[i] : "before";
		struct text given = visit_query(visit, name);
		if (!given.len || !strcmp(name, "subject"))
			continue;
		buf_clear(&value);
		form_append_encoded(&value, given);
		bool cut = value.len > ASKED_MOST;
		buf_format(&detail, " %s=%.*s%s", name, cut ? ASKED_MOST : (int)value.len, value.at, cut ? "..." : "");
	}
	entry.subject_id = subject_id;
	entry.detail = arena_text(visit->arena, buf_text(&detail));
	buf_release(&value);
	buf_release(&detail);
	visit_record(visit, &entry);
}

/* What was searched for, to those who may read it; their reading is an entry of its own. */
static enum status put_words(struct visit *visit, struct store *desk, struct error *error)
{
	int64_t seq;
	struct audit_entry words;
	struct text query;
	if (!text_parse_int64(visit_query(visit, "words"), &seq))
		return STATUS_OK;
	struct audit_entry entry = visit_entry(visit, "audit.words", "allowed");
	entry.subject_kind = TEXT("audit_entry");
	entry.subject_id = seq;
	if (!visit_can(visit, CAPABILITY_AUDIT_WORDS)) {
		entry.outcome = TEXT("refused");
		visit_record(visit, &entry);
		return error_set(error, STATUS_REFUSED, "audit.words",
				 "Your role does not include reading what was searched for.");
	}
	visit_record(visit, &entry);
	enum status status = audit_read_words(desk, seq, visit->arena, &words, error);
	if (status == STATUS_OK)
		status = disclosure_unseal_search(visit->site->vault, &words, visit->arena, &query, error);
	if (status != STATUS_OK)
		return status;
	put_int(visit->document, "words_entry", seq);
	put_text(visit->document, "words", query);
	return STATUS_OK;
}

enum status page_audit(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct audit_page page = {0};
	struct audit_filter filter = read_filter(visit);
	bool asked_right = visit->request->response.status != 422; /* else nothing is read: not all instead of some */
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = put_words(visit, desk, error);
	if (status == STATUS_OK && asked_right)
		status = audit_read(desk, &filter, visit->arena, &page, error);
	if (status != STATUS_OK)
		return status;
	record_reading(visit, "audit.read", filter.subject_id, page.count);
	put_filter(visit);
	put_entries(visit, &page);
	put_text(visit->document, "csv_href", filtered_address(visit, "/audit/entries.csv?newest=yes"));
	return visit_page(visit, "audit", "Audit");
}

/* ---- for a spreadsheet ------------------------------------------------------------------------------- */

static void append_entry(struct buf *out, struct visit *visit, const struct audit_entry *entry)
{
	struct arena *arena = visit->arena;
	char id[ID_TEXT_SIZE] = "", at[INSTANT_TEXT_SIZE];
	if (entry->subject_id)
		id_format(entry->subject_id, id);
	const struct text cells[] = {arena_format(arena, "%lld", (long long)entry->seq),
				     text_of(instant_format(entry->at, at)),
				     entry->user_name,
				     entry->role,
				     entry->team,
				     entry->purpose,
				     visit_stated(visit, entry->reason),
				     entry->action,
				     entry->subject_kind,
				     text_of(id),
				     entry->outcome,
				     entry->detail,
				     entry->elements,
				     entry->agreements,
				     entry->client,
				     entry->session_no ? arena_format(arena, "%lld", (long long)entry->session_no)
						       : TEXT("")};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		buf_append(out, ",", i > 0);
		buf_append_csv_harmless(out, text_is_absent(cells[i]) ? TEXT("") : cells[i]);
	}
	buf_append(out, "\r\n", 2);
}

/* The entries of one page live in an arena of their own: all that a request may take does not hold many of them. */
static enum status write_some(struct visit *visit, struct store *desk, struct audit_filter *filter,
			      struct audit_page *page, struct error *error)
{
	struct arena arena, *whole = visit->arena;
	struct buf *out = &visit->request->response.body;
	arena_init(&arena, EXPORT_ARENA_LARGEST);
	arena_keep_secret(&arena);
	visit->arena = &arena;
	enum status status = audit_read(desk, filter, &arena, page, error);
	for (size_t i = 0; status == STATUS_OK && !out->failed && i < page->count; i++)
		append_entry(out, visit, &page->entries[i]);
	if (status == STATUS_OK && page->more)
		filter->before_seq = page->entries[page->count - 1].seq;
	page->entries = NULL;
	visit->arena = whole;
	arena_release(&arena);
	return status;
}

static enum status write_entries(struct visit *visit, struct audit_filter *filter, size_t *count, struct error *error)
{
	struct buf *out = &visit->request->response.body;
	struct audit_page page = {.more = true};
	struct store *desk;
	enum status status = visit_desk(visit, &desk, error);
	buf_append_text(out, TEXT("number,at,user,role,team,purpose,reason,action,subject_kind,subject,outcome,detail,"
				  "elements,agreements,client,session\r\n"));
	for (; status == STATUS_OK && page.more && !out->failed && *count <= EXPORT_MOST; *count += page.count)
		status = write_some(visit, desk, filter, &page, error);
	if (status == STATUS_OK && *count > EXPORT_MOST)
		return error_set(error, STATUS_TOO_LARGE, "audit.export",
				 "More than %d entries are not written at once: choose fewer days.", EXPORT_MOST);
	if (status == STATUS_OK && out->failed)
		return error_set(error, STATUS_TOO_LARGE, "audit.export",
				 "These entries are too long to be written at once: choose fewer days.");
	return status;
}

enum status page_audit_csv(struct visit *visit, struct error *error)
{
	size_t count = 0;
	struct request *request = visit->request;
	struct audit_filter filter = read_filter(visit);
	filter.limit = EXPORT_A_TIME;
	if (request->response.status == 422)
		return error_set(error, STATUS_INVALID, "audit.filter",
				 "One of what is filtered by cannot be read: a day is written as 2026-03-27, and a "
				 "resident as the 13 characters on their page.");
	enum status status = write_entries(visit, &filter, &count, error);
	if (status != STATUS_OK)
		return status;
	record_reading(visit, "audit.export", filter.subject_id, count);
	request->response.status = 200;
	request->response.content_type = "text/csv; charset=utf-8";
	response_header(request, "Content-Disposition", "attachment; filename=\"audit.csv\"");
	visit->answered = true;
	return STATUS_OK;
}
