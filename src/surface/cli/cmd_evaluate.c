#include "cli/opened.h"

#include "base/file.h"
#include "household/household.h"
#include "linking/refresh.h"

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

static void add_households(struct cli_answer *answer, const struct household_evaluation *households)
{
	answer_group(answer, "households", "Households");
	answer_double(answer, "precision", "  Precision", households->precision, 4);
	answer_double(answer, "recall", "  Recall", households->recall, 4);
	answer_double(answer, "f1", "  F1", households->f1, 4);
	answer_int(answer, "people", "  People", (int64_t)households->people);
	answer_group(answer, "shared", NULL);
	answer_double(answer, "precision", "  Shared homes: precision", households->shared_precision, 4);
	answer_double(answer, "recall", "  Shared homes: recall", households->shared_recall, 4);
	answer_double(answer, "f1", "  Shared homes: F1", households->shared_f1, 4);
	answer_group_end(answer);
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

static enum status evaluate(struct cli *cli, struct opened *opened, struct error *error)
{
	struct linking_evaluation residents;
	const char *truth = truth_folder(cli, opened->workspace);
	enum status status = linking_evaluate_residents(&residents, opened->data, opened->vault, truth, error);
	if (status != STATUS_OK)
		return status;
	add_quality(&cli->answer, "residents", "Residents", &residents.residents);
	answer_int(&cli->answer, "truth_records", "Records in the truth", (int64_t)residents.truth_records);
	answer_int(&cli->answer, "not_loaded", "of them not loaded", (int64_t)residents.not_loaded);
	struct household_evaluation households;
	status = household_evaluate(&households, opened->data, opened->vault, truth, error);
	if (status == STATUS_OK)
		add_households(&cli->answer, &households);
	return status;
}

enum status cmd_evaluate(struct cli *cli, struct error *error)
{
	struct opened opened;
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = evaluate(cli, &opened, error);
	opened_close(&opened);
	return status;
}
