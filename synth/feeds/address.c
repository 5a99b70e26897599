/* How people and systems write where: every form that a British address takes. */
#include "feeds_int.h"

#include <ctype.h>

#define DESK .wrong_postcode = 0.012, .tight_postcode = 0.08
const struct address_habits address_habits[KEEPERS] = {
	[KEEPER_HOUSING] = {DESK, .untidy = 0.25, .no_postcode = 0.01, .knows_uprn = 0.60},
	[KEEPER_COUNCIL_TAX] = {DESK, .untidy = 0.10, .no_postcode = 0.005, .knows_uprn = 0.95},
	[KEEPER_BENEFITS] = {DESK, .untidy = 0.20, .no_postcode = 0.01},
	[KEEPER_CHILDREN] = {DESK, .untidy = 0.25, .no_postcode = 0.03, .knows_uprn = 0.30},
	[KEEPER_EARLY_HELP] = {DESK, .untidy = 0.55, .no_postcode = 0.10, .postcode_in_one = true},
	[KEEPER_ADULTS] = {DESK, .untidy = 0.35, .no_postcode = 0.03},
	[KEEPER_SCHOOLS] = {DESK, .untidy = 0.25, .no_postcode = 0.02},
	[KEEPER_HOMELESSNESS] = {DESK, .untidy = 0.50, .no_postcode = 0.08},
	[KEEPER_YOUTH] = {DESK, .untidy = 0.40, .no_postcode = 0.05},
	[KEEPER_ELECTORS] = {DESK, .untidy = 0.08, .no_postcode = 0.002},
	[KEEPER_REGISTRARS] = {DESK, .untidy = 0.30, .no_postcode = 0.15, .postcode_in_one = true},
	[KEEPER_SAFETY] = {DESK, .untidy = 0.65, .no_postcode = 0.30, .postcode_in_one = true},
	[KEEPER_CONTACT] = {DESK, .untidy = 0.60, .no_postcode = 0.15, .postcode_in_one = true},
	[KEEPER_SHIELDING] = {DESK, .untidy = 0.30, .no_postcode = 0.01},
	[KEEPER_RESTRICTED] = {.knows_uprn = 1},
	[KEEPER_LICENSING] = {DESK, .untidy = 0.15, .no_postcode = 0.01, .knows_uprn = 0.85},
	[KEEPER_EARLY_YEARS] = {DESK, .untidy = 0.40, .no_postcode = 0.05},
	[KEEPER_HEALTH] = {DESK, .untidy = 0.25, .no_postcode = 0.01},
};

/* Share of moves that a system never hears of. */
static const double move_missed[KEEPERS] = {
	[KEEPER_CHILDREN] = 0.10, [KEEPER_EARLY_HELP] = 0.20, [KEEPER_ADULTS] = 0.12,
	[KEEPER_SCHOOLS] = 0.15,  [KEEPER_YOUTH] = 0.15,      [KEEPER_SAFETY] = 0.10,
	[KEEPER_CONTACT] = 0.05,  [KEEPER_SHIELDING] = 0.20,  [KEEPER_HOMELESSNESS] = 0.05};

uint32_t believed_property(struct writer *w, enum keeper keeper, uint32_t person, date day)
{
	struct random r;
	uint32_t now = borough_property_of(w->b, person, day);
	random_start(&r, w->b->plan.seed, STREAM_MOVE_NOTICED, person, (uint64_t)keeper << 32 | now);
	if (!random_chance(&r, move_missed[keeper]))
		return now;
	uint32_t before = NOTHING; /* where the person lived before this home */
	for (uint32_t i = w->b->persons[person].residence; i != NOTHING; i = w->b->residences[i].next) {
		const struct residence *home = &w->b->residences[i];
		if (home->from > day || home->property == now)
			break;
		before = home->property;
	}
	return before == NOTHING ? now : before;
}

