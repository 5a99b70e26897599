/* Settings: what a person decided, over what was inferred. The format is docs/formats/matching.md. */
#include "base/file.h"
#include "matching/settings_int.h"

#include <stdarg.h>
#include <stdlib.h>

/* ---- mistakes ------------------------------------------------------------------------------------------ */

enum status pinned_wrong(const struct pinned *pinned, const struct yaml_node *node, struct error *error,
			 const char *format, ...)
{
	char text[400];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	error_set(error, STATUS_INVALID, "matching.settings", "%s", text);
	error_at(error, pinned->path, node ? node->line : 0, node ? node->column : 0);
	return STATUS_INVALID;
}

enum status pinned_unknown(const struct pinned *pinned, const struct yaml_node *node, struct text word,
			   const struct text *words, size_t count, const char *what, struct error *error)
{
	struct text near = text_nearest(word, words, count);
	(void)pinned_wrong(pinned, node, error, "\"%.*s\" is no %s", TEXT_ARG(word), what);
	if (near.len)
		error_remedy(error, "Did you mean \"%.*s\"?", TEXT_ARG(near));
	else
		error_remedy(error, "docs/formats/matching.md lists what there is.");
	return STATUS_INVALID;
}

enum status pinned_keys(const struct pinned *pinned, const struct yaml_node *node, const char *allowed,
			struct error *error)
{
	struct text words[32], rest = text_of(allowed);
	size_t count = 0;
	while (count < 32 && text_split(&rest, '|', &words[count]))
		count++;
	if (node->kind != YAML_MAPPING) {
		(void)pinned_wrong(pinned, node, error, "settings are expected here, written \"name: value\"");
		error_remedy(error, "docs/formats/matching.md shows how.");
		return STATUS_INVALID;
	}
	for (size_t i = 0; i < node->count; i++) {
		bool known = false;
		for (size_t k = 0; k < count; k++)
			known |= text_equal(words[k], node->keys[i]);
		if (!known)
			return pinned_unknown(pinned, node->key_nodes[i], node->keys[i], words, count, "setting here",
					      error);
	}
	return STATUS_OK;
}

enum status pinned_number(const struct pinned *pinned, const struct yaml_node *mapping, const char *key, double least,
			  double most, double *out, struct error *error)
{
	const struct yaml_node *node = yaml_get(mapping, key);
	double value;
	if (!node)
		return STATUS_OK;
	if (!text_parse_double(node->text, &value) || !(value >= least && value <= most))
		return pinned_wrong(pinned, node, error, "%s is a number from %g to %g", key, least, most);
	*out = value;
	return STATUS_OK;
}

enum status pinned_bool(const struct pinned *pinned, const struct yaml_node *mapping, const char *key, bool *out,
			struct error *error)
{
	const struct yaml_node *node = yaml_get(mapping, key);
	if (!node)
		return STATUS_OK;
	*out = text_is(node->text, "true") || text_is(node->text, "yes");
	if (*out || text_is(node->text, "false") || text_is(node->text, "no"))
		return STATUS_OK;
	return pinned_wrong(pinned, node, error, "%s is true or false", key);
}

/* ---- the parts ------------------------------------------------------------------------------------------- */

static enum status check_meaning(const struct pinned *pinned, const struct yaml_node *node, enum meaning *meaning,
				 struct error *error)
{
	struct text names[MEANING_COUNT];
	size_t count = 0;
	for (unsigned m = MEANING_ID; m < MEANING_COUNT; m++)
		names[count++] = text_of(meaning_name((enum meaning)m));
	if (node->kind == YAML_SCALAR && meaning_parse(node->text, meaning))
		return STATUS_OK;
	return pinned_unknown(pinned, node, node->kind == YAML_SCALAR ? node->text : TEXT("(a list)"), names, count,
			      "meaning of a column", error);
}

static enum status check_order(const struct pinned *pinned, const struct yaml_node *node, enum date_order *order,
			       struct error *error)
{
	struct text names[] = {TEXT("year_first"), TEXT("day_first"), TEXT("month_first")};
	for (int o = DATE_YEAR_FIRST; node->kind == YAML_SCALAR && o <= DATE_MONTH_FIRST; o++) {
		if (text_is(node->text, date_order_name((enum date_order)o))) {
			*order = (enum date_order)o;
			return STATUS_OK;
		}
	}
	return pinned_unknown(pinned, node, node->text, names, 3, "order of dates", error);
}

