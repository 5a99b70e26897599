#include "household/household_rulings.h"

#include "base/map.h"
#include "base/memory.h"
#include "store/store.h"

#include <stdlib.h>

/* ---- what holds ---------------------------------------------------------------------------------------------- */

struct settling {
	struct household_rulings *rulings;
	struct text_map ends; /* a record -> number */
	size_t *parent;       /* by number: joined by rulings that hold */
	size_t *apart;        /* rulings taken up that keep apart */
	size_t apart_count;
};

static size_t number_of(struct settling *settling, const struct ruling_end *end)
{
	char key[300];
	bool is_new;
	int len = snprintf(key, sizeof key, "%.*s %lld", TEXT_ARG(end->source), (long long)end->client);
	size_t next = settling->ends.count;
	uint64_t *number = text_map_put(&settling->ends, text_slice(key, (size_t)len), &is_new);
	if (is_new) {
		*number = next;
		settling->parent[next] = next;
	}
	return (size_t)*number;
}

static size_t root_of(struct settling *settling, const struct ruling_end *end)
{
	size_t x = number_of(settling, end);
	while (settling->parent[x] != x)
		x = settling->parent[x] = settling->parent[settling->parent[x]];
	return x;
}

static bool is_forbidden(struct settling *settling, size_t x, size_t y)
{
	for (size_t i = 0; i < settling->apart_count; i++) {
		const struct household_ruling *ruling = &settling->rulings->at[settling->apart[i]];
		size_t a = root_of(settling, &ruling->a), b = root_of(settling, &ruling->b);
		if ((a == x && b == y) || (a == y && b == x))
			return true;
	}
	return false;
}

static void take_up(struct settling *settling, size_t number)
{
	struct household_ruling *ruling = &settling->rulings->at[number];
	size_t a = root_of(settling, &ruling->a), b = root_of(settling, &ruling->b);
	ruling->state = HOUSEHOLD_RULING_HOLDS;
	if (ruling->together ? is_forbidden(settling, a, b) : a == b)
		ruling->state = HOUSEHOLD_RULING_CONTRADICTED;
	else if (ruling->together)
		settling->parent[a > b ? a : b] = a < b ? a : b;
	else
		settling->apart[settling->apart_count++] = number;
}

/* Of the opinions on one pair the newest that stands counts. */
static void mark_superseded(struct household_rulings *rulings)
{
	struct text_map newest;
	text_map_init(&newest);
	for (size_t i = rulings->count; i-- > 0;) {
		struct household_ruling *ruling = &rulings->at[i];
		char key[600];
		bool is_new;
		ruling->state = HOUSEHOLD_RULING_UNDONE;
		if (ruling->undone != INSTANT_UNKNOWN)
			continue;
		int len =
			snprintf(key, sizeof key, "%.*s %lld %.*s %lld", TEXT_ARG(ruling->a.source),
				 (long long)ruling->a.client, TEXT_ARG(ruling->b.source), (long long)ruling->b.client);
		text_map_put(&newest, text_slice(key, (size_t)len), &is_new);
		ruling->state = is_new ? HOUSEHOLD_RULING_HOLDS : HOUSEHOLD_RULING_SUPERSEDED;
	}
	text_map_release(&newest);
}

void household_rulings_settle(struct household_rulings *rulings)
{
	size_t room = 2 * rulings->count + 1;
	struct settling settling = {.rulings = rulings,
				    .parent = memory_alloc(room, sizeof(size_t)),
				    .apart = memory_alloc(room, sizeof(size_t))};
	text_map_init(&settling.ends);
	mark_superseded(rulings);
	for (size_t i = 0; i < rulings->count; i++) {
		if (rulings->at[i].state == HOUSEHOLD_RULING_HOLDS)
			take_up(&settling, i);
	}
	text_map_release(&settling.ends);
	free(settling.parent);
	free(settling.apart);
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

static int64_t number(struct statement *row, const char *column)
{
	return statement_int(row, statement_column(row, column));
}

static struct text copied(struct statement *row, const char *column, struct arena *arena)
{
	return arena_text(arena, statement_text(row, statement_column(row, column)));
}

static enum status read_opinions(struct household_rulings *out, struct store *desk, struct error *error)
{
	struct statement *query;
	size_t capacity = 0;
	bool row;
	enum status status =
		store_prepare(&query, desk,
			      "SELECT ruling_id, made_at, user_id, username, source_a, client_a, source_b, "
			      "client_b, verdict, undone_at, undone_by FROM household_ruling ORDER BY ruling_id",
			      error);
	if (status != STATUS_OK)
		return status;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		int undone = statement_column(query, "undone_at");
		ARRAY_GROW(out->at, out->count, capacity);
		out->at[out->count++] = (struct household_ruling){
			.ruling_id = number(query, "ruling_id"),
			.made = number(query, "made_at"),
			.user_id = number(query, "user_id"),
			.username = copied(query, "username", &out->arena),
			.a = {copied(query, "source_a", &out->arena), number(query, "client_a")},
			.b = {copied(query, "source_b", &out->arena), number(query, "client_b")},
			.together = text_is(statement_text(query, statement_column(query, "verdict")), "together"),
			.undone = statement_is_null(query, undone) ? INSTANT_UNKNOWN : statement_int(query, undone),
			.undone_by = copied(query, "undone_by", &out->arena)};
	}
	statement_done(query);
	return status;
}

static enum status find_record(int64_t *out, struct statement *query, const struct ruling_end *end, struct error *error)
{
	bool row;
	statement_bind_text(query, "source", end->source);
	statement_bind_int(query, "client", end->client);
	enum status status = statement_step(query, &row, error);
	*out = status == STATUS_OK && row ? number(query, "record_id") : 0;
	statement_reset(query);
	return status;
}

static enum status locate(struct household_rulings *rulings, struct store *data, struct error *error)
{
	struct statement *query;
	enum status status =
		store_prepare(&query, data,
			      "SELECT r.record_id FROM record r JOIN source s ON s.source_no = r.source_no "
			      "WHERE s.source_id = :source AND r.client_hash = :client",
			      error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < rulings->count && status == STATUS_OK; i++) {
		status = find_record(&rulings->at[i].record_a, query, &rulings->at[i].a, error);
		if (status == STATUS_OK)
			status = find_record(&rulings->at[i].record_b, query, &rulings->at[i].b, error);
	}
	statement_done(query);
	return status;
}

enum status household_rulings_read(struct household_rulings *out, struct store *desk, struct store *data,
				   struct error *error)
{
	*out = (struct household_rulings){0};
	arena_init(&out->arena, (size_t)1 << 30);
	enum status status = read_opinions(out, desk, error);
	if (status == STATUS_OK)
		household_rulings_settle(out);
	if (status == STATUS_OK && data)
		status = locate(out, data, error);
	if (status != STATUS_OK)
		household_rulings_release(out);
	return status;
}

void household_rulings_release(struct household_rulings *rulings)
{
	free(rulings->at);
	arena_release(&rulings->arena);
	*rulings = (struct household_rulings){0};
}
