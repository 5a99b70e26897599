/* Who works with the resident, what is owed, and what must not be overlooked. */
#include "view/view_int.h"

enum { BALANCES_MAX = 100 };

/* ---- known to ----------------------------------------------------------------------------------------- */

static bool in_card(const struct profile_known_to *card, const struct disclosed_row *row)
{
	for (size_t i = 0; i < card->feed_count; i++) {
		if (card->feeds[i] == row->origin.feed)
			return row->newest;
	}
	return false;
}

static bool is_active(const struct viewing *v, const struct profile_known_to *card, const struct disclosed_row *row)
{
	return !row->presence_only && row_is_current(v, row) && row_holds(v, row, &card->active);
}

static date since_of(const struct profile_known_to *card, const struct disclosed_row *row)
{
	date since;
	struct text written = row_text(row, card->since);
	if (text_is_empty(written))
		written = row_text(row, card->last_contact);
	return date_parse(written, "YYYY-MM-DD", 0, &since) ? since : row->valid_from;
}

/* What is going on now says more than what is over, values more than mere presence, new more than old. */
static bool says_more(const struct viewing *v, const struct profile_known_to *card, const struct disclosed_row *row,
		      const struct disclosed_row *than)
{
	if (!than)
		return true;
	bool active = is_active(v, card, row), than_active = is_active(v, card, than);
	if (active != than_active)
		return active;
	if (row->presence_only != than->presence_only)
		return than->presence_only;
	date since = since_of(card, row), than_since = since_of(card, than);
	if (since != than_since)
		return since > than_since;
	return row->origin.as_at > than->origin.as_at;
}

static struct text why_no_more(const struct viewing *v, const struct profile_feed *feed)
{
	for (size_t i = 0; i < v->answer->refusal_count; i++) {
		const struct disclosed_refusal *refusal = &v->answer->refusals[i];
		if (refusal->feed == feed)
			return why_withheld(v, refusal->rule, refusal->agreement);
	}
	return TEXT_ABSENT;
}

static bool any_withheld(const struct view_service *s)
{
	return s->status.withheld || s->since.withheld || s->last_contact.withheld || s->worker.withheld ||
	       s->worker_phone.withheld || s->worker_email.withheld || s->team.withheld;
}

static date later(date a, date b)
{
	return a == DATE_UNKNOWN || b > a ? b : a;
}

static bool put_card(struct viewing *v, const struct profile_known_to *card, struct view_service *service)
{
	const struct disclosed_row *best = NULL;
	date as_at = DATE_UNKNOWN, unchanged_since = DATE_UNKNOWN;
	for (size_t i = 0; i < v->answer->row_count; i++) {
		const struct disclosed_row *row = &v->answer->rows[i];
		if (!in_card(card, row))
			continue;
		as_at = later(as_at, row->origin.data_as_at);
		unchanged_since = later(unchanged_since, row->origin.as_at);
		if (says_more(v, card, row, best))
			best = row;
	}
	if (!best)
		return false;
	*service = (struct view_service){.title = card->title,
					 .source = card->source,
					 .active = is_active(v, card, best),
					 .presence_only = best->presence_only,
					 .status = make_value(v, best, card->status),
					 .since = make_value(v, best, card->since),
					 .last_contact = make_value(v, best, card->last_contact),
					 .worker = make_value(v, best, card->worker),
					 .worker_phone = make_value(v, best, card->worker_phone),
					 .worker_email = make_value(v, best, card->worker_email),
					 .team = make_value(v, best, card->team),
					 .as_at = as_at,
					 .unchanged_since = unchanged_since,
					 .contact = card->source->contact};
	if (service->presence_only || any_withheld(service))
		service->why_no_more = why_no_more(v, best->origin.feed);
	return true;
}

static bool has_service(const struct view_service *services, size_t count, const struct profile_source *source)
{
	for (size_t i = 0; i < count; i++) {
		if (services[i].source == source)
			return true;
	}
	return false;
}

