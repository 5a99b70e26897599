/* Works a list out: for each subject its groups, one after another, until a test fails. */
#include "base/buf.h"
#include "base/memory.h"
#include "casework/lists_int.h"

#include <stdlib.h>

struct numbers {
	uint32_t *at;
	size_t count, capacity;
};

struct working {
	struct list_source *source;
	const struct profile_list *list;
	struct found_lists *found;
	/* The subject: its properties (a building with its parts), and its people. */
	int64_t subject_id;
	struct numbers places, people;
	struct by_number parts;             /* of buildings, when the list takes them as wholes */
	struct numbers groups[GROUPS_MOST]; /* rows or people, by the kind of group */
	uint64_t questions[GROUPS_MOST];    /* of each group */
	struct numbers scratch;
};

static void add(struct numbers *numbers, uint32_t number)
{
	ARRAY_GROW(numbers->at, numbers->count, numbers->capacity);
	numbers->at[numbers->count++] = number;
}

static bool has(const struct numbers *numbers, uint32_t number)
{
	for (size_t i = 0; i < numbers->count; i++) {
		if (numbers->at[i] == number)
			return true;
	}
	return false;
}

static void add_once(struct numbers *numbers, uint32_t number)
{
	if (!has(numbers, number))
		add(numbers, number);
}

static bool in_range(struct profile_range range, int value)
{
	return (range.from < 0 || value >= range.from) && (range.below < 0 || value < range.below);
}

static bool is_open(struct profile_range range)
{
	return range.from < 0 && range.below < 0;
}

/* Days from SINCE to the newest extract; what began nobody knows when, began long ago. */
static bool days_in_range(const struct working *w, struct profile_range range, date since)
{
	enum { LONG_AGO = 100000 };
	return is_open(range) || in_range(range, since == DATE_UNKNOWN ? LONG_AGO : w->source->today - since);
}

/* ---- where -------------------------------------------------------------------------------------------- */

static bool is_here(const struct working *w, int64_t property_id)
{
	for (size_t i = 0; i < w->places.count; i++) {
		if (w->source->places[w->places.at[i]].property_id == property_id)
			return true;
	}
	return false;
}

static bool is_with(const struct working *w, int group, int64_t property_id)
{
	const struct numbers *rows = &w->groups[group];
	for (size_t i = 0; i < rows->count; i++) {
		if (w->source->rows[rows->at[i]].property_id == property_id)
			return true;
	}
	return false;
}

/* What has no address of its own is at no place. */
static bool is_placed(const struct working *w, const struct profile_group *group, int64_t property_id)
{
	if (group->place == PLACE_ANYWHERE)
		return true;
	if (property_id == 0)
		return false;
	switch (group->place) {
	case PLACE_HERE:
		return is_here(w, property_id);
	case PLACE_ELSEWHERE:
		return !is_here(w, property_id);
	case PLACE_WITH:
		return is_with(w, group->place_group, property_id);
	default:
		return !is_with(w, group->place_group, property_id);
	}
}

/* ---- rows --------------------------------------------------------------------------------------------- */

static bool is_now(const struct fact_row *row, date today)
{
	return !row->gone && row->from <= today && (row->to == DATE_UNKNOWN || row->to >= today);
}

static bool is_of_feeds(const struct profile_group *group, const struct fact_row *row)
{
	if (group->residences)
		return row->feed == FEED_OF_RESIDENCES;
	for (size_t i = 0; i < group->feed_count; i++) {
		if (group->feeds[i]->number == row->feed)
			return true;
	}
	return false;
}

static bool row_is_wanted(const struct working *w, const struct profile_group *group, const struct fact_row *row)
{
	if (!is_of_feeds(group, row))
		return false;
	if ((row->meets & w->questions[group->number]) != w->questions[group->number])
		return false;
	if (group->life != LIFE_EVER && is_now(row, w->source->today) != (group->life == LIFE_NOW))
		return false;
	return days_in_range(w, group->begun, row->from) && is_placed(w, group, row->property_id);
}

