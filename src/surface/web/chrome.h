/* What surrounds every page: header, navigation, purpose, form token. */
#ifndef WEB_CHROME_H
#define WEB_CHROME_H

#include "web/site.h"

void chrome_put(struct visit *visit);
/* The page for when the audit cannot be written, made at the start: nothing may be needed for it then. */
enum status chrome_make_unavailable(struct site *site, struct error *error) MUST_CHECK;

const char *site_cookie_name(const struct site *site);

#endif
