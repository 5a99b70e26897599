#include "linking/words.h"

#include <math.h>

static const struct {
	const char *column, *words;
} columns[] = {
	{"given_name", "first name"},
	{"middle_names", "middle names"},
	{"family_name", "family name"},
	{"name_suffix", "Junior or Senior"},
	{"date_of_birth", "date of birth"},
	{"date_of_death", "date of death"},
	{"sex", "sex"},
	{"address", "address"},
	{"phone", "phone number"},
	{"email", "email address"},
	{"nhs_number", "NHS number"},
	{"ni_number", "National Insurance number"},
	{"upn", "unique pupil number"},
	{"source", "kind of service"},
};

static const char *words_of(struct text column)
{
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		if (text_is(column, columns[i].column))
			return columns[i].words;
	}
	return NULL;
}

const char *words_of_column(const char *column)
{
	const char *words = words_of(text_of(column));
	return words ? words : column;
}

static struct text capital(struct arena *arena, struct text words)
{
	char *copy = arena_copy(arena, words);
	if (copy[0] >= 'a' && copy[0] <= 'z')
		copy[0] = (char)(copy[0] - 'a' + 'A');
	return text_of(copy);
}

/* Two digits are more than the model knows. */
static struct text round_number(struct arena *arena, double number)
{
	if (number < 3)
		return arena_format(arena, "%.1f", number);
	double unit = pow(10, floor(log10(number)) - 1);
	long long whole = (long long)(unit > 1 ? round(number / unit) * unit : round(number));
	if (whole >= 1000000)
		return TEXT("over a million");
	return whole >= 1000 ? arena_format(arena, "%lld,%03lld", whole / 1000, whole % 1000)
			     : arena_format(arena, "%lld", whole);
}

struct text words_of_weight(struct arena *arena, double weight)
{
	if (fabs(weight) < 0.15)
		return TEXT("says nothing either way");
	struct text times = round_number(arena, exp2(fabs(weight)));
	return arena_format(arena, "%.*s times %s", TEXT_ARG(times), weight > 0 ? "likelier" : "less likely");
}

struct text words_of_probability(struct arena *arena, double probability)
{
	if (probability < 0.001)
		return TEXT("fewer than 1 in 1,000");
	if (probability > 0.999)
		return TEXT("more than 999 in 1,000");
	if (probability < 0.01 || probability > 0.99)
		return arena_format(arena, "about %.0f in 1,000", probability * 1000);
	return arena_format(arena, "about %.0f in 100", probability * 100);
}

/* ---- steps ------------------------------------------------------------------------------------------- */

static void add_step(struct words_step *steps, size_t *count, struct words_step step, struct arena *arena)
{
	step.before = *count ? steps[*count - 1].before + steps[*count - 1].weight : 0;
	step.worth = step.kind == STEP_EVIDENCE && !step.known ? TEXT("says nothing either way")
							       : words_of_weight(arena, step.weight);
	steps[(*count)++] = step;
}

static void add_evidence(struct words_step *steps, size_t *count, const struct linking_evidence *evidence,
			 struct arena *arena)
{
	bool known = evidence->level != LINKING_LEVEL_MISSING;
	struct text found = known && evidence->level_name ? capital(arena, text_of(evidence->level_name))
							  : TEXT("Not known in both records");
	add_step(steps, count,
		 (struct words_step){.kind = STEP_EVIDENCE,
				     .column = evidence->column,
				     .what = capital(arena, text_of(words_of_column(evidence->column))),
				     .found = found,
				     .weight = evidence->weight,
				     .known = known},
		 arena);
}

size_t words_steps(struct words_step steps[LINKING_COLUMNS + 4], const struct linking_why *why, struct arena *arena)
{
	const struct linking_explanation *is = &why->explanation;
	size_t count = 0;
	add_step(steps, &count,
		 (struct words_step){.kind = STEP_START,
				     .what = TEXT("Before anything is compared"),
				     .found = TEXT("Two records taken at random are hardly ever of one person"),
				     .weight = is->prior,
				     .known = true},
		 arena);
	for (size_t i = 0; i < is->count; i++)
		add_evidence(steps, &count, &is->evidence[i], arena);
	if (fabs(is->rarity) >= 0.05)
		add_step(steps, &count,
			 (struct words_step){.kind = STEP_RARITY,
					     .what = TEXT("How rare these values are"),
					     .found = is->rarity > 0
							      ? TEXT("Rarer than most: less likely to agree by chance")
							      : TEXT("Common: likelier to agree by chance"),
					     .weight = is->rarity,
					     .known = true},
			 arena);
	if (is->household < -0.05)
		add_step(steps, &count,
			 (struct words_step){
				 .kind = STEP_HOUSEHOLD,
				 .what = TEXT("They could be two people of one family"),
				 .found = TEXT("People who live together share a family name and an address"),
				 .weight = is->household,
				 .known = true},
			 arena);
	double rest = is->weight - (steps[count - 1].before + steps[count - 1].weight);
	if (fabs(rest) >= 0.05)
		add_step(steps, &count,
			 (struct words_step){.kind = STEP_REST,
					     .what = TEXT("How these go together"),
					     .found = TEXT("Some agreements come together also between strangers"),
					     .weight = rest,
					     .known = true},
			 arena);
	return count;
}

