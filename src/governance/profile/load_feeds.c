#include "profile/profile_int.h"

/* Sources, elements and feeds. */

void fill_sources(struct loader *loader)
{
	static const char *const keys[] = {"id",     "title",      "short",   "owner", "contact",
					   "system", "department", "refresh", NULL};
	for (size_t i = 0; i < loader->entry_count[KIND_SOURCE]; i++) {
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_SOURCE, i, &node);
		struct profile_source *source = (struct profile_source *)loader->things[KIND_SOURCE] + i;
		if (!read_mapping(&r, node, "a source", keys))
			continue;
		source->title = read_text(&r, node, "title", true);
		source->short_title = read_text(&r, node, "short", false);
		if (text_is_absent(source->short_title))
			source->short_title = source->title;
		source->department = read_text(&r, node, "department", false);
		source->owner = read_text(&r, node, "owner", false);
		source->contact = read_text(&r, node, "contact", false);
		source->system = read_text(&r, node, "system", false);
		read_enum(&r, node, "refresh", schedule_names, false, SCHEDULE_MONTHLY);
	}
}

void fill_elements(struct loader *loader)
{
	static const char *const keys[] = {"id", "title", "definition", "category", "purposes", "standard", NULL};
	for (size_t i = 0; i < loader->entry_count[KIND_ELEMENT]; i++) {
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_ELEMENT, i, &node);
		struct profile_element *element = (struct profile_element *)loader->things[KIND_ELEMENT] + i;
		if (!read_mapping(&r, node, "an element", keys))
			continue;
		element->title = read_text(&r, node, "title", true);
		element->definition = read_text(&r, node, "definition", false);
		element->category =
			(enum element_category)read_enum(&r, node, "category", category_names, true, CATEGORY_IDENTITY);
		struct list uses = read_list(&r, node, "purposes", false);
		for (size_t u = 0; u < uses.count; u++)
			element->uses |= 1u << scalar_enum(&r, uses.at[u], "purposes", use_names, 0);
		if (element->category == CATEGORY_IDENTITY && element->uses & USE_MODELLING) {
			problem(&r, yaml_get(node, "purposes"), "the identity element `%s` is allowed for modelling",
				element->id.at);
			remedy(&r, "Remove `modelling`: no model may see who somebody is.");
		}
	}
}

/* ---- columns ---------------------------------------------------------------------------- */

static void read_bound(struct reader *r, const struct yaml_node *node, const char *key, enum column_type type,
		       struct profile_bound *bound)
{
	struct yaml_node *written_at = read_key(r, node, key, false);
	struct text written = scalar_text(r, written_at, key);
	if (text_is_absent(written))
		return;
	bound->set = true;
	if (type == COLUMN_DATE || type == COLUMN_DATETIME) {
		bound->today = text_is(written, "today");
		if (!bound->today && !date_parse_iso(written, &bound->date)) {
			problem(r, written_at, "`%s: %s` is not a date", key, written.at);
			remedy(r, "Write 1900-01-01, or today.");
		}
	} else if (type == COLUMN_INTEGER || type == COLUMN_DECIMAL || type == COLUMN_MONEY) {
		if (!text_parse_double(written, &bound->number)) {
			problem(r, written_at, "`%s: %s` is not a number", key, written.at);
			remedy(r, "Write digits with a point, such as -100 or 2.5.");
		}
	} else {
		problem(r, written_at, "a column of type %s has no `%s`", column_type_name(type), key);
		remedy(r, "Only numbers and dates have bounds; for text use max_length.");
	}
}

static void check_bounds(struct reader *r, const struct yaml_node *node, const struct profile_column *column)
{
	const struct profile_bound *min = &column->min, *max = &column->max;
	if (!min->set || !max->set || min->today || max->today)
		return;
	bool is_date = column->type == COLUMN_DATE || column->type == COLUMN_DATETIME;
	if (is_date ? min->date > max->date : min->number > max->number) {
		problem(r, yaml_get(node, "max"), "`max` is below `min`");
		remedy(r, "Every value would be turned away: correct one of them.");
	}
}

static int compare_codes(const void *left, const void *right)
{
	return text_compare(((const struct profile_code *)left)->from, ((const struct profile_code *)right)->from);
}

