/* Shared by the pages of agreements. */
#ifndef WEB_AGREEMENTS_H
#define WEB_AGREEMENTS_H

#include "web/pages/pages.h"

/* For those who may change it while it runs: what was proposed, and what may be. */
enum status agreement_put_changes(struct visit *visit, const struct profile_agreement *agreement,
				  struct error *error) MUST_CHECK;

#endif
