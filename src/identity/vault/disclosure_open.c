#include "vault/disclosure_int.h"

/* What opening one thing is, whatever it is: one question, one entry in the audit. */
struct opening {
	const char *action, *kind; /* in the audit */
	bool hears_pass;
	enum status (*open)(void *out, struct asking_door *asking, int64_t subject_id, struct error *error);
	struct text (*describe)(const void *out, struct asking_door *asking); /* for the audit */
};

static enum status open_and_submit(void *out, struct audit_entry *entry, struct disclosure_ticket **ticket,
				   const struct opening *opening, struct disclosure *door,
				   const struct disclosure_question *question, struct arena *arena, struct error *error)
{
	struct asking_door asking;
	enum status status = asking_begin(&asking, door, question->viewer, question->on, arena, error);
	if (status)
		return status;
	asking.notes = question->notes;
	asking.note = question->note;
	asking.readings = question->readings;
	asking.drawn_at = question->drawn_at;
	asking.pass = opening->hears_pass ? question->pass : NULL;
	status = opening->open(out, &asking, question->subject_id, error);
	if (!status)
		status = asking_settle(&asking, error);
	if (!status) {
		asking_entry(entry, &asking, opening->action, opening->kind, question->subject_id, "allowed",
			     opening->describe(out, &asking));
		*ticket = disclosure_submit(door, entry);
		atomic_fetch_add(&door->opens, 1);
	}
	asking_end(&asking);
	return status;
}

/* ---- resident --------------------------------------------------------------------------------------- */

/* Records that came from another resident or went to one. */
static enum status read_history(struct disclosure_resident *out, struct asking_door *asking, int64_t resident_id,
				struct error *error)
{
	enum { HISTORY_MAX = 20 };
	struct statement *s;
	enum status status = store_prepare(
		&s, asking->data,
		"SELECT h.what, h.other_resident_id, h.records, r.started FROM resident_history h JOIN run r ON "
		"r.run_id = h.run_id WHERE h.resident_id = :resident AND h.other_resident_id IS NOT NULL ORDER BY "
		"h.run_id DESC, h.sequence",
		error);
	if (status)
		return status;
	statement_bind_int(s, "resident", resident_id);
	struct disclosed_history *found = ARENA_ARRAY(asking->arena, HISTORY_MAX, struct disclosed_history);
	int what = statement_column(s, "what"), other = statement_column(s, "other_resident_id"),
	    records = statement_column(s, "records"), started = statement_column(s, "started");
	bool row, hidden;
	uint64_t restrictions;
	size_t count = 0;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && count < HISTORY_MAX) {
		int64_t id = statement_int(s, other);
		if (asking_may_know(asking, id, &restrictions, &hidden))
			found[count++] =
				(struct disclosed_history){.what = arena_text(asking->arena, statement_text(s, what)),
							   .other_resident_id = id,
							   .records = (int)statement_int(s, records),
							   .at = statement_int(s, started)};
	}
	statement_done(s);
	out->history = found;
	out->history_count = count;
	return status;
}

/* The resident that ID was taken into, 0 when it was not. */
static int64_t moved_to(struct asking_door *asking, int64_t resident_id)
{
	struct statement *s;
	bool row = false;
	int64_t other = 0;
	if (store_prepare(
		    &s, asking->data,
		    "SELECT other_resident_id FROM resident_history WHERE resident_id = :resident AND what = 'ended' "
		    "ORDER BY run_id DESC, sequence DESC LIMIT 1",
		    NULL))
		return 0;
	statement_bind_int(s, "resident", resident_id);
	if (statement_step(s, &row, NULL) == STATUS_OK && row)
		other = statement_int(s, statement_column(s, "other_resident_id"));
	statement_done(s);
	return other;
}

static enum status open_resident(void *thing, struct asking_door *asking, int64_t resident_id, struct error *error)
{
	struct disclosure_resident *out = thing;
	struct read_rows rows;
	if (!asking_may_know(asking, resident_id, &out->restrictions, &out->address_protected))
		return asking_refuse(asking, "resident.open", "resident", resident_id, error);
	out->by_pass = asking->pass && !policy_may_know_address(asking->grid, out->restrictions);
	enum status status = asking_relationship(&out->relationship, asking, resident_id, error);
	if (status)
		return status;
	status = asking_read_rows(&rows, asking, resident_id, out->address_protected, error);
	if (status)
		return status;
	if (rows.row_count == 0) {
		int64_t other = moved_to(asking, resident_id);
		status = asking_refuse(asking, "resident.open", "resident", resident_id, error);
		uint64_t restrictions;
		bool hidden;
		if (status == STATUS_NOT_FOUND && other && asking_may_know(asking, other, &restrictions, &hidden)) {
			error_set(error, STATUS_NOT_FOUND, "disclosure.moved", "This resident is now part of another.");
			out->entry.subject_id = other;
		}
		return status;
	}
	out->rows = rows.rows;
	out->row_count = rows.row_count;
	out->record_count = rows.record_count;
	out->refusal_count = asking_refusals(asking, &out->refusals);
	asking_person(&out->person, asking, resident_id, &rows, out->restrictions, out->address_protected);
	asking_keep_lines(asking, resident_id, &rows);
	struct disclosed_household *households = NULL;
	status = asking_households(asking, "resident", resident_id, true, &households, &out->household_count, error);
	out->households = households;
	if (!status && !out->address_protected && !text_is_empty(out->person.address))
		status = asking_residences(out, asking, resident_id, &rows, error);
	return status ? status : read_history(out, asking, resident_id, error);
}

