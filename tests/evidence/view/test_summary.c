/* Case summaries, over answers made by hand: the words, what they rest on, and what is not said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "view/summary.h"

#include "base/arena.h"

enum { ROWS_MOST = 200 };

static struct profile *profile;
static struct arena arena;
static struct disclosed_row rows[ROWS_MOST];
static struct disclosed_refusal refusals[8];
static struct disclosure_resident answer;
static struct view_resident view;
static struct view_summary summary;
static struct note_flag flags[16];
static struct note_flags noted;
static date today;

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, 64 << 20);
	today = date_of(2026, 11, 30);
	answer = (struct disclosure_resident){.resident_id = 7, .rows = rows, .refusals = refusals};
	answer.person.name = TEXT("Maria Lopez");
	answer.person.date_of_birth = TEXT("2012-05-04");
	noted = (struct note_flags){.at = flags};
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

/* A row with pairs of element and value, NULL at the end; a value "?" is withheld. */
static struct disclosed_row *add(const char *feed_id, date from, ...)
{
	va_list args;
	const char *name;
	struct disclosed_row *row = &rows[answer.row_count];
	struct disclosed_value *values = ARENA_ARRAY(&arena, 16, struct disclosed_value);
	const struct profile_feed *feed = profile_feed(profile, text_of(feed_id));
	assert_non_null(feed);
	*row = (struct disclosed_row){.origin = {.feed = feed,
						 .record_id = 5,
						 .row_key = (int64_t)answer.row_count,
						 .as_at = date_of(2026, 10, 31),
						 .received = instant_of_date(date_of(2026, 11, 1)),
						 .data_as_at = date_of(2026, 11, 25)},
				      .valid_from = from,
				      .valid_to = DATE_UNKNOWN,
				      .newest = true,
				      .values = values};
	va_start(args, from);
	while ((name = va_arg(args, const char *)) != NULL) {
		const struct profile_element *element = profile_element(profile, text_of(name));
		const char *value = va_arg(args, const char *);
		assert_non_null(element);
		values[row->value_count++] =
			(struct disclosed_value){.element = element,
						 .value = *value == '?' ? TEXT_ABSENT : text_of(value),
						 .withheld = *value == '?'};
	}
	va_end(args);
	answer.row_count++;
	return row;
}

static void write_as(const char *layout, bool may_see_notes)
{
	struct summary_feed *feeds = ARENA_ARRAY(&arena, profile->feeds.count, struct summary_feed);
	struct summary_question question = {.layout = profile_layout(profile, text_of(layout), NULL),
					    .feeds = feeds,
					    .flags = &noted,
					    .since = INSTANT_UNKNOWN,
					    .today = today};
	for (size_t i = 0; i < profile->feeds.count; i++)
		feeds[i] = (struct summary_feed){
			&profile->feeds.at[i], date_of(2026, 11, 25), DATE_UNKNOWN, false, true, may_see_notes};
	view_resident(&view, profile, &answer, INSTANT_UNKNOWN, today, &arena);
	view_summary(&summary, profile, &answer, &view, &question, &arena);
}

static const struct summary_sentence *find(const char *words)
{
	for (size_t h = 0; h < summary.heading_count; h++)
		for (size_t i = 0; i < summary.headings[h].sentence_count; i++)
			if (text_is(summary.headings[h].sentences[i].words, words))
				return &summary.headings[h].sentences[i];
	return NULL;
}

static void says(const char *words)
{
	if (find(words))
		return;
	for (size_t h = 0; h < summary.heading_count; h++)
		for (size_t i = 0; i < summary.headings[h].sentence_count; i++)
			print_message("  %.*s\n", TEXT_ARG(summary.headings[h].sentences[i].words));
	fail_msg("not said: %s", words);
}

static bool says_of(const char *part)
{
	for (size_t h = 0; h < summary.heading_count; h++)
		for (size_t i = 0; i < summary.headings[h].sentence_count; i++)
			if (text_find(summary.headings[h].sentences[i].words, text_of(part)) <
			    summary.headings[h].sentences[i].words.len)
				return true;
	return false;
}

/* ---- words ------------------------------------------------------------------------------------------------- */

