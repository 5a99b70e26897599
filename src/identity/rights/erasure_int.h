/* Inside rights: what an erasure has found out of the records that it erases. */
#ifndef RIGHTS_ERASURE_INT_H
#define RIGHTS_ERASURE_INT_H

#include "base/map.h"
#include "rights/erasure.h"
#include "rights/rights_int.h"

struct erased_record {
	int64_t record_id, client_hash;
	struct text source_id;
	int64_t resident_id; /* 0: in none */
	bool whole;          /* the resident goes, and not this record alone */
};
struct erasing {
	struct erasure *erasure;
	const struct rights_parts *parts;
	const char *archive;
	struct arena arena;
	struct erased_record *records;
	size_t count;
	const struct profile_feed *feed; /* only of this feed, whose unreadable rows stay; NULL: all */
	bool lines;                      /* archives are read for their lines and stay as they are */
	struct id_map by_client;         /* client hash to number in RECORDS, while archives are read */
};

/* Every table of erasure_tables.c, for the resident and the records. In the caller's transactions. */
enum status erase_tables(struct erasing *e, struct error *error) MUST_CHECK;
/* erasure_ground.c: STATUS_INVALID when the ground names whom it erases. */
enum status erasure_check_ground(const struct erasing *e, struct error *error) MUST_CHECK;
/* erasure_homes.c: first of all, what was found about the homes of residents who go as a whole. */
enum status erase_of_homes(struct erasing *e, struct error *error) MUST_CHECK;
/* Begins a transaction on each shelf, and erases quarantine and tables in them: the caller commits, the desk first, or
 * rolls back. Should the data shelf fail then, the rows by which the rest is found are still there. */
enum status erase_from_shelves(struct erasing *e, struct error *error) MUST_CHECK;
enum status rights_begin_both(const struct rights_parts *parts, struct error *error) MUST_CHECK;
enum status rights_commit_both(const struct rights_parts *parts, struct error *error) MUST_CHECK;
void rights_rollback_both(const struct rights_parts *parts);
/* What is left of a client: a keyed hash. */
int64_t rights_proof(const struct vault *vault, struct text source_id, int64_t client_hash);
/* Freed pages of both shelves. */
enum status rights_forget_pages(const struct rights_parts *parts, struct error *error) MUST_CHECK;
/* What quarantine holds of the records: by their lines in the archives, which say them only as long as they are as they
 * were. In the caller's transaction on the data shelf, and before erase_archives(). */
enum status erase_lines(struct erasing *e, struct error *error) MUST_CHECK;
/* Rows of the records out of every archive of their sources. Twice is as once. */
enum status erase_archives(struct erasing *e, struct error *error) MUST_CHECK;

/* erasure_journal.c: what is to be erased, its proofs and its audit entry. In the caller's transaction on the desk;
 * rights_erase_resume() then does it. */
enum status erasure_write_list(struct erasing *e, struct error *error) MUST_CHECK;
/* How much would go: done in transactions that are rolled back. */
enum status erasure_count(struct erasing *e, struct error *error) MUST_CHECK;
/* Each archive of the feeds that have clients, row by row: whose it is. */
typedef void erasure_meets(void *context, const struct profile_feed *feed, int64_t client_hash);
enum status erasure_walk_archives(struct erasing *e, erasure_meets *meets, void *context,
				  struct error *error) MUST_CHECK;

#endif
