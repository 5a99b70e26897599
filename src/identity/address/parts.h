/* A gazetteer's address in parts, each in the one form in which parts are compared. */
#ifndef ADDRESS_PARTS_H
#define ADDRESS_PARTS_H

#include "address/address.h"
#include "address/flat.h"

/* Where a thing lies that is not the house itself. */
enum {
	BESIDE_REAR = 1 << 0,   /* rear of, behind */
	BESIDE_LAND = 1 << 1,   /* land at, site of, plot */
	BESIDE_NEXT = 1 << 2,   /* adjacent to, opposite, between */
	BESIDE_GARAGE = 1 << 3, /* garage, parking space */
	BESIDE_CORNER = 1 << 4, /* cnr, junction of: the number is left out */
	BESIDE_CARE = 1 << 5    /* care of somebody */
};
/* Takes these from WORDS: sets the bits of the words in *TAKEN. */
unsigned beside_take(const struct address_words *words, uint64_t *taken);

struct address_parts {
	struct flat flat;
	struct address_number from, to; /* the house; TO of a range */
	unsigned beside;
	/* Words with one space between; of flat_name what is left of "CARETAKERS FLAT". In TEXT. */
	struct text flat_name, building, organisation, street, tail;
	uint64_t postcode; /* postcode_code(), 0 unknown */
	enum gazetteer_status status;
	char text[ADDRESS_TEXT + 2 * ADDRESS_WORDS];
	size_t used;
};
/* Pure. OUT refers to itself: it must not be copied. */
void address_parts_read(struct address_parts *out, const struct gazetteer_entry *entry);

/* A whole postcode as up to seven letters and digits, the first in the lowest byte; 0 when T is none. A letter that
 * stands for a digit is put right. */
uint64_t postcode_code(struct text t);

/* The whole postcode at the end of an address, also one with letters that no postcode has; *BEFORE is what stands
 * before it. Absent when there is none. */
struct text postcode_at_end(struct text address, struct text *before);

/* The end (exclusive) of the street's name that begins at FIRST: behind its road, lane, grove; with none, at the comma;
 * with no comma FIRST + 1. *HAS_TYPE tells which. */
size_t street_end(const struct address_words *words, size_t first, bool *has_type);

#endif
