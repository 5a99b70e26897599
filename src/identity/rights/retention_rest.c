/* What no client's schedule reaches: extracts that have waited too long, and feeds that the profile no longer has. */
#include "rights/erasure_int.h"
#include "rights/retention_int.h"

#include "intake/intake.h"

#define DAY_OF_INSTANTS INT64_C(86400000000)

static enum status find_waiting(struct retention_plan *out, const struct rights_parts *parts, struct arena *arena,
				struct error *error)
{
	struct statement *s;
	int64_t most;
	bool row;
	enum status status = store_query_int(
		parts->data, "SELECT COUNT(*) FROM extract WHERE status <> 'loaded' AND archive_name IS NOT NULL",
		&most, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&s, parts->data,
			"SELECT e.extract_id AS extract_id, e.received AS received, d.feed_id AS feed_id FROM "
			"extract e JOIN feed d ON d.feed_no = e.feed_no WHERE e.status IN ('held', 'refused', "
			"'released') AND e.archive_name IS NOT NULL AND e.received < :before ORDER BY "
			"e.extract_id",
			error);
	if (status != STATUS_OK)
		return status;
	out->waiting = ARENA_ARRAY(arena, (size_t)most + 1, struct retention_waiting);
	statement_bind_int(s, "before", (out->as_of - RETENTION_WAITING_DAYS) * DAY_OF_INSTANTS);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && out->waiting_count < (size_t)most)
		out->waiting[out->waiting_count++] =
			(struct retention_waiting){copied_number(s, "extract_id"), copied_text(s, "feed_id", arena),
						   instant_date(copied_number(s, "received"))};
	statement_done(s);
	return status;
}

static enum status find_lost(struct retention_plan *out, const struct rights_parts *parts, struct arena *arena,
			     struct error *error)
{
	struct statement *s;
	int64_t most;
	bool row;
	enum status status = store_query_int(parts->data, "SELECT COUNT(*) FROM feed", &most, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&s, parts->data,
			"SELECT d.feed_id AS feed_id, (SELECT COUNT(*) FROM fact f WHERE f.feed_no = "
			"d.feed_no) AS n, (SELECT COUNT(*) FROM extract e WHERE e.feed_no = d.feed_no AND "
			"e.archive_name IS NOT NULL) AS archives FROM feed d ORDER BY d.feed_id",
			error);
	if (status != STATUS_OK)
		return status;
	out->lost = ARENA_ARRAY(arena, (size_t)most + 1, struct retention_lost);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && out->lost_count < (size_t)most) {
		struct retention_lost lost = {copied_text(s, "feed_id", arena), copied_number(s, "n"),
					      copied_number(s, "archives")};
		if (!profile_feed(parts->profile, lost.feed_id) && (lost.rows || lost.archives))
			out->lost[out->lost_count++] = lost;
	}
	statement_done(s);
	return status;
}

enum status retention_find_rest(struct retention_plan *out, const struct rights_parts *parts, struct arena *arena,
				struct error *error)
{
	enum status status = find_waiting(out, parts, arena, error);
	return status == STATUS_OK ? find_lost(out, parts, arena, error) : status;
}

/* ---- waiting extracts ------------------------------------------------------------------------------------- */

struct text retention_waiting_numbers(const struct retention_plan *plan, struct arena *arena)
{
	struct buf out;
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < plan->waiting_count; i++)
		buf_format(&out, "%s%lld", i ? " " : "", (long long)plan->waiting[i].extract_id);
	struct text numbers = plan->waiting_count ? arena_text(arena, buf_text(&out)) : TEXT_ABSENT;
	buf_release(&out);
	return numbers;
}

enum status retention_delete_waiting(struct text numbers, const struct rights_parts *parts, const char *archive,
				     struct error *error)
{
	struct text number;
	enum status status = STATUS_OK;
	while (status == STATUS_OK && text_split(&numbers, ' ', &number)) {
		int64_t extract_id = 0;
		if (!text_parse_int64(number, &extract_id))
			continue;
		status = intake_discard(parts->data, archive, extract_id, error);
		if (status == STATUS_NOT_FOUND) /* a run that was cut off had done it, or it was loaded since */
			status = STATUS_OK;
	}
	return status;
}
