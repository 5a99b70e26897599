/* Whether the probabilities of pairs hold, seen without a truth; and what to add where they do not.
 *
 * Two records are compared alone first, and then as parts of clusters, with what all other records of the same people
 * say. That is later evidence, and later evidence may not move a fair judgement one way on the average: of
 * pairs called 0.6 the clusters must come out for six in ten. Where they come out for three in ten - undated records of
 * one name at two addresses, say - pairs like these are called 0.3 from then on. What is learned is a term to be added
 * to the weight, by the weight and by what is known of birth and place; it changes probabilities only, not weights and
 * not clusters.
 *
 * A pair is a witness when other records are in its clusters. People with many records have witnesses more often
 * than others, and so matches more often, or more rarely, than what is no match: the odds are put right by how often
 * certain matches and certain others have one. Where hardly any match has one - two files that hold everybody
 * once - nothing can be learned, and nothing is. */
#include "base/map.h"
#include "base/memory.h"
#include "base/threads.h"
#include "linking/linking_int.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_LEARNED_FROM = 20000, A_SIDE = 8 };
static const float MOST_WEIGHT = 8, SURE_MATCH = 5, SURE_OTHER = -3.5F;
/* The weight of two groups leaves out what repeats itself, so that it is more right than it says: in sets with a
 * truth about twice as much. */
static const double GROUPS_COUNT = 2;
static const double LEAN = 60, MOST_ADDED = 4;
/* The share of matches with witnesses below which nothing is learned, and from which it counts in full. */
static const double TOO_FEW = 0.4, ENOUGH = 0.8;

/* ---- using it ------------------------------------------------------------------------------------------ */

/* What is known of birth and of place: nothing, the same, anything else. */
static unsigned kind_of(const struct linking_table *table, uint64_t pattern)
{
	unsigned known[2] = {0}, columns[2] = {(unsigned)table->birth, (unsigned)table->place};
	for (int i = 0; i < 2; i++) {
		unsigned level = columns[i] < LINKING_COLUMNS ? pattern_level(pattern, columns[i]) : 0;
		known[i] = level < 2 ? level : 2;
	}
	return known[0] * 3 + known[1];
}

static float middle_of(size_t band)
{
	return (float)band + CALIBRATION_FROM;
}

/* Between the middles of bands on a straight line; towards certainty less and less. */
static float added(const float add[CALIBRATION_BANDS], float weight)
{
	float at = weight - CALIBRATION_FROM, last = CALIBRATION_BANDS - 1;
	if (at <= 0)
		return add[0];
	if (at >= last)
		return at >= last + 6 ? 0 : add[CALIBRATION_BANDS - 1] * (1 - (at - last) / 6);
	size_t band = (size_t)at;
	float part = at - (float)band;
	return add[band] * (1 - part) + add[band + 1] * part;
}

double model_probability(const struct model *model, const struct linking_table *table, uint64_t pattern, double weight)
{
	if (model->calibrated)
		weight += (double)added(model->calibration[kind_of(table, pattern)], (float)weight);
	return weight_probability(weight);
}

/* ---- what clusters say of pairs --------------------------------------------------------------------------- */

struct calibrating {
	const struct linking_table *table;
	const struct model *model;
	const struct clusters *clusters;
	const struct links *links;
	const uint32_t *starts, *members; /* of clusters */
	const size_t *chosen;
	double *votes; /* by chosen pair: the chance that clusters give it; -1 without a witness */
	struct comparer *comparers;
};

static float pair_weight(const struct calibrating *job, struct comparer *comparer, uint32_t a, uint32_t b)
{
	const uint32_t *x = table_row(job->table, a), *y = table_row(job->table, b);
	struct pair_score score = {0, 0};
	(void)model_score(job->model, job->table, x, y, comparer_pattern(comparer, x, y), -1000, &score);
	return score.weight;
}

struct side {
	uint32_t rows[A_SIDE];
	size_t count;
};

static void add_to_side(struct side *side, uint32_t row)
{
	if (side->count < A_SIDE)
		side->rows[side->count++] = row;
}

/* The others of A's cluster stand on A's side, or on B's where that is one cluster and they are more like B. */
static void gather_side(struct side *own, struct side *other, const struct calibrating *job, struct comparer *comparer,
			uint32_t a, uint32_t b)
{
	uint32_t cluster = job->clusters->of[a];
	bool one = cluster == job->clusters->of[b];
	for (uint32_t i = job->starts[cluster]; i < job->starts[cluster + 1]; i++) {
		uint32_t row = job->members[i];
		if (row == a || row == b)
			continue;
		if (own->count == A_SIDE && (!one || other->count == A_SIDE))
			break;
		bool like_b = one && pair_weight(job, comparer, row, b) >= pair_weight(job, comparer, row, a);
		add_to_side(like_b ? other : own, row);
	}
}

