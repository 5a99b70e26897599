/* A property and the ways to write its address. */
#include "world_int.h"

#include <math.h>

/* Twelve digits from a block that no authority was given. */
static const uint64_t first_uprn = 990000100000u;

static void place_on_map(struct world *w, struct property *p, double easting, double northing)
{
	const struct ward *ward = &w->b->wards[p->ward];
	while (!ward_contains(w, p->ward, easting, northing)) {
		easting += (ward->easting - easting) * 0.3;
		northing += (ward->northing - northing) * 0.3;
	}
	p->easting = round(easting * 10) / 10;
	p->northing = round(northing * 10) / 10;
	geo_to_latitude(p->easting, p->northing, &p->latitude, &p->longitude);
}

static uint8_t decile_near(uint8_t decile, struct random *r)
{
	int d = decile + (random_chance(r, 0.2) ? random_between(r, -1, 1) : 0);
	return (uint8_t)(d < 1 ? 1 : d > 10 ? 10 : d);
}

static char council_tax_band(const struct property *p, double deprivation, struct random *r)
{
	if (p->kind == PROPERTY_SHELL || p->kind >= PROPERTY_SCHOOL)
		return 0;
	double value = p->bedrooms * 0.9 + (1 - deprivation) * 1.6 + random_normal(r, 0, 0.45) - 0.4;
	if (p->kind == PROPERTY_HOUSE)
		value += 0.3;
	int band = (int)value;
	return (char)('A' + (band < 0 ? 0 : band > 7 ? 7 : band));
}

enum stock stock_of(const struct property *p)
{
	switch (p->kind) {
	case PROPERTY_HMO:
	case PROPERTY_HMO_ROOM:
		return STOCK_HMO;
	case PROPERTY_HOSTEL:
		return STOCK_HOSTEL;
	case PROPERTY_REFUGE:
		return STOCK_REFUGE;
	case PROPERTY_CARE_HOME:
		return STOCK_CARE_HOME;
	case PROPERTY_CHILDRENS_HOME:
		return STOCK_CHILDRENS_HOME;
	default:
		break;
	}
	static const enum stock by_tenure[TENURES] = {STOCK_NONE,    STOCK_OWNED,       STOCK_OWNED,
						      STOCK_COUNCIL, STOCK_ASSOCIATION, STOCK_PRIVATE};
	return by_tenure[p->tenure];
}

uint32_t property_new(struct world *w, const struct new_property *n, struct random *r)
{
	struct borough *b = w->b;
	uint32_t at = (uint32_t)b->property_count;
	size_t capacity_before = w->capacity.properties;
	struct property *p = WORLD_ADD(w, properties, property);
	if (w->capacity.properties != capacity_before) {
		w->vacancy_at = memory_resize(w->vacancy_at, w->capacity.properties, sizeof *w->vacancy_at);
		w->free_places = memory_resize(w->free_places, w->capacity.properties, sizeof *w->free_places);
	}
	const struct street *street = &b->streets[n->street];
	w->next_uprn += 1 + random_below(r, 40);
	p->uprn = first_uprn + w->next_uprn;
	p->parent = n->parent;
	p->address = NOTHING;
	p->street = n->street;
	p->postcode = n->postcode;
	p->area = street->area;
	p->ward = street->ward;
	p->place = NOTHING;
	p->kind = (uint8_t)n->kind;
	p->tenure = (uint8_t)n->tenure;
	p->bedrooms = (uint8_t)n->bedrooms;
	p->decile = decile_near(b->areas[p->area].decile, r);
	p->band = council_tax_band(p, b->areas[p->area].deprivation, r);
	p->status = ADDRESS_APPROVED;
	snprintf(p->class_code, sizeof p->class_code, "%s", n->class_code);
	int year = random_between(r, 1900, 2014);
	p->from = date_of(year, random_between(r, 1, 12), 1);
	p->to = DATE_UNKNOWN;
	place_on_map(w, p, n->easting, n->northing);
	w->vacancy_at[at] = NOTHING;
	w->free_places[at] = (uint16_t)n->room_for;
	if (n->room_for)
		vacancy_add(w, at);
	return at;
}

/* The first address of a property is the one it goes by. */
uint32_t address_new(struct world *w, uint32_t property, enum address_status status, const char *sao, const char *pao,
		     unsigned number)
{
	struct borough *b = w->b;
	uint32_t at = (uint32_t)b->address_count;
	struct address *a = WORLD_ADD(w, addresses, address);
	struct property *p = &b->properties[property];
	*a = (struct address){.property = property,
			      .street = p->street,
			      .postcode = p->postcode,
			      .next = NOTHING,
			      .sao_text = sao,
			      .pao_text = pao,
			      .pao_from = (uint16_t)number,
			      .status = (uint8_t)status,
			      .from = p->from,
			      .to = p->to};
	if (p->address == NOTHING) {
		p->address = at;
		return at;
	}
	uint32_t last = p->address;
	while (b->addresses[last].next != NOTHING)
		last = b->addresses[last].next;
	b->addresses[last].next = at;
	return at;
}

static void line_add(struct address_text *out, int *lines, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void line_add(struct address_text *out, int *lines, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(out->line[(*lines)++], ADDRESS_LINE_SIZE, format, args);
	va_end(args);
}

static void number_write(const struct address *a, char out[16])
{
	out[0] = '\0';
	if (a->pao_from && a->pao_to)
		snprintf(out, 16, "%u-%u", a->pao_from, a->pao_to);
	else if (a->pao_from && a->pao_suffix)
		snprintf(out, 16, "%u%c", a->pao_from, a->pao_suffix);
	else if (a->pao_from)
		snprintf(out, 16, "%u", a->pao_from);
}

void address_write(const struct borough *b, const struct address *a, struct address_text *out)
{
	const struct street *street = &b->streets[a->street];
	int lines = 0;
	*out = (struct address_text){0};
	if (*a->sao_text && *a->pao_text)
		line_add(out, &lines, "%s, %s", a->sao_text, a->pao_text);
	else if (*a->sao_text || *a->pao_text)
		line_add(out, &lines, "%s", *a->sao_text ? a->sao_text : a->pao_text);
	char number[16];
	number_write(a, number);
	line_add(out, &lines, "%s%s%s", number, *number ? " " : "", street->name);
	if (*street->locality)
		line_add(out, &lines, "%s", street->locality);
	line_add(out, &lines, "%s", borough_town);
	snprintf(out->postcode, sizeof out->postcode, "%s", b->postcodes[a->postcode].code);
}
