/* From the inbox to the pages: the rooms called in the order the data travels.
 *
 * Each step is safe to run again: intake loads an extract in one transaction and knows it
 * afterwards; all that is derived is replaced in one transaction together with the marks of who
 * must be protected, and what was loaded is shown from then on.  A run that was killed goes on behind
 * the last extract; a run with nothing new does nothing.
 */
#ifndef CLI_PIPELINE_H
#define CLI_PIPELINE_H

#include "cli/opened.h"

#include "intake/intake.h"
#include "reading/reading.h"
#include "runs/runs.h"

enum { PIPELINE_STEPS_MOST = 24, PIPELINE_DETAIL_SIZE = 256 };

struct pipeline_step_report {
	const char *name, *title;
	double seconds;
	char detail[PIPELINE_DETAIL_SIZE];
	bool skipped; /* was done by the run that this one continues */
};

struct pipeline {
	struct cli *cli;
	struct opened *opened;
	struct run run;
	bool running;          /* the ledger has an open run of ours */
	bool nothing_new;      /* the newest finished run saw the same extracts and profile */
	char fingerprint[192]; /* of extracts, day, what people said, and profile */
	struct intake_totals totals;
	struct intake_result *results; /* of extracts that somebody should read about */
	size_t result_count, result_capacity;
	struct reading *reading; /* of the sealed rows; NULL until deriving begins */
	bool retrain;            /* a new model, even if the last one fits */
	struct pipeline_step_report steps[PIPELINE_STEPS_MOST];
	size_t step_count;
	int64_t generation;
	instant started;
	struct policy *policy; /* as of the step that asked last; NULL until one does */
	struct buf model;      /* for linking, instead of training; empty: train */
};

void pipeline_init(struct pipeline *pipeline, struct cli *cli, struct opened *opened);
void pipeline_release(struct pipeline *pipeline); /* fine on a zeroed one */

/* Before anything is loaded: erasures that were cut off are brought to their end, and the register is written. */
enum status pipeline_end_erasures(struct pipeline *pipeline, struct error *error) MUST_CHECK;

/* Behind what was derived: corrections that an extract has brought. */
enum status pipeline_notice_corrections(struct pipeline *pipeline, struct error *error) MUST_CHECK;
enum status pipeline_load_inbox(struct pipeline *pipeline, struct error *error) MUST_CHECK;
enum status pipeline_load_file(struct pipeline *pipeline, const char *path, struct error *error) MUST_CHECK;
/* Addresses, residents, households, marks; then the pages' generation. FORCE: also when nothing is new. */
enum status pipeline_derive(struct pipeline *pipeline, bool force, struct error *error) MUST_CHECK;

/* Opens the run of KIND in the ledger; _end closes it by how it went. */
enum status pipeline_begin(struct pipeline *pipeline, const char *kind, struct error *error) MUST_CHECK;
enum status pipeline_end(struct pipeline *pipeline, enum status status, struct error *error) MUST_CHECK;

void pipeline_answer(struct pipeline *pipeline);
/* STATUS_HELD when an extract waits for a person. */
enum status pipeline_held(const struct pipeline *pipeline, struct error *error) MUST_CHECK;

#endif
