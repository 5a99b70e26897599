/* The reader against sentences that people labelled. */
#include "notes/evaluate.h"
#include "notes/reader_int.h"

#include "intake/csv.h"

static void count(struct note_score *score, bool said, bool is)
{
	score->right += said && is;
	score->wrong += said && !is;
	score->missed += !said && is;
}

static double share(int64_t part, int64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

void note_score_rates(const struct note_score *score, double *precision, double *recall, double *f1)
{
	*precision = share(score->right, score->right + score->wrong);
	*recall = share(score->right, score->right + score->missed);
	*f1 = share(2 * score->right, 2 * score->right + score->wrong + score->missed);
}

struct columns {
	size_t phrase, text, negation, time, whose;
};

static enum status find_columns(struct columns *out, const struct csv_row *header, const char *path,
				struct error *error)
{
	static const char *const names[] = {"phrase", "text", "negation", "time", "whose"};
	size_t *places[] = {&out->phrase, &out->text, &out->negation, &out->time, &out->whose};
	for (size_t n = 0; n < 5; n++) {
		*places[n] = SIZE_MAX;
		for (size_t i = 0; i < header->count; i++) {
			if (text_is(text_trim(header->fields[i]), names[n]))
				*places[n] = i;
		}
		if (*places[n] != SIZE_MAX)
			continue;
		error_set(error, STATUS_INVALID, "notes.column", "there is no column \"%s\"", names[n]);
		error_remedy(error, "The first line names the columns: phrase, text, negation, time, whose.");
		error_at(error, path, 1, 0);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

static struct text field(const struct csv_row *row, size_t place)
{
	return place < row->count ? row->fields[place] : TEXT("");
}

static void judge_row(struct note_set_scores *out, const struct note_mention *m, const struct csv_row *row,
		      const struct columns *c, bool *wrong)
{
	struct text time = field(row, c->time), whose = field(row, c->whose);
	bool negated = text_is(field(row, c->negation), "negated"), past = text_is(time, "historical"),
	     hypothetical = text_starts_with(time, TEXT("not part")) || text_is(time, "hypothetical");
	bool other = !text_is(whose, "patient") && !text_is(whose, "subject");
	bool said_hypothetical = m->time == NOTE_HYPOTHETICAL || m->time == NOTE_FUTURE;
	count(&out->negated, m->polarity == NOTE_NEGATED, negated);
	count(&out->past, m->time == NOTE_PAST, past);
	count(&out->hypothetical, said_hypothetical, hypothetical);
	count(&out->other, m->whose != NOTE_SUBJECT, other);
	*wrong = (m->polarity == NOTE_NEGATED) != negated || (m->time == NOTE_PAST) != past ||
		 said_hypothetical != hypothetical || (m->whose != NOTE_SUBJECT) != other;
	out->rows++;
}

static void put_wrong(struct buf *out, const struct note_mention *m, const struct csv_row *row, const struct columns *c)
{
	struct text cells[] = {field(row, c->negation),
			       field(row, c->time),
			       field(row, c->whose),
			       text_of(note_polarity_name(m->polarity)),
			       text_of(note_time_name(m->time)),
			       text_of(note_whose_name(m->whose)),
			       field(row, c->phrase),
			       field(row, c->text)};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		buf_append_csv_harmless(out, cells[i]);
		buf_append_char(out, i + 1 < sizeof cells / sizeof *cells ? ',' : '\n');
	}
}

static enum status read_rows(struct note_set_scores *out, const struct note_reader *reader, struct csv *csv,
			     const struct note_set *set, struct error *error)
{
	struct csv_row row;
	struct columns columns;
	struct note_scratch *scratch = note_scratch_new(reader);
	enum status status = csv_next(csv, &row, error);
	if (status == STATUS_OK)
		status = find_columns(&columns, &row, set->file, error);
	for (size_t number = 1; status == STATUS_OK; number++) {
		struct note_mention mention;
		bool wrong = false;
		status = csv_next(csv, &row, error);
		if (status != STATUS_OK || !row.line)
			break;
		if (set->half != NOTE_WHOLE_SET && (number % 2 == 1) != (set->half == NOTE_ODD_ROWS))
			continue;
		note_reader_target(reader, scratch, field(&row, columns.text), field(&row, columns.phrase), &mention);
		judge_row(out, &mention, &row, &columns, &wrong);
		if (wrong && set->wrong)
			put_wrong(set->wrong, &mention, &row, &columns);
	}
	note_scratch_free(scratch);
	return status;
}

enum status note_evaluate_set(struct note_set_scores *out, const struct note_reader *reader, const struct note_set *set,
			      struct error *error)
{
	struct csv_format format;
	struct csv *csv;
	*out = (struct note_set_scores){0};
	enum status status = csv_format_of_file(&format, set->file, &(struct csv_given){0}, error);
	if (status == STATUS_OK)
		status = csv_open(&csv, set->file, &format, error);
	if (status != STATUS_OK)
		return status;
	status = read_rows(out, reader, csv, set, error);
	csv_close(csv);
	return status;
}
