/* Households, traits and lists measured on a workspace that a refresh has brought up to date.
 *
 *     bench_household WORKSPACE [TRUTH]
 *
 * With BENCH_EMPTY in the environment their tables are emptied first, so that all rows are written, as in a first
 * refresh. Prints one JSON object of seconds (by the clock, and of processor time) and counts; with TRUTH also
 * precision, recall and F1 of households.
 */
#include "casework/lists.h"
#include "household/household.h"
#include "household/household_rulings.h"
#include "policy/policy.h"
#include "reading/reading.h"
#include "runs/runs.h"
#include "runs/workspace.h"
#include "traits/traits.h"
#include "vault/vault.h"

#include <sys/resource.h>

struct bench {
	struct workspace *workspace;
	struct vault *vault;
	struct store *data, *desk;
	struct run run;
	struct reading *reading;
};

/* Of processor time, since the last call. */
static double processor_seconds(void)
{
	static double before;
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	double now = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		     (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
	       since = now - before;
	before = now;
	return since;
}

static enum status open_bench(struct bench *bench, const char *folder, struct error *error)
{
	struct reading_settings settings = {0};
	enum status status = workspace_open(&bench->workspace, folder, error);
	if (status == STATUS_OK)
		status = vault_open(&bench->vault, bench->workspace->paths.master_key, error);
	if (status == STATUS_OK)
		status = workspace_store(bench->workspace, STORE_DATA, STORE_WRITE, &bench->data, error);
	if (status == STATUS_OK)
		status = workspace_store(bench->workspace, STORE_DESK, STORE_WRITE, &bench->desk, error);
	if (status == STATUS_OK)
		status = vault_check_store(bench->vault, bench->data, error);
	if (status == STATUS_OK)
		status = run_begin(&bench->run, bench->data, "bench", error);
	if (status == STATUS_OK)
		status = reading_open(&bench->reading, bench->data, bench->vault, bench->workspace->profile, &settings,
				      error);
	return status;
}

static enum status empty_tables(struct bench *bench, struct error *error)
{
	static const char *const deletions[] = {"DELETE FROM residence",      "DELETE FROM residence_record",
						"DELETE FROM household",      "DELETE FROM household_member",
						"DELETE FROM relationship",   "DELETE FROM household_event",
						"DELETE FROM list_row",       "DELETE FROM shared_property",
						"DELETE FROM resident_trait", "DELETE FROM list_member"};
	enum status status = store_begin(bench->data, error);
	for (size_t i = 0; status == STATUS_OK && i < sizeof deletions / sizeof *deletions; i++)
		status = store_execute(bench->data, deletions[i], error);
	if (status == STATUS_OK)
		status = store_commit(bench->data, error);
	store_rollback(bench->data);
	return status;
}

static enum status households(struct bench *bench, struct error *error)
{
	struct household_report report;
	struct household_rulings rulings;
	enum status status = household_rulings_read(&rulings, bench->desk, bench->data, error);
	if (status != STATUS_OK)
		return status;
	processor_seconds();
	status = household_refresh(bench->reading, &rulings, bench->run.run_id, &report, error);
	household_rulings_release(&rulings);
	printf(" \"households\": {\"seconds\": %.2f, \"processor\": %.2f, \"residences\": %zu, \"current\": %zu, "
	       "\"households\": %zu, \"began\": %zu, \"ended\": %zu},\n",
	       report.seconds, processor_seconds(), report.residences, report.current, report.households, report.began,
	       report.ended);
	return status;
}

static enum status traits_and_lists(struct bench *bench, struct error *error)
{
	struct traits_report traits = {0};
	struct lists_report lists = {0};
	struct policy *policy = NULL;
	enum status status = policy_open(&policy, bench->workspace->profile, error);
	if (status == STATUS_OK)
		status = policy_load(policy, bench->data, bench->desk, error);
	processor_seconds();
	if (status == STATUS_OK)
		status = traits_refresh(bench->reading, policy, date_today(), &traits, error);
	printf(" \"traits\": {\"processor\": %.2f, \"residents\": %zu},\n", processor_seconds(), traits.residents);
	if (status == STATUS_OK)
		status = lists_refresh(policy, bench->workspace->profile, bench->data, date_today(), &lists, error);
	policy_close(policy);
	printf(" \"lists\": {\"seconds\": %.2f, \"processor\": %.2f, \"rows\": %zu}", lists.seconds,
	       processor_seconds(), lists.rows);
	return status;
}

static enum status evaluate(struct bench *bench, const char *truth, struct error *error)
{
	struct household_evaluation homes;
	enum status status = household_evaluate(&homes, bench->data, bench->vault, truth, error);
	if (status == STATUS_OK)
		printf(",\n \"truth\": {\"people\": %llu, \"precision\": %.4f, \"recall\": %.4f, \"f1\": %.4f, "
		       "\"shared\": {\"people\": %llu, \"precision\": %.4f, \"recall\": %.4f, \"f1\": %.4f, "
		       "\"falsely_together\": %llu}}",
		       (unsigned long long)homes.people, homes.precision, homes.recall, homes.f1,
		       (unsigned long long)homes.shared_people, homes.shared_precision, homes.shared_recall,
		       homes.shared_f1, (unsigned long long)homes.falsely_together);
	return status;
}

int main(int argc, char **argv)
{
	struct bench bench = {0};
	struct error error;
	if (argc < 2) {
		fprintf(stderr, "usage: bench_household WORKSPACE [TRUTH]\n");
		return 1;
	}
	printf("{\n");
	enum status status = open_bench(&bench, argv[1], &error);
	if (status == STATUS_OK && getenv("BENCH_EMPTY"))
		status = empty_tables(&bench, &error);
	if (status == STATUS_OK)
		status = households(&bench, &error);
	if (status == STATUS_OK)
		status = traits_and_lists(&bench, &error);
	if (status == STATUS_OK && argc > 2)
		status = evaluate(&bench, argv[2], &error);
	if (status == STATUS_OK)
		status = run_end(&bench.run, RUN_FINISHED, "measured", &error);
	printf("\n}\n");
	if (status != STATUS_OK)
		error_print(&error, stderr);
	reading_close(bench.reading);
	store_close(bench.desk);
	store_close(bench.data);
	vault_close(bench.vault);
	workspace_close(bench.workspace);
	return status == STATUS_OK ? 0 : 1;
}
