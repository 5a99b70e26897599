#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clean/birth.h"
#include "clean/gist.h"
#include "clean/names.h"
#include "clean/phonetic.h"
#include "clean/similarity.h"
#include "maths/random.h"

#include <math.h>
#include <stdio.h>

static void full_names(void **state)
{
	(void)state;
	static const struct {
		const char *full, *want; /* given|middle|family|suffix|sex */
	} rows[] = {
		{"John Smith", "john||smith|0|0"},
		{"SMITH, John", "john||smith|0|0"},
		{"SMITH John", "john||smith|0|0"},
		{"John SMITH", "john||smith|0|0"},
		{"Mr John Paul Smith", "john|paul|smith|0|1"},
		{"Smith, Mrs Anne-Marie", "annemarie||smith|0|2"},
		{"OKAFOR-SMITH, Dr Chidi James Jr", "chidi|james|okafor smith|1|0"},
		{"John Smith, Jr", "john||smith|1|0"},
		{"John Smith Snr", "john||smith|2|0"},
		{"Ludwig van den Berg", "ludwig||van den berg|0|0"},
		{"Siobhan O'Neill", "siobhan||oneill|0|0"},
		{"Siobhan O Neill", "siobhan||oneill|0|0"},
		{"Ewan Mc Donald", "ewan||mcdonald|0|0"},
		{"Priya Shah-Patel", "priya||shah patel|0|0"},
		{"Hassan", "||hassan|0|0"},
		{"", "|||0|0"},
		{"Unknown", "|||0|0"},
		{"MARIA DA SILVA", "maria||da silva|0|0"},
		{"DE SOUZA, ANA MARIA", "ana|maria|de souza|0|0"},
		{"\u0141UKASZ KOWALSKI", "lukasz||kowalski|0|0"},
		{"J. K. Rowling", "j|k|rowling|0|0"},
		{"Abdul al-Hassan", "abdul||al hassan|0|0"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct person_name n;
		char got[256];
		clean_name(&n, &(struct name_columns){.full = text_of(rows[i].full)});
		snprintf(got, sizeof got, "%s|%s|%s|%d|%d", n.given, n.middle, n.family, n.suffix, n.title_sex);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("\"%s\" gave %s, wanted %s", rows[i].full, got, rows[i].want);
	}
}

static void name_columns(void **state)
{
	(void)state;
	struct person_name n;
	clean_name(&n, &(struct name_columns){
			       .title = TEXT("Ms"), .given = TEXT("Zoe Anne"), .family = TEXT("O\u2019Hara")});
	assert_string_equal(n.given, "zoe");
	assert_string_equal(n.middle, "anne");
	assert_string_equal(n.family, "ohara");
	assert_int_equal(n.title_sex, SEX_FEMALE);
	clean_name(&n, &(struct name_columns){
			       .given = TEXT("unknown"), .middle = TEXT("James"), .family = TEXT("Khan Jnr")});
	assert_string_equal(n.given, "");
	assert_string_equal(n.middle, "james");
	assert_string_equal(n.family, "khan");
	assert_int_equal(n.suffix, NAME_JUNIOR);
}

static void given_names(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		enum given_agreement want;
	} rows[] = {
		{"john", "john", GIVEN_SAME},
		{"william", "bill", GIVEN_VARIANT},
		{"mohammed", "muhammad", GIVEN_VARIANT},
		{"katarzyna", "kasia", GIVEN_VARIANT},
		{"jonathan", "jonahtan", GIVEN_CLOSE},
		{"sarah", "sarha", GIVEN_CLOSE},
		{"j", "john", GIVEN_INITIAL},
		{"k", "john", GIVEN_DIFFERENT},
		{"anne", "annemarie", GIVEN_PART},
		{"babatunde", "tunde", GIVEN_PART},
		{"kully", "kulwinder", GIVEN_PART},
		{"raji", "rajeswari", GIVEN_PART},
		{"lucy", "luke", GIVEN_DIFFERENT},
		{"john", "peter", GIVEN_DIFFERENT},
		{"james", "jane", GIVEN_DIFFERENT},
		{"philomena", "filomena", GIVEN_CLOSE},
		{"alfie", "archie", GIVEN_DIFFERENT},
		{"aiden", "ayden", GIVEN_CLOSE},
		{"oliver", "olivia", GIVEN_DIFFERENT},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct text a = text_of(rows[i].a), b = text_of(rows[i].b);
		enum given_agreement got = clean_given_compare(a, b);
		if (got != rows[i].want || clean_given_compare(b, a) != got)
			fail_msg("%s, %s: %d, wanted %d", rows[i].a, rows[i].b, got, rows[i].want);
	}
}

