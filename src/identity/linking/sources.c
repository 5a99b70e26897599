/* What the sources of two records, and the age of one, say of their being one person.
 *
 * Council tax knows no dates of birth, but it knows no children either; an electoral register holds everybody
 * once; a contact centre enters the same caller again and again. None of that is told: for each two sources,
 * and for each age where one of the two records has none, pairs that are matches by all else are
 * counted against pairs that are not. How much likelier matches are among them makes the level.
 *
 * The counts are of probabilities in 65536ths, so that their sum is the same in any order. */
#include "base/memory.h"
#include "base/threads.h"
#include "linking/block_int.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

enum { BAND_YEARS = 5, FIRST_YEAR = 1880, BANDS = 30, BOTH_KNOWN = BANDS, NONE_KNOWN, KEYS = BANDS + 2 };
enum { LEVELS = 5, ROUNDS = 2 };
static const double PARTS = 65536;

/* Two records of one source: whether they say one place. */
enum { ONE_PLACE, OTHER_PLACE, NO_PLACE };

struct sources {
	unsigned char level[SOURCES_MOST][SOURCES_MOST][KEYS];
	unsigned char number[]; /* by code of the column's dictionary: commonest first, rare ones are one */
};

struct share { /* by class: matches, housemates, strangers, strangers of one name */
	uint64_t of[4];
};

struct learning {
	const struct linking_table *table;
	const struct blocks *blocks;
	const struct model *model;
	const struct linking_settings *settings;
	const struct stretch *stretches;
	uint64_t every;
	struct comparer *comparers;
	struct share (*shares)[SOURCES_MOST][SOURCES_MOST][KEYS]; /* by thread */
};

static unsigned band_of(date birth)
{
	int band = (date_ymd(birth).year - FIRST_YEAR) / BAND_YEARS;
	return band < 0 ? 0 : band >= BANDS ? BANDS - 1 : (unsigned)band;
}

static date birth_of(const struct linking_table *table, const uint32_t *row)
{
	if (table->birth == LINKING_COLUMNS)
		return DATE_UNKNOWN;
	const struct column *column = &table->columns[table->birth];
	return row[column->at] ? column->dictionary->births[row[column->at]] : DATE_UNKNOWN;
}

/* Which cell of the table a pair falls into; false when a source is not known. The record without a date of
 * birth comes first; where both are alike in that, both orders are one cell (see add_up()). */
static bool find_cell(const struct linking_table *table, const uint32_t *a, const uint32_t *b, uint64_t pattern,
		      unsigned cell[3])
{
	uint32_t x = a[table->columns[table->source].at], y = b[table->columns[table->source].at];
	if (!x || !y)
		return false;
	date birth_a = birth_of(table, a), birth_b = birth_of(table, b);
	bool known_a = birth_a != DATE_UNKNOWN, known_b = birth_b != DATE_UNKNOWN;
	bool swap = known_a && !known_b;
	cell[0] = table->sources->number[swap ? y : x];
	cell[1] = table->sources->number[swap ? x : y];
	if (cell[0] == cell[1]) {
		unsigned place = table->place == LINKING_COLUMNS ? 0 : pattern_level(pattern, table->place);
		cell[2] = place == 0 ? NO_PLACE : place == 1 ? ONE_PLACE : OTHER_PLACE;
	} else {
		cell[2] = known_a != known_b ? band_of(known_a ? birth_a : birth_b) : known_a ? BOTH_KNOWN : NONE_KNOWN;
	}
	return true;
}

unsigned sources_compare(const struct linking_table *table, const uint32_t *a, const uint32_t *b, uint64_t pattern)
{
	unsigned cell[3];
	if (!table->sources || !find_cell(table, a, b, pattern, cell))
		return 0;
	return table->sources->level[cell[0]][cell[1]][cell[2]];
}

/* ---- learning ------------------------------------------------------------------------------------------- */

static void add_pair(struct learning *job, uint32_t x, uint32_t y, unsigned thread)
{
	const uint32_t *a = table_row(job->table, x), *b = table_row(job->table, y);
	unsigned cell[3];
	uint64_t pattern = comparer_pattern(&job->comparers[thread], a, b);
	if (!find_cell(job->table, a, b, pattern, cell))
		return;
	score4 terms[LINKING_COLUMNS], sum = {job->model->start_m, job->model->start_h, job->model->start_u, 0};
	model_terms(job->model, job->table, a, b, pattern, terms);
	for (size_t c = 0; c < job->table->column_count; c++)
		sum += terms[c];
	double all = (double)add_log2(sum[0], add_log2(sum[1], sum[2]));
	struct share *share = &job->shares[thread][cell[0]][cell[1]][cell[2]];
	uint64_t matches = (uint64_t)llrint(PARTS * exp2((double)sum[0] - all));
	uint64_t housemates = (uint64_t)llrint(PARTS * exp2((double)sum[1] - all));
	uint64_t strangers = (uint64_t)llrint(PARTS * exp2((double)sum[2] - all));
	share->of[0] += matches;
	share->of[1] += housemates;
	share->of[model_names_alike(job->table, pattern) ? 3 : 2] += strangers;
}

