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
#include "linking/linking_int.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

enum { BAND_YEARS = 5, FIRST_YEAR = 1880, BANDS = 30, BOTH_KNOWN = BANDS, NONE_KNOWN, KEYS = BANDS + 2 };
enum { LEVELS = 5, ROUNDS = 2, BLOCKS_A_CHUNK = 1024 };
static const double PARTS = 65536;

struct sources {
	unsigned char level[SOURCES_MOST][SOURCES_MOST][KEYS];
};

struct share { /* by class: matches, housemates, strangers, strangers of one name */
	uint64_t of[4];
};

struct learning {
	const struct linking_table *table;
	const struct blocks *blocks;
	const struct model *model;
	const struct linking_settings *settings;
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
static bool find_cell(const struct linking_table *table, const uint32_t *a, const uint32_t *b, unsigned cell[3])
{
	uint32_t x = a[table->columns[table->source].at], y = b[table->columns[table->source].at];
	if (!x || !y || x > SOURCES_MOST || y > SOURCES_MOST)
		return false;
	date birth_a = birth_of(table, a), birth_b = birth_of(table, b);
	bool known_a = birth_a != DATE_UNKNOWN, known_b = birth_b != DATE_UNKNOWN;
	bool swap = known_a && !known_b;
	cell[0] = (swap ? y : x) - 1;
	cell[1] = (swap ? x : y) - 1;
	cell[2] = known_a != known_b ? band_of(known_a ? birth_a : birth_b) : known_a ? BOTH_KNOWN : NONE_KNOWN;
	return true;
}

unsigned sources_compare(const struct linking_table *table, const uint32_t *a, const uint32_t *b)
{
	unsigned cell[3];
	if (!table->sources || !find_cell(table, a, b, cell))
		return 0;
	return table->sources->level[cell[0]][cell[1]][cell[2]];
}

/* ---- learning ------------------------------------------------------------------------------------------- */

static void add_pair(struct learning *job, uint32_t x, uint32_t y, unsigned thread)
{
	const uint32_t *a = table_row(job->table, x), *b = table_row(job->table, y);
	unsigned cell[3];
	if (!find_cell(job->table, a, b, cell))
		return;
	uint64_t pattern = comparer_pattern(&job->comparers[thread], a, b);
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
	share->of[model_names_agree(job->table, pattern) ? 3 : 2] += strangers;
}

static void learn_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct learning *job = context;
	(void)chunk;
	for (size_t number = first; number < end; number++) {
		const struct block *block = &job->blocks->at[number];
		const uint32_t *members = job->blocks->members + block->first;
		if (hash_mix(block->key + block->rule) % job->every != 0)
			continue;
		if (job->settings->stop && atomic_load(job->settings->stop))
			return;
		for (uint32_t i = 0; i < block->count; i++) {
			for (uint32_t j = i + 1; j < block->count; j++) {
				if (blocks_first_common(job->blocks, members[i], members[j]) == number)
					add_pair(job, members[i], members[j], thread);
			}
		}
	}
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

void sources_learn(struct linking_table *table, const struct blocks *blocks, struct model *model,
		   const struct linking_settings *settings)
{
	unsigned threads = settings->threads ? settings->threads : threads_available();
	double wanted = settings->training_pairs > 0 ? settings->training_pairs : 2e6;
	if (table->source == LINKING_COLUMNS || table->columns[table->source].dictionary->values.count < 2 ||
	    table->columns[table->source].dictionary->values.count > SOURCES_MOST)
		return;
	struct sources *sources = memory_alloc(1, sizeof *sources);
	struct learning job = {.table = table,
			       .blocks = blocks,
			       .model = model,
			       .settings = settings,
			       .every = 1 + (uint64_t)((double)blocks->pairs / wanted)};
	for (int round = 0; round < ROUNDS; round++) {
		job.comparers = memory_alloc(threads, sizeof *job.comparers);
		job.shares = memory_alloc(threads, sizeof *job.shares);
		for (unsigned t = 0; t < threads; t++)
			comparer_init(&job.comparers[t], table);
		parallel_for(blocks->count, BLOCKS_A_CHUNK, threads, learn_chunk, &job);
		add_up(&job, threads);
		set_levels(sources, model, table->source, &job.shares[0][0][0][0]);
		table->sources = sources;
		model_finish(model, table, !settings->without_rarity);
		for (unsigned t = 0; t < threads; t++)
			comparer_release(&job.comparers[t]);
		free(job.comparers);
		free(job.shares);
	}
}

/* ---- in the model's file ------------------------------------------------------------------------------------ */

struct named {
	struct text name;
	size_t number;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	return text_compare(x->name, y->name);
}

/* A table's codes hang on the order of its records: the file names sources in alphabetical order. */
struct json_t *sources_json(const struct linking_table *table)
{
	if (!table->sources)
		return NULL;
	const struct dictionary *dictionary = table->columns[table->source].dictionary;
	size_t count = dictionary->values.count;
	struct named names[SOURCES_MOST];
	json_t *root = json_object();
	for (size_t i = 0; i < count; i++)
		names[i] = (struct named){dictionary->values.keys[i], i};
	qsort(names, count, sizeof *names, by_name);
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_object();
		for (size_t j = 0; j < count; j++) {
			char levels[KEYS];
			for (size_t k = 0; k < KEYS; k++)
				levels[k] = (char)('0' + table->sources->level[names[i].number][names[j].number][k]);
			json_object_setn_new(row, names[j].name.at, names[j].name.len, json_stringn(levels, KEYS));
		}
		json_object_setn_new(root, names[i].name.at, names[i].name.len, row);
	}
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
	const struct values *values = &table->columns[table->source].dictionary->values;
	struct sources *sources = memory_alloc(1, sizeof *sources);
	table->sources = sources;
	for (size_t x = 0; x < values->count && x < SOURCES_MOST; x++) {
		const json_t *row = json_object_getn(root, values->keys[x].at, values->keys[x].len);
		for (size_t y = 0; row && y < values->count && y < SOURCES_MOST; y++) {
			const json_t *levels = json_object_getn(row, values->keys[y].at, values->keys[y].len);
			if (levels && !read_levels(sources->level[x][y], levels))
				return false;
		}
	}
	return true;
}
