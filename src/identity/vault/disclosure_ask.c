/* A question at the door: one snapshot of the shelf, its marks, and a plan of what each feed may show. */
#include "vault/disclosure_int.h"

#include "base/memory.h"
#include "runs/runs.h"

enum { PLAIN_MAX = 1 << 20 };

enum status waiting_extracts(int64_t **out, size_t *count, struct store *data, struct arena *arena, struct error *error)
{
	struct statement *s;
	int64_t number = 0;
	bool row;
	*out = NULL;
	*count = 0;
	enum status status = store_query_int(data, "SELECT count(*) FROM extract WHERE waits = 1", &number, error);
	if (status || number == 0)
		return status;
	*out = ARENA_ARRAY(arena, (size_t)number, int64_t);
	status = store_prepare(&s, data, "SELECT extract_id FROM extract WHERE waits = 1 ORDER BY extract_id", error);
	if (status)
		return status;
	int extract = statement_column(s, "extract_id");
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < (size_t)number)
		(*out)[(*count)++] = statement_int(s, extract);
	statement_done(s);
	return status;
}

struct picture { /* of the data shelf */
	int64_t generation, marks;
	bool waiting; /* some extract is */
};

static enum status read_picture(struct picture *out, struct store *data, struct error *error)
{
	struct statement *s;
	bool row = false;
	enum status status = store_prepare(&s, data,
					   "SELECT value, (SELECT generation FROM restriction_state) AS marks, (SELECT "
					   "min(extract_id) FROM extract WHERE waits = 1) AS waits FROM state WHERE "
					   "name = 'generation'",
					   error);
	if (status)
		return status;
	int value = statement_column(s, "value"), marks = statement_column(s, "marks"),
	    waits = statement_column(s, "waits");
	status = statement_step(s, &row, error);
	if (!status && row)
		*out = (struct picture){statement_int(s, value), statement_int(s, marks), !statement_is_null(s, waits)};
	statement_done(s);
	return status;
}

/* Loads the marks of the snapshot, when they are later than those in memory. */
static enum status follow_marks(struct asking_door *asking, struct error *error)
{
	const struct disclosure_parts *parts = &asking->door->parts;
	struct store *desk;
	if (!parts->desk || policy_marks_generation(parts->policy) > asking->marks)
		return STATUS_OK;
	enum status status = store_pool_take(parts->desk, &desk, error);
	if (status)
		return status;
	status = policy_load(parts->policy, asking->data, desk, error);
	store_pool_give(parts->desk, desk);
	return status;
}

static enum status marks_differ(struct error *error)
{
	error_set(error, STATUS_IO, "disclosure.marks", "Who must be protected has just changed");
	error_remedy(error, "Try again in a moment");
	return STATUS_IO;
}

/* One snapshot for the whole question, since a refresh may commit in the middle of it; and the marks of that same
 * state, which others may have moved on from. */
static enum status take_picture(struct asking_door *asking, struct picture *picture, struct error *error)
{
	enum { TRIES = 5 };
	struct policy *policy = asking->door->parts.policy;
	for (int i = 0; i < TRIES; i++) {
		enum status status = store_begin(asking->data, error);
		if (!status)
			status = read_picture(picture, asking->data, error);
		asking->marks = picture->marks;
		if (!status && policy_marks_generation(policy) != picture->marks)
			status = follow_marks(asking, error);
		if (status || policy_marks_generation(policy) == picture->marks)
			return status;
		store_rollback(asking->data);
	}
	return marks_differ(error);
}

enum status asking_settle(struct asking_door *asking, struct error *error)
{
	return policy_marks_generation(asking->door->parts.policy) == asking->marks ? STATUS_OK : marks_differ(error);
}

enum status asking_begin(struct asking_door *asking, struct disclosure *door, const struct viewer *viewer, date on,
			 struct arena *arena, struct error *error)
{
	const struct profile *profile = door->parts.profile;
	struct picture picture = {0};
	*asking = (struct asking_door){.door = door, .viewer = viewer, .arena = arena};
	enum status status = store_pool_take(door->parts.data, &asking->data, error);
	if (status)
		return status;
	store_watch(asking->data, arena);
	status = take_picture(asking, &picture, error);
	if (!status && picture.waiting)
		status = waiting_extracts(&asking->waiting, &asking->waiting_count, asking->data, arena, error);
	if (status) {
		store_rollback(asking->data);
		store_pool_give(door->parts.data, asking->data);
		return status;
	}
	asking->state = disclosure_state_hold(door);
	asking->snapshot_is_state = picture.generation == asking->state->generation;
	asking->grid = policy_grid(door->parts.policy, viewer, on == DATE_UNKNOWN ? date_today() : on);
	asking->plans = ARENA_ARRAY(arena, profile->feeds.count, struct feed_plan *);
	asking->slots = ARENA_ARRAY(arena, profile->elements.count, struct text);
	asking->disclosed = ARENA_ARRAY(arena, profile->elements.count, uint8_t);
	asking->agreements = ARENA_ARRAY(arena, profile->agreements.count, uint8_t);
	buf_init(&asking->plain, PLAIN_MAX);
	status = asking_take_hidden(asking, picture.generation, error);
	if (status)
		asking_end(asking);
	return status;
}

