/* The extracts against the definitions that intake reads them by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/yaml.h"
#include "synth/feeds/feeds_int.h"

#include <math.h>
#include <unistd.h>

static char folder[256];
static struct borough *borough;

static struct yaml_node *definition(struct arena *arena, const char *id)
{
	static const char *const profiles[] = {"demo", "statutory"};
	struct yaml_node *root = NULL;
	struct error error;
	for (int i = 0; i < 2 && !root; i++) {
		char path[512];
		snprintf(path, sizeof path, "%s/%s/feeds/%s.yaml", PROFILES, profiles[i], id);
		if (file_exists(path))
			assert_int_equal(yaml_read(&root, arena, path, id, &error), STATUS_OK);
	}
	assert_non_null(root);
	return root;
}

static const char *scalar(const struct yaml_node *node, const char *key)
{
	struct yaml_node *value = yaml_get(node, key);
	return value && value->text.at ? value->text.at : "";
}

/* Every header, in order, and the delimiter, the date forms and the encoding. */
static void table_fits_definitions(void **state)
{
	static const char *const forms[] = {
		[DATE_SLASHES] = "DD/MM/YYYY", [DATE_ISO] = "YYYY-MM-DD",    [DATE_COMPACT] = "YYYYMMDD",
		[DATE_ORACLE] = "DD-Mon-YYYY", [DATE_WORDS] = "DD Mon YYYY", [DATE_DOTS_SHORT] = "DD.MM.YY"};
	(void)state;
	for (size_t f = 0; f < feed_count; f++) {
		struct arena arena;
		arena_init(&arena, 16 << 20);
		const struct yaml_node *feed = definition(&arena, feeds[f].id), *columns = yaml_get(feed, "columns");
		assert_string_equal(scalar(feed, "source"), keeper_ids[feeds[f].keeper]);
		assert_int_equal(columns->count, feeds[f].column_count);
		for (size_t c = 0; c < columns->count; c++) {
			const struct yaml_node *column = columns->items[c];
			assert_string_equal(scalar(column, "header"), feeds[f].columns[c].header);
			bool required = strcmp(scalar(column, "required"), "true") == 0;
			assert_int_equal(required, (feeds[f].columns[c].traits & TRAIT_REQUIRED) != 0);
			bool other_form = strcmp(feeds[f].id, "contact_centre") == 0 &&
					  strcmp(scalar(column, "header"), "dob") == 0;
			if (feeds[f].columns[c].traits & TRAIT_DATE && !other_form)
				assert_string_equal(scalar(column, "format"), forms[feeds[f].dates]);
		}
		const struct yaml_node *format = yaml_get(feed, "format");
		assert_int_equal(scalar(format, "delimiter")[0], feeds[f].delimiter);
		assert_int_equal(strcmp(scalar(format, "encoding"), "windows-1252") == 0, feeds[f].windows_1252);
		arena_release(&arena);
	}
}

/* The profile's names of the wards are a copy of the generator's. */
static void wards_have_the_profiles_names(void **state)
{
	struct arena arena;
	struct yaml_node *root;
	struct error error;
	char path[512];
	(void)state;
	arena_init(&arena, 16 << 20);
	snprintf(path, sizeof path, "%s/demo/profile.yaml", PROFILES);
	assert_int_equal(yaml_read(&root, &arena, path, "profile.yaml", &error), STATUS_OK);
	const struct yaml_node *wards = yaml_get(root, "wards");
	assert_non_null(wards);
	assert_int_equal(wards->count, BOROUGH_WARDS);
	for (size_t i = 0; i < BOROUGH_WARDS; i++)
		assert_string_equal(scalar(wards, borough->wards[i].code), borough->wards[i].name);
	arena_release(&arena);
}

/* ---- reading what was written ---- */

struct rows {
	struct text content;
	size_t at;
	uint64_t line; /* of the row just read */
	uint64_t next_line;
	char delimiter;
	struct text fields[FIELDS_MOST];
	size_t count;
};

