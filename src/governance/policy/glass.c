#include "policy/glass.h"

#include "base/buf.h"
#include "policy/policy_int.h"

#define HOUR INT64_C(3600000000)

/* ---- what may be opened ------------------------------------------------------------------------ */

static bool allows(const struct profile_restriction *restriction, const struct profile_role *role)
{
	for (size_t i = 0; i < restriction->glass_role_count; i++)
		if (restriction->glass_roles[i] == role)
			return true;
	return false;
}

bool glass_may_break(const struct profile *profile, const struct viewer *viewer, const struct policy_grid *grid,
		     uint64_t restrictions, uint64_t *bits, int *hours)
{
	uint64_t shut = restrictions & ~grid->entitled;
	*bits = 0;
	*hours = GLASS_HOURS_MOST;
	for (size_t i = 0; viewer_can(viewer, CAPABILITY_BREAK_GLASS_USE) && i < profile->restrictions.count; i++) {
		const struct profile_restriction *restriction = &profile->restrictions.at[i];
		if (!(shut >> i & 1) || !allows(restriction, viewer->role))
			continue;
		*bits |= UINT64_C(1) << i;
		*hours = restriction->glass_hours < *hours ? restriction->glass_hours : *hours;
	}
	return *bits && (shut & ~*bits & grid->policy->hides_resident) == 0;
}

struct text glass_ids(const struct profile *profile, uint64_t bits, struct arena *arena)
{
	struct buf ids;
	buf_init(&ids, 1 << 14);
	for (size_t i = 0; i < profile->restrictions.count; i++)
		if (bits >> i & 1)
			buf_format(&ids, "%s%.*s", ids.len ? "," : "", TEXT_ARG(profile->restrictions.at[i].id));
	struct text result = arena_text(arena, buf_text(&ids));
	buf_release(&ids);
	return result;
}

static uint64_t bits_of(const struct profile *profile, struct text ids, const struct profile_role *role,
			const struct profile_team *owner)
{
	struct text id;
	uint64_t bits = 0;
	while (ids.len && text_split(&ids, ',', &id))
		for (size_t i = 0; i < profile->restrictions.count; i++) {
			const struct profile_restriction *restriction = &profile->restrictions.at[i];
			bool counts = owner ? restriction->owner == owner : allows(restriction, role);
			if (counts && text_equal(restriction->id, id))
				bits |= UINT64_C(1) << i;
		}
	return bits;
}

bool glass_is_owned(const struct profile *profile, const struct glass *pass, const struct profile_team *team)
{
	return team && bits_of(profile, pass->restrictions, NULL, team) != 0;
}

/* ---- breaking ---------------------------------------------------------------------------------- */

static enum status count_tries(struct store *desk, int64_t user_id, instant now, int64_t *tries, int64_t *openings,
			       struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, desk,
					   "SELECT count(*) - count(resident_id) AS tries, count(resident_id) AS "
					   "openings FROM glass WHERE user_id = :user AND began > :since",
					   error);
	if (status)
		return status;
	statement_bind_int(query, "user", user_id);
	statement_bind_int(query, "since", now - HOUR);
	status = statement_step(query, &row, error);
	*tries = status == STATUS_OK && row ? statement_int(query, statement_column(query, "tries")) : 0;
	*openings = status == STATUS_OK && row ? statement_int(query, statement_column(query, "openings")) : 0;
	statement_done(query);
	return status;
}

static enum status insert_try(struct store *desk, int64_t user_id, instant now, int64_t *pass_id, struct error *error)
{
	struct statement *insert;
	bool row = false;
	enum status status = store_prepare(
		&insert, desk, "INSERT INTO glass (user_id, began) VALUES (:user, :now) RETURNING pass_id", error);
	if (status)
		return status;
	statement_bind_int(insert, "user", user_id);
	statement_bind_int(insert, "now", now);
	status = statement_step(insert, &row, error);
	if (status == STATUS_OK && row)
		*pass_id = statement_int(insert, statement_column(insert, "pass_id"));
	statement_done(insert);
	return status;
}

