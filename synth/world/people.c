/* A new person, with the numbers by which offices know people. */
#include "world_int.h"

/* Who they are beside their name, by tradition. Languages as in Census 2021 TS024. */
static const struct {
	const char *language, *country;
	enum ethnicity ethnicity;
	enum nationality nationality;
	double abroad; /* share of adults born there */
} origins[TRADITIONS] = {
	[TRADITION_BRITISH] = {"English", "England", ETHNICITY_WHITE_BRITISH, NATIONALITY_BRITISH, 0.0},
	[TRADITION_IRISH] = {"English", "Ireland", ETHNICITY_WHITE_IRISH, NATIONALITY_IRISH, 0.5},
	[TRADITION_POLISH] = {"Polish", "Poland", ETHNICITY_WHITE_OTHER, NATIONALITY_EU, 0.92},
	[TRADITION_LITHUANIAN] = {"Lithuanian", "Lithuania", ETHNICITY_WHITE_OTHER, NATIONALITY_EU, 0.95},
	[TRADITION_ROMANIAN] = {"Romanian", "Romania", ETHNICITY_WHITE_OTHER, NATIONALITY_EU, 0.97},
	[TRADITION_BULGARIAN] = {"Bulgarian", "Bulgaria", ETHNICITY_WHITE_OTHER, NATIONALITY_EU, 0.97},
	[TRADITION_ALBANIAN] = {"Albanian", "Albania", ETHNICITY_WHITE_OTHER, NATIONALITY_OTHER, 0.93},
	[TRADITION_TURKISH] = {"Turkish", "Turkey", ETHNICITY_WHITE_OTHER, NATIONALITY_OTHER, 0.6},
	[TRADITION_PUNJABI] = {"Punjabi", "India", ETHNICITY_ASIAN_INDIAN, NATIONALITY_BRITISH, 0.5},
	[TRADITION_GUJARATI] = {"Gujarati", "India", ETHNICITY_ASIAN_INDIAN, NATIONALITY_COMMONWEALTH, 0.6},
	[TRADITION_TAMIL] = {"Tamil", "Sri Lanka", ETHNICITY_ASIAN_OTHER, NATIONALITY_BRITISH, 0.7},
	[TRADITION_PAKISTANI] = {"Urdu", "Pakistan", ETHNICITY_ASIAN_PAKISTANI, NATIONALITY_BRITISH, 0.55},
	[TRADITION_BANGLADESHI] = {"Bengali", "Bangladesh", ETHNICITY_ASIAN_BANGLADESHI, NATIONALITY_BRITISH, 0.55},
	[TRADITION_YORUBA] = {"Yoruba", "Nigeria", ETHNICITY_BLACK_AFRICAN, NATIONALITY_COMMONWEALTH, 0.75},
	[TRADITION_IGBO] = {"Igbo", "Nigeria", ETHNICITY_BLACK_AFRICAN, NATIONALITY_COMMONWEALTH, 0.75},
	[TRADITION_GHANAIAN] = {"Akan", "Ghana", ETHNICITY_BLACK_AFRICAN, NATIONALITY_COMMONWEALTH, 0.7},
	[TRADITION_SOMALI] = {"Somali", "Somalia", ETHNICITY_BLACK_AFRICAN, NATIONALITY_OTHER, 0.7},
	[TRADITION_CARIBBEAN] = {"English", "Jamaica", ETHNICITY_BLACK_CARIBBEAN, NATIONALITY_BRITISH, 0.3},
	[TRADITION_CHINESE] = {"Cantonese", "Hong Kong", ETHNICITY_ASIAN_CHINESE, NATIONALITY_BRITISH, 0.75},
	[TRADITION_VIETNAMESE] = {"Vietnamese", "Vietnam", ETHNICITY_ASIAN_OTHER, NATIONALITY_BRITISH, 0.7},
	[TRADITION_ARABIC] = {"Arabic", "Algeria", ETHNICITY_OTHER_ARAB, NATIONALITY_OTHER, 0.7},
	[TRADITION_AFGHAN] = {"Dari", "Afghanistan", ETHNICITY_ASIAN_OTHER, NATIONALITY_OTHER, 0.85},
	[TRADITION_PORTUGUESE] = {"Portuguese", "Portugal", ETHNICITY_WHITE_OTHER, NATIONALITY_EU, 0.9},
	[TRADITION_SPANISH] = {"Spanish", "Spain", ETHNICITY_WHITE_OTHER, NATIONALITY_EU, 0.88},
	[TRADITION_CONGOLESE] = {"French", "Congo", ETHNICITY_BLACK_AFRICAN, NATIONALITY_OTHER, 0.7},
};

