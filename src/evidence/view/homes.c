/* Where somebody has lived: spellings of one property taken together. */
#include "view/view_int.h"

static struct view_home *home_of(struct view_home *homes, size_t *count, const struct view_address *address)
{
	for (size_t i = 0; address->property_id && i < *count; i++) {
		if (homes[i].property_id == address->property_id)
			return &homes[i];
	}
	return &homes[(*count)++];
}

static void add_spelling(struct viewing *v, struct view_home *home, const struct view_address *address)
{
	bool first = home->sources == NULL;
	if (first)
		*home = (struct view_home){
			.address = address->address,
			.postcode = address->postcode,
			.from = address->from,
			.to = address->to,
			.property_id = address->property_id,
			.sources = ARENA_ARRAY(v->arena, v->profile->sources.count, const struct profile_source *)};
	if (!first && in_capitals(home->address) && !in_capitals(address->address))
		home->address = address->address;
	if (address->from != DATE_UNKNOWN && (home->from == DATE_UNKNOWN || address->from < home->from))
		home->from = address->from;
	if (address->current)
		home->to = DATE_UNKNOWN;
	else if (!home->current && address->to != DATE_UNKNOWN && (home->to == DATE_UNKNOWN || address->to > home->to))
		home->to = address->to;
	home->current |= address->current;
	for (size_t i = 0; i < address->source_count; i++) {
		if (!has_source(home->sources, home->source_count, address->sources[i]))
			home->sources[home->source_count++] = address->sources[i];
	}
}

/* As the gazetteer spells it, where the door has opened the property for a household. */
static void take_spelling(const struct viewing *v, struct view_home *home)
{
	for (size_t i = 0; home->property_id && i < v->answer->household_count; i++) {
		const struct disclosed_household *household = &v->answer->households[i];
		if (household->property_id != home->property_id || text_is_empty(household->address))
			continue;
		home->address = household->address;
		home->postcode = household->postcode;
		return;
	}
}

struct text view_residence_certainty(const struct disclosed_residence *residence)
{
	return residence->confidence >= 0.75  ? TEXT("certain")
	       : residence->confidence >= 0.5 ? TEXT("likely")
					      : TEXT("uncertain");
}

/* What was made of all reports of the property: when it ended settles what sources disagree about. Where some of these
 * sources are not for this viewer, their dates are not either: those of the reports that are shown must do. */
static void add_residence(struct view_home *home, const struct disclosed_residence *residence)
{
	home->certainty = view_residence_certainty(residence);
	home->standing = residence->standing;
	if ((size_t)residence->sources > home->source_count)
		return;
	if (residence->from != DATE_UNKNOWN)
		home->from = residence->from;
	home->to = residence->to;
	home->current = residence->to == DATE_UNKNOWN;
}

static int compare_homes(const void *left, const void *right)
{
	const struct view_home *a = left, *b = right;
	if (a->current != b->current)
		return a->current ? -1 : 1;
	if ((a->property_id == 0) != (b->property_id == 0))
		return a->property_id ? -1 : 1; /* what was matched is better known */
	if (a->from != b->from)
		return a->from > b->from ? -1 : 1;
	return text_compare(a->address, b->address);
}

void view_put_homes(struct viewing *v)
{
	const struct view_resident *out = v->out;
	struct view_home *homes = ARENA_ARRAY(v->arena, out->address_count + 1, struct view_home);
	size_t count = 0;
	for (size_t i = 0; i < out->address_count; i++)
		add_spelling(v, home_of(homes, &count, &out->addresses[i]), &out->addresses[i]);
	for (size_t i = 0; i < count; i++) {
		take_spelling(v, &homes[i]);
		for (size_t r = 0; homes[i].property_id && r < v->answer->residence_count; r++) {
			if (v->answer->residences[r].property_id == homes[i].property_id)
				add_residence(&homes[i], &v->answer->residences[r]);
		}
	}
	if (count)
		qsort(homes, count, sizeof *homes, compare_homes);
	v->out->homes = homes;
	v->out->home_count = count;
}

/* ---- residences and what contradicts what ---------------------------------------------------------------- */

static int rank_of(struct text standing)
{
	static const char *const order[] = {"main", "second", "doubtful"};
	int rank = 0;
	while (rank < 3 && !text_is(standing, order[rank]))
		rank++;
	return rank;
}

