/* What joins the events of the profile's rules: moves, and what was read in case notes. */
#include "base/memory.h"
#include "view/summary_int.h"

/* ---- moves --------------------------------------------------------------------------------------------------- */

/* A row that says that they lived there; NULL when the viewer sees none. */
static const struct disclosed_origin *origin_of(const struct viewing *v, const struct disclosed_residence *residence)
{
	for (size_t c = 0; c < residence->claim_count; c++) {
		const struct disclosed_claim *claim = &residence->claims[c];
		for (size_t i = 0; i < v->answer->row_count; i++) {
			const struct disclosed_row *row = &v->answer->rows[i];
			if (row->newest && row->origin.record_id == claim->record_id &&
			    row->origin.feed == claim->feed && row->property_id == residence->property_id)
				return &row->origin;
		}
	}
	return NULL;
}

static struct view_event move(const struct viewing *v, const struct disclosed_residence *residence, date on,
			      const char *kind, const char *words, const struct disclosed_origin *origin)
{
	bool shown = residence->address.len > 0;
	return (struct view_event){
		.on = on,
		.kind = text_of(kind),
		.title = arena_format(v->arena, "%s %.*s", words,
				      TEXT_ARG(shown ? residence->address : TEXT("an address that is not shown"))),
		.importance = IMPORTANCE_NORMAL,
		.ahead = on > v->today,
		.origin = origin};
}

size_t view_put_moves(struct viewing *v, struct view_event *events)
{
	size_t count = 0;
	for (size_t i = 0; i < v->answer->residence_count; i++) {
		const struct disclosed_residence *residence = &v->answer->residences[i];
		const struct disclosed_origin *origin = origin_of(v, residence);
		if (!origin || text_is(residence->standing, "doubtful"))
			continue;
		if (residence->from != DATE_UNKNOWN)
			events[count++] = move(v, residence, residence->from, "moved_to", "Came to live at", origin);
		if (residence->to != DATE_UNKNOWN)
			events[count++] = move(v, residence, residence->to, "moved_from", "Left", origin);
	}
	return count;
}

/* ---- case notes ------------------------------------------------------------------------------------------------ */

static struct text words_of(struct arena *arena, const struct note_flag *flag, enum note_mention mention)
{
	struct text name = flag->factor->name;
	switch (mention) {
	case MENTION_NOW:
		return arena_format(arena, "%.*s: recorded in a case note", TEXT_ARG(name));
	case MENTION_POSSIBLE:
		return arena_format(arena, "%.*s: mentioned in a case note as possible", TEXT_ARG(name));
	case MENTION_PAST:
		if (flag->year)
			return arena_format(arena, "%.*s: mentioned in a case note as past (about %d)", TEXT_ARG(name),
					    flag->year);
		return arena_format(arena, "%.*s: mentioned in a case note as past", TEXT_ARG(name));
	case MENTION_FAMILY:
		return arena_format(arena, "%.*s: mentioned in a case note, of somebody else in the family",
				    TEXT_ARG(name));
	default:
		return arena_format(arena, "%.*s: a case note says that there is none", TEXT_ARG(name));
	}
}

struct told { /* of one note: what is in the chronology already */
	const struct disclosed_row *row;
	const struct profile_factor *factor;
	enum note_mention mention;
};

static bool is_told(const struct told *told, size_t count, const struct told *what)
{
	for (size_t i = count; i-- > 0 && told[i].row == what->row;)
		if (told[i].factor == what->factor && told[i].mention == what->mention)
			return true;
	return false;
}

void view_add_notes(struct view_resident *view, const struct disclosure_resident *answer, const struct profile *profile,
		    const struct note_flags *flags, const struct summary_feed *feeds, date today, struct arena *arena)
{
	struct view_event *events = ARENA_ARRAY(arena, view->event_count + flags->count, struct view_event);
	struct told *told = ARENA_ARRAY(arena, flags->count, struct told);
	const struct disclosed_row **rows = note_rows(answer, profile, flags, arena);
	size_t count = view->event_count, told_count = 0;
	if (count)
		memcpy(events, view->events, count * sizeof *events);
	for (size_t i = 0; i < flags->count; i++) {
		const struct note_flag *flag = &flags->at[i];
		struct told what = {NULL, flag->factor, note_mention_of(flag)};
		if (!flag->factor || what.mention == MENTION_COUNT || !note_may_be_read(profile, feeds, flag))
			continue;
		what.row = rows[i];
		if (!what.row || is_told(told, told_count, &what))
			continue;
		told[told_count++] = what;
		const struct disclosed_origin *origin = &what.row->origin;
		events[count++] = (struct view_event){
			.on = flag->on,
			.kind = TEXT("case_note_reading"),
			.title = words_of(arena, flag, what.mention),
			.factor = flag->factor,
			.importance = what.mention == MENTION_NOW ? IMPORTANCE_NORMAL : IMPORTANCE_LOW,
			.ahead = flag->on != DATE_UNKNOWN && flag->on > today,
			.is_new = view->seen != INSTANT_UNKNOWN && origin->received != INSTANT_UNKNOWN &&
				  origin->received > view->seen,
			.origin = origin};
	}
	if (count > 1)
		qsort(events, count, sizeof *events, view_compare_events);
	view->events = events;
	view->event_count = count;
}
