#include "base/memory.h"
#include "encoding/encoding_int.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* Numbers of derived keys and what they are for. Encodings that were sent depend on them: append only. */
enum { SUBKEY_TOKENS = 1, SUBKEY_POSITIONS = 2, SUBKEY_MARK = 3, SUBKEY_FURTHER_POSITIONS = 4 };
enum { POSITIONS_A_DIGEST = 32 };
static const char context_name[crypto_kdf_CONTEXTBYTES + 1] = "oneviewE";

/* Drawn without bias: a power of two of positions. The complement's half of the code is the filter's own bits
 * turned over, so a bit and its complement never meet in one sum, where they would only say "1". */
static void draw_positions(struct encoder *encoder, enum encoded_part part, const unsigned char key[ENCODING_KEY_SIZE])
{
	uint64_t subkey = part == ENCODED_PERSON ? SUBKEY_POSITIONS : SUBKEY_FURTHER_POSITIONS + (uint64_t)part;
	unsigned char seed[randombytes_SEEDBYTES];
	static_assert(sizeof seed == ENCODING_KEY_SIZE, "one derived key seeds the positions");
	uint16_t *drawn = memory_alloc((size_t)ENCODING_BITS * 64, sizeof *drawn);
	size_t next = 0;
	crypto_kdf_derive_from_key(seed, sizeof seed, subkey, context_name, key);
	randombytes_buf_deterministic(drawn, (size_t)ENCODING_BITS * 64 * sizeof *drawn, seed);
	for (size_t bit = 0; bit < ENCODING_BITS; bit++) {
		for (unsigned n = 0; n < encoder->diffusion;) {
			uint16_t position = drawn[next++ % ((size_t)ENCODING_BITS * 64)] % (2 * FILTER_BITS);
			bool taken = false;
			for (unsigned k = 0; k < n; k++)
				taken |= encoder->mixed[part][bit][k] % FILTER_BITS == position % FILTER_BITS;
			if (!taken)
				encoder->mixed[part][bit][n++] = position;
		}
	}
	free(drawn);
	sodium_memzero(seed, sizeof seed);
}

/* Tells key and settings apart without telling anything of the key. */
static void make_mark(struct encoder *encoder, const unsigned char key[ENCODING_KEY_SIZE])
{
	unsigned char mark_key[ENCODING_KEY_SIZE], digest[crypto_generichash_BYTES_MIN];
	char settings[64], hexadecimal[2 * sizeof digest + 1];
	int len = snprintf(settings, sizeof settings, "three parts, bits %d, salted %d, diffusion %u", ENCODING_BITS,
			   encoder->salted, encoder->diffusion);
	crypto_kdf_derive_from_key(mark_key, sizeof mark_key, SUBKEY_MARK, context_name, key);
	crypto_generichash(digest, sizeof digest, (const unsigned char *)settings, (unsigned long long)len, mark_key,
			   sizeof mark_key);
	sodium_bin2hex(hexadecimal, sizeof hexadecimal, digest, sizeof digest);
	memcpy(encoder->mark, hexadecimal, MARK_SIZE);
	sodium_memzero(mark_key, sizeof mark_key);
}

struct encoder *encoder_new(const unsigned char key[ENCODING_KEY_SIZE], const struct encoding_settings *settings)
{
	struct encoder *encoder = memory_alloc(1, sizeof *encoder);
	encoder->salted = !settings->unsalted;
	encoder->diffusion = settings->diffusion == 0               ? DIFFUSION_DEFAULT
			     : settings->diffusion > DIFFUSION_MOST ? DIFFUSION_MOST
								    : settings->diffusion;
	crypto_kdf_derive_from_key(encoder->token_key, sizeof encoder->token_key, SUBKEY_TOKENS, context_name, key);
	for (unsigned part = 0; part < ENCODED_PART_COUNT; part++)
		draw_positions(encoder, (enum encoded_part)part, key);
	make_mark(encoder, key);
	return encoder;
}

void encoder_free(struct encoder *encoder)
{
	if (!encoder)
		return;
	sodium_memzero(encoder, sizeof *encoder);
	free(encoder);
}

