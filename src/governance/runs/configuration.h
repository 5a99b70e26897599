/* Which configuration the workspace was last used with, so that a change of it is in the audit before it has an effect.
 *
 *     status = configuration_record(desk, &key, workspace, workspace->profile, user, &changed, error);
 *
 * The database keeps the hash of each part of the profile (struct profile_part) and of the identity provider's
 * settings. Where they differ from what is loaded, an entry "profile.change" says from which version to which, in which
 * files, and what was changed, added and removed: "role investigator", "limits investigator", "agreement housing".
 * Entry and hashes are one transaction. Who made the change no file tells: the entry names who first came with it.
 */
#ifndef RUNS_CONFIGURATION_H
#define RUNS_CONFIGURATION_H

#include "runs/workspace.h"

/* Whether PROFILE and the settings are those that were recorded last; on any desk. */
enum status configuration_is_recorded(bool *out, struct store *desk, const struct workspace *workspace,
				      const struct profile *profile, struct error *error) MUST_CHECK;
/* On a STORE_WRITE desk without a transaction. *CHANGED (may be NULL): an entry was written. When this fails, nothing
 * may be done by PROFILE. */
enum status configuration_record(struct store *desk, const struct audit_key *key, const struct workspace *workspace,
				 const struct profile *profile, struct text user_name, bool *changed,
				 struct error *error) MUST_CHECK;
/* What a new workspace begins with is no change. */
enum status configuration_begin(struct store *desk, const struct workspace *workspace, struct error *error) MUST_CHECK;

#endif
