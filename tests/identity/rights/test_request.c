/* A request for a copy runs to its due date, and no copy goes out before everything marked was decided by two persons.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough.h"

#include "base/id.h"
#include "rights/redaction.h"
#include "rights/request.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static struct borough b;
static struct error e;
static struct arena arena;

static int make(void **state)
{
	(void)state;
	borough_make(&b); /* whose today is another day */
	setenv("ONEVIEW_TODAY", "2026-03-10", 1);
	arena_init(&arena, 64 << 20);
	arena_keep_secret(&arena);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	arena_release(&arena);
	borough_drop(&b);
	unsetenv("ONEVIEW_TODAY");
	return 0;
}

static const struct rights_parts *parts(void)
{
	static struct rights_parts all;
	all = (struct rights_parts){b.profile, b.vault, b.data, b.desk};
	return &all;
}

static void today(const char *iso)
{
	setenv("ONEVIEW_TODAY", iso, 1);
}

static date day(const char *iso)
{
	date d;
	assert_true(date_parse_iso(text_of(iso), &d));
	return d;
}

static enum status log_request(struct access_request *request)
{
	assert_ok(store_begin(b.desk, &e), &e);
	enum status status = access_request_log(request, parts(), TEXT("officer"), &e);
	if (status == STATUS_OK)
		assert_ok(store_commit(b.desk, &e), &e);
	store_rollback(b.desk);
	return status;
}

static struct access_request logged(const char *received, enum request_identity identity)
{
	struct access_request request = {.resident_id = 1003,
					 .received = day(received),
					 .asker = ASKED_BY_PARENT,
					 .identity = identity,
					 .words = TEXT("Mrs Archer, letter of 3 March")};
	assert_ok(log_request(&request), &e);
	return request;
}

static struct access_request again(const struct access_request *request)
{
	struct access_request out;
	assert_ok(access_request_find(&out, parts(), request->request_id, &arena, &e), &e);
	return out;
}

static struct rights_copy copy_of(int64_t resident_id)
{
	struct rights_copy copy;
	assert_ok(rights_copy(&copy, parts(), resident_id, &arena, &e), &e);
	return copy;
}

static void the_clock_starts_with_the_day_of_receipt(void **state)
{
	(void)state;
	struct access_request written = logged("2026-03-03", IDENTITY_DOCUMENTS), request = again(&written);
	assert_int_equal(request.state, REQUEST_OPEN);
	assert_int_equal(request.number, 1);
	assert_int_equal(request.asker, ASKED_BY_PARENT);
	assert_true(text_is(request.words, "Mrs Archer, letter of 3 March"));
	assert_int_equal(request.due, day("2026-04-07")); /* 3 April is Good Friday */
	assert_false(request.overdue);
	today("2026-04-08");
	assert_true(again(&request).overdue);
	assert_int_equal(
		test_query(b.desk, "SELECT count(*) FROM access_request_act WHERE words_sealed LIKE '%Archer%'"), 0);
}

static void it_stands_until_identity_is_proven(void **state)
{
	(void)state;
	struct access_request written = logged("2026-03-03", IDENTITY_ASKED_FOR), request = again(&written);
	struct text detail;
	struct rights_copy copy = copy_of(1001);
	assert_int_equal(request.state, REQUEST_IDENTITY);
	assert_int_equal(request.due, DATE_UNKNOWN);
	assert_int_equal(access_request_issue(&detail, &request, &copy, parts(), "html", TEXT("officer"), &arena, &e),
			 STATUS_CONFLICT);
	assert_string_equal(e.code, "request.state");
	assert_int_equal(
		access_request_prove(&request, parts(), IDENTITY_COPIES, day("2026-03-02"), TEXT("officer"), &e),
		STATUS_INVALID);
	assert_string_equal(e.code, "request.proven");
	assert_ok(access_request_prove(&request, parts(), IDENTITY_COPIES, day("2026-03-09"), TEXT("officer"), &e), &e);
	request = again(&request);
	assert_int_equal(request.state, REQUEST_OPEN);
	assert_int_equal(request.identity, IDENTITY_COPIES);
	assert_int_equal(request.due, day("2026-04-09"));
}

static void it_is_extended_once_and_in_time(void **state)
{
	(void)state;
	struct access_request written = logged("2026-02-09", IDENTITY_KNOWN), request = again(&written);
	assert_int_equal(request.due, day("2026-03-09"));
	assert_int_equal(access_request_extend(&request, parts(), EXTENDED_COMPLEX, TEXT("told on 4 March"),
					       TEXT("officer"), &e),
			 STATUS_CONFLICT); /* today is the day after */
	today("2026-03-09");
	assert_int_equal(access_request_extend(&request, parts(), EXTENDED_COMPLEX, TEXT(""), TEXT("officer"), &e),
			 STATUS_INVALID);
	assert_ok(access_request_extend(&request, parts(), EXTENDED_COMPLEX, TEXT("told on 4 March"), TEXT("officer"),
					&e),
		  &e);
	request = again(&request);
	assert_int_equal(request.due, day("2026-05-11")); /* 9 May is a Saturday */
	assert_int_equal(access_request_extend(&request, parts(), EXTENDED_COMPLEX, TEXT("told on 4 March"),
					       TEXT("officer"), &e),
			 STATUS_CONFLICT);
}

