/* A correction is asked for, goes to the owner, and is noticed when an extract brings it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough.h"

#include "rights/corrections.h"

#include <pthread.h>
#include <unistd.h>

static struct borough b;
static struct error e;
static struct arena arena;

static int make(void **state)
{
	(void)state;
	borough_make(&b);
	arena_init(&arena, 64 << 20);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	arena_release(&arena);
	borough_drop(&b);
	return 0;
}

static struct rights_parts parts(void)
{
	return (struct rights_parts){b.profile, b.vault, b.data, b.desk};
}

/* An order about the value of Grace's tenancy whose title ends so. */
static struct correction_order about(const char *ending)
{
	size_t count;
	struct correction_choice *choices;
	struct rights_parts p = parts();
	struct correction_order order = {.resident_id = 1004,
					 .asked = date_of(2026, 3, 31),
					 .wanted = TEXT("1978-11-12"),
					 .evidence = TEXT("passport"),
					 .by = TEXT("officer")};
	bool found = false;
	assert_ok(correction_choices(&choices, &count, &p, 1004, &arena, &e), &e);
	assert_true(count > 3);
	for (size_t i = 0; i < count; i++) {
		assert_true(text_find(choices[i].title, TEXT("Mensah")) == choices[i].title.len);
		/* of the feed that says that she fled, nothing is offered */
		assert_true(text_find(choices[i].key, TEXT("hclic")) == choices[i].key.len);
		if (!found && text_find(choices[i].key, text_of(ending)) < choices[i].key.len)
			found = correction_choice_parse(&order, choices[i].key, b.profile);
	}
	assert_true(found);
	return order;
}

static enum status ask(const struct correction_order *order, int64_t *id)
{
	struct rights_parts p = parts();
	return correction_ask(id, order, &p, &e);
}

static enum status step(int64_t id, enum correction_state to, const char *reply)
{
	struct rights_parts p = parts();
	return correction_step(id, to, text_of(reply), TEXT("officer"), &p, &e);
}

static enum status tell(int64_t id)
{
	struct rights_parts p = parts();
	return correction_tell(id, TEXT("officer"), &p, &e);
}

static struct correction *only(date today)
{
	size_t count;
	struct correction *all;
	struct rights_parts p = parts();
	assert_ok(corrections_read(&all, &count, &p, 1004, today, &arena, &e), &e);
	assert_int_equal(count, 1);
	return all;
}

static int64_t notice(void)
{
	int64_t noticed;
	struct rights_parts p = parts();
	assert_ok(corrections_notice(&noticed, &p, date_of(2026, 4, 20), &e), &e);
	return noticed;
}

static void load(const char *born)
{
	char rows[900];
	snprintf(rows, sizeof rows,
		 "Tenancy Ref,Person Ref,Title,Forename,Surname,DOB,Sex,NI No,Role,Home Tel,Mobile,E-mail,Address "
		 "1,Address 2,Address 3,Post Code,UPRN,Tenure,Beds,Start,End,End Reason,Housing Officer,Officer "
		 "Tel,Patch\n"
		 "T1,P1,Mrs,Aisha,Mohammed,12/03/1985,F,AB123456C,TEN,,07911 123456,aisha@mail.example,14 Mill "
		 "Lane,Eastmarsh,,EM1 4QT,,SEC,3,01/04/2019,,,Ruth Okoro,020 7946 0001,North\n"
		 "T2,P2,Ms,Grace,Mensah,%s,F,,TEN,,,,5 Harbour Way,Eastmarsh,,EM4 9ZZ,,SEC,2,01/04/2021,,,Ruth "
		 "Okoro,020 7946 0001,North\n",
		 born);
	borough_write(&b, "tenancies_20260331.csv", rows);
	borough_intake(&b);
}

/* ---- from the request to the extract -------------------------------------------------------------------------- */

