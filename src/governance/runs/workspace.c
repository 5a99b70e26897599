#include "runs/workspace.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/yaml.h"

#include "runs/configuration.h"

#include <limits.h>
#include <pwd.h>
#include <unistd.h>

static const struct {
	const char *name;
	size_t offset;
	bool make; /* a folder that init makes */
} parts[] = {
	{"profile", offsetof(struct workspace_paths, profile), true},
	{"keys", offsetof(struct workspace_paths, keys), true},
	{"keys/master.key", offsetof(struct workspace_paths, master_key), false},
	{"keys/audit.key", offsetof(struct workspace_paths, audit_key), false},
	{"keys/audit-signing.key", offsetof(struct workspace_paths, signing_key), false},
	{"outbox/audit-checkpoints.jsonl", offsetof(struct workspace_paths, checkpoints), false},
	{"outbox/erasures.jsonl", offsetof(struct workspace_paths, erasures), false},
	{"inbox", offsetof(struct workspace_paths, inbox), true},
	{"archive", offsetof(struct workspace_paths, archive), true},
	{"outbox", offsetof(struct workspace_paths, outbox), true},
	{"logs", offsetof(struct workspace_paths, logs), true},
	{"lock", offsetof(struct workspace_paths, lock), false},
	{"workspace.yaml", offsetof(struct workspace_paths, settings), false},
};

/* FOLDER made absolute, so that a server may change its directory. */
static enum status set_paths(struct workspace *workspace, const char *folder, struct error *error)
{
	char absolute[PATH_MAX];
	if (!realpath(folder, absolute)) {
		error_set(error, STATUS_NOT_FOUND, "workspace.missing", "There is no folder %s", folder);
		error_remedy(error, "Make a workspace with `oneview init %s`", folder);
		return STATUS_NOT_FOUND;
	}
	if (strlen(absolute) + 40 > WORKSPACE_PATH_SIZE)
		return error_set(error, STATUS_TOO_LARGE, "workspace.path", "The path of the workspace is too long: %s",
				 folder);
	snprintf(workspace->folder, sizeof workspace->folder, "%s", absolute);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		snprintf((char *)&workspace->paths + parts[i].offset, WORKSPACE_PATH_SIZE, "%s/%s", absolute,
			 parts[i].name);
	return STATUS_OK;
}

/* "sqlite" means in the workspace itself, wherever that is moved to. */
static void set_address(struct workspace *workspace, struct text database)
{
	if (text_is(database, "sqlite"))
		snprintf(workspace->address, sizeof workspace->address, "sqlite:%.*s",
			 (int)sizeof workspace->address - 8, workspace->folder);
	else
		snprintf(workspace->address, sizeof workspace->address, "%.*s", TEXT_ARG(database));
}

/* ---- init --------------------------------------------------------------------------------------- */

static enum status make_folders(const struct workspace *workspace, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < sizeof parts / sizeof *parts && status == STATUS_OK; i++)
		if (parts[i].make)
			status = file_make_folder((const char *)&workspace->paths + parts[i].offset, 0700, error);
	return status;
}

static enum status write_settings(const struct workspace *workspace, const char *database, struct error *error)
{
	struct buf yaml;
	buf_init(&yaml, 1 << 16);
	buf_append_text(&yaml,
			TEXT("# The settings of this workspace. database: sqlite (in this folder) or postgresql://...\n"
			     "title: "));
	buf_append_json(&yaml, text_of(workspace->title));
	buf_append_text(&yaml, TEXT("\ndatabase: "));
	buf_append_json(&yaml, text_of(database));
	buf_append_char(&yaml, '\n');
	enum status status = file_replace(workspace->paths.settings, buf_text(&yaml), 0600, error);
	buf_release(&yaml);
	return status;
}

static enum status begin_configuration(const struct workspace *workspace, struct error *error)
{
	struct store *desk;
	enum status status = workspace_store(workspace, STORE_DESK, STORE_WRITE, &desk, error);
	if (status == STATUS_OK)
		status = configuration_begin(desk, workspace, error);
	store_close(desk);
	return status;
}

static enum status fill(struct workspace *workspace, const struct workspace_options *options, struct error *error)
{
	const char *database = options->address ? options->address : "sqlite";
	enum status status = make_folders(workspace, error);
	if (status == STATUS_OK)
		status = profile_load(&workspace->profile, options->profile, error);
	if (status == STATUS_OK)
		status = profile_copy(workspace->profile, workspace->paths.profile, error);
	if (status == STATUS_OK && !file_exists(workspace->paths.audit_key))
		status = audit_key_create(workspace->paths.audit_key, error);
	if (status)
		return status;
	snprintf(workspace->title, sizeof workspace->title, "%s",
		 options->title ? options->title : workspace->profile->title.at);
	set_address(workspace, text_of(database));
	status = workspace_migrate(workspace, error);
	if (status == STATUS_OK)
		status = begin_configuration(workspace, error);
	/* Last, because it is what makes the folder a workspace: an init that was stopped can be repeated. */
	return status ? status : write_settings(workspace, database, error);
}

