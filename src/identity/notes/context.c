/* What a sentence says of a mention in it.
 *
 * ConText's way: cues before a mention reach forward, cues behind it backward, until something ends their reach.
 * Attributes are judged apart: of the cues that reach a mention, the nearest wins for when, whose and on whose word; a
 * negation stands unless another takes it back.
 */
#include "notes/reader_int.h"

struct judging {
	const struct context *c;
	size_t first, end; /* tokens of the mention */
	bool done_to;
};

/* ---- making ------------------------------------------------------------------------------------------- */

static const struct rule *rule_of(const struct context *c, const struct cue *cue)
{
	return &c->rules->rules[cue->rule];
}

static bool is_comma(const struct context *c, size_t token)
{
	return c->tokens[token].punctuation && c->text.at[c->tokens[token].start] == ',';
}

static bool ends(const struct context *c, const struct cue *cue, uint32_t effects)
{
	const struct rule *rule = rule_of(c, cue);
	return rule->direction == DIRECTION_TERMINATE && (rule->effects & effects) != 0;
}

/* The last token at which a mention may begin that the cue at NUMBER reaches. */
static size_t reach_forward(const struct context *c, size_t number)
{
	const struct cue *cue = &c->cues[number];
	const struct rule *rule = rule_of(c, cue);
	size_t to = rule->scope && cue->end + rule->scope < c->token_count ? cue->end + rule->scope : c->token_count;
	for (size_t i = number + 1; i < c->cue_count && c->cues[i].start <= to; i++) {
		if (c->cues[i].start >= cue->end && ends(c, &c->cues[i], rule->effects)) {
			to = c->cues[i].start;
			break;
		}
	}
	for (size_t i = cue->end; rule->comma_ends && i < to; i++) {
		if (is_comma(c, i))
			return i;
	}
	return to;
}

/* The first token at which a mention may end that the cue at NUMBER reaches backward. */
static size_t reach_backward(const struct context *c, size_t number)
{
	const struct cue *cue = &c->cues[number];
	const struct rule *rule = rule_of(c, cue);
	size_t from = rule->scope && cue->start > rule->scope ? cue->start - rule->scope : 0;
	for (size_t i = number; i-- > 0 && c->cues[i].end >= from;) {
		if (c->cues[i].end <= cue->start && ends(c, &c->cues[i], rule->effects)) {
			from = c->cues[i].end;
			break;
		}
	}
	for (size_t i = cue->start; rule->comma_ends && i-- > from;) {
		if (is_comma(c, i))
			return i + 1;
	}
	return from;
}

static void set_reach(struct context *c)
{
	for (size_t i = 0; i < c->cue_count; i++) {
		enum direction direction = rule_of(c, &c->cues[i])->direction;
		bool both = direction == DIRECTION_BOTH;
		c->cues[i].forward = both || direction == DIRECTION_FORWARD;
		c->cues[i].backward = both || direction == DIRECTION_BACKWARD;
		c->cues[i].forward_to = (uint16_t)(c->cues[i].forward ? reach_forward(c, i) : 0);
		c->cues[i].backward_from = (uint16_t)(c->cues[i].backward ? reach_backward(c, i) : 0);
	}
}

static void find_cues(struct context *c)
{
	c->tokens[c->token_count] = (struct token){.word = WORD_END, .punctuation = true};
	c->cue_count = rules_find(c->rules, c->tokens, c->token_count + 1, c->cues, SENTENCE_CUES);
	set_reach(c);
}

bool context_covers(const struct context *context, uint32_t end)
{
	return context->token_count > 0 && end <= context->tokens[context->token_count - 1].end;
}