static void decide_all(struct rights_copy *copy, const char *first, const char *second)
{
	for (size_t r = 0; r < copy->row_count; r++)
		for (size_t v = 0; v < copy->rows[r].count; v++) {
			const struct rights_value *value = &copy->rows[r].values[v];
			const struct redaction_seen seen = redaction_seen_of(value);
			const struct redaction redaction = {.item = value->item,
							    .exemption = EXEMPTION_ADOPTION,
							    .why = TEXT("of before the adoption"),
							    .by = text_of(first)};
			if (!value->mark)
				continue;
			if (first)
				assert_ok(redaction_decide(copy, parts(), &redaction, &e), &e);
			if (second)
				assert_ok(redaction_confirm(copy, parts(), &seen, text_of(second), &e), &e);
		}
	*copy = copy_of(copy->resident_id);
}

static void no_copy_goes_out_before_two_persons_have_looked(void **state)
{
	(void)state;
	struct access_request written = logged("2026-03-03", IDENTITY_DOCUMENTS), request = again(&written);
	struct text detail;
	struct rights_copy copy = copy_of(1003);
	assert_true(copy.marked > 0);
	assert_int_equal(access_request_issue(&detail, &request, &copy, parts(), "html", TEXT("officer"), &arena, &e),
			 STATUS_CONFLICT);
	assert_string_equal(e.code, "request.waits");
	decide_all(&copy, "first", NULL);
	assert_int_equal(access_request_issue(&detail, &request, &copy, parts(), "html", TEXT("officer"), &arena, &e),
			 STATUS_CONFLICT);
	decide_all(&copy, NULL, "second");
	assert_ok(access_request_issue(&detail, &request, &copy, parts(), "html", TEXT("officer"), &arena, &e), &e);
	request = again(&request);
	assert_int_equal(request.state, REQUEST_ISSUED);
	assert_true(text_is(request.acts[0].what, "issued")); /* newest first */
	assert_true(text_find(detail, TEXT("adoption")) < detail.len);
	assert_ok(access_request_issue(&detail, &request, &copy, parts(), "pdf", TEXT("officer"), &arena, &e), &e);
}

/* Nothing is marked, so nobody else has looked: whoever logged it does not give it out alone. */
static void nobody_logs_and_gives_out_alone(void **state)
{
	(void)state;
	struct text detail;
	struct access_request written = {.resident_id = 1005,
					 .received = day("2026-03-03"),
					 .asker = ASKED_BY_RESIDENT,
					 .identity = IDENTITY_KNOWN,
					 .words = TEXT("at the counter")};
	assert_ok(log_request(&written), &e);
	struct access_request request = again(&written);
	struct rights_copy copy = copy_of(1005);
	assert_int_equal(copy.marked, 0);
	assert_int_equal(access_request_issue(&detail, &request, &copy, parts(), "html", TEXT("officer"), &arena, &e),
			 STATUS_CONFLICT);
	assert_string_equal(e.code, "request.same_person");
	assert_ok(access_request_issue(&detail, &request, &copy, parts(), "html", TEXT("colleague"), &arena, &e), &e);
	assert_true(text_find(detail, TEXT("feeds council_tax")) < detail.len);
}

static void it_may_end_without_a_copy(void **state)
{
	(void)state;
	struct access_request written = logged("2026-03-03", IDENTITY_DOCUMENTS), request = again(&written);
	assert_ok(
		access_request_end(&request, parts(), REQUEST_WITHDRAWN, TEXT("rang on 9 March"), TEXT("officer"), &e),
		&e);
	request = again(&request);
	assert_int_equal(request.state, REQUEST_WITHDRAWN);
	assert_true(text_is(request.acts[0].words, "rang on 9 March"));
	assert_int_equal(access_request_end(&request, parts(), REQUEST_REFUSED, TEXT("again"), TEXT("officer"), &e),
			 STATUS_CONFLICT);
	today("2026-06-01");
	assert_false(again(&request).overdue);
}

/* ---- two at once ------------------------------------------------------------------------------------------- */

/* What somebody else does meanwhile, on a connection of their own, by a request and a copy that they read before. */
struct other {
	struct store *desk;
	const struct access_request *request;
	struct rights_copy copy;
	bool issues;
	enum status status;
	struct error error;
};

static enum status act_of(struct other *other, const struct rights_parts *of)
{
	struct text detail;
	struct arena own;
	struct access_request request = *other->request;
	if (!other->issues)
		return access_request_end(other->request, of, REQUEST_REFUSED, TEXT("too much"), TEXT("second"),
					  &other->error);
	arena_init(&own, 64 << 20);
	enum status status = access_request_lock(&request, of, &own, &other->error);
	if (status == STATUS_OK)
		status = rights_copy(&other->copy, of, 1003, &own, &other->error);
	if (status == STATUS_OK)
		status = access_request_issue(&detail, &request, &other->copy, of, "html", TEXT("second"), &own,
					      &other->error);
	arena_release(&own);
	return status;
}

