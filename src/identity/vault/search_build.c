#include "vault/search_int.h"

#include "base/memory.h"
#include "clean/fold.h"
#include "clean/names.h"
#include "clean/phonetic.h"
#include "clean/postcode.h"

/* ---- batches: words of records, made on any thread --------------------------------------------- */

struct batch_word { /* followed by `len` bytes: the kind and the folded word */
	uint32_t resident;
	uint16_t feed;
	uint8_t len;
	uint8_t unused;
};

void search_batch_init(struct search_batch *batch)
{
	buf_init(&batch->words, 256 << 20);
	buf_init(&batch->identifiers, 64 << 20);
	batch->record_start = 0;
}

void search_batch_release(struct search_batch *batch)
{
	buf_wipe(&batch->words);
	buf_wipe(&batch->identifiers);
	buf_release(&batch->words);
	buf_release(&batch->identifiers);
}

void search_batch_record(struct search_batch *batch)
{
	batch->record_start = batch->words.len;
}

static bool already_there(const struct search_batch *batch, const struct batch_word *head, const char *key)
{
	size_t at = batch->record_start;
	while (at < batch->words.len) {
		struct batch_word other;
		memcpy(&other, batch->words.at + at, sizeof other);
		if (other.len == head->len && other.feed == head->feed && other.resident == head->resident &&
		    memcmp(batch->words.at + at + sizeof other, key, head->len) == 0)
			return true;
		at += sizeof other + other.len;
	}
	return false;
}

static void add_word(struct search_batch *batch, uint32_t resident, unsigned feed, enum search_kind kind,
		     struct text word)
{
	char key[SEARCH_WORD_MAX + 1];
	if (word.len == 0 || feed >= SEARCH_FEEDS_MAX)
		return;
	size_t len = word.len < SEARCH_WORD_MAX ? word.len : SEARCH_WORD_MAX;
	key[0] = (char)kind;
	memcpy(key + 1, word.at, len);
	struct batch_word head = {.resident = resident, .feed = (uint16_t)feed, .len = (uint8_t)(len + 1)};
	if (already_there(batch, &head, key))
		return;
	buf_append(&batch->words, &head, sizeof head);
	buf_append(&batch->words, key, head.len);
}

static bool is_title(struct text word)
{
	static const char *const titles[] = {"mr", "mrs", "ms", "miss", "dr", "mx", "rev", "sir", "master", "prof"};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		if (text_is(word, titles[i]))
			return true;
	}
	return false;
}

void search_batch_name(struct search_batch *batch, uint32_t resident, unsigned feed, bool former, struct text name)
{
	char folded[256];
	struct text rest = text_slice(folded, clean_fold(folded, sizeof folded, name)), word;
	while (text_split(&rest, ' ', &word)) {
		if (word.len > 1 && !is_title(word))
			add_word(batch, resident, feed, former ? SEARCH_FORMER : SEARCH_NAME, word);
	}
	explicit_bzero(folded, sizeof folded);
}

static bool starts_with_digit(struct text word)
{
	return word.len && word.at[0] >= '0' && word.at[0] <= '9';
}

/* Words that nearly every address has tell nothing. */
static bool is_common_street_word(struct text word)
{
	static const char *const words[] = {"road",   "street", "rd",       "st",      "avenue", "ave", "lane",
					    "close",  "drive",  "flat",     "house",   "court",  "the", "of",
					    "london", "way",    "crescent", "gardens", "place"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (text_is(word, words[i]))
			return true;
	}
	return false;
}

void search_batch_address(struct search_batch *batch, uint32_t resident, unsigned feed, struct text line)
{
	char folded[256], house[2 * SEARCH_WORD_MAX + 2];
	struct postcode postcode;
	struct text before = line;
	if (clean_postcode_at_end(&postcode, line, &before))
		search_batch_postcode(batch, resident, feed, text_of(postcode.unit));
	struct text rest = text_slice(folded, clean_fold(folded, sizeof folded, before)), word, number = TEXT_ABSENT;
	while (text_split(&rest, ' ', &word)) {
		if (!starts_with_digit(word) && word.len > 1 && !is_common_street_word(word))
			add_word(batch, resident, feed, SEARCH_STREET, word);
		if (!text_is_absent(number) && !starts_with_digit(word)) {
			int len = snprintf(house, sizeof house, "%.*s %.*s", TEXT_ARG(number), TEXT_ARG(word));
			add_word(batch, resident, feed, SEARCH_HOUSE, text_slice(house, (size_t)len));
		}
		number = starts_with_digit(word) ? word : TEXT_ABSENT;
	}
	explicit_bzero(folded, sizeof folded);
	explicit_bzero(house, sizeof house);
}

