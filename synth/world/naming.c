/* What a person is called, at birth and after, by the tradition of the family. */
#include "world_int.h"

static const struct name *name_now(const struct world *w, uint32_t person)
{
	return &w->b->names[w->lives[person].last_name];
}

static struct name *name_add(struct world *w, uint32_t person, date from, enum name_reason reason)
{
	struct borough *b = w->b;
	uint32_t at = (uint32_t)b->name_count;
	struct name before = {.title = "", .given = "", .middle = "", .family = "", .suffix = ""};
	if (b->persons[person].name != NOTHING) {
		before = *name_now(w, person);
		b->names[w->lives[person].last_name].next = at;
	} else {
		b->persons[person].name = at;
	}
	struct name *name = WORLD_ADD(w, names, name);
	*name = before;
	name->person = person;
	name->next = NOTHING;
	name->from = from;
	name->reason = (uint8_t)reason;
	w->lives[person].last_name = at;
	return name;
}

static const char *given_of(const struct world *w, uint32_t person)
{
	return person == NOTHING ? NULL : name_now(w, person)->given;
}

/* The father's name, or one like it when he is not in the story. */
static const char *fathers_given(struct world *w, uint32_t person, struct random *r)
{
	const struct person *p = &w->b->persons[person];
	const char *given = given_of(w, p->father);
	return given ? given : names_given(w, p->tradition, SEX_MALE, date_ymd(p->born).year - 30, r);
}

/* The family's name as its men bear it: the father's, else the mother's, else a new one. */
static void take_family(struct world *w, uint32_t person, struct random *r)
{
	const struct person *p = &w->b->persons[person];
	struct life *life = &w->lives[person];
	if (life->family_first)
		return;
	uint32_t from = p->father != NOTHING ? p->father : p->mother;
	life->family_first = from != NOTHING ? w->lives[from].family_first : names_family(w, p->tradition, r);
	life->family_second = p->mother != NOTHING && from != p->mother ? w->lives[p->mother].family_first
									: names_family(w, p->tradition, r);
	if (p->tradition == TRADITION_PUNJABI && from == NOTHING && random_chance(r, 0.38))
		life->family_first = "Singh";
}

static const char *two_families(struct world *w, uint32_t person, struct random *r)
{
	const struct life *life = &w->lives[person];
	if (!strcmp(life->family_first, life->family_second) || random_chance(r, 0.3))
		return life->family_first;
	bool portuguese = w->b->persons[person].tradition == TRADITION_PORTUGUESE;
	return arena_format(&w->b->arena, "%s %s", portuguese ? life->family_second : life->family_first,
			    portuguese ? life->family_first : life->family_second)
		.at;
}

static const char *bengali_family(struct world *w, uint32_t person, struct random *r)
{
	static const char *const of_women[] = {"Begum", "Khatun", "Akther", "Khanom", "Bibi", "Sultana"};
	static const double weights[] = {46, 12, 12, 6, 5, 5};
	const struct person *p = &w->b->persons[person];
	int year = date_ymd(p->born).year;
	if (p->sex == SEX_FEMALE && random_chance(r, year < 1995 ? 0.8 : 0.3))
		return of_women[random_weighted(r, weights, 6)];
	return w->lives[person].family_first;
}

static const char *family_at_birth(struct world *w, uint32_t person, struct random *r)
{
	const struct person *p = &w->b->persons[person];
	struct life *life = &w->lives[person];
	switch (p->tradition) {
	case TRADITION_PUNJABI:
		return strcmp(life->family_first, "Singh") || p->sex == SEX_MALE ? life->family_first : "Kaur";
	case TRADITION_TAMIL: /* the father's name, in about half of families */
		return random_chance(r, 0.5) ? fathers_given(w, person, r) : life->family_first;
	case TRADITION_PAKISTANI:
		if (p->sex == SEX_FEMALE && random_chance(r, 0.22))
			return random_chance(r, 0.5) ? "Bibi" : "Begum";
		return life->family_first;
	case TRADITION_BANGLADESHI:
		return bengali_family(w, person, r);
	case TRADITION_SOMALI: /* the grandfather's */
		if (p->father != NOTHING)
			return name_now(w, p->father)->middle;
		return names_given(w, TRADITION_SOMALI, SEX_MALE, 1950, r);
	case TRADITION_PORTUGUESE:
	case TRADITION_SPANISH:
		return two_families(w, person, r);
	case TRADITION_BRITISH: /* both parents' */
		if (p->mother != NOTHING && p->father != NOTHING && random_chance(r, 0.04))
			return arena_format(&w->b->arena, "%s-%s", w->lives[p->mother].family_first, life->family_first)
				.at;
		return life->family_first;
	default:
		return names_family_form(w, p->tradition, life->family_first, p->sex, false);
	}
}

static const char *western_middle(struct world *w, uint32_t person, double one, double two, struct random *r)
{
	const struct person *p = &w->b->persons[person];
	int year = date_ymd(p->born).year;
	if (!random_chance(r, one))
		return "";
	const char *first = names_middle(w, p->tradition, p->sex, year, r);
	if (!random_chance(r, two))
		return first;
	const char *second = names_middle(w, p->tradition, p->sex, year, r);
	return first == second ? first : arena_format(&w->b->arena, "%s %s", first, second).at;
}

