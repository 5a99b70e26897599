/* A resident's copy of what is held on them, as a document and as a page that needs no server.
 *
 *     struct value *document = subject_access_document(&copy, profile, false, &arena);
 *     status = subject_access_render(&out, document, &error);
 *
 * For the server, which gives it out, and for the command that writes it as files: both the same.  FOR_STAFF: only what
 * waits for a decision or a second look, with its values and the numbers that decisions take.
 */
#ifndef WEB_SUBJECT_ACCESS_H
#define WEB_SUBJECT_ACCESS_H

#include "rights/rights.h"
#include "web/document.h"

struct value *subject_access_document(const struct rights_copy *copy, const struct profile *profile, bool for_staff,
				      struct arena *arena);
enum status subject_access_render(struct buf *out, const struct value *document, struct error *error) MUST_CHECK;
/* The same as a tagged PDF (pdf.h). DOCUMENT's arena is used. */
enum status subject_access_pdf(struct buf *out, const struct value *document, struct error *error) MUST_CHECK;
/* "Housing; record 12, line 4 of tenancies.csv, as at 1 March 2026. From 1 April 2019." */
struct text subject_access_source(const struct rights_row *row, struct arena *arena);

#endif
