/* Encodings: what a partner sends instead of names.
 *
 * Two organisations share a secret key. Each turns the identifying values of its people into
 * encodings under that key, and sends only these. Encodings of similar values are similar, so that
 * records can be matched; whoever lacks the key learns nothing of a value but what the attacks in
 * docs/encoding.md describe.
 *
 * An encoding is a cryptographic long-term key (Schnell, Bachteler and Reiher 2011), hardened:
 *
 *   tokens    a value is taken apart: names into letter pairs, dates into year, month and day ...
 *   filter    each token sets bits of one Bloom filter of 1,024 bits. Positions are drawn by keyed
 *             BLAKE2b for each token, not by double hashing, which Niedermeyer et al. (2014) broke
 *   salted    tokens of names are hashed together with the year of birth, or the postcode (Niedermeyer et al. 2014), so
 *             that a common name looks different from year to year and counting finds nothing
 *   balanced  the filter's complement is appended (Schnell and Borgs 2016): every code has as many ones
 *             as zeros, whatever its values
 *   diffused  each bit of the result is the exclusive or of several bits of the balanced code, at
 *             positions that only the key tells (Armknecht, Heng and Schnell 2023): no bit stands for a token
 *
 *     struct encoder *encoder = encoder_new(key, &settings);
 *     encoder_begin(encoder, ENCODED_PERSON, TEXT("1984"));
 *     encoder_add(encoder, ENCODE_GIVEN, TEXT("chidi"));   // cleaned values: clean/names.h ...
 *     encoder_finish(encoder, encoding);
 *
 * An encoder belongs to one thread; wiped when freed.
 */
#ifndef ENCODING_ENCODING_H
#define ENCODING_ENCODING_H

#include "base/error.h"
#include "base/text.h"

enum {
	ENCODING_BITS = 1024,
	ENCODING_WORDS = ENCODING_BITS / 64,
	ENCODING_KEY_SIZE = 32,
	ENCODING_TEXT_SIZE = 4 + 6 + 1 + 171 + 1 /* "ove2" mark "." base64 NUL */
};

struct encoding {
	uint64_t words[ENCODING_WORDS];
};

/* A record is up to three encodings, each salted by something else, so that a slip in one salt leaves the others. */
enum encoded_part {
	ENCODED_PERSON,  /* names, date of birth, sex; salted by the year of birth */
	ENCODED_CONTACT, /* e-mail, phone; salted by the provider and by the first digits */
	ENCODED_PLACE,   /* names and birthday; salted by the postcode, or by the town */
	ENCODED_PART_COUNT
};
enum encoded_value {
	ENCODE_GIVEN,
	ENCODE_MIDDLE,
	ENCODE_FAMILY,
	ENCODE_BIRTH,    /* "1984-03-31" */
	ENCODE_BIRTHDAY, /* the same, without its year */
	ENCODE_SEX,
	ENCODE_EMAIL,
	ENCODE_PHONE,
	ENCODED_VALUE_COUNT
};

struct encoding_settings {
	bool unsalted;      /* persons: their records with different years of birth can then match */
	unsigned diffusion; /* bits that go into one; 0: 2; 1 to 8. More hides more and matches worse */
};

struct encoder;
/* A key file of mode 0600, to be given to the partner in person. */
enum status encoding_create_key(const char *path, struct error *error) MUST_CHECK;
enum status encoding_read_key(const char *path, unsigned char key[ENCODING_KEY_SIZE], struct error *error) MUST_CHECK;

struct encoder *encoder_new(const unsigned char key[ENCODING_KEY_SIZE], const struct encoding_settings *settings);
void encoder_free(struct encoder *encoder); /* NULL is fine */
enum { ENCODING_SALT_SIZE = 40 };
/* SALT goes into every token of a name, and of a place into every token; what is longer than ENCODING_SALT_SIZE is
 * cut. */
void encoder_begin(struct encoder *encoder, enum encoded_part part, struct text salt);
void encoder_add(struct encoder *encoder, enum encoded_value what, struct text value);
/* False, and all zeros, when nothing was added, or so little that strangers would be alike: a birthday alone. */
bool encoder_finish(struct encoder *encoder, struct encoding *out);

/* "ove2", "ovc2" or "ovp2" by its part and a mark of key and settings, by which encodings that cannot be compared are
 * told apart, then the bits. Returns the length. */
size_t encoder_write(const struct encoder *encoder, const struct encoding *encoding, char out[ENCODING_TEXT_SIZE]);
/* MARK points into TEXT. False when TEXT is no encoding. */
bool encoding_parse(struct encoding *out, struct text *mark, struct text text);
bool encoding_is_text(struct text text, enum encoded_part *part);

/* Bits that differ, of ENCODING_BITS; unrelated encodings differ in about half. */
static inline unsigned encoding_distance(const struct encoding *a, const struct encoding *b)
{
	unsigned count = 0;
	for (int i = 0; i < ENCODING_WORDS; i++)
		count += (unsigned)__builtin_popcountll(a->words[i] ^ b->words[i]);
	return count;
}

#endif
