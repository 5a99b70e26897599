/* Intake: an extract becomes facts and sealed rows, or the reason why not.
 *
 *     struct intake_settings settings = {.profile = profile, .vault = vault, .store = data,
 *                                        .inbox = ".../inbox", .archive = ".../archive"};
 *     struct intake *intake;
 *     status = intake_open(&intake, &settings, &error);
 *     status = intake_inbox(intake, report, context, &totals, &error);
 *     intake_close(intake);
 *
 * What it promises, for each extract:
 * - one transaction: after `kill -9` it is loaded as a whole or not at all, and the next run
 *   takes it up where this one was stopped;
 * - rows read = rows loaded + rows unchanged + rows quarantined;
 * - the same file again (feed, as-at date and content) changes nothing;
 * - a row that breaks a rule is in `quarantine` with its line, column and reason, and its value
 *   only as ciphertext;
 * - once loaded and durable, the file is sealed into the archive and the clear one removed; the rows of a client who
 * was erased and is refused are not in the archive either;
 * - a file that is held or refused is sealed away likewise, and looked at again from there by each run, until it is
 * loaded, thrown away, or a file of its name takes its place.
 *
 * Only one intake may run on a workspace: the caller holds the workspace's lock.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "base/date.h"
#include "base/error.h"
#include "base/text.h"

#include <stdatomic.h>

struct policy;
struct profile;
struct profile_feed;
struct store;
struct vault;
struct intake;

struct intake_settings {
	const struct profile *profile;
	struct policy *policy; /* loaded; knows which agreements were ended since. NULL: the profile's dates alone */
	const struct vault *vault;
	struct store *store; /* data shelf, STORE_WRITE; intake's own until intake_close() */
	const char *inbox;   /* folder */
	const char *archive; /* folder; NULL: nothing is sealed away or removed */
	date today;          /* 0: date_today() */
	unsigned settle_ms;  /* a file changed more recently is still being written; 0: ask who has it open (2,000
				where the file system cannot say) */
	atomic_bool *stop;   /* set by a signal: finish nothing more, roll the extract back; may be NULL */
	bool show_progress;  /* on a terminal */
};

enum extract_outcome {
	EXTRACT_LOADED,
	EXTRACT_REPEATED, /* was loaded before: nothing changed */
	EXTRACT_HELD,     /* waits for a person: intake_release() */
	EXTRACT_REFUSED,  /* unreadable, or an element without an agreement */
	EXTRACT_BUSY,     /* still being written: left for the next run */
	EXTRACT_UNKNOWN   /* no feed has this file name: left where it is */
};
const char *extract_outcome_name(enum extract_outcome outcome); /* "loaded" ... */

struct intake_result {
	int64_t extract_id;              /* 0 when no row was written for it */
	const struct profile_feed *feed; /* NULL when unknown */
	char file_name[256];
	date as_at;
	enum extract_outcome outcome;
	char reason[512]; /* for outcomes that need somebody: what is wrong and what to do */
	uint64_t bytes, rows_read, rows_loaded, rows_unchanged, rows_quarantined;
	uint64_t rows_ended, new_clients, warnings;
	double seconds;
};

struct intake_totals {
	uint64_t files, loaded, repeated, held, refused, busy, unknown;
	uint64_t bytes, rows_read, rows_loaded, rows_unchanged, rows_quarantined, rows_ended;
};

enum status intake_open(struct intake **out, const struct intake_settings *settings, struct error *error) MUST_CHECK;
void intake_close(struct intake *intake); /* NULL is fine */

/* One file. STATUS_OK whatever the outcome: a status says that intake itself failed (database,
 * disk, key) or was stopped, and that the extract was rolled back. */
enum status intake_extract(struct intake *intake, const char *path, struct intake_result *result,
			   struct error *error) MUST_CHECK;

/* Every file of the inbox, in the order of as-at date, the profile's feeds and the file name. */
typedef void intake_report(void *context, const struct intake_result *result);
enum status intake_inbox(struct intake *intake, intake_report *report, void *context, struct intake_totals *totals,
			 struct error *error) MUST_CHECK;

/* When the newest extract came to its outcome, 0 before the first: moves with whatever was loaded, so that what is
 * derived from it can tell whether it is up to date. */
enum status intake_latest(struct store *store, instant *finished, struct error *error) MUST_CHECK;

/* Whose a row is. False: the header (of a feed that has one) names no column of client numbers. */
struct csv_row;
bool intake_client_column(size_t *at, const struct profile_feed *feed, const struct csv_row *header);
int64_t intake_client_hash(const struct vault *vault, const struct profile_feed *feed, struct text client);

/* For a change of the key: quarantined rows and values. */
struct sealed_rows;
extern const struct sealed_rows intake_sealed_rows;

/* A person lets a held extract through: the next run loads it whatever the thresholds say.
 * STATUS_NOT_FOUND unless there is a held extract of that number. */
enum status intake_release(struct store *store, int64_t extract_id, struct error *error) MUST_CHECK;

/* A person throws a held or refused extract away: its file goes from ARCHIVE, its row stays and says so.
 * STATUS_NOT_FOUND unless there is one of that number. */
enum status intake_discard(struct store *store, const char *archive, int64_t extract_id,
			   struct error *error) MUST_CHECK;

/* What was loaded may be shown from now on: call in the transaction that has derived from it who must be
 * protected. Until then the door treats the rows as not delivered. */
enum status intake_show(struct store *store, struct error *error) MUST_CHECK;

#endif
