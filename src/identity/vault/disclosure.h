/* The one door from evidence back to identity: find a resident, open a record, or be refused.
 *
 *     struct disclosure_question question = {.viewer = &viewer, .subject_id = resident_id};
 *     struct disclosure_resident answer;
 *     status = disclosure_open_resident(&answer, door, &question, &arena, &error);
 *     ... make the page of `answer` ...
 *     disclosure_when_durable(answer.ticket, send_the_page, request);
 *
 * A question names viewer, purpose and subject.  Policy decides value by value which agreement lets
 * what through; what no agreement covers is not in the answer at all, what may only be known of comes
 * without its value.  The audit entry is submitted before the answer is returned, and the
 * answer must not leave the program before its ticket is durable: wait with disclosure_wait(), or
 * be called by disclosure_when_durable(), which costs no thread.  A ticket that fails means that
 * nothing may be shown (503).
 *
 * A resident or address that is protected does not exist for those who are not entitled:
 * STATUS_NOT_FOUND, the same in every way as for an id that was never given; the audit says "refused".
 *
 * Everything is plain values in and out, in the caller's arena (arena_keep_secret() it): no pointers
 * into the vault, so that the door can stand in a process of its own.  One call serves one page.
 * All functions may be called from any thread.
 */
#ifndef VAULT_DISCLOSURE_H
#define VAULT_DISCLOSURE_H

#include "audit/audit.h"
#include "base/arena.h"
#include "base/buf.h"
#include "policy/glass.h"
#include "policy/policy.h"
#include "profile/profile.h"
#include "store/store.h"

struct vault;
struct disclosure;

struct disclosure_parts { /* all outlive the door */
	const struct profile *profile;
	const struct vault *vault;
	struct policy *policy;
	struct audit *audit;
	struct store_pool *data; /* STORE_READ */
	/* Where marks that a refresh has just made are loaded from, without waiting for the next look; NULL: a
	 * question that meets new marks fails until policy_load() was called. */
	struct store_pool *desk;
};

/* Opens the door; the search index is built by the first disclosure_refresh(). */
enum status disclosure_open_door(struct disclosure **out, const struct disclosure_parts *parts,
				 struct error *error) MUST_CHECK;
void disclosure_close_door(struct disclosure *door); /* NULL is fine */

/* Takes notice of a new generation of the data shelf: builds a new index beside the old one and
 * switches to it. Call from a background thread, as often as you like: without a new generation it is one
 * query. *REBUILT (may be NULL) tells. */
enum status disclosure_refresh(struct disclosure *door, bool *rebuilt, struct error *error) MUST_CHECK;

struct disclosure_numbers { /* for /metrics and the status page */
	int64_t generation;
	uint64_t residents, tokens, postings, identifiers, index_bytes;
	int64_t build_microseconds;
	uint64_t finds, opens, refusals;
};
void disclosure_numbers(struct disclosure *door, struct disclosure_numbers *out);

/* ---- tickets -------------------------------------------------------------------------------------- */

/* The audit entry of an answer, on its way to the disk. Each is waited for exactly once, by either. */
struct disclosure_ticket;
enum status disclosure_wait(struct disclosure_ticket *ticket, struct error *error) MUST_CHECK;
/* DONE is called once: at once when the entry is already durable, else from the audit's thread. */
void disclosure_when_durable(struct disclosure_ticket *ticket, audit_done *done, void *context);

/* ---- what comes out ------------------------------------------------------------------------------- */

/* Where a row comes from: on every value that is shown. */
struct disclosed_origin {
	const struct profile_feed *feed; /* and with it the source */
	int64_t record_id, row_key, extract_id;
	int32_t version, line;
	date as_at;       /* of the extract that brought this version: unchanged since */
	instant received; /* when the council got it */
	date data_as_at;  /* of the newest loaded extract of the feed: up to when this is known to hold */
};

struct disclosed_value {
	const struct profile_element *element;
	struct text value;                         /* absent when withheld */
	bool withheld;                             /* the viewer may know that there is a value, not which */
	enum policy_rule rule;                     /* why it is withheld */
	const struct profile_agreement *agreement; /* that lets it through, or fell short; may be NULL */
	const struct profile_cover *cover;
};

/* One version of one row of a feed. Of a version that is not the newest, the identifying values are there only where
 * they differ from those of the version before it. */
