/* "policy preview": what a changed set of agreements would reveal or withdraw. */
#include "cli/opened.h"

#include "release/release.h"

static const char *change(bool revealed)
{
	return revealed ? "revealed" : "withdrawn";
}

static void add_values(struct cli_answer *answer, const struct release_preview *preview)
{
	static const char *const keys[] = {"change", "role", "team", "purpose", "feed", "residents", "elements"};
	static const char *const headings[] = {"Change", "Role", "Team", "Purpose", "Feed", "Residents", "Elements"};
	answer_list(answer, "values", 7, keys, headings);
	for (size_t i = 0; i < preview->row_count; i++) {
		const struct preview_row *row = &preview->rows[i];
		answer_cell(answer, text_of(change(row->revealed)));
		answer_cell(answer, row->role);
		answer_cell(answer, row->team.at ? row->team : TEXT(""));
		answer_cell(answer, row->purpose);
		answer_cell(answer, row->feed);
		answer_cell_int(answer, row->residents);
		answer_cell(answer, row->elements);
	}
	answer_list_end(answer);
}

static void add_lists(struct cli_answer *answer, const struct release_preview *preview)
{
	static const char *const keys[] = {"change", "list", "rows"};
	static const char *const headings[] = {"Change", "List", "Rows now"};
	answer_list(answer, "lists", 3, keys, headings);
	for (size_t i = 0; i < preview->list_count; i++) {
		answer_cell(answer, text_of(change(preview->lists[i].revealed)));
		answer_cell(answer, preview->lists[i].list);
		answer_cell_int(answer, preview->lists[i].rows);
	}
	answer_list_end(answer);
}

static void add_uses(struct cli_answer *answer, const struct release_preview *preview)
{
	static const char *const keys[] = {"change", "use", "of", "elements"};
	static const char *const headings[] = {"Change", "Use", "Of", "Elements that it uses"};
	answer_list(answer, "uses", 4, keys, headings);
	for (size_t i = 0; i < preview->use_count; i++) {
		answer_cell(answer, text_of(change(preview->uses[i].revealed)));
		answer_cell(answer, text_of(preview->uses[i].what));
		answer_cell(answer, preview->uses[i].id);
		answer_cell(answer, preview->uses[i].elements);
	}
	answer_list_end(answer);
}

static void add_intake(struct cli_answer *answer, const struct release_preview *preview)
{
	static const char *const keys[] = {"feed", "elements"};
	static const char *const headings[] = {"Extracts refused of", "Columns without an agreement"};
	answer_list(answer, "refused", 2, keys, headings);
	for (size_t i = 0; i < preview->intake_count; i++) {
		answer_cell(answer, preview->intake[i].feed);
		answer_cell(answer, preview->intake[i].elements);
	}
	answer_list_end(answer);
}

static void show(struct cli *cli, const struct release_preview *preview)
{
	struct cli_answer *answer = &cli->answer;
	answer_int(answer, "residents_revealed", "Residents of whom more is shown", preview->residents_revealed);
	answer_int(answer, "residents_withdrawn", "Residents of whom less is", preview->residents_withdrawn);
	add_values(answer, preview);
	add_lists(answer, preview);
	add_uses(answer, preview);
	add_intake(answer, preview);
	if (!preview->row_count && !preview->list_count && !preview->use_count && !preview->intake_count)
		answer_line(answer, "Nothing would change.");
}

static enum status open_side(struct release_side *side, const struct profile *profile, const struct opened *opened,
			     struct error *error)
{
	side->profile = profile;
	enum status status = policy_open(&side->policy, profile, error);
	return status == STATUS_OK ? policy_load(side->policy, opened->data, opened->desk, error) : status;
}

enum status cmd_policy_preview(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct release_preview preview;
	struct profile *changed = NULL;
	struct release_side now = {0}, then = {0};
	date on = date_today();
	if (cli_value(cli, "on") && !date_parse_iso(text_of(cli_value(cli, "on")), &on))
		return error_set(error, STATUS_USAGE, "policy.date", "--on takes a date: YYYY-MM-DD");
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_READ, error);
	if (status == STATUS_OK)
		status = profile_load(&changed, cli_operand(cli, 1), error);
	if (status == STATUS_OK)
		status = open_side(&now, opened.workspace->profile, &opened, error);
	if (status == STATUS_OK)
		status = open_side(&then, changed, &opened, error);
	if (status == STATUS_OK)
		status = release_preview(&preview, &now, &then, opened.data, on, &cli->arena, error);
	if (status == STATUS_OK)
		show(cli, &preview);
	policy_close(now.policy);
	policy_close(then.policy);
	profile_free(changed);
	opened_close(&opened);
	return status;
}
