#include "profile/profile_int.h"

/* Agreements: what they cover, for whom, until when. What the register says of them besides is in load_register.c. */

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

enum share { SHARE_VALUES, SHARE_PRESENCE, SHARE_HELD };

/* A line of `covers` as it becomes bits. */
struct marking {
	enum share share;
	unsigned uses; /* as written; 0: not */
	uint64_t *set, *held, *modelled, *monitored, *feeds;
	unsigned categories, allowed; /* categories and uses that went in */
	size_t marked, shown;
};

/* Protected characteristics are for monitoring, unless the line says otherwise; what is only held is never shown. The
 * element's registration is the ceiling in any case. */
static unsigned uses_of(const struct marking *m, const struct profile_element *element)
{
	unsigned uses = m->uses                                   ? m->uses
			: element->category == CATEGORY_PROTECTED ? (unsigned)USE_MONITORING
								  : element->uses;
	if (m->share == SHARE_HELD)
		uses &= ~(unsigned)USE_DISPLAY;
	return uses & element->uses;
}

static void mark_element(struct marking *m, const struct profile_element *element, size_t bit)
{
	unsigned uses = uses_of(m, element);
	set_bit(m->held, bit);
	if (uses & USE_DISPLAY) {
		set_bit(m->set, bit);
		m->shown++;
	}
	if (uses & USE_MODELLING)
		set_bit(m->modelled, bit);
	if (uses & USE_MONITORING)
		set_bit(m->monitored, bit);
	m->categories |= 1u << element->category;
	m->allowed |= uses;
	m->marked++;
}

/* Says what went in by category, so that the conditions for special data can be asked for. */
static void mark(struct loader *loader, const struct selection *s, struct text compartment, struct marking *m)
{
	const struct profile_feed *feeds = loader->things[KIND_FEED];
	const struct profile_element *elements = loader->things[KIND_ELEMENT];
	size_t element_count = loader->entry_count[KIND_ELEMENT];
	for (size_t f = 0; f < loader->entry_count[KIND_FEED]; f++) {
		if (!feed_selected(s, &feeds[f], compartment))
			continue;
		size_t shown = m->shown;
		for (size_t e = 0; e < element_count && m->share != SHARE_PRESENCE; e++)
			if (feed_column(&feeds[f], &elements[e]) && element_selected(s, &elements[e]))
				mark_element(m, &elements[e], f * element_count + e);
		m->marked += m->share == SHARE_PRESENCE;
		if (m->share == SHARE_PRESENCE || m->shown > shown) /* who sees a value knows that there is one */
			set_bit(m->feeds, f);
	}
}

static void read_uses(struct reader *r, const struct yaml_node *node, struct marking *m)
{
	struct list uses = read_list(r, node, "uses", false);
	for (size_t i = 0; i < uses.count; i++) {
		int at = scalar_enum(r, uses.at[i], "uses", use_names, -1);
		m->uses |= at < 0 ? 0 : 1u << at;
	}
	if (!m->uses || m->share == SHARE_VALUES || (m->share == SHARE_HELD && !(m->uses & USE_DISPLAY)))
		return;
	problem(r, yaml_get(node, "uses"), "what is shared by %s is not shown",
		m->share == SHARE_HELD ? "`share: held`" : "`share: presence`");
	remedy(r, m->share == SHARE_HELD ? "Write uses without display, or leave `share` out."
					 : "Leave `uses` out: presence has none.");
}

static void check_uses(struct reader *r, const struct yaml_node *node, const struct marking *m)
{
	for (int i = 0; use_names[i]; i++) {
		if (!(m->uses >> i & 1) || m->allowed >> i & 1 || m->share != SHARE_VALUES || !m->marked)
			continue;
		problem(r, yaml_get(node, "uses"), "no element of this line is registered for %s", use_names[i]);
		remedy(r, "Take the use off the line, or register it with the element (`purposes` in elements.yaml).");
	}
}

static uint64_t *new_set(struct loader *loader, size_t bits)
{
	return ARENA_ARRAY(loader->arena, bits / 64 + 1, uint64_t);
}

static unsigned read_cover(struct reader *r, const struct yaml_node *node, const struct profile_agreement *agreement,
			   struct profile_cover *cover)
{
	static const char *const keys[] = {"feeds",  "sources", "elements", "categories", "except",
					   "clause", "share",   "uses",     NULL};
	static const char *const shares[] = {"values", "presence", "held", NULL};
	struct loader *loader = r->loader;
	size_t feeds = loader->entry_count[KIND_FEED], bits = feeds * loader->entry_count[KIND_ELEMENT];
	struct marking m = {.set = new_set(loader, bits),
			    .held = new_set(loader, bits),
			    .modelled = new_set(loader, bits),
			    .monitored = new_set(loader, bits),
			    .feeds = new_set(loader, feeds)};
	*cover = (struct profile_cover){.clause = TEXT_ABSENT,
					.set = m.set,
					.held = m.held,
					.modelled = m.modelled,
					.monitored = m.monitored,
					.feeds = m.feeds};
	if (!read_mapping(r, node, "a line of `covers`", keys))
		return 0;
	struct selection s = {0};
	size_t errors_before = loader->problems->errors;
	read_selection(r, node, &s);
	cover->clause = read_text(r, node, "clause", false);
	m.share = (enum share)read_enum(r, node, "share", shares, false, SHARE_VALUES);
	cover->presence_only = m.share == SHARE_PRESENCE;
	read_uses(r, node, &m);
	cover->uses = m.uses;
	mark(loader, &s, agreement->compartment, &m);
	check_uses(r, node, &m);
	if (!m.marked && loader->problems->errors == errors_before) {
		problem(r, node, "this line covers nothing: none of its feeds has any of its elements");
		remedy(r, "Check feeds and elements; a feed kept apart needs `compartment:` in the agreement.");
	}
	return m.categories;
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
	if (agreement->review != DATE_UNKNOWN && agreement->review < agreement->from) {
		problem(r, yaml_get(node, "review"), "the agreement is reviewed before it begins");
		remedy(r, "Correct `from` or `review`.");
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

/* A partner's users get what their own organisation is a party to. */
static void check_partners(struct reader *r, const struct yaml_node *node, const struct profile_agreement *agreement)
{
	for (size_t i = 0; i < agreement->role_count; i++) {
		const struct profile_role *role = agreement->roles[i];
		bool party = !role->partner.len;
		for (size_t p = 0; p < agreement->party_count; p++)
			party |= text_equal(agreement->parties[p].name, role->partner);
		if (party)
			continue;
		problem(r, read_key(r, node, "recipients", true),
			"the role `%s` is of `%s`, which is no party of the agreement `%s`", role->id.at,
			role->partner.at, agreement->id.at);
		remedy(r, "Add the organisation to `parties` as the role writes it, or take the role off the "
			  "recipients.");
	}
}

static void fill_agreement(struct reader *r, const struct yaml_node *node, struct profile_agreement *agreement)
{
	if (!read_register(r, node, agreement))
		return;
	agreement->title = read_text(r, node, "title", true);
	agreement->compartment = read_text(r, node, "compartment", false);
	read_dates(r, node, agreement);
	read_recipients(r, node, agreement);
	read_clauses(r, node, agreement);
	read_covers(r, node, agreement);
	check_partners(r, node, agreement);
	check_register(r, node, agreement);
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
		agreements[i].from = agreements[i].to = agreements[i].review = agreements[i].decided_on = DATE_UNKNOWN;
		fill_agreement(&r, node, &agreements[i]);
	}
	check_compartments(loader);
	warn_uncovered(loader);
}
