/* Anybody's addresses against anybody's gazetteer. */
#include "address/address_file.h"
#include "base/interrupt.h"
#include "cli/matched.h"

enum { COLUMNS = 32 };

static enum status need(const char *value, const char *option, struct error *error)
{
	if (value)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "cli.option", "--%s is missing", option);
	error_remedy(error,
		     "oneview address match --gazetteer G.csv --column address --column postcode IN.csv --out OUT.csv");
	return STATUS_USAGE;
}

static void answer_problems(struct cli_answer *answer, const struct address_book_report *report)
{
	static const char *const keys[] = {"line", "column", "problem", "kept"};
	static const char *const headings[] = {"Line", "Column", "Problem", "Row kept"};
	if (report->problem_count == 0)
		return;
	answer_list(answer, "problems", 4, keys, headings);
	for (size_t i = 0; i < report->problem_count; i++) {
		answer_cell_int(answer, (int64_t)report->problems[i].line);
		answer_cell(answer, text_of(report->problems[i].column));
		answer_cell(answer, text_of(report->problems[i].reason));
		answer_cell(answer, report->problems[i].kept ? TEXT("yes") : TEXT("no"));
	}
	answer_list_end(answer);
	answer_line(answer, "%s", "");
}

static void answer_gazetteer(struct cli_answer *answer, const struct address_book_report *report)
{
	answer_problems(answer, report);
	answer_group(answer, "gazetteer", "Gazetteer");
	answer_int(answer, "rows", "  Rows", (int64_t)report->rows);
	answer_int(answer, "loaded", "  loaded", (int64_t)report->loaded);
	answer_int(answer, "ignored", "  left out by the layout", (int64_t)report->ignored);
	answer_int(answer, "quarantined", "  quarantined", (int64_t)report->quarantined);
	answer_int(answer, "properties", "  Properties", (int64_t)report->properties);
	answer_int(answer, "shells", "  parents of others", (int64_t)report->shells);
	answer_int(answer, "addresses", "  Addresses of them", (int64_t)report->entries);
	answer_int(answer, "alternative", "  alternative", (int64_t)report->alternative);
	answer_int(answer, "provisional", "  provisional", (int64_t)report->provisional);
	answer_int(answer, "historic", "  historic", (int64_t)report->historic);
	answer_int(answer, "circles", NULL, (int64_t)report->circles);
	answer_int(answer, "parents_missing", NULL, (int64_t)report->parents_missing);
	answer_int(answer, "bytes", NULL, (int64_t)report->bytes);
	answer_double(answer, "seconds", NULL, report->seconds, 3);
	answer_group_end(answer);
}

static void answer_matches(struct cli_answer *answer, const struct address_file_summary *summary)
{
	answer_group(answer, "addresses", "Addresses");
	answer_int(answer, "rows", "  Rows", (int64_t)summary->rows);
	answer_int(answer, "exact", "  exact", (int64_t)summary->exact);
	answer_int(answer, "strong", "  strong", (int64_t)summary->strong);
	answer_int(answer, "probable", "  probable", (int64_t)summary->probable);
	answer_int(answer, "none", "  none", (int64_t)summary->none);
	answer_double(answer, "seconds", "  Seconds", summary->seconds, 3);
	answer_group_end(answer);
}

enum status cmd_address_match(struct cli *cli, struct error *error)
{
	static const char *const usual[] = {"address", "postcode"};
	const char *columns[COLUMNS];
	struct address_book *book = NULL;
	struct address_file_summary summary;
	int64_t threads = 0;
	size_t count = cli_value_list(cli, "column", columns, COLUMNS);
	bool progress = !cli->quiet && !cli->json;
	enum status status = need(cli_value(cli, "gazetteer"), "gazetteer", error);
	if (status == STATUS_OK)
		status = need(cli_value(cli, "out"), "out", error);
	if (status == STATUS_OK)
		status = matched_check_outputs(cli, (const char *const[]){"out", "quarantine", NULL},
					       (const char *const[]){"gazetteer", "layout", NULL}, error);
	if (status == STATUS_OK)
		status = cli_value_int(cli, "threads", 1, 1024, &threads, error);
	if (status != STATUS_OK)
		return status;
	struct address_book_settings settings = {.gazetteer = cli_value(cli, "gazetteer"),
						 .layout = cli_value(cli, "layout"),
						 .quarantine = cli_value(cli, "quarantine"),
						 .threads = (unsigned)threads,
						 .show_progress = progress,
						 .stop = interrupt_flag()};
	struct address_file file = {.in = cli_operand(cli, 0),
				    .out = cli_value(cli, "out"),
				    .columns = count ? columns : usual,
				    .column_count = count ? count : 2,
				    .id = cli_value(cli, "id"),
				    .threads = (unsigned)threads,
				    .show_progress = progress,
				    .stop = interrupt_flag()};
	status = address_book_open(&book, &settings, error);
	if (status == STATUS_OK)
		status = address_file_match(&summary, book, &file, error);
	if (status == STATUS_OK && strcmp(file.out, "-") != 0) {
		answer_gazetteer(&cli->answer, address_book_report(book));
		answer_matches(&cli->answer, &summary);
	}
	address_book_close(book);
	return status;
}
