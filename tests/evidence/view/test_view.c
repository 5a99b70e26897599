/* What the pages say, over extracts that went through intake and the door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough_tests.h"

static void view_as(struct view_resident *view, const char *role, const char *purpose, int64_t id, instant seen)
{
	struct disclosure_resident *answer = ARENA_NEW(&arena, struct disclosure_resident);
	assert_int_equal(open_as(answer, role, purpose, id), STATUS_OK);
	view_resident(view, borough.profile, answer, seen, date_of(2026, 3, 31), &arena);
}

static const struct view_service *service_of(const struct view_resident *view, const char *title)
{
	for (size_t i = 0; i < view->service_count; i++) {
		if (text_is(view->services[i].title, title))
			return &view->services[i];
	}
	fail_msg("no service \"%s\"", title);
	return NULL;
}

static void test_known_to_says_who_and_how_to_reach_them(void **state)
{
	(void)state;
	struct view_resident view;
	view_as(&view, "housing_officer", "homelessness_prevention", 1002, INSTANT_UNKNOWN);
	const struct view_service *care = service_of(&view, "Children's social care");
	assert_string_equal(care->worker.shown.at, "Jo Bright");
	assert_string_equal(care->worker_phone.shown.at, "020 7946 0100");
	assert_string_equal(care->last_contact.shown.at, "20 January 2026");
	assert_int_equal(care->as_at, date_of(2026, 1, 31));
	assert_true(care->status.withheld);
	assert_true(care->status.why.len > 0);
	assert_true(care->why_no_more.len > 0);
	view_as(&view, "social_worker", "safeguarding", 1002, INSTANT_UNKNOWN);
	care = service_of(&view, "Children's social care");
	assert_string_equal(care->status.shown.at, "Child in need");
	assert_true(care->active);
	assert_string_equal(view.name.at, "Zo\xc3\xab Mohammed");
	assert_int_equal(view.age, 12);
}

static void test_identity_shows_where_sources_differ(void **state)
{
	(void)state;
	struct view_resident view;
	view_as(&view, "housing_officer", "homelessness_prevention", 1001, INSTANT_UNKNOWN);
	assert_string_equal(view.name.at, "Aisha Mohammed");
	assert_int_equal(view.age, 41);
	bool full_name = false;
	for (size_t i = 0; i < view.identity_count; i++) {
		const struct view_identity *identity = &view.identity[i];
		assert_non_null(identity->variants[0].value.origin);
		assert_true(identity->variants[0].source_count > 0);
		if (text_is(identity->element->id, "full_name")) {
			full_name = true;
			assert_string_equal(identity->variants[0].value.shown.at, "MOHAMED, MRS AYSHA");
		}
	}
	assert_true(full_name);
	assert_int_equal(view.address_count, 1); /* both sources, whatever the capitals */
	assert_int_equal(view.addresses[0].source_count, 2);
	assert_true(view.addresses[0].current);
	assert_int_equal(view.source_count, 2);
	assert_int_equal(view.home_count, 1); /* one line a property */
	assert_int_equal(view.homes[0].source_count, 2);
	assert_string_equal(view.homes[0].address.at, "14 Mill Lane, Eastmarsh"); /* the gazetteer's, not in capitals */
}

/* Of three sources that made the residence the viewer may see two: since when the third says so is not shown. */
static void test_dates_of_a_home_come_from_sources_that_are_shown(void **state)
{
	(void)state;
	struct view_resident view;
	struct error e;
	assert_ok(store_execute(borough.data, "UPDATE residence SET sources = 2, from_date = 9000", &e), &e);
	view_as(&view, "housing_officer", "homelessness_prevention", 1001, INSTANT_UNKNOWN);
	assert_int_equal(view.homes[0].from, 9000); /* both may be seen */
	assert_ok(store_execute(borough.data, "UPDATE residence SET sources = 3", &e), &e);
	view_as(&view, "housing_officer", "homelessness_prevention", 1001, INSTANT_UNKNOWN);
	assert_int_not_equal(view.homes[0].from, 9000);
	assert_ok(store_execute(borough.data, "UPDATE residence SET sources = 2, from_date = 18000", &e), &e);
}

