/* Shared inside the room only.
 *
 * The way of a row:  csv -> convert (typed values) -> rows (rules, key, known?) -> batch ->
 * writer thread (store).  One thread reads, checks and seals; another writes; a third seals
 * the loaded files away.  What the reading thread must know of the database (which rows there
 * are) it keeps in memory across the extracts of a run.
 */
#ifndef INTAKE_INT_H
#define INTAKE_INT_H

#include "base/map.h"
#include "base/progress.h"
#include "intake/csv.h"
#include "intake/intake.h"
#include "profile/profile.h"
#include "store/store.h"
#include "vault/vault.h"

#include <pthread.h>

enum {
	INTAKE_TEXT_CEILING = 4096,   /* characters of a text column without max_length */
	INTAKE_NOTE_CEILING = 262144, /* of a note */
	INTAKE_PROBLEMS_PER_ROW = 24,
	INTAKE_WARNINGS_KEPT = 1000, /* per rule and column of an extract; the rest is only counted */
	INTAKE_RAW_KEPT = 16384      /* bytes of a row that quarantine keeps */
};

/* ---- plan.c: a feed, compiled ------------------------------------------------------------------- */

enum keep { KEEP_NOT, KEEP_FACT, KEEP_IDENTITY, KEEP_TEXT };

/* A value that a row can have: of a column, or of a field of a JSON column. */
struct slot {
	const struct profile_element *element;
	unsigned element_no;
	enum keep keep;
	bool is_number, is_date;   /* how rules compare it */
	struct text json_key;      /* "\"tenure\":\"" */
	struct id_map *references; /* hashes of delivered values, when other feeds refer to it; else NULL */
};

enum date_form { DATE_FORM_PATTERN, DATE_FORM_DMY, DATE_FORM_ISO, DATE_FORM_COMPACT };

struct plan_column {
	const struct profile_column *column;
	size_t first_slot, slot_count;
	enum date_form date_form;
	bool short_year;
	size_t length_ceiling; /* characters */
};

struct plan_reference {
	const struct profile_rule *rule;
	size_t slot;
	struct id_map *values;
};

/* What is sealed of a row that is turned away. With its first problem: the row as delivered, and where it could be
 * split, its client and its cells by element (QUARANTINE_CELL and the element's number). With each: the value. */
enum { QUARANTINE_ROW = 0, QUARANTINE_VALUE = 1, QUARANTINE_CLIENT = 2, QUARANTINE_CELL = 3 };

struct plan {
	const struct profile_feed *feed;
	int64_t feed_no, source_no;
	struct plan_column *columns;
	size_t column_count;
	struct slot *slots;
	size_t slot_count;
	size_t client_slot, *key_slots, key_count;
	size_t from_slot, to_slot; /* slot_count: none */
	bool has_identity, has_text, is_referenced;
	struct plan_reference *references;
	size_t reference_count;
};

struct intake;
/* Compiles every feed of the profile; numbers must be assigned. Lives in the intake's arena. */
void plan_build(struct intake *intake, struct plan *plan, const struct profile_feed *feed);
size_t plan_slot_of(const struct plan *plan, const struct profile_element *element); /* slot_count: none */

/* ---- convert.c: text of the extract into values ------------------------------------------------------ */

struct value {
	struct text text; /* canonical; absent: none */
	double number;    /* of numbers; of dates the day */
};

struct problem {
	const struct profile_column *column; /* NULL: of the row */
	struct text rule;
	enum rule_severity severity;
	struct text value; /* in clear: to be sealed */
	char message[200];
};

struct problems {
	struct problem at[INTAKE_PROBLEMS_PER_ROW];
	size_t count;
	bool reject;
};
void problem_add(struct problems *problems, const struct profile_column *column, const char *rule,
		 enum rule_severity severity, struct text value, const char *format, ...) PRINTF_LIKE(6, 7);

struct converter {
	date today;
	int pivot_year;
	struct buf scratch; /* rewritten values of one row; wiped at the end */
};
/* Converts one field into the values of its slots. False: there is a problem. *FILLED: it is not empty. */
bool convert_field(struct converter *converter, const struct plan_column *plan_column, struct text field,
		   struct value *values, struct problems *problems, bool *filled);
/* convert_type.c */
bool convert_date(const struct converter *converter, const struct plan_column *plan_column, struct text text,
		  date *out);
