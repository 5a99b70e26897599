/* "retention plan", "run", "certificate": what has been kept long enough. */
#include "cli/opened.h"

#include "rights/erasure.h"
#include "rights/retention.h"

static enum status read_day(const struct cli *cli, date *as_of, struct error *error)
{
	const char *given = cli_value(cli, "as-of");
	*as_of = date_today();
	if (!given || date_parse_iso(text_of(given), as_of))
		return STATUS_OK;
	return error_set(error, STATUS_USAGE, "retention.date", "--as-of takes a date: YYYY-MM-DD");
}

static enum status open_policy(struct policy **policy, const struct opened *opened, struct error *error)
{
	enum status status = policy_open(policy, opened->workspace->profile, error);
	return status == STATUS_OK ? policy_load(*policy, opened->data, opened->desk, error) : status;
}

static void answer_lost(struct cli *cli, const struct retention_lost *lost, size_t count)
{
	static const char *const keys[] = {"feed", "rows", "archives"};
	static const char *const headings[] = {"Feed that the profile does not have", "Rows", "Archives"};
	if (!count)
		return;
	answer_list(&cli->answer, "lost_feeds", 3, keys, headings);
	for (size_t i = 0; i < count; i++) {
		answer_cell(&cli->answer, lost[i].feed_id);
		answer_cell(&cli->answer, arena_format(&cli->arena, "%lld", (long long)lost[i].rows));
		answer_cell(&cli->answer, arena_format(&cli->arena, "%lld", (long long)lost[i].archives));
	}
	answer_list_end(&cli->answer);
	answer_line(&cli->answer, "%s",
		    "Nothing says how long these are kept, and they stay: put the feed's definition back into the "
		    "profile, or "
		    "delete all of it with \"oneview retention run WORKSPACE --drop-feed FEED\".");
}

static void answer_waiting(struct cli *cli, const struct retention_plan *plan)
{
	static const char *const keys[] = {"extract", "feed", "received"};
	static const char *const headings[] = {"Extract that has waited too long", "Feed", "Received"};
	if (!plan->waiting_count)
		return;
	answer_list(&cli->answer, "waiting_extracts", 3, keys, headings);
	for (size_t i = 0; i < plan->waiting_count; i++) {
		char day[DATE_TEXT_SIZE];
		answer_cell(&cli->answer, arena_format(&cli->arena, "%lld", (long long)plan->waiting[i].extract_id));
		answer_cell(&cli->answer, plan->waiting[i].feed_id);
		answer_cell(&cli->answer,
			    arena_text(&cli->arena, text_of(date_format_iso(plan->waiting[i].received, day))));
	}
	answer_list_end(&cli->answer);
}

static void answer_plan(struct cli *cli, const struct retention_plan *plan)
{
	static const char *const keys[] = {"feed", "rule", "state", "clients", "rows"};
	static const char *const headings[] = {"Feed", "Rule", "State", "Clients", "Rows"};
	char day[DATE_TEXT_SIZE];
	answer_text(&cli->answer, "as_of", "As of", text_of(date_format_iso(plan->as_of, day)));
	answer_int(&cli->answer, "clients", "Clients whose rows are due", plan->clients);
	answer_int(&cli->answer, "rows", "Rows", plan->rows);
	if (plan->requests || plan->requests_held) {
		answer_int(&cli->answer, "requests", "Requests for a copy that are due", plan->requests);
		answer_int(&cli->answer, "requests_held", "Those under a legal hold", plan->requests_held);
	}
	answer_list(&cli->answer, "feeds", 5, keys, headings);
	for (size_t i = 0; i < plan->count; i++) {
		const struct retention_count *count = &plan->counts[i];
		answer_cell(&cli->answer, count->feed->id);
		answer_cell(&cli->answer, text_of(retention_rule_words(count->rule)));
		answer_cell(&cli->answer, text_of(retention_state_name(count->state)));
		answer_cell(&cli->answer, arena_format(&cli->arena, "%lld", (long long)count->clients));
		answer_cell(&cli->answer, arena_format(&cli->arena, "%lld", (long long)count->rows));
	}
	answer_list_end(&cli->answer);
	answer_waiting(cli, plan);
	answer_lost(cli, plan->lost, plan->lost_count);
}

enum status cmd_retention_plan(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	struct policy *policy = NULL;
	struct retention_plan plan;
	date as_of;
	enum status status = read_day(cli, &as_of, error);
	if (status != STATUS_OK)
		return status;
	status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_READ | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = open_policy(&policy, &opened, error);
	if (status == STATUS_OK) {
		const struct rights_parts parts = {opened.workspace->profile, opened.vault, opened.data, opened.desk};
		status = retention_plan(&plan, &parts, policy, as_of, &cli->arena, error);
	}
	if (status == STATUS_OK)
		answer_plan(cli, &plan);
	policy_close(policy);
	opened_close(&opened);
	return status;
}

