/* Linking measured: on files with known truth, or on generated people.
 *
 *     bench_link [--threads N] FILE.csv[,FILE2.csv] TRUTH.csv      the public sets
 *     bench_link [--threads N] --people N [--seed S]               N people, 5 records each
 *
 * With BENCH_LOOKUPS=N in the environment N more records of generated people are asked for one by one.
 *
 * Prints one JSON object: records, pairs, seconds for each part, peak memory, precision, recall, F1.
 */
#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"
#include "clean/fold.h"
#include "clean/identifiers.h"
#include "clean/names.h"
#include "linking/linking.h"
#include "linking/lookup.h"
#include "maths/random.h"

#include <sys/resource.h>

struct truth {
	uint64_t *people;
	size_t count, capacity;
};

static void add_truth(struct truth *truth, uint64_t person)
{
	ARRAY_GROW(truth->people, truth->count, truth->capacity);
	truth->people[truth->count++] = person;
}

static void time_lookups(const struct linking_run *run, unsigned threads);

static int print_result(struct linking_table *table, const struct truth *truth, unsigned threads, double seconds_read)
{
	struct linking_run *run;
	struct error error;
	struct linking_quality quality;
	struct rusage used;
	if (linking_run_new(&run, table, &(struct linking_settings){.threads = threads}, &error) != STATUS_OK) {
		error_print(&error, stderr);
		return 1;
	}
	const struct linking_report *report = linking_run_report(run);
	uint64_t *clusters = memory_alloc(truth->count + 1, sizeof *clusters);
	for (size_t i = 0; i < truth->count; i++)
		clusters[i] = linking_cluster_of(run, i);
	linking_evaluate(clusters, truth->people, truth->count, &quality);
	getrusage(RUSAGE_SELF, &used);
	printf("{\"records\": %zu, \"pairs\": %llu, \"patterns\": %zu, \"links\": %zu, \"clusters\": %zu,\n"
	       " \"seconds\": {\"read\": %.2f, \"block\": %.2f, \"train\": %.2f, \"score\": %.2f, \"cluster\": %.2f, "
	       "\"total\": %.2f},\n"
	       " \"peak_mb\": %ld, \"one_match_in\": %.0f, \"one_household_pair_in\": %.0f,\n"
	       " \"precision\": %.4f, \"recall\": %.4f, \"f1\": %.4f, \"wrong\": %llu, \"missed\": %llu,\n \"rules\": "
	       "[",
	       report->records, (unsigned long long)report->pairs, report->patterns, report->links, report->clusters,
	       seconds_read, report->seconds_block, report->seconds_train, report->seconds_score,
	       report->seconds_cluster, report->seconds_total, used.ru_maxrss / 1024, report->prior,
	       report->household_prior, quality.precision, quality.recall, quality.f1,
	       (unsigned long long)quality.wrong, (unsigned long long)quality.missed);
	for (size_t r = 0; r < report->rules; r++)
		printf("%s\n  {\"rule\": \"%s\", \"pairs\": %llu, \"oversized\": %llu, \"cut\": %llu}", r ? "," : "",
		       report->rule[r].name, (unsigned long long)report->rule[r].pairs,
		       (unsigned long long)report->rule[r].oversized, (unsigned long long)report->rule[r].cut);
	printf("]}\n");
	if (getenv("BENCH_MODEL")) {
		struct buf model;
		buf_init(&model, 1 << 20);
		linking_model_json(run, &model);
		fprintf(stderr, "%s\n", model.at);
		buf_release(&model);
	}
	if (getenv("BENCH_LOOKUPS"))
		time_lookups(run, threads);
	free(clusters);
	linking_run_free(run);
	return 0;
}

/* ---- files ---------------------------------------------------------------------------------------- */

