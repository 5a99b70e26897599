/* The matching engine measured from file to file, on made-up people with known truth.
 *
 *     bench_match --records N [--seed S] --make FOLDER             writes FOLDER/people.csv and truth.csv
 *     bench_match [--threads N] [--rules few|many] FOLDER          reads, links, writes FOLDER/clusters.csv
 *
 * With --rules the blocking rules are pinned, about 2.7 (few) and 21.7 (many) million candidate pairs of a million
 * records; without, the engine chooses. Prints one JSON object: records, pairs, seconds for each part, user and system
 * time, peak memory (of reading, linking and writing; the truth is read after), precision, recall, F1.
 */
#include "base/buf.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/threads.h"
#include "clean/fold.h"
#include "clean/identifiers.h"
#include "clean/names.h"
#include "clean/postcode.h"
#include "intake/csv_columns.h"
#include "linking/linking.h"
#include "people_made.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { GIVEN, FAMILY, BIRTH, SEX, PLACE, PHONE, EMAIL, COLUMNS };
static const struct linking_column columns[COLUMNS] = {
	{"first_name", LINKING_GIVEN}, {"surname", LINKING_FAMILY}, {"dob", LINKING_BIRTH},   {"sex", LINKING_SEX},
	{"place", LINKING_PLACE},      {"phone", LINKING_PHONE},    {"email", LINKING_EMAIL},
};

static const struct csv_format plain = {.delimiter = ',', .quote = '"', .encoding = CSV_UTF_8};

static double now(void)
{
	return (double)instant_now() / 1e6;
}

/* ---- cleaning: each value once, in parallel --------------------------------------------------------------- */

enum { CLEAN_CHUNK = 1 << 14 };
typedef size_t clean_one(char out[LINKING_PLACE_SIZE], struct text in);

static size_t clean_name_word(char out[LINKING_PLACE_SIZE], struct text in)
{
	return clean_fold(out, NAME_SIZE, in);
}

static size_t clean_birth_date(char out[LINKING_PLACE_SIZE], struct text in)
{
	date d;
	if (!date_parse_iso(in, &d))
		return 0;
	memcpy(out, in.at, in.len);
	return in.len;
}

static size_t clean_sex_digit(char out[LINKING_PLACE_SIZE], struct text in)
{
	enum sex sex = clean_sex(in);
	out[0] = sex == SEX_MALE ? '1' : '2';
	return sex == SEX_MALE || sex == SEX_FEMALE;
}

static size_t clean_phone_number(char out[LINKING_PLACE_SIZE], struct text in)
{
	return clean_phone(out, in) ? strlen(out) : 0;
}

static size_t clean_email_address(char out[LINKING_PLACE_SIZE], struct text in)
{
	return clean_email(out, in) ? strlen(out) : 0;
}

static size_t clean_postcode_unit(char out[LINKING_PLACE_SIZE], struct text in)
{
	struct postcode postcode;
	if (!clean_postcode(&postcode, in))
		return 0;
	size_t len = strlen(postcode.unit);
	memcpy(out, postcode.unit, len);
	return len;
}

struct cleaning {
	const struct values *from;
	clean_one *clean;
	struct text *out;
	struct arena *arenas; /* by chunk */
};

static void clean_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct cleaning *job = context;
	char out[LINKING_PLACE_SIZE];
	(void)thread;
	struct arena *arena = &job->arenas[chunk];
	arena_init(arena, SIZE_MAX / 2);
	char *room = NULL;
	size_t left = 0;
	for (size_t i = first; i < end; i++) {
		size_t len = job->clean(out, job->from->keys[i]);
		if (left < len)
			room = arena_alloc(arena, left = 1 << 16);
		memcpy(room, out, len);
		job->out[i] = text_slice(room, len);
		room += len;
		left -= len;
	}
}

static void cleaning_make(struct cleaning *job, const struct values *from, clean_one *clean, unsigned threads)
{
	*job = (struct cleaning){.from = from, .clean = clean};
	job->out = memory_alloc(from->count + 1, sizeof *job->out);
	job->arenas = memory_alloc(from->count / CLEAN_CHUNK + 1, sizeof *job->arenas);
	parallel_for(from->count, CLEAN_CHUNK, threads, clean_chunk, job);
}

static void cleaning_release(struct cleaning *job)
{
	for (size_t i = 0; i * CLEAN_CHUNK < job->from->count; i++)
		arena_release(&job->arenas[i]);
	free(job->arenas);
	free(job->out);
}

/* ---- places: postcode and address of each row --------------------------------------------------------------- */

struct placing {
	const struct csv_column *postcodes, *addresses;
	const struct text *clean_postcodes, *clean_addresses;
	struct text *out;
	uint32_t *codes;
	struct arena *arenas;
};

