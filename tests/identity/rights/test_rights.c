/* A resident's copy: everything is in it, and what may speak of others waits for a person. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough.h"

#include "casework/casework.h"
#include "casework/home_report.h"
#include "notes/notes.h"
#include "rights/copied.h"
#include "rights/corrections.h"
#include "rights/erasure.h"
#include "rights/flags.h"
#include "rights/redaction.h"

static struct borough b;
static struct error e;
static struct arena arena;

static int make(void **state)
{
	(void)state;
	borough_make(&b);
	arena_init(&arena, 64 << 20);
	arena_keep_secret(&arena);
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

static struct rights_copy copy_of(int64_t resident_id)
{
	struct rights_copy copy;
	struct rights_parts all = parts();
	assert_ok(rights_copy(&copy, &all, resident_id, &arena, &e), &e);
	return copy;
}

static void run(struct store *store, const char *sql)
{
	assert_ok(store_execute(store, sql, &e), &e);
}

static const struct rights_value *find(const struct rights_copy *copy, const char *value)
{
	for (size_t r = 0; r < copy->row_count; r++)
		for (size_t v = 0; v < copy->rows[r].count; v++)
			if (text_is(copy->rows[r].values[v].value, value))
				return &copy->rows[r].values[v];
	return NULL;
}

static const struct rights_table *table(const struct rights_copy *copy, const char *id)
{
	for (size_t t = 0; t < copy->table_count; t++)
		if (strcmp(copy->tables[t].id, id) == 0)
			return &copy->tables[t];
	fail_msg("no table %s", id);
	return NULL;
}

static bool has_cell(const struct rights_table *table, const char *text)
{
	for (size_t i = 0; i < table->rows * table->columns; i++)
		if (text_is(table->cells[i], text))
			return true;
	return false;
}

static void every_row_and_version_is_in_the_copy(void **state)
{
	(void)state;
	struct rights_copy copy = copy_of(1001);
	assert_int_equal(copy.records, 2);
	assert_int_equal(copy.sources, 2);
	int64_t facts = test_query(b.data, "SELECT count(*) FROM fact f JOIN resident_record m ON m.record_id = "
					   "f.record_id WHERE m.resident_id = 1001");
	assert_int_equal(copy.row_count, facts);
	assert_non_null(find(&copy, "Aisha"));              /* sealed */
	assert_non_null(find(&copy, "MOHAMED, MRS AYSHA")); /* of the other source */
	assert_non_null(find(&copy, "240.00"));             /* the version before */
	assert_non_null(find(&copy, "1240.50"));
	assert_null(find(&copy, "Grace")); /* somebody else's */
	copy = copy_of(1005);
	assert_non_null(find(&copy, "BRIEN, MR JOHN PAUL")); /* sealed, of the version before */
	assert_non_null(find(&copy, "O'BRIEN-SMITH, MR JOHN PAUL"));
}

static void a_row_says_where_it_came_from(void **state)
{
	(void)state;
	struct rights_copy copy = copy_of(1001);
	size_t ended = 0;
	for (size_t r = 0; r < copy.row_count; r++) {
		assert_non_null(copy.rows[r].feed);
		assert_true(copy.rows[r].line > 1);
		assert_true(copy.rows[r].file_name.len > 0);
		assert_true(copy.rows[r].as_at >= date_of(2026, 1, 31));
		ended += !text_is_absent(copy.rows[r].ended);
	}
	assert_true(ended > 0);
}

static void who_may_see_it_and_who_did_is_told(void **state)
{
	(void)state;
	struct audit_entry look = {.user_name = TEXT("worker1"),
				   .action = TEXT("resident.open"),
				   .subject_kind = TEXT("resident"),
				   .subject_id = 1001,
				   .outcome = TEXT("allowed")};
	assert_ok(audit_append(b.audit, &look, &e), &e);
	look.subject_id = 1002;
	look.user_name = TEXT("worker2");
	assert_ok(audit_append(b.audit, &look, &e), &e);
	struct rights_copy copy = copy_of(1001);
	assert_int_equal(copy.views, 1);
	assert_true(has_cell(table(&copy, "views"), "worker1"));
	assert_false(has_cell(table(&copy, "views"), "worker2"));
	assert_true(has_cell(table(&copy, "recipients"), "Residents' rights and audit"));
	assert_true(has_cell(table(&copy, "residences"), "14 Mill Lane, Eastmarsh, EM1 4QT"));
	const struct rights_table *households = table(&copy, "households");
	assert_int_equal(households->rows, 1);
	/* Of the two others in it one is protected, and so counted in nothing. */
	assert_true(text_is(households->cells[3], "1"));
}

