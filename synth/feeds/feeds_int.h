/* Shared by the files that write extracts; nothing outside synth/feeds/ includes it.
 *
 * A feed is a row of the table in feeds.c: its file name, its form, its columns, and a function
 * that writes all its months. That function works through a `struct writer`:
 *
 *     writer_open(w, month, as_at);
 *             row_begin(w);
 *             field_text(w, "R0000001"); field_date(w, tenancy_start); ...
 *             row_end(w);
 *     writer_close(w);
 *
 * Which rows fall due in which month is collected first (`struct due_list`), because a spell
 * is told once when it begins, and again when it ends or something in it changes.
 *
 * What a system believes about a person (`struct recorded`) is drawn from a stream named after
 * the system and the person, so that a mistake, once made, is made again in every later
 * extract until the truth underneath it changes: as in life.
 */
#ifndef FEEDS_INT_H
#define FEEDS_INT_H

#include "base/banned.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/memory.h"
#include "synth/feeds/feeds.h"

/* Streams of random numbers; far from the world's own. */
enum feed_stream {
	STREAM_RECORDED = 1000,
	STREAM_ADDRESS_FORM,
	STREAM_ROW,
	STREAM_NOTE,
	STREAM_DEFECT,
	STREAM_MOVE_NOTICED,
	STREAM_STAFF,
	STREAM_CHOICE,
	STREAM_HISTORY_TRAIT,
	STREAM_ADDRESS_MORE,
	STREAM_ADDRESS_TRUTH
};

enum keeper { /* a source, in the order of profiles/demo/sources.yaml */
	      KEEPER_HOUSING,
	      KEEPER_COUNCIL_TAX,
	      KEEPER_BENEFITS,
	      KEEPER_CHILDREN,
	      KEEPER_EARLY_HELP,
	      KEEPER_ADULTS,
	      KEEPER_SCHOOLS,
	      KEEPER_HOMELESSNESS,
	      KEEPER_YOUTH,
	      KEEPER_ELECTORS,
	      KEEPER_REGISTRARS,
	      KEEPER_SAFETY,
	      KEEPER_CONTACT,
	      KEEPER_SHIELDING,
	      KEEPER_GAZETTEER,
	      KEEPER_RESTRICTED,
	      KEEPER_LICENSING,
	      KEEPER_EARLY_YEARS,
	      KEEPER_HEALTH,
	      KEEPERS
};
extern const char *const keeper_ids[KEEPERS];

enum date_form {
	DATE_SLASHES,   /* 05/04/2023 */
	DATE_ISO,       /* 2023-04-05 */
	DATE_COMPACT,   /* 20230405 */
	DATE_ORACLE,    /* 05-APR-2023 */
	DATE_WORDS,     /* 5 April 2023 */
	DATE_DOTS_SHORT /* 05.04.23 */
};

enum column_trait { /* what a defect may be made of */
		    TRAIT_REQUIRED = 1,
		    TRAIT_DATE = 2,
		    TRAIT_CODE = 4,
		    TRAIT_NUMBER = 8, /* with a maximum far below 99,999,999 */
		    TRAIT_PAST = 16,  /* a date that cannot lie ahead */
		    TRAIT_NHS = 32,   /* checked */
		    TRAIT_UPN = 64,   /* checked */
		    TRAIT_JSON = 128,
		    TRAIT_START = 256, /* and ... */
		    TRAIT_END = 512,   /* ... the date that must not lie before it */
		    TRAIT_BOOLEAN = 1024
};
struct column {
	const char *header;
	unsigned traits;
};

struct writer;
struct feed {
	const char *id;
	enum keeper keeper;
	const char *prefix, *suffix; /* of the file name, around the as-at date */
	const char *name_form;       /* of that date: %Y %m %d as YYYY, MM, DD */
	char delimiter;
	enum date_form dates;
	const char *newline;
	bool windows_1252, byte_order_mark;
	bool whole; /* everything that is true now; nobody sends such a list when it is empty */
	const struct column *columns;
	size_t column_count;
	unsigned defects; /* about how many defective rows over the whole time */
	void (*write)(struct writer *w);
};
#define COLUMNS(array) .columns = (array), .column_count = sizeof(array) / sizeof *(array)

enum { FIELDS_MOST = 48 };

struct writer {
	const struct borough *b;
	const struct feed *feed;
	const char *inbox;
	const struct feeds_plan *plan;
	struct arena arena; /* scratch, emptied at each row */
	struct buf file;    /* the extract being written */
	size_t row_start, field_at[FIELDS_MOST + 1];
	unsigned fields;
	uint64_t line; /* of the row being written, from 1; the header is line 1 */
	uint64_t rows_in_file;
	uint64_t next_defect; /* row of this file after which one is put */
	unsigned defects_left;
	bool cut; /* the one broken transfer of this feed has happened */
	struct random defect_random;
	unsigned month;
	date as_at;
	char file_name[96];
	struct buf records, uprns, labels, defects; /* rows of the truth, joined at the end */
	struct id_map clients;                      /* already in `records` */
	struct feeds_summary summary;
	struct error error;
	enum status status;
};