static void test_pronoun_follows_the_record(void **state)
{
	static const struct {
		const char *first, *second, *sentence;
	} cases[] = {{"female", "female", "She was placed on 1 June 2026."},
		     {"male", "unknown", "He was placed on 1 June 2026."},
		     {"male", "female", "They were placed on 1 June 2026."},
		     {"unknown", "unknown", "They were placed on 1 June 2026."}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		(void)begin(state);
		add("school_census_pupils", date_of(2023, 9, 1), "sex", cases[i].first, "school_name", "Hill School",
		    "enrolment_status", "current", "school_entry", "2023-09-01", NULL);
		add("births", date_of(2012, 5, 9), "sex", cases[i].second, NULL);
		add("ssd_cla_placement", date_of(2026, 6, 1), "cla_placement_start", "2026-06-01", NULL);
		write_as("childrens_social_care", true);
		says("Maria Lopez is on the roll of Hill School, since 1 September 2023.");
		says(cases[i].sentence);
		(void)end(state);
	}
	(void)begin(state);
}

static void test_one_and_many(void **state)
{
	(void)state;
	add("ssd_missing", date_of(2026, 3, 1), "missing_from", "2026-03-01", "missing_to", "2026-03-02", NULL);
	write_as("childrens_social_care", true);
	says("Maria Lopez was recorded as missing or away once in the last 12 months, most recently on 1 March 2026.");
	add("ssd_missing", date_of(2026, 4, 1), "missing_from", "2026-04-01", "missing_to", "2026-04-02", NULL);
	add("ssd_missing", date_of(2026, 2, 1), "missing_from", "2026-02-01", "missing_to", "2026-02-02", NULL);
	add("ssd_missing", date_of(2020, 2, 1), "missing_from", "2020-02-01", "missing_to", "2020-02-02", NULL);
	write_as("childrens_social_care", true);
	const struct summary_sentence *sentence = find("Maria Lopez was recorded as missing or away 3 times in the "
						       "last 12 months, most recently on 1 April 2026.");
	assert_non_null(sentence);
	assert_int_equal(sentence->evidence_count, 3);
	assert_int_equal(sentence->evidence[0].on, date_of(2026, 4, 1)); /* the newest first */
}

static void test_what_is_missing_is_left_out_of_brackets(void **state)
{
	(void)state;
	add("ssd_cp_plans", DATE_UNKNOWN, "cp_latest_category", "neglect", NULL);
	write_as("childrens_social_care", true);
	says("Maria Lopez is on a child protection plan, under the category of neglect.");
}

/* What a source writes is text: it is never read as part of the grammar. */
static void test_values_are_not_templates(void **state)
{
	(void)state;
	add("school_census_pupils", date_of(2023, 9, 1), "school_name", "{They} [ {count} {{{x}}} <b>",
	    "enrolment_status", "current", NULL);
	write_as("childrens_social_care", true);
	says("Maria Lopez is on the roll of {They} [ {count} {{{x}}} <b>.");
}

static void test_words_of_the_trade_are_explained(void **state)
{
	(void)state;
	add("ssd_cp_plans", date_of(2026, 1, 5), "cp_plan_start", "2026-01-05", NULL);
	write_as("childrens_social_care", true);
	const struct summary_sentence *sentence =
		find("Maria Lopez is on a child protection plan, since 5 January 2026.");
	assert_non_null(sentence);
	assert_int_equal(sentence->piece_count, 3);
	assert_true(text_is(sentence->pieces[1].words, "child protection plan"));
	assert_non_null(sentence->pieces[1].term);
	assert_int_equal(summary.term_count, 1);
}

static void test_a_row_that_is_no_longer_delivered_says_nothing_of_now(void **state)
{
	(void)state;
	add("ssd_cp_plans", date_of(2026, 1, 5), "cp_plan_start", "2026-01-05", NULL)->ended = true;
	write_as("childrens_social_care", true);
	assert_false(says_of("is on a child protection plan"));
}

/* ---- withheld --------------------------------------------------------------------------------------------- */

static void test_what_may_not_be_seen_is_counted_and_not_written(void **state)
{
	(void)state;
	add("housing_rent_accounts", DATE_UNKNOWN, "rent_balance", "?", "rent_balance_date", "2026-11-01", NULL);
	add("ssd_cp_plans", DATE_UNKNOWN, "cp_plan_start", "2026-01-05", "cp_plan_end", "?", NULL);
	add("asb_cases", DATE_UNKNOWN, NULL)->presence_only = true;
	write_as("childrens_social_care", true);
	assert_false(
		says_of("is on a child protection plan")); /* "no end" is not concluded from one that is withheld */
	assert_false(says_of("rent"));
	assert_int_equal(summary.withheld_count, 3);
	assert_true(text_is(summary.withheld[0].source->id, "housing") ||
		    text_is(summary.withheld[1].source->id, "housing") ||
		    text_is(summary.withheld[2].source->id, "housing"));
	for (size_t i = 0; i < 3; i++)
		assert_true(summary.withheld[i].count > 0);
}

