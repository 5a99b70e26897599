/* A token is believed only when everything about it is right: each way of being wrong has a case of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "policy/id_token.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <sodium.h>

static gnutls_privkey_t rsa, other_rsa, ec;
static char keys[4000];
static struct arena arena;
static const int64_t now = 1800000000;

static void encode(const void *bytes, size_t len, struct buf *out)
{
	char text[4000];
	sodium_bin2base64(text, sizeof text, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	buf_append_text(out, text_of(text));
}

static void put_part(struct buf *out, const char *name, const gnutls_datum_t *part)
{
	buf_format(out, ",\"%s\":\"", name);
	encode(part->data, part->size, out);
	buf_append_text(out, TEXT("\""));
}

static gnutls_privkey_t make_key(gnutls_pk_algorithm_t kind, unsigned bits)
{
	gnutls_privkey_t key;
	assert_int_equal(gnutls_privkey_init(&key), 0);
	assert_int_equal(gnutls_privkey_generate(key, kind, bits, 0), 0);
	return key;
}

static void put_key(struct buf *out, gnutls_privkey_t key, bool elliptic, const char *id)
{
	gnutls_pubkey_t public;
	gnutls_datum_t a, b;
	assert_int_equal(gnutls_pubkey_init(&public), 0);
	assert_int_equal(gnutls_pubkey_import_privkey(public, key, 0, 0), 0);
	buf_format(out, "{\"kid\":\"%s\",\"kty\":\"%s\"%s", id, elliptic ? "EC" : "RSA",
		   elliptic ? ",\"crv\":\"P-256\"" : ",\"use\":\"sig\"");
	if (elliptic)
		assert_int_equal(gnutls_pubkey_export_ecc_raw2(public, NULL, &a, &b, GNUTLS_EXPORT_FLAG_NO_LZ), 0);
	else
		assert_int_equal(gnutls_pubkey_export_rsa_raw2(public, &a, &b, GNUTLS_EXPORT_FLAG_NO_LZ), 0);
	put_part(out, elliptic ? "x" : "n", &a);
	put_part(out, elliptic ? "y" : "e", &b);
	buf_append_text(out, TEXT("}"));
	gnutls_free(a.data);
	gnutls_free(b.data);
	gnutls_pubkey_deinit(public);
}

static int set_up(void **state)
{
	(void)state;
	struct buf out;
	arena_init(&arena, 1 << 20);
	buf_init(&out, sizeof keys);
	rsa = make_key(GNUTLS_PK_RSA, 2048);
	other_rsa = make_key(GNUTLS_PK_RSA, 2048);
	ec = make_key(GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1));
	buf_append_text(&out, TEXT("{\"keys\":["));
	put_key(&out, rsa, false, "r1");
	buf_append_text(&out, TEXT(","));
	put_key(&out, ec, true, "e1");
	buf_append_text(&out, TEXT("]}"));
	snprintf(keys, sizeof keys, "%s", out.at);
	buf_release(&out);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gnutls_privkey_deinit(rsa);
	gnutls_privkey_deinit(other_rsa);
	gnutls_privkey_deinit(ec);
	arena_release(&arena);
	return 0;
}

/* KEY NULL: no signature. */
static struct text sign(const char *header, const char *claims, gnutls_privkey_t key)
{
	struct buf out;
	gnutls_datum_t mark, r, s;
	buf_init(&out, 8000);
	encode(header, strlen(header), &out);
	buf_append_text(&out, TEXT("."));
	encode(claims, strlen(claims), &out);
	gnutls_datum_t data = {(unsigned char *)out.at, (unsigned)out.len};
	if (key == ec) {
		unsigned char pair[64] = {0};
		assert_int_equal(gnutls_privkey_sign_data2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &mark), 0);
		assert_int_equal(gnutls_decode_rs_value(&mark, &r, &s), 0);
		for (unsigned i = 0; i < 32 && i < r.size; i++)
			pair[31 - i] = r.data[r.size - 1 - i];
		for (unsigned i = 0; i < 32 && i < s.size; i++)
			pair[63 - i] = s.data[s.size - 1 - i];
		buf_append_text(&out, TEXT("."));
		encode(pair, sizeof pair, &out);
		gnutls_free(r.data);
		gnutls_free(s.data);
		gnutls_free(mark.data);
	} else if (key) {
		assert_int_equal(gnutls_privkey_sign_data2(key, GNUTLS_SIGN_RSA_SHA256, 0, &data, &mark), 0);
		buf_append_text(&out, TEXT("."));
		encode(mark.data, mark.size, &out);
		gnutls_free(mark.data);
	} else {
		buf_append_text(&out, TEXT("."));
	}
	struct text token = arena_text(&arena, buf_text(&out));
	buf_release(&out);
	return token;
}

static const char *check(struct text token, struct id_token *out)
{
	static struct error e;
	struct id_token_wanted wanted = {.issuer = TEXT("https://id.example"),
					 .client_id = TEXT("oneview"),
					 .nonce = TEXT("n-1"),
					 .groups_claim = TEXT("groups"),
					 .now = now * INT64_C(1000000)};
	enum status status = id_token_check(out, token, text_of(keys), &wanted, &arena, &e);
	assert_true(status == STATUS_OK || status == STATUS_REFUSED);
	return status == STATUS_OK ? "ok" : e.code;
}

