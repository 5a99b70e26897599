#include "profile/factor.h"
#include "profile/profile_int.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"

#include <limits.h>
#include <sodium.h>

/* Registers ids, fills the structures, hands out the result. */

enum { PROFILE_BYTES_MAX = 256 << 20 };

static const struct {
	const char *noun, *file, *list; /* list: the key under which it stands in its file */
	size_t size;
} kinds[KIND_COUNT] = {
	[KIND_SOURCE] = {"source", "sources.yaml", "sources", sizeof(struct profile_source)},
	[KIND_ELEMENT] = {"element", "elements.yaml", "elements", sizeof(struct profile_element)},
	[KIND_FEED] = {"feed", NULL, NULL, sizeof(struct profile_feed)},
	[KIND_PURPOSE] = {"purpose", "purposes.yaml", "purposes", sizeof(struct profile_purpose)},
	[KIND_ROLE] = {"role", "roles.yaml", "roles", sizeof(struct profile_role)},
	[KIND_TEAM] = {"team", "roles.yaml", "teams", sizeof(struct profile_team)},
	[KIND_AGREEMENT] = {"agreement", "agreements.yaml", "agreements", sizeof(struct profile_agreement)},
	[KIND_RESTRICTION] = {"restriction", "restrictions.yaml", "restrictions", sizeof(struct profile_restriction)},
	[KIND_EVENT] = {"event rule", "events.yaml", "events", sizeof(struct profile_event)},
	[KIND_LIST] = {"list", "lists.yaml", "lists", sizeof(struct profile_list)},
	[KIND_FACTOR] = {"factor", NULL, NULL, sizeof(struct profile_factor)},
	[KIND_SENTENCE] = {"sentence", "summaries.yaml", "sentences", sizeof(struct profile_sentence)},
	[KIND_INTERVENTION] = {"intervention", "summaries.yaml", "interventions", sizeof(struct profile_intervention)},
	[KIND_LAYOUT] = {"layout", "summaries.yaml", "layouts", sizeof(struct profile_layout)},
	[KIND_TERM] = {"term", "glossary.yaml", "terms", sizeof(struct profile_term)},
};

size_t kind_size(enum kind kind)
{
	return kinds[kind].size;
}

const char *kind_noun(enum kind kind)
{
	return kinds[kind].noun;
}

/* ---- registering ids ------------------------------------------------------------------------- */

