/* Rulings as rows of the desk, and what they settle. */
#include "linking/rulings.h"

#include "base/map.h"
#include "base/memory.h"
#include "store/store.h"

#include <stdlib.h>

static const char *const verdict_names[RULING_VERDICT_COUNT] = {"same", "different", "unsure"};

const char *ruling_verdict_name(enum ruling_verdict verdict)
{
	return verdict_names[verdict];
}

bool ruling_verdict_parse(struct text name, enum ruling_verdict *out)
{
	for (int i = 0; i < RULING_VERDICT_COUNT; i++) {
		if (text_is(name, verdict_names[i])) {
			*out = (enum ruling_verdict)i;
			return true;
		}
	}
	return false;
}

const char *ruling_state_name(enum ruling_state state)
{
	static const char *const names[] = {"open", "waiting", "disagreed", "holds", "contradicted"};
	return names[state];
}

bool ruling_is_hard(enum ruling_verdict verdict, double probability, bool forbidden)
{
	if (verdict == RULING_SAME)
		return forbidden || probability < 0.05;
	return verdict == RULING_DIFFERENT && probability > 0.98;
}

/* ---- order -------------------------------------------------------------------------------------------- */

static int compare_ends(const struct ruling_end *a, const struct ruling_end *b)
{
	int order = text_compare(a->source, b->source);
	return order ? order : (a->client > b->client) - (a->client < b->client);
}

static int compare_pairs(const struct ruling_end *a1, const struct ruling_end *b1, const struct ruling_end *a2,
			 const struct ruling_end *b2)
{
	int order = compare_ends(a1, a2);
	return order ? order : compare_ends(b1, b2);
}

static int by_pair(const void *x, const void *y)
{
	const struct ruling *a = x, *b = y;
	int order = compare_pairs(&a->a, &a->b, &b->a, &b->b);
	return order ? order : (a->ruling_id > b->ruling_id) - (a->ruling_id < b->ruling_id);
}

/* ---- one pair ----------------------------------------------------------------------------------------- */

/* One opinion is enough unless somebody asked for a second; then two must agree. */
static void settle_pair(struct ruled_pair *pair, const struct ruling *opinions)
{
	size_t votes[RULING_VERDICT_COUNT] = {0};
	int64_t newest[RULING_VERDICT_COUNT] = {0};
	bool second = false;
	for (size_t i = pair->first; i < pair->first + pair->count; i++) {
		const struct ruling *opinion = &opinions[i];
		if (opinion->undone != INSTANT_UNKNOWN)
			continue;
		votes[opinion->verdict]++;
		newest[opinion->verdict] = opinion->ruling_id;
		second |= opinion->second || opinion->verdict == RULING_UNSURE;
	}
	size_t same = votes[RULING_SAME], different = votes[RULING_DIFFERENT];
	pair->verdict = same > different ? RULING_SAME : different > 0 ? RULING_DIFFERENT : RULING_UNSURE;
	pair->deciding = newest[pair->verdict];
	if (same + different + votes[RULING_UNSURE] == 0) {
		pair->state = RULING_OPEN;
		pair->deciding = opinions[pair->first + pair->count - 1].ruling_id;
	} else if (same > 0 && different > 0) {
		size_t more = same > different ? same : different;
		pair->state = more >= 2 && same != different ? RULING_HOLDS : RULING_DISAGREED;
	} else {
		size_t agreeing = same + different;
		pair->state = agreeing >= (second ? 2u : 1u) ? RULING_HOLDS : RULING_WAITING;
	}
}

static void group_pairs(struct rulings *rulings)
{
	rulings->pairs = memory_alloc(rulings->count + 1, sizeof *rulings->pairs);
	rulings->pair_count = 0;
	for (size_t i = 0, end; i < rulings->count; i = end) {
		const struct ruling *first = &rulings->opinions[i];
		for (end = i + 1; end < rulings->count; end++) {
			const struct ruling *next = &rulings->opinions[end];
			if (compare_pairs(&first->a, &first->b, &next->a, &next->b))
				break;
		}
		struct ruled_pair *pair = &rulings->pairs[rulings->pair_count++];
		*pair = (struct ruled_pair){.a = first->a, .b = first->b, .first = i, .count = end - i};
		settle_pair(pair, rulings->opinions);
	}
}

