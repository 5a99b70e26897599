/* The whole identity side on a database: addresses, residents, households, twice over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough.h"

#include "address/address.h"
#include "household/household.h"
#include "linking/refresh.h"
#include "reading/reading.h"

static struct borough b;
static struct error e;

static const char gazetteer[] = "UPRN,CHANGE_TYPE,STATE,CLASS,PARENT_UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE,"
				"LOGICAL_STATUS,LA_START_DATE,"
				"LA_END_DATE,LA_ORGANISATION,SAO_TEXT,PAO_START_NUMBER,PAO_START_SUFFIX,PAO_END_NUMBER,"
				"PAO_TEXT,USRN,STREET_DESCRIPTION,"
				"LOCALITY,TOWN_NAME,POSTCODE_LOCATOR,WARD_CODE,LSOA_CODE,IMD_DECILE,CT_BAND\n"
				"100000000014,I,2,RD04,,550000,180000,51.5,0.1,1,2001-01-01,,,,14,,,,20900001,Mill "
				"Lane,,Eastmarsh,EM1 4QT,E05099001,"
				"E01099001,3,C\n"
				"100000000016,I,2,RD04,,550000,180000,51.5,0.1,1,2001-01-01,,,,16,,,,20900001,Mill "
				"Lane,,Eastmarsh,EM1 4QT,E05099001,"
				"E01099001,3,C\n"
				"100000000005,I,2,RD06,,550000,180000,51.5,0.1,1,2001-01-01,,,,5,,,,20900002,Harbour "
				"Way,,Eastmarsh,EM4 9ZZ,E05099001,"
				"E01099001,3,C\n";

static int make(void **state)
{
	(void)state;
	borough_make(&b);
	borough_write(&b, "addressbase_plus_2026-01-31.csv", gazetteer);
	borough_intake(&b);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	borough_drop(&b);
	return 0;
}

static size_t from_vault;

static void refresh_as(int64_t run_id, const struct reading_settings *how, struct linking_outcome *linked,
		       struct household_report *homes)
{
	struct address_report addresses;
	struct reading *reading;
	assert_ok(reading_open(&reading, b.data, b.vault, b.profile, how, &e), &e);
	from_vault = reading->changed;
	assert_ok(address_refresh(reading, &addresses, &e), &e);
	assert_ok(reading_keep(reading, &e), &e);
	assert_in_range(addresses.properties, 3, 4);
	assert_true(addresses.exact + addresses.strong + addresses.probable >= 3);
	assert_ok(linking_refresh(reading, run_id, NULL, linked, &e), &e);
	assert_ok(household_refresh(reading, NULL, run_id, homes, &e), &e);
	reading_close(reading);
}

static void refresh(int64_t run_id, struct linking_outcome *linked, struct household_report *homes)
{
	refresh_as(run_id, NULL, linked, homes);
}

static int64_t query(const char *sql)
{
	return test_query(b.data, sql);
}

static void every_record_has_one_resident(void **state)
{
	(void)state;
	struct linking_outcome linked;
	struct household_report homes;
	refresh(1, &linked, &homes);
	/* the gazetteer's records are of nobody */
	int64_t people = query("SELECT COUNT(*) FROM record r JOIN source s ON s.source_no = r.source_no WHERE "
			       "s.source_id <> 'gazetteer'");
	assert_int_equal(linked.records, people);
	assert_int_equal(query("SELECT COUNT(*) FROM resident_record"), people);
	assert_int_equal(query("SELECT COUNT(DISTINCT record_id) FROM resident_record"), people);
	assert_int_equal(query("SELECT COUNT(*) FROM resident_record m WHERE NOT EXISTS (SELECT 1 FROM resident r "
			       "WHERE r.resident_id = "
			       "m.resident_id AND r.ended_run IS NULL)"),
			 0);
	assert_int_equal(query("SELECT COUNT(*) FROM linking_model"), 1);
	assert_true(query("SELECT COUNT(*) FROM household_member WHERE to_date IS NULL") > 0);
	assert_int_equal(query("SELECT COUNT(*) FROM household_member m WHERE m.to_date IS NULL AND NOT EXISTS (SELECT "
			       "1 FROM household h "
			       "WHERE h.household_id = m.household_id AND h.ended_run IS NULL)"),
			 0);
}

