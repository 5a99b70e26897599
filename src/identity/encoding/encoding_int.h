/* Shared inside the room only. */
#ifndef ENCODING_ENCODING_INT_H
#define ENCODING_ENCODING_INT_H

#include "encoding/encoding.h"

#include <sodium.h>

enum {
	FILTER_BITS = 1024,
	FILTER_LEAST = 100,
	DIFFUSION_DEFAULT = 2,
	DIFFUSION_MOST = 8,
	TOKEN_SIZE = 64,
	MARK_SIZE = 6
};

struct encoder {
	unsigned char token_key[ENCODING_KEY_SIZE];
	char mark[MARK_SIZE + 1];
	bool salted;
	unsigned diffusion;
	uint16_t mixed[ENCODED_PART_COUNT][ENCODING_BITS][DIFFUSION_MOST]; /* positions of the balanced code */
	enum encoded_part part;                                            /* the one begun */
	char salt[ENCODING_SALT_SIZE];
	size_t salt_len;
	uint64_t filter[FILTER_BITS / 64];
};

/* Calls USE for each token of a value: its text (at most TOKEN_SIZE bytes) and how many positions it sets. */
typedef void use_token(void *context, struct text token, unsigned positions, bool salted);
extern const char encoding_prefixes[ENCODED_PART_COUNT][5]; /* "ove2" ... */

enum token_weights { TOKENS_OF_PERSON, TOKENS_UNSALTED, TOKENS_OF_PLACE, TOKENS_OF_CONTACT, TOKEN_WEIGHTS };
void encoding_tokens(enum token_weights weights, enum encoded_value what, struct text value, use_token *use,
		     void *context);

#endif
