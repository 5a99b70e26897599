#include "rights/transparency.h"

#include "rights/rights_int.h"

#include <jansson.h>

static enum status read_volume(struct rights_volume *out, struct store *data, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(
		&s, data,
		"SELECT e.as_at AS as_at, e.rows_read - e.rows_quarantined AS n, (SELECT count(*) FROM extract d WHERE "
		"d.feed_no = e.feed_no AND d.status = 'loaded') AS deliveries FROM extract e JOIN feed f ON f.feed_no "
		"= e.feed_no WHERE f.feed_id = :feed AND e.status = 'loaded' ORDER BY e.as_at DESC, e.extract_id DESC "
		"LIMIT 1",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(s, "feed", out->feed->id);
	status = statement_step(s, &row, error);
	if (status == STATUS_OK && row) {
		int64_t rows = copied_number(s, "n");
		out->as_at = copied_date(s, "as_at");
		out->deliveries = copied_number(s, "deliveries");
		out->rows = rows > 0 && rows < TRANSPARENCY_LEAST ? -1 : rows;
	}
	statement_done(s);
	return status;
}

static void read_description(struct rights_transparency *out, struct text json)
{
	json_t *model = json_loadb(json.at, json.len, 0, NULL);
	out->model_form = json_integer_value(json_object_get(model, "version"));
	out->model_run = json_integer_value(json_object_get(model, "trained_in_run"));
	out->model_records = json_integer_value(json_object_get(model, "records"));
	json_decref(model);
}

static enum status read_model(struct rights_transparency *out, struct store *data, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status =
		store_prepare(&s, data, "SELECT made, model FROM linking_model ORDER BY run_id DESC LIMIT 1", error);
	if (status != STATUS_OK)
		return status;
	int made = statement_column(s, "made"), model = statement_column(s, "model");
	status = statement_step(s, &row, error);
	if (status == STATUS_OK && row) {
		out->linked = true;
		out->model_made = statement_int(s, made);
		read_description(out, statement_text(s, model));
	}
	statement_done(s);
	return status;
}

enum status rights_transparency(struct rights_transparency *out, struct store *data, const struct profile *profile,
				struct arena *arena, struct error *error)
{
	enum status status = STATUS_OK;
	*out = (struct rights_transparency){.count = profile->feeds.count};
	out->volumes = ARENA_ARRAY(arena, out->count + 1, struct rights_volume);
	for (size_t i = 0; i < out->count && status == STATUS_OK; i++) {
		out->volumes[i] = (struct rights_volume){.feed = &profile->feeds.at[i], .as_at = DATE_UNKNOWN};
		status = read_volume(&out->volumes[i], data, error);
	}
	return status == STATUS_OK ? read_model(out, data, error) : status;
}
