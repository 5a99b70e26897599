/* The fictional London Borough of Eastmarsh, whole, in memory.
 *
 * `borough_make` invents it: places, people, who lives where with whom, and what happens
 * to them over the months. `synth/feeds/` then reads it, const, from any number of
 * threads, and writes what each council system would have exported. Nothing here knows of
 * feeds, files' columns or errors: this is the truth; mistakes are made when it is written.
 *
 *     struct borough *b;
 *     borough_make(&b, &(struct borough_plan){.people = 20000, .seed = 1, .months = 36}, &error);
 *     for (size_t i = b->month_events[m]; i < b->month_events[m + 1]; i++)
 *             ... b->events[i] ...
 *     borough_free(b);
 *
 * Things are rows of arrays and name each other by index (uint32_t; NOTHING for none).
 * Strings belong to the borough and are UTF-8, in proper case; absent ones are "".
 * Month 0 begins at `b->start`; month m covers [borough_month(b, m), borough_month(b, m + 1)).
 * A date that is DATE_UNKNOWN as `to` is still open at the end. `to` is the first day on
 * which it no longer held. What is dated before `start` is history that a system would
 * already hold in its first full extract.
 *
 * Same plan, same bytes, for any number of threads.
 */
#ifndef SYNTH_BOROUGH_H
#define SYNTH_BOROUGH_H

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "maths/random.h"

#define NOTHING UINT32_MAX
enum { BOROUGH_WARDS = 17, BOROUGH_MONTHS_MOST = 60, BOROUGH_TERMS_MOST = 16 };

/* ---- Places ------------------------------------------------------------------------ */

struct ward {
	const char *code; /* "E05099001": the shape of an ONS code, of no real ward */
	const char *name;
	double (*boundary)[2]; /* easting, northing; closed ring, anticlockwise */
	uint32_t boundary_count;
	double easting, northing; /* a point inside */
	double deprivation;       /* mean score of its areas, 0 least .. 1 most */
};

struct area { /* a small area of about 1,600 people, as an LSOA */
	const char *code;
	uint32_t ward;
	double easting, northing;
	double deprivation; /* 0 least .. 1 most deprived, against England */
	uint8_t decile;     /* 1 = most deprived tenth of England */
};

struct street {
	uint32_t usrn;
	const char *name; /* "St Mary's Road" */
	const char *locality;
	uint32_t ward, area;
	double easting, northing; /* its middle */
};

struct postcode {
	char code[9]; /* "EM3 4QT": area EM does not exist */
	uint32_t street, area, ward;
	double easting, northing;
};

enum property_kind {
	PROPERTY_HOUSE,
	PROPERTY_FLAT,
	PROPERTY_SHELL, /* a parent: the building of flats; nobody lives at it */
	PROPERTY_HMO,   /* house in multiple occupation: many households at one UPRN */
	PROPERTY_HMO_ROOM,
	PROPERTY_HOSTEL,
	PROPERTY_REFUGE, /* its address must not be shown to anyone not entitled */
	PROPERTY_CARE_HOME,
	PROPERTY_CHILDRENS_HOME,
	PROPERTY_SHELTERED, /* flats in a scheme for older people */
	PROPERTY_SCHOOL,
	PROPERTY_HOSPITAL,
	PROPERTY_OFFICE, /* the council's own, a doctors' surgery, a shop */
	PROPERTY_KINDS
};

enum tenure { TENURE_NONE, TENURE_OWNED, TENURE_MORTGAGE, TENURE_COUNCIL, TENURE_ASSOCIATION, TENURE_PRIVATE, TENURES };

/* One way to write where a property is: a row of the Local Property Identifier table of
 * DTF 7.3, whose fields these are. */
enum address_status { ADDRESS_APPROVED = 1, ADDRESS_ALTERNATIVE = 3, ADDRESS_PROVISIONAL = 6, ADDRESS_HISTORIC = 8 };
struct address {
	uint32_t property, street, postcode;
	uint32_t next;             /* another address of the same property */
	const char *sao_text;      /* "Flat 1", "First Floor Flat", "Room 3"; "" for none */
	const char *pao_text;      /* "Kingfisher House" */
	uint16_t pao_from, pao_to; /* 0: none; pao_to for a range, "21-23" */
	char pao_suffix;           /* 'A' of "21A", or 0 */
	uint8_t status;            /* enum address_status */
	date from, to;
};

