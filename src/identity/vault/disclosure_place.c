/* Households and properties, as far as they may be known. */
#include "vault/disclosure_int.h"

#include "base/memory.h"

enum { MEMBERS_MAX = 2000, HOUSEHOLDS_MAX = 200 };

/* ---- properties ------------------------------------------------------------------------------------- */

static bool is_gazetteer(const struct profile_feed *feed)
{
	return feed->about == ABOUT_PROPERTIES && feed->client && text_is(feed->client->id, "uprn");
}

static const struct policy_decision *decision_in(const struct feed_plan *plan, const struct profile_element *element)
{
	for (size_t i = 0; i < plan->element_count; i++) {
		if (plan->elements[i] == element)
			return &plan->decisions[i];
	}
	return NULL;
}

/* What policy says of an element of the gazetteer; NULL when no gazetteer has it. A profile may have several feeds of
 * one, and a property is of all of them. */
static const struct policy_decision *gazetteer_decision(struct asking_door *asking,
							const struct profile_element *element)
{
	const struct profile *profile = asking->door->parts.profile;
	const struct policy_decision *refused = NULL;
	for (size_t f = 0; element && f < profile->feeds.count; f++) {
		const struct profile_feed *feed = &profile->feeds.at[f];
		const struct policy_decision *decision =
			is_gazetteer(feed) ? decision_in(asking_plan(asking, feed), element) : NULL;
		if (decision && decision->verdict == POLICY_ALLOW)
			return decision;
		refused = decision ? decision : refused;
	}
	return refused;
}

/* Whether what the gazetteer has as ELEMENT_ID may be seen; then the audit's entry names it. */
static bool gazetteer_lets(struct asking_door *asking, const char *element_id)
{
	const struct profile_element *element = profile_element(asking->door->parts.profile, text_of(element_id));
	const struct policy_decision *decision = gazetteer_decision(asking, element);
	if (!decision || decision->verdict != POLICY_ALLOW)
		return false;
	asking->disclosed[element->number] = 1;
	if (decision->agreement)
		asking->agreements[decision->agreement->number] = 1;
	return true;
}

static struct text sealed_value(struct asking_door *asking, struct text packed, const char *element_id)
{
	const struct profile_element *element = profile_element(asking->door->parts.profile, text_of(element_id));
	for (size_t i = 0; element && i < asking->state->element_count; i++) {
		if (asking->state->elements[i] == element)
			return vault_values_find(packed, (unsigned)i);
	}
	return TEXT_ABSENT;
}

static struct text open_sealed(struct asking_door *asking, struct text packed, const char *element_id)
{
	struct text value = sealed_value(asking, packed, element_id);
	return text_is_empty(value) || !gazetteer_lets(asking, element_id) ? TEXT_ABSENT
									   : arena_text(asking->arena, value);
}

/* "Flat 2, 14 Mill Lane, Eastmarsh": written from several columns when the gazetteer was loaded, and seen by who may
 * see each that it has. */
static struct text gazetteer_address(struct asking_door *asking, struct text packed)
{
	static const char *const written_from[] = {"address",          "sao_text",         "pao_text",
						   "pao_start_number", "pao_start_suffix", "pao_end_number",
						   "street",           "locality",         "town"};
	enum { PARTS = sizeof written_from / sizeof *written_from };
	struct text whole = sealed_value(asking, packed, "address");
	if (text_is_empty(whole))
		return open_sealed(asking, packed, "organisation");
	for (size_t i = 0; i < PARTS; i++) {
		const struct policy_decision *decision = gazetteer_decision(
			asking, profile_element(asking->door->parts.profile, text_of(written_from[i])));
		if (decision && decision->verdict != POLICY_ALLOW)
			return TEXT_ABSENT;
	}
	bool any = false;
	for (size_t i = 0; i < PARTS; i++)
		any |= gazetteer_lets(asking, written_from[i]);
	return any ? arena_text(asking->arena, whole) : TEXT_ABSENT;
}

