/* Households, properties and reports that a household is wrong, as pages: who sees what, who may decide, and what a
 * refuge or a protected child never shows.
 *
 *   7001 1 Mill Lane     5001: Amara and Chidi, who is uncertain, and Ngozi, an adopted child
 *   7002 Haven House     5002: Siobhan, in a refuge
 *   7003 9 Shared Road   5003: Aoife; 5004: Kasia, adopted as well; 5005: the first payer of council tax
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/policy.h"
#include "support/properties.h"
#include "village.h"

static int64_t amara, chidi, siobhan, ngozi, aoife, kasia, payer;

/* ---- the village ------------------------------------------------------------------------------------ */

static void write_profile(struct village *v, const char *name, const char *content)
{
	struct error e;
	char path[WORKSPACE_PATH_SIZE + 40];
	snprintf(path, sizeof path, "%s/%s", v->workspace->paths.profile, name);
	assert_ok(file_replace(path, text_of(content), 0600, &e), &e);
}

static void replace_in_profile(struct village *v, const char *name, const char *from, const char *to)
{
	struct error e;
	char path[WORKSPACE_PATH_SIZE + 40];
	struct buf content, changed;
	buf_init(&content, 1 << 20);
	buf_init(&changed, 1 << 20);
	snprintf(path, sizeof path, "%s/%s", v->workspace->paths.profile, name);
	assert_ok(file_read(path, &content, &e), &e);
	struct text all = buf_text(&content);
	size_t at = text_find(all, text_of(from));
	assert_true(at < all.len);
	buf_format(&changed, "%.*s%s%s", (int)at, all.at, to, all.at + at + strlen(from));
	assert_ok(file_replace(path, buf_text(&changed), 0600, &e), &e);
	buf_release(&content);
	buf_release(&changed);
}

/* Where the addresses of properties come from, and the agreement that lets them be seen. */
static void add_gazetteer(struct village *v)
{
	write_profile(
		v, "feeds/gazetteer.yaml",
		"id: gazetteer\nsource: housing\ntitle: Gazetteer\nfile: \"gazetteer_{as_at:YYYYMMDD}.csv\"\n"
		"delivery: full\nschedule: monthly\nformat: {encoding: utf-8, delimiter: \",\", quote: \"\\\"\"}\n"
		"about: properties\nclient: uprn\nkey: [uprn]\n"
		"columns:\n"
		"  - {header: UPRN, element: uprn, type: text, required: true}\n"
		"  - {header: CLASS, element: property_class, type: text}\n"
		"  - {header: PARENT, element: parent_uprn, type: text}\n"
		"  - {header: LATITUDE, element: latitude, type: decimal}\n"
		"  - {header: LONGITUDE, element: longitude, type: decimal}\n"
		"  - {header: ADDRESS, element: address, type: text}\n"
		"  - {header: POSTCODE, element: postcode, type: text}\n"
		"  - {header: WARD, element: ward, type: text}\n");
	replace_in_profile(v, "elements.yaml", "elements:\n",
			   "elements:\n"
			   "  - {id: property_class, title: Class, category: other, purposes: [display]}\n"
			   "  - {id: parent_uprn, title: Building, category: identity, purposes: [display]}\n"
			   "  - {id: latitude, title: Latitude, category: identity, purposes: [display]}\n"
			   "  - {id: longitude, title: Longitude, category: identity, purposes: [display]}\n"
			   "  - {id: ward, title: Ward, category: other, purposes: [display]}\n");
	replace_in_profile(v, "agreements.yaml", "      - {feeds: [school_census]",
			   "      - {feeds: [gazetteer], categories: [identity, other], clause: \"1\"}\n"
			   "      - {feeds: [school_census]");
}

