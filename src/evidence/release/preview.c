#include "release/release_int.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/memory.h"

struct comparing {
	const struct release_side *from, *to; /* what FROM allows and TO does not */
	bool revealed;
	date on;
	struct arena *arena;
	struct preview_row *rows;
	size_t count, capacity;
};

/* ---- value by value ------------------------------------------------------------------------------------ */

struct asked { /* the same viewer on both sides; a grid is NULL where the side has no such role or purpose */
	const struct profile_role *role;
	const struct profile_team *team;
	const struct profile_purpose *purpose;
	const struct policy_grid *from, *to;
};

static const struct policy_grid *grid_there(const struct release_side *side, const struct asked *asked, date on)
{
	struct viewer viewer = {.role = profile_role(side->profile, asked->role->id),
				.purpose = profile_purpose(side->profile, asked->purpose->id),
				.team = asked->team ? profile_team(side->profile, asked->team->id) : NULL};
	return viewer.role && viewer.purpose ? policy_grid(side->policy, &viewer, on) : NULL;
}

static bool allowed_there(const struct comparing *c, const struct asked *asked, const struct profile_feed *feed,
			  const struct profile_element *element)
{
	const struct profile_feed *its = asked->to ? profile_feed(c->to->profile, feed->id) : NULL;
	const struct profile_element *that = element && its ? profile_element(c->to->profile, element->id) : NULL;
	if (!its || (element && !that))
		return false;
	struct policy_decision decision =
		element ? policy_decide(asked->to, its, that) : policy_decide_presence(asked->to, its);
	return decision.verdict == POLICY_ALLOW;
}

/* With a team: only what an agreement gives because of the team, the rest was told without. */
static bool counts(const struct asked *asked, const struct policy_decision *decision)
{
	return decision->verdict == POLICY_ALLOW && (!asked->team || decision->agreement->team_count > 0);
}

static void append_name(struct buf *names, size_t *count, struct text name)
{
	buf_append_text(names, names->len ? TEXT(", ") : TEXT(""));
	buf_append_text(names, name);
	++*count;
}

static void compare_feed(struct comparing *c, const struct asked *asked, const struct profile_feed *feed)
{
	struct buf names;
	size_t count = 0;
	buf_init(&names, 1 << 20);
	struct policy_decision presence = policy_decide_presence(asked->from, feed);
	if (counts(asked, &presence) && !allowed_there(c, asked, feed, NULL))
		append_name(&names, &count, TEXT("known to the service"));
	for (size_t e = 0; e < c->from->profile->elements.count; e++) {
		const struct profile_element *element = &c->from->profile->elements.at[e];
		if (!feed_column(feed, element))
			continue;
		struct policy_decision decision = policy_decide(asked->from, feed, element);
		if (counts(asked, &decision) && !allowed_there(c, asked, feed, element))
			append_name(&names, &count, element->id);
	}
	if (count) {
		ARRAY_GROW(c->rows, c->count, c->capacity);
		c->rows[c->count++] = (struct preview_row){.revealed = c->revealed,
							   .role = asked->role->id,
							   .team = asked->team ? asked->team->id : TEXT_ABSENT,
							   .purpose = asked->purpose->id,
							   .feed = feed->id,
							   .elements = arena_text(c->arena, buf_text(&names)),
							   .element_count = count};
	}
	buf_release(&names);
}

static void compare_viewer(struct comparing *c, struct asked *asked)
{
	asked->from = grid_there(c->from, asked, c->on);
	asked->to = grid_there(c->to, asked, c->on);
	for (size_t f = 0; asked->from && f < c->from->profile->feeds.count; f++)
		compare_feed(c, asked, &c->from->profile->feeds.at[f]);
	policy_grid_done(asked->from);
	policy_grid_done(asked->to);
}

static void compare(struct comparing *c)
{
	const struct profile *profile = c->from->profile;
	for (size_t r = 0; r < profile->roles.count; r++) {
		const struct profile_role *role = &profile->roles.at[r];
		for (size_t p = 0; p < role->purpose_count; p++) {
			struct asked asked = {.role = role, .purpose = role->purposes[p]};
			compare_viewer(c, &asked);
			for (size_t t = 0; t < profile->teams.count; t++) {
				asked.team = &profile->teams.at[t];
				compare_viewer(c, &asked);
			}
		}
	}
}

/* ---- how many residents --------------------------------------------------------------------------------- */

struct feed_marks { /* by the feed's number in the database */
	struct {
		bool revealed, withdrawn;
		int64_t residents;
	} * at;
	size_t count;
};

static enum status feed_numbers(struct text_map *numbers, size_t *highest, struct store *data, struct error *error)
{
	struct statement *query;
	bool row;
	*highest = 0;
	enum status status = store_prepare(&query, data, "SELECT feed_no, feed_id FROM feed", error);
	if (status != STATUS_OK)
		return status;
	int no = statement_column(query, "feed_no"), id = statement_column(query, "feed_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		uint64_t number = (uint64_t)statement_int(query, no);
		*text_map_put(numbers, statement_text(query, id), NULL) = number;
		*highest = number > *highest ? number : *highest;
	}
	statement_done(query);
	return status;
}

/* Each resident once a feed, in the order of residents. */
static enum status count_residents(struct release_preview *out, struct feed_marks *marks, struct store *data,
				   struct error *error)
{
	struct statement *query;
	bool row, revealed = false, withdrawn = false;
	int64_t before = -1;
	enum status status =
		store_prepare(&query, data,
			      "SELECT DISTINCT r.resident_id, f.feed_no FROM fact f JOIN resident_record r "
			      "ON r.record_id = f.record_id ORDER BY r.resident_id",
			      error);
	if (status != STATUS_OK)
		return status;
	int resident = statement_column(query, "resident_id"), feed = statement_column(query, "feed_no");
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		size_t number = (size_t)statement_int(query, feed);
		if (statement_int(query, resident) != before)
			revealed = withdrawn = false;
		before = statement_int(query, resident);
		if (number > marks->count)
			continue;
		marks->at[number].residents++;
		out->residents_revealed += marks->at[number].revealed && !revealed;
		out->residents_withdrawn += marks->at[number].withdrawn && !withdrawn;
		revealed |= marks->at[number].revealed;
		withdrawn |= marks->at[number].withdrawn;
	}
	statement_done(query);
	return status;
}

