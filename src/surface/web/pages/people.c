#include "web/pages/people.h"

#include "base/id.h"

static struct text month_of(struct arena *arena, date d)
{
	struct text whole = document_long_date(arena, d);
	size_t gap = text_find_char(whole, ' ');
	return gap < whole.len ? text_slice(whole.at + gap + 1, whole.len - gap - 1) : whole;
}

struct text people_period(struct arena *arena, date from, date to)
{
	if (from == DATE_UNKNOWN && to == DATE_UNKNOWN)
		return TEXT("");
	struct text begun = from == DATE_UNKNOWN ? TEXT("") : month_of(arena, from);
	struct text ended = to == DATE_UNKNOWN ? TEXT("") : month_of(arena, to);
	if (!ended.len)
		return arena_format(arena, "since %.*s", TEXT_ARG(begun));
	if (!begun.len)
		return arena_format(arena, "until %.*s", TEXT_ARG(ended));
	return arena_format(arena, "%.*s to %.*s", TEXT_ARG(begun), TEXT_ARG(ended));
}

void put_age(struct value *object, const char *key, struct text date_of_birth, struct text date_of_death, date on)
{
	date born, died;
	date day = on ? on : date_today();
	if (!date_of_birth.len || !date_parse_iso(date_of_birth, &born) || born > day) {
		put_null(object, key);
		return;
	}
	bool dead = date_of_death.len && date_parse_iso(date_of_death, &died) && died >= born && died <= day;
	int years = date_age_in_years(born, dead ? died : day), months = 0;
	while (!dead && years < 2 && date_add_months(born, months + 1) <= day)
		months++;
	if (dead)
		put_format(object, key, "died aged %d", years);
	else if (years >= 2)
		put_format(object, key, "%d years old", years);
	else
		put_format(object, key, "%d %s old", months, months == 1 ? "month" : "months");
}

void put_birth(struct value *object, const char *key, struct text date_of_birth)
{
	date born;
	if (date_of_birth.len && date_parse_iso(date_of_birth, &born))
		put_long_date(object, key, born);
	else
		put_text(object, key, date_of_birth.len ? date_of_birth : TEXT_ABSENT);
}

struct text person_name(const struct disclosed_person *person)
{
	return person->name.len ? person->name : TEXT("Name withheld");
}

struct text source_titles(struct arena *arena, const struct profile_source *const *sources, size_t count)
{
	struct buf list;
	buf_init(&list, 16 << 10);
	for (size_t i = 0; i < count; i++)
		buf_format(&list, "%s%.*s", i ? ", " : "", TEXT_ARG(sources[i]->title));
	struct text result = arena_text(arena, buf_text(&list));
	buf_release(&list);
	return result;
}

date people_take_day(struct visit *visit, bool *right)
{
	date on = DATE_UNKNOWN, today = date_today();
	struct text written = visit_query(visit, "at");
	*right = !written.len || (date_parse_iso(written, &on) && on <= today);
	if (!*right)
		on = DATE_UNKNOWN;
	put_text(visit->document, "at", *right ? written : TEXT("")); /* a date field takes nothing else */
	put_long_date(visit->document, "at_text", on);
	put_date(visit->document, "today", today);
	if (!*right)
		visit_form_error(visit, "at", "Date must be a real day up to today, such as 31 March 2024");
	return on;
}

void put_restrictions(const struct visit *visit, struct value *document, uint64_t restrictions)
{
	struct value *rows = put_array(document, "restrictions");
	for (size_t i = 0; i < visit->profile->restrictions.count; i++) {
		const struct profile_restriction *restriction = &visit->profile->restrictions.at[i];
		if (!(restrictions >> restriction->number & 1))
			continue;
		struct value *row = add_object(rows);
		put_text(row, "title", restriction->title);
		put_text(row, "reason", restriction->reason);
	}
}

struct text household_kind(struct text kind)
{
	if (text_is(kind, "family"))
		return TEXT("Family household");
	if (text_is(kind, "single"))
		return TEXT("One person");
	if (text_is(kind, "shared"))
		return TEXT("Shared house");
	if (text_is(kind, "institution"))
		return TEXT("Home or hostel");
	return kind.len ? kind : TEXT("Household");
}

struct text household_certainty(struct text certainty)
{
	if (text_is(certainty, "certain"))
		return TEXT("Certain");
	if (text_is(certainty, "likely"))
		return TEXT("Likely");
	if (text_is(certainty, "uncertain"))
		return TEXT("Uncertain");
	return certainty;
}

void put_href(struct value *object, const char *key, const char *where, int64_t id)
{
	char text[ID_TEXT_SIZE];
	if (id)
		put_format(object, key, "/%s/%s", where, id_format(id, text));
	else
		put_null(object, key);
}

/* Written once for every value of a page, so by hand. */
struct text report_address(struct arena *arena, int64_t resident_id, const struct disclosed_origin *origin,
			   const struct profile_element *element)
{
	char id[ID_TEXT_SIZE], as_at[DATE_TEXT_SIZE], room[512];
	if (!resident_id || !origin || !origin->feed || !element || !feed_column(origin->feed, element))
		return TEXT_ABSENT;
	struct buf out = {.at = room, .cap = sizeof room, .ceiling = sizeof room};
	buf_append_text(&out, TEXT("/reports/new?resident="));
	buf_append_text(&out, text_of(id_format(resident_id, id)));
	buf_append_text(&out, TEXT("&record="));
	buf_append_int(&out, origin->record_id);
	buf_append_text(&out, TEXT("&feed="));
	buf_append_text(&out, origin->feed->id);
	buf_append_text(&out, TEXT("&row="));
	buf_append_int(&out, origin->row_key);
	buf_append_text(&out, TEXT("&element="));
	buf_append_text(&out, element->id);
	buf_append_text(&out, TEXT("&as_at="));
	buf_append_text(&out, text_of(date_format_iso(origin->as_at, as_at)));
	return out.failed ? TEXT_ABSENT : arena_text(arena, buf_text(&out));
}

void put_data_date(struct value *object, date as_at, date unchanged_since)
{
	bool older = unchanged_since != DATE_UNKNOWN && unchanged_since < as_at;
	put_date(object, "as_at", as_at);
	put_long_date(object, "as_at_text", as_at);
	put_date(object, "unchanged_since", older ? unchanged_since : DATE_UNKNOWN);
	put_long_date(object, "unchanged_text", older ? unchanged_since : DATE_UNKNOWN);
}

void put_source(struct value *object, int64_t resident_id, struct text what, const struct disclosed_origin *origin,
		const struct profile_element *element, struct text detail)
{
	if (!origin || !origin->feed) {
		put_null(object, "source");
		return;
	}
	struct value *source = put_object(object, "source");
	put_text(source, "what", what);
	put_text(source, "service", origin->feed->source->title);
	put_text(source, "feed", origin->feed->title);
	put_data_date(source, origin->data_as_at, origin->as_at);
	put_int(source, "record", origin->record_id);
	put_text(source, "detail", detail.len ? detail : TEXT_ABSENT);
	put_text(source, "report", report_address(object->arena, resident_id, origin, element));
}
