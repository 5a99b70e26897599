#include "clean/gist.h"

#include "clean/names.h"
#include "clean/phonetic.h"

enum { LONGEST = 62 }; /* the comparators cut what is longer */

/* Bytes share 32 letters; that can hide a difference, never make one. */
static uint64_t letters_of(struct text name)
{
	uint64_t letters = 0;
	for (size_t i = 0; i < name.len; i++) {
		unsigned shift = 2 * ((unsigned char)name.at[i] & 31);
		uint64_t once = letters >> shift & 1;
		letters |= UINT64_C(1) << (shift + once);
	}
	return letters;
}

static unsigned char words_in(struct text name)
{
	unsigned words = 1;
	for (size_t i = 0; i < name.len; i++)
		words += name.at[i] == ' ';
	return words < 255 ? (unsigned char)words : 255;
}

struct name_gist clean_name_gist(struct text name)
{
	char sound[PHONETIC_SIZE];
	struct name_gist gist = {0};
	if (name.len == 0)
		return gist;
	size_t len = clean_phonetic(sound, name);
	gist.letters = letters_of(name);
	gist.groups = clean_given_groups(name);
	gist.sound = len >= 2 ? (uint32_t)text_hash(text_slice(sound, len)) | 1 : 0;
	gist.first = (unsigned char)name.at[0];
	gist.length = name.len < 255 ? (unsigned char)name.len : 255;
	gist.words = words_in(name);
	return gist;
}

/* Not every processor that we run on counts bits by itself. */
static int count_bits(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (int)(x * UINT64_C(0x0101010101010101) >> 56);
}

/* An edit changes the letters by two at most; three edits are the most that a slip may be, in short names two. */
static bool surely_no_slip(const struct name_gist *a, const struct name_gist *b)
{
	unsigned longest = a->length > b->length ? a->length : b->length;
	int changes = count_bits(a->letters ^ b->letters);
	return longest <= LONGEST && changes > (longest >= 8 ? 6 : 4) &&
	       (a->sound == 0 || a->sound != b->sound || a->first != b->first);
}

bool clean_given_surely_differ(const struct name_gist *a, const struct name_gist *b)
{
	if (a->length < 2 || b->length < 2 || (a->groups & b->groups) || !surely_no_slip(a, b))
		return false;
	/* the beginning of the other has no letter that the other has not */
	return a->length < b->length ? (a->letters & ~b->letters) != 0 : (b->letters & ~a->letters) != 0;
}

bool clean_family_surely_differ(const struct name_gist *a, const struct name_gist *b)
{
	return a->length > 0 && b->length > 0 && a->words == 1 && b->words == 1 && surely_no_slip(a, b);
}

struct name_gist clean_contact_gist(struct text contact)
{
	struct name_gist gist = {.letters = letters_of(contact)};
	size_t at = text_find_char(contact, '@');
	gist.length = contact.len < 255 ? (unsigned char)contact.len : 255;
	gist.groups = at >= 5 && at < contact.len ? text_hash(text_slice(contact.at, at)) | 1 : 0;
	return gist;
}

bool clean_contacts_surely_differ(const struct name_gist *a, const struct name_gist *b, unsigned edits)
{
	return a->length <= LONGEST && b->length <= LONGEST && (a->groups == 0 || a->groups != b->groups) &&
	       count_bits(a->letters ^ b->letters) > 2 * (int)edits;
}
