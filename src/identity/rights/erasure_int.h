/* Inside rights: what an erasure has found out of the records that it erases. */
#ifndef RIGHTS_ERASURE_INT_H
#define RIGHTS_ERASURE_INT_H

#include "rights/erasure.h"
#include "rights/rights_int.h"

struct erased_record {
	int64_t record_id, client_hash;
	struct text source_id;
};
struct erasing {
	struct erasure *erasure;
	const struct rights_parts *parts;
	const char *archive;
	struct arena arena;
	struct erased_record *records;
	size_t count;
};

/* Rows of the records out of every archive of their sources, and out of quarantine by the same lines. */
enum status erase_archives(struct erasing *e, struct error *error) MUST_CHECK;

#endif
