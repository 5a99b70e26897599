/* SCIM 2.0: what the site must know of it. */
#ifndef WEB_PAGES_SCIM_H
#define WEB_PAGES_SCIM_H

#include "web/site.h"

#define SCIM_TYPE "application/scim+json"

bool scim_asked(const struct request *request); /* answers are then in its form, errors as well */
void scim_put_error(struct value *document, unsigned status, const struct error *error);

#endif
