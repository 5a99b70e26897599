"""Nobody hears of the restricted, on any surface: for `access`, which serves the borough and hands itself over as `here`.

A surface that is asked for one thing must answer as for a thing that never was, to the byte. A surface that tells of many must not
tell of them, nor count them.
"""
import csv
import json
import os
import re
import subprocess
import urllib.error
import urllib.request

here = None


HIDES_ADDRESS = {  # of whom it may not be known where they live, but for these
    "fled_domestic_abuse": {"social_worker", "housing_officer"}, "confidential_placement": {"social_worker", "team_manager"},
    "refuge": set(), "restricted_address": set(),
}
LOOKERS = ("early_help_worker", "housing_officer", "match_reviewer", "fraud_investigator")


def in_json(visitor, path):
    asked = urllib.request.Request(here.ADDRESS + path, headers={"Accept": "application/json"})
    try:
        return visitor.opener.open(asked, timeout=60).read().decode()
    except urllib.error.HTTPError as refused:
        return refused.read().decode()


def searched(visitor, words):
    status, _, location = visitor.post("/search", visitor.get("/search")[1], q=words)
    return visitor.get(location)[1] if status == 303 else ""


def surfaces(visitor, who):
    """Every way on which the visitor may meet them: name of the surface, what it says."""
    said = {"search by name": searched(visitor, who["name"]), "search by a name like it": searched(visitor, who["alike"]),
            "search by date of birth": searched(visitor, who["born"] + " " + who["name"].split()[1])}
    paths = {"own page": "/residents/" + who["id"], "report": "/reports/new?resident=" + who["id"], "summary": "/residents/%s/summary" % who["id"],
             "review": "/review", "household reports": "/review/households"}
    for number, household in enumerate(who["households"]):
        paths["household %d" % number] = "/households/" + household
        paths["household %d, summaries" % number] = "/households/%s/summary" % household
    for number, member in enumerate(who["members"]):
        paths["relative %d" % number] = "/residents/" + member
        paths["relative %d, summary" % number] = "/residents/%s/summary" % member
        paths["relative %d, chronology" % number] = "/residents/%s?page=2" % member
    for number, property in enumerate(who["properties"]):
        paths["property %d" % number] = "/properties/" + property
    for list in re.findall(r'href="(/lists/\w+)"', visitor.get("/lists")[1]) if visitor.may("lists") else []:
        paths["list " + list] = list
        paths["export " + list] = list + "/rows.csv"
    for name, path in paths.items():
        said[name] = visitor.get(path)[1]
        said[name + ", interface"] = in_json(visitor, path)
    return said


def meets(said, who):
    """On which surfaces the id is, or the name where nobody asked for it by name."""
    plain = {name: re.sub(r'(value|name|href)="[^"]*(q=|/search|/reports/new|next=)[^"]*"', "", text) for name, text in said.items()}
    return {name for name, text in plain.items() if who["id"] in text and "no such" not in text}


def somebody_at_home():
    for number, household, home in here.workspace.rows(
            "SELECT m.resident_id, m.household_id, m.property_id FROM household_member m JOIN household_member o ON o.household_id = "
            "m.household_id AND o.resident_id <> m.resident_id WHERE m.to_date IS NULL AND o.to_date IS NULL AND m.property_id NOT IN (SELECT "
            "subject_id FROM restriction_mark) AND m.resident_id NOT IN (SELECT subject_id FROM restriction_mark) GROUP BY 1, 2, 3 "
            "ORDER BY (SELECT COUNT(*) FROM resident_record r WHERE r.resident_id = m.resident_id) DESC, 1 LIMIT 40"):
        body = here.visitor_of("housing_officer").get("/residents/" + here.page_id(number))[1]
        name, born = re.search(r"<h1[^>]*>([^<]*)</h1>", body), re.search(r"Born (\d+ \w+ \d+)", body)
        code = re.search(r"[A-Z]{1,2}\d{1,2} \d[A-Z]{2}", body)
        if name and born and code and re.fullmatch(r"[A-Z][a-z]{4,} [A-Z][a-z]{4,}", name.group(1)):
            members = here.workspace.rows("SELECT DISTINCT resident_id FROM household_member WHERE household_id = %s AND resident_id <> %s" %
                                     (household, number))
            return {"id": here.page_id(number), "name": name.group(1), "born": born.group(1), "postcode": code.group(0),
                    "alike": name.group(1)[:2] + name.group(1)[1:], "households": [here.page_id(household)], "properties": [here.page_id(home)],
                    "members": [here.page_id(row[0]) for row in members[:3]]}
    raise AssertionError("nobody lives with anybody")


