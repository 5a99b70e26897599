/* Pages that need no server: one file each, with everything in it.
 *
 *     status = report_match(matching, "report.html", &error);
 *
 * The page of a match says what was inferred and why, what the model learned, how well it parts pairs, and
 * where it is weak. It asks for nothing from outside, works printed and without JavaScript, and each chart
 * stands beside a table of its numbers. It names records by their ids only, never by a value.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "matching/matching.h"

/* Whole or not at all, as matching_write_clusters(). */
enum status report_match(const struct matching *matching, const char *path, struct error *error) MUST_CHECK;

#endif
