#include "household/caseloads.h"

#include "base/arena.h"
#include "base/memory.h"
#include "policy/policy.h"

#include <jansson.h>

struct caseloads {
	const struct profile *profile;
	struct store *data;
	date today;
	struct arena arena;
	struct policy_case *cases;
	size_t count, capacity;
};

static struct text payload_value(const void *context, const struct profile_element *element)
{
	const json_t *value = json_object_get((const json_t *)context, element->id.at);
	return text_slice(json_string_value(value), json_string_length(value));
}

static struct text kept_value(struct caseloads *caseloads, const json_t *object, const struct profile_element *element)
{
	struct text value = element ? text_trim(payload_value(object, element)) : TEXT_ABSENT;
	return value.len ? arena_text(&caseloads->arena, value) : TEXT_ABSENT;
}

static void read_row(struct caseloads *caseloads, const struct profile_feed *feed, int64_t record_id,
		     struct text payload)
{
	json_t *object = json_loadb(payload.at, payload.len, 0, NULL);
	struct condition_values values = {payload_value, object, caseloads->today, caseloads->today};
	if (object && condition_holds(&feed->caseload.when, &values)) {
		struct policy_case found = {record_id, feed->source->id,
					    kept_value(caseloads, object, feed->caseload.worker),
					    kept_value(caseloads, object, feed->caseload.team)};
		if (found.worker.len || found.team.len) {
			ARRAY_GROW(caseloads->cases, caseloads->count, caseloads->capacity);
			caseloads->cases[caseloads->count++] = found;
		}
	}
	json_decref(object);
}

/* By the records of the source: few have cases, and facts lie by record. */
static enum status read_feed(struct caseloads *caseloads, const struct profile_feed *feed, struct error *error)
{
	struct statement *query;
	enum status status =
		store_prepare(&query, caseloads->data,
			      "SELECT f.record_id, d.payload FROM feed s JOIN record r ON r.source_no = "
			      "s.source_no JOIN fact f ON f.record_id = r.record_id AND f.feed_no = "
			      "s.feed_no JOIN fact_payload d ON d.payload_id = f.payload_id WHERE s.feed_id "
			      "= :feed AND f.ended_by IS NULL ORDER BY f.record_id, f.row_key",
			      error);
	if (status)
		return status;
	statement_bind_text(query, "feed", feed->id);
	statement_stream(query);
	int record = statement_column(query, "record_id"), payload = statement_column(query, "payload");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		read_row(caseloads, feed, statement_int(query, record), statement_text(query, payload));
	statement_done(query);
	return status;
}

static enum status read_feeds(struct caseloads *caseloads, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < caseloads->profile->feeds.count && status == STATUS_OK; i++) {
		const struct profile_feed *feed = &caseloads->profile->feeds.at[i];
		if (feed->caseload.worker || feed->caseload.team)
			status = read_feed(caseloads, feed, error);
	}
	return status;
}

enum status caseloads_refresh(const struct profile *profile, struct store *data, date today, int64_t *count,
			      struct error *error)
{
	struct caseloads caseloads = {.profile = profile, .data = data, .today = today};
	arena_init(&caseloads.arena, (size_t)1 << 30);
	enum status status = store_begin(data, error);
	if (status == STATUS_OK)
		status = read_feeds(&caseloads, error);
	if (status == STATUS_OK)
		status = policy_replace_caseload(data, caseloads.cases, caseloads.count, error);
	if (status == STATUS_OK)
		status = store_commit(data, error);
	store_rollback(data);
	if (count)
		*count = (int64_t)caseloads.count;
	free(caseloads.cases);
	arena_release(&caseloads.arena);
	return status;
}
