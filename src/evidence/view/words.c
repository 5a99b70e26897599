#include "view/view_int.h"

/* "2024-03-09T14:30..." keeps its hour and minute when it has them. */
static struct text date_words(struct text value, struct arena *arena)
{
	date d;
	char words[DATE_TEXT_SIZE + 8];
	if (!date_parse(value, "YYYY-MM-DD", 0, &d))
		return value;
	date_format_long(d, words);
	if (value.len >= 16 && memcmp(value.at + 11, "00:00", 5) != 0)
		return arena_format(arena, "%s, %.5s", words, value.at + 11);
	return arena_format(arena, "%s", words);
}

static struct text money_words(struct text value, struct arena *arena)
{
	double pounds;
	char digits[48], grouped[64];
	if (!text_parse_double(value, &pounds) || pounds > 1e12 || pounds < -1e12)
		return value;
	snprintf(digits, sizeof digits, "%.2f", pounds < 0 ? -pounds : pounds);
	size_t whole = strlen(digits) - 3, to = 0;
	for (size_t i = 0; digits[i]; i++) {
		if (i && i < whole && (whole - i) % 3 == 0)
			grouped[to++] = ',';
		grouped[to++] = digits[i];
	}
	grouped[to] = '\0';
	return arena_format(arena, "%s\xc2\xa3%s", pounds < 0 ? "-" : "", grouped);
}

static struct text code_words(struct text value, struct arena *arena)
{
	if (value.len == 0 || value.at[0] < 'a' || value.at[0] > 'z')
		return value;
	char *words = arena_copy(arena, value);
	words[0] = (char)(words[0] - 'a' + 'A');
	return text_slice(words, value.len);
}

struct text view_words(struct text value, enum column_type type, struct arena *arena)
{
	if (text_is_empty(value))
		return value;
	switch (type) {
	case COLUMN_DATE:
	case COLUMN_DATETIME:
		return date_words(value, arena);
	case COLUMN_MONEY:
		return money_words(value, arena);
	case COLUMN_BOOLEAN:
		return text_is(value, "true") ? TEXT("Yes") : text_is(value, "false") ? TEXT("No") : value;
	case COLUMN_CODE:
		return code_words(value, arena);
	default:
		return value;
	}
}

struct text view_household_why(const struct disclosed_member *member, struct arena *arena)
{
	static const struct {
		const char *code, *words;
	} known[] = {{"only_resident", "only person at the address"},
		     {"same_address", "same address"},
		     {"same_family_name", "same address and family name"},
		     {"related", "same address, and said to be related to somebody there"},
		     {"same_family_name_at_shared_address", "same family name at an address that several households "
							    "share"},
		     {"moved_together_to_shared_address",
		      "came there together, as far as dates and earlier addresses tell; several households share the "
		      "address"},
		     {"related_at_shared_address", "said to be related, at an address that several households share"},
		     {"alone_at_shared_address", "alone, at an address that several households share"},
		     {"second_home", "a second home, with family there"},
		     {"ruled_together", "somebody who looked into it said that they live together"},
		     {"ruled_apart", "somebody who looked into it said that they do not live with the others here"}};
	struct text words = TEXT("no reason was kept"); /* a code without words is not for pages */
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (text_is(member->why, known[i].code))
			words = text_of(known[i].words);
	}
	if (member->sources < 1)
		return words;
	return arena_format(arena, "%.*s%s in %d %s", TEXT_ARG(words), text_is(member->why, "same_address") ? "" : ",",
			    member->sources, member->sources == 1 ? "source" : "sources");
}

struct text why_withheld(const struct viewing *v, enum policy_rule rule, const struct profile_agreement *agreement)
{
	const char *sentence = policy_rule_text(rule);
	if (!agreement)
		return text_of(sentence);
	if (rule == POLICY_RULE_AGREEMENT_ENDED && agreement->to != DATE_UNKNOWN) {
		char words[DATE_TEXT_SIZE + 8];
		return arena_format(v->arena, "%s (%s, until %s)", sentence, agreement->title.at,
				    date_format_long(agreement->to, words));
	}
	return arena_format(v->arena, "%s (%s)", sentence, agreement->title.at);
}

