/* Who may: capabilities, roles, teams, purposes, agreements, restrictions.
 *
 * Part of profile.h, which is what to include. */
#ifndef PROFILE_ACCESS_H
#define PROFILE_ACCESS_H

#include "profile/feed.h"

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
	int cases; /* that a caseload is expected to have: a longer one is noticed when it is read */
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
	bool two_people;    /* two persons together give the role, or a way into an account that has it */
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
	const struct profile_team **teams; /* of those that let see more than the role alone: which come with the job */
	size_t team_count;
	bool worker_numbers; /* whoever feeds accounts may say by which numbers, and so whose cases are theirs */
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

#endif
