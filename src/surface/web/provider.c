#include "web/provider.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "web/form.h"

#include <curl/curl.h>
#include <jansson.h>
#include <pthread.h>
#include <sodium.h>

enum {
	ATTEMPTS = 1024,
	ANSWER_LARGEST = 1 << 20,
	NEXT_LONGEST = 512,
	SECRET_LONGEST = 512,
	ADDRESS_LONGEST = 1024,
	SECONDS = 10
};
static const instant attempt_lasts = 600 * INT64_C(1000000);
/* How long the provider's description counts, and how long it is left alone when it gave none: whoever asks meanwhile
 * holds no thread for it. */
static const instant description_lasts = 300 * INT64_C(1000000), failure_lasts = 5 * INT64_C(1000000);

struct attempt {
	char state[PROVIDER_STATE_SIZE], nonce[PROVIDER_STATE_SIZE], verifier[PROVIDER_STATE_SIZE];
	char next[NEXT_LONGEST];
	instant at; /* 0: free */
};

struct provider {
	struct workspace_provider settings;
	char secret[SECRET_LONGEST];
	pthread_mutex_t lock;
	json_t *description; /* NULL: none that counts; its members are never changed */
	instant described, failed;
	unsigned newest;
	struct attempt attempts[ATTEMPTS]; /* a ring: the newest takes the place of the oldest */
};

static enum status fail(struct error *error, const char *what)
{
	error_set(error, STATUS_IO, "provider.answer", "The identity provider %s", what);
	error_remedy(error, "Try again in a minute; if it lasts, tell the people who look after OneView");
	return STATUS_IO;
}

/* ---- opening ----------------------------------------------------------------------------------------- */

static enum status read_secret(struct provider *provider, const struct workspace *workspace, struct error *error)
{
	char path[2 * WORKSPACE_PATH_SIZE];
	struct buf content;
	const char *file = workspace->provider.secret_file;
	snprintf(path, sizeof path, "%s%s%s", file[0] == '/' ? "" : workspace->folder, file[0] == '/' ? "" : "/", file);
	buf_init(&content, ANSWER_LARGEST);
	enum status status = file_read(path, &content, error);
	struct text secret = text_trim(buf_text(&content));
	if (status == STATUS_OK && (!secret.len || secret.len >= SECRET_LONGEST))
		status = error_set(error, STATUS_INVALID, "provider.secret",
				   "The identity provider's secret is empty or too long");
	if (status != STATUS_OK)
		error_remedy(error, "Write the client's secret, as the provider gave it, into %s", path);
	snprintf(provider->secret, sizeof provider->secret, "%.*s", TEXT_ARG(secret));
	buf_wipe(&content);
	buf_release(&content);
	return status;
}

enum status provider_open(struct provider **out, const struct workspace *workspace, struct error *error)
{
	*out = NULL;
	if (!workspace->provider.issuer[0])
		return STATUS_OK;
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return error_set(error, STATUS_INTERNAL, "provider.http", "The library for HTTP did not start");
	struct provider *provider = memory_alloc(1, sizeof *provider);
	provider->settings = workspace->provider;
	pthread_mutex_init(&provider->lock, NULL);
	enum status status = read_secret(provider, workspace, error);
	if (status == STATUS_OK)
		*out = provider;
	else
		provider_close(provider);
	return status;
}

void provider_close(struct provider *provider)
{
	if (!provider)
		return;
	pthread_mutex_destroy(&provider->lock);
	json_decref(provider->description);
	explicit_bzero(provider, sizeof *provider);
	free(provider);
	curl_global_cleanup();
}

const char *provider_title(const struct provider *provider)
{
	return provider->settings.title;
}

enum external_link provider_links(const struct provider *provider)
{
	struct text links = text_of(provider->settings.links);
	return text_is(links, "external_id") ? LINK_BY_ID : text_is(links, "user_name") ? LINK_BY_NAME : LINK_NONE;
}

struct text provider_issuer(const struct provider *provider)
{
	return text_of(provider->settings.issuer);
}

/* ---- asking the provider -------------------------------------------------------------------------------- */

static size_t take(char *bytes, size_t one, size_t count, void *context)
{
	struct buf *out = context;
	if (out->len + one * count > ANSWER_LARGEST - 1)
		return 0;
	buf_append(out, bytes, one * count);
	return one * count;
}

static bool part_is(CURLU *url, CURLUPart which, const char *wanted)
{
	char *part = NULL;
	bool same = !curl_url_get(url, which, &part, 0) && !strcmp(part, wanted);
	curl_free(part);
	return same;
}

static bool has_part(CURLU *url, CURLUPart which)
{
	char *part = NULL;
	bool has = curl_url_get(url, which, &part, 0) == CURLUE_OK;
	curl_free(part);
	return has;
}

