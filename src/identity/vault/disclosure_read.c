/* Reads the rows of a resident and lets through, value by value, what policy allows. */
#include "vault/disclosure_int.h"

#include "base/memory.h"
#include "runs/runs.h"

enum { ROWS_MAX = 20000 };

/* ---- what the tables hold about a resident -------------------------------------------------------------- */

static int compare_places(const struct found_row *row, int64_t record_id, int64_t feed_no, int64_t row_key)
{
	if (row->record_id != record_id)
		return row->record_id < record_id ? -1 : 1;
	if (row->feed_no != feed_no)
		return row->feed_no < feed_no ? -1 : 1;
	return (row->row_key > row_key) - (row->row_key < row_key);
}

/* Without payloads the narrow rows of `fact` are all that is read. */
#define FACT_COLUMNS \
	"SELECT f.record_id, f.feed_no, f.row_key, f.version, f.extract_id, f.line, f.valid_from, f.valid_to, " \
	"f.ended_by"
#define OF_A_RESIDENT " FROM resident_record r JOIN fact f ON f.record_id = r.record_id "
#define WITH_PAYLOADS "JOIN fact_payload p ON p.payload_id = f.payload_id "
#define THE_RESIDENT "WHERE r.resident_id = :resident"
#define CURRENT " AND f.ended_by IS NULL"
static const char *const facts_sql[2][2] = {
	{FACT_COLUMNS OF_A_RESIDENT THE_RESIDENT, FACT_COLUMNS OF_A_RESIDENT THE_RESIDENT CURRENT},
	{FACT_COLUMNS ", p.payload" OF_A_RESIDENT WITH_PAYLOADS THE_RESIDENT,
	 FACT_COLUMNS ", p.payload" OF_A_RESIDENT WITH_PAYLOADS THE_RESIDENT CURRENT}};

static int compare_rows(const void *left, const void *right)
{
	const struct found_row *a = left, *b = right;
	int by_place = compare_places(a, b->record_id, b->feed_no, b->row_key);
	return by_place ? by_place : (a->version > b->version) - (a->version < b->version);
}

/* Sorted here and not by the database: they are few, and the order in which they lie on disk is nobody's business. */
static void sort_rows(struct found *found)
{
	if (found->count)
		qsort(found->at, found->count, sizeof *found->at, compare_rows);
	for (size_t i = 1; i < found->count; i++) {
		const struct found_row *row = &found->at[i];
		if (compare_places(row - 1, row->record_id, row->feed_no, row->row_key) == 0)
			found->at[i - 1].newest = false;
	}
}

