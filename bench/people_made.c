#include "people_made.h"

#include "base/date.h"
#include "base/map.h"
#include "base/memory.h"
#include "maths/random.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- names, the commonest first -------------------------------------------------------------------- */

enum { TRADITIONS = 5, LISTED = 40 };
static const double tradition_shares[TRADITIONS] = {0.70, 0.14, 0.05, 0.07, 0.04};
static const char *const givens[TRADITIONS][2][LISTED] = {
	{{"David",   "John",    "Michael", "James",  "Robert",  "William", "Paul",   "Andrew",  "Peter",  "Thomas",
	  "Stephen", "Richard", "Mark",    "Daniel", "Matthew", "George",  "Joshua", "Anthony", "Edward", "Samuel",
	  "Joseph",  "Jack",    "Oliver",  "Harry",  "Charles", "Simon",   "Kevin",  "Luke",    "Adam",   "Benjamin",
	  "Ryan",    "Liam",    "Gary",    "Ian",    "Alan",    "Philip",  "Keith",  "Nathan",  "Alex",   "Jacob"},
	 {"Sarah",     "Susan",   "Margaret", "Emma",   "Elizabeth", "Mary",    "Karen",     "Julie",
	  "Laura",     "Rebecca", "Jessica",  "Helen",  "Patricia",  "Emily",   "Charlotte", "Sophie",
	  "Amy",       "Hannah",  "Rachel",   "Lucy",   "Samantha",  "Chloe",   "Jane",      "Linda",
	  "Christine", "Jean",    "Victoria", "Megan",  "Katherine", "Olivia",  "Alice",     "Barbara",
	  "Joan",      "Ruth",    "Zoe",      "Nicola", "Michelle",  "Natalie", "Ella",      "Grace"}},
	{{"Mohammed", "Ali",   "Imran", "Ahmed", "Raj",    "Amit",     "Hassan",  "Usman", "Sanjay", "Vijay",
	  "Bilal",    "Arjun", "Tariq", "Rahul", "Kamran", "Harpreet", "Gurdeep", "Yusuf", "Omar",   "Abdul"},
	 {"Fatima",   "Aisha",    "Priya", "Anjali",   "Sana",    "Zainab", "Maryam", "Nadia", "Kiran",  "Sunita",
	  "Harpreet", "Jaspreet", "Meera", "Rukhsana", "Shabana", "Pooja",  "Deepa",  "Saima", "Ayesha", "Noor"}},
	{{"Emmanuel", "Kwame", "Chidi", "Samuel", "Olu", "Kofi", "Tunde", "Emeka", "Daniel", "Ibrahim", "Segun",
	  "Kwabena", "Yaw", "Femi", "Uche"},
	 {"Grace", "Abena", "Ngozi", "Blessing", "Adaeze", "Ama", "Folake", "Chioma", "Funmilayo", "Esi", "Yetunde",
	  "Efua", "Ifeoma", "Patience", "Amara"}},
	{{"Piotr", "Andrzej", "Jan", "Tomasz", "Krzysztof", "Ion", "Andrei", "Vasile", "Marek", "Pawel", "Mihai",
	  "Jakub", "Adrian", "Michal", "Kamil"},
	 {"Anna", "Katarzyna", "Agnieszka", "Maria", "Elena", "Ioana", "Magdalena", "Joanna", "Monika", "Ewa",
	  "Andreea", "Zofia", "Alina", "Karolina", "Natalia"}},
	{{"Wei", "Jun", "Ming", "Hao", "Jose", "Carlos", "Luis", "Joao", "Miguel", "Antonio"},
	 {"Mei", "Li", "Xiu", "Yan", "Ana", "Carmen", "Lucia", "Beatriz", "Ines", "Rosa"}},
};
static const char *const families[TRADITIONS][LISTED] = {
	{"Smith",   "Jones",   "Williams", "Taylor",   "Brown",    "Davies",   "Evans",  "Wilson",
	 "Thomas",  "Johnson", "Roberts",  "Robinson", "Thompson", "Wright",   "Walker", "White",
	 "Edwards", "Hughes",  "Green",    "Hall",     "Lewis",    "Harris",   "Clarke", "Patterson",
	 "Jackson", "Wood",    "Turner",   "Martin",   "Cooper",   "Hill",     "Ward",   "Morris",
	 "Moore",   "Clark",   "Lee",      "King",     "Baker",    "Harrison", "Morgan", "Allen"},
	{"Khan",   "Patel",   "Singh", "Ahmed", "Ali",       "Hussain", "Begum", "Kaur",    "Shah", "Akhtar",
	 "Sharma", "Mahmood", "Malik", "Iqbal", "Chowdhury", "Mistry",  "Gill",  "Dhillon", "Miah", "Uddin"},
	{"Mensah", "Okafor", "Adeyemi", "Owusu", "Boateng", "Okonkwo", "Asante", "Balogun", "Eze", "Osei", "Nwosu",
	 "Abubakar", "Appiah", "Oyelaran", "Diallo"},
	{"Kowalski", "Nowak", "Popescu", "Wisniewski", "Wojcik", "Ionescu", "Kaminski", "Lewandowski", "Zielinski",
	 "Popa", "Mazur", "Dumitru", "Novak", "Horvath", "Petrov"},
	{"Wang", "Chen", "Garcia", "Silva", "Santos", "Li", "Zhang", "Fernandez", "Pereira", "Lopez"},
};
static const char *const nicknames[][2] = {
	{"David", "Dave"},    {"Michael", "Mike"},      {"James", "Jim"},       {"Robert", "Bob"},
	{"William", "Bill"},  {"Andrew", "Andy"},       {"Thomas", "Tom"},      {"Stephen", "Steve"},
	{"Richard", "Rick"},  {"Daniel", "Dan"},        {"Matthew", "Matt"},    {"Anthony", "Tony"},
	{"Edward", "Ted"},    {"Samuel", "Sam"},        {"Joseph", "Joe"},      {"Charles", "Charlie"},
	{"Benjamin", "Ben"},  {"Margaret", "Maggie"},   {"Elizabeth", "Liz"},   {"Patricia", "Pat"},
	{"Rebecca", "Becky"}, {"Katherine", "Kate"},    {"Susan", "Sue"},       {"Victoria", "Vicky"},
	{"Samantha", "Sam"},  {"Mohammed", "Muhammad"}, {"Christine", "Chris"},
};
static const char *const syllables[] = {"ash",   "ford", "wick", "ham",  "ley", "ton", "win",  "hol",
					"bur",   "den",  "mar",  "sto",  "kes", "ran", "pel",  "tre",
					"vor",   "gil",  "sham", "brad", "hur", "ney", "lock", "well",
					"thorn", "mer",  "cal",  "dro",  "fen", "gos", "hart", "pen"};
