/* Reads a file of context rules: sets of words, and rules with their phrases; docs/formats/profile.md has the keys. */
#include "notes/reader_int.h"

#include "base/memory.h"

enum { FRONT_MOST = 64, SET_DEPTH = 4 };

static const char *const effect_names[EFFECT_COUNT] = {
	"negated", "possible",     "affirmed",  "past",      "current",  "future",    "hypothetical",
	"family",  "professional", "other",     "subject",   "observed", "disclosed", "reported",
	"alleged", "hearsay",      "worsening", "improving", "resolved", "question"};
static const char *const direction_names[] = {"forward", "backward", "both", "terminate", "pseudo", "section"};

struct reading {
	struct rules *rules;
	const char *file;
	const struct yaml_node *sets;
	struct error *error;
	const struct yaml_node *node; /* being read */
	uint32_t rule;
	enum status status;
};

static enum status wrong(struct reading *r, const struct yaml_node *node, const char *message, struct text what,
			 const char *remedy)
{
	r->status = error_set(r->error, STATUS_INVALID, "notes.rules", message, TEXT_ARG(what));
	error_remedy(r->error, "%s", remedy);
	error_at(r->error, r->file, node->line, node->column);
	return r->status;
}

static int find_name(const char *const *names, size_t count, struct text written)
{
	for (size_t i = 0; i < count; i++) {
		if (text_is(written, names[i]))
			return (int)i;
	}
	return -1;
}

/* ---- phrases ------------------------------------------------------------------------------------------ */

/* Nodes at which a phrase stands so far: more than one where something may be left out. */
struct front {
	uint32_t nodes[FRONT_MOST];
	size_t count;
};

struct phrase_reading {
	struct reading *r;
	uint32_t role;     /* this one of the first set's roles, 0: whichever */
	bool used;         /* that set is behind */
	struct text taken; /* the name of ROLE */
	unsigned depth;
};

static enum status read_sequence(struct phrase_reading *p, struct text written, struct front *front);

static bool front_add(struct front *front, uint32_t node)
{
	for (size_t i = 0; i < front->count; i++) {
		if (front->nodes[i] == node)
			return true;
	}
	if (front->count == FRONT_MOST)
		return false;
	front->nodes[front->count++] = node;
	return true;
}

static void step(struct rules *rules, struct front *front, struct text word)
{
	uint32_t number = rules_word(rules, word), to = rules_node(rules);
	for (size_t i = 0; i < front->count; i++)
		rules_edge(rules, front->nodes[i], number, to);
	front->nodes[0] = to;
	front->count = 1;
}

static enum status read_words(struct phrase_reading *p, struct text words, struct front *front)
{
	struct token token;
	char word[WORD_LONGEST];
	size_t at = 0, len;
	while (token_next(words, &at, &token, word, &len))
		step(p->r->rules, front, text_slice(word, len));
	return STATUS_OK;
}

/* Another way from BEFORE on, whose end is one of AFTER. */
static enum status read_option(struct phrase_reading *p, struct text option, const struct front *before,
			       struct front *after)
{
	struct front way = *before;
	enum status status = read_sequence(p, option, &way);
	for (size_t i = 0; i < way.count && status == STATUS_OK; i++) {
		if (!front_add(after, way.nodes[i]))
			status = wrong(p->r, p->r->node, "the phrase `%.*s` has too many choices", p->r->node->text,
				       "Write it as several phrases.");
	}
	return status;
}

/* Ways that end apart meet in one node, so that the graph stays as small as what is written. */
static void join(struct rules *rules, size_t first_edge, const struct front *before, struct front *after)
{
	uint32_t meet = rules_node(rules);
	struct front joined = {{meet}, 1};
	for (size_t i = 0; i < after->count; i++) {
		bool skips = false;
		for (size_t b = 0; b < before->count; b++)
			skips = skips || before->nodes[b] == after->nodes[i];
		if (skips && front_add(&joined, after->nodes[i]))
			continue;
		for (size_t e = first_edge; e < rules->edge_count; e++) {
			if (rules->edges[e].to == after->nodes[i])
				rules->edges[e].to = meet;
		}
	}
	*after = joined;
}