/* ---- all pairs together: what contradicts what -------------------------------------------------------- */

struct turn {
	int64_t deciding;
	size_t pair;
};

struct settling {
	struct rulings *rulings;
	struct text_map ends; /* a record -> number */
	size_t *parent;       /* by number: joined by "same" */
	struct turn *order;   /* pairs that hold, oldest first */
	size_t *apart;        /* taken up: pairs ruled different */
	size_t apart_count, *joined, joined_count;
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

/* A pair ruled different whose two sides this join would bring together. */
static const struct ruled_pair *forbids(struct settling *settling, size_t a, size_t b)
{
	for (size_t i = 0; i < settling->apart_count; i++) {
		const struct ruled_pair *pair = &settling->rulings->pairs[settling->apart[i]];
		size_t x = root_of(settling, &pair->a), y = root_of(settling, &pair->b);
		if ((x == a && y == b) || (x == b && y == a))
			return pair;
	}
	return NULL;
}

/* The newest join of the group that holds the two together. */
static const struct ruled_pair *joined_by(struct settling *settling, size_t root)
{
	for (size_t i = settling->joined_count; i > 0; i--) {
		const struct ruled_pair *pair = &settling->rulings->pairs[settling->joined[i - 1]];
		if (root_of(settling, &pair->a) == root)
			return pair;
	}
	return NULL;
}

static void take_up(struct settling *settling, size_t number)
{
	struct ruled_pair *pair = &settling->rulings->pairs[number];
	size_t a = root_of(settling, &pair->a), b = root_of(settling, &pair->b);
	const struct ruled_pair *against = NULL;
	if (pair->verdict == RULING_SAME)
		against = forbids(settling, a, b);
	else if (a == b)
		against = joined_by(settling, a);
	if (against) {
		pair->state = RULING_CONTRADICTED;
		pair->against = against->deciding;
	} else if (pair->verdict == RULING_SAME) {
		settling->parent[a > b ? a : b] = a < b ? a : b;
		settling->joined[settling->joined_count++] = number;
	} else {
		settling->apart[settling->apart_count++] = number;
	}
}

static int by_deciding(const void *x, const void *y)
{
	const struct turn *a = x, *b = y;
	return (a->deciding > b->deciding) - (a->deciding < b->deciding);
}

static void find_contradictions(struct rulings *rulings)
{
	size_t room = 2 * rulings->pair_count + 1, count = 0;
	struct settling settling = {.rulings = rulings,
				    .parent = memory_alloc(room, sizeof(size_t)),
				    .order = memory_alloc(room, sizeof(struct turn)),
				    .apart = memory_alloc(room, sizeof(size_t)),
				    .joined = memory_alloc(room, sizeof(size_t))};
	text_map_init(&settling.ends);
	for (size_t i = 0; i < rulings->pair_count; i++) {
		if (rulings->pairs[i].state == RULING_HOLDS)
			settling.order[count++] = (struct turn){rulings->pairs[i].deciding, i};
	}
	qsort(settling.order, count, sizeof *settling.order, by_deciding);
	for (size_t i = 0; i < count; i++)
		take_up(&settling, settling.order[i].pair);
	text_map_release(&settling.ends);
	free(settling.parent);
	free(settling.order);
	free(settling.apart);
	free(settling.joined);
}

void rulings_settle(struct rulings *rulings)
{
	if (rulings->count)
		qsort(rulings->opinions, rulings->count, sizeof *rulings->opinions, by_pair);
	free(rulings->pairs);
	group_pairs(rulings);
	find_contradictions(rulings);
}

/* ---- asking ---------------------------------------------------------------------------------------------- */

const struct ruled_pair *rulings_pair(const struct rulings *rulings, int64_t record_a, int64_t record_b)
{
	for (size_t i = 0; i < rulings->pair_count; i++) {
		const struct ruled_pair *pair = &rulings->pairs[i];
		if (pair->record_a && ((pair->record_a == record_a && pair->record_b == record_b) ||
				       (pair->record_a == record_b && pair->record_b == record_a)))
			return pair;
	}
	return NULL;
}

const struct ruled_pair *rulings_pair_of(const struct rulings *rulings, int64_t ruling_id)
{
	for (size_t i = 0; i < rulings->pair_count; i++) {
		const struct ruled_pair *pair = &rulings->pairs[i];
		for (size_t k = pair->first; k < pair->first + pair->count; k++) {
			if (rulings->opinions[k].ruling_id == ruling_id)
				return pair;
		}
	}
	return NULL;
}

struct linking_ruling *rulings_binding(const struct rulings *rulings, size_t *count)
{
	struct linking_ruling *binding = memory_alloc(rulings->pair_count + 1, sizeof *binding);
	*count = 0;
	for (size_t i = 0; i < rulings->pair_count; i++) {
		const struct ruled_pair *pair = &rulings->pairs[i];
		if (pair->state != RULING_HOLDS || !pair->record_a || !pair->record_b)
			continue;
		binding[(*count)++] =
			(struct linking_ruling){pair->record_a, pair->record_b,
						pair->verdict == RULING_SAME ? LINKING_SAME : LINKING_DIFFERENT};
	}
	return binding;
}

/* ---- reading --------------------------------------------------------------------------------------------- */

#define OPINION_COLUMNS \
	"ruling_id, made_at, user_id, username, source_a, client_a, source_b, client_b, verdict, second, weight, " \
	"probability, linked, undone_at, undone_by"

static struct text copied(struct statement *row, const char *column, struct arena *arena)
{
	return arena_text(arena, statement_text(row, statement_column(row, column)));
}

static int64_t number(struct statement *row, const char *column)
{
	return statement_int(row, statement_column(row, column));
}

static void read_opinion(struct ruling *out, struct statement *row, struct arena *arena)
{
	int undone = statement_column(row, "undone_at");
	*out = (struct ruling){.ruling_id = number(row, "ruling_id"),
			       .made = number(row, "made_at"),
			       .user_id = number(row, "user_id"),
			       .username = copied(row, "username", arena),
			       .a = {copied(row, "source_a", arena), number(row, "client_a")},
			       .b = {copied(row, "source_b", arena), number(row, "client_b")},
			       .second = number(row, "second") != 0,
			       .weight = statement_double(row, statement_column(row, "weight")),
			       .probability = statement_double(row, statement_column(row, "probability")),
			       .linked = number(row, "linked") != 0,
			       .undone = statement_is_null(row, undone) ? INSTANT_UNKNOWN : statement_int(row, undone),
			       .undone_by = copied(row, "undone_by", arena)};
	if (!ruling_verdict_parse(copied(row, "verdict", arena), &out->verdict))
		out->verdict = RULING_UNSURE;
}

static enum status read_opinions(struct rulings *out, struct store *desk, struct error *error)
{
	struct statement *query;
	size_t capacity = 0;
	bool row;
	enum status status =
		store_prepare(&query, desk, "SELECT " OPINION_COLUMNS " FROM match_ruling ORDER BY ruling_id", error);
	if (status != STATUS_OK)
		return status;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(out->opinions, out->count, capacity);
		read_opinion(&out->opinions[out->count++], query, &out->arena);
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

static enum status locate(struct rulings *rulings, struct store *data, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, data,
					   "SELECT r.record_id FROM record r JOIN source s ON s.source_no = "
					   "r.source_no WHERE s.source_id = :source AND r.client_hash = :client",
					   error);
	for (size_t i = 0; i < rulings->pair_count && status == STATUS_OK; i++) {
		struct ruled_pair *pair = &rulings->pairs[i];
		status = find_record(&pair->record_a, query, &pair->a, error);
		if (status == STATUS_OK)
			status = find_record(&pair->record_b, query, &pair->b, error);
	}
	statement_done(query);
	return status;
}

enum status rulings_read(struct rulings *out, struct store *desk, struct store *data, struct error *error)
{
	*out = (struct rulings){0};
	arena_init(&out->arena, (size_t)1 << 30);
	enum status status = read_opinions(out, desk, error);
	if (status == STATUS_OK) {
		rulings_settle(out);
		status = data ? locate(out, data, error) : STATUS_OK;
	}
	if (status != STATUS_OK)
		rulings_release(out);
	return status;
}

void rulings_release(struct rulings *rulings)
{
	free(rulings->opinions);
	free(rulings->pairs);
	arena_release(&rulings->arena);
	*rulings = (struct rulings){0};
}

enum status rulings_generation(struct store *desk, int64_t *generation, struct error *error)
{
	return store_query_int(desk, "SELECT COUNT(*) + COUNT(undone_at) FROM match_ruling", generation, error);
}

enum status ruling_end_of(struct ruling_end *out, struct store *data, int64_t record_id, struct arena *arena,
			  struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, data,
					   "SELECT s.source_id, r.client_hash FROM record r JOIN source s ON "
					   "s.source_no = r.source_no WHERE r.record_id = :record",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "record", record_id);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && !row)
		status = error_set(error, STATUS_NOT_FOUND, "linking.no_record", "there is no record %lld",
				   (long long)record_id);
	else if (status == STATUS_OK)
		*out = (struct ruling_end){copied(query, "source_id", arena), number(query, "client_hash")};
	statement_done(query);
	return status;
}

