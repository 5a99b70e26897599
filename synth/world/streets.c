/* Streets with names that are as easy to confuse as real ones, and postcodes. */
#include "world_int.h"

#include <math.h>

static const char *const plain_words[] = {
	"Ash",       "Oak",        "Elm",         "Beech",       "Cedar",      "Chestnut",   "Hawthorn",
	"Holly",     "Laburnum",   "Laurel",      "Lime",        "Maple",      "Poplar",     "Rowan",
	"Sycamore",  "Willow",     "Acacia",      "Almond",      "Cherry",     "Hazel",      "Juniper",
	"Larch",     "Linden",     "Magnolia",    "Myrtle",      "Pine",       "Walnut",     "Yew",
	"Albert",    "Alexandra",  "Alfred",      "Arthur",      "Beatrice",   "Charlotte",  "Clarence",
	"Edward",    "Eleanor",    "Ernest",      "Ethel",       "Frederick",  "George",     "Gladstone",
	"Harold",    "Henry",      "Herbert",     "Lansdowne",   "Margaret",   "Mary",       "Maud",
	"Norman",    "Osborne",    "Oswald",      "Percy",       "Stanley",    "Victoria",   "Walter",
	"William",   "Wellington", "Nelson",      "Palmerston",  "Disraeli",   "Salisbury",  "Balfour",
	"Asquith",   "Attlee",     "Bevan",       "Lansbury",    "Abbey",      "Church",     "Chapel",
	"Priory",    "Vicarage",   "Rectory",     "Manor",       "Castle",     "Palace",     "Park",
	"Mill",      "Station",    "School",      "Bridge",      "Dock",       "Harbour",    "Quay",
	"Rope",      "Sail",       "Tide",        "Marsh",       "Meadow",     "Orchard",    "Garden",
	"Field",     "Farm",       "Barn",        "Grange",      "Green",      "Hill",       "Valley",
	"Brook",     "Spring",     "Well",        "Pond",        "Lake",       "River",      "Ferry",
	"Ford",      "Heath",      "Common",      "Forest",      "Wood",       "Grove",      "Warren",
	"Rabbit",    "Heron",      "Kingfisher",  "Swan",        "Mallard",    "Teal",       "Lapwing",
	"Plover",    "Curlew",     "Redshank",    "Bittern",     "Avocet",     "Sandpiper",  "Nightingale",
	"Robin",     "Goldfinch",  "Swallow",     "Swift",       "Kestrel",    "Falcon",     "Osprey",
	"Cambridge", "Oxford",     "Durham",      "York",        "Lancaster",  "Lincoln",    "Norwich",
	"Suffolk",   "Norfolk",    "Essex",       "Kent",        "Surrey",     "Sussex",     "Devon",
	"Cornwall",  "Dorset",     "Somerset",    "Winchester",  "Canterbury", "Rochester",  "Chester",
	"Hereford",  "Ripon",      "Wells",       "Ely",         "Exeter",     "Truro",      "Carlisle",
	"Richmond",  "Windsor",    "Sandringham", "Balmoral",    "Osborn",     "Blenheim",   "Waterloo",
	"Trafalgar", "Alma",       "Inkerman",    "Sebastopol",  "Mafeking",   "Ladysmith",  "Kimberley",
	"Pretoria",  "Tudor",      "Stuart",      "Hanover",     "Coronation", "Jubilee",    "Festival",
	"Queens",    "Kings",      "Princes",     "Dukes",       "Earls",      "Bishops",    "Monks",
	"Canons",    "Abbots",     "Friars",      "Halstead",    "Braintree",  "Coggeshall", "Thaxted",
	"Dunmow",    "Ongar",      "Epping",      "Maldon",      "Bocking",    "Stisted",    "Felsted",
	"Finching",  "Wethers",    "Hatfield",    "Rivenhall",   "Kelvedon",   "Feering",    "Tiptree",
	"Messing",   "Birch",      "Layer",       "Mersea",      "Fingring",   "Rowhedge",   "Wivenhoe",
	"Alresford", "Thorington", "Weeley",      "Ramsey",      "Wix",        "Bradfield",  "Mistley",
	"Lawford",   "Ardleigh",   "Boxted",      "Langham",     "Stratford",  "Dedham",     "Gordon",
	"Havelock",  "Napier",     "Clive",       "Raleigh",     "Drake",      "Frobisher",  "Hudson",
	"Cook",      "Franklin",   "Parry",       "Ross",        "Shackleton", "Scott",      "Faraday",
	"Newton",    "Darwin",     "Huxley",      "Kelvin",      "Stephenson", "Brunel",     "Telford",
	"Smeaton",   "Rennie",     "Keats",       "Byron",       "Shelley",    "Tennyson",   "Browning",
	"Milton",    "Dryden",     "Marlowe",     "Chaucer",     "Spenser",    "Bronte",     "Austen",
	"Dickens",   "Thackeray",  "Trollope",    "Hardy",       "Kipling",    "First",      "Second",
	"Third",     "Fourth",     "North",       "South",       "East",       "West",       "Upper",
	"Lower",     "Long",       "Broad",       "High",        "New",        "Old",        "Cross",
	"Hollow",    "Lodge",      "Cottage",     "Bluebell",    "Primrose",   "Lavender",   "Foxglove",
	"Clover",    "Bramble",    "Fern",        "Heather",     "Ivy",        "Rose",       "Violet",
	"Daisy",     "Lilac",      "Jasmine",     "Honeysuckle", "Wisteria",   "Mulberry",   "Quince",
	"Pear Tree", "Plum Tree",  "Apple Tree",  "Fig Tree",
};
static const char *const possessive_words[] = {
	"St Mary's",  "St John's",  "St George's", "St James's",  "St Peter's",  "St Paul's",   "St Andrew's",
	"St Anne's",  "St Thomas'", "St Alban's",  "All Saints",  "Queen's",     "King's",      "Prince's",
	"Bishop's",   "Abbot's",    "Monk's",      "Butcher's",   "Cooper's",    "Fletcher's",  "Gardener's",
	"Parson's",   "Miller's",   "Weaver's",    "Ropemaker's", "Sailmaker's", "Fisherman's", "Ploughman's",
	"Shepherd's", "Drover's",   "Gallows",     "Hunter's",    "O'Meara's",   "D'Arcy",
};
static const char *const suffixes[] = {"Road", "Street", "Avenue",   "Close", "Gardens", "Lane",    "Drive",
				       "Way",  "Grove",  "Crescent", "Place", "Court",   "Terrace", "Walk",
				       "Mews", "Square", "Rise",     "View",  "Green",   "Path"};
