/* What may be told of where somebody lived, since when, and how sure that is.
 *
 * The household room works residences and households out from the records of all services, whoever asks.  Told as it
 * is made, "since 12 March, certain" would say what a service knows that is not for this viewer.  So one rule holds for
 * pages, summaries, the interface and exports:
 *
 * - where the viewer may see the places in all records of where a resident lived, what was made of them is told;
 * - otherwise dates, certainty and reason are what the records say whose places may be seen, and those alone;
 * - that somebody lived at a place is told only by a record whose place may be seen.
 *
 * Nothing says "not shown" here: that would tell of whom a service knows something that must not be known to know them.
 */
#include "vault/disclosure_int.h"

enum { CLAIMS_MAX = 1000 }; /* of one resident; with more of them, only these count */

struct told_claim { /* what one record says of a home */
	int64_t property_id;
	size_t source; /* its number in the profile */
	date from, to;
	bool seen;
};

struct told_homes {
	int64_t resident_id;
	struct told_claim *at;
	size_t count;
	bool whole;
};

static void add_claim(struct told_homes *homes, struct asking_door *asking, struct statement *s)
{
	const struct disclosure_state *state = asking->state;
	size_t feed_no = (size_t)statement_int(s, statement_column(s, "feed_no"));
	const struct profile_feed *feed = feed_no < state->feed_count ? state->feeds[feed_no] : NULL;
	bool seen = feed && asking_plan(asking, feed)->place_allowed;
	homes->whole &= seen;
	homes->at[homes->count++] =
		(struct told_claim){.property_id = statement_int(s, statement_column(s, "property_id")),
				    .source = feed ? feed->source->number : 0,
				    .from = asking_date(s, statement_column(s, "from_date")),
				    .to = asking_date(s, statement_column(s, "to_date")),
				    .seen = seen};
}

static enum status read_homes(struct told_homes *homes, struct asking_door *asking, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(&s, asking->data,
					   "SELECT property_id, feed_no, from_date, to_date FROM residence_record "
					   "WHERE resident_id = :resident LIMIT 1000",
					   error);
	if (status)
		return status;
	statement_bind_int(s, "resident", homes->resident_id);
	homes->at = ARENA_ARRAY(asking->arena, CLAIMS_MAX, struct told_claim);
	uint64_t consents = asking->consents;
	asking_of(asking, homes->resident_id);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && homes->count < CLAIMS_MAX)
		add_claim(homes, asking, s);
	asking->consents = consents;
	homes->whole &= homes->count < CLAIMS_MAX;
	statement_done(s);
	return status;
}

/* Stays and residences of one resident are asked about one after the other. */
static enum status take_homes(const struct told_homes **out, struct asking_door *asking, int64_t resident_id,
			      struct error *error)
{
	enum status status = STATUS_OK;
	if (!asking->told || asking->told->resident_id != resident_id) {
		struct told_homes *homes = ARENA_NEW(asking->arena, struct told_homes);
		*homes = (struct told_homes){.resident_id = resident_id, .whole = true};
		status = read_homes(homes, asking, error);
		asking->told = status ? NULL : homes;
	}
	*out = asking->told;
	return status;
}

enum status asking_homes_are_whole(bool *whole, struct asking_door *asking, int64_t resident_id, struct error *error)
{
	const struct told_homes *homes;
	enum status status = take_homes(&homes, asking, resident_id, error);
	*whole = status == STATUS_OK && homes->whole;
	return status;
}

/* ---- a stay ------------------------------------------------------------------------------------------- */

static bool is_of_stay(const struct told_claim *claim, const struct told_stay *stay)
{
	return claim->property_id == stay->property_id &&
	       (claim->from == DATE_UNKNOWN || stay->to == DATE_UNKNOWN || claim->from <= stay->to) &&
	       (claim->to == DATE_UNKNOWN || stay->from == DATE_UNKNOWN || claim->to >= stay->from);
}

static void widen(date *from, date *to, bool first, date also_from, date also_to)
{
	if (first || (also_from != DATE_UNKNOWN && (*from == DATE_UNKNOWN || also_from < *from)))
		*from = also_from;
	if (first || also_to == DATE_UNKNOWN || (*to != DATE_UNKNOWN && also_to > *to))
		*to = also_to;
}

/* How sure several services are, or one. What a ruling made certain stays so: whoever ruled was a person. */
static struct text certainty_by(size_t sources)
{
	return sources > 1 ? TEXT("certain") : TEXT("likely");
}

static bool is_ruled(struct text why)
{
	return text_starts_with(why, TEXT("ruled_"));
}

