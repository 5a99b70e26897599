#!/usr/bin/env python3
"""Reads the #include lines of src/ and synth/ and says where an arrow runs back.

The order of wings and rooms is the list in src/meson.build: a room may include the rooms above it, never one below.
Prints TAP, one case a rule; each offence names file, line and what would be right.  `--self-test` gives each rule a
tree that breaks it and fails unless the rule notices.
"""
import os
import re
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
SQL = re.compile(r'"\s*(SELECT\s|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX)|WITH\s+\w+\s+AS)')
LONG = 700
# Rooms of small, unrelated, pure things, each with a header of its own: nobody needs all of one.
MANY_HEADERS = {"base", "maths", "clean"}
# The one door, and what the evidence side and the pages may know of the identity side.
DOOR = {"vault/disclosure.h", "vault/disclosure_alike.h", "notes/notes.h"}


class Tree:
    def __init__(self, top):
        self.top = top
        with open(os.path.join(top, "src/meson.build")) as f:
            listed = re.search(r"foreach room : \[(.*?)\]", f.read(), re.S)
        self.rooms = re.findall(r"'(\w+)/(\w+)'", listed.group(1))
        self.place = {room: i for i, (_, room) in enumerate(self.rooms)}
        self.wing = {room: wing for wing, room in self.rooms}

    def files(self, folder):
        for path, folders, names in os.walk(os.path.join(self.top, folder)):
            folders.sort()
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(path, name), self.top)

    def lines(self, path):
        with open(os.path.join(self.top, path), errors="replace") as f:
            yield from enumerate(f.read().splitlines(), 1)

    def room_includes(self, folder):
        """(file, line, room included, whole include) of each include that names a room."""
        for path in self.files(folder):
            for number, line in self.lines(path):
                match = INCLUDE.match(line)
                if match and "/" in match.group(1):
                    yield path, number, match.group(1).split("/")[0], match.group(1)

    def room_folders(self):
        for wing, room in self.rooms:
            yield wing, room, os.path.join(self.top, "src", wing, room)


def room_of(path):
    parts = path.split(os.sep)
    return parts[2] if len(parts) > 3 else None


def arrows_run_one_way(tree):
    for path, line, included, what in tree.room_includes("src"):
        own = room_of(path)
        if own not in tree.place or included not in tree.place:
            continue
        if tree.place[included] > tree.place[own]:
            yield "%s:%d: %s may not include \"%s\": %s comes after it in src/meson.build" % (path, line, own, what, included)


def inner_headers_stay_inside(tree):
    for path, line, included, what in tree.room_includes("src"):
        if what.endswith("_int.h") and included != room_of(path):
            yield "%s:%d: \"%s\" belongs inside %s; use its public header" % (path, line, what, included)


def evidence_knows_no_names(tree):
    for path, line, included, what in tree.room_includes("src/evidence"):
        if tree.wing.get(included) == "identity" and what not in DOOR:
            yield "%s:%d: \"%s\": of identity, evidence uses only vault/disclosure.h and notes/notes.h" % (path, line, what)


def pages_use_the_door(tree):
    for path, line, included, what in tree.room_includes("src/surface/web"):
        if included == "vault" and what not in DOOR:
            yield "%s:%d: \"%s\": pages reach names only through vault/disclosure.h" % (path, line, what)


def synth_uses_foundation_only(tree):
    for path, line, included, what in tree.room_includes("synth"):
        if included in tree.wing and tree.wing[included] != "foundation":
            yield "%s:%d: \"%s\": synth links nothing but the foundation" % (path, line, what)


def rooms_say_what_they_are_for(tree):
    for wing, room, folder in tree.room_folders():
        if any(n.endswith(".c") for n in os.listdir(folder)) and not os.path.exists(os.path.join(folder, "README.md")):
            yield "src/%s/%s/README.md is missing: what the room is for, what it promises, who owns memory" % (wing, room)


def rooms_have_a_public_header(tree):
    for wing, room, folder in tree.room_folders():
        if room in MANY_HEADERS:
            continue
        if any(n.endswith(".c") for n in os.listdir(folder)) and not os.path.exists(os.path.join(folder, room + ".h")):
            yield "src/%s/%s/%s.h is missing: the header that others include" % (wing, room, room)


