/* Case notes of any bytes, read with the lexicon and the rules of profiles/demo, and as phrase and text. */
#include "fuzz.h"
#include "notes/reader.h"
#include "profile/profile.h"

#include <stdlib.h>

static struct profile *profile;
static struct note_reader *reader;
static struct note_scratch *scratch;

static void open_reader(void)
{
	struct error e;
	char path[4096];
	snprintf(path, sizeof path, "%s/profiles/demo", getenv("ONEVIEW_SOURCE") ? getenv("ONEVIEW_SOURCE") : ".");
	if (profile_load(&profile, path, &e) || note_reader_open(&reader, profile, NULL, &e)) {
		error_print(&e, stderr);
		abort();
	}
	scratch = note_scratch_new(reader);
}

static void check(const struct note_mention *m, struct text text)
{
	if (m->start >= m->end || m->end > text.len || m->polarity >= NOTE_POLARITY_COUNT ||
	    m->time >= NOTE_TIME_COUNT || m->whose >= NOTE_WHOSE_COUNT || m->certainty >= NOTE_CERTAINTY_COUNT ||
	    m->trend >= NOTE_TREND_COUNT)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct note_mention *mentions;
	struct note_mention one;
	struct text text = text_slice((const char *)data, size);
	if (!reader)
		open_reader();
	size_t count = note_reader_read(reader, scratch, text, 20000, &mentions);
	for (size_t i = 0; i < count; i++)
		check(&mentions[i], text);
	size_t phrase = size > 8 ? 8 : size;
	if (note_reader_target(reader, scratch, text, text_slice(text.at, phrase), &one))
		check(&one, text);
	return 0;
}
