/* Latent needs: each a standard normal across the borough, made of what is one's own, what
 * the household shares, and where one lives; then drifting month by month.
 *
 * level = base + shock + drift, drift an autoregression with a half-life of about seven
 * months: what was true at the start of a forecast is only half true at its end.
 */
#include "base/threads.h"
#include "world_int.h"

#include <math.h>

enum { PEOPLE_A_CHUNK = 4096 };
static const double drift_kept = 0.905, drift_step = 0.235; /* standing deviation 0.55 */

static const struct {
	double household, place;
} shared[NEEDS] = {
	[NEED_FINANCIAL_STRESS] = {0.70, 0.35}, [NEED_MENTAL_HEALTH] = {0.25, 0.15},
	[NEED_SUBSTANCE_MISUSE] = {0.25, 0.20}, [NEED_DOMESTIC_ABUSE] = {0.97, 0.15},
	[NEED_NEGLECT] = {0.65, 0.20},          [NEED_SPECIAL_NEEDS] = {0.25, 0.10},
	[NEED_PHYSICAL_HEALTH] = {0.15, 0.20},  [NEED_ANTI_SOCIAL_TIES] = {0.40, 0.25},
};

static double own_share(int need)
{
	double rest = 1 - shared[need].household * shared[need].household - shared[need].place * shared[need].place;
	return rest > 0 ? sqrt(rest) : 0;
}

/* Near enough normal, for eight a person a month: the sum of four 16-bit uniforms. */
static double quick_normal(struct random *r)
{
	uint64_t bits = random_bits(r);
	double sum = (double)(bits & 0xffff) + (double)(bits >> 16 & 0xffff) + (double)(bits >> 32 & 0xffff) +
		     (double)(bits >> 48);
	return (sum / 65536.0 - 2.0) * 1.7320508;
}

/* One's own part; a baby born here shares the rest with the mother. */
void needs_at_birth(struct world *w, uint32_t person, struct random *r)
{
	const struct person *p = &w->b->persons[person];
	struct life *life = &w->lives[person];
	bool baby = w->month >= 0 && p->mother != NOTHING && p->born >= world_today(w);
	for (int k = 0; k < NEEDS; k++) {
		life->base[k] = (float)random_normal(r, 0, 1);
		if (baby)
			life->base[k] = (float)(0.7 * w->lives[p->mother].base[k] + 0.7 * life->base[k]);
		life->level[k] = life->base[k];
	}
}

/* Of two who live together in abuse, he harms more often than she. */
static void choose_abuser(struct world *w, uint32_t household, double strength, struct random *r)
{
	struct borough *b = w->b;
	struct household *h = &b->households[household];
	uint32_t partner = w->lives[h->head_now].partner;
	if (strength < 1.2 || partner == NOTHING)
		return;
	bool head_is_man = b->persons[h->head_now].sex == SEX_MALE;
	h->abuser = random_chance(r, 0.8) == head_is_man ? h->head_now : partner;
}

void needs_of_household(struct world *w, uint32_t household, struct random *r)
{
	struct borough *b = w->b;
	uint32_t members[MEMBERS_MOST];
	unsigned count = household_members(w, household, members, MEMBERS_MOST);
	double place = (b->areas[b->properties[b->households[household].property].area].deprivation - 0.63) / 0.2,
	       both[NEEDS];
	for (int k = 0; k < NEEDS; k++)
		both[k] = shared[k].household * random_normal(r, 0, 1) + shared[k].place * place;
	bool couple = w->lives[b->households[household].head].partner != NOTHING;
	if (!couple)
		both[NEED_DOMESTIC_ABUSE] -= 0.9;
	for (unsigned i = 0; i < count; i++)
		for (int k = 0; k < NEEDS; k++) {
			struct life *life = &w->lives[members[i]];
			life->base[k] = (float)(own_share(k) * life->base[k] + both[k]);
			life->level[k] = life->base[k];
		}
	choose_abuser(w, household, both[NEED_DOMESTIC_ABUSE], r);
}

/* 0 none .. 255 acute; half way at 1.3 standard deviations, which one in ten passes. */
static uint8_t as_byte(double level)
{
	double t = (level - 1.3) * 2.2;
	return (uint8_t)(127.5 * (1 + t / (1 + fabs(t))));
}

static double age_part(int need, int age)
{
	switch (need) {
	case NEED_PHYSICAL_HEALTH:
		return age < 18 ? -0.6 : (age - 45) / 32.0;
	case NEED_ANTI_SOCIAL_TIES:
		return age < 10 ? -2 : age < 25 ? 0.5 : age < 40 ? -0.2 : -1;
	case NEED_SUBSTANCE_MISUSE:
		return age < 13 ? -3 : age < 60 ? 0 : -0.6;
	case NEED_NEGLECT:
		return age < 18 ? 0 : -3;
	default:
		return 0;
	}
}

static void one_month(struct world *w, uint32_t person)
{
	struct life *life = &w->lives[person];
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_NEEDS, person, (uint64_t)w->month);
	uint8_t *row = &w->b->needs[((size_t)person * w->b->plan.months + (size_t)w->month) * NEEDS];
	int age = person_age(w, person, world_today(w));
	life->shock *= 0.9f;
	for (int k = 0; k < NEEDS; k++) {
		double drift = (life->level[k] - life->base[k]) * drift_kept + quick_normal(&r) * drift_step;
		life->level[k] = (float)(life->base[k] + drift);
		double strain = k == NEED_FINANCIAL_STRESS || k == NEED_MENTAL_HEALTH ? (double)life->shock : 0;
		row[k] = as_byte(life->level[k] + strain + age_part(k, age));
	}
}

static void chunk(void *context, size_t chunk_number, size_t first, size_t end, unsigned thread)
{
	struct world *w = context;
	(void)chunk_number;
	(void)thread;
	for (size_t i = first; i < end; i++)
		if (w->lives[i].residence != NOTHING || w->lives[i].open[SPELL_LOOKED_AFTER] != NOTHING)
			one_month(w, (uint32_t)i);
}

void needs_month(struct world *w)
{
	parallel_for(w->b->person_count, PEOPLE_A_CHUNK, w->threads, chunk, w);
}
