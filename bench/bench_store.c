/* bench_store FOLDER [POSTGRESQL_ADDRESS]: the store, the audit and sessions, as JSON.
 *
 * FOLDER should be on the disk that the workspace will be on: the audit waits for it. */
#include "audit/audit.h"
#include "base/json.h"
#include "policy/account.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { ROWS = 1000000, READS = 100000, ENTRIES = 20000, SUBMITTERS = 4, APPENDS = 200 };

static struct error error;

static void need(enum status status)
{
	if (status) {
		error_print(&error, stderr);
		exit(1);
	}
}

static double seconds_since(instant start)
{
	return (double)(instant_now() - start) / 1e6;
}

static void bulk_insert(struct store *data, struct json *out)
{
	struct bulk *bulk;
	need(store_define(data, "CREATE TABLE bench (id ID PRIMARY KEY, a INT, b INT, name TEXT)", &error));
	instant start = instant_now();
	need(store_bulk_begin(&bulk, data, "bench", "id, a, b, name", &error));
	for (int64_t i = 1; i <= ROWS; i++) {
		bulk_int(bulk, i);
		bulk_int(bulk, i * 7);
		bulk_int(bulk, i % 100);
		bulk_text(bulk, TEXT("a short text"));
		need(bulk_row(bulk, &error));
	}
	need(bulk_end(bulk, &error));
	json_put_double(out, "bulk_rows_per_second", ROWS / seconds_since(start), 0);
}

static void point_reads(struct store *data, struct json *out)
{
	struct statement *query;
	int64_t sum = 0;
	instant start = instant_now();
	for (int64_t i = 1; i <= READS; i++) {
		bool row;
		need(store_prepare(&query, data, "SELECT a, name FROM bench WHERE id = :id", &error));
		statement_bind_int(query, "id", i * 7919 % ROWS + 1);
		int a = statement_column(query, "a");
		need(statement_step(query, &row, &error));
		sum += statement_int(query, a);
		statement_done(query);
	}
	json_put_double(out, "point_read_microseconds", seconds_since(start) * 1e6 / READS, 2);
	json_put_bool(out, "checked", sum > 0);
}

static void full_scan(struct store *data, struct json *out)
{
	struct statement *query;
	bool row;
	int64_t sum = 0;
	instant start = instant_now();
	need(store_prepare(&query, data, "SELECT id, name FROM bench ORDER BY id", &error));
	statement_stream(query);
	int id = statement_column(query, "id"), name = statement_column(query, "name");
	while (statement_step(query, &row, &error) == STATUS_OK && row)
		sum += statement_int(query, id) + (int64_t)statement_text(query, name).len;
	statement_done(query);
	json_put_double(out, "streamed_rows_per_second", ROWS / seconds_since(start), 0);
}

static void updates(struct store *data, struct json *out)
{
	struct statement *update;
	instant start = instant_now();
	need(store_begin(data, &error));
	need(store_prepare(&update, data, "UPDATE bench SET b = :b WHERE id = :id", &error));
	for (int64_t i = 1; i <= READS; i++) {
		statement_bind_int(update, "b", i);
		statement_bind_int(update, "id", i * 7919 % ROWS + 1);
		need(statement_queue(update, &error));
	}
	statement_done(update);
	need(store_commit(data, &error));
	json_put_double(out, "queued_updates_per_second", READS / seconds_since(start), 0);
}

static const struct audit_entry entry = {
	.user_name = {"worker.one", 10},
	.role = {"early_help_worker", 17},
	.purpose = {"early_help", 10},
	.action = {"resident.open", 13},
	.subject_kind = {"resident", 8},
	.subject_id = 1234567890123456789,
	.elements = {"full_name date_of_birth address_line_1 postcode tenure balance", 62},
	.agreements = {"housing_sharing council_tax_sharing", 35},
	.outcome = {"allowed", 7},
};

static void count_durable(void *context, enum status status, const struct error *cause)
{
	(void)cause;
	if (status == STATUS_OK)
		atomic_fetch_add((atomic_int *)context, 1);
}

struct submitter {
	struct audit *audit;
	atomic_int *durable;
};

static void *submit(void *context)
{
	struct submitter *submitter = context;
	for (int i = 0; i < ENTRIES / SUBMITTERS; i++)
		audit_submit(submitter->audit, &entry, count_durable, submitter->durable);
	return NULL;
}

static void audit_speed(const char *address, struct json *out)
{
	static const struct audit_key key = {.bytes = "the key of the benchmark, 32 b."};
	struct audit *audit;
	atomic_int durable = 0;
	need(audit_open(&audit, address, &key, &error));
	instant start = instant_now();
	for (int i = 0; i < APPENDS; i++)
		need(audit_append(audit, &entry, &error));
	json_put_double(out, "audit_one_at_a_time_per_second", APPENDS / seconds_since(start), 0);
	struct submitter submitter = {audit, &durable};
	pthread_t threads[SUBMITTERS];
	start = instant_now();
	for (int i = 0; i < SUBMITTERS; i++)
		pthread_create(&threads[i], NULL, submit, &submitter);
	for (int i = 0; i < SUBMITTERS; i++)
		pthread_join(threads[i], NULL);
	audit_close(audit);
	json_put_double(out, "audit_grouped_per_second", durable / seconds_since(start), 0);
}

