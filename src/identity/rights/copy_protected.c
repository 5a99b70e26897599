/* Who and which places are protected, by whatever says so, and whether where the resident is to be found is to be
 * looked at before it goes out.
 *
 * A copy asks of nobody who asked for it: a parent's copy of a child, and anybody's who comes by it, would tell where a
 * refuge is.  So it does not matter here to whom a restriction is open, nor whether the profile still has it.
 */
#include "rights/rights_int.h"

/* Bits of the maps: any protection, and one that is about where they are, as each of a place's is. */
enum { PROTECTED_ANY = 1, PROTECTED_WHERE = 2 };

/* What a feed's rows say hides who somebody was; an address, and what only a person says, hides where they are. */
static bool is_about_where(const struct profile *profile, struct text restriction_id)
{
	for (size_t i = 0; i < profile->restrictions.count; i++) {
		const struct profile_restriction *restriction = &profile->restrictions.at[i];
		if (text_equal(restriction->id, restriction_id))
			return restriction->hides == HIDES_ADDRESS || !restriction->feed_count;
	}
	return true; /* nobody can say any more what it was about */
}

static enum status read_marks(struct copying *c, struct store *shelf, const char *sql, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(&s, shelf, sql, error);
	if (status != STATUS_OK)
		return status;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		bool where = is_about_where(c->parts->profile, copied_text(s, "restriction_id", c->arena));
		uint64_t subject = (uint64_t)copied_number(s, "subject_id");
		if (copied_number(s, "subject_kind") == POLICY_RESIDENT)
			*id_map_put(&c->protected, subject, NULL) |=
				PROTECTED_ANY | (where ? (uint64_t)PROTECTED_WHERE : 0);
		else
			*id_map_put(&c->places, subject, NULL) |= PROTECTED_WHERE;
	}
	statement_done(s);
	return status;
}

static uint64_t bits_of(const struct id_map *map, int64_t id)
{
	const uint64_t *bits = id_map_get(map, (uint64_t)id);
	return bits ? *bits : 0;
}

bool copy_is_protected(const struct copying *c, int64_t resident_id)
{
	return bits_of(&c->protected, resident_id) != 0;
}

#define PLACES_OF_THE_RESIDENT \
	"(SELECT q.property_id FROM record_property q JOIN resident_record m ON m.record_id = q.record_id WHERE " \
	"m.resident_id = :resident UNION SELECT property_id FROM residence WHERE resident_id = :resident UNION " \
	"SELECT " \
	"property_id FROM household_member WHERE resident_id = :resident)"

static enum status look_at(struct copying *c, const char *sql, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(&s, c->parts->data, sql, error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "resident", c->copy->resident_id);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row)
		c->where_is_protected |= bits_of(&c->places, copied_number(s, "place")) != 0;
	statement_done(s);
	return status;
}

/* Every place that a row or a home of the resident was ever at; the building that it is in; and what is in it, since a
 * row that names the building alone may mean any of its flats. */
static enum status look_at_places(struct copying *c, struct error *error)
{
	static const char *const places[] = {
		"SELECT h.property_id AS place FROM " PLACES_OF_THE_RESIDENT " h",
		"SELECT p.parent_property_id AS place FROM " PLACES_OF_THE_RESIDENT
		" h JOIN property p ON p.property_id = h.property_id WHERE p.parent_property_id IS NOT NULL",
		"SELECT p.property_id AS place FROM " PLACES_OF_THE_RESIDENT
		" h JOIN property p ON p.parent_property_id = h.property_id"};
	enum status status = STATUS_OK;
	for (size_t i = 0; i < sizeof places / sizeof *places && status == STATUS_OK; i++)
		status = look_at(c, places[i], error);
	return status;
}

static bool is_protected_place(const struct copying *c, int64_t property_id)
{
	return bits_of(&c->places, property_id) != 0;
}

/* A record on the shelf that is nobody's yet may be anybody's; one that is not there says nothing of anybody. */
static enum status record_is_told(bool *told, const struct copying *c, int64_t record_id, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(&s, c->parts->data,
					   "SELECT COALESCE(m.resident_id, 0) AS resident_id FROM record r LEFT JOIN "
					   "resident_record m ON m.record_id = r.record_id WHERE r.record_id = :record",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "record", record_id);
	status = statement_step(s, &row, error);
	if (status == STATUS_OK && row) {
		int64_t resident = copied_number(s, "resident_id");
		*told = *told && resident && (resident == c->copy->resident_id || !copy_is_protected(c, resident));
	}
	statement_done(s);
	return status;
}

