#include "cli/pipeline.h"

#include "address/address.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "casework/lists.h"
#include "household/caseloads.h"
#include "household/household.h"
#include "household/household_rulings.h"
#include "household/restrictions.h"
#include "insight/insight.h"
#include "linking/labels.h"
#include "linking/refresh.h"
#include "linking/review.h"
#include "linking/rulings.h"
#include "notes/refresh.h"
#include "policy/policy.h"
#include "rights/corrections.h"
#include "rights/flags.h"
#include "rights/replay.h"
#include "traits/traits.h"

#include <assert.h>

static double seconds_since(instant then)
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

/* As it is now: an agreement may be ended while a run goes on. */
static enum status know_policy(struct pipeline *pipeline, struct error *error)
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
	enum status status = know_policy(pipeline, error);
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

static struct pipeline_step_report *add_step(struct pipeline *pipeline)
{
	assert(pipeline->step_count < PIPELINE_STEPS_MOST);
	return &pipeline->steps[pipeline->step_count++];
}

static void report_load(struct pipeline *pipeline, instant began)
{
	const struct intake_totals *totals = &pipeline->totals;
	struct pipeline_step_report *step = add_step(pipeline);
	*step = (struct pipeline_step_report){.name = "load", .title = "Load", .seconds = seconds_since(began)};
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

enum { MARK_SIZE = 256 };

/* What the derived tables depend on: what was loaded, what people ruled, what residents object to, the profile, and the
 * day, which conditions may ask for. */
static enum status take_fingerprint(struct pipeline *pipeline, struct error *error)
{
	instant latest;
	int64_t rulings = 0, flags = 0;
	enum status status = intake_latest(pipeline->opened->data, &latest, error);
	if (status == STATUS_OK)
		status = rulings_generation(pipeline->opened->desk, &rulings, error);
	if (status == STATUS_OK)
		status = rights_flags_generation(pipeline->opened->desk, &flags, error);
	if (status == STATUS_OK)
		status = know_policy(pipeline, error);
	if (status != STATUS_OK)
		return status;
	snprintf(pipeline->fingerprint, sizeof pipeline->fingerprint,
		 "extracts %lld day %d rulings %lld flags %lld ended %x profile %s", (long long)latest, date_today(),
		 (long long)rulings, (long long)flags, policy_standings(pipeline->policy),
		 pipeline->opened->workspace->profile->version);
	return STATUS_OK;
}

/* Whether the newest run that came to its end saw the same extracts and profile. */
static enum status compare_with_last_run(struct pipeline *pipeline, struct error *error)
{
	enum { LOOK_BACK = 20 };
	struct arena arena;
	struct run_record *runs = NULL;
	size_t count = 0;
	arena_init(&arena, 1 << 20);
	enum status status = run_list(pipeline->opened->data, &arena, LOOK_BACK, &runs, &count, error);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (runs[i].status == RUN_FINISHED) {
			pipeline->nothing_new = text_is(runs[i].detail, pipeline->fingerprint);
			break;
		}
	}
	arena_release(&arena);
	return status;
}

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

/* ---- deriving ------------------------------------------------------------------------------------ */

struct derivation {
	const char *name, *title;
	/* Replaces its result tables in a transaction of its own, inside the one over all; fills the step's detail. */
	enum status (*run)(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE], struct error *error);
};

/* Not a step that is done once: a run that goes on with another one reads again. */
static enum status open_reading(struct pipeline *pipeline, bool anew, struct error *error)
{
	const struct opened *opened = pipeline->opened;
	struct reading_settings settings = {.anew = anew, .stop = interrupt_flag()};
	struct pipeline_step_report *step = add_step(pipeline);
	*step = (struct pipeline_step_report){.name = "reading", .title = "Reading"};
	enum status status = interrupt_check(error);
	if (status == STATUS_OK)
		status = reading_open(&pipeline->reading, opened->data, opened->vault, opened->workspace->profile,
				      &settings, error);
	if (status != STATUS_OK)
		return status;
	const struct reading *reading = pipeline->reading;
	step->seconds = reading->seconds;
	snprintf(step->detail, sizeof step->detail, "%zu records, %zu of them from the vault", reading->all.count,
		 reading->changed);
	return STATUS_OK;
}

