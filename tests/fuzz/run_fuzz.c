/* Runs a fuzz target without libFuzzer: every seed file, then random changes of them for SECONDS.
 *
 *     fuzz_form SECONDS SEED_FILE...
 *
 * Changes are drawn from a fixed stream, so that a failure comes again with the same arguments. */
#include "base/file.h"
#include "fuzz.h"

#include <stdlib.h>
#include <time.h>

enum { LONGEST = 1 << 16, SEEDS_MOST = 256 };

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint64_t draw(uint64_t below)
{
	state += 0x9e3779b97f4a7c15u;
	uint64_t x = state;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return (x ^ (x >> 31)) % below;
}

static size_t change(uint8_t *at, size_t len)
{
	static const char telling[] = "{}#^/>&=%+;\"'<> \n\r\t,|\\\0\xff\xc3";
	size_t where = len ? draw(len) : 0, count = 1 + draw(8);
	switch (draw(5)) {
	case 0:
		if (len)
			at[where] = (uint8_t)draw(256);
		return len;
	case 1:
		if (len)
			at[where] = (uint8_t)telling[draw(sizeof telling - 1)];
		return len;
	case 2: /* take out */
		if (where + count > len)
			return where;
		memmove(at + where, at + where + count, len - where - count);
		return len - count;
	case 3: /* put in */
		if (len + count > LONGEST)
			return len;
		memmove(at + where + count, at + where, len - where);
		for (size_t i = 0; i < count; i++)
			at[where + i] = (uint8_t)telling[draw(sizeof telling - 1)];
		return len + count;
	default: /* repeat a part */
		if (len + count > LONGEST || where + count > len)
			return len;
		memmove(at + where + count, at + where, len - where);
		return len + count;
	}
}

/* An exact copy on the heap, so that the sanitizers see a byte read beyond it. */
static void run_once(const uint8_t *at, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	if (!copy)
		abort();
	memcpy(copy, at, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

int main(int argc, char **argv)
{
	static uint8_t input[LONGEST + 16];
	struct buf seeds[SEEDS_MOST];
	size_t seed_count = 0;
	uint64_t runs = 0;
	struct error error;
	time_t end = time(NULL) + (argc > 1 ? strtol(argv[1], NULL, 10) : 5);
	for (int i = 2; i < argc && seed_count < SEEDS_MOST; i++) {
		buf_init(&seeds[seed_count], 4 * LONGEST);
		if (file_read(argv[i], &seeds[seed_count], &error) != STATUS_OK) {
			error_print(&error, stderr);
			return 1;
		}
		run_once((const uint8_t *)seeds[seed_count].at, seeds[seed_count].len);
		seed_count++;
	}
	while (time(NULL) < end) {
		const struct buf *seed = seed_count ? &seeds[draw(seed_count)] : NULL;
		size_t len = seed ? seed->len : draw(64);
		if (seed && len)
			memcpy(input, seed->at, len);
		for (uint64_t changes = 1 + draw(16); changes--;)
			len = change(input, len);
		run_once(input, len);
		runs++;
	}
	printf("ok 1 - %llu inputs\n1..1\n", (unsigned long long)runs);
	for (size_t i = 0; i < seed_count; i++)
		buf_release(&seeds[i]);
	return 0;
}
