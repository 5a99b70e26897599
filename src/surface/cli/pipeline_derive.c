/* What is worked out of the rows that were loaded, one step after another, and only if anything has changed. */
#include "cli/pipeline_int.h"

#include "address/address.h"
#include "base/interrupt.h"
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
#include "rights/flags.h"
#include "traits/traits.h"

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
		status = pipeline_know_policy(pipeline, error);
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

/* ---- one step after another ------------------------------------------------------------------------ */

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
	struct pipeline_step_report *step = pipeline_add_step(pipeline);
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
	enum status status = pipeline_know_policy(pipeline, error);
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
	enum status status = pipeline_know_policy(pipeline, error);
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
	enum status status = pipeline_know_policy(pipeline, error);
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
	struct pipeline_step_report *step = pipeline_add_step(pipeline);
	*step = (struct pipeline_step_report){.name = derivation->name, .title = derivation->title};
	enum status status = interrupt_check(error);
	if (status == STATUS_OK)
		status = was_done(pipeline, derivation, mark, &done, error);
	if (status != STATUS_OK || done) {
		step->skipped = done;
		return status;
	}
	status = derivation->run(pipeline, step->detail, error);
	step->seconds = pipeline_seconds_since(began);
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
	enum status status = pipeline_know_policy(pipeline, error);
	if (status != STATUS_OK)
		return status;
	struct note_refresh_settings settings = {.policy = pipeline->policy,
						 .stop = interrupt_flag(),
						 .show_progress = !pipeline->cli->quiet && !pipeline->cli->json};
	status = note_refresh(&report, opened->data, opened->vault, opened->workspace->profile, &settings, error);
	if (status != STATUS_OK || (report.notes == 0 && !report.anew))
		return status;
	struct pipeline_step_report *step = pipeline_add_step(pipeline);
	*step = (struct pipeline_step_report){
		.name = "notes", .title = "Case notes", .seconds = pipeline_seconds_since(began)};
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
