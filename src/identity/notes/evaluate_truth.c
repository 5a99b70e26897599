/* Flags of a workspace against what the fictional borough meant, and against what workers marked. */
#include "notes/evaluate.h"
#include "notes/notes_int.h"

#include "base/map.h"
#include "base/memory.h"
#include "intake/csv.h"
#include "store/store.h"
#include "vault/vault.h"

#include <stdlib.h>

struct label {
	int64_t row_key;
	uint32_t factor, start, end;
	bool so, found; /* FOUND: a flag that counts touches it */
};
struct truth {
	struct label *labels;
	size_t count, capacity;
	struct text_map factors; /* name -> number */
	struct note_factor_score *scores;
	const struct vault *vault;
};

/* ---- labels ------------------------------------------------------------------------------------------------ */

enum { LABEL_NOTE, LABEL_FACTOR, LABEL_START, LABEL_END, LABEL_POLARITY, LABEL_TIME, LABEL_WHOSE, LABEL_COLUMNS };
static const char *const label_columns[LABEL_COLUMNS] = {"note", "factor", "start", "end", "polarity", "time", "whose"};

static enum status wrong(const char *path, unsigned line, struct error *error)
{
	error_set(error, STATUS_INVALID, "notes.labels", "this is no row of labels");
	error_remedy(error, "The columns are note,factor,start,end,polarity,time,whose, as oneview-synth writes them.");
	error_at(error, path, line, 0);
	return STATUS_INVALID;
}

static uint32_t number_factor(struct truth *truth, struct text factor)
{
	bool is_new;
	uint64_t *number = text_map_put(&truth->factors, factor, &is_new);
	if (is_new)
		*number = truth->factors.count - 1;
	return (uint32_t)*number;
}

static bool read_label(struct truth *truth, const struct csv_row *row)
{
	int64_t start, end;
	if (row->count < LABEL_COLUMNS || !text_parse_int64(row->fields[LABEL_START], &start) ||
	    !text_parse_int64(row->fields[LABEL_END], &end) || start < 0 || end <= start || end > UINT32_MAX)
		return false;
	ARRAY_GROW(truth->labels, truth->count, truth->capacity);
	truth->labels[truth->count++] = (struct label){
		.row_key = vault_hash64(truth->vault, VAULT_ROW_KEY, row->fields[LABEL_NOTE]),
		.factor = number_factor(truth, row->fields[LABEL_FACTOR]),
		.start = (uint32_t)start,
		.end = (uint32_t)end,
		.so = text_is(row->fields[LABEL_POLARITY], "affirmed") && text_is(row->fields[LABEL_TIME], "current") &&
		      text_is(row->fields[LABEL_WHOSE], "subject")};
	return true;
}

static enum status read_labels(struct truth *truth, const char *path, struct error *error)
{
	struct csv_format format;
	struct csv *csv;
	struct csv_row row;
	enum status status = csv_format_of_file(&format, path, &(struct csv_given){0}, error);
	if (status == STATUS_OK)
		status = csv_open(&csv, path, &format, error);
	if (status != STATUS_OK)
		return status;
	status = csv_next(csv, &row, error);
	for (size_t i = 0; status == STATUS_OK && i < LABEL_COLUMNS; i++) {
		if (i >= row.count || !text_is(row.fields[i], label_columns[i]))
			status = wrong(path, 1, error);
	}
	while (status == STATUS_OK && (status = csv_next(csv, &row, error)) == STATUS_OK && row.line) {
		if (!read_label(truth, &row))
			status = wrong(path, (unsigned)row.line, error);
	}
	csv_close(csv);
	return status;
}

static int compare_labels(const void *left, const void *right)
{
	const struct label *a = left, *b = right;
	if (a->row_key != b->row_key)
		return a->row_key < b->row_key ? -1 : 1;
	return (a->start > b->start) - (a->start < b->start);
}

/* ---- flags -------------------------------------------------------------------------------------------------- */

