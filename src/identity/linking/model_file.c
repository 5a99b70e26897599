/* A model as a file: what made it, over which data, so that a run can be looked into and replayed. */
#include "linking/refresh.h"

#include "store/store.h"

#include <jansson.h>
#include <stdlib.h>

static void put_date(json_t *object, const char *key, int64_t day)
{
	char text[DATE_TEXT_SIZE];
	json_object_set_new(object, key, day ? json_string(date_format_iso((date)day, text)) : json_null());
}

static enum status put_window(json_t *root, struct store *data, int64_t run_id, struct error *error)
{
	int64_t from = 0, to = 0, extracts = 0;
	enum status status =
		store_query_int(data, "SELECT MIN(as_at) FROM extract WHERE status = 'loaded'", &from, error);
	if (status == STATUS_OK)
		status = store_query_int(data, "SELECT MAX(as_at) FROM extract WHERE status = 'loaded'", &to, error);
	if (status == STATUS_OK)
		status =
			store_query_int(data, "SELECT COUNT(*) FROM extract WHERE status = 'loaded'", &extracts, error);
	json_t *window = json_object();
	put_date(window, "from", from);
	put_date(window, "to", to);
	json_object_set_new(window, "extracts", json_integer(extracts));
	json_object_set_new(root, "window", window);
	json_object_set_new(root, "trained_in_run", json_integer(run_id));
	return status;
}

/* How many records it was trained on is told as well: far more or fewer, and it no longer fits. */
static void keep_description(json_t *root, const json_t *given)
{
	static const char *const keys[] = {"window", "trained_in_run", "labels", "records"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		json_t *value = json_object_get(given, keys[i]);
		if (value)
			json_object_set(root, keys[i], value);
	}
}

enum status linking_model_describe(struct buf *model, struct text given, struct store *data, int64_t run_id,
				   struct error *error)
{
	json_error_t where;
	enum status status = STATUS_OK;
	json_t *root = json_loadb(model->at, model->len, 0, &where);
	if (!root)
		return error_set(error, STATUS_INTERNAL, "linking.model", "a model cannot be read back");
	json_t *from = given.len ? json_loadb(given.at, given.len, 0, &where) : NULL;
	if (from)
		keep_description(root, from);
	else
		status = put_window(root, data, run_id, error);
	char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	if (text) {
		buf_clear(model);
		buf_append_text(model, text_of(text));
	}
	free(text);
	json_decref(root);
	json_decref(from);
	return status;
}
