/* The workspace's gazetteer: read from its sealed rows, and written as the table `property`. */
#include "address/workspace_int.h"
#include "base/memory.h"
#include "store/store.h"
#include "vault/disclosure.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

const struct sealed_rows address_sealed_rows = {
	.title = "properties",
	.select = "SELECT property_id AS record_id, 0 AS feed_no, 0 AS row_key, 0 AS version, 4 AS part, sealed "
		  "FROM property WHERE property_id > :record_id ORDER BY property_id LIMIT :most",
	.update = "UPDATE property SET sealed = :sealed WHERE property_id = :record_id",
	.place = {"record_id"}};
_Static_assert(VAULT_PROPERTY == 4, "the part in the query");

void address_work_find_elements(struct elements *out, const struct vault_elements *all)
{
	out->uprn = vault_element_no(all, TEXT("uprn"));
	out->address = vault_element_no(all, TEXT("address"));
	out->town = vault_element_no(all, TEXT("town"));
	out->postcode = vault_element_no(all, TEXT("postcode"));
	out->parent = vault_element_no(all, TEXT("parent_uprn"));
	out->flat = vault_element_no(all, TEXT("sao_text"));
	out->building = vault_element_no(all, TEXT("pao_text"));
	out->number = vault_element_no(all, TEXT("pao_start_number"));
	out->suffix = vault_element_no(all, TEXT("pao_start_suffix"));
	out->number_to = vault_element_no(all, TEXT("pao_end_number"));
	out->street = vault_element_no(all, TEXT("street"));
	out->locality = vault_element_no(all, TEXT("locality"));
	out->organisation = vault_element_no(all, TEXT("organisation"));
	out->latitude = vault_element_no(all, TEXT("latitude"));
	out->longitude = vault_element_no(all, TEXT("longitude"));
}

/* ---- the gazetteer ------------------------------------------------------------------------------------ */

static int64_t property_id(const struct work *work, struct text uprn)
{
	char key[32];
	int len = snprintf(key, sizeof key, "property\x1f%.*s", TEXT_ARG(uprn));
	int64_t id = vault_hash64(work->vault, VAULT_ADDRESS, text_slice(key, (size_t)len)) & INT64_MAX;
	return id ? id : 1;
}

static unsigned number_of(struct text value)
{
	int64_t n;
	return text_parse_int64(text_trim(value), &n) && n > 0 && n < 100000 ? (unsigned)n : 0;
}

uint32_t address_work_property_of_uprn(const struct work *work, struct text uprn)
{
	uint64_t *number = text_map_get(&work->by_uprn, uprn);
	return number && *number ? (uint32_t)(*number - 1) : UINT32_MAX;
}

static uint32_t make_property(struct work *work, struct text uprn)
{
	bool is_new;
	uint64_t *number = text_map_put(&work->by_uprn, uprn, &is_new);
	if (is_new) {
		ARRAY_GROW(work->properties, work->property_count, work->property_capacity);
		work->properties[work->property_count] = (struct property){.id = property_id(work, uprn),
									   .uprn = arena_text(&work->arena, uprn),
									   .latitude = NAN,
									   .longitude = NAN};
		*number = ++work->property_count;
	}
	return (uint32_t)(*number - 1);
}

static struct text written_address(struct arena *arena, const struct gazetteer_entry *e, struct text locality,
				   struct text town)
{
	char out[320], number[24] = "";
	struct text parts[] = {e->flat, e->building, TEXT_ABSENT, locality, town};
	char house[160];
	size_t len = 0;
	if (e->number && e->number_to)
		snprintf(number, sizeof number, "%u-%u ", e->number, e->number_to);
	else if (e->number)
		snprintf(number, sizeof number, "%u%.*s ", e->number, e->suffix ? 1 : 0, &e->suffix);
	snprintf(house, sizeof house, "%s%.*s", number, TEXT_ARG(e->street));
	parts[2] = text_of(house);
	out[0] = '\0';
	for (size_t i = 0; i < 5 && len < sizeof out; i++) {
		if (parts[i].len > 0)
			len += (size_t)snprintf(out + len, sizeof out - len, "%s%.*s", len ? ", " : "",
						TEXT_ARG(parts[i]));
	}
	return arena_text(arena, text_of(out));
}