/* The versions of one row: *END behind the last, *FIRST the same when there are none. */
static void find_versions(const struct found *found, int64_t record_id, int64_t feed_no, int64_t row_key, size_t *first,
			  size_t *end)
{
	size_t low = 0, high = found->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_places(&found->at[middle], record_id, feed_no, row_key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*first = *end = low;
	while (*end < found->count && compare_places(&found->at[*end], record_id, feed_no, row_key) == 0)
		++*end;
}

static bool is_waiting(const struct asking_door *asking, int64_t extract_id)
{
	size_t low = 0, high = asking->waiting_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (asking->waiting[middle] < extract_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < asking->waiting_count && asking->waiting[low] == extract_id;
}

/* As it was before the extracts that wait; false for a version that one of them brought. */
static bool without_waiting(struct found_row *row, const struct asking_door *asking, int64_t ended_by)
{
	if (is_waiting(asking, row->extract_id))
		return false;
	if (row->ended && is_waiting(asking, ended_by)) {
		row->ended = false;
		row->has_end &= row->feed && row->feed->valid_to; /* else it was the ending extract's date */
	}
	return true;
}

enum status asking_find_facts(struct found *found, struct asking_door *asking, int64_t resident_id, bool current,
			      struct error *error)
{
	struct statement *s;
	bool wants_payload = !found->for_line || asking->door->payload_in_lines;
	/* What is over only by an extract that waits is current. */
	bool ask_current = current && asking->waiting_count == 0;
	enum status status = store_prepare(&s, asking->data, facts_sql[wants_payload][ask_current], error);
	if (status)
		return status;
	statement_bind_int(s, "resident", resident_id);
	int record = statement_column(s, "record_id"), feed = statement_column(s, "feed_no"),
	    key = statement_column(s, "row_key"), version = statement_column(s, "version"),
	    extract = statement_column(s, "extract_id"), line = statement_column(s, "line"),
	    from = statement_column(s, "valid_from"), to = statement_column(s, "valid_to"),
	    ended = statement_column(s, "ended_by"), payload = wants_payload ? statement_column(s, "payload") : -1;
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && found->count < ROWS_MAX) {
		ARRAY_GROW(found->at, found->count, found->capacity);
		struct found_row *f = &found->at[found->count];
		*f = (struct found_row){.record_id = statement_int(s, record),
					.feed_no = (int32_t)statement_int(s, feed),
					.row_key = statement_int(s, key),
					.version = (int32_t)statement_int(s, version),
					.extract_id = statement_int(s, extract),
					.line = (int32_t)statement_int(s, line),
					.valid_from = (date)statement_int(s, from),
					.valid_to = (date)statement_int(s, to),
					.has_end = !statement_is_null(s, to),
					.ended = !statement_is_null(s, ended),
					.newest = true};
		f->feed = (size_t)f->feed_no < asking->state->feed_count ? asking->state->feeds[f->feed_no] : NULL;
		if (wants_payload) {
			struct text text = statement_text(s, payload);
			f->payload = arena_copy(asking->arena, text);
			f->payload_len = text.len;
		}
		bool shown = asking->waiting_count == 0 ||
			     without_waiting(f, asking, f->ended ? statement_int(s, ended) : 0);
		found->count += f->feed && shown && !(current && f->ended); /* no feed: it left the profile */
	}
	statement_done(s);
	sort_rows(found);
	return status;
}

static bool wants_note(const struct asking_door *asking, const struct found_row *row)
{
	const struct disclosure_note *note = asking->note;
	return asking->notes && (!note || (note->feed == row->feed && note->record_id == row->record_id &&
					   note->row_key == row->row_key));
}

/* VERSION: of the sealed row. An older version of a fact is opened where its own identity changed, so that a former
 * name or address is known; what it has in common with those before it is not opened again. */
static bool wants_seal(struct asking_door *asking, const struct found *found, const struct found_row *row, int64_t part,
		       int64_t version)
{
	if (found->for_line)
		return row->newest && part == VAULT_IDENTITY;
	bool former = part == VAULT_IDENTITY && version == row->version;
	if (found->for_all)
		return part == VAULT_IDENTITY && (row->newest || former);
	const struct feed_plan *plan = asking_plan(asking, row->feed);
	return (row->newest || former) && plan->seals_allowed && (part == VAULT_IDENTITY || wants_note(asking, row));
}

/* The newest sealed row that is not above a fact's version belongs to it. */
static void take_seal(struct found *found, struct asking_door *asking, struct found_row *row, int64_t part,
		      int64_t version, struct text sealed)
{
	bool has = !text_is_absent(row->sealed[part - 1]);
	if (!wants_seal(asking, found, row, part, version) || version > row->version ||
	    (has && version <= row->sealed_version[part - 1]))
		return;
	row->sealed[part - 1] = arena_text(asking->arena, sealed);
	row->sealed_version[part - 1] = (int32_t)version;
}

enum status asking_find_seals(struct found *found, struct asking_door *asking, int64_t resident_id, struct error *error)
{
	struct statement *s;
	enum status status =
		store_prepare(&s, asking->data,
			      "SELECT s.record_id, s.feed_no, s.row_key, s.version, s.part, s.sealed FROM "
			      "resident_record r JOIN sealed s ON s.record_id = r.record_id WHERE r.resident_id "
			      "= :resident AND s.part <= :part",
			      error);
	if (status)
		return status;
	statement_bind_int(s, "resident", resident_id);
	statement_bind_int(s, "part", asking->notes && !found->for_line ? VAULT_TEXT : VAULT_IDENTITY);
	int record = statement_column(s, "record_id"), feed = statement_column(s, "feed_no"),
	    key = statement_column(s, "row_key"), version = statement_column(s, "version"),
	    part = statement_column(s, "part"), sealed = statement_column(s, "sealed");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		size_t first, end;
		int64_t part_no = statement_int(s, part);
		find_versions(found, statement_int(s, record), statement_int(s, feed), statement_int(s, key), &first,
			      &end);
		for (size_t i = first; i < end && part_no >= 1 && part_no <= 2; i++)
			take_seal(found, asking, &found->at[i], part_no, statement_int(s, version),
				  statement_blob(s, sealed));
	}
	statement_done(s);
	return status;
}