/* A home is contradicted by one that this viewer may not see: that it is so is not said. */
static void test_what_is_hidden_contradicts_nothing(void **state)
{
	(void)state;
	struct view_resident view;
	struct error e;
	assert_ok(store_execute(borough.data, "UPDATE residence SET standing = 'doubtful'", &e), &e);
	view_as(&view, "housing_officer", "homelessness_prevention", 1001, INSTANT_UNKNOWN);
	assert_int_equal(view.residence_count, 1);
	assert_true(text_is_empty(view.residences[0].standing));
	assert_int_equal(view.conflict_count, 0);
	assert_ok(store_execute(borough.data, "UPDATE residence SET standing = 'main'", &e), &e);
	view_as(&view, "housing_officer", "homelessness_prevention", 1001, INSTANT_UNKNOWN);
	assert_true(text_is(view.residences[0].standing, "main"));
	assert_ok(store_execute(borough.data, "UPDATE residence SET standing = NULL", &e), &e);
}

static void test_former_names_and_addresses_say_until_when(void **state)
{
	(void)state;
	struct view_resident view;
	view_as(&view, "housing_officer", "homelessness_prevention", 1005, INSTANT_UNKNOWN);
	const struct view_identity *name = NULL;
	for (size_t i = 0; i < view.identity_count; i++)
		if (text_is(view.identity[i].element->id, "full_name"))
			name = &view.identity[i];
	assert_non_null(name);
	assert_int_equal(name->variant_count, 2);
	assert_false(name->differs); /* nobody says the former one now */
	assert_true(name->variants[0].current);
	assert_int_equal(name->variants[0].until, DATE_UNKNOWN);
	assert_string_equal(name->variants[1].value.shown.at, "BRIEN, MR JOHN PAUL");
	assert_false(name->variants[1].current);
	assert_int_equal(name->variants[1].until, date_of(2026, 2, 28));
	assert_int_equal(view.address_count, 2);
	assert_string_equal(view.addresses[1].postcode.at, "EM2 7AA");
	assert_false(view.addresses[1].current);
	assert_int_equal(view.addresses[1].to, date_of(2026, 2, 28));
	assert_string_equal(view.person.postcode.at, "EM2 7AB"); /* lists have the present one */
}

static void test_balances_and_markers(void **state)
{
	(void)state;
	struct view_resident view;
	view_as(&view, "housing_officer", "homelessness_prevention", 1001, INSTANT_UNKNOWN);
	assert_int_equal(view.balance_count, 2);
	assert_string_equal(view.balances[0].title.at, "Rent");
	assert_string_equal(view.balances[0].amount.shown.at, "\xc2\xa3"
							      "1,240.50");
	assert_int_equal(view.balances[0].on, date_of(2026, 2, 28));
	assert_true(view.balances[0].debt);
	assert_int_equal(view.marker_count, 1);
	assert_string_equal(view.markers[0].title.at, "Notice seeking possession or court");
	view_as(&view, "contact_centre", "customer_enquiry", 1001, INSTANT_UNKNOWN);
	assert_int_equal(view.balance_count, 0);
	assert_int_equal(view.marker_count, 0);
}

static void test_the_chronology_follows_the_event_rules(void **state)
{
	(void)state;
	static const struct {
		int year, month, day;
		const char *title;
	} expected[] = {
		{2026, 2, 28, "Rent recovery: notice seeking possession"},
		{2026, 2, 28, "Rent arrears now 8 to 13 weeks"},
		{2026, 1, 31, "Rent arrears now up to 4 weeks"},
		{2019, 4, 1, "Tenancy began (secure, as tenant)"},
		{2019, 4, 1, "Council tax liability began"},
	};
	struct view_resident view;
	view_as(&view, "housing_officer", "homelessness_prevention", 1001, INSTANT_UNKNOWN);
	assert_int_equal(view.event_count, sizeof expected / sizeof *expected);
	for (size_t i = 0; i < view.event_count; i++) {
		assert_string_equal(view.events[i].title.at, expected[i].title);
		assert_int_equal(view.events[i].on, date_of(expected[i].year, expected[i].month, expected[i].day));
		assert_non_null(view.events[i].origin);
		assert_false(view.events[i].is_new);
	}
}

