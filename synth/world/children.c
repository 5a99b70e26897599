/* Children's social care: contacts, referrals, early help, child in need, protection,
 * looked after, and the steps up and down between them.
 *
 * Rates are those of a deprived outer London borough (DfE "Children in need" and "Children
 * looked after", 2022 to 2024); a child's own chance is the rate times the exponential of a
 * strain that is standard normal among children, so that the truth itself ranks children
 * with an area under the curve of about 0.75 to 0.8, and less as months go by.
 */
#include "world_int.h"

#include <math.h>

static const double spread = 1.15; /* of log chances: exp(spread * strain - spread^2 / 2) averages one */

static double tilt(double rate, double strain)
{
	double chance = rate * exp(spread * strain - spread * spread / 2);
	return chance > 0.5 ? 0.5 : chance;
}

static uint32_t carer_of(const struct world *w, uint32_t child)
{
	const struct person *p = &w->b->persons[child];
	uint32_t household = w->lives[child].household;
	if (p->mother != NOTHING && w->lives[p->mother].household == household)
		return p->mother;
	if (p->father != NOTHING && w->lives[p->father].household == household)
		return p->father;
	return household == NOTHING ? NOTHING : w->b->households[household].head_now;
}

double child_strain(const struct world *w, uint32_t child)
{
	const struct life *own = &w->lives[child];
	uint32_t carer = carer_of(w, child);
	const struct life *home = carer == NOTHING ? own : &w->lives[carer];
	int age = person_age(w, child, world_today(w));
	double strain =
		0.62 * (double)own->level[NEED_NEGLECT] + 0.36 * (double)home->level[NEED_DOMESTIC_ABUSE] +
		0.26 * (double)home->level[NEED_FINANCIAL_STRESS] + 0.30 * (double)home->level[NEED_MENTAL_HEALTH] +
		0.28 * (double)home->level[NEED_SUBSTANCE_MISUSE] + 0.15 * (double)own->level[NEED_SPECIAL_NEEDS];
	if (age >= 11)
		strain += 0.35 * (double)own->level[NEED_ANTI_SOCIAL_TIES];
	strain += age < 1 ? 0.45 : age >= 14 ? 0.25 : 0;
	return strain * 0.92 + 0.1 * (double)home->shock;
}

double chance_in_need(const struct world *w, uint32_t child)
{
	double known = w->lives[child].open[SPELL_EARLY_HELP] != NOTHING ? 2.2 : 1;
	return tilt(0.0025 * known, child_strain(w, child));
}

double chance_protection(const struct world *w, uint32_t child)
{
	return tilt(0.0125, 0.75 * (child_strain(w, child) - 0.7));
}

double chance_looked_after(const struct world *w, uint32_t child)
{
	bool protected = w->lives[child].open[SPELL_PROTECTION] != NOTHING;
	return tilt(protected ? 0.014 : 0.0014, 0.75 * (child_strain(w, child) - 0.8));
}

double chance_return_home(const struct world *w, uint32_t child)
{
	uint32_t mother = w->b->persons[child].mother;
	double home = mother == NOTHING ? 0.5
					: 0.5 * (double)w->lives[mother].level[NEED_SUBSTANCE_MISUSE] +
						  0.5 * (double)w->lives[mother].level[NEED_MENTAL_HEALTH];
	const struct spell *spell = spell_of((struct world *)(uintptr_t)w, child, SPELL_LOOKED_AFTER);
	double months = spell ? (world_today(w) - spell->from) / 30.0 : 0;
	return 0.036 * exp(-0.7 * home - 0.025 * months);
}

static enum concern concern_of(const struct world *w, uint32_t child, struct random *r)
{
	const struct life *own = &w->lives[child];
	uint32_t carer = carer_of(w, child);
	const struct life *home = carer == NOTHING ? own : &w->lives[carer];
	double weights[CONCERNS] = {
		1.6 * exp(0.5 * (double)own->level[NEED_NEGLECT] + 0.5 * (double)home->level[NEED_DOMESTIC_ABUSE]),
		0.3 * exp(0.9 * (double)own->level[NEED_SPECIAL_NEEDS]),
		0.4 * exp(0.6 * (double)home->level[NEED_MENTAL_HEALTH]),
		0.5 * exp(0.4 * (double)home->level[NEED_FINANCIAL_STRESS]),
		0.8,
		0.25 * exp(0.6 * (double)own->level[NEED_ANTI_SOCIAL_TIES]),
		0.08,
		0.12};
	return (enum concern)random_weighted(r, weights, CONCERNS);
}

