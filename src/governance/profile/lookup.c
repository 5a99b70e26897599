#include "profile/factor.h"
#include "profile/profile_int.h"

/* Questions to a loaded profile. */

static const uint64_t *number_of(const struct profile *profile, enum kind kind, struct text id)
{
	return text_map_get(&profile->inside->ids[kind], id);
}

#define LOOKUP(name, kind, array) \
	const struct profile_##name *profile_##name(const struct profile *profile, struct text id) \
	{ \
		const uint64_t *number = number_of(profile, kind, id); \
		return number ? &profile->array.at[*number] : NULL; \
	}

LOOKUP(source, KIND_SOURCE, sources)
LOOKUP(element, KIND_ELEMENT, elements)
LOOKUP(feed, KIND_FEED, feeds)
LOOKUP(purpose, KIND_PURPOSE, purposes)
LOOKUP(role, KIND_ROLE, roles)
LOOKUP(team, KIND_TEAM, teams)
LOOKUP(agreement, KIND_AGREEMENT, agreements)
LOOKUP(list, KIND_LIST, lists)
LOOKUP(factor, KIND_FACTOR, factors)

const struct profile_role *profile_job_role(const struct profile *profile, struct text code)
{
	const struct profile_staff *staff = &profile->staff;
	const struct profile_role *named = profile_role(profile, code);
	bool given = false;
	for (size_t i = 0; i < staff->job_count; i++) {
		if (text_equal_ignoring_case(staff->jobs[i].code, code))
			return staff->jobs[i].role;
		given |= staff->jobs[i].role == named;
	}
	return given ? named : NULL;
}

static bool is_among(const struct profile_team *team, const struct profile_team *const *teams, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (teams[i] == team)
			return true;
	return false;
}

/* Whether who is in TEAM may see what nobody sees by their role alone. */
static bool lets_see_more(const struct profile *profile, const struct profile_team *team)
{
	for (size_t i = 0; i < profile->restrictions.count; i++)
		if (is_among(team, profile->restrictions.at[i].teams, profile->restrictions.at[i].team_count))
			return true;
	for (size_t i = 0; i < profile->agreements.count; i++)
		if (is_among(team, profile->agreements.at[i].teams, profile->agreements.at[i].team_count))
			return true;
	return false;
}

bool profile_job_team(const struct profile *profile, const struct profile_role *role, const struct profile_team *team)
{
	const struct profile_staff *staff = &profile->staff;
	if (!team || role->team == team || !lets_see_more(profile, team))
		return true;
	for (size_t i = 0; i < staff->job_count; i++)
		if (staff->jobs[i].role == role && is_among(team, staff->jobs[i].teams, staff->jobs[i].team_count))
			return true;
	return false;
}

bool profile_job_numbers(const struct profile *profile, const struct profile_role *role)
{
	const struct profile_staff *staff = &profile->staff;
	for (size_t i = 0; i < staff->job_count; i++)
		if (staff->jobs[i].role == role && staff->jobs[i].worker_numbers)
			return true;
	return false;
}

const struct profile_column *feed_column(const struct profile_feed *feed, const struct profile_element *element)
{
	unsigned place = feed->column_of ? feed->column_of[element->number] : 0;
	return place ? &feed->columns[place - 1] : NULL;
}

