#include "casework/casework.h"

#include "base/id.h"
#include "vault/disclosure.h"

static const struct {
	const char *name, *title;
} statuses[REPORT_STATUS_COUNT] = {
	[REPORT_OPEN] = {"open", "Open"},
	[REPORT_CORRECTED] = {"corrected", "Put right"},
	[REPORT_RIGHT] = {"right", "It is right"},
	[REPORT_NOT_OURS] = {"not_ours", "Not ours to change"},
};

const char *report_status_name(enum report_status status)
{
	return statuses[status].name;
}

const char *report_status_title(enum report_status status)
{
	return statuses[status].title;
}

bool report_status_parse(struct text name, enum report_status *out)
{
	for (int i = 0; i < REPORT_STATUS_COUNT; i++) {
		if (text_is(name, statuses[i].name)) {
			*out = (enum report_status)i;
			return true;
		}
	}
	return false;
}

enum { TEXT_OF_REPORT = 1, TEXT_OF_REPLY = 2 };

const struct sealed_rows report_sealed_texts = {
	.title = "reports",
	.select = "SELECT report_id AS record_id, 0 AS feed_no, 0 AS row_key, 1 AS version, 5 AS part, "
		  "text_sealed AS sealed FROM report WHERE report_id > :record_id ORDER BY report_id LIMIT :most",
	.update = "UPDATE report SET text_sealed = :sealed WHERE report_id = :record_id",
	.place = {"record_id"}};
const struct sealed_rows report_sealed_replies = {
	.title = "replies",
	.select = "SELECT report_id AS record_id, 0 AS feed_no, 0 AS row_key, 2 AS version, 5 AS part, "
		  "reply_sealed AS sealed FROM report WHERE report_id > :record_id ORDER BY report_id LIMIT :most",
	.update = "UPDATE report SET reply_sealed = :sealed WHERE report_id = :record_id",
	.place = {"record_id"}};

/* Room for the longest text and what sealing adds to it. */
enum { SEALED_LONGEST = 4 * REPORT_TEXT_LONGEST + 256 };

static void bind_sealed(struct statement *statement, const char *name, const struct vault *vault, int64_t report_id,
			int32_t which, struct text plain)
{
	struct buf sealed;
	buf_init(&sealed, SEALED_LONGEST);
	disclosure_seal_words(vault, report_id, which, plain, &sealed);
	statement_bind_blob(statement, name, sealed.at, sealed.len);
	buf_release(&sealed);
}

static void bind_report(struct statement *insert, const struct report *report)
{
	statement_bind_int(insert, "made", report->made ? report->made : instant_now());
	statement_bind_int(insert, "user_id", report->user_id);
	statement_bind_text(insert, "username", report->username);
	statement_bind_int(insert, "resident_id", report->resident_id);
	statement_bind_int(insert, "record_id", report->record_id);
	statement_bind_text(insert, "feed_id", report->feed_id);
	statement_bind_text(insert, "source_id", report->source_id);
	statement_bind_text(insert, "element_id", report->element_id);
	statement_bind_int(insert, "row_key", report->row_key);
	statement_bind_text(insert, "status", text_of(report_status_name(REPORT_OPEN)));
	if (report->as_at == DATE_UNKNOWN)
		statement_bind_null(insert, "as_at");
	else
		statement_bind_int(insert, "as_at", report->as_at);
}

