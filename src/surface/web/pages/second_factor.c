/* The code that follows the password; setting an authenticator app up, and taking it away. */
#include "policy/second_factor.h"
#include "web/pages/pages.h"

#include <qrencode.h>
#include <sodium.h>

/* ---- the secret, which only the vault can read ---------------------------------------------------- */

static enum status open_secret(const struct visit *visit, const struct second_factor *factor,
			       unsigned char secret[TOTP_SECRET_BYTES], struct error *error)
{
	struct buf plain;
	if (text_is_absent(factor->sealed))
		return error_set(error, STATUS_CONFLICT, "second_factor.missing", "No authenticator app is set up.");
	buf_init(&plain, 1024);
	enum status status = disclosure_unseal_words(visit->site->vault, factor->user_id, WORDS_OF_SECOND_FACTOR,
						     factor->sealed, &plain, error);
	if (status == STATUS_OK && plain.len != TOTP_SECRET_BYTES)
		status = error_set(error, STATUS_CORRUPT, "second_factor.secret", "The secret is not whole.");
	if (status == STATUS_OK)
		memcpy(secret, plain.at, TOTP_SECRET_BYTES);
	buf_wipe(&plain);
	buf_release(&plain);
	return status;
}

static enum status new_secret(struct visit *visit, struct store *desk, unsigned char secret[TOTP_SECRET_BYTES],
			      struct error *error)
{
	struct buf sealed;
	int64_t user_id = visit->viewer.user_id;
	buf_init(&sealed, 1024);
	randombytes_buf(secret, TOTP_SECRET_BYTES);
	disclosure_seal_words(visit->site->vault, user_id, WORDS_OF_SECOND_FACTOR,
			      text_slice((const char *)secret, TOTP_SECRET_BYTES), &sealed);
	enum status status = second_factor_begin(desk, user_id, buf_text(&sealed), error);
	buf_release(&sealed);
	return status;
}

/* ---- the square ---------------------------------------------------------------------------------------- */

/* One path for all dark modules, a run of them a rectangle; four light ones around it, as readers want. */
static void put_square(struct value *document, struct text address)
{
	enum { MARGIN = 4 };
	struct buf path;
	QRcode *code = QRcode_encodeString8bit(address.at, 0, QR_ECLEVEL_M);
	if (!code)
		return;
	buf_init(&path, 1 << 16);
	for (int y = 0; y < code->width; y++) {
		for (int x = 0, run; x < code->width; x += run) {
			bool dark = code->data[y * code->width + x] & 1;
			for (run = 1; x + run < code->width && (code->data[y * code->width + x + run] & 1) == dark;
			     run++)
				;
			if (dark)
				buf_format(&path, "M%d %dh%dv1h-%dz", x + MARGIN, y + MARGIN, run, run);
		}
	}
	put_int(document, "square_size", code->width + 2 * MARGIN);
	put_text(document, "square_path", arena_text(document->arena, buf_text(&path)));
	buf_wipe(&path);
	buf_release(&path);
	QRcode_free(code);
}

static void put_secret(struct visit *visit, const unsigned char secret[TOTP_SECRET_BYTES])
{
	char plain[TOTP_SECRET_TEXT + 1], grouped[TOTP_SECRET_TEXT * 5 / 4 + 1];
	totp_secret_text(secret, plain);
	int o = 0;
	for (int i = 0; i < TOTP_SECRET_TEXT; i++) {
		if (i && i % 4 == 0)
			grouped[o++] = ' ';
		grouped[o++] = plain[i];
	}
	put_text(visit->document, "secret", arena_text(visit->arena, text_slice(grouped, (size_t)o)));
	/* The form that apps read: "otpauth://totp/ISSUER:ACCOUNT?secret=..."; names of accounts need no escape but
	 * '@'. */
	struct text address = arena_format(visit->arena, "otpauth://totp/OneView:%.*s?secret=%s&issuer=OneView",
					   TEXT_ARG(visit->viewer.username), plain);
	put_square(visit->document, address);
	sodium_memzero(plain, sizeof plain);
	sodium_memzero(grouped, sizeof grouped);
}