static const char *const streets[] = {"High Street",       "Station Road", "Church Lane", "Victoria Road",
				      "Park Avenue",       "Mill Lane",    "London Road", "Green Lane",
				      "Queens Road",       "The Crescent", "Manor Drive", "Albert Street",
				      "Springfield Close", "Elm Grove",    "Kings Road",  "Chapel Street",
				      "North Street",      "The Avenue",   "Grange Road", "Orchard Way"};
static const char *const areas[] = {"LS", "BD", "HX", "WF", "HD", "YO", "S",  "M",  "OL", "BL",
				    "SK", "WA", "L",  "PR", "LA", "CA", "NE", "DH", "TS", "DL"};

/* The long tail, which a list cannot hold. */
static void made_family(char out[32], uint32_t number)
{
	uint64_t bits = hash_mix(number + 77);
	int len = 0;
	for (unsigned n = 2 + number % 2; n > 0; n--, bits >>= 5)
		len += snprintf(out + len, 32 - (size_t)len, "%s", syllables[bits % 32]);
	out[0] = (char)toupper((unsigned char)out[0]);
}

static size_t listed(const char *const list[LISTED])
{
	size_t count = 0;
	while (count < LISTED && list[count])
		count++;
	return count;
}

/* ---- a person --------------------------------------------------------------------------------------------- */

enum { STREAM_PERSON = 1, STREAM_HOUSEHOLD, STREAM_HOME, STREAM_RECORD, STREAM_ORDER, STREAM_COUNT };
struct person {
	char given[32], family[32], born_family[32];
	unsigned tradition, sex;
	date birth;
	uint32_t household, homes[3], phone, household_phone;
	char email[96];
};
struct record {
	char given[40], family[48], birth[DATE_TEXT_SIZE], address[64], postcode[12], phone[16], email[96];
	const char *sex;
};

