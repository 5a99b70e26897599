#include "cli/opened.h"

#include "policy/password.h"

#include "household/counts.h"
#include "intake/quality.h"
#include "runs/runs.h"

static struct text date_cell(date d, char out[DATE_TEXT_SIZE])
{
	return text_of(d == DATE_UNKNOWN ? "" : date_format_iso(d, out));
}

static void add_feeds(struct cli_answer *answer, const struct feed_status *feeds, size_t count)
{
	static const char *const keys[] = {"feed",        "freshness",    "as_at",    "expected", "rows",
					   "quarantined", "completeness", "validity", "waiting"};
	static const char *const headings[] = {"Feed",        "State",    "As at", "Next due", "Rows",
					       "Quarantined", "Complete", "Valid", "Waits"};
	char as_at[DATE_TEXT_SIZE], expected[DATE_TEXT_SIZE];
	answer_list(answer, "feeds", 9, keys, headings);
	for (size_t i = 0; i < count; i++) {
		const struct feed_status *feed = &feeds[i];
		answer_cell(answer, feed->feed_id);
		answer_cell(answer, text_of(feed_freshness_name(feed->freshness)));
		answer_cell(answer, date_cell(feed->as_at, as_at));
		answer_cell(answer, date_cell(feed->expected, expected));
		answer_cell_int(answer, feed->rows_current);
		answer_cell_int(answer, feed->rows_quarantined);
		answer_cell_double(answer, feed->completeness, 3);
		answer_cell_double(answer, feed->validity, 3);
		answer_cell_int(answer, feed->waiting_extract);
	}
	answer_list_end(answer);
}

static void add_waiting(struct cli_answer *answer, const struct feed_status *feeds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (feeds[i].waiting_extract)
			answer_line(answer, "Extract %lld of %.*s waits: %.*s", (long long)feeds[i].waiting_extract,
				    TEXT_ARG(feeds[i].feed_id), TEXT_ARG(feeds[i].waiting_reason));
}

static void add_runs(struct cli_answer *answer, const struct run_record *runs, size_t count)
{
	static const char *const keys[] = {"run", "kind", "status", "started", "seconds"};
	static const char *const headings[] = {"Run", "Kind", "Status", "Started", "Seconds"};
	char started[INSTANT_TEXT_SIZE];
	answer_list(answer, "runs", 5, keys, headings);
	for (size_t i = 0; i < count; i++) {
		const struct run_record *run = &runs[i];
		bool ended = run->finished != INSTANT_UNKNOWN;
		answer_cell_int(answer, run->run_id);
		answer_cell(answer, run->kind);
		answer_cell(answer, text_of(run_status_name(run->status)));
		answer_cell(answer, text_of(instant_format(run->started, started)));
		answer_cell_double(answer, ended ? (double)(run->finished - run->started) / 1e6 : 0, 1);
	}
	answer_list_end(answer);
}

static enum status add_counts(struct cli_answer *answer, struct opened *opened, struct error *error)
{
	struct state_counts counts;
	enum status status = state_counts_read(&counts, opened->data, error);
	if (status != STATUS_OK)
		return status;
	answer_group(answer, "counts", NULL);
	answer_int(answer, "extracts", "Extracts loaded", counts.extracts);
	answer_int(answer, "records", "Records", counts.records);
	answer_int(answer, "facts", "Current rows", counts.facts);
	answer_int(answer, "quarantined", "Rows in quarantine", counts.quarantined);
	answer_int(answer, "residents", "Residents", counts.residents);
	answer_int(answer, "households", "Households", counts.households);
	answer_int(answer, "properties", "Properties", counts.properties);
	answer_group_end(answer);
	return STATUS_OK;
}

static enum status show(struct cli *cli, struct opened *opened, struct error *error)
{
	enum { RUNS_SHOWN = 5 };
	const struct workspace *workspace = opened->workspace;
	struct feed_status *feeds = NULL;
	struct run_record *runs = NULL;
	size_t feed_count = 0, run_count = 0;
	int64_t generation = 0;
	enum status status = feed_status_list(&feeds, &feed_count, opened->data, workspace->profile, date_today(),
					      &cli->arena, error);
	if (status == STATUS_OK)
		status = run_list(opened->data, &cli->arena, RUNS_SHOWN, &runs, &run_count, error);
	if (status == STATUS_OK)
		status = run_generation(opened->data, &generation, error);
	if (status != STATUS_OK)
		return status;
	struct cli_answer *answer = &cli->answer;
	answer_text(answer, "title", "Workspace", text_of(workspace->title));
	answer_text(answer, "database", "Database",
		    store_kind(opened->data) == STORE_SQLITE ? TEXT("sqlite") : TEXT("postgresql"));
	answer_int(answer, "generation", "Generation", generation);
	answer_bool(answer, "breached_passwords", "Breached passwords known",
		    password_breaches_known(workspace->folder));
	if (workspace->profile->staff.breached_required && !password_breaches_known(workspace->folder))
		answer_line(answer, "The profile says that passwords need the list of breached ones, and it is "
				    "missing: no password can be set.");
	status = add_counts(answer, opened, error);
	if (status != STATUS_OK)
		return status;
	answer_line(answer, "%s", "");
	add_feeds(answer, feeds, feed_count);
	add_waiting(answer, feeds, feed_count);
	answer_line(answer, "%s", "");
	add_runs(answer, runs, run_count);
	return STATUS_OK;
}

enum status cmd_status(struct cli *cli, struct error *error)
{
	struct opened opened;
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ, error);
	if (status == STATUS_OK)
		status = show(cli, &opened, error);
	opened_close(&opened);
	return status;
}