static enum status pin_column(const struct pinned *pinned, const struct yaml_node *node, struct matching_column *column,
			      struct error *error)
{
	const struct yaml_node *meaning = node, *order = NULL;
	enum status status = STATUS_OK;
	if (node->kind == YAML_MAPPING) {
		status = pinned_keys(pinned, node, "meaning|order|historic|british", error);
		meaning = yaml_get(node, "meaning");
		order = yaml_get(node, "order");
		if (status == STATUS_OK && !meaning)
			status = pinned_wrong(pinned, node, error, "the column's meaning is missing");
	}
	if (status == STATUS_OK)
		status = check_meaning(pinned, meaning, &column->meaning, error);
	if (status == STATUS_OK && order)
		status = check_order(pinned, order, &column->order, error);
	if (status == STATUS_OK && node->kind == YAML_MAPPING)
		status = pinned_bool(pinned, node, "historic", &column->historic, error);
	if (status == STATUS_OK && node->kind == YAML_MAPPING)
		status = pinned_bool(pinned, node, "british", &column->british, error);
	snprintf(column->why, sizeof column->why, "the settings say so");
	return status;
}

static enum status pin_columns(const struct pinned *pinned, const struct yaml_node *columns, struct source *source,
			       bool all_must_exist, struct error *error)
{
	enum status status = STATUS_OK;
	if (columns && columns->kind != YAML_MAPPING)
		return pinned_wrong(pinned, columns, error, "columns are written \"header: meaning\"");
	for (size_t i = 0; columns && i < columns->count && status == STATUS_OK; i++) {
		bool found = false;
		enum meaning ignored;
		for (size_t c = 0; c < source->column_count && status == STATUS_OK; c++) {
			if (!text_equal(source->columns[c].is.header, columns->keys[i]))
				continue;
			found = true;
			status = pin_column(pinned, columns->items[i], &source->columns[c].is, error);
			if (status == STATUS_OK && c == source->id_column)
				source->columns[c].is.meaning = MEANING_ID;
			if (status == STATUS_OK && c == source->truth_column)
				source->columns[c].is.meaning = MEANING_TRUTH;
		}
		if (status == STATUS_OK && !found && columns->items[i]->kind == YAML_SCALAR)
			status = check_meaning(pinned, columns->items[i], &ignored, error);
		if (status == STATUS_OK && !found && all_must_exist)
			status = pinned_wrong(pinned, columns->key_nodes[i], error,
					      "the file %.*s has no column \"%.*s\"", TEXT_ARG(source->name),
					      TEXT_ARG(columns->keys[i]));
	}
	return status;
}

static const struct yaml_node *settings_of_file(const struct pinned *pinned, struct text name)
{
	const struct yaml_node *files = yaml_get(pinned->root, "files");
	for (size_t i = 0; files && files->kind == YAML_MAPPING && i < files->count; i++) {
		if (text_equal(files->keys[i], name))
			return files->items[i];
	}
	return NULL;
}

enum status pinned_apply(struct matching *matching, struct source *source, struct error *error)
{
	const struct pinned *pinned = matching->pinned;
	source->truth_column = source->column_count;
	if (!pinned)
		return STATUS_OK;
	for (size_t c = 0; c < source->column_count && pinned->truth.len; c++) {
		if (!text_equal(source->columns[c].is.header, pinned->truth))
			continue;
		source->truth_column = c;
		source->columns[c].is.meaning = MEANING_TRUTH;
		snprintf(source->columns[c].is.why, sizeof source->columns[c].is.why,
			 "the settings name it: the report is judged by it; never compared");
	}
	enum status status = pin_columns(pinned, yaml_get(pinned->root, "columns"), source,
					 matching->options.file_count == 1, error);
	const struct yaml_node *file = settings_of_file(pinned, source->name);
	if (status == STATUS_OK && file) {
		status = pinned_keys(pinned, file, "columns|clean", error);
		if (status == STATUS_OK)
			status = pin_columns(pinned, yaml_get(file, "columns"), source, true, error);
		if (status == STATUS_OK)
			status = pinned_bool(pinned, file, "clean", &source->clean, error);
	}
	return status;
}

