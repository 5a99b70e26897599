/* The search box: any bytes at all are taken apart, and find only who is there. */
#include "fuzz.h"
#include "vault/search_int.h"

#include <stdlib.h>

static int64_t hash(const void *context, struct text form)
{
	(void)context;
	return (int64_t)text_hash(form);
}

static bool every(const void *context, unsigned feed, unsigned element)
{
	(void)context;
	(void)feed;
	(void)element;
	return true;
}

static struct search_index *small_index(void)
{
	static struct search_index *index;
	static const char *const names[] = {"Aisha Mohammed", "William O'Brien", "Zo\xc3\xab Okafor-Smith",
					    "Kwame Mensah"};
	static const char *const addresses[] = {"14 Mill Lane EM1 4QT", "Flat 2, 9 Canal Wharf EM2 7AB",
						"1 Station Approach EM3 1AA", "14 Milton Road EM4 9ZZ"};
	static const int64_t ids[] = {1, 2, 3, 4};
	if (index)
		return index;
	struct search_builder *builder = search_builder_new(ids, 4);
	struct search_batch batch;
	search_batch_init(&batch);
	for (uint32_t i = 0; i < 4; i++) {
		search_batch_record(&batch);
		search_batch_name(&batch, i, 0, false, text_of(names[i]));
		search_batch_address(&batch, i, 0, text_of(addresses[i]));
		search_batch_birth(&batch, i, 0, TEXT("1985-03-12"));
		search_batch_identifier(&batch, i, 0, 0, hash(NULL, TEXT("T0001")));
	}
	search_builder_take(builder, &batch);
	search_batch_release(&batch);
	return index = search_builder_finish(builder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct search_permission permission = {.identifier = every};
	memset(&permission.names, 0xff, 4 * sizeof permission.names);
	struct search_question question = {.query = text_slice((const char *)data, size < 200 ? size : 200),
					   .one_number = size % 7 == 0,
					   .permission = &permission,
					   .hash = hash};
	struct search_hit *hits;
	size_t count;
	struct arena arena;
	arena_init(&arena, 16 << 20);
	search_ask(small_index(), &question, &arena, &hits, &count);
	for (size_t i = 0; i < count; i++) {
		if (hits[i].resident_id < 1 || hits[i].resident_id > 4 || hits[i].matched == 0)
			abort();
	}
	arena_release(&arena);
	return 0;
}