/* ---- the page ------------------------------------------------------------------------------------------- */

static enum status factor_page(struct visit *visit, const struct second_factor *factor)
{
	bool set = factor->confirmed != INSTANT_UNKNOWN;
	put_bool(visit->document, "set", set);
	put_bool(visit->document, "required", visit->viewer.role && visit->viewer.role->second_factor);
	put_long_instant(visit->document, "since", factor->confirmed);
	put_int(visit->document, "recovery_left", factor->recovery_left);
	return visit_page(visit, "second_factor", "Authenticator app");
}

static enum status get_factor(struct visit *visit, int64_t user_id, struct store **desk, struct second_factor *factor,
			      struct error *error)
{
	enum status status = visit_desk(visit, desk, error);
	return status ? status : second_factor_get(*desk, user_id, visit->arena, factor, error);
}

enum status page_second_factor(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct second_factor factor;
	enum status status = get_factor(visit, visit->viewer.user_id, &desk, &factor, error);
	return status ? status : factor_page(visit, &factor);
}

static enum status begin(struct visit *visit, struct store *desk, struct second_factor *factor, struct error *error)
{
	unsigned char secret[TOTP_SECRET_BYTES];
	enum status status = new_secret(visit, desk, secret, error);
	if (status == STATUS_OK)
		put_secret(visit, secret);
	sodium_memzero(secret, sizeof secret);
	return status ? status : factor_page(visit, factor);
}

/* Writes the change and its entry in one transaction. */
static enum status join_entry(struct visit *visit, struct store *desk, const char *action, enum status status,
			      struct error *error)
{
	struct audit_entry entry = visit_entry(visit, action, "allowed");
	entry.subject_kind = TEXT("account");
	entry.subject_id = visit->viewer.user_id;
	return visit_commit(visit, desk, status, &entry, error);
}

/* The session of before has ended with all others: the one who has shown the code goes on with a new one. */
static enum status confirmed_page(struct visit *visit, struct store *desk,
				  char recovery[RECOVERY_CODES][RECOVERY_CODE_SIZE], struct error *error)
{
	char token[SESSION_TOKEN_SIZE];
	struct second_factor factor;
	enum status status =
		session_start_as(desk, visit->viewer.user_id, SESSION_BY_CODE, visit->request->from, token, error);
	if (status == STATUS_OK)
		status = session_find(desk, text_of(token), &visit->site->limits, visit->arena, &visit->session, error);
	if (status == STATUS_OK)
		status = second_factor_get(desk, visit->viewer.user_id, visit->arena, &factor, error);
	if (status != STATUS_OK)
		return status;
	sign_in_set_cookie(visit, token, false);
	explicit_bzero(token, sizeof token);
	put_bool(visit->document, "has_recovery_codes", true);
	struct value *codes = put_array(visit->document, "recovery_codes");
	for (int i = 0; i < RECOVERY_CODES; i++)
		add_text(codes, arena_text(visit->arena, text_of(recovery[i])));
	return factor_page(visit, &factor);
}

