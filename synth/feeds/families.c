/* Early help, who works with which child, homelessness, youth justice. */
#include "feeds_int.h"

/* ---- early help: every month in full ---- */

static const char *early_outcome(int closure)
{
	switch (closure) {
	case CLOSURE_NEEDS_MET:
		return "Needs met";
	case CLOSURE_STEP_UP:
		return "Stepped up";
	case CLOSURE_WITHDREW:
		return "Disengaged";
	case CLOSURE_MOVED:
		return "Moved away";
	default:
		return "Other";
	}
}

static void early_help_row(struct writer *w, uint32_t number)
{
	static const char *const reasons[CONCERNS] = {"Neglect concern", "Disability",           "Parent health",
						      "Family stress",   "Family relationships", "Behaviour",
						      "Debt and money",  "Absent parent"};
	static const char *const sources[] = {
		[SOURCE_POLICE] = "Police", [SOURCE_SCHOOL] = "School",   [SOURCE_HEALTH] = "Health",
		[SOURCE_FAMILY] = "Family", [SOURCE_COUNCIL] = "Council", [SOURCE_HOUSING] = "Housing",
		[SOURCE_SELF] = "Self",     [SOURCE_ANONYMOUS] = "Anon",  [SOURCE_HOSPITAL] = "Hospital"};
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[number];
	struct recorded r;
	struct written a;
	struct worker lead;
	record_person(w, KEEPER_EARLY_HELP, s->person, 0, s->from > b->start ? s->from : b->start, &r);
	write_address(w, KEEPER_EARLY_HELP, believed_property(w, KEEPER_EARLY_HELP, s->person, s->from), s->person, &a);
	staff_of(w, KEEPER_EARLY_HELP, number, 0, &lead);
	bool ended = s->to != DATE_UNKNOWN && s->to <= w->as_at;
	const struct person *p = &b->persons[s->person];
	char client[16];
	snprintf(client, sizeof client, "P%07llu", (unsigned long long)scrambled(s->person, 7, 40));
	truth_record(w, client, s->person, s->person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_number(w, "EH-", scrambled(number, 8, 41), 8);
	field_number(w, "F", scrambled(p->mother != NOTHING ? p->mother : s->person, 7, 42), 7);
	field_text(w, client);
	field_text(w, record_full_name(w, &r, false, false));
	field_date(w, r.born);
	field_text(w, r.sex == 'M' ? "Male" : r.sex == 'F' ? "Female" : "Unknown");
	field_text(w, hash_mix(s->person) % 5 ? ethnicity_words(p->ethnicity) : "");
	field_text(w, a.one);
	field_text(w, r.mobile[0] ? r.mobile : r.phone);
	field_text(w, sources[hash_mix(number) % 9]);
	field_text(w, reasons[s->code >= 0 && s->code < CONCERNS ? s->code : 3]);
	field_date(w, s->from);
	field_date(w, ended ? s->to : DATE_UNKNOWN);
	field_text(w, ended ? early_outcome(s->value) : "");
	field_text(w, lead.name);
	field_text(w, lead.phone);
	field_text(w, lead.team);
	field_text(w, lead.number);
	row_end(w);
}

void feed_early_help(struct writer *w)
{
	const struct borough *b = w->b;
	for (unsigned m = 0; m < b->plan.months && !w->status; m++) {
		date as_at = writer_month_end(w, m);
		writer_open(w, m, as_at);
		for (uint32_t i = 0; i < b->spell_count; i++) {
			const struct spell *s = &b->spells[i];
			if (s->kind == SPELL_EARLY_HELP && s->from <= as_at &&
			    (s->to == DATE_UNKNOWN || s->to > as_at - 2 * 365))
				early_help_row(w, i);
		}
		writer_close(w);
	}
}

/* ---- who works with a child: every month in full, only open work ---- */

static const char *status_of(const struct borough *b, uint32_t person, date on, date *from)
{
	static const struct {
		enum spell_kind kind;
		const char *status;
	} order[] = {{SPELL_LOOKED_AFTER, "CLA"},
		     {SPELL_PROTECTION, "CP"},
		     {SPELL_CARE_LEAVER, "CL"},
		     {SPELL_IN_NEED, "CIN"}};
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		const struct spell *s = borough_spell(b, person, order[i].kind, on);
		if (s) {
			*from = s->from;
			return order[i].status;
		}
	}
	return NULL;
}

