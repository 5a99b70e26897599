/* Results as CSV. Parts are made in parallel and written in order. */
#include "base/threads.h"
#include "matching/matching_int.h"

#include <stdlib.h>

/* ---- clusters ------------------------------------------------------------------------------------------ */

enum { ROWS_A_CHUNK = 65536, CHUNKS_AT_ONCE = 16 };

struct cluster_job {
	const struct matching *matching;
	struct buf *parts;
	size_t first;       /* record */
	struct text *names; /* of files, as CSV */
};

static const struct source *source_of(const struct matching *matching, size_t record)
{
	size_t s = matching->source_count - 1;
	while (matching->sources[s].first_record > record)
		s--;
	return &matching->sources[s];
}

static void append_number(struct buf *out, uint32_t number)
{
	char digits[12];
	size_t at = sizeof digits;
	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	buf_append(out, digits + at, sizeof digits - at);
}

static void format_clusters(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct cluster_job *job = context;
	struct buf *out = &job->parts[chunk];
	(void)thread;
	buf_clear(out);
	for (size_t i = job->first + first; i < job->first + end; i++) {
		char room[24];
		const struct source *source = source_of(job->matching, i);
		buf_append_text(out, job->names[source - job->matching->sources]);
		buf_append_csv(out, source_id(source, i - source->first_record, room));
		buf_append_char(out, ',');
		append_number(out, matching_cluster(job->matching, i));
		buf_append_char(out, '\n');
	}
}

/* "file name," as it begins each of the file's lines. */
static struct text *file_names(const struct matching *matching, struct arena *arena)
{
	struct text *names = ARENA_ARRAY(arena, matching->source_count, struct text);
	struct buf name;
	buf_init(&name, 1 << 20);
	for (size_t s = 0; s < matching->source_count; s++) {
		buf_clear(&name);
		buf_append_csv(&name, matching->sources[s].name);
		buf_append_char(&name, ',');
		names[s] = arena_text(arena, buf_text(&name));
	}
	buf_release(&name);
	return names;
}

static enum status write_all_clusters(const struct matching *matching, struct out *out, struct error *error)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	struct cluster_job job = {.matching = matching, .names = file_names(matching, &arena)};
	job.parts = memory_alloc(CHUNKS_AT_ONCE, sizeof *job.parts);
	for (size_t i = 0; i < CHUNKS_AT_ONCE; i++)
		buf_init(&job.parts[i], SIZE_MAX / 4);
	enum status status = out_write(out, TEXT("file,id,cluster_id\n"), error);
	for (size_t at = 0; at < matching->records && status == STATUS_OK; at += ROWS_A_CHUNK * CHUNKS_AT_ONCE) {
		size_t left = matching->records - at, most = (size_t)ROWS_A_CHUNK * CHUNKS_AT_ONCE,
		       count = left < most ? left : most;
		job.first = at;
		parallel_for(count, ROWS_A_CHUNK, matching->options.threads, format_clusters, &job);
		status = matching_stopped(matching, error);
		for (size_t i = 0; i * ROWS_A_CHUNK < count && status == STATUS_OK; i++)
			status = out_write(out, buf_text(&job.parts[i]), error);
	}
	for (size_t i = 0; i < CHUNKS_AT_ONCE; i++)
		buf_release(&job.parts[i]);
	free(job.parts);
	arena_release(&arena);
	return status;
}

static enum status finish(struct out *out, enum status status, struct error *error)
{
	if (status == STATUS_OK)
		return out_commit(out, error);
	out_abandon(out);
	return status;
}

enum status matching_write_clusters(const struct matching *matching, const char *path, struct error *error)
{
	struct out out;
	enum status status = out_open(&out, path, error);
	return status != STATUS_OK ? status : finish(&out, write_all_clusters(matching, &out, error), error);
}

/* ---- pairs ---------------------------------------------------------------------------------------------- */

