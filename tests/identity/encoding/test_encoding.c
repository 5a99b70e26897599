#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "encoding/encoding.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char key_a[ENCODING_KEY_SIZE] = "one key of thirty-two bytes: ...",
			   other_key[ENCODING_KEY_SIZE] = "another key, also of that length";

struct person {
	const char *given, *family, *birth, *sex, *year;
};

static struct encoding encode_with(struct encoder *encoder, const struct person *person)
{
	struct encoding encoding;
	encoder_begin(encoder, ENCODED_PERSON, text_of(person->year));
	encoder_add(encoder, ENCODE_GIVEN, text_of(person->given));
	encoder_add(encoder, ENCODE_FAMILY, text_of(person->family));
	encoder_add(encoder, ENCODE_BIRTH, text_of(person->birth));
	encoder_add(encoder, ENCODE_SEX, text_of(person->sex));
	(void)encoder_finish(encoder, &encoding);
	return encoding;
}

static unsigned distance(const struct encoding_settings *settings, const struct person *a, const struct person *b)
{
	struct encoder *encoder = encoder_new(key_a, settings);
	struct encoding x = encode_with(encoder, a), y = encode_with(encoder, b);
	encoder_free(encoder);
	return encoding_distance(&x, &y);
}

static const struct person chidi = {"chidi", "okafor", "1984-03-31", "1", "1984"};

static void test_equal_values_give_equal_encodings(void **state)
{
	(void)state;
	assert_int_equal(distance(&(struct encoding_settings){0}, &chidi, &chidi), 0);
}

/* Ordered by how far they should be from the first; each at least some bits further than the one before. */
static void test_the_more_differs_the_further_apart(void **state)
{
	(void)state;
	static const struct person others[] = {
		{"chidi", "okafor", "1984-03-31", "", "1984"},       /* one value missing */
		{"chidy", "okafor", "1984-03-31", "1", "1984"},      /* two slips */
		{"ngozi", "okafor", "1984-09-12", "2", "1984"},      /* of one household */
		{"margaret", "whitfield", "1951-07-02", "2", "1951"} /* a stranger */
	};
	unsigned before = 0;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		unsigned now = distance(&(struct encoding_settings){0}, &chidi, &others[i]);
		assert_true(now > before + 8);
		before = now;
	}
	assert_in_range(before, ENCODING_BITS * 4 / 10, ENCODING_BITS * 6 / 10);
}

static void test_day_and_month_swapped_is_nearer_than_another_day(void **state)
{
	(void)state;
	struct person fifth = chidi, swapped = chidi, other = chidi;
	fifth.birth = "1984-03-05";
	swapped.birth = "1984-05-03";
	other.birth = "1984-11-28";
	struct encoding_settings settings = {0};
	assert_true(distance(&settings, &fifth, &swapped) + 20 < distance(&settings, &fifth, &other));
}

static void test_names_in_each_others_place_are_near(void **state)
{
	(void)state;
	struct person swapped = chidi;
	swapped.given = "okafor";
	swapped.family = "chidi";
	assert_in_range(distance(&(struct encoding_settings){0}, &chidi, &swapped), 1,
			150); /* very alike: see compare.c */
}

static void test_salt_hides_one_name_in_two_years(void **state)
{
	(void)state;
	struct person later = chidi;
	later.year = "1985"; /* nothing else differs */
	assert_true(distance(&(struct encoding_settings){0}, &chidi, &later) > ENCODING_BITS / 4);
	assert_int_equal(distance(&(struct encoding_settings){.unsalted = true}, &chidi, &later), 0);
}

static void test_every_encoding_is_about_half_ones(void **state)
{
	(void)state;
	static const char *const families[] = {"li", "okafor", "wolfeschlegelsteinhausenbergerdorff smith jones"};
	static const struct encoding none;
	struct encoder *encoder = encoder_new(key_a, &(struct encoding_settings){0});
	for (size_t i = 0; i < 3; i++) {
		struct person person = chidi;
		person.family = families[i];
		struct encoding encoding = encode_with(encoder, &person);
		assert_in_range(encoding_distance(&encoding, &none), ENCODING_BITS * 43 / 100,
				ENCODING_BITS * 57 / 100);
	}
	encoder_free(encoder);
}

