/* A form that came after its session had ended: kept, and given back after signing in (policy/draft.h). */
#ifndef WEB_DRAFTS_H
#define WEB_DRAFTS_H

#include "web/site.h"

/* Of a visit whose session is over, or whose user has to do something else first: KEPT tells whether what it brought is
 * worth keeping, is whole, and was kept. */
enum status draft_keep_form(struct visit *visit, bool *kept, struct error *error) MUST_CHECK;
/* The page to go to once nothing else is to be done first: /draft when something is kept for this session. */
enum status draft_redirect(struct visit *visit, struct error *error) MUST_CHECK;
/* USERNAME signs in, with the cookie of before in visit->token and TOKEN from now on. WAITING: something of theirs is
 * kept. */
enum status draft_take_over(struct visit *visit, struct text username, const char *token, bool *waiting,
			    struct error *error) MUST_CHECK;
/* A form of the draft's page was taken by the page that it was for. */
enum status draft_sent(struct visit *visit, struct error *error) MUST_CHECK;

#endif