static void widen_profile(struct village *v)
{
	add_gazetteer(v);
	write_profile(
		v, "roles.yaml",
		"roles:\n"
		"  - {id: front_line, title: Front-line worker, capabilities: [search, resident.open, household.open, "
		"property.open, reports.make], purposes: [early_help]}\n"
		"  - {id: safeguarder, title: Safeguarder, capabilities: [search, resident.open, household.open, "
		"property.open, reports.make], purposes: [early_help]}\n"
		"  - {id: reviewer, title: Match reviewer, capabilities: [search, resident.open, household.open, "
		"reports.make, links.explain, links.review], purposes: [early_help]}\n"
		"  - {id: home_visitor, title: Inspects homes, capabilities: [household.open, reports.make], "
		"purposes: [early_help]}\n"
		"  - {id: revenues_officer, title: Revenues officer, capabilities: [search, resident.open], "
		"purposes: [revenues]}\n"
		"  - {id: administrator, title: Administrator, capabilities: [users.manage, users.read, "
		"status.read], purposes: [administration], names: false}\n"
		"teams:\n"
		"  - {id: early_help_team, title: Early help team, sources: [housing]}\n");
	write_profile(v, "restrictions.yaml",
		      "restrictions:\n"
		      "  - {id: adopted, title: Adopted child, reason: Kept apart., hides: resident, feeds: "
		      "[school_census], when: \"attendance = 1\", open_to: {roles: [safeguarder]}}\n"
		      "  - {id: refuge, title: Refuge, reason: Never shown., hides: address, marks: property, "
		      "property_classes: [refuge], open_to: {roles: [safeguarder]}}\n");
	replace_in_profile(v, "agreements.yaml", "{roles: [front_line]}",
			   "{roles: [front_line, reviewer, safeguarder, home_visitor]}");
	replace_in_profile(v, "profile.yaml", "AN-2: inspector, ", "");
	replace_in_profile(
		v, "profile.yaml", "council: Little Marsh",
		"council: Little Marsh\nwards: {W01: Marshside}\nward_boundaries: {file: wards.geojson, code: "
		"WD}");
	write_profile(
		v, "wards.geojson",
		"{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", \"properties\": {\"WD\": "
		"\"W01\"}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[0.0, 51.0], [1.0, 51.0], [1.0, "
		"52.0], [0.0, 52.0], [0.0, 51.0]]]}}]}");
}

/* The NTH resident whose record SOURCE delivered. */
static int64_t resident_of(struct village *v, const char *source, int nth)
{
	char sql[300];
	snprintf(sql, sizeof sql,
		 "SELECT r.record_id + 1000 FROM record r JOIN source s ON s.source_no = r.source_no WHERE "
		 "s.source_id = '%s' ORDER BY r.record_id LIMIT 1 OFFSET %d",
		 source, nth);
	return village_query(v, STORE_DATA, sql);
}

static void run_sql(struct store *data, const char *format, ...)
{
	struct error e;
	char sql[1000];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(sql, sizeof sql, format, arguments);
	va_end(arguments);
	assert_ok(store_execute(data, sql, &e), &e);
}

static void add_household(struct store *data, int64_t id, int64_t property, const char *kind)
{
	run_sql(data,
		"INSERT INTO household (household_id, property_id, kind, from_date, since_run) VALUES (%lld, %lld, "
		"'%s', 18000, 1)",
		(long long)id, (long long)property, kind);
}

static void add_member(struct store *data, int64_t household, int64_t property, int64_t resident, const char *certainty)
{
	run_sql(data,
		"INSERT INTO household_member (household_id, resident_id, sequence, property_id, from_date, certainty, "
		"why) VALUES (%lld, %lld, 1, %lld, 18000, '%s', 'same_address')",
		(long long)household, (long long)resident, (long long)property, certainty);
}

static void add_relation(struct store *data, int64_t a, int64_t b, const char *kind)
{
	run_sql(data,
		"INSERT INTO relationship (resident_id, other_id, feed_no, kind, record_id, other_record_id) SELECT "
		"%lld, %lld, feed_no, '%s', 1, 2 FROM feed WHERE feed_id = 'housing_tenancies'",
		(long long)a, (long long)b, kind);
}

static void mark(struct store *data, int kind, int64_t subject, const char *restriction)
{
	run_sql(data, "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (%d, %lld, '%s')",
		kind, (long long)subject, restriction);
}

static void add_places(struct village *v, struct store *data)
{
	struct error e;
	struct vault *vault;
	static const struct test_property places[] = {
		{7001, 0, "100090000011", "1 Mill Lane, Little Marsh", "RD04", "dwelling", "W01", 51.5, 0.5},
		{7002, 7004, "100090000022", "Haven House, Little Marsh", "RI02", "refuge", "W01", 51.2, 0.2},
		{7003, 7004, "100090000033", "9 Shared Road, Little Marsh", "RH01", "hmo", "W01", 51.8, 0.8},
		{7004, 0, "100090000044", "The Yard, Little Marsh", "PP", "shell", "W01", 51.8, 0.8}};
	assert_ok(vault_open(&vault, v->workspace->paths.master_key, &e), &e);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		test_property_add(data, vault, &places[i]);
	vault_close(vault);
	run_sql(data, "INSERT INTO shared_property (property_id, property_use, why, people, households, family_names) "
		      "VALUES (7003, 'shared', 'class', 3, 3, 3)");
}