static bool id_valid(struct text id)
{
	if (id.len == 0 || id.len > 64 || id.at[0] < 'a' || id.at[0] > 'z')
		return false;
	for (size_t i = 0; i < id.len; i++) {
		char c = id.at[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

static void register_thing(struct reader *r, enum kind kind, struct yaml_node *node)
{
	struct loader *loader = r->loader;
	if (node->kind != YAML_MAPPING) {
		problem(r, node, "%s %s must be written as keys and values",
			strchr("ae", *kind_noun(kind)) ? "an" : "a", kind_noun(kind));
		remedy(r, "Write such as `- {id: ..., title: ...}`.");
		return;
	}
	struct yaml_node *id_node = read_key(r, node, "id", true);
	struct text id = scalar_text(r, id_node, "id");
	if (text_is_absent(id))
		return;
	if (!id_valid(id)) {
		problem(r, id_node, "the id `%s` is not in form", id.at);
		remedy(r, "Use lower-case letters, digits and underscores, a letter first, at most 64.");
	}
	bool is_new;
	uint64_t *number = text_map_put(&loader->profile->inside->ids[kind], id, &is_new);
	if (!is_new) {
		const struct entry *other = &loader->entries[kind][*number];
		if (r->file->included && !other->file->included)
			return; /* the profile's own takes the place of the included one */
		problem(r, id_node, "the %s `%s` is registered twice", kind_noun(kind), id.at);
		remedy(r, "The other is in %s, line %u.", other->file->name, other->node->line);
		return;
	}
	*number = loader->entry_count[kind];
	ARRAY_GROW(loader->entries[kind], loader->entry_count[kind], loader->entry_capacity[kind]);
	loader->entries[kind][loader->entry_count[kind]++] = (struct entry){r->file, node};
}

/* A file holds its list at the root, or under the list's name ("roles:", "teams:"). */
static void register_list(struct reader *r, enum kind kind)
{
	struct yaml_node *root = r->file->root;
	struct list list = {root->items, root->count};
	if (root->kind == YAML_MAPPING)
		list = read_list(r, root, kinds[kind].list, false);
	for (size_t i = 0; i < list.count; i++)
		register_thing(r, kind, list.at[i]);
}

static void register_file(struct loader *loader, const struct file *file)
{
	static const char *const others[] = {"profile.yaml", "pages.yaml", "note_rules.yaml", NULL};
	struct reader r = {loader, file};
	struct text base = file_base_name(file->name);
	int at;
	if (file_is_in(file->name, TEXT("feeds"))) {
		const struct yaml_node *id = yaml_get(file->root, "id");
		if (file->only && id && !text_is_among(id->text, file->only, file->only_count))
			return;
		register_thing(&r, KIND_FEED, file->root);
		return;
	}
	if (file_is_in(file->name, TEXT("factors"))) {
		register_thing(&r, KIND_FACTOR, file->root);
		return;
	}
	if (name_parse(others, base, &at))
		return;
	const char *keys[8] = {NULL};
	struct text names[KIND_COUNT];
	size_t key_count = 0, name_count = 0;
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		bool told = name_count > 0 && kinds[kind].file && text_is(names[name_count - 1], kinds[kind].file);
		if (kinds[kind].file && !told) /* roles.yaml has two kinds, one behind the other */
			names[name_count++] = text_of(kinds[kind].file);
		if (kinds[kind].file && text_is(base, kinds[kind].file))
			keys[key_count++] = kinds[kind].list;
	}
	if (key_count == 0) {
		problem_at(loader, file->name, 1, 1, "no part of a profile is kept in `%.*s`", TEXT_ARG(base));
		remedy_nearest(&r, base, names, name_count,
			       "Feeds go into feeds/; other files are listed in "
			       "docs/formats/profile.md.");
		return;
	}
	if (file->root->kind != YAML_SEQUENCE && !read_mapping(&r, file->root, base.at, keys))
		return;
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		if (kinds[kind].file && text_is(base, kinds[kind].file) &&
		    (kind != KIND_TEAM || file->root->kind == YAML_MAPPING))
			register_list(&r, (enum kind)kind);
	}
}

struct reader entry_reader(struct loader *loader, enum kind kind, size_t number, struct yaml_node **node)
{
	const struct entry *entry = &loader->entries[kind][number];
	*node = entry->node;
	return (struct reader){loader, entry->file};
}

/* Every kind of thing begins alike; this sets what `struct thing_head` names. */
#define SET_HEAD(type, things, i, id_value, place_value) \
	do { \
		((type *)(things))[i].id = id_value; \
		((type *)(things))[i].number = (unsigned)(i); \
		((type *)(things))[i].place = place_value; \
	} while (0)

static void set_head(enum kind kind, void *things, size_t i, struct text id, struct profile_place place)
{
	switch (kind) {
	case KIND_SOURCE:
		SET_HEAD(struct profile_source, things, i, id, place);
		break;
	case KIND_ELEMENT:
		SET_HEAD(struct profile_element, things, i, id, place);
		break;
	case KIND_FEED:
		SET_HEAD(struct profile_feed, things, i, id, place);
		break;
	case KIND_PURPOSE:
		SET_HEAD(struct profile_purpose, things, i, id, place);
		break;
	case KIND_ROLE:
		SET_HEAD(struct profile_role, things, i, id, place);
		break;
	case KIND_TEAM:
		SET_HEAD(struct profile_team, things, i, id, place);
		break;
	case KIND_AGREEMENT:
		SET_HEAD(struct profile_agreement, things, i, id, place);
		break;
	case KIND_RESTRICTION:
		SET_HEAD(struct profile_restriction, things, i, id, place);
		break;
	case KIND_LIST:
		SET_HEAD(struct profile_list, things, i, id, place);
		break;
	case KIND_FACTOR:
		SET_HEAD(struct profile_factor, things, i, id, place);
		break;
	case KIND_SENTENCE:
		SET_HEAD(struct profile_sentence, things, i, id, place);
		break;
	case KIND_INTERVENTION:
		SET_HEAD(struct profile_intervention, things, i, id, place);
		break;
	case KIND_LAYOUT:
		SET_HEAD(struct profile_layout, things, i, id, place);
		break;
	case KIND_TERM:
		SET_HEAD(struct profile_term, things, i, id, place);
		break;
	default:
		SET_HEAD(struct profile_event, things, i, id, place);
		break;
	}
}

static void allocate_things(struct loader *loader)
{
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		size_t count = loader->entry_count[kind];
		loader->things[kind] = arena_alloc_array(loader->arena, count, kinds[kind].size);
		for (size_t i = 0; i < count; i++) {
			struct yaml_node *node;
			struct reader r = entry_reader(loader, (enum kind)kind, i, &node);
			struct text id = arena_text(loader->arena, yaml_get(node, "id")->text);
			set_head((enum kind)kind, loader->things[kind], i, id, place_of(&r, node));
		}
	}
}