struct property {
	uint64_t uprn;
	uint32_t parent;  /* the shell, or NOTHING */
	uint32_t address; /* the approved (or provisional) address, head of the list */
	uint32_t street, postcode, area, ward;
	uint32_t place; /* what it is, when it is a place */
	uint8_t kind;   /* enum property_kind */
	uint8_t tenure; /* enum tenure; fixed for the whole time */
	uint8_t bedrooms;
	uint8_t decile;     /* of deprivation, 1 most; its area's, sometimes one off */
	char band;          /* council tax 'A' .. 'H', 0 when not banded */
	uint8_t status;     /* BLPU logical status: 1 approved, 6 provisional, 8 historic */
	char class_code[7]; /* BLPU class: "RD04" */
	date from, to;      /* built, demolished or merged */
	double easting, northing, latitude, longitude;
};

enum place_kind {
	PLACE_PRIMARY,
	PLACE_SECONDARY,
	PLACE_SPECIAL,
	PLACE_PUPIL_REFERRAL_UNIT,
	PLACE_CARE_HOME,
	PLACE_CHILDRENS_HOME,
	PLACE_HOSTEL,
	PLACE_REFUGE,
	PLACE_SURGERY,
	PLACE_HOSPITAL,
	PLACE_COUNCIL_OFFICE
};
struct place {
	const char *name;
	uint32_t property;
	uint32_t urn;    /* schools: six digits */
	uint16_t number; /* schools: establishment number within BOROUGH_LA_NUMBER */
	uint8_t kind;    /* enum place_kind */
	uint32_t capacity;
};
enum { BOROUGH_LA_NUMBER = 399 }; /* no such local authority */

/* ---- People ------------------------------------------------------------------------ */

enum sex { SEX_FEMALE, SEX_MALE };

enum tradition { /* of naming */
		 TRADITION_BRITISH,
		 TRADITION_IRISH,
		 TRADITION_POLISH,
		 TRADITION_LITHUANIAN,
		 TRADITION_ROMANIAN,
		 TRADITION_BULGARIAN,
		 TRADITION_ALBANIAN,
		 TRADITION_TURKISH,
		 TRADITION_PUNJABI,  /* Sikh: given name, Singh or Kaur, perhaps a family name */
		 TRADITION_GUJARATI, /* Hindu: father's name in the middle */
		 TRADITION_TAMIL,    /* no family name of old: a father's name stands there */
		 TRADITION_PAKISTANI,
		 TRADITION_BANGLADESHI, /* women: Begum, Khatun, rarely the father's name */
		 TRADITION_YORUBA,
		 TRADITION_IGBO,
		 TRADITION_GHANAIAN, /* day names */
		 TRADITION_SOMALI,   /* own, father's, grandfather's name */
		 TRADITION_CARIBBEAN,
		 TRADITION_CHINESE, /* family name first at home; often an English given name too */
		 TRADITION_VIETNAMESE,
		 TRADITION_ARABIC,
		 TRADITION_AFGHAN,     /* some with a single name */
		 TRADITION_PORTUGUESE, /* two family names, particles */
		 TRADITION_SPANISH,
		 TRADITION_CONGOLESE, /* French-African */
		 TRADITIONS
};