/* A service whose card found nothing, though other rows of its source are there: it is known, and that is all. */
static bool put_presence(struct viewing *v, const struct profile_known_to *card, struct view_service *service)
{
	const struct disclosed_row *found = NULL;
	for (size_t i = 0; i < v->answer->row_count; i++) {
		const struct disclosed_row *row = &v->answer->rows[i];
		if (row->newest && row->origin.feed->source == card->source &&
		    (!found || row->origin.as_at > found->origin.as_at))
			found = row;
	}
	if (!found)
		return false;
	*service = (struct view_service){.title = card->source->title,
					 .source = card->source,
					 .presence_only = found->presence_only,
					 .as_at = found->origin.data_as_at,
					 .unchanged_since = found->origin.as_at,
					 .why_no_more = why_no_more(v, found->origin.feed),
					 .contact = card->source->contact};
	return true;
}

void view_put_services(struct viewing *v)
{
	size_t cards = v->profile->known_to.count, count = 0;
	struct view_service *services = ARENA_ARRAY(v->arena, 2 * cards, struct view_service);
	for (size_t i = 0; i < cards; i++)
		count += put_card(v, &v->profile->known_to.at[i], &services[count]);
	for (size_t i = 0; i < cards; i++) {
		const struct profile_known_to *card = &v->profile->known_to.at[i];
		if (!has_service(services, count, card->source))
			count += put_presence(v, card, &services[count]);
	}
	/* Those that are working with the resident first, else in the profile's order. */
	struct view_service *sorted = ARENA_ARRAY(v->arena, count, struct view_service);
	size_t to = 0;
	for (int active = 1; active >= 0; active--) {
		for (size_t i = 0; i < count; i++) {
			if (services[i].active == (active == 1))
				sorted[to++] = services[i];
		}
	}
	v->out->services = sorted;
	v->out->service_count = count;
}

/* ---- balances ------------------------------------------------------------------------------------------- */

static void put_balance(struct viewing *v, const struct profile_balance *rule, const struct disclosed_row *row,
			struct view_balance *balances)
{
	struct view_value amount = make_value(v, row, rule->amount);
	double pounds;
	if (!amount.element || amount.withheld || v->out->balance_count == BALANCES_MAX ||
	    !text_parse_double(amount.value, &pounds))
		return;
	struct view_balance *balance = &balances[v->out->balance_count++];
	*balance = (struct view_balance){.title = rule->title, .amount = amount, .on = row->origin.data_as_at};
	balance->debt = rule->debt_is_positive ? pounds > 0 : pounds < 0;
	if (rule->on)
		date_parse(row_text(row, rule->on), "YYYY-MM-DD", 0, &balance->on);
}

void view_put_balances(struct viewing *v)
{
	struct view_balance balances[BALANCES_MAX];
	for (size_t b = 0; b < v->profile->balances.count; b++) {
		const struct profile_balance *rule = &v->profile->balances.at[b];
		for (size_t i = 0; i < v->answer->row_count; i++) {
			const struct disclosed_row *row = &v->answer->rows[i];
			if (row->newest && !row->ended && row->origin.feed == rule->feed)
				put_balance(v, rule, row, balances);
		}
	}
	struct view_balance *kept = ARENA_ARRAY(v->arena, v->out->balance_count, struct view_balance);
	if (v->out->balance_count)
		memcpy(kept, balances, v->out->balance_count * sizeof *balances);
	v->out->balances = kept;
}

/* ---- markers ---------------------------------------------------------------------------------------------- */

void view_put_markers(struct viewing *v)
{
	struct view_marker *markers = ARENA_ARRAY(v->arena, v->profile->markers.count, struct view_marker);
	for (size_t m = 0; m < v->profile->markers.count; m++) {
		const struct profile_marker *rule = &v->profile->markers.at[m];
		const struct disclosed_row *newest = NULL;
		for (size_t i = 0; i < v->answer->row_count; i++) {
			const struct disclosed_row *row = &v->answer->rows[i];
			if (row->origin.feed == rule->feed && row->newest && !row->ended && !row->presence_only &&
			    row_holds(v, row, &rule->when) && (!newest || row->origin.as_at > newest->origin.as_at))
				newest = row;
		}
		if (newest)
			markers[v->out->marker_count++] =
				(struct view_marker){rule->title, rule->importance, &newest->origin};
	}
	v->out->markers = markers;
}
