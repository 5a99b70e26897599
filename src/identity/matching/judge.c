/* Clusters and pairs against a truth. */
#include "base/map.h"
#include "matching/matching_int.h"

#include <math.h>
#include <stdlib.h>

/* ---- small tables read whole ------------------------------------------------------------------------------ */

struct sheet {
	struct matching holder; /* of texts and warnings */
	struct source source;
	struct scanned scanned;
	struct buf room[6];
};

static enum status sheet_open(struct sheet *sheet, const char *path, struct error *error)
{
	memset(sheet, 0, sizeof *sheet);
	arena_init(&sheet->holder.arena, SIZE_MAX / 2);
	for (size_t i = 0; i < sizeof sheet->room / sizeof *sheet->room; i++)
		buf_init(&sheet->room[i], SIZE_MAX / 4);
	enum status status = source_open(&sheet->holder, &sheet->source, path, error);
	if (status != STATUS_OK)
		return status;
	struct source *s = &sheet->source;
	scan_rows(&sheet->scanned, s->bytes, s->size, s->body, s->size, SIZE_MAX, s->column_count, s->dialect);
	if (s->size > UINT32_MAX)
		return error_set(error, STATUS_TOO_LARGE, "evaluate.size", "%s is over 4 GB", path);
	return STATUS_OK;
}

static void sheet_close(struct sheet *sheet)
{
	source_release(&sheet->source);
	scanned_release(&sheet->scanned);
	for (size_t i = 0; i < sizeof sheet->room / sizeof *sheet->room; i++)
		buf_release(&sheet->room[i]);
	free(sheet->holder.warnings);
	arena_release(&sheet->holder.arena);
}

static size_t sheet_column(const struct sheet *sheet, const char *header)
{
	size_t c = 0;
	while (c < sheet->source.column_count && !text_is(sheet->source.columns[c].is.header, header))
		c++;
	return c;
}

/* Lives until the next call for the same ROOM. */
static struct text sheet_at(struct sheet *sheet, size_t row, size_t column, size_t room)
{
	const struct source *s = &sheet->source;
	struct field field = sheet->scanned.fields[row * s->column_count + column];
	return text_trim(raw_text(&sheet->room[room], (struct raw){s->bytes + s->body + field.at, field.len}, NULL));
}

static const char truth_expected[] =
	"Line 1 of the file names its columns; --id and --entity say which of the truth's are meant.";

/* EXPECTED: what the file should be like. */
static enum status need_column(const struct sheet *sheet, const char *header, const char *expected, size_t *out,
			       struct error *error)
{
	struct text headers[MOST_COLUMNS];
	*out = sheet_column(sheet, header);
	if (*out < sheet->source.column_count)
		return STATUS_OK;
	for (size_t c = 0; c < sheet->source.column_count; c++)
		headers[c] = sheet->source.columns[c].is.header;
	struct text near = text_nearest(text_of(header), headers, sheet->source.column_count);
	error_set(error, STATUS_NOT_FOUND, "evaluate.column", "there is no column \"%s\"", header);
	if (near.len)
		error_remedy(error, "Did you mean \"%.*s\"?", TEXT_ARG(near));
	else
		error_remedy(error, "%s", expected);
	error_at(error, sheet->source.path, 1, 0);
	return STATUS_NOT_FOUND;
}

/* ---- the truth --------------------------------------------------------------------------------------------- */

struct truth {
	struct text_map records; /* "file \x1f id" -> index */
	struct text_map by_id;   /* id -> index + 1; 0 when several files have it */
	struct text_map entities;
	uint64_t *entity; /* by index, from 1; 0: not known */
	size_t capacity;
	bool *seen;
};

static void truth_init(struct truth *truth)
{
	*truth = (struct truth){0};
	text_map_init(&truth->records);
	text_map_init(&truth->by_id);
	text_map_init(&truth->entities);
}

static void truth_release(struct truth *truth)
{
	text_map_release(&truth->records);
	text_map_release(&truth->by_id);
	text_map_release(&truth->entities);
	free(truth->entity);
	free(truth->seen);
}

static struct text record_key(struct buf *out, struct text file, struct text id)
{
	buf_clear(out);
	buf_append_text(out, file);
	buf_append_char(out, '\x1f');
	buf_append_text(out, id);
	return buf_text(out);
}