enum ethnicity { /* the nineteen of Census 2021, in its order */
		 ETHNICITY_ASIAN_BANGLADESHI,
		 ETHNICITY_ASIAN_CHINESE,
		 ETHNICITY_ASIAN_INDIAN,
		 ETHNICITY_ASIAN_PAKISTANI,
		 ETHNICITY_ASIAN_OTHER,
		 ETHNICITY_BLACK_AFRICAN,
		 ETHNICITY_BLACK_CARIBBEAN,
		 ETHNICITY_BLACK_OTHER,
		 ETHNICITY_MIXED_WHITE_ASIAN,
		 ETHNICITY_MIXED_WHITE_BLACK_AFRICAN,
		 ETHNICITY_MIXED_WHITE_BLACK_CARIBBEAN,
		 ETHNICITY_MIXED_OTHER,
		 ETHNICITY_WHITE_BRITISH,
		 ETHNICITY_WHITE_IRISH,
		 ETHNICITY_WHITE_GYPSY_TRAVELLER,
		 ETHNICITY_WHITE_ROMA,
		 ETHNICITY_WHITE_OTHER,
		 ETHNICITY_OTHER_ARAB,
		 ETHNICITY_OTHER,
		 ETHNICITIES
};

enum nationality {
	NATIONALITY_BRITISH,
	NATIONALITY_IRISH,
	NATIONALITY_COMMONWEALTH,
	NATIONALITY_EU,
	NATIONALITY_OTHER
};

/* Latent needs: what drives a life's events. Nobody in the borough can see these. */
enum need {
	NEED_FINANCIAL_STRESS,
	NEED_MENTAL_HEALTH,
	NEED_SUBSTANCE_MISUSE,
	NEED_DOMESTIC_ABUSE, /* of a household: each member carries it; who does it to whom: borough_abuser */
	NEED_NEGLECT,        /* of a child */
	NEED_SPECIAL_NEEDS,  /* learning, autism, disability */
	NEED_PHYSICAL_HEALTH,
	NEED_ANTI_SOCIAL_TIES,
	NEEDS
};

/* A name a person went by from a date on. */
enum name_reason { NAME_AT_BIRTH, NAME_MARRIAGE, NAME_SEPARATION, NAME_DEED, NAME_GENDER };
struct name {
	uint32_t person, next; /* next: the one that came after, or NOTHING */
	date from;
	uint8_t reason;     /* enum name_reason */
	const char *title;  /* "Mrs", "" for children */
	const char *given;  /* "Mary-Jane" */
	const char *middle; /* "Elizabeth Anne", "Singh", or "" */
	const char *family; /* "O'Brien", "dos Santos", "Kaur"; "" for a single name */
	const char *suffix; /* "Jr", "Sr" or "" */
};

struct person {
	date born;
	date died;               /* DATE_UNKNOWN: alive */
	uint32_t name;           /* index of the first name; follow next */
	const char *known_as;    /* what friends and some forms say: "Liz", "Mo", an English name; "" usually */
	uint32_t mother, father; /* NOTHING when not in the borough's story */
	uint32_t twin;
	uint32_t residence;    /* first residence; follow next */
	uint32_t spell, event; /* first of each; follow next */
	uint32_t needs_row;    /* row of b->needs */
	uint8_t sex, tradition, ethnicity, nationality;
	bool born_abroad, deaf, speaks_little_english;
	char nhs_number[11]; /* valid modulus 11, from the 999 test range */
	char ni_number[10];  /* "" for children under 16 and some newcomers */
	char upn[14];        /* "" unless ever a pupil in England */
	char mobile[12];     /* Ofcom's drama range: shared by many, so a weak clue */
	char landline[12];
	const char *email;    /* at a domain reserved by RFC 2606; "" for some */
	const char *language; /* first language, "English" mostly */
	const char *birth_country;
};

enum household_kind { /* of Census table TS003's families, and what is not a family */
		      HOUSEHOLD_ONE_PERSON,
		      HOUSEHOLD_COUPLE,
		      HOUSEHOLD_COUPLE_CHILDREN,
		      HOUSEHOLD_LONE_PARENT,
		      HOUSEHOLD_MULTI_GENERATION,
		      HOUSEHOLD_SHARERS,  /* unrelated adults who share a home and its costs: students, friends */
		      HOUSEHOLD_COMMUNAL, /* one person in a hostel, refuge or care home: a household of their own */
		      HOUSEHOLD_OTHER
};

/* Who lives together at one property. A household that moves is a new household. At a
 * hostel, a refuge, a care home and an HMO each person or family is a household apart. */