static void copy_value(char *out, size_t cap, const json_t *payload, const char *name)
{
	const char *value = json_string_value(json_object_get(payload, name));
	snprintf(out, cap, "%s", value ? value : "");
}

static void read_payload(struct property *p, struct text payload)
{
	char decile[8], state[32];
	json_t *json = json_loadb(payload.at, payload.len, 0, NULL);
	if (!json)
		return;
	copy_value(p->class, sizeof p->class, json, "property_class");
	copy_value(p->ward, sizeof p->ward, json, "ward");
	copy_value(decile, sizeof decile, json, "deprivation_decile");
	copy_value(state, sizeof state, json, "property_status");
	p->historic = strcmp(state, "historical") == 0;
	if (!text_parse_int64(text_of(decile), &p->decile))
		p->decile = 0;
	json_decref(json);
}

static void read_gazetteer_row(struct work *work, const struct reading_property *row)
{
	const struct elements *e = &work->elements;
	struct gazetteer_entry entry = {0};
	struct text uprn = TEXT_ABSENT, parent = TEXT_ABSENT, locality = TEXT_ABSENT, town = TEXT_ABSENT, value;
	struct text organisation = TEXT_ABSENT;
	double latitude = NAN, longitude = NAN;
	struct vault_values values = vault_values_of(row->packed);
	unsigned number;
	while (vault_values_next(&values, &number, &value)) {
		if (number == e->uprn)
			uprn = value;
		else if (number == e->parent)
			parent = value;
		else if (number == e->flat)
			entry.flat = value;
		else if (number == e->building)
			entry.building = value;
		else if (number == e->number)
			entry.number = number_of(value);
		else if (number == e->number_to)
			entry.number_to = number_of(value);
		else if (number == e->suffix && value.len == 1)
			entry.suffix = value.at[0];
		else if (number == e->street)
			entry.street = value;
		else if (number == e->postcode)
			entry.postcode = value;
		else if (number == e->locality)
			locality = value;
		else if (number == e->town)
			town = value;
		else if (number == e->organisation)
			organisation = value;
		else if (number == e->latitude)
			text_parse_double(value, &latitude);
		else if (number == e->longitude)
			text_parse_double(value, &longitude);
	}
	if (uprn.len == 0)
		return;
	uint32_t property = make_property(work, uprn);
	struct property *p = &work->properties[property];
	entry.locality = locality;
	entry.town = town;
	entry.organisation = organisation;
	entry.status = GAZETTEER_ALTERNATIVE;
	if (row->main) {
		if (!text_is_absent(row->payload))
			read_payload(p, row->payload);
		entry.status = p->historic ? GAZETTEER_HISTORIC : GAZETTEER_APPROVED;
	}
	gazetteer_add(work->gazetteer, property, &entry);
	if (!row->main)
		return;
	p->parent = arena_text(&work->arena, parent);
	p->address = written_address(&work->arena, &entry, locality, town);
	p->postcode = arena_text(&work->arena, entry.postcode);
	p->organisation = arena_text(&work->arena, organisation);
	p->latitude = latitude;
	p->longitude = longitude;
}

void address_work_read_gazetteer(struct work *work, const struct reading_batch *batch)
{
	work->gazetteer = gazetteer_new();
	for (size_t i = 0; i < batch->property_count; i++)
		read_gazetteer_row(work, &batch->properties[i]);
	gazetteer_finish(work->gazetteer);
}

