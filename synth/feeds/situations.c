/* Situations that a council's investigators look for: who tells a system something else than the truth, or nothing.
 *
 * The borough's own story does not change by them; only what systems hear does. Each is drawn from a stream named after
 * whom it concerns. truth/lists.csv says, of the last day, which cases there really are, and which only look so. */
#include "situations.h"

#include "base/file.h"

enum { STREAM_SITUATION = 1100 };
enum { ABOUT_TENANCY = 1, ABOUT_SCHOOL, ABOUT_CLAIM, ABOUT_LICENCE, ABOUT_CENTRE, ABOUT_DISREGARD, ABOUT_HEALTH };

static void start(struct random *r, const struct borough *b, uint32_t subject, unsigned about)
{
	random_start(r, b->plan.seed, STREAM_SITUATION, subject, about);
}

static bool is_open_on(date from, date to, date on)
{
	return from <= on && (to == DATE_UNKNOWN || to > on);
}

/* The main home that the person moved to when leaving one in order to live elsewhere in the borough. */
static const struct residence *next_home(const struct borough *b, const struct residence *left)
{
	const struct residence *found = NULL;
	for (uint32_t i = left->next; i != NOTHING && !found; i = b->residences[i].next) {
		if (!b->residences[i].second_home && b->residences[i].from >= left->to)
			found = &b->residences[i];
	}
	return found && found->from <= left->to + 31 ? found : NULL;
}

/* ---- tenants who moved out and kept the home ------------------------------------------------------------ */

static bool keeps_home(const struct borough *b, uint32_t number)
{
	enum { LATEST = 150 };
	const struct account *a = &b->accounts[number];
	if (a->kind != ACCOUNT_RENT || a->to == DATE_UNKNOWN || a->to < b->start || a->to > b->end - LATEST)
		return false;
	for (uint32_t i = b->persons[a->holders[0]].residence; i != NOTHING; i = b->residences[i].next) {
		const struct residence *left = &b->residences[i];
		if (left->household != a->household || left->to == DATE_UNKNOWN || left->why_left != LEFT_WITHIN)
			continue;
		const struct residence *to = next_home(b, left);
		if (!to || to->property == a->property || b->properties[to->property].tenure == TENURE_COUNCIL ||
		    b->properties[to->property].kind == PROPERTY_CARE_HOME)
			return false;
		struct random r;
		start(&r, b, number, ABOUT_TENANCY);
		return random_chance(&r, 0.4);
	}
	return false;
}

void situations_tenancies(struct kept_tenancies *kept, const struct borough *b)
{
	kept->since = memory_alloc(b->property_count + 1, sizeof *kept->since);
	kept->account = memory_alloc(b->property_count + 1, sizeof *kept->account);
	for (size_t i = 0; i < b->property_count; i++) {
		kept->since[i] = DATE_UNKNOWN;
		kept->account[i] = NOTHING;
	}
	for (uint32_t i = 0; i < b->account_count; i++) {
		uint32_t property = b->accounts[i].property;
		if (kept->account[property] != NOTHING || !keeps_home(b, i))
			continue;
		kept->account[property] = i;
		kept->since[property] = b->accounts[i].to;
	}
}

void situations_tenancies_release(struct kept_tenancies *kept)
{
	free(kept->since);
	free(kept->account);
}

bool situation_tenancy_kept(const struct kept_tenancies *kept, const struct borough *b, uint32_t account)
{
	return kept->account[b->accounts[account].property] == account;
}

bool situation_tenancy_unknown(const struct kept_tenancies *kept, const struct borough *b, uint32_t account)
{
	const struct account *a = &b->accounts[account];
	return a->kind == ACCOUNT_RENT && kept->account[a->property] != NOTHING &&
	       kept->account[a->property] != account && a->from >= kept->since[a->property];
}

/* ---- school places from another address ------------------------------------------------------------------ */

static uint32_t grandparents_home(const struct borough *b, const struct person *child, uint32_t own, date on)
{
	const uint32_t parents[] = {child->mother, child->father};
	for (int i = 0; i < 2; i++) {
		if (parents[i] == NOTHING)
			continue;
		const uint32_t theirs[] = {b->persons[parents[i]].mother, b->persons[parents[i]].father};
		for (int k = 0; k < 2; k++) {
			uint32_t home = theirs[k] == NOTHING ? NOTHING : borough_property_of(b, theirs[k], on);
			if (home != NOTHING && home != own)
				return home;
		}
	}
	return NOTHING;
}