static void running_twice_changes_nothing(void **state)
{
	(void)state;
	struct linking_outcome linked;
	struct household_report homes;
	refresh(1, &linked, &homes);
	int64_t sum = query("SELECT SUM(record_id * (resident_id % 1000003)) FROM resident_record");
	int64_t members = query("SELECT SUM((resident_id % 1000003) * (household_id % 1009)) FROM household_member "
				"WHERE to_date IS NULL");
	refresh(2, &linked, &homes);
	assert_int_equal(linked.began + linked.ended + linked.separated, 0);
	assert_int_equal(homes.began + homes.ended, 0);
	assert_int_equal(query("SELECT SUM(record_id * (resident_id % 1000003)) FROM resident_record"), sum);
	assert_int_equal(query("SELECT SUM((resident_id % 1000003) * (household_id % 1009)) FROM household_member "
			       "WHERE to_date IS NULL"),
			 members);
	assert_int_equal(query("SELECT COUNT(*) FROM resident_history WHERE run_id = 2"), 0);
	assert_int_equal(query("SELECT COUNT(*) FROM household WHERE since_run = 2"), 0);
}

static void a_link_is_explained(void **state)
{
	(void)state;
	struct linking_outcome linked;
	struct household_report homes;
	struct linking_why why;
	char sql[200];
	refresh(1, &linked, &homes);
	snprintf(sql, sizeof sql, "SELECT record_id FROM record WHERE client_hash = %lld",
		 (long long)vault_hash64(b.vault, VAULT_CLIENT, TEXT("housing\x1fP1")));
	int64_t tenant = query(sql);
	snprintf(sql, sizeof sql, "SELECT record_id FROM record WHERE client_hash = %lld",
		 (long long)vault_hash64(b.vault, VAULT_CLIENT, TEXT("council_tax\x1fL1")));
	int64_t payer = query(sql);
	assert_ok(linking_why_records(&why, b.data, b.vault, tenant, payer, &e), &e);
	assert_string_not_equal(why.rule, "");
	assert_true(why.explanation.count >= 10 && why.explanation.conflict == NULL);
	const struct linking_evidence *given = &why.explanation.evidence[0];
	assert_string_equal(given->column, "given_name");
	assert_string_equal(given->level_name, "nickname or other spelling"); /* Aisha, Aysha */
	assert_int_equal(linking_why_records(&why, b.data, b.vault, tenant, tenant, &e), STATUS_USAGE);
	assert_int_equal(linking_why_records(&why, b.data, b.vault, tenant, 999999, &e), STATUS_NOT_FOUND);
}

static const char *const results[] = {
	"SELECT COUNT(*) * 1000003 + SUM(record_id * 31 + property_id % 1009 + version) FROM record_property",
	"SELECT COUNT(*) * 1000003 + SUM(record_id * (resident_id % 1000003)) FROM resident_record",
	"SELECT COUNT(*) * 1000003 + SUM(CAST(weight * 1000000 AS BIGINT) * (record_a + 7 * record_b)) FROM link",
	"SELECT COUNT(*) * 1000003 + SUM((resident_id % 1009) * (property_id % 1013) + COALESCE(from_date, 1)"
	" + COALESCE(to_date, 2)) FROM residence",
	"SELECT COUNT(*) * 1000003 + SUM((resident_id % 1009) * (household_id % 1013) + COALESCE(from_date, 1)"
	" + COALESCE(to_date, 2)) FROM household_member",
	"SELECT COUNT(*) * 1000003 + SUM((household_id % 1009) + since_run + COALESCE(ended_run, 0)) FROM household",
	"SELECT COUNT(*) FROM resident_history",
	"SELECT COUNT(*) * 1000003 + SUM(property_id % 1009) + SUM(uprn_hash % 1013) FROM property",
};
enum { RESULTS = sizeof results / sizeof *results };

