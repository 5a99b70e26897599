/* A resident's copy of what is held on them, as files: accessible HTML, the same as JSON and as PDF.
 *
 * copy.html, copy.json and copy.pdf are for the resident; to-confirm.html is for staff, with what waits for a
 * person's decision and the number that it takes, and is only there when something waits.  All hold identifiers in
 * clear: the folder is made for its owner alone, and what becomes of it is for whoever asked.
 */
#ifndef REPORT_SUBJECT_ACCESS_H
#define REPORT_SUBJECT_ACCESS_H

#include "rights/rights.h"

struct subject_access_report {
	bool to_confirm; /* was written */
};
enum status report_subject_access(struct subject_access_report *out, const struct rights_copy *copy,
				  const struct profile *profile, const char *folder, struct error *error) MUST_CHECK;

#endif
