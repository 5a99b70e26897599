/* Of a copy: what is found by the source's own numbers, and what people said of household and values. */
#include "rights/rights_int.h"

#include "household/household_rulings.h"
#include "intake/quality.h"
#include "notes/notes.h"
#include "profile/factor.h"
#include "rights/corrections_int.h"

/* ---- rows in quarantine ----------------------------------------------------------------------------------- */

static enum status read_clients(struct quarantine_client **out, size_t *count, struct copying *c, struct error *error)
{
	struct statement *s;
	bool row;
	*count = 0;
	*out = ARENA_ARRAY(c->arena, c->copy->records + 1, struct quarantine_client);
	enum status status =
		store_prepare(&s, c->parts->data,
			      "SELECT c.client_hash AS client_hash, s.source_id AS source_id FROM resident_record m "
			      "JOIN record c ON c.record_id = m.record_id JOIN source s ON s.source_no = c.source_no "
			      "WHERE m.resident_id = :resident ORDER BY c.record_id",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "resident", c->copy->resident_id);
	while (*count < c->copy->records && (status = statement_step(s, &row, error)) == STATUS_OK && row)
		(*out)[(*count)++] = (struct quarantine_client){copied_text(s, "source_id", c->arena),
								copied_number(s, "client_hash")};
	statement_done(s);
	return status;
}

static enum status add_quarantined(struct rights_row *row, struct copying *c, const struct quarantined *from,
				   struct error *error)
{
	const int64_t place[] = {from->extract_id, from->line};
	*row = (struct rights_row){
		.title = arena_format(c->arena, "%.*s: a row %s", TEXT_ARG(from->feed->title),
				      from->turned_away ? "that was not loaded" : "with something to put right"),
		.record_id = from->line,
		.extract_id = from->extract_id,
		.as_at = from->as_at,
		.valid_from = DATE_UNKNOWN,
		.valid_to = DATE_UNKNOWN,
		.values = ARENA_ARRAY(c->arena, from->cell_count + 4, struct rights_value)};
	copy_add_fact(row, "Source", from->feed->source->title);
	copy_add_fact(row, "File and line",
		      arena_format(c->arena, "%.*s, line %lld", TEXT_ARG(from->file_name), (long long)from->line));
	copy_add_fact(row, "What is wrong with it", from->reasons);
	enum status status = STATUS_OK;
	for (size_t i = 0; i < from->cell_count && status == STATUS_OK; i++) {
		const struct profile_element *element = from->cells[i].element;
		enum rights_mark mark = copy_mark_of(c, from->feed, element);
		struct rights_value *value = &row->values[row->count++];
		*value = (struct rights_value){
			.element = element, .title = element->title, .value = from->cells[i].value};
		if (mark)
			status = copy_mark(c, value, mark, copy_item(c, "quarantine", place, 2, element->id), error);
	}
	/* the row as a whole has what is not read of it as well */
	struct rights_value *whole = &row->values[row->count++];
	*whole = (struct rights_value){.title = TEXT("The row as it came"), .value = from->delivered};
	enum rights_mark mark = copy_mark_of(c, from->feed, NULL);
	return status ? status : copy_mark(c, whole, mark, copy_item(c, "quarantine", place, 2, TEXT("")), error);
}

static enum status copy_quarantine(struct copying *c, const struct quarantine_client *clients, size_t client_count,
				   struct error *error)
{
	struct quarantined *found;
	size_t count;
	const struct quarantine_search search = {c->parts->profile, c->parts->vault, clients, client_count};
	enum status status = quarantine_find(&found, &count, &search, c->parts->data, c->arena, error);
	if (status != STATUS_OK || !count)
		return status;
	struct rights_row *rows = ARENA_ARRAY(c->arena, count, struct rights_row);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = add_quarantined(&rows[i], c, &found[i], error);
	copy_append_rows(c->copy, rows, count, c->arena);
	return status;
}

/* ---- marks on words of notes -------------------------------------------------------------------------------- */

enum { VERDICTS_MOST = 500 };