void asking_end(struct asking_door *asking)
{
	buf_wipe(&asking->plain);
	buf_release(&asking->plain);
	policy_grid_done(asking->grid);
	disclosure_hidden_drop(asking->door, asking->hidden);
	disclosure_state_drop(asking->state);
	store_rollback(asking->data); /* it only read */
	store_pool_give(asking->door->parts.data, asking->data);
}

static size_t feed_elements(const struct profile_feed *feed, const struct profile_element **out)
{
	size_t count = 0;
	for (size_t i = 0; i < feed->column_count; i++) {
		const struct profile_column *column = &feed->columns[i];
		if (column->element && !column->ignore) {
			if (out)
				out[count] = column->element;
			count++;
		}
		for (size_t f = 0; f < column->field_count; f++) {
			if (out)
				out[count] = column->fields[f].element;
			count++;
		}
	}
	return count;
}

/* Which property a row is of may be known to who sees the address it was found by: all of it, or where the feed has
 * none, the UPRN. */
static bool place_allowed(const struct disclosure *door, const struct feed_plan *plan)
{
	const struct profile_element *uprn = door->known.uprn;
	size_t addresses = 0, refused = 0;
	bool has_uprn = false;
	for (size_t i = 0; i < plan->element_count; i++) {
		bool is_address = door->classes[plan->elements[i]->number] == VALUE_ADDRESS;
		bool allowed = plan->decisions[i].verdict == POLICY_ALLOW;
		addresses += is_address;
		refused += is_address && !allowed;
		has_uprn |= uprn && plan->elements[i] == uprn && allowed;
	}
	return addresses ? refused == 0 : has_uprn;
}

static bool rests_on_consent(struct policy_decision decision)
{
	return decision.rule == POLICY_RULE_CONSENT;
}

/* The plan for whoever gave these consents; where none matters to the feed, there is one plan for all. */
static struct feed_plan *find_plan(const struct asking_door *asking, const struct profile_feed *feed)
{
	struct feed_plan *plan = asking->plans[feed->number];
	while (plan && plan->rests_on_consent && plan->consents != asking->consents)
		plan = plan->next;
	return plan;
}

struct feed_plan *asking_plan(struct asking_door *asking, const struct profile_feed *feed)
{
	const struct policy_bounds bounds = {.consents = asking->consents};
	struct feed_plan *plan = find_plan(asking, feed);
	if (plan)
		return plan;
	plan = ARENA_NEW(asking->arena, struct feed_plan);
	plan->next = asking->plans[feed->number];
	asking->plans[feed->number] = plan;
	plan->consents = asking->consents;
	plan->feed = feed;
	plan->element_count = feed_elements(feed, NULL);
	plan->elements = ARENA_ARRAY(asking->arena, plan->element_count, const struct profile_element *);
	plan->decisions = ARENA_ARRAY(asking->arena, plan->element_count, struct policy_decision);
	feed_elements(feed, plan->elements);
	plan->presence = policy_decide_presence_of(asking->grid, &bounds, feed);
	plan->rests_on_consent = rests_on_consent(policy_decide_presence(asking->grid, feed));
	for (size_t i = 0; i < plan->element_count; i++) {
		plan->decisions[i] = policy_decide_of(asking->grid, &bounds, feed, plan->elements[i]);
		plan->rests_on_consent |= rests_on_consent(policy_decide(asking->grid, feed, plan->elements[i]));
		bool allowed = plan->decisions[i].verdict == POLICY_ALLOW;
		plan->any_allowed |= allowed;
		plan->any_withheld |= !allowed;
		plan->seals_allowed |= allowed && plan->elements[i]->category == CATEGORY_IDENTITY;
	}
	plan->place_allowed = place_allowed(asking->door, plan);
	return plan;
}

/* An extract that came after the state was read is asked for by itself. */
const struct disclosure_extract *asking_extract(struct asking_door *asking, int64_t extract_id)
{
	if ((size_t)extract_id < asking->state->extract_count)
		return &asking->state->extracts[extract_id];
	struct disclosure_extract *extract = ARENA_NEW(asking->arena, struct disclosure_extract);
	struct statement *s;
	bool row = false;
	*extract = (struct disclosure_extract){DATE_UNKNOWN, INSTANT_UNKNOWN};
	if (store_prepare(&s, asking->data, "SELECT as_at, received FROM extract WHERE extract_id = :extract", NULL))
		return extract;
	statement_bind_int(s, "extract", extract_id);
	if (statement_step(s, &row, NULL) == STATUS_OK && row) {
		extract->as_at = (date)statement_int(s, statement_column(s, "as_at"));
		extract->received = statement_int(s, statement_column(s, "received"));
	}
	statement_done(s);
	return extract;
}
