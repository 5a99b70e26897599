/* "user sync": accounts follow the council's staff records. "user training": until when somebody is trained. */
#include "cli/staff_file.h"
#include "cli/user.h"
#include "policy/admission.h"
#include "vault/disclosure.h"

#include <sodium.h>

static void list_problems(struct cli_answer *answer, const struct staff_file *file)
{
	static const char *const keys[] = {"line", "problem", "remedy"};
	static const char *const headings[] = {"Line", "What is wrong", "What to do"};
	answer_list(answer, "problems", 3, keys, headings);
	for (size_t i = 0; i < file->problem_count && i < STAFF_PROBLEMS_MOST; i++) {
		answer_cell_int(answer, (int64_t)file->problems[i].line);
		answer_cell(answer, file->problems[i].message);
		answer_cell(answer, file->problems[i].remedy);
	}
	answer_list_end(answer);
}

static enum status check_problems(struct cli *cli, const struct staff_file *file, struct error *error)
{
	if (!file->problem_count)
		return STATUS_OK;
	list_problems(&cli->answer, file);
	error_set(error, STATUS_INVALID, "user.sync_rows", "%zu problem%s in %s: nothing was changed",
		  file->problem_count, file->problem_count == 1 ? "" : "s", cli_operand(cli, 1));
	error_remedy(error, "put right what is listed and send the whole file again");
	return STATUS_INVALID;
}

/* An account that was made by hand may be an administrator's: no file takes it over unless somebody says so. */
static enum status check_in_way(const struct staff_plan *plan, struct error *error)
{
	if (!plan->in_way_count)
		return STATUS_OK;
	error_set(error, STATUS_CONFLICT, "user.sync_in_way",
		  "%zu account%s of the file %s not made by a staff file, \"%.*s\" for one: nothing was changed",
		  plan->in_way_count, plan->in_way_count == 1 ? "" : "s", plan->in_way_count == 1 ? "was" : "were",
		  TEXT_ARG(plan->in_way[0].username));
	error_remedy(error, "leave them out of the file, or hand them over to it with --adopt");
	return STATUS_CONFLICT;
}

static enum status check_leavers(const struct cli *cli, const struct staff_plan *plan, struct error *error)
{
	int64_t allowed = (int64_t)staff_leavers_most(plan);
	enum status status = cli_value_int(cli, "allow-leavers", 0, 1000000, &allowed, error);
	size_t leavers = plan->of_kind[STAFF_LEAVES];
	if (status || leavers <= (size_t)allowed)
		return status;
	error_set(
		error, STATUS_HELD, "user.sync_leavers",
		"The file would disable %zu of the %zu accounts that it keeps; %lld may be without asking: nothing was "
		"changed",
		leavers, plan->kept, (long long)allowed);
	error_remedy(error, "if so many have left, say --allow-leavers %zu; else look whether the file is whole",
		     leavers);
	return STATUS_HELD;
}

/* ---- showing it ---------------------------------------------------------------------------------------- */

static struct text what_changes(struct cli *cli, const struct staff_change *change)
{
	const struct account *was = &change->before, *is = &change->account;
	if (change->kind == STAFF_MOVES)
		return arena_format(&cli->arena, "%.*s%s%.*s -> %.*s%s%.*s", TEXT_ARG(was->role),
				    was->team.len ? ", " : "", TEXT_ARG(was->team), TEXT_ARG(is->role),
				    is->team.len ? ", " : "", TEXT_ARG(is->team));
	if (change->kind == STAFF_JOINS || change->kind == STAFF_RETURNS)
		return is->role;
	if (change->kind == STAFF_LEAVES)
		return change->person ? TEXT("has ended") : TEXT("is not in the file");
	if (change->kind == STAFF_BARRED)
		return TEXT("was disabled here by hand");
	return TEXT("");
}

static void list_changes(struct cli *cli, const struct staff_plan *plan)
{
	static const char *const keys[] = {"change", "username", "line", "what"};
	static const char *const headings[] = {"Change", "Sign-in", "Line", "What"};
	struct cli_answer *answer = &cli->answer;
	answer_list(answer, "changes", 4, keys, headings);
	for (size_t i = 0; i < plan->count; i++) {
		const struct staff_change *change = &plan->changes[i];
		if (change->kind == STAFF_SAME)
			continue;
		answer_cell(answer, text_of(staff_kind_name(change->kind)));
		answer_cell(answer, change->account.username);
		if (change->person)
			answer_cell_int(answer, (int64_t)change->person->line);
		else
			answer_cell(answer, TEXT(""));
		answer_cell(answer, what_changes(cli, change));
	}
	answer_list_end(answer);
}

