/* "pseudonym": a list without names for a study, and back from a number of it to the resident. */
#include "cli/opened.h"

#include "base/file.h"
#include "base/id.h"
#include "casework/lists.h"
#include "policy/policy.h"
#include "vault/disclosure.h"
#include "vault/pseudonym.h"

#include <stdlib.h>

struct study {
	struct cli *cli;
	struct opened opened;
	struct policy *policy;
	const struct profile_list *list; /* that is exported */
	struct list_use use;
	struct pseudonyms keyed;
};

static enum status unknown(struct error *error, const char *what, const char *given)
{
	error_set(error, STATUS_NOT_FOUND, "pseudonym.unknown", "The profile has no %s \"%s\"", what, given);
	error_remedy(error, "\"oneview policy register\" shows the agreements with their purposes");
	return STATUS_NOT_FOUND;
}

static enum status read_use(struct study *s, struct error *error)
{
	const struct profile *profile = s->opened.workspace->profile;
	const char *agreement = cli_value(s->cli, "agreement"), *purpose = cli_value(s->cli, "purpose");
	if (!agreement || !purpose)
		return error_set(error, STATUS_USAGE, "pseudonym.use",
				 "Give --agreement and --purpose: under another the numbers are others");
	s->use = (struct list_use){profile_agreement(profile, text_of(agreement)),
				   profile_purpose(profile, text_of(purpose)), USE_MONITORING, date_today()};
	if (!s->use.agreement)
		return unknown(error, "agreement", agreement);
	if (!s->use.purpose)
		return unknown(error, "purpose", purpose);
	pseudonyms_begin(&s->keyed, s->opened.vault, s->use.agreement->id, s->use.purpose->id);
	return STATUS_OK;
}

