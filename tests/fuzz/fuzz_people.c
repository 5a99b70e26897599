/* Person files of any bytes: the same records and codes however the file is cut, or the same refusal;
 * and dates, headers and values that nobody would write. */
#include "fuzz.h"

#include "base/file.h"
#include "matching/matching_int.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t digest_of(const struct matching *matching)
{
	uint64_t hash = 1;
	struct buf room;
	buf_init(&room, 64 << 20);
	for (size_t s = 0; s < matching->source_count; s++) {
		const struct source *source = &matching->sources[s];
		for (size_t row = 0; row < source->rows; row++) {
			char id[24];
			hash = hash * 31 + text_hash(source_id(source, row, id));
			for (size_t c = 0; c < source->column_count; c++) {
				if (source->columns[c].codes)
					hash = hash * 31 +
					       text_hash(raw_text(
						       &room, source->columns[c].values[source->columns[c].codes[row]],
						       NULL));
			}
		}
	}
	buf_release(&room);
	return hash;
}

static uint64_t read_cut(const char *path, size_t piece_bytes)
{
	struct matching_options options = {.files = &path, .file_count = 1, .piece_bytes = piece_bytes, .threads = 2};
	struct matching *matching;
	struct error error;
	uint64_t digest = 0;
	if (matching_read(&matching, &options, &error) != STATUS_OK)
		return text_hash(text_of(error.code));
	digest = digest_of(matching);
	matching_free(matching);
	return digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	struct error error;
	struct birth_parts parts;
	enum meaning meaning;
	bool other;
	struct text input = text_slice((const char *)data, size), line = TEXT("");
	if (!path[0])
		snprintf(path, sizeof path, "/tmp/oneview-fuzz-people-%d.csv", (int)getpid());
	(void)text_split(&(struct text){input.at, input.len}, '\n', &line);
	(void)birth_read(line, DATE_DAY_FIRST, &parts);
	(void)birth_read(line, DATE_MONTH_FIRST, &parts);
	(void)header_meaning(line, &meaning, &other);
	if (file_replace(path, input, 0600, &error) != STATUS_OK)
		abort();
	uint64_t whole = read_cut(path, 1 << 20);
	for (size_t piece = 1; piece <= 64; piece *= 8) {
		if (read_cut(path, piece) != whole)
			abort();
	}
	unlink(path);
	return 0;
}
