/* What a gazetteer's file is, once loaded: UPRNs, parents, successors; and answers from it. */
#include "address/book.h"
#include "base/memory.h"

#include <stdlib.h>

uint32_t book_property_of(const struct address_book *book, uint64_t uprn)
{
	const uint64_t *number = uprn ? id_map_get(&book->by_uprn, uprn) : NULL;
	return number ? (uint32_t)(*number - 1) : UINT32_MAX;
}

void quarantine_add(struct quarantine *q, const struct address_problem *problem, struct text row)
{
	struct address_book_report *report = q->report;
	if (report->problem_count < ADDRESS_PROBLEMS_KEPT)
		report->problems[report->problem_count++] = *problem;
	if (!q->path)
		return;
	buf_append_int(&q->file, (int64_t)problem->line);
	buf_append_char(&q->file, ',');
	buf_append_csv(&q->file, text_of(problem->column));
	buf_append_char(&q->file, ',');
	buf_append_csv(&q->file, text_of(problem->reason));
	buf_append_text(&q->file, problem->kept ? TEXT(",yes,") : TEXT(",no,"));
	buf_append_csv_harmless(&q->file, text_trim(row));
	buf_append_char(&q->file, '\n');
}

/* ---- parents -------------------------------------------------------------------------------------------- */

enum { UNSEEN, ON_THE_WAY, SETTLED };

static void break_circle(struct address_book *book, struct quarantine *quarantine, uint32_t number)
{
	struct book_property *p = &book->properties[number];
	struct address_problem problem = {.line = p->first_line, .column = "parent_uprn", .kept = true};
	snprintf(problem.reason, sizeof problem.reason,
		 "the parents of UPRN %llu lead back to itself by %llu: it is kept without a parent",
		 (unsigned long long)p->uprn, (unsigned long long)p->parent);
	quarantine_add(quarantine, &problem, TEXT_ABSENT);
	book->report.circles++;
	p->parent = 0;
}

/* From each property up; who meets its own way is in a circle, and the circle is cut where it closes. */
void book_settle_parents(struct address_book *book, struct quarantine *quarantine)
{
	unsigned char *state = memory_alloc(book->property_count + 1, 1);
	for (uint32_t start = 0; start < book->property_count; start++) {
		uint32_t at = start;
		while (at != UINT32_MAX && state[at] == UNSEEN) {
			state[at] = ON_THE_WAY;
			uint32_t parent = book_property_of(book, book->properties[at].parent);
			if (parent != UINT32_MAX && state[parent] == ON_THE_WAY) {
				break_circle(book, quarantine, at);
				break;
			}
			at = parent;
		}
		for (at = start; at != UINT32_MAX && state[at] == ON_THE_WAY;) {
			state[at] = SETTLED;
			at = book_property_of(book, book->properties[at].parent);
		}
	}
	free(state);
	for (uint32_t i = 0; i < book->property_count; i++) {
		uint32_t parent = book_property_of(book, book->properties[i].parent);
		book->report.parents_missing += book->properties[i].parent && parent == UINT32_MAX;
		if (parent != UINT32_MAX)
			book->properties[parent].shell = true;
	}
	for (uint32_t i = 0; i < book->property_count; i++)
		book->report.shells += book->properties[i].shell;
}

/* ---- successors ------------------------------------------------------------------------------------------ */

enum { SUCCESSIONS = 16 };

/* Where a property of the past is today: its only successor, and theirs; the parent that all successors share. */
static uint32_t successor_of(const struct address_book *book, uint32_t number, bool *split)
{
	*split = false;
	for (int step = 0; step < SUCCESSIONS; step++) {
		const struct book_property *p = &book->properties[number];
		if (!p->successor)
			return number;
		const struct successor *first = &book->successors[p->successor - 1];
		uint32_t next = book_property_of(book, first->uprn);
		if (first->next) {
			uint64_t parent = next == UINT32_MAX ? 0 : book->properties[next].parent;
			for (uint32_t s = first->next; s; s = book->successors[s - 1].next) {
				uint32_t other = book_property_of(book, book->successors[s - 1].uprn);
				if (other == UINT32_MAX || book->properties[other].parent != parent)
					parent = 0;
			}
			*split = true;
			uint32_t shared = book_property_of(book, parent);
			return shared == UINT32_MAX ? number : shared;
		}
		if (next == UINT32_MAX)
			return number;
		number = next;
	}
	return number;
}

