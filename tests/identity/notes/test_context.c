/* The rules of profiles/demo on a table of sentences: context.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "notes/reader.h"
#include "profile/profile.h"

static struct note_reader *reader;
static struct note_scratch *scratch;
static struct error e;

static const char *source(const char *path)
{
	static char joined[4][4096];
	static int next;
	const char *top = getenv("ONEVIEW_SOURCE");
	char *out = joined[next++ % 4];
	snprintf(out, sizeof joined[0], "%s/%s", top ? top : ".", path);
	return out;
}

static int open_reader(void **state)
{
	(void)state;
	if (note_reader_open(&reader, NULL, source("profiles/demo/note_rules.yaml"), &e) != STATUS_OK) {
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
	return 0;
}

static bool take(struct text *rest, struct text *out)
{
	size_t bar = text_find(*rest, TEXT(" | "));
	*out = text_slice(rest->at, bar);
	*rest = bar < rest->len ? text_slice(rest->at + bar + 3, rest->len - bar - 3) : TEXT("");
	return out->len > 0;
}

/* "\n" in a sentence is a line break. */
static void undo_breaks(struct buf *out, struct text text)
{
	buf_clear(out);
	for (size_t i = 0; i < text.len; i++) {
		bool line = text.at[i] == '\\' && i + 1 < text.len && text.at[i + 1] == 'n';
		buf_append_char(out, line ? '\n' : text.at[i]);
		i += line;
	}
}

static bool check_case(struct text line, struct buf *sentence, unsigned number)
{
	struct text phrase = TEXT_ABSENT, wanted = TEXT_ABSENT;
	struct note_mention m;
	char read[64];
	if (!take(&line, &phrase) || !take(&line, &wanted))
		fail_msg("context.txt:%u: the line has no phrase, or says nothing of it", number);
	undo_breaks(sentence, line);
	if (!note_reader_target(reader, scratch, buf_text(sentence), phrase, &m)) {
		print_error("context.txt:%u: the phrase is not in the sentence\n", number);
		return false;
	}
	snprintf(read, sizeof read, "%c %s %s", "+-?"[m.polarity], note_time_name(m.time), note_whose_name(m.whose));
	if (text_is(wanted, read))
		return true;
	print_error("context.txt:%u: %.*s: read as \"%s\", not \"%.*s\": %s\n", number, TEXT_ARG(phrase), read,
		    TEXT_ARG(wanted), sentence->at);
	return false;
}

static void every_sentence_is_read_as_it_is_meant(void **state)
{
	(void)state;
	struct buf content, sentence;
	struct text rest, line;
	unsigned number = 0, cases = 0, wrong = 0;
	buf_init(&content, 1 << 20);
	buf_init(&sentence, 1 << 16);
	assert_int_equal(file_read(source("tests/identity/notes/context.txt"), &content, &e), STATUS_OK);
	for (rest = buf_text(&content); text_split(&rest, '\n', &line);) {
		number++;
		if (line.len == 0 || line.at[0] == '#')
			continue;
		cases++;
		wrong += !check_case(line, &sentence, number);
	}
	buf_release(&content);
	buf_release(&sentence);
	assert_true(cases > 100);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_sentence_is_read_as_it_is_meant)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_reader, close_reader);
}
