/* A few residents of the demo borough, loaded through intake, with the door open: for tests of
 * disclosure and view. Include after <cmocka.h>.
 *
 *   1001 Aisha Mohammed: tenant at 14 Mill Lane with rent arrears, pays council tax; two records
 *   1002 Zoë Mohammed, 12, her daughter: known to children's social care
 *   1003 Liam Archer, adopted: protected as a whole
 *   1004 Grace Mensah, fled domestic abuse: her address is protected
 *   1005 John Paul O'Brien-Smith, known to council tax only, in capitals; until February Brien, at another address
 */
#ifndef TESTS_SUPPORT_BOROUGH_H
#define TESTS_SUPPORT_BOROUGH_H

#include "base/file.h"
#include "household/restrictions.h"
#include "intake/intake.h"
#include "runs/runs.h"
#include "support/databases.h"
#include "vault/disclosure.h"
#include "vault/vault.h"
#include "view/view.h"

struct borough {
	struct test_database db;
	struct store *data, *desk;
	struct vault *vault;
	struct profile *profile;
	struct policy *policy;
	struct audit *audit;
	struct audit_key audit_key;
	struct store_pool *pool;
	struct disclosure *door;
};

static inline void borough_write(struct borough *b, const char *name, const char *content)
{
	struct error e;
	char path[400];
	snprintf(path, sizeof path, "%s/inbox/%s", b->db.folder, name);
	assert_ok(file_replace(path, text_of(content), 0600, &e), &e);
}

static inline void borough_result(void *context, const struct intake_result *result)
{
	(void)context;
	if (result->outcome != EXTRACT_LOADED || result->rows_quarantined)
		fail_msg("%s: %s: %s, %d rows quarantined", result->file_name, extract_outcome_name(result->outcome),
			 result->reason, (int)result->rows_quarantined);
}

static inline void borough_intake(struct borough *b)
{
	struct error e;
	char inbox[300], archive[300];
	struct intake_totals totals = {0};
	struct intake *intake;
	snprintf(inbox, sizeof inbox, "%s/inbox", b->db.folder);
	snprintf(archive, sizeof archive, "%s/archive", b->db.folder);
	struct intake_settings settings = {.profile = b->profile,
					   .vault = b->vault,
					   .store = b->data,
					   .inbox = inbox,
					   .archive = archive,
					   .today = date_of(2026, 3, 31)};
	assert_ok(intake_open(&intake, &settings, &e), &e);
	assert_ok(intake_inbox(intake, borough_result, NULL, &totals, &e), &e);
	intake_close(intake);
}

static inline void borough_record(struct borough *b, int64_t resident_id, const char *source, const char *client)
{
	struct error e;
	char client_key[100], sql[300];
	snprintf(client_key, sizeof client_key, "%s\x1f%s", source, client);
	snprintf(sql, sizeof sql, "SELECT record_id FROM record WHERE client_hash = %lld",
		 (long long)vault_hash64(b->vault, VAULT_CLIENT, text_of(client_key)));
	int64_t record_id = test_query(b->data, sql);
	assert_true(record_id > 0);
	snprintf(sql, sizeof sql, "INSERT INTO resident_record (resident_id, record_id) VALUES (%lld, %lld)",
		 (long long)resident_id, (long long)record_id);
	assert_ok(store_execute(b->data, sql, &e), &e);
}

