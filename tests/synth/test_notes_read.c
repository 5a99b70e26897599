/* Notes in all styles, read by the profile's factors and rules, against what their writer meant: by factor, whether it
 * is affirmed, present and the resident's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "notes/reader.h"
#include "profile/factor.h"
#include "synth/feeds/feeds_int.h"
#include "synth/feeds/note_int.h"

enum { NOTES = 6000, LABELS_MOST = 8 };
static const double least_f1 = 0.95;

static struct borough *borough;
static struct profile *profile;
static struct note_reader *reader;
static struct error e;

struct label {
	struct text factor;
	int64_t start, end;
	bool so, found;
};
struct score {
	int right, wrong, missed;
};
static struct score scores[NOTE_FACTORS];

static size_t number_of(struct text factor)
{
	for (size_t i = 0; i < NOTE_FACTORS; i++) {
		if (text_is(factor, note_factors[i].id))
			return i;
	}
	return NOTE_FACTORS;
}

static size_t read_labels(struct text rest, struct label labels[LABELS_MOST])
{
	struct text line, fields[7];
	size_t count = 0;
	while (text_split(&rest, '\n', &line) && line.len > 0) {
		for (size_t i = 0; i < 7; i++)
			assert_true(text_split(&line, ',', &fields[i]));
		assert_true(count < LABELS_MOST);
		struct label *label = &labels[count++];
		*label = (struct label){.factor = fields[1],
					.so = text_is(fields[4], "affirmed") && text_is(fields[5], "current") &&
					      text_is(fields[6], "subject")};
		assert_true(text_parse_int64(fields[2], &label->start) && text_parse_int64(fields[3], &label->end));
	}
	return count;
}

static void judge(const struct note_mention *mention, struct label *labels, size_t count)
{
	struct text factor = profile->factors.at[mention->factor].id;
	size_t number = number_of(factor);
	bool right = false;
	if (number == NOTE_FACTORS || !note_mention_counts(mention))
		return;
	for (size_t i = 0; i < count; i++) {
		if (!text_equal(labels[i].factor, factor) || labels[i].end <= mention->start ||
		    labels[i].start >= mention->end)
			continue;
		labels[i].found = true;
		right = right || labels[i].so;
	}
	scores[number].wrong += !right;
}

static void read_one(struct writer *w, struct note_scratch *scratch, uint64_t seed)
{
	struct buf note;
	struct label labels[LABELS_MOST];
	const struct note_mention *mentions;
	struct note_subject subject = {.person = (uint32_t)(seed % 500),
				       .on = borough->start + 100,
				       .kind = EVENT_CHILD_VISIT,
				       .called = "Zo\xc3\xab"};
	buf_init(&note, 1 << 16);
	buf_init(&w->labels, 1 << 16);
	note_write(w, "N1", seed, &subject, seed % 2, &note);
	size_t count = read_labels(buf_text(&w->labels), labels);
	size_t found = note_reader_read(reader, scratch, buf_text(&note), subject.on, &mentions);
	for (size_t i = 0; i < found; i++)
		judge(&mentions[i], labels, count);
	for (size_t i = 0; i < count; i++) {
		scores[number_of(labels[i].factor)].right += labels[i].so && labels[i].found;
		scores[number_of(labels[i].factor)].missed += labels[i].so && !labels[i].found;
	}
	buf_release(&w->labels);
	buf_release(&note);
}

static void every_factor_is_read_as_it_was_meant(void **state)
{
	(void)state;
	struct writer w = {.b = borough, .feed = &feeds[0]};
	struct note_scratch *scratch = note_scratch_new(reader);
	for (uint64_t seed = 0; seed < NOTES; seed++)
		read_one(&w, scratch, seed);
	note_scratch_free(scratch);
	for (size_t i = 0; i < NOTE_FACTORS; i++) {
		const struct score *s = &scores[i];
		double f1 = 2.0 * s->right / (2.0 * s->right + s->wrong + s->missed);
		print_message("%s: right %d, wrong %d, missed %d, F1 %.4f\n", note_factors[i].id, s->right, s->wrong,
			      s->missed, f1);
		if (s->right < 20 || f1 < least_f1)
			fail_msg("%s is read with F1 %.4f", note_factors[i].id, f1);
	}
}

static int make(void **state)
{
	(void)state;
	if (borough_make(&borough, &(struct borough_plan){.people = 600, .seed = 7, .months = 14}, &e) ||
	    profile_load(&profile, PROFILES "/demo", &e) || note_reader_open(&reader, profile, NULL, &e)) {
		error_print(&e, stderr);
		return -1;
	}
	return 0;
}

static int drop(void **state)
{
	(void)state;
	note_reader_close(reader);
	profile_free(profile);
	borough_free(borough);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_factor_is_read_as_it_was_meant)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make, drop);
}