static void list_untouched(struct cli_answer *answer, const struct staff_plan *plan)
{
	static const char *const keys[] = {"username", "role"};
	static const char *const headings[] = {"Not in the file, left alone", "Role"};
	answer_list(answer, "untouched", 2, keys, headings);
	for (size_t i = 0; i < plan->by_hand_count; i++) {
		answer_cell(answer, plan->by_hand[i].username);
		answer_cell(answer, plan->by_hand[i].role);
	}
	answer_list_end(answer);
}

static void answer_plan(struct cli *cli, const struct staff_plan *plan, bool dry)
{
	static const struct {
		enum staff_kind kind;
		const char *key, *label;
	} counts[] = {{STAFF_JOINS, "joiners", "Joiners"},         {STAFF_MOVES, "movers", "Movers"},
		      {STAFF_LEAVES, "leavers", "Leavers"},        {STAFF_RETURNS, "returners", "Come back"},
		      {STAFF_CHANGES, "changed", "Other changes"}, {STAFF_SAME, "same", "As before"}};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		answer_int(&cli->answer, counts[i].key, counts[i].label, (int64_t)plan->of_kind[counts[i].kind]);
	answer_bool(&cli->answer, "dry_run", NULL, dry);
	list_changes(cli, plan);
	list_untouched(&cli->answer, plan);
	if (dry)
		answer_line(&cli->answer, "Nothing was changed: that was --dry-run.");
	else if (plan->of_kind[STAFF_JOINS])
		answer_line(&cli->answer, "Joiners have no password yet: \"oneview user password\" gives one.");
}

/* ---- doing it --------------------------------------------------------------------------------------------- */

/* Sealed anew only when it says something else. */
static enum status keep_self(struct opened *opened, int64_t user_id, struct text self, struct arena *arena,
			     struct error *error)
{
	struct text kept;
	struct buf plain, sealed;
	enum status status = staff_self(opened->desk, user_id, arena, &kept, error);
	if (status || (text_is_absent(self) && text_is_absent(kept)))
		return status;
	buf_init(&plain, 1 << 12);
	buf_init(&sealed, 1 << 13);
	if (!text_is_absent(kept))
		status = disclosure_unseal_words(opened->vault, user_id, WORDS_OF_USER, kept, &plain, error);
	bool same = !text_is_absent(kept) && text_equal(buf_text(&plain), text_is_absent(self) ? TEXT("") : self);
	if (status == STATUS_OK && !same) {
		disclosure_seal_words(opened->vault, user_id, WORDS_OF_USER, text_is_absent(self) ? TEXT("") : self,
				      &sealed);
		status = staff_set_self(opened->desk, user_id, buf_text(&sealed), error);
	}
	buf_wipe(&plain);
	buf_release(&plain);
	buf_release(&sealed);
	return status;
}

static enum status record(struct cli *cli, struct opened *opened, const struct staff_change *change,
			  struct error *error)
{
	const char *action = change->kind == STAFF_JOINS    ? "account.create"
			     : change->kind == STAFF_LEAVES ? "account.disable"
							    : "account.update";
	return opened_audit(opened,
			    &(struct audit_entry){.action = text_of(action),
						  .subject_kind = TEXT("account"),
						  .subject_id = change->account.user_id,
						  .detail = arena_format(&cli->arena, "staff file: %s role=%.*s",
									 staff_kind_name(change->kind),
									 TEXT_ARG(change->account.role))},
			    error);
}

static enum status apply(struct cli *cli, struct opened *opened, const struct staff_file *file, struct staff_plan *plan,
			 struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < plan->count && status == STATUS_OK; i++) {
		struct staff_change *change = &plan->changes[i];
		status = staff_apply(opened->desk, change, KEPT_BY_STAFF_FILE, error);
		bool told = change->kind == STAFF_SAME || change->kind == STAFF_WAITS || change->kind == STAFF_BARRED;
		if (status == STATUS_OK && !told)
			status = record(cli, opened, change, error);
		if (status == STATUS_OK && change->person && change->account.user_id)
			status = keep_self(opened, change->account.user_id, file->selves[change->person - file->people],
					   &cli->arena, error);
	}
	if (status)
		return status;
	struct text detail = arena_format(&cli->arena, "joiners=%zu movers=%zu leavers=%zu returners=%zu file=%s",
					  plan->of_kind[STAFF_JOINS], plan->of_kind[STAFF_MOVES],
					  plan->of_kind[STAFF_LEAVES], plan->of_kind[STAFF_RETURNS], file->hash);
	return opened_audit(opened, &(struct audit_entry){.action = TEXT("staff.sync"), .detail = detail}, error);
}

/* Plan and change are one transaction: what was shown is what is done. */
static enum status sync(struct cli *cli, struct opened *opened, const struct staff_file *file, struct error *error)
{
	struct staff_plan plan;
	bool dry = cli_flag(cli, "dry-run");
	enum status status = store_begin(opened->desk, error);
	if (status)
		return status;
	status = staff_plan(&plan, opened->desk, file->people, file->count, cli_flag(cli, "adopt"), &cli->arena, error);
	if (status == STATUS_OK)
		status = check_in_way(&plan, error);
	if (status == STATUS_OK) {
		status = check_leavers(cli, &plan, error);
		answer_plan(cli, &plan, dry);
	}
	if (status == STATUS_OK && !dry)
		status = apply(cli, opened, file, &plan, error);
	if (status == STATUS_OK && !dry)
		return store_commit(opened->desk, error);
	store_rollback(opened->desk);
	return status;
}