static bool next_row(struct rows *r)
{
	if (r->at >= r->content.len)
		return false;
	r->line = r->next_line;
	r->count = 0;
	bool quoted = false;
	size_t start = r->at;
	for (; r->at < r->content.len; r->at++) {
		char c = r->content.at[r->at];
		if (c == '"')
			quoted = !quoted;
		r->next_line += c == '\n';
		if (quoted || (c != r->delimiter && c != '\n'))
			continue;
		assert_true(r->count < FIELDS_MOST);
		size_t end = c == '\n' && r->at > start && r->content.at[r->at - 1] == '\r' ? r->at - 1 : r->at;
		r->fields[r->count++] = text_slice(r->content.at + start, end - start);
		start = r->at + 1;
		if (c == '\n') {
			r->at++;
			return true;
		}
	}
	return r->count > 0;
}

static const struct feed *feed_of(struct text file)
{
	for (size_t f = 0; f < feed_count; f++)
		if (text_starts_with(file, text_of(feeds[f].prefix)) && text_ends_with(file, text_of(feeds[f].suffix)))
			return &feeds[f];
	return NULL;
}

static size_t column_of(const struct yaml_node *columns, struct text element)
{
	for (size_t c = 0; c < columns->count; c++)
		if (text_equal(text_of(scalar(columns->items[c], "element")), element))
			return c;
	fail();
	return 0;
}

/* Right number of columns, nothing required left out, no key twice; returns the rows. */
static size_t check_file(const char *path, struct text name)
{
	const struct feed *feed = feed_of(name);
	assert_non_null(feed);
	struct arena arena;
	struct buf content;
	struct error error;
	arena_init(&arena, 64 << 20);
	buf_init(&content, 1 << 30);
	assert_int_equal(file_read(path, &content, &error), STATUS_OK);
	const struct yaml_node *definition_of = definition(&arena, feed->id);
	const struct yaml_node *columns = yaml_get(definition_of, "columns"), *key = yaml_get(definition_of, "key");
	struct rows rows = {.content = buf_text(&content), .delimiter = feed->delimiter, .next_line = 1};
	struct text_map keys;
	text_map_init(&keys);
	size_t count = 0;
	assert_true(next_row(&rows)); /* the header */
	assert_int_equal(rows.count, feed->column_count);
	while (next_row(&rows)) {
		char text[1024];
		size_t len = 0;
		bool is_new;
		if (rows.count != feed->column_count)
			print_message("%.*s:%llu\n", TEXT_ARG(name), (unsigned long long)rows.line);
		assert_int_equal(rows.count, feed->column_count);
		for (size_t c = 0; c < rows.count; c++)
			if (feed->columns[c].traits & TRAIT_REQUIRED && rows.fields[c].len == 0) {
				print_message("%.*s:%llu %s\n", TEXT_ARG(name), (unsigned long long)rows.line,
					      feed->columns[c].header);
				fail();
			}
		for (size_t k = 0; k < key->count; k++)
			len += (size_t)snprintf(text + len, sizeof text - len, "%.*s|",
						TEXT_ARG(rows.fields[column_of(columns, key->items[k]->text)]));
		text_map_put(&keys, text_slice(text, len), &is_new);
		if (!is_new)
			print_message("%.*s:%llu %s\n", TEXT_ARG(name), (unsigned long long)rows.line, text);
		assert_true(is_new);
		count++;
	}
	text_map_release(&keys);
	buf_release(&content);
	arena_release(&arena);
	return count;
}

static void write_all(const char *name, unsigned threads, bool no_defects, char out[512])
{
	struct error error;
	struct feeds_summary summary;
	snprintf(out, 512, "%s/%s", folder, name);
	assert_int_equal(file_make_folder(out, 0755, &error), STATUS_OK);
	assert_int_equal(feeds_write(borough, out, &(struct feeds_plan){.threads = threads, .no_defects = no_defects},
				     &summary, &error),
			 STATUS_OK);
	assert_true(summary.rows > 0);
	assert_true(no_defects ? summary.defects == 0 : summary.defects > 100);
}

static void good_rows_are_good(void **state)
{
	char out[512], inbox[600];
	struct arena arena;
	struct text *names;
	struct error error;
	size_t count, rows = 0;
	(void)state;
	write_all("good", 0, true, out);
	snprintf(inbox, sizeof inbox, "%s/inbox", out);
	arena_init(&arena, 16 << 20);
	assert_int_equal(file_list(inbox, &arena, &names, &count, &error), STATUS_OK);
	assert_true(count > feed_count);
	for (size_t i = 0; i < count; i++) {
		char path[1024];
		snprintf(path, sizeof path, "%s/%.*s", inbox, TEXT_ARG(names[i]));
		rows += check_file(path, names[i]);
	}
	assert_true(rows > borough->plan.people * 3);
	arena_release(&arena);
}