struct disclosed_row {
	struct disclosed_origin origin;
	date valid_from, valid_to;            /* DATE_UNKNOWN: still, or not known */
	bool newest;                          /* version of its row */
	bool ended;                           /* the source no longer delivers it, or a newer version took its place */
	bool presence_only;                   /* no value may be shown; only that the service knows the resident */
	const struct disclosed_value *values; /* in the order of the feed's columns */
	size_t value_count;
	int64_t property_id; /* the property its address was matched to; 0: none, or the address is protected */
};

/* A feed of which nothing, or less than all, was let through, and why. */
struct disclosed_refusal {
	const struct profile_feed *feed;
	enum policy_rule rule;
	const struct profile_agreement *agreement; /* that fell short; may be NULL */
	bool partly;                               /* some of its elements were let through */
};

/* Who somebody is, in one line: for lists. Every text may be absent. */
struct disclosed_person {
	int64_t resident_id;
	struct text name, also_known_as; /* another name in use, when sources differ */
	struct text date_of_birth;       /* YYYY-MM-DD */
	struct text date_of_death;
	struct text address, postcode; /* absent when protected */
	struct disclosed_origin name_from, birth_from, address_from;
	bool address_protected;
	uint64_t restrictions; /* that protect the resident, for a viewer who is entitled */
};

/* What one record says of a residence. */
struct disclosed_claim {
	const struct profile_feed *feed;
	int64_t record_id;
	date from, to;   /* TO DATE_UNKNOWN: it says still */
	date seen;       /* the newest day on which it began to say so, or said it again */
	date data_as_at; /* of the newest loaded extract of the feed */
};

/* A resident at a property. Given only where the viewer sees a row that says so; claims are those that the viewer may
 * see. Where others have a say in where the resident lived, all of it is what the claims say, and nothing without
 * claims; SOURCES and RECORDS count those that count. */
struct disclosed_residence {
	int64_t resident_id, property_id;
	int sequence;  /* counts the times that they lived there */
	date from, to; /* DATE_UNKNOWN: not known, or still */
	date seen;     /* the newest day on which any record said so */
	int sources, records;
	double confidence;
	struct text standing;                 /* main | second | doubtful (contradicted by better evidence) | former */
	struct text address, postcode;        /* as the gazetteer has it */
	const struct disclosed_claim *claims; /* still first, then the newest */
	size_t claim_count;
};

struct disclosed_member {
	struct disclosed_person person;
	/* As far as the viewer sees the places in the records behind it (disclosure_told.c). CERTAINTY and WHY are
	 * codes of the household room. */
	date from, to;
	struct text certainty, why;
	/* Sources that place the member there, of those the viewer may see. In an answer about one resident this is
	 * counted for that resident only. */
	int sources;
	const struct profile_source **known_to; /* services that may be said to know the member */
	size_t known_to_count;
};

/* How two members are related, as far as the viewer may see a feed that says so. */
struct disclosed_relation {
	size_t a, b;      /* numbers in the household's members */
	struct text kind; /* of A to B: parent | partner | sibling | carer | tenant | joint_tenant | household */
	date from, to;
	const struct profile_source **sources; /* that say so */
	size_t source_count;
};

/* What became of a household. Told only where everybody it names may be known. */
struct disclosed_household_event {
	date on;
	struct text
		what; /* began | born | moved_in | moved_out | died | moved | separated | joined | ended | replaced */
	int64_t resident_id;        /* 0: the household as a whole */
	struct text name;           /* of the resident, where they are among the members given */
	int64_t other_household_id; /* they came from or went to; 0: none, or not for this viewer */
	int64_t property_id;        /* 0: none, or not for this viewer */
};

struct disclosed_household {
	int64_t household_id, property_id; /* property 0: protected */
	struct text kind;                  /* family | single | shared | institution */
	date from, to;
	struct text address, postcode;
	const struct disclosed_member *members;
	size_t member_count;
	/* "Also at this address: n others (house in multiple occupation)": of a property that is not one household's,
	 * how many people of other households are there. Those whom the viewer may not know of are not counted. */
	struct text property_use; /* absent | shared | institution */
	struct text property_why; /* how that is known: class | names | turnover */
	int others_at_address;
	/* In an answer about one household only: */
	const struct disclosed_relation *relations;
	size_t relation_count;
	const struct disclosed_household_event *events; /* oldest first */
	size_t event_count;
};

