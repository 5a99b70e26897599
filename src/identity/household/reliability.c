/* Which of the homes that sources name is the present one: sources weighed by how often they agree with the others.
 *
 * Each resident has one present home, or none that anybody names.  A source that names one is right with a probability
 * that depends on the source, on whether another source names a home that began later, and on how long
 * ago it was said.  What has an end, or is no longer named, speaks for or against a home likewise: the end of a council
 * tax account says that somebody left, that of a case of nuisance says nothing.  None of these is typed in: they are
 * learned by expectation and maximisation from the residents of whom two sources or more say something (the
 * one-coin model of A. P. Dawid and A. M. Skene, "Maximum Likelihood Estimation of Observer Error-Rates", 1979).
 */
#include "household/household_int.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { ROUNDS = 12, CANDIDATES_MAX = 64, STATEMENTS_MAX = 256 };

/* Before anything is learned, worth so many statements. */
static const double prior_share[STATEMENT_KINDS] = {0.9, 0.3, 0.05, 0.3};
static const double prior_weight = 20;
/* A source that is wrong names one of the few places where the resident lived before: errors agree with each other. */
static const double wrong_places = 2;
static const double nowhere_known = 0.1;  /* the resident lives where no source says */
static const double nowhere_closed = 0.9; /* ... and nobody who tells ends says still of any place: many have left */
static const double believed_from = 0.5;  /* below that, no home is better than this one */
/* However many agree: records of two people taken for one, a move that nobody heard of. */
static const double never_surer = 0.99;
/* Sums are in whole parts of a statement, so that their order does not matter. */
static const double parts = 1 << 20;

struct statement_of { /* what one source says of one candidate */
	unsigned candidate, source, kind, age;
};

struct weighing {
	const struct residence *at;
	const struct sighting *sightings;
	size_t count;
	date today;
	size_t candidates[CANDIDATES_MAX]; /* numbers of residences */
	unsigned candidate_count;
	struct statement_of statements[STATEMENTS_MAX];
	unsigned statement_count, sources;
	bool open;                         /* some source says still of some place */
	double belief[CANDIDATES_MAX + 1]; /* the last: none of them */
};

static unsigned age_of(date said, date today)
{
	if (said == DATE_UNKNOWN)
		return STATEMENT_AGES - 1;
	return today - said <= 365 ? 0 : today - said <= 3 * 365 ? 1 : 2;
}

static bool is_open(const struct sighting *at, date today)
{
	return at->to == DATE_UNKNOWN || at->to > today;
}

static void add_statement(struct weighing *w, unsigned candidate, unsigned source, unsigned kind, date said)
{
	if (w->statement_count < STATEMENTS_MAX)
		w->statements[w->statement_count++] =
			(struct statement_of){candidate, source % ADDRESS_SOURCES, kind, age_of(said, w->today)};
}

/* Whether somebody names another place that began later. */
static bool is_overtaken(const struct weighing *w, unsigned candidate, date said)
{
	enum { MARGIN = 30 };
	for (unsigned c = 0; c < w->candidate_count; c++) {
		const struct residence *other = &w->at[w->candidates[c]];
		if (c != candidate && other->open && other->said != DATE_UNKNOWN &&
		    (said == DATE_UNKNOWN || other->said > said + MARGIN))
			return true;
	}
	return false;
}

static void add_source(struct weighing *w, unsigned candidate, const struct sighting *at, size_t count)
{
	date said = DATE_UNKNOWN, ended = DATE_UNKNOWN;
	const struct residence *here = &w->at[w->candidates[candidate]];
	bool open = false, kept = false, gone = false;
	for (size_t i = 0; i < count; i++) {
		if (is_open(&at[i], w->today)) {
			open = true;
			kept |= at[i].ends;
			said = at[i].from > said ? at[i].from : said;
		} else if (at[i].to > ended) {
			ended = at[i].to;
			gone = at[i].vanished;
		}
	}
	bool ended_since = !kept && here->left != DATE_UNKNOWN && here->left >= said;
	if (open)
		add_statement(w, candidate, at->source,
			      ended_since || is_overtaken(w, candidate, said) ? STATEMENT_OVERTAKEN : STATEMENT_FIRST,
			      said);
	else
		add_statement(w, candidate, at->source, gone ? STATEMENT_GONE : STATEMENT_LEFT, ended);
}

static void list_statements(struct weighing *w)
{
	uint64_t seen = 0;
	w->candidate_count = w->statement_count = w->sources = 0;
	w->open = false;
	for (size_t i = 0; i < w->count && w->candidate_count < CANDIDATES_MAX; i++) {
		const struct residence *r = &w->at[i];
		if (r->said == DATE_UNKNOWN || r->said <= w->today)
			w->candidates[w->candidate_count++] = i;
	}
	for (unsigned c = 0; c < w->candidate_count; c++) {
		const struct residence *r = &w->at[w->candidates[c]];
		const struct sighting *at = w->sightings + r->first;
		w->open |= r->kept;
		for (size_t i = 0, end; i < r->count; i = end) {
			for (end = i + 1; end < r->count && at[end].source == at[i].source; end++)
				;
			add_source(w, c, at + i, end - i);
			seen |= UINT64_C(1) << at[i].source % 64;
		}
	}
	for (; seen; seen &= seen - 1)
		w->sources++;
}

