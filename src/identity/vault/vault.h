/* The vault: every identifying value is on disk only as ciphertext, and this room has the key.
 *
 * Sealing is XChaCha20-Poly1305 under a key derived from the workspace's master key; where the
 * value belongs (record, feed, row, version, part) is associated data, so that ciphertext moved
 * to another row does not open.  Identifiers that must be looked up (client numbers, UPRNs) are
 * stored as keyed 64-bit hashes, one key for each domain.
 *
 *     struct vault *vault;
 *     status = vault_open(&vault, "keys/master.key", &error);
 *     status = vault_check_store(vault, data, &error);       // a wrong key is told here
 *     int64_t hash = vault_hash64(vault, VAULT_CLIENT, TEXT("housing\x1fT0001"));
 *
 * A sealed part is a packed sequence of (element number, text): vault_values_append() makes one,
 * vault_values_next() reads it.  Element numbers come from vault_elements_load().
 *
 * A vault is read-only after opening and may be shared by threads.  Plain values are the
 * caller's to wipe: use arena_keep_secret() and buf_wipe().  Opening a vault also switches
 * core dumps off for the process.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/map.h"
#include "base/text.h"

#include <stdatomic.h>

struct store;
struct vault;

/* ---- keys ---------------------------------------------------------------------------------- */

/* Writes a new random master key to PATH, mode 0600; STATUS_CONFLICT when there is a file. */
enum status vault_create_key(const char *path, struct error *error) MUST_CHECK;
/* The file must be ours and closed to others: "vault.key_missing", "vault.key_permissions",
 * "vault.key_owner", "vault.key_damaged" otherwise. */
enum status vault_open(struct vault **out, const char *key_path, struct error *error) MUST_CHECK;
void vault_close(struct vault *vault); /* NULL is fine */
/* Compares the key with the mark in the data shelf: "vault.wrong_key". No mark yet is no fault. */
enum status vault_check_store(const struct vault *vault, struct store *store, struct error *error) MUST_CHECK;
/* The same, and leaves the mark where there is none: for whoever is about to seal. */
enum status vault_mark_store(const struct vault *vault, struct store *store, struct error *error) MUST_CHECK;
/* No core dumps, no debugger of another process: for programs that hold identifiers before they
 * open a vault. */
void vault_forbid_core_dumps(void);

/* ---- keyed hashes --------------------------------------------------------------------------- */

/* Equal texts of different domains have unrelated hashes. Stored: append only. */
enum vault_domain {
	VAULT_CLIENT = 1, /* source id, 0x1f, client number */
	VAULT_ROW_KEY,    /* key columns of a row, 0x1f between */
	VAULT_ROW,        /* a whole row, to see whether it changed */
	VAULT_UPRN,       /* digits without leading zeros */
	VAULT_FILE,       /* content of an extract */
	VAULT_VALUE,      /* a value another feed refers to; distinct counts */
	VAULT_ADDRESS,    /* normalised address without UPRN */
	VAULT_NAME,       /* spellings in lists kept between runs */
	VAULT_PSEUDONYM,  /* not for hashing with: keys of exports (pseudonym.h) are made from it */
	VAULT_DOMAIN_COUNT
};
/* Keyed BLAKE2b, 64 bits. Never 0. */
int64_t vault_hash64(const struct vault *vault, enum vault_domain domain, struct text text);
/* SipHash-2-4, 64 bits, five times as fast: for hashes that only tell "same as before". */
int64_t vault_fast_hash64(const struct vault *vault, enum vault_domain domain, struct text text);
/* The property with a UPRN as somebody writes it; 0 when there is none, or when that is no UPRN. */
enum status vault_property_of_uprn(const struct vault *vault, struct store *data, struct text uprn,
				   int64_t *property_id, struct error *error) MUST_CHECK;
/* A 256-bit hash of a file's content ("intake" uses it to know an extract again). */
enum { VAULT_FILE_HASH_SIZE = 32 };
enum status vault_hash_file(const struct vault *vault, const char *path, unsigned char out[VAULT_FILE_HASH_SIZE],
			    struct error *error) MUST_CHECK;

/* ---- sealing --------------------------------------------------------------------------------- */

enum vault_part {
	VAULT_IDENTITY = 1,
	VAULT_TEXT = 2,
	VAULT_QUARANTINE = 3, /* record: extract, row_key: line, version: problem */
	VAULT_PROPERTY = 4,   /* record: property id */
	VAULT_REPORT = 5,     /* record: report id */
	VAULT_OTHER = 6
};

