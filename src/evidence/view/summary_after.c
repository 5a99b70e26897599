/* What was compared over time: trends, what followed an intervention, and what cannot be known. */
#include "view/summary_int.h"

#include "base/memory.h"

/* ---- trends ------------------------------------------------------------------------------------------------- */

/* Whether the source knew the resident on DAY: only then "none before" says something. */
bool summary_known_since(const struct summing *s, const struct profile_source *source, date day)
{
	for (size_t i = 0; i < s->v.answer->row_count; i++) {
		const struct disclosed_row *row = &s->v.answer->rows[i];
		date from = row->valid_from != DATE_UNKNOWN ? row->valid_from : row->origin.as_at;
		if (row->origin.feed->source == source && from != DATE_UNKNOWN && from <= day)
			return true;
	}
	return false;
}

static const struct summary_feed *feed_state(const struct summing *s, const struct profile_feed *feed)
{
	return s->question->feeds ? &s->question->feeds[feed->number] : NULL;
}

/* Twice as many, and two more at least: less is told by the numbers alone. */
const char *summary_direction(size_t now, size_t before)
{
	if (now >= 3 && now >= 2 * before && now >= before + 2)
		return "more often";
	if (before >= 3 && before >= 2 * now && before >= now + 2)
		return "less often";
	return NULL;
}

struct text summary_number(struct arena *arena, size_t count)
{
	return count ? arena_format(arena, "%zu", count) : TEXT("none");
}

/* Two periods of the same length, counted back from the day up to which the data is known. */
void summary_put_trend(struct summing *s, const struct profile_sentence *rule, const struct dated *rows, size_t count)
{
	date end = rows[0].row->origin.data_as_at;
	size_t now = 0, before = 0, later = 0;
	if (end == DATE_UNKNOWN || end > s->question->today)
		end = s->question->today;
	date middle = date_add_months(end, -rule->trend), begin = date_add_months(end, -2 * rule->trend);
	while (later < count && rows[later].on != DATE_UNKNOWN && rows[later].on > end)
		later++;
	for (size_t i = later; i < count && rows[i].on != DATE_UNKNOWN && rows[i].on > begin; i++)
		(*(rows[i].on > middle ? &now : &before))++;
	const char *how = summary_direction(now, before);
	if (!how || !summary_known_since(s, rule->feed->source, begin))
		return;
	struct text in_now = summary_number(s->v.arena, now), in_before = summary_number(s->v.arena, before);
	summary_add(s, rule->id,
		    arena_format(s->v.arena,
				 "%.*s are recorded %s: %.*s in the %d months to %.*s, %.*s in the %d months before.",
				 TEXT_ARG(rule->trend_of), how, TEXT_ARG(in_now), rule->trend,
				 TEXT_ARG(sentence_date(end, s->v.arena)), TEXT_ARG(in_before), rule->trend),
		    rule->nature, rows + later, now + before);
}

/* ---- interventions ------------------------------------------------------------------------------------------- */

struct following {          /* what came in the months after one intervention */
	struct dated *rows; /* the intervention itself, then the rows of what followed */
	size_t count, capacity;
	struct buf words, missing;
	date until;
};

const struct disclosed_row *summary_row_of(const struct disclosed_origin *origin)
{
	const char *at = (const char *)origin - offsetof(struct disclosed_row, origin);
	return (const struct disclosed_row *)at;
}

static struct text kind_words(struct arena *arena, struct text kind)
{
	char *words = arena_copy(arena, kind);
	for (size_t i = 0; i < kind.len; i++)
		if (words[i] == '_')
			words[i] = ' ';
	return text_slice(words, kind.len);
}

/* Whether a row of the event's feed hides the day of the event, or whether it was one. */
static bool hides_event(const struct summing *s, const struct profile_event *event)
{
	for (size_t i = 0; i < s->v.answer->row_count; i++) {
		const struct disclosed_row *row = &s->v.answer->rows[i];
		const struct disclosed_value *day =
			row->origin.feed == event->feed ? row_value(row, event->date) : NULL;
		if (row->origin.feed == event->feed &&
		    (row->presence_only || (day && day->withheld) || row_needs_withheld(row, &event->when, NULL, 0)))
			return true;
	}
	return false;
}

static bool is_refused(const struct summing *s, const struct profile_feed *feed)
{
	for (size_t i = 0; i < s->v.answer->refusal_count; i++)
		if (s->v.answer->refusals[i].feed == feed && !s->v.answer->refusals[i].partly)
			return true;
	return false;
}

