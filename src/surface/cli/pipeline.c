#include "cli/pipeline_int.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "policy/policy.h"
#include "rights/corrections.h"
#include "rights/replay.h"

#include <assert.h>

double pipeline_seconds_since(instant then)
{
	return (double)(instant_now() - then) / 1e6;
}

void pipeline_init(struct pipeline *pipeline, struct cli *cli, struct opened *opened)
{
	*pipeline = (struct pipeline){.cli = cli, .opened = opened, .started = instant_now()};
	buf_init(&pipeline->model, 1 << 22);
}

void pipeline_release(struct pipeline *pipeline)
{
	reading_close(pipeline->reading);
	free(pipeline->results);
	buf_release(&pipeline->model);
	policy_close(pipeline->policy);
}

enum status pipeline_know_policy(struct pipeline *pipeline, struct error *error)
{
	struct opened *opened = pipeline->opened;
	enum status status =
		pipeline->policy ? STATUS_OK : policy_open(&pipeline->policy, opened->workspace->profile, error);
	return status == STATUS_OK ? policy_load(pipeline->policy, opened->data, opened->desk, error) : status;
}

enum status pipeline_end_erasures(struct pipeline *pipeline, struct error *error)
{
	struct opened *opened = pipeline->opened;
	const struct workspace *workspace = opened->workspace;
	const struct rights_parts parts = {workspace->profile, opened->vault, opened->data, opened->desk};
	int64_t done;
	enum status status = rights_erase_resume(&done, &parts, workspace->paths.archive, error);
	if (status == STATUS_OK && done)
		answer_int(&pipeline->cli->answer, "erasures_ended", "Erasures that had been cut off", done);
	return status == STATUS_OK ? rights_register_write(workspace->paths.erasures, &parts, error) : status;
}

enum status pipeline_notice_corrections(struct pipeline *pipeline, struct error *error)
{
	struct opened *opened = pipeline->opened;
	const struct rights_parts parts = {opened->workspace->profile, opened->vault, opened->data, opened->desk};
	int64_t noticed;
	enum status status = corrections_notice(&noticed, &parts, date_today(), error);
	if (status == STATUS_OK && noticed)
		answer_int(&pipeline->cli->answer, "corrections_seen", "Corrections that extracts brought", noticed);
	return status;
}

/* ---- loading ------------------------------------------------------------------------------------- */

static bool worth_telling(const struct intake_result *result)
{
	return result->outcome != EXTRACT_LOADED && result->outcome != EXTRACT_REPEATED;
}

static void keep_result(void *context, const struct intake_result *result)
{
	struct pipeline *pipeline = context;
	if (!worth_telling(result))
		return;
	ARRAY_GROW(pipeline->results, pipeline->result_count, pipeline->result_capacity);
	pipeline->results[pipeline->result_count++] = *result;
}

static enum status open_intake(struct pipeline *pipeline, struct intake **intake, struct error *error)
{
	const struct workspace *workspace = pipeline->opened->workspace;
	enum status status = pipeline_know_policy(pipeline, error);
	if (status != STATUS_OK)
		return status;
	struct intake_settings settings = {.profile = workspace->profile,
					   .policy = pipeline->policy,
					   .vault = pipeline->opened->vault,
					   .store = pipeline->opened->data,
					   .inbox = workspace->paths.inbox,
					   .archive = workspace->paths.archive,
					   .stop = interrupt_flag(),
					   .show_progress = !pipeline->cli->quiet && !pipeline->cli->json};
	return intake_open(intake, &settings, error);
}

struct pipeline_step_report *pipeline_add_step(struct pipeline *pipeline)
{
	assert(pipeline->step_count < PIPELINE_STEPS_MOST);
	return &pipeline->steps[pipeline->step_count++];
}

static void report_load(struct pipeline *pipeline, instant began)
{
	const struct intake_totals *totals = &pipeline->totals;
	struct pipeline_step_report *step = pipeline_add_step(pipeline);
	*step = (struct pipeline_step_report){
		.name = "load", .title = "Load", .seconds = pipeline_seconds_since(began)};
	snprintf(step->detail, sizeof step->detail,
		 "%llu extracts, %llu rows: %llu new, %llu unchanged, %llu quarantined",
		 (unsigned long long)totals->loaded, (unsigned long long)totals->rows_read,
		 (unsigned long long)totals->rows_loaded, (unsigned long long)totals->rows_unchanged,
		 (unsigned long long)totals->rows_quarantined);
}