static enum status derive_addresses(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE], struct error *error)
{
	struct address_report report = {0};
	enum status status = address_refresh(pipeline->reading, &report, error);
	if (status == STATUS_OK)
		snprintf(detail, PIPELINE_DETAIL_SIZE,
			 "%llu properties; of %llu addresses %llu by UPRN, %llu exact, %llu strong, %llu probable, "
			 "%llu building "
			 "only, "
			 "%llu not found",
			 (unsigned long long)report.properties, (unsigned long long)report.rows,
			 (unsigned long long)report.by_uprn, (unsigned long long)report.exact,
			 (unsigned long long)report.strong, (unsigned long long)report.probable,
			 (unsigned long long)report.parent, (unsigned long long)report.none);
	return status;
}

/* A new model is corrected by what people said of its doubts, and used at once. */
static enum status learn_from_rulings(struct pipeline *pipeline, const struct rulings *rulings,
				      const struct linking_settings *settings, struct linking_outcome *outcome,
				      struct error *error)
{
	struct linking_settings taught = *settings;
	size_t used = 0;
	buf_clear(&pipeline->model);
	enum status status = labels_retrain(&pipeline->model, &used, rulings, pipeline->opened->data,
					    pipeline->opened->vault, error);
	answer_int(&pipeline->cli->answer, "labels", "Decisions learned from", (int64_t)used);
	if (status != STATUS_OK || used == 0)
		return status;
	taught.model = pipeline->model.at;
	return linking_refresh(pipeline->reading, pipeline->run.run_id, &taught, outcome, error);
}

static enum status derive_residents(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE], struct error *error)
{
	const struct opened *opened = pipeline->opened;
	struct linking_outcome outcome;
	struct rulings rulings;
	struct linking_settings settings = {.stop = interrupt_flag(),
					    .retrain = pipeline->retrain,
					    .model = pipeline->model.len ? pipeline->model.at : NULL};
	enum status status = rulings_read(&rulings, opened->desk, opened->data, error);
	if (status != STATUS_OK)
		return status;
	struct linking_ruling *binding = rulings_binding(&rulings, &settings.ruling_count);
	settings.rulings = binding;
	status = linking_refresh(pipeline->reading, pipeline->run.run_id, &settings, &outcome, error);
	if (status == STATUS_OK && pipeline->retrain)
		status = learn_from_rulings(pipeline, &rulings, &settings, &outcome, error);
	if (status == STATUS_OK)
		status = rulings_after_run(&rulings, opened->data, opened->desk, pipeline->run.run_id, error);
	free(binding);
	rulings_release(&rulings);
	if (status == STATUS_OK)
		snprintf(detail, PIPELINE_DETAIL_SIZE,
			 "%zu residents of %zu records: %zu new, %zu ended, %zu separated; %zu doubtful pairs",
			 outcome.residents, outcome.records, outcome.began, outcome.ended, outcome.separated,
			 outcome.review);
	return status;
}

static enum status derive_households(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE], struct error *error)
{
	const struct opened *opened = pipeline->opened;
	struct household_report report;
	struct household_rulings rulings;
	enum status status = household_rulings_read(&rulings, opened->desk, opened->data, error);
	if (status != STATUS_OK)
		return status;
	status = household_refresh(pipeline->reading, &rulings, pipeline->run.run_id, &report, error);
	household_rulings_release(&rulings);
	if (status == STATUS_OK)
		snprintf(detail, PIPELINE_DETAIL_SIZE,
			 "%zu residents at an address, in %zu households: %zu new, %zu ended", report.current,
			 report.households, report.began, report.ended);
	return status;
}