void writer_open(struct writer *w, unsigned month, date as_at);
void writer_close(struct writer *w);
date writer_month_end(const struct writer *w, unsigned month); /* the as-at date of monthly extracts */

void row_begin(struct writer *w);
void row_end(struct writer *w);
void field_text(struct writer *w, const char *text); /* quoted when it must be */
void field_format(struct writer *w, const char *format, ...) PRINTF_LIKE(2, 3);
void field_empty(struct writer *w);
void field_int(struct writer *w, int64_t value);
void field_number(struct writer *w, const char *prefix, uint64_t value, unsigned digits); /* zero padded */
void field_date(struct writer *w, date d);
void field_date_as(struct writer *w, date d, enum date_form form);
void field_time(struct writer *w, date d, unsigned minute_of_day, char separator, const char *ending);
void field_money(struct writer *w, int64_t pence);
char *date_write(date d, enum date_form form, char out[32]);
const char *utf8_to_latin_letters(char *text); /* in place: what Windows-1252 lacks becomes ASCII */

void write_defect(struct writer *w);  /* defects.c: after a good row, when one is due */
void write_cut_row(struct writer *w); /* the last one of a file whose transfer broke off */

/* Truth. The first call for a client says whose it is. */
void truth_record(struct writer *w, const char *client, uint64_t client_key, uint32_t person);
void truth_uprn(struct writer *w, uint64_t uprn); /* of the row being written; 0: none in the borough */

/* Client numbers: a permutation of the persons, so that they tell nothing. */
uint64_t scrambled(uint64_t index, unsigned digits, uint64_t salt);

/* ---- history ----
 *
 * What the contact centre, the repairs desk and the schools already hold on the first day. The borough has no events
 * from before its beginning, so these are drawn here, from what people needed then: `borough_need` of
 * month 0, and a trait of their own that lasts. Nothing that comes later is looked at. */
double history_rate(const struct borough *b, uint32_t person, double base, double stress, double trait);
date history_day(const struct borough *b, uint32_t person, uint32_t number, date since); /* or DATE_UNKNOWN */

/* ---- what falls due when ---- */

struct due {
	uint32_t a, b;
	uint16_t month, what;
};
struct due_list {
	struct due *at;
	size_t count, capacity;
	size_t month_at[BOROUGH_MONTHS_MOST + 1];
};
/* Before the first month: with the first. Behind the last: dropped. */
void due_add(const struct writer *w, struct due_list *list, date on, uint32_t a, uint32_t b, unsigned what);
/* From FROM on, and again at TO when that is known; nothing if it ended before FORGET. */
void due_add_spell(const struct writer *w, struct due_list *list, date from, date to, date forget, uint32_t a,
		   uint32_t b, unsigned what);
void due_sort(struct due_list *list, unsigned months); /* by month, else as added; the same (a, b, what) once */
void due_release(struct due_list *list);
/* Calls ROW for everything due in each month, one file a month (also when empty). */
void due_write(struct writer *w, struct due_list *list, void (*row)(struct writer *, const struct due *));

/* ---- what a system believes about a person ---- */

struct recorded {
	char title[16], given[96], middle[96], family[96], suffix[8], former[96], alias[96];
	char whole_given[200]; /* given and middle, as systems with one column have it */
	date born;
	char sex; /* 'M', 'F', 'U' */
	const char *nhs, *ni, *email;
	char phone[20], mobile[20];
};
/* KNOWN: when the system first heard of the person. Name and address follow the truth only
 * as far as somebody told the system. */
void record_person(struct writer *w, enum keeper keeper, uint32_t person, unsigned copy, date known,
		   struct recorded *out);
const char *record_full_name(struct writer *w, const struct recorded *r, bool family_first, bool title);
const char *ethnicity_code(uint8_t ethnicity);  /* of the Common Basic Data Set */
const char *ethnicity_words(uint8_t ethnicity); /* of the census */

void noise_typo(char *text, size_t size, struct random *r);
void noise_phonetic(char *text, size_t size, struct random *r);
const char *text_upper(char *text);

/* ---- how a system writes where ---- */

