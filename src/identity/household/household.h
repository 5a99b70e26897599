/* Residences and households: who lives where, since when, with whom, and how sure that is.
 *
 * A residence joins what all of a resident's records say of one property.  A household is made of
 * those whose present residence is the same property - unless the property is not a household's:
 * a hostel, a refuge, a care home, a hall, a house in multiple occupation, a building whose
 * flats nobody named, or a home with more unrelated family names than a family has.  There each
 * family (people of one family name) is a household of its own, and everybody else one of one.
 *
 * The functions on arrays are pure; household_refresh() reads the workspace and writes the tables.
 */
#ifndef HOUSEHOLD_HOUSEHOLD_H
#define HOUSEHOLD_HOUSEHOLD_H

#include "base/date.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct reading;
struct store;
struct vault;

/* ---- residences ------------------------------------------------------------------------------ */

struct sighting { /* one row of a record says: here, from, to */
	int64_t resident_id, property_id, record_id;
	date from, to; /* to: DATE_UNKNOWN while it goes on */
	uint16_t source;
	bool ends; /* rows of this feed do end, so that one which goes on says something */
};
struct residence {
	int64_t resident_id, property_id;
	date from, to; /* to: DATE_UNKNOWN while it goes on */
	date seen;     /* the newest beginning of a sighting */
	unsigned sources, records;
	bool current; /* the one present residence of the resident */
	double confidence;
};
/* Sorts SIGHTINGS. *OUT is the caller's to free, ordered by resident and property. TODAY closes what
 * begins later. */
size_t residences_join(struct residence **out, struct sighting *sightings, size_t count, date today);

/* ---- households -------------------------------------------------------------------------------- */

enum property_use { USE_HOME, USE_SHARED, USE_INSTITUTION };
enum property_use property_use_of(const char *kind); /* property.kind */

struct occupant {
	int64_t resident_id, property_id;
	uint64_t families[4]; /* keyed hashes of family names, 0 where there are fewer */
	date from;
	unsigned sources;
	double confidence;
	enum property_use use;
	/* filled by households_make(): */
	uint32_t household; /* 0 .. */
	const char *kind;   /* of the household: family, single, shared, institution */
	const char *certainty, *why;
};
/* Sorts OCCUPANTS by property and resident; returns the number of households. */
size_t households_make(struct occupant *occupants, size_t count);

/* ---- the workspace --------------------------------------------------------------------------------- */

struct household_report {
	size_t residences, current, households, began, ended;
	double seconds;
};
/* From the reading and the residents that linking wrote; writes what differs, in one transaction. */
enum status household_refresh(struct reading *reading, int64_t run_id, struct household_report *report,
			      struct error *error) MUST_CHECK;

struct household_evaluation {
	uint64_t people;
	double precision, recall, f1;                      /* of pairs who live together */
	double shared_precision, shared_recall, shared_f1; /* among sharers and in communal homes */
};
/* Against truth/households.csv and records.csv in the folder TRUTH, at the newest as-at date. */
enum status household_evaluate(struct household_evaluation *out, struct store *data, const struct vault *vault,
			       const char *truth, struct error *error) MUST_CHECK;

#endif