static size_t first_label(const struct truth *truth, int64_t row_key)
{
	size_t low = 0, high = truth->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (truth->labels[middle].row_key < row_key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A flag that counts: right on a label that is so, wrong anywhere else in a note with labels. */
static void take_flag(struct truth *truth, const struct note_flag *flag)
{
	size_t i = first_label(truth, flag->row_key);
	const uint64_t *factor = text_map_get(&truth->factors, flag->factor_id);
	if (i == truth->count || truth->labels[i].row_key != flag->row_key || !factor)
		return;
	bool right = false;
	for (; i < truth->count && truth->labels[i].row_key == flag->row_key; i++) {
		struct label *label = &truth->labels[i];
		if (label->factor != *factor || label->end <= flag->start || label->start >= flag->end)
			continue;
		label->found = true;
		right = right || label->so;
	}
	if (!right)
		truth->scores[*factor].score.wrong++;
}

static enum status read_flags(struct truth *truth, struct store *data, struct error *error)
{
	struct statement *row;
	bool more = false;
	enum status status =
		store_prepare(&row, data,
			      "SELECT f.row_key, w.word, f.start_byte, f.end_byte, f.polarity, f.said_time, "
			      "f.whose, f.certainty, f.question FROM note_flag f JOIN note_word w "
			      "ON w.word_no = f.factor_no",
			      error);
	if (status != STATUS_OK)
		return status;
	int key = statement_column(row, "row_key"), word = statement_column(row, "word"),
	    start = statement_column(row, "start_byte"), end = statement_column(row, "end_byte"),
	    polarity = statement_column(row, "polarity"), time = statement_column(row, "said_time"),
	    whose = statement_column(row, "whose"), certainty = statement_column(row, "certainty"),
	    question = statement_column(row, "question");
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more) {
		struct note_flag flag = {
			.row_key = statement_int(row, key),
			.factor_id = statement_text(row, word),
			.start = (uint32_t)statement_int(row, start),
			.end = (uint32_t)statement_int(row, end),
			.polarity = (enum note_polarity)statement_int(row, polarity),
			.time = (enum note_time)statement_int(row, time),
			.whose = (enum note_whose)statement_int(row, whose),
			.certainty = (enum note_certainty)statement_int(row, certainty),
			.question = statement_int(row, question) != 0,
		};
		if (note_flag_counts(&flag))
			take_flag(truth, &flag);
	}
	statement_done(row);
	return status;
}

static int compare_scores(const void *left, const void *right)
{
	return text_compare(((const struct note_factor_score *)left)->factor,
			    ((const struct note_factor_score *)right)->factor);
}

static void add_up(struct truth *truth, struct note_truth_scores *out)
{
	for (size_t i = 0; i < truth->count; i++) {
		const struct label *label = &truth->labels[i];
		struct note_factor_score *factor = &truth->scores[label->factor];
		factor->labels++;
		factor->score.right += label->so && label->found;
		factor->score.missed += label->so && !label->found;
		out->notes += i == 0 || truth->labels[i - 1].row_key != label->row_key;
	}
	for (size_t i = 0; i < out->factor_count; i++) {
		out->all.right += truth->scores[i].score.right;
		out->all.wrong += truth->scores[i].score.wrong;
		out->all.missed += truth->scores[i].score.missed;
	}
	out->labels = (int64_t)truth->count;
}

enum status note_evaluate_truth(struct note_truth_scores *out, struct store *data, const struct vault *vault,
				const char *labels, struct arena *arena, struct error *error)
{
	struct truth truth = {.vault = vault};
	*out = (struct note_truth_scores){0};
	text_map_init(&truth.factors);
	enum status status = read_labels(&truth, labels, error);
	if (status == STATUS_OK) {
		if (truth.count)
			qsort(truth.labels, truth.count, sizeof *truth.labels, compare_labels);
		out->factor_count = truth.factors.count;
		out->factors = truth.scores = ARENA_ARRAY(arena, out->factor_count, struct note_factor_score);
		for (size_t i = 0; i < out->factor_count; i++)
			truth.scores[i].factor = arena_text(arena, truth.factors.keys[i]);
		status = read_flags(&truth, data, error);
		add_up(&truth, out);
		if (out->factor_count)
			qsort(out->factors, out->factor_count, sizeof *out->factors, compare_scores);
	}
	text_map_release(&truth.factors);
	free(truth.labels);
	return status;
}

/* ---- what workers marked -------------------------------------------------------------------------------------- */

struct marked_rows {
	struct note_marked *at;
	size_t count, capacity;
	struct arena *arena;
};

static struct note_marked *marked_of(struct marked_rows *rows, struct text factor)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (text_equal(rows->at[i].factor, factor))
			return &rows->at[i];
	}
	ARRAY_GROW(rows->at, rows->count, rows->capacity);
	rows->at[rows->count] = (struct note_marked){.factor = arena_text(rows->arena, factor)};
	return &rows->at[rows->count++];
}