static void add_rows(struct working *w, const struct profile_group *group, const struct by_number *index,
		     uint32_t owner)
{
	for (uint32_t i = index->first[owner]; i < index->first[owner + 1]; i++) {
		if (row_is_wanted(w, group, &w->source->rows[index->at[i]]))
			add(&w->groups[group->number], index->at[i]);
	}
}

/* Those whom a group is about: of rows their residents. */
static const struct numbers *people_of(struct working *w, int of)
{
	if (of == GROUP_SUBJECT)
		return &w->people;
	if (w->list->groups[of].people)
		return &w->groups[of];
	w->scratch.count = 0;
	for (size_t i = 0; i < w->groups[of].count; i++) {
		uint32_t person = w->source->rows[w->groups[of].at[i]].person;
		if (person != UINT32_MAX)
			add_once(&w->scratch, person);
	}
	return &w->scratch;
}

static void find_rows(struct working *w, const struct profile_group *group)
{
	if (group->of == GROUP_SUBJECT && w->list->subject == LIST_OF_PROPERTIES) {
		for (size_t i = 0; i < w->places.count; i++)
			add_rows(w, group, &w->source->rows_of_place, w->places.at[i]);
		return;
	}
	const struct numbers *people = people_of(w, group->of);
	for (size_t i = 0; i < people->count; i++)
		add_rows(w, group, &w->source->rows_of_person, people->at[i]);
}

/* ---- people ------------------------------------------------------------------------------------------- */

/* Whole years; the month is known, not the day: somebody is of an age from the month after the birthday's. */
static bool age_is_wanted(const struct working *w, const struct profile_group *group, const struct person *person)
{
	if (is_open(group->age))
		return true;
	if (person->birth_month < 0)
		return group->adults_too;
	struct ymd today = date_ymd(w->source->today);
	int months = today.year * 12 + today.month - 1 - person->birth_month;
	return months >= 0 && in_range(group->age, (months - (months % 12 == 0)) / 12);
}

static bool person_is_wanted(struct working *w, const struct profile_group *group, uint32_t number)
{
	const struct person *person = &w->source->people[number];
	if (person->dead || (person->doubtful && !group->doubtful) || !age_is_wanted(w, group, person) ||
	    !days_in_range(w, group->home, person->home_from) || !days_in_range(w, group->arrived, person->arrived) ||
	    !is_placed(w, group, person->property_id))
		return false;
	for (size_t i = 0; i < group->except_count; i++) {
		const struct numbers *except = &w->groups[group->except[i]];
		bool people = w->list->groups[group->except[i]].people;
		for (size_t k = 0; k < except->count; k++) {
			if ((people ? except->at[k] : w->source->rows[except->at[k]].person) == number)
				return false;
		}
	}
	return true;
}

static void add_person(struct working *w, const struct profile_group *group, uint32_t number)
{
	if (person_is_wanted(w, group, number))
		add_once(&w->groups[group->number], number);
}

static void add_household(struct working *w, const struct profile_group *group, uint32_t household)
{
	const struct by_number *people = &w->source->people_of_household;
	for (uint32_t i = people->first[household]; i < people->first[household + 1]; i++)
		add_person(w, group, people->at[i]);
}

static void add_doubles(struct working *w, const struct profile_group *group, uint32_t person)
{
	const struct by_number *doubles = &w->source->doubles_of_person;
	for (uint32_t i = doubles->first[person]; i < doubles->first[person + 1]; i++) {
		if (doubles->at[i] != UINT32_MAX)
			add_person(w, group, doubles->at[i]);
	}
}

static void find_people(struct working *w, const struct profile_group *group)
{
	const struct numbers *people = people_of(w, group->of);
	for (size_t i = 0; i < people->count; i++) {
		uint32_t household = w->source->people[people->at[i]].household;
		if (group->doubles)
			add_doubles(w, group, people->at[i]);
		else
			add_person(w, group, people->at[i]);
		if (group->together && household != UINT32_MAX)
			add_household(w, group, household);
	}
}

