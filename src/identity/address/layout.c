/* Layouts: YAML, or the columns' own names. */
#include "address/layout.h"
#include "base/yaml.h"

#include <ctype.h>
#include <stdarg.h>

const char *const layout_field_names[FIELDS] = {"uprn",
						"parent_uprn",
						"successor_uprn",
						"usrn",
						"status",
						"class",
						"address",
						"sao_start_number",
						"sao_start_suffix",
						"sao_end_number",
						"sao_text",
						"pao_start_number",
						"pao_start_suffix",
						"pao_end_number",
						"pao_end_suffix",
						"pao_text",
						"organisation",
						"street",
						"locality",
						"town",
						"postcode",
						"x",
						"y",
						"latitude",
						"longitude",
						"ward"};

/* Other names of columns that say the same without a layout. */
static const struct {
	const char *name;
	enum layout_field field;
} aliases[] = {{"logical_status", FIELD_STATUS},
	       {"class_code", FIELD_CLASS},
	       {"blpu_class", FIELD_CLASS},
	       {"classification_code", FIELD_CLASS},
	       {"full_address", FIELD_ADDRESS},
	       {"address_line", FIELD_ADDRESS},
	       {"la_organisation", FIELD_ORGANISATION},
	       {"street_description", FIELD_STREET},
	       {"street_descriptor", FIELD_STREET},
	       {"town_name", FIELD_TOWN},
	       {"post_town", FIELD_TOWN},
	       {"postcode_locator", FIELD_POSTCODE},
	       {"post_code", FIELD_POSTCODE},
	       {"x_coordinate", FIELD_X},
	       {"y_coordinate", FIELD_Y},
	       {"easting", FIELD_X},
	       {"northing", FIELD_Y},
	       {"ward_code", FIELD_WARD},
	       {"sub_building_name", FIELD_SAO_TEXT},
	       {"building_name", FIELD_PAO_TEXT},
	       {"building_number", FIELD_PAO_NUMBER},
	       {"thoroughfare", FIELD_STREET},
	       {"dependent_locality", FIELD_LOCALITY}};

static const char *const kind_names[] = {"all", "property", "address", "street", "organisation", "class", "successor"};
enum { KINDS = sizeof kind_names / sizeof *kind_names };

static const char *const status_names[] = {"approved", "alternative", "provisional", "historic"};
enum { STATUSES = sizeof status_names / sizeof *status_names };

/* ---- reading ------------------------------------------------------------------------------------------- */

struct reader {
	struct layout *layout;
	const char *path;
	struct error *error;
};

static enum status wrong(const struct reader *r, const struct yaml_node *node, const char *format, ...)
	PRINTF_LIKE(3, 4);
static enum status wrong(const struct reader *r, const struct yaml_node *node, const char *format, ...)
{
	char text[400];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	error_set(r->error, STATUS_INVALID, "address.layout", "%s", text);
	error_at(r->error, r->path, node ? node->line : 0, node ? node->column : 0);
	return STATUS_INVALID;
}

static enum status unknown(const struct reader *r, const struct yaml_node *node, struct text word, const char *what,
			   const char *const *names, size_t count)
{
	struct text all[FIELDS + 8];
	for (size_t i = 0; i < count; i++)
		all[i] = text_of(names[i]);
	struct text near = text_nearest(word, all, count);
	(void)wrong(r, node, "\"%.*s\" is no %s", TEXT_ARG(word), what);
	if (near.len)
		error_remedy(r->error, "Did you mean \"%.*s\"?", TEXT_ARG(near));
	else
		error_remedy(r->error, "docs/formats/address.md lists what there is.");
	return STATUS_INVALID;
}

static size_t find_name(struct text name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (text_is(name, names[i]))
			return i;
	}
	return count;
}

