/* The search box: the index finds, policy and restrictions decide who exists, the rows say who it is. */
#include "vault/disclosure_int.h"

#include "base/id.h"

/* ---- what may be searched -------------------------------------------------------------------------- */

struct permission_bits {
	const struct asking_door *asking;
	struct search_permission permission;
};

static void add_feed(struct search_feeds *set, unsigned feed)
{
	if (feed < SEARCH_FEEDS_MAX)
		set->bits[feed / 64] |= UINT64_C(1) << (feed % 64);
}

/* A feed answers for a kind of value when the viewer may see every element of that kind in it. */
static bool kind_allowed(const struct asking_door *asking, const struct feed_plan *plan, enum value_class first,
			 enum value_class second)
{
	bool any = false;
	for (size_t i = 0; i < plan->element_count; i++) {
		enum value_class class = asking->door->classes[plan->elements[i]->number];
		if (class != first && class != second)
			continue;
		if (plan->decisions[i].verdict != POLICY_ALLOW)
			return false;
		any = true;
	}
	return any;
}

bool asking_may_look_for(const struct asking_door *asking, unsigned feed, unsigned element)
{
	const struct feed_plan *plan = asking->plans[feed];
	for (size_t i = 0; plan && i < plan->element_count; i++) {
		if (plan->elements[i]->number == element)
			return plan->decisions[i].verdict == POLICY_ALLOW;
	}
	return false;
}

static bool identifier_allowed(const void *context, unsigned feed, unsigned element)
{
	return asking_may_look_for(context, feed, element);
}

static bool identifier_is_address(const void *context, unsigned element)
{
	const struct asking_door *asking = context;
	return disclosure_is_address(asking->door, &asking->door->parts.profile->elements.at[element]);
}

void asking_find_permission(struct search_permission *out, struct asking_door *asking)
{
	const struct profile *profile = asking->door->parts.profile;
	*out = (struct search_permission){
		.identifier = identifier_allowed, .is_address = identifier_is_address, .context = asking};
	asking_hide_from_search(out, asking);
	for (unsigned f = 0; f < profile->feeds.count; f++) {
		const struct feed_plan *plan = asking_plan(asking, &profile->feeds.at[f]);
		if (kind_allowed(asking, plan, VALUE_NAME, VALUE_NAME))
			add_feed(&out->names, f);
		if (kind_allowed(asking, plan, VALUE_FORMER_NAME, VALUE_FORMER_NAME))
			add_feed(&out->former, f);
		if (kind_allowed(asking, plan, VALUE_BIRTH, VALUE_BIRTH))
			add_feed(&out->births, f);
		if (kind_allowed(asking, plan, VALUE_ADDRESS, VALUE_POSTCODE))
			add_feed(&out->addresses, f);
	}
}

int64_t asking_hash_identifier(const void *context, struct text form)
{
	const struct disclosure *door = context;
	return vault_fast_hash64(door->parts.vault, VAULT_VALUE, form);
}

/* ---- who is shown ------------------------------------------------------------------------------------ */

/* Drops whom the viewer may not know of; a protected address found nobody. Keeps the order. */
static size_t keep_known(struct asking_door *asking, struct search_hit *hits, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t restrictions;
		bool address_hidden;
		if (!asking_may_know(asking, hits[i].resident_id, &restrictions, &address_hidden))
			continue;
		if (address_hidden && (hits[i].matched & (FOUND_ADDRESS | FOUND_POSTCODE))) {
			hits[i].score_in_full = hits[i].score;
			hits[i].matched &= ~(unsigned)(FOUND_ADDRESS | FOUND_POSTCODE);
			if (hits[i].score < 0.33F)
				continue;
		}
		hits[kept++] = hits[i];
	}
	return kept;
}

/* *SHOWN is false for somebody whose name may not be seen: a list of people has names. */
static enum status open_found(struct disclosure_found *out, struct asking_door *asking, const struct search_hit *hit,
			      bool *shown, struct error *error)
{
	uint64_t restrictions;
	bool address_hidden;
	struct read_rows rows;
	asking_may_know(asking, hit->resident_id, &restrictions, &address_hidden);
	enum status status = asking_read_lines(&rows, asking, hit->resident_id, address_hidden, false, error);
	if (status)
		return status;
	*out = (struct disclosure_found){.matched = hit->matched, .score = (double)hit->score_in_full};
	asking_person(&out->person, asking, hit->resident_id, &rows, restrictions, address_hidden);
	out->known_to_count = asking_known_to(asking, &rows, &out->known_to);
	*shown = !text_is_empty(out->person.name);
	return STATUS_OK;
}

static enum status open_page(struct disclosure_finding *out, struct asking_door *asking,
			     const struct disclosure_search *search, const struct search_hit *hits, size_t count,
			     struct error *error)
{
	size_t most = search->most ? search->most : 20;
	most = most > FIND_RESULTS_MAX ? FIND_RESULTS_MAX : most;
	struct disclosure_found *found = ARENA_ARRAY(asking->arena, most, struct disclosure_found);
	enum status status = STATUS_OK;
	for (size_t i = search->first; i < count && out->count < most && !status; i++) {
		bool shown = false;
		status = open_found(&found[out->count], asking, &hits[i], &shown, error);
		if (!status && shown)
			out->count++;
		else if (!status)
			out->total--;
	}
	out->at = found;
	return status;
}

static void find_entry(struct disclosure_finding *out, struct asking_door *asking, struct text query)
{
	struct buf shown;
	char id[ID_TEXT_SIZE];
	buf_init(&shown, 4000);
	buf_format(&shown, "%zu of %zu:", out->count, out->total);
	for (size_t i = 0; i < out->count; i++)
		buf_format(&shown, " %s", id_format(out->at[i].person.resident_id, id));
	asking_entry(&out->entry, asking, "search", "resident", 0, "allowed",
		     arena_text(asking->arena, buf_text(&shown)));
	buf_release(&shown);
	disclosure_seal_search(asking->door->parts.vault, query, &out->entry, asking->arena);
}

static enum status find(struct disclosure_finding *out, struct asking_door *asking,
			const struct disclosure_search *search, struct error *error)
{
	struct search_permission permission;
	struct search_hit *hits = NULL;
	size_t count = 0;
	asking_find_permission(&permission, asking);
	out->ready = asking->state->index != NULL;
	struct text query =
		text_slice(search->query.at, search->query.len > FIND_QUERY_MAX ? FIND_QUERY_MAX : search->query.len);
	if (out->ready) {
		struct search_question question = {.query = query,
						   .permission = &permission,
						   .hash = asking_hash_identifier,
						   .hash_context = asking->door};
		out->understood = search_ask(asking->state->index, &question, asking->arena, &hits, &count);
	}
	count = keep_known(asking, hits, count);
	out->total = count;
	enum status status = open_page(out, asking, search, hits, count, error);
	if (!status)
		find_entry(out, asking, query);
	return status;
}

enum status disclosure_find(struct disclosure_finding *out, struct disclosure *door,
			    const struct disclosure_search *search, struct arena *arena, struct error *error)
{
	struct asking_door asking;
	*out = (struct disclosure_finding){.total = 0};
	enum status status = asking_begin(&asking, door, search->viewer, search->on, arena, error);
	if (status)
		return status;
	status = find(out, &asking, search, error);
	if (!status)
		status = asking_settle(&asking, error);
	if (!status) {
		out->ticket = disclosure_submit(door, &out->entry);
		atomic_fetch_add(&door->finds, 1);
	}
	asking_end(&asking);
	return status;
}
