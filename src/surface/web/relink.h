/* Rulings take effect while the server runs.
 *
 * What a reviewer decides is on the desk when the answer leaves.  relinker_apply() then brings the residents
 * it speaks of in line, at once, under the workspace's lock; households, marks of protection and the
 * queue of the whole borough follow on a thread of their own, several rulings together.  While a refresh
 * holds the lock nothing is applied here: the thread does it when the refresh has ended.  A server that is
 * stopped in between takes it up at the next start.
 */
#ifndef WEB_RELINK_H
#define WEB_RELINK_H

#include "base/error.h"

#include <stdbool.h>

struct site;
struct relinker;

enum status relinker_start(struct relinker **out, struct site *site, struct error *error) MUST_CHECK;
void relinker_stop(struct relinker *relinker); /* NULL is fine */
/* Any thread. *APPLIED is false while something else holds the lock; then it will be done later. */
enum status relinker_apply(struct relinker *relinker, bool *applied, struct error *error) MUST_CHECK;
/* What people decided about who lives with whom changed: households are derived anew on the thread. Any thread. */
void relinker_households(struct relinker *relinker);

#endif
