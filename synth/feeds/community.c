/* Community safety and the contact centre: people known by what they said on the telephone. */
#include "feeds_int.h"

/* ---- anti-social behaviour: one row for each party ---- */

static void party_row(struct writer *w, const struct due *due)
{
	static const char *const categories[ASB_KINDS] = {
		[ASB_NOISE] = "NSE",   [ASB_VERBAL] = "VRB", [ASB_DAMAGE] = "VAN",  [ASB_DRUGS] = "DRG",
		[ASB_RUBBISH] = "FLY", [ASB_ANIMAL] = "PET", [ASB_VEHICLE] = "VEH", [ASB_HATE] = "HTE"};
	static const char *const actions[] = {"NONE", "WARN", "WARN", "MED", "ABC", "CPW", "CPN", "INJ"};
	const struct borough *b = w->b;
	const struct event *e = &b->events[due->a];
	bool perpetrator = due->b == 0;
	uint32_t person = perpetrator ? e->person : e->other;
	struct recorded r;
	struct written a;
	struct worker officer;
	record_person(w, KEEPER_SAFETY, person, 0, e->on, &r);
	write_address(w, KEEPER_SAFETY, borough_property_of(b, person, e->on), person, &a);
	staff_of(w, KEEPER_SAFETY, due->a, 0, &officer);
	uint64_t mixed = hash_mix(due->a);
	date closed = e->on + 14 + (int)(mixed % 120);
	char client[16];
	snprintf(client, sizeof client, "%08llu", (unsigned long long)scrambled(person, 8, 60));
	truth_record(w, client, person, person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_number(w, "ASB", scrambled(due->a, 8, 61), 8);
	field_text(w, client);
	field_text(w, perpetrator ? "P" : "C");
	field_text(w, r.given);
	field_text(w, r.family);
	field_text(w, r.alias);
	field_date(w, r.born);
	field_text(w, a.one);
	field_text(w, r.mobile[0] ? r.mobile : r.phone);
	field_text(w, categories[e->code]);
	field_int(w, e->code == ASB_HATE ? 3 : 1 + (int)(mixed >> 8 & 1));
	field_date(w, e->on);
	field_date(w, closed <= w->as_at ? closed : DATE_UNKNOWN);
	field_text(w, closed <= w->as_at ? actions[(mixed >> 16) % 8] : "");
	field_text(w, officer.name);
	row_end(w);
}

void feed_asb(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	for (uint32_t i = 0; i < b->event_count; i++) {
		const struct event *e = &b->events[i];
		if (e->kind != EVENT_ASB || e->on < b->start - 2 * 365)
			continue;
		date closed = e->on + 14 + (int)(hash_mix(i) % 120);
		due_add_spell(w, &list, e->on, closed, b->start - 2 * 365, i, 0, 0);
		if (e->other != NOTHING && e->other != e->person)
			due_add_spell(w, &list, e->on, closed, b->start - 2 * 365, i, 1, 0);
	}
	due_write(w, &list, party_row);
}

/* ---- contact centre ---- */

/* A caller is entered anew every fifth time or so: nobody looked. */
static unsigned copy_of(uint32_t person, uint32_t event)
{
	uint64_t mixed = hash_mix((uint64_t)person << 32 | event);
	return mixed % 5 ? 0 : 1 + (unsigned)(mixed >> 8) % 3;
}

/* One contact: of the borough's events, or from the three years before. */
struct contact {
	uint32_t person, number; /* number: unlike any other contact's */
	int topic;
	date on;
};

static struct contact contact_of(const struct borough *b, const struct due *due)
{
	if (due->b == NOTHING) {
		const struct event *e = &b->events[due->a];
		return (struct contact){e->person, due->a, e->code, e->on};
	}
	static const double topics[] = {20, 12, 10, 22, 8, 3, 6, 9, 3, 3, 2, 2};
	struct random r;
	random_start(&r, b->plan.seed, STREAM_CHOICE, due->a, 100 + due->b);
	return (struct contact){due->a, 500000000u + due->a * 64 + due->b, (int)random_weighted(&r, topics, 12),
				history_day(b, due->a, 100 + due->b, b->start - 3 * 365)};
}

static void contact_row(struct writer *w, const struct due *due)
{
	static const char *const services[] = {
		[CALL_COUNCIL_TAX] = "CTX", [CALL_HOUSING] = "HSG",     [CALL_BENEFITS] = "BEN", [CALL_WASTE] = "WST",
		[CALL_REPAIRS] = "REP",     [CALL_SOCIAL_CARE] = "SCR", [CALL_SCHOOLS] = "EDU",  [CALL_PARKING] = "PKG",
		[CALL_REGISTRARS] = "REG",  [CALL_ELECTIONS] = "ELE",   [CALL_HARDSHIP] = "HRD", [CALL_NOISE] = "NSE"};
	static const char *const reasons[] = {"PAY", "CHG", "APP", "FLT", "CMP", "ADV", "CHS"};
	static const char *const channels[] = {"phone", "web", "email", "desk", "chat"};
	const struct borough *b = w->b;
	const struct contact contact = contact_of(b, due), *e = &contact;
	unsigned copy = copy_of(e->person, e->number);
	uint64_t number = scrambled((uint64_t)e->person * 4 + copy, 8, 62), mixed = hash_mix(e->number);
	struct recorded r;
	struct written a;
	record_person(w, KEEPER_CONTACT, e->person, copy, e->on, &r);
	uint64_t subject = (uint64_t)e->person * 4 + copy;
	write_address(w, KEEPER_CONTACT, believed_property(w, KEEPER_CONTACT, e->person, e->on), subject, &a);
	struct random chance;
	random_start(&chance, b->plan.seed, STREAM_ROW, e->number, 3);
	char client[16];
	snprintf(client, sizeof client, "%08llu", (unsigned long long)number);
	truth_record(w, client, number, e->person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_number(w, "", scrambled(e->number, 9, 63), 9);
	field_text(w, client);
	field_text(w, record_full_name(w, &r, false, true));
	field_date_as(w, r.born, DATE_SLASHES);
	field_text(w, a.one);
	field_text(w, r.mobile[0] ? r.mobile : r.phone);
	field_text(w, r.email);
	field_time(w, e->on, 480 + random_below(&chance, 600), 'T', ":00Z");
	field_text(w, channels[random_weighted(&chance, (double[]){55, 20, 12, 8, 5}, 5)]);
	field_text(w, services[e->topic]);
	field_text(w, e->topic == CALL_HARDSHIP ? "HRD" : reasons[(mixed >> 12) % 7]);
	field_text(w, mixed % 4 ? "true" : "false");
	row_end(w);
}

static void due_past_contacts(struct writer *w, struct due_list *list)
{
	const struct borough *b = w->b;
	for (uint32_t person = 0; person < b->person_count; person++) {
		struct random r;
		if (b->persons[person].born > b->start - 18 * 365 || !borough_lives_here(b, person, b->start))
			continue;
		random_start(&r, b->plan.seed, STREAM_CHOICE, person, 2);
		uint32_t count = random_poisson(&r, history_rate(b, person, 1.9, 1.5, 0.8));
		for (uint32_t i = 0; i < count && i < 64; i++)
			if (history_day(b, person, 100 + i, b->start - 3 * 365) != DATE_UNKNOWN)
				due_add(w, list, b->start - 1, person, i, 0);
	}
}

void feed_contacts(struct writer *w)
{
	struct due_list list = {0};
	due_past_contacts(w, &list);
	for (uint32_t i = 0; i < w->b->event_count; i++)
		if (w->b->events[i].kind == EVENT_CALL)
			due_add(w, &list, w->b->events[i].on, i, NOTHING, 0);
	due_write(w, &list, contact_row);
}
