/* What a system believes about a person. */
#include "feeds_int.h"

#include <ctype.h>

const char *const keeper_ids[KEEPERS] = {
	"housing",         "council_tax",        "benefits",       "childrens_social_care",
	"early_help",      "adult_social_care",  "schools",        "homelessness",
	"youth_offending", "electoral_register", "births_deaths",  "anti_social_behaviour",
	"contact_centre",  "nhs_shielding",      "gazetteer",      "restricted_addresses",
	"private_housing", "early_years",        "health_visiting"};

/* How well each system knows its people: shares of records. docs/synthetic-feeds.md has the table. */
struct quality {
	double typo, phonetic, spelling, nickname, swapped, initial, no_middle, middle_joined;
	double stale_name;
	double no_birth, birth_swapped, birth_january, birth_slip, birth_1900;
	double no_sex, wrong_sex;
	double no_ni, no_nhs, wrong_person_number;
	double no_phone, no_email;
	double alias;
};

#define FRONT_DESK \
	.stale_name = 0.35, .wrong_sex = 0.002, .wrong_person_number = 0.002, .no_phone = 0.45, .no_email = 0.55, \
	.middle_joined = 0.03
static const struct quality quality[KEEPERS] = {
	[KEEPER_HOUSING] = {FRONT_DESK, .typo = 0.020, .phonetic = 0.012, .spelling = 0.05, .nickname = 0.020,
			    .swapped = 0.006, .initial = 0.010, .no_middle = 0.70, .no_birth = 0.03,
			    .birth_swapped = 0.004, .birth_january = 0.008, .birth_slip = 0.006, .birth_1900 = 0.004,
			    .no_sex = 0.02, .no_ni = 0.25, .no_nhs = 1},
	[KEEPER_COUNCIL_TAX] = {FRONT_DESK, .typo = 0.015, .phonetic = 0.010, .spelling = 0.05, .nickname = 0.010,
				.swapped = 0.010, .initial = 0.12, .no_middle = 0.60, .no_birth = 1, .no_sex = 1,
				.no_ni = 1, .no_nhs = 1},
	[KEEPER_BENEFITS] = {FRONT_DESK, .typo = 0.008, .phonetic = 0.005, .spelling = 0.03, .nickname = 0.004,
			     .swapped = 0.003, .initial = 0.002, .no_middle = 0.35, .no_birth = 0.004,
			     .birth_swapped = 0.002, .birth_january = 0.002, .birth_slip = 0.002, .birth_1900 = 0.001,
			     .no_sex = 0.005, .no_ni = 0.01, .no_nhs = 1},
	[KEEPER_CHILDREN] = {FRONT_DESK, .typo = 0.018, .phonetic = 0.020, .spelling = 0.06, .nickname = 0.03,
			     .swapped = 0.006, .initial = 0, .no_middle = 1, .no_birth = 0.03, .birth_swapped = 0.006,
			     .birth_january = 0.015, .birth_slip = 0.008, .no_sex = 0.01, .no_ni = 1, .no_nhs = 0.35},
	[KEEPER_EARLY_HELP] = {FRONT_DESK, .typo = 0.030, .phonetic = 0.025, .spelling = 0.07, .nickname = 0.06,
			       .swapped = 0.005, .initial = 0.004, .no_middle = 0.95, .no_birth = 0.05,
			       .birth_swapped = 0.006, .birth_january = 0.010, .birth_slip = 0.010, .no_sex = 0.03,
			       .no_ni = 1, .no_nhs = 1},
	[KEEPER_ADULTS] = {FRONT_DESK, .typo = 0.012, .phonetic = 0.010, .spelling = 0.04, .nickname = 0.015,
			   .swapped = 0.004, .initial = 0.002, .no_middle = 0.45, .no_birth = 0.006,
			   .birth_swapped = 0.003, .birth_january = 0.012, .birth_slip = 0.004, .birth_1900 = 0.003,
			   .no_sex = 0.004, .no_ni = 1, .no_nhs = 0.12, .alias = 0.15},
	[KEEPER_SCHOOLS] = {FRONT_DESK, .typo = 0.008, .phonetic = 0.006, .spelling = 0.03, .nickname = 0.02,
			    .swapped = 0.006, .initial = 0, .no_middle = 0.30, .no_birth = 0, .birth_swapped = 0.002,
			    .birth_january = 0.002, .birth_slip = 0.003, .no_ni = 1, .no_nhs = 1, .alias = 0.12},
	[KEEPER_HOMELESSNESS] = {FRONT_DESK, .typo = 0.030, .phonetic = 0.025, .spelling = 0.08, .nickname = 0.03,
				 .swapped = 0.015, .initial = 0.002, .no_middle = 0.90, .no_birth = 0.02,
				 .birth_swapped = 0.010, .birth_january = 0.030, .birth_slip = 0.010, .no_sex = 0.01,
				 .no_ni = 0.30, .no_nhs = 1},
	[KEEPER_YOUTH] = {FRONT_DESK, .typo = 0.020, .phonetic = 0.020, .spelling = 0.05, .nickname = 0.05,
			  .no_middle = 0.80, .birth_swapped = 0.005, .birth_slip = 0.006, .no_birth = 0.01, .no_ni = 1,
			  .no_nhs = 1},
	[KEEPER_ELECTORS] = {FRONT_DESK, .typo = 0.010, .phonetic = 0.004, .spelling = 0.02, .nickname = 0.008,
			     .swapped = 0.010, .initial = 0.02, .no_middle = 0.25, .no_birth = 1, .no_sex = 1,
			     .no_ni = 1, .no_nhs = 1},
	[KEEPER_REGISTRARS] =
		{.typo = 0.002, .phonetic = 0.001, .no_ni = 1, .no_phone = 1, .no_email = 1, .no_nhs = 0.02},
	[KEEPER_SAFETY] = {FRONT_DESK, .typo = 0.040, .phonetic = 0.040, .spelling = 0.08, .nickname = 0.10,
			   .swapped = 0.010, .initial = 0.04, .no_middle = 1, .no_birth = 0.60, .birth_swapped = 0.01,
			   .birth_january = 0.10, .birth_slip = 0.03, .no_sex = 1, .no_ni = 1, .no_nhs = 1,
			   .alias = 0.12},
	[KEEPER_CONTACT] = {FRONT_DESK, .typo = 0.045, .phonetic = 0.045, .spelling = 0.08, .nickname = 0.06,
			    .swapped = 0.010, .initial = 0.05, .no_middle = 1, .no_birth = 0.70, .birth_swapped = 0.01,
			    .birth_slip = 0.01, .no_sex = 1, .no_ni = 1, .no_nhs = 1},
	[KEEPER_EARLY_YEARS] = {FRONT_DESK, .typo = 0.025, .phonetic = 0.020, .spelling = 0.06, .nickname = 0.05,
				.swapped = 0.006, .no_middle = 1, .no_birth = 0.01, .birth_swapped = 0.004,
				.birth_slip = 0.006, .no_ni = 1, .no_nhs = 1},
	[KEEPER_HEALTH] = {FRONT_DESK, .typo = 0.006, .phonetic = 0.004, .spelling = 0.02, .nickname = 0.004,
			   .swapped = 0.004, .no_middle = 1, .birth_swapped = 0.001, .birth_slip = 0.001, .no_ni = 1,
			   .no_nhs = 1},
	[KEEPER_SHIELDING] = {FRONT_DESK, .typo = 0.004, .phonetic = 0.002, .spelling = 0.02, .nickname = 0.004,
			      .swapped = 0.004, .no_middle = 0.40, .birth_swapped = 0.001, .birth_january = 0.010,
			      .no_sex = 0.002, .no_ni = 1, .no_nhs = 0},
};