static void test_keys_and_settings_have_marks_of_their_own(void **state)
{
	(void)state;
	const struct encoding_settings settings[] = {{0}, {.unsalted = true}, {.diffusion = 5}, {0}};
	char marks[4][ENCODING_TEXT_SIZE];
	for (size_t i = 0; i < 4; i++) {
		struct encoder *encoder = encoder_new(i == 3 ? other_key : key_a, &settings[i]);
		struct encoding encoding = encode_with(encoder, &chidi), back;
		struct text mark;
		char written[ENCODING_TEXT_SIZE];
		size_t len = encoder_write(encoder, &encoding, written);
		assert_int_equal(len, ENCODING_TEXT_SIZE - 1);
		assert_true(encoding_parse(&back, &mark, text_slice(written, len)));
		assert_int_equal(encoding_distance(&encoding, &back), 0);
		(void)snprintf(marks[i], sizeof marks[i], "%.*s", TEXT_ARG(mark));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(marks[k], marks[i]);
		encoder_free(encoder);
	}
}

static unsigned part_distance(enum encoded_part part, const char *salts[2], enum encoded_value what,
			      const char *values[2])
{
	struct encoder *encoder = encoder_new(key_a, &(struct encoding_settings){0});
	struct encoding encodings[2];
	for (size_t i = 0; i < 2; i++) {
		encoder_begin(encoder, part, text_of(salts[i]));
		encoder_add(encoder, what, text_of(values[i]));
		if (part == ENCODED_PLACE)
			encoder_add(encoder, ENCODE_FAMILY, TEXT("okafor"));
		assert_true(encoder_finish(encoder, &encodings[i]));
	}
	encoder_free(encoder);
	return encoding_distance(&encodings[0], &encodings[1]);
}

static void test_a_place_is_salted_by_its_postcode(void **state)
{
	(void)state;
	const char *one[] = {"NW2 3LN", "NW2 3LN"}, *two[] = {"NW2 3LN", "NW2 3LP"};
	const char *same[] = {"chidi", "chidi"}, *slip[] = {"chidi", "chidy"}, *housemate[] = {"chidi", "ngozi"};
	assert_int_equal(part_distance(ENCODED_PLACE, one, ENCODE_GIVEN, same), 0);
	assert_in_range(part_distance(ENCODED_PLACE, one, ENCODE_GIVEN, slip), 60, 299);
	assert_in_range(part_distance(ENCODED_PLACE, one, ENCODE_GIVEN, housemate), 301, 600);
	assert_in_range(part_distance(ENCODED_PLACE, two, ENCODE_GIVEN, same), 301, 600);
}

/* Strangers of one provider, and of one area, are no more alike than others. */
static void test_contacts_are_alike_by_their_own_part_only(void **state)
{
	(void)state;
	const char *none[] = {"", ""};
	const char *slip[] = {"chidi.okafor@post.example", "chidi.okafr@post.example"},
		   *strangers[] = {"chidi.okafor@post.example", "m.whitfield@post.example"},
		   *area[] = {"02079460123", "02079465987"};
	assert_in_range(part_distance(ENCODED_CONTACT, none, ENCODE_EMAIL, slip), 40, 200);
	assert_in_range(part_distance(ENCODED_CONTACT, none, ENCODE_EMAIL, strangers), 350, 600);
	assert_in_range(part_distance(ENCODED_CONTACT, none, ENCODE_PHONE, area), 230, 600);
}

static void test_parts_are_told_apart(void **state)
{
	(void)state;
	static const char *const prefixes[] = {"ove2", "ovc2", "ovp2"};
	struct encoder *encoder = encoder_new(key_a, &(struct encoding_settings){0});
	struct encoding encodings[ENCODED_PART_COUNT];
	for (unsigned part = 0; part < ENCODED_PART_COUNT; part++) {
		char written[ENCODING_TEXT_SIZE];
		enum encoded_part read;
		encoder_begin(encoder, (enum encoded_part)part, TEXT("1984"));
		encoder_add(encoder, ENCODE_GIVEN, TEXT("chidiebere"));
		encoder_add(encoder, ENCODE_FAMILY, TEXT("okafor"));
		encoder_add(encoder, ENCODE_EMAIL, TEXT("chidi.okafor@post.example"));
		assert_true(encoder_finish(encoder, &encodings[part]));
		struct text text = text_slice(written, encoder_write(encoder, &encodings[part], written));
		assert_true(text_starts_with(text, text_of(prefixes[part])));
		assert_true(encoding_is_text(text, &read));
		assert_int_equal(read, part);
	}
	encoder_free(encoder);
	assert_in_range(encoding_distance(&encodings[ENCODED_PERSON], &encodings[ENCODED_PLACE]), 350, 650);
}

