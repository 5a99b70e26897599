/* Shared inside the room only: the loader's state, and typed reading of YAML nodes.
 *
 * Loading is in three steps over all files, so that references may point anywhere:
 *   1. read every file into a tree (load_files.c)
 *   2. register every id with its number (load.c)
 *   3. fill every structure, resolving references (load_feeds.c, load_access.c, load_agreements.c, load_pages.c)
 * Nothing stops at a problem: a value that cannot be read becomes absent and is reported.
 */
#ifndef PROFILE_INT_H
#define PROFILE_INT_H

#include "base/map.h"
#include "base/yaml.h"
#include "profile/profile.h"
#include "profile/summaries.h"

#include <limits.h>

/* The words of each enum, NULL-ended; position is the enum's value. */
extern const char *const category_names[],
	*const use_names[],
		*const type_names[],
			*const check_names[],
				*const delivery_names[],
					*const schedule_names[],
						*const encoding_names[],
							*const severity_names[],
								*const hold_names[],
									*const hides_names[],
										*const marks_names[],
											*const importance_names[],
												*const capability_names[],
													*const about_names
														[];
extern const char *const agreement_status_names[], *const party_part_names[], *const term_names[];
extern const char *const list_subject_names[], *const group_life_names[], *const group_measure_names[],
										  *const factor_category_names[];

bool name_parse(const char *const *names, struct text written, int *out);

enum kind {
	KIND_SOURCE,
	KIND_ELEMENT,
	KIND_FEED,
	KIND_PURPOSE,
	KIND_ROLE,
	KIND_TEAM,
	KIND_AGREEMENT,
	KIND_RESTRICTION,
	KIND_EVENT,
	KIND_LIST,
	KIND_FACTOR,
	KIND_SENTENCE,
	KIND_INTERVENTION,
	KIND_LAYOUT,
	KIND_TERM,
	KIND_COUNT
};

struct profile_file { /* a file of the profile: where it was read, and its place in a copy */
	const char *path, *copy, *name;
	char hash[33];
};

struct profile_inside {
	struct arena arena;
	struct profile_file *files;
	size_t file_count, file_capacity;
	struct text_map ids[KIND_COUNT]; /* id -> number */
};

struct profile_problems_inside {
	struct arena arena;
	size_t capacity;
};

struct file {
	const char *name; /* as problems give it */
	struct yaml_node *root;
	bool included;           /* of another profile: gives way to an own thing of the same id */
	const struct text *only; /* the feeds to take from it; NULL: all */
	size_t only_count;
};

struct entry { /* a registered thing: where it is written */
	const struct file *file;
	struct yaml_node *node;
};

struct loader {
	struct profile *profile;
	struct arena *arena;
	struct profile_problems *problems;
	struct file *files;
	size_t file_count, file_capacity;
	struct entry *entries[KIND_COUNT];
	size_t entry_count[KIND_COUNT], entry_capacity[KIND_COUNT];
	void *things[KIND_COUNT]; /* the arrays being filled */
	bool library;             /* only feeds for others to include: needs no agreements */
	unsigned include_depth;
	void *hash; /* crypto_generichash_state */
};

/* A file being read: what the functions below report against. */
struct reader {
	struct loader *loader;
	const struct file *file;
};

/* ---- problems (problems.c) ---- */
void problem_at(struct loader *loader, const char *file, unsigned line, unsigned column, const char *format, ...)
	PRINTF_LIKE(5, 6);
void problem(struct reader *r, const struct yaml_node *node, const char *format, ...) PRINTF_LIKE(3, 4);
void warning(struct reader *r, const struct yaml_node *node, const char *format, ...) PRINTF_LIKE(3, 4);
void remedy(struct reader *r, const char *format, ...) PRINTF_LIKE(2, 3); /* of the last problem */
/* "Did you mean x?", or else the list of what there is. */
void remedy_nearest(struct reader *r, struct text written, const struct text *candidates, size_t count,
		    const char *otherwise);
void problems_sort(struct profile_problems *problems);

/* ---- typed reading (reader.c) ---- */
struct list {
	struct yaml_node **at;
	size_t count;
};
struct profile_place place_of(struct reader *r, const struct yaml_node *node);
/* False unless NODE is a mapping; reports keys that are not in KEYS (NULL-ended) or come twice. */
bool read_mapping(struct reader *r, const struct yaml_node *node, const char *what, const char *const *keys);
/* The value of KEY; reports when it is required and not there. NULL when absent. */
struct yaml_node *read_key(struct reader *r, const struct yaml_node *mapping, const char *key, bool required);
struct text scalar_text(struct reader *r, const struct yaml_node *node, const char *what); /* absent when wrong */
struct text read_text(struct reader *r, const struct yaml_node *mapping, const char *key, bool required);
/* `caseload` of a feed. */
void read_caseload(struct reader *r, const struct yaml_node *node, struct profile_feed *feed);
/* `retention` of a feed, and a period like "6 years" (load_retention.c). */
void read_retention(struct reader *r, const struct yaml_node *node, struct profile_feed *feed);
void read_period(struct reader *r, const struct yaml_node *node, const char *key, bool required,
		 struct profile_period *out);