static enum status read_column(const struct reader *r, struct layout_record *record, size_t field, size_t choice,
			       const struct yaml_node *node)
{
	uint64_t place;
	if (choice >= LAYOUT_CHOICES)
		return wrong(r, node, "a field takes at most %d columns", LAYOUT_CHOICES);
	if (node->kind != YAML_SCALAR || node->text.len == 0)
		return wrong(r, node, "a column is a name or a number from 1");
	if (r->layout->header) {
		record->names[field][choice] = node->text;
		return STATUS_OK;
	}
	if (!text_parse_uint64(node->text, &place) || place == 0 || place > 4096) {
		(void)wrong(r, node, "without a header a column is a number from 1");
		error_remedy(r->error, "Write the column's place, or \"header: true\".");
		return STATUS_INVALID;
	}
	record->places[field][choice] = (size_t)place;
	return STATUS_OK;
}

static enum status read_columns(const struct reader *r, struct layout_record *record, const struct yaml_node *node)
{
	if (!node || node->kind != YAML_MAPPING)
		return wrong(r, node, "columns: names each field's column");
	for (size_t i = 0; i < node->count; i++) {
		size_t field = find_name(node->keys[i], layout_field_names, FIELDS);
		const struct yaml_node *value = node->items[i];
		if (field == FIELDS)
			return unknown(r, node->key_nodes[i], node->keys[i], "field of an address", layout_field_names,
				       FIELDS);
		enum status status = STATUS_OK;
		if (value->kind != YAML_SEQUENCE)
			status = read_column(r, record, field, 0, value);
		for (size_t k = 0; value->kind == YAML_SEQUENCE && k < value->count && status == STATUS_OK; k++)
			status = read_column(r, record, field, k, value->items[k]);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static enum status read_record(const struct reader *r, const struct yaml_node *node)
{
	const struct yaml_node *type = yaml_get(node, "type"), *is = yaml_get(node, "is");
	struct layout *layout = r->layout;
	if (layout->record_count == LAYOUT_RECORDS)
		return wrong(r, node, "a layout has at most %d kinds of rows", LAYOUT_RECORDS);
	struct layout_record *record = &layout->records[layout->record_count++];
	if (!type || type->kind != YAML_SCALAR || !is || is->kind != YAML_SCALAR)
		return wrong(r, node, "a kind of row has type, is and columns");
	size_t kind = find_name(is->text, kind_names, KINDS);
	if (kind == KINDS)
		return unknown(r, is, is->text, "kind of row", kind_names, KINDS);
	record->type = type->text;
	record->kind = (enum layout_kind)kind;
	return read_columns(r, record, yaml_get(node, "columns"));
}

static void add_status(struct layout *layout, struct text code, enum gazetteer_status status)
{
	if (layout->status_count == LAYOUT_STATUSES)
		return;
	layout->statuses[layout->status_count].code = code;
	layout->statuses[layout->status_count++].status = status;
}

/* BS 7666: 1 approved, 3 alternative, 6 provisional, 8 historic. */
static void add_usual_statuses(struct layout *layout)
{
	static const struct {
		const char *code;
		enum gazetteer_status status;
	} usual[] = {{"1", GAZETTEER_APPROVED},    {"2", GAZETTEER_APPROVED},    {"3", GAZETTEER_ALTERNATIVE},
		     {"5", GAZETTEER_PROVISIONAL}, {"6", GAZETTEER_PROVISIONAL}, {"7", GAZETTEER_HISTORIC},
		     {"8", GAZETTEER_HISTORIC},    {"9", GAZETTEER_HISTORIC}};
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		add_status(layout, text_of(usual[i].code), usual[i].status);
	for (size_t i = 0; i < STATUSES; i++)
		add_status(layout, text_of(status_names[i]), (enum gazetteer_status)i);
	add_status(layout, TEXT("historical"), GAZETTEER_HISTORIC);
}

static enum status read_statuses(const struct reader *r, const struct yaml_node *node)
{
	if (node->kind != YAML_MAPPING || node->count > LAYOUT_STATUSES)
		return wrong(r, node, "status: says what each code means, for at most %d codes", LAYOUT_STATUSES);
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *means = node->items[i];
		size_t status = means->kind == YAML_SCALAR ? find_name(means->text, status_names, STATUSES) : STATUSES;
		if (status == STATUSES)
			return unknown(r, means, means->text, "status", status_names, STATUSES);
		add_status(r->layout, node->keys[i], (enum gazetteer_status)status);
	}
	return STATUS_OK;
}

static enum status read_flags(const struct reader *r, const struct yaml_node *root)
{
	const struct yaml_node *header = yaml_get(root, "header"), *delimiter = yaml_get(root, "delimiter");
	const struct yaml_node *type = yaml_get(root, "record_type");
	uint64_t place;
	if (header && !(text_is(header->text, "true") || text_is(header->text, "false")))
		return wrong(r, header, "header is true or false");
	r->layout->header = !header || text_is(header->text, "true");
	if (delimiter) {
		bool tab = text_is(delimiter->text, "tab");
		if (!tab && delimiter->text.len != 1)
			return wrong(r, delimiter, "delimiter is one character, or tab");
		r->layout->delimiter = tab ? '\t' : delimiter->text.at[0];
	}
	if (type) {
		if (!text_parse_uint64(type->text, &place) || place == 0 || place > 4096)
			return wrong(r, type, "record_type is the place of a column, from 1");
		r->layout->type_column = (size_t)place;
	}
	return STATUS_OK;
}

static enum status read_root(const struct reader *r, const struct yaml_node *root)
{
	static const char *const keys[] = {"layout",  "header",  "delimiter", "record_type",
					   "columns", "records", "status"};
	const struct yaml_node *records = yaml_get(root, "records"), *statuses = yaml_get(root, "status");
	if (root->kind != YAML_MAPPING)
		return wrong(r, root, "a layout has columns or records");
	for (size_t i = 0; i < root->count; i++) {
		if (find_name(root->keys[i], keys, 7) == 7)
			return unknown(r, root->key_nodes[i], root->keys[i], "part of a layout", keys, 7);
	}
	enum status status = read_flags(r, root);
	if (status == STATUS_OK && statuses)
		status = read_statuses(r, statuses);
	else if (status == STATUS_OK)
		add_usual_statuses(r->layout);
	if (status != STATUS_OK)
		return status;
	if (!records) {
		r->layout->record_count = 1;
		return read_columns(r, &r->layout->records[0], yaml_get(root, "columns"));
	}
	if (records->kind != YAML_SEQUENCE || !r->layout->type_column)
		return wrong(r, records, "records is a list, and record_type says which column tells them apart");
	for (size_t i = 0; i < records->count && status == STATUS_OK; i++)
		status = read_record(r, records->items[i]);
	return status;
}

enum status layout_read(struct layout *out, struct arena *arena, const char *path, struct error *error)
{
	struct yaml_node *root;
	struct reader reader = {out, path, error};
	*out = (struct layout){.header = true};
	if (!path) {
		out->record_count = 1;
		add_usual_statuses(out);
		return STATUS_OK;
	}
	enum status status = yaml_read(&root, arena, path, path, error);
	return status ? status : read_root(&reader, root);
}

/* ---- the header ----------------------------------------------------------------------------------------- */

/* "Postcode Locator" is postcode_locator. */
static struct text folded_name(char *out, size_t cap, struct text name)
{
	size_t len = 0;
	name = text_trim(name);
	for (size_t i = 0; i < name.len && len < cap; i++) {
		unsigned char c = (unsigned char)name.at[i];
		out[len++] = isalnum(c) ? (char)tolower(c) : '_';
	}
	return text_slice(out, len);
}

static void bind_by_name(struct layout_record *record, const struct text *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char folded[64];
		struct text name = folded_name(folded, sizeof folded, fields[i]);
		size_t field = find_name(name, layout_field_names, FIELDS);
		for (size_t a = 0; a < sizeof aliases / sizeof *aliases && field == FIELDS; a++) {
			if (text_is(name, aliases[a].name))
				field = aliases[a].field;
		}
		for (size_t c = 0; field < FIELDS && c < LAYOUT_CHOICES; c++) {
			if (record->places[field][c])
				continue;
			record->places[field][c] = i + 1;
			break;
		}
	}
}