static enum abuse_category category_of(const struct world *w, uint32_t child, struct random *r)
{
	uint32_t carer = carer_of(w, child);
	double abuse = carer == NOTHING ? 0 : (double)w->lives[carer].level[NEED_DOMESTIC_ABUSE];
	double weights[] = {2.4 * exp(0.4 * (double)w->lives[child].level[NEED_NEGLECT]), 1.8 * exp(0.5 * abuse), 0.4,
			    0.2, 0.3};
	return (enum abuse_category)random_weighted(r, weights, 5);
}

static enum referral_source source_of(int age, struct random *r)
{
	double weights[] = {28, age >= 4 ? 24 : 2, age < 5 ? 24 : 10, 9, 9, 4, 4, 3, age < 2 ? 9 : 4};
	return (enum referral_source)random_weighted(r, weights, 9);
}

static struct event *child_event(struct world *w, uint32_t child, enum event_kind kind, date on, int code)
{
	struct event *event = event_new(w, child, kind, on);
	event->code = (int16_t)code;
	return event;
}

static void contact(struct world *w, uint32_t child, date on, enum concern concern, struct random *r)
{
	enum referral_source source = source_of(person_age(w, child, on), r);
	child_event(w, child, EVENT_CHILD_CONTACT, on, source)->amount = concern;
}

/* Brothers and sisters at home are mostly referred together. */
static void open_in_need(struct world *w, uint32_t child, date on, enum concern concern, enum referral_source source,
			 struct random *r)
{
	if (w->lives[child].open[SPELL_IN_NEED] != NOTHING || w->lives[child].open[SPELL_LOOKED_AFTER] != NOTHING)
		return;
	struct spell *help = spell_of(w, child, SPELL_EARLY_HELP);
	if (help) {
		help->value = CLOSURE_STEP_UP;
		spell_close(w, child, SPELL_EARLY_HELP, on);
	}
	uint32_t spell = spell_open(w, child, SPELL_IN_NEED, concern, on);
	struct event *referral = child_event(w, child, EVENT_CHILD_REFERRAL, on, source);
	referral->amount = concern;
	referral->link = spell;
	child_event(w, child, EVENT_CHILD_ASSESSMENT, on + 20 + (date)random_below(r, 30), 1);
	w->lives[child].last_visit = on;
}

static void refer(struct world *w, uint32_t child, struct random *r)
{
	date on = world_some_day(w, r);
	enum concern concern = concern_of(w, child, r);
	enum referral_source source = source_of(person_age(w, child, on), r);
	contact(w, child, on, concern, r);
	open_in_need(w, child, on, concern, source, r);
	uint32_t members[MEMBERS_MOST];
	unsigned count = household_members(w, w->lives[child].household, members, MEMBERS_MOST);
	for (unsigned i = 0; i < count; i++)
		if (members[i] != child && person_age(w, members[i], on) < 18 &&
		    w->b->persons[members[i]].mother == w->b->persons[child].mother &&
		    w->b->persons[child].mother != NOTHING && random_chance(r, 0.45))
			open_in_need(w, members[i], on, concern, source, r);
}

static void known_to_nobody(struct world *w, uint32_t child, struct random *r)
{
	double strain = child_strain(w, child);
	struct spell *help = spell_of(w, child, SPELL_EARLY_HELP);
	if (random_chance(r, chance_in_need(w, child))) {
		refer(w, child, r);
		return;
	}
	date on = world_some_day(w, r);
	enum concern concern = concern_of(w, child, r);
	if (random_chance(r, tilt(0.0095, strain)))
		contact(w, child, on, concern, r);
	if (random_chance(r, tilt(0.0022, strain))) { /* looked into, and closed */
		enum referral_source source = source_of(person_age(w, child, on), r);
		child_event(w, child, EVENT_CHILD_REFERRAL, on, source)->amount = concern;
		child_event(w, child, EVENT_CHILD_ASSESSMENT, on + 25 + (date)random_below(r, 20), 0);
	}
	if (!help && random_chance(r, tilt(0.0036, strain))) {
		spell_open(w, child, SPELL_EARLY_HELP, concern, on);
	} else if (help && random_chance(r, 0.14 * exp(-0.4 * strain))) {
		help->value = random_chance(r, 0.2) ? CLOSURE_WITHDREW : CLOSURE_NEEDS_MET;
		spell_close(w, child, SPELL_EARLY_HELP, world_some_day(w, r));
	}
}

