/* The yearly SSDA903 return: children looked after in the year to 31 March. */
#include "feeds_int.h"

/* Each year's return, with its rows: ROW is called for every spell of KIND that touched the year. */
static void yearly(struct writer *w, enum spell_kind kind, bool one_per_child,
		   void (*row)(struct writer *, uint32_t spell, date year_start))
{
	const struct borough *b = w->b;
	for (unsigned m = 0; m < b->plan.months && !w->status; m++) {
		date as_at = writer_month_end(w, m);
		if (date_ymd(as_at).month != 3)
			continue;
		date from = date_of(date_ymd(as_at).year - 1, 4, 1);
		writer_open(w, m, as_at);
		uint32_t last = NOTHING;
		for (uint32_t i = 0; i < b->spell_count; i++) {
			const struct spell *s = &b->spells[i];
			bool touches = s->kind == kind && s->from <= as_at && (s->to == DATE_UNKNOWN || s->to > from);
			if (!touches || (one_per_child && s->person == last))
				continue;
			last = s->person;
			row(w, i, from);
		}
		writer_close(w);
	}
}

static date return_birth(struct writer *w, uint32_t person)
{
	return w->b->persons[person].born; /* the return is checked against the birth certificate */
}

static void header_row(struct writer *w, uint32_t spell, date from)
{
	const struct spell *s = &w->b->spells[spell];
	const struct person *p = &w->b->persons[s->person];
	(void)from;
	row_begin(w);
	children_client(w, s->person);
	field_text(w, p->sex == SEX_MALE ? "1" : "2");
	field_date(w, return_birth(w, s->person));
	field_text(w, ethnicity_code(p->ethnicity));
	field_text(w, p->upn[0] ? p->upn : "UN1");
	field_empty(w);
	field_empty(w);
	row_end(w);
}

void feed_903_header(struct writer *w)
{
	yearly(w, SPELL_LOOKED_AFTER, true, header_row);
}

static const char *legal_code(int legal)
{
	static const char *const codes[] = {[LEGAL_VOLUNTARY_S20] = "V2",
					    [LEGAL_INTERIM_ORDER] = "C1",
					    [LEGAL_FULL_ORDER] = "C2",
					    [LEGAL_PLACEMENT_ORDER] = "E1",
					    [LEGAL_POLICE_PROTECTION] = "L1"};
	return legal >= 0 && legal <= LEGAL_POLICE_PROTECTION ? codes[legal] : "V2";
}

static void return_episode_row(struct writer *w, uint32_t spell, date year_start)
{
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[spell];
	const struct spell *care = borough_spell(b, s->person, SPELL_LOOKED_AFTER, s->from);
	struct written a, home;
	write_address(w, KEEPER_CHILDREN, s->link, spell, &a);
	write_address(w, KEEPER_CHILDREN, borough_property_of(b, s->person, (care ? care->from : s->from) - 1),
		      s->person, &home);
	bool ended = s->to != DATE_UNKNOWN && s->to <= w->as_at && s->to > s->from;
	(void)year_start;
	row_begin(w);
	children_client(w, s->person);
	field_date(w, s->from);
	field_text(w, care && care->from == s->from ? "S" : "P");
	field_text(w, legal_code(care ? care->code : LEGAL_VOLUNTARY_S20));
	field_text(w, hash_mix(s->person) % 10 < 6 ? "N1" : "N5");
	field_text(w, placement_code(s->code));
	field_text(w, placement_provider(s->code));
	field_date(w, ended ? s->to : DATE_UNKNOWN);
	bool left = ended && care && care->to != DATE_UNKNOWN && care->to <= s->to + 1;
	field_text(w, !ended ? "" : !left ? "X1" : care->value == CLOSURE_RETURNED_HOME ? "E4A" : "E8");
	field_text(w, ended && !left ? "CARPL" : "");
	field_text(w, home.postcode);
	field_text(w, a.postcode);
	field_empty(w);
	row_end(w);
}

void feed_903_episodes(struct writer *w)
{
	yearly(w, SPELL_PLACEMENT, false, return_episode_row);
}

static void health_row(struct writer *w, uint32_t spell, date year_start)
{
	const struct spell *s = &w->b->spells[spell];
	date as_at = w->as_at;
	bool year_long = s->from <= year_start && (s->to == DATE_UNKNOWN || s->to > as_at);
	if (!year_long)
		return; /* only children looked after all the year are asked about */
	int age = date_age_in_years(w->b->persons[s->person].born, as_at);
	uint64_t mixed = hash_mix((uint64_t)s->person * 4 + (uint64_t)date_ymd(as_at).year);
	double distress = borough_need(w->b, s->person, NEED_MENTAL_HEALTH, (int)w->month);
	bool substance = borough_need(w->b, s->person, NEED_SUBSTANCE_MISUSE, (int)w->month) > 0.5;
	bool scored = age >= 4 && age <= 16 && mixed % 10 < 8;
	row_begin(w);
	children_client(w, s->person);
	field_date(w, return_birth(w, s->person));
	if (scored)
		field_int(w, 8 + (int)(distress * 20) + (int)(mixed >> 8 & 7));
	else
		field_empty(w);
	field_text(w, scored || age < 4 || age > 16 ? "" : "SDQ1");
	field_text(w, mixed >> 16 & 1 && substance ? "1" : "0");
	field_text(w, age < 5 ? "1" : "");
	field_text(w, mixed % 9 ? "1" : "0");
	field_text(w, mixed % 7 ? "1" : "0");
	field_text(w, mixed % 11 ? "1" : "0");
	field_text(w, substance ? "1" : "0");
	field_text(w, substance && mixed % 2 ? "1" : "0");
	field_text(w, substance && mixed % 2 == 0 ? "1" : "0");
	row_end(w);
}

void feed_903_oc2(struct writer *w)
{
	yearly(w, SPELL_LOOKED_AFTER, true, health_row);
}

/* Missing episodes of the year, of children who were looked after on the day. */
void feed_903_missing(struct writer *w)
{
	const struct borough *b = w->b;
	for (unsigned m = 0; m < b->plan.months && !w->status; m++) {
		date as_at = writer_month_end(w, m);
		if (date_ymd(as_at).month != 3)
			continue;
		date from = date_of(date_ymd(as_at).year - 1, 4, 1);
		struct id_map told;
		id_map_init(&told);
		writer_open(w, m, as_at);
		for (uint32_t i = 0; i < b->event_count; i++) {
			const struct event *e = &b->events[i];
			if (e->kind != EVENT_CHILD_MISSING || e->on < from || e->on > as_at ||
			    !borough_spell(b, e->person, SPELL_LOOKED_AFTER, e->on))
				continue;
			bool is_new; /* one row for each child and day */
			id_map_put(&told, (uint64_t)e->person << 20 | (uint64_t)e->on, &is_new);
			date back = e->on + (e->amount + 12) / 24;
			if (!is_new)
				continue;
			row_begin(w);
			children_client(w, e->person);
			field_date(w, return_birth(w, e->person));
			field_text(w, hash_mix(i) % 4 ? "M" : "A");
			field_date(w, e->on);
			field_date(w, back <= as_at ? back : DATE_UNKNOWN);
			row_end(w);
		}
		writer_close(w);
		id_map_release(&told);
	}
}