/* `relationships` of a feed. */
void read_relationships(struct reader *r, const struct yaml_node *node, struct profile_feed *feed);
int read_enum(struct reader *r, const struct yaml_node *mapping, const char *key, const char *const *names,
	      bool required, int otherwise);
int scalar_enum(struct reader *r, const struct yaml_node *node, const char *key, const char *const *names,
		int otherwise);
bool read_bool(struct reader *r, const struct yaml_node *mapping, const char *key, bool otherwise);
date read_date(struct reader *r, const struct yaml_node *mapping, const char *key, bool required);
double read_number(struct reader *r, const struct yaml_node *mapping, const char *key, double otherwise);
struct list read_list(struct reader *r, const struct yaml_node *mapping, const char *key, bool required);
const struct text *read_texts(struct reader *r, const struct yaml_node *mapping, const char *key, bool required,
			      size_t *count);

/* References: the thing of KIND that the scalar names, NULL (and a problem) when there is none. */
const void *scalar_reference(struct reader *r, const struct yaml_node *node, enum kind kind);
const void *read_reference(struct reader *r, const struct yaml_node *mapping, const char *key, enum kind kind,
			   bool required);
const void **read_references(struct reader *r, const struct yaml_node *mapping, const char *key, enum kind kind,
			     bool required, size_t *count);
/* The same for an element that must be a column of FEED. */
const struct profile_element *scalar_column(struct reader *r, const struct yaml_node *node,
					    const struct profile_feed *feed);
const struct profile_element *read_column(struct reader *r, const struct yaml_node *mapping, const char *key,
					  const struct profile_feed *feed, bool required);
const struct profile_element **read_columns(struct reader *r, const struct yaml_node *mapping, const char *key,
					    const struct profile_feed *feed, bool required, size_t *count);
void read_condition(struct reader *r, const struct yaml_node *mapping, const char *key,
		    const struct profile_feed *const *feeds, size_t feed_count, struct profile_condition *out);

/* The parts of the profile, when all is registered (parts.c); the hash of a file's content. */
void note_parts(struct loader *loader);
void part_hash(char out[33], struct text content);

/* ---- conditions (condition.c) ---- */
/* Parses WRITTEN at NODE; reports every element that is not registered or not in one of FEEDS. */
bool operator_parse(struct text written, enum condition_operator *out); /* "=", "!=", "<" ... */
bool condition_parse(struct reader *r, const struct yaml_node *node, struct text written,
		     const struct profile_feed *const *feeds, size_t feed_count, struct profile_condition *out);

/* ---- the kinds ---- */
size_t kind_size(enum kind kind);
const char *kind_noun(enum kind kind);
void fill_sources(struct loader *loader);
void fill_elements(struct loader *loader);
void fill_feeds(struct loader *loader);
void fill_purposes(struct loader *loader);
void fill_roles(struct loader *loader);
void fill_teams(struct loader *loader);
void fill_staff(struct loader *loader); /* behind the roles */
void fill_agreements(struct loader *loader);
void fill_restrictions(struct loader *loader);
/* What the register says of an agreement besides what it covers, for whom and until when (load_register.c): false when
 * NODE is no mapping. check_register() when all of it is read. */
bool read_register(struct reader *r, const struct yaml_node *node, struct profile_agreement *agreement);
void check_register(struct reader *r, const struct yaml_node *node, const struct profile_agreement *agreement);
void fill_events(struct loader *loader);
void fill_pages(struct loader *loader);
void fill_summaries(struct loader *loader);
/* {element} in what is written at NODE: it must be a column of FEED, and no identity. NULL when it is not. */
const struct profile_element *placeholder_element(struct reader *r, const struct yaml_node *node, struct text id,
						  const struct profile_feed *feed);
void check_date(struct reader *r, const struct yaml_node *node, const char *key, const struct profile_feed *feed,
		const struct profile_element *element);
void fill_lists(struct loader *loader);
void fill_factors(struct loader *loader); /* asks the kinds of events */
struct reader entry_reader(struct loader *loader, enum kind kind, size_t number, struct yaml_node **node);
struct file *loader_file(struct loader *loader, const char *name); /* own file, NULL when not there */
/* All files of the profile in FOLDER and of those it includes; what cannot be read is a problem. */
void loader_read_profile(struct loader *loader, const char *folder);
struct text file_base_name(const char *name);
bool file_is_in(const char *name, struct text folder); /* the folder's own files, and none below */
bool text_is_among(struct text wanted, const struct text *texts, size_t count);
void join_path(char out[PATH_MAX], const char *folder, const char *name);
/* A further file of the profile, that another one names: read, parsed, counted to its version and its copies. */
bool loader_read(struct loader *loader, struct file *out, const char *path, const char *name);
void fill_boundaries(struct reader *r); /* R reads profile.yaml */

bool pattern_valid(struct text pattern, const char **why);
bool date_pattern_valid(struct text pattern);

#endif
