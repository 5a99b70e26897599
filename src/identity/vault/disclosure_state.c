/* What the door keeps in memory for one generation of the data. */
#include "vault/disclosure_int.h"

#include "base/memory.h"
#include "runs/runs.h"

/* Bytes; some 80,000 people's lines and 40,000 people's rows. */
enum { LINES_MOST = 96 << 20, ROWS_MOST = 192 << 20 };

/* ---- elements by what they mean ------------------------------------------------------------------ */

static enum value_class class_of(const struct profile_element *element)
{
	static const struct {
		const char *id;
		enum value_class class;
	} fixed[] = {{"full_name", VALUE_NAME},
		     {"given_name", VALUE_NAME},
		     {"middle_names", VALUE_NAME},
		     {"family_name", VALUE_NAME},
		     {"preferred_family_name", VALUE_NAME},
		     {"alias", VALUE_NAME},
		     {"former_family_name", VALUE_FORMER_NAME},
		     {"date_of_birth", VALUE_BIRTH},
		     {"address", VALUE_ADDRESS},
		     {"address_line_1", VALUE_ADDRESS},
		     {"address_line_2", VALUE_ADDRESS},
		     {"address_line_3", VALUE_ADDRESS},
		     {"address_line_4", VALUE_ADDRESS},
		     {"address_line_5", VALUE_ADDRESS},
		     {"postcode", VALUE_POSTCODE},
		     {"person_id", VALUE_IDENTIFIER},
		     {"nhs_number", VALUE_IDENTIFIER},
		     {"ni_number", VALUE_IDENTIFIER},
		     {"upn", VALUE_IDENTIFIER},
		     {"former_upn", VALUE_IDENTIFIER},
		     {"uprn", VALUE_IDENTIFIER},
		     {"phone", VALUE_IDENTIFIER},
		     {"mobile", VALUE_IDENTIFIER},
		     {"email", VALUE_IDENTIFIER},
		     {"elector_number", VALUE_IDENTIFIER}};
	if (element->category != CATEGORY_IDENTITY)
		return VALUE_PLAIN;
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		if (text_is(element->id, fixed[i].id))
			return fixed[i].class;
	}
	return text_ends_with(element->id, TEXT("_reference")) ? VALUE_IDENTIFIER : VALUE_PLAIN;
}

bool disclosure_is_address(const struct disclosure *door, const struct profile_element *element)
{
	static const char *const others[] = {"town",     "uprn",  "forwarding_address", "placement_postcode",
					     "locality", "street"};
	if (door->classes[element->number] == VALUE_ADDRESS || door->classes[element->number] == VALUE_POSTCODE)
		return true;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (text_is(element->id, others[i]))
			return true;
	}
	return false;
}

static void note_in_line(struct disclosure *door, const struct profile_element *element)
{
	if (!element)
		return;
	door->in_line[element->number] = 1;
	door->payload_in_lines |= element->category != CATEGORY_IDENTITY;
}

static void classify_lines(struct disclosure *door)
{
	const struct profile_element *const in_line[] = {
		door->known.full_name,     door->known.given_name, door->known.family_name, door->known.date_of_birth,
		door->known.date_of_death, door->known.address,    door->known.town,        door->known.postcode};
	door->in_line = memory_alloc(door->parts.profile->elements.count + 1, 1);
	for (size_t i = 0; i < sizeof in_line / sizeof *in_line; i++)
		note_in_line(door, in_line[i]);
	for (size_t i = 0; i < 5; i++)
		note_in_line(door, door->known.lines[i]);
}

static void classify(struct disclosure *door)
{
	const struct profile *profile = door->parts.profile;
	door->classes = memory_alloc(profile->elements.count + 1, 1);
	for (size_t i = 0; i < profile->elements.count; i++)
		door->classes[i] = (uint8_t)class_of(&profile->elements.at[i]);
	door->known.title = profile_element(profile, TEXT("title"));
	door->known.full_name = profile_element(profile, TEXT("full_name"));
	door->known.given_name = profile_element(profile, TEXT("given_name"));
	door->known.middle_names = profile_element(profile, TEXT("middle_names"));
	door->known.family_name = profile_element(profile, TEXT("family_name"));
	door->known.alias = profile_element(profile, TEXT("alias"));
	door->known.date_of_birth = profile_element(profile, TEXT("date_of_birth"));
	door->known.date_of_death = profile_element(profile, TEXT("date_of_death"));
	door->known.address = profile_element(profile, TEXT("address"));
	for (int i = 0; i < 5; i++) {
		char id[] = "address_line_1";
		id[sizeof id - 2] = (char)('1' + i);
		door->known.lines[i] = profile_element(profile, text_of(id));
	}
	door->known.town = profile_element(profile, TEXT("town"));
	door->known.postcode = profile_element(profile, TEXT("postcode"));
	door->known.uprn = profile_element(profile, TEXT("uprn"));
	door->known.note_text = profile_element(profile, TEXT("note_text"));
	classify_lines(door);
}