void search_batch_postcode(struct search_batch *batch, uint32_t resident, unsigned feed, struct text postcode)
{
	char squeezed[16];
	size_t len = clean_squeeze(squeezed, sizeof squeezed, postcode);
	if (len >= 5 && len <= 7)
		add_word(batch, resident, feed, SEARCH_POSTCODE, text_slice(squeezed, len));
}

void search_batch_birth(struct search_batch *batch, uint32_t resident, unsigned feed, struct text iso_date)
{
	date d;
	if (date_parse_iso(iso_date, &d))
		add_word(batch, resident, feed, SEARCH_BIRTH, iso_date);
}

void search_batch_identifier(struct search_batch *batch, uint32_t resident, unsigned feed, unsigned element,
			     int64_t hash)
{
	struct search_identifier identifier = {hash, resident, (uint16_t)feed, (uint16_t)element};
	if (feed < SEARCH_FEEDS_MAX && element <= UINT16_MAX)
		buf_append(&batch->identifiers, &identifier, sizeof identifier);
}

bool search_identifier_form(char *out, size_t cap, struct text in)
{
	size_t len = clean_squeeze(out, cap, in);
	bool digit = false;
	for (size_t i = 0; i < len && i + 1 < cap; i++)
		digit |= out[i] >= '0' && out[i] <= '9';
	return digit && len >= 4 && len < cap;
}

/* ---- the builder -------------------------------------------------------------------------------- */

struct raw_posting {
	uint32_t word, resident;
	uint16_t feed;
	uint16_t unused;
};

struct search_builder {
	struct search_index *index;
	struct raw_posting *raw;
	size_t raw_count, raw_capacity;
	size_t identifier_capacity;
	struct id_map set_numbers; /* hash of a set -> its number + 1 */
};

struct search_builder *search_builder_new(const int64_t *resident_ids, size_t count)
{
	struct search_builder *builder = memory_alloc(1, sizeof *builder);
	struct search_index *index = memory_alloc(1, sizeof *index);
	builder->index = index;
	index->residents = memory_alloc(count + 1, sizeof *index->residents);
	if (count)
		memcpy(index->residents, resident_ids, count * sizeof *resident_ids);
	index->resident_count = count;
	text_map_init(&index->words);
	id_map_init(&builder->set_numbers);
	pthread_mutex_init(&index->lock, NULL);
	return builder;
}

void search_builder_free(struct search_builder *builder)
{
	if (!builder)
		return;
	search_index_free(builder->index);
	id_map_release(&builder->set_numbers);
	free(builder->raw);
	free(builder);
}

static void take_identifiers(struct search_builder *builder, const struct buf *from)
{
	struct search_index *index = builder->index;
	for (size_t at = 0; at + sizeof(struct search_identifier) <= from->len;
	     at += sizeof(struct search_identifier)) {
		ARRAY_GROW(index->identifiers, index->identifier_count, builder->identifier_capacity);
		memcpy(&index->identifiers[index->identifier_count++], from->at + at, sizeof *index->identifiers);
	}
}

void search_builder_take(struct search_builder *builder, const struct search_batch *batch)
{
	size_t at = 0;
	while (at < batch->words.len) {
		struct batch_word head;
		memcpy(&head, batch->words.at + at, sizeof head);
		struct text key = text_slice(batch->words.at + at + sizeof head, head.len);
		bool is_new;
		uint64_t *number = text_map_put(&builder->index->words, key, &is_new);
		if (is_new)
			*number = builder->index->words.count - 1;
		ARRAY_GROW(builder->raw, builder->raw_count, builder->raw_capacity);
		builder->raw[builder->raw_count++] =
			(struct raw_posting){(uint32_t)*number, head.resident, head.feed, 0};
		at += sizeof head + head.len;
	}
	take_identifiers(builder, &batch->identifiers);
}

