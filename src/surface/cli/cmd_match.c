/* Anybody's person files: which of their records are of one person. */
#include "cli/matched.h"

#include "base/file.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "matching/matching.h"
#include "report/report.h"

#include <math.h>
#include <unistd.h>

/* ---- arguments ------------------------------------------------------------------------------------------- */

static enum status number(const struct cli *cli, const char *name, double least, double most, double *value,
			  struct error *error)
{
	const char *given = cli_value(cli, name);
	double parsed;
	if (!given)
		return STATUS_OK;
	if (text_parse_double(text_of(given), &parsed) && parsed >= least && parsed <= most) {
		*value = parsed;
		return STATUS_OK;
	}
	return error_set(error, STATUS_USAGE, "cli.number", "--%s takes a number from %g to %g", name, least, most);
}

static enum status read_threshold(const struct cli *cli, struct matching_options *options, struct error *error)
{
	double weight = 0;
	if (cli_flag(cli, "threshold") && cli_flag(cli, "weight")) {
		error_set(error, STATUS_USAGE, "cli.threshold", "--threshold and --weight say the same thing twice");
		error_remedy(error, "Give one: a weight of 0 is a probability of 0.5, of 10 one of 0.999.");
		return STATUS_USAGE;
	}
	enum status status = number(cli, "threshold", 0.000001, 0.999999999, &options->link_probability, error);
	if (status == STATUS_OK)
		status = number(cli, "weight", -20, 60, &weight, error);
	if (status == STATUS_OK && cli_flag(cli, "weight"))
		options->link_probability = 1 / (1 + exp2(-weight));
	return status;
}

static enum status read_options(struct cli *cli, struct matching_options *options, struct error *error)
{
	int64_t threads = 0;
	const char *model = cli_value(cli, "model");
	*options = (struct matching_options){.files = cli->operands,
					     .file_count = cli->operand_count,
					     .settings = cli_value(cli, "settings"),
					     .id = cli_value(cli, "id"),
					     .model = model && file_exists(model) ? model : NULL,
					     .link_only = cli_flag(cli, "link-only"),
					     .keep_pairs = cli_flag(cli, "pairs") || cli_flag(cli, "report"),
					     .show_progress = !cli->quiet && !cli->json,
					     .stop = interrupt_flag()};
	enum status status = cli_value_int(cli, "threads", 1, 1024, &threads, error);
	options->threads = (unsigned)threads;
	if (status == STATUS_OK)
		status = read_threshold(cli, options, error);
	if (status == STATUS_OK && options->link_only && options->file_count < 2) {
		error_set(error, STATUS_USAGE, "cli.link_only", "--link-only needs two files or more");
		error_remedy(error, "Without it the records of one file are compared with each other.");
		return STATUS_USAGE;
	}
	return status;
}

/* ---- the answer ------------------------------------------------------------------------------------------- */

static void answer_rules(struct cli_answer *answer, const struct linking_report *report)
{
	static const char *const keys[] = {"rule", "pairs", "subdivided", "cut"};
	static const char *const headings[] = {"Compared when these agree", "Pairs", "Divided", "Cut"};
	answer_list(answer, "rules", 4, keys, headings);
	for (size_t r = 0; r < report->rules; r++) {
		answer_cell(answer, text_of(report->rule[r].name));
		answer_cell_int(answer, (int64_t)report->rule[r].pairs);
		answer_cell_int(answer, (int64_t)report->rule[r].oversized);
		answer_cell_int(answer, (int64_t)report->rule[r].cut);
	}
	answer_list_end(answer);
	answer_line(answer, "%s", "");
}

