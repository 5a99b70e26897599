/* The council's configuration, read from a folder of YAML and checked as a whole.
 *
 *     struct profile *profile;
 *     if (profile_load(&profile, "profiles/demo", &error))
 *         return error.status;               // the first problem; profile_check() tells all of them
 *     const struct profile_feed *feed = profile_feed(profile, TEXT("housing_tenancies"));
 *     ...
 *     profile_free(profile);
 *
 * Every structure is read-only after the load and may be shared by threads. All text ends in a
 * NUL, so `.at` may be used as a C string; text that was not written is absent (`.at == NULL`).
 * References between structures are pointers, already resolved: a loaded profile has no name
 * that leads nowhere. `number` is the position in the profile's array of that kind, for bit
 * sets and arrays in memory; it changes with the profile and is never stored.
 *
 * The files and their keys are described in docs/formats/profile.md.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "base/date.h"
#include "base/error.h"
#include "base/text.h"

struct profile;
struct profile_factor;

struct profile_place { /* where something is written; FILE is relative to the profile's folder */
	const char *file;
	unsigned line, column;
};

/* ---- elements and sources -------------------------------------------------------------- */

enum element_category {
	CATEGORY_IDENTITY, /* says who it is: sealed, never in a fact */
	CATEGORY_PERSONAL,
	CATEGORY_SPECIAL,   /* UK GDPR article 9: health, ethnicity, religion ... */
	CATEGORY_CRIMINAL,  /* UK GDPR article 10 */
	CATEGORY_PROTECTED, /* protected characteristics kept for monitoring */
	CATEGORY_OTHER,
	CATEGORY_COUNT
};
const char *category_name(enum element_category category); /* "identity" ... */

enum element_use { USE_DISPLAY = 1, USE_MODELLING = 2, USE_MONITORING = 4 };

struct profile_element {
	struct text id, title, definition;
	enum element_category category;
	unsigned uses; /* enum element_use, or-ed */
	unsigned number;
	struct profile_place place;
};

struct profile_source {
	struct text id, title;
	struct text short_title; /* how staff call it, for narrow places; the title when not given */
	struct text department;
	struct text owner;   /* the service that answers for the data and corrects it */
	struct text contact; /* where a report goes */
	struct text system;  /* the product the extracts come from */
	unsigned number;
	struct profile_place place;
};

/* ---- conditions: feed rules, event rules, markers, restrictions --------------------------- */

/* One to a few comparisons, all of them joined by `and`, or all by `or`:
 *     tenancy_end >= tenancy_start
 *     balance > 500 and status = 'current'
 *     end_date is absent or end_date >= today
 * A comparison with a value that is missing is not true; a rule of a feed is only broken by a
 * comparison whose two sides are there. */
enum condition_operator {
	CONDITION_EQUAL,
	CONDITION_NOT_EQUAL,
	CONDITION_LESS,
	CONDITION_LESS_EQUAL,
	CONDITION_GREATER,
	CONDITION_GREATER_EQUAL,
	CONDITION_PRESENT, /* `x is present`: no right side */
	CONDITION_ABSENT
};

enum condition_right { RIGHT_NONE, RIGHT_ELEMENT, RIGHT_NUMBER, RIGHT_DATE, RIGHT_TEXT, RIGHT_TODAY, RIGHT_AS_AT };

struct profile_comparison {
	const struct profile_element *left;
	enum condition_operator compare;
	enum condition_right right;
	const struct profile_element *element; /* RIGHT_ELEMENT */
	double number;                         /* RIGHT_NUMBER */
	date date;                             /* RIGHT_DATE */
	struct text text;                      /* RIGHT_TEXT, and how every right side was written */
};

struct profile_condition {
	struct text written; /* absent when there is no condition: always true */
	const struct profile_comparison *comparisons;
	size_t count;
	bool any; /* joined by `or` */
};

/* What a condition is asked about: the value of an element as fact payloads hold it (dates as
 * YYYY-MM-DD, numbers with a point, codes translated), absent when there is none. */
struct condition_values {
	struct text (*value)(const void *context, const struct profile_element *element);
	const void *context;
	date today, as_at;
};
bool condition_holds(const struct profile_condition *condition, const struct condition_values *values);
/* The same for rules of a feed: a comparison with a missing side counts as kept. */
bool condition_kept(const struct profile_condition *condition, const struct condition_values *values);

/* ---- feeds -------------------------------------------------------------------------------- */

