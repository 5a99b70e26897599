/* Reads what residences and households are made of. */
#include "household/household_work.h"

#include "base/memory.h"
#include "profile/profile.h"
#include "reading/reading.h"

#include <stdlib.h>

typedef void row_reader(struct work *work, struct statement *query, const int *columns);

/* Runs SQL and hands each row over with the handles of the columns named. */
static enum status read_rows(struct work *work, const char *sql, const char *const *names, size_t count,
			     row_reader *reader, struct error *error)
{
	struct statement *query;
	int columns[8];
	bool row;
	enum status status = store_prepare(&query, work->data, sql, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		columns[i] = statement_column(query, names[i]);
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		reader(work, query, columns);
	statement_done(query);
	return status;
}
#define READ_ROWS(work, sql, reader, error, ...) \
	read_rows(work, sql, (const char *const[]){__VA_ARGS__}, \
		  sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), reader, error)

/* ---- tables ------------------------------------------------------------------------------------------------ */

static size_t record_number(const struct work *work, int64_t record_id)
{
	const struct reading_batch *all = &work->reading->all;
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

/* Rows come by resident, then by record. */
static void read_member(struct work *work, struct statement *query, const int *c)
{
	size_t record = record_number(work, statement_int(query, c[0]));
	if (record == SIZE_MAX || work->by_resident_count == work->reading->all.count)
		return;
	work->resident_of[record] = statement_int(query, c[1]);
	work->by_resident[work->by_resident_count++] = (uint32_t)record;
}

static void read_feed(struct work *work, struct statement *query, const int *c)
{
	int64_t number = statement_int(query, c[0]);
	const struct profile_feed *feed = profile_feed(work->reading->profile, statement_text(query, c[2]));
	*id_map_put(&work->feed_source, (uint64_t)number, NULL) = (uint64_t)statement_int(query, c[1]);
	if (feed && feed->valid_to)
		*id_map_put(&work->feed_ends, (uint64_t)number, NULL) = 1;
}

static date date_or_unknown(struct statement *query, int column)
{
	return statement_is_null(query, column) ? DATE_UNKNOWN : (date)statement_int(query, column);
}

/* Certainties, reasons and kinds are few words: each once. */
static const char *word_of(struct work *work, struct text text)
{
	uint64_t *number = text_map_put(&work->words, text, NULL);
	if (*number == 0)
		*number = work->words.count;
	return work->words.keys[*number - 1].at;
}

uint64_t work_stay_key(int64_t resident_id, int64_t property_id)
{
	return hash_mix((uint64_t)resident_id) ^ (uint64_t)property_id;
}

static uint64_t stay_key(int64_t resident_id, int64_t property_id, int back)
{
	return hash_mix(work_stay_key(resident_id, property_id) + (uint64_t)back);
}

static void read_stay(struct work *work, struct statement *query, const int *c)
{
	ARRAY_GROW(work->were_in, work->were_in_count, work->were_in_capacity);
	work->were_in[work->were_in_count++] =
		(struct was_in){.resident_id = statement_int(query, c[0]),
				.property_id = statement_int(query, c[1]),
				.household_id = statement_int(query, c[2]),
				.to = statement_is_null(query, c[3]) ? INT32_MAX : (date)statement_int(query, c[3])};
}

static int compare_was_in(const void *a, const void *b)
{
	const struct was_in *x = a, *y = b;
	if (x->resident_id != y->resident_id)
		return x->resident_id < y->resident_id ? -1 : 1;
	if (x->property_id != y->property_id)
		return x->property_id < y->property_id ? -1 : 1;
	if (x->to != y->to)
		return x->to > y->to ? -1 : 1;
	return (x->household_id > y->household_id) - (x->household_id < y->household_id);
}

/* Who has been at a property several times was in a household each time: the times are counted back from the last, as
 * work_was_in() asks for them. */
static void index_stays(struct work *work)
{
	struct was_in *all = work->were_in;
	int back = 0;
	if (work->were_in_count)
		qsort(all, work->were_in_count, sizeof *all, compare_was_in);
	id_map_reserve(&work->was_in, work->were_in_count);
	for (size_t i = 0; i < work->were_in_count; i++) {
		bool again = i > 0 && all[i].resident_id == all[i - 1].resident_id &&
			     all[i].property_id == all[i - 1].property_id;
		back = again ? back + 1 : 0;
		*id_map_put(&work->was_in, stay_key(all[i].resident_id, all[i].property_id, back), NULL) =
			(uint64_t)all[i].household_id;
	}
}

int64_t work_was_in(const struct work *work, int64_t resident_id, int64_t property_id, int back)
{
	const uint64_t *household = id_map_get(&work->was_in, stay_key(resident_id, property_id, back));
	return household ? (int64_t)*household : 0;
}

static void read_home(struct work *work, struct statement *query, const int *c)
{
	ARRAY_GROW(work->homes, work->home_count, work->home_capacity);
	struct home *home = &work->homes[work->home_count];
	*home = (struct home){.id = statement_int(query, c[0]),
			      .property_id = statement_int(query, c[1]),
			      .kind = word_of(work, statement_text(query, c[2])),
			      .from = date_or_unknown(query, c[3]),
			      .to = date_or_unknown(query, c[4]),
			      .since = statement_int(query, c[5]),
			      .ended = statement_int(query, c[6])};
	*id_map_put(&work->used, (uint64_t)home->id, NULL) = ++work->home_count;
}

static void read_replaced(struct work *work, struct statement *query, const int *c)
{
	ARRAY_GROW(work->replaced, work->replaced_count, work->replaced_capacity);
	work->replaced[work->replaced_count++] =
		(struct replaced){statement_int(query, c[0]), statement_int(query, c[1]), date_or_unknown(query, c[2])};
}

static void read_use(struct work *work, struct statement *query, const int *c)
{
	char kind[32];
	struct text text = statement_text(query, c[1]);
	snprintf(kind, sizeof kind, "%.*s", TEXT_ARG(text));
	*id_map_put(&work->uses, (uint64_t)statement_int(query, c[0]), NULL) = (uint64_t)property_use_of(kind);
}

static enum status read_today(struct work *work, struct error *error)
{
	int64_t newest;
	enum status status =
		store_query_int(work->data, "SELECT MAX(as_at) FROM extract WHERE status = 'loaded'", &newest, error);
	work->today = newest ? (date)newest : date_today();
	return status;
}

static enum status read_tables(struct work *work, struct error *error)
{
	enum status status = read_today(work, error);
	work->resident_of = memory_alloc(work->reading->all.count + 1, sizeof *work->resident_of);
	work->by_resident = memory_alloc(work->reading->all.count + 1, sizeof *work->by_resident);
	if (status == STATUS_OK)
		status = READ_ROWS(work,
				   "SELECT record_id, resident_id FROM resident_record ORDER BY resident_id, record_id",
				   read_member, error, "record_id", "resident_id");
	if (status == STATUS_OK)
		status = READ_ROWS(work, "SELECT feed_no, source_no, feed_id FROM feed", read_feed, error, "feed_no",
				   "source_no", "feed_id");
	if (status == STATUS_OK)
		status = READ_ROWS(work,
				   "SELECT resident_id, property_id, household_id, to_date FROM household_member"
				   " WHERE why <> 'second_home'",
				   read_stay, error, "resident_id", "property_id", "household_id", "to_date");
	if (status == STATUS_OK)
		status = READ_ROWS(work,
				   "SELECT household_id, property_id, kind, from_date, to_date, since_run, ended_run"
				   " FROM household",
				   read_home, error, "household_id", "property_id", "kind", "from_date", "to_date",
				   "since_run", "ended_run");
	if (status == STATUS_OK)
		status = READ_ROWS(work,
				   "SELECT household_id, other_household_id, on_date FROM household_event WHERE what "
				   "= 'replaced' ORDER BY household_id",
				   read_replaced, error, "household_id", "other_household_id", "on_date");
	if (status == STATUS_OK)
		status = READ_ROWS(work, "SELECT property_id, kind FROM property", read_use, error, "property_id",
				   "kind");
	return status;
}

/* ---- sightings --------------------------------------------------------------------------------------------- */

/* When the address changed within the row: of the next version that has one. Places are in order of row and version. */
static date changed_at(const struct work *work, uint32_t p, uint32_t end)
{
	const struct reading_place *places = work->reading->all.places;
	for (uint32_t n = p + 1; n < end; n++) {
		if (places[n].feed_no != places[p].feed_no || places[n].row_key != places[p].row_key)
			break;
		if (work->reading->property[places[n].address])
			return places[n].as_at;
	}
	return DATE_UNKNOWN;
}

/* A row at an address: from its beginning (when the address changed within the row: from the extract that
 * said so), to its end or to the extract in which the address changed. */
static void add_sighting(struct work *work, size_t record, uint32_t p)
{
	const struct reading_batch *all = &work->reading->all;
	const struct reading_place *place = &all->places[p];
	const uint64_t *source = id_map_get(&work->feed_source, (uint64_t)place->feed_no);
	int64_t property = work->reading->property[place->address];
	date from = place->from, to = place->to, changed = changed_at(work, p, all->first_place[record + 1]);
	bool ends = id_map_get(&work->feed_ends, (uint64_t)place->feed_no) != NULL, vanished = !ends;
	if (!source || property == 0)
		return;
	if (place->version > 1 && place->as_at != DATE_UNKNOWN)
		from = from == DATE_UNKNOWN || place->as_at > from ? place->as_at : from;
	if (changed != DATE_UNKNOWN && (to == DATE_UNKNOWN || changed < to)) {
		to = changed;
		vanished = false;
	}
	ARRAY_GROW(work->sightings, work->sighting_count, work->sighting_capacity);
	work->sightings[work->sighting_count++] = (struct sighting){
		.resident_id = work->resident_of[record],
		.property_id = property,
		.record_id = all->records[record],
		.from = from,
		.to = to,
		.source = (uint16_t)*source,
		.ends = ends,
		.feed_no = (uint16_t)place->feed_no,
		.vanished = vanished && to != DATE_UNKNOWN,
		.seen = place->as_at,
	};
}

static void list_sightings(struct work *work)
{
	const struct reading_batch *all = &work->reading->all;
	for (size_t i = 0; i < work->by_resident_count; i++) {
		uint32_t record = work->by_resident[i];
		for (uint32_t p = all->first_place[record]; p < all->first_place[record + 1]; p++)
			add_sighting(work, record, p);
	}
}

/* ---- who they are ------------------------------------------------------------------------------------------ */

static void add_family(struct dweller *dweller, uint64_t hash)
{
	for (int i = 0; i < HOUSEHOLD_FAMILIES; i++) {
		if (dweller->families[i] == hash)
			return;
		if (dweller->families[i] == 0) {
			dweller->families[i] = hash;
			return;
		}
	}
}

static int compare_dates(const void *a, const void *b)
{
	const date *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* The date of birth that most records have; of equals the earliest. */
static date most_common(date *dates, size_t count)
{
	date best = DATE_UNKNOWN;
	size_t most = 0;
	if (count > 1)
		qsort(dates, count, sizeof *dates, compare_dates);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && dates[end] == dates[i]; end++)
			;
		if (end - i > most) {
			most = end - i;
			best = dates[i];
		}
	}
	return best;
}

