#include "encoding/encoding_int.h"

enum { PREFIX = 4, BITS_AT = PREFIX + MARK_SIZE + 1, LENGTH = ENCODING_TEXT_SIZE - 1 };

bool encoding_is_text(struct text text)
{
	return text.len == LENGTH && text_starts_with(text, TEXT("ove1")) && text.at[BITS_AT - 1] == '.';
}

bool encoding_parse(struct encoding *out, struct text *mark, struct text text)
{
	unsigned char bytes[ENCODING_BITS / 8];
	size_t len = 0;
	memset(out, 0, sizeof *out);
	if (!encoding_is_text(text) ||
	    sodium_base642bin(bytes, sizeof bytes, text.at + BITS_AT, text.len - BITS_AT, NULL, &len, NULL,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	    len != sizeof bytes)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++)
		out->words[i / 8] |= (uint64_t)bytes[i] << (8 * (i % 8));
	*mark = text_slice(text.at + PREFIX, MARK_SIZE);
	return true;
}
