/* What was read, sealed in the data shelf.
 *
 * Batches are arrays as they lie in memory: what is kept is for this program on this machine, and
 * anything else reads the vault instead.  Batch 0 is the head: what the copy depends on, and what
 * each address was matched to.  The first batches hold all records in order; later ones hold
 * records that changed, and take the place of earlier ones.  Texts and addresses are numbered
 * through all batches; each batch brings those that are new in it.
 */
#include "reading/reading_int.h"

#include "base/memory.h"
#include "profile/profile.h"
#include "store/store.h"

#include <stdlib.h>

enum { LAYOUT = 2, BATCH_RECORDS = 1 << 16, MOST_CHANGES = 4 };

struct batch_header {
	uint32_t first; /* 1: one of those that hold all records */
	uint32_t records, values, places, families, properties, texts, addresses;
};
struct head_header {
	uint32_t extracts, matches, changes;
	uint64_t batches, records, texts, addresses;
};
struct property_header {
	int64_t record_id, row_key;
	int32_t feed_no, version;
	uint32_t main, packed, payload; /* lengths; UINT32_MAX: absent */
	uint32_t unused;
};

static void write_key(char *out, size_t cap, const struct profile *profile)
{
	snprintf(out, cap, "%d %zu %s %s", LAYOUT, sizeof(struct reading_place), ONEVIEW_VERSION, profile->version);
}

void kept_free(struct reading_kept *kept)
{
	if (!kept)
		return;
	batch_release(&kept->changed);
	free(kept->extracts);
	free(kept);
}

/* ---- writing ------------------------------------------------------------------------------------ */

static void put(struct buf *out, const void *at, size_t size, size_t count)
{
	if (count > 0)
		buf_append(out, at, size * count);
}

static void put_texts(struct buf *out, const struct text_map *map, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		uint32_t len = (uint32_t)map->keys[i].len;
		put(out, &len, sizeof len, 1);
		put(out, map->keys[i].at, 1, len);
	}
}

static void put_property(struct buf *out, const struct reading_property *p)
{
	bool absent = text_is_absent(p->payload);
	struct property_header header = {.record_id = p->record_id,
					 .row_key = p->row_key,
					 .feed_no = p->feed_no,
					 .version = p->version,
					 .main = p->main,
					 .packed = (uint32_t)p->packed.len,
					 .payload = absent ? UINT32_MAX : (uint32_t)p->payload.len};
	put(out, &header, sizeof header, 1);
	put(out, p->packed.at, 1, p->packed.len);
	if (!absent)
		put(out, p->payload.at, 1, p->payload.len);
}

/* Records [FIRST, END) of BATCH, the texts that are new in the table, and with PROPERTIES all of those. */
static void pack_batch(struct buf *out, const struct reading *reading, const struct reading_batch *batch, size_t first,
		       size_t end, bool properties, const struct batch_header *from)
{
	struct batch_header header = *from;
	uint32_t v = batch->first_value[first], p = batch->first_place[first], f = batch->first_family[first];
	header.records = (uint32_t)(end - first);
	header.values = batch->first_value[end] - v;
	header.places = batch->first_place[end] - p;
	header.families = batch->first_family[end] - f;
	header.properties = properties ? (uint32_t)batch->property_count : 0;
	put(out, &header, sizeof header, 1);
	put(out, batch->records + first, sizeof *batch->records, end - first);
	put(out, batch->first_value + first, sizeof(uint32_t), end - first + 1);
	put(out, batch->first_place + first, sizeof(uint32_t), end - first + 1);
	put(out, batch->first_family + first, sizeof(uint32_t), end - first + 1);
	put(out, batch->dead + first, 1, end - first);
	put(out, batch->named_by + first, sizeof *batch->named_by, end - first);
	put(out, batch->values + v, sizeof *batch->values, header.values);
	put(out, batch->places + p, sizeof *batch->places, header.places);
	put(out, batch->families + f, sizeof *batch->families, header.families);
	put_texts(out, &reading->texts, reading->kept->texts, header.texts);
	put_texts(out, &reading->addresses, reading->kept->addresses, header.addresses);
	for (size_t i = 0; i < header.properties; i++)
		put_property(out, &batch->properties[i]);
}

static enum status write_blob(struct reading *reading, int64_t number, const struct buf *plain, struct error *error)
{
	struct statement *insert;
	struct buf sealed;
	enum status status = store_prepare(&insert, reading->data,
					   "INSERT INTO reading_kept (batch_no, sealed) VALUES (:batch_no, :sealed)"
					   " ON CONFLICT (batch_no) DO UPDATE SET sealed = excluded.sealed",
					   error);
	if (status != STATUS_OK)
		return status;
	buf_init(&sealed, SIZE_MAX / 2);
	vault_seal(reading->vault, &(struct vault_place){.record_id = number, .part = VAULT_OTHER}, buf_text(plain),
		   &sealed);
	statement_bind_int(insert, "batch_no", number);
	statement_bind_blob(insert, "sealed", sealed.at, sealed.len);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	buf_release(&sealed);
	return status;
}

