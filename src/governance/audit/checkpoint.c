#include "audit/audit_int.h"

#include "base/file.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

/* ---- the signing key ------------------------------------------------------------------------------ */

/* Inside a transaction: orders those who sign, and gives the audit its name at the first time. */
static enum status take_origin(struct store *desk, struct audit_checkpoint *out, struct error *error)
{
	unsigned char fresh[16];
	char name[AUDIT_WORKSPACE_SIZE];
	struct statement *update;
	enum status status =
		store_prepare(&update, desk,
			      "UPDATE audit_origin SET workspace = coalesce(workspace, :fresh) WHERE one = 1 "
			      "RETURNING workspace",
			      error);
	if (status)
		return status;
	randombytes_buf(fresh, sizeof fresh);
	audit_hex(fresh, sizeof fresh, name);
	statement_bind_text(update, "fresh", text_of(name));
	int workspace = statement_column(update, "workspace");
	bool row;
	status = statement_step(update, &row, error);
	if (status == STATUS_OK && row)
		snprintf(out->workspace, sizeof out->workspace, "%.*s", TEXT_ARG(statement_text(update, workspace)));
	else if (status == STATUS_OK)
		status = error_set(error, STATUS_CORRUPT, "audit.origin", "The name of the audit is missing");
	statement_done(update);
	return status;
}

static enum status publish(struct store *desk, const struct audit_public_key *signer, struct error *error)
{
	struct statement *insert;
	enum status status = store_prepare(
		&insert, desk,
		"INSERT INTO audit_signer (public_key, since) VALUES (:public_key, :since) ON CONFLICT DO NOTHING",
		error);
	if (status)
		return status;
	statement_bind_blob(insert, "public_key", signer->bytes, sizeof signer->bytes);
	statement_bind_int(insert, "since", instant_now());
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

/* A lost key is not made anew in silence: somebody may have taken it away. */
static enum status read_seed(struct audit_key *seed, struct store *desk, const char *path, struct error *error)
{
	int64_t signers = 0;
	enum status status = store_query_int(desk, "SELECT count(*) FROM audit_signer", &signers, error);
	if (status == STATUS_OK && !signers && !file_exists(path))
		status = audit_key_create(path, error);
	if (status == STATUS_OK && !file_exists(path)) {
		error_set(error, STATUS_REFUSED, "audit.signing_key", "The key that signs checkpoints is missing: %s",
			  path);
		error_remedy(error, "Bring it back from its backup, or make a new one with `oneview audit key "
				    "WORKSPACE --change`");
		return STATUS_REFUSED;
	}
	return status ? status : audit_key_read(seed, path, error);
}

enum status audit_text_sign(struct audit_signature *out, struct store *desk,
			    const struct audit_checkpoint_places *places, const char *what, struct text text,
			    struct error *error)
{
	struct audit_key seed;
	enum status status = read_seed(&seed, desk, places->signing_key, error);
	if (status == STATUS_OK) {
		audit_sign_bytes(out, &seed, what, text);
		status = publish(desk, &out->signer, error);
	}
	explicit_bzero(&seed, sizeof seed);
	return status;
}

/* ---- making ---------------------------------------------------------------------------------------- */

static enum status put_checkpoint(struct store *desk, const struct audit_checkpoint *checkpoint, bool *made,
				  struct error *error)
{
	struct statement *insert;
	int64_t changed = 0;
	enum status status =
		store_prepare(&insert, desk,
			      "INSERT INTO audit_checkpoint (seq, public_key, at, hash, workspace, signature) VALUES "
			      "(:seq, :public_key, :at, :hash, :workspace, :signature) ON CONFLICT DO NOTHING",
			      error);
	if (status)
		return status;
	statement_bind_int(insert, "seq", checkpoint->seq);
	statement_bind_blob(insert, "public_key", checkpoint->signer.bytes, sizeof checkpoint->signer.bytes);
	statement_bind_int(insert, "at", checkpoint->at);
	statement_bind_blob(insert, "hash", checkpoint->hash, sizeof checkpoint->hash);
	statement_bind_text(insert, "workspace", text_of(checkpoint->workspace));
	statement_bind_blob(insert, "signature", checkpoint->signature, sizeof checkpoint->signature);
	status = statement_run(insert, &changed, error);
	statement_done(insert);
	*made = changed > 0;
	return status;
}

/* In the open transaction, with SEED. */
static enum status sign_head(bool *made, struct audit_checkpoint *out, struct store *desk,
			     const struct audit_checkpoint_places *places, const struct audit_key *seed,
			     struct error *error)
{
	struct audit_head head = {0};
	enum status status = audit_stored_head(desk, &head, error);
	if (status == STATUS_OK)
		status = audit_head_check(&head, places->key, error);
	if (status || !head.seq)
		return status;
	out->seq = head.seq;
	out->at = instant_now();
	memcpy(out->hash, head.hash, sizeof out->hash);
	audit_checkpoint_sign(out, seed);
	status = publish(desk, &out->signer, error);
	if (status == STATUS_OK)
		status = put_checkpoint(desk, out, made, error);
	if (status == STATUS_OK && *made && places->outbox)
		status = audit_checkpoint_send(out, places->outbox, error);
	return status;
}

enum status audit_checkpoint_make(bool *made, struct audit_checkpoint *out, struct store *desk,
				  const struct audit_checkpoint_places *places, struct error *error)
{
	struct audit_key seed;
	*made = false;
	*out = (struct audit_checkpoint){0};
	enum status status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = take_origin(desk, out, error);
	if (status == STATUS_OK)
		status = read_seed(&seed, desk, places->signing_key, error);
	if (status == STATUS_OK)
		status = sign_head(made, out, desk, places, &seed, error);
	sodium_memzero(&seed, sizeof seed);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	store_rollback(desk);
	return status;
}

enum status audit_checkpoint_when_due(bool *made, struct store *desk, const struct audit_checkpoint_places *places,
				      struct error *error)
{
	struct audit_checkpoint checkpoint;
	struct statement *query;
	*made = false;
	enum status status =
		store_prepare(&query, desk,
			      "SELECT h.seq AS head_seq, (SELECT max(seq) FROM audit_checkpoint) AS signed_seq, "
			      "(SELECT max(at) FROM audit_checkpoint) AS signed_at FROM audit_head h",
			      error);
	if (status)
		return status;
	int head_seq = statement_column(query, "head_seq"), signed_seq = statement_column(query, "signed_seq"),
	    signed_at = statement_column(query, "signed_at");
	bool row, due = false;
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		int64_t more = statement_int(query, head_seq) - statement_int(query, signed_seq);
		due = more >= AUDIT_CHECKPOINT_ENTRIES ||
		      (more > 0 && instant_now() - statement_int(query, signed_at) >= AUDIT_CHECKPOINT_INTERVAL);
	}
	statement_done(query);
	return status || !due ? status : audit_checkpoint_make(made, &checkpoint, desk, places, error);
}

