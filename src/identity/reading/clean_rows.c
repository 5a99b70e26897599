/* A sealed row's values, cleaned. */
#include "reading/reading_int.h"

#include "base/memory.h"
#include "clean/identifiers.h"
#include "clean/names.h"
#include "profile/profile.h"

#include <stdlib.h>

/* ---- which element is what ------------------------------------------------------------------------------ */

enum meaning {
	MEANS_NOTHING,
	MEANS_TITLE,
	MEANS_FULL_NAME,
	MEANS_GIVEN,
	MEANS_MIDDLE,
	MEANS_FAMILY,
	MEANS_OTHER_FAMILY,
	MEANS_ALIAS,
	MEANS_SUFFIX,
	MEANS_BIRTH,
	MEANS_DEATH,
	MEANS_SEX,
	MEANS_PHONE,
	MEANS_EMAIL,
	MEANS_NHS,
	MEANS_NI,
	MEANS_UPN
};

static const struct {
	const char *element;
	enum meaning meaning;
} meanings[] = {
	{"title", MEANS_TITLE},
	{"full_name", MEANS_FULL_NAME},
	{"given_name", MEANS_GIVEN},
	{"middle_names", MEANS_MIDDLE},
	{"family_name", MEANS_FAMILY},
	{"former_family_name", MEANS_OTHER_FAMILY},
	{"preferred_family_name", MEANS_OTHER_FAMILY},
	{"alias", MEANS_ALIAS},
	{"name_suffix", MEANS_SUFFIX},
	{"date_of_birth", MEANS_BIRTH},
	{"date_of_death", MEANS_DEATH},
	{"sex", MEANS_SEX},
	{"phone", MEANS_PHONE},
	{"mobile", MEANS_PHONE},
	{"email", MEANS_EMAIL},
	{"nhs_number", MEANS_NHS},
	{"ni_number", MEANS_NI},
	{"upn", MEANS_UPN},
	{"former_upn", MEANS_UPN},
};

/* An element may tell of a relationship beside what it means otherwise. */
enum tie { TIES_NOBODY, TIES_GROUP, TIES_PARENT };

static void find_ties(struct cleaner *cleaner, const struct vault_elements *elements, const struct profile *profile)
{
	for (size_t f = 0; profile && f < profile->feeds.count; f++) {
		const struct profile_relationships *said = &profile->feeds.at[f].relationships;
		unsigned number = said->group ? vault_element_no(elements, said->group->id) : 0;
		if (number)
			cleaner->ties[number] = TIES_GROUP;
		for (size_t p = 0; p < said->parent_count; p++) {
			number = vault_element_no(elements, said->parents[p]->id);
			if (number)
				cleaner->ties[number] = TIES_PARENT;
		}
	}
}

enum status cleaner_init(struct cleaner *cleaner, const struct vault *vault, struct store *data,
			 const struct profile *profile, struct error *error)
{
	struct vault_elements elements;
	*cleaner = (struct cleaner){.vault = vault};
	enum status status = vault_elements_load(&elements, data, error);
	if (status != STATUS_OK)
		return status;
	cleaner->element_count = elements.count;
	cleaner->meaning = memory_alloc(elements.count + 1, 1);
	cleaner->ties = memory_alloc(elements.count + 1, 1);
	find_ties(cleaner, &elements, profile);
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
		unsigned number = vault_element_no(&elements, text_of(meanings[i].element));
		if (number)
			cleaner->meaning[number] = (unsigned char)meanings[i].meaning;
	}
	address_elements_find(&cleaner->address, &elements);
	vault_elements_release(&elements);
	return STATUS_OK;
}

void cleaner_release(struct cleaner *cleaner)
{
	free(cleaner->meaning);
	free(cleaner->ties);
}

void cleaned_init(struct cleaned *cleaned)
{
	*cleaned = (struct cleaned){0};
	arena_init(&cleaned->arena, (size_t)1 << 30);
	arena_keep_secret(&cleaned->arena);
}

void cleaned_release(struct cleaned *cleaned)
{
	arena_release(&cleaned->arena);
	free(cleaned->rows);
	free(cleaned->values);
	free(cleaned->families);
}