/* Read by the library that will go there: what stands before an '@' is no host. */
bool provider_address_is_safe(struct text address)
{
	char written[ADDRESS_LONGEST];
	CURLU *url = curl_url();
	if (!url || address.len >= sizeof written) {
		curl_url_cleanup(url);
		return false;
	}
	snprintf(written, sizeof written, "%.*s", TEXT_ARG(address));
	bool right = !curl_url_set(url, CURLUPART_URL, written, 0) && !has_part(url, CURLUPART_USER) &&
		     !has_part(url, CURLUPART_PASSWORD);
	bool here = part_is(url, CURLUPART_HOST, "127.0.0.1") || part_is(url, CURLUPART_HOST, "localhost");
	bool safe =
		right && (part_is(url, CURLUPART_SCHEME, "https") || (part_is(url, CURLUPART_SCHEME, "http") && here));
	curl_url_cleanup(url);
	return safe;
}

/* GET, or POST of FORM. */
static enum status ask(struct text address, const struct buf *form, struct buf *out, struct error *error)
{
	char url[ADDRESS_LONGEST];
	long code = 0;
	CURL *curl = curl_easy_init();
	if (!curl || !provider_address_is_safe(address)) {
		curl_easy_cleanup(curl);
		return fail(error, "gives an address that is not HTTPS");
	}
	snprintf(url, sizeof url, "%.*s", TEXT_ARG(address));
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SECONDS);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
	if (form) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, buf_text(form).at);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)form->len);
	}
	CURLcode failed = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	curl_easy_cleanup(curl);
	if (!failed && code == 200)
		return STATUS_OK;
	log_event(LOG_WARNING, "web.provider", "the identity provider did not answer as it should: %s, HTTP %ld",
		  curl_easy_strerror(failed), code);
	return fail(error, failed ? "does not answer" : "refuses");
}

static struct text member(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));
	return text_of(value);
}

static enum status ask_json(struct text address, const struct buf *form, json_t **out, struct error *error)
{
	struct buf answer;
	json_error_t ignored;
	buf_init(&answer, ANSWER_LARGEST);
	*out = NULL;
	enum status status = ask(address, form, &answer, error);
	if (status == STATUS_OK)
		*out = json_loadb(buf_text(&answer).at, answer.len, JSON_REJECT_DUPLICATES, &ignored);
	if (status == STATUS_OK && !json_is_object(*out))
		status = fail(error, "answers with what is no JSON object");
	buf_wipe(&answer);
	buf_release(&answer);
	return status;
}

static enum status fetch_description(const struct provider *provider, json_t **out, struct error *error)
{
	char address[512];
	snprintf(address, sizeof address, "%s/.well-known/openid-configuration", provider->settings.issuer);
	enum status status = ask_json(text_of(address), NULL, out, error);
	if (status == STATUS_OK && !text_is(member(*out, "issuer"), provider->settings.issuer))
		status = fail(error, "calls itself by another name than workspace.yaml");
	return status;
}

/* A copy of what is remembered, which the caller releases; NULL: the provider is to be asked. */
static json_t *remembered(struct provider *provider, bool *failed)
{
	pthread_mutex_lock(&provider->lock);
	instant now = instant_now();
	json_t *known = now - provider->described < description_lasts ? json_deep_copy(provider->description) : NULL;
	*failed = !known && now - provider->failed < failure_lasts;
	pthread_mutex_unlock(&provider->lock);
	return known;
}

static enum status describe(struct provider *provider, json_t **out, struct error *error)
{
	bool failed;
	*out = remembered(provider, &failed);
	if (*out)
		return STATUS_OK;
	if (failed)
		return fail(error, "did not answer a moment ago");
	enum status status = fetch_description(provider, out, error);
	pthread_mutex_lock(&provider->lock);
	if (status == STATUS_OK) {
		json_decref(provider->description);
		provider->description = json_deep_copy(*out);
		provider->described = instant_now();
	} else {
		provider->failed = instant_now();
	}
	pthread_mutex_unlock(&provider->lock);
	return status;
}

/* ---- beginning --------------------------------------------------------------------------------------------- */

