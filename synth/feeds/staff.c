/* Who works with whom: a few dozen invented members of staff for each service. */
#include "feeds_int.h"

#include <ctype.h>

static const char *const staff_given[] = {"Amara",  "Ben",    "Carys",  "Dawn",   "Esther", "Farah",
					  "Gareth", "Helen",  "Imran",  "Joanna", "Kwame",  "Lucy",
					  "Marcus", "Nadia",  "Olu",    "Priya",  "Rachel", "Samir",
					  "Tomasz", "Yvonne", "Zainab", "Colin",  "Denise", "Hassan"};
static const char *const staff_family[] = {"Abbott", "Banerjee", "Clarke",  "Dunne",   "Ekwueme", "Forsyth",
					   "Gill",   "Hussain",  "Ivanova", "Jarrett", "Kaplan",  "Lawson",
					   "Mensah", "Nolan",    "Okoro",   "Patel",   "Quayle",  "Rahman",
					   "Sawyer", "Thompson", "Usman",   "Vance",   "Whelan",  "Yeboah"};
static const char *const team_of[KEEPERS][4] = {
	[KEEPER_HOUSING] = {"Marshgate patch", "Riverside patch", "Northfield patch", "Docklands patch"},
	[KEEPER_CHILDREN] = {"Assessment team", "Care management team 1", "Care management team 2",
			     "Corporate parenting"},
	[KEEPER_EARLY_HELP] = {"Family hub north", "Family hub south", "Family hub east", "Targeted early help"},
	[KEEPER_ADULTS] = {"Intake and access", "Locality team east", "Locality team west", "Learning disability team"},
	[KEEPER_HOMELESSNESS] = {"Housing options", "Housing options", "Temporary accommodation", "Prevention"},
	[KEEPER_YOUTH] = {"Youth justice", "Youth justice", "Youth justice", "Out of court disposals"},
	[KEEPER_SAFETY] = {"Community safety", "Community safety", "Neighbourhood wardens", "Community safety"}};
static const unsigned staff_count[KEEPERS] = {
	[KEEPER_HOUSING] = 40,      [KEEPER_CHILDREN] = 120, [KEEPER_EARLY_HELP] = 45, [KEEPER_ADULTS] = 90,
	[KEEPER_HOMELESSNESS] = 25, [KEEPER_YOUTH] = 16,     [KEEPER_SAFETY] = 12};

/* GENERATION changes when the case is handed on: a number of years, or of the episode. */
void staff_of(const struct writer *w, enum keeper keeper, uint32_t subject, unsigned generation, struct worker *out)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_STAFF, subject, (uint64_t)keeper << 32 | generation);
	unsigned count = staff_count[keeper] ? staff_count[keeper] : 10;
	unsigned number = random_below(&r, count);
	uint64_t mixed = hash_mix((uint64_t)keeper * 1000 + number);
	const char *given = staff_given[mixed % 24], *family = staff_family[(mixed >> 16) % 24];
	snprintf(out->name, sizeof out->name, "%s %s", given, family);
	snprintf(out->number, sizeof out->number, "W%u%03u", (unsigned)keeper, number);
	snprintf(out->phone, sizeof out->phone, "020 7946 %04u", (unsigned)(mixed >> 32) % 1000);
	snprintf(out->email, sizeof out->email, "%s.%s@eastmarsh.example", given, family);
	for (char *p = out->email; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	const char *team = team_of[keeper][number % 4];
	snprintf(out->team, sizeof out->team, "%s", team ? team : "");
}
