/* Which rows each sentence of a layout rests on, and what is withheld. */
#include "view/summary_int.h"

#include "base/memory.h"

/* ---- rows ------------------------------------------------------------------------------------------------- */

static date row_day(const struct disclosed_row *row, const struct profile_element *element)
{
	date d;
	if (!element)
		return row->valid_from;
	return date_parse(row_text(row, element), "YYYY-MM-DD", 0, &d) ? d : DATE_UNKNOWN;
}

static int compare_dated(const void *left, const void *right)
{
	const struct dated *a = left, *b = right;
	if (a->on != b->on) {
		if (a->on == DATE_UNKNOWN || b->on == DATE_UNKNOWN)
			return a->on == DATE_UNKNOWN ? 1 : -1;
		return a->on > b->on ? -1 : 1;
	}
	return (a->row > b->row) - (a->row < b->row);
}

size_t summary_rows(struct summing *s, const struct profile_feed *feed, const struct profile_element *on, bool ever,
		    struct dated **out)
{
	size_t count = 0, capacity = 0;
	struct dated *rows = NULL;
	for (size_t i = 0; i < s->v.answer->row_count; i++) {
		const struct disclosed_row *row = &s->v.answer->rows[i];
		if (row->origin.feed != feed || !row->newest || (row->ended && !ever))
			continue;
		ARRAY_GROW(rows, count, capacity);
		rows[count++] = (struct dated){row, row_day(row, on)};
	}
	if (count > 1)
		qsort(rows, count, sizeof *rows, compare_dated);
	*out = rows;
	return count;
}

static bool withheld_in(const struct disclosed_row *row, const struct profile_element *element)
{
	const struct disclosed_value *value = element ? row_value(row, element) : NULL;
	return value && value->withheld;
}

bool row_needs_withheld(const struct disclosed_row *row, const struct profile_condition *condition,
			const struct sentence_piece *pieces, size_t count)
{
	bool maybe = false;
	for (size_t i = 0; condition && i < condition->count; i++) {
		const struct profile_comparison *c = &condition->comparisons[i];
		if (withheld_in(row, c->left) || (c->right == RIGHT_ELEMENT && withheld_in(row, c->element)))
			return true;
	}
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].kind == PIECE_MAYBE_OPEN || pieces[i].kind == PIECE_MAYBE_CLOSE)
			maybe = pieces[i].kind == PIECE_MAYBE_OPEN;
		if (!maybe && pieces[i].kind == PIECE_ELEMENT && withheld_in(row, pieces[i].element))
			return true;
	}
	return false;
}

/* ---- sentences -------------------------------------------------------------------------------------------- */

static void add_source(struct summing *s, const struct disclosed_row *row)
{
	struct summary_source *sources = (struct summary_source *)s->out->sources;
	const struct profile_source *source = row->origin.feed->source;
	size_t at = 0;
	while (at < s->out->source_count && sources[at].source != source)
		at++;
	if (at == s->out->source_count) {
		s->out->source_count++;
		sources[at] = (struct summary_source){.source = source, .as_at = row->origin.data_as_at};
	}
	sources[at].sentences++;
	if (row->origin.data_as_at > sources[at].as_at)
		sources[at].as_at = row->origin.data_as_at;
	for (size_t i = 0; !sources[at].agreement && i < row->value_count; i++)
		if (!row->values[i].withheld)
			sources[at].agreement = row->values[i].agreement;
}

void summary_add(struct summing *s, struct text id, struct text words, enum sentence_nature nature,
		 const struct dated *rows, size_t row_count)
{
	struct summary_evidence *evidence = ARENA_ARRAY(s->v.arena, row_count, struct summary_evidence);
	struct summary_sentence sentence = {.id = id, .words = words, .nature = nature};
	const struct profile_source *last = NULL;
	for (size_t i = 0; i < row_count; i++) {
		const struct disclosed_row *row = rows[i].row;
		evidence[i] = (struct summary_evidence){&row->origin, rows[i].on, row->origin.feed->title,
							row_is_new(&s->v, row)};
		sentence.is_new |= evidence[i].is_new;
		if (row->origin.feed->source != last)
			add_source(s, row);
		last = row->origin.feed->source;
	}
	sentence.evidence = evidence;
	sentence.evidence_count = row_count;
	summary_put_pieces(s, &sentence);
	ARRAY_GROW(s->sentences, s->count, s->capacity);
	s->sentences[s->count++] = sentence;
	s->out->sentence_count++;
	s->out->new_count += sentence.is_new;
}

