/* The register of erasures: from the desk, to a file and back. A line is a JSON object and ends with its hash, which is
 * over the hash of the line before and the line's bytes. */
#include "rights/replay_int.h"
#include "rights/rights_int.h"

#include "base/file.h"
#include "base/id.h"
#include "base/json.h"
#include "base/memory.h"

#include <jansson.h>
#include <stdlib.h>

#define REGISTER_KIND "oneview erasures"
#define HASH_MEMBER ",\"hash\":\""
enum { REGISTER_CEILING = 256 << 20, LINE_CEILING = 16 << 20, HASH_DIGITS = 16 };

static int64_t hash_line(const struct vault *vault, int64_t before, struct text line)
{
	struct buf all;
	buf_init(&all, LINE_CEILING + 64);
	buf_format(&all, "erasures\x1f%lld\x1f", (long long)before);
	buf_append_text(&all, line);
	int64_t hash = vault_hash64(vault, VAULT_VALUE, buf_text(&all));
	buf_release(&all);
	return hash;
}

/* ---- from the desk ------------------------------------------------------------------------------------ */

static enum status read_proofs(struct registered *one, struct store *desk, struct arena *arena, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(&s, desk,
					   "SELECT client_proof, refused_hash, (SELECT count(*) FROM erasure_proof "
					   "WHERE erasure_id = :erasure) AS most FROM erasure_proof WHERE erasure_id = "
					   ":erasure ORDER BY client_proof",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "erasure", one->erasure_id);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		size_t most = (size_t)copied_number(s, "most");
		if (!one->count) {
			one->proofs = ARENA_ARRAY(arena, most, int64_t);
			one->refused_hashes = ARENA_ARRAY(arena, most, int64_t);
		}
		one->proofs[one->count] = copied_number(s, "client_proof");
		one->refused_hashes[one->count++] = copied_number(s, "refused_hash");
	}
	statement_done(s);
	return status;
}

enum status register_of_desk(struct erasure_register *out, struct store *desk, struct arena *arena, struct error *error)
{
	struct statement *s;
	int64_t most;
	bool row;
	*out = (struct erasure_register){0};
	enum status status = store_query_int(desk, "SELECT count(*) FROM erasure", &most, error);
	if (status == STATUS_OK)
		status = store_prepare(&s, desk,
				       "SELECT erasure_id, erased_at, erased_by, ground, records, rows, refused, "
				       "tracked, unsearched FROM erasure ORDER BY erased_at, erasure_id",
				       error);
	if (status != STATUS_OK)
		return status;
	out->at = ARENA_ARRAY(arena, (size_t)most + 1, struct registered);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && out->count < (size_t)most)
		out->at[out->count++] = (struct registered){.erasure_id = copied_number(s, "erasure_id"),
							    .at = copied_number(s, "erased_at"),
							    .by = copied_text(s, "erased_by", arena),
							    .ground = copied_text(s, "ground", arena),
							    .unsearched = copied_text(s, "unsearched", arena),
							    .records = copied_number(s, "records"),
							    .rows = copied_number(s, "rows"),
							    .refused = copied_number(s, "refused") != 0,
							    .tracked = copied_number(s, "tracked") != 0};
	statement_done(s);
	for (size_t i = 0; i < out->count && status == STATUS_OK; i++)
		status = read_proofs(&out->at[i], desk, arena, error);
	return status;
}

/* ---- to a file -------------------------------------------------------------------------------------------- */

/* The line that ends at OUT's end and began at FROM: its last brace gives way to its hash. */
static int64_t close_line(struct buf *out, size_t from, const struct vault *vault, int64_t before)
{
	out->len--;
	int64_t hash = hash_line(vault, before, text_slice(out->at + from, out->len - from));
	buf_format(out, HASH_MEMBER "%016llx\"}\n", (unsigned long long)hash);
	return hash;
}

static void put_numbers(struct json *json, const char *name, const int64_t *numbers, size_t count)
{
	json_begin_array(json, name);
	for (size_t i = 0; i < count; i++)
		json_put_int(json, NULL, numbers[i]);
	json_end(json);
}

