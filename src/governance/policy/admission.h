/* Who may work with the service today: those who have accepted the present statement on acceptable use, and whose
 * training is still valid. The profile's `staff` says what is asked of whom.
 *
 * Whoever is not admitted gets the one page that says what to do; so do their sessions of other places, and a program
 * with a token of theirs gets nothing.
 */
#ifndef POLICY_ADMISSION_H
#define POLICY_ADMISSION_H

#include "policy/account.h"
#include "profile/profile.h"

enum admission { ADMITTED, ADMISSION_ACCEPTANCE, ADMISSION_TRAINING };
enum admission admission_of(const struct profile *profile, const struct account *account, date today);

enum { ADMISSION_WARNING_DAYS = 30 };
/* How many days the training is still valid, 0: today is the last; -1 when none is asked of them, or it is over. */
int admission_days_left(const struct profile *profile, const struct account *account, date today);
/* Until when training is valid that was done on DONE. */
date admission_until(const struct profile *profile, date done);

/* In the caller's transaction, which also holds the audit entry. */
enum status admission_accept(struct store *desk, int64_t user_id, struct text version, struct error *error) MUST_CHECK;
enum status admission_train(struct store *desk, int64_t user_id, date until, struct error *error) MUST_CHECK;

#endif