static void *act(void *context)
{
	struct other *other = context;
	struct error error;
	const struct rights_parts of = {b.profile, b.vault, b.data, other->desk};
	other->status = store_begin(other->desk, &other->error);
	if (other->status == STATUS_OK)
		other->status = act_of(other, &of);
	if (other->status == STATUS_OK)
		other->status = store_commit(other->desk, &error);
	store_rollback(other->desk);
	return NULL;
}

/* Begins while the transaction of B.desk is open, and gets its turn when that has ended. */
static void meanwhile(struct other *other)
{
	pthread_t thread;
	other->desk = test_database_open(&b.db, STORE_DESK);
	assert_int_equal(pthread_create(&thread, NULL, act, other), 0);
	usleep(200000);
	assert_ok(store_commit(b.desk, &e), &e);
	pthread_join(thread, NULL);
	store_close(other->desk);
}

static void of_two_ends_at_once_one_is_kept(void **state)
{
	(void)state;
	struct access_request written = logged("2026-03-03", IDENTITY_DOCUMENTS), request = again(&written);
	struct other other = {.request = &request};
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(access_request_end(&request, parts(), REQUEST_WITHDRAWN, TEXT("rang on 9 March"), TEXT("first"), &e),
		  &e);
	meanwhile(&other);
	assert_int_equal(other.status, STATUS_CONFLICT);
	assert_string_equal(other.error.code, "request.state");
	request = again(&request);
	assert_int_equal(request.state, REQUEST_WITHDRAWN);
	assert_int_equal(request.act_count, 2);
	/* and whoever read it before is told so later too */
	assert_int_equal(access_request_end(&written, parts(), REQUEST_REFUSED, TEXT("again"), TEXT("third"), &e),
			 STATUS_CONFLICT);
}

static void no_copy_goes_out_while_it_ends_or_is_decided_anew(void **state)
{
	(void)state;
	struct access_request written = logged("2026-03-03", IDENTITY_DOCUMENTS), request = again(&written);
	struct access_request before = request;
	struct other other = {.request = &before, .issues = true};
	struct rights_copy copy = copy_of(1003);
	decide_all(&copy, "first", NULL);
	decide_all(&copy, NULL, "second");
	assert_int_equal(copy.unconfirmed + copy.waiting, 0);
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(access_request_lock(&request, parts(), &arena, &e), &e);
	decide_all(&copy, "third", NULL); /* waits for a look again */
	meanwhile(&other);
	assert_int_equal(other.status, STATUS_CONFLICT);
	assert_string_equal(other.error.code, "request.waits");
	decide_all(&copy, NULL, "second");
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(access_request_end(&request, parts(), REQUEST_WITHDRAWN, TEXT("rang on 9 March"), TEXT("first"), &e),
		  &e);
	meanwhile(&other);
	assert_int_equal(other.status, STATUS_CONFLICT);
	assert_string_equal(other.error.code, "request.state");
}

static void the_most_urgent_comes_first(void **state)
{
	(void)state;
	struct access_request *all,
		late = logged("2026-02-20", IDENTITY_DOCUMENTS), ended = logged("2026-01-05", IDENTITY_KNOWN),
		later = logged("2026-03-05", IDENTITY_DOCUMENTS), stands = logged("2026-01-20", IDENTITY_ASKED_FOR);
	size_t count;
	ended = again(&ended);
	assert_ok(access_request_end(&ended, parts(), REQUEST_REFUSED, TEXT("the ninth"), TEXT("officer"), &e), &e);
	assert_ok(access_request_list(&all, &count, parts(), &arena, &e), &e);
	assert_int_equal(count, 4);
	const int wanted[] = {late.number, later.number, stands.number, ended.number};
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(all[i].number, wanted[i]);
}

static void what_makes_no_sense_is_refused(void **state)
{
	(void)state;
	struct access_request request = {.resident_id = 1003, .received = day("2026-03-11"), .words = TEXT("letter")};
	assert_int_equal(log_request(&request), STATUS_INVALID); /* tomorrow */
	assert_string_equal(e.code, "request.received");
	request.received = day("2026-03-10");
	request.words = TEXT("?");
	assert_int_equal(log_request(&request), STATUS_INVALID);
	assert_string_equal(e.code, "request.words");
	request.words = TEXT("letter");
	request.resident_id = 999;
	assert_int_equal(log_request(&request), STATUS_NOT_FOUND);
	assert_int_equal(access_request_find(&request, parts(), 4711, &arena, &e), STATUS_NOT_FOUND);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		CASE(the_clock_starts_with_the_day_of_receipt),
		CASE(it_stands_until_identity_is_proven),
		CASE(it_is_extended_once_and_in_time),
		CASE(no_copy_goes_out_before_two_persons_have_looked),
		CASE(nobody_logs_and_gives_out_alone),
		CASE(it_may_end_without_a_copy),
		CASE(of_two_ends_at_once_one_is_kept),
		CASE(no_copy_goes_out_while_it_ends_or_is_decided_anew),
		CASE(the_most_urgent_comes_first),
		CASE(what_makes_no_sense_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
