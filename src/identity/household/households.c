#include "base/memory.h"
#include "base/text.h"
#include "household/household.h"

#include <stdlib.h>

/* A home with more family names than this among more people than that is no family's. */
enum { MANY_PEOPLE = 6, MANY_NAMES = 5 };

enum property_use property_use_of(const char *kind)
{
	static const struct {
		const char *kind;
		enum property_use use;
	} uses[] = {{"hmo", USE_SHARED},         {"shell", USE_SHARED},          {"hostel", USE_INSTITUTION},
		    {"refuge", USE_INSTITUTION}, {"care_home", USE_INSTITUTION}, {"hall", USE_INSTITUTION},
		    {"other", USE_HOME}};
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
		if (strcmp(uses[i].kind, kind) == 0)
			return uses[i].use;
	}
	return USE_HOME;
}

static int compare_occupants(const void *a, const void *b)
{
	const struct occupant *x = a, *y = b;
	if (x->property_id != y->property_id)
		return x->property_id < y->property_id ? -1 : 1;
	return (x->resident_id > y->resident_id) - (x->resident_id < y->resident_id);
}

static bool of_one_family(const struct occupant *a, const struct occupant *b)
{
	for (int i = 0; i < 4 && a->families[i]; i++) {
		for (int j = 0; j < 4 && b->families[j]; j++) {
			if (a->families[i] == b->families[j])
				return true;
		}
	}
	return false;
}

/* Families within a property, by names in common; FAMILY[i] is the first of i's. */
static size_t find_families(const struct occupant *at, size_t count, uint32_t *family)
{
	size_t families = 0;
	for (size_t i = 0; i < count; i++)
		family[i] = (uint32_t)i;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++) {
			if (family[j] == family[i] || !of_one_family(&at[i], &at[j]))
				continue;
			uint32_t low = family[i] < family[j] ? family[i] : family[j],
				 high = family[i] ^ family[j] ^ low;
			for (size_t k = 0; k < count; k++)
				family[k] = family[k] == high ? low : family[k];
		}
	}
	for (size_t i = 0; i < count; i++)
		families += family[i] == i;
	return families;
}

static void judge(struct occupant *at, size_t size, bool apart)
{
	if (size == 1) {
		at->kind = at->use == USE_INSTITUTION ? "institution" : apart ? "shared" : "single";
		at->why = apart ? "alone_at_shared_address" : "only_resident";
	} else {
		at->kind = at->use == USE_INSTITUTION ? "institution" : apart ? "shared" : "family";
		at->why = apart ? "same_family_name_at_shared_address" : "same_address";
	}
	at->certainty = apart && size > 1        ? "uncertain"
			: at->confidence >= 0.75 ? "certain"
			: at->confidence >= 0.5  ? "likely"
						 : "uncertain";
}

static size_t make_property(struct occupant *at, size_t count, size_t households)
{
	uint32_t *family = memory_alloc(count, sizeof *family), *sizes = memory_alloc(count, sizeof *sizes);
	uint32_t *number = memory_alloc(count, sizeof *number);
	size_t families = count <= 2000 ? find_families(at, count, family) : count;
	for (size_t i = 0; count > 2000 && i < count; i++)
		family[i] = (uint32_t)i; /* a town hall, not a home */
	bool apart = at->use != USE_HOME || (count >= MANY_PEOPLE && families >= MANY_NAMES);
	for (size_t i = 0; i < count; i++) {
		uint32_t group = apart ? family[i] : 0;
		if (sizes[group]++ == 0)
			number[group] = (uint32_t)households++;
		at[i].household = number[group];
	}
	for (size_t i = 0; i < count; i++)
		judge(&at[i], sizes[apart ? family[i] : 0], apart);
	free(family);
	free(sizes);
	free(number);
	return households;
}

size_t households_make(struct occupant *occupants, size_t count)
{
	size_t households = 0;
	qsort(occupants, count, sizeof *occupants, compare_occupants);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && occupants[end].property_id == occupants[i].property_id; end++)
			;
		households = make_property(occupants + i, end - i, households);
	}
	return households;
}
