/* A case summary: every sentence with the rows that it rests on, and what is not known. */
#include "web/pages/summary.h"

#include "base/id.h"
#include "insight/insight.h"
#include "intake/quality.h"
#include "web/pages/break_glass.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

enum { EVIDENCE_SHOWN = 12 };

struct text summary_row_address(struct arena *arena, int64_t resident_id, const struct disclosed_origin *origin)
{
	char id[ID_TEXT_SIZE];
	return arena_format(arena, "/residents/%s/rows/%lld-%s-%lld", id_format(resident_id, id),
			    (long long)origin->record_id, origin->feed->id.at, (long long)origin->row_key);
}

/* What policy lets this viewer see of a feed at all: for what must not be concluded from silence. */
static void put_visible(struct visit *visit, struct summary_feed *state)
{
	const struct policy_grid *grid = visit_grid(visit);
	state->visible = policy_decide_presence(grid, state->feed).verdict == POLICY_ALLOW;
	for (size_t i = 0; i < state->feed->column_count; i++) {
		const struct profile_column *column = &state->feed->columns[i];
		if (!column->element || policy_decide(grid, state->feed, column->element).verdict != POLICY_ALLOW)
			continue;
		state->visible = true;
		state->notes |= column->type == COLUMN_NOTE;
	}
}

enum status summary_feed_states(struct visit *visit, const struct summary_feed **out, struct error *error)
{
	size_t count;
	struct store *data;
	struct feed_status *feeds;
	const struct profile *profile = visit->profile;
	struct summary_feed *states = ARENA_ARRAY(visit->arena, profile->feeds.count, struct summary_feed);
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = feed_status_list(&feeds, &count, data, profile, date_today(), visit->arena, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < profile->feeds.count; i++) {
		states[i] = (struct summary_feed){
			.feed = &profile->feeds.at[i], .as_at = DATE_UNKNOWN, .due = DATE_UNKNOWN};
		put_visible(visit, &states[i]);
	}
	for (size_t i = 0; i < count; i++) {
		const struct profile_feed *feed = profile_feed(profile, feeds[i].feed_id);
		if (!feed)
			continue;
		states[feed->number].as_at = feeds[i].as_at;
		states[feed->number].due = feeds[i].expected;
		states[feed->number].late = feeds[i].freshness == FEED_LATE;
	}
	*out = states;
	return STATUS_OK;
}

enum status summary_read_flags(struct visit *visit, int64_t resident_id, const struct note_flags **out,
			       struct error *error)
{
	struct store *data, *desk;
	struct note_flags *flags = ARENA_NEW(visit->arena, struct note_flags);
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = note_flags_of_resident(flags, data, desk, visit->profile, resident_id, visit->arena, error);
	*out = flags;
	return status;
}

enum status summary_add_notes(struct visit *visit, const struct disclosure_resident *answer, struct view_resident *view,
			      struct error *error)
{
	const struct note_flags *flags;
	const struct profile *profile = visit->profile;
	enum status status = summary_read_flags(visit, answer->resident_id, &flags, error);
	if (status != STATUS_OK || !flags->count)
		return status;
	struct summary_feed *feeds = ARENA_ARRAY(visit->arena, profile->feeds.count, struct summary_feed);
	for (size_t i = 0; i < profile->feeds.count; i++) {
		feeds[i].feed = &profile->feeds.at[i];
		put_visible(visit, &feeds[i]);
	}
	view_add_notes(view, answer, profile, flags, feeds, date_today(), visit->arena);
	return STATUS_OK;
}

/* ---- sentences --------------------------------------------------------------------------------------------- */

static void put_piece(struct value *pieces, const struct summary_piece *piece)
{
	struct value *row = add_object(pieces);
	put_text(row, "words", piece->words);
	if (piece->term) {
		put_text(row, "means", piece->term->means);
		put_format(row, "term_href", "#term-%s", piece->term->id.at);
	} else {
		put_null(row, "means");
		put_null(row, "term_href");
	}
}