/* ---- counts ------------------------------------------------------------------------------------------- */

static int64_t measured(const struct working *w, const struct profile_group *group, uint32_t number,
			enum group_measure measure)
{
	const struct person *person = group->people ? &w->source->people[number] : NULL;
	const struct fact_row *row = group->people ? NULL : &w->source->rows[number];
	switch (measure) {
	case MEASURE_PROPERTIES:
		return person ? person->property_id : row->property_id;
	case MEASURE_FAMILIES: /* who is of no family stands alone */
		return person && person->family ? ((int64_t)person->property << 20) + person->family
						: -(int64_t)number - 1;
	case MEASURE_SOURCES:
		return row && row->feed != FEED_OF_RESIDENCES
			       ? (int64_t)w->source->profile->feeds.at[row->feed].source->number + 1
			       : 0;
	default:
		return person ? (int64_t)number + 1 : row->person == UINT32_MAX ? 0 : (int64_t)row->person + 1;
	}
}

static int count_of(const struct working *w, int group, enum group_measure measure)
{
	const struct numbers *numbers = &w->groups[group];
	const struct profile_group *of = &w->list->groups[group];
	if (measure == MEASURE_COUNT || (measure == MEASURE_PEOPLE && of->people))
		return (int)numbers->count;
	int count = 0;
	for (size_t i = 0; i < numbers->count; i++) {
		int64_t value = measured(w, of, numbers->at[i], measure);
		bool is_new = value != 0;
		for (size_t k = 0; k < i && is_new; k++)
			is_new = measured(w, of, numbers->at[k], measure) != value;
		count += is_new;
	}
	return count;
}

static bool holds(const struct working *w, const struct profile_test *test)
{
	int count = count_of(w, test->group, test->measure);
	switch (test->compare) {
	case CONDITION_EQUAL:
		return count == test->number;
	case CONDITION_NOT_EQUAL:
		return count != test->number;
	case CONDITION_LESS:
		return count < test->number;
	case CONDITION_LESS_EQUAL:
		return count <= test->number;
	case CONDITION_GREATER:
		return count > test->number;
	default:
		return count >= test->number;
	}
}

static bool all_hold(const struct working *w, const struct profile_test *tests, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!holds(w, &tests[i]))
			return false;
	}
	return true;
}

static bool any_holds(const struct working *w)
{
	for (size_t i = 0; i < w->list->any_count; i++) {
		if (holds(w, &w->list->any[i]))
			return true;
	}
	return w->list->any_count == 0;
}

/* Group after group; false as soon as a test on what is known fails. */
static bool find_groups(struct working *w)
{
	for (size_t g = 0; g < w->list->group_count; g++) {
		const struct profile_group *group = &w->list->groups[g];
		w->groups[g].count = 0;
		if (group->people)
			find_people(w, group);
		else
			find_rows(w, group);
		for (size_t t = 0; t < w->list->all_count; t++) {
			if (w->list->all[t].group == (int)g && !holds(w, &w->list->all[t]))
				return false;
		}
	}
	return any_holds(w);
}

/* ---- a row of the list --------------------------------------------------------------------------------- */

static void append_reason(struct buf *out, const struct working *w, struct text reason)
{
	size_t open;
	while ((open = text_find_char(reason, '{')) < reason.len) {
		struct text rest = text_slice(reason.at + open + 1, reason.len - open - 1);
		size_t close = text_find_char(rest, '}'), dot = text_find_char(text_slice(rest.at, close), '.');
		struct text id = text_slice(rest.at, dot);
		struct text measure = dot < close ? text_slice(rest.at + dot + 1, close - dot - 1) : TEXT("count");
		buf_append(out, reason.at, open);
		for (size_t g = 0; g < w->list->group_count; g++) {
			if (!text_equal(w->list->groups[g].id, id))
				continue;
			for (int m = MEASURE_COUNT; m <= MEASURE_SOURCES; m++) {
				if (text_is(measure, group_measure_name((enum group_measure)m)))
					buf_append_int(out, count_of(w, (int)g, (enum group_measure)m));
			}
		}
		reason = close < rest.len ? text_slice(rest.at + close + 1, rest.len - close - 1) : TEXT("");
	}
	buf_append_text(out, reason);
}