/* ---- the whole -------------------------------------------------------------------------------- */

/* `wards: {E05000026: Abbey}`: the gazetteer has codes only. */
static void read_wards(struct reader *r, struct profile *profile)
{
	struct yaml_node *written = yaml_get(r->file->root, "wards");
	if (!written)
		return;
	if (written->kind != YAML_MAPPING) {
		problem(r, written, "`wards` must be a mapping");
		remedy(r, "Write each ward's code and name: `wards: {E05000026: Abbey}`.");
		return;
	}
	struct profile_ward *wards = ARENA_ARRAY(r->loader->arena, written->count, struct profile_ward);
	for (size_t i = 0; i < written->count; i++) {
		wards[i].code = arena_text(r->loader->arena, written->keys[i]);
		wards[i].title = scalar_text(r, written->items[i], "wards");
		if (text_is_empty(wards[i].title)) {
			problem(r, written->items[i], "the ward `%.*s` has no name", TEXT_ARG(wards[i].code));
			remedy(r, "Write its name after the code.");
			wards[i].title = wards[i].code;
		}
	}
	profile->wards.at = wards;
	profile->wards.count = written->count;
}

/* `school_holidays: {2025-07-23: 2025-09-01}`: first day to last day. */
static void read_holidays(struct reader *r, struct profile *profile)
{
	struct yaml_node *written = yaml_get(r->file->root, "school_holidays");
	size_t count = written && written->kind == YAML_MAPPING ? written->count : 0;
	struct profile_holiday *holidays = ARENA_ARRAY(r->loader->arena, count, struct profile_holiday);
	if (written && written->kind != YAML_MAPPING) {
		problem(r, written, "`school_holidays` must be a mapping");
		remedy(r, "Write first and last day of each: `school_holidays: {2025-07-23: 2025-09-01}`.");
	}
	for (size_t i = 0; i < count; i++) {
		struct text last = scalar_text(r, written->items[i], "school_holidays");
		if (date_parse_iso(written->keys[i], &holidays[i].from) && date_parse_iso(last, &holidays[i].to) &&
		    holidays[i].from <= holidays[i].to)
			continue;
		problem(r, written->items[i], "a school holiday has a first and a last day, in this order");
		remedy(r, "Write dates as YYYY-MM-DD: `2025-07-23: 2025-09-01`.");
		holidays[i] = (struct profile_holiday){DATE_UNKNOWN, DATE_UNKNOWN};
	}
	profile->school_holidays.at = holidays;
	profile->school_holidays.count = count;
}

