#include "web/pages/chronology.h"

#include "web/form.h"
#include "web/pages/people.h"

static date date_of_query(const struct visit *visit, const char *name)
{
	date d;
	struct text written = visit_query(visit, name);
	return written.len && date_parse_iso(written, &d) ? d : DATE_UNKNOWN;
}

struct chronology_filter chronology_filter_of(const struct visit *visit)
{
	return (struct chronology_filter){visit_query(visit, "service"), date_of_query(visit, "from"),
					  date_of_query(visit, "to"),
					  text_is(visit_query(visit, "importance"), "high")};
}

bool chronology_passes(const struct chronology_filter *filter, const struct view_event *event)
{
	if (filter->service.len && !text_equal(filter->service, event->origin->feed->source->id))
		return false;
	if (filter->from != DATE_UNKNOWN && event->on < filter->from)
		return false;
	if (filter->to != DATE_UNKNOWN && event->on > filter->to)
		return false;
	return !filter->high || event->importance == IMPORTANCE_HIGH;
}

void put_chronology_filter(struct visit *visit, const struct chronology_filter *filter, const uint8_t *used)
{
	struct value *document = visit->document, *options = put_array(document, "service_options");
	for (size_t s = 0; s < visit->profile->sources.count; s++) {
		const struct profile_source *source = &visit->profile->sources.at[s];
		if (used[source->number])
			put_option(options, source->id, source->title, filter->service);
	}
	put_text(document, "from_filter", visit_query(visit, "from"));
	put_text(document, "to_filter", visit_query(visit, "to"));
	options = put_array(document, "importance_options");
	put_option(options, TEXT("high"), TEXT("Important only"), filter->high ? TEXT("high") : TEXT(""));
}

struct value *put_chronology_event(struct value *events, const struct view_event *event, int64_t resident_id)
{
	struct value *row = add_object(events);
	put_date(row, "date", event->on);
	put_long_date(row, "date_text", event->on);
	put_text(row, "kind", event->kind);
	put_text(row, "title", event->title);
	put_bool(row, "high", event->importance == IMPORTANCE_HIGH);
	put_bool(row, "is_new", event->is_new);
	put_bool(row, "ahead", event->ahead);
	const struct profile_feed *feed = event->origin->feed;
	const struct profile_element *element = feed->valid_from ? feed->valid_from : feed->client;
	put_source(row, resident_id, event->title, event->origin, element, TEXT_ABSENT);
	return row;
}

static void append_query(struct buf *base, const struct visit *visit, const char *name)
{
	struct text value = visit_query(visit, name);
	if (!value.len)
		return;
	buf_format(base, "%s%s=", strchr(base->at, '?') ? "&" : "?", name);
	form_append_encoded(base, value);
}

void put_chronology_pages(struct visit *visit, size_t shown, size_t all, const char *const *more)
{
	static const char *const names[] = {"service", "from", "to", "importance"};
	struct buf base;
	buf_init(&base, 16 << 10);
	buf_append_text(&base, visit->request->path);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		append_query(&base, visit, names[i]);
	for (; more && *more; more++)
		append_query(&base, visit, *more);
	put_format(visit->document, "chronology_summary", "%zu %s%s", shown, shown == 1 ? "event" : "events",
		   shown < all ? " that fit the filter" : "");
	put_pagination(visit->document, arena_copy(visit->arena, buf_text(&base)), visit_page_number(visit),
		       CHRONOLOGY_EVENTS_A_PAGE, (int64_t)shown);
	buf_release(&base);
}
