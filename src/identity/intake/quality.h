/* What is known about extracts: freshness, outcomes, quality by column, problems by row.
 *
 * Everything here is for pages, `oneview status` and the source's owner.  Nothing identifies
 * anybody except quarantine_write_csv() and quarantine_find(), which open values: their callers audit.
 * Arrays and texts live in the caller's arena.
 */
#ifndef INTAKE_QUALITY_H
#define INTAKE_QUALITY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/error.h"

struct policy;
struct profile;
struct profile_element;
struct profile_feed;
struct store;
struct vault;
struct viewer;

struct extract_info {
	int64_t extract_id;
	struct text feed_id, source_id, file_name, delivery, status, reason, archive_name;
	date as_at;
	instant received, finished;
	int64_t bytes, rows_read, rows_loaded, rows_unchanged, rows_quarantined, rows_ended, new_clients;
};

/* The newest extracts first; FEED_ID absent: of all feeds. LIMIT 0: all. */
enum status extract_list(struct extract_info **out, size_t *count, struct store *store, struct text feed_id,
			 unsigned limit, struct arena *arena, struct error *error) MUST_CHECK;
enum status extract_read(struct extract_info *out, struct store *store, int64_t extract_id, struct arena *arena,
			 struct error *error) MUST_CHECK;

enum feed_freshness {
	FEED_NEVER,  /* nothing was loaded yet */
	FEED_FRESH,  /* within its schedule */
	FEED_LATE,   /* the next delivery is overdue */
	FEED_WAITING /* the newest extract is held or refused */
};
const char *feed_freshness_name(enum feed_freshness freshness);

/* One feed's state: for the pipeline page, the home page's freshness, and `oneview status`. */
struct feed_status {
	struct text feed_id, title, source_id, source_title;
	enum feed_freshness freshness;
	date as_at;                     /* of the newest loaded extract, DATE_UNKNOWN when never */
	instant received;               /* when it was loaded */
	date expected;                  /* when the next one is due, DATE_UNKNOWN for a feed that comes once */
	int64_t extracts, rows_current; /* loaded extracts; rows of the newest loaded one */
	int64_t rows_quarantined;       /* of the newest loaded one */
	int64_t waiting_extract;        /* newest held or refused, 0: none */
	struct text waiting_reason;
	double completeness, validity; /* shares over all columns of the newest loaded extract */
};
enum status feed_status_list(struct feed_status **out, size_t *count, struct store *store,
			     const struct profile *profile, date today, struct arena *arena,
			     struct error *error) MUST_CHECK;

struct quality_column {
	struct text column_name, element_id;
	int64_t rows, filled, valid, distinct_values;
	double completeness;                         /* filled / rows */
	double validity;                             /* valid / filled */
	double uniqueness;                           /* distinct / filled */
	double completeness_before, validity_before; /* the extract before of the same feed; negative: none */
};
enum status quality_columns(struct quality_column **out, size_t *count, struct store *store, int64_t extract_id,
			    struct arena *arena, struct error *error) MUST_CHECK;

struct quality_rule { /* consistency: how often each rule was broken */
	struct text rule, column_name, severity;
	int64_t rows;
};
enum status quality_rules(struct quality_rule **out, size_t *count, struct store *store, int64_t extract_id,
			  struct arena *arena, struct error *error) MUST_CHECK;

struct quality_point { /* one extract of a feed */
	int64_t extract_id;
	date as_at;
	int64_t rows_read, rows_quarantined, days_late; /* days from the as-at date to the load */
	double completeness, validity;
};
/* The trend over a feed's loaded extracts, oldest first; COLUMN absent: over all columns. */
enum status quality_trend(struct quality_point **out, size_t *count, struct store *store, struct text feed_id,
			  struct text column_name, struct arena *arena, struct error *error) MUST_CHECK;

struct quarantine_row {
	int64_t extract_id, line, problem;
	struct text feed_id, file_name, column_name, rule, severity, message;
	date as_at;
};
struct quarantine_filter {
	int64_t extract_id;                  /* 0: any */
	struct text feed_id, rule, severity; /* absent: any */
	const struct text *sources;          /* ids, at most 16 */
	size_t source_count;                 /* 0: any */
	unsigned offset, limit;              /* limit 0: 1,000 */
};
/* Newest extract first, then by line. *TOTAL (may be NULL): how many there are without the limit. */
enum status quarantine_list(struct quarantine_row **out, size_t *count, int64_t *total, struct store *store,
			    const struct quarantine_filter *filter, struct arena *arena,
			    struct error *error) MUST_CHECK;

/* The rows to fix of one extract, for the source's owner: file, line, column, rule, what is wrong,
 * the value, and the row as delivered. Cells are harmless in a spreadsheet (buf_append_csv_harmless).
 *
 * Policy decides column by column. What is refused is blank; a row of which not every column may be seen has its cells
 * in the order of the feed's columns. A row of a client who may not be known of has neither value nor row.
 * STATUS_REFUSED when nothing of the feed may be seen. The caller audits what was told before OUT leaves. */
struct quarantine_asked {
	const struct profile *profile;
	const struct vault *vault;
	struct policy *policy;
	const struct viewer *viewer;
	date on;
};
struct quarantine_told {
	int64_t rows, withheld;           /* problems; lines without their values, for the client's sake */
	struct text elements, agreements; /* for the audit */
};
enum status quarantine_write_csv(struct buf *out, struct quarantine_told *told, const struct quarantine_asked *asked,
				 struct store *store, const struct profile_feed *feed, int64_t extract_id,
				 struct arena *arena, struct error *error) MUST_CHECK;

/* The rows in quarantine that are of some clients, by the number in them; of a row that could not be split, by any word
 * of it. Whoever calls it may show all of it: nothing is asked of policy. It opens every row of the clients' sources.
 */
struct quarantine_client {
	struct text source_id;
	int64_t hash; /* intake_client_hash() */
};
struct quarantine_search {
	const struct profile *profile;
	const struct vault *vault;
	const struct quarantine_client *clients;
	size_t client_count;
};
struct quarantined_cell {
	const struct profile_element *element;
	struct text value;
};
struct quarantined { /* a line of an extract */
	const struct profile_feed *feed;
	int64_t extract_id, line;
	date as_at;
	bool turned_away; /* false: it was loaded, with something to put right */
	struct text file_name, reasons;
	struct text delivered;                /* as it came */
	const struct quarantined_cell *cells; /* where it could be split; columns that are made of parts are not here */
	size_t cell_count;
};
enum status quarantine_find(struct quarantined **out, size_t *count, const struct quarantine_search *search,
			    struct store *store, struct arena *arena, struct error *error) MUST_CHECK;

#endif
