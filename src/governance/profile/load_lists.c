#include "profile/profile_int.h"

/* Lists for investigators: groups of rows and people around a subject, tests on their counts, points with reasons. */

static const char *const list_keys[] = {"id",      "title",     "question", "caution",        "subject",     "owner",
					"purpose", "agreement", "groups",   "property_kinds", "whole",       "all",
					"any",     "points",    "show",     "outcomes",       "again_after", NULL};
static const char *const rows_keys[] = {"rows", "of", "when", "at", "life", "begun_from", "begun_below", NULL};
static const char *const people_keys[] = {
	"people",        "at",     "age_from", "age_below", "no_age",   "home_from", "home_below", "arrived_from",
	"arrived_below", "except", "doubles",  "together",  "doubtful", NULL};

struct list_reader {
	struct reader *r;
	struct profile_list *list;
	struct profile_group *groups; /* those read so far */
};

/* ---- groups -------------------------------------------------------------------------------------- */

static int find_group(const struct list_reader *l, struct text id)
{
	for (size_t i = 0; i < l->list->group_count; i++) {
		if (text_equal(l->groups[i].id, id))
			return (int)i;
	}
	return GROUP_SUBJECT;
}

/* A group that is named must stand before the one that names it: no circles, and one pass works a list out. */
static int named_group(const struct list_reader *l, const struct yaml_node *node, struct text id)
{
	int found = find_group(l, id);
	if (found != GROUP_SUBJECT || text_is_absent(id))
		return found;
	struct text candidates[GROUPS_MOST];
	for (size_t i = 0; i < l->list->group_count; i++)
		candidates[i] = l->groups[i].id;
	problem(l->r, node, "there is no group `%.*s` before this", TEXT_ARG(id));
	remedy_nearest(l->r, id, candidates, l->list->group_count,
		       "Define it under `groups:`, above where it is used.");
	return GROUP_SUBJECT;
}

static int read_group_name(const struct list_reader *l, const struct yaml_node *mapping, const char *key)
{
	struct yaml_node *node = read_key(l->r, mapping, key, false);
	struct text id = scalar_text(l->r, node, key);
	return text_is_absent(id) || text_is(id, "subject") ? GROUP_SUBJECT : named_group(l, node, id);
}

static int *read_group_names(const struct list_reader *l, const struct yaml_node *mapping, const char *key,
			     size_t *count)
{
	struct list list = read_list(l->r, mapping, key, false);
	int *groups = ARENA_ARRAY(l->r->loader->arena, list.count, int);
	*count = 0;
	for (size_t i = 0; i < list.count; i++) {
		int group = named_group(l, list.at[i], scalar_text(l->r, list.at[i], key));
		if (group != GROUP_SUBJECT)
			groups[(*count)++] = group;
	}
	return groups;
}

/* `at: here`, `elsewhere`, `with GROUP`, `apart from GROUP`. */
static void read_at(const struct list_reader *l, const struct yaml_node *node, struct profile_group *group)
{
	struct yaml_node *at = read_key(l->r, node, "at", false);
	struct text written = scalar_text(l->r, at, "at");
	group->place_group = GROUP_SUBJECT;
	if (text_is_absent(written))
		return;
	if (text_is(written, "here") || text_is(written, "elsewhere")) {
		group->place = text_is(written, "here") ? PLACE_HERE : PLACE_ELSEWHERE;
		return;
	}
	struct text with = TEXT("with "), apart = TEXT("apart from ");
	struct text before = text_starts_with(written, with)    ? with
			     : text_starts_with(written, apart) ? apart
								: TEXT_ABSENT;
	if (text_is_absent(before)) {
		problem(l->r, at, "`at: %.*s` is not understood", TEXT_ARG(written));
		remedy(l->r, "Write here, elsewhere, `with GROUP` or `apart from GROUP`.");
		return;
	}
	group->place = text_equal(before, with) ? PLACE_WITH : PLACE_APART;
	group->place_group = named_group(l, at, text_slice(written.at + before.len, written.len - before.len));
	if (group->place_group != GROUP_SUBJECT && l->groups[group->place_group].people) {
		problem(l->r, at, "`at` goes by the addresses of rows, and `%s` is a group of people",
			l->groups[group->place_group].id.at);
		remedy(l->r, "Name a group of rows.");
	}
}