static date last_visit(const struct borough *b, uint32_t person, date on)
{
	date last = DATE_UNKNOWN;
	for (uint32_t i = b->persons[person].event; i != NOTHING && b->events[i].on <= on; i = b->events[i].next)
		if (b->events[i].kind == EVENT_CHILD_VISIT)
			last = b->events[i].on;
	return last;
}

static void allocation_row(struct writer *w, uint32_t person, const char *status, date from)
{
	struct worker worker;
	bool adviser = status[1] == 'L' && status[2] == '\0';
	unsigned handed_on = (unsigned)(date_ymd(w->as_at).year - 2000) / 2; /* staff leave */
	staff_of(w, KEEPER_CHILDREN, person, adviser ? 1000 : handed_on, &worker);
	row_begin(w);
	children_client(w, person);
	field_text(w, adviser ? "PA" : "SW");
	field_text(w, worker.name);
	field_text(w, worker.phone);
	field_text(w, worker.email);
	field_text(w, worker.team);
	field_date(w, from < date_of(2000, 1, 1) ? date_of(2000, 1, 1) : from);
	field_date(w, last_visit(w->b, person, w->as_at));
	field_text(w, status);
	field_text(w, worker.number);
	row_end(w);
}

void feed_childrens_allocations(struct writer *w)
{
	const struct borough *b = w->b;
	struct children known;
	children_init(&known, b);
	for (unsigned m = 0; m < b->plan.months && !w->status; m++) {
		writer_open(w, m, writer_month_end(w, m));
		for (uint32_t i = 0; i < b->person_count; i++) {
			date from;
			const char *status = known.known[i] == DATE_UNKNOWN ? NULL : status_of(b, i, w->as_at, &from);
			if (status)
				allocation_row(w, i, status, from);
		}
		writer_close(w);
	}
	children_release(&known);
}

/* ---- youth justice: every Monday in full ---- */

static const char *order_of(const struct borough *b, const struct event *offence, date as_at)
{
	static const char *const orders[] = {[YOUTH_TRIAGE] = "CR",
					     [YOUTH_CAUTION] = "YC",
					     [YOUTH_REFERRAL_ORDER] = "RO",
					     [YOUTH_REHABILITATION_ORDER] = "YRO",
					     [YOUTH_DETENTION] = "DTO"};
	for (uint32_t i = b->persons[offence->person].spell; i != NOTHING; i = b->spells[i].next) {
		const struct spell *s = &b->spells[i];
		if (s->kind == SPELL_YOUTH_OFFENDING && s->from >= offence->on && s->from <= as_at &&
		    s->from < offence->on + 180)
			return orders[s->code];
	}
	return as_at > offence->on + 180 ? "NFA" : "PEN";
}