enum status pipeline_load_inbox(struct pipeline *pipeline, struct error *error)
{
	struct intake *intake;
	instant began = instant_now();
	enum status status = open_intake(pipeline, &intake, error);
	if (status != STATUS_OK)
		return status;
	status = intake_inbox(intake, keep_result, pipeline, &pipeline->totals, error);
	intake_close(intake);
	report_load(pipeline, began);
	return status;
}

static void add_to_totals(struct intake_totals *totals, const struct intake_result *result)
{
	totals->files++;
	totals->loaded += result->outcome == EXTRACT_LOADED;
	totals->repeated += result->outcome == EXTRACT_REPEATED;
	totals->held += result->outcome == EXTRACT_HELD;
	totals->refused += result->outcome == EXTRACT_REFUSED;
	totals->busy += result->outcome == EXTRACT_BUSY;
	totals->unknown += result->outcome == EXTRACT_UNKNOWN;
	totals->bytes += result->bytes;
	totals->rows_read += result->rows_read;
	totals->rows_loaded += result->rows_loaded;
	totals->rows_unchanged += result->rows_unchanged;
	totals->rows_quarantined += result->rows_quarantined;
	totals->rows_ended += result->rows_ended;
}

enum status pipeline_load_file(struct pipeline *pipeline, const char *path, struct error *error)
{
	struct intake *intake;
	struct intake_result result;
	instant began = instant_now();
	enum status status = open_intake(pipeline, &intake, error);
	if (status != STATUS_OK)
		return status;
	status = intake_extract(intake, path, &result, error);
	intake_close(intake);
	if (status != STATUS_OK)
		return status;
	keep_result(pipeline, &result);
	add_to_totals(&pipeline->totals, &result);
	pipeline->step_count = 0; /* one report over all files */
	report_load(pipeline, began);
	return STATUS_OK;
}

enum status pipeline_held(const struct pipeline *pipeline, struct error *error)
{
	uint64_t waiting = pipeline->totals.held + pipeline->totals.refused;
	if (waiting == 0)
		return STATUS_OK;
	error_set(error, STATUS_HELD, "refresh.held", "%llu extract%s for a person's decision",
		  (unsigned long long)waiting, waiting == 1 ? " waits" : "s wait");
	error_remedy(error, "%s%s%s",
		     pipeline->totals.held ? "let a held one through with \"oneview ingest WORKSPACE --release NUMBER\""
					   : "",
		     pipeline->totals.held ? ", or " : "", "put a better file in its place");
	return STATUS_HELD;
}

/* ---- the ledger ------------------------------------------------------------------------------------ */

enum status pipeline_begin(struct pipeline *pipeline, const char *kind, struct error *error)
{
	enum status status = run_begin(&pipeline->run, pipeline->opened->data, kind, error);
	pipeline->running = status == STATUS_OK;
	return status;
}

enum status pipeline_end(struct pipeline *pipeline, enum status status, struct error *error)
{
	store_give_up(pipeline->opened->data);
	/* A run that was asked to stop stays open, as after kill -9: the next one goes on with it. */
	if (!pipeline->running || status == STATUS_INTERRUPTED)
		return status;
	struct error ending;
	enum run_status how = status == STATUS_OK ? RUN_FINISHED : RUN_FAILED;
	const char *detail = status == STATUS_OK ? pipeline->fingerprint : error->code;
	enum status ended = run_end(&pipeline->run, how, detail, &ending);
	pipeline->running = false;
	if (status == STATUS_OK && ended != STATUS_OK) {
		*error = ending;
		return ended;
	}
	return status;
}

/* ---- what came of it -------------------------------------------------------------------------------- */

