/* Children's social care: contacts, episodes, plans and placements, as tables of the Standard
 * Safeguarding Dataset. */
#include "feeds_int.h"

const char *referral_source_code(int source)
{
	static const char *const codes[] = {[SOURCE_POLICE] = "6",  [SOURCE_SCHOOL] = "2A",   [SOURCE_HEALTH] = "3B",
					    [SOURCE_FAMILY] = "1A", [SOURCE_COUNCIL] = "5A",  [SOURCE_HOUSING] = "4",
					    [SOURCE_SELF] = "1C",   [SOURCE_ANONYMOUS] = "9", [SOURCE_HOSPITAL] = "3E"};
	return source >= 0 && source <= SOURCE_HOSPITAL ? codes[source] : "10";
}

const char *need_code(int concern)
{
	static const char *const codes[CONCERNS] = {"N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8"};
	return concern >= 0 && concern < CONCERNS ? codes[concern] : "N0";
}

static date forget(const struct borough *b)
{
	return b->start - 5 * 365;
}

static date ended_by(const struct writer *w, date to)
{
	return to != DATE_UNKNOWN && to <= w->as_at ? to : DATE_UNKNOWN;
}

static void field_outcome_json(struct writer *w, const char *outcome)
{
	field_format(w, "{\"OUTCOME\": \"%s\"}", outcome);
}

static const char *team_at(struct writer *w, uint32_t person, unsigned generation, char id[16])
{
	struct worker worker;
	staff_of(w, KEEPER_CHILDREN, person, generation, &worker);
	snprintf(id, 16, "W%05u", (unsigned)(text_hash(text_of(worker.name)) % 100000));
	return arena_copy(&w->arena, text_of(worker.team));
}

static void collect_spells(struct writer *w, struct due_list *list, enum spell_kind kind)
{
	for (uint32_t i = 0; i < w->b->spell_count; i++) {
		const struct spell *s = &w->b->spells[i];
		if (s->kind == kind)
			due_add_spell(w, list, s->from, s->to, forget(w->b), i, 0, 0);
	}
}

static void collect_events(struct writer *w, struct due_list *list, enum event_kind kind)
{
	for (uint32_t i = 0; i < w->b->event_count; i++) {
		const struct event *e = &w->b->events[i];
		if (e->kind == kind && e->on >= forget(w->b))
			due_add(w, list, e->on, i, 0, 1);
	}
}

/* ---- contacts and referrals ---- */

static void contact_row(struct writer *w, const struct due *due)
{
	const struct event *e = &w->b->events[due->a];
	row_begin(w);
	childrens_row_number(w, "C", due->a, 3);
	children_client(w, e->person);
	field_date(w, e->on);
	field_text(w, referral_source_code(e->code));
	field_empty(w);
	field_outcome_json(w, hash_mix(due->a) % 3 ? "Information and advice" : "Referral");
	row_end(w);
}

void feed_ssd_contacts(struct writer *w)
{
	struct due_list list = {0};
	collect_events(w, &list, EVENT_CHILD_CONTACT);
	due_write(w, &list, contact_row);
}

static const char *close_reason(int closure)
{
	switch (closure) {
	case CLOSURE_DIED:
		return "RC2";
	case CLOSURE_MOVED:
		return "RC5";
	case CLOSURE_ADOPTED:
		return "RC1";
	case CLOSURE_SPECIAL_GUARDIAN:
		return "RC4";
	case CLOSURE_AGED_OUT:
		return "RC6";
	case CLOSURE_STEP_DOWN:
		return "RC9";
	default:
		return "RC7";
	}
}

struct episode {
	uint32_t person, number;
	unsigned kind; /* of its number: a spell's or an event's */
	date from, to;
	int need, source, closure;
	bool nothing_further;
};

/* The referral that opened a spell, to know who made it. */
static int source_of(const struct borough *b, const struct spell *s, uint32_t spell)
{
	for (uint32_t i = b->persons[s->person].event; i != NOTHING; i = b->events[i].next)
		if (b->events[i].kind == EVENT_CHILD_REFERRAL && b->events[i].link == spell)
			return b->events[i].code;
	return (int)(hash_mix(spell) % 9);
}

