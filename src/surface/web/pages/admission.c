/* What somebody must do before any other page: accept the statement on acceptable use, be trained. */
#include "policy/admission.h"
#include "web/drafts.h"
#include "web/pages/pages.h"

enum status page_acceptable_use(struct visit *visit, struct error *error)
{
	(void)error;
	const struct profile_staff *staff = &visit->profile->staff;
	const struct account *account = &visit->session.account;
	struct value *paragraphs = put_array(visit->document, "paragraphs");
	bool asked = !text_is_absent(staff->use_version),
	     accepted = asked && text_equal(account->accepted, staff->use_version);
	for (size_t i = 0; i < staff->use_text_count; i++)
		add_text(paragraphs, staff->use_text[i]);
	put_bool(visit->document, "asked", asked);
	put_text(visit->document, "version", staff->use_version);
	put_bool(visit->document, "open", asked && !accepted);
	put_bool(visit->document, "again", account->accepted.len > 0 && !accepted);
	if (accepted)
		put_long_instant(visit->document, "accepted_at", account->accepted_at);
	return visit_page(visit, "acceptable_use", "Acceptable use");
}

enum status page_acceptable_use_post(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct text version = visit->profile->staff.use_version;
	bool seen = !text_is_absent(version) && text_equal(visit_field(visit, "version"), version);
	if (!seen || !text_is(visit_field(visit, "accept"), "yes")) {
		visit_form_error(visit, "accept",
				 seen ? "Say that you have read this and will keep to it"
				      : "The statement has changed since you opened it: read it again");
		return page_acceptable_use(visit, error);
	}
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status)
		return status;
	status = admission_accept(desk, visit->viewer.user_id, version, error);
	struct audit_entry entry = visit_entry(visit, "acceptable_use.accept", "allowed");
	entry.detail = arena_format(visit->arena, "version=%.*s", TEXT_ARG(version));
	status = visit_commit(visit, desk, status, &entry, error);
	return status ? status : draft_redirect(visit, error);
}

enum status page_training(struct visit *visit, struct error *error)
{
	(void)error;
	const struct profile_staff *staff = &visit->profile->staff;
	const struct account *account = &visit->session.account;
	int left = admission_days_left(visit->profile, account, date_today());
	bool wanted = admission_of(visit->profile, account, date_today()) == ADMISSION_TRAINING;
	put_text(visit->document, "training", staff->training);
	put_text(visit->document, "where", staff->training_where);
	put_text(visit->document, "ask", staff->training_ask);
	put_int(visit->document, "months", staff->training_months);
	put_bool(visit->document, "wanted", wanted);
	put_bool(visit->document, "valid", left >= 0);
	put_bool(visit->document, "never", wanted && account->training_until == DATE_UNKNOWN);
	if (account->training_until != DATE_UNKNOWN)
		put_long_date(visit->document, "until", account->training_until);
	return visit_page(visit, "training", wanted ? "Your training is not valid" : "Your training");
}
