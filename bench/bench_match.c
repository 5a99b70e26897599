/* The matching engine measured from file to file, on made-up people with known truth: what "oneview match" does.
 *
 *     bench_match --records N [--seed S] --make FOLDER             writes FOLDER/people.csv and truth.csv
 *     bench_match [--threads N] [--rules few|many] FOLDER          reads, links, writes FOLDER/clusters.csv
 *
 * With --rules the blocking rules are pinned, about 2.7 (few) and 21.7 (many) million candidate pairs of a million
 * records, by the settings that it writes to FOLDER/few.yaml or many.yaml: "oneview match --settings" takes them too.
 * Without, the engine chooses. Prints one JSON object: records, pairs, seconds for each part, user and system time,
 * peak memory (of reading, linking and writing; the truth is read after), precision, recall, F1.
 */
#include "base/memory.h"
#include "base/threads.h"
#include "linking/linking.h"
#include "matching/matching.h"
#include "people_made.h"

#include <sys/resource.h>

static const struct {
	const char *name, *settings;
} pinned[] = {
	{"few", "version: 1\n"
		"blocking:\n"
		"  rules:\n"
		"    - {date_of_birth: exact, family_name: exact}\n"
		"    - {date_of_birth: exact, given_name: exact}\n"
		"    - {phone: exact}\n"
		"    - {email: exact}\n"
		"    - {given_name: exact, family_name: exact, address: postcode}\n"
		"    - {family_name: exact, address: postcode}\n"
		"    - {given_name: exact, address: postcode}\n"
		"    - {given_name: exact, family_name: exact, date_of_birth: year}\n"},
	{"many", "version: 1\n"
		 "blocking:\n"
		 "  rules:\n"
		 "    - {date_of_birth: exact}\n"
		 "    - {given_name: sound, family_name: sound, date_of_birth: year}\n"
		 "    - {phone: exact}\n"
		 "    - {email: exact}\n"
		 "    - {address: property}\n"
		 "    - {address: postcode, given_name: sound}\n"
		 "    - {address: postcode, family_name: sound}\n"
		 "    - {family_name: sound, given_name: initial, date_of_birth: year}\n"},
};

static double now(void)
{
	return (double)instant_now() / 1e6;
}

static void print_result(const struct linking_report *report, const struct linking_quality *q, const double at[4],
			 const struct rusage *used, unsigned threads)
{
	printf("{\"records\": %zu, \"threads\": %u, \"pairs\": %llu, \"patterns\": %zu, \"links\": %zu, \"clusters\": "
	       "%zu,\n"
	       " \"seconds\": {\"read\": %.3f, \"block\": %.3f, \"train\": %.3f, \"score\": %.3f, \"cluster\": %.3f, "
	       "\"write\": %.3f, \"total\": %.3f, \"user\": %.3f, \"sys\": %.3f},\n \"peak_mb\": %ld,\n",
	       report->records, threads, (unsigned long long)report->pairs, report->patterns, report->links,
	       report->clusters, at[1] - at[0], report->seconds_block, report->seconds_train, report->seconds_score,
	       report->seconds_cluster, at[3] - at[2], at[3] - at[0],
	       (double)used->ru_utime.tv_sec + (double)used->ru_utime.tv_usec / 1e6,
	       (double)used->ru_stime.tv_sec + (double)used->ru_stime.tv_usec / 1e6, used->ru_maxrss / 1024);
	printf(" \"precision\": %.4f, \"recall\": %.4f, \"f1\": %.4f, \"rules\": [", q->precision, q->recall, q->f1);
	for (size_t r = 0; r < report->rules; r++)
		printf("%s\n  {\"rule\": \"%s\", \"pairs\": %llu, \"oversized\": %llu, \"cut\": %llu}", r ? "," : "",
		       report->rule[r].name, (unsigned long long)report->rule[r].pairs,
		       (unsigned long long)report->rule[r].oversized, (unsigned long long)report->rule[r].cut);
	printf("]}\n");
}