def surface_holds_no_sql(tree):
    for path in tree.files("src/surface"):
        for number, line in tree.lines(path):
            if SQL.search(line):
                yield "%s:%d: SQL belongs in the room that owns the table, not in surface/" % (path, number)


ACTION = r'"([a-z_]+\.[a-z_]+|search|sign_in|sign_out)"'
ENTRY = re.compile(r"\b(?:visit_entry|entry_of|entry_about|asking_entry|join_entry|audit_account|audit_shares|extract_entry|"
                   r"household_join_audit|opened_record)\((?:[^;\"()]|\([^()]*\))*" + ACTION)
GIVEN = re.compile(r"\.?\baction = (?:TEXT|text_of)\((?:[^;\"]*?)" + ACTION)
TITLE = re.compile(r'^\t\{"([a-z_.]+)", "')


def actions_have_titles(tree):
    """Whoever reads the audit reads plain words: each action that an entry may have is in the viewer's table."""
    viewer = "src/surface/web/pages/audit.c"
    titles, found = set(), []
    for path in tree.files("src"):
        if not path.endswith(".c"):
            continue
        with open(os.path.join(tree.top, path)) as f:
            text = f.read()
        if path == viewer:
            titles = {m.group(1) for m in map(TITLE.match, text.splitlines()) if m}
        for pattern in (ENTRY, GIVEN):
            found += [(path, text.count("\n", 0, m.start()) + 1, m.group(1)) for m in pattern.finditer(text)]
    for path, line, action in found:
        if action not in titles:
            yield "%s:%d: the action \"%s\" has no title in %s" % (path, line, action, viewer)


RULES = [arrows_run_one_way, inner_headers_stay_inside, evidence_knows_no_names, pages_use_the_door,
         synth_uses_foundation_only, rooms_say_what_they_are_for, rooms_have_a_public_header, surface_holds_no_sql,
         actions_have_titles]

# For each rule a file that breaks it; an offence in it must be found.
BROKEN = {
    "arrows_run_one_way": ("src/foundation/base/x.c", '#include "web/web.h"\n'),
    "inner_headers_stay_inside": ("src/surface/cli/x.c", '#include "vault/vault_int.h"\n'),
    "evidence_knows_no_names": ("src/evidence/view/x.c", '#include "vault/vault.h"\n'),
    "pages_use_the_door": ("src/surface/web/x.c", '#include "vault/vault.h"\n'),
    "synth_uses_foundation_only": ("synth/x.c", '#include "intake/intake.h"\n'),
    "rooms_say_what_they_are_for": ("src/identity/clean/x.c", "\n"),
    "rooms_have_a_public_header": ("src/identity/linking/x.c", "\n"),
    "actions_have_titles": ("src/surface/web/x.c", 'entry = visit_entry(visit, "no.title", "allowed");\n'),
    "surface_holds_no_sql": ("src/surface/web/x.c", 'f("SELECT 1");\n'),
}


def self_test(tree):
    """Each rule finds the offence planted for it, and nothing in an empty tree."""
    for rule in RULES:
        with tempfile.TemporaryDirectory() as top:
            for wing, room in tree.rooms:
                os.makedirs(os.path.join(top, "src", wing, room))
            os.makedirs(os.path.join(top, "synth"))
            with open(os.path.join(tree.top, "src/meson.build")) as f, open(os.path.join(top, "src/meson.build"), "w") as g:
                g.write(f.read())
            if list(rule(Tree(top))):
                yield "%s finds an offence where there is none" % rule.__name__
            path, content = BROKEN[rule.__name__]
            with open(os.path.join(top, path), "w") as f:
                f.write(content)
            if not list(rule(Tree(top))):
                yield "%s does not notice %s" % (rule.__name__, path)


def report_long_files(tree):
    for folder in ("src", "synth"):
        for path in tree.files(folder):
            count = sum(1 for _ in tree.lines(path))
            if count > LONG:
                print("# %s has %d lines: is there a second idea inside?" % (path, count))


def main():
    tree = Tree(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    failed = False
    cases = RULES + [self_test]
    for number, rule in enumerate(cases, 1):
        offences = list(rule(tree))
        print("%s %d - %s" % ("not ok" if offences else "ok", number, rule.__name__))
        for offence in offences:
            failed = True
            print("# " + offence)
    print("1..%d" % len(cases))
    report_long_files(tree)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
