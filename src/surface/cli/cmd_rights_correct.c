/* "rights correct", "answer", "corrections": what residents asked to have put right, and what came of it. */
#include "cli/opened.h"

#include "base/id.h"
#include "rights/corrections.h"

static enum status parse_id(const struct cli *cli, const char *what, int64_t *id, struct error *error)
{
	if (id_parse(text_of(cli_operand(cli, 1)), id))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "rights.id", "\"%s\" is no %s", cli_operand(cli, 1), what);
	error_remedy(error, "it is 13 characters, as pages and answers show it");
	return STATUS_USAGE;
}

static struct rights_parts parts_of(const struct opened *opened)
{
	return (struct rights_parts){opened->workspace ? opened->workspace->profile : NULL, opened->vault, opened->data,
				     opened->desk};
}

static enum status audit(struct opened *opened, const char *action, const char *kind, int64_t id, struct text detail,
			 struct error *error)
{
	return opened_audit(
		opened,
		&(struct audit_entry){
			.action = text_of(action), .subject_kind = text_of(kind), .subject_id = id, .detail = detail},
		error);
}

/* ---- asked ------------------------------------------------------------------------------------------------ */

static enum status list_choices(struct cli *cli, struct opened *opened, int64_t resident_id, struct error *error)
{
	static const char *const keys[] = {"value", "title"};
	static const char *const headings[] = {"VALUE", "What it is"};
	struct correction_choice *choices;
	size_t count = 0;
	const struct rights_parts parts = parts_of(opened);
	enum status status = correction_choices(&choices, &count, &parts, resident_id, &cli->arena, error);
	if (status == STATUS_OK)
		status = audit(opened, "correction.choose", "resident", resident_id, TEXT(""), error);
	if (status != STATUS_OK)
		return status;
	answer_list(&cli->answer, "values", 2, keys, headings);
	for (size_t i = 0; i < count; i++) {
		answer_cell(&cli->answer, choices[i].key);
		answer_cell(&cli->answer, choices[i].title);
	}
	answer_list_end(&cli->answer);
	return STATUS_OK;
}

static enum status ask(struct cli *cli, struct opened *opened, int64_t resident_id, struct error *error)
{
	char text[ID_TEXT_SIZE];
	int64_t id;
	const char *value = cli_value(cli, "value"), *wanted = cli_value(cli, "should-be"),
		   *evidence = cli_value(cli, "evidence"), *asked = cli_value(cli, "asked");
	const struct rights_parts parts = parts_of(opened);
	struct correction_order order = {.resident_id = resident_id,
					 .asked = date_today(),
					 .wanted = wanted ? text_of(wanted) : TEXT(""),
					 .evidence = evidence ? text_of(evidence) : TEXT(""),
					 .by = TEXT("operator")};
	if (asked && !date_parse_iso(text_of(asked), &order.asked))
		return error_set(error, STATUS_USAGE, "rights.date", "--asked takes a date: YYYY-MM-DD");
	if (!correction_choice_parse(&order, text_of(value), parts.profile)) {
		error_set(error, STATUS_USAGE, "rights.correction_what", "\"%s\" is no value of a resident", value);
		error_remedy(error, "without --value, the values are listed");
		return STATUS_USAGE;
	}
	enum status status = correction_ask(&id, &order, &parts, error);
	if (status == STATUS_OK)
		status = audit(opened, "correction.ask", "resident", resident_id,
			       arena_format(&cli->arena, "%s %s", order.feed->id.at, order.element->id.at), error);
	if (status != STATUS_OK)
		return status;
	answer_text(&cli->answer, "correction", "Correction", text_of(id_format(id, text)));
	answer_text(&cli->answer, "owner", "Owner of the source", order.feed->source->owner);
	answer_text(&cli->answer, "contact", "Goes to", order.feed->source->contact);
	return STATUS_OK;
}

enum status cmd_rights_correct(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	int64_t resident_id;
	vault_forbid_core_dumps();
	arena_keep_secret(&cli->arena);
	enum status status = parse_id(cli, "resident's id", &resident_id, error);
	if (status != STATUS_OK)
		return status;
	status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = store_begin(opened.desk, error);
	if (status == STATUS_OK)
		status = cli_value(cli, "value") ? ask(cli, &opened, resident_id, error)
						 : list_choices(cli, &opened, resident_id, error);
	if (status == STATUS_OK)
		status = store_commit(opened.desk, error);
	if (opened.desk)
		store_rollback(opened.desk);
	opened_close(&opened);
	return status;
}

/* ---- answered ----------------------------------------------------------------------------------------------- */

/* CORRECTION_ASKED stands for that the resident was told. */
static enum status read_step(const struct cli *cli, enum correction_state *to, struct error *error)
{
	static const struct {
		const char *option;
		enum correction_state to;
	} steps[] = {{"sent", CORRECTION_SENT},
		     {"accepted", CORRECTION_ACCEPTED},
		     {"refused", CORRECTION_REFUSED},
		     {"done", CORRECTION_DONE},
		     {"told", CORRECTION_ASKED}};
	int given = 0;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (!cli_flag(cli, steps[i].option))
			continue;
		*to = steps[i].to;
		given++;
	}
	if (given == 1)
		return STATUS_OK;
	return error_set(error, STATUS_USAGE, "rights.step",
			 "Give one of --sent, --accepted, --refused, --done, --told");
}