/* ---- comparing ---------------------------------------------------------------------------------------------- */

static void missing_on(int year, int month)
{
	struct text on = arena_format(&arena, "%04d-%02d-10", year, month);
	add("ssd_missing", date_of(year, month, 10), "missing_from", arena_copy(&arena, on), "missing_to",
	    arena_copy(&arena, on), NULL);
}

static void test_trend_needs_numbers_and_both_periods(void **state)
{
	(void)state;
	for (int month = 7; month <= 10; month++)
		missing_on(2026, month);
	missing_on(2026, 3);
	write_as("childrens_social_care", true);
	assert_false(says_of("more often")); /* nobody knew them before */
	add("ssd_contacts", date_of(2024, 1, 1), "childrens_contact_date", "2024-01-01", NULL);
	write_as("childrens_social_care", true);
	says("Missing episodes are recorded more often: 4 in the 6 months to 25 November 2026, 1 in the 6 months "
	     "before.");
	missing_on(2026, 2);
	missing_on(2026, 1);
	write_as("childrens_social_care", true);
	assert_false(says_of("more often")); /* 4 and 3 */
	missing_on(2026, 11);
	write_as("childrens_social_care", true);
	assert_false(says_of("more often")); /* 5 and 3: two more, and not twice as many */
}

static void test_intervention_says_what_followed_and_what_did_not(void **state)
{
	(void)state;
	add("ssd_cin_plans", date_of(2024, 1, 1), "cin_plan_start", "2024-01-01", "cin_plan_end", "2024-06-01", NULL);
	add("ssd_cp_plans", date_of(2024, 6, 1), "cp_plan_start", "2024-06-01", NULL);
	write_as("childrens_social_care", true);
	says("A child in need plan ran from 1 January 2024 to 1 June 2024.");
	says("In the 12 months after that: child protection plan started on 1 June 2024. Not recorded in that time: "
	     "referral to social care, section 47 enquiry, looked after started.");
	rows[1].presence_only = true; /* of the plan that followed nothing may be said now */
	write_as("childrens_social_care", true);
	assert_false(says_of("Not recorded in that time: child protection"));
	assert_false(says_of("child protection plan started"));
	assert_true(summary.withheld_count > 0);
}

static void test_an_intervention_that_ended_just_now_is_not_judged(void **state)
{
	(void)state;
	add("early_help_episodes", date_of(2026, 1, 1), "early_help_start", "2026-01-01", "early_help_end",
	    "2026-09-25", "early_help_outcome", "needs met", NULL);
	write_as("early_help", true);
	says("Early help worked with Maria Lopez from 1 January 2026 to 25 September 2026; recorded outcome: needs "
	     "met.");
	assert_true(says_of("From then to 25 November 2026, as far as the data goes, none of these is recorded"));
}

/* ---- what is not known ----------------------------------------------------------------------------------------- */

static void test_every_sentence_has_its_evidence(void **state)
{
	(void)state;
	for (int month = 1; month <= 10; month++)
		missing_on(2026, month);
	add("ssd_contacts", date_of(2024, 1, 1), "childrens_contact_date", "2024-01-01", NULL);
	add("ssd_cin_plans", date_of(2024, 1, 1), "cin_plan_start", "2024-01-01", "cin_plan_end", "2024-06-01", NULL);
	write_as("childrens_social_care", true);
	assert_true(summary.sentence_count >= 3);
	for (size_t h = 0; h < summary.heading_count; h++)
		for (size_t i = 0; i < summary.headings[h].sentence_count; i++) {
			assert_true(summary.headings[h].sentences[i].evidence_count > 0);
			for (size_t n = 0; n < summary.headings[h].sentences[i].evidence_count; n++)
				assert_non_null(summary.headings[h].sentences[i].evidence[n].origin);
		}
}

static void test_services_without_a_record_are_named(void **state)
{
	(void)state;
	bool housing = false, care = false;
	add("ssd_cp_plans", date_of(2026, 1, 5), "cp_plan_start", "2026-01-05", NULL);
	write_as("childrens_social_care", true);
	for (size_t i = 0; i < summary.gap_count; i++) {
		housing |= summary.gaps[i].kind == GAP_NO_RECORD && text_is(summary.gaps[i].source->id, "housing");
		care |= text_is(summary.gaps[i].source->id, "childrens_social_care");
	}
	assert_true(housing);
	assert_false(care);
}