static void read_codes(struct reader *r, const struct yaml_node *node, struct profile_column *column)
{
	struct yaml_node *written = read_key(r, node, "codes", column->type == COLUMN_CODE);
	if (!written)
		return;
	if (column->type != COLUMN_CODE) {
		problem(r, written, "a column of type %s has codes", column_type_name(column->type));
		remedy(r, "Write `type: code`, or remove the codes.");
		return;
	}
	if (written->kind == YAML_SCALAR) {
		problem(r, written, "`codes` must be a list or a mapping");
		remedy(r, "Write `codes: {A: active, C: closed}`, or `codes: [active, closed]`.");
		return;
	}
	struct profile_code *codes = ARENA_ARRAY(r->loader->arena, written->count, struct profile_code);
	for (size_t i = 0; i < written->count; i++) {
		codes[i].to = scalar_text(r, written->items[i], "codes");
		codes[i].from =
			written->kind == YAML_MAPPING ? arena_text(r->loader->arena, written->keys[i]) : codes[i].to;
		if (text_is_absent(codes[i].to)) {
			problem(r, written->items[i], "the code `%.*s` has no meaning", TEXT_ARG(codes[i].from));
			remedy(r, "Write what it stands for: `%.*s: active`.", TEXT_ARG(codes[i].from));
			codes[i].from = codes[i].to = TEXT("");
		}
		for (size_t j = 0; j < i; j++) {
			if (text_equal(codes[j].from, codes[i].from)) {
				problem(r, written->kind == YAML_MAPPING ? written->key_nodes[i] : written->items[i],
					"the code `%.*s` comes twice", TEXT_ARG(codes[i].from));
				remedy(r, "Keep one of them.");
				break;
			}
		}
	}
	qsort(codes, written->count, sizeof *codes, compare_codes);
	column->codes = codes;
	column->code_count = written->count;
}

static void read_fields(struct reader *r, const struct yaml_node *node, struct profile_column *column)
{
	struct yaml_node *written = read_key(r, node, "fields", column->type == COLUMN_JSON && !column->ignore);
	if (!written)
		return;
	if (column->type != COLUMN_JSON || written->kind != YAML_MAPPING) {
		problem(r, written, "`fields` belong to a column of type json, as keys and elements");
		remedy(r, "Write `type: json, fields: {POSTCODE: postcode}`.");
		return;
	}
	struct profile_field *fields = ARENA_ARRAY(r->loader->arena, written->count, struct profile_field);
	for (size_t i = 0; i < written->count; i++) {
		const struct profile_element *element = scalar_reference(r, written->items[i], KIND_ELEMENT);
		if (element)
			fields[column->field_count++] =
				(struct profile_field){arena_text(r->loader->arena, written->keys[i]), element};
	}
	column->fields = fields;
}

static void read_booleans(struct reader *r, const struct yaml_node *node, struct profile_column *column)
{
	static const struct text yes[] = {{"true", 4}, {"True", 4}, {"TRUE", 4}, {"Y", 1}, {"Yes", 3}, {"1", 1}};
	static const struct text no[] = {{"false", 5}, {"False", 5}, {"FALSE", 5}, {"N", 1}, {"No", 2}, {"0", 1}};
	column->true_values = read_texts(r, node, "true_values", false, &column->true_count);
	column->false_values = read_texts(r, node, "false_values", false, &column->false_count);
	if (column->type != COLUMN_BOOLEAN) {
		if (column->true_count || column->false_count)
			problem(r, node, "a column of type %s has true_values or false_values",
				column_type_name(column->type));
		return;
	}
	for (size_t i = 0; i < column->true_count; i++) {
		for (size_t j = 0; j < column->false_count; j++) {
			if (text_equal(column->true_values[i], column->false_values[j])) {
				problem(r, node, "`%s` means both true and false", column->true_values[i].at);
				remedy(r, "Keep it in one of the two lists.");
			}
		}
	}
	if (!column->true_count && !column->false_count) {
		column->true_values = yes;
		column->true_count = 6;
		column->false_values = no;
		column->false_count = 6;
	}
}

static void read_format(struct reader *r, const struct yaml_node *node, struct profile_column *column)
{
	bool is_date = column->type == COLUMN_DATE || column->type == COLUMN_DATETIME;
	struct yaml_node *written_at = read_key(r, node, "format", false);
	column->format = scalar_text(r, written_at, "format");
	if (text_is_absent(column->format)) {
		if (is_date) {
			problem(r, node, "a %s column needs its `format`", column_type_name(column->type));
			remedy(r, "Write how the extract writes it: `format: \"DD/MM/YYYY\"`.");
		}
		return;
	}
	if (!is_date) {
		problem(r, written_at, "a column of type %s has no `format`", column_type_name(column->type));
		remedy(r, "Only dates have one.");
	} else if (!date_pattern_valid(column->format)) {
		problem(r, written_at, "`format: %s` is not a pattern of a whole date", column->format.at);
		remedy(r, "Use DD, MM or Mon, and YYYY or YY, once each: DD/MM/YYYY, YYYY-MM-DD, DD-Mon-YY.");
	}
}

