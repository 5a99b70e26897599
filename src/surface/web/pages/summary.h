/* The case summary's page, and the row behind a sentence. */
#ifndef WEB_PAGES_SUMMARY_H
#define WEB_PAGES_SUMMARY_H

#include "view/summary.h"
#include "web/site.h"

/* "/residents/ID/rows/RECORD-FEED-ROW" */
struct text summary_row_address(struct arena *arena, int64_t resident_id, const struct disclosed_origin *origin);
/* How each feed of the profile stands today, by number. */
enum status summary_feed_states(struct visit *visit, const struct summary_feed **out, struct error *error) MUST_CHECK;
/* All that was read in the resident's notes: whether it may be shown is told by the states of the notes' feeds. */
enum status summary_read_flags(struct visit *visit, int64_t resident_id, const struct note_flags **out,
			       struct error *error) MUST_CHECK;
/* What was read in the notes, as far as the viewer may read them, joins the events of VIEW. */
enum status summary_add_notes(struct visit *visit, const struct disclosure_resident *answer, struct view_resident *view,
			      struct error *error) MUST_CHECK;
/* Into OBJECT: headings with their sentences, what is withheld, what sources say differently. */
void put_summary_sentences(struct visit *visit, struct value *object, const struct view_summary *summary,
			   const struct view_resident *view);
/* Into the document: the choice of layouts, when and for whom it was made. */
void put_summary_layouts(struct visit *visit, const struct profile_layout *layout);
/* The glossary; USED by number of term. */
void put_summary_terms(struct visit *visit, const bool *used);

#endif