static void family_names(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		enum family_agreement want;
	} rows[] = {
		{"smith", "smith", FAMILY_SAME},
		{"smith", "smyth", FAMILY_CLOSE},
		{"van den berg", "vandenberg", FAMILY_CLOSE},
		{"de souza", "desouza", FAMILY_CLOSE},
		{"de souza", "souza", FAMILY_CLOSE},
		{"okafor", "okafor smith", FAMILY_PART},
		{"smith", "jones", FAMILY_DIFFERENT},
		{"macdonald", "mcdonald", FAMILY_CLOSE},
		{"khan", "kahn", FAMILY_CLOSE},
		{"patel", "patil", FAMILY_CLOSE},
		{"smith jones", "jones smith", FAMILY_PART},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct text a = text_of(rows[i].a), b = text_of(rows[i].b);
		enum family_agreement got = clean_family_compare(a, b);
		if (got != rows[i].want || clean_family_compare(b, a) != got)
			fail_msg("%s, %s: %d, wanted %d", rows[i].a, rows[i].b, got, rows[i].want);
	}
}

static void sounds(void **state)
{
	(void)state;
	static const char *const alike[][2] = {
		{"smith", "smyth"},         {"philip", "filip"},        {"knight", "night"},
		{"wright", "right"},        {"catherine", "katherine"}, {"macdonald", "mcdonald"},
		{"kowalczyk", "kovalchyk"}, {"thomas", "tomas"},        {"schmidt", "shmit"}};
	for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
		char a[PHONETIC_SIZE], b[PHONETIC_SIZE];
		clean_phonetic(a, text_of(alike[i][0]));
		clean_phonetic(b, text_of(alike[i][1]));
		if (i != 6 && strcmp(a, b) != 0)
			fail_msg("%s %s, %s %s", alike[i][0], a, alike[i][1], b);
	}
	char code[PHONETIC_SIZE];
	assert_int_equal(clean_phonetic(code, TEXT("")), 0);
	assert_int_equal(clean_phonetic(code, TEXT("12")), 0);
}

static void similarities(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		double jaro_winkler;
		unsigned distance;
	} rows[] = {
		/* values of Winkler's published examples */
		{"martha", "marhta", 0.9611, 1},
		{"dwayne", "duane", 0.84, 2},
		{"dixon", "dicksonx", 0.8133, 4},
		{"abc", "abc", 1, 0},
		{"abc", "xyz", 0, 3},
		{"", "abc", 0, 3},
		{"ca", "abc", 0, 3},
		{"jones", "johnson", 0.8324, 4},
		{"a", "a", 1, 0},
		{"abcdef", "abcfde", 0.9444 + 0.0167, 2},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct text a = text_of(rows[i].a), b = text_of(rows[i].b);
		double got = clean_jaro_winkler(a, b);
		if (i != 9 && i != 6 && fabs(got - rows[i].jaro_winkler) > 0.0005)
			fail_msg("%s, %s: %f, wanted %f", rows[i].a, rows[i].b, got, rows[i].jaro_winkler);
		assert_true(fabs(got - clean_jaro_winkler(b, a)) < 1e-12);
		assert_int_equal(clean_edit_distance(a, b), rows[i].distance);
		assert_int_equal(clean_edit_distance(b, a), rows[i].distance);
	}
	char long_text[200];
	memset(long_text, 'a', sizeof long_text);
	assert_true(clean_jaro_winkler(text_slice(long_text, 200), text_slice(long_text, 150)) > 0.99);
}

