"""What is withheld is not told in another way: for `access`, which serves the borough and hands itself over as `here`."""
import csv
import datetime
import json
import os
import re

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


def pairs_to_compare():
    """Addresses as the pages have them: of two residents, and from there of two records of one."""
    reviewer, found = here.visitor_of("match_reviewer"), []
    several = here.workspace.rows("SELECT resident_id FROM resident_record GROUP BY resident_id HAVING COUNT(*) > 1 ORDER BY "
                                  "MIN(record_id) % 7, resident_id LIMIT 60")
    for (a,), (b,) in zip(several[::2], several[1::2]):
        status, _, path = reviewer.get("/explain?a=%s&b=%s" % (here.page_id(a), here.page_id(b)))
        if status != 303:
            continue
        said = json.loads(in_json(reviewer, path))
        found += [path] + [other["compare_href"] for side in said["sides"] for other in side["others"][:1]]
    assert len(found) > 40, len(found)
    return found


def a_guessed_pair_finds_nobody():
    """Numbers of records follow one another: two of them open nothing, not even a pair that a page has, without its key."""
    worker, path = here.visitor_of("early_help_worker"), "/review/" + here.SUBJECTS["pair"]
    a, b, key = path.split("/")[2].split("-")
    other = "%s-%s" % (a, int(b) + 1 if int(b) + 1 != int(a) else int(b) + 2)
    assert worker.get(path)[0] == 200 and worker.get("/review/%s-%s-%s" % (b, a, key))[0] == 200
    for guessed in ("%s-%s" % (a, b), "%s-%s-" % (a, b), "%s-%s-0000000000001" % (a, b), other, "%s-%s" % (other, key)):
        assert worker.get("/review/" + guessed)[0] == 404, guessed
        assert here.visitor_of("match_reviewer").get("/review/" + guessed)[0] == 404, guessed


def a_comparison_tells_nothing_that_is_withheld():
    """Marks, steps and totals: as each role that may compare, of pairs of all kinds of services."""
    pairs = pairs_to_compare()
    hides, whole = 0, 0
    for role in ("housing_officer", "early_help_worker", "match_reviewer"):
        for path in pairs:
            a, b = path.split("/")[2].split("-")[:2]
            said = json.loads(in_json(here.visitor_of(role), path))
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


# Of these the housing officer of this test may see where their clients live; the test's own reading of the agreements.
SEEN_HOMES = {"housing", "council_tax", "benefits", "contact_centre", "homelessness", "early_help", "anti_social_behaviour"}


def day(number):
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=int(number))


def month(number):
    return day(number).strftime("%B %Y")


class Homes:
    """What all services say of where everybody lives, and what of it the housing officer may know."""

    def __init__(self):
        self.claims, self.stays = {}, {}
        for resident, home, feed, source, begun, ended in here.workspace.rows(
                "SELECT r.resident_id, r.property_id, f.feed_id, s.source_id, r.from_date, r.to_date FROM residence_record r JOIN feed f ON "
                "f.feed_no = r.feed_no JOIN source s ON s.source_no = f.source_no"):
            seen = source in SEEN_HOMES or feed == "deaths"
            self.claims.setdefault(resident, []).append((home, seen, [when for when in (begun, ended) if when]))
        for household, resident, home in here.workspace.rows("SELECT household_id, resident_id, property_id FROM household_member"):
            self.stays.setdefault(household, {}).setdefault(resident, set()).add(home)

    def is_whole(self, resident):
        return all(seen for _, seen, _ in self.claims.get(resident, ()))

    def days(self, resident):
        """That may be told of them: of whom all is seen, whatever was made of it."""
        return {when for _, seen, dates in self.claims.get(resident, ()) if seen for when in dates}

    def is_unseen(self, resident, homes):
        there = [seen for home, seen, _ in self.claims.get(resident, ()) if home in homes]
        return bool(there) and not any(there)


def homes_are_told_by_who_may_be_seen():
    """Since when, how sure, and what became of a household: nothing that only a service says that is not for the viewer."""
    officer, homes, partly, absent = here.visitor_of("housing_officer"), Homes(), 0, 0
    households = [(household, stays) for household, stays in sorted(homes.stays.items())
                  if not all(homes.is_whole(resident) for resident in stays)]
    for household, stays in households[:250]:
        said = in_json(officer, "/households/" + here.page_id(household))
        if '"members"' not in said:
            continue
        page, known = json.loads(said), {here.page_id(resident): resident for resident in stays}
        days, whole = set(), set()
        for row in page["members"] + page["former"]:
            resident = known[row["href"].rsplit("/", 1)[1]]
            assert not homes.is_unseen(resident, stays[resident]), "%s is told to live in %s" % (resident, household)
            days |= homes.days(resident)
            if homes.is_whole(resident):
                whole.add(resident)
                continue
            partly += 1
            months = {month(when) for when in homes.days(resident)}
            named = set(re.findall(r"[A-Z][a-z]+ \d{4}", row["period"]))
            assert named <= months, "%s in %s: %s, and seen are %s" % (resident, household, row["period"], sorted(months))
            assert row["why"].split(" in ")[0].split(",")[0] in ("same address", "only person at the address", "alone"), row["why"]
        absent += sum(homes.is_unseen(resident, of) for resident, of in stays.items())
        if len(whole) < len(page["members"] + page["former"]):
            dates = {day(when).isoformat() for when in days}
            for event in page["history"]:
                of = known.get((event["resident_href"] or "").rsplit("/", 1)[-1])
                assert of in whole or event["what"] == "born" or event["date"] in dates, "%s: %s" % (household, event)
    assert partly and absent, "%d are told in part, %d not at all" % (partly, absent)


cases = (an_unknown_uprn_is_refused_and_recorded, a_number_that_may_not_be_seen_finds_nobody,
         a_summary_counts_nothing_of_services_that_may_not_be_known, a_guessed_pair_finds_nobody,
         a_comparison_tells_nothing_that_is_withheld,
         rows_to_fix_follow_the_agreement, places_follow_the_agreement, homes_are_told_by_who_may_be_seen)
