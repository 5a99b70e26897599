/* Shared by the files of the door only. */
#ifndef VAULT_DISCLOSURE_INT_H
#define VAULT_DISCLOSURE_INT_H

#include "vault/disclosure.h"
#include "vault/search.h"
#include "vault/vault.h"

#include <pthread.h>
#include <stdatomic.h>

/* What the door knows of one generation of the data shelf; read-only, counted, swapped as a whole. */
struct disclosure_state {
	atomic_uint holders;
	int64_t generation;
	const struct profile_feed **feeds; /* by feed_no; NULL where the profile has none */
	size_t feed_count;
	const struct profile_element **elements; /* by element_no */
	size_t element_count;
	struct disclosure_extract {
		date as_at;
		instant received;
	} * extracts; /* by extract_id */
	size_t extract_count;
	date *newest;               /* as-at date of the newest loaded extract, by the feed's number in the profile */
	struct search_index *index; /* NULL until built */
	int64_t build_microseconds;
	struct disclosure_kept *lines, *rows; /* what was read of people, as lines and whole */
};

enum value_class { /* how the door treats an identity element */
		   VALUE_PLAIN,
		   VALUE_NAME,
		   VALUE_FORMER_NAME,
		   VALUE_BIRTH,
		   VALUE_ADDRESS,
		   VALUE_POSTCODE,
		   VALUE_IDENTIFIER
};

struct disclosure {
	struct disclosure_parts parts;
	pthread_mutex_t lock; /* of `state` */
	struct disclosure_state *state;
	pthread_mutex_t hidden_lock; /* of `hidden` and its holders */
	struct disclosure_hidden *hidden;
	uint8_t *classes; /* enum value_class by the element's number in the profile */
	struct {
		const struct profile_element *title, *full_name, *given_name, *middle_names, *family_name, *alias,
			*date_of_birth, *date_of_death, *address, *lines[5], *town, *postcode, *uprn, *note_text;
	} known;               /* elements with a fixed meaning; NULL where the profile has none */
	uint8_t *in_line;      /* by the element's number: whether it belongs into the line that says who somebody is */
	bool payload_in_lines; /* the profile has one of these outside of what is sealed */
	atomic_uint_fast64_t finds, opens, refusals;
};

/* Whether an address of a person can be read from the element: hidden when addresses are protected. */
bool disclosure_is_address(const struct disclosure *door, const struct profile_element *element);

struct disclosure_state *disclosure_state_hold(struct disclosure *door);
void disclosure_state_drop(struct disclosure_state *state);
/* The feed and element maps and the extracts; without an index. */
enum status disclosure_state_read(struct disclosure_state **out, struct disclosure *door, struct store *data,
				  struct error *error) MUST_CHECK;
enum status disclosure_index_build(struct disclosure *door, struct disclosure_state *state, struct store *data,
				   struct error *error) MUST_CHECK;

/* ---- one question under way --------------------------------------------------------------------- */

/* What policy says about a feed for this viewer, asked once a question. */
struct feed_plan {
	const struct profile_feed *feed;
	const struct profile_element **elements; /* of its columns and fields, in order */
	struct policy_decision *decisions;
	size_t element_count;
	struct policy_decision presence;
	bool seals_allowed; /* some identity element may be seen */
	bool place_allowed; /* its address may be seen, and with it which property that is */
	bool any_allowed, any_withheld;
	bool asked; /* rows of it were met */
	/* One for each set of consents that was met, where it matters. */
	bool rests_on_consent;
	uint64_t consents;
	struct feed_plan *next;
};

enum { ASKED_MAX = 64 };

struct asking_door {
	struct disclosure *door;
	struct disclosure_state *state;
	struct store *data;
	const struct policy_grid *grid;
	struct disclosure_hidden *hidden; /* what marks and flags may hide: asking_take_hidden() */
	const struct viewer *viewer;
	struct arena *arena;
	struct feed_plan **plans; /* by the feed's number in the profile */
	struct text *slots;       /* by element number: values of the row under way */
	uint8_t *disclosed;       /* by element number: let through at least once */
	uint8_t *agreements;      /* by agreement number: let something through */
	bool notes, readings;
	const struct disclosure_note *note; /* NULL: of every row */
	bool lists_sources;                 /* of every member how many sources place them there */
	bool tells_all;                     /* of a household also relationships and what became of it */
	const date *drawn_at;
	const struct policy_pass *pass; /* NULL: the glass is whole */
	uint64_t consents;              /* of the resident whose rows are being let through; none for everybody else */
	int64_t marks;                  /* generation of the marks, in the snapshot and in policy */
	int64_t *waiting;               /* extracts that are not shown yet, ascending; seldom any */
	size_t waiting_count;
	bool snapshot_is_state;                /* the shelf is at the state's generation, so that its lines may serve */
	struct buf plain;                      /* unsealed bytes; wiped */
	struct told_homes *told;               /* of whom homes were looked at last */
	struct asked_person *asked[ASKED_MAX]; /* whose rows this question has read already */
	size_t asked_count;
};