static int read_whole_number(struct reader *r, const struct yaml_node *mapping, const char *key, int most)
{
	size_t errors = r->loader->problems->errors;
	double value = read_number(r, mapping, key, -1);
	if (!yaml_get(mapping, key) || r->loader->problems->errors > errors)
		return -1;
	if (value >= 0 && value <= most && value == (int)value)
		return (int)value;
	problem(r, yaml_get(mapping, key), "`%s` is a whole number from 0 to %d", key, most);
	remedy(r, "Write digits alone; ages are in years, the others in days.");
	return -1;
}

static struct profile_range read_range(struct reader *r, const struct yaml_node *mapping, const char *from,
				       const char *below, int most)
{
	struct profile_range range = {read_whole_number(r, mapping, from, most),
				      read_whole_number(r, mapping, below, most)};
	if (range.from >= 0 && range.below >= 0 && range.from >= range.below) {
		problem(r, yaml_get(mapping, below), "nothing is from %d and below %d", range.from, range.below);
		remedy(r, "`%s` must be more than `%s`.", below, from);
	}
	return range;
}

enum { AGE_MOST = 130, DAYS_MOST = 36500 };

/* Rows are read on the evidence side: a condition cannot ask who somebody is. Nor for the day: `begun_below` counts
 * days from the newest extract, so that a list says the same for the same data. */
static void check_when(struct reader *r, const struct yaml_node *node, const struct profile_condition *when)
{
	for (size_t i = 0; i < when->count; i++) {
		const struct profile_comparison *c = &when->comparisons[i];
		if (c->left->category == CATEGORY_IDENTITY) {
			problem(r, node, "the condition uses the identity element `%s`", c->left->id.at);
			remedy(r, "Lists are made without names: choose an element of another category.");
		}
		if (c->right == RIGHT_TODAY || c->right == RIGHT_AS_AT) {
			problem(r, node, "the condition of a list cannot ask for the day");
			remedy(r, "Use `life`, `begun_from` or `begun_below`.");
		}
	}
}

static void read_rows(const struct list_reader *l, const struct yaml_node *node, struct profile_group *group)
{
	struct reader *r = l->r;
	if (!read_mapping(r, node, "a group of rows", rows_keys))
		return;
	struct yaml_node *rows = yaml_get(node, "rows");
	group->residences = rows->kind == YAML_SCALAR && text_is(rows->text, "residences");
	if (!group->residences)
		group->feeds = (const struct profile_feed **)read_references(r, node, "rows", KIND_FEED, true,
									     &group->feed_count);
	group->of = read_group_name(l, node, "of");
	group->life = (enum group_life)read_enum(r, node, "life", group_life_names, false, LIFE_NOW);
	group->begun = read_range(r, node, "begun_from", "begun_below", DAYS_MOST);
	read_condition(r, node, "when", group->feeds, group->feed_count, &group->when);
	check_when(r, yaml_get(node, "when"), &group->when);
	read_at(l, node, group);
}

static void read_people(const struct list_reader *l, const struct yaml_node *node, struct profile_group *group)
{
	static const char *const no_age[] = {"out", "in", NULL};
	struct reader *r = l->r;
	size_t count;
	if (!read_mapping(r, node, "a group of people", people_keys))
		return;
	group->people = true;
	group->of = read_group_name(l, node, "people");
	group->age = read_range(r, node, "age_from", "age_below", AGE_MOST);
	group->adults_too = read_enum(r, node, "no_age", no_age, false, 0) == 1;
	group->home = read_range(r, node, "home_from", "home_below", DAYS_MOST);
	group->arrived = read_range(r, node, "arrived_from", "arrived_below", DAYS_MOST);
	group->doubles = read_bool(r, node, "doubles", false);
	group->together = read_bool(r, node, "together", false);
	group->doubtful = read_bool(r, node, "doubtful", true);
	group->except = read_group_names(l, node, "except", &count);
	group->except_count = count;
	read_at(l, node, group);
}