static enum status write_batch(struct reading *reading, const struct reading_batch *batch, size_t first, size_t end,
			       bool last, struct batch_header header, struct error *error)
{
	struct reading_kept *kept = reading->kept;
	struct buf plain;
	buf_init(&plain, SIZE_MAX / 2);
	/* all new texts go with the last batch of records that may name them */
	header.texts = last ? (uint32_t)(reading->texts.count - kept->texts) : 0;
	header.addresses = last ? (uint32_t)(reading->addresses.count - kept->addresses) : 0;
	pack_batch(&plain, reading, batch, first, end, last, &header);
	enum status status = write_blob(reading, (int64_t)++kept->batches, &plain, error);
	kept->texts += header.texts;
	kept->addresses += header.addresses;
	kept->records += end - first;
	buf_wipe(&plain);
	buf_release(&plain);
	return status;
}

static enum status write_all(struct reading *reading, struct error *error)
{
	struct reading_kept *kept = reading->kept;
	size_t count = reading->all.count;
	kept->batches = kept->records = kept->texts = kept->addresses = 0;
	enum status status = store_execute(reading->data, "DELETE FROM reading_kept", error);
	for (size_t first = 0; status == STATUS_OK && (first < count || first == 0); first += BATCH_RECORDS) {
		size_t end = first + BATCH_RECORDS < count ? first + BATCH_RECORDS : count;
		status = write_batch(reading, &reading->all, first, end, end == count,
				     (struct batch_header){.first = 1}, error);
	}
	return status;
}

static enum status write_head(struct reading *reading, struct error *error)
{
	struct reading_kept *kept = reading->kept;
	struct buf plain;
	struct head_header header = {.extracts = (uint32_t)kept->extract_count,
				     .matches = (uint32_t)(reading->match ? reading->addresses.count : 0),
				     .batches = kept->batches,
				     .records = kept->records,
				     .texts = kept->texts,
				     .addresses = kept->addresses};
	buf_init(&plain, SIZE_MAX / 2);
	write_key(kept->key, sizeof kept->key, reading->profile);
	put(&plain, kept->key, 1, sizeof kept->key);
	put(&plain, &header, sizeof header, 1);
	put(&plain, kept->extracts, sizeof *kept->extracts, header.extracts);
	put(&plain, reading->property, sizeof *reading->property, header.matches);
	put(&plain, reading->match, sizeof *reading->match, header.matches);
	enum status status = write_blob(reading, 0, &plain, error);
	buf_release(&plain);
	return status;
}

/* Changes that have come to half of everything, or to many batches, are written as one again. */
static bool is_ragged(const struct reading *reading)
{
	const struct reading_kept *kept = reading->kept;
	size_t first = reading->all.count / BATCH_RECORDS + 1;
	return kept->batches >= first + MOST_CHANGES || kept->records > reading->all.count * 3 / 2;
}

enum status reading_keep(struct reading *reading, struct error *error)
{
	struct reading_kept *kept = reading->kept;
	if (!kept->dirty || !reading->matched)
		return STATUS_OK;
	enum status status = store_begin(reading->data, error);
	if (status != STATUS_OK)
		return status;
	bool changes = kept->changed.count > 0 || kept->changed.property_count > 0;
	if (kept->whole || is_ragged(reading))
		status = write_all(reading, error);
	else if (changes)
		status = write_batch(reading, &kept->changed, 0, kept->changed.count, true, (struct batch_header){0},
				     error);
	if (status == STATUS_OK)
		status = write_head(reading, error);
	if (status == STATUS_OK)
		status = store_commit(reading->data, error);
	store_rollback(reading->data);
	if (status == STATUS_OK) {
		kept->dirty = kept->whole = false;
		batch_release(&kept->changed);
		batch_init(&kept->changed);
	}
	return status;
}

enum status reading_forget(struct store *data, struct error *error)
{
	return store_execute(data, "DELETE FROM reading_kept", error);
}

/* ---- reading -------------------------------------------------------------------------------------- */

struct source { /* what is left of a batch */
	const char *at, *end;
	bool good;
};

static void take(struct source *source, void *out, size_t size, size_t count)
{
	if (count > (size_t)(source->end - source->at) / size) {
		source->good = false;
		return;
	}
	if (count > 0)
		memcpy(out, source->at, size * count);
	source->at += size * count;
}

