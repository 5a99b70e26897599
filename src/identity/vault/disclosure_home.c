/* Residences with the records behind them; of households, how members are related, what became of them, and who else
 * is at the address. */
#include "vault/disclosure_int.h"

#include "base/memory.h"

#include <stdlib.h>

enum { RESIDENCES_MAX = 200, RELATIONS_MAX = 2000, EVENTS_MAX = 500, OTHERS_MAX = 2000 };

static struct text kept_text(struct asking_door *asking, struct statement *s, const char *column)
{
	return arena_text(asking->arena, statement_text(s, statement_column(s, column)));
}

static int64_t kept_int(struct statement *s, const char *column)
{
	return statement_int(s, statement_column(s, column));
}

static date kept_date(struct statement *s, const char *column)
{
	return asking_date(s, statement_column(s, column));
}

/* ---- the records behind a residence ------------------------------------------------------------------- */

/* A row that was let through with its address says that they live or lived there. */
static const struct disclosed_row *row_that_says(const struct read_rows *rows, int64_t property_id, int64_t record_id,
						 const struct profile_feed *feed)
{
	for (size_t i = 0; i < rows->row_count; i++) {
		const struct disclosed_row *row = &rows->rows[i];
		if (row->property_id == property_id && (!feed || row->origin.feed == feed) &&
		    (!record_id || row->origin.record_id == record_id))
			return row;
	}
	return NULL;
}

static int compare_claims(const void *left, const void *right)
{
	const struct disclosed_claim *a = left, *b = right;
	if ((a->to == DATE_UNKNOWN) != (b->to == DATE_UNKNOWN))
		return a->to == DATE_UNKNOWN ? -1 : 1;
	if (a->from != b->from)
		return a->from > b->from ? -1 : 1;
	if (a->feed != b->feed)
		return a->feed->number < b->feed->number ? -1 : 1;
	return (a->record_id > b->record_id) - (a->record_id < b->record_id);
}

/* *ALL: how many there are, whoever may see them. */
static enum status read_claims(struct disclosed_residence *residence, size_t *all, struct asking_door *asking,
			       const struct read_rows *rows, struct error *error)
{
	struct statement *s;
	enum status status =
		store_prepare(&s, asking->data,
			      "SELECT record_id, feed_no, from_date, to_date, seen_date FROM residence_record WHERE "
			      "resident_id = :resident AND property_id = :property AND sequence = :sequence",
			      error);
	if (status)
		return status;
	statement_bind_int(s, "resident", residence->resident_id);
	statement_bind_int(s, "property", residence->property_id);
	statement_bind_int(s, "sequence", residence->sequence);
	struct disclosed_claim *claims = ARENA_ARRAY(asking->arena, rows->row_count + 1, struct disclosed_claim);
	bool row;
	size_t count = 0;
	*all = 0;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && count < rows->row_count) {
		++*all;
		size_t feed_no = (size_t)kept_int(s, "feed_no");
		const struct profile_feed *feed =
			feed_no < asking->state->feed_count ? asking->state->feeds[feed_no] : NULL;
		int64_t record_id = kept_int(s, "record_id");
		const struct disclosed_row *said =
			feed ? row_that_says(rows, residence->property_id, record_id, feed) : NULL;
		if (said)
			claims[count++] = (struct disclosed_claim){feed,
								   record_id,
								   kept_date(s, "from_date"),
								   kept_date(s, "to_date"),
								   kept_date(s, "seen_date"),
								   said->origin.data_as_at};
	}
	statement_done(s);
	if (count)
		qsort(claims, count, sizeof *claims, compare_claims);
	residence->claims = claims;
	residence->claim_count = count;
	return status;
}

static enum status read_residences(struct disclosed_residence *found, size_t *count, struct asking_door *asking,
				   int64_t resident_id, struct error *error)
{
	struct statement *s;
	enum status status =
		store_prepare(&s, asking->data,
			      "SELECT property_id, sequence, from_date, to_date, seen_date, sources, records, "
			      "confidence, standing FROM residence WHERE resident_id = :resident ORDER BY property_id, "
			      "sequence",
			      error);
	if (status)
		return status;
	statement_bind_int(s, "resident", resident_id);
	bool row;
	*count = 0;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < RESIDENCES_MAX)
		found[(*count)++] = (struct disclosed_residence){
			.resident_id = resident_id,
			.property_id = kept_int(s, "property_id"),
			.sequence = (int)kept_int(s, "sequence"),
			.from = kept_date(s, "from_date"),
			.to = kept_date(s, "to_date"),
			.seen = kept_date(s, "seen_date"),
			.sources = (int)kept_int(s, "sources"),
			.records = (int)kept_int(s, "records"),
			.confidence = statement_double(s, statement_column(s, "confidence")),
			.standing = kept_text(asking, s, "standing")};
	statement_done(s);
	return status;
}