/* It tells what the note says, which may be withheld. */
static enum status add_verdict(struct rights_row *row, struct copying *c, struct statement *s, struct error *error)
{
	int64_t id = copied_number(s, "verdict_id"), verdict = copied_number(s, "verdict");
	struct text factor_id = copied_text(s, "factor_id", c->arena);
	const struct profile_factor *factor = profile_factor(c->parts->profile, factor_id);
	const struct profile_feed *feed = profile_feed(c->parts->profile, copied_text(s, "feed_id", c->arena));
	bool known = verdict > NOTE_NO_VERDICT && verdict < NOTE_VERDICT_COUNT;
	*row = copy_worded_row(c, "A mark that staff put on words of a note", id, copied_number(s, "made"));
	copy_add_fact(row, "Marked by", copied_text(s, "username", c->arena));
	copy_add_fact(row, "As", known ? text_of(note_verdict_title((enum note_verdict)verdict)) : TEXT("No mark"));
	struct rights_value *value = &row->values[row->count++];
	*value = (struct rights_value){.title = TEXT("Words taken for"),
				       .value = arena_format(c->arena, "%.*s, in %s",
							     TEXT_ARG(factor ? factor->name : factor_id),
							     feed ? feed->title.at : "a feed that is no more")};
	return copy_mark(c, value, copy_mark_of(c, feed, NULL), copy_item(c, "verdict", &id, 1, TEXT("")), error);
}

static enum status copy_verdicts(struct copying *c, const struct quarantine_client *client, struct error *error)
{
	struct statement *s;
	size_t count = 0;
	bool row;
	enum status status =
		store_prepare(&s, c->parts->desk,
			      "SELECT verdict_id, made, username, feed_id, factor_id, verdict FROM note_verdict WHERE "
			      "client_hash = :client AND source_id = :source ORDER BY verdict_id LIMIT 500",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "client", client->hash);
	statement_bind_text(s, "source", client->source_id);
	struct rights_row *rows = ARENA_ARRAY(c->arena, VERDICTS_MOST, struct rights_row);
	while (status == STATUS_OK && count < VERDICTS_MOST && (status = statement_step(s, &row, error)) == STATUS_OK &&
	       row)
		status = add_verdict(&rows[count++], c, s, error);
	statement_done(s);
	if (status == STATUS_OK && count)
		copy_append_rows(c->copy, rows, count, c->arena);
	return status;
}

