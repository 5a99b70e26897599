#include "cli/opened.h"

#include "base/id.h"
#include "linking/refresh.h"

static const char *verdict_of(const struct linking_why *why)
{
	if (why->resident_a == why->resident_b)
		return "one resident";
	return why->status && strcmp(why->status, "review") == 0 ? "two residents; waits for a person to decide"
								 : "two residents";
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

static void add_why(struct cli_answer *answer, const struct linking_why *why)
{
	char resident_a[ID_TEXT_SIZE], resident_b[ID_TEXT_SIZE];
	const struct linking_explanation *explanation = &why->explanation;
	answer_text(answer, "verdict", "Verdict", text_of(verdict_of(why)));
	answer_text(answer, "resident_a", "Resident", text_of(id_format(why->resident_a, resident_a)));
	answer_text(answer, "resident_b", why->resident_a == why->resident_b ? NULL : "Other resident",
		    text_of(id_format(why->resident_b, resident_b)));
	answer_int(answer, "record_a", "Record", why->record_a);
	answer_int(answer, "record_b", "Other record", why->record_b);
	answer_double(answer, "probability", "Probability", explanation->probability, 6);
	answer_double(answer, "weight", "Weight (log2 odds)", explanation->weight, 2);
	answer_double(answer, "prior", "of it: before comparing", explanation->prior, 2);
	answer_double(answer, "household", "of it: one household", explanation->household, 2);
	answer_text(answer, "rule", "Compared because of",
		    text_of(why->rule[0] ? why->rule : "no rule would compare the two"));
	if (explanation->conflict)
		answer_text(answer, "conflict", "Cannot be one person", text_of(explanation->conflict));
	answer_line(answer, "%s", "");
	add_evidence(answer, explanation);
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
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = explain(&opened, cli_operand(cli, 1), cli_operand(cli, 2), &why, error);
	if (status == STATUS_OK)
		add_why(&cli->answer, &why);
	opened_close(&opened);
	return status;
}