static int compare_residences(const void *left, const void *right)
{
	const struct disclosed_residence *a = left, *b = right;
	int order = rank_of(a->standing) - rank_of(b->standing);
	if (order)
		return order;
	if (a->seen != b->seen)
		return a->seen > b->seen ? -1 : 1;
	return (a->property_id > b->property_id) - (a->property_id < b->property_id);
}

/* "Housing and schools", of those claims that say still, and how many these are. *SINCE: the earliest of their
 * beginnings. */
static size_t who_says_still(struct text *out, const struct viewing *v, const struct disclosed_residence *residence,
			     date *since)
{
	struct text words = TEXT_ABSENT;
	const struct profile_source **told =
		ARENA_ARRAY(v->arena, residence->claim_count + 1, const struct profile_source *);
	size_t count = 0;
	*since = DATE_UNKNOWN;
	for (size_t i = 0; i < residence->claim_count; i++) {
		const struct disclosed_claim *claim = &residence->claims[i];
		if (claim->to != DATE_UNKNOWN)
			continue;
		if (claim->from != DATE_UNKNOWN && (*since == DATE_UNKNOWN || claim->from < *since))
			*since = claim->from;
		if (!has_source(told, count, claim->feed->source))
			told[count++] = claim->feed->source;
	}
	for (size_t i = 0; i < count; i++)
		words = i == 0 ? told[i]->title
			       : arena_format(v->arena, "%.*s%s%.*s", TEXT_ARG(words), i + 1 < count ? ", " : " and ",
					      TEXT_ARG(told[i]->title));
	*out = words;
	return count;
}

static const char *says_or_say(size_t count)
{
	return count == 1 ? "says" : "say";
}

static void add_conflict(const struct viewing *v, struct view_conflict *conflicts, size_t *count,
			 const struct disclosed_residence *believed, const struct disclosed_residence *contradicted)
{
	date since, ignored;
	char month[DATE_TEXT_SIZE + 8] = "";
	struct text still, says = TEXT_ABSENT;
	size_t still_count = who_says_still(&still, v, contradicted, &ignored);
	size_t says_count = believed ? who_says_still(&says, v, believed, &since) : 0;
	if (text_is_empty(still) || text_is_empty(contradicted->address))
		return;
	struct text words = arena_format(v->arena, "%.*s still %s %.*s", TEXT_ARG(still), says_or_say(still_count),
					 TEXT_ARG(contradicted->address));
	if (!text_is_empty(says) && !text_is_empty(believed->address))
		words = arena_format(v->arena, "%.*s %s %.*s%s%s; %.*s", TEXT_ARG(says), says_or_say(says_count),
				     TEXT_ARG(believed->address), since != DATE_UNKNOWN ? " since " : "",
				     since != DATE_UNKNOWN ? date_format_long(since, month) : "", TEXT_ARG(words));
	conflicts[(*count)++] = (struct view_conflict){believed, contradicted, words};
}

/* What contradicts it, or ended it, is not for this viewer where no home of theirs is believed: that something does
 * would tell of it. */
static void hide_standing(struct disclosed_residence *residence, const struct disclosed_residence *believed)
{
	bool contradicted = text_is(residence->standing, "doubtful") ||
			    (text_is(residence->standing, "former") && residence->to == DATE_UNKNOWN);
	if (contradicted && !believed)
		residence->standing = TEXT_ABSENT;
}

void view_put_residences(struct viewing *v)
{
	size_t count = v->answer->residence_count, conflict_count = 0;
	struct disclosed_residence *all = ARENA_ARRAY(v->arena, count, struct disclosed_residence);
	struct view_conflict *conflicts = ARENA_ARRAY(v->arena, count, struct view_conflict);
	if (count) {
		memcpy(all, v->answer->residences, count * sizeof *all);
		qsort(all, count, sizeof *all, compare_residences);
	}
	const struct disclosed_residence *believed = count && text_is(all[0].standing, "main") ? &all[0] : NULL;
	for (size_t i = 0; i < count; i++) {
		hide_standing(&all[i], believed);
		v->out->two_homes |= text_is(all[i].standing, "second");
		if (text_is(all[i].standing, "doubtful"))
			add_conflict(v, conflicts, &conflict_count, believed, &all[i]);
	}
	v->out->residences = all;
	v->out->residence_count = count;
	v->out->conflicts = conflicts;
	v->out->conflict_count = conflict_count;
}
