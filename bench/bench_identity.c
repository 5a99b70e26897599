/* The identity side measured on a workspace: intake, addresses, linking, households, against the truth.
 *
 *     oneview init WORKSPACE -p profiles/demo
 *     bench_identity WORKSPACE EXTRACTS [TRUTH]
 *
 * EXTRACTS is the folder with the extracts (they are left where they are), or - when they are loaded
 * already. With BENCH_ANEW in the environment nothing that was kept is used, and a new model trained. Prints one JSON
 * object of seconds, counts and, with TRUTH, precision, recall and F1.
 */
#include "address/address.h"
#include "household/household.h"
#include "intake/intake.h"
#include "linking/refresh.h"
#include "reading/reading.h"
#include "runs/runs.h"
#include "runs/workspace.h"
#include "vault/vault.h"

#include <sys/resource.h>

struct bench {
	struct workspace *workspace;
	struct vault *vault;
	struct store *data;
	struct run run;
	struct reading *reading;
	bool anew;
};

static double seconds_since(instant start)
{
	return (double)(instant_now() - start) / 1e6;
}

/* Of processor time, over all threads, since the last call. */
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

static long peak_mb(void)
{
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	return used.ru_maxrss / 1024;
}

static enum status open_bench(struct bench *bench, const char *folder, struct error *error)
{
	enum status status = workspace_open(&bench->workspace, folder, error);
	if (status == STATUS_OK)
		status = vault_open(&bench->vault, bench->workspace->paths.master_key, error);
	if (status == STATUS_OK)
		status = workspace_store(bench->workspace, STORE_DATA, STORE_WRITE, &bench->data, error);
	if (status == STATUS_OK)
		status = vault_check_store(bench->vault, bench->data, error);
	if (status == STATUS_OK)
		status = run_begin(&bench->run, bench->data, "bench", error);
	return status;
}

static enum status load(struct bench *bench, const char *extracts, struct error *error)
{
	struct intake *intake;
	struct intake_totals totals = {0};
	instant start = instant_now();
	struct intake_settings settings = {.profile = bench->workspace->profile,
					   .vault = bench->vault,
					   .store = bench->data,
					   .inbox = extracts,
					   .settle_ms = 1};
	enum status status = intake_open(&intake, &settings, error);
	if (status != STATUS_OK)
		return status;
	status = intake_inbox(intake, NULL, NULL, &totals, error);
	intake_close(intake);
	printf(" \"intake\": {\"seconds\": %.2f, \"files\": %llu, \"rows_loaded\": %llu, \"held\": %llu, \"refused\": "
	       "%llu, "
	       "\"processor\": %.2f, \"peak_mb\": %ld},\n",
	       seconds_since(start), (unsigned long long)totals.files, (unsigned long long)totals.rows_loaded,
	       (unsigned long long)totals.held, (unsigned long long)totals.refused, processor_seconds(), peak_mb());
	return status;
}

static enum status addresses(struct bench *bench, struct error *error)
{
	struct address_report report;
	struct reading_settings settings = {.anew = bench->anew};
	enum status status =
		reading_open(&bench->reading, bench->data, bench->vault, bench->workspace->profile, &settings, error);
	if (status != STATUS_OK)
		return status;
	printf(" \"reading\": {\"seconds\": %.2f, \"records\": %zu, \"from_vault\": %zu, \"processor\": %.2f, "
	       "\"peak_mb\": %ld},\n",
	       bench->reading->seconds, bench->reading->all.count, bench->reading->changed, processor_seconds(),
	       peak_mb());
	status = address_refresh(bench->reading, &report, error);
	instant start = instant_now();
	if (status == STATUS_OK)
		status = reading_keep(bench->reading, error);
	printf(" \"keeping\": {\"seconds\": %.2f, \"processor\": %.2f},\n", seconds_since(start), processor_seconds());
	printf(" \"address\": {\"seconds\": %.2f, \"properties\": %llu, \"rows\": %llu, \"uprn\": %llu, \"exact\": "
	       "%llu, \"strong\": "
	       "%llu, \"probable\": %llu, \"parent\": %llu, \"none\": %llu, \"processor\": %.2f, \"peak_mb\": %ld},\n",
	       report.seconds, (unsigned long long)report.properties, (unsigned long long)report.rows,
	       (unsigned long long)report.by_uprn, (unsigned long long)report.exact, (unsigned long long)report.strong,
	       (unsigned long long)report.probable, (unsigned long long)report.parent, (unsigned long long)report.none,
	       processor_seconds(), peak_mb());
	return status;
}