def a_hidden_resident_is_on_no_surface():
    """Kind of restriction x role x surface: whoever was met before is met nowhere, and nothing else has changed."""
    who = somebody_at_home()
    before = {role: surfaces(here.visitor_of(role), who) for role in LOOKERS}
    met = set().union(*(meets(said, who) for said in before.values()))
    wanted = {"search by name", "search by a name like it", "search by date of birth", "own page", "household 0", "property 0", "relative 0",
              "household 0, interface", "property 0, interface", "relative 0, interface"}
    assert wanted <= met, "never met on: %s" % sorted(wanted - met)
    for restriction, entitled in here.OPEN_TO.items():
        here.run("policy", "protect", here.workspace.folder, "--resident", who["id"], "--restriction", restriction)
        for role in set(LOOKERS) - entitled:
            said = surfaces(here.visitor_of(role), who)
            there = meets(said, who) - {"own page", "own page, interface", "report", "report, interface"}
            assert not there, "%s meets somebody %s on: %s" % (role, restriction, sorted(there))
            named = {name for name, text in said.items() if not name.startswith("search") and who["name"] in text}
            assert not named, "%s reads the name of somebody %s on: %s" % (role, restriction, sorted(named))
            # Without somebody others may come into reach: the count is of those who are listed, and of nobody else.
            count = re.search(r"(\d+) residents? found", said["search by name"])
            listed = set(re.findall(r'href="/residents/([0-9a-z]{13})"', said["search by name"]))
            if count and int(count.group(1)) <= 20:
                assert int(count.group(1)) == len(listed), "the count of a search tells of somebody %s" % restriction
        here.run("policy", "lift", here.workspace.folder, "--resident", who["id"], "--restriction", restriction)
    again = {role: meets(surfaces(here.visitor_of(role), who), who) for role in LOOKERS}
    for role in LOOKERS:
        assert again[role] == meets(before[role], who), "%s after it: %s" % (role, sorted(again[role] ^ meets(before[role], who)))


def a_hidden_address_is_on_no_surface():
    who = somebody_at_home()
    assert who["id"] in searched(here.visitor_of("housing_officer"), who["postcode"] + " " + who["name"])
    for restriction, entitled in HIDES_ADDRESS.items():
        here.run("policy", "protect", here.workspace.folder, "--resident", who["id"], "--restriction", restriction)
        for role in set(LOOKERS) - entitled:
            visitor = here.visitor_of(role)
            for path in ("/residents/", "/households/") if visitor.may("resident") else ():
                where = path + (who["id"] if path == "/residents/" else who["households"][0])
                for body in (visitor.get(where)[1], in_json(visitor, where)):
                    assert who["postcode"] not in body, "%s reads where somebody %s lives on %s" % (role, restriction, path)
            assert who["id"] not in visitor.get("/properties/" + who["properties"][0])[1], "%s: %s, property" % (role, restriction)
            found = searched(visitor, who["postcode"])
            assert who["id"] not in found, "%s finds somebody %s by postcode" % (role, restriction)
        here.run("policy", "lift", here.workspace.folder, "--resident", who["id"], "--restriction", restriction)


def a_hidden_address_reaches_those_who_live_there():
    """At the next request after somebody said it by hand: a sister would give it away."""
    who, officer = somebody_at_home(), here.visitor_of("match_reviewer")
    with_postcode = [member for member in who["members"] if who["postcode"] in officer.get("/residents/" + member)[1]]
    assert with_postcode, "nobody else shows the address before"
    home, uprn = "/properties/" + who["properties"][0], None
    uprn = re.search(r"UPRN</dt>\s*<dd[^>]*>\s*(\d+)", officer.get(home)[1]).group(1)
    for by, restriction in (("--resident", "fled_domestic_abuse"), ("--resident", "refuge"), ("--uprn", "restricted_address")):
        subject = who["id"] if by == "--resident" else uprn
        here.run("policy", "protect", here.workspace.folder, by, subject, "--restriction", restriction)
        for member in with_postcode + [who["id"]]:
            for body in (officer.get("/residents/" + member)[1], in_json(officer, "/residents/" + member)):
                assert who["name"].split()[1] in body or "Name withheld" in body
                assert who["postcode"] not in body, "%s of %s: shown at %s" % (restriction, by, member)
            assert member not in searched(officer, who["postcode"]), "%s of %s: found by postcode" % (restriction, by)
        here.run("policy", "lift", here.workspace.folder, by, subject, "--restriction", restriction)
        assert who["postcode"] in officer.get("/residents/" + with_postcode[0])[1], "it stays hidden"


