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

static void give_date(const struct sink *sink, struct text value)
{
	date birth;
	char part[24];
	if (!date_parse_iso(value, &birth)) {
		give_pairs(sink, value);
		return;
	}
	struct ymd parts = date_ymd(birth);
	int day = parts.day, month = parts.month;
	give(sink, part, (size_t)snprintf(part, sizeof part, "y%d", parts.year));
	give(sink, part, (size_t)snprintf(part, sizeof part, "m%d", month));
	give(sink, part, (size_t)snprintf(part, sizeof part, "d%d", day));
	give(sink, part,
	     (size_t)snprintf(part, sizeof part, "b%d.%d", day < month ? day : month, day < month ? month : day));
}

static void give_postcode(const struct sink *sink, struct text value)
{
	give(sink, value.at, value.len);
	size_t gap = text_find_char(value, ' ');
	if (gap < value.len) {
		give(sink, value.at, gap);
		give(sink, value.at, gap + 2 < value.len ? gap + 2 : value.len);
	}
}

void encoding_tokens(enum encoded_value what, struct text value, use_token *use, void *context)
{
	/* a name's pair, a part of a date, a number's pair: positions each */
	static const struct {
		unsigned positions;
		bool salted;
		void (*give)(const struct sink *, struct text);
	} how[ENCODED_VALUE_COUNT] = {
		[ENCODE_GIVEN] = {10, true, give_pairs}, [ENCODE_MIDDLE] = {2, true, give_pairs},
		[ENCODE_FAMILY] = {7, true, give_pairs}, [ENCODE_BIRTH] = {18, false, give_date},
		[ENCODE_SEX] = {10, false, give_pairs},  [ENCODE_POSTCODE] = {6, true, give_postcode},
		[ENCODE_PLACE] = {3, true, give_pairs},  [ENCODE_NUMBER] = {6, true, give_pairs},
	};
	/* Given and family names share one letter, so that a name in the wrong column still agrees. */
	static const char letters[ENCODED_VALUE_COUNT + 1] = "nnnbspan";
	if (value.len == 0)
		return;
	struct sink sink = {.use = use,
			    .context = context,
			    .what = what == ENCODE_NUMBER ? 'i' : letters[what],
			    .positions = how[what].positions,
			    .salted = how[what].salted};
	how[what].give(&sink, value);
}