static const char *middle_at_birth(struct world *w, uint32_t person, struct random *r)
{
	const struct person *p = &w->b->persons[person];
	switch (p->tradition) {
	case TRADITION_BRITISH:
	case TRADITION_IRISH:
	case TRADITION_CARIBBEAN:
		return western_middle(w, person, 0.78, 0.12, r);
	case TRADITION_PUNJABI:
		if (!strcmp(w->lives[person].family_first, "Singh"))
			return "";
		return p->sex == SEX_MALE ? "Singh" : "Kaur";
	case TRADITION_GUJARATI:
		return fathers_given(w, person, r);
	case TRADITION_SOMALI:
		return fathers_given(w, person, r);
	case TRADITION_ARABIC:
	case TRADITION_AFGHAN:
		return random_chance(r, 0.4) ? fathers_given(w, person, r) : "";
	case TRADITION_GHANAIAN:
		return random_chance(r, 0.65) ? names_day(p->sex, p->born) : western_middle(w, person, 0.3, 0, r);
	case TRADITION_YORUBA:
	case TRADITION_IGBO:
	case TRADITION_CONGOLESE:
		return western_middle(w, person, 0.65, 0.2, r);
	case TRADITION_VIETNAMESE:
		return names_middle(w, p->tradition, p->sex, 2000, r);
	case TRADITION_PORTUGUESE:
	case TRADITION_SPANISH:
	case TRADITION_POLISH:
	case TRADITION_ROMANIAN:
		return western_middle(w, person, 0.35, 0, r);
	default:
		return "";
	}
}

/* "Mr" at 18; most women "Miss" until they marry, some "Ms", a few "Dr". */
static const char *title_of(const struct world *w, uint32_t person, bool married, struct random *r)
{
	const struct person *p = &w->b->persons[person];
	if (person_age(w, person, w->b->start) < 16)
		return "";
	if (random_chance(r, 0.012))
		return "Dr";
	if (p->sex == SEX_MALE)
		return "Mr";
	if (random_chance(r, 0.2))
		return "Ms";
	return married ? "Mrs" : "Miss";
}

/* Children of one mother do not share a given name. */
static bool sibling_has(const struct world *w, uint32_t person, const char *given)
{
	const struct borough *b = w->b;
	uint32_t mother = b->persons[person].mother;
	if (mother == NOTHING)
		return false;
	uint32_t least = person > 12 ? person - 12 : 0; /* siblings were made just before */
	for (uint32_t i = least; i < person; i++)
		if (b->persons[i].mother == mother && b->persons[i].name != NOTHING &&
		    !strcmp(b->names[b->persons[i].name].given, given))
			return true;
	return false;
}

static const char *given_at_birth(struct world *w, uint32_t person, const char **suffix, struct random *r)
{
	const struct person *p = &w->b->persons[person];
	int year = date_ymd(p->born).year;
	static const double juniors[TRADITIONS] = {[TRADITION_BRITISH] = 0.03,
						   [TRADITION_CARIBBEAN] = 0.05,
						   [TRADITION_IRISH] = 0.05,
						   [TRADITION_PORTUGUESE] = 0.04,
						   [TRADITION_SPANISH] = 0.05};
	if (p->sex == SEX_MALE && p->father != NOTHING && random_chance(r, juniors[p->tradition]) &&
	    !sibling_has(w, person, given_of(w, p->father))) {
		*suffix = "Jr";
		return given_of(w, p->father);
	}
	for (int attempt = 0;; attempt++) {
		const char *given = names_given(w, p->tradition, p->sex, year, r);
		if (attempt == 8 || !sibling_has(w, person, given))
			return given;
	}
}

/* In some families every boy is Muhammad and is called by what follows. */
static const char *with_muhammad(struct world *w, uint32_t person, const char *given, struct random *r)
{
	const struct person *p = &w->b->persons[person];
	bool custom = p->tradition == TRADITION_PAKISTANI || p->tradition == TRADITION_BANGLADESHI;
	if (!custom || p->sex != SEX_MALE || !random_chance(r, 0.22) || !strncmp(given, "Muh", 3) ||
	    !strncmp(given, "Moh", 3) || !strcmp(given, "Md"))
		return given;
	return arena_format(&w->b->arena, "%s %s", p->tradition == TRADITION_PAKISTANI ? "Muhammad" : "Mohammed", given)
		.at;
}

void naming_at_birth(struct world *w, uint32_t person, struct random *r)
{
	const struct person *p = &w->b->persons[person];
	const char *suffix = "", *given;
	take_family(w, person, r);
	given = with_muhammad(w, person, given_at_birth(w, person, &suffix, r), r);
	const char *middle = middle_at_birth(w, person, r), *family = family_at_birth(w, person, r);
	if (p->tradition == TRADITION_CHINESE && random_chance(r, 0.35)) { /* "Jenny Ka-Yan Wong" */
		middle = given;
		given = names_english(p->sex, r);
	}
	if (random_chance(r, names_single_share(p->tradition)))
		family = "";
	if (!strncmp(middle, given, strlen(given))) /* "Dawn Dawn Delores" */
		middle = "";
	struct name *name = name_add(w, person, p->born, NAME_AT_BIRTH);
	name->given = given;
	name->middle = middle;
	name->family = family;
	name->suffix = suffix;
	name->title = title_of(w, person, false, r);
	naming_known_as(w, person, r);
}