/* A friend's or relative's, near the school. */
static uint32_t home_near(const struct borough *b, uint32_t school, uint32_t own, date on, struct random *r)
{
	uint32_t ward = b->properties[b->places[school].property].ward;
	for (int i = 0; i < 400; i++) {
		uint32_t other = random_below(r, (uint32_t)b->person_count);
		const struct residence *home = borough_residence(b, other, on);
		if (home && home->role == ROLE_HEAD && home->property != own &&
		    b->properties[home->property].ward == ward && b->properties[home->property].kind <= PROPERTY_FLAT)
			return home->property;
	}
	return NOTHING;
}

uint32_t situation_school_address(const struct borough *b, uint32_t person, const struct spell *s)
{
	struct random r;
	bool intake = s->code == 0 || s->code == 7;
	if (!intake || s->link == NOTHING || s->from < b->start - 365)
		return NOTHING;
	start(&r, b, person, ABOUT_SCHOOL + 16 * (unsigned)s->code);
	if (!random_chance(&r, 0.02))
		return NOTHING;
	date on = s->from > b->start ? s->from : b->start;
	uint32_t own = borough_property_of(b, person, on);
	if (own == NOTHING)
		return NOTHING;
	uint32_t home = grandparents_home(b, &b->persons[person], own, on);
	return home != NOTHING ? home : home_near(b, s->link, own, on, &r);
}

/* ---- a second claim after a move ---------------------------------------------------------------------------- */

void situation_claim(struct second_claim *out, const struct borough *b, uint32_t number)
{
	enum { LATEST = 120 };
	const struct spell *s = &b->spells[number];
	*out = (struct second_claim){.from = DATE_UNKNOWN, .first_to = DATE_UNKNOWN};
	for (uint32_t i = b->persons[s->person].residence; i != NOTHING && s->to == DATE_UNKNOWN;
	     i = b->residences[i].next) {
		const struct residence *left = &b->residences[i];
		if (left->to == DATE_UNKNOWN || left->to < b->start || left->to <= s->from ||
		    left->to > b->end - LATEST || left->second_home || left->why_left != LEFT_WITHIN)
			continue;
		const struct residence *to = next_home(b, left);
		struct random r;
		start(&r, b, number, ABOUT_CLAIM);
		double u = random_uniform(&r);
		if (!to || to->property == left->property || u > 0.45)
			return;
		out->from = to->from + 7 + (date)random_below(&r, 21);
		if (u > 0.15) /* the first is closed some weeks after the second began */
			out->first_to = out->from + 14 + (date)random_below(&r, 30);
		out->property = to->property;
		return;
	}
}

/* ---- licences, children's centres, health visitors, who does not count for council tax ------------------------ */

void situation_licence(struct licence *out, const struct borough *b, uint32_t property)
{
	struct random r;
	*out = (struct licence){.from = DATE_UNKNOWN, .to = DATE_UNKNOWN};
	if (b->properties[property].kind != PROPERTY_HMO)
		return;
	start(&r, b, property, ABOUT_LICENCE);
	if (!random_chance(&r, 0.68))
		return;
	bool lapsed = random_chance(&r, 0.08);
	date ends = lapsed ? b->end - 60 - (date)random_below(&r, 500) : b->end + 60 + (date)random_below(&r, 1500);
	*out = (struct licence){.from = ends - 5 * 365, .to = ends};
}

/* The first day on which the child lived in the borough. */
static date came(const struct borough *b, uint32_t person)
{
	uint32_t first = b->persons[person].residence;
	return first == NOTHING ? DATE_UNKNOWN : b->residences[first].from;
}

static date fifth_birthday(const struct borough *b, uint32_t person)
{
	return date_add_months(b->persons[person].born, 5 * 12);
}

date situation_centre(const struct borough *b, uint32_t person)
{
	struct random r;
	date since = came(b, person);
	if (since == DATE_UNKNOWN || fifth_birthday(b, person) <= b->start)
		return DATE_UNKNOWN;
	start(&r, b, person, ABOUT_CENTRE);
	date on = since + 20 + (date)random_exponential(&r, 260);
	return random_chance(&r, 0.8) && on < fifth_birthday(b, person) && borough_lives_here(b, person, on)
		       ? on
		       : DATE_UNKNOWN;
}

