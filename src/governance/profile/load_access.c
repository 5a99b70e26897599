#include "profile/profile_int.h"

/* Purposes, roles, teams, agreements and restrictions: who may see what, and why. */

void fill_purposes(struct loader *loader)
{
	static const char *const keys[] = {"id", "title", "description", "lawful_basis", "reason_needed", NULL};
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

void fill_roles(struct loader *loader)
{
	static const char *const keys[] = {"id",          "title", "description",   "capabilities", "purposes", "names",
					   "own_sources", "team",  "second_factor", "training",     "groups",   NULL};
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
		role->training = read_enum(&r, node, "training", needs, false, 0) == 1;
		role->groups = read_texts(&r, node, "groups", false, &role->group_count);
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

/* ---- what an agreement covers ----------------------------------------------------------- */

struct selection { /* what one line of `covers` names, before it becomes bits */
	const struct profile_feed **feeds;
	size_t feed_count;
	const struct profile_source **sources;
	size_t source_count;
	const struct profile_element **elements, **except;
	size_t element_count, except_count;
	unsigned categories; /* bits */
	bool all_elements;
};

static void set_bit(uint64_t *set, size_t bit)
{
	set[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static bool feed_selected(const struct selection *s, const struct profile_feed *feed, struct text compartment)
{
	/* A feed kept apart is opened only by an agreement that names its compartment. */
	if (!text_is_absent(feed->compartment) && !text_equal(feed->compartment, compartment))
		return false;
	if (s->feed_count == 0 && s->source_count == 0)
		return true;
	for (size_t i = 0; i < s->feed_count; i++) {
		if (s->feeds[i] == feed)
			return true;
	}
	for (size_t i = 0; i < s->source_count; i++) {
		if (s->sources[i] == feed->source)
			return true;
	}
	return false;
}

static bool is_one_of(const struct profile_element *element, const struct profile_element *const *elements,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (elements[i] == element)
			return true;
	}
	return false;
}

static bool element_selected(const struct selection *s, const struct profile_element *element)
{
	if (is_one_of(element, s->except, s->except_count))
		return false;
	return s->all_elements || (s->categories >> element->category & 1) ||
	       is_one_of(element, s->elements, s->element_count);
}

static void read_selection(struct reader *r, const struct yaml_node *node, struct selection *s)
{
	s->feeds = (const struct profile_feed **)read_references(r, node, "feeds", KIND_FEED, false, &s->feed_count);
	s->sources = (const struct profile_source **)read_references(r, node, "sources", KIND_SOURCE, false,
								     &s->source_count);
	s->elements = (const struct profile_element **)read_references(r, node, "elements", KIND_ELEMENT, false,
								       &s->element_count);
	s->except = (const struct profile_element **)read_references(r, node, "except", KIND_ELEMENT, false,
								     &s->except_count);
	struct list categories = read_list(r, node, "categories", false);
	for (size_t i = 0; i < categories.count; i++) {
		int at = scalar_enum(r, categories.at[i], "categories", category_names, -1);
		s->categories |= at < 0 ? 0 : 1u << at;
	}
	s->all_elements = !yaml_get(node, "elements") && !yaml_get(node, "categories");
	if (s->all_elements && !yaml_get(node, "feeds") && !yaml_get(node, "sources")) {
		problem(r, node, "a line of `covers` names neither feeds, sources, elements nor categories");
		remedy(r, "Say what the agreement shares; there is no way to share everything at once.");
		s->all_elements = false;
	}
}

/* Says what went in by category, so that the conditions for special data can be asked for. */
static unsigned mark(struct loader *loader, const struct selection *s, struct text compartment, uint64_t *set,
		     uint64_t *feed_set, bool presence_only, size_t *marked)
{
	const struct profile_feed *feeds = loader->things[KIND_FEED];
	const struct profile_element *elements = loader->things[KIND_ELEMENT];
	size_t element_count = loader->entry_count[KIND_ELEMENT];
	unsigned categories = 0;
	for (size_t f = 0; f < loader->entry_count[KIND_FEED]; f++) {
		if (!feed_selected(s, &feeds[f], compartment))
			continue;
		size_t before = *marked;
		for (size_t e = 0; e < element_count && !presence_only; e++) {
			if (!feed_column(&feeds[f], &elements[e]) || !element_selected(s, &elements[e]))
				continue;
			set_bit(set, f * element_count + e);
			categories |= 1u << elements[e].category;
			++*marked;
		}
		if (presence_only || *marked > before) {
			if (feed_set)
				set_bit(feed_set, f);
			*marked += presence_only;
		}
	}
	return categories;
}

static unsigned read_cover(struct reader *r, const struct yaml_node *node, const struct profile_agreement *agreement,
			   struct profile_cover *cover)
{
	static const char *const keys[] = {"feeds",  "sources", "elements", "categories",
					   "except", "clause",  "share",    NULL};
	enum { SHARE_VALUES, SHARE_PRESENCE, SHARE_HELD };
	static const char *const shares[] = {"values", "presence", "held", NULL};
	struct loader *loader = r->loader;
	size_t feeds = loader->entry_count[KIND_FEED], elements = loader->entry_count[KIND_ELEMENT], marked = 0;
	uint64_t *set = ARENA_ARRAY(loader->arena, feeds * elements / 64 + 1, uint64_t);
	uint64_t *held = ARENA_ARRAY(loader->arena, feeds * elements / 64 + 1, uint64_t);
	uint64_t *feed_set = ARENA_ARRAY(loader->arena, feeds / 64 + 1, uint64_t);
	cover->set = set;
	cover->held = held;
	cover->feeds = feed_set;
	if (!read_mapping(r, node, "a line of `covers`", keys))
		return 0;
	struct selection s = {0};
	size_t errors_before = loader->problems->errors;
	read_selection(r, node, &s);
	cover->clause = read_text(r, node, "clause", false);
	int share = read_enum(r, node, "share", shares, false, SHARE_VALUES);
	cover->presence_only = share == SHARE_PRESENCE;
	unsigned categories = mark(loader, &s, agreement->compartment, share == SHARE_HELD ? held : set,
				   share == SHARE_HELD ? NULL : feed_set, cover->presence_only, &marked);
	if (!marked && loader->problems->errors == errors_before) {
		problem(r, node, "this line covers nothing: none of its feeds has any of its elements");
		remedy(r, "Check feeds and elements; a feed kept apart needs `compartment:` in the agreement.");
	}
	return categories;
}

static void check_clause(struct reader *r, const struct yaml_node *node, const struct profile_agreement *agreement,
			 struct text clause)
{
	if (text_is_absent(clause))
		return;
	struct text candidates[64];
	size_t count = 0;
	for (size_t i = 0; i < agreement->clause_count; i++) {
		if (text_equal(agreement->clauses[i].number, clause))
			return;
		if (count < 64)
			candidates[count++] = agreement->clauses[i].number;
	}
	problem(r, yaml_get(node, "clause"), "the agreement `%s` has no clause %s", agreement->id.at, clause.at);
	remedy_nearest(r, clause, candidates, count, "Add it under `clauses`.");
}

static void check_conditions(struct reader *r, const struct yaml_node *node, const struct profile_agreement *agreement,
			     unsigned categories)
{
	if (categories >> CATEGORY_SPECIAL & 1 && text_is_absent(agreement->special_condition)) {
		problem(r, node, "the agreement `%s` shares special-category elements without a condition for them",
			agreement->id.at);
		remedy(r,
		       "Add `special_condition:` (UK GDPR article 9(2), Data Protection Act 2018 schedule 1), or leave "
		       "those elements out.");
	}
	if (categories >> CATEGORY_CRIMINAL & 1 && text_is_absent(agreement->criminal_condition)) {
		problem(r, node, "the agreement `%s` shares criminal-offence elements without a condition for them",
			agreement->id.at);
		remedy(r,
		       "Add `criminal_condition:` (UK GDPR article 10, Data Protection Act 2018 schedule 1), or leave "
		       "those elements out.");
	}
}

static void read_covers(struct reader *r, const struct yaml_node *node, struct profile_agreement *agreement)
{
	struct list list = read_list(r, node, "covers", true);
	struct profile_cover *covers = ARENA_ARRAY(r->loader->arena, list.count, struct profile_cover);
	unsigned categories = 0;
	for (size_t i = 0; i < list.count; i++) {
		categories |= read_cover(r, list.at[i], agreement, &covers[i]);
		check_clause(r, list.at[i], agreement, covers[i].clause);
	}
	agreement->covers = covers;
	agreement->cover_count = list.count;
	check_conditions(r, node, agreement, categories);
}

static void read_clauses(struct reader *r, const struct yaml_node *node, struct profile_agreement *agreement)
{
	static const char *const keys[] = {"number", "text", NULL};
	struct list list = read_list(r, node, "clauses", false);
	struct profile_clause *clauses = ARENA_ARRAY(r->loader->arena, list.count, struct profile_clause);
	for (size_t i = 0; i < list.count; i++) {
		if (!read_mapping(r, list.at[i], "a clause", keys))
			continue;
		clauses[i].number = read_text(r, list.at[i], "number", true);
		clauses[i].text = read_text(r, list.at[i], "text", true);
	}
	agreement->clauses = clauses;
	agreement->clause_count = list.count;
}

static void read_dates(struct reader *r, const struct yaml_node *node, struct profile_agreement *agreement)
{
	agreement->from = read_date(r, node, "from", true);
	agreement->to = read_date(r, node, "to", false);
	agreement->review = read_date(r, node, "review", false);
	if (agreement->to != DATE_UNKNOWN && agreement->to < agreement->from) {
		problem(r, yaml_get(node, "to"), "the agreement ends before it begins");
		remedy(r, "Correct `from` or `to`; `to` is the last day.");
	}
}

static void read_recipients(struct reader *r, const struct yaml_node *node, struct profile_agreement *agreement)
{
	static const char *const keys[] = {"roles", "teams", NULL};
	struct yaml_node *recipients = read_key(r, node, "recipients", true);
	agreement->purposes = (const struct profile_purpose **)read_references(r, node, "purposes", KIND_PURPOSE, true,
									       &agreement->purpose_count);
	if (!recipients || !read_mapping(r, recipients, "`recipients`", keys))
		return;
	agreement->roles = (const struct profile_role **)read_references(r, recipients, "roles", KIND_ROLE, true,
									 &agreement->role_count);
	agreement->teams = (const struct profile_team **)read_references(r, recipients, "teams", KIND_TEAM, false,
									 &agreement->team_count);
	for (size_t i = 0; i < agreement->role_count; i++) {
		bool common = false;
		for (size_t p = 0; p < agreement->purpose_count; p++)
			common |= role_has_purpose(agreement->roles[i], agreement->purposes[p]);
		if (!common && agreement->purpose_count) {
			problem(r, recipients, "the role `%s` may name none of the purposes of the agreement `%s`",
				agreement->roles[i]->id.at, agreement->id.at);
			remedy(r, "Give the role one of the purposes, or take it off the recipients: as it is, it sees "
				  "nothing.");
		}
	}
}

static void fill_agreement(struct reader *r, const struct yaml_node *node, struct profile_agreement *agreement)
{
	static const char *const keys[] = {
		"id",      "title", "controller", "parties", "lawful_basis", "special_condition", "criminal_condition",
		"covers",  "from",  "to",         "review",  "recipients",   "purposes",          "compartment",
		"clauses", NULL};
	if (!read_mapping(r, node, "an agreement", keys))
		return;
	agreement->title = read_text(r, node, "title", true);
	agreement->controller = read_text(r, node, "controller", true);
	agreement->parties = read_texts(r, node, "parties", true, &agreement->party_count);
	agreement->lawful_basis = read_text(r, node, "lawful_basis", true);
	agreement->special_condition = read_text(r, node, "special_condition", false);
	agreement->criminal_condition = read_text(r, node, "criminal_condition", false);
	agreement->compartment = read_text(r, node, "compartment", false);
	read_dates(r, node, agreement);
	read_recipients(r, node, agreement);
	read_clauses(r, node, agreement);
	read_covers(r, node, agreement);
}

static void check_compartments(struct loader *loader)
{
	const struct profile_feed *feeds = loader->things[KIND_FEED];
	const struct profile_agreement *agreements = loader->things[KIND_AGREEMENT];
	for (size_t f = 0; f < loader->entry_count[KIND_FEED] && !loader->library; f++) {
		bool opened = text_is_absent(feeds[f].compartment);
		for (size_t a = 0; a < loader->entry_count[KIND_AGREEMENT]; a++)
			opened |= text_equal(agreements[a].compartment, feeds[f].compartment);
		if (opened)
			continue;
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_FEED, f, &node);
		problem(&r, yaml_get(node, "compartment"), "no agreement opens the compartment `%s`",
			feeds[f].compartment.at);
		remedy(&r, "Add an agreement with `compartment: %s`, or remove the feed.", feeds[f].compartment.at);
	}
}

static bool covered_by_any(struct loader *loader, const struct profile_feed *feed)
{
	const struct profile_agreement *agreements = loader->things[KIND_AGREEMENT];
	for (size_t a = 0; a < loader->entry_count[KIND_AGREEMENT]; a++) {
		if (agreement_covers_presence(NULL, &agreements[a], feed, NULL))
			return true;
	}
	return false;
}

static void warn_uncovered(struct loader *loader)
{
	const struct profile_feed *feeds = loader->things[KIND_FEED];
	for (size_t f = 0; f < loader->entry_count[KIND_FEED] && !loader->library; f++) {
		if (feeds[f].about == ABOUT_PROPERTIES || !text_is_absent(feeds[f].compartment) ||
		    covered_by_any(loader, &feeds[f]))
			continue;
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_FEED, f, &node);
		warning(&r, node, "no agreement covers the feed `%s`: its extracts are refused", feeds[f].id.at);
		remedy(&r, "Name it in the `covers` of an agreement.");
	}
}

void fill_agreements(struct loader *loader)
{
	struct profile_agreement *agreements = loader->things[KIND_AGREEMENT];
	for (size_t i = 0; i < loader->entry_count[KIND_AGREEMENT]; i++) {
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_AGREEMENT, i, &node);
		agreements[i].from = agreements[i].to = agreements[i].review = DATE_UNKNOWN;
		fill_agreement(&r, node, &agreements[i]);
	}
	check_compartments(loader);
	warn_uncovered(loader);
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
