#include "cli/evaluate_lists.h"
#include "cli/opened.h"

#include "address/address.h"
#include "base/file.h"
#include "household/household.h"
#include "linking/labels.h"
#include "linking/refresh.h"
#include "matching/matching.h"
#include "reading/reading.h"

static void add_quality(struct cli_answer *answer, const char *key, const char *heading,
			const struct linking_quality *quality)
{
	answer_group(answer, key, heading);
	answer_double(answer, "precision", "  Precision", quality->precision, 4);
	answer_double(answer, "recall", "  Recall", quality->recall, 4);
	answer_double(answer, "f1", "  F1", quality->f1, 4);
	answer_int(answer, "pairs_right", "  Pairs right", (int64_t)quality->found);
	answer_int(answer, "pairs_wrong", "  Pairs wrong", (int64_t)quality->wrong);
	answer_int(answer, "pairs_missed", "  Pairs missed", (int64_t)quality->missed);
	answer_int(answer, "compared", "  Compared", (int64_t)quality->records);
	answer_group_end(answer);
}

static void add_homes(struct cli_answer *answer, const struct household_evaluation *households)
{
	static const char *const keys[] = {"from", "people", "said", "right"};
	static const char *const headings[] = {"Confidence from", "People", "Said", "Right"};
	uint64_t all = households->homes_right + households->homes_wrong + households->homes_missed;
	answer_group(answer, "homes", "Present homes");
	answer_double(answer, "right", "  Right property", (double)households->homes_right / (double)(all ? all : 1),
		      4);
	answer_double(answer, "wrong", "  Another property", (double)households->homes_wrong / (double)(all ? all : 1),
		      4);
	answer_double(answer, "missed", "  No property", (double)households->homes_missed / (double)(all ? all : 1), 4);
	answer_list(answer, "bands", 4, keys, headings);
	for (int i = 0; i < HOUSEHOLD_BANDS; i++) {
		const struct household_band *band = &households->bands[i];
		answer_cell_double(answer, band->from, 2);
		answer_cell_int(answer, (int64_t)band->people);
		answer_cell_double(answer, band->said, 4);
		answer_cell_double(answer, band->people ? (double)band->right / (double)band->people : 0, 4);
	}
	answer_list_end(answer);
	answer_group_end(answer);
}

static void add_households(struct cli_answer *answer, const struct household_evaluation *households)
{
	uint64_t shared = households->shared_people ? households->shared_people : 1;
	answer_group(answer, "households", "Households");
	answer_double(answer, "precision", "  Precision", households->precision, 4);
	answer_double(answer, "recall", "  Recall", households->recall, 4);
	answer_double(answer, "f1", "  F1", households->f1, 4);
	answer_int(answer, "people", "  People", (int64_t)households->people);
	answer_int(answer, "gone_shown", "  Gone, and shown still", (int64_t)households->gone_shown);
	answer_double(answer, "with_gone_f1", "  F1 with those", households->with_gone_f1, 4);
	answer_group(answer, "shared", NULL);
	answer_int(answer, "people", "  HMO and hostel residents", (int64_t)households->shared_people);
	answer_double(answer, "precision", "  of them: precision", households->shared_precision, 4);
	answer_double(answer, "recall", "  of them: recall", households->shared_recall, 4);
	answer_double(answer, "f1", "  of them: F1", households->shared_f1, 4);
	answer_double(answer, "false_co_membership", "  falsely with somebody",
		      (double)households->falsely_together / (double)shared, 4);
	answer_group_end(answer);
	answer_group_end(answer);
}

static void add_sources(struct cli_answer *answer, const struct household_source *sources, size_t count)
{
	static const char *const kinds[STATEMENT_KINDS] = {"names a home", "another names a newer one",
							   "what it had there has ended", "no longer names them"};
	static const char *const keys[] = {"source", "statement", "statements", "share"};
	static const char *const headings[] = {"Source", "Statement", "Statements", "Right of the home"};
	answer_list(answer, "sources", 4, keys, headings);
	for (size_t i = 0; i < count; i++) {
		answer_cell(answer, text_of(sources[i].source));
		answer_cell(answer, text_of(sources[i].kind < STATEMENT_KINDS ? kinds[sources[i].kind] : ""));
		answer_cell_int(answer, (int64_t)sources[i].statements);
		answer_cell_double(answer, sources[i].share, 4);
	}
	answer_list_end(answer);
}

/* Groups too small to say anything of stand in the JSON alone. */
enum { GROUP_SHOWN_FROM = 500 }; /* records */

