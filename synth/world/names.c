/* The name tables of names/NAME.txt, parsed once.
 *
 * A file holds sections. In a list, names stand with the commonest first and are drawn
 * with Zipf-Mandelbrot weights 1 / (rank + q)^s; "_" stands for a space. Two lists of parts
 * make further names that no list holds, for the long tail that real boroughs have.
 *
 *     [female until 1970]     given names of women born before 1970; [female] the rest
 *     [family]                as a man of the family bears it
 *     [family_part_1], [family_part_2], [family_composed]  0.14: share that is composed
 *     [family_shape]          s q, when not 0.9 8
 *     [short], [other]        Name=Form,Form: what friends say; how clerks spell it
 */
#include "base/map.h"
#include "world_int.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>

enum { COHORTS = 4 };

struct name_list {
	const char **names;
	size_t count, capacity;
	int until; /* year of birth below which it holds; 0: any */
	struct alias_table weights;
};

struct name_table {
	struct name_list given[2][COHORTS];
	unsigned cohorts[2];
	struct name_list middle[2], day[2], english[2];
	struct name_list family, given_part[2], family_part[2];
	double family_s, family_q, family_composed, given_composed, single, doubled;
	struct text_map short_forms, other_forms; /* name -> const char *, forms with commas */
};

static struct name_table tables[TRADITIONS];
static struct arena names_arena;
static bool names_good = true;

#define NAME_FILE(word) extern const char names_##word[]
NAME_FILE(british);
NAME_FILE(irish);
NAME_FILE(polish);
NAME_FILE(lithuanian);
NAME_FILE(romanian);
NAME_FILE(bulgarian);
NAME_FILE(albanian);
NAME_FILE(turkish);
NAME_FILE(punjabi);
NAME_FILE(gujarati);
NAME_FILE(tamil);
NAME_FILE(pakistani);
NAME_FILE(bangladeshi);
NAME_FILE(yoruba);
NAME_FILE(igbo);
NAME_FILE(ghanaian);
NAME_FILE(somali);
NAME_FILE(caribbean);
NAME_FILE(chinese);
NAME_FILE(vietnamese);
NAME_FILE(arabic);
NAME_FILE(afghan);
NAME_FILE(portuguese);
NAME_FILE(spanish);
NAME_FILE(congolese);

static const char *const files[TRADITIONS] = {[TRADITION_BRITISH] = names_british,
					      [TRADITION_IRISH] = names_irish,
					      [TRADITION_POLISH] = names_polish,
					      [TRADITION_LITHUANIAN] = names_lithuanian,
					      [TRADITION_ROMANIAN] = names_romanian,
					      [TRADITION_BULGARIAN] = names_bulgarian,
					      [TRADITION_ALBANIAN] = names_albanian,
					      [TRADITION_TURKISH] = names_turkish,
					      [TRADITION_PUNJABI] = names_punjabi,
					      [TRADITION_GUJARATI] = names_gujarati,
					      [TRADITION_TAMIL] = names_tamil,
					      [TRADITION_PAKISTANI] = names_pakistani,
					      [TRADITION_BANGLADESHI] = names_bangladeshi,
					      [TRADITION_YORUBA] = names_yoruba,
					      [TRADITION_IGBO] = names_igbo,
					      [TRADITION_GHANAIAN] = names_ghanaian,
					      [TRADITION_SOMALI] = names_somali,
					      [TRADITION_CARIBBEAN] = names_caribbean,
					      [TRADITION_CHINESE] = names_chinese,
					      [TRADITION_VIETNAMESE] = names_vietnamese,
					      [TRADITION_ARABIC] = names_arabic,
					      [TRADITION_AFGHAN] = names_afghan,
					      [TRADITION_PORTUGUESE] = names_portuguese,
					      [TRADITION_SPANISH] = names_spanish,
					      [TRADITION_CONGOLESE] = names_congolese};

static const char *clean(struct text word)
{
	char *copy = arena_copy(&names_arena, word);
	for (char *c = copy; *c; c++)
		if (*c == '_')
			*c = ' ';
	return copy;
}

/* Where a section's names go; NULL for sections of numbers or pairs. */
static struct name_list *list_of(struct name_table *t, struct text section)
{
	struct text rest = section, word;
	text_split(&rest, ' ', &word);
	bool female = text_is(word, "female"), male = text_is(word, "male");
	if (female || male) {
		int sex = male;
		assert(t->cohorts[sex] < COHORTS);
		struct name_list *list = &t->given[sex][t->cohorts[sex]++];
		int64_t year = 0;
		if (text_split(&rest, ' ', &word) && text_parse_int64(rest, &year))
			list->until = (int)year;
		return list;
	}
	const struct {
		const char *name;
		struct name_list *list;
	} simple[] = {{"middle_female", &t->middle[0]},
		      {"middle_male", &t->middle[1]},
		      {"day_female", &t->day[0]},
		      {"day_male", &t->day[1]},
		      {"english_female", &t->english[0]},
		      {"english_male", &t->english[1]},
		      {"family", &t->family},
		      {"family_part_1", &t->family_part[0]},
		      {"family_part_2", &t->family_part[1]},
		      {"given_part_1", &t->given_part[0]},
		      {"given_part_2", &t->given_part[1]}};
	for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
		if (text_is(section, simple[i].name))
			return simple[i].list;
	return NULL;
}