static enum status derive_places(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE], struct error *error)
{
	struct places_report report;
	enum status status = listed_places_refresh(pipeline->reading, &report, error);
	if (status == STATUS_OK)
		snprintf(detail, PIPELINE_DETAIL_SIZE, "%zu rows about properties, %zu of them at one", report.rows,
			 report.placed);
	return status;
}

static enum status derive_traits(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE], struct error *error)
{
	struct traits_report report;
	enum status status = know_policy(pipeline, error);
	if (status == STATUS_OK)
		status = traits_refresh(pipeline->reading, pipeline->policy, date_today(), &report, error);
	if (status == STATUS_OK)
		snprintf(detail, PIPELINE_DETAIL_SIZE, "%zu residents, the month of birth of %zu known: %zu changed",
			 report.residents, report.with_birth, report.changed);
	return status;
}

static enum status derive_restrictions(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE],
				       struct error *error)
{
	int64_t marks;
	enum status status = restrictions_refresh(pipeline->opened->workspace->profile, pipeline->opened->data,
						  date_today(), &marks, error);
	if (status == STATUS_OK)
		snprintf(detail, PIPELINE_DETAIL_SIZE, "%lld protected residents and addresses", (long long)marks);
	return status;
}

static enum status derive_caseloads(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE], struct error *error)
{
	int64_t rows;
	enum status status = caseloads_refresh(pipeline->opened->workspace->profile, pipeline->opened->data,
					       date_today(), &rows, error);
	if (status == STATUS_OK)
		snprintf(detail, PIPELINE_DETAIL_SIZE, "%lld rows say who works with whom", (long long)rows);
	return status;
}

static enum status derive_queue(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE], struct error *error)
{
	size_t items = 0;
	enum status status =
		review_refresh(pipeline->opened->data, pipeline->opened->workspace->profile, &items, error);
	if (status == STATUS_OK)
		snprintf(detail, PIPELINE_DETAIL_SIZE, "%zu questions for reviewers", items);
	return status;
}

static enum status derive_lists(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE], struct error *error)
{
	struct lists_report report;
	enum status status = know_policy(pipeline, error);
	if (status == STATUS_OK)
		status = lists_refresh(pipeline->policy, pipeline->opened->workspace->profile, pipeline->opened->data,
				       date_today(), &report, error);
	if (status == STATUS_OK)
		snprintf(detail, PIPELINE_DETAIL_SIZE, "%zu rows for investigators: %zu new, %zu gone", report.rows,
			 report.added, report.gone);
	return status;
}

static enum status derive_interventions(struct pipeline *pipeline, char detail[PIPELINE_DETAIL_SIZE],
					struct error *error)
{
	struct interventions_report report;
	enum status status = know_policy(pipeline, error);
	if (status == STATUS_OK)
		status = interventions_refresh(pipeline->policy, pipeline->opened->workspace->profile,
					       pipeline->opened->data, date_today(), &report, error);
	if (status == STATUS_OK)
		snprintf(detail, PIPELINE_DETAIL_SIZE, "%zu kinds compared over %lld cases", report.interventions,
			 (long long)report.cases);
	return status;
}

/* In the order the data travels. */
static const struct derivation derivations[] = {
	{"addresses", "Addresses", derive_addresses},
	{"places", "Listed addresses", derive_places},
	{"residents", "Residents", derive_residents},
	{"households", "Households", derive_households},
	{"traits", "Traits", derive_traits},
	{"restrictions", "Restrictions", derive_restrictions},
	{"caseloads", "Caseloads", derive_caseloads},
	{"queue", "Review queue", derive_queue},
	{"lists", "Lists", derive_lists},
	{"interventions", "Interventions", derive_interventions},
	{NULL, NULL, NULL},
};
/* Loading and reading come before them, notes and a retention may come behind. */
_Static_assert(sizeof derivations / sizeof *derivations + 4 <= PIPELINE_STEPS_MOST, "each step has a report");

