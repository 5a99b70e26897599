/* Accesses that a manager should ask about, a sample of others, and what came of asking. */
#include "audit/unusual.h"
#include "base/id.h"
#include "vault/disclosure_alike.h"
#include "web/pages/accesses.h"
#include "web/pages/pages.h"

enum { DAYS_USUAL = 30, DAYS_MOST = 366, SAMPLE_MOST = 50 };

static const char *const kind_titles[UNUSUAL_KIND_COUNT] = {
	[UNUSUAL_SPREE] = "Many residents in an hour",
	[UNUSUAL_OUT_OF_HOURS] = "Out of hours",
	[UNUSUAL_REFUSED] = "Refused again and again",
	[UNUSUAL_OFTEN] = "Opened by far more users than others",
	[UNUSUAL_BULK] = "More residents than the role expects",
	[UNUSUAL_UNRELATED] = "Residents whom the user has nothing to do with",
	[UNUSUAL_CELEBRITY] = "Opened by many who have nothing to do with them",
	[UNUSUAL_OWN_NAME] = "Somebody of the user's own name",
	[UNUSUAL_OWN_ADDRESS] = "Somebody at the user's own address",
	[UNUSUAL_COLLEAGUE] = "A colleague",
};

static const struct {
	const char *id, *title;
} results[] = {{"fine", "Fine"}, {"question", "To be asked"}, {"breach", "A breach"}};

struct text access_result_title(struct text id)
{
	for (size_t i = 0; i < sizeof results / sizeof *results; i++)
		if (text_is(id, results[i].id))
			return text_of(results[i].title);
	return TEXT_ABSENT;
}

int64_t access_number(const struct visit *visit, const char *name, int64_t least, int64_t most, int64_t usual)
{
	int64_t number;
	if (!text_parse_int64(visit_query(visit, name), &number) || number < least || number > most)
		return usual;
	return number;
}

/* The worst first, and of those alike the newest. */
static size_t badness(struct text result)
{
	size_t worst = 0;
	for (size_t i = 0; i < sizeof results / sizeof *results; i++)
		worst = text_is(result, results[i].id) ? i + 1 : worst;
	return worst;
}

static void put_said(struct value *row, const struct audit_page *reviews, size_t worst)
{
	struct value *others = put_array(row, "others");
	put_text(row, "reviewed", access_result_title(reviews->entries[worst].detail));
	put_text(row, "reviewed_by", arena_text(row->arena, reviews->entries[worst].user_name));
	for (size_t bad = sizeof results / sizeof *results; bad > 0; bad--)
		for (size_t i = 0; i < reviews->count; i++) {
			const struct audit_entry *review = &reviews->entries[i];
			if (i == worst || badness(review->detail) != bad)
				continue;
			struct value *other = add_object(others);
			put_text(other, "reviewed", access_result_title(review->detail));
			put_text(other, "reviewed_by", arena_text(other->arena, review->user_name));
			put_long_instant(other, "at_text", review->at);
		}
}

static void put_reviews(struct value *row, const struct visit *visit, const struct audit_page *page, int64_t seq,
			struct text user)
{
	size_t worst = 0;
	put_int(row, "entry", seq);
	put_bool(row, "reviewable", !text_equal(user, visit->viewer.username));
	for (size_t i = 1; i < page->count; i++)
		worst = badness(page->entries[i].detail) > badness(page->entries[worst].detail) ? i : worst;
	if (page->count)
		put_said(row, page, worst);
	struct value *options = put_array(row, "options");
	for (size_t i = 0; i < sizeof results / sizeof *results; i++)
		put_option(options, text_of(results[i].id), text_of(results[i].title),
			   page->count ? page->entries[worst].detail : TEXT(""));
}

/* What the reviews of entry SEQ said: entries themselves, kept nowhere else, and none in another's place. USER is whose
 * access it is, who has no say in it. */
