/* Streets filled with houses, conversions and blocks.
 *
 * Shares of kinds and tenures follow an outer-London borough with large inter-war council
 * estates (Census 2021 TS044 and TS054); docs/synthetic-borough.md has the figures.
 */
#include "world_int.h"

#include <math.h>

struct plot { /* where the next building stands */
	struct world *w;
	struct random *r;
	uint32_t street, postcode;
	unsigned number; /* house number to be used next */
	unsigned on_postcode;
	unsigned made;
	double angle, along;
	bool estate; /* built by the council */
	double deprivation;
};

static const char *const block_words[] = {
	"Kingfisher", "Heron",     "Avocet",    "Lapwing",    "Curlew",     "Swan",    "Albion",   "Britannia",
	"Mariner",    "Admiral",   "Hanover",   "Windsor",    "Tudor",      "Lister",  "Fleming",  "Nightingale",
	"Seacole",    "Cavell",    "Pankhurst", "Fawcett",    "Bevan",      "Attlee",  "Lansbury", "Morrison",
	"Keir",       "Bondfield", "Turing",    "Lovelace",   "Darwin",     "Newton",  "Faraday",  "Priestley",
	"Chaucer",    "Milton",    "Keats",     "Wordsworth", "Austen",     "Bronte",  "Dickens",  "Eliot",
	"Oak",        "Elm",       "Cedar",     "Maple",      "Rowan",      "Willow",  "Poplar",   "Sycamore",
	"Foundry",    "Granary",   "Malthouse", "Ropery",     "Sailmakers", "Customs", "Wharf",    "Lighthouse",
	"Anchor",     "Compass",   "Meridian",  "Horizon"};
static const char *const block_kinds[] = {"House", "Court",      "Lodge",   "Point",
					  "Tower", "Apartments", "Heights", "Mansions"};
static const char *const house_names[] = {"Rose Cottage",  "The Laurels", "Ivy House", "Fairview",
					  "The Old Forge", "Hillcrest",   "Mon Repos", "Woodside",
					  "The Lodge",     "Sunnyside",   "Belmont",   "Dunroamin"};
#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof *(array)))

static enum tenure house_tenure(struct plot *at, bool flat)
{
	static const double shares[4][TENURES] = {{0, 0.34, 0.33, 0.05, 0.05, 0.23},  /* houses */
						  {0, 0.13, 0.13, 0.56, 0.08, 0.10},  /* estate houses, many bought */
						  {0, 0.11, 0.17, 0.10, 0.17, 0.45},  /* flats */
						  {0, 0.03, 0.07, 0.72, 0.10, 0.08}}; /* estate flats */
	return (enum tenure)random_weighted(at->r, shares[(flat ? 2 : 0) + (at->estate ? 1 : 0)], TENURES);
}

static void plot_position(struct plot *at, double *easting, double *northing)
{
	const struct street *s = &at->w->b->streets[at->street];
	double side = at->number % 2 ? 12 : -12;
	*easting = s->easting + cos(at->angle) * at->along - sin(at->angle) * side;
	*northing = s->northing + sin(at->angle) * at->along + cos(at->angle) * side;
}

/* A postcode serves about sixteen doors; a block of flats has its own. */
static void plot_postcode(struct plot *at, unsigned doors)
{
	if (at->on_postcode && at->on_postcode + doors <= 17) {
		at->on_postcode += doors;
		return;
	}
	double e, n;
	plot_position(at, &e, &n);
	at->postcode = postcode_new(at->w, at->street, e, n);
	at->on_postcode = doors;
}

static void plot_next(struct plot *at, double wide)
{
	at->number += random_chance(at->r, 0.96) ? 1 : 2;
	at->along += wide / 2;
}

static struct new_property plot_property(struct plot *at, enum property_kind kind, uint32_t parent)
{
	struct new_property n = {.kind = kind, .street = at->street, .postcode = at->postcode, .parent = parent};
	plot_position(at, &n.easting, &n.northing);
	return n;
}

