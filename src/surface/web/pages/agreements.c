/* Data-sharing agreements, to read. They are changed in the profile, where a change is reviewed. */
#include "web/pages/pages.h"

static void put_state(struct value *row, const struct profile_agreement *agreement, date today)
{
	bool runs = agreement_runs(agreement, today);
	bool begun = agreement->from == DATE_UNKNOWN || agreement->from <= today;
	bool review = runs && agreement->review != DATE_UNKNOWN && agreement->review <= today;
	put_string(row, "state", review ? "Review is due" : runs ? "Runs" : begun ? "Ended" : "Not begun");
	put_string(row, "colour", review ? "yellow" : runs ? "green" : "grey");
}

enum status page_agreements(struct visit *visit, struct error *error)
{
	(void)error;
	struct value *rows = put_array(visit->document, "agreements");
	for (size_t i = 0; i < visit->profile->agreements.count; i++) {
		const struct profile_agreement *agreement = &visit->profile->agreements.at[i];
		struct value *row = add_object(rows);
		put_text(row, "id", agreement->id);
		put_text(row, "name", agreement->title);
		put_format(row, "href", "/agreements/%.*s", TEXT_ARG(agreement->id));
		put_state(row, agreement, date_today());
		put_long_date(row, "from_text", agreement->from);
		put_long_date(row, "to_text", agreement->to);
		put_long_date(row, "review_text", agreement->review);
		put_text(row, "lawful_basis", agreement->lawful_basis);
	}
	return visit_page(visit, "agreements", "Agreements");
}

static void append_title(struct buf *list, struct text title)
{
	if (list->len)
		buf_append_text(list, TEXT(", "));
	buf_append_text(list, title);
}

static void put_recipients(struct visit *visit, struct value *facts, const struct profile_agreement *agreement)
{
	struct buf list;
	buf_init(&list, 64 << 10);
	for (size_t i = 0; i < agreement->party_count; i++)
		append_title(&list, agreement->parties[i]);
	put_fact(facts, "Parties", arena_text(visit->arena, buf_text(&list)));
	buf_clear(&list);
	for (size_t i = 0; i < agreement->role_count; i++)
		append_title(&list, agreement->roles[i]->title);
	put_fact(facts, "Roles that may see", arena_text(visit->arena, buf_text(&list)));
	buf_clear(&list);
	for (size_t i = 0; i < agreement->team_count; i++)
		append_title(&list, agreement->teams[i]->title);
	put_fact(facts, "Only in the teams", arena_text(visit->arena, buf_text(&list)));
	buf_clear(&list);
	for (size_t i = 0; i < agreement->purpose_count; i++)
		append_title(&list, agreement->purposes[i]->title);
	put_fact(facts, "For the purposes", arena_text(visit->arena, buf_text(&list)));
	buf_release(&list);
}

/* The elements that one line of the agreement lets through of one feed. */
static void put_cover(struct visit *visit, struct value *covers, const struct profile_agreement *agreement,
		      const struct profile_cover *cover, const struct profile_feed *feed)
{
	struct buf list;
	buf_init(&list, 64 << 10);
	for (size_t e = 0; e < visit->profile->elements.count; e++) {
		const struct profile_cover *line = NULL;
		const struct profile_element *element = &visit->profile->elements.at[e];
		if (!cover->presence_only && feed_column(feed, element) &&
		    agreement_covers(visit->profile, agreement, feed, element, &line) && line == cover)
			append_title(&list, element->title);
	}
	const struct profile_cover *line = NULL;
	bool presence = cover->presence_only && agreement_covers_presence(visit->profile, agreement, feed, &line) &&
			line == cover;
	if (presence)
		append_title(&list, TEXT("only that the service knows the resident"));
	if (list.len) {
		struct value *row = add_object(covers);
		put_text(row, "clause", cover->clause);
		put_text(row, "feed", feed->title);
		put_text(row, "elements", arena_text(visit->arena, buf_text(&list)));
	}
	buf_release(&list);
}

static void put_clauses(struct value *document, const struct profile_agreement *agreement)
{
	put_bool(document, "has_clauses", agreement->clause_count > 0);
	struct value *clauses = put_array(document, "clauses");
	for (size_t i = 0; i < agreement->clause_count; i++) {
		struct value *row = add_object(clauses);
		put_text(row, "number", agreement->clauses[i].number);
		put_text(row, "text", agreement->clauses[i].text);
	}
}

enum status page_agreement(struct visit *visit, struct error *error)
{
	const struct profile_agreement *agreement = profile_agreement(visit->profile, visit->parameters[0]);
	if (!agreement)
		return visit_not_found(error);
	struct value *document = visit->document;
	put_text(document, "name", agreement->title);
	put_state(document, agreement, date_today());
	struct value *facts = put_array(document, "facts");
	put_fact(facts, "Controller", agreement->controller);
	put_fact(facts, "Lawful basis", agreement->lawful_basis);
	put_fact(facts, "Condition for special categories", agreement->special_condition);
	put_fact(facts, "Condition for criminal-offence data", agreement->criminal_condition);
	put_fact(facts, "From", document_long_date(visit->arena, agreement->from));
	put_fact(facts, "To", document_long_date(visit->arena, agreement->to));
	put_fact(facts, "Review", document_long_date(visit->arena, agreement->review));
	put_fact(facts, "Compartment", agreement->compartment);
	put_recipients(visit, facts, agreement);
	struct value *covers = put_array(document, "covers");
	for (size_t c = 0; c < agreement->cover_count; c++)
		for (size_t f = 0; f < visit->profile->feeds.count; f++)
			put_cover(visit, covers, agreement, &agreement->covers[c], &visit->profile->feeds.at[f]);
	put_clauses(document, agreement);
	return visit_page(visit, "agreement", agreement->title.at);
}
