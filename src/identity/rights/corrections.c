/* A correction asked for, and what came of it. */
#include "rights/corrections.h"

#include "base/id.h"
#include "rights/corrections_int.h"
#include "rights/due.h"
#include "rights/rights_int.h"
#include "vault/disclosure.h"

#define SEALED(what, column, version) \
	{ \
		.title = what, \
		.select = "SELECT correction_id AS record_id, 0 AS feed_no, 0 AS row_key, " #version \
			  " AS version, 5 AS part, " column \
			  " AS sealed FROM correction WHERE correction_id > :record_id AND " column \
			  " IS NOT NULL ORDER BY correction_id LIMIT :most", \
		.update = "UPDATE correction SET " column " = :sealed WHERE correction_id = :record_id", .place = { \
			"record_id" \
		} \
	}
const struct sealed_rows correction_sealed_wanted = SEALED("corrections", "wanted_sealed", 41);
const struct sealed_rows correction_sealed_evidence = SEALED("evidence of corrections", "evidence_sealed", 42);
const struct sealed_rows correction_sealed_replies = SEALED("replies to corrections", "reply_sealed", 43);

static const struct {
	const char *name, *title;
} states[CORRECTION_STATES] = {
	[CORRECTION_ASKED] = {"asked", "Asked for"},
	[CORRECTION_SENT] = {"sent", "With the source's owner"},
	[CORRECTION_ACCEPTED] = {"accepted", "Accepted"},
	[CORRECTION_REFUSED] = {"refused", "Refused"},
	[CORRECTION_DONE] = {"done", "Put right at the source"},
};

const char *correction_state_name(enum correction_state state)
{
	return states[state].name;
}

const char *correction_state_title(enum correction_state state)
{
	return states[state].title;
}

bool correction_state_parse(struct text name, enum correction_state *out)
{
	for (int i = 0; i < CORRECTION_STATES; i++) {
		if (!text_is(name, states[i].name))
			continue;
		*out = (enum correction_state)i;
		return true;
	}
	return false;
}

const char *correction_seen_title(enum correction_seen seen)
{
	static const char *const titles[] = {[SEEN_NOT] = "Not yet",
					     [SEEN_AS_ASKED] = "As it was asked for",
					     [SEEN_OTHERWISE] = "Changed, to something else",
					     [SEEN_GONE] = "No longer delivered"};
	return titles[seen];
}

/* ---- asked ------------------------------------------------------------------------------------------------ */

static enum status invalid(const char *code, const char *message, const char *remedy, struct error *error)
{
	error_set(error, STATUS_INVALID, code, "%s", message);
	error_remedy(error, "%s", remedy);
	return STATUS_INVALID;
}

static enum status check_order(const struct correction_order *order, struct error *error)
{
	if (!order->feed || !order->element)
		return invalid("rights.correction_what", "Say which value is wrong",
			       "a feed, an element of it, and the record", error);
	if (text_is_empty(text_trim(order->wanted)))
		return invalid("rights.correction_wanted", "Say what it should be",
			       "in the resident's words, at most 2,000 characters", error);
	if (order->wanted.len > CORRECTION_TEXT_LONGEST)
		return invalid("rights.correction_wanted", "What it should be must be 2,000 characters or fewer",
			       "give the value alone", error);
	if (text_is_empty(text_trim(order->evidence)))
		return invalid("rights.correction_evidence", "Say what the resident showed or said for it",
			       "at most 2,000 characters; \"none\" will do", error);
	if (order->evidence.len > CORRECTION_TEXT_LONGEST)
		return invalid("rights.correction_evidence",
			       "What the resident showed or said must be 2,000 characters or fewer",
			       "say where it is filed", error);
	if (!rights_may_have_come(order->asked, date_today()))
		return invalid("rights.correction_asked",
			       "Say on which day the resident asked: today or before, and not before 25 May 2018",
			       "the month to answer runs from that day", error);
	return STATUS_OK;
}

static enum status open_already(struct error *error)
{
	error_set(error, STATUS_CONFLICT, "rights.correction_open", "A correction of this value is open already");
	error_remedy(error, "\"oneview rights corrections\" and the resident's page of corrections show it");
	return STATUS_CONFLICT;
}

static void bind_sealed(struct statement *s, const char *name, const struct vault *vault, int64_t id, int32_t which,
			struct text words)
{
	struct buf sealed;
	buf_init(&sealed, 4 * CORRECTION_TEXT_LONGEST);
	disclosure_seal_words(vault, id, which, words, &sealed);
	statement_bind_blob(s, name, sealed.at, sealed.len);
	buf_release(&sealed);
}

