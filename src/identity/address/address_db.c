/* The workspace's gazetteer and rows, read from the vault and written as tables. */
#include "address/address.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/threads.h"
#include "profile/profile.h"
#include "store/store.h"
#include "vault/vault.h"

#include <jansson.h>
#include <math.h>
#include <time.h>

struct property {          /* of a gazetteer; texts in the arena */
	int64_t record_id; /* of the gazetteer's record: the facts hang on it */
	struct text uprn, parent, address, postcode, organisation;
	double latitude, longitude;
	char class[8], ward[16];
	int64_t decile;
	bool historic;
};

struct placed { /* a row of a record */
	int64_t record_id, row_key;
	int32_t feed_no, version;
	uint32_t text;     /* number of the distinct address, + 1; 0 none */
	uint32_t property; /* by UPRN; UINT32_MAX unknown */
};

struct elements {
	struct address_elements address;
	unsigned parent, flat, building, number, suffix, number_to, street, locality, organisation, latitude, longitude;
	unsigned uprn;
};

struct work {
	const struct vault *vault;
	struct store *data;
	const atomic_bool *stop;
	struct id_map gazetteer_feeds; /* feed_no -> 1 main, 2 further addresses */
	struct elements elements;
	struct arena arena;
	struct property *properties;
	size_t property_count, property_capacity;
	struct text_map by_uprn; /* -> property number + 1 */
	struct id_map by_record; /* gazetteer's record -> property number + 1 */
	struct gazetteer *gazetteer;
	struct placed *placed;
	size_t placed_count, placed_capacity;
	struct text_map texts; /* "address\x1fpostcode" -> number + 1 */
	struct address_match *matches;
	struct address_report *report;
};

/* ---- which feeds ------------------------------------------------------------------------------------ */

static enum status find_gazetteers(struct work *work, const struct profile *profile, struct error *error)
{
	struct statement *query;
	enum status status =
		store_prepare(&query, work->data, "SELECT feed_no, feed_id FROM feed ORDER BY feed_no", error);
	if (status != STATUS_OK)
		return status;
	int feed_no = statement_column(query, "feed_no"), feed_id = statement_column(query, "feed_id");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		const struct profile_feed *feed = profile_feed(profile, statement_text(query, feed_id));
		if (!feed || !feed->client || !text_is(feed->client->id, "uprn"))
			continue;
		bool main = feed->key_count == 1 && feed->key[0] == feed->client;
		*id_map_put(&work->gazetteer_feeds, (uint64_t)statement_int(query, feed_no), NULL) = main ? 1 : 2;
	}
	statement_done(query);
	return status;
}

static void find_elements(struct elements *out, const struct vault_elements *all)
{
	address_elements_find(&out->address, all);
	out->uprn = vault_element_no(all, TEXT("uprn"));
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

static unsigned number_of(struct text value)
{
	int64_t n;
	return text_parse_int64(text_trim(value), &n) && n > 0 && n < 100000 ? (unsigned)n : 0;
}

static uint32_t property_of_uprn(struct work *work, struct text uprn)
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
		work->properties[work->property_count] =
			(struct property){.uprn = arena_text(&work->arena, uprn), .latitude = NAN, .longitude = NAN};
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

static void read_gazetteer_row(struct work *work, const struct vault_row *row, bool main)
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
		else if (number == e->address.postcode)
			entry.postcode = value;
		else if (number == e->locality)
			locality = value;
		else if (number == e->address.town)
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
	gazetteer_add(work->gazetteer, property, &entry);
	if (!main)
		return;
	struct property *p = &work->properties[property];
	p->record_id = row->record_id;
	p->parent = arena_text(&work->arena, parent);
	p->address = written_address(&work->arena, &entry, locality, town);
	p->postcode = arena_text(&work->arena, entry.postcode);
	p->organisation = arena_text(&work->arena, organisation);
	p->latitude = latitude;
	p->longitude = longitude;
	*id_map_put(&work->by_record, (uint64_t)row->record_id, NULL) = property + 1;
}

/* ---- rows ------------------------------------------------------------------------------------------------ */