# ---- asked for one thing ---------------------------------------------------------------------------------------

NEVER, NEVER_EITHER = 4242, 4243  # numbers that nobody and nothing has
POST = "POST "


def set_marks(restriction, residents, properties=()):
    """As `policy protect` does, many at once."""
    rows = ["(%d, %d, '%s', 1, 'test')" % (kind, int(number), restriction) for kind, of in ((1, residents), (2, properties)) for number in of]
    desk("INSERT INTO restriction_ruling (subject_kind, subject_id, restriction_id, set_at, set_by) VALUES " + ", ".join(rows))


def lift_marks():
    desk("UPDATE restriction_ruling SET lifted_at = 1, lifted_by = 'test' WHERE set_by = 'test' AND lifted_at IS NULL")


def desk(sql):
    subprocess.run(["sqlite3", here.workspace.path("desk.db"), ".timeout 5000", sql + "; UPDATE policy_state SET generation = generation + 1"],
                   check=True)


def open_residents(sql):
    """Rows of ids, nobody of whom is protected."""
    marked = {row[0] for row in here.workspace.rows("SELECT subject_id FROM restriction_mark")}
    return [row for row in here.workspace.rows(sql) if not marked & set(row)]


def row_of(resident):
    """A current row of theirs, of a tenancy where there is one: feed, record and row."""
    return here.workspace.rows(
        "SELECT f.feed_id, t.record_id, t.row_key FROM fact t JOIN feed f ON f.feed_no = t.feed_no JOIN resident_record r ON r.record_id "
        "= t.record_id WHERE r.resident_id = %s AND t.ended_by IS NULL ORDER BY f.feed_id = 'housing_tenancies' DESC LIMIT 1" % resident)[0]


def client_of():
    """Somebody by the number that the housing service has for them, and who they are here."""
    with open(os.path.join(here.folder, "truth/records.csv")) as file:
        for row in csv.DictReader(file):
            if row["source"] != "housing":
                continue
            said = in_json(here.visitor_of("housing_officer"), "/residents/by/housing/%s/summary" % row["client"])
            found = re.search(r"/residents/(\w{13})", said)
            if found and open_residents("SELECT resident_id FROM resident_record WHERE resident_id = %d" % here.number_of(found.group(1))):
                return row["client"], here.number_of(found.group(1))
    raise AssertionError("no client of housing is known")


def form(visitor, path, **fields):
    """A form sent without looking at its page first: that page may not be there."""
    return visitor.post(path, visitor.get("/purpose")[1], **fields)


def report_fields(resident, record):
    return {"resident": here.page_id(resident), "record": record, "row": "1", "feed": "housing_tenancies", "element": "tenancy_start"}


def made(visitor, path, **fields):
    """The number of what a form made."""
    status, body, location = form(visitor, path, **fields)
    assert status == 303, "%s: %d %s" % (path, status, re.findall(r"govuk-error-message[^/]*<", body)[:2])
    return re.search(r"/(\w+)(\?|$)", location).group(1)


def question_of(reviewer, record_a, record_b):
    """The address of a pair that waits for review, as the queue gives it out."""
    for page in range(1, 100):
        body = reviewer.get("/review?page=%d" % page)[1]
        found = re.search(r"/review/%s-%s-\w{13}" % (record_a, record_b), body)
        if found or "/review/" not in body:
            break
    assert found, "records %s and %s wait nowhere" % (record_a, record_b)
    return found.group(0)