static enum status bind_named(struct layout_record *record, const struct text *fields, size_t count, const char *file,
			      struct error *error)
{
	for (size_t f = 0; f < FIELDS; f++) {
		for (size_t c = 0; c < LAYOUT_CHOICES && record->names[f][c].len; c++) {
			struct text name = record->names[f][c];
			bool may_lack = text_ends_with(name, TEXT("?"));
			size_t i = 0;
			name.len -= may_lack;
			while (i < count && !text_equal_ignoring_case(text_trim(fields[i]), name))
				i++;
			if (i == count && may_lack)
				continue;
			if (i < count) {
				record->places[f][c] = i + 1;
				continue;
			}
			struct text near = text_nearest(name, fields, count);
			error_set(error, STATUS_INVALID, "address.column",
				  "there is no column \"%.*s\", which the layout has for %s", TEXT_ARG(name),
				  layout_field_names[f]);
			error_at(error, file, 1, 0);
			if (near.len)
				error_remedy(error, "Did you mean \"%.*s\"?", TEXT_ARG(near));
			else
				error_remedy(error, "Correct the layout, or write a ? behind the name of a column that "
						    "may be missing.");
			return STATUS_INVALID;
		}
	}
	return STATUS_OK;
}

static bool tells_place(const struct layout_record *record)
{
	return record->places[FIELD_ADDRESS][0] || record->places[FIELD_STREET][0] || record->places[FIELD_PAO_TEXT][0];
}