/* Of parents of two groups, the Census category of the child. */
static enum ethnicity mixed(enum ethnicity a, enum ethnicity b)
{
	if (a == b)
		return a;
	bool white = a >= ETHNICITY_WHITE_BRITISH && a <= ETHNICITY_WHITE_OTHER;
	bool white_b = b >= ETHNICITY_WHITE_BRITISH && b <= ETHNICITY_WHITE_OTHER;
	if (white && white_b)
		return ETHNICITY_WHITE_BRITISH;
	enum ethnicity other = white ? b : a;
	if (!white && !white_b)
		return ETHNICITY_MIXED_OTHER;
	if (other == ETHNICITY_BLACK_CARIBBEAN)
		return ETHNICITY_MIXED_WHITE_BLACK_CARIBBEAN;
	if (other == ETHNICITY_BLACK_AFRICAN)
		return ETHNICITY_MIXED_WHITE_BLACK_AFRICAN;
	return other <= ETHNICITY_ASIAN_OTHER ? ETHNICITY_MIXED_WHITE_ASIAN : ETHNICITY_MIXED_OTHER;
}

static void give_origin(struct world *w, struct person *p, struct random *r)
{
	const struct borough *b = w->b;
	p->language = origins[p->tradition].language;
	p->ethnicity = (uint8_t)origins[p->tradition].ethnicity;
	p->nationality = (uint8_t)origins[p->tradition].nationality;
	p->birth_country = "England";
	if (p->mother != NOTHING && p->father != NOTHING)
		p->ethnicity = (uint8_t)mixed((enum ethnicity)b->persons[p->mother].ethnicity,
					      (enum ethnicity)b->persons[p->father].ethnicity);
	else if (p->mother != NOTHING)
		p->ethnicity = b->persons[p->mother].ethnicity;
	int age = (int)((b->start - p->born) / 365);
	double abroad = origins[p->tradition].abroad;
	if (age < 18)
		abroad *= age / 40.0;
	else if (age < 30)
		abroad *= 0.7;
	p->born_abroad = random_chance(r, abroad);
	if (p->born_abroad)
		p->birth_country = origins[p->tradition].country;
	else if (p->nationality != NATIONALITY_IRISH && random_chance(r, 0.75))
		p->nationality = NATIONALITY_BRITISH;
	if (!p->born_abroad && random_chance(r, 0.6))
		p->language = "English";
	p->speaks_little_english = p->born_abroad && random_chance(r, age > 55 ? 0.35 : 0.12);
	p->deaf = random_chance(r, 0.002 + (age > 70 ? 0.05 : 0));
	if (p->tradition == TRADITION_ROMANIAN && random_chance(r, 0.06))
		p->ethnicity = ETHNICITY_WHITE_ROMA;
	if (p->tradition == TRADITION_IRISH && random_chance(r, 0.05))
		p->ethnicity = ETHNICITY_WHITE_GYPSY_TRAVELLER;
}

/* Ten digits from the 999 range, which is never issued; those whose check digit would be
 * 10 do not exist. NUMBER walks the million stems in an order that shows nothing. */
static void give_nhs(struct world *w, struct person *p)
{
	for (;;) {
		uint64_t stem = 999000000u + (uint64_t)w->next_nhs++ * w->nhs_step % 1000000u;
		unsigned sum = 0;
		uint64_t rest = stem;
		for (unsigned weight = 2; weight <= 10; weight++, rest /= 10)
			sum += weight * (unsigned)(rest % 10);
		unsigned check = 11 - sum % 11;
		if (check == 10)
			continue;
		snprintf(p->nhs_number, sizeof p->nhs_number, "%09llu%u", (unsigned long long)stem,
			 check == 11 ? 0 : check);
		return;
	}
}

