/* A workspace in a temporary folder with a small profile, for tests of intake. After <cmocka.h>. */
#ifndef TESTS_INTAKE_FIXTURE_H
#define TESTS_INTAKE_FIXTURE_H

#include "base/file.h"
#include "intake/intake.h"
#include "intake/quality.h"
#include "policy/policy.h"
#include "profile/profile.h"
#include "support/databases.h"
#include "vault/vault.h"

#include <sys/stat.h>

struct fixture {
	struct test_database db;
	struct store *data;
	struct vault *vault;
	struct profile *profile;
	struct policy *policy; /* NULL unless a test opens it */
	char inbox[300], archive[300], profile_folder[300], key_path[300];
	date today;
	struct intake_result last; /* of the last file of a run */
	struct intake_totals totals;
};

static inline void fixture_write(const struct fixture *f, const char *folder, const char *name, struct text content)
{
	struct error e;
	char path[700];
	(void)f;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_ok(file_replace(path, content, 0600, &e), &e);
}

static const char fixture_elements[] =
	"elements:\n"
	"  - {id: person_reference, title: Person, category: identity, purposes: [display], definition: x}\n"
	"  - {id: tenancy_reference, title: Tenancy, category: identity, purposes: [display], definition: x}\n"
	"  - {id: family_name, title: Family name, category: identity, purposes: [display], definition: x}\n"
	"  - {id: date_of_birth, title: Born, category: identity, purposes: [display], definition: x}\n"
	"  - {id: nhs_number, title: NHS number, category: identity, purposes: [display], definition: x}\n"
	"  - {id: postcode, title: Postcode, category: identity, purposes: [display], definition: x}\n"
	"  - {id: uprn, title: UPRN, category: identity, purposes: [display], definition: x}\n"
	"  - {id: address_line_1, title: Address, category: identity, purposes: [display], definition: x}\n"
	"  - {id: note_reference, title: Note, category: identity, purposes: [display], definition: x}\n"
	"  - {id: note_text, title: Note text, category: identity, purposes: [display], definition: x}\n"
	"  - {id: note_at, title: Written, category: personal, purposes: [display], definition: x}\n"
	"  - {id: tenure, title: Tenure, category: personal, purposes: [display], definition: x}\n"
	"  - {id: tenancy_start, title: Start, category: personal, purposes: [display], definition: x}\n"
	"  - {id: tenancy_end, title: End, category: personal, purposes: [display], definition: x}\n"
	"  - {id: rent, title: Rent, category: personal, purposes: [display], definition: x}\n"
	"  - {id: rooms, title: Rooms, category: personal, purposes: [display], definition: x}\n"
	"  - {id: joint, title: Joint, category: personal, purposes: [display], definition: x}\n";

static const char fixture_tenancies[] =
	"id: tenancies\nsource: housing\ntitle: Tenancies\nfile: \"tenancies_{as_at:YYYYMMDD}.csv\"\n"
	"delivery: full\nschedule: monthly\nformat: {encoding: utf-8, delimiter: \",\", quote: \"\\\"\"}\n"
	"client: person_reference\nkey: [tenancy_reference, person_reference]\n"
	"valid_from: tenancy_start\nvalid_to: tenancy_end\n"
	"columns:\n"
	"  - {header: Tenancy Ref, element: tenancy_reference, type: text, required: true, max_length: 8}\n"
	"  - {header: Person Ref, element: person_reference, type: text, required: true}\n"
	"  - {header: Surname, element: family_name, type: text}\n"
	"  - {header: DOB, element: date_of_birth, type: date, format: DD/MM/YYYY, min: 1900-01-01, max: today}\n"
	"  - {header: NHS, element: nhs_number, type: text, check: nhs_number}\n"
	"  - {header: Postcode, element: postcode, type: text, check: postcode}\n"
	"  - {header: Tenure, element: tenure, type: code, codes: {SEC: secure, INT: introductory}}\n"
	"  - {header: Start, element: tenancy_start, type: date, format: DD/MM/YYYY, required: true}\n"
	"  - {header: End, element: tenancy_end, type: date, format: DD/MM/YYYY}\n"
	"  - {header: Rent, element: rent, type: money, min: 0, max: 2000}\n"
	"  - {header: Rooms, element: rooms, type: integer, min: 1, max: 12}\n"
	"  - {header: Joint, element: joint, type: boolean, true_values: [Y], false_values: [N]}\n"
	"rules:\n"
	"  - {name: ends_after_start, check: \"tenancy_end >= tenancy_start\", severity: reject, message: Ends before "
	"it "
	"starts}\n"
	"  - {name: dear, check: \"rent <= 1000\", severity: warn}\n"
	"holds: {rows_fall_by: 0.5, new_clients_above: 0.6, missing_columns: hold}\n";

