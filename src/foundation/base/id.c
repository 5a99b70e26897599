#include "base/id.h"

#include <sodium.h>

static const char crockford[] = "0123456789abcdefghjkmnpqrstvwxyz";

int64_t id_random(void)
{
	uint64_t id;
	do {
		randombytes_buf(&id, sizeof id);
		id &= (uint64_t)INT64_MAX;
	} while (id == 0);
	return (int64_t)id;
}

char *id_format(int64_t id, char out[ID_TEXT_SIZE])
{
	uint64_t rest = (uint64_t)id;
	for (int i = ID_TEXT_SIZE - 2; i >= 0; i--) {
		out[i] = crockford[rest & 31];
		rest >>= 5;
	}
	out[ID_TEXT_SIZE - 1] = '\0';
	return out;
}

static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c + ('a' - 'A'));
	if (c == 'o')
		c = '0';
	if (c == 'i' || c == 'l')
		c = '1';
	const char *found = c ? strchr(crockford, c) : NULL;
	return found ? (int)(found - crockford) : -1;
}

bool id_parse(struct text t, int64_t *out)
{
	uint64_t id = 0;
	size_t digits = 0;
	for (size_t i = 0; i < t.len; i++) {
		if (t.at[i] == '-')
			continue;
		int digit = digit_value(t.at[i]);
		/* 13 digits are 65 bits: the first may only be 0 to 7. */
		if (digit < 0 || digits == ID_TEXT_SIZE - 1 || (digits == 0 && digit > 7))
			return false;
		id = id << 5 | (uint64_t)digit;
		digits++;
	}
	if (digits != ID_TEXT_SIZE - 1 || id == 0)
		return false;
	*out = (int64_t)id;
	return true;
}
