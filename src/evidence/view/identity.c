/* Who the resident is, as each source has it: values side by side where they differ. */
#include "view/view_int.h"

enum { VARIANTS_MAX = 64, ADDRESSES_MAX = 100 };

static const struct profile_source **new_sources(const struct viewing *v)
{
	return ARENA_ARRAY(v->arena, v->profile->sources.count, const struct profile_source *);
}

static struct view_variant *variant_of(struct viewing *v, struct view_identity *identity, struct text value)
{
	for (size_t i = 0; i < identity->variant_count; i++) {
		if (same_words(identity->variants[i].value.value, value))
			return &identity->variants[i];
	}
	if (identity->variant_count == VARIANTS_MAX)
		return NULL;
	struct view_variant *variant = &identity->variants[identity->variant_count++];
	*variant = (struct view_variant){.sources = new_sources(v), .until = DATE_UNKNOWN};
	return variant;
}

static bool has_identity(const struct disclosed_row *row)
{
	for (size_t i = 0; i < row->value_count; i++)
		if (row->values[i].element->category == CATEGORY_IDENTITY)
			return true;
	return false;
}

/* The as-at date of the extract that said otherwise. Versions between, which changed nothing of the identity, have
 * none of their own. */
static date replaced_on(const struct viewing *v, const struct disclosed_row *row)
{
	const struct disclosed_row *end = v->answer->rows + v->answer->row_count;
	for (const struct disclosed_row *next = row + 1; next < end; next++) {
		if (next->origin.record_id != row->origin.record_id || next->origin.feed != row->origin.feed ||
		    next->origin.row_key != row->origin.row_key)
			break;
		if (next->newest || has_identity(next))
			return next->origin.as_at;
	}
	return row->origin.data_as_at;
}

static void add_value(struct viewing *v, struct view_identity *identity, const struct disclosed_row *row)
{
	struct view_value value = make_value(v, row, identity->element);
	if (!value.element || value.withheld || text_is_empty(value.value))
		return;
	struct view_variant *variant = variant_of(v, identity, value.value);
	if (!variant)
		return;
	if (!variant->value.origin || row->origin.as_at > variant->value.origin->as_at)
		variant->value = value;
	if (!has_source(variant->sources, variant->source_count, row->origin.feed->source))
		variant->sources[variant->source_count++] = row->origin.feed->source;
	variant->current |= !row->ended;
	if (row->ended && replaced_on(v, row) > variant->until)
		variant->until = replaced_on(v, row);
}

static int compare_variants(const void *left, const void *right)
{
	const struct view_variant *a = left, *b = right;
	if (a->current != b->current)
		return a->current ? -1 : 1;
	if (a->source_count != b->source_count)
		return a->source_count > b->source_count ? -1 : 1;
	if (a->value.origin->as_at != b->value.origin->as_at)
		return a->value.origin->as_at > b->value.origin->as_at ? -1 : 1;
	return text_compare(a->value.value, b->value.value);
}

/* Most elements have no value and the others one or two, so that they are gathered in SCRATCH, which has room for
 * VARIANTS_MAX. */
static bool read_identity(struct viewing *v, struct view_identity *identity, const struct profile_element *element,
			  struct view_variant *scratch)
{
	size_t current = 0;
	*identity = (struct view_identity){.element = element, .variants = scratch};
	for (size_t i = 0; i < v->answer->row_count; i++)
		add_value(v, identity, &v->answer->rows[i]);
	if (identity->variant_count == 0)
		return false;
	identity->variants = ARENA_ARRAY(v->arena, identity->variant_count, struct view_variant);
	memcpy(identity->variants, scratch, identity->variant_count * sizeof *scratch);
	qsort(identity->variants, identity->variant_count, sizeof *identity->variants, compare_variants);
	for (size_t i = 0; i < identity->variant_count; i++) {
		current += identity->variants[i].current;
		if (identity->variants[i].current)
			identity->variants[i].until = DATE_UNKNOWN;
	}
	identity->differs = current > 1;
	return true;
}

static bool is_address_part(struct text id)
{
	return text_starts_with(id, TEXT("address")) || text_is(id, "town") || text_is(id, "postcode") ||
	       text_is(id, "uprn");
}

