/* bench_summary PROFILE: a case summary and a chronology of somebody with 2,000 events and 300 case notes, as JSON. The
 * answer of the door is made here: what the door itself costs is in bench_door. */
#include "base/json.h"
#include "view/summary.h"

enum { EVENTS = 2000, NOTES = 300, FLAGS = 900, ROUNDS = 50 };

static const struct profile *profile;
static struct disclosed_row rows[EVENTS + NOTES];
static struct disclosed_value values[EVENTS + NOTES][3];
static char days[EVENTS][DATE_TEXT_SIZE];
static struct note_flag flags[FLAGS];

static struct disclosed_row *row(size_t i, const struct profile_feed *feed, date from)
{
	rows[i] = (struct disclosed_row){.origin = {.feed = feed,
						    .record_id = 1 + (int64_t)(i % 7),
						    .row_key = (int64_t)i,
						    .as_at = from,
						    .received = instant_of_date(from),
						    .data_as_at = date_of(2026, 11, 1)},
					 .valid_from = from,
					 .valid_to = DATE_UNKNOWN,
					 .newest = true,
					 .values = values[i]};
	return &rows[i];
}

static void make_events(void)
{
	static const char *const of[][2] = {{"ssd_missing", "missing_from"},
					    {"ssd_cin_episodes", "cin_referral_date"},
					    {"contact_centre", "contact_at"},
					    {"youth_offending", "offence_date"},
					    {"ssd_contacts", "childrens_contact_date"}};
	for (size_t i = 0; i < EVENTS; i++) {
		const struct profile_feed *feed = profile_feed(profile, text_of(of[i % 5][0]));
		date on = date_of(2016, 1, 1) + (date)(i * 2);
		struct disclosed_row *made = row(i, feed, on);
		date_format_iso(on, days[i]);
		values[i][0] = (struct disclosed_value){.element = profile_element(profile, text_of(of[i % 5][1])),
							.value = text_of(days[i])};
		made->value_count = 1;
	}
}

static void make_notes(void)
{
	const struct profile_feed *feed = profile_feed(profile, TEXT("childrens_case_notes"));
	for (size_t i = 0; i < NOTES; i++)
		row(EVENTS + i, feed, date_of(2020, 1, 1) + (date)(i * 8));
	for (size_t i = 0; i < FLAGS; i++) {
		const struct disclosed_row *note = &rows[EVENTS + i / 3];
		const struct profile_factor *factor = &profile->factors.at[i % profile->factors.count];
		flags[i] = (struct note_flag){.record_id = note->origin.record_id,
					      .row_key = note->origin.row_key,
					      .feed_id = feed->id,
					      .on = note->valid_from,
					      .factor = factor,
					      .factor_id = factor->id};
	}
}

static size_t write_once(struct arena *arena, const struct disclosure_resident *answer,
			 const struct summary_question *question)
{
	struct view_resident view;
	struct view_summary summary;
	view_resident(&view, profile, answer, INSTANT_UNKNOWN, question->today, arena);
	view_add_notes(&view, answer, profile, question->flags, question->feeds, question->today, arena);
	view_summary(&summary, profile, answer, &view, question, arena);
	return summary.sentence_count;
}

int main(int argc, char **argv)
{
	struct error error;
	struct profile *loaded;
	struct arena arena;
	if (argc != 2) {
		fprintf(stderr, "bench_summary PROFILE\n");
		return 2;
	}
	if (profile_load(&loaded, argv[1], &error))
		return error_print(&error, stderr), 1;
	profile = loaded;
	make_events();
	make_notes();
	arena_init(&arena, (size_t)1 << 30);
	struct summary_feed *feeds = ARENA_ARRAY(&arena, profile->feeds.count, struct summary_feed);
	for (size_t i = 0; i < profile->feeds.count; i++)
		feeds[i] = (struct summary_feed){
			&profile->feeds.at[i], date_of(2026, 11, 1), DATE_UNKNOWN, false, true, true};
	const struct notes_of_feed of_feed = {TEXT("childrens_case_notes"), NOTES, 0};
	struct note_flags noted = {.at = flags, .count = FLAGS, .feeds = &of_feed, .feed_count = 1};
	struct disclosure_resident answer = {.resident_id = 1, .rows = rows, .row_count = EVENTS + NOTES};
	answer.person.name = TEXT("Maria Lopez");
	struct summary_question question = {.layout = &profile->layouts.at[0],
					    .feeds = feeds,
					    .flags = &noted,
					    .since = INSTANT_UNKNOWN,
					    .today = date_of(2026, 11, 30)};
	size_t sentences = 0;
	instant start = instant_now();
	for (int i = 0; i < ROUNDS; i++) {
		struct arena round;
		arena_init(&round, (size_t)1 << 30);
		sentences = write_once(&round, &answer, &question);
		arena_release(&round);
	}
	double each = (double)(instant_now() - start) / 1e3 / ROUNDS;

	struct buf text;
	struct json out;
	buf_init(&text, 1 << 16);
	json_init(&out, &text);
	out.pretty = true;
	json_begin_object(&out, NULL);
	json_put_int(&out, "events", EVENTS);
	json_put_int(&out, "notes", NOTES);
	json_put_int(&out, "flags", FLAGS);
	json_put_int(&out, "sentences", (int64_t)sentences);
	json_put_double(&out, "milliseconds", each, 2);
	json_put_double(&out, "household_of_ten_milliseconds", each * 10, 1);
	json_end(&out);
	puts(text.at);
	buf_release(&text);
	arena_release(&arena);
	profile_free(loaded);
	return 0;
}
