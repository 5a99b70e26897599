#include "web/pages/disputes.h"

#include "rights/corrections.h"

#include <ctype.h>

struct disputes {
	struct disputed_value *at;
	struct text *said; /* what each row says now; absent where the viewer does not see it */
	size_t count;
};

static size_t list_records(int64_t *records, const struct disclosure_resident *answer)
{
	size_t count = 0;
	for (size_t i = 0; i < answer->row_count; i++) {
		size_t at = 0;
		while (at < count && records[at] != answer->rows[i].origin.record_id)
			at++;
		if (at == count)
			records[count++] = answer->rows[i].origin.record_id;
	}
	return count;
}

static bool is_of_row(const struct disputed_value *disputed, const struct disclosed_origin *origin)
{
	return disputed->record_id == origin->record_id && disputed->row_key == origin->row_key &&
	       text_equal(disputed->feed_id, origin->feed->id);
}

static struct text said_of(const struct disputed_value *disputed, const struct disclosure_resident *answer)
{
	for (size_t i = 0; i < answer->row_count; i++) {
		const struct disclosed_row *row = &answer->rows[i];
		if (row->ended || !row->newest || !is_of_row(disputed, &row->origin))
			continue;
		for (size_t v = 0; v < row->value_count; v++)
			if (!row->values[v].withheld && text_equal(row->values[v].element->id, disputed->element_id))
				return row->values[v].value;
	}
	return TEXT_ABSENT;
}

enum status disputes_read(struct visit *visit, const struct disclosure_resident *answer, struct error *error)
{
	struct store *desk;
	struct disputes *disputes = ARENA_NEW(visit->arena, struct disputes);
	int64_t *records = ARENA_ARRAY(visit->arena, answer->row_count + 1, int64_t);
	size_t count = list_records(records, answer);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = corrections_disputed(&disputes->at, &disputes->count, desk, records, count, visit->arena,
					      error);
	if (status != STATUS_OK)
		return status;
	disputes->said = ARENA_ARRAY(visit->arena, disputes->count + 1, struct text);
	for (size_t i = 0; i < disputes->count; i++)
		disputes->said[i] = said_of(&disputes->at[i], answer);
	visit->disputes = disputes;
	return STATUS_OK;
}

static size_t dispute_count(const struct visit *visit)
{
	return visit->disputes ? visit->disputes->count : 0;
}

void put_disputed(struct visit *visit, struct value *object, const struct view_value *value)
{
	bool found = false;
	for (size_t i = 0; i < dispute_count(visit) && value->element && value->origin && !value->withheld; i++) {
		const struct disputed_value *disputed = &visit->disputes->at[i];
		found |= !text_is_absent(visit->disputes->said[i]) && is_of_row(disputed, value->origin) &&
			 text_equal(disputed->element_id, value->element->id);
	}
	put_bool(object, "disputed", found);
}

/* As variants are told apart: by letters and digits. */
static bool says_the_same(struct text a, struct text b)
{
	size_t i = 0, k = 0;
	for (;;) {
		while (i < a.len && !isalnum((unsigned char)a.at[i]) && (unsigned char)a.at[i] < 0x80)
			i++;
		while (k < b.len && !isalnum((unsigned char)b.at[k]) && (unsigned char)b.at[k] < 0x80)
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len;
		if (tolower((unsigned char)a.at[i++]) != tolower((unsigned char)b.at[k++]))
			return false;
	}
}

void put_disputed_variant(struct visit *visit, struct value *object, const struct view_variant *variant)
{
	const struct view_value *value = &variant->value;
	bool found = false;
	for (size_t i = 0; i < dispute_count(visit) && value->element && !value->withheld && variant->current; i++)
		found |= text_equal(visit->disputes->at[i].element_id, value->element->id) &&
			 !text_is_absent(visit->disputes->said[i]) &&
			 says_the_same(visit->disputes->said[i], value->value);
	put_bool(object, "disputed", found);
}

static bool is_part_of_address(struct text element_id)
{
	return text_starts_with(element_id, TEXT("address")) || text_is(element_id, "town") ||
	       text_is(element_id, "postcode") || text_is(element_id, "uprn");
}

void put_disputed_address(struct visit *visit, struct value *object, const struct view_address *address)
{
	bool found = false;
	for (size_t i = 0; i < dispute_count(visit) && address->origin; i++)
		found |= is_part_of_address(visit->disputes->at[i].element_id) &&
			 !text_is_absent(visit->disputes->said[i]) &&
			 is_of_row(&visit->disputes->at[i], address->origin);
	put_bool(object, "disputed", found);
}