enum status asking_begin(struct asking_door *asking, struct disclosure *door, const struct viewer *viewer, date on,
			 struct arena *arena, struct error *error) MUST_CHECK;
void asking_end(struct asking_door *asking);
/* DATE_UNKNOWN where the column is null. */
static inline date asking_date(struct statement *row, int column)
{
	return statement_is_null(row, column) ? DATE_UNKNOWN : (date)statement_int(row, column);
}
/* Whether all was judged by the marks of the snapshot that it was read from: before anything leaves. */
enum status asking_settle(struct asking_door *asking, struct error *error) MUST_CHECK;

/* Extracts that were loaded but not judged yet: who must be protected has not been derived from them. In the arena,
 * ascending. */
enum status waiting_extracts(int64_t **out, size_t *count, struct store *data, struct arena *arena,
			     struct error *error) MUST_CHECK;
struct feed_plan *asking_plan(struct asking_door *asking, const struct profile_feed *feed);
const struct disclosure_extract *asking_extract(struct asking_door *asking, int64_t extract_id);

/* What the tables hold about a resident, before anything is let through. */
struct found_row {
	int64_t record_id, row_key, extract_id, property_id;
	int32_t feed_no, version, line, property_version;
	date valid_from, valid_to;
	bool has_end, ended, newest;
	const struct profile_feed *feed;
	char *payload;
	size_t payload_len;
	struct text sealed[2]; /* identity and text, of the newest version that has them */
	int32_t sealed_version[2];
	struct text plain; /* of the identity, once it is unsealed */
};

struct found {
	int64_t resident_id;
	struct found_row *at;
	size_t count, capacity;
	bool for_line; /* only what says who somebody is */
	bool for_all;  /* whoever asks: to be kept */
};

/* CURRENT: only what the sources still say, which is a fraction of all versions. */
enum status asking_find_facts(struct found *found, struct asking_door *asking, int64_t resident_id, bool current,
			      struct error *error) MUST_CHECK;
enum status asking_find_seals(struct found *found, struct asking_door *asking, int64_t resident_id,
			      struct error *error) MUST_CHECK;
enum status asking_find_properties(struct found *found, struct asking_door *asking, int64_t resident_id,
				   struct error *error) MUST_CHECK;
/* Fills the slots from a payload, which is changed. */
void asking_read_payload(struct asking_door *asking, char *json, size_t len);
struct disclosed_origin asking_origin(struct asking_door *asking, const struct found_row *row);

/* Rows of a resident that the viewer may see, and what is withheld. ADDRESS_HIDDEN: without anything that tells
 * the address. */
struct read_rows {
	struct disclosed_row *rows;
	size_t row_count, record_count;
	bool any_current; /* some source still says something, whoever may see it */
};
enum status asking_read_rows(struct read_rows *out, struct asking_door *asking, int64_t resident_id,
			     bool address_hidden, struct error *error) MUST_CHECK;
/* Of these only what the sources say now, and of that only who the person is: enough for asking_person(). */
enum status asking_read_lines(struct read_rows *out, struct asking_door *asking, int64_t resident_id,
			      bool address_hidden, bool properties, struct error *error) MUST_CHECK;
/* Whether anything at all may be said of the resident now: whether asking_read_lines() would give a row. It opens
 * nothing, and the audit's entry names nothing for it. */
enum status asking_may_speak_of(bool *may, struct asking_door *asking, int64_t resident_id,
				struct error *error) MUST_CHECK;
/* The lines of somebody all of whose rows have been read. */
void asking_keep_lines(struct asking_door *asking, int64_t resident_id, const struct read_rows *rows);

/* What was read of a resident, in one block that begins with its size. */
struct kept_block {
	size_t size;
};
struct disclosure_kept *disclosure_kept_new(size_t most); /* bytes */
void disclosure_kept_free(struct disclosure_kept *kept);  /* wipes; NULL is fine */
/* A copy in the asker's arena; NULL when it is not kept, or the shelf is not at the state's generation. */
const void *asking_kept(struct asking_door *asking, struct disclosure_kept *kept, int64_t resident_id);
void asking_keep(struct asking_door *asking, struct disclosure_kept *kept, int64_t resident_id,
		 const struct kept_block *block);

size_t asking_refusals(struct asking_door *asking, const struct disclosed_refusal **out);
void asking_person(struct disclosed_person *out, struct asking_door *asking, int64_t resident_id,
		   const struct read_rows *rows, uint64_t restrictions, bool address_hidden);
/* The services that may be said to know the resident. */
size_t asking_known_to(struct asking_door *asking, const struct read_rows *rows, const struct profile_source ***out);