struct household {
	uint32_t property;
	uint32_t head;     /* the reference person at its beginning */
	uint32_t head_now; /* and at its end */
	uint32_t abuser;   /* who harms the others, or NOTHING */
	uint32_t first;    /* first residence; follow next_in_household */
	uint32_t accounts; /* its first account, or NOTHING; a second may follow it directly */
	uint8_t kind;      /* as it began */
	date from, to;
};

enum residence_role {
	ROLE_HEAD,
	ROLE_PARTNER,
	ROLE_CHILD, /* of head or partner, any age */
	ROLE_STEPCHILD,
	ROLE_FOSTER_CHILD,
	ROLE_GRANDCHILD,
	ROLE_PARENT, /* of head or partner */
	ROLE_SIBLING,
	ROLE_OTHER_RELATIVE,
	ROLE_LODGER,
	ROLE_SHARER,
	ROLE_RESIDENT /* of a hostel, refuge, care home */
};
enum leaving { LEFT_NOT, LEFT_WITHIN, LEFT_BOROUGH, LEFT_DIED, LEFT_INTO_CARE, LEFT_PLACEMENT };
struct residence { /* a person at a property, as a member of a household */
	uint32_t person, household, property;
	uint32_t next, next_in_household;
	uint8_t role;     /* enum residence_role */
	uint8_t share;    /* per cent of time: 100, or two of a child between homes at once, e.g. 60 and 40 */
	uint8_t why_left; /* enum leaving */
	bool second_home; /* the lesser of two at once; also a student's term-time room */
	date from, to;    /* `from` may lie long before start */
};

enum relationship_kind { RELATION_PARENT, RELATION_MARRIED, RELATION_COHABITING, RELATION_APART, RELATION_SIBLING };
struct relationship { /* a is (kind) of b; RELATION_APART: were a couple, one or both still here */
	uint32_t a, b;
	uint8_t kind;
	date from, to;
};

/* ---- Lives ------------------------------------------------------------------------- */

/* A thing that lasts, of one person. Codes are the enums below; `link` and `value` by kind. */
enum spell_kind {
	SPELL_TENANCY,     /* code: enum tenure (council, association); link: account; each joint tenant has one */
	SPELL_COUNCIL_TAX, /* code: enum discount; link: account; each liable adult has one */
	SPELL_BENEFIT,     /* code: enum benefit; value: pence a week */
	SPELL_SCHOOL, /* code: national curriculum year at `from` (-1 nursery, 0 reception .. 13); link: place, NOTHING
			 out of borough */
	SPELL_FREE_MEALS,
	SPELL_SPECIAL_NEEDS, /* code: enum sen_level; value: enum sen_type */
	SPELL_EARLY_HELP,    /* code: enum concern; value: enum closure */
	SPELL_IN_NEED, /* child in need: the episode from referral to closure; code: enum concern; value: enum closure
			*/
	SPELL_IN_NEED_PLAN, /* within an episode */
	SPELL_PROTECTION,   /* child protection plan; code: enum abuse_category */
	SPELL_LOOKED_AFTER, /* code: enum legal_status; value: enum closure */
	SPELL_PLACEMENT,    /* within looked after; code: enum placement; link: property, NOTHING out of borough */
	SPELL_CARE_LEAVER,
	SPELL_ADULT_CARE,      /* code: enum adult_service; value: pence a week */
	SPELL_YOUTH_OFFENDING, /* code: enum youth_order */
	SPELL_HOMELESS, /* code: enum homeless_reason; value: enum homeless_duty reached; household's lead applicant */
	SPELL_TEMPORARY_HOME, /* code: enum temporary_home; link: property */
	SPELL_SHIELDING,      /* code: enum shielding_reason */
	SPELL_ELECTOR,        /* on the register; code: enum nationality */
	SPELL_STUDENT,        /* full time, 18 and over */
	SPELL_WORK,           /* code: enum work */
	SPELL_CARER,          /* unpaid; link: person cared for */
	SPELL_KINDS
};
struct spell {
	uint32_t person, next; /* in order of `from` */
	uint32_t link, household;
	int32_t value;
	int16_t code;
	uint8_t kind; /* enum spell_kind */
	date from, to;
};