static inline void borough_household(struct borough *b)
{
	struct error e;
	static const char *const sql[] = {
		"INSERT INTO household (household_id, property_id, kind, from_date, to_date, "
		"since_run) VALUES (5001, 7001, "
		"'family', 18000, NULL, 1)",
		"INSERT INTO household_member (resident_id, household_id, sequence, "
		"property_id, from_date, to_date, certainty, why) VALUES (1001, "
		"5001, 1, 7001, 18000, NULL, 'certain', 'same_address')",
		"INSERT INTO household_member (resident_id, household_id, sequence, "
		"property_id, from_date, to_date, certainty, why) VALUES (1002, "
		"5001, 1, 7001, 18000, NULL, 'likely', 'same_address')",
		"INSERT INTO household_member (resident_id, household_id, sequence, "
		"property_id, from_date, to_date, certainty, why) VALUES (1003, "
		"5001, 1, 7001, 18000, NULL, 'uncertain', 'same_family_name_at_shared_address')",
		"INSERT INTO residence (resident_id, property_id, sequence, from_date, "
		"sources, records, confidence, standing) VALUES "
		"(1001, 7001, 1, 18000, 2, 2, 0.9, 'main')",
		"INSERT INTO record_property (record_id, feed_no, row_key, version, "
		"property_id, match) SELECT f.record_id, f.feed_no, f.row_key, f.version, "
		"7001, 'exact' FROM fact f JOIN resident_record r ON r.record_id = "
		"f.record_id WHERE r.resident_id = 1001"};
	for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
		assert_ok(store_execute(b->data, sql[i], &e), &e);
	struct buf packed, sealed;
	struct vault_elements elements;
	struct statement *insert;
	buf_init(&packed, 4096);
	buf_init(&sealed, 4096);
	assert_ok(vault_elements_load(&elements, b->data, &e), &e);
	vault_values_append(&packed, vault_element_no(&elements, TEXT("uprn")), TEXT("100023336956"));
	vault_values_append(&packed, vault_element_no(&elements, TEXT("address")), TEXT("14 Mill Lane, Eastmarsh"));
	vault_values_append(&packed, vault_element_no(&elements, TEXT("postcode")), TEXT("EM1 4QT"));
	vault_seal(b->vault, &(struct vault_place){.record_id = 7001, .part = VAULT_PROPERTY}, buf_text(&packed),
		   &sealed);
	assert_ok(
		store_prepare(&insert, b->data,
			      "INSERT INTO property (property_id, uprn_hash, class, kind, ward, decile, sealed) VALUES "
			      "(7001, :uprn, 'RD04', 'dwelling', 'Marshside', 3, :sealed)",
			      &e),
		&e);
	statement_bind_int(insert, "uprn", vault_hash64(b->vault, VAULT_UPRN, TEXT("100023336956")));
	statement_bind_blob(insert, "sealed", sealed.at, sealed.len);
	assert_ok(statement_run(insert, NULL, &e), &e);
	statement_done(insert);
	vault_elements_release(&elements);
	buf_release(&packed);
	buf_release(&sealed);
}