static unsigned bedrooms_of(struct random *r, bool flat)
{
	static const double houses[] = {0, 0.02, 0.17, 0.58, 0.18, 0.05}, flats[] = {0, 0.38, 0.47, 0.15, 0, 0};
	return random_weighted(r, flat ? flats : houses, 6);
}

/* What the gazetteer also holds: a name, an old number, a door that the clerk calls otherwise. */
static void house_extras(struct plot *at, uint32_t property)
{
	struct world *w = at->w;
	struct property *p = &w->b->properties[property];
	unsigned number = w->b->addresses[p->address].pao_from;
	if (random_chance(at->r, 0.012))
		address_new(w, property, ADDRESS_ALTERNATIVE, "", house_names[random_below(at->r, COUNT(house_names))],
			    number);
	if (random_chance(at->r, 0.006)) {
		uint32_t old =
			address_new(w, property, ADDRESS_HISTORIC, "", "", number + 2 * random_below(at->r, 9) + 2);
		w->b->addresses[old].to = date_of(1960 + (int)random_below(at->r, 55), 6, 1);
	}
}

/* A few were pulled down before, a few are being built in these months. */
static void property_ages(struct plot *at, uint32_t property)
{
	struct borough *b = at->w->b;
	struct property *p = &b->properties[property];
	double u = random_uniform(at->r);
	if (u < 0.004) {
		p->status = ADDRESS_HISTORIC;
		p->to = b->start - 200 - (date)random_below(at->r, 6000);
		vacancy_withdraw(at->w, property);
	} else if (u < 0.012 && !at->estate) {
		p->status = ADDRESS_PROVISIONAL;
		p->from = b->start + (date)random_below(at->r, (uint32_t)(b->end - b->start));
		vacancy_withdraw(at->w, property);
	} else {
		return;
	}
	b->addresses[p->address].status = p->status;
	b->addresses[p->address].from = p->from;
	b->addresses[p->address].to = p->to;
}

static void house_of_many(struct plot *at)
{
	struct world *w = at->w;
	bool rooms = random_chance(at->r, 0.35);
	unsigned room_for = 4 + random_below(at->r, 5);
	plot_postcode(at, 1);
	struct new_property n = plot_property(at, PROPERTY_HMO, NOTHING);
	n.tenure = TENURE_PRIVATE;
	n.bedrooms = room_for;
	n.room_for = rooms ? 0 : room_for;
	n.class_code = "RH01";
	uint32_t house = property_new(w, &n, at->r);
	address_new(w, house, ADDRESS_APPROVED, "", "", at->number);
	for (unsigned i = 1; rooms && i <= room_for; i++) {
		n = plot_property(at, PROPERTY_HMO_ROOM, house);
		n.tenure = TENURE_PRIVATE;
		n.bedrooms = n.room_for = 1;
		n.class_code = "RH02";
		uint32_t room = property_new(w, &n, at->r);
		address_new(w, room, ADDRESS_APPROVED, arena_format(&w->b->arena, "Room %u", i).at, "", at->number);
	}
	at->made++;
	plot_next(at, 7);
}

static void house(struct plot *at)
{
	static const char *const classes[] = {"RD02", "RD03", "RD04"};
	static const double weights[] = {0.05, 0.25, 0.70};
	struct world *w = at->w;
	if (random_chance(at->r, 0.013)) {
		house_of_many(at);
		return;
	}
	bool infill = random_chance(at->r, 0.015);
	plot_postcode(at, infill ? 2 : 1);
	for (unsigned i = 0; i <= infill; i++) {
		struct new_property n = plot_property(at, PROPERTY_HOUSE, NOTHING);
		n.tenure = house_tenure(at, false);
		n.bedrooms = bedrooms_of(at->r, false);
		n.room_for = 1;
		n.class_code = classes[random_weighted(at->r, weights, 3)];
		uint32_t property = property_new(w, &n, at->r);
		uint32_t address = address_new(w, property, ADDRESS_APPROVED, "", "", at->number);
		w->b->addresses[address].pao_suffix = i ? 'A' : 0;
		house_extras(at, property);
		property_ages(at, property);
		at->made++;
	}
	plot_next(at, 6);
}