void encoder_begin(struct encoder *encoder, enum encoded_part part, struct text salt)
{
	memset(encoder->filter, 0, sizeof encoder->filter);
	encoder->part = part;
	encoder->salt_len = salt.len < sizeof encoder->salt ? salt.len : sizeof encoder->salt;
	if (part == ENCODED_PERSON && !encoder->salted)
		encoder->salt_len = 0;
	if (encoder->salt_len)
		memcpy(encoder->salt, salt.at, encoder->salt_len);
}

/* A digest holds 32 positions; NTH of them for a token that sets more. */
static void set_token(void *context, struct text token, unsigned positions, bool salted)
{
	struct encoder *encoder = context;
	unsigned char digest[crypto_generichash_BYTES_MAX], message[TOKEN_SIZE + sizeof encoder->salt + 2];
	size_t salt = salted ? encoder->salt_len : 0;
	static_assert(sizeof digest == 2 * POSITIONS_A_DIGEST, "two bytes a position");
	message[0] = (unsigned char)salt;
	memcpy(message + 2, encoder->salt, salt);
	memcpy(message + 2 + salt, token.at, token.len);
	for (unsigned i = 0; i < positions; i++) {
		unsigned nth = i % POSITIONS_A_DIGEST;
		message[1] = (unsigned char)(i / POSITIONS_A_DIGEST);
		if (nth == 0)
			crypto_generichash(digest, sizeof digest, message, 2 + salt + token.len, encoder->token_key,
					   sizeof encoder->token_key);
		unsigned at = (unsigned)(digest[2 * nth] | digest[2 * nth + 1] << 8) % FILTER_BITS;
		encoder->filter[at / 64] |= (uint64_t)1 << (at % 64);
	}
	sodium_memzero(message, sizeof message);
}

void encoder_add(struct encoder *encoder, enum encoded_value what, struct text value)
{
	static const enum token_weights weights[ENCODED_PART_COUNT] = {[ENCODED_PERSON] = TOKENS_OF_PERSON,
								       [ENCODED_CONTACT] = TOKENS_OF_CONTACT,
								       [ENCODED_PLACE] = TOKENS_OF_PLACE};
	bool unsalted = encoder->part == ENCODED_PERSON && !encoder->salted;
	encoding_tokens(unsalted ? TOKENS_UNSALTED : weights[encoder->part], what, value, set_token, encoder);
}

/* A filter that is nearly empty is like every other one that is. */
static bool has_enough(const struct encoder *encoder)
{
	unsigned set = 0;
	for (size_t i = 0; i < FILTER_BITS / 64; i++)
		set += (unsigned)__builtin_popcountll(encoder->filter[i]);
	return set >= FILTER_LEAST;
}

bool encoder_finish(struct encoder *encoder, struct encoding *out)
{
	bool enough = has_enough(encoder);
	memset(out, 0, sizeof *out);
	for (size_t bit = 0; bit < ENCODING_BITS && enough; bit++) {
		uint64_t sum = 0;
		for (unsigned n = 0; n < encoder->diffusion; n++) {
			unsigned at = encoder->mixed[encoder->part][bit][n], own = at % FILTER_BITS;
			sum ^= (encoder->filter[own / 64] >> (own % 64) ^ (at >= FILTER_BITS)) & 1;
		}
		out->words[bit / 64] |= sum << (bit % 64);
	}
	sodium_memzero(encoder->filter, sizeof encoder->filter);
	return enough;
}

size_t encoder_write(const struct encoder *encoder, const struct encoding *encoding, char out[ENCODING_TEXT_SIZE])
{
	unsigned char bytes[ENCODING_BITS / 8];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(encoding->words[i / 8] >> (8 * (i % 8)));
	int start = snprintf(out, ENCODING_TEXT_SIZE, "%s%s.", encoding_prefixes[encoder->part], encoder->mark);
	sodium_bin2base64(out + start, ENCODING_TEXT_SIZE - (size_t)start, bytes, sizeof bytes,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return strlen(out);
}
