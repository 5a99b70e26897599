/* Inside the pipeline: what its steps share. */
#ifndef CLI_PIPELINE_INT_H
#define CLI_PIPELINE_INT_H

#include "cli/pipeline.h"

double pipeline_seconds_since(instant then);
/* The next line of the report. */
struct pipeline_step_report *pipeline_add_step(struct pipeline *pipeline);
/* Policy as it is now: an agreement may be ended while a run goes on. */
enum status pipeline_know_policy(struct pipeline *pipeline, struct error *error) MUST_CHECK;

#endif
