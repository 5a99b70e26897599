/* What is worked out from a feed, and would lose or gain an element that it uses. */
#include "release/release_int.h"

#include "base/buf.h"
#include "base/memory.h"

struct naming {
	struct preview_uses *uses;
	struct buf names;
	size_t count;
};

static bool may(const struct release_side *side, const struct profile_agreement *agreement,
		const struct profile_feed *feed, const struct profile_element *element, enum element_use use, date on)
{
	return policy_may_use(side->policy, agreement, feed, element, use, on).verdict == POLICY_ALLOW;
}

/* The same on the other side, by their ids; an agreement that is not there lets nothing. */
static bool may_there(const struct preview_uses *u, const struct profile_agreement *agreement,
		      const struct profile_feed *feed, const struct profile_element *element, enum element_use use)
{
	const struct profile *profile = u->to->profile;
	const struct profile_feed *its = profile_feed(profile, feed->id);
	const struct profile_element *that = profile_element(profile, element->id);
	const struct profile_agreement *by = agreement ? profile_agreement(profile, agreement->id) : NULL;
	return its && that && feed_column(its, that) && (by || !agreement) && may(u->to, by, its, that, use, u->on);
}

static bool is_named(const struct naming *naming, struct text name)
{
	struct text rest = buf_text(&naming->names), one;
	while (text_split(&rest, ',', &one))
		if (text_equal(text_trim(one), name))
			return true;
	return text_equal(text_trim(rest), name);
}

static void note(struct naming *naming, const struct profile_agreement *agreement, const struct profile_feed *feed,
		 const struct profile_element *element, enum element_use use)
{
	const struct preview_uses *u = naming->uses;
	if (!feed || !element || !feed_column(feed, element) || !may(u->from, agreement, feed, element, use, u->on) ||
	    may_there(u, agreement, feed, element, use) || is_named(naming, element->id))
		return;
	buf_append_text(&naming->names, naming->count++ ? TEXT(", ") : TEXT(""));
	buf_append_text(&naming->names, element->id);
}

static void note_condition(struct naming *naming, const struct profile_agreement *agreement,
			   const struct profile_feed *feed, const struct profile_condition *when, enum element_use use)
{
	for (size_t i = 0; i < when->count; i++)
		note(naming, agreement, feed, when->comparisons[i].left, use);
}

static void note_pieces(struct naming *naming, const struct profile_feed *feed, const struct sentence_piece *pieces,
			size_t count, enum element_use use)
{
	for (size_t i = 0; i < count; i++)
		note(naming, NULL, feed, pieces[i].element, use);
}

static void begin(struct naming *naming, struct preview_uses *uses)
{
	*naming = (struct naming){.uses = uses};
	buf_init(&naming->names, 1 << 20);
}

static void end(struct naming *naming, const char *what, struct text id)
{
	struct preview_uses *u = naming->uses;
	if (naming->count) {
		ARRAY_GROW(u->rows, u->count, u->capacity);
		u->rows[u->count++] = (struct preview_use){.revealed = u->revealed,
							   .what = what,
							   .id = id,
							   .elements = arena_text(u->arena, buf_text(&naming->names)),
							   .element_count = naming->count};
	}
	buf_release(&naming->names);
}

/* ---- each kind ------------------------------------------------------------------------------------------- */

static void compare_lists(struct preview_uses *u, const struct profile *profile)
{
	for (size_t i = 0; i < profile->lists.count; i++) {
		struct naming naming;
		const struct profile_list *list = &profile->lists.at[i];
		begin(&naming, u);
		for (size_t g = 0; g < list->group_count; g++)
			for (size_t f = 0; f < list->groups[g].feed_count; f++)
				note_condition(&naming, list->agreement, list->groups[g].feeds[f],
					       &list->groups[g].when, USE_MODELLING);
		end(&naming, "list", list->id);
	}
}

static void compare_sentences(struct preview_uses *u, const struct profile *profile)
{
	for (size_t i = 0; i < profile->sentences.count; i++) {
		struct naming naming;
		const struct profile_sentence *sentence = &profile->sentences.at[i];
		begin(&naming, u);
		note(&naming, NULL, sentence->feed, sentence->date, USE_DISPLAY);
		note_condition(&naming, NULL, sentence->feed, &sentence->when, USE_DISPLAY);
		note_pieces(&naming, sentence->feed, sentence->pieces, sentence->piece_count, USE_DISPLAY);
		end(&naming, "sentence", sentence->id);
	}
}

static void compare_interventions(struct preview_uses *u, const struct profile *profile)
{
	for (size_t i = 0; i < profile->interventions.count; i++) {
		struct naming naming;
		const struct profile_intervention *one = &profile->interventions.at[i];
		begin(&naming, u);
		note(&naming, NULL, one->feed, one->start, USE_MODELLING);
		note(&naming, NULL, one->feed, one->end, USE_MODELLING);
		note_pieces(&naming, one->feed, one->pieces, one->piece_count, USE_DISPLAY);
		for (size_t e = 0; e < one->followed_count; e++)
			note(&naming, NULL, one->followed_by[e]->feed, one->followed_by[e]->date, USE_MODELLING);
		end(&naming, "intervention", one->id);
	}
}

static bool is_kind_of(const struct profile_factor *factor, struct text kind)
{
	for (size_t r = 0; r < factor->event_count; r++)
		for (size_t k = 0; k < factor->events[r].kind_count; k++)
			if (text_equal(factor->events[r].kinds[k], kind))
				return true;
	return false;
}

/* By the events that make it present; what it is read from in notes is of the notes' feeds, told with those. */
static void compare_factors(struct preview_uses *u, const struct profile *profile)
{
	for (size_t i = 0; i < profile->factors.count; i++) {
		struct naming naming;
		const struct profile_factor *factor = &profile->factors.at[i];
		begin(&naming, u);
		for (size_t e = 0; e < profile->events.count; e++) {
			const struct profile_event *event = &profile->events.at[e];
			if (!is_kind_of(factor, event->kind))
				continue;
			note(&naming, NULL, event->feed, event->date, USE_DISPLAY);
			note(&naming, NULL, event->feed, event->changed, USE_DISPLAY);
			note_condition(&naming, NULL, event->feed, &event->when, USE_DISPLAY);
		}
		end(&naming, "factor", factor->id);
	}
}

/* Whatever models, cohorts, counts and studies are made of a feed. */
static void compare_feeds(struct preview_uses *u, const struct profile *profile, enum element_use use, const char *what)
{
	for (size_t i = 0; i < profile->feeds.count; i++) {
		struct naming naming;
		const struct profile_feed *feed = &profile->feeds.at[i];
		begin(&naming, u);
		for (size_t e = 0; e < profile->elements.count; e++)
			note(&naming, NULL, feed, &profile->elements.at[e], use);
		end(&naming, what, feed->id);
	}
}

void preview_compare_uses(struct preview_uses *u)
{
	const struct profile *profile = u->from->profile;
	compare_feeds(u, profile, USE_MODELLING, "modelling");
	compare_feeds(u, profile, USE_MONITORING, "monitoring");
	compare_lists(u, profile);
	compare_factors(u, profile);
	compare_sentences(u, profile);
	compare_interventions(u, profile);
}
