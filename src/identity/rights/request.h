/* Requests for a copy (UK GDPR article 15): logged, counted to their due date, answered or ended, and all of it kept.
 *
 *     struct access_request request = {.resident_id = id, .received = day, .asker = ASKED_BY_PARENT,
 *                                      .identity = IDENTITY_DOCUMENTS, .words = TEXT("mother, letter of 3 March")};
 *     store_begin(desk);  access_request_log(&request, &parts, by, error);  audit_join(...);  store_commit(desk);
 *     ... decisions of what is marked (redaction.h) ...
 *     status = access_request_issue(&request, &copy, &parts, "pdf", by, error);   // when nothing waits any more
 *
 * A request is a row and what was done about it, act by act; nothing is ever changed.  What was written may name
 * somebody, so it is sealed.  The clock starts with the day of receipt; where proof of identity was asked for, with the
 * day on which it came (article 12(6)).
 */
#ifndef RIGHTS_REQUEST_H
#define RIGHTS_REQUEST_H

#include "rights/due.h"
#include "rights/rights.h"

enum { REQUEST_WORDS_SHORTEST = 3, REQUEST_WORDS_LONGEST = 500 }; /* bytes */

enum request_asker { ASKED_BY_RESIDENT, ASKED_BY_PARENT, ASKED_BY_REPRESENTATIVE, REQUEST_ASKERS };
enum request_identity {
	IDENTITY_DOCUMENTS, /* seen in person */
	IDENTITY_COPIES,    /* of documents */
	IDENTITY_ACCOUNT,   /* signed in to an account that was verified before */
	IDENTITY_KNOWN,     /* known to the member of staff who took the request */
	IDENTITY_ASKED_FOR, /* not yet: the clock stands */
	REQUEST_IDENTITIES
};
enum request_extension { EXTENDED_COMPLEX, EXTENDED_SEVERAL, REQUEST_EXTENSIONS };
enum request_state {
	REQUEST_IDENTITY, /* waits for proof */
	REQUEST_OPEN,
	REQUEST_ISSUED,
	REQUEST_WITHDRAWN,
	REQUEST_REFUSED, /* manifestly unfounded or excessive: article 12(5) */
	REQUEST_STATES
};
const char *request_asker_name(enum request_asker asker);
const char *request_asker_title(enum request_asker asker);
bool request_asker_parse(struct text name, enum request_asker *out);
const char *request_identity_name(enum request_identity identity);
const char *request_identity_title(enum request_identity identity);
bool request_identity_parse(struct text name, enum request_identity *out);
const char *request_extension_name(enum request_extension extension);
const char *request_extension_title(enum request_extension extension);
bool request_extension_parse(struct text name, enum request_extension *out);
const char *request_state_title(enum request_state state);

struct request_act {        /* one thing that was done about a request */
	struct text what;   /* logged | proven | extended | issued | withdrawn | refused */
	struct text detail; /* identity | identity | reason | "html 12 rows, 1 withheld (third_party 1)" */
	struct text words;  /* absent: none */
	struct text by;
	date on; /* the day that it is about: proven */
	instant at;
};

struct access_request {
	int64_t request_id, resident_id;
	int number; /* in the order of logging. Not to be shown: a gap would tell of a request that is hidden */
	date received;
	enum request_asker asker;
	enum request_identity identity; /* as it is known now */
	struct text words;              /* who asks, and where it is filed */
	/* worked out: */
	enum request_state state;
	bool extended, overdue;
	date started;  /* DATE_UNKNOWN while the clock stands */
	date due;      /* likewise */
	date answered; /* issued first, withdrawn or refused; DATE_UNKNOWN until then */
	bool late;     /* answered behind its due date */
	const struct request_act *acts;
	size_t act_count;
};

/* As people call it: the end of its random id, "7k3m9q". */
enum { REQUEST_REFERENCE_SIZE = 7 };
char *access_request_reference(const struct access_request *request, char out[REQUEST_REFERENCE_SIZE]);

/* Until the caller's desk transaction ends nobody else acts on the resident's requests, or decides of what is in its
 * copy; and REQUEST, which was found before, is read again. Each act below does it for itself; what a copy is given out
 * by must be read behind it. */
enum status access_request_lock(struct access_request *request, const struct rights_parts *parts, struct arena *arena,
				struct error *error) MUST_CHECK;

/* All in the caller's desk transaction, which has the audit entry too. STATUS_INVALID has the field in the error's
 * code: "request.received", "request.words", "request.proven", "request.extension"; STATUS_CONFLICT "request.state"
 * when the request is not in a state for it. Fills request_id and number. */
enum status access_request_log(struct access_request *request, const struct rights_parts *parts, struct text by,
			       struct error *error) MUST_CHECK;
/* Identity was proven on a day; HOW is anything but IDENTITY_ASKED_FOR. */
enum status access_request_prove(const struct access_request *request, const struct rights_parts *parts,
				 enum request_identity how, date on, struct text by, struct error *error) MUST_CHECK;
/* By two further months. The resident must be told within the first month, so later it is too late. */
enum status access_request_extend(const struct access_request *request, const struct rights_parts *parts,
				  enum request_extension why, struct text words, struct text by,
				  struct error *error) MUST_CHECK;
/* Ended without a copy: STATE is REQUEST_WITHDRAWN or REQUEST_REFUSED. */
enum status access_request_end(const struct access_request *request, const struct rights_parts *parts,
			       enum request_state state, struct text words, struct text by,
			       struct error *error) MUST_CHECK;
/* A copy in this form is given out. STATUS_CONFLICT while an item waits for a decision or a second look
 * ("request.waits"), while identity is not proven ("request.state"), and when nothing is marked
 * and nobody but BY has logged the request or proven identity ("request.same_person"). *DETAIL, in ARENA: what was
 * withheld by which exemption, for the audit. */
enum status access_request_issue(struct text *detail, const struct access_request *request,
				 const struct rights_copy *copy, const struct rights_parts *parts, const char *form,
				 struct text by, struct arena *arena, struct error *error) MUST_CHECK;
/* STATUS_CONFLICT "request.state" or "request.waits" unless a copy may be given out. */
enum status access_request_may_issue(const struct access_request *request, const struct rights_copy *copy,
				     struct error *error) MUST_CHECK;

/* STATUS_NOT_FOUND when there is none. With its acts, newest first. */
enum status access_request_find(struct access_request *out, const struct rights_parts *parts, int64_t request_id,
				struct arena *arena, struct error *error) MUST_CHECK;
/* Those that are open, the soonest due first and those without a date behind, then the others, newest first. */
enum { REQUESTS_MOST = 2000 };
enum status access_request_list(struct access_request **out, size_t *count, const struct rights_parts *parts,
				struct arena *arena, struct error *error) MUST_CHECK;

struct sealed_rows;
extern const struct sealed_rows request_sealed_words; /* on the desk */

#endif
