#include "base/log.h"
#include "base/memory.h"
#include "policy/policy_int.h"

void policy_facts_release(struct policy_facts *facts)
{
	id_map_release(&facts->residents);
	id_map_release(&facts->properties);
	id_map_release(&facts->flagged);
	free(facts->bounds);
	free(facts->ended);
	free(facts->suspended);
	free(facts->ended_on);
}

bool policy_agreement_runs(struct policy *policy, const struct profile_agreement *agreement, date on)
{
	pthread_rwlock_rdlock(&policy->facts_lock);
	bool ended = policy_has_ended(&policy->facts, agreement);
	pthread_rwlock_unlock(&policy->facts_lock);
	return !ended && agreement_runs(agreement, on);
}

enum policy_standing policy_agreement_standing(struct policy *policy, const struct profile_agreement *agreement)
{
	pthread_rwlock_rdlock(&policy->facts_lock);
	const uint64_t *suspended = policy->facts.suspended;
	enum policy_standing standing = !policy_has_ended(&policy->facts, agreement) ? STANDING_AS_WRITTEN
					: suspended[agreement->number / 64] >> (agreement->number % 64) & 1
						? STANDING_SUSPENDED
						: STANDING_ENDED;
	pthread_rwlock_unlock(&policy->facts_lock);
	return standing;
}

bool policy_agreement_is_over(struct policy *policy, const struct profile_agreement *agreement, date on, date *last)
{
	enum policy_standing standing = policy_agreement_standing(policy, agreement);
	*last = DATE_UNKNOWN;
	if (standing == STANDING_ENDED) {
		pthread_rwlock_rdlock(&policy->facts_lock);
		*last = policy->facts.ended_on[agreement->number];
		pthread_rwlock_unlock(&policy->facts_lock);
	}
	if (agreement->to != DATE_UNKNOWN && (*last == DATE_UNKNOWN || agreement->to < *last))
		*last = agreement->to;
	return *last != DATE_UNKNOWN && *last < on;
}

uint64_t policy_restrictions_of(struct policy *policy, enum policy_subject kind, int64_t subject_id)
{
	pthread_rwlock_rdlock(&policy->facts_lock);
	const struct id_map *map = kind == POLICY_RESIDENT ? &policy->facts.residents : &policy->facts.properties;
	const uint64_t *bits = id_map_get(map, (uint64_t)subject_id);
	uint64_t restrictions = bits ? *bits : 0;
	pthread_rwlock_unlock(&policy->facts_lock);
	return restrictions;
}

struct policy_bounds policy_bounds_of(struct policy *policy, enum policy_subject kind, int64_t subject_id)
{
	struct policy_bounds bounds = {0};
	pthread_rwlock_rdlock(&policy->facts_lock);
	const struct policy_facts *facts = &policy->facts;
	const uint64_t *flagged = kind == POLICY_RESIDENT ? id_map_get(&facts->flagged, (uint64_t)subject_id) : NULL;
	if (flagged)
		bounds = facts->bounds[*flagged];
	const uint64_t *bits =
		id_map_get(kind == POLICY_RESIDENT ? &facts->residents : &facts->properties, (uint64_t)subject_id);
	bounds.restrictions = bits ? *bits : 0;
	pthread_rwlock_unlock(&policy->facts_lock);
	return bounds;
}

/* ---- loading --------------------------------------------------------------------------------- */

static uint64_t restriction_bit(const struct profile *profile, struct text id)
{
	for (size_t i = 0; i < profile->restrictions.count; i++)
		if (text_equal(profile->restrictions.at[i].id, id))
			return UINT64_C(1) << i;
	log_event(LOG_WARNING, "policy.restriction",
		  "a mark names restriction %.*s, which the profile does not have: its subject is hidden from all",
		  TEXT_ARG(id));
	return UINT64_C(1) << RESTRICTION_UNKNOWN_BIT;
}

