/* The forms that one address takes, by name: for addresses that are written untidily, and for truth/addresses.csv,
 * which has every property in one of them. Each changes the parts of an address, or says that it has no such form. */
#include "feeds_int.h"

#include "base/file.h"

#include <ctype.h>

typedef bool form_make(struct written *a, struct random *r);

/* The number of "Flat 3"; 0 when the flat is called otherwise. */
static unsigned flat_number(const struct written *a)
{
	uint64_t n;
	bool flat = strncmp(a->sub, "Flat ", 5) == 0 && text_parse_uint64(text_of(a->sub + 5), &n);
	return flat && n < 1000 ? (unsigned)n : 0;
}

static bool is_plain_house(const struct written *a)
{
	return a->number[0] && isdigit((unsigned char)a->number[strlen(a->number) - 1]) && !strchr(a->number, '-') &&
	       !strchr(a->number, '/');
}

static bool put_front(struct written *a, const char *words)
{
	char all[sizeof a->sub];
	if (strlen(words) + strlen(a->sub) + 3 > sizeof all)
		return false;
	snprintf(all, sizeof all, "%s%s%s", words, a->sub[0] ? ", " : "", a->sub);
	memcpy(a->sub, all, sizeof all);
	return true;
}

static bool as_zeros(struct written *a, struct random *r)
{
	unsigned flat = flat_number(a);
	(void)r;
	if (!flat || flat > 9)
		return false;
	snprintf(a->sub, sizeof a->sub, "Flat 0%u", flat);
	return true;
}

static bool as_kind(struct written *a, struct random *r)
{
	static const char *const kinds[] = {"Studio", "Maisonette", "Suite", "Apt.", "Flt", "Appt"};
	unsigned flat = flat_number(a);
	snprintf(a->sub, flat ? sizeof a->sub : 0, "%s %u", kinds[random_below(r, 6)], flat);
	return flat != 0;
}

static bool as_run_together(struct written *a, struct random *r)
{
	unsigned flat = flat_number(a);
	snprintf(a->sub, flat ? sizeof a->sub : 0, "%s%u", random_chance(r, 0.5) ? "Flat" : "Apt", flat);
	return flat != 0;
}

static bool as_figure(struct written *a, struct random *r)
{
	static const char *const figures[] = {"One", "Two", "Three", "Four", "Five", "Six"};
	unsigned flat = flat_number(a);
	(void)r;
	if (!flat || flat > 6)
		return false;
	snprintf(a->sub, sizeof a->sub, "Flat %s", figures[flat - 1]);
	return true;
}

/* "Flat B" for Flat 2, as tenants do. */
static bool as_letter(struct written *a, struct random *r)
{
	unsigned flat = flat_number(a);
	(void)r;
	if (!flat || flat > 6 || a->building[0] || !a->number[0])
		return false;
	snprintf(a->sub, sizeof a->sub, "Flat %c", 'A' + (int)flat - 1);
	return true;
}

/* "Flat 21, 3 Ash Grove" */
static bool as_swapped(struct written *a, struct random *r)
{
	unsigned flat = flat_number(a);
	(void)r;
	if (!flat || a->building[0] || !is_plain_house(a))
		return false;
	snprintf(a->sub, sizeof a->sub, "Flat %.15s", a->number);
	snprintf(a->number, sizeof a->number, "%u", flat);
	return true;
}

/* "21 Ash Grove, Flat 3", "21 Ash Grove (Flat 3)" */
static bool as_behind(struct written *a, struct random *r)
{
	char all[sizeof a->street];
	if (!a->sub[0] || a->building[0] || strlen(a->street) + strlen(a->sub) + 4 > sizeof all)
		return false;
	snprintf(all, sizeof all, random_chance(r, 0.5) ? "%s, %s" : "%s (%s)", a->street, a->sub);
	memcpy(a->street, all, sizeof all);
	a->sub[0] = '\0';
	return true;
}

static bool as_block(struct written *a, struct random *r)
{
	(void)r;
	if (!a->building[0] || !a->sub[0])
		return false;
	a->number[0] = a->street[0] = '\0';
	return true;
}

