/* Households through time, the family that knows better, and what people ruled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"
#include "household/history.h"
#include "household/household_rulings.h"

#include <stdlib.h>
#include <string.h>

static date day(int year, int month)
{
	return date_of(year, month, 1);
}

static struct stay stay(int64_t resident, int64_t property, date from, date to, uint64_t family, uint32_t present)
{
	return (struct stay){.resident_id = resident,
			     .property_id = property,
			     .sequence = 1,
			     .from = from,
			     .to = to,
			     .families = {family},
			     .born = DATE_UNKNOWN,
			     .present = present,
			     .kind = "family",
			     .certainty = "certain",
			     .why = "same_address"};
}

static const struct stay *find(const struct history *h, int64_t resident, int64_t property)
{
	for (size_t i = 0; i < h->count; i++) {
		if (h->stays[i].resident_id == resident && h->stays[i].property_id == property)
			return &h->stays[i];
	}
	fail_msg("no stay of %lld at %lld", (long long)resident, (long long)property);
	return NULL;
}

static size_t told(const struct history *h, const char *what, int64_t resident)
{
	size_t count = 0;
	for (size_t i = 0; i < h->event_count; i++)
		count += strcmp(h->events[i].what, what) == 0 && h->events[i].resident_id == resident;
	return count;
}

static void make(struct history *h, struct stay *stays, size_t count)
{
	int64_t ids[64];
	history_make(h, stays, count);
	for (size_t i = 0; i < h->households; i++)
		ids[i] = 100 + (int64_t)i;
	history_tell(h, ids);
}

/* Two parents and a child move from 7 to 8; later a child is born there, and one parent leaves for 9. */
static void a_family_moves_and_parts(void **state)
{
	(void)state;
	struct stay stays[] = {
		stay(1, 7, day(2015, 1), day(2020, 6), 11, 0), stay(2, 7, day(2015, 1), day(2020, 6), 11, 0),
		stay(3, 7, day(2015, 1), day(2020, 8), 11, 0), /* the school heard later */
		stay(1, 8, day(2020, 6), DATE_UNKNOWN, 11, 0), stay(2, 8, day(2020, 6), day(2023, 3), 11, 0),
		stay(3, 8, day(2020, 8), DATE_UNKNOWN, 11, 0), stay(4, 8, day(2021, 5), DATE_UNKNOWN, 11, 0),
		stay(2, 9, day(2023, 3), DATE_UNKNOWN, 11, 1)};
	stays[6].born = day(2021, 5);
	struct history h;
	make(&h, stays, 8);
	assert_int_equal(h.households, 2);
	uint32_t family = find(&h, 1, 7)->household;
	assert_int_equal(find(&h, 1, 8)->household, family);
	assert_int_equal(find(&h, 2, 8)->household, family);
	assert_int_equal(find(&h, 3, 8)->household, family);
	assert_int_not_equal(find(&h, 2, 9)->household, family);
	assert_int_equal(told(&h, "born", 4), 1);
	assert_int_equal(told(&h, "separated", 2), 1);
	assert_int_equal(told(&h, "joined", 2), 1);
	assert_int_equal(told(&h, "moved", 0), 1);
	assert_int_equal(told(&h, "began", 0), 2);
	assert_int_equal(told(&h, "ended", 0), 0);
	history_release(&h);
}

/* Those who lived there before are another household, also when the council heard of their leaving a month late. */
static void who_was_there_before_is_another_household(void **state)
{
	(void)state;
	struct stay stays[] = {stay(1, 7, day(2010, 1), day(2020, 7), 11, 0),
			       stay(2, 7, day(2010, 1), day(2020, 6), 12, 0),
			       stay(3, 7, day(2020, 6), DATE_UNKNOWN, 13, 0)};
	struct history h;
	make(&h, stays, 3);
	assert_int_equal(h.households, 2);
	assert_int_equal(find(&h, 1, 7)->household, find(&h, 2, 7)->household);
	assert_int_not_equal(find(&h, 1, 7)->household, find(&h, 3, 7)->household);
	assert_int_equal(told(&h, "ended", 0), 1);
	history_release(&h);
}

static void who_died_is_said_to_have(void **state)
{
	(void)state;
	struct stay stays[] = {stay(1, 7, day(2010, 1), DATE_UNKNOWN, 11, 0),
			       stay(2, 7, day(2010, 1), day(2022, 2), 11, 0)};
	stays[1].died = true;
	struct history h;
	make(&h, stays, 2);
	assert_int_equal(h.households, 1);
	assert_int_equal(told(&h, "died", 2), 1);
	assert_int_equal(told(&h, "moved_out", 2), 0);
	history_release(&h);
}

