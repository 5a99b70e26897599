/* Newcomers: a household of some kind, with its people, moves in.
 *
 * The same makes the borough's first households and those who arrive later. Shares of
 * kinds follow Census 2021 TS003 for outer London boroughs with many young families.
 */
#include "world_int.h"

#include <math.h>

enum plan {
	ONE_YOUNG,
	ONE_OLD,
	COUPLE_YOUNG,
	COUPLE_OLD,
	FAMILY,
	LONE,
	FAMILY_GROWN,
	LONE_GROWN,
	THREE_GENERATIONS,
	SHARE,
	PLANS
};

static const double plan_shares[PLANS] = {0.15, 0.08, 0.115, 0.06, 0.25, 0.10, 0.095, 0.055, 0.055, 0.04};

/* Of each tradition: how many are old, how many children a family has, how often three
 * generations live together, and its share of households. */
static const struct {
	double share, old, children, together;
} traditions[TRADITIONS] = {
	[TRADITION_BRITISH] = {0.40, 1.75, 1.9, 0.6},     [TRADITION_IRISH] = {0.012, 2.6, 2.0, 0.5},
	[TRADITION_POLISH] = {0.025, 0.25, 1.7, 0.5},     [TRADITION_LITHUANIAN] = {0.022, 0.25, 1.7, 0.5},
	[TRADITION_ROMANIAN] = {0.055, 0.15, 2.0, 0.9},   [TRADITION_BULGARIAN] = {0.014, 0.15, 1.7, 0.7},
	[TRADITION_ALBANIAN] = {0.025, 0.2, 2.2, 1.0},    [TRADITION_TURKISH] = {0.012, 0.5, 2.1, 0.9},
	[TRADITION_PUNJABI] = {0.028, 0.9, 2.1, 2.4},     [TRADITION_GUJARATI] = {0.035, 0.6, 1.9, 1.9},
	[TRADITION_TAMIL] = {0.014, 0.5, 2.1, 1.6},       [TRADITION_PAKISTANI] = {0.066, 0.45, 2.9, 2.3},
	[TRADITION_BANGLADESHI] = {0.074, 0.4, 2.9, 2.3}, [TRADITION_YORUBA] = {0.068, 0.35, 2.6, 0.9},
	[TRADITION_IGBO] = {0.026, 0.35, 2.6, 0.8},       [TRADITION_GHANAIAN] = {0.028, 0.5, 2.3, 0.8},
	[TRADITION_SOMALI] = {0.011, 0.4, 3.4, 1.2},      [TRADITION_CARIBBEAN] = {0.036, 1.6, 1.9, 0.9},
	[TRADITION_CHINESE] = {0.006, 0.7, 1.6, 1.0},     [TRADITION_VIETNAMESE] = {0.005, 0.7, 2.0, 1.2},
	[TRADITION_ARABIC] = {0.011, 0.4, 2.7, 1.2},      [TRADITION_AFGHAN] = {0.010, 0.2, 3.0, 1.6},
	[TRADITION_PORTUGUESE] = {0.012, 0.3, 1.8, 0.7},  [TRADITION_SPANISH] = {0.009, 0.3, 1.8, 0.7},
	[TRADITION_CONGOLESE] = {0.026, 0.3, 2.6, 0.9},
};

struct newcomers { /* while a household is put together */
	struct world *w;
	struct random *r;
	uint32_t household, property;
	enum tradition tradition;
	date from;
	bool history;
	unsigned count;
};

/* Areas differ in who lives there: each tradition's share is multiplied by a wide factor. */
static void weigh_traditions(struct world *w)
{
	struct borough *b = w->b;
	w->traditions = memory_alloc(b->area_count, sizeof *w->traditions);
	for (size_t i = 0; i < b->area_count; i++) {
		struct random ward, area;
		random_start(&ward, b->plan.seed, STREAM_SETTLE, 1u << 30, b->areas[i].ward);
		random_start(&area, b->plan.seed, STREAM_SETTLE, 1u << 30, 1000 + i);
		double weights[TRADITIONS];
		for (int t = 0; t < TRADITIONS; t++)
			weights[t] = traditions[t].share *
				     exp(random_normal(&ward, 0, 0.45) + random_normal(&area, 0, 0.45));
		weights[TRADITION_BRITISH] *= 1.3 - 0.5 * b->areas[i].deprivation;
		alias_init(&w->traditions[i], weights, TRADITIONS);
	}
}