void context_make(struct context *context, const struct rules *rules, struct text text, const struct sentence *sentence,
		  const struct note_mention *about, date note_date)
{
	uint32_t end_at, start = sentence->start;
	struct token heading[HEADING_TOKENS];
	context->rules = rules;
	context->text = text;
	context->sentence = sentence;
	context->section = NULL;
	context->hidden = false;
	context->note_year = note_date == DATE_UNKNOWN ? 0 : date_ymd(note_date).year;
	for (int i = 0; i < 2; i++) {
		context->token_count = tokens_of(&rules->vocabulary, text, start, sentence->end, context->tokens,
						 SENTENCE_TOKENS, &end_at);
		if (context_covers(context, about->end) || about->start < start + SENTENCE_TOKENS / 2)
			break;
		start = about->start - SENTENCE_TOKENS / 2;
	}
	find_cues(context);
	if (sentence->heading_end > sentence->heading) {
		size_t count = tokens_of(&rules->vocabulary, text, sentence->heading, sentence->heading_end, heading,
					 HEADING_TOKENS, &end_at);
		context->section = rules_section(rules, heading, count);
	}
}

/* ---- reach -------------------------------------------------------------------------------------------- */

/* How many tokens lie between a cue and the mention when it reaches it; SIZE_MAX when it does not. */
static size_t reach(const struct judging *j, const struct cue *cue)
{
	if (cue->forward && cue->end <= j->first && j->first <= cue->forward_to)
		return j->first - cue->end;
	if (cue->backward && cue->start >= j->end && j->end >= cue->backward_from)
		return cue->start - j->end;
	return SIZE_MAX;
}

/* Of EFFECTS the one whose cue is nearest; a cue before the mention wins over one as far behind it. */
static const struct cue *nearest(const struct judging *j, uint32_t effects,
				 bool (*fits)(const struct judging *j, const struct cue *cue))
{
	const struct cue *best = NULL;
	size_t least = SIZE_MAX;
	for (size_t i = 0; i < j->c->cue_count; i++) {
		const struct cue *cue = &j->c->cues[i];
		const struct rule *rule = rule_of(j->c, cue);
		size_t distance = rule->effects & effects ? reach(j, cue) : SIZE_MAX;
		if (distance < least && (!fits || fits(j, cue))) {
			least = distance;
			best = cue;
		}
	}
	return best;
}

static bool any(const struct judging *j, enum effect effect)
{
	return nearest(j, EFFECT_BIT(effect), NULL) != NULL;
}

static bool says(const struct judging *j, const struct cue *cue, enum effect effect)
{
	return cue && (rule_of(j->c, cue)->effects & EFFECT_BIT(effect)) != 0;
}

/* ---- is it so ------------------------------------------------------------------------------------------ */

/* "did not deny", "not without": two negations before the mention with nothing between them. */
static bool is_taken_back(const struct judging *j)
{
	const struct cue *last = NULL;
	for (size_t i = 0; i < j->c->cue_count; i++) {
		const struct cue *cue = &j->c->cues[i];
		const struct rule *rule = rule_of(j->c, cue);
		if (!(rule->effects & EFFECT_BIT(EFFECT_NEGATED)) || rule->direction != DIRECTION_FORWARD ||
		    reach(j, cue) == SIZE_MAX)
			continue;
		if (last && cue->start == last->end && cue->start > last->start)
			return true;
		last = cue;
	}
	return false;
}

static void judge_polarity(const struct judging *j, struct note_mention *out)
{
	const struct cue *cue = nearest(j, EFFECT_BIT(EFFECT_NEGATED) | EFFECT_BIT(EFFECT_AFFIRMED), NULL);
	if (says(j, cue, EFFECT_NEGATED) && !is_taken_back(j))
		out->polarity = NOTE_NEGATED;
	else if (!says(j, cue, EFFECT_AFFIRMED) && any(j, EFFECT_POSSIBLE))
		out->polarity = NOTE_POSSIBLE;
}