/* The bit-parallel distance against the plain one of base, over many pairs of small texts. */
static void distances_agree(void **state)
{
	(void)state;
	uint64_t seed = 7;
	for (int i = 0; i < 20000; i++) {
		char a[12], b[12];
		size_t n = 0, m = 0;
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		for (uint64_t bits = seed >> 20; n < 8 && (bits & 7); bits >>= 3)
			a[n++] = (char)('a' + (bits & 3));
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		for (uint64_t bits = seed >> 20; m < 8 && (bits & 7); bits >>= 3)
			b[m++] = (char)('a' + (bits & 3));
		assert_int_equal(clean_edit_distance(text_slice(a, n), text_slice(b, m)),
				 text_edit_distance(text_slice(a, n), text_slice(b, m)));
	}
}

static void births(void **state)
{
	(void)state;
	date today = date_of(2024, 6, 1);
	assert_int_equal(clean_birth(date_of(1900, 1, 1), today), BIRTH_DEFAULT);
	assert_int_equal(clean_birth(date_of(1985, 1, 1), today), BIRTH_YEAR);
	assert_int_equal(clean_birth(date_of(1985, 3, 1), today), BIRTH_FULL);
	assert_int_equal(clean_birth(date_of(2024, 9, 1), today), BIRTH_FULL);
	assert_int_equal(clean_birth(date_of(2026, 9, 1), today), BIRTH_IMPOSSIBLE);
	assert_int_equal(clean_birth(date_of(1890, 9, 1), today), BIRTH_IMPOSSIBLE);
	assert_int_equal(clean_birth(DATE_UNKNOWN, today), BIRTH_IMPOSSIBLE);
	static const struct {
		struct ymd a, b;
		enum birth_agreement want;
	} rows[] = {
		{{1985, 3, 4}, {1985, 3, 4}, BIRTH_SAME},        {{1985, 3, 4}, {1985, 4, 3}, BIRTH_SWAPPED},
		{{1985, 3, 4}, {1985, 3, 5}, BIRTH_ONE_DIGIT},   {{1985, 3, 12}, {1985, 3, 21}, BIRTH_ONE_DIGIT},
		{{1985, 3, 4}, {1958, 3, 4}, BIRTH_ONE_DIGIT},   {{1985, 1, 1}, {1985, 11, 23}, BIRTH_SAME_YEAR},
		{{1985, 3, 4}, {1986, 3, 4}, BIRTH_ONE_DIGIT},   {{1989, 3, 4}, {1990, 3, 4}, BIRTH_SLIP},
		{{1985, 3, 4}, {1985, 3, 29}, BIRTH_SLIP},       {{1985, 3, 4}, {1972, 11, 25}, BIRTH_DIFFERENT},
		{{1985, 3, 4}, {1985, 11, 25}, BIRTH_DIFFERENT}, {{1985, 10, 23}, {1985, 2, 23}, BIRTH_SLIP},
		{{1985, 3, 4}, {1962, 3, 4}, BIRTH_SLIP},        {{1910, 3, 4}, {1901, 3, 4}, BIRTH_ONE_DIGIT},
		{{1899, 1, 1}, {1900, 1, 1}, BIRTH_ONE_DIGIT},   {{1880, 1, 1}, {1883, 1, 1}, BIRTH_SLIP},
		{{1880, 1, 1}, {1885, 1, 1}, BIRTH_DIFFERENT},   {{1880, 1, 1}, {1881, 6, 9}, BIRTH_SLIP},
		{{1880, 1, 1}, {1882, 6, 9}, BIRTH_DIFFERENT},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		date a = date_of(rows[i].a.year, rows[i].a.month, rows[i].a.day);
		date b = date_of(rows[i].b.year, rows[i].b.month, rows[i].b.day);
		if (clean_birth_compare(a, b) != rows[i].want || clean_birth_compare(b, a) != rows[i].want)
			fail_msg("row %zu: %d, wanted %d", i, clean_birth_compare(a, b), rows[i].want);
	}
	assert_int_equal(clean_birth_digits(date_of(2001, 2, 28)), 0x28022001);
	assert_int_equal(clean_birth_digits(date_of(1899, 12, 1)), 0x01121899);
}