static void an_extract_that_brings_it_is_noticed(void **state)
{
	(void)state;
	int64_t id;
	struct text *recipients;
	const struct correction_order order = about("housing_tenancies.date_of_birth");
	assert_ok(ask(&order, &id), &e);
	const struct correction *one = only(date_of(2026, 4, 30));
	assert_int_equal(one->due, date_of(2026, 4, 30)); /* one calendar month, a Thursday */
	assert_false(one->overdue);
	assert_true(only(date_of(2026, 5, 1))->overdue);
	assert_int_equal(one->state, CORRECTION_ASKED);
	assert_true(text_is(one->wanted, "1978-11-12") && text_is(one->evidence, "passport"));
	assert_true(correction_recipients(&recipients, one, b.profile, &arena) > 0);
	assert_int_equal(notice(), 0);
	assert_ok(step(id, CORRECTION_SENT, ""), &e);
	assert_ok(step(id, CORRECTION_ACCEPTED, "of course"), &e);
	assert_true(text_is(only(0)->reply, "of course"));
	load("02/11/1978"); /* as it was */
	assert_int_equal(notice(), 0);
	load("12/11/1978");
	assert_int_equal(notice(), 1);
	one = only(date_of(2026, 4, 20));
	assert_int_equal(one->seen_as, SEEN_AS_ASKED);
	assert_int_equal(one->seen, date_of(2026, 4, 20));
	assert_int_equal(one->state, CORRECTION_DONE);
	assert_true(one->open);
	assert_int_equal(notice(), 0);
	assert_ok(tell(id), &e);
	assert_false(only(date_of(2026, 12, 1))->overdue);
}

static void another_value_is_told_apart_and_so_is_none(void **state)
{
	(void)state;
	int64_t id;
	const struct correction_order order = about("housing_tenancies.date_of_birth");
	assert_ok(ask(&order, &id), &e);
	load("03/11/1978");
	assert_int_equal(notice(), 1);
	assert_int_equal(only(0)->seen_as, SEEN_OTHERWISE);
	assert_int_equal(only(0)->state, CORRECTION_DONE);
	assert_ok(store_execute(b.data, "UPDATE fact SET ended_by = 1, ended_how = 2", &e), &e);
	assert_int_equal(notice(), 1);
	assert_int_equal(only(0)->seen_as, SEEN_GONE);
}

static void what_is_asked_is_checked(void **state)
{
	(void)state;
	int64_t id;
	struct correction_order order = about("housing_tenancies.date_of_birth"), wrong = order;
	wrong.wanted = TEXT(" ");
	assert_int_equal(ask(&wrong, &id), STATUS_INVALID);
	wrong = order;
	wrong.evidence = TEXT("");
	assert_int_equal(ask(&wrong, &id), STATUS_INVALID);
	wrong = order;
	wrong.asked = date_of(2026, 4, 1); /* tomorrow */
	assert_int_equal(ask(&wrong, &id), STATUS_INVALID);
	wrong = order;
	wrong.row_key++;
	assert_int_equal(ask(&wrong, &id), STATUS_NOT_FOUND);
	assert_false(correction_choice_parse(&wrong, TEXT("1.2.housing_tenancies"), b.profile));
	assert_ok(ask(&order, &id), &e);
	assert_int_equal(ask(&order, &id), STATUS_CONFLICT);
}

static void only_the_residents_own_values_can_be_asked_of(void **state)
{
	(void)state;
	int64_t id;
	struct rights_copy copy;
	struct rights_parts p = parts();
	struct correction_order order = about("housing_tenancies.date_of_birth"), wrong = order;
	wrong.resident_id = 1003; /* it is somebody else's */
	assert_int_equal(ask(&wrong, &id), STATUS_NOT_FOUND);
	assert_ok(ask(&order, &id), &e);
	assert_int_equal(ask(&wrong, &id), STATUS_NOT_FOUND); /* nor is it told that one is open */
	/* the row that says that she fled is there, and not offered */
	assert_ok(rights_copy(&copy, &p, 1004, &arena, &e), &e);
	size_t marked = 0;
	for (size_t r = 0; r < copy.row_count; r++)
		for (size_t v = 0; v < copy.rows[r].count; v++) {
			const struct rights_value *value = &copy.rows[r].values[v];
			if (!copy.rows[r].feed || !value->element || value->mark != MARK_SAFEGUARDING)
				continue;
			wrong = order;
			wrong.record_id = copy.rows[r].record_id;
			wrong.row_key = copy.rows[r].row_key;
			wrong.feed = copy.rows[r].feed;
			wrong.element = value->element;
			assert_int_equal(ask(&wrong, &id), STATUS_NOT_FOUND);
			marked++;
		}
	assert_true(marked > 0);
}

/* Somebody else, on a connection of their own. */
struct other {
	struct store *desk;
	const struct correction_order *order;
	enum status status;
	struct error error;
};

