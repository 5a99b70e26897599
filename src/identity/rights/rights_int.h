/* Inside rights: reading rows into an arena, and tables in the making. */
#ifndef RIGHTS_RIGHTS_INT_H
#define RIGHTS_RIGHTS_INT_H

#include "base/map.h"
#include "policy/policy.h"
#include "rights/rights.h"
#include "vault/vault.h"

enum { RIGHTS_ROWS_MOST = 50000 };

struct copied_other {
	int64_t household_id, resident_id;
};
struct copying {
	const struct rights_parts *parts;
	struct arena *arena;
	struct rights_copy *copy;
	int64_t *records;
	/* copy_protected_read(): who was in a household with the resident, and which people and places are protected */
	struct copied_other *others;
	size_t other_count;
	struct id_map protected, places;
	bool where_is_protected; /* the resident, somebody of the household, or a place of theirs */
};

struct text copied_text(struct statement *row, const char *name, struct arena *arena);
int64_t copied_number(struct statement *row, const char *name);
date copied_date(struct statement *row, const char *name);

/* The item's number: a keyed hash of whose copy it is in and of where, the same in each of their copies and on either
 * database. What was decided for one resident counts for no other: who may be told is another question for each. */
int64_t copy_item(const struct copying *c, const char *kind, const int64_t *place, size_t count, struct text element);
/* Reads what was decided of VALUE's item. */
enum status redaction_read(const struct copying *c, struct rights_value *value, struct error *error) MUST_CHECK;
/* Marks VALUE, and takes note of what was decided of it. */
enum status copy_mark(const struct copying *c, struct rights_value *value, enum rights_mark mark, int64_t item,
		      struct error *error) MUST_CHECK;

/* What must be looked at of a value of a feed; either may be NULL. */
enum rights_mark copy_mark_of(const struct copying *c, const struct profile_feed *feed,
			      const struct profile_element *element);

/* Rows of what staff wrote or a program found: no feed. A row has room for twelve values. */
struct rights_row copy_worded_row(struct copying *c, const char *title, int64_t id, instant made);
void copy_add_fact(struct rights_row *row, const char *title, struct text value); /* nothing where it is empty */
/* Words that may speak of somebody else, by the row's number and WHICH. */
enum status copy_mark_words(struct copying *c, struct rights_row *row, const char *kind, const char *title,
			    int32_t which, struct text words, struct error *error) MUST_CHECK;
void copy_append_rows(struct rights_copy *copy, const struct rights_row *more, size_t count, struct arena *arena);
enum status copy_protected_read(struct copying *c, struct error *error) MUST_CHECK;
void copy_protected_release(struct copying *c); /* also when the former failed */
bool copy_is_protected(const struct copying *c, int64_t resident_id);
/* Of two records that were compared or ruled upon: neither is of somebody else who is protected. */
enum status copy_pair_is_told(bool *told, const struct copying *c, int64_t record_a, int64_t record_b,
			      struct error *error) MUST_CHECK;
/* Likewise of a row with list_no, subject_id, property_id, and of one with somebody else's id as `other`. */
enum status copy_list_row_is_told(bool *told, struct copying *c, struct statement *of, struct error *error) MUST_CHECK;
enum status copy_relation_is_told(bool *told, struct copying *c, struct statement *of, struct error *error) MUST_CHECK;
/* Whether the element's values help to find somebody. */
bool copy_tells_where(const struct profile_element *element);

enum status copy_rows(struct copying *c, struct error *error) MUST_CHECK;
enum status copy_reports(struct copying *c, struct error *error) MUST_CHECK;
/* What is of the resident by their clients' numbers: rows in quarantine, and marks that staff put on words of notes. */
enum status copy_by_client(struct copying *c, struct error *error) MUST_CHECK;
/* Corrections that they asked for; values of which one is open are marked as disputed. */
enum status copy_corrections(struct copying *c, struct error *error) MUST_CHECK;
/* A table of what people ruled about a household of theirs. */
enum status copy_household_rulings(struct copying *c, struct error *error) MUST_CHECK;
enum status copy_tables(struct copying *c, struct error *error) MUST_CHECK;
enum status copy_links(struct copying *c, struct error *error) MUST_CHECK;

/* Cells of a table as they come: the arena's at the end. */
struct filling {
	struct rights_table *table;
	struct text *cells;
	size_t count, capacity;
};
void filling_begin(struct filling *filling, struct copying *c, const char *id, const char *title, const char *says,
		   const char *const *headings, size_t columns);
void filling_add(struct filling *filling, struct text cell); /* lives in the arena, or longer */
void filling_end(struct filling *filling, struct copying *c);

#endif
