/* Addresses become properties.
 *
 * A gazetteer holds every property with its approved and other addresses; an address as
 * somebody wrote it is matched to one of them, or to none: no match is better than a
 * neighbour's flat.
 *
 *     struct gazetteer *gazetteer = gazetteer_new();
 *     gazetteer_add(gazetteer, property, &entry);             // one call for each way to write a property
 *     gazetteer_finish(gazetteer);
 *     struct address_match match;
 *     gazetteer_match(gazetteer, TEXT("FL 1 21 Ashgrove"), TEXT("NW2 3LN"), &match);
 *
 * Both sides are read as parts (flat, number, building, street, place, postcode), but what was asked keeps all its
 * readings: "21A" is a house, or flat A of 21.  Candidates share a postcode, a street and number, or a building's name,
 * each in any spelling.  Of each candidate every part is asked whether it is there and how well, and the answers are
 * added up in bits of evidence: a rare street says more than a common one (log2 of how many entries share it).  The
 * best one is the answer when it has enough and is far enough ahead of the next; a flat is only ever matched to the
 * same flat, or to its building.
 *
 * After gazetteer_finish() all calls are pure and may run on any thread.
 *
 * address_refresh() does this for all rows of the workspace and writes the tables `property` and
 * `record_property`.  address_file.h does it for anybody's files.
 */
#ifndef ADDRESS_ADDRESS_H
#define ADDRESS_ADDRESS_H

#include "base/error.h"
#include "base/text.h"

enum gazetteer_status { GAZETTEER_APPROVED, GAZETTEER_ALTERNATIVE, GAZETTEER_PROVISIONAL, GAZETTEER_HISTORIC };

struct gazetteer;
struct gazetteer_entry {  /* absent or 0 where there is none */
	struct text flat; /* secondary: "FLAT 1", "GROUND FLOOR FLAT" */
	unsigned flat_number;
	char flat_suffix;
	struct text building; /* primary, text: "BEECH COURT" */
	unsigned number, number_to;
	char suffix, suffix_to; /* of the numbers: 'A' */
	struct text street, locality, town, postcode, organisation;
	struct text address; /* all in one line, instead of the parts above but the postcode and organisation */
	enum gazetteer_status status;
};

struct gazetteer *gazetteer_new(void);
void gazetteer_free(struct gazetteer *gazetteer);
/* PROPERTY is the caller's number for it. */
void gazetteer_add(struct gazetteer *gazetteer, uint32_t property, const struct gazetteer_entry *entry);
void gazetteer_finish(struct gazetteer *gazetteer);

enum address_class {
	ADDRESS_NONE,
	ADDRESS_UPRN,     /* the source gave the UPRN */
	ADDRESS_EXACT,    /* postcode, street or building, number and flat all as in the gazetteer */
	ADDRESS_STRONG,   /* the same place beyond doubt, written otherwise */
	ADDRESS_PROBABLE, /* enough agrees, and nothing else comes near */
	ADDRESS_PARENT    /* the building, but not which part of it */
};
const char *address_class_name(enum address_class class); /* "none", "uprn", "exact" ... */

/* What was found of each part: "same", "a slip", "missing" ...; NULL where neither side has it. */
struct address_evidence {
	const char *postcode, *street, *number, *building, *flat, *other;
	enum gazetteer_status status;
};

struct address_match {
	enum address_class class;
	uint32_t property;  /* UINT32_MAX: none */
	uint32_t best;      /* what it would have been, also when that is not enough; UINT32_MAX: nothing like it */
	uint32_t runner_up; /* the next best other property; UINT32_MAX: none */
	int score, gap;     /* tenths of bits, and those to the runner-up */
	struct address_evidence why;
};
void gazetteer_match(const struct gazetteer *gazetteer, struct text address, struct text postcode,
		     struct address_match *out);

/* Whether the entries of CHANGED, which are also in ALL, can make a difference to the match in ALL: any of them is a
 * candidate, or changes what a word is known as. */
bool gazetteer_reaches(const struct gazetteer *changed, const struct gazetteer *all, struct text address,
		       struct text postcode);

/* An address in the form in which two of them are compared: lower case, abbreviations written out,
 * flats as "flat 1". Returns its length. */
size_t address_fold(char *out, size_t cap, struct text address);

/* ---- the workspace's rows ------------------------------------------------------------------------- */

struct reading;

struct address_report {
	uint64_t properties, rows, by_uprn, exact, strong, probable, parent, none;
	double seconds;
};
/* Matches each address once and writes `property` and `record_property` in one transaction: of the rows only what
 * differs, of the properties all when the gazetteer changed. */
enum status address_refresh(struct reading *reading, struct address_report *report, struct error *error) MUST_CHECK;
/* Only fills READING->property and ->match; for a run whose addresses were written before it was stopped. */
enum status address_match_all(struct reading *reading, struct error *error) MUST_CHECK;

/* For a change of the key: UPRNs and addresses of properties. */
struct sealed_rows;
extern const struct sealed_rows address_sealed_rows;

/* ---- how good it is --------------------------------------------------------------------------------- */

struct store;
struct vault;
struct address_evaluation {
	uint64_t rows; /* loaded rows whose address is a property of the gazetteer */
	uint64_t right, building /* its parent: the flat was not told */, wrong, missed;
	uint64_t outside, outside_wrong; /* addresses elsewhere; taken for one here */
};
/* Against truth/uprns.csv in the folder TRUTH; a row that did not change since an earlier extract counts once. */
enum status address_evaluate(struct address_evaluation *out, struct store *data, const struct vault *vault,
			     const char *truth, struct error *error) MUST_CHECK;

#endif
