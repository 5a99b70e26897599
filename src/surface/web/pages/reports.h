/* What other pages ask of reports that something is wrong. */
#ifndef WEB_PAGES_REPORTS_H
#define WEB_PAGES_REPORTS_H

#include "casework/casework.h"
#include "web/site.h"

/* For report_filter: whether the visit (CONTEXT) may be told of the report at all. */
bool report_may_know(void *context, const struct report *report);

#endif
