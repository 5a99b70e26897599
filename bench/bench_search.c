/* The search index at the size of a large borough: how long it takes to build, how large it is, how
 * long questions take. Invented people; prints JSON.
 *
 *     build/bench/bench_search [RESIDENTS]
 */
#include "base/date.h"
#include "base/json.h"
#include "base/memory.h"
#include "vault/search.h"

static uint64_t state = 88172645463325252u;

static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 16) % below);
}

/* A word made of syllables: the same number gives the same word. */
static void word_of(char out[32], uint32_t number, uint32_t syllables)
{
	static const char *const parts[] = {"ma",  "ro", "shi", "len", "tar", "ko",  "vi", "bel",
					    "dan", "os", "wi",  "ner", "pra", "sun", "jo", "ek",
					    "han", "lu", "gra", "mo",  "fen", "ci",  "ya", "ster"};
	size_t len = 0;
	for (uint32_t s = 0; s < syllables; s++) {
		len += (size_t)snprintf(out + len, 32 - len, "%s", parts[number % 24]);
		number = number / 24 + number * 7 % 5;
	}
}

/* Few names are borne by many, many by few. */
static uint32_t skewed(uint32_t count)
{
	uint32_t a = draw(count) + 1;
	return (uint32_t)((uint64_t)draw(a) * draw(count) / count);
}

static void slip(char *word)
{
	size_t len = strlen(word);
	if (draw(20) == 0 && len > 3)
		word[1 + draw((uint32_t)len - 2)] = (char)('a' + draw(26));
}

static int64_t hash_of(const void *context, struct text form)
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

static void add_resident(struct search_batch *batch, uint32_t r)
{
	uint32_t given = skewed(8000), family = skewed(40000), street = draw(1200), day = draw(33000);
	for (unsigned record = 0; record < 6; record++) {
		char name[96], given_word[32], family_word[32], line[96], iso[DATE_TEXT_SIZE], number[24];
		word_of(given_word, given, 2 + given % 2);
		word_of(family_word, family, 2 + family % 3);
		slip(given_word);
		slip(family_word);
		snprintf(name, sizeof name, "%s %s", given_word, family_word);
		word_of(given_word, street, 3);
		snprintf(line, sizeof line, "%u %s Road EM%u %uAB", 1 + r % 200, given_word, 1 + street % 9,
			 street % 9);
		snprintf(number, sizeof number, "R%07u%u", r, record);
		search_batch_record(batch);
		search_batch_name(batch, r, record * 3, false, text_of(name));
		search_batch_birth(batch, r, record * 3, text_of(date_format_iso((date)day - 11000, iso)));
		search_batch_address(batch, r, record * 3, text_of(line));
		for (int i = 0; i < 2; i++) {
			number[0] = (char)('R' + i);
			search_batch_identifier(batch, r, record * 3, 1, hash_of(NULL, text_of(number)));
		}
	}
}

static struct search_index *build(uint32_t residents)
{
	int64_t *ids = memory_alloc(residents, sizeof *ids);
	for (uint32_t i = 0; i < residents; i++)
		ids[i] = i + 1;
	struct search_builder *builder = search_builder_new(ids, residents);
	free(ids);
	for (uint32_t first = 0; first < residents; first += 1000) {
		struct search_batch batch;
		search_batch_init(&batch);
		for (uint32_t r = first; r < first + 1000 && r < residents; r++)
			add_resident(&batch, r);
		search_builder_take(builder, &batch);
		search_batch_release(&batch);
	}
	return search_builder_finish(builder);
}

static int compare_instants(const void *left, const void *right)
{
	const instant *a = left, *b = right;
	return (*a > *b) - (*a < *b);
}

static void ask_many(struct json *json, const struct search_index *index, const char *what)
{
	enum { ASKED = 300 };
	static instant took[ASKED];
	struct search_permission permission = {.identifier = every};
	memset(&permission.names, 0xff, 4 * sizeof permission.names);
	size_t hits_in_all = 0;
	for (int i = 0; i < ASKED; i++) {
		char given[32], family[32], street[32], query[128];
		word_of(given, skewed(8000), 2 + draw(2));
		word_of(family, skewed(40000), 2 + draw(3));
		word_of(street, draw(1200), 3);
		slip(given);
		if (strcmp(what, "name") == 0)
			snprintf(query, sizeof query, "%s %s", given, family);
		else if (strcmp(what, "name_and_birth") == 0)
			snprintf(query, sizeof query, "%s %s %u/%u/19%u", given, family, 1 + draw(28), 1 + draw(12),
				 40 + draw(60));
		else if (strcmp(what, "address") == 0)
			snprintf(query, sizeof query, "%u %s road", 1 + draw(200), street);
		else if (strcmp(what, "everything") == 0)
			snprintf(query, sizeof query, "%s %s 3 mar 1975 %u %s road EM4 4AB", given, family,
				 1 + draw(200), street);
		else
			snprintf(query, sizeof query, "R%07u%u", draw(400000), draw(6));
		struct search_question question = {.query = text_of(query), .permission = &permission, .hash = hash_of};
		struct arena arena;
		struct search_hit *hits;
		size_t count;
		instant start = instant_now();
		arena_init(&arena, 256 << 20);
		search_ask(index, &question, &arena, &hits, &count);
		took[i] = instant_now() - start;
		arena_release(&arena);
		hits_in_all += count;
	}
	qsort(took, ASKED, sizeof *took, compare_instants);
	json_begin_object(json, what);
	json_put_int(json, "median_us", took[ASKED / 2]);
	json_put_int(json, "p99_us", took[ASKED * 99 / 100]);
	json_put_int(json, "worst_us", took[ASKED - 1]);
	json_put_int(json, "mean_hits", (int64_t)(hits_in_all / ASKED));
	json_end(json);
}

int main(int argc, char **argv)
{
	int64_t residents = 400000;
	if (argc > 1 && !text_parse_int64(text_of(argv[1]), &residents))
		return 1;
	instant start = instant_now();
	struct search_index *index = build((uint32_t)residents);
	int64_t built = instant_now() - start;
	struct search_size size = search_index_size(index);
	struct buf out;
	struct json json;
	buf_init(&out, 1 << 20);
	json_init(&json, &out);
	json_begin_object(&json, NULL);
	json_put_int(&json, "residents", (int64_t)size.residents);
	json_put_int(&json, "words", (int64_t)size.words);
	json_put_int(&json, "postings", (int64_t)size.postings);
	json_put_int(&json, "identifiers", (int64_t)size.identifiers);
	json_put_int(&json, "bytes", (int64_t)size.bytes);
	json_put_int(&json, "build_ms", built / 1000);
	static const char *const kinds[] = {"name", "name_and_birth", "address", "identifier", "everything"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		ask_many(&json, index, kinds[i]);
	json_end(&json);
	puts(out.at);
	buf_release(&out);
	search_index_free(index);
	return 0;
}
