/* "subject-access": a resident's copy of all that is held on them, and what of it waits for a person's decision. */
#include "cli/opened.h"

#include "base/id.h"
#include "report/subject_access.h"
#include "rights/redaction.h"

#include <limits.h>
#include <stdlib.h>

enum { COPY_ARENA = 1 << 30 };

static enum status resident_of(const struct cli *cli, int64_t *resident_id, struct error *error)
{
	if (id_parse(text_of(cli_operand(cli, 1)), resident_id))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "rights.resident", "\"%s\" is no resident's id", cli_operand(cli, 1));
	error_remedy(error, "give the 13 characters that stand in the address of the resident's page");
	return STATUS_USAGE;
}

/* A copy is in clear: a workspace has nothing in clear. */
static enum status refuse_inside(const struct opened *opened, const char *folder, struct error *error)
{
	char home[PATH_MAX], parent[PATH_MAX], there[PATH_MAX];
	snprintf(parent, sizeof parent, "%s", folder);
	if (!realpath(opened->workspace->folder, home))
		return STATUS_OK;
	while (!realpath(parent, there)) { /* the nearest part that is there */
		char *slash = strrchr(parent, '/');
		if (!slash)
			snprintf(parent, sizeof parent, ".");
		else
			slash[slash == parent] = '\0';
	}
	size_t len = strlen(home);
	if (strncmp(home, there, len) != 0 || (there[len] != '/' && there[len] != '\0'))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "rights.inside", "a copy is in clear and may not be kept in the workspace");
	error_remedy(error, "name a folder elsewhere, which only those see who give the copy out");
	return STATUS_USAGE;
}

static enum status audit(struct opened *opened, const struct rights_copy *copy, const char *action, struct text detail,
			 struct error *error)
{
	return opened_audit(opened,
			    &(struct audit_entry){.action = text_of(action),
						  .subject_kind = TEXT("resident"),
						  .subject_id = copy->resident_id,
						  .detail = detail},
			    error);
}

enum asked { RELEASE, WITHHOLD, LOOK_AGAIN };
static const struct {
	const char *option, *action;
} asked[] = {[RELEASE] = {"release", "subject_access.release"},
	     [WITHHOLD] = {"withhold", "subject_access.withhold"},
	     [LOOK_AGAIN] = {"second-look", "subject_access.second_look"}};

/* At the decision that this run's copy has. */
static enum status look_again(const struct rights_copy *copy, const struct rights_parts *parts, int64_t item,
			      struct text by, struct error *error)
{
	struct redaction_seen seen = {.item = item};
	for (size_t r = 0; r < copy->row_count; r++)
		for (size_t v = 0; v < copy->rows[r].count; v++)
			if (copy->rows[r].values[v].mark && copy->rows[r].values[v].item == item)
				seen = redaction_seen_of(&copy->rows[r].values[v]);
	return redaction_confirm(copy, parts, &seen, by, error);
}

static enum status decide_item(struct cli *cli, const struct rights_parts *parts, const struct rights_copy *copy,
			       enum asked what, int64_t item, struct error *error)
{
	char user[300];
	const char *exemption = cli_value(cli, "exemption"), *why = cli_value(cli, "why");
	struct redaction redaction = {.item = item,
				      .release = what == RELEASE,
				      .why = why ? text_of(why) : TEXT(""),
				      .by = opened_user(user, sizeof user)};
	if (what == LOOK_AGAIN)
		return look_again(copy, parts, item, redaction.by, error);
	if (what == WITHHOLD && exemption && !exemption_parse(text_of(exemption), &redaction.exemption)) {
		error_set(error, STATUS_USAGE, "rights.exemption", "\"%s\" is no exemption", exemption);
		error_remedy(error, "\"oneview help subject-access\" lists them");
		return STATUS_USAGE;
	}
	return redaction_decide(copy, parts, &redaction, error);
}

static enum status decide_each(struct cli *cli, struct opened *opened, const struct rights_parts *parts,
			       const struct rights_copy *copy, enum asked what, struct error *error)
{
	const char *given[CLI_MAX_VALUES];
	size_t count = cli_value_list(cli, asked[what].option, given, CLI_MAX_VALUES);
	enum status status = STATUS_OK;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		int64_t item;
		if (!id_parse(text_of(given[i]), &item))
			return error_set(error, STATUS_USAGE, "rights.item", "\"%s\" is no item's number", given[i]);
		status = decide_item(cli, parts, copy, what, item, error);
		if (status == STATUS_OK)
			status = audit(opened, copy, asked[what].action, text_of(given[i]), error);
	}
	return status;
}

