/* Values into tokens. A token that is the same in two records sets the same bits; how many says how much
 * it weighs against the others.
 *
 * Letter pairs overlap, so that one slip spoils two of them. The two ends of a word are padded ("_c", "i_"): the
 * beginning of a name says more than its middle. Dates are tokens of their parts, and of day and month in
 * either order, because these change places in life.
 */
#include "base/date.h"
#include "encoding/encoding_int.h"

#include <stdio.h>

enum { PAIRS_MOST = 48 };

struct sink {
	use_token *use;
	void *context;
	char what;
	unsigned positions;
	bool salted;
};

static void give(const struct sink *sink, const char *body, size_t len)
{
	char token[TOKEN_SIZE];
	size_t size = len < sizeof token - 2 ? len : sizeof token - 2;
	token[0] = sink->what;
	memcpy(token + 1, body, size);
	sink->use(sink->context, text_slice(token, size + 1), sink->positions, sink->salted);
}

/* Each pair of neighbours within a word; a pair that comes again gets a number, so that "anna ann" is not "an".
 */
static void give_pairs(const struct sink *sink, struct text value)
{
	char pairs[PAIRS_MOST][3];
	size_t count = 0;
	char before = '_';
	for (size_t i = 0; i <= value.len && count < PAIRS_MOST; i++) {
		char c = i < value.len && value.at[i] != ' ' ? value.at[i] : '_';
		if (before == '_' && c == '_')
			continue;
		char nth = '0';
		for (size_t k = 0; k < count; k++)
			nth = (char)(nth + (pairs[k][0] == before && pairs[k][1] == c));
		pairs[count][0] = before;
		pairs[count][1] = c;
		pairs[count][2] = nth;
		give(sink, pairs[count++], 3);
		before = c;
	}
}

static void give_birthday(const struct sink *sink, struct text value)
{
	date birth;
	char part[24];
	if (!date_parse_iso(value, &birth))
		return;
	struct ymd parts = date_ymd(birth);
	int day = parts.day, month = parts.month;
	give(sink, part, (size_t)snprintf(part, sizeof part, "m%d", month));
	give(sink, part, (size_t)snprintf(part, sizeof part, "d%d", day));
	give(sink, part,
	     (size_t)snprintf(part, sizeof part, "b%d.%d", day < month ? day : month, day < month ? month : day));
}

static void give_date(const struct sink *sink, struct text value)
{
	date birth;
	char part[24];
	if (!date_parse_iso(value, &birth)) {
		give_pairs(sink, value);
		return;
	}
	give(sink, part, (size_t)snprintf(part, sizeof part, "y%d", date_ymd(birth).year));
	give_birthday(sink, value);
}

/* Letter pairs of VALUE, each together with SALT. */
static void give_salted_pairs(const struct sink *sink, struct text value, struct text salt)
{
	for (size_t i = 0; i <= value.len; i++) {
		char token[TOKEN_SIZE];
		token[0] = i > 0 ? value.at[i - 1] : '_';
		token[1] = i < value.len ? value.at[i] : '_';
		size_t len = salt.len < sizeof token - 3 ? salt.len : sizeof token - 3;
		if (len)
			memcpy(token + 2, salt.at, len);
		give(sink, token, 2 + len);
	}
}

/* The provider as one token: in letter pairs it would make strangers alike, and the commonest provider known. The name
 * goes with its first letter only, because providers are misspelt as well. */
static void give_email(const struct sink *sink, struct text value)
{
	size_t at = text_find_char(value, '@');
	give_salted_pairs(sink, text_slice(value.at, at), text_slice(value.at + at, at + 1 < value.len ? 2 : 0));
	give(sink, value.at + at, value.len - at);
}

/* So would the area's digits. */
static void give_phone(const struct sink *sink, struct text value)
{
	size_t area = value.len < 5 ? 0 : 5;
	give_salted_pairs(sink, text_slice(value.at + area, value.len - area), text_slice(value.at, area));
}

void encoding_tokens(enum token_weights weights, enum encoded_value what, struct text value, use_token *use,
		     void *context)
{
	/* Positions that a token sets. Strangers differ in half the bits only where filters are not nearly empty. Two
	 * of one name are told apart by the salt, or, unsalted, by what the date of birth weighs against the names. */
	static const struct {
		unsigned positions[TOKEN_WEIGHTS];
		bool salted;
		void (*give)(const struct sink *, struct text);
	} how[ENCODED_VALUE_COUNT] = {
		[ENCODE_GIVEN] = {{14, 10, 45, 0}, true, give_pairs},
		[ENCODE_MIDDLE] = {{2, 2, 6, 0}, true, give_pairs},
		[ENCODE_FAMILY] = {{7, 7, 14, 0}, true, give_pairs},
		[ENCODE_BIRTH] = {{18, 28, 0, 0}, false, give_date},
		[ENCODE_BIRTHDAY] = {{0, 0, 18, 0}, false, give_birthday},
		[ENCODE_SEX] = {{10, 10, 0, 0}, false, give_pairs},
		[ENCODE_EMAIL] = {{0, 0, 0, 24}, false, give_email},
		[ENCODE_PHONE] = {{0, 0, 0, 24}, false, give_phone},
	};
	/* Given and family names share one letter, so that a name in the wrong column still agrees. */
	static const char letters[ENCODED_VALUE_COUNT + 1] = "nnnbbsei";
	if (value.len == 0)
		return;
	struct sink sink = {.use = use,
			    .context = context,
			    .what = letters[what],
			    .positions = how[what].positions[weights],
			    .salted = how[what].salted || weights == TOKENS_OF_PLACE};
	how[what].give(&sink, value);
}