static void answer_steps(struct pipeline *pipeline)
{
	struct cli_answer *answer = &pipeline->cli->answer;
	json_begin_array(&answer->json, "steps");
	for (size_t i = 0; i < pipeline->step_count; i++) {
		const struct pipeline_step_report *step = &pipeline->steps[i];
		json_begin_object(&answer->json, NULL);
		json_put_text(&answer->json, "step", text_of(step->name));
		json_put_double(&answer->json, "seconds", step->seconds, 3);
		json_put_bool(&answer->json, "done_before", step->skipped);
		json_put_text(&answer->json, "detail", text_of(step->detail));
		json_end(&answer->json);
		answer_line(answer, "%-12s %8.2f s  %s", step->title, step->seconds,
			    step->skipped ? "was done before the stop" : step->detail);
	}
	json_end(&answer->json);
}

/* A file that waits for the same reason each month is told once, with how many more there are. */
static void show_extracts(struct pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->result_count; i++) {
		const struct intake_result *result = &pipeline->results[i];
		size_t same = 0, before = 0;
		for (size_t j = 0; j < pipeline->result_count; j++) {
			const struct intake_result *other = &pipeline->results[j];
			if (other->feed != result->feed || other->outcome != result->outcome || !result->feed)
				continue;
			same++;
			before += j < i;
		}
		if (before > 0)
			continue;
		char more[40] = "";
		if (same > 1)
			snprintf(more, sizeof more, " (and %zu more of the feed)", same - 1);
		char number[40] = ""; /* what lets it through */
		if (result->outcome == EXTRACT_HELD)
			snprintf(number, sizeof number, " as extract %lld", (long long)result->extract_id);
		answer_line(&pipeline->cli->answer, "%s %s%s: %s%s", result->file_name,
			    extract_outcome_name(result->outcome), number, result->reason, more);
	}
}

static void answer_extracts(struct pipeline *pipeline)
{
	struct cli_answer *answer = &pipeline->cli->answer;
	json_begin_array(&answer->json, "extracts");
	for (size_t i = 0; i < pipeline->result_count; i++) {
		const struct intake_result *result = &pipeline->results[i];
		json_begin_object(&answer->json, NULL);
		json_put_int(&answer->json, "extract", result->extract_id);
		json_put_text(&answer->json, "file", text_of(result->file_name));
		json_put_text(&answer->json, "outcome", text_of(extract_outcome_name(result->outcome)));
		json_put_text(&answer->json, "reason", text_of(result->reason));
		json_end(&answer->json);
	}
	json_end(&answer->json);
	show_extracts(pipeline);
}

static void answer_totals(struct pipeline *pipeline)
{
	const struct intake_totals *totals = &pipeline->totals;
	struct json *json = &pipeline->cli->answer.json;
	json_begin_object(json, "totals");
	json_put_int(json, "files", (int64_t)totals->files);
	json_put_int(json, "loaded", (int64_t)totals->loaded);
	json_put_int(json, "repeated", (int64_t)totals->repeated);
	json_put_int(json, "held", (int64_t)totals->held);
	json_put_int(json, "refused", (int64_t)totals->refused);
	json_put_int(json, "busy", (int64_t)totals->busy);
	json_put_int(json, "unknown", (int64_t)totals->unknown);
	json_put_int(json, "bytes", (int64_t)totals->bytes);
	json_put_int(json, "rows_read", (int64_t)totals->rows_read);
	json_put_int(json, "rows_loaded", (int64_t)totals->rows_loaded);
	json_put_int(json, "rows_unchanged", (int64_t)totals->rows_unchanged);
	json_put_int(json, "rows_quarantined", (int64_t)totals->rows_quarantined);
	json_put_int(json, "rows_ended", (int64_t)totals->rows_ended);
	json_end(json);
}

void pipeline_answer(struct pipeline *pipeline)
{
	struct cli_answer *answer = &pipeline->cli->answer;
	double seconds = pipeline_seconds_since(pipeline->started);
	answer_bool(answer, "continued", NULL, pipeline->run.resumed);
	if (pipeline->run.resumed)
		answer_line(answer, "Went on with a run that was stopped.");
	answer_extracts(pipeline);
	answer_totals(pipeline);
	answer_steps(pipeline);
	if (pipeline->nothing_new)
		answer_line(answer, "Nothing new: the pages show the newest state already.");
	answer_bool(answer, "nothing_new", NULL, pipeline->nothing_new);
	answer_int(answer, "generation", NULL, pipeline->generation);
	answer_double(answer, "seconds", NULL, seconds, 3);
	answer_line(answer, "%-12s %8.2f s", "Together", seconds);
}
