/* What matching needs of the sealed rows, read once.
 *
 * Addresses, residents and households are all made of the same rows.  A reading goes through the vault
 * once, cleans every row on the way, and holds the result in columns: values as numbers of
 * distinct texts, where each row says that somebody lives and from when to when, family names as
 * keyed hashes.  The rooms after it take what they need and read no sealed row again.
 *
 *     struct reading *reading;
 *     status = reading_open(&reading, data, vault, profile, &settings, &error);
 *     status = address_refresh(reading, ...);
 *     status = linking_refresh(reading, ...);
 *     status = household_refresh(reading, ...);
 *     reading_close(reading);                            // wipes
 *
 * reading_keep() seals what was read into the data shelf, so that the next reading opens only the
 * records that extracts have changed since.  What is kept is a copy and no more: when it is not
 * there, does not open, or was made under another profile or by another version, everything is
 * read from the vault again, with the same result.
 */
#ifndef READING_READING_H
#define READING_READING_H

#include "base/date.h"
#include "base/error.h"
#include "base/map.h"

#include <stdatomic.h>

struct profile;
struct store;
struct vault;
struct vault_elements;

/* Columns of cleaned values. */
enum reading_column {
	READING_GIVEN,
	READING_MIDDLE,
	READING_FAMILY,
	READING_SUFFIX, /* "1" junior, "2" senior ... */
	READING_BIRTH,  /* "2001-02-28", of any year */
	READING_SEX,    /* "1" or "2" */
	READING_PHONE,
	READING_EMAIL,
	READING_NHS,
	READING_NI,
	READING_UPN,
	READING_COLUMNS
};

/* A value: its column and the number of its text. */
enum { READING_TEXT_BITS = 28 };
static inline enum reading_column reading_value_column(uint32_t value)
{
	return (enum reading_column)(value >> READING_TEXT_BITS);
}
static inline uint32_t reading_value_text(uint32_t value)
{
	return value & ((UINT32_C(1) << READING_TEXT_BITS) - 1);
}

/* Among the hashes of a record's families: those with this bit are of groups (a claim, a tenancy), the others of names.
 */
#define READING_GROUP UINT64_C(1)

/* A version of a row that says where the person lives. */
struct reading_place {
	int64_t row_key;
	int32_t feed_no, version;
	uint32_t address; /* number in the reading's addresses */
	date from, as_at; /* of the version: valid_from; the as-at date of its extract */
	date to;          /* of the row's last version: valid_to, DATE_UNKNOWN while it goes on */
	int32_t last;     /* the row's last version */
	bool ends;        /* some version of the row has an end */
};

/* A row of the gazetteer: of a feed whose client is a UPRN. */
struct reading_property {
	int64_t record_id, row_key;
	int32_t feed_no, version;
	bool main;           /* of the feed with one row a property, not of further addresses */
	struct text packed;  /* values */
	struct text payload; /* of the current fact; absent when there is none, or not main */
};

/* Records ascend; what belongs to record i is at [first[i], first[i + 1]). */
struct reading_batch {
	size_t count;
	int64_t *records;
	uint32_t *first_value, *first_place, *first_family;
	unsigned char *dead; /* a newest row has a date of death */
	uint64_t *named_by;  /* bits: feeds whose rows name the person; bit 63 stands for all from 63 on */
	uint32_t *values;
	struct reading_place *places;
	/* Keyed hashes of family names in newest rows (a child's also of the parents that the row names), and of the
	 * groups that the profile's `relationships` name; each once, in their order. */
	uint64_t *families;
	size_t value_count, place_count, family_count;
	struct reading_property *properties; /* by record, feed, row and version */
	size_t property_count;
	/* capacities */
	size_t record_room, value_room, place_room, family_room, dead_room, named_room, property_room, first_rooms[3];
};

enum { READING_NO_MATCH = -1 }; /* not asked yet */
struct reading {
	struct store *data;
	const struct vault *vault;
	const struct profile *profile;
	struct reading_batch all;  /* all records of sources that hold people; the gazetteer's rows */
	struct text_map texts;     /* of values */
	struct text_map addresses; /* "uprn 0x1f postcode 0x1f address", clean */
	struct arena arena;        /* of properties */
	/* By address, filled by the address room: property id (0: none) and class, READING_NO_MATCH when it was not
	 * asked. Kept with the rest as long as the gazetteer is the same. */
	int64_t *property;
	signed char *match;
	size_t match_room;
	bool matched;           /* all have been asked */
	bool gazetteer_changed; /* since what was kept, or nothing was ... */
	bool gazetteer_anew; /* ... by more than the rows that reading_changed() has: rows are gone, or nothing was */
	bool from_vault;     /* nothing was kept */
	size_t changed;      /* records read from the vault */
	double seconds;
	struct reading_kept *kept;
};

struct reading_settings {
	bool anew; /* do not use what was kept */
	const atomic_bool *stop;
};
enum status reading_open(struct reading **out, struct store *data, const struct vault *vault,
			 const struct profile *profile, const struct reading_settings *settings,
			 struct error *error) MUST_CHECK;
/* Only these records (ascending, each once), from the vault: for an explanation. Without facts' dates. */
enum status reading_open_some(struct reading **out, struct store *data, const struct vault *vault,
			      const int64_t *records, size_t count, struct error *error) MUST_CHECK;
void reading_close(struct reading *reading); /* NULL is fine */
/* The records (of people) that were read from the vault because they changed since they were kept; NULL: all. */
const struct reading_batch *reading_changed(const struct reading *reading);
/* In a transaction of its own, after the addresses were matched and written; before that it does nothing. */
enum status reading_keep(struct reading *reading, struct error *error) MUST_CHECK;
/* For whoever takes values out of the vault: what was kept is gone with them. In the caller's transaction. */
enum status reading_forget(struct store *data, struct error *error) MUST_CHECK;

/* ---- the address of a row --------------------------------------------------------------------- */

/* The parts of an address among a row's sealed values. */
struct address_elements {
	unsigned address, lines[5], town, postcode, uprn;
};
void address_elements_find(struct address_elements *out, const struct vault_elements *elements);
struct address_row {
	char text[256];   /* one line, without the postcode; empty when there is none */
	char postcode[9]; /* clean; empty when there is none */
	char uprn[13];    /* clean; empty when there is none */
};
/* False when the row has no address at all. */
bool address_of_row(struct address_row *out, const struct address_elements *elements, struct text packed);

#endif