enum discount { DISCOUNT_NONE, DISCOUNT_SINGLE, DISCOUNT_STUDENT, DISCOUNT_DISABLED, DISCOUNT_EMPTY };
enum benefit {
	BENEFIT_HOUSING,
	BENEFIT_COUNCIL_TAX_SUPPORT,
	BENEFIT_UNIVERSAL_CREDIT,
	BENEFIT_PENSION_CREDIT,
	BENEFIT_DISABILITY, /* PIP, DLA, attendance allowance */
	BENEFIT_CARERS,
	BENEFIT_DISCRETIONARY_HOUSING,
	BENEFITS
};
enum sen_level { SEN_SUPPORT, SEN_PLAN };
enum sen_type {
	SEN_MODERATE_LEARNING,
	SEN_SPEECH,
	SEN_SOCIAL_EMOTIONAL,
	SEN_AUTISM,
	SEN_SPECIFIC_LEARNING,
	SEN_PHYSICAL,
	SEN_HEARING,
	SEN_SEVERE_LEARNING,
	SEN_TYPES
};
enum concern { /* the main one of a referral or episode */
	       CONCERN_ABUSE_OR_NEGLECT,
	       CONCERN_CHILD_DISABILITY,
	       CONCERN_PARENT_ILL,
	       CONCERN_FAMILY_STRESS,
	       CONCERN_FAMILY_DYSFUNCTION,
	       CONCERN_BEHAVIOUR,
	       CONCERN_LOW_INCOME,
	       CONCERN_ABSENT_PARENTING,
	       CONCERNS
};
enum closure {
	CLOSURE_OPEN,
	CLOSURE_NEEDS_MET,
	CLOSURE_STEP_UP,
	CLOSURE_STEP_DOWN,
	CLOSURE_MOVED,
	CLOSURE_WITHDREW,
	CLOSURE_AGED_OUT,
	CLOSURE_DIED,
	CLOSURE_RETURNED_HOME,
	CLOSURE_SPECIAL_GUARDIAN,
	CLOSURE_ADOPTED
};
enum abuse_category { ABUSE_NEGLECT, ABUSE_EMOTIONAL, ABUSE_PHYSICAL, ABUSE_SEXUAL, ABUSE_MULTIPLE };
enum legal_status {
	LEGAL_VOLUNTARY_S20,
	LEGAL_INTERIM_ORDER,
	LEGAL_FULL_ORDER,
	LEGAL_PLACEMENT_ORDER,
	LEGAL_POLICE_PROTECTION
};
enum placement {
	PLACEMENT_FOSTER,
	PLACEMENT_KINSHIP,
	PLACEMENT_CHILDRENS_HOME,
	PLACEMENT_SEMI_INDEPENDENT,
	PLACEMENT_WITH_PARENTS,
	PLACEMENT_ADOPTERS
};
enum adult_service {
	ADULT_HOME_CARE,
	ADULT_DIRECT_PAYMENT,
	ADULT_DAY_CARE,
	ADULT_RESIDENTIAL,
	ADULT_NURSING,
	ADULT_REABLEMENT,
	ADULT_EQUIPMENT,
	ADULT_MENTAL_HEALTH,
	ADULT_LEARNING_DISABILITY,
	ADULT_CARER_SUPPORT,
	ADULT_SERVICES
};
enum youth_order { YOUTH_TRIAGE, YOUTH_CAUTION, YOUTH_REFERRAL_ORDER, YOUTH_REHABILITATION_ORDER, YOUTH_DETENTION };
enum homeless_reason {
	HOMELESS_FAMILY_NOT_WILLING,
	HOMELESS_PRIVATE_TENANCY_ENDED,
	HOMELESS_DOMESTIC_ABUSE,
	HOMELESS_RELATIONSHIP_ENDED,
	HOMELESS_SOCIAL_EVICTION,
	HOMELESS_ASYLUM_ENDED,
	HOMELESS_LEFT_INSTITUTION,
	HOMELESS_OVERCROWDING,
	HOMELESS_REASONS
};
enum homeless_duty { DUTY_NONE, DUTY_PREVENTION, DUTY_RELIEF, DUTY_MAIN };
enum temporary_home {
	TEMPORARY_BED_AND_BREAKFAST,
	TEMPORARY_HOSTEL,
	TEMPORARY_REFUGE,
	TEMPORARY_LEASED,
	TEMPORARY_COUNCIL_STOCK
};
enum shielding_reason {
	SHIELD_RESPIRATORY,
	SHIELD_CANCER,
	SHIELD_TRANSPLANT,
	SHIELD_IMMUNE,
	SHIELD_KIDNEY,
	SHIELD_CLINICIAN
};
enum work { WORK_EMPLOYED, WORK_SELF_EMPLOYED, WORK_UNEMPLOYED, WORK_SICK, WORK_HOME, WORK_RETIRED };

