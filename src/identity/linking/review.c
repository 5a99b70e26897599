#include "linking/review.h"

#include "base/map.h"
#include "base/memory.h"
#include "profile/profile.h"
#include "store/store.h"

#include <stdlib.h>

struct doubt { /* a doubtful pair of records */
	int64_t record_a, record_b, resident_a, resident_b;
	double weight, probability;
};

struct queue {
	struct store *data;
	struct doubt *doubts;
	size_t count, capacity;
	struct id_map ruled;     /* hash of two records that were ruled on */
	struct id_map apart;     /* hash of two residents of whom records were ruled different */
	struct id_map sensitive; /* source_no */
	struct bulk *out;
	size_t items;
};

static uint64_t hash_of_two(int64_t a, int64_t b)
{
	uint64_t low = (uint64_t)(a < b ? a : b), high = (uint64_t)(a < b ? b : a);
	return hash_mix(hash_mix(low) + high);
}

/* ---- reading ------------------------------------------------------------------------------------------ */

#define DOUBT_COLUMNS \
	"l.record_a AS record_a, l.record_b AS record_b, l.weight AS weight, l.probability AS probability, " \
	"a.resident_id AS resident_a, b.resident_id AS resident_b"
#define DOUBT_JOINS \
	" JOIN resident_record a ON a.record_id = l.record_a JOIN resident_record b ON b.record_id = l.record_b"

static enum status read_doubts(struct queue *queue, struct statement *query, struct error *error)
{
	int record_a = statement_column(query, "record_a"), record_b = statement_column(query, "record_b"),
	    weight = statement_column(query, "weight"), probability = statement_column(query, "probability"),
	    resident_a = statement_column(query, "resident_a"), resident_b = statement_column(query, "resident_b");
	bool row;
	enum status status;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		int64_t a = statement_int(query, resident_a), b = statement_int(query, resident_b);
		ARRAY_GROW(queue->doubts, queue->count, queue->capacity);
		queue->doubts[queue->count++] = (struct doubt){.record_a = statement_int(query, record_a),
							       .record_b = statement_int(query, record_b),
							       .resident_a = a < b ? a : b,
							       .resident_b = a < b ? b : a,
							       .weight = statement_double(query, weight),
							       .probability = statement_double(query, probability)};
	}
	return status;
}

static enum status read_all_doubts(struct queue *queue, struct error *error)
{
	struct statement *query;
	enum status status =
		store_prepare(&query, queue->data,
			      "SELECT " DOUBT_COLUMNS " FROM link l" DOUBT_JOINS " WHERE l.status = 'review'", error);
	if (status != STATUS_OK)
		return status;
	status = read_doubts(queue, query, error);
	statement_done(query);
	return status;
}

/* Twice where both records are the resident's: sorting drops it. */
static enum status read_doubts_of(struct queue *queue, int64_t resident, struct error *error)
{
	static const char *const queries[] = {
		"SELECT " DOUBT_COLUMNS " FROM resident_record m JOIN link l ON l.record_a = m.record_id" DOUBT_JOINS
		" WHERE m.resident_id = :resident AND l.status = 'review'",
		"SELECT " DOUBT_COLUMNS " FROM resident_record m JOIN link l ON l.record_b = m.record_id" DOUBT_JOINS
		" WHERE m.resident_id = :resident AND l.status = 'review'"};
	enum status status = STATUS_OK;
	for (size_t i = 0; i < 2 && status == STATUS_OK; i++) {
		struct statement *query;
		status = store_prepare(&query, queue->data, queries[i], error);
		if (status != STATUS_OK)
			return status;
		statement_bind_int(query, "resident", resident);
		status = read_doubts(queue, query, error);
		statement_done(query);
	}
	return status;
}

static enum status read_rulings(struct queue *queue, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, queue->data,
			      "SELECT r.record_a AS record_a, r.record_b AS record_b, r.verdict AS verdict, "
			      "a.resident_id AS resident_a, b.resident_id AS resident_b FROM ruling_applied "
			      "r JOIN resident_record a ON a.record_id = r.record_a JOIN resident_record b "
			      "ON b.record_id = r.record_b",
			      error);
	if (status != STATUS_OK)
		return status;
	int record_a = statement_column(query, "record_a"), record_b = statement_column(query, "record_b"),
	    verdict = statement_column(query, "verdict"), resident_a = statement_column(query, "resident_a"),
	    resident_b = statement_column(query, "resident_b");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		id_map_put(&queue->ruled, hash_of_two(statement_int(query, record_a), statement_int(query, record_b)),
			   NULL);
		if (statement_int(query, verdict))
			id_map_put(&queue->apart,
				   hash_of_two(statement_int(query, resident_a), statement_int(query, resident_b)),
				   NULL);
	}
	statement_done(query);
	return status;
}