/* The id that match would take when none is named. */
static size_t usual_id(const struct sheet *sheet)
{
	for (size_t rank = 0; rank < USUAL_IDS; rank++) {
		for (size_t c = 0; c < sheet->source.column_count; c++) {
			if (header_is_usual_id(sheet->source.columns[c].is.header, rank))
				return c;
		}
	}
	return sheet->source.column_count;
}

static enum status add_truth_row(struct truth *truth, struct sheet *sheet, size_t row, const size_t column[3],
				 struct error *error)
{
	char number[24];
	size_t columns = sheet->source.column_count;
	struct text file = column[0] < columns ? sheet_at(sheet, row, column[0], 0) : sheet->source.name;
	struct text id = column[1] < columns
				 ? sheet_at(sheet, row, column[1], 1)
				 : text_slice(number, (size_t)snprintf(number, sizeof number, "%zu", row + 1));
	struct text entity = sheet_at(sheet, row, column[2], 2);
	bool is_new;
	uint64_t *index = text_map_put(&truth->records, record_key(&sheet->room[3], file, id), &is_new);
	if (!is_new) {
		error_set(error, STATUS_INVALID, "evaluate.twice", "the truth has record %zu of this file twice",
			  row + 1);
		error_remedy(error, "Name a column whose values are all different with --id.");
		error_at(error, sheet->source.path, 0, 0);
		return STATUS_INVALID;
	}
	*index = truth->records.count - 1;
	ARRAY_GROW(truth->entity, (size_t)*index, truth->capacity);
	truth->entity[*index] = 0;
	if (entity.len) {
		uint64_t *known = text_map_put(&truth->entities, entity, &is_new);
		if (is_new)
			*known = truth->entities.count;
		truth->entity[*index] = *known;
	}
	uint64_t at = *index;
	uint64_t *place = text_map_put(&truth->by_id, id, &is_new);
	*place = is_new ? at + 1 : 0;
	return STATUS_OK;
}

static enum status read_truth_file(struct truth *truth, const char *path, const struct matching_truth_options *options,
				   struct error *error)
{
	struct sheet sheet;
	size_t column[3] = {0};
	enum status status = sheet_open(&sheet, path, error);
	if (status == STATUS_OK) {
		column[0] = sheet_column(&sheet, "file");
		column[1] = usual_id(&sheet);
		if (options->id && strcmp(options->id, "none") != 0)
			status = need_column(&sheet, options->id, truth_expected, &column[1], error);
		else if (options->id)
			column[1] = sheet.source.column_count;
	}
	if (status == STATUS_OK)
		status = need_column(&sheet, options->entity ? options->entity : "entity", truth_expected, &column[2],
				     error);
	for (size_t row = 0; status == STATUS_OK && row < sheet.scanned.rows; row++)
		status = add_truth_row(truth, &sheet, row, column, error);
	sheet_close(&sheet);
	return status;
}

/* By file and id; by id alone where the truth calls its files otherwise. */
static const uint64_t *find_record(const struct truth *truth, struct buf *room, struct text file, struct text id,
				   uint64_t *index)
{
	const uint64_t *found = text_map_get(&truth->records, record_key(room, file, id));
	if (found) {
		*index = *found;
		return &truth->entity[*index];
	}
	found = text_map_get(&truth->by_id, id);
	if (!found || !*found)
		return NULL;
	*index = *found - 1;
	return &truth->entity[*index];
}

/* ---- clusters ------------------------------------------------------------------------------------------------ */

struct judged {
	uint64_t *clusters, *people;
	size_t count, clusters_capacity, people_capacity;
};

static void add_judged(struct judged *judged, uint64_t cluster, uint64_t person)
{
	ARRAY_GROW(judged->clusters, judged->count, judged->clusters_capacity);
	ARRAY_GROW(judged->people, judged->count, judged->people_capacity);
	judged->clusters[judged->count] = cluster;
	judged->people[judged->count++] = person;
}