enum status glass_try(struct store *desk, int64_t user_id, int64_t *pass_id, struct error *error)
{
	instant now = instant_now();
	int64_t tries = 0, openings = 0;
	enum status status = insert_try(desk, user_id, now, pass_id, error);
	if (status == STATUS_OK)
		status = count_tries(desk, user_id, now, &tries, &openings, error);
	if (status || (tries <= GLASS_TRIES_HOUR && openings < GLASS_OPENINGS_HOUR))
		return status;
	error_set(error, STATUS_REFUSED, "glass.often", "You have tried %d times, or opened %d residents, in an hour.",
		  GLASS_TRIES_HOUR, GLASS_OPENINGS_HOUR);
	error_remedy(error, "If somebody is in danger, call the emergency duty team.");
	return STATUS_REFUSED;
}

enum status glass_forget_try(struct store *desk, int64_t pass_id, struct error *error)
{
	struct statement *drop;
	enum status status =
		store_prepare(&drop, desk, "DELETE FROM glass WHERE pass_id = :pass AND resident_id IS NULL", error);
	if (status)
		return status;
	statement_bind_int(drop, "pass", pass_id);
	status = statement_run(drop, NULL, error);
	statement_done(drop);
	return status;
}

enum status glass_break(struct store *desk, const struct glass *pass, struct error *error)
{
	struct statement *update;
	enum status status =
		store_prepare(&update, desk,
			      "UPDATE glass SET resident_id = :resident, restrictions = :restrictions, purpose "
			      "= :purpose, reason = :reason, ends = :ends WHERE pass_id = :pass",
			      error);
	if (status)
		return status;
	statement_bind_int(update, "pass", pass->pass_id);
	statement_bind_int(update, "resident", pass->resident_id);
	statement_bind_text(update, "restrictions", pass->restrictions);
	statement_bind_text(update, "purpose", pass->purpose);
	statement_bind_text(update, "reason", pass->reason);
	statement_bind_int(update, "ends", pass->ends);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

/* ---- reading ----------------------------------------------------------------------------------- */

#define PASSES \
	"SELECT g.pass_id, g.user_id, g.resident_id, g.restrictions, g.purpose, g.reason, g.began, g.ends, g.ended, " \
	"g.ended_by, g.outcome, g.note, g.reviewed, a.username, a.display_name, r.username AS reviewer FROM glass g " \
	"JOIN account a ON a.user_id = g.user_id LEFT JOIN account r ON r.user_id = g.reviewed_by WHERE " \
	"g.resident_id " \
	"IS NOT NULL AND "

static struct text keep(struct arena *arena, struct statement *row, const char *column)
{
	struct text t = statement_text(row, statement_column(row, column));
	return text_is_absent(t) ? t : arena_text(arena, t);
}

static instant when(struct statement *row, const char *name)
{
	int column = statement_column(row, name);
	return statement_is_null(row, column) ? INSTANT_UNKNOWN : statement_int(row, column);
}

static struct glass take(struct statement *row, struct arena *arena)
{
	return (struct glass){.pass_id = statement_int(row, statement_column(row, "pass_id")),
			      .user_id = statement_int(row, statement_column(row, "user_id")),
			      .resident_id = statement_int(row, statement_column(row, "resident_id")),
			      .username = keep(arena, row, "username"),
			      .display_name = keep(arena, row, "display_name"),
			      .restrictions = keep(arena, row, "restrictions"),
			      .purpose = keep(arena, row, "purpose"),
			      .reason = keep(arena, row, "reason"),
			      .began = when(row, "began"),
			      .ends = when(row, "ends"),
			      .ended = when(row, "ended"),
			      .ended_by = keep(arena, row, "ended_by"),
			      .outcome = keep(arena, row, "outcome"),
			      .note = keep(arena, row, "note"),
			      .reviewed = when(row, "reviewed"),
			      .reviewer = keep(arena, row, "reviewer")};
}

enum status glass_list(struct store *desk, enum glass_which which, int64_t user_id, struct arena *arena,
		       struct glass **out, size_t *count, struct error *error)
{
	static const char *const sql[] = {
		[GLASS_OPEN_OF_USER] = PASSES "g.user_id = :user AND g.ended IS NULL AND g.ends > :now ORDER BY "
					      "g.pass_id DESC",
		[GLASS_WAITING] = PASSES "(:user = 0 OR g.user_id = :user) AND :now > 0 AND g.reviewed IS NULL ORDER "
					 "BY g.pass_id DESC",
		[GLASS_REVIEWED] = PASSES "(:user = 0 OR g.user_id = :user) AND :now > 0 AND g.reviewed IS NOT NULL "
					  "ORDER BY g.pass_id DESC LIMIT 200",
		[GLASS_OVER] = PASSES "(:user = 0 OR g.user_id = :user) AND g.ended IS NULL AND g.ends <= :now ORDER "
				      "BY g.pass_id DESC LIMIT 200",
	};
	size_t capacity = GLASS_MOST;
	struct statement *query;
	bool row;
	*count = 0;
	*out = ARENA_ARRAY(arena, GLASS_MOST, struct glass);
	enum status status = store_prepare(&query, desk, sql[which], error);
	if (status)
		return status;
	statement_bind_int(query, "user", user_id);
	statement_bind_int(query, "now", instant_now());
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		if (*count == capacity) {
			struct glass *more = ARENA_ARRAY(arena, 2 * capacity, struct glass);
			memcpy(more, *out, capacity * sizeof *more);
			*out = more;
			capacity *= 2;
		}
		(*out)[(*count)++] = take(query, arena);
	}
	statement_done(query);
	return status;
}

