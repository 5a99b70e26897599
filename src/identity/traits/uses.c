#include "traits/traits_int.h"

#include "base/memory.h"
#include "policy/policy.h"

static const struct {
	const char *element;
	enum trait_use use;
} read_from[] = {
	{"date_of_birth", TRAIT_BIRTH}, {"date_of_death", TRAIT_DEATH},       {"family_name", TRAIT_FAMILY},
	{"full_name", TRAIT_FAMILY},    {"former_family_name", TRAIT_FAMILY}, {"preferred_family_name", TRAIT_FAMILY},
};
enum { EVERYTHING = TRAIT_BIRTH | TRAIT_DEATH | TRAIT_FAMILY };

/* Identity is registered for being shown; what may be shown to nobody any more is not worked with either. */
static unsigned uses_of_source(const struct profile *profile, const struct profile_source *source,
			       struct policy *policy, date today)
{
	unsigned uses = EVERYTHING;
	for (size_t f = 0; f < profile->feeds.count; f++) {
		const struct profile_feed *feed = &profile->feeds.at[f];
		for (size_t i = 0; feed->source == source && i < sizeof read_from / sizeof *read_from; i++) {
			const struct profile_element *element = profile_element(profile, text_of(read_from[i].element));
			if (element && feed_column(feed, element) &&
			    policy_may_use(policy, NULL, feed, element, USE_DISPLAY, today).verdict != POLICY_ALLOW)
				uses &= ~(unsigned)read_from[i].use;
		}
	}
	return uses;
}

/* By the numbers of sources in the database; what the profile no longer has may be used for nothing. */
static enum status uses_of_sources(struct id_map *uses, const struct reading *reading, struct policy *policy,
				   date today, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, reading->data, "SELECT source_no, source_id FROM source", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "source_no"), id = statement_column(query, "source_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		const struct profile_source *source = profile_source(reading->profile, statement_text(query, id));
		*id_map_put(uses, (uint64_t)statement_int(query, number), NULL) =
			source ? uses_of_source(reading->profile, source, policy, today) : 0;
	}
	statement_done(query);
	return status;
}

static enum status fill(unsigned char *out, const struct reading *reading, const struct id_map *uses,
			struct error *error)
{
	struct statement *query;
	bool row;
	size_t at = 0;
	const struct reading_batch *all = &reading->all;
	enum status status = store_prepare(&query, reading->data,
					   "SELECT record_id, source_no FROM record ORDER BY record_id", error);
	if (status != STATUS_OK)
		return status;
	int record = statement_column(query, "record_id"), source = statement_column(query, "source_no");
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		while (at < all->count && all->records[at] < statement_int(query, record))
			at++;
		const uint64_t *of_source = id_map_get(uses, (uint64_t)statement_int(query, source));
		if (at < all->count && all->records[at] == statement_int(query, record) && of_source)
			out[at] = (unsigned char)*of_source;
	}
	statement_done(query);
	return status;
}

enum status trait_uses(unsigned char **out, const struct reading *reading, struct policy *policy, date today,
		       struct error *error)
{
	struct id_map uses;
	id_map_init(&uses);
	*out = memory_alloc(reading->all.count + 1, 1);
	enum status status = uses_of_sources(&uses, reading, policy, today, error);
	if (status == STATUS_OK)
		status = fill(*out, reading, &uses, error);
	id_map_release(&uses);
	return status;
}