struct disclosed_property {
	int64_t property_id, parent_id;
	struct text uprn, address, postcode;
	struct text kind, class_code, ward;
	int decile; /* 0: not known */
	double latitude, longitude;
	bool has_place;
};

struct disclosed_history { /* what became of the resident's id: see linking */
	struct text what;
	int64_t other_resident_id;
	int records;
	instant at;
};

/* ---- asking --------------------------------------------------------------------------------------- */

struct disclosure_note { /* where the text of a case note lies */
	const struct profile_feed *feed;
	int64_t record_id, row_key;
};

struct disclosure_question {
	const struct viewer *viewer;
	int64_t subject_id;
	date on;    /* DATE_UNKNOWN: today */
	bool notes; /* with the text of case notes */
	/* With NOTES: of this row only. NULL: of all rows. */
	const struct disclosure_note *note;
	bool readings; /* what was read in case notes is told with the answer: for the audit */
	/* Households as they were on that day: who was there, and where. NULL: as they are now, with those who have
	 * left. It changes nothing about what may be seen. */
	const date *drawn_at;
	/* The viewer has broken the glass for the resident: heard by disclosure_open_resident() only. NULL: no. */
	const struct policy_pass *pass;
};

struct disclosure_resident {
	int64_t resident_id;
	enum case_relationship relationship; /* of the viewer to them */
	bool by_pass;                        /* open only because the glass was broken */
	uint64_t restrictions;
	bool address_protected;
	struct disclosed_person person;   /* the same as in lists */
	const struct disclosed_row *rows; /* by record, feed, row and version */
	size_t row_count;
	size_t record_count;
	const struct disclosed_refusal *refusals; /* by feed */
	size_t refusal_count;
	const struct disclosed_household *households; /* newest first */
	size_t household_count;
	const struct disclosed_residence *residences;
	size_t residence_count;
	const struct disclosed_history *history; /* how records came and went, newest first */
	size_t history_count;
	struct disclosure_ticket *ticket;
	struct audit_entry entry; /* as submitted */
};
/* STATUS_NOT_FOUND for an unknown or protected resident; when the id was taken into another resident,
 * *error's code is "disclosure.moved" and subject_id of `entry` is the id it has now. */
enum status disclosure_open_resident(struct disclosure_resident *out, struct disclosure *door,
				     const struct disclosure_question *question, struct arena *arena,
				     struct error *error) MUST_CHECK;

struct disclosure_household {
	struct disclosed_household household;
	struct disclosed_property property;
	struct disclosure_ticket *ticket;
	struct audit_entry entry;
};
enum status disclosure_open_household(struct disclosure_household *out, struct disclosure *door,
				      const struct disclosure_question *question, struct arena *arena,
				      struct error *error) MUST_CHECK;

struct disclosure_property {
	struct disclosed_property property, parent;
	const struct disclosed_property *parts; /* flats of a building */
	size_t part_count;
	const struct disclosed_property *siblings; /* the other flats of the building that it is part of */
	size_t sibling_count;
	const struct disclosed_household *households; /* newest first */
	size_t household_count;
	struct disclosure_ticket *ticket;
	struct audit_entry entry;
};
enum status disclosure_open_property(struct disclosure_property *out, struct disclosure *door,
				     const struct disclosure_question *question, struct arena *arena,
				     struct error *error) MUST_CHECK;
/* The property with a UPRN as a user writes it; 0 when there is none. Tells nothing about residents: ask the door for
 * the property next, which answers for 0 as for one that is protected. */
enum status disclosure_property_of_uprn(struct disclosure *door, struct text uprn, int64_t *property_id,
					struct error *error) MUST_CHECK;

/* The resident of a source's client, by the number that the source itself has for them; 0 when there is none, and when
 * VIEWER may see that number in no feed of the source that knows them: who may not see it may not look for it. It tells
 * nobody anything: ask the door for the resident next, which answers for 0 as for whomever the viewer may not know of.
 */
enum status disclosure_resident_of_client(struct disclosure *door, const struct viewer *viewer,
					  const struct profile_source *source, struct text client, int64_t *resident_id,
					  struct error *error) MUST_CHECK;

/* Two records side by side, for whoever decides whether they are one person. Values are of the newest versions of
 * the record's own rows. One audit entry for each resident: wait for all tickets. */
