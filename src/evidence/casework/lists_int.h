/* Shared inside the room only: what lists are worked out from, in memory, and the working out. */
#ifndef CASEWORK_LISTS_INT_H
#define CASEWORK_LISTS_INT_H

#include "base/map.h"
#include "casework/lists.h"

struct fact_row { /* the newest version of a row of a feed */
	int64_t resident_id;
	int64_t property_id; /* that its address was matched to; 0: none */
	uint64_t meets;      /* bits of `list_source.questions` */
	date from, to;       /* to: DATE_UNKNOWN while it goes on */
	uint32_t person;     /* number in `people` */
	uint16_t feed;       /* number in the profile */
	bool gone;           /* the source no longer delivers it */
};

struct person {
	int64_t resident_id, household_id, property_id; /* 0: lives nowhere */
	date home_from, arrived;                        /* DATE_UNKNOWN: not known */
	int birth_month;                                /* year * 12 + month - 1; -1: not known */
	int family;
	bool dead, doubtful;
	uint32_t household; /* number, UINT32_MAX: none */
	uint32_t property;  /* likewise */
};

struct place { /* a property */
	int64_t property_id, parent_id, key;
	uint32_t whole; /* number of the property that it is part of for the list at hand, else its own */
	const char *kind;
	struct text ward;
};

/* Numbers of rows or people by what they belong to: those of I are at [first[i], first[i + 1]). */
struct by_number {
	uint32_t *first, *at;
};

enum { FEED_OF_RESIDENCES = UINT16_MAX };

struct list_source {
	const struct profile *profile;
	date today; /* of the newest extract */
	struct fact_row *rows;
	size_t row_count, row_capacity;
	struct person *people; /* by resident */
	size_t people_count, people_capacity;
	struct place *places; /* by property */
	size_t place_count, place_capacity;
	int64_t *households; /* ids, ascending */
	size_t household_count;
	struct by_number rows_of_person, rows_of_place, people_of_place, people_of_household, doubles_of_person;
	struct pair { /* of residents who may be one person */
		int64_t a, b;
	} * pairs;
	size_t pair_count, pair_capacity;
	const struct profile_condition *questions[LIST_CONDITIONS_MOST];
	size_t question_count;
	struct text_map words;
	struct arena arena;
};

void list_source_init(struct list_source *source, const struct profile *profile, date today);
void list_source_release(struct list_source *source);
/* Numbers and indexes what was added to rows, people (by resident, each once), places and pairs. */
void list_source_finish(struct list_source *source);
/* OWNERS[i] is what number i belongs to, UINT32_MAX for nothing; numbers of one owner keep their order. */
void list_source_index(struct by_number *index, const uint32_t *owners, size_t count, size_t owner_count);
uint32_t list_source_person(const struct list_source *source, int64_t resident_id); /* UINT32_MAX: none */
uint32_t list_source_place(const struct list_source *source, int64_t property_id);
/* The bit of CONDITION, made when it was not asked before; 0 for no condition. */
uint64_t list_source_question(struct list_source *source, const struct profile_condition *condition);
enum status list_source_load(struct list_source *source, struct store *data, struct error *error) MUST_CHECK;

struct found_row {
	const struct profile_list *list;
	int64_t subject_id, property_id;
	int points;
	struct text ward, reasons; /* reasons: "points<TAB>text<LF>..." */
	size_t first_member, member_count;
};
enum { MEMBER_IS_SUBJECT = UINT16_MAX };
struct found_member {
	int64_t resident_id;
	uint16_t group; /* number in the list, MEMBER_IS_SUBJECT */
	bool shown;
};
struct found_lists {
	struct found_row *rows;
	size_t count, capacity;
	struct found_member *members;
	size_t member_count, member_capacity;
	struct arena arena; /* of reasons */
};
void found_init(struct found_lists *found);
void found_release(struct found_lists *found);
/* Adds the rows of LIST to FOUND. Reads SOURCE only, but for the `whole` of its places. */
void list_work_out(struct found_lists *found, struct list_source *source, const struct profile_list *list);

/* Whether a subject that is not on the list may be told of: FALSE for what is on it and hidden. */
enum status list_subject_may_be_told(bool *out, const struct profile_list *list, int64_t key,
				     const struct list_asker *asker, struct error *error) MUST_CHECK;

#endif
