#include "web/templates.h"

enum status templates_load(struct template_set **out, struct error *error)
{
	struct template_set *set = template_set_new(TEMPLATE_PAGES);
	enum status status = STATUS_OK;
	for (const struct page_source *page = page_sources; page->name && status == STATUS_OK; page++)
		status = template_set_add(set, text_of(page->name), text_slice(page->source, page->len), error);
	if (status == STATUS_OK)
		status = template_set_link(set, error);
	if (status == STATUS_OK)
		*out = set;
	else
		template_set_free(set);
	return status;
}