/* Where a sealed value belongs; unused numbers are 0. */
struct vault_place {
	int64_t record_id, feed_no, row_key, version;
	enum vault_part part;
};

enum { VAULT_OVERHEAD = 1 + 24 + 16 }; /* format, nonce, tag */

void vault_seal(const struct vault *vault, const struct vault_place *place, struct text plain, struct buf *out);
/* The same into OUT, which has room for plain.len + VAULT_OVERHEAD bytes. */
void vault_seal_into(const struct vault *vault, const struct vault_place *place, struct text plain, void *out);
/* STATUS_CORRUPT when SEALED was changed, belongs elsewhere or was sealed under another key. */
enum status vault_unseal(const struct vault *vault, const struct vault_place *place, struct text sealed,
			 struct buf *out, struct error *error) MUST_CHECK;
/* The same into OUT, which has room for sealed.len bytes (it may be the sealed bytes + 25). */
bool vault_unseal_into(const struct vault *vault, const struct vault_place *place, struct text sealed, void *out,
		       size_t *len);

/* ---- packed values ----------------------------------------------------------------------------- */

void vault_values_append(struct buf *packed, unsigned element_no, struct text value);

struct vault_values {
	const unsigned char *at, *end;
};
struct vault_values vault_values_of(struct text packed);
/* False at the end, and at the first malformed byte. */
bool vault_values_next(struct vault_values *values, unsigned *element_no, struct text *value);
/* The first value of ELEMENT_NO, absent when there is none. */
struct text vault_values_find(struct text packed, unsigned element_no);

/* Element numbers, both ways. */
struct vault_elements {
	struct text_map numbers; /* element id -> number */
	const struct text *ids;  /* ids[number]; absent where no element has the number */
	size_t count;            /* highest number + 1 */
	struct arena arena;
};
enum status vault_elements_load(struct vault_elements *out, struct store *store, struct error *error) MUST_CHECK;
/* 0 when the element has no number. */
unsigned vault_element_no(const struct vault_elements *elements, struct text element_id);
/* Gives numbers to those of IDS that have none yet; call inside a transaction. */
enum status vault_elements_add(struct vault_elements *elements, struct store *store, const struct text *ids,
			       size_t count, struct error *error) MUST_CHECK;
void vault_elements_release(struct vault_elements *elements);

/* ---- reading ------------------------------------------------------------------------------------ */

struct vault_row {
	int64_t record_id, row_key;
	int32_t feed_no, version;
	enum vault_part part;
	struct text packed; /* plain values */
};

enum vault_versions { VAULT_NEWEST, VAULT_EVERY_VERSION }; /* newest: of each row, also when it has ended */

/* Goes through all sealed rows of PART in the order of record, feed, row key and version.
 *
 * Rows come in blocks of some thousand; a block holds whole records.  `prepare` (may be NULL)
 * runs on any thread, on several blocks at once, and may return something it made of the
 * block; `visit` (may be NULL) gets the blocks one after the other, in order, on one thread,
 * with what prepare made.  Rows and values live until visit returns and are wiped then.
 * A prepare or visit that returns false ends the scan with STATUS_INTERRUPTED.
 */
struct vault_block {
	const struct vault_row *rows;
	size_t count;
	size_t number; /* from 0 */
	void *made;
};
struct vault_scan {
	enum vault_part part;
	enum vault_versions versions;
	unsigned threads;     /* 0: as many as there are processors */
	const int32_t *feeds; /* only rows of these; NULL: of all */
	size_t feed_count;
	const char *within; /* a temporary table: only rows of the records in its column record_id; NULL: all */
	bool (*prepare)(void *context, struct vault_block *block);
	bool (*visit)(void *context, struct vault_block *block);
	void *context;
};
enum status vault_scan(const struct vault *vault, struct store *store, const struct vault_scan *scan,
		       struct error *error) MUST_CHECK;

/* All parts of one record, by feed, row key, part and version, into ARENA (which should keep secrets). */
enum status vault_open_record(struct vault_row **rows, size_t *count, const struct vault *vault, struct store *store,
			      int64_t record_id, enum vault_versions versions, struct arena *arena,
			      struct error *error) MUST_CHECK;

/* ---- archive -------------------------------------------------------------------------------------- */

/* Seals the file SOURCE into TARGET (crypto_secretstream, blocks of 64 KiB), bound to the number of its extract, and
 * renamed into place when it is whole. With SYNC it is on disk on return; else the caller syncs the folder's file
 * system before relying on it, once for many files: vault_sync_folder(). */
enum status vault_seal_file(const struct vault *vault, const char *source, const char *target, int64_t extract_id,
			    bool sync, struct error *error) MUST_CHECK;