/* It could see the rows while they were here; one that was over before could not. */
static void an_agreement_that_has_ended_is_told_with_its_days(void **state)
{
	(void)state;
	run(b.desk, "INSERT INTO agreement_ended (agreement_id, ended_at, ended_by, suspended) VALUES "
		    "('housing_management', 1772323200000000, 'two', 0), ('homelessness', 1, 'two', 0)");
	run(b.data, "UPDATE extract SET received = 1769904000000000");
	struct rights_copy copy = copy_of(1001);
	const struct rights_table *recipients = table(&copy, "recipients");
	size_t ended = 0, running = 0;
	for (size_t r = 0; r < recipients->rows; r++) {
		const struct text *row = &recipients->cells[r * recipients->columns];
		if (text_is(row[1], "Housing management and tenancy sustainment")) {
			assert_true(text_is(row[6], "1 April 2022 to 1 March 2026"));
			ended++;
		}
		running += text_starts_with(row[6], TEXT("since "));
		assert_false(text_is(row[1], "Homelessness cases"));
	}
	assert_true(ended > 0 && running > 0);
	run(b.data, "UPDATE extract SET received = 1774000000000000"); /* all of it came later */
	copy = copy_of(1001);
	assert_false(has_cell(table(&copy, "recipients"), "Housing management and tenancy sustainment"));
}

static int64_t report_on(int64_t resident_id, const char *words)
{
	int64_t report_id;
	struct report report = {.user_id = 1,
				.username = TEXT("worker1"),
				.resident_id = resident_id,
				.record_id = 1,
				.feed_id = TEXT("housing_tenancies"),
				.source_id = TEXT("housing"),
				.element_id = TEXT("tenure"),
				.as_at = DATE_UNKNOWN,
				.text = text_of(words)};
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(report_make(b.desk, b.vault, &report, &report_id, &e), &e);
	assert_ok(store_commit(b.desk, &e), &e);
	return report_id;
}

static enum status decide(const struct rights_copy *copy, int64_t item, bool release, const char *by)
{
	const struct rights_parts all = parts();
	const struct redaction redaction = {.item = item,
					    .release = release,
					    .exemption = release ? EXEMPTION_NONE : EXEMPTION_THIRD_PARTY,
					    .why = TEXT("names her sister"),
					    .by = text_of(by)};
	assert_ok(store_begin(b.desk, &e), &e);
	enum status status = redaction_decide(copy, &all, &redaction, &e);
	if (status == STATUS_OK)
		assert_ok(store_commit(b.desk, &e), &e);
	store_rollback(b.desk);
	return status;
}

static enum status look_again(const struct rights_copy *copy, int64_t item, const char *by)
{
	const struct rights_parts all = parts();
	assert_ok(store_begin(b.desk, &e), &e);
	struct redaction_seen seen = {.item = item};
	for (size_t r = 0; r < copy->row_count; r++)
		for (size_t v = 0; v < copy->rows[r].count; v++)
			if (copy->rows[r].values[v].mark && copy->rows[r].values[v].item == item)
				seen = redaction_seen_of(&copy->rows[r].values[v]);
	enum status status = redaction_confirm(copy, &all, &seen, text_of(by), &e);
	if (status == STATUS_OK)
		assert_ok(store_commit(b.desk, &e), &e);
	store_rollback(b.desk);
	return status;
}