static void visit(struct world *w, uint32_t child, int every, struct random *r)
{
	struct life *life = &w->lives[child];
	if (life->last_visit != DATE_UNKNOWN && world_today(w) - life->last_visit < every - 10)
		return;
	life->last_visit = world_some_day(w, r);
	event_new(w, child, EVENT_CHILD_VISIT, life->last_visit)->amount = random_chance(r, 0.9);
}

static void step_down(struct world *w, uint32_t child, date on, enum closure why)
{
	spell_close(w, child, SPELL_IN_NEED_PLAN, on);
	struct spell *spell = spell_of(w, child, SPELL_IN_NEED);
	if (spell)
		spell->value = why;
	spell_close(w, child, SPELL_IN_NEED, on);
}

/* A foster home with room, in another household of the borough. */
static uint32_t foster_home(struct world *w, uint32_t child, struct random *r)
{
	for (int i = 0; i < 12 && w->foster_count; i++) {
		uint32_t household = w->foster_homes[random_below(r, (uint32_t)w->foster_count)], members[MEMBERS_MOST];
		if (w->b->households[household].to != DATE_UNKNOWN || household == w->lives[child].household)
			continue;
		if (household_members(w, household, members, MEMBERS_MOST) < 7)
			return household;
	}
	return NOTHING;
}

static void place_child(struct world *w, uint32_t child, date on, bool first, struct random *r)
{
	struct life *life = &w->lives[child];
	int age = person_age(w, child, on);
	static const double young[] = {62, 24, 2, 0, 8, 2}, old[] = {46, 12, 16, 22, 4, 0};
	enum placement kind = (enum placement)random_weighted(r, age < 10 ? young : old, 6);
	if (kind == PLACEMENT_WITH_PARENTS && !first)
		kind = PLACEMENT_FOSTER;
	uint32_t home = NOTHING, property = NOTHING;
	if (kind == PLACEMENT_WITH_PARENTS) {
		property = life->household == NOTHING ? NOTHING : w->b->households[life->household].property;
	} else {
		if (kind == PLACEMENT_FOSTER && random_chance(r, 0.5))
			home = foster_home(w, child, r);
		else if (kind == PLACEMENT_CHILDRENS_HOME && random_chance(r, 0.4))
			property = vacancy_find(w, STOCK_CHILDRENS_HOME, 0, 0, r);
		leave_home(w, child, on, first ? LEFT_INTO_CARE : LEFT_PLACEMENT);
		if (home != NOTHING)
			live_at(w, child, home, ROLE_FOSTER_CHILD, on);
		else if (property != NOTHING)
			live_at(w, child, household_new(w, property, HOUSEHOLD_COMMUNAL, child, on), ROLE_RESIDENT, on);
		if (home != NOTHING)
			property = w->b->households[home].property;
	}
	spell_close(w, child, SPELL_PLACEMENT, on);
	uint32_t spell = spell_open(w, child, SPELL_PLACEMENT, kind, on);
	w->b->spells[spell].link = property;
}

static void look_after(struct world *w, uint32_t child, date on, struct random *r)
{
	static const double orders[] = {38, 42, 12, 2, 6};
	struct life *life = &w->lives[child];
	life->fostered_from = life->household;
	spell_close(w, child, SPELL_PROTECTION, on);
	step_down(w, child, on, CLOSURE_STEP_UP);
	enum legal_status status =
		person_age(w, child, on) > 15 ? LEGAL_VOLUNTARY_S20 : (enum legal_status)random_weighted(r, orders, 5);
	spell_open(w, child, SPELL_LOOKED_AFTER, status, on);
	life->last_review = on;
	place_child(w, child, on, true, r);
}

