/* A resident's copy as a document: what is held, how it is explained, and what was left out by which law. */
#include "web/subject_access.h"

#include "base/id.h"
#include "rights/redaction.h"
#include "web/template.h"

extern const char template_subject_access[];
extern const unsigned long template_subject_access_len;

struct paper {
	const struct rights_copy *copy;
	const struct profile *profile;
	struct arena *arena;
	struct value *document;
	bool for_staff; /* only what is marked and waits, with its values */
};

/* ---- head --------------------------------------------------------------------------------------------- */

static void add_number(struct value *numbers, const char *title, size_t number)
{
	struct value *fact = add_object(numbers);
	put_string(fact, "title", title);
	put_int(fact, "value", (int64_t)number);
}

/* What was left out, by which law: the resident can have it looked at again. */
static void put_exemptions(struct value *out, const struct rights_copy *copy)
{
	struct value *exemptions = put_array(out, "exemptions");
	for (int i = EXEMPTION_NONE + 1; i < EXEMPTION_COUNT; i++) {
		if (!copy->withheld_by[i])
			continue;
		struct value *row = add_object(exemptions);
		put_string(row, "id", exemption_name((enum rights_exemption)i));
		put_string(row, "title", exemption_title((enum rights_exemption)i));
		put_string(row, "law", exemption_law((enum rights_exemption)i));
		put_int(row, "count", (int64_t)copy->withheld_by[i]);
	}
	put_bool(out, "has_exemptions", exemptions->count > 0);
}

static void add_head(struct paper *paper)
{
	struct value *out = paper->document;
	const struct rights_copy *copy = paper->copy;
	char id[ID_TEXT_SIZE];
	put_string(out, "title", paper->for_staff ? "To confirm before a copy is given out" : "What is held about you");
	put_text(out, "council",
		 text_is_empty(paper->profile->council) ? paper->profile->title : paper->profile->council);
	put_string(
		out, "lead",
		paper->for_staff
			? "For staff, not for the resident: each item below is left out of the copy until somebody "
			  "has decided of it and somebody else has looked at that. Release it, or withhold it, by its "
			  "number."
			: "This is everything that OneView holds about you, where each part came from, who may see it, "
			  "who did, and what was made of it.");
	put_text(out, "date", document_long_date(paper->arena, date_today()));
	put_text(out, "resident", arena_text(paper->arena, text_of(id_format(copy->resident_id, id))));
	put_bool(out, "explained", !paper->for_staff);
	put_string(out, "rows_title", paper->for_staff ? "What is to be confirmed" : "What the sources say");
	struct value *numbers = put_array(out, "numbers");
	add_number(numbers, "Sources", copy->sources);
	add_number(numbers, "Records", copy->records);
	add_number(numbers, "Rows, every version", copy->row_count);
	add_number(numbers, "Looks at your page", copy->views);
	size_t waiting = copy->waiting + copy->unconfirmed;
	put_int(out, "waiting", paper->for_staff ? 0 : (int64_t)waiting);
	put_string(out, "waiting_words", waiting == 1 ? "value is" : "values are");
	put_int(out, "withheld", paper->for_staff ? 0 : (int64_t)copy->withheld);
	put_string(out, "withheld_words", copy->withheld == 1 ? "value was" : "values were");
	put_exemptions(out, copy);
}

/* ---- the six kinds of explanation ---------------------------------------------------------------------- */

static struct value *add_explanation(struct value *all, const char *kind, const char *title)
{
	struct value *one = add_object(all);
	put_string(one, "kind", kind);
	put_string(one, "title", title);
	return put_array(one, "paragraphs");
}

static const struct rights_table *find_table(const struct rights_copy *copy, const char *id)
{
	for (size_t i = 0; i < copy->table_count; i++)
		if (!strcmp(copy->tables[i].id, id))
			return &copy->tables[i];
	return NULL;
}

static struct text council_of(const struct paper *paper)
{
	return text_is_empty(paper->profile->council) ? paper->profile->title : paper->profile->council;
}

/* What was read in notes, as far as it may be told. */
static void explain_readings(struct paper *paper, struct value *why)
{
	size_t left_out = 0, told = 0;
	for (size_t r = 0; r < paper->copy->row_count; r++) {
		const struct rights_row *row = &paper->copy->rows[r];
		if (row->feed || !text_is(row->title, RIGHTS_READING))
			continue;
		const struct rights_value *value = &row->values[0];
		if (!rights_value_goes_out(value)) {
			left_out++;
			continue;
		}
		told++;
		add_text(why,
			 arena_format(
				 paper->arena,
				 "Words in notes about you were taken for this: %.*s. Summaries that staff read name "
				 "it with the note.",
				 TEXT_ARG(value->value)));
	}
	if (left_out)
		add_text(why, arena_format(paper->arena,
					   "Of what was read in notes, %zu %s not told in this copy, or not yet.",
					   left_out, left_out == 1 ? "finding is" : "findings are"));
	else if (!told)
		add_text(why, TEXT("In no case note about you was anything found that a summary would name."));
}

