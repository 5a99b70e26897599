/* What forbids a link, whatever else agrees. */
#include "linking/linking_int.h"

struct seen {
	bool nhs_differs, number_same, birth_differs, sex_differs;
};

static void see(struct seen *seen, enum linking_kind kind, unsigned level)
{
	switch (kind) {
	case LINKING_NHS:
		seen->nhs_differs |= level >= 2;
		seen->number_same |= level == 1;
		break;
	case LINKING_IDENTIFIER:
		seen->number_same |= level == 1;
		break;
	case LINKING_BIRTH:
		seen->birth_differs |= level >= 6;
		break;
	case LINKING_SEX:
		seen->sex_differs |= level == 2;
		break;
	default:
		break;
	}
}

enum linking_conflict model_conflict(const struct linking_table *table, uint64_t pattern)
{
	struct seen seen = {0};
	for (size_t c = 0; c < table->column_count; c++)
		see(&seen, table->columns[c].is.kind, pattern_level(pattern, c));
	if (seen.nhs_differs)
		return LINKING_CONFLICT_NUMBER;
	if (seen.number_same)
		return LINKING_NO_CONFLICT;
	if (seen.birth_differs && seen.sex_differs)
		return LINKING_CONFLICT_BIRTH_AND_SEX;
	return LINKING_NO_CONFLICT;
}

const char *model_conflict_name(enum linking_conflict conflict)
{
	static const char *const names[] = {
		[LINKING_NO_CONFLICT] = NULL,
		[LINKING_CONFLICT_NUMBER] = "two valid NHS numbers that differ",
		[LINKING_CONFLICT_BIRTH_AND_SEX] = "date of birth and sex both differ",
	};
	return names[conflict];
}

bool model_could_conflict(const struct linking_table *table, uint64_t pattern)
{
	return table->birth != LINKING_COLUMNS && pattern_level(pattern, table->birth);
}
