/* A table for each service, and the chronology. */
#include "view/view_int.h"

#include "base/buf.h"
#include "base/memory.h"

enum { EVENTS_MAX = 2000, TITLE_MAX = 400 };

/* ---- sections --------------------------------------------------------------------------------------------- */

static size_t older_versions(const struct viewing *v, size_t newest)
{
	const struct disclosed_origin *at = &v->answer->rows[newest].origin;
	size_t count = 0;
	for (size_t i = newest; i-- > 0 && v->answer->rows[i].origin.record_id == at->record_id &&
				v->answer->rows[i].origin.feed == at->feed &&
				v->answer->rows[i].origin.row_key == at->row_key;)
		count++;
	return count;
}

static bool put_row(struct viewing *v, const struct profile_section *section, size_t at, struct view_row *out)
{
	const struct disclosed_row *row = &v->answer->rows[at];
	struct view_value *values = ARENA_ARRAY(v->arena, section->element_count, struct view_value);
	bool any = false;
	for (size_t e = 0; e < section->element_count; e++) {
		values[e] = make_value(v, row, section->elements[e]);
		any |= values[e].element && !values[e].withheld;
	}
	*out = (struct view_row){.values = values,
				 .current = !row->ended && row_holds(v, row, &section->current),
				 .is_new = row_is_new(v, row),
				 .origin = &row->origin,
				 .older_versions = older_versions(v, at)};
	return any;
}

struct dated_row {
	struct view_row row;
	date from;
};

static int compare_rows(const void *left, const void *right)
{
	const struct dated_row *a = left, *b = right;
	if (a->row.current != b->row.current)
		return a->row.current ? -1 : 1;
	if (a->from != b->from)
		return a->from > b->from ? -1 : 1;
	return (a->row.origin->row_key > b->row.origin->row_key) - (a->row.origin->row_key < b->row.origin->row_key);
}

/* Why a value that belongs into the table is not there; what the table has no column for is nobody's loss. */
static struct text first_refusal(const struct view_section *section)
{
	for (size_t i = 0; i < section->row_count; i++) {
		for (size_t e = 0; e < section->element_count; e++) {
			if (section->rows[i].values[e].withheld)
				return section->rows[i].values[e].why;
		}
	}
	return TEXT_ABSENT;
}

static bool put_section(struct viewing *v, const struct profile_section *rule, struct view_section *section)
{
	size_t count = 0, capacity = 0;
	struct dated_row *found = NULL;
	*section = (struct view_section){.title = rule->title,
					 .feed = rule->feed,
					 .elements = rule->elements,
					 .element_count = rule->element_count,
					 .as_at = DATE_UNKNOWN};
	for (size_t i = 0; i < v->answer->row_count; i++) {
		const struct disclosed_row *row = &v->answer->rows[i];
		if (row->origin.feed != rule->feed || !row->newest || row->presence_only)
			continue;
		ARRAY_GROW(found, count, capacity);
		found[count].from = row->valid_from;
		if (!put_row(v, rule, i, &found[count].row))
			continue;
		section->as_at = row->origin.data_as_at;
		v->out->new_count += found[count++].row.is_new;
	}
	if (count)
		qsort(found, count, sizeof *found, compare_rows);
	struct view_row *rows = ARENA_ARRAY(v->arena, count, struct view_row);
	for (size_t i = 0; i < count; i++)
		rows[i] = found[i].row;
	free(found);
	section->rows = rows;
	section->row_count = count;
	section->why_no_more = first_refusal(section);
	return count > 0;
}

void view_put_sections(struct viewing *v)
{
	struct view_section *sections = ARENA_ARRAY(v->arena, v->profile->sections.count, struct view_section);
	size_t count = 0;
	for (size_t i = 0; i < v->profile->sections.count; i++)
		count += put_section(v, &v->profile->sections.at[i], &sections[count]);
	v->out->sections = sections;
	v->out->section_count = count;
}

/* ---- events ------------------------------------------------------------------------------------------------- */

/* "{tenure}" in words; what is withheld or missing says so rather than leaving a hole. */
static void put_placeholder(struct viewing *v, struct buf *title, const struct disclosed_row *row, struct text id)
{
	const struct profile_element *element = profile_element(v->profile, id);
	struct view_value value = make_value(v, row, element);
	if (!value.element)
		buf_format(title, "not recorded");
	else if (value.withheld)
		buf_format(title, "not shown");
	else if (value.type == COLUMN_CODE)
		buf_append_text(title, value.value); /* in the middle of a sentence: as the code list has it */
	else
		buf_append_text(title, value.shown);
}

