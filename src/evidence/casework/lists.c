/* Writes what lists found, and reads it back for pages and commands. */
#include "casework/lists.h"

#include "base/memory.h"
#include "casework/lists_int.h"
#include "store/difference.h"

#include <stdlib.h>
#include <time.h>

/* ---- writing ------------------------------------------------------------------------------------------- */

struct writing {
	struct policy *policy;
	const struct profile *profile;
	struct store *data;
	struct found_lists found;
	struct id_map since;   /* row -> day as it stands */
	int64_t *numbers;      /* by list of the profile */
	size_t *row_of_member; /* by member */
	date today;
};

static uint64_t row_key(int64_t list_no, int64_t subject_id)
{
	return hash_mix((uint64_t)subject_id) ^ (uint64_t)list_no;
}

static enum status read_numbers(struct writing *w, int64_t *highest, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, w->data, "SELECT list_no, list_id FROM list_rule", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "list_no"), id = statement_column(query, "list_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		const struct profile_list *list = profile_list(w->profile, statement_text(query, id));
		if (list)
			w->numbers[list->number] = statement_int(query, number);
		if (statement_int(query, number) > *highest)
			*highest = statement_int(query, number);
	}
	statement_done(query);
	return status;
}

static enum status number_list(struct writing *w, const struct profile_list *list, int64_t number, struct error *error)
{
	struct statement *insert;
	enum status status = store_prepare(
		&insert, w->data, "INSERT INTO list_rule (list_no, list_id) VALUES (:list_no, :list_id)", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(insert, "list_no", number);
	statement_bind_text(insert, "list_id", list->id);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	w->numbers[list->number] = number;
	return status;
}

static enum status number_lists(struct writing *w, struct error *error)
{
	int64_t highest = 0;
	enum status status = read_numbers(w, &highest, error);
	for (size_t i = 0; status == STATUS_OK && i < w->profile->lists.count; i++) {
		if (w->numbers[i] == 0)
			status = number_list(w, &w->profile->lists.at[i], ++highest, error);
	}
	return status;
}

static enum status read_since(struct writing *w, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, w->data, "SELECT list_no, subject_id, since FROM list_row", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "list_no"), subject = statement_column(query, "subject_id"),
	    since = statement_column(query, "since");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*id_map_put(&w->since, row_key(statement_int(query, number), statement_int(query, subject)), NULL) =
			(uint64_t)statement_int(query, since);
	statement_done(query);
	return status;
}

static void give_row(const void *context, size_t number, struct cell *cells)
{
	const struct writing *w = context;
	const struct found_row *row = &w->found.rows[number];
	int64_t list_no = w->numbers[row->list->number];
	const uint64_t *since = id_map_get(&w->since, row_key(list_no, row->subject_id));
	cells[0] = cell_int(list_no);
	cells[1] = cell_int(row->subject_id);
	cells[2] = row->property_id ? cell_int(row->property_id) : cell_null();
	cells[3] = cell_text(row->ward);
	cells[4] = cell_int(row->points);
	cells[5] = cell_int(since ? (int64_t)*since : w->today);
	cells[6] = cell_text(row->reasons);
}

static void give_member(const void *context, size_t number, struct cell *cells)
{
	const struct writing *w = context;
	const struct found_row *row = &w->found.rows[w->row_of_member[number]];
	const struct found_member *member = &w->found.members[number];
	cells[0] = cell_int(w->numbers[row->list->number]);
	cells[1] = cell_int(row->subject_id);
	cells[2] = cell_int(member->resident_id);
	cells[3] =
		cell_text(member->group == MEMBER_IS_SUBJECT ? TEXT("subject") : row->list->groups[member->group].id);
	cells[4] = cell_int(member->shown);
}

static void place_members(struct writing *w)
{
	w->row_of_member = memory_alloc(w->found.member_count + 1, sizeof *w->row_of_member);
	for (size_t i = 0; i < w->found.count; i++) {
		for (size_t m = 0; m < w->found.rows[i].member_count; m++)
			w->row_of_member[w->found.rows[i].first_member + m] = i;
	}
}