static enum status take_step(struct opened *opened, int64_t id, enum correction_state to, struct text reply,
			     struct error *error)
{
	const struct rights_parts parts = parts_of(opened);
	bool told = to == CORRECTION_ASKED;
	enum status status = store_begin(opened->desk, error);
	if (status == STATUS_OK)
		status = told ? correction_tell(id, TEXT("operator"), &parts, error)
			      : correction_step(id, to, reply, TEXT("operator"), &parts, error);
	if (status == STATUS_OK)
		status = audit(opened, "correction.answer", "correction", id,
			       told ? TEXT("told") : text_of(correction_state_name(to)), error);
	if (status == STATUS_OK)
		status = store_commit(opened->desk, error);
	store_rollback(opened->desk);
	return status;
}

enum status cmd_rights_answer(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	int64_t id;
	enum correction_state to = CORRECTION_ASKED;
	const char *reply = cli_value(cli, "reply");
	enum status status = parse_id(cli, "correction", &id, error);
	if (status == STATUS_OK)
		status = read_step(cli, &to, error);
	if (status != STATUS_OK)
		return status;
	status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = take_step(&opened, id, to, reply ? text_of(reply) : TEXT(""), error);
	if (status == STATUS_OK)
		answer_line(&cli->answer, "Recorded.");
	opened_close(&opened);
	return status;
}

/* ---- the register ---------------------------------------------------------------------------------------------- */

static void day_cell(struct cli *cli, date day)
{
	char text[DATE_TEXT_SIZE];
	answer_cell(&cli->answer, text_of(day == DATE_UNKNOWN ? "" : date_format_iso(day, text)));
}

static struct text recipients_of(struct cli *cli, const struct correction *one, const struct profile *profile)
{
	struct text *titles, all = TEXT("");
	size_t count = correction_recipients(&titles, one, profile, &cli->arena);
	for (size_t i = 0; i < count; i++)
		all = arena_format(&cli->arena, "%.*s%s%.*s", TEXT_ARG(all), i ? "; " : "", TEXT_ARG(titles[i]));
	return all;
}

static void answer_corrections(struct cli *cli, const struct correction *all, size_t count,
			       const struct profile *profile)
{
	static const char *const keys[] = {"correction", "feed", "element", "asked",   "due",   "overdue",
					   "state",      "told", "seen",    "seen_as", "owner", "to_tell"};
	static const char *const headings[] = {"Correction", "Feed", "Element", "Asked",   "Due",   "Overdue",
					       "State",      "Told", "Seen",    "Brought", "Owner", "Must be told too"};
	answer_list(&cli->answer, "corrections", 12, keys, headings);
	for (size_t i = 0; i < count; i++) {
		char id[ID_TEXT_SIZE];
		const struct correction *one = &all[i];
		answer_cell(&cli->answer, text_of(id_format(one->id, id)));
		answer_cell(&cli->answer, one->feed_id);
		answer_cell(&cli->answer, one->element_id);
		day_cell(cli, one->asked);
		day_cell(cli, one->due);
		answer_cell(&cli->answer, one->overdue ? TEXT("overdue") : TEXT(""));
		answer_cell(&cli->answer, text_of(correction_state_title(one->state)));
		day_cell(cli, one->told);
		day_cell(cli, one->seen);
		answer_cell(&cli->answer, text_of(correction_seen_title(one->seen_as)));
		answer_cell(&cli->answer, one->feed ? one->feed->source->owner : TEXT(""));
		answer_cell(&cli->answer, recipients_of(cli, one, profile));
	}
	answer_list_end(&cli->answer);
}

/* It opens what residents said: the entry is on disk before anything of it is printed. */
static enum status read_register(struct correction **all, size_t *count, struct opened *opened, struct arena *arena,
				 struct error *error)
{
	const struct rights_parts parts = parts_of(opened);
	enum status status = store_begin(opened->desk, error);
	if (status == STATUS_OK)
		status = corrections_read(all, count, &parts, 0, date_today(), arena, error);
	if (status == STATUS_OK)
		status = audit(opened, "correction.list", "corrections", 0,
			       arena_format(arena, "%zu corrections", *count), error);
	if (status == STATUS_OK)
		status = store_commit(opened->desk, error);
	store_rollback(opened->desk);
	return status;
}

enum status cmd_rights_corrections(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	struct correction *all;
	size_t count = 0;
	vault_forbid_core_dumps();
	arena_keep_secret(&cli->arena);
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = read_register(&all, &count, &opened, &cli->arena, error);
	if (status == STATUS_OK)
		answer_corrections(cli, all, count, opened.workspace->profile);
	opened_close(&opened);
	return status;
}