/* A release, as one number: of many thousand marks only the kept ones are looked for. */
static uint64_t release_key(int64_t kind, int64_t subject_id, uint64_t bit)
{
	return hash_mix(hash_mix((uint64_t)subject_id) ^ bit) * 2 + (uint64_t)kind;
}

static enum status load_releases(const struct policy *policy, struct store *desk, struct id_map *releases,
				 struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(
		&query, desk, "SELECT subject_kind, subject_id, restriction_id, released_on FROM restriction_release",
		error);
	if (status)
		return status;
	int kind = statement_column(query, "subject_kind"), subject = statement_column(query, "subject_id"),
	    restriction = statement_column(query, "restriction_id"), on = statement_column(query, "released_on");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		uint64_t key = release_key(statement_int(query, kind), statement_int(query, subject),
					   restriction_bit(policy->profile, statement_text(query, restriction)));
		*id_map_put(releases, key, NULL) = (uint64_t)statement_int(query, on);
	}
	statement_done(query);
	return status;
}

/* Whether a derived mark that is only kept was lifted after its rows had ended. */
static bool is_released(const struct id_map *releases, int64_t kind, int64_t subject_id, uint64_t bit, date kept_since)
{
	const uint64_t *on = id_map_get(releases, release_key(kind, subject_id, bit));
	return on && (date)*on >= kept_since;
}

/* RELEASES is NULL for marks that people set. */
static enum status load_marks(const struct policy *policy, struct store *store, const char *sql,
			      const struct id_map *releases, struct id_map *residents, struct id_map *properties,
			      struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, store, sql, error);
	if (status)
		return status;
	int kind = statement_column(query, "subject_kind"), subject = statement_column(query, "subject_id"),
	    restriction = statement_column(query, "restriction_id"),
	    kept = releases ? statement_column(query, "kept_since") : 0;
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		int64_t of_kind = statement_int(query, kind), id = statement_int(query, subject);
		uint64_t bit = restriction_bit(policy->profile, statement_text(query, restriction));
		if (releases && !statement_is_null(query, kept) &&
		    is_released(releases, of_kind, id, bit, (date)statement_int(query, kept)))
			continue;
		*id_map_put(of_kind == POLICY_RESIDENT ? residents : properties, (uint64_t)id, NULL) |= bit;
	}
	statement_done(query);
	return status;
}

static enum status load_ended(const struct policy *policy, struct store *desk, struct policy_facts *facts,
			      struct error *error)
{
	struct statement *query;
	enum status status =
		store_prepare(&query, desk, "SELECT agreement_id, suspended, ended_at FROM agreement_ended", error);
	if (status)
		return status;
	facts->ended = memory_alloc(policy->profile->agreements.count / 64 + 1, sizeof *facts->ended);
	facts->suspended = memory_alloc(policy->profile->agreements.count / 64 + 1, sizeof *facts->suspended);
	facts->ended_on = memory_alloc(policy->profile->agreements.count + 1, sizeof *facts->ended_on);
	int id = statement_column(query, "agreement_id"), suspended = statement_column(query, "suspended"),
	    at = statement_column(query, "ended_at");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		const struct profile_agreement *agreement =
			profile_agreement(policy->profile, statement_text(query, id));
		if (!agreement)
			continue;
		uint64_t bit = UINT64_C(1) << (agreement->number % 64);
		facts->ended[agreement->number / 64] |= bit;
		facts->ended_on[agreement->number] = instant_date(statement_int(query, at));
		if (statement_int(query, suspended))
			facts->suspended[agreement->number / 64] |= bit;
	}
	statement_done(query);
	return status;
}

static enum status generations(struct store *desk, struct store *data, int64_t *of_desk, int64_t *of_data,
			       struct error *error)
{
	enum status status = store_query_int(desk, "SELECT generation FROM policy_state", of_desk, error);
	if (status == STATUS_OK && data)
		status = store_query_int(data, "SELECT generation FROM restriction_state", of_data, error);
	return status;
}

