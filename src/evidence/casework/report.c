#include "casework/casework.h"

#include "base/id.h"
#include "casework/casework_int.h"

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

static const struct {
	const char *name, *title;
} aspects[REPORT_ASPECT_COUNT] = {
	[REPORT_OF_DATA] = {"data", "What the service recorded"},
	[REPORT_OF_MATCHING] = {"matching", "The record is somebody else's"},
	[REPORT_OF_READING] = {"reading", "How a case note was understood"},
	[REPORT_OF_WORDING] = {"wording", "How the sentence is worded"},
};

const char *report_aspect_name(enum report_aspect aspect)
{
	return aspects[aspect].name;
}

const char *report_aspect_title(enum report_aspect aspect)
{
	return aspects[aspect].title;
}

bool report_aspect_parse(struct text name, enum report_aspect *out)
{
	for (int i = 0; i < REPORT_ASPECT_COUNT; i++) {
		if (text_is(name, aspects[i].name)) {
			*out = (enum report_aspect)i;
			return true;
		}
	}
	return false;
}

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
	statement_bind_text(insert, "aspect", text_of(report_aspect_name(report->aspect)));
	statement_bind_text(insert, "sentence_id", report->sentence_id);
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
		"element_id, row_key, as_at, aspect, sentence_id, status, text_sealed) VALUES (:report_id, :made, "
		":user_id, "
		":username, :resident_id, :record_id, :feed_id, :source_id, :element_id, :row_key, :as_at, :aspect, "
		":sentence_id, :status, :text)",
		error);
	if (status != STATUS_OK)
		return status;
	*report_id = id_random();
	statement_bind_int(insert, "report_id", *report_id);
	bind_report(insert, report);
	sealed_bind(insert, "text", vault, *report_id, TEXT_OF_REPORT, report->text);
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
	sealed_bind(update, "reply", vault, report_id, TEXT_OF_REPLY, reply);
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
	"aspect, sentence_id, status, replied, replied_by"

static void read_row(struct statement *row, struct arena *arena, struct report *out)
{
	*out = (struct report){
		.report_id = row_number(row, "report_id"),
		.made = row_number(row, "made"),
		.user_id = row_number(row, "user_id"),
		.username = row_copy(row, "username", arena),
		.resident_id = row_number(row, "resident_id"),
		.record_id = row_number(row, "record_id"),
		.row_key = row_number(row, "row_key"),
		.feed_id = row_copy(row, "feed_id", arena),
		.source_id = row_copy(row, "source_id", arena),
		.element_id = row_copy(row, "element_id", arena),
		.as_at = row_date(row, "as_at"),
		.sentence_id = row_copy(row, "sentence_id", arena),
		.replied = row_instant(row, "replied"),
		.replied_by = row_copy(row, "replied_by", arena),
	};
	report_status_parse(row_copy(row, "status", arena), &out->status);
	report_aspect_parse(row_copy(row, "aspect", arena), &out->aspect); /* older ones: of data */
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
		status = sealed_read(&out->text, row, "text_sealed", vault, report_id, TEXT_OF_REPORT, arena, error);
		if (status == STATUS_OK)
			status = sealed_read(&out->reply, row, "reply_sealed", vault, report_id, TEXT_OF_REPLY, arena,
					     error);
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
		if (!wanted(filter, &report) || (filter->may && !filter->may(filter->context, &report)))
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
