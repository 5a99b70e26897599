/* Children's social care: people, addresses and families, as tables of the Standard
 * Safeguarding Dataset. What happens to them is in childrens_episodes.c. */
#include "feeds_int.h"

uint64_t children_number(uint32_t person)
{
	return scrambled(person, 7, 12);
}

static void heard_of(struct children *c, uint32_t person, date on)
{
	if (c->known[person] == DATE_UNKNOWN || on < c->known[person])
		c->known[person] = on;
}

static bool is_childrens_spell(const struct borough *b, const struct spell *s)
{
	bool kept = s->to == DATE_UNKNOWN || s->to >= b->start - 5 * 365; /* older files are closed away */
	return kept && (s->kind == SPELL_IN_NEED || s->kind == SPELL_IN_NEED_PLAN || s->kind == SPELL_PROTECTION ||
			s->kind == SPELL_LOOKED_AFTER || s->kind == SPELL_PLACEMENT || s->kind == SPELL_CARE_LEAVER);
}

void children_init(struct children *c, const struct borough *b)
{
	c->known = memory_alloc(b->person_count + 1, sizeof *c->known);
	c->family = memory_alloc(b->person_count + 1, sizeof *c->family);
	for (size_t i = 0; i < b->person_count; i++) {
		const struct person *p = &b->persons[i];
		c->known[i] = DATE_UNKNOWN;
		c->family[i] = p->mother != NOTHING ? p->mother : p->father != NOTHING ? p->father : (uint32_t)i;
	}
	for (size_t i = 0; i < b->spell_count; i++)
		if (is_childrens_spell(b, &b->spells[i]))
			heard_of(c, b->spells[i].person, b->spells[i].from);
	for (size_t i = 0; i < b->event_count; i++) {
		const struct event *e = &b->events[i];
		if (e->kind >= EVENT_CHILD_CONTACT && e->kind <= EVENT_CHILD_MISSING && e->on >= b->start - 5 * 365)
			heard_of(c, e->person, e->on);
	}
}

void children_release(struct children *c)
{
	free(c->known);
	free(c->family);
}

void children_client(struct writer *w, uint32_t person)
{
	char client[16];
	snprintf(client, sizeof client, "%07llu", (unsigned long long)children_number(person));
	truth_record(w, client, person, person);
	field_text(w, client);
}

/* A number of the row: the index of what it tells, mixed; KIND keeps tables apart. */
void childrens_row_number(struct writer *w, const char *prefix, uint32_t index, unsigned kind)
{
	field_number(w, prefix, scrambled(index, 9, 20 + kind), 9);
}

/* ---- ssd_person ---- */

static _Thread_local const struct children *children; /* of the feed that runs on this thread */

static date known_of(uint32_t person)
{
	return children->known[person];
}

static void person_row(struct writer *w, const struct due *due)
{
	const struct person *p = &w->b->persons[due->a];
	struct recorded r;
	record_person(w, KEEPER_CHILDREN, due->a, 0, known_of(due->a), &r);
	bool unborn = p->born > w->as_at, died = p->died != DATE_UNKNOWN && p->died <= w->as_at;
	bool pupil = p->upn[0] && hash_mix(due->a ^ 77) % 100 < 70;
	row_begin(w);
	field_empty(w);
	children_client(w, due->a);
	field_text(w, pupil ? p->upn : "");
	field_text(w, r.given);
	field_text(w, r.family);
	field_text(w, (char[]){r.sex, 0});
	field_text(w, r.sex == 'M' ? "01" : r.sex == 'F' ? "02" : "00");
	field_text(w, hash_mix(due->a) % 25 == 0 ? "NOBT" : ethnicity_code(p->ethnicity));
	field_date(w, unborn ? DATE_UNKNOWN : r.born);
	field_text(w, r.nhs);
	field_text(w, pupil ? "" : date_age_in_years(p->born, w->as_at) < 5 ? "UN1" : "UN4");
	const struct spell *need = borough_spell(w->b, due->a, SPELL_SPECIAL_NEEDS, w->as_at);
	field_text(w, need ? "Y" : "N");
	field_date(w, unborn ? p->born : DATE_UNKNOWN);
	field_date(w, died ? p->died : DATE_UNKNOWN);
	field_text(w, "N");
	field_text(w, p->nationality == NATIONALITY_BRITISH ? "British"
		      : p->nationality == NATIONALITY_IRISH ? "Irish"
							    : "");
	row_end(w);
}

static void due_person(struct writer *w, struct due_list *list, uint32_t person)
{
	const struct borough *b = w->b;
	date known = known_of(person);
	due_add(w, list, known, person, 0, 0);
	for (uint32_t n = b->names[b->persons[person].name].next; n != NOTHING; n = b->names[n].next)
		if (b->names[n].from + 60 > known && b->names[n].from + 60 > b->start)
			due_add(w, list, b->names[n].from + 60, person, 0, 0);
	date died = b->persons[person].died;
	if (died != DATE_UNKNOWN && died > known && died >= b->start)
		due_add(w, list, died + 7, person, 0, 0);
}

/* Runs COLLECT with the children known, then writes with ROW. */
static void with_children(struct writer *w, void (*collect)(struct writer *, struct due_list *),
			  void (*row)(struct writer *, const struct due *))
{
	struct children mine;
	struct due_list list = {0};
	children_init(&mine, w->b);
	children = &mine;
	collect(w, &list);
	due_write(w, &list, row);
	children = NULL;
	children_release(&mine);
}