/* A short form, or the name by which the office knows one whose name it cannot say. */
void naming_known_as(struct world *w, uint32_t person, struct random *r)
{
	struct person *p = &w->b->persons[person];
	const struct name *name = name_now(w, person);
	p->known_as = "";
	if (random_chance(r, 0.18))
		p->known_as = arena_copy(&w->b->arena, text_of(name_short_form(p->tradition, name->given, r)));
	else if (*name->middle && random_chance(r, 0.03) && p->tradition <= TRADITION_IRISH)
		p->known_as = name->middle; /* goes by the middle name */
	else if ((p->tradition == TRADITION_CHINESE || p->tradition == TRADITION_VIETNAMESE) && random_chance(r, 0.2))
		p->known_as = names_english(p->sex, r);
}

static double share_taking_name(enum tradition tradition)
{
	static const double shares[TRADITIONS] = {
		[TRADITION_BRITISH] = 0.8,      [TRADITION_IRISH] = 0.7,      [TRADITION_POLISH] = 0.85,
		[TRADITION_LITHUANIAN] = 0.85,  [TRADITION_ROMANIAN] = 0.85,  [TRADITION_BULGARIAN] = 0.7,
		[TRADITION_ALBANIAN] = 0.8,     [TRADITION_TURKISH] = 0.9,    [TRADITION_PUNJABI] = 0.45,
		[TRADITION_GUJARATI] = 0.85,    [TRADITION_TAMIL] = 0.5,      [TRADITION_PAKISTANI] = 0.3,
		[TRADITION_BANGLADESHI] = 0.05, [TRADITION_YORUBA] = 0.8,     [TRADITION_IGBO] = 0.8,
		[TRADITION_GHANAIAN] = 0.6,     [TRADITION_CARIBBEAN] = 0.7,  [TRADITION_CHINESE] = 0.1,
		[TRADITION_AFGHAN] = 0.2,       [TRADITION_PORTUGUESE] = 0.4, [TRADITION_SPANISH] = 0.02,
		[TRADITION_CONGOLESE] = 0.3,    [TRADITION_ARABIC] = 0.05};
	return shares[tradition];
}

/* The wife takes the husband's name, joins both, or keeps her own. */
void naming_at_marriage(struct world *w, uint32_t person, uint32_t spouse, date on, struct random *r)
{
	struct borough *b = w->b;
	const struct person *p = &b->persons[person];
	if (p->sex != SEX_FEMALE || b->persons[spouse].sex != SEX_MALE || !*name_now(w, spouse)->family)
		return;
	const char *his =
		names_family_form(w, b->persons[spouse].tradition, name_now(w, spouse)->family, SEX_FEMALE, true);
	if (p->tradition == TRADITION_PUNJABI && !strcmp(his, "Singh"))
		return;
	bool takes = random_chance(r, share_taking_name(p->tradition));
	const char *own = name_now(w, person)->family, *family = own;
	if (takes && p->tradition <= TRADITION_IRISH && random_chance(r, 0.05) && *own && !strchr(own, '-') &&
	    !strchr(his, '-'))
		family = arena_format(&b->arena, "%s-%s", own, his).at;
	else if (takes)
		family = his;
	const char *title = title_of(w, person, true, r);
	if (!strcmp(family, own)) {
		b->names[w->lives[person].last_name].title = title;
		return;
	}
	struct name *name = name_add(w, person, on, NAME_MARRIAGE);
	name->family = family;
	name->title = title;
}

/* By deed poll: a new family name; or, with the gender lived in, new given names. */
void naming_by_deed(struct world *w, uint32_t person, bool gender, date on, struct random *r)
{
	struct borough *b = w->b;
	struct person *p = &b->persons[person];
	enum sex lived = gender ? (enum sex) !p->sex : (enum sex)p->sex;
	const char *given = names_given(w, (enum tradition)p->tradition, lived, date_ymd(p->born).year, r);
	const char *family = names_family(w, (enum tradition)p->tradition, r);
	struct name *name = name_add(w, person, on, gender ? NAME_GENDER : NAME_DEED);
	if (!gender) {
		name->family = names_family_form(w, (enum tradition)p->tradition, family, lived, false);
		return;
	}
	name->given = given;
	name->middle = "";
	name->title = "Mx";
	p->known_as = "";
}

/* Back to the name she was born with. */
void naming_after_separation(struct world *w, uint32_t person, date on)
{
	struct borough *b = w->b;
	const char *born = b->names[b->persons[person].name].family;
	if (!strcmp(born, name_now(w, person)->family))
		return;
	struct name *name = name_add(w, person, on, NAME_SEPARATION);
	name->family = born;
	name->title = "Ms";
}
