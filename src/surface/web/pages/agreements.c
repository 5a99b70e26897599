/* Data-sharing agreements, to read. They are changed in the profile, where a change is reviewed. */
#include "web/pages/agreements.h"

#include "profile/register.h"

static const char *state_of(struct visit *visit, const struct profile_agreement *agreement, date today)
{
	enum policy_standing standing = policy_agreement_standing(visit->snapshot->policy, agreement);
	if (standing == STANDING_SUSPENDED || agreement->status == AGREEMENT_SUSPENDED)
		return "Suspended";
	if (standing == STANDING_ENDED || agreement->status == AGREEMENT_ENDED)
		return "Ended";
	if (agreement->status == AGREEMENT_DRAFT)
		return "Draft";
	if (!agreement_runs(agreement, today))
		return agreement->from > today ? "Not begun" : "Ended";
	return agreement_review_is_due(agreement, today) ? "Review is due" : "Runs";
}

static void put_state(struct visit *visit, struct value *row, const struct profile_agreement *agreement)
{
	date today = date_today();
	bool runs = policy_agreement_runs(visit->snapshot->policy, agreement, today);
	put_string(row, "state", state_of(visit, agreement, today));
	put_string(row, "colour", !runs ? "grey" : agreement_review_is_due(agreement, today) ? "yellow" : "green");
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
		put_state(visit, row, agreement);
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

/* Every field of the register that has something to say; what it covers has a table of its own. */
static void put_register(struct visit *visit, const struct profile_agreement *agreement)
{
	static const char *const elsewhere[] = {"id", "title", "status", "feeds", "elements"};
	struct value *facts = put_array(visit->document, "facts");
	const struct register_field *fields;
	size_t count = agreement_register(&fields, visit->profile, agreement, visit->arena);
	for (size_t i = 0; i < count; i++) {
		bool skip = false;
		for (size_t e = 0; e < sizeof elsewhere / sizeof *elsewhere; e++)
			skip |= strcmp(fields[i].key, elsewhere[e]) == 0;
		if (!skip)
			put_fact(facts, fields[i].title,
				 fields[i].day == DATE_UNKNOWN ? fields[i].value
							       : document_long_date(visit->arena, fields[i].day));
	}
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
	put_state(visit, document, agreement);
	put_register(visit, agreement);
	struct value *covers = put_array(document, "covers");
	for (size_t c = 0; c < agreement->cover_count; c++)
		for (size_t f = 0; f < visit->profile->feeds.count; f++)
			put_cover(visit, covers, agreement, &agreement->covers[c], &visit->profile->feeds.at[f]);
	put_clauses(document, agreement);
	enum status status = agreement_put_changes(visit, agreement, error);
	return status == STATUS_OK ? visit_page(visit, "agreement", agreement->title.at) : status;
}