static void put_evidence(struct visit *visit, struct value *list, const struct summary_evidence *evidence,
			 int64_t resident_id)
{
	struct value *row = add_object(list);
	const struct disclosed_origin *origin = evidence->origin;
	put_text(row, "service", origin->feed->source->title);
	put_text(row, "what", evidence->what);
	put_date(row, "on", evidence->on);
	put_long_date(row, "on_text", evidence->on);
	put_data_date(row, origin->data_as_at, origin->as_at);
	put_bool(row, "is_new", evidence->is_new);
	put_text(row, "href", summary_row_address(visit->arena, resident_id, origin));
}

/* "This is wrong", said of a whole sentence: what it rests on is named by its newest row. */
static struct text wrong_address(struct visit *visit, const struct summary_sentence *sentence, int64_t resident_id)
{
	const struct disclosed_origin *origin = sentence->evidence[0].origin;
	if (!visit_can(visit, CAPABILITY_REPORTS_MAKE))
		return TEXT_ABSENT;
	struct text address = report_address(visit->arena, resident_id, origin, origin->feed->client);
	return address.len ? arena_format(visit->arena, "%.*s&sentence=%.*s", TEXT_ARG(address), TEXT_ARG(sentence->id))
			   : TEXT_ABSENT;
}

static void put_sentence(struct visit *visit, struct value *sentences, const struct summary_sentence *sentence,
			 int64_t resident_id)
{
	static const char *const natures[] = {[NATURE_FACT] = NULL,
					      [NATURE_OPINION] = "Professional opinion",
					      [NATURE_ALLEGATION] = "Allegation or report, not a finding",
					      [NATURE_MODEL] = "Comparison with others",
					      [NATURE_NOTE] = "Read in case notes by the program"};
	struct value *row = add_object(sentences);
	put_text(row, "id", sentence->id);
	put_text(row, "words", sentence->words);
	struct value *pieces = put_array(row, "pieces");
	for (size_t i = 0; i < sentence->piece_count; i++)
		put_piece(pieces, &sentence->pieces[i]);
	put_string(row, "nature", sentence_nature_name(sentence->nature));
	put_string(row, "nature_text", natures[sentence->nature]);
	put_bool(row, "is_new", sentence->is_new);
	put_format(row, "evidence_text", "%zu %s", sentence->evidence_count,
		   sentence->evidence_count == 1 ? "record" : "records");
	struct value *evidence = put_array(row, "evidence");
	for (size_t i = 0; i < sentence->evidence_count && i < EVIDENCE_SHOWN; i++)
		put_evidence(visit, evidence, &sentence->evidence[i], resident_id);
	if (sentence->evidence_count > EVIDENCE_SHOWN)
		put_format(row, "more", "and %zu more, in the chronology", sentence->evidence_count - EVIDENCE_SHOWN);
	else
		put_null(row, "more");
	put_text(row, "wrong_href", wrong_address(visit, sentence, resident_id));
}

static void put_headings(struct visit *visit, struct value *object, const struct view_summary *summary,
			 int64_t resident_id)
{
	struct value *headings = put_array(object, "headings");
	for (size_t i = 0; i < summary->heading_count; i++) {
		const struct summary_heading *heading = &summary->headings[i];
		struct value *row = add_object(headings);
		put_text(row, "title", heading->rule->title);
		put_int(row, "number", (int64_t)i + 1);
		put_text(row, "none", heading->sentence_count ? TEXT_ABSENT : heading->rule->none);
		struct value *sentences = put_array(row, "sentences");
		for (size_t n = 0; n < heading->sentence_count; n++)
			put_sentence(visit, sentences, &heading->sentences[n], resident_id);
	}
}

/* ---- what is not known ----------------------------------------------------------------------------------- */

static void put_withheld(struct value *object, const struct view_summary *summary)
{
	put_bool(object, "has_withheld", summary->withheld_count > 0);
	struct value *rows = put_array(object, "withheld");
	for (size_t i = 0; i < summary->withheld_count; i++) {
		const struct summary_withheld *withheld = &summary->withheld[i];
		struct value *row = add_object(rows);
		put_text(row, "service", withheld->source->title);
		put_format(row, "count_text", "%s %zu %s", withheld->count == 1 ? "at most" : "up to", withheld->count,
			   withheld->count == 1 ? "sentence" : "sentences");
		put_text(row, "why", withheld->why);
		put_text(row, "contact", withheld->source->contact);
	}
}

