/* Shared by the parts of the audit room: the form of an entry, and writing under the head's lock. */
#ifndef AUDIT_AUDIT_INT_H
#define AUDIT_AUDIT_INT_H

#include "audit/audit.h"
#include "audit/checkpoint.h"

enum {
	AUDIT_TEXT_MAX = 4096,      /* bytes of one text of an entry ... */
	AUDIT_ELEMENTS_MAX = 65536, /* ... and of its lists of elements and agreements */
	AUDIT_BATCH_MAX = 1024,     /* entries of one commit */
	AUDIT_FORM = 2,             /* of the entries that are written now */
	AUDIT_WORDS_MAX = 4096,     /* bytes of sealed words */
	AUDIT_WAITING_MAX = 100000  /* entries not yet written; more are refused */
};

/* The texts of an entry in the order of the canonical form, which is also that of the columns. */
enum audit_text {
	AUDIT_USER_NAME,
	AUDIT_ROLE,
	AUDIT_TEAM,
	AUDIT_PURPOSE,
	AUDIT_REASON,
	AUDIT_ACTION,
	AUDIT_SUBJECT_KIND,
	AUDIT_ELEMENTS,
	AUDIT_AGREEMENTS,
	AUDIT_OUTCOME,
	AUDIT_DETAIL,
	AUDIT_CLIENT, /* from here on: form 2 */
	AUDIT_TEXT_COUNT
};
extern const char *const audit_text_columns[AUDIT_TEXT_COUNT];
struct text *audit_entry_text(struct audit_entry *entry, enum audit_text which);

/* STATUS_INVALID for an entry without action or outcome, too long, or not UTF-8 without NULs. */
enum status audit_entry_check(const struct audit_entry *entry, struct error *error) MUST_CHECK;

/* BLAKE2b-256 of the canonical bytes: a version line, seq and at as 64-bit little-endian, each text as a
 * 32-bit length (all ones: absent) and its bytes, subject_id, and the hash before. */
void audit_entry_hash(const struct audit_entry *entry, const unsigned char previous[AUDIT_HASH_BYTES],
		      unsigned char out[AUDIT_HASH_BYTES]);

struct audit_head {
	int64_t seq;
	unsigned char hash[AUDIT_HASH_BYTES];
	unsigned char mac[AUDIT_HASH_BYTES];
};
void audit_head_sign(struct audit_head *head, const struct audit_key *key);
enum status audit_head_check(const struct audit_head *head, const struct audit_key *key,
			     struct error *error) MUST_CHECK;
/* Reads `hash` and `mac` of the current row, whose `seq` the caller knows. */
void audit_head_read(struct statement *query, struct audit_head *out);

/* Where the columns of an entry stand in a query, and the entry of its current row: texts live until the next step. */
struct audit_columns {
	int seq, form, at, subject_id, session_no, words_mark, texts[AUDIT_TEXT_COUNT];
};
struct audit_columns audit_find_columns(struct statement *query);
void audit_read_entry(struct statement *query, const struct audit_columns *columns, struct audit_entry *out);

/* Numbers, chains and inserts COUNT entries in the open transaction, and moves the head. */
enum status audit_write(struct store *desk, const struct audit_key *key, const struct audit_entry *const *entries,
			size_t count, struct error *error) MUST_CHECK;

enum status audit_stored_head(struct store *desk, struct audit_head *out, struct error *error) MUST_CHECK;

/* Fills signer and signature. A signing key is kept as its seed, which looks like the audit's other key. */
void audit_checkpoint_sign(struct audit_checkpoint *checkpoint, const struct audit_key *seed);
void audit_sign_bytes(struct audit_signature *out, const struct audit_key *seed, const char *what, struct text text);
void audit_signer_public(struct audit_public_key *out, const struct audit_key *seed);
/* Adds a line to PATH, durably. */
enum status audit_checkpoint_send(const struct audit_checkpoint *checkpoint, const char *path,
				  struct error *error) MUST_CHECK;

void audit_hex(const unsigned char *bytes, size_t count, char *out);

#endif