/* The same of what is in memory. */
enum status vault_seal_text(const struct vault *vault, struct text content, const char *target, int64_t extract_id,
			    bool sync, struct error *error) MUST_CHECK;
enum status vault_sync_folder(const char *folder, struct error *error) MUST_CHECK;
/* Reads an archive back, block by block; a truncated or changed one, or that of another extract, is STATUS_CORRUPT. One
 * sealed before archives were bound to their extract is read whatever its number; a change of the key binds it. */
typedef enum status vault_archive_sink(void *context, struct text block, struct error *error);
enum status vault_open_archive(const struct vault *vault, const char *path, int64_t extract_id,
			       vault_archive_sink *sink, void *context, struct error *error) MUST_CHECK;
/* Into memory that has a descriptor, for readers of files: "/proc/self/fd/N". The caller closes *OUT. */
enum status vault_open_archive_as_file(int *out, const struct vault *vault, const char *path, int64_t extract_id,
				       struct error *error) MUST_CHECK;
/* Renames (to ".removing.NAME", so that no half of one is ever read as an extract), overwrites, syncs (once for all of
 * one file system) and removes clear files. What the disk kept below
 * that (old blocks of a flash drive, snapshots) is for the disk's own encryption: docs/operations. */
enum status vault_remove_files(const char *const *paths, size_t count, struct error *error) MUST_CHECK;
/* Ends a removal that was cut off: wipes and removes what it left in FOLDER. */
enum status vault_remove_leftovers(const char *folder, struct error *error) MUST_CHECK;

/* ---- another key ---------------------------------------------------------------------------------- */

/* A change of the master key: everything that is sealed is sealed anew under a new key, in small transactions, so that
 * a change that was killed goes on where it stopped. Until it has come to its end nothing but a server opens
 * the vault ("vault.key_changing"). Client numbers and UPRNs go on being hashed under the first key, which moves to a
 * file of its own ("master.key.hashes"), else nobody would be known again. The key before stays as "master.key.old". */
struct sealed_rows;
extern const struct sealed_rows vault_sealed_rows; /* the vault's own */

/* For who serves while the key is changed: opens under both keys, and seals under the new one. */
enum status vault_open_serving(struct vault **out, const char *key_path, struct error *error) MUST_CHECK;
/* Now and then, from one thread only; others may use the vault meanwhile. *CHANGING: it has both keys, from when the
 * key to come is there until a minute after it has taken its place. STATUS_CONFLICT: the key in place is another. */
enum status vault_follow_change(struct vault *vault, const char *key_path, bool *changing,
				struct error *error) MUST_CHECK;

struct vault_table {
	struct store *store;
	const struct sealed_rows *rows;
};
struct vault_change_report {
	int64_t values, archives; /* sealed anew by this call */
	bool resumed;
};
struct vault_change {
	const char *key_path, *archive; /* ARCHIVE: folder */
	struct store *data;
	const struct vault_table *tables;
	size_t table_count;
	const atomic_bool *stop; /* asked between batches; may be NULL */
	/* Called when the key to come is there, before anything is sealed anew: returns when everybody who serves has
	 * it, or nobody does. NULL: nobody serves. */
	enum status (*wait_for_servers)(void *context, struct error *error);
	/* Called when everything is sealed anew, before the key to come takes its place: no change takes effect that is
	 * not recorded. Once more when a change was killed behind it and goes on. May be NULL. */
	enum status (*record)(void *context, const struct vault_change_report *report, struct error *error);
	void *context;
};
/* The caller holds the workspace's lock. "vault.key_old" when the key before the last change still
 * lies beside. */
enum status vault_change_key(const struct vault_change *change, struct vault_change_report *report,
			     struct error *error) MUST_CHECK;

/* ---- the key as shares ----------------------------------------------------------------------------- */

enum { VAULT_SHARES_MOST = 20 };
/* Writes OF share files into FOLDER (mode 0600), any NEED of which bring back the master key and, once it was changed,
 * the key of the hashes; fewer tell nothing. STATUS_USAGE for numbers that make no sense, STATUS_CONFLICT when there is
 * a share in FOLDER already. */
enum status vault_split_key(const char *key_path, const char *folder, unsigned need, unsigned of,
			    struct error *error) MUST_CHECK;
/* The other way. A share that was changed, belongs to another split or is given twice is named; nothing is written
 * before the key is known to be the one that was split. STATUS_CONFLICT when there is a key at KEY_PATH. */
enum status vault_join_key(const char *const *share_paths, size_t count, const char *key_path,
			   struct error *error) MUST_CHECK;

#endif