static void add_people(struct store *data)
{
	add_household(data, 5001, 7001, "family");
	add_member(data, 5001, 7001, amara, "certain");
	add_member(data, 5001, 7001, chidi, "uncertain");
	add_member(data, 5001, 7001, ngozi, "likely");
	add_household(data, 5002, 7002, "institution");
	add_member(data, 5002, 7002, siobhan, "certain");
	add_household(data, 5003, 7003, "shared");
	add_member(data, 5003, 7003, aoife, "certain");
	add_household(data, 5004, 7003, "shared");
	add_member(data, 5004, 7003, kasia, "certain");
	add_household(data, 5005, 7003, "shared");
	add_member(data, 5005, 7003, payer, "certain");
	add_relation(data, amara, chidi, "partner");
	add_relation(data, amara, ngozi, "parent");
	run_sql(data,
		"INSERT INTO household_event (household_id, sequence, on_date, what, resident_id) VALUES (5001, 1, "
		"18000, 'began', NULL), (5001, 2, 18500, 'moved_in', %lld), (5001, 3, 19000, 'born', %lld)",
		(long long)chidi, (long long)ngozi);
	mark(data, POLICY_RESIDENT, ngozi, "adopted");
	mark(data, POLICY_RESIDENT, kasia, "adopted");
	mark(data, POLICY_RESIDENT, siobhan, "refuge");
	mark(data, POLICY_PROPERTY, 7002, "refuge");
	run_sql(data, "UPDATE restriction_state SET generation = generation + 1");
}

static int set_up(void **state)
{
	struct error e;
	struct store *data;
	struct village *v = village_make();
	village_stop(v);
	widen_profile(v);
	amara = resident_of(v, "housing", 0);
	chidi = resident_of(v, "housing", 1);
	siobhan = resident_of(v, "housing", 2);
	ngozi = resident_of(v, "schools", 0);
	aoife = resident_of(v, "schools", 1);
	kasia = resident_of(v, "schools", 2);
	payer = resident_of(v, "revenues", 0);
	assert_ok(workspace_store(v->workspace, STORE_DATA, STORE_WRITE, &data, &e), &e);
	add_places(v, data);
	add_people(data);
	/* Each says of their own address that it is the property's, as matching would have found. */
	run_sql(data, "INSERT INTO record_property (record_id, feed_no, row_key, version, property_id, match) SELECT "
		      "f.record_id, f.feed_no, f.row_key, f.version, m.property_id, 'exact' FROM fact f JOIN "
		      "household_member m ON m.resident_id = f.record_id + 1000");
	assert_ok(run_publish(data, NULL, &e), &e);
	store_close(data);
	village_user(v, "sana", "safeguarder");
	village_user(v, "rex", "reviewer");
	village_user(v, "tess", "revenues_officer");
	village_user(v, "hana", "home_visitor");
	village_start(v);
	*state = v;
	return 0;
}

static int tear_down(void **state)
{
	village_remove(*state);
	return 0;
}

static void enter(struct village *v, const char *user, const char *purpose)
{
	char form[100];
	village_sign_in(v, user);
	assert_int_equal(village_get(v, "/purpose"), 200);
	snprintf(form, sizeof form, "purpose=%s&reason=test", purpose);
	assert_int_equal(village_post(v, "/purpose", form), 303);
}

static int get_of(struct village *v, const char *format, int64_t id)
{
	char path[200], text[ID_TEXT_SIZE];
	snprintf(path, sizeof path, format, id_format(id, text));
	return village_get(v, path);
}

static int get_json(struct village *v, const char *format, int64_t id)
{
	char path[200], text[ID_TEXT_SIZE];
	snprintf(path, sizeof path, format, id_format(id, text));
	return village_get_as(v, path, "application/json");
}

/* ---- pages ------------------------------------------------------------------------------------------ */