static void what_speaks_of_others_waits_for_two_persons(void **state)
{
	(void)state;
	static const char words[] = "her sister says otherwise";
	assert_int_equal(copy_of(1001).marked, 0);
	report_on(1001, words);
	struct rights_copy copy = copy_of(1001);
	assert_int_equal(copy.waiting, 1);
	const struct rights_value *value = find(&copy, words);
	assert_non_null(value);
	assert_int_equal(value->mark, MARK_THIRD_PARTY);
	assert_false(rights_value_goes_out(value));
	int64_t item = value->item;
	assert_int_equal(look_again(&copy, item, "second"), STATUS_CONFLICT);
	assert_string_equal(e.code, "rights.undecided");
	assert_ok(decide(&copy, item, true, "first"), &e);
	copy = copy_of(1001);
	assert_int_equal(copy.waiting, 0);
	assert_int_equal(copy.unconfirmed, 1);
	assert_false(rights_value_goes_out(find(&copy, words)));
	assert_int_equal(look_again(&copy, item, "first"), STATUS_CONFLICT);
	assert_string_equal(e.code, "rights.same_person");
	assert_ok(look_again(&copy, item, "second"), &e);
	copy = copy_of(1001);
	assert_int_equal(copy.unconfirmed, 0);
	assert_true(rights_value_goes_out(find(&copy, words)));
}

static void who_decides_anew_needs_a_second_look_anew(void **state)
{
	(void)state;
	static const char words[] = "her sister says otherwise";
	report_on(1001, words);
	struct rights_copy copy = copy_of(1001);
	int64_t item = find(&copy, words)->item;
	assert_ok(decide(&copy, item, true, "first"), &e);
	copy = copy_of(1001);
	assert_ok(look_again(&copy, item, "second"), &e);
	assert_ok(decide(&copy, item, false, "first"), &e);
	copy = copy_of(1001);
	const struct rights_value *value = find(&copy, words);
	assert_int_equal(copy.withheld, 1);
	assert_int_equal(copy.unconfirmed, 1);
	assert_int_equal(copy.withheld_by[EXEMPTION_THIRD_PARTY], 1);
	assert_false(rights_value_goes_out(value));
	assert_true(text_is(value->why, "names her sister"));
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM redaction_decision WHERE reason_sealed LIKE "
					    "'%sister%'"),
			 0);
}

/* A copy that was read before somebody decided anew has another decision in it. */
static void a_second_look_is_at_the_decision_that_was_seen(void **state)
{
	(void)state;
	static const char words[] = "her sister says otherwise";
	report_on(1001, words);
	struct rights_copy copy = copy_of(1001);
	int64_t item = find(&copy, words)->item;
	assert_ok(decide(&copy, item, false, "first"), &e);
	struct rights_copy seen = copy_of(1001);
	assert_ok(decide(&copy, item, true, "first"), &e);
	assert_int_equal(look_again(&seen, item, "second"), STATUS_CONFLICT);
	assert_string_equal(e.code, "rights.changed");
	copy = copy_of(1001);
	assert_int_equal(copy.unconfirmed, 1);
	assert_ok(look_again(&copy, item, "second"), &e);
}

static void nothing_is_withheld_without_exemption_and_reason(void **state)
{
	(void)state;
	report_on(1001, "her sister says otherwise");
	struct rights_copy copy = copy_of(1001);
	const struct rights_parts all = parts();
	struct redaction redaction = {.item = find(&copy, "her sister says otherwise")->item,
				      .why = TEXT("names her sister"),
				      .by = TEXT("first")};
	assert_int_equal(redaction_decide(&copy, &all, &redaction, &e), STATUS_INVALID);
	assert_string_equal(e.code, "rights.exemption");
	redaction.exemption = EXEMPTION_CRIME;
	redaction.why = TEXT("");
	assert_int_equal(redaction_decide(&copy, &all, &redaction, &e), STATUS_INVALID);
	assert_string_equal(e.code, "rights.why");
}

static void what_says_who_is_protected_waits_too(void **state)
{
	(void)state;
	struct rights_copy copy = copy_of(1003); /* adopted: the row of care says so */
	size_t safeguarded = 0;
	for (size_t r = 0; r < copy.row_count; r++)
		for (size_t v = 0; v < copy.rows[r].count; v++)
			safeguarded += copy.rows[r].values[v].mark == MARK_SAFEGUARDING;
	assert_true(safeguarded > 0);
	assert_int_equal(copy.waiting, copy.marked);
}