/* Whether nothing is hidden from the reader of such events of this resident, and there is data at all. */
static bool may_conclude(struct summing *s, const struct profile_event *event, date *until)
{
	const struct summary_feed *state = feed_state(s, event->feed);
	if (!state || state->as_at == DATE_UNKNOWN)
		return false;
	if (!state->visible || is_refused(s, event->feed) || hides_event(s, event)) {
		summary_withhold(s, event->feed, state->visible);
		return false;
	}
	if (state->as_at < *until)
		*until = state->as_at;
	return true;
}

static void follow(struct summing *s, const struct profile_event *rule, date from, date until, struct following *f)
{
	struct text words = kind_words(s->v.arena, rule->kind);
	size_t found = 0;
	for (size_t i = s->view->event_count; i-- > 0;) { /* oldest first */
		const struct view_event *event = &s->view->events[i];
		if (event->origin->feed != rule->feed || !text_equal(event->kind, rule->kind) || event->on < from ||
		    event->on > until || event->origin == &f->rows[0].row->origin)
			continue;
		buf_format(&f->words, "%s%.*s on %.*s", f->words.len ? "; " : "", TEXT_ARG(words),
			   TEXT_ARG(sentence_date(event->on, s->v.arena)));
		ARRAY_GROW(f->rows, f->count, f->capacity);
		f->rows[f->count++] = (struct dated){summary_row_of(event->origin), event->on};
		found++;
	}
	if (!found)
		buf_format(&f->missing, "%s%.*s", f->missing.len ? ", " : "", TEXT_ARG(words));
}

static void say_followed(struct summing *s, const struct profile_intervention *rule, const struct dated *row,
			 date ended)
{
	date full = date_add_months(ended, rule->months);
	struct following f = {.until = full < s->question->today ? full : s->question->today};
	buf_init(&f.words, 16 << 10);
	buf_init(&f.missing, 16 << 10);
	ARRAY_GROW(f.rows, f.count, f.capacity);
	f.rows[f.count++] = *row;
	bool *may = ARENA_ARRAY(s->v.arena, rule->followed_count, bool);
	for (size_t i = 0; i < rule->followed_count; i++)
		may[i] = may_conclude(s, rule->followed_by[i], &f.until);
	for (size_t i = 0; i < rule->followed_count && f.until > ended; i++)
		if (may[i])
			follow(s, rule->followed_by[i], ended, f.until, &f);
	struct text period = f.until < full ? arena_format(s->v.arena, "From then to %.*s, as far as the data goes",
							   TEXT_ARG(sentence_date(f.until, s->v.arena)))
					    : arena_format(s->v.arena, "In the %d months after that", rule->months);
	if (f.words.len)
		summary_add(s, rule->id,
			    arena_format(s->v.arena, "%.*s: %.*s.%s%.*s%s", TEXT_ARG(period),
					 TEXT_ARG(buf_text(&f.words)),
					 f.missing.len ? " Not recorded in that time: " : "",
					 TEXT_ARG(buf_text(&f.missing)), f.missing.len ? "." : ""),
			    NATURE_FACT, f.rows, f.count);
	else if (f.missing.len)
		summary_add(s, rule->id,
			    arena_format(s->v.arena, "%.*s, none of these is recorded: %.*s.", TEXT_ARG(period),
					 TEXT_ARG(buf_text(&f.missing))),
			    NATURE_FACT, f.rows, f.count);
	free(f.rows);
	buf_release(&f.words);
	buf_release(&f.missing);
}

static const struct summary_comparison *comparison_of(const struct summing *s, const struct profile_intervention *rule)
{
	for (size_t i = 0; i < s->question->compared_count; i++)
		if (s->question->compared[i].intervention == rule &&
		    s->question->compared[i].cases >= SUMMARY_CASES_LEAST)
			return &s->question->compared[i];
	return NULL;
}

/* A small count could point at somebody. */
static struct text few(struct arena *arena, int64_t count)
{
	return count > 0 && count < 5 ? TEXT("fewer than 5") : arena_format(arena, "%lld", (long long)count);
}

static void say_compared(struct summing *s, const struct profile_intervention *rule, const struct dated *row)
{
	const struct summary_comparison *c = comparison_of(s, rule);
	if (!c)
		return;
	struct buf words;
	buf_init(&words, 16 << 10);
	for (size_t i = 0; i < rule->followed_count; i++)
		if (c->followed[i] >= 0)
			buf_format(&words, "%s%.*s in %.*s", words.len ? ", " : "",
				   TEXT_ARG(kind_words(s->v.arena, rule->followed_by[i]->kind)),
				   TEXT_ARG(few(s->v.arena, c->followed[i])));
	summary_add(
		s, rule->id,
		arena_format(s->v.arena,
			     "%.*s: it ended %lld times for anybody in the borough, %d months ago or longer. After "
			     "%.*s of these at least one of the following came within %d months: %.*s. The numbers are "
			     "about others, who differ from this case in ways that are not recorded, and do not say "
			     "what caused what.",
			     TEXT_ARG(rule->title), (long long)c->cases, rule->months,
			     TEXT_ARG(few(s->v.arena, c->followed_by_any)), rule->months, TEXT_ARG(buf_text(&words))),
		NATURE_MODEL, row, 1);
	buf_release(&words);
}