static void test_a_household_and_how_sure_it_is(void **state)
{
	struct village *v = *state;
	enter(v, "rosa", "early_help");
	int64_t looks = village_query(v, STORE_DESK, "SELECT COUNT(*) FROM audit_entry WHERE action = 'resident.open'");
	assert_int_equal(get_of(v, "/households/%s", 5001), 200);
	assert_true(village_shows(v, "Amara Okonkwo"));
	assert_true(village_shows(v, "ov-service--uncertain"));
	assert_true(village_shows(v, "ov-graph__box--uncertain"));
	assert_true(village_shows(v, "Amara Okonkwo: partner of Chidi Okonkwo"));
	assert_true(village_shows(v, "Moved in: Chidi Okonkwo"));
	assert_true(village_shows(v, "Chronology of all members"));
	assert_false(village_shows(v, "style="));
	/* what is shown of each member is a look at each */
	assert_int_equal(
		village_query(v, STORE_DESK, "SELECT COUNT(*) FROM audit_entry WHERE action = 'resident.open'"),
		looks + 2);
	assert_int_equal(get_json(v, "/households/%s", 5001), 200);
	assert_true(village_shows(v, "\"relations\":["));
	assert_true(village_shows(v, "\"chronology\":["));
}

static void test_a_protected_child_is_nowhere_on_it(void **state)
{
	struct village *v = *state;
	enter(v, "rosa", "early_help");
	static const char *const paths[] = {"/households/%s", "/households/%s?at=2025-01-01", "/households/%s/wrong"};
	char id[ID_TEXT_SIZE];
	id_format(ngozi, id);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		assert_int_equal(get_of(v, paths[i], 5001), 200);
		assert_false(village_shows(v, "Ngozi"));
		assert_false(village_shows(v, id));
		assert_int_equal(get_json(v, paths[i], 5001), 200);
		assert_false(village_shows(v, "Ngozi"));
		assert_false(village_shows(v, id));
	}
	assert_int_equal(get_of(v, "/properties/%s", 7001), 200);
	assert_false(village_shows(v, "Ngozi"));
	assert_int_equal(get_of(v, "/households/%s", 5004), 404); /* of whom nobody may be known */
	enter(v, "sana", "early_help");
	assert_int_equal(get_of(v, "/households/%s", 5001), 200);
	assert_true(village_shows(v, "Amara Okonkwo: parent of Ngozi Okonkwo"));
	assert_true(village_shows(v, "Born: Ngozi Okonkwo"));
}

static void test_a_refuge_never_shows_its_address(void **state)
{
	struct village *v = *state;
	enter(v, "rosa", "early_help");
	assert_int_equal(get_of(v, "/households/%s", 5002), 200);
	assert_true(village_shows(v, "Protected"));
	assert_false(village_shows(v, "Haven"));
	assert_false(village_shows(v, "Mill Lane")); /* nor what she wrote as her address before */
	assert_int_equal(get_json(v, "/households/%s", 5002), 200);
	assert_false(village_shows(v, "Haven"));
	assert_int_equal(get_of(v, "/properties/%s", 7002), 404);
	assert_int_equal(village_get(v, "/properties/100090000022"), 404);
	assert_int_equal(get_of(v, "/properties/%s", 7004), 200); /* the building has one flat less */
	assert_true(village_shows(v, "9 Shared Road"));
	assert_false(village_shows(v, "Haven"));
	assert_int_equal(get_of(v, "/properties/%s", 7003), 200);
	assert_false(village_shows(v, "Haven"));
	enter(v, "sana", "early_help");
	assert_int_equal(get_of(v, "/properties/%s", 7002), 200);
	assert_true(village_shows(v, "Haven House"));
}

static void test_others_at_a_shared_address_are_counted_without_the_protected(void **state)
{
	struct village *v = *state;
	enter(v, "rosa", "early_help");
	assert_int_equal(get_of(v, "/households/%s", 5003), 200);
	assert_true(village_shows(v, "Also at this address: 1 other (house in multiple occupation)"));
	enter(v, "sana", "early_help");
	assert_int_equal(get_of(v, "/households/%s", 5003), 200);
	assert_true(village_shows(v, "Also at this address: 2 others (house in multiple occupation)"));
}

static void test_a_property_in_words_and_as_a_dot(void **state)
{
	struct village *v = *state;
	enter(v, "rosa", "early_help");
	assert_int_equal(get_of(v, "/properties/%s", 7001), 200);
	assert_true(village_shows(v, "Terraced house (class RD04)"));
	assert_true(village_shows(v, "<circle"));
	assert_true(village_shows(v, "In the ward Marshside, in the middle of the council&#39;s area."));
	assert_true(village_shows(v, "Chidi Okonkwo"));
	assert_int_equal(get_of(v, "/properties/%s", 7003), 200);
	assert_true(village_shows(v, "The Yard"));
}

