/* Of the resident's page: who works with them, who they are, where and with whom they live. */
#include "web/pages/disputes.h"
#include "web/pages/people.h"
#include "web/pages/resident.h"

#include <ctype.h>

static void put_line(struct visit *visit, struct value *lines, const char *title, const struct view_value *value,
		     const char *link)
{
	if (!value->element || (!value->shown.len && !value->withheld))
		return;
	struct value *row = add_object(lines);
	put_string(row, "title", title);
	put_text(row, "value", value->withheld ? TEXT("withheld") : value->shown);
	put_disputed(visit, row, value);
	put_text(row, "why", value->withheld ? value->why : TEXT_ABSENT);
	if (!link || value->withheld) {
		put_null(row, "link");
		return;
	}
	struct buf address;
	buf_init(&address, 512);
	buf_format(&address, "%s", link);
	for (size_t i = 0; i < value->value.len; i++)
		if (!isspace((unsigned char)value->value.at[i]))
			buf_append_char(&address, value->value.at[i]);
	put_text(row, "link", arena_text(lines->arena, buf_text(&address)));
	buf_release(&address);
}

/* Whom to ask: mostly an address for e-mail, at times a telephone or a room. */
static void put_contact(struct value *lines, struct text contact)
{
	put_fact(lines, "Ask", contact);
	struct value *row = lines->last;
	if (text_find_char(contact, '@') < contact.len && text_find_char(contact, ' ') >= contact.len)
		put_format(row, "link", "mailto:%.*s", TEXT_ARG(contact));
}

static const struct disclosed_origin *origin_of(const struct view_service *service)
{
	const struct view_value *values[] = {&service->status, &service->worker, &service->since,
					     &service->last_contact, &service->team};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (values[i]->element && values[i]->origin)
			return values[i]->origin;
	return NULL;
}

static const struct profile_element *element_of(const struct view_service *service)
{
	const struct view_value *values[] = {&service->status, &service->worker, &service->since,
					     &service->last_contact, &service->team};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (values[i]->element && values[i]->origin)
			return values[i]->element;
	return NULL;
}

/* A feed that delivers changes only says nothing of what stayed as it was: both dates tell that it is not old. */
static struct text dates_of(struct arena *arena, const struct view_service *service)
{
	struct text as_at = document_long_date(arena, service->as_at);
	if (service->unchanged_since == DATE_UNKNOWN || service->unchanged_since >= service->as_at)
		return as_at;
	struct text since = document_long_date(arena, service->unchanged_since);
	return arena_format(arena, "%.*s, unchanged since %.*s", TEXT_ARG(as_at), TEXT_ARG(since));
}

static void put_service(struct visit *visit, struct value *services, const struct view_service *service,
			int64_t resident_id)
{
	struct value *row = add_object(services), *lines;
	put_text(row, "title", service->title);
	put_bool(row, "active", service->active);
	put_bool(row, "presence_only", service->presence_only);
	lines = put_array(row, "lines");
	put_line(visit, lines, "Worker", &service->worker, NULL);
	put_line(visit, lines, "Phone", &service->worker_phone, "tel:");
	put_line(visit, lines, "Email", &service->worker_email, "mailto:");
	put_line(visit, lines, "Team", &service->team, NULL);
	put_line(visit, lines, "Status", &service->status, NULL);
	put_line(visit, lines, "Since", &service->since, NULL);
	put_line(visit, lines, "Last contact", &service->last_contact, NULL);
	if (!service->worker.shown.len && service->contact.len)
		put_contact(lines, service->contact);
	put_fact(lines, "Data as at", dates_of(visit->arena, service));
	put_fact(lines, "Not shown", service->why_no_more);
	struct text what = arena_format(visit->arena, "what %.*s knows", TEXT_ARG(service->title));
	put_source(row, resident_id, what, origin_of(service), element_of(service), TEXT_ABSENT);
}

static bool has_card(const struct view_resident *view, const struct profile_source *source)
{
	for (size_t i = 0; i < view->service_count; i++)
		if (view->services[i].source == source)
			return true;
	return false;
}

