/* Two records side by side, for whoever decides whether they are one person. */
#include "vault/disclosure_int.h"

static enum status resident_of(int64_t *out, struct asking_door *asking, int64_t record_id, struct error *error)
{
	struct statement *s;
	bool row = false;
	*out = 0;
	enum status status = store_prepare(&s, asking->data,
					   "SELECT resident_id FROM resident_record WHERE record_id = :record", error);
	if (status)
		return status;
	statement_bind_int(s, "record", record_id);
	status = statement_step(s, &row, error);
	if (!status && row)
		*out = statement_int(s, statement_column(s, "resident_id"));
	statement_done(s);
	return status;
}

/* The newest version of each row of one record. */
static struct read_rows rows_of(struct asking_door *asking, const struct read_rows *all, int64_t record_id)
{
	struct read_rows own = {.record_count = 1, .any_current = all->any_current};
	own.rows = ARENA_ARRAY(asking->arena, all->row_count, struct disclosed_row);
	for (size_t i = 0; i < all->row_count; i++) {
		if (all->rows[i].origin.record_id == record_id && all->rows[i].newest)
			own.rows[own.row_count++] = all->rows[i];
	}
	return own;
}

static void list_others(struct disclosure_side *out, struct asking_door *asking, const struct read_rows *all,
			const int64_t *records)
{
	struct disclosed_record *others = ARENA_ARRAY(asking->arena, all->record_count, struct disclosed_record);
	int64_t last = 0;
	for (size_t i = 0; i < all->row_count; i++) {
		int64_t record_id = all->rows[i].origin.record_id;
		if (record_id == last || record_id == records[0] || record_id == records[1])
			continue;
		struct read_rows own = rows_of(asking, all, record_id);
		struct disclosed_record *other = &others[out->other_count++];
		other->record_id = last = record_id;
		other->source = all->rows[i].origin.feed->source;
		asking_person(&other->person, asking, out->resident_id, &own, out->restrictions,
			      out->address_protected);
	}
	out->others = others;
}

static enum status open_side(struct disclosure_side *out, struct asking_door *asking, int64_t record_id,
			     const int64_t *records, struct error *error)
{
	struct read_rows all;
	struct disclosed_household *households = NULL;
	*out = (struct disclosure_side){.record_id = record_id};
	enum status status = resident_of(&out->resident_id, asking, record_id, error);
	if (status)
		return status;
	if (!out->resident_id ||
	    !asking_may_know(asking, out->resident_id, &out->restrictions, &out->address_protected))
		return asking_refuse(asking, "match.open", "resident", out->resident_id, error);
	status = asking_read_rows(&all, asking, out->resident_id, out->address_protected, error);
	if (status)
		return status;
	struct read_rows own = rows_of(asking, &all, record_id);
	if (own.row_count == 0) /* of a source that the viewer may not even know of */
		return asking_refuse(asking, "match.open", "resident", out->resident_id, error);
	out->rows = own.rows;
	out->row_count = own.row_count;
	out->source = own.rows[0].origin.feed->source;
	asking_person(&out->person, asking, out->resident_id, &own, out->restrictions, out->address_protected);
	list_others(out, asking, &all, records);
	status = asking_households(asking, "resident", out->resident_id, true, &households, &out->household_count,
				   error);
	out->households = households;
	return status;
}

static void submit(struct disclosure_pair *out, struct asking_door *asking, size_t side)
{
	struct audit_entry entry;
	struct text detail = arena_format(asking->arena, "records %lld and %lld", (long long)out->sides[0].record_id,
					  (long long)out->sides[1].record_id);
	asking_entry(&entry, asking, "match.open", "resident", out->sides[side].resident_id, "allowed", detail);
	out->tickets[out->ticket_count++] = disclosure_submit(asking->door, &entry);
}

enum status disclosure_open_pair(struct disclosure_pair *out, struct disclosure *door, const struct viewer *viewer,
				 int64_t record_a, int64_t record_b, struct arena *arena, struct error *error)
{
	struct asking_door asking;
	const int64_t records[] = {record_a, record_b};
	*out = (struct disclosure_pair){0};
	enum status status = asking_begin(&asking, door, viewer, DATE_UNKNOWN, arena, error);
	if (status)
		return status;
	for (size_t i = 0; i < 2 && !status; i++)
		status = open_side(&out->sides[i], &asking, records[i], records, error);
	if (!status)
		status = asking_settle(&asking, error);
	if (!status) {
		submit(out, &asking, 0);
		if (out->sides[1].resident_id != out->sides[0].resident_id)
			submit(out, &asking, 1);
		atomic_fetch_add(&door->opens, 1);
	}
	asking_end(&asking);
	return status;
}