static void random_text(char out[PROVIDER_STATE_SIZE])
{
	unsigned char bytes[32];
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(out, PROVIDER_STATE_SIZE, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static struct attempt new_attempt(struct provider *provider, struct text next)
{
	struct attempt made = {.at = instant_now()};
	random_text(made.state);
	random_text(made.nonce);
	random_text(made.verifier);
	if (next.len >= NEXT_LONGEST)
		next = TEXT("/");
	snprintf(made.next, sizeof made.next, "%.*s", TEXT_ARG(next));
	pthread_mutex_lock(&provider->lock);
	provider->attempts[provider->newest++ % ATTEMPTS] = made;
	pthread_mutex_unlock(&provider->lock);
	return made;
}

static void challenge_of(const char *verifier, char out[PROVIDER_STATE_SIZE])
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(hash, (const unsigned char *)verifier, strlen(verifier));
	sodium_bin2base64(out, PROVIDER_STATE_SIZE, hash, sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void put(struct buf *out, const char *name, const char *value)
{
	buf_format(out, "%s%s=", out->len ? "&" : "", name);
	form_append_encoded(out, text_of(value));
}

static void put_return(const struct provider *provider, struct buf *out)
{
	char address[512];
	snprintf(address, sizeof address, "%s" PROVIDER_PATH "/back", provider->settings.address);
	put(out, "redirect_uri", address);
}

enum status provider_begin(struct provider *provider, struct text next, struct arena *arena,
			   struct provider_attempt *out, struct error *error)
{
	char challenge[PROVIDER_STATE_SIZE];
	struct buf query;
	json_t *description;
	enum status status = describe(provider, &description, error);
	struct text endpoint = member(description, "authorization_endpoint");
	if (status == STATUS_OK && !provider_address_is_safe(endpoint))
		status = fail(error, "gives an address that is not HTTPS");
	if (status != STATUS_OK) {
		json_decref(description);
		return status;
	}
	struct attempt made = new_attempt(provider, next);
	challenge_of(made.verifier, challenge);
	buf_init(&query, 8192);
	put(&query, "response_type", "code");
	put(&query, "client_id", provider->settings.client_id);
	put_return(provider, &query);
	put(&query, "scope", "openid profile email");
	put(&query, "state", made.state);
	put(&query, "nonce", made.nonce);
	put(&query, "code_challenge", challenge);
	put(&query, "code_challenge_method", "S256");
	bool more = text_find_char(endpoint, '?') < endpoint.len;
	out->address =
		arena_format(arena, "%.*s%c%.*s", TEXT_ARG(endpoint), more ? '&' : '?', TEXT_ARG(buf_text(&query)));
	memcpy(out->state, made.state, sizeof out->state);
	explicit_bzero(&made, sizeof made);
	buf_release(&query);
	json_decref(description);
	return STATUS_OK;
}

/* ---- finishing ------------------------------------------------------------------------------------------------ */

/* Takes the attempt out: it is finished once, whatever comes of it. */
static bool take_attempt(struct provider *provider, struct text state, struct attempt *out)
{
	bool found = false;
	pthread_mutex_lock(&provider->lock);
	for (unsigned i = 0; i < ATTEMPTS && state.len == PROVIDER_STATE_SIZE - 1 && !found; i++) {
		struct attempt *attempt = &provider->attempts[i];
		found = attempt->at && !sodium_memcmp(attempt->state, state.at, state.len);
		if (found) {
			*out = *attempt;
			explicit_bzero(attempt, sizeof *attempt);
		}
	}
	pthread_mutex_unlock(&provider->lock);
	return found && instant_now() - out->at < attempt_lasts;
}

/* In the body, as "client_secret_post", which every provider takes. */
static enum status exchange(const struct provider *provider, const struct attempt *attempt, struct text code,
			    struct text endpoint, json_t **out, struct error *error)
{
	struct buf form;
	buf_init(&form, 16384);
	put(&form, "grant_type", "authorization_code");
	buf_append_text(&form, TEXT("&code="));
	form_append_encoded(&form, code);
	put_return(provider, &form);
	put(&form, "code_verifier", attempt->verifier);
	put(&form, "client_id", provider->settings.client_id);
	put(&form, "client_secret", provider->secret);
	enum status status = ask_json(endpoint, &form, out, error);
	buf_wipe(&form);
	buf_release(&form);
	return status;
}

static enum status check(const struct provider *provider, const struct attempt *attempt, const json_t *description,
			 const json_t *tokens, struct arena *arena, struct id_token *out, struct error *error)
{
	struct buf keys;
	struct text token = member(tokens, "id_token");
	struct id_token_wanted wanted = {.issuer = text_of(provider->settings.issuer),
					 .client_id = text_of(provider->settings.client_id),
					 .nonce = text_of(attempt->nonce),
					 .groups_claim = text_of(provider->settings.groups_claim),
					 .link_claim = text_of(provider->settings.link_claim),
					 .now = instant_now()};
	buf_init(&keys, ANSWER_LARGEST);
	enum status status = ask(member(description, "jwks_uri"), NULL, &keys, error);
	if (status == STATUS_OK && !token.len)
		status = fail(error, "gives no ID token");
	if (status == STATUS_OK)
		status = id_token_check(out, token, buf_text(&keys), &wanted, arena, error);
	buf_release(&keys);
	return status;
}

enum status provider_finish(struct provider *provider, struct text state, struct text code, struct arena *arena,
			    struct id_token *out, struct text *next, struct error *error)
{
	struct attempt attempt = {0};
	json_t *description = NULL, *tokens = NULL;
	if (!take_attempt(provider, state, &attempt)) {
		error_set(error, STATUS_REFUSED, "provider.state",
			  "This attempt to sign in is too old, or was not begun here");
		error_remedy(error, "Begin again at the page for signing in");
		return STATUS_REFUSED;
	}
	enum status status = describe(provider, &description, error);
	if (status == STATUS_OK)
		status = exchange(provider, &attempt, code, member(description, "token_endpoint"), &tokens, error);
	if (status == STATUS_OK)
		status = check(provider, &attempt, description, tokens, arena, out, error);
	*next = arena_text(arena, text_of(attempt.next));
	explicit_bzero(&attempt, sizeof attempt);
	json_decref(description);
	json_decref(tokens);
	return status;
}
