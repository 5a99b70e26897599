/* Break-glass: a protected resident, one at a time, for a reason and some hours; and the owner of the protection, who
 * is told at once. How somebody is reached whom the search must not reveal: docs/decisions/0011. */
#include "web/pages/break_glass.h"

#include "base/id.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

static const struct {
	const char *id, *title;
} outcomes[] = {{"justified", "Justified"}, {"question", "To be asked"}, {"breach", "A breach"}};

static struct text outcome_title(struct text id)
{
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
		if (text_is(id, outcomes[i].id))
			return text_of(outcomes[i].title);
	return TEXT_ABSENT;
}

/* A program has no emergency. */
static enum status no_programs(const struct visit *visit, struct error *error)
{
	if (!visit->by_token)
		return STATUS_OK;
	return error_set(error, STATUS_REFUSED, "glass.token", "Break-glass is for people, not for programs.");
}

static struct audit_entry glass_entry(const struct visit *visit, const char *action, const struct glass *pass)
{
	struct audit_entry entry = visit_entry(visit, action, "allowed");
	entry.subject_kind = TEXT("resident");
	entry.subject_id = pass->resident_id;
	entry.detail = arena_format(visit->arena, "pass=%lld restrictions=%.*s", (long long)pass->pass_id,
				    TEXT_ARG(pass->restrictions));
	return entry;
}

/* ---- breaking ------------------------------------------------------------------------------------- */

static enum status put_passes(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct glass *passes;
	size_t count = 0;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = glass_list(desk, GLASS_OPEN_OF_USER, visit->viewer.user_id, visit->arena, &passes, &count,
				    error);
	struct value *rows = put_array(visit->document, "passes");
	put_bool(visit->document, "has_passes", count > 0);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct value *row = add_object(rows);
		put_id(row, "resident", passes[i].resident_id);
		put_href(row, "href", "residents", passes[i].resident_id);
		put_long_instant(row, "ends_text", passes[i].ends);
		put_format(row, "end_href", "/break-glass/%lld/end", (long long)passes[i].pass_id);
	}
	return status;
}

static enum status glass_form(struct visit *visit, bool nobody, struct error *error)
{
	static const char *const fields[] = {"number", "name", "born", "reason"};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		put_text(visit->document, fields[i], visit_field(visit, fields[i]));
	put_bool(visit->document, "nobody", nobody);
	put_int(visit->document, "tries", GLASS_TRIES_HOUR);
	enum status status = put_passes(visit, error);
	return status ? status : visit_page(visit, "break_glass", "Break-glass");
}

enum status page_break_glass(struct visit *visit, struct error *error)
{
	enum status status = no_programs(visit, error);
	return status ? status : glass_form(visit, false, error);
}

bool exact_read_form(struct visit *visit, struct disclosure_exact *exact)
{
	date born;
	struct text written = visit_field(visit, "born");
	exact->name = visit_field(visit, "name");
	exact->date_of_birth = written;
	if (exact->number.len)
		return true;
	if (text_find_char(exact->name, ' ') == exact->name.len)
		visit_form_error(visit, "name", "Write the given name and the family name");
	if (!date_parse_iso(written, &born) || born > date_today())
		visit_form_error(visit, "born", "Date of birth must be a real day up to today");
	return !document_member(visit->document, TEXT("errors"));
}

static bool reason_is_right(struct visit *visit, struct text reason)
{
	bool right = reason.len >= GLASS_REASON_SHORTEST && reason.len <= GLASS_REASON_LONGEST;
	if (!right)
		visit_form_error(visit, "reason", "Say why it cannot wait, in 10 to 400 characters");
	return right;
}

/* The pass and its entry stand or fall together: what is not committed is rolled back with the connection. */
static enum status begin_pass(struct visit *visit, struct glass *pass, struct error *error)
{
	struct store *desk;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = visit_state(visit, pass->reason, &pass->reason, error);
	if (status == STATUS_OK)
		status = glass_break(desk, pass, error);
	struct audit_entry entry = glass_entry(visit, "break_glass.begin", pass);
	entry.reason = pass->reason;
	return visit_commit(visit, desk, status, &entry, error);
}

