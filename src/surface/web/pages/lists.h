/* What the pages of lists share: list after list, and row after row. */
#ifndef WEB_PAGES_LISTS_H
#define WEB_PAGES_LISTS_H

#include "base/id.h"
#include "casework/lists.h"
#include "web/site.h"

/* The list of the address, when it is for this viewer and purpose and its agreement is in force; else as one that
 * is not there. */
enum status lists_open(const struct profile_list **list, struct visit *visit, struct error *error) MUST_CHECK;
/* Rows that the viewer may see: all, or that of SUBJECT_ID. */
enum status lists_rows(struct list_row **rows, size_t *count, struct visit *visit, const struct profile_list *list,
		       int64_t subject_id, struct error *error) MUST_CHECK;
/* What the row is about, through the door: "subject", "subject_href", "address", "people". WHOLE: everybody whom the
 * rule shows, also those who live elsewhere. */
enum status lists_put_subject(struct visit *visit, struct value *object, const struct profile_list *list,
			      const struct list_row *row, bool whole, struct error *error) MUST_CHECK;
void lists_put_reasons(struct value *object, const struct list_row *row);
void lists_put_rule(struct visit *visit, const struct profile_list *list);
struct text lists_outcome_title(const struct profile_list *list, struct text id);

#endif