static enum status put_review(struct value *row, struct visit *visit, struct store *desk, int64_t seq, struct text user,
			      struct error *error)
{
	enum { REVIEWS_MOST = 500 };
	struct audit_page page;
	const struct audit_filter filter = {.action = TEXT("audit.review"),
					    .subject_kind = TEXT("audit_entry"),
					    .subject_id = seq,
					    .limit = REVIEWS_MOST};
	struct arena scratch; /* five hundred entries for each row of the page are more than an answer may hold */
	arena_init(&scratch, 8 << 20);
	arena_keep_secret(&scratch);
	enum status status = audit_read(desk, &filter, &scratch, &page, error);
	if (status == STATUS_OK)
		put_reviews(row, visit, &page, seq, user);
	arena_release(&scratch);
	return status;
}

static void put_who(const struct visit *visit, struct value *row, struct text user, struct text role,
		    int64_t resident_id)
{
	char id[ID_TEXT_SIZE];
	const struct profile_role *known = profile_role(visit->profile, role);
	put_text(row, "user", user);
	put_text(row, "role", known ? known->title : role);
	if (resident_id) {
		put_id(row, "resident", resident_id);
		put_format(row, "resident_href", "/audit?subject=%s", id_format(resident_id, id));
	}
}

static enum status put_unusual(struct visit *visit, struct store *desk, const struct unusual_list *list,
			       struct error *error)
{
	enum status status = STATUS_OK;
	struct value *rows = put_array(visit->document, "unusual");
	for (size_t i = 0; i < list->count && status == STATUS_OK; i++) {
		const struct unusual_access *access = &list->at[i];
		struct value *row = add_object(rows);
		put_string(row, "kind", kind_titles[access->kind]);
		put_text(row, "why", access->why);
		put_long_instant(row, "at_text", access->at);
		put_who(visit, row, access->user_name, access->role, access->resident_id);
		if (!text_is_absent(access->user_name))
			put_format(row, "entries_href", "/audit?user=%.*s&before=%lld", TEXT_ARG(access->user_name),
				   (long long)access->last_seq + 1);
		status = put_review(row, visit, desk, access->first_seq, access->user_name, error);
	}
	return status;
}

/* How whoever looked stood to the resident, of the entry's own words. */
static const char *access_how(const struct audit_entry *entry)
{
	static const struct {
		const char *words, *title;
	} ways[] = {{"break-glass", "By break-glass"},
		    {"relationship own", "On their caseload"},
		    {"relationship team", "On their team's caseload"}};
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (text_find(entry->detail, text_of(ways[i].words)) < entry->detail.len)
			return ways[i].title;
	return NULL;
}

enum status access_put_sample(struct visit *visit, struct store *desk, const struct audit_page *page,
			      struct error *error)
{
	enum status status = STATUS_OK;
	struct value *rows = put_array(visit->document, "sample");
	for (size_t i = 0; i < page->count && status == STATUS_OK; i++) {
		const struct audit_entry *entry = &page->entries[i];
		const struct profile_purpose *purpose = profile_purpose(visit->profile, entry->purpose);
		struct value *row = add_object(rows);
		put_long_instant(row, "at_text", entry->at);
		put_who(visit, row, entry->user_name, entry->role, entry->subject_id);
		put_text(row, "purpose", purpose ? purpose->title : entry->purpose);
		put_text(row, "reason", visit_stated(visit, entry->reason));
		put_string(row, "how", access_how(entry));
		status = put_review(row, visit, desk, entry->seq, entry->user_name, error);
	}
	put_bool(visit->document, "has_sample", rows->count > 0);
	return status;
}

static void put_asked(struct visit *visit, int64_t days, const struct unusual_sample *sample,
		      const struct unusual_list *list)
{
	put_string(visit->document, "review_action", "/audit/review");
	put_int(visit->document, "days", days);
	put_int(visit->document, "seed", (int64_t)sample->seed);
	put_int(visit->document, "wanted", (int64_t)sample->wanted);
	put_bool(visit->document, "has_unusual", list->count > 0);
	put_format(visit->document, "summary", "%zu in the last %lld days", list->count, (long long)days);
	put_text(visit->document, "back", text_of(visit->request->uri));
}

