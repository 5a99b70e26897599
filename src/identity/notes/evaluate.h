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

#endif