/* Of a source with a feed that is hidden nobody may say that it has no record: there may be one. */
static void test_nothing_is_concluded_from_a_part(void **state)
{
	(void)state;
	struct summary_feed *feeds = ARENA_ARRAY(&arena, profile->feeds.count, struct summary_feed);
	struct summary_question question = {.layout = profile_layout(profile, TEXT("housing"), NULL),
					    .feeds = feeds,
					    .since = INSTANT_UNKNOWN,
					    .today = today};
	for (size_t i = 0; i < profile->feeds.count; i++)
		feeds[i] = (struct summary_feed){
			&profile->feeds.at[i], date_of(2026, 11, 25), DATE_UNKNOWN, false, true, true};
	feeds[profile_feed(profile, TEXT("housing_repairs"))->number].visible = false;
	view_resident(&view, profile, &answer, INSTANT_UNKNOWN, today, &arena);
	view_summary(&summary, profile, &answer, &view, &question, &arena);
	for (size_t i = 0; i < summary.gap_count; i++)
		if (text_is(summary.gaps[i].source->id, "housing"))
			assert_int_equal(summary.gaps[i].kind, GAP_PART);
		else
			assert_int_equal(summary.gaps[i].kind, GAP_NO_RECORD);
}

/* ---- case notes ---------------------------------------------------------------------------------------------- */

/* A flag for a factor of our own, in the note of row ROW_KEY; attributes as given. */
static struct profile_factor debt = {.id = {"debt", 4}, .name = {"Debt", 4}, .category = FACTOR_RISK};
static struct profile_heading heading = {.title = {"Concerns", 8}, .none = {"None.", 5}};
static struct profile_layout of_notes = {.id = {"notes", 5}, .headings = &heading, .heading_count = 1};

static struct note_flag *flag(const struct disclosed_row *row, date on)
{
	struct note_flag *made = &flags[noted.count++];
	*made = (struct note_flag){.record_id = row->origin.record_id,
				   .row_key = row->origin.row_key,
				   .feed_id = row->origin.feed->id,
				   .on = on,
				   .factor_id = debt.id,
				   .factor = &debt};
	return made;
}

static struct disclosed_row *note(date on)
{
	return add("childrens_case_notes", on, "case_note_type", "home visit", NULL);
}

static void write_notes_as(bool may_know, bool may_see_notes)
{
	static const struct profile_factor *const factors[] = {&debt};
	struct summary_feed *feeds = ARENA_ARRAY(&arena, profile->feeds.count, struct summary_feed);
	struct summary_question question = {
		.layout = &of_notes, .feeds = feeds, .flags = &noted, .since = INSTANT_UNKNOWN, .today = today};
	heading.factors = (const struct profile_factor **)(uintptr_t)factors;
	heading.factor_count = 1;
	for (size_t i = 0; i < profile->feeds.count; i++)
		feeds[i] = (struct summary_feed){
			&profile->feeds.at[i], date_of(2026, 11, 25), DATE_UNKNOWN, false, may_know, may_see_notes};
	view_resident(&view, profile, &answer, INSTANT_UNKNOWN, today, &arena);
	view_summary(&summary, profile, &answer, &view, &question, &arena);
}

static void write_notes(bool may_see_notes)
{
	write_notes_as(true, may_see_notes);
}

static void test_a_note_is_counted_once_however_often_it_says_so(void **state)
{
	(void)state;
	struct disclosed_row *first = note(date_of(2026, 9, 3)), *second = note(date_of(2026, 2, 1));
	flag(first, date_of(2026, 9, 3));
	flag(first, date_of(2026, 9, 3))->start = 40;
	flag(second, date_of(2026, 2, 1));
	write_notes(true);
	const struct summary_sentence *sentence =
		find("Concern about debt is recorded in 2 case notes, most recently of 3 September 2026.");
	assert_non_null(sentence);
	assert_int_equal(sentence->evidence_count, 2);
	assert_int_equal(sentence->nature, NATURE_NOTE);
}

