#include "cli/matched.h"

#include "base/file.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

/* ---- what would be overwritten ------------------------------------------------------------------------------ */

static const char *folder_of(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	snprintf(out, PATH_MAX, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	return out;
}

/* By whatever names they go, and whether there is such a file yet or not. */
static bool same_file(const char *a, const char *b)
{
	char x[PATH_MAX], y[PATH_MAX];
	const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');
	if (file_is_same(a, b))
		return true;
	return strcmp(slash_a ? slash_a + 1 : a, slash_b ? slash_b + 1 : b) == 0 &&
	       file_is_same(folder_of(a, x), folder_of(b, y));
}

static enum status would_overwrite(const char *output, const char *path, struct error *error)
{
	error_set(error, STATUS_USAGE, "cli.output", "--%s would overwrite %s", output, path);
	error_remedy(error, "Choose another name for the result.");
	return STATUS_USAGE;
}

static enum status check_output(const struct cli *cli, const char *const *outputs, size_t at, const char *const *inputs,
				struct error *error)
{
	const char *path = cli_value(cli, outputs[at]);
	enum status status = path ? matching_can_write(path, error) : STATUS_OK;
	/* standard output, a pipe */
	struct stat kind;
	if (!path || status != STATUS_OK || strcmp(path, "-") == 0 ||
	    (stat(path, &kind) == 0 && !S_ISREG(kind.st_mode)))
		return status;
	for (size_t f = 0; f < cli->operand_count; f++) {
		if (same_file(path, cli->operands[f]))
			return would_overwrite(outputs[at], cli->operands[f], error);
	}
	for (size_t i = 0; inputs[i]; i++) {
		if (cli_value(cli, inputs[i]) && same_file(path, cli_value(cli, inputs[i])))
			return would_overwrite(outputs[at], cli_value(cli, inputs[i]), error);
	}
	for (size_t other = 0; other < at; other++) {
		if (cli_value(cli, outputs[other]) && same_file(path, cli_value(cli, outputs[other]))) {
			error_set(error, STATUS_USAGE, "cli.output", "--%s and --%s both name %s", outputs[other],
				  outputs[at], path);
			error_remedy(error, "Choose another name for one of them.");
			return STATUS_USAGE;
		}
	}
	return STATUS_OK;
}

enum status matched_check_outputs(const struct cli *cli, const char *const *outputs, const char *const *inputs,
				  struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t at = 0; outputs[at] && status == STATUS_OK; at++)
		status = check_output(cli, outputs, at, inputs, error);
	return status;
}

/* ---- what was read ------------------------------------------------------------------------------------------ */

static void answer_columns(struct cli_answer *answer, const struct matching_file *file)
{
	static const char *const keys[] = {"column", "meaning", "filled", "why"};
	static const char *const headings[] = {"Column", "Taken for", "Filled", "Why"};
	answer_list(answer, "columns", 4, keys, headings);
	for (size_t c = 0; c < file->column_count; c++) {
		const struct matching_column *column = &file->columns[c];
		answer_cell(answer, column->header);
		answer_cell(answer, text_of(meaning_title(column->meaning)));
		answer_cell_double(answer, column->filled, 3);
		answer_cell(answer, text_of(column->why));
	}
	answer_list_end(answer);
}

static void answer_each_file(struct cli_answer *answer, const struct matching *matching)
{
	json_begin_array(&answer->json, "files");
	for (size_t f = 0; f < matching_file_count(matching); f++) {
		struct matching_file file = matching_file(matching, f);
		struct text id = file.id_column < file.column_count ? file.columns[file.id_column].header : TEXT_ABSENT;
		answer_line(answer, "%.*s: %zu record%s, %s, ids from %s%.*s", TEXT_ARG(file.name), file.records,
			    file.records == 1 ? "" : "s", file.encoding, id.at ? "column " : "row numbers",
			    TEXT_ARG(id));
		json_begin_object(&answer->json, NULL);
		json_put_text(&answer->json, "file", file.name);
		json_put_int(&answer->json, "records", (int64_t)file.records);
		json_put_text(&answer->json, "encoding", text_of(file.encoding));
		json_put_bool(&answer->json, "header", file.has_header);
		json_put_text(&answer->json, "id", id);
		answer_columns(answer, &file);
		json_end(&answer->json);
		answer_line(answer, "%s", "");
	}
	json_end(&answer->json);
}

static void answer_warnings(struct cli_answer *answer, const struct matching *matching)
{
	size_t count;
	const struct matching_warning *warnings = matching_warnings(matching, &count);
	json_begin_array(&answer->json, "warnings");
	for (size_t i = 0; i < count; i++) {
		json_begin_object(&answer->json, NULL);
		json_put_text(&answer->json, "file", warnings[i].file);
		if (warnings[i].line)
			json_put_int(&answer->json, "line", (int64_t)warnings[i].line);
		json_put_text(&answer->json, "message", text_of(warnings[i].text));
		json_end(&answer->json);
		if (warnings[i].line)
			answer_line(answer, "%.*s:%llu: %s", TEXT_ARG(warnings[i].file),
				    (unsigned long long)warnings[i].line, warnings[i].text);
		else
			answer_line(answer, "%s", warnings[i].text);
	}
	json_end(&answer->json);
	if (count)
		answer_line(answer, "%s", "");
}

void matched_answer_files(struct cli_answer *answer, const struct matching *matching)
{
	answer_each_file(answer, matching);
	answer_warnings(answer, matching);
}