static void write_episode(struct writer *w, const struct episode *e)
{
	char worker[16];
	row_begin(w);
	childrens_row_number(w, e->kind ? "RN" : "RE", e->number, 4 + e->kind);
	children_client(w, e->person);
	field_date(w, e->from);
	field_text(w, need_code(e->need));
	field_text(w, referral_source_code(e->source));
	field_empty(w);
	field_outcome_json(w, e->nothing_further ? "No further action" : "Assessment");
	field_text(w, e->nothing_further ? "Y" : "N");
	field_text(w, e->to == DATE_UNKNOWN ? "" : e->nothing_further ? "RC8" : close_reason(e->closure));
	field_date(w, e->to);
	field_text(w, team_at(w, e->person, 0, worker));
	field_text(w, worker);
	row_end(w);
}

static void episode_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	if (due->what == 1) {
		const struct event *e = &b->events[due->a];
		write_episode(w, &(struct episode){.person = e->person,
						   .number = due->a,
						   .kind = 1,
						   .from = e->on,
						   .to = e->on,
						   .need = e->amount,
						   .source = e->code,
						   .nothing_further = true});
		return;
	}
	const struct spell *s = &b->spells[due->a];
	write_episode(w, &(struct episode){.person = s->person,
					   .number = due->a,
					   .from = s->from,
					   .to = ended_by(w, s->to),
					   .need = s->code,
					   .source = source_of(b, s, due->a),
					   .closure = s->value});
}

void feed_ssd_cin_episodes(struct writer *w)
{
	struct due_list list = {0};
	collect_spells(w, &list, SPELL_IN_NEED);
	for (uint32_t i = 0; i < w->b->event_count; i++) {
		const struct event *e = &w->b->events[i];
		if (e->kind == EVENT_CHILD_REFERRAL && e->link == NOTHING && e->on >= forget(w->b))
			due_add(w, &list, e->on, i, 0, 1);
	}
	due_write(w, &list, episode_row);
}

/* ---- assessments, enquiries, conferences ---- */

static void assessment_row(struct writer *w, const struct due *due)
{
	const struct event *e = &w->b->events[due->a];
	char worker[16];
	date started = e->on - 15 - (int)(hash_mix(due->a) % 30);
	row_begin(w);
	childrens_row_number(w, "AS", due->a, 6);
	children_client(w, e->person);
	field_empty(w);
	field_date(w, started);
	field_text(w, hash_mix(due->a ^ 5) % 20 ? "Y" : "N");
	field_date(w, e->on);
	field_outcome_json(w, e->code ? "Child in need" : "No further action");
	field_text(w, e->code ? "N" : "Y");
	field_text(w, team_at(w, e->person, 0, worker));
	field_text(w, worker);
	row_end(w);
}

void feed_ssd_cin_assessments(struct writer *w)
{
	struct due_list list = {0};
	collect_events(w, &list, EVENT_CHILD_ASSESSMENT);
	due_write(w, &list, assessment_row);
}

static void s47_row(struct writer *w, const struct due *due)
{
	const struct event *e = &w->b->events[due->a];
	char worker[16];
	bool nothing = hash_mix(due->a) % 3 == 0;
	row_begin(w);
	childrens_row_number(w, "S", due->a, 7);
	field_empty(w);
	children_client(w, e->person);
	field_date(w, e->on);
	field_date(w, e->on + 10 <= w->as_at ? e->on + 10 : DATE_UNKNOWN);
	field_text(w, nothing ? "Y" : "N");
	field_outcome_json(w, nothing ? "Concerns not substantiated" : "Initial child protection conference");
	field_text(w, team_at(w, e->person, 0, worker));
	field_text(w, worker);
	row_end(w);
}

void feed_ssd_s47(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->event_count; i++) {
		const struct event *e = &w->b->events[i];
		if (e->kind == EVENT_CHILD_STRATEGY)
			due_add_spell(w, &list, e->on, e->on + 10, forget(w->b), i, 0, 1);
	}
	due_write(w, &list, s47_row);
}

static void icpc_row(struct writer *w, const struct due *due)
{
	const struct event *e = &w->b->events[due->a];
	const struct spell *plan = borough_spell(w->b, e->person, SPELL_PROTECTION, e->on);
	char worker[16];
	row_begin(w);
	childrens_row_number(w, "I", due->a, 8);
	field_empty(w);
	field_empty(w);
	children_client(w, e->person);
	field_empty(w);
	field_empty(w);
	field_text(w, "N");
	field_date(w, e->on + (int)(hash_mix(due->a) % 4) - 1);
	field_date(w, e->on);
	field_text(w, plan ? "Y" : "N");
	field_outcome_json(w, plan ? "Child protection plan" : "Child in need plan");
	field_text(w, team_at(w, e->person, 0, worker));
	field_text(w, worker);
	row_end(w);
}

