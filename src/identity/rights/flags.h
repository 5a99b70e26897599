/* A resident's objections, restriction of processing, and consents: set, lifted, read with their reasons.
 *
 *     struct rights_flag order = {.kind = FLAG_OBJECTION, .about = TEXT("council_tax"), .holds = true,
 *                                 .reason = ..., .by = ...};
 *     store_begin(desk);  rights_flag_do(&order, &parts, resident_id, error);  audit_join(...);  store_commit(desk);
 *
 * An act is done about each record that the resident has then; what it comes to later, after links changed, is policy's
 * (policy/flags.h).  The reason may name somebody, so it is sealed.
 */
#ifndef RIGHTS_FLAGS_H
#define RIGHTS_FLAGS_H

#include "policy/flags.h"
#include "rights/rights.h"

enum { FLAG_REASON_SHORTEST = 3, FLAG_REASON_LONGEST = 500 }; /* bytes */

struct rights_flag {
	enum flag_kind kind;
	struct text about; /* id of a purpose (objection) or of an agreement (consent) */
	bool holds;        /* false: lifted, withdrawn */
	struct text reason, by;
	instant at;
	bool current;      /* when read: nothing was done later about the same */
	struct text title; /* when read: "Objection to Council Tax" */
};
/* STATUS_INVALID with the field in the error's code ("rights.flag_about", "rights.flag_reason"), STATUS_CONFLICT when
 * it stands so, STATUS_NOT_FOUND when the resident has no records. */
enum status rights_flag_do(const struct rights_flag *order, const struct rights_parts *parts, int64_t resident_id,
			   struct error *error) MUST_CHECK;
/* All that was ever done, newest first. */
enum status rights_flags(struct rights_flag **out, size_t *count, const struct rights_parts *parts, int64_t resident_id,
			 struct arena *arena, struct error *error) MUST_CHECK;
/* Grows with each act: what was derived under another one may not be shown to hold still. */
enum status rights_flags_generation(struct store *desk, int64_t *generation, struct error *error) MUST_CHECK;
/* What BOUNDS come to, a line each: "Objects to: Council Tax". */
size_t rights_bounds_lines(struct text **out, const struct policy *policy, const struct profile *profile,
			   const struct policy_bounds *bounds, struct arena *arena);

struct sealed_rows;
extern const struct sealed_rows rights_sealed_reasons; /* on the desk */

#endif
