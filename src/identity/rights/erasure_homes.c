/* What was found about the homes of somebody who is erased: the outcomes of lists whose subject is a household or a
 * property.
 *
 * Of a home that nobody else lived in on the day of the outcome, the outcome is about the resident, and goes. Of one
 * that others lived in too it stays, for it is about them as well and settles the row of the list; its free words go,
 * because nobody can tell by a program whom of the home they speak of. An outcome of days on which the resident did not
 * live there, while the list's row did not go by them, is others'. */
#include "rights/erasure_int.h"

#include "base/memory.h"

#include <stdlib.h>

struct stay { /* of somebody in a home; DATE_UNKNOWN: since ever, until now */
	int64_t resident_id;
	date from, to;
};
struct home {
	int64_t id, key; /* KEY: of outcomes, as lists.h has it */
	struct stay theirs;
};
struct homes {
	struct home *at;
	size_t count, capacity;
};
struct stays {
	struct stay *at;
	size_t count, capacity;
};

/* Where the resident lived, and the lists' rows of homes that go by them. */
static const char homes_sql[] =
	"SELECT household_id AS home, household_id AS home_key, from_date, to_date FROM household_member WHERE "
	"resident_id = :resident UNION ALL SELECT m.property_id, p.uprn_hash, m.from_date, m.to_date FROM "
	"household_member m JOIN property p ON p.property_id = m.property_id WHERE m.resident_id = :resident UNION ALL "
	"SELECT r.property_id, p.uprn_hash, r.from_date, r.to_date FROM residence r JOIN property p ON p.property_id = "
	"r.property_id WHERE r.resident_id = :resident UNION ALL SELECT l.subject_id, COALESCE(p.uprn_hash, "
	"l.subject_id), NULL, NULL FROM list_member l LEFT JOIN property p ON p.property_id = l.subject_id WHERE "
	"l.resident_id = :resident AND NOT EXISTS (SELECT 1 FROM resident_record x WHERE x.resident_id = l.subject_id)";
static const char stays_sql[] =
	"SELECT resident_id, from_date, to_date FROM household_member WHERE household_id = :home OR property_id = "
	":home UNION ALL SELECT resident_id, from_date, to_date FROM residence WHERE property_id = :home UNION ALL "
	"SELECT resident_id, NULL, NULL FROM list_member WHERE subject_id = :home";

static enum status read_homes(struct homes *out, struct store *data, int64_t resident_id, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(&s, data, homes_sql, error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "resident", resident_id);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(out->at, out->count, out->capacity);
		out->at[out->count++] =
			(struct home){copied_number(s, "home"),
				      copied_number(s, "home_key"),
				      {resident_id, copied_date(s, "from_date"), copied_date(s, "to_date")}};
	}
	statement_done(s);
	return status;
}

static bool goes_too(const struct erasing *e, int64_t resident_id)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->records[i].whole && e->records[i].resident_id == resident_id)
			return true;
	return false;
}

/* Of those who stay. */
static enum status read_others(struct stays *out, const struct erasing *e, int64_t home, struct error *error)
{
	struct statement *s;
	bool row;
	out->count = 0;
	enum status status = store_prepare(&s, e->parts->data, stays_sql, error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "home", home);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		struct stay stay = {copied_number(s, "resident_id"), copied_date(s, "from_date"),
				    copied_date(s, "to_date")};
		if (goes_too(e, stay.resident_id))
			continue;
		ARRAY_GROW(out->at, out->count, out->capacity);
		out->at[out->count++] = stay;
	}
	statement_done(s);
	return status;
}

static bool covers(const struct stay *stay, date day)
{
	return (stay->from == DATE_UNKNOWN || stay->from <= day) && (stay->to == DATE_UNKNOWN || day < stay->to);
}

static enum status change_outcome(struct erasing *e, int64_t outcome_id, bool alone, struct error *error)
{
	struct statement *s;
	int64_t changed = 0;
	enum status status = store_prepare(&s, e->parts->desk,
					   alone ? "DELETE FROM list_outcome WHERE outcome_id = :outcome"
						 : "UPDATE list_outcome SET note_sealed = :nothing WHERE outcome_id = "
						   ":outcome AND length(note_sealed) > 0",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "outcome", outcome_id);
	if (!alone)
		statement_bind_blob(s, "nothing", "", 0);
	status = statement_run(s, &changed, error);
	statement_done(s);
	e->erasure->rows += changed;
	return status;
}

struct outcomes {
	struct outcome_of {
		int64_t outcome_id;
		date on;
	} * at;
	size_t count, capacity;
};

static enum status read_outcomes(struct outcomes *out, struct store *desk, int64_t key, struct error *error)
{
	struct statement *s;
	bool row;
	out->count = 0;
	enum status status = store_prepare(&s, desk,
					   "SELECT outcome_id, made FROM list_outcome WHERE subject_key = :key ORDER "
					   "BY outcome_id",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "key", key);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(out->at, out->count, out->capacity);
		out->at[out->count++] =
			(struct outcome_of){copied_number(s, "outcome_id"), instant_date(copied_number(s, "made"))};
	}
	statement_done(s);
	return status;
}

static enum status weigh(struct erasing *e, const struct home *home, const struct stays *others,
			 const struct outcome_of *outcome, struct error *error)
{
	bool with_others = false;
	for (size_t i = 0; i < others->count; i++)
		with_others = with_others || covers(&others->at[i], outcome->on);
	if (others->count && !covers(&home->theirs, outcome->on))
		return STATUS_OK;
	return change_outcome(e, outcome->outcome_id, !with_others, error);
}

/* What was said for looks at a home that was never anybody else's was said of the resident: erasure_tables.c asks. */
static enum status note_own(struct store *desk, int64_t home, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(
		&s, desk, "INSERT INTO erasure_home (home_id) VALUES (:home) ON CONFLICT (home_id) DO NOTHING", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "home", home);
	status = statement_run(s, NULL, error);
	statement_done(s);
	return status;
}

static enum status of_home(struct erasing *e, const struct home *home, struct stays *others, struct outcomes *outcomes,
			   struct error *error)
{
	enum status status = read_others(others, e, home->id, error);
	if (status == STATUS_OK && !others->count)
		status = note_own(e->parts->desk, home->id, error);
	if (status == STATUS_OK)
		status = read_outcomes(outcomes, e->parts->desk, home->key, error);
	for (size_t i = 0; i < outcomes->count && status == STATUS_OK; i++)
		status = weigh(e, home, others, &outcomes->at[i], error);
	return status;
}

static enum status of_resident(struct erasing *e, int64_t resident_id, struct error *error)
{
	struct homes homes = {0};
	struct stays others = {0};
	struct outcomes outcomes = {0};
	enum status status = note_own(e->parts->desk, resident_id, error); /* a row of a list about them */
	if (status == STATUS_OK)
		status = read_homes(&homes, e->parts->data, resident_id, error);
	for (size_t i = 0; i < homes.count && status == STATUS_OK; i++)
		status = of_home(e, &homes.at[i], &others, &outcomes, error);
	free(homes.at);
	free(others.at);
	free(outcomes.at);
	return status;
}

enum status erase_of_homes(struct erasing *e, struct error *error)
{
	enum status status = store_execute(e->parts->desk, "DELETE FROM erasure_home", error);
	for (size_t i = 0; i < e->count && status == STATUS_OK; i++) {
		const struct erased_record *record = &e->records[i];
		bool seen = i > 0 && e->records[i - 1].resident_id == record->resident_id;
		if (record->whole && record->resident_id && !seen)
			status = of_resident(e, record->resident_id, error);
	}
	return status;
}