void feed_ssd_icpc(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->event_count; i++) {
		const struct event *e = &w->b->events[i];
		if (e->kind == EVENT_CHILD_CONFERENCE && e->code == 0 && e->on >= forget(w->b))
			due_add(w, &list, e->on, i, 0, 1);
	}
	due_write(w, &list, icpc_row);
}

/* ---- plans ---- */

static void cin_plan_row(struct writer *w, const struct due *due)
{
	const struct spell *s = &w->b->spells[due->a];
	char worker[16];
	row_begin(w);
	childrens_row_number(w, "P", due->a, 9);
	field_empty(w);
	children_client(w, s->person);
	field_date(w, s->from);
	field_date(w, ended_by(w, s->to));
	field_text(w, team_at(w, s->person, 0, worker));
	field_text(w, worker);
	row_end(w);
}

void feed_ssd_cin_plans(struct writer *w)
{
	struct due_list list = {0};
	collect_spells(w, &list, SPELL_IN_NEED_PLAN);
	due_write(w, &list, cin_plan_row);
}

static void cp_plan_row(struct writer *w, const struct due *due)
{
	static const char *const categories[] = {[ABUSE_NEGLECT] = "NEG",
						 [ABUSE_EMOTIONAL] = "EMO",
						 [ABUSE_PHYSICAL] = "PHY",
						 [ABUSE_SEXUAL] = "SAB",
						 [ABUSE_MULTIPLE] = "MUL"};
	const struct spell *s = &w->b->spells[due->a];
	bool changed = hash_mix(due->a) % 12 == 0;
	row_begin(w);
	childrens_row_number(w, "CP", due->a, 10);
	field_empty(w);
	field_empty(w);
	children_client(w, s->person);
	field_date(w, s->from);
	field_date(w, ended_by(w, s->to));
	field_text(w, "N");
	field_text(w, categories[s->code]);
	field_text(w, categories[changed ? ABUSE_EMOTIONAL : s->code]);
	row_end(w);
}

void feed_ssd_cp_plans(struct writer *w)
{
	struct due_list list = {0};
	collect_spells(w, &list, SPELL_PROTECTION);
	due_write(w, &list, cp_plan_row);
}

/* ---- looked after ---- */

static const struct spell *care_spell(const struct borough *b, const struct spell *placement)
{
	return borough_spell(b, placement->person, SPELL_LOOKED_AFTER, placement->from);
}

static const char *ceased_reason(const struct spell *care, date to)
{
	if (!care || care->to == DATE_UNKNOWN || care->to > to + 1)
		return "X1";
	switch (care->value) {
	case CLOSURE_RETURNED_HOME:
		return "E4A";
	case CLOSURE_SPECIAL_GUARDIAN:
		return "E47";
	case CLOSURE_ADOPTED:
		return "E11";
	case CLOSURE_AGED_OUT:
		return "E5";
	case CLOSURE_DIED:
		return "E2";
	default:
		return "E8";
	}
}

static void cla_episode_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[due->a], *care = care_spell(b, s);
	date to = ended_by(w, s->to);
	row_begin(w);
	childrens_row_number(w, "LE", due->a, 11);
	children_client(w, s->person);
	field_number(w, "PL", scrambled(due->a, 9, 20 + 12), 9);
	field_date(w, s->from);
	field_text(w, care && care->from == s->from ? "S" : "P");
	field_text(w, need_code((int)(hash_mix(s->person) % 10) < 6 ? CONCERN_ABUSE_OR_NEGLECT
								    : CONCERN_FAMILY_DYSFUNCTION));
	field_date(w, to);
	field_text(w, to == DATE_UNKNOWN ? "" : ceased_reason(care, s->to));
	field_number(w, "LA", scrambled(s->person, 9, 34), 9);
	field_empty(w);
	field_date(w, DATE_UNKNOWN);
	field_date(w, care ? care->from : s->from);
	row_end(w);
}

void feed_ssd_cla_episodes(struct writer *w)
{
	struct due_list list = {0};
	collect_spells(w, &list, SPELL_PLACEMENT);
	due_write(w, &list, cla_episode_row);
}

