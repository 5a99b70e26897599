#include "policy/id_token.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <jansson.h>
#include <sodium.h>

enum { SKEW_SECONDS = 60, RSA_BITS_LEAST = 2048, ES256_HALF = 32, KEY_PART_LARGEST = 1024, SIGNATURE_LARGEST = 1024 };

static enum status refuse(struct error *error, const char *code, const char *what)
{
	error_set(error, STATUS_REFUSED, code, "The identity provider's token is not believed: %s", what);
	return STATUS_REFUSED;
}

/* ---- pieces ------------------------------------------------------------------------------------------ */

static bool decode(struct text t, unsigned char *out, size_t size, size_t *len)
{
	return !sodium_base642bin(out, size, t.at, t.len, NULL, len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static struct text member(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_string(value) ? text_slice(json_string_value(value), json_string_length(value)) : TEXT_ABSENT;
}

static json_t *parse(struct text t)
{
	json_error_t ignored;
	json_t *root = json_loadb(t.at, t.len, JSON_REJECT_DUPLICATES, &ignored);
	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

static json_t *parse_encoded(struct text part, struct arena *arena)
{
	size_t len;
	unsigned char *plain = arena_alloc(arena, part.len + 1);
	return decode(part, plain, part.len, &len) ? parse(text_slice((const char *)plain, len)) : NULL;
}

/* ---- the signature -------------------------------------------------------------------------------------- */

struct signature {
	struct text over;
	unsigned char bytes[SIGNATURE_LARGEST];
	size_t len;
	bool elliptic; /* ES256; else RS256 */
	struct text key_id;
};

static bool import_key(gnutls_pubkey_t key, const json_t *jwk, bool elliptic)
{
	unsigned char first[KEY_PART_LARGEST], second[KEY_PART_LARGEST];
	size_t first_len, second_len;
	if (!decode(member(jwk, elliptic ? "x" : "n"), first, sizeof first, &first_len) ||
	    !decode(member(jwk, elliptic ? "y" : "e"), second, sizeof second, &second_len))
		return false;
	gnutls_datum_t a = {first, (unsigned)first_len}, b = {second, (unsigned)second_len};
	if (elliptic)
		return text_is(member(jwk, "crv"), "P-256") &&
		       !gnutls_pubkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_SECP256R1, &a, &b);
	unsigned bits = 0;
	return !gnutls_pubkey_import_rsa_raw(key, &a, &b) &&
	       gnutls_pubkey_get_pk_algorithm(key, &bits) == GNUTLS_PK_RSA && bits >= RSA_BITS_LEAST;
}

static bool verifies(gnutls_pubkey_t key, const struct signature *signature)
{
	gnutls_datum_t data = {(unsigned char *)(uintptr_t)signature->over.at, (unsigned)signature->over.len};
	gnutls_datum_t given = {(unsigned char *)(uintptr_t)signature->bytes, (unsigned)signature->len}, der = {0};
	if (!signature->elliptic)
		return gnutls_pubkey_verify_data2(key, GNUTLS_SIGN_RSA_SHA256, 0, &data, &given) >= 0;
	if (signature->len != 2 * (size_t)ES256_HALF)
		return false;
	gnutls_datum_t r = {given.data, ES256_HALF}, s = {given.data + ES256_HALF, ES256_HALF};
	if (gnutls_encode_rs_value(&der, &r, &s) < 0)
		return false;
	bool right = gnutls_pubkey_verify_data2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &der) >= 0;
	gnutls_free(der.data);
	return right;
}

/* A key of another kind, for another use, or with another name is not tried. */
static bool key_fits(const json_t *jwk, const struct signature *signature)
{
	struct text use = member(jwk, "use"), alg = member(jwk, "alg"), id = member(jwk, "kid");
	return text_is(member(jwk, "kty"), signature->elliptic ? "EC" : "RSA") &&
	       (text_is_absent(use) || text_is(use, "sig")) &&
	       (text_is_absent(alg) || text_is(alg, signature->elliptic ? "ES256" : "RS256")) &&
	       (text_is_absent(signature->key_id) || text_equal(id, signature->key_id));
}

static enum status check_signature(const struct signature *signature, const json_t *keys, struct error *error)
{
	size_t i;
	const json_t *jwk;
	bool tried = false, right = false;
	json_array_foreach(json_object_get(keys, "keys"), i, jwk)
	{
		gnutls_pubkey_t key;
		if (right || !key_fits(jwk, signature) || gnutls_pubkey_init(&key))
			continue;
		tried = true;
		right = import_key(key, jwk, signature->elliptic) && verifies(key, signature);
		gnutls_pubkey_deinit(key);
	}
	if (right)
		return STATUS_OK;
	return tried ? refuse(error, "id_token.signature", "its signature is wrong")
		     : refuse(error, "id_token.key", "the provider publishes no key that signed it");
}

static enum status read_header(struct text part, struct signature *signature, struct arena *arena, struct error *error)
{
	json_t *header = parse_encoded(part, arena);
	if (!header)
		return refuse(error, "id_token.form", "its header cannot be read");
	struct text algorithm = member(header, "alg"), id = member(header, "kid");
	signature->elliptic = text_is(algorithm, "ES256");
	bool known = signature->elliptic || text_is(algorithm, "RS256");
	bool critical = json_object_get(header, "crit") != NULL; /* RFC 7515: what we do not know, we must refuse */
	signature->key_id = text_is_absent(id) ? id : arena_text(arena, id);
	json_decref(header);
	return known && !critical ? STATUS_OK
				  : refuse(error, "id_token.algorithm", "it is not signed by RS256 or ES256");
}

/* ---- the claims ------------------------------------------------------------------------------------------- */

static bool is_for(const json_t *claims, struct text client_id)
{
	const json_t *audience = json_object_get(claims, "aud"), *one;
	struct text party = member(claims, "azp");
	size_t i;
	bool named = text_equal(member(claims, "aud"), client_id);
	json_array_foreach(audience, i, one) named |=
		json_is_string(one) && text_equal(text_of(json_string_value(one)), client_id);
	/* A token for several says which of them it was issued to. */
	bool several = json_array_size(audience) > 1;
	return named && (text_is_absent(party) ? !several : text_equal(party, client_id));
}

static bool is_current(const json_t *claims, instant now)
{
	const json_t *expires = json_object_get(claims, "exp"), *issued = json_object_get(claims, "iat"),
		     *from = json_object_get(claims, "nbf");
	int64_t seconds = now / 1000000;
	return json_is_integer(expires) && json_integer_value(expires) + SKEW_SECONDS > seconds &&
	       json_is_integer(issued) && json_integer_value(issued) - SKEW_SECONDS <= seconds &&
	       (!from || (json_is_integer(from) && json_integer_value(from) - SKEW_SECONDS <= seconds));
}

static enum status check_claims(const json_t *claims, const struct id_token_wanted *wanted, struct error *error)
{
	struct text nonce = member(claims, "nonce");
	if (!text_equal(member(claims, "iss"), wanted->issuer))
		return refuse(error, "id_token.issuer", "another issuer made it");
	if (!is_for(claims, wanted->client_id))
		return refuse(error, "id_token.audience", "it is meant for another service");
	if (!is_current(claims, wanted->now))
		return refuse(error, "id_token.expired", "it is too old or from the future");
	if (!wanted->nonce.len || nonce.len != wanted->nonce.len ||
	    sodium_memcmp(nonce.at, wanted->nonce.at, nonce.len) != 0)
		return refuse(error, "id_token.nonce", "it belongs to another attempt to sign in");
	struct text subject = member(claims, "sub");
	if (!subject.len || subject.len > 255)
		return refuse(error, "id_token.form", "it says nothing of whom it is about");
	return STATUS_OK;
}

static struct text kept(const json_t *claims, const char *key, struct arena *arena)
{
	struct text t = member(claims, key);
	return t.len ? arena_text(arena, t) : TEXT_ABSENT;
}

static void read_claims(struct id_token *out, const json_t *claims, const struct id_token_wanted *wanted,
			struct arena *arena)
{
	struct text groups_claim = wanted->groups_claim;
	*out = (struct id_token){.link = wanted->link_claim.len ? kept(claims, wanted->link_claim.at, arena)
								: TEXT_ABSENT,
				 .subject = kept(claims, "sub", arena),
				 .username = kept(claims, "preferred_username", arena),
				 .name = kept(claims, "name", arena)};
	if (!out->username.len)
		out->username = kept(claims, "email", arena);
	if (!out->username.len)
		out->username = out->subject;
	if (!out->name.len)
		out->name = out->username;
	const json_t *groups = json_object_get(claims, groups_claim.len ? groups_claim.at : "groups"), *group;
	size_t most = json_array_size(groups), i;
	if (most > ID_TOKEN_GROUPS_MOST)
		most = ID_TOKEN_GROUPS_MOST;
	struct text *list = ARENA_ARRAY(arena, most + 1, struct text);
	json_array_foreach(groups, i, group)
	{
		if (out->group_count < most && json_is_string(group))
			list[out->group_count++] = arena_text(arena, text_of(json_string_value(group)));
	}
	out->groups = list;
}

enum status id_token_check(struct id_token *out, struct text jwt, struct text jwks,
			   const struct id_token_wanted *wanted, struct arena *arena, struct error *error)
{
	struct text rest = jwt, header, claims_part, mark;
	struct signature signature = {0};
	*out = (struct id_token){0};
	bool parts = jwt.len <= ID_TOKEN_LONGEST && text_split(&rest, '.', &header) &&
		     text_split(&rest, '.', &claims_part) && text_split(&rest, '.', &mark) && !rest.len;
	if (!parts)
		return refuse(error, "id_token.form", "it does not have three parts");
	enum status status = read_header(header, &signature, arena, error);
	if (status != STATUS_OK)
		return status;
	if (!decode(mark, signature.bytes, sizeof signature.bytes, &signature.len))
		return refuse(error, "id_token.signature", "its signature cannot be read");
	signature.over = text_slice(jwt.at, header.len + 1 + claims_part.len);
	json_t *keys = parse(jwks), *claims = parse_encoded(claims_part, arena);
	if (!keys || !claims)
		status = refuse(error, "id_token.form", "it or the provider's keys cannot be read");
	if (status == STATUS_OK)
		status = check_signature(&signature, keys, error);
	if (status == STATUS_OK)
		status = check_claims(claims, wanted, error);
	if (status == STATUS_OK)
		read_claims(out, claims, wanted, arena);
	json_decref(keys);
	json_decref(claims);
	return status;
}