enum column_type {
	COLUMN_TEXT,
	COLUMN_NOTE, /* long text, sealed as part 2 */
	COLUMN_CODE,
	COLUMN_INTEGER,
	COLUMN_DECIMAL,
	COLUMN_MONEY,
	COLUMN_DATE,
	COLUMN_DATETIME,
	COLUMN_BOOLEAN,
	COLUMN_JSON
};
const char *column_type_name(enum column_type type);

enum column_check {
	CHECK_NONE,
	CHECK_NHS_NUMBER,
	CHECK_NI_NUMBER,
	CHECK_UPN,
	CHECK_UPRN,
	CHECK_POSTCODE,
	CHECK_EMAIL,
	CHECK_PHONE
};
const char *column_check_name(enum column_check check);

enum feed_delivery { DELIVERY_FULL, DELIVERY_CHANGES, DELIVERY_FIRST_FULL };
enum feed_schedule {
	SCHEDULE_DAILY,
	SCHEDULE_WEEKLY,
	SCHEDULE_MONTHLY,
	SCHEDULE_TERMLY,
	SCHEDULE_YEARLY,
	SCHEDULE_ONCE
};
enum feed_about { ABOUT_RESIDENTS, ABOUT_PROPERTIES };
enum feed_encoding { ENCODING_DETECT, ENCODING_UTF_8, ENCODING_WINDOWS_1252 };
enum rule_severity { SEVERITY_REJECT, SEVERITY_WARN };
enum hold_action { HOLD_EXTRACT, HOLD_NOT };

const char *delivery_name(enum feed_delivery delivery);
const char *schedule_name(enum feed_schedule schedule);

struct profile_code {
	struct text from, to;
};

struct profile_bound {
	bool set, today; /* `today`: the day of the load */
	date date;       /* date and datetime columns */
	double number;   /* integer, decimal, money */
};

struct profile_field { /* of a JSON column: key of the object, and the element it fills */
	struct text key;
	const struct profile_element *element;
};

struct profile_column {
	struct text header;
	const struct profile_element
		*element; /* NULL only for a JSON column (its fields have elements) or `ignore: true` */
	enum column_type type;
	bool required;
	bool ignore;        /* expected in the file, not wanted: never stored */
	struct text format; /* date pattern, see date_parse() */
	struct profile_bound min, max;
	size_t max_length; /* in characters; 0: the ceiling of intake */
	enum column_check check;
	const struct profile_code *codes; /* sorted by `from` */
	size_t code_count;
	const struct text *true_values, *false_values;
	size_t true_count, false_count;
	const struct profile_field *fields;
	size_t field_count;
	unsigned number; /* within its feed */
	struct profile_place place;
};
/* The code written as FROM in the extract, NULL when the list does not have it. */
const struct profile_code *column_code(const struct profile_column *column, struct text from);

struct profile_feed;

struct profile_rule {              /* either a check or a reference */
	struct text name, message; /* message: what to tell the owner of the data; may be absent */
	enum rule_severity severity;
	struct profile_condition check;
	const struct profile_element *element; /* references: this element's value ... */
	const struct profile_feed *feed;       /* ... must be in this feed ... */
	const struct profile_element *element_there;
	struct profile_place place;
};

/* What the rows of a feed say of how people are related. */
enum family_role { /* in the group that rows with one value of `group` are */
		   FAMILY_HEAD,
		   FAMILY_PARTNER,
		   FAMILY_CHILD,
		   FAMILY_SIBLING, /* of the others who have this role */
		   FAMILY_CARER,   /* of the head */
		   FAMILY_TENANT,
		   FAMILY_OCCUPANT,
		   FAMILY_MEMBER, /* of the household; how is not said */
		   FAMILY_ROLE_COUNT
};
struct profile_relationships {
	const struct profile_element *group; /* rows of the feed with the same value are one family's or household's */
	const struct profile_element *role;  /* NULL: all have the role of `everyone` */
	const struct profile_code *roles;    /* from: the value of ROLE; to: family_role_name() */
	size_t role_count;
	enum family_role everyone;
	const struct profile_element **parents; /* columns with a parent's whole name */
	size_t parent_count;
};
const char *family_role_name(enum family_role role);
bool family_role_parse(struct text name, enum family_role *out);

/* Whose case a client is: rows that say which worker, or which team, of the source works with them now. Matched with
 * the numbers that accounts have (policy/relationship.h), on the side that knows no names. */