static inline void borough_extracts(struct borough *b)
{
	borough_write(
		b, "tenancies_20260131.csv",
		"Tenancy Ref,Person Ref,Title,Forename,Surname,DOB,Sex,NI No,Role,Home Tel,Mobile,E-mail,Address "
		"1,Address "
		"2,Address 3,Post Code,UPRN,Tenure,Beds,Start,End,End Reason,Housing Officer,Officer Tel,Patch\n"
		"T1,P1,Mrs,Aisha,Mohammed,12/03/1985,F,AB123456C,TEN,,07911 123456,aisha@mail.example,14 Mill "
		"Lane,Eastmarsh,,EM1 4QT,,SEC,3,01/04/2019,,,Ruth Okoro,020 7946 0001,North\n"
		"T2,P2,Ms,Grace,Mensah,02/11/1978,F,,TEN,,,,5 Harbour Way,Eastmarsh,,EM4 9ZZ,,SEC,2,01/04/2021,,,Ruth "
		"Okoro,020 7946 0001,North\n");
	borough_write(b, "rent_accounts_20260131.csv",
		      "Account No,Tenancy Ref,Main Tenant Ref,Weekly Charge,Balance,Arrears Band,Arrears Stage,Pay "
		      "Method,Last "
		      "Payment,Balance Date\nA1,T1,P1,120.00,240.00,1,NON,DD,05/01/2026,31/01/2026\n");
	borough_write(b, "rent_accounts_20260228.csv",
		      "Account No,Tenancy Ref,Main Tenant Ref,Weekly Charge,Balance,Arrears Band,Arrears Stage,Pay "
		      "Method,Last "
		      "Payment,Balance Date\nA1,T1,P1,120.00,1240.50,3,NSP,DD,05/01/2026,28/02/2026\n");
	borough_write(b, "CTAX_LIABLE_20260131.txt",
		      "ACCOUNT_REF|PARTY_REF|LIABLE_NAME|LEAD|LIAB_FROM|LIAB_TO|PROP_ADDRESS|POSTCODE|UPRN|FORWARD_"
		      "ADDRESS|BAND|"
		      "PAY_METHOD|BALANCE|RECOVERY_STAGE|TEL|EMAIL\n"
		      "C1|L1|MOHAMED, MRS AYSHA|Y|01-APR-2019||14 MILL LANE, EASTMARSH|EM1 4QT|||C|DD|410.00|20||\n"
		      "C2|L2|BRIEN, MR JOHN PAUL|Y|01-APR-2020||1 QUAY ROAD, EASTMARSH|EM2 7AA|||B|DD|0.00|00||\n");
	borough_write(
		b, "CTAX_LIABLE_20260228.txt",
		"ACCOUNT_REF|PARTY_REF|LIABLE_NAME|LEAD|LIAB_FROM|LIAB_TO|PROP_ADDRESS|POSTCODE|UPRN|FORWARD_"
		"ADDRESS|BAND|"
		"PAY_METHOD|BALANCE|RECOVERY_STAGE|TEL|EMAIL\n"
		"C2|L2|O'BRIEN-SMITH, MR JOHN PAUL|Y|01-APR-2020||3 CANAL WHARF, EASTMARSH|EM2 7AB|||B|DD|0.00|00||\n");
	borough_write(b, "ssd_person_2026-01-31.csv",
		      "pers_legacy_id,pers_person_id,pers_upn,pers_forename,pers_surname,pers_sex,pers_gender,pers_"
		      "ethnicity,pers_"
		      "dob,pers_single_unique_id,pers_upn_unknown,pers_send_flag,pers_expected_dob,pers_death_date,"
		      "pers_is_mother,"
		      "pers_nationality\n"
		      ",K1,,Zo\xc3\xab,Mohammed,F,,,2013-07-04,,,,,,,\n,K2,,Liam,Archer,M,,,2015-01-01,,,,,,,\n");
	borough_write(
		b, "cs_allocations_2026-01-31.csv",
		"person_id,role,worker,worker_phone,worker_email,team,allocated_from,last_visit,status,worker_id\n"
		"K1,SW,Jo Bright,020 7946 "
		"0100,jo.bright@eastmarsh.example,Assessment,05/01/2026,20/01/2026,CIN,W1017\n");
	borough_write(b, "ssd_cla_episodes_2026-01-31.csv",
		      "clae_cla_episode_id,clae_person_id,clae_cla_placement_id,clae_cla_episode_start_date,clae_cla_"
		      "episode_start_"
		      "reason,clae_cla_primary_need_code,clae_cla_episode_ceased_date,clae_cla_episode_ceased_reason,"
		      "clae_cla_id,"
		      "clae_referral_id,clae_cla_last_iro_contact_date,clae_entered_care_date\n"
		      "E1,K2,,2020-01-01,S,N1,2022-01-01,E11,,,,\n");
	borough_write(b, "hclic_cases_20260131.csv",
		      "HouseholdReference,PersonReference,DateOfApplication,DateOfAssessment,HouseholdType,MainReason,"
		      "AccommodationAtApplication,DutyOwed,DutyStart,SupportNeedMentalHealth,SupportNeedPhysicalHealth,"
		      "SupportNeedDomesticAbuse,SupportNeedDrugs,Outcome,CaseClosed,CaseOfficer,OfficerTelephone\n"
		      "H1,HP1,10/01/2026,12/01/2026,1,3,2,2,12/01/2026,,,,,,,Sam Field,020 7946 0200\n");
}