/* The time of day behind a date, "T09:30:00", into OUT; 0 when there is none or it is midnight. */
size_t convert_time(struct text text, char out[16]);
bool convert_number(enum column_type type, struct text text, char out[40], size_t *len, double *number);
bool convert_boolean(const struct profile_column *column, struct text text, bool *out);
/* convert_check.c: CANONICAL gets the one form where the check knows one. */
bool convert_check(enum column_check check, struct text text, char canonical[160], struct text *out);
enum rule_severity check_severity(enum column_check check);

/* ---- rules.c ------------------------------------------------------------------------------------------- */

void rules_check(const struct plan *plan, const struct value *values, date today, date as_at, const struct vault *vault,
		 struct problems *problems);

/* ---- known.c: which rows and records there are ------------------------------------------------------------ */

struct known_row {
	int64_t row_key, record_id, row_hash, seal_hash;
	int32_t version;
	uint32_t seen, mentioned; /* number of the extract in this run */
	bool ended;
};

struct known_feed {
	bool loaded;
	struct known_row *rows;
	size_t count, capacity;
	uint32_t *slots; /* index + 1 */
	size_t slot_count;
};
struct known_row *known_find(const struct known_feed *known, int64_t row_key);
struct known_row *known_add(struct known_feed *known, int64_t row_key);
void known_release(struct known_feed *known);
/* Fills those that are not NULL. */
enum status known_load(struct known_feed **by_feed_no, size_t count, struct store *store,
		       struct error *error) MUST_CHECK;

/* ---- measure.c: quality of the columns ----------------------------------------------------------------------- */

#define INTAKE_ERASED "erased" /* the rule's name */
enum { MEASURE_EXACT = 4096, MEASURE_SLOTS = 8192, MEASURE_REGISTERS = 4096 };
struct measure { /* of one column */
	uint64_t filled, valid;
	uint32_t distinct; /* exact until full */
	bool many;
	uint64_t *seen; /* MEASURE_SLOTS hashes, 0 free */
	unsigned char *registers;
};
void measure_init(struct measure *measure);
void measure_reset(struct measure *measure);
void measure_release(struct measure *measure);
void measure_value(struct measure *measure, struct text value);
uint64_t measure_distinct(const struct measure *measure);

struct measured_column { /* what is stored */
	struct text column_name, element_id;
	uint64_t filled, valid, distinct;
};
struct measured_rule {
	struct text rule, column_name; /* column_name empty: of the row */
	enum rule_severity severity;
	uint64_t rows;
};

/* ---- batch.c, writer.c ------------------------------------------------------------------------------------------ */

struct fact_op {
	int64_t record_id, row_key, row_hash, seal_hash, line;
	int32_t version;
	date from, to;
	size_t payload_at, payload_len;
};
struct seal_op {
	int64_t record_id, row_key;
	int32_t version, part;
	size_t at, len;
};
struct record_op {
	int64_t record_id, client_hash;
};
struct reference_op {
	int64_t element_no, hash;
};
struct end_op {
	int64_t record_id, row_key;
	int32_t version, how;
};
struct quarantine_op {
	int64_t line, problem;
	struct text column_name, rule; /* the profile's */
	enum rule_severity severity;
	size_t message_at, message_len, sealed_at, sealed_len;
};

#define OP_ARRAY(type) \
	struct { \
		type *at; \
		size_t count, capacity; \
	}
/* The place of one more. */
#define OP_ADD(list) (*(ARRAY_GROW((list)->at, (list)->count, (list)->capacity), &(list)->at[(list)->count++]))

struct batch {
	struct batch *next; /* in the writer's queue or the pool */
	struct extract_job *extract;
	enum batch_kind { BATCH_SAVEPOINT, BATCH_ROWS, BATCH_COMMIT, BATCH_DISCARD, BATCH_FLUSH, BATCH_STOP } kind;
	OP_ARRAY(struct fact_op) facts;
	OP_ARRAY(struct seal_op) seals;
	OP_ARRAY(struct record_op) records;
	OP_ARRAY(struct reference_op) references;
	OP_ARRAY(struct end_op) ends;
	OP_ARRAY(struct quarantine_op) quarantine;
	struct buf bytes;
};
bool batch_is_full(const struct batch *batch);