/* Whether the reader makes a flag of the span that counts, whatever was marked. */
static enum status still_made(struct statement *find, struct statement *verdict, const int columns[5], bool *still,
			      struct error *error)
{
	bool found = false;
	statement_bind_int(find, "row_key", statement_int(verdict, columns[0]));
	statement_bind_text(find, "feed_id", statement_text(verdict, columns[1]));
	statement_bind_text(find, "factor", statement_text(verdict, columns[2]));
	statement_bind_int(find, "start", statement_int(verdict, columns[3]));
	statement_bind_int(find, "finish", statement_int(verdict, columns[4]));
	enum status status = statement_step(find, &found, error);
	if (status == STATUS_OK && found) {
		struct note_flag flag = {
			.polarity = (enum note_polarity)statement_int(find, statement_column(find, "polarity")),
			.time = (enum note_time)statement_int(find, statement_column(find, "said_time")),
			.whose = (enum note_whose)statement_int(find, statement_column(find, "whose")),
			.certainty = (enum note_certainty)statement_int(find, statement_column(find, "certainty")),
			.question = statement_int(find, statement_column(find, "question")) != 0};
		*still = note_flag_counts(&flag);
	}
	statement_reset(find);
	return status;
}

static enum status read_marked(struct marked_rows *rows, struct statement *verdict, struct statement *find,
			       struct error *error)
{
	bool more = false;
	const int columns[5] = {statement_column(verdict, "row_key"), statement_column(verdict, "feed_id"),
				statement_column(verdict, "factor_id"), statement_column(verdict, "start_byte"),
				statement_column(verdict, "end_byte")};
	int said = statement_column(verdict, "verdict");
	enum status status;
	while ((status = statement_step(verdict, &more, error)) == STATUS_OK && more) {
		int64_t what = statement_int(verdict, said);
		bool still = false;
		if (what <= NOTE_NO_VERDICT || what >= NOTE_VERDICT_COUNT)
			continue;
		status = still_made(find, verdict, columns, &still, error);
		if (status != STATUS_OK)
			return status;
		struct note_marked *marked = marked_of(rows, statement_text(verdict, columns[2]));
		marked->marked[what]++;
		marked->still += still;
	}
	return status;
}

enum status note_evaluate_marked(struct note_marked **out, size_t *count, struct store *data, struct store *desk,
				 struct arena *arena, struct error *error)
{
	struct statement *verdict, *find;
	struct marked_rows rows = {.arena = arena};
	*count = 0;
	enum status status = store_prepare(
		&verdict, desk,
		"SELECT v.row_key, v.feed_id, v.factor_id, v.start_byte, v.end_byte, v.verdict FROM note_verdict v "
		"WHERE NOT EXISTS (SELECT 1 FROM note_verdict n WHERE n.client_hash = v.client_hash AND n.source_id = "
		"v.source_id AND n.feed_id = v.feed_id AND n.row_key = v.row_key AND n.version = v.version AND "
		"n.factor_id = v.factor_id AND n.start_byte = v.start_byte AND n.end_byte = v.end_byte AND "
		"n.verdict_id "
		"> v.verdict_id) ORDER BY v.factor_id, v.verdict_id",
		error);
	if (status != STATUS_OK)
		return status;
	status = store_prepare(
		&find, data,
		"SELECT f.polarity, f.said_time, f.whose, f.certainty, f.question FROM note_flag f "
		"JOIN feed d ON d.feed_no = f.feed_no JOIN note_word w ON w.word_no = f.factor_no "
		"WHERE f.row_key = :row_key AND d.feed_id = :feed_id AND w.word = :factor AND f.start_byte "
		"= :start AND f.end_byte = :finish",
		error);
	if (status == STATUS_OK) {
		status = read_marked(&rows, verdict, find, error);
		statement_done(find);
	}
	statement_done(verdict);
	*out = ARENA_ARRAY(arena, rows.count, struct note_marked);
	if (rows.count)
		memcpy(*out, rows.at, rows.count * sizeof *rows.at);
	*count = rows.count;
	free(rows.at);
	return status;
}