struct profile_caseload {
	const struct profile_element *worker, *team; /* either may be NULL; both: the feed says nothing of it */
	struct profile_condition when;
};

struct profile_period { /* "6 years" */
	bool given;
	struct text written;
	int months, days; /* one of them */
};
date period_after(const struct profile_period *period, date from); /* DATE_UNKNOWN stays */

/* How long a client's rows of a feed are kept. */
enum retention_from {
	RETENTION_FROM_LAST_ROW, /* the day on which the source last said anything of the client */
	RETENTION_FROM_END,      /* the end of all that the feed says of the client; never while something goes on */
	RETENTION_FROM_BIRTHDAY  /* the client's birthday of `birthday` years */
};
const char *retention_from_name(enum retention_from from);
struct profile_retention {
	struct profile_period keep; /* not given: the feed has no schedule */
	enum retention_from from;
	int birthday;
	bool holds; /* when it is due nothing is deleted: kept for legal claims */
	struct text why;
	struct profile_place place;
};

struct profile_feed {
	struct text id, title;
	const struct profile_source *source;
	struct text file; /* pattern as written, see profile_file_matches() */
	enum feed_delivery delivery;
	enum feed_schedule schedule;
	enum feed_encoding encoding;
	char delimiter, quote; /* '\0': detect */
	enum feed_about about;
	const struct profile_element *client; /* NULL only when it is about properties */
	const struct profile_element **key;
	size_t key_count;
	const struct profile_element *valid_from, *valid_to; /* NULL when not given */
	struct profile_relationships relationships;
	struct profile_caseload caseload;
	struct text compartment; /* absent: none */
	date delete_by;          /* DATE_UNKNOWN: none */
	struct profile_retention retention;
	const struct profile_column *columns;
	size_t column_count;
	const struct profile_rule *rules;
	size_t rule_count;
	double rows_fall_by;      /* share of the last extract's rows, negative: never hold */
	double new_clients_above; /* share of rows, negative: never hold */
	enum hold_action missing_columns;
	struct text standard; /* the public standard it follows, if any */
	bool header_row;      /* false: the columns come in this order, without a first row of names */
	unsigned number;
	const uint16_t *column_of; /* by element number: column number + 1, 0 when none; see feed_column() */
	struct profile_place place;
};
/* The column that fills ELEMENT (itself, or through a JSON field); NULL when none does. */
const struct profile_column *feed_column(const struct profile_feed *feed, const struct profile_element *element);

/* Whether a file's name fits the pattern of FEED; *AS_AT gets the date in it, or DATE_UNKNOWN. */
bool profile_file_matches(const struct profile_feed *feed, struct text file_name, date *as_at);

/* ---- who may: capabilities, roles, teams, purposes, agreements ----------------------------- */

/* What a role may do; the program asks for these, a profile hands them out. */
#define PROFILE_CAPABILITIES(X) \
	X(SEARCH, "search")                       /* the search box */ \
	X(RESIDENT_OPEN, "resident.open")         /* a resident's page */ \
	X(HOUSEHOLD_OPEN, "household.open")       /* a household's page */ \
	X(PROPERTY_OPEN, "property.open")         /* a property's page */ \
	X(REPORTS_MAKE, "reports.make")           /* "this is wrong" */ \
	X(REPORTS_MANAGE, "reports.manage")       /* answer them */ \
	X(FEEDS_READ, "feeds.read")               /* feeds, extracts, their outcomes */ \
	X(FEEDS_RELEASE, "feeds.release")         /* let a held extract through */ \
	X(QUALITY_READ, "quality.read")           /* completeness, validity */ \
	X(QUARANTINE_READ, "quarantine.read")     /* rows turned away: place and reason */ \
	X(QUARANTINE_VALUES, "quarantine.values") /* ... and their values */ \
	X(AGREEMENTS_READ, "agreements.read") \
	X(AGREEMENTS_MANAGE, "agreements.manage") /* end, suspend, reinstate one: two persons together */ \
	X(AUDIT_READ, "audit.read") \
	X(AUDIT_WORDS, "audit.words") \
	X(USERS_READ, "users.read") \
	X(USERS_MANAGE, "users.manage") \
	X(USERS_PROVISION, "users.provision") /* for a program: SCIM */ \
	X(STATUS_READ, "status.read") \
	X(LINKS_EXPLAIN, "links.explain")   /* why records are one resident */ \
	X(LINKS_REVIEW, "links.review")     /* rule on doubtful pairs */ \
	X(EVIDENCE_QUERY, "evidence.query") /* counts and facts without names */ \
	X(EXPORTS_MAKE, "exports.make") \
	X(LISTS_WORK, "lists.work")       /* lists for investigators: read them, record outcomes */ \
	X(RIGHTS_MANAGE, "rights.manage") /* residents' rights: access, rectification, objection */ \
	X(PROFILE_READ, "profile.read") \
	X(CASELOAD_OPEN, "caseload.open")           /* the page of one's own cases, or one's team's */ \
	X(BREAK_GLASS_USE, "break_glass.use")       /* open a protected resident, for a reason and a time */ \
	X(BREAK_GLASS_REVIEW, "break_glass.review") /* be told of it, and say what it was */ \
	X(ACCESSES_REVIEW, "accesses.review")       /* a sample of what one's own team opened */ \
	X(PARTNER_ENQUIRE, "partner.enquire")       /* the partners' page, and no other */