/* A sex, or a date alone, would make strangers alike. */
static void test_too_little_is_not_encoded(void **state)
{
	(void)state;
	struct encoder *encoder = encoder_new(key_a, &(struct encoding_settings){0});
	struct encoding encoding;
	encoder_begin(encoder, ENCODED_PERSON, TEXT("1984"));
	encoder_add(encoder, ENCODE_BIRTH, TEXT("1984-03-31"));
	encoder_add(encoder, ENCODE_SEX, TEXT("1"));
	assert_false(encoder_finish(encoder, &encoding));
	encoder_free(encoder);
}

static void test_what_is_no_encoding_is_told(void **state)
{
	(void)state;
	struct encoder *encoder = encoder_new(key_a, &(struct encoding_settings){0});
	struct encoding encoding = encode_with(encoder, &chidi);
	struct text mark;
	char written[ENCODING_TEXT_SIZE];
	size_t len = encoder_write(encoder, &encoding, written);
	encoder_free(encoder);
	assert_false(encoding_parse(&encoding, &mark, TEXT("okafor")));
	assert_false(encoding_parse(&encoding, &mark, TEXT_ABSENT));
	assert_false(encoding_parse(&encoding, &mark, text_slice(written, len - 1)));
	written[40] = '*';
	assert_false(encoding_parse(&encoding, &mark, text_slice(written, len)));
}

static void test_nothing_in_nothing_out(void **state)
{
	(void)state;
	struct encoder *encoder = encoder_new(key_a, &(struct encoding_settings){0});
	struct encoding encoding;
	encoder_begin(encoder, ENCODED_PERSON, TEXT_ABSENT);
	encoder_add(encoder, ENCODE_GIVEN, TEXT(""));
	assert_false(encoder_finish(encoder, &encoding));
	encoder_free(encoder);
}

static void test_key_file(void **state)
{
	(void)state;
	char folder[] = "/tmp/oneview-encoding-XXXXXX", path[64];
	unsigned char key[ENCODING_KEY_SIZE], again[ENCODING_KEY_SIZE];
	struct error error;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/partner.key", folder);
	assert_int_equal(encoding_read_key(path, key, &error), STATUS_NOT_FOUND);
	assert_int_equal(encoding_create_key(path, &error), STATUS_OK);
	assert_int_equal(encoding_create_key(path, &error), STATUS_CONFLICT);
	assert_int_equal(encoding_read_key(path, key, &error), STATUS_OK);
	assert_int_equal(encoding_read_key(path, again, &error), STATUS_OK);
	assert_memory_equal(key, again, sizeof key);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(encoding_read_key(path, key, &error), STATUS_REFUSED);
	(void)unlink(path);
	(void)rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_values_give_equal_encodings),
		cmocka_unit_test(test_the_more_differs_the_further_apart),
		cmocka_unit_test(test_day_and_month_swapped_is_nearer_than_another_day),
		cmocka_unit_test(test_names_in_each_others_place_are_near),
		cmocka_unit_test(test_salt_hides_one_name_in_two_years),
		cmocka_unit_test(test_every_encoding_is_about_half_ones),
		cmocka_unit_test(test_keys_and_settings_have_marks_of_their_own),
		cmocka_unit_test(test_a_place_is_salted_by_its_postcode),
		cmocka_unit_test(test_contacts_are_alike_by_their_own_part_only),
		cmocka_unit_test(test_parts_are_told_apart),
		cmocka_unit_test(test_too_little_is_not_encoded),
		cmocka_unit_test(test_what_is_no_encoding_is_told),
		cmocka_unit_test(test_nothing_in_nothing_out),
		cmocka_unit_test(test_key_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