static const struct {
	const char *header;
	enum linking_kind kind;
} known[] = {
	{"given_name", LINKING_GIVEN},   {"first_name", LINKING_GIVEN},
	{"surname", LINKING_FAMILY},     {"date_of_birth", LINKING_BIRTH},
	{"dob", LINKING_BIRTH},          {"encoding", LINKING_ENCODING},
	{"email", LINKING_EMAIL},        {"soc_sec_id", LINKING_IDENTIFIER},
	{"street_number", LINKING_TEXT}, {"address_1", LINKING_TEXT},
	{"address_2", LINKING_TEXT},     {"suburb", LINKING_TEXT},
	{"postcode", LINKING_TEXT},      {"state", LINKING_TEXT},
	{"city", LINKING_TEXT},
};

static struct text take_line(struct text *rest)
{
	struct text line = TEXT_ABSENT;
	while (rest->len > 0 && line.len == 0) {
		text_split(rest, '\n', &line);
		line = text_trim(line);
	}
	return line;
}

static void add_field(struct linking_table *table, size_t column, enum linking_kind kind, struct text value)
{
	char out[192];
	struct text folded;
	if (kind == LINKING_BIRTH) {
		date d;
		if (date_parse(value, value.len == 8 ? "YYYYMMDD" : "YYYY-MM-DD", 2030, &d))
			linking_table_add_value(table, column, text_of(date_format_iso(d, out)));
		return;
	}
	if (kind == LINKING_EMAIL) {
		if (clean_email(out, value))
			linking_table_add_value(table, column, text_of(out));
		return;
	}
	if (kind == LINKING_ENCODING) {
		linking_table_add_value(table, column, value);
		return;
	}
	folded = text_slice(out, clean_fold(out, sizeof out, value));
	linking_table_add_value(table, column, folded);
}

static bool read_csv(struct linking_table **table, struct text_map *records, const char *path)
{
	struct buf content;
	struct error error;
	buf_init(&content, 1 << 30);
	if (file_read(path, &content, &error) != STATUS_OK) {
		error_print(&error, stderr);
		return false;
	}
	struct text rest = buf_text(&content), header = take_line(&rest), field;
	struct linking_column columns[LINKING_COLUMNS];
	int column_of[64];
	size_t fields = 0, count = 0;
	while (fields < 64 && text_split(&header, ',', &field)) {
		column_of[fields] = -1;
		for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
			if (text_is(field, known[k].header)) {
				columns[count] = (struct linking_column){known[k].header, known[k].kind};
				column_of[fields] = (int)count++;
			}
		}
		fields++;
	}
	if (!*table)
		*table = linking_table_new(columns, count);
	for (struct text line = take_line(&rest); line.len > 0; line = take_line(&rest)) {
		size_t n = 0;
		linking_table_add_record(*table, (int64_t)records->count);
		while (text_split(&line, ',', &field)) {
			if (n == 0)
				*text_map_put(records, field, NULL) = linking_table_count(*table) - 1;
			else if (column_of[n] >= 0)
				add_field(*table, (size_t)column_of[n], columns[column_of[n]].kind, text_trim(field));
			n++;
		}
	}
	buf_release(&content);
	return true;
}

static bool read_truth(struct truth *truth, const struct text_map *records, const char *path)
{
	struct buf content;
	struct error error;
	buf_init(&content, 1 << 30);
	if (file_read(path, &content, &error) != STATUS_OK) {
		error_print(&error, stderr);
		return false;
	}
	struct text_map people;
	text_map_init(&people);
	struct text rest = buf_text(&content), line = take_line(&rest);
	truth->people = memory_alloc(records->count + 1, sizeof *truth->people);
	truth->count = records->count;
	for (line = take_line(&rest); line.len > 0; line = take_line(&rest)) {
		struct text file, id;
		text_split(&line, ',', &file);
		text_split(&line, ',', &id);
		uint64_t *record = text_map_get(records, id);
		bool is_new;
		uint64_t *person = text_map_put(&people, line, &is_new);
		if (is_new)
			*person = people.count;
		if (record)
			truth->people[*record] = *person;
	}
	text_map_release(&people);
	buf_release(&content);
	return true;
}