enum capability {
#define PROFILE_CAPABILITY_ENUM(name, text) CAPABILITY_##name,
	PROFILE_CAPABILITIES(PROFILE_CAPABILITY_ENUM)
#undef PROFILE_CAPABILITY_ENUM
		CAPABILITY_COUNT
};
const char *capability_name(enum capability capability);
bool capability_parse(struct text name, enum capability *out);
static inline uint64_t capability_bit(enum capability capability)
{
	return UINT64_C(1) << capability;
}

struct profile_purpose {
	struct text id, title, description;
	struct text lawful_basis;
	bool reason_needed;    /* the viewer must write why, in words */
	bool residents_rights; /* answers residents themselves: goes on when they have processing restricted */
	unsigned number;
	struct profile_place place;
};

/* How often somebody of a role may ask, and from when on it is noticed. Pages about people; windows of the clock. */
struct profile_limits {
	int opens_minute, opens_hour, opens_day;
	int residents_hour; /* different ones: more are noticed, and not refused */
	int searches_minute;
};

/* Whose cases a role may open without saying why first. */
enum caseload_of { CASELOAD_OWN, CASELOAD_TEAM };

struct profile_role {
	struct text id, title, description;
	uint64_t capabilities;                   /* capability_bit()s, or-ed */
	const struct profile_purpose **purposes; /* which this role may name */
	size_t purpose_count;
	const struct profile_team *team; /* where such users usually are; NULL: none */
	bool names;                      /* may reach identity at all; false for analysts */
	const struct text *groups;       /* of the council's identity provider: their members have this role */
	size_t group_count;
	bool second_factor; /* signing in takes a code of an authenticator app as well */
	struct profile_limits limits;
	bool own_sources; /* quarantine, quality and reports only of the sources of the user's team */
	/* For residents on the user's own caseload, or the team's, no purpose is asked: it is this one. NULL: it is
	 * asked. */
	const struct profile_purpose *caseload_purpose;
	enum caseload_of caseload_of;
	struct text partner; /* the organisation that such users belong to; absent: the council */
	unsigned number;
	struct profile_place place;
};
static inline bool role_can(const struct profile_role *role, enum capability capability)
{
	return (role->capabilities & capability_bit(capability)) != 0;
}
bool role_has_purpose(const struct profile_role *role, const struct profile_purpose *purpose);

struct profile_team {
	struct text id, title, contact;
	const struct profile_source **sources; /* whose data the team answers for */
	size_t source_count;
	const struct text *known_as; /* what feeds call it: see struct profile_caseload */
	size_t known_as_count;
	unsigned number;
	struct profile_place place;
};

/* Who may work with the service at all, and what they must have agreed to and learnt before: `staff` in profile.yaml.
 */
struct profile_job {
	struct text code; /* as the HR extract has it */
	const struct profile_role *role;
};
struct profile_staff {
	struct profile_job *jobs;
	size_t job_count;
	struct text use_version; /* of the statement on acceptable use; absent: none is asked for */
	const struct text *use_text;
	size_t use_text_count; /* paragraphs */
	struct text training;  /* its title; absent: none is asked for */
	struct text training_where, training_ask;
	int training_months;                        /* that it is valid */
	const struct profile_role **training_roles; /* that need it; none: all */
	size_t training_role_count;
	bool breached_required; /* no password without the list of breached ones */
};

struct profile_clause {
	struct text number, text; /* "4.2", "Officers may see ..." */
};

