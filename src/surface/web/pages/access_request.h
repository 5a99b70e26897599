/* What the pages of requests for a copy share. */
#ifndef WEB_PAGES_ACCESS_REQUEST_H
#define WEB_PAGES_ACCESS_REQUEST_H

#include "rights/request.h"
#include "web/site.h"

struct asked_request {
	struct access_request request;
	struct rights_parts parts;
	struct disclosure_resident answer; /* the resident, through the door, with its entry */
	struct rights_copy copy;           /* made by asked_copy() */
};
/* The request of the path. As if there were none for a resident whom the viewer may not know of. */
enum status asked_open(struct asked_request *asked, struct visit *visit, struct error *error) MUST_CHECK;
enum status asked_copy(struct asked_request *asked, struct visit *visit, struct error *error) MUST_CHECK;
/* The entry of something done about it, in the open desk transaction, which is committed then. */
enum status asked_commit(struct asked_request *asked, struct visit *visit, const char *action, struct text detail,
			 struct error *error) MUST_CHECK;
/* id, href, number, name, state, due and what else the head of each of its pages has. */
void asked_put_head(struct asked_request *asked, struct visit *visit);
/* An error with a field of the form in its code ("request.received") is shown there and *ASKS_AGAIN set; others are
 * returned. */
enum status asked_form_error(struct visit *visit, enum status status, bool *asks_again, struct error *error) MUST_CHECK;

#endif