/* The ways a converted house's flats are written; the second is how others write them. */
static const char *const flat_styles[][2][4] = {
	{{"Flat 1", "Flat 2", "Flat 3", "Flat 4"},
	 {"Ground Floor Flat", "First Floor Flat", "Second Floor Flat", "Top Floor Flat"}},
	{{"Flat A", "Flat B", "Flat C", "Flat D"}, {"Flat 1", "Flat 2", "Flat 3", "Flat 4"}},
	{{"Ground Floor Flat", "First Floor Flat", "Second Floor Flat", "Top Floor Flat"},
	 {"Flat 1", "Flat 2", "Flat 3", "Flat 4"}},
	{{"Basement Flat", "Ground Floor Flat", "First Floor Flat", "Top Floor Flat"},
	 {"Garden Flat", "Flat A", "Flat B", "Flat C"}},
	{{"Flat 1 Ground Floor", "Flat 2 First Floor", "Flat 3 Second Floor", "Flat 4 Third Floor"},
	 {"Flat 1", "Flat 2", "Flat 3", "Flat 4"}},
	{{"Flat 1A", "Flat 1B", "Flat 2A", "Flat 2B"}, {"", "", "", ""}},
	{{"", "", "", ""}, {"Flat A", "Flat B", "Flat C", "Flat D"}}, /* 21A, 21B */
};

static void conversion_flat(struct plot *at, uint32_t shell, unsigned style, unsigned i)
{
	struct world *w = at->w;
	struct new_property n = plot_property(at, PROPERTY_FLAT, shell);
	n.tenure = house_tenure(at, true);
	n.bedrooms = 1 + random_below(at->r, 2);
	n.room_for = 1;
	n.class_code = "RD06";
	uint32_t flat = property_new(w, &n, at->r);
	const char *name = flat_styles[style][0][i], *other = flat_styles[style][1][i];
	uint32_t address = address_new(w, flat, ADDRESS_APPROVED, name, "", at->number);
	w->b->addresses[address].pao_suffix = *name ? 0 : (char)('A' + i);
	if (*other && random_chance(at->r, 0.5))
		address_new(w, flat, ADDRESS_ALTERNATIVE, other, "", at->number);
	if (*name && style < 2 && random_chance(at->r, 0.25)) {
		address = address_new(w, flat, ADDRESS_ALTERNATIVE, "", "", at->number);
		w->b->addresses[address].pao_suffix = (char)('A' + i);
	}
}

static void conversion(struct plot *at)
{
	unsigned flats = 2 + random_below(at->r, 3), style = random_below(at->r, COUNT(flat_styles));
	plot_postcode(at, flats);
	struct new_property n = plot_property(at, PROPERTY_SHELL, NOTHING);
	n.class_code = "PP";
	uint32_t shell = property_new(at->w, &n, at->r);
	address_new(at->w, shell, ADDRESS_APPROVED, "", "", at->number);
	for (unsigned i = 0; i < flats; i++)
		conversion_flat(at, shell, style, i);
	at->made += flats;
	plot_next(at, 8);
}

/* Number of flat I: 1, 2, 3 ..., or by floor: 101, 102 ... 201. */
static unsigned flat_number(unsigned i, bool by_floor)
{
	return by_floor ? (i / 6 + 1) * 100 + i % 6 + 1 : i + 1;
}