static enum status open_property_seal(struct disclosed_property *out, struct asking_door *asking, struct text sealed,
				      struct error *error)
{
	struct vault_place place = {.record_id = out->property_id, .part = VAULT_PROPERTY};
	buf_clear(&asking->plain);
	enum status status = vault_unseal(asking->door->parts.vault, &place, sealed, &asking->plain, error);
	if (status)
		return status;
	struct text packed = buf_text(&asking->plain);
	out->uprn = open_sealed(asking, packed, "uprn");
	out->postcode = open_sealed(asking, packed, "postcode");
	out->address = gazetteer_address(asking, packed);
	return STATUS_OK;
}

static struct text open_value(struct asking_door *asking, struct statement *s, const char *column,
			      const char *element_id)
{
	struct text value = statement_text(s, statement_column(s, column));
	return text_is_empty(value) || !gazetteer_lets(asking, element_id) ? TEXT_ABSENT
									   : arena_text(asking->arena, value);
}

/* What stands beside the seal. */
static void open_property_row(struct disclosed_property *out, struct asking_door *asking, struct statement *s)
{
	int parent = statement_column(s, "parent_property_id"), decile = statement_column(s, "decile"),
	    latitude = statement_column(s, "latitude"), longitude = statement_column(s, "longitude");
	out->class_code = open_value(asking, s, "class", "property_class");
	out->kind = open_value(asking, s, "kind", "property_class");
	out->ward = open_value(asking, s, "ward", "ward");
	if (statement_int(s, parent) && gazetteer_lets(asking, "parent_uprn"))
		out->parent_id = statement_int(s, parent);
	if (statement_int(s, decile) && gazetteer_lets(asking, "deprivation_decile"))
		out->decile = (int)statement_int(s, decile);
	if (statement_is_null(s, latitude) || !gazetteer_lets(asking, "latitude") ||
	    !gazetteer_lets(asking, "longitude"))
		return;
	out->has_place = true;
	out->latitude = statement_double(s, latitude);
	out->longitude = statement_double(s, longitude);
}

bool asking_lets_buildings(struct asking_door *asking)
{
	return gazetteer_lets(asking, "parent_uprn");
}

bool asking_property_is_protected(struct asking_door *asking, int64_t property_id)
{
	return asking_place_is_protected(asking, property_id, 0);
}

bool asking_place_is_protected(struct asking_door *asking, int64_t property_id, int64_t resident_id)
{
	struct policy_bounds bounds = policy_bounds_of(asking->door->parts.policy, POLICY_PROPERTY, property_id);
	if (resident_id)
		bounds.restrictions = policy_restrictions_left(bounds.restrictions, asking->pass, resident_id);
	return !policy_may_know_of(asking->grid, &bounds) ||
	       !policy_may_know_address(asking->grid, bounds.restrictions);
}

enum status asking_property(struct disclosed_property *out, struct asking_door *asking, int64_t property_id,
			    bool *found, struct error *error)
{
	*out = (struct disclosed_property){.property_id = property_id};
	*found = false;
	if (property_id == 0 || asking_property_is_protected(asking, property_id))
		return STATUS_OK;
	struct statement *s;
	enum status status =
		store_prepare(&s, asking->data,
			      "SELECT parent_property_id, class, kind, ward, decile, latitude, longitude, sealed "
			      "FROM property WHERE property_id = :property",
			      error);
	if (status)
		return status;
	statement_bind_int(s, "property", property_id);
	status = statement_step(s, found, error);
	if (!status && *found) {
		open_property_row(out, asking, s);
		status = open_property_seal(out, asking, statement_blob(s, statement_column(s, "sealed")), error);
	}
	statement_done(s);
	return status;
}

/* ---- households --------------------------------------------------------------------------------------- */

/* A stay that begins where the one before it ends is the same membership: the household has moved. */
static bool goes_on(const struct told_stay *before, const struct told_stay *stay)
{
	return before->resident_id == stay->resident_id &&
	       (before->to == DATE_UNKNOWN || stay->from == DATE_UNKNOWN || before->to >= stay->from);
}

static void add_stay(struct told_stay *rows, size_t *count, const struct told_stay *stay)
{
	struct told_stay *last = *count ? &rows[*count - 1] : NULL;
	if (last && goes_on(last, stay)) {
		date from = last->from;
		*last = *stay;
		last->from = from;
	} else if (last && last->resident_id == stay->resident_id) { /* left and came back: the newest time */
		*last = *stay;
	} else {
		rows[(*count)++] = *stay;
	}
}

