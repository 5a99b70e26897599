/* What loading, matching and explaining with a book share. */
#ifndef ADDRESS_BOOK_H
#define ADDRESS_BOOK_H

#include "address/address_file.h"
#include "address/gazetteer_int.h"
#include "address/layout.h"
#include "base/buf.h"

struct book_property {
	uint64_t uprn, parent; /* parent: its UPRN, 0 none */
	uint32_t first_hash;   /* of its first address, to know the same row again */
	uint32_t first_line;
	uint32_t successor; /* number of the first in `successors`, from 1; 0 none */
	uint16_t class;     /* number in `classes`, from 1 */
	uint8_t status;     /* enum gazetteer_status of the property itself */
	bool shell, approved;
};

struct successor {
	uint64_t uprn;
	uint32_t next; /* of the same property, from 1 */
};

struct street_words { /* of a USRN */
	struct text street, locality, town;
};

struct address_book {
	struct gazetteer *gazetteer;
	struct book_property *properties;
	size_t property_count, property_capacity;
	struct id_map by_uprn; /* -> number + 1 */
	struct text_map classes;
	struct successor *successors;
	size_t successor_count, successor_capacity;
	struct address_book_report report;
};

uint32_t book_property_of(const struct address_book *book, uint64_t uprn); /* UINT32_MAX: unknown */

/* Problems, to the report and the quarantine file. */
struct quarantine {
	struct address_book_report *report;
	struct buf file;
	const char *path;
};
void quarantine_add(struct quarantine *quarantine, const struct address_problem *problem, struct text row);

/* Parents that go round in circles are taken away, and told; shells are marked. */
void book_settle_parents(struct address_book *book, struct quarantine *quarantine);

#endif