static enum status read_choice(struct phrase_reading *p, struct text options, struct front *front)
{
	struct front after = {.count = 0};
	size_t first_edge = p->r->rules->edge_count;
	struct text option;
	bool nothing_last = options.len == 0 || options.at[options.len - 1] == '|';
	enum status status = STATUS_OK;
	while (status == STATUS_OK && text_split(&options, '|', &option)) {
		status = read_option(p, option, front, &after);
		if (after.count == FRONT_MOST)
			join(p->r->rules, first_edge, front, &after);
	}
	if (status == STATUS_OK && nothing_last)
		status = read_option(p, TEXT(""), front, &after);
	if (after.count > 1)
		join(p->r->rules, first_edge, front, &after);
	*front = after;
	return status;
}

/* ---- sets --------------------------------------------------------------------------------------------- */

static const struct yaml_node *find_set(struct phrase_reading *p, struct text name)
{
	char key[64];
	snprintf(key, sizeof key, "%.*s", TEXT_ARG(name));
	const struct yaml_node *set = yaml_get(p->r->sets, key);
	if (set && set->kind != YAML_SCALAR)
		return set;
	wrong(p->r, p->r->node, "there is no set `%.*s`", name, "Define it under `sets:`, or correct the name.");
	return NULL;
}

static enum status read_items(struct phrase_reading *p, const struct yaml_node *list, const struct front *before,
			      struct front *after, size_t first_edge)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < list->count && status == STATUS_OK; i++) {
		status = read_option(p, list->items[i]->text, before, after);
		if (after->count == FRONT_MOST)
			join(p->r->rules, first_edge, before, after);
	}
	return status;
}

/* A set is a list of words, or of lists of words under the name that flags give them: {mother: [mum, mam]}. */
static enum status read_set(struct phrase_reading *p, struct text name, struct front *front)
{
	struct front after = {.count = 0};
	size_t first_edge = p->r->rules->edge_count;
	const struct yaml_node *set = find_set(p, name);
	enum status status = set ? STATUS_OK : p->r->status;
	if (++p->depth > SET_DEPTH)
		status = wrong(p->r, p->r->node, "the set `%.*s` is made of itself", name, "Write its words.");
	if (status == STATUS_OK && set->kind == YAML_SEQUENCE)
		status = read_items(p, set, front, &after, first_edge);
	bool whichever = !p->role || p->used;
	p->used = p->used || (set && set->kind == YAML_MAPPING);
	for (size_t i = 0; status == STATUS_OK && set->kind == YAML_MAPPING && i < set->count; i++) {
		if (whichever || text_equal(set->keys[i], p->taken))
			status = read_items(p, set->items[i], front, &after, first_edge);
	}
	p->depth--;
	if (after.count > 1)
		join(p->r->rules, first_edge, front, &after);
	if (status == STATUS_OK)
		*front = after;
	return status;
}

static bool is_class(struct text name)
{
	return text_is(name, "number") || text_is(name, "year") || text_is(name, "name") || text_is(name, "end");
}

static enum status read_sequence(struct phrase_reading *p, struct text written, struct front *front)
{
	enum status status = STATUS_OK;
	while (status == STATUS_OK && written.len > 0) {
		size_t mark = 0, close;
		while (mark < written.len && written.at[mark] != '(' && written.at[mark] != '<')
			mark++;
		bool choice = mark < written.len && written.at[mark] == '(';
		struct text rest = text_slice(written.at + mark, written.len - mark);
		close = text_find_char(rest, choice ? ')' : '>');
		/* a bracket that does not close, or holds no choice, is the mark itself */
		struct text inside = close < rest.len ? text_slice(rest.at + 1, close - 1) : TEXT_ABSENT;
		bool plain = text_is_absent(inside) || (choice && text_find_char(inside, '|') == inside.len);
		size_t words = mark == written.len ? mark : plain ? mark + 1 : mark;
		status = read_words(p, text_slice(written.at, words), front);
		if (status == STATUS_OK && words == mark && mark < written.len) {
			if (choice)
				status = read_choice(p, inside, front);
			else if (is_class(inside))
				step(p->r->rules, front, text_slice(rest.at, close + 1));
			else
				status = read_set(p, inside, front);
			words = mark + close + 1;
		}
		written = text_slice(written.at + words, written.len - words);
	}
	return status;
}

