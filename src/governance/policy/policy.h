/* Who may see what: one answer for every page, API call and export, value by value.
 *
 *     const struct policy_grid *grid = policy_grid(policy, &viewer);      // once a request
 *     if (!policy_may_know_of(grid, policy_restrictions_of(policy, POLICY_RESIDENT, resident_id)))
 *             return not_found;                                           // as if there were no such resident
 *     struct policy_decision decision = policy_decide(grid, feed, element);
 *     ...
 *     policy_grid_done(grid);
 *
 * A grid holds every answer for a role, team, purpose and day, worked out beforehand from the
 * agreements, so that a decision is a look-up.  Grids never change: an agreement that ends, by its date
 * or because two persons ended or suspended it (standing.h), gives another grid to the next request.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/date.h"
#include "profile/profile.h"
#include "store/store.h"

struct policy;

/* The number that a source knows the viewer by. */
struct viewer_worker {
	struct text source, worker;
};

/* Made for a signed-in user from the session; lives as long as the request. */
struct viewer {
	int64_t user_id;
	struct text username, display_name;
	const struct profile_role *role;
	const struct profile_team *team;       /* NULL: in no team */
	const struct profile_purpose *purpose; /* NULL: none chosen yet */
	struct text reason;                    /* a reference to what the viewer wrote for this task (stated.h) */
	bool scoped;                           /* asks by a token, which can do no more than SCOPE */
	uint64_t scope;                        /* capability_bit()s */
	struct text client;                    /* where the request comes from, for the audit */
	int64_t session_no;                    /* likewise; 0: none */
	const struct viewer_worker *workers;
	size_t worker_count;
};

static inline bool viewer_can(const struct viewer *viewer, enum capability capability)
{
	return viewer->role && role_can(viewer->role, capability) &&
	       (!viewer->scoped || (viewer->scope & capability_bit(capability)) != 0);
}

enum policy_verdict {
	POLICY_REFUSE, /* nothing may be said, not even that there is a value */
	POLICY_REDACT, /* that the service knows the resident may be said; the value is withheld */
	POLICY_ALLOW
};

/* Why. policy_rule_text() has a sentence for the page. */
enum policy_rule {
	POLICY_RULE_NONE,
	POLICY_RULE_AGREEMENT,        /* allowed: `agreement` and `cover` say by what */
	POLICY_RULE_NO_PURPOSE,       /* the viewer has not said why */
	POLICY_RULE_OTHER_PURPOSE,    /* the role may not name this purpose */
	POLICY_RULE_NO_AGREEMENT,     /* no agreement gives this to this role and purpose */
	POLICY_RULE_AGREEMENT_ENDED,  /* one did, and has ended (or not begun) */
	POLICY_RULE_NO_NAMES,         /* the role works without names */
	POLICY_RULE_NOT_FOR_DISPLAY,  /* the element may not be shown, only modelled or monitored */
	POLICY_RULE_SPECIAL_CATEGORY, /* the agreement states no condition for special-category data */
	POLICY_RULE_CRIMINAL,         /* ... for criminal-offence data */
	POLICY_RULE_COMPARTMENT,      /* the feed is in a compartment the agreement does not open */
	POLICY_RULE_MONITORING,       /* a protected characteristic, and the agreement keeps it for monitoring */
	POLICY_RULE_OTHER_USE,        /* it may be held, and not used in this way */
	POLICY_RULE_CONSENT,          /* the agreement rests on consent, and the resident has given none */
	POLICY_RULE_OBJECTION,        /* the resident objected to this purpose */
	POLICY_RULE_RESTRICTED        /* the resident had processing restricted: it is stored, and not used */
};

struct policy_decision {
	enum policy_verdict verdict;
	enum policy_rule rule;
	const struct profile_agreement *agreement; /* the one that allows it, or that fell short; may be NULL */
	const struct profile_cover *cover;         /* its line, with the clause; may be NULL */
};
const char *policy_rule_text(enum policy_rule rule);

enum status policy_open(struct policy **out, const struct profile *profile, struct error *error) MUST_CHECK;
void policy_close(struct policy *policy); /* all grids must be done with; NULL is fine */

struct policy_grid;
/* Any thread. ON is today for pages. */
const struct policy_grid *policy_grid(struct policy *policy, const struct viewer *viewer, date on);
void policy_grid_done(const struct policy_grid *grid);
struct policy_decision policy_decide(const struct policy_grid *grid, const struct profile_feed *feed,
				     const struct profile_element *element);
/* Whether it may be said that FEED's service knows the resident at all. */
struct policy_decision policy_decide_presence(const struct policy_grid *grid, const struct profile_feed *feed);

/* Of one resident: with their consents, objections and restrictions. Without a resident, as above, nobody has
 * consented. */
