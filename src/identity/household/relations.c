/* How residents are related, as far as a feed says so: rows with the same claim, tenancy or family, and each one's role
 * in it. */
#include "household/household_work.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/memory.h"
#include "profile/profile.h"
#include "reading/reading.h"

#include <jansson.h>
#include <stdlib.h>

/* A group of more is no family: an account of a landlord, a number that was used again and again. */
enum { GROUP_MOST = 24 };

struct member { /* of a group */
	uint64_t group;
	int64_t resident_id, record_id;
	uint16_t feed_no;
	enum family_role role;
	date from, to;
};

struct relating {
	struct work *work;
	const struct profile_feed **feeds; /* by feed_no */
	size_t feed_count;
	struct id_map rows; /* record and feed -> number of said + 1 */
	struct said {
		enum family_role role;
		date from, to;
		bool several; /* roles in it */
	} * said;
	size_t said_count, said_capacity;
	struct member *members;
	size_t member_count, member_capacity;
	size_t capacity; /* of the work's relations */
};

static uint64_t row_key(int64_t record_id, unsigned feed_no)
{
	return hash_mix((uint64_t)record_id) ^ feed_no;
}

/* ---- roles --------------------------------------------------------------------------------------------------- */

static enum family_role role_of(const struct profile_relationships *relationships, struct text value)
{
	enum family_role role = relationships->everyone;
	for (size_t i = 0; i < relationships->role_count; i++) {
		if (text_equal(relationships->roles[i].from, value))
			(void)family_role_parse(relationships->roles[i].to, &role);
	}
	return role;
}

static enum family_role role_in_payload(const struct profile_relationships *relationships, struct text payload)
{
	enum family_role role = relationships->everyone;
	if (!relationships->role)
		return role;
	struct text plain;
	switch (json_find_text(&plain, payload, relationships->role->id)) {
	case JSON_ABSENT:
		return role;
	case JSON_PLAIN:
		return role_of(relationships, plain);
	case JSON_ESCAPED:
		break;
	}
	json_t *object = json_loadb(payload.at, payload.len, 0, NULL);
	const json_t *value = json_object_get(object, relationships->role->id.at);
	if (json_is_string(value))
		role = role_of(relationships, text_slice(json_string_value(value), json_string_length(value)));
	json_decref(object);
	return role;
}

static void add_said(struct relating *relating, int64_t record_id, unsigned feed_no, enum family_role role, date from,
		     date to)
{
	uint64_t *number = id_map_put(&relating->rows, row_key(record_id, feed_no), NULL);
	if (*number == 0) {
		ARRAY_GROW(relating->said, relating->said_count, relating->said_capacity);
		relating->said[relating->said_count] = (struct said){role, from, to, false};
		*number = ++relating->said_count;
		return;
	}
	struct said *said = &relating->said[*number - 1];
	said->several |= said->role != role;
	if (from != DATE_UNKNOWN && (said->from == DATE_UNKNOWN || from < said->from))
		said->from = from;
	if (to == DATE_UNKNOWN || (said->to != DATE_UNKNOWN && to > said->to))
		said->to = to;
}

/* Of feeds that tell roles, or of all that tell of groups. */
static void append_feeds(struct buf *sql, const struct relating *relating, bool with_roles)
{
	buf_append_char(sql, '0');
	for (size_t i = 0; i < relating->feed_count; i++) {
		if (relating->feeds[i] && (relating->feeds[i]->relationships.role || !with_roles))
			buf_format(sql, ",%zu", i);
	}
}

