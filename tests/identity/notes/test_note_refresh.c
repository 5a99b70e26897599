/* Notes of a workspace: read once, again when they or the rules change, and what workers say of flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough.h"
#include "support/flags.h"

#include "notes/evaluate.h"
#include "notes/notes.h"
#include "notes/refresh.h"
#include "profile/factor.h"

static struct borough b;
static struct error e;
static struct arena arena;

#define NOTES_HEADER "case_note_id,person_id,note_date,note_type,recorded_by,team,note_text\n"

static int make(void **state)
{
	(void)state;
	borough_make(&b);
	arena_init(&arena, 64 << 20);
	borough_write(
		&b, "cs_case_notes_2026-01-31.csv",
		NOTES_HEADER
		"N1,K1,05/01/2026,VIS,Jo Bright,Assessment,\"Home visit. Zo\xc3\xab disclosed self-harm this week.\n"
		"No evidence of drug use. Mother has depression.\"\n"
		"N2,K1,09/01/2026,TEL,Jo Bright,Assessment,School reports that she went missing overnight.\n"
		"N3,K2,10/01/2026,TEL,Jo Bright,Assessment,Nothing of note.\n");
	borough_intake(&b);
	assert_ok(intake_show(b.data, &e), &e);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	arena_release(&arena);
	borough_drop(&b);
	return 0;
}

static struct note_refresh_report refresh(bool all, unsigned threads)
{
	struct note_refresh_report report;
	struct note_refresh_settings settings = {.policy = b.policy, .all = all, .threads = threads};
	assert_ok(note_refresh(&report, b.data, b.vault, b.profile, &settings, &e), &e);
	return report;
}

static struct note_flags flags_of(int64_t resident)
{
	struct note_flags flags;
	assert_ok(note_flags_of_resident(&flags, b.data, b.desk, b.profile, resident, &arena, &e), &e);
	return flags;
}

static const struct note_flag *flag_of(const struct note_flags *flags, const char *factor, enum note_whose whose)
{
	for (size_t i = 0; i < flags->count; i++) {
		if (text_is(flags->at[i].factor_id, factor) && flags->at[i].whose == whose)
			return &flags->at[i];
	}
	fail_msg("no flag of %s", factor);
	return NULL;
}

static void notes_become_flags_with_spans(void **state)
{
	(void)state;
	struct note_refresh_report report = refresh(false, 1);
	assert_int_equal(report.notes, 3);
	assert_true(report.anew);
	struct note_flags flags = flags_of(1002);
	assert_int_equal(flags.count, 4);
	assert_true(text_is(flags.at[0].factor_id, "missing_person")); /* the newest note first */
	assert_int_equal(flags.at[0].certainty, NOTE_REPORTED);
	assert_true(text_is(flags.at[0].speaker, "school"));
	const struct note_flag *harm = flag_of(&flags, "mental_health", NOTE_SUBJECT);
	assert_true(note_flag_counts(harm));
	assert_int_equal(harm->on, date_of(2026, 1, 5));
	assert_int_equal(harm->as_at, date_of(2026, 1, 31));
	assert_true(text_is(harm->feed_id, "childrens_case_notes") && text_is(harm->element_id, "note_text"));
	assert_int_equal(harm->start, 27); /* bytes: the e with two dots is two of them */
	assert_int_equal(harm->end, 36);
	assert_int_equal(harm->first_char, 26);
	assert_int_equal(harm->last_char, 35);
	assert_ptr_equal(harm->factor, profile_factor(b.profile, TEXT("mental_health")));
	const struct note_flag *mother = flag_of(&flags, "mental_health", NOTE_FAMILY);
	assert_true(text_is(mother->role, "mother") && !note_flag_counts(mother));
	assert_int_equal(flag_of(&flags, "substance_misuse", NOTE_SUBJECT)->polarity, NOTE_NEGATED);
	assert_int_equal(flags.feed_count, 1);
	assert_true(text_is(flags.feeds[0].feed_id, "childrens_case_notes"));
	assert_int_equal(flags.feeds[0].read, 2);
	assert_int_equal(flags.feeds[0].waiting, 0);
}

static void what_was_read_is_not_read_again(void **state)
{
	(void)state;
	struct note_refresh_report report = refresh(false, 1);
	assert_int_equal(report.notes, 0);
	assert_false(report.anew);
}

static void only_the_note_that_came_is_read(void **state)
{
	(void)state;
	borough_write(&b, "cs_case_notes_2026-02-28.csv",
		      NOTES_HEADER "N4,K1,15/02/2026,VIS,Jo Bright,Assessment,She has rent arrears.\n"
				   "N2,K1,09/01/2026,TEL,Jo Bright,Assessment,She has never gone missing.\n");
	borough_intake(&b);
	assert_ok(intake_show(b.data, &e), &e);
	struct note_refresh_report report = refresh(false, 1);
	assert_int_equal(report.notes, 2);
	struct note_flags flags = flags_of(1002);
	assert_int_equal(flags.count, 5);
	assert_true(text_is(flags.at[0].factor_id, "debt"));
	const struct note_flag *missing = flag_of(&flags, "missing_person", NOTE_SUBJECT);
	assert_int_equal(missing->polarity, NOTE_NEGATED); /* of the note as it is now, and only that */
	assert_int_equal(missing->version, 2);
}