static void in_need(struct world *w, uint32_t child, struct random *r)
{
	date began = spell_of(w, child, SPELL_IN_NEED)->from;
	double strain = child_strain(w, child);
	date on = world_some_day(w, r);
	visit(w, child, 40, r);
	if (world_today(w) - began > 40 && w->lives[child].open[SPELL_IN_NEED_PLAN] == NOTHING && random_chance(r, 0.5))
		spell_open(w, child, SPELL_IN_NEED_PLAN, 0, on);
	if (random_chance(r, chance_protection(w, child))) {
		enum abuse_category category = category_of(w, child, r);
		child_event(w, child, EVENT_CHILD_STRATEGY, on - 18 > began ? on - 18 : on, category);
		child_event(w, child, EVENT_CHILD_CONFERENCE, on, 0);
		spell_close(w, child, SPELL_IN_NEED_PLAN, on);
		spell_open(w, child, SPELL_PROTECTION, category, on);
		w->lives[child].last_review = on;
	} else if (random_chance(r, chance_looked_after(w, child))) {
		look_after(w, child, on, r);
	} else if (random_chance(r, 0.03)) { /* enquiry, not borne out */
		child_event(w, child, EVENT_CHILD_STRATEGY, on, category_of(w, child, r));
	} else if (world_today(w) - began > 50 && random_chance(r, 0.19 * exp(-0.45 * (strain - 0.7)))) {
		bool down = random_chance(r, 0.3);
		step_down(w, child, on, down ? CLOSURE_STEP_DOWN : CLOSURE_NEEDS_MET);
		if (down)
			spell_open(w, child, SPELL_EARLY_HELP, concern_of(w, child, r), on);
	}
}

static void protection(struct world *w, uint32_t child, struct random *r)
{
	struct life *life = &w->lives[child];
	const struct spell *spell = spell_of(w, child, SPELL_PROTECTION);
	date on = world_some_day(w, r);
	visit(w, child, 14, r);
	if (life->last_review == DATE_UNKNOWN ||
	    on - life->last_review > (spell->from == life->last_review ? 85 : 170)) {
		child_event(w, child, EVENT_CHILD_CONFERENCE, on, 1);
		life->last_review = on;
	}
	if (random_chance(r, chance_looked_after(w, child)))
		look_after(w, child, on, r);
	else if (world_today(w) - spell->from > 85 &&
		 random_chance(r, 0.12 * exp(-0.5 * (child_strain(w, child) - 1.2)))) {
		spell_close(w, child, SPELL_PROTECTION, on);
		if (life->open[SPELL_IN_NEED_PLAN] == NOTHING)
			spell_open(w, child, SPELL_IN_NEED_PLAN, 0, on);
	}
}

static void come_home(struct world *w, uint32_t child, date on, struct random *r)
{
	struct borough *b = w->b;
	const struct person *p = &b->persons[child];
	struct spell *spell = spell_of(w, child, SPELL_LOOKED_AFTER);
	uint32_t parent = p->mother != NOTHING && person_is_here(w, p->mother) ? p->mother : p->father;
	bool possible = parent != NOTHING && person_is_here(w, parent);
	spell->value = possible                ? CLOSURE_RETURNED_HOME
		       : random_chance(r, 0.5) ? CLOSURE_SPECIAL_GUARDIAN
					       : CLOSURE_MOVED;
	spell_close(w, child, SPELL_PLACEMENT, on);
	spell_close(w, child, SPELL_LOOKED_AFTER, on);
	uint32_t home = possible ? w->lives[parent].household : NOTHING;
	if (home == NOTHING) {
		leave_home(w, child, on, LEFT_BOROUGH);
		spells_close_all(w, child, on, CLOSURE_MOVED);
	} else if (w->lives[child].household != home) {
		leave_home(w, child, on, LEFT_WITHIN);
		live_at(w, child, home, ROLE_CHILD, on);
		spell_open(w, child, SPELL_IN_NEED, CONCERN_ABUSE_OR_NEGLECT, on);
	}
}

static void grow_out_of_care(struct world *w, uint32_t child, date on, struct random *r)
{
	struct spell *spell = spell_of(w, child, SPELL_LOOKED_AFTER);
	spell->value = CLOSURE_AGED_OUT;
	spell_close(w, child, SPELL_PLACEMENT, on);
	spell_close(w, child, SPELL_LOOKED_AFTER, on);
	spell_open(w, child, SPELL_CARE_LEAVER, 0, on);
	uint32_t room = vacancy_find(w, random_chance(r, 0.5) ? STOCK_HOSTEL : STOCK_HMO, 1, 0, r);
	leave_home(w, child, on, LEFT_WITHIN);
	if (room != NOTHING)
		live_at(w, child, household_new(w, room, HOUSEHOLD_ONE_PERSON, child, on), ROLE_HEAD, on);
	else
		leave_home(w, child, on, LEFT_BOROUGH);
}

