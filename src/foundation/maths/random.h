/* Random numbers that are the same on every machine and for any number of threads.
 *
 * A stream is named, not shared: (seed, purpose, subject, moment) always gives the same
 * numbers, so that person 77's March can be drawn on any thread, in any order, and nothing
 * that is added for person 78 moves it.
 *
 *     struct random r;
 *     random_start(&r, seed, STREAM_RENT, person, month);
 *     if (random_chance(&r, 0.02)) ...
 *
 * The generator is xoshiro256++ (Blackman and Vigna, 2019), its state filled by splitmix64
 * from the name; starting a stream costs about ten nanoseconds. Results use only IEEE
 * arithmetic and the library's log, exp, sqrt and pow. Not for secrets: those come from
 * libsodium.
 */
#ifndef MATHS_RANDOM_H
#define MATHS_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state[4];
};

void random_start(struct random *r, uint64_t seed, uint64_t purpose, uint64_t subject, uint64_t moment);
uint64_t random_bits(struct random *r);

double random_uniform(struct random *r);                        /* [0, 1), 53 bits */
uint32_t random_below(struct random *r, uint32_t count);        /* 0 .. count - 1, unbiased; count > 0 */
int random_between(struct random *r, int least, int most);      /* both ends possible */
bool random_chance(struct random *r, double p);                 /* true with probability p */
double random_normal(struct random *r, double mean, double sd); /* Box-Muller, one value a call */
double random_exponential(struct random *r, double mean);
double random_gamma(struct random *r, double shape, double scale); /* Marsaglia and Tsang, 2000 */
double random_beta(struct random *r, double a, double b);
unsigned random_poisson(struct random *r, double mean); /* any mean >= 0 */
/* Variance = mean + mean^2 / dispersion: small dispersion, long tail. */
unsigned random_negative_binomial(struct random *r, double mean, double dispersion);
/* Rank 1 .. count with probability proportional to rank^-exponent (rejection-inversion,
 * Hormann and Derflinger 1996): no table, constant time. */
uint32_t random_zipf(struct random *r, uint32_t count, double exponent);
/* Index drawn in proportion to WEIGHTS; for short lists. Long or hot ones: alias table. */
uint32_t random_weighted(struct random *r, const double *weights, uint32_t count);
void random_shuffle(struct random *r, uint32_t *at, uint32_t count);

/* Walker's alias table (Vose 1991): any fixed discrete distribution in constant time. */
struct alias_table {
	uint32_t count;
	uint32_t *other;
	double *keep;
};

void alias_init(struct alias_table *table, const double *weights, uint32_t count); /* weights >= 0, sum > 0 */
void alias_release(struct alias_table *table);
uint32_t alias_pick(const struct alias_table *table, struct random *r);

#endif
