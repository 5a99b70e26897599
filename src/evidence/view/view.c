#include "view/view_int.h"

static void put_person(struct viewing *v)
{
	struct view_resident *out = v->out;
	date born;
	out->resident_id = v->answer->resident_id;
	out->person = v->answer->person;
	out->name = out->person.name;
	out->died = !text_is_empty(out->person.date_of_death);
	out->address_protected = v->answer->address_protected;
	out->age = date_parse_iso(out->person.date_of_birth, &born) ? date_age_in_years(born, v->today) : -1;
	out->record_count = v->answer->record_count;
	out->households = v->answer->households;
	out->household_count = v->answer->household_count;
	out->seen = v->seen;
}

static void put_restrictions(struct viewing *v)
{
	size_t count = 0;
	const struct profile_restriction **found =
		ARENA_ARRAY(v->arena, v->profile->restrictions.count, const struct profile_restriction *);
	for (size_t i = 0; i < v->profile->restrictions.count && i < 64; i++) {
		if (v->answer->restrictions >> i & 1)
			found[count++] = &v->profile->restrictions.at[i];
	}
	v->out->restrictions = found;
	v->out->restriction_count = count;
}

static void put_dates(struct viewing *v)
{
	struct view_resident *out = v->out;
	const struct profile_source **sources =
		ARENA_ARRAY(v->arena, v->profile->sources.count, const struct profile_source *);
	out->oldest_as_at = out->newest_as_at = DATE_UNKNOWN;
	for (size_t i = 0; i < v->answer->row_count; i++) {
		const struct disclosed_origin *origin = &v->answer->rows[i].origin;
		if (!has_source(sources, out->source_count, origin->feed->source))
			sources[out->source_count++] = origin->feed->source;
		if (!v->answer->rows[i].newest || origin->data_as_at == DATE_UNKNOWN)
			continue;
		if (out->oldest_as_at == DATE_UNKNOWN || origin->data_as_at < out->oldest_as_at)
			out->oldest_as_at = origin->data_as_at;
		if (origin->data_as_at > out->newest_as_at)
			out->newest_as_at = origin->data_as_at;
	}
}

/* One line a source: its feeds are the data owner's matter, not the reader's. A feed that is shown in part
 * says so in its own table. */
static void put_refusals(struct viewing *v)
{
	struct view_refusal *refusals = ARENA_ARRAY(v->arena, v->answer->refusal_count, struct view_refusal);
	size_t count = 0;
	for (size_t i = 0; i < v->answer->refusal_count; i++) {
		const struct disclosed_refusal *refusal = &v->answer->refusals[i];
		size_t at = 0;
		if (refusal->partly)
			continue;
		while (at < count && refusals[at].source != refusal->feed->source)
			at++;
		if (at < count)
			continue;
		refusals[count++] = (struct view_refusal){
			refusal->feed->source, why_withheld(v, refusal->rule, refusal->agreement), refusal->agreement};
	}
	v->out->refusals = refusals;
	v->out->refusal_count = count;
}

void view_resident(struct view_resident *out, const struct profile *profile, const struct disclosure_resident *answer,
		   instant seen, date today, struct arena *arena)
{
	struct viewing v = {out, profile, answer, arena, seen, today};
	*out = (struct view_resident){.age = -1};
	put_person(&v);
	put_restrictions(&v);
	put_dates(&v);
	put_refusals(&v);
	view_put_services(&v);
	view_put_markers(&v);
	view_put_identity(&v);
	view_put_addresses(&v);
	view_put_homes(&v);
	view_put_residences(&v);
	view_put_balances(&v);
	view_put_sections(&v);
	view_put_events(&v);
}