static void write_head(struct buf *out, size_t count)
{
	char now[INSTANT_TEXT_SIZE];
	struct json json;
	json_init(&json, out);
	json_begin_object(&json, NULL);
	json_put_text(&json, "register", TEXT(REGISTER_KIND));
	json_put_text(&json, "written", text_of(instant_format(instant_now(), now)));
	json_put_int(&json, "erasures", (int64_t)count);
	json_end(&json);
}

static void write_one(struct buf *out, const struct registered *one)
{
	char id[ID_TEXT_SIZE];
	struct json json;
	json_init(&json, out);
	json_begin_object(&json, NULL);
	json_put_text(&json, "erasure", text_of(id_format(one->erasure_id, id)));
	json_put_int(&json, "at", one->at);
	json_put_text(&json, "by", one->by);
	json_put_text(&json, "ground", one->ground);
	json_put_int(&json, "records", one->records);
	json_put_int(&json, "rows", one->rows);
	json_put_bool(&json, "refused", one->refused);
	json_put_bool(&json, "tracked", one->tracked);
	if (one->unsearched.len)
		json_put_text(&json, "extracts_not_searched", one->unsearched);
	put_numbers(&json, "clients", one->proofs, one->count);
	put_numbers(&json, "refused_clients", one->refused_hashes, one->count);
	json_end(&json);
}

bool register_has(const struct erasure_register *all, int64_t erasure_id)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->at[i].erasure_id == erasure_id)
			return true;
	return false;
}

/* The register only grows: one that knows of an erasure that the desk does not is of a later day than the desk. */
static enum status check_grows(const struct erasure_register *all, const char *path, struct arena *arena,
			       struct error *error)
{
	struct erasure_register there = {0};
	enum status status = file_exists(path) ? register_read(&there, path, NULL, arena, error) : STATUS_OK;
	for (size_t i = 0; i < there.count && status == STATUS_OK; i++) {
		if (register_has(all, there.at[i].erasure_id))
			continue;
		status =
			error_set(error, STATUS_REFUSED, "rights.register_newer",
				  "The register of erasures has one that the desk does not know; it was left as it is");
		error_remedy(error, "put the newest desk back, or keep that file elsewhere and erase again by it: "
				    "\"oneview erase WORKSPACE --replay FILE\"");
	}
	return status;
}

enum status rights_register_write(const char *path, const struct rights_parts *parts, struct error *error)
{
	struct arena arena;
	struct erasure_register all;
	struct buf out;
	arena_init(&arena, REGISTER_CEILING);
	buf_init(&out, REGISTER_CEILING);
	enum status status = register_of_desk(&all, parts->desk, &arena, error);
	if (status == STATUS_OK)
		status = check_grows(&all, path, &arena, error);
	if (status == STATUS_OK) {
		write_head(&out, all.count);
		int64_t hash = close_line(&out, 0, parts->vault, 0);
		for (size_t i = 0; i < all.count; i++) {
			size_t from = out.len;
			write_one(&out, &all.at[i]);
			hash = close_line(&out, from, parts->vault, hash);
		}
		status = out.failed ? error_set(error, STATUS_TOO_LARGE, "rights.register",
						"The register of erasures is too large")
				    : file_replace(path, buf_text(&out), 0600, error);
	}
	buf_release(&out);
	arena_release(&arena);
	return status;
}

/* ---- and back --------------------------------------------------------------------------------------------- */

struct register_reading {
	const char *path;
	const struct vault *vault;
	struct arena *arena;
	struct erasure_register *out;
	int64_t hash, expected;
	size_t line;
};

static enum status not_whole(const struct register_reading *r, const char *what, struct error *error)
{
	error_set(error, STATUS_REFUSED, "rights.register", "The register of erasures %s", what);
	error_at(error, r->path, (unsigned)r->line, 0);
	error_remedy(error,
		     "give outbox/erasures.jsonl of the workspace that the backup was made of, as it was written "
		     "last");
	return STATUS_REFUSED;
}

static struct text member_text(const json_t *line, const char *name, struct arena *arena)
{
	const char *value = json_string_value(json_object_get(line, name));
	return value ? text_of(arena_copy(arena, text_of(value))) : TEXT_ABSENT;
}