static bool tells_sensitive(const struct profile *profile, const struct profile_source *source)
{
	for (size_t f = 0; f < profile->feeds.count; f++) {
		const struct profile_feed *feed = &profile->feeds.at[f];
		for (size_t c = 0; feed->source == source && c < feed->column_count; c++) {
			const struct profile_element *element = feed->columns[c].element;
			if (element &&
			    (element->category == CATEGORY_SPECIAL || element->category == CATEGORY_CRIMINAL))
				return true;
		}
	}
	return false;
}

static enum status read_sensitive(struct queue *queue, const struct profile *profile, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, queue->data, "SELECT source_no, source_id FROM source", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "source_no"), id = statement_column(query, "source_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		const struct profile_source *source = profile_source(profile, statement_text(query, id));
		if (source && tells_sensitive(profile, source))
			id_map_put(&queue->sensitive, (uint64_t)statement_int(query, number), NULL);
	}
	statement_done(query);
	return status;
}

/* ---- what a decision would change --------------------------------------------------------------------- */

struct member { /* a record of a resident */
	int64_t record;
	int source;
	size_t group; /* of one resident in doubt: which part it is in */
};
struct members {
	struct member *at;
	size_t count, capacity;
};

static enum status read_members(struct members *out, struct queue *queue, int64_t resident, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, queue->data,
					   "SELECT m.record_id AS record_id, r.source_no AS source_no FROM "
					   "resident_record m JOIN record r ON r.record_id = m.record_id WHERE "
					   "m.resident_id = :resident ORDER BY m.record_id",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", resident);
	int record = statement_column(query, "record_id"), source = statement_column(query, "source_no");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(out->at, out->count, out->capacity);
		out->at[out->count] =
			(struct member){statement_int(query, record), (int)statement_int(query, source), out->count};
		out->count++;
	}
	statement_done(query);
	return status;
}

static const struct member *member_of(const struct members *members, int64_t record)
{
	for (size_t i = 0; i < members->count; i++) {
		if (members->at[i].record == record)
			return &members->at[i];
	}
	return NULL;
}