/* ---- reading the state ---------------------------------------------------------------------------- */

static enum status read_feeds(struct disclosure_state *state, const struct profile *profile, struct store *data,
			      struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(&s, data, "SELECT feed_no, feed_id FROM feed ORDER BY feed_no", error);
	if (status)
		return status;
	int number = statement_column(s, "feed_no"), id = statement_column(s, "feed_id");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		size_t no = (size_t)statement_int(s, number);
		if (no >= state->feed_count) {
			state->feeds = memory_resize(state->feeds, no + 1, sizeof *state->feeds);
			memset(state->feeds + state->feed_count, 0,
			       (no + 1 - state->feed_count) * sizeof *state->feeds);
			state->feed_count = no + 1;
		}
		state->feeds[no] = profile_feed(profile, statement_text(s, id));
	}
	statement_done(s);
	return status;
}

static enum status read_elements(struct disclosure_state *state, const struct profile *profile, struct store *data,
				 struct error *error)
{
	struct vault_elements elements;
	enum status status = vault_elements_load(&elements, data, error);
	if (status)
		return status;
	state->element_count = elements.count;
	state->elements = memory_alloc(elements.count + 1, sizeof *state->elements);
	for (size_t i = 0; i < elements.count; i++) {
		if (!text_is_absent(elements.ids[i]))
			state->elements[i] = profile_element(profile, elements.ids[i]);
	}
	vault_elements_release(&elements);
	return STATUS_OK;
}

static void note_newest(struct disclosure_state *state, int64_t feed_no, struct text status, date as_at)
{
	const struct profile_feed *feed =
		feed_no >= 0 && (size_t)feed_no < state->feed_count ? state->feeds[feed_no] : NULL;
	if (!feed || !text_is(status, "loaded"))
		return;
	date *newest = &state->newest[feed->number];
	if (*newest == DATE_UNKNOWN || as_at > *newest)
		*newest = as_at;
}

static enum status read_extracts(struct disclosure_state *state, const struct profile *profile, struct store *data,
				 struct error *error)
{
	struct statement *s;
	state->newest = memory_alloc(profile->feeds.count + 1, sizeof *state->newest);
	for (size_t i = 0; i <= profile->feeds.count; i++)
		state->newest[i] = DATE_UNKNOWN;
	enum status status = store_prepare(
		&s, data, "SELECT extract_id, feed_no, as_at, received, status, waits FROM extract ORDER BY extract_id",
		error);
	if (status)
		return status;
	int id = statement_column(s, "extract_id"), as_at = statement_column(s, "as_at"),
	    received = statement_column(s, "received"), feed = statement_column(s, "feed_no"),
	    outcome = statement_column(s, "status"), waits = statement_column(s, "waits");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		size_t no = (size_t)statement_int(s, id);
		if (statement_is_null(s, waits) || !statement_int(s, waits))
			note_newest(state, statement_int(s, feed), statement_text(s, outcome),
				    (date)statement_int(s, as_at));
		if (no >= state->extract_count) {
			state->extracts = memory_resize(state->extracts, no + 1, sizeof *state->extracts);
			for (size_t i = state->extract_count; i <= no; i++)
				state->extracts[i] = (struct disclosure_extract){DATE_UNKNOWN, INSTANT_UNKNOWN};
			state->extract_count = no + 1;
		}
		state->extracts[no] =
			(struct disclosure_extract){(date)statement_int(s, as_at), statement_int(s, received)};
	}
	statement_done(s);
	return status;
}

static void state_free(struct disclosure_state *state)
{
	search_index_free(state->index);
	disclosure_kept_free(state->lines);
	disclosure_kept_free(state->rows);
	free(state->feeds);
	free(state->elements);
	free(state->extracts);
	free(state->newest);
	free(state);
}