void address_work_init(struct work *work, struct reading *reading, const struct elements *elements)
{
	*work = (struct work){.reading = reading, .vault = reading->vault, .data = reading->data};
	if (elements)
		work->elements = *elements;
	arena_init(&work->arena, (size_t)8 << 30);
	arena_keep_secret(&work->arena);
	text_map_init(&work->by_uprn);
	arena_keep_secret(&work->by_uprn.arena);
}

void address_work_release(struct work *work)
{
	gazetteer_free(work->gazetteer);
	text_map_release(&work->by_uprn);
	arena_release(&work->arena);
	free(work->properties);
}

/* BLPU classes as AddressBase has them: RD dwellings, RH houses in multiple occupation, RI institutions,
 * PP parent shells. */
static const char *kind_of(const struct property *p)
{
	static const struct {
		const char *class, *kind;
	} kinds[] = {{"RD06", "flat"}, {"RD", "dwelling"}, {"RH", "hmo"},  {"RI01", "care_home"}, {"RI03", "hall"},
		     {"RI", "hostel"}, {"CH02", "hostel"}, {"P", "shell"}, {"RB", "hostel"}};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (text_starts_with(text_of(p->class), text_of(kinds[i].class)))
			return kinds[i].kind;
	}
	return "other";
}

/* ---- writing --------------------------------------------------------------------------------------- */

enum status address_work_write_properties(struct work *work, const struct vault_elements *elements,
					  const struct id_map *only, struct error *error)
{
	struct bulk *bulk;
	struct buf packed, sealed;
	unsigned uprn_no = work->elements.uprn, address_no = vault_element_no(elements, TEXT("address"));
	unsigned postcode_no = work->elements.postcode, organisation_no = work->elements.organisation;
	enum status status =
		store_bulk_begin(&bulk, work->data, "property",
				 "property_id, uprn_hash, parent_property_id, class, kind, ward, decile, latitude, "
				 "longitude, sealed",
				 error);
	if (status != STATUS_OK)
		return status;
	buf_init(&packed, 1 << 16);
	buf_init(&sealed, 1 << 16);
	for (size_t i = 0; i < work->property_count && status == STATUS_OK; i++) {
		const struct property *p = &work->properties[i];
		int64_t id = p->id;
		if (only && !id_map_get(only, (uint64_t)id))
			continue;
		buf_clear(&packed);
		buf_clear(&sealed);
		vault_values_append(&packed, uprn_no, p->uprn);
		if (address_no && p->address.len)
			vault_values_append(&packed, address_no, p->address);
		if (postcode_no && p->postcode.len)
			vault_values_append(&packed, postcode_no, p->postcode);
		if (organisation_no && p->organisation.len)
			vault_values_append(&packed, organisation_no, p->organisation);
		vault_seal(work->vault, &(struct vault_place){.record_id = id, .part = VAULT_PROPERTY},
			   buf_text(&packed), &sealed);
		bulk_int(bulk, id);
		bulk_int(bulk, vault_hash64(work->vault, VAULT_UPRN, p->uprn));
		if (p->parent.len)
			bulk_int(bulk, property_id(work, p->parent));
		else
			bulk_null(bulk);
		bulk_text(bulk, p->class[0] ? text_of(p->class) : TEXT_ABSENT);
		bulk_text(bulk, text_of(kind_of(p)));
		bulk_text(bulk, p->ward[0] ? text_of(p->ward) : TEXT_ABSENT);
		if (p->decile)
			bulk_int(bulk, p->decile);
		else
			bulk_null(bulk);
		if (isnan(p->latitude) || isnan(p->longitude)) {
			bulk_null(bulk);
			bulk_null(bulk);
		} else {
			bulk_double(bulk, p->latitude);
			bulk_double(bulk, p->longitude);
		}
		bulk_blob(bulk, sealed.at, sealed.len);
		status = bulk_row(bulk, error);
	}
	buf_wipe(&packed);
	buf_release(&packed);
	buf_release(&sealed);
	if (status != STATUS_OK) {
		bulk_abandon(bulk);
		return status;
	}
	return bulk_end(bulk, error);
}
