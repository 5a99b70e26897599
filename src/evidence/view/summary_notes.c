/* Factors, as the profile defines them: what was read in case notes, a sentence for each way in which a factor is
 * spoken of, and events that came often enough. The words of the notes are not here: each sentence leads to the notes,
 * where they are marked. */
#include "view/summary_int.h"

#include "base/memory.h"

enum note_mention note_mention_of(const struct note_flag *flag)
{
	if (flag->verdict != NOTE_NO_VERDICT || flag->question || flag->time == NOTE_HYPOTHETICAL)
		return MENTION_COUNT;
	if (flag->whose == NOTE_FAMILY && flag->polarity == NOTE_AFFIRMED)
		return MENTION_FAMILY;
	if (flag->whose != NOTE_SUBJECT)
		return MENTION_COUNT;
	if (note_flag_counts(flag))
		return MENTION_NOW;
	if (flag->polarity == NOTE_NEGATED)
		return flag->time == NOTE_CURRENT ? MENTION_NONE : MENTION_COUNT;
	if (flag->time == NOTE_PAST && flag->polarity == NOTE_AFFIRMED)
		return MENTION_PAST;
	return MENTION_POSSIBLE; /* said to be possible, feared for the future, or hearsay */
}

static const struct disclosed_row *note_row(const struct disclosure_resident *answer, const struct profile_feed *feed,
					    const struct note_flag *flag)
{
	for (size_t i = 0; i < answer->row_count; i++) {
		const struct disclosed_row *row = &answer->rows[i];
		if (row->origin.row_key == flag->row_key && row->origin.record_id == flag->record_id &&
		    row->origin.feed == feed && row->newest && !row->presence_only)
			return row;
	}
	return NULL;
}

static bool same_note(const struct note_flag *a, const struct note_flag *b)
{
	return a->row_key == b->row_key && a->record_id == b->record_id && text_equal(a->feed_id, b->feed_id);
}

const struct disclosed_row **note_rows(const struct disclosure_resident *answer, const struct profile *profile,
				       const struct note_flags *flags, struct arena *arena)
{
	const struct disclosed_row **rows = ARENA_ARRAY(arena, flags->count, const struct disclosed_row *);
	for (size_t i = 0; i < flags->count; i++) /* flags of one note stand together */
		rows[i] = i && same_note(&flags->at[i], &flags->at[i - 1])
				  ? rows[i - 1]
				  : note_row(answer, profile_feed(profile, flags->at[i].feed_id), &flags->at[i]);
	return rows;
}

bool note_may_be_read(const struct profile *profile, const struct summary_feed *feeds, const struct note_flag *flag)
{
	const struct profile_feed *feed = profile_feed(profile, flag->feed_id);
	return feed && feeds && feeds[feed->number].notes;
}

struct noted { /* the notes that speak of a factor in one way */
	struct dated *rows;
	size_t count, capacity;
	size_t alleged;   /* flags that are claims, and not established */
	struct text role; /* of the family */
	bool worse, better;
};

/* Flags come note by note: a note is counted once. */
static void take_flag(struct noted *noted, const struct disclosed_row *row, const struct note_flag *flag)
{
	noted->alleged += flag->certainty == NOTE_ALLEGED || flag->certainty == NOTE_HEARSAY;
	noted->worse |= flag->trend == NOTE_WORSENING;
	noted->better |= flag->trend == NOTE_IMPROVING || flag->trend == NOTE_RESOLVED;
	if (!noted->role.len)
		noted->role = flag->role;
	if (noted->count && noted->rows[noted->count - 1].row == row)
		return;
	ARRAY_GROW(noted->rows, noted->count, noted->capacity);
	noted->rows[noted->count++] = (struct dated){row, flag->on};
}

/* "Domestic violence" in the middle of a sentence. */
static struct text inside(struct arena *arena, struct text name)
{
	char *words = arena_copy(arena, name);
	bool abbreviation = name.len > 1 && name.at[1] >= 'A' && name.at[1] <= 'Z';
	if (name.len && name.at[0] >= 'A' && name.at[0] <= 'Z' && !abbreviation)
		words[0] = (char)(name.at[0] - 'A' + 'a');
	return text_slice(words, name.len);
}