static void block(struct plot *at, bool sheltered)
{
	struct world *w = at->w;
	struct borough *b = w->b;
	unsigned flats = sheltered ? 24 + random_below(at->r, 17) : 6 + random_below(at->r, at->estate ? 42 : 30);
	bool by_floor = !at->estate && flats > 24 && random_chance(at->r, 0.4),
	     named = sheltered || random_chance(at->r, 0.8);
	const char *name = "";
	if (named) {
		const char *word = block_words[random_below(at->r, COUNT(block_words))];
		const char *kind = sheltered ? "Court" : block_kinds[random_below(at->r, COUNT(block_kinds))];
		name = arena_format(&b->arena, "%s %s", word, kind).at;
	}
	unsigned number = named && random_chance(at->r, 0.3) ? 0 : at->number,
		 to = number && random_chance(at->r, 0.2) ? number + 2 : 0;
	at->on_postcode = 0;
	plot_postcode(at, flats);
	struct new_property n = plot_property(at, PROPERTY_SHELL, NOTHING);
	n.class_code = "PP";
	uint32_t shell = property_new(w, &n, at->r);
	uint32_t address = address_new(w, shell, ADDRESS_APPROVED, "", name, number);
	b->addresses[address].pao_to = (uint16_t)to;
	for (unsigned i = 0; i < flats; i++) {
		n = plot_property(at, sheltered ? PROPERTY_SHELTERED : PROPERTY_FLAT, shell);
		n.tenure = sheltered ? TENURE_ASSOCIATION : house_tenure(at, true);
		n.bedrooms = sheltered ? 1 : bedrooms_of(at->r, true);
		n.room_for = 1;
		n.class_code = sheltered ? "RD08" : "RD06";
		uint32_t flat = property_new(w, &n, at->r);
		unsigned door = flat_number(i, by_floor);
		const char *sao =
			arena_format(&b->arena, !at->estate && i % 7 == 3 ? "Apartment %u" : "Flat %u", door).at;
		address = address_new(w, flat, ADDRESS_APPROVED, sao, name, number);
		b->addresses[address].pao_to = (uint16_t)to;
		if (named && at->estate && random_chance(at->r, 0.2)) /* "12 Kingfisher House" */
			address_new(w, flat, ADDRESS_ALTERNATIVE, arena_format(&b->arena, "%u", door).at, name, number);
	}
	at->on_postcode = 0;
	at->made += flats;
	plot_next(at, 30);
	at->number += to ? 2 : 0;
}

static void fill_street(struct world *w, uint32_t street, unsigned wanted, struct random *r)
{
	const struct area *area = &w->b->areas[w->b->streets[street].area];
	struct plot at = {.w = w, .r = r, .street = street, .number = 1, .deprivation = area->deprivation};
	at.angle = random_uniform(r) * M_PI;
	at.along = -(double)wanted * 2;
	at.estate = random_chance(r, 0.08 + 0.42 * area->deprivation);
	double flats = 0.003 + 0.011 * random_uniform(r);
	flats += random_chance(r, 0.06) ? 0.25 : 0;
	bool converted = !at.estate && random_chance(r, 0.25);
	if (street % 40 == 3) /* a scheme for older people */
		block(&at, true);
	while (at.made < wanted) {
		if (random_chance(r, flats) && wanted - at.made > 6)
			block(&at, false);
		else if (converted && random_chance(r, 0.3))
			conversion(&at);
		else
			house(&at);
	}
}

/* Homes for all: 2.79 people a household (Census 2021 TS017 for such boroughs) and 2 per cent empty. */
void world_make_dwellings(struct world *w)
{
	struct borough *b = w->b;
	double wanted = b->plan.people * 0.965 / 2.72 * 1.03, made = 0;
	for (uint32_t i = 0; i < b->street_count; i++) {
		struct random r;
		random_start(&r, b->plan.seed, STREAM_PROPERTIES, i, 0);
		double share = (wanted - made) / (double)(b->street_count - i);
		double here = share * (0.45 + 1.1 * random_uniform(&r));
		size_t before = b->property_count;
		fill_street(w, i, here < 4 ? 4 : (unsigned)here, &r);
		for (size_t p = before; p < b->property_count; p++)
			made += b->properties[p].kind != PROPERTY_SHELL && b->properties[p].kind != PROPERTY_HMO_ROOM;
	}
}