static void *ask_too(void *context)
{
	int64_t id;
	struct error error;
	struct other *other = context;
	const struct rights_parts p = {b.profile, b.vault, b.data, other->desk};
	other->status = store_begin(other->desk, &other->error);
	if (other->status == STATUS_OK)
		other->status = correction_ask(&id, other->order, &p, &other->error);
	if (other->status == STATUS_OK)
		other->status = store_commit(other->desk, &error);
	store_rollback(other->desk);
	return NULL;
}

static void of_two_who_ask_at_once_one_is_taken(void **state)
{
	(void)state;
	int64_t id;
	pthread_t thread;
	const struct correction_order order = about("housing_tenancies.date_of_birth");
	struct other other = {.desk = test_database_open(&b.db, STORE_DESK), .order = &order};
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(ask(&order, &id), &e);
	assert_int_equal(pthread_create(&thread, NULL, ask_too, &other), 0);
	usleep(200000);
	assert_ok(store_commit(b.desk, &e), &e);
	pthread_join(thread, NULL);
	store_close(other.desk);
	assert_int_equal(other.status, STATUS_CONFLICT);
	assert_string_equal(other.error.code, "rights.correction_open");
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM correction"), 1);
}

static void a_guess_is_not_confirmed(void **state)
{
	(void)state;
	int64_t id;
	struct correction_order order = about("housing_tenancies.date_of_birth");
	order.wanted = TEXT("02/11/1978"); /* what stands there */
	assert_ok(ask(&order, &id), &e);
	assert_int_equal(notice(), 0);
	load("02/11/1978");
	assert_int_equal(notice(), 0);
	assert_int_equal(only(0)->seen_as, SEEN_NOT);
	assert_int_equal(only(0)->state, CORRECTION_ASKED);
}

static void the_steps_come_in_their_order(void **state)
{
	(void)state;
	int64_t id;
	const struct correction_order order = about("housing_tenancies.date_of_birth");
	assert_ok(ask(&order, &id), &e);
	assert_int_equal(step(id, CORRECTION_ACCEPTED, ""), STATUS_CONFLICT); /* nobody has asked the owner */
	assert_int_equal(tell(id), STATUS_CONFLICT);
	assert_ok(step(id, CORRECTION_SENT, ""), &e);
	assert_int_equal(step(id, CORRECTION_SENT, ""), STATUS_CONFLICT);
	assert_int_equal(tell(id), STATUS_CONFLICT);
	assert_int_equal(step(id, CORRECTION_REFUSED, " "), STATUS_INVALID);
	assert_ok(step(id, CORRECTION_REFUSED, "the deed says so"), &e);
	load("12/11/1978");
	assert_int_equal(notice(), 0); /* it is no longer looked for */
	assert_ok(tell(id), &e);
	assert_int_equal(tell(id), STATUS_CONFLICT);
	assert_int_equal(step(id, CORRECTION_DONE, ""), STATUS_CONFLICT);
	assert_ok(ask(&order, &id), &e); /* and can be asked for once more */
}

static void nothing_of_it_is_in_clear(void **state)
{
	(void)state;
	int64_t id;
	const struct correction_order order = about("housing_tenancies.date_of_birth");
	assert_ok(ask(&order, &id), &e);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM correction WHERE wanted_sealed IS NOT NULL"), 1);
	if (b.db.kind != STORE_SQLITE)
		return;
	struct buf all;
	char path[400];
	buf_init(&all, 1 << 28);
	assert_ok(store_execute(b.desk, "PRAGMA wal_checkpoint(TRUNCATE)", &e), &e);
	snprintf(path, sizeof path, "%s/desk.db", b.db.folder);
	assert_ok(file_read(path, &all, &e), &e);
	assert_true(text_find(buf_text(&all), TEXT("1978-11-12")) == all.len);
	assert_true(text_find(buf_text(&all), TEXT("passport")) == all.len);
	buf_release(&all);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		CASE(an_extract_that_brings_it_is_noticed),
		CASE(another_value_is_told_apart_and_so_is_none),
		CASE(what_is_asked_is_checked),
		CASE(only_the_residents_own_values_can_be_asked_of),
		CASE(of_two_who_ask_at_once_one_is_taken),
		CASE(a_guess_is_not_confirmed),
		CASE(the_steps_come_in_their_order),
		CASE(nothing_of_it_is_in_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