static void read_person_row(struct work *work, const struct vault_row *row)
{
	struct address_row address;
	char key[320];
	if (!address_of_row(&address, &work->elements.address, row->packed))
		return;
	struct placed placed = {row->record_id, row->row_key, row->feed_no, row->version, 0, UINT32_MAX};
	int len = snprintf(key, sizeof key, "%s\x1f%s\x1f%s", address.uprn, address.postcode, address.text);
	bool is_new;
	uint64_t *number = text_map_put(&work->texts, text_slice(key, (size_t)len), &is_new);
	if (is_new)
		*number = work->texts.count;
	placed.text = (uint32_t)*number;
	ARRAY_GROW(work->placed, work->placed_count, work->placed_capacity);
	work->placed[work->placed_count++] = placed;
}

static bool read_block(void *context, struct vault_block *block)
{
	struct work *work = context;
	if (work->stop && atomic_load(work->stop))
		return false;
	for (size_t i = 0; i < block->count; i++) {
		const uint64_t *gazetteer = id_map_get(&work->gazetteer_feeds, (uint64_t)block->rows[i].feed_no);
		if (gazetteer)
			read_gazetteer_row(work, &block->rows[i], *gazetteer == 1);
		else
			read_person_row(work, &block->rows[i]);
	}
	return true;
}

static void match_texts(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct work *work = context;
	(void)chunk, (void)thread;
	for (size_t i = first; i < end; i++) {
		struct text rest = work->texts.keys[i], uprn, postcode;
		struct address_match *match = &work->matches[i];
		text_split(&rest, '\x1f', &uprn);
		text_split(&rest, '\x1f', &postcode);
		*match = (struct address_match){.property = uprn.len ? property_of_uprn(work, uprn) : UINT32_MAX};
		if (match->property != UINT32_MAX)
			match->class = ADDRESS_UPRN;
		else
			gazetteer_match(work->gazetteer, rest, postcode, match);
	}
}

/* ---- what the facts say of a property ------------------------------------------------------------------------ */

static void copy_value(char *out, size_t cap, const json_t *payload, const char *name)
{
	const char *value = json_string_value(json_object_get(payload, name));
	snprintf(out, cap, "%s", value ? value : "");
}

static enum status read_facts(struct work *work, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, work->data,
					   "SELECT f.record_id, p.payload FROM fact f"
					   " JOIN fact_payload p ON p.payload_id = f.payload_id"
					   " JOIN feed d ON d.feed_no = f.feed_no"
					   " WHERE d.feed_no = :feed_no AND f.ended_by IS NULL"
					   " ORDER BY f.record_id, f.row_key, f.version",
					   error);
	if (status != STATUS_OK)
		return status;
	int record_id = statement_column(query, "record_id"), payload = statement_column(query, "payload");
	for (size_t i = 0; i < work->gazetteer_feeds.slot_count && status == STATUS_OK; i++) {
		bool row;
		if (!work->gazetteer_feeds.used[i] || work->gazetteer_feeds.values[i] != 1)
			continue;
		statement_bind_int(query, "feed_no", (int64_t)work->gazetteer_feeds.keys[i]);
		statement_stream(query);
		while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
			const uint64_t *number =
				id_map_get(&work->by_record, (uint64_t)statement_int(query, record_id));
			struct text text = statement_text(query, payload);
			json_t *json = number ? json_loadb(text.at, text.len, 0, NULL) : NULL;
			if (!json)
				continue;
			struct property *p = &work->properties[*number - 1];
			char decile[8], state[32];
			copy_value(p->class, sizeof p->class, json, "property_class");
			copy_value(p->ward, sizeof p->ward, json, "ward");
			copy_value(decile, sizeof decile, json, "deprivation_decile");
			copy_value(state, sizeof state, json, "property_status");
			p->historic = strcmp(state, "historical") == 0;
			if (!text_parse_int64(text_of(decile), &p->decile))
				p->decile = 0;
			json_decref(json);
		}
	}
	statement_done(query);
	return status;
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

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static int64_t property_id(const struct work *work, struct text uprn)
{
	char key[32];
	int len = snprintf(key, sizeof key, "property\x1f%.*s", TEXT_ARG(uprn));
	int64_t id = vault_hash64(work->vault, VAULT_ADDRESS, text_slice(key, (size_t)len)) & INT64_MAX;
	return id ? id : 1;
}