static enum status household_of(int64_t *out, struct queue *queue, int64_t resident, struct error *error)
{
	struct statement *query;
	bool row;
	*out = 0;
	enum status status =
		store_prepare(&query, queue->data,
			      "SELECT household_id FROM household_member WHERE resident_id = :resident AND "
			      "to_date IS NULL AND why <> 'second_home'",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", resident);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		*out = statement_int(query, statement_column(query, "household_id"));
	statement_done(query);
	return status;
}

/* Of the members of GROUP, or of all when it is SIZE_MAX. */
static int count_sensitive(const struct queue *queue, const struct members *members, size_t group)
{
	int count = 0;
	for (size_t i = 0; i < members->count; i++) {
		const struct member *member = &members->at[i];
		bool repeated = false;
		if ((group != SIZE_MAX && member->group != group) ||
		    !id_map_get(&queue->sensitive, (uint64_t)member->source))
			continue;
		for (size_t k = 0; k < i; k++)
			repeated |= members->at[k].source == member->source &&
				    (group == SIZE_MAX || members->at[k].group == group);
		count += !repeated;
	}
	return count;
}

static enum status write_item(struct queue *queue, struct review_item *item, struct error *error)
{
	bool together = item->resident_a == item->resident_b;
	double wrong = together ? 1 - item->probability : item->probability;
	item->harm = wrong * (item->records + 2 * item->sensitive + 2 * item->household);
	bulk_int(queue->out, item->record_a);
	bulk_int(queue->out, item->record_b);
	bulk_int(queue->out, item->resident_a);
	bulk_int(queue->out, item->resident_b);
	bulk_int(queue->out, item->source_no_a);
	bulk_int(queue->out, item->source_no_b);
	bulk_double(queue->out, item->weight);
	bulk_double(queue->out, item->probability);
	bulk_int(queue->out, item->pairs);
	bulk_int(queue->out, item->records);
	bulk_int(queue->out, item->sensitive);
	bulk_int(queue->out, item->household);
	bulk_double(queue->out, item->harm);
	queue->items++;
	return bulk_row(queue->out, error);
}

static struct review_item item_of(const struct doubt *doubt, const struct members *a, const struct members *b)
{
	const struct member *in_a = member_of(a, doubt->record_a), *in_b = member_of(b, doubt->record_b);
	if (!in_a) /* the residents are in the order of their ids, the records of theirs */
		in_a = member_of(b, doubt->record_a);
	if (!in_b)
		in_b = member_of(a, doubt->record_b);
	return (struct review_item){.record_a = doubt->record_a,
				    .record_b = doubt->record_b,
				    .resident_a = doubt->resident_a,
				    .resident_b = doubt->resident_b,
				    .source_no_a = in_a ? in_a->source : 0,
				    .source_no_b = in_b ? in_b->source : 0,
				    .weight = doubt->weight,
				    .probability = doubt->probability};
}

/* DOUBTS: all pairs of records of two residents, the likeliest first. */
static enum status add_two(struct queue *queue, const struct doubt *doubts, size_t count, struct error *error)
{
	struct members a = {0}, b = {0};
	int64_t home_a = 0, home_b = 0;
	if (id_map_get(&queue->apart, hash_of_two(doubts->resident_a, doubts->resident_b)))
		return STATUS_OK;
	enum status status = read_members(&a, queue, doubts->resident_a, error);
	if (status == STATUS_OK)
		status = read_members(&b, queue, doubts->resident_b, error);
	if (status == STATUS_OK)
		status = household_of(&home_a, queue, doubts->resident_a, error);
	if (status == STATUS_OK)
		status = household_of(&home_b, queue, doubts->resident_b, error);
	if (status == STATUS_OK) {
		struct review_item item = item_of(doubts, &a, &b);
		const struct members *smaller = a.count < b.count ? &a : &b;
		item.pairs = (int)count;
		item.records = (int)smaller->count;
		item.sensitive = count_sensitive(queue, smaller, SIZE_MAX);
		item.household = home_a && home_b && home_a != home_b;
		status = write_item(queue, &item, error);
	}
	free(a.at);
	free(b.at);
	return status;
}

/* ---- one resident in doubt ------------------------------------------------------------------------------ */

static size_t group_of(struct members *members, size_t i)
{
	while (members->at[i].group != i)
		i = members->at[i].group;
	return i;
}

static bool unite(struct members *members, int64_t record_a, int64_t record_b)
{
	const struct member *a = member_of(members, record_a), *b = member_of(members, record_b);
	if (!a || !b)
		return false;
	size_t x = group_of(members, (size_t)(a - members->at)), y = group_of(members, (size_t)(b - members->at));
	members->at[x > y ? x : y].group = x < y ? x : y;
	return x != y;
}

/* Joins what is certain: pairs that were linked without doubt, or ruled the same. */
static enum status unite_certain(struct queue *queue, struct members *members, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, queue->data, "SELECT record_b FROM link WHERE record_a = :record AND status = 'linked'", error);
	if (status != STATUS_OK)
		return status;
	int other = statement_column(query, "record_b");
	for (size_t i = 0; i < members->count && status == STATUS_OK; i++) {
		statement_bind_int(query, "record", members->at[i].record);
		while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
			unite(members, members->at[i].record, statement_int(query, other));
		for (size_t k = 0; k < i; k++) {
			if (id_map_get(&queue->ruled, hash_of_two(members->at[i].record, members->at[k].record)))
				unite(members, members->at[i].record, members->at[k].record);
		}
	}
	statement_done(query);
	return status;
}