static void test_a_household_on_a_day(void **state)
{
	struct village *v = *state;
	enter(v, "rosa", "early_help");
	assert_int_equal(get_of(v, "/households/%s?at=2025-01-01", 5001), 200);
	assert_true(village_shows(v, "Who lived here on 1 January 2025"));
	assert_true(village_shows(v, "Amara Okonkwo"));
	assert_int_equal(get_of(v, "/households/%s?at=1990-01-01", 5001), 200);
	assert_true(village_shows(v, "Nobody that you may see was in this household on 1 January 1990"));
	assert_int_equal(get_of(v, "/households/%s?at=2025-02-30", 5001), 422);
	assert_true(village_shows(v, "Date must be a real day"));
	assert_int_equal(get_of(v, "/households/%s?at=2999-01-01", 5001), 422);
	assert_int_equal(get_of(v, "/properties/%s?at=1990-01-01", 7001), 200);
	assert_true(village_shows(v, "Nobody that you may see lived here on 1 January 1990"));
	assert_false(village_shows(v, "Amara"));
}

/* ---- wrong households ------------------------------------------------------------------------------- */

static int post_wrong(struct village *v, const char *format, int64_t first, int64_t second)
{
	char form[400], a[ID_TEXT_SIZE], b[ID_TEXT_SIZE], path[100], household[ID_TEXT_SIZE];
	snprintf(path, sizeof path, "/households/%s/wrong", id_format(5001, household));
	snprintf(form, sizeof form, format, id_format(first, a), id_format(second, b));
	return village_post(v, path, form);
}

static void test_a_wrong_household_is_reported_decided_and_taken_back(void **state)
{
	struct village *v = *state;
	char where[500], undo[600];
	enter(v, "rosa", "early_help");
	assert_int_equal(get_of(v, "/households/%s/wrong", 5001), 200);
	assert_int_equal(post_wrong(v, "what=&text=", amara, chidi), 422);
	assert_true(village_shows(v, "Choose what is wrong"));
	assert_int_equal(post_wrong(v, "what=apart&first=%s&second=%s&text=He+left", amara, amara), 422);
	assert_int_equal(post_wrong(v, "what=apart&first=%s&second=%s&text=He+left", amara, siobhan), 422);
	assert_int_equal(post_wrong(v, "what=together&with=%s&other=%s&text=She+is", amara, ngozi), 422);
	assert_true(village_shows(v, "There is no such resident"));
	assert_int_equal(post_wrong(v, "what=apart&first=%s&second=%s&text=He+left", chidi, amara), 303);
	assert_non_null(village_header(v, "Location", where));
	*strchr(where, '?') = '\0';
	assert_int_equal(village_get(v, where), 200);
	assert_true(village_shows(v, "The first: Uncertain, same address"));
	assert_false(village_shows(v, "name=\"verdict\""));
	assert_int_equal(village_post(v, where, "verdict=apart&reply=So+it+is"), 403);
	assert_int_equal(village_get(v, "/review/households"), 403);
	enter(v, "sana", "early_help");
	assert_int_equal(village_get(v, where), 404); /* another's report */
	enter(v, "rex", "early_help");
	assert_int_equal(village_get(v, "/review/households"), 200);
	assert_true(village_shows(v, "2 reports wait"));
	assert_int_equal(village_get(v, where), 200);
	assert_int_equal(village_post(v, where, "verdict=&reply="), 422);
	assert_int_equal(village_post(v, where, "verdict=apart&reply=So+it+is"), 303);
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT COUNT(*) FROM household_ruling WHERE verdict = 'apart' AND undone_at IS "
				       "NULL AND username = 'rex'"),
			 1);
	assert_int_equal(village_get(v, where), 200);
	assert_true(village_shows(v, "holds in every later run"));
	assert_int_equal(village_post(v, where, "verdict=together&reply=No+no"), 409);
	snprintf(undo, sizeof undo, "%s/undo", where);
	assert_int_equal(village_get(v, where), 200);
	assert_int_equal(village_post(v, undo, ""), 303);
	assert_int_equal(village_get(v, where), 200);
	assert_true(village_shows(v, "Taken back"));
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT COUNT(*) FROM household_ruling WHERE undone_at IS NOT NULL AND "
				       "undone_by = 'rex'"),
			 1);
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT COUNT(*) FROM audit_entry WHERE action IN ('household.report', "
				       "'household.decide', 'household.undo')"),
			 5); /* with the reports of the tests before */
	enter(v, "rosa", "early_help");
	assert_int_equal(village_get(v, "/reports"), 200);
	assert_true(village_shows(v, "Taken back"));
}