uint32_t adult_new(struct world *w, enum sex sex, enum tradition tradition, double age, struct random *r)
{
	date today = w->month < 0 ? w->b->start : world_today(w);
	struct new_person n = {.sex = sex,
			       .tradition = tradition,
			       .mother = NOTHING,
			       .father = NOTHING,
			       .twin = NOTHING,
			       .born = today - (date)(age * 365.2425) - (date)random_below(r, 365)};
	return person_new(w, &n, r);
}

static void join(struct newcomers *n, uint32_t person, enum residence_role role)
{
	date from = n->from;
	if (n->household == NOTHING)
		n->household = household_new(n->w, n->property, HOUSEHOLD_OTHER, person, from);
	live_at(n->w, person, n->household, role, from);
	n->count++;
}

static enum tradition partners_tradition(struct newcomers *n)
{
	double u = random_uniform(n->r);
	if (u < 0.90)
		return n->tradition;
	return u < 0.94 ? TRADITION_BRITISH
			: (enum tradition)alias_pick(&n->w->traditions[n->w->b->properties[n->property].area], n->r);
}

/* Two who live together; the elder child's birth, when there is one, comes after. */
static void couple(struct newcomers *n, uint32_t head, uint32_t partner, date before)
{
	struct world *w = n->w;
	struct borough *b = w->b;
	date youngest =
		b->persons[head].born > b->persons[partner].born ? b->persons[head].born : b->persons[partner].born;
	double age = (double)(before - youngest) / 365.2425;
	bool married = random_chance(n->r, age > 45 ? 0.88 : n->tradition == TRADITION_BRITISH ? 0.5 : 0.75);
	date earliest = youngest + 18 * 365, since = before - 30 - (date)random_below(n->r, 2000);
	if (since < earliest)
		since = earliest < before ? earliest : before;
	relation_new(w, head, partner, married ? RELATION_MARRIED : RELATION_COHABITING, since);
	w->lives[head].partner = partner;
	w->lives[partner].partner = head;
	if (married) {
		naming_at_marriage(w, head, partner, since, n->r);
		naming_at_marriage(w, partner, head, since, n->r);
	}
}

static void child(struct newcomers *n, uint32_t mother, uint32_t father, date born, enum residence_role role)
{
	struct world *w = n->w;
	bool his = father != NOTHING && (mother == NOTHING || random_chance(n->r, 0.7));
	uint32_t family = his ? father : mother;
	struct new_person new = {.sex = random_chance(n->r, 0.512) ? SEX_MALE : SEX_FEMALE,
				 .tradition = (enum tradition)w->b->persons[family].tradition,
				 .born = born,
				 .mother = mother,
				 .father = role == ROLE_STEPCHILD ? NOTHING : father,
				 .twin = NOTHING};
	if (role == ROLE_STEPCHILD && mother == NOTHING)
		role = ROLE_CHILD;
	uint32_t one = person_new(w, &new, n->r);
	join(n, one, role);
	if (mother != NOTHING) {
		w->lives[mother].children++;
		w->lives[mother].last_birth = born;
	}
	if (random_chance(n->r, 0.016))
		join(n, person_twin(w, one, n->r), role);
}