static void answer_seconds(struct cli_answer *answer, const struct matching *matching,
			   const struct matching_summary *summary, double writing)
{
	answer_group(answer, "seconds", NULL);
	answer_double(answer, "read", NULL, summary->seconds_read, 3);
	answer_double(answer, "prepare", NULL, summary->seconds_prepare, 3);
	if (matching_linking(matching)) {
		const struct linking_report *report = linking_run_report(matching_linking(matching));
		answer_double(answer, "block", NULL, report->seconds_block, 3);
		answer_double(answer, "train", NULL, report->seconds_train, 3);
		answer_double(answer, "score", NULL, report->seconds_score, 3);
		answer_double(answer, "cluster", NULL, report->seconds_cluster, 3);
	}
	answer_double(answer, "link", NULL, summary->seconds_link, 3);
	answer_double(answer, "write", NULL, writing, 3);
	double total = summary->seconds_read + summary->seconds_prepare + summary->seconds_link + writing;
	answer_double(answer, "total", "Seconds", total, 2);
	answer_group_end(answer);
}

static void answer_matching(struct cli *cli, const struct matching *matching, double writing)
{
	struct cli_answer *answer = &cli->answer;
	struct matching_summary summary;
	matching_summary(matching, &summary);
	matched_answer_files(answer, matching);
	if (matching_linking(matching))
		answer_rules(answer, linking_run_report(matching_linking(matching)));
	answer_int(answer, "records", "Records", (int64_t)summary.records);
	answer_int(answer, "people", "People", (int64_t)summary.clusters);
	answer_int(answer, "linked_records", "Records with another", (int64_t)summary.linked_records);
	answer_int(answer, "largest", "Most records of one person", (int64_t)summary.largest_cluster);
	answer_int(answer, "pairs_compared", "Pairs compared", (int64_t)summary.pairs_compared);
	answer_double(answer, "threshold", "Linked from probability", summary.threshold, 4);
	answer_seconds(answer, matching, &summary, writing);
}

/* ---- the work ----------------------------------------------------------------------------------------------- */

static enum status write_results(struct cli *cli, const struct matching *matching, bool model_is_new,
				 struct error *error)
{
	typedef enum status write_one(const struct matching *, const char *, struct error *);
	const struct {
		const char *option;
		write_one *write;
		bool wanted;
	} results[] = {
		{"clusters", matching_write_clusters, true},
		{"pairs", matching_write_pairs, true},
		{"model", matching_write_model, model_is_new},
		{"write-settings", matching_write_settings, true},
		{"report", report_match, true},
	};
	enum status status = STATUS_OK;
	for (size_t i = 0; i < sizeof results / sizeof *results && status == STATUS_OK; i++) {
		const char *path = cli_value(cli, results[i].option);
		if (path && results[i].wanted)
			status = results[i].write(matching, path, error);
	}
	return status;
}

/* The engine cannot say how far it is: on a terminal, what is being done. */
static void say(const struct cli *cli, const char *doing, size_t records)
{
	if (cli->quiet || cli->json || isatty(STDERR_FILENO) != 1)
		return;
	fprintf(stderr, "\r\033[K");
	if (doing)
		fprintf(stderr, "%s %zu records ...", doing, records);
	fflush(stderr);
}

static size_t record_count(const struct matching *matching)
{
	size_t records = 0;
	for (size_t f = 0; f < matching_file_count(matching); f++)
		records += matching_file(matching, f).records;
	return records;
}

enum status cmd_match(struct cli *cli, struct error *error)
{
	struct matching_options options;
	struct matching *matching = NULL;
	memory_keep();
	enum status status = read_options(cli, &options, error);
	if (status == STATUS_OK)
		status = matched_check_outputs(
			cli, (const char *const[]){"clusters", "pairs", "report", "write-settings", "model", NULL},
			(const char *const[]){"settings", NULL}, error);
	if (status == STATUS_OK)
		status = matching_read(&matching, &options, error);
	if (status == STATUS_OK) {
		say(cli, "Linking", record_count(matching));
		status = matching_run(matching, error);
	}
	instant began = instant_now();
	say(cli, status == STATUS_OK ? "Writing" : NULL, matching ? record_count(matching) : 0);
	if (status == STATUS_OK)
		status = write_results(cli, matching, options.model == NULL, error);
	if (status == STATUS_OK)
		answer_matching(cli, matching, (double)(instant_now() - began) / 1e6);
	say(cli, NULL, 0);
	matching_free(matching);
	return status;
}
