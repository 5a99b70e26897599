#include "linking/linking_int.h"

#include <jansson.h>

static json_t *levels_json(const double *row, unsigned levels)
{
	json_t *array = json_array();
	for (unsigned l = 1; l < levels; l++)
		json_array_append_new(array, json_real(row[l]));
	return array;
}

/* Which columns follow from which; empty where none does, so that replaying finds out nothing anew. */
static json_t *nesting_json(const struct linking_table *table)
{
	json_t *root = json_object();
	for (size_t c = 0; c < table->column_count; c++) {
		json_t *from = json_array();
		for (uint32_t left = table->columns[c].nested_in; left; left &= left - 1)
			json_array_append_new(from, json_string(table->columns[(size_t)__builtin_ctz(left)].is.name));
		if (json_array_size(from))
			json_object_set_new(root, table->columns[c].is.name, from);
		else
			json_decref(from);
	}
	return root;
}

/* A model of before it was kept has none: what was found in the records holds. */
static bool read_nesting(struct linking_table *table, const json_t *root)
{
	table->any_nested &= root == NULL;
	for (size_t c = 0; root && c < table->column_count; c++) {
		const json_t *from = json_object_get(root, table->columns[c].is.name);
		table->columns[c].nested_in = 0;
		for (size_t i = 0; i < json_array_size(from); i++) {
			const char *name = json_string_value(json_array_get(from, i));
			size_t o = 0;
			while (o < table->column_count && (!name || strcmp(name, table->columns[o].is.name) != 0))
				o++;
			if (o == table->column_count || o == c)
				return false;
			table->columns[c].nested_in |= UINT32_C(1) << o;
			table->any_nested = true;
		}
	}
	return true;
}

void linking_model_json(const struct linking_run *run, struct buf *out)
{
	const struct model *model = &run->model;
	json_t *root = json_object(), *columns = json_array(), *together = json_array();
	json_object_set_new(root, "version", json_integer(2));
	json_object_set_new(root, "records", json_integer((json_int_t)run->report.records));
	json_object_set_new(root, "prior", json_real(model->prior_m));
	json_object_set_new(root, "household_prior", json_real(model->prior_h));
	for (size_t bin = 0; bin < NAME_BINS; bin++)
		json_array_append_new(together, json_real(model->names_together[bin]));
	json_object_set_new(root, "names_together", together);
	for (size_t c = 0; c < run->table->column_count; c++) {
		enum linking_kind kind = run->table->columns[c].is.kind;
		unsigned levels = column_levels(&run->table->columns[c]);
		json_t *column = json_object(), *names = json_array();
		json_object_set_new(column, "column", json_string(run->table->columns[c].is.name));
		json_object_set_new(column, "kind", json_string(linking_kind_name(kind)));
		for (unsigned l = 1; l < levels; l++)
			json_array_append_new(names, json_string(column_level_name(&run->table->columns[c], l)));
		json_object_set_new(column, "levels", names);
		json_object_set_new(column, "m", levels_json(model->m[c], levels));
		json_object_set_new(column, "h", levels_json(model->h[c], levels));
		json_object_set_new(column, "u", levels_json(model->u[c], levels));
		json_object_set_new(column, "n", levels_json(model->n[c], levels));
		json_array_append_new(columns, column);
	}
	json_object_set_new(root, "columns", columns);
	json_object_set_new(root, "nested", nesting_json(run->table));
	json_t *sources = sources_json(run->table);
	if (sources)
		json_object_set_new(root, "sources", sources);
	if (model->calibrated)
		json_object_set_new(root, "calibration", calibration_json(model));
	char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
	if (text)
		buf_append_text(out, text_of(text));
	free(text);
	json_decref(root);
}

static bool read_levels(double *row, const json_t *array, unsigned levels)
{
	if (json_array_size(array) + 1 != levels)
		return false;
	for (unsigned l = 1; l < levels; l++) {
		row[l] = json_number_value(json_array_get(array, l - 1));
		if (!(row[l] >= 0 && row[l] <= 1))
			return false;
	}
	return true;
}

/* Pinned levels are whatever settings say: as many as before need not be the same. */
static bool same_levels(const struct column *column, const json_t *names)
{
	for (unsigned l = 1; column->is.kind == LINKING_PINNED && l < column_levels(column); l++) {
		const char *name = json_string_value(json_array_get(names, l - 1));
		if (!name || strcmp(name, column_level_name(column, l)) != 0)
			return false;
	}
	return true;
}

static bool read_columns(struct model *model, const struct linking_table *table, const json_t *columns)
{
	if (json_array_size(columns) != table->column_count)
		return false;
	for (size_t c = 0; c < table->column_count; c++) {
		const json_t *column = json_array_get(columns, c);
		const char *name = json_string_value(json_object_get(column, "column"));
		unsigned levels = column_levels(&table->columns[c]);
		if (!name || strcmp(name, table->columns[c].is.name) != 0 ||
		    !same_levels(&table->columns[c], json_object_get(column, "levels")) ||
		    !read_levels(model->m[c], json_object_get(column, "m"), levels) ||
		    !read_levels(model->h[c], json_object_get(column, "h"), levels) ||
		    !read_levels(model->u[c], json_object_get(column, "u"), levels) ||
		    !read_levels(model->n[c], json_object_get(column, "n"), levels))
			return false;
	}
	return true;
}

enum status model_read(struct model *model, struct linking_table *table, const char *text, struct error *error)
{
	json_error_t where;
	json_t *root = json_loads(text, 0, &where);
	bool good = root && read_columns(model, table, json_object_get(root, "columns")) &&
		    sources_read(table, json_object_get(root, "sources")) &&
		    calibration_read(model, json_object_get(root, "calibration")) &&
		    read_nesting(table, json_object_get(root, "nested"));
	model->prior_m = json_number_value(json_object_get(root, "prior"));
	model->prior_h = json_number_value(json_object_get(root, "household_prior"));
	for (size_t bin = 0; bin < NAME_BINS; bin++) {
		model->names_together[bin] =
			json_number_value(json_array_get(json_object_get(root, "names_together"), bin));
		good &= model->names_together[bin] >= 1;
	}
	json_decref(root);
	if (good && model->prior_m > 0 && model->prior_m <= 0.5 && model->prior_h >= 0 && model->prior_h <= 0.25)
		return STATUS_OK;
	error_set(error, STATUS_INVALID, "linking.model", "the model does not fit the columns to be linked");
	error_remedy(error, "Leave the model out, so that a new one is trained.");
	return STATUS_INVALID;
}

double linking_model_records(const char *text)
{
	json_t *root = json_loads(text, 0, NULL);
	double records = json_number_value(json_object_get(root, "records"));
	json_decref(root);
	return records;
}