/* ---- which rule -------------------------------------------------------------------------------------- */

/* "family_name by sound" as "the sound of the family name". */
static void append_part(struct buf *out, struct text part)
{
	static const struct {
		const char *ending, *words;
	} transforms[] = {{" by sound", "the sound of the "},  {" initial", "the initial of the "},
			  {" start", "the beginning of the "}, {" end", "the end of the "},
			  {" year", "the year in the "},       {" day and month", "the day and month in the "},
			  {" month", "the month in the "},     {" postcode", "the postcode of the "},
			  {" sector", "the area of the "},     {" district", "the district of the "}};
	const char *before = "the ";
	for (size_t i = 0; i < sizeof transforms / sizeof *transforms; i++) {
		if (text_ends_with(part, text_of(transforms[i].ending))) {
			part.len -= strlen(transforms[i].ending);
			before = transforms[i].words;
			break;
		}
	}
	const char *words = words_of(part);
	buf_append_text(out, text_of(before));
	buf_append_text(out, words ? text_of(words) : part);
}

static void append_rule(struct buf *out, struct text rule)
{
	size_t parts = 1, at = 0;
	struct text part;
	for (size_t i = 0; i < rule.len; i++)
		parts += rule.at[i] == '+';
	while (text_split(&rule, '+', &part)) {
		buf_append_text(out, at == 0 ? TEXT("") : at + 1 == parts ? TEXT(" and ") : TEXT(", "));
		append_part(out, text_trim(part));
		at++;
	}
}

/* Of what two records are usually found by, what differs or is not there. */
static void append_prevented(struct buf *out, const struct linking_explanation *is)
{
	static const char *const finds[] = {"given_name", "family_name", "date_of_birth", "address", "phone",
					    "email",      "nhs_number",  "ni_number",     "upn"};
	for (int missing = 0; missing < 2; missing++) {
		size_t said = 0;
		for (size_t f = 0; f < sizeof finds / sizeof *finds; f++) {
			for (size_t i = 0; i < is->count; i++) {
				const struct linking_evidence *evidence = &is->evidence[i];
				bool absent = evidence->level == LINKING_LEVEL_MISSING;
				if (strcmp(evidence->column, finds[f]) != 0 || absent != (missing == 1) ||
				    evidence->level == LINKING_LEVEL_SAME || (!absent && evidence->weight > 0))
					continue;
				buf_format(out, "%s%s",
					   said++    ? ", "
					   : missing ? " Not known in both records: "
						     : " Different: ",
					   words_of_column(evidence->column));
			}
		}
		if (said)
			buf_append_char(out, '.');
	}
}

struct text words_of_rule(const struct linking_why *why, struct arena *arena)
{
	struct buf out;
	buf_init(&out, 1 << 14);
	if (why->rule[0]) {
		buf_append_text(&out, TEXT("They were compared because both have "));
		append_rule(&out, text_of(why->rule));
		buf_append_text(&out, TEXT(" in common."));
	} else {
		buf_append_text(&out,
				TEXT("No rule compares these two records: what they have in common is too little to "
				     "look for."));
		append_prevented(&out, &why->explanation);
	}
	struct text words = arena_text(arena, buf_text(&out));
	buf_release(&out);
	return words;
}

struct text words_of_outcome(const struct linking_why *why, struct arena *arena)
{
	bool together = why->resident_a == why->resident_b, doubtful = why->status && !strcmp(why->status, "review");
	struct text chance = words_of_probability(arena, why->explanation.probability);
	const char *outcome = together && doubtful ? "OneView shows them as one resident, and is not sure."
			      : together           ? "OneView shows them as one resident."
			      : doubtful           ? "OneView shows them as two residents, and is not sure."
						   : "OneView shows them as two residents.";
	bool outvoted = !together && why->explanation.probability > 0.9 && !why->explanation.conflict;
	return arena_format(arena, "Of pairs of records that compare like these, %.*s are one person. %s%s",
			    TEXT_ARG(chance), outcome,
			    outvoted ? " These two records alone would be linked; other records of the two residents "
				       "speak against it."
				     : "");
}
