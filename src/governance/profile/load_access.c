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
				capability_bit(CAPABILITY_QUARANTINE_VALUES) | capability_bit(CAPABILITY_LISTS_WORK) |
				capability_bit(CAPABILITY_CASELOAD_OPEN) | capability_bit(CAPABILITY_BREAK_GLASS_USE) |
				capability_bit(CAPABILITY_PARTNER_ENQUIRE);
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
	static const char *const keys[] = {"opens_minute",    "opens_hour", "opens_day", "residents_hour",
					   "searches_minute", "cases",      NULL};
	*out = (struct profile_limits){60, 600, 3000, 100, 60, 100};
	if (!node || !read_mapping(r, node, "limits", keys))
		return;
	out->opens_minute = read_limit(r, node, "opens_minute", out->opens_minute);
	out->opens_hour = read_limit(r, node, "opens_hour", out->opens_hour);
	out->opens_day = read_limit(r, node, "opens_day", out->opens_day);
	out->residents_hour = read_limit(r, node, "residents_hour", out->residents_hour);
	out->searches_minute = read_limit(r, node, "searches_minute", out->searches_minute);
	out->cases = read_limit(r, node, "cases", out->cases);
}

/* Whoever leads a team has its cases, of several people. */
static void expect_team(const struct yaml_node *node, struct profile_role *role)
{
	enum { TEAM_CASES = 400 };
	const struct yaml_node *limits = yaml_get(node, "limits");
	if (role->caseload_of == CASELOAD_TEAM && !(limits && yaml_get(limits, "cases")))
		role->limits.cases = TEAM_CASES;
}

/* `caseload: {purpose: safeguarding, of: own}` */
static void read_role_caseload(struct reader *r, const struct yaml_node *node, struct profile_role *role)
{
	static const char *const keys[] = {"purpose", "of", NULL};
	static const char *const whose[] = {"own", "team", NULL};
	struct yaml_node *caseload = read_key(r, node, "caseload", false);
	bool opens = (role->capabilities & capability_bit(CAPABILITY_CASELOAD_OPEN)) != 0;
	if (opens != (caseload != NULL)) {
		problem(r, caseload ? caseload : node, "the role `%s` has %s", role->id.at,
			caseload ? "`caseload` and not the capability caseload.open"
				 : "the capability caseload.open and no `caseload`");
		remedy(r, "Give it both, or neither: `caseload: {purpose: PURPOSE, of: own}`.");
	}
	if (!caseload || !read_mapping(r, caseload, "`caseload`", keys))
		return;
	role->caseload_of = (enum caseload_of)read_enum(r, caseload, "of", whose, false, CASELOAD_OWN);
	role->caseload_purpose = read_reference(r, caseload, "purpose", KIND_PURPOSE, true);
	if (role->caseload_purpose && !role_has_purpose(role, role->caseload_purpose)) {
		problem(r, read_key(r, caseload, "purpose", true),
			"the role `%s` may not name the purpose of its caseload", role->id.at);
		remedy(r, "Take one of the role's `purposes`, or add it to them.");
	}
	if (!role_can(role, CAPABILITY_RESIDENT_OPEN)) {
		problem(r, caseload, "the role `%s` has a caseload and cannot open residents", role->id.at);
		remedy(r, "Add the capability resident.open, or remove `caseload`.");
	}
}

/* Whoever belongs to another organisation has the partners' page and nothing else. */
static void read_partner(struct reader *r, const struct yaml_node *node, struct profile_role *role)
{
	static const char *const keys[] = {"organisation", NULL};
	struct yaml_node *partner = read_key(r, node, "partner", false);
	const uint64_t portal = capability_bit(CAPABILITY_PARTNER_ENQUIRE);
	if (partner && read_mapping(r, partner, "`partner`", keys))
		role->partner = read_text(r, partner, "organisation", true);
	if (partner && role->capabilities != portal) {
		problem(r, node, "the role `%s` is a partner's, whose only capability is partner.enquire", role->id.at);
		remedy(r, "Write `capabilities: [partner.enquire]`, or remove `partner`.");
	} else if (partner && role->purpose_count != 1) {
		problem(r, node, "the role `%s` is a partner's, and has %zu purposes", role->id.at,
			role->purpose_count);
		remedy(r, "Name the one purpose of the agreement with the partner.");
	} else if (!partner && (role->capabilities & portal)) {
		problem(r, node, "the role `%s` has partner.enquire and is not a partner's", role->id.at);
		remedy(r, "Add `partner: {organisation: NAME}`, or remove the capability.");
	}
}

/* Whoever has it reaches names, or decides who does: nobody gets such a role by one person's word, unless the profile
 * says `two_people: no`. */
