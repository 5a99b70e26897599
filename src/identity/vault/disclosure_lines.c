/* Who the others are: for lists of a household's members and of what a search found, one line a person.
 *
 * A line needs the names, dates and addresses that the sources have now, which is a twentieth of what is kept of a
 * resident but lies all over it.  What was read for one list is kept for the next: before any
 * policy, so that each asker is answered by his own; bounded; for one generation of the data only.
 */
#include "vault/disclosure_int.h"

#include "base/memory.h"

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
	struct kept_block block;
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

static const struct line_person *kept_person(struct asking_door *asking, int64_t resident_id, bool properties)
{
	const struct line_person *person = asking_kept(asking, asking->state->lines, resident_id);
	return person && (person->properties || !properties) ? person : NULL;
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
	*person = (struct line_person){.block = {size}, .row_count = count, .properties = properties};
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
	struct found found = {.resident_id = resident_id, .for_line = true};
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
	const struct policy_bounds bounds = {.consents = asking->consents};
	struct vault_values values = vault_values_of(packed);
	unsigned number;
	struct text value;
	while (vault_values_next(&values, &number, &value)) {
		const struct profile_element *element = &profile->elements.at[number];
		struct policy_decision decision = policy_decide_of(asking->grid, &bounds, out->origin.feed, element);
		if (decision.verdict != POLICY_ALLOW ||
		    (address_hidden && disclosure_is_address(asking->door, element)))
			continue;
		through[out->value_count++] = (struct disclosed_value){
			element,       arena_text(asking->arena, value), false, decision.rule, decision.agreement,
			decision.cover};
		asking->disclosed[number] = 1;
		if (decision.agreement)
			asking->agreements[decision.agreement->number] = 1;
	}
	out->values = through;
}

static void let_row_through(struct disclosed_row *out, struct asking_door *asking, int64_t resident_id,
			    const struct line_person *person, const struct line_row *row, bool address_hidden)
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
	address_hidden = address_hidden || asking_row_is_protected(asking, resident_id, &place);
	out->valid_to = row->has_end ? row->valid_to : DATE_UNKNOWN;
	out->property_id = address_hidden || !plan->place_allowed ? 0 : row->property_id;
	const char *values = (const char *)&person->rows[person->row_count];
	let_values_through(out, asking, text_slice(values + row->packed, row->packed_len), address_hidden);
}

static void let_through(struct read_rows *out, struct asking_door *asking, int64_t resident_id,
			const struct line_person *person, bool address_hidden)
{
	out->rows = ARENA_ARRAY(asking->arena, person->row_count, struct disclosed_row);
	for (size_t i = 0; i < person->row_count; i++) {
		const struct line_row *row = &person->rows[i];
		struct feed_plan *plan = asking_plan(asking, &asking->door->parts.profile->feeds.at[row->feed]);
		if (!plan->any_allowed && plan->presence.verdict != POLICY_ALLOW)
			continue;
		plan->asked = true;
		let_row_through(&out->rows[out->row_count++], asking, resident_id, person, row, address_hidden);
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
		asking_keep(asking, asking->state->lines, resident_id, &person->block);
	}
	asking_of(asking, resident_id);
	let_through(out, asking, resident_id, person, address_hidden);
	asking_of(asking, 0);
	remember(asking, resident_id, properties, out);
	return STATUS_OK;
}

static enum status says_something(bool *said, struct asking_door *asking, int64_t resident_id, bool current, bool *any,
				  struct error *error)
{
	struct found found = {.for_line = true};
	enum status status = asking_find_facts(&found, asking, resident_id, current, error);
	*said = false;
	*any = found.count > 0;
	for (size_t i = 0; i < found.count && !*said; i++) {
		const struct feed_plan *plan = asking_plan(asking, found.at[i].feed);
		*said = plan->any_allowed || plan->presence.verdict == POLICY_ALLOW;
	}
	free(found.at);
	return status;
}

enum status asking_may_speak_of(bool *may, struct asking_door *asking, int64_t resident_id, struct error *error)
{
	bool any;
	asking_of(asking, resident_id);
	enum status status = says_something(may, asking, resident_id, true, &any, error);
	if (!status && !any) /* as read_person() does */
		status = says_something(may, asking, resident_id, false, &any, error);
	asking_of(asking, 0);
	return status;
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