enum status disclosure_state_read(struct disclosure_state **out, struct disclosure *door, struct store *data,
				  struct error *error)
{
	const struct profile *profile = door->parts.profile;
	struct disclosure_state *state = memory_alloc(1, sizeof *state);
	atomic_init(&state->holders, 1);
	state->lines = disclosure_kept_new(LINES_MOST);
	state->rows = disclosure_kept_new(ROWS_MOST);
	/* The generation is read first: what is newer than it is then found again by the next refresh. */
	enum status status = run_generation(data, &state->generation, error);
	if (!status)
		status = read_feeds(state, profile, data, error);
	if (!status)
		status = read_elements(state, profile, data, error);
	if (!status)
		status = read_extracts(state, profile, data, error);
	if (status)
		state_free(state);
	else
		*out = state;
	return status;
}

struct disclosure_state *disclosure_state_hold(struct disclosure *door)
{
	pthread_mutex_lock(&door->lock);
	struct disclosure_state *state = door->state;
	atomic_fetch_add(&state->holders, 1);
	pthread_mutex_unlock(&door->lock);
	return state;
}

void disclosure_state_drop(struct disclosure_state *state)
{
	if (state && atomic_fetch_sub(&state->holders, 1) == 1)
		state_free(state);
}

static void switch_state(struct disclosure *door, struct disclosure_state *state)
{
	pthread_mutex_lock(&door->lock);
	struct disclosure_state *old = door->state;
	door->state = state;
	pthread_mutex_unlock(&door->lock);
	disclosure_state_drop(old);
}

/* ---- the door ------------------------------------------------------------------------------------- */

enum status disclosure_open_door(struct disclosure **out, const struct disclosure_parts *parts, struct error *error)
{
	struct disclosure *door = memory_alloc(1, sizeof *door);
	struct store *data = NULL;
	door->parts = *parts;
	pthread_mutex_init(&door->lock, NULL);
	pthread_mutex_init(&door->hidden_lock, NULL);
	classify(door);
	enum status status = store_pool_take(parts->data, &data, error);
	if (!status) {
		status = disclosure_state_read(&door->state, door, data, error);
		store_pool_give(parts->data, data);
	}
	if (status) {
		disclosure_close_door(door);
		return status;
	}
	*out = door;
	return STATUS_OK;
}

void disclosure_close_door(struct disclosure *door)
{
	if (!door)
		return;
	disclosure_state_drop(door->state);
	disclosure_hidden_drop(door, door->hidden);
	pthread_mutex_destroy(&door->lock);
	pthread_mutex_destroy(&door->hidden_lock);
	free(door->classes);
	free(door->in_line);
	free(door);
}

static enum status is_stale(struct disclosure *door, struct store *data, bool *stale, struct error *error)
{
	int64_t generation;
	enum status status = run_generation(data, &generation, error);
	struct disclosure_state *state = disclosure_state_hold(door);
	*stale = !status && (generation != state->generation || !state->index);
	disclosure_state_drop(state);
	return status;
}

enum status disclosure_refresh(struct disclosure *door, bool *rebuilt, struct error *error)
{
	struct store *data;
	bool stale = false;
	if (rebuilt)
		*rebuilt = false;
	enum status status = store_pool_take(door->parts.data, &data, error);
	if (status)
		return status;
	struct disclosure_state *state = NULL;
	/* One snapshot: what is loaded meanwhile must not come into the index. */
	status = store_begin(data, error);
	if (!status)
		status = is_stale(door, data, &stale, error);
	if (!status && stale)
		status = disclosure_state_read(&state, door, data, error);
	if (!status && stale)
		status = disclosure_index_build(door, state, data, error);
	store_rollback(data); /* it only read */
	if (stale)
		store_forget_pages(data); /* all of the sealed rows, read once */
	store_pool_give(door->parts.data, data);
	if (status || !stale) {
		disclosure_state_drop(state);
		return status;
	}
	switch_state(door, state);
	if (rebuilt)
		*rebuilt = true;
	return STATUS_OK;
}

void disclosure_numbers(struct disclosure *door, struct disclosure_numbers *out)
{
	struct disclosure_state *state = disclosure_state_hold(door);
	*out = (struct disclosure_numbers){.generation = state->generation,
					   .build_microseconds = state->build_microseconds,
					   .finds = atomic_load(&door->finds),
					   .opens = atomic_load(&door->opens),
					   .refusals = atomic_load(&door->refusals)};
	if (state->index) {
		struct search_size size = search_index_size(state->index);
		out->residents = size.residents;
		out->tokens = size.words;
		out->postings = size.postings;
		out->identifiers = size.identifiers;
		out->index_bytes = size.bytes;
	}
	disclosure_state_drop(state);
}
