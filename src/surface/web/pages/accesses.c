/* A sample of what a team opened, for its manager: of their own team, without their own looks, and of nobody whom they
 * may not know of themselves. */
#include "web/pages/accesses.h"

#include "audit/unusual.h"
#include "web/pages/pages.h"

enum { DAYS_USUAL = 7, DAYS_MOST = 92, SAMPLE_USUAL = 10, SAMPLE_MOST = 50 };

/* Whoever may not know of a resident is not told either that a colleague opened one. */
static bool may_review(struct visit *visit, const struct audit_entry *entry)
{
	const struct policy_bounds bounds =
		policy_bounds_of(visit->snapshot->policy, POLICY_RESIDENT, entry->subject_id);
	return text_is(entry->action, "resident.open") && text_is(entry->outcome, "allowed") && visit->viewer.team &&
	       text_equal(entry->team, visit->viewer.team->id) &&
	       !text_equal(entry->user_name, visit->viewer.username) && policy_may_know_of(visit_grid(visit), &bounds);
}

static void keep_reviewable(struct visit *visit, struct audit_page *page)
{
	size_t kept = 0;
	for (size_t i = 0; i < page->count; i++)
		if (may_review(visit, &page->entries[i]))
			page->entries[kept++] = page->entries[i];
	page->count = kept;
}

static enum status draw(struct audit_page *page, struct visit *visit, int64_t days, const struct unusual_sample *sample,
			struct error *error)
{
	struct store *desk;
	const struct unusual_question question = {instant_now() - days * INT64_C(86400000000), instant_now()};
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = unusual_draw(page, desk, &question, sample, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	keep_reviewable(visit, page);
	return access_put_sample(visit, desk, page, error);
}

static enum status no_team(struct error *error)
{
	error_set(error, STATUS_REFUSED, "accesses.team", "You are in no team, so there is nothing for you to review.");
	error_remedy(error, "Ask the people who look after OneView to add your team to your account.");
	return STATUS_REFUSED;
}

enum status page_accesses(struct visit *visit, struct error *error)
{
	struct audit_page page;
	if (!visit->viewer.team)
		return no_team(error);
	int64_t days = access_number(visit, "days", 1, DAYS_MOST, DAYS_USUAL);
	const struct unusual_sample sample = {
		.seed = (uint64_t)access_number(visit, "seed", 0, INT64_MAX, instant_date(instant_now())),
		.wanted = (size_t)access_number(visit, "sample", 1, SAMPLE_MOST, SAMPLE_USUAL),
		.team = visit->viewer.team->id,
		.but_user_name = visit->viewer.username};
	enum status status = draw(&page, visit, days, &sample, error);
	if (status != STATUS_OK)
		return status;
	struct audit_entry entry = visit_entry(visit, "accesses.list", "allowed");
	entry.detail = arena_format(visit->arena, "team=%.*s days=%lld sample=%zu seed=%llu", TEXT_ARG(sample.team),
				    (long long)days, page.count, (unsigned long long)sample.seed);
	visit_record(visit, &entry);
	put_text(visit->document, "team", visit->viewer.team->title);
	put_string(visit->document, "review_action", "/accesses");
	put_int(visit->document, "days", days);
	put_int(visit->document, "seed", (int64_t)sample.seed);
	put_int(visit->document, "wanted", (int64_t)sample.wanted);
	put_bool(visit->document, "any", page.count > 0);
	put_format(visit->document, "summary", "%zu drawn from the last %lld days", page.count, (long long)days);
	put_text(visit->document, "back", text_of(visit->request->uri));
	return visit_page(visit, "accesses", "What my team opened");
}

enum status page_accesses_review(struct visit *visit, struct error *error)
{
	int64_t seq;
	struct audit_entry entry;
	struct text result = visit_field(visit, "result");
	if (!text_parse_int64(visit_field(visit, "entry"), &seq) || seq < 1 ||
	    text_is_absent(access_result_title(result))) {
		error_set(error, STATUS_INVALID, "accesses.review", "Say which access, and what it was.");
		error_remedy(error, "Choose fine, to be asked, or a breach, in its row.");
		return STATUS_INVALID;
	}
	enum status status = access_find(&entry, visit, seq, error);
	if (status == STATUS_OK && !may_review(visit, &entry))
		return visit_not_found(error);
	return status ? status : access_record_review(visit, seq, result);
}
