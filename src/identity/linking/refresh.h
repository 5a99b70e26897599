/* The workspace's residents: linking run over the vault, and what it came to as tables. */
#ifndef LINKING_REFRESH_H
#define LINKING_REFRESH_H

#include "base/arena.h"
#include "linking/linking.h"

struct reading;
struct store;
struct vault;

struct linking_outcome {
	struct linking_report engine;
	size_t records, residents, began, ended, separated, review;
	double seconds_read, seconds_write, seconds;
	bool trained; /* a new model */
};
/* Links all records of the reading and writes what differs to resident, resident_record, resident_history, link and
 * linking_model in one transaction. Run again on the same records it changes nothing. RUN_ID is the run's in the
 * ledger. The model of an earlier run is used as long as it fits; SETTINGS->retrain trains a new one. */
enum status linking_refresh(struct reading *reading, int64_t run_id, const struct linking_settings *settings,
			    struct linking_outcome *out, struct error *error) MUST_CHECK;

/* The id of a resident whose lowest record was FOUNDER when it began: random to everybody without the key, and
 * the same on either database and after a run that was killed. ATTEMPT counts up while the id was used before. */
int64_t linking_resident_id(const struct vault *vault, int64_t founder, unsigned attempt);
/* Writes into the JSON of a run's model which run trained it and over which extracts. GIVEN, where the run used a model
 * and trained none, is that one: then what it says of itself stays. */
enum status linking_model_describe(struct buf *model, struct text given, struct store *data, int64_t run_id,
				   struct error *error) MUST_CHECK;
/* The model of the last run, as JSON; OUT is the caller's, empty. STATUS_NOT_FOUND before the first run. */
enum status linking_model_read(struct buf *out, struct store *data, struct error *error) MUST_CHECK;

/* Why two records are, or are not, taken for one person, by the model of the last run. When the pair was kept
 * as a link its stored weight is told; else it is worked out now, without how rare the values are. Texts live
 * as long as the program. STATUS_NOT_FOUND when one of the records is not there. */
struct linking_why {
	struct linking_explanation explanation;
	int64_t resident_a, resident_b;
	int64_t record_a, record_b;
	const char *status; /* "linked", "review", "apart"; NULL: the pair was not kept */
	char rule[96];      /* which rule compared them; empty: none would */
};
enum status linking_why_records(struct linking_why *out, struct store *data, const struct vault *vault,
				int64_t record_a, int64_t record_b, struct error *error) MUST_CHECK;
/* Whose the two records are. STATUS_NOT_FOUND when one is not there. */
struct linking_residents {
	int64_t a, b;
};
enum status linking_residents_of(struct linking_residents *out, struct store *data, int64_t record_a, int64_t record_b,
				 struct error *error) MUST_CHECK;
/* What only a holder of the key can say of two records: for addresses that cannot be guessed. The same for both orders,
 * and never negative. */
int64_t linking_pair_key(const struct vault *vault, int64_t record_a, int64_t record_b);
/* Of two residents: their most alike pair of records. */
enum status linking_why_residents(struct linking_why *out, struct store *data, const struct vault *vault,
				  int64_t resident_a, int64_t resident_b, struct error *error) MUST_CHECK;

/* How well people of a group fare. A wrong pair of records counts half for each of its two people, so that the
 * groups of a kind add up to the whole. */
struct linking_group {
	const char *kind; /* "sex", "age", "ethnicity", "tradition" */
	char name[40];
	uint64_t people, records;
	double found, wrong, missed; /* pairs of records */
	double precision, recall, f1, missed_rate, false_rate;
};
/* Links whose probability lies in [low, high): whether they are as often right as they say. */
struct linking_band {
	double low, high, mean;
	uint64_t pairs, right;
};
enum { LINKING_GROUPS = 96, LINKING_BANDS_JUDGED = 12 };

/* Against truth/records.csv (source, client, person) in the folder TRUTH; only evaluation ever reads it. */
struct linking_evaluation {
	struct linking_quality residents;
	uint64_t truth_records; /* rows of the truth file */
	uint64_t not_loaded;    /* of them, without a record: quarantined or held */
	/* By sex, age band, ethnic group and naming tradition of the true person; none when the truth says
	 * nothing of people. */
	struct linking_group groups[LINKING_GROUPS];
	size_t group_count;
	struct linking_band bands[LINKING_BANDS_JUDGED];
	double calibration_error; /* mean of |probability - share right| over the pairs kept */
};
/* Hands over each true person with the resident of one of their records, once a record. */
typedef void linking_truth_visit(void *context, uint64_t person, int64_t resident);
enum status linking_truth_each(struct store *data, const struct vault *vault, const char *truth,
			       linking_truth_visit *visit, void *context, struct error *error) MUST_CHECK;
/* Fills only the bands: compares all pairs again by the model in use, since of certain links few are kept. */
enum status linking_evaluate_probabilities(struct linking_evaluation *out, struct reading *reading, const char *truth,
					   struct error *error) MUST_CHECK;
enum status linking_evaluate_residents(struct linking_evaluation *out, struct store *data, const struct vault *vault,
				       const char *truth, struct error *error) MUST_CHECK;

/* Whether there is a resident of this id now; an id that was linked to another one's is none. */
enum status linking_resident_exists(struct store *data, int64_t resident_id, bool *exists,
				    struct error *error) MUST_CHECK;

#endif
