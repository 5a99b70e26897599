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

#include "base/error.h"
#include "profile/access.h"
#include "profile/list.h"
#include "profile/shown.h"

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

/* A piece of the configuration and the hash of what it says: "file roles.yaml", "role investigator", "limits
 * investigator", "setting profile.yaml staff". Two loads compared by these tell what has changed
 * (runs/configuration.h). */
struct profile_part {
	struct text name;
	char hash[33];
};

struct profile_sentence;
struct profile_intervention;
struct profile_layout;
struct profile_term;

struct profile {
	struct text id, title, council, description;
	struct text folder;
	char version[33];                         /* hash of every file's name and content, hexadecimal */
	PROFILE_ARRAY(struct profile_part) parts; /* no name twice */
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
	struct profile_period keep_access_requests; /* residents' requests for a copy, from their end */
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
/* The role that CODE, a job code of `staff: jobs:` or the id of a role that stands there, gives to whom the staff file
 * or SCIM names; NULL: none. Whoever feeds those gives no role that the profile did not mean for them. */
const struct profile_role *profile_job_role(const struct profile *profile, struct text code);
/* Whether they may put somebody of ROLE into TEAM (NULL: none): a team that a restriction is open to, or that is among
 * an agreement's recipients, only where a job of the role lists it or the role is usually there. */
bool profile_job_team(const struct profile *profile, const struct profile_role *role, const struct profile_team *team);
/* Whether they may say the worker numbers of somebody of ROLE. */
bool profile_job_numbers(const struct profile *profile, const struct profile_role *role);
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