class Subjects:
    """One hidden thing of each kind, and what stands in its place where nothing is there."""

    def __init__(self):
        self.client, self.resident = client_of()
        feed, self.record, row = row_of(self.resident)
        self.row = "%s-%s-%s" % (self.record, feed, row)
        officer, reviewer = here.visitor_of("housing_officer"), here.visitor_of("match_reviewer")
        self.report = made(officer, "/reports", text="This is not so", **report_fields(self.resident, self.record))
        self.pair = open_residents("SELECT resident_a, resident_b, record_a, record_b FROM review_item")[0]
        self.pair_path = question_of(reviewer, *self.pair[2:])
        self.decision = made(reviewer, self.pair_path, verdict="unsure")
        self.household, self.members = self.find_household({str(self.resident), *self.pair[:2]})
        other = self.somebody_else()
        self.household_report = made(officer, "/households/%s/wrong" % here.page_id(self.household), what="together",
                                     other=here.page_id(other), text="They told me", **{"with": here.page_id(self.members[0])})
        self.other, self.other_home = other, here.page_id(here.workspace.rows(
            "SELECT household_id FROM household_member WHERE resident_id = %s AND to_date IS NULL" % other)[0][0])
        self.listed = self.row_of_a_list()

    @staticmethod
    def row_of_a_list():
        return open_residents("SELECT m.subject_id, m.resident_id, r.property_id FROM list_member m JOIN list_row r ON r.list_no = "
                              "m.list_no AND r.subject_id = m.subject_id JOIN list_rule n ON n.list_no = m.list_no WHERE "
                              "n.list_id = 'single_person_discount' AND m.shown = 1")[0]

    @staticmethod
    def find_household(taken):
        """Of two who live together, with nobody else and nobody before."""
        for household, in here.workspace.rows(
                "SELECT m.household_id FROM household_member m JOIN household h ON h.household_id = m.household_id WHERE h.kind = 'family' "
                "AND h.ended_run IS NULL GROUP BY 1 HAVING COUNT(DISTINCT m.resident_id) = 2"):
            members = open_residents("SELECT DISTINCT resident_id FROM household_member WHERE household_id = %s AND to_date IS NULL" % household)
            if len(members) == 2 and not taken & {row[0] for row in members}:
                if len(json.loads(in_json(here.visitor_of("housing_officer"), "/households/" + here.page_id(household)))["members"]) == 2:
                    return household, [row[0] for row in members]
        raise AssertionError("no two live together")

    def somebody_else(self):
        taken = {str(self.resident), *self.pair[:2], *self.members}
        for number, in open_residents("SELECT DISTINCT resident_id FROM household_member WHERE to_date IS NULL"):
            if number not in taken and here.visitor_of("housing_officer").get("/residents/" + here.page_id(number))[0] == 200:
                return number
        raise AssertionError("there is nobody else")

    def hidden(self):
        return {self.resident, self.pair[0], *self.members, self.listed[1]}

    def asked(self):
        """Surface: the address of it, and the same of what is not there. A form is sent where fields stand beside."""
        resident, never = here.page_id(self.resident), here.page_id(NEVER)
        other, fields = here.page_id(self.other), report_fields(self.resident, self.record)
        query = "&".join("%s=%s" % (name, value) for name, value in fields.items() if name != "resident")
        for_each = {
            "record": "/residents/%s", "summary": "/residents/%s/summary", "row": "/residents/%s/rows/" + self.row, "rights":
            "/residents/%s/rights", "new report": "/reports/new?resident=%s&" + query, "comparison, first": "/explain?a=%s&b=" + other,
            "comparison, second": "/explain?a=" + other + "&b=%s"}
        for name, path in for_each.items():
            yield name, path % resident, path % never, None, None
        yield "report made", "/reports", "/reports", dict(fields, text="No"*9), dict(fields, resident=never, text="No"*9)
        missing = {"what": "together", "with": other, "text": "They told me"}
        yield ("somebody missing", "/households/%s/wrong" % self.other_home, "/households/%s/wrong" % self.other_home,
               dict(missing, other=resident), dict(missing, other=never))
        for name, path, there, nowhere in (
                ("source's number", "/residents/by/housing/%s/summary", self.client, "NOBODY"),
                ("report", "/reports/%s", self.report, never), ("pair", "/review/%s", self.pair_path[8:], "990001-990002"),
                ("decision", "/review/decisions/%s", self.decision, "990001"),
                ("household", "/households/%s", here.page_id(self.household), never),
                ("household's summary", "/households/%s/summary", here.page_id(self.household), never),
                ("wrong household", "/households/%s/wrong", here.page_id(self.household), never),
                ("household's report", "/reports/households/%s", self.household_report, never),
                ("list's row", "/lists/single_person_discount/%s", here.page_id(self.listed[0]), never)):
            yield name, path % there, path % nowhere, None, None
            if name in ("report", "pair", "decision", "household's report", "list's row"):
                empty = {"verdict": "nothing", "status": "nothing", "outcome": "nothing"}
                yield name + ", form", path % there, path % nowhere, empty, empty


