/* Every column that may speak of a person, and what erasure does about it. */
#include "rights/erasure.h"

#define DATA STORE_DATA
#define DESK STORE_DESK
#define BY_RECORD(table, column) \
	{ \
		DATA, #table, #column, "DELETE FROM " #table " WHERE " #column " = :record", NULL \
	}
#define BY_RESIDENT(shelf, table, column) \
	{ \
		shelf, #table, #column, "DELETE FROM " #table " WHERE " #column " = :resident", NULL \
	}
#define BY_CLIENT(table, end) \
	{ \
		DESK, #table, "client_" #end, \
			"DELETE FROM " #table " WHERE client_" #end " = :client AND source_" #end " = :source", NULL \
	}
#define STAYS(shelf, table, column, why) \
	{ \
		shelf, table, column, NULL, why \
	}
/* erasure_home: what erasure_homes.c found. */
#define OF_THEM_ALONE \
	"(subject_kind = 'resident' AND subject_id = :resident) OR (subject_kind IN ('household', 'property', " \
	"'list') AND subject_id IN (SELECT home_id FROM erasure_home))"
#define GOES_WITH(shelf, table, column) STAYS(shelf, table, column, "goes with its row, which another column finds")

/* In this order: what needs a row to be found comes before the row goes. */
const struct erasure_column erasure_columns[] = {
	BY_RECORD(fact_payload, record_id),
	BY_RECORD(fact, record_id),
	GOES_WITH(DATA, "fact", "seal_hash"),
	GOES_WITH(DATA, "fact", "row_hash"),
	BY_RECORD(sealed, record_id),
	GOES_WITH(DATA, "sealed", "sealed"),
	BY_RECORD(record_property, record_id),
	GOES_WITH(DATA, "record_property", "property_id"),
	BY_RECORD(caseload, record_id),
	BY_RECORD(link, record_a),
	BY_RECORD(link, record_b),
	BY_RECORD(review_item, record_a),
	BY_RECORD(review_item, record_b),
	BY_RESIDENT(DATA, review_item, resident_a),
	BY_RESIDENT(DATA, review_item, resident_b),
	GOES_WITH(DATA, "review_item", "household"),
	BY_RECORD(ruling_effect, record_id),
	BY_RESIDENT(DATA, ruling_effect, resident_before),
	BY_RESIDENT(DATA, ruling_effect, resident_after),
	BY_RECORD(ruling_applied, record_a),
	BY_RECORD(ruling_applied, record_b),
	BY_RECORD(residence_record, record_id),
	BY_RESIDENT(DATA, residence_record, resident_id),
	GOES_WITH(DATA, "residence_record", "property_id"),
	BY_RESIDENT(DATA, residence, resident_id),
	GOES_WITH(DATA, "residence", "property_id"),
	BY_RECORD(relationship, record_id),
	BY_RECORD(relationship, other_record_id),
	BY_RESIDENT(DATA, relationship, resident_id),
	BY_RESIDENT(DATA, relationship, other_id),
	BY_RESIDENT(DATA, household_event, resident_id),
	GOES_WITH(DATA, "household_event", "household_id"),
	GOES_WITH(DATA, "household_event", "other_household_id"),
	GOES_WITH(DATA, "household_event", "property_id"),
	BY_RESIDENT(DATA, household_member, resident_id),
	GOES_WITH(DATA, "household_member", "household_id"),
	GOES_WITH(DATA, "household_member", "property_id"),
	{DATA, "household", "household_id",
	 "DELETE FROM household WHERE NOT EXISTS (SELECT 1 FROM household_member m WHERE m.household_id = "
	 "household.household_id) AND NOT EXISTS (SELECT 1 FROM household_event v WHERE v.household_id = "
	 "household.household_id)",
	 NULL},
	GOES_WITH(DATA, "household", "property_id"),
	BY_RESIDENT(DATA, resident_trait, resident_id),
	BY_RESIDENT(DATA, resident_history, resident_id),
	BY_RESIDENT(DATA, resident_history, other_resident_id),
	{DATA, "list_row", "subject_id",
	 "DELETE FROM list_row WHERE subject_id = :resident OR EXISTS (SELECT 1 FROM list_member m WHERE m.list_no = "
	 "list_row.list_no AND m.subject_id = list_row.subject_id AND m.resident_id = :resident)",
	 NULL},
	GOES_WITH(DATA, "list_row", "property_id"),
	{DATA, "list_member", "resident_id",
	 "DELETE FROM list_member WHERE resident_id = :resident OR NOT EXISTS (SELECT 1 FROM list_row r WHERE "
	 "r.list_no "
	 "= list_member.list_no AND r.subject_id = list_member.subject_id)",
	 NULL},
	GOES_WITH(DATA, "list_member", "subject_id"),
	{DATA, "restriction_mark", "subject_id",
	 "DELETE FROM restriction_mark WHERE subject_kind = 1 AND subject_id = :resident", NULL},
	GOES_WITH(DATA, "restriction_mark", "subject_kind"),
	{DATA, "reading_kept", "sealed", "DELETE FROM reading_kept", NULL},
	BY_RECORD(note_flag, record_id),
	BY_RECORD(note_read, record_id),
	BY_RECORD(note_held, record_id),
	BY_RECORD(resident_record, record_id),
	BY_RESIDENT(DATA, resident_record, resident_id),
	BY_RESIDENT(DATA, resident, resident_id),
	BY_RECORD(record, record_id),
	GOES_WITH(DATA, "record", "client_hash"),
	STAYS(DATA, "quarantine", "sealed", "by the lines of the archives, and where there is no archive as a whole"),
	STAYS(DATA, "refused_client", "client_hash", "keyed hash, by which the client is turned away"),
	STAYS(DATA, "extract", "content_hash", "keyed hash of a whole file"),
	STAYS(DATA, "extract", "new_clients", "a count"),
	STAYS(DATA, "property", "property_id", "of the gazetteer, of nobody"),
	STAYS(DATA, "property", "parent_property_id", "of the gazetteer, of nobody"),
	STAYS(DATA, "property", "uprn_hash", "of the gazetteer, of nobody"),
	STAYS(DATA, "reference_value", "value_hash", "keyed hashes of a feed's values, without whose they are"),
	STAYS(DATA, "property", "sealed", "of the gazetteer, of nobody"),
	STAYS(DATA, "shared_property", "property_id", "counts of a property, made anew by the next refresh"),
	STAYS(DATA, "shared_property", "property_use", "counts of a property, made anew by the next refresh"),
	STAYS(DATA, "shared_property", "households", "counts of a property, made anew by the next refresh"),
	STAYS(DATA, "vault_check", "mark", "tells a wrong key"),
	STAYS(DATA, "residence", "records", "a count"),
	STAYS(DATA, "resident_history", "records", "a count"),
	STAYS(DATA, "review_item", "records", "a count"),

	BY_CLIENT(match_ruling, a),
	BY_CLIENT(match_ruling, b),
	BY_CLIENT(household_ruling, a),
	BY_CLIENT(household_ruling, b),
	{DESK, "restriction_ruling", "subject_id",
	 "DELETE FROM restriction_ruling WHERE subject_kind = 1 AND subject_id = :resident", NULL},
	GOES_WITH(DESK, "restriction_ruling", "subject_kind"),
	{DESK, "restriction_release", "subject_id",
	 "DELETE FROM restriction_release WHERE subject_kind = 1 AND subject_id = :resident", NULL},
	GOES_WITH(DESK, "restriction_release", "subject_kind"),
	BY_RESIDENT(DESK, report, resident_id),
	{DESK, "report", "record_id", "DELETE FROM report WHERE record_id = :record", NULL},
	GOES_WITH(DESK, "report", "text_sealed"),
	GOES_WITH(DESK, "report", "reply_sealed"),
	{DESK, "correction", "record_id", "DELETE FROM correction WHERE record_id = :record", NULL},
	GOES_WITH(DESK, "correction", "was_hash"),
	GOES_WITH(DESK, "correction", "wanted_hash"),
	GOES_WITH(DESK, "correction", "wanted_sealed"),
	GOES_WITH(DESK, "correction", "evidence_sealed"),
	GOES_WITH(DESK, "correction", "reply_sealed"),
	BY_RESIDENT(DESK, seen, resident_id),
	{DESK, "stated", "sealed",
	 "DELETE FROM stated WHERE name IN (SELECT substr(reason, 7, 13) FROM glass WHERE resident_id = :resident AND "
	 "reason IS NOT NULL UNION SELECT substr(note, 7, 13) FROM glass WHERE resident_id = :resident AND note IS NOT "
	 "NULL)",
	 NULL},
	/* Why somebody looked, when it was said for looks at this resident alone, and at homes of nobody else. */
	{DESK, "stated", "stated_id",
	 "DELETE FROM stated WHERE name IN (SELECT substr(reason, 7, 13) FROM audit_entry WHERE reason IS NOT NULL AND "
	 "subject_id IS NOT NULL AND (" OF_THEM_ALONE ") EXCEPT SELECT substr(reason, 7, 13) FROM audit_entry WHERE "
	 "reason IS NOT NULL AND subject_id IS NOT NULL AND NOT (" OF_THEM_ALONE "))",
	 NULL},
	BY_RESIDENT(DESK, glass, resident_id),
	BY_RESIDENT(DESK, household_report, resident_a),
	BY_RESIDENT(DESK, household_report, resident_b),
	GOES_WITH(DESK, "household_report", "household_id"),
	GOES_WITH(DESK, "household_report", "text_sealed"),
	GOES_WITH(DESK, "household_report", "evidence_sealed"),
	GOES_WITH(DESK, "household_report", "reply_sealed"),
	BY_RESIDENT(DESK, list_outcome, subject_key), /* of homes: erasure_homes.c */
	GOES_WITH(DESK, "list_outcome", "note_sealed"),
	STAYS(DESK, "erasure_home", "home_id", "there while tables are erased, and gone behind the last"),
	BY_RESIDENT(DESK, redaction_decision, resident_id),
	GOES_WITH(DESK, "redaction_decision", "reason_sealed"),
	{DESK, "access_request_act", "request_id",
	 "DELETE FROM access_request_act WHERE request_id IN (SELECT request_id FROM access_request WHERE resident_id "
	 "= "
	 ":resident)",
	 NULL},
	GOES_WITH(DESK, "access_request_act", "words_sealed"),
	BY_RESIDENT(DESK, access_request, resident_id),
	{DESK, "note_verdict", "client_hash",
	 "DELETE FROM note_verdict WHERE client_hash = :client AND source_id = :source", NULL},
	{DESK, "flag_record", "client_hash",
	 "DELETE FROM flag_record WHERE client_hash = :client AND source_id = :source", NULL},
	{DESK, "flag_act", "reason_sealed",
	 "DELETE FROM flag_act WHERE NOT EXISTS (SELECT 1 FROM flag_record r WHERE r.act_no = flag_act.act_no)", NULL},
	STAYS(DESK, "erasure_begun", "records", "a count, gone when the erasure has ended"),
	STAYS(DESK, "erasure_due", "client_hash", "keyed hash, of the work list of an erasure, gone when it has ended"),
	STAYS(DESK, "erasure_due", "record_id", "of the work list of an erasure, gone when it has ended"),
	STAYS(DESK, "erasure_due", "resident_id", "of the work list of an erasure, gone when it has ended"),
	STAYS(DESK, "retention_due", "client_hash", "keyed hash, of the work list of a run, gone when it has ended"),
	STAYS(DESK, "retention_run", "public_key", "of a certificate"),
	STAYS(DESK, "retention_run", "signature", "of a certificate"),
	STAYS(DESK, "audit_entry", "subject_id", "an id and no value; the audit is never changed"),
	STAYS(DESK, "audit_entry", "subject_kind", "an id and no value; the audit is never changed"),
	STAYS(DESK, "audit_entry", "hash", "of the audit's chain"),
	STAYS(DESK, "audit_entry", "previous_hash", "of the audit's chain"),
	STAYS(DESK, "audit_entry", "client", "the address of a user's machine"),
	STAYS(DESK, "audit_entry", "words_mark", "of the audit's chain"),
	STAYS(DESK, "audit_words", "sealed", "what a user searched for, of the audit, sealed"),
	STAYS(DESK, "audit_head", "hash", "of the audit's chain"),
	STAYS(DESK, "audit_head", "mac", "of the audit's chain"),
	STAYS(DESK, "audit_signer", "public_key", "of the audit's chain"),
	STAYS(DESK, "audit_checkpoint", "public_key", "of the audit's chain"),
	STAYS(DESK, "audit_checkpoint", "hash", "of the audit's chain"),
	STAYS(DESK, "audit_checkpoint", "signature", "of the audit's chain"),
	STAYS(DESK, "account", "password_hash", "of a user"),
	STAYS(DESK, "account", "self_sealed", "of a user: only compared, never shown"),
	STAYS(DESK, "session", "client", "the address of a user's machine, gone with the session"),
	STAYS(DESK, "configuration_part", "hash", "of the council's configuration"),
	STAYS(DESK, "draft", "owner_hash", "of a user"),
	STAYS(DESK, "draft", "sealed", "what a user was writing; gone within the hour"),
	STAYS(DESK, "session", "token_hash", "of a user"),
	STAYS(DESK, "api_token", "token_hash", "of a user"),
	STAYS(DESK, "second_factor", "sealed", "of a user"),
	STAYS(DESK, "recovery_code", "code_hash", "of a user"),
	STAYS(DESK, "erasure", "records", "the proof: a count"),
	STAYS(DESK, "erasure_proof", "client_proof", "the proof: a keyed hash"),
	STAYS(DESK, "erasure_proof", "refused_hash", "keyed hash, by which the client is turned away"),
};
const size_t erasure_column_count = sizeof erasure_columns / sizeof *erasure_columns;
