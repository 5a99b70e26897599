/* Loads extracts into a fresh database and says how fast: bench_intake PROFILE INBOX [FOLDER], JSON out.
 *
 * The inbox is copied, so that the files stay; FOLDER (default: a temporary one,
 * removed) gets data.db and the archive.
 */
#include "base/file.h"
#include "intake/intake.h"
#include "profile/profile.h"
#include "store/store.h"
#include "vault/vault.h"

#include <inttypes.h>
#include <sys/resource.h>
#include <unistd.h>

struct bench {
	char folder[256], inbox[512], archive[512], key[512], address[512];
	struct profile *profile;
	struct vault *vault;
	struct store *data;
	struct intake_totals totals;
	double open_seconds, load_seconds, scan_seconds;
	uint64_t scanned;
	bool verbose;
};

static enum status copy_inbox(struct bench *b, const char *from, struct error *error)
{
	char command[2048];
	snprintf(command, sizeof command, "cp -r '%s/.' '%s/'", from, b->inbox);
	return system(command) ? error_set(error, STATUS_IO, "bench.copy", "cp failed") : STATUS_OK;
}

static enum status prepare(struct bench *b, const char *profile, const char *inbox, struct error *error)
{
	snprintf(b->inbox, sizeof b->inbox, "%s/inbox", b->folder);
	snprintf(b->archive, sizeof b->archive, "%s/archive", b->folder);
	snprintf(b->key, sizeof b->key, "%s/master.key", b->folder);
	snprintf(b->address, sizeof b->address, "sqlite:%s", b->folder);
	enum status status = file_make_folder(b->inbox, 0700, error);
	if (status == STATUS_OK)
		status = file_make_folder(b->archive, 0700, error);
	if (status == STATUS_OK && !file_exists(b->key))
		status = vault_create_key(b->key, error);
	if (status == STATUS_OK)
		status = vault_open(&b->vault, b->key, error);
	if (status == STATUS_OK)
		status = profile_load(&b->profile, profile, error);
	if (status == STATUS_OK)
		status = copy_inbox(b, inbox, error);
	if (status == STATUS_OK)
		status = store_open(&b->data, b->address, STORE_DATA, STORE_WRITE, error);
	return status == STATUS_OK ? store_migrate(b->data, error) : status;
}

static void tell(void *context, const struct intake_result *result)
{
	const struct bench *b = context;
	if (b->verbose || result->outcome != EXTRACT_LOADED)
		fprintf(stderr,
			"%-9s %-50s read %8" PRIu64 " loaded %8" PRIu64 " quarantined %4" PRIu64 " %6.2f s  %s\n",
			extract_outcome_name(result->outcome), result->file_name, result->rows_read,
			result->rows_loaded, result->rows_quarantined, result->seconds, result->reason);
}

static enum status load(struct bench *b, struct error *error)
{
	struct intake *intake;
	struct intake_settings settings = {
		.profile = b->profile, .vault = b->vault, .store = b->data, .inbox = b->inbox, .archive = b->archive};
	instant start = instant_now();
	enum status status = intake_open(&intake, &settings, error);
	if (status)
		return status;
	b->open_seconds = (double)(instant_now() - start) / 1e6;
	status = intake_inbox(intake, tell, b, &b->totals, error);
	intake_close(intake);
	b->load_seconds = (double)(instant_now() - start) / 1e6;
	return status;
}

static bool count_rows(void *context, struct vault_block *block)
{
	((struct bench *)context)->scanned += block->count;
	return true;
}

static enum status scan(struct bench *b, struct error *error)
{
	struct vault_scan scan = {.part = VAULT_IDENTITY, .versions = VAULT_NEWEST, .visit = count_rows, .context = b};
	instant start = instant_now();
	enum status status = vault_scan(b->vault, b->data, &scan, error);
	b->scan_seconds = (double)(instant_now() - start) / 1e6;
	return status;
}

int main(int argc, char **argv)
{
	struct bench b = {.verbose = getenv("VERBOSE") != NULL};
	struct error e;
	if (argc < 3)
		return fprintf(stderr, "usage: bench_intake PROFILE INBOX [FOLDER]\n"), 2;
	snprintf(b.folder, sizeof b.folder, "%s", argc > 3 ? argv[3] : "/tmp/bench-intake.XXXXXX");
	if (argc <= 3 && !mkdtemp(b.folder))
		return 1;
	enum status status = prepare(&b, argv[1], argv[2], &e);
	if (status == STATUS_OK)
		status = load(&b, &e);
	if (status == STATUS_OK)
		status = scan(&b, &e);
	if (status)
		return error_print(&e, stderr), 1;
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"benchmark\": \"intake\", \"files\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"rows\": %" PRIu64
	       ", \"rows_loaded\": %" PRIu64 ", \"rows_quarantined\": %" PRIu64
	       ", \"open_seconds\": %.3f, \"seconds\": %.3f, \"rows_per_second\": %.0f, \"sealed_rows_scanned\": "
	       "%" PRIu64 ", \"scan_seconds\": %.3f, \"processor_seconds\": %.2f, \"peak_megabytes\": %ld}\n",
	       b.totals.loaded, b.totals.bytes, b.totals.rows_read, b.totals.rows_loaded, b.totals.rows_quarantined,
	       b.open_seconds, b.load_seconds, (double)b.totals.rows_read / b.load_seconds, b.scanned, b.scan_seconds,
	       (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
	       usage.ru_maxrss / 1024);
	store_close(b.data);
	vault_close(b.vault);
	profile_free(b.profile);
	if (argc <= 3) {
		char command[600];
		snprintf(command, sizeof command, "rm -rf '%s'", b.folder);
		return system(command) != 0;
	}
	return 0;
}
