#include "rights/redaction.h"

#include "rights/rights_int.h"
#include "vault/disclosure.h"

enum { WORDS_OF_REDACTION = 33, SEALED_LONGEST = 4 * REDACTION_WHY_LONGEST + 256 };

const struct sealed_rows redaction_sealed_reasons = {
	.title = "reasons of what is withheld from copies",
	.select = "SELECT item AS record_id, 0 AS feed_no, 0 AS row_key, 33 AS version, 5 AS part, reason_sealed AS "
		  "sealed "
		  "FROM redaction_decision WHERE reason_sealed IS NOT NULL AND item > :record_id ORDER BY item LIMIT "
		  ":most",
	.update = "UPDATE redaction_decision SET reason_sealed = :sealed WHERE item = :record_id",
	.place = {"record_id"}};

/* ---- by which law --------------------------------------------------------------------------------------- */

#define SCHEDULE(n, paragraphs) "Data Protection Act 2018, schedule " n ", " paragraphs

static const struct {
	const char *name, *title, *law;
} exemptions[EXEMPTION_COUNT] = {
	[EXEMPTION_NONE] = {"", "", ""},
	[EXEMPTION_THIRD_PARTY] = {"third_party", "It is about somebody else", SCHEDULE("2", "paragraphs 16 and 17")},
	[EXEMPTION_SERIOUS_HARM] = {"serious_harm",
				    "It would be likely to cause serious harm (health, social work, education)",
				    SCHEDULE("3", "paragraphs 5, 11 and 19")},
	[EXEMPTION_CHILD_ABUSE] = {"child_abuse",
				   "It is child abuse data, and giving it is not in the child's interests",
				   SCHEDULE("3", "paragraph 21")},
	[EXEMPTION_CRIME] = {"crime", "It would prejudice the prevention of crime, or the assessment of a tax",
			     SCHEDULE("2", "paragraphs 2 and 3")},
	[EXEMPTION_PRIVILEGE] = {"privilege", "It is legal advice, or made for a case at law",
				 SCHEDULE("2", "paragraph 19")},
	[EXEMPTION_ADOPTION] = {"adoption", "It is a record of an adoption", SCHEDULE("4", "paragraph 3")},
	[EXEMPTION_COURT] = {"court", "It was given to a court, whose rules let it be withheld",
			     SCHEDULE("3", "paragraphs 3, 9 and 18")},
	[EXEMPTION_REFERENCE] = {"reference", "It is a reference given in confidence", SCHEDULE("2", "paragraph 24")},
};

const char *exemption_name(enum rights_exemption exemption)
{
	return exemptions[exemption].name;
}

const char *exemption_title(enum rights_exemption exemption)
{
	return exemptions[exemption].title;
}

const char *exemption_law(enum rights_exemption exemption)
{
	return exemptions[exemption].law;
}

bool exemption_parse(struct text name, enum rights_exemption *out)
{
	for (int i = EXEMPTION_NONE + 1; i < EXEMPTION_COUNT; i++) {
		if (!text_is(name, exemptions[i].name))
			continue;
		*out = (enum rights_exemption)i;
		return true;
	}
	return false;
}

/* ---- what was decided ------------------------------------------------------------------------------------- */

static enum status open_why(struct rights_value *value, const struct rights_parts *parts, struct text sealed,
			    struct arena *arena, struct error *error)
{
	struct buf plain;
	if (text_is_absent(sealed))
		return STATUS_OK;
	buf_init(&plain, SEALED_LONGEST);
	enum status status =
		disclosure_unseal_words(parts->vault, value->item, WORDS_OF_REDACTION, sealed, &plain, error);
	value->why = arena_text(arena, buf_text(&plain));
	buf_wipe(&plain);
	buf_release(&plain);
	return status;
}

enum status redaction_read(const struct copying *c, struct rights_value *value, struct error *error)
{
	struct statement *query;
	bool row;
	value->state = ITEM_WAITS;
	enum status status =
		store_prepare(&query, c->parts->desk,
			      "SELECT decision, exemption, reason_sealed, decided_at, decided_by, looked_by FROM "
			      "redaction_decision WHERE item = :item",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "item", value->item);
	int sealed = statement_column(query, "reason_sealed");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		struct text exemption = copied_text(query, "exemption", c->arena);
		value->state =
			text_is(copied_text(query, "decision", c->arena), "release") ? ITEM_RELEASED : ITEM_WITHHELD;
		if (!text_is_absent(exemption))
			exemption_parse(exemption, &value->exemption);
		value->decided_at = copied_number(query, "decided_at");
		value->decided_by = copied_text(query, "decided_by", c->arena);
		value->looked_by = copied_text(query, "looked_by", c->arena);
		value->confirmed = !text_is_absent(value->looked_by);
		status = open_why(value, c->parts,
				  statement_is_null(query, sealed) ? TEXT_ABSENT : statement_blob(query, sealed),
				  c->arena, error);
	}
	statement_done(query);
	return status;
}

/* ---- deciding --------------------------------------------------------------------------------------------- */

static const struct rights_value *find_item(const struct rights_copy *copy, int64_t item)
{
	for (size_t r = 0; r < copy->row_count; r++)
		for (size_t v = 0; v < copy->rows[r].count; v++)
			if (copy->rows[r].values[v].mark && copy->rows[r].values[v].item == item)
				return &copy->rows[r].values[v];
	return NULL;
}

static enum status no_such_item(struct error *error)
{
	error_set(error, STATUS_NOT_FOUND, "rights.item", "the copy has no marked item of this number");
	error_remedy(error, "take a number from the list of what is to be confirmed, as it is now");
	return STATUS_NOT_FOUND;
}