/* The probability of each candidate, given what sources' statements are worth. */
static void believe(struct weighing *w, const struct address_learned *learned)
{
	double most = -INFINITY, sum = 0, nowhere = w->open ? nowhere_known : nowhere_closed;
	for (unsigned c = 0; c <= w->candidate_count; c++) {
		double log_belief = log(c == w->candidate_count ? nowhere : 1 - nowhere);
		for (unsigned s = 0; s < w->statement_count; s++) {
			const struct statement_of *said = &w->statements[s];
			double share = learned->share[said->source][said->kind][said->age];
			if (said->kind == STATEMENT_LEFT || said->kind == STATEMENT_GONE)
				log_belief += log(said->candidate == c ? share : 1 - share);
			else
				log_belief += log(said->candidate == c ? share : (1 - share) / wrong_places);
		}
		w->belief[c] = log_belief;
		most = log_belief > most ? log_belief : most;
	}
	for (unsigned c = 0; c <= w->candidate_count; c++)
		sum += w->belief[c] = exp(w->belief[c] - most);
	for (unsigned c = 0; c <= w->candidate_count; c++)
		w->belief[c] /= sum;
}

/* ---- learning ------------------------------------------------------------------------------------------- */

typedef void for_resident(struct weighing *w, struct address_learned *learned, void *context);

static void each_resident(const struct residence *all, size_t count, const struct sighting *sightings, date today,
			  struct address_learned *learned, for_resident *act, void *context)
{
	struct weighing w = {.sightings = sightings, .today = today};
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && all[end].resident_id == all[i].resident_id; end++)
			;
		w.at = all + i;
		w.count = end - i;
		list_statements(&w);
		if (w.candidate_count)
			act(&w, learned, context);
	}
}

struct sums {
	int64_t right[ADDRESS_SOURCES][STATEMENT_KINDS][STATEMENT_AGES];
	int64_t count[ADDRESS_SOURCES][STATEMENT_KINDS][STATEMENT_AGES];
};

static void add_to_sums(struct weighing *w, struct address_learned *learned, void *context)
{
	struct sums *sums = context;
	if (w->sources < 2 || !w->open)
		return; /* nobody to agree with, or only about the past */
	believe(w, learned);
	for (unsigned s = 0; s < w->statement_count; s++) {
		const struct statement_of *said = &w->statements[s];
		sums->right[said->source][said->kind][said->age] += (int64_t)(w->belief[said->candidate] * parts);
		sums->count[said->source][said->kind][said->age]++;
	}
}

static void take_sums(struct address_learned *learned, const struct sums *sums)
{
	for (unsigned s = 0; s < ADDRESS_SOURCES; s++) {
		for (unsigned k = 0; k < STATEMENT_KINDS; k++) {
			for (unsigned a = 0; a < STATEMENT_AGES; a++) {
				double right = (double)sums->right[s][k][a] / parts;
				double count = (double)sums->count[s][k][a];
				learned->agreed[s][k][a] = right;
				learned->statements[s][k][a] = sums->count[s][k][a];
				learned->share[s][k][a] =
					(right + prior_share[k] * prior_weight) / (count + prior_weight);
			}
		}
	}
}

static void learn(const struct residence *all, size_t count, const struct sighting *sightings, date today,
		  struct address_learned *learned)
{
	struct sums *sums = memory_alloc(1, sizeof *sums);
	take_sums(learned, sums);
	for (int round = 0; round < ROUNDS; round++) {
		memset(sums, 0, sizeof *sums);
		each_resident(all, count, sightings, today, learned, add_to_sums, sums);
		take_sums(learned, sums);
	}
	free(sums);
}

/* ---- the present home ----------------------------------------------------------------------------------- */

static void choose(struct weighing *w, struct address_learned *learned, void *context)
{
	struct residence *at = (struct residence *)context + (w->at - (struct residence *)context);
	struct residence *best = NULL;
	double most = 0;
	believe(w, learned);
	for (unsigned c = 0; c < w->candidate_count; c++) {
		struct residence *r = &at[w->candidates[c]];
		bool equal = best && fabs(w->belief[c] - most) < 1e-9;
		if (r->open)
			r->confidence = w->belief[c] * never_surer;
		if (!best || (equal ? r->said > best->said : w->belief[c] > most)) {
			best = r;
			most = w->belief[c];
		}
	}
	if (best && most >= believed_from) {
		best->standing = RESIDENCE_MAIN;
		best->current = true;
		best->to = DATE_UNKNOWN;
		best->confidence = most * never_surer;
	}
}

void residences_weigh(struct residence *all, size_t count, const struct sighting *sightings, date today,
		      struct address_learned *learned)
{
	learn(all, count, sightings, today, learned);
	each_resident(all, count, sightings, today, learned, choose, all);
}
