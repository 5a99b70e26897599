/* Lists for investigators: which there are, one list by priority, and one row of it with what came of it.
 *
 * A name or an address comes through the door alone, one question for each row shown, so that every look is in the
 * audit. Rows in which somebody is protected are left out before anything is counted. */
#include "web/pages/lists.h"

#include "base/map.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

enum { ROWS_A_PAGE = 20, EXPORT_MOST = 2000 };

/* ---- which lists, and whether ------------------------------------------------------------------------------ */

static bool is_recipient(const struct visit *visit, const struct profile_list *list)
{
	const struct viewer *viewer = &visit->viewer;
	return viewer->role && agreement_has_role(list->agreement, viewer->role) &&
	       (list->agreement->team_count == 0 ||
		(viewer->team && agreement_has_team(list->agreement, viewer->team))) &&
	       role_has_purpose(viewer->role, list->purpose) &&
	       policy_agreement_runs(visit->snapshot->policy, list->agreement, date_today());
}

enum status lists_open(const struct profile_list **list, struct visit *visit, struct error *error)
{
	*list = profile_list(visit->profile, visit->parameters[0]);
	if (*list && is_recipient(visit, *list) && visit->viewer.purpose == (*list)->purpose)
		return STATUS_OK;
	return visit_not_found(error);
}

enum status lists_rows(struct list_row **rows, size_t *count, struct visit *visit, const struct profile_list *list,
		       int64_t subject_id, struct error *error)
{
	struct store *data;
	size_t kept = 0;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = lists_read(rows, count, list, data, subject_id, visit->arena, error);
	for (size_t i = 0; status == STATUS_OK && i < *count; i++) {
		if (list_row_may_be_seen(&(*rows)[i], list, visit->snapshot->policy, visit_grid(visit)))
			(*rows)[kept++] = (*rows)[i];
	}
	if (status == STATUS_OK)
		*count = kept;
	return status;
}

