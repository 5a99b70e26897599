#include "traits/traits.h"
#include "traits/traits_int.h"

#include "base/memory.h"
#include "reading/reading.h"
#include "store/difference.h"

#include <stdlib.h>

enum { BIRTHS_KEPT = 4, BIRTH_WEIGHT = 2 };

struct person {
	int64_t resident_id, property_id;
	int16_t months[BIRTHS_KEPT]; /* months of birth that sources give, counted from the year 1800 */
	uint16_t votes[BIRTHS_KEPT];
	uint32_t family;   /* number within the home */
	uint32_t together; /* while families are found: another of the same family */
	bool dead;
};

struct work {
	const struct reading *reading;
	unsigned char *uses;  /* by record: what of it may be used */
	struct id_map number; /* resident -> number + 1 */
	struct person *people;
	size_t count, capacity;
	struct id_map of_name; /* property and family name -> person + 1 */
};

enum { FIRST_MONTH = 1800 * 12 };

static struct person *person_of(struct work *work, int64_t resident_id)
{
	uint64_t *number = id_map_put(&work->number, (uint64_t)resident_id, NULL);
	if (*number == 0) {
		ARRAY_GROW(work->people, work->count, work->capacity);
		work->people[work->count] = (struct person){.resident_id = resident_id};
		*number = ++work->count;
	}
	return &work->people[*number - 1];
}

/* ---- month of birth --------------------------------------------------------------------------------- */

static void vote(struct person *person, int month, unsigned weight)
{
	for (int i = 0; i < BIRTHS_KEPT; i++) {
		if (person->votes[i] && person->months[i] != month)
			continue;
		person->months[i] = (int16_t)month;
		person->votes[i] = (uint16_t)(person->votes[i] + weight);
		return;
	}
}

static void count_birth(struct person *person, struct text written)
{
	date born;
	if (!date_parse_iso(written, &born))
		return;
	struct ymd at = date_ymd(born);
	int month = at.year * 12 + at.month - 1 - FIRST_MONTH;
	bool default_day = at.month == 1 && at.day == 1;
	if (month < 0 || month > INT16_MAX || (default_day && at.year <= 1900))
		return;
	vote(person, month, default_day ? 1 : BIRTH_WEIGHT);
}

/* -1: no source says. Of months with as many votes the earlier. */
static int birth_month(const struct person *person)
{
	int best = -1;
	for (int i = 0; i < BIRTHS_KEPT && person->votes[i]; i++) {
		if (best < 0 || person->votes[i] > person->votes[best] ||
		    (person->votes[i] == person->votes[best] && person->months[i] < person->months[best]))
			best = i;
	}
	return best < 0 ? -1 : person->months[best] + FIRST_MONTH;
}

static void read_record(struct work *work, size_t record, int64_t resident_id)
{
	const struct reading_batch *all = &work->reading->all;
	struct person *person = person_of(work, resident_id);
	if (work->uses[record] & TRAIT_DEATH)
		person->dead |= all->dead[record] != 0;
	if (!(work->uses[record] & TRAIT_BIRTH))
		return;
	for (uint32_t v = all->first_value[record]; v < all->first_value[record + 1]; v++) {
		if (reading_value_column(all->values[v]) == READING_BIRTH)
			count_birth(person, work->reading->texts.keys[reading_value_text(all->values[v])]);
	}
}

/* ---- families of one home ---------------------------------------------------------------------------- */

static uint32_t head_of(const struct work *work, uint32_t person)
{
	while (work->people[person].together != person)
		person = work->people[person].together;
	return person;
}

static void join(struct work *work, uint32_t a, uint32_t b)
{
	a = head_of(work, a);
	b = head_of(work, b);
	if (a < b)
		work->people[b].together = a;
	else
		work->people[a].together = b;
}

static void join_by_names(struct work *work, size_t record, int64_t resident_id)
{
	const struct reading_batch *all = &work->reading->all;
	uint32_t person = (uint32_t)(*id_map_get(&work->number, (uint64_t)resident_id) - 1);
	uint64_t home = hash_mix((uint64_t)work->people[person].property_id);
	for (uint32_t f = all->first_family[record];
	     work->people[person].property_id && f < all->first_family[record + 1]; f++) {
		uint64_t *other = id_map_put(&work->of_name, hash_mix(home ^ all->families[f]), NULL);
		if (*other)
			join(work, person, (uint32_t)(*other - 1));
		else
			*other = person + 1;
	}
}