/* Sums of a column of money, in pence, by the account in column 0 of a first month's file; returns its rows. */
static size_t sum_by_account(const char *inbox, const char *prefix, size_t column, struct id_map *sums)
{
	char path[1024];
	struct ymd at = date_ymd(borough_month(borough, 1) - 1);
	struct buf content;
	struct error error;
	size_t count = 0;
	snprintf(path, sizeof path, "%s/%s_%04d%02d%02d.txt", inbox, prefix, at.year, at.month, at.day);
	buf_init(&content, 1 << 30);
	assert_int_equal(file_read(path, &content, &error), STATUS_OK);
	struct rows rows = {.content = buf_text(&content), .delimiter = '|', .next_line = 1};
	assert_true(next_row(&rows));
	for (; next_row(&rows); count++) {
		int64_t account;
		double pounds;
		assert_true(text_parse_int64(rows.fields[0], &account));
		assert_true(text_parse_double(rows.fields[column], &pounds));
		*id_map_put(sums, (uint64_t)account, NULL) += (uint64_t)llround(pounds * 100);
	}
	buf_release(&content);
	return count;
}

/* The bills of an account's years are another view of its balance. */
static void bills_sum_to_the_balance(void **state)
{
	char out[512], inbox[600];
	struct id_map owed, balance;
	(void)state;
	write_all("bills", 0, true, out);
	snprintf(inbox, sizeof inbox, "%s/inbox", out);
	id_map_init(&owed);
	id_map_init(&balance);
	size_t bills = sum_by_account(inbox, "CTAX_BILLS", 8, &owed);
	size_t liable = sum_by_account(inbox, "CTAX_LIABLE", 12, &balance);
	assert_true(liable > 100 && bills > liable);
	size_t compared = 0, in_debt = 0;
	for (size_t i = 0; i < owed.slot_count; i++) {
		const uint64_t *sum = owed.used[i] ? id_map_get(&balance, owed.keys[i]) : NULL;
		if (!sum)
			continue;
		/* each liable person's row has the account's balance */
		assert_true(owed.values[i] == *sum || 2 * owed.values[i] == *sum);
		compared++;
		in_debt += (int64_t)*sum > 0;
	}
	assert_true(compared > 100 && in_debt > 5);
	id_map_release(&owed);
	id_map_release(&balance);
}

static uint64_t hash_folder(const char *path)
{
	struct arena arena;
	struct text *names;
	struct error error;
	size_t count;
	uint64_t hash = 0;
	arena_init(&arena, 16 << 20);
	assert_int_equal(file_list(path, &arena, &names, &count, &error), STATUS_OK);
	for (size_t i = 0; i < count; i++) {
		char file[1024];
		struct buf content;
		snprintf(file, sizeof file, "%s/%.*s", path, TEXT_ARG(names[i]));
		buf_init(&content, 1 << 30);
		assert_int_equal(file_read(file, &content, &error), STATUS_OK);
		hash = hash_mix(hash ^ text_hash(names[i])) ^ text_hash(buf_text(&content));
		buf_release(&content);
	}
	arena_release(&arena);
	return hash;
}

static void threads_do_not_matter(void **state)
{
	char one[512], many[512], path[600], other[600];
	(void)state;
	write_all("one", 1, false, one);
	write_all("many", 3, false, many);
	static const char *const parts[] = {"inbox", "truth"};
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", one, parts[i]);
		snprintf(other, sizeof other, "%s/%s", many, parts[i]);
		assert_int_equal(hash_folder(path), hash_folder(other));
	}
}

