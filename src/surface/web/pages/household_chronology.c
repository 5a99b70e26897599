/* Of the household's page: what happened to any of its members, in one order. */
#include "web/pages/chronology.h"
#include "web/pages/household.h"
#include "web/pages/people.h"

#include "base/id.h"

#include <stdlib.h>

struct member_event {
	const struct view_event *event;
	const struct view_resident *of;
};

/* The newest first; of one day in the order of the members. */
static int compare_events(const void *left, const void *right)
{
	const struct member_event *a = left, *b = right;
	if (a->event->on != b->event->on)
		return a->event->on > b->event->on ? -1 : 1;
	if (a->of != b->of)
		return (a->of->resident_id > b->of->resident_id) - (a->of->resident_id < b->of->resident_id);
	return (a->event > b->event) - (a->event < b->event);
}

static size_t gather(struct member_event **out, struct visit *visit, const struct view_household *view,
		     const struct view_resident *const *members)
{
	size_t all = 0, count = 0;
	for (size_t i = 0; i < view->member_count; i++)
		all += members[i] ? members[i]->event_count : 0;
	*out = ARENA_ARRAY(visit->arena, all, struct member_event);
	for (size_t i = 0; i < view->member_count; i++) {
		for (size_t e = 0; members[i] && e < members[i]->event_count; e++) {
			const struct view_event *event = &members[i]->events[e];
			(*out)[count++] = (struct member_event){event, members[i]};
		}
	}
	if (count)
		qsort(*out, count, sizeof **out, compare_events);
	return count;
}

static struct text name_of(const struct view_resident *resident)
{
	return resident->name.len ? resident->name : TEXT("Name withheld");
}

/* One of the members, or 0. */
static int64_t put_member_options(struct visit *visit, const struct view_household *view,
				  const struct view_resident *const *members)
{
	struct value *options = put_array(visit->document, "member_options");
	struct text chosen = visit_query(visit, "member");
	int64_t id = 0;
	for (size_t i = 0; i < view->member_count; i++) {
		char text[ID_TEXT_SIZE];
		if (!members[i])
			continue;
		struct text own = arena_text(visit->arena, text_of(id_format(members[i]->resident_id, text)));
		put_option(options, own, name_of(members[i]), chosen);
		if (text_equal(own, chosen))
			id = members[i]->resident_id;
	}
	return id;
}

void household_put_chronology(struct visit *visit, const struct view_household *view,
			      const struct view_resident *const *members)
{
	static const char *const more[] = {"at", "member", NULL};
	struct member_event *all;
	size_t count = gather(&all, visit, view, members), total = 0,
	       first = (visit_page_number(visit) - 1) * CHRONOLOGY_EVENTS_A_PAGE;
	struct chronology_choices choices = chronology_choices_new(visit, count);
	for (size_t i = 0; i < count; i++)
		chronology_choose(&choices, all[i].event);
	struct chronology_filter filter = chronology_filter_of(visit);
	int64_t only = put_member_options(visit, view, members);
	put_chronology_filter(visit, &filter, &choices);
	struct value *events = put_array(visit->document, "chronology");
	for (size_t i = 0; i < count; i++) {
		if (!chronology_passes(&filter, all[i].event) || (only && all[i].of->resident_id != only))
			continue;
		if (total >= first && total < first + CHRONOLOGY_EVENTS_A_PAGE) {
			struct value *row = put_chronology_event(events, all[i].event, all[i].of->resident_id);
			put_text(row, "name", name_of(all[i].of));
			put_href(row, "href", "residents", all[i].of->resident_id);
		}
		chronology_span(&choices, all[i].event);
		total++;
	}
	put_chronology_pages(visit, total, count, &choices, more);
}
