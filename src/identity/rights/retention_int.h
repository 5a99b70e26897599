/* Inside rights: what is due, one client of one feed at a time. */
#ifndef RIGHTS_RETENTION_INT_H
#define RIGHTS_RETENTION_INT_H

#include "rights/retention.h"

#define RETENTION_CERTIFICATE "retention certificate"

struct due_client {
	const struct profile_feed *feed;
	int64_t record_id, resident_id, client_hash; /* resident_id 0: in no resident */
	enum retention_rule rule;
	enum retention_state state;
	int64_t rows;
};
struct due_list {
	struct due_client *at;
	size_t count, capacity;
};
/* All that is due, whatever is done about it; the caller frees AT. */
enum status retention_find(struct due_list *out, const struct rights_parts *parts, struct policy *policy, date as_of,
			   struct error *error) MUST_CHECK;
/* A record of which no row is left is nobody's: it goes as an erased one does. */
struct erased_record;
enum status retention_forget_record(const struct rights_parts *parts, struct erased_record *record,
				    struct error *error) MUST_CHECK;
/* retention_rest.c: waiting extracts and lost feeds, into a plan whose day is set. */
enum status retention_find_rest(struct retention_plan *out, const struct rights_parts *parts, struct arena *arena,
				struct error *error) MUST_CHECK;
/* retention_requests.c: requests for a copy that are due, and of these those of residents under a legal hold. */
enum status retention_find_requests(int64_t *due, int64_t *held, const struct rights_parts *parts,
				    struct policy *policy, date as_of, struct error *error) MUST_CHECK;
/* Deletes what is due, in the caller's desk transaction, which has the certificate too. */
enum status retention_delete_requests(int64_t *deleted, const struct rights_parts *parts, struct policy *policy,
				      date as_of, struct error *error) MUST_CHECK;
struct text retention_waiting_numbers(const struct retention_plan *plan, struct arena *arena);
/* Twice is as once. */
enum status retention_delete_waiting(struct text numbers, const struct rights_parts *parts, const char *archive,
				     struct error *error) MUST_CHECK;

#endif
