#include "web/pages/chronology.h"

#include "web/form.h"
#include "web/pages/people.h"
#include "web/pages/summary.h"

#include <stdlib.h>

static date date_of_query(const struct visit *visit, const char *name)
{
	date d;
	struct text written = visit_query(visit, name);
	return written.len && date_parse_iso(written, &d) ? d : DATE_UNKNOWN;
}

struct chronology_filter chronology_filter_of(const struct visit *visit)
{
	struct text importance = visit_query(visit, "importance");
	return (struct chronology_filter){.service = visit_query(visit, "service"),
					  .kind = visit_query(visit, "kind"),
					  .factor = visit_query(visit, "factor"),
					  .words = visit_query(visit, "words"),
					  .from = date_of_query(visit, "from"),
					  .to = date_of_query(visit, "to"),
					  .major = text_is(importance, "major"),
					  .fresh = text_is(importance, "new")};
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Letters without regard to their case. */
static bool has_words(struct text title, struct text words)
{
	for (size_t at = 0; at + words.len <= title.len; at++) {
		size_t i = 0;
		while (i < words.len && lower(title.at[at + i]) == lower(words.at[i]))
			i++;
		if (i == words.len)
			return true;
	}
	return false;
}

/* An event without a date is in no period. */
static bool in_period(const struct chronology_filter *filter, date on)
{
	if (filter->from == DATE_UNKNOWN && filter->to == DATE_UNKNOWN)
		return true;
	return on != DATE_UNKNOWN && (filter->from == DATE_UNKNOWN || on >= filter->from) &&
	       (filter->to == DATE_UNKNOWN || on <= filter->to);
}

bool chronology_passes(const struct chronology_filter *filter, const struct view_event *event)
{
	if (filter->service.len && !text_equal(filter->service, event->origin->feed->source->id))
		return false;
	if (filter->kind.len && !text_equal(filter->kind, event->kind))
		return false;
	if (filter->factor.len && (!event->factor || !text_equal(filter->factor, event->factor->id)))
		return false;
	if (!in_period(filter, event->on) || (filter->major && event->importance != IMPORTANCE_HIGH) ||
	    (filter->fresh && !event->is_new))
		return false;
	return has_words(event->title, filter->words);
}

struct chronology_choices chronology_choices_new(struct visit *visit, size_t event_count)
{
	return (struct chronology_choices){ARENA_ARRAY(visit->arena, visit->profile->sources.count, uint8_t),
					   ARENA_ARRAY(visit->arena, event_count, struct text),
					   0,
					   ARENA_ARRAY(visit->arena, visit->profile->factors.count, uint8_t),
					   DATE_UNKNOWN,
					   DATE_UNKNOWN};
}

void chronology_choose(struct chronology_choices *choices, const struct view_event *event)
{
	size_t at = 0;
	choices->sources[event->origin->feed->source->number] = 1;
	if (event->factor)
		choices->factors[event->factor->number] = 1;
	while (at < choices->kind_count && !text_equal(choices->kinds[at], event->kind))
		at++;
	if (at == choices->kind_count)
		choices->kinds[choices->kind_count++] = event->kind;
}

void chronology_span(struct chronology_choices *choices, const struct view_event *event)
{
	if (event->on == DATE_UNKNOWN)
		return;
	if (choices->first == DATE_UNKNOWN || event->on < choices->first)
		choices->first = event->on;
	if (choices->last == DATE_UNKNOWN || event->on > choices->last)
		choices->last = event->on;
}

/* "referral_to_social_care": Referral to social care */
static struct text kind_title(struct arena *arena, struct text kind)
{
	char *words = arena_copy(arena, kind);
	for (size_t i = 0; i < kind.len; i++)
		if (words[i] == '_')
			words[i] = ' ';
	if (kind.len && words[0] >= 'a' && words[0] <= 'z')
		words[0] = (char)(words[0] - 'a' + 'A');
	return text_slice(words, kind.len);
}

static int compare_kinds(const void *left, const void *right)
{
	return text_compare(*(const struct text *)left, *(const struct text *)right);
}

void put_chronology_filter(struct visit *visit, const struct chronology_filter *filter,
			   const struct chronology_choices *choices)
{
	struct value *document = visit->document, *options = put_array(document, "service_options");
	for (size_t s = 0; s < visit->profile->sources.count; s++) {
		const struct profile_source *source = &visit->profile->sources.at[s];
		if (choices->sources[source->number])
			put_option(options, source->id, source->title, filter->service);
	}
	options = put_array(document, "kind_options");
	if (choices->kind_count > 1)
		qsort(choices->kinds, choices->kind_count, sizeof *choices->kinds, compare_kinds);
	for (size_t i = 0; i < choices->kind_count; i++)
		put_option(options, choices->kinds[i], kind_title(visit->arena, choices->kinds[i]), filter->kind);
	options = put_array(document, "factor_options");
	for (size_t i = 0; i < visit->profile->factors.count; i++)
		if (choices->factors[i])
			put_option(options, visit->profile->factors.at[i].id, visit->profile->factors.at[i].name,
				   filter->factor);
	put_bool(document, "has_factor_options", options->count > 0);
	put_text(document, "from_filter", filter->from == DATE_UNKNOWN ? TEXT("") : visit_query(visit, "from"));
	put_text(document, "to_filter", filter->to == DATE_UNKNOWN ? TEXT("") : visit_query(visit, "to"));
	put_text(document, "words_filter", filter->words);
	options = put_array(document, "importance_options");
	put_option(options, TEXT("major"), TEXT("Major only"), filter->major ? TEXT("major") : TEXT(""));
	put_option(options, TEXT("new"), TEXT("New since I last looked"), filter->fresh ? TEXT("new") : TEXT(""));
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
	put_text(row, "factor", event->factor ? event->factor->id : TEXT_ABSENT);
	put_source(row, resident_id, event->title, event->origin, element, TEXT_ABSENT);
	put_text(row, "row_href", summary_row_address(events->arena, resident_id, event->origin));
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

/* "over 3 years", "over 5 months"; "" for less */
static struct text span_words(struct arena *arena, const struct chronology_choices *choices)
{
	int days = choices->first == DATE_UNKNOWN ? 0 : choices->last - choices->first;
	int years = (days + 182) / 365, months = (days + 15) / 30;
	if (days >= 2 * 365 - 30)
		return arena_format(arena, " over %d years", years);
	return months >= 2 ? arena_format(arena, " over %d months", months) : TEXT("");
}

void put_chronology_pages(struct visit *visit, size_t shown, size_t all, const struct chronology_choices *choices,
			  const char *const *more)
{
	static const char *const names[] = {"service", "kind", "factor", "words", "from", "to", "importance"};
	struct buf base;
	buf_init(&base, 16 << 10);
	buf_append_text(&base, visit->request->path);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		append_query(&base, visit, names[i]);
	for (; more && *more; more++)
		append_query(&base, visit, *more);
	put_format(visit->document, "chronology_summary", "Showing %zu %s%.*s%s", shown,
		   shown == 1 ? "event" : "events", TEXT_ARG(span_words(visit->arena, choices)),
		   shown < all ? ": those that fit the filter" : "");
	put_pagination(visit->document, arena_copy(visit->arena, buf_text(&base)), visit_page_number(visit),
		       CHRONOLOGY_EVENTS_A_PAGE, (int64_t)shown);
	buf_release(&base);
}