/* Of what no feed brought. */
static void read_own_retention(struct reader *r, struct profile *profile)
{
	static const char *const keys[] = {"access_requests", NULL};
	const struct yaml_node *written = yaml_get(r->file->root, "retention");
	if (written && read_mapping(r, written, "`retention`", keys))
		read_period(r, written, "access_requests", true, &profile->keep_access_requests);
}

static void fill_profile(struct loader *loader)
{
	static const char *const keys[] = {"id",        "title", "council",         "description",     "include",
					   "library",   "wards", "ward_boundaries", "school_holidays", "staff",
					   "retention", NULL};
	struct profile *profile = loader->profile;
	struct file *file = loader_file(loader, "profile.yaml");
	struct reader r = {loader, file};
	if (!file) {
		problem_at(loader, "profile.yaml", 1, 1, "the profile has no profile.yaml");
		remedy(&r, "Write it with `id`, `title` and `council`.");
		return;
	}
	if (!read_mapping(&r, file->root, "profile.yaml", keys))
		return;
	profile->id = read_text(&r, file->root, "id", true);
	profile->title = read_text(&r, file->root, "title", true);
	loader->library = read_bool(&r, file->root, "library", false);
	profile->council = read_text(&r, file->root, "council", !loader->library);
	profile->description = read_text(&r, file->root, "description", false);
	read_wards(&r, profile);
	read_holidays(&r, profile);
	read_own_retention(&r, profile);
	fill_boundaries(&r);
}

static void hand_out(struct loader *loader)
{
	struct profile *p = loader->profile;
#define HAND_OUT(array, kind) \
	p->array.at = loader->things[kind]; \
	p->array.count = loader->entry_count[kind]
	HAND_OUT(sources, KIND_SOURCE);
	HAND_OUT(elements, KIND_ELEMENT);
	HAND_OUT(feeds, KIND_FEED);
	HAND_OUT(purposes, KIND_PURPOSE);
	HAND_OUT(roles, KIND_ROLE);
	HAND_OUT(teams, KIND_TEAM);
	HAND_OUT(agreements, KIND_AGREEMENT);
	HAND_OUT(restrictions, KIND_RESTRICTION);
	HAND_OUT(events, KIND_EVENT);
	HAND_OUT(lists, KIND_LIST);
	HAND_OUT(factors, KIND_FACTOR);
	HAND_OUT(sentences, KIND_SENTENCE);
	HAND_OUT(interventions, KIND_INTERVENTION);
	HAND_OUT(layouts, KIND_LAYOUT);
	HAND_OUT(terms, KIND_TERM);
#undef HAND_OUT
}

static void finish_version(struct loader *loader)
{
	unsigned char hash[16];
	crypto_generichash_final(loader->hash, hash, sizeof hash);
	sodium_bin2hex(loader->profile->version, sizeof loader->profile->version, hash, sizeof hash);
}

static void load_all(struct loader *loader, const char *folder)
{
	crypto_generichash_state state;
	loader->hash = &state;
	crypto_generichash_init(&state, NULL, 0, 16);
	loader_read_profile(loader, folder);
	fill_profile(loader);
	finish_version(loader); /* with the file of boundaries, which profile.yaml names */
	for (size_t i = 0; i < loader->file_count; i++)
		register_file(loader, &loader->files[i]);
	allocate_things(loader);
	fill_sources(loader);
	fill_elements(loader);
	fill_feeds(loader);
	fill_purposes(loader);
	fill_roles(loader);
	fill_teams(loader);
	fill_staff(loader);
	fill_agreements(loader);
	fill_restrictions(loader);
	fill_events(loader);
	fill_factors(loader);
	fill_pages(loader);
	fill_summaries(loader);
	hand_out(loader);
	fill_lists(loader); /* asks whole agreements */
	note_parts(loader);
}