/* A reading would tell what a withheld note says; who opened a protected page, that it is protected. */
static void what_was_made_of_the_resident_is_in_the_copy(void **state)
{
	(void)state;
	const struct rights_parts all = parts();
	const struct rights_flag order = {
		.kind = FLAG_RESTRICTION, .holds = true, .reason = TEXT("her brother's letter"), .by = TEXT("officer")};
	run(b.data, "INSERT INTO note_word (word_no, kind, word) VALUES (90, 0, 'debt')");
	run(b.data,
	    "INSERT INTO note_flag (record_id, feed_no, row_key, element_no, start_byte, factor_no, end_byte, "
	    "first_char, last_char, version, polarity, said_time, said_year, whose, role_no, certainty, "
	    "speaker_no, trend, question) SELECT MIN(record_id), 1, 1, 1, 0, 90, 4, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, "
	    "0, 0 FROM resident_record WHERE resident_id = 1001");
	run(b.data, "INSERT INTO resident_trait (resident_id, birth_month, dead, family) VALUES (1001, 23822, 0, 0)");
	run(b.data, "INSERT INTO household_event (household_id, sequence, on_date, what, resident_id) VALUES (5001, 1, "
		    "18000, 'moved_in', 1001)");
	run(b.desk,
	    "INSERT INTO account (username, display_name, password_hash, role_id, status, must_change_password, "
	    "created) VALUES ('breaker', 'B', '-', 'social_worker', 1, 0, 1)");
	run(b.desk, "INSERT INTO glass (user_id, resident_id, purpose, began) SELECT user_id, 1001, 'safeguarding', "
		    "1767225600000000 FROM account WHERE username = 'breaker'");
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(rights_flag_do(&order, &all, 1001, &e), &e);
	assert_ok(store_commit(b.desk, &e), &e);
	struct rights_copy copy = copy_of(1001);
	size_t readings = 0, passes = 0;
	for (size_t r = 0; r < copy.row_count; r++) {
		const struct rights_value *value = copy.rows[r].count ? &copy.rows[r].values[0] : NULL;
		readings += value && text_is(copy.rows[r].title, RIGHTS_READING) && value->state == ITEM_WAITS;
		passes += value && value->mark == MARK_SAFEGUARDING &&
			  text_starts_with(value->value, TEXT("by breaker on"));
	}
	assert_int_equal(readings, 1);
	assert_int_equal(passes, 1);
	assert_int_equal(find(&copy, "her brother's letter")->state, ITEM_WAITS);
	assert_true(has_cell(table(&copy, "traits"), "1985-03"));
	assert_true(has_cell(table(&copy, "household_events"), "moved_in"));
}

static void ignore_result(void *context, const struct intake_result *result)
{
	(void)context;
	(void)result;
}

/* Two rows that are turned away: of P1, whose number is where it should be, and one that could not be split. */
static void deliver_what_is_turned_away(void)
{
	char inbox[300], archive[300];
	struct intake_totals totals = {0};
	struct intake *intake;
	borough_write(
		&b, "tenancies_20260228.csv",
		"Tenancy Ref,Person Ref,Title,Forename,Surname,DOB,Sex,NI No,Role,Home Tel,Mobile,E-mail,Address "
		"1,Address 2,Address 3,Post Code,UPRN,Tenure,Beds,Start,End,End Reason,Housing Officer,Officer "
		"Tel,Patch\n"
		"T1,P1,Mrs,Aisha,Mohammed-Reid,12/03/1985,F,AB123456C,TEN,,,,14 Mill Lane,Eastmarsh,,EM1 "
		"4QT,,SEC,3,the first of May,,,Ruth Okoro,020 7946 0001,North\n"
		"T3,P1,cut off with her neighbour\n"
		"T2,P2,Ms,Grace,Mensah,02/11/1978,F,,TEN,,,,5 Harbour Way,Eastmarsh,,EM4 9ZZ,,SEC,2,the second of "
		"May,,,Ruth Okoro,020 7946 0001,North\n");
	snprintf(inbox, sizeof inbox, "%s/inbox", b.db.folder);
	snprintf(archive, sizeof archive, "%s/archive", b.db.folder);
	struct intake_settings settings = {.profile = b.profile,
					   .vault = b.vault,
					   .store = b.data,
					   .inbox = inbox,
					   .archive = archive,
					   .today = date_of(2026, 3, 31)};
	assert_ok(intake_open(&intake, &settings, &e), &e);
	assert_ok(intake_inbox(intake, ignore_result, NULL, &totals, &e), &e);
	intake_close(intake);
}

static size_t rows_titled(const struct rights_copy *copy, const char *title)
{
	size_t count = 0;
	for (size_t r = 0; r < copy->row_count; r++)
		count += text_is(copy->rows[r].title, title);
	return count;
}