static const struct {
	const char *whole, *shorter[3];
} street_words[] = {{"Road", {"Rd", "Rd.", "Roda"}},         {"Street", {"St", "St.", "Str"}},
		    {"Avenue", {"Ave", "Av", "Ave."}},       {"Close", {"Cl", "Clo", "Cl."}},
		    {"Gardens", {"Gdns", "Gdn", "Gardens"}}, {"Crescent", {"Cres", "Cresc", "Cr"}},
		    {"Drive", {"Dr", "Drv", "Drive"}},       {"Lane", {"Ln", "La", "Lane"}},
		    {"Court", {"Ct", "Crt", "Court"}},       {"Terrace", {"Terr", "Ter", "Tce"}},
		    {"Place", {"Pl", "Plc", "Place"}},       {"Square", {"Sq", "Sqr", "Sq."}},
		    {"Grove", {"Gr", "Gro", "Grv"}},         {"House", {"Hse", "Ho", "House"}},
		    {"Mansions", {"Mans", "Mansion", "Mns"}}};

static void replace_at(char *text, size_t size, char *at, size_t old, const char *new)
{
	size_t len = strlen(text), add = strlen(new);
	if (len - old + add + 1 > size)
		return;
	memmove(at + add, at + old, len - (size_t)(at - text) - old + 1);
	memcpy(at, new, add);
}

/* "Ash Grove" to "Ash Gr"; only the last word, as people do. */
static void shorten_street(char *text, size_t size, struct random *r)
{
	char *last = strrchr(text, ' ');
	if (!last)
		return;
	for (size_t i = 0; i < sizeof street_words / sizeof *street_words; i++) {
		if (strcmp(last + 1, street_words[i].whole) == 0) {
			replace_at(text, size, last + 1, strlen(last + 1),
				   street_words[i].shorter[random_weighted(r, (double[]){6, 3, 1}, 3)]);
			return;
		}
	}
}

static void untidy_street(char *text, size_t size, struct random *r)
{
	double u = random_uniform(r);
	char *saint = strncmp(text, "St ", 3) == 0 ? text : NULL, *mark = strchr(text, '\'');
	if (saint && u < 0.3)
		replace_at(text, size, saint, 2, "Saint");
	if (mark && random_chance(r, 0.6))
		memmove(mark, mark + 1, strlen(mark));
	if (u < 0.6)
		shorten_street(text, size, r);
	else if (u < 0.68)
		noise_typo(text, size, r);
	else if (u < 0.72 && strrchr(text, ' '))
		*strrchr(text, ' ') = '\0'; /* "12 Ash" */
}

static const char *const flat_words[] = {"Flat", "FLAT", "Fl", "Flt", "Apt", "Apartment", "Unit", "No", "F"};
static const struct {
	const char *from, *to[3];
} floors[] = {{"Basement Flat", {"Basement", "Lower Ground Floor Flat", "Bsmt Flat"}},
	      {"Ground Floor Flat", {"GFF", "Gnd Floor Flat", "Flat Ground Floor"}},
	      {"First Floor Flat", {"1st Floor Flat", "FFF", "Flat First Floor"}},
	      {"Second Floor Flat", {"2nd Floor Flat", "Flat 2nd Floor", "2nd Flr Flat"}},
	      {"Top Floor Flat", {"Top Flat", "TFF", "Top Flr Flat"}}};

/* "Flat 3" and its many faces; *MERGE is set when the number of the flat goes to the house:
 * "21A", "3/21". */
static void untidy_sub(struct written *a, struct random *r)
{
	for (size_t i = 0; i < sizeof floors / sizeof *floors; i++)
		if (strcmp(a->sub, floors[i].from) == 0) {
			snprintf(a->sub, sizeof a->sub, "%s", floors[i].to[random_below(r, 3)]);
			return;
		}
	if (strncmp(a->sub, "Room ", 5) == 0) {
		char number[32];
		snprintf(number, sizeof number, "%s", a->sub + 5);
		snprintf(a->sub, sizeof a->sub, "%s%s",
			 (const char *[]){"Rm ", "R", "Bedsit ", "Room "}[random_below(r, 4)], number);
		return;
	}
	if (strncmp(a->sub, "Flat ", 5) != 0)
		return;
	char number[16];
	snprintf(number, sizeof number, "%s", a->sub + 5);
	bool letter = isalpha((unsigned char)number[0]) && !number[1];
	double u = random_uniform(r);
	if (a->number[0] && !a->building[0] && letter && u < 0.5 && strlen(a->number) < 8) { /* 21A Ash Grove */
		size_t len = strlen(a->number);
		snprintf(a->number + len, sizeof a->number - len, "%s", number);
		a->sub[0] = '\0';
	} else if (a->number[0] && !a->building[0] && u < 0.25 && strlen(a->number) < 8) { /* 3/21 or 21/3 */
		char house[24];
		snprintf(house, sizeof house, "%s", a->number);
		snprintf(a->number, sizeof a->number, "%.7s/%.7s", u < 0.18 ? number : house,
			 u < 0.18 ? house : number);
		a->sub[0] = '\0';
	} else if (a->building[0] && u < 0.3) { /* 3 Kingfisher House */
		snprintf(a->sub, sizeof a->sub, "%s", number);
	} else {
		snprintf(a->sub, sizeof a->sub, "%s %s",
			 flat_words[random_weighted(r, (double[]){3, 2, 2, 2, 2, 2, 1, 1, 1}, 9)], number);
	}
}

