/* What reviewers' decisions are worth, on a workspace whose truth is known.
 *
 *     bench_review WORKSPACE TRUTH DECISIONS [WRONG_IN_A_HUNDRED]
 *
 * A reviewer who knows the truth decides the first DECISIONS questions of the queue, in its order, some of them
 * wrongly; each takes effect at once.  Then a new model is taught by them.  WORKSPACE keeps the decisions: give a copy.
 * Prints one JSON object: how long a decision takes to take effect, pairs wrong and missed before, after the
 * decisions, after a run under them, and under the taught model without them.
 */
#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"
#include "linking/labels.h"
#include "linking/refresh.h"
#include "linking/review.h"
#include "maths/random.h"
#include "reading/reading.h"
#include "runs/runs.h"
#include "runs/workspace.h"
#include "vault/vault.h"

#include <stdlib.h>

struct bench {
	struct workspace *workspace;
	struct vault *vault;
	struct store *data, *desk;
	struct run run;
	struct id_map person; /* hash of a record's end -> person + 1 */
	struct random random;
	const char *truth;
	unsigned wrong_percent;
	size_t same, different;
	double slowest, all;
};

static uint64_t end_key(struct text source, int64_t client)
{
	return hash_mix(text_hash(source) + (uint64_t)client);
}

static enum status read_truth(struct bench *bench, struct error *error)
{
	struct buf file;
	char path[4096], key[200];
	buf_init(&file, (size_t)2 << 30);
	snprintf(path, sizeof path, "%s/records.csv", bench->truth);
	enum status status = file_read(path, &file, error);
	struct text rest = buf_text(&file), line, source, client;
	text_split(&rest, '\n', &line);
	while (status == STATUS_OK && text_split(&rest, '\n', &line)) {
		uint64_t person;
		if (!text_split(&line, ',', &source) || !text_split(&line, ',', &client) ||
		    !text_parse_uint64(text_trim(line), &person))
			continue;
		int len = snprintf(key, sizeof key, "%.*s\x1f%.*s", TEXT_ARG(source), TEXT_ARG(client));
		int64_t hash = vault_hash64(bench->vault, VAULT_CLIENT, text_slice(key, (size_t)len));
		*id_map_put(&bench->person, end_key(source, hash), NULL) = person + 1;
	}
	buf_release(&file);
	return status;
}

static double seconds_since(instant start)
{
	return (double)(instant_now() - start) / 1e6;
}

static uint64_t person_of(const struct bench *bench, const struct ruling_end *end)
{
	const uint64_t *person = id_map_get(&bench->person, end_key(end->source, end->client));
	return person ? *person : 0;
}

/* As the server does it. */
static enum status take_effect(struct bench *bench, struct error *error)
{
	struct rulings rulings;
	struct ruling_change change = {0};
	enum status status = rulings_read(&rulings, bench->desk, bench->data, error);
	if (status != STATUS_OK)
		return status;
	status = store_begin(bench->data, error);
	if (status == STATUS_OK)
		status = store_begin(bench->desk, error);
	if (status == STATUS_OK)
		status = rulings_apply(&change, &rulings, bench->data, bench->desk, bench->vault, bench->run.run_id,
				       error);
	if (status == STATUS_OK)
		status = review_refresh_some(bench->data, bench->workspace->profile, change.residents,
					     change.resident_count, error);
	if (status == STATUS_OK)
		status = store_commit(bench->desk, error);
	if (status == STATUS_OK)
		status = store_commit(bench->data, error);
	free(change.residents);
	rulings_release(&rulings);
	return status;
}

static enum status decide(struct bench *bench, const struct review_item *item, struct arena *arena, struct error *error)
{
	struct ruling ruling = {.user_id = 1,
				.username = TEXT("bench"),
				.weight = item->weight,
				.probability = item->probability,
				.linked = item->resident_a == item->resident_b};
	int64_t id;
	enum status status = ruling_end_of(&ruling.a, bench->data, item->record_a, arena, error);
	if (status == STATUS_OK)
		status = ruling_end_of(&ruling.b, bench->data, item->record_b, arena, error);
	if (status != STATUS_OK)
		return status;
	bool same = person_of(bench, &ruling.a) == person_of(bench, &ruling.b);
	bool wrong = random_below(&bench->random, 100) < bench->wrong_percent;
	ruling.verdict = same != wrong ? RULING_SAME : RULING_DIFFERENT;
	bench->same += ruling.verdict == RULING_SAME;
	bench->different += ruling.verdict == RULING_DIFFERENT;
	instant start = instant_now();
	status = ruling_add(bench->desk, &ruling, &id, error);
	if (status == STATUS_OK)
		status = take_effect(bench, error);
	double took = seconds_since(start);
	bench->all += took;
	bench->slowest = took > bench->slowest ? took : bench->slowest;
	return status;
}

static enum status decide_all(struct bench *bench, size_t decisions, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t n = 0; n < decisions && status == STATUS_OK; n++) {
		struct review_item *items;
		struct arena arena;
		size_t count;
		arena_init(&arena, (size_t)1 << 30);
		status = review_list(&items, &count, bench->data, &arena, error);
		if (status == STATUS_OK && count == 0)
			n = decisions;
		else if (status == STATUS_OK)
			status = decide(bench, &items[0], &arena, error);
		arena_release(&arena);
	}
	return status;
}