/* Whether the service that the viewer's team answers for knows the resident now: for who asks later whether there was a
 * relationship at all (audit/unusual.h). */
static bool known_to_own_service(const struct disclosure_resident *out, const struct profile_team *team)
{
	for (size_t i = 0; team && i < out->row_count; i++) {
		const struct disclosed_row *row = &out->rows[i];
		for (size_t s = 0; !row->ended && s < team->source_count; s++)
			if (row->origin.feed->source == team->sources[s])
				return true;
	}
	return false;
}

static struct text describe_resident(const void *thing, struct asking_door *asking)
{
	const struct disclosure_resident *out = thing;
	return arena_format(
		asking->arena, "%zu records, %zu rows%s%s, relationship %s%s%s", out->record_count, out->row_count,
		!asking->notes ? ""
		: asking->note ? ", with one note"
			       : ", with notes",
		asking->readings ? ", with what was read in notes" : "", relationship_name(out->relationship),
		known_to_own_service(out, asking->viewer->team) ? ", known to their service" : "",
		out->by_pass ? ", break-glass" : "");
}

enum status disclosure_open_resident(struct disclosure_resident *out, struct disclosure *door,
				     const struct disclosure_question *question, struct arena *arena,
				     struct error *error)
{
	static const struct opening opening = {"resident.open", "resident", true, open_resident, describe_resident};
	*out = (struct disclosure_resident){.resident_id = question->subject_id};
	return open_and_submit(out, &out->entry, &out->ticket, &opening, door, question, arena, error);
}

/* ---- household ---------------------------------------------------------------------------------------- */

/* A household is one on a day on which nobody of it was there, too, if somebody may be known on another. */
static enum status was_ever(bool *known, struct disclosed_household *household, struct asking_door *asking,
			    struct error *error)
{
	struct disclosed_household *found;
	size_t count;
	asking->drawn_at = NULL;
	enum status status =
		asking_households(asking, "household", household->household_id, true, &found, &count, error);
	*known = status == STATUS_OK && count > 0 && found[0].member_count > 0;
	if (*known) {
		household->events = found[0].events;
		household->event_count = found[0].event_count;
	}
	return status;
}

static enum status open_household(void *thing, struct asking_door *asking, int64_t household_id, struct error *error)
{
	struct disclosure_household *out = thing;
	struct disclosed_household *found;
	size_t count;
	bool has_property;
	asking->lists_sources = asking->tells_all = true;
	enum status status = asking_households(asking, "household", household_id, true, &found, &count, error);
	if (status)
		return status;
	bool known = count > 0 && found[0].member_count > 0;
	if (count > 0 && !known && asking->drawn_at)
		status = was_ever(&known, &found[0], asking, error);
	if (status)
		return status;
	/* One of whom nobody may be known does not exist. */
	if (!known)
		return asking_refuse(asking, "household.open", "household", household_id, error);
	out->household = found[0];
	return asking_property(&out->property, asking, out->household.property_id, &has_property, error);
}

static struct text describe_household(const void *thing, struct asking_door *asking)
{
	const struct disclosure_household *out = thing;
	return arena_format(asking->arena, "%zu members", out->household.member_count);
}

enum status disclosure_open_household(struct disclosure_household *out, struct disclosure *door,
				      const struct disclosure_question *question, struct arena *arena,
				      struct error *error)
{
	static const struct opening opening = {"household.open", "household", false, open_household,
					       describe_household};
	*out = (struct disclosure_household){.ticket = NULL};
	return open_and_submit(out, &out->entry, &out->ticket, &opening, door, question, arena, error);
}

/* ---- property ------------------------------------------------------------------------------------------ */

/* What is part of the building PARENT_ID, but for EXCEPT. */
static enum status read_parts(const struct disclosed_property **out, size_t *shown, struct asking_door *asking,
			      int64_t parent_id, int64_t except, struct error *error)
{
	enum { PARTS_MAX = 500 };
	int64_t ids[PARTS_MAX];
	size_t count = 0;
	struct statement *s;
	enum status status =
		store_prepare(&s, asking->data,
			      "SELECT property_id FROM property WHERE parent_property_id = :property ORDER BY "
			      "property_id",
			      error);
	if (status)
		return status;
	statement_bind_int(s, "property", parent_id);
	int id = statement_column(s, "property_id");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && count < PARTS_MAX) {
		ids[count] = statement_int(s, id);
		count += ids[count] != except;
	}
	statement_done(s);
	struct disclosed_property *parts = ARENA_ARRAY(asking->arena, count, struct disclosed_property);
	*shown = 0;
	for (size_t i = 0; i < count && !status; i++) {
		bool found;
		status = asking_property(&parts[*shown], asking, ids[i], &found, error);
		*shown += found;
	}
	*out = parts;
	return status;
}

