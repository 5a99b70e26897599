/* Inside rights: what an erasure has found out of the records that it erases. */
#ifndef RIGHTS_ERASURE_INT_H
#define RIGHTS_ERASURE_INT_H

#include "base/map.h"
#include "rights/erasure.h"
#include "rights/rights_int.h"

struct erased_record {
	int64_t record_id, client_hash;
	struct text source_id;
	int64_t resident_id; /* retention's; an erasure is of one resident */
};
struct erasing {
	struct erasure *erasure;
	const struct rights_parts *parts;
	const char *archive;
	struct arena arena;
	struct erased_record *records;
	size_t count;
	const struct profile_feed *feed; /* only of this feed, whose unreadable rows stay; NULL: all */
	struct id_map by_client;         /* client hash to number in RECORDS, while archives are read */
};

/* Every table of erasure_tables.c, for the resident and the records. In the caller's transactions. */
enum status erase_tables(struct erasing *e, struct error *error) MUST_CHECK;
/* What is left of a client: a keyed hash. */
int64_t rights_proof(const struct vault *vault, struct text source_id, int64_t client_hash);
/* Freed pages of both shelves. */
enum status rights_forget_pages(const struct rights_parts *parts, struct error *error) MUST_CHECK;
/* Rows of the records out of every archive of their sources, and out of quarantine by the same lines. */
enum status erase_archives(struct erasing *e, struct error *error) MUST_CHECK;

#endif