/* CX and WX are well formed by the published rule and not among the prefixes in use. */
void person_give_ni(struct world *w, uint32_t person)
{
	struct person *p = &w->b->persons[person];
	if (*p->ni_number)
		return;
	uint64_t n = (uint64_t)w->next_ni++ * w->ni_step % 8000000u;
	snprintf(p->ni_number, sizeof p->ni_number, "%s%06u%c", n < 4000000 ? "CX" : "WX", (unsigned)(n / 4 % 1000000),
		 "ABCD"[n % 4]);
}

/* Check letter, local authority, establishment, year of allocation, serial ("A Guide to
 * Unique Pupil Numbers", Department for Education). */
void person_give_upn(struct world *w, uint32_t person, uint32_t school, date joined)
{
	static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
	struct person *p = &w->b->persons[person];
	if (*p->upn)
		return;
	unsigned establishment = school == NOTHING ? 9000 + person % 90 : w->b->places[school].number;
	unsigned authority = school == NOTHING ? BOROUGH_LA_NUMBER + 1 : BOROUGH_LA_NUMBER;
	unsigned year = (unsigned)date_ymd(joined).year % 100;
	while (w->next_upn[establishment][year] == 1000) /* a full year lends from the next */
		year = (year + 1) % 100;
	unsigned serial = w->next_upn[establishment][year]++;
	char digits[13];
	snprintf(digits, sizeof digits, "%03u%04u%02u%03u", authority % 1000, establishment % 10000, year, serial);
	unsigned sum = 0;
	for (unsigned i = 0; i < 12; i++)
		sum += (unsigned)(digits[i] - '0') * (i + 2);
	snprintf(p->upn, sizeof p->upn, "%c%s", letters[sum % 23], digits);
}

/* Ofcom's numbers for drama: 1,000 mobiles, and 1,000 in each of twelve cities. */
static void give_phones(struct person *p, struct random *r)
{
	static const char *const landlines[] = {"0207946", "0113496", "0114496", "0115496", "0116496", "0117496",
						"0118496", "0121496", "0131496", "0141496", "0151496", "0161496"};
	if (random_chance(r, 0.88))
		snprintf(p->mobile, sizeof p->mobile, "07700900%03u", random_below(r, 1000));
	if (random_chance(r, 0.22)) {
		const char *city = landlines[random_chance(r, 0.75) ? 0 : random_below(r, 12)];
		snprintf(p->landline, sizeof p->landline, "%s0%03u", city, random_below(r, 1000));
	}
}

static void letters_only(char *out, size_t size, const char *name)
{
	size_t n = 0;
	for (; *name && n + 1 < size; name++)
		if ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z'))
			out[n++] = (char)(*name | 32);
	out[n] = '\0';
}

static void give_email(struct world *w, struct person *p, const struct name *name, struct random *r)
{
	static const char *const domains[] = {"example.com", "example.org", "example.net", "mail.example.com",
					      "post.example.org"};
	char given[32], family[32];
	letters_only(given, sizeof given, name->given);
	letters_only(family, sizeof family, name->family);
	const char *domain = domains[random_below(r, 5)];
	unsigned year = (unsigned)date_ymd(p->born).year;
	switch (random_below(r, 5)) {
	case 0:
		p->email = arena_format(&w->b->arena, "%s.%s@%s", given, *family ? family : "x", domain).at;
		break;
	case 1:
		p->email = arena_format(&w->b->arena, "%s%s%u@%s", given, family, year % 100, domain).at;
		break;
	case 2:
		p->email = arena_format(&w->b->arena, "%c%s%u@%s", given[0] ? given[0] : 'x', family,
					random_below(r, 1000), domain)
				   .at;
		break;
	case 3:
		p->email = arena_format(&w->b->arena, "%s_%u@%s", given, year, domain).at;
		break;
	default:
		p->email = arena_format(&w->b->arena, "%s%u@%s", given, random_below(r, 10000), domain).at;
	}
}

