/* Opening residents through the door, over the data of a workspace: how long a look takes without
 * the commit of its audit entry. Prints JSON. The entries are real: use a copy.
 *
 *     build/bench/bench_door WORKSPACE [ROLE PURPOSE [QUERY]]
 */
#include "base/json.h"
#include "base/memory.h"
#include "runs/workspace.h"
#include "vault/disclosure.h"
#include "vault/vault.h"
#include "view/view.h"

#include <stdatomic.h>
#include <unistd.h>

static atomic_uint_fast64_t durable;

static void done(void *context, enum status status, const struct error *error)
{
	(void)context;
	(void)error;
	atomic_fetch_add(&durable, status == STATUS_OK);
}

static int compare_times(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;
	return (*a > *b) - (*a < *b);
}

static void put_times(struct json *json, const char *name, int64_t *times, size_t count)
{
	int64_t sum = 0;
	if (count == 0)
		return;
	qsort(times, count, sizeof *times, compare_times);
	for (size_t i = 0; i < count; i++)
		sum += times[i];
	json_begin_object(json, name);
	json_put_int(json, "count", (int64_t)count);
	json_put_double(json, "mean_us", (double)sum / (double)count, 1);
	json_put_int(json, "median_us", times[count / 2]);
	json_put_int(json, "p99_us", times[count * 99 / 100]);
	json_end(json);
}

static int fail(const struct error *error)
{
	error_print(error, stderr);
	return 1;
}

static size_t read_residents(struct workspace *workspace, int64_t **ids, struct error *error)
{
	struct store *data;
	struct statement *s;
	size_t count = 0, capacity = 0;
	bool row;
	if (workspace_store(workspace, STORE_DATA, STORE_READ, &data, error))
		return 0;
	if (store_prepare(&s, data, "SELECT DISTINCT resident_id FROM resident_record LIMIT 3000", error) ==
	    STATUS_OK) {
		while (statement_step(s, &row, error) == STATUS_OK && row) {
			ARRAY_GROW(*ids, count, capacity);
			(*ids)[count++] = statement_int(s, statement_column(s, "resident_id"));
		}
		statement_done(s);
	}
	store_close(data);
	return count;
}

struct bench {
	struct disclosure *door;
	const struct profile *profile;
	struct viewer viewer;
	struct json *json;
};

static void open_all(struct bench *b, const int64_t *ids, size_t count)
{
	int64_t *opened = memory_alloc(count + 1, sizeof *opened), *viewed = memory_alloc(count + 1, sizeof *viewed);
	size_t rows = 0, records = 0, values = 0, answered = 0;
	struct error error;
	for (size_t i = 0; i < count; i++) {
		struct arena arena;
		struct disclosure_resident answer;
		struct view_resident view;
		struct disclosure_question question = {.viewer = &b->viewer, .subject_id = ids[i], .on = DATE_UNKNOWN};
		arena_init(&arena, 256 << 20);
		instant start = instant_now();
		if (disclosure_open_resident(&answer, b->door, &question, &arena, &error) == STATUS_OK) {
			opened[answered] = instant_now() - start;
			start = instant_now();
			view_resident(&view, b->profile, &answer, INSTANT_UNKNOWN, date_today(), &arena);
			viewed[answered++] = instant_now() - start;
			disclosure_when_durable(answer.ticket, done, NULL);
			rows += answer.row_count;
			records += answer.record_count;
			for (size_t r = 0; r < answer.row_count; r++)
				values += answer.rows[r].value_count;
		}
		arena_release(&arena);
	}
	json_put_int(b->json, "records", (int64_t)records);
	json_put_int(b->json, "rows", (int64_t)rows);
	json_put_int(b->json, "values", (int64_t)values);
	put_times(b->json, "open", opened, answered);
	put_times(b->json, "view", viewed, answered);
	free(opened);
	free(viewed);
}

static void find_many(struct bench *b, const char *query)
{
	enum { ASKED = 50 };
	int64_t times[ASKED];
	size_t total = 0;
	struct error error;
	for (int i = 0; i < ASKED; i++) {
		struct arena arena;
		struct disclosure_finding finding;
		struct disclosure_search search = {.query = text_of(query), .viewer = &b->viewer, .on = DATE_UNKNOWN};
		arena_init(&arena, 256 << 20);
		instant start = instant_now();
		if (disclosure_find(&finding, b->door, &search, &arena, &error) == STATUS_OK) {
			disclosure_when_durable(finding.ticket, done, NULL);
			total = finding.total;
		}
		times[i] = instant_now() - start;
		arena_release(&arena);
	}
	json_put_int(b->json, "found", (int64_t)total);
	put_times(b->json, "find", times, ASKED);
}

static enum status open_parts(struct workspace *workspace, struct disclosure_parts *parts, struct error *error)
{
	struct store *data = NULL, *desk = NULL;
	struct vault *vault = NULL;
	enum status status = vault_open(&vault, workspace->paths.master_key, error);
	parts->profile = workspace->profile;
	parts->vault = vault;
	if (!status)
		status = policy_open(&parts->policy, workspace->profile, error);
	if (!status)
		status = workspace_store(workspace, STORE_DATA, STORE_READ, &data, error);
	if (!status)
		status = workspace_store(workspace, STORE_DESK, STORE_WRITE, &desk, error);
	if (!status)
		status = policy_load(parts->policy, data, desk, error);
	store_close(data);
	store_close(desk);
	if (!status)
		status = workspace_audit(workspace, &parts->audit, error);
	if (!status)
		status = store_pool_open(&parts->data, workspace->address, STORE_DATA, STORE_READ, 2, error);
	return status;
}

int main(int argc, char **argv)
{
	struct error error = {0};
	struct workspace *workspace;
	struct disclosure_parts parts = {0};
	struct bench b = {0};
	if (argc < 2 || workspace_open(&workspace, argv[1], &error) || open_parts(workspace, &parts, &error) ||
	    disclosure_open_door(&b.door, &parts, &error) || disclosure_refresh(b.door, NULL, &error))
		return fail(&error);
	b.profile = workspace->profile;
	b.viewer = (struct viewer){
		.username = TEXT("bench"),
		.role = profile_role(workspace->profile, text_of(argc > 3 ? argv[2] : "social_worker")),
		.purpose = profile_purpose(workspace->profile, text_of(argc > 3 ? argv[3] : "safeguarding"))};
	int64_t *ids = NULL;
	size_t count = read_residents(workspace, &ids, &error);
	struct buf out;
	struct json json;
	buf_init(&out, 1 << 20);
	json_init(&json, &out);
	b.json = &json;
	json_begin_object(&json, NULL);
	struct disclosure_numbers numbers;
	disclosure_numbers(b.door, &numbers);
	json_put_int(&json, "residents", (int64_t)numbers.residents);
	json_put_int(&json, "index_bytes", (int64_t)numbers.index_bytes);
	json_put_int(&json, "index_build_ms", numbers.build_microseconds / 1000);
	open_all(&b, ids, count);
	find_many(&b, argc > 4 ? argv[4] : "Sarah Smith 12/03/1985");
	json_end(&json);
	puts(out.at);
	buf_release(&out);
	free(ids);
	disclosure_close_door(b.door);
	audit_close(parts.audit);
	return 0;
}
