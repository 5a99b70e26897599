/* Residences and households: who lives where, since when, with whom, and how sure that is.
 *
 * A residence joins what all of a resident's records say of one property.  Which one is the present home is
 * decided by what each source's word has been worth, learned from where sources agree.  A household is made of
 * those whose present home is the same property - unless the property is not a household's: a hostel, a refuge,
 * a care home, a hall, a house in multiple occupation, a building whose flats nobody named, or a home with more
 * unrelated families than a family has.  There each family (people of one family name, or whom a source says to be
 * related) is a household of its own, and everybody else one of one.  What people ruled ("these two do not live
 * together") goes before all of it.
 *
 * The past is drawn from the dates of residences, not from the days on which files came: a household is a chain of
 * stays, at one property and then at the next, with what became of it.
 *
 * The functions on arrays are pure; household_refresh() reads the workspace and writes the tables.
 */
#ifndef HOUSEHOLD_HOUSEHOLD_H
#define HOUSEHOLD_HOUSEHOLD_H

#include "base/date.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct household_rulings;
struct reading;
struct store;
struct vault;

/* ---- residences ------------------------------------------------------------------------------ */

struct sighting { /* one row of a record says: here, from, to */
	int64_t resident_id, property_id, record_id;
	date from, to; /* to: DATE_UNKNOWN while it goes on */
	uint16_t source;
	bool ends; /* the feed tells when rows end, so that one which goes on says something */
	uint16_t feed_no;
	bool vanished; /* TO is the day on which the source no longer named them: it does not say that they left */
	date seen;     /* when the row was newest delivered as it is; DATE_UNKNOWN: not known */
	int sequence;  /* filled: of the residence */
};

enum residence_standing {
	RESIDENCE_MAIN,     /* the present home */
	RESIDENCE_SECOND,   /* another home at the same time: a child of parents who live apart */
	RESIDENCE_DOUBTFUL, /* somebody says still, others know better */
	RESIDENCE_FORMER
};
const char *residence_standing_name(enum residence_standing standing);

struct residence {
	int64_t resident_id, property_id;
	int sequence;  /* counts the times that they lived there */
	date from, to; /* to: DATE_UNKNOWN while it goes on */
	date said;     /* the newest beginning of a sighting */
	date seen;     /* the newest day on which any source said so */
	unsigned sources, records;
	enum residence_standing standing;
	bool current;  /* the one present home of the resident */
	bool open;     /* some source says still */
	bool kept;     /* ... one that tells when it ends */
	date left;     /* the newest end that a source tells; DATE_UNKNOWN: none */
	bool vanished; /* it ended, but no source says that they left */
	bool inferred; /* nobody says so: the family lives there, see residences_follow() */
	bool shared; /* the caller's to set before residences_follow(): the property is not one household's by its kind
		      */
	double confidence;
	size_t first, count; /* its sightings */
};

/* What a source's word about the present home is worth, by kind of statement and by age. */
enum {
	STATEMENT_FIRST, /* names a home, and nobody one that began later */
	/* Names a home; another source one that began later, or (where this one tells no ends) that this one has ended.
	 */
	STATEMENT_OVERTAKEN,
	STATEMENT_LEFT, /* what it had there has an end: a tenancy, but also a case that was closed */
	STATEMENT_GONE, /* no longer names them */
	STATEMENT_KINDS
};
enum { STATEMENT_AGES = 3 }; /* said within a year, within three, before */
enum { ADDRESS_SOURCES = 64 };
struct address_learned {
	double share[ADDRESS_SOURCES][STATEMENT_KINDS][STATEMENT_AGES]; /* of statements that are right of the home */
	double agreed[ADDRESS_SOURCES][STATEMENT_KINDS][STATEMENT_AGES];
	int64_t statements[ADDRESS_SOURCES][STATEMENT_KINDS][STATEMENT_AGES]; /* that it was learned from */
};
/* Sorts SIGHTINGS. *OUT is the caller's to free, ordered by resident, property and sequence. TODAY closes what begins
 * later. *LEARNED (may be NULL) is what was learned on the way. */
size_t residences_join(struct residence **out, struct sighting *sightings, size_t count, date today,
		       struct address_learned *learned);