static struct text event_title(struct viewing *v, const struct profile_event *rule, const struct disclosed_row *row)
{
	struct buf title;
	buf_init(&title, TITLE_MAX * 4);
	struct text rest = rule->title;
	while (rest.len) {
		size_t open = text_find_char(rest, '{');
		buf_append(&title, rest.at, open);
		if (open == rest.len)
			break;
		rest = text_slice(rest.at + open + 1, rest.len - open - 1);
		size_t close = text_find_char(rest, '}');
		put_placeholder(v, &title, row, text_slice(rest.at, close));
		rest = text_slice(rest.at + close + 1, rest.len - close - 1);
	}
	if (title.len && title.at[0] >= 'a' && title.at[0] <= 'z')
		title.at[0] = (char)(title.at[0] - 'a' + 'A');
	struct text kept = arena_text(v->arena, buf_text(&title));
	buf_release(&title);
	return kept;
}

static bool same_row(const struct disclosed_row *a, const struct disclosed_row *b)
{
	return a->origin.record_id == b->origin.record_id && a->origin.feed == b->origin.feed &&
	       a->origin.row_key == b->origin.row_key;
}

/* A rule speaks of the newest version of a row, or, if it is about a change, of each version that brought one. */
static bool speaks_of(const struct viewing *v, const struct profile_event *rule, size_t at)
{
	const struct disclosed_row *row = &v->answer->rows[at];
	if (row->origin.feed != rule->feed || row->presence_only)
		return false;
	if (!rule->changed)
		return row->newest;
	if (at == 0 || !same_row(row - 1, row))
		return true;
	return !text_equal(row_text(row, rule->changed), row_text(row - 1, rule->changed));
}

static bool make_event(struct viewing *v, const struct profile_event *rule, const struct disclosed_row *row,
		       struct view_event *event)
{
	date on;
	const struct disclosed_value *day = row_value(row, rule->date);
	if (!row_holds(v, row, &rule->when) || (day && day->withheld))
		return false;
	if (!date_parse(day ? day->value : TEXT_ABSENT, "YYYY-MM-DD", 0, &on)) {
		if (rule->date != rule->feed->valid_from || rule->changed)
			return false; /* what has no end has not ended; what has no beginning has begun some day */
		on = DATE_UNKNOWN;
	}
	*event = (struct view_event){.on = on,
				     .kind = rule->kind,
				     .title = event_title(v, rule, row),
				     .importance = rule->importance,
				     .ahead = on > v->today,
				     .is_new = row_is_new(v, row),
				     .origin = &row->origin};
	return true;
}

int view_compare_events(const void *left, const void *right)
{
	const struct view_event *a = left, *b = right;
	if (a->on != b->on)
		return a->on > b->on ? -1 : 1;
	if (a->importance != b->importance)
		return a->importance > b->importance ? -1 : 1;
	int by_kind = text_compare(a->kind, b->kind);
	return by_kind ? by_kind : (a->origin > b->origin) - (a->origin < b->origin);
}

void view_put_events(struct viewing *v)
{
	struct view_event *events = NULL;
	size_t count = 0, capacity = 0;
	for (size_t r = 0; r < v->profile->events.count; r++) {
		const struct profile_event *rule = &v->profile->events.at[r];
		for (size_t i = 0; i < v->answer->row_count && count < EVENTS_MAX; i++) {
			if (!speaks_of(v, rule, i))
				continue;
			ARRAY_GROW(events, count, capacity);
			count += make_event(v, rule, &v->answer->rows[i], &events[count]);
		}
	}
	for (size_t i = 0; i < 2 * v->answer->residence_count; i++)
		ARRAY_GROW(events, count + i, capacity);
	if (v->answer->residence_count)
		count += view_put_moves(v, events + count);
	if (count)
		qsort(events, count, sizeof *events, view_compare_events);
	struct view_event *kept = ARENA_ARRAY(v->arena, count, struct view_event);
	if (count)
		memcpy(kept, events, count * sizeof *kept);
	free(events);
	v->out->events = kept;
	v->out->event_count = count;
}