enum status copy_by_client(struct copying *c, struct error *error)
{
	struct quarantine_client *clients;
	size_t count;
	enum status status = read_clients(&clients, &count, c, error);
	if (status == STATUS_OK)
		status = copy_quarantine(c, clients, count, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = copy_verdicts(c, &clients[i], error);
	return status;
}

/* ---- corrections -------------------------------------------------------------------------------------------- */

static struct text day(struct copying *c, date on)
{
	char words[DATE_TEXT_SIZE + 8];
	return on == DATE_UNKNOWN ? TEXT("") : arena_text(c->arena, text_of(date_format_long(on, words)));
}

static enum status add_asked(struct rights_row *row, struct copying *c, const struct correction *from,
			     struct error *error)
{
	enum rights_mark mark = copy_mark_of(c, from->feed, from->element);
	*row = copy_worded_row(c, "A correction that you asked for", from->id, instant_of_date(from->asked));
	copy_add_fact(row, "Of",
		      arena_format(c->arena, "%.*s: %.*s", TEXT_ARG(from->feed ? from->feed->title : from->feed_id),
				   TEXT_ARG(from->element ? from->element->title : from->element_id)));
	copy_add_fact(row, "State", text_of(correction_state_title(from->state)));
	copy_add_fact(row, "To be answered by", day(c, from->due));
	copy_add_fact(row, "Recorded by", from->made_by);
	copy_add_fact(row, "Sent to the source's owner on", day(c, from->sent));
	copy_add_fact(row, "Decided on", day(c, from->decided));
	copy_add_fact(row, "You were told on", day(c, from->told));
	copy_add_fact(row, "What deliveries brought since", text_of(correction_seen_title(from->seen_as)));
	struct rights_value *wanted = &row->values[row->count++];
	*wanted = (struct rights_value){.title = TEXT("What it should be"), .value = from->wanted};
	enum status status = STATUS_OK;
	if (mark)
		status = copy_mark(c, wanted, mark, copy_item(c, "correction", &from->id, 1, TEXT("wanted")), error);
	if (status == STATUS_OK && from->evidence.len)
		status = copy_mark_words(c, row, "correction", "What you said of it", CORRECTION_WORDS_EVIDENCE,
					 from->evidence, error);
	if (status == STATUS_OK && from->reply.len)
		status = copy_mark_words(c, row, "correction", "What the owner answered", CORRECTION_WORDS_REPLY,
					 from->reply, error);
	return status;
}

static void mark_disputed(struct rights_copy *copy, const struct correction *correction)
{
	for (size_t r = 0; r < copy->row_count && correction_disputes(correction); r++) {
		struct rights_row *row = &copy->rows[r];
		bool is_its = row->feed && row->feed == correction->feed && row->record_id == correction->record_id &&
			      row->row_key == correction->row_key && text_is_absent(row->ended);
		for (size_t v = 0; v < row->count && is_its; v++)
			row->values[v].disputed |=
				row->values[v].element && row->values[v].element == correction->element;
	}
}

enum status copy_corrections(struct copying *c, struct error *error)
{
	struct correction *all;
	size_t count;
	enum status status =
		corrections_read(&all, &count, c->parts, c->copy->resident_id, date_today(), c->arena, error);
	if (status != STATUS_OK || !count)
		return status;
	struct rights_row *rows = ARENA_ARRAY(c->arena, count, struct rights_row);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		mark_disputed(c->copy, &all[i]);
		status = add_asked(&rows[i], c, &all[i], error);
	}
	copy_append_rows(c->copy, rows, count, c->arena);
	return status;
}

/* ---- rulings about a household ------------------------------------------------------------------------------- */

static bool is_own(const struct copying *c, int64_t record_id)
{
	for (size_t i = 0; record_id && i < c->copy->records; i++)
		if (c->records[i] == record_id)
			return true;
	return false;
}

static const char *state_words(enum household_ruling_state state)
{
	switch (state) {
	case HOUSEHOLD_RULING_HOLDS:
		return "counts";
	case HOUSEHOLD_RULING_CONTRADICTED:
		return "does not count: it contradicts an older one";
	case HOUSEHOLD_RULING_SUPERSEDED:
		return "does not count: a newer one does";
	case HOUSEHOLD_RULING_UNDONE:
		break;
	}
	return "taken back";
}

/* The other person is named nowhere. */
enum status copy_household_rulings(struct copying *c, struct error *error)
{
	static const char *const headings[] = {"When", "Who", "Decision", "State"};
	struct household_rulings rulings;
	struct filling filling;
	enum status status = household_rulings_read(&rulings, c->parts->desk, c->parts->data, error);
	if (status != STATUS_OK)
		return status;
	filling_begin(&filling, c, "household_rulings", "What people decided of your household",
		      "Whether you and another person live together, decided by somebody who looked into it.", headings,
		      4);
	for (size_t i = 0; i < rulings.count && status == STATUS_OK; i++) {
		const struct household_ruling *ruling = &rulings.at[i];
		bool told = is_own(c, ruling->record_a) || is_own(c, ruling->record_b);
		if (told)
			status = copy_pair_is_told(&told, c, ruling->record_a, ruling->record_b, error);
		if (!told || status != STATUS_OK)
			continue;
		filling_add(&filling, day(c, instant_date(ruling->made)));
		filling_add(&filling, arena_text(c->arena, ruling->username));
		filling_add(&filling, ruling->together ? TEXT("you live with another person")
						       : TEXT("you do not live with another person"));
		filling_add(&filling, text_of(state_words(ruling->state)));
	}
	filling_end(&filling, c);
	household_rulings_release(&rulings);
	return status;
}