static enum status read_roles(struct relating *relating, struct error *error)
{
	struct statement *query;
	struct buf sql;
	bool row;
	buf_init(&sql, 1 << 16);
	buf_format(&sql, "SELECT f.record_id, f.feed_no, f.valid_from, f.valid_to, CASE WHEN f.feed_no IN (");
	append_feeds(&sql, relating, true);
	buf_format(&sql,
		   ") THEN (SELECT d.payload FROM fact_payload d WHERE d.payload_id = f.payload_id) END AS payload "
		   "FROM fact f WHERE f.ended_by IS NULL AND f.feed_no IN (");
	append_feeds(&sql, relating, false);
	buf_append_char(&sql, ')');
	enum status status = store_prepare(&query, relating->work->data, buf_text(&sql).at, error);
	buf_release(&sql);
	if (status != STATUS_OK)
		return status;
	statement_stream(query);
	int record = statement_column(query, "record_id"), feed = statement_column(query, "feed_no"),
	    from = statement_column(query, "valid_from"), to = statement_column(query, "valid_to"),
	    payload = statement_column(query, "payload");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		size_t feed_no = (size_t)statement_int(query, feed);
		if (feed_no >= relating->feed_count || !relating->feeds[feed_no])
			continue;
		add_said(relating, statement_int(query, record), (unsigned)feed_no,
			 role_in_payload(&relating->feeds[feed_no]->relationships, statement_text(query, payload)),
			 (date)statement_int(query, from),
			 statement_is_null(query, to) ? DATE_UNKNOWN : (date)statement_int(query, to));
	}
	statement_done(query);
	return status;
}

/* ---- groups -------------------------------------------------------------------------------------------------- */

static enum status find_feeds(struct relating *relating, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, relating->work->data,
					   "SELECT feed_no, feed_id FROM feed ORDER BY feed_no DESC", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "feed_no"), id = statement_column(query, "feed_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		size_t feed_no = (size_t)statement_int(query, number);
		const struct profile_feed *feed =
			profile_feed(relating->work->reading->profile, statement_text(query, id));
		if (!relating->feeds) {
			relating->feed_count = feed_no + 1; /* the highest comes first */
			relating->feeds = memory_alloc(feed_no + 1, sizeof *relating->feeds);
		}
		if (!feed || !feed->relationships.group)
			continue;
		relating->feeds[feed_no] = feed;
	}
	statement_done(query);
	return status;
}

static void add_members(struct relating *relating, size_t record)
{
	const struct work *work = relating->work;
	const struct reading_batch *all = &work->reading->all;
	for (size_t f = 0; f < relating->feed_count; f++) {
		const uint64_t *number =
			relating->feeds[f] ? id_map_get(&relating->rows, row_key(all->records[record], (unsigned)f))
					   : NULL;
		if (!number)
			continue;
		const struct said *said = &relating->said[*number - 1];
		for (uint32_t i = all->first_family[record]; i < all->first_family[record + 1]; i++) {
			if (!(all->families[i] & READING_GROUP))
				continue;
			ARRAY_GROW(relating->members, relating->member_count, relating->member_capacity);
			relating->members[relating->member_count++] =
				(struct member){all->families[i],
						work->resident_of[record],
						all->records[record],
						(uint16_t)f,
						said->several ? FAMILY_MEMBER : said->role,
						said->from,
						said->to};
		}
	}
}

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->feed_no != y->feed_no)
		return x->feed_no < y->feed_no ? -1 : 1;
	if (x->resident_id != y->resident_id)
		return x->resident_id < y->resident_id ? -1 : 1;
	return (x->record_id > y->record_id) - (x->record_id < y->record_id);
}

/* ---- pairs --------------------------------------------------------------------------------------------------- */

/* What two roles in one group make of the first to the second; NULL: nothing, or it is for the other to say. */
static const char *kind_of(enum family_role a, enum family_role b)
{
	bool a_adult = a == FAMILY_HEAD || a == FAMILY_PARTNER, b_adult = b == FAMILY_HEAD || b == FAMILY_PARTNER;
	if (a_adult && b == FAMILY_CHILD)
		return "parent";
	if (a == FAMILY_CARER && b == FAMILY_HEAD)
		return "carer";
	if (a == FAMILY_TENANT && b == FAMILY_OCCUPANT)
		return "tenant";
	if (b_adult && a == FAMILY_CHILD)
		return NULL;
	if ((b == FAMILY_CARER && a == FAMILY_HEAD) || (b == FAMILY_TENANT && a == FAMILY_OCCUPANT))
		return NULL;
	if (a_adult && b_adult)
		return "partner";
	if ((a == FAMILY_CHILD && b == FAMILY_CHILD) || (a == FAMILY_SIBLING && b == FAMILY_SIBLING))
		return "sibling";
	if (a == FAMILY_TENANT && b == FAMILY_TENANT)
		return "joint_tenant";
	return "household";
}