static inline void borough_marks(struct borough *b)
{
	struct error e;
	int64_t marks;
	assert_ok(restrictions_refresh(b->profile, b->data, date_of(2026, 3, 31), &marks, &e), &e);
	assert_int_equal(marks, 2); /* 1003 adopted, 1004 fled */
	assert_ok(intake_show(b->data, &e), &e);
}

static inline void borough_open(struct borough *b)
{
	struct error e;
	char key_path[300];
	snprintf(key_path, sizeof key_path, "%s/audit.key", b->db.folder);
	assert_ok(audit_key_create(key_path, &e), &e);
	assert_ok(audit_key_read(&b->audit_key, key_path, &e), &e);
	assert_ok(audit_open(&b->audit, b->db.address, &b->audit_key, &e), &e);
	assert_ok(policy_open(&b->policy, b->profile, &e), &e);
	assert_ok(policy_load(b->policy, b->data, b->desk, &e), &e);
	assert_ok(store_pool_open(&b->pool, b->db.address, STORE_DATA, STORE_READ, 2, &e), &e);
	struct disclosure_parts parts = {b->profile, b->vault, b->policy, b->audit, b->pool, NULL};
	assert_ok(disclosure_open_door(&b->door, &parts, &e), &e);
}

static inline void borough_make(struct borough *b)
{
	struct error e;
	char path[1024];
	memset(b, 0, sizeof *b);
	setenv("ONEVIEW_TODAY", "2026-03-31", 1);
	test_database_make(&b->db);
	b->data = test_database_open(&b->db, STORE_DATA);
	b->desk = test_database_open(&b->db, STORE_DESK);
	snprintf(path, sizeof path, "%s/profiles/demo", getenv("ONEVIEW_SOURCE"));
	assert_ok(profile_load(&b->profile, path, &e), &e);
	snprintf(path, sizeof path, "%s/inbox", b->db.folder);
	assert_ok(file_make_folder(path, 0700, &e), &e);
	snprintf(path, sizeof path, "%s/archive", b->db.folder);
	assert_ok(file_make_folder(path, 0700, &e), &e);
	snprintf(path, sizeof path, "%s/master.key", b->db.folder);
	assert_ok(vault_create_key(path, &e), &e);
	assert_ok(vault_open(&b->vault, path, &e), &e);
	borough_extracts(b);
	borough_intake(b);
	borough_record(b, 1001, "housing", "P1");
	borough_record(b, 1001, "council_tax", "L1");
	borough_record(b, 1002, "childrens_social_care", "K1");
	borough_record(b, 1003, "childrens_social_care", "K2");
	borough_record(b, 1004, "housing", "P2");
	borough_record(b, 1004, "homelessness", "HP1");
	borough_record(b, 1005, "council_tax", "L2");
	borough_household(b);
	borough_marks(b);
	borough_open(b);
}

static inline void borough_drop(struct borough *b)
{
	disclosure_close_door(b->door);
	store_pool_close(b->pool);
	policy_close(b->policy);
	audit_close(b->audit);
	vault_close(b->vault);
	profile_free(b->profile);
	store_close(b->data);
	store_close(b->desk);
	test_database_drop(&b->db);
}

static inline struct viewer borough_viewer(const struct borough *b, const char *role, const char *purpose)
{
	const struct profile_role *found = profile_role(b->profile, text_of(role));
	assert_non_null(found);
	return (struct viewer){.user_id = 1,
			       .username = TEXT("tester"),
			       .role = found,
			       .team = found->team,
			       .purpose = profile_purpose(b->profile, text_of(purpose))};
}

#endif
