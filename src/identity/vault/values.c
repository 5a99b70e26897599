#include "vault/vault_int.h"

#include "store/store.h"

/* Numbers are little-endian base 128, as in most wire formats: one byte for nearly all. */
static void append_number(struct buf *out, size_t number)
{
	while (number >= 0x80) {
		buf_append_char(out, (char)(0x80 | (number & 0x7f)));
		number >>= 7;
	}
	buf_append_char(out, (char)number);
}

static bool read_number(struct vault_values *values, size_t *number)
{
	*number = 0;
	for (unsigned shift = 0; values->at < values->end && shift < 35; shift += 7) {
		unsigned char byte = *values->at++;
		*number |= (size_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

void vault_values_append(struct buf *packed, unsigned element_no, struct text value)
{
	append_number(packed, element_no);
	append_number(packed, value.len);
	buf_append(packed, value.at, value.len);
}

struct vault_values vault_values_of(struct text packed)
{
	const unsigned char *at = (const unsigned char *)packed.at;
	return (struct vault_values){at, at ? at + packed.len : NULL};
}

bool vault_values_next(struct vault_values *values, unsigned *element_no, struct text *value)
{
	size_t number, len;
	if (!read_number(values, &number) || !read_number(values, &len) || len > (size_t)(values->end - values->at)) {
		values->at = values->end;
		return false;
	}
	*element_no = (unsigned)number;
	*value = text_slice((const char *)values->at, len);
	values->at += len;
	return true;
}

struct text vault_values_find(struct text packed, unsigned element_no)
{
	struct vault_values values = vault_values_of(packed);
	unsigned number;
	struct text value;
	while (vault_values_next(&values, &number, &value)) {
		if (number == element_no)
			return value;
	}
	return TEXT_ABSENT;
}

/* ---- element numbers ------------------------------------------------------------------------- */

static void elements_index(struct vault_elements *elements)
{
	size_t highest = 0;
	for (size_t i = 0; i < elements->numbers.count; i++) {
		if (elements->numbers.values[i] > highest)
			highest = elements->numbers.values[i];
	}
	struct text *ids = ARENA_ARRAY(&elements->arena, highest + 1, struct text);
	for (size_t i = 0; i < elements->numbers.count; i++)
		ids[elements->numbers.values[i]] = elements->numbers.keys[i];
	elements->ids = ids;
	elements->count = highest + 1;
}

enum status vault_elements_load(struct vault_elements *out, struct store *store, struct error *error)
{
	*out = (struct vault_elements){0};
	text_map_init(&out->numbers);
	arena_init(&out->arena, 64 << 20);
	struct statement *all;
	enum status status =
		store_prepare(&all, store, "SELECT element_no, element_id FROM element ORDER BY element_no", error);
	if (status)
		return status;
	int number = statement_column(all, "element_no"), id = statement_column(all, "element_id");
	bool row;
	while ((status = statement_step(all, &row, error)) == STATUS_OK && row)
		*text_map_put(&out->numbers, statement_text(all, id), NULL) = (uint64_t)statement_int(all, number);
	statement_done(all);
	elements_index(out);
	return status;
}

unsigned vault_element_no(const struct vault_elements *elements, struct text element_id)
{
	const uint64_t *number = text_map_get(&elements->numbers, element_id);
	return number ? (unsigned)*number : 0;
}

enum status vault_elements_add(struct vault_elements *elements, struct store *store, const struct text *ids,
			       size_t count, struct error *error)
{
	struct statement *insert;
	enum status status =
		store_prepare(&insert, store,
			      "INSERT INTO element (element_no, element_id) VALUES (:element_no, :element_id)", error);
	if (status)
		return status;
	uint64_t next = elements->count ? elements->count : 1;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		bool is_new;
		uint64_t *number = text_map_put(&elements->numbers, ids[i], &is_new);
		if (!is_new)
			continue;
		*number = next++;
		statement_bind_int(insert, "element_no", (int64_t)*number);
		statement_bind_text(insert, "element_id", ids[i]);
		status = statement_run(insert, NULL, error);
	}
	statement_done(insert);
	elements_index(elements);
	return status;
}

void vault_elements_release(struct vault_elements *elements)
{
	text_map_release(&elements->numbers);
	arena_release(&elements->arena);
	*elements = (struct vault_elements){0};
}
