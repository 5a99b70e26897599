/* Which passwords are refused: too short, too long, with the user's name in them, or known to everybody who guesses.
 *
 * Length counts, not kinds of letters (NIST SP 800-63B, section 5.1.1.2). What everybody guesses first is a common
 * word, name or run of keys, once or again and again, with digits and signs around it or in place of letters: these are
 * told by rule, thousands of them from a few hundred words. A council may put the passwords of known breaches beside
 * that, as Have I Been Pwned publishes them: a folder with a file for each first five digits of a SHA-1 ("21BD1.txt"),
 * a line for each of the other 35 digits, a colon and a count.
 */
#ifndef POLICY_PASSWORD_H
#define POLICY_PASSWORD_H

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>

#define PASSWORD_BREACHES "breached-passwords" /* that folder, in a workspace */

/* Whether it is among the first that anybody would guess. */
bool password_is_common(struct text password);
/* Whether the folder BREACHES has PASSWORD. BREACH_UNKNOWN: there is no such folder, or no file in it for this
 * password. */
enum breach { BREACH_NONE, BREACH_FOUND, BREACH_UNKNOWN };
enum status password_is_breached(const char *breaches, struct text password, enum breach *breach,
				 struct error *error) MUST_CHECK;
/* STATUS_INVALID, and what would be right, when it is breached; STATUS_REFUSED when the list must be asked (REQUIRED)
 * and has no answer. */
enum status password_check_breaches(const char *workspace, struct text password, bool required,
				    struct error *error) MUST_CHECK;
/* Whether WORKSPACE has any such list. */
bool password_breaches_known(const char *workspace);

#endif