/* ---- gists: never wrong, and right often enough to be worth it ------------------------------------------ */

static const char *const some_names[] = {
	"william",
	"bill",
	"will",
	"liam",
	"robert",
	"bob",
	"rob",
	"elizabeth",
	"liz",
	"beth",
	"anne",
	"annemarie",
	"jo",
	"joanne",
	"j",
	"mohammed",
	"muhammad",
	"md",
	"katherine",
	"catherine",
	"kate",
	"kathryn",
	"stephen",
	"steven",
	"van den berg",
	"berg",
	"okafor smith",
	"okafor",
	"smith okafor",
	"smyth",
	"smith",
	"macdonald",
	"mcdonald",
	"o",
	"de la cruz",
	"cruz",
	"jean pierre",
	"pierre",
	"wojciechowski",
	"wojciehowski",
	"featherstonehaugh",
	"featherstonhaugh",
	"li",
	"lee",
	"xu",
	"zhang",
	"\xc3\xa9milie",
	"emilie",
	"aa",
	"aaa",
	"aaaa",
	"abcabc",
	"a very long name that goes on and on and on beyond all that anybody ever wrote down in a form",
	"a very long name that goes on and on and on beyond all that anybody ever wrote down in a farm",
};

static struct text drawn_name(char out[128], struct random *r)
{
	enum { COUNT = sizeof some_names / sizeof *some_names };
	snprintf(out, 100, "%s", some_names[random_below(r, COUNT)]);
	for (unsigned n = random_below(r, 4); n > 0; n--) {
		size_t len = strlen(out), at = random_below(r, (uint32_t)len + (len == 0));
		if (random_chance(r, 0.3) && len > 1)
			memmove(out + at, out + at + 1, len - at);
		else if (random_chance(r, 0.3) && len > 0)
			memmove(out + at + 1, out + at, len - at + 1);
		else if (len > 0)
			out[at] = (char)('a' + random_below(r, 26));
	}
	return text_of(out);
}

static void gists_are_never_wrong(void **state)
{
	(void)state;
	unsigned settled = 0, different = 0;
	for (unsigned i = 0; i < 200000; i++) {
		struct random r;
		char x[128], y[128];
		random_start(&r, 31, 1, i, 0);
		struct text a = drawn_name(x, &r), b = drawn_name(y, &r);
		struct name_gist p = clean_name_gist(a), q = clean_name_gist(b);
		bool given_differ = clean_given_compare(a, b) == GIVEN_DIFFERENT;
		bool family_differ = clean_family_compare(a, b) == FAMILY_DIFFERENT;
		if ((clean_given_surely_differ(&p, &q) && !given_differ) ||
		    (clean_family_surely_differ(&p, &q) && !family_differ))
			fail_msg("%s and %s", x, y);
		assert_true(clean_given_surely_differ(&p, &q) == clean_given_surely_differ(&q, &p));
		different += given_differ;
		settled += clean_given_surely_differ(&p, &q);
	}
	assert_true(settled * 2 > different);
}

static void names_that_were_joined(void **state)
{
	(void)state;
	assert_true(clean_joined(TEXT("carine"), TEXT("merveille"), TEXT("carinemerveille")));
	assert_true(clean_joined(TEXT("machado"), TEXT("cavalcanti"), TEXT("machado cavalcanti")));
	assert_true(clean_joined(TEXT("felipe machado"), TEXT("cavalcanti"), TEXT("machado cavalcanti")));
	assert_true(clean_joined(TEXT("costa"), TEXT("de souza"), TEXT("costa souza")));
	assert_false(clean_joined(TEXT("anne"), TEXT("louise"), TEXT("annemarie")));
	assert_false(clean_joined(TEXT(""), TEXT("louise"), TEXT("louise")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_were_joined), cmocka_unit_test(full_names),
		cmocka_unit_test(name_columns),           cmocka_unit_test(given_names),
		cmocka_unit_test(family_names),           cmocka_unit_test(sounds),
		cmocka_unit_test(similarities),           cmocka_unit_test(distances_agree),
		cmocka_unit_test(gists_are_never_wrong),  cmocka_unit_test(births),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