/* Oldest first, OLDEST years old, then every two or three years until COUNT or today. */
static void children(struct newcomers *n, uint32_t mother, uint32_t father, double oldest, unsigned count)
{
	date today = n->w->month < 0 ? n->w->b->start : world_today(n->w);
	uint32_t bearer = mother != NOTHING ? mother : father;
	for (unsigned i = 0; i < count && oldest > 0.02; i++) {
		date born = today - (date)(oldest * 365.2425);
		double bearing = (double)(born - n->w->b->persons[bearer].born) / 365.2425;
		if (bearing < 15.5)
			born = n->w->b->persons[bearer].born + (date)(16.5 * 365.2425);
		if (mother != NOTHING && bearing > 46)
			break;
		bool step = i == 0 && mother != NOTHING && father != NOTHING && random_chance(n->r, 0.1);
		child(n, mother, father, born, step ? ROLE_STEPCHILD : ROLE_CHILD);
		oldest -= 1.1 + random_gamma(n->r, 2.0, 0.9);
	}
}

static unsigned family_size(struct newcomers *n)
{
	unsigned count = 1 + random_poisson(n->r, traditions[n->tradition].children - 0.85);
	return count > 8 ? 8 : count;
}

static double mothers_age(struct random *r, double oldest)
{
	double at_birth = random_normal(r, 27.5, 5.3);
	at_birth = at_birth < 16.5 ? 17 + random_uniform(r) * 4 : at_birth > 43 ? 40 : at_birth;
	return oldest + at_birth;
}

/* Children of whom the eldest is OLDEST years old, with one parent or two; AGE: the mother's. */
static void family_of(struct newcomers *n, bool lone, bool grown, double oldest, double age, uint32_t her_mother)
{
	struct world *w = n->w;
	uint32_t mother = NOTHING, father = NOTHING;
	if (!lone || random_chance(n->r, 0.9)) {
		struct new_person m = {.sex = SEX_FEMALE,
				       .tradition = n->tradition,
				       .mother = her_mother,
				       .father = NOTHING,
				       .twin = NOTHING};
		date today = w->month < 0 ? w->b->start : world_today(w);
		m.born = today - (date)(age * 365.2425) - (date)random_below(n->r, 300);
		mother = person_new(w, &m, n->r);
	}
	if (!lone || mother == NOTHING) {
		double his_age = age + random_normal(n->r, 2.3, 3.5);
		father = adult_new(w, SEX_MALE, partners_tradition(n), his_age < 18 ? 19 : his_age, n->r);
	}
	uint32_t head = mother == NOTHING || (father != NOTHING && random_chance(n->r, 0.6)) ? father : mother;
	join(n, head, ROLE_HEAD);
	date first = n->w->b->start - (date)(oldest * 365.2425);
	if (mother != NOTHING && father != NOTHING) {
		uint32_t other = head == mother ? father : mother;
		join(n, other, ROLE_PARTNER);
		couple(n, head, other, first);
	}
	children(n, mother, father, oldest, grown ? 1 + random_poisson(n->r, 0.7) : family_size(n));
}

static double oldest_child(struct newcomers *n, bool grown)
{
	if (!grown)
		return 18 * pow(random_uniform(n->r), n->history ? 0.78 : 1.2);
	double oldest = 18 + random_exponential(n->r, 6);
	return oldest > 40 ? 40 : oldest;
}

static void family(struct newcomers *n, bool lone, bool grown)
{
	double oldest = oldest_child(n, grown);
	family_of(n, lone, grown, oldest, mothers_age(n->r, oldest), NOTHING);
}

/* One or two of the older generation; in half of such homes the mother of the mother. */
static void three_generations(struct newcomers *n)
{
	double oldest = oldest_child(n, false), age = mothers_age(n->r, oldest);
	double older = age + 19 + random_gamma(n->r, 4, 2);
	uint32_t grandmother = adult_new(n->w, SEX_FEMALE, n->tradition, older, n->r), grandfather = NOTHING;
	if (random_chance(n->r, 0.45))
		grandfather = adult_new(n->w, SEX_MALE, n->tradition, older + random_normal(n->r, 3, 3), n->r);
	bool lone = random_chance(n->r, 0.3), hers = random_chance(n->r, 0.5) && older - age < 44;
	family_of(n, lone, false, oldest, age, hers ? grandmother : NOTHING);
	join(n, grandmother, ROLE_PARENT);
	if (grandfather == NOTHING)
		return;
	join(n, grandfather, ROLE_PARENT);
	couple(n, grandfather, grandmother, n->w->b->start - (date)((older - 22) * 365));
}