static const double suffix_weights[] = {30, 6, 14, 9, 7, 5, 6, 4, 4, 4, 3, 2.5, 2, 2, 2, 1.2, 1.2, 1, 0.8, 0.4};
/* Names that clerks mix up, each wherever there are streets enough. */
static const char *const confusable[] = {
	"Ash Grove",         "Ashgrove",          "Ashgrove Road",    "Ash Grove Road",    "Ash Road",
	"Ashe Road",         "St Marys Road",     "St Mary's Street", "St Mary Street",    "Saint Mary's Close",
	"Queens Road",       "Queen's Road",      "Queen Street",     "Queens Walk",       "Kings Road",
	"King's Road",       "King Street",       "Kingsroad Close",  "Park Road",         "Park Road North",
	"Park Road South",   "Parkroad Mews",     "Park Lane",        "Park Avenue",       "North Park Avenue",
	"Church Road",       "Church Street",     "Church Lane",      "Old Church Road",   "New Church Road",
	"Churchfield Road",  "Church Field",      "Green Lane",       "Green Lanes",       "Greenlane Close",
	"High Street",       "High Street North", "High Road",        "Osborne Road",      "Osborn Road",
	"Osbourne Close",    "Stuart Road",       "Stewart Road",     "Allan Close",       "Allen Close",
	"Clark Road",        "Clarke Road",       "Browning Road",    "Brownings Close",   "Woodlands",
	"Woodland Avenue",   "Wood Lane",         "Woodlane",         "The Avenue",        "The Green",
	"The Close",         "The Broadway",      "Broadway",         "Broad Way",         "Marsh Way",
	"Marshway",          "Hill Crest",        "Hillcrest",        "Hillcrest Road",    "Heath Park",
	"Heathpark Drive",   "Long Reach Road",   "Longreach Road",   "Sainsbury Gardens", "Saint Swithin's Street",
	"St Swithin's Lane", "Rosemary Close",    "Rose Mary Close",
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Trees, birds and what the land was: "Ashfield", "Heronmead"; not "Disraelihurst". */
static bool takes_ending(const char *word)
{
	static const char *const words[] = {"Ash",    "Oak",    "Elm",   "Beech", "Holly",  "Maple", "Hazel",  "Larch",
					    "Linden", "Birch",  "Heron", "Swan",  "Teal",   "Robin", "Marsh",  "Mill",
					    "Brook",  "Spring", "Heath", "Wood",  "Long",   "Broad", "Fern",   "Clover",
					    "North",  "West",   "East",  "Kings", "Queens", "Monks", "Abbots", "Rose"};
	for (size_t i = 0; i < COUNT(words); i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

static const char *street_name(struct world *w, uint32_t number, struct random *r)
{
	if (number % 23 < 3 && number / 23 * 3 + number % 23 < COUNT(confusable))
		return confusable[number / 23 * 3 + number % 23];
	const char *suffix = suffixes[random_weighted(r, suffix_weights, COUNT(suffixes))];
	if (random_chance(r, 0.06))
		return arena_format(&w->b->arena, "%s %s", possessive_words[random_below(r, COUNT(possessive_words))],
				    suffix)
			.at;
	const char *word = plain_words[random_below(r, COUNT(plain_words))];
	const char *ending = "";
	static const char *const endings[] = {"field", "wood", "ley", "bourne", "hurst", "mead", "combe"};
	if (takes_ending(word) && random_chance(r, 0.4))
		ending = endings[random_below(r, COUNT(endings))];
	return arena_format(&w->b->arena, "%s%s %s", word, ending, suffix).at;
}

/* A name already used in the ward is drawn again; in another ward it may stand twice, rarely,
 * as real boroughs have it. */
static const char *fresh_name(struct world *w, uint32_t number, struct text_map *used, struct random *r)
{
	for (int attempt = 0;; attempt++) {
		const char *name = street_name(w, attempt ? NOTHING : number, r);
		bool is_new;
		uint64_t *times = text_map_put(used, text_of(name), &is_new);
		if (is_new || attempt == 60 || (*times == 1 && random_chance(r, 0.02))) {
			(*times)++;
			return name;
		}
	}
}

/* About 45 dwellings a street. */
void world_make_streets(struct world *w)
{
	struct borough *b = w->b;
	uint32_t wanted = (uint32_t)(b->plan.people / 2.85 / 42) + BOROUGH_WARDS;
	struct text_map used;
	text_map_init(&used);
	for (uint32_t i = 0; i < wanted; i++) {
		struct random r;
		random_start(&r, b->plan.seed, STREAM_STREETS, i, 0);
		struct street *street = WORLD_ADD(w, streets, street);
		street->area = i % (uint32_t)b->area_count;
		street->ward = b->areas[street->area].ward;
		street->usrn = 20900000 + i * 7 + random_below(&r, 7);
		street->name = fresh_name(w, i, &used, &r);
		street->locality = random_chance(&r, 0.25) ? b->wards[street->ward].name : "";
		if (strchr(street->locality, '&'))
			street->locality = "";
		double across = 0.08 + 0.84 * random_uniform(&r), up = 0.08 + 0.84 * random_uniform(&r), e, n;
		ward_point(w, street->ward, across, up, &e, &n);
		/* Nearer to its small area than to the rest of the ward. */
		const struct area *area = &b->areas[street->area];
		street->easting = area->easting + (e - area->easting) * 0.35;
		street->northing = area->northing + (n - area->northing) * 0.35;
	}
	text_map_release(&used);
}

/* "EM7 3QT": the district is the ward, the rest counts up; C I K M O V are not used in the
 * last two letters. */
uint32_t postcode_new(struct world *w, uint32_t street, double easting, double northing)
{
	static const char letters[] = "ABDEFGHJLNPQRSTUWXYZ";
	struct borough *b = w->b;
	uint32_t at = (uint32_t)b->postcode_count;
	struct postcode *p = WORLD_ADD(w, postcodes, postcode);
	p->street = street;
	p->area = b->streets[street].area;
	p->ward = b->streets[street].ward;
	p->easting = easting;
	p->northing = northing;
	uint32_t unit = (w->ward_postcodes[p->ward]++ * 919u + p->ward * 531u) %
			4000u; /* spread over sectors; 919 and 4,000 share no factor */
	snprintf(p->code, sizeof p->code, "EM%u %u%c%c", p->ward + 1, unit / 400, letters[unit / 20 % 20],
		 letters[unit % 20]);
	return at;
}