static void read_group(struct list_reader *l, const struct yaml_node *key, struct text id, const struct yaml_node *node)
{
	struct profile_group group = {.id = arena_text(l->r->loader->arena, id),
				      .number = (unsigned)l->list->group_count,
				      .written_at = place_of(l->r, key)};
	group.age = group.home = group.arrived = group.begun = (struct profile_range){-1, -1};
	group.of = group.place_group = GROUP_SUBJECT;
	if (text_is(id, "subject") || find_group(l, id) != GROUP_SUBJECT) {
		problem(l->r, key, "the group `%.*s` is there already", TEXT_ARG(id));
		remedy(l->r, "Give each group a name of its own; `subject` stands for those whom the list is about.");
		return;
	}
	if (!yaml_get(node, "rows") == !yaml_get(node, "people")) {
		problem(l->r, node, "the group `%s` must be either `rows:` or `people:`", group.id.at);
		remedy(l->r, "Write `rows: FEED`, or `people: subject`, or `people: GROUP`.");
	} else if (yaml_get(node, "rows")) {
		read_rows(l, node, &group);
	} else {
		read_people(l, node, &group);
	}
	l->groups[l->list->group_count++] = group;
}

static void read_groups(struct list_reader *l, const struct yaml_node *node)
{
	struct yaml_node *groups = read_key(l->r, node, "groups", true);
	l->groups = ARENA_ARRAY(l->r->loader->arena, GROUPS_MOST, struct profile_group);
	l->list->groups = l->groups;
	if (groups && groups->kind != YAML_MAPPING) {
		problem(l->r, groups, "`groups` must be a mapping");
		remedy(l->r, "Write each group's name and what is in it: `adults: {people: subject, age_from: 18}`.");
		return;
	}
	for (size_t i = 0; groups && i < groups->count; i++) {
		if (i == GROUPS_MOST) {
			problem(l->r, groups->key_nodes[i], "more than %d groups", GROUPS_MOST);
			remedy(l->r, "Make two lists of it.");
			return;
		}
		read_group(l, groups->key_nodes[i], groups->keys[i], groups->items[i]);
	}
}

/* ---- tests, points, outcomes ---------------------------------------------------------------------- */

static struct text next_word(struct text *rest)
{
	*rest = text_trim(*rest);
	size_t end = text_find_char(*rest, ' ');
	struct text word = text_slice(rest->at, end);
	*rest = text_slice(rest->at + end, rest->len - end);
	return word;
}

static bool parse_test(const struct list_reader *l, const struct yaml_node *node, struct text written,
		       struct profile_test *test)
{
	struct text rest = written, name = next_word(&rest), compare = next_word(&rest), number = next_word(&rest);
	size_t dot = text_find_char(name, '.');
	int64_t value;
	int measure = MEASURE_COUNT;
	bool good = operator_parse(compare, &test->compare) && text_parse_int64(number, &value) && value >= 0 &&
		    value <= 1000000 && text_is_empty(text_trim(rest));
	if (good && dot < name.len)
		good = name_parse(group_measure_names, text_slice(name.at + dot + 1, name.len - dot - 1), &measure);
	if (!good) {
		problem(l->r, node, "`%.*s` is not understood", TEXT_ARG(written));
		remedy(l->r, "Write GROUP, a comparison and a whole number: `adults >= 1`; behind the group may stand "
			     ".people, .properties, .families or .sources.");
		return false;
	}
	test->measure = (enum group_measure)measure;
	test->number = (int)value;
	test->group = named_group(l, node, text_slice(name.at, dot));
	if (test->group == GROUP_SUBJECT)
		return false;
	bool people = l->groups[test->group].people;
	if (people ? test->measure == MEASURE_SOURCES : test->measure == MEASURE_FAMILIES) {
		problem(l->r, node, "`%.*s`: %s are not counted in a group of %s", TEXT_ARG(written),
			group_measure_name(test->measure), people ? "people" : "rows");
		remedy(l->r, "Rows have .people, .properties and .sources; people have .properties and .families.");
	}
	return true;
}