/* One line of what an agreement lets through. The sets have bit FEED * element_count + ELEMENT; ask agreement_covers(),
 * agreement_lets_use() and agreement_holds(). */
struct profile_cover {
	struct text clause;   /* number of the clause that says so; may be absent */
	bool presence_only;   /* only that the resident is known to the service */
	unsigned uses;        /* enum element_use, or-ed, as written; 0: what each element is registered for */
	const uint64_t *set;  /* what may be shown */
	const uint64_t *held; /* what may be held and matched on, shown or not */
	const uint64_t *modelled, *monitored;
	const uint64_t *feeds; /* bit FEED: the feeds it speaks of */
};

/* Only an approved agreement lets anything through, on the days that it runs. */
enum agreement_status { AGREEMENT_DRAFT, AGREEMENT_APPROVED, AGREEMENT_SUSPENDED, AGREEMENT_ENDED };
const char *agreement_status_name(enum agreement_status status);

enum party_part {
	PARTY_SERVICE, /* of the controller: no legal person of its own */
	PARTY_CONTROLLER,
	PARTY_JOINT_CONTROLLER,
	PARTY_PROCESSOR
};
const char *party_part_name(enum party_part part);

struct profile_party {
	struct text name;
	enum party_part part;
	struct text dpo; /* how its data protection officer is reached; may be absent for a service and a processor */
};

/* What the register says in words: the fields of the ICO's data-sharing code with its decision form, and of UK GDPR
 * article 30. An approved agreement that lacks one loads with a warning. */
#define PROFILE_TERMS(X) \
	X(LEGAL_POWER, "legal_power", "Legal power to share") \
	X(SUBJECTS, "subjects", "Whose data") \
	X(FREQUENCY, "frequency", "How often") \
	X(RETENTION, "retention", "How long it is kept") \
	X(DELETION, "deletion", "How it is deleted") \
	X(ACCURACY, "accuracy", "Keeping it accurate") \
	X(SECURITY, "security", "Security") \
	X(RIGHTS, "rights", "Residents' rights") \
	X(BREACH, "breach", "If something goes wrong") \
	X(TRANSFERS, "transfers", "Transfers out of the United Kingdom")

enum agreement_term {
#define PROFILE_TERM_ENUM(name, key, title) TERM_##name,
	PROFILE_TERMS(PROFILE_TERM_ENUM)
#undef PROFILE_TERM_ENUM
		TERM_COUNT
};
const char *term_name(enum agreement_term term); /* its key */

struct profile_agreement {
	struct text id, title;
	enum agreement_status status;
	struct text controller, dpo; /* dpo: how the controller's data protection officer is reached */
	const struct profile_party *parties;
	size_t party_count;
	struct text lawful_basis, special_condition, criminal_condition, schedule_1_condition;
	bool consent; /* its lawful basis is consent: it lets through only what is of residents who gave it */
	struct text terms[TERM_COUNT];
	struct profile_period delete_after; /* its end: when what no other agreement covers is deleted */
	struct text dpia_reference, dpia_outcome;
	struct text decision, decided_by;
	date decided_on;
	const struct profile_cover *covers;
	size_t cover_count;
	const struct profile_role **roles; /* recipients */
	size_t role_count;
	const struct profile_team **teams; /* when given, only members of these teams */
	size_t team_count;
	const struct profile_purpose **purposes;
	size_t purpose_count;
	struct text compartment; /* the one compartment it opens; absent: none */
	date from, to, review;   /* `to` is the last day; DATE_UNKNOWN: no end */
	const struct profile_clause *clauses;
	size_t clause_count;
	unsigned number;
	struct profile_place place;
};

/* Whether the agreement lets ELEMENT of FEED be shown (dates, roles and purposes aside).
 * *COVER (may be NULL) gets the line that does. */
bool agreement_covers(const struct profile *profile, const struct profile_agreement *agreement,
		      const struct profile_feed *feed, const struct profile_element *element,
		      const struct profile_cover **cover);
/* The same for any one use. A protected characteristic is for monitoring only, unless a line of the agreement writes
 * another use; no line can write a use that the element is not registered for. */
bool agreement_lets_use(const struct profile *profile, const struct profile_agreement *agreement,
			const struct profile_feed *feed, const struct profile_element *element, enum element_use use,
			const struct profile_cover **cover);