static bool goes_both_ways(const char *kind)
{
	return strcmp(kind, "parent") != 0 && strcmp(kind, "carer") != 0 && strcmp(kind, "tenant") != 0;
}

static void relate(struct relating *relating, const struct member *a, const struct member *b)
{
	struct work *work = relating->work;
	const char *kind = kind_of(a->role, b->role);
	if (!kind || a->resident_id == b->resident_id || (goes_both_ways(kind) && a->resident_id > b->resident_id))
		return;
	ARRAY_GROW(work->relations, work->relation_count, relating->capacity);
	work->relations[work->relation_count++] = (struct relation){.resident_id = a->resident_id,
								    .other_id = b->resident_id,
								    .record_id = a->record_id,
								    .other_record_id = b->record_id,
								    .feed_no = a->feed_no,
								    .kind = kind,
								    .from = a->from > b->from ? a->from : b->from,
								    .to = a->to == DATE_UNKNOWN   ? b->to
									  : b->to == DATE_UNKNOWN ? a->to
									  : a->to < b->to         ? a->to
												  : b->to};
}

static int compare_relations(const void *a, const void *b)
{
	const struct relation *x = a, *y = b;
	if (x->resident_id != y->resident_id)
		return x->resident_id < y->resident_id ? -1 : 1;
	if (x->other_id != y->other_id)
		return x->other_id < y->other_id ? -1 : 1;
	if (x->feed_no != y->feed_no)
		return x->feed_no < y->feed_no ? -1 : 1;
	/* of what a feed says in several rows: what is known most closely, then the newest */
	bool x_vague = strcmp(x->kind, "household") == 0, y_vague = strcmp(y->kind, "household") == 0;
	if (x_vague != y_vague)
		return x_vague ? 1 : -1;
	if (x->from != y->from)
		return x->from > y->from ? -1 : 1;
	int order = strcmp(x->kind, y->kind);
	if (order)
		return order;
	if (x->record_id != y->record_id)
		return x->record_id < y->record_id ? -1 : 1;
	return (x->other_record_id > y->other_record_id) - (x->other_record_id < y->other_record_id);
}

static void relate_groups(struct relating *relating)
{
	struct work *work = relating->work;
	size_t kept = 0;
	if (relating->member_count)
		qsort(relating->members, relating->member_count, sizeof *relating->members, compare_members);
	for (size_t i = 0, end; i < relating->member_count; i = end) {
		const struct member *at = &relating->members[i];
		for (end = i + 1; end < relating->member_count && relating->members[end].group == at->group &&
				  relating->members[end].feed_no == at->feed_no;
		     end++)
			;
		for (size_t a = i; end - i <= GROUP_MOST && a < end; a++) {
			for (size_t b = i; b < end; b++)
				relate(relating, &relating->members[a], &relating->members[b]);
		}
	}
	if (work->relation_count)
		qsort(work->relations, work->relation_count, sizeof *work->relations, compare_relations);
	for (size_t i = 0; i < work->relation_count; i++) {
		const struct relation *last = kept ? &work->relations[kept - 1] : NULL;
		if (!last || last->resident_id != work->relations[i].resident_id ||
		    last->other_id != work->relations[i].other_id || last->feed_no != work->relations[i].feed_no)
			work->relations[kept++] = work->relations[i];
	}
	work->relation_count = kept;
}

enum status work_relate(struct work *work, struct error *error)
{
	struct relating relating = {.work = work};
	id_map_init(&relating.rows);
	enum status status = find_feeds(&relating, error);
	if (status == STATUS_OK)
		status = read_roles(&relating, error);
	for (size_t r = 0; status == STATUS_OK && r < work->reading->all.count; r++) {
		if (work->resident_of[r])
			add_members(&relating, r);
	}
	if (status == STATUS_OK)
		relate_groups(&relating);
	id_map_release(&relating.rows);
	free(relating.feeds);
	free(relating.said);
	free(relating.members);
	return status;
}