static int64_t member_number(const json_t *line, const char *name)
{
	return json_integer_value(json_object_get(line, name));
}

static bool read_one(struct register_reading *r, const json_t *line, struct registered *one)
{
	const json_t *clients = json_object_get(line, "clients"), *refused = json_object_get(line, "refused_clients");
	*one = (struct registered){.at = member_number(line, "at"),
				   .by = member_text(line, "by", r->arena),
				   .ground = member_text(line, "ground", r->arena),
				   .unsearched = member_text(line, "extracts_not_searched", r->arena),
				   .records = member_number(line, "records"),
				   .rows = member_number(line, "rows"),
				   .refused = json_is_true(json_object_get(line, "refused")),
				   .tracked = json_is_true(json_object_get(line, "tracked")),
				   .count = json_array_size(clients)};
	one->proofs = ARENA_ARRAY(r->arena, one->count + 1, int64_t);
	one->refused_hashes = ARENA_ARRAY(r->arena, one->count + 1, int64_t);
	for (size_t i = 0; i < one->count; i++) {
		one->proofs[i] = json_integer_value(json_array_get(clients, i));
		one->refused_hashes[i] = json_integer_value(json_array_get(refused, i));
	}
	return id_parse(member_text(line, "erasure", r->arena), &one->erasure_id) &&
	       json_array_size(refused) == one->count;
}

static enum status take_line(struct register_reading *r, const json_t *line, struct error *error)
{
	struct erasure_register *out = r->out;
	if (r->line == 1) {
		r->expected = member_number(line, "erasures");
		out->written = member_text(line, "written", r->arena);
		if (!text_is(member_text(line, "register", r->arena), REGISTER_KIND) || r->expected < 0 ||
		    r->expected > REGISTER_CEILING / 64)
			return not_whole(r, "does not begin as one", error);
		out->at = ARENA_ARRAY(r->arena, (size_t)r->expected + 1, struct registered);
		return STATUS_OK;
	}
	if ((int64_t)out->count == r->expected || !read_one(r, line, &out->at[out->count]))
		return not_whole(r, "has a line that is none of an erasure", error);
	out->count++;
	return STATUS_OK;
}

/* The hash is of what stands before it. */
static bool is_chained(struct register_reading *r, struct text line, const json_t *document)
{
	struct text hash = member_text(document, "hash", r->arena);
	size_t tail = sizeof HASH_MEMBER - 1 + HASH_DIGITS + 2;
	if (!r->vault)
		return true;
	if (hash.len != HASH_DIGITS || line.len < tail)
		return false;
	char digits[HASH_DIGITS + 1];
	r->hash = hash_line(r->vault, r->hash, text_slice(line.at, line.len - tail));
	snprintf(digits, sizeof digits, "%016llx", (unsigned long long)r->hash);
	return text_is(hash, digits);
}

static enum status read_line(struct register_reading *r, struct text line, struct error *error)
{
	json_t *document = json_loadb(line.at, line.len, JSON_REJECT_DUPLICATES, NULL);
	enum status status = STATUS_OK;
	if (!json_is_object(document))
		status = not_whole(r, "has a line that is no JSON object", error);
	else if (!is_chained(r, line, document))
		status = not_whole(r, "was changed, or is of another workspace", error);
	else
		status = take_line(r, document, error);
	json_decref(document);
	return status;
}

enum status register_read(struct erasure_register *out, const char *path, const struct vault *vault,
			  struct arena *arena, struct error *error)
{
	struct buf all;
	struct register_reading r = {.path = path, .vault = vault, .arena = arena, .out = out};
	*out = (struct erasure_register){0};
	buf_init(&all, REGISTER_CEILING);
	enum status status = file_read(path, &all, error);
	for (size_t at = 0; status == STATUS_OK && at < all.len;) {
		const char *end = memchr(all.at + at, '\n', all.len - at);
		size_t len = end ? (size_t)(end - all.at) - at : all.len - at;
		r.line++;
		status = read_line(&r, text_slice(all.at + at, len), error);
		at += len + 1;
	}
	if (status == STATUS_OK && (!r.line || (int64_t)out->count != r.expected))
		status = not_whole(&r, "is cut short", error);
	buf_release(&all);
	return status;
}
