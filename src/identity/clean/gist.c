#include "clean/gist.h"

#include "clean/names.h"
#include "clean/phonetic.h"

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

struct name_gist clean_contact_gist(struct text contact)
{
	struct name_gist gist = {.letters = letters_of(contact)};
	size_t at = text_find_char(contact, '@');
	gist.length = contact.len < 255 ? (unsigned char)contact.len : 255;
	gist.groups = at >= 5 && at < contact.len ? text_hash(text_slice(contact.at, at)) | 1 : 0;
	return gist;
}