/* What no card above speaks of. */
static struct text refused_sources(struct visit *visit, const struct view_resident *view)
{
	struct buf list;
	buf_init(&list, 16 << 10);
	for (size_t i = 0; i < view->refusal_count; i++)
		if (!has_card(view, view->refusals[i].source))
			buf_format(&list, "%s%.*s: %.*s", list.len ? " " : "",
				   TEXT_ARG(view->refusals[i].source->title), TEXT_ARG(view->refusals[i].why));
	struct text result = list.len ? arena_text(visit->arena, buf_text(&list)) : TEXT_ABSENT;
	buf_release(&list);
	return result;
}

void resident_put_services(struct visit *visit, const struct view_resident *view)
{
	struct value *services = put_array(visit->document, "known_to");
	for (size_t i = 0; i < view->service_count; i++)
		put_service(visit, services, &view->services[i], view->resident_id);
	put_text(visit->document, "withheld", refused_sources(visit, view));
}

/* ---- identity -------------------------------------------------------------------------------------- */

static struct text detail_of(struct arena *arena, const struct view_variant *variant)
{
	const struct view_value *value = &variant->value;
	struct text all =
		variant->source_count > 1 ? source_titles(arena, variant->sources, variant->source_count) : TEXT("");
	struct text agreement = value->agreement ? value->agreement->title : TEXT("");
	return arena_format(arena, "%s%.*s%s%s%.*s%s%.*s%s", all.len ? "Also: " : "", TEXT_ARG(all),
			    all.len ? ". " : "", agreement.len ? "Shown under " : "", TEXT_ARG(agreement),
			    value->clause.len ? ", clause " : "", TEXT_ARG(value->clause), agreement.len ? "." : "");
}

static void put_identity(struct visit *visit, struct value *rows, const struct view_identity *identity,
			 int64_t resident_id)
{
	struct value *row = add_object(rows);
	put_text(row, "id", identity->element->id);
	put_text(row, "title", identity->element->title);
	put_bool(row, "differs", identity->differs);
	struct value *values = put_array(row, "values");
	for (size_t i = 0; i < identity->variant_count; i++) {
		const struct view_variant *variant = &identity->variants[i];
		struct value *item = add_object(values);
		put_text(item, "value", variant->value.withheld ? TEXT_ABSENT : variant->value.shown);
		put_text(item, "why", variant->value.withheld ? variant->value.why : TEXT_ABSENT);
		put_bool(item, "current", variant->current);
		put_disputed_variant(visit, item, variant);
		put_date(item, "until", variant->until);
		put_long_date(item, "until_text", variant->until);
		put_source(item, resident_id, identity->element->title, variant->value.origin, variant->value.element,
			   detail_of(visit->arena, variant));
	}
}

static void put_addresses(struct visit *visit, struct value *rows, const struct view_resident *view)
{
	if (!view->address_count)
		return;
	struct value *row = add_object(rows);
	size_t current = 0;
	put_string(row, "id", "address");
	put_string(row, "title", "Address");
	/* spellings and dates of one property are no difference */
	for (size_t i = 0; i < view->home_count; i++)
		current += view->homes[i].current;
	put_bool(row, "differs", current > 1);
	struct value *values = put_array(row, "values");
	for (size_t i = 0; i < view->address_count; i++) {
		const struct view_address *address = &view->addresses[i];
		struct value *item = add_object(values);
		struct text period = people_period(visit->arena, address->from, address->to);
		put_format(item, "value", "%.*s%s%.*s%s%.*s%s", TEXT_ARG(address->address),
			   address->postcode.len ? ", " : "", TEXT_ARG(address->postcode), period.len ? " (" : "",
			   TEXT_ARG(period), period.len ? ")" : "");
		put_null(item, "why");
		put_bool(item, "current", address->current);
		put_disputed_address(visit, item, address);
		put_null(item, "until_text");
		const struct profile_element *element = profile_element(visit->profile, TEXT("postcode"));
		put_source(item, view->resident_id, TEXT("Address"), address->origin, element,
			   source_titles(visit->arena, address->sources, address->source_count));
	}
}

void resident_put_identity(struct visit *visit, const struct view_resident *view)
{
	struct value *rows = put_array(visit->document, "identity");
	for (size_t i = 0; i < view->identity_count; i++)
		put_identity(visit, rows, &view->identity[i], view->resident_id);
	for (size_t i = 0; i < view->contact_count; i++)
		put_identity(visit, rows, &view->contact[i], view->resident_id);
	put_addresses(visit, rows, view);
}
