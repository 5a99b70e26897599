#include "profile/profile_int.h"

enum { COMPARISONS_MAX = 16 };

/* ---- parsing ------------------------------------------------------------------------------ */

struct scanner {
	struct reader *r;
	const struct yaml_node *node;
	struct text rest;
	const struct profile_feed *const *feeds;
	size_t feed_count;
};

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
	       c == '-' || c == '+';
}

static bool is_operator_char(char c)
{
	return c == '=' || c == '!' || c == '<' || c == '>';
}

static struct text take(struct text *rest, size_t len)
{
	struct text taken = text_slice(rest->at, len);
	*rest = text_slice(rest->at + len, rest->len - len);
	return taken;
}

/* A word, an compare, or text in quotes (*QUOTED, without them). Absent at the end or on rubbish. */
static struct text next_token(struct text *rest, bool *quoted)
{
	*rest = text_trim(*rest);
	*quoted = false;
	if (rest->len == 0)
		return TEXT_ABSENT;
	char first = rest->at[0];
	size_t len = 0;
	if (first == '\'' || first == '"') {
		struct text behind = text_slice(rest->at + 1, rest->len - 1);
		len = text_find_char(behind, first);
		if (len == behind.len)
			return TEXT_ABSENT;
		*quoted = true;
		take(rest, len + 2);
		return text_slice(behind.at, len);
	}
	bool (*belongs)(char) = is_operator_char(first) ? is_operator_char : is_word_char;
	while (len < rest->len && belongs(rest->at[len]))
		len++;
	return len ? take(rest, len) : TEXT_ABSENT;
}

bool operator_parse(struct text token, enum condition_operator *out)
{
	static const char *const names[] = {"=", "!=", "<", "<=", ">", ">=", NULL};
	int at;
	if (!name_parse(names, token, &at))
		return false;
	*out = (enum condition_operator)at;
	return true;
}

static const struct profile_element *find_element(struct scanner *s, struct text id)
{
	const struct text_map *ids = &s->r->loader->profile->inside->ids[KIND_ELEMENT];
	const uint64_t *number = text_map_get(ids, id);
	return number ? (const struct profile_element *)s->r->loader->things[KIND_ELEMENT] + *number : NULL;
}

static bool element_in_feeds(struct scanner *s, const struct profile_element *element)
{
	for (size_t i = 0; i < s->feed_count; i++) {
		if (feed_column(s->feeds[i], element))
			return true;
	}
	if (s->feed_count == 0)
		return true;
	problem(s->r, s->node, "the feed `%s` has no column for the element `%s`", s->feeds[0]->id.at, element->id.at);
	remedy(s->r, "A condition may only name elements of the feed's columns.");
	return false;
}

static bool unknown_word(struct scanner *s, struct text word)
{
	const struct text_map *ids = &s->r->loader->profile->inside->ids[KIND_ELEMENT];
	problem(s->r, s->node, "`%.*s` in the condition is not a registered element", TEXT_ARG(word));
	remedy_nearest(s->r, word, ids->keys, ids->count, "Register the element; text needs quotes: status = 'open'.");
	return false;
}

static bool not_understood(struct scanner *s)
{
	problem(s->r, s->node, "the condition is not understood near `%.*s`", TEXT_ARG(s->rest));
	remedy(s->r, "Write comparisons joined by `and` or by `or`: "
		     "`end >= start`, `status = 'open'`, `amount > 100`, `end is absent`, `start <= today`.");
	return false;
}

static bool parse_right(struct scanner *s, struct profile_comparison *c)
{
	bool quoted;
	struct text token = next_token(&s->rest, &quoted);
	if (text_is_absent(token))
		return not_understood(s);
	c->text = arena_text(s->r->loader->arena, token);
	if (quoted) {
		c->right = RIGHT_TEXT;
		if (c->compare != CONDITION_EQUAL && c->compare != CONDITION_NOT_EQUAL) {
			problem(s->r, s->node, "text can only be equal or not equal");
			remedy(s->r, "Use = or != with '%s'.", c->text.at);
			return false;
		}
	} else if (text_is(token, "today")) {
		c->right = RIGHT_TODAY;
	} else if (text_is(token, "as_at")) {
		c->right = RIGHT_AS_AT;
	} else if (date_parse_iso(token, &c->date)) {
		c->right = RIGHT_DATE;
	} else if (text_parse_double(token, &c->number)) {
		c->right = RIGHT_NUMBER;
	} else {
		c->right = RIGHT_ELEMENT;
		c->element = find_element(s, token);
		return c->element ? element_in_feeds(s, c->element) : unknown_word(s, token);
	}
	return true;
}

