/* Notes that nobody wrote in good faith: no harm, and time in proportion to their length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/date.h"
#include "notes/reader.h"
#include "profile/factor.h"
#include "profile/profile.h"

#include <time.h>

static struct profile *profile;
static struct note_reader *reader;
static struct note_scratch *scratch;
static struct error e;

static int open_reader(void **state)
{
	char path[4096];
	(void)state;
	snprintf(path, sizeof path, "%s/profiles/demo", getenv("ONEVIEW_SOURCE") ? getenv("ONEVIEW_SOURCE") : ".");
	if (profile_load(&profile, path, &e) || note_reader_open(&reader, profile, NULL, &e)) {
		error_print(&e, stderr);
		return -1;
	}
	scratch = note_scratch_new(reader);
	return 0;
}

static int close_reader(void **state)
{
	(void)state;
	note_scratch_free(scratch);
	note_reader_close(reader);
	profile_free(profile);
	return 0;
}

static size_t read_note(const struct buf *note)
{
	const struct note_mention *mentions;
	size_t count = note_reader_read(reader, scratch, buf_text(note), DATE_UNKNOWN, &mentions);
	uint32_t last = 0;
	for (size_t i = 0; i < count; i++) {
		assert_true(mentions[i].start < mentions[i].end && mentions[i].end <= note->len);
		assert_true(mentions[i].start >= last);
		last = mentions[i].start;
	}
	return count;
}

static void repeat(struct buf *out, const char *piece, size_t len, size_t bytes)
{
	buf_init(out, 64 << 20);
	while (out->len < bytes)
		buf_append(out, piece, len);
}

static double seconds_of(const char *piece, size_t len, size_t bytes)
{
	struct buf note;
	struct timespec begun, ended;
	repeat(&note, piece, len, bytes);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun);
	read_note(&note);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended);
	buf_release(&note);
	return (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
}

#define PIECE(text) \
	{ \
		text, sizeof(text) - 1 \
	}
static const struct {
	const char *at;
	size_t len;
} pieces[] = {
	PIECE(","),
	PIECE("x"),
	PIECE("debt "),
	PIECE("no debt, "),
	PIECE("no no no not never denies debt if mother's friend's debt "),
	PIECE("debt? no "),
	PIECE("{{{text}}} {{#debt}}debt{{/debt}} <script>debt</script> "),
	PIECE("\xe2\x80\xae\xe2\x80\x8f"
	      "debt\xe2\x80\xac "),
	PIECE("debt\0\0 "),
	PIECE("\xff\xfe\xc3 debt \xe2\x80"),
	PIECE("a. debt. b! debt? c: debt; "),
	PIECE("\n- debt\n1. debt\n\n"),
	PIECE("Debt:     Debt: no     "),
	PIECE("?debt ? "),
	PIECE("de\xc2\xad"
	      "bt "),
	PIECE("''''s 's debt's "),
	PIECE("((((((debt))))))"),
	PIECE("DA partner DA "),
};

/* Four times as much may not take more than eight times as long; below some milliseconds the clock is too coarse. */
static void time_grows_with_the_length_and_no_faster(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		double small = seconds_of(pieces[i].at, pieces[i].len, 50000),
		       large = seconds_of(pieces[i].at, pieces[i].len, 200000);
		if (large > 0.05 && large > small * 8)
			fail_msg("piece %zu: %.3f s, and %.3f s for four times as much", i, small, large);
	}
}

static void ten_megabytes_are_read(void **state)
{
	(void)state;
	static const size_t chosen[] = {0, 1, 9};
	for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++)
		assert_true(seconds_of(pieces[chosen[i]].at, pieces[chosen[i]].len, 10 << 20) < 60);
}

static void a_phrase_is_found_behind_anything(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct buf note;
		repeat(&note, pieces[i].at, pieces[i].len, 20000);
		size_t before = read_note(&note);
		buf_append_text(&note, TEXT(".\n\nThere are rent arrears.\n"));
		assert_true(read_note(&note) > before);
		buf_release(&note);
	}
}

static void nothing_is_read_as_nothing(void **state)
{
	(void)state;
	struct buf note;
	buf_init(&note, 64);
	assert_int_equal(read_note(&note), 0);
	buf_append(&note, "\0", 1);
	assert_int_equal(read_note(&note), 0);
	buf_release(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_grows_with_the_length_and_no_faster),
		cmocka_unit_test(ten_megabytes_are_read),
		cmocka_unit_test(a_phrase_is_found_behind_anything),
		cmocka_unit_test(nothing_is_read_as_nothing),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_reader, close_reader);
}
