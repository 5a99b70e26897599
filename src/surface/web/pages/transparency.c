/* For everybody, without signing in: what is held, what for, by which agreement. Nothing on anybody. */
#include "web/pages/pages.h"

#include "web/transparency.h"

enum status page_transparency(struct visit *visit, struct error *error)
{
	struct store *data;
	struct rights_transparency numbers;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = rights_transparency(&numbers, data, visit->profile, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	transparency_document(visit->document, visit->profile, visit->snapshot->policy, &numbers);
	return visit_page(visit, "transparency", "How this council uses data");
}