static bool parse_comparison(struct scanner *s, struct profile_comparison *c)
{
	bool quoted;
	struct text left = next_token(&s->rest, &quoted);
	if (text_is_absent(left) || quoted)
		return not_understood(s);
	struct text compare = next_token(&s->rest, &quoted);
	c->left = find_element(s, left);
	if (!c->left)
		return unknown_word(s, left);
	if (!element_in_feeds(s, c->left))
		return false;
	if (text_is(compare, "is")) {
		struct text state = next_token(&s->rest, &quoted);
		c->compare = text_is(state, "present") ? CONDITION_PRESENT : CONDITION_ABSENT;
		return text_is(state, "present") || text_is(state, "absent") ? true : not_understood(s);
	}
	if (quoted || !operator_parse(compare, &c->compare))
		return not_understood(s);
	return parse_right(s, c);
}

bool condition_parse(struct reader *r, const struct yaml_node *node, struct text written,
		     const struct profile_feed *const *feeds, size_t feed_count, struct profile_condition *out)
{
	struct scanner s = {r, node, written, feeds, feed_count};
	struct profile_comparison found[COMPARISONS_MAX] = {0};
	size_t count = 0;
	bool any = false, all = false;
	for (;;) {
		if (count == COMPARISONS_MAX || !parse_comparison(&s, &found[count]))
			return count == COMPARISONS_MAX ? not_understood(&s) : false;
		count++;
		bool quoted;
		struct text joiner = next_token(&s.rest, &quoted);
		if (text_is_absent(joiner) && s.rest.len == 0)
			break;
		any |= text_is(joiner, "or");
		all |= text_is(joiner, "and");
		if (quoted || (!text_is(joiner, "or") && !text_is(joiner, "and")))
			return not_understood(&s);
	}
	if (any && all) {
		problem(r, node, "the condition mixes `and` with `or`");
		remedy(r, "Join all comparisons by `and`, or all by `or`; write two rules if both are needed.");
		return false;
	}
	struct profile_comparison *kept = ARENA_ARRAY(r->loader->arena, count, struct profile_comparison);
	memcpy(kept, found, count * sizeof *kept);
	*out = (struct profile_condition){written, kept, count, any};
	return true;
}

/* ---- asking ------------------------------------------------------------------------------- */

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_MISSING };

static enum truth by_order(enum condition_operator compare, int order)
{
	switch (compare) {
	case CONDITION_EQUAL:
		return order == 0;
	case CONDITION_NOT_EQUAL:
		return order != 0;
	case CONDITION_LESS:
		return order < 0;
	case CONDITION_LESS_EQUAL:
		return order <= 0;
	case CONDITION_GREATER:
		return order > 0;
	default:
		return order >= 0;
	}
}

static enum truth compare_numbers(enum condition_operator compare, double a, double b)
{
	return by_order(compare, a < b ? -1 : a > b);
}

static enum truth compare_with_date(const struct profile_comparison *c, struct text left, date right)
{
	date d;
	/* a datetime begins with its date */
	if (right == DATE_UNKNOWN || !date_parse(left, "YYYY-MM-DD", 0, &d))
		return TRUTH_MISSING;
	return by_order(c->compare, d < right ? -1 : d > right);
}

static enum truth compare_elements(enum condition_operator compare, struct text a, struct text b)
{
	date da, db;
	double na, nb;
	if (date_parse_iso(a, &da) && date_parse_iso(b, &db))
		return by_order(compare, da < db ? -1 : da > db);
	if (text_parse_double(a, &na) && text_parse_double(b, &nb))
		return compare_numbers(compare, na, nb);
	return by_order(compare, text_compare(a, b)); /* datetimes sort as text */
}

static enum truth ask_one(const struct profile_comparison *c, const struct condition_values *values)
{
	struct text left = values->value(values->context, c->left);
	bool there = !text_is_empty(left);
	if (c->compare == CONDITION_PRESENT || c->compare == CONDITION_ABSENT)
		return there == (c->compare == CONDITION_PRESENT);
	if (!there)
		return TRUTH_MISSING;
	double number;
	struct text right;
	switch (c->right) {
	case RIGHT_TEXT:
		return by_order(c->compare, text_compare(left, c->text));
	case RIGHT_NUMBER:
		return text_parse_double(left, &number) ? compare_numbers(c->compare, number, c->number)
							: TRUTH_MISSING;
	case RIGHT_DATE:
		return compare_with_date(c, left, c->date);
	case RIGHT_TODAY:
		return compare_with_date(c, left, values->today);
	case RIGHT_AS_AT:
		return compare_with_date(c, left, values->as_at);
	default:
		right = values->value(values->context, c->element);
		return text_is_empty(right) ? TRUTH_MISSING : compare_elements(c->compare, left, right);
	}
}

static bool ask(const struct profile_condition *condition, const struct condition_values *values, bool if_missing)
{
	if (condition->count == 0)
		return true;
	for (size_t i = 0; i < condition->count; i++) {
		enum truth truth = ask_one(&condition->comparisons[i], values);
		bool yes = truth == TRUTH_MISSING ? if_missing : truth == TRUTH_YES;
		if (yes == condition->any)
			return yes;
	}
	return !condition->any;
}

bool condition_holds(const struct profile_condition *condition, const struct condition_values *values)
{
	return ask(condition, values, false);
}

bool condition_kept(const struct profile_condition *condition, const struct condition_values *values)
{
	return ask(condition, values, true);
}