struct policy_bounds;
struct policy_decision policy_decide_of(const struct policy_grid *grid, const struct policy_bounds *bounds,
					const struct profile_feed *feed, const struct profile_element *element);
struct policy_decision policy_decide_presence_of(const struct policy_grid *grid, const struct policy_bounds *bounds,
						 const struct profile_feed *feed);

/* Whether the agreement is in force on the day: begun, and ended neither by its date nor by anybody. Any thread. */
bool policy_agreement_runs(struct policy *policy, const struct profile_agreement *agreement, date on);
/* Whether two persons ended or suspended it: it may be reinstated when it is only suspended. */
enum policy_standing { STANDING_AS_WRITTEN, STANDING_SUSPENDED, STANDING_ENDED };
enum policy_standing policy_agreement_standing(struct policy *policy, const struct profile_agreement *agreement);

/* Whether it is over for good on the day, by its date or because two persons said so, and which day was its last;
 * suspended it is not over. */
bool policy_agreement_is_over(struct policy *policy, const struct profile_agreement *agreement, date on, date *last);

/* A number that changes with the set of agreements that were ended since the profile; 0: none. For those who
 * remember what they worked out under which. */
uint32_t policy_standings(struct policy *policy);

/* The other two gates, without a viewer. Any thread. */
/* Whether ELEMENT of FEED may be used in this way on the day: by AGREEMENT, or by any when it is NULL. Lists, traits,
 * features, models and cohorts ask it of each element that they read. The decision names the agreement, or the one that
 * fell short; POLICY_REFUSE otherwise. */
struct policy_decision policy_may_use(struct policy *policy, const struct profile_agreement *agreement,
				      const struct profile_feed *feed, const struct profile_element *element,
				      enum element_use use, date on);
/* Whether the council may hold ELEMENT of FEED at all: what intake asks of each column. */
bool policy_may_hold(struct policy *policy, const struct profile_feed *feed, const struct profile_element *element,
		     date on);

/* ---- restricted residents and addresses --------------------------------------------------- */

enum policy_subject { POLICY_RESIDENT = 1, POLICY_PROPERTY = 2 };

/* Bits of the profile's restrictions that protect the subject; 0: none. Any thread. */
uint64_t policy_restrictions_of(struct policy *policy, enum policy_subject kind, int64_t subject_id);
/* All that binds the use of a subject. Of a property only the first. */
struct policy_bounds {
	uint64_t restrictions; /* of the profile, that protect them */
	uint64_t objections;   /* bits of purposes that the resident objected to */
	uint64_t consents;     /* bits of the agreements with `consent`, by their order among these */
	bool restricted;       /* the resident had processing restricted: only purposes for their rights */
	bool held;             /* for a legal claim: retention deletes nothing */
};
/* No bounds: most residents. Any thread. */
struct policy_bounds policy_bounds_of(struct policy *policy, enum policy_subject kind, int64_t subject_id);
/* Counts what policy_load() brought: what was worked out of marks and flags is of now while it is the same. */
uint64_t policy_epoch(struct policy *policy);
/* Ids of all of KIND that a mark or a flag is about, for the caller to free: anybody else may be known of by all. */
void policy_marked(struct policy *policy, enum policy_subject kind, int64_t **ids, size_t *count);
/* The one predicate: false means that the subject does not exist for this viewer and purpose, in search, pages,
 * counts, lists and errors alike. */
bool policy_may_know_of(const struct policy_grid *grid, const struct policy_bounds *bounds);
/* Whether the subject is protected from the viewer, whatever they objected to: for what was said of them (a report that
 * a value is wrong), which must be answered although they are not to be looked at. */
bool policy_is_hidden(struct policy *policy, const struct policy_grid *grid, enum policy_subject kind,
		      int64_t subject_id);
/* POLICY_RULE_OBJECTION or POLICY_RULE_RESTRICTED when it is that alone, which whoever has the resident's id may be
 * told; POLICY_RULE_NONE otherwise. */
enum policy_rule policy_why_unknown(const struct policy_grid *grid, const struct policy_bounds *bounds);
/* Whether the address may be shown, for a subject that may be known of. */
bool policy_may_know_address(const struct policy_grid *grid, uint64_t restrictions);
/* Whether the agreement rests on consent and the resident's is recorded. */
bool policy_has_consent(const struct policy *policy, const struct policy_bounds *bounds,
			const struct profile_agreement *agreement);
/* Without a viewer: whether the resident may be counted by a list, feature or model for PURPOSE under AGREEMENT. */
bool policy_may_count(const struct policy *policy, const struct policy_bounds *bounds,
		      const struct profile_purpose *purpose, const struct profile_agreement *agreement);

/* Nor a purpose: whether nothing binds the use of the subject, neither a protection, by whomever it was set, nor
 * processing that is restricted, nor any objection. What is counted for everybody, under no agreement, asks this. */