/* Whether the council may hold ELEMENT of FEED under it at all, shown to anybody or not. */
bool agreement_holds(const struct profile *profile, const struct profile_agreement *agreement,
		     const struct profile_feed *feed, const struct profile_element *element);
/* Whether it lets through that a resident is known to FEED's service at all. */
bool agreement_covers_presence(const struct profile *profile, const struct profile_agreement *agreement,
			       const struct profile_feed *feed, const struct profile_cover **cover);
/* Approved, begun and not over by its dates. Whether somebody ended it since: policy_agreement_runs(). */
bool agreement_runs(const struct profile_agreement *agreement, date on);
/* Whether it runs and its review date has come. */
bool agreement_review_is_due(const struct profile_agreement *agreement, date on);
bool agreement_has_role(const struct profile_agreement *agreement, const struct profile_role *role);
bool agreement_has_team(const struct profile_agreement *agreement,
			const struct profile_team *team); /* true: all teams */
bool agreement_has_purpose(const struct profile_agreement *agreement, const struct profile_purpose *purpose);

/* Who may see that a protected resident or address exists. */
enum restriction_hides { HIDES_RESIDENT, HIDES_ADDRESS };
/* Whom a row that meets the condition protects: its resident, or the property of its address and with it whoever
 * lives there. */
enum restriction_marks { MARKS_RESIDENT, MARKS_PROPERTY };
enum { RESTRICTION_UNTIL_LIFTED = -1, GLASS_HOURS_USUAL = 3, GLASS_HOURS_MOST = 24 };

struct profile_restriction {
	struct text id, title, reason;
	enum restriction_hides hides;
	enum restriction_marks marks;
	int keeps;                         /* days that it outlives its row; RESTRICTION_UNTIL_LIFTED */
	const struct profile_feed **feeds; /* where the condition is asked */
	size_t feed_count;
	struct profile_condition when;
	const struct text *property_classes; /* or: every property of these classes */
	size_t property_class_count;
	const struct profile_role **roles; /* who is entitled: one of the roles ... */
	size_t role_count;
	const struct profile_team **teams; /* ... or a member of one of the teams */
	size_t team_count;
	/* Who else may open such a resident for a reason, one at a time and for some hours; no roles: nobody. The owner
	 * is told at once. */
	const struct profile_role **glass_roles;
	size_t glass_role_count;
	int glass_hours;
	const struct profile_team *owner; /* NULL: only where nobody may */
	unsigned number;                  /* below 64: a resident's restrictions are a uint64_t of bits */
	struct profile_place place;
};

/* ---- what pages show ------------------------------------------------------------------------ */

enum event_importance { IMPORTANCE_LOW, IMPORTANCE_NORMAL, IMPORTANCE_HIGH };

struct profile_event {
	struct text id, kind; /* kind: the common vocabulary, "tenancy_started" */
	const struct profile_feed *feed;
	const struct profile_element *date;
	const struct profile_element *changed; /* only when this element's value changed from version to version */
	struct text title;                     /* "Tenancy started: {tenure}" */
	struct profile_condition when;
	enum event_importance importance;
	unsigned number;
	struct profile_place place;
};

struct profile_known_to { /* a line of the "known to" card */
	struct text title;
	const struct profile_source *source;
	const struct profile_feed **feeds;
	size_t feed_count;
	struct profile_condition active; /* the service is working with the resident now */
	const struct profile_element *status, *since, *last_contact;
	const struct profile_element *worker, *worker_phone, *worker_email, *team; /* each NULL when not given */
	struct profile_place place;
};

struct profile_section { /* a service's table on the resident's page */
	struct text title;
	const struct profile_feed *feed;
	const struct profile_element **elements;
	size_t element_count;
	struct profile_condition current;
	struct profile_place place;
};

struct profile_balance {
	struct text title;
	const struct profile_feed *feed;
	const struct profile_element *amount, *on; /* on: the date of the balance; NULL: the extract's */
	bool debt_is_positive;
	struct profile_place place;
};

struct profile_marker { /* "Staff must visit in pairs" */
	struct text title;
	const struct profile_feed *feed;
	struct profile_condition when;
	enum event_importance importance;
	struct profile_place place;
};

struct profile_element_list {
	const struct profile_element **at;
	size_t count;
};

/* ---- lists for investigators ------------------------------------------------------------------ */

/* A list names *groups* of rows and of people around each subject, and says by their counts which subjects are on
 * it and how urgent each is.  docs/formats/profile.md has the words; casework/lists.h works it out. */