static enum status write_found(struct writing *w, struct lists_report *report, struct error *error)
{
	static const struct difference_table rows = {.name = "list_row",
						     .keys = {"list_no", "subject_id"},
						     .values = {"property_id", "ward", "points", "since", "reasons"}};
	static const struct difference_table members = {.name = "list_member",
							.keys = {"list_no", "subject_id", "resident_id"},
							.values = {"group_id", "shown"}};
	struct difference_counts counts = {0};
	place_members(w);
	enum status status = store_begin(w->data, error);
	if (status == STATUS_OK)
		status = number_lists(w, error);
	if (status == STATUS_OK)
		status = read_since(w, error);
	if (status == STATUS_OK)
		status = store_write_difference(w->data, &rows, w->found.count, give_row, w, &counts, error);
	if (status == STATUS_OK)
		status = store_write_difference(w->data, &members, w->found.member_count, give_member, w, NULL, error);
	if (status == STATUS_OK)
		status = store_commit(w->data, error);
	store_rollback(w->data);
	report->rows = w->found.count;
	report->people = w->found.member_count;
	report->added = counts.inserted;
	report->gone = counts.deleted;
	return status;
}

/* The day of the newest extract: what the data can tell. */
static enum status data_day(struct store *data, date today, date *out, struct error *error)
{
	int64_t newest;
	enum status status =
		store_query_int(data, "SELECT MAX(as_at) FROM extract WHERE status = 'loaded'", &newest, error);
	*out = newest ? (date)newest : today;
	return status;
}

/* A list is a use of each element that its rules read: the agreement must let it, today. */
static bool is_agreed(struct policy *policy, const struct profile_list *list, date today)
{
	if (!policy_agreement_runs(policy, list->agreement, today))
		return false;
	for (size_t g = 0; g < list->group_count; g++) {
		const struct profile_group *group = &list->groups[g];
		for (size_t i = 0; i < group->feed_count * group->when.count; i++) {
			const struct profile_feed *feed = group->feeds[i / group->when.count];
			const struct profile_element *element = group->when.comparisons[i % group->when.count].left;
			if (feed_column(feed, element) &&
			    policy_may_use(policy, list->agreement, feed, element, USE_MODELLING, today).verdict !=
				    POLICY_ALLOW)
				return false;
		}
	}
	return true;
}

/* Who objected to the list's purpose, had processing restricted, or did not consent, takes the whole row away: what is
 * said of a household would tell of them, and without them it would be wrong. */
static bool may_be_counted(struct policy *policy, const struct profile_list *list, int64_t resident_id)
{
	const struct policy_bounds bounds = policy_bounds_of(policy, POLICY_RESIDENT, resident_id);
	return policy_may_count(policy, &bounds, list->purpose, list->agreement);
}

static void drop_uncountable(struct writing *w)
{
	struct found_lists *found = &w->found;
	size_t rows = 0, members = 0;
	for (size_t i = 0; i < found->count; i++) {
		struct found_row row = found->rows[i];
		const struct found_member *its = &found->members[row.first_member];
		bool may = true;
		for (size_t m = 0; m < row.member_count && may; m++)
			may = may_be_counted(w->policy, row.list, its[m].resident_id);
		if (!may)
			continue;
		if (row.member_count)
			memmove(&found->members[members], its, row.member_count * sizeof *its);
		row.first_member = members;
		members += row.member_count;
		found->rows[rows++] = row;
	}
	found->count = rows;
	found->member_count = members;
}