static enum sex any_sex(struct random *r)
{
	return random_chance(r, 0.5) ? SEX_MALE : SEX_FEMALE;
}

static void one_person(struct newcomers *n, double age)
{
	enum sex sex = random_chance(n->r, age > 65 ? 0.34 : 0.58) ? SEX_MALE : SEX_FEMALE;
	join(n, adult_new(n->w, sex, n->tradition, age, n->r), ROLE_HEAD);
}

static void two_people(struct newcomers *n, double age)
{
	bool same = random_chance(n->r, 0.02);
	enum sex sex = any_sex(n->r);
	uint32_t head = adult_new(n->w, sex, n->tradition, age, n->r);
	double other = age + random_normal(n->r, sex == SEX_MALE ? -2 : 2, 3.5);
	uint32_t partner =
		adult_new(n->w, same ? sex : (enum sex) !sex, partners_tradition(n), other < 19 ? 19 : other, n->r);
	join(n, head, ROLE_HEAD);
	join(n, partner, ROLE_PARTNER);
	couple(n, head, partner, n->w->b->start - (date)random_below(n->r, (uint32_t)(age > 50 ? 9000 : 1500)));
}

static void sharers(struct newcomers *n)
{
	unsigned count = 2 + random_below(n->r, 4);
	for (unsigned i = 0; i < count; i++) {
		enum tradition tradition =
			random_chance(n->r, 0.5)
				? n->tradition
				: (enum tradition)alias_pick(&n->w->traditions[n->w->b->properties[n->property].area],
							     n->r);
		enum sex sex = any_sex(n->r);
		join(n, adult_new(n->w, sex, tradition, 19 + random_gamma(n->r, 2.2, 3.2), n->r),
		     i ? ROLE_SHARER : ROLE_HEAD);
	}
}

static enum plan choose_plan(struct newcomers *n)
{
	const struct property *p = &n->w->b->properties[n->property];
	double weights[PLANS];
	bool social = p->tenure == TENURE_COUNCIL || p->tenure == TENURE_ASSOCIATION,
	     rented = p->tenure == TENURE_PRIVATE;
	memcpy(weights, plan_shares, sizeof weights);
	double old = traditions[n->tradition].old * (rented ? 0.3 : 1) * (n->history ? 1 : 0.25);
	double small = p->bedrooms <= 1 ? 3.2 : p->bedrooms == 2 ? 1.25 : p->bedrooms >= 4 ? 0.35 : 0.75;
	double large = p->bedrooms <= 1 ? 0.22 : p->bedrooms == 2 ? 0.95 : p->bedrooms >= 4 ? 1.5 : 1.15;
	weights[ONE_YOUNG] *= small * (n->history ? 1 : 1.3);
	weights[ONE_OLD] *= small * old;
	weights[COUPLE_YOUNG] *= small;
	weights[COUPLE_OLD] *= old;
	weights[FAMILY] *= large;
	weights[LONE] *= large * (social ? 2.2 : rented ? 1.1 : 0.4);
	weights[FAMILY_GROWN] *=
		large * (rented ? 0.4 : 1) * (n->history ? 1 : 0.3) * (0.5 + traditions[n->tradition].old / 2);
	weights[LONE_GROWN] *= large * (rented ? 0.4 : 1) * (n->history ? 1 : 0.3);
	weights[THREE_GENERATIONS] *= large * large * traditions[n->tradition].together;
	weights[SHARE] *= p->bedrooms >= 2 && rented ? 3 : 0.15;
	return (enum plan)random_weighted(n->r, weights, PLANS);
}