enum list_subject { LIST_OF_PROPERTIES, LIST_OF_HOUSEHOLDS, LIST_OF_RESIDENTS };

enum { GROUP_SUBJECT = -1, GROUPS_MOST = 24, LIST_CONDITIONS_MOST = 64 };
enum group_place {
	PLACE_ANYWHERE,
	PLACE_HERE,      /* at the subject's property */
	PLACE_ELSEWHERE, /* at another property */
	PLACE_WITH,      /* at a property where a row of group `place_group` is */
	PLACE_APART      /* at a property where none is */
};
enum group_life { LIFE_NOW, LIFE_ENDED, LIFE_EVER }; /* of rows */

struct profile_range { /* whole days or years: from <= x < below; negative: open */
	int from, below;
};

struct profile_group {
	struct text id;
	bool people;                       /* else rows */
	int of;                            /* of whom: number of an earlier group, GROUP_SUBJECT */
	enum group_place place;            /* of people: where they live now */
	int place_group;                   /* PLACE_WITH, PLACE_APART */
	bool residences;                   /* rows: of what all sources together say about who lived where ... */
	const struct profile_feed **feeds; /* ... or of these feeds ... */
	size_t feed_count;
	struct profile_condition when; /* ... that meet this */
	enum group_life life;
	struct profile_range begun;   /* rows: days since valid_from */
	struct profile_range age;     /* people: years; who has no date of birth is of age when `adults_too` */
	bool adults_too;              /* ... */
	struct profile_range home;    /* people: days since they came to live at their home */
	struct profile_range arrived; /* people: days since any source first knew them in the area */
	bool together;                /* people: and whoever lives with them */
	bool doubles;                 /* people: who may be one person with somebody of `of`, by the review queue */
	bool doubtful;                /* people: also those whose home is uncertain */
	const int *except;            /* people: not those of these earlier groups */
	size_t except_count;
	unsigned number; /* within its list */
	struct profile_place written_at;
};

enum group_measure { MEASURE_COUNT, MEASURE_PEOPLE, MEASURE_PROPERTIES, MEASURE_FAMILIES, MEASURE_SOURCES };
const char *group_measure_name(enum group_measure measure);

struct profile_test { /* "adults >= 1", "claims.properties >= 2" */
	int group;
	enum group_measure measure;
	enum condition_operator compare;
	int number;
};

struct profile_points { /* a reason: its points, once or for each of what EACH counts */
	int points;
	struct text reason; /* "{adults} adults ..." */
	const struct profile_test *tests;
	size_t test_count;
	int each; /* group, or GROUP_SUBJECT: once */
};

struct profile_outcome {
	struct text id, title;
	bool right; /* the list was right about the subject */
};

struct profile_list {
	struct text id, title;
	struct text question; /* what the investigator is to find out */
	struct text caution;  /* what else it may be */
	enum list_subject subject;
	const struct profile_team *owner;
	const struct profile_purpose *purpose;
	const struct profile_agreement *agreement; /* its recipients may see the list */
	const struct text *property_kinds;         /* lists of properties: only these; 0: all */
	size_t property_kind_count;
	const struct text *whole; /* lists of properties: parts of a building of these kinds count as one with it */
	size_t whole_count;
	const struct profile_group *groups;
	size_t group_count;
	const struct profile_test *all, *any; /* all of these, and one of those if there are any */
	size_t all_count, any_count;
	const struct profile_points *points;
	size_t points_count;
	const int *show; /* groups whose people are named on the page, beside the subject */
	size_t show_count;
	const struct profile_outcome *outcomes;
	size_t outcome_count;
	int again_after; /* days after an outcome until the subject may come back; negative: never */
	unsigned number;
	struct profile_place place;
};
const struct profile_outcome *list_outcome(const struct profile_list *list, struct text id); /* NULL: no such */

/* ---- the whole ------------------------------------------------------------------------------- */

#define PROFILE_ARRAY(type) \
	struct { \
		const type *at; \
		size_t count; \
	}

struct profile_ward {
	struct text code, title; /* as the gazetteer has it; as people know it */
};

struct profile_point {
	double longitude, latitude; /* WGS 84 */
};
struct profile_boundary { /* of a ward: one piece of it, as a closed line */
	struct text code;
	const struct profile_point *points;
	size_t point_count;
};

struct profile_holiday { /* of the schools: nothing is due in it */
	date from, to;
};

