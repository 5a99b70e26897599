/* Households and properties: who, since when and how sure that is. */
#include "view/view_int.h"

#include <stdlib.h>

static struct text with_postcode(struct text address, struct text postcode, struct arena *arena)
{
	if (text_is_empty(address) || text_is_empty(postcode))
		return address;
	return arena_format(arena, "%.*s, %.*s", TEXT_ARG(address), TEXT_ARG(postcode));
}

static bool is_now(date to, date today)
{
	return to == DATE_UNKNOWN || to >= today;
}

static struct view_member make_member(const struct disclosed_member *member, date today, struct arena *arena)
{
	date born;
	bool known = date_parse_iso(member->person.date_of_birth, &born) && born <= today;
	return (struct view_member){.resident_id = member->person.resident_id,
				    .name = member->person.name,
				    .date_of_birth = member->person.date_of_birth,
				    .date_of_death = member->person.date_of_death,
				    .age = known ? date_age_in_years(born, today) : -1,
				    .from = member->from,
				    .to = member->to,
				    .current = is_now(member->to, today),
				    .certainty = member->certainty,
				    .why = view_household_why(member, arena),
				    .why_code = member->why,
				    .known_to = member->known_to,
				    .known_to_count = member->known_to_count};
}

static int compare_members(const void *left, const void *right)
{
	const struct view_member *a = left, *b = right;
	if (a->current != b->current)
		return a->current ? -1 : 1;
	int by_birth = text_compare(a->date_of_birth, b->date_of_birth); /* ISO dates sort as text */
	if (by_birth)
		return text_is_empty(a->date_of_birth) ? 1 : text_is_empty(b->date_of_birth) ? -1 : by_birth;
	return (a->resident_id > b->resident_id) - (a->resident_id < b->resident_id);
}

/* ---- household -------------------------------------------------------------------------------------- */

struct coded {
	const char *code, *words;
};

static struct text words_for(const struct coded *known, size_t count, struct text code)
{
	for (size_t i = 0; i < count; i++) {
		if (text_is(code, known[i].code))
			return text_of(known[i].words);
	}
	return code;
}

struct text view_also_here(const struct disclosed_household *household, struct arena *arena)
{
	int n = household->others_at_address;
	bool shared = text_is(household->property_use, "shared");
	if (text_is_empty(household->property_use))
		return TEXT_ABSENT;
	return arena_format(arena, "Also at this address: %d %s (%s)", n, n == 1 ? "other" : "others",
			    shared ? "house in multiple occupation" : "hostel, home or hall");
}

static void put_relations(struct view_household *out, const struct disclosed_household *household, struct arena *arena)
{
	static const struct coded known[] = {{"parent", "parent of"},
					     {"partner", "partner of"},
					     {"sibling", "brother or sister of"},
					     {"carer", "carer of"},
					     {"tenant", "tenant, together with the occupant"},
					     {"joint_tenant", "joint tenant with"},
					     {"household", "named as one household with"}};
	struct view_relation *relations = ARENA_ARRAY(arena, household->relation_count, struct view_relation);
	for (size_t i = 0; i < household->relation_count; i++) {
		const struct disclosed_relation *from = &household->relations[i];
		relations[i] = (struct view_relation){
			.resident_id = household->members[from->a].person.resident_id,
			.other_id = household->members[from->b].person.resident_id,
			.kind = from->kind,
			.words = words_for(known, sizeof known / sizeof *known, from->kind),
			.from = from->from,
			.to = from->to,
			.sources = from->sources,
			.source_count = from->source_count,
		};
	}
	out->relations = relations;
	out->relation_count = household->relation_count;
}

static void put_household_events(struct view_household *out, const struct disclosed_household *household,
				 struct arena *arena)
{
	static const struct coded known[] = {{"began", "Household began"},
					     {"born", "Born"},
					     {"moved_in", "Moved in"},
					     {"moved_out", "Moved out"},
					     {"died", "Died"},
					     {"moved", "Moved house"},
					     {"separated", "Left to live apart"},
					     {"joined", "Came from another household"},
					     {"ended", "Household ended"},
					     {"replaced", "Drawn anew as another household"}};
	struct view_household_event *events = ARENA_ARRAY(arena, household->event_count, struct view_household_event);
	for (size_t i = 0; i < household->event_count; i++) {
		const struct disclosed_household_event *from = &household->events[i];
		events[i] = (struct view_household_event){
			.on = from->on,
			.what = from->what,
			.words = words_for(known, sizeof known / sizeof *known, from->what),
			.name = from->name,
			.resident_id = from->resident_id,
			.other_household_id = from->other_household_id,
			.property_id = from->property_id,
		};
	}
	out->events = events;
	out->event_count = household->event_count;
}