/* Every defect names a line that is in its file; every label a phrase of its note. */
static void truth_fits_the_files(void **state)
{
	char out[512], path[1200];
	struct buf content;
	struct error error;
	(void)state;
	write_all("truth", 0, false, out);
	snprintf(path, sizeof path, "%s/truth/defects.csv", out);
	buf_init(&content, 64 << 20);
	assert_int_equal(file_read(path, &content, &error), STATUS_OK);
	struct rows rows = {.content = buf_text(&content), .delimiter = ',', .next_line = 1};
	size_t defects = 0;
	assert_true(next_row(&rows));
	while (next_row(&rows)) {
		struct buf file;
		int64_t line, lines = 0;
		snprintf(path, sizeof path, "%s/inbox/%.*s", out, TEXT_ARG(rows.fields[0]));
		buf_init(&file, 1 << 30);
		assert_int_equal(file_read(path, &file, &error), STATUS_OK);
		assert_true(text_parse_int64(rows.fields[1], &line));
		for (size_t i = 0; i < file.len; i++)
			lines += file.at[i] == '\n';
		lines += file.at[file.len - 1] != '\n'; /* a transfer that broke off */
		assert_true(line >= 2 && line <= lines);
		buf_release(&file);
		defects++;
	}
	assert_true(defects > 100);
	buf_release(&content);
}

static void notes_hold_what_is_labelled(void **state)
{
	struct writer w = {.b = borough, .feed = &feeds[0]};
	struct note_subject subject = {.person = 0, .on = borough->start, .kind = EVENT_CHILD_VISIT, .called = "Zoë"};
	(void)state;
	for (uint64_t seed = 0; seed < 300; seed++) {
		struct buf note;
		buf_init(&note, 1 << 16);
		buf_init(&w.labels, 1 << 16);
		note_write(&w, "N1", seed, &subject, seed % 2, &note);
		struct rows rows = {.content = buf_text(&w.labels), .delimiter = ',', .next_line = 1};
		while (next_row(&rows)) {
			int64_t first, end;
			assert_int_equal(rows.count, 7);
			assert_true(text_parse_int64(rows.fields[2], &first));
			assert_true(text_parse_int64(rows.fields[3], &end));
			assert_true(first < end && (size_t)end <= note.len);
			assert_true(first == 0 || !strchr("abcdefghijklmnopqrstuvwxyz", note.at[first - 1]));
			assert_true((size_t)end == note.len || !strchr("abcdefghijklmnopqrstuvwxyz", note.at[end]));
		}
		assert_null(strchr(note.at, '{'));
		buf_release(&w.labels);
		buf_release(&note);
	}
}

/* Client numbers: no two the same. */
static void numbers_are_permuted(void **state)
{
	struct id_map seen;
	(void)state;
	id_map_init(&seen);
	for (uint64_t i = 0; i < 100000; i++) {
		bool is_new;
		uint64_t number = scrambled(i, 7, 12);
		assert_true(number < 10000000);
		id_map_put(&seen, number, &is_new);
		assert_true(is_new);
	}
	id_map_release(&seen);
}

static void slips_keep_text_whole(void **state)
{
	struct random r;
	(void)state;
	random_start(&r, 1, 2, 3, 4);
	for (int i = 0; i < 5000; i++) {
		char name[64] = "Łukasz O'Brien-Müller";
		noise_typo(name, sizeof name, &r);
		noise_phonetic(name, sizeof name, &r);
		assert_true(strlen(name) > 15);
		utf8_to_latin_letters(name);
	}
	char upper[64] = "Zoë Müller", latin[64] = "Łukasz Żółć";
	assert_string_equal(text_upper(upper), "ZOË MÜLLER");
	assert_string_equal(utf8_to_latin_letters(latin), "Lukasz Zólc");
}

static int make(void **state)
{
	struct error error;
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/oneview-feeds-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	return borough_make(&borough, &(struct borough_plan){.people = 600, .seed = 7, .months = 14}, &error);
}

static int clean_up(void **state)
{
	char command[300];
	(void)state;
	borough_free(borough);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_fits_definitions),      cmocka_unit_test(numbers_are_permuted),
		cmocka_unit_test(slips_keep_text_whole),       cmocka_unit_test(good_rows_are_good),
		cmocka_unit_test(bills_sum_to_the_balance),    cmocka_unit_test(wards_have_the_profiles_names),
		cmocka_unit_test(threads_do_not_matter),       cmocka_unit_test(truth_fits_the_files),
		cmocka_unit_test(notes_hold_what_is_labelled),
	};
	return cmocka_run_group_tests(tests, make, clean_up);
}