static enum status judge_row(struct matching_judgement *out, struct truth *truth, struct sheet *sheet, size_t row,
			     const size_t column[3], struct text_map *clusters, struct judged *judged,
			     struct error *error)
{
	uint64_t index;
	struct text file = sheet_at(sheet, row, column[0], 0), id = sheet_at(sheet, row, column[1], 1);
	const uint64_t *person = find_record(truth, &sheet->room[3], file, id, &index);
	if (!person) {
		out->unknown++;
		return STATUS_OK;
	}
	if (truth->seen[index]) {
		error_set(error, STATUS_INVALID, "evaluate.twice", "a record stands in the clusters twice: row %zu",
			  row + 1);
		error_remedy(error, "Each file and id may stand there once.");
		error_at(error, sheet->source.path, 0, 0);
		return STATUS_INVALID;
	}
	truth->seen[index] = true;
	bool is_new;
	uint64_t *cluster = text_map_put(clusters, sheet_at(sheet, row, column[2], 2), &is_new);
	if (is_new)
		*cluster = clusters->count;
	add_judged(judged, *cluster, *person);
	return STATUS_OK;
}

static enum status judge_clusters(struct matching_judgement *out, struct truth *truth, const char *path,
				  struct error *error)
{
	static const char *const headers[3] = {"file", "id", "cluster_id"};
	struct sheet sheet;
	struct judged judged = {0};
	struct text_map clusters;
	size_t column[3];
	text_map_init(&clusters);
	truth->seen = memory_alloc(truth->records.count + 1, sizeof *truth->seen);
	enum status status = sheet_open(&sheet, path, error);
	for (size_t i = 0; i < 3 && status == STATUS_OK; i++)
		status = need_column(
			&sheet, headers[i],
			"Clusters have the columns file, id and cluster_id, as \"oneview match --clusters\" "
			"writes them.",
			&column[i], error);
	for (size_t row = 0; status == STATUS_OK && row < sheet.scanned.rows; row++)
		status = judge_row(out, truth, &sheet, row, column, &clusters, &judged, error);
	out->clusters = clusters.count;
	/* what the result does not have is with nobody */
	for (size_t i = 0; status == STATUS_OK && i < truth->records.count; i++) {
		if (truth->seen[i])
			continue;
		out->not_found++;
		add_judged(&judged, clusters.count + out->not_found, truth->entity[i]);
	}
	if (status == STATUS_OK)
		linking_evaluate(judged.clusters, judged.people, judged.count, &out->quality);
	free(judged.clusters);
	free(judged.people);
	text_map_release(&clusters);
	sheet_close(&sheet);
	return status;
}

/* ---- pairs ------------------------------------------------------------------------------------------------------ */

struct scored {
	double weight;
	bool right;
};

static int compare_scored(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;
	return (x->weight < y->weight) - (x->weight > y->weight);
}

static uint64_t true_pairs(const struct truth *truth)
{
	uint64_t *sizes = memory_alloc(truth->entities.count + 1, sizeof *sizes), pairs = 0;
	for (size_t i = 0; i < truth->records.count; i++)
		sizes[truth->entity[i]]++;
	for (size_t e = 1; e <= truth->entities.count; e++)
		pairs += sizes[e] * (sizes[e] - 1) / 2;
	free(sizes);
	return pairs;
}

/* A point of the curve wherever the weight changes; many are thinned out to about a thousand, the best kept. */
static void draw_curve(struct matching_judgement *out, const struct scored *pairs, size_t count, uint64_t all)
{
	enum { MOST_POINTS = 1000 };
	uint64_t right = 0;
	double best = -1;
	struct matching_point best_point = {0};
	out->curve = memory_alloc((size_t)MOST_POINTS + 3, sizeof *out->curve);
	for (size_t i = 0; i < count; i++) {
		right += pairs[i].right;
		if (i + 1 < count && pairs[i + 1].weight == pairs[i].weight)
			continue;
		struct matching_point point = {.weight = pairs[i].weight,
					       .probability = 1 / (1 + exp2(-pairs[i].weight)),
					       .right = right,
					       .wrong = i + 1 - right};
		point.precision = (double)right / (double)(i + 1);
		point.recall = all ? (double)right / (double)all : 1;
		point.f1 = right ? 2 * point.precision * point.recall / (point.precision + point.recall) : 0;
		if (point.f1 > best) {
			best = point.f1;
			best_point = point;
		}
		if ((i + 1) * MOST_POINTS / count != i * MOST_POINTS / count || i + 1 == count || count <= MOST_POINTS)
			out->curve[out->points++] = point;
	}
	if (best < 0)
		return;
	size_t at = 0;
	while (at < out->points && out->curve[at].weight > best_point.weight)
		at++;
	if (at == out->points || out->curve[at].weight < best_point.weight) {
		memmove(out->curve + at + 1, out->curve + at, (out->points - at) * sizeof *out->curve);
		out->points++;
	}
	out->curve[at] = best_point;
	out->best = at;
}