/* What a person said of somebody or of an address goes on to whom it must reach (reach.c). */
static enum status load_rulings(const struct policy *policy, struct policy_facts *fresh, struct store *data,
				struct store *desk, struct error *error)
{
	struct id_map residents, properties;
	id_map_init(&residents);
	id_map_init(&properties);
	enum status status = load_marks(policy, desk,
					"SELECT subject_kind, subject_id, restriction_id FROM restriction_ruling "
					"WHERE lifted_at IS NULL",
					NULL, &residents, &properties, error);
	if (status == STATUS_OK)
		status = policy_reach_others(policy, &residents, &properties, data, error);
	policy_add_bits(&fresh->residents, &residents);
	policy_add_bits(&fresh->properties, &properties);
	id_map_release(&residents);
	id_map_release(&properties);
	return status;
}

static enum status load_facts(const struct policy *policy, struct policy_facts *fresh, struct store *data,
			      struct store *desk, struct error *error)
{
	struct id_map releases;
	id_map_init(&releases);
	/* Generations first: what changes while the rest is read is then read again. */
	enum status status = generations(desk, data, &fresh->desk_generation, &fresh->data_generation, error);
	if (status == STATUS_OK)
		status = load_releases(policy, desk, &releases, error);
	if (status == STATUS_OK)
		status = load_marks(policy, data,
				    "SELECT subject_kind, subject_id, restriction_id, kept_since FROM restriction_mark",
				    &releases, &fresh->residents, &fresh->properties, error);
	if (status == STATUS_OK)
		status = load_rulings(policy, fresh, data, desk, error);
	if (status == STATUS_OK)
		status = load_ended(policy, desk, fresh, error);
	if (status == STATUS_OK)
		status = policy_load_flags(policy, fresh, data, desk, error);
	id_map_release(&releases);
	return status;
}

enum taken { TAKEN, KNOWN_BEFORE, DATA_IS_OLDER, DESK_IS_OLDER };

/* Another thread may have loaded meanwhile. What is older than that, on either shelf, is never put in its place: a
 * consent that was withdrawn would be there again. FRESH is released when it is not taken. */
static enum taken take_facts(struct policy *policy, struct policy_facts *fresh)
{
	pthread_rwlock_wrlock(&policy->facts_lock);
	const struct policy_facts *now = &policy->facts;
	bool data_older = fresh->data_generation < now->data_generation;
	bool desk_older = fresh->desk_generation < now->desk_generation;
	bool newer = fresh->data_generation > now->data_generation || fresh->desk_generation > now->desk_generation;
	bool older = data_older || desk_older;
	struct policy_facts old = older ? *fresh : policy->facts;
	if (!older) {
		policy->facts = *fresh;
		policy->epoch++;
	}
	pthread_rwlock_unlock(&policy->facts_lock);
	policy_facts_release(&old);
	return !older ? TAKEN : !newer ? KNOWN_BEFORE : data_older ? DATA_IS_OLDER : DESK_IS_OLDER;
}

static enum status load_once(struct policy *policy, struct store *data, struct store *desk, enum taken *taken,
			     struct error *error)
{
	struct policy_facts fresh = {0};
	bool own = !store_in_transaction(data);
	id_map_init(&fresh.residents);
	id_map_init(&fresh.properties);
	id_map_init(&fresh.flagged);
	enum status status = own ? store_begin(data, error) : STATUS_OK;
	if (status == STATUS_OK)
		status = load_facts(policy, &fresh, data, desk, error);
	if (own)
		store_rollback(data); /* it only read */
	if (status == STATUS_OK)
		*taken = take_facts(policy, &fresh);
	else
		policy_facts_release(&fresh);
	return status;
}

/* When one shelf was read earlier than by another thread and the other shelf later, neither has the whole: read again.
 * Only the caller's own picture of the data stays as old as it is, and whoever has one compares generations. */
