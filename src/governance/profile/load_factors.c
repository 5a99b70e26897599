#include "profile/profile_int.h"

#include "profile/factor.h"

/* Factors: one a file in factors/, with its lexicon, its event rules and its examples. */

static const char *const factor_keys[] = {
	"id",       "name",    "definition", "why",    "owner",          "version",   "reviewed",      "review_due",
	"category", "done_to", "phrases",    "events", "does_not_count", "must_fire", "must_not_fire", NULL};
static const char *const phrase_keys[] = {"phrase", "with", "without", "capitals", NULL};
static const char *const event_keys[] = {"kinds", "at_least", "months", "says", NULL};

enum { PHRASES_MOST = 2000, PHRASE_LONGEST = 400, MONTHS_MOST = 240, EVENTS_MOST = 1000 };

/* (a|b) once deep, with something in each bracket. */
static bool is_balanced(struct text phrase)
{
	int depth = 0;
	for (size_t i = 0; i < phrase.len; i++) {
		depth += phrase.at[i] == '(' ? 1 : phrase.at[i] == ')' ? -1 : 0;
		if (depth < 0 || depth > 1 || (phrase.at[i] == '|' && depth == 0))
			return false;
	}
	return depth == 0;
}

static bool is_abbreviation(struct text phrase)
{
	bool letter = false;
	for (size_t i = 0; i < phrase.len; i++) {
		letter = letter || (phrase.at[i] >= 'A' && phrase.at[i] <= 'Z');
		if (phrase.at[i] >= 'a' && phrase.at[i] <= 'z')
			return false;
	}
	return letter;
}

static bool check_phrase(struct reader *r, const struct yaml_node *node, struct text written)
{
	if (text_is_absent(written))
		return false;
	if (written.len == 0 || written.len > PHRASE_LONGEST) {
		problem(r, node, "a phrase has 1 to %d characters", PHRASE_LONGEST);
		remedy(r, "Write the words as they stand in notes.");
		return false;
	}
	if (!is_balanced(written)) {
		problem(r, node, "the brackets of `%s` do not close, or hold brackets", written.at);
		remedy(r, "Write a choice as (one|other), and what may be left out as (word|).");
		return false;
	}
	return true;
}

/* `coercive control`, `DV`, or {phrase: DA, with: [...]}. Capitals alone are an abbreviation. */
static void read_phrase(struct reader *r, const struct yaml_node *node, struct profile_phrase *phrase)
{
	bool mapping = node->kind == YAML_MAPPING;
	phrase->place = place_of(r, node);
	if (mapping && !read_mapping(r, node, "a phrase", phrase_keys))
		return;
	struct text written = mapping ? read_text(r, node, "phrase", true) : scalar_text(r, node, "phrases");
	if (!check_phrase(r, node, written))
		return;
	phrase->written = written;
	phrase->capitals =
		mapping ? read_bool(r, node, "capitals", is_abbreviation(written)) : is_abbreviation(written);
	if (!mapping)
		return;
	phrase->with = read_texts(r, node, "with", false, &phrase->with_count);
	phrase->without = read_texts(r, node, "without", false, &phrase->without_count);
}

static void check_twice(struct reader *r, const struct profile_factor *factor, const struct yaml_node *node,
			struct text_map *seen, const struct profile_phrase *phrase)
{
	bool is_new;
	uint64_t *line = text_map_put(seen, phrase->written, &is_new);
	if (is_new) {
		*line = phrase->place.line;
		return;
	}
	problem(r, node, "the factor `%s` has the phrase `%s` twice", factor->id.at, phrase->written.at);
	remedy(r, "Keep one; the other is in line %u.", (unsigned)*line);
}

static void read_phrases(struct reader *r, const struct yaml_node *node, struct profile_factor *factor)
{
	struct list list = read_list(r, node, "phrases", true);
	struct profile_phrase *phrases = ARENA_ARRAY(r->loader->arena, list.count, struct profile_phrase);
	struct text_map seen;
	text_map_init(&seen);
	if (list.count > PHRASES_MOST) {
		problem(r, node, "a factor may have %d phrases, this has %zu", PHRASES_MOST, list.count);
		remedy(r, "Join forms of a word: drug(s|) misuse.");
		list.count = PHRASES_MOST;
	}
	for (size_t i = 0; i < list.count; i++) {
		struct profile_phrase *phrase = &phrases[factor->phrase_count];
		read_phrase(r, list.at[i], phrase);
		if (text_is_absent(phrase->written))
			continue;
		check_twice(r, factor, list.at[i], &seen, phrase);
		factor->phrase_count++;
	}
	text_map_release(&seen);
	factor->phrases = phrases;
}

