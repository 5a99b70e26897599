/* The public page as files for the council's own site: transparency.html and transparency.json. */
#ifndef REPORT_TRANSPARENCY_FILE_H
#define REPORT_TRANSPARENCY_FILE_H

#include "policy/policy.h"
#include "rights/transparency.h"

enum status report_transparency(const struct profile *profile, struct policy *policy,
				const struct rights_transparency *numbers, const char *folder,
				struct error *error) MUST_CHECK;

#endif
