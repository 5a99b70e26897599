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

/* What was made of all reports of the property: when it ended settles what sources disagree about. Where some of these
 * sources are not for this viewer, their dates are not either: those of the reports that are shown must do. */
static void add_residence(struct view_home *home, const struct disclosed_residence *residence)
{
	home->certainty = residence->confidence >= 0.75  ? TEXT("certain")
			  : residence->confidence >= 0.5 ? TEXT("likely")
							 : TEXT("uncertain");
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
