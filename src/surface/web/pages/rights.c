/* A resident's rights: what they objected to, had restricted, or agreed to. For staff who answer residents. */
#include "web/pages/rights.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

#include "base/id.h"
#include "rights/flags.h"

enum status rights_purpose(const struct visit *visit, struct error *error)
{
	if (visit->viewer.purpose && visit->viewer.purpose->residents_rights)
		return STATUS_OK;
	error_set(error, STATUS_REFUSED, "web.purpose", "This page is for answering residents about their rights.");
	error_remedy(error, "Choose that purpose first.");
	return STATUS_REFUSED;
}

enum status rights_open_resident(struct visit *visit, struct disclosure_resident *answer, int64_t resident_id,
				 struct error *error)
{
	struct disclosure_question question = {.viewer = &visit->viewer, .subject_id = resident_id, .on = DATE_UNKNOWN};
	if (!visit_can(visit, CAPABILITY_RESIDENT_OPEN))
		return visit_not_found(error);
	enum status status =
		disclosure_open_resident(answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND && !strcmp(error->code, "disclosure.moved")) {
		question.subject_id = answer->entry.subject_id;
		status = disclosure_open_resident(answer, visit->snapshot->disclosure, &question, visit->arena, error);
	}
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_opened_resident(visit, answer);
	return rights_purpose(visit, error);
}

enum status rights_open(struct visit *visit, struct disclosure_resident *answer, struct error *error)
{
	int64_t id;
	return visit_id_parameter(visit, 0, &id) ? rights_open_resident(visit, answer, id, error)
						 : visit_not_found(error);
}

enum status rights_parts_of(struct visit *visit, struct rights_parts *parts, struct error *error)
{
	*parts = (struct rights_parts){.profile = visit->profile, .vault = visit->site->vault};
	enum status status = visit_data(visit, &parts->data, error);
	return status == STATUS_OK ? visit_desk(visit, &parts->desk, error) : status;
}

/* ---- what stands ---------------------------------------------------------------------------------------- */

static void put_choices(struct visit *visit)
{
	const struct profile *profile = visit->profile;
	struct text kind = visit_field(visit, "kind"), purpose = visit_field(visit, "purpose"),
		    agreement = visit_field(visit, "agreement");
	struct value *purposes = put_array(visit->document, "purposes"),
		     *agreements = put_array(visit->document, "agreements");
	for (size_t i = 0; i < profile->purposes.count; i++)
		if (!profile->purposes.at[i].residents_rights)
			put_option(purposes, profile->purposes.at[i].id, profile->purposes.at[i].title, purpose);
	for (size_t i = 0; i < profile->agreements.count; i++)
		if (profile->agreements.at[i].consent)
			put_option(agreements, profile->agreements.at[i].id, profile->agreements.at[i].title,
				   agreement);
	put_bool(visit->document, "has_agreements", agreements->count > 0);
	put_bool(visit->document, "is_objection", text_is(kind, "objection"));
	put_bool(visit->document, "is_restriction", text_is(kind, "restriction"));
	put_bool(visit->document, "is_hold", text_is(kind, "hold"));
	put_bool(visit->document, "is_consent", text_is(kind, "consent"));
	put_bool(visit->document, "lifts", text_is(visit_field(visit, "do"), "lift"));
	put_text(visit->document, "reason", visit_field(visit, "reason"));
}

static enum status put_flags(struct visit *visit, int64_t resident_id, struct error *error)
{
	size_t count;
	struct text *lines;
	struct rights_flag *flags;
	struct rights_parts parts;
	enum status status = rights_parts_of(visit, &parts, error);
	if (status == STATUS_OK)
		status = rights_flags(&flags, &count, &parts, resident_id, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	const struct policy_bounds bounds = policy_bounds_of(visit->snapshot->policy, POLICY_RESIDENT, resident_id);
	size_t standing = rights_bounds_lines(&lines, visit->snapshot->policy, visit->profile, &bounds, visit->arena);
	struct value *stands = put_array(visit->document, "stands"), *acts = put_array(visit->document, "acts");
	for (size_t i = 0; i < standing; i++)
		put_text(add_object(stands), "text", lines[i]);
	for (size_t i = 0; i < count; i++) {
		struct value *row = add_object(acts);
		put_text(row, "title", flags[i].title);
		put_text(row, "reason", flags[i].reason);
		put_text(row, "by", flags[i].by);
		put_long_instant(row, "at_text", flags[i].at);
	}
	put_bool(visit->document, "has_stands", standing > 0);
	put_bool(visit->document, "has_acts", count > 0);
	return STATUS_OK;
}

static enum status show(struct visit *visit, const struct disclosure_resident *answer, struct error *error)
{
	char id[ID_TEXT_SIZE];
	put_id(visit->document, "id", answer->resident_id);
	put_format(visit->document, "href", "/residents/%s", id_format(answer->resident_id, id));
	put_text(visit->document, "name", person_name(&answer->person));
	put_choices(visit);
	enum status status = put_flags(visit, answer->resident_id, error);
	return status == STATUS_OK ? visit_page(visit, "rights", "Residents' rights") : status;
}

enum status page_rights(struct visit *visit, struct error *error)
{
	struct disclosure_resident answer;
	enum status status = rights_open(visit, &answer, error);
	return status == STATUS_OK ? show(visit, &answer, error) : status;
}

/* ---- the form --------------------------------------------------------------------------------------------- */

static bool read_order(struct visit *visit, struct rights_flag *order)
{
	*order = (struct rights_flag){.reason = visit_field(visit, "reason"),
				      .by = visit->viewer.username,
				      .holds = !text_is(visit_field(visit, "do"), "lift")};
	if (!flag_kind_parse(visit_field(visit, "kind"), &order->kind)) {
		visit_form_error(visit, "kind", "Choose what the resident asked for");
		return false;
	}
	order->about = order->kind == FLAG_OBJECTION ? visit_field(visit, "purpose")
		       : order->kind == FLAG_CONSENT ? visit_field(visit, "agreement")
						     : TEXT("");
	return true;
}

static enum status set_flag(struct visit *visit, int64_t resident_id, const struct rights_flag *order,
			    struct error *error)
{
	struct rights_parts parts;
	const struct audit_entry entry =
		visit_entry_about(visit, order->holds ? "flag.set" : "flag.lift", "resident", resident_id,
				  arena_format(visit->arena, "%s%s%.*s", flag_kind_name(order->kind),
					       order->about.len ? " " : "", TEXT_ARG(order->about)));
	enum status status = rights_parts_of(visit, &parts, error);
	if (status == STATUS_OK)
		status = store_begin(parts.desk, error);
	if (status != STATUS_OK)
		return status;
	status = rights_flag_do(order, &parts, resident_id, error);
	return visit_commit(visit, parts.desk, status, &entry, error);
}

enum status page_rights_post(struct visit *visit, struct error *error)
{
	struct rights_flag order;
	struct disclosure_resident answer;
	enum status status = rights_open(visit, &answer, error);
	if (status != STATUS_OK)
		return status;
	if (!read_order(visit, &order))
		return show(visit, &answer, error);
	status = set_flag(visit, answer.resident_id, &order, error);
	if (status == STATUS_OK)
		return visit_redirect(visit, "/residents/%.*s/rights", TEXT_ARG(visit->parameters[0]));
	if (status != STATUS_INVALID && status != STATUS_CONFLICT)
		return status;
	const char *field = !strcmp(error->code, "rights.flag_reason") ? "reason" : "kind";
	visit_form_error(visit, field, arena_text(visit->arena, text_of(error->message)).at);
	return show(visit, &answer, error);
}