static void test_a_report_about_the_protected_is_in_no_queue(void **state)
{
	struct village *v = *state;
	char where[500];
	enter(v, "sana", "early_help");
	assert_int_equal(get_of(v, "/households/%s/wrong", 5001), 200);
	assert_int_equal(post_wrong(v, "what=apart&first=%s&second=%s&text=She+left", ngozi, amara), 303);
	assert_non_null(village_header(v, "Location", where));
	enter(v, "rex", "early_help");
	assert_int_equal(village_get(v, "/review/households"), 200);
	assert_true(village_shows(v, "0 reports wait"));
	assert_int_equal(village_get(v, where), 404);
	assert_int_equal(village_get(v, "/"), 200);
	assert_false(village_shows(v, "that a household is wrong"));
}

/* Who may open homes and not residents learns of a resident what the home says, whatever way is tried. */
static void test_a_home_is_no_way_to_residents(void **state)
{
	struct village *v = *state;
	char where[500], page[100], id[ID_TEXT_SIZE];
	enter(v, "hana", "early_help");
	assert_int_equal(get_of(v, "/households/%s", 5001), 200);
	assert_int_equal(get_of(v, "/residents/%s", siobhan), 403);
	assert_int_equal(get_of(v, "/households/%s/wrong", 5001), 200);
	assert_int_equal(post_wrong(v, "what=together&with=%s&other=%s&text=She+is", amara, siobhan), 422);
	assert_true(village_shows(v, "There is no such resident"));
	assert_false(village_shows(v, "Siobhan"));
	assert_int_equal(post_wrong(v, "what=apart&first=%s&second=%s&text=He+left", chidi, amara), 303);
	assert_non_null(village_header(v, "Location", where));
	assert_int_equal(village_get(v, where), 200);
	assert_true(village_shows(v, "Amara"));
	assert_false(village_shows(v, "Born "));
	snprintf(page, sizeof page, "/residents/%s", id_format(amara, id));
	assert_false(village_shows(v, page));
	enter(v, "tess", "revenues");
	assert_int_equal(get_of(v, "/households/%s/summary", 5001), 403);
}

/* Every way in, for every role. */
static void test_who_may_call_what(void **state)
{
	struct village *v = *state;
	static const struct {
		const char *user, *purpose;
		int household, property, wrong, queue;
	} cases[] = {{"rosa", "early_help", 200, 200, 200, 403},
		     {"sana", "early_help", 200, 200, 200, 403},
		     {"rex", "early_help", 200, 403, 200, 200},
		     {"tess", "revenues", 403, 403, 403, 403},
		     {"admin", "administration", 403, 403, 403, 403}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enter(v, cases[i].user, cases[i].purpose);
		assert_int_equal(get_of(v, "/households/%s", 5001), cases[i].household);
		assert_int_equal(get_of(v, "/properties/%s", 7001), cases[i].property);
		assert_int_equal(get_of(v, "/households/%s/wrong", 5001), cases[i].wrong);
		assert_int_equal(village_get(v, "/review/households"), cases[i].queue);
	}
	v->cookie[0] = '\0';
	assert_int_equal(village_get(v, "/review/households"), 303);
	assert_int_equal(get_of(v, "/households/%s/wrong", 5001), 303);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_household_and_how_sure_it_is),
		cmocka_unit_test(test_a_protected_child_is_nowhere_on_it),
		cmocka_unit_test(test_a_refuge_never_shows_its_address),
		cmocka_unit_test(test_others_at_a_shared_address_are_counted_without_the_protected),
		cmocka_unit_test(test_a_property_in_words_and_as_a_dot),
		cmocka_unit_test(test_a_household_on_a_day),
		cmocka_unit_test(test_who_may_call_what),
		cmocka_unit_test(test_a_report_about_the_protected_is_in_no_queue),
		cmocka_unit_test(test_a_home_is_no_way_to_residents),
		/* the last: a decision derives households anew, from what the files say */
		cmocka_unit_test(test_a_wrong_household_is_reported_decided_and_taken_back),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down); /* one village for all: making one takes a second */
}