static enum status print_quality(struct bench *bench, const char *name, struct error *error)
{
	struct linking_evaluation found;
	enum status status = linking_evaluate_residents(&found, bench->data, bench->vault, bench->truth, error);
	if (status == STATUS_OK)
		printf("  \"%s\": {\"precision\": %.5f, \"recall\": %.5f, \"f1\": %.5f, \"wrong\": %llu, \"missed\": "
		       "%llu},\n",
		       name, found.residents.precision, found.residents.recall, found.residents.f1,
		       (unsigned long long)found.residents.wrong, (unsigned long long)found.residents.missed);
	return status;
}

static enum status link_under(struct bench *bench, const struct rulings *rulings, const char *model,
			      struct error *error)
{
	struct reading *reading;
	struct linking_outcome outcome;
	struct linking_settings settings = {.model = model};
	struct linking_ruling *binding = rulings ? rulings_binding(rulings, &settings.ruling_count) : NULL;
	settings.rulings = binding;
	enum status status = reading_open(&reading, bench->data, bench->vault, bench->workspace->profile, NULL, error);
	if (status == STATUS_OK) {
		status = linking_refresh(reading, bench->run.run_id, &settings, &outcome, error);
		reading_close(reading);
	}
	free(binding);
	return status;
}

static enum status next_run(struct bench *bench, struct error *error)
{
	enum status status = run_end(&bench->run, RUN_FINISHED, "bench", error);
	return status == STATUS_OK ? run_begin(&bench->run, bench->data, "bench", error) : status;
}

static enum status learn(struct bench *bench, struct error *error)
{
	struct rulings rulings;
	struct buf model;
	size_t used = 0;
	enum status status = rulings_read(&rulings, bench->desk, bench->data, error);
	if (status != STATUS_OK)
		return status;
	buf_init(&model, 1 << 22);
	status = next_run(bench, error);
	if (status == STATUS_OK)
		status = link_under(bench, &rulings, NULL, error);
	if (status == STATUS_OK)
		status = print_quality(bench, "run_under_decisions", error);
	instant start = instant_now();
	if (status == STATUS_OK)
		status = labels_retrain(&model, &used, &rulings, bench->data, bench->vault, error);
	printf("  \"labels\": %zu, \"seconds_learn\": %.2f,\n", used, seconds_since(start));
	if (status == STATUS_OK)
		status = next_run(bench, error);
	if (status == STATUS_OK)
		status = link_under(bench, NULL, model.at, error);
	if (status == STATUS_OK)
		status = print_quality(bench, "taught_model_without_decisions", error);
	buf_release(&model);
	rulings_release(&rulings);
	return status;
}

static enum status run_bench(struct bench *bench, const char *folder, size_t decisions, struct error *error)
{
	enum status status = workspace_open(&bench->workspace, folder, error);
	if (status == STATUS_OK)
		status = vault_open(&bench->vault, bench->workspace->paths.master_key, error);
	if (status == STATUS_OK)
		status = workspace_store(bench->workspace, STORE_DATA, STORE_WRITE, &bench->data, error);
	if (status == STATUS_OK)
		status = workspace_store(bench->workspace, STORE_DESK, STORE_WRITE, &bench->desk, error);
	if (status == STATUS_OK)
		status = run_begin(&bench->run, bench->data, "bench", error);
	if (status == STATUS_OK)
		status = read_truth(bench, error);
	printf("{\n");
	if (status == STATUS_OK)
		status = print_quality(bench, "before", error);
	if (status == STATUS_OK)
		status = decide_all(bench, decisions, error);
	if (status != STATUS_OK)
		return status;
	size_t made = bench->same + bench->different;
	printf("  \"decisions\": %zu, \"same\": %zu, \"different\": %zu, \"milliseconds_each\": %.2f, "
	       "\"milliseconds_slowest\": %.2f,\n",
	       made, bench->same, bench->different, made ? bench->all * 1000 / (double)made : 0, bench->slowest * 1000);
	status = print_quality(bench, "after_decisions", error);
	if (status == STATUS_OK)
		status = learn(bench, error);
	printf("  \"wrong_in_a_hundred\": %u\n}\n", bench->wrong_percent);
	return status;
}

int main(int argc, char **argv)
{
	struct bench bench = {0};
	struct error error;
	int64_t decisions = 0, wrong = 0;
	if (argc < 4 || !text_parse_int64(text_of(argv[3]), &decisions) ||
	    (argc > 4 && !text_parse_int64(text_of(argv[4]), &wrong))) {
		fprintf(stderr, "bench_review WORKSPACE TRUTH DECISIONS [WRONG_IN_A_HUNDRED]\n");
		return 2;
	}
	bench.truth = argv[2];
	bench.wrong_percent = (unsigned)wrong;
	id_map_init(&bench.person);
	random_start(&bench.random, 1, 0, 0, 0);
	enum status status = run_bench(&bench, argv[1], (size_t)decisions, &error);
	if (status != STATUS_OK)
		error_print(&error, stderr);
	store_close(bench.data);
	store_close(bench.desk);
	vault_close(bench.vault);
	workspace_close(bench.workspace);
	id_map_release(&bench.person);
	return status != STATUS_OK;
}