static void draw_family(char out[32], unsigned tradition, struct random *r)
{
	if (random_chance(r, tradition == 0 ? 0.45 : 0.85))
		snprintf(out, 32, "%s",
			 families[tradition][random_zipf(r, (uint32_t)listed(families[tradition]), 0.7) - 1]);
	else
		made_family(out, random_zipf(r, 60000, 0.6));
}

static void draw_person(struct person *p, uint64_t seed, uint32_t number)
{
	struct random r, h;
	p->household = number * 2 / 5;
	random_start(&r, seed, STREAM_PERSON, number, 0);
	random_start(&h, seed, STREAM_HOUSEHOLD, p->household, 0);
	p->tradition = random_weighted(&h, tradition_shares, TRADITIONS);
	draw_family(p->family, p->tradition, &h);
	p->household_phone = (uint32_t)(random_bits(&h) % 100000000);
	p->sex = random_below(&r, 2);
	const char *const *names = givens[p->tradition][p->sex];
	if (random_chance(&r, 0.08)) {
		made_family(p->given, 100000 + random_zipf(&r, 3000, 0.9));
	} else {
		snprintf(p->given, sizeof p->given, "%s", names[random_zipf(&r, (uint32_t)listed(names), 0.6) - 1]);
	}
	if (random_chance(&r, 0.2))
		draw_family(p->family, p->tradition, &r);
	snprintf(p->born_family, sizeof p->born_family, "%s", p->family);
	if (p->sex == 1 && random_chance(&r, 0.1))
		draw_family(p->born_family, p->tradition, &r);
	p->birth = date_of(1930, 1, 1) + (date)random_below(&r, 365 * 90);
	p->homes[0] = p->household;
	for (int i = 1; i < 3; i++)
		p->homes[i] = (uint32_t)(random_bits(&r) % (p->household + 1000));
	p->phone = (uint32_t)(random_bits(&r) % 100000000);
	snprintf(p->email, sizeof p->email, "%s.%s%u@example.%s", p->given, p->family, random_below(&r, 1000),
		 random_chance(&r, 0.5) ? "com" : "org");
}

/* ---- a record of it ------------------------------------------------------------------------------------------ */

static void slip(char *value, struct random *r)
{
	size_t len = strlen(value);
	if (len < 3)
		return;
	size_t at = 1 + random_below(r, (uint32_t)len - 2);
	char c = value[at];
	switch (random_below(r, 4)) {
	case 0:
		value[at] = value[at + 1];
		value[at + 1] = c;
		break;
	case 1:
		memmove(value + at, value + at + 1, len - at);
		break;
	case 2:
		value[at] = (char)('a' + random_below(r, 26));
		break;
	default:
		memmove(value + at + 1, value + at, len - at + 1);
	}
}

static void write_given(struct record *out, const struct person *p, struct random *r)
{
	snprintf(out->given, 32, "%s", p->given);
	if (random_chance(r, 0.08)) {
		for (size_t i = 0; i < sizeof nicknames / sizeof *nicknames; i++) {
			if (strcmp(nicknames[i][0], p->given) == 0)
				snprintf(out->given, 32, "%s", nicknames[i][1]);
		}
	}
	if (random_chance(r, 0.04))
		slip(out->given, r);
	if (random_chance(r, 0.02))
		out->given[1] = '\0';
	if (random_chance(r, 0.01))
		out->given[0] = '\0';
}

static void write_family(struct record *out, const struct person *p, struct random *r)
{
	snprintf(out->family, 32, "%s", random_chance(r, 0.25) ? p->born_family : p->family);
	if (random_chance(r, 0.04))
		slip(out->family, r);
	if (random_chance(r, 0.01)) {
		snprintf(out->given, 32, "%s", p->family);
		snprintf(out->family, 32, "%s", p->given);
	}
}

static void write_birth(struct record *out, const struct person *p, struct random *r)
{
	struct ymd d = date_ymd(p->birth);
	date birth = p->birth;
	if (random_chance(r, 0.01) && d.day <= 12)
		birth = date_of(d.year, d.day, d.month);
	if (random_chance(r, 0.01))
		birth = date_of(d.year, 1, 1);
	if (random_chance(r, 0.01))
		birth = p->birth + (random_chance(r, 0.5) ? 1 : 10);
	date_format_iso(birth, out->birth);
	if (random_chance(r, 0.03))
		out->birth[0] = '\0';
}