bool policy_is_unbound(const struct policy_bounds *bounds);

/* Somebody has broken the glass (glass.h): this one resident, for the viewer, until then. It opens the resident's own
 * page and counts nowhere else. */
struct policy_pass {
	int64_t pass_id, resident_id;
	uint64_t restrictions; /* that it opens */
};
/* What is left to be asked about of RESTRICTIONS. PASS may be NULL. */
static inline uint64_t policy_restrictions_left(uint64_t restrictions, const struct policy_pass *pass,
						int64_t resident_id)
{
	return pass && pass->resident_id == resident_id ? restrictions & ~pass->restrictions : restrictions;
}

/* Marks come from two places: a refresh derives them from the feeds by the profile's conditions (data shelf),
 * and people set them (desk shelf). policy_load() reads both into memory, together with the agreements
 * that were ended; call it at the start, and when policy_is_stale() says so. What it reads of the data shelf is one
 * picture: that of the transaction on DATA, if one is open. What another thread loaded later, of either shelf, stays:
 * what is known never goes back. */
enum status policy_load(struct policy *policy, struct store *data, struct store *desk, struct error *error) MUST_CHECK;
/* Whether marks or ended agreements have changed since the load: one row of the desk, to be asked at every
 * request, and one of the data shelf, which may be NULL where nothing was published since. Where the desk's row was
 * read with something else (session_find() does), policy_is_behind() asks no database. */
bool policy_is_behind(struct policy *policy, int64_t desk_generation);
/* The generation of the derived marks (restriction_state) that were loaded: what is read in one picture of the data
 * shelf must be judged by the marks of that picture. Counts up with each replacement. */
int64_t policy_marks_generation(struct policy *policy);
enum status policy_is_stale(struct policy *policy, struct store *desk, struct store *data, bool *stale,
			    struct error *error) MUST_CHECK;

/* ---- whose case a resident is ----------------------------------------------------------------- */

/* How a viewer stands to a resident. An agreement decides what is seen; this decides what is asked before, and is said
 * in the audit. */
enum case_relationship {
	RELATIONSHIP_NONE,
	RELATIONSHIP_TEAM, /* somebody of their team works with the resident */
	RELATIONSHIP_OWN   /* they do themselves */
};
const char *relationship_name(enum case_relationship relationship); /* "none", "team", "own": for the audit */
/* What one row that says who works with a client makes of it. */
enum case_relationship relationship_by(const struct viewer *viewer, struct text source, struct text worker,
				       struct text team);
/* The purpose that need not be asked for; NULL: it must. */
const struct profile_purpose *relationship_purpose(const struct viewer *viewer, enum case_relationship relationship);

/* Who works with whom, by record, so that it follows when records are linked or parted. Replaces all, in the caller's
 * transaction on the data shelf; texts may be absent. */
struct policy_case {
	int64_t record_id;
	struct text source, worker, team;
};
enum status policy_replace_caseload(struct store *data, const struct policy_case *cases, size_t count,
				    struct error *error) MUST_CHECK;

struct policy_mark {
	enum policy_subject kind;
	int64_t subject_id;
	struct text restriction; /* id of a restriction of the profile */
	/* The day on which the last row that said so ended or changed: somebody may lift the mark from then on, and
	 * until then it stays. DATE_UNKNOWN: it is said now. */
	date kept_since;
};
/* Replaces all derived marks, in the caller's transaction on the data shelf. */
enum status policy_replace_marks(struct store *data, const struct policy_mark *marks, size_t count,
				 struct error *error) MUST_CHECK;
/* A person sets or lifts a mark, inside the caller's desk transaction (which also holds the audit entry). */
enum status policy_set_mark(struct store *desk, const struct policy_mark *mark, struct text by,
			    struct error *error) MUST_CHECK;
enum status policy_lift_mark(struct store *desk, const struct policy_mark *mark, struct text by,
			     struct error *error) MUST_CHECK;
/* Something that was known of the resident FROM is now with TO: whatever marks FROM marks TO as well, until marks are
 * derived or lifted anew. SHELF is either; in the caller's transaction. */
enum status policy_follow_marks(struct store *shelf, int64_t from, int64_t to, struct error *error) MUST_CHECK;
/* Lifts what was kept of a derived mark whose rows have ended; should a row say it again, it is back.  Does not
 * look whether there is one. */
enum status policy_release_mark(struct store *desk, const struct policy_mark *mark, struct text by,
				struct error *error) MUST_CHECK;
/* The derived mark of this subject and restriction: *FOUND, and since when it is only kept. */
enum status policy_find_mark(struct store *data, struct policy_mark *mark, bool *found, struct error *error) MUST_CHECK;
#endif
