/* Where the family knows better than the sources. */
#include "household/household_int.h"

#include "base/memory.h"

#include <stdlib.h>

enum { CROWD = 64, OF_AGE = 18, FORGOTTEN_DAYS = 3 * 365, NEWS_DAYS = 30 };

/* How often that is so, in the invented borough: "oneview evaluate households" shows it as the band from 0.90. */
#define FAMILY_KNOWS 0.9

struct following {
	struct residence *all;
	size_t count, capacity;
	const struct dweller **who;  /* by residence */
	size_t *main_of;             /* by residence: the main one of the same resident; SIZE_MAX: none */
	size_t *by_property;         /* residences, by property */
	size_t *first_at, *count_at; /* by residence: its property's in BY_PROPERTY */
	date today;
};

static bool of_one_family(const struct dweller *a, const struct dweller *b)
{
	for (int i = 0; a && b && i < HOUSEHOLD_FAMILIES && a->families[i]; i++) {
		for (int j = 0; j < HOUSEHOLD_FAMILIES && b->families[j]; j++) {
			if (a->families[i] == b->families[j])
				return true;
		}
	}
	return false;
}

static bool is_child(const struct dweller *who, date today)
{
	return who && who->born != DATE_UNKNOWN && date_age_in_years(who->born, today) < OF_AGE;
}

static bool overlap(const struct residence *a, const struct residence *b)
{
	return (a->to == DATE_UNKNOWN || b->from == DATE_UNKNOWN || b->from < a->to) &&
	       (b->to == DATE_UNKNOWN || a->from == DATE_UNKNOWN || a->from < b->to);
}

struct family_there {    /* of a child at a property */
	size_t stayed;   /* grown relatives whose home it is */
	size_t moved_to; /* a residence: the main one of those who have left; SIZE_MAX: none, or they went apart */
	size_t gone;     /* who have left, nobody knows where to */
};

static void count_mover(const struct following *f, struct family_there *there, size_t main, bool *apart)
{
	if (there->moved_to == SIZE_MAX)
		there->moved_to = main;
	else if (f->all[there->moved_to].property_id != f->all[main].property_id)
		*apart = true;
	else if (f->all[main].from > f->all[there->moved_to].from)
		there->moved_to = main;
}

/* The grown people that lived with the resident at residence AT: relatives, or everybody in a home. */
static struct family_there look_for(const struct following *f, size_t at, bool everybody)
{
	struct family_there there = {.moved_to = SIZE_MAX};
	bool apart = false;
	for (size_t i = 0; f->count_at[at] <= CROWD && i < f->count_at[at]; i++) {
		size_t other = f->by_property[f->first_at[at] + i], main = f->main_of[other];
		const struct dweller *who = f->who[other];
		if (!who || f->all[other].resident_id == f->all[at].resident_id || is_child(who, f->today) ||
		    who->dead || !(everybody || of_one_family(f->who[at], who)) ||
		    !overlap(&f->all[at], &f->all[other]))
			continue;
		if (main == SIZE_MAX)
			there.gone += f->all[other].left != DATE_UNKNOWN && f->all[other].left >= f->all[at].said;
		else if (f->all[main].property_id == f->all[at].property_id)
			there.stayed++;
		else
			count_mover(f, &there, main, &apart);
	}
	if (apart)
		there.moved_to = SIZE_MAX;
	return there;
}

static struct family_there look_for_family(const struct following *f, size_t at)
{
	return look_for(f, at, false);
}

/* Whether somebody of another name has stayed who was there before MOVE, when a relative left: the other parent of a
 * child whose parents part. Who came after them is somebody else. */
static bool others_stayed(const struct following *f, size_t at, const struct residence *move)
{
	for (size_t i = 0; f->count_at[at] <= CROWD && i < f->count_at[at]; i++) {
		size_t other = f->by_property[f->first_at[at] + i];
		const struct residence *there = &f->all[other];
		const struct dweller *who = f->who[other];
		if (who && there->current && there->resident_id != f->all[at].resident_id && !who->dead &&
		    !is_child(who, f->today) && there->from != DATE_UNKNOWN && move->from != DATE_UNKNOWN &&
		    there->from < move->from - NEWS_DAYS)
			return true;
	}
	return false;
}

/* ---- by resident -------------------------------------------------------------------------------------- */

static void live_at(struct residence *home, double confidence)
{
	home->standing = RESIDENCE_MAIN;
	home->current = home->inferred = true;
	home->to = DATE_UNKNOWN;
	home->confidence = confidence;
}

/* To the home of MAIN, a relative's residence: one that the sources know of already, or a new one. */
static void follow_family(struct following *f, size_t first, size_t end, const struct residence *main)
{
	struct residence relative = *main;
	for (size_t i = first; i < end; i++) {
		f->all[i].current = false;
		if (f->all[i].standing == RESIDENCE_MAIN)
			f->all[i].standing = RESIDENCE_DOUBTFUL;
		if (f->all[i].property_id == relative.property_id && f->all[i].to == DATE_UNKNOWN) {
			live_at(&f->all[i], FAMILY_KNOWS);
			return;
		}
	}
	struct residence home = {.resident_id = f->all[first].resident_id,
				 .property_id = relative.property_id,
				 .from = relative.from,
				 .said = relative.from,
				 .seen = DATE_UNKNOWN};
	live_at(&home, FAMILY_KNOWS);
	for (size_t i = first; i < end; i++) {
		if (f->all[i].property_id == home.property_id && f->all[i].sequence >= home.sequence)
			home.sequence = f->all[i].sequence;
	}
	home.sequence++;
	ARRAY_GROW(f->all, f->count, f->capacity);
	f->all[f->count++] = home;
}

