/* What is let out of residents, and that listed addresses protect: on a database, from files to marks. */
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
#include "traits/traits.h"

static struct borough b;
static struct error e;

#define GAZETTEER_HEADER \
	"UPRN,CHANGE_TYPE,STATE,CLASS,PARENT_UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE,LOGICAL_STATUS," \
	"LA_START_DATE,LA_END_DATE,LA_ORGANISATION,SAO_TEXT,PAO_START_NUMBER,PAO_START_SUFFIX,PAO_END_NUMBER,PAO_" \
	"TEXT," \
	"USRN,STREET_DESCRIPTION,LOCALITY,TOWN_NAME,POSTCODE_LOCATOR,WARD_CODE,LSOA_CODE,IMD_DECILE,CT_BAND\n"
#define GAZETTEER_ROW(uprn, number, street, usrn, postcode) \
	uprn ",I,2,RD04,,550000,180000,51.5,0.1,1,2001-01-01,,,," number ",,,," usrn "," street \
	     ",,Eastmarsh," postcode ",E05099001,E01099001,3,C\n"

static const char gazetteer[] = GAZETTEER_HEADER GAZETTEER_ROW("100000000014", "14", "Mill Lane", "20900001", "EM1 4QT")
	GAZETTEER_ROW("100000000016", "16", "Mill Lane", "20900001", "EM1 4QT")
		GAZETTEER_ROW("100000000005", "5", "Harbour Way", "20900002", "EM4 9ZZ")
			GAZETTEER_ROW("100000000003", "3", "Canal Wharf", "20900003", "EM2 7AB");

/* By UPRN; in the words of somebody's record; at a place that is unknown. */
static const char listed[] = "Ref,Kind,UPRN,Address,Postcode,From,To\n"
			     "R1,REF,100000000016,Northfield House,EM1 4QT,01/01/2020,\n"
			     "R2,SAF,,\"5 Harbour Way, Eastmarsh\",EM4 9ZZ,01/01/2020,\n"
			     "R3,OTH,,\"99 Nowhere Street, Elsewhere\",ZZ1 1ZZ,01/01/2020,\n";

static date today; /* of the agreements */

static int make(void **state)
{
	(void)state;
	today = date_today();
	borough_make(&b);
	borough_write(&b, "addressbase_plus_2026-01-31.csv", gazetteer);
	borough_write(&b, "restricted_addresses_20260228.csv", listed);
	borough_intake(&b);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	borough_drop(&b);
	return 0;
}

static int64_t query(const char *sql)
{
	return test_query(b.data, sql);
}

static void refresh(struct traits_report *traits, struct places_report *places)
{
	struct address_report addresses;
	struct linking_outcome linked;
	struct household_report homes;
	struct reading_settings anew = {.anew = true};
	struct reading *reading;
	assert_ok(reading_open(&reading, b.data, b.vault, b.profile, &anew, &e), &e);
	assert_ok(address_refresh(reading, &addresses, &e), &e);
	assert_ok(listed_places_refresh(reading, places, &e), &e);
	assert_ok(linking_refresh(reading, 1, NULL, &linked, &e), &e);
	assert_ok(household_refresh(reading, NULL, 1, &homes, &e), &e);
	assert_ok(traits_refresh(reading, b.policy, today, traits, &e), &e);
	reading_close(reading);
}

/* Of the resident whom a record is of. */
static int64_t trait(const char *source, const char *client, const char *column)
{
	char key[100], sql[400];
	snprintf(key, sizeof key, "%s\x1f%s", source, client);
	snprintf(sql, sizeof sql,
		 "SELECT COALESCE(t.%s, -1) FROM resident_trait t JOIN resident_record m ON m.resident_id = "
		 "t.resident_id "
		 "JOIN record r ON r.record_id = m.record_id WHERE r.client_hash = %lld",
		 column, (long long)vault_hash64(b.vault, VAULT_CLIENT, text_of(key)));
	return query(sql);
}

