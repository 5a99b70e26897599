/* The council's identity provider: OpenID Connect by authorization code with PKCE (RFC 7636).
 *
 *     provider_begin(provider, next, &arena, &attempt, &error);        // send the browser to attempt.address
 *     ...it comes back with a code and the attempt's state...
 *     provider_finish(provider, state, code, &arena, &token, &next, &error);
 *
 * An attempt is remembered for ten minutes in memory and can be finished once. Addresses of the provider are taken from
 * its own description (OpenID Connect Discovery), which counts for five minutes, and must be HTTPS except on this very
 * machine. A call asks the provider and takes as long as it takes, ten seconds a question at most: call from the
 * threads for slow work. A provider that did not answer is left alone for five seconds.
 */
#ifndef WEB_PROVIDER_H
#define WEB_PROVIDER_H

#include "policy/external.h"
#include "policy/id_token.h"
#include "runs/workspace.h"

#define PROVIDER_PATH "/sign-in/provider"

struct provider;
/* NULL in *OUT when none is configured. Reads the secret. Before there are threads. */
enum status provider_open(struct provider **out, const struct workspace *workspace, struct error *error) MUST_CHECK;
void provider_close(struct provider *provider); /* NULL is fine */
const char *provider_title(const struct provider *provider);
struct text provider_issuer(const struct provider *provider);
enum external_link provider_links(const struct provider *provider); /* `links` of its settings */

/* HTTPS, or HTTP to 127.0.0.1 or localhost; without a user name. */
bool provider_address_is_safe(struct text address);

enum { PROVIDER_STATE_SIZE = 44 };
struct provider_attempt {
	struct text address;
	char state[PROVIDER_STATE_SIZE]; /* for a cookie of the browser that began */
};
enum status provider_begin(struct provider *provider, struct text next, struct arena *arena,
			   struct provider_attempt *out, struct error *error) MUST_CHECK;
/* STATUS_REFUSED when the state is not of an attempt, or the token is not believed; STATUS_IO when the provider does
 * not answer. */
enum status provider_finish(struct provider *provider, struct text state, struct text code, struct arena *arena,
			    struct id_token *out, struct text *next, struct error *error) MUST_CHECK;

#endif