enum status asking_find_properties(struct found *found, struct asking_door *asking, int64_t resident_id,
				   struct error *error)
{
	struct statement *s;
	enum status status =
		store_prepare(&s, asking->data,
			      "SELECT p.record_id, p.feed_no, p.row_key, p.version, p.property_id FROM "
			      "resident_record r JOIN record_property p ON p.record_id = r.record_id WHERE "
			      "r.resident_id = :resident",
			      error);
	if (status)
		return status;
	statement_bind_int(s, "resident", resident_id);
	int record = statement_column(s, "record_id"), feed = statement_column(s, "feed_no"),
	    key = statement_column(s, "row_key"), version = statement_column(s, "version"),
	    property = statement_column(s, "property_id");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		size_t first, end;
		find_versions(found, statement_int(s, record), statement_int(s, feed), statement_int(s, key), &first,
			      &end);
		for (size_t i = first; i < end; i++) {
			struct found_row *f = &found->at[i];
			int64_t of = statement_int(s, version);
			if (of > f->version || (f->property_id && of < f->property_version))
				continue;
			f->property_id = statement_int(s, property);
			f->property_version = (int32_t)of;
		}
	}
	statement_done(s);
	return status;
}

/* ---- letting through --------------------------------------------------------------------------------------- */

static void slots_from_packed(struct asking_door *asking, struct text packed)
{
	struct vault_values values = vault_values_of(packed);
	unsigned element_no;
	struct text value;
	while (vault_values_next(&values, &element_no, &value)) {
		const struct profile_element *element =
			element_no < asking->state->element_count ? asking->state->elements[element_no] : NULL;
		if (element)
			asking->slots[element->number] = arena_text(asking->arena, value); /* ends in a NUL */
	}
}

static enum status unseal(struct text *packed, struct asking_door *asking, const struct found_row *row, int which,
			  struct error *error)
{
	*packed = TEXT_ABSENT;
	if (text_is_empty(row->sealed[which]))
		return STATUS_OK;
	struct vault_place place = {row->record_id, row->feed_no, row->row_key, row->sealed_version[which],
				    which == 0 ? VAULT_IDENTITY : VAULT_TEXT};
	buf_clear(&asking->plain);
	enum status status = vault_unseal(asking->door->parts.vault, &place, row->sealed[which], &asking->plain, error);
	if (!status)
		*packed = arena_text(asking->arena, buf_text(&asking->plain));
	return status;
}

static enum status slots_from_seals(struct asking_door *asking, const struct found_row *row,
				    const struct feed_plan *plan, struct error *error)
{
	struct text identity = row->plain, notes = TEXT_ABSENT;
	enum status status = STATUS_OK;
	if (!plan->seals_allowed)
		return STATUS_OK;
	if (text_is_absent(identity))
		status = unseal(&identity, asking, row, 0, error);
	if (!status)
		status = unseal(&notes, asking, row, 1, error);
	if (status)
		return status;
	slots_from_packed(asking, identity);
	slots_from_packed(asking, notes);
	return STATUS_OK;
}

