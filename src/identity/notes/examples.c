/* The example sentences of factors, read as a note would be. */
#include "notes/reader_int.h"

#include "profile/factor.h"

static bool fires(const struct note_mention *mentions, size_t count, uint32_t factor, bool *mentioned)
{
	bool found = false;
	*mentioned = false;
	for (size_t i = 0; i < count; i++) {
		const struct note_mention *m = &mentions[i];
		if (m->factor != factor)
			continue;
		*mentioned = true;
		found = found || note_mention_counts(m);
	}
	return found;
}

static const char *reason(const struct profile_example *example, bool mentioned)
{
	if (!example->fires)
		return "the sentence must not be read as the factor, and is";
	return mentioned ? "the sentence must be read as the factor, and is not: the phrase is found, but as denied, "
			   "past, "
			   "feared, heard or somebody else's"
			 : "the sentence must be read as the factor, and is not: no phrase of the lexicon is in it";
}

size_t note_check_examples(const struct note_reader *reader, const struct profile *profile, note_example_failed *failed,
			   void *context)
{
	struct note_scratch *scratch = note_scratch_new(reader);
	size_t failures = 0;
	for (size_t i = 0; i < profile->factors.count; i++) {
		const struct profile_factor *factor = &profile->factors.at[i];
		for (size_t e = 0; e < factor->example_count; e++) {
			const struct note_mention *mentions;
			const struct profile_example *example = &factor->examples[e];
			bool mentioned;
			size_t count = note_reader_read(reader, scratch, example->sentence, DATE_UNKNOWN, &mentions);
			if (fires(mentions, count, factor->number, &mentioned) == example->fires)
				continue;
			failures++;
			failed(context, factor, e, reason(example, mentioned));
		}
	}
	note_scratch_free(scratch);
	return failures;
}
