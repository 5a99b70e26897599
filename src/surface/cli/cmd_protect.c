/* "policy protect" and "policy lift": who is protected because a person says so. */
#include "cli/opened.h"

#include "base/id.h"
#include "linking/refresh.h"
#include "policy/policy.h"

static enum status property_of(const struct opened *opened, const char *uprn, int64_t *property_id, struct error *error)
{
	enum status status = vault_property_of_uprn(opened->vault, opened->data, text_of(uprn), property_id, error);
	if (status != STATUS_OK || *property_id)
		return status;
	error_set(error, STATUS_NOT_FOUND, "policy.no_property", "The gazetteer has no property with this UPRN");
	error_remedy(error, "load the gazetteer first, or put the address into a feed of restricted addresses");
	return STATUS_NOT_FOUND;
}

static enum status read_mark(const struct cli *cli, const struct opened *opened, struct policy_mark *mark,
			     struct error *error)
{
	const char *restriction = cli_value(cli, "restriction"), *resident = cli_value(cli, "resident"),
		   *uprn = cli_value(cli, "uprn");
	const struct profile *profile = opened->workspace->profile;
	if (!restriction || !resident == !uprn)
		return error_set(error, STATUS_USAGE, "policy.mark",
				 "Give --restriction, and either --resident or --uprn");
	*mark = (struct policy_mark){.kind = resident ? POLICY_RESIDENT : POLICY_PROPERTY, .kept_since = DATE_UNKNOWN};
	for (size_t i = 0; i < profile->restrictions.count; i++)
		if (text_is(profile->restrictions.at[i].id, restriction))
			mark->restriction = profile->restrictions.at[i].id;
	if (text_is_empty(mark->restriction)) {
		error_set(error, STATUS_NOT_FOUND, "policy.restriction", "The profile has no restriction \"%s\"",
			  restriction);
		error_remedy(error, "look into restrictions.yaml of the workspace's profile");
		return STATUS_NOT_FOUND;
	}
	if (uprn)
		return property_of(opened, uprn, &mark->subject_id, error);
	if (!id_parse(text_of(resident), &mark->subject_id))
		return error_set(error, STATUS_USAGE, "policy.resident",
				 "--resident takes the 13 characters that stand in the page's address");
	return STATUS_OK;
}

/* Lifting asks nothing: who was taken into another resident may be protected still. */
static enum status check_there(const struct opened *opened, const struct policy_mark *mark, struct error *error)
{
	bool there = true;
	enum status status = STATUS_OK;
	if (mark->kind == POLICY_RESIDENT)
		status = linking_resident_exists(opened->data, mark->subject_id, &there, error);
	if (status != STATUS_OK || there)
		return status;
	error_set(error, STATUS_NOT_FOUND, "policy.no_resident",
		  "There is no resident with this id: nobody is protected");
	error_remedy(error, "take the 13 characters from the address of the resident's page as it is now");
	return STATUS_NOT_FOUND;
}

static enum status audit_mark(struct opened *opened, const char *action, const struct policy_mark *mark,
			      struct error *error)
{
	return opened_audit(opened,
			    &(struct audit_entry){.action = text_of(action),
						  .subject_kind = mark->kind == POLICY_RESIDENT ? TEXT("resident")
												: TEXT("property"),
						  .subject_id = mark->subject_id,
						  .detail = mark->restriction},
			    error);
}

/* What a person set, or what is kept of a feed's; not what a feed says now. */
static enum status lift(struct opened *opened, struct policy_mark *mark, struct text by, struct error *error)
{
	bool derived;
	enum status status = policy_find_mark(opened->data, mark, &derived, error);
	if (status == STATUS_OK)
		status = policy_lift_mark(opened->desk, mark, by, error);
	bool was_set = status == STATUS_OK;
	if (status != STATUS_OK && (status != STATUS_NOT_FOUND || !derived))
		return status;
	if (!was_set && mark->kept_since == DATE_UNKNOWN) {
		error_set(error, STATUS_REFUSED, "policy.mark_current", "A feed says so now");
		error_remedy(error,
			     "have it changed in the service's own system; after its row has ended, lift it here");
		return STATUS_REFUSED;
	}
	if (!derived || mark->kept_since == DATE_UNKNOWN)
		return STATUS_OK;
	return policy_release_mark(opened->desk, mark, by, error);
}

static enum status change(struct cli *cli, bool protect, struct error *error)
{
	struct opened opened;
	struct policy_mark mark;
	const char *action = protect ? "restriction.set" : "restriction.lift";
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_VAULT | OPEN_DESK_WRITE, error);
	if (status == STATUS_OK)
		status = read_mark(cli, &opened, &mark, error);
	if (status == STATUS_OK && protect)
		status = check_there(&opened, &mark, error);
	if (status == STATUS_OK)
		status = store_begin(opened.desk, error);
	if (status == STATUS_OK)
		status = protect ? policy_set_mark(opened.desk, &mark, TEXT("operator"), error)
				 : lift(&opened, &mark, TEXT("operator"), error);
	if (status == STATUS_OK)
		status = audit_mark(&opened, action, &mark, error);
	const struct audit_entry tried = {.action = text_of(action)};
	status = opened_finish(&opened, status, &tried, error);
	if (status == STATUS_OK)
		answer_line(&cli->answer, protect ? "Protected." : "Lifted.");
	opened_close(&opened);
	return status;
}

enum status cmd_policy_protect(struct cli *cli, struct error *error)
{
	return change(cli, true, error);
}

enum status cmd_policy_lift(struct cli *cli, struct error *error)
{
	return change(cli, false, error);
}