static int read_count(struct reader *r, const struct yaml_node *node, const char *key, int most, int otherwise)
{
	double value = read_number(r, node, key, otherwise);
	if (value >= 1 && value <= most && value == (int)value)
		return (int)value;
	problem(r, yaml_get(node, key), "`%s` is a whole number from 1 to %d", key, most);
	remedy(r, "Write digits alone.");
	return otherwise;
}

static void check_kind(struct reader *r, const struct yaml_node *node, struct text kind)
{
	const struct profile_event *events = r->loader->things[KIND_EVENT];
	size_t count = r->loader->entry_count[KIND_EVENT];
	for (size_t i = 0; i < count; i++) {
		if (text_equal(events[i].kind, kind))
			return;
	}
	struct text *kinds = ARENA_ARRAY(r->loader->arena, count, struct text);
	for (size_t i = 0; i < count; i++)
		kinds[i] = text_is_absent(events[i].kind) ? TEXT("") : events[i].kind;
	problem(r, node, "no event is of the kind `%s`", kind.at);
	remedy_nearest(r, kind, kinds, count, "Write the `kind` of an event in events.yaml.");
}

static void read_event_rule(struct reader *r, const struct yaml_node *node, struct profile_event_rule *rule)
{
	if (!read_mapping(r, node, "an event rule", event_keys))
		return;
	rule->place = place_of(r, node);
	rule->kinds = read_texts(r, node, "kinds", true, &rule->kind_count);
	for (size_t i = 0; i < rule->kind_count; i++)
		check_kind(r, node, rule->kinds[i]);
	rule->at_least = read_count(r, node, "at_least", EVENTS_MOST, 1);
	rule->months = read_count(r, node, "months", MONTHS_MOST, 12);
	rule->says = read_text(r, node, "says", true);
}

static void read_event_rules(struct reader *r, const struct yaml_node *node, struct profile_factor *factor)
{
	struct list list = read_list(r, node, "events", false);
	struct profile_event_rule *rules = ARENA_ARRAY(r->loader->arena, list.count, struct profile_event_rule);
	for (size_t i = 0; i < list.count; i++)
		read_event_rule(r, list.at[i], &rules[i]);
	factor->events = rules;
	factor->event_count = list.count;
}

static void read_examples(struct reader *r, const struct yaml_node *node, struct profile_factor *factor)
{
	static const char *const keys[] = {"must_fire", "must_not_fire"};
	struct list lists[2] = {read_list(r, node, keys[0], true), read_list(r, node, keys[1], true)};
	struct profile_example *examples =
		ARENA_ARRAY(r->loader->arena, lists[0].count + lists[1].count, struct profile_example);
	for (int k = 0; k < 2; k++) {
		for (size_t i = 0; i < lists[k].count; i++) {
			struct text sentence = scalar_text(r, lists[k].at[i], keys[k]);
			if (!text_is_absent(sentence))
				examples[factor->example_count++] =
					(struct profile_example){sentence, k == 0, place_of(r, lists[k].at[i])};
		}
	}
	factor->examples = examples;
}

static void fill_factor(struct reader *r, const struct yaml_node *node, struct profile_factor *factor)
{
	if (!read_mapping(r, node, "a factor", factor_keys))
		return;
	factor->name = read_text(r, node, "name", true);
	factor->definition = read_text(r, node, "definition", true);
	factor->why = read_text(r, node, "why", true);
	factor->owner = read_text(r, node, "owner", true);
	factor->version = read_text(r, node, "version", true);
	factor->reviewed = read_date(r, node, "reviewed", true);
	factor->review_due = read_date(r, node, "review_due", true);
	factor->category =
		(enum factor_category)read_enum(r, node, "category", factor_category_names, true, FACTOR_RISK);
	factor->done_to = read_bool(r, node, "done_to", false);
	factor->not_counted = read_texts(r, node, "does_not_count", true, &factor->not_counted_count);
	read_phrases(r, node, factor);
	read_event_rules(r, node, factor);
	read_examples(r, node, factor);
}

void fill_factors(struct loader *loader)
{
	struct profile_factor *factors = loader->things[KIND_FACTOR];
	for (size_t i = 0; i < loader->entry_count[KIND_FACTOR]; i++) {
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_FACTOR, i, &node);
		fill_factor(&r, node, &factors[i]);
	}
}
