/* One-time codes from a shared secret and the time: RFC 6238 over RFC 4226, SHA-1, 30 seconds, six digits; what every
 * authenticator app does without being told anything else. */
#ifndef POLICY_TOTP_H
#define POLICY_TOTP_H

#include "base/date.h"
#include "base/text.h"

enum {
	TOTP_SECRET_BYTES = 20, /* as long as the hash (RFC 4226, section 4) */
	TOTP_SECRET_TEXT = 32,  /* in base 32 */
	TOTP_SECONDS = 30,
	TOTP_DIGITS = 6
};

/* Which period of 30 seconds AT lies in. */
int64_t totp_step(instant at);
/* Six digits, or DIGITS (at most 8) as the RFC's own examples have. */
void totp_code(const unsigned char *secret, int64_t step, int digits, char out[9]);
/* The step of which GIVEN is the code, among that of AT and its two neighbours; -1 when it is none. Blanks in GIVEN do
 * not count. Takes the same time whichever it is. */
int64_t totp_match(const unsigned char *secret, struct text given, instant at);
/* RFC 4648 base 32, without padding: what a person types into an app. */
void totp_secret_text(const unsigned char *secret, char out[TOTP_SECRET_TEXT + 1]);

#endif