/* ---- a phrase, once for each role that it may name ------------------------------------------------------ */

static uint32_t number_role(struct rules *rules, struct text role)
{
	for (size_t i = 1; i < rules->role_count; i++) {
		if (text_equal(rules->roles[i], role))
			return (uint32_t)i;
	}
	ARRAY_GROW(rules->roles, rules->role_count, rules->role_capacity);
	rules->roles[rules->role_count] = arena_text(&rules->arena, role);
	return (uint32_t)rules->role_count++;
}

/* The first set of PHRASE that names roles; NULL when none does. */
static const struct yaml_node *roles_of(struct reading *r, struct text phrase)
{
	for (size_t i = 0; i < phrase.len; i++) {
		char name[64];
		size_t len = phrase.at[i] == '<' ? text_find_char(text_slice(phrase.at + i, phrase.len - i), '>') : 0;
		if (len < 2 || i + len >= phrase.len)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)len - 1, phrase.at + i + 1);
		const struct yaml_node *set = yaml_get(r->sets, name);
		if (set && set->kind == YAML_MAPPING)
			return set;
	}
	return NULL;
}

static enum status read_phrase_as(struct reading *r, struct text phrase, struct text role)
{
	struct phrase_reading p = {.r = r, .taken = role};
	struct front front = {{0}, 1};
	p.role = text_is_absent(role) ? 0 : number_role(r->rules, role);
	enum status status = read_sequence(&p, phrase, &front);
	for (size_t i = 0; i < front.count && status == STATUS_OK; i++) {
		if (front.nodes[i] == 0)
			return wrong(r, r->node, "the phrase `%.*s` may be nothing at all", phrase,
				     "Leave at least one word outside of what may be left out.");
		rules_end(r->rules, front.nodes[i], r->rule, p.role);
	}
	r->rules->phrase_count++;
	return status;
}

static enum status read_phrase(struct reading *r, struct text phrase)
{
	static const uint32_t naming = EFFECT_BIT(EFFECT_FAMILY) | EFFECT_BIT(EFFECT_PROFESSIONAL) |
				       EFFECT_BIT(EFFECT_OTHER) | EFFECT_BIT(EFFECT_REPORTED);
	bool names = (r->rules->rules[r->rule].effects & naming) != 0 &&
		     r->rules->rules[r->rule].direction <= DIRECTION_BOTH;
	const struct yaml_node *roles = names ? roles_of(r, phrase) : NULL;
	enum status status = STATUS_OK;
	if (!roles)
		return read_phrase_as(r, phrase, TEXT_ABSENT);
	for (size_t i = 0; i < roles->count && status == STATUS_OK; i++)
		status = read_phrase_as(r, phrase, roles->keys[i]);
	return status;
}

/* ---- rules -------------------------------------------------------------------------------------------- */

static enum status read_effects(struct reading *r, const struct yaml_node *node, uint32_t *out)
{
	const struct yaml_node *one[1] = {node};
	const struct yaml_node *const *items = node->kind == YAML_SEQUENCE ? (const void *)node->items : one;
	size_t count = node->kind == YAML_SEQUENCE ? node->count : 1;
	for (size_t i = 0; i < count; i++) {
		int effect = find_name(effect_names, EFFECT_COUNT, items[i]->text);
		if (text_is(items[i]->text, "all"))
			*out = EFFECT_BIT(EFFECT_COUNT) - 1;
		else if (effect < 0)
			return wrong(r, items[i], "`%.*s` is nothing that a rule can say", items[i]->text,
				     "See docs/formats/profile.md: negated, possible, past, family ...");
		else
			*out |= EFFECT_BIT(effect);
	}
	return STATUS_OK;
}

