/* The files of a profile and of the profiles that it includes: found, read, parsed, counted to its version. */
#include "profile/profile_int.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"

#include <sodium.h>

enum { INCLUDE_DEPTH_MAX = 3, FILES_MAX = 1000 };

static void hash_file(struct loader *loader, const char *name, struct text content)
{
	uint64_t lengths[2] = {strlen(name), content.len};
	crypto_generichash_state *state = loader->hash;
	crypto_generichash_update(state, (const unsigned char *)lengths, sizeof lengths);
	crypto_generichash_update(state, (const unsigned char *)name, lengths[0]);
	crypto_generichash_update(state, (const unsigned char *)content.at, content.len);
}

static void report(struct loader *loader, const char *name, const struct error *error)
{
	struct reader r = {loader, &(struct file){.name = name}};
	problem_at(loader, name, error->line ? error->line : 1, error->column ? error->column : 1, "%s%s%s",
		   error->message, *error->cause ? ": " : "", error->cause);
	if (*error->remedy)
		remedy(&r, "%s", error->remedy);
}

/* Reads and parses into OUT and counts the file to the profile, at COPY in a copy of it. */
static bool read_file(struct loader *loader, struct file *out, const char *path, const char *name, const char *copy)
{
	struct buf content;
	struct error error = {0};
	char hash[33] = "";
	out->name = arena_copy(loader->arena, text_of(name));
	buf_init(&content, YAML_BYTES_MAX);
	enum status status = file_read(path, &content, &error);
	if (!status) {
		hash_file(loader, name, buf_text(&content));
		part_hash(hash, buf_text(&content));
		status = yaml_parse(&out->root, loader->arena, buf_text(&content), name, &error);
	}
	buf_release(&content);
	if (status) {
		report(loader, out->name, &error);
		return false;
	}
	struct profile_inside *inside = loader->profile->inside;
	ARRAY_GROW(inside->files, inside->file_count, inside->file_capacity);
	struct profile_file *file = &inside->files[inside->file_count++];
	*file = (struct profile_file){.path = arena_copy(loader->arena, text_of(path)),
				      .copy = arena_copy(loader->arena, text_of(copy)),
				      .name = out->name};
	memcpy(file->hash, hash, sizeof hash);
	return true;
}

bool loader_read(struct loader *loader, struct file *out, const char *path, const char *name)
{
	return read_file(loader, out, path, name, name);
}

/* PATH is where it lies, NAME what problems call it. A file that cannot be read is a problem. */
static void load_file(struct loader *loader, const char *path, const char *name, const char *copy, bool included)
{
	struct file file = {.included = included};
	if (!read_file(loader, &file, path, name, copy))
		return;
	ARRAY_GROW(loader->files, loader->file_count, loader->file_capacity);
	loader->files[loader->file_count++] = file;
}

struct file *loader_file(struct loader *loader, const char *name)
{
	for (size_t i = 0; i < loader->file_count; i++) {
		if (strcmp(loader->files[i].name, name) == 0)
			return &loader->files[i];
	}
	return NULL;
}

static bool is_yaml(struct text name)
{
	return text_ends_with(name, TEXT(".yaml")) && !text_starts_with(name, TEXT("."));
}

void join_path(char out[PATH_MAX], const char *folder, const char *name)
{
	snprintf(out, PATH_MAX, "%s%s%s", folder, *folder ? "/" : "", name);
}

/* A folder of the profile, or of one that it includes. */
struct folder {
	char path[PATH_MAX]; /* where it lies */
	char name[PATH_MAX]; /* how problems name it; "" for the profile itself */
	char copy[PATH_MAX]; /* its place in a copy of the profile */
	bool included;
};

static void load_folder_files(struct loader *loader, const struct folder *folder)
{
	struct text *names;
	size_t count;
	struct error error;
	if (file_list(folder->path, loader->arena, &names, &count, &error))
		return; /* no feeds/: said elsewhere */
	for (size_t i = 0; i < count && loader->file_count < FILES_MAX; i++) {
		char path[PATH_MAX], name[PATH_MAX], copy[PATH_MAX];
		if (!is_yaml(names[i]))
			continue;
		join_path(path, folder->path, names[i].at);
		join_path(name, folder->name, names[i].at);
		join_path(copy, folder->copy, names[i].at);
		load_file(loader, path, name, copy, folder->included);
		if (text_is(names[i], "note_rules.yaml") && text_is_absent(loader->profile->note_rules))
			loader->profile->note_rules = arena_text(loader->arena, text_of(path));
	}
}

static void load_includes(struct loader *loader, const struct folder *folder);

static void sub_folder(struct folder *out, const struct folder *folder, const char *name)
{
	join_path(out->path, folder->path, name);
	join_path(out->name, folder->name, name);
	join_path(out->copy, folder->copy, name);
}