enum status pinned_check(const struct matching *matching, struct error *error)
{
	const struct pinned *pinned = matching->pinned;
	if (!pinned || !pinned->truth.len)
		return STATUS_OK;
	for (size_t s = 0; s < matching->source_count; s++) {
		if (matching->sources[s].truth_column < matching->sources[s].column_count)
			return STATUS_OK;
	}
	return pinned_wrong(pinned, yaml_get(pinned->root, "truth"), error, "no file has a column \"%.*s\"",
			    TEXT_ARG(pinned->truth));
}

const char *pinned_id(const struct matching *matching)
{
	return matching->pinned ? matching->pinned->id : NULL;
}

static enum status read_thresholds(struct matching *matching, struct error *error)
{
	const struct pinned *pinned = matching->pinned;
	const struct yaml_node *node = yaml_get(pinned->root, "thresholds");
	struct linking_settings *linking = &matching->linking;
	if (!node)
		return STATUS_OK;
	enum status status = pinned_keys(pinned, node, "link|keep", error);
	if (status == STATUS_OK)
		status = pinned_number(pinned, node, "link", 1e-6, 1, &linking->link_probability, error);
	return status == STATUS_OK ? pinned_number(pinned, node, "keep", 1e-6, 1, &linking->keep_probability, error)
				   : status;
}

static enum status read_training(struct matching *matching, struct error *error)
{
	const struct pinned *pinned = matching->pinned;
	const struct yaml_node *node = yaml_get(pinned->root, "training"), *model;
	struct linking_settings *linking = &matching->linking;
	if (!node)
		return STATUS_OK;
	enum status status = pinned_keys(pinned, node, "pairs|model|prior", error);
	if (status == STATUS_OK)
		status = pinned_number(pinned, node, "pairs", 1000, 1e12, &linking->training_pairs, error);
	if (status == STATUS_OK)
		status = pinned_number(pinned, node, "prior", 1e-15, 0.5, &linking->prior, error);
	model = yaml_get(node, "model");
	if (status == STATUS_OK && model && !matching->options.model)
		matching->options.model = arena_copy(&matching->arena, model->text);
	return status;
}

/* ---- blocking and comparisons: of columns that are known once all files are read ------------------------------ */

enum status pinned_column(const struct matching *matching, const struct yaml_node *node, struct text name,
			  size_t *column, struct error *error)
{
	char list[300] = "";
	size_t len = 0;
	for (size_t c = 0; c < matching->column_count; c++) {
		*column = c;
		if (text_is(name, matching->columns[c].name))
			return STATUS_OK;
		if (len < sizeof list)
			len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", c ? ", " : "",
						matching->columns[c].name);
	}
	(void)pinned_wrong(matching->pinned, node, error, "\"%.*s\" is not compared here", TEXT_ARG(name));
	error_remedy(error, "Compared are: %s.", list);
	return STATUS_INVALID;
}

/* "sound", "start 3". */
static enum status read_transform(const struct matching *matching, const struct yaml_node *node,
				  struct linking_part *part, struct error *error)
{
	struct text names[LINKING_TRANSFORM_COUNT], rest = node->text, word = TEXT("");
	uint64_t length = 0;
	(void)text_split(&rest, ' ', &word);
	for (unsigned t = 0; t < LINKING_TRANSFORM_COUNT; t++) {
		names[t] = text_of(linking_transform_name((enum linking_transform)t));
		if (node->kind != YAML_SCALAR || !text_equal(names[t], word))
			continue;
		part->transform = (enum linking_transform)t;
		bool sized = t == LINKING_KEY_START || t == LINKING_KEY_END;
		if (sized && (!text_parse_uint64(text_trim(rest), &length) || length < 1 || length > 20))
			return pinned_wrong(matching->pinned, node, error, "\"%.*s\" needs a length, as in \"%.*s 3\"",
					    TEXT_ARG(word), TEXT_ARG(word));
		part->length = (unsigned)length;
		if (linking_transform_suits(part->transform, matching->columns[part->column].kind))
			return STATUS_OK;
		return pinned_wrong(matching->pinned, node, error, "%s has no \"%.*s\"",
				    matching->columns[part->column].name, TEXT_ARG(word));
	}
	return pinned_unknown(matching->pinned, node, word, names, LINKING_TRANSFORM_COUNT, "way to make a key", error);
}