static int link_files(const char *files, const char *truth_file, unsigned threads)
{
	struct linking_table *table = NULL;
	struct text_map records;
	struct truth truth = {0};
	struct text rest = text_of(files), file;
	text_map_init(&records);
	while (text_split(&rest, ',', &file)) {
		char path[512];
		snprintf(path, sizeof path, "%.*s", TEXT_ARG(file));
		if (!read_csv(&table, &records, path))
			return 1;
	}
	if (!read_truth(&truth, &records, truth_file))
		return 1;
	int code = print_result(table, &truth, threads, 0);
	free(truth.people);
	text_map_release(&records);
	return code;
}

/* ---- generated people --------------------------------------------------------------------------------- */

enum { G_GIVEN, G_MIDDLE, G_FAMILY, G_BIRTH, G_SEX, G_PLACE, G_PHONE, G_EMAIL, G_NHS };

/* A name that nobody has, from syllables: number 0 is the commonest. */
static struct text made_name(char *out, size_t cap, uint32_t number)
{
	static const char *const syllables[] = {"ka", "ro",  "mi",  "lan", "te",  "sha", "bor",  "ne",
						"vi", "dan", "go",  "pri", "su",  "mer", "ha",   "jo",
						"el", "fa",  "win", "ti",  "ock", "ru",  "stan", "ley"};
	size_t len = 0;
	uint64_t bits = hash_mix(number + 1);
	out[0] = '\0';
	for (uint32_t n = 2 + number % 3; n > 0; n--, bits >>= 5)
		len += (size_t)snprintf(out + len, cap - len, "%s", syllables[bits % 24]);
	return text_slice(out, len);
}

static void misspell(char *name, struct random *r)
{
	size_t len = strlen(name);
	if (len < 4)
		return;
	size_t at = random_below(r, (uint32_t)len - 1);
	char c = name[at];
	if (random_chance(r, 0.5)) {
		name[at] = name[at + 1];
		name[at + 1] = c;
	} else {
		name[at] = (char)('a' + random_below(r, 26));
	}
}

static void add_person_record(struct linking_table *table, uint32_t person, unsigned n, uint64_t seed)
{
	struct random p, r;
	char out[LINKING_PLACE_SIZE], name[64];
	uint32_t household = person * 2 / 5, position = person - (household * 5 + 1) / 2;
	random_start(&p, seed, 1, person, 0);
	random_start(&r, seed, 2, person, n + 1);
	linking_table_add_record(table, (int64_t)person * 8 + n);
	made_name(name, sizeof name, random_zipf(&p, 20000, 0.9));
	if (random_chance(&r, 0.03))
		misspell(name, &r);
	if (random_chance(&r, 0.03))
		name[1] = '\0';
	linking_table_add_value(table, G_GIVEN, text_of(name));
	struct random h;
	random_start(&h, seed, 3, household, 0);
	uint32_t family = random_zipf(&h, 60000, 0.8);
	if (position > 0 && random_chance(&p, 0.2))
		family = random_zipf(&p, 60000, 0.8);
	if (random_chance(&r, 0.02))
		family = random_zipf(&p, 60000, 0.8);
	made_name(name, sizeof name, family);
	if (random_chance(&r, 0.03))
		misspell(name, &r);
	linking_table_add_value(table, G_FAMILY, text_of(name));
	date birth = date_of(1930, 1, 1) + (date)random_below(&p, 365 * 90);
	struct ymd d = date_ymd(birth);
	if (random_chance(&r, 0.01) && d.day <= 12)
		birth = date_of(d.year, d.day, d.month);
	if (random_chance(&r, 0.01))
		birth = date_of(d.year, 1, 1);
	if (random_chance(&r, 0.95))
		linking_table_add_value(table, G_BIRTH, text_of(date_format_iso(birth, out)));
	linking_table_add_value(table, G_SEX, random_chance(&p, 0.5) ? TEXT("1") : TEXT("2"));
	bool moved = random_chance(&r, 0.2);
	uint32_t home = moved ? random_below(&r, 1 << 20) % (household + 7) : household;
	char postcode[12];
	snprintf(postcode, sizeof postcode, "EM%u %u%c%c", home / 9000 % 20, home / 900 % 10,
		 'A' + (int)(home / 30 % 20), 'A' + (int)(home / 600 % 20));
	linking_table_add_value(table, G_PLACE, linking_place_value(out, home + 1, text_of(postcode), TEXT_ABSENT));
	if (random_chance(&r, 0.6)) {
		snprintf(out, sizeof out, "+4479%08u",
			 (unsigned)(hash_mix(random_chance(&r, 0.25) ? household : person + UINT64_C(1) * 4000000000) %
				    100000000));
		linking_table_add_value(table, G_PHONE, text_of(out));
	}
	if (random_chance(&r, 0.3)) {
		snprintf(out, sizeof out, "%llu", (unsigned long long)hash_mix(person));
		linking_table_add_value(table, G_NHS, text_slice(out, 10));
	}
}