static void add_groups(struct cli_answer *answer, const struct linking_evaluation *residents, bool all)
{
	static const char *const keys[] = {
		"kind",      "group",  "people", "records",   "missed_link_rate", "false_link_rate",
		"precision", "recall", "f1",     "below_best"};
	static const char *const headings[] = {"By",          "Group",     "People", "Records", "Missed links",
					       "False links", "Precision", "Recall", "F1",      "Below best"};
	answer_list(answer, "groups", 10, keys, headings);
	for (size_t i = 0; i < residents->group_count; i++) {
		const struct linking_group *group = &residents->groups[i];
		double best = 0;
		for (size_t k = 0; k < residents->group_count; k++) {
			const struct linking_group *other = &residents->groups[k];
			if (other->kind == group->kind && other->records >= GROUP_SHOWN_FROM && other->f1 > best)
				best = other->f1;
		}
		if (!all && group->records < GROUP_SHOWN_FROM)
			continue;
		answer_cell(answer, text_of(group->kind));
		answer_cell(answer, text_of(group->name));
		answer_cell_int(answer, (int64_t)group->people);
		answer_cell_int(answer, (int64_t)group->records);
		answer_cell_double(answer, group->missed_rate, 4);
		answer_cell_double(answer, group->false_rate, 4);
		answer_cell_double(answer, group->precision, 4);
		answer_cell_double(answer, group->recall, 4);
		answer_cell_double(answer, group->f1, 4);
		answer_cell_double(answer, best > group->f1 ? best - group->f1 : 0, 4);
	}
	answer_list_end(answer);
	answer_line(answer, "%s", "");
}

static void add_calibration(struct cli_answer *answer, const struct linking_evaluation *residents)
{
	static const char *const keys[] = {"from", "to", "pairs", "expected", "right"};
	static const char *const headings[] = {"Probability from", "to", "Pairs", "Said", "Right"};
	answer_list(answer, "calibration", 5, keys, headings);
	for (size_t i = 0; i < LINKING_BANDS_JUDGED; i++) {
		const struct linking_band *band = &residents->bands[i];
		if (band->pairs == 0)
			continue;
		answer_cell_double(answer, band->low, 2);
		answer_cell_double(answer, band->high, 2);
		answer_cell_int(answer, (int64_t)band->pairs);
		answer_cell_double(answer, band->mean, 4);
		answer_cell_double(answer, (double)band->right / (double)band->pairs, 4);
	}
	answer_list_end(answer);
	answer_double(answer, "calibration_error", "Probability off by, on average", residents->calibration_error, 4);
	answer_line(answer, "%s", "");
}

static void add_addresses(struct cli_answer *answer, const struct address_evaluation *addresses)
{
	double rows = addresses->rows ? (double)addresses->rows : 1;
	answer_group(answer, "addresses", "Addresses");
	answer_int(answer, "rows", "  Rows", (int64_t)addresses->rows);
	uint64_t matched = addresses->right + addresses->building + addresses->wrong + addresses->outside_wrong;
	answer_double(answer, "precision", "  Precision",
		      (double)(addresses->right + addresses->building) / (double)(matched ? matched : 1), 4);
	answer_double(answer, "recall", "  Recall", (double)addresses->right / rows, 4);
	answer_double(answer, "right", "  Right property", (double)addresses->right / rows, 4);
	answer_double(answer, "building", "  Its building only", (double)addresses->building / rows, 4);
	answer_double(answer, "wrong", "  Wrong property", (double)addresses->wrong / rows, 4);
	answer_double(answer, "missed", "  Missed", (double)addresses->missed / rows, 4);
	answer_int(answer, "outside", "  Addresses elsewhere", (int64_t)addresses->outside);
	answer_int(answer, "outside_wrong", "  taken for one here", (int64_t)addresses->outside_wrong);
	answer_group_end(answer);
}

/* The truth names people, so `make demo` keeps it beside the workspace and not in it. */
static const char *truth_folder(struct cli *cli, const struct workspace *workspace)
{
	const char *given = cli_value(cli, "truth");
	if (given)
		return given;
	char *inside = arena_copy(&cli->arena, arena_format(&cli->arena, "%s/truth", workspace->folder));
	return file_exists(inside) ? inside
				   : arena_copy(&cli->arena, arena_format(&cli->arena, "%s-truth", workspace->folder));
}

/* Against the truth, and what was learned about sources, which needs none. */
static enum status evaluate_households(struct cli *cli, struct opened *opened, struct error *error)
{
	struct household_evaluation households;
	struct household_source sources[STATEMENT_KINDS * ADDRESS_SOURCES];
	size_t count = 0;
	enum status status = household_evaluate(&households, opened->data, opened->vault,
						truth_folder(cli, opened->workspace), error);
	if (status == STATUS_OK)
		status = household_sources(sources, sizeof sources / sizeof *sources, &count, opened->data, error);
	if (status != STATUS_OK)
		return status;
	add_sources(&cli->answer, sources, count);
	answer_line(&cli->answer, "%s", "");
	add_households(&cli->answer, &households);
	add_homes(&cli->answer, &households);
	return STATUS_OK;
}