const struct profile_code *column_code(const struct profile_column *column, struct text from)
{
	size_t low = 0, high = column->code_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = text_compare(column->codes[middle].from, from);
		if (order == 0)
			return &column->codes[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool role_has_purpose(const struct profile_role *role, const struct profile_purpose *purpose)
{
	for (size_t i = 0; i < role->purpose_count; i++) {
		if (role->purposes[i] == purpose)
			return true;
	}
	return false;
}

static bool bit_set(const uint64_t *set, size_t bit)
{
	return (set[bit / 64] >> (bit % 64) & 1) != 0;
}

static const uint64_t *set_of_use(const struct profile_cover *cover, enum element_use use)
{
	return use == USE_DISPLAY ? cover->set : use == USE_MODELLING ? cover->modelled : cover->monitored;
}

bool agreement_lets_use(const struct profile *profile, const struct profile_agreement *agreement,
			const struct profile_feed *feed, const struct profile_element *element, enum element_use use,
			const struct profile_cover **cover)
{
	size_t bit = feed->number * profile->elements.count + element->number;
	for (size_t i = 0; i < agreement->cover_count; i++) {
		if (bit_set(set_of_use(&agreement->covers[i], use), bit)) {
			if (cover)
				*cover = &agreement->covers[i];
			return true;
		}
	}
	return false;
}

bool agreement_covers(const struct profile *profile, const struct profile_agreement *agreement,
		      const struct profile_feed *feed, const struct profile_element *element,
		      const struct profile_cover **cover)
{
	return agreement_lets_use(profile, agreement, feed, element, USE_DISPLAY, cover);
}

bool agreement_holds(const struct profile *profile, const struct profile_agreement *agreement,
		     const struct profile_feed *feed, const struct profile_element *element)
{
	size_t bit = feed->number * profile->elements.count + element->number;
	for (size_t i = 0; i < agreement->cover_count; i++) {
		if (bit_set(agreement->covers[i].held, bit))
			return true;
	}
	return false;
}

bool agreement_covers_presence(const struct profile *profile, const struct profile_agreement *agreement,
			       const struct profile_feed *feed, const struct profile_cover **cover)
{
	(void)profile;
	for (size_t i = 0; i < agreement->cover_count; i++) {
		if (bit_set(agreement->covers[i].feeds, feed->number)) {
			if (cover)
				*cover = &agreement->covers[i];
			return true;
		}
	}
	return false;
}

bool agreement_runs(const struct profile_agreement *agreement, date on)
{
	return agreement->status == AGREEMENT_APPROVED && agreement->from != DATE_UNKNOWN && agreement->from <= on &&
	       (agreement->to == DATE_UNKNOWN || on <= agreement->to);
}

bool agreement_review_is_due(const struct profile_agreement *agreement, date on)
{
	return agreement_runs(agreement, on) && agreement->review != DATE_UNKNOWN && agreement->review <= on;
}

bool agreement_has_role(const struct profile_agreement *agreement, const struct profile_role *role)
{
	for (size_t i = 0; i < agreement->role_count; i++) {
		if (agreement->roles[i] == role)
			return true;
	}
	return false;
}

bool agreement_has_team(const struct profile_agreement *agreement, const struct profile_team *team)
{
	for (size_t i = 0; i < agreement->team_count; i++) {
		if (agreement->teams[i] == team)
			return true;
	}
	return agreement->team_count == 0;
}

bool agreement_has_purpose(const struct profile_agreement *agreement, const struct profile_purpose *purpose)
{
	for (size_t i = 0; i < agreement->purpose_count; i++) {
		if (agreement->purposes[i] == purpose)
			return true;
	}
	return false;
}

const struct profile_outcome *list_outcome(const struct profile_list *list, struct text id)
{
	for (size_t i = 0; i < list->outcome_count; i++) {
		if (text_equal(list->outcomes[i].id, id))
			return &list->outcomes[i];
	}
	return NULL;
}

struct text profile_ward_title(const struct profile *profile, struct text code)
{
	for (size_t i = 0; i < profile->wards.count; i++) {
		if (text_equal(profile->wards.at[i].code, code))
			return profile->wards.at[i].title;
	}
	return code;
}

bool layout_is_of(const struct profile_layout *layout, const struct profile_role *role)
{
	for (size_t i = 0; i < layout->role_count; i++)
		if (layout->roles[i] == role)
			return true;
	return false;
}

const struct profile_layout *profile_layout(const struct profile *profile, struct text id,
					    const struct profile_role *role)
{
	const struct profile_layout *first = NULL;
	for (size_t i = 0; i < profile->layouts.count; i++) {
		const struct profile_layout *layout = &profile->layouts.at[i];
		if (text_equal(layout->id, id))
			return layout;
		if (!first && role && layout_is_of(layout, role))
			first = layout;
	}
	return first || !profile->layouts.count ? first : &profile->layouts.at[0];
}
