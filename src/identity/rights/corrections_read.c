/* Corrections read, and noticed when an extract has brought them. */
#include "rights/corrections_int.h"
#include "rights/rights_int.h"
#include "vault/disclosure.h"

int64_t correction_hash(const struct vault *vault, struct text value)
{
	struct buf plain;
	struct text trimmed = text_trim(value);
	buf_init(&plain, 1 << 22);
	buf_append_text(&plain, TEXT("correction\x1f"));
	for (size_t i = 0; i < trimmed.len; i++) {
		char c = trimmed.at[i];
		buf_append_char(&plain, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
	int64_t hash = vault_hash64(vault, VAULT_VALUE, buf_text(&plain));
	buf_wipe(&plain);
	buf_release(&plain);
	return hash;
}

/* ---- the value as it is now --------------------------------------------------------------------------------- */

static enum status find_resident(int64_t *resident_id, int64_t record_id, struct store *data, struct error *error)
{
	char sql[140];
	snprintf(sql, sizeof sql, "SELECT COALESCE(MAX(resident_id), 0) FROM resident_record WHERE record_id = %lld",
		 (long long)record_id);
	return store_query_int(data, sql, resident_id, error);
}

static bool is_current_row(const struct rights_row *row, const struct correction_place *place)
{
	return row->feed && row->record_id == place->record_id && row->row_key == place->row_key &&
	       text_equal(row->feed->id, place->feed_id) && text_is_absent(row->ended);
}

/* Nothing of what is kept apart, or says who must be protected. */
static bool is_offered(const struct rights_value *value)
{
	return value->element && value->mark != MARK_SAFEGUARDING;
}

static void take_value(struct correction_value *out, const struct rights_copy *copy,
		       const struct correction_place *place, const struct vault *vault)
{
	for (size_t r = 0; r < copy->row_count; r++) {
		const struct rights_row *row = &copy->rows[r];
		for (size_t v = 0; v < row->count && is_current_row(row, place); v++) {
			const struct rights_value *value = &row->values[v];
			if (!value->element || !text_equal(value->element->id, place->element_id))
				continue;
			out->is_there = true;
			out->is_offered = is_offered(value);
			out->hash = correction_hash(vault, value->value);
		}
	}
}

enum status correction_find(struct correction_value *out, const struct correction_place *place,
			    const struct rights_parts *parts, struct error *error)
{
	struct arena arena;
	struct rights_copy copy;
	*out = (struct correction_value){0};
	enum status status = find_resident(&out->resident_id, place->record_id, parts->data, error);
	if (status != STATUS_OK || !out->resident_id || (place->resident_id && out->resident_id != place->resident_id))
		return status;
	arena_init(&arena, 256 << 20);
	arena_keep_secret(&arena);
	status = rights_copy(&copy, parts, out->resident_id, &arena, error);
	if (status == STATUS_OK)
		take_value(out, &copy, place, parts->vault);
	arena_release(&arena);
	return status;
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

/* WORDS are sealed, and then not. */
static enum status open_words(struct text *words, int64_t id, int32_t which, const struct vault *vault,
			      struct arena *arena, struct error *error)
{
	struct buf plain;
	if (!words->len)
		return STATUS_OK;
	buf_init(&plain, 4 * CORRECTION_TEXT_LONGEST);
	enum status status = disclosure_unseal_words(vault, id, which, *words, &plain, error);
	*words = status == STATUS_OK ? arena_text(arena, buf_text(&plain)) : TEXT("");
	buf_wipe(&plain);
	buf_release(&plain);
	return status;
}

static enum status open_all_words(struct correction *out, const struct vault *vault, struct arena *arena,
				  struct error *error)
{
	enum status status = open_words(&out->wanted, out->id, CORRECTION_WORDS_WANTED, vault, arena, error);
	if (status == STATUS_OK)
		status = open_words(&out->evidence, out->id, CORRECTION_WORDS_EVIDENCE, vault, arena, error);
	return status == STATUS_OK ? open_words(&out->reply, out->id, CORRECTION_WORDS_REPLY, vault, arena, error)
				   : status;
}

static struct text copied_blob(struct statement *row, const char *name, struct arena *arena)
{
	int column = statement_column(row, name);
	return statement_is_null(row, column) ? TEXT("") : arena_text(arena, statement_blob(row, column));
}

/* Its words are still sealed. */
static void read_one(struct correction *out, struct statement *row, const struct rights_parts *parts, date today,
		     struct arena *arena)
{
	*out = (struct correction){.id = copied_number(row, "correction_id"),
				   .record_id = copied_number(row, "record_id"),
				   .row_key = copied_number(row, "row_key"),
				   .feed_id = copied_text(row, "feed_id", arena),
				   .element_id = copied_text(row, "element_id", arena),
				   .made_by = copied_text(row, "made_by", arena),
				   .asked = copied_date(row, "asked"),
				   .due = copied_date(row, "due"),
				   .sent = copied_date(row, "sent"),
				   .decided = copied_date(row, "decided"),
				   .told = copied_date(row, "told"),
				   .seen = copied_date(row, "seen"),
				   .seen_as = (enum correction_seen)copied_number(row, "seen_as"),
				   .wanted = copied_blob(row, "wanted_sealed", arena),
				   .evidence = copied_blob(row, "evidence_sealed", arena),
				   .reply = copied_blob(row, "reply_sealed", arena)};
	out->feed = profile_feed(parts->profile, out->feed_id);
	out->element = profile_element(parts->profile, out->element_id);
	correction_state_parse(copied_text(row, "state", arena), &out->state);
	out->open = out->told == DATE_UNKNOWN;
	out->overdue = out->open && out->due < today;
}

enum status corrections_read(struct correction **out, size_t *count, const struct rights_parts *parts,
			     int64_t resident_id, date today, struct arena *arena, struct error *error)
{
	struct statement *s;
	int64_t most;
	size_t read = 0;
	bool row;
	*count = 0;
	enum status status = store_query_int(parts->desk, "SELECT count(*) FROM correction", &most, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&s, parts->desk,
			"SELECT * FROM correction ORDER BY CASE WHEN told IS NULL THEN 0 ELSE 1 END, due, "
			"correction_id",
			error);
	if (status != STATUS_OK)
		return status;
	*out = ARENA_ARRAY(arena, (size_t)most + 1, struct correction);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && read < (size_t)most)
		read_one(&(*out)[read++], s, parts, today, arena);
	statement_done(s);
	for (size_t i = 0; i < read && status == STATUS_OK; i++) {
		struct correction *one = &(*out)[i];
		status = find_resident(&one->resident_id, one->record_id, parts->data, error);
		if (status != STATUS_OK || (resident_id && one->resident_id != resident_id))
			continue;
		(*out)[*count] = *one; /* of somebody else's nothing is opened */
		status = open_all_words(&(*out)[(*count)++], parts->vault, arena, error);
	}
	return status;
}

/* ---- what is disputed ------------------------------------------------------------------------------------------- */

enum { DISPUTED_MOST = 500 };

/* As correction_disputes() has it. */
enum status corrections_disputed(struct disputed_value **out, size_t *count, struct store *desk, const int64_t *records,
				 size_t record_count, struct arena *arena, struct error *error)
{
	struct statement *s;
	bool row;
	*count = 0;
	*out = ARENA_ARRAY(arena, DISPUTED_MOST, struct disputed_value);
	enum status status = store_prepare(&s, desk,
					   "SELECT record_id, row_key, feed_id, element_id FROM correction WHERE "
					   "record_id = :record AND told IS NULL AND state <> 'done'",
					   error);
	for (size_t i = 0; i < record_count && status == STATUS_OK; i++) {
		statement_bind_int(s, "record", records[i]);
		while (*count < DISPUTED_MOST && (status = statement_step(s, &row, error)) == STATUS_OK && row)
			(*out)[(*count)++] = (struct disputed_value){
				copied_number(s, "record_id"), copied_number(s, "row_key"),
				copied_text(s, "feed_id", arena), copied_text(s, "element_id", arena)};
		statement_reset(s);
	}
	statement_done(s);
	return status;
}

/* ---- what can be asked of --------------------------------------------------------------------------------------- */

static struct text title_of(const struct rights_row *row, const struct rights_value *value, struct arena *arena)
{
	char from[DATE_TEXT_SIZE + 8];
	bool dated = row->valid_from != DATE_UNKNOWN;
	return arena_format(arena, "%.*s%s%s: %.*s", TEXT_ARG(row->feed->title), dated ? ", from " : "",
			    dated ? date_format_long(row->valid_from, from) : "", TEXT_ARG(value->title));
}

enum status correction_choices(struct correction_choice **out, size_t *count, const struct rights_parts *parts,
			       int64_t resident_id, struct arena *arena, struct error *error)
{
	struct rights_copy copy;
	size_t most = 0;
	*count = 0;
	enum status status = rights_copy(&copy, parts, resident_id, arena, error);
	if (status != STATUS_OK)
		return status;
	for (size_t r = 0; r < copy.row_count; r++)
		most += copy.rows[r].count;
	*out = ARENA_ARRAY(arena, most + 1, struct correction_choice);
	for (size_t r = 0; r < copy.row_count; r++) {
		const struct rights_row *row = &copy.rows[r];
		for (size_t v = 0; v < row->count && row->feed && text_is_absent(row->ended); v++) {
			const struct rights_value *value = &row->values[v];
			if (!is_offered(value))
				continue;
			(*out)[(*count)++] = (struct correction_choice){
				arena_format(arena, "%lld.%lld.%.*s.%.*s", (long long)row->record_id,
					     (long long)row->row_key, TEXT_ARG(row->feed->id),
					     TEXT_ARG(value->element->id)),
				title_of(row, value, arena)};
		}
	}
	return STATUS_OK;
}

static struct text next_part(struct text *rest)
{
	size_t at = text_find(*rest, TEXT("."));
	struct text part = text_slice(rest->at, at < rest->len ? at : rest->len);
	*rest = at < rest->len ? text_slice(rest->at + at + 1, rest->len - at - 1) : TEXT("");
	return part;
}

bool correction_choice_parse(struct correction_order *out, struct text key, const struct profile *profile)
{
	struct text rest = key;
	bool numbers = text_parse_int64(next_part(&rest), &out->record_id);
	numbers = text_parse_int64(next_part(&rest), &out->row_key) && numbers;
	out->feed = profile_feed(profile, next_part(&rest));
	out->element = profile_element(profile, rest);
	return numbers && out->feed && out->element;
}

/* ---- who must be told -------------------------------------------------------------------------------------------- */

size_t correction_recipients(struct text **out, const struct correction *correction, const struct profile *profile,
			     struct arena *arena)
{
	size_t count = 0;
	*out = ARENA_ARRAY(arena, profile->agreements.count + 1, struct text);
	for (size_t i = 0; i < profile->agreements.count && correction->feed && correction->element; i++) {
		const struct profile_agreement *agreement = &profile->agreements.at[i];
		if (agreement_runs(agreement, date_today()) &&
		    agreement_covers(profile, agreement, correction->feed, correction->element, NULL))
			(*out)[count++] = agreement->title;
	}
	return count;
}

/* ---- noticed --------------------------------------------------------------------------------------------------------
 */

struct watched {
	int64_t id, was, wanted;
	struct correction_place place;
	enum correction_seen seen_as, now;
};

static enum status read_watched(struct watched **out, size_t *count, struct store *desk, struct arena *arena,
				struct error *error)
{
	struct statement *s;
	int64_t most;
	bool row;
	*count = 0;
	enum status status = store_query_int(desk, "SELECT count(*) FROM correction", &most, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&s, desk,
			"SELECT correction_id, record_id, feed_id, row_key, element_id, was_hash, "
			"wanted_hash, seen_as FROM correction WHERE seen_as <> 1 AND state <> 'refused' ORDER "
			"BY correction_id",
			error);
	if (status != STATUS_OK)
		return status;
	*out = ARENA_ARRAY(arena, (size_t)most + 1, struct watched);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < (size_t)most)
		(*out)[(*count)++] = (struct watched){
			.id = copied_number(s, "correction_id"),
			.was = copied_number(s, "was_hash"),
			.wanted = copied_number(s, "wanted_hash"),
			.place = {0, copied_number(s, "record_id"), copied_number(s, "row_key"),
				  copied_text(s, "feed_id", arena), copied_text(s, "element_id", arena)},
			.seen_as = (enum correction_seen)copied_number(s, "seen_as")};
	statement_done(s);
	return status;
}

/* What was asked for and is what stood there all along was brought by no extract: to say so would tell whoever guesses
 * that they are right. */
static enum status look(struct watched *watched, const struct rights_parts *parts, struct error *error)
{
	struct correction_value value;
	enum status status = correction_find(&value, &watched->place, parts, error);
	watched->now = !value.is_there                 ? SEEN_GONE
		       : value.hash == watched->was    ? SEEN_NOT
		       : value.hash == watched->wanted ? SEEN_AS_ASKED
						       : SEEN_OTHERWISE;
	return status;
}

static enum status write_seen(const struct watched *watched, struct store *desk, date today, struct error *error)
{
	struct statement *s;
	bool changed = watched->now == SEEN_AS_ASKED || watched->now == SEEN_OTHERWISE;
	enum status status =
		store_prepare(&s, desk,
			      changed ? "UPDATE correction SET seen_as = :seen, seen = :today, state = 'done' "
					"WHERE correction_id = :id"
				      : "UPDATE correction SET seen_as = :seen, seen = :today WHERE "
					"correction_id = :id",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "seen", watched->now);
	statement_bind_int(s, "today", today);
	statement_bind_int(s, "id", watched->id);
	status = statement_run(s, NULL, error);
	statement_done(s);
	return status;
}

enum status corrections_notice(int64_t *noticed, const struct rights_parts *parts, date today, struct error *error)
{
	struct arena arena;
	struct watched *watched;
	size_t count;
	*noticed = 0;
	arena_init(&arena, 64 << 20);
	enum status status = read_watched(&watched, &count, parts->desk, &arena, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = look(&watched[i], parts, error);
	if (status == STATUS_OK)
		status = store_begin(parts->desk, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (watched[i].now == watched[i].seen_as)
			continue;
		++*noticed;
		status = write_seen(&watched[i], parts->desk, today, error);
	}
	if (status == STATUS_OK)
		status = store_commit(parts->desk, error);
	store_rollback(parts->desk);
	arena_release(&arena);
	return status;
}