static enum status read_rule(const struct matching *matching, const struct yaml_node *node, struct linking_rule *rule,
			     struct error *error)
{
	enum status status = STATUS_OK;
	if (node->kind != YAML_MAPPING)
		return pinned_wrong(matching->pinned, node, error, "a rule is written {column: key, column: key}");
	for (size_t i = 0; i < node->count && status == STATUS_OK; i++) {
		if (text_is(node->keys[i], "any_order")) {
			status = pinned_bool(matching->pinned, node, "any_order", &rule->any_order, error);
			continue;
		}
		if (rule->count == LINKING_PARTS)
			return pinned_wrong(matching->pinned, node, error, "a rule has at most %d columns",
					    LINKING_PARTS);
		struct linking_part *part = &rule->parts[rule->count++];
		status = pinned_column(matching, node->key_nodes[i], node->keys[i], &part->column, error);
		if (status == STATUS_OK)
			status = read_transform(matching, node->items[i], part, error);
	}
	for (size_t p = 0; p < 2 && rule->any_order && status == STATUS_OK; p++) {
		enum linking_kind wanted = p ? LINKING_FAMILY : LINKING_GIVEN;
		if (rule->count < 2 || matching->columns[rule->parts[p].column].kind != wanted)
			status = pinned_wrong(
				matching->pinned, node, error,
				"any_order needs the given name and then the family name as the first two parts");
	}
	if (status == STATUS_OK && rule->count == 0)
		status = pinned_wrong(matching->pinned, node, error, "the rule names no column");
	return status;
}

static enum status read_blocking(struct matching *matching, struct error *error)
{
	const struct pinned *pinned = matching->pinned;
	const struct yaml_node *node = yaml_get(pinned->root, "blocking"), *rules;
	double largest = 0;
	if (!node)
		return STATUS_OK;
	enum status status = pinned_keys(pinned, node, "largest_block|rules", error);
	if (status == STATUS_OK)
		status = pinned_number(pinned, node, "largest_block", 2, 1e6, &largest, error);
	matching->linking.largest_block = (size_t)largest;
	rules = status == STATUS_OK ? yaml_get(node, "rules") : NULL;
	if (!rules)
		return status;
	if (rules->kind != YAML_SEQUENCE || rules->count == 0 || rules->count > LINKING_RULES)
		return pinned_wrong(pinned, rules, error, "rules are a list of 1 to %d", LINKING_RULES);
	struct linking_rule *read = ARENA_ARRAY(&matching->arena, rules->count, struct linking_rule);
	for (size_t r = 0; r < rules->count && status == STATUS_OK; r++)
		status = read_rule(matching, rules->items[r], &read[r], error);
	matching->linking.rules = read;
	matching->linking.rule_count = rules->count;
	return status;
}

enum status pinned_linking(struct matching *matching, struct error *error)
{
	if (!matching->pinned)
		return STATUS_OK;
	enum status status = read_blocking(matching, error);
	return status == STATUS_OK ? pinned_comparisons(matching, error) : status;
}

enum status pinned_read(struct matching *matching, const char *path, struct error *error)
{
	struct pinned *pinned = ARENA_NEW(&matching->arena, struct pinned);
	struct yaml_node *root;
	const struct yaml_node *id, *version, *truth;
	pinned->path = path;
	matching->pinned = pinned;
	if (!file_exists(path)) {
		error_set(error, STATUS_NOT_FOUND, "matching.settings", "there is no such settings file");
		error_remedy(error, "Check the name, or let --write-settings write one to begin with.");
		error_at(error, path, 0, 0);
		return STATUS_NOT_FOUND;
	}
	enum status status = yaml_read(&root, &matching->arena, path, path, error);
	if (status != STATUS_OK)
		return status;
	pinned->root = root;
	status =
		pinned_keys(pinned, root,
			    "version|id|truth|link_only|columns|files|thresholds|training|blocking|comparisons", error);
	version = status == STATUS_OK ? yaml_get(root, "version") : NULL;
	if (version && !text_is(version->text, "1"))
		status = pinned_wrong(pinned, version, error, "this program reads version 1 of the settings");
	id = status == STATUS_OK ? yaml_get(root, "id") : NULL;
	if (id)
		pinned->id = arena_copy(&matching->arena, id->text);
	truth = status == STATUS_OK ? yaml_get(root, "truth") : NULL;
	if (truth)
		pinned->truth = truth->text;
	if (status == STATUS_OK)
		status = pinned_bool(pinned, root, "link_only", &matching->options.link_only, error);
	if (status == STATUS_OK)
		status = read_thresholds(matching, error);
	return status == STATUS_OK ? read_training(matching, error) : status;
}