static enum status confirm(struct visit *visit, struct store *desk, struct second_factor *factor, struct error *error)
{
	unsigned char secret[TOTP_SECRET_BYTES];
	char recovery[RECOVERY_CODES][RECOVERY_CODE_SIZE];
	enum status status = open_secret(visit, factor, secret, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = second_factor_confirm(desk, factor->user_id, secret, visit_field(visit, "code"), recovery, error);
	status = join_entry(visit, desk, "second_factor.set", status, error);
	if (status == STATUS_INVALID) {
		visit_form_error(visit, "code", "This is not the code that the app shows now. Wait for the next one");
		put_secret(visit, secret);
	}
	sodium_memzero(secret, sizeof secret);
	if (status == STATUS_INVALID)
		return factor_page(visit, factor);
	status = status ? status : confirmed_page(visit, desk, recovery, error);
	sodium_memzero(recovery, sizeof recovery);
	return status;
}

static enum status take_away(struct visit *visit, struct store *desk, struct second_factor *factor, struct error *error)
{
	unsigned char secret[TOTP_SECRET_BYTES];
	bool by_recovery;
	enum sign_in_outcome outcome = SIGN_IN_OK;
	enum status status = open_secret(visit, factor, secret, error);
	if (status == STATUS_OK)
		status = second_factor_check(desk, factor, secret, visit_field(visit, "code"), &by_recovery, &outcome,
					     error);
	sodium_memzero(secret, sizeof secret);
	if (status == STATUS_REFUSED) {
		sign_in_record_failure(visit, outcome);
		visit_form_error(visit, "code", "The code is not right, or was used before");
		return factor_page(visit, factor);
	}
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = second_factor_remove(desk, factor->user_id, error);
	status = join_entry(visit, desk, "second_factor.remove", status, error);
	return status ? status : visit_redirect(visit, "/second-factor");
}

enum status page_second_factor_post(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct second_factor factor;
	struct text what = visit_field(visit, "do");
	enum status status = get_factor(visit, visit->viewer.user_id, &desk, &factor, error);
	if (status != STATUS_OK)
		return status;
	bool set = factor.confirmed != INSTANT_UNKNOWN;
	if (text_is(what, "begin") && !set)
		return begin(visit, desk, &factor, error);
	if (text_is(what, "confirm") && !set)
		return confirm(visit, desk, &factor, error);
	if (text_is(what, "remove") && set)
		return take_away(visit, desk, &factor, error);
	return factor_page(visit, &factor);
}

/* ---- the second step of signing in --------------------------------------------------------------------- */

static enum status code_page(struct visit *visit, struct text next)
{
	sign_in_put_form_token(visit);
	put_text(visit->document, "next", next.len ? visit_safe_path(next) : TEXT_ABSENT);
	return visit_page(visit, "sign_in_code", "Your code");
}

enum status page_sign_in_code(struct visit *visit, struct error *error)
{
	(void)error;
	return visit->half_signed_in ? code_page(visit, visit_query(visit, "next")) : visit_redirect(visit, "/sign-in");
}

static enum status check_code(struct visit *visit, bool *by_recovery, enum sign_in_outcome *outcome,
			      struct error *error)
{
	struct store *desk;
	struct second_factor factor;
	unsigned char secret[TOTP_SECRET_BYTES];
	enum status status = get_factor(visit, visit->session.account.user_id, &desk, &factor, error);
	if (status == STATUS_OK)
		status = open_secret(visit, &factor, secret, error);
	if (status == STATUS_OK)
		status = second_factor_check(desk, &factor, secret, visit_field(visit, "code"), by_recovery, outcome,
					     error);
	sodium_memzero(secret, sizeof secret);
	if (status == STATUS_OK)
		status = session_end(desk, visit->token, error);
	return status;
}

enum status page_sign_in_code_post(struct visit *visit, struct error *error)
{
	bool by_recovery = false;
	enum sign_in_outcome outcome = SIGN_IN_OK;
	struct text next = visit_field(visit, "next");
	if (!visit->half_signed_in)
		return error_set(error, STATUS_REFUSED, "web.sign_in", "Give your user name and password first.");
	enum status status = check_code(visit, &by_recovery, &outcome, error);
	if (status == STATUS_REFUSED) {
		sign_in_record_failure(visit, outcome);
		visit_form_error(visit, "code",
				 "The code is not right, was used before, or the account is locked for a while");
		return code_page(visit, next);
	}
	if (status != STATUS_OK)
		return status;
	return sign_in_finish(visit, &visit->session.account, SESSION_BY_CODE, by_recovery ? "recovery code" : "code",
			      next, error);
}