static const char new_building[] = "100000000033,I,2,RD06,,550000,180000,51.5,0.1,1,2026-02-01,,,,3,,,,20900003,Canal "
				   "Wharf,,Eastmarsh,EM2 7AB,E05099001,E01099001,3,C\n";

/* A house is built, so that an address of a record that did not change is found. Aisha moves and is spelt otherwise;
 * Grace's tenancy ends; Noor is new, with a new address. */
static void another_month(void)
{
	char all[4096];
	snprintf(all, sizeof all, "%s%s", gazetteer, new_building);
	borough_write(&b, "addressbase_plus_2026-02-28.csv", all);
	borough_write(&b, "tenancies_20260228.csv",
		      "Tenancy Ref,Person Ref,Title,Forename,Surname,DOB,Sex,NI No,Role,Home Tel,Mobile,E-mail,Address "
		      "1,Address "
		      "2,Address 3,Post Code,UPRN,Tenure,Beds,Start,End,End Reason,Housing Officer,Officer Tel,Patch\n"
		      "T1,P1,Mrs,Aysha,Mohammed,12/03/1985,F,AB123456C,TEN,,07911 123456,aisha@mail.example,16 Mill "
		      "Lane,Eastmarsh,,EM1 4QT,,SEC,3,01/04/2019,,,Ruth Okoro,020 7946 0001,North\n"
		      "T3,P3,Ms,Noor,Haddad,21/06/1991,F,,TEN,,,,5 Harbour Way,Eastmarsh,,EM4 "
		      "9ZZ,,SEC,2,10/02/2026,,,Ruth Okoro,020 7946 0001,North\n");
	borough_intake(&b);
}

static void incremental_equals_full(void **state)
{
	(void)state;
	struct linking_outcome linked;
	struct household_report homes;
	int64_t before[RESULTS], incremental[RESULTS];
	refresh(1, &linked, &homes);
	size_t all = from_vault;
	for (size_t i = 0; i < RESULTS; i++)
		before[i] = query(results[i]);
	another_month();
	refresh(2, &linked, &homes);
	assert_in_range(from_vault, 1, all - 1);
	for (size_t i = 0; i < RESULTS; i++)
		incremental[i] = query(results[i]);
	assert_int_not_equal(incremental[0], before[0]);
	assert_int_not_equal(incremental[1], before[1]);
	assert_int_equal(query("SELECT COUNT(*) FROM property"), 4);
	assert_int_equal(query("SELECT COUNT(*) FROM record_property p JOIN property q ON q.property_id = p.property_id"
			       " WHERE q.class = 'RD06' AND p.feed_no IN (SELECT feed_no FROM feed WHERE feed_id ="
			       " 'council_tax_liable')"),
			 1);
	refresh_as(3, &(struct reading_settings){.anew = true}, &linked, &homes);
	assert_true(from_vault > all);
	for (size_t i = 0; i < RESULTS; i++)
		assert_int_equal(query(results[i]), incremental[i]);
}

static void a_damaged_copy_is_not_used(void **state)
{
	(void)state;
	struct linking_outcome linked;
	struct household_report homes;
	refresh(1, &linked, &homes);
	size_t all = from_vault;
	refresh(2, &linked, &homes);
	assert_int_equal(from_vault, 0);
	assert_ok(store_execute(b.data, "UPDATE reading_kept SET batch_no = 7 WHERE batch_no = 1", &e), &e);
	refresh(3, &linked, &homes);
	assert_int_equal(from_vault, all);
	assert_ok(reading_forget(b.data, &e), &e);
	refresh(4, &linked, &homes);
	assert_int_equal(from_vault, all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(incremental_equals_full, make, drop),
		cmocka_unit_test_setup_teardown(a_damaged_copy_is_not_used, make, drop),
		cmocka_unit_test_setup_teardown(every_record_has_one_resident, make, drop),
		cmocka_unit_test_setup_teardown(running_twice_changes_nothing, make, drop),
		cmocka_unit_test_setup_teardown(a_link_is_explained, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