static enum status write_properties(struct work *work, const struct vault_elements *elements, struct error *error)
{
	struct bulk *bulk;
	struct buf packed, sealed;
	unsigned uprn_no = work->elements.uprn, address_no = vault_element_no(elements, TEXT("address"));
	unsigned postcode_no = work->elements.address.postcode, organisation_no = work->elements.organisation;
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
		int64_t id = property_id(work, p->uprn);
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

static enum status write_rows(struct work *work, struct error *error)
{
	struct bulk *bulk;
	enum status status = store_bulk_begin(&bulk, work->data, "record_property",
					      "record_id, feed_no, row_key, version, property_id, match", error);
	if (status != STATUS_OK)
		return status;
	int64_t *ids = memory_alloc(work->property_count + 1, sizeof *ids);
	for (size_t i = 0; i < work->property_count; i++)
		ids[i] = property_id(work, work->properties[i].uprn);
	for (size_t i = 0; i < work->placed_count && status == STATUS_OK; i++) {
		const struct placed *row = &work->placed[i];
		const struct address_match *match = &work->matches[row->text - 1];
		uint64_t *counts[] = {&work->report->none, &work->report->by_uprn, &work->report->exact,
				      &work->report->variant, &work->report->parent};
		work->report->rows++;
		++*counts[match->class];
		if (match->property == UINT32_MAX)
			continue;
		bulk_int(bulk, row->record_id);
		bulk_int(bulk, row->feed_no);
		bulk_int(bulk, row->row_key);
		bulk_int(bulk, row->version);
		bulk_int(bulk, ids[match->property]);
		bulk_text(bulk, text_of(address_class_name(match->class)));
		status = bulk_row(bulk, error);
	}
	free(ids);
	if (status != STATUS_OK) {
		bulk_abandon(bulk);
		return status;
	}
	return bulk_end(bulk, error);
}

static enum status write_all(struct work *work, const struct vault_elements *elements, struct error *error)
{
	enum status status = store_begin(work->data, error);
	if (status != STATUS_OK)
		return status;
	status = store_execute(work->data, "DELETE FROM record_property; DELETE FROM property", error);
	if (status == STATUS_OK)
		status = write_properties(work, elements, error);
	if (status == STATUS_OK)
		status = write_rows(work, error);
	if (status == STATUS_OK)
		return store_commit(work->data, error);
	store_rollback(work->data);
	return status;
}

static enum status read_and_match(struct work *work, const struct profile *profile, struct vault_elements *elements,
				  struct error *error)
{
	enum status status = find_gazetteers(work, profile, error);
	if (status != STATUS_OK)
		return status;
	find_elements(&work->elements, elements);
	struct vault_scan scan = {
		.part = VAULT_IDENTITY, .versions = VAULT_EVERY_VERSION, .visit = read_block, .context = work};
	status = vault_scan(work->vault, work->data, &scan, error);
	if (status == STATUS_OK)
		status = read_facts(work, error);
	if (status != STATUS_OK)
		return status;
	gazetteer_finish(work->gazetteer);
	work->matches = memory_alloc(work->texts.count + 1, sizeof *work->matches);
	parallel_for(work->texts.count, 512, 0, match_texts, work);
	return write_all(work, elements, error);
}

static double seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

enum status address_refresh(struct store *data, const struct vault *vault, const struct profile *profile,
			    const atomic_bool *stop, struct address_report *report, struct error *error)
{
	double start = seconds_now();
	struct vault_elements elements;
	struct work work = {.vault = vault, .data = data, .stop = stop, .report = report};
	memset(report, 0, sizeof *report);
	enum status status = vault_elements_load(&elements, data, error);
	if (status != STATUS_OK)
		return status;
	arena_init(&work.arena, (size_t)8 << 30);
	arena_keep_secret(&work.arena);
	id_map_init(&work.gazetteer_feeds);
	id_map_init(&work.by_record);
	text_map_init(&work.by_uprn);
	text_map_init(&work.texts);
	arena_keep_secret(&work.by_uprn.arena);
	arena_keep_secret(&work.texts.arena);
	work.gazetteer = gazetteer_new();
	status = read_and_match(&work, profile, &elements, error);
	report->properties = work.property_count;
	report->seconds = seconds_now() - start;
	gazetteer_free(work.gazetteer);
	text_map_release(&work.texts);
	text_map_release(&work.by_uprn);
	id_map_release(&work.by_record);
	id_map_release(&work.gazetteer_feeds);
	arena_release(&work.arena);
	free(work.properties);
	free(work.placed);
	free(work.matches);
	vault_elements_release(&elements);
	return status;
}