/* ---- writing ----------------------------------------------------------------------------------------------- */

static void bind_ends(struct statement *statement, const struct ruling_end *a, const struct ruling_end *b)
{
	bool swapped = compare_ends(a, b) > 0;
	const struct ruling_end *first = swapped ? b : a, *second = swapped ? a : b;
	statement_bind_text(statement, "source_a", first->source);
	statement_bind_int(statement, "client_a", first->client);
	statement_bind_text(statement, "source_b", second->source);
	statement_bind_int(statement, "client_b", second->client);
}

static enum status replace_own(struct store *desk, const struct ruling *ruling, struct error *error)
{
	struct statement *update;
	enum status status =
		store_prepare(&update, desk,
			      "UPDATE match_ruling SET undone_at = :now, undone_by = :by WHERE source_a = :source_a "
			      "AND client_a = :client_a AND source_b = :source_b AND client_b = :client_b AND user_id "
			      "= :user_id AND undone_at IS NULL",
			      error);
	if (status != STATUS_OK)
		return status;
	bind_ends(update, &ruling->a, &ruling->b);
	statement_bind_int(update, "now", instant_now());
	statement_bind_text(update, "by", ruling->username);
	statement_bind_int(update, "user_id", ruling->user_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

enum status ruling_add(struct store *desk, const struct ruling *ruling, int64_t *ruling_id, struct error *error)
{
	struct statement *insert;
	bool row;
	if (compare_ends(&ruling->a, &ruling->b) == 0)
		return error_set(error, STATUS_USAGE, "linking.same_record",
				 "a record is compared with another one, not with itself");
	enum status status = replace_own(desk, ruling, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&insert, desk,
			"INSERT INTO match_ruling (made_at, user_id, username, source_a, client_a, source_b, client_b, "
			"verdict, second, weight, probability, linked) VALUES (:made_at, :user_id, :username, "
			":source_a, :client_a, :source_b, :client_b, :verdict, :second, :weight, :probability, "
			":linked) RETURNING ruling_id",
			error);
	if (status != STATUS_OK)
		return status;
	bind_ends(insert, &ruling->a, &ruling->b);
	statement_bind_int(insert, "made_at", ruling->made ? ruling->made : instant_now());
	statement_bind_int(insert, "user_id", ruling->user_id);
	statement_bind_text(insert, "username", ruling->username);
	statement_bind_text(insert, "verdict", text_of(ruling_verdict_name(ruling->verdict)));
	statement_bind_int(insert, "second", ruling->second);
	statement_bind_double(insert, "weight", ruling->weight);
	statement_bind_double(insert, "probability", ruling->probability);
	statement_bind_int(insert, "linked", ruling->linked);
	status = statement_step(insert, &row, error);
	if (status == STATUS_OK)
		*ruling_id = number(insert, "ruling_id");
	statement_done(insert);
	return status;
}

enum status ruling_undo(struct store *desk, int64_t ruling_id, struct text by, struct error *error)
{
	struct statement *update;
	int64_t changed = 0;
	enum status status = store_prepare(&update, desk,
					   "UPDATE match_ruling SET undone_at = :now, undone_by = :by WHERE ruling_id "
					   "= :ruling_id AND undone_at IS NULL",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(update, "now", instant_now());
	statement_bind_text(update, "by", by);
	statement_bind_int(update, "ruling_id", ruling_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	if (status == STATUS_OK && !changed) {
		error_set(error, STATUS_CONFLICT, "review.undone", "This decision has been taken back already.");
		error_remedy(error, "Look at the pair again: it may have been decided anew.");
		return STATUS_CONFLICT;
	}
	return status;
}