struct learning_thread {
	struct learning *job;
	unsigned thread;
};

static bool see_pair(void *context, unsigned way, uint32_t a, uint32_t b)
{
	struct learning_thread *own = context;
	(void)way;
	add_pair(own->job, a, b, own->thread);
	return true;
}

static void learn_stretch(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct learning *job = context;
	struct learning_thread own = {job, thread};
	(void)chunk, (void)end;
	if (!job->settings->stop || !atomic_load(job->settings->stop))
		(void)visit_stretch(job->blocks, job->settings, &job->stretches[first], job->every, see_pair, &own);
}

static unsigned level_of(const struct share *share, const double total[4])
{
	/* housemates and strangers of the name are who might be taken for the person */
	double others = (double)(share->of[1] + share->of[3]), all_others = total[1] + total[3];
	double matches = (double)share->of[0] / PARTS,
	       expected = all_others > 0 ? others / all_others * total[0] / PARTS : 0;
	double ratio = (matches + 10) / (expected + 10);
	static const double at_least[LEVELS - 1] = {2, 0.7, 0.25, 0.06};
	unsigned level = 1;
	while (level < LEVELS && ratio < at_least[level - 1])
		level++;
	return level;
}

/* Levels of the cells, and how probable each is in each class. */
static void set_levels(struct sources *sources, struct model *model, size_t column, struct share *cells)
{
	double total[4] = {0}, by_level[4][LEVELS + 1] = {{0}};
	size_t count = sizeof sources->level;
	unsigned char *levels = &sources->level[0][0][0];
	for (size_t i = 0; i < count; i++) {
		for (int k = 0; k < 4; k++)
			total[k] += (double)cells[i].of[k];
	}
	for (size_t i = 0; i < count; i++) {
		levels[i] = (unsigned char)level_of(&cells[i], total);
		for (int k = 0; k < 4; k++)
			by_level[k][levels[i]] += (double)cells[i].of[k] / PARTS;
	}
	double *rows[4] = {model->m[column], model->h[column], model->u[column], model->n[column]};
	for (int k = 0; k < 4; k++) {
		for (unsigned level = 1; level <= LEVELS; level++)
			rows[k][level] = (by_level[k][level] + 2) / (total[k] / PARTS + 2 * LEVELS);
	}
}

static void add_up(struct learning *job, unsigned threads)
{
	struct share(*sum)[SOURCES_MOST][KEYS] = job->shares[0], *into = &sum[0][0][0];
	size_t count = sizeof(struct sources);
	for (unsigned t = 1; t < threads; t++) {
		for (size_t i = 0; i < count; i++) {
			for (int k = 0; k < 4; k++)
				into[i].of[k] += (&job->shares[t][0][0][0])[i].of[k];
		}
	}
	for (unsigned x = 0; x < SOURCES_MOST; x++) {
		for (unsigned y = 0; y < x; y++) {
			for (unsigned key = BANDS; key < KEYS; key++) {
				for (int k = 0; k < 4; k++)
					sum[x][y][key].of[k] = (sum[x][y][key].of[k] + sum[y][x][key].of[k]) / 2;
				sum[y][x][key] = sum[x][y][key];
			}
		}
	}
}

struct named {
	struct text name;
	size_t code;
	uint32_t records;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	return text_compare(x->name, y->name);
}

static int by_records(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	if (x->records != y->records)
		return x->records > y->records ? -1 : 1;
	return text_compare(x->name, y->name);
}

static struct named *list_sources(const struct column *column)
{
	size_t count = column->dictionary->values.count;
	struct named *all = memory_alloc(count + 1, sizeof *all);
	for (size_t i = 0; i < count; i++)
		all[i] = (struct named){column->dictionary->values.keys[i], i + 1, column->counts[i + 1]};
	return all;
}

/* A cell for each of the commonest sources, and one for all that are rarer. */
static struct sources *sources_new(const struct column *column)
{
	size_t count = column->dictionary->values.count;
	struct sources *sources = memory_alloc(1, sizeof *sources + count + 1);
	struct named *all = list_sources(column);
	qsort(all, count, sizeof *all, by_records);
	for (size_t i = 0; i < count; i++)
		sources->number[all[i].code] = (unsigned char)(i < SOURCES_MOST ? i : SOURCES_MOST - 1);
	free(all);
	return sources;
}

