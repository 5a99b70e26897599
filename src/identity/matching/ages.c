/* Ages, where a file knows no dates of birth: a census, a muster roll.
 *
 * An age tells the year of birth once it is known when it was asked, and the files do not say. But they have names
 * in common: over records whose whole name each of two files has once, year of birth and age add up to one year
 * far more often than to any other, if many of them are one person. A file that nothing is to be held
 * against has its ages counted from any year. */
#include "base/map.h"
#include "matching/prepare_int.h"

#include <stdlib.h>

enum { OLDEST = 130, ANY_YEAR = 2000, LAST_SUM = 2400, FEWEST = 5 };
static const uint64_t SEVERAL = UINT64_MAX;

void ages_read(struct ages *ages, const struct source *source)
{
	const struct source_column *column = column_of(source, MEANING_AGE);
	if (!column)
		return;
	ages->codes = memory_alloc(source->rows + 1, sizeof *ages->codes);
	for (size_t row = 0; row < source->rows; row++) {
		int age = column->codes[row] ? number_at(column, row, false) : -1;
		if (age >= 0 && age <= OLDEST)
			ages->codes[row] = (uint32_t)age + 1;
	}
}

void ages_release(struct ages *ages)
{
	free(ages->codes);
}

static struct text value_of(const struct file_parts *parts, size_t target, size_t row)
{
	for (size_t i = 0; i < parts->count; i++) {
		const struct linking_bulk *part = &parts->at[i];
		if (part->column == target && part->codes[row] && part->values[part->codes[row] - 1].len > 0)
			return part->values[part->codes[row] - 1];
	}
	return TEXT_ABSENT;
}

/* Of a whole name; 0: a part is missing, or only its initial is known. */
static uint64_t name_key(const struct plan *plan, const struct file_parts *parts, size_t row)
{
	struct text given = value_of(parts, plan_target(plan, LINKING_GIVEN), row);
	struct text family = value_of(parts, plan_target(plan, LINKING_FAMILY), row);
	return given.len > 1 && family.len > 1 ? hash_mix(text_hash(given)) + text_hash(family) : 0;
}

static int year_of(const struct plan *plan, const struct file_parts *parts, size_t row)
{
	int64_t year;
	struct text birth = value_of(parts, plan_date_target(plan, MEANING_BIRTH), row);
	return birth.len >= 4 && text_parse_int64(text_slice(birth.at, 4), &year) ? (int)year : 0;
}

/* Value 1 + NUMBER for a name that comes once, SEVERAL for others. */
static void put_once(struct id_map *map, uint64_t key, int number)
{
	bool is_new;
	uint64_t *value = id_map_put(map, key, &is_new);
	*value = is_new ? (uint64_t)number + 1 : SEVERAL;
}

static void put_years(struct id_map *known, const struct plan *plan, const struct file_parts *parts, size_t rows)
{
	for (size_t row = 0; row < rows; row++) {
		uint64_t key = name_key(plan, parts, row);
		int year = key ? year_of(plan, parts, row) : 0;
		if (year)
			put_once(known, key, year);
	}
}

/* The year in which the ages were asked; 0: nothing speaks for one year before others. */
static int find_year(const struct id_map *known, const struct id_map *own)
{
	size_t sums[LAST_SUM + 2] = {0}, all = 0, best = 0;
	int found = 0;
	for (size_t i = 0; i < own->slot_count; i++) {
		const uint64_t *year = own->used[i] ? id_map_get(known, own->keys[i]) : NULL;
		if (!year || *year == SEVERAL || own->values[i] == SEVERAL)
			continue;
		uint64_t sum = (*year - 1) + (own->values[i] - 1);
		if (sum < LAST_SUM) {
			sums[sum]++;
			all++;
		}
	}
	for (int sum = 1; sum < LAST_SUM; sum++) { /* a birthday before or after the day, and ages that are guessed */
		size_t near = sums[sum - 1] + 2 * sums[sum] + sums[sum + 1];
		if (near > best) {
			best = near;
			found = sum;
		}
	}
	return best >= FEWEST && best * 4 >= all ? found : 0;
}

static void add_years(struct plan *plan, struct file_parts *parts, const struct ages *ages, int asked)
{
	struct text *years = ARENA_ARRAY(&plan->matching->arena, OLDEST + 1, struct text);
	for (int age = 0; age <= OLDEST; age++)
		years[age] = arena_format(&plan->matching->arena, "%04d-01-01", asked - age);
	file_parts_add(parts, plan_date_target(plan, MEANING_BIRTH), years, OLDEST + 1, ages->codes);
}

static void settle_file(struct plan *plan, struct source *source, struct file_parts *parts, const struct ages *ages,
			struct id_map *known)
{
	int asked = ANY_YEAR;
	if (known->count > 0) {
		struct id_map own;
		id_map_init(&own);
		for (size_t row = 0; row < source->rows; row++) {
			uint64_t key = ages->codes[row] ? name_key(plan, parts, row) : 0;
			if (key)
				put_once(&own, key, (int)ages->codes[row] - 1);
		}
		asked = find_year(known, &own);
		id_map_release(&own);
		if (asked)
			matching_warn(plan->matching, source, 0,
				      "ages are taken as of %d: so they fit the other file's births best", asked);
		else
			matching_warn(plan->matching, source, 0,
				      "ages are left out: too few names are in both files to see when they were asked");
	}
	if (!asked)
		return;
	add_years(plan, parts, ages, asked);
	put_years(known, plan, parts, source->rows);
}

void ages_settle(struct plan *plan, struct file_parts *const parts[], const struct ages *const ages[])
{
	struct id_map known;
	bool any = false;
	for (size_t s = 0; s < plan->matching->source_count; s++)
		any |= ages[s]->codes != NULL;
	if (!any)
		return;
	id_map_init(&known);
	for (size_t s = 0; s < plan->matching->source_count; s++) {
		if (!ages[s]->codes)
			put_years(&known, plan, parts[s], plan->matching->sources[s].rows);
	}
	for (size_t s = 0; s < plan->matching->source_count; s++) {
		if (ages[s]->codes)
			settle_file(plan, &plan->matching->sources[s], parts[s], ages[s], &known);
	}
	id_map_release(&known);
}