static const char fixture_notes[] =
	"id: notes\nsource: housing\ntitle: Notes\nfile: \"notes_{as_at:YYYYMMDD}.csv\"\n"
	"delivery: changes\nschedule: monthly\nformat: {encoding: windows-1252, delimiter: \";\", quote: \"\\\"\"}\n"
	"client: person_reference\nkey: [note_reference]\nvalid_from: note_at\n"
	"columns:\n"
	"  - {header: Note, element: note_reference, type: text, required: true}\n"
	"  - {header: Person, element: person_reference, type: text, required: true}\n"
	"  - {header: At, element: note_at, type: datetime, format: DD/MM/YYYY}\n"
	"  - {header: Text, element: note_text, type: note, required: true}\n"
	"  - {header: Where, type: json, fields: {LINE: address_line_1, UPRN: uprn}}\n"
	"rules:\n"
	"  - {name: tenant_known, references: {element: person_reference, feed: tenancies, element_there: "
	"person_reference}, severity: warn, message: No tenant of this number}\n"
	"holds: {missing_columns: hold}\n";

static const char fixture_agreements[] =
	"- id: sharing\n  title: Sharing\n  status: approved\n  decision: {outcome: Share, by: Board, on: 2020-01-01}\n"
	"  controller: Test council\n  parties: [Housing]\n  lawful_basis: Public "
	"task\n"
	"  covers:\n    - {sources: [housing], categories: [identity, personal]}\n"
	"  recipients: {roles: [officer]}\n  purposes: [housing]\n  from: 2020-01-01\n  to: 2030-01-01\n";

static inline void fixture_profile(struct fixture *f)
{
	struct error e;
	char feeds[400];
	static const char *const files[][2] = {
		{"profile.yaml", "id: test\ntitle: Test\ncouncil: Test council\n"},
		{"sources.yaml", "sources:\n  - {id: housing, title: Housing, owner: Housing}\n"},
		{"purposes.yaml", "- {id: housing, title: Housing}\n"},
		{"roles.yaml",
		 "roles:\n  - {id: officer, title: Officer, capabilities: [search], purposes: [housing]}\n"},
		{"elements.yaml", fixture_elements},
		{"feeds/notes.yaml", fixture_notes},
		{"feeds/tenancies.yaml", fixture_tenancies},
		{"agreements.yaml", fixture_agreements}};
	snprintf(f->profile_folder, sizeof f->profile_folder, "%s/profile", f->db.folder);
	snprintf(feeds, sizeof feeds, "%s/feeds", f->profile_folder);
	assert_ok(file_make_folder(feeds, 0700, &e), &e);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		fixture_write(f, f->profile_folder, files[i][0], text_of(files[i][1]));
}

static inline void fixture_load_profile(struct fixture *f)
{
	struct error e;
	profile_free(f->profile);
	assert_ok(profile_load(&f->profile, f->profile_folder, &e), &e);
}

