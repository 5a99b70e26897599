/* What the law lets residents ask for: a copy of all that is held on them, and what follows from it.
 *
 *     struct rights_copy copy;
 *     status = rights_copy(&copy, &parts, resident_id, &arena, &error);    // the arena keeps secrets
 *     ... write it down, audit it ...
 *
 * A copy has every version of every row with its source, and beside it what was made of the rows: links, homes,
 * households, lists, reports, and who looked.  What may speak of somebody else, or would endanger somebody, is
 * *marked*: it is withheld until a person has decided that it may go out, item by item, and another has looked at that
 * (redaction.h).  A decision is for one value of one version: a row that changes is decided anew.  Names of other
 * residents are never part of a copy.
 *
 * Nothing here asks policy: a copy is for the resident.  Whoever shows one to staff asks the door first.
 */
#ifndef RIGHTS_RIGHTS_H
#define RIGHTS_RIGHTS_H

#include "audit/audit.h"
#include "base/arena.h"
#include "profile/profile.h"
#include "store/store.h"

struct vault;

struct rights_parts {
	const struct profile *profile;
	const struct vault *vault;
	struct store *data, *desk;
};

/* ---- a copy of all that is held ------------------------------------------------------------------- */

enum rights_mark {
	MARK_NONE,
	MARK_THIRD_PARTY, /* free text, and what is about a relative: may speak of somebody else */
	MARK_SAFEGUARDING /* from a feed that is kept apart, or that says who must be protected */
};
const char *rights_mark_words(enum rights_mark mark);

enum rights_state { ITEM_OPEN, ITEM_WAITS, ITEM_RELEASED, ITEM_WITHHELD }; /* OPEN: not marked */

/* By what a marked item may be withheld (redaction.h has the words and the law). */
enum rights_exemption {
	EXEMPTION_NONE,
	EXEMPTION_THIRD_PARTY,
	EXEMPTION_SERIOUS_HARM,
	EXEMPTION_CHILD_ABUSE,
	EXEMPTION_CRIME,
	EXEMPTION_PRIVILEGE,
	EXEMPTION_ADOPTION,
	EXEMPTION_COURT,
	EXEMPTION_REFERENCE,
	EXEMPTION_COUNT
};

struct rights_value {
	const struct profile_element *element; /* NULL: what staff wrote */
	struct text title, value;
	enum rights_mark mark;
	enum rights_state state;
	int64_t item;                    /* of a marked one: what redaction_decide() takes */
	bool disputed;                   /* the resident asked to have it put right, and was not told yet */
	instant decided_at;              /* of a decided one */
	bool confirmed;                  /* somebody else has looked at the decision */
	enum rights_exemption exemption; /* of a withheld one */
	struct text why, decided_by, looked_by;
};
static inline bool rights_value_goes_out(const struct rights_value *value)
{
	return value->state == ITEM_OPEN || (value->state == ITEM_RELEASED && value->confirmed);
}

struct rights_row { /* one version of one row of a feed; or, FEED NULL, what staff wrote or a program found */
	const struct profile_feed *feed;
	struct text title, file_name, ended; /* ended: why it is no longer current; absent while it is */
	int64_t record_id, row_key, extract_id;
	int32_t version, line;
	date as_at, valid_from, valid_to;
	instant received;
	struct rights_value *values;
	size_t count;
};

struct rights_table {
	const char *id, *title, *says;
	const char *const *headings;
	size_t columns, rows;
	const struct text *cells; /* rows * columns */
};
enum { RIGHTS_TABLES = 16, RIGHTS_VIEWS_MOST = 5000 };
/* Title of a row that says what was read in case notes. */
#define RIGHTS_READING "A finding in case notes"

struct rights_copy {
	int64_t resident_id;
	size_t records, sources, links, doubtful, lists, views;
	struct rights_row *rows;
	size_t row_count;
	struct rights_table tables[RIGHTS_TABLES];
	size_t table_count;
	size_t marked, waiting, withheld, unconfirmed; /* unconfirmed: decided, and nobody else has looked */
	size_t withheld_by[EXEMPTION_COUNT];
};
/* STATUS_NOT_FOUND unless the resident has records; an id that was taken into another is told in the remedy. */
enum status rights_copy(struct rights_copy *out, const struct rights_parts *parts, int64_t resident_id,
			struct arena *arena, struct error *error) MUST_CHECK;

#endif
