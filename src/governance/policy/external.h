/* Accounts of people whom the council's identity provider lets in. The provider says who they are and in which groups;
 * the profile says which role a group has. Nobody who has an account here already is taken over by a name that another
 * system gives. */
#ifndef POLICY_EXTERNAL_H
#define POLICY_EXTERNAL_H

#include "policy/account.h"
#include "profile/profile.h"

/* The first role of the profile that one of GROUPS has; NULL: none. */
const struct profile_role *external_role(const struct profile *profile, const struct text *groups, size_t count);
/* Who they are to us: issuer and subject. */
struct text external_id(struct text issuer, struct text subject, struct arena *arena);

enum external_change { EXTERNAL_SAME, EXTERNAL_MADE, EXTERNAL_CHANGED, EXTERNAL_LINKED };
/* By what of an account of the council's identity system (SCIM) the provider knows its user: by none of it, by the id
 * that the system gave, or by the user name. */
enum external_link { LINK_NONE, LINK_BY_ID, LINK_BY_NAME };
struct external_linked {
	enum external_link by;
	struct text value; /* what the provider says */
};
/* The account that SCIM keeps and that ID opens: one that it has opened before, or the one that LINK finds, which is
 * from now on opened by ID and by no password. Its role and name are SCIM's to say. *FOUND is false when there is none:
 * an account made by hand, or by a staff file, is never taken over. STATUS_REFUSED "account.disabled" when it may not
 * sign in, STATUS_CONFLICT when LINK fits several. In the caller's transaction, which also holds the audit entry. */
enum status external_provisioned(struct store *desk, struct text id, const struct external_linked *link,
				 struct arena *arena, struct account *out, bool *found, enum external_change *change,
				 struct error *error) MUST_CHECK;
/* Makes the account of ID at the first time and brings it up to date at later ones: WANTED has username (at the first
 * time), display name, role and team. A disabled account stays disabled: STATUS_REFUSED "account.disabled".
 * STATUS_CONFLICT when the user name is another's. In the caller's transaction, which also holds the audit entry. */
enum status external_account(struct store *desk, struct text id, const struct account *wanted, struct arena *arena,
			     struct account *out, enum external_change *change, struct error *error) MUST_CHECK;
/* Whoever has left every group may no longer sign in: disables the account, if there is one, and ends its sessions. */
enum status external_disable(struct store *desk, struct text id, struct arena *arena, bool *disabled,
			     struct error *error) MUST_CHECK;

#endif
