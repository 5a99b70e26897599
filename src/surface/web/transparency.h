/* The public page as a document: the same for the page, for programs and for the file that needs no server. */
#ifndef WEB_TRANSPARENCY_H
#define WEB_TRANSPARENCY_H

#include "policy/policy.h"
#include "rights/transparency.h"
#include "web/document.h"

/* POLICY tells which agreements run today. What goes in lives as long as the document. */
void transparency_document(struct value *document, const struct profile *profile, struct policy *policy,
			   const struct rights_transparency *numbers);

#endif
