/* Who the others are: for lists of a household's members and of what a search found, one line a person.
 *
 * A line needs the names, dates and addresses that the sources have now, which is a twentieth of what is kept of a
 * resident but lies all over it.  What was read for one list is kept for the next (docs/decisions/0006): before any
 * policy, so that each asker is answered by his own; bounded; for one generation of the data only.
 */
#include "vault/disclosure_int.h"

#include "base/map.h"
#include "base/memory.h"

enum { CACHE_MOST = 96 << 20 }; /* bytes; some 80,000 people */

struct line_row {
	int64_t record_id, row_key, extract_id, property_id;
	int32_t version, line;
	date valid_to;
	bool has_end, ended;
	uint16_t feed; /* its number in the profile */
	uint32_t packed, packed_len;
};

/* One block: rows, and behind them their values, packed by the element's number in the profile. */
struct line_person {
	size_t size;
	uint32_t row_count;
	bool properties; /* were looked for */
	struct line_row rows[];
};

struct asked_person {
	int64_t resident_id;
	bool properties;
	struct read_rows rows;
};

/* ---- what is kept ------------------------------------------------------------------------------------- */

/* Two halves: when the younger is full, the older is thrown away, and who was asked for since is in the younger. */
struct line_half {
	struct id_map persons; /* resident -> struct line_person, 0: moved away */
	size_t bytes;
};

struct line_cache {
	pthread_mutex_t lock;
	struct line_half young, old;
};

struct line_cache *line_cache_new(void)
{
	struct line_cache *cache = memory_alloc(1, sizeof *cache);
	pthread_mutex_init(&cache->lock, NULL);
	id_map_init(&cache->young.persons);
	id_map_init(&cache->old.persons);
	return cache;
}

static void person_free(struct line_person *person)
{
	if (person)
		explicit_bzero(person, person->size);
	free(person);
}

static void half_release(struct line_half *half)
{
	for (size_t i = 0; i < half->persons.slot_count; i++) {
		if (half->persons.used[i])
			person_free((struct line_person *)(uintptr_t)half->persons.values[i]);
	}
	id_map_release(&half->persons);
	*half = (struct line_half){0};
	id_map_init(&half->persons);
}