def ask(visitor, path, fields):
    """The answer without what differs between any two: tokens, and the address that was asked for."""
    status, body, location = form(visitor, path, **fields) if fields else visitor.get(path)
    given = re.split(r"[/?&=]", path) + list((fields or {}).values())
    body = re.sub(r'name="csrf" value="[^"]*"', "", body)
    for part in sorted((part for part in given if len(part) > 4 and re.search(r"\d", part)), key=len, reverse=True):
        body = body.replace(part, "...")
    return status, body, location if status != 303 else re.sub(r"\w{13}", "...", location)


def the_hidden_are_answered_like_nobody():
    """Surface x kind of restriction x role that saw it before: the answer is that for what never was, to the byte."""
    subjects = Subjects()
    saw, nothing = {}, {}
    for name, path, nowhere, fields, none in subjects.asked():
        for role in here.ROLES:
            if role == "partner" or name.endswith("form") or len(saw.get(name, ())) == 3:
                continue
            if ask(here.visitor_of(role), path, fields)[0] in (200, 303):
                saw.setdefault(name, []).append(role)
        if name.endswith("form"):
            saw[name] = saw[name[:-6]]
        assert saw.get(name), "nobody sees: %s" % name
        for role in saw[name][:2] + saw[name][-1:]:
            nothing[name, role] = ask(here.visitor_of(role), nowhere, none)
            assert nothing[name, role] != ask(here.visitor_of(role), path, fields) or name.endswith("form"), "%s: nothing to compare" % name
    for restriction, entitled in here.OPEN_TO.items():
        set_marks(restriction, subjects.hidden())
        for name, path, _, fields, _ in subjects.asked():
            roles = [role for of, role in nothing if of == name and role not in entitled]
            for role in roles if restriction == "adopted" else roles[:1]:
                said, never = ask(here.visitor_of(role), path, fields), nothing[name, role]
                assert said == never, "%s, %s, as %s: %d, and %d for nobody: %s" % (
                    name, restriction, role, said[0], never[0], difference(said[1], never[1]))
        lift_marks()


def a_hidden_address_is_answered_like_none():
    """Kind of restriction x way to ask: a property that must not become known is no property, and its row is on no list."""
    listed, resident, home = Subjects.row_of_a_list()
    officer, investigator = here.visitor_of("housing_officer"), here.visitor_of("fraud_investigator")
    uprn = re.search(r"UPRN</dt>\s*<dd[^>]*>\s*(\d+)", officer.get("/properties/" + here.page_id(home))[1]).group(1)
    for visitor, path, nowhere in (
            (officer, "/properties/" + here.page_id(home), "/properties/" + here.page_id(NEVER)),
            (officer, "/properties/" + uprn, "/properties/990009999999"),
            (investigator, "/lists/single_person_discount/" + here.page_id(listed), "/lists/single_person_discount/" + here.page_id(NEVER))):
        assert visitor.get(path)[0] == 200, path
        for restriction in ("refuge", "restricted_address"):
            set_marks(restriction, (), [home])
            said, never = ask(visitor, path, None), ask(visitor, nowhere, None)
            assert said == never and never[0] == 404, "%s, %s: %d, %s" % (path, restriction, said[0], difference(said[1], never[1]))
            lift_marks()
    assert here.page_id(resident) in officer.get("/properties/" + here.page_id(home))[1]


def who_is_left_is_alone():
    """Two live together and one is hidden: what is said of the other is what is said of somebody who lives alone."""
    household, members = Subjects.find_household(set())
    path, officer = "/households/" + here.page_id(household), here.visitor_of("housing_officer")
    before = json.loads(in_json(officer, path))
    assert len(before["members"]) == 2
    alone = next(json.loads(in_json(officer, "/households/" + here.page_id(row[0]))) for row in here.workspace.rows(
        "SELECT h.household_id FROM household h JOIN household_member m ON m.household_id = h.household_id WHERE h.kind = 'single' AND "
        "h.ended_run IS NULL GROUP BY 1 HAVING COUNT(DISTINCT m.resident_id) = 1 AND MIN(m.why) = 'only_resident'"))
    set_marks("witness_protection", members[:1])
    after = json.loads(in_json(officer, path))
    said = [(page["heading"], page["members"][0]["why"].split(", in")[0]) for page in (before, after, alone)]
    assert len(after["members"]) == 1 and said[1] == said[2] != said[0], said
    lift_marks()