static enum status count_rows(struct release_preview *out, struct store *data, struct error *error)
{
	struct text_map numbers;
	struct feed_marks marks = {0};
	text_map_init(&numbers);
	enum status status = feed_numbers(&numbers, &marks.count, data, error);
	marks.at = memory_alloc(marks.count + 1, sizeof *marks.at);
	for (size_t i = 0; i < out->row_count; i++) {
		const uint64_t *number = text_map_get(&numbers, out->rows[i].feed);
		if (!number)
			continue;
		marks.at[*number].revealed |= out->rows[i].revealed;
		marks.at[*number].withdrawn |= !out->rows[i].revealed;
	}
	if (status == STATUS_OK)
		status = count_residents(out, &marks, data, error);
	for (size_t i = 0; i < out->row_count; i++) {
		const uint64_t *number = text_map_get(&numbers, out->rows[i].feed);
		out->rows[i].residents = number ? marks.at[*number].residents : 0;
	}
	text_map_release(&numbers);
	free(marks.at);
	return status;
}

/* ---- lists and extracts ----------------------------------------------------------------------------------- */

static bool list_runs(const struct release_side *side, struct text id, date on)
{
	const struct profile_list *list = profile_list(side->profile, id);
	return list && policy_agreement_runs(side->policy, list->agreement, on);
}

static enum status rows_on_list(int64_t *rows, struct store *data, struct text id, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, data,
					   "SELECT COUNT(*) AS rows FROM list_row w JOIN list_rule r ON r.list_no = "
					   "w.list_no WHERE r.list_id = :id",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(query, "id", id);
	status = statement_step(query, &row, error);
	*rows = status == STATUS_OK && row ? statement_int(query, statement_column(query, "rows")) : 0;
	statement_done(query);
	return status;
}

static enum status compare_lists(struct release_preview *out, const struct release_side *from,
				 const struct release_side *to, bool revealed, struct store *data, date on,
				 struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < from->profile->lists.count && status == STATUS_OK; i++) {
		struct text id = from->profile->lists.at[i].id;
		if (!list_runs(from, id, on) || list_runs(to, id, on))
			continue;
		struct preview_list *list = &out->lists[out->list_count++];
		*list = (struct preview_list){.revealed = revealed, .list = id};
		status = rows_on_list(&list->rows, data, id, error);
	}
	return status;
}

static void compare_intake(struct release_preview *out, const struct release_side *now, const struct release_side *then,
			   date on, struct arena *arena)
{
	for (size_t f = 0; f < then->profile->feeds.count; f++) {
		struct buf names;
		size_t count = 0;
		const struct profile_feed *feed = &then->profile->feeds.at[f];
		const struct profile_feed *before = profile_feed(now->profile, feed->id);
		buf_init(&names, 1 << 20);
		for (size_t e = 0; before && e < then->profile->elements.count; e++) {
			const struct profile_element *element = &then->profile->elements.at[e];
			const struct profile_element *its = profile_element(now->profile, element->id);
			if (feed_column(feed, element) && its && feed_column(before, its) &&
			    policy_may_hold(now->policy, before, its, on) &&
			    !policy_may_hold(then->policy, feed, element, on))
				append_name(&names, &count, element->id);
		}
		if (count)
			out->intake[out->intake_count++] =
				(struct preview_intake){feed->id, arena_text(arena, buf_text(&names)), count};
		buf_release(&names);
	}
}

static void compare_uses(struct release_preview *out, const struct release_side *now, const struct release_side *then,
			 date on, struct arena *arena)
{
	struct preview_uses uses = {.from = now, .to = then, .on = on, .arena = arena};
	preview_compare_uses(&uses);
	uses.from = then;
	uses.to = now;
	uses.revealed = true;
	preview_compare_uses(&uses);
	out->use_count = uses.count;
	out->uses = ARENA_ARRAY(arena, uses.count, struct preview_use);
	if (uses.count)
		memcpy(out->uses, uses.rows, uses.count * sizeof *uses.rows);
	free(uses.rows);
}

enum status release_preview(struct release_preview *out, const struct release_side *now,
			    const struct release_side *then, struct store *data, date on, struct arena *arena,
			    struct error *error)
{
	struct comparing c = {.from = now, .to = then, .on = on, .arena = arena};
	compare(&c);
	c.from = then;
	c.to = now;
	c.revealed = true;
	compare(&c);
	*out = (struct release_preview){
		.rows = ARENA_ARRAY(arena, c.count, struct preview_row),
		.row_count = c.count,
		.lists =
			ARENA_ARRAY(arena, now->profile->lists.count + then->profile->lists.count, struct preview_list),
		.intake = ARENA_ARRAY(arena, then->profile->feeds.count, struct preview_intake)};
	if (c.count)
		memcpy(out->rows, c.rows, c.count * sizeof *c.rows);
	free(c.rows);
	compare_intake(out, now, then, on, arena);
	compare_uses(out, now, then, on, arena);
	enum status status = count_rows(out, data, error);
	if (status == STATUS_OK)
		status = compare_lists(out, now, then, false, data, on, error);
	if (status == STATUS_OK)
		status = compare_lists(out, then, now, true, data, on, error);
	return status;
}
