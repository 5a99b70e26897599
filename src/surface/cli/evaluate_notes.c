#include "cli/notes_open.h"

#include "base/file.h"
#include "cli/opened.h"
#include "notes/evaluate.h"

static void add_score(struct cli_answer *answer, const char *key, const char *heading, const struct note_score *score)
{
	double precision, recall, f1;
	note_score_rates(score, &precision, &recall, &f1);
	answer_group(answer, key, heading);
	answer_double(answer, "precision", "  Precision", precision, 4);
	answer_double(answer, "recall", "  Recall", recall, 4);
	answer_double(answer, "f1", "  F1", f1, 4);
	answer_int(answer, "right", NULL, score->right);
	answer_int(answer, "wrong", NULL, score->wrong);
	answer_int(answer, "missed", NULL, score->missed);
	answer_group_end(answer);
}

static enum status evaluate_set(struct cli *cli, struct error *error)
{
	struct notes_opened opened;
	struct note_set_scores scores;
	struct buf wrong;
	const char *half = cli_value(cli, "half"), *out = cli_value(cli, "wrong");
	buf_init(&wrong, 1 << 30);
	buf_append_text(&wrong, TEXT("negation,time,whose,polarity,read_time,read_whose,phrase,text\n"));
	struct note_set set = {.file = cli_operand(cli, 0), .wrong = out ? &wrong : NULL};
	if (half)
		set.half = strcmp(half, "odd") == 0 ? NOTE_ODD_ROWS : NOTE_EVEN_ROWS;
	enum status status = notes_open(&opened, cli, false, error);
	if (status == STATUS_OK)
		status = note_evaluate_set(&scores, opened.reader, &set, error);
	if (status == STATUS_OK && out)
		status = file_replace(out, buf_text(&wrong), 0600, error);
	if (status == STATUS_OK) {
		answer_int(&cli->answer, "rows", "Rows", scores.rows);
		add_score(&cli->answer, "negated", "Negated", &scores.negated);
		add_score(&cli->answer, "past", "Past", &scores.past);
		add_score(&cli->answer, "hypothetical", "Hypothetical or future", &scores.hypothetical);
		add_score(&cli->answer, "other", "Other people's", &scores.other);
	}
	notes_close(&opened);
	buf_release(&wrong);
	return status;
}

static void add_factors(struct cli_answer *answer, const struct note_truth_scores *scores)
{
	static const char *const keys[] = {"factor", "labels", "right", "wrong", "missed", "precision", "recall", "f1"};
	static const char *const headings[] = {"Factor", "Labels",    "Right",  "Wrong",
					       "Missed", "Precision", "Recall", "F1"};
	answer_int(answer, "notes", "Notes with labels", scores->notes);
	answer_int(answer, "labels", "Labels", scores->labels);
	add_score(answer, "all", "Affirmed, present and the resident's own", &scores->all);
	answer_list(answer, "factors", 8, keys, headings);
	for (size_t i = 0; i < scores->factor_count; i++) {
		const struct note_factor_score *factor = &scores->factors[i];
		double precision, recall, f1;
		note_score_rates(&factor->score, &precision, &recall, &f1);
		answer_cell(answer, factor->factor);
		answer_cell_int(answer, factor->labels);
		answer_cell_int(answer, factor->score.right);
		answer_cell_int(answer, factor->score.wrong);
		answer_cell_int(answer, factor->score.missed);
		answer_cell_double(answer, precision, 4);
		answer_cell_double(answer, recall, 4);
		answer_cell_double(answer, f1, 4);
	}
	answer_list_end(answer);
	answer_line(answer, "%s", "The borough is invented: so are its writers, who say fewer things than people do.");
}

static void add_marked(struct cli_answer *answer, const struct note_marked *marked, size_t count)
{
	static const char *const keys[] = {"factor", "someone_else", "not_a_concern", "out_of_date", "still_made"};
	static const char *const headings[] = {"Marked by workers", "Someone else", "Not a concern", "Out of date",
					       "Still made"};
	if (count == 0)
		return;
	answer_list(answer, "marked", 5, keys, headings);
	for (size_t i = 0; i < count; i++) {
		answer_cell(answer, marked[i].factor);
		answer_cell_int(answer, marked[i].marked[NOTE_ABOUT_SOMEBODY_ELSE]);
		answer_cell_int(answer, marked[i].marked[NOTE_NOT_A_CONCERN]);
		answer_cell_int(answer, marked[i].marked[NOTE_OUT_OF_DATE]);
		answer_cell_int(answer, marked[i].still);
	}
	answer_list_end(answer);
}

/* FOLDER/note_labels.csv: of --truth, else in or beside the workspace; NULL when there is none. */
static const char *find_labels(struct cli *cli, const char *workspace)
{
	const char *given = cli_value(cli, "truth");
	struct text places[] = {given ? arena_format(&cli->arena, "%s/note_labels.csv", given)
				      : arena_format(&cli->arena, "%s/truth/note_labels.csv", workspace),
				arena_format(&cli->arena, "%s-truth/note_labels.csv", workspace)};
	for (size_t i = 0; i < (given ? 1 : 2); i++) {
		const char *path = arena_copy(&cli->arena, places[i]);
		if (given || file_exists(path))
			return path;
	}
	return NULL;
}

static enum status evaluate_workspace(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct note_truth_scores scores = {0};
	struct note_marked *marked = NULL;
	size_t marked_count = 0;
	const char *labels = find_labels(cli, cli_operand(cli, 0));
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_READ | OPEN_VAULT, error);
	if (status == STATUS_OK && labels)
		status = note_evaluate_truth(&scores, opened.data, opened.vault, labels, &cli->arena, error);
	if (status == STATUS_OK)
		status = note_evaluate_marked(&marked, &marked_count, opened.data, opened.desk, &cli->arena, error);
	if (status == STATUS_OK && labels)
		add_factors(&cli->answer, &scores);
	if (status == STATUS_OK)
		add_marked(&cli->answer, marked, marked_count);
	if (status == STATUS_OK && !labels && marked_count == 0)
		answer_line(&cli->answer, "There is no truth to compare with, and no worker has marked a flag.");
	opened_close(&opened);
	return status;
}

enum status cmd_evaluate_notes(struct cli *cli, struct error *error)
{
	char *workspace = arena_copy(&cli->arena, arena_format(&cli->arena, "%s/workspace.yaml", cli_operand(cli, 0)));
	return file_exists(workspace) ? evaluate_workspace(cli, error) : evaluate_set(cli, error);
}
