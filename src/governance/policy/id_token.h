/* The ID token of an identity provider (OpenID Connect Core 1.0, section 3.1.3.7): believed only when it is signed by a
 * key that the provider publishes, and meant for us, now, and for this very attempt to sign in.
 *
 *     struct id_token_wanted wanted = {.issuer = ..., .client_id = ..., .nonce = ..., .now = instant_now()};
 *     status = id_token_check(&token, jwt, jwks, &wanted, &arena, &error);
 *
 * RS256 and ES256 only: "none" and everything with a shared key are refused whatever the token says of itself.
 */
#ifndef POLICY_ID_TOKEN_H
#define POLICY_ID_TOKEN_H

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"

enum { ID_TOKEN_LONGEST = 32 << 10, ID_TOKEN_GROUPS_MOST = 500 };

struct id_token_wanted {
	struct text issuer, client_id, nonce;
	struct text groups_claim; /* "groups" */
	struct text link_claim;   /* "sub" */
	instant now;
};

struct id_token {
	struct text link;                    /* what the link claim says; absent: nothing */
	struct text subject, username, name; /* username: preferred_username, else email, else the subject */
	const struct text *groups;
	size_t group_count;
};

/* STATUS_REFUSED says in its code what is wrong: "id_token.signature", ".key", ".algorithm", ".issuer", ".audience",
 * ".expired", ".nonce", ".form". JWKS is the provider's JSON Web Key Set (RFC 7517). */
enum status id_token_check(struct id_token *out, struct text jwt, struct text jwks,
			   const struct id_token_wanted *wanted, struct arena *arena, struct error *error) MUST_CHECK;

#endif
