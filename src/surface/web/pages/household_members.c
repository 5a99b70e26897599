/* Of the household's page: who is in it, and who works with each of them. */
#include "web/pages/household.h"
#include "web/pages/people.h"
#include "web/pages/summary.h"

/* The page opens so many records at most: what is larger is no family, and its members have pages of their own. */
enum { OPENED_MOST = 12 };

static enum status open_member(struct visit *visit, int64_t resident_id, const struct view_resident **out,
			       struct error *error)
{
	struct disclosure_resident *answer = ARENA_NEW(visit->arena, struct disclosure_resident);
	struct disclosure_question question = {
		.viewer = &visit->viewer, .subject_id = resident_id, .on = DATE_UNKNOWN, .readings = true};
	enum status status =
		disclosure_open_resident(answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	visit_opened_resident(visit, answer);
	struct view_resident *view = ARENA_NEW(visit->arena, struct view_resident);
	view_resident(view, visit->profile, answer, INSTANT_UNKNOWN, date_today(), visit->arena);
	*out = view;
	return summary_add_notes(visit, answer, view, error);
}

enum status household_open_members(struct visit *visit, const struct view_household *view,
				   const struct view_resident **members, struct error *error)
{
	enum status status = STATUS_OK;
	bool may = visit_can(visit, CAPABILITY_RESIDENT_OPEN);
	size_t opened = 0;
	for (size_t i = 0; i < view->member_count && status == STATUS_OK; i++) {
		members[i] = NULL;
		if (may && view->members[i].current && opened++ < OPENED_MOST)
			status = open_member(visit, view->members[i].resident_id, &members[i], error);
	}
	return status;
}

static void put_services(struct value *row, const struct view_resident *resident)
{
	struct value *services = put_array(row, "services");
	for (size_t i = 0; resident && i < resident->service_count; i++) {
		const struct view_service *service = &resident->services[i];
		if (!service->active && !service->presence_only)
			continue;
		struct value *item = add_object(services);
		put_text(item, "title", service->title);
		put_bool(item, "active", service->active);
		put_text(item, "worker", service->worker.shown);
		put_text(item, "phone", service->worker_phone.shown);
		put_text(item, "team", service->team.shown);
	}
	put_bool(row, "has_services", services->count > 0);
}

static const char *certainty_colour(struct text certainty)
{
	return text_is(certainty, "certain") ? "green" : text_is(certainty, "likely") ? "blue" : "yellow";
}

static void put_card(struct visit *visit, struct value *cards, const struct view_member *member,
		     const struct view_resident *resident, date on)
{
	struct value *row = add_object(cards);
	put_text(row, "name", member->name.len ? member->name : TEXT("Name withheld"));
	put_href(row, "href", "residents", member->resident_id);
	put_birth(row, "born_text", member->date_of_birth);
	put_age(row, "age_text", member->date_of_birth, member->date_of_death, on);
	put_text(row, "period", people_period(visit->arena, member->from, member->to));
	put_text(row, "certainty", member->certainty);
	put_text(row, "certainty_text", household_certainty(member->certainty));
	put_string(row, "colour", certainty_colour(member->certainty));
	put_bool(row, "uncertain", text_is(member->certainty, "uncertain"));
	put_text(row, "why", member->why);
	put_bool(row, "opened", resident != NULL);
	put_services(row, resident);
	put_text(row, "known_to", source_titles(visit->arena, member->known_to, member->known_to_count));
}

void household_put_members(struct visit *visit, const struct view_household *view,
			   const struct view_resident *const *members, date on)
{
	struct value *now = put_array(visit->document, "members"), *before = put_array(visit->document, "former");
	for (size_t i = 0; i < view->member_count; i++)
		put_card(visit, view->members[i].current ? now : before, &view->members[i], members[i], on);
	put_bool(visit->document, "has_members", now->count > 0);
	put_bool(visit->document, "has_former", before->count > 0);
}