static enum status read_building(struct disclosure_property *out, struct asking_door *asking, struct error *error)
{
	int64_t own = out->property.property_id;
	bool has_parent;
	if (!asking_lets_buildings(asking))
		return STATUS_OK;
	enum status status = asking_property(&out->parent, asking, out->property.parent_id, &has_parent, error);
	if (!status && has_parent)
		status = read_parts(&out->siblings, &out->sibling_count, asking, out->parent.property_id, own, error);
	else if (!status)
		out->parent = (struct disclosed_property){0};
	return status ? status : read_parts(&out->parts, &out->part_count, asking, own, 0, error);
}

static enum status open_property(void *thing, struct asking_door *asking, int64_t property_id, struct error *error)
{
	struct disclosure_property *out = thing;
	bool found;
	asking->lists_sources = true;
	enum status status = asking_property(&out->property, asking, property_id, &found, error);
	if (status)
		return status;
	if (!found)
		return asking_refuse(asking, "property.open", "property", property_id, error);
	status = read_building(out, asking, error);
	struct disclosed_household *households = NULL;
	if (!status)
		status = asking_households(asking, "property", property_id, true, &households, &out->household_count,
					   error);
	out->households = households;
	return status;
}

static struct text describe_property(const void *thing, struct asking_door *asking)
{
	const struct disclosure_property *out = thing;
	return arena_format(asking->arena, "%zu households", out->household_count);
}

enum status disclosure_open_property(struct disclosure_property *out, struct disclosure *door,
				     const struct disclosure_question *question, struct arena *arena,
				     struct error *error)
{
	static const struct opening opening = {"property.open", "property", false, open_property, describe_property};
	*out = (struct disclosure_property){.ticket = NULL};
	return open_and_submit(out, &out->entry, &out->ticket, &opening, door, question, arena, error);
}

enum status disclosure_property_of_uprn(struct disclosure *door, struct text uprn, int64_t *property_id,
					struct error *error)
{
	struct store *data;
	*property_id = 0;
	enum status status = store_pool_take(door->parts.data, &data, error);
	if (status)
		return status;
	status = vault_property_of_uprn(door->parts.vault, data, uprn, property_id, error);
	store_pool_give(door->parts.data, data);
	return status;
}

/* Whether the viewer may see the client's number in a feed: only what may be seen may be looked for. */
static bool shows_client(const struct disclosure_state *state, const struct policy_grid *grid, int64_t feed_no)
{
	const struct profile_feed *feed = (size_t)feed_no < state->feed_count ? state->feeds[feed_no] : NULL;
	return feed && feed->client && policy_decide(grid, feed, feed->client).verdict == POLICY_ALLOW;
}

/* The feeds are looked at one by one, since a source may have told of the client in one that is not for this viewer. */
static enum status find_client(const struct disclosure *door, struct store *data, const struct disclosure_state *state,
			       const struct policy_grid *grid, const struct profile_source *source, struct text client,
			       int64_t *resident_id, struct error *error)
{
	struct buf key;
	struct statement *find;
	bool row = false;
	enum status status = store_prepare(
		&find, data,
		"SELECT DISTINCT m.resident_id, f.feed_no FROM record c JOIN source s ON s.source_no = c.source_no "
		"JOIN resident_record m ON m.record_id = c.record_id JOIN fact f ON f.record_id = c.record_id "
		"WHERE s.source_id = :source AND c.client_hash = :client",
		error);
	if (status)
		return status;
	buf_init(&key, 4096);
	buf_format(&key, "%s\x1f%.*s", source->id.at, TEXT_ARG(client));
	statement_bind_text(find, "source", source->id);
	statement_bind_int(find, "client", vault_hash64(door->parts.vault, VAULT_CLIENT, buf_text(&key)));
	int resident = statement_column(find, "resident_id"), feed_no = statement_column(find, "feed_no");
	while ((status = statement_step(find, &row, error)) == STATUS_OK && row) {
		if (shows_client(state, grid, statement_int(find, feed_no)))
			*resident_id = statement_int(find, resident);
	}
	statement_done(find);
	buf_release(&key);
	return status;
}

enum status disclosure_resident_of_client(struct disclosure *door, const struct viewer *viewer,
					  const struct profile_source *source, struct text client, int64_t *resident_id,
					  struct error *error)
{
	struct store *data;
	*resident_id = 0;
	enum status status = store_pool_take(door->parts.data, &data, error);
	if (status)
		return status;
	struct disclosure_state *state = disclosure_state_hold(door);
	const struct policy_grid *grid = policy_grid(door->parts.policy, viewer, date_today());
	status = find_client(door, data, state, grid, source, text_trim(client), resident_id, error);
	policy_grid_done(grid);
	disclosure_state_drop(state);
	store_pool_give(door->parts.data, data);
	return status;
}