enum { WRITTEN_LINES = 5 };
struct written {
	char sub[64], building[64], number[24], street[96], locality[64], town[32], postcode[12];
	uint64_t uprn;       /* the truth; 0 when outside the borough */
	char uprn_field[16]; /* what the system holds, "" mostly */
	char lines[WRITTEN_LINES][128];
	char one[320];
};
struct address_habits {
	double untidy; /* another form than the gazetteer's */
	double no_postcode, wrong_postcode, tight_postcode;
	double knows_uprn; /* the UPRN is filled */
	bool postcode_in_one;
};
extern const struct address_habits address_habits[KEEPERS];
/* PROPERTY NOTHING: an address outside. SUBJECT: whose record; the same form each time. */
void write_address(struct writer *w, enum keeper keeper, uint32_t property, uint64_t subject, struct written *out);
/* For truth/addresses.csv: the parts of the approved address, an address outside, and parts in one line. */
void written_as_approved(struct written *out, const struct borough *b, uint32_t property);
void written_outside(struct written *out, struct random *r);
void written_in_one(struct written *a);
/* One more form of those that every source has; any form that the address has: its name. */
void form_untidy(struct written *a, struct random *r);
const char *form_any(struct written *a, struct random *r);
enum status addresses_write(const struct borough *b, const char *out, struct error *error) MUST_CHECK;
/* Where the system believes the person lives on DAY: it may not have heard of the last move. */
uint32_t believed_property(struct writer *w, enum keeper keeper, uint32_t person, date day);

/* ---- staff ---- */

struct worker {
	char name[48], number[12], phone[16], email[64], team[48];
};
void staff_of(const struct writer *w, enum keeper keeper, uint32_t subject, unsigned generation, struct worker *out);

/* ---- case notes ---- */

struct note_subject {
	uint32_t person;
	date on;
	unsigned kind;      /* enum event_kind that gave the occasion */
	const char *called; /* given name as the system has it */
	bool adult;
};
/* Appends the text to OUT and the labels of its statements, under the name NOTE. */
void note_write(struct writer *w, const char *note, uint64_t seed, const struct note_subject *subject, bool line_breaks,
		struct buf *out);

/* ---- children's services: who is known to them, and since when ---- */

struct children {
	date *known;      /* [person]; DATE_UNKNOWN: not known */
	uint32_t *family; /* [person]: number of the family group */
};
void children_init(struct children *c, const struct borough *b);
void children_release(struct children *c);
uint64_t children_number(uint32_t person);
void children_client(struct writer *w, uint32_t person); /* the field, and whose it is */
void childrens_row_number(struct writer *w, const char *prefix, uint32_t index, unsigned kind);
const char *referral_source_code(int source);
const char *need_code(int concern);
const char *placement_code(int placement);
const char *placement_provider(int placement);

uint64_t adult_number(uint32_t person, unsigned copy);
void adult_client(struct writer *w, uint32_t person, unsigned copy);
bool adult_event(const struct event *e);

/* The feeds. */
void feed_tenancies(struct writer *w);
void feed_rent_accounts(struct writer *w);
void feed_repairs(struct writer *w);
void feed_council_tax_liable(struct writer *w);
void feed_council_tax_discounts(struct writer *w);
void feed_council_tax_bills(struct writer *w);
void feed_council_tax_disregards(struct writer *w);
void feed_benefits(struct writer *w);
void feed_ssd_person(struct writer *w);
void feed_ssd_address(struct writer *w);
void feed_ssd_disability(struct writer *w);
void feed_ssd_family(struct writer *w);
void feed_ssd_contacts(struct writer *w);
void feed_ssd_cin_episodes(struct writer *w);
void feed_ssd_cin_assessments(struct writer *w);
void feed_ssd_cin_plans(struct writer *w);
void feed_ssd_s47(struct writer *w);
void feed_ssd_icpc(struct writer *w);
void feed_ssd_cp_plans(struct writer *w);
void feed_ssd_cla_episodes(struct writer *w);
void feed_ssd_cla_placement(struct writer *w);
void feed_ssd_missing(struct writer *w);
void feed_ssd_care_leavers(struct writer *w);
void feed_903_header(struct writer *w);
void feed_903_episodes(struct writer *w);
void feed_903_oc2(struct writer *w);
void feed_903_missing(struct writer *w);
void feed_childrens_notes(struct writer *w);
void feed_childrens_allocations(struct writer *w);
void feed_early_help(struct writer *w);
void feed_adult_clients(struct writer *w);
void feed_adult_services(struct writer *w);
void feed_adult_notes(struct writer *w);
void feed_census_pupils(struct writer *w);
void feed_census_attendance(struct writer *w);
void feed_census_exclusions(struct writer *w);
void feed_hclic_cases(struct writer *w);
void feed_hclic_people(struct writer *w);
void feed_hclic_temporary(struct writer *w);
void feed_youth(struct writer *w);
void feed_electors(struct writer *w);
void feed_births(struct writer *w);
void feed_deaths(struct writer *w);
void feed_asb(struct writer *w);
void feed_contacts(struct writer *w);
void feed_shielding(struct writer *w);
void feed_gazetteer(struct writer *w);
void feed_gazetteer_other(struct writer *w);
void feed_restricted(struct writer *w);
void feed_hmo_licences(struct writer *w);
void feed_children_centres(struct writer *w);
void feed_health_arrivals(struct writer *w);

extern const struct feed feeds[];
extern const size_t feed_count;

enum status wards_write(const struct borough *b, const char *out, struct error *error) MUST_CHECK;

#endif