/* Each list by its reasons, and each factor read in notes: what was made of this resident, and why. */
static void explain_findings(struct paper *paper, struct value *why)
{
	const struct rights_table *lists = find_table(paper->copy, "lists");
	for (size_t r = 0; lists && r < lists->rows; r++) {
		const struct text *cell = &lists->cells[r * lists->columns];
		add_text(
			why,
			arena_format(paper->arena,
				     "You are on the list \"%.*s\" of %.*s since %.*s, for these reasons: %.*s. A list "
				     "counts what is the case. It does not decide.",
				     TEXT_ARG(cell[0]), TEXT_ARG(cell[1]), TEXT_ARG(cell[3]), TEXT_ARG(cell[4])));
	}
	if (!lists || !lists->rows)
		add_text(why, TEXT("You are on no list that staff look into."));
	explain_readings(paper, why);
}

static void explain_rationale(struct paper *paper, struct value *all)
{
	const struct rights_copy *copy = paper->copy;
	struct value *why = add_explanation(all, "rationale", "Rationale: what was worked out about you, and why");
	add_text(why,
		 arena_format(
			 paper->arena,
			 "%zu records of %zu sources are kept together as yours, held by %zu comparisons "
			 "that are shown below with what spoke for each. Two records are linked when what they have in "
			 "common (names, date of birth, addresses, numbers) is far likelier for one person than for "
			 "two.",
			 copy->records, copy->sources, copy->links));
	explain_findings(paper, why);
}

/* The first row of each source, for a line of its own; false for the others. */
static bool is_first_of_source(const struct rights_copy *copy, size_t row)
{
	bool first = copy->rows[row].feed != NULL;
	for (size_t i = 0; first && i < row; i++)
		first = !copy->rows[i].feed || copy->rows[i].feed->source != copy->rows[row].feed->source;
	return first;
}

static void explain_responsibility(struct paper *paper, struct value *all)
{
	const struct rights_copy *copy = paper->copy;
	struct value *who = add_explanation(all, "responsibility", "Responsibility: who answers for it");
	add_text(who,
		 arena_format(paper->arena,
			      "%.*s is responsible for putting this together. The agreements below say who may see "
			      "what. Ask the council's data protection officer for a person to look at anything here "
			      "again.",
			      TEXT_ARG(council_of(paper))));
	for (size_t r = 0; r < copy->row_count; r++) {
		if (!is_first_of_source(copy, r))
			continue;
		const struct profile_source *source = copy->rows[r].feed->source;
		add_text(who, arena_format(paper->arena, "%.*s: what its rows say is answered for by %.*s.",
					   TEXT_ARG(source->title),
					   TEXT_ARG(text_is_empty(source->owner) ? TEXT("its own service")
										 : source->owner)));
	}
}

static void explain_source(struct paper *paper, struct value *data, const struct profile_source *source)
{
	const struct rights_copy *copy = paper->copy;
	size_t rows = 0;
	date first = DATE_UNKNOWN, last = DATE_UNKNOWN;
	for (size_t r = 0; r < copy->row_count; r++) {
		const struct rights_row *row = &copy->rows[r];
		if (!row->feed || row->feed->source != source)
			continue;
		rows++;
		first = first == DATE_UNKNOWN || row->as_at < first ? row->as_at : first;
		last = row->as_at > last ? row->as_at : last;
	}
	struct text from = document_long_date(paper->arena, first), to = document_long_date(paper->arena, last);
	add_text(data,
		 arena_format(paper->arena, "%.*s: %zu %s, from deliveries of %.*s to %.*s.", TEXT_ARG(source->title),
			      rows, rows == 1 ? "row" : "rows", TEXT_ARG(from), TEXT_ARG(to)));
}

static void explain_data(struct paper *paper, struct value *all)
{
	struct value *data = add_explanation(all, "data", "Data: what was used and where it came from");
	for (size_t r = 0; r < paper->copy->row_count; r++)
		if (is_first_of_source(paper->copy, r))
			explain_source(paper, data, paper->copy->rows[r].feed->source);
	add_text(data,
		 TEXT("Every row below names its source's feed, the file and line it came in, the day up to which it "
		      "was known, and how long it was current."));
}