void line_cache_free(struct line_cache *cache)
{
	if (!cache)
		return;
	half_release(&cache->young);
	half_release(&cache->old);
	id_map_release(&cache->young.persons);
	id_map_release(&cache->old.persons);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

static struct line_person *half_get(const struct line_half *half, int64_t resident_id)
{
	const uint64_t *at = id_map_get(&half->persons, (uint64_t)resident_id);
	return at ? (struct line_person *)(uintptr_t)*at : NULL;
}

static void half_put(struct line_half *half, int64_t resident_id, struct line_person *person)
{
	uint64_t *at = id_map_put(&half->persons, (uint64_t)resident_id, NULL);
	struct line_person *before = (struct line_person *)(uintptr_t)*at;
	half->bytes += person->size - (before ? before->size : 0);
	person_free(before);
	*at = (uint64_t)(uintptr_t)person;
}

/* Called locked. */
static void put_young(struct line_cache *cache, int64_t resident_id, struct line_person *person)
{
	half_put(&cache->young, resident_id, person);
	if (cache->young.bytes <= CACHE_MOST / 2)
		return;
	half_release(&cache->old);
	id_map_release(&cache->old.persons);
	cache->old = cache->young;
	cache->young = (struct line_half){0};
	id_map_init(&cache->young.persons);
}

/* A copy in the asker's arena; NULL when it is not kept. */
static const struct line_person *kept_person(struct asking_door *asking, int64_t resident_id, bool properties)
{
	struct line_cache *cache = asking->state->lines;
	struct line_person *copy = NULL;
	if (!asking->snapshot_is_state)
		return NULL;
	pthread_mutex_lock(&cache->lock);
	struct line_person *person = half_get(&cache->young, resident_id);
	if (!person && (person = half_get(&cache->old, resident_id))) {
		*id_map_put(&cache->old.persons, (uint64_t)resident_id, NULL) = 0;
		cache->old.bytes -= person->size;
		put_young(cache, resident_id, person);
	}
	if (person && (person->properties || !properties)) {
		copy = arena_alloc(asking->arena, person->size);
		memcpy(copy, person, person->size);
	}
	pthread_mutex_unlock(&cache->lock);
	return copy;
}

static void keep_person(struct asking_door *asking, int64_t resident_id, const struct line_person *person)
{
	struct line_cache *cache = asking->state->lines;
	if (!asking->snapshot_is_state)
		return;
	struct line_person *copy = memory_alloc(1, person->size);
	memcpy(copy, person, person->size);
	pthread_mutex_lock(&cache->lock);
	put_young(cache, resident_id, copy);
	pthread_mutex_unlock(&cache->lock);
}

/* ---- from the tables ------------------------------------------------------------------------------------ */

static void pack_sealed(struct buf *packed, struct asking_door *asking, struct text values_of_row)
{
	const struct disclosure *door = asking->door;
	struct vault_values values = vault_values_of(values_of_row);
	unsigned element_no;
	struct text value;
	while (vault_values_next(&values, &element_no, &value)) {
		const struct profile_element *element =
			element_no < asking->state->element_count ? asking->state->elements[element_no] : NULL;
		if (element && door->in_line[element->number] && value.len)
			vault_values_append(packed, (unsigned)element->number, value);
	}
}

static void pack_payload(struct buf *packed, struct asking_door *asking, const struct found_row *row)
{
	const struct feed_plan *plan = asking_plan(asking, row->feed);
	asking_read_payload(asking, row->payload, row->payload_len);
	for (size_t i = 0; i < plan->element_count; i++) {
		const struct profile_element *element = plan->elements[i];
		struct text *slot = &asking->slots[element->number];
		if (slot->len && asking->door->in_line[element->number])
			vault_values_append(packed, (unsigned)element->number, *slot);
		*slot = TEXT_ABSENT;
	}
}

static enum status pack_row(struct line_row *out, struct buf *packed, struct asking_door *asking,
			    const struct found_row *row, struct error *error)
{
	*out = (struct line_row){.record_id = row->record_id,
				 .row_key = row->row_key,
				 .extract_id = row->extract_id,
				 .property_id = row->property_id,
				 .version = row->version,
				 .line = row->line,
				 .valid_to = row->valid_to,
				 .has_end = row->has_end,
				 .ended = row->ended,
				 .feed = (uint16_t)row->feed->number,
				 .packed = (uint32_t)packed->len};
	if (row->payload)
		pack_payload(packed, asking, row);
	if (!text_is_empty(row->sealed[0])) {
		struct vault_place place = {row->record_id, row->feed_no, row->row_key, row->sealed_version[0],
					    VAULT_IDENTITY};
		buf_clear(&asking->plain);
		enum status status =
			vault_unseal(asking->door->parts.vault, &place, row->sealed[0], &asking->plain, error);
		if (status)
			return status;
		pack_sealed(packed, asking, buf_text(&asking->plain));
	}
	out->packed_len = (uint32_t)packed->len - out->packed;
	return STATUS_OK;
}

static enum status pack_person(const struct line_person **out, struct asking_door *asking, const struct found *found,
			       bool properties, struct error *error)
{
	enum status status = STATUS_OK;
	struct line_row *rows = ARENA_ARRAY(asking->arena, found->count, struct line_row);
	uint32_t count = 0;
	struct buf packed;
	buf_init(&packed, 16 << 20);
	for (size_t i = 0; i < found->count && !status; i++) {
		if (found->at[i].newest)
			status = pack_row(&rows[count++], &packed, asking, &found->at[i], error);
	}
	size_t size = sizeof **out + count * sizeof *rows + packed.len;
	struct line_person *person = arena_alloc(asking->arena, size);
	*person = (struct line_person){.size = size, .row_count = count, .properties = properties};
	memcpy(person->rows, rows, count * sizeof *rows);
	if (packed.len)
		memcpy((char *)&person->rows[count], packed.at, packed.len);
	buf_wipe(&packed);
	buf_release(&packed);
	*out = person;
	return status;
}

static enum status read_person(const struct line_person **out, struct asking_door *asking, int64_t resident_id,
			       bool properties, struct error *error)
{
	struct found found = {.for_line = true};
	enum status status = asking_find_facts(&found, asking, resident_id, true, error);
	if (!status && found.count == 0) /* of whom nobody says anything any more */
		status = asking_find_facts(&found, asking, resident_id, false, error);
	if (!status && found.count)
		status = asking_find_seals(&found, asking, resident_id, error);
	if (!status && found.count && properties)
		status = asking_find_properties(&found, asking, resident_id, error);
	if (!status)
		status = pack_person(out, asking, &found, properties, error);
	free(found.at);
	return status;
}

/* ---- letting through -------------------------------------------------------------------------------------- */

static size_t count_values(struct text packed)
{
	size_t count = 0;
	unsigned number;
	struct text value;
	struct vault_values values = vault_values_of(packed);
	while (vault_values_next(&values, &number, &value))
		count++;
	return count;
}

static void let_values_through(struct disclosed_row *out, struct asking_door *asking, struct text packed,
			       bool address_hidden)
{
	const struct profile *profile = asking->door->parts.profile;
	struct disclosed_value *through = ARENA_ARRAY(asking->arena, count_values(packed), struct disclosed_value);
	struct vault_values values = vault_values_of(packed);
	unsigned number;
	struct text value;
	while (vault_values_next(&values, &number, &value)) {
		const struct profile_element *element = &profile->elements.at[number];
		struct policy_decision decision = policy_decide(asking->grid, out->origin.feed, element);
		if (decision.verdict != POLICY_ALLOW ||
		    (address_hidden && disclosure_is_address(asking->door, element)))
			continue;
		through[out->value_count++] = (struct disclosed_value){
			element, value, false, decision.rule, decision.agreement, decision.cover};
		asking->disclosed[number] = 1;
		if (decision.agreement)
			asking->agreements[decision.agreement->number] = 1;
	}
	out->values = through;
}

static void let_row_through(struct disclosed_row *out, struct asking_door *asking, const struct line_person *person,
			    const struct line_row *row, bool address_hidden)
{
	const struct profile_feed *feed = &asking->door->parts.profile->feeds.at[row->feed];
	const struct feed_plan *plan = asking_plan(asking, feed);
	const struct found_row place = {.feed = feed,
					.record_id = row->record_id,
					.row_key = row->row_key,
					.extract_id = row->extract_id,
					.version = row->version,
					.line = row->line};
	*out = (struct disclosed_row){.origin = asking_origin(asking, &place),
				      .valid_from = DATE_UNKNOWN,
				      .valid_to = DATE_UNKNOWN,
				      .newest = true,
				      .ended = row->ended,
				      .presence_only = !plan->any_allowed};
	if (!plan->any_allowed)
		return;
	out->valid_to = row->has_end ? row->valid_to : DATE_UNKNOWN;
	out->property_id = address_hidden || !plan->seals_allowed ? 0 : row->property_id;
	const char *values = (const char *)&person->rows[person->row_count];
	let_values_through(out, asking, text_slice(values + row->packed, row->packed_len), address_hidden);
}

static void let_through(struct read_rows *out, struct asking_door *asking, const struct line_person *person,
			bool address_hidden)
{
	out->rows = ARENA_ARRAY(asking->arena, person->row_count, struct disclosed_row);
	for (size_t i = 0; i < person->row_count; i++) {
		const struct line_row *row = &person->rows[i];
		struct feed_plan *plan = asking_plan(asking, &asking->door->parts.profile->feeds.at[row->feed]);
		if (!plan->any_allowed && plan->presence.verdict != POLICY_ALLOW)
			continue;
		plan->asked = true;
		let_row_through(&out->rows[out->row_count++], asking, person, row, address_hidden);
	}
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

static void remember(struct asking_door *asking, int64_t resident_id, bool properties, const struct read_rows *rows)
{
	if (asking->asked_count == ASKED_MAX)
		return;
	struct asked_person *asked = ARENA_NEW(asking->arena, struct asked_person);
	*asked = (struct asked_person){resident_id, properties, *rows};
	asking->asked[asking->asked_count++] = asked;
}

enum status asking_read_lines(struct read_rows *out, struct asking_door *asking, int64_t resident_id,
			      bool address_hidden, bool properties, struct error *error)
{
	for (size_t i = 0; i < asking->asked_count; i++) {
		const struct asked_person *asked = asking->asked[i];
		if (asked->resident_id == resident_id && (asked->properties || !properties)) {
			*out = asked->rows;
			return STATUS_OK;
		}
	}
	*out = (struct read_rows){0};
	const struct line_person *person = kept_person(asking, resident_id, properties);
	if (!person) {
		enum status status = read_person(&person, asking, resident_id, properties, error);
		if (status)
			return status;
		keep_person(asking, resident_id, person);
	}
	let_through(out, asking, person, address_hidden);
	remember(asking, resident_id, properties, out);
	return STATUS_OK;
}

void asking_keep_lines(struct asking_door *asking, int64_t resident_id, const struct read_rows *rows)
{
	struct read_rows lines = {.rows = ARENA_ARRAY(asking->arena, rows->row_count, struct disclosed_row)};
	for (size_t i = 0; i < rows->row_count; i++) {
		const struct disclosed_row *row = &rows->rows[i];
		if (row->newest && (!row->ended || !rows->any_current))
			lines.rows[lines.row_count++] = *row;
	}
	remember(asking, resident_id, true, &lines);
}