static struct text in_notes(struct arena *arena, const struct noted *noted)
{
	struct text on = noted->rows[0].on == DATE_UNKNOWN ? TEXT_ABSENT : sentence_date(noted->rows[0].on, arena);
	if (noted->count == 1)
		return on.len ? arena_format(arena, "in a case note of %.*s", TEXT_ARG(on)) : TEXT("in a case note");
	return arena_format(arena, "in %zu case notes%s%.*s", noted->count, on.len ? ", most recently of " : "",
			    TEXT_ARG(on));
}

static struct text words_of(struct summing *s, const struct profile_factor *factor, enum note_mention mention,
			    const struct noted *noted)
{
	struct arena *arena = s->v.arena;
	struct text name = inside(arena, factor->name), where = in_notes(arena, noted);
	bool risk = factor->category == FACTOR_RISK;
	const char *trend = noted->worse && !noted->better   ? " It is described as getting worse."
			    : noted->better && !noted->worse ? " It is described as getting better."
							     : "";
	switch (mention) {
	case MENTION_NOW:
		return arena_format(arena, "%s %.*s %s recorded %.*s.%s", risk ? "Concern about" : "A mention of",
				    TEXT_ARG(name), "is", TEXT_ARG(where), trend);
	case MENTION_POSSIBLE:
		return arena_format(arena, "%.*s is mentioned as possible, feared or heard of %.*s.",
				    TEXT_ARG(factor->name), TEXT_ARG(where));
	case MENTION_PAST:
		return arena_format(arena, "%.*s in the past is mentioned %.*s.", TEXT_ARG(factor->name),
				    TEXT_ARG(where));
	case MENTION_FAMILY:
		return arena_format(arena, "%.*s is mentioned of somebody else in the family%s%.*s%s %.*s.",
				    TEXT_ARG(factor->name), noted->role.len ? " (" : "", TEXT_ARG(noted->role),
				    noted->role.len ? ")" : "", TEXT_ARG(where));
	default:
		return arena_format(arena, "That there is no %.*s is recorded %.*s.", TEXT_ARG(name), TEXT_ARG(where));
	}
}

/* Half a year against the half before, back from the day up to which notes were delivered. */
static void put_trend(struct summing *s, const struct profile_factor *factor, const struct noted *noted)
{
	enum { MONTHS = 6 };
	date end = noted->rows[0].row->origin.data_as_at;
	size_t now = 0, before = 0, used = 0;
	if (end == DATE_UNKNOWN || end > s->question->today)
		end = s->question->today;
	date middle = date_add_months(end, -MONTHS), begin = date_add_months(end, -2 * MONTHS);
	for (size_t i = 0; i < noted->count; i++) {
		if (noted->rows[i].on == DATE_UNKNOWN || noted->rows[i].on > end || noted->rows[i].on <= begin)
			continue;
		(*(noted->rows[i].on > middle ? &now : &before))++;
		noted->rows[used++] = noted->rows[i];
	}
	const char *how = summary_direction(now, before);
	if (!how || !summary_known_since(s, noted->rows[0].row->origin.feed->source, begin))
		return;
	struct arena *arena = s->v.arena;
	struct text in_now = summary_number(arena, now), in_before = summary_number(arena, before);
	summary_add(
		s, factor->id,
		arena_format(arena, "%s %.*s are recorded %s: %.*s %s in the %d months to %.*s, %.*s in the %d before.",
			     factor->category == FACTOR_RISK ? "Concerns about" : "Mentions of",
			     TEXT_ARG(inside(arena, factor->name)), how, TEXT_ARG(in_now), now == 1 ? "note" : "notes",
			     MONTHS, TEXT_ARG(sentence_date(end, arena)), TEXT_ARG(in_before), MONTHS),
		NATURE_NOTE, noted->rows, used);
}

/* Flags come for every feed, whoever asks. That there is something of a feed is told of those alone that the viewer may
 * know of, where the answer has a row of it for this resident. */