static void other_rules_read_everything_anew_with_any_number_of_threads(void **state)
{
	(void)state;
	struct note_flags before = flags_of(1002);
	assert_ok(store_execute(b.data, "UPDATE note_reading SET rules_version = 'others'", &e), &e);
	struct note_refresh_report report = refresh(false, 2);
	assert_int_equal(report.notes, 4);
	assert_true(report.anew);
	struct note_flags after = flags_of(1002);
	assert_int_equal(before.count, after.count);
	for (size_t i = 0; i < before.count; i++) {
		assert_true(text_equal(before.at[i].factor_id, after.at[i].factor_id));
		assert_int_equal(before.at[i].start, after.at[i].start);
	}
	assert_int_equal(refresh(true, 1).notes, 4);
}

static void a_stopped_reading_goes_on(void **state)
{
	(void)state;
	/* as it is left by a stop: a reading that has not seen everything, with one note still to read */
	assert_ok(store_execute(b.data, "UPDATE note_reading SET seen_extract = NULL", &e), &e);
	assert_ok(store_execute(b.data,
				"DELETE FROM note_read WHERE record_id = (SELECT record_id FROM resident_record WHERE "
				"resident_id = 1003)",
				&e),
		  &e);
	struct note_refresh_report report = refresh(false, 1);
	assert_int_equal(report.notes, 1);
	assert_int_equal(refresh(false, 1).notes, 0);
}

static struct note_marking marking_of(const struct note_flag *flag, enum note_verdict verdict)
{
	return (struct note_marking){.record_id = flag->record_id,
				     .row_key = flag->row_key,
				     .user_id = 7,
				     .feed_id = flag->feed_id,
				     .factor_id = flag->factor_id,
				     .username = TEXT("tester"),
				     .version = flag->version,
				     .start = flag->start,
				     .end = flag->end,
				     .verdict = verdict};
}

static void a_marked_flag_does_not_count_and_is_kept_through_a_new_reading(void **state)
{
	(void)state;
	struct note_flags flags = flags_of(1002);
	struct note_marking marking =
		marking_of(flag_of(&flags, "mental_health", NOTE_SUBJECT), NOTE_ABOUT_SOMEBODY_ELSE);
	assert_ok(note_flag_mark(b.data, b.desk, &marking, &e), &e);
	refresh(true, 1);
	flags = flags_of(1002);
	const struct note_flag *harm = flag_of(&flags, "mental_health", NOTE_SUBJECT);
	assert_int_equal(harm->verdict, NOTE_ABOUT_SOMEBODY_ELSE);
	assert_false(note_flag_counts(harm));

	struct note_marked *marked;
	size_t count;
	assert_ok(note_evaluate_marked(&marked, &count, b.data, b.desk, &arena, &e), &e);
	assert_int_equal(count, 1);
	assert_int_equal(marked[0].marked[NOTE_ABOUT_SOMEBODY_ELSE], 1);
	assert_int_equal(marked[0].still, 1);

	marking.verdict = NOTE_NO_VERDICT;
	assert_ok(note_flag_mark(b.data, b.desk, &marking, &e), &e);
	flags = flags_of(1002);
	assert_true(note_flag_counts(flag_of(&flags, "mental_health", NOTE_SUBJECT)));
	marking.start++;
	assert_int_equal(note_flag_mark(b.data, b.desk, &marking, &e), STATUS_NOT_FOUND);
	assert_string_equal(e.code, "notes.no_flag");
}

/* What came meanwhile is neither read nor forgotten, also when other rules read everything. */
static void notes_of_who_is_restricted_wait_until_that_is_lifted(void **state)
{
	(void)state;
	size_t before = flags_of(1002).count;
	borough_flag(&b, 1002, FLAG_RESTRICTION, "", true);
	borough_write(&b, "cs_case_notes_2026-03-31.csv",
		      NOTES_HEADER "N5,K1,15/03/2026,VIS,Jo Bright,Assessment,She has rent arrears again.\n"
				   "N6,K2,16/03/2026,TEL,Jo Bright,Assessment,Nothing of note either.\n");
	borough_intake(&b);
	assert_ok(intake_show(b.data, &e), &e);
	assert_int_equal(refresh(false, 1).notes, 1);
	assert_int_equal(refresh(false, 1).notes, 0);
	assert_int_equal(refresh(true, 1).notes, 2); /* K2's */
	assert_int_equal(flags_of(1002).count, before);
	borough_flag(&b, 1002, FLAG_RESTRICTION, "", false);
	assert_int_equal(refresh(false, 1).notes, 4); /* three by the other rules, and the one that came */
	assert_int_equal(flags_of(1002).count, before + 1);
	assert_int_equal(refresh(false, 1).notes, 0);
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM note_held"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_become_flags_with_spans),
		cmocka_unit_test(what_was_read_is_not_read_again),
		cmocka_unit_test(only_the_note_that_came_is_read),
		cmocka_unit_test(other_rules_read_everything_anew_with_any_number_of_threads),
		cmocka_unit_test(a_stopped_reading_goes_on),
		cmocka_unit_test(a_marked_flag_does_not_count_and_is_kept_through_a_new_reading),
		cmocka_unit_test(notes_of_who_is_restricted_wait_until_that_is_lifted),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make, drop);
}