void sources_learn(struct linking_table *table, const struct blocks *blocks, struct model *model,
		   const struct linking_settings *settings)
{
	unsigned threads = settings->threads ? settings->threads : threads_available();
	double wanted = settings->training_pairs > 0 ? settings->training_pairs : TRAINING_PAIRS;
	if (table->source == LINKING_COLUMNS || table->columns[table->source].dictionary->values.count < 2)
		return;
	struct sources *sources = sources_new(&table->columns[table->source]);
	struct learning job = {.table = table,
			       .blocks = blocks,
			       .model = model,
			       .settings = settings,
			       .every = 1 + (uint64_t)((double)blocks->pairs / wanted)};
	table->sources = sources;
	struct stretch *stretches;
	size_t stretch_count = blocks_stretches(&stretches, blocks);
	job.stretches = stretches;
	for (int round = 0; round < ROUNDS; round++) {
		job.comparers = memory_alloc(threads, sizeof *job.comparers);
		job.shares = memory_alloc(threads, sizeof *job.shares);
		for (unsigned t = 0; t < threads; t++)
			comparer_init(&job.comparers[t], table);
		parallel_for(stretch_count, 1, threads, learn_stretch, &job);
		add_up(&job, threads);
		set_levels(sources, model, table->source, &job.shares[0][0][0][0]);
		model_finish(model, table, !settings->without_rarity);
		for (unsigned t = 0; t < threads; t++)
			comparer_release(&job.comparers[t]);
		free(job.comparers);
		free(job.shares);
	}
	free(stretches);
}

/* ---- in the model's file ------------------------------------------------------------------------------------ */

/* By number, which is the same for any order of records; and the number of each source. */
struct json_t *sources_json(const struct linking_table *table)
{
	if (!table->sources)
		return NULL;
	size_t count = table->columns[table->source].dictionary->values.count, cells = 0;
	struct named *all = list_sources(&table->columns[table->source]);
	json_t *root = json_object(), *numbers = json_object(), *levels = json_array();
	qsort(all, count, sizeof *all, by_name);
	for (size_t i = 0; i < count; i++) {
		unsigned number = table->sources->number[all[i].code];
		cells = number >= cells ? number + 1 : cells;
		json_object_setn_new(numbers, all[i].name.at, all[i].name.len, json_integer(number));
	}
	for (size_t x = 0; x < cells; x++) {
		for (size_t y = 0; y < cells; y++) {
			char cell[KEYS];
			for (size_t k = 0; k < KEYS; k++)
				cell[k] = (char)('0' + table->sources->level[x][y][k]);
			json_array_append_new(levels, json_stringn(cell, KEYS));
		}
	}
	json_object_set_new(root, "numbers", numbers);
	json_object_set_new(root, "levels", levels);
	free(all);
	return root;
}

static bool read_levels(unsigned char out[KEYS], const json_t *levels)
{
	if (json_string_length(levels) != KEYS)
		return false;
	for (size_t k = 0; k < KEYS; k++) {
		char digit = json_string_value(levels)[k];
		if (digit < '0' || digit > '0' + LEVELS)
			return false;
		out[k] = (unsigned char)(digit - '0');
	}
	return true;
}

bool sources_read(struct linking_table *table, const struct json_t *root)
{
	if (!root || table->source == LINKING_COLUMNS)
		return true;
	const json_t *numbers = json_object_get(root, "numbers"), *levels = json_object_get(root, "levels");
	const struct values *values = &table->columns[table->source].dictionary->values;
	struct sources *sources = memory_alloc(1, sizeof *sources + values->count + 1);
	size_t cells = 0;
	table->sources = sources;
	while (cells * cells < json_array_size(levels))
		cells++;
	if (cells > SOURCES_MOST || cells * cells != json_array_size(levels))
		return false;
	for (size_t i = 0; i < cells * cells; i++) {
		if (!read_levels(sources->level[i / cells][i % cells], json_array_get(levels, i)))
			return false;
	}
	for (size_t i = 0; i < values->count; i++) {
		const json_t *number = json_object_getn(numbers, values->keys[i].at, values->keys[i].len);
		json_int_t cell = number ? json_integer_value(number) : SOURCES_MOST - 1; /* new: a rare one */
		if (cell < 0 || cell >= SOURCES_MOST)
			return false;
		sources->number[i + 1] = (unsigned char)cell;
	}
	return true;
}