static void copy(char *out, size_t size, const char *text)
{
	if (out != text) /* a name without another form comes back as itself */
		snprintf(out, size, "%s", text);
}

/* The name the system has heard of: that of KNOWN, or a later one if somebody told it. */
static const struct name *heard_name(const struct borough *b, const struct quality *q, uint32_t person, date known,
				     date as_at, struct random *r)
{
	bool stale = random_chance(r, q->stale_name);
	int lag = random_between(r, 20, 90);
	date then = stale || known > as_at - lag ? known : as_at - lag;
	const struct name *name = borough_name(b, person, then > as_at ? as_at : then);
	return name ? name : &b->names[b->persons[person].name];
}

/* Systems that insist on a surname get one. */
static void give_family_name(struct recorded *out, struct random *r)
{
	if (out->family[0])
		return;
	copy(out->family, sizeof out->family, out->given);
	uint32_t how = random_below(r, 10);
	if (how < 5)
		out->given[0] = '\0';
	else if (how < 7)
		copy(out->given, sizeof out->given, "FNU");
}

/* O'Brien, O Brien, OBrien; Mary-Jane, Mary Jane, Maryjane; dos Santos, Santos. */
static void restyle_marks(char *text, struct random *r)
{
	char *mark = strpbrk(text, "'-");
	if (!mark)
		return;
	uint32_t how = random_below(r, 4);
	if (how == 0)
		memmove(mark, mark + 1, strlen(mark));
	else if (how == 1)
		*mark = ' ';
}

