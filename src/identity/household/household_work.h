/* One derivation of residences and households under way: shared by the files that read, derive and write. */
#ifndef HOUSEHOLD_HOUSEHOLD_WORK_H
#define HOUSEHOLD_HOUSEHOLD_WORK_H

#include "base/map.h"
#include "household/history.h"
#include "household/household_int.h"
#include "linking/residents.h"
#include "store/store.h"

struct home {                                  /* a household as it stands in the table */
	int64_t id, property_id, since, ended; /* ended: 0 while it goes on */
	const char *kind;
	date from, to;
};

struct was_in { /* a stay, as the table has it */
	int64_t resident_id, property_id, household_id;
	date to; /* INT32_MAX while it goes on */
};

struct membership { /* a row to be */
	int64_t household_id, resident_id, property_id;
	int sequence;
	date from, to;
	const char *certainty, *why;
};

struct claim { /* what one record says of a residence, by feed */
	int64_t resident_id, property_id, record_id;
	int sequence;
	uint16_t feed_no;
	date from, to, seen;
};

struct replaced { /* a household that is no more because it had been drawn wrongly */
	int64_t household_id, other_id;
	date on;
};

struct shared { /* a property that is not one household's */
	int64_t property_id;
	enum property_use use;
	const char *why;
	unsigned people, households, families;
};

struct told_event { /* a row to be */
	int64_t household_id, resident_id, other_id, property_id;
	int sequence;
	date on;
	const char *what;
};

struct relation { /* what a feed says of two residents: RESIDENT_ID is KIND of OTHER_ID */
	int64_t resident_id, other_id, record_id, other_record_id;
	uint16_t feed_no;
	const char *kind;
	date from, to;
};

struct work {
	const struct reading *reading;
	struct store *data;
	const struct vault *vault;
	int64_t run_id;
	date today;
	/* what is read */
	int64_t *resident_of;  /* by record of the reading; 0: none */
	uint32_t *by_resident; /* numbers of records, by resident and record */
	size_t by_resident_count;
	struct id_map feed_source; /* feed -> source */
	struct id_map feed_ends;   /* feed -> 1 when it tells when rows end */
	struct id_map uses;        /* property -> enum property_use */
	struct id_map was_in;      /* resident, property and time there -> household, before this run */
	struct was_in *were_in;
	size_t were_in_count, were_in_capacity;
	struct id_map used; /* household ids ever -> number in homes + 1 */
	struct text_map words;
	struct home *homes; /* the table's rows; then what they will be */
	size_t home_count, home_capacity;
	struct replaced *replaced;
	size_t replaced_count, replaced_capacity;
	struct dweller *dwellers; /* by resident */
	size_t dweller_count;
	struct tie *ties;
	size_t tie_count, tie_capacity;
	/* what is derived */
	struct sighting *sightings;
	size_t sighting_count, sighting_capacity;
	struct address_learned learned;
	struct residence *residences;
	size_t residence_count;
	struct occupant *occupants;
	size_t occupant_count;
	struct stay *stays;
	size_t stay_count;
	struct history history;
	struct residents_result ids; /* of the history's households */
	/* rows to be */
	struct claim *claims;
	size_t claim_count;
	struct membership *members;
	size_t member_count;
	struct told_event *events;
	size_t event_count;
	struct shared *shared;
	size_t shared_count;
	struct relation *relations;
	size_t relation_count;
};

/* Tables, sightings, and what is known of each resident. */
enum status work_read(struct work *work, struct error *error) MUST_CHECK;
uint64_t work_stay_key(int64_t resident_id, int64_t property_id);
/* The household of a resident's stay at a property before this run, 0: none. BACK counts their stays there from the
 * last one, which is 0. */
int64_t work_was_in(const struct work *work, int64_t resident_id, int64_t property_id, int back);
const struct dweller *work_dweller(const struct work *work, int64_t resident_id); /* NULL: nothing is known */
/* Relationships that feeds tell of. */
enum status work_relate(struct work *work, struct error *error) MUST_CHECK;
/* Brings the tables to what was derived, in one transaction. */
enum status work_write(struct work *work, struct error *error) MUST_CHECK;
void work_release(struct work *work);

#endif