/* "Any drug use? No." and a question that nobody answered. */
static void judge_question(const struct judging *j, struct note_mention *out)
{
	const struct sentence *sentence = j->c->sentence;
	if (sentence->question && sentence->answer == ANSWER_NO && out->polarity == NOTE_AFFIRMED)
		out->polarity = NOTE_NEGATED;
	bool open = sentence->question && (sentence->answer == ANSWER_NONE || sentence->answer == ANSWER_UNKNOWN);
	if (!open && !any(j, EFFECT_QUESTION))
		return;
	out->question = true;
	out->time = NOTE_HYPOTHETICAL;
	if (out->polarity == NOTE_AFFIRMED)
		out->polarity = NOTE_POSSIBLE;
}

/* ---- when ---------------------------------------------------------------------------------------------- */

/* A year that is the note's own is no past. */
static bool is_not_this_year(const struct judging *j, const struct cue *cue)
{
	return !(cue->year && j->c->note_year && cue->year >= j->c->note_year);
}

static void judge_time(const struct judging *j, struct note_mention *out)
{
	static const uint32_t times = EFFECT_BIT(EFFECT_PAST) | EFFECT_BIT(EFFECT_CURRENT) | EFFECT_BIT(EFFECT_FUTURE) |
				      EFFECT_BIT(EFFECT_RESOLVED);
	const struct cue *cue = nearest(j, times, is_not_this_year);
	if (any(j, EFFECT_HYPOTHETICAL)) {
		out->time = NOTE_HYPOTHETICAL;
	} else if (says(j, cue, EFFECT_FUTURE)) {
		out->time = NOTE_FUTURE;
	} else if (says(j, cue, EFFECT_PAST) || says(j, cue, EFFECT_RESOLVED)) {
		out->time = NOTE_PAST;
		out->year = cue->year;
	} else if (!cue && j->c->section && (j->c->section->effects & EFFECT_BIT(EFFECT_PAST))) {
		out->time = NOTE_PAST;
	}
}

static void judge_trend(const struct judging *j, struct note_mention *out)
{
	const struct cue *cue = nearest(
		j, EFFECT_BIT(EFFECT_WORSENING) | EFFECT_BIT(EFFECT_IMPROVING) | EFFECT_BIT(EFFECT_RESOLVED), NULL);
	if (says(j, cue, EFFECT_WORSENING))
		out->trend = NOTE_WORSENING;
	else if (says(j, cue, EFFECT_IMPROVING))
		out->trend = NOTE_IMPROVING;
	else if (says(j, cue, EFFECT_RESOLVED))
		out->trend = NOTE_RESOLVED;
}

/* ---- whose --------------------------------------------------------------------------------------------- */

static bool is_word(const struct context *c, size_t token, const char *word)
{
	const struct token *t = &c->tokens[token];
	return text_equal_ignoring_case(text_slice(c->text.at + t->start, t->end - t->start), text_of(word));
}

/* "mum was hit": the one who is named before what is done is the one it is done to. */
static bool suffers(const struct judging *j, const struct cue *cue)
{
	static const char *const words[] = {
		"was",       "were",        "been",         "being",     "got",    "of",       "suffered", "suffers",
		"suffering", "experienced", "experiencing", "subjected", "victim", "survivor", "fled",     "fleeing"};
	if (rule_of(j->c, cue)->possessive)
		return true;
	for (size_t i = j->first > 3 ? j->first - 3 : 0; i < j->first; i++) {
		for (size_t w = 0; i >= cue->end && w < sizeof words / sizeof *words; w++) {
			if (is_word(j->c, i, words[w]))
				return true;
		}
	}
	return false;
}

/* Of what is done to somebody, who is named before it does it, and who is named right behind it suffers it, but for
 * "by" and "from" whom it comes. */
static bool may_be_theirs(const struct judging *j, const struct cue *cue)
{
	if (!j->done_to || says(j, cue, EFFECT_SUBJECT) || says(j, cue, EFFECT_OTHER))
		return true;
	if (cue->end <= j->first)
		return suffers(j, cue);
	return cue->start - j->end <= 1 && !is_word(j->c, cue->start, "by") && !is_word(j->c, cue->start, "from");
}