static enum status evaluate(struct cli *cli, struct opened *opened, struct error *error)
{
	struct linking_evaluation residents;
	const char *truth = truth_folder(cli, opened->workspace);
	struct reading *reading;
	enum status status = linking_evaluate_residents(&residents, opened->data, opened->vault, truth, error);
	if (status == STATUS_OK)
		status = reading_open(&reading, opened->data, opened->vault, opened->workspace->profile,
				      &(struct reading_settings){0}, error);
	if (status != STATUS_OK)
		return status;
	status = linking_evaluate_probabilities(&residents, reading, truth, error);
	reading_close(reading);
	if (status != STATUS_OK)
		return status;
	if (residents.group_count)
		add_groups(&cli->answer, &residents, cli_flag(cli, "json"));
	add_calibration(&cli->answer, &residents);
	add_quality(&cli->answer, "residents", "Residents", &residents.residents);
	answer_int(&cli->answer, "truth_records", "Records in the truth", (int64_t)residents.truth_records);
	answer_int(&cli->answer, "not_loaded", "of them not loaded", (int64_t)residents.not_loaded);
	struct household_evaluation households;
	status = household_evaluate(&households, opened->data, opened->vault, truth, error);
	if (status != STATUS_OK)
		return status;
	add_households(&cli->answer, &households);
	struct address_evaluation addresses;
	if (!file_exists(arena_format(&cli->arena, "%s/uprns.csv", truth).at))
		return STATUS_OK;
	status = address_evaluate(&addresses, opened->data, opened->vault, truth, error);
	if (status == STATUS_OK)
		add_addresses(&cli->answer, &addresses);
	return status;
}

/* ---- results of "oneview match" --------------------------------------------------------------------- */

static void add_curve(struct cli_answer *answer, const struct matching_judgement *judgement)
{
	static const char *const keys[] = {"weight", "probability", "precision", "recall", "f1", "right", "wrong"};
	static const char *const headings[] = {"Weight", "Probability", "Precision", "Recall", "F1", "Right", "Wrong"};
	enum { SHOWN = 40 };
	answer_list(answer, "curve", 7, keys, headings);
	for (size_t i = 0; i < judgement->points; i++) {
		const struct matching_point *point = &judgement->curve[i];
		bool chosen = i * SHOWN / judgement->points != (i + 1) * SHOWN / judgement->points;
		if (!chosen && i != judgement->best)
			continue;
		answer_cell_double(answer, point->weight, 3);
		answer_cell_double(answer, point->probability, 5);
		answer_cell_double(answer, point->precision, 4);
		answer_cell_double(answer, point->recall, 4);
		answer_cell_double(answer, point->f1, 4);
		answer_cell_int(answer, (int64_t)point->right);
		answer_cell_int(answer, (int64_t)point->wrong);
	}
	answer_list_end(answer);
	answer_line(answer, "%s", "");
}

static enum status evaluate_files(struct cli *cli, struct error *error)
{
	const char *truth[CLI_MAX_VALUES + 1] = {cli_value(cli, "truth")};
	struct matching_truth_options options = {.clusters = cli_value(cli, "clusters"),
						 .pairs = cli_value(cli, "pairs"),
						 .truth = truth,
						 .truth_count = 1,
						 .id = cli_value(cli, "id"),
						 .entity = cli_value(cli, "entity")};
	struct matching_judgement judgement;
	if (!truth[0] || (options.clusters && options.pairs)) {
		error_set(error, STATUS_USAGE, "cli.truth", "%s",
			  truth[0] ? "clusters and pairs are judged one at a time" : "--truth is missing");
		error_remedy(error, "oneview evaluate --clusters C.csv --truth FILE.csv --id COLUMN --entity COLUMN");
		return STATUS_USAGE;
	}
	for (size_t i = 0; i < cli->operand_count; i++)
		truth[options.truth_count++] = cli->operands[i];
	enum status status = matching_judge(&judgement, &options, error);
	if (status != STATUS_OK)
		return status;
	struct cli_answer *answer = &cli->answer;
	if (options.pairs)
		add_curve(answer, &judgement);
	add_quality(answer, options.pairs ? "best" : "clusters", options.pairs ? "Pairs, at the best F1" : "Clusters",
		    &judgement.quality);
	if (options.pairs && judgement.points) {
		answer_double(answer, "best_weight", "from weight", judgement.curve[judgement.best].weight, 3);
		answer_double(answer, "best_probability", "from probability",
			      judgement.curve[judgement.best].probability, 5);
	}
	if (options.clusters)
		answer_int(answer, "cluster_count", "Clusters", (int64_t)judgement.clusters);
	answer_int(answer, "truth_records", "Records in the truth", (int64_t)judgement.truth_records);
	if (options.clusters)
		answer_int(answer, "not_in_result", "of them not in the result", (int64_t)judgement.not_found);
	answer_int(answer, "not_in_truth", "Found, not in the truth", (int64_t)judgement.unknown);
	matching_judgement_release(&judgement);
	return STATUS_OK;
}