static void collect_persons(struct writer *w, struct due_list *list)
{
	for (uint32_t i = 0; i < w->b->person_count; i++)
		if (known_of(i) != DATE_UNKNOWN)
			due_person(w, list, i);
}

void feed_ssd_person(struct writer *w)
{
	with_children(w, collect_persons, person_row);
}

/* ---- ssd_address ---- */

static void field_json_address(struct writer *w, const struct written *a)
{
	struct buf json;
	buf_init(&json, 4096);
	const struct {
		const char *key, *value;
	} parts[] = {{"ROOM", ""},         {"FLOOR", ""},         {"FLAT", a->sub},  {"BUILDING", a->building},
		     {"HOUSE", a->number}, {"STREET", a->street}, {"TOWN", a->town}, {"UPRN", a->uprn_field}};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		buf_append_text(&json, i ? TEXT(", ") : TEXT("{"));
		buf_append_json(&json, text_of(parts[i].key));
		buf_append_text(&json, TEXT(": "));
		buf_append_json(&json, text_of(parts[i].value));
	}
	buf_append_char(&json, '}');
	field_text(w, json.at);
	buf_release(&json);
}

static const char *address_kind(const struct borough *b, const struct residence *home)
{
	if (home->property != NOTHING && b->properties[home->property].kind == PROPERTY_REFUGE)
		return "REFUGE";
	const struct spell *placed = borough_spell(b, home->person, SPELL_PLACEMENT, home->from);
	return placed && placed->link == home->property ? "PLACE" : "HOME";
}

static void address_row(struct writer *w, const struct due *due)
{
	const struct residence *home = &w->b->residences[due->a];
	struct written a;
	write_address(w, KEEPER_CHILDREN, home->property, home->person, &a);
	bool ended = home->to != DATE_UNKNOWN && home->to <= w->as_at;
	truth_uprn(w, a.uprn);
	row_begin(w);
	childrens_row_number(w, "A", due->a, 0);
	children_client(w, home->person);
	field_text(w, address_kind(w->b, home));
	field_date(w, home->from < date_of(1990, 1, 1) ? DATE_UNKNOWN : home->from);
	field_date(w, ended ? home->to : DATE_UNKNOWN);
	field_text(w, a.postcode);
	field_json_address(w, &a);
	row_end(w);
}

static void collect_addresses(struct writer *w, struct due_list *list)
{
	const struct borough *b = w->b;
	for (uint32_t i = 0; i < b->residence_count; i++) {
		const struct residence *home = &b->residences[i];
		date known = known_of(home->person);
		if (known == DATE_UNKNOWN || (home->to != DATE_UNKNOWN && home->to <= known))
			continue;
		if (hash_mix(i ^ 0x5eed) % 100 < 8 && home->from > known) /* a move nobody told of */
			continue;
		due_add_spell(w, list, home->from > known ? home->from : known, home->to, b->start - 5 * 365, i, 0, 0);
	}
}

void feed_ssd_address(struct writer *w)
{
	with_children(w, collect_addresses, address_row);
}

/* ---- ssd_disability, ssd_family ---- */

static void disability_row(struct writer *w, const struct due *due)
{
	static const char *const codes[SEN_TYPES] = {
		[SEN_MODERATE_LEARNING] = "LD", [SEN_SPEECH] = "COMM",          [SEN_SOCIAL_EMOTIONAL] = "BEH",
		[SEN_AUTISM] = "AUT",           [SEN_SPECIFIC_LEARNING] = "LD", [SEN_PHYSICAL] = "MOB",
		[SEN_HEARING] = "HEAR",         [SEN_SEVERE_LEARNING] = "LD"};
	const struct spell *s = &w->b->spells[due->a];
	row_begin(w);
	childrens_row_number(w, "D", due->a, 1);
	children_client(w, s->person);
	field_text(w, s->value >= 0 && s->value < SEN_TYPES ? codes[s->value] : "DDA");
	row_end(w);
}

static void collect_disabilities(struct writer *w, struct due_list *list)
{
	for (uint32_t i = 0; i < w->b->spell_count; i++) {
		const struct spell *s = &w->b->spells[i];
		date known = known_of(s->person);
		if (s->kind == SPELL_SPECIAL_NEEDS && s->code == SEN_PLAN && known != DATE_UNKNOWN)
			due_add(w, list, known > s->from ? known : s->from, i, 0, 0);
	}
}

void feed_ssd_disability(struct writer *w)
{
	with_children(w, collect_disabilities, disability_row);
}

static void family_row(struct writer *w, const struct due *due)
{
	row_begin(w);
	childrens_row_number(w, "F", due->a, 2);
	field_number(w, "FAM", scrambled(due->b, 7, 13), 7);
	children_client(w, due->a);
	row_end(w);
}

static void collect_families(struct writer *w, struct due_list *list)
{
	for (uint32_t i = 0; i < w->b->person_count; i++)
		if (known_of(i) != DATE_UNKNOWN)
			due_add(w, list, known_of(i), i, children->family[i], 0);
}

void feed_ssd_family(struct writer *w)
{
	with_children(w, collect_families, family_row);
}