static void judge_whose(const struct judging *j, struct note_mention *out)
{
	static const uint32_t people = EFFECT_BIT(EFFECT_FAMILY) | EFFECT_BIT(EFFECT_PROFESSIONAL) |
				       EFFECT_BIT(EFFECT_OTHER) | EFFECT_BIT(EFFECT_SUBJECT);
	const struct cue *cue = nearest(j, people, may_be_theirs);
	const struct rule *section = j->c->section;
	if (says(j, cue, EFFECT_FAMILY))
		out->whose = NOTE_FAMILY;
	else if (says(j, cue, EFFECT_PROFESSIONAL))
		out->whose = NOTE_PROFESSIONAL;
	else if (says(j, cue, EFFECT_OTHER))
		out->whose = NOTE_OTHER;
	else if (!cue && section && (section->effects & EFFECT_BIT(EFFECT_FAMILY)))
		out->whose = NOTE_FAMILY;
	if (out->whose != NOTE_SUBJECT && cue)
		out->role = j->c->rules->roles[cue->role];
}

/* ---- on whose word --------------------------------------------------------------------------------------- */

static void judge_certainty(const struct judging *j, struct note_mention *out)
{
	static const struct {
		enum effect effect;
		enum note_certainty certainty;
	} words[] = {
		{EFFECT_REPORTED, NOTE_REPORTED}, {EFFECT_DISCLOSED, NOTE_DISCLOSED}, {EFFECT_OBSERVED, NOTE_OBSERVED}};
	uint32_t effects = EFFECT_BIT(EFFECT_REPORTED) | EFFECT_BIT(EFFECT_DISCLOSED) | EFFECT_BIT(EFFECT_OBSERVED);
	const struct cue *cue = nearest(j, effects, NULL);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (says(j, cue, words[i].effect))
			out->certainty = words[i].certainty;
	}
	if (any(j, EFFECT_HEARSAY))
		out->certainty = NOTE_HEARSAY;
	else if (any(j, EFFECT_ALLEGED))
		out->certainty = NOTE_ALLEGED;
	if (out->certainty == NOTE_REPORTED && cue)
		out->speaker = j->c->rules->roles[cue->role];
}

/* ---- all of it ------------------------------------------------------------------------------------------- */

static void find_tokens(struct judging *j, const struct note_mention *mention)
{
	const struct context *c = j->c;
	while (j->first < c->token_count && c->tokens[j->first].end <= mention->start)
		j->first++;
	j->end = j->first;
	while (j->end < c->token_count && c->tokens[j->end].start < mention->end)
		j->end++;
}

/* A phrase of the rules that reaches into the mention has taken words of it: "no acute" of "no acute pain". */
static bool is_reached_into(const struct judging *j)
{
	for (size_t i = 0; i < j->c->cue_count; i++) {
		const struct cue *cue = &j->c->cues[i];
		if (cue->start < j->end && cue->end > j->first && !(cue->start >= j->first && cue->end <= j->end))
			return true;
	}
	return false;
}

/* Cues once more, without the words of the mention. */
static void hide_mention(struct context *c, const struct judging *j)
{
	for (size_t i = j->first; i < j->end; i++)
		c->tokens[i].word = c->tokens[i].class = WORD_UNKNOWN;
	find_cues(c);
	c->hidden = true;
}

static void show_mention(struct context *c)
{
	uint32_t end_at;
	c->token_count = tokens_of(&c->rules->vocabulary, c->text, c->tokens[0].start, c->sentence->end, c->tokens,
				   SENTENCE_TOKENS, &end_at);
	find_cues(c);
	c->hidden = false;
}

void context_judge(struct context *context, struct note_mention *mention, bool done_to)
{
	struct judging j = {.c = context, .done_to = done_to};
	if (context->hidden)
		show_mention(context);
	find_tokens(&j, mention);
	if (is_reached_into(&j))
		hide_mention(context, &j);
	judge_polarity(&j, mention);
	judge_time(&j, mention);
	judge_whose(&j, mention);
	judge_certainty(&j, mention);
	judge_trend(&j, mention);
	judge_question(&j, mention);
}