date situation_health_notice(const struct borough *b, uint32_t person)
{
	struct random r;
	date since = came(b, person);
	if (since == DATE_UNKNOWN || since < b->start || since <= b->persons[person].born + 14 ||
	    since >= fifth_birthday(b, person))
		return DATE_UNKNOWN;
	start(&r, b, person, ABOUT_HEALTH);
	date on = since + 10 + (date)random_below(&r, 30);
	return random_chance(&r, 0.85) && borough_lives_here(b, person, on) ? on : DATE_UNKNOWN;
}

bool situation_disregard(const struct borough *b, uint32_t spell)
{
	struct random r;
	start(&r, b, spell, ABOUT_DISREGARD);
	return b->spells[spell].kind == SPELL_STUDENT && random_chance(&r, 0.65);
}

/* ---- the truth -------------------------------------------------------------------------------------------------- */

struct telling {
	const struct borough *b;
	struct buf *out;
	date day;         /* the last */
	uint32_t *living; /* people at each property that day, as lists through `next` */
	uint32_t *next;
	unsigned cases;
};

static void begin_case(struct telling *t)
{
	t->cases++;
}

static void tell(struct telling *t, const char *list, const char *kind, uint64_t subject, bool right, const char *what)
{
	buf_format(t->out, "%s,%u,%s,%llu,%d,%s\n", list, t->cases, kind, (unsigned long long)subject, right, what);
}

static void find_living(struct telling *t)
{
	const struct borough *b = t->b;
	t->living = memory_alloc(b->property_count + 1, sizeof *t->living);
	t->next = memory_alloc(b->person_count + 1, sizeof *t->next);
	for (size_t i = 0; i < b->property_count; i++)
		t->living[i] = NOTHING;
	for (uint32_t i = (uint32_t)b->person_count; i-- > 0;) {
		uint32_t home = borough_property_of(b, i, t->day);
		t->next[i] = NOTHING;
		if (home == NOTHING)
			continue;
		t->next[i] = t->living[home];
		t->living[home] = i;
	}
}

static int age_on(const struct telling *t, uint32_t person)
{
	return date_age_in_years(t->b->persons[person].born, t->day);
}

/* Of a discount for one: why the other adults do not count, or that they do. */
static const char *others_at(const struct telling *t, const struct account *a, bool *right)
{
	enum { SETTLED = 60 };
	bool student = false, recent = false;
	*right = false;
	for (uint32_t i = t->living[a->property]; i != NOTHING; i = t->next[i]) {
		if (i == a->holders[0] || age_on(t, i) < 18)
			continue;
		if (borough_spell(t->b, i, SPELL_STUDENT, t->day))
			student = true;
		else if (borough_residence(t->b, i, t->day)->from > t->day - SETTLED)
			recent = true;
		else
			*right = true;
	}
	return *right ? "another adult" : student ? "student" : recent ? "moved in lately" : NULL;
}

static void tell_discounts(struct telling *t)
{
	const struct borough *b = t->b;
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		if (s->kind != SPELL_COUNCIL_TAX || s->code != DISCOUNT_SINGLE || s->link == NOTHING ||
		    !is_open_on(s->from, s->to, t->day) || b->accounts[s->link].holders[0] != s->person)
			continue;
		bool right;
		const struct account *a = &b->accounts[s->link];
		const char *what = others_at(t, a, &right);
		if (!what)
			continue;
		begin_case(t);
		tell(t, "single_person_discount", "uprn", b->properties[a->property].uprn, right, what);
	}
}

static void tell_claims(struct telling *t)
{
	const struct borough *b = t->b;
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		struct second_claim second;
		if (s->kind != SPELL_BENEFIT || (s->code != BENEFIT_HOUSING && s->code != BENEFIT_COUNCIL_TAX_SUPPORT))
			continue;
		situation_claim(&second, b, i);
		if (second.from == DATE_UNKNOWN || second.from > t->day)
			continue;
		begin_case(t);
		tell(t, "two_addresses", "person", s->person, second.first_to == DATE_UNKNOWN,
		     second.first_to == DATE_UNKNOWN ? "claims at both" : "claims overlapped after a move");
	}
}