static void untidy_town(struct written *a, struct random *r)
{
	double u = random_uniform(r);
	if (u < 0.35)
		a->town[0] = '\0';
	else if (u < 0.50)
		snprintf(a->town, sizeof a->town, "London");
	else if (u < 0.56)
		snprintf(a->town, sizeof a->town, "Eastmarsh, London");
	else if (u < 0.60)
		snprintf(a->town, sizeof a->town, "Essex");
	if (random_chance(r, 0.6))
		a->locality[0] = '\0';
}

static void write_postcode(struct writer *w, const struct address_habits *habits, const struct address *at,
			   struct written *out, struct random *r)
{
	static const char inward[] = "ABDEFGHJLNPQRSTUWXYZ";
	const struct borough *b = w->b;
	snprintf(out->postcode, sizeof out->postcode, "%s", b->postcodes[at->postcode].code);
	double u = random_uniform(r);
	size_t len = strlen(out->postcode);
	if (u < habits->no_postcode)
		out->postcode[0] = '\0';
	else if (u < habits->no_postcode + habits->wrong_postcode && len > 3) {
		if (random_chance(r, 0.5))
			out->postcode[len - 1] = inward[random_below(r, sizeof inward - 1)];
		else
			out->postcode[len - 3] = (char)('0' + random_below(r, 10));
	}
	char *gap = strchr(out->postcode, ' ');
	if (gap && random_chance(r, habits->tight_postcode))
		memmove(gap, gap + 1, strlen(gap));
}

/* The approved address mostly; sometimes another name that the gazetteer keeps. */
static const struct address *pick_address(const struct borough *b, const struct property *p, double untidy,
					  struct random *r)
{
	const struct address *at = &b->addresses[p->address];
	bool other = random_chance(r, untidy * 0.3);
	return other && at->next != NOTHING ? &b->addresses[at->next] : at;
}

static void parts_of(const struct borough *b, const struct address *at, struct written *out)
{
	snprintf(out->sub, sizeof out->sub, "%s", at->sao_text);
	snprintf(out->building, sizeof out->building, "%s", at->pao_text);
	out->number[0] = '\0';
	if (at->pao_from && at->pao_to)
		snprintf(out->number, sizeof out->number, "%u-%u", at->pao_from, at->pao_to);
	else if (at->pao_from && at->pao_suffix)
		snprintf(out->number, sizeof out->number, "%u%c", at->pao_from, at->pao_suffix);
	else if (at->pao_from)
		snprintf(out->number, sizeof out->number, "%u", at->pao_from);
	const struct street *street = &b->streets[at->street];
	snprintf(out->street, sizeof out->street, "%s", street->name);
	snprintf(out->locality, sizeof out->locality, "%s", street->locality ? street->locality : "");
	snprintf(out->town, sizeof out->town, "%s", borough_town);
}

static const char *const outside_streets[] = {"Mill Lane", "Station Road", "Church Street", "Park View", "High Street"};
static const char *const outside_towns[] = {"Northwick", "Ashcombe", "Weston Vale", "Harrowgate Cross", "Millbridge"};

/* A home outside: no such towns, and postcodes of an area that does not exist. */
static void write_outside(struct written *out, struct random *r)
{
	snprintf(out->number, sizeof out->number, "%u", 1 + random_below(r, 120));
	snprintf(out->street, sizeof out->street, "%s", outside_streets[random_below(r, 5)]);
	snprintf(out->town, sizeof out->town, "%s", outside_towns[random_below(r, 5)]);
	unsigned district = 1 + random_below(r, 20),
		 sector = random_below(r, 10); /* in this order: C leaves that of arguments open */
	snprintf(out->postcode, sizeof out->postcode, "NX%u %uAB", district, sector);
}

