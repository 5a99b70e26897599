#include "vault/disclosure_int.h"

/* Ids of what is marked, separated by blanks. */
static struct text marked_ids(struct arena *arena, const uint8_t *marks, size_t count, size_t size, const void *things)
{
	struct buf out;
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < count; i++) {
		/* elements and agreements both begin with their id */
		const struct text *id = (const struct text *)((const char *)things + i * size);
		if (marks[i])
			buf_format(&out, "%s%.*s", out.len ? " " : "", TEXT_ARG(*id));
	}
	struct text text = out.len ? arena_text(arena, buf_text(&out)) : TEXT_ABSENT;
	buf_release(&out);
	return text;
}

void asking_entry(struct audit_entry *entry, struct asking_door *asking, const char *action, const char *kind,
		  int64_t subject_id, const char *outcome, struct text detail)
{
	const struct profile *profile = asking->door->parts.profile;
	const struct viewer *viewer = asking->viewer;
	_Static_assert(offsetof(struct profile_element, id) == 0 && offsetof(struct profile_agreement, id) == 0,
		       "marked_ids() takes the id from the beginning");
	*entry = (struct audit_entry){.user_name = viewer->username,
				      .role = viewer->role ? viewer->role->id : TEXT_ABSENT,
				      .team = viewer->team ? viewer->team->id : TEXT_ABSENT,
				      .purpose = viewer->purpose ? viewer->purpose->id : TEXT_ABSENT,
				      .reason = viewer->reason,
				      .client = viewer->client,
				      .session_no = viewer->session_no,
				      .action = text_of(action),
				      .subject_kind = text_of(kind),
				      .subject_id = subject_id,
				      .outcome = text_of(outcome),
				      .detail = detail};
	entry->elements = marked_ids(asking->arena, asking->disclosed, profile->elements.count,
				     sizeof(struct profile_element), profile->elements.at);
	entry->agreements = marked_ids(asking->arena, asking->agreements, profile->agreements.count,
				       sizeof(struct profile_agreement), profile->agreements.at);
}

/* An objection or a restriction of processing is told to whoever has the resident's id and might know of them without
 * it. */
static enum policy_rule told_rule(const struct asking_door *asking, const char *kind, int64_t subject_id)
{
	if (strcmp(kind, "resident") != 0)
		return POLICY_RULE_NONE;
	const struct policy_bounds bounds = policy_bounds_of(asking->door->parts.policy, POLICY_RESIDENT, subject_id);
	return policy_why_unknown(asking->grid, &bounds);
}

enum status asking_refuse(struct asking_door *asking, const char *action, const char *kind, int64_t subject_id,
			  struct error *error)
{
	struct audit_entry entry;
	memset(asking->disclosed, 0, asking->door->parts.profile->elements.count);
	memset(asking->agreements, 0, asking->door->parts.profile->agreements.count);
	enum policy_rule rule = told_rule(asking, kind, subject_id);
	asking_entry(&entry, asking, action, kind, subject_id, "refused",
		     rule ? text_of(rule == POLICY_RULE_OBJECTION ? "objection" : "restriction") : TEXT_ABSENT);
	atomic_fetch_add(&asking->door->refusals, 1);
	enum status status = disclosure_wait(disclosure_submit(asking->door, &entry), error);
	if (status)
		return status;
	if (rule) {
		status = error_set(error, STATUS_REFUSED, "disclosure.flagged", "%s", policy_rule_text(rule));
		error_remedy(error, "Who answers residents about their rights can say more.");
		return status;
	}
	status = error_set(error, STATUS_NOT_FOUND, "disclosure.not_found",
			   "There is no such %s, or it is not for you to see.", kind);
	error_remedy(error, "Check the address of the page, or search again.");
	return status;
}

bool asking_may_know(struct asking_door *asking, int64_t resident_id, uint64_t *restrictions, bool *address_hidden)
{
	struct policy_bounds bounds = policy_bounds_of(asking->door->parts.policy, POLICY_RESIDENT, resident_id);
	*restrictions = bounds.restrictions;
	bounds.restrictions = policy_restrictions_left(*restrictions, asking->pass, resident_id);
	*address_hidden = bounds.restrictions && !policy_may_know_address(asking->grid, bounds.restrictions);
	return policy_may_know_of(asking->grid, &bounds);
}
