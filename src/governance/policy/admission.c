#include "policy/admission.h"

static bool needs_training(const struct profile *profile, struct text role)
{
	const struct profile_staff *staff = &profile->staff;
	if (text_is_absent(staff->training))
		return false;
	for (size_t i = 0; i < staff->training_role_count; i++)
		if (text_equal(staff->training_roles[i]->id, role))
			return true;
	return staff->training_role_count == 0;
}

enum admission admission_of(const struct profile *profile, const struct account *account, date today)
{
	bool trained = account->training_until != DATE_UNKNOWN && account->training_until >= today;
	if (!trained && needs_training(profile, account->role))
		return ADMISSION_TRAINING;
	struct text version = profile->staff.use_version;
	return text_is_absent(version) || text_equal(version, account->accepted) ? ADMITTED : ADMISSION_ACCEPTANCE;
}

int admission_days_left(const struct profile *profile, const struct account *account, date today)
{
	if (!needs_training(profile, account->role) || account->training_until == DATE_UNKNOWN ||
	    account->training_until < today)
		return -1;
	return account->training_until - today;
}

date admission_until(const struct profile *profile, date done)
{
	return date_add_months(done, profile->staff.training_months);
}

static enum status run(struct statement *update, int64_t user_id, struct error *error)
{
	int64_t changed = 0;
	statement_bind_int(update, "user_id", user_id);
	enum status status = statement_run(update, &changed, error);
	statement_done(update);
	if (status == STATUS_OK && !changed)
		status = error_set(error, STATUS_NOT_FOUND, "account.missing", "There is no such account");
	return status;
}

enum status admission_accept(struct store *desk, int64_t user_id, struct text version, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(
		&update, desk, "UPDATE account SET accepted = :version, accepted_at = :now WHERE user_id = :user_id",
		error);
	if (status)
		return status;
	statement_bind_text(update, "version", version);
	statement_bind_int(update, "now", instant_now());
	return run(update, user_id, error);
}

enum status admission_train(struct store *desk, int64_t user_id, date until, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(
		&update, desk, "UPDATE account SET training_until = :until WHERE user_id = :user_id", error);
	if (status)
		return status;
	statement_bind_int(update, "until", until);
	return run(update, user_id, error);
}