static enum household_kind fill_home(struct newcomers *n)
{
	switch (choose_plan(n)) {
	case ONE_YOUNG:
		one_person(n, 20 + random_gamma(n->r, 2.6, 8.5));
		return HOUSEHOLD_ONE_PERSON;
	case ONE_OLD:
		one_person(n, 66 + random_gamma(n->r, 2, 5.2));
		return HOUSEHOLD_ONE_PERSON;
	case COUPLE_YOUNG:
		two_people(n, 21 + random_gamma(n->r, 2.2, 8));
		return HOUSEHOLD_COUPLE;
	case COUPLE_OLD:
		two_people(n, 62 + random_gamma(n->r, 2, 5));
		return HOUSEHOLD_COUPLE;
	case FAMILY:
		family(n, false, false);
		return HOUSEHOLD_COUPLE_CHILDREN;
	case LONE:
		family(n, true, false);
		return HOUSEHOLD_LONE_PARENT;
	case FAMILY_GROWN:
		family(n, false, true);
		return HOUSEHOLD_COUPLE_CHILDREN;
	case LONE_GROWN:
		family(n, true, true);
		return HOUSEHOLD_LONE_PARENT;
	case THREE_GENERATIONS:
		three_generations(n);
		return HOUSEHOLD_MULTI_GENERATION;
	default:
		sharers(n);
		return HOUSEHOLD_SHARERS;
	}
}

static enum household_kind fill_room(struct newcomers *n, enum stock stock)
{
	double u = random_uniform(n->r);
	if (stock == STOCK_CARE_HOME) {
		double age = 68 + random_gamma(n->r, 5, 3.6);
		one_person(n, age > 104 ? 104 : age);
		n->w->b->residences[n->w->lives[n->w->b->person_count - 1].residence].role = ROLE_RESIDENT;
		return HOUSEHOLD_COMMUNAL;
	}
	if ((stock == STOCK_HOSTEL && u < 0.4) || (stock == STOCK_REFUGE && u < 0.75) ||
	    (stock == STOCK_HMO && u < 0.05)) {
		family(n, true, false);
		return HOUSEHOLD_LONE_PARENT;
	}
	if (stock == STOCK_HMO && u < 0.17) {
		two_people(n, 20 + random_gamma(n->r, 2, 5));
		return HOUSEHOLD_COUPLE;
	}
	one_person(n, 18 + random_gamma(n->r, 2.4, 7));
	return stock == STOCK_HMO ? HOUSEHOLD_ONE_PERSON : HOUSEHOLD_COMMUNAL;
}

/* How long they have lived there, by who owns it. */
static date since(struct world *w, const struct property *p, struct random *r)
{
	static const double years[TENURES] = {1.2, 16, 9, 11, 8, 2.6};
	double mean = stock_of(p) >= STOCK_HMO ? 0.9 : years[p->tenure];
	date from = w->b->start - 1 - (date)(random_gamma(r, 1.3, mean / 1.3) * 365);
	return from < p->from ? p->from : from;
}

/* Nobody takes a home of their own as a child. */
static date no_earlier_than_grown(struct world *w, uint32_t household, date from, struct random *r)
{
	date start = w->b->start, grown = w->b->persons[w->b->households[household].head].born + (date)(17.5 * 365.25);
	if (from >= grown)
		return from;
	return grown < start - 60 ? grown + (date)random_below(r, (uint32_t)(start - 30 - grown)) : start - 30;
}

/* Nobody came before the household did, or before birth; lodgers and grandparents later. */
static void set_up_home(struct world *w, uint32_t household, date from, struct random *r)
{
	struct borough *b = w->b;
	for (uint32_t at = b->households[household].first; at != NOTHING; at = b->residences[at].next_in_household) {
		struct residence *res = &b->residences[at];
		if (res->from < from)
			res->from = from;
		bool later = res->role == ROLE_LODGER || res->role == ROLE_SHARER ||
			     (res->role == ROLE_PARENT && random_chance(r, 0.5));
		if (later && res->from < b->start - 60)
			res->from += (date)random_below(r, (uint32_t)(b->start - res->from - 30));
		if (b->persons[res->person].born > res->from)
			res->from = b->persons[res->person].born;
	}
}

