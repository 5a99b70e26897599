/* Inside notes: a refresh under way. */
#ifndef NOTES_REFRESH_INT_H
#define NOTES_REFRESH_INT_H

#include "base/map.h"
#include "notes/notes_int.h"
#include "notes/reader.h"
#include "notes/refresh.h"
#include "profile/profile.h"
#include "store/store.h"
#include "vault/vault.h"

#include <stdlib.h>

struct waiting_note {
	int64_t record_id, row_key;
	int32_t feed_no, version; /* newest of its fact */
	date on;
};

struct refreshing {
	struct store *data;
	const struct vault *vault;
	const struct profile *profile;
	const struct note_refresh_settings *settings;
	struct note_refresh_report *report;
	struct note_reader *reader; /* opened when a note waits */
	char version[NOTE_VERSION_SIZE];
	struct vault_elements elements;
	struct text_map words; /* kind, 0x1f, word -> number */
	int64_t reading_no, seen_extract, latest_extract;
	int32_t *feed_numbers;
	const struct profile_feed **feeds;
	size_t feed_count;
	struct waiting_note *waiting; /* in the order of records */
	size_t waiting_count, waiting_capacity;
	int64_t *held; /* records that may not be read now; each once or more */
	size_t held_count, held_capacity;
	bool were_held; /* some record was, before this call */
};

/* The numbers of note_word. */
enum status note_words_load(struct refreshing *r, struct error *error) MUST_CHECK;
/* Reads waiting[FIRST..END) and writes its flags, in one transaction. */
enum status note_read_batch(struct refreshing *r, size_t first, size_t end, struct error *error) MUST_CHECK;

#endif
