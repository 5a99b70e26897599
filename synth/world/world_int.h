/* Shared by the files that make the borough; nothing outside synth/world/ includes it.
 *
 * The world is made in steps, in the order of the functions below; a step may read what
 * earlier ones made. Each draws from streams of its own purpose, so that a change in one
 * step does not move the numbers of another.
 *
 * First the places, then the people who live there at the start (settle.c), then month by
 * month: needs drift (needs.c, in parallel), lives happen (children.c, school.c, money.c,
 * care.c, housing.c), people are born, meet, part, move and die (demography.c). At the
 * end everything is put in order (finish.c).
 */
#ifndef WORLD_INT_H
#define WORLD_INT_H

#include "base/map.h"
#include "base/memory.h"
#include "synth/borough.h"

enum stream_purpose {
	STREAM_WARDS = 1,
	STREAM_STREETS,
	STREAM_PROPERTIES,
	STREAM_PLACES,
	STREAM_SETTLE,
	STREAM_APART,
	STREAM_PERSON,
	STREAM_NAMES,
	STREAM_HISTORY,
	STREAM_NEEDS,
	STREAM_DEMOGRAPHY,
	STREAM_ARRIVALS,
	STREAM_CHILDREN,
	STREAM_SCHOOL,
	STREAM_MONEY,
	STREAM_CARE,
	STREAM_HOUSING,
	STREAM_PLACE_CHILD
};

/* What can be moved into, by who gives it out. */
enum stock {
	STOCK_OWNED,
	STOCK_COUNCIL,
	STOCK_ASSOCIATION,
	STOCK_PRIVATE,
	STOCK_HMO,
	STOCK_HOSTEL,
	STOCK_REFUGE,
	STOCK_CARE_HOME,
	STOCK_CHILDRENS_HOME,
	STOCK_NONE
};

struct vacancies {
	uint32_t *at; /* properties with room */
	size_t count, capacity;
};

/* A person as the months go by; parallel to b->persons. */
struct life {
	uint32_t household, residence, second_residence; /* NOTHING: not here */
	uint32_t partner;                                /* lives with */
	uint32_t couple;                                 /* their relationship */
	uint32_t last_name;
	uint32_t open[SPELL_KINDS]; /* the open spell of each kind */
	uint32_t open_benefit[BENEFITS];
	uint32_t fostered_from;   /* household a child was taken from */
	const char *family_first; /* as a man of the family bears it */
	const char *family_second;
	float base[NEEDS], level[NEEDS];                /* standard normal across the borough */
	float shock;                                    /* of this year's events: decays */
	float school_absence;                           /* his or her own share of sessions missed */
	date last_birth, last_visit, last_review, left; /* left: the last home, on */
	uint8_t children;
	uint8_t suspensions;
};

struct world {
	struct borough *b;
	struct life *lives;
	size_t life_capacity;
	struct {
		size_t areas, streets, postcodes, properties, addresses, places, persons, names, households, residences,
			relationships, spells, events, accounts, balances, attendances, hazards;
	} capacity;
	struct vacancies vacant[STOCK_NONE];
	struct vacancies emptied;       /* this month: to be let from the next */
	uint32_t *vacancy_at;           /* property -> its position in the list, or NOTHING */
	uint16_t *free_places;          /* property -> households it still has room for */
	struct alias_table *traditions; /* of each area */
	uint8_t *account_stage;         /* how far recovery has gone, of each account */
	size_t account_stage_capacity;
	uint32_t *schools[2]; /* primaries, secondaries */
	uint32_t school_counts[2], unit_school, special_school;
	uint32_t *foster_homes; /* households that foster */
	size_t foster_count, foster_capacity;
	size_t spare_homes[STOCK_NONE]; /* stand empty at any time */
	uint64_t next_uprn;
	uint32_t ward_postcodes[BOROUGH_WARDS];
	uint32_t next_nhs, next_ni;
	uint16_t (*next_upn)[100]; /* by establishment number and year */
	uint64_t nhs_step, ni_step;
	int month;  /* -1 while settling */
	date today; /* its first day; the borough's while settling */
	unsigned threads;
};