static void lodger(struct newcomers *n)
{
	enum sex sex = any_sex(n->r);
	enum tradition tradition =
		(enum tradition)alias_pick(&n->w->traditions[n->w->b->properties[n->property].area], n->r);
	join(n, adult_new(n->w, sex, tradition, 20 + random_gamma(n->r, 2, 6), n->r), ROLE_LODGER);
}

uint32_t household_settle(struct world *w, uint32_t property, date from, bool history, struct random *r)
{
	struct property *p = &w->b->properties[property];
	enum stock stock = stock_of(p);
	struct newcomers n = {
		.w = w, .r = r, .household = NOTHING, .property = property, .from = from, .history = history};
	n.tradition = (enum tradition)alias_pick(&w->traditions[p->area], r);
	if (history)
		n.from = since(w, p, r);
	enum household_kind kind;
	if (p->kind == PROPERTY_SHELTERED) {
		bool two = random_chance(r, 0.2);
		(two ? two_people : one_person)(&n, 60 + random_gamma(r, 4, 4));
		kind = two ? HOUSEHOLD_COUPLE : HOUSEHOLD_ONE_PERSON;
	} else {
		kind = stock >= STOCK_HMO ? fill_room(&n, stock) : fill_home(&n);
	}
	if (stock < STOCK_HMO && kind != HOUSEHOLD_SHARERS && p->bedrooms >= 3 && random_chance(r, 0.02))
		lodger(&n);
	w->b->households[n.household].kind = (uint8_t)kind;
	if (history)
		n.from = no_earlier_than_grown(w, n.household, n.from, r);
	w->b->households[n.household].from = n.from;
	set_up_home(w, n.household, n.from, r);
	household_begin(w, n.household, n.from, history, r);
	return n.household;
}

/* Couples who own their home, one in a hundred and fifty. */
static void offer_to_foster(struct world *w, uint32_t household, struct random *r)
{
	const struct household *h = &w->b->households[household];
	const struct property *home = &w->b->properties[h->property];
	bool able = stock_of(home) == STOCK_OWNED && home->bedrooms >= 3 && w->lives[h->head].partner != NOTHING;
	if (!random_chance(r, 0.012) || !able || person_age(w, h->head, world_today(w)) < 28)
		return;
	ARRAY_GROW(w->foster_homes, w->foster_count, w->foster_capacity);
	w->foster_homes[w->foster_count++] = household;
}

/* What begins with a household: needs, bills, schools, work. */
void household_begin(struct world *w, uint32_t household, date from, bool history, struct random *r)
{
	uint32_t members[MEMBERS_MOST];
	unsigned count = household_members(w, household, members, MEMBERS_MOST);
	needs_of_household(w, household, r);
	for (unsigned i = 0; i < count; i++) {
		adult_start(w, members[i], from, r);
		school_start(w, members[i], from, r);
	}
	money_open(w, household, from, r);
	offer_to_foster(w, household, r);
	if (history)
		homeless_start(w, household, r);
	for (unsigned i = 0; history && i < count; i++) {
		young_start(w, members[i]);
		children_start(w, members[i]);
		if (person_is_here(w, members[i])) /* not placed away a line ago */
			care_start(w, members[i]);
	}
}

/* ---- The first day ---- */