static void let_through(struct disclosed_row *out, struct asking_door *asking, const struct feed_plan *plan,
			bool address_hidden)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->element_count; i++)
		count += !text_is_empty(asking->slots[plan->elements[i]->number]);
	struct disclosed_value *values = ARENA_ARRAY(asking->arena, count, struct disclosed_value);
	count = 0;
	for (size_t i = 0; i < plan->element_count; i++) {
		const struct profile_element *element = plan->elements[i];
		const struct policy_decision *decision = &plan->decisions[i];
		struct text value = asking->slots[element->number];
		asking->slots[element->number] = TEXT_ABSENT;
		if (text_is_empty(value) || decision->verdict == POLICY_REFUSE ||
		    (address_hidden && disclosure_is_address(asking->door, element)))
			continue;
		bool allowed = decision->verdict == POLICY_ALLOW;
		values[count++] =
			(struct disclosed_value){element,        allowed ? value : TEXT_ABSENT, !allowed,
						 decision->rule, decision->agreement,           decision->cover};
		if (!allowed)
			continue;
		asking->disclosed[element->number] = 1;
		if (decision->agreement)
			asking->agreements[decision->agreement->number] = 1;
	}
	out->values = values;
	out->value_count = count;
}

struct disclosed_origin asking_origin(struct asking_door *asking, const struct found_row *row)
{
	const struct disclosure_extract *extract = asking_extract(asking, row->extract_id);
	date newest = asking->state->newest[row->feed->number];
	return (struct disclosed_origin){
		row->feed,       row->record_id,    row->row_key,
		row->extract_id, row->version,      row->line,
		extract->as_at,  extract->received, newest > extract->as_at ? newest : extract->as_at};
}

static enum status disclose_row(struct disclosed_row *out, struct asking_door *asking, const struct found *found,
				const struct found_row *row, const struct feed_plan *plan, bool address_hidden,
				struct error *error)
{
	address_hidden = address_hidden || asking_row_is_protected(asking, found->resident_id, row);
	*out = (struct disclosed_row){.origin = asking_origin(asking, row),
				      .valid_from = DATE_UNKNOWN,
				      .valid_to = DATE_UNKNOWN,
				      .newest = row->newest,
				      .ended = row->ended,
				      .presence_only = !plan->any_allowed};
	if (!plan->any_allowed)
		return STATUS_OK;
	out->valid_from = row->valid_from;
	out->valid_to = row->has_end ? row->valid_to : DATE_UNKNOWN;
	out->property_id = address_hidden || !plan->place_allowed ? 0 : row->property_id;
	asking_read_payload(asking, row->payload, row->payload_len);
	enum status status = slots_from_seals(asking, row, plan, error);
	if (!status)
		let_through(out, asking, plan, address_hidden);
	return status;
}

static enum status disclose_rows(struct read_rows *out, struct asking_door *asking, const struct found *found,
				 bool address_hidden, struct error *error)
{
	out->rows = ARENA_ARRAY(asking->arena, found->count, struct disclosed_row);
	int64_t record_id = 0;
	for (size_t i = 0; i < found->count; i++) {
		const struct found_row *row = &found->at[i];
		struct feed_plan *plan = asking_plan(asking, row->feed);
		out->any_current |= !row->ended;
		bool presence = plan->presence.verdict == POLICY_ALLOW;
		if (!plan->any_allowed && (!presence || !row->newest))
			continue;
		plan->asked = true;
		out->record_count += row->record_id != record_id;
		record_id = row->record_id;
		enum status status =
			disclose_row(&out->rows[out->row_count++], asking, found, row, plan, address_hidden, error);
		if (status)
			return status;
	}
	return STATUS_OK;
}

/* ---- rows that are kept: the array, and behind it what its pointers point at, as offsets ------------------------ */

struct kept_rows {
	struct kept_block block;
	size_t count;
	struct found_row rows[];
};