static int append_reasons(struct buf *out, const struct working *w)
{
	enum { EACH_MOST = 10 };
	int total = 0;
	for (size_t i = 0; i < w->list->points_count; i++) {
		const struct profile_points *points = &w->list->points[i];
		if (!all_hold(w, points->tests, points->test_count))
			continue;
		int times = points->each == GROUP_SUBJECT ? 1 : count_of(w, points->each, MEASURE_COUNT);
		if (times == 0)
			continue;
		int value = points->points * (times < EACH_MOST ? times : EACH_MOST);
		buf_format(out, "%d\t", value);
		append_reason(out, w, points->reason);
		buf_append_char(out, '\n');
		total += value;
	}
	return total;
}

static bool is_shown(const struct profile_list *list, int group)
{
	for (size_t i = 0; i < list->show_count; i++) {
		if (list->show[i] == group)
			return true;
	}
	return false;
}

static void add_members(struct working *w, const struct found_row *row, int group, bool shown)
{
	const struct numbers *people = people_of(w, group);
	for (size_t i = 0; i < people->count; i++) {
		int64_t resident_id = w->source->people[people->at[i]].resident_id;
		bool is_new = true;
		for (size_t m = row->first_member; m < w->found->member_count && is_new; m++)
			is_new = w->found->members[m].resident_id != resident_id;
		if (!is_new)
			continue;
		ARRAY_GROW(w->found->members, w->found->member_count, w->found->member_capacity);
		w->found->members[w->found->member_count++] =
			(struct found_member){.resident_id = resident_id, .group = (uint16_t)group, .shown = shown};
	}
}

/* Everybody whom the row goes by, so that it is hidden with any of them; those to be named first. */
static void add_all_members(struct working *w, const struct found_row *row)
{
	int groups = (int)w->list->group_count;
	if (w->list->subject != LIST_OF_PROPERTIES)
		add_members(w, row, GROUP_SUBJECT, true);
	for (int g = 0; g < groups; g++) {
		if (is_shown(w->list, g))
			add_members(w, row, g, true);
	}
	for (int g = 0; g < groups; g++) {
		if (!is_shown(w->list, g))
			add_members(w, row, g, false);
	}
}

static void add_found(struct working *w)
{
	struct buf reasons;
	struct found_lists *found = w->found;
	const struct place *place = w->places.count ? &w->source->places[w->places.at[0]] : NULL;
	buf_init(&reasons, 1 << 16);
	struct found_row row = {.list = w->list,
				.subject_id = w->subject_id,
				.property_id = place ? place->property_id : 0,
				.ward = place ? place->ward : TEXT_ABSENT,
				.points = append_reasons(&reasons, w),
				.first_member = found->member_count};
	row.reasons = arena_text(&found->arena, buf_text(&reasons));
	buf_release(&reasons);
	add_all_members(w, &row);
	row.member_count = found->member_count - row.first_member;
	ARRAY_GROW(found->rows, found->count, found->capacity);
	found->rows[found->count++] = row;
}

/* ---- subjects ------------------------------------------------------------------------------------------ */

static bool text_among(const struct text *texts, size_t count, const char *wanted)
{
	for (size_t i = 0; i < count; i++) {
		if (text_is(texts[i], wanted))
			return true;
	}
	return false;
}

/* A room of a house counts with the house, when both are of the kinds that the list takes as wholes. */
static void find_wholes(struct working *w)
{
	struct list_source *source = w->source;
	const struct profile_list *list = w->list;
	uint32_t *owners = memory_alloc(source->place_count + 1, sizeof *owners);
	for (size_t i = 0; i < source->place_count; i++) {
		struct place *place = &source->places[i];
		uint32_t parent = UINT32_MAX;
		if (place->parent_id && text_among(list->whole, list->whole_count, place->kind))
			parent = list_source_place(source, place->parent_id);
		if (parent != UINT32_MAX && !text_among(list->whole, list->whole_count, source->places[parent].kind))
			parent = UINT32_MAX;
		owners[i] = place->whole = parent == UINT32_MAX ? (uint32_t)i : parent;
	}
	list_source_index(&w->parts, owners, source->place_count, source->place_count);
	free(owners);
}