/* A thing that happened on a day, to (or by) one person. */
enum event_kind {
	EVENT_BIRTH,       /* person: the child; other: mother */
	EVENT_DEATH,       /* code: enum death_place; link: property */
	EVENT_MARRIAGE,    /* person, other */
	EVENT_COUPLE,      /* began to live together */
	EVENT_SEPARATION,  /* person left; other stayed */
	EVENT_NAME_CHANGE, /* link: the new name's index */
	EVENT_MOVE_IN,     /* into the borough; link: residence */
	EVENT_MOVE_OUT,    /* out of it; link: residence that ended */
	EVENT_MOVE_WITHIN, /* link: the new residence */
	EVENT_RENT_LETTER, /* code: 1 .. 4, ever sterner; amount: arrears in pence */
	EVENT_RENT_NOTICE, /* notice of seeking possession */
	EVENT_EVICTION,
	EVENT_REPAIR, /* code: enum repair; link: property */
	EVENT_TAX_REMINDER,
	EVENT_TAX_SUMMONS,
	EVENT_TAX_LIABILITY_ORDER,
	EVENT_TAX_ENFORCEMENT,
	EVENT_BENEFIT_CHANGE, /* code: enum benefit; amount: new pence a week; 0 = ended */
	EVENT_BENEFIT_SANCTION,
	EVENT_BENEFIT_OVERPAYMENT,
	EVENT_ASB, /* person: said to have done it; other: complainant; code: enum asb; link: property where */
	EVENT_DOMESTIC_ABUSE, /* person: victim; other: abuser; link: property */
	EVENT_CHILD_CONTACT,  /* to children's services; code: enum referral_source; amount: enum concern */
	EVENT_CHILD_REFERRAL, /* code: enum referral_source; amount: enum concern; link: spell it opened, or NOTHING */
	EVENT_CHILD_ASSESSMENT, /* finished; code: 1 needs found, 0 no further action */
	EVENT_CHILD_STRATEGY,   /* section 47 enquiry; code: enum abuse_category */
	EVENT_CHILD_CONFERENCE, /* child protection conference; code: 0 initial, 1 review */
	EVENT_CHILD_VISIT,      /* by the worker; amount: 1 child seen */
	EVENT_CHILD_REVIEW,     /* looked-after review */
	EVENT_CHILD_MISSING,    /* amount: hours */
	EVENT_SUSPENSION,       /* from school; code: enum exclusion_reason; amount: half-days */
	EVENT_PERMANENT_EXCLUSION,
	EVENT_OFFENCE,       /* by someone of 10 to 17; code: enum offence */
	EVENT_ADULT_CONTACT, /* to adult care; code: enum referral_source */
	EVENT_ADULT_ASSESSMENT,
	EVENT_ADULT_REVIEW,
	EVENT_ADULT_SAFEGUARDING,   /* concern raised; code: enum abuse_category */
	EVENT_HOMELESS_APPLICATION, /* link: spell */
	EVENT_HOSPITAL,             /* admission; code: 1 emergency, 0 planned; amount: nights */
	EVENT_CALL,                 /* to the contact centre; code: enum call_topic */
	EVENT_KINDS
};
struct event {
	uint32_t person, other;
	uint32_t link;
	uint32_t next; /* the person's next */
	int32_t amount;
	int16_t code;
	uint8_t kind; /* enum event_kind */
	date on;
};