enum status policy_load(struct policy *policy, struct store *data, struct store *desk, struct error *error)
{
	enum { TRIES = 5 };
	for (int i = 0; i < TRIES; i++) {
		enum taken taken;
		enum status status = load_once(policy, data, desk, &taken, error);
		if (status != STATUS_OK || taken == TAKEN || taken == KNOWN_BEFORE ||
		    (taken == DATA_IS_OLDER && store_in_transaction(data)))
			return status;
	}
	error_set(error, STATUS_IO, "policy.moving", "Who must be protected changes while it is read");
	error_remedy(error, "Try again in a moment");
	return STATUS_IO;
}

int64_t policy_marks_generation(struct policy *policy)
{
	pthread_rwlock_rdlock(&policy->facts_lock);
	int64_t generation = policy->facts.data_generation;
	pthread_rwlock_unlock(&policy->facts_lock);
	return generation;
}

bool policy_is_behind(struct policy *policy, int64_t desk_generation)
{
	pthread_rwlock_rdlock(&policy->facts_lock);
	bool behind = desk_generation != policy->facts.desk_generation;
	pthread_rwlock_unlock(&policy->facts_lock);
	return behind;
}

enum status policy_is_stale(struct policy *policy, struct store *desk, struct store *data, bool *stale,
			    struct error *error)
{
	int64_t of_desk = 0, of_data = 0;
	enum status status = generations(desk, data, &of_desk, &of_data, error);
	if (status)
		return status;
	pthread_rwlock_rdlock(&policy->facts_lock);
	*stale = of_desk != policy->facts.desk_generation || (data && of_data != policy->facts.data_generation);
	pthread_rwlock_unlock(&policy->facts_lock);
	return STATUS_OK;
}

/* ---- changing -------------------------------------------------------------------------------- */

enum status policy_replace_marks(struct store *data, const struct policy_mark *marks, size_t count, struct error *error)
{
	struct bulk *bulk;
	enum status status = store_execute(data,
					   "DELETE FROM restriction_mark; "
					   "UPDATE restriction_state SET generation = generation + 1",
					   error);
	if (status == STATUS_OK)
		status = store_bulk_begin(&bulk, data, "restriction_mark",
					  "subject_kind, subject_id, restriction_id, kept_since", error);
	if (status)
		return status;
	for (size_t i = 0; i < count; i++) {
		bulk_int(bulk, marks[i].kind);
		bulk_int(bulk, marks[i].subject_id);
		bulk_text(bulk, marks[i].restriction);
		if (marks[i].kept_since == DATE_UNKNOWN)
			bulk_null(bulk);
		else
			bulk_int(bulk, marks[i].kept_since);
		status = bulk_row(bulk, error);
		if (status) {
			bulk_abandon(bulk);
			return status;
		}
	}
	return bulk_end(bulk, error);
}

enum status policy_count_up(struct store *desk, struct error *error)
{
	return store_execute(desk, "UPDATE policy_state SET generation = generation + 1", error);
}

static void bind_mark(struct statement *statement, const struct policy_mark *mark, struct text by)
{
	statement_bind_int(statement, "kind", mark->kind);
	statement_bind_int(statement, "subject_id", mark->subject_id);
	statement_bind_text(statement, "restriction", mark->restriction);
	statement_bind_int(statement, "now", instant_now());
	statement_bind_text(statement, "by", by);
}

enum status policy_set_mark(struct store *desk, const struct policy_mark *mark, struct text by, struct error *error)
{
	struct statement *insert;
	enum status status = store_prepare(
		&insert, desk,
		"INSERT INTO restriction_ruling (subject_kind, subject_id, restriction_id, set_at, set_by) "
		"VALUES (:kind, :subject_id, :restriction, :now, :by) ON CONFLICT DO NOTHING",
		error);
	if (status)
		return status;
	bind_mark(insert, mark, by);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status ? status : policy_count_up(desk, error);
}

