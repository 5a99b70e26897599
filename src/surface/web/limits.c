#include "web/limits.h"

#include "audit/audit.h"
#include "base/id.h"
#include "base/map.h"
#include "base/memory.h"

#include <arpa/inet.h>
#include <pthread.h>

enum { ADDRESSES = 4096 };
static const int64_t minute = 60 * INT64_C(1000000), hour = 3600 * INT64_C(1000000), day = 24 * 3600 * INT64_C(1000000);
static const int64_t sign_in_window = 15 * 60 * INT64_C(1000000);

struct window {
	int64_t number; /* of the minute, hour or day */
	int count;
};

struct user {
	struct window minute, hour, day, searches, noted, caseloads;
	int64_t residents_hour;
	struct id_map residents; /* opened in that hour */
};

/* Of addresses that fail; the newest takes the place of whoever had it, which at worst gives somebody a few tries more.
 */
struct address {
	uint64_t hash;
	struct window failures, noted;
	int64_t told; /* the number of the window in which it was last told that it may not */
};

struct limits {
	pthread_mutex_t lock;
	struct id_map places; /* user id -> place in `users` */
	struct user *users;
	size_t count, capacity;
	struct address addresses[ADDRESSES];
	struct window noted; /* of all addresses */
	int failures_most;
	uint64_t seed; /* nobody chooses addresses that share a place */
	struct limits_numbers numbers;
};

struct limits *limits_new(unsigned sign_in_failures)
{
	struct limits *limits = memory_alloc(1, sizeof *limits);
	pthread_mutex_init(&limits->lock, NULL);
	id_map_init(&limits->places);
	limits->failures_most = sign_in_failures ? (int)sign_in_failures : SIGN_IN_FAILURES_MOST;
	limits->seed = (uint64_t)id_random();
	return limits;
}

void limits_free(struct limits *limits)
{
	if (!limits)
		return;
	for (size_t i = 0; i < limits->count; i++)
		id_map_release(&limits->users[i].residents);
	free(limits->users);
	id_map_release(&limits->places);
	pthread_mutex_destroy(&limits->lock);
	free(limits);
}

/* ---- counting ------------------------------------------------------------------------------------ */

static struct window *at(struct window *window, int64_t length)
{
	int64_t number = instant_now() / length;
	if (window->number != number)
		*window = (struct window){.number = number};
	return window;
}

static bool one_more(struct window *window, int64_t length, int most)
{
	if (at(window, length)->count >= most)
		return false;
	window->count++;
	return true;
}

static bool is_over(struct user *user, const struct profile_limits *most, struct limits_answer *out)
{
	const struct {
		const char *name;
		struct window *window;
		int64_t length;
		int most;
	} windows[] = {{"minute", &user->minute, minute, most->opens_minute},
		       {"hour", &user->hour, hour, most->opens_hour},
		       {"day", &user->day, day, most->opens_day}};
	for (size_t i = 0; i < sizeof windows / sizeof *windows && !out->over; i++)
		if (at(windows[i].window, windows[i].length)->count >= windows[i].most)
			*out = (struct limits_answer){.over = windows[i].name, .most = windows[i].most};
	for (size_t i = 0; i < sizeof windows / sizeof *windows && !out->over; i++)
		windows[i].window->count++;
	return out->over != NULL;
}

static int different(struct user *user, int64_t subject, int most)
{
	bool is_new = false;
	int64_t now = instant_now() / hour;
	if (user->residents_hour != now) {
		id_map_release(&user->residents);
		id_map_init(&user->residents);
		user->residents_hour = now;
	}
	if (user->residents.count <= (size_t)most)
		id_map_put(&user->residents, (uint64_t)subject, &is_new);
	return is_new && user->residents.count == (size_t)most + 1 ? most + 1 : 0;
}

/* ---- users ----------------------------------------------------------------------------------------- */

/* NULL when the user is new here. Under the lock. */
static struct user *find(struct limits *limits, int64_t user_id)
{
	const uint64_t *place = id_map_get(&limits->places, (uint64_t)user_id);
	return place ? &limits->users[*place] : NULL;
}

static struct user *find_or_make(struct limits *limits, int64_t user_id)
{
	struct user *user = find(limits, user_id);
	if (user)
		return user;
	ARRAY_GROW(limits->users, limits->count, limits->capacity);
	*id_map_put(&limits->places, (uint64_t)user_id, NULL) = limits->count;
	user = &limits->users[limits->count++];
	*user = (struct user){0};
	id_map_init(&user->residents);
	return user;
}

static bool knows(struct limits *limits, int64_t user_id)
{
	pthread_mutex_lock(&limits->lock);
	const struct user *user = find(limits, user_id);
	bool known = user && user->day.number;
	pthread_mutex_unlock(&limits->lock);
	return known;
}

/* A restart is no fresh start. */
static enum status recall(struct limits *limits, const struct limits_asker *asker, struct store *desk,
			  struct error *error)
{
	instant now = instant_now();
	struct audit_looks looks;
	enum status status =
		audit_count_looks(&looks, desk, asker->username, now / hour * hour, now / day * day, error);
	if (status != STATUS_OK)
		return status;
	pthread_mutex_lock(&limits->lock);
	struct user *user = find_or_make(limits, asker->user_id);
	if (!user->day.number) {
		user->hour = (struct window){now / hour, (int)looks.later};
		user->day = (struct window){now / day, (int)looks.all};
	}
	pthread_mutex_unlock(&limits->lock);
	return STATUS_OK;
}

