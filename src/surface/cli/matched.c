#include "cli/matched.h"

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
