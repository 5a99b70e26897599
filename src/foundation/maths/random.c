#include "maths/random.h"

#include "base/memory.h"

#include <assert.h>
#include <math.h>

static uint64_t splitmix(uint64_t *at)
{
	uint64_t x = *at += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* Each part of the name is mixed in before the next is added, so that (1, 2) and (2, 1)
 * are different streams. */
void random_start(struct random *r, uint64_t seed, uint64_t purpose, uint64_t subject, uint64_t moment)
{
	uint64_t at = seed;
	at = splitmix(&at) ^ purpose;
	at = splitmix(&at) ^ subject;
	at = splitmix(&at) ^ moment;
	for (int i = 0; i < 4; i++)
		r->state[i] = splitmix(&at);
}

static uint64_t rotate_left(uint64_t x, int by)
{
	return (x << by) | (x >> (64 - by));
}

uint64_t random_bits(struct random *r)
{
	uint64_t *s = r->state;
	uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
	uint64_t t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

double random_uniform(struct random *r)
{
	return (double)(random_bits(r) >> 11) * 0x1.0p-53;
}

/* Lemire 2019: multiply, and reject the few low products that would be counted twice. */
uint32_t random_below(struct random *r, uint32_t count)
{
	assert(count > 0);
	uint64_t product = (random_bits(r) >> 32) * count;
	if ((uint32_t)product < count) {
		uint32_t floor = (uint32_t)-count % count;
		while ((uint32_t)product < floor)
			product = (random_bits(r) >> 32) * count;
	}
	return (uint32_t)(product >> 32);
}

int random_between(struct random *r, int least, int most)
{
	assert(least <= most);
	return least + (int)random_below(r, (uint32_t)(most - least) + 1);
}

bool random_chance(struct random *r, double p)
{
	return random_uniform(r) < p;
}

double random_normal(struct random *r, double mean, double sd)
{
	double u = 1.0 - random_uniform(r); /* (0, 1]: log is finite */
	double v = random_uniform(r);
	return mean + sd * sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

double random_exponential(struct random *r, double mean)
{
	return -mean * log(1.0 - random_uniform(r));
}

double random_gamma(struct random *r, double shape, double scale)
{
	assert(shape > 0);
	if (shape < 1.0) { /* boost: gamma(a) = gamma(a + 1) * u^(1/a) */
		double u = 1.0 - random_uniform(r);
		return random_gamma(r, shape + 1.0, scale) * pow(u, 1.0 / shape);
	}
	double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
	for (;;) {
		double x = random_normal(r, 0, 1), v = 1.0 + c * x;
		if (v <= 0)
			continue;
		v = v * v * v;
		double u = 1.0 - random_uniform(r);
		if (log(u) < 0.5 * x * x + d - d * v + d * log(v))
			return d * v * scale;
	}
}

double random_beta(struct random *r, double a, double b)
{
	double x = random_gamma(r, a, 1), y = random_gamma(r, b, 1);
	return x / (x + y);
}

/* Knuth's product needs about MEAN draws. A Poisson of a large mean is the sum of Poissons
 * of its parts, so it is halved until the product cannot underflow. */
unsigned random_poisson(struct random *r, double mean)
{
	if (mean <= 0)
		return 0;
	if (mean > 30)
		return random_poisson(r, mean / 2) + random_poisson(r, mean / 2);
	double limit = exp(-mean), product = random_uniform(r);
	unsigned count = 0;
	while (product > limit) {
		product *= random_uniform(r);
		count++;
	}
	return count;
}

unsigned random_negative_binomial(struct random *r, double mean, double dispersion)
{
	if (mean <= 0)
		return 0;
	return random_poisson(r, random_gamma(r, dispersion, mean / dispersion));
}

/* The integral of x^-s, and its inverse, with the limits at s = 1. */
static double zipf_integral(double x, double s)
{
	double one = 1.0 - s;
	return fabs(one) < 1e-9 ? log(x) : (pow(x, one) - 1.0) / one;
}

static double zipf_inverse(double y, double s)
{
	double one = 1.0 - s;
	return fabs(one) < 1e-9 ? exp(y) : pow(1.0 + y * one, 1.0 / one);
}

uint32_t random_zipf(struct random *r, uint32_t count, double exponent)
{
	assert(count > 0 && exponent > 0);
	double low = zipf_integral(1.5, exponent) - 1.0;
	double high = zipf_integral(count + 0.5, exponent);
	for (;;) {
		double y = low + random_uniform(r) * (high - low);
		double x = zipf_inverse(y, exponent);
		double rank = floor(x + 0.5);
		if (rank < 1)
			rank = 1;
		if (rank > count)
			rank = count;
		if (y >= zipf_integral(rank + 0.5, exponent) - pow(rank, -exponent))
			return (uint32_t)rank;
	}
}

uint32_t random_weighted(struct random *r, const double *weights, uint32_t count)
{
	double sum = 0;
	for (uint32_t i = 0; i < count; i++)
		sum += weights[i];
	double at = random_uniform(r) * sum;
	for (uint32_t i = 0; i + 1 < count; i++) {
		if (at < weights[i])
			return i;
		at -= weights[i];
	}
	return count - 1;
}

void random_shuffle(struct random *r, uint32_t *at, uint32_t count)
{
	for (uint32_t i = count; i > 1; i--) {
		uint32_t j = random_below(r, i), kept = at[i - 1];
		at[i - 1] = at[j];
		at[j] = kept;
	}
}

void alias_init(struct alias_table *table, const double *weights, uint32_t count)
{
	assert(count > 0);
	table->count = count;
	table->other = memory_alloc(count, sizeof *table->other);
	table->keep = memory_alloc(count, sizeof *table->keep);
	uint32_t *small = memory_alloc(count, sizeof *small), *large = memory_alloc(count, sizeof *large);
	uint32_t smalls = 0, larges = 0;
	double sum = 0;
	for (uint32_t i = 0; i < count; i++)
		sum += weights[i];
	for (uint32_t i = 0; i < count; i++) {
		table->keep[i] = weights[i] * count / sum;
		table->other[i] = i;
		if (table->keep[i] < 1.0)
			small[smalls++] = i;
		else
			large[larges++] = i;
	}
	while (smalls && larges) {
		uint32_t s = small[--smalls], l = large[larges - 1];
		table->other[s] = l;
		table->keep[l] -= 1.0 - table->keep[s];
		if (table->keep[l] < 1.0) {
			larges--;
			small[smalls++] = l;
		}
	}
	while (smalls) /* rounding left these: they are whole */
		table->keep[small[--smalls]] = 1.0;
	while (larges)
		table->keep[large[--larges]] = 1.0;
	free(small);
	free(large);
}

void alias_release(struct alias_table *table)
{
	free(table->other);
	free(table->keep);
	*table = (struct alias_table){0};
}

uint32_t alias_pick(const struct alias_table *table, struct random *r)
{
	uint32_t i = random_below(r, table->count);
	return random_uniform(r) < table->keep[i] ? i : table->other[i];
}