/* ---- finishing: postings by word and resident, sets of feeds --------------------------------------- */

static void set_add(struct search_feeds *set, unsigned feed)
{
	set->bits[feed / 64] |= UINT64_C(1) << (feed % 64);
}

static uint16_t set_number(struct search_builder *builder, const struct search_feeds *set)
{
	struct search_index *index = builder->index;
	uint64_t hash = text_hash(text_slice((const char *)set, sizeof *set));
	bool is_new;
	uint64_t *number = id_map_put(&builder->set_numbers, hash, &is_new);
	if (is_new && index->set_count < UINT16_MAX) {
		ARRAY_GROW(index->sets, index->set_count, index->set_capacity);
		index->sets[index->set_count++] = *set;
		*number = index->set_count;
	}
	return (uint16_t)(*number ? *number - 1
				  : 0); /* 65,535 sets are never reached: few feeds name one person alike */
}

static int compare_raw(const void *left, const void *right)
{
	const struct raw_posting *a = left, *b = right;
	if (a->resident != b->resident)
		return a->resident < b->resident ? -1 : 1;
	return (a->feed > b->feed) - (a->feed < b->feed);
}

/* The raw postings of one word become its list: one posting a resident. */
static void finish_word(struct search_builder *builder, struct raw_posting *raw, size_t count)
{
	struct search_index *index = builder->index;
	qsort(raw, count, sizeof *raw, compare_raw);
	for (size_t i = 0; i < count;) {
		struct search_feeds set = {{0}};
		size_t first = i;
		while (i < count && raw[i].resident == raw[first].resident)
			set_add(&set, raw[i++].feed);
		index->postings[index->posting_count++] =
			(struct search_posting){raw[first].resident, set_number(builder, &set), 0};
	}
}

/* Counting sort of the raw postings by word; *STARTS has a place for each word and one more. */
static struct raw_posting *sort_by_word(const struct search_builder *builder, uint32_t **starts)
{
	size_t words = builder->index->words.count;
	uint32_t *start = memory_alloc(words + 2, sizeof *start);
	struct raw_posting *sorted = memory_alloc(builder->raw_count + 1, sizeof *sorted);
	for (size_t i = 0; i < builder->raw_count; i++)
		start[builder->raw[i].word + 2]++;
	for (size_t w = 0; w < words; w++)
		start[w + 2] += start[w + 1];
	for (size_t i = 0; i < builder->raw_count; i++)
		sorted[start[builder->raw[i].word + 1]++] = builder->raw[i];
	*starts = start;
	return sorted;
}

static int compare_identifiers(const void *left, const void *right)
{
	const struct search_identifier *a = left, *b = right;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->resident != b->resident)
		return a->resident < b->resident ? -1 : 1;
	if (a->element != b->element)
		return a->element < b->element ? -1 : 1;
	return (a->feed > b->feed) - (a->feed < b->feed);
}

static void finish_identifiers(struct search_index *index)
{
	size_t kept = 0;
	if (index->identifier_count)
		qsort(index->identifiers, index->identifier_count, sizeof *index->identifiers, compare_identifiers);
	for (size_t i = 0; i < index->identifier_count; i++) {
		if (kept && compare_identifiers(&index->identifiers[kept - 1], &index->identifiers[i]) == 0)
			continue;
		index->identifiers[kept++] = index->identifiers[i];
	}
	index->identifier_count = kept;
	if (kept)
		index->identifiers = memory_resize(index->identifiers, kept, sizeof *index->identifiers);
}

static void add_to_length(struct search_length *lengths, uint32_t word, struct text text)
{
	struct search_length *length = &lengths[text.len];
	if (length->count == length->capacity) {
		length->capacity = length->capacity ? 2 * length->capacity : 64;
		length->words = memory_resize(length->words, length->capacity, sizeof *length->words);
		length->bytes = memory_resize(length->bytes, length->capacity, text.len);
	}
	length->words[length->count] = word;
	memcpy(length->bytes + length->count++ * text.len, text.at, text.len);
}