static enum status judge_pair(struct matching_judgement *out, const struct truth *truth, struct sheet *sheet,
			      size_t row, const size_t column[5], struct scored *scored, size_t *count,
			      struct error *error)
{
	uint64_t left, right;
	const uint64_t *a = find_record(truth, &sheet->room[4], sheet_at(sheet, row, column[0], 0),
					sheet_at(sheet, row, column[1], 1), &left),
		       *b = find_record(truth, &sheet->room[5], sheet_at(sheet, row, column[2], 2),
					sheet_at(sheet, row, column[3], 3), &right);
	double weight;
	if (!text_parse_double(sheet_at(sheet, row, column[4], 0), &weight)) {
		error_set(error, STATUS_INVALID, "evaluate.weight", "the weight of pair %zu is no number", row + 1);
		error_at(error, sheet->source.path, 0, 0);
		return STATUS_INVALID;
	}
	if (!a || !b || !*a || !*b)
		out->unknown++;
	else
		scored[(*count)++] = (struct scored){weight, *a == *b};
	return STATUS_OK;
}

static enum status judge_pairs(struct matching_judgement *out, const struct truth *truth, const char *path,
			       struct error *error)
{
	static const char *const headers[5] = {"file_l", "id_l", "file_r", "id_r", "weight"};
	struct sheet sheet;
	size_t column[5], count = 0;
	struct scored *scored = NULL;
	enum status status = sheet_open(&sheet, path, error);
	for (size_t i = 0; i < 5 && status == STATUS_OK; i++)
		status = need_column(&sheet, headers[i],
				     "Pairs have the columns file_l, id_l, file_r, id_r and weight, as \"oneview match "
				     "--pairs\" writes them.",
				     &column[i], error);
	if (status == STATUS_OK)
		scored = memory_alloc(sheet.scanned.rows + 1, sizeof *scored);
	for (size_t row = 0; status == STATUS_OK && row < sheet.scanned.rows; row++)
		status = judge_pair(out, truth, &sheet, row, column, scored, &count, error);
	if (status == STATUS_OK) {
		uint64_t all = true_pairs(truth);
		qsort(scored, count, sizeof *scored, compare_scored);
		draw_curve(out, scored, count, all);
		if (out->points) {
			const struct matching_point *best = &out->curve[out->best];
			out->quality = (struct linking_quality){.records = truth->records.count,
								.found = best->right,
								.wrong = best->wrong,
								.missed = all - best->right,
								.precision = best->precision,
								.recall = best->recall,
								.f1 = best->f1};
		}
	}
	free(scored);
	sheet_close(&sheet);
	return status;
}

/* ---- both ----------------------------------------------------------------------------------------------------------
 */

enum status matching_judge(struct matching_judgement *out, const struct matching_truth_options *options,
			   struct error *error)
{
	struct truth truth;
	enum status status = STATUS_OK;
	*out = (struct matching_judgement){0};
	truth_init(&truth);
	for (size_t i = 0; i < options->truth_count && status == STATUS_OK; i++)
		status = read_truth_file(&truth, options->truth[i], options, error);
	out->truth_records = truth.records.count;
	if (status == STATUS_OK)
		status = options->clusters ? judge_clusters(out, &truth, options->clusters, error)
					   : judge_pairs(out, &truth, options->pairs, error);
	truth_release(&truth);
	if (status != STATUS_OK)
		matching_judgement_release(out);
	return status;
}

void matching_judgement_release(struct matching_judgement *judgement)
{
	free(judgement->curve);
	judgement->curve = NULL;
}