static void place_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct placing *job = context;
	char out[LINKING_PLACE_SIZE];
	(void)thread;
	arena_init(&job->arenas[chunk], SIZE_MAX / 2);
	char *room = NULL;
	size_t left = 0;
	for (size_t i = first; i < end; i++) {
		uint32_t p = job->postcodes->codes[i], a = job->addresses->codes[i];
		struct text place = linking_place_value(out, 0, p ? job->clean_postcodes[p - 1] : TEXT_ABSENT,
							a ? job->clean_addresses[a - 1] : TEXT_ABSENT);
		if (left < place.len)
			room = arena_alloc(&job->arenas[chunk], left = 1 << 16);
		if (place.len > 0)
			memcpy(room, place.at, place.len);
		job->out[i] = text_slice(room, place.len);
		job->codes[i] = (uint32_t)i + 1;
		room += place.len;
		left -= place.len;
	}
}

/* ---- from the file to the table -------------------------------------------------------------------------------- */

/* As many columns at a time as fit memory: each is given back as soon as the table has it. */
static struct linking_table *fill_table(struct csv_columns *file, unsigned threads)
{
	static const struct {
		size_t column, field;
		clean_one *clean;
	} simple[] = {{GIVEN, 1, clean_name_word}, {FAMILY, 2, clean_name_word},   {BIRTH, 3, clean_birth_date},
		      {SEX, 4, clean_sex_digit},   {PHONE, 7, clean_phone_number}, {EMAIL, 8, clean_email_address}};
	enum { SIMPLE = sizeof simple / sizeof *simple };
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	struct linking_bulk parts[SIMPLE + 1];
	struct cleaning cleaned[SIMPLE], postcodes, addresses;
	size_t first = linking_table_add_records(table, file->rows, 0);
	struct placing placing = {.postcodes = &file->at[6], .addresses = &file->at[5]};
	cleaning_make(&postcodes, &file->at[6].values, clean_postcode_unit, threads);
	cleaning_make(&addresses, &file->at[5].values, clean_name_word, threads);
	placing.clean_postcodes = postcodes.out;
	placing.clean_addresses = addresses.out;
	placing.out = memory_alloc(file->rows + 1, sizeof *placing.out);
	placing.codes = memory_alloc(file->rows + 1, sizeof *placing.codes);
	placing.arenas = memory_alloc(file->rows / CLEAN_CHUNK + 1, sizeof *placing.arenas);
	parallel_for(file->rows, CLEAN_CHUNK, threads, place_chunk, &placing);
	parts[0] = (struct linking_bulk){PLACE, placing.out, file->rows, placing.codes};
	cleaning_release(&postcodes);
	cleaning_release(&addresses);
	csv_column_release(&file->at[5]);
	csv_column_release(&file->at[6]);
	for (size_t i = 0; i < SIMPLE; i++) {
		struct csv_column *from = &file->at[simple[i].field];
		cleaning_make(&cleaned[i], &from->values, simple[i].clean, threads);
		parts[i + 1] = (struct linking_bulk){simple[i].column, cleaned[i].out, from->values.count, from->codes};
	}
	linking_table_add_bulk(table, first, file->rows, parts, SIMPLE + 1, threads);
	for (size_t i = 0; i < SIMPLE; i++) {
		cleaning_release(&cleaned[i]);
		csv_column_release(&file->at[simple[i].field]);
	}
	for (size_t i = 0; i * CLEAN_CHUNK < file->rows; i++)
		arena_release(&placing.arenas[i]);
	free(placing.arenas);
	free(placing.out);
	free(placing.codes);
	return table;
}

/* ---- clusters.csv ---------------------------------------------------------------------------------------------------
 */

static bool write_clusters(const char *path, const struct csv_columns *file, const struct linking_run *run)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return false;
	struct buf out;
	buf_init(&out, 2 << 20);
	buf_append_text(&out, TEXT("file,id,cluster_id\n"));
	bool good = true;
	for (size_t i = 0; i < file->rows; i++) {
		buf_append_text(&out, TEXT("people.csv,"));
		buf_append_text(&out, file->at[0].values.keys[file->at[0].codes[i] - 1]);
		buf_append_char(&out, ',');
		buf_append_int(&out, linking_cluster_of(run, i));
		buf_append_char(&out, '\n');
		if (out.len > 1 << 20 || i + 1 == file->rows) {
			good &= write(fd, out.at, out.len) == (ssize_t)out.len;
			buf_clear(&out);
		}
	}
	buf_release(&out);
	close(fd);
	return good;
}

/* ---- how good
 * --------------------------------------------------------------------------------------------------------- */