enum death_place { DEATH_AT_HOME, DEATH_IN_HOSPITAL, DEATH_IN_CARE_HOME };
enum repair {
	REPAIR_HEATING,
	REPAIR_DAMP,
	REPAIR_PLUMBING,
	REPAIR_ELECTRICAL,
	REPAIR_LOCK,
	REPAIR_WINDOW,
	REPAIR_DOOR,
	REPAIR_OTHER
};
enum asb { ASB_NOISE, ASB_VERBAL, ASB_DAMAGE, ASB_DRUGS, ASB_RUBBISH, ASB_ANIMAL, ASB_VEHICLE, ASB_HATE, ASB_KINDS };
enum referral_source {
	SOURCE_POLICE,
	SOURCE_SCHOOL,
	SOURCE_HEALTH,
	SOURCE_FAMILY,
	SOURCE_COUNCIL,
	SOURCE_HOUSING,
	SOURCE_SELF,
	SOURCE_ANONYMOUS,
	SOURCE_HOSPITAL
};
enum exclusion_reason {
	EXCLUSION_PHYSICAL_PUPIL,
	EXCLUSION_PHYSICAL_ADULT,
	EXCLUSION_VERBAL_PUPIL,
	EXCLUSION_VERBAL_ADULT,
	EXCLUSION_DISRUPTION,
	EXCLUSION_DRUGS,
	EXCLUSION_THEFT,
	EXCLUSION_WEAPON,
	EXCLUSION_DAMAGE,
	EXCLUSION_BULLYING
};
enum offence {
	OFFENCE_THEFT,
	OFFENCE_VIOLENCE,
	OFFENCE_DRUGS,
	OFFENCE_DAMAGE,
	OFFENCE_ROBBERY,
	OFFENCE_VEHICLE,
	OFFENCE_WEAPON,
	OFFENCE_PUBLIC_ORDER
};
enum call_topic {
	CALL_COUNCIL_TAX,
	CALL_HOUSING,
	CALL_BENEFITS,
	CALL_WASTE,
	CALL_REPAIRS,
	CALL_SOCIAL_CARE,
	CALL_SCHOOLS,
	CALL_PARKING,
	CALL_REGISTRARS,
	CALL_ELECTIONS,
	CALL_HARDSHIP,
	CALL_NOISE
};

/* Rent or council tax, month by month. */
enum account_kind { ACCOUNT_RENT, ACCOUNT_COUNCIL_TAX };
struct account {
	uint32_t property, household;
	/* At its beginning; second may be NOTHING. Who took it over: spells that link to it. */
	uint32_t holders[2]; /* second may be NOTHING */
	uint32_t balances;   /* row in b->balances: BALANCE[m - first_month], pence owed at the end of month m */
	int32_t charge;      /* pence a month, before discount and benefit */
	uint8_t kind;
	uint8_t first_month, months; /* within the plan's months */
	date from, to;
};

struct attendance { /* of one pupil in one term */
	uint32_t person, place;
	uint16_t term;     /* index of b->terms */
	uint16_t possible; /* sessions (half-days) */
	uint16_t authorised, unauthorised, late;
};
struct term {
	date from, to;
	const char *name; /* "Autumn 2023" */
};

/* What the world knew and nobody else: the chance, at the start of a month, that the
 * outcome happens within its horizon; and whether it did. */
enum outcome {
	OUTCOME_CHILD_NEEDS_HELP,       /* not known -> in need, protection or looked after, 9 months */
	OUTCOME_IN_NEED_STEP_UP,        /* 9 */
	OUTCOME_PROTECTION_STEP_UP,     /* 12 */
	OUTCOME_LOOKED_AFTER_STEP_DOWN, /* 9 */
	OUTCOME_HOMELESS,               /* 2 */
	OUTCOME_EXCLUSION,              /* 9 */
	OUTCOME_LOW_ATTENDANCE,         /* below 85 per cent over three terms, 9 */
	OUTCOME_ARREARS_WORSEN,         /* 9 */
	OUTCOME_HOSPITAL,               /* emergency, 6 */
	OUTCOMES
};
struct hazard {
	uint32_t person;
	uint8_t month, outcome;
	bool happened;
	float chance;
};