static enum status put_list(struct visit *visit, struct value *lists, const struct profile_list *list,
			    struct error *error)
{
	struct store *desk;
	size_t count;
	struct list_row *rows;
	struct outcome_counts counts;
	struct list_asker asker = {.policy = visit->snapshot->policy, .grid = visit_grid(visit)};
	struct value *row = add_object(lists);
	put_text(row, "title", list->title);
	put_text(row, "question", list->question);
	put_text(row, "owner", list->owner->title);
	put_text(row, "agreement", list->agreement->title);
	put_format(row, "agreement_href", "/agreements/%s", list->agreement->id.at);
	bool may = visit->viewer.purpose == list->purpose;
	put_bool(row, "open", may);
	put_text(row, "purpose", list->purpose->title);
	if (!may)
		return STATUS_OK;
	enum status status = lists_rows(&rows, &count, visit, list, 0, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = visit_data(visit, &asker.data, error);
	if (status == STATUS_OK)
		status = outcomes_count(&counts, list, rows, count, desk, &asker, date_today(), visit->arena, error);
	if (status != STATUS_OK)
		return status;
	put_format(row, "href", "/lists/%s", list->id.at);
	put_count(row, "waiting", (int64_t)counts.open);
	put_count(row, "decided", (int64_t)counts.decided);
	put_share(row, "right", counts.decided ? (double)counts.right / (double)counts.decided : -1);
	return STATUS_OK;
}

enum status page_lists(struct visit *visit, struct error *error)
{
	struct value *lists = put_array(visit->document, "lists");
	bool any = false;
	for (size_t i = 0; i < visit->profile->lists.count; i++) {
		const struct profile_list *list = &visit->profile->lists.at[i];
		if (!is_recipient(visit, list))
			continue;
		any = true;
		enum status status = put_list(visit, lists, list, error);
		if (status != STATUS_OK)
			return status;
	}
	put_bool(visit->document, "has_lists", any);
	return visit_page(visit, "lists", "Lists");
}

/* ---- one list ------------------------------------------------------------------------------------------------ */

struct listing {
	const struct profile_list *list;
	struct list_row *rows;
	size_t count;
	struct list_result *results;
	size_t result_count;
	struct id_map last; /* key -> number of its last outcome + 1 */
	struct text ward;   /* filters */
	bool decided;
};

static const struct list_result *last_result(const struct listing *listing, const struct list_row *row)
{
	const uint64_t *number = id_map_get(&listing->last, (uint64_t)row->key);
	return number ? &listing->results[*number - 1] : NULL;
}

static bool is_settled(const struct listing *listing, const struct list_row *row)
{
	const struct list_result *last = last_result(listing, row);
	return last && list_result_settles(listing->list, last, date_today());
}

static bool is_wanted(const struct listing *listing, const struct list_row *row)
{
	return is_settled(listing, row) == listing->decided &&
	       (!listing->ward.len || text_equal(listing->ward, row->ward));
}

void lists_put_reasons(struct value *object, const struct list_row *row)
{
	struct value *reasons = put_array(object, "reasons");
	for (size_t i = 0; i < row->reason_count; i++) {
		struct value *reason = add_object(reasons);
		put_text(reason, "text", row->reasons[i].text);
		put_int(reason, "points", row->reasons[i].points);
		put_format(reason, "points_text", "%+d", row->reasons[i].points);
	}
}

struct text lists_outcome_title(const struct profile_list *list, struct text id)
{
	const struct profile_outcome *outcome = list_outcome(list, id);
	return outcome ? outcome->title : id;
}

static enum status put_row(struct visit *visit, struct value *rows, const struct listing *listing,
			   const struct list_row *row, struct error *error)
{
	char id[ID_TEXT_SIZE];
	struct value *object = add_object(rows);
	const struct list_result *last = last_result(listing, row);
	enum status status = lists_put_subject(visit, object, listing->list, row, false, error);
	if (status != STATUS_OK)
		return status;
	put_format(object, "href", "/lists/%s/%s", listing->list->id.at, id_format(row->subject_id, id));
	put_int(object, "points", row->points);
	put_long_date(object, "since_text", row->since);
	put_text(object, "ward", row->ward.len ? profile_ward_title(visit->profile, row->ward) : TEXT_ABSENT);
	lists_put_reasons(object, row);
	put_text(object, "outcome", last ? lists_outcome_title(listing->list, last->outcome) : TEXT_ABSENT);
	return STATUS_OK;
}

static void put_filters(struct visit *visit, const struct listing *listing)
{
	struct value *states = put_array(visit->document, "state_options"),
		     *wards = put_array(visit->document, "ward_options");
	put_option(states, TEXT("done"), TEXT("Looked into"), listing->decided ? TEXT("done") : TEXT(""));
	for (size_t i = 0; i < visit->profile->wards.count; i++)
		put_option(wards, visit->profile->wards.at[i].code, visit->profile->wards.at[i].title, listing->ward);
}

static enum status put_rows(struct visit *visit, const struct listing *listing, int64_t *total, struct error *error)
{
	int64_t first = (int64_t)(visit_page_number(visit) - 1) * ROWS_A_PAGE;
	struct value *rows = put_array(visit->document, "rows");
	enum status status = STATUS_OK;
	*total = 0;
	for (size_t i = 0; status == STATUS_OK && i < listing->count; i++) {
		if (!is_wanted(listing, &listing->rows[i]))
			continue;
		if (*total >= first && *total < first + ROWS_A_PAGE)
			status = put_row(visit, rows, listing, &listing->rows[i], error);
		++*total;
	}
	return status;
}

static enum status read_listing(struct listing *listing, struct visit *visit, struct error *error)
{
	struct store *desk;
	struct text ward = visit_query(visit, "ward");
	for (size_t i = 0; i < visit->profile->wards.count; i++) {
		if (text_equal(visit->profile->wards.at[i].code, ward))
			listing->ward = ward;
	}
	listing->decided = text_is(visit_query(visit, "state"), "done");
	enum status status = lists_rows(&listing->rows, &listing->count, visit, listing->list, 0, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = lists_results(&listing->results, &listing->result_count, listing->list, desk, visit->arena,
				       error);
	for (size_t i = 0; status == STATUS_OK && i < listing->result_count; i++)
		*id_map_put(&listing->last, (uint64_t)listing->results[i].key, NULL) = i + 1;
	return status;
}

void lists_put_rule(struct visit *visit, const struct profile_list *list)
{
	struct value *document = visit->document;
	put_text(document, "list_title", list->title);
	put_format(document, "list_href", "/lists/%s", list->id.at);
	put_text(document, "question", list->question);
	put_text(document, "caution", list->caution);
	put_text(document, "owner", list->owner->title);
	put_text(document, "agreement", list->agreement->title);
	put_format(document, "agreement_href", "/agreements/%s", list->agreement->id.at);
}

static enum status list_page(struct visit *visit, struct listing *listing, struct error *error)
{
	int64_t total;
	enum status status = read_listing(listing, visit, error);
	if (status == STATUS_OK)
		status = put_rows(visit, listing, &total, error);
	if (status != STATUS_OK)
		return status;
	lists_put_rule(visit, listing->list);
	put_filters(visit, listing);
	put_bool(visit->document, "has_rows", total > 0);
	put_format(visit->document, "csv_href", "/lists/%s/rows.csv?state=%s&ward=%.*s", listing->list->id.at,
		   listing->decided ? "done" : "", TEXT_ARG(listing->ward));
	put_format(visit->document, "summary", "%lld %s", (long long)total,
		   listing->decided ? "looked into" : "to look into");
	struct text base = arena_format(visit->arena, "/lists/%s?state=%s&ward=%.*s", listing->list->id.at,
					listing->decided ? "done" : "", TEXT_ARG(listing->ward));
	put_pagination(visit->document, base.at, visit_page_number(visit), ROWS_A_PAGE, total);
	struct audit_entry entry = visit_entry(visit, "list.open", "allowed");
	entry.subject_kind = TEXT("list");
	entry.detail = arena_format(visit->arena, "list=%s page=%u of %lld rows", listing->list->id.at,
				    visit_page_number(visit), (long long)total);
	visit_record(visit, &entry);
	return visit_page(visit, "list", "List");
}

enum status page_list(struct visit *visit, struct error *error)
{
	struct listing listing = {.ward = TEXT("")};
	enum status status = lists_open(&listing.list, visit, error);
	if (status != STATUS_OK)
		return status;
	id_map_init(&listing.last);
	status = list_page(visit, &listing, error);
	id_map_release(&listing.last);
	return status;
}

/* ---- the same rows for a spreadsheet --------------------------------------------------------------------------- */

static struct text member_text(const struct value *object, const char *key)
{
	const struct value *member = document_member(object, text_of(key));
	return member && member->kind == VALUE_TEXT ? member->text : TEXT("");
}

/* Texts of KEY in an array of objects, "; " between. */
static struct text joined(struct arena *arena, const struct value *object, const char *array, const char *key)
{
	struct text all = TEXT("");
	const struct value *rows = document_member(object, text_of(array));
	for (const struct value *row = rows ? rows->first : NULL; row; row = row->next)
		all = arena_format(arena, "%.*s%s%.*s", TEXT_ARG(all), all.len ? "; " : "",
				   TEXT_ARG(member_text(row, key)));
	return all;
}

static void append_row(struct buf *out, struct arena *arena, const struct listing *listing, const struct list_row *row,
		       const struct value *object)
{
	const struct text cells[] = {
		member_text(object, "subject"),
		member_text(object, "postcode"),
		member_text(object, "ward"),
		arena_format(arena, "%d", row->points),
		joined(arena, object, "reasons", "text"),
		joined(arena, object, "people", "name"),
		member_text(object, "since_text"),
		member_text(object, "outcome"),
		arena_format(arena, "/lists/%s/%s", listing->list->id.at,
			     strrchr(member_text(object, "href").at, '/') + 1),
	};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		buf_append(out, ",", i > 0);
		buf_append_csv_harmless(out, cells[i]);
	}
	buf_append(out, "\r\n", 2);
}

/* One row, in an arena of its own: all that a request may take does not hold many of them. */
static enum status write_row(struct visit *visit, const struct listing *listing, const struct list_row *row,
			     struct error *error)
{
	struct arena arena, *whole = visit->arena;
	arena_init(&arena, REQUEST_ARENA_LARGEST);
	arena_keep_secret(&arena);
	visit->arena = &arena;
	struct value *rows = document_array(&arena);
	enum status status = put_row(visit, rows, listing, row, error);
	if (status == STATUS_OK)
		append_row(&visit->request->response.body, &arena, listing, row, rows->last);
	visit->arena = whole;
	arena_release(&arena);
	return status;
}

static enum status write_rows(struct visit *visit, const struct listing *listing, size_t *count, struct error *error)
{
	struct buf *out = &visit->request->response.body;
	enum status status = STATUS_OK;
	buf_append_text(out, TEXT("about,postcode,ward,points,reasons,people,since,outcome,page\r\n"));
	for (size_t i = 0; status == STATUS_OK && !out->failed && i < listing->count; i++) {
		if (!is_wanted(listing, &listing->rows[i]))
			continue;
		if (++*count > EXPORT_MOST)
			return error_set(error, STATUS_TOO_LARGE, "lists.export",
					 "More than %d rows are not written at once: choose a ward.", EXPORT_MOST);
		status = write_row(visit, listing, &listing->rows[i], error);
	}
	if (status == STATUS_OK && out->failed)
		return error_set(error, STATUS_TOO_LARGE, "lists.export",
				 "These rows are too long to be written at once: choose a ward.");
	return status;
}

enum status page_list_csv(struct visit *visit, struct error *error)
{
	size_t count = 0;
	struct listing listing = {.ward = TEXT("")};
	struct request *request = visit->request;
	enum status status = lists_open(&listing.list, visit, error);
	if (status != STATUS_OK)
		return status;
	id_map_init(&listing.last);
	status = read_listing(&listing, visit, error);
	if (status == STATUS_OK)
		status = write_rows(visit, &listing, &count, error);
	id_map_release(&listing.last);
	if (status != STATUS_OK)
		return status;
	struct audit_entry entry = visit_entry(visit, "list.export", "allowed");
	entry.subject_kind = TEXT("list");
	entry.detail = arena_format(visit->arena, "list=%s rows=%zu", listing.list->id.at, count);
	visit_record(visit, &entry);
	request->response.status = 200;
	request->response.content_type = "text/csv; charset=utf-8";
	response_header(request, "Content-Disposition",
			arena_format(visit->arena, "attachment; filename=\"%s.csv\"", listing.list->id.at).at);
	visit->answered = true;
	return STATUS_OK;
}