/* The last pair that still joined two parts is the weakest bridge. DOUBTS: the likeliest first. */
static enum status add_one(struct queue *queue, const struct doubt *doubts, size_t count, struct error *error)
{
	struct members members = {0};
	const struct doubt *bridge = NULL;
	enum status status = read_members(&members, queue, doubts->resident_a, error);
	if (status == STATUS_OK)
		status = unite_certain(queue, &members, error);
	struct member *before = memory_alloc(members.count + 1, sizeof *before);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct member *now = memory_alloc(members.count + 1, sizeof *now);
		memcpy(now, members.at, members.count * sizeof *now);
		if (unite(&members, doubts[i].record_a, doubts[i].record_b)) {
			bridge = &doubts[i];
			memcpy(before, now, members.count * sizeof *now);
		}
		free(now);
	}
	if (status == STATUS_OK && bridge) {
		struct review_item item = item_of(bridge, &members, &members);
		size_t sizes[2] = {0};
		memcpy(members.at, before, members.count * sizeof *before);
		size_t a = group_of(&members, (size_t)(member_of(&members, bridge->record_a) - members.at));
		size_t b = group_of(&members, (size_t)(member_of(&members, bridge->record_b) - members.at));
		for (size_t i = 0; i < members.count; i++) {
			members.at[i].group = group_of(&members, i);
			sizes[0] += members.at[i].group == a;
			sizes[1] += members.at[i].group == b;
		}
		item.pairs = (int)count;
		item.records = (int)(sizes[0] < sizes[1] ? sizes[0] : sizes[1]);
		item.sensitive = count_sensitive(queue, &members, sizes[0] < sizes[1] ? a : b);
		status = write_item(queue, &item, error);
	}
	free(before);
	free(members.at);
	return status;
}

/* ---- all of them ------------------------------------------------------------------------------------------ */

static int by_residents(const void *x, const void *y)
{
	const struct doubt *a = x, *b = y;
	if (a->resident_a != b->resident_a)
		return a->resident_a < b->resident_a ? -1 : 1;
	if (a->resident_b != b->resident_b)
		return a->resident_b < b->resident_b ? -1 : 1;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->record_a != b->record_a)
		return a->record_a < b->record_a ? -1 : 1;
	return (a->record_b > b->record_b) - (a->record_b < b->record_b);
}

/* Drops what is there twice, and what has been ruled on. */
static void tidy(struct queue *queue)
{
	size_t kept = 0;
	if (queue->count)
		qsort(queue->doubts, queue->count, sizeof *queue->doubts, by_residents);
	for (size_t i = 0; i < queue->count; i++) {
		const struct doubt *doubt = &queue->doubts[i];
		if (id_map_get(&queue->ruled, hash_of_two(doubt->record_a, doubt->record_b)) ||
		    (kept > 0 && by_residents(&queue->doubts[kept - 1], doubt) == 0))
			continue;
		queue->doubts[kept++] = *doubt;
	}
	queue->count = kept;
}

static enum status add_items(struct queue *queue, struct error *error)
{
	enum status status = STATUS_OK;
	tidy(queue);
	for (size_t i = 0, end; i < queue->count && status == STATUS_OK; i = end) {
		const struct doubt *first = &queue->doubts[i];
		for (end = i + 1; end < queue->count && queue->doubts[end].resident_a == first->resident_a &&
				  queue->doubts[end].resident_b == first->resident_b;
		     end++)
			;
		status = first->resident_a == first->resident_b ? add_one(queue, first, end - i, error)
								: add_two(queue, first, end - i, error);
	}
	return status;
}

static enum status write_items(struct queue *queue, const struct profile *profile, struct error *error)
{
	enum status status = read_rulings(queue, error);
	if (status == STATUS_OK)
		status = read_sensitive(queue, profile, error);
	if (status == STATUS_OK)
		status = store_bulk_begin(&queue->out, queue->data, "review_item",
					  "record_a, record_b, resident_a, resident_b, source_a, source_b, weight, "
					  "probability, pairs, records, sensitive, household, harm",
					  error);
	if (status != STATUS_OK)
		return status;
	status = add_items(queue, error);
	if (status == STATUS_OK)
		return bulk_end(queue->out, error);
	bulk_abandon(queue->out);
	return status;
}

static void queue_init(struct queue *queue, struct store *data)
{
	*queue = (struct queue){.data = data};
	id_map_init(&queue->ruled);
	id_map_init(&queue->apart);
	id_map_init(&queue->sensitive);
}

static void queue_release(struct queue *queue)
{
	id_map_release(&queue->ruled);
	id_map_release(&queue->apart);
	id_map_release(&queue->sensitive);
	free(queue->doubts);
}

enum status review_refresh(struct store *data, const struct profile *profile, size_t *items, struct error *error)
{
	struct queue queue;
	queue_init(&queue, data);
	enum status status = store_begin(data, error);
	if (status == STATUS_OK)
		status = store_execute(data, "DELETE FROM review_item", error);
	if (status == STATUS_OK)
		status = read_all_doubts(&queue, error);
	if (status == STATUS_OK)
		status = write_items(&queue, profile, error);
	if (status == STATUS_OK)
		status = store_commit(data, error);
	else
		store_rollback(data);
	if (items)
		*items = queue.items;
	queue_release(&queue);
	return status;
}

