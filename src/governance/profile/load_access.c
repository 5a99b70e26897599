#include "profile/profile_int.h"

/* Purposes, roles, teams and restrictions: who may look, why, and who must be protected. */

void fill_purposes(struct loader *loader)
{
	static const char *const keys[] = {
		"id", "title", "description", "lawful_basis", "reason_needed", "residents_rights", NULL};
	for (size_t i = 0; i < loader->entry_count[KIND_PURPOSE]; i++) {
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_PURPOSE, i, &node);
		struct profile_purpose *purpose = (struct profile_purpose *)loader->things[KIND_PURPOSE] + i;
		if (!read_mapping(&r, node, "a purpose", keys))
			continue;
		purpose->title = read_text(&r, node, "title", true);
		purpose->description = read_text(&r, node, "description", false);
		purpose->lawful_basis = read_text(&r, node, "lawful_basis", false);
		purpose->reason_needed = read_bool(&r, node, "reason_needed", false);
		purpose->residents_rights = read_bool(&r, node, "residents_rights", false);
	}
}

static void check_sees_names(struct reader *r, const struct yaml_node *node, const struct profile_role *role)
{
	const uint64_t naming = capability_bit(CAPABILITY_SEARCH) | capability_bit(CAPABILITY_RESIDENT_OPEN) |
				capability_bit(CAPABILITY_HOUSEHOLD_OPEN) | capability_bit(CAPABILITY_PROPERTY_OPEN) |
				capability_bit(CAPABILITY_QUARANTINE_VALUES) | capability_bit(CAPABILITY_LISTS_WORK);
	if (!role->names && role->capabilities & naming) {
		problem(r, yaml_get(node, "names"),
			"the role `%s` may see no names, and has a capability that shows them", role->id.at);
		remedy(r, "Remove search, *.open and quarantine.values, or `names: false`.");
	}
	if ((role->capabilities & naming) && role->purpose_count == 0) {
		problem(r, node, "the role `%s` may open residents but has no purpose to name", role->id.at);
		remedy(r, "Add `purposes: [...]`: every look states why.");
	}
}

static int read_limit(struct reader *r, const struct yaml_node *node, const char *key, int usual)
{
	double most = read_number(r, node, key, usual);
	if (most >= 1 && most <= 1000000 && most == (int)most)
		return (int)most;
	problem(r, yaml_get(node, key), "`%s` is a whole number, from 1 to 1000000", key);
	remedy(r, "Leave it out for the usual %d.", usual);
	return usual;
}

static void read_limits(struct reader *r, const struct yaml_node *node, struct profile_limits *out)
{
	static const char *const keys[] = {"opens_minute",   "opens_hour",      "opens_day",
					   "residents_hour", "searches_minute", NULL};
	*out = (struct profile_limits){60, 600, 3000, 100, 60};
	if (!node || !read_mapping(r, node, "limits", keys))
		return;
	out->opens_minute = read_limit(r, node, "opens_minute", out->opens_minute);
	out->opens_hour = read_limit(r, node, "opens_hour", out->opens_hour);
	out->opens_day = read_limit(r, node, "opens_day", out->opens_day);
	out->residents_hour = read_limit(r, node, "residents_hour", out->residents_hour);
	out->searches_minute = read_limit(r, node, "searches_minute", out->searches_minute);
}

void fill_roles(struct loader *loader)
{
	static const char *const keys[] = {"id",          "title", "description",   "capabilities", "purposes", "names",
					   "own_sources", "team",  "second_factor", "groups",       "limits",   NULL};
	static const char *const needs[] = {"optional", "required", NULL};
	for (size_t i = 0; i < loader->entry_count[KIND_ROLE]; i++) {
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_ROLE, i, &node);
		struct profile_role *role = (struct profile_role *)loader->things[KIND_ROLE] + i;
		if (!read_mapping(&r, node, "a role", keys))
			continue;
		role->title = read_text(&r, node, "title", true);
		role->description = read_text(&r, node, "description", false);
		role->team = read_reference(&r, node, "team", KIND_TEAM, false);
		role->names = read_bool(&r, node, "names", true);
		role->own_sources = read_bool(&r, node, "own_sources", false);
		role->second_factor = read_enum(&r, node, "second_factor", needs, false, 0) == 1;
		role->groups = read_texts(&r, node, "groups", false, &role->group_count);
		read_limits(&r, yaml_get(node, "limits"), &role->limits);
		struct list capabilities = read_list(&r, node, "capabilities", true);
		for (size_t c = 0; c < capabilities.count; c++) {
			int at = scalar_enum(&r, capabilities.at[c], "capabilities", capability_names, -1);
			role->capabilities |= at < 0 ? 0 : UINT64_C(1) << at;
		}
		role->purposes = (const struct profile_purpose **)read_references(&r, node, "purposes", KIND_PURPOSE,
										  false, &role->purpose_count);
		check_sees_names(&r, node, role);
	}
}