static void take_pair(struct text_map *map, struct text pair)
{
	struct text name;
	text_split(&pair, '=', &name);
	*text_map_put(map, text_of(clean(name)), NULL) = (uint64_t)(uintptr_t)clean(pair);
}

static void take_number(struct name_table *t, struct text section, struct text word)
{
	double value;
	if (!text_parse_double(word, &value))
		names_good = false;
	else if (text_is(section, "family_composed"))
		t->family_composed = value;
	else if (text_is(section, "given_composed"))
		t->given_composed = value;
	else if (text_is(section, "single_name"))
		t->single = value;
	else if (text_is(section, "given_double") || text_is(section, "family_double"))
		t->doubled = value;
	else if (text_is(section, "family_shape") && t->family_s < 0)
		t->family_s = value;
	else if (text_is(section, "family_shape"))
		t->family_q = value;
	else
		names_good = false;
}

static void take_word(struct name_table *t, struct text section, struct name_list *list, struct text word)
{
	if (list) {
		ARRAY_GROW(list->names, list->count, list->capacity);
		list->names[list->count++] = clean(word);
	} else if (text_is(section, "short")) {
		take_pair(&t->short_forms, word);
	} else if (text_is(section, "other")) {
		take_pair(&t->other_forms, word);
	} else {
		take_number(t, section, word);
	}
}

static void weigh(struct name_list *list, double s, double q)
{
	if (!list->count)
		return;
	double *weights = memory_alloc(list->count, sizeof *weights);
	for (size_t i = 0; i < list->count; i++)
		weights[i] = pow((double)i + 1 + q, -s);
	alias_init(&list->weights, weights, (uint32_t)list->count);
	free(weights);
}

static void weigh_table(struct name_table *t)
{
	for (int sex = 0; sex < 2; sex++) {
		for (unsigned c = 0; c < t->cohorts[sex]; c++)
			weigh(&t->given[sex][c], 0.8, 5);
		weigh(&t->middle[sex], 0.7, 2);
		weigh(&t->english[sex], 0.5, 3);
		weigh(&t->given_part[sex], 0.3, 2);
		weigh(&t->family_part[sex], 0.2, 2);
	}
	weigh(&t->family, t->family_s < 0 ? 0.9 : t->family_s, t->family_q);
}

static void read_table(struct name_table *t, const char *content)
{
	struct text rest = text_of(content), line, section = TEXT_ABSENT;
	struct name_list *list = NULL;
	t->family_s = -1;
	t->family_q = 8;
	text_map_init(&t->short_forms);
	text_map_init(&t->other_forms);
	while (text_split(&rest, '\n', &line)) {
		struct text word;
		if (text_starts_with(line, TEXT("#")))
			continue;
		if (text_starts_with(line, TEXT("["))) {
			section = text_slice(line.at + 1, text_find_char(line, ']') - 1);
			list = list_of(t, section);
			continue;
		}
		while (text_split(&line, ' ', &word))
			if (word.len)
				take_word(t, section, list, word);
	}
	weigh_table(t);
}

static void load(void)
{
	arena_init(&names_arena, 16u << 20);
	for (int i = 0; i < TRADITIONS; i++) {
		read_table(&tables[i], files[i]);
		names_good = names_good && tables[i].family.count && tables[i].cohorts[0] && tables[i].cohorts[1];
	}
}

bool names_load(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, load);
	return names_good;
}

static const char *pick(const struct name_list *list, struct random *r)
{
	return list->count ? list->names[alias_pick(&list->weights, r)] : "";
}

static const char *two_parts(struct arena *arena, const struct name_list parts[2], struct random *r)
{
	const char *first = pick(&parts[0], r), *second = pick(&parts[1], r);
	return arena_format(arena, "%s%s", first, second).at;
}

static const struct name_list *cohort(const struct name_table *t, enum sex sex, int born_in)
{
	for (unsigned c = 0; c < t->cohorts[sex]; c++)
		if (!t->given[sex][c].until || born_in < t->given[sex][c].until)
			return &t->given[sex][c];
	return &t->given[sex][t->cohorts[sex] - 1];
}

const char *names_given(struct world *w, enum tradition tradition, enum sex sex, int born_in, struct random *r)
{
	const struct name_table *t = &tables[tradition];
	struct arena *arena = &w->b->arena;
	if (t->given_part[0].count && random_chance(r, t->given_composed))
		return two_parts(arena, t->given_part, r);
	const char *one = pick(cohort(t, sex, born_in), r);
	if (tradition == TRADITION_CONGOLESE && random_chance(r, t->doubled)) {
		const char *two = pick(cohort(t, sex, born_in), r);
		if (two != one)
			return arena_format(arena, "%s-%s", one, two).at;
	}
	if (tradition == TRADITION_BRITISH && sex == SEX_FEMALE && born_in > 1990 && random_chance(r, 0.03)) {
		static const char *const seconds[] = {"Mae", "Rose", "Grace", "Louise", "Leigh", "Jayne", "Rae"};
		return arena_format(arena, "%s-%s", one, seconds[random_below(r, 7)]).at;
	}
	return one;
}