static bool is_there(date from, date to, const date *on)
{
	return !on || ((from == DATE_UNKNOWN || from <= *on) && (to == DATE_UNKNOWN || to > *on));
}

static enum status read_stays(struct told_stay **out, size_t *count, struct asking_door *asking, int64_t household_id,
			      struct error *error)
{
	struct statement *s;
	enum status status =
		store_prepare(&s, asking->data,
			      "SELECT resident_id, property_id, from_date, to_date, certainty, why FROM "
			      "household_member WHERE household_id = :household ORDER BY resident_id, sequence",
			      error);
	if (status)
		return status;
	statement_bind_int(s, "household", household_id);
	int resident = statement_column(s, "resident_id"), property = statement_column(s, "property_id"),
	    from = statement_column(s, "from_date"), to = statement_column(s, "to_date"),
	    certainty = statement_column(s, "certainty"), why = statement_column(s, "why");
	bool row;
	size_t capacity = 0;
	*out = NULL;
	*count = 0;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < MEMBERS_MAX) {
		ARRAY_GROW(*out, *count, capacity);
		(*out)[(*count)++] =
			(struct told_stay){.resident_id = statement_int(s, resident),
					   .property_id = statement_int(s, property),
					   .from = asking_date(s, from),
					   .to = asking_date(s, to),
					   .certainty = arena_text(asking->arena, statement_text(s, certainty)),
					   .why = arena_text(asking->arena, statement_text(s, why))};
	}
	statement_done(s);
	return status;
}

struct told_members { /* of a household, before anybody is looked at */
	struct told_stay *rows;
	size_t count, ever;  /* on the day that is asked for; at any time, whoever may know of them */
	bool seen, whole;    /* the records of all of them; so that what was made of these may be told as it is */
	date from, to;       /* of the household, by the stays that are told */
	int64_t property_id; /* of the newest of these */
};

static void widen_household(struct told_members *members, const struct told_stay *stay, bool first)
{
	if (first || (stay->from != DATE_UNKNOWN && (members->from == DATE_UNKNOWN || stay->from < members->from)))
		members->from = stay->from;
	if (first || stay->to == DATE_UNKNOWN || (members->to != DATE_UNKNOWN && stay->to > members->to)) {
		members->to = stay->to;
		members->property_id = stay->property_id;
	}
}

/* Whom no record puts there is there because others are: of whom it is told. */
static void drop_followers(struct told_members *members)
{
	bool named = false;
	size_t kept = 0;
	for (size_t i = 0; i < members->count; i++)
		named |= !members->rows[i].followed;
	for (size_t i = 0; i < members->count; i++)
		if (named || members->seen)
			members->rows[kept++] = members->rows[i];
	members->count = kept;
}

/* One row a member: on the day that is asked for, or whoever ever was one. */
static enum status tell_members(struct told_members *out, struct asking_door *asking, int64_t household_id,
				struct error *error)
{
	*out = (struct told_members){.seen = true, .whole = true, .from = DATE_UNKNOWN, .to = DATE_UNKNOWN};
	enum status status = read_stays(&out->rows, &out->ever, asking, household_id, error);
	bool first = true;
	for (size_t i = 0; i < out->ever && !status; i++) {
		struct told_stay stay = out->rows[i];
		uint64_t restrictions;
		bool whole, hidden;
		status = asking_tell_stay(&stay, &whole, asking, error);
		bool may = asking_may_know(asking, stay.resident_id, &restrictions, &hidden);
		out->seen &= whole;
		out->whole &= whole && may;
		if (status || !stay.told)
			continue;
		if (may) {
			widen_household(out, &stay, first);
			first = false;
		}
		if (is_there(stay.from, stay.to, asking->drawn_at))
			add_stay(out->rows, &out->count, &stay);
	}
	drop_followers(out);
	return status;
}

/* How many sources have the person at the property: only those whose rows were let through, so that the number
 * tells nothing about the others. */
static int sources_there(struct asking_door *asking, const struct read_rows *rows, int64_t property_id)
{
	uint8_t *seen = ARENA_ARRAY(asking->arena, asking->door->parts.profile->sources.count, uint8_t);
	int count = 0;
	for (size_t i = 0; i < rows->row_count; i++) {
		const struct disclosed_row *row = &rows->rows[i];
		uint8_t *source = &seen[row->origin.feed->source->number];
		if (!row->newest || !property_id || row->property_id != property_id || *source)
			continue;
		*source = 1;
		count++;
	}
	return count;
}