/* From 1, in the order of the lowest resident of each family. People are in order of residents by then. */
static void number_families(struct work *work)
{
	struct id_map families;
	id_map_init(&families);
	for (size_t i = 0; i < work->count; i++) {
		struct person *person = &work->people[i];
		if (!person->property_id)
			continue;
		uint32_t head = head_of(work, (uint32_t)i);
		person->family = head == i ? (uint32_t)++ * id_map_put(&families, (uint64_t)person->property_id, NULL)
					   : work->people[head].family;
	}
	id_map_release(&families);
}

/* ---- tables -------------------------------------------------------------------------------------------- */

typedef void pair_reader(struct work *work, int64_t first, int64_t second);

static enum status read_pairs(struct work *work, const char *sql, pair_reader *reader, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, work->reading->data, sql, error);
	if (status != STATUS_OK)
		return status;
	int first = statement_column(query, "first"), second = statement_column(query, "second");
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		reader(work, statement_int(query, first), statement_int(query, second));
	statement_done(query);
	return status;
}

static void read_resident(struct work *work, int64_t resident_id, int64_t unused)
{
	(void)unused;
	struct person *person = person_of(work, resident_id);
	person->together = (uint32_t)(person - work->people);
}

static void read_home(struct work *work, int64_t resident_id, int64_t property_id)
{
	if (id_map_get(&work->number, (uint64_t)resident_id))
		person_of(work, resident_id)->property_id = property_id;
}

static size_t record_number(const struct reading_batch *all, int64_t record_id)
{
	size_t low = 0, high = all->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (all->records[middle] < record_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < all->count && all->records[low] == record_id ? low : SIZE_MAX;
}

static void read_member(struct work *work, int64_t record_id, int64_t resident_id)
{
	size_t record = record_number(&work->reading->all, record_id);
	if (record == SIZE_MAX || !id_map_get(&work->number, (uint64_t)resident_id))
		return;
	read_record(work, record, resident_id);
	if (work->uses[record] & TRAIT_FAMILY)
		join_by_names(work, record, resident_id);
}

static void give_trait(const void *context, size_t row, struct cell *cells)
{
	const struct person *person = &((const struct work *)context)->people[row];
	int month = birth_month(person);
	cells[0] = cell_int(person->resident_id);
	cells[1] = month < 0 ? cell_null() : cell_int(month);
	cells[2] = cell_int(person->dead);
	cells[3] = cell_int(person->family);
}

static enum status write_traits(struct work *work, struct traits_report *report, struct error *error)
{
	static const struct difference_table table = {
		.name = "resident_trait", .keys = {"resident_id"}, .values = {"birth_month", "dead", "family"}};
	struct difference_counts counts = {0};
	struct store *data = work->reading->data;
	enum status status = store_begin(data, error);
	if (status == STATUS_OK)
		status = store_write_difference(data, &table, work->count, give_trait, work, &counts, error);
	if (status == STATUS_OK)
		status = store_commit(data, error);
	store_rollback(data);
	report->changed = counts.inserted + counts.updated + counts.deleted;
	return status;
}

static enum status derive(struct work *work, struct traits_report *report, struct error *error)
{
	enum status status = read_pairs(
		work, "SELECT DISTINCT resident_id AS first, 0 AS second FROM resident_record ORDER BY resident_id",
		read_resident, error);
	if (status == STATUS_OK)
		status = read_pairs(work,
				    "SELECT m.resident_id AS first, m.property_id AS second FROM household_member m"
				    " JOIN household h ON h.household_id = m.household_id"
				    " WHERE m.to_date IS NULL AND h.ended_run IS NULL AND m.why <> 'second_home'",
				    read_home, error);
	if (status == STATUS_OK)
		status = read_pairs(work,
				    "SELECT record_id AS first, resident_id AS second FROM resident_record"
				    " ORDER BY record_id",
				    read_member, error);
	if (status != STATUS_OK)
		return status;
	number_families(work);
	for (size_t i = 0; i < work->count; i++) {
		report->with_birth += birth_month(&work->people[i]) >= 0;
		report->dead += work->people[i].dead;
	}
	report->residents = work->count;
	return write_traits(work, report, error);
}

enum status traits_refresh(const struct reading *reading, struct policy *policy, date today,
			   struct traits_report *report, struct error *error)
{
	struct work work = {.reading = reading};
	*report = (struct traits_report){0};
	id_map_init(&work.number);
	id_map_init(&work.of_name);
	enum status status = trait_uses(&work.uses, reading, policy, today, error);
	if (status == STATUS_OK)
		status = derive(&work, report, error);
	id_map_release(&work.number);
	id_map_release(&work.of_name);
	free(work.people);
	free(work.uses);
	return status;
}