/* ---- one row --------------------------------------------------------------------------------------------- */

static void keep(struct cleaned *out, enum reading_column column, struct text text)
{
	if (text.len == 0)
		return;
	ARRAY_GROW(out->values, out->value_count, out->value_capacity);
	out->values[out->value_count++] = (struct clean_value){column, arena_text(&out->arena, text)};
}

static void keep_suffix(struct cleaned *out, enum name_suffix suffix)
{
	if (suffix != NAME_NO_SUFFIX)
		keep(out, READING_SUFFIX, text_slice(&"01234"[suffix], 1));
}

static void keep_sex(struct cleaned *out, enum sex sex)
{
	if (sex == SEX_MALE || sex == SEX_FEMALE)
		keep(out, READING_SEX, sex == SEX_MALE ? TEXT("1") : TEXT("2"));
}

static void keep_name(struct cleaned *out, const struct person_name *name)
{
	keep(out, READING_GIVEN, text_of(name->given));
	keep(out, READING_MIDDLE, text_of(name->middle));
	keep(out, READING_FAMILY, text_of(name->family));
	keep_suffix(out, name->suffix);
	keep_sex(out, name->title_sex);
}

/* "Johnny", or "Johnny Smith". */
static void keep_alias(struct cleaned *out, struct text alias)
{
	struct person_name name;
	alias = text_trim(alias);
	bool full = text_find_char(alias, ' ') < alias.len;
	if (alias.len == 0)
		return;
	clean_name(&name, full ? &(struct name_columns){.full = alias} : &(struct name_columns){.given = alias});
	keep_name(out, &name);
}

static void keep_birth(struct cleaned *out, struct text value)
{
	date birth;
	char iso[DATE_TEXT_SIZE];
	if (date_parse_iso(value, &birth))
		keep(out, READING_BIRTH, text_of(date_format_iso(birth, iso)));
}

static void add_family(const struct cleaner *cleaner, struct cleaned *out, struct text family)
{
	if (family.len == 0)
		return;
	ARRAY_GROW(out->families, out->family_count, out->family_capacity);
	out->families[out->family_count++] =
		(uint64_t)vault_fast_hash64(cleaner->vault, VAULT_NAME, family) & ~READING_GROUP;
}

/* A claim, a tenancy, an account: whoever has the same number of it. */
static void add_group(const struct cleaner *cleaner, struct cleaned *out, unsigned element, struct text value)
{
	char key[160];
	if (text_is_empty(value) || value.len > 120)
		return;
	int len = snprintf(key, sizeof key, "group\x1f%u\x1f%.*s", element, TEXT_ARG(value));
	ARRAY_GROW(out->families, out->family_count, out->family_capacity);
	out->families[out->family_count++] =
		(uint64_t)vault_fast_hash64(cleaner->vault, VAULT_CLIENT, text_slice(key, (size_t)len)) | READING_GROUP;
}

/* Of a double name, each end is a family's too. */
static void keep_families(const struct cleaner *cleaner, struct cleaned *out, const char *family)
{
	size_t last = strlen(family);
	add_family(cleaner, out, text_of(family));
	while (last > 0 && family[last - 1] != ' ')
		last--;
	if (last > 0) {
		add_family(cleaner, out, text_of(family + last));
		add_family(cleaner, out, text_slice(family, text_find_char(text_of(family), ' ')));
	}
}

/* A parent's whole name, or family name alone: the child is of that family. */
static void keep_parent(const struct cleaner *cleaner, struct cleaned *out, struct text value)
{
	struct person_name name;
	bool whole = text_find_char(text_trim(value), ' ') < text_trim(value).len;
	clean_name(&name, whole ? &(struct name_columns){.full = value} : &(struct name_columns){.family = value});
	keep_families(cleaner, out, name.family);
}

static void take_tie(const struct cleaner *cleaner, struct cleaned *out, unsigned element, struct text value)
{
	if (cleaner->ties[element] == TIES_GROUP)
		add_group(cleaner, out, element, value);
	else if (cleaner->ties[element] == TIES_PARENT && value.len)
		keep_parent(cleaner, out, value);
}