static void take_place(struct working *w, uint32_t number)
{
	const struct list_source *source = w->source;
	add(&w->places, number);
	for (uint32_t i = source->people_of_place.first[number]; i < source->people_of_place.first[number + 1]; i++)
		add(&w->people, source->people_of_place.at[i]);
}

static bool take_property(struct working *w, uint32_t number)
{
	const struct place *place = &w->source->places[number];
	if (place->whole != number || (w->list->property_kind_count &&
				       !text_among(w->list->property_kinds, w->list->property_kind_count, place->kind)))
		return false;
	w->subject_id = place->property_id;
	take_place(w, number);
	for (uint32_t i = w->list->whole_count ? w->parts.first[number] : 0;
	     w->list->whole_count && i < w->parts.first[number + 1]; i++) {
		if (w->parts.at[i] != number)
			take_place(w, w->parts.at[i]);
	}
	return true;
}

static void take_household(struct working *w, uint32_t number)
{
	const struct list_source *source = w->source;
	w->subject_id = source->households[number];
	for (uint32_t i = source->people_of_household.first[number]; i < source->people_of_household.first[number + 1];
	     i++)
		add(&w->people, source->people_of_household.at[i]);
	uint32_t place = w->people.count ? source->people[w->people.at[0]].property : UINT32_MAX;
	if (place != UINT32_MAX)
		add(&w->places, place);
}

static void take_resident(struct working *w, uint32_t number)
{
	const struct person *person = &w->source->people[number];
	w->subject_id = person->resident_id;
	add(&w->people, number);
	if (person->property != UINT32_MAX)
		add(&w->places, person->property);
}

static bool take_subject(struct working *w, uint32_t number)
{
	w->places.count = w->people.count = 0;
	switch (w->list->subject) {
	case LIST_OF_PROPERTIES:
		return take_property(w, number);
	case LIST_OF_HOUSEHOLDS:
		take_household(w, number);
		return true;
	default:
		take_resident(w, number);
		return true;
	}
}

static size_t subjects(const struct working *w)
{
	switch (w->list->subject) {
	case LIST_OF_PROPERTIES:
		return w->source->place_count;
	case LIST_OF_HOUSEHOLDS:
		return w->source->household_count;
	default:
		return w->source->people_count;
	}
}

static void prepare(struct working *w)
{
	for (size_t g = 0; g < w->list->group_count; g++) {
		const struct profile_group *group = &w->list->groups[g];
		w->questions[g] = list_source_question(w->source, &group->when);
	}
	if (w->list->whole_count)
		find_wholes(w);
	for (size_t i = 0; i < w->source->place_count && !w->list->whole_count; i++)
		w->source->places[i].whole = (uint32_t)i;
}

void list_work_out(struct found_lists *found, struct list_source *source, const struct profile_list *list)
{
	struct working w = {.source = source, .list = list, .found = found};
	prepare(&w);
	for (uint32_t i = 0, count = (uint32_t)subjects(&w); i < count; i++) {
		if (take_subject(&w, i) && find_groups(&w))
			add_found(&w);
	}
	for (size_t g = 0; g < list->group_count; g++)
		free(w.groups[g].at);
	free(w.places.at);
	free(w.people.at);
	free(w.scratch.at);
	free(w.parts.first);
	free(w.parts.at);
}

void found_init(struct found_lists *found)
{
	*found = (struct found_lists){0};
	arena_init(&found->arena, (size_t)1 << 30);
}

void found_release(struct found_lists *found)
{
	free(found->rows);
	free(found->members);
	arena_release(&found->arena);
}