/* Protected characteristics that are held of this resident, each once. */
static struct text protected_words(struct paper *paper)
{
	struct buf words;
	buf_init(&words, 1 << 16);
	for (size_t r = 0; r < paper->copy->row_count; r++)
		for (size_t v = 0; v < paper->copy->rows[r].count; v++) {
			const struct profile_element *element = paper->copy->rows[r].values[v].element;
			if (!element || element->category != CATEGORY_PROTECTED ||
			    text_find(buf_text(&words), element->title) < words.len)
				continue;
			buf_format(&words, "%s%.*s", words.len ? ", " : "", TEXT_ARG(element->title));
		}
	struct text kept = arena_text(paper->arena, buf_text(&words));
	buf_release(&words);
	return kept;
}

static void explain_fairness(struct paper *paper, struct value *all)
{
	struct text held = protected_words(paper);
	struct value *fair = add_explanation(all, "fairness", "Fairness: whether people are treated alike");
	add_text(fair,
		 TEXT("Ethnicity, religion and health take no part in putting records together. Sex and date of birth "
		      "do, since they tell people apart. How often records are wrongly joined or wrongly kept "
		      "apart can be measured by sex, age, ethnic group and naming tradition."));
	add_text(fair,
		 held.len ? arena_format(
				    paper->arena,
				    "Of protected characteristics this is held about you: %.*s. Unless an agreement "
				    "says otherwise, it is used to check that people are treated alike, and for "
				    "nothing else.",
				    TEXT_ARG(held))
			  : TEXT("No protected characteristic is held about you for such checks."));
}

static void explain_safety(struct paper *paper, struct value *all)
{
	const struct rights_copy *copy = paper->copy;
	const struct rights_table *rulings = find_table(copy, "rulings");
	struct value *safe = add_explanation(all, "safety", "Safety: how sure it is, and what is done about doubt");
	add_text(safe, copy->doubtful
			       ? arena_format(paper->arena,
					      "%zu comparisons with a record that is kept as somebody else's are "
					      "doubtful; a person decides of such. ",
					      copy->doubtful)
			       : TEXT("No comparison between your records and somebody else's is in doubt."));
	add_text(safe, rulings && rulings->rows
			       ? arena_format(paper->arena, "People decided %zu times about your records; see below.",
					      rulings->rows)
			       : TEXT("No person has had to decide which records are yours."));
	add_text(safe,
		 TEXT("What identifies you is stored encrypted. Every look is written down before anything is shown, "
		      "in a record that nobody can change unnoticed."));
}

static void explain_impact(struct paper *paper, struct value *all)
{
	const struct rights_copy *copy = paper->copy;
	const struct rights_table *found = find_table(copy, "list_outcomes");
	struct value *impact = add_explanation(all, "impact", "Impact: what it does to you");
	add_text(impact,
		 arena_format(paper->arena,
			      "Your page was looked at %zu times; each look stands below with who, when and what "
			      "for. Staff looked into a list about you %zu times.",
			      copy->views, found ? found->rows : 0));
	add_text(impact,
		 TEXT("Staff whose role and purpose an agreement allows see this when they work with you. OneView "
		      "puts things before people; it decides nothing by itself."));
	add_text(impact,
		 TEXT("If something is wrong, say so and it goes to the source's owner. You may object to a use, ask "
		      "for it to be restricted, or for data to be erased; and you may complain to the Information "
		      "Commissioner."));
}

static void add_explanations(struct paper *paper)
{
	struct value *all = put_array(paper->document, "explanations");
	explain_rationale(paper, all);
	explain_responsibility(paper, all);
	explain_data(paper, all);
	explain_fairness(paper, all);
	explain_safety(paper, all);
	explain_impact(paper, all);
}

/* ---- rows -------------------------------------------------------------------------------------------------- */

struct text subject_access_source(const struct rights_row *row, struct arena *arena)
{
	if (!row->feed)
		return document_long_date(arena, row->as_at);
	struct text until = document_long_date(arena, row->valid_to),
		    since = document_long_date(arena, row->valid_from), as_at = document_long_date(arena, row->as_at);
	return arena_format(arena, "%.*s; record %lld, line %d of %.*s, as at %.*s. From %.*s%s%.*s%s%.*s.",
			    TEXT_ARG(row->feed->source->title), (long long)row->record_id, row->line,
			    TEXT_ARG(row->file_name), TEXT_ARG(as_at), TEXT_ARG(since),
			    text_is_empty(until) ? "" : " to ", TEXT_ARG(until), text_is_absent(row->ended) ? "" : ": ",
			    TEXT_ARG(row->ended));
}