static const struct linking_column generated[] = {
	{"given_name", LINKING_GIVEN},
	{"middle_names", LINKING_MIDDLE},
	{"family_name", LINKING_FAMILY},
	{"date_of_birth", LINKING_BIRTH},
	{"sex", LINKING_SEX},
	{"place", LINKING_PLACE},
	{"phone", LINKING_PHONE},
	{"email", LINKING_EMAIL},
	{"nhs_number", LINKING_NHS},
};
enum { GENERATED = sizeof generated / sizeof *generated };

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* Records of the generated people that the run has not seen. Right: the likeliest is of the same person. */
static void time_lookups(const struct linking_run *run, unsigned threads)
{
	uint32_t count = (uint32_t)strtoul(getenv("BENCH_LOOKUPS"), NULL, 10);
	uint32_t people = (uint32_t)(linking_run_report(run)->records / 5);
	double *took = memory_alloc(count + 1, sizeof *took);
	size_t found = 0;
	instant start = instant_now();
	struct linking_lookup *lookup = linking_lookup_new(run, threads);
	double made = (double)(instant_now() - start) / 1e6;
	for (uint32_t i = 0; i < count && people > 0; i++) {
		struct linking_match best[8];
		struct linking_table *record = linking_table_new(generated, GENERATED);
		add_person_record(record, (uint32_t)(hash_mix(i + 1) % people), 9, 1);
		start = instant_now();
		found += linking_match_one(lookup, record, 0.7, best, 8) > 0;
		took[i] = (double)(instant_now() - start) / 1e3;
		linking_table_free(record);
	}
	qsort(took, count, sizeof *took, compare_doubles);
	printf("{\"lookups\": %u, \"found\": %zu, \"index_seconds\": %.2f, \"median_ms\": %.3f, \"p99_ms\": "
	       "%.3f, \"most_ms\": %.3f}\n",
	       count, found, made, took[count / 2], took[count * 99 / 100], took[count - 1]);
	linking_lookup_free(lookup);
	free(took);
}

static int link_generated(uint32_t people, uint64_t seed, unsigned threads)
{
	struct linking_table *table = linking_table_new(generated, GENERATED);
	struct truth truth = {0};
	instant start = instant_now();
	for (uint32_t person = 0; person < people; person++) {
		for (unsigned n = 0; n < 2 + person % 7; n++) {
			add_person_record(table, person, n, seed);
			add_truth(&truth, person + 1);
		}
	}
	int code = print_result(table, &truth, threads, (double)(instant_now() - start) / 1e6);
	free(truth.people);
	return code;
}

int main(int argc, char **argv)
{
	uint64_t threads = 0, people = 0, seed = 1;
	int at = 1;
	for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
		uint64_t *into = strcmp(argv[at], "--threads") == 0  ? &threads
				 : strcmp(argv[at], "--people") == 0 ? &people
				 : strcmp(argv[at], "--seed") == 0   ? &seed
								     : NULL;
		if (!into || !text_parse_uint64(text_of(argv[at + 1]), into)) {
			fprintf(stderr, "bench_link: unknown option or number: %s\n", argv[at]);
			return 1;
		}
	}
	if (people > 0)
		return link_generated((uint32_t)people, seed, (unsigned)threads);
	if (argc - at == 2)
		return link_files(argv[at], argv[at + 1], (unsigned)threads);
	fprintf(stderr, "usage: bench_link [--threads N] FILE.csv[,FILE2.csv] TRUTH.csv | --people N [--seed S]\n");
	return 1;
}