static void tell_tenancies(struct telling *t)
{
	struct kept_tenancies kept;
	situations_tenancies(&kept, t->b);
	for (uint32_t i = 0; i < t->b->property_count; i++) {
		if (kept.account[i] == NOTHING)
			continue;
		begin_case(t);
		tell(t, "tenant_not_resident", "uprn", t->b->properties[i].uprn, true,
		     t->living[i] == NOTHING ? "left empty" : "let to others");
	}
	situations_tenancies_release(&kept);
}

struct occupation {
	unsigned people, households;
	uint32_t last;
};

static void count_people(const struct telling *t, uint32_t property, struct occupation *o)
{
	for (uint32_t i = t->living[property]; i != NOTHING; i = t->next[i]) {
		const struct residence *home = borough_residence(t->b, i, t->day);
		bool sharers = t->b->households[home->household].kind == HOUSEHOLD_SHARERS;
		o->people++;
		o->households += sharers || home->household != o->last;
		o->last = home->household;
	}
}

/* Five or more people of two or more households: the Housing Act's mandatory licensing. */
static void tell_houses(struct telling *t)
{
	const struct borough *b = t->b;
	struct occupation *all = memory_alloc(b->property_count + 1, sizeof *all);
	for (uint32_t i = 0; i < b->property_count; i++) {
		const struct property *p = &b->properties[i];
		count_people(t, i, &all[p->kind == PROPERTY_HMO_ROOM ? p->parent : i]);
	}
	for (uint32_t i = 0; i < b->property_count; i++) {
		struct licence licence;
		if (b->properties[i].kind > PROPERTY_HMO || all[i].people < 5 || all[i].households < 2)
			continue;
		situation_licence(&licence, b, i);
		bool licensed = licence.from != DATE_UNKNOWN && is_open_on(licence.from, licence.to, t->day);
		begin_case(t);
		tell(t, "unlicensed_hmo", "uprn", b->properties[i].uprn, !licensed,
		     licensed                                ? "licensed"
		     : b->properties[i].kind == PROPERTY_HMO ? "shared house"
							     : "sharers in a home");
	}
	free(all);
}

static void tell_schools(struct telling *t)
{
	const struct borough *b = t->b;
	for (uint32_t i = 0; i < b->person_count; i++) {
		const struct spell *s = borough_spell(b, i, SPELL_SCHOOL, t->day);
		if (!s || !b->persons[i].upn[0] || situation_school_address(b, i, s) == NOTHING ||
		    !borough_lives_here(b, i, t->day))
			continue;
		begin_case(t);
		tell(t, "school_place_address", "person", i, true, "address of another household");
	}
}

/* All who live in a household came within ninety days, and a child under five of it is at no children's centre. */
static void tell_families(struct telling *t)
{
	enum { LATELY = 90 };
	const struct borough *b = t->b;
	for (uint32_t h = 0; h < b->household_count; h++) {
		bool settled = false, known = false, told = false;
		for (int pass = 0; pass < 2 && !settled; pass++) {
			for (uint32_t k = b->households[h].first; k != NOTHING;
			     k = b->residences[k].next_in_household) {
				const struct residence *home = &b->residences[k];
				if (home->second_home || !is_open_on(home->from, home->to, t->day))
					continue;
				settled |= came(b, home->person) < t->day - LATELY;
				if (pass == 0 || settled || age_on(t, home->person) >= 5)
					continue;
				date centre = situation_centre(b, home->person);
				known = centre != DATE_UNKNOWN && centre <= t->day;
				if (!told)
					begin_case(t);
				told = true;
				tell(t, "new_families", "person", home->person, !known,
				     known ? "at a children's centre" : "arrived lately");
			}
		}
	}
}

enum status situations_write_truth(const struct borough *b, const char *out, struct error *error)
{
	struct buf file;
	char path[4096];
	struct telling t = {.b = b, .out = &file, .day = b->end - 1};
	buf_init(&file, (size_t)1 << 30);
	buf_append_text(&file, TEXT("list,case,kind,subject,right,what\n"));
	find_living(&t);
	tell_discounts(&t);
	tell_claims(&t);
	tell_tenancies(&t);
	tell_houses(&t);
	tell_schools(&t);
	tell_families(&t);
	snprintf(path, sizeof path, "%s/truth/lists.csv", out);
	enum status status = file_replace(path, buf_text(&file), 0644, error);
	free(t.living);
	free(t.next);
	buf_release(&file);
	return status;
}