static struct text why_not(struct summing *s, const struct profile_feed *feed)
{
	for (size_t i = 0; i < s->v.answer->refusal_count; i++) {
		const struct disclosed_refusal *refusal = &s->v.answer->refusals[i];
		if (refusal->feed == feed)
			return why_withheld(&s->v, refusal->rule, refusal->agreement);
	}
	return TEXT_ABSENT;
}

void summary_withhold(struct summing *s, const struct profile_feed *feed, size_t count)
{
	unsigned source = feed->source->number;
	s->withheld[source] += count;
	if (count && !s->why[source].len)
		s->why[source] = why_not(s, feed);
}

/* A sentence that needs a value which this row does not have is written with what there is: it says so. */
static void say(struct summing *s, const struct profile_sentence *rule, const struct dated *rows, size_t count)
{
	struct text words;
	struct saying saying = {rows, count, NULL};
	enum said said = sentence_say(s, rule->pieces, rule->piece_count, &saying, &words);
	if (said == SAID_WITHHELD) {
		summary_withhold(s, rule->feed, 1);
		return;
	}
	if (said == SAID_NOT_RECORDED)
		words = arena_format(s->v.arena, "%.*s has an entry here without the details that this sentence needs.",
				     TEXT_ARG(rule->feed->title));
	summary_add(s, rule->id, words, rule->nature, rows, count);
}

static bool in_period(const struct summing *s, const struct profile_sentence *rule, date on)
{
	if (!rule->within)
		return true;
	return on != DATE_UNKNOWN && on > date_add_months(s->question->today, -rule->within);
}

/* Those of ROWS that the sentence speaks of come to the front; their number. */
static size_t keep_rows(struct summing *s, const struct profile_sentence *rule, struct dated *rows, size_t count)
{
	size_t kept = 0, withheld = 0;
	for (size_t i = 0; i < count; i++) {
		const struct disclosed_row *row = rows[i].row;
		if (row->presence_only || row_needs_withheld(row, &rule->when, rule->pieces, rule->piece_count) ||
		    withheld_in(row, rule->date))
			withheld++;
		else if (row_holds(&s->v, row, &rule->when) && rows[i].on <= s->question->today)
			rows[kept++] = rows[i];
	}
	if (withheld)
		summary_withhold(s, rule->feed,
				 rule->together                  ? 1
				 : withheld < (size_t)rule->most ? withheld
								 : (size_t)rule->most);
	return kept;
}

static void say_more(struct summing *s, const struct profile_sentence *rule, const struct dated *rows, size_t count)
{
	summary_add(s, rule->id,
		    arena_format(s->v.arena, "%zu more %s like the last in the records.", count,
				 count == 1 ? "entry is" : "entries are"),
		    rule->nature, rows, count);
}

static void put_sentence(struct summing *s, const struct profile_sentence *rule)
{
	struct dated *rows;
	size_t all = summary_rows(s, rule->feed, rule->date, rule->ever, &rows), within = 0;
	size_t count = keep_rows(s, rule, rows, all);
	size_t most = (size_t)rule->most;
	while (within < count && in_period(s, rule, rows[within].on))
		within++;
	if (rule->together && within)
		say(s, rule, rows, within);
	for (size_t i = 0; !rule->together && i < within && i < most; i++)
		say(s, rule, &rows[i], 1);
	if (!rule->together && within > most)
		say_more(s, rule, rows + most, within - most);
	if (rule->trend && count)
		summary_put_trend(s, rule, rows, count);
	free(rows);
}

/* A feed of which nothing was let through has no rows; what could rest on it is counted all the same. */
static void put_refused(struct summing *s, const struct profile_sentence *rule)
{
	for (size_t i = 0; i < s->v.answer->refusal_count; i++) {
		const struct disclosed_refusal *refusal = &s->v.answer->refusals[i];
		if (refusal->feed != rule->feed || refusal->partly)
			continue;
		bool has_rows = false;
		for (size_t r = 0; r < s->v.answer->row_count && !has_rows; r++)
			has_rows = s->v.answer->rows[r].origin.feed == rule->feed;
		if (!has_rows)
			summary_withhold(s, rule->feed, 1);
	}
}

