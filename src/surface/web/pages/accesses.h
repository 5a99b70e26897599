/* What the pages that review accesses share: the audit's own, and that of a team's manager. */
#ifndef WEB_PAGES_ACCESSES_H
#define WEB_PAGES_ACCESSES_H

#include "web/site.h"

/* "A breach"; absent when there is no such result. */
struct text access_result_title(struct text id);
/* A number of the query, USUAL when it is none from LEAST to MOST. */
int64_t access_number(const struct visit *visit, const char *name, int64_t least, int64_t most, int64_t usual);
/* "sample": each with what its reviews said. */
enum status access_put_sample(struct visit *visit, struct store *desk, const struct audit_page *page,
			      struct error *error) MUST_CHECK;
/* Entry SEQ; STATUS_NOT_FOUND when there is none. */
enum status access_find(struct audit_entry *out, struct visit *visit, int64_t seq, struct error *error) MUST_CHECK;
/* An entry that says what entry SEQ was; ends with the way back. */
enum status access_record_review(struct visit *visit, int64_t seq, struct text result) MUST_CHECK;

#endif