static void check_check(struct reader *r, const struct yaml_node *node, const struct profile_column *column)
{
	if (column->check == CHECK_NONE || column->type == COLUMN_TEXT)
		return;
	problem(r, yaml_get(node, "check"), "`check: %s` needs a column of type text, this one is %s",
		column_check_name(column->check), column_type_name(column->type));
	remedy(r, "Write `type: text`; leading zeros are then kept too.");
}

static void read_column_node(struct reader *r, const struct yaml_node *node, struct profile_column *column)
{
	static const char *const keys[] = {
		"header",     "element", "type",  "required",    "ignore",       "format", "min",         "max",
		"max_length", "check",   "codes", "true_values", "false_values", "fields", "description", NULL};
	if (!read_mapping(r, node, "a column", keys))
		return;
	column->header = read_text(r, node, "header", true);
	column->type = (enum column_type)read_enum(r, node, "type", type_names, false, COLUMN_TEXT);
	column->ignore = read_bool(r, node, "ignore", false);
	column->required = read_bool(r, node, "required", false);
	bool needs_element = column->type != COLUMN_JSON && !column->ignore;
	column->element = read_reference(r, node, "element", KIND_ELEMENT, needs_element);
	read_format(r, node, column);
	read_bound(r, node, "min", column->type, &column->min);
	read_bound(r, node, "max", column->type, &column->max);
	check_bounds(r, node, column);
	double max_length = read_number(r, node, "max_length", 0);
	if (max_length < 0 || max_length > 1e6)
		problem(r, yaml_get(node, "max_length"), "`max_length` must be between 1 and 1,000,000");
	else
		column->max_length = (size_t)max_length;
	column->check = (enum column_check)read_enum(r, node, "check", check_names, false, CHECK_NONE);
	check_check(r, node, column);
	read_codes(r, node, column);
	read_booleans(r, node, column);
	read_fields(r, node, column);
}

static void register_element(struct reader *r, struct profile_feed *feed, uint16_t *column_of,
			     const struct yaml_node *node, const struct profile_element *element, size_t column)
{
	if (!element)
		return;
	uint16_t *place = &column_of[element->number];
	if (*place) {
		problem(r, node, "the feed `%s` fills the element `%s` twice", feed->id.at, element->id.at);
		remedy(r, "The other column is `%.*s`; give one of them an element of its own, or `ignore: true`.",
		       TEXT_ARG(feed->columns[*place - 1].header));
		return;
	}
	*place = (uint16_t)(column + 1);
}

static void register_columns(struct reader *r, struct profile_feed *feed, const struct list *list)
{
	size_t element_count = r->loader->entry_count[KIND_ELEMENT];
	uint16_t *column_of = ARENA_ARRAY(r->loader->arena, element_count, uint16_t);
	for (size_t i = 0; i < feed->column_count; i++) {
		const struct profile_column *column = &feed->columns[i];
		const struct yaml_node *node = list->at[i];
		for (size_t j = 0; j < i; j++) {
			if (!text_is_empty(column->header) && text_equal(column->header, feed->columns[j].header)) {
				problem(r, node, "the header `%s` comes twice", column->header.at);
				remedy(r, "The other is in line %u.", list->at[j]->line);
				break;
			}
		}
		register_element(r, feed, column_of, node, column->element, i);
		for (size_t f = 0; f < column->field_count; f++)
			register_element(r, feed, column_of, node, column->fields[f].element, i);
	}
	feed->column_of = column_of;
}

/* ---- feeds ------------------------------------------------------------------------------ */

static char read_char(struct reader *r, const struct yaml_node *mapping, const char *key, char otherwise)
{
	struct yaml_node *node = read_key(r, mapping, key, false);
	struct text written = scalar_text(r, node, key);
	if (text_is_absent(written))
		return otherwise;
	if (text_is(written, "detect"))
		return '\0';
	if (text_is(written, "none") && otherwise == '"')
		return '\1';
	if (text_is(written, "tab"))
		return '\t';
	if (written.len == 1)
		return written.at[0];
	problem(r, node, "`%s` must be one character", key);
	remedy(r, "Write `%s: \"%c\"`, or `%s: detect`.", key, otherwise, key);
	return otherwise;
}

