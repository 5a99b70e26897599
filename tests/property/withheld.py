"""What is withheld is not told in another way: for `access`, which serves the borough and hands itself over as `here`."""
import csv
import json
import os

from absent import desk, in_json

here = None


def entries(where):
    return int(here.workspace.rows("SELECT COUNT(*) FROM audit_entry WHERE " + where, "desk")[0][0])


def suspend(agreement):
    desk("INSERT INTO agreement_ended (agreement_id, ended_at, ended_by, suspended) VALUES ('%s', 1, 'test', 1)" % agreement)


def reinstate():
    desk("DELETE FROM agreement_ended WHERE ended_by = 'test'")


def an_unknown_uprn_is_refused_and_recorded():
    officer, before = here.visitor_of("housing_officer"), entries("action = 'property.open' AND outcome = 'refused'")
    assert officer.get("/properties/990009999998")[0] == 404
    assert entries("action = 'property.open' AND outcome = 'refused'") == before + 1, "no entry"


def a_number_that_may_not_be_seen_finds_nobody():
    """Of each source a client whom a social worker finds by it, or the contact centre does not: nobody else learns that they are one."""
    centre, worker, found = here.visitor_of("contact_centre"), here.visitor_of("social_worker"), 0
    with open(os.path.join(here.folder, "truth/records.csv")) as file:
        clients = [(row["source"], row["client"]) for row in csv.DictReader(file)
                   if row["source"] in ("childrens_social_care", "youth_offending", "adult_social_care")]
    nobody = in_json(centre, "/residents/by/childrens_social_care/NOBODY/summary")
    for source, client in clients[:60]:
        path = "/residents/by/%s/%s/summary" % (source, client)
        assert in_json(centre, path) == nobody, path
        found += worker.get(path)[0] == 200
    assert found, "nobody finds anybody by these numbers"


def a_summary_counts_nothing_of_services_that_may_not_be_known():
    """Residents with case notes and without: what the contact centre is told to be withheld names no service that it may not know of."""
    centre, hidden = here.visitor_of("contact_centre"), ("Children", "Adult", "Youth")
    noted = here.workspace.rows("SELECT DISTINCT m.resident_id FROM note_flag n JOIN resident_record m ON m.record_id = n.record_id LIMIT 20")
    assert noted
    for (resident,) in noted:
        said = in_json(centre, "/residents/%s/summary" % here.page_id(resident))
        if '"withheld"' in said:
            for row in json.loads(said)["withheld"]:
                assert not row["service"].startswith(hidden), row


def a_comparison_tells_nothing_that_is_withheld():
    """Marks, steps and totals: as each role that may compare, of pairs of all kinds of services."""
    pairs = here.workspace.rows("SELECT a.record_id, b.record_id FROM resident_record a JOIN resident_record b ON b.resident_id = a.resident_id "
                                "AND b.record_id > a.record_id ORDER BY a.record_id % 7, a.record_id LIMIT 60")
    hides, whole = 0, 0
    for role in ("housing_officer", "early_help_worker", "match_reviewer"):
        for a, b in pairs:
            said = json.loads(in_json(here.visitor_of(role), "/review/%s-%s" % (a, b)))
            if "lines" not in said:
                continue
            for line in said["lines"]:
                both = line["a"]["any"] and line["b"]["any"]
                assert both or not line["marks"], "%s, %s-%s: %s" % (role, a, b, line)
            shown = {line["title"] for line in said["lines"] if line["a"]["any"] and line["b"]["any"]}
            for step in said["steps"]:
                assert step["what"] != "Sex" or "Sex" in shown, "%s, %s-%s: %s" % (role, a, b, step)
            hides += said["hides"]
            whole += not said["hides"]
            if said["hides"]:
                assert not said.get("total") and not said["conflict"] and "in 100" not in said["outcome"], said["outcome"]
            else:
                assert said["total"]
    assert hides and whole, "%d hide something, %d nothing" % (hides, whole)


def rows_to_fix_follow_the_agreement():
    owner = here.visitor_of("data_owner")
    extract, feed = here.workspace.rows("SELECT q.extract_id, f.feed_id FROM quarantine q JOIN extract e ON e.extract_id = q.extract_id JOIN "
                                        "feed f ON f.feed_no = e.feed_no WHERE f.feed_id LIKE 'housing%' LIMIT 1")[0]
    path = "/feeds/%s/extracts/%s/rows.csv" % (feed, extract)
    status, body, _ = owner.get(path)
    assert status == 200 and body.startswith("file,line"), (status, body[:200])
    elements, agreements = here.workspace.rows("SELECT elements, agreements FROM audit_entry WHERE action = 'quarantine.values' ORDER BY seq "
                                               "DESC LIMIT 1", "desk")[0]
    assert "data_quality" in agreements and "person_reference" in elements, (elements, agreements)
    suspend("data_quality")
    try:
        status, body, _ = owner.get(path)
        assert status == 403 and "No agreement" in body, (status, body[:300])
        assert entries("action = 'quarantine.values' AND outcome = 'refused'"), "no entry"
    finally:
        reinstate()
    assert owner.get(path)[0] == 200


def places_follow_the_agreement():
    """A property's page, a household's and a resident's say where only while the gazetteer's agreement runs."""
    officer, home = here.visitor_of("housing_officer"), here.SUBJECTS["uprn"]
    household = here.page_id(here.first("SELECT h.household_id FROM household h WHERE h.ended_run IS NULL AND h.to_date IS NULL AND "
                                        "h.property_id IN (SELECT property_id FROM record_property)"))
    before = json.loads(in_json(officer, "/properties/" + home))
    assert before["uprn"] and before["heading"] != "Address withheld" and before["facts"], before["heading"]
    for role in ("fraud_investigator", "housing_standards_officer", "admissions_officer", "match_reviewer", "early_help_worker"):
        assert json.loads(in_json(here.visitor_of(role), "/properties/" + home))["heading"] == before["heading"], role
    suspend("gazetteer")
    try:
        after = json.loads(in_json(officer, "/properties/" + home))
        assert not after["uprn"] and after["heading"] == "Address withheld" and not after["has_map"], after["heading"]
        assert not [fact for fact in after["facts"] if fact["title"] in ("UPRN", "Ward", "Kind")], after["facts"]
        assert before["heading"] not in officer.get("/households/" + household)[1]
    finally:
        reinstate()


cases = (an_unknown_uprn_is_refused_and_recorded, a_number_that_may_not_be_seen_finds_nobody,
         a_summary_counts_nothing_of_services_that_may_not_be_known, a_comparison_tells_nothing_that_is_withheld,
         rows_to_fix_follow_the_agreement, places_follow_the_agreement)