/* One end of "21-23". */
static bool as_end(struct written *a, struct random *r)
{
	char *dash = strchr(a->number, '-');
	if (!dash)
		return false;
	if (random_chance(r, 0.5))
		*dash = '\0';
	else
		memmove(a->number, dash + 1, strlen(dash));
	return true;
}

/* "21 A Ash Grove" */
static bool as_suffix_apart(struct written *a, struct random *r)
{
	size_t len = strlen(a->number);
	(void)r;
	if (len < 2 || !isalpha((unsigned char)a->number[len - 1]) || len + 2 > sizeof a->number)
		return false;
	a->number[len + 1] = '\0';
	a->number[len] = a->number[len - 1];
	a->number[len - 1] = ' ';
	return true;
}

static bool as_numbered(struct written *a, struct random *r)
{
	char all[sizeof a->number];
	if (!is_plain_house(a) || a->sub[0])
		return false;
	snprintf(all, sizeof all, "%s%.15s", random_chance(r, 0.5) ? "No. " : "No", a->number);
	memcpy(a->number, all, sizeof all);
	return true;
}

/* "Ashgrove" for Ash Grove. */
static bool as_one_word(struct written *a, struct random *r)
{
	char *gap = strchr(a->street, ' ');
	(void)r;
	if (!gap || strchr(gap + 1, ' '))
		return false;
	gap[1] = (char)tolower((unsigned char)gap[1]);
	memmove(gap, gap + 1, strlen(gap));
	return true;
}

static bool as_business(struct written *a, struct random *r)
{
	static const char *const names[] = {"Sunrise Nails", "The Corner Cafe", "Mo's Barbers", "Bright Smiles Dental"};
	return !a->building[0] && !a->sub[0] && a->number[0] && put_front(a, names[random_below(r, 4)]);
}

static bool as_care_of(struct written *a, struct random *r)
{
	static const char *const names[] = {"c/o Mrs Adeyemi", "C/O J Cooper", "care of Begum"};
	return put_front(a, names[random_below(r, 3)]);
}

static bool as_county(struct written *a, struct random *r)
{
	static const char *const ends[] = {"Eastmarsh, Essex", "Eastmarsh, London, UK", "London, England",
					   "Eastmarsh, Greater London"};
	snprintf(a->town, sizeof a->town, "%s", ends[random_below(r, 4)]);
	return true;
}

static bool as_town_twice(struct written *a, struct random *r)
{
	(void)r;
	snprintf(a->town, sizeof a->town, "%s, %s", borough_town, borough_town);
	return true;
}

static bool as_town_slip(struct written *a, struct random *r)
{
	snprintf(a->town, sizeof a->town, "%s", borough_town);
	noise_typo(a->town, sizeof a->town, r);
	return true;
}

static bool as_street_slip(struct written *a, struct random *r)
{
	if (strlen(a->street) < 8)
		return false;
	noise_typo(a->street, sizeof a->street, r);
	return true;
}

/* A letter O for a nought and the like, in the part that must be a figure. */
static bool as_postcode_letter(struct written *a, struct random *r)
{
	size_t len = strlen(a->postcode);
	char *inward = len > 3 ? a->postcode + len - 3 : NULL;
	if (!inward || (*inward != '0' && *inward != '1'))
		return false;
	*inward = *inward == '0' ? 'O' : random_chance(r, 0.5) ? 'I' : 'l';
	return true;
}

static bool as_sector(struct written *a, struct random *r)
{
	char *gap = strchr(a->postcode, ' ');
	if (!gap)
		return false;
	gap[random_chance(r, 0.6) ? 2 : 0] = '\0';
	return true;
}

static bool as_no_postcode(struct written *a, struct random *r)
{
	(void)r;
	a->postcode[0] = '\0';
	return true;
}

static bool as_wrong_postcode(struct written *a, struct random *r)
{
	static const char letters[] = "ABDEFGHJLNPQRSTUWXYZ";
	size_t len = strlen(a->postcode);
	if (len < 6)
		return false;
	a->postcode[len - 1 - random_below(r, 2)] = letters[random_below(r, sizeof letters - 1)];
	return true;
}