static enum status invalid(const char *code, const char *message, const char *remedy, struct error *error)
{
	error_set(error, STATUS_INVALID, code, "%s", message);
	error_remedy(error, "%s", remedy);
	return STATUS_INVALID;
}

static enum status check(const struct redaction *redaction, struct error *error)
{
	if (redaction->why.len > REDACTION_WHY_LONGEST)
		return invalid("rights.why", "Say why in at most 500 characters", "a reference will do", error);
	if (redaction->release)
		return STATUS_OK;
	if (redaction->exemption == EXEMPTION_NONE)
		return invalid("rights.exemption", "Choose the exemption that it is withheld by",
			       "nothing may be withheld without one: if none fits, release it", error);
	if (redaction->why.len < REDACTION_WHY_SHORTEST)
		return invalid("rights.why", "Say why it is withheld, in 3 to 500 characters",
			       "whoever looks again must be able to judge it", error);
	return STATUS_OK;
}

static enum status write_decision(const struct rights_copy *copy, const struct rights_parts *parts,
				  const struct redaction *redaction, struct error *error)
{
	struct statement *write;
	struct buf sealed;
	enum status status = store_prepare(
		&write, parts->desk,
		"INSERT INTO redaction_decision (item, resident_id, decision, exemption, reason_sealed, decided_at, "
		"decided_by) VALUES (:item, :resident, :decision, :exemption, :reason, :now, :by) ON CONFLICT (item) "
		"DO "
		"UPDATE SET resident_id = excluded.resident_id, decision = excluded.decision, exemption = "
		"excluded.exemption, reason_sealed = excluded.reason_sealed, decided_at = excluded.decided_at, "
		"decided_by = excluded.decided_by, looked_at = NULL, looked_by = NULL",
		error);
	if (status != STATUS_OK)
		return status;
	buf_init(&sealed, SEALED_LONGEST);
	statement_bind_int(write, "item", redaction->item);
	statement_bind_int(write, "resident", copy->resident_id);
	statement_bind_text(write, "decision", redaction->release ? TEXT("release") : TEXT("withhold"));
	statement_bind_text(write, "exemption",
			    redaction->release ? TEXT_ABSENT : text_of(exemption_name(redaction->exemption)));
	if (redaction->why.len) {
		disclosure_seal_words(parts->vault, redaction->item, WORDS_OF_REDACTION, redaction->why, &sealed);
		statement_bind_blob(write, "reason", sealed.at, sealed.len);
	} else {
		statement_bind_null(write, "reason");
	}
	statement_bind_int(write, "now", instant_now());
	statement_bind_text(write, "by", redaction->by);
	status = statement_run(write, NULL, error);
	statement_done(write);
	buf_release(&sealed);
	return status;
}

enum status redaction_decide(const struct rights_copy *copy, const struct rights_parts *parts,
			     const struct redaction *redaction, struct error *error)
{
	if (!find_item(copy, redaction->item))
		return no_such_item(error);
	enum status status = check(redaction, error);
	return status == STATUS_OK ? write_decision(copy, parts, redaction, error) : status;
}

struct redaction_seen redaction_seen_of(const struct rights_value *value)
{
	return (struct redaction_seen){value->item, value->state == ITEM_RELEASED, value->decided_at};
}

static enum status conflict(const char *code, const char *message, const char *remedy, struct error *error)
{
	error_set(error, STATUS_CONFLICT, code, "%s", message);
	error_remedy(error, "%s", remedy);
	return STATUS_CONFLICT;
}

static enum status not_as_seen(struct error *error)
{
	return conflict("rights.changed", "It was decided anew since you saw it: look at it as it is now",
			"open the list again", error);
}

static bool is_as_seen(const struct rights_value *value, const struct redaction_seen *seen)
{
	return value->state == (seen->release ? ITEM_RELEASED : ITEM_WITHHELD) && value->decided_at == seen->decided_at;
}

/* *CHANGED: 0 when it was decided anew meanwhile, or by BY. */
static enum status write_look(int64_t *changed, const struct rights_parts *parts, const struct redaction_seen *seen,
			      struct text by, struct error *error)
{
	struct statement *write;
	enum status status = store_prepare(&write, parts->desk,
					   "UPDATE redaction_decision SET looked_at = :now, looked_by = :by WHERE item "
					   "= :item AND decision = :decision AND decided_at = :decided AND decided_by "
					   "<> :by",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(write, "item", seen->item);
	statement_bind_text(write, "decision", seen->release ? TEXT("release") : TEXT("withhold"));
	statement_bind_int(write, "decided", seen->decided_at);
	statement_bind_int(write, "now", instant_now());
	statement_bind_text(write, "by", by);
	status = statement_run(write, changed, error);
	statement_done(write);
	return status;
}

enum status redaction_confirm(const struct rights_copy *copy, const struct rights_parts *parts,
			      const struct redaction_seen *seen, struct text by, struct error *error)
{
	int64_t changed = 0;
	const struct rights_value *value = find_item(copy, seen->item);
	if (!value)
		return no_such_item(error);
	if (value->state == ITEM_WAITS)
		return conflict("rights.undecided", "Nobody has decided of this item yet",
				"decide of it; somebody else looks again then", error);
	if (text_equal(value->decided_by, by))
		return conflict("rights.same_person", "Whoever decided of an item cannot take the second look at it",
				"ask a colleague to look at what you decided", error);
	if (!is_as_seen(value, seen))
		return not_as_seen(error);
	enum status status = write_look(&changed, parts, seen, by, error);
	return status == STATUS_OK && !changed ? not_as_seen(error) : status;
}