static void answer_run(struct cli *cli, const struct retention_run *run)
{
	answer_int(&cli->answer, "run", "Run", run->run_no);
	answer_bool(&cli->answer, "resumed", NULL, run->resumed);
	answer_int(&cli->answer, "clients", "Clients whose rows went", run->clients);
	answer_int(&cli->answer, "rows", "Rows of tables", run->rows);
	answer_int(&cli->answer, "archives", "Archives written anew", run->archives);
	if (run->requests)
		answer_int(&cli->answer, "requests", "Requests for a copy", run->requests);
	if (run->extracts.len)
		answer_text(&cli->answer, "extracts", "Extracts that had waited too long", run->extracts);
	answer_lost(cli, run->lost, run->lost_count);
	if (run->resumed)
		answer_line(&cli->answer, "This was the rest of a run that had been cut off.");
	answer_line(&cli->answer, "\"oneview retention certificate\" shows its certificate.");
}

static enum status drop_feed(struct cli *cli, const struct retention_run *run, const struct rights_parts *parts,
			     struct policy *policy, const char *archive, struct error *error)
{
	struct retention_drop drop = {.feed_id = text_of(cli_value(cli, "drop-feed")),
				      .user_name = run->user_name,
				      .audit_key = run->audit_key};
	enum status status = retention_drop_feed(&drop, parts, policy, archive, error);
	if (status != STATUS_OK)
		return status;
	answer_text(&cli->answer, "dropped", "Feed", drop.feed_id);
	answer_int(&cli->answer, "clients", "Clients whose rows went", drop.clients);
	answer_int(&cli->answer, "rows", "Rows of tables", drop.rows);
	answer_int(&cli->answer, "archives", "Archives removed", drop.archives);
	return STATUS_OK;
}

enum status cmd_retention_run(struct cli *cli, struct error *error)
{
	bool drop = cli_value(cli, "drop-feed") != NULL;
	struct opened opened = {0};
	struct policy *policy = NULL;
	char name[128];
	struct retention_run run = {.by = TEXT("operator")};
	vault_forbid_core_dumps();
	enum status status = read_day(cli, &run.as_of, error);
	if (status == STATUS_OK && run.as_of > date_today()) {
		error_set(error, STATUS_USAGE, "retention.future", "A run is as of today or earlier");
		error_remedy(error, "\"oneview retention plan --as-of\" tells what will be due on a later day");
		status = STATUS_USAGE;
	}
	if (status != STATUS_OK)
		return status;
	run.user_name = opened_user(name, sizeof name);
	status = opened_open(&opened, cli, OPEN_DATA_WRITE | OPEN_DESK_WRITE | OPEN_VAULT, error);
	run.audit_key = &opened.audit_key;
	if (status == STATUS_OK)
		status = open_policy(&policy, &opened, error);
	if (status == STATUS_OK) {
		const struct rights_parts parts = {opened.workspace->profile, opened.vault, opened.data, opened.desk};
		const struct workspace_paths *paths = &opened.workspace->paths;
		const struct audit_checkpoint_places places = {&opened.audit_key, paths->signing_key, NULL};
		int64_t done;
		status = rights_erase_resume(&done, &parts, paths->archive, error);
		if (status == STATUS_OK)
			status =
				drop ? drop_feed(cli, &run, &parts, policy, paths->archive, error)
				     : retention_run(&run, &parts, policy, paths->archive, &places, &cli->arena, error);
	}
	if (status == STATUS_OK && !drop)
		answer_run(cli, &run);
	policy_close(policy);
	opened_close(&opened);
	return status;
}

static enum status answer_certificate(struct cli *cli, const struct retention_record *record, struct error *error)
{
	answer_int(&cli->answer, "run", NULL, record->run_no);
	answer_text(&cli->answer, "certificate", NULL, record->certificate);
	answer_bool(&cli->answer, "signed", NULL, record->signed_right);
	if (!record->signed_right) {
		error_set(error, STATUS_CORRUPT, "retention.signature",
			  "The certificate of run %lld is not signed by a key of this audit",
			  (long long)record->run_no);
		error_remedy(error, "compare it with a copy that was kept elsewhere");
		return STATUS_CORRUPT;
	}
	answer_line(&cli->answer, "%.*s", TEXT_ARG(record->certificate));
	answer_line(&cli->answer, "The signature is right, by a key that \"oneview audit key\" lists.");
	return STATUS_OK;
}

enum status cmd_retention_certificate(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	struct retention_record *records;
	size_t count = 0, i = 0;
	int64_t run_no = 0;
	enum status status = cli_value_int(cli, "run", 1, INT64_MAX, &run_no, error);
	if (status != STATUS_OK)
		return status;
	status = opened_open(&opened, cli, OPEN_DESK_READ, error);
	if (status == STATUS_OK)
		status = retention_records(&records, &count, opened.desk, run_no, 100, &cli->arena, error);
	while (status == STATUS_OK && i < count && records[i].ended == INSTANT_UNKNOWN)
		i++;
	if (status == STATUS_OK && i == count) {
		error_set(error, STATUS_NOT_FOUND, "retention.no_run", "There is no such run with a certificate");
		error_remedy(error, "\"oneview retention run\" makes one; a run that was cut off is ended by the next");
		status = STATUS_NOT_FOUND;
	} else if (status == STATUS_OK) {
		status = answer_certificate(cli, &records[i], error);
	}
	opened_close(&opened);
	return status;
}
