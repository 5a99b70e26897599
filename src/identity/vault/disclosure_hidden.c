/* Whom and which addresses the marks and flags of now may hide, laid beside the search index and the rows: so that what
 * is hidden is left out before anything is ranked or counted, and a row that was ever at a protected property is known
 * by itself.
 *
 * Which of these are hidden from whom is asked of policy each time. The lists are made anew when policy has loaded
 * anything, or the data has changed, and shared by all who ask until then.
 */
#include "vault/disclosure_int.h"

#include "base/memory.h"

#include <stdlib.h>

struct hidden_resident {
	int64_t resident_id;
	size_t at; /* in the index; SEARCH_NOBODY when it is not there */
};

struct hidden_row { /* a row that was ever at a property with a mark; where it was from a version on */
	int64_t record_id, row_key, property_id;
	size_t at; /* whose it is, in the index */
	uint16_t feed;
	int32_t version;
};

struct disclosure_hidden {
	unsigned holders; /* under the door's lock */
	uint64_t epoch;
	int64_t generation, state_generation;
	const struct search_index *index;
	struct hidden_resident *residents;
	size_t resident_count;
	struct hidden_row *rows;
	size_t row_count, row_capacity;
};

static void hidden_free(struct disclosure_hidden *hidden)
{
	free(hidden->residents);
	free(hidden->rows);
	free(hidden);
}

void disclosure_hidden_drop(struct disclosure *door, struct disclosure_hidden *hidden)
{
	if (!hidden)
		return;
	pthread_mutex_lock(&door->hidden_lock);
	bool last = --hidden->holders == 0;
	pthread_mutex_unlock(&door->hidden_lock);
	if (last)
		hidden_free(hidden);
}

/* ---- making the lists --------------------------------------------------------------------------------- */

static int compare_rows(const void *left, const void *right)
{
	const struct hidden_row *a = left, *b = right;
	if (a->record_id != b->record_id)
		return a->record_id < b->record_id ? -1 : 1;
	if (a->feed != b->feed)
		return a->feed < b->feed ? -1 : 1;
	if (a->row_key != b->row_key)
		return a->row_key < b->row_key ? -1 : 1;
	return (a->version > b->version) - (a->version < b->version);
}

static size_t place_of(const struct asking_door *asking, int64_t resident_id)
{
	return asking->state->index ? search_position(asking->state->index, resident_id) : SEARCH_NOBODY;
}

/* The rows that were ever at PROPERTY, with all their places. */
static enum status read_rows_at(struct disclosure_hidden *hidden, const struct asking_door *asking, int64_t property_id,
				struct error *error)
{
	struct statement *s;
	const struct disclosure_state *state = asking->state;
	enum status status =
		store_prepare(&s, asking->data,
			      "SELECT m.resident_id, q.record_id, q.feed_no, q.row_key, q.version, q.property_id FROM "
			      "record_property p "
			      "JOIN record_property q ON q.record_id = p.record_id AND q.feed_no = p.feed_no AND "
			      "q.row_key = p.row_key "
			      "JOIN resident_record m ON m.record_id = p.record_id WHERE p.property_id = :property",
			      error);
	if (status)
		return status;
	statement_bind_int(s, "property", property_id);
	int resident = statement_column(s, "resident_id"), record = statement_column(s, "record_id"),
	    feed = statement_column(s, "feed_no"), key = statement_column(s, "row_key"),
	    version = statement_column(s, "version"), at = statement_column(s, "property_id");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		size_t no = (size_t)statement_int(s, feed);
		if (no >= state->feed_count || !state->feeds[no])
			continue;
		ARRAY_GROW(hidden->rows, hidden->row_count, hidden->row_capacity);
		hidden->rows[hidden->row_count++] =
			(struct hidden_row){.record_id = statement_int(s, record),
					    .row_key = statement_int(s, key),
					    .property_id = statement_int(s, at),
					    .at = place_of(asking, statement_int(s, resident)),
					    .feed = (uint16_t)state->feeds[no]->number,
					    .version = (int32_t)statement_int(s, version)};
	}
	statement_done(s);
	return status;
}