/* Done already by the run that this one continues, for the same extracts and profile. */
static enum status was_done(struct pipeline *pipeline, const struct derivation *derivation, char mark[MARK_SIZE],
			    bool *done, struct error *error)
{
	snprintf(mark, MARK_SIZE, "%s: %s", derivation->name, pipeline->fingerprint);
	return run_has_done(&pipeline->run, mark, done, error);
}

static enum status run_derivation(struct pipeline *pipeline, const struct derivation *derivation, struct error *error)
{
	char mark[MARK_SIZE];
	bool done = false;
	instant began = instant_now();
	struct pipeline_step_report *step = add_step(pipeline);
	*step = (struct pipeline_step_report){.name = derivation->name, .title = derivation->title};
	enum status status = interrupt_check(error);
	if (status == STATUS_OK)
		status = was_done(pipeline, derivation, mark, &done, error);
	if (status != STATUS_OK || done) {
		step->skipped = done;
		return status;
	}
	status = derivation->run(pipeline, step->detail, error);
	step->seconds = seconds_since(began);
	return status ? status : run_mark_done(&pipeline->run, mark, step->detail, error);
}

/* In one transaction: whoever looks sees the state before or the state after with who must be protected in it, never
 * new rows, residents or households with the marks of the old ones. */
static enum status derive_all(struct pipeline *pipeline, struct error *error)
{
	struct store *data = pipeline->opened->data;
	enum status status = store_hold(data, error);
	for (const struct derivation *next = derivations; next->name && status == STATUS_OK; next++)
		status = run_derivation(pipeline, next, error);
	if (status == STATUS_OK)
		status = intake_show(data, error);
	if (status == STATUS_OK)
		status = run_publish(data, &pipeline->generation, error);
	return status ? status : store_let_go(data, error);
}

/* Behind what is published, in transactions of its own: a borough's notes take minutes when the rules have changed, and
 * pages go on meanwhile. */
static enum status read_notes(struct pipeline *pipeline, struct error *error)
{
	const struct opened *opened = pipeline->opened;
	struct note_refresh_report report;
	instant began = instant_now();
	enum status status = know_policy(pipeline, error);
	if (status != STATUS_OK)
		return status;
	struct note_refresh_settings settings = {.policy = pipeline->policy,
						 .stop = interrupt_flag(),
						 .show_progress = !pipeline->cli->quiet && !pipeline->cli->json};
	status = note_refresh(&report, opened->data, opened->vault, opened->workspace->profile, &settings, error);
	if (status != STATUS_OK || (report.notes == 0 && !report.anew))
		return status;
	struct pipeline_step_report *step = add_step(pipeline);
	*step = (struct pipeline_step_report){.name = "notes", .title = "Case notes", .seconds = seconds_since(began)};
	snprintf(step->detail, sizeof step->detail, "%lld notes read%s, %lld flags", (long long)report.notes,
		 report.anew ? " by new rules" : "", (long long)report.flags);
	return status;
}

static enum status derive_what_changed(struct pipeline *pipeline, bool force, struct error *error);

enum status pipeline_derive(struct pipeline *pipeline, bool force, struct error *error)
{
	enum status status = take_fingerprint(pipeline, error);
	if (status == STATUS_OK)
		status = compare_with_last_run(pipeline, error);
	if (status == STATUS_OK && (!pipeline->nothing_new || force))
		status = derive_what_changed(pipeline, force, error);
	return status ? status : read_notes(pipeline, error);
}

static enum status derive_what_changed(struct pipeline *pipeline, bool force, struct error *error)
{
	enum status status;
	status = open_reading(pipeline, force, error);
	if (status == STATUS_OK)
		status = derive_all(pipeline, error);
	if (status == STATUS_OK)
		status = reading_keep(pipeline->reading, error);
	return status ? status : store_measure(pipeline->opened->data, error);
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
	double seconds = seconds_since(pipeline->started);
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