enum status glass_get(struct store *desk, int64_t pass_id, struct arena *arena, struct glass *out, struct error *error)
{
	struct statement *query;
	bool row = false;
	enum status status = store_prepare(&query, desk, PASSES "g.pass_id = :pass", error);
	if (status)
		return status;
	statement_bind_int(query, "pass", pass_id);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		*out = take(query, arena);
	statement_done(query);
	if (status == STATUS_OK && !row)
		return error_set(error, STATUS_NOT_FOUND, "glass.pass", "There is no such break-glass");
	return status;
}

enum status glass_of(struct store *desk, const struct viewer *viewer, int64_t resident_id,
		     const struct profile *profile, struct policy_pass *out, instant *ends, bool *found,
		     struct error *error)
{
	struct statement *query;
	bool row = false;
	*out = (struct policy_pass){.resident_id = resident_id};
	*found = false;
	enum status status =
		store_prepare(&query, desk,
			      PASSES "g.user_id = :user AND g.resident_id = :resident AND g.ended IS NULL AND "
				     "g.ends > :now ORDER BY g.ends DESC LIMIT 1",
			      error);
	if (status)
		return status;
	statement_bind_int(query, "user", viewer->user_id);
	statement_bind_int(query, "resident", resident_id);
	statement_bind_int(query, "now", instant_now());
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		out->pass_id = statement_int(query, statement_column(query, "pass_id"));
		out->restrictions = bits_of(profile, statement_text(query, statement_column(query, "restrictions")),
					    viewer->role, NULL);
		*ends = when(query, "ends");
		*found = out->restrictions != 0 && viewer_can(viewer, CAPABILITY_BREAK_GLASS_USE);
	}
	statement_done(query);
	return status;
}

/* ---- ending and reviewing ------------------------------------------------------------------------ */

static enum status changed_one(struct statement *update, const char *conflict, struct error *error)
{
	int64_t changed = 0;
	enum status status = statement_run(update, &changed, error);
	statement_done(update);
	if (status == STATUS_OK && !changed)
		status = error_set(error, STATUS_CONFLICT, "glass.done", "%s", conflict);
	return status;
}

enum status glass_end(struct store *desk, int64_t pass_id, struct text by, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(
		&update, desk, "UPDATE glass SET ended = :now, ended_by = :by WHERE pass_id = :pass AND ended IS NULL",
		error);
	if (status)
		return status;
	statement_bind_int(update, "pass", pass_id);
	statement_bind_int(update, "now", instant_now());
	statement_bind_text(update, "by", by);
	return changed_one(update, "It has ended already", error);
}

enum status glass_review(struct store *desk, int64_t pass_id, int64_t reviewer, struct text outcome, struct text note,
			 struct error *error)
{
	struct statement *update;
	enum status status =
		store_prepare(&update, desk,
			      "UPDATE glass SET outcome = :outcome, note = :note, reviewed = :now, reviewed_by "
			      "= :reviewer WHERE pass_id = :pass AND reviewed IS NULL AND user_id <> :reviewer",
			      error);
	if (status)
		return status;
	statement_bind_int(update, "pass", pass_id);
	statement_bind_int(update, "now", instant_now());
	statement_bind_int(update, "reviewer", reviewer);
	statement_bind_text(update, "outcome", outcome);
	statement_bind_text(update, "note", note);
	return changed_one(update, "It was reviewed already, or it is your own", error);
}
