/* "lists": what the profile's lists put before investigators, and what came of it. Counts and reasons, never a name. */
#include "cli/opened.h"

#include "base/id.h"
#include "casework/lists.h"
#include "policy/policy.h"

struct telling {
	struct cli *cli;
	struct opened opened;
	struct policy *policy;
};

static const struct profile *profile_of(const struct telling *t)
{
	return t->opened.workspace->profile;
}

/* Without a viewer nobody is entitled: what is protected is in no row and in no count. */
static enum status open_rows(const struct telling *t, const struct profile_list *list, struct list_row **rows,
			     size_t *count, struct error *error)
{
	size_t kept = 0;
	enum status status = lists_read(rows, count, list, t->opened.data, 0, &t->cli->arena, error);
	for (size_t i = 0; status == STATUS_OK && i < *count; i++) {
		if (list_row_is_open(&(*rows)[i], list, t->policy))
			(*rows)[kept++] = (*rows)[i];
	}
	*count = kept;
	return status;
}

static enum status add_summary(const struct telling *t, const struct profile_list *list, struct error *error)
{
	size_t count;
	struct list_row *rows;
	struct outcome_counts counts;
	const struct list_asker asker = {.data = t->opened.data, .policy = t->policy};
	enum status status = open_rows(t, list, &rows, &count, error);
	if (status == STATUS_OK)
		status = outcomes_count(&counts, list, rows, count, t->opened.desk, &asker, date_today(),
					&t->cli->arena, error);
	if (status != STATUS_OK)
		return status;
	struct cli_answer *answer = &t->cli->answer;
	answer_cell(answer, list->id);
	answer_cell(answer, list->title);
	answer_cell(answer, list->owner->title);
	answer_cell(answer, list->agreement->id);
	answer_cell_int(answer, (int64_t)count);
	answer_cell_int(answer, (int64_t)counts.open);
	answer_cell_int(answer, (int64_t)counts.decided);
	answer_cell_int(answer, (int64_t)counts.right);
	return STATUS_OK;
}

static enum status add_summaries(const struct telling *t, struct error *error)
{
	static const char *const keys[] = {"list", "title", "owner", "agreement", "rows", "open", "decided", "right"};
	static const char *const headings[] = {"List", "Title", "Owner",       "Agreement",
					       "Rows", "Open",  "Looked into", "Right"};
	enum status status = STATUS_OK;
	answer_list(&t->cli->answer, "lists", 8, keys, headings);
	for (size_t i = 0; status == STATUS_OK && i < profile_of(t)->lists.count; i++)
		status = add_summary(t, &profile_of(t)->lists.at[i], error);
	answer_list_end(&t->cli->answer);
	return status;
}

static struct text reasons_of(const struct telling *t, const struct list_row *row)
{
	struct buf all;
	buf_init(&all, 1 << 16);
	for (size_t i = 0; i < row->reason_count; i++)
		buf_format(&all, "%s%.*s (%+d)", i ? "; " : "", TEXT_ARG(row->reasons[i].text), row->reasons[i].points);
	struct text text = arena_text(&t->cli->arena, buf_text(&all));
	buf_release(&all);
	return text;
}

static enum status add_rows(const struct telling *t, const struct profile_list *list, struct error *error)
{
	static const char *const keys[] = {"subject", "points", "since", "ward", "people", "reasons"};
	static const char *const headings[] = {"Subject", "Points", "Since", "Ward", "People", "Reasons"};
	size_t count;
	struct list_row *rows;
	enum status status = open_rows(t, list, &rows, &count, error);
	if (status != STATUS_OK)
		return status;
	struct cli_answer *answer = &t->cli->answer;
	answer_text(answer, "list", "List", list->title);
	answer_text(answer, "question", "Question", list->question);
	answer_text(answer, "caution", "Caution", list->caution);
	answer_int(answer, "count", "Rows", (int64_t)count);
	answer_line(answer, "%s", "");
	answer_list(answer, "rows", 6, keys, headings);
	for (size_t i = 0; i < count; i++) {
		char id[ID_TEXT_SIZE], since[DATE_TEXT_SIZE];
		answer_cell(answer, text_of(id_format(rows[i].subject_id, id)));
		answer_cell_int(answer, rows[i].points);
		answer_cell(answer, text_of(date_format_iso(rows[i].since, since)));
		answer_cell(answer,
			    text_is_absent(rows[i].ward) ? TEXT("") : profile_ward_title(profile_of(t), rows[i].ward));
		answer_cell_int(answer, (int64_t)rows[i].member_count);
		answer_cell(answer, reasons_of(t, &rows[i]));
	}
	answer_list_end(answer);
	return STATUS_OK;
}

static enum status find_list(const struct telling *t, const struct profile_list **list, struct error *error)
{
	const char *wanted = cli_value(t->cli, "list");
	struct text ids[64];
	size_t count = 0;
	*list = wanted ? profile_list(profile_of(t), text_of(wanted)) : NULL;
	if (*list || !wanted)
		return STATUS_OK;
	while (count < profile_of(t)->lists.count && count < 64) {
		ids[count] = profile_of(t)->lists.at[count].id;
		count++;
	}
	struct text nearest = text_nearest(text_of(wanted), ids, count);
	error_set(error, STATUS_NOT_FOUND, "list.unknown", "the profile has no list \"%s\"", wanted);
	if (text_is_absent(nearest))
		error_remedy(error, "\"oneview lists WORKSPACE\" shows those that there are");
	else
		error_remedy(error, "did you mean %.*s?", TEXT_ARG(nearest));
	return STATUS_NOT_FOUND;
}

enum status cmd_lists(struct cli *cli, struct error *error)
{
	struct telling t = {.cli = cli};
	const struct profile_list *list = NULL;
	enum status status = opened_open(&t.opened, cli, OPEN_DATA_READ | OPEN_DESK_READ, error);
	if (status == STATUS_OK)
		status = policy_open(&t.policy, profile_of(&t), error);
	if (status == STATUS_OK)
		status = policy_load(t.policy, t.opened.data, t.opened.desk, error);
	if (status == STATUS_OK)
		status = find_list(&t, &list, error);
	if (status == STATUS_OK)
		status = list ? add_rows(&t, list, error) : add_summaries(&t, error);
	policy_close(t.policy);
	opened_close(&t.opened);
	return status;
}