static void test_new_since_the_last_look(void **state)
{
	(void)state;
	struct view_resident view;
	view_as(&view, "housing_officer", "homelessness_prevention", 1001, 0);
	assert_true(view.new_count > 0);
	assert_true(view.events[0].is_new);
	view_as(&view, "housing_officer", "homelessness_prevention", 1001, instant_now() + 1000000);
	assert_int_equal(view.new_count, 0);
}

static void test_sections_say_what_is_withheld(void **state)
{
	(void)state;
	struct view_resident view;
	view_as(&view, "early_help_worker", "early_help", 1001, INSTANT_UNKNOWN);
	bool found = false;
	for (size_t i = 0; i < view.section_count; i++) {
		const struct view_section *section = &view.sections[i];
		assert_true(section->row_count > 0);
		assert_non_null(section->rows[0].origin);
		if (!text_is(section->title, "Council tax"))
			continue;
		found = true;
		assert_true(section->why_no_more.len > 0);
	}
	assert_true(found);
	assert_int_equal(view.refusal_count, 0); /* nothing is withheld as a whole */
	view_as(&view, "housing_officer", "homelessness_prevention", 1002, INSTANT_UNKNOWN);
	assert_int_equal(view.refusal_count, 1);
	assert_string_equal(view.refusals[0].source->id.at, "childrens_social_care");
	assert_true(view.refusals[0].why.len > 0);
}

static void open_place(bool household, void *answer, const char *role, const char *purpose, int64_t id)
{
	struct error e;
	struct viewer viewer = borough_viewer(&borough, role, purpose);
	struct disclosure_question question = {.viewer = &viewer, .subject_id = id, .on = DATE_UNKNOWN};
	struct disclosure_household *home = answer;
	struct disclosure_property *property = answer;
	assert_ok(household ? disclosure_open_household(home, borough.door, &question, &arena, &e)
			    : disclosure_open_property(property, borough.door, &question, &arena, &e),
		  &e);
	assert_ok(disclosure_wait(household ? home->ticket : property->ticket, &e), &e);
}

static void test_a_household_in_words(void **state)
{
	(void)state;
	struct disclosure_household answer;
	struct view_household view;
	open_place(true, &answer, "housing_officer", "homelessness_prevention", 5001);
	view_household(&view, borough.profile, &answer, date_of(2026, 3, 31), &arena);
	assert_int_equal(view.household_id, 5001);
	assert_int_equal(view.place, PLACE_SHOWN);
	assert_string_equal(view.address.at, "14 Mill Lane, Eastmarsh, EM1 4QT");
	assert_int_equal(view.member_count, 2); /* Liam does not exist for this viewer */
	assert_int_equal(view.current_count, 2);
	assert_int_equal(view.members[0].resident_id, 1001); /* the eldest first */
	assert_int_equal(view.members[0].age, 41);
	assert_true(view.members[0].current);
	assert_true(text_starts_with(view.members[0].why, TEXT("same address")));
	assert_true(view.members[0].known_to_count > 0);
}

static void test_a_property_has_each_resident_once(void **state)
{
	(void)state;
	struct disclosure_property answer;
	struct view_property view;
	open_place(false, &answer, "housing_officer", "homelessness_prevention", 7001);
	struct disclosed_household twice[2] = {answer.households[0], answer.households[0]};
	struct disclosed_member before[2] = {twice[0].members[0], twice[0].members[1]};
	for (int i = 0; i < 2; i++) {
		before[i].from = date_of(2010, 1, 1);
		before[i].to = date_of(2012, 1, 1);
	}
	twice[1].members = before;
	answer.households = twice;
	answer.household_count = 2;
	view_property(&view, borough.profile, &answer, date_of(2026, 3, 31), &arena);
	assert_string_equal(view.uprn.at, "100023336956");
	assert_int_equal(view.household_count, 2);
	assert_int_equal(view.resident_count, 2);
	assert_int_equal(view.residents[0].from, date_of(2010, 1, 1));
	assert_int_equal(view.residents[0].to, DATE_UNKNOWN);
	assert_true(view.residents[0].current);
}

