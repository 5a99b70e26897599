/* The address in a row's sealed values. */
#include "clean/identifiers.h"
#include "clean/postcode.h"
#include "reading/reading.h"
#include "vault/vault.h"

void address_elements_find(struct address_elements *out, const struct vault_elements *elements)
{
	static const char *const lines[] = {"address_line_1", "address_line_2", "address_line_3", "address_line_4",
					    "address_line_5"};
	*out = (struct address_elements){
		.address = vault_element_no(elements, TEXT("address")),
		.town = vault_element_no(elements, TEXT("town")),
		.postcode = vault_element_no(elements, TEXT("postcode")),
		.uprn = vault_element_no(elements, TEXT("uprn")),
	};
	for (size_t i = 0; i < 5; i++)
		out->lines[i] = vault_element_no(elements, text_of(lines[i]));
}

static void append_part(struct address_row *out, struct text part)
{
	size_t len = strlen(out->text), gap = len > 0 ? 2 : 0;
	part = text_trim(part);
	if (part.len == 0 || len + gap + part.len + 1 > sizeof out->text)
		return;
	memcpy(out->text + len, ", ", gap);
	memcpy(out->text + len + gap, part.at, part.len);
	out->text[len + gap + part.len] = '\0';
}

bool address_of_row(struct address_row *out, const struct address_elements *elements, struct text packed)
{
	struct vault_values values = vault_values_of(packed);
	struct text value, parts[7] = {{0}}, before;
	struct postcode postcode = {.part = POSTCODE_NONE};
	unsigned number;
	memset(out, 0, sizeof *out);
	while (vault_values_next(&values, &number, &value)) {
		if (number == 0)
			continue;
		if (number == elements->address)
			parts[0] = value;
		else if (number == elements->town)
			parts[6] = value;
		else if (number == elements->postcode)
			clean_postcode(&postcode, value);
		else if (number == elements->uprn)
			clean_uprn(out->uprn, value);
		for (size_t i = 0; i < 5; i++) {
			if (number == elements->lines[i])
				parts[i + 1] = value;
		}
	}
	for (size_t i = 0; i < 7; i++) {
		before = parts[i];
		if (i == 0 && postcode.part == POSTCODE_NONE)
			clean_postcode_at_end(&postcode, parts[0], &before);
		append_part(out, before);
	}
	const char *best = postcode.part == POSTCODE_UNIT     ? postcode.unit
			   : postcode.part == POSTCODE_SECTOR ? postcode.sector
							      : postcode.district;
	memcpy(out->postcode, best, strlen(best) + 1);
	return out->text[0] || out->postcode[0] || out->uprn[0];
}