def others_at_an_address_are_fewer():
    """"Also at this address: n others" counts nobody hidden, whatever hides them."""
    officer = here.visitor_of("housing_officer")
    for home, in open_residents("SELECT DISTINCT property_id FROM shared_property"):
        there = open_residents("SELECT household_id, resident_id FROM household_member WHERE to_date IS NULL AND property_id = %s" % home)
        path, = ["/households/" + here.page_id(row[0]) for row in there[:1]] or [None]
        if len(there) > 3 and "others" in in_json(officer, path):
            break
    # Whose address is hidden, theirs is with whom they live: nobody with a housemate.
    homes = [row[0] for row in there]
    hidden = {row[1] for row in there if row[0] != there[0][0] and homes.count(row[0]) == 1}
    # Nor is anybody counted of whom nothing may be said.
    hidden = set([one for one in sorted(hidden) if officer.get("/residents/" + here.page_id(one))[0] == 200][:2])
    others = [count(officer.get(path)[1], "others?")]
    for restriction in [of for of, entitled in {**here.OPEN_TO, **HIDES_ADDRESS}.items() if "housing_officer" not in entitled]:
        set_marks(restriction, hidden)
        others.append(count(officer.get(path)[1], "others?"))
        lift_marks()
    assert others[0] > len(hidden) and set(others[1:]) == {others[0] - len(hidden)}, others


# ---- told of many ----------------------------------------------------------------------------------------------

TOLD = ("early_help_worker", "housing_officer", "match_reviewer", "fraud_investigator", "housing_standards_officer", "admissions_officer",
        "data_owner")


def filters(page, name):
    found = re.search(r'<select[^>]*name="%s".*?</select>' % name, page, re.S)
    return re.findall(r'value="([^"]+)"', found.group(0)) if found else []


def told(visitor):
    """Every page that tells of many, with each of its filters: path, what it says."""
    said = {}
    wards = {row[0] for row in here.workspace.rows("SELECT DISTINCT ward FROM list_row")}
    def take(path, *names):
        said[path] = visitor.get(path)[1]
        for name in names:
            for value in filters(said[path], name) if name != "ward" else sorted(wards):
                filtered = "%s%s%s=%s" % (path, "&" if "?" in path else "?", name, value)
                said[filtered] = visitor.get(filtered)[1]
    for path in ("/", "/status", "/feeds", "/transparency", "/lists", "/caseload"):
        take(path)
    take("/reports", "status")
    take("/review", "kind", "chance", "source")
    for path in ("/review?show=second", "/review?show=decided", "/review?show=contradicted", "/review/households"):
        take(path)
    for path in set(re.findall(r'href="(/lists/\w+)"', said["/lists"])):
        take(path, "ward")
        take(path + "?state=done")
        take(path + "/rows.csv")
    return said


def count(text, what):
    found = re.search(r"(\d+) (%s)" % what, text)
    return int(found.group(1)) if found else 0


def csv_rows(text):
    return max(0, text.count("\r\n") - 1)


def on_no_list(hidden):
    """List: how many of its rows somebody hidden is in, by the tables."""
    rows = here.workspace.rows("SELECT DISTINCT n.list_id, m.subject_id FROM list_member m JOIN list_rule n ON n.list_no = m.list_no WHERE "
                               "m.resident_id IN (%s)" % ", ".join(map(str, hidden)))
    return {list_id: sum(row[0] == list_id for row in rows) for list_id in {row[0] for row in rows}}


def counts(visitor, said):
    """Surface: number that it tells."""
    numbers = {"reports": count(said["/reports"], "reports?<"), "questions": count(said["/review"], "questions?, most"),
               "questions by filter": sum(count(text, "questions?, most") for path, text in said.items() if path.startswith("/review?kind=")),
               "questions by chance": sum(map(int, re.findall(r"in 100 \((\d+)\)", said["/review"]))),
               "decided": count(said["/review?show=second"], "pairs?, newest"),
               "household reports": count(said["/review/households"], "reports? wait"),
               "home, reports": count(said["/"], "reports? that something"), "home, questions": count(said["/"], "questions? about whether"),
               "home, households": count(said["/"], "reports? that a household")}
    for path in said:
        name = re.fullmatch(r"/lists/(\w+)", path)
        if name:
            numbers[path] = count(said[path], "to look into")
            numbers[path + ", export"] = csv_rows(said[path + "/rows.csv"])
            numbers[path + ", wards"] = sum(count(text, "to look into") for of, text in said.items() if of.startswith(path + "?ward="))
    waiting = json.loads(in_json(visitor, "/lists")).get("lists", []) if visitor.may("lists") else []
    for row in waiting:
        if row.get("href"):
            numbers[row["href"] + ", waiting"] = int(row["waiting"])
    return numbers


