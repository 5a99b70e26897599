/* What the files of reading share. */
#ifndef READING_READING_INT_H
#define READING_READING_INT_H

#include "reading/reading.h"

#include "vault/vault.h"

/* ---- one row, cleaned -------------------------------------------------------------------------- */

struct cleaner {
	const struct vault *vault;
	unsigned char *meaning; /* by element number */
	unsigned char *ties;    /* by element number: whether it names a group or a parent */
	size_t element_count;
	struct address_elements address;
};
/* PROFILE says which elements tell of relationships; NULL: none. */
enum status cleaner_init(struct cleaner *cleaner, const struct vault *vault, struct store *data,
			 const struct profile *profile, struct error *error) MUST_CHECK;
void cleaner_release(struct cleaner *cleaner);

struct clean_value {
	enum reading_column column;
	struct text text;
};
/* The cleaned rows of some records, in order. Texts are in the arena. */
struct clean_row {
	int64_t record_id, row_key;
	int32_t feed_no, version;
	uint32_t first_value, values, first_family, families;
	struct text address; /* absent: it has none */
	bool dead, named;
};
struct cleaned {
	struct arena arena;
	struct clean_row *rows;
	struct clean_value *values;
	uint64_t *families;
	size_t count, capacity, value_count, value_capacity, family_count, family_capacity;
};
void cleaned_init(struct cleaned *cleaned);
void cleaned_release(struct cleaned *cleaned); /* wipes */
/* NEWEST: no later version of the row follows. */
void cleaner_take(const struct cleaner *cleaner, struct cleaned *out, const struct vault_row *row, bool newest);

/* ---- batches ----------------------------------------------------------------------------------- */

void batch_init(struct reading_batch *batch);
void batch_release(struct reading_batch *batch);
void batch_add_record(struct reading_batch *batch, int64_t record_id);
void batch_add_row(struct reading *reading, struct reading_batch *batch, const struct cleaned *cleaned,
		   const struct clean_row *row);
void batch_add_property(struct reading *reading, struct reading_batch *batch, const struct vault_row *row, bool main);
/* RECORD's number, or SIZE_MAX. */
size_t batch_find(const struct reading_batch *batch, int64_t record_id, size_t near);
/* Into OUT (empty): the records of PEOPLE (ascending), each as in NEWER when CHANGED has it, else as in OLDER; the
 * same for the gazetteer's rows, of the records that GAZETTEER has. Both texts are the reading's. */
void batch_merge(struct reading_batch *out, const struct reading_batch *older, const struct reading_batch *newer,
		 const struct id_map *changed, const int64_t *people, size_t people_count,
		 const struct id_map *gazetteer);

/* ---- the vault --------------------------------------------------------------------------------- */

struct feeds_read { /* of the profile */
	int32_t *wanted;
	size_t count;
	struct id_map gazetteer; /* feed_no -> 1 main, 2 further addresses */
};
enum status feeds_read_init(struct feeds_read *feeds, struct store *data, const struct profile *profile,
			    struct error *error) MUST_CHECK;
void feeds_read_release(struct feeds_read *feeds);

/* Rows and facts of all records into BATCH, or of those in the temporary table WITHIN. PEOPLE ascend. */
enum status vault_read(struct reading *reading, struct reading_batch *batch, const struct feeds_read *feeds,
		       const int64_t *people, size_t people_count, const char *within, const atomic_bool *stop,
		       struct error *error) MUST_CHECK;

/* ---- what was kept ------------------------------------------------------------------------------ */

struct reading_kept {
	char key[96];      /* what it depends on: layout and profile */
	int64_t *extracts; /* that it has seen, ascending */
	size_t extract_count;
	size_t batches;               /* in the table */
	size_t records;               /* in them, each time it was written */
	size_t texts, addresses;      /* in them */
	bool whole;                   /* what is in the table is of no use: write everything */
	struct reading_batch changed; /* what is not in the table yet */
	bool dirty;
};
/* Fills READING->all with what was kept; *FOUND tells whether there was anything. */
enum status kept_load(struct reading *reading, bool *found, struct error *error) MUST_CHECK;
void kept_free(struct reading_kept *kept);

#endif