/* Fills MEMBER; *SHOWN is false for somebody who may not be known of, or of whom nothing may be said. */
static enum status open_member(struct disclosed_member *member, struct asking_door *asking, const struct told_stay *row,
			       int64_t property_id, bool *shown, bool *address_hidden, struct error *error)
{
	uint64_t restrictions;
	struct read_rows rows;
	*shown = asking_may_know(asking, row->resident_id, &restrictions, address_hidden);
	if (!*shown)
		return STATUS_OK;
	enum status status =
		asking_read_lines(&rows, asking, row->resident_id, *address_hidden, asking->lists_sources, error);
	if (status)
		return status;
	*shown = rows.row_count > 0;
	*member = (struct disclosed_member){
		.from = row->from, .to = row->to, .certainty = row->certainty, .why = row->why};
	member->sources = sources_there(asking, &rows, property_id);
	asking_person(&member->person, asking, row->resident_id, &rows, restrictions, *address_hidden);
	member->known_to_count = asking_known_to(asking, &rows, &member->known_to);
	return STATUS_OK;
}

/* Whom the viewer may not know of changes nothing that is seen: somebody who is alone without them lives alone. */
static void judge_without_hidden(struct disclosed_household *household, struct disclosed_member *members, size_t count,
				 const date *on)
{
	struct disclosed_member *alone = NULL;
	size_t here = 0;
	for (size_t i = 0; i < count; i++) {
		if (members[i].to != DATE_UNKNOWN && (!on || members[i].to <= *on))
			continue;
		alone = &members[i];
		here++;
	}
	if (here != 1)
		return;
	if (text_is(household->kind, "family"))
		household->kind = TEXT("single");
	if (text_is(household->kind, "single"))
		alone->why = TEXT("only_resident");
	else
		alone->why = TEXT("alone_at_shared_address");
}

/* A household shows its address only where some member's address may be seen, and none is protected. */
static enum status show_members(struct disclosed_household *household, const struct told_members *told,
				struct asking_door *asking, bool *protected, struct error *error)
{
	enum status status = STATUS_OK;
	size_t shown_count = 0;
	struct disclosed_member *members = ARENA_ARRAY(asking->arena, told->count, struct disclosed_member);
	bool address_seen = false;
	for (size_t i = 0; i < told->count && !status; i++) {
		bool shown, address_hidden = false;
		status = open_member(&members[shown_count], asking, &told->rows[i], household->property_id, &shown,
				     &address_hidden, error);
		if (status || !shown)
			continue;
		*protected |= address_hidden;
		address_seen |= !text_is_empty(members[shown_count].person.address);
		shown_count++;
	}
	if (shown_count < told->count || !told->whole)
		judge_without_hidden(household, members, shown_count, asking->drawn_at);
	household->members = members;
	household->member_count = shown_count;
	if (*protected || !address_seen)
		household->property_id = 0;
	return status;
}

/* PEOPLE: with who they are. */
static enum status open_members(struct disclosed_household *household, struct asking_door *asking, bool people,
				bool *protected, bool *whole, struct error *error)
{
	struct told_members told;
	*protected = false;
	enum status status = tell_members(&told, asking, household->household_id, error);
	*whole = told.whole;
	if (!told.whole) {
		household->from = told.from;
		household->to = told.to;
		household->property_id = told.property_id;
	}
	if (asking->drawn_at && told.count)
		household->property_id = told.rows[0].property_id; /* where they were then */
	if (!people)
		household->property_id = 0; /* whose address may be seen is not known without them */
	else if (!status)
		status = show_members(household, &told, asking, protected, error);
	free(told.rows);
	return status;
}

#define HOUSEHOLDS "SELECT household_id, property_id, kind, from_date, to_date FROM household WHERE "
#define STAYS_THEN "(from_date IS NULL OR from_date <= :on_date) AND (to_date IS NULL OR to_date > :on_date) AND "

