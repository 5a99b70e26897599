/* What people decide of the marked items of a copy: one decides, another looks again.
 *
 *     struct redaction redaction = {.item = item, .release = false, .exemption = EXEMPTION_THIRD_PARTY,
 *                                   .why = TEXT("names her sister"), .by = viewer->username};
 *     store_begin(desk);  redaction_decide(&copy, &parts, &redaction, error);  audit_join(...);  store_commit(desk);
 *     ... another person ...
 *     redaction_confirm(&copy, &parts, &seen, by, error);      // SEEN: the decision that was before them
 *
 * Nothing marked goes out before both.  Who withholds names the exemption of the Data Protection Act 2018 that they
 * withhold by, and says why; why is sealed, since it may name somebody.  Who decides anew, decides alone again: the
 * second look starts over.
 */
#ifndef RIGHTS_REDACTION_H
#define RIGHTS_REDACTION_H

#include "rights/rights.h"

enum { REDACTION_WHY_SHORTEST = 3, REDACTION_WHY_LONGEST = 500 }; /* bytes */

const char *exemption_name(enum rights_exemption exemption);  /* "third_party" */
const char *exemption_title(enum rights_exemption exemption); /* "Information about somebody else" */
const char *exemption_law(enum rights_exemption exemption);   /* "Data Protection Act 2018, schedule 2, paragraph 16" */
bool exemption_parse(struct text name, enum rights_exemption *out);

struct redaction {
	int64_t item;
	bool release;
	enum rights_exemption exemption; /* unless RELEASE */
	struct text why;                 /* likewise; of a release it may be empty */
	struct text by;
};
/* In the caller's desk transaction. STATUS_NOT_FOUND unless COPY has the item marked; STATUS_INVALID with the field in
 * the error's code: "rights.exemption", "rights.why". */
enum status redaction_decide(const struct rights_copy *copy, const struct rights_parts *parts,
			     const struct redaction *redaction, struct error *error) MUST_CHECK;
/* The decision that whoever looks again has before them: of an item that was decided anew since, they saw another. */
struct redaction_seen {
	int64_t item;
	bool release;
	instant decided_at;
};
struct redaction_seen redaction_seen_of(const struct rights_value *value); /* of a decided one, as it is shown */
/* STATUS_CONFLICT "rights.undecided" while nobody has decided, "rights.changed" when it is not what was SEEN,
 * "rights.same_person" when BY has decided it. */
enum status redaction_confirm(const struct rights_copy *copy, const struct rights_parts *parts,
			      const struct redaction_seen *seen, struct text by, struct error *error) MUST_CHECK;

struct sealed_rows;
extern const struct sealed_rows redaction_sealed_reasons; /* on the desk */

#endif