/* Nobody names them any more, and nobody says that they left. */
static void find_forgotten(struct following *f, size_t first, size_t end)
{
	size_t last = SIZE_MAX;
	for (size_t i = first; i < end; i++) {
		if (f->all[i].to != DATE_UNKNOWN && (last == SIZE_MAX || f->all[i].to > f->all[last].to))
			last = i;
	}
	if (last == SIZE_MAX || !f->all[last].vanished || f->all[last].to < f->today - FORGOTTEN_DAYS)
		return;
	struct family_there there = look_for_family(f, last);
	if (there.stayed)
		live_at(&f->all[last], FAMILY_KNOWS);
	else if (there.moved_to != SIZE_MAX && is_child(f->who[first], f->today))
		follow_family(f, first, end, &f->all[there.moved_to]);
}

static void follow_child(struct following *f, size_t first, size_t end, size_t main)
{
	struct family_there there = look_for_family(f, main);
	bool alone = there.stayed + there.gone == 0 && there.moved_to == SIZE_MAX;
	if (alone && !f->all[main].shared) /* a child lives with somebody, whatever their names */
		there = look_for(f, main, true);
	if (there.stayed == 0 && there.moved_to != SIZE_MAX) {
		const struct residence *home = &f->all[there.moved_to];
		if (!f->all[main].shared && others_stayed(f, main, home))
			return;
		if (home->from != DATE_UNKNOWN && home->from >= f->all[main].said - NEWS_DAYS)
			follow_family(f, first, end, home);
		return;
	}
	if (there.stayed == 0 && there.gone && !alone) { /* with them, wherever that is */
		f->all[main].current = false;
		f->all[main].standing = RESIDENCE_DOUBTFUL;
		f->all[main].confidence = 1 - FAMILY_KNOWS;
		return;
	}
	for (size_t i = first; there.stayed && !alone && i < end; i++) {
		if (f->all[i].standing == RESIDENCE_DOUBTFUL && look_for_family(f, i).stayed)
			f->all[i].standing = RESIDENCE_SECOND;
	}
}

/* ---- all ------------------------------------------------------------------------------------------------ */

static _Thread_local const struct residence *ordered; /* for the comparison */

static int compare_property(const void *a, const void *b)
{
	const struct residence *x = &ordered[*(const size_t *)a], *y = &ordered[*(const size_t *)b];
	if (x->property_id != y->property_id)
		return x->property_id < y->property_id ? -1 : 1;
	return (x > y) - (x < y);
}

static int compare_residences(const void *a, const void *b)
{
	const struct residence *x = a, *y = b;
	if (x->resident_id != y->resident_id)
		return x->resident_id < y->resident_id ? -1 : 1;
	if (x->property_id != y->property_id)
		return x->property_id < y->property_id ? -1 : 1;
	return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static void index_properties(struct following *f)
{
	for (size_t i = 0; i < f->count; i++)
		f->by_property[i] = i;
	ordered = f->all;
	if (f->count)
		qsort(f->by_property, f->count, sizeof *f->by_property, compare_property);
	for (size_t i = 0, end; i < f->count; i = end) {
		for (end = i + 1;
		     end < f->count && f->all[f->by_property[end]].property_id == f->all[f->by_property[i]].property_id;
		     end++)
			;
		for (size_t k = i; k < end; k++) {
			f->first_at[f->by_property[k]] = i;
			f->count_at[f->by_property[k]] = end - i;
		}
	}
}

static size_t end_of_resident(const struct following *f, size_t first, size_t count)
{
	size_t end = first + 1;
	while (end < count && f->all[end].resident_id == f->all[first].resident_id)
		end++;
	return end;
}

static void index_residents(struct following *f, const struct dweller *dwellers, size_t dweller_count)
{
	size_t d = 0;
	for (size_t i = 0, end; i < f->count; i = end) {
		size_t main = SIZE_MAX;
		end = end_of_resident(f, i, f->count);
		while (d < dweller_count && dwellers[d].resident_id < f->all[i].resident_id)
			d++;
		bool known = d < dweller_count && dwellers[d].resident_id == f->all[i].resident_id;
		for (size_t k = i; k < end; k++) {
			f->who[k] = known ? &dwellers[d] : NULL;
			if (f->all[k].current)
				main = k;
		}
		for (size_t k = i; k < end; k++)
			f->main_of[k] = main;
	}
}

size_t residences_follow(struct residence **all, size_t count, const struct dweller *dwellers, size_t dweller_count,
			 date today)
{
	struct following f = {.all = *all, .count = count, .capacity = count + 1, .today = today};
	f.who = memory_alloc(count + 1, sizeof *f.who);
	f.main_of = memory_alloc(count + 1, sizeof *f.main_of);
	f.by_property = memory_alloc(count + 1, sizeof *f.by_property);
	f.first_at = memory_alloc(count + 1, sizeof *f.first_at);
	f.count_at = memory_alloc(count + 1, sizeof *f.count_at);
	index_properties(&f);
	index_residents(&f, dwellers, dweller_count);
	for (size_t i = 0, end; i < count; i = end) {
		end = end_of_resident(&f, i, count);
		if (f.who[i] && f.who[i]->dead)
			continue;
		if (f.main_of[i] == SIZE_MAX)
			find_forgotten(&f, i, end);
		else if (is_child(f.who[i], today))
			follow_child(&f, i, end, f.main_of[i]);
	}
	free(f.who);
	free(f.main_of);
	free(f.by_property);
	free(f.first_at);
	free(f.count_at);
	if (f.count)
		qsort(f.all, f.count, sizeof *f.all, compare_residences);
	*all = f.all;
	return f.count;
}