static void put_intervention(struct summing *s, const struct profile_intervention *rule)
{
	struct dated *rows;
	struct text words;
	bool said = false;
	size_t count = summary_rows(s, rule->feed, rule->end, true, &rows);
	const struct dated *last = NULL;
	for (size_t i = 0; i < count; i++) {
		struct saying saying = {&rows[i], 1, rule};
		if (rows[i].row->presence_only ||
		    row_needs_withheld(rows[i].row, NULL, rule->pieces, rule->piece_count)) {
			summary_withhold(s, rule->feed, 1);
			continue;
		}
		if (rows[i].on == DATE_UNKNOWN || rows[i].on > s->question->today ||
		    sentence_say(s, rule->pieces, rule->piece_count, &saying, &words) != SAID)
			continue;
		summary_add(s, rule->id, words, NATURE_FACT, &rows[i], 1);
		say_followed(s, rule, &rows[i], rows[i].on);
		last = &rows[i];
		said = true;
	}
	if (said)
		say_compared(s, rule, last);
	free(rows);
}

void summary_put_interventions(struct summing *s)
{
	for (size_t i = 0; i < s->v.profile->interventions.count; i++)
		put_intervention(s, &s->v.profile->interventions.at[i]);
}

/* ---- what is not known ----------------------------------------------------------------------------------------- */

static bool source_has_rows(const struct summing *s, const struct profile_source *source)
{
	for (size_t i = 0; i < s->v.answer->row_count; i++)
		if (s->v.answer->rows[i].origin.feed->source == source)
			return true;
	for (size_t i = 0; i < s->v.answer->refusal_count; i++)
		if (s->v.answer->refusals[i].feed->source == source)
			return true;
	return false;
}

/* The feeds that sentences of the layout rest on; each once. */
static void mark_feeds(const struct summing *s, bool *used)
{
	const struct profile_layout *layout = s->question->layout;
	for (size_t h = 0; h < layout->heading_count; h++) {
		const struct profile_heading *heading = &layout->headings[h];
		for (size_t i = 0; i < heading->sentence_count; i++)
			used[heading->sentences[i]->feed->number] = true;
	}
}

struct source_gap { /* of a source's feeds that the layout uses */
	bool used, loaded, visible;
	bool hidden; /* some feed of it, whether the layout uses it or not, may not be seen at all */
};

static void add_gap(struct summary_gap *gaps, size_t *count, enum gap_kind kind, const struct profile_source *source,
		    const struct summary_feed *feed)
{
	gaps[(*count)++] = (struct summary_gap){kind, source, feed ? feed->feed : NULL,
						feed ? feed->as_at : DATE_UNKNOWN, feed ? feed->due : DATE_UNKNOWN};
}

void summary_put_gaps(struct summing *s)
{
	const struct profile *profile = s->v.profile;
	bool *used = ARENA_ARRAY(s->v.arena, profile->feeds.count, bool);
	struct source_gap *sources = ARENA_ARRAY(s->v.arena, profile->sources.count, struct source_gap);
	struct summary_gap *gaps =
		ARENA_ARRAY(s->v.arena, profile->feeds.count + profile->sources.count, struct summary_gap);
	size_t count = 0;
	mark_feeds(s, used);
	for (size_t i = 0; s->question->feeds && i < profile->feeds.count; i++) {
		const struct summary_feed *feed = &s->question->feeds[i];
		struct source_gap *source = &sources[feed->feed->source->number];
		source->hidden |= !feed->visible && feed->feed->about == ABOUT_RESIDENTS;
		if (!used[i])
			continue;
		source->used = true;
		source->loaded |= feed->as_at != DATE_UNKNOWN;
		source->visible |= feed->visible;
		if (feed->as_at == DATE_UNKNOWN || feed->late)
			add_gap(gaps, &count, feed->late ? GAP_LATE : GAP_NEVER, feed->feed->source, feed);
	}
	for (size_t i = 0; i < profile->sources.count; i++) {
		const struct profile_source *source = &profile->sources.at[i];
		if (sources[i].used && !sources[i].visible)
			add_gap(gaps, &count, GAP_NOT_AGREED, source, NULL);
		else if (sources[i].used && sources[i].loaded && !source_has_rows(s, source))
			add_gap(gaps, &count, sources[i].hidden ? GAP_PART : GAP_NO_RECORD, source, NULL);
	}
	s->out->gaps = gaps;
	s->out->gap_count = count;
}