static uint32_t add_row(struct world *w)
{
	struct borough *b = w->b;
	uint32_t at = (uint32_t)b->person_count;
	struct person *p = WORLD_ADD(w, persons, person);
	p->died = DATE_UNKNOWN;
	p->name = p->residence = p->spell = p->event = NOTHING;
	p->needs_row = at;
	if (w->life_capacity < w->capacity.persons) {
		w->life_capacity = w->capacity.persons;
		w->lives = memory_resize(w->lives, w->life_capacity, sizeof *w->lives);
		b->needs = memory_resize(b->needs, w->life_capacity, (size_t)b->plan.months * NEEDS);
	}
	memset(&b->needs[(size_t)at * b->plan.months * NEEDS], 0, (size_t)b->plan.months * NEEDS);
	b->needs_count = at + 1;
	struct life *life = &w->lives[at];
	memset(life, 0, sizeof *life);
	life->household = life->residence = life->second_residence = life->partner = life->last_name = NOTHING;
	life->couple = life->fostered_from = NOTHING;
	for (int i = 0; i < BENEFITS; i++)
		life->open_benefit[i] = NOTHING;
	for (int i = 0; i < SPELL_KINDS; i++)
		life->open[i] = NOTHING;
	life->last_birth = life->last_visit = life->last_review = life->left = DATE_UNKNOWN;
	return at;
}

uint32_t person_new(struct world *w, const struct new_person *n, struct random *r)
{
	uint32_t at = add_row(w);
	struct person *p = &w->b->persons[at];
	p->born = n->born;
	p->sex = (uint8_t)n->sex;
	p->tradition = (uint8_t)n->tradition;
	p->mother = n->mother;
	p->father = n->father;
	p->twin = n->twin;
	w->lives[at].family_first = n->family_first;
	w->lives[at].family_second = n->family_second ? n->family_second : n->family_first;
	give_origin(w, p, r);
	naming_at_birth(w, at, r);
	give_nhs(w, p);
	int age = person_age(w, at, w->month < 0 ? w->b->start : world_today(w));
	p->email = "";
	if (age >= 14)
		give_phones(p, r);
	if (age >= 14 && random_chance(r, age > 75 ? 0.3 : 0.8))
		give_email(w, p, &w->b->names[p->name], r);
	if (age >= 16 && random_chance(r, p->born_abroad ? 0.9 : 0.995))
		person_give_ni(w, at);
	if (p->mother != NOTHING)
		relation_new(w, p->mother, at, RELATION_PARENT, p->born);
	if (p->father != NOTHING)
		relation_new(w, p->father, at, RELATION_PARENT, p->born);
	needs_at_birth(w, at, r);
	return at;
}

/* Born the same day; a third are identical; parents like names that go together. */
uint32_t person_twin(struct world *w, uint32_t of, struct random *r)
{
	struct borough *b = w->b;
	const struct person first = b->persons[of];
	struct new_person n = {.sex = random_chance(r, 0.65) ? (enum sex)first.sex : (enum sex) !first.sex,
			       .tradition = (enum tradition)first.tradition,
			       .born = first.born,
			       .mother = first.mother,
			       .father = first.father,
			       .twin = of};
	uint32_t at = person_new(w, &n, r);
	b->persons[of].twin = at;
	struct name *name = &b->names[b->persons[at].name];
	const char *other = b->names[first.name].given;
	for (int attempt = 0; attempt < 40 && random_chance(r, 0.97); attempt++) {
		const char *given = names_given(w, n.tradition, n.sex, date_ymd(first.born).year, r);
		if (given[0] == other[0] && strcmp(given, other)) { /* Aidan and Adam, Maya and Mia */
			name->given = given;
			break;
		}
	}
	return at;
}

void relation_new(struct world *w, uint32_t a, uint32_t b, enum relationship_kind kind, date from)
{
	uint32_t at = (uint32_t)w->b->relationship_count;
	struct relationship *relation = WORLD_ADD(w, relationships, relationship);
	*relation = (struct relationship){.a = a, .b = b, .kind = (uint8_t)kind, .from = from, .to = DATE_UNKNOWN};
	if (kind == RELATION_MARRIED || kind == RELATION_COHABITING)
		w->lives[a].couple = w->lives[b].couple = at;
}

void relation_end(struct world *w, uint32_t person, date on)
{
	uint32_t at = w->lives[person].couple;
	if (at == NOTHING)
		return;
	struct relationship *relation = &w->b->relationships[at];
	relation->to = on;
	w->lives[relation->a].couple = w->lives[relation->b].couple = NOTHING;
	w->lives[relation->a].partner = w->lives[relation->b].partner = NOTHING;
}