static void rows_in_quarantine_are_in_the_copy(void **state)
{
	(void)state;
	deliver_what_is_turned_away();
	assert_int_equal(test_query(b.data, "SELECT count(DISTINCT line) FROM quarantine"), 3);
	struct rights_copy copy = copy_of(1001);
	assert_int_equal(rows_titled(&copy, "Housing tenancies: a row that was not loaded"), 2);
	assert_int_equal(find(&copy, "Mohammed-Reid")->state, ITEM_OPEN);
	assert_non_null(find(&copy, "the first of May"));
	const struct rights_value *cut = find(&copy, "T3,P1,cut off with her neighbour");
	assert_non_null(cut);
	assert_int_equal(cut->mark, MARK_THIRD_PARTY);
	assert_int_equal(cut->state, ITEM_WAITS);
	assert_null(find(&copy, "the second of May")); /* somebody else's */
	assert_int_equal(copy.waiting, 2);             /* each row as a whole */
	copy = copy_of(1004);
	assert_non_null(find(&copy, "the second of May"));
	assert_null(find(&copy, "the first of May"));
}

/* Of a resident's copy: what staff said of words in their notes, of their household, and what they asked to have put
 * right. */
static void what_people_said_of_it_is_in_the_copy(void **state)
{
	(void)state;
	const struct rights_parts all = parts();
	int64_t id, client = test_query(b.data, "SELECT c.client_hash FROM record c JOIN source s ON s.source_no = "
						"c.source_no JOIN resident_record m ON m.record_id = c.record_id "
						"WHERE m.resident_id = 1001 AND s.source_id = 'housing'");
	char sql[600];
	snprintf(
		sql, sizeof sql,
		"INSERT INTO note_verdict (made, user_id, username, source_id, client_hash, feed_id, row_key, version, "
		"factor_id, start_byte, end_byte, verdict) VALUES (1767225600000000, 1, 'marker', 'housing', %lld, "
		"'housing_tenancies', 1, 1, 'debt', 0, 4, %d), (1767225600000000, 1, 'marker', 'housing', %lld, "
		"'housing_tenancies', 1, 1, 'debt', 0, 4, %d)",
		(long long)client, NOTE_OUT_OF_DATE, (long long)client + 2, NOTE_OUT_OF_DATE);
	run(b.desk, sql);
	snprintf(sql, sizeof sql,
		 "INSERT INTO household_ruling (made_at, user_id, username, source_a, client_a, source_b, client_b, "
		 "verdict) VALUES (1767225600000000, 1, 'ruler', 'housing', %lld, 'council_tax', 77, 'apart'), "
		 "(1767225600000000, 1, 'other_ruler', 'housing', 55, 'council_tax', 77, 'apart')",
		 (long long)client);
	run(b.desk, sql);
	struct rights_copy copy = copy_of(1001);
	const struct rights_row *tenancy = NULL;
	for (size_t r = 0; r < copy.row_count; r++)
		if (copy.rows[r].feed && text_is(copy.rows[r].feed->id, "housing_tenancies"))
			tenancy = &copy.rows[r];
	assert_non_null(tenancy);
	const struct correction_order order = {.resident_id = 1001,
					       .record_id = tenancy->record_id,
					       .row_key = tenancy->row_key,
					       .feed = tenancy->feed,
					       .element = profile_element(b.profile, TEXT("family_name")),
					       .asked = date_of(2026, 3, 1),
					       .wanted = TEXT("Mohammed-Reid"),
					       .evidence = TEXT("her sister's wedding"),
					       .by = TEXT("clerk")};
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(correction_ask(&id, &order, &all, &e), &e);
	assert_ok(store_commit(b.desk, &e), &e);
	copy = copy_of(1001);
	assert_int_equal(rows_titled(&copy, "A mark that staff put on words of a note"), 1);
	assert_non_null(find(&copy, "Out of date"));
	assert_int_equal(rows_titled(&copy, "A correction that you asked for"), 1);
	assert_int_equal(find(&copy, "Mohammed-Reid")->state, ITEM_OPEN);
	assert_int_equal(find(&copy, "her sister's wedding")->state, ITEM_WAITS);
	assert_true(find(&copy, "Mohammed")->disputed);
	assert_false(find(&copy, "Aisha")->disputed);
	const struct rights_table *rulings = table(&copy, "household_rulings");
	assert_int_equal(rulings->rows, 1);
	assert_true(has_cell(rulings, "you do not live with another person"));
	assert_true(has_cell(rulings, "ruler"));
	assert_ok(store_begin(b.desk, &e), &e);
	for (int to = CORRECTION_SENT; to <= CORRECTION_DONE; to++)
		if (to != CORRECTION_REFUSED)
			assert_ok(correction_step(id, (enum correction_state)to, TEXT(""), TEXT("clerk"), &all, &e),
				  &e);
	assert_ok(store_commit(b.desk, &e), &e);
	copy = copy_of(1001);
	assert_false(find(&copy, "Mohammed")->disputed); /* put right */
	copy = copy_of(1003);
	assert_int_equal(rows_titled(&copy, "A correction that you asked for"), 0);
	assert_int_equal(table(&copy, "household_rulings")->rows, 0);
}