/* Fills what is said of a residence; *TOLD is false for one that rests on nothing that the viewer sees. *WHOLE becomes
 * false where some record is not for this viewer. */
static enum status tell_residence(bool *told, bool *whole, struct disclosed_residence *residence,
				  struct asking_door *asking, const struct read_rows *rows, struct error *error)
{
	struct disclosed_property property;
	bool found;
	size_t all = 0;
	*told = false;
	if (!row_that_says(rows, residence->property_id, 0, NULL) ||
	    asking_property_is_protected(asking, residence->property_id))
		return STATUS_OK;
	enum status status = read_claims(residence, &all, asking, rows, error);
	*whole &= residence->claim_count == all;
	if (status || (all && !residence->claim_count))
		return status;
	status = asking_property(&property, asking, residence->property_id, &found, error);
	residence->address = found ? property.address : TEXT_ABSENT;
	residence->postcode = found ? property.postcode : TEXT_ABSENT;
	*told = status == STATUS_OK;
	return status;
}

enum status asking_residences(struct disclosure_resident *out, struct asking_door *asking, int64_t resident_id,
			      const struct read_rows *rows, struct error *error)
{
	struct disclosed_residence *all = ARENA_ARRAY(asking->arena, RESIDENCES_MAX, struct disclosed_residence);
	size_t count, kept = 0;
	bool whole = false;
	enum status status = read_residences(all, &count, asking, resident_id, error);
	if (!status)
		status = asking_homes_are_whole(&whole, asking, resident_id, error);
	for (size_t i = 0; i < count && !status; i++) {
		bool told;
		status = tell_residence(&told, &whole, &all[i], asking, rows, error);
		if (!status && told)
			all[kept++] = all[i];
	}
	if (!whole)
		kept = asking_tell_by_claims(all, kept);
	out->residences = all;
	out->residence_count = kept;
	return status;
}

/* ---- who else is there ---------------------------------------------------------------------------------- */

static enum status read_use(struct disclosed_household *household, struct asking_door *asking, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(
		&s, asking->data, "SELECT property_use, why FROM shared_property WHERE property_id = :property", error);
	if (status)
		return status;
	statement_bind_int(s, "property", household->property_id);
	status = statement_step(s, &row, error);
	if (!status && row) {
		household->property_use = kept_text(asking, s, "property_use");
		household->property_why = kept_text(asking, s, "why");
	}
	statement_done(s);
	return status;
}

static enum status read_others(int64_t *ids, size_t *count, const struct disclosed_household *household,
			       struct asking_door *asking, struct error *error)
{
	struct statement *s;
	*count = 0;
	enum status status = store_prepare(
		&s, asking->data,
		"SELECT DISTINCT resident_id FROM household_member WHERE property_id = :property AND "
		"household_id <> :household AND (from_date IS NULL OR from_date <= :on_date) AND (to_date "
		"IS NULL OR to_date > :on_date)",
		error);
	if (status)
		return status;
	statement_bind_int(s, "property", household->property_id);
	statement_bind_int(s, "household", household->household_id);
	statement_bind_int(s, "on_date", asking->drawn_at ? *asking->drawn_at : date_today());
	int resident = statement_column(s, "resident_id");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < OTHERS_MAX)
		ids[(*count)++] = statement_int(s, resident);
	statement_done(s);
	return status;
}

/* That an address is shared is the gazetteer's to say, or is concluded from who is there: from all of them. */
static void leave_out_use(struct disclosed_household *household)
{
	household->property_use = household->property_why = TEXT_ABSENT;
	if (text_is(household->kind, "shared") || text_is(household->kind, "institution"))
		household->kind = household->member_count == 1 ? TEXT("single") : TEXT("family");
}

static enum status count_other(int *others, struct asking_door *asking, int64_t resident_id, int64_t property_id,
			       struct error *error)
{
	uint64_t restrictions;
	bool hidden, may = false, whole;
	if (!asking_may_know(asking, resident_id, &restrictions, &hidden) || hidden)
		return STATUS_OK;
	struct told_stay stay = {
		.resident_id = resident_id, .property_id = property_id, .from = DATE_UNKNOWN, .to = DATE_UNKNOWN};
	enum status status = asking_tell_stay(&stay, &whole, asking, error);
	if (!status && stay.told)
		status = asking_may_speak_of(&may, asking, resident_id, error);
	*others += may;
	return status;
}

