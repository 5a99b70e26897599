/* Mustache templates, compiled once to instructions.
 *
 *     struct template_set *set = template_set_new(TEMPLATE_PAGES);
 *     template_set_add(set, TEXT("layout"), source, &error);
 *     ...
 *     template_set_link(set, &error);                    // partials find each other
 *     template_render(template_find(set, TEXT("search")), document, &out, &error);
 *
 * Two dialects of one engine:
 *
 * - TEMPLATE_SPEC is the public Mustache specification to the letter (all but its optional
 *   modules); the tests hold it to that.
 * - TEMPLATE_PAGES is what pages use. The differences make mistakes impossible rather than
 *   unlikely: `{{{x}}}` is raw only for a VALUE_MARKUP and escapes anything else; the compiler
 *   follows the HTML and refuses an interpolation where escaping would not be enough (in an
 *   unquoted attribute, in a tag, in a script or style); an interpolation that begins an
 *   address (href, src, action) lets through only paths, fragments, http(s), mailto and tel;
 *   a partial that does not exist is an error. White space at line starts is dropped.
 *
 * In both, a section is taken for true, a non-empty text, a number other than 0, an object,
 * and once for each item of an array.
 *
 * A linked set is never written to again: any number of threads may render from it.
 */
#ifndef WEB_TEMPLATE_H
#define WEB_TEMPLATE_H

#include "base/buf.h"
#include "base/error.h"
#include "web/document.h"

enum template_dialect { TEMPLATE_PAGES, TEMPLATE_SPEC };

enum {
	TEMPLATE_DEEPEST = 48,            /* sections and partials inside each other */
	TEMPLATE_LARGEST = 1 << 20,       /* bytes of source */
	TEMPLATE_OUTPUT_LARGEST = 8 << 20 /* a sensible ceiling for the caller's buffer */
};

struct template;
struct template_set;

struct template_set *template_set_new(enum template_dialect dialect);
void template_set_free(struct template_set *set);

/* Compiles SOURCE (copied) under NAME. STATUS_INVALID names template, line and remedy. */
enum status template_set_add(struct template_set *set, struct text name, struct text source,
			     struct error *error) MUST_CHECK;
enum status template_set_link(struct template_set *set, struct error *error) MUST_CHECK;
const struct template *template_find(const struct template_set *set, struct text name); /* NULL when absent */

/* Appends the page to OUT. STATUS_TOO_LARGE past the ceiling of OUT or of depth. */
enum status template_render(const struct template *template, const struct value *document, struct buf *out,
			    struct error *error) MUST_CHECK;

/* Appends T with & < > " ' as entities. */
void template_append_escaped(struct buf *out, struct text t);

#endif