static const struct profile_test *read_tests(const struct list_reader *l, const struct yaml_node *mapping,
					     const char *key, bool required, size_t *count)
{
	struct list list = read_list(l->r, mapping, key, required);
	struct profile_test *tests = ARENA_ARRAY(l->r->loader->arena, list.count, struct profile_test);
	*count = 0;
	for (size_t i = 0; i < list.count; i++) {
		struct text written = scalar_text(l->r, list.at[i], key);
		if (!text_is_absent(written) && parse_test(l, list.at[i], written, &tests[*count]))
			++*count;
	}
	return tests;
}

/* {group} or {group.measure} in a reason stands for its count. */
static void check_reason(const struct list_reader *l, const struct yaml_node *node, struct text reason)
{
	size_t open;
	while ((open = text_find_char(reason, '{')) < reason.len) {
		struct text rest = text_slice(reason.at + open + 1, reason.len - open - 1);
		size_t close = text_find_char(rest, '}');
		struct text name = text_slice(rest.at, close);
		size_t dot = text_find_char(name, '.');
		int measure;
		if (dot < name.len &&
		    !name_parse(group_measure_names, text_slice(name.at + dot + 1, name.len - dot - 1), &measure)) {
			problem(l->r, node, "{%.*s} counts nothing that can be counted", TEXT_ARG(name));
			remedy(l->r, "Behind the group may stand .people, .properties, .families or .sources.");
		}
		named_group(l, node, text_slice(name.at, dot));
		reason = close < rest.len ? text_slice(rest.at + close + 1, rest.len - close - 1) : TEXT("");
	}
}

static void read_point(const struct list_reader *l, const struct yaml_node *node, struct profile_points *points)
{
	static const char *const keys[] = {"points", "reason", "when", "each", NULL};
	points->each = GROUP_SUBJECT;
	if (!read_mapping(l->r, node, "a line of `points`", keys))
		return;
	read_key(l->r, node, "points", true);
	double value = read_number(l->r, node, "points", 0);
	if (value != (int)value || value < -1000 || value > 1000) {
		problem(l->r, yaml_get(node, "points"), "`points` is a whole number from -1000 to 1000");
		remedy(l->r, "Fewer points put a subject lower down the list.");
	}
	points->points = (int)value;
	points->reason = read_text(l->r, node, "reason", true);
	check_reason(l, yaml_get(node, "reason"), points->reason);
	points->tests = read_tests(l, node, "when", false, &points->test_count);
	points->each = read_group_name(l, node, "each");
}

static void read_points(struct list_reader *l, const struct yaml_node *node)
{
	struct list list = read_list(l->r, node, "points", true);
	struct profile_points *points = ARENA_ARRAY(l->r->loader->arena, list.count, struct profile_points);
	for (size_t i = 0; i < list.count; i++)
		read_point(l, list.at[i], &points[i]);
	l->list->points = points;
	l->list->points_count = list.count;
}

