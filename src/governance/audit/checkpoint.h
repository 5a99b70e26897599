/* Signed checkpoints: what the audit was at a moment, in a form that another system can keep and check.
 *
 * A checkpoint is an Ed25519 signature over (workspace, seq, instant, hash of entry seq).  Whoever holds the public key
 * and a few checkpoints can tell later that the chain still holds what it held then, even against somebody who has
 * the database and `audit.key`.  The private key is in a file; the public ones, old ones too, are in a table.
 *
 *     status = audit_checkpoint_make(&made, &checkpoint, desk, &places, error);
 *     ...
 *     status = audit_checkpoints_read(&checkpoints, desk, &arena, error);          // or _file()
 *     status = audit_verify_against(desk, &key, &checkpoints, &verification, error);
 *
 * The signed bytes: "oneview audit checkpoint 1\n", the workspace as a 32-bit little-endian length and its bytes, seq
 * and the instant (microseconds since 1970) as 64-bit little-endian, and the 32 bytes of the hash.
 */
#ifndef AUDIT_CHECKPOINT_H
#define AUDIT_CHECKPOINT_H

#include "audit/audit.h"

enum {
	AUDIT_PUBLIC_KEY_BYTES = 32,
	AUDIT_SIGNATURE_BYTES = 64,
	AUDIT_WORKSPACE_SIZE = 33, /* 32 hexadecimal digits */
	AUDIT_CHECKPOINT_ENTRIES = 10000
};
#define AUDIT_CHECKPOINT_INTERVAL (3600 * INT64_C(1000000)) /* microseconds */

struct audit_public_key {
	unsigned char bytes[AUDIT_PUBLIC_KEY_BYTES];
};

struct audit_checkpoint {
	char workspace[AUDIT_WORKSPACE_SIZE];
	int64_t seq;
	instant at;
	unsigned char hash[AUDIT_HASH_BYTES];
	struct audit_public_key signer;
	unsigned char signature[AUDIT_SIGNATURE_BYTES];
};

struct audit_checkpoint_places {
	const struct audit_key *key;
	const char *signing_key; /* file of mode 0600 with 64 hexadecimal digits; made when there was never one */
	const char *outbox;      /* a line of JSON is added for each; NULL: none */
};

/* Signs the last entry, unless this key has signed it already or there is none: *MADE tells. In a transaction of its
 * own on the desk; the line is on disk before it is committed. */
enum status audit_checkpoint_make(bool *made, struct audit_checkpoint *out, struct store *desk,
				  const struct audit_checkpoint_places *places, struct error *error) MUST_CHECK;
/* The same, when AUDIT_CHECKPOINT_ENTRIES entries or AUDIT_CHECKPOINT_INTERVAL have gone by since the last. */
enum status audit_checkpoint_when_due(bool *made, struct store *desk, const struct audit_checkpoint_places *places,
				      struct error *error) MUST_CHECK;

/* A new signing key takes the place of the present one, which signs the last entry before it goes. The private half of
 * the old one is gone then; its public half stays. */
enum status audit_signer_change(struct audit_public_key *out, struct store *desk,
				const struct audit_checkpoint_places *places, struct error *error) MUST_CHECK;

struct audit_signature {
	struct audit_public_key signer;
	unsigned char bytes[AUDIT_SIGNATURE_BYTES];
};
/* Signs something else than a checkpoint with the same key: "oneview WHAT 1\n" and TEXT. In the caller's transaction on
 * the desk. */
enum status audit_text_sign(struct audit_signature *out, struct store *desk,
			    const struct audit_checkpoint_places *places, const char *what, struct text text,
			    struct error *error) MUST_CHECK;

struct audit_signers {
	struct audit_public_key *at; /* the newest last */
	instant *since;
	size_t count;
};
enum status audit_signers_read(struct audit_signers *out, struct store *desk, struct arena *arena,
			       struct error *error) MUST_CHECK;
/* 64 hexadecimal digits a line, as `oneview audit key` prints them; what follows # is skipped. */
enum status audit_signers_file(struct audit_signers *out, const char *path, struct arena *arena,
			       struct error *error) MUST_CHECK;

/* Whether one of SIGNERS signed it so. */
bool audit_text_is_signed(const struct audit_signature *signature, const struct audit_signers *signers,
			  const char *what, struct text text);

struct audit_checkpoints {
	struct audit_checkpoint *at; /* by seq */
	size_t count;
};
enum status audit_checkpoints_read(struct audit_checkpoints *out, struct store *desk, struct arena *arena,
				   struct error *error) MUST_CHECK;
/* Lines of JSON, as the outbox has them. */
enum status audit_checkpoints_file(struct audit_checkpoints *out, const char *path, struct arena *arena,
				   struct error *error) MUST_CHECK;
/* STATUS_CORRUPT names the first that none of SIGNERS has signed. */
enum status audit_checkpoints_check(const struct audit_checkpoints *checkpoints, const struct audit_signers *signers,
				    struct error *error) MUST_CHECK;
/* audit_verify(), and that the chain has every checkpoint's hash at its place. CHECKPOINTS may be NULL; their
 * signatures are the caller's to check first. */
enum status audit_verify_against(struct store *desk, const struct audit_key *key,
				 const struct audit_checkpoints *checkpoints, struct audit_verification *out,
				 struct error *error) MUST_CHECK;

#endif
