/* Notes of a workspace, read: those that are new or changed, or all when rules or lexicon have changed.
 *
 *     status = note_refresh(&report, data, vault, profile, &settings, &error);
 *
 * Works through the notes in small transactions of its own, beside pages that are served, and leaves behind which notes
 * it has read under which rules: killed or stopped, the next call goes on.  While a reading under new rules is under
 * way, a note has the flags of the old ones until it is its turn.
 *
 * Notes of residents who had processing restricted are not read; those that came meanwhile are by the first call after
 * that was lifted.
 */
#ifndef NOTES_REFRESH_H
#define NOTES_REFRESH_H

#include "base/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct policy;
struct profile;
struct store;
struct vault;

struct note_refresh_settings {
	struct policy *policy;   /* loaded: whose notes may be read */
	bool all;                /* read every note anew */
	unsigned threads;        /* 0: all processors */
	const atomic_bool *stop; /* asked between batches; may be NULL */
	bool show_progress;
};
struct note_refresh_report {
	int64_t notes, flags, bytes; /* read by this call */
	bool anew;                   /* under rules that had not read everything before */
};
/* A profile without factors or rules has no notes to read. */
enum status note_refresh(struct note_refresh_report *report, struct store *data, const struct vault *vault,
			 const struct profile *profile, const struct note_refresh_settings *settings,
			 struct error *error) MUST_CHECK;

#endif