static struct profile *profile_new(const char *folder)
{
	struct profile *profile = memory_alloc(1, sizeof *profile);
	profile->inside = memory_alloc(1, sizeof *profile->inside);
	arena_init(&profile->inside->arena, PROFILE_BYTES_MAX);
	for (int kind = 0; kind < KIND_COUNT; kind++)
		text_map_init(&profile->inside->ids[kind]);
	profile->folder = arena_text(&profile->inside->arena, text_of(folder));
	return profile;
}

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	for (int kind = 0; kind < KIND_COUNT; kind++)
		text_map_release(&profile->inside->ids[kind]);
	arena_release(&profile->inside->arena);
	free(profile->inside->files);
	free(profile->inside);
	free(profile);
}

static enum status check_folder(const char *folder, struct error *error)
{
	struct arena arena;
	struct text *names;
	size_t count;
	if (!file_exists(folder)) {
		enum status missing =
			error_set(error, STATUS_NOT_FOUND, "profile.folder", "there is no profile folder");
		error_remedy(error, "Name a folder that holds profile.yaml, such as profiles/demo.");
		error_at(error, folder, 0, 0);
		return missing;
	}
	arena_init(&arena, 16 << 20);
	enum status status = file_list(folder, &arena, &names, &count, error);
	arena_release(&arena);
	return status;
}

enum status profile_check(const char *folder, struct profile_problems *problems, struct profile **profile,
			  struct error *error)
{
	*problems = (struct profile_problems){0};
	if (profile)
		*profile = NULL;
	enum status status = check_folder(folder, error);
	if (status)
		return status;
	struct profile *loaded = profile_new(folder);
	struct loader loader = {.profile = loaded, .arena = &loaded->inside->arena, .problems = problems};
	load_all(&loader, folder);
	free(loader.files);
	for (int kind = 0; kind < KIND_COUNT; kind++)
		free(loader.entries[kind]);
	problems_sort(problems);
	if (profile && problems->errors == 0)
		*profile = loaded;
	else
		profile_free(loaded);
	return STATUS_OK;
}

static enum status first_problem(const char *folder, const struct profile_problems *problems, struct error *error)
{
	size_t at = 0;
	while (problems->at[at].warning)
		at++;
	const struct profile_problem *p = &problems->at[at];
	char file[PATH_MAX];
	join_path(file, folder, p->file);
	enum status status = error_set(error, STATUS_INVALID, "profile.invalid", "%s", p->message);
	error_remedy(error, "%s%s%zu problem%s in all: `oneview profile check` tells them.", p->remedy,
		     *p->remedy ? " " : "", problems->errors, problems->errors == 1 ? "" : "s");
	error_at(error, file, p->line, p->column);
	return status;
}

enum status profile_load(struct profile **out, const char *folder, struct error *error)
{
	struct profile_problems problems;
	enum status status = profile_check(folder, &problems, out, error);
	if (!status && problems.errors)
		status = first_problem(folder, &problems, error);
	profile_problems_release(&problems);
	return status;
}

enum status profile_copy(const struct profile *profile, const char *to, struct error *error)
{
	for (size_t i = 0; i < profile->inside->file_count; i++) {
		const struct profile_file *file = &profile->inside->files[i];
		char path[PATH_MAX], folder[PATH_MAX];
		struct buf content;
		join_path(path, to, file->copy);
		snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
		buf_init(&content, YAML_BYTES_MAX);
		enum status status = file_make_folder(folder, 0750, error);
		if (!status)
			status = file_read(file->path, &content, error);
		if (!status)
			status = file_replace(path, buf_text(&content), 0640, error);
		buf_release(&content);
		if (status)
			return status;
	}
	return STATUS_OK;
}