/* The sources of which the same is to be said, in one line. */
static void put_source_gap(struct visit *visit, struct value *rows, const struct view_summary *summary,
			   enum gap_kind kind, const char *before, const char *after)
{
	struct buf list;
	buf_init(&list, 16 << 10);
	for (size_t i = 0; i < summary->gap_count; i++)
		if (summary->gaps[i].kind == kind)
			buf_format(&list, "%s%.*s", list.len ? ", " : "", TEXT_ARG(summary->gaps[i].source->title));
	if (list.len) {
		struct text names = arena_text(visit->arena, buf_text(&list));
		put_format(add_object(rows), "text", "%s: %.*s.%s", before, TEXT_ARG(names), after);
	}
	buf_release(&list);
}

static void put_gaps(struct visit *visit, struct value *object, const struct view_summary *summary)
{
	struct value *rows = put_array(object, "gaps");
	for (size_t i = 0; i < summary->gap_count; i++) {
		const struct summary_gap *gap = &summary->gaps[i];
		struct text as_at = document_long_date(visit->arena, gap->as_at);
		struct text due = document_long_date(visit->arena, gap->due);
		if (gap->kind == GAP_NEVER)
			put_format(add_object(rows), "text", "%.*s: no data was ever loaded.",
				   TEXT_ARG(gap->feed->title));
		else if (gap->kind == GAP_LATE)
			put_format(add_object(rows), "text",
				   "%.*s: the data is as at %.*s, and the next was due on %.*s.",
				   TEXT_ARG(gap->feed->title), TEXT_ARG(as_at), TEXT_ARG(due));
	}
	put_source_gap(visit, rows, summary, GAP_NOT_AGREED,
		       "No agreement lets you see anything of these for your purpose",
		       " They may or may not know this resident.");
	put_source_gap(visit, rows, summary, GAP_PART,
		       "Of these services you may see a part, and nothing in it is about this resident",
		       " The rest may be.");
	put_source_gap(visit, rows, summary, GAP_NO_RECORD, "No record of these services was matched to this resident",
		       " That does not prove that the service does not know them.");
	if (summary->notes_waiting)
		put_format(add_object(rows), "text", "%lld case %s not read yet, and not spoken of here.",
			   (long long)summary->notes_waiting, summary->notes_waiting == 1 ? "note is" : "notes are");
	put_bool(object, "has_gaps", rows->count > 0);
}

static struct text variant_words(struct arena *arena, const struct view_variant *variant)
{
	struct text sources = source_titles(arena, variant->sources, variant->source_count);
	return arena_format(arena, "%.*s (%.*s)", TEXT_ARG(variant->value.shown), TEXT_ARG(sources));
}

/* Where sources disagree now: all that they say, side by side. */
static void put_conflicts(struct visit *visit, struct value *object, const struct view_resident *view)
{
	struct value *rows = put_array(object, "conflicts");
	for (size_t i = 0; i < view->identity_count; i++) {
		const struct view_identity *identity = &view->identity[i];
		if (!identity->differs)
			continue;
		struct value *row = add_object(rows), *values;
		put_text(row, "title", identity->element->title);
		values = put_array(row, "values");
		for (size_t n = 0; n < identity->variant_count; n++)
			if (identity->variants[n].current && !identity->variants[n].value.withheld)
				add_text(values, variant_words(visit->arena, &identity->variants[n]));
	}
	for (size_t i = 0; i < view->conflict_count; i++) {
		struct value *row = add_object(rows);
		put_string(row, "title", "Home");
		add_text(put_array(row, "values"), view->conflicts[i].words);
	}
	put_bool(object, "has_conflicts", rows->count > 0);
}

/* ---- in words for the family ------------------------------------------------------------------------------ */