static void test_who_when_and_whether_are_told_apart(void **state)
{
	(void)state;
	date on = date_of(2026, 9, 3);
	struct note_flag *made = flag(note(on), on);
	made->whose = NOTE_FAMILY;
	made->role = TEXT("mother");
	write_notes(true);
	says("Debt is mentioned of somebody else in the family (mother) in a case note of 3 September 2026.");
	assert_int_equal(summary.sentence_count, 1);
	made->whose = NOTE_SUBJECT;
	made->time = NOTE_PAST;
	write_notes(true);
	says("Debt in the past is mentioned in a case note of 3 September 2026.");
	made->time = NOTE_CURRENT;
	made->polarity = NOTE_POSSIBLE;
	write_notes(true);
	says("Debt is mentioned as possible, feared or heard of in a case note of 3 September 2026.");
	made->polarity = NOTE_NEGATED;
	write_notes(true);
	assert_int_equal(summary.sentence_count, 0); /* nobody said that there was any */
	made->polarity = NOTE_AFFIRMED;
	made->certainty = NOTE_ALLEGED;
	write_notes(true);
	assert_int_equal(summary.headings[0].sentences[0].nature, NATURE_ALLEGATION);
	made->time = NOTE_HYPOTHETICAL;
	write_notes(true);
	assert_int_equal(summary.sentence_count, 0);
}

static void test_a_factor_is_there_by_events_as_well(void **state)
{
	(void)state;
	static const struct text kinds[] = {{"missing_episode", 15}};
	static const struct profile_event_rule rule = {.kinds = kinds,
						       .kind_count = 1,
						       .at_least = 2,
						       .months = 12,
						       .says = {"Two or more missing episodes", 28}};
	debt.events = &rule;
	debt.event_count = 1;
	missing_on(2026, 3);
	missing_on(2024, 3);
	write_notes(true);
	assert_int_equal(summary.sentence_count, 0);
	missing_on(2026, 5);
	write_notes(true);
	debt.event_count = 0;
	says("Debt, by events: Two or more missing episodes. There are 2 in the last 12 months, the latest on 10 May "
	     "2026.");
	assert_int_equal(summary.headings[0].sentences[0].evidence_count, 2);
}

static void test_the_past_stands_under_a_heading_of_its_own(void **state)
{
	(void)state;
	date on = date_of(2026, 9, 3);
	static const struct profile_factor *const factors[] = {&debt};
	const struct profile_heading two[] = {{.title = TEXT("Now"),
					       .none = TEXT("None."),
					       .factors = (const struct profile_factor **)(uintptr_t)factors,
					       .factor_count = 1},
					      {.title = TEXT("Before"), .none = TEXT("None."), .past = true}};
	struct note_flag *made = flag(note(on), on);
	made->time = NOTE_PAST;
	flag(note(on), on);
	of_notes.headings = two;
	of_notes.heading_count = 2;
	write_notes(true);
	of_notes.headings = &heading;
	of_notes.heading_count = 1;
	assert_int_equal(summary.headings[0].sentence_count, 1);
	assert_true(text_is(summary.headings[0].sentences[0].words,
			    "Concern about debt is recorded in a case note of 3 September 2026."));
	assert_int_equal(summary.headings[1].sentence_count, 1);
	assert_true(text_is(summary.headings[1].sentences[0].words,
			    "Debt in the past is mentioned in a case note of 3 September 2026."));
}

static void test_a_flag_that_a_worker_marked_wrong_is_gone(void **state)
{
	(void)state;
	date on = date_of(2026, 9, 3);
	flag(note(on), on)->verdict = NOTE_NOT_A_CONCERN;
	write_notes(true);
	assert_int_equal(summary.sentence_count, 0);
}

static void test_notes_that_may_not_be_read_are_counted_only(void **state)
{
	(void)state;
	date on = date_of(2026, 9, 3);
	flag(note(on), on);
	write_notes(false);
	assert_int_equal(summary.sentence_count, 0);
	assert_int_equal(summary.withheld_count, 1);
}

static void test_notes_of_a_feed_that_may_not_be_known_of_are_not_told_of(void **state)
{
	(void)state;
	date on = date_of(2026, 9, 3);
	static const struct notes_of_feed unread = {{"childrens_case_notes", 20}, 2, 4};
	noted.feeds = &unread;
	noted.feed_count = 1;
	flag(note(on), on);
	write_notes(false);
	assert_int_equal(summary.withheld_count, 1);
	assert_int_equal(summary.notes_waiting, 4);
	write_notes_as(false, false);
	assert_int_equal(summary.withheld_count, 0);
	assert_int_equal(summary.notes_waiting, 0);
	answer.row_count = 0; /* it may be known of others that the service has notes, and not of this resident */
	write_notes(false);
	assert_int_equal(summary.withheld_count, 0);
	assert_int_equal(summary.notes_waiting, 0);
}