enum status copy_pair_is_told(bool *told, const struct copying *c, int64_t record_a, int64_t record_b,
			      struct error *error)
{
	*told = true;
	enum status status = record_is_told(told, c, record_a, error);
	return status == STATUS_OK ? record_is_told(told, c, record_b, error) : status;
}

/* As list_row_is_open() has it: somebody protected in it takes the whole row away, for its reasons count them. */
enum status copy_list_row_is_told(bool *told, struct copying *c, struct statement *of, struct error *error)
{
	struct statement *s;
	bool row;
	*told = !is_protected_place(c, copied_number(of, "property_id"));
	enum status status = store_prepare(
		&s, c->parts->data,
		"SELECT resident_id FROM list_member WHERE list_no = :list AND subject_id = :subject", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "list", copied_number(of, "list_no"));
	statement_bind_int(s, "subject", copied_number(of, "subject_id"));
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row)
		*told = *told && !copy_is_protected(c, copied_number(s, "resident_id"));
	statement_done(s);
	return status;
}

enum status copy_relation_is_told(bool *told, struct copying *c, struct statement *of, struct error *error)
{
	(void)error;
	*told = !copy_is_protected(c, copied_number(of, "other"));
	return STATUS_OK;
}

/* Everybody who was ever in a household with the resident, once for each. */
static enum status read_others(struct copying *c, struct error *error)
{
	enum { OTHERS_MOST = 10000 };
	struct statement *s;
	bool row;
	c->others = ARENA_ARRAY(c->arena, OTHERS_MOST, struct copied_other);
	enum status status = store_prepare(&s, c->parts->data,
					   "SELECT DISTINCT o.household_id AS household_id, o.resident_id AS "
					   "resident_id FROM household_member o JOIN "
					   "household_member m ON m.household_id = o.household_id WHERE m.resident_id "
					   "= :resident AND o.resident_id <> "
					   "m.resident_id ORDER BY o.household_id, o.resident_id",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "resident", c->copy->resident_id);
	while (c->other_count < OTHERS_MOST && (status = statement_step(s, &row, error)) == STATUS_OK && row)
		c->others[c->other_count++] =
			(struct copied_other){copied_number(s, "household_id"), copied_number(s, "resident_id")};
	statement_done(s);
	for (size_t i = 0; i < c->other_count; i++)
		c->where_is_protected |= (bits_of(&c->protected, c->others[i].resident_id) & PROTECTED_WHERE) != 0;
	return status;
}

enum status copy_protected_read(struct copying *c, struct error *error)
{
	id_map_init(&c->protected);
	id_map_init(&c->places);
	enum status status = read_marks(c, c->parts->data,
					"SELECT subject_kind, subject_id, restriction_id FROM restriction_mark", error);
	if (status == STATUS_OK)
		status = read_marks(c, c->parts->desk,
				    "SELECT subject_kind, subject_id, restriction_id FROM restriction_ruling WHERE "
				    "lifted_at IS NULL",
				    error);
	c->where_is_protected = copy_is_protected(c, c->copy->resident_id);
	if (status == STATUS_OK)
		status = read_others(c, error);
	return status == STATUS_OK ? look_at_places(c, error) : status;
}

void copy_protected_release(struct copying *c)
{
	id_map_release(&c->protected);
	id_map_release(&c->places);
}

/* By its name, since a council names its own elements: what is taken for one too many is looked at by two persons. */
bool copy_tells_where(const struct profile_element *element)
{
	static const char *const words[] = {"address", "postcode",  "uprn",     "street",   "town",      "locality",
					    "propert", "premises",  "landlord", "building", "placement", "location",
					    "ward",    "polling",   "parish",   "latitude", "longitude", "school",
					    "setting", "provider",  "practice", "phone",    "mobile",    "email",
					    "centre",  "residence", "hostel",   "estate"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_find(element->id, text_of(words[i])) < element->id.len)
			return true;
	return false;
}
