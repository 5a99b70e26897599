#include "cli/opened.h"

#include "base/id.h"
#include "linking/refresh.h"
#include "linking/rulings.h"
#include "linking/words.h"

static const char *verdict_of(const struct linking_why *why)
{
	bool doubtful = why->status && strcmp(why->status, "review") == 0;
	if (why->resident_a == why->resident_b)
		return doubtful ? "one resident; waits for a person to decide" : "one resident";
	return doubtful ? "two residents; waits for a person to decide" : "two residents";
}

static void add_evidence(struct cli_answer *answer, const struct linking_explanation *explanation)
{
	static const char *const keys[] = {"part", "comparison", "weight", "m", "h", "u"};
	static const char *const headings[] = {"Part",    "Comparison",   "Weight",
					       "If same", "If household", "If unrelated"};
	answer_list(answer, "evidence", 6, keys, headings);
	for (size_t i = 0; i < explanation->count; i++) {
		const struct linking_evidence *evidence = &explanation->evidence[i];
		answer_cell(answer, text_of(evidence->column));
		answer_cell(answer, text_of(evidence->level_name ? evidence->level_name : "not compared"));
		answer_cell_double(answer, evidence->weight, 2);
		answer_cell_double(answer, evidence->m, 4);
		answer_cell_double(answer, evidence->h, 4);
		answer_cell_double(answer, evidence->u, 6);
	}
	answer_list_end(answer);
}

/* The same in words, in the order it adds up. */
static void add_words(struct cli *cli, const struct linking_why *why)
{
	struct words_step steps[LINKING_COLUMNS + 4];
	size_t count = words_steps(steps, why, &cli->arena);
	static const char *const keys[] = {"what", "found", "worth"};
	static const char *const headings[] = {"What", "Found", "Makes one person"};
	answer_line(&cli->answer, "%s", "");
	answer_list(&cli->answer, "steps", 3, keys, headings);
	for (size_t i = 0; i < count; i++) {
		if (!steps[i].known)
			continue;
		answer_cell(&cli->answer, steps[i].what);
		answer_cell(&cli->answer, steps[i].found);
		answer_cell(&cli->answer, steps[i].worth);
	}
	answer_list_end(&cli->answer);
}

static void add_why(struct cli *cli, const struct linking_why *why)
{
	char resident_a[ID_TEXT_SIZE], resident_b[ID_TEXT_SIZE];
	struct cli_answer *answer = &cli->answer;
	const struct linking_explanation *explanation = &why->explanation;
	answer_text(answer, "verdict", "Verdict", text_of(verdict_of(why)));
	answer_text(answer, "resident_a", "Resident", text_of(id_format(why->resident_a, resident_a)));
	answer_text(answer, "resident_b", why->resident_a == why->resident_b ? NULL : "Other resident",
		    text_of(id_format(why->resident_b, resident_b)));
	answer_int(answer, "record_a", "Record", why->record_a);
	answer_int(answer, "record_b", "Other record", why->record_b);
	answer_text(answer, "outcome", "In words", words_of_outcome(why, &cli->arena));
	answer_text(answer, "rule_words", "Compared", words_of_rule(why, &cli->arena));
	if (explanation->conflict)
		answer_text(answer, "conflict", "Never linked by itself", text_of(explanation->conflict));
	add_words(cli, why);
	answer_line(answer, "%s", "");
	answer_double(answer, "probability", "Probability", explanation->probability, 6);
	answer_double(answer, "weight", "Weight (log2 odds)", explanation->weight, 2);
	answer_double(answer, "prior", "of it: before comparing", explanation->prior, 2);
	answer_double(answer, "household", "of it: one household", explanation->household, 2);
	answer_text(answer, "rule", "Compared because of",
		    text_of(why->rule[0] ? why->rule : "no rule would compare the two"));
	answer_line(answer, "%s", "");
	add_evidence(answer, explanation);
}

/* What people ruled of the two binds whatever the evidence. */
static enum status add_ruling(struct cli *cli, struct opened *opened, const struct linking_why *why,
			      struct error *error)
{
	struct rulings rulings;
	enum status status = rulings_read(&rulings, opened->desk, opened->data, error);
	if (status != STATUS_OK)
		return status;
	const struct ruled_pair *pair = rulings_pair(&rulings, why->record_a, why->record_b);
	if (pair && pair->state != RULING_OPEN) {
		struct text words =
			arena_format(&cli->arena, "%s (decision %lld: %s)", ruling_verdict_name(pair->verdict),
				     (long long)pair->deciding, ruling_state_name(pair->state));
		answer_text(&cli->answer, "ruling", "People ruled", words);
	}
	rulings_release(&rulings);
	return STATUS_OK;
}

static enum status not_understood(const char *given, struct error *error)
{
	error_set(error, STATUS_USAGE, "explain.id", "\"%s\" is neither a record's number nor a resident's id", given);
	error_remedy(error, "give two numbers of records, or two residents as the pages' addresses name them");
	return STATUS_USAGE;
}

static enum status explain(struct opened *opened, const char *a, const char *b, struct linking_why *why,
			   struct error *error)
{
	int64_t id_a, id_b;
	if (text_parse_int64(text_of(a), &id_a) && text_parse_int64(text_of(b), &id_b))
		return linking_why_records(why, opened->data, opened->vault, id_a, id_b, error);
	if (!id_parse(text_of(a), &id_a))
		return not_understood(a, error);
	if (!id_parse(text_of(b), &id_b))
		return not_understood(b, error);
	return linking_why_residents(why, opened->data, opened->vault, id_a, id_b, error);
}

enum status cmd_explain(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct linking_why why;
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_READ | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = explain(&opened, cli_operand(cli, 1), cli_operand(cli, 2), &why, error);
	if (status == STATUS_OK)
		status = add_ruling(cli, &opened, &why, error);
	if (status == STATUS_OK)
		add_why(cli, &why);
	opened_close(&opened);
	return status;
}