static void write_home(struct record *out, const struct person *p, uint64_t seed, struct random *r)
{
	struct random h;
	uint32_t home = random_chance(r, 0.75) ? p->homes[0] : p->homes[1 + random_below(r, 2)];
	random_start(&h, seed, STREAM_HOME, home, 0);
	uint32_t code = home / 12; /* a dozen homes a postcode */
	snprintf(out->address, 48, "%u %s", 1 + random_below(&h, 180),
		 streets[hash_mix(code) % (sizeof streets / sizeof *streets)]);
	snprintf(out->postcode, sizeof out->postcode, "%s%u %u%c%c", areas[code / 72000 % 20], 1 + code / 4000 % 18,
		 code / 400 % 10, "ABDEFGHJLNPQRSTUWXYZ"[code / 20 % 20], "ABDEFGHJLNPQRSTUWXYZ"[code % 20]);
	if (random_chance(r, 0.05))
		slip(out->address, r);
	if (random_chance(r, 0.03))
		out->postcode[0] = '\0';
}

static void write_contact(struct record *out, const struct person *p, struct random *r)
{
	out->phone[0] = out->email[0] = '\0';
	if (random_chance(r, 0.65))
		snprintf(out->phone, sizeof out->phone, "07%09u",
			 (unsigned)(random_chance(r, 0.2) ? p->household_phone : p->phone) % 1000000000);
	if (random_chance(r, 0.55)) {
		snprintf(out->email, sizeof out->email, "%s", p->email);
		if (random_chance(r, 0.03))
			slip(out->email, r);
	}
}

static void draw_record(struct record *out, uint64_t seed, uint32_t number, uint32_t n)
{
	struct person p;
	struct random r;
	draw_person(&p, seed, number);
	random_start(&r, seed, STREAM_RECORD, number, n);
	write_given(out, &p, &r);
	write_family(out, &p, &r);
	write_birth(out, &p, &r);
	write_home(out, &p, seed, &r);
	write_contact(out, &p, &r);
	out->sex = random_chance(&r, 0.03) ? "" : (p.sex == 1) != random_chance(&r, 0.003) ? "F" : "M";
}

/* ---- the files --------------------------------------------------------------------------------------------------- */

/* Which person each record is of, in random order: the person, and which record of theirs. */
static uint64_t *draw_order(size_t records, uint64_t seed)
{
	uint64_t *all = memory_alloc(records + 1, sizeof *all);
	struct random r;
	size_t count = 0;
	for (uint32_t person = 0; count < records; person++) {
		random_start(&r, seed, STREAM_COUNT, person, 0);
		uint32_t own = 1 + random_poisson(&r, 1.5);
		for (uint32_t n = 0; n < own && count < records; n++)
			all[count++] = (uint64_t)person << 8 | n;
	}
	random_start(&r, seed, STREAM_ORDER, 0, 0);
	for (size_t i = records; i > 1; i--) {
		size_t j = random_below(&r, (uint32_t)i);
		uint64_t t = all[i - 1];
		all[i - 1] = all[j];
		all[j] = t;
	}
	return all;
}

bool people_made_write(const char *path, const char *truth_path, size_t records, uint64_t seed)
{
	FILE *file = fopen(path, "w"), *truth = fopen(truth_path, "w");
	if (!file || !truth) {
		if (file)
			fclose(file);
		if (truth)
			fclose(truth);
		return false;
	}
	uint64_t *order = draw_order(records, seed);
	fputs("unique_id,first_name,surname,dob,sex,address,postcode,phone,email\n", file);
	fputs("unique_id,entity\n", truth);
	for (size_t i = 0; i < records; i++) {
		struct record r;
		uint32_t person = (uint32_t)(order[i] >> 8);
		draw_record(&r, seed, person, (uint32_t)(order[i] & 255));
		fprintf(file, "R%09zu,%s,%s,%s,%s,%s,%s,%s,%s\n", i, r.given, r.family, r.birth, r.sex, r.address,
			r.postcode, r.phone, r.email);
		fprintf(truth, "R%09zu,%u\n", i, person + 1);
	}
	free(order);
	bool good = !ferror(file) && !ferror(truth);
	good &= fclose(file) == 0;
	good &= fclose(truth) == 0;
	return good;
}
