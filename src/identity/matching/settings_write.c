/* What was chosen, as settings that can be given back. */
#include "matching/settings_int.h"

/* Always quoted: a header may be anything. */
static void append_quoted(struct buf *out, struct text t)
{
	buf_append_char(out, '"');
	for (size_t i = 0; i < t.len; i++) {
		if (t.at[i] == '"' || t.at[i] == '\\')
			buf_append_char(out, '\\');
		if ((unsigned char)t.at[i] < 0x20)
			buf_format(out, "\\x%02x", (unsigned char)t.at[i]);
		else
			buf_append_char(out, t.at[i]);
	}
	buf_append_char(out, '"');
}

static void append_column(struct buf *out, const struct matching_column *column)
{
	buf_append_text(out, TEXT("      "));
	append_quoted(out, column->header);
	if (column->meaning == MEANING_BIRTH)
		buf_format(out, ": {meaning: %s, order: %s%s}", meaning_name(column->meaning),
			   date_order_name(column->order), column->historic ? ", historic: true" : "");
	else if (column->meaning == MEANING_POSTCODE)
		buf_format(out, ": {meaning: %s, british: %s}", meaning_name(column->meaning),
			   column->british ? "true" : "false");
	else
		buf_format(out, ": %s", meaning_name(column->meaning));
	buf_format(out, " # %s\n", column->why);
}

static void append_rules(struct buf *out, const struct matching *matching)
{
	const struct linking_settings *linking = &matching->linking;
	buf_append_text(out, TEXT("blocking:\n"));
	buf_format(out, "  largest_block: %zu\n", linking->largest_block ? linking->largest_block : (size_t)200);
	if (!linking->rules) {
		const struct linking_report *report = linking_run_report(matching->run);
		buf_append_text(
			out, TEXT("  # rules: chosen from the columns there are; pairs are compared that agree in\n"));
		for (size_t r = 0; r < report->rules; r++)
			buf_format(out, "  #   %s\n", report->rule[r].name);
		return;
	}
	buf_append_text(out, TEXT("  rules:\n"));
	for (size_t r = 0; r < linking->rule_count; r++) {
		const struct linking_rule *rule = &linking->rules[r];
		buf_append_text(out, TEXT("    - {"));
		for (size_t p = 0; p < rule->count; p++) {
			const struct linking_part *part = &rule->parts[p];
			buf_append_text(out, p ? TEXT(", ") : TEXT(""));
			append_quoted(out, text_of(matching->columns[part->column].name));
			buf_format(out, ": %s", linking_transform_name(part->transform));
			if (part->length)
				buf_format(out, " %u", part->length);
		}
		buf_append_text(out, rule->any_order ? TEXT(", any_order: true}\n") : TEXT("}\n"));
	}
}

static void append_comparisons(struct buf *out, const struct matching *matching)
{
	const struct linking_settings *linking = &matching->linking;
	buf_append_text(out, TEXT("comparisons:\n"));
	for (size_t c = 0; c < matching->column_count; c++) {
		enum linking_kind kind = matching->columns[c].kind;
		buf_append_text(out, TEXT("  "));
		append_quoted(out, text_of(matching->columns[c].name));
		buf_format(out, ": {compared: %s, term_frequency: %s",
			   linking->not_compared >> c & 1 ? "false" : "true",
			   linking->plain >> c & 1 ? "false" : "true");
		if (linking->levels && linking->levels[c].count) {
			levels_append(out, &linking->levels[c]);
			continue;
		}
		buf_append_text(out, TEXT("} # "));
		for (unsigned l = 1; l < linking_level_count(kind); l++)
			buf_format(out, "%s%s", l > 1 ? " / " : "", linking_level_name(kind, l));
		buf_append_char(out, '\n');
	}
}

static void append_settings(struct buf *out, const struct matching *matching)
{
	const struct linking_settings *linking = &matching->linking;
	struct matching_summary summary;
	buf_append_text(out,
			TEXT("# What oneview match chose. Change what is wrong and give it back with --settings;\n"
			     "# what is left out is inferred. The format is described in docs/formats/matching.md.\n"
			     "version: 1\n"));
	if (matching->options.id || pinned_id(matching)) {
		buf_append_text(out, TEXT("id: "));
		append_quoted(out, text_of(matching->options.id ? matching->options.id : pinned_id(matching)));
		buf_append_char(out, '\n');
	}
	if (matching->pinned && matching->pinned->truth.len) {
		buf_append_text(out, TEXT("truth: "));
		append_quoted(out, matching->pinned->truth);
		buf_append_char(out, '\n');
	}
	buf_format(out, "link_only: %s\n", matching->options.link_only ? "true" : "false");
	buf_append_text(out, TEXT("files:\n"));
	for (size_t s = 0; s < matching->source_count; s++) {
		const struct source *source = &matching->sources[s];
		buf_append_text(out, TEXT("  "));
		append_quoted(out, source->name);
		buf_format(out, ":\n    clean: %s # true: it holds each person once\n    columns:\n",
			   source->clean ? "true" : "false");
		for (size_t c = 0; c < source->column_count; c++)
			append_column(out, &source->columns[c].is);
	}
	matching_summary(matching, &summary);
	if (matching->run) {
		append_rules(out, matching);
		append_comparisons(out, matching);
	}
	if (linking->prior > 0 || linking->training_pairs > 0) {
		buf_append_text(out, TEXT("training:\n"));
		if (linking->prior > 0)
			buf_format(out, "  prior: %.9g\n", linking->prior);
		if (linking->training_pairs > 0)
			buf_format(out, "  pairs: %.0f\n", linking->training_pairs);
	}
	buf_format(out, "thresholds:\n  link: %.9g\n", summary.threshold);
	if (linking->keep_probability > 0)
		buf_format(out, "  keep: %.9g\n", linking->keep_probability);
}

enum status matching_write_settings(const struct matching *matching, const char *path, struct error *error)
{
	struct buf text;
	buf_init(&text, 16 << 20);
	append_settings(&text, matching);
	enum status status = matching_write_text(path, buf_text(&text), error);
	buf_release(&text);
	return status;
}