enum status audit_signer_change(struct audit_public_key *out, struct store *desk,
				const struct audit_checkpoint_places *places, struct error *error)
{
	struct audit_checkpoint last;
	struct audit_key seed;
	char fresh[600];
	bool made;
	enum status status = STATUS_OK;
	snprintf(fresh, sizeof fresh, "%s.new", places->signing_key);
	if (file_exists(places->signing_key))
		status = audit_checkpoint_make(&made, &last, desk, places, error);
	if (status == STATUS_OK && !file_exists(fresh))
		status = audit_key_create(fresh, error);
	if (status == STATUS_OK)
		status = audit_key_read(&seed, fresh, error);
	if (status)
		return status;
	audit_signer_public(out, &seed);
	sodium_memzero(&seed, sizeof seed);
	status = publish(desk, out, error);
	if (status == STATUS_OK && rename(fresh, places->signing_key) != 0)
		status = error_set_errno(error, errno, "audit.signing_key", "%s cannot be replaced",
					 places->signing_key);
	return status;
}

/* ---- reading --------------------------------------------------------------------------------------- */

static enum status count_rows(struct store *desk, const char *sql, size_t *count, struct error *error)
{
	int64_t rows = 0;
	enum status status = store_query_int(desk, sql, &rows, error);
	*count = (size_t)rows;
	return status;
}

static void copy_blob(struct statement *query, int column, unsigned char *out, size_t count)
{
	struct text bytes = statement_blob(query, column);
	if (bytes.len == count)
		memcpy(out, bytes.at, count);
	else
		memset(out, 0, count);
}

enum status audit_signers_read(struct audit_signers *out, struct store *desk, struct arena *arena, struct error *error)
{
	struct statement *query;
	size_t most;
	*out = (struct audit_signers){0};
	enum status status = count_rows(desk, "SELECT count(*) FROM audit_signer", &most, error);
	if (status == STATUS_OK)
		status =
			store_prepare(&query, desk, "SELECT public_key, since FROM audit_signer ORDER BY since", error);
	if (status)
		return status;
	out->at = ARENA_ARRAY(arena, most + 1, struct audit_public_key);
	out->since = ARENA_ARRAY(arena, most + 1, instant);
	int public_key = statement_column(query, "public_key"), since = statement_column(query, "since");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && out->count < most) {
		copy_blob(query, public_key, out->at[out->count].bytes, AUDIT_PUBLIC_KEY_BYTES);
		out->since[out->count++] = statement_int(query, since);
	}
	statement_done(query);
	return status;
}

enum status audit_checkpoints_read(struct audit_checkpoints *out, struct store *desk, struct arena *arena,
				   struct error *error)
{
	struct statement *query;
	size_t most;
	*out = (struct audit_checkpoints){0};
	enum status status = count_rows(desk, "SELECT count(*) FROM audit_checkpoint", &most, error);
	if (status == STATUS_OK)
		status = store_prepare(&query, desk,
				       "SELECT seq, public_key, at, hash, workspace, signature FROM audit_checkpoint "
				       "ORDER BY seq",
				       error);
	if (status)
		return status;
	out->at = ARENA_ARRAY(arena, most + 1, struct audit_checkpoint);
	int seq = statement_column(query, "seq"), public_key = statement_column(query, "public_key"),
	    at = statement_column(query, "at"), hash = statement_column(query, "hash"),
	    workspace = statement_column(query, "workspace"), signature = statement_column(query, "signature");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && out->count < most) {
		struct audit_checkpoint *next = &out->at[out->count++];
		next->seq = statement_int(query, seq);
		next->at = statement_int(query, at);
		snprintf(next->workspace, sizeof next->workspace, "%.*s", TEXT_ARG(statement_text(query, workspace)));
		copy_blob(query, public_key, next->signer.bytes, sizeof next->signer.bytes);
		copy_blob(query, hash, next->hash, sizeof next->hash);
		copy_blob(query, signature, next->signature, sizeof next->signature);
	}
	statement_done(query);
	return status;
}