static void take_record(struct work *work, struct dweller *dweller, uint32_t record, date *births, size_t *birth_count)
{
	enum { BIRTHS = 64 };
	const struct reading_batch *all = &work->reading->all;
	for (uint32_t f = all->first_family[record]; f < all->first_family[record + 1]; f++)
		add_family(dweller, all->families[f]);
	for (uint32_t v = all->first_value[record]; v < all->first_value[record + 1]; v++) {
		uint32_t value = all->values[v];
		date born;
		if (reading_value_column(value) == READING_BIRTH && *birth_count < BIRTHS &&
		    date_parse_iso(work->reading->texts.keys[reading_value_text(value)], &born))
			births[(*birth_count)++] = born;
	}
	if (!all->dead[record])
		return;
	dweller->dead = true;
	for (uint32_t p = all->first_place[record]; p < all->first_place[record + 1]; p++) {
		if (all->places[p].from != DATE_UNKNOWN && all->places[p].from > dweller->died)
			dweller->died = all->places[p].from;
	}
}

static void list_dwellers(struct work *work)
{
	const int64_t *resident_of = work->resident_of;
	const uint32_t *order = work->by_resident;
	size_t count = work->by_resident_count, residents = 0;
	for (size_t i = 0; i < count; i++)
		residents += i == 0 || resident_of[order[i]] != resident_of[order[i - 1]];
	work->dwellers = memory_alloc(residents + 1, sizeof *work->dwellers);
	for (size_t i = 0, end; i < count; i = end) {
		date births[64];
		size_t birth_count = 0;
		struct dweller *dweller = &work->dwellers[work->dweller_count++];
		*dweller = (struct dweller){.resident_id = resident_of[order[i]], .died = DATE_UNKNOWN};
		for (end = i; end < count && resident_of[order[end]] == dweller->resident_id; end++)
			take_record(work, dweller, order[end], births, &birth_count);
		dweller->born = most_common(births, birth_count);
	}
}

const struct dweller *work_dweller(const struct work *work, int64_t resident_id)
{
	size_t low = 0, high = work->dweller_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (work->dwellers[middle].resident_id < resident_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < work->dweller_count && work->dwellers[low].resident_id == resident_id ? &work->dwellers[low]
											   : NULL;
}

enum status work_read(struct work *work, struct error *error)
{
	enum status status = read_tables(work, error);
	if (status == STATUS_OK) {
		index_stays(work);
		list_sightings(work);
		list_dwellers(work);
	}
	return status;
}
