/* Whose case a resident is. */
#include "policy/policy.h"

const char *relationship_name(enum case_relationship relationship)
{
	static const char *const names[] = {
		[RELATIONSHIP_NONE] = "none", [RELATIONSHIP_TEAM] = "team", [RELATIONSHIP_OWN] = "own"};
	return names[relationship];
}

enum case_relationship relationship_by(const struct viewer *viewer, struct text source, struct text worker,
				       struct text team)
{
	for (size_t i = 0; worker.len && i < viewer->worker_count; i++)
		if (text_equal(viewer->workers[i].source, source) && text_equal(viewer->workers[i].worker, worker))
			return RELATIONSHIP_OWN;
	for (size_t i = 0; team.len && viewer->team && i < viewer->team->known_as_count; i++)
		if (text_equal(viewer->team->known_as[i], team))
			return RELATIONSHIP_TEAM;
	return RELATIONSHIP_NONE;
}

const struct profile_purpose *relationship_purpose(const struct viewer *viewer, enum case_relationship relationship)
{
	const struct profile_role *role = viewer->role;
	if (!role || relationship == RELATIONSHIP_NONE)
		return NULL;
	if (relationship == RELATIONSHIP_TEAM && role->caseload_of != CASELOAD_TEAM)
		return NULL;
	return role->caseload_purpose;
}

static void put_text_or_null(struct bulk *bulk, struct text value)
{
	if (value.len)
		bulk_text(bulk, value);
	else
		bulk_null(bulk);
}

enum status policy_replace_caseload(struct store *data, const struct policy_case *cases, size_t count,
				    struct error *error)
{
	struct bulk *bulk;
	enum status status = store_execute(data, "DELETE FROM caseload", error);
	if (status == STATUS_OK)
		status = store_bulk_begin(&bulk, data, "caseload", "record_id, source_id, worker, team", error);
	if (status)
		return status;
	for (size_t i = 0; i < count; i++) {
		bulk_int(bulk, cases[i].record_id);
		bulk_text(bulk, cases[i].source);
		put_text_or_null(bulk, cases[i].worker);
		put_text_or_null(bulk, cases[i].team);
		status = bulk_row(bulk, error);
		if (status) {
			bulk_abandon(bulk);
			return status;
		}
	}
	return bulk_end(bulk, error);
}
