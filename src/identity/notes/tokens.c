/* Words and marks of a note, in one pass and without caring whether it is UTF-8. */
#include "notes/reader_int.h"

/* Of single bytes. Those of 128 and more begin or go on a character: byte_kind_at() looks closer. */
static enum byte_kind ascii_kind(unsigned char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return BYTE_LETTER;
	if (c >= '0' && c <= '9')
		return BYTE_DIGIT;
	if (c == '\'' || c == '`')
		return BYTE_APOSTROPHE;
	if (c == '-')
		return BYTE_HYPHEN;
	return c <= ' ' || c == 127 ? BYTE_SPACE : BYTE_MARK;
}

/* U+2000 to U+203F: spaces, marks of direction, hyphens, quotes, bullets. */
static enum byte_kind general_punctuation(unsigned char last)
{
	if (last >= 0x8b && last <= 0x8f)
		return BYTE_NOTHING; /* no width, and marks of direction */
	if (last >= 0xaa && last <= 0xae)
		return BYTE_NOTHING;
	if (last <= 0x8a || last == 0xa8 || last == 0xa9 || last == 0xaf)
		return BYTE_SPACE;
	if (last >= 0x90 && last <= 0x92)
		return BYTE_HYPHEN;
	return last == 0x98 || last == 0x99 ? BYTE_APOSTROPHE : BYTE_MARK;
}

enum byte_kind byte_kind_at(struct text text, size_t at, size_t *len)
{
	const unsigned char *c = (const unsigned char *)text.at + at;
	size_t left = text.len - at;
	*len = 1;
	if (*c < 0x80)
		return ascii_kind(*c);
	if (*c == 0xc2 && left > 1 && c[1] < 0xc0) {
		*len = 2;
		if (c[1] == 0xad) /* soft hyphen */
			return BYTE_NOTHING;
		return c[1] <= 0xa0 ? BYTE_SPACE : c[1] == 0xaa || c[1] == 0xba ? BYTE_LETTER : BYTE_MARK;
	}
	if (*c == 0xe2 && left > 2) {
		*len = 3;
		if (c[1] == 0x80)
			return general_punctuation(c[2]);
		if (c[1] == 0x81 && c[2] >= 0xa0 && c[2] <= 0xaf)
			return BYTE_NOTHING;
		if (c[1] >= 0x81 && c[1] <= 0xaf) /* symbols: boxes, arrows, ticks */
			return BYTE_MARK;
		*len = 1;
	}
	if (*c == 0xef && left > 2 && c[1] == 0xbb && c[2] == 0xbf) { /* byte order mark */
		*len = 3;
		return BYTE_NOTHING;
	}
	return BYTE_LETTER;
}

static bool is_word_part(enum byte_kind kind)
{
	return kind == BYTE_LETTER || kind == BYTE_DIGIT || kind == BYTE_NOTHING;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* An apostrophe is of the word when a letter follows: don't, O'Neill; and 's is a word of its own. */
static bool goes_on_behind(struct text text, size_t at, size_t len)
{
	size_t next;
	if (at + len >= text.len || byte_kind_at(text, at + len, &next) != BYTE_LETTER)
		return false;
	if (lower(text.at[at + len]) != 's')
		return true;
	return at + len + 1 < text.len && is_word_part(byte_kind_at(text, at + len + 1, &next));
}

static void put(char *word, size_t *word_len, const char *from, size_t len)
{
	for (size_t i = 0; i < len && *word_len < WORD_LONGEST; i++)
		word[(*word_len)++] = lower(from[i]);
}

static size_t word_end(struct text text, size_t at, char *word, size_t *word_len, bool *digits)
{
	size_t len;
	*digits = true;
	while (at < text.len) {
		enum byte_kind kind = byte_kind_at(text, at, &len);
		if (kind == BYTE_APOSTROPHE && goes_on_behind(text, at, len))
			put(word, word_len, "'", 1);
		else if (!is_word_part(kind))
			break;
		else if (kind != BYTE_NOTHING)
			put(word, word_len, text.at + at, len);
		*digits = *digits && kind == BYTE_DIGIT;
		at += len;
	}
	return at;
}

/* The 's behind a word, else 0. */
static size_t possessive(struct text text, size_t at)
{
	size_t len, next;
	if (at >= text.len || byte_kind_at(text, at, &len) != BYTE_APOSTROPHE || at + len >= text.len ||
	    lower(text.at[at + len]) != 's')
		return 0;
	if (at + len + 1 < text.len && is_word_part(byte_kind_at(text, at + len + 1, &next)))
		return 0;
	return len + 1;
}

static void classify(struct token *token, struct text text, bool digits, const char *word, size_t word_len)
{
	if (digits && word_len == 4 && (word[0] == '1' || word[0] == '2') && (word[1] == '9' || word[1] == '0')) {
		token->year = (word[0] - '0') * 1000 + (word[1] - '0') * 100 + (word[2] - '0') * 10 + word[3] - '0';
		token->class = token->year >= 1920 && token->year < 2100 ? WORD_YEAR : WORD_NUMBER;
		token->year = token->class == WORD_YEAR ? token->year : 0;
	} else if (digits) {
		token->class = WORD_NUMBER;
	} else if (text.at[token->start] >= 'A' && text.at[token->start] <= 'Z' && token->end - token->start > 1 &&
		   text.at[token->start + 1] >= 'a' && text.at[token->start + 1] <= 'z') {
		token->class = WORD_NAME;
	}
}

bool token_next(struct text text, size_t *at, struct token *token, char word[WORD_LONGEST], size_t *word_len)
{
	size_t len, p = *at;
	enum byte_kind kind = BYTE_SPACE;
	while (p < text.len) {
		kind = byte_kind_at(text, p, &len);
		bool inside = kind == BYTE_HYPHEN && p > 0 && p + len < text.len &&
			      (unsigned char)text.at[p - 1] > ' ' && (unsigned char)text.at[p + len] > ' ';
		if (kind != BYTE_SPACE && kind != BYTE_NOTHING && !inside)
			break;
		p += len;
	}
	*at = p;
	if (p >= text.len)
		return false;
	*token = (struct token){.start = (uint32_t)p};
	*word_len = 0;
	bool digits = false;
	if (is_word_part(kind)) {
		p = word_end(text, p, word, word_len, &digits);
	} else if (kind == BYTE_APOSTROPHE && (len = possessive(text, p)) > 0) {
		put(word, word_len, "'s", 2);
		p += len;
	} else {
		kind = byte_kind_at(text, p, &len);
		put(word, word_len, kind == BYTE_HYPHEN ? "-" : text.at + p, kind == BYTE_HYPHEN ? 1 : len);
		token->punctuation = true;
		p += len;
	}
	token->end = (uint32_t)p;
	if (!token->punctuation)
		classify(token, text, digits, word, *word_len);
	*at = p;
	return true;
}

size_t tokens_of(const struct vocabulary *vocabulary, struct text text, uint32_t start, uint32_t end,
		 struct token *tokens, size_t most, uint32_t *end_at)
{
	struct text part = text_slice(text.at, end);
	size_t at = start, count = 0, word_len;
	char word[WORD_LONGEST];
	while (count < most && token_next(part, &at, &tokens[count], word, &word_len)) {
		const uint64_t *number = text_map_get(&vocabulary->words, text_slice(word, word_len));
		tokens[count++].word = number ? (uint32_t)*number : WORD_UNKNOWN;
	}
	*end_at = (uint32_t)at;
	return count;
}