enum status limits_open(struct limits *limits, const struct limits_asker *asker, int64_t subject, struct store *desk,
			struct limits_answer *out, struct error *error)
{
	*out = (struct limits_answer){0};
	enum status status = knows(limits, asker->user_id) ? STATUS_OK : recall(limits, asker, desk, error);
	if (status != STATUS_OK)
		return status;
	pthread_mutex_lock(&limits->lock);
	struct user *user = find_or_make(limits, asker->user_id);
	if (is_over(user, asker->most, out))
		limits->numbers.refused++;
	else if (subject)
		out->bulk = different(user, subject, asker->most->residents_hour);
	limits->numbers.bulk += out->bulk > 0;
	pthread_mutex_unlock(&limits->lock);
	return STATUS_OK;
}

void limits_give_back(struct limits *limits, const struct limits_asker *asker)
{
	pthread_mutex_lock(&limits->lock);
	struct user *user = find_or_make(limits, asker->user_id);
	const struct {
		struct window *window;
		int64_t length;
	} windows[] = {{&user->minute, minute}, {&user->hour, hour}, {&user->day, day}};
	for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
		struct window *window = at(windows[i].window, windows[i].length);
		window->count -= window->count > 0;
	}
	pthread_mutex_unlock(&limits->lock);
}

int limits_saw(struct limits *limits, const struct limits_asker *asker, int64_t resident_id)
{
	pthread_mutex_lock(&limits->lock);
	int bulk = different(find_or_make(limits, asker->user_id), resident_id, asker->most->residents_hour);
	limits->numbers.bulk += bulk > 0;
	pthread_mutex_unlock(&limits->lock);
	return bulk;
}

bool limits_search(struct limits *limits, const struct limits_asker *asker)
{
	pthread_mutex_lock(&limits->lock);
	struct user *user = find_or_make(limits, asker->user_id);
	bool allowed = one_more(&user->searches, minute, asker->most->searches_minute);
	limits->numbers.refused += !allowed;
	pthread_mutex_unlock(&limits->lock);
	return allowed;
}

bool limits_caseload(struct limits *limits, const struct limits_asker *asker, size_t cases)
{
	pthread_mutex_lock(&limits->lock);
	bool bulk = cases > (size_t)asker->most->cases &&
		    one_more(&find_or_make(limits, asker->user_id)->caseloads, hour, 1);
	limits->numbers.bulk += bulk;
	pthread_mutex_unlock(&limits->lock);
	return bulk;
}

bool limits_may_note_of(struct limits *limits, int64_t user_id)
{
	pthread_mutex_lock(&limits->lock);
	bool may = one_more(&find_or_make(limits, user_id)->noted, sign_in_window, REFUSALS_NOTED_MOST);
	pthread_mutex_unlock(&limits->lock);
	return may;
}

/* ---- addresses --------------------------------------------------------------------------------------- */

/* One household of IPv6 has as many addresses as it likes, all of one /64. */
static uint64_t hash_address(const struct limits *limits, struct text address)
{
	char written[INET6_ADDRSTRLEN] = "";
	unsigned char bytes[16];
	uint64_t hash = limits->seed;
	if (address.len >= sizeof written)
		return hash;
	memcpy(written, address.at, address.len);
	size_t len = inet_pton(AF_INET6, written, bytes) == 1 ? 8 : inet_pton(AF_INET, written, bytes) == 1 ? 4 : 0;
	for (size_t i = 0; i < len; i++)
		hash = hash_mix(hash ^ bytes[i]);
	return hash;
}

static struct address *slot_of(struct limits *limits, struct text address)
{
	uint64_t hash = hash_address(limits, address);
	struct address *slot = &limits->addresses[hash % ADDRESSES];
	if (slot->hash != hash)
		*slot = (struct address){.hash = hash};
	return slot;
}

static struct window *failures_of(struct limits *limits, struct text address)
{
	return at(&slot_of(limits, address)->failures, sign_in_window);
}

bool limits_may_note(struct limits *limits, struct text address)
{
	pthread_mutex_lock(&limits->lock);
	bool may = one_more(&slot_of(limits, address)->noted, sign_in_window, REFUSALS_NOTED_MOST) &&
		   one_more(&limits->noted, sign_in_window, REFUSALS_NOTED_ALL);
	pthread_mutex_unlock(&limits->lock);
	return may;
}

bool limits_may_sign_in(struct limits *limits, struct text address)
{
	pthread_mutex_lock(&limits->lock);
	bool may = failures_of(limits, address)->count < limits->failures_most;
	limits->numbers.refused += !may;
	pthread_mutex_unlock(&limits->lock);
	return may;
}

void limits_sign_in_failed(struct limits *limits, struct text address)
{
	pthread_mutex_lock(&limits->lock);
	failures_of(limits, address)->count++;
	pthread_mutex_unlock(&limits->lock);
}

void limits_sign_in_worked(struct limits *limits, struct text address)
{
	pthread_mutex_lock(&limits->lock);
	struct window *failures = failures_of(limits, address);
	failures->count -= failures->count > 0;
	pthread_mutex_unlock(&limits->lock);
}

bool limits_tell_refused(struct limits *limits, struct text address)
{
	pthread_mutex_lock(&limits->lock);
	struct address *slot = slot_of(limits, address);
	int64_t now = at(&slot->failures, sign_in_window)->number;
	bool first = slot->told != now;
	slot->told = now;
	pthread_mutex_unlock(&limits->lock);
	return first;
}

struct limits_numbers limits_numbers(struct limits *limits)
{
	pthread_mutex_lock(&limits->lock);
	struct limits_numbers numbers = limits->numbers;
	pthread_mutex_unlock(&limits->lock);
	return numbers;
}