static enum status try_pass(struct visit *visit, const struct disclosure_exact *exact, int64_t pass_id,
			    struct text reason, struct error *error)
{
	char id[ID_TEXT_SIZE];
	struct disclosure_exact_answer answer;
	enum status status = disclosure_find_exact(&answer, visit->snapshot->disclosure, exact, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	visit_ticket(visit, answer.ticket);
	if (!answer.resident_id)
		return glass_form(visit, true, error);
	struct glass_held held;
	status = glass_take(visit, answer.resident_id, &held, error);
	if (status == STATUS_OK && held.found) { /* it is open: another pass would only bury this one */
		status = glass_forget_try(visit->desk, pass_id, error);
		return status ? status : visit_redirect(visit, "/residents/%s", id_format(answer.resident_id, id));
	}
	if (status != STATUS_OK)
		return status;
	struct glass pass = {.pass_id = pass_id,
			     .resident_id = answer.resident_id,
			     .restrictions = glass_ids(visit->profile, answer.restrictions, visit->arena),
			     .purpose = visit->viewer.purpose->id,
			     .reason = reason,
			     .ends = instant_now() + answer.hours * INT64_C(3600000000)};
	status = begin_pass(visit, &pass, error);
	return status ? status : visit_redirect(visit, "/residents/%s", id_format(answer.resident_id, id));
}

enum status page_break_glass_post(struct visit *visit, struct error *error)
{
	struct store *desk;
	int64_t pass_id = 0;
	struct text reason = visit_field(visit, "reason");
	struct disclosure_exact exact = {.viewer = &visit->viewer,
					 .wanted = EXACT_BREAKABLE,
					 .number = visit_field(visit, "number"),
					 .action = "break_glass.try"};
	enum status status = no_programs(visit, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	if (status != STATUS_OK)
		return status;
	bool right = exact_read_form(visit, &exact);
	if (!reason_is_right(visit, reason) || !right)
		return glass_form(visit, false, error);
	status = glass_try(desk, visit->viewer.user_id, &pass_id, error);
	if (status == STATUS_REFUSED) {
		struct audit_entry entry = visit_entry(visit, "break_glass.try", "refused");
		entry.detail = TEXT("too often");
		visit_record(visit, &entry);
		return error_set(error, STATUS_REFUSED, "web.often", "%s",
				 "You have tried, or opened residents, too often in the last hour.");
	}
	return status ? status : try_pass(visit, &exact, pass_id, reason, error);
}

/* ---- using ------------------------------------------------------------------------------------------ */

enum status glass_take(struct visit *visit, int64_t resident_id, struct glass_held *held, struct error *error)
{
	struct store *desk;
	*held = (struct glass_held){.found = false};
	if (!visit_can(visit, CAPABILITY_BREAK_GLASS_USE) || visit->by_token)
		return STATUS_OK;
	enum status status = visit_desk(visit, &desk, error);
	return status ? status
		      : glass_of(desk, &visit->viewer, resident_id, visit->profile, &held->pass, &held->ends,
				 &held->found, error);
}

void glass_use(struct visit *visit, const struct glass_held *held)
{
	const struct glass pass = {.pass_id = held->pass.pass_id,
				   .resident_id = held->pass.resident_id,
				   .restrictions = glass_ids(visit->profile, held->pass.restrictions, visit->arena)};
	struct audit_entry entry = glass_entry(visit, "break_glass.use", &pass);
	visit_record(visit, &entry);
	struct value *banner = put_object(visit->document, "glass");
	put_long_instant(banner, "ends_text", held->ends);
	put_format(banner, "end_href", "/break-glass/%lld/end", (long long)pass.pass_id);
}

static enum status find_pass(struct visit *visit, struct glass *pass, struct error *error)
{
	int64_t id;
	struct store *desk;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK && !text_parse_int64(visit->parameters[0], &id))
		return visit_not_found(error);
	if (status == STATUS_OK)
		status = glass_get(desk, id, visit->arena, pass, error);
	return status == STATUS_NOT_FOUND ? visit_not_found(error) : status;
}

enum status page_break_glass_end(struct visit *visit, struct error *error)
{
	struct glass pass;
	enum status status = find_pass(visit, &pass, error);
	if (status == STATUS_OK && pass.user_id != visit->viewer.user_id)
		status = visit_not_found(error);
	if (status == STATUS_OK)
		status = store_begin(visit->desk, error);
	if (status != STATUS_OK)
		return status;
	status = glass_end(visit->desk, pass.pass_id, visit->viewer.username, error);
	struct audit_entry entry = glass_entry(visit, "break_glass.end", &pass);
	status = visit_commit(visit, visit->desk, status, &entry, error);
	return status ? status : visit_redirect(visit, "/break-glass");
}

/* ---- reviewing ---------------------------------------------------------------------------------------- */

static bool is_told(struct visit *visit, const struct glass *pass)
{
	const struct policy_bounds bounds =
		policy_bounds_of(visit->snapshot->policy, POLICY_RESIDENT, pass->resident_id);
	return glass_is_owned(visit->profile, pass, visit->viewer.team) && pass->user_id != visit->viewer.user_id &&
	       policy_may_know_of(visit_grid(visit), &bounds);
}

static void put_pass(struct visit *visit, struct value *rows, const struct glass *pass)
{
	struct value *row = add_object(rows);
	const struct profile_purpose *purpose = profile_purpose(visit->profile, pass->purpose);
	bool open = pass->ended == INSTANT_UNKNOWN && pass->ends > instant_now();
	put_text(row, "who", pass->display_name);
	put_text(row, "username", pass->username);
	put_id(row, "resident", pass->resident_id);
	put_href(row, "href", "residents", pass->resident_id);
	put_long_instant(row, "began_text", pass->began);
	put_long_instant(row, "ends_text", open ? pass->ends : INSTANT_UNKNOWN);
	put_long_instant(row, "ended_text",
			 open                             ? INSTANT_UNKNOWN
			 : pass->ended == INSTANT_UNKNOWN ? pass->ends
							  : pass->ended);
	put_text(row, "purpose", purpose ? purpose->title : pass->purpose);
	put_text(row, "reason", visit_stated(visit, pass->reason));
	put_text(row, "outcome", outcome_title(pass->outcome));
	put_text(row, "reviewer", pass->reviewer);
	put_text(row, "note", visit_stated(visit, pass->note));
	put_format(row, "action", "/break-glass/%lld/review", (long long)pass->pass_id);
	put_int(row, "pass", pass->pass_id);
	struct value *options = put_array(row, "options");
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
		put_option(options, text_of(outcomes[i].id), text_of(outcomes[i].title), TEXT(""));
}

static enum status told_passes(struct visit *visit, struct glass **passes, size_t *count, size_t *waiting,
			       struct error *error)
{
	struct store *desk;
	struct glass *lists[2]; /* what waits comes first, however many others there are */
	size_t counts[2] = {0};
	*count = *waiting = 0;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = glass_list(desk, GLASS_WAITING, 0, visit->arena, &lists[0], &counts[0], error);
	if (status == STATUS_OK)
		status = glass_list(desk, GLASS_REVIEWED, 0, visit->arena, &lists[1], &counts[1], error);
	if (status != STATUS_OK)
		return status;
	*passes = ARENA_ARRAY(visit->arena, counts[0] + counts[1], struct glass);
	for (size_t list = 0; list < 2; list++) {
		for (size_t i = 0; i < counts[list]; i++)
			if (is_told(visit, &lists[list][i]))
				(*passes)[(*count)++] = lists[list][i];
		*waiting = list == 0 ? *count : *waiting;
	}
	return STATUS_OK;
}

enum status glass_waiting(struct visit *visit, size_t *waiting, struct error *error)
{
	struct glass *passes;
	size_t count;
	*waiting = 0;
	if (!visit_can(visit, CAPABILITY_BREAK_GLASS_REVIEW) || !visit->viewer.team)
		return STATUS_OK;
	return told_passes(visit, &passes, &count, waiting, error);
}

enum status page_break_glass_reviews(struct visit *visit, struct error *error)
{
	struct glass *passes = NULL;
	size_t count, waiting;
	enum status status = told_passes(visit, &passes, &count, &waiting, error);
	if (status != STATUS_OK)
		return status;
	put_format(visit->document, "summary", "%zu %s", waiting,
		   waiting == 1 ? "waits for a review" : "wait for a review");
	put_bool(visit->document, "any", count > 0);
	struct value *rows = put_array(visit->document, "passes");
	for (size_t i = 0; i < count; i++)
		put_pass(visit, rows, &passes[i]);
	struct audit_entry entry = visit_entry(visit, "break_glass.list", "allowed");
	entry.detail = arena_format(visit->arena, "passes=%zu", count);
	visit_record(visit, &entry);
	return visit_page(visit, "break_glass_reviews", "Break-glass: reviews");
}

enum status page_break_glass_review(struct visit *visit, struct error *error)
{
	struct glass pass;
	struct text outcome = visit_field(visit, "outcome"), note = visit_field(visit, "note");
	enum status status = find_pass(visit, &pass, error);
	if (status == STATUS_OK && !is_told(visit, &pass))
		status = visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	if (text_is_absent(outcome_title(outcome)) || note.len > GLASS_REASON_LONGEST) {
		error_set(error, STATUS_INVALID, "glass.review", "Say what it was, in 400 characters at most.");
		error_remedy(error, "Choose justified, to be asked, or a breach.");
		return STATUS_INVALID;
	}
	status = store_begin(visit->desk, error);
	if (status != STATUS_OK)
		return status;
	status = visit_state(visit, note, &note, error);
	if (status == STATUS_OK)
		status = glass_review(visit->desk, pass.pass_id, visit->viewer.user_id, outcome, note, error);
	struct audit_entry entry = glass_entry(visit, "break_glass.review", &pass);
	entry.detail = arena_format(visit->arena, "%.*s outcome=%.*s", TEXT_ARG(entry.detail), TEXT_ARG(outcome));
	status = visit_commit(visit, visit->desk, status, &entry, error);
	return status ? status : visit_redirect(visit, "/break-glass/reviews");
}

/* ---- passes whose time is over -------------------------------------------------------------------------- */

static enum status end_over(struct site *site, struct store *desk, const struct glass *pass, struct error *error)
{
	char detail[80];
	snprintf(detail, sizeof detail, "pass=%lld, its time was over", (long long)pass->pass_id);
	const struct audit_entry entry = {.user_name = pass->username,
					  .action = TEXT("break_glass.end"),
					  .subject_kind = TEXT("resident"),
					  .subject_id = pass->resident_id,
					  .outcome = TEXT("allowed"),
					  .detail = text_of(detail)};
	enum status status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = glass_end(desk, pass->pass_id, TEXT_ABSENT, error);
	if (status == STATUS_OK)
		status = audit_join(desk, &site->audit_key, &entry, error);
	if (status == STATUS_OK)
		return store_commit(desk, error);
	store_rollback(desk);
	return status == STATUS_CONFLICT ? STATUS_OK : status; /* another server was quicker */
}

enum status glass_sweep(struct site *site, struct store *desk, struct error *error)
{
	struct arena arena;
	struct glass *passes;
	size_t count = 0;
	arena_init(&arena, 1 << 20);
	enum status status = glass_list(desk, GLASS_OVER, 0, &arena, &passes, &count, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = end_over(site, desk, &passes[i], error);
	arena_release(&arena);
	return status;
}