static void read_feed_format(struct reader *r, const struct yaml_node *node, struct profile_feed *feed)
{
	static const char *const keys[] = {"encoding", "delimiter", "quote", "header_row", NULL};
	feed->encoding = ENCODING_DETECT;
	feed->quote = '"';
	feed->header_row = true;
	struct yaml_node *format = read_key(r, node, "format", false);
	if (!format || !read_mapping(r, format, "a format", keys))
		return;
	feed->encoding = (enum feed_encoding)read_enum(r, format, "encoding", encoding_names, false, ENCODING_DETECT);
	feed->delimiter = read_char(r, format, "delimiter", ',');
	if (!yaml_get(format, "delimiter"))
		feed->delimiter = '\0';
	feed->quote = read_char(r, format, "quote", '"');
	feed->header_row = read_bool(r, format, "header_row", true);
}

static double read_share(struct reader *r, const struct yaml_node *node, const char *key)
{
	double share = read_number(r, node, key, -1);
	if (share < 0 || share > 1) {
		if (yaml_get(node, key)) {
			problem(r, yaml_get(node, key), "`%s` must be a share between 0 and 1", key);
			remedy(r, "Thirty per cent is 0.3.");
		}
		return -1;
	}
	return share;
}

static void read_holds(struct reader *r, const struct yaml_node *node, struct profile_feed *feed)
{
	static const char *const keys[] = {"rows_fall_by", "new_clients_above", "missing_columns", NULL};
	feed->rows_fall_by = feed->new_clients_above = -1;
	struct yaml_node *holds = read_key(r, node, "holds", false);
	if (!holds || !read_mapping(r, holds, "holds", keys))
		return;
	feed->rows_fall_by = read_share(r, holds, "rows_fall_by");
	feed->new_clients_above = read_share(r, holds, "new_clients_above");
	feed->missing_columns =
		(enum hold_action)read_enum(r, holds, "missing_columns", hold_names, false, HOLD_EXTRACT);
}

static void read_file_pattern(struct reader *r, const struct yaml_node *node, struct profile_feed *feed)
{
	const char *why;
	feed->file = read_text(r, node, "file", true);
	if (!text_is_absent(feed->file) && !pattern_valid(feed->file, &why)) {
		problem(r, yaml_get(node, "file"), "the file pattern is not understood: %s", why);
		remedy(r, "Write such as \"tenancies_{as_at:YYYYMMDD}.csv\"; * stands for any characters.");
	}
}

static void read_feed_columns(struct reader *r, const struct yaml_node *node, struct profile_feed *feed)
{
	struct list list = read_list(r, node, "columns", true);
	struct profile_column *columns = ARENA_ARRAY(r->loader->arena, list.count, struct profile_column);
	for (size_t i = 0; i < list.count; i++) {
		columns[i].number = (unsigned)i;
		columns[i].place = place_of(r, list.at[i]);
		read_column_node(r, list.at[i], &columns[i]);
	}
	feed->columns = columns;
	feed->column_count = list.count;
	register_columns(r, feed, &list);
}

static void fill_feed(struct reader *r, const struct yaml_node *node, struct profile_feed *feed)
{
	static const char *const keys[] = {
		"id",    "source", "title",     "description",   "file",     "delivery",    "schedule",  "format",
		"about", "client", "key",       "valid_from",    "valid_to", "compartment", "delete_by", "columns",
		"rules", "holds",  "statutory", "relationships", "caseload", "retention",   NULL};
	feed->delete_by = DATE_UNKNOWN;
	if (!read_mapping(r, node, "a feed", keys))
		return;
	feed->title = read_text(r, node, "title", true);
	if (!r->loader->library) /* a library leaves its sources to whoever includes it */
		feed->source = read_reference(r, node, "source", KIND_SOURCE, true);
	feed->standard = read_text(r, node, "statutory", false);
	read_file_pattern(r, node, feed);
	feed->delivery = (enum feed_delivery)read_enum(r, node, "delivery", delivery_names, true, DELIVERY_CHANGES);
	feed->schedule = (enum feed_schedule)read_enum(r, node, "schedule", schedule_names, false, SCHEDULE_MONTHLY);
	feed->about = (enum feed_about)read_enum(r, node, "about", about_names, false, ABOUT_RESIDENTS);
	read_feed_format(r, node, feed);
	read_feed_columns(r, node, feed);
	feed->client = read_column(r, node, "client", feed, feed->about == ABOUT_RESIDENTS);
	feed->key = read_columns(r, node, "key", feed, true, &feed->key_count);
	feed->valid_from = read_column(r, node, "valid_from", feed, false);
	feed->valid_to = read_column(r, node, "valid_to", feed, false);
	read_relationships(r, node, feed);
	read_caseload(r, node, feed);
	feed->compartment = read_text(r, node, "compartment", false);
	feed->delete_by = read_date(r, node, "delete_by", false);
	read_retention(r, node, feed);
	read_holds(r, node, feed);
}

