/* The templates of the pages (frontend/templates/), built into the program. */
#ifndef WEB_TEMPLATES_H
#define WEB_TEMPLATES_H

#include "web/template.h"

struct page_source {
	const char *name, *source;
	unsigned long len;
};
extern const struct page_source page_sources[]; /* ends with a NULL name */

/* Compiles and links all of them; free with template_set_free(). */
enum status templates_load(struct template_set **out, struct error *error) MUST_CHECK;

#endif