/* Those of whom nothing may be said are no others either. */
enum status asking_others(struct disclosed_household *household, bool whole, struct asking_door *asking,
			  struct error *error)
{
	size_t count = 0;
	if (!household->property_id)
		return STATUS_OK;
	enum status status = read_use(household, asking, error);
	if (status || text_is_empty(household->property_use))
		return status;
	if (!whole && !text_is(household->property_why, "class")) {
		leave_out_use(household);
		return STATUS_OK;
	}
	int64_t *ids = ARENA_ARRAY(asking->arena, OTHERS_MAX, int64_t);
	status = read_others(ids, &count, household, asking, error);
	for (size_t i = 0; i < count && !status; i++)
		status = count_other(&household->others_at_address, asking, ids[i], household->property_id, error);
	return status;
}

/* ---- relationships -------------------------------------------------------------------------------------- */

/* The numbers of the members whose ids are looked for are few: a household's. */
static size_t member_number(const struct disclosed_household *household, int64_t resident_id)
{
	for (size_t i = 0; i < household->member_count; i++) {
		if (household->members[i].person.resident_id == resident_id)
			return i;
	}
	return SIZE_MAX;
}

static void add_relation(struct disclosed_relation *relations, size_t *count, struct asking_door *asking,
			 const struct disclosed_relation *relation, const struct profile_source *source)
{
	size_t at = 0;
	while (at < *count && (relations[at].a != relation->a || relations[at].b != relation->b ||
			       !text_equal(relations[at].kind, relation->kind)))
		at++;
	struct disclosed_relation *known = &relations[at];
	if (at == *count) {
		*known = *relation;
		known->sources = ARENA_ARRAY(asking->arena, asking->door->parts.profile->sources.count,
					     const struct profile_source *);
		(*count)++;
	}
	for (size_t i = 0; i < known->source_count; i++) {
		if (known->sources[i] == source)
			return;
	}
	known->sources[known->source_count++] = source;
	if (relation->from != DATE_UNKNOWN && (known->from == DATE_UNKNOWN || relation->from < known->from))
		known->from = relation->from;
	if (relation->to == DATE_UNKNOWN || (known->to != DATE_UNKNOWN && relation->to > known->to))
		known->to = relation->to;
}

/* What tells of the relationship must be let through: the role, or that they are in one group. Where the profile does
 * not say which columns these are, anything of the feed. */
bool asking_tells_relationships(struct asking_door *asking, const struct profile_feed *feed)
{
	const struct feed_plan *plan = asking_plan(asking, feed);
	const struct profile_relationships *said = &feed->relationships;
	const struct profile_element *telling = said->role ? said->role : said->group;
	for (size_t i = 0; telling && i < plan->element_count; i++) {
		if (plan->elements[i] == telling)
			return plan->decisions[i].verdict == POLICY_ALLOW ||
			       (!said->role && plan->any_allowed); /* a number stays hidden, that it is one does not */
	}
	return plan->any_allowed;
}

static enum status relations_of(struct disclosed_household *household, struct disclosed_relation *relations,
				size_t *count, struct asking_door *asking, size_t member, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(&s, asking->data,
					   "SELECT other_id, feed_no, kind, from_date, to_date FROM relationship WHERE "
					   "resident_id = :resident ORDER BY other_id, feed_no",
					   error);
	if (status)
		return status;
	statement_bind_int(s, "resident", household->members[member].person.resident_id);
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < RELATIONS_MAX) {
		size_t other = member_number(household, kept_int(s, "other_id")),
		       feed_no = (size_t)kept_int(s, "feed_no");
		const struct profile_feed *feed =
			feed_no < asking->state->feed_count ? asking->state->feeds[feed_no] : NULL;
		if (other == SIZE_MAX || !feed || !asking_tells_relationships(asking, feed))
			continue;
		struct disclosed_relation relation = {.a = member,
						      .b = other,
						      .kind = kept_text(asking, s, "kind"),
						      .from = kept_date(s, "from_date"),
						      .to = kept_date(s, "to_date")};
		add_relation(relations, count, asking, &relation, feed->source);
	}
	statement_done(s);
	return status;
}

static enum status read_relations(struct disclosed_household *household, struct asking_door *asking,
				  struct error *error)
{
	struct disclosed_relation *relations = ARENA_ARRAY(asking->arena, RELATIONS_MAX, struct disclosed_relation);
	size_t count = 0;
	enum status status = STATUS_OK;
	for (size_t i = 0; i < household->member_count && !status; i++)
		status = relations_of(household, relations, &count, asking, i, error);
	household->relations = relations;
	household->relation_count = count;
	return status;
}

/* ---- what became of it ---------------------------------------------------------------------------------- */

/* A household may be named where all of its members may be known, with their address. */
static enum status may_name(bool *may, struct asking_door *asking, int64_t household_id, struct error *error)
{
	struct statement *s;
	bool row;
	*may = false;
	enum status status = store_prepare(
		&s, asking->data, "SELECT resident_id FROM household_member WHERE household_id = :household", error);
	if (status)
		return status;
	statement_bind_int(s, "household", household_id);
	int resident = statement_column(s, "resident_id");
	bool hidden = false;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && !hidden) {
		uint64_t restrictions;
		*may = asking_may_know(asking, statement_int(s, resident), &restrictions, &hidden) && !hidden;
		hidden = !*may;
	}
	statement_reset(s);
	statement_done(s);
	return status;
}