static enum status make(struct disclosure_hidden *hidden, const struct asking_door *asking, struct error *error)
{
	int64_t *ids;
	size_t count;
	enum status status = STATUS_OK;
	struct policy *policy = asking->door->parts.policy;
	policy_marked(policy, POLICY_RESIDENT, &ids, &hidden->resident_count);
	hidden->residents = memory_alloc(hidden->resident_count + 1, sizeof *hidden->residents);
	for (size_t i = 0; i < hidden->resident_count; i++)
		hidden->residents[i] = (struct hidden_resident){ids[i], place_of(asking, ids[i])};
	free(ids);
	policy_marked(policy, POLICY_PROPERTY, &ids, &count);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = read_rows_at(hidden, asking, ids[i], error);
	free(ids);
	if (hidden->row_count)
		qsort(hidden->rows, hidden->row_count, sizeof *hidden->rows, compare_rows);
	return status;
}

static bool is_of_now(const struct disclosure_hidden *hidden, const struct asking_door *asking, int64_t generation,
		      uint64_t epoch)
{
	return hidden && hidden->epoch == epoch && hidden->generation == generation &&
	       hidden->state_generation == asking->state->generation && hidden->index == asking->state->index;
}

enum status asking_take_hidden(struct asking_door *asking, int64_t generation, struct error *error)
{
	struct disclosure *door = asking->door;
	struct disclosure_hidden *old = NULL;
	uint64_t epoch =
		policy_epoch(door->parts.policy); /* before the lists: what is loaded meanwhile makes them anew */
	enum status status = STATUS_OK;
	pthread_mutex_lock(&door->hidden_lock);
	if (!is_of_now(door->hidden, asking, generation, epoch)) {
		struct disclosure_hidden *made = memory_alloc(1, sizeof *made);
		*made = (struct disclosure_hidden){.holders = 1,
						   .epoch = epoch,
						   .generation = generation,
						   .state_generation = asking->state->generation,
						   .index = asking->state->index};
		status = make(made, asking, error);
		old = status == STATUS_OK ? door->hidden : made;
		if (status == STATUS_OK)
			door->hidden = made;
	}
	if (status == STATUS_OK) {
		asking->hidden = door->hidden;
		door->hidden->holders++;
	}
	bool last = old && --old->holders == 0;
	pthread_mutex_unlock(&door->hidden_lock);
	if (last)
		hidden_free(old);
	return status;
}

/* ---- asking --------------------------------------------------------------------------------------------- */

bool asking_row_is_protected(struct asking_door *asking, int64_t resident_id, const struct found_row *row)
{
	const struct disclosure_hidden *hidden = asking->hidden;
	const struct hidden_row wanted = {.record_id = row->record_id,
					  .row_key = row->row_key,
					  .feed = (uint16_t)row->feed->number,
					  .version = row->version};
	size_t low = 0, high = hidden->row_count;
	while (low < high) { /* the first behind it */
		size_t middle = (low + high) / 2;
		if (compare_rows(&hidden->rows[middle], &wanted) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	const struct hidden_row *at = &hidden->rows[low - 1];
	if (at->record_id != wanted.record_id || at->feed != wanted.feed || at->row_key != wanted.row_key)
		return false;
	return asking_place_is_protected(asking, at->property_id, resident_id);
}

static void mark(uint64_t *bits, size_t at)
{
	bits[at / 64] |= UINT64_C(1) << (at % 64);
}

void asking_hide_from_search(struct search_permission *out, struct asking_door *asking)
{
	const struct disclosure_hidden *hidden = asking->hidden;
	if (!asking->state->index)
		return;
	size_t words = search_index_size(asking->state->index).residents / 64 + 1;
	uint64_t *nobody = ARENA_ARRAY(asking->arena, words, uint64_t),
		 *no_address = ARENA_ARRAY(asking->arena, words, uint64_t);
	for (size_t i = 0; i < hidden->resident_count; i++) {
		uint64_t restrictions;
		bool address_hidden;
		const struct hidden_resident *resident = &hidden->residents[i];
		if (resident->at == SEARCH_NOBODY)
			continue;
		if (!asking_may_know(asking, resident->resident_id, &restrictions, &address_hidden))
			mark(nobody, resident->at);
		if (address_hidden)
			mark(no_address, resident->at);
	}
	for (size_t i = 0; i < hidden->row_count; i++)
		if (hidden->rows[i].at != SEARCH_NOBODY &&
		    asking_place_is_protected(asking, hidden->rows[i].property_id, 0))
			mark(no_address, hidden->rows[i].at);
	out->hidden = nobody;
	out->no_address = no_address;
}