def the_hidden_are_told_of_nowhere():
    """Who was on lists, in questions, reports and decisions before: named nowhere, in no count and under no filter."""
    subjects = Subjects()
    on_lists = {row[1] for row in open_residents("SELECT m.list_no, MIN(m.resident_id) FROM list_member m GROUP BY m.list_no, m.subject_id")}
    hidden = {str(number) for number in subjects.hidden() | on_lists | {subjects.other}}
    records = {row[0] for row in here.workspace.rows("SELECT record_id FROM resident_record WHERE resident_id IN (%s)" % ", ".join(hidden))}
    before = {role: told(here.visitor_of(role)) for role in TOLD}
    numbers = {role: counts(here.visitor_of(role), before[role]) for role in TOLD}
    met = {path for said in before.values() for path, text in said.items() if any(here.page_id(number) in text for number in hidden)}
    assert any("rows.csv" in path for path in met) or on_lists, met
    expected = {role: without(numbers[role], hidden, subjects.pair, role) for role in TOLD}
    changed = {name for role in TOLD for name in numbers[role] if numbers[role][name] != expected[role][name]}
    assert len(changed) >= 14, "too little would change: %s" % sorted(changed)
    for restriction in here.OPEN_TO:  # to none of these roles
        set_marks(restriction, hidden)
        for role in TOLD if restriction == "adopted" else TOLD[len(restriction) % 3 + 1:][:1]:
            visitor = here.visitor_of(role)
            after = told(visitor)
            for path, text in after.items():
                there = {number for number in hidden if here.page_id(number) in text}
                there |= {number for number in records if re.search(r"\bRecords? %s\b|Records \d+ and %s\b|/review/%s-|/review/\d+-%s\b"
                                                                    % ((number,) * 4), text)}
                assert not there, "%s as %s: %s" % (path, role, restriction)
            now = counts(visitor, after)
            wrong = {name: (now.get(name), number) for name, number in expected[role].items() if now.get(name, 0) != number}
            assert not wrong, "%s as %s, told and right: %s" % (restriction, role, wrong)
        lift_marks()


def without(numbers, hidden, decided, role):
    """What is to be told when HIDDEN are not there: from the tables."""
    among = ", ".join(hidden)
    right = dict(numbers)
    rows = on_no_list(hidden)
    for name in right:
        list_id = re.match(r"/lists/(\w+)", name)
        if list_id:
            right[name] -= rows.get(list_id.group(1), 0)
    visitor = here.visitor_of(role)
    reports = int(here.workspace.rows("SELECT COUNT(*) FROM report WHERE resident_id IN (%s)%s" % (
        among, "" if visitor.may("answer") else " AND username = '%s.test'" % role), "desk")[0][0])
    right["reports"] -= reports
    right["home, reports"] -= reports if visitor.may("answer") else 0
    if visitor.may("review"):
        for name in ("questions", "questions by filter", "questions by chance", "home, questions", "decided", "household reports", "home, households"):
            right[name] = 0 if name.startswith(("decided", "household", "home, h")) else right[name] - len(
                [pair for pair in here.workspace.rows("SELECT resident_a, resident_b, record_a, record_b FROM review_item")
                 if set(pair[:2]) & set(hidden) and pair != decided])
    return right


def difference(one, other):
    at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    return "%r, not %r" % (one[max(0, at - 60):at + 120], other[max(0, at - 60):at + 120])


cases = (a_hidden_resident_is_on_no_surface, a_hidden_address_is_on_no_surface, a_hidden_address_reaches_those_who_live_there,
         the_hidden_are_answered_like_nobody,
         a_hidden_address_is_answered_like_none, who_is_left_is_alone, others_at_an_address_are_fewer,
         the_hidden_are_told_of_nowhere)