static void youth_row(struct writer *w, uint32_t number)
{
	static const char *const offences[] = {
		[OFFENCE_THEFT] = "THF",  [OFFENCE_VIOLENCE] = "VIO",    [OFFENCE_DRUGS] = "DRG",
		[OFFENCE_DAMAGE] = "CRD", [OFFENCE_ROBBERY] = "ROB",     [OFFENCE_VEHICLE] = "VEH",
		[OFFENCE_WEAPON] = "WPN", [OFFENCE_PUBLIC_ORDER] = "PUB"};
	const struct borough *b = w->b;
	const struct event *e = &b->events[number];
	struct recorded r;
	struct written a;
	struct worker manager;
	record_person(w, KEEPER_YOUTH, e->person, 0, e->on > b->start ? e->on : b->start, &r);
	write_address(w, KEEPER_YOUTH, believed_property(w, KEEPER_YOUTH, e->person, w->as_at), e->person, &a);
	staff_of(w, KEEPER_YOUTH, e->person, 0, &manager);
	const struct spell *school = borough_spell(b, e->person, SPELL_SCHOOL, w->as_at);
	char client[16];
	snprintf(client, sizeof client, "YJ%07llu", (unsigned long long)scrambled(e->person, 7, 44));
	truth_record(w, client, e->person, e->person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_text(w, client);
	field_text(w, record_full_name(w, &r, true, false));
	field_date(w, r.born);
	field_text(w, r.sex == 'M' ? "M" : "F");
	field_text(w, ethnicity_words(b->persons[e->person].ethnicity));
	field_text(w, a.one);
	field_text(w, a.postcode);
	field_text(w, school && school->link != NOTHING ? b->places[school->link].name : "");
	field_number(w, "OF", scrambled(number, 9, 45), 9);
	field_date(w, e->on);
	field_text(w, offences[e->code]);
	field_int(w, e->code == OFFENCE_ROBBERY || e->code == OFFENCE_WEAPON ? 5 : 2 + (int)(hash_mix(number) % 3));
	field_text(w, order_of(b, e, w->as_at));
	field_text(w, manager.name);
	field_text(w, manager.phone);
	row_end(w);
}

void feed_youth(struct writer *w)
{
	const struct borough *b = w->b;
	date monday = b->start + (7 - (b->start + 3) % 7) % 7; /* 1 January 1970 was a Thursday */
	for (date as_at = monday; as_at < b->end && !w->status; as_at += 7) {
		int month = borough_month_of(b, as_at);
		writer_open(w, (unsigned)month, as_at);
		for (uint32_t i = 0; i < b->event_count && b->events[i].on < b->end; i++) {
			const struct event *e = &b->events[i];
			if (e->kind == EVENT_OFFENCE && e->on <= as_at - 3 && e->on > as_at - 365)
				youth_row(w, i);
		}
		writer_close(w);
	}
}

/* ---- homelessness ---- */

static uint64_t homeless_person(uint32_t person, uint32_t spell)
{
	return scrambled((uint64_t)person * 3 + spell % 3, 8, 46); /* a new number at each application, often */
}

static void homeless_client(struct writer *w, uint32_t person, uint32_t spell)
{
	char client[16];
	uint64_t number = homeless_person(person, spell);
	snprintf(client, sizeof client, "HP%08llu", (unsigned long long)number);
	truth_record(w, client, number, person);
	field_text(w, client);
}

static int household_type(const struct borough *b, const struct spell *s)
{
	if (s->household == NOTHING)
		return 1;
	switch (b->households[s->household].kind) {
	case HOUSEHOLD_COUPLE:
		return 2;
	case HOUSEHOLD_LONE_PARENT:
		return 3;
	case HOUSEHOLD_COUPLE_CHILDREN:
		return 4;
	case HOUSEHOLD_ONE_PERSON:
		return 1;
	default:
		return 5;
	}
}

static bool need_above(const struct writer *w, uint32_t person, enum need need, date on, double level)
{
	int month = borough_month_of(w->b, on), last = (int)w->b->plan.months - 1;
	return borough_need(w->b, person, need, month < 0 ? 0 : month > last ? last : month) > level;
}

static void case_row(struct writer *w, const struct due *due)
{
	static const int before[HOMELESS_REASONS] = {3, 1, 1, 1, 2, 9, 9, 1};
	const struct spell *s = &w->b->spells[due->a];
	struct worker officer;
	staff_of(w, KEEPER_HOMELESSNESS, due->a, 0, &officer);
	bool ended = s->to != DATE_UNKNOWN && s->to <= w->as_at;
	uint64_t mixed = hash_mix(due->a);
	date assessed = s->from + 2 + (int)(mixed % 12);
	row_begin(w);
	field_number(w, "HA", scrambled(due->a, 8, 47), 8);
	homeless_client(w, s->person, due->a);
	field_date(w, s->from);
	field_date(w, assessed <= w->as_at ? assessed : DATE_UNKNOWN);
	field_int(w, household_type(w->b, s));
	field_int(w, 1 + s->code);
	field_int(w, s->code < HOMELESS_REASONS ? before[s->code] : 9);
	field_int(w, ended || s->value < DUTY_RELIEF ? s->value : DUTY_RELIEF);
	field_date(w, assessed <= w->as_at && s->value ? assessed : DATE_UNKNOWN);
	field_text(w, need_above(w, s->person, NEED_MENTAL_HEALTH, s->from, 0.5) ? "1" : "0");
	field_text(w, need_above(w, s->person, NEED_PHYSICAL_HEALTH, s->from, 0.5) ? "1" : "0");
	field_text(w, need_above(w, s->person, NEED_DOMESTIC_ABUSE, s->from, 0.5) ? "1" : "0");
	field_text(w, need_above(w, s->person, NEED_SUBSTANCE_MISUSE, s->from, 0.5) ? "1" : "0");
	if (ended)
		field_int(w, 1 + (int)(mixed % 6));
	else
		field_empty(w);
	field_date(w, ended ? s->to : DATE_UNKNOWN);
	field_text(w, officer.name);
	field_text(w, officer.phone);
	row_end(w);
}

void feed_hclic_cases(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->spell_count; i++) {
		const struct spell *s = &w->b->spells[i];
		if (s->kind == SPELL_HOMELESS) {
			due_add_spell(w, &list, s->from, s->to, w->b->start - 3 * 365, i, 0, 0);
			if (s->to == DATE_UNKNOWN || s->to >= w->b->start - 3 * 365)
				due_add(w, &list, s->from + 14, i, 0, 0); /* assessed meanwhile */
		}
	}
	due_write(w, &list, case_row);
}