static void describe_name(struct search_word *word, struct text text)
{
	char sound[PHONETIC_SIZE];
	size_t len = clean_phonetic(sound, text);
	word->sound = len >= 2 ? (uint32_t)text_hash(text_slice(sound, len)) | 1 : 0;
	word->group = clean_given_group(text);
}

static void describe_words(struct search_index *index)
{
	index->postcodes = memory_alloc(index->words.count + 1, sizeof *index->postcodes);
	for (uint32_t w = 0; w < index->words.count; w++) {
		struct text key = index->words.keys[w], text = text_slice(key.at + 1, key.len - 1);
		index->word[w].group = -1;
		if (key.at[0] == SEARCH_NAME || key.at[0] == SEARCH_FORMER) {
			describe_name(&index->word[w], text);
			add_to_length(index->names, w, text);
		} else if (key.at[0] == SEARCH_STREET) {
			add_to_length(index->streets, w, text);
		} else if (key.at[0] == SEARCH_POSTCODE) {
			index->postcodes[index->postcode_count++] = w;
		}
	}
	index->postcodes = memory_resize(index->postcodes, index->postcode_count + 1, sizeof *index->postcodes);
}

struct search_index *search_builder_finish(struct search_builder *builder)
{
	struct search_index *index = builder->index;
	size_t words = index->words.count;
	uint32_t *start;
	struct raw_posting *sorted = sort_by_word(builder, &start);
	free(builder->raw);
	builder->raw = NULL;
	index->word = memory_alloc(words + 1, sizeof *index->word);
	index->postings = memory_alloc(builder->raw_count + 1, sizeof *index->postings);
	for (size_t w = 0; w < words; w++) {
		index->word[w].first = (uint32_t)index->posting_count;
		finish_word(builder, sorted + start[w], start[w + 1] - start[w]);
	}
	index->word[words].first = (uint32_t)index->posting_count;
	index->postings = memory_resize(index->postings, index->posting_count + 1, sizeof *index->postings);
	free(sorted);
	free(start);
	finish_identifiers(index);
	describe_words(index);
	builder->index = NULL;
	search_builder_free(builder);
	return index;
}

/* ---- releasing ------------------------------------------------------------------------------------ */

static void free_lengths(struct search_length *lengths)
{
	for (size_t len = 0; len < SEARCH_LENGTHS; len++) {
		if (lengths[len].bytes)
			explicit_bzero(lengths[len].bytes, lengths[len].capacity * len);
		free(lengths[len].bytes);
		free(lengths[len].words);
	}
}

static void scratch_free(struct search_scratch *scratch)
{
	free(scratch->score);
	free(scratch->address_score);
	free(scratch->credited);
	free(scratch->address_credited);
	free(scratch->matched);
	free(scratch->touched);
	free(scratch);
}

void search_index_free(struct search_index *index)
{
	if (!index)
		return;
	while (index->scratches) {
		struct search_scratch *next = index->scratches->next;
		scratch_free(index->scratches);
		index->scratches = next;
	}
	free_lengths(index->names);
	free_lengths(index->streets);
	arena_keep_secret(&index->words.arena);
	text_map_release(&index->words);
	free(index->residents);
	free(index->word);
	free(index->postings);
	free(index->identifiers);
	free(index->sets);
	free(index->postcodes);
	pthread_mutex_destroy(&index->lock);
	free(index);
}

struct search_size search_index_size(const struct search_index *index)
{
	struct search_size size = {index->resident_count, index->words.count, index->posting_count,
				   index->identifier_count, 0};
	size.bytes = index->resident_count * sizeof *index->residents + index->words.count * sizeof *index->word +
		     index->posting_count * sizeof *index->postings +
		     index->identifier_count * sizeof *index->identifiers + index->words.arena.used +
		     index->words.capacity * (sizeof(struct text) + 16) + index->words.slot_count * sizeof(uint32_t);
	for (size_t len = 0; len < SEARCH_LENGTHS; len++)
		size.bytes += (index->names[len].capacity + index->streets[len].capacity) * (len + sizeof(uint32_t));
	return size;
}
