#include "runs/configuration.h"

#include "base/buf.h"
#include "base/map.h"

#include <sodium.h>

enum { DETAIL_MOST = 3500 }; /* bytes: an entry's text ends at 4,096 */

#define WHOLE "version"

/* ---- what is loaded -------------------------------------------------------------------------------- */

/* Of workspace.yaml what decides who gets in. The database's address may hold a password, and is not hashed. */
static struct profile_part settings_part(const struct workspace *workspace)
{
	struct profile_part part = {.name = TEXT("setting workspace.yaml provider")};
	const struct workspace_provider *provider = &workspace->provider;
	const char *const said[] = {provider->issuer,  provider->client_id, provider->secret_file,
				    provider->address, provider->title,     provider->groups_claim,
				    provider->links,   provider->link_claim};
	unsigned char hash[16];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		crypto_generichash_update(&state, (const unsigned char *)said[i], strlen(said[i]) + 1);
	crypto_generichash_final(&state, hash, sizeof hash);
	sodium_bin2hex(part.hash, sizeof part.hash, hash, sizeof hash);
	return part;
}

enum status configuration_is_recorded(bool *out, struct store *desk, const struct workspace *workspace,
				      const struct profile *profile, struct error *error)
{
	struct statement *query;
	const struct profile_part settings = settings_part(workspace);
	bool row;
	enum status status = store_prepare(&query, desk,
					   "SELECT count(*) AS same FROM configuration_part WHERE (name = '" WHOLE
					   "' AND hash = :version) OR (name = :settings AND hash = :hash)",
					   error);
	if (status)
		return status;
	statement_bind_text(query, "version", text_of(profile->version));
	statement_bind_text(query, "settings", settings.name);
	statement_bind_text(query, "hash", text_of(settings.hash));
	status = statement_step(query, &row, error);
	*out = status == STATUS_OK && row && statement_int(query, statement_column(query, "same")) == 2;
	statement_done(query);
	return status;
}

/* ---- what was recorded ----------------------------------------------------------------------------- */

struct recorded {
	struct arena arena;
	struct text_map hashes; /* name -> struct text *, of ARENA */
	struct text version;    /* absent: nothing was recorded yet */
};

static void recorded_release(struct recorded *recorded)
{
	text_map_release(&recorded->hashes);
	arena_release(&recorded->arena);
}

static enum status read_recorded(struct recorded *out, struct store *desk, struct error *error)
{
	struct statement *query;
	bool row;
	arena_init(&out->arena, 16 << 20);
	text_map_init(&out->hashes);
	out->version = TEXT_ABSENT;
	enum status status =
		store_prepare(&query, desk, "SELECT name, hash FROM configuration_part ORDER BY name", error);
	if (status)
		return status;
	int name = statement_column(query, "name"), hash = statement_column(query, "hash");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		struct text *kept = ARENA_NEW(&out->arena, struct text);
		*kept = arena_text(&out->arena, statement_text(query, hash));
		if (text_is(statement_text(query, name), WHOLE))
			out->version = *kept;
		else
			*text_map_put(&out->hashes, statement_text(query, name), NULL) = (uint64_t)(uintptr_t)kept;
	}
	statement_done(query);
	return status;
}

