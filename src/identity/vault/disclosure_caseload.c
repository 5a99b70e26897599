/* Whose case a resident is, and who is on somebody's caseload. */
#include "vault/disclosure_int.h"

#include "base/id.h"

#include <stdlib.h>

enum status asking_relationship(enum case_relationship *out, struct asking_door *asking, int64_t resident_id,
				struct error *error)
{
	struct statement *s;
	*out = RELATIONSHIP_NONE;
	enum status status =
		store_prepare(&s, asking->data,
			      "SELECT c.source_id, c.worker, c.team FROM resident_record r JOIN caseload c "
			      "ON c.record_id = r.record_id WHERE r.resident_id = :resident",
			      error);
	if (status)
		return status;
	statement_bind_int(s, "resident", resident_id);
	int source = statement_column(s, "source_id"), worker = statement_column(s, "worker"),
	    team = statement_column(s, "team");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		enum case_relationship found = relationship_by(asking->viewer, statement_text(s, source),
							       statement_text(s, worker), statement_text(s, team));
		*out = found > *out ? found : *out;
	}
	statement_done(s);
	return status;
}

enum status disclosure_relationship(enum case_relationship *out, struct disclosure *door, const struct viewer *viewer,
				    int64_t resident_id, struct error *error)
{
	struct arena arena;
	struct asking_door asking;
	uint64_t restrictions;
	bool hidden;
	*out = RELATIONSHIP_NONE;
	arena_init(&arena, 1 << 20);
	enum status status = asking_begin(&asking, door, viewer, DATE_UNKNOWN, &arena, error);
	if (status == STATUS_OK) {
		if (asking_may_know(&asking, resident_id, &restrictions, &hidden))
			status = asking_relationship(out, &asking, resident_id, error);
		if (status == STATUS_OK)
			status = asking_settle(&asking, error);
		asking_end(&asking);
	}
	arena_release(&arena);
	return status;
}

enum status disclosure_is_known(bool *out, struct disclosure *door, const struct viewer *viewer, int64_t resident_id,
				const struct policy_pass *pass, struct error *error)
{
	struct arena arena;
	struct asking_door asking;
	uint64_t restrictions;
	bool hidden;
	*out = false;
	arena_init(&arena, 64 << 20);
	arena_keep_secret(&arena);
	enum status status = asking_begin(&asking, door, viewer, DATE_UNKNOWN, &arena, error);
	if (status == STATUS_OK) {
		struct read_rows rows = {0};
		asking.pass = pass;
		if (asking_may_know(&asking, resident_id, &restrictions, &hidden))
			status = asking_read_lines(&rows, &asking, resident_id, hidden, false, error);
		if (status == STATUS_OK)
			status = asking_settle(&asking, error);
		*out = status == STATUS_OK && rows.row_count > 0;
		asking_end(&asking);
	}
	arena_release(&arena);
	return status;
}

/* ---- the whole caseload ------------------------------------------------------------------------------ */

struct cases {
	struct asking_door *asking;
	int64_t ids[CASELOAD_MOST + 1];
	size_t count;
};

static enum status add_found(struct cases *cases, struct statement *s, struct error *error)
{
	int resident = statement_column(s, "resident_id");
	bool row;
	enum status status;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		int64_t id = statement_int(s, resident);
		uint64_t restrictions;
		bool hidden, known = false;
		for (size_t i = 0; i < cases->count && !known; i++)
			known = cases->ids[i] == id;
		if (!known && cases->count <= CASELOAD_MOST &&
		    asking_may_know(cases->asking, id, &restrictions, &hidden))
			cases->ids[cases->count++] = id;
	}
	return status;
}

static enum status find_own(struct cases *cases, struct error *error)
{
	struct statement *s;
	const struct viewer *viewer = cases->asking->viewer;
	enum status status =
		store_prepare(&s, cases->asking->data,
			      "SELECT DISTINCT r.resident_id FROM caseload c JOIN resident_record r ON "
			      "r.record_id = c.record_id WHERE c.worker = :worker AND c.source_id = :source "
			      "ORDER BY r.resident_id",
			      error);
	if (status)
		return status;
	for (size_t i = 0; i < viewer->worker_count && status == STATUS_OK; i++) {
		statement_bind_text(s, "worker", viewer->workers[i].worker);
		statement_bind_text(s, "source", viewer->workers[i].source);
		status = add_found(cases, s, error);
	}
	statement_done(s);
	return status;
}

