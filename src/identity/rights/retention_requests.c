/* Requests for a copy that ended so long ago as the profile keeps them. One that has not ended is due at no time. */
#include "rights/retention_int.h"
#include "rights/rights_int.h"

#include "base/memory.h"

#include <stdlib.h>

struct ended_requests {
	int64_t *ids; /* that are due, and not held */
	size_t count, capacity;
	int64_t held;
};

/* A copy may be given out once more: the last act counts. */
#define ENDED_SQL \
	"SELECT r.request_id AS request_id, r.resident_id AS resident_id, MAX(a.done_at) AS ended FROM " \
	"access_request r JOIN access_request_act a ON a.request_id = r.request_id GROUP BY r.request_id, " \
	"r.resident_id HAVING SUM(CASE WHEN a.what IN ('issued', 'withdrawn', 'refused') THEN 1 ELSE 0 END) > 0 " \
	"ORDER BY r.request_id"

static enum status find(struct ended_requests *out, const struct rights_parts *parts, struct policy *policy, date as_of,
			struct error *error)
{
	struct statement *s;
	const struct profile_period *keep = &parts->profile->keep_access_requests;
	bool row;
	*out = (struct ended_requests){0};
	if (!keep->given)
		return STATUS_OK;
	enum status status = store_prepare(&s, parts->desk, ENDED_SQL, error);
	if (status != STATUS_OK)
		return status;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		if (period_after(keep, instant_date(copied_number(s, "ended"))) > as_of)
			continue;
		if (policy_bounds_of(policy, POLICY_RESIDENT, copied_number(s, "resident_id")).held) {
			out->held++;
			continue;
		}
		ARRAY_GROW(out->ids, out->count, out->capacity);
		out->ids[out->count++] = copied_number(s, "request_id");
	}
	statement_done(s);
	return status;
}

enum status retention_find_requests(int64_t *due, int64_t *held, const struct rights_parts *parts,
				    struct policy *policy, date as_of, struct error *error)
{
	struct ended_requests ended;
	enum status status = find(&ended, parts, policy, as_of, error);
	*due = (int64_t)ended.count;
	*held = ended.held;
	free(ended.ids);
	return status;
}

static enum status delete_one(int64_t request_id, struct store *desk, struct error *error)
{
	static const char *const sql[] = {"DELETE FROM access_request_act WHERE request_id = :request",
					  "DELETE FROM access_request WHERE request_id = :request"};
	enum status status = STATUS_OK;
	for (size_t i = 0; i < sizeof sql / sizeof *sql && status == STATUS_OK; i++) {
		struct statement *s;
		status = store_prepare(&s, desk, sql[i], error);
		if (status != STATUS_OK)
			return status;
		statement_bind_int(s, "request", request_id);
		status = statement_run(s, NULL, error);
		statement_done(s);
	}
	return status;
}

enum status retention_delete_requests(int64_t *deleted, const struct rights_parts *parts, struct policy *policy,
				      date as_of, struct error *error)
{
	struct ended_requests ended;
	enum status status = find(&ended, parts, policy, as_of, error);
	for (size_t i = 0; i < ended.count && status == STATUS_OK; i++)
		status = delete_one(ended.ids[i], parts->desk, error);
	*deleted = (int64_t)ended.count;
	free(ended.ids);
	return status;
}