static enum status write_part(struct store *desk, struct text name, const char *hash, struct error *error)
{
	struct statement *insert;
	enum status status =
		store_prepare(&insert, desk,
			      "INSERT INTO configuration_part (name, hash) VALUES (:name, :hash) ON CONFLICT (name) DO "
			      "UPDATE SET hash = excluded.hash",
			      error);
	if (status)
		return status;
	statement_bind_text(insert, "name", name);
	statement_bind_text(insert, "hash", text_of(hash));
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

static enum status write_parts(struct store *desk, const struct workspace *workspace, const struct profile *profile,
			       struct error *error)
{
	const struct profile_part settings = settings_part(workspace);
	enum status status = store_execute(desk, "DELETE FROM configuration_part", error);
	if (status == STATUS_OK)
		status = write_part(desk, TEXT(WHOLE), profile->version, error);
	if (status == STATUS_OK)
		status = write_part(desk, settings.name, settings.hash, error);
	for (size_t i = 0; i < profile->parts.count && status == STATUS_OK; i++)
		status = write_part(desk, profile->parts.at[i].name, profile->parts.at[i].hash, error);
	return status;
}

/* ---- the difference, in words ---------------------------------------------------------------------- */

struct words {
	struct buf out;
	const char *before; /* " files=" or "," */
	size_t left_out;
};

static void say(struct words *words, struct text name)
{
	if (words->out.len + name.len > DETAIL_MOST) {
		words->left_out++;
		return;
	}
	buf_format(&words->out, "%s%.*s", words->before, TEXT_ARG(name));
	words->before = ", ";
}

static bool is_file(struct text name)
{
	return text_starts_with(name, TEXT("file "));
}

static struct text file_name(struct text name)
{
	return is_file(name) ? text_slice(name.at + 5, name.len - 5) : name;
}

enum difference { SAME, CHANGED, ADDED };

static enum difference compare(const struct recorded *recorded, const struct profile_part *part)
{
	const uint64_t *kept = text_map_get(&recorded->hashes, part->name);
	if (!kept)
		return ADDED;
	return text_is(*(const struct text *)(uintptr_t)*kept, part->hash) ? SAME : CHANGED;
}

/* Files in one list, whatever became of them: what stands in them is told by what follows. */
static void say_parts(struct words *words, const struct recorded *recorded, const struct profile_part *parts,
		      size_t count, bool files, enum difference wanted)
{
	for (size_t i = 0; i < count; i++) {
		enum difference is = compare(recorded, &parts[i]);
		if (is_file(parts[i].name) == files && (files ? is != SAME : is == wanted))
			say(words, file_name(parts[i].name));
	}
}

static void say_gone(struct words *words, const struct recorded *recorded, const struct text_map *now, bool files)
{
	for (size_t i = 0; i < recorded->hashes.count; i++)
		if (is_file(recorded->hashes.keys[i]) == files && !text_map_get(now, recorded->hashes.keys[i]))
			say(words, file_name(recorded->hashes.keys[i]));
}

static void describe(struct words *words, const struct recorded *recorded, const struct workspace *workspace,
		     const struct profile *profile)
{
	static const char *const headings[] = {[CHANGED] = "; changed: ", [ADDED] = "; added: "};
	const struct profile_part settings = settings_part(workspace);
	struct text_map now;
	text_map_init(&now);
	text_map_put(&now, settings.name, NULL);
	for (size_t i = 0; i < profile->parts.count; i++)
		text_map_put(&now, profile->parts.at[i].name, NULL);
	bool first = text_is_absent(recorded->version);
	buf_format(&words->out, "from=%.*s to=%s", TEXT_ARG(first ? TEXT("none") : recorded->version),
		   profile->version);
	words->before = " files: ";
	say_parts(words, recorded, profile->parts.at, profile->parts.count, true, CHANGED);
	say_gone(words, recorded, &now, true);
	for (enum difference wanted = CHANGED; wanted <= ADDED && !first; wanted++) {
		words->before = headings[wanted];
		say_parts(words, recorded, &settings, 1, false, wanted);
		say_parts(words, recorded, profile->parts.at, profile->parts.count, false, wanted);
	}
	words->before = "; removed: ";
	say_gone(words, recorded, &now, false);
	if (words->left_out)
		buf_format(&words->out, "; and %zu more", words->left_out);
	text_map_release(&now);
}

static enum status record(struct store *desk, const struct audit_key *key, const struct workspace *workspace,
			  const struct profile *profile, struct text user_name, struct error *error)
{
	struct recorded recorded;
	struct words words = {.before = ""};
	buf_init(&words.out, DETAIL_MOST + 1024);
	enum status status = read_recorded(&recorded, desk, error);
	if (status == STATUS_OK) {
		describe(&words, &recorded, workspace, profile);
		const struct audit_entry entry = {.user_name = user_name,
						  .role = TEXT("operator"),
						  .action = TEXT("profile.change"),
						  .subject_kind = TEXT("profile"),
						  .outcome = TEXT("allowed"),
						  .detail = buf_text(&words.out)};
		status = audit_join(desk, key, &entry, error);
	}
	if (status == STATUS_OK)
		status = write_parts(desk, workspace, profile, error);
	recorded_release(&recorded);
	buf_release(&words.out);
	return status;
}

/* Of several that come with one change at once, one writes it down: the others wait here, and find it done. */
static enum status wait_for_others(struct store *desk, struct error *error)
{
	return store_execute(desk, "UPDATE configuration_part SET hash = hash WHERE name = '" WHOLE "'", error);
}

enum status configuration_record(struct store *desk, const struct audit_key *key, const struct workspace *workspace,
				 const struct profile *profile, struct text user_name, bool *changed,
				 struct error *error)
{
	bool same;
	if (changed)
		*changed = false;
	enum status status = configuration_is_recorded(&same, desk, workspace, profile, error);
	if (status != STATUS_OK || same)
		return status;
	status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = wait_for_others(desk, error);
	if (status == STATUS_OK)
		status = configuration_is_recorded(&same, desk, workspace, profile, error);
	if (status == STATUS_OK && !same)
		status = record(desk, key, workspace, profile, user_name, error);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	store_rollback(desk);
	if (changed)
		*changed = status == STATUS_OK && !same;
	return status;
}

enum status configuration_begin(struct store *desk, const struct workspace *workspace, struct error *error)
{
	enum status status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = write_parts(desk, workspace, workspace->profile, error);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	store_rollback(desk);
	return status;
}