static void check_date_column(struct reader *r, const struct yaml_node *node, const char *key,
			      const struct profile_feed *feed, const struct profile_element *element)
{
	const struct profile_column *column = element ? feed_column(feed, element) : NULL;
	if (!column || column->type == COLUMN_DATE || column->type == COLUMN_DATETIME || column->type == COLUMN_JSON)
		return;
	problem(r, yaml_get(node, key), "`%s: %s` is a column of type %s, not a date", key, element->id.at,
		column_type_name(column->type));
	remedy(r, "Name a date column, or correct the column's type.");
}

static void read_rule_reference(struct reader *r, const struct yaml_node *node, const struct profile_feed *feed,
				struct profile_rule *rule)
{
	static const char *const keys[] = {"element", "feed", "element_there", NULL};
	if (!read_mapping(r, node, "`references`", keys))
		return;
	rule->element = read_column(r, node, "element", feed, true);
	rule->feed = read_reference(r, node, "feed", KIND_FEED, true);
	if (rule->feed)
		rule->element_there = read_column(r, node, "element_there", rule->feed, true);
}

static void read_rule(struct reader *r, const struct yaml_node *node, const struct profile_feed *feed,
		      struct profile_rule *rule)
{
	static const char *const keys[] = {"name", "check", "references", "severity", "message", NULL};
	if (!read_mapping(r, node, "a rule", keys))
		return;
	rule->name = read_text(r, node, "name", true);
	rule->message = read_text(r, node, "message", false);
	rule->severity = (enum rule_severity)read_enum(r, node, "severity", severity_names, false, SEVERITY_REJECT);
	struct yaml_node *references = read_key(r, node, "references", false);
	if (references)
		read_rule_reference(r, references, feed, rule);
	read_condition(r, node, "check", &feed, 1, &rule->check);
	if (!references == !yaml_get(node, "check")) {
		problem(r, node, "a rule has either `check` or `references`");
		remedy(r, "Write one of them; two rules if both are meant.");
	}
}

static void fill_rules(struct reader *r, const struct yaml_node *node, struct profile_feed *feed)
{
	struct list list = read_list(r, node, "rules", false);
	struct profile_rule *rules = ARENA_ARRAY(r->loader->arena, list.count, struct profile_rule);
	for (size_t i = 0; i < list.count; i++) {
		rules[i].place = place_of(r, list.at[i]);
		read_rule(r, list.at[i], feed, &rules[i]);
	}
	feed->rules = rules;
	feed->rule_count = list.count;
}

static void check_feed(struct reader *r, const struct yaml_node *node, const struct profile_feed *feed,
		       const struct profile_feed *feeds)
{
	check_date_column(r, node, "valid_from", feed, feed->valid_from);
	check_date_column(r, node, "valid_to", feed, feed->valid_to);
	for (unsigned i = 0; i < feed->number; i++) {
		if (!text_is_absent(feed->file) && text_equal(feeds[i].file, feed->file)) {
			problem(r, yaml_get(node, "file"), "the feed `%s` has the same file pattern", feeds[i].id.at);
			remedy(r, "An extract must belong to one feed: make the patterns differ.");
		}
	}
}

void fill_feeds(struct loader *loader)
{
	struct profile_feed *feeds = loader->things[KIND_FEED];
	struct yaml_node *node;
	for (size_t i = 0; i < loader->entry_count[KIND_FEED]; i++) {
		struct reader r = entry_reader(loader, KIND_FEED, i, &node);
		fill_feed(&r, node, &feeds[i]);
	}
	for (size_t i = 0; i < loader->entry_count[KIND_FEED]; i++) { /* rules may refer to later feeds */
		struct reader r = entry_reader(loader, KIND_FEED, i, &node);
		fill_rules(&r, node, &feeds[i]);
		check_feed(&r, node, &feeds[i], feeds);
	}
}