/* Dates, certainty and reason by the claims that are seen; *NAMED: some claim, seen or not, is of this stay. */
static void tell_by_seen(struct told_stay *stay, bool *named, const struct told_homes *homes,
			 struct asking_door *asking)
{
	uint8_t *counted = ARENA_ARRAY(asking->arena, asking->door->parts.profile->sources.count, uint8_t);
	const struct told_stay whole = *stay;
	size_t sources = 0;
	*named = false;
	for (size_t i = 0; i < homes->count; i++) {
		const struct told_claim *claim = &homes->at[i];
		*named |= claim->property_id == whole.property_id;
		if (!claim->seen || !is_of_stay(claim, &whole))
			continue;
		widen(&stay->from, &stay->to, !stay->told, claim->from, claim->to);
		stay->told = true;
		sources += !counted[claim->source];
		counted[claim->source] = 1;
	}
	if (is_ruled(whole.why))
		return;
	stay->certainty = certainty_by(sources);
	stay->why = TEXT("same_address");
}

static enum status relation_is_seen(bool *seen, struct asking_door *asking, int64_t resident_id, struct error *error)
{
	struct statement *s;
	bool row;
	*seen = false;
	enum status status = store_prepare(&s, asking->data,
					   "SELECT DISTINCT feed_no FROM relationship WHERE resident_id = :resident "
					   "OR other_id = :resident",
					   error);
	if (status)
		return status;
	statement_bind_int(s, "resident", resident_id);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		size_t feed_no = (size_t)statement_int(s, statement_column(s, "feed_no"));
		const struct profile_feed *feed =
			feed_no < asking->state->feed_count ? asking->state->feeds[feed_no] : NULL;
		*seen |= feed && asking_tells_relationships(asking, feed);
	}
	statement_done(s);
	return status;
}

/* That a source says who is related is for who may see that it does. */
static enum status tell_reason(struct told_stay *stay, struct asking_door *asking, struct error *error)
{
	bool shared = text_is(stay->why, "related_at_shared_address"), seen;
	if (!shared && !text_is(stay->why, "related"))
		return STATUS_OK;
	enum status status = relation_is_seen(&seen, asking, stay->resident_id, error);
	if (status || seen)
		return status;
	stay->why = TEXT("same_address");
	if (shared) /* where only a source made it surer */
		stay->certainty = TEXT("uncertain");
	return STATUS_OK;
}

enum status asking_tell_stay(struct told_stay *stay, bool *whole, struct asking_door *asking, struct error *error)
{
	const struct told_homes *homes;
	enum status status = take_homes(&homes, asking, stay->resident_id, error);
	struct told_stay seen = *stay;
	bool named;
	*whole = false;
	stay->told = false;
	if (status)
		return status;
	seen.told = false;
	tell_by_seen(&seen, &named, homes, asking);
	*whole = homes->whole;
	seen.followed = stay->followed = !named;
	if (!homes->whole) {
		*stay = seen;
		return STATUS_OK;
	}
	stay->told = true;
	return tell_reason(stay, asking, error);
}

/* ---- residences ---------------------------------------------------------------------------------------- */

static size_t sources_of(const struct disclosed_residence *residence)
{
	size_t count = 0;
	for (size_t i = 0; i < residence->claim_count; i++) {
		size_t before = 0;
		while (before < i && residence->claims[before].feed->source != residence->claims[i].feed->source)
			before++;
		count += before == i;
	}
	return count;
}

static void date_by_claims(struct disclosed_residence *residence)
{
	residence->seen = DATE_UNKNOWN;
	for (size_t i = 0; i < residence->claim_count; i++) {
		const struct disclosed_claim *claim = &residence->claims[i];
		widen(&residence->from, &residence->to, i == 0, claim->from, claim->to);
		if (claim->seen != DATE_UNKNOWN && (residence->seen == DATE_UNKNOWN || claim->seen > residence->seen))
			residence->seen = claim->seen;
	}
	residence->records = (int)residence->claim_count;
	residence->sources = (int)sources_of(residence);
}

/* Of homes that somebody says still the one that began last is believed. */
size_t asking_tell_by_claims(struct disclosed_residence *residences, size_t count)
{
	struct disclosed_residence *main = NULL;
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		if (!residences[i].claim_count)
			continue;
		struct disclosed_residence *residence = &residences[kept++];
		*residence = residences[i];
		date_by_claims(residence);
		bool still = residence->to == DATE_UNKNOWN;
		residence->standing = still ? TEXT("doubtful") : TEXT("former");
		residence->confidence = 0.25;
		if (still && (!main || residence->from > main->from))
			main = residence;
	}
	if (main) {
		main->standing = TEXT("main");
		main->confidence = main->sources > 1 ? 0.75 : 0.5;
	}
	return kept;
}