/* The gravest of what was asked for. */
static const char *tried_action(const struct cli *cli)
{
	for (enum asked what = RELEASE; what <= LOOK_AGAIN; what++)
		if (cli_value(cli, asked[what].option))
			return asked[what].action;
	return "subject_access.make";
}

/* Decisions, and that a copy was made: on disk before the copy is. */
static enum status decide(struct cli *cli, struct opened *opened, const struct rights_parts *parts,
			  const struct rights_copy *copy, struct error *error)
{
	char detail[120];
	snprintf(detail, sizeof detail, "%zu records, %zu rows, %zu marked", copy->records, copy->row_count,
		 copy->marked);
	enum status status = store_begin(opened->desk, error);
	for (enum asked what = RELEASE; what <= LOOK_AGAIN && status == STATUS_OK; what++)
		status = decide_each(cli, opened, parts, copy, what, error);
	if (status == STATUS_OK)
		status = audit(opened, copy, "subject_access.make", text_of(detail), error);
	const struct audit_entry tried = {.action = text_of(tried_action(cli)),
					  .subject_kind = TEXT("resident"),
					  .subject_id = copy->resident_id};
	return opened_finish(opened, status, &tried, error);
}

static void answer(struct cli *cli, const struct rights_copy *copy, const struct subject_access_report *report,
		   const char *folder)
{
	struct cli_answer *out = &cli->answer;
	answer_text(out, "folder", "Copy", text_of(folder));
	answer_int(out, "sources", "Sources", (int64_t)copy->sources);
	answer_int(out, "records", "Records", (int64_t)copy->records);
	answer_int(out, "rows", "Rows, every version", (int64_t)copy->row_count);
	answer_int(out, "views", "Looks by staff", (int64_t)copy->views);
	answer_int(out, "marked", "Marked for a person", (int64_t)copy->marked);
	answer_int(out, "waiting", "Waiting for a decision", (int64_t)copy->waiting);
	answer_int(out, "unconfirmed", "Waiting for a second look", (int64_t)copy->unconfirmed);
	answer_int(out, "withheld", "Withheld by decision", (int64_t)copy->withheld);
	answer_line(out, "As HTML, JSON and PDF.");
	if (report->to_confirm)
		answer_line(out, "to-confirm.html is for staff: it shows what waits, with the numbers for --release, "
				 "--withhold and --second-look. Remove it before the copy is given out.");
}

static enum status make(struct cli *cli, struct opened *opened, int64_t resident_id, struct error *error)
{
	struct arena arena;
	struct rights_copy copy;
	struct subject_access_report report;
	const char *folder = cli_value(cli, "out");
	const struct rights_parts parts = {opened->workspace->profile, opened->vault, opened->data, opened->desk};
	arena_init(&arena, COPY_ARENA);
	arena_keep_secret(&arena);
	enum status status = rights_copy(&copy, &parts, resident_id, &arena, error);
	if (status == STATUS_OK)
		status = decide(cli, opened, &parts, &copy, error);
	if (status == STATUS_OK) /* with what was decided just now */
		status = rights_copy(&copy, &parts, resident_id, &arena, error);
	if (status == STATUS_OK)
		status = report_subject_access(&report, &copy, opened->workspace->profile, folder, error);
	if (status == STATUS_OK)
		answer(cli, &copy, &report, folder);
	arena_release(&arena);
	return status;
}

enum status cmd_subject_access(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	int64_t resident_id;
	vault_forbid_core_dumps();
	enum status status = resident_of(cli, &resident_id, error);
	if (status == STATUS_OK && !cli_value(cli, "out")) {
		error_set(error, STATUS_USAGE, "rights.out", "Give --out and the folder that the copy is to be in");
		status = STATUS_USAGE;
	}
	if (status != STATUS_OK)
		return status;
	status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = refuse_inside(&opened, cli_value(cli, "out"), error);
	if (status == STATUS_OK)
		status = make(cli, &opened, resident_id, error);
	opened_close(&opened);
	return status;
}