static bool evaluate(struct linking_quality *out, const char *truth_path, const struct linking_run *run, size_t records)
{
	struct csv_columns *truth;
	struct error error;
	if (csv_columns_read(&truth, truth_path, &plain, 0, &error) != STATUS_OK) {
		error_print(&error, stderr);
		return false;
	}
	uint64_t *clusters = memory_alloc(records + 1, sizeof *clusters),
		 *people = memory_alloc(records + 1, sizeof *people);
	for (size_t i = 0; i < records && i < truth->rows; i++) { /* in the order of the file */
		clusters[i] = linking_cluster_of(run, i);
		(void)text_parse_uint64(truth->at[1].values.keys[truth->at[1].codes[i] - 1], &people[i]);
	}
	linking_evaluate(clusters, people, records, out);
	free(clusters);
	free(people);
	csv_columns_free(truth);
	return true;
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

static const struct linking_rule few[] = {
	{.parts = {{BIRTH, LINKING_KEY_EXACT, 0}, {FAMILY, LINKING_KEY_EXACT, 0}}, .count = 2},
	{.parts = {{BIRTH, LINKING_KEY_EXACT, 0}, {GIVEN, LINKING_KEY_EXACT, 0}}, .count = 2},
	{.parts = {{PHONE, LINKING_KEY_EXACT, 0}}, .count = 1},
	{.parts = {{EMAIL, LINKING_KEY_EXACT, 0}}, .count = 1},
	{.parts = {{GIVEN, LINKING_KEY_EXACT, 0}, {FAMILY, LINKING_KEY_EXACT, 0}, {PLACE, LINKING_KEY_UNIT, 0}},
	 .count = 3},
	{.parts = {{FAMILY, LINKING_KEY_EXACT, 0}, {PLACE, LINKING_KEY_UNIT, 0}}, .count = 2},
	{.parts = {{GIVEN, LINKING_KEY_EXACT, 0}, {PLACE, LINKING_KEY_UNIT, 0}}, .count = 2},
	{.parts = {{GIVEN, LINKING_KEY_EXACT, 0}, {FAMILY, LINKING_KEY_EXACT, 0}, {BIRTH, LINKING_KEY_YEAR, 0}},
	 .count = 3},
};
static const struct linking_rule many[] = {
	{.parts = {{BIRTH, LINKING_KEY_EXACT, 0}}, .count = 1},
	{.parts = {{GIVEN, LINKING_KEY_SOUND, 0}, {FAMILY, LINKING_KEY_SOUND, 0}, {BIRTH, LINKING_KEY_YEAR, 0}},
	 .count = 3},
	{.parts = {{PHONE, LINKING_KEY_EXACT, 0}}, .count = 1},
	{.parts = {{EMAIL, LINKING_KEY_EXACT, 0}}, .count = 1},
	{.parts = {{PLACE, LINKING_KEY_PROPERTY, 0}}, .count = 1},
	{.parts = {{PLACE, LINKING_KEY_UNIT, 0}, {GIVEN, LINKING_KEY_SOUND, 0}}, .count = 2},
	{.parts = {{PLACE, LINKING_KEY_UNIT, 0}, {FAMILY, LINKING_KEY_SOUND, 0}}, .count = 2},
	{.parts = {{FAMILY, LINKING_KEY_SOUND, 0}, {GIVEN, LINKING_KEY_INITIAL, 0}, {BIRTH, LINKING_KEY_YEAR, 0}},
	 .count = 3},
};

static int measure(const char *folder, const char *rules, unsigned threads)
{
	char path[4096], truth_path[4096], clusters[4096];
	struct error error;
	struct csv_columns *file;
	struct linking_run *run;
	double at[4];
	snprintf(path, sizeof path, "%s/people.csv", folder);
	snprintf(truth_path, sizeof truth_path, "%s/truth.csv", folder);
	snprintf(clusters, sizeof clusters, "%s/clusters.csv", folder);
	struct linking_settings settings = {.threads = threads};
	if (rules && strcmp(rules, "few") == 0) {
		settings.rules = few;
		settings.rule_count = sizeof few / sizeof *few;
	} else if (rules) {
		settings.rules = many;
		settings.rule_count = sizeof many / sizeof *many;
	}
	at[0] = now();
	if (csv_columns_read(&file, path, &plain, threads, &error) != STATUS_OK) {
		error_print(&error, stderr);
		return 1;
	}
	struct linking_table *table = fill_table(file, threads);
	at[1] = now();
	if (linking_run_new(&run, table, &settings, &error) != STATUS_OK) {
		error_print(&error, stderr);
		return 1;
	}
	at[2] = now();
	if (!write_clusters(clusters, file, run)) {
		fprintf(stderr, "bench_match: %s cannot be written\n", clusters);
		return 1;
	}
	at[3] = now();
	struct rusage used;
	struct linking_quality quality;
	getrusage(RUSAGE_SELF, &used);
	if (!evaluate(&quality, truth_path, run, file->rows))
		return 1;
	print_result(linking_run_report(run), &quality, at, &used, threads ? threads : threads_available());
	csv_columns_free(file);
	linking_run_free(run);
	return 0;
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
	if (!make)
		return measure(argv[at], rules, (unsigned)threads);
	char path[4096], truth[4096];
	snprintf(path, sizeof path, "%s/people.csv", argv[at]);
	snprintf(truth, sizeof truth, "%s/truth.csv", argv[at]);
	if (people_made_write(path, truth, records, seed))
		return 0;
	fprintf(stderr, "bench_match: the files cannot be written in %s\n", argv[at]);
	return 1;
}