/* Of the household itself; ward is the property's and may be absent. */
static void make_household(struct view_household *out, const struct disclosed_household *household, date today,
			   struct arena *arena)
{
	struct view_member *members = ARENA_ARRAY(arena, household->member_count, struct view_member);
	*out = (struct view_household){.household_id = household->household_id,
				       .property_id = household->property_id,
				       .kind = household->kind,
				       .from = household->from,
				       .to = household->to,
				       .address = with_postcode(household->address, household->postcode, arena),
				       .members = members,
				       .member_count = household->member_count};
	out->also_here = view_also_here(household, arena);
	out->others_at_address = household->others_at_address;
	put_relations(out, household, arena);
	put_household_events(out, household, arena);
	out->place = !text_is_empty(out->address) ? PLACE_SHOWN
		     : household->property_id     ? PLACE_WITHHELD
						  : PLACE_PROTECTED;
	for (size_t i = 0; i < household->member_count; i++) {
		members[i] = make_member(&household->members[i], today, arena);
		out->current_count += members[i].current;
		out->restrictions |= household->members[i].person.restrictions;
	}
	if (household->member_count)
		qsort(members, household->member_count, sizeof *members, compare_members);
}

void view_household(struct view_household *out, const struct profile *profile,
		    const struct disclosure_household *answer, date today, struct arena *arena)
{
	make_household(out, &answer->household, today, arena);
	out->ward = profile_ward_title(profile, answer->property.ward);
}

/* ---- property --------------------------------------------------------------------------------------- */

static struct view_part make_part(const struct disclosed_property *property)
{
	return (struct view_part){property->property_id, property->address};
}

static int compare_parts(const void *left, const void *right)
{
	const struct view_part *a = left, *b = right;
	int order = text_compare_natural(a->address, b->address);
	return order ? order : (a->property_id > b->property_id) - (a->property_id < b->property_id);
}

static const struct view_part *make_parts(const struct disclosed_property *properties, size_t count,
					  struct arena *arena)
{
	struct view_part *parts = ARENA_ARRAY(arena, count, struct view_part);
	for (size_t i = 0; i < count; i++)
		parts[i] = make_part(&properties[i]);
	if (count)
		qsort(parts, count, sizeof *parts, compare_parts);
	return parts;
}

/* The same resident in two households of the property is one line; open ends stay open. */
static void add_resident(struct view_member *residents, size_t *count, const struct view_member *member)
{
	size_t at = 0;
	while (at < *count && residents[at].resident_id != member->resident_id)
		at++;
	if (at == *count) {
		residents[(*count)++] = *member;
		return;
	}
	struct view_member *known = &residents[at];
	if (member->from == DATE_UNKNOWN || (known->from != DATE_UNKNOWN && member->from < known->from))
		known->from = member->from;
	if (member->to == DATE_UNKNOWN || (known->to != DATE_UNKNOWN && member->to > known->to))
		known->to = member->to;
	known->current |= member->current;
}

static int compare_residents(const void *left, const void *right)
{
	const struct view_member *a = left, *b = right;
	if (a->current != b->current)
		return a->current ? -1 : 1;
	if (a->from != b->from)
		return a->from > b->from ? -1 : 1;
	return (a->resident_id > b->resident_id) - (a->resident_id < b->resident_id);
}

static void put_property_people(struct view_property *out, const struct disclosure_property *answer, date today,
				struct arena *arena)
{
	struct view_household *households = ARENA_ARRAY(arena, answer->household_count, struct view_household);
	size_t members = 0, count = 0;
	for (size_t i = 0; i < answer->household_count; i++) {
		make_household(&households[i], &answer->households[i], today, arena);
		members += households[i].member_count;
	}
	struct view_member *residents = ARENA_ARRAY(arena, members, struct view_member);
	for (size_t i = 0; i < answer->household_count; i++)
		for (size_t m = 0; m < households[i].member_count; m++)
			add_resident(residents, &count, &households[i].members[m]);
	if (count)
		qsort(residents, count, sizeof *residents, compare_residents);
	out->households = households;
	out->household_count = answer->household_count;
	out->residents = residents;
	out->resident_count = count;
}

void view_property(struct view_property *out, const struct profile *profile, const struct disclosure_property *answer,
		   date today, struct arena *arena)
{
	const struct disclosed_property *property = &answer->property;
	*out = (struct view_property){.property_id = property->property_id,
				      .uprn = property->uprn,
				      .address = with_postcode(property->address, property->postcode, arena),
				      .kind = property->kind,
				      .class_code = property->class_code,
				      .class_words = view_class_words(property->class_code),
				      .ward = profile_ward_title(profile, property->ward),
				      .ward_code = property->ward,
				      .decile = property->decile,
				      .has_place = property->has_place,
				      .latitude = property->latitude,
				      .longitude = property->longitude,
				      .parent = make_part(&answer->parent),
				      .parts = make_parts(answer->parts, answer->part_count, arena),
				      .part_count = answer->part_count,
				      .siblings = make_parts(answer->siblings, answer->sibling_count, arena),
				      .sibling_count = answer->sibling_count};
	put_property_people(out, answer, today, arena);
}