static enum status find_team(struct cases *cases, struct error *error)
{
	struct statement *s;
	const struct viewer *viewer = cases->asking->viewer;
	if (!viewer->team || viewer->role->caseload_of != CASELOAD_TEAM)
		return STATUS_OK;
	enum status status = store_prepare(&s, cases->asking->data,
					   "SELECT DISTINCT r.resident_id FROM caseload c JOIN resident_record r ON "
					   "r.record_id = c.record_id WHERE c.team = :team ORDER BY r.resident_id",
					   error);
	if (status)
		return status;
	for (size_t i = 0; i < viewer->team->known_as_count && status == STATUS_OK; i++) {
		statement_bind_text(s, "team", viewer->team->known_as[i]);
		status = add_found(cases, s, error);
	}
	statement_done(s);
	return status;
}

static enum status open_case(struct disclosed_case *out, struct asking_door *asking, int64_t resident_id, bool *shown,
			     struct error *error)
{
	uint64_t restrictions;
	bool address_hidden;
	struct read_rows rows;
	asking_may_know(asking, resident_id, &restrictions, &address_hidden);
	*out = (struct disclosed_case){.relationship = RELATIONSHIP_NONE};
	enum status status = asking_relationship(&out->relationship, asking, resident_id, error);
	if (status == STATUS_OK)
		status = asking_read_lines(&rows, asking, resident_id, address_hidden, false, error);
	if (status)
		return status;
	asking_person(&out->person, asking, resident_id, &rows, restrictions, address_hidden);
	out->known_to_count = asking_known_to(asking, &rows, &out->known_to);
	*shown = rows.row_count > 0;
	return STATUS_OK;
}

static int by_name(const void *left, const void *right)
{
	const struct disclosed_case *a = left, *b = right;
	int order = text_compare(a->person.name, b->person.name);
	if (order)
		return order;
	return (a->person.resident_id > b->person.resident_id) - (a->person.resident_id < b->person.resident_id);
}

static enum status open_cases(struct disclosure_caseload *out, struct asking_door *asking, struct error *error)
{
	struct cases *cases = ARENA_NEW(asking->arena, struct cases);
	cases->asking = asking;
	enum status status = find_own(cases, error);
	if (status == STATUS_OK)
		status = find_team(cases, error);
	out->more = cases->count > CASELOAD_MOST;
	cases->count -= out->more;
	struct disclosed_case *found = ARENA_ARRAY(asking->arena, cases->count + 1, struct disclosed_case);
	for (size_t i = 0; i < cases->count && status == STATUS_OK; i++) {
		bool shown = false;
		status = open_case(&found[out->count], asking, cases->ids[i], &shown, error);
		out->count += status == STATUS_OK && shown;
	}
	qsort(found, out->count, sizeof *found, by_name);
	out->at = found;
	return status;
}

static void caseload_entry(struct disclosure_caseload *out, struct asking_door *asking)
{
	struct buf shown;
	char id[ID_TEXT_SIZE];
	buf_init(&shown, 32 * CASELOAD_MOST);
	buf_format(&shown, "%zu residents:", out->count);
	for (size_t i = 0; i < out->count; i++)
		buf_format(&shown, " %s", id_format(out->at[i].person.resident_id, id));
	asking_entry(&out->entry, asking, "caseload.open", "resident", 0, "allowed",
		     arena_text(asking->arena, buf_text(&shown)));
	buf_release(&shown);
}

enum status disclosure_open_caseload(struct disclosure_caseload *out, struct disclosure *door,
				     const struct viewer *viewer, struct arena *arena, struct error *error)
{
	struct asking_door asking;
	*out = (struct disclosure_caseload){.count = 0};
	enum status status = asking_begin(&asking, door, viewer, DATE_UNKNOWN, arena, error);
	if (status)
		return status;
	status = open_cases(out, &asking, error);
	if (status == STATUS_OK)
		status = asking_settle(&asking, error);
	if (status == STATUS_OK) {
		caseload_entry(out, &asking);
		out->ticket = disclosure_submit(door, &out->entry);
	}
	asking_end(&asking);
	return status;
}
