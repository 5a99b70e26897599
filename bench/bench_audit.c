/* bench_audit FOLDER [ENTRIES] [POSTGRESQL_ADDRESS]: how long the audit takes to verify, with its signed checkpoints,
 * as JSON. A million entries unless told otherwise. */
#include "audit/checkpoint.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static const struct audit_key key = {.bytes = "the key of the benchmark, 32 b."};

static void must(enum status status, const struct error *error)
{
	if (status == STATUS_OK)
		return;
	error_print(error, stderr);
	exit(1);
}

static void ignore(void *context, enum status status, const struct error *error)
{
	(void)context;
	must(status, error);
}

/* Entries as a page makes them, in batches with a checkpoint behind each. */
static void write_entries(struct store *desk, const char *address, const char *folder, int64_t count)
{
	char signing_key[600];
	struct error error;
	struct audit *audit;
	struct audit_checkpoint checkpoint;
	bool made;
	snprintf(signing_key, sizeof signing_key, "%s/audit-signing.key", folder);
	const struct audit_checkpoint_places places = {&key, signing_key, NULL};
	struct audit_entry entry = {.user_name = TEXT("early.help.worker.1"),
				    .role = TEXT("early_help_worker"),
				    .team = TEXT("early_help_north"),
				    .purpose = TEXT("early_help"),
				    .action = TEXT("resident.open"),
				    .subject_kind = TEXT("resident"),
				    .elements =
					    TEXT("full_name date_of_birth address postcode telephone tenure arrears"),
				    .agreements = TEXT("housing_early_help council_tax_early_help"),
				    .outcome = TEXT("allowed")};
	for (int64_t i = 0; i < count;) {
		must(audit_open(&audit, address, &key, &error), &error);
		for (int64_t end = i + AUDIT_CHECKPOINT_ENTRIES; i < end && i < count; i++) {
			entry.subject_id = i * 7919 % 218900 + 1;
			audit_submit(audit, &entry, ignore, NULL);
		}
		audit_close(audit);
		must(audit_checkpoint_make(&made, &checkpoint, desk, &places, &error), &error);
	}
}

static double seconds_used(void)
{
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	struct error error;
	struct arena arena;
	struct store *desk;
	struct audit_checkpoints checkpoints;
	struct audit_signers signers;
	struct audit_verification found;
	int64_t count = 1000000;
	char address[600];
	if (argc < 2 || (argc > 2 && !text_parse_int64(text_of(argv[2]), &count))) {
		fprintf(stderr, "usage: bench_audit FOLDER [ENTRIES] [POSTGRESQL_ADDRESS]\n");
		return 2;
	}
	snprintf(address, sizeof address, "sqlite:%s", argv[1]);
	if (argc > 3)
		snprintf(address, sizeof address, "%s", argv[3]);
	must(store_open(&desk, address, STORE_DESK, STORE_WRITE, &error), &error);
	must(store_migrate(desk, &error), &error);
	write_entries(desk, address, argv[1], count);

	arena_init(&arena, 64 << 20);
	instant started = instant_now();
	double used = seconds_used();
	must(audit_checkpoints_read(&checkpoints, desk, &arena, &error), &error);
	must(audit_signers_read(&signers, desk, &arena, &error), &error);
	must(audit_checkpoints_check(&checkpoints, &signers, &error), &error);
	must(audit_verify_against(desk, &key, &checkpoints, &found, &error), &error);
	used = seconds_used() - used;
	double took = (double)(instant_now() - started) / 1e6;

	struct buf out;
	struct json json;
	buf_init(&out, 1 << 16);
	json_init(&json, &out);
	json_begin_object(&json, NULL);
	json_put_int(&json, "entries", found.entries);
	json_put_int(&json, "checkpoints", (int64_t)checkpoints.count);
	json_put_double(&json, "verify_cpu_seconds", used, 3);
	json_put_double(&json, "verify_seconds", took, 3);
	json_end(&json);
	printf("%.*s\n", TEXT_ARG(buf_text(&out)));
	buf_release(&out);
	arena_release(&arena);
	store_close(desk);
	return 0;
}