#define HEADER_RSA "{\"alg\":\"RS256\",\"kid\":\"r1\"}"
#define HEADER_EC "{\"alg\":\"ES256\",\"kid\":\"e1\"}"
#define CLAIMS(iss, aud, exp, nonce) \
	"{\"iss\":\"" iss "\",\"aud\":" aud ",\"exp\":" exp ",\"iat\":1799999990,\"nonce\":\"" nonce \
	"\",\"sub\":\"s-1\"," \
	"\"preferred_username\":\"wren\",\"name\":\"Wren Okafor\",\"groups\":[\"a\",\"b\"]}"
#define GOOD CLAIMS("https://id.example", "\"oneview\"", "1800000300", "n-1")

static void test_a_right_token_says_who_it_is(void **state)
{
	(void)state;
	struct id_token token;
	assert_string_equal(check(sign(HEADER_RSA, GOOD, rsa), &token), "ok");
	assert_true(text_is(token.subject, "s-1"));
	assert_true(text_is(token.username, "wren"));
	assert_true(text_is(token.name, "Wren Okafor"));
	assert_int_equal(token.group_count, 2);
	assert_true(text_is(token.groups[1], "b"));
	for (int i = 0; i < 20; i++) /* numbers of a signature that begin with zeros come by */
		assert_string_equal(check(sign(HEADER_EC, GOOD, ec), &token), "ok");
	assert_string_equal(check(sign("{\"alg\":\"RS256\"}", GOOD, rsa), &token), "ok");
	assert_string_equal(
		check(sign(HEADER_RSA, CLAIMS("https://id.example", "[\"oneview\"]", "1800000300", "n-1"), rsa),
		      &token),
		"ok");
}

static void test_a_wrong_token_is_refused(void **state)
{
	(void)state;
	struct id_token token;
	const struct {
		const char *header, *claims;
		gnutls_privkey_t key;
		const char *code;
	} cases[] = {
		{HEADER_RSA, GOOD, other_rsa, "id_token.signature"},
		{HEADER_EC, GOOD, rsa, "id_token.signature"},
		{"{\"alg\":\"none\"}", GOOD, NULL, "id_token.algorithm"},
		{"{\"alg\":\"none\",\"kid\":\"r1\"}", GOOD, rsa, "id_token.algorithm"},
		{"{\"alg\":\"HS256\",\"kid\":\"r1\"}", GOOD, rsa, "id_token.algorithm"},
		{"{\"kid\":\"r1\"}", GOOD, rsa, "id_token.algorithm"},
		{"{\"alg\":\"RS256\",\"kid\":\"r1\",\"crit\":[\"x\"]}", GOOD, rsa, "id_token.algorithm"},
		{"{\"alg\":\"RS256\",\"kid\":\"r2\"}", GOOD, rsa, "id_token.key"},
		{"{\"alg\":\"RS256\",\"kid\":\"e1\"}", GOOD, rsa, "id_token.key"},
		{HEADER_RSA, GOOD, NULL, "id_token.signature"},
		{HEADER_RSA, CLAIMS("https://evil.example", "\"oneview\"", "1800000300", "n-1"), rsa,
		 "id_token.issuer"},
		{HEADER_RSA, CLAIMS("https://id.example", "\"other\"", "1800000300", "n-1"), rsa, "id_token.audience"},
		{HEADER_RSA, CLAIMS("https://id.example", "[\"oneview\",\"other\"]", "1800000300", "n-1"), rsa,
		 "id_token.audience"},
		{HEADER_RSA, CLAIMS("https://id.example", "\"oneview\"", "1799999900", "n-1"), rsa, "id_token.expired"},
		{HEADER_RSA, CLAIMS("https://id.example", "\"oneview\"", "\"never\"", "n-1"), rsa, "id_token.expired"},
		{HEADER_RSA, CLAIMS("https://id.example", "\"oneview\"", "1800000300", "n-2"), rsa, "id_token.nonce"},
		{HEADER_RSA, CLAIMS("https://id.example", "\"oneview\"", "1800000300", ""), rsa, "id_token.nonce"},
		{HEADER_RSA, "[]", rsa, "id_token.form"},
		{"no header", GOOD, rsa, "id_token.form"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *code = check(sign(cases[i].header, cases[i].claims, cases[i].key), &token);
		if (strcmp(code, cases[i].code))
			fail_msg("case %zu is %s, not %s", i, code, cases[i].code);
		assert_true(text_is_absent(token.subject));
	}
	assert_string_equal(check(TEXT(""), &token), "id_token.form");
	assert_string_equal(check(TEXT("a.b"), &token), "id_token.form");
	assert_string_equal(check(TEXT("a.b.c.d"), &token), "id_token.form");
}

/* A changed letter anywhere is noticed. */
static void test_nothing_can_be_changed(void **state)
{
	(void)state;
	struct id_token token;
	struct text right = sign(HEADER_RSA, GOOD, rsa);
	for (size_t i = 0; i < right.len; i += 7) {
		char *copy = arena_copy(&arena, right);
		copy[i] = copy[i] == 'A' ? 'B' : 'A';
		assert_string_not_equal(check(text_slice(copy, right.len), &token), "ok");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_right_token_says_who_it_is),
		cmocka_unit_test(test_a_wrong_token_is_refused),
		cmocka_unit_test(test_nothing_can_be_changed),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
