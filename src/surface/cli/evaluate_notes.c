#include "cli/notes_open.h"

#include "base/file.h"
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

enum status cmd_evaluate_notes(struct cli *cli, struct error *error)
{
	return evaluate_set(cli, error);
}