static int relationship(const struct writer *w, const struct spell *s, uint32_t person, const struct residence *home)
{
	if (person == s->person)
		return 1;
	if (home && (home->role == ROLE_PARTNER || home->role == ROLE_HEAD))
		return 2;
	return date_age_in_years(w->b->persons[person].born, s->from) < 18 ? 3 : 4;
}

static void homeless_person_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[due->a];
	const struct residence *home = due->b == NOTHING ? NULL : &b->residences[due->b];
	uint32_t person = home ? home->person : s->person;
	struct recorded r;
	struct written a;
	record_person(w, KEEPER_HOMELESSNESS, person, due->a % 3, s->from, &r);
	write_address(w, KEEPER_HOMELESSNESS, borough_property_of(b, s->person, s->from - 1), due->a, &a);
	truth_uprn(w, a.uprn);
	const struct person *p = &b->persons[person];
	row_begin(w);
	field_number(w, "HA", scrambled(due->a, 8, 47), 8);
	homeless_client(w, person, due->a);
	field_int(w, relationship(w, s, person, home));
	field_text(w, r.given);
	field_text(w, r.family);
	field_date(w, r.born);
	field_text(w, r.sex == 'M' ? "1" : r.sex == 'F' ? "2" : "9");
	field_text(w, r.ni);
	field_text(w, p->nationality == NATIONALITY_BRITISH ? "British" : "");
	field_text(w, ethnicity_words(p->ethnicity));
	field_text(w, a.one);
	field_text(w, a.postcode);
	field_text(w, r.mobile);
	row_end(w);
}

void feed_hclic_people(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		if (s->kind != SPELL_HOMELESS || (s->to != DATE_UNKNOWN && s->to < b->start - 3 * 365))
			continue;
		due_add(w, &list, s->from, i, NOTHING, 0);
		uint32_t told[12], count = 0;
		uint32_t first = s->household == NOTHING ? NOTHING : b->households[s->household].first;
		for (uint32_t k = first; k != NOTHING; k = b->residences[k].next_in_household) {
			const struct residence *home = &b->residences[k];
			bool skip = home->person == s->person || count == 12 || home->from > s->from ||
				    (home->to != DATE_UNKNOWN && home->to < s->from - 30);
			for (uint32_t t = 0; t < count; t++)
				skip |= told[t] == home->person;
			if (skip)
				continue;
			told[count++] = home->person;
			due_add(w, &list, s->from, i, k, 0);
		}
	}
	due_write(w, &list, homeless_person_row);
}

/* The application a placement belongs to, so that both name the person alike. */
static uint32_t application_of(const struct borough *b, const struct spell *s)
{
	uint32_t found = NOTHING;
	for (uint32_t i = b->persons[s->person].spell; i != NOTHING && b->spells[i].from <= s->from;
	     i = b->spells[i].next)
		if (b->spells[i].kind == SPELL_HOMELESS)
			found = i;
	return found;
}

static void temporary_row(struct writer *w, const struct due *due)
{
	const struct spell *s = &w->b->spells[due->a];
	uint32_t application = application_of(w->b, s);
	struct written a;
	write_address(w, KEEPER_HOMELESSNESS, s->link, due->a, &a);
	bool ended = s->to != DATE_UNKNOWN && s->to <= w->as_at;
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_number(w, "TA", scrambled(due->a, 8, 48), 8);
	if (application == NOTHING)
		field_empty(w);
	else
		field_number(w, "HA", scrambled(application, 8, 47), 8);
	homeless_client(w, s->person, application == NOTHING ? due->a : application);
	field_int(w, 1 + s->code);
	field_text(w, a.one);
	field_text(w, a.postcode);
	field_date(w, s->from);
	field_date(w, ended ? s->to : DATE_UNKNOWN);
	row_end(w);
}

void feed_hclic_temporary(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->spell_count; i++) {
		const struct spell *s = &w->b->spells[i];
		if (s->kind == SPELL_TEMPORARY_HOME)
			due_add_spell(w, &list, s->from, s->to, w->b->start - 3 * 365, i, 0, 0);
	}
	due_write(w, &list, temporary_row);
}