void fill_teams(struct loader *loader)
{
	static const char *const keys[] = {"id", "title", "contact", "sources", NULL};
	for (size_t i = 0; i < loader->entry_count[KIND_TEAM]; i++) {
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_TEAM, i, &node);
		struct profile_team *team = (struct profile_team *)loader->things[KIND_TEAM] + i;
		if (!read_mapping(&r, node, "a team", keys))
			continue;
		team->title = read_text(&r, node, "title", true);
		team->contact = read_text(&r, node, "contact", false);
		team->sources = (const struct profile_source **)read_references(&r, node, "sources", KIND_SOURCE, false,
										&team->source_count);
	}
}

/* ---- restrictions ------------------------------------------------------------------------- */

static int read_days(struct reader *r, const struct yaml_node *node)
{
	double days = read_number(r, node, "keeps", RESTRICTION_UNTIL_LIFTED);
	if (days == RESTRICTION_UNTIL_LIFTED || (days >= 0 && days <= 36500 && days == (int)days))
		return (int)days;
	problem(r, node, "`keeps` is a whole number of days, from 0 to 36500");
	remedy(r, "Leave it out to protect until somebody lifts it.");
	return RESTRICTION_UNTIL_LIFTED;
}

static void fill_restriction(struct reader *r, const struct yaml_node *node, struct profile_restriction *restriction)
{
	static const char *const keys[] = {"id",   "title",   "reason",           "hides", "marks", "feeds",
					   "when", "open_to", "property_classes", "keeps", NULL};
	static const char *const open_keys[] = {"roles", "teams", NULL};
	if (!read_mapping(r, node, "a restriction", keys))
		return;
	restriction->title = read_text(r, node, "title", true);
	restriction->reason = read_text(r, node, "reason", false);
	restriction->hides = (enum restriction_hides)read_enum(r, node, "hides", hides_names, true, HIDES_RESIDENT);
	restriction->marks = (enum restriction_marks)read_enum(r, node, "marks", marks_names, false, MARKS_RESIDENT);
	restriction->keeps = read_days(r, node);
	restriction->feeds = (const struct profile_feed **)read_references(r, node, "feeds", KIND_FEED, false,
									   &restriction->feed_count);
	read_condition(r, node, "when", restriction->feeds, restriction->feed_count, &restriction->when);
	restriction->property_classes =
		read_texts(r, node, "property_classes", false, &restriction->property_class_count);
	if (!restriction->feed_count && !restriction->property_class_count) {
		problem(r, node, "the restriction `%s` says neither which feeds nor which property classes",
			restriction->id.at);
		remedy(r, "Add `feeds: [...]` with `when: ...`, or `property_classes: [...]`.");
	}
	struct yaml_node *open_to = read_key(r, node, "open_to", true);
	if (!open_to || !read_mapping(r, open_to, "`open_to`", open_keys))
		return;
	restriction->roles = (const struct profile_role **)read_references(r, open_to, "roles", KIND_ROLE, false,
									   &restriction->role_count);
	restriction->teams = (const struct profile_team **)read_references(r, open_to, "teams", KIND_TEAM, false,
									   &restriction->team_count);
}

void fill_restrictions(struct loader *loader)
{
	struct profile_restriction *restrictions = loader->things[KIND_RESTRICTION];
	for (size_t i = 0; i < loader->entry_count[KIND_RESTRICTION]; i++) {
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_RESTRICTION, i, &node);
		fill_restriction(&r, node, &restrictions[i]);
		if (i == 64) {
			problem(&r, node, "more than 64 restrictions");
			remedy(&r, "Join some: a restriction may name several feeds.");
		}
	}
}