enum status cmd_user_sync(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct staff_file *file = ARENA_NEW(&cli->arena, struct staff_file);
	arena_keep_secret(&cli->arena);
	enum status status = opened_open(&opened, cli, OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = staff_file_read(file, cli_operand(cli, 1), opened.workspace->profile, &cli->arena, error);
	if (status == STATUS_OK)
		status = check_problems(cli, file, error);
	if (status == STATUS_OK)
		status = sync(cli, &opened, file, error);
	opened_close(&opened);
	return status;
}

/* ---- training and acceptable use ------------------------------------------------------------------------ */

static enum status date_option(const struct cli *cli, const char *name, date *out, bool *given, struct error *error)
{
	const char *written = cli_value(cli, name);
	if (!written)
		return STATUS_OK;
	*given = true;
	if (date_parse_iso(text_of(written), out))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "user.date", "\"%s\" is no date", written);
	error_remedy(error, "write --%s YYYY-MM-DD", name);
	return STATUS_USAGE;
}

static enum status no_training(const struct profile *profile, struct error *error)
{
	if (!text_is_absent(profile->staff.training))
		return STATUS_OK;
	error_set(error, STATUS_CONFLICT, "user.training", "The profile asks for no training");
	error_remedy(error, "`staff: training:` in profile.yaml says which, and how long it is valid");
	return STATUS_CONFLICT;
}

enum status user_admit(struct opened *opened, int64_t user_id, date until, bool accepted, struct error *error)
{
	char day[DATE_TEXT_SIZE], detail[200];
	const struct profile_staff *staff = &opened->workspace->profile->staff;
	enum status status = STATUS_OK;
	if (until != DATE_UNKNOWN)
		status = admission_train(opened->desk, user_id, until, error);
	if (status == STATUS_OK && accepted && !text_is_absent(staff->use_version))
		status = admission_accept(opened->desk, user_id, staff->use_version, error);
	if (status)
		return status;
	struct text version = accepted ? staff->use_version : TEXT("same");
	snprintf(detail, sizeof detail, "training_until=%s accepted=%.*s",
		 until == DATE_UNKNOWN ? "same" : date_format_iso(until, day), TEXT_ARG(version));
	return opened_audit(opened,
			    &(struct audit_entry){.action = TEXT("account.training"),
						  .subject_kind = TEXT("account"),
						  .subject_id = user_id,
						  .detail = text_of(detail)},
			    error);
}

static enum status training(struct cli *cli, struct opened *opened, struct error *error)
{
	struct account account;
	const struct profile *profile = opened->workspace->profile;
	date done = DATE_UNKNOWN, until = DATE_UNKNOWN;
	bool says_done = false, says_until = false, accepted = cli_flag(cli, "accepted");
	enum status status = date_option(cli, "done", &done, &says_done, error);
	if (status == STATUS_OK)
		status = date_option(cli, "until", &until, &says_until, error);
	if (status == STATUS_OK && says_done + says_until + accepted == 0) {
		status =
			error_set(error, STATUS_USAGE, "user.training", "\"oneview user training\" needs to know what");
		error_remedy(error, "say --done DATE, --until DATE or --accepted");
	}
	if (status == STATUS_OK && (says_done || says_until))
		status = no_training(profile, error);
	if (status == STATUS_OK && says_done)
		until = admission_until(profile, done);
	if (status == STATUS_OK)
		status = account_find(opened->desk, text_of(cli_operand(cli, 1)), &cli->arena, &account, error);
	if (status == STATUS_OK)
		status = store_begin(opened->desk, error);
	if (status)
		return status;
	status = user_admit(opened, account.user_id, until, accepted, error);
	if (status == STATUS_OK)
		status = store_commit(opened->desk, error);
	store_rollback(opened->desk);
	char day[DATE_TEXT_SIZE];
	if (status == STATUS_OK && until != DATE_UNKNOWN)
		answer_text(&cli->answer, "training_until", "Training valid until",
			    text_of(date_format_iso(until, day)));
	if (status == STATUS_OK && accepted)
		answer_text(&cli->answer, "accepted", "Accepted version", profile->staff.use_version);
	return status;
}

enum status cmd_user_training(struct cli *cli, struct error *error)
{
	struct opened opened;
	enum status status = opened_open(&opened, cli, OPEN_DESK_WRITE, error);
	if (status == STATUS_OK)
		status = training(cli, &opened, error);
	opened_close(&opened);
	return status;
}
