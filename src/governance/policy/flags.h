/* What residents asked for or agreed to: an objection to a purpose, processing restricted, consent to an agreement; and
 * that their data is held for a legal claim, whatever retention says.
 *
 *     struct flag_act act = {.act_id = id_random(), .kind = FLAG_OBJECTION, .about = TEXT("council_tax"),
 *                            .holds = true, .reason_sealed = ..., .by = ..., .records = ..., .record_count = 2};
 *     store_begin(desk);  flag_do(desk, &act, error);  audit_join(...);  store_commit(desk);
 *
 * Flags are kept by record (source and keyed hash of the client number, docs/decisions/0008), so they follow the
 * records wherever matching puts them. Each act is kept; of one record, kind and thing the last act says whether it
 * holds.
 *
 * Of a resident the stricter wins: one record with an objection, a restriction or a hold is enough; consent holds only
 * while each of the resident's records from a source that the agreement covers has it, and none had it withdrawn.
 *
 * What each does is policy's (policy_bounds_of(), policy_decide_of(), policy_may_know_of()), from the next request on.
 */
#ifndef POLICY_FLAGS_H
#define POLICY_FLAGS_H

#include "base/arena.h"
#include "policy/policy.h"

/* Stored: never renumber. */
enum flag_kind { FLAG_OBJECTION = 1, FLAG_RESTRICTION = 2, FLAG_CONSENT = 3, FLAG_HOLD = 4 };
const char *flag_kind_name(enum flag_kind kind); /* "objection", "restriction", "consent", "hold" */
bool flag_kind_parse(struct text name, enum flag_kind *out);

struct flag_record { /* as rulings know a record */
	struct text source_id;
	int64_t client_hash;
};

struct flag_act {
	int64_t act_no; /* order of acts, from flag_do() */
	int64_t act_id; /* the reason is sealed under it */
	enum flag_kind kind;
	struct text about; /* id of a purpose or of an agreement; empty for a restriction or a hold */
	bool holds;        /* set or recorded; false: lifted or withdrawn */
	struct text reason_sealed;
	instant at;
	struct text by;
	const struct flag_record *records;
	size_t record_count;
	bool current; /* when read: nothing later was done about the same */
};

/* In the caller's desk transaction. STATUS_CONFLICT "policy.flag_same" when it stands so for all of the records. */
enum status flag_do(struct store *desk, struct flag_act *act, struct error *error) MUST_CHECK;
/* What was done about any of RECORDS, newest first; without the records. */
enum status flag_acts(struct flag_act **out, size_t *count, struct store *desk, const struct flag_record *records,
		      size_t record_count, struct arena *arena, struct error *error) MUST_CHECK;

#endif
