/* Form bodies, query strings, paths and cookies: whatever is accepted is UTF-8 without NULs, and encoding it
 * again and parsing that gives the same. */
#include "base/utf8.h"
#include "fuzz.h"
#include "web/form.h"

#include <stdlib.h>

static void check_pairs(struct arena *arena, const struct pairs *pairs)
{
	struct buf again;
	struct pairs read;
	buf_init(&again, 1 << 20);
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->at[i];
		if (utf8_first_invalid(pair->value) != pair->value.len || memchr(pair->value.at, 0, pair->value.len))
			abort();
		form_append_encoded(&again, pair->name);
		buf_append_char(&again, '=');
		form_append_encoded(&again, pair->value);
		buf_append_char(&again, '&');
	}
	if (!again.failed && pairs->count && pairs->count < FORM_PAIRS_MOST) {
		if (!form_parse(arena, buf_text(&again), &read) || read.count != pairs->count)
			abort();
		for (size_t i = 0; i < read.count; i++)
			if (!text_equal(read.at[i].value, pairs->at[i].value))
				abort();
	}
	buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct pairs pairs;
	struct text path, input = text_slice((const char *)data, size);
	arena_init(&arena, 64 << 20);
	if (form_parse(&arena, input, &pairs))
		check_pairs(&arena, &pairs);
	cookies_parse(&arena, input, &pairs);
	path_decode(&arena, input, &path);
	arena_release(&arena);
	return 0;
}