static void read_outcomes(struct list_reader *l, const struct yaml_node *node)
{
	static const char *const keys[] = {"id", "title", "right", NULL};
	struct list list = read_list(l->r, node, "outcomes", true);
	struct profile_outcome *outcomes = ARENA_ARRAY(l->r->loader->arena, list.count, struct profile_outcome);
	for (size_t i = 0; i < list.count; i++) {
		if (!read_mapping(l->r, list.at[i], "an outcome", keys))
			continue;
		outcomes[i].id = read_text(l->r, list.at[i], "id", true);
		outcomes[i].title = read_text(l->r, list.at[i], "title", true);
		read_key(l->r, list.at[i], "right", true);
		outcomes[i].right = read_bool(l->r, list.at[i], "right", false);
		for (size_t k = 0; k < i; k++) {
			if (!text_is_absent(outcomes[i].id) && text_equal(outcomes[k].id, outcomes[i].id)) {
				problem(l->r, list.at[i], "the outcome `%s` is there already", outcomes[i].id.at);
				remedy(l->r, "Give each outcome an id of its own.");
			}
		}
	}
	l->list->outcomes = outcomes;
	l->list->outcome_count = list.count;
}

/* ---- who may -------------------------------------------------------------------------------------- */

static bool speaks_of(const struct profile *profile, const struct profile_agreement *agreement,
		      const struct profile_feed *feed)
{
	bool spoken_of = agreement_covers_presence(profile, agreement, feed, NULL);
	for (size_t i = 0; i < feed->column_count && !spoken_of; i++)
		spoken_of =
			feed->columns[i].element && agreement_holds(profile, agreement, feed, feed->columns[i].element);
	return spoken_of;
}

/* Nothing goes into a list that its agreement does not share with those who read it. */
static void check_covered(const struct list_reader *l, const struct yaml_node *node)
{
	const struct profile *profile = l->r->loader->profile;
	const struct profile_agreement *agreement = l->list->agreement;
	struct yaml_node *groups = yaml_get(node, "groups");
	for (size_t g = 0; agreement && g < l->list->group_count; g++) {
		const struct profile_group *group = &l->groups[g];
		struct yaml_node *at = yaml_get(groups, group->id.at);
		for (size_t f = 0; f < group->feed_count; f++) {
			if (speaks_of(profile, agreement, group->feeds[f]))
				continue;
			problem(l->r, at, "the agreement `%s` does not cover the feed `%s`", agreement->id.at,
				group->feeds[f]->id.at);
			remedy(l->r, "Add the feed to its `covers`, or make the list without it.");
		}
		for (size_t c = 0; c < group->when.count; c++) {
			const struct profile_element *element = group->when.comparisons[c].left;
			for (size_t f = 0; f < group->feed_count; f++) {
				if (!speaks_of(profile, agreement, group->feeds[f]) ||
				    !feed_column(group->feeds[f], element) ||
				    agreement_lets_use(profile, agreement, group->feeds[f], element, USE_MODELLING,
						       NULL))
					continue;
				bool held = agreement_holds(profile, agreement, group->feeds[f], element);
				problem(l->r, at, "the agreement `%s` does not %s `%s` of `%s`%s", agreement->id.at,
					held ? "let" : "cover", element->id.at, group->feeds[f]->id.at,
					held ? " be used for modelling, which a list is" : "");
				remedy(l->r,
				       held ? "Register the element for modelling and let the line of `covers` say so, "
					      "or make the list without it."
					    : "Add the element to its `covers`, or make the list without it.");
			}
		}
	}
}

static void check_readers(const struct list_reader *l, const struct yaml_node *node)
{
	const struct profile_list *list = l->list;
	bool anybody = false;
	if (!list->agreement || !list->purpose)
		return;
	if (!agreement_has_purpose(list->agreement, list->purpose)) {
		problem(l->r, yaml_get(node, "purpose"), "the agreement `%s` is not for the purpose `%s`",
			list->agreement->id.at, list->purpose->id.at);
		remedy(l->r, "Name one of its purposes, or add this one to it.");
		return;
	}
	for (size_t i = 0; i < list->agreement->role_count; i++) {
		const struct profile_role *role = list->agreement->roles[i];
		anybody |= role_can(role, CAPABILITY_LISTS_WORK) && role_has_purpose(role, list->purpose);
	}
	if (!anybody) {
		problem(l->r, yaml_get(node, "agreement"), "nobody can read the list `%s`", list->id.at);
		remedy(l->r,
		       "One role among the recipients of `%s` needs the capability lists.work and the purpose `%s`.",
		       list->agreement->id.at, list->purpose->id.at);
	}
}