static void looked_after(struct world *w, uint32_t child, struct random *r)
{
	struct life *life = &w->lives[child];
	date on = world_some_day(w, r);
	int age = person_age(w, child, on);
	if (age >= 18) {
		grow_out_of_care(w, child, on, r);
		return;
	}
	visit(w, child, 42, r);
	if (life->last_review == DATE_UNKNOWN || on - life->last_review > 165) {
		event_new(w, child, EVENT_CHILD_REVIEW, on);
		life->last_review = on;
	}
	double missing = age >= 12 ? 0.02 * exp(0.8 * (double)life->level[NEED_ANTI_SOCIAL_TIES]) : 0;
	if (random_chance(r, missing > 0.3 ? 0.3 : missing))
		event_new(w, child, EVENT_CHILD_MISSING, on)->amount = 2 + (int32_t)random_exponential(r, 30);
	if (random_chance(r, chance_return_home(w, child)))
		come_home(w, child, on, r);
	else if (random_chance(r, 0.03))
		place_child(w, child, on, false, r);
}

void children_month(struct world *w, uint32_t person)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_CHILDREN, person, (uint64_t)w->month);
	struct life *life = &w->lives[person];
	int age = person_age(w, person, world_today(w));
	if (life->open[SPELL_LOOKED_AFTER] != NOTHING) {
		looked_after(w, person, &r);
	} else if (age >= 18) {
		date on = world_today(w);
		for (int kind = SPELL_EARLY_HELP; kind <= SPELL_PROTECTION; kind++) {
			struct spell *spell = spell_of(w, person, (enum spell_kind)kind);
			if (spell && kind != SPELL_PROTECTION && kind != SPELL_IN_NEED_PLAN)
				spell->value = CLOSURE_AGED_OUT;
			spell_close(w, person, (enum spell_kind)kind, on);
		}
		if (life->open[SPELL_CARE_LEAVER] != NOTHING && age >= 21)
			spell_close(w, person, SPELL_CARE_LEAVER, on);
	} else if (life->open[SPELL_PROTECTION] != NOTHING) {
		protection(w, person, &r);
	} else if (life->open[SPELL_IN_NEED] != NOTHING) {
		in_need(w, person, &r);
	} else {
		known_to_nobody(w, person, &r);
	}
}

/* What children's services already hold on the first day. */
void children_start(struct world *w, uint32_t person)
{
	struct borough *b = w->b;
	if (person_age(w, person, b->start) >= 18)
		return;
	struct random r;
	random_start(&r, b->plan.seed, STREAM_HISTORY, person, 0);
	double strain = child_strain(w, person), u = random_uniform(&r);
	struct life *life = &w->lives[person];
	date lived = b->start - b->persons[person].born;
	if (lived < 60)
		return;
	date ago = 20 + (date)random_exponential(&r, 160);
	date from = b->start - (ago < lived ? ago : lived - 5);
	double after = tilt(0.0045, strain), protect = tilt(0.0042, strain), need = tilt(0.030, strain),
	       help = tilt(0.026, strain);
	if (u < after) {
		date longer = b->start - 30 - (date)random_exponential(&r, 700);
		from = longer > b->persons[person].born ? longer : b->persons[person].born;
		look_after(w, person,
			   from > b->residences[life->residence].from ? from : b->residences[life->residence].from + 1,
			   &r);
	} else if (u < after + protect) {
		spell_open(w, person, SPELL_IN_NEED, CONCERN_ABUSE_OR_NEGLECT,
			   from - 40 > b->persons[person].born ? from - 40 : from);
		spell_open(w, person, SPELL_PROTECTION, category_of(w, person, &r), from);
	} else if (u < after + protect + need) {
		spell_open(w, person, SPELL_IN_NEED, concern_of(w, person, &r), from);
		if (ago > 45)
			spell_open(w, person, SPELL_IN_NEED_PLAN, 0, from + 40);
	} else if (u < after + protect + need + help) {
		spell_open(w, person, SPELL_EARLY_HELP, concern_of(w, person, &r), from);
	}
}
