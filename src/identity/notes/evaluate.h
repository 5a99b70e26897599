/* How well notes are read, against what people or the fictional borough say. */
#ifndef NOTES_EVALUATE_H
#define NOTES_EVALUATE_H

#include "base/buf.h"
#include "notes/reader.h"

struct note_score {
	int64_t right, wrong, missed;
};
void note_score_rates(const struct note_score *score, double *precision, double *recall, double *f1);

/* A CSV file of sentences with the columns phrase, text, negation (negated, else), time (historical, "not particular",
 * else) and whose (patient, else), as the evaluation kit of ConText has them. */
enum note_half { NOTE_WHOLE_SET, NOTE_ODD_ROWS, NOTE_EVEN_ROWS };
struct note_set {
	const char *file;
	enum note_half half;
	struct buf *wrong; /* NULL, or gets rows that are read otherwise than labelled, as CSV */
};
struct note_set_scores {
	int64_t rows;
	struct note_score negated, past, hypothetical, other;
};
enum status note_evaluate_set(struct note_set_scores *out, const struct note_reader *reader, const struct note_set *set,
			      struct error *error) MUST_CHECK;

/* Flags of a workspace against note_labels.csv of the fictional borough's truth: whether a factor is affirmed, present
 * and the resident's own. A label that no flag of its factor touches is missed when it is so; a flag that counts and
 * touches no such label is wrong. Only notes that have labels are looked at. */
struct note_factor_score {
	struct text factor; /* in the arena */
	struct note_score score;
	int64_t labels;
};
struct note_truth_scores {
	struct note_factor_score *factors; /* in the order of their names */
	size_t factor_count;
	struct note_score all;
	int64_t labels, notes;
};
struct store;
struct vault;
enum status note_evaluate_truth(struct note_truth_scores *out, struct store *data, const struct vault *vault,
				const char *labels, struct arena *arena, struct error *error) MUST_CHECK;

/* What workers marked: by factor how often, and of how many of these flags the reader still makes something that
 * counts. */
struct note_marked {
	struct text factor;
	int64_t marked[NOTE_VERDICT_COUNT], still;
};
enum status note_evaluate_marked(struct note_marked **out, size_t *count, struct store *data, struct store *desk,
				 struct arena *arena, struct error *error) MUST_CHECK;

#endif