static enum status read_events(struct disclosed_household_event *events, size_t *count, struct asking_door *asking,
			       int64_t household_id, struct error *error)
{
	struct statement *s;
	enum status status =
		store_prepare(&s, asking->data,
			      "SELECT on_date, what, resident_id, other_household_id, property_id FROM household_event "
			      "WHERE household_id = :household ORDER BY sequence",
			      error);
	if (status)
		return status;
	statement_bind_int(s, "household", household_id);
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < EVENTS_MAX)
		events[(*count)++] = (struct disclosed_household_event){
			.on = kept_date(s, "on_date"),
			.what = kept_text(asking, s, "what"),
			.resident_id = kept_int(s, "resident_id"),
			.other_household_id = kept_int(s, "other_household_id"),
			.property_id = kept_int(s, "property_id"),
		};
	statement_done(s);
	return status;
}

/* Of somebody who is not among the members given (they were drawn at another date): who they are, where that may be
 * said. */
static enum status name_of(struct text *name, bool *told, struct asking_door *asking, int64_t resident_id,
			   struct error *error)
{
	uint64_t restrictions;
	bool hidden;
	struct read_rows rows;
	struct disclosed_person person;
	*told = asking_may_know(asking, resident_id, &restrictions, &hidden);
	if (!*told)
		return STATUS_OK;
	enum status status = asking_read_lines(&rows, asking, resident_id, hidden, asking->lists_sources, error);
	*told = !status && rows.row_count > 0;
	if (*told) {
		asking_person(&person, asking, resident_id, &rows, restrictions, hidden);
		*name = person.name;
	}
	return status;
}

static bool is_born_on(const struct disclosed_person *person, date on)
{
	date born;
	return date_parse_iso(person->date_of_birth, &born) && born == on;
}

/* What is not made of records that are all for this viewer: only on a day that is told as well. */
static enum status is_told(bool *told, const struct disclosed_household_event *event,
			   const struct disclosed_household *household, size_t member, struct asking_door *asking,
			   struct error *error)
{
	const struct disclosed_member *who = member == SIZE_MAX ? NULL : &household->members[member];
	enum status status = STATUS_OK;
	*told = false;
	if (event->resident_id)
		status = asking_homes_are_whole(told, asking, event->resident_id, error);
	if (status || *told || event->on == DATE_UNKNOWN)
		return status;
	if (!event->resident_id)
		*told = (event->on == household->from && text_is(event->what, "began")) ||
			(event->on == household->to && text_is(event->what, "ended"));
	else if (who)
		*told = event->on == who->from || event->on == who->to || is_born_on(&who->person, event->on);
	return STATUS_OK;
}

static enum status let_event_through(bool *told, struct disclosed_household_event *event,
				     const struct disclosed_household *household, bool whole,
				     struct asking_door *asking, struct error *error)
{
	enum status status = STATUS_OK;
	size_t member = event->resident_id ? member_number(household, event->resident_id) : SIZE_MAX;
	*told = true;
	if (!whole)
		status = is_told(told, event, household, member, asking, error);
	if (status || !*told)
		return status;
	if (member != SIZE_MAX)
		event->name = household->members[member].person.name;
	else if (event->resident_id)
		status = name_of(&event->name, told, asking, event->resident_id, error);
	if (status || !*told)
		return status;
	if (!household->property_id || asking_property_is_protected(asking, event->property_id))
		event->property_id = 0;
	bool may = whole;
	if (event->other_household_id && event->resident_id)
		status = asking_homes_are_whole(&may, asking, event->resident_id, error);
	if (event->other_household_id && may && !status)
		status = may_name(&may, asking, event->other_household_id, error);
	if (!may)
		event->other_household_id = 0;
	return status;
}

enum status asking_household_story(struct disclosed_household *household, bool whole, struct asking_door *asking,
				   struct error *error)
{
	struct disclosed_household_event *events =
		ARENA_ARRAY(asking->arena, EVENTS_MAX, struct disclosed_household_event);
	size_t found = 0, kept = 0;
	enum status status = read_relations(household, asking, error);
	if (!status)
		status = read_events(events, &found, asking, household->household_id, error);
	for (size_t i = 0; i < found && !status; i++) {
		bool told;
		status = let_event_through(&told, &events[i], household, whole, asking, error);
		if (!status && told)
			events[kept++] = events[i];
	}
	household->events = events;
	household->event_count = kept;
	return status;
}