/* ---- rows ------------------------------------------------------------------------------------------- */

const struct disclosed_value *row_value(const struct disclosed_row *row, const struct profile_element *element)
{
	for (size_t i = 0; element && i < row->value_count; i++) {
		if (row->values[i].element == element)
			return &row->values[i];
	}
	return NULL;
}

struct text row_text(const struct disclosed_row *row, const struct profile_element *element)
{
	const struct disclosed_value *value = row_value(row, element);
	return value ? value->value : TEXT_ABSENT;
}

static struct text asked_value(const void *context, const struct profile_element *element)
{
	return row_text(context, element);
}

static bool is_withheld(const struct disclosed_row *row, const struct profile_element *element)
{
	const struct disclosed_value *value = row_value(row, element);
	return value && value->withheld;
}

bool row_holds(const struct viewing *v, const struct disclosed_row *row, const struct profile_condition *condition)
{
	for (size_t i = 0; i < condition->count; i++) {
		const struct profile_comparison *c = &condition->comparisons[i];
		if (is_withheld(row, c->left) || (c->right == RIGHT_ELEMENT && is_withheld(row, c->element)))
			return false; /* "there is no end date" must not be concluded from one that is withheld */
	}
	struct condition_values values = {asked_value, row, v->today, row->origin.as_at};
	return condition_holds(condition, &values);
}

bool row_is_new(const struct viewing *v, const struct disclosed_row *row)
{
	return v->seen != INSTANT_UNKNOWN && row->origin.received != INSTANT_UNKNOWN && row->origin.received > v->seen;
}

bool row_is_current(const struct viewing *v, const struct disclosed_row *row)
{
	return !row->ended && (row->valid_to == DATE_UNKNOWN || row->valid_to >= v->today);
}

struct view_value make_value(const struct viewing *v, const struct disclosed_row *row,
			     const struct profile_element *element)
{
	const struct disclosed_value *value = row_value(row, element);
	if (!value)
		return (struct view_value){.element = NULL};
	const struct profile_column *column = feed_column(row->origin.feed, element);
	enum column_type type = column ? column->type : COLUMN_TEXT;
	return (struct view_value){.element = element,
				   .type = type,
				   .value = value->value,
				   .shown = view_words(value->value, type, v->arena),
				   .withheld = value->withheld,
				   .why = value->withheld ? why_withheld(v, value->rule, value->agreement)
							  : TEXT_ABSENT,
				   .origin = &row->origin,
				   .agreement = value->agreement,
				   .clause = value->cover ? value->cover->clause : TEXT_ABSENT,
				   .is_new = row_is_new(v, row)};
}

static bool next_letter(struct text t, size_t *at, char *out)
{
	while (*at < t.len) {
		char c = t.at[(*at)++];
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80) {
			*out = c;
			return true;
		}
		if (c >= 'A' && c <= 'Z') {
			*out = (char)(c - 'A' + 'a');
			return true;
		}
	}
	return false;
}

bool same_words(struct text a, struct text b)
{
	size_t at_a = 0, at_b = 0;
	char letter_a, letter_b;
	for (;;) {
		bool more_a = next_letter(a, &at_a, &letter_a), more_b = next_letter(b, &at_b, &letter_b);
		if (!more_a || !more_b)
			return more_a == more_b;
		if (letter_a != letter_b)
			return false;
	}
}

bool in_capitals(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (t.at[i] >= 'a' && t.at[i] <= 'z')
			return false;
	return true;
}

bool has_source(const struct profile_source *const *sources, size_t count, const struct profile_source *source)
{
	for (size_t i = 0; i < count; i++) {
		if (sources[i] == source)
			return true;
	}
	return false;
}