/* One extract on its way; made by the reading thread, finished by the writer. */
struct extract_job {
	struct extract_job *next; /* in the order of the run */
	struct intake_result result;
	const struct plan *plan;
	char path[4096];
	unsigned char hash[VAULT_FILE_HASH_SIZE];
	bool is_full;                      /* delivery */
	const struct known_extract *known; /* was here before; NULL: new */
	const char *status;                /* what the extract row says; NULL: no row is written */
	char archive_name[300];
	instant received;
	struct measured_column *columns;
	size_t column_count;
	struct measured_rule *rules;
	size_t rule_count;
	struct arena arena;                    /* texts of columns and rules */
	int64_t device, inode, size, mtime_ns; /* the file that was read */
	bool reported;
	_Atomic bool committed; /* the writer is done with it, and it is in the database */
	bool sealed_away;       /* the archive has it */
	uint64_t refused_rows;  /* of clients who were erased: the archive is without them */
	bool was_loaded;        /* by an earlier run, which may have refused rows of it */
	int waited;             /* opened from the archive where it waited: descriptor, -1 when closed; 0: a file */
};

struct writer;
struct writer *writer_start(struct store *store);
struct batch *writer_batch(struct writer *writer, struct extract_job *extract, enum batch_kind kind); /* an empty one */
void writer_give(struct writer *writer, struct batch *batch);   /* waits while the queue is full */
void writer_return(struct writer *writer, struct batch *batch); /* unwritten; NULL is fine */
/* Waits until everything given is written; the store may be used by the caller until the next give.
 * What was written is committed when COMMIT says so. */
enum status writer_drain(struct writer *writer, bool commit, struct error *error) MUST_CHECK;
enum status writer_status(struct writer *writer, struct error *error) MUST_CHECK; /* a failure so far */
void writer_stop(struct writer *writer);                                          /* frees it */
/* write_ops.c: what the writer does with a batch */
struct write_state;
struct write_state *write_state_new(struct store *store);
enum status write_batch(struct write_state *state, const struct batch *batch, struct error *error) MUST_CHECK;
void write_state_free(struct write_state *state);

/* ---- away.c: loaded files into the archive ------------------------------------------------------------------------
 */

struct away;
struct away *away_start(const struct vault *vault, const char *archive, const struct id_map *refused);
void away_add(struct away *away, struct extract_job *extract); /* seal it; the job must live until away_finish() */
/* Waits until all are sealed; then, when DURABLE, removes the clear files. */
enum status away_finish(struct away *away, bool durable, struct error *error) MUST_CHECK;
void away_stop(struct away *away);

/* without.c: the file sealed as TARGET without the rows of those in REFUSED (client hashes) */
enum status without_seal(const struct extract_job *job, const struct vault *vault, const struct id_map *refused,
			 const char *target, struct error *error) MUST_CHECK;
/* Whether a row that is not as it should be has the number of one of them anywhere. */
bool without_concerns(const struct vault *vault, const struct profile_feed *feed, const struct csv_row *row,
		      const struct id_map *refused);
/* How the file of a feed is read. */
struct csv_given extract_given_format(const struct profile_feed *feed);

/* ---- intake.c
 * ---------------------------------------------------------------------------------------------------------- */

struct known_extract {
	int64_t extract_id, feed_no;
	date as_at;
	unsigned char hash[VAULT_FILE_HASH_SIZE];
	int64_t rows_read;
	bool is_full;
	enum { KNOWN_LOADED, KNOWN_HELD, KNOWN_RELEASED, KNOWN_REFUSED } status;
	char archive_name[300], file_name[256];
};

struct reference_set {
	int64_t feed_no;
	unsigned element_no;
	struct id_map *values;
	bool loaded;
};

struct intake {
	struct intake_settings settings;
	date today;
	struct arena arena;
	struct plan *plans; /* by feed number of the profile */
	struct known_feed *known;
	struct vault_elements elements;
	struct id_map clients; /* client hash -> record id */
	struct id_map refused; /* client hashes that were erased and are to stay away */
	bool clients_loaded;
	struct reference_set *references;
	size_t reference_count;
	int64_t next_record, next_extract;
	uint32_t sequence; /* extracts of this run */
	struct known_extract *extracts;
	size_t extract_count, extract_capacity;
	struct writer *writer;
	struct away *away;
	struct extract_job *first_job, **last_job; /* not reported so far */
	struct reader *reader;
	struct progress progress;
};
struct id_map *intake_references(struct intake *intake, int64_t feed_no, unsigned element_no, bool make);
/* What the run must know before rows of these feeds come (WANTED by the profile's number). Loaded once. */
enum status intake_know(struct intake *intake, const bool *wanted, struct error *error) MUST_CHECK;
/* After a roll-back: what is in memory of PLAN is not in the database. */
void intake_forget(struct intake *intake, const struct plan *plan);
struct known_extract *intake_find_extract(struct intake *intake, const struct plan *plan, date as_at,
					  const unsigned char *hash);
