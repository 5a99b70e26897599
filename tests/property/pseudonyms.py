"""Exports without names, for `access`, which serves the borough and hands itself over as `here`.

The same residents under two purposes have numbers that have nothing in common; an agreement decides, nobody protected is in it, the
audit has each, and a change of the key changes no number.
"""
import csv
import re

here = None
LIST, STUDIES = "single_person_discount", (("counter_fraud", "fraud_and_error"), ("study", "service_improvement"))


def add_study(profile):
    """The borough's agreement on fraud once more, for a study: before anything is loaded."""
    path = profile + "/agreements.yaml"
    with open(path) as file:
        written = file.read()
    found = re.search(r"\n  - id: counter_fraud\n.*?(?=\n  - id: |\Z)", written, re.S).group(0)
    study = found.replace("- id: counter_fraud\n", "- id: study\n")
    study = re.sub(r"purposes: \[.*?\]", "purposes: [service_improvement]", study)
    study = re.sub(r"recipients: \{.*?\}", "recipients: {roles: [insight_analyst]}", study)
    with open(path, "a") as file:
        file.write("\n" + study.strip("\n") + "\n")


def pseudonym(verb, agreement, purpose, *options, check=True):
    return here.run("pseudonym", verb, here.workspace.folder, "--agreement", agreement, "--purpose", purpose, *options, check=check)


def export(agreement, purpose):
    path = here.workspace.path("study.csv")
    pseudonym("export", agreement, purpose, "--list", LIST, "--to", path)
    with open(path) as file:
        return list(csv.DictReader(file))


def opened(number, agreement, purpose):
    done = pseudonym("open", agreement, purpose, "--number", number, "--reason", "Asked by the court", check=False)
    found = re.search(r"\b[0-9a-z]{13}\b", done.stdout)
    return found.group(0) if done.returncode == 0 else None


def two_purposes_cannot_be_linked():
    """By numbers, by order, or by anything else that the files have."""
    one, other = (export(*study) for study in STUDIES)
    assert len(one) == len(other) >= 4, (len(one), len(other))
    for column in ("resident", "row"):
        assert not {line[column] for line in one} & {line[column] for line in other}, "%s: the same in both" % column
        assert len({line[column] for line in one}) == len({line[column] for line in other}) > 1
    assert set(one[0]) == {"resident", "row", "group", "points", "outcome"}, "it says more than it should"
    for lines in (one, other):
        assert lines == sorted(lines, key=lambda line: line["resident"]), "the order tells"
    assert one == export(*STUDIES[0]), "the same study has other numbers"
    ids = {here.page_id(row[0]) for row in here.workspace.rows("SELECT resident_id FROM list_member")}
    assert not any(value in ids for line in one for value in line.values())


def the_keeper_can_tell_whose_number_it_is():
    one, other = (export(*study) for study in STUDIES)
    for study, lines in zip(STUDIES, (one, other)):
        assert {opened(line["resident"], *study) for line in lines} == {
            here.page_id(row[0]) for row in here.workspace.rows(
                "SELECT resident_id FROM list_member m JOIN list_rule n ON n.list_no = m.list_no WHERE n.list_id = '%s'" % LIST)}
    assert opened(one[0]["resident"], *STUDIES[1]) is None, "a number opens under another purpose"
    said = here.workspace.rows("SELECT seq, action, outcome, purpose, agreements, CASE WHEN reason IS NULL THEN 'none' WHEN reason LIKE '%court%' "
                               "THEN 'in clear' ELSE 'sealed' END, COALESCE(subject_id, 0) > 0 FROM audit_entry WHERE action LIKE 'pseudonym.%' "
                               "ORDER BY seq", "desk")
    found = {row[1:] for row in said}
    assert ("pseudonym.open", "allowed", STUDIES[0][1], STUDIES[0][0], "sealed", "1") in found, found
    assert ("pseudonym.open", "refused", STUDIES[1][1], STUDIES[1][0], "sealed", "0") in found, found
    assert any(row[1] == "pseudonym.export" for row in said)


def agreements_decide_what_is_studied():
    """One that does not cover the rules' feeds, has another purpose, or ended."""
    path = here.workspace.path("study.csv")
    for agreement, purpose, why in (("service_improvement", "service_improvement", "does not cover for monitoring"),
                                    ("counter_fraud", "service_improvement", "no such purpose"), ("nobody", "fraud_and_error", "no agreement")):
        done = pseudonym("export", agreement, purpose, "--list", LIST, "--to", path, check=False)
        assert done.returncode != 0 and why in done.stderr, "%s for %s: %s" % (agreement, purpose, done.stderr)
    assert ("refused",) in here.workspace.rows("SELECT outcome FROM audit_entry WHERE action = 'pseudonym.export'", "desk")
    done = here.run("pseudonym", "open", here.workspace.folder, "--agreement", "study", "--purpose", "service_improvement", "--number", "0" * 32,
                    check=False)
    assert done.returncode != 0 and "--reason" in done.stderr, "opened without a reason"


def nobody_protected_is_studied():
    lines = export(*STUDIES[1])
    whose = opened(lines[0]["resident"], *STUDIES[1])
    for restriction in list(here.OPEN_TO) + ["refuge"]:
        here.run("policy", "protect", here.workspace.folder, "--resident", whose, "--restriction", restriction)
        left = export(*STUDIES[1])
        assert lines[0]["row"] not in {line["row"] for line in left}, "%s is studied" % restriction
        assert opened(lines[0]["resident"], *STUDIES[1]) is None, "%s is told from nobody" % restriction
        here.run("policy", "lift", here.workspace.folder, "--resident", whose, "--restriction", restriction)
    assert export(*STUDIES[1]) == lines


def another_key_changes_no_number():
    before = export(*STUDIES[1])
    here.run("key", "change", here.workspace.folder)
    assert export(*STUDIES[1]) == before and opened(before[0]["resident"], *STUDIES[1])


cases = (two_purposes_cannot_be_linked, the_keeper_can_tell_whose_number_it_is, agreements_decide_what_is_studied, nobody_protected_is_studied,
         another_key_changes_no_number)