struct disclosed_record {
	int64_t record_id;
	const struct profile_source *source;
	struct disclosed_person person; /* as this record has it */
};
struct disclosure_side {
	int64_t record_id, resident_id;
	const struct profile_source *source;
	uint64_t restrictions;
	bool address_protected;
	struct disclosed_person person; /* as this record has it */
	const struct disclosed_row *rows;
	size_t row_count;
	const struct disclosed_record *others; /* further records of the resident, without the two */
	size_t other_count;
	const struct disclosed_household *households; /* of the resident, newest first */
	size_t household_count;
};
struct disclosure_pair {
	struct disclosure_side sides[2];
	struct disclosure_ticket *tickets[2];
	size_t ticket_count;
};
/* STATUS_NOT_FOUND when either record is not there, or is of a resident or source that the viewer may not know of. */
enum status disclosure_open_pair(struct disclosure_pair *out, struct disclosure *door, const struct viewer *viewer,
				 int64_t record_a, int64_t record_b, struct arena *arena,
				 struct error *error) MUST_CHECK;

/* How the viewer stands to the resident; RELATIONSHIP_NONE to one whom they may not know of. Records nothing: it says
 * whether a purpose must be asked for, and no more. */
enum status disclosure_relationship(enum case_relationship *out, struct disclosure *door, const struct viewer *viewer,
				    int64_t resident_id, struct error *error) MUST_CHECK;

/* Whether the viewer might open the resident's page: false alike for one who is not there and one who is not for them
 * to see. Records nothing: for forms that name a resident. PASS may be NULL. */
enum status disclosure_is_known(bool *out, struct disclosure *door, const struct viewer *viewer, int64_t resident_id,
				const struct policy_pass *pass, struct error *error) MUST_CHECK;

/* Those with whom the viewer, or the viewer's team, works: nobody whom they may not know of. */
enum { CASELOAD_MOST = 250 };
struct disclosed_case {
	struct disclosed_person person;
	enum case_relationship relationship;
	const struct profile_source **known_to;
	size_t known_to_count;
};
struct disclosure_caseload {
	const struct disclosed_case *at; /* by name */
	size_t count;
	bool more; /* than CASELOAD_MOST */
	struct disclosure_ticket *ticket;
	struct audit_entry entry;
};
enum status disclosure_open_caseload(struct disclosure_caseload *out, struct disclosure *door,
				     const struct viewer *viewer, struct arena *arena, struct error *error) MUST_CHECK;

/* ---- finding -------------------------------------------------------------------------------------- */

enum { FIND_QUERY_MAX = 200, FIND_RESULTS_MAX = 100 };

enum find_match { /* what of the query was found; bits */
		  FOUND_NAME = 1,
		  FOUND_NAME_ALIKE = 2, /* by spelling, sound or nickname */
		  FOUND_BIRTH = 4,
		  FOUND_BIRTH_ALIKE = 8, /* day and month swapped, or one part different */
		  FOUND_ADDRESS = 16,
		  FOUND_POSTCODE = 32,
		  FOUND_IDENTIFIER = 64,
		  FOUND_FORMER_NAME = 128
};

struct disclosure_found {
	struct disclosed_person person;
	const struct profile_source **known_to; /* services that may be said to know the resident now */
	size_t known_to_count;
	unsigned matched; /* enum find_match */
	double score;     /* 0..1, for ordering only: not a probability, not to be shown */
};

struct disclosure_search {
	struct text query; /* at most FIND_QUERY_MAX bytes are looked at */
	const struct viewer *viewer;
	date on;
	size_t first, most; /* paging; most 0: 20 */
};

struct disclosure_finding {
	const struct disclosure_found *at;
	size_t count;
	size_t total;    /* that matched well enough, up to a ceiling */
	bool ready;      /* false: the index is still being built */
	bool understood; /* false: nothing in the query could be looked for */
	struct disclosure_ticket *ticket;
	struct audit_entry entry;
};
/* One box: names, dates of birth in any form, postcodes, addresses, any identifier or case reference, in
 * any order, tolerant of spelling. Only values that the viewer may see are searched. The query is in no
 * log; the audit has the ids that were shown, and the query sealed. */
enum status disclosure_find(struct disclosure_finding *out, struct disclosure *door,
			    const struct disclosure_search *search, struct arena *arena,
			    struct error *error) MUST_CHECK;

/* One resident, by a number of theirs or by name and date of birth, written exactly: for a page that never lists
 * anybody. Nobody, several, one whom the viewer may not know of, and one who is not what is wanted are all the same:
 * resident_id 0. */
