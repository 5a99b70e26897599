/* Of the resident's page: where they live, by whose word, and with whom. */
#include "web/pages/people.h"
#include "web/pages/resident.h"

static void put_household(struct visit *visit, struct value *households, const struct disclosed_household *household,
			  int64_t resident_id)
{
	struct value *row = add_object(households);
	put_href(row, "href", "households", household->household_id);
	put_href(row, "property_href", "properties", household->property_id);
	if (household->address.len)
		put_format(row, "address", "%.*s%s%.*s", TEXT_ARG(household->address),
			   household->postcode.len ? ", " : "", TEXT_ARG(household->postcode));
	else
		put_string(row, "address", household->property_id ? "Address withheld" : "Address protected");
	put_text(row, "period", people_period(visit->arena, household->from, household->to));
	put_text(row, "kind", household_kind(household->kind));
	struct value *members = put_array(row, "members");
	struct text certainty = TEXT_ABSENT, why = TEXT_ABSENT;
	for (size_t i = 0; i < household->member_count; i++) {
		const struct disclosed_member *member = &household->members[i];
		if (member->person.resident_id == resident_id) {
			certainty = household_certainty(member->certainty);
			why = view_household_why(member, visit->arena);
			continue;
		}
		struct value *person = add_object(members);
		put_text(person, "name", person_name(&member->person));
		put_href(person, "href", "residents", member->person.resident_id);
		put_age(person, "age_text", member->person.date_of_birth, member->person.date_of_death, 0);
		put_text(person, "period", people_period(visit->arena, member->from, member->to));
	}
	put_text(row, "certainty_text", certainty);
	put_text(row, "why", why);
	put_text(row, "also_here", view_also_here(household, visit->arena));
}

/* ---- residences -------------------------------------------------------------------------------------- */

static const char *standing_title(struct text standing)
{
	return text_is(standing, "main")       ? "Main home"
	       : text_is(standing, "second")   ? "Second home"
	       : text_is(standing, "doubtful") ? "Contradicted"
	       : text_is(standing, "former")   ? "Former home"
					       : NULL;
}

static const char *standing_colour(struct text standing)
{
	return text_is(standing, "main") || text_is(standing, "second") ? "green"
	       : text_is(standing, "doubtful")                          ? "yellow"
									: "grey";
}

static struct text residence_period(struct arena *arena, const struct disclosed_residence *residence)
{
	date from = residence->from, to = residence->to;
	struct text period = people_period(arena, from, to);
	/* "since" would say that it goes on */
	if (to == DATE_UNKNOWN && text_is(residence->standing, "former") && text_starts_with(period, TEXT("since ")))
		period = arena_format(arena, "from %.*s", (int)period.len - 6, period.at + 6);
	return period;
}

/* "Housing: tenancies, since May 2019 (as at 31 January 2026)" */
static void put_claim(struct value *claims, const struct disclosed_claim *claim)
{
	struct value *row = add_object(claims);
	put_text(row, "service", claim->feed->source->title);
	put_text(row, "feed", claim->feed->title);
	put_int(row, "record", claim->record_id);
	put_bool(row, "still", claim->to == DATE_UNKNOWN);
	put_text(row, "period", people_period(claims->arena, claim->from, claim->to));
	put_date(row, "as_at", claim->data_as_at);
	put_long_date(row, "as_at_text", claim->data_as_at);
}

static void put_residence(struct visit *visit, struct value *residences, const struct disclosed_residence *residence)
{
	struct value *row = add_object(residences);
	if (residence->address.len)
		put_format(row, "address", "%.*s%s%.*s", TEXT_ARG(residence->address),
			   residence->postcode.len ? ", " : "", TEXT_ARG(residence->postcode));
	else
		put_string(row, "address", "Address withheld");
	put_href(row, "href", "properties",
		 visit_can(visit, CAPABILITY_PROPERTY_OPEN) && residence->address.len ? residence->property_id : 0);
	put_text(row, "standing", residence->standing);
	put_string(row, "standing_title", standing_title(residence->standing));
	put_string(row, "colour", standing_colour(residence->standing));
	put_text(row, "period", residence_period(visit->arena, residence));
	/* how sure it is that this is a home now: nothing to say of one that is over */
	bool over = text_is(residence->standing, "former");
	put_text(row, "certainty_text", over ? TEXT_ABSENT : household_certainty(view_residence_certainty(residence)));
	struct value *claims = put_array(row, "claims");
	for (size_t i = 0; i < residence->claim_count; i++)
		put_claim(claims, &residence->claims[i]);
	put_format(row, "sources", "%zu %s", residence->claim_count,
		   residence->claim_count == 1 ? "record" : "records");
	put_bool(row, "has_claims", residence->claim_count > 0);
}

static bool has_residence(const struct view_resident *view, int64_t property_id)
{
	for (size_t i = 0; property_id && i < view->residence_count; i++) {
		if (view->residences[i].property_id == property_id)
			return true;
	}
	return false;
}

/* What no residence was made of: matched to no property, mostly. */
static void put_other_homes(struct visit *visit, const struct view_resident *view)
{
	struct value *others = put_array(visit->document, "other_addresses");
	for (size_t i = 0; i < view->home_count; i++) {
		const struct view_home *home = &view->homes[i];
		if (has_residence(view, home->property_id))
			continue;
		struct value *row = add_object(others);
		put_format(row, "address", "%.*s%s%.*s", TEXT_ARG(home->address), home->postcode.len ? ", " : "",
			   TEXT_ARG(home->postcode));
		put_href(row, "href", "properties", home->property_id);
		put_bool(row, "matched", home->property_id != 0);
		put_text(row, "period", people_period(visit->arena, home->from, home->to));
		put_text(row, "sources", source_titles(visit->arena, home->sources, home->source_count));
	}
	put_bool(visit->document, "has_other_addresses", others->count > 0);
}

void put_residences(struct visit *visit, struct value *document, const struct view_resident *view)
{
	put_bool(document, "two_homes", view->two_homes);
	put_bool(document, "has_conflicts", view->conflict_count > 0);
	struct value *conflicts = put_array(document, "conflicts");
	for (size_t i = 0; i < view->conflict_count; i++)
		put_text(add_object(conflicts), "text", view->conflicts[i].words);
	put_bool(document, "has_residences", view->residence_count > 0);
	struct value *residences = put_array(document, "residences");
	for (size_t i = 0; i < view->residence_count; i++)
		put_residence(visit, residences, &view->residences[i]);
}

void resident_put_home(struct visit *visit, const struct view_resident *view)
{
	struct value *households = put_array(visit->document, "households");
	for (size_t i = 0; i < view->household_count; i++)
		put_household(visit, households, &view->households[i], view->resident_id);
	put_residences(visit, visit->document, view);
	put_other_homes(visit, view);
}