static enum status work_out(struct writing *w, date today, struct lists_report *report, struct error *error)
{
	struct list_source source;
	date day;
	enum status status = data_day(w->data, today, &day, error);
	if (status != STATUS_OK)
		return status;
	w->today = day;
	list_source_init(&source, w->profile, day);
	if (w->profile->lists.count)
		status = list_source_load(&source, w->data, error);
	for (size_t i = 0; status == STATUS_OK && i < w->profile->lists.count; i++) {
		if (is_agreed(w->policy, &w->profile->lists.at[i], today))
			list_work_out(&w->found, &source, &w->profile->lists.at[i]);
	}
	drop_uncountable(w);
	if (status == STATUS_OK)
		status = write_found(w, report, error);
	list_source_release(&source);
	return status;
}

enum status lists_refresh(struct policy *policy, const struct profile *profile, struct store *data, date today,
			  struct lists_report *report, struct error *error)
{
	struct timespec start, end;
	struct writing w = {.policy = policy, .profile = profile, .data = data};
	*report = (struct lists_report){0};
	clock_gettime(CLOCK_MONOTONIC, &start);
	id_map_init(&w.since);
	found_init(&w.found);
	w.numbers = memory_alloc(profile->lists.count + 1, sizeof *w.numbers);
	enum status status = work_out(&w, today, report, error);
	id_map_release(&w.since);
	found_release(&w.found);
	free(w.numbers);
	free(w.row_of_member);
	clock_gettime(CLOCK_MONOTONIC, &end);
	report->seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	return status;
}

/* ---- reading -------------------------------------------------------------------------------------------- */

static void take_reasons(struct list_row *row, struct text written, struct arena *arena)
{
	size_t lines = 0;
	struct text rest = arena_text(arena, written), line;
	for (size_t i = 0; i < rest.len; i++)
		lines += rest.at[i] == '\n';
	struct list_reason *reasons = ARENA_ARRAY(arena, lines + 1, struct list_reason);
	while (text_split(&rest, '\n', &line)) {
		int64_t points;
		size_t tab = text_find_char(line, '\t');
		if (tab == line.len || !text_parse_int64(text_slice(line.at, tab), &points))
			continue;
		reasons[row->reason_count++] = (struct list_reason){
			(int)points, arena_text(arena, text_slice(line.at + tab + 1, line.len - tab - 1))};
	}
	row->reasons = reasons;
}

struct row_list {
	struct list_row *at;
	size_t count, capacity;
	struct id_map number; /* subject -> number + 1 */
};

static enum status take_rows(struct row_list *rows, struct statement *query, const struct profile_list *list,
			     struct arena *arena, struct error *error)
{
	bool more;
	enum status status;
	int subject = statement_column(query, "subject_id"), property = statement_column(query, "property_id"),
	    key = statement_column(query, "uprn_hash"), ward = statement_column(query, "ward"),
	    points = statement_column(query, "points"), since = statement_column(query, "since"),
	    reasons = statement_column(query, "reasons");
	while ((status = statement_step(query, &more, error)) == STATUS_OK && more) {
		struct list_row row = {.subject_id = statement_int(query, subject),
				       .property_id = statement_int(query, property),
				       .points = (int)statement_int(query, points),
				       .since = (date)statement_int(query, since)};
		struct text of_ward = statement_text(query, ward);
		row.ward = text_is_absent(of_ward) ? of_ward : arena_text(arena, of_ward);
		row.key = list->subject == LIST_OF_PROPERTIES ? statement_int(query, key) : row.subject_id;
		take_reasons(&row, statement_text(query, reasons), arena);
		ARRAY_GROW(rows->at, rows->count, rows->capacity);
		rows->at[rows->count++] = row;
		*id_map_put(&rows->number, (uint64_t)row.subject_id, NULL) = rows->count;
	}
	return status;
}

