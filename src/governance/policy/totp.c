#include "policy/totp.h"

#include <gnutls/crypto.h>
#include <sodium.h>
#include <stdio.h>

int64_t totp_step(instant at)
{
	return at / (TOTP_SECONDS * INT64_C(1000000));
}

void totp_code(const unsigned char *secret, int64_t step, int digits, char out[9])
{
	static const uint32_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
	unsigned char counter[8], mac[20] = {0};
	for (int i = 0; i < 8; i++)
		counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	gnutls_hmac_fast(GNUTLS_MAC_SHA1, secret, TOTP_SECRET_BYTES, counter, sizeof counter, mac);
	unsigned at = mac[19] & 15; /* RFC 4226, section 5.3: dynamic truncation */
	uint32_t number = (uint32_t)(mac[at] & 127) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 |
			  mac[at + 3];
	snprintf(out, 9, "%0*u", digits, number % powers[digits]);
	sodium_memzero(mac, sizeof mac);
}

static bool read_code(struct text given, char out[TOTP_DIGITS])
{
	int count = 0;
	for (size_t i = 0; i < given.len; i++) {
		char c = given.at[i];
		if (c == ' ')
			continue;
		if (c < '0' || c > '9' || count == TOTP_DIGITS)
			return false;
		out[count++] = c;
	}
	return count == TOTP_DIGITS;
}

int64_t totp_match(const unsigned char *secret, struct text given, instant at)
{
	int64_t now = totp_step(at), found = -1;
	char wanted[TOTP_DIGITS], code[9];
	if (!read_code(given, wanted))
		return -1;
	for (int64_t step = now - 1; step <= now + 1; step++) {
		totp_code(secret, step, TOTP_DIGITS, code);
		bool same = sodium_memcmp(code, wanted, TOTP_DIGITS) == 0;
		found = same ? step : found;
	}
	sodium_memzero(code, sizeof code);
	return found;
}

void totp_secret_text(const unsigned char *secret, char out[TOTP_SECRET_TEXT + 1])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint64_t bits = 0;
	int have = 0, o = 0;
	for (int i = 0; i < TOTP_SECRET_BYTES; i++) {
		bits = bits << 8 | secret[i];
		for (have += 8; have >= 5; have -= 5)
			out[o++] = letters[bits >> (have - 5) & 31];
	}
	out[o] = '\0';
}