/* Appends a zeroed element to b->ARRAY; its address is valid until the next is added. */
#define WORLD_ADD(w, array, singular) \
	(ARRAY_GROW((w)->b->array, (w)->b->singular##_count, (w)->capacity.array), \
	 memset(&(w)->b->array[(w)->b->singular##_count], 0, sizeof *(w)->b->array), \
	 &(w)->b->array[(w)->b->singular##_count++])

static inline date world_today(const struct world *w) /* first day of the month being lived */
{
	return w->today;
}

static inline date world_some_day(const struct world *w, struct random *r) /* within it; 28 days are in every one */
{
	return world_today(w) + (date)random_below(r, 28);
}

static inline int person_age(const struct world *w, uint32_t person, date on)
{
	date born = w->b->persons[person].born;
	return born > on ? -1 : (int)((on - born) / 365.2425);
}

static inline bool person_is_here(const struct world *w, uint32_t person)
{
	return w->lives[person].residence != NOTHING;
}

/* calendar.c, geo.c, geography.c, streets.c, dwellings.c, places.c */
void world_make_calendar(struct borough *b);
void world_make_wards(struct world *w);
void world_make_areas(struct world *w);
void ward_point(const struct world *w, uint32_t ward, double across, double up, double *easting, double *northing);
bool ward_contains(const struct world *w, uint32_t ward, double easting, double northing);
void world_make_streets(struct world *w);
void world_make_dwellings(struct world *w);
void world_make_places(struct world *w);

struct new_property {
	enum property_kind kind;
	enum tenure tenure;
	uint32_t street, postcode, parent;
	unsigned bedrooms, room_for;
	const char *class_code;
	double easting, northing;
};
uint32_t property_new(struct world *w, const struct new_property *n, struct random *r);
uint32_t address_new(struct world *w, uint32_t property, enum address_status status, const char *sao, const char *pao,
		     unsigned number);
uint32_t postcode_new(struct world *w, uint32_t street, double easting, double northing);

/* names.c: tables; naming.c: what a person is called */
const char *names_given(struct world *w, enum tradition tradition, enum sex sex, int born_in, struct random *r);
const char *names_middle(struct world *w, enum tradition tradition, enum sex sex, int born_in, struct random *r);
const char *names_family(struct world *w, enum tradition tradition, struct random *r);
const char *names_day(enum sex sex, date born);
const char *names_english(enum sex sex, struct random *r);
const char *names_family_form(struct world *w, enum tradition tradition, const char *family, enum sex sex,
			      bool married);
double names_single_share(enum tradition tradition);
bool names_load(void);
void naming_at_birth(struct world *w, uint32_t person, struct random *r);
void naming_at_marriage(struct world *w, uint32_t person, uint32_t spouse, date on, struct random *r);
void naming_after_separation(struct world *w, uint32_t person, date on);
void naming_by_deed(struct world *w, uint32_t person, bool gender, date on, struct random *r);
void naming_known_as(struct world *w, uint32_t person, struct random *r);

/* people.c */
struct new_person {
	enum sex sex;
	enum tradition tradition;
	date born;
	uint32_t mother, father, twin;
	const char *family_first, *family_second; /* when known already */
};
uint32_t person_new(struct world *w, const struct new_person *n, struct random *r);
uint32_t person_twin(struct world *w, uint32_t of, struct random *r);
void person_give_ni(struct world *w, uint32_t person);
void person_give_upn(struct world *w, uint32_t person, uint32_t school, date joined);
void relation_new(struct world *w, uint32_t a, uint32_t b, enum relationship_kind kind, date from);
void relation_end(struct world *w, uint32_t person, date on); /* with the partner; both are then free */

/* living.c: who lives where */
uint32_t household_new(struct world *w, uint32_t property, enum household_kind kind, uint32_t head, date from);
void live_at(struct world *w, uint32_t person, uint32_t household, enum residence_role role, date from);
void live_second(struct world *w, uint32_t person, uint32_t household, enum residence_role role, unsigned share,
		 date from);
void leave_home(struct world *w, uint32_t person, date on, enum leaving why);
void end_second_home(struct world *w, uint32_t person, date on, enum leaving why);
uint32_t household_move(struct world *w, uint32_t household, uint32_t property, date on);
void household_leave(struct world *w, uint32_t household, date on);
unsigned household_members(const struct world *w, uint32_t household, uint32_t *members, unsigned most);
uint32_t vacancy_find(struct world *w, enum stock stock, unsigned bedrooms, uint32_t near_ward, struct random *r);
void vacancy_add(struct world *w, uint32_t property);
void vacancy_withdraw(struct world *w, uint32_t property);
void vacancies_let(struct world *w);
enum stock stock_of(const struct property *p);
enum { MEMBERS_MOST = 40 };

/* settle.c and demography.c */
void world_settle(struct world *w);
/* Newcomers at PROPERTY. With history they have lived there since before; else from FROM. */
uint32_t household_settle(struct world *w, uint32_t property, date from, bool history, struct random *r);
uint32_t adult_new(struct world *w, enum sex sex, enum tradition tradition, double age, struct random *r);
void household_begin(struct world *w, uint32_t household, date from, bool history, struct random *r);
void demography_month(struct world *w);

/* lives */
uint32_t spell_open(struct world *w, uint32_t person, enum spell_kind kind, int code, date from);
void spell_close(struct world *w, uint32_t person, enum spell_kind kind, date on);
static inline struct spell *spell_of(struct world *w, uint32_t person, enum spell_kind kind)
{
	uint32_t at = w->lives[person].open[kind];
	return at == NOTHING ? NULL : &w->b->spells[at];
}
void spells_close_all(struct world *w, uint32_t person, date on, enum closure why);
struct event *event_new(struct world *w, uint32_t person, enum event_kind kind, date on);

void needs_at_birth(struct world *w, uint32_t person, struct random *r);
void needs_of_household(struct world *w, uint32_t household, struct random *r);
void needs_month(struct world *w);
void adult_start(struct world *w, uint32_t person, date from, struct random *r);
void adult_month(struct world *w, uint32_t person);
void children_start(struct world *w, uint32_t person);
void children_month(struct world *w, uint32_t person);
void school_start(struct world *w, uint32_t person, date from, struct random *r);
void school_month(struct world *w, uint32_t person);
void schools_list(struct world *w);
void school_term(struct world *w, unsigned term);
void money_open(struct world *w, uint32_t household, date from, struct random *r);
void money_close(struct world *w, uint32_t household, date on);
void money_pass_on(struct world *w, uint32_t household, uint32_t from, date on);
void money_month(struct world *w);
void benefits_start(struct world *w, uint32_t person, date from, struct random *r);
void benefits_month(struct world *w, uint32_t person);
bool benefit_is_open(const struct world *w, uint32_t person, enum benefit benefit);
void care_start(struct world *w, uint32_t person);
void care_month(struct world *w, uint32_t person);
void housing_month(struct world *w, uint32_t person);
void home_events_month(struct world *w, uint32_t person);
void young_start(struct world *w, uint32_t person);
void homeless_start(struct world *w, uint32_t household, struct random *r);
void hazards_month(struct world *w);
void hazards_settle(struct world *w);
void world_finish(struct world *w);

/* Chances in a month, shared by what happens and by what hazards.csv says would. */
double child_strain(const struct world *w, uint32_t child);
double chance_in_need(const struct world *w, uint32_t child);
double chance_protection(const struct world *w, uint32_t child);
double chance_looked_after(const struct world *w, uint32_t child);
double chance_return_home(const struct world *w, uint32_t child);
double chance_homeless(const struct world *w, uint32_t person);
double chance_suspension(const struct world *w, uint32_t pupil);
double chance_hospital(const struct world *w, uint32_t person);
double absence_rate(const struct world *w, uint32_t pupil);
double arrears_pressure(const struct world *w, uint32_t household);

#endif