static void ask_clusters(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct calibrating *job = context;
	struct comparer *comparer = &job->comparers[thread];
	(void)chunk;
	for (size_t i = first; i < end; i++) {
		const struct linking_link *link = &job->links->at[job->chosen[i]];
		struct side x = {{link->a}, 1}, y = {{link->b}, 1};
		gather_side(&x, &y, job, comparer, link->a, link->b);
		if (job->clusters->of[link->a] != job->clusters->of[link->b])
			gather_side(&y, &x, job, comparer, link->b, link->a);
		double weight = (double)rows_weight(job->table, job->model, comparer, x.rows, x.count, y.rows, y.count);
		job->votes[i] = x.count + y.count > 2 ? weight_probability(GROUPS_COUNT * weight) : -1;
	}
}

/* Rows of each cluster, ascending. */
static void list_members(uint32_t **starts, uint32_t **members, const struct clusters *clusters, size_t rows)
{
	uint32_t *first = memory_alloc(clusters->count + 2, sizeof *first);
	*members = memory_alloc(rows + 1, sizeof **members);
	for (size_t i = 0; i < rows; i++)
		first[clusters->of[i] + 2]++;
	for (size_t c = 2; c < clusters->count + 2; c++)
		first[c] += first[c - 1];
	for (size_t i = 0; i < rows; i++)
		(*members)[first[clusters->of[i] + 1]++] = (uint32_t)i;
	*starts = first;
}

/* Of the pairs that are not certain: all, or an even choice that hangs on nothing but their rows. */
static size_t choose_pairs(size_t **out, const struct links *links)
{
	size_t all = 0, count = 0;
	for (size_t i = 0; i < links->count; i++)
		all += links->at[i].weight <= MOST_WEIGHT;
	uint64_t every = 1 + all / MOST_LEARNED_FROM;
	*out = memory_alloc(all + 1, sizeof **out);
	for (size_t i = 0; i < links->count; i++) {
		const struct linking_link *link = &links->at[i];
		if (link->weight <= MOST_WEIGHT && hash_mix((uint64_t)link->a << 32 | link->b) % every == 0)
			(*out)[count++] = i;
	}
	return count;
}

/* ---- what follows from it ----------------------------------------------------------------------------------- */

struct band {
	double pairs, said, found; /* the sums of what the pairs alone, and the clusters, say */
};
struct bands {
	struct band all[CALIBRATION_BANDS], of[CALIBRATION_KINDS][CALIBRATION_BANDS];
	double matches, matches_seen, others, others_seen; /* certain ones, and those with witnesses */
};

static void add_vote(struct band *band, double said, double vote)
{
	band->pairs++;
	band->said += said;
	band->found += vote;
}

static void count_votes(struct bands *bands, const struct calibrating *job, size_t count)
{
	memset(bands, 0, sizeof *bands);
	for (size_t i = 0; i < count; i++) {
		const struct linking_link *link = &job->links->at[job->chosen[i]];
		bool seen = job->votes[i] >= 0;
		bands->matches += link->weight > SURE_MATCH;
		bands->matches_seen += link->weight > SURE_MATCH && seen;
		bands->others += link->weight < SURE_OTHER;
		bands->others_seen += link->weight < SURE_OTHER && seen;
		if (!seen)
			continue;
		float at = link->weight - CALIBRATION_FROM + 0.5F, last = CALIBRATION_BANDS - 1;
		size_t band = at < 0 ? 0 : at > last ? CALIBRATION_BANDS - 1 : (size_t)at;
		double said = weight_probability((double)link->weight);
		add_vote(&bands->all[band], said, job->votes[i]);
		add_vote(&bands->of[kind_of(job->table, link->pattern)][band], said, job->votes[i]);
	}
}

static double log_odds(double probability)
{
	double p = fmin(fmax(probability, 1e-4), 1 - 1e-4);
	return log2(p / (1 - p));
}

/* What to add in one band, leaning on USUAL where there are few pairs. */
static double term_of(const struct band *band, double usual, double witnesses)
{
	if (band->pairs < 1)
		return usual;
	double said = log_odds(band->said / band->pairs);
	double found = weight_probability(log_odds(band->found / band->pairs) + witnesses);
	double lean_on = weight_probability(said + usual);
	double term = log_odds((band->pairs * found + LEAN * lean_on) / (band->pairs + LEAN)) - said;
	return fmin(fmax(term, -MOST_ADDED), MOST_ADDED);
}