enum status layout_bind(struct layout *layout, const struct text *fields, size_t count, const char *file,
			struct error *error)
{
	struct layout_record *record = &layout->records[0];
	bool named = false;
	for (size_t f = 0; f < FIELDS; f++)
		named |= record->names[f][0].len > 0;
	if (layout->header && !named && !layout->type_column)
		bind_by_name(record, fields, count);
	for (size_t r = 0; r < layout->record_count && layout->header; r++) {
		enum status status = bind_named(&layout->records[r], fields, count, file, error);
		if (status != STATUS_OK)
			return status;
	}
	if (!layout->type_column && (!record->places[FIELD_UPRN][0] || !tells_place(record))) {
		error_set(error, STATUS_INVALID, "address.column", "a gazetteer needs a column for %s",
			  record->places[FIELD_UPRN][0] ? "the address or its street" : "the UPRN");
		error_at(error, file, 1, 0);
		error_remedy(error, "Name the columns uprn, address and postcode, or say by --layout which they are.");
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

struct text layout_value(const struct layout_record *record, enum layout_field field, const struct text *fields,
			 size_t count)
{
	for (size_t c = 0; c < LAYOUT_CHOICES; c++) {
		size_t place = record->places[field][c];
		struct text value = place && place <= count ? text_trim(fields[place - 1]) : TEXT_ABSENT;
		if (value.len)
			return value;
	}
	return TEXT_ABSENT;
}

const struct layout_record *layout_record_of(const struct layout *layout, const struct text *fields, size_t count)
{
	if (!layout->type_column)
		return &layout->records[0];
	if (layout->type_column > count)
		return NULL;
	struct text type = text_trim(fields[layout->type_column - 1]);
	for (size_t r = 0; r < layout->record_count; r++) {
		if (text_equal(layout->records[r].type, type))
			return &layout->records[r];
	}
	return NULL;
}

bool layout_status(const struct layout *layout, struct text code, enum gazetteer_status *out)
{
	*out = GAZETTEER_APPROVED;
	for (size_t i = 0; i < layout->status_count; i++) {
		if (text_equal_ignoring_case(code, layout->statuses[i].code)) {
			*out = layout->statuses[i].status;
			return true;
		}
	}
	return code.len == 0;
}
