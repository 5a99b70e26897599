#include "encoding/encoding_int.h"

enum { PREFIX = 4, BITS_AT = PREFIX + MARK_SIZE + 1, LENGTH = ENCODING_TEXT_SIZE - 1 };

const char encoding_prefixes[ENCODED_PART_COUNT][5] = {
	[ENCODED_PERSON] = "ove2", [ENCODED_CONTACT] = "ovc2", [ENCODED_PLACE] = "ovp2"};

bool encoding_is_text(struct text text, enum encoded_part *part)
{
	for (unsigned p = 0; p < ENCODED_PART_COUNT; p++) {
		*part = (enum encoded_part)p;
		if (text.len == LENGTH && text_starts_with(text, text_of(encoding_prefixes[p])))
			return text.at[BITS_AT - 1] == '.';
	}
	return false;
}

bool encoding_parse(struct encoding *out, struct text *mark, struct text text)
{
	unsigned char bytes[ENCODING_BITS / 8];
	size_t len = 0;
	enum encoded_part part;
	memset(out, 0, sizeof *out);
	if (!encoding_is_text(text, &part) ||
	    sodium_base642bin(bytes, sizeof bytes, text.at + BITS_AT, text.len - BITS_AT, NULL, &len, NULL,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	    len != sizeof bytes)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++)
		out->words[i / 8] |= (uint64_t)bytes[i] << (8 * (i % 8));
	*mark = text_slice(text.at + PREFIX, MARK_SIZE);
	return true;
}