/* A higher weight must not come to a lower probability: bands that do are taken together. */
static void keep_order(double terms[CALIBRATION_BANDS], const struct band bands[CALIBRATION_BANDS])
{
	double level[CALIBRATION_BANDS], pairs[CALIBRATION_BANDS];
	size_t size[CALIBRATION_BANDS], count = 0, band = 0;
	for (size_t b = 0; b < CALIBRATION_BANDS; b++) {
		level[count] = (double)middle_of(b) + terms[b];
		pairs[count] = bands[b].pairs + 1;
		size[count++] = 1;
		for (; count > 1 && level[count - 2] > level[count - 1]; count--) {
			double both = pairs[count - 2] + pairs[count - 1];
			level[count - 2] =
				(level[count - 2] * pairs[count - 2] + level[count - 1] * pairs[count - 1]) / both;
			pairs[count - 2] = both;
			size[count - 2] += size[count - 1];
		}
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < size[i]; k++, band++)
			terms[band] = level[i] - (double)middle_of(band);
	}
}

static void set_terms(struct model *model, const struct bands *bands)
{
	double seen_m = (bands->matches_seen + 1) / (bands->matches + 2),
	       seen_u = (bands->others_seen + 1) / (bands->others + 2);
	double witnesses = log2(seen_u / seen_m), counts = (seen_m - TOO_FEW) / (ENOUGH - TOO_FEW);
	double usual[CALIBRATION_BANDS], terms[CALIBRATION_BANDS];
	counts = fmin(fmax(counts, 0), 1);
	model->calibrated = counts > 0;
	for (size_t b = 0; b < CALIBRATION_BANDS; b++)
		usual[b] = term_of(&bands->all[b], 0, witnesses);
	for (size_t k = 0; k < CALIBRATION_KINDS; k++) {
		for (size_t b = 0; b < CALIBRATION_BANDS; b++)
			terms[b] = counts * term_of(&bands->of[k][b], usual[b], witnesses);
		keep_order(terms, bands->of[k]);
		for (size_t b = 0; b < CALIBRATION_BANDS; b++)
			model->calibration[k][b] = (float)terms[b];
	}
}

void model_calibrate(struct model *model, const struct linking_table *table, const struct clusters *clusters,
		     const struct links *links, unsigned threads)
{
	struct calibrating job = {.table = table, .model = model, .clusters = clusters, .links = links};
	struct bands bands;
	uint32_t *starts, *members;
	size_t *chosen, count = choose_pairs(&chosen, links);
	threads = threads ? threads : threads_available();
	list_members(&starts, &members, clusters, table->count);
	job.starts = starts;
	job.members = members;
	job.chosen = chosen;
	job.votes = memory_alloc(count + 1, sizeof *job.votes);
	job.comparers = memory_alloc(threads, sizeof *job.comparers);
	for (unsigned t = 0; t < threads; t++)
		comparer_init(&job.comparers[t], table);
	parallel_for(count, 64, threads, ask_clusters, &job);
	count_votes(&bands, &job, count);
	set_terms(model, &bands);
	for (unsigned t = 0; t < threads; t++)
		comparer_release(&job.comparers[t]);
	free(job.comparers);
	free(job.votes);
	free(chosen);
	free(starts);
	free(members);
}

/* ---- in the model's file ------------------------------------------------------------------------------------ */

static const char *const known[] = {"not known", "same", "other"};

json_t *calibration_json(const struct model *model)
{
	json_t *kinds = json_array();
	for (size_t k = 0; k < CALIBRATION_KINDS; k++) {
		json_t *kind = json_object(), *add = json_array();
		for (size_t b = 0; b < CALIBRATION_BANDS; b++)
			json_array_append_new(add, json_real((double)model->calibration[k][b]));
		json_object_set_new(kind, "birth", json_string(known[k / 3]));
		json_object_set_new(kind, "place", json_string(known[k % 3]));
		json_object_set_new(kind, "add", add);
		json_array_append_new(kinds, kind);
	}
	return kinds;
}

bool calibration_read(struct model *model, const json_t *kinds)
{
	model->calibrated = json_array_size(kinds) > 0;
	for (size_t k = 0; model->calibrated && k < CALIBRATION_KINDS; k++) {
		const json_t *add = json_object_get(json_array_get(kinds, k), "add");
		if (json_array_size(add) != CALIBRATION_BANDS)
			return false;
		for (size_t b = 0; b < CALIBRATION_BANDS; b++) {
			double term = json_number_value(json_array_get(add, b));
			if (!(fabs(term) <= 2 * MOST_ADDED + CALIBRATION_BANDS))
				return false;
			model->calibration[k][b] = (float)term;
		}
	}
	return true;
}