static void keep_identifier(struct cleaned *out, enum meaning meaning, struct text value)
{
	char email[EMAIL_SIZE], nhs[NHS_NUMBER_SIZE], ni[NI_NUMBER_SIZE], upn[UPN_SIZE], phone[PHONE_SIZE];
	if (meaning == MEANS_PHONE && clean_phone(phone, value))
		keep(out, READING_PHONE, text_of(phone));
	else if (meaning == MEANS_EMAIL && clean_email(email, value))
		keep(out, READING_EMAIL, text_of(email));
	else if (meaning == MEANS_NHS && clean_nhs_number(nhs, value))
		keep(out, READING_NHS, text_of(nhs));
	else if (meaning == MEANS_NI && clean_ni_number(ni, value))
		keep(out, READING_NI, text_slice(ni, 8));
	else if (meaning == MEANS_UPN && clean_upn(upn, value))
		keep(out, READING_UPN, text_of(upn));
}

/* A value that stands for itself; the parts of the name are gathered. */
static void take_value(struct cleaned *out, struct name_columns *name, bool *dead, enum meaning meaning,
		       struct text value)
{
	struct person_name other;
	switch (meaning) {
	case MEANS_TITLE:
		name->title = value;
		break;
	case MEANS_FULL_NAME:
		name->full = value;
		break;
	case MEANS_GIVEN:
		name->given = value;
		break;
	case MEANS_MIDDLE:
		name->middle = value;
		break;
	case MEANS_FAMILY:
		name->family = value;
		break;
	case MEANS_OTHER_FAMILY:
		clean_name(&other, &(struct name_columns){.family = value});
		keep_name(out, &other);
		break;
	case MEANS_ALIAS:
		keep_alias(out, value);
		break;
	case MEANS_SUFFIX:
		keep_suffix(out, clean_suffix(value));
		break;
	case MEANS_BIRTH:
		keep_birth(out, value);
		break;
	case MEANS_DEATH:
		*dead = true;
		break;
	case MEANS_SEX:
		keep_sex(out, clean_sex(value));
		break;
	default:
		keep_identifier(out, meaning, value);
		break;
	}
}

static void take_address(const struct cleaner *cleaner, struct cleaned *out, struct clean_row *row, struct text packed)
{
	struct address_row address;
	char key[320];
	if (!address_of_row(&address, &cleaner->address, packed))
		return;
	int len = snprintf(key, sizeof key, "%s\x1f%s\x1f%s", address.uprn, address.postcode, address.text);
	row->address = arena_text(&out->arena, text_slice(key, (size_t)len));
}

void cleaner_take(const struct cleaner *cleaner, struct cleaned *out, const struct vault_row *from, bool newest)
{
	struct clean_row row = {.record_id = from->record_id,
				.row_key = from->row_key,
				.feed_no = from->feed_no,
				.version = from->version,
				.first_value = (uint32_t)out->value_count,
				.first_family = (uint32_t)out->family_count};
	struct name_columns name = {0};
	struct vault_values values = vault_values_of(from->packed);
	struct text value;
	unsigned number;
	bool dead = false;
	while (vault_values_next(&values, &number, &value)) {
		enum meaning meaning =
			number < cleaner->element_count ? (enum meaning)cleaner->meaning[number] : MEANS_NOTHING;
		if (meaning != MEANS_NOTHING)
			take_value(out, &name, &dead, meaning, value);
		if (newest && number < cleaner->element_count)
			take_tie(cleaner, out, number, value);
	}
	if (name.full.len || name.given.len || name.family.len) {
		struct person_name clean;
		row.named = true;
		clean_name(&clean, &name);
		keep_name(out, &clean);
		if (newest)
			keep_families(cleaner, out, clean.family);
	}
	take_address(cleaner, out, &row, from->packed);
	row.dead = dead && newest;
	row.values = (uint32_t)out->value_count - row.first_value;
	row.families = (uint32_t)out->family_count - row.first_family;
	if (row.values == 0 && row.families == 0 && text_is_absent(row.address) && !row.dead && !row.named)
		return;
	ARRAY_GROW(out->rows, out->count, out->capacity);
	out->rows[out->count++] = row;
}