static inline int fixture_make(void **state)
{
	struct error e;
	struct fixture *f = calloc(1, sizeof *f);
	assert_non_null(f);
	test_database_make(&f->db);
	f->data = test_database_open(&f->db, STORE_DATA);
	f->today = date_of(2024, 6, 30);
	snprintf(f->inbox, sizeof f->inbox, "%s/inbox", f->db.folder);
	snprintf(f->archive, sizeof f->archive, "%s/archive", f->db.folder);
	snprintf(f->key_path, sizeof f->key_path, "%s/master.key", f->db.folder);
	assert_ok(file_make_folder(f->inbox, 0700, &e), &e);
	assert_ok(file_make_folder(f->archive, 0700, &e), &e);
	assert_ok(vault_create_key(f->key_path, &e), &e);
	assert_ok(vault_open(&f->vault, f->key_path, &e), &e);
	fixture_profile(f);
	fixture_load_profile(f);
	*state = f;
	return 0;
}

static inline int fixture_drop(void **state)
{
	struct fixture *f = *state;
	policy_close(f->policy);
	profile_free(f->profile);
	vault_close(f->vault);
	store_close(f->data);
	test_database_drop(&f->db);
	free(f);
	return 0;
}

static inline void fixture_put(const struct fixture *f, const char *name, const char *content)
{
	fixture_write(f, f->inbox, name, text_of(content));
}

static inline bool fixture_in_inbox(const struct fixture *f, const char *name)
{
	char path[700];
	snprintf(path, sizeof path, "%s/%s", f->inbox, name);
	return file_exists(path);
}

static inline struct intake_settings fixture_settings(const struct fixture *f)
{
	return (struct intake_settings){.profile = f->profile,
					.policy = f->policy,
					.vault = f->vault,
					.store = f->data,
					.inbox = f->inbox,
					.archive = f->archive,
					.today = f->today};
}

static inline void fixture_take_result(void *context, const struct intake_result *result)
{
	struct fixture *f = context;
	f->last = *result;
	if (result->outcome == EXTRACT_LOADED)
		assert_int_equal(result->rows_read,
				 result->rows_loaded + result->rows_unchanged + result->rows_quarantined);
}

/* Loads what is in the inbox, in a run of its own. */
static inline void fixture_run(struct fixture *f)
{
	struct error e;
	struct intake *intake;
	struct intake_settings settings = fixture_settings(f);
	f->last = (struct intake_result){0};
	assert_ok(intake_open(&intake, &settings, &e), &e);
	assert_ok(intake_inbox(intake, fixture_take_result, f, &f->totals, &e), &e);
	intake_close(intake);
}

static inline void assert_counts(const struct fixture *f, uint64_t read, uint64_t loaded, uint64_t unchanged,
				 uint64_t quarantined, uint64_t ended)
{
	assert_int_equal(f->last.rows_read, read);
	assert_int_equal(f->last.rows_loaded, loaded);
	assert_int_equal(f->last.rows_unchanged, unchanged);
	assert_int_equal(f->last.rows_quarantined, quarantined);
	assert_int_equal(f->last.rows_ended, ended);
}

/* The rows to fix of an extract, as ROLE takes them. */
static inline enum status fixture_rows_to_fix(struct fixture *f, struct buf *out, struct quarantine_told *told,
					      const char *role, int64_t extract_id, struct arena *arena)
{
	struct error e;
	if (!f->policy)
		assert_ok(policy_open(&f->policy, f->profile, &e), &e);
	assert_ok(intake_show(f->data, &e), &e);
	struct viewer viewer = {.user_id = 1,
				.username = TEXT("owner"),
				.role = profile_role(f->profile, text_of(role)),
				.purpose = profile_purpose(f->profile, TEXT("housing"))};
	struct quarantine_asked asked = {f->profile, f->vault, f->policy, &viewer, f->today};
	return quarantine_write_csv(out, told, &asked, f->data, profile_feed(f->profile, TEXT("tenancies")), extract_id,
				    arena, &e);
}

#endif