/* Households of a resident (or with an id, or at a property), with their members. */
enum status asking_households(struct asking_door *asking, const char *where, int64_t id, bool members,
			      struct disclosed_household **out, size_t *count, struct error *error) MUST_CHECK;
/* A property, with those values of the gazetteer that policy lets through. *FOUND is false for one that is protected.
 */
enum status asking_property(struct disclosed_property *out, struct asking_door *asking, int64_t property_id,
			    bool *found, struct error *error) MUST_CHECK;

/* Whether it may be seen what is part of what building. */
bool asking_lets_buildings(struct asking_door *asking);
bool asking_property_is_protected(struct asking_door *asking, int64_t property_id);
/* The same of the home of a resident, to whom a broken glass may open it. */
bool asking_place_is_protected(struct asking_door *asking, int64_t property_id, int64_t resident_id);

/* The lists of what may be hidden, for the snapshot of GENERATION. */
enum status asking_take_hidden(struct asking_door *asking, int64_t generation, struct error *error) MUST_CHECK;
void disclosure_hidden_drop(struct disclosure *door, struct disclosure_hidden *hidden); /* NULL is fine */
/* Whether the address of this version of a row is one that the viewer may not know of, whoever the resident is. */
bool asking_row_is_protected(struct asking_door *asking, int64_t resident_id, const struct found_row *row);
/* Who is not there for the viewer's search, and whose addresses find nobody. */
void asking_hide_from_search(struct search_permission *out, struct asking_door *asking);
/* Residences that the viewer sees some of ROWS of. */
enum status asking_residences(struct disclosure_resident *out, struct asking_door *asking, int64_t resident_id,
			      const struct read_rows *rows, struct error *error) MUST_CHECK;
/* ---- what may be told of where somebody lived: disclosure_told.c ---------------------------------- */

struct told_stay { /* a stay of a member as it is in the table; then as far as it may be told */
	int64_t resident_id, property_id;
	date from, to;
	struct text certainty, why;
	bool told;     /* that they lived there may be said at all */
	bool followed; /* no record says so: they live there because others do */
};
/* *WHOLE: what was made of all records may be told as it is, since the viewer may see the places of all of them. */
enum status asking_tell_stay(struct told_stay *stay, bool *whole, struct asking_door *asking,
			     struct error *error) MUST_CHECK;
/* Whether the places in all records of where the resident lived may be seen. */
enum status asking_homes_are_whole(bool *whole, struct asking_door *asking, int64_t resident_id,
				   struct error *error) MUST_CHECK;
/* Of somebody whose homes are not whole: everything but the claims, from the claims. Returns how many are left: those
 * with claims. */
size_t asking_tell_by_claims(struct disclosed_residence *residences, size_t count);
/* Whether a feed that the viewer may see tells how its clients are related. */
bool asking_tells_relationships(struct asking_door *asking, const struct profile_feed *feed);

/* How many others are at the property of a household, where that is not one household's. */
enum status asking_others(struct disclosed_household *household, bool whole, struct asking_door *asking,
			  struct error *error) MUST_CHECK;
/* Relationships between the members that are given, and what became of the household. WHOLE: what was made of its
 * members' homes may be told as it is. */
enum status asking_household_story(struct disclosed_household *household, bool whole, struct asking_door *asking,
				   struct error *error) MUST_CHECK;

/* What is planned from here on is of this resident, with their consents; 0: of nobody. */
void asking_of(struct asking_door *asking, int64_t resident_id);
/* Restrictions of a resident, and what they mean to the viewer. */
bool asking_may_know(struct asking_door *asking, int64_t resident_id, uint64_t *restrictions, bool *address_hidden);

/* What the viewer may search. */
void asking_find_permission(struct search_permission *out, struct asking_door *asking);
bool asking_may_look_for(const struct asking_door *asking, unsigned feed, unsigned element);
int64_t asking_hash_identifier(const void *door, struct text form);

/* By the rows that say who works with the resident. */
enum status asking_relationship(enum case_relationship *out, struct asking_door *asking, int64_t resident_id,
				struct error *error) MUST_CHECK;

/* ---- the audit -------------------------------------------------------------------------------------- */

/* Fills ENTRY with who, why, what was let through and under which agreements; texts in the arena. */
void asking_entry(struct audit_entry *entry, struct asking_door *asking, const char *action, const char *kind,
		  int64_t subject_id, const char *outcome, struct text detail);
struct disclosure_ticket *disclosure_submit(struct disclosure *door, const struct audit_entry *entry);
/* A refusal is audited and waited for; then STATUS_NOT_FOUND, or STATUS_REFUSED with the reason for what the viewer may
 * be told: "disclosure.flagged". */
enum status asking_refuse(struct asking_door *asking, const char *action, const char *kind, int64_t subject_id,
			  struct error *error) MUST_CHECK;

#endif