static void read_subject(struct list_reader *l, const struct yaml_node *node)
{
	struct profile_list *list = l->list;
	list->subject =
		(enum list_subject)read_enum(l->r, node, "subject", list_subject_names, true, LIST_OF_RESIDENTS);
	list->property_kinds = read_texts(l->r, node, "property_kinds", false, &list->property_kind_count);
	list->whole = read_texts(l->r, node, "whole", false, &list->whole_count);
	if (list->subject == LIST_OF_PROPERTIES || (!list->property_kind_count && !list->whole_count))
		return;
	problem(l->r, yaml_get(node, list->whole_count ? "whole" : "property_kinds"),
		"only a list of properties goes by kinds of property");
	remedy(l->r, "Write `subject: property`, or leave it out.");
}

static void check_not_empty(const struct list_reader *l, const struct yaml_node *node, const char *key, const char *why,
			    const char *what)
{
	const struct yaml_node *list = yaml_get(node, key);
	if (!list || list->kind != YAML_SEQUENCE || list->count)
		return;
	problem(l->r, list, "`%s` is empty: %s", key, why);
	remedy(l->r, "%s", what);
}

static void fill_list(struct reader *r, const struct yaml_node *node, struct profile_list *list)
{
	struct list_reader l = {.r = r, .list = list};
	if (!read_mapping(r, node, "a list", list_keys))
		return;
	list->title = read_text(r, node, "title", true);
	list->question = read_text(r, node, "question", true);
	list->caution = read_text(r, node, "caution", true);
	list->owner = read_reference(r, node, "owner", KIND_TEAM, true);
	list->purpose = read_reference(r, node, "purpose", KIND_PURPOSE, true);
	list->agreement = read_reference(r, node, "agreement", KIND_AGREEMENT, true);
	list->again_after = read_whole_number(r, node, "again_after", DAYS_MOST);
	read_subject(&l, node);
	read_groups(&l, node);
	list->all = read_tests(&l, node, "all", true, &list->all_count);
	check_not_empty(&l, node, "all", "everything would be on the list", "Say what is the case: `adults >= 1`.");
	list->any = read_tests(&l, node, "any", false, &list->any_count);
	read_points(&l, node);
	list->show = read_group_names(&l, node, "show", &list->show_count);
	read_outcomes(&l, node);
	check_not_empty(&l, node, "outcomes", "nobody could say what came of it",
			"Add each outcome with `id`, `title` and whether the list was `right`.");
	check_readers(&l, node);
	check_covered(&l, node);
}

/* Each row is asked all conditions at once, and keeps a bit for each. */
static void check_conditions(struct loader *loader, const struct profile_list *lists)
{
	struct text_map written;
	text_map_init(&written);
	for (size_t i = 0; i < loader->entry_count[KIND_LIST]; i++) {
		for (size_t g = 0; g < lists[i].group_count; g++) {
			if (!text_is_absent(lists[i].groups[g].when.written))
				text_map_put(&written, lists[i].groups[g].when.written, NULL);
		}
		if (written.count <= LIST_CONDITIONS_MOST)
			continue;
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_LIST, i, &node);
		problem(&r, node, "the lists ask more than %d different conditions", LIST_CONDITIONS_MOST);
		remedy(&r, "Write conditions that mean the same in the same words: they count once.");
		break;
	}
	text_map_release(&written);
}

void fill_lists(struct loader *loader)
{
	struct profile_list *lists = loader->things[KIND_LIST];
	for (size_t i = 0; i < loader->entry_count[KIND_LIST]; i++) {
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_LIST, i, &node);
		fill_list(&r, node, &lists[i]);
	}
	check_conditions(loader, lists);
}