/* ---- how long a page waits for its entry, at a steady rate ---------------------------------------- */

enum { PACED_PER_SECOND = 1000, PACED_SECONDS = 5, PACED = PACED_PER_SECOND * PACED_SECONDS };

struct wait {
	instant started;
	int64_t took;
};

static void note_wait(void *context, enum status status, const struct error *cause)
{
	struct wait *wait = context;
	(void)cause;
	wait->took = status == STATUS_OK ? instant_now() - wait->started : INT64_MAX;
}

static int compare_waits(const void *a, const void *b)
{
	int64_t x = ((const struct wait *)a)->took, y = ((const struct wait *)b)->took;
	return (x > y) - (x < y);
}

static void paced(const char *address, struct json *out)
{
	static const struct audit_key key = {.bytes = "the key of the benchmark, 32 b."};
	static struct wait waits[PACED];
	struct audit *audit;
	need(audit_open(&audit, address, &key, &error));
	instant start = instant_now();
	for (int i = 0; i < PACED; i++) {
		instant due = start + i * INT64_C(1000000) / PACED_PER_SECOND;
		while (instant_now() < due)
			usleep(100);
		waits[i].started = instant_now();
		audit_submit(audit, &entry, note_wait, &waits[i]);
	}
	audit_close(audit);
	qsort(waits, PACED, sizeof *waits, compare_waits);
	json_put_double(out, "audit_at_1000_a_second_p50_ms", (double)waits[PACED / 2].took / 1e3, 2);
	json_put_double(out, "audit_at_1000_a_second_p99_ms", (double)waits[PACED * 99 / 100].took / 1e3, 2);
	json_put_double(out, "audit_at_1000_a_second_longest_ms", (double)waits[PACED - 1].took / 1e3, 2);
}

static void verify_speed(const char *address, struct json *out)
{
	static const struct audit_key key = {.bytes = "the key of the benchmark, 32 b."};
	struct audit_verification found;
	struct store *desk;
	need(store_open(&desk, address, STORE_DESK, STORE_READ, &error));
	instant start = instant_now();
	need(audit_verify(desk, &key, &found, &error));
	json_put_double(out, "audit_verified_per_second", (double)found.entries / seconds_since(start), 0);
	store_close(desk);
}

static void session_speed(struct store *desk, struct json *out)
{
	char token[SESSION_TOKEN_SIZE];
	struct account account = {
		.username = TEXT("worker"), .display_name = TEXT("Worker"), .role = TEXT("early_help_worker")};
	struct session session;
	struct arena arena;
	int64_t user_id;
	arena_init(&arena, 1 << 20);
	instant start = instant_now();
	need(account_create(desk, &account, TEXT("a password of a benchmark"), &user_id, &error));
	json_put_double(out, "password_hash_milliseconds", seconds_since(start) * 1e3, 1);
	need(session_start(desk, user_id, token, &error));
	start = instant_now();
	for (int i = 0; i < READS; i++) {
		need(session_find(desk, text_of(token), NULL, &arena, &session, &error));
		arena_reset(&arena);
	}
	json_put_double(out, "session_find_microseconds", seconds_since(start) * 1e6 / READS, 2);
	arena_release(&arena);
}

static void run(const char *name, const char *address, struct json *out)
{
	struct store *data, *desk;
	need(store_open(&data, address, STORE_DATA, STORE_WRITE, &error));
	need(store_migrate(data, &error));
	need(store_open(&desk, address, STORE_DESK, STORE_WRITE, &error));
	need(store_migrate(desk, &error));
	json_begin_object(out, name);
	bulk_insert(data, out);
	point_reads(data, out);
	full_scan(data, out);
	updates(data, out);
	audit_speed(address, out);
	paced(address, out);
	verify_speed(address, out);
	session_speed(desk, out);
	json_end(out);
	store_close(data);
	store_close(desk);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "bench_store FOLDER [POSTGRESQL_ADDRESS]\n");
		return 2;
	}
	char folder[300], address[320];
	snprintf(folder, sizeof folder, "%s/bench-store.XXXXXX", argv[1]);
	if (!mkdtemp(folder))
		return perror(argv[1]), 1;
	snprintf(address, sizeof address, "sqlite:%s", folder);
	struct buf text;
	struct json out;
	buf_init(&text, 1 << 16);
	json_init(&out, &text);
	out.pretty = true;
	json_begin_object(&out, NULL);
	run("sqlite", address, &out);
	if (argc > 2)
		run("postgresql", argv[2], &out);
	json_end(&out);
	puts(text.at);
	buf_release(&text);
	return 0;
}
