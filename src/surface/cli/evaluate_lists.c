/* "evaluate lists": the rows of each list against the cases that the maker of an invented borough wrote beside its
 * files. */
#include "cli/evaluate_lists.h"

#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"
#include "casework/lists.h"
#include "linking/refresh.h"

#include <stdlib.h>

struct truth_case {
	bool right;  /* there is such a case; else it only looks so */
	bool listed; /* a row has one of its subjects */
	const struct profile_list *list;
	struct text what;
};

struct judging {
	const struct opened *opened;
	struct arena *arena;
	struct truth_case *cases; /* by number, from 1 */
	size_t case_count, case_capacity;
	struct id_map of_uprn[64];   /* list -> key of the property -> case */
	struct id_map of_person[64]; /* list -> person -> case */
	struct id_map of_resident[64];
};
enum { LISTS_MOST = 64 };

/* ---- the truth ------------------------------------------------------------------------------------------------ */

/* list,case,kind,subject,right,what */
static bool read_line(struct judging *j, struct text line)
{
	struct text fields[6];
	uint64_t number, subject;
	size_t n = 0;
	while (n < 6 && text_split(&line, ',', &fields[n]))
		n++;
	if (n < 6 || !text_parse_uint64(fields[1], &number) || number == 0 || number > 100000000 ||
	    !text_parse_uint64(fields[3], &subject))
		return false;
	const struct profile_list *list = profile_list(j->opened->workspace->profile, fields[0]);
	while (j->case_count <= number) {
		ARRAY_GROW(j->cases, j->case_count, j->case_capacity);
		j->cases[j->case_count++] = (struct truth_case){0};
	}
	if (!list || list->number >= LISTS_MOST)
		return true;
	struct truth_case *at = &j->cases[number];
	at->list = list;
	at->right |= text_is(fields[4], "1");
	at->what = arena_text(j->arena, fields[5]);
	if (text_is(fields[2], "uprn")) {
		int64_t key = vault_hash64(j->opened->vault, VAULT_UPRN, fields[3]);
		*id_map_put(&j->of_uprn[list->number], (uint64_t)key, NULL) = number;
	} else {
		*id_map_put(&j->of_person[list->number], subject + 1, NULL) = number;
	}
	return true;
}

static enum status read_truth(struct judging *j, const char *truth, struct error *error)
{
	struct buf file;
	char path[4096];
	snprintf(path, sizeof path, "%s/lists.csv", truth);
	buf_init(&file, (size_t)1 << 30);
	enum status status = file_read(path, &file, error);
	struct text rest = buf_text(&file), line;
	unsigned number = 1;
	text_split(&rest, '\n', &line); /* the header */
	while (status == STATUS_OK && text_split(&rest, '\n', &line)) {
		number++;
		if (!line.len || read_line(j, line))
			continue;
		status = error_set(error, STATUS_INVALID, "truth.lists", "this is no line of a truth about lists");
		error_remedy(error, "write list,case,kind,subject,right,what");
		error_at(error, path, number, 0);
	}
	buf_release(&file);
	return status;
}

/* A person may be shown as several residents: each stands for the case. */
static void keep_resident(void *context, uint64_t person, int64_t resident)
{
	struct judging *j = context;
	for (size_t i = 0; i < j->opened->workspace->profile->lists.count && i < LISTS_MOST; i++) {
		const uint64_t *number = id_map_get(&j->of_person[i], person + 1);
		if (number)
			*id_map_put(&j->of_resident[i], (uint64_t)resident, NULL) = *number;
	}
}

/* ---- the rows --------------------------------------------------------------------------------------------------- */

/* A property by its UPRN; a resident by id; a household by any of its members. */
static struct truth_case *case_of(const struct judging *j, const struct profile_list *list, const struct list_row *row)
{
	const uint64_t *number = NULL;
	if (list->subject == LIST_OF_PROPERTIES)
		number = id_map_get(&j->of_uprn[list->number], (uint64_t)row->key);
	else if (list->subject == LIST_OF_RESIDENTS)
		number = id_map_get(&j->of_resident[list->number], (uint64_t)row->subject_id);
	for (size_t i = 0; list->subject == LIST_OF_HOUSEHOLDS && !number && i < row->member_count; i++)
		number = id_map_get(&j->of_resident[list->number], (uint64_t)row->members[i].resident_id);
	return number ? &j->cases[*number] : NULL;
}

enum { FIRST_ROWS = 20 }; /* what an investigator sees first */

static enum status judge_list(struct judging *j, struct cli_answer *answer, const struct profile_list *list,
			      struct error *error)
{
	size_t count, right = 0, first_right = 0, look_alikes = 0, cases = 0, found = 0;
	struct list_row *rows;
	enum status status = lists_read(&rows, &count, list, j->opened->data, 0, j->arena, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		struct truth_case *at = case_of(j, list, &rows[i]);
		if (!at)
			continue;
		at->listed = true;
		right += at->right;
		first_right += at->right && i < FIRST_ROWS;
		look_alikes += !at->right;
	}
	for (size_t i = 0; i < j->case_count; i++) {
		bool counts = j->cases[i].list == list && j->cases[i].right;
		cases += counts;
		found += counts && j->cases[i].listed;
	}
	size_t first = count < FIRST_ROWS ? count : FIRST_ROWS;
	answer_cell(answer, list->id);
	answer_cell_int(answer, (int64_t)count);
	answer_cell_int(answer, (int64_t)right);
	answer_cell_double(answer, count ? (double)right / (double)count : 0, 4);
	answer_cell_double(answer, first ? (double)first_right / (double)first : 0, 4);
	answer_cell_int(answer, (int64_t)cases);
	answer_cell_double(answer, cases ? (double)found / (double)cases : 0, 4);
	answer_cell_int(answer, (int64_t)look_alikes);
	return STATUS_OK;
}

static void maps_do(struct judging *j, void (*work)(struct id_map *))
{
	for (size_t i = 0; i < LISTS_MOST; i++) {
		work(&j->of_uprn[i]);
		work(&j->of_person[i]);
		work(&j->of_resident[i]);
	}
}

enum status evaluate_lists(struct cli *cli, const struct opened *opened, const char *truth, struct error *error)
{
	static const char *const keys[] = {"list",  "rows",   "right",      "precision", "first_precision",
					   "cases", "recall", "look_alikes"};
	static const char *const headings[] = {"List",  "Rows",   "Right",      "Precision", "Of the first 20",
					       "Cases", "Recall", "Look-alikes"};
	const struct profile *profile = opened->workspace->profile;
	struct judging *j = memory_alloc(1, sizeof *j);
	j->opened = opened;
	j->arena = &cli->arena;
	maps_do(j, id_map_init);
	enum status status = read_truth(j, truth, error);
	if (status == STATUS_OK)
		status = linking_truth_each(opened->data, opened->vault, truth, keep_resident, j, error);
	answer_list(&cli->answer, "lists", 8, keys, headings);
	for (size_t i = 0; status == STATUS_OK && i < profile->lists.count && i < LISTS_MOST; i++)
		status = judge_list(j, &cli->answer, &profile->lists.at[i], error);
	answer_list_end(&cli->answer);
	maps_do(j, id_map_release);
	free(j->cases);
	free(j);
	return status;
}