static struct kept_rows *pack_rows(struct asking_door *asking, const struct found *found)
{
	size_t size = sizeof(struct kept_rows) + found->count * sizeof *found->at, bytes = size;
	for (size_t i = 0; i < found->count; i++)
		size += found->at[i].payload_len + 1 + found->at[i].plain.len;
	struct kept_rows *kept = arena_alloc(asking->arena, size);
	*kept = (struct kept_rows){{size}, found->count};
	char *base = (char *)kept, *to = base + bytes;
	for (size_t i = 0; i < found->count; i++) {
		struct found_row *row = &kept->rows[i];
		*row = found->at[i];
		memcpy(to, row->payload, row->payload_len);
		row->payload = (char *)(uintptr_t)(to - base);
		to += row->payload_len + 1;
		if (row->plain.len)
			memcpy(to, row->plain.at, row->plain.len);
		row->plain.at = row->plain.len ? (const char *)(uintptr_t)(to - base) : NULL;
		to += row->plain.len;
		row->sealed[0] = row->sealed[1] = TEXT_ABSENT;
	}
	return kept;
}

static bool take_kept(struct found *found, struct asking_door *asking, int64_t resident_id)
{
	/* The copy is the asker's own, whose payloads are unescaped in place. */
	struct kept_rows *kept = (struct kept_rows *)(uintptr_t)asking_kept(asking, asking->state->rows, resident_id);
	if (!kept)
		return false;
	char *base = (char *)kept;
	for (size_t i = 0; i < kept->count; i++) {
		struct found_row *row = &kept->rows[i];
		row->payload = base + (uintptr_t)row->payload;
		if (row->plain.len)
			row->plain.at = base + (uintptr_t)row->plain.at;
	}
	found->at = kept->rows;
	found->count = kept->count;
	return true;
}

static enum status unseal_all(struct found *found, struct asking_door *asking, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < found->count && !status; i++)
		status = unseal(&found->at[i].plain, asking, &found->at[i], 0, error);
	return status;
}

static enum status find_all(struct found *found, struct asking_door *asking, int64_t resident_id, struct error *error)
{
	found->for_all = !asking->notes;
	enum status status = asking_find_facts(found, asking, resident_id, false, error);
	if (!status && found->count)
		status = asking_find_seals(found, asking, resident_id, error);
	if (!status && found->count)
		status = asking_find_properties(found, asking, resident_id, error);
	if (!status && found->for_all)
		status = unseal_all(found, asking, error);
	if (!status && found->for_all && found->count)
		asking_keep(asking, asking->state->rows, resident_id, &pack_rows(asking, found)->block);
	return status;
}

static enum status read_rows(struct read_rows *out, struct asking_door *asking, int64_t resident_id,
			     bool address_hidden, struct error *error)
{
	struct found found = {.resident_id = resident_id};
	if (!asking->notes && take_kept(&found, asking, resident_id))
		return disclose_rows(out, asking, &found, address_hidden, error);
	enum status status = find_all(&found, asking, resident_id, error);
	if (!status)
		status = disclose_rows(out, asking, &found, address_hidden, error);
	free(found.at);
	return status;
}

void asking_of(struct asking_door *asking, int64_t resident_id)
{
	asking->consents =
		resident_id ? policy_bounds_of(asking->door->parts.policy, POLICY_RESIDENT, resident_id).consents : 0;
}

enum status asking_read_rows(struct read_rows *out, struct asking_door *asking, int64_t resident_id,
			     bool address_hidden, struct error *error)
{
	*out = (struct read_rows){0};
	asking_of(asking, resident_id);
	enum status status = read_rows(out, asking, resident_id, address_hidden, error);
	asking_of(asking, 0);
	return status;
}

size_t asking_refusals(struct asking_door *asking, const struct disclosed_refusal **out)
{
	const struct profile *profile = asking->door->parts.profile;
	struct disclosed_refusal *refusals = ARENA_ARRAY(asking->arena, profile->feeds.count, struct disclosed_refusal);
	size_t count = 0;
	for (size_t f = 0; f < profile->feeds.count; f++) {
		const struct feed_plan *plan = asking->plans[f];
		while (plan && !(plan->asked && plan->any_withheld))
			plan = plan->next;
		if (!plan)
			continue;
		size_t i = 0;
		while (plan->decisions[i].verdict == POLICY_ALLOW)
			i++;
		refusals[count++] = (struct disclosed_refusal){plan->feed, plan->decisions[i].rule,
							       plan->decisions[i].agreement, plan->any_allowed};
	}
	*out = refusals;
	return count;
}
