#include "web/searches.h"

#include "base/id.h"
#include "base/memory.h"

#include <pthread.h>

enum { SLOTS = 8192, WORDS_LONGEST = 256 };
static const instant kept_for = 3600 * INT64_C(1000000);

struct search {
	int64_t number, session_id;
	instant at;
	uint32_t len;
	char words[WORDS_LONGEST];
};

/* Rings: the newest overwrites the oldest of its place. */
struct searches {
	pthread_mutex_t lock;
	struct search slots[SLOTS];
};

struct searches *searches_new(void)
{
	struct searches *searches = memory_alloc(1, sizeof *searches);
	pthread_mutex_init(&searches->lock, NULL);
	return searches;
}

void searches_free(struct searches *searches)
{
	if (!searches)
		return;
	pthread_mutex_destroy(&searches->lock);
	explicit_bzero(searches, sizeof *searches);
	free(searches);
}

int64_t searches_keep(struct searches *searches, int64_t session_id, struct text words)
{
	int64_t number = id_random();
	pthread_mutex_lock(&searches->lock);
	struct search *slot = &searches->slots[(uint64_t)number % SLOTS];
	explicit_bzero(slot, sizeof *slot);
	slot->number = number;
	slot->session_id = session_id;
	slot->at = instant_now();
	slot->len = (uint32_t)(words.len < WORDS_LONGEST ? words.len : WORDS_LONGEST);
	memcpy(slot->words, words.at, slot->len);
	pthread_mutex_unlock(&searches->lock);
	return number;
}

struct text searches_find(struct searches *searches, int64_t session_id, int64_t number, struct arena *arena)
{
	struct text found = TEXT_ABSENT;
	pthread_mutex_lock(&searches->lock);
	struct search *slot = &searches->slots[(uint64_t)number % SLOTS];
	if (slot->number == number && slot->session_id == session_id && instant_now() - slot->at < kept_for)
		found = arena_text(arena, text_slice(slot->words, slot->len));
	else if (slot->number && instant_now() - slot->at >= kept_for)
		explicit_bzero(slot, sizeof *slot);
	pthread_mutex_unlock(&searches->lock);
	return found;
}