const char *names_middle(struct world *w, enum tradition tradition, enum sex sex, int born_in, struct random *r)
{
	const struct name_table *t = &tables[tradition];
	if (t->middle[sex].count)
		return pick(&t->middle[sex], r);
	return names_given(w, tradition, sex, born_in, r);
}

/* "Mac" and "de" survive; only the first letter of a composed name is a capital already. */
const char *names_family(struct world *w, enum tradition tradition, struct random *r)
{
	const struct name_table *t = &tables[tradition];
	if (t->family_part[0].count && random_chance(r, t->family_composed))
		return two_parts(&w->b->arena, t->family_part, r);
	const char *one = pick(&t->family, r);
	if (tradition == TRADITION_GHANAIAN && random_chance(r, t->doubled)) {
		const char *two = pick(&t->family, r);
		if (two != one)
			return arena_format(&w->b->arena, "%s-%s", one, two).at;
	}
	return one;
}

/* 1 January 1970 was a Thursday; the lists begin with Sunday. */
const char *names_day(enum sex sex, date born)
{
	const struct name_list *list = &tables[TRADITION_GHANAIAN].day[sex];
	int weekday = (int)(((int64_t)born + 4) % 7);
	return list->names[(weekday + 7) % 7];
}

const char *names_english(enum sex sex, struct random *r)
{
	return pick(&tables[TRADITION_CHINESE].english[sex], r);
}

double names_single_share(enum tradition tradition)
{
	return tables[tradition].single;
}

static bool swap_ending(struct world *w, const char *name, const char *from, const char *to, const char **out)
{
	struct text t = text_of(name), ending = text_of(from);
	if (!text_ends_with(t, ending))
		return false;
	*out = arena_format(&w->b->arena, "%.*s%s", (int)(t.len - ending.len), name, to).at;
	return true;
}

/* A woman's form of a family name, where the language has one. */
const char *names_family_form(struct world *w, enum tradition tradition, const char *family, enum sex sex, bool married)
{
	static const struct {
		enum tradition tradition;
		const char *man, *woman, *wife;
	} endings[] = {{TRADITION_POLISH, "ski", "ska", "ska"},      {TRADITION_POLISH, "cki", "cka", "cka"},
		       {TRADITION_POLISH, "dzki", "dzka", "dzka"},   {TRADITION_BULGARIAN, "ev", "eva", "eva"},
		       {TRADITION_BULGARIAN, "ov", "ova", "ova"},    {TRADITION_LITHUANIAN, "ius", "iute", "iene"},
		       {TRADITION_LITHUANIAN, "as", "aite", "iene"}, {TRADITION_LITHUANIAN, "is", "yte", "iene"},
		       {TRADITION_LITHUANIAN, "ys", "yte", "iene"},  {TRADITION_LITHUANIAN, "us", "ute", "iene"}};
	const char *out = family;
	for (size_t i = 0; sex == SEX_FEMALE && i < sizeof endings / sizeof *endings; i++)
		if (endings[i].tradition == tradition &&
		    swap_ending(w, family, endings[i].man, married ? endings[i].wife : endings[i].woman, &out))
			return out;
	return out;
}

/* One of the forms "A,B,C" under NAME, copied into static storage: each is cut out once. */
static const char *form_of(const struct text_map *map, const char *name, struct random *r)
{
	uint64_t *found = text_map_get(map, text_of(name));
	if (!found)
		return NULL;
	struct text forms = text_of((const char *)(uintptr_t)*found), form;
	uint32_t count = 1;
	for (size_t i = 0; i < forms.len; i++)
		count += forms.at[i] == ',';
	uint32_t wanted = random_below(r, count);
	do
		text_split(&forms, ',', &form);
	while (wanted--);
	static _Thread_local char kept[8][64];
	static _Thread_local unsigned next;
	char *out = kept[next++ % 8];
	snprintf(out, sizeof kept[0], "%.*s", TEXT_ARG(form));
	return out;
}

const char *name_other_spelling(enum tradition tradition, const char *name, struct random *r)
{
	const char *form = form_of(&tables[tradition].other_forms, name, r);
	return form ? form : name;
}

const char *name_short_form(enum tradition tradition, const char *given, struct random *r)
{
	const char *form = form_of(&tables[tradition].short_forms, given, r);
	if (!form && tradition != TRADITION_BRITISH) /* neighbours' short forms of shared names: Daniel, Dan */
		form = form_of(&tables[TRADITION_BRITISH].short_forms, given, r);
	return form ? form : "";
}