static void mistake_names(struct writer *w, const struct quality *q, const struct person *p, struct recorded *out,
			  struct random *r)
{
	if (random_chance(r, q->spelling))
		copy(out->given, sizeof out->given, name_other_spelling(p->tradition, out->given, r));
	if (random_chance(r, q->spelling))
		copy(out->family, sizeof out->family, name_other_spelling(p->tradition, out->family, r));
	if (random_chance(r, q->nickname)) {
		const char *friendly = p->known_as[0] ? p->known_as : name_short_form(p->tradition, out->given, r);
		if (friendly[0])
			copy(out->given, sizeof out->given, friendly);
	}
	restyle_marks(out->given, r);
	restyle_marks(out->family, r);
	if (random_chance(r, q->phonetic))
		noise_phonetic(random_chance(r, 0.4) ? out->given : out->family, 60, r);
	if (random_chance(r, q->typo))
		noise_typo(random_chance(r, 0.5) ? out->given : out->family, 60, r);
	bool family_comes_first = p->tradition == TRADITION_CHINESE || p->tradition == TRADITION_VIETNAMESE ||
				  p->tradition == TRADITION_TAMIL || p->tradition == TRADITION_SOMALI;
	if (random_chance(r, q->swapped * (family_comes_first ? 5 : 1)) && out->given[0] && out->family[0]) {
		char held[96];
		copy(held, sizeof held, out->given);
		copy(out->given, sizeof out->given, out->family);
		copy(out->family, sizeof out->family, held);
	}
	if (random_chance(r, q->initial) && isalpha((unsigned char)out->given[0]))
		out->given[1] = '\0';
	(void)w;
}

static void mistake_middle(const struct quality *q, struct recorded *out, struct random *r)
{
	if (random_chance(r, q->no_middle))
		out->middle[0] = '\0';
	else if (out->middle[0] && random_chance(r, 0.25) && isalpha((unsigned char)out->middle[0]))
		out->middle[1] = '\0';
	if (out->middle[0] && random_chance(r, q->middle_joined)) {
		char joined[200];
		snprintf(joined, sizeof joined, "%s%s", out->given, out->middle);
		copy(out->given, sizeof out->given, joined);
		out->middle[0] = '\0';
	}
	copy(out->whole_given, sizeof out->whole_given, out->given);
	if (out->middle[0] && out->given[0])
		snprintf(out->whole_given, sizeof out->whole_given, "%s %s", out->given, out->middle);
}