enum status workspace_init(const char *folder, const struct workspace_options *options, struct error *error)
{
	enum status status = file_make_folder(folder, 0700, error);
	if (status)
		return status;
	struct workspace *workspace = memory_alloc(1, sizeof *workspace);
	status = set_paths(workspace, folder, error);
	if (status == STATUS_OK && file_exists(workspace->paths.settings)) {
		status = error_set(error, STATUS_CONFLICT, "workspace.exists", "%s is a workspace already", folder);
		error_remedy(error, "Choose another folder, or go on with this one: `oneview status %s`", folder);
	}
	if (status == STATUS_OK)
		status = fill(workspace, options, error);
	workspace_close(workspace);
	return status;
}

enum status workspace_adopt(const char *folder, const char *title, const char *database, struct error *error)
{
	struct workspace *workspace = memory_alloc(1, sizeof *workspace);
	enum status status = set_paths(workspace, folder, error);
	snprintf(workspace->title, sizeof workspace->title, "%s", title);
	if (status == STATUS_OK)
		status = make_folders(workspace, error);
	if (status == STATUS_OK)
		status = write_settings(workspace, database ? database : "sqlite", error);
	workspace_close(workspace);
	return status;
}

/* ---- open --------------------------------------------------------------------------------------- */

static enum status provider_is_wrong(const struct workspace *workspace, const struct yaml_node *node, const char *what,
				     struct error *error)
{
	error_set(error, STATUS_INVALID, "workspace.provider", "The identity provider's `%s` is missing or not in form",
		  what);
	error_at(error, workspace->paths.settings, node->line, 0);
	error_remedy(error, "Write issuer and address (https://..., without a slash at the end), client_id and "
			    "secret_file below `provider:`; groups_claim and title if they differ");
	return STATUS_INVALID;
}

/* "https://host", "https://host:8443/realms/staff": a host of letters, digits, dots and hyphens (or an address in
 * brackets), and a port; what stands before an '@' is a user name, and no host. *REST: what follows the host. */
static bool read_origin(struct text t, struct text scheme, struct text *host, struct text *rest)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-[]:";
	if (!text_starts_with(t, scheme))
		return false;
	t = text_slice(t.at + scheme.len, t.len - scheme.len);
	size_t end = text_find_char(t, '/');
	struct text place = text_slice(t.at, end);
	for (size_t i = 0; i < place.len; i++)
		if (!memchr(letters, place.at[i], sizeof letters - 1))
			return false;
	size_t colon = text_find_char(place, ':');
	bool bracketed = place.len && place.at[0] == '[';
	*host = bracketed ? place : text_slice(place.at, colon);
	*rest = text_slice(t.at + end, t.len - end);
	int64_t port;
	if (!bracketed && colon < place.len &&
	    (!text_parse_int64(text_slice(place.at + colon + 1, place.len - colon - 1), &port) || port < 1 ||
	     port > 65535))
		return false;
	return host->len > 0;
}

/* Without encryption only to this machine itself: the host is compared whole, so that 127.0.0.1.example is not it. */
static bool is_web_address(struct text t)
{
	struct text host, rest;
	if (text_ends_with(t, TEXT("/")) || text_find_char(t, ' ') < t.len || text_find_char(t, '?') < t.len ||
	    text_find_char(t, '#') < t.len)
		return false;
	if (read_origin(t, TEXT("https://"), &host, &rest))
		return true;
	return read_origin(t, TEXT("http://"), &host, &rest) &&
	       (text_is(host, "127.0.0.1") || text_is(host, "localhost"));
}

static enum status check_links(const struct workspace *workspace, const struct yaml_node *node, struct error *error)
{
	struct text links = text_of(workspace->provider.links);
	if (text_is(links, "none") || text_is(links, "external_id") || text_is(links, "user_name"))
		return STATUS_OK;
	provider_is_wrong(workspace, yaml_get(node, "links"), "links", error);
	error_remedy(error,
		     "Write none, external_id or user_name: by what an account of SCIM is known to the provider");
	return STATUS_INVALID;
}

static enum status read_provider(struct workspace *workspace, const struct yaml_node *node, struct error *error)
{
	struct workspace_provider *provider = &workspace->provider;
	const struct {
		const char *key;
		char *out;
		size_t size;
		const char *otherwise;
		bool address;
	} fields[] = {{"issuer", provider->issuer, sizeof provider->issuer, NULL, true},
		      {"address", provider->address, sizeof provider->address, NULL, true},
		      {"client_id", provider->client_id, sizeof provider->client_id, NULL, false},
		      {"secret_file", provider->secret_file, sizeof provider->secret_file, NULL, false},
		      {"groups_claim", provider->groups_claim, sizeof provider->groups_claim, "groups", false},
		      {"title", provider->title, sizeof provider->title, "your council account", false},
		      {"links", provider->links, sizeof provider->links, "none", false},
		      {"link_claim", provider->link_claim, sizeof provider->link_claim, "sub", false}};
	for (size_t i = 0; node && i < sizeof fields / sizeof *fields; i++) {
		const struct yaml_node *value = yaml_get(node, fields[i].key);
		bool there = value && value->kind == YAML_SCALAR && value->text.len;
		struct text text = there ? value->text : text_of(fields[i].otherwise);
		if (!text.len || text.len >= fields[i].size || (fields[i].address && !is_web_address(text)))
			return provider_is_wrong(workspace, value ? value : node, fields[i].key, error);
		snprintf(fields[i].out, fields[i].size, "%.*s", TEXT_ARG(text));
	}
	return node ? check_links(workspace, node, error) : STATUS_OK;
}