static enum status insert(int64_t id, const struct correction_order *order, int64_t was_hash,
			  const struct rights_parts *parts, struct error *error)
{
	struct statement *s;
	int64_t written = 0;
	enum status status = store_prepare(
		&s, parts->desk,
		"INSERT INTO correction (correction_id, record_id, feed_id, row_key, element_id, asked, due, made_by, "
		"state, was_hash, wanted_hash, wanted_sealed, evidence_sealed, seen_as) VALUES (:id, :record, :feed, "
		":row, :element, :asked, :due, :by, 'asked', :was, :wanted_hash, :wanted, :evidence, 0) ON CONFLICT DO "
		"NOTHING",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "id", id);
	statement_bind_int(s, "record", order->record_id);
	statement_bind_text(s, "feed", order->feed->id);
	statement_bind_int(s, "row", order->row_key);
	statement_bind_text(s, "element", order->element->id);
	statement_bind_int(s, "asked", order->asked);
	statement_bind_int(s, "due", rights_due(order->asked, 1));
	statement_bind_text(s, "by", order->by);
	statement_bind_int(s, "was", was_hash);
	statement_bind_int(s, "wanted_hash", correction_hash(parts->vault, order->wanted));
	bind_sealed(s, "wanted", parts->vault, id, CORRECTION_WORDS_WANTED, order->wanted);
	bind_sealed(s, "evidence", parts->vault, id, CORRECTION_WORDS_EVIDENCE, order->evidence);
	status = statement_run(s, &written, error);
	statement_done(s);
	return status == STATUS_OK && !written ? open_already(error) : status;
}

enum status correction_ask(int64_t *id, const struct correction_order *order, const struct rights_parts *parts,
			   struct error *error)
{
	struct correction_value value;
	struct correction_place place = {order->resident_id, order->record_id, order->row_key, TEXT(""), TEXT("")};
	enum status status = check_order(order, error);
	if (status != STATUS_OK)
		return status;
	place.feed_id = order->feed->id;
	place.element_id = order->element->id;
	status = correction_find(&value, &place, parts, error);
	if (status == STATUS_OK && !value.is_offered) {
		error_set(error, STATUS_NOT_FOUND, "rights.correction_value", "There is no such value now");
		error_remedy(error, "the row may have changed meanwhile: look again, and choose what is there");
		return STATUS_NOT_FOUND;
	}
	*id = id_random();
	return status == STATUS_OK ? insert(*id, order, value.hash, parts, error) : status;
}

/* ---- what came of it ---------------------------------------------------------------------------------------- */

static enum status none_changed(struct error *error)
{
	error_set(error, STATUS_CONFLICT, "rights.correction_state",
		  "This correction cannot go there from where it is");
	error_remedy(error,
		     "it is asked for, then sent to the owner, then accepted or refused, then put right; the resident "
		     "is told when it was refused or put right, or accepted, and then it is over");
	return STATUS_CONFLICT;
}

enum status correction_step(int64_t id, enum correction_state to, struct text reply, struct text by,
			    const struct rights_parts *parts, struct error *error)
{
	struct statement *s;
	int64_t changed = 0;
	if (to == CORRECTION_REFUSED && text_is_empty(text_trim(reply)))
		return invalid("rights.correction_reply", "A refusal needs its reason",
			       "the resident is told it, and that they may complain to the ICO", error);
	if (reply.len > CORRECTION_TEXT_LONGEST)
		return invalid("rights.correction_reply", "The reply is too long", "at most 2,000 characters", error);
	enum status status = store_prepare(
		&s, parts->desk,
		to == CORRECTION_SENT
			? "UPDATE correction SET state = :state, sent = :today WHERE correction_id = :id AND "
			  "state = 'asked' AND told IS NULL"
			: "UPDATE correction SET state = :state, decided = :today, decided_by = :by, "
			  "reply_sealed = :reply, sent = COALESCE(sent, :today) WHERE correction_id = :id "
			  "AND state <> 'asked' AND state <> :state AND told IS NULL",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "id", id);
	statement_bind_text(s, "state", text_of(correction_state_name(to)));
	statement_bind_int(s, "today", date_today());
	if (to != CORRECTION_SENT) {
		statement_bind_text(s, "by", by);
		bind_sealed(s, "reply", parts->vault, id, CORRECTION_WORDS_REPLY, reply);
	}
	status = statement_run(s, &changed, error);
	statement_done(s);
	return status == STATUS_OK && !changed ? none_changed(error) : status;
}

enum status correction_tell(int64_t id, struct text by, const struct rights_parts *parts, struct error *error)
{
	struct statement *s;
	int64_t changed = 0;
	enum status status =
		store_prepare(&s, parts->desk,
			      "UPDATE correction SET told = :today, told_by = :by WHERE correction_id = :id AND "
			      "told IS NULL AND state IN ('accepted', 'refused', 'done')",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "id", id);
	statement_bind_int(s, "today", date_today());
	statement_bind_text(s, "by", by);
	status = statement_run(s, &changed, error);
	statement_done(s);
	return status == STATUS_OK && !changed ? none_changed(error) : status;
}