static void put_explanations(struct visit *visit, struct value *object, const struct view_summary *summary)
{
	const struct profile_purpose *purpose = visit->viewer.purpose;
	put_bool(object, "has_explanations", summary->source_count > 0);
	struct value *rows = put_array(object, "explanations");
	for (size_t i = 0; i < summary->source_count; i++) {
		const struct summary_source *source = &summary->sources[i];
		struct text owner = source->source->owner, as_at = document_long_date(visit->arena, source->as_at);
		struct value *row = add_object(rows);
		put_text(row, "service", source->source->title);
		put_format(row, "text",
			   "\xe2\x80\x9cThe records of %.*s say so, as they were on %.*s.%s%.*s%s%s%.*s%s You can ask "
			   "to see what "
			   "is held about you, and say if it is wrong.\xe2\x80\x9d",
			   TEXT_ARG(source->source->title), TEXT_ARG(as_at), owner.len ? " They are kept by " : "",
			   TEXT_ARG(owner), owner.len ? "." : "",
			   source->agreement ? " We may read them because of an agreement between the services: " : "",
			   TEXT_ARG(source->agreement ? source->agreement->title : TEXT("")),
			   source->agreement ? "." : "");
	}
	put_text(object, "purpose_text", purpose ? purpose->description : TEXT_ABSENT);
}

void put_summary_terms(struct visit *visit, const bool *used)
{
	struct value *terms = put_array(visit->document, "glossary");
	for (size_t i = 0; i < visit->profile->terms.count; i++) {
		const struct profile_term *term = &visit->profile->terms.at[i];
		if (!used[i])
			continue;
		struct value *row = add_object(terms);
		put_format(row, "anchor", "term-%s", term->id.at);
		put_text(row, "term", term->term);
		put_text(row, "means", term->means);
	}
	put_bool(visit->document, "has_glossary", terms->count > 0);
}

void put_summary_sentences(struct visit *visit, struct value *object, const struct view_summary *summary,
			   const struct view_resident *view)
{
	put_headings(visit, object, summary, view->resident_id);
	put_withheld(object, summary);
	put_conflicts(visit, object, view);
}

void put_summary_layouts(struct visit *visit, const struct profile_layout *layout)
{
	struct value *document = visit->document;
	put_text(document, "layout", layout->id);
	put_text(document, "layout_title", layout->title);
	struct value *options = put_array(document, "layout_options");
	for (size_t i = 0; i < visit->profile->layouts.count; i++)
		put_option(options, visit->profile->layouts.at[i].id, visit->profile->layouts.at[i].title, layout->id);
	put_long_instant(document, "made_text", instant_now());
	put_text(document, "made_for", visit->viewer.username);
}

/* ---- the page ------------------------------------------------------------------------------------------------ */

/* A date field takes a day and nothing else. */
static struct text day_written(const struct visit *visit, const char *name)
{
	date day;
	struct text written = visit_query(visit, name);
	return date_parse_iso(written, &day) ? written : TEXT("");
}

static void put_head(struct visit *visit, const struct view_resident *view, const struct view_summary *summary,
		     instant since)
{
	struct value *document = visit->document;
	put_id(document, "id", view->resident_id);
	put_href(document, "resident_href", "residents", view->resident_id);
	put_text(document, "name", view->name.len ? view->name : TEXT("Name withheld"));
	put_birth(document, "born_text", view->person.date_of_birth);
	put_age(document, "age_text", view->person.date_of_birth, view->person.date_of_death, 0);
	put_summary_layouts(visit, summary->layout);
	put_text(document, "since", day_written(visit, "since"));
	put_long_date(document, "since_text", since == INSTANT_UNKNOWN ? DATE_UNKNOWN : instant_date(since));
	put_int(document, "new_count", (int64_t)summary->new_count);
	put_format(document, "counts", "%zu %s from %zu %s", summary->sentence_count,
		   summary->sentence_count == 1 ? "sentence" : "sentences", summary->source_count,
		   summary->source_count == 1 ? "service" : "services");
}

