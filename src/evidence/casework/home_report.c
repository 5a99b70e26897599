#include "casework/home_report.h"

#include "base/id.h"
#include "casework/casework_int.h"

static const struct {
	const char *name, *title;
} answers[HOME_ANSWER_COUNT] = {
	[HOME_OPEN] = {"open", "Open"},
	[HOME_TOGETHER] = {"together", "They live together"},
	[HOME_APART] = {"apart", "They do not live together"},
	[HOME_UNCLEAR] = {"unclear", "It cannot be told"},
};

const char *home_answer_name(enum home_answer answer)
{
	return answers[answer].name;
}

const char *home_answer_title(enum home_answer answer)
{
	return answers[answer].title;
}

bool home_answer_parse(struct text name, enum home_answer *out)
{
	for (int i = 0; i < HOME_ANSWER_COUNT; i++) {
		if (text_is(name, answers[i].name)) {
			*out = (enum home_answer)i;
			return true;
		}
	}
	return false;
}

#define SEALED_ROWS(title_, which, column) \
	{ \
		.title = title_, \
		.select = "SELECT report_id AS record_id, 0 AS feed_no, 0 AS row_key, " which \
			  " AS version, 5 AS part, " column " AS sealed FROM household_report WHERE report_id > " \
			  ":record_id ORDER BY report_id LIMIT :most", \
		.update = "UPDATE household_report SET " column " = :sealed WHERE report_id = :record_id", .place = { \
			"record_id" \
		} \
	}
const struct sealed_rows home_report_sealed_texts = SEALED_ROWS("reports about households", "11", "text_sealed");
const struct sealed_rows home_report_sealed_evidence =
	SEALED_ROWS("evidence of reports about households", "12", "evidence_sealed");
const struct sealed_rows home_report_sealed_replies = SEALED_ROWS("replies about households", "13", "reply_sealed");

static enum status too_long(struct text text, const char *what, struct error *error)
{
	if (text.len <= HOME_TEXT_LONGEST)
		return STATUS_OK;
	error_set(error, STATUS_TOO_LARGE, "report.long", "%s may have 4,000 characters at most", what);
	error_remedy(error, "Write less; the evidence is attached by itself.");
	return STATUS_TOO_LARGE;
}