/* The newest by as-at date, of full deliveries only or of any; NULL: none. */
const struct known_extract *intake_extract_of(const struct intake *intake, int64_t extract_id); /* one that is there */
const struct known_extract *intake_last_loaded(const struct intake *intake, const struct plan *plan, bool full_only);
struct known_extract *intake_note_extract(struct intake *intake, const struct extract_job *job);

/* ---- extract.c
 * ------------------------------------------------------------------------------------------------------- */

/* Reads one file and leaves its job at the end of the run's list; the outcome is sure once the
 * writer is done with it. */
enum status extract_read_file(struct intake *intake, const char *path, struct error *error) MUST_CHECK;
/* The same of one that waits in the archive (waiting.c). */
enum status extract_read_waiting(struct intake *intake, int64_t extract_id, const struct plan *plan,
				 struct error *error) MUST_CHECK;
const struct plan *extract_plan_of(const struct intake *intake, struct text file_name, date *as_at);

/* ---- waiting.c: extracts that are held or refused, in the archive -------------------------------------------------
 */

struct waiting_extract {
	int64_t extract_id;
	const struct plan *plan;
	struct text file_name;
	date as_at;
	uint64_t bytes;
};
/* Those whose archive is there and whose feed the profile has. */
void waiting_list(struct waiting_extract **out, size_t *count, const struct intake *intake, struct arena *arena);
/* Of whose name the run has had another file: it takes their place, as it would have in the inbox. */
enum status waiting_replace(struct intake *intake, struct error *error) MUST_CHECK;
/* agreed.c: names what no running agreement covers. */
bool extract_is_agreed(const struct intake *intake, const struct profile_feed *feed, char *reason, size_t size);
/* holds.c: why a read extract should wait for a person; false: it need not. */
bool extract_must_wait(const struct intake *intake, const struct extract_job *job, char *reason, size_t size);
bool extract_comes_at_a_wrong_time(const struct intake *intake, const struct extract_job *job, char *reason,
				   size_t size);
/* settled.c */
bool file_is_being_written(const char *path, unsigned settle_ms);

/* ---- reader.c, rows.c: the reading thread
 * ------------------------------------------------------------------------------- */

enum { BATCHES_HELD_MOST = 8 };

struct reader { /* what the reading thread re-uses from extract to extract */
	struct intake *intake;
	date today;
	struct extract_job *job;
	const struct plan *plan;
	struct known_feed *known;
	struct batch *batch;
	/* Full batches of an extract that is still small enough to be decided on before anything is written. */
	struct batch *held[BATCHES_HELD_MOST];
	size_t held_count;
	bool begun; /* the extract was too large for that: what the writer has is behind a savepoint */
	struct converter converter;
	struct problems problems;
	struct value *values;
	size_t value_capacity;
	size_t *file_columns; /* per column of the plan: position in the file */
	size_t file_column_capacity, file_column_count;
	struct measure *measures;
	size_t measure_capacity;
	struct buf packed, key, raw;
	struct rule_count {
		struct text rule, column_name;
		enum rule_severity severity;
		uint64_t rows;
	} * rule_counts;
	size_t rule_count, rule_capacity;
	bool cut_short; /* the file ends inside a row: absent rows are not ended */
};
struct reader *reader_new(struct intake *intake);
void reader_free(struct reader *reader);
void reader_start(struct reader *reader, struct extract_job *job, const struct plan *plan);
void reader_flush(struct reader *reader);    /* the batch is full: takes an empty one */
void reader_give_all(struct reader *reader); /* behind the last row: the writer gets what it has not */
void reader_drop_all(struct reader *reader); /* the same when the extract is not loaded */
/* One row of the file. */
void rows_take(struct reader *reader, const struct csv_row *row, size_t header_columns);
/* Behind the last row: ends what a full delivery no longer has, leaves the measures in the job. */
void rows_finish(struct reader *reader);
void rows_end_absent(struct reader *reader);

/* header.c: finds the columns of the plan in the header row. STATUS_HELD with what is missing and the nearest name. */
enum status header_map(struct reader *reader, const struct csv_row *header, struct error *error) MUST_CHECK;

#endif