static enum status forget(struct store *data, int64_t resident, struct error *error)
{
	struct statement *statement;
	enum status status =
		store_prepare(&statement, data,
			      "DELETE FROM review_item WHERE resident_a = :resident OR resident_b = :resident", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(statement, "resident", resident);
	status = statement_run(statement, NULL, error);
	statement_done(statement);
	return status;
}

enum status review_refresh_some(struct store *data, const struct profile *profile, const int64_t *residents,
				size_t count, struct error *error)
{
	struct queue queue;
	enum status status = STATUS_OK;
	queue_init(&queue, data);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = forget(data, residents[i], error);
		if (status == STATUS_OK)
			status = read_doubts_of(&queue, residents[i], error);
	}
	if (status == STATUS_OK)
		status = write_items(&queue, profile, error);
	queue_release(&queue);
	return status;
}

/* ---- asking --------------------------------------------------------------------------------------------------- */

#define ITEM_COLUMNS \
	"record_a, record_b, resident_a, resident_b, source_a, source_b, weight, probability, pairs, records, " \
	"sensitive, household, harm"

static int64_t number(struct statement *row, const char *column)
{
	return statement_int(row, statement_column(row, column));
}

static struct review_item read_item(struct statement *row)
{
	return (struct review_item){.record_a = number(row, "record_a"),
				    .record_b = number(row, "record_b"),
				    .resident_a = number(row, "resident_a"),
				    .resident_b = number(row, "resident_b"),
				    .source_no_a = (int)number(row, "source_a"),
				    .source_no_b = (int)number(row, "source_b"),
				    .weight = statement_double(row, statement_column(row, "weight")),
				    .probability = statement_double(row, statement_column(row, "probability")),
				    .pairs = (int)number(row, "pairs"),
				    .records = (int)number(row, "records"),
				    .sensitive = (int)number(row, "sensitive"),
				    .household = number(row, "household") != 0,
				    .harm = statement_double(row, statement_column(row, "harm"))};
}

static enum status name_sources(struct review_item *items, size_t count, struct store *data, struct arena *arena,
				struct error *error)
{
	enum { SOURCES_MAX = 1000 };
	struct statement *query;
	bool row;
	struct text *ids = ARENA_ARRAY(arena, SOURCES_MAX, struct text);
	enum status status = store_prepare(&query, data, "SELECT source_no, source_id FROM source", error);
	if (status != STATUS_OK)
		return status;
	int no = statement_column(query, "source_no"), id = statement_column(query, "source_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		if (statement_int(query, no) < SOURCES_MAX)
			ids[statement_int(query, no)] = arena_text(arena, statement_text(query, id));
	}
	statement_done(query);
	for (size_t i = 0; i < count; i++) {
		items[i].source_a = ids[items[i].source_no_a];
		items[i].source_b = ids[items[i].source_no_b];
	}
	return status;
}

enum status review_count(int64_t *count, struct store *data, struct error *error)
{
	return store_query_int(data, "SELECT COUNT(*) FROM review_item", count, error);
}

enum status review_list(struct review_item **out, size_t *count, struct store *data, struct arena *arena,
			struct error *error)
{
	struct statement *query;
	int64_t all;
	bool row;
	*count = 0;
	enum status status = review_count(&all, data, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&query, data, "SELECT " ITEM_COLUMNS " FROM review_item ORDER BY harm DESC, record_a, record_b",
			error);
	if (status != STATUS_OK)
		return status;
	*out = ARENA_ARRAY(arena, (size_t)all + 1, struct review_item);
	while (*count < (size_t)all && (status = statement_step(query, &row, error)) == STATUS_OK && row)
		(*out)[(*count)++] = read_item(query);
	statement_done(query);
	return status ? status : name_sources(*out, *count, data, arena, error);
}

enum status review_find(struct review_item *out, bool *found, struct store *data, int64_t record_a, int64_t record_b,
			struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(
		&query, data,
		"SELECT " ITEM_COLUMNS " FROM review_item WHERE record_a = :record_a AND record_b = :record_b", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "record_a", record_a < record_b ? record_a : record_b);
	statement_bind_int(query, "record_b", record_a < record_b ? record_b : record_a);
	status = statement_step(query, found, error);
	if (status == STATUS_OK && *found)
		*out = read_item(query);
	statement_done(query);
	return status;
}
