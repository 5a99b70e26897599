/* A pair of records and what people decide about it. */
#include "web/pages/review.h"

#include "base/id.h"
#include "base/log.h"
#include "linking/refresh.h"
#include "linking/words.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"
#include "web/relink.h"

/* ---- the pair ------------------------------------------------------------------------------------------- */

struct asked {
	int64_t record_a, record_b;
	struct disclosure_pair pair;
	struct linking_why why;
};

/* By the door first: who may not know of a resident learns nothing of a comparison either. */
static enum status open_pair(struct asked *asked, struct visit *visit, struct error *error)
{
	struct store *data;
	if (!review_parse_pair(visit, visit->parameters[0], &asked->record_a, &asked->record_b))
		return visit_not_found(error);
	enum status status = disclosure_open_pair(&asked->pair, visit->snapshot->disclosure, &visit->viewer,
						  asked->record_a, asked->record_b, visit->arena, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_opened_pair(visit, &asked->pair);
	status = visit_data(visit, &data, error);
	return status == STATUS_OK ? linking_why_records(&asked->why, data, visit->site->vault, asked->record_a,
							 asked->record_b, error)
				   : status;
}

static void put_ruled(struct visit *visit, const struct rulings *rulings, const struct ruled_pair *pair)
{
	review_put_opinions(visit->document, rulings, pair);
	put_bool(visit->document, "has_opinions", pair != NULL);
	if (!pair)
		return;
	struct value *state = put_object(visit->document, "state");
	put_string(state, "title", review_state_title(pair));
	put_string(state, "colour", review_state_colour(pair));
	if (pair->against)
		put_format(state, "against_href", "/review/decisions/%lld", (long long)pair->against);
}

static void put_form(struct visit *visit, const struct asked *asked)
{
	struct value *document = visit->document;
	bool together = asked->why.resident_a == asked->why.resident_b;
	put_bool(document, "together", together);
	put_string(document, "href", review_href(visit, asked->record_a, asked->record_b));
	put_bool(document, "can_decide", visit_can(visit, CAPABILITY_LINKS_REVIEW));
	if (review_hides(visit, &asked->pair, &asked->why)) {
		put_string(document, "outcome",
			   together ? "OneView shows them as one resident." : "OneView shows them as two residents.");
		put_string(document, "rule", "What the two were compared by is in part not for you to see.");
		put_null(document, "conflict");
	} else {
		put_text(document, "outcome", words_of_outcome(&asked->why, visit->arena));
		put_text(document, "rule", words_of_rule(&asked->why, visit->arena));
		put_string(document, "conflict", asked->why.explanation.conflict);
	}
	if (together)
		put_format(document, "heading", "Are these two records one person?");
	else
		put_format(document, "heading", "Are these two residents one person?");
}

static enum status pair_page(struct visit *visit, const struct asked *asked, struct error *error)
{
	struct rulings rulings;
	enum status status = review_rulings(&rulings, visit, error);
	if (status != STATUS_OK)
		return status;
	put_form(visit, asked);
	review_put_comparison(visit, &asked->pair, &asked->why);
	put_ruled(visit, &rulings, rulings_pair(&rulings, asked->record_a, asked->record_b));
	rulings_release(&rulings);
	return visit_page(visit, "review_pair", "Are these one person?");
}

enum status page_review_pair(struct visit *visit, struct error *error)
{
	struct asked asked;
	enum status status = open_pair(&asked, visit, error);
	return status == STATUS_OK ? pair_page(visit, &asked, error) : status;
}

/* ---- deciding --------------------------------------------------------------------------------------------- */

static bool is_hard(const struct asked *asked, enum ruling_verdict verdict)
{
	return ruling_is_hard(verdict, asked->why.explanation.probability, asked->why.explanation.conflict != NULL) ||
	       asked->pair.sides[0].restrictions || asked->pair.sides[1].restrictions;
}

static enum status write_ruling(struct visit *visit, struct store *desk, const struct asked *asked,
				enum ruling_verdict verdict, int64_t *ruling_id, struct error *error)
{
	struct store *data;
	struct ruling ruling = {.user_id = visit->viewer.user_id,
				.username = visit->viewer.username,
				.verdict = verdict,
				.second = text_is(visit_field(visit, "second"), "yes") || is_hard(asked, verdict),
				.weight = asked->why.explanation.weight,
				.probability = asked->why.explanation.probability,
				.linked = asked->why.resident_a == asked->why.resident_b};
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = ruling_end_of(&ruling.a, data, asked->record_a, visit->arena, error);
	if (status == STATUS_OK)
		status = ruling_end_of(&ruling.b, data, asked->record_b, visit->arena, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = ruling_add(desk, &ruling, ruling_id, error);
	const struct audit_entry entry =
		visit_entry_about(visit, "match.decide", "ruling", *ruling_id,
				  arena_format(visit->arena, "%s%s, records %lld and %lld",
					       ruling_verdict_name(verdict), ruling.second ? ", second opinion" : "",
					       (long long)asked->record_a, (long long)asked->record_b));
	return visit_commit(visit, desk, status, &entry, error);
}

/* The decision is kept whatever becomes of its effect: that is tried again by itself. */
static void take_effect(struct visit *visit)
{
	struct error error;
	bool applied;
	if (relinker_apply(visit->site->relinker, &applied, &error) != STATUS_OK)
		log_error(&error);
}

enum status page_review_post(struct visit *visit, struct error *error)
{
	struct asked asked;
	struct store *desk;
	enum ruling_verdict verdict;
	int64_t ruling_id;
	enum status status = open_pair(&asked, visit, error);
	if (status != STATUS_OK)
		return status;
	if (!ruling_verdict_parse(visit_field(visit, "verdict"), &verdict)) {
		visit_form_error(visit, "decide", "Choose what you think");
		return pair_page(visit, &asked, error);
	}
	status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = write_ruling(visit, desk, &asked, verdict, &ruling_id, error);
	if (status != STATUS_OK)
		return status;
	take_effect(visit);
	return visit_redirect(visit, "/review/decisions/%lld", (long long)ruling_id);
}

/* ---- a decision --------------------------------------------------------------------------------------------- */

static void put_move(struct value *moves, const struct ruling_move *move)
{
	struct value *row = add_object(moves);
	put_int(row, "record", move->record_id);
	put_href(row, "before_href", "residents", move->before);
	put_href(row, "after_href", "residents", move->after);
	put_id(row, "before", move->before);
	put_id(row, "after", move->after);
	put_bool(row, "undone", move->undone);
}

static bool is_listed(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

static enum status put_looks(struct visit *visit, struct store *desk, int64_t resident_id, struct value *looks,
			     struct error *error)
{
	enum { LOOKS_MOST = 25 };
	char id[ID_TEXT_SIZE];
	struct audit_page page;
	struct audit_filter filter = {.subject_kind = TEXT("resident"),
				      .subject_id = resident_id,
				      .action = TEXT("resident.open"),
				      .outcome = TEXT("allowed"),
				      .from = INSTANT_UNKNOWN,
				      .before = INSTANT_UNKNOWN,
				      .limit = LOOKS_MOST};
	enum status status = audit_read(desk, &filter, visit->arena, &page, error);
	for (size_t i = 0; status == STATUS_OK && i < page.count; i++) {
		const struct profile_role *role = profile_role(visit->profile, page.entries[i].role);
		struct value *row = add_object(looks);
		put_text(row, "user", page.entries[i].user_name);
		put_text(row, "role", role ? role->title : page.entries[i].role);
		put_long_instant(row, "at_text", page.entries[i].at);
		put_text(row, "resident", arena_text(visit->arena, text_of(id_format(resident_id, id))));
	}
	return status;
}

/* What it moved, and who had looked at the pages that were wrong until then. */
static enum status put_effect(struct visit *visit, int64_t ruling_id, struct error *error)
{
	enum { RESIDENTS_MOST = 8 };
	struct store *data, *desk;
	struct ruling_move *moves;
	size_t count, resident_count = 0;
	int64_t residents[RESIDENTS_MOST];
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = ruling_moves(&moves, &count, data, ruling_id, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	struct value *rows = put_array(visit->document, "moves"), *looks = put_array(visit->document, "looks");
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		const int64_t both[] = {moves[i].before, moves[i].after};
		if (!review_may_know(visit, both[0]) || !review_may_know(visit, both[1]))
			continue;
		put_move(rows, &moves[i]);
		for (size_t k = 0; k < 2 && status == STATUS_OK; k++) {
			if (resident_count == RESIDENTS_MOST || is_listed(residents, resident_count, both[k]))
				continue;
			residents[resident_count++] = both[k];
			status = put_looks(visit, desk, both[k], looks, error);
		}
	}
	put_bool(visit->document, "has_moves", rows->count > 0);
	return status;
}

static enum status put_due(struct visit *visit, const struct rulings *rulings, struct error *error)
{
	struct store *data;
	bool due = false;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = rulings_are_due(&due, rulings, data, error);
	put_bool(visit->document, "due", due);
	return status;
}

static enum status put_next(struct visit *visit, const struct ruled_pair *pair, struct error *error)
{
	struct review_item next;
	bool found;
	enum status status = review_next(visit, pair->record_a, pair->record_b, &next, &found, error);
	if (status == STATUS_OK && found)
		put_string(visit->document, "next_href", review_href(visit, next.record_a, next.record_b));
	return status;
}

static const struct ruling *opinion_of(const struct rulings *rulings, int64_t ruling_id)
{
	for (size_t i = 0; i < rulings->count; i++) {
		if (rulings->opinions[i].ruling_id == ruling_id)
			return &rulings->opinions[i];
	}
	return NULL;
}

static enum status decision_page(struct visit *visit, const struct rulings *rulings, int64_t ruling_id,
				 struct error *error)
{
	const struct ruled_pair *pair = rulings_pair_of(rulings, ruling_id);
	const struct ruling *opinion = opinion_of(rulings, ruling_id);
	if (!pair || !pair->record_a || !pair->record_b)
		return visit_not_found(error);
	struct value *document = visit->document;
	put_int(document, "decision", ruling_id);
	put_string(document, "verdict", review_verdict_title(opinion->verdict));
	put_bool(document, "undone", opinion->undone != INSTANT_UNKNOWN);
	put_bool(document, "holds", pair->state == RULING_HOLDS);
	put_bool(document, "waits", pair->state == RULING_WAITING || pair->state == RULING_DISAGREED);
	put_bool(document, "contradicted", pair->state == RULING_CONTRADICTED);
	put_format(document, "undo_href", "/review/decisions/%lld", (long long)ruling_id);
	put_string(document, "pair_href", review_href(visit, pair->record_a, pair->record_b));
	put_format(document, "pair_title", "records %lld and %lld", (long long)pair->record_a,
		   (long long)pair->record_b);
	put_ruled(visit, rulings, pair);
	enum status status = put_due(visit, rulings, error);
	if (status == STATUS_OK)
		status = put_effect(visit, pair->deciding, error);
	if (status == STATUS_OK)
		status = put_next(visit, pair, error);
	return status == STATUS_OK ? visit_page(visit, "review_decision", "Decision") : status;
}

/* Both residents must be such as the viewer may know of. */
static enum status find_decision(struct rulings *rulings, int64_t *ruling_id, struct visit *visit, struct error *error)
{
	struct store *data;
	struct linking_residents both = {0};
	if (!text_parse_int64(visit->parameters[0], ruling_id))
		return visit_not_found(error);
	enum status status = review_rulings(rulings, visit, error);
	if (status != STATUS_OK)
		return status;
	const struct ruled_pair *pair = rulings_pair_of(rulings, *ruling_id);
	status = visit_data(visit, &data, error);
	if (status == STATUS_OK && pair)
		status = linking_residents_of(&both, data, pair->record_a, pair->record_b, error);
	if (status == STATUS_NOT_FOUND ||
	    (status == STATUS_OK && (!pair || !review_may_know(visit, both.a) || !review_may_know(visit, both.b))))
		status = visit_not_found(error);
	if (status != STATUS_OK)
		rulings_release(rulings);
	return status;
}

enum status page_review_decision(struct visit *visit, struct error *error)
{
	struct rulings rulings;
	int64_t ruling_id;
	enum status status = find_decision(&rulings, &ruling_id, visit, error);
	if (status != STATUS_OK)
		return status;
	struct audit_entry entry = visit_entry(visit, "match.decision", "allowed");
	entry.subject_kind = TEXT("ruling");
	entry.subject_id = ruling_id;
	visit_record(visit, &entry);
	status = decision_page(visit, &rulings, ruling_id, error);
	rulings_release(&rulings);
	return status;
}

static enum status undo(struct visit *visit, int64_t ruling_id, struct error *error)
{
	struct store *desk;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = ruling_undo(desk, ruling_id, visit->viewer.username, error);
	const struct audit_entry entry = visit_entry_about(visit, "match.undo", "ruling", ruling_id, TEXT_ABSENT);
	return visit_commit(visit, desk, status, &entry, error);
}

enum status page_review_undo(struct visit *visit, struct error *error)
{
	struct rulings rulings;
	int64_t ruling_id;
	enum status status = find_decision(&rulings, &ruling_id, visit, error);
	if (status != STATUS_OK)
		return status;
	rulings_release(&rulings);
	status = undo(visit, ruling_id, error);
	if (status != STATUS_OK)
		return status;
	take_effect(visit);
	return visit_redirect(visit, "/review/decisions/%lld", (long long)ruling_id);
}

/* ---- any two residents ---------------------------------------------------------------------------------------- */

static bool read_resident(struct visit *visit, const char *field, int64_t *id)
{
	struct text given = visit_query(visit, field);
	size_t slash = given.len;
	while (slash > 0 && given.at[slash - 1] != '/')
		slash--;
	if (slash > 0) /* the address of a resident's page will do */
		given = text_slice(given.at + slash, given.len - slash);
	put_text(visit->document, field, given);
	return id_parse(given, id);
}

enum status page_explain(struct visit *visit, struct error *error)
{
	int64_t a = 0, b = 0;
	struct store *data;
	struct linking_why why;
	bool asked = visit_query(visit, "b").len > 0;
	bool good_a = read_resident(visit, "a", &a), good_b = read_resident(visit, "b", &b);
	if (!asked)
		return visit_page(visit, "review_explain", "Compare two residents");
	if (!good_a)
		visit_form_error(visit, "a", "Enter the number of a resident, as the top of their page has it");
	if (!good_b || a == b)
		visit_form_error(visit, "b", "Enter the number of another resident");
	if (visit->request->response.status == 422)
		return visit_page(visit, "review_explain", "Compare two residents");
	/* Whoever may not be known of is answered like a number that nobody has. */
	bool known = review_may_know(visit, a) && review_may_know(visit, b);
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = known ? linking_why_residents(&why, data, visit->site->vault, a, b, error) : STATUS_NOT_FOUND;
	if (status == STATUS_NOT_FOUND) {
		visit_form_error(visit, "b", "There is no such resident, or not for you to see");
		return visit_page(visit, "review_explain", "Compare two residents");
	}
	return status == STATUS_OK ? visit_redirect(visit, "%s", review_href(visit, why.record_a, why.record_b))
				   : status;
}