enum status report_make(struct store *desk, const struct vault *vault, const struct report *report, int64_t *report_id,
			struct error *error)
{
	struct statement *insert;
	if (report->text.len > REPORT_TEXT_LONGEST)
		return error_set(error, STATUS_TOO_LARGE, "report.long", "a report may have 4,000 characters at most");
	enum status status = store_prepare(
		&insert, desk,
		"INSERT INTO report (report_id, made, user_id, username, resident_id, record_id, feed_id, source_id, "
		"element_id, row_key, as_at, status, text_sealed) VALUES (:report_id, :made, :user_id, :username, "
		":resident_id, :record_id, :feed_id, :source_id, :element_id, :row_key, :as_at, :status, :text)",
		error);
	if (status != STATUS_OK)
		return status;
	*report_id = id_random();
	statement_bind_int(insert, "report_id", *report_id);
	bind_report(insert, report);
	bind_sealed(insert, "text", vault, *report_id, TEXT_OF_REPORT, report->text);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

enum status report_answer(struct store *desk, const struct vault *vault, int64_t report_id,
			  enum report_status status_now, struct text reply, struct text by, struct error *error)
{
	int64_t changed = 0;
	struct statement *update;
	if (reply.len > REPORT_TEXT_LONGEST)
		return error_set(error, STATUS_TOO_LARGE, "report.long", "a reply may have 4,000 characters at most");
	enum status status =
		store_prepare(&update, desk,
			      "UPDATE report SET status = :status, reply_sealed = :reply, replied = :replied, "
			      "replied_by = :by WHERE report_id = :report_id AND status = 'open'",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(update, "status", text_of(report_status_name(status_now)));
	bind_sealed(update, "reply", vault, report_id, TEXT_OF_REPLY, reply);
	statement_bind_int(update, "replied", instant_now());
	statement_bind_text(update, "by", by);
	statement_bind_int(update, "report_id", report_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	if (status == STATUS_OK && !changed) {
		error_set(error, STATUS_CONFLICT, "report.answered", "This report has been answered already.");
		error_remedy(error, "Look at the answer that is there.");
		return STATUS_CONFLICT;
	}
	return status;
}

#define REPORT_COLUMNS \
	"report_id, made, user_id, username, resident_id, record_id, feed_id, source_id, element_id, row_key, as_at, " \
	"status, replied, replied_by"

static struct text copied(struct statement *row, const char *column, struct arena *arena)
{
	return arena_text(arena, statement_text(row, statement_column(row, column)));
}

static int64_t number(struct statement *row, const char *column)
{
	return statement_int(row, statement_column(row, column));
}

static bool is_null(struct statement *row, const char *column)
{
	return statement_is_null(row, statement_column(row, column));
}

static void read_row(struct statement *row, struct arena *arena, struct report *out)
{
	*out = (struct report){
		.report_id = number(row, "report_id"),
		.made = number(row, "made"),
		.user_id = number(row, "user_id"),
		.username = copied(row, "username", arena),
		.resident_id = number(row, "resident_id"),
		.record_id = number(row, "record_id"),
		.row_key = number(row, "row_key"),
		.feed_id = copied(row, "feed_id", arena),
		.source_id = copied(row, "source_id", arena),
		.element_id = copied(row, "element_id", arena),
		.as_at = is_null(row, "as_at") ? DATE_UNKNOWN : (date)number(row, "as_at"),
		.replied = is_null(row, "replied") ? INSTANT_UNKNOWN : number(row, "replied"),
		.replied_by = copied(row, "replied_by", arena),
	};
	report_status_parse(copied(row, "status", arena), &out->status);
}

static enum status unseal(struct statement *row, const char *column, const struct vault *vault, int64_t report_id,
			  int32_t which, struct arena *arena, struct text *out, struct error *error)
{
	struct buf plain;
	struct text sealed = statement_blob(row, statement_column(row, column));
	*out = TEXT_ABSENT;
	if (text_is_absent(sealed))
		return STATUS_OK;
	buf_init(&plain, SEALED_LONGEST);
	enum status status = disclosure_unseal_words(vault, report_id, which, sealed, &plain, error);
	if (status == STATUS_OK)
		*out = arena_text(arena, buf_text(&plain));
	buf_wipe(&plain);
	buf_release(&plain);
	return status;
}

enum status report_read(struct store *desk, const struct vault *vault, int64_t report_id, struct arena *arena,
			struct report *out, struct error *error)
{
	bool found = false;
	struct statement *row;
	enum status status = store_prepare(
		&row, desk,
		"SELECT " REPORT_COLUMNS ", text_sealed, reply_sealed FROM report WHERE report_id = :report_id", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(row, "report_id", report_id);
	status = statement_step(row, &found, error);
	if (status == STATUS_OK && found) {
		read_row(row, arena, out);
		status = unseal(row, "text_sealed", vault, report_id, TEXT_OF_REPORT, arena, &out->text, error);
		if (status == STATUS_OK)
			status =
				unseal(row, "reply_sealed", vault, report_id, TEXT_OF_REPLY, arena, &out->reply, error);
	}
	statement_done(row);
	if (status == STATUS_OK && !found)
		return error_set(error, STATUS_NOT_FOUND, "report.unknown", "There is no such report.");
	return status;
}

/* ---- the list: few reports are open at a time, so that sources are picked out here ------------------ */

static bool wanted(const struct report_filter *filter, const struct report *report)
{
	if (filter->user_id && report->user_id == filter->user_id)
		return true;
	if (filter->user_id && !filter->source_count)
		return false;
	if (!filter->source_count)
		return true;
	for (size_t i = 0; i < filter->source_count; i++)
		if (text_equal(filter->sources[i], report->source_id))
			return true;
	return false;
}

static enum status collect(struct statement *row, const struct report_filter *filter, struct arena *arena,
			   struct report *list, size_t *count, int64_t *total, struct error *error)
{
	bool more = false;
	unsigned limit = filter->limit ? filter->limit : 50;
	enum status status;
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more) {
		struct report report;
		read_row(row, arena, &report);
		if (!wanted(filter, &report))
			continue;
		if (*total >= filter->offset && *count < limit)
			list[(*count)++] = report;
		++*total;
	}
	return status;
}

enum status report_list(struct store *desk, const struct report_filter *filter, struct arena *arena,
			struct report **out, size_t *count, int64_t *total, struct error *error)
{
	struct statement *row;
	const char *all = "SELECT " REPORT_COLUMNS " FROM report ORDER BY made DESC, report_id LIMIT 20000";
	const char *some = "SELECT " REPORT_COLUMNS
			   " FROM report WHERE status = :status ORDER BY made DESC, report_id LIMIT 20000";
	*count = 0;
	*total = 0;
	*out = ARENA_ARRAY(arena, filter->limit ? filter->limit : 50, struct report);
	enum status status = store_prepare(&row, desk, filter->has_status ? some : all, error);
	if (status != STATUS_OK)
		return status;
	if (filter->has_status)
		statement_bind_text(row, "status", text_of(report_status_name(filter->status)));
	status = collect(row, filter, arena, *out, count, total, error);
	statement_done(row);
	return status;
}
