/* What a page says about a resident, a household or a property: plain structures, no HTML.
 *
 *     struct view_resident view;
 *     view_resident(&view, profile, &answer, seen, today, &arena);
 *
 * The view arranges what disclosure let through, by the profile's event rules and pages; it reads no
 * table and adds no fact.  Nothing is without its origin: source, as-at date, record and row.
 * All pointers live as long as the arena and the answer they were made from.
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include "vault/disclosure.h"

struct view_value {
	const struct profile_element *element;
	enum column_type type;
	struct text value; /* as stored: dates YYYY-MM-DD, numbers with a point */
	struct text shown; /* in words: "9 March 2024", "£1,234.50", "Yes" */
	bool withheld;     /* there is a value that may not be shown */
	struct text why;   /* why it is withheld, a sentence */
	const struct disclosed_origin *origin;
	const struct profile_agreement *agreement; /* that lets it through, or fell short */
	struct text clause;
	bool is_new; /* came since the viewer last looked */
};

/* A line of the "known to" card. */
struct view_service {
	struct text title;
	const struct profile_source *source;
	bool active;        /* works with the resident now */
	bool presence_only; /* that is all that may be said */
	struct view_value status, since, last_contact, worker, worker_phone, worker_email,
		team;            /* element NULL: none */
	date as_at;              /* of the newest extract of its feeds */
	date unchanged_since;    /* as-at date of the newest change to its rows; the same as AS_AT: changed just now */
	struct text why_no_more; /* a sentence, when details are withheld */
	struct text contact;     /* of the source's owner, where no worker is named */
};

/* One element of identity, with each value that a source has for it. */
struct view_variant {
	struct view_value value; /* of the newest extract that has it */
	const struct profile_source **sources;
	size_t source_count;
	bool current; /* some source still says so */
	date until;   /* former: as-at date of the newest extract that said otherwise; DATE_UNKNOWN when current */
};
struct view_identity {
	const struct profile_element *element;
	struct view_variant *variants; /* by the number of sources that say so, then newest */
	size_t variant_count;
	bool differs; /* sources disagree now */
};

struct view_address {
	struct text address, postcode; /* the lines of one row, joined */
	date from, to;
	bool current;
	int64_t property_id;
	const struct profile_source **sources;
	size_t source_count;
	const struct disclosed_origin *origin; /* of the newest row that has it */
};

/* Where somebody has lived: one for each property, however often and in whatever spelling it was reported; an
 * address that was matched to none is one by itself. */
struct view_home {
	struct text address, postcode; /* as the gazetteer spells it, else as most sources do, rather not in capitals */
	date from, to;
	bool current;
	int64_t property_id; /* 0: not matched to a property */
	const struct profile_source **sources;
	size_t source_count;
	struct text certainty; /* code of the household room; absent where nothing was matched */
	struct text standing;  /* main | second | doubtful | former: likewise */
};

/* Where sources disagree about the present home: "Council tax says 4 Elm Road since May 2025; housing still says
 * Flat 2, Beech Court". */
struct view_conflict {
	const struct disclosed_residence *believed; /* NULL: none is */
	const struct disclosed_residence *contradicted;
	struct text words;
};

struct view_row {
	const struct view_value *values; /* as many as the section has elements; element NULL: nothing to show */
	bool current;
	bool is_new;
	const struct disclosed_origin *origin;
	size_t older_versions;
};
struct view_section {
	struct text title;
	const struct profile_feed *feed;
	const struct profile_element *const *elements;
	size_t element_count;
	const struct view_row *rows; /* current first, then newest */
	size_t row_count;
	date as_at;              /* of the newest extract of the feed */
	struct text why_no_more; /* a sentence, when some value of the table is withheld */
};

struct view_balance {
	struct text title;
	struct view_value amount;
	date on; /* of the balance */
	bool debt;
};

struct view_marker {
	struct text title;
	enum event_importance importance;
	const struct disclosed_origin *origin;
};

struct view_event {
	date on; /* DATE_UNKNOWN: not recorded */
	struct text kind, title;
	const struct profile_factor *factor; /* of what was read in a case note; else NULL */
	enum event_importance importance;
	bool ahead; /* later than today */
	bool is_new;
	const struct disclosed_origin *origin;
};

struct view_refusal { /* what is held and may not be seen, and why: one a source */
	const struct profile_source *source;
	struct text why;
	const struct profile_agreement *agreement;
};