static void put_lifetime(struct paper *paper, struct value *out, const struct rights_row *row)
{
	put_date(out, "valid_from", row->valid_from);
	put_date(out, "valid_to", row->valid_to);
	put_date(out, "as_at", row->as_at);
	if (!row->feed) {
		put_text(out, "source", subject_access_source(row, paper->arena));
		return;
	}
	put_instant(out, "received", row->received);
	put_text(out, "feed", row->feed->id);
	put_text(out, "file", row->file_name);
	put_int(out, "line", row->line);
	put_int(out, "version", row->version);
	put_int(out, "record", row->record_id);
	put_text(out, "ended", row->ended);
	put_text(out, "source", subject_access_source(row, paper->arena));
}

static struct text why_left_out(const struct rights_value *value, struct arena *arena)
{
	if (value->state == ITEM_WITHHELD && value->exemption)
		return arena_format(arena, "Left out. %s (%s).", exemption_title(value->exemption),
				    exemption_law(value->exemption));
	return arena_format(arena, "%s: %s",
			    value->state == ITEM_WITHHELD ? "Left out" : "Not yet confirmed by two persons",
			    rights_mark_words(value->mark));
}

static void put_value(struct paper *paper, struct value *values, const struct rights_value *value)
{
	bool out = paper->for_staff || rights_value_goes_out(value);
	struct value *one = add_object(values);
	char id[ID_TEXT_SIZE];
	if (value->element)
		put_text(one, "element", value->element->id);
	if (value->mark) {
		put_text(one, "item", arena_text(paper->arena, text_of(id_format(value->item, id))));
		put_string(one, "marked", rights_mark_words(value->mark));
	}
	if (paper->for_staff)
		put_format(one, "title", "%.*s (%s), item %s", TEXT_ARG(value->title), rights_mark_words(value->mark),
			   id);
	else
		put_text(one, "title", value->title);
	put_bool(one, "missing", !out);
	put_bool(one, "disputed", value->disputed);
	if (out)
		put_text(one, "value", value->value);
	else
		put_text(one, "value", why_left_out(value, paper->arena));
	if (value->state == ITEM_WITHHELD)
		put_string(one, "exemption", exemption_name(value->exemption));
}

static bool is_wanted(const struct paper *paper, const struct rights_value *value)
{
	return !paper->for_staff || (value->mark && !value->confirmed);
}

static void add_rows(struct paper *paper)
{
	struct value *rows = put_array(paper->document, "rows");
	for (size_t r = 0; r < paper->copy->row_count; r++) {
		const struct rights_row *row = &paper->copy->rows[r];
		size_t wanted = 0;
		for (size_t v = 0; v < row->count; v++)
			wanted += is_wanted(paper, &row->values[v]);
		if (!wanted && paper->for_staff)
			continue;
		struct value *out = add_object(rows);
		put_text(out, "title", row->title);
		put_lifetime(paper, out, row);
		struct value *values = put_array(out, "values");
		for (size_t v = 0; v < row->count; v++)
			if (is_wanted(paper, &row->values[v]))
				put_value(paper, values, &row->values[v]);
	}
}

static void add_table(struct value *tables, const struct rights_table *table)
{
	struct value *out = add_object(tables);
	put_string(out, "id", table->id);
	put_string(out, "title", table->title);
	put_string(out, "says", table->says);
	put_bool(out, "any", table->rows > 0);
	struct value *headings = put_array(out, "headings");
	for (size_t i = 0; i < table->columns; i++)
		add_text(headings, text_of(table->headings[i]));
	struct value *rows = put_array(out, "rows");
	for (size_t r = 0; r < table->rows; r++) {
		struct value *cells = put_array(add_object(rows), "cells");
		for (size_t i = 0; i < table->columns; i++)
			add_text(cells, table->cells[r * table->columns + i]);
	}
}

static void build(struct paper *paper)
{
	paper->document = document_object(paper->arena);
	add_head(paper);
	if (!paper->for_staff)
		add_explanations(paper);
	add_rows(paper);
	struct value *tables = put_array(paper->document, "tables");
	for (size_t i = 0; i < paper->copy->table_count && !paper->for_staff; i++)
		add_table(tables, &paper->copy->tables[i]);
}

struct value *subject_access_document(const struct rights_copy *copy, const struct profile *profile, bool for_staff,
				      struct arena *arena)
{
	struct paper paper = {.copy = copy, .profile = profile, .arena = arena, .for_staff = for_staff};
	build(&paper);
	return paper.document;
}

enum status subject_access_render(struct buf *out, const struct value *document, struct error *error)
{
	struct template_set *set = template_set_new(TEMPLATE_PAGES);
	enum status status = template_set_add(set, TEXT("subject_access"),
					      text_slice(template_subject_access, template_subject_access_len), error);
	if (status == STATUS_OK)
		status = template_set_link(set, error);
	if (status == STATUS_OK)
		status = template_render(template_find(set, TEXT("subject_access")), document, out, error);
	template_set_free(set);
	return status;
}