/* What notes say of the past stands under a heading of its own, where the layout has one. */
static void put_factors(struct summing *s, const struct profile_heading *rule)
{
	const struct profile_layout *layout = s->question->layout;
	bool apart = false;
	for (size_t i = 0; i < layout->heading_count; i++)
		apart |= layout->headings[i].past;
	for (size_t i = 0; i < rule->factor_count; i++)
		summary_put_factor(s, rule->factors[i], MENTIONS_PRESENT | (apart ? 0 : MENTIONS_BEHIND));
	for (size_t h = 0; rule->past && h < layout->heading_count; h++)
		for (size_t i = 0; i < layout->headings[h].factor_count; i++)
			summary_put_factor(s, layout->headings[h].factors[i], MENTIONS_BEHIND);
}

static void put_heading(struct summing *s, const struct profile_heading *rule, struct summary_heading *out)
{
	s->named = false;
	s->count = 0;
	for (size_t i = 0; i < rule->sentence_count; i++) {
		put_refused(s, rule->sentences[i]);
		put_sentence(s, rule->sentences[i]);
	}
	put_factors(s, rule);
	if (rule->interventions)
		summary_put_interventions(s);
	struct summary_sentence *kept = ARENA_ARRAY(s->v.arena, s->count, struct summary_sentence);
	if (s->count)
		memcpy(kept, s->sentences, s->count * sizeof *kept);
	*out = (struct summary_heading){rule, kept, s->count};
}

/* ---- the whole ---------------------------------------------------------------------------------------------- */

static void put_withheld(struct summing *s)
{
	struct summary_withheld *withheld =
		ARENA_ARRAY(s->v.arena, s->v.profile->sources.count, struct summary_withheld);
	size_t count = 0;
	for (size_t i = 0; i < s->v.profile->sources.count; i++)
		if (s->withheld[i])
			withheld[count++] =
				(struct summary_withheld){&s->v.profile->sources.at[i], s->withheld[i], s->why[i]};
	s->out->withheld = withheld;
	s->out->withheld_count = count;
}

static void put_terms(struct summing *s)
{
	const struct profile_term **terms =
		ARENA_ARRAY(s->v.arena, s->v.profile->terms.count, const struct profile_term *);
	for (size_t i = 0; i < s->v.profile->terms.count; i++)
		if (s->term_used[i])
			terms[s->out->term_count++] = &s->v.profile->terms.at[i];
	s->out->terms = terms;
}

void view_summary(struct view_summary *out, const struct profile *profile, const struct disclosure_resident *answer,
		  const struct view_resident *view, const struct summary_question *question, struct arena *arena)
{
	const struct profile_layout *layout = question->layout;
	struct summing s = {.out = out,
			    .view = view,
			    .question = question,
			    .v = {NULL, profile, answer, arena, question->since, question->today},
			    .pronoun = sentence_pronoun(answer, profile),
			    .withheld = ARENA_ARRAY(arena, profile->sources.count, size_t),
			    .why = ARENA_ARRAY(arena, profile->sources.count, struct text),
			    .term_used = ARENA_ARRAY(arena, profile->terms.count, bool)};
	struct summary_heading *headings = ARENA_ARRAY(arena, layout->heading_count, struct summary_heading);
	*out = (struct view_summary){.layout = layout,
				     .name = view->name.len ? view->name : TEXT("This resident"),
				     .headings = headings,
				     .heading_count = layout->heading_count,
				     .sources = ARENA_ARRAY(arena, profile->sources.count, struct summary_source)};
	if (question->flags)
		s.note_rows = note_rows(answer, profile, question->flags, arena);
	for (size_t i = 0; i < layout->heading_count; i++)
		put_heading(&s, &layout->headings[i], &headings[i]);
	out->notes_waiting = summary_notes_waiting(&s);
	put_withheld(&s);
	summary_put_gaps(&s);
	put_terms(&s);
	free(s.sentences);
}