/* In a house in multiple occupation only a family is a household, in the past as now. */
static void strangers_of_the_past_are_strangers(void **state)
{
	(void)state;
	struct stay stays[] = {stay(1, 7, day(2010, 1), day(2022, 1), 11, 0),
			       stay(2, 7, day(2011, 1), day(2022, 1), 12, 0),
			       stay(3, 7, day(2012, 1), day(2022, 1), 11, 0)};
	for (size_t i = 0; i < 3; i++)
		stays[i].apart = true;
	struct history h;
	make(&h, stays, 3);
	assert_int_equal(h.households, 2);
	assert_int_equal(find(&h, 1, 7)->household, find(&h, 3, 7)->household);
	history_release(&h);
}

/* Overlapping, reversed and unknown dates, in any order: the same households, and nobody in two at once. */
static void order_of_stays_does_not_matter(void **state)
{
	(void)state;
	enum { COUNT = 200 };
	struct stay first[COUNT], second[COUNT];
	for (int i = 0; i < COUNT; i++) {
		uint64_t mixed = hash_mix((uint64_t)i + 1);
		date from = mixed % 7 == 0 ? DATE_UNKNOWN : day(2000 + (int)(mixed % 20), 1 + (int)(mixed / 32 % 12));
		date to = mixed % 3 == 0 ? DATE_UNKNOWN : day(2003 + (int)(mixed / 1024 % 20), 1);
		first[i] = stay(i / 4, (int64_t)(mixed / 4096 % 9), from,
				i % 4 ? (to == DATE_UNKNOWN ? day(2019, 1) : to) : to, 1 + mixed % 5,
				(uint32_t)(mixed / 4096 % 9));
		first[i].sequence = i;
	}
	for (int i = 0; i < COUNT; i++)
		second[i] = first[COUNT - 1 - i];
	struct history a, b;
	make(&a, first, COUNT);
	make(&b, second, COUNT);
	assert_int_equal(a.count, b.count);
	assert_int_equal(a.households, b.households);
	assert_int_equal(a.event_count, b.event_count);
	for (size_t i = 0; i < a.count; i++) {
		assert_int_equal(a.stays[i].household, b.stays[i].household);
		assert_int_equal(a.stays[i].from, b.stays[i].from);
		if (i > 0 && a.stays[i].resident_id == a.stays[i - 1].resident_id && a.stays[i].from != DATE_UNKNOWN)
			assert_true(a.stays[i - 1].to <= a.stays[i].from);
	}
	history_release(&a);
	history_release(&b);
}

/* A million people came and went at one address: seconds, not days. */
static void a_million_at_one_address(void **state)
{
	(void)state;
	enum { CROWD = 1000000 };
	struct stay *stays = calloc(CROWD, sizeof *stays);
	for (int64_t i = 0; i < CROWD; i++) {
		stays[i] = stay(i / 2, 7, 10000 + (date)(i % 5000), i % 2 ? DATE_UNKNOWN : 15000 + (date)(i % 700),
				1 + (uint64_t)i % 1000, (uint32_t)i);
		stays[i].sequence = (int)(i % 2);
		stays[i].apart = true;
	}
	struct history h;
	history_make(&h, stays, CROWD);
	assert_true(h.households > 0);
	history_release(&h);
	free(stays);
}

/* ---- the family knows better ----------------------------------------------------------------------------------- */

static struct residence home(int64_t resident, int64_t property, date from, date to, enum residence_standing standing)
{
	return (struct residence){.resident_id = resident,
				  .property_id = property,
				  .sequence = 1,
				  .from = from,
				  .said = from,
				  .to = to,
				  .standing = standing,
				  .current = standing == RESIDENCE_MAIN,
				  .confidence = 0.9};
}

static struct dweller who(int64_t resident, uint64_t family, date born)
{
	return (struct dweller){.resident_id = resident, .families = {family}, .born = born, .died = DATE_UNKNOWN};
}

static const struct residence *main_of(const struct residence *all, size_t count, int64_t resident)
{
	const struct residence *found = NULL;
	for (size_t i = 0; i < count; i++) {
		if (all[i].resident_id == resident && all[i].current) {
			assert_null(found);
			found = &all[i];
		}
	}
	return found;
}