static const char *households_sql(const char *where, bool then)
{
	static const struct {
		const char *where, *now, *then;
	} ways[] = {
		{"resident",
		 HOUSEHOLDS "ended_run IS NULL AND household_id IN (SELECT household_id FROM household_member WHERE "
			    "resident_id = :id)",
		 HOUSEHOLDS "household_id IN (SELECT household_id FROM household_member WHERE " STAYS_THEN
			    "resident_id = :id)"},
		{"property", HOUSEHOLDS "ended_run IS NULL AND property_id = :id",
		 HOUSEHOLDS "household_id IN (SELECT household_id FROM household_member WHERE " STAYS_THEN
			    "property_id = :id)"},
		{"household", HOUSEHOLDS "household_id = :id", HOUSEHOLDS "household_id = :id"},
	};
	size_t i = 0;
	while (strcmp(ways[i].where, where) != 0)
		i++;
	return then ? ways[i].then : ways[i].now;
}

static enum status read_households(struct disclosed_household *out, size_t *count, struct asking_door *asking,
				   const char *where, int64_t id, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(&s, asking->data, households_sql(where, asking->drawn_at), error);
	if (status)
		return status;
	statement_bind_int(s, "id", id);
	if (asking->drawn_at && strcmp(where, "household") != 0)
		statement_bind_int(s, "on_date", *asking->drawn_at);
	int household = statement_column(s, "household_id"), property = statement_column(s, "property_id"),
	    kind = statement_column(s, "kind"), from = statement_column(s, "from_date"),
	    to = statement_column(s, "to_date");
	bool row;
	*count = 0;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < HOUSEHOLDS_MAX)
		out[(*count)++] =
			(struct disclosed_household){.household_id = statement_int(s, household),
						     .property_id = statement_int(s, property),
						     .kind = arena_text(asking->arena, statement_text(s, kind)),
						     .from = asking_date(s, from),
						     .to = asking_date(s, to)};
	statement_done(s);
	return status;
}

/* Those that are still together first, then the newest; ids settle what is left. */
static int compare_households(const void *left, const void *right)
{
	const struct disclosed_household *a = left, *b = right;
	if ((a->to == DATE_UNKNOWN) != (b->to == DATE_UNKNOWN))
		return a->to == DATE_UNKNOWN ? -1 : 1;
	if (a->from != b->from)
		return a->from > b->from ? -1 : 1;
	return (a->household_id > b->household_id) - (a->household_id < b->household_id);
}

static enum status fill_household(struct disclosed_household *household, struct asking_door *asking, bool members,
				  bool *protected, struct error *error)
{
	struct disclosed_property property;
	bool found;
	bool whole;
	enum status status = open_members(household, asking, members, protected, &whole, error);
	if (!status)
		status = asking_property(&property, asking, household->property_id, &found, error);
	if (status)
		return status;
	if (!found)
		household->property_id = 0;
	household->address = found ? property.address : TEXT_ABSENT;
	household->postcode = found ? property.postcode : TEXT_ABSENT;
	status = asking_others(household, whole, asking, error);
	return status || !asking->tells_all ? status : asking_household_story(household, whole, asking, error);
}

enum status asking_households(struct asking_door *asking, const char *where, int64_t id, bool members,
			      struct disclosed_household **out, size_t *count, struct error *error)
{
	struct disclosed_household all[HOUSEHOLDS_MAX];
	bool at_property = strcmp(where, "property") == 0;
	size_t found = 0, kept = 0;
	enum status status = read_households(all, &found, asking, where, id, error);
	if (found)
		qsort(all, found, sizeof *all, compare_households);
	for (size_t i = 0; i < found && !status; i++) {
		bool protected;
		/* Members of those that are over are told on the household's own page. */
		bool with_members = members && (i < 3 || all[i].to == DATE_UNKNOWN);
		status = fill_household(&all[i], asking, with_members, &protected, error);
		/* A household that was found by its address must not be shown when that address is protected, nor one
		 * of whom nobody may be known. */
		bool nobody = with_members && all[i].member_count == 0;
		if (!(at_property && (protected || nobody)))
			all[kept++] = all[i];
	}
	*out = ARENA_ARRAY(asking->arena, kept, struct disclosed_household);
	if (kept)
		memcpy(*out, all, kept * sizeof *all);
	*count = kept;
	return status;
}