enum status policy_lift_mark(struct store *desk, const struct policy_mark *mark, struct text by, struct error *error)
{
	struct statement *update;
	int64_t changed;
	enum status status = store_prepare(&update, desk,
					   "UPDATE restriction_ruling SET lifted_at = :now, lifted_by = :by "
					   "WHERE subject_kind = :kind AND subject_id = :subject_id AND "
					   "restriction_id = :restriction AND lifted_at IS NULL",
					   error);
	if (status)
		return status;
	bind_mark(update, mark, by);
	status = statement_run(update, &changed, error);
	statement_done(update);
	if (status)
		return status;
	if (!changed) {
		error_set(error, STATUS_NOT_FOUND, "policy.mark", "Nobody has set this restriction");
		error_remedy(error, "A restriction that comes from a feed is lifted in the service's own system");
		return STATUS_NOT_FOUND;
	}
	return policy_count_up(desk, error);
}

enum status policy_follow_marks(struct store *shelf, int64_t from, int64_t to, struct error *error)
{
	bool data = store_shelf(shelf) == STORE_DATA;
	int64_t changed = 0;
	struct statement *insert;
	enum status status = store_prepare(
		&insert, shelf,
		data ? "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) SELECT subject_kind, "
		       "CAST(:to AS BIGINT), restriction_id FROM restriction_mark WHERE subject_kind = 1 AND "
		       "subject_id "
		       "= :from ON CONFLICT DO NOTHING"
		     : "INSERT INTO restriction_ruling (subject_kind, subject_id, restriction_id, set_at, set_by) "
		       "SELECT "
		       "subject_kind, CAST(:to AS BIGINT), restriction_id, set_at, set_by FROM restriction_ruling "
		       "WHERE "
		       "subject_kind = 1 AND subject_id = :from AND lifted_at IS NULL ON CONFLICT DO NOTHING",
		error);
	if (status)
		return status;
	statement_bind_int(insert, "from", from);
	statement_bind_int(insert, "to", to);
	status = statement_run(insert, &changed, error);
	statement_done(insert);
	if (status || (!data && !changed)) /* flags are by record: whose they are has changed in any case */
		return status;
	return data ? store_execute(shelf, "UPDATE restriction_state SET generation = generation + 1", error)
		    : policy_count_up(shelf, error);
}

enum status policy_release_mark(struct store *desk, const struct policy_mark *mark, struct text by, struct error *error)
{
	struct statement *insert;
	enum status status = store_prepare(&insert, desk,
					   "INSERT INTO restriction_release (subject_kind, subject_id, restriction_id, "
					   "released_on, released_at, released_by) "
					   "VALUES (:kind, :subject_id, :restriction, :today, :now, :by) "
					   "ON CONFLICT (subject_kind, subject_id, restriction_id) DO UPDATE SET "
					   "released_on = excluded.released_on, released_at = excluded.released_at, "
					   "released_by = excluded.released_by",
					   error);
	if (status)
		return status;
	bind_mark(insert, mark, by);
	statement_bind_int(insert, "today", date_today());
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status ? status : policy_count_up(desk, error);
}

enum status policy_find_mark(struct store *data, struct policy_mark *mark, bool *found, struct error *error)
{
	struct statement *query;
	*found = false;
	enum status status = store_prepare(&query, data,
					   "SELECT kept_since FROM restriction_mark WHERE subject_kind = :kind AND "
					   "subject_id = :subject_id AND restriction_id = :restriction",
					   error);
	if (status)
		return status;
	statement_bind_int(query, "kind", mark->kind);
	statement_bind_int(query, "subject_id", mark->subject_id);
	statement_bind_text(query, "restriction", mark->restriction);
	status = statement_step(query, found, error);
	int kept = statement_column(query, "kept_since");
	if (status == STATUS_OK && *found)
		mark->kept_since = statement_is_null(query, kept) ? DATE_UNKNOWN : (date)statement_int(query, kept);
	statement_done(query);
	return status;
}
