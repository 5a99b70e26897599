/* "audit unusual": accesses that somebody should ask about, and a random sample for review. */
#include "cli/opened.h"

#include "audit/unusual.h"
#include "base/id.h"
#include "vault/disclosure.h"
#include "vault/disclosure_alike.h"

#define A_DAY INT64_C(86400000000)

static enum status read_span(const struct cli *cli, struct unusual_question *question, struct unusual_sample *sample,
			     struct error *error)
{
	int64_t days = 30, wanted = 0, seed = 1;
	enum status status = cli_value_int(cli, "days", 1, 3660, &days, error);
	if (status == STATUS_OK)
		status = cli_value_int(cli, "sample", 1, UNUSUAL_MOST, &wanted, error);
	if (status == STATUS_OK)
		status = cli_value_int(cli, "seed", 0, INT64_MAX, &seed, error);
	question->before = instant_now();
	question->from = question->before - days * A_DAY;
	*sample = (struct unusual_sample){.seed = (uint64_t)seed, .wanted = (size_t)wanted};
	return status;
}

static void answer_cell_instant(struct cli_answer *answer, instant at)
{
	char text[INSTANT_TEXT_SIZE];
	answer_cell(answer, text_of(instant_format(at, text)));
}

static void answer_cell_resident(struct cli_answer *answer, int64_t resident_id)
{
	char id[ID_TEXT_SIZE];
	answer_cell(answer, resident_id ? text_of(id_format(resident_id, id)) : TEXT(""));
}

static struct text or_nothing(struct text t)
{
	return text_is_absent(t) ? TEXT("") : t;
}

static void list_unusual(struct cli_answer *answer, const struct unusual_list *list)
{
	static const char *const keys[] = {"kind",     "at",          "user",       "role",
					   "resident", "first_entry", "last_entry", "why"};
	static const char *const headings[] = {"Kind",     "First at",     "User", "Role",
					       "Resident", "Entries from", "to",   "Why"};
	answer_list(answer, "unusual", 8, keys, headings);
	for (size_t i = 0; i < list->count; i++) {
		const struct unusual_access *access = &list->at[i];
		answer_cell(answer, text_of(unusual_kind_name(access->kind)));
		answer_cell_instant(answer, access->at);
		answer_cell(answer, or_nothing(access->user_name));
		answer_cell(answer, or_nothing(access->role));
		answer_cell_resident(answer, access->resident_id);
		answer_cell_int(answer, access->first_seq);
		answer_cell_int(answer, access->last_seq);
		answer_cell(answer, access->why);
	}
	answer_list_end(answer);
}

/* What the looks were said to be for. */
static enum status open_reasons(struct audit_page *page, const struct opened *opened, struct arena *arena,
				struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < page->count && status == STATUS_OK; i++) {
		struct text *reason = &page->entries[i].reason;
		status = disclosure_read_stated(reason, opened->vault, opened->desk, *reason, arena, error);
		if (status == STATUS_NOT_FOUND) {
			*reason = TEXT("(no longer kept)");
			status = STATUS_OK;
		}
	}
	return status;
}

static void list_sample(struct cli_answer *answer, const struct audit_page *page)
{
	static const char *const keys[] = {"entry", "at", "user", "role", "purpose", "reason", "resident"};
	static const char *const headings[] = {"Entry", "At", "User", "Role", "Purpose", "Reason", "Resident"};
	answer_list(answer, "sample", 7, keys, headings);
	for (size_t i = 0; i < page->count; i++) {
		const struct audit_entry *entry = &page->entries[i];
		answer_cell_int(answer, entry->seq);
		answer_cell_instant(answer, entry->at);
		answer_cell(answer, or_nothing(entry->user_name));
		answer_cell(answer, or_nothing(entry->role));
		answer_cell(answer, or_nothing(entry->purpose));
		answer_cell(answer, or_nothing(entry->reason));
		answer_cell_resident(answer, entry->subject_id);
	}
	answer_list_end(answer);
}

/* Before anything is shown. With the seed, so that the same sample can be drawn again. */
static enum status record(struct opened *opened, const struct unusual_list *list, const struct unusual_sample *sample,
			  struct error *error)
{
	char detail[120];
	snprintf(detail, sizeof detail, "found=%zu sample=%zu seed=%llu", list->count, sample->wanted,
		 (unsigned long long)sample->seed);
	enum status status = store_begin(opened->desk, error);
	if (status == STATUS_OK)
		status = opened_audit(opened,
				      &(struct audit_entry){.action = TEXT("audit.unusual"), .detail = text_of(detail)},
				      error);
	if (status == STATUS_OK)
		status = store_commit(opened->desk, error);
	store_rollback(opened->desk);
	return status;
}

enum status cmd_audit_unusual(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	struct unusual_question question;
	struct unusual_sample sample;
	struct unusual_list list;
	struct audit_page page = {0};
	enum status status = read_span(cli, &question, &sample, error);
	if (status)
		return status;
	status = opened_open(&opened, cli, OPEN_DESK_WRITE | OPEN_DATA_READ | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = unusual_find(&list, opened.desk, &question, &cli->arena, error);
	if (status == STATUS_OK)
		status = disclosure_find_alike(&list, opened.vault, opened.data, opened.desk, &question, &cli->arena,
					       error);
	if (status == STATUS_OK && sample.wanted)
		status = unusual_draw(&page, opened.desk, &question, &sample, &cli->arena, error);
	if (status == STATUS_OK)
		status = open_reasons(&page, &opened, &cli->arena, error);
	if (status == STATUS_OK)
		status = record(&opened, &list, &sample, error);
	if (status == STATUS_OK) {
		answer_int(&cli->answer, "count", "Unusual", (int64_t)list.count);
		list_unusual(&cli->answer, &list);
		if (sample.wanted)
			list_sample(&cli->answer, &page);
	}
	opened_close(&opened);
	return status;
}