static void join(char *out, size_t size, const char *separator, const char *const *parts, size_t count)
{
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		if (!parts[i][0])
			continue;
		int n = snprintf(out + len, size - len, "%s%s", len ? separator : "", parts[i]);
		len = n < 0 || (size_t)n >= size - len ? size - 1 : len + (size_t)n;
		if (len + 1 >= size)
			break;
	}
}

static void assemble(struct written *a, const struct address_habits *habits, bool untidy, struct random *r)
{
	char house[160], sub_building[140];
	join(house, sizeof house, untidy && random_chance(r, 0.1) ? ", " : " ", (const char *[]){a->number, a->street},
	     2);
	join(sub_building, sizeof sub_building, untidy && random_chance(r, 0.5) ? " " : ", ",
	     (const char *[]){a->sub, a->building}, 2);
	bool together = untidy && random_chance(r, 0.3); /* all in the first line */
	char first[320];
	join(first, sizeof first, " ", (const char *[]){sub_building, house}, 2);
	const char *lines[WRITTEN_LINES] = {together ? first : sub_building, together ? "" : house, a->locality,
					    a->town, ""};
	size_t at = 0;
	memset(a->lines, 0, sizeof a->lines);
	for (size_t i = 0; i < WRITTEN_LINES; i++)
		if (lines[i][0])
			snprintf(a->lines[at++], sizeof a->lines[0], "%.127s", lines[i]);
	const char *gap = untidy && random_chance(r, 0.35) ? " " : ", ";
	join(a->one, sizeof a->one, gap,
	     (const char *[]){sub_building, house, a->locality, a->town, habits->postcode_in_one ? a->postcode : ""},
	     5);
}

void written_as_approved(struct written *out, const struct borough *b, uint32_t property)
{
	const struct property *p = &b->properties[property];
	const struct address *at = &b->addresses[p->address];
	memset(out, 0, sizeof *out);
	out->uprn = p->uprn;
	parts_of(b, at, out);
	snprintf(out->postcode, sizeof out->postcode, "%s", b->postcodes[at->postcode].code);
}

void written_outside(struct written *out, struct random *r)
{
	memset(out, 0, sizeof *out);
	write_outside(out, r);
	written_in_one(out);
}

void written_in_one(struct written *a)
{
	static const struct address_habits plain = {0};
	struct random unused;
	random_start(&unused, 0, 0, 0, 0);
	assemble(a, &plain, false, &unused);
}

void write_address(struct writer *w, enum keeper keeper, uint32_t property, uint64_t subject, struct written *out)
{
	const struct address_habits *habits = &address_habits[keeper];
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_ADDRESS_FORM, subject, (uint64_t)keeper << 32 | property);
	memset(out, 0, sizeof *out);
	bool untidy = random_chance(&r, habits->untidy);
	if (property == NOTHING) {
		write_outside(out, &r);
		assemble(out, habits, untidy, &r);
		return;
	}
	const struct property *p = &w->b->properties[property];
	const struct address *at = pick_address(w->b, p, untidy ? 1 : 0.02, &r);
	out->uprn = p->uprn;
	parts_of(w->b, at, out);
	write_postcode(w, habits, at, out, &r);
	if (untidy) {
		if (random_chance(&r, 0.7))
			untidy_sub(out, &r);
		untidy_street(out->street, sizeof out->street, &r);
		if (out->building[0] && random_chance(&r, 0.2))
			shorten_street(out->building, sizeof out->building, &r);
		if (out->building[0] && out->number[0] &&
		    random_chance(&r, 0.25)) /* the name says enough, or the number */
			(random_chance(&r, 0.5) ? out->number : out->building)[0] = '\0';
		untidy_town(out, &r);
	}
	if (untidy) { /* from a stream of its own, so that the rest stays as it is */
		struct random more;
		random_start(&more, w->b->plan.seed, STREAM_ADDRESS_MORE, subject, (uint64_t)keeper << 32 | property);
		if (random_chance(&more, 0.3))
			form_untidy(out, &more);
	}
	if (random_chance(&r, habits->knows_uprn))
		snprintf(out->uprn_field, sizeof out->uprn_field, "%llu", (unsigned long long)p->uprn);
	assemble(out, habits, untidy, &r);
}