static date birth_swapped(date born)
{
	struct ymd at = date_ymd(born);
	date other = at.day <= 12 ? date_of(at.year, at.day, at.month) : DATE_UNKNOWN;
	return other == DATE_UNKNOWN ? born : other;
}

static date birth_slipped(date born, struct random *r)
{
	struct ymd at = date_ymd(born);
	int change = (int[]){1, -1, 10, -10}[random_below(r, 4)];
	date other = random_chance(r, 0.4) ? born + (random_chance(r, 0.5) ? 1 : -1)
					   : date_of(at.year + change, at.month, at.day);
	return other == DATE_UNKNOWN || other < date_of(1900, 1, 2) ? born : other;
}

/* As a clerk has it; never later than MOST, so that it stays a possible date. */
static date mistake_birth(const struct quality *q, date born, date most, struct random *r)
{
	date out = born;
	double u = random_uniform(r);
	if ((u -= q->no_birth) < 0)
		return DATE_UNKNOWN;
	if ((u -= q->birth_1900) < 0)
		return date_of(1900, 1, 1);
	if ((u -= q->birth_january) < 0)
		out = date_of(date_ymd(born).year, 1, 1);
	else if ((u -= q->birth_swapped) < 0)
		out = birth_swapped(born);
	else if ((u -= q->birth_slip) < 0)
		out = birth_slipped(born, r);
	out = out > most ? born : out;
	return out < date_of(1900, 1, 1) ? date_of(1900, 1, 1) : out; /* as far back as most systems go */
}

/* Drama numbers as people write them. */
static void write_phone(char out[20], const char *digits, struct random *r)
{
	out[0] = '\0';
	if (strlen(digits) != 11)
		return;
	uint32_t how = random_below(r, 10);
	if (how < 5)
		snprintf(out, 20, "%s", digits);
	else if (how < 8)
		snprintf(out, 20, "%.5s %s", digits, digits + 5);
	else if (how < 9)
		snprintf(out, 20, "%.5s %.3s %s", digits, digits + 5, digits + 8);
	else
		snprintf(out, 20, "+44%s", digits + 1);
}

static void record_numbers(const struct borough *b, const struct quality *q, const struct person *p,
			   struct recorded *out, struct random *r)
{
	bool of_another = random_chance(r, q->wrong_person_number) && p->mother != NOTHING;
	const struct person *whose = of_another ? &b->persons[p->mother] : p;
	out->nhs = random_chance(r, q->no_nhs) ? "" : whose->nhs_number;
	out->ni = random_chance(r, q->no_ni) ? "" : whose->ni_number;
	bool no_phone = random_chance(r, q->no_phone), no_mobile = random_chance(r, q->no_phone);
	write_phone(out->phone, no_phone ? "" : p->landline, r);
	write_phone(out->mobile, no_mobile ? "" : p->mobile, r);
	out->email = random_chance(r, q->no_email) ? "" : p->email;
}

void record_person(struct writer *w, enum keeper keeper, uint32_t person, unsigned again, date known,
		   struct recorded *out)
{
	const struct borough *b = w->b;
	const struct quality *q = &quality[keeper];
	const struct person *p = &b->persons[person];
	struct random r;
	random_start(&r, b->plan.seed, STREAM_RECORDED, person, (uint64_t)keeper * 64 + again);
	const struct name *name = heard_name(b, q, person, known, w->as_at, &r);
	copy(out->title, sizeof out->title, name->title);
	copy(out->given, sizeof out->given, name->given);
	copy(out->middle, sizeof out->middle, name->middle);
	copy(out->family, sizeof out->family, name->family);
	copy(out->suffix, sizeof out->suffix, name->suffix);
	const struct name *first = &b->names[p->name];
	copy(out->former, sizeof out->former, strcmp(first->family, name->family) ? first->family : "");
	out->alias[0] = '\0';
	if (random_chance(&r, q->alias))
		copy(out->alias, sizeof out->alias,
		     p->known_as[0] ? p->known_as : name_short_form(p->tradition, name->given, &r));
	mistake_names(w, q, p, out, &r);
	give_family_name(out, &r);
	mistake_middle(q, out, &r);
	/* A stream of its own: a new name must not change the date of birth. */
	random_start(&r, b->plan.seed, STREAM_RECORDED, person, 4096 + (uint64_t)keeper * 64 + again);
	out->born = mistake_birth(q, p->born, known < w->as_at ? known : w->as_at, &r);
	out->sex = p->sex == SEX_MALE ? 'M' : 'F';
	if (random_chance(&r, q->wrong_sex))
		out->sex = out->sex == 'M' ? 'F' : 'M';
	if (random_chance(&r, q->no_sex))
		out->sex = 'U';
	record_numbers(b, q, p, out, &r);
}