static struct text take_text(struct source *source, size_t len)
{
	if (len > (size_t)(source->end - source->at)) {
		source->good = false;
		return TEXT_ABSENT;
	}
	struct text text = text_slice(source->at, len);
	source->at += len;
	return text;
}

/* Room for COUNT more than there are, and them. */
#define TAKE_MORE(from_, array_, have_, room_, count_) \
	do { \
		if ((size_t)(count_) > (size_t)((from_)->end - (from_)->at)) { \
			(from_)->good = false; \
			break; \
		} \
		if ((have_) + (count_) > (room_)) { \
			(room_) = (have_) + (count_) + (have_) / 2; \
			(array_) = memory_resize((array_), (room_), sizeof *(array_)); \
		} \
		take((from_), (array_) + (have_), sizeof *(array_), (count_)); \
	} while (0)

/* The firsts of a batch, moved to where its arrays begin in OUT. */
static void take_firsts(struct source *source, uint32_t **first, size_t *room, size_t records, size_t count,
			size_t begin)
{
	size_t have = records; /* of the last record, its end, is written over */
	TAKE_MORE(source, *first, have, *room, count + 1);
	if (!source->good)
		return;
	uint32_t base = (*first)[records];
	for (size_t i = 0; i <= count; i++)
		(*first)[records + i] += (uint32_t)begin - base;
}

static void take_texts(struct source *source, struct text_map *map, size_t count)
{
	for (size_t i = 0; i < count && source->good; i++) {
		uint32_t len = 0;
		take(source, &len, sizeof len, 1);
		struct text text = take_text(source, len);
		if (source->good) {
			uint64_t *number = text_map_put(map, text, NULL);
			*number = map->count - 1;
		}
	}
}

static void take_property(struct source *source, struct reading *reading, struct reading_batch *out)
{
	struct property_header header = {0};
	take(source, &header, sizeof header, 1);
	struct text packed = take_text(source, header.packed), payload = TEXT_ABSENT;
	if (source->good && header.payload != UINT32_MAX)
		payload = take_text(source, header.payload);
	if (!source->good)
		return;
	ARRAY_GROW(out->properties, out->property_count, out->property_room);
	out->properties[out->property_count++] = (struct reading_property){
		.record_id = header.record_id,
		.row_key = header.row_key,
		.feed_no = header.feed_no,
		.version = header.version,
		.main = header.main,
		.packed = arena_text(&reading->arena, packed),
		.payload = text_is_absent(payload) ? TEXT_ABSENT : arena_text(&reading->arena, payload),
	};
}

/* A batch behind what OUT holds. */
static bool unpack(struct reading *reading, struct reading_batch *out, struct text plain, struct batch_header *header)
{
	struct source source = {plain.at, plain.at + plain.len, true};
	take(&source, header, sizeof *header, 1);
	if (!source.good)
		return false;
	size_t n = header->records, have = out->count;
	TAKE_MORE(&source, out->records, have, out->record_room, n);
	take_firsts(&source, &out->first_value, &out->first_rooms[0], have, n, out->value_count);
	take_firsts(&source, &out->first_place, &out->first_rooms[1], have, n, out->place_count);
	take_firsts(&source, &out->first_family, &out->first_rooms[2], have, n, out->family_count);
	TAKE_MORE(&source, out->dead, have, out->dead_room, n);
	TAKE_MORE(&source, out->named_by, have, out->named_room, n);
	TAKE_MORE(&source, out->values, out->value_count, out->value_room, header->values);
	TAKE_MORE(&source, out->places, out->place_count, out->place_room, header->places);
	TAKE_MORE(&source, out->families, out->family_count, out->family_room, header->families);
	take_texts(&source, &reading->texts, header->texts);
	take_texts(&source, &reading->addresses, header->addresses);
	for (size_t i = 0; i < header->properties && source.good; i++)
		take_property(&source, reading, out);
	out->count += n;
	out->value_count += header->values;
	out->place_count += header->places;
	out->family_count += header->families;
	return source.good && source.at == source.end;
}

static bool unpack_head(struct reading *reading, struct text plain, struct head_header *header)
{
	struct source source = {plain.at, plain.at + plain.len, true};
	struct reading_kept *kept = reading->kept;
	char key[sizeof kept->key], now[sizeof kept->key] = "";
	write_key(now, sizeof now, reading->profile);
	take(&source, key, 1, sizeof key);
	take(&source, header, sizeof *header, 1);
	if (!source.good || memcmp(key, now, sizeof key) != 0)
		return false;
	kept->extracts = memory_alloc(header->extracts + 1, sizeof *kept->extracts);
	reading->match_room = header->matches + 1;
	reading->property = memory_alloc(reading->match_room, sizeof *reading->property);
	reading->match = memory_alloc(reading->match_room, sizeof *reading->match);
	take(&source, kept->extracts, sizeof *kept->extracts, header->extracts);
	take(&source, reading->property, sizeof *reading->property, header->matches);
	take(&source, reading->match, sizeof *reading->match, header->matches);
	kept->extract_count = header->extracts;
	return source.good && source.at == source.end;
}