/* ---- The whole --------------------------------------------------------------------- */

struct borough_plan {
	uint32_t people; /* living in the borough at the start */
	uint64_t seed;
	unsigned months;  /* 1 .. BOROUGH_MONTHS_MOST */
	unsigned threads; /* 0: as many as there are processors */
	date start;       /* 0: 1 April 2023 */
};

struct borough {
	struct borough_plan plan;
	date start, end; /* first day, and the first day after the last month */
	struct arena arena;

	struct ward wards[BOROUGH_WARDS];
	struct area *areas;
	struct street *streets;
	struct postcode *postcodes;
	struct property *properties; /* in order of UPRN */
	struct address *addresses;
	struct place *places;

	struct person *persons; /* everyone who ever lived here in the story */
	struct name *names;
	struct household *households;
	struct residence *residences; /* in order of person, from */
	struct relationship *relationships;

	struct spell *spells; /* in order of person, from */
	struct event *events; /* in order of month, person, day */
	struct account *accounts;
	int32_t *balances;
	struct attendance *attendances; /* in order of term, person */
	struct hazard *hazards;         /* in order of month, outcome, person */
	uint8_t *needs;                 /* [needs_row][month][NEEDS]: 0 none .. 255 acute; see borough_need */

	size_t area_count, street_count, postcode_count, property_count, address_count, place_count;
	size_t person_count, name_count, household_count, residence_count, relationship_count;
	size_t spell_count, event_count, account_count, balance_count, attendance_count, hazard_count, needs_count;

	size_t month_events[BOROUGH_MONTHS_MOST + 2]; /* first event of each month, then event_count */
	struct term terms[BOROUGH_TERMS_MOST];
	unsigned term_count;
};

enum status borough_make(struct borough **out, const struct borough_plan *plan, struct error *error) MUST_CHECK;
void borough_free(struct borough *b);

/* Asking. All are read-only and safe from any thread. */
date borough_month(const struct borough *b, int month); /* its first day; any month, also beyond */
int borough_month_of(const struct borough *b, date on); /* negative before start */
const struct name *borough_name(const struct borough *b, uint32_t person, date on);
/* The main residence on a day, or NULL when not living here. */
const struct residence *borough_residence(const struct borough *b, uint32_t person, date on);
bool borough_lives_here(const struct borough *b, uint32_t person, date on);
uint32_t borough_property_of(const struct borough *b, uint32_t person, date on); /* NOTHING when not here */
/* The spell of that kind that covers the day, or NULL. */
const struct spell *borough_spell(const struct borough *b, uint32_t person, enum spell_kind kind, date on);
double borough_need(const struct borough *b, uint32_t person, enum need need, int month); /* 0 .. 1 */
/* Who harms in a home with domestic abuse, or NOTHING. */
uint32_t borough_abuser(const struct borough *b, uint32_t household);

/* Writing a name another way, as clerks, families and systems do. Each gives back the
 * name itself when the tradition has no other form. What is given back lasts until the
 * eighth later call on the same thread: copy it. */
const char *name_other_spelling(enum tradition tradition, const char *name, struct random *r); /* Muhammad, Mohammed */
const char *name_short_form(enum tradition tradition, const char *given,
			    struct random *r); /* Elizabeth: Liz; "" when none */

/* Writing an address. LINES: sub-building and building, number and street, locality, town. */
enum { ADDRESS_LINES = 4, ADDRESS_LINE_SIZE = 96 };
struct address_text {
	char line[ADDRESS_LINES][ADDRESS_LINE_SIZE]; /* empty ones last: never a gap */
	char postcode[9];
};
void address_write(const struct borough *b, const struct address *address, struct address_text *out);
extern const char borough_town[]; /* "Eastmarsh" */

/* National grid to degrees (WGS 84). */
void geo_to_latitude(double easting, double northing, double *latitude, double *longitude);

/* truth/: the world's own part. DIR exists. */
enum status truth_write_world(const struct borough *b, const char *dir, struct error *error) MUST_CHECK;

#endif