enum status home_report_make(struct store *desk, const struct vault *vault, const struct home_report *report,
			     int64_t *report_id, struct error *error)
{
	struct statement *insert;
	enum status status = too_long(report->text, "a report", error);
	if (status == STATUS_OK)
		status = too_long(report->evidence, "the evidence of a report", error);
	if (status == STATUS_OK)
		status =
			store_prepare(&insert, desk,
				      "INSERT INTO household_report (report_id, made, user_id, username, "
				      "household_id, resident_a, resident_b, suggested, status, text_sealed, "
				      "evidence_sealed) VALUES (:report_id, :made, :user_id, :username, :household_id, "
				      ":resident_a, :resident_b, :suggested, 'open', :text, :evidence)",
				      error);
	if (status != STATUS_OK)
		return status;
	*report_id = id_random();
	statement_bind_int(insert, "report_id", *report_id);
	statement_bind_int(insert, "made", report->made ? report->made : instant_now());
	statement_bind_int(insert, "user_id", report->user_id);
	statement_bind_text(insert, "username", report->username);
	statement_bind_int(insert, "household_id", report->household_id);
	statement_bind_int(insert, "resident_a", report->resident_a);
	statement_bind_int(insert, "resident_b", report->resident_b);
	statement_bind_text(insert, "suggested", text_of(home_answer_name(report->suggested)));
	sealed_bind(insert, "text", vault, *report_id, HOME_TEXT, report->text);
	sealed_bind(insert, "evidence", vault, *report_id, HOME_EVIDENCE, report->evidence);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

static enum status conflict(struct error *error, const char *message)
{
	error_set(error, STATUS_CONFLICT, "report.answered", "%s", message);
	error_remedy(error, "Look at the answer that is there.");
	return STATUS_CONFLICT;
}

enum status home_report_answer(struct store *desk, const struct vault *vault, int64_t report_id,
			       enum home_answer answer, struct text reply, struct text by, int64_t ruling_id,
			       struct error *error)
{
	int64_t changed = 0;
	struct statement *update;
	enum status status = too_long(reply, "a reply", error);
	if (status == STATUS_OK)
		status = store_prepare(
			&update, desk,
			"UPDATE household_report SET status = :status, reply_sealed = :reply, replied = "
			":replied, replied_by = :by, ruling_id = :ruling WHERE report_id = :report_id AND "
			"status = 'open'",
			error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(update, "status", text_of(home_answer_name(answer)));
	sealed_bind(update, "reply", vault, report_id, HOME_REPLY, reply);
	statement_bind_int(update, "replied", instant_now());
	statement_bind_text(update, "by", by);
	if (ruling_id)
		statement_bind_int(update, "ruling", ruling_id);
	else
		statement_bind_null(update, "ruling");
	statement_bind_int(update, "report_id", report_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	return status == STATUS_OK && !changed ? conflict(error, "This report has been answered already.") : status;
}

enum status home_report_undo(struct store *desk, int64_t report_id, struct text by, struct error *error)
{
	int64_t changed = 0;
	struct statement *update;
	enum status status = store_prepare(&update, desk,
					   "UPDATE household_report SET undone = :undone, undone_by = :by WHERE "
					   "report_id = :report_id AND ruling_id IS NOT NULL AND undone IS NULL",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(update, "undone", instant_now());
	statement_bind_text(update, "by", by);
	statement_bind_int(update, "report_id", report_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	return status == STATUS_OK && !changed ? conflict(error, "There is no decision to take back.") : status;
}

/* ---- reading ---------------------------------------------------------------------------------------- */

#define COLUMNS \
	"report_id, made, user_id, username, household_id, resident_a, resident_b, suggested, status, replied, " \
	"replied_by, ruling_id, undone, undone_by"

static enum home_answer answer_of(struct statement *row, const char *column)
{
	enum home_answer answer = HOME_OPEN;
	home_answer_parse(statement_text(row, statement_column(row, column)), &answer);
	return answer;
}

static void read_row(struct statement *row, struct arena *arena, struct home_report *out)
{
	*out = (struct home_report){
		.report_id = row_number(row, "report_id"),
		.made = row_number(row, "made"),
		.user_id = row_number(row, "user_id"),
		.username = row_copy(row, "username", arena),
		.household_id = row_number(row, "household_id"),
		.resident_a = row_number(row, "resident_a"),
		.resident_b = row_number(row, "resident_b"),
		.suggested = answer_of(row, "suggested"),
		.status = answer_of(row, "status"),
		.replied = row_instant(row, "replied"),
		.replied_by = row_copy(row, "replied_by", arena),
		.ruling_id = row_number(row, "ruling_id"),
		.undone = row_instant(row, "undone"),
		.undone_by = row_copy(row, "undone_by", arena),
	};
}

enum status home_report_read(struct store *desk, const struct vault *vault, int64_t report_id, struct arena *arena,
			     struct home_report *out, struct error *error)
{
	bool found = false;
	struct statement *row;
	enum status status = store_prepare(&row, desk,
					   "SELECT " COLUMNS ", text_sealed, evidence_sealed, reply_sealed FROM "
					   "household_report WHERE report_id = :report_id",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(row, "report_id", report_id);
	status = statement_step(row, &found, error);
	if (status == STATUS_OK && found) {
		read_row(row, arena, out);
		status = sealed_read(&out->text, row, "text_sealed", vault, report_id, HOME_TEXT, arena, error);
	}
	if (status == STATUS_OK && found)
		status = sealed_read(&out->evidence, row, "evidence_sealed", vault, report_id, HOME_EVIDENCE, arena,
				     error);
	if (status == STATUS_OK && found)
		status = sealed_read(&out->reply, row, "reply_sealed", vault, report_id, HOME_REPLY, arena, error);
	statement_done(row);
	if (status == STATUS_OK && !found)
		return error_set(error, STATUS_NOT_FOUND, "report.unknown", "There is no such report.");
	return status;
}

enum status home_report_list(struct store *desk, int64_t user_id, struct arena *arena, struct home_report **out,
			     size_t *count, struct error *error)
{
	enum { LISTED_MOST = 500 };
	struct statement *row;
	bool more = false;
	const char *all = "SELECT " COLUMNS " FROM household_report ORDER BY made DESC, report_id LIMIT 500";
	const char *own = "SELECT " COLUMNS " FROM household_report WHERE user_id = :user_id ORDER BY made DESC, "
			  "report_id LIMIT 500";
	*count = 0;
	*out = ARENA_ARRAY(arena, LISTED_MOST, struct home_report);
	enum status status = store_prepare(&row, desk, user_id ? own : all, error);
	if (status != STATUS_OK)
		return status;
	if (user_id)
		statement_bind_int(row, "user_id", user_id);
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more && *count < LISTED_MOST)
		read_row(row, arena, &(*out)[(*count)++]);
	statement_done(row);
	return status;
}