/* The union of two batches' records, with those of NEWER in place of OLDER's. */
static void apply_changes(struct reading_batch *all, const struct reading_batch *newer)
{
	struct reading_batch merged;
	struct id_map changed, every;
	int64_t *records = memory_alloc(all->count + newer->count + 1, sizeof *records);
	size_t count = 0, o = 0, n = 0;
	id_map_init(&changed);
	id_map_init(&every);
	while (o < all->count || n < newer->count) {
		if (n == newer->count || (o < all->count && all->records[o] < newer->records[n]))
			records[count++] = all->records[o++];
		else {
			o += o < all->count && all->records[o] == newer->records[n];
			*id_map_put(&changed, (uint64_t)newer->records[n], NULL) = 1;
			records[count++] = newer->records[n++];
		}
	}
	for (size_t i = 0; i < all->property_count; i++)
		*id_map_put(&every, (uint64_t)all->properties[i].record_id, NULL) = 1;
	for (size_t i = 0; i < newer->property_count; i++)
		*id_map_put(&changed, (uint64_t)newer->properties[i].record_id, NULL) = 1;
	batch_init(&merged);
	batch_merge(&merged, all, newer, &changed, records, count, &every);
	batch_release(all);
	*all = merged;
	id_map_release(&changed);
	id_map_release(&every);
	free(records);
}

static bool take_batch(struct reading *reading, struct text plain)
{
	struct batch_header header = {0};
	struct reading_batch changes;
	batch_init(&changes);
	bool is_first = plain.len >= sizeof header && ((const struct batch_header *)(const void *)plain.at)->first;
	bool good = unpack(reading, is_first ? &reading->all : &changes, plain, &header);
	if (good && !is_first)
		apply_changes(&reading->all, &changes);
	reading->kept->batches++;
	reading->kept->records += header.records;
	batch_release(&changes);
	return good;
}

static bool take_row(struct reading *reading, struct head_header *head, int64_t number, struct text sealed,
		     struct error *ignored)
{
	struct buf plain;
	buf_init(&plain, SIZE_MAX / 2);
	bool good = vault_unseal(reading->vault, &(struct vault_place){.record_id = number, .part = VAULT_OTHER},
				 sealed, &plain, ignored) == STATUS_OK;
	if (good)
		good = number == 0 ? unpack_head(reading, buf_text(&plain), head)
				   : take_batch(reading, buf_text(&plain));
	buf_wipe(&plain);
	buf_release(&plain);
	return good;
}

/* Numbers of texts that are there. */
static bool numbers_fit(const struct reading *reading)
{
	const struct reading_batch *all = &reading->all;
	for (size_t i = 0; i < all->value_count; i++) {
		if (reading_value_text(all->values[i]) >= reading->texts.count)
			return false;
	}
	for (size_t i = 0; i < all->place_count; i++) {
		if (all->places[i].address >= reading->addresses.count)
			return false;
	}
	return true;
}

static bool is_consistent(const struct reading *reading, const struct head_header *head)
{
	return reading->kept->batches == head->batches && reading->kept->records == head->records &&
	       reading->texts.count == head->texts && reading->addresses.count == head->addresses &&
	       (head->matches == 0 || head->matches == head->addresses) && numbers_fit(reading);
}

enum status kept_load(struct reading *reading, bool *found, struct error *error)
{
	struct statement *query;
	struct head_header head = {0};
	struct error ignored;
	bool row, good = true;
	size_t rows = 0;
	*found = false;
	enum status status = store_prepare(&query, reading->data,
					   "SELECT batch_no, sealed FROM reading_kept ORDER BY batch_no", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "batch_no"), sealed = statement_column(query, "sealed");
	statement_stream(query);
	while (good && (status = statement_step(query, &row, error)) == STATUS_OK && row) {
		int64_t batch = statement_int(query, number);
		good = (size_t)batch == rows++ &&
		       take_row(reading, &head, batch, statement_blob(query, sealed), &ignored);
	}
	statement_reset(query);
	statement_done(query);
	*found = status == STATUS_OK && good && rows > 0 && is_consistent(reading, &head);
	reading->kept->texts = head.texts;
	reading->kept->addresses = head.addresses;
	if (*found && head.matches == 0) {
		free(reading->property);
		free(reading->match);
		reading->property = NULL;
		reading->match = NULL;
		reading->match_room = 0;
	}
	return status;
}