static void add_rates(struct cli_answer *answer, const char *key, const char *heading, const struct label_rate *rates,
		      size_t count)
{
	static const char *const keys[] = {"name", "decided",  "same",  "share_same",    "low",
					   "high", "expected", "wrong", "doubtful_pairs"};
	const char *const headings[] = {heading,   "Decided",  "Same",        "Share",         "at least",
					"at most", "Expected", "Shown wrong", "Doubtful pairs"};
	answer_list(answer, key, 9, keys, headings);
	for (size_t i = 0; i < count; i++) {
		answer_cell(answer, text_of(rates[i].name));
		answer_cell_int(answer, (int64_t)rates[i].decided);
		answer_cell_int(answer, (int64_t)rates[i].same);
		answer_cell_double(answer, rates[i].share, 3);
		answer_cell_double(answer, rates[i].low, 3);
		answer_cell_double(answer, rates[i].high, 3);
		answer_cell_double(answer, rates[i].expected, 3);
		answer_cell_int(answer, (int64_t)rates[i].wrong);
		answer_cell_int(answer, rates[i].pairs);
	}
	answer_list_end(answer);
}

static enum status evaluate_labels(struct cli *cli, struct opened *opened, struct error *error)
{
	struct rulings rulings;
	struct label_rates rates;
	struct cli_answer *answer = &cli->answer;
	enum status status = rulings_read(&rulings, opened->desk, opened->data, error);
	if (status != STATUS_OK)
		return status;
	status = labels_rates(&rates, &rulings, opened->data, opened->vault, error);
	rulings_release(&rulings);
	if (status != STATUS_OK)
		return status;
	answer_int(answer, "decided", "Decisions that hold", (int64_t)rates.decided);
	answer_int(answer, "same", "of them same person", (int64_t)rates.same);
	answer_int(answer, "wrong", "of them shown wrong before", (int64_t)rates.wrong);
	answer_double(answer, "false_links", "Estimated false links", rates.false_links, 1);
	answer_double(answer, "missed_links", "Estimated missed links", rates.missed_links, 1);
	answer_double(answer, "covered", "Share of doubt covered", rates.covered, 3);
	answer_line(answer, "%s", "");
	add_rates(answer, "bands", "Probability", rates.bands, LABEL_BANDS);
	answer_line(answer, "%s", "");
	add_rates(answer, "groups", "Group", rates.groups, rates.group_count);
	answer_line(answer, "%s",
		    "Reviewers see what is doubtful, not a fair sample: a rate holds for its band, and for doubtful "
		    "pairs.");
	return STATUS_OK;
}

enum status cmd_evaluate(struct cli *cli, struct error *error)
{
	if (cli_flag(cli, "clusters") || cli_flag(cli, "pairs"))
		return evaluate_files(cli, error);
	if (cli->operand_count != 1 || cli_flag(cli, "id") || cli_flag(cli, "entity")) {
		error_set(error, STATUS_USAGE, "cli.operand",
			  "\"oneview evaluate\" needs a workspace, or --clusters or --pairs");
		error_remedy(error, "\"oneview evaluate --help\" shows how to call it");
		return STATUS_USAGE;
	}
	struct opened opened;
	bool labels = cli_flag(cli, "labels");
	enum status status =
		opened_open(&opened, cli, OPEN_DATA_READ | OPEN_VAULT | (labels ? OPEN_DESK_READ : 0), error);
	if (status == STATUS_OK)
		status = labels ? evaluate_labels(cli, &opened, error) : evaluate(cli, &opened, error);
	opened_close(&opened);
	return status;
}

enum status cmd_evaluate_households(struct cli *cli, struct error *error)
{
	struct opened opened;
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = evaluate_households(cli, &opened, error);
	opened_close(&opened);
	return status;
}

enum status cmd_evaluate_lists(struct cli *cli, struct error *error)
{
	struct opened opened;
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = evaluate_lists(cli, &opened, truth_folder(cli, opened.workspace), error);
	opened_close(&opened);
	return status;
}
