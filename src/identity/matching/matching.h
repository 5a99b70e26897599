/* Matching: anybody's person files, with nothing to tune.
 *
 *     struct matching *matching;
 *     status = matching_read(&matching, &options, &error);      // files read, columns understood
 *     status = matching_run(matching, &error);                  // records linked
 *     matching_write_clusters(matching, "clusters.csv", &error);
 *     matching_free(matching);
 *
 * A column's meaning is inferred from its header and its values; what a file calls itself is
 * believed only where the values do not speak against it. Columns that cannot help (ids, row
 * numbers, constants, free text) are left out, and so is anything that looks like the truth: a
 * cluster, an entity, a code that a few records each share. Every decision carries its reason in
 * words. Settings overrule all of it (docs/formats/matching.md).
 *
 * Columns of several files meet by meaning. The same bytes come out for any number of threads.
 */
#ifndef MATCHING_MATCHING_H
#define MATCHING_MATCHING_H

#include "base/date.h"
#include "encoding/encoding.h"
#include "linking/linking.h"

enum meaning {
	MEANING_UNDECIDED,
	/* left out */
	MEANING_ID,      /* names the record: for the output only */
	MEANING_TRUTH,   /* who the record is of, as somebody labelled it */
	MEANING_IGNORED, /* see the reason */
	MEANING_NOTE,    /* free text */
	/* people */
	MEANING_TITLE,
	MEANING_FULL_NAME,
	MEANING_GIVEN,
	MEANING_MIDDLE,
	MEANING_FAMILY,
	MEANING_FORMER_FAMILY,
	MEANING_ALIAS,
	MEANING_SUFFIX,
	MEANING_BIRTH,
	MEANING_BIRTH_YEAR,
	MEANING_BIRTH_MONTH,
	MEANING_BIRTH_DAY,
	MEANING_AGE, /* where nothing else tells the year of birth */
	MEANING_DEATH,
	MEANING_SEX,
	/* places */
	MEANING_ADDRESS, /* a line of an address, or all of it */
	MEANING_HOUSE_NUMBER,
	MEANING_STREET,
	MEANING_PLACE, /* town, suburb, village */
	MEANING_REGION,
	MEANING_POSTCODE,
	/* ways to reach them, and numbers */
	MEANING_PHONE,
	MEANING_EMAIL,
	MEANING_NHS,
	MEANING_NI,
	MEANING_UPN,
	MEANING_UPRN,
	MEANING_IDENTIFIER,
	MEANING_ENCODING, /* of a whole person: encoding/encoding.h */
	MEANING_ENCODED_CONTACT,
	MEANING_ENCODED_PLACE,
	/* anything else that tells people apart */
	MEANING_BIRTH_PLACE,
	MEANING_OCCUPATION,
	MEANING_OTHER,
	MEANING_COUNT
};
const char *meaning_name(enum meaning meaning);  /* "given_name", as settings write it */
const char *meaning_title(enum meaning meaning); /* "given name" */
bool meaning_parse(struct text name, enum meaning *out);
static inline bool meaning_is_used(enum meaning meaning)
{
	return meaning > MEANING_NOTE;
}

enum date_order { DATE_ORDER_NONE, DATE_YEAR_FIRST, DATE_DAY_FIRST, DATE_MONTH_FIRST };
const char *date_order_name(enum date_order order); /* "year_first" ... */

struct matching_options {
	const char *const *files;
	size_t file_count;
	const char *settings;    /* path; NULL: everything is inferred */
	const char *id;          /* the id column; "none": row numbers; NULL: the first usual name there is */
	double link_probability; /* 0: as the settings say, or the engine's */
	const char *model;       /* path of a model to replay; NULL: train */
	unsigned threads;        /* 0: all processors */
	bool link_only;          /* only pairs of records of different files */
	bool keep_pairs;         /* pairs will be written or reported: keep doubtful ones too */
	bool show_progress;
	size_t piece_bytes; /* of a file read by one thread at a time; 0: 4 MB */
	const atomic_bool *stop;
};

