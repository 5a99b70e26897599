/* Joiners, movers and leavers: accounts follow what the council's staff records say.
 *
 * A staff file names everybody who is to have an account; SCIM sends one person at a time. Both say what a person
 * should be, staff_compare() says what that changes, and staff_apply() does it:
 *
 *     status = staff_plan(&plan, desk, people, count, &rules, &arena, error);   // nothing is changed
 *     ... show it, or refuse it: staff_too_many_leave() ...
 *     for (i = 0; i < plan.count; i++)                                         // in one transaction
 *             status = staff_apply(desk, &plan.changes[i], KEPT_BY_STAFF_FILE, error);
 *
 * Who is no longer named leaves, if it was the file that brought them. Accounts made by hand are left alone.
 */
#ifndef POLICY_STAFF_H
#define POLICY_STAFF_H

#include "policy/account.h"
#include "profile/profile.h"

struct staff_person {
	uint64_t line; /* of the file; 0: none */
	struct text username, display_name;
	struct text role, team; /* ids of the profile; team may be absent */
	struct text organisation, manager, worker_ids;
	struct text provisioned_id; /* SCIM's externalId; absent in a staff file, which leaves it as it is */
	bool left;                  /* said outright, without a day */
	date start, end;            /* DATE_UNKNOWN: not said */
	date training_until;        /* DATE_UNKNOWN: not said, so what is known stays */
};

enum staff_kind {
	STAFF_SAME,
	STAFF_JOINS,   /* gets an account */
	STAFF_CHANGES, /* name, organisation, manager, numbers, dates */
	STAFF_MOVES,   /* another role or team: sessions end */
	STAFF_RETURNS, /* had left */
	STAFF_LEAVES,  /* is disabled: sessions end */
	STAFF_WAITS,   /* begins on a later day */
	STAFF_BARRED,  /* disabled here by hand: stays so, whatever the staff records say */
	STAFF_KIND_COUNT
};
const char *staff_kind_name(enum staff_kind kind); /* "joins" */

struct staff_change {
	enum staff_kind kind;
	const struct staff_person *person; /* NULL: no longer named */
	struct account account;            /* as it will be; user_id 0 until a joiner has one */
	struct account before;             /* as it is, but for joiners */
};

/* Whether whoever feeds accounts may make this of somebody, BEFORE (NULL: no account) being what they are:
 * STATUS_INVALID for a team that lets see more than the role, or for worker numbers, where `staff: jobs:` does not list
 * them. What stays as it is, by the same role, and who leaves, is let through. */
enum status staff_check_reach(const struct staff_person *person, const struct account *before,
			      const struct profile *profile, struct error *error) MUST_CHECK;
/* BEFORE NULL: there is no such account. */
struct staff_change staff_compare(const struct staff_person *person, const struct account *before, date today);
/* In the caller's transaction, which also holds the audit entry; sets the account's user_id. A joiner has no password
 * until one is given. */
enum status staff_apply(struct store *desk, struct staff_change *change, enum account_keeper keeper,
			struct error *error) MUST_CHECK;

struct staff_plan {
	struct staff_change *changes; /* by user name; those whom nothing changes as well */
	size_t count, of_kind[STAFF_KIND_COUNT];
	size_t kept;             /* active accounts that the file keeps */
	struct account *by_hand; /* active, and not in the file */
	size_t by_hand_count;
	struct account *in_way; /* in the file, and made by hand or by SCIM: not taken over unless ADOPT */
	size_t in_way_count;
};
enum status staff_plan(struct staff_plan *out, struct store *desk, const struct staff_person *people, size_t count,
		       bool adopt, struct arena *arena, struct error *error) MUST_CHECK;

/* A file cut short looks as if half the council had left: more than this share of the accounts that it keeps is only
 * disabled when somebody says so. One or two may always go. */
enum { STAFF_LEAVERS_PERCENT = 10, STAFF_LEAVERS_ALWAYS = 2 };
size_t staff_leavers_most(const struct staff_plan *plan);

/* What the vault sealed of the user's own surname and address, to be compared with a resident's. */
enum status staff_set_self(struct store *desk, int64_t user_id, struct text sealed, struct error *error) MUST_CHECK;
enum status staff_self(struct store *desk, int64_t user_id, struct arena *arena, struct text *sealed,
		       struct error *error) MUST_CHECK; /* absent: nothing is kept */

#endif