static bool as_capitals(struct written *a, struct random *r)
{
	char *parts[] = {a->sub, a->building, a->street, a->locality, a->town};
	(void)r;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		for (char *c = parts[i]; *c; c++)
			*c = (char)toupper((unsigned char)*c);
	return true;
}

static bool as_it_is(struct written *a, struct random *r)
{
	(void)a, (void)r;
	return true;
}

/* ORDINARY: also for addresses that are written untidily; the others take away what no source does often. */
static const struct {
	const char *name;
	form_make *make;
	bool ordinary;
} forms[] = {{"as_it_is", as_it_is, false},
	     {"capitals", as_capitals, true},
	     {"zeros", as_zeros, true},
	     {"kind", as_kind, true},
	     {"run_together", as_run_together, true},
	     {"figure", as_figure, true},
	     {"letter", as_letter, false},
	     {"swapped", as_swapped, false},
	     {"behind", as_behind, true},
	     {"block", as_block, false},
	     {"end", as_end, true},
	     {"suffix_apart", as_suffix_apart, true},
	     {"numbered", as_numbered, true},
	     {"one_word", as_one_word, true},
	     {"business", as_business, true},
	     {"care_of", as_care_of, true},
	     {"county", as_county, true},
	     {"town_twice", as_town_twice, true},
	     {"town_slip", as_town_slip, true},
	     {"street_slip", as_street_slip, false},
	     {"postcode_letter", as_postcode_letter, true},
	     {"sector", as_sector, true},
	     {"no_postcode", as_no_postcode, false},
	     {"wrong_postcode", as_wrong_postcode, false}};
enum { FORMS = sizeof forms / sizeof *forms };

void form_untidy(struct written *a, struct random *r)
{
	for (int tries = 0; tries < 4; tries++) {
		uint32_t f = random_below(r, FORMS);
		if (forms[f].ordinary && forms[f].make(a, r))
			return;
	}
}

const char *form_any(struct written *a, struct random *r)
{
	for (int tries = 0; tries < 12; tries++) {
		uint32_t f = random_below(r, FORMS);
		if (forms[f].make(a, r))
			return forms[f].name;
	}
	return forms[0].name;
}

/* ---- truth/addresses.csv ---------------------------------------------------------------------------------- */

static void put_address(struct buf *out, uint64_t id, const char *form, const struct written *a)
{
	buf_append_int(out, (int64_t)id);
	buf_format(out, ",%s,", form);
	buf_append_csv(out, text_of(a->one));
	buf_append_char(out, ',');
	buf_append_text(out, text_of(a->postcode));
	buf_append_char(out, ',');
	if (a->uprn)
		buf_append_int(out, (int64_t)a->uprn);
	buf_append_char(out, '\n');
}

/* Every property that stands in the first gazetteer, in one form; and one address outside for every ten. */
enum status addresses_write(const struct borough *b, const char *out, struct error *error)
{
	struct buf file;
	char path[4096];
	buf_init(&file, (size_t)1 << 30);
	buf_append_text(&file, TEXT("id,form,address,postcode,uprn\n"));
	for (uint32_t i = 0; i < b->property_count; i++) {
		const struct property *p = &b->properties[i];
		struct written a;
		struct random r;
		bool stands = p->status != ADDRESS_HISTORIC && (p->from == DATE_UNKNOWN || p->from < b->start) &&
			      (p->to == DATE_UNKNOWN || p->to > b->start);
		if (!stands || p->kind == PROPERTY_REFUGE)
			continue;
		random_start(&r, b->plan.seed, STREAM_ADDRESS_TRUTH, i, 0);
		written_as_approved(&a, b, i);
		const char *form = form_any(&a, &r);
		written_in_one(&a);
		put_address(&file, 2 * (uint64_t)i, form, &a);
		if (i % 10 == 0) {
			written_outside(&a, &r);
			put_address(&file, 2 * (uint64_t)i + 1, "outside", &a);
		}
	}
	snprintf(path, sizeof path, "%s/truth/addresses.csv", out);
	enum status status = file_replace(path, buf_text(&file), 0644, error);
	buf_release(&file);
	return status;
}