static enum status study_begin(struct study *s, struct cli *cli, struct error *error)
{
	*s = (struct study){.cli = cli};
	vault_forbid_core_dumps();
	enum status status = opened_open(&s->opened, cli, OPEN_DATA_READ | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = policy_open(&s->policy, s->opened.workspace->profile, error);
	if (status == STATUS_OK)
		status = policy_load(s->policy, s->opened.data, s->opened.desk, error);
	return status == STATUS_OK ? read_use(s, error) : status;
}

static void study_end(struct study *s)
{
	pseudonyms_end(&s->keyed);
	policy_close(s->policy);
	opened_close(&s->opened);
}

/* On disk before anything is answered. */
static enum status record(struct study *s, struct audit_entry entry, const char *reason, struct error *error)
{
	entry.purpose = s->use.purpose->id;
	entry.agreements = s->use.agreement->id;
	enum status status = store_begin(s->opened.desk, error);
	if (status == STATUS_OK)
		status = disclosure_keep_stated(&entry.reason, s->opened.vault, s->opened.desk,
						reason ? text_of(reason) : TEXT_ABSENT, &s->cli->arena, error);
	if (status == STATUS_OK)
		status = opened_audit(&s->opened, &entry, error);
	if (status == STATUS_OK)
		status = store_commit(s->opened.desk, error);
	store_rollback(s->opened.desk);
	return status;
}

/* ---- a list without names ------------------------------------------------------------------------------- */

static enum status refuse(struct study *s, const struct list_shortfall *short_of, struct error *error)
{
	const struct list_use *use = &s->use;
	error_set(error, STATUS_REFUSED, "pseudonym.agreement",
		  "Agreement %s does not let this list be studied for %s: %s%s%s", use->agreement->id.at,
		  use->purpose->id.at,
		  !policy_agreement_runs(s->policy, use->agreement, use->on) ? "it does not run"
		  : !agreement_has_purpose(use->agreement, use->purpose)     ? "it has no such purpose"
									     : "it does not cover for monitoring ",
		  short_of->feed ? short_of->feed->id.at : "", short_of->element ? " and one of its elements" : "");
	error_remedy(error, "Take an agreement that covers every feed of the list's rules, or another list");
	return STATUS_REFUSED;
}

static int compare_lines(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static struct text line_of(struct study *s, const struct list_row *row, const struct list_member *member,
			   struct text outcome)
{
	char who[PSEUDONYM_TEXT_SIZE], which[PSEUDONYM_TEXT_SIZE];
	pseudonym_of(who, &s->keyed, PSEUDONYM_RESIDENT, member->resident_id);
	pseudonym_of(which, &s->keyed, PSEUDONYM_ROW, row->key);
	return arena_format(&s->cli->arena, "%s,%s,%.*s,%d,%.*s\r\n", who, which, TEXT_ARG(member->group), row->points,
			    TEXT_ARG(outcome));
}

/* In the order of the numbers, which is that of nothing else: a list's own order would join two exports. */
static enum status write_lines(struct study *s, const struct list_row *rows, size_t count,
			       const struct list_result *results, size_t result_count, size_t *written,
			       struct error *error)
{
	size_t most = 0;
	struct buf out;
	for (size_t i = 0; i < count; i++)
		most += rows[i].member_count;
	struct text *lines = ARENA_ARRAY(&s->cli->arena, most + 1, struct text);
	*written = 0;
	for (size_t i = 0; i < count; i++) {
		const struct list_result *last = lists_last_result(results, result_count, rows[i].key);
		for (size_t m = 0;
		     list_row_may_serve(&rows[i], s->list, s->policy, &s->use) && m < rows[i].member_count; m++)
			lines[(*written)++] =
				line_of(s, &rows[i], &rows[i].members[m], last ? last->outcome : TEXT(""));
	}
	qsort(lines, *written, sizeof *lines, compare_lines);
	buf_init(&out, 256 << 20);
	buf_append_text(&out, TEXT("resident,row,group,points,outcome\r\n"));
	for (size_t i = 0; i < *written; i++)
		buf_append_text(&out, lines[i]);
	enum status status = out.failed ? error_set(error, STATUS_TOO_LARGE, "pseudonym.large", "The list is too large")
					: file_replace(cli_value(s->cli, "to"), buf_text(&out), 0600, error);
	buf_release(&out);
	return status;
}

static enum status export_list(struct study *s, const struct profile_list *list, struct error *error)
{
	size_t count, result_count, written;
	struct list_row *rows;
	struct list_result *results;
	struct list_shortfall short_of;
	struct audit_entry entry = {
		.action = TEXT("pseudonym.export"), .subject_kind = TEXT("list"), .detail = list->id};
	s->list = list;
	bool may = list_may_serve(s->policy, list, &s->use, &short_of);
	entry.outcome = may ? TEXT("allowed") : TEXT("refused");
	enum status status = record(s, entry, NULL, error);
	if (status == STATUS_OK && !may)
		return refuse(s, &short_of, error);
	if (status == STATUS_OK)
		status = lists_read(&rows, &count, list, s->opened.data, 0, &s->cli->arena, error);
	if (status == STATUS_OK)
		status = lists_results(&results, &result_count, list, s->opened.desk, &s->cli->arena, error);
	if (status == STATUS_OK)
		status = write_lines(s, rows, count, results, result_count, &written, error);
	if (status == STATUS_OK)
		answer_int(&s->cli->answer, "residents", "Lines", (int64_t)written);
	return status;
}

enum status cmd_pseudonym_export(struct cli *cli, struct error *error)
{
	struct study s;
	const char *wanted = cli_value(cli, "list");
	if (!wanted || !cli_value(cli, "to"))
		return error_set(error, STATUS_USAGE, "pseudonym.export",
				 "Give --list, and --to with the file to write");
	enum status status = study_begin(&s, cli, error);
	const struct profile_list *list =
		status == STATUS_OK ? profile_list(s.opened.workspace->profile, text_of(wanted)) : NULL;
	if (status == STATUS_OK)
		status = list ? export_list(&s, list, error) : unknown(error, "list", wanted);
	study_end(&s);
	return status;
}

/* ---- and back ------------------------------------------------------------------------------------------- */

/* By what the export asked: an agreement that ended, and who may not be counted since, open nothing. */
static bool may_open(const struct study *s, int64_t resident_id)
{
	const struct list_use *use = &s->use;
	const struct policy_bounds bounds = policy_bounds_of(s->policy, POLICY_RESIDENT, resident_id);
	return policy_agreement_runs(s->policy, use->agreement, use->on) &&
	       agreement_has_purpose(use->agreement, use->purpose) && !bounds.restrictions &&
	       policy_may_count(s->policy, &bounds, use->purpose, use->agreement);
}

static enum status open_pseudonym(struct study *s, const char *wanted, struct error *error)
{
	int64_t id;
	char text[ID_TEXT_SIZE];
	enum status status = pseudonym_find_resident(&id, &s->keyed, s->opened.data, text_of(wanted), error);
	if (status != STATUS_OK)
		return status;
	/* Nobody is entitled here: who is protected since is not told from a number that nobody has. */
	if (id && !may_open(s, id))
		id = 0;
	status = record(s,
			(struct audit_entry){.action = TEXT("pseudonym.open"),
					     .subject_kind = TEXT("resident"),
					     .subject_id = id,
					     .outcome = id ? TEXT("allowed") : TEXT("refused")},
			cli_value(s->cli, "reason"), error);
	if (status == STATUS_OK && !id) {
		error_set(error, STATUS_NOT_FOUND, "pseudonym.nobody",
			  "This number is nobody's under this agreement "
			  "and purpose, or not for you to open");
		error_remedy(error,
			     "Give the agreement and the purpose that the export was made for: it must run still");
		return STATUS_NOT_FOUND;
	}
	if (status == STATUS_OK)
		answer_text(&s->cli->answer, "resident", "Resident", text_of(id_format(id, text)));
	return status;
}

enum status cmd_pseudonym_open(struct cli *cli, struct error *error)
{
	struct study s;
	const char *wanted = cli_value(cli, "number"), *reason = cli_value(cli, "reason");
	if (!wanted || !reason || !*reason)
		return error_set(error, STATUS_USAGE, "pseudonym.open",
				 "Give --number from the export, and --reason: it is recorded");
	enum status status = study_begin(&s, cli, error);
	if (status == STATUS_OK)
		status = open_pseudonym(&s, wanted, error);
	study_end(&s);
	return status;
}