static size_t read_list(struct viewing *v, const struct profile_element_list *list, bool addresses,
			const struct view_identity **out)
{
	struct view_identity *found = ARENA_ARRAY(v->arena, list->count, struct view_identity);
	struct view_variant scratch[VARIANTS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++) {
		if (!addresses && is_address_part(list->at[i]->id))
			continue; /* shown line by line with view_put_addresses() */
		count += read_identity(v, &found[count], list->at[i], scratch);
	}
	*out = found;
	return count;
}

void view_put_identity(struct viewing *v)
{
	v->out->identity_count = read_list(v, &v->profile->identity, true, &v->out->identity);
	v->out->contact_count = read_list(v, &v->profile->contact, false, &v->out->contact);
}

/* ---- addresses -------------------------------------------------------------------------------------- */

/* The lines of a row, joined in the order of the page's contact list. */
static struct text join_address(struct viewing *v, const struct disclosed_row *row, struct text *postcode)
{
	struct text joined = TEXT_ABSENT;
	for (size_t i = 0; i < v->profile->contact.count; i++) {
		const struct profile_element *element = v->profile->contact.at[i];
		struct text line = is_address_part(element->id) ? row_text(row, element) : TEXT_ABSENT;
		if (text_is(element->id, "postcode"))
			*postcode = line;
		else if (!text_is_empty(line) && !text_is(element->id, "uprn"))
			joined = text_is_absent(joined)
					 ? line
					 : arena_format(v->arena, "%.*s, %.*s", TEXT_ARG(joined), TEXT_ARG(line));
	}
	return joined;
}

static struct view_address *address_at(struct viewing *v, struct view_address *all, size_t *count, struct text address,
				       struct text postcode)
{
	for (size_t i = 0; i < *count; i++) {
		if (!same_words(all[i].address, address) || !same_words(all[i].postcode, postcode))
			continue;
		if (in_capitals(all[i].address))
			all[i].address = address;
		return &all[i];
	}
	if (*count == ADDRESSES_MAX)
		return NULL;
	struct view_address *added = &all[(*count)++];
	*added = (struct view_address){.address = address,
				       .postcode = postcode,
				       .from = DATE_UNKNOWN,
				       .to = DATE_UNKNOWN,
				       .sources = new_sources(v)};
	return added;
}

/* Until when the row said so: its own end, or when the source wrote another address into it. */
static date last_day(const struct viewing *v, const struct disclosed_row *row)
{
	return row->newest ? row->valid_to : replaced_on(v, row);
}

static void add_address(struct viewing *v, struct view_address *address, const struct disclosed_row *row)
{
	bool current = row_is_current(v, row);
	if (row->valid_from != DATE_UNKNOWN && (address->from == DATE_UNKNOWN || row->valid_from < address->from))
		address->from = row->valid_from;
	if (current)
		address->to = DATE_UNKNOWN;
	else if (!address->current && last_day(v, row) != DATE_UNKNOWN &&
		 (address->to == DATE_UNKNOWN || last_day(v, row) > address->to))
		address->to = last_day(v, row);
	address->current |= current;
	if (row->property_id)
		address->property_id = row->property_id;
	if (!address->origin || row->origin.as_at > address->origin->as_at)
		address->origin = &row->origin;
	if (!has_source(address->sources, address->source_count, row->origin.feed->source))
		address->sources[address->source_count++] = row->origin.feed->source;
}

static int compare_addresses(const void *left, const void *right)
{
	const struct view_address *a = left, *b = right;
	if (a->current != b->current)
		return a->current ? -1 : 1;
	if (a->source_count != b->source_count)
		return a->source_count > b->source_count ? -1 : 1;
	if (a->origin->as_at != b->origin->as_at)
		return a->origin->as_at > b->origin->as_at ? -1 : 1;
	return text_compare(a->address, b->address);
}

void view_put_addresses(struct viewing *v)
{
	size_t most = v->answer->row_count < ADDRESSES_MAX ? v->answer->row_count : ADDRESSES_MAX, count = 0;
	struct view_address *all = ARENA_ARRAY(v->arena, most, struct view_address);
	for (size_t i = 0; i < v->answer->row_count; i++) {
		const struct disclosed_row *row = &v->answer->rows[i];
		struct text postcode = TEXT_ABSENT;
		struct text address = join_address(v, row, &postcode);
		if (text_is_empty(address) && text_is_empty(postcode))
			continue;
		struct view_address *at = address_at(v, all, &count, address, postcode);
		if (at)
			add_address(v, at, row);
	}
	if (count)
		qsort(all, count, sizeof *all, compare_addresses);
	v->out->addresses = all;
	v->out->address_count = count;
}