const char *placement_code(int placement)
{
	static const char *const codes[] = {
		[PLACEMENT_FOSTER] = "U6",           [PLACEMENT_KINSHIP] = "U3",      [PLACEMENT_CHILDRENS_HOME] = "K2",
		[PLACEMENT_SEMI_INDEPENDENT] = "H5", [PLACEMENT_WITH_PARENTS] = "P1", [PLACEMENT_ADOPTERS] = "A6"};
	return placement >= 0 && placement <= PLACEMENT_ADOPTERS ? codes[placement] : "Z1";
}

const char *placement_provider(int placement)
{
	return placement == PLACEMENT_WITH_PARENTS ? "PR0" : placement == PLACEMENT_CHILDRENS_HOME ? "PR4" : "PR1";
}

static void placement_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[due->a];
	struct written a;
	write_address(w, KEEPER_CHILDREN, s->link, due->a, &a);
	date to = ended_by(w, s->to);
	row_begin(w);
	childrens_row_number(w, "PL", due->a, 12);
	field_number(w, "LA", scrambled(s->person, 9, 34), 9);
	children_client(w, s->person);
	field_date(w, s->from);
	field_text(w, placement_code(s->code));
	field_text(w, s->code == PLACEMENT_CHILDRENS_HOME ? "SC048213" : "");
	field_int(w, s->link == NOTHING ? 15 + (int)(hash_mix(due->a) % 60) : 1 + (int)(hash_mix(due->a) % 6));
	field_text(w, placement_provider(s->code));
	field_text(w, a.postcode);
	field_date(w, to);
	field_text(w, to == DATE_UNKNOWN ? "" : hash_mix(due->a) % 4 ? "CARPL" : "CREQB");
	row_end(w);
}

void feed_ssd_cla_placement(struct writer *w)
{
	struct due_list list = {0};
	collect_spells(w, &list, SPELL_PLACEMENT);
	due_write(w, &list, placement_row);
}

static date back_on(const struct event *e)
{
	return e->on + (e->amount + 12) / 24;
}

static void missing_row(struct writer *w, const struct due *due)
{
	const struct event *e = &w->b->events[due->a];
	date back = back_on(e);
	row_begin(w);
	childrens_row_number(w, "M", due->a, 13);
	children_client(w, e->person);
	field_date(w, e->on);
	field_text(w, hash_mix(due->a) % 4 ? "M" : "A");
	field_date(w, back <= w->as_at ? back : DATE_UNKNOWN);
	field_text(w, hash_mix(due->a ^ 3) % 5 ? "Y" : "N");
	field_text(w, hash_mix(due->a ^ 9) % 2 ? "Y" : "N");
	row_end(w);
}

void feed_ssd_missing(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->event_count; i++) {
		const struct event *e = &w->b->events[i];
		if (e->kind == EVENT_CHILD_MISSING)
			due_add_spell(w, &list, e->on, back_on(e), forget(w->b), i, 0, 1);
	}
	due_write(w, &list, missing_row);
}

static void care_leaver_row(struct writer *w, const struct due *due)
{
	static const char *const homes[] = {"Independent living", "Supported lodgings", "With former foster carer",
					    "With parents"};
	static const char *const activities[] = {"Education", "Training or employment",
						 "Not in education or employment"};
	const struct spell *s = &w->b->spells[due->a];
	struct worker adviser;
	staff_of(w, KEEPER_CHILDREN, s->person, 1000, &adviser);
	uint64_t mixed = hash_mix(due->a);
	row_begin(w);
	childrens_row_number(w, "CL", due->a, 14);
	children_client(w, s->person);
	field_text(w, "Former relevant");
	field_text(w, mixed % 12 ? "YES" : "NO");
	field_date(w, s->from > w->as_at - 40 ? s->from : w->as_at - (int)(mixed % 40));
	field_text(w, homes[mixed >> 8 & 3]);
	field_text(w, mixed % 9 ? "Suitable" : "Unsuitable");
	field_text(w, activities[(mixed >> 16) % 3]);
	field_date(w, DATE_UNKNOWN);
	field_text(w, adviser.name);
	field_text(w, adviser.team);
	field_format(w, "W%05u", (unsigned)(text_hash(text_of(adviser.name)) % 100000));
	row_end(w);
}

void feed_ssd_care_leavers(struct writer *w)
{
	struct due_list list = {0};
	collect_spells(w, &list, SPELL_CARE_LEAVER);
	due_write(w, &list, care_leaver_row);
}