static enum status link_people(struct bench *bench, struct error *error)
{
	struct linking_outcome outcome;
	struct linking_settings settings = {.retrain = bench->anew};
	enum status status = linking_refresh(bench->reading, bench->run.run_id, &settings, &outcome, error);
	if (status != STATUS_OK)
		return status;
	const struct linking_report *engine = &outcome.engine;
	printf(" \"linking\": {\"seconds\": %.2f, \"read\": %.2f, \"block\": %.2f, \"train\": %.2f, \"score\": %.2f, "
	       "\"cluster\": %.2f, "
	       "\"write\": %.2f,\n  \"records\": %zu, \"residents\": %zu, \"pairs\": %llu, \"patterns\": %zu, "
	       "\"review\": %zu, "
	       "\"one_match_in\": %.0f, \"one_household_pair_in\": %.0f, \"processor\": %.2f, \"peak_mb\": %ld,\n  "
	       "\"rules\": [",
	       outcome.seconds, outcome.seconds_read, engine->seconds_block, engine->seconds_train,
	       engine->seconds_score, engine->seconds_cluster, outcome.seconds_write, outcome.records,
	       outcome.residents, (unsigned long long)engine->pairs, engine->patterns, outcome.review, engine->prior,
	       engine->household_prior, processor_seconds(), peak_mb());
	for (size_t r = 0; r < engine->rules; r++)
		printf("%s\n   {\"rule\": \"%s\", \"pairs\": %llu, \"oversized\": %llu, \"cut\": %llu}", r ? "," : "",
		       engine->rule[r].name, (unsigned long long)engine->rule[r].pairs,
		       (unsigned long long)engine->rule[r].oversized, (unsigned long long)engine->rule[r].cut);
	printf("]},\n");
	return status;
}

static enum status households(struct bench *bench, struct error *error)
{
	struct household_report report;
	enum status status = household_refresh(bench->reading, NULL, bench->run.run_id, &report, error);
	printf(" \"household\": {\"seconds\": %.2f, \"residences\": %zu, \"current\": %zu, \"households\": %zu, "
	       "\"began\": %zu, "
	       "\"ended\": %zu, \"processor\": %.2f, \"peak_mb\": %ld},\n",
	       report.seconds, report.residences, report.current, report.households, report.began, report.ended,
	       processor_seconds(), peak_mb());
	return status;
}

static enum status evaluate(struct bench *bench, const char *truth, struct error *error)
{
	struct linking_evaluation result;
	enum status status = linking_evaluate_residents(&result, bench->data, bench->vault, truth, error);
	if (status == STATUS_OK)
		printf(" \"residents\": {\"records\": %llu, \"not_loaded\": %llu, \"precision\": %.4f, \"recall\": "
		       "%.4f, \"f1\": %.4f, "
		       "\"wrong\": %llu, \"missed\": %llu},\n",
		       (unsigned long long)result.residents.records, (unsigned long long)result.not_loaded,
		       result.residents.precision, result.residents.recall, result.residents.f1,
		       (unsigned long long)result.residents.wrong, (unsigned long long)result.residents.missed);
	struct household_evaluation homes;
	if (status == STATUS_OK)
		status = household_evaluate(&homes, bench->data, bench->vault, truth, error);
	if (status == STATUS_OK)
		printf(" \"households\": {\"people\": %llu, \"precision\": %.4f, \"recall\": %.4f, \"f1\": %.4f, "
		       "\"shared\": {\"precision\": %.4f, \"recall\": %.4f, \"f1\": %.4f}},\n",
		       (unsigned long long)homes.people, homes.precision, homes.recall, homes.f1,
		       homes.shared_precision, homes.shared_recall, homes.shared_f1);
	return status;
}

int main(int argc, char **argv)
{
	struct bench bench = {0};
	struct error error;
	if (argc < 3) {
		fprintf(stderr, "usage: bench_identity WORKSPACE EXTRACTS|- [TRUTH]\n");
		return 1;
	}
	bench.anew = getenv("BENCH_ANEW") != NULL;
	printf("{\n");
	enum status status = open_bench(&bench, argv[1], &error);
	if (status == STATUS_OK && strcmp(argv[2], "-") != 0)
		status = load(&bench, argv[2], &error);
	if (status == STATUS_OK)
		status = addresses(&bench, &error);
	if (status == STATUS_OK)
		status = link_people(&bench, &error);
	if (status == STATUS_OK)
		status = households(&bench, &error);
	if (status == STATUS_OK && argc > 3)
		status = evaluate(&bench, argv[3], &error);
	if (status == STATUS_OK)
		status = run_end(&bench.run, RUN_FINISHED, "measured", &error);
	printf(" \"peak_mb\": %ld\n}\n", peak_mb());
	if (status != STATUS_OK)
		error_print(&error, stderr);
	reading_close(bench.reading);
	store_close(bench.data);
	vault_close(bench.vault);
	workspace_close(bench.workspace);
	return status == STATUS_OK ? 0 : 1;
}