static void the_month_of_birth_is_known_and_not_the_day(void **state)
{
	(void)state;
	struct traits_report traits;
	struct places_report places;
	refresh(&traits, &places);
	assert_int_equal(trait("housing", "P1", "birth_month"), 1985 * 12 + 2); /* March */
	assert_int_equal(trait("childrens_social_care", "K1", "birth_month"), 2013 * 12 + 6);
	assert_int_equal(trait("childrens_social_care", "K2", "birth_month"),
			 2015 * 12);                                     /* a 1 January, and no other */
	assert_int_equal(trait("council_tax", "L2", "birth_month"), -1); /* no source says */
	assert_int_equal(trait("housing", "P1", "dead"), 0);
	assert_int_equal(traits.residents, query("SELECT COUNT(DISTINCT resident_id) FROM resident_record"));
}

/* Before the first day of every agreement nothing is left to work with; nor does anything stay of before. */
static void what_no_agreement_lets_be_used_gives_no_trait(void **state)
{
	(void)state;
	struct traits_report traits;
	struct places_report places;
	refresh(&traits, &places);
	assert_true(traits.with_birth > 0);
	assert_true(query("SELECT COUNT(*) FROM resident_trait WHERE family > 0") > 0);
	assert_true(date_parse_iso(TEXT("1990-01-01"), &today));
	refresh(&traits, &places);
	assert_int_equal(traits.with_birth, 0);
	assert_int_equal(query("SELECT COUNT(*) FROM resident_trait WHERE birth_month IS NOT NULL OR dead = 1"), 0);
	assert_int_equal(
		query("SELECT COUNT(*) FROM (SELECT m.property_id, t.family FROM resident_trait t JOIN "
		      "household_member m ON m.resident_id = t.resident_id WHERE m.to_date IS NULL AND t.family "
		      "> 0 GROUP BY 1, 2 HAVING COUNT(*) > 1) AS shared"),
		0);
	today = date_today();
}

static void a_family_is_a_number_within_its_home(void **state)
{
	(void)state;
	struct traits_report traits;
	struct places_report places;
	refresh(&traits, &places);
	/* one person to housing and another, with another name, to council tax */
	int64_t tenant = trait("housing", "P1", "family"), payer = trait("council_tax", "L1", "family");
	bool one_resident = trait("housing", "P1", "resident_id") == trait("council_tax", "L1", "resident_id");
	assert_in_range(tenant, 1, 2);
	assert_in_range(payer, 1, 2);
	assert_int_equal(one_resident, tenant == payer);
	assert_int_equal(trait("council_tax", "L2", "family"), 1); /* of another home: counted from one there */
	assert_int_equal(trait("childrens_social_care", "K2", "family"), 0); /* nobody knows where */
}

static void a_second_run_changes_no_trait(void **state)
{
	(void)state;
	struct traits_report traits;
	struct places_report places;
	refresh(&traits, &places);
	assert_true(traits.changed > 0);
	refresh(&traits, &places);
	assert_int_equal(traits.changed, 0);
}

static void a_listed_address_protects_its_property_and_who_lives_there(void **state)
{
	(void)state;
	struct traits_report traits;
	struct places_report places;
	int64_t marks;
	refresh(&traits, &places);
	assert_int_equal(places.rows, 3);
	assert_int_equal(places.placed, 2); /* one by its UPRN, one in the words of a tenancy */
	assert_ok(restrictions_refresh(b.profile, b.data, date_of(2026, 3, 31), &marks, &e), &e);
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
	static const char *const uprns[] = {"100000000016", "100000000005"};
	for (size_t i = 0; i < 2; i++) {
		int64_t property;
		assert_ok(vault_property_of_uprn(b.vault, b.data, text_of(uprns[i]), &property, &e), &e);
		assert_true(property != 0);
		assert_true(policy_restrictions_of(b.policy, POLICY_PROPERTY, property) != 0);
	}
	int64_t open;
	assert_ok(vault_property_of_uprn(b.vault, b.data, TEXT("100000000014"), &open, &e), &e);
	assert_int_equal(policy_restrictions_of(b.policy, POLICY_PROPERTY, open), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_month_of_birth_is_known_and_not_the_day, make, drop),
		cmocka_unit_test_setup_teardown(what_no_agreement_lets_be_used_gives_no_trait, make, drop),
		cmocka_unit_test_setup_teardown(a_family_is_a_number_within_its_home, make, drop),
		cmocka_unit_test_setup_teardown(a_second_run_changes_no_trait, make, drop),
		cmocka_unit_test_setup_teardown(a_listed_address_protects_its_property_and_who_lives_there, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