struct profile_sentence;
struct profile_intervention;
struct profile_layout;
struct profile_term;

struct profile {
	struct text id, title, council, description;
	struct text folder;
	char version[33]; /* hash of every file's name and content, hexadecimal */
	PROFILE_ARRAY(struct profile_source) sources;
	PROFILE_ARRAY(struct profile_element) elements;
	PROFILE_ARRAY(struct profile_feed) feeds;
	PROFILE_ARRAY(struct profile_purpose) purposes;
	PROFILE_ARRAY(struct profile_role) roles;
	PROFILE_ARRAY(struct profile_team) teams;
	PROFILE_ARRAY(struct profile_agreement) agreements;
	PROFILE_ARRAY(struct profile_restriction) restrictions;
	PROFILE_ARRAY(struct profile_event) events;
	PROFILE_ARRAY(struct profile_list) lists;
	PROFILE_ARRAY(struct profile_factor) factors; /* see factor.h */
	struct text note_rules; /* path of note_rules.yaml, which the notes room reads; absent: none */
	PROFILE_ARRAY(struct profile_sentence) sentences; /* these four: summaries.h */
	PROFILE_ARRAY(struct profile_intervention) interventions;
	PROFILE_ARRAY(struct profile_layout) layouts;
	PROFILE_ARRAY(struct profile_term) terms;
	PROFILE_ARRAY(struct profile_known_to) known_to;
	PROFILE_ARRAY(struct profile_section) sections;
	PROFILE_ARRAY(struct profile_balance) balances;
	PROFILE_ARRAY(struct profile_marker) markers;
	PROFILE_ARRAY(struct profile_ward) wards;
	PROFILE_ARRAY(struct profile_boundary) boundaries; /* none: maps have no wards */
	PROFILE_ARRAY(struct profile_holiday) school_holidays;
	struct profile_staff staff;
	struct profile_element_list identity; /* in the order of the page */
	struct profile_element_list contact;
	struct profile_inside *inside; /* arena and look-up tables */
};

/* Loads a profile without any problem, or fails with the first of them. */
enum status profile_load(struct profile **out, const char *folder, struct error *error) MUST_CHECK;
void profile_free(struct profile *profile); /* NULL is fine */
/* Copies every file into the folder TO (made when absent), the profiles it includes below TO/included/, from
 * where a load of TO takes them: the copy stands alone, and has the same version. */
enum status profile_copy(const struct profile *profile, const char *to, struct error *error) MUST_CHECK;

/* NULL when there is no such id. */
const struct profile_source *profile_source(const struct profile *profile, struct text id);
const struct profile_element *profile_element(const struct profile *profile, struct text id);
const struct profile_feed *profile_feed(const struct profile *profile, struct text id);
const struct profile_purpose *profile_purpose(const struct profile *profile, struct text id);
const struct profile_role *profile_role(const struct profile *profile, struct text id);
/* The role that a staff file's job code or role id stands for; NULL: none. */
const struct profile_role *profile_job_role(const struct profile *profile, struct text code);
const struct profile_team *profile_team(const struct profile *profile, struct text id);
const struct profile_agreement *profile_agreement(const struct profile *profile, struct text id);
const struct profile_list *profile_list(const struct profile *profile, struct text id);
const struct profile_factor *profile_factor(const struct profile *profile, struct text id);
/* The ward's name; the code itself when the profile does not name it. */
struct text profile_ward_title(const struct profile *profile, struct text code);

/* ---- checking ---------------------------------------------------------------------------------- */

struct profile_problem {
	const char *file; /* relative to the profile's folder */
	unsigned line, column;
	const char *message, *remedy; /* remedy may be "" */
	bool warning;                 /* loads all the same */
};

struct profile_problems {
	struct profile_problem *at; /* in the order of files and lines */
	size_t count, errors;
	struct profile_problems_inside *inside;
};

/* Finds everything that is wrong in FOLDER. STATUS_OK also with problems: look at `errors`;
 * fails only when the folder cannot be read. *PROFILE (may be NULL) gets the loaded profile
 * when there are no errors, else NULL. Release PROBLEMS in any case. */
enum status profile_check(const char *folder, struct profile_problems *problems, struct profile **profile,
			  struct error *error) MUST_CHECK;
void profile_problems_release(struct profile_problems *problems);
/* "feeds/x.yaml:12:5: message\n    remedy\n" for each. */
void profile_problems_print(const struct profile_problems *problems, FILE *out);

#endif