static void a_child_follows_the_family(void **state)
{
	(void)state;
	struct dweller people[] = {who(1, 11, day(1985, 1)), who(2, 11, day(2015, 1)), who(3, 12, day(2014, 1))};
	struct residence *all = calloc(6, sizeof *all);
	size_t count = 0;
	all[count++] = home(1, 7, day(2016, 1), day(2023, 1), RESIDENCE_FORMER);
	all[count++] = home(1, 8, day(2023, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[count++] = home(2, 7, day(2019, 9), DATE_UNKNOWN, RESIDENCE_MAIN); /* the school knows no better */
	all[count++] = home(3, 7, day(2023, 2), DATE_UNKNOWN, RESIDENCE_MAIN);
	count = residences_follow(&all, count, people, 3, day(2024, 1));
	assert_int_equal(count, 5);
	assert_int_equal(main_of(all, count, 2)->property_id, 8);
	assert_true(main_of(all, count, 2)->inferred);
	assert_int_equal(main_of(all, count, 3)->property_id, 7);
	free(all);
}

/* When parents part, the one of the child's name may be the one who leaves; and a child of another name than everybody
 * else's lives with somebody too. */
static void names_do_not_part_a_child_from_its_home(void **state)
{
	(void)state;
	struct dweller people[] = {who(1, 11, day(1985, 1)), who(2, 11, day(2015, 1)), who(3, 12, day(1986, 1)),
				   who(4, 13, day(1987, 1)), who(5, 14, day(2015, 1))};
	struct residence *all = calloc(8, sizeof *all);
	size_t count = 0;
	all[count++] = home(1, 7, day(2016, 1), day(2023, 1), RESIDENCE_FORMER);
	all[count++] = home(1, 8, day(2023, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[count++] = home(2, 7, day(2019, 9), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[count++] = home(3, 7, day(2017, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[count++] = home(4, 9, day(2016, 1), day(2023, 1), RESIDENCE_FORMER);
	all[count++] = home(4, 10, day(2023, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[count++] = home(5, 9, day(2019, 9), DATE_UNKNOWN, RESIDENCE_MAIN);
	count = residences_follow(&all, count, people, 5, day(2024, 1));
	assert_int_equal(main_of(all, count, 2)->property_id, 7);
	assert_int_equal(main_of(all, count, 5)->property_id, 10);
	free(all);
}

/* A grown child does not: who is of age may have stayed. Nor does a child whose own news is newer. */
static void not_everybody_follows(void **state)
{
	(void)state;
	struct dweller people[] = {who(1, 11, day(1965, 1)), who(2, 11, day(2000, 1)), who(3, 11, day(2015, 1))};
	struct residence *all = calloc(6, sizeof *all);
	size_t count = 0;
	all[count++] = home(1, 7, day(2016, 1), day(2021, 1), RESIDENCE_FORMER);
	all[count++] = home(1, 8, day(2021, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[count++] = home(2, 7, day(2016, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[count++] = home(3, 7, day(2016, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[count - 1].said = day(2023, 9);
	count = residences_follow(&all, count, people, 3, day(2024, 1));
	assert_int_equal(main_of(all, count, 2)->property_id, 7);
	assert_int_equal(main_of(all, count, 3)->property_id, 7);
	free(all);
}

static void who_is_forgotten_stays_with_the_family(void **state)
{
	(void)state;
	struct dweller people[] = {who(1, 11, day(1975, 1)), who(2, 11, day(2006, 1)), who(3, 12, day(2006, 1))};
	struct residence *all = calloc(4, sizeof *all);
	all[0] = home(1, 7, day(2016, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[1] = home(2, 7, day(2016, 1), day(2023, 7), RESIDENCE_FORMER); /* left school */
	all[2] = home(3, 7, day(2016, 1), day(2023, 7), RESIDENCE_FORMER); /* of no family there */
	all[1].vanished = all[2].vanished = true;
	size_t count = residences_follow(&all, 3, people, 3, day(2024, 1));
	assert_int_equal(main_of(all, count, 2)->property_id, 7);
	assert_null(main_of(all, count, 3));
	free(all);
}

static void a_child_of_parents_apart_has_two_homes(void **state)
{
	(void)state;
	struct dweller people[] = {who(1, 11, day(1980, 1)), who(2, 11, day(1981, 1)), who(3, 11, day(2014, 1))};
	struct residence *all = calloc(4, sizeof *all);
	all[0] = home(1, 7, day(2016, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[1] = home(2, 8, day(2020, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[2] = home(3, 7, day(2016, 1), DATE_UNKNOWN, RESIDENCE_MAIN);
	all[3] = home(3, 8, day(2020, 1), DATE_UNKNOWN, RESIDENCE_DOUBTFUL);
	size_t count = residences_follow(&all, 4, people, 3, day(2024, 1));
	assert_int_equal(count, 4);
	assert_int_equal(all[2].standing, RESIDENCE_MAIN);
	assert_int_equal(all[3].standing, RESIDENCE_SECOND);
	free(all);
}

/* ---- rulings --------------------------------------------------------------------------------------------------- */

static struct household_ruling ruling(int64_t id, int64_t a, int64_t b, bool together)
{
	return (struct household_ruling){.ruling_id = id,
					 .a = {TEXT("housing"), a},
					 .b = {TEXT("housing"), b},
					 .together = together,
					 .undone = INSTANT_UNKNOWN};
}

static void rulings_hold_unless_they_contradict(void **state)
{
	(void)state;
	struct household_ruling all[] = {ruling(1, 1, 2, true),  ruling(2, 2, 3, true), ruling(3, 1, 3, false),
					 ruling(4, 5, 6, false), ruling(5, 5, 6, true), ruling(6, 7, 8, false)};
	struct household_rulings rulings = {.at = all, .count = 6};
	all[5].undone = 1;
	household_rulings_settle(&rulings);
	assert_int_equal(all[0].state, HOUSEHOLD_RULING_HOLDS);
	assert_int_equal(all[2].state, HOUSEHOLD_RULING_CONTRADICTED);
	assert_int_equal(all[3].state, HOUSEHOLD_RULING_SUPERSEDED);
	assert_int_equal(all[4].state, HOUSEHOLD_RULING_HOLDS);
	assert_int_equal(all[5].state, HOUSEHOLD_RULING_UNDONE);
	all[1].undone = 1; /* taken back: what it stood against holds now */
	household_rulings_settle(&rulings);
	assert_int_equal(all[2].state, HOUSEHOLD_RULING_HOLDS);
}

static struct occupant person(int64_t resident, int64_t property, uint64_t family, enum property_use use)
{
	return (struct occupant){.resident_id = resident,
				 .property_id = property,
				 .families = {2 * family}, /* a name, not a group */
				 .from = day(2020, 1) + (date)resident,
				 .confidence = 0.8,
				 .use = use};
}

static const struct occupant *of(const struct occupant *people, size_t count, int64_t resident)
{
	for (size_t i = 0; i < count; i++) {
		if (people[i].resident_id == resident)
			return &people[i];
	}
	fail_msg("%lld is nowhere", (long long)resident);
	return NULL;
}

static void what_was_ruled_goes_before_all(void **state)
{
	(void)state;
	struct occupant people[] = {person(1, 7, 11, USE_HOME),   person(2, 7, 12, USE_HOME),
				    person(3, 7, 12, USE_HOME),   person(4, 8, 13, USE_SHARED),
				    person(5, 8, 14, USE_SHARED), person(6, 9, 11, USE_HOME)};
	struct tie ties[] = {{1, 2, TIE_APART}, {4, 5, TIE_TOGETHER}, {1, 6, TIE_TOGETHER}};
	people[5].confidence = 0.4; /* 6 lives where 1 does */
	assert_int_equal(households_make(people, 6, ties, 3), 3);
	assert_int_equal(of(people, 6, 2)->household, of(people, 6, 3)->household); /* the family goes along */
	assert_int_not_equal(of(people, 6, 1)->household, of(people, 6, 2)->household);
	assert_string_equal(of(people, 6, 2)->why, "ruled_apart");
	assert_int_equal(of(people, 6, 4)->household, of(people, 6, 5)->household);
	assert_string_equal(of(people, 6, 4)->why, "ruled_together");
	assert_int_equal(of(people, 6, 6)->household, of(people, 6, 1)->household);
	assert_int_equal(of(people, 6, 6)->property_id, 7);
}

static void relations_find_families_in_shared_houses(void **state)
{
	(void)state;
	struct occupant people[] = {person(1, 7, 11, USE_SHARED), person(2, 7, 12, USE_SHARED),
				    person(3, 7, 13, USE_SHARED)};
	struct tie ties[] = {{1, 2, TIE_RELATED}};
	assert_int_equal(households_make(people, 3, ties, 1), 2);
	assert_int_equal(of(people, 3, 1)->household, of(people, 3, 2)->household);
	assert_string_equal(of(people, 3, 1)->why, "related_at_shared_address");
	assert_string_equal(of(people, 3, 1)->certainty, "likely");
	assert_string_equal(of(people, 3, 3)->why, "alone_at_shared_address");
}

/* Where names and claims tell of families that came from one place, they are believed who have no name in common. */
static void who_came_from_one_place_is_a_family(void **state)
{
	(void)state;
	struct occupant people[] = {person(1, 7, 11, USE_SHARED), person(2, 7, 12, USE_SHARED),
				    person(3, 7, 13, USE_SHARED), person(4, 8, 14, USE_SHARED),
				    person(5, 8, 14, USE_SHARED)};
	struct tie ties[] = {{1, 2, TIE_MOVED}, {4, 5, TIE_MOVED}};
	assert_int_equal(households_make(people, 5, ties, 2), 3);
	assert_int_equal(of(people, 5, 1)->household, of(people, 5, 2)->household);
	assert_string_equal(of(people, 5, 1)->why, "moved_together_to_shared_address");
	assert_string_equal(of(people, 5, 1)->certainty, "uncertain");
	assert_string_equal(of(people, 5, 3)->why, "alone_at_shared_address");
}

/* What it is worth is learned: where those who came from one place are strangers by all that is known, so are these. */
static void what_coming_together_is_worth_is_learned(void **state)
{
	(void)state;
	enum { PAIRS = 30 };
	struct occupant people[2 * PAIRS];
	struct tie ties[PAIRS];
	for (int i = 0; i < PAIRS; i++) {
		people[2 * i] = person(2 * i + 1, 7 + i, 100 + 4 * (uint64_t)i, USE_SHARED);
		people[2 * i + 1] = person(2 * i + 2, 7 + i, 102 + 4 * (uint64_t)i, USE_SHARED);
		ties[i] = (struct tie){2 * i + 1, 2 * i + 2, TIE_MOVED};
	}
	assert_int_equal(households_make(people, 2 * PAIRS, ties, PAIRS), 2 * PAIRS);
}

static struct occupant comer(int64_t id, uint64_t family, date from, bool child, enum property_use use)
{
	struct occupant out = person(id, 7, family, use);
	out.from = from;
	out.child = child;
	return out;
}

/* Two mothers of one name in a hostel: each child belongs to the one who came when it did. */
static void strangers_of_one_name_in_a_hostel(void **state)
{
	(void)state;
	struct occupant people[] = {
		comer(1, 12, 1000, false, USE_INSTITUTION), comer(2, 12, 1003, true, USE_INSTITUTION),
		comer(3, 12, 1400, false, USE_INSTITUTION), comer(4, 12, 1401, true, USE_INSTITUTION),
		comer(5, 14, 1400, true, USE_INSTITUTION)};
	assert_int_equal(households_make(people, 5, NULL, 0), 3);
	assert_int_equal(of(people, 5, 2)->household, of(people, 5, 1)->household);
	assert_int_equal(of(people, 5, 4)->household, of(people, 5, 3)->household);
	assert_int_not_equal(of(people, 5, 3)->household, of(people, 5, 1)->household);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_family_moves_and_parts),
		cmocka_unit_test(who_came_from_one_place_is_a_family),
		cmocka_unit_test(what_coming_together_is_worth_is_learned),
		cmocka_unit_test(strangers_of_one_name_in_a_hostel),
		cmocka_unit_test(who_was_there_before_is_another_household),
		cmocka_unit_test(who_died_is_said_to_have),
		cmocka_unit_test(strangers_of_the_past_are_strangers),
		cmocka_unit_test(order_of_stays_does_not_matter),
		cmocka_unit_test(a_million_at_one_address),
		cmocka_unit_test(a_child_follows_the_family),
		cmocka_unit_test(names_do_not_part_a_child_from_its_home),
		cmocka_unit_test(not_everybody_follows),
		cmocka_unit_test(who_is_forgotten_stays_with_the_family),
		cmocka_unit_test(a_child_of_parents_apart_has_two_homes),
		cmocka_unit_test(rulings_hold_unless_they_contradict),
		cmocka_unit_test(what_was_ruled_goes_before_all),
		cmocka_unit_test(relations_find_families_in_shared_houses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