enum status page_audit_unusual(struct visit *visit, struct error *error)
{
	struct store *desk, *data;
	struct unusual_list list;
	struct audit_page page;
	int64_t days = access_number(visit, "days", 1, DAYS_MOST, DAYS_USUAL);
	const struct unusual_sample sample = {
		.seed = (uint64_t)access_number(visit, "seed", 0, INT64_MAX, instant_date(instant_now())),
		.wanted = (size_t)access_number(visit, "sample", 1, SAMPLE_MOST, 10)};
	const struct unusual_question question = {instant_now() - days * INT64_C(86400000000), instant_now()};
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = unusual_find(&list, desk, &question, visit->arena, error);
	if (status == STATUS_OK)
		status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = disclosure_find_alike(&list, visit->site->vault, data, desk, &question, visit->arena, error);
	if (status == STATUS_OK)
		status = unusual_draw(&page, desk, &question, &sample, visit->arena, error);
	if (status == STATUS_OK)
		status = put_unusual(visit, desk, &list, error);
	if (status == STATUS_OK)
		status = access_put_sample(visit, desk, &page, error);
	if (status != STATUS_OK)
		return status;
	struct audit_entry entry = visit_entry(visit, "audit.unusual", "allowed");
	entry.detail = arena_format(visit->arena, "found=%zu sample=%zu seed=%llu", list.count, sample.wanted,
				    (unsigned long long)sample.seed);
	visit_record(visit, &entry);
	put_asked(visit, days, &sample, &list);
	return visit_page(visit, "audit_unusual", "Unusual accesses");
}

enum status access_find(struct audit_entry *out, struct visit *visit, int64_t seq, struct error *error)
{
	struct store *desk;
	struct audit_page one;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = audit_read(desk, &(struct audit_filter){.before_seq = seq + 1, .limit = 1}, visit->arena, &one,
				    error);
	if (status == STATUS_OK && (!one.count || one.entries[0].seq != seq))
		return visit_not_found(error);
	if (status == STATUS_OK)
		*out = one.entries[0];
	return status;
}

static enum status may_be_reviewed(const struct visit *visit, const struct audit_entry *entry, struct error *error)
{
	static const char *const accesses[] = {"resident.open", "household.open", "property.open",   "caseload.open",
					       "search",        "partner.search", "match.open",      "list.open",
					       "list.row",      "list.export",    "break_glass.use", "access.bulk"};
	bool is_access = false;
	for (size_t i = 0; i < sizeof accesses / sizeof *accesses; i++)
		is_access |= text_is(entry->action, accesses[i]);
	if (!is_access)
		return error_set(error, STATUS_INVALID, "audit.review", "Entry %lld is no access to anybody's data.",
				 (long long)entry->seq);
	if (!text_equal(entry->user_name, visit->viewer.username))
		return STATUS_OK;
	error_set(error, STATUS_REFUSED, "audit.review", "Entry %lld is an access of your own.", (long long)entry->seq);
	error_remedy(error, "Somebody else who reads the audit has to say what it was.");
	return STATUS_REFUSED;
}

enum status page_audit_review(struct visit *visit, struct error *error)
{
	int64_t seq;
	struct audit_entry entry;
	struct text result = visit_field(visit, "result");
	if (!text_parse_int64(visit_field(visit, "entry"), &seq) || seq < 1 ||
	    text_is_absent(access_result_title(result))) {
		error_set(error, STATUS_INVALID, "audit.review", "Say which entry, and what it was.");
		error_remedy(error, "Choose fine, to be asked, or a breach, in the row of the entry.");
		return STATUS_INVALID;
	}
	enum status status = access_find(&entry, visit, seq, error);
	if (status == STATUS_OK)
		status = may_be_reviewed(visit, &entry, error);
	return status ? status : access_record_review(visit, seq, result);
}

enum status access_record_review(struct visit *visit, int64_t seq, struct text result)
{
	struct audit_entry entry = visit_entry(visit, "audit.review", "allowed");
	entry.subject_kind = TEXT("audit_entry");
	entry.subject_id = seq;
	entry.detail = result;
	visit_record(visit, &entry);
	return visit_redirect(visit, "%.*s", TEXT_ARG(visit_safe_path(visit_field(visit, "back"))));
}