/* Writes the settings of the rules' name to PATH. */
static enum status pin_rules(char path[4096], const char *folder, const char *rules, struct error *error)
{
	for (size_t i = 0; i < sizeof pinned / sizeof *pinned; i++) {
		if (strcmp(rules, pinned[i].name) != 0)
			continue;
		snprintf(path, 4096, "%s/%s.yaml", folder, rules);
		return matching_write_text(path, text_of(pinned[i].settings), error);
	}
	error_set(error, STATUS_INVALID, "bench.rules", "there are no rules \"%s\": few or many", rules);
	return STATUS_INVALID;
}

/* AT: when each part began and the last ended. */
static enum status link_records(struct matching **out, const struct matching_options *options, const char *clusters,
				double at[4], struct error *error)
{
	at[0] = now();
	enum status status = matching_read(out, options, error);
	if (status == STATUS_OK)
		status = matching_run(*out, error);
	if (status != STATUS_OK)
		return status;
	struct matching_summary summary;
	matching_summary(*out, &summary);
	at[1] = at[0] + summary.seconds_read + summary.seconds_prepare;
	at[2] = now();
	status = matching_write_clusters(*out, clusters, error);
	at[3] = now();
	return status;
}

static enum status measure(const char *folder, const char *rules, unsigned threads, struct error *error)
{
	char path[4096], truth[4096], clusters[4096], settings[4096];
	const char *files[] = {path}, *truths[] = {truth};
	snprintf(path, sizeof path, "%s/people.csv", folder);
	snprintf(truth, sizeof truth, "%s/truth.csv", folder);
	snprintf(clusters, sizeof clusters, "%s/clusters.csv", folder);
	struct matching_options options = {.files = files, .file_count = 1, .threads = threads};
	enum status status = rules ? pin_rules(settings, folder, rules, error) : STATUS_OK;
	if (status != STATUS_OK)
		return status;
	options.settings = rules ? settings : NULL;
	struct matching *matching = NULL;
	struct matching_judgement judgement = {0};
	struct rusage used;
	double at[4];
	status = link_records(&matching, &options, clusters, at, error);
	getrusage(RUSAGE_SELF, &used);
	if (status == STATUS_OK)
		status = matching_judge(
			&judgement,
			&(struct matching_truth_options){.clusters = clusters, .truth = truths, .truth_count = 1},
			error);
	if (status == STATUS_OK)
		print_result(linking_run_report(matching_linking(matching)), &judgement.quality, at, &used,
			     threads ? threads : threads_available());
	matching_judgement_release(&judgement);
	matching_free(matching);
	return status;
}

int main(int argc, char **argv)
{
	uint64_t threads = 0, records = 1000000, seed = 1;
	const char *rules = NULL;
	bool make = false;
	int at = 1;
	for (; at < argc && argv[at][0] == '-'; at++) {
		uint64_t *into = strcmp(argv[at], "--threads") == 0   ? &threads
				 : strcmp(argv[at], "--records") == 0 ? &records
				 : strcmp(argv[at], "--seed") == 0    ? &seed
								      : NULL;
		if (strcmp(argv[at], "--make") == 0)
			make = true;
		else if (strcmp(argv[at], "--rules") == 0 && at + 1 < argc)
			rules = argv[++at];
		else if (!into || at + 1 >= argc || !text_parse_uint64(text_of(argv[++at]), into))
			break;
	}
	if (argc - at != 1) {
		fprintf(stderr, "usage: bench_match [--records N] [--seed S] --make FOLDER\n"
				"       bench_match [--threads N] [--rules few|many] FOLDER\n");
		return 1;
	}
	struct error error = {0};
	memory_keep();
	if (!make && measure(argv[at], rules, (unsigned)threads, &error) != STATUS_OK) {
		error_print(&error, stderr);
		return 1;
	}
	if (!make)
		return 0;
	char path[4096], truth[4096];
	snprintf(path, sizeof path, "%s/people.csv", argv[at]);
	snprintf(truth, sizeof truth, "%s/truth.csv", argv[at]);
	if (people_made_write(path, truth, records, seed))
		return 0;
	fprintf(stderr, "bench_match: the files cannot be written in %s\n", argv[at]);
	return 1;
}