static enum status read_settings(struct workspace *workspace, struct error *error)
{
	static const char *const keys[] = {"title", "database"};
	struct arena arena;
	struct yaml_node *root;
	arena_init(&arena, YAML_BYTES_MAX * 4);
	enum status status = yaml_read(&root, &arena, workspace->paths.settings, "workspace.yaml", error);
	for (size_t i = 0; i < sizeof keys / sizeof *keys && status == STATUS_OK; i++) {
		struct yaml_node *node = yaml_get(root, keys[i]);
		if (!node || node->kind != YAML_SCALAR || text_is_empty(node->text)) {
			status = error_set(error, STATUS_INVALID, "workspace.settings", "There is no `%s`", keys[i]);
			error_at(error, workspace->paths.settings, node ? node->line : 1, 0);
			error_remedy(error,
				     "Write title: ... and database: sqlite, or postgresql://USER@HOST/DATABASE");
		} else if (i == 0) {
			snprintf(workspace->title, sizeof workspace->title, "%.*s", TEXT_ARG(node->text));
		} else if (node->text.len >= sizeof workspace->address) {
			status = error_set(error, STATUS_TOO_LARGE, "workspace.settings",
					   "The database address is too long");
		} else {
			set_address(workspace, node->text);
		}
	}
	if (status == STATUS_OK)
		status = read_provider(workspace, yaml_get(root, "provider"), error);
	arena_release(&arena);
	return status;
}

enum status workspace_open(struct workspace **out, const char *folder, struct error *error)
{
	*out = NULL;
	struct workspace *workspace = memory_alloc(1, sizeof *workspace);
	enum status status = set_paths(workspace, folder, error);
	if (status == STATUS_OK && !file_exists(workspace->paths.settings)) {
		status = error_set(error, STATUS_NOT_FOUND, "workspace.missing", "%s is not a workspace", folder);
		error_remedy(error, "Make one with `oneview init %s`, or check the path", folder);
	}
	if (status == STATUS_OK)
		status = read_settings(workspace, error);
	if (status == STATUS_OK)
		status = profile_load(&workspace->profile, workspace->paths.profile, error);
	if (status) {
		workspace_close(workspace);
		return status;
	}
	*out = workspace;
	return STATUS_OK;
}

void workspace_close(struct workspace *workspace)
{
	if (!workspace)
		return;
	profile_free(workspace->profile);
	free(workspace);
}

/* ---- what is in it ------------------------------------------------------------------------------ */

enum status workspace_store(const struct workspace *workspace, enum store_shelf shelf, enum store_mode mode,
			    struct store **out, struct error *error)
{
	enum status status = store_open(out, workspace->address, shelf, mode, error);
	if (status == STATUS_OK)
		status = store_check_schema(*out, error);
	if (status) {
		store_close(*out);
		*out = NULL;
	}
	return status;
}

enum status workspace_migrate(const struct workspace *workspace, struct error *error)
{
	enum status status = STATUS_OK;
	for (int shelf = STORE_DATA; shelf <= STORE_DESK && status == STATUS_OK; shelf++) {
		struct store *store;
		status = store_open(&store, workspace->address, (enum store_shelf)shelf, STORE_WRITE, error);
		if (status == STATUS_OK)
			status = store_migrate(store, error);
		store_close(store);
	}
	return status;
}

enum status workspace_audit_key(const struct workspace *workspace, struct audit_key *key, struct error *error)
{
	return audit_key_read(key, workspace->paths.audit_key, error);
}

enum status workspace_audit(const struct workspace *workspace, struct audit **out, struct error *error)
{
	struct audit_key key;
	*out = NULL;
	enum status status = workspace_audit_key(workspace, &key, error);
	if (status == STATUS_OK)
		status = audit_open(out, workspace->address, &key, error);
	explicit_bzero(&key, sizeof key);
	return status;
}

struct text workspace_operator(char *space, size_t size)
{
	struct passwd record, *found = NULL;
	char room[4096];
	if (getpwuid_r(getuid(), &record, room, sizeof room, &found) == 0 && found)
		snprintf(space, size, "system:%s", found->pw_name);
	else
		snprintf(space, size, "system:%u", (unsigned)getuid());
	return text_of(space);
}
