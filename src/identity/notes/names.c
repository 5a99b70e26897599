#include "notes/reader.h"

/* The words of the enums, in their order. */
static const char *const polarities[NOTE_POLARITY_COUNT] = {"affirmed", "negated", "possible"};
static const char *const times[NOTE_TIME_COUNT] = {"current", "past", "future", "hypothetical"};
static const char *const whose_words[NOTE_WHOSE_COUNT] = {"subject", "family", "professional", "other"};
static const char *const certainties[NOTE_CERTAINTY_COUNT] = {"stated",   "observed", "disclosed",
							      "reported", "alleged",  "hearsay"};
static const char *const trends[NOTE_TREND_COUNT] = {"", "worsening", "improving", "resolved"};
static const struct {
	const char *name, *title;
} verdicts[NOTE_VERDICT_COUNT] = {
	[NOTE_NO_VERDICT] = {"none", "Right"},
	[NOTE_ABOUT_SOMEBODY_ELSE] = {"someone_else", "About someone else"},
	[NOTE_NOT_A_CONCERN] = {"not_a_concern", "Not a concern"},
	[NOTE_OUT_OF_DATE] = {"out_of_date", "Out of date"},
};

const char *note_polarity_name(enum note_polarity polarity)
{
	return polarities[polarity];
}

const char *note_time_name(enum note_time time)
{
	return times[time];
}

const char *note_whose_name(enum note_whose whose)
{
	return whose_words[whose];
}

const char *note_certainty_name(enum note_certainty certainty)
{
	return certainties[certainty];
}

const char *note_trend_name(enum note_trend trend)
{
	return trends[trend];
}

const char *note_verdict_name(enum note_verdict verdict)
{
	return verdicts[verdict].name;
}

const char *note_verdict_title(enum note_verdict verdict)
{
	return verdicts[verdict].title;
}

bool note_verdict_parse(struct text name, enum note_verdict *out)
{
	for (int i = 0; i < NOTE_VERDICT_COUNT; i++) {
		if (text_is(name, verdicts[i].name)) {
			*out = (enum note_verdict)i;
			return true;
		}
	}
	return false;
}

bool note_flag_counts(const struct note_flag *flag)
{
	return flag->polarity == NOTE_AFFIRMED && flag->time == NOTE_CURRENT && flag->whose == NOTE_SUBJECT &&
	       flag->certainty < NOTE_ALLEGED && flag->verdict == NOTE_NO_VERDICT && !flag->question;
}

bool note_mention_counts(const struct note_mention *mention)
{
	return mention->polarity == NOTE_AFFIRMED && mention->time == NOTE_CURRENT && mention->whose == NOTE_SUBJECT &&
	       mention->certainty < NOTE_ALLEGED && !mention->question;
}