/* ---- answers ------------------------------------------------------------------------------------------------ */

void address_book_match(const struct address_book *book, struct text address, struct text postcode,
			struct address_answer *out)
{
	*out = (struct address_answer){.class = ""};
	gazetteer_match(book->gazetteer, address, postcode, &out->match);
	if (out->match.property == UINT32_MAX)
		return;
	out->found = book->properties[out->match.property].uprn;
	uint32_t now = successor_of(book, out->match.property, &out->split);
	const struct book_property *p = &book->properties[now];
	out->match.property = now;
	out->uprn = p->uprn;
	out->parent = p->parent;
	out->class = p->class ? book->classes.keys[p->class - 1].at : "";
	out->is_shell = p->shell;
	if (out->match.class != ADDRESS_NONE && now != out->match.best && out->match.class != ADDRESS_PARENT)
		out->match.class = out->split ? ADDRESS_PARENT : ADDRESS_STRONG;
}

static void add_part(struct buf *out, const char *part, const char *says)
{
	if (!says)
		return;
	if (out->len && out->at[out->len - 1] != ' ')
		buf_append_text(out, TEXT("; "));
	buf_format(out, "%s %s", part, says);
}

static void add_uprn(struct buf *out, const struct address_book *book, const char *before, uint32_t property)
{
	if (property != UINT32_MAX)
		buf_format(out, "%s%llu", before, (unsigned long long)book->properties[property].uprn);
}

void address_answer_explain(struct buf *out, const struct address_book *book, const struct address_answer *answer)
{
	static const char *const statuses[] = {NULL, "another of its addresses", "provisional", "historic"};
	const struct address_match *match = &answer->match;
	const struct address_evidence *why = &match->why;
	struct buf text;
	buf_init(&text, 4096);
	if (match->best == UINT32_MAX) {
		buf_append_text(&text, TEXT("nothing in the gazetteer is like it"));
	} else if (match->class == ADDRESS_NONE) {
		bool alike = match->runner_up != UINT32_MAX && match->score >= 120;
		buf_append_text(&text, alike ? TEXT("more than one fits alike: ") : TEXT("too little agrees with "));
		add_uprn(&text, book, "", match->best);
		if (alike)
			add_uprn(&text, book, " and ", match->runner_up);
		buf_append_text(&text, TEXT(": "));
	}
	add_part(&text, "postcode", why->postcode);
	add_part(&text, "street", why->street);
	add_part(&text, "number", why->number);
	add_part(&text, "building", why->building);
	add_part(&text, "flat", why->flat);
	add_part(&text, "besides,", why->other);
	add_part(&text, "entry is", statuses[why->status]);
	if (answer->is_shell)
		add_part(&text, "property is", "a parent of others");
	if (answer->found != answer->uprn)
		buf_format(&text, "; %s of %llu", answer->split ? "parent of the successors" : "successor",
			   (unsigned long long)answer->found);
	else if (answer->split)
		buf_append_text(&text, TEXT("; it was split since"));
	buf_append_text(out, buf_text(&text));
	buf_release(&text);
}

const struct address_book_report *address_book_report(const struct address_book *book)
{
	return &book->report;
}

void address_book_close(struct address_book *book)
{
	if (!book)
		return;
	gazetteer_free(book->gazetteer);
	id_map_release(&book->by_uprn);
	text_map_release(&book->classes);
	free(book->properties);
	free(book->successors);
	free(book);
}