/* Of what a resident is said to be a member: keyed hashes of family names (bit 0 clear) and of groups that a source
 * names (a claim, a tenancy; bit 0 set). */
enum { HOUSEHOLD_FAMILIES = 10 };

struct dweller { /* what is known of a resident, by resident id */
	int64_t resident_id;
	uint64_t families[HOUSEHOLD_FAMILIES]; /* 0 where there are fewer */
	date born, died; /* DATE_UNKNOWN: not known. DIED on a day that is not known: DATE_UNKNOWN with DEAD */
	bool dead;
};
/* Where the family knows better: a child whom the sources still have at the old address follows the family that moved;
 * one whom no source names any more stays where the family is; a child whom two sources have at two homes, each with
 * family in it, has a second home. ALL may grow. DWELLERS ascend. */
size_t residences_follow(struct residence **all, size_t count, const struct dweller *dwellers, size_t dweller_count,
			 date today);

/* ---- households -------------------------------------------------------------------------------- */

enum property_use { USE_HOME, USE_SHARED, USE_INSTITUTION };
enum property_use property_use_of(const char *kind); /* property.kind */

struct occupant {
	int64_t resident_id, property_id;
	uint64_t families[HOUSEHOLD_FAMILIES]; /* 0 where there are fewer */
	date from;
	unsigned sources;
	double confidence;
	enum property_use use;
	bool child; /* under age */
	bool inferred;
	/* filled by households_make(): */
	uint32_t household; /* 0 .. */
	const char *kind;   /* of the household: family, single, shared, institution */
	const char *certainty, *why;
	const char *apart; /* why the property is not one household's: class, names; NULL: it is */
};
struct tie { /* two residents of whom a source says how they are related, or a person ruled, or who moved together */
	int64_t a, b;
	enum { TIE_RELATED, TIE_TOGETHER, TIE_APART, TIE_MOVED } kind; /* MOVED: both were at another place before */
};
/* Sorts OCCUPANTS by property and resident; returns the number of households. TIES in any order. */
size_t households_make(struct occupant *occupants, size_t count, const struct tie *ties, size_t tie_count);

/* ---- the workspace --------------------------------------------------------------------------------- */

struct household_report {
	size_t residences, current, households, began, ended;
	double seconds;
};
/* From the reading and the residents that linking wrote; writes what differs, in one transaction. RULINGS
 * (household_rulings.h) may be NULL: nobody ruled anything. */
enum status household_refresh(struct reading *reading, const struct household_rulings *rulings, int64_t run_id,
			      struct household_report *report, struct error *error) MUST_CHECK;

enum { HOUSEHOLD_BANDS = 5 };
struct household_evaluation {
	uint64_t people;              /* who live in the borough on the day, and are known */
	double precision, recall, f1; /* of pairs who live together */
	/* Residents of houses in multiple occupation and hostels. */
	uint64_t shared_people,
		falsely_together; /* the latter are shown with somebody who lives in another household */
	double shared_precision, shared_recall, shared_f1;
	/* Who has left the borough or died, and is shown in a household still; and the score when they count as wrong.
	 */
	uint64_t gone_shown;
	double with_gone_precision, with_gone_f1;
	/* Present homes. */
	uint64_t homes_right, homes_wrong, homes_missed;
	struct household_band {
		double from, said; /* confidence: at least; on average */
		uint64_t people, right;
	} bands[HOUSEHOLD_BANDS];
};
/* Against truth/households.csv, records.csv and properties.csv in the folder TRUTH, at the newest as-at date. */
enum status household_evaluate(struct household_evaluation *out, struct store *data, const struct vault *vault,
			       const char *truth, struct error *error) MUST_CHECK;

struct household_source { /* what the word of a source about the present home was worth, as the newest run learned it */
	char source[64];
	unsigned kind; /* STATEMENT_... */
	uint64_t statements;
	double share; /* of them that name the home; of STATEMENT_LEFT: that it is the home all the same */
};
enum status household_sources(struct household_source *out, size_t capacity, size_t *count, struct store *data,
			      struct error *error) MUST_CHECK;

#endif