static bool is_strong(const struct profile_role *role)
{
	const uint64_t decides = capability_bit(CAPABILITY_USERS_MANAGE) | capability_bit(CAPABILITY_USERS_PROVISION) |
				 capability_bit(CAPABILITY_AGREEMENTS_MANAGE) |
				 capability_bit(CAPABILITY_RIGHTS_MANAGE) | capability_bit(CAPABILITY_AUDIT_WORDS) |
				 capability_bit(CAPABILITY_BREAK_GLASS_REVIEW);
	return role->names || (role->capabilities & decides);
}

void fill_roles(struct loader *loader)
{
	static const char *const keys[] = {"id",       "title",       "description", "capabilities",  "purposes",
					   "names",    "own_sources", "team",        "second_factor", "groups",
					   "caseload", "partner",     "limits",      "two_people",    NULL};
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
		role->two_people = read_bool(&r, node, "two_people", is_strong(role));
		check_sees_names(&r, node, role);
		read_role_caseload(&r, node, role);
		expect_team(node, role);
		read_partner(&r, node, role);
	}
}

void fill_teams(struct loader *loader)
{
	static const char *const keys[] = {"id", "title", "contact", "sources", "known_as", NULL};
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
		team->known_as = read_texts(&r, node, "known_as", false, &team->known_as_count);
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

static int read_hours(struct reader *r, const struct yaml_node *node)
{
	double hours = read_number(r, node, "hours", GLASS_HOURS_USUAL);
	if (hours >= 1 && hours <= GLASS_HOURS_MOST && hours == (int)hours)
		return (int)hours;
	problem(r, node, "`hours` is a whole number of hours, from 1 to %d", GLASS_HOURS_MOST);
	remedy(r, "Leave it out for %d.", GLASS_HOURS_USUAL);
	return GLASS_HOURS_USUAL;
}

static bool is_open_to_team(const struct profile_restriction *restriction, const struct profile_team *team)
{
	for (size_t i = 0; i < restriction->team_count; i++)
		if (restriction->teams[i] == team)
			return true;
	return false;
}

/* `break_glass: {roles: [...], hours: 3}`: whoever opens it is told of to the owner, who may know of such residents
 * anyway. An address that is on a list belongs to a property, and is opened to nobody. */
static void read_break_glass(struct reader *r, const struct yaml_node *node, struct profile_restriction *restriction)
{
	static const char *const keys[] = {"roles", "hours", NULL};
	struct yaml_node *glass = read_key(r, node, "break_glass", false);
	restriction->owner = read_reference(r, node, "owner", KIND_TEAM, glass != NULL);
	if (!glass || !read_mapping(r, glass, "`break_glass`", keys))
		return;
	restriction->glass_hours = read_hours(r, glass);
	restriction->glass_roles = (const struct profile_role **)read_references(r, glass, "roles", KIND_ROLE, true,
										 &restriction->glass_role_count);
	if (restriction->marks == MARKS_PROPERTY || restriction->property_class_count) {
		problem(r, glass, "the restriction `%s` protects addresses, which are not opened by break-glass",
			restriction->id.at);
		remedy(r, "Remove `break_glass`: it is for residents.");
	}
	if (restriction->owner && !is_open_to_team(restriction, restriction->owner)) {
		problem(r, node, "the owner of the restriction `%s` may not know of those it protects",
			restriction->id.at);
		remedy(r, "Add the team to `open_to: {teams: [...]}`: it is told who was opened.");
	}
	for (size_t i = 0; i < restriction->glass_role_count; i++) {
		const struct profile_role *role = restriction->glass_roles[i];
		if (role_can(role, CAPABILITY_BREAK_GLASS_USE) && role_can(role, CAPABILITY_RESIDENT_OPEN))
			continue;
		problem(r, glass, "the role `%s` cannot open residents by break-glass", role->id.at);
		remedy(r, "Give it the capabilities break_glass.use and resident.open.");
	}
}

static void fill_restriction(struct reader *r, const struct yaml_node *node, struct profile_restriction *restriction)
{
	static const char *const keys[] = {"id",      "title",   "reason",           "hides", "marks",       "feeds",
					   "when",    "open_to", "property_classes", "keeps", "break_glass", "owner",
					   "by_hand", NULL};
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
	if (!restriction->feed_count && !restriction->property_class_count && !read_bool(r, node, "by_hand", false)) {
		problem(r, node, "the restriction `%s` says neither which feeds nor which property classes",
			restriction->id.at);
		remedy(r, "Add `feeds: [...]` with `when: ...`, `property_classes: [...]`, or `by_hand: true`.");
	}
	struct yaml_node *open_to = read_key(r, node, "open_to", true);
	if (!open_to || !read_mapping(r, open_to, "`open_to`", open_keys))
		return;
	restriction->roles = (const struct profile_role **)read_references(r, open_to, "roles", KIND_ROLE, false,
									   &restriction->role_count);
	restriction->teams = (const struct profile_team **)read_references(r, open_to, "teams", KIND_TEAM, false,
									   &restriction->team_count);
	read_break_glass(r, node, restriction);
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