static void put_terms(struct visit *visit, const struct view_summary *summary)
{
	bool *used = ARENA_ARRAY(visit->arena, visit->profile->terms.count, bool);
	for (size_t i = 0; i < summary->term_count; i++)
		used[summary->terms[i]->number] = true;
	put_summary_terms(visit, used);
}

/* What came since a day that was asked for, or since the viewer last looked. */
static enum status since_of(struct visit *visit, int64_t resident_id, instant *since, struct error *error)
{
	date day;
	struct store *desk;
	struct text written = visit_query(visit, "since");
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = seen_look(visit->site->seen, desk, visit->viewer.user_id, resident_id, instant_now(), since,
				   error);
	if (status != STATUS_OK || !written.len)
		return status;
	if (date_parse_iso(written, &day) && day <= date_today())
		*since = instant_of_date(day);
	else
		visit_form_error(visit, "since", "Date must be a real day up to today, such as 31 March 2024");
	return STATUS_OK;
}

static enum status summary_page(struct visit *visit, const struct disclosure_resident *answer, struct error *error)
{
	struct view_resident view;
	struct view_summary summary;
	struct summary_question question = {.today = date_today()};
	question.layout = profile_layout(visit->profile, visit_query(visit, "layout"), visit->viewer.role);
	if (!question.layout)
		return error_set(error, STATUS_NOT_FOUND, "summary.layout", "The profile has no layout for summaries.");
	enum status status = since_of(visit, answer->resident_id, &question.since, error);
	if (status == STATUS_OK)
		status = summary_feed_states(visit, &question.feeds, error);
	if (status == STATUS_OK)
		status = summary_read_flags(visit, answer->resident_id, &question.flags, error);
	if (status == STATUS_OK)
		status = interventions_read(&question.compared, &question.compared_count, visit->profile, visit->data,
					    visit->arena, error);
	if (status != STATUS_OK)
		return status;
	view_resident(&view, visit->profile, answer, question.since, question.today, visit->arena);
	view_summary(&summary, visit->profile, answer, &view, &question, visit->arena);
	put_head(visit, &view, &summary, question.since);
	put_summary_sentences(visit, visit->document, &summary, &view);
	put_gaps(visit, visit->document, &summary);
	put_explanations(visit, visit->document, &summary);
	put_terms(visit, &summary);
	return visit_page(
		visit, "summary",
		arena_copy(visit->arena, arena_format(visit->arena, "Summary: %.*s", TEXT_ARG(summary.name))));
}

static enum status open_summary(struct visit *visit, int64_t id, struct error *error)
{
	char now[ID_TEXT_SIZE];
	struct disclosure_resident answer;
	struct glass_held held;
	struct disclosure_question question = {
		.viewer = &visit->viewer, .subject_id = id, .on = DATE_UNKNOWN, .readings = true};
	enum status status = glass_take(visit, id, &held, error);
	if (status != STATUS_OK)
		return status;
	question.pass = held.found ? &held.pass : NULL;
	status = disclosure_open_resident(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND && !strcmp(error->code, "disclosure.moved")) {
		visit->answered = true;
		return visit_redirect(visit, "/residents/%s/summary", id_format(answer.entry.subject_id, now));
	}
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_opened_resident(visit, &answer);
	if (answer.by_pass)
		glass_use(visit, &held);
	return summary_page(visit, &answer, error);
}

enum status page_summary(struct visit *visit, struct error *error)
{
	int64_t id;
	return visit_id_parameter(visit, 0, &id) ? open_summary(visit, id, error) : visit_not_found(error);
}

/* For a link in a case-management system, which knows its own number for the client. */
enum status page_summary_by_source(struct visit *visit, struct error *error)
{
	int64_t id;
	const struct profile_source *source = profile_source(visit->profile, visit->parameters[0]);
	if (!source)
		return visit_not_found(error);
	enum status status = disclosure_resident_of_client(visit->snapshot->disclosure, &visit->viewer, source,
							   visit->parameters[1], &id, error);
	return status == STATUS_OK ? open_summary(visit, id, error) : status;
}