struct view_resident {
	int64_t resident_id;
	struct text name;
	struct disclosed_person person;
	int age; /* -1: not known */
	bool died;
	bool address_protected;
	const struct profile_restriction **restrictions;
	size_t restriction_count;
	const struct view_service *services;
	size_t service_count;
	const struct view_marker *markers;
	size_t marker_count;
	const struct view_identity *identity;
	size_t identity_count;
	const struct view_identity *contact; /* telephones, e-mail */
	size_t contact_count;
	const struct view_address *addresses;
	size_t address_count;
	const struct view_home *homes; /* present ones first, then what was matched, then the newest */
	size_t home_count;
	const struct disclosed_residence *residences; /* main, second, doubtful, former; of each the newest first */
	size_t residence_count;
	bool two_homes; /* lives in two places */
	const struct view_conflict *conflicts;
	size_t conflict_count;
	const struct view_balance *balances;
	size_t balance_count;
	const struct view_section *sections;
	size_t section_count;
	const struct view_event *events; /* newest first */
	size_t event_count;
	const struct view_refusal *refusals;
	size_t refusal_count;
	const struct disclosed_household *households;
	size_t household_count;
	size_t record_count, source_count;
	date oldest_as_at, newest_as_at; /* of the sources shown */
	instant seen;                    /* when the viewer last looked; INSTANT_UNKNOWN: never */
	size_t new_count;                /* events and rows that came since */
};

struct note_flags;
struct summary_feed;
/* What was read in case notes joins the events of VIEW, one for each note, factor and way of speaking of it. FEEDS (by
 * number) tell whether the notes of a feed may be read. */
void view_add_notes(struct view_resident *view, const struct disclosure_resident *answer, const struct profile *profile,
		    const struct note_flags *flags, const struct summary_feed *feeds, date today, struct arena *arena);

/* SEEN: INSTANT_UNKNOWN when the viewer never looked. */
void view_resident(struct view_resident *out, const struct profile *profile, const struct disclosure_resident *answer,
		   instant seen, date today, struct arena *arena);

/* ---- households and properties ---------------------------------------------------------------------- */

enum view_place { PLACE_SHOWN, PLACE_WITHHELD, PLACE_PROTECTED };

struct view_member {
	int64_t resident_id;
	struct text name;          /* absent when withheld */
	struct text date_of_birth; /* YYYY-MM-DD, or as the source has it */
	struct text date_of_death; /* absent when no source that may be seen has one */
	int age;                   /* -1: not known */
	date from, to;
	bool current;
	struct text certainty; /* code of the household room */
	struct text why;       /* in words */
	struct text why_code;  /* of the household room */
	const struct profile_source *const *known_to;
	size_t known_to_count;
};

struct view_relation {
	int64_t resident_id, other_id;
	struct text kind;  /* code of the household room, of the one to the other */
	struct text words; /* "parent of" */
	date from, to;
	const struct profile_source *const *sources;
	size_t source_count;
};

struct view_household_event {
	date on;
	struct text what;  /* code of the household room */
	struct text words; /* "Moved in", "Born": to be followed by the name where there is one */
	struct text name;
	int64_t resident_id, other_household_id, property_id; /* 0: none, or not for this viewer */
};

struct view_household {
	int64_t household_id, property_id; /* property 0: nothing may be said of it */
	struct text kind;                  /* code of the household room */
	date from, to;
	enum view_place place;
	struct text address;               /* with the postcode, when PLACE_SHOWN */
	struct text ward;                  /* as pages name it */
	const struct view_member *members; /* who is there now first, then the eldest */
	size_t member_count, current_count;
	uint64_t restrictions; /* that protect some member, for a viewer who is entitled */
	/* "Also at this address: 5 others (house in multiple occupation)"; absent where the home is theirs alone. */
	struct text also_here;
	int others_at_address;
	const struct view_relation *relations; /* in an answer about one household only, as events */
	size_t relation_count;
	const struct view_household_event *events; /* oldest first */
	size_t event_count;
};
void view_household(struct view_household *out, const struct profile *profile,
		    const struct disclosure_household *answer, date today, struct arena *arena);

struct view_part {
	int64_t property_id;
	struct text address; /* absent when withheld */
};
struct view_property {
	int64_t property_id;
	struct text uprn, address; /* with the postcode; absent when withheld */
	struct text kind, class_code, ward;
	struct text class_words; /* of the class code; absent when it is not known */
	struct text ward_code;
	int decile; /* 0: not known */
	bool has_place;
	double latitude, longitude;
	struct view_part parent; /* id 0: none */
	const struct view_part *parts, *siblings;
	size_t part_count, sibling_count;
	const struct view_household *households; /* newest first */
	size_t household_count;
	const struct view_member
		*residents; /* each once, with all of the time there: who is there now, then the newest */
	size_t resident_count;
};
void view_property(struct view_property *out, const struct profile *profile, const struct disclosure_property *answer,
		   date today, struct arena *arena);

/* "Also at this address: 5 others (house in multiple occupation)"; absent where the home is theirs alone. */
struct text view_also_here(const struct disclosed_household *household, struct arena *arena);
/* How sure it is, as a code of the household room: certain | likely | uncertain. */
struct text view_residence_certainty(const struct disclosed_residence *residence);
/* "Semi-detached house", of RD03; absent for what is no class code. */
struct text view_class_words(struct text code);

/* "9 March 2024", "£1,234.50", "Yes", or the text itself. */
struct text view_words(struct text value, enum column_type type, struct arena *arena);
/* "Mother, father and 2 children" is not ours to say: why somebody is counted to a household, in words:
 * "same address in 3 sources". */
struct text view_household_why(const struct disclosed_member *member, struct arena *arena);

#endif
