#include "clean/similarity.h"

enum { LONGEST = 64 };

/* For each byte value, at which places of a text it stands. Only the entries of the text's own
 * bytes are ever set, and reset behind each use: clearing 2 KiB a call would cost more than the rest. */
static _Thread_local uint64_t places[256];

static void places_set(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		places[(unsigned char)t.at[i]] |= UINT64_C(1) << i;
}

static void places_reset(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		places[(unsigned char)t.at[i]] = 0;
}

static struct text cut(struct text t)
{
	return t.len > LONGEST ? text_slice(t.at, LONGEST) : t;
}

static uint64_t low_bits(size_t count)
{
	return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* Each byte of A takes the first free equal byte of B in its window. */
static unsigned match_common(struct text a, struct text b, uint64_t *in_a, uint64_t *in_b)
{
	size_t longest = a.len > b.len ? a.len : b.len;
	size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
	*in_a = *in_b = 0;
	places_set(b);
	for (size_t i = 0; i < a.len; i++) {
		uint64_t reach = low_bits(i + window + 1) & ~low_bits(i > window ? i - window : 0);
		uint64_t free_places = places[(unsigned char)a.at[i]] & reach & ~*in_b;
		if (free_places) {
			*in_b |= free_places & (~free_places + 1);
			*in_a |= UINT64_C(1) << i;
		}
	}
	places_reset(b);
	return (unsigned)__builtin_popcountll(*in_a);
}

static unsigned count_transposed(struct text a, struct text b, uint64_t in_a, uint64_t in_b)
{
	unsigned differ = 0;
	while (in_a) {
		differ += a.at[__builtin_ctzll(in_a)] != b.at[__builtin_ctzll(in_b)];
		in_a &= in_a - 1;
		in_b &= in_b - 1;
	}
	return differ / 2;
}

static double jaro(struct text a, struct text b)
{
	uint64_t in_a, in_b;
	unsigned common = match_common(a, b, &in_a, &in_b);
	if (common == 0)
		return 0;
	double m = common, transposed = count_transposed(a, b, in_a, in_b);
	return (m / (double)a.len + m / (double)b.len + (m - transposed) / m) / 3;
}

double clean_jaro_winkler(struct text a, struct text b)
{
	a = cut(a);
	b = cut(b);
	if (a.len == 0 || b.len == 0)
		return 0;
	if (text_equal(a, b))
		return 1;
	/* greedy matching depends on the side it starts from: always the smaller text */
	if (a.len > b.len || (a.len == b.len && text_compare(a, b) > 0)) {
		struct text t = a;
		a = b, b = t;
	}
	double score = jaro(a, b);
	size_t prefix = 0;
	while (prefix < 4 && prefix < a.len && a.at[prefix] == b.at[prefix])
		prefix++;
	return score > 0.7 ? score + 0.1 * (double)prefix * (1 - score) : score;
}

unsigned clean_edit_distance(struct text a, struct text b)
{
	a = cut(a);
	b = cut(b);
	if (a.len == 0 || b.len == 0)
		return (unsigned)(a.len + b.len);
	places_set(a);
	uint64_t last = UINT64_C(1) << (a.len - 1);
	uint64_t vp = UINT64_MAX, vn = 0, d0 = 0, previous = 0;
	unsigned distance = (unsigned)a.len;
	for (size_t i = 0; i < b.len; i++) {
		uint64_t pm = places[(unsigned char)b.at[i]];
		uint64_t swapped = (((~d0) & pm) << 1) & previous;
		d0 = (((pm & vp) + vp) ^ vp) | pm | vn | swapped;
		uint64_t hp = vn | ~(d0 | vp), hn = d0 & vp;
		distance += (hp & last) != 0;
		distance -= (hn & last) != 0;
		hp = (hp << 1) | 1;
		hn <<= 1;
		vp = hn | ~(d0 | hp);
		vn = hp & d0;
		previous = pm;
	}
	places_reset(a);
	return distance;
}