const char *record_full_name(struct writer *w, const struct recorded *r, bool family_first, bool title)
{
	const char *call = title && r->title[0] ? r->title : "", *gap = *call ? " " : "";
	const char *behind = r->suffix[0] ? " " : "";
	if (family_first)
		return arena_format(&w->arena, "%s%s%s,%s%s%s%s", r->family, behind, r->suffix, *call ? " " : "", call,
				    r->whole_given[0] ? " " : "", r->whole_given)
			.at;
	return arena_format(&w->arena, "%s%s%s%s%s%s%s", call, gap, r->whole_given, r->whole_given[0] ? " " : "",
			    r->family, behind, r->suffix)
		.at;
}

static const char *const ethnicities[ETHNICITIES][2] = {
	[ETHNICITY_ASIAN_BANGLADESHI] = {"ABAN", "Asian or Asian British: Bangladeshi"},
	[ETHNICITY_ASIAN_CHINESE] = {"CHNE", "Asian or Asian British: Chinese"},
	[ETHNICITY_ASIAN_INDIAN] = {"AIND", "Asian or Asian British: Indian"},
	[ETHNICITY_ASIAN_PAKISTANI] = {"APKN", "Asian or Asian British: Pakistani"},
	[ETHNICITY_ASIAN_OTHER] = {"AOTH", "Asian or Asian British: other"},
	[ETHNICITY_BLACK_AFRICAN] = {"BAFR", "Black or Black British: African"},
	[ETHNICITY_BLACK_CARIBBEAN] = {"BCRB", "Black or Black British: Caribbean"},
	[ETHNICITY_BLACK_OTHER] = {"BOTH", "Black or Black British: other"},
	[ETHNICITY_MIXED_WHITE_ASIAN] = {"MWAS", "Mixed: White and Asian"},
	[ETHNICITY_MIXED_WHITE_BLACK_AFRICAN] = {"MWBA", "Mixed: White and Black African"},
	[ETHNICITY_MIXED_WHITE_BLACK_CARIBBEAN] = {"MWBC", "Mixed: White and Black Caribbean"},
	[ETHNICITY_MIXED_OTHER] = {"MOTH", "Mixed: other"},
	[ETHNICITY_WHITE_BRITISH] = {"WBRI", "White: British"},
	[ETHNICITY_WHITE_IRISH] = {"WIRI", "White: Irish"},
	[ETHNICITY_WHITE_GYPSY_TRAVELLER] = {"WIRT", "White: Gypsy or Irish Traveller"},
	[ETHNICITY_WHITE_ROMA] = {"WROM", "White: Roma"},
	[ETHNICITY_WHITE_OTHER] = {"WOTH", "White: other"},
	[ETHNICITY_OTHER_ARAB] = {"OOTH", "Other: Arab"},
	[ETHNICITY_OTHER] = {"OOTH", "Other"},
};

const char *ethnicity_code(uint8_t ethnicity)
{
	return ethnicities[ethnicity][0];
}

const char *ethnicity_words(uint8_t ethnicity)
{
	return ethnicities[ethnicity][1];
}