static void load_folder(struct loader *loader, const struct folder *folder)
{
	struct folder feeds = {.included = folder->included}, factors = feeds;
	sub_folder(&feeds, folder, "feeds");
	sub_folder(&factors, folder, "factors");
	load_folder_files(loader, folder);
	load_folder_files(loader, &feeds);
	load_folder_files(loader, &factors);
	load_includes(loader, folder);
}

struct text file_base_name(const char *name)
{
	const char *slash = strrchr(name, '/');
	return text_of(slash ? slash + 1 : name);
}

bool text_is_among(struct text wanted, const struct text *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal(texts[i], wanted))
			return true;
	}
	return false;
}

bool file_is_in(const char *name, struct text folder)
{
	const char *slash = strrchr(name, '/');
	return slash && text_ends_with(text_slice(name, (size_t)(slash - name)), folder);
}

struct include { /* `../statutory`, or {profile: ../statutory, feeds: [those wanted]} */
	const struct yaml_node *node;
	struct text folder;
	const struct text *only;
	size_t only_count;
};

static struct include read_include(struct reader *r, const struct yaml_node *node)
{
	static const char *const keys[] = {"profile", "feeds", NULL};
	struct include include = {.node = node};
	if (node->kind == YAML_SCALAR) {
		include.folder = scalar_text(r, node, "include");
	} else if (read_mapping(r, node, "an include", keys)) {
		include.folder = read_text(r, node, "profile", true);
		if (yaml_get(node, "feeds"))
			include.only = read_texts(r, node, "feeds", true, &include.only_count);
	}
	return include;
}

/* The files from FIRST on came with INCLUDE: they give only the feeds that it names. */
static void limit_feeds(struct loader *loader, struct reader *r, const struct include *include, size_t first)
{
	struct text *ids = ARENA_ARRAY(loader->arena, loader->file_count - first, struct text);
	size_t id_count = 0;
	for (size_t i = first; i < loader->file_count; i++) {
		const struct yaml_node *id = yaml_get(loader->files[i].root, "id");
		if (file_is_in(loader->files[i].name, TEXT("feeds")) && id && id->text.at)
			ids[id_count++] = id->text;
		loader->files[i].only = include->only;
		loader->files[i].only_count = include->only_count;
	}
	for (size_t i = 0; i < include->only_count; i++) {
		if (text_is_among(include->only[i], ids, id_count))
			continue;
		problem(r, include->node, "`%s` has no feed `%s`", include->folder.at, include->only[i].at);
		remedy_nearest(r, include->only[i], ids, id_count, "See the ids in its folder feeds/.");
	}
}

/* A copy of a profile has what it includes below included/, see profile_copy(). */
static bool find_included(const struct folder *folder, struct text written, struct folder *out)
{
	char copy[PATH_MAX];
	snprintf(copy, sizeof copy, "included/%.*s", TEXT_ARG(file_base_name(written.at)));
	join_path(out->name, folder->name, written.at);
	join_path(out->copy, folder->copy, copy);
	join_path(out->path, folder->path, copy);
	if (!file_exists(out->path))
		join_path(out->path, folder->path, written.at);
	out->included = true;
	return file_exists(out->path);
}

static void load_include(struct loader *loader, struct reader *r, const struct yaml_node *node,
			 const struct folder *folder)
{
	char profile_yaml[PATH_MAX];
	struct folder included;
	struct include include = read_include(r, node);
	if (text_is_absent(include.folder))
		return;
	if (!find_included(folder, include.folder, &included)) {
		problem(r, node, "there is no profile in `%s`", include.folder.at);
		remedy(r, "Write the folder as seen from this profile's folder, such as ../statutory.");
		return;
	}
	join_path(profile_yaml, included.name, "profile.yaml");
	if (++loader->include_depth > INCLUDE_DEPTH_MAX) {
		problem(r, node, "profiles include each other too deeply");
		remedy(r, "At most 3 levels are followed; look for a circle.");
	} else if (!loader_file(loader, profile_yaml)) { /* two ways to the same profile are one */
		size_t first = loader->file_count;
		load_folder(loader, &included);
		if (include.only)
			limit_feeds(loader, r, &include, first);
	}
	loader->include_depth--;
}

static void load_includes(struct loader *loader, const struct folder *folder)
{
	char name[PATH_MAX];
	join_path(name, folder->name, "profile.yaml");
	const struct file *found = loader_file(loader, name);
	if (!found || found->root->kind != YAML_MAPPING)
		return;
	struct file file = *found; /* the array may move */
	struct reader r = {loader, &file};
	struct list includes = read_list(&r, file.root, "include", false);
	for (size_t i = 0; i < includes.count; i++)
		load_include(loader, &r, includes.at[i], folder);
}

void loader_read_profile(struct loader *loader, const char *folder)
{
	struct folder *root = ARENA_NEW(loader->arena, struct folder);
	snprintf(root->path, sizeof root->path, "%s", folder);
	load_folder(loader, root);
}