/* ---- the chronology ------------------------------------------------------------------------------------------- */

static void test_an_event_without_a_date_is_there_and_comes_last(void **state)
{
	(void)state;
	add("ssd_cp_plans", DATE_UNKNOWN, "cp_initial_category", "neglect", NULL);
	add("ssd_missing", date_of(2026, 4, 1), "missing_from", "2026-04-01", "missing_type", "missing", NULL);
	add("housing_tenancies", date_of(2020, 1, 1), "tenancy_start", "?", "tenure", "secure", NULL);
	view_resident(&view, profile, &answer, INSTANT_UNKNOWN, today, &arena);
	assert_int_equal(view.event_count, 2); /* a day that is withheld is no unknown day */
	assert_int_equal(view.events[0].on, date_of(2026, 4, 1));
	assert_int_equal(view.events[1].on, DATE_UNKNOWN);
	assert_true(text_is(view.events[1].title, "Child protection plan began: neglect"));
}

static void test_what_was_read_in_notes_joins_the_chronology_once(void **state)
{
	(void)state;
	date on = date_of(2026, 9, 3);
	struct summary_feed *feeds = ARENA_ARRAY(&arena, profile->feeds.count, struct summary_feed);
	const struct disclosed_row *row = note(on);
	flag(row, on);
	flag(row, on)->start = 40;
	flag(row, on)->verdict = NOTE_OUT_OF_DATE;
	view_resident(&view, profile, &answer, INSTANT_UNKNOWN, today, &arena);
	size_t before = view.event_count;
	view_add_notes(&view, &answer, profile, &noted, feeds, today, &arena);
	assert_int_equal(view.event_count, before); /* the notes may not be read */
	for (size_t i = 0; i < profile->feeds.count; i++)
		feeds[i].notes = true;
	view_add_notes(&view, &answer, profile, &noted, feeds, today, &arena);
	assert_int_equal(view.event_count, before + 1);
}

static int load(void **state)
{
	(void)state;
	struct error error;
	char folder[512];
	const char *source = getenv("ONEVIEW_SOURCE");
	snprintf(folder, sizeof folder, "%s/profiles/demo", source ? source : ".");
	if (profile_load(&profile, folder, &error) != STATUS_OK) {
		error_print(&error, stderr);
		return -1;
	}
	return 0;
}

static int unload(void **state)
{
	(void)state;
	profile_free(profile);
	return 0;
}

#define SUMMARY_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUMMARY_TEST(test_pronoun_follows_the_record),
		SUMMARY_TEST(test_one_and_many),
		SUMMARY_TEST(test_what_is_missing_is_left_out_of_brackets),
		SUMMARY_TEST(test_values_are_not_templates),
		SUMMARY_TEST(test_words_of_the_trade_are_explained),
		SUMMARY_TEST(test_a_row_that_is_no_longer_delivered_says_nothing_of_now),
		SUMMARY_TEST(test_what_may_not_be_seen_is_counted_and_not_written),
		SUMMARY_TEST(test_trend_needs_numbers_and_both_periods),
		SUMMARY_TEST(test_intervention_says_what_followed_and_what_did_not),
		SUMMARY_TEST(test_an_intervention_that_ended_just_now_is_not_judged),
		SUMMARY_TEST(test_every_sentence_has_its_evidence),
		SUMMARY_TEST(test_a_note_is_counted_once_however_often_it_says_so),
		SUMMARY_TEST(test_who_when_and_whether_are_told_apart),
		SUMMARY_TEST(test_a_factor_is_there_by_events_as_well),
		SUMMARY_TEST(test_the_past_stands_under_a_heading_of_its_own),
		SUMMARY_TEST(test_a_flag_that_a_worker_marked_wrong_is_gone),
		SUMMARY_TEST(test_notes_that_may_not_be_read_are_counted_only),
		SUMMARY_TEST(test_notes_of_a_feed_that_may_not_be_known_of_are_not_told_of),
		SUMMARY_TEST(test_an_event_without_a_date_is_there_and_comes_last),
		SUMMARY_TEST(test_what_was_read_in_notes_joins_the_chronology_once),
		SUMMARY_TEST(test_nothing_is_concluded_from_a_part),
		SUMMARY_TEST(test_services_without_a_record_are_named),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