static bool may_be_told_of(const struct summing *s, const struct profile_feed *feed)
{
	if (!s->question->feeds || !s->question->feeds[feed->number].visible)
		return false;
	for (size_t i = 0; i < s->v.answer->row_count; i++)
		if (s->v.answer->rows[i].origin.feed == feed)
			return true;
	return false;
}

int64_t summary_notes_waiting(const struct summing *s)
{
	const struct note_flags *flags = s->question->flags;
	int64_t waiting = 0;
	for (size_t i = 0; flags && i < flags->feed_count; i++) {
		const struct profile_feed *feed = profile_feed(s->v.profile, flags->feeds[i].feed_id);
		if (feed && may_be_told_of(s, feed))
			waiting += flags->feeds[i].waiting;
	}
	return waiting;
}

static void count_withheld(struct summing *s, const struct note_flag *flag, bool *counted)
{
	const struct profile_feed *feed = profile_feed(s->v.profile, flag->feed_id);
	if (!feed || counted[feed->number])
		return;
	counted[feed->number] = true;
	if (!may_be_told_of(s, feed))
		return;
	summary_withhold(s, feed, 1);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static bool is_one_of(const struct profile_event_rule *rule, struct text kind)
{
	for (size_t i = 0; i < rule->kind_count; i++)
		if (text_equal(rule->kinds[i], kind))
			return true;
	return false;
}

/* The factor is also there when enough of its events came in the time before: "Two or more missing episodes". */
static void put_events(struct summing *s, const struct profile_factor *factor, const struct profile_event_rule *rule)
{
	date begin = date_add_months(s->question->today, -rule->months);
	struct dated *rows = ARENA_ARRAY(s->v.arena, s->view->event_count, struct dated);
	size_t count = 0;
	for (size_t i = 0; i < s->view->event_count; i++) { /* the newest first */
		const struct view_event *event = &s->view->events[i];
		if (!event->factor && !event->ahead && event->on != DATE_UNKNOWN && event->on > begin &&
		    is_one_of(rule, event->kind))
			rows[count++] = (struct dated){summary_row_of(event->origin), event->on};
	}
	if (!count || count < (size_t)rule->at_least)
		return;
	summary_add(s, factor->id,
		    arena_format(s->v.arena,
				 "%.*s, by events: %.*s. There %s %zu in the last %d months, the latest on %.*s.",
				 TEXT_ARG(factor->name), TEXT_ARG(rule->says), count == 1 ? "is" : "are", count,
				 rule->months, TEXT_ARG(sentence_date(rows[0].on, s->v.arena))),
		    NATURE_FACT, rows, count);
}

void summary_put_factor(struct summing *s, const struct profile_factor *factor, unsigned mentions)
{
	struct noted noted[MENTION_COUNT] = {0};
	const struct note_flags *flags = s->question->flags;
	bool *counted = ARENA_ARRAY(s->v.arena, s->v.profile->feeds.count, bool);
	for (size_t i = 0; flags && i < flags->count; i++) {
		const struct note_flag *flag = &flags->at[i];
		enum note_mention mention = note_mention_of(flag);
		if (flag->factor != factor || mention == MENTION_COUNT || !(mentions >> mention & 1))
			continue;
		const struct disclosed_row *row =
			note_may_be_read(s->v.profile, s->question->feeds, flag) ? s->note_rows[i] : NULL;
		if (row)
			take_flag(&noted[mention], row, flag);
		else
			count_withheld(s, flag, counted);
	}
	for (int m = 0; m < MENTION_COUNT; m++) {
		if (!noted[m].count || (m == MENTION_NONE && !noted[MENTION_NOW].count))
			continue; /* "there is none" is worth a sentence where another note says that there is */
		summary_add(s, factor->id, words_of(s, factor, (enum note_mention)m, &noted[m]),
			    noted[m].alleged ? NATURE_ALLEGATION : NATURE_NOTE, noted[m].rows, noted[m].count);
		if (m == MENTION_NOW)
			put_trend(s, factor, &noted[m]);
	}
	for (size_t i = 0; i < factor->event_count && (mentions & 1 << MENTION_NOW); i++)
		put_events(s, factor, &factor->events[i]);
	for (int m = 0; m < MENTION_COUNT; m++)
		free(noted[m].rows);
}