static enum status check_keys(struct reading *r, const struct yaml_node *node)
{
	static const char *const keys[] = {"as", "direction", "scope", "comma_ends", "possessive", "phrases", "why"};
	if (node->kind != YAML_MAPPING)
		return wrong(r, node, "a rule must be written as keys and values%.*s", TEXT(""),
			     "Write `- {as: negated, direction: forward, phrases: [no, denies]}`.");
	for (size_t i = 0; i < node->count; i++) {
		if (find_name(keys, sizeof keys / sizeof *keys, node->keys[i]) < 0)
			return wrong(r, node->key_nodes[i], "a rule has no key `%.*s`", node->keys[i],
				     "Keys are as, direction, scope, comma_ends, possessive, phrases, why.");
	}
	return STATUS_OK;
}

static bool is_true(const struct yaml_node *node)
{
	return node && text_is(node->text, "true");
}

static enum status read_head(struct reading *r, const struct yaml_node *node, struct rule *rule)
{
	const struct yaml_node *as = yaml_get(node, "as"), *direction = yaml_get(node, "direction"),
			       *scope = yaml_get(node, "scope");
	if (!direction)
		return wrong(r, node, "the rule has no `direction`%.*s", TEXT(""),
			     "Write forward, backward, both, terminate, pseudo or section.");
	int found = find_name(direction_names, sizeof direction_names / sizeof *direction_names, direction->text);
	if (found < 0)
		return wrong(r, direction, "`direction: %.*s` is not known", direction->text,
			     "Write forward, backward, both, terminate, pseudo or section.");
	rule->direction = (enum direction)found;
	if (!as && rule->direction != DIRECTION_PSEUDO)
		return wrong(r, node, "the rule has no `as`%.*s", TEXT(""), "Say what it makes of a mention.");
	int64_t tokens = 0;
	if (scope && (!text_parse_int64(scope->text, &tokens) || tokens < 1 || tokens > SENTENCE_TOKENS))
		return wrong(r, scope, "`scope: %.*s` is no number of words", scope->text, "Write 1 to 400.");
	rule->scope = (uint32_t)tokens;
	rule->comma_ends = is_true(yaml_get(node, "comma_ends"));
	rule->possessive = is_true(yaml_get(node, "possessive"));
	return as ? read_effects(r, as, &rule->effects) : STATUS_OK;
}

static enum status read_rule(struct reading *r, const struct yaml_node *node)
{
	struct rule rule = {0};
	struct rules *rules = r->rules;
	enum status status = check_keys(r, node);
	if (status == STATUS_OK)
		status = read_head(r, node, &rule);
	if (status != STATUS_OK)
		return status;
	const struct yaml_node *phrases = yaml_get(node, "phrases");
	if (!phrases || phrases->kind != YAML_SEQUENCE)
		return wrong(r, node, "the rule has no list `phrases`%.*s", TEXT(""), "Write `phrases: [no, denies]`.");
	ARRAY_GROW(rules->rules, rules->rule_count, rules->rule_capacity);
	r->rule = (uint32_t)rules->rule_count;
	rules->rules[rules->rule_count++] = rule;
	for (size_t i = 0; i < phrases->count && status == STATUS_OK; i++) {
		r->node = phrases->items[i];
		if (r->node->kind != YAML_SCALAR || text_is_empty(r->node->text))
			return wrong(r, r->node, "a phrase is words%.*s", TEXT(""), "Put it in quotes.");
		status = read_phrase(r, r->node->text);
	}
	return status;
}

enum status rules_read(struct rules *out, const char *path, struct error *error)
{
	struct arena arena;
	struct yaml_node *root;
	arena_init(&arena, 128 << 20);
	enum status status = yaml_read(&root, &arena, path, path, error);
	struct reading r = {.rules = out, .file = path, .error = error};
	const struct yaml_node *rules = status == STATUS_OK ? yaml_get(root, "rules") : NULL;
	if (status == STATUS_OK && (!rules || rules->kind != YAML_SEQUENCE))
		status = wrong(&r, root, "the file has no list `rules`%.*s", TEXT(""),
			       "Write `rules:` with one rule behind each dash.");
	r.sets = status == STATUS_OK ? yaml_get(root, "sets") : NULL;
	for (size_t i = 0; status == STATUS_OK && i < rules->count; i++)
		status = read_rule(&r, rules->items[i]);
	rules_finish(out);
	arena_release(&arena);
	return status;
}