/* Fathers who live elsewhere in the borough, some of them with the children part of the time. */
static void father_apart(struct world *w, uint32_t mother, uint32_t father, struct random *r)
{
	struct borough *b = w->b;
	uint32_t members[MEMBERS_MOST];
	unsigned count = household_members(w, w->lives[mother].household, members, MEMBERS_MOST);
	bool his_name = random_chance(r, 0.5),
	     both = random_chance(r, 0.6) &&
		    stock_of(&b->properties[b->households[w->lives[father].household].property]) < STOCK_HMO;
	unsigned share = 15 + 5 * random_below(r, 8);
	date together = b->start - 200 - (date)random_below(r, 1500);
	for (unsigned i = 0; i < count; i++) {
		struct person *p = &b->persons[members[i]];
		if (p->mother != mother || p->father != NOTHING || person_age(w, members[i], b->start) > 17 ||
		    p->born < b->persons[father].born + 16 * 365)
			continue;
		p->father = father;
		relation_new(w, father, members[i], RELATION_PARENT, p->born);
		if (his_name && p->tradition == b->persons[father].tradition) {
			w->lives[members[i]].family_first = w->lives[father].family_first;
			b->names[p->name].family =
				names_family_form(w, (enum tradition)p->tradition, w->lives[father].family_first,
						  (enum sex)p->sex, false);
		}
		if (p->born < together)
			together = p->born - 400;
		if (both)
			live_second(w, members[i], w->lives[father].household, ROLE_CHILD, share,
				    b->start - 30 - (date)random_below(r, 150));
	}
	relation_new(w, mother, father, RELATION_APART, together);
	b->relationships[b->relationship_count - 1].to = b->start - 30 - (date)random_below(r, 150);
}

static bool could_be_father(struct world *w, uint32_t mother, uint32_t man)
{
	const struct person *a = &w->b->persons[mother], *z = &w->b->persons[man];
	double older = (double)(a->born - z->born) / 365.25;
	return older > -4 && older < 12 && w->lives[man].household != w->lives[mother].household;
}

static void find_fathers(struct world *w)
{
	struct borough *b = w->b;
	struct random r;
	random_start(&r, b->plan.seed, STREAM_APART, 0, 0);
	uint32_t *men = memory_alloc(b->person_count, sizeof *men), count = 0, taken = 0;
	for (uint32_t i = 0; i < b->person_count; i++) {
		int age = person_age(w, i, b->start);
		if (b->persons[i].sex == SEX_MALE && age >= 21 && age <= 56 && w->lives[i].partner == NOTHING &&
		    b->persons[i].mother == NOTHING)
			men[count++] = i;
	}
	random_shuffle(&r, men, count);
	uint32_t mothers = (uint32_t)b->person_count;
	for (uint32_t i = 0; i < mothers && taken < count; i++) {
		if (b->persons[i].sex != SEX_FEMALE || !w->lives[i].children || w->lives[i].partner != NOTHING ||
		    person_age(w, i, b->start) > 50 || !random_chance(&r, 0.45))
			continue;
		for (uint32_t j = taken; j < count && j < taken + 60; j++) {
			if (!could_be_father(w, i, men[j]) ||
			    (b->persons[men[j]].tradition != b->persons[i].tradition && !random_chance(&r, 0.12)))
				continue;
			uint32_t father = men[j];
			men[j] = men[taken];
			men[taken++] = father;
			father_apart(w, i, father, &r);
			break;
		}
	}
	free(men);
}

/* Institutions fill to nine tenths, then homes in a random order until all have come. */
void world_settle(struct world *w)
{
	struct borough *b = w->b;
	weigh_traditions(w);
	uint32_t *order = memory_alloc(b->property_count, sizeof *order), count = 0;
	struct random r;
	random_start(&r, b->plan.seed, STREAM_SETTLE, 0, 0);
	for (uint32_t p = 0; p < b->property_count; p++) {
		enum stock stock = stock_of(&b->properties[p]);
		if (stock == STOCK_CHILDRENS_HOME || w->vacancy_at[p] == NOTHING)
			continue;
		if (stock < STOCK_HMO)
			order[count++] = p;
		double fill = stock == STOCK_HMO ? 0.93 : 0.86;
		for (unsigned place = stock < STOCK_HMO ? 0 : w->free_places[p]; place > 0; place--)
			if (random_chance(&r, fill) && b->person_count < b->plan.people / 4)
				household_settle(w, p, b->start, true, &r);
	}
	random_shuffle(&r, order, count);
	for (uint32_t i = 0; i < count && b->person_count < b->plan.people; i++) {
		struct random own;
		random_start(&own, b->plan.seed, STREAM_SETTLE, 1, order[i]);
		household_settle(w, order[i], b->start, true, &own);
	}
	free(order);
	find_fathers(w);
}
