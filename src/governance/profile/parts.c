/* The profile part by part: its files, the things registered in them, and what else they set. */
#include "profile/profile_int.h"

#include <sodium.h>

static void hash_text(crypto_generichash_state *state, struct text t)
{
	uint64_t len = text_is_absent(t) ? UINT64_MAX : t.len;
	crypto_generichash_update(state, (const unsigned char *)&len, sizeof len);
	if (t.len)
		crypto_generichash_update(state, (const unsigned char *)t.at, t.len);
}

/* Without the key LEAVE_OUT of a mapping; NULL: all. What the parser has bounded in depth. */
static void hash_node(crypto_generichash_state *state, const struct yaml_node *node, const char *leave_out)
{
	uint64_t kind = node->kind;
	crypto_generichash_update(state, (const unsigned char *)&kind, sizeof kind);
	hash_text(state, node->kind == YAML_SCALAR ? node->text : TEXT_ABSENT);
	for (size_t i = 0; i < node->count; i++) {
		if (node->kind == YAML_MAPPING && leave_out && text_is(node->keys[i], leave_out))
			continue;
		if (node->kind == YAML_MAPPING)
			hash_text(state, node->keys[i]);
		hash_node(state, node->items[i], NULL);
	}
	hash_text(state, TEXT("end"));
}

static void finish(char out[33], crypto_generichash_state *state)
{
	unsigned char hash[16];
	crypto_generichash_final(state, hash, sizeof hash);
	sodium_bin2hex(out, 33, hash, sizeof hash);
}

void part_hash(char out[33], struct text content)
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, 16);
	hash_text(&state, content);
	finish(out, &state);
}

static void node_hash(char out[33], const struct yaml_node *node, const char *leave_out)
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, 16);
	hash_node(&state, node, leave_out);
	finish(out, &state);
}

/* "role investigator" and "limits investigator" apart: how much somebody may ask is another question than what. */
static void note_thing(struct loader *loader, struct profile_part *parts, size_t *count, enum kind kind, size_t i)
{
	const struct yaml_node *node = loader->entries[kind][i].node;
	struct text id = yaml_get(node, "id")->text;
	const struct yaml_node *limits = kind == KIND_ROLE ? yaml_get(node, "limits") : NULL;
	struct profile_part *part = &parts[(*count)++];
	part->name = arena_format(loader->arena, "%s %.*s", kind_noun(kind), TEXT_ARG(id));
	node_hash(part->hash, node, limits ? "limits" : NULL);
	if (!limits)
		return;
	part = &parts[(*count)++];
	part->name = arena_format(loader->arena, "limits %.*s", TEXT_ARG(id));
	node_hash(part->hash, limits, NULL);
}

/* profile.yaml and pages.yaml register nothing: each of their keys is a part. */
static bool has_settings(const struct file *file)
{
	struct text base = file_base_name(file->name);
	return !file->included && file->root->kind == YAML_MAPPING &&
	       (text_is(base, "profile.yaml") || text_is(base, "pages.yaml") || text_is(base, "note_rules.yaml"));
}

static void note_settings(struct loader *loader, struct profile_part *parts, size_t *count, const struct file *file)
{
	for (size_t i = 0; i < file->root->count; i++) {
		struct profile_part *part = &parts[(*count)++];
		part->name = arena_format(loader->arena, "setting %.*s %.*s", TEXT_ARG(file_base_name(file->name)),
					  TEXT_ARG(file->root->keys[i]));
		node_hash(part->hash, file->root->items[i], NULL);
	}
}

static size_t most_parts(const struct loader *loader)
{
	size_t most = loader->profile->inside->file_count + 2 * loader->entry_count[KIND_ROLE];
	for (int kind = 0; kind < KIND_COUNT; kind++)
		most += loader->entry_count[kind];
	for (size_t i = 0; i < loader->file_count; i++)
		most += has_settings(&loader->files[i]) ? loader->files[i].root->count : 0;
	return most;
}

void note_parts(struct loader *loader)
{
	const struct profile_inside *inside = loader->profile->inside;
	struct profile_part *parts = ARENA_ARRAY(loader->arena, most_parts(loader), struct profile_part);
	size_t count = 0;
	for (size_t i = 0; i < inside->file_count; i++) {
		struct profile_part *part = &parts[count++];
		part->name = arena_format(loader->arena, "file %s", inside->files[i].name);
		memcpy(part->hash, inside->files[i].hash, sizeof part->hash);
	}
	for (int kind = 0; kind < KIND_COUNT; kind++)
		for (size_t i = 0; i < loader->entry_count[kind]; i++)
			note_thing(loader, parts, &count, (enum kind)kind, i);
	for (size_t i = 0; i < loader->file_count; i++)
		if (has_settings(&loader->files[i]))
			note_settings(loader, parts, &count, &loader->files[i]);
	loader->profile->parts.at = parts;
	loader->profile->parts.count = count;
}
