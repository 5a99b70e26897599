/* Whom a restriction reaches that a person has set: at the next request, and not only at the next refresh. */
#include "policy/policy_int.h"

void policy_add_bits(struct id_map *to, const struct id_map *from)
{
	for (size_t i = 0; i < from->slot_count; i++) {
		if (from->used[i])
			*id_map_put(to, from->keys[i], NULL) |= from->values[i];
	}
}

static uint64_t hiding_address(const struct policy *policy)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < policy->profile->restrictions.count; i++)
		bits |= UINT64_C(1) << i;
	return bits & ~policy->hides_resident;
}

/* For each subject of FROM: what it has of BITS goes to the residents that SQL finds for it. */
static enum status carry(struct id_map *to, const struct id_map *from, uint64_t bits, struct store *data,
			 const char *sql, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, data, sql, error);
	if (status)
		return status;
	int reached = statement_column(query, "resident_id");
	for (size_t i = 0; i < from->slot_count && status == STATUS_OK; i++) {
		bool row;
		if (!from->used[i] || !(from->values[i] & bits))
			continue;
		statement_bind_int(query, "subject", (int64_t)from->keys[i]);
		statement_bind_int(query, "today", date_today());
		while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
			*id_map_put(to, (uint64_t)statement_int(query, reached), NULL) |= from->values[i] & bits;
		statement_reset(query);
	}
	statement_done(query);
	return status;
}

enum status policy_reach_others(const struct policy *policy, struct id_map *residents, const struct id_map *properties,
				struct store *data, struct error *error)
{
	struct id_map reached;
	id_map_init(&reached);
	enum status status = carry(residents, properties, UINT64_MAX, data,
				   "SELECT resident_id FROM residence WHERE property_id = :subject AND (to_date IS "
				   "NULL OR to_date >= :today)",
				   error);
	if (status == STATUS_OK)
		status = carry(&reached, residents, hiding_address(policy), data,
			       "SELECT o.resident_id FROM household_member m JOIN household_member o ON "
			       "o.household_id = m.household_id WHERE m.resident_id = :subject AND (m.to_date IS NULL "
			       "OR m.to_date >= :today) AND (o.to_date IS NULL OR o.to_date >= :today)",
			       error);
	policy_add_bits(residents, &reached);
	id_map_release(&reached);
	return status;
}