enum exact_wanted {
	EXACT_KNOWN,    /* whom the viewer may know of */
	EXACT_BREAKABLE /* who is protected, and for whom the viewer may break the glass (policy/glass.h) */
};
struct disclosure_exact {
	const struct viewer *viewer;
	enum exact_wanted wanted;
	struct text number;              /* or: */
	struct text name, date_of_birth; /* date YYYY-MM-DD */
	const char *action;              /* in the audit */
};
struct disclosure_exact_answer {
	int64_t resident_id;
	uint64_t restrictions; /* EXACT_BREAKABLE: that would be opened ... */
	int hours;             /* ... for how long */
	struct disclosure_ticket *ticket;
	struct audit_entry entry;
};
enum status disclosure_find_exact(struct disclosure_exact_answer *out, struct disclosure *door,
				  const struct disclosure_exact *exact, struct arena *arena,
				  struct error *error) MUST_CHECK;

/* ---- for those who may not know the vault --------------------------------------------------------- */

/* The server opens the key for the door, and hands it on without looking inside. DATA tells whether the key
 * is the right one. */
enum status disclosure_open_vault(struct vault **out, const char *key_path, struct store *data,
				  struct error *error) MUST_CHECK;
/* For a server: vault_follow_change(). */
enum status disclosure_follow_key(struct vault *vault, const char *key_path, bool *changing,
				  struct error *error) MUST_CHECK;
void disclosure_close_vault(struct vault *vault); /* NULL is fine */

/* What users write about residents (reports and replies) is sealed as well: ID is the row's, WHICH tells
 * several texts of a row apart. */
void disclosure_seal_words(const struct vault *vault, int64_t id, int32_t which, struct text words, struct buf *sealed);
enum status disclosure_unseal_words(const struct vault *vault, int64_t id, int32_t which, struct text sealed,
				    struct buf *words, struct error *error) MUST_CHECK;

/* What was searched for goes with the audit entry, sealed under the vault's key and bound to the entry by a salted
 * mark. _unseal_search() takes what audit_read_words() gave; STATUS_CORRUPT when the words are not the entry's. */
void disclosure_seal_search(const struct vault *vault, struct text query, struct audit_entry *entry,
			    struct arena *arena);
enum status disclosure_unseal_search(const struct vault *vault, const struct audit_entry *entry, struct arena *arena,
				     struct text *query, struct error *error) MUST_CHECK;

/* What users state in their own words (policy/stated.h). _keep_ seals and keeps them, and gives what stands for them;
 * without words that is absent. _read_ gives them back: what is no reference as it is, STATUS_NOT_FOUND when they were
 * deleted, STATUS_CORRUPT when they are not those. _unseal_ does so with what was read from the desk already. */
enum status disclosure_keep_stated(struct text *reference, const struct vault *vault, struct store *desk,
				   struct text words, struct arena *arena, struct error *error) MUST_CHECK;
enum status disclosure_read_stated(struct text *words, const struct vault *vault, struct store *desk,
				   struct text reference, struct arena *arena, struct error *error) MUST_CHECK;
enum status disclosure_unseal_stated(struct text *words, const struct vault *vault, struct text reference,
				     struct text sealed, struct arena *arena, struct error *error) MUST_CHECK;

/* Where sealed values lie, for a change of the key (vault.h): each room that keeps some says so. SELECT gives MOST rows
 * behind the place given by PLACE's names, in their order, with columns record_id, feed_no, row_key, version, part and
 * sealed; UPDATE writes :sealed at that place. */
struct sealed_rows {
	const char *title; /* for messages: "names, addresses and notes" */
	const char *select, *update;
	const char *place[6]; /* of those columns, which are the key; NULL behind the last */
};
extern const struct sealed_rows disclosure_sealed_searches, disclosure_sealed_stated; /* on the desk */

/* The secret of somebody's authenticator app is sealed as such words: ID is the user's. Policy keeps it and has no key.
 */
enum { WORDS_OF_SECOND_FACTOR = 21 };
extern const struct sealed_rows second_factor_sealed_rows;
/* So is the surname and the address of a user, and what somebody was writing when their session ended (ID is the
 * draft's). */
enum { WORDS_OF_USER = 22, WORDS_OF_DRAFT = 23 };
extern const struct sealed_rows user_sealed_rows, draft_sealed_rows;

#endif
