#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "address/address.h"

static const struct gazetteer_entry places[] = {
	{.number = 21, .street = TEXT("Ash Grove"), .postcode = TEXT("NW2 3LN")}, /* 0: the shell */
	{.flat = TEXT("Flat 1"), .number = 21, .street = TEXT("Ash Grove"), .postcode = TEXT("NW2 3LN")}, /* 1 */
	{.flat = TEXT("Flat 2"), .number = 21, .street = TEXT("Ash Grove"), .postcode = TEXT("NW2 3LN")}, /* 2 */
	{.number = 23, .street = TEXT("Ash Grove"), .postcode = TEXT("NW2 3LN")},                         /* 3 */
	{.flat = TEXT("Flat 3"),
	 .building = TEXT("Kingfisher House"),
	 .number = 8,
	 .street = TEXT("St Mary's Road"),
	 .postcode = TEXT("EM1 4AB")}, /* 4 */
	{.flat = TEXT("Flat 13"),
	 .building = TEXT("Kingfisher House"),
	 .number = 8,
	 .street = TEXT("St Mary's Road"),
	 .postcode = TEXT("EM1 4AB")},                                                          /* 5 */
	{.number = 40, .suffix = 'A', .street = TEXT("Elm Road"), .postcode = TEXT("EM2 1AA")}, /* 6 */
	{.number = 40, .street = TEXT("Elm Road"), .postcode = TEXT("EM2 1AA")},                /* 7 */
	{.flat = TEXT("Ground Floor Flat"),
	 .number = 6,
	 .street = TEXT("Elm Road"),
	 .postcode = TEXT("EM2 1AA")}, /* 8 */
	{.flat = TEXT("First Floor Flat"),
	 .number = 6,
	 .street = TEXT("Elm Road"),
	 .postcode = TEXT("EM2 1AA")},                                                                      /* 9 */
	{.flat = TEXT("Room 2"), .number = 60, .street = TEXT("Elm Road"), .postcode = TEXT("EM2 1AB")},    /* 10 */
	{.number = 12, .number_to = 16, .street = TEXT("High Street"), .postcode = TEXT("EM3 1AB")},        /* 11 */
	{.building = TEXT("The Old Vicarage"), .street = TEXT("Church Lane"), .postcode = TEXT("EM3 2AB")}, /* 12 */
	{.flat = TEXT("Flat B"), .number = 52, .street = TEXT("Elm Road"), .postcode = TEXT("EM2 1AC")},    /* 13 */
};

static void matches(void **state)
{
	(void)state;
	static const struct {
		const char *address, *postcode;
		int want; /* -1: none */
	} rows[] = {
		{"Flat 1, 21 Ash Grove London", "NW2 3LN", 1},
		{"FL 1 21 Ashgrove", "", 1},
		{"Flat 1, 21 Ash Gr. London NW2 3LM", "", 1},
		{"1/21 Ash Grove", "NW2 3LN", 1},
		{"21/2 Ash Grove", "NW2 3LN", 2},
		{"21 Ash Grove", "NW2 3LN", 0},
		{"23 Ash Grove", "NW2 3LN", 3},
		{"22 Ash Grove", "NW2 3LN", -1},
		{"Flat 9, 23 Ash Grove", "NW2 3LN", 3}, /* the house is known, the flat is not */
		{"3 Kingfisher House, 8 St Marys Rd", "EM1 4AB", 4},
		{"Apt 3 Kingfisher Hse", "EM1 4AB", 4},
		{"Flat 13 Kingfisher House, Saint Mary's Road", "", 5},
		{"Flat 4 Kingfisher House, 8 St Mary's Road", "EM1 4AB", -1},
		{"40A Elm Road", "EM2 1AA", 6},
		{"Flat A, 40 Elm Rd", "EM2 1AA", 6},
		{"40 Elm Road", "EM2 1AA", 7},
		{"GFF 6 Elm Road", "EM2 1AA", 8},
		{"Flat Ground Floor, 6 Elm Rd", "EM2 1AA", 8},
		{"1st Floor Flat 6 Elm Road, London", "", 9},
		{"Flat First Floor, 6 Elm Roda", "EM2 1AA", 9},
		{"Rm 2, 60 Elm Road", "EM2 1AB", 10},
		{"R2 60 Elm Road", "EM2 1AB", 10},
		{"14 High St", "EM3 1AB", 11},
		{"12-16 High Street", "EM3 1AB", 11},
		{"18 High Street", "EM3 1AB", -1},
		{"Old Vicarage, Church Lane", "EM3 2AB", 12},
		{"The Old Vicarage, Church Ln", "EM3 2AB", 12},
		{"52B Elm Road, Eastmarsh", "EM2 1AC", 13},
		{"52 b Elm Road", "EM9 9ZZ", -1},
		{"", "EM2 1AC", -1},
		{"6 Elm Road", "EM2 1AA", -1}, /* two flats, no shell: neither */
		{"5 Mill Lane, Northwick", "NX1 1AB", -1},
	};
	struct gazetteer *gazetteer = gazetteer_new();
	for (uint32_t i = 0; i < sizeof places / sizeof *places; i++)
		gazetteer_add(gazetteer, i, &places[i]);
	gazetteer_finish(gazetteer);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct address_match match;
		gazetteer_match(gazetteer, text_of(rows[i].address), text_of(rows[i].postcode), &match);
		if ((int)match.property != rows[i].want)
			fail_msg("\"%s\" %s: %d (%s, score %d, gap %d), wanted %d", rows[i].address, rows[i].postcode,
				 (int)match.property, address_class_name(match.class), match.score, match.gap,
				 rows[i].want);
	}
	gazetteer_free(gazetteer);
}

static void folds(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"Apt 3, 21 St. Mary's Rd", "flat 3 21 st marys road"},
		{"GFF, 6 Elm Gdns", "flat gf 6 elm gardens"},
		{"20-23 HIGH STREET", "20-23 high st"},
		{"", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char out[128];
		address_fold(out, sizeof out, text_of(rows[i][0]));
		assert_string_equal(out, rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(matches), cmocka_unit_test(folds)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
