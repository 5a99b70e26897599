/* How fast case notes are read, on one core: bench_notes PROFILE [MEGABYTES], JSON out.
 *
 * Three figures: the look-up of the lexicon over notes in the form it wants; the whole reader over notes as workers
 * write them (a phrase in every fifth sentence); and over sentences of which each has a phrase. */
#include "base/buf.h"
#include "notes/reader_int.h"
#include "profile/factor.h"
#include "profile/profile.h"

#include <inttypes.h>
#include <time.h>

static const char *const frames[] = {
	"She disclosed %s this week.",
	"There is no evidence of %s.",
	"History of %s before the move here, now resolved.",
	"Mum reports %s, which is getting worse.",
	"His older brother was involved in %s.",
	"There is a risk of %s if nothing changes.",
};
static const char *const fillers[] = {
	"Home visit carried out as arranged with the support worker and the interpreter.",
	"We agreed to meet again in two weeks and I left my contact details.",
	"The kitchen had been repainted since my last visit and the home was warm and tidy.",
	"Transport was discussed and a bus pass will be applied for next month.",
	"I will ring the surgery for an update before the next review.",
	"The appointment had been moved from last Tuesday because of the weather.",
	"He showed me some drawings and talked about football.",
	"The plan was read through and signed by everybody who was there.",
	"A copy of the letter was left with the family.",
};

static const char *plain_phrase(const struct profile *profile, uint64_t i)
{
	for (;; i++) {
		const struct profile_factor *factor = &profile->factors.at[i % profile->factors.count];
		const struct profile_phrase *phrase = &factor->phrases[i * 7 % factor->phrase_count];
		if (text_find_char(phrase->written, '(') == phrase->written.len && !phrase->with_count)
			return phrase->written.at;
	}
}

static void make_notes(struct buf *out, const struct profile *profile, size_t bytes, bool every)
{
	for (uint64_t i = 0; out->len < bytes; i++) {
		if (every || i % 5 == 0)
			buf_format(out, frames[i % (sizeof frames / sizeof *frames)], plain_phrase(profile, i));
		else
			buf_append_text(out, text_of(fillers[i % (sizeof fillers / sizeof *fillers)]));
		buf_append_text(out, i % 8 == 7 ? TEXT("\n\n") : TEXT(" "));
	}
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

enum { NOTE_BYTES = 1000 };

static void bench_reader(const struct note_reader *reader, struct note_scratch *scratch, const struct buf *text,
			 const char *name)
{
	const struct note_mention *mentions;
	size_t sentences = 0, found = 0;
	for (size_t at = 0; at + NOTE_BYTES <= text->len; at += NOTE_BYTES)
		sentences += note_reader_sentences(reader, scratch, text_slice(text->at + at, NOTE_BYTES));
	double begun = now();
	for (size_t at = 0; at + NOTE_BYTES <= text->len; at += NOTE_BYTES)
		found += note_reader_read(reader, scratch, text_slice(text->at + at, NOTE_BYTES), DATE_UNKNOWN,
					  &mentions);
	double seconds = now() - begun;
	printf(", \"%s\": {\"sentences\": %zu, \"mentions\": %zu, \"seconds\": %.3f, \"sentences_per_second\": %.0f}",
	       name, sentences, found, seconds, (double)sentences / seconds);
}

static void bench_scan(const struct note_reader *reader, struct note_scratch *scratch, const struct buf *text)
{
	struct form form = {0};
	form_make(&form, buf_text(text));
	size_t hits = 0;
	double seconds = 1e9;
	for (int i = 0; i < 5; i++) { /* the first makes room for hits */
		double begun = now();
		hits = note_reader_scan(reader, scratch, text_slice(form.at, form.len));
		double took = now() - begun;
		seconds = took < seconds ? took : seconds;
	}
	printf(", \"scan\": {\"bytes\": %zu, \"hits\": %zu, \"seconds\": %.4f, \"megabytes_per_second\": %.0f}",
	       form.len, hits, seconds, (double)form.len / 1e6 / seconds);
	form_release(&form);
}

int main(int argc, char **argv)
{
	struct error e;
	struct profile *profile;
	struct note_reader *reader;
	struct buf notes, every;
	size_t bytes = (argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 8) << 20;
	if (argc < 2 || profile_load(&profile, argv[1], &e))
		return argc < 2 ? 2 : (error_print(&e, stderr), 1);
	double begun = now();
	if (note_reader_open(&reader, profile, NULL, &e))
		return error_print(&e, stderr), 1;
	double opened = now() - begun;
	struct note_scratch *scratch = note_scratch_new(reader);
	buf_init(&notes, 1 << 30);
	buf_init(&every, 1 << 30);
	make_notes(&notes, profile, bytes, false);
	make_notes(&every, profile, bytes, true);
	printf("{\"benchmark\": \"notes\", \"phrases\": %zu, \"literals\": %zu, \"rules\": %zu, \"opening_seconds\": "
	       "%.3f",
	       note_reader_phrases(reader), reader->lexicon.literal_count, note_reader_rules(reader), opened);
	bench_scan(reader, scratch, &notes);
	bench_reader(reader, scratch, &notes, "notes");
	bench_reader(reader, scratch, &every, "every_sentence");
	printf("}\n");
	note_scratch_free(scratch);
	note_reader_close(reader);
	profile_free(profile);
	buf_release(&notes);
	buf_release(&every);
	return 0;
}
