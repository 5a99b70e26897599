/* Records of which only encodings are known: one column that is a whole person. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/memory.h"
#include "encoding/encoding.h"
#include "linking/linking.h"
#include "maths/random.h"

#include <stdio.h>
#include <stdlib.h>

static const unsigned char key[ENCODING_KEY_SIZE] = "one key of thirty-two bytes: ...";
enum { PEOPLE = 1500 };

static void make_name(char out[16], struct random *r)
{
	static const char consonants[] = "bcdfghklmnprst", vowels[] = "aeiou";
	size_t len = 0, syllables = 2 + random_below(r, 2);
	for (size_t i = 0; i < syllables; i++) {
		out[len++] = consonants[random_below(r, sizeof consonants - 1)];
		out[len++] = vowels[random_below(r, sizeof vowels - 1)];
	}
	out[len] = '\0';
}

struct person {
	char given[16], family[16], birth[16];
	int year;
};

static struct person make_person(uint64_t number)
{
	struct person person;
	struct random r;
	random_start(&r, 5, number, 0, 0);
	make_name(person.given, &r);
	make_name(person.family, &r);
	person.year = 1930 + (int)random_below(&r, 80);
	(void)date_format_iso(date_of(person.year, 1 + (int)random_below(&r, 12), 1 + (int)random_below(&r, 28)),
			      person.birth);
	return person;
}

/* Each person twice, the second time with a letter of the family name wrong in every third. */
static void add_people(struct linking_table *table, uint64_t *truth)
{
	struct encoder *encoder = encoder_new(key, &(struct encoding_settings){0});
	for (uint64_t i = 0; i < 2 * PEOPLE; i++) {
		struct person person = make_person(i / 2);
		struct encoding encoding;
		char written[ENCODING_TEXT_SIZE];
		if (i % 6 == 1)
			person.family[2] = 'z';
		encoder_begin(encoder, ENCODED_PERSON, text_slice(person.birth, 4));
		encoder_add(encoder, ENCODE_GIVEN, text_of(person.given));
		encoder_add(encoder, ENCODE_FAMILY, text_of(person.family));
		encoder_add(encoder, ENCODE_BIRTH, text_of(person.birth));
		assert_true(encoder_finish(encoder, &encoding));
		linking_table_add_record(table, (int64_t)i + 1);
		linking_table_add_value(table, 0, text_slice(written, encoder_write(encoder, &encoding, written)));
		truth[i] = i / 2 + 1;
	}
	encoder_free(encoder);
}

static void test_encodings_alone_find_their_people(void **state)
{
	(void)state;
	static const struct linking_column column = {"encoding", LINKING_ENCODING};
	struct linking_table *table = linking_table_new(&column, 1);
	uint64_t *truth = memory_alloc((size_t)2 * PEOPLE, sizeof *truth),
		 *clusters = memory_alloc((size_t)2 * PEOPLE, sizeof *clusters);
	struct linking_run *run;
	struct linking_quality quality;
	struct error error;
	add_people(table, truth);
	assert_int_equal(linking_run_new(&run, table, &(struct linking_settings){0}, &error), STATUS_OK);
	for (size_t i = 0; i < (size_t)2 * PEOPLE; i++)
		clusters[i] = linking_cluster_of(run, i);
	linking_evaluate(clusters, truth, (size_t)2 * PEOPLE, &quality);
	assert_true(quality.recall > 0.97);
	assert_true(quality.precision > 0.99);
	/* far fewer comparisons than all with all: the bands find who is alike */
	assert_true(linking_run_report(run)->pairs < (uint64_t)PEOPLE * PEOPLE / 2);
	linking_run_free(run);
	free(truth);
	free(clusters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_encodings_alone_find_their_people)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
