/* Schools, homes, hostels, surgeries, offices: what has a name and a door of its own. */
#include "world_int.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof *(array)))

static const struct place_plan {
	enum place_kind kind;
	enum property_kind property;
	const char *class_code;
	double a_person;      /* one place for so many people; 0: one in the borough */
	unsigned least, room; /* how many at least; households it has room for */
} plans[] = {
	{PLACE_PRIMARY, PROPERTY_SCHOOL, "CE03", 4600, 2, 0},
	{PLACE_SECONDARY, PROPERTY_SCHOOL, "CE04", 16500, 1, 0},
	{PLACE_SPECIAL, PROPERTY_SCHOOL, "CE06", 75000, 1, 0},
	{PLACE_PUPIL_REFERRAL_UNIT, PROPERTY_SCHOOL, "CE06", 0, 1, 0},
	{PLACE_CARE_HOME, PROPERTY_CARE_HOME, "RI01", 11000, 1, 42},
	{PLACE_CHILDRENS_HOME, PROPERTY_CHILDRENS_HOME, "RI02", 45000, 1, 6},
	{PLACE_HOSTEL, PROPERTY_HOSTEL, "RI02", 9000, 1, 34},
	{PLACE_REFUGE, PROPERTY_REFUGE, "RI02", 110000, 1, 14},
	{PLACE_SURGERY, PROPERTY_OFFICE, "CM02", 6000, 1, 0},
	{PLACE_HOSPITAL, PROPERTY_HOSPITAL, "CM03", 0, 1, 0},
	{PLACE_COUNCIL_OFFICE, PROPERTY_OFFICE, "CO01", 0, 1, 0},
};

static const char *const saints[] = {"St Joseph's", "St Margaret's", "St Teresa's", "St Vincent's",
				     "All Saints",  "Holy Family",   "St Aidan's",  "Trinity"};
static const char *const homes[] = {"Cedar Lodge",  "The Willows", "Beech House", "Kestrel House",
				    "Harbour View", "Alderwood",   "Marsh View",  "Rosewood",
				    "Fernleigh",    "Oakdene",     "Meadowbank",  "Lakeside",
				    "Abbeyfield",   "Greenacres",  "Parkview",    "Elmhurst"};
static const char *const hostels[] = {"Anchor House",    "The Gateway",     "Brook House",           "Wharf Lodge",
				      "Pilgrim House",   "Foyer Eastmarsh", "Bridge House",          "Tidewater",
				      "Riverside Lodge", "Crossroads",      "Stepping Stones House", "Northgate",
				      "Haven Court",     "Lantern House"};

static const char *school_name(struct world *w, enum place_kind kind, uint32_t n, uint32_t street, struct random *r)
{
	const char *word = w->b->streets[street].name;
	int len = (int)strcspn(word, " ");
	const char *ward = w->b->wards[w->b->streets[street].ward].name;
	if (kind == PLACE_PRIMARY && n % 5 == 4)
		return arena_format(&w->b->arena, "%s Catholic Primary School", saints[n / 5 % COUNT(saints)]).at;
	if (kind == PLACE_PRIMARY)
		return arena_format(&w->b->arena, "%.*s %s", len > 3 ? len : (int)strlen(word), word,
				    random_chance(r, 0.3) ? "Infant and Junior School" : "Primary School")
			.at;
	if (kind == PLACE_SECONDARY)
		return arena_format(&w->b->arena, "%s %s", ward, n % 3 ? "Academy" : "School").at;
	return kind == PLACE_SPECIAL ? arena_format(&w->b->arena, "%s Park School", ward).at : "The Compass Centre";
}

static const char *place_name(struct world *w, enum place_kind kind, uint32_t n, uint32_t street, struct random *r)
{
	switch (kind) {
	case PLACE_CARE_HOME:
		return homes[n % COUNT(homes)];
	case PLACE_CHILDRENS_HOME:
		return arena_format(&w->b->arena, "%s Children's Home", homes[(n + 7) % COUNT(homes)]).at;
	case PLACE_HOSTEL:
		return hostels[n % COUNT(hostels)];
	case PLACE_REFUGE:
		return n ? "Juniper House" : "Hawthorn House"; /* its name gives nothing away */
	case PLACE_SURGERY:
		return arena_format(&w->b->arena, "%s Surgery", w->b->streets[street].name).at;
	case PLACE_HOSPITAL:
		return "Eastmarsh General Hospital";
	case PLACE_COUNCIL_OFFICE:
		return "Eastmarsh Town Hall";
	default:
		return school_name(w, kind, n, street, r);
	}
}

static void make_place(struct world *w, const struct place_plan *plan, uint32_t n, struct random *r)
{
	struct borough *b = w->b;
	uint32_t street = random_below(r, (uint32_t)b->street_count);
	double e = b->streets[street].easting + 40, north = b->streets[street].northing + 40;
	uint32_t at = (uint32_t)b->place_count;
	const char *name = place_name(w, plan->kind, n, street, r);
	struct new_property new = {.kind = plan->property,
				   .street = street,
				   .postcode = postcode_new(w, street, e, north),
				   .parent = NOTHING,
				   .easting = e,
				   .northing = north,
				   .room_for = plan->room,
				   .class_code = plan->class_code};
	uint32_t property = property_new(w, &new, r);
	b->properties[property].place = at;
	address_new(w, property, ADDRESS_APPROVED, "", name, 150 + random_below(r, 120));
	struct place *p = WORLD_ADD(w, places, place);
	p->name = name;
	p->property = property;
	p->kind = (uint8_t)plan->kind;
	p->capacity = plan->room;
	if (plan->property == PROPERTY_SCHOOL) {
		static const unsigned blocks[] = {2000, 4000, 7000, 1100}; /* as establishment numbers are given */
		p->number = (uint16_t)(blocks[plan->kind] + n);
		p->urn = 990000 + at;
	}
}

void world_make_places(struct world *w)
{
	for (uint32_t i = 0; i < COUNT(plans); i++) {
		uint32_t count = plans[i].a_person > 0 ? (uint32_t)(w->b->plan.people / plans[i].a_person) : 1;
		if (count < plans[i].least)
			count = plans[i].least;
		for (uint32_t n = 0; n < count; n++) {
			struct random r;
			random_start(&r, w->b->plan.seed, STREAM_PLACES, i, n);
			make_place(w, &plans[i], n, &r);
		}
	}
}