/* Values of the copy that say where the resident is, and may go out as they are. */
static size_t places_told(const struct rights_copy *copy)
{
	static const char *const where[] = {"address", "postcode", "uprn", "mobile", "email"};
	size_t told = 0;
	for (size_t r = 0; r < copy->row_count; r++)
		for (size_t v = 0; v < copy->rows[r].count; v++)
			for (size_t i = 0; i < sizeof where / sizeof *where; i++) {
				const struct rights_value *value = &copy->rows[r].values[v];
				bool tells = value->element &&
					     text_find(value->element->id, text_of(where[i])) < value->element->id.len;
				told += tells && rights_value_goes_out(value);
			}
	return told;
}

static size_t cells_with(const struct rights_table *table, const char *words)
{
	size_t count = 0;
	for (size_t i = 0; i < table->rows * table->columns; i++)
		count += text_find(table->cells[i], text_of(words)) < table->cells[i].len;
	return count;
}

/* Whoever asks for the copy, a parent or anybody who comes by it: where somebody is hidden is not told unlooked
 * at. */
static void where_somebody_is_protected_waits(void **state)
{
	(void)state;
	static const struct {
		const char *what, *desk, *data;
	} cases[] = {
		{"nobody", NULL, NULL},
		{"the resident, by a feed", NULL,
		 "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (1, 1001, "
		 "'refuge')"},
		{"the resident, by a person",
		 "INSERT INTO restriction_ruling (subject_kind, subject_id, restriction_id, set_at, set_by) "
		 "VALUES (1, "
		 "1001, 'witness_protection', 1, 'officer')",
		 NULL},
		{"by what the profile no longer has", NULL,
		 "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (1, 1001, "
		 "'of_once')"},
		{"the place, by a feed", NULL,
		 "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (2, 7001, "
		 "'refuge')"},
		{"the place, by a person",
		 "INSERT INTO restriction_ruling (subject_kind, subject_id, restriction_id, set_at, set_by) "
		 "VALUES (2, "
		 "7001, 'refuge', 1, 'officer')",
		 NULL},
		{"the building", NULL,
		 "UPDATE property SET parent_property_id = 7002; INSERT INTO restriction_mark (subject_kind, "
		 "subject_id, restriction_id) VALUES (2, 7002, 'refuge')"},
		{"a flat of the building", NULL,
		 "INSERT INTO property (property_id, uprn_hash, parent_property_id, kind, sealed) SELECT 7003, "
		 "3, "
		 "7001, 'flat', sealed FROM property; INSERT INTO restriction_mark (subject_kind, subject_id, "
		 "restriction_id) VALUES (2, 7003, 'refuge')"},
		{"her daughter", NULL,
		 "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (1, 1002, "
		 "'fled_domestic_abuse')"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (cases[i].desk)
			run(b.desk, cases[i].desk);
		if (cases[i].data)
			run(b.data, cases[i].data);
		struct rights_copy copy = copy_of(1001);
		size_t told = places_told(&copy) + cells_with(table(&copy, "residences"), "Mill Lane");
		if ((told == 0) != (i > 0))
			fail_msg("%s: %zu values tell where", cases[i].what, told);
		assert_int_equal(copy.waiting, copy.marked);
		assert_true(rights_value_goes_out(find(&copy, "Aisha")));
		assert_int_equal(i > 0, cells_with(table(&copy, "residences"), "a protected address") > 0);
		run(b.data, "DELETE FROM restriction_mark WHERE subject_id NOT IN (1003, 1004); DELETE FROM property "
			    "WHERE property_id = 7003; UPDATE property SET parent_property_id = NULL");
		run(b.desk, "DELETE FROM restriction_ruling");
	}
}

static const struct rights_value *finding(const struct rights_copy *copy, size_t number)
{
	for (size_t r = 0; r < copy->row_count; r++)
		if (text_is(copy->rows[r].title, RIGHTS_READING) && number-- == 0)
			return &copy->rows[r].values[0];
	fail_msg("no finding");
	return NULL;
}

static void find_in_note(const char *resident, int feed_no)
{
	char sql[600];
	snprintf(sql, sizeof sql,
		 "INSERT INTO note_flag (record_id, feed_no, row_key, element_no, start_byte, factor_no, "
		 "end_byte, "
		 "first_char, last_char, version, polarity, said_time, said_year, whose, role_no, certainty, "
		 "speaker_no, trend, question) SELECT MIN(record_id), %d, 1, 1, 0, 90, 4, 0, 4, 1, 0, 0, 0, 0, "
		 "0, 0, "
		 "0, 0, 0 FROM resident_record WHERE resident_id = %s",
		 feed_no, resident);
	run(b.data, sql);
}

static void report_on_household(int64_t one, int64_t another, const char *words)
{
	int64_t report_id;
	const struct home_report report = {.user_id = 1,
					   .username = TEXT("worker1"),
					   .resident_a = one,
					   .resident_b = another,
					   .household_id = 5001,
					   .text = text_of(words),
					   .evidence = TEXT("the page")};
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(home_report_make(b.desk, b.vault, &report, &report_id, &e), &e);
	assert_ok(store_commit(b.desk, &e), &e);
}

/* The same finding in two people's notes, and one report about both of them: who may be told is asked of each.
 */
static void a_decision_is_for_one_resident(void **state)
{
	(void)state;
	static const char words[] = "they do not live together";
	run(b.data, "INSERT INTO note_word (word_no, kind, word) VALUES (90, 0, 'debt')");
	find_in_note("1001", 1);
	find_in_note("1001", 2);
	find_in_note("1002", 1);
	report_on_household(1001, 1002, words);
	struct rights_copy hers = copy_of(1001), other = copy_of(1002);
	assert_int_not_equal(finding(&hers, 0)->item, finding(&hers, 1)->item); /* of two feeds */
	assert_ok(decide(&hers, finding(&hers, 0)->item, false, "first"), &e);
	assert_ok(decide(&hers, find(&hers, words)->item, true, "first"), &e);
	hers = copy_of(1001);
	other = copy_of(1002);
	assert_int_equal(finding(&hers, 0)->state, ITEM_WITHHELD);
	assert_int_equal(finding(&hers, 1)->state, ITEM_WAITS);
	assert_int_equal(finding(&other, 0)->state, ITEM_WAITS);
	assert_true(text_is_empty(finding(&other, 0)->why));
	assert_int_equal(find(&other, words)->state, ITEM_WAITS);
}

/* Another resident in everything that is told of two: a comparison, a relation, a list, a report. */
static void tell_of_another(void)
{
	run(b.data,
	    "INSERT INTO link (record_a, record_b, weight, probability, pattern, rule, status) SELECT "
	    "MIN(a.record_id), "
	    "MIN(o.record_id), 1.0, 0.6, 1, 1, 'review' FROM resident_record a, resident_record o WHERE a.resident_id "
	    "= 1001 AND o.resident_id = 1005");
	run(b.data,
	    "INSERT INTO relationship (resident_id, other_id, feed_no, kind, record_id, other_record_id) VALUES "
	    "(1005, 1001, 1, 'partner', 1, 2)");
	run(b.data, "INSERT INTO list_rule (list_no, list_id) VALUES (90, 'of_once')");
	run(b.data, "INSERT INTO list_row (list_no, subject_id, points, since, reasons) VALUES (90, 1001, 1, 20000, "
		    "'1	Other adults whose home it is: 1')");
	run(b.data,
	    "INSERT INTO list_member (list_no, subject_id, resident_id, group_id, shown) VALUES (90, 1001, 1001, 'g', "
	    "1), (90, 1001, 1005, 'g', 1)");
	report_on_household(1005, 1001, "they live together");
}

static size_t told_of_another(const struct rights_copy *copy)
{
	size_t told = cells_with(table(copy, "lists"), "Other adults") +
		      cells_with(table(copy, "relations"), "partner") +
		      cells_with(table(copy, "links"), "somebody else's");
	return told + (find(copy, "they live together") != NULL);
}

static void who_is_protected_is_in_nobody_elses_copy(void **state)
{
	(void)state;
	struct audit_entry look = {.user_name = TEXT("breaker"),
				   .action = TEXT("break_glass.use"),
				   .subject_kind = TEXT("resident"),
				   .subject_id = 1001,
				   .outcome = TEXT("allowed")};
	tell_of_another();
	struct rights_copy copy = copy_of(1001);
	assert_int_equal(told_of_another(&copy), 4);
	run(b.desk, "INSERT INTO restriction_ruling (subject_kind, subject_id, restriction_id, set_at, set_by) VALUES "
		    "(1, 1005, "
		    "'witness_protection', 1, 'officer')");
	assert_ok(audit_append(b.audit, &look, &e), &e);
	copy = copy_of(1001);
	assert_int_equal(told_of_another(&copy), 0);
	assert_false(has_cell(table(&copy, "views"), "breaker"));
	assert_int_equal(copy.views, 0);
}

static const struct copied_table *copied(const char *name)
{
	for (size_t i = 0; i < copied_table_count; i++)
		if (!strcmp(copied_tables[i].table, name))
			return &copied_tables[i];
	return NULL;
}

/* Erasure knows each column that may speak of a person; what it finds by the person, a copy has, or says why
 * not. */
static void no_table_about_a_resident_is_forgotten(void **state)
{
	(void)state;
	size_t tables = 0;
	for (size_t i = 0; i < erasure_column_count; i++) {
		if (!erasure_columns[i].sql)
			continue;
		const struct copied_table *known = copied(erasure_columns[i].table);
		if (!known)
			fail_msg("%s is erased with a resident: say in copied.c where a copy has it, or why not",
				 erasure_columns[i].table);
		assert_true(!known->in != !known->why);
		tables++;
	}
	assert_true(tables > 30);
}

static void an_item_of_somebody_else_cannot_be_decided(void **state)
{
	(void)state;
	struct rights_copy hers = copy_of(1001), other = copy_of(1003);
	int64_t item = 0;
	for (size_t r = 0; r < other.row_count && !item; r++)
		for (size_t v = 0; v < other.rows[r].count && !item; v++)
			item = other.rows[r].values[v].item;
	assert_int_equal(decide(&hers, item, true, "officer"), STATUS_NOT_FOUND);
	assert_int_equal(look_again(&hers, item, "officer"), STATUS_NOT_FOUND);
}

static void nobody_has_no_copy(void **state)
{
	(void)state;
	struct rights_copy copy;
	struct rights_parts all = parts();
	assert_int_equal(rights_copy(&copy, &all, 999, &arena, &e), STATUS_NOT_FOUND);
	assert_string_equal(e.code, "rights.nobody");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		CASE(every_row_and_version_is_in_the_copy),
		CASE(a_row_says_where_it_came_from),
		CASE(who_may_see_it_and_who_did_is_told),
		CASE(an_agreement_that_has_ended_is_told_with_its_days),
		CASE(what_speaks_of_others_waits_for_two_persons),
		CASE(who_decides_anew_needs_a_second_look_anew),
		CASE(a_second_look_is_at_the_decision_that_was_seen),
		CASE(nothing_is_withheld_without_exemption_and_reason),
		CASE(what_says_who_is_protected_waits_too),
		CASE(what_was_made_of_the_resident_is_in_the_copy),
		CASE(rows_in_quarantine_are_in_the_copy),
		CASE(what_people_said_of_it_is_in_the_copy),
		CASE(a_decision_is_for_one_resident),
		CASE(where_somebody_is_protected_waits),
		CASE(who_is_protected_is_in_nobody_elses_copy),
		CASE(no_table_about_a_resident_is_forgotten),
		CASE(an_item_of_somebody_else_cannot_be_decided),
		CASE(nobody_has_no_copy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