static void append_record(struct buf *out, const struct matching *matching, size_t record)
{
	char room[24];
	struct text file, id = matching_record_name(matching, record, &file, room);
	buf_append_csv(out, file);
	buf_append_char(out, ',');
	buf_append_csv(out, id);
	buf_append_char(out, ',');
}

static void append_pair(struct buf *out, const struct matching *matching, const struct linking_link *link)
{
	append_record(out, matching, link->a);
	append_record(out, matching, link->b);
	buf_format(out, "%.4f,%.6f", (double)link->weight, (double)link->probability);
	for (size_t c = 0; c < matching->column_count; c++) {
		unsigned level = (unsigned)(link->pattern >> (4 * c)) & 15;
		buf_append_char(out, ',');
		buf_append_csv(out, text_of(linking_run_level_name(matching->run, c, level)));
	}
	buf_append_char(out, '\n');
}

struct pair_job {
	const struct matching *matching;
	const struct linking_link *links;
	struct buf *parts;
};

static void format_pairs(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct pair_job *job = context;
	(void)thread;
	buf_clear(&job->parts[chunk]);
	for (size_t i = first; i < end; i++)
		append_pair(&job->parts[chunk], job->matching, &job->links[i]);
}

static enum status write_pair_header(const struct matching *matching, struct out *out, struct error *error)
{
	struct buf header;
	buf_init(&header, 1 << 20);
	buf_append_text(&header, TEXT("file_l,id_l,file_r,id_r,weight,probability"));
	for (size_t c = 0; c < matching->column_count; c++) {
		buf_append_char(&header, ',');
		buf_append_csv(&header, text_of(matching->columns[c].name));
	}
	buf_append_char(&header, '\n');
	enum status status = out_write(out, buf_text(&header), error);
	buf_release(&header);
	return status;
}

static enum status write_all_pairs(const struct matching *matching, struct out *out, struct error *error)
{
	enum { PAIRS_A_CHUNK = 8192, PAIRS_AT_ONCE = PAIRS_A_CHUNK * CHUNKS_AT_ONCE };
	size_t count = 0;
	const struct linking_link *links = matching->run ? linking_links(matching->run, &count) : NULL;
	struct pair_job job = {.matching = matching};
	job.parts = memory_alloc(CHUNKS_AT_ONCE, sizeof *job.parts);
	for (size_t i = 0; i < CHUNKS_AT_ONCE; i++)
		buf_init(&job.parts[i], SIZE_MAX / 4);
	enum status status = write_pair_header(matching, out, error);
	for (size_t at = 0; at < count && status == STATUS_OK; at += PAIRS_AT_ONCE) {
		size_t some = count - at < PAIRS_AT_ONCE ? count - at : PAIRS_AT_ONCE;
		job.links = links + at;
		parallel_for(some, PAIRS_A_CHUNK, matching->options.threads, format_pairs, &job);
		status = matching_stopped(matching, error);
		for (size_t i = 0; i * PAIRS_A_CHUNK < some && status == STATUS_OK; i++)
			status = out_write(out, buf_text(&job.parts[i]), error);
	}
	for (size_t i = 0; i < CHUNKS_AT_ONCE; i++)
		buf_release(&job.parts[i]);
	free(job.parts);
	return status;
}

enum status matching_write_pairs(const struct matching *matching, const char *path, struct error *error)
{
	struct out out;
	enum status status = out_open(&out, path, error);
	return status != STATUS_OK ? status : finish(&out, write_all_pairs(matching, &out, error), error);
}

/* ---- the model ------------------------------------------------------------------------------------------- */

enum status matching_write_model(const struct matching *matching, const char *path, struct error *error)
{
	struct buf model;
	buf_init(&model, 64 << 20);
	if (matching->run)
		linking_model_json(matching->run, &model);
	else
		buf_append_text(&model, TEXT("{\"version\": 1, \"columns\": []}"));
	buf_append_char(&model, '\n');
	enum status status = matching_write_text(path, buf_text(&model), error);
	buf_release(&model);
	return status;
}