static void test_a_class_in_words(void **state)
{
	(void)state;
	static const struct {
		const char *code, *words;
	} cases[] = {
		{"RD03", "Semi-detached house"},
		{"RD06", "Flat, maisonette or apartment"},
		{"RD99", "Home"}, /* of a newer scheme: as much as is sure */
		{"RI02NC", "Lodgings"},
		{"RI02", "Communal home"},
		{"CL06", "Business or public building"},
		{"PP", "Building in several parts"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(view_class_words(text_of(cases[i].code)).at, cases[i].words);
	assert_true(text_is_absent(view_class_words(TEXT("7"))));
	assert_true(text_is_absent(view_class_words(TEXT_ABSENT)));
}

static void test_words(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		enum column_type type;
		const char *words;
	} cases[] = {
		{"2024-03-09", COLUMN_DATE, "9 March 2024"},
		{"2024-03-09T14:30", COLUMN_DATETIME, "9 March 2024, 14:30"},
		{"2024-03-09T00:00", COLUMN_DATETIME, "9 March 2024"},
		{"1234.5", COLUMN_MONEY,
		 "\xc2\xa3"
		 "1,234.50"},
		{"-0.5", COLUMN_MONEY,
		 "-\xc2\xa3"
		 "0.50"},
		{"1234567", COLUMN_MONEY,
		 "\xc2\xa3"
		 "1,234,567.00"},
		{"true", COLUMN_BOOLEAN, "Yes"},
		{"false", COLUMN_BOOLEAN, "No"},
		{"child in need", COLUMN_CODE, "Child in need"},
		{"as written", COLUMN_TEXT, "as written"},
		{"", COLUMN_DATE, ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(view_words(text_of(cases[i].value), cases[i].type, &arena).at, cases[i].words);
}

static void test_why_somebody_is_in_a_household(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		int sources;
		const char *words;
	} cases[] = {
		{"same_address", 3, "same address in 3 sources"},
		{"only_resident", 1, "only person at the address, in 1 source"},
		{"alone_at_shared_address", 0, "alone, at an address that several households share"},
		{"a_code_of_tomorrow", 0, "no reason was kept"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct disclosed_member member = {.why = text_of(cases[i].why), .sources = cases[i].sources};
		struct text words = view_household_why(&member, &arena);
		assert_true(text_is(words, cases[i].words));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_THE_BOROUGH(test_known_to_says_who_and_how_to_reach_them),
		ON_THE_BOROUGH(test_identity_shows_where_sources_differ),
		ON_THE_BOROUGH(test_dates_of_a_home_come_from_sources_that_are_shown),
		ON_THE_BOROUGH(test_what_is_hidden_contradicts_nothing),
		ON_THE_BOROUGH(test_former_names_and_addresses_say_until_when),
		ON_THE_BOROUGH(test_balances_and_markers),
		ON_THE_BOROUGH(test_the_chronology_follows_the_event_rules),
		ON_THE_BOROUGH(test_new_since_the_last_look),
		ON_THE_BOROUGH(test_sections_say_what_is_withheld),
		ON_THE_BOROUGH(test_a_household_in_words),
		ON_THE_BOROUGH(test_a_property_has_each_resident_once),
		ON_THE_BOROUGH(test_a_class_in_words),
		ON_THE_BOROUGH(test_words),
		ON_THE_BOROUGH(test_why_somebody_is_in_a_household),
	};
	return RUN_ON_THE_BOROUGH(tests);
}
