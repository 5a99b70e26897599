/* Ways in, and what stands before the first page: the second factor as a browser sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/totp.h"
#include "village.h"

static int set_up(void **state)
{
	struct village *v = village_make();
	village_user(v, "ines", "inspector");
	*state = v;
	return 0;
}

static int tear_down(void **state)
{
	village_remove(*state);
	return 0;
}

static int64_t audited(struct village *v, const char *action, const char *detail)
{
	char sql[300];
	snprintf(sql, sizeof sql,
		 "SELECT COUNT(*) FROM audit_entry WHERE action = '%s' AND COALESCE(detail, '') = '%s'", action,
		 detail);
	return village_query(v, STORE_DESK, sql);
}

/* What an app does with the key on the page: base 32 back to bytes. */
static void read_key(const struct village *v, unsigned char secret[TOTP_SECRET_BYTES])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const char *at = strstr(v->out.at, "Key: <code>");
	uint32_t bits = 0;
	int have = 0, count = 0;
	assert_non_null(at);
	for (at += 11; *at != '<' && count < TOTP_SECRET_BYTES; at++) {
		const char *letter = *at == ' ' ? NULL : strchr(letters, *at);
		if (!letter)
			continue;
		bits = bits << 5 | (uint32_t)(letter - letters);
		have += 5;
		if (have >= 8)
			secret[count++] = (unsigned char)(bits >> (have -= 8));
	}
	assert_int_equal(count, TOTP_SECRET_BYTES);
}

static void code_form(const unsigned char *secret, int away, const char *before, char out[100])
{
	char code[9];
	totp_code(secret, totp_step(instant_now()) + away, TOTP_DIGITS, code);
	snprintf(out, 100, "%scode=%s", before, code);
}

static int give_password(struct village *v, const char *name)
{
	char form[200];
	v->cookie[0] = '\0';
	assert_int_equal(village_get(v, "/sign-in"), 200);
	snprintf(form, sizeof form, "username=%s&password=correct+horse+battery", name);
	return village_post(v, "/sign-in", form);
}

/* A browser has two cookies here: that of the form, and that of the half session. */
static int give_code(struct village *v, const char *form)
{
	char half[200];
	snprintf(half, sizeof half, "%s", v->cookie);
	assert_int_equal(village_get(v, "/sign-in/code"), 200);
	snprintf(v->cookie + strlen(v->cookie), sizeof v->cookie - strlen(v->cookie), "; %s", half);
	return village_post(v, "/sign-in/code", form);
}

static void test_a_second_factor_is_set_up_and_asked_for(void **state)
{
	struct village *v = *state;
	unsigned char secret[TOTP_SECRET_BYTES];
	char form[100], where[500], recovery[60];
	assert_int_equal(give_password(v, "ines"), 303);
	/* the role needs one: no other page before it */
	assert_int_equal(village_get(v, "/"), 303);
	assert_string_equal(village_header(v, "Location", where), "/second-factor");
	assert_int_equal(village_get(v, "/search"), 303);
	assert_int_equal(village_get(v, "/second-factor"), 200);
	assert_true(village_shows(v, "Your role needs a second proof"));
	assert_int_equal(village_post(v, "/second-factor", "do=begin"), 200);
	assert_true(village_shows(v, "<path fill=\"#000000\" d=\"M4 4h7v1h-7z"));
	read_key(v, secret);
	assert_int_equal(village_post(v, "/second-factor", "do=confirm&code=000000"), 422);
	assert_int_equal(village_get(v, "/"), 303);
	assert_int_equal(village_get(v, "/second-factor"), 200);
	code_form(secret, -1, "do=confirm&", form);
	assert_int_equal(village_post(v, "/second-factor", form), 200);
	assert_true(village_shows(v, "Your recovery codes"));
	snprintf(recovery, sizeof recovery, "code=%.29s", strstr(v->out.at, "<li><code>") + 10);
	assert_int_equal(village_get(v, "/"), 200);
	assert_int_equal(audited(v, "second_factor.set", ""), 1);
	/* from now on the password alone opens nothing */
	assert_int_equal(give_password(v, "ines"), 303);
	assert_string_equal(village_header(v, "Location", where), "/sign-in/code");
	assert_int_equal(village_get(v, "/"), 303);
	assert_string_equal(village_header(v, "Location", where), "/sign-in");
	assert_int_equal(village_get_as(v, "/second-factor", "application/json"), 401);
	assert_int_equal(give_password(v, "ines"), 303);
	assert_int_equal(give_code(v, "code=123456"), 422);
	assert_int_equal(audited(v, "sign_in", "wrong_code"), 1);
	assert_int_equal(give_password(v, "ines"), 303);
	code_form(secret, 0, "", form);
	assert_int_equal(give_code(v, form), 303);
	assert_int_equal(village_get(v, "/"), 200);
	assert_int_equal(audited(v, "sign_in", "code"), 1);
	/* each once */
	assert_int_equal(give_password(v, "ines"), 303);
	assert_int_equal(give_code(v, form), 422);
	assert_int_equal(give_password(v, "ines"), 303);
	assert_int_equal(give_code(v, recovery), 303);
	assert_int_equal(village_get(v, "/"), 200);
	assert_int_equal(audited(v, "sign_in", "recovery code"), 1);
	/* the secret is nowhere in clear */
	assert_int_equal(village_query(v, STORE_DESK, "SELECT COUNT(*) FROM second_factor WHERE LENGTH(sealed) > 20"),
			 1);
}

static void test_it_is_taken_away_with_a_code_only(void **state)
{
	struct village *v = *state;
	unsigned char secret[TOTP_SECRET_BYTES];
	char form[100];
	village_sign_in(v, "rosa"); /* her role does not need one, but she may have one */
	assert_int_equal(village_get(v, "/second-factor"), 200);
	assert_int_equal(village_post(v, "/second-factor", "do=begin"), 200);
	read_key(v, secret);
	code_form(secret, -1, "do=confirm&", form);
	assert_int_equal(village_post(v, "/second-factor", form), 200);
	assert_int_equal(village_get(v, "/second-factor"), 200);
	assert_int_equal(village_post(v, "/second-factor", "do=remove&code=000000"), 422);
	assert_int_equal(village_post(v, "/second-factor", "do=begin"), 200);
	assert_false(village_shows(v, "Key: <code>"));
	code_form(secret, 0, "do=remove&", form);
	assert_int_equal(village_post(v, "/second-factor", form), 303);
	assert_int_equal(audited(v, "second_factor.remove", ""), 1);
	village_sign_in(v, "rosa");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_second_factor_is_set_up_and_asked_for),
		cmocka_unit_test(test_it_is_taken_away_with_a_code_only),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
