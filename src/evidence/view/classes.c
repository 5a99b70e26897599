/* What a gazetteer's class code means (BLPU classification scheme of GeoPlace and Ordnance Survey). */
#include "view/view_int.h"

struct class_words {
	const char *code, *words;
};

static const struct class_words classes[] = {
	{"RD01", "Caravan"},
	{"RD02", "Detached house"},
	{"RD03", "Semi-detached house"},
	{"RD04", "Terraced house"},
	{"RD06", "Flat, maisonette or apartment"},
	{"RD07", "Houseboat"},
	{"RD08", "Sheltered home"},
	{"RD10", "Holiday caravan or chalet"},
	{"RD", "Home"},
	{"RB", "Outbuilding of a home"},
	{"RC", "Parking space of a home"},
	{"RG", "Garage"},
	{"RH01", "House in multiple occupation: the whole house"},
	{"RH02", "Room or bedsit in a house in multiple occupation"},
	{"RH", "House in multiple occupation"},
	{"RI01", "Care or nursing home"},
	{"RI02NC", "Lodgings"},
	{"RI02RC", "Religious community"},
	{"RI02", "Communal home"},
	{"RI03", "Student hall or boarding school"},
	{"RI", "Residential institution"},
	{"R", "Residential"},
	{"CH01", "Boarding house, guest house or youth hostel"},
	{"CH02", "Holiday let"},
	{"CH03", "Hotel"},
	{"CH", "Hotel, boarding house or holiday let"},
	{"CE", "School, college or nursery"},
	{"CM", "Health centre, surgery or hospital"},
	{"CO", "Office"},
	{"CR", "Shop, restaurant or pub"},
	{"CI", "Workshop, factory or warehouse"},
	{"C", "Business or public building"},
	{"PP", "Building in several parts"},
	{"PS", "Street"},
	{"P", "Building in several parts"},
	{"L", "Land"},
	{"M", "Military site"},
	{"O", "Other structure"},
	{"U", "Not yet classified"},
	{"X", "Home and business in one"},
	{"Z", "Place of interest"},
};

/* The longest code that CODE begins with: the scheme goes from the general to the particular. */
struct text view_class_words(struct text code)
{
	struct text best = TEXT_ABSENT;
	size_t longest = 0;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		struct text known = text_of(classes[i].code);
		if (known.len <= longest || !text_starts_with(code, known))
			continue;
		best = text_of(classes[i].words);
		longest = known.len;
	}
	return best;
}
