/* Who looked at whom, why, and under which agreement: append-only, hash-chained.
 *
 * Every entry holds the BLAKE2b-256 hash of its own canonical bytes and of the entry before
 * it, so that a changed, removed or inserted entry breaks the chain there.  A head row holds
 * number and hash of the last entry under a message authentication code, whose key is not in the
 * database: so a shortened or wholly rewritten chain is found too.
 *
 *     struct audit *audit;
 *     status = audit_open(&audit, address, &key, error);          // starts the writer thread
 *     audit_submit(audit, &entry, when_durable, request);          // calls back once, from that thread
 *     status = audit_append(audit, &entry, error);                 // the same, waiting
 *     status = audit_join(desk, &key, &entry, error);              // inside the caller's desk transaction
 *
 * Nothing may leave the program before its entry is durable: STATUS_OK from any of the three
 * means that it is on disk (for audit_join(): with the caller's commit).  Many entries share one
 * commit.  Several processes may append to one desk.  Failure is always told, never swallowed.
 *
 * An entry never holds a value of a resident: subjects are ids, elements are names of elements.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "base/arena.h"
#include "base/date.h"
#include "store/store.h"

enum { AUDIT_KEY_BYTES = 32, AUDIT_HASH_BYTES = 32 };

struct audit_key {
	unsigned char bytes[AUDIT_KEY_BYTES];
};

/* Reads KEY from a file of mode 0600 with 64 hexadecimal digits; _create makes one and refuses to replace. */
enum status audit_key_read(struct audit_key *key, const char *path, struct error *error) MUST_CHECK;
enum status audit_key_create(const char *path, struct error *error) MUST_CHECK;

/* Text may be absent where it does not apply. What is too long is refused, not cut. */
struct audit_entry {
	int64_t seq; /* set by the reader */
	int form;    /* likewise: which of its fields are in its hash (README) */
	instant at;  /* 0: now */
	struct text user_name, role, team, purpose;
	struct text reason; /* a reference to the viewer's words for this task (policy/stated.h), which are sealed */
	struct text action; /* "resident.open", "search", "sign_in", "agreement.end" ... */
	struct text subject_kind; /* "resident", "household", "property", "account", "extract" ... */
	int64_t subject_id;       /* 0: none */
	struct text elements;     /* ids of the elements disclosed, separated by blanks */
	struct text agreements;   /* ids of the agreements that allowed it, separated by blanks */
	struct text outcome;      /* "allowed", "refused", "failed" */
	struct text detail;       /* counts and codes */
	struct text client;       /* the address that the request came from; absent at the command line */
	int64_t session_no;       /* 0: none */
	/* What was searched for, as the vault seals it: kept apart from the entry, so that it can be sealed anew or
	 * removed. The mark is 32 bytes that bind it to the entry and do not tell it. None: mark absent. */
	struct text words_mark, words_sealed;
	int64_t words_id;
};

struct audit;
enum status audit_open(struct audit **out, const char *address, const struct audit_key *key,
		       struct error *error) MUST_CHECK;
void audit_close(struct audit *audit); /* writes what was submitted, then stops; NULL is fine */

/* ERROR is NULL when STATUS is STATUS_OK. Do little: the writer thread waits. */
typedef void audit_done(void *context, enum status status, const struct error *error);
/* Copies ENTRY. DONE is called exactly once, also on failure (then perhaps before this returns). */
void audit_submit(struct audit *audit, const struct audit_entry *entry, audit_done *done, void *context);
enum status audit_append(struct audit *audit, const struct audit_entry *entry, struct error *error) MUST_CHECK;
enum status audit_join(struct store *desk, const struct audit_key *key, const struct audit_entry *entry,
		       struct error *error) MUST_CHECK;

/* Numbers for /metrics. */
struct audit_numbers {
	uint64_t written, commits, failed, waiting;
	int64_t longest_commit; /* microseconds */
};
void audit_numbers(struct audit *audit, struct audit_numbers *out);

/* Checks the whole chain and the head. STATUS_CORRUPT names the first bad entry, also in *OUT. */
struct audit_verification {
	int64_t entries, bad_seq; /* bad_seq 0: none, or the end is missing */
	int64_t head_seq;
	char head_hash[2 * AUDIT_HASH_BYTES + 1]; /* to write down: a later chain must still contain it */
};
enum status audit_verify(struct store *desk, const struct audit_key *key, struct audit_verification *out,
			 struct error *error) MUST_CHECK;
/* Whether entry SEQ still has HASH, as an earlier verification wrote it down. */
enum status audit_contains(struct store *desk, int64_t seq, const char *hash, struct error *error) MUST_CHECK;

/* The reader, newest first. What is absent, 0 or INSTANT_UNKNOWN in the filter does not filter. */
struct audit_filter {
	struct text user_name, role, purpose, action, outcome, subject_kind;
	int64_t subject_id;
	instant from, before; /* from <= at < before */
	int64_t before_seq;   /* paging: the last seq of the page before */
	size_t limit;         /* at most 500; 0: 50 */
};
struct audit_page {
	struct audit_entry *entries;
	size_t count;
	bool more;
};
enum status audit_read(struct store *desk, const struct audit_filter *filter, struct arena *arena,
		       struct audit_page *out, struct error *error) MUST_CHECK;

/* How many pages about people a user was shown since FROM (`all`), and since LATER. Each look at a resident counts,
 * but those of a second in which something was shown that holds several: a household's page is a look at each member.
 */
struct audit_looks {
	int64_t all, later;
};
enum status audit_count_looks(struct audit_looks *out, struct store *desk, struct text user_name, instant later,
			      instant from, struct error *error) MUST_CHECK;

/* The sealed words of an entry, which must have a mark; STATUS_NOT_FOUND when there are none, or no longer. */
enum status audit_read_words(struct store *desk, int64_t seq, struct arena *arena, struct audit_entry *out,
			     struct error *error) MUST_CHECK;

#endif