struct matching_column {
	struct text header; /* as the file writes it; made up when there is none */
	enum meaning meaning;
	enum date_order order; /* of dates */
	bool british;          /* postcodes are */
	bool historic;         /* dates: the middle one is before 1925 */
	char why[160];         /* why this meaning, or why it is left out */
	bool constant;         /* one value, in every record that was looked at */
	double filled;         /* share of records, of those looked at */
	double distinct;       /* share of filled values that differ, of those looked at */
};

struct matching_file {
	const char *path;
	struct text name; /* its base name */
	size_t records;
	const struct matching_column *columns;
	size_t column_count;
	size_t id_column; /* column_count: row numbers */
	bool has_header;
	const char *encoding; /* "UTF-8", "Windows-1252", "UTF-8 and Windows-1252" */
};

/* What a person should know of the input and that stops nothing. */
struct matching_warning {
	struct text file;
	uint64_t line; /* 0: of the whole file */
	char text[256];
};

struct matching;
enum status matching_read(struct matching **out, const struct matching_options *options,
			  struct error *error) MUST_CHECK;
enum status matching_run(struct matching *matching, struct error *error) MUST_CHECK;
void matching_free(struct matching *matching); /* NULL is fine */

size_t matching_file_count(const struct matching *matching);
struct matching_file matching_file(const struct matching *matching, size_t file);
const struct matching_warning *matching_warnings(const struct matching *matching, size_t *count);

struct matching_summary {
	size_t records, clusters, largest_cluster, linked_records, pairs_kept;
	uint64_t pairs_compared;
	double threshold; /* probability from which a pair may join */
	double seconds_read, seconds_prepare, seconds_link;
};
void matching_summary(const struct matching *matching, struct matching_summary *out);
/* The engine's run, for charts; NULL when all records say the same and nothing was compared. */
const struct linking_run *matching_linking(const struct matching *matching);
/* The engine's columns: what was compared. */
const struct linking_column *matching_compared(const struct matching *matching, size_t *count);
/* Who the record is of by the truth column that settings name, as a number; 0: not known, or no such column. */
uint64_t matching_entity(const struct matching *matching, size_t record);
bool matching_has_truth(const struct matching *matching);
uint32_t matching_cluster(const struct matching *matching, size_t record); /* numbered over all files */
struct text matching_record_name(const struct matching *matching, size_t record, struct text *file, char room[24]);

/* Whether a result could be written to PATH, before the work is done. */
enum status matching_can_write(const char *path, struct error *error) MUST_CHECK;
/* Written beside PATH and renamed: never half a file. "-" is standard output. */
enum status matching_write_clusters(const struct matching *matching, const char *path, struct error *error) MUST_CHECK;
enum status matching_write_pairs(const struct matching *matching, const char *path, struct error *error) MUST_CHECK;
enum status matching_write_settings(const struct matching *matching, const char *path, struct error *error) MUST_CHECK;
/* The files' records as encodings under the key, for a partner: the id, then "encoding", and "encoded_contact" and
 * "encoded_place" where the files have what goes into them (encoding/encoding.h). Instead of matching_run(). *EMPTY:
 * records that have none of it. */
enum status matching_write_encodings(struct matching *matching, struct encoder *encoder, const char *path,
				     size_t *empty, struct error *error) MUST_CHECK;
enum status matching_write_model(const struct matching *matching, const char *path, struct error *error) MUST_CHECK;

/* Any other result, the same way. */
enum status matching_write_text(const char *path, struct text content, struct error *error) MUST_CHECK;

/* ---- how good it is ----------------------------------------------------------------------------- */

struct matching_truth_options {
	const char *clusters; /* C.csv; or */
	const char *pairs;    /* P.csv */
	const char *const *truth;
	size_t truth_count;
	const char *id, *entity; /* columns of the truth files */
};
struct matching_point { /* of the curve: everything at least this likely is called a match */
	double weight, probability, precision, recall, f1;
	uint64_t right, wrong;
};
struct matching_judgement {
	struct linking_quality quality; /* of clusters; of pairs at their best threshold */
	uint64_t clusters, truth_records, not_found /* in the truth, not in the result */, unknown /* the other way */;
	struct matching_point *curve; /* of pairs, by falling weight */
	size_t points, best;
};
enum status matching_judge(struct matching_judgement *out, const struct matching_truth_options *options,
			   struct error *error) MUST_CHECK;
void matching_judgement_release(struct matching_judgement *judgement);

#endif