static enum status read_rows(struct row_list *rows, const struct profile_list *list, struct store *data,
			     int64_t subject_id, struct arena *arena, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(
		&query, data,
		"SELECT r.subject_id, r.property_id, p.uprn_hash, r.ward, r.points, r.since, r.reasons FROM list_row r"
		" JOIN list_rule n ON n.list_no = r.list_no LEFT JOIN property p ON p.property_id = r.property_id"
		" WHERE n.list_id = :list_id AND (r.subject_id = :subject_id OR :every = 1)"
		" ORDER BY r.points DESC, r.since, r.subject_id",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(query, "list_id", list->id);
	statement_bind_int(query, "subject_id", subject_id);
	statement_bind_int(query, "every", subject_id == 0);
	status = take_rows(rows, query, list, arena, error);
	statement_done(query);
	return status;
}

/* Members come in order of subjects. */
static enum status take_members(struct row_list *rows, struct statement *query, struct arena *arena,
				struct error *error)
{
	bool more;
	enum status status;
	struct list_member *members = NULL;
	size_t count = 0, capacity = 0, first = 0;
	int64_t subject_id = 0;
	int subject = statement_column(query, "subject_id"), resident = statement_column(query, "resident_id"),
	    group = statement_column(query, "group_id"), shown = statement_column(query, "shown");
	do {
		status = statement_step(query, &more, error);
		int64_t next = status == STATUS_OK && more ? statement_int(query, subject) : 0;
		if (next != subject_id && count > first) {
			const uint64_t *number = id_map_get(&rows->number, (uint64_t)subject_id);
			struct list_member *kept = ARENA_ARRAY(arena, count - first, struct list_member);
			memcpy(kept, members + first, (count - first) * sizeof *kept);
			if (number) {
				rows->at[*number - 1].members = kept;
				rows->at[*number - 1].member_count = count - first;
			}
			first = count = 0;
		}
		subject_id = next;
		if (!next)
			break;
		ARRAY_GROW(members, count, capacity);
		members[count++] = (struct list_member){.resident_id = statement_int(query, resident),
							.group = arena_text(arena, statement_text(query, group)),
							.shown = statement_int(query, shown) != 0};
	} while (status == STATUS_OK);
	free(members);
	return status;
}

static enum status read_members(struct row_list *rows, const struct profile_list *list, struct store *data,
				int64_t subject_id, struct arena *arena, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, data,
					   "SELECT m.subject_id, m.resident_id, m.group_id, m.shown FROM list_member m"
					   " JOIN list_rule n ON n.list_no = m.list_no WHERE n.list_id = :list_id"
					   " AND (m.subject_id = :subject_id OR :every = 1)"
					   " ORDER BY m.subject_id, m.shown DESC, m.group_id, m.resident_id",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(query, "list_id", list->id);
	statement_bind_int(query, "subject_id", subject_id);
	statement_bind_int(query, "every", subject_id == 0);
	status = take_members(rows, query, arena, error);
	statement_done(query);
	return status;
}

enum status lists_read(struct list_row **out, size_t *count, const struct profile_list *list, struct store *data,
		       int64_t subject_id, struct arena *arena, struct error *error)
{
	struct row_list rows = {0};
	id_map_init(&rows.number);
	enum status status = read_rows(&rows, list, data, subject_id, arena, error);
	if (status == STATUS_OK)
		status = read_members(&rows, list, data, subject_id, arena, error);
	*out = ARENA_ARRAY(arena, rows.count + 1, struct list_row);
	if (rows.count)
		memcpy(*out, rows.at, rows.count * sizeof *rows.at);
	*count = rows.count;
	id_map_release(&rows.number);
	free(rows.at);
	return status;
}

/* ---- who may see it ------------------------------------------------------------------------------------- */

static bool may(struct policy *policy, const struct policy_grid *grid, enum policy_subject kind, int64_t subject_id)
{
	const struct policy_bounds bounds =
		subject_id ? policy_bounds_of(policy, kind, subject_id) : (struct policy_bounds){0};
	if (grid)
		return policy_may_know_of(grid, &bounds) && policy_may_know_address(grid, bounds.restrictions);
	return policy_is_unbound(&bounds);
}

/* The list stands from the last refresh; what a resident decided since counts now. */
static bool may_be_on(const struct profile_list *list, struct policy *policy, const struct policy_grid *grid,
		      int64_t resident_id)
{
	return may_be_counted(policy, list, resident_id) && may(policy, grid, POLICY_RESIDENT, resident_id);
}

/* A list says where people live and what is said of them: one who is protected, in either way, or may not be counted
 * any more takes the whole row away, for a count in a reason would tell of them as well. */
bool list_row_may_be_seen(const struct list_row *row, const struct profile_list *list, struct policy *policy,
			  const struct policy_grid *grid)
{
	if (!may(policy, grid, POLICY_PROPERTY, row->property_id))
		return false;
	for (size_t i = 0; i < row->member_count; i++) {
		if (!may_be_on(list, policy, grid, row->members[i].resident_id))
			return false;
	}
	return true;
}

bool list_row_is_open(const struct list_row *row, const struct profile_list *list, struct policy *policy)
{
	return list_row_may_be_seen(row, list, policy, NULL);
}

static enum status read_ids(int64_t **ids, size_t *count, struct store *data, const char *sql, int64_t key,
			    struct text list_id, struct error *error)
{
	struct statement *query;
	size_t capacity = 0;
	bool row;
	*ids = NULL;
	*count = 0;
	enum status status = store_prepare(&query, data, sql, error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "key", key);
	if (!text_is_absent(list_id))
		statement_bind_text(query, "list_id", list_id);
	int id = statement_column(query, "id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(*ids, *count, capacity);
		(*ids)[(*count)++] = statement_int(query, id);
	}
	statement_done(query);
	return status;
}

/* Whether all that SQL finds for KEY may be told of. */
static enum status all_may(bool *out, const struct profile_list *list, const struct list_asker *asker,
			   enum policy_subject kind, const char *sql, int64_t key, struct error *error)
{
	int64_t *ids;
	size_t count;
	enum status status = read_ids(&ids, &count, asker->data, sql, key, TEXT_ABSENT, error);
	for (size_t i = 0; i < count; i++)
		*out = *out && (kind == POLICY_RESIDENT ? may_be_on(list, asker->policy, asker->grid, ids[i])
							: may(asker->policy, asker->grid, kind, ids[i]));
	free(ids);
	return status;
}

enum status list_subject_may_be_told(bool *out, const struct profile_list *list, int64_t key,
				     const struct list_asker *asker, struct error *error)
{
	bool properties = list->subject == LIST_OF_PROPERTIES;
	int64_t *ids;
	size_t count;
	enum status status = read_ids(
		&ids, &count, asker->data,
		properties
			? "SELECT r.subject_id AS id FROM list_row r JOIN list_rule n ON n.list_no = r.list_no JOIN "
			  "property p ON p.property_id = r.subject_id WHERE n.list_id = :list_id AND p.uprn_hash = :key"
			: "SELECT r.subject_id AS id FROM list_row r JOIN list_rule n ON n.list_no = r.list_no "
			  "WHERE n.list_id = :list_id AND r.subject_id = :key",
		key, list->id, error);
	free(ids);
	*out = count == 0;
	if (status != STATUS_OK || !*out)
		return status;
	if (list->subject == LIST_OF_RESIDENTS) {
		*out = may_be_on(list, asker->policy, asker->grid, key);
		return STATUS_OK;
	}
	status = all_may(out, list, asker, POLICY_PROPERTY,
			 properties ? "SELECT property_id AS id FROM property WHERE uprn_hash = :key"
				    : "SELECT property_id AS id FROM household WHERE household_id = :key",
			 key, error);
	if (status != STATUS_OK)
		return status;
	return all_may(
		out, list, asker, POLICY_RESIDENT,
		properties ? "SELECT m.resident_id AS id FROM household_member m JOIN property p ON p.property_id = "
			     "m.property_id WHERE p.uprn_hash = :key AND m.to_date IS NULL"
			   : "SELECT resident_id AS id FROM household_member WHERE household_id = :key AND to_date IS "
			     "NULL",
		key, error);
}
