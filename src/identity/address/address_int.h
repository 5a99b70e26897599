/* What the files of address share. */
#ifndef ADDRESS_ADDRESS_INT_H
#define ADDRESS_ADDRESS_INT_H

#include "address/address.h"

enum { TOKENS = 32, FLAT_SIZE = 8 };

/* An address as words, abbreviations written out. */
struct address_tokens {
	char text[512];
	struct text at[TOKENS];
	size_t count;
	char flat[FLAT_SIZE]; /* "1", "b", "gf"; empty when it names none */
};
void address_tokenise(struct address_tokens *out, struct text address);
/* Bit i: token i is a part of a house number. */
bool token_is_number(struct text token);

#endif
