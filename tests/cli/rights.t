What residents may ask for.

  $ export ONEVIEW_PASSWORD='correct horse battery' ONEVIEW_TODAY=2026-02-10
  $ oneview init w --profile "$TESTS/data/village/profile" --quiet
  $ cp "$TESTS"/data/village/january/* w/inbox && touch -d 2020-01-01 w/inbox/*
  $ oneview refresh w --quiet
  $ id() { python3 -c 'import sys
  > n, s = int(sys.argv[1]), ""
  > for i in range(13): s, n = "0123456789abcdefghjkmnpqrstvwxyz"[n & 31] + s, n >> 5
  > print(s)' "$1"; }
  $ resident=$(id $(sqlite3 w/data.db "SELECT resident_id FROM resident_record GROUP BY 1 ORDER BY count(*) DESC, min(record_id) LIMIT 1"))

A copy of all that is held, for a folder that only its owner sees
  $ oneview subject-access w "$resident" --out copy
  Copy                       copy
  Sources                    2
  Records                    2
  Rows, every version        2
  Looks by staff             1
  Marked for a person        0
  Waiting for a decision     0
  Waiting for a second look  0
  Withheld by decision       0
  As HTML, JSON and PDF.
  $ ls copy && stat -c %a copy copy/copy.html copy/copy.json
  copy.html
  copy.json
  copy.pdf
  700
  600
  600
  $ python3 -c 'import json; copy = json.load(open("copy/copy.json")); print(*(e["kind"] for e in copy["explanations"])); print(*(t["id"] for t in copy["tables"]))'
  rationale responsibility data fairness safety impact
  links residences households household_events relations traits lists list_outcomes history requests rulings household_rulings recipients views

The PDF has structure, language and title, and its words in the order of the page
  $ python3 "$TESTS"/support/pdf_structure.py copy/copy.pdf copy/copy.json
  language, title, and tabs by structure
  headings from the first level, none left out
  every word of the page, in its order

The act is in the audit, and the next copy tells of it
  $ sqlite3 w/desk.db "SELECT action, subject_kind, detail FROM audit_entry WHERE subject_id IS NOT NULL"
  account.create|account|role administrator, by the operator alone
  subject_access.make|resident|2 records, 2 rows, 0 marked
  $ oneview subject-access w "$resident" --out copy --json | grep '"views"'
    "views": 2,

In the workspace nothing is in clear, and no copy
  $ oneview subject-access w "$resident" --out w/outbox/copy; echo "exit code $?"
  oneview: a copy is in clear and may not be kept in the workspace
    What to do: name a folder elsewhere, which only those see who give the copy out
  exit code 2
  $ oneview subject-access w nobody --out copy; echo "exit code $?"
  oneview: "nobody" is no resident's id
    What to do: give the 13 characters that stand in the address of the resident's page
  exit code 2
  $ oneview subject-access w 0000000000001 --out copy; echo "exit code $?"
  oneview: no resident with this id has any records
    What to do: give the 13 characters that stand in the address of the resident's page
  exit code 4

What a resident decides of their data is kept by record, and shown
  $ oneview rights flag w "$resident" --restrict --reason "letter of 3 March"
  Recorded. It counts from the next request on.
  $ oneview rights flag w "$resident" --restrict --reason "letter of 3 March"; echo "exit code $?"
  oneview: This is recorded already, for all of the resident's records
    What to do: "oneview rights flags" and the resident's page of rights show what stands
  exit code 6
  $ oneview rights flag w "$resident" --objects-to nothing --reason "letter of 3 March"; echo "exit code $?"
  oneview: An objection is to a purpose of the profile
    What to do: purposes.yaml has their ids; answering residents is none that anybody can object to
  exit code 3
  $ oneview rights flags w "$resident" | sed 's/^....-..-..T[0-9:.]*Z\?/WHEN/'
  What stands
  Processing is restricted: the data is stored, and used only to answer the resident
  
  When                  What                   By        Why
  WHEN  Processing restricted  operator  letter of 3 March
  $ oneview rights flag w "$resident" --restrict --lift --reason "settled" && oneview rights flags w "$resident" --json | grep '"what"'
  Taken back.
        "what": "Restriction of processing lifted",
        "what": "Processing restricted",
  $ sqlite3 w/desk.db "SELECT action, detail FROM audit_entry WHERE action LIKE 'flag.%' ORDER BY seq"
  flag.set|restriction
  flag.set|restriction error=policy.flag_same
  flag.set|objection error=rights.flag_about
  flag.read|
  flag.lift|restriction
  flag.read|
  $ cat w/desk.db* | grep -c "letter of"
  0
  [1]

An erasure is counted first, and needs a ground
  $ oneview backup w b --quiet; cp w/outbox/erasures.jsonl earlier
  $ cat > search.py <<'END'
  > import os, pickle, sqlite3, sys
  > if sys.argv[1] == "note":
  >     data = sqlite3.connect("w/data.db")
  >     record = [r[0] for r in data.execute("SELECT record_id FROM resident_record WHERE resident_id = %s" % sys.argv[2])]
  >     marks = [r[0] for i in record for r in data.execute("SELECT sealed FROM sealed WHERE record_id = %d" % i)]
  >     marks += [r[0].encode() for i in record for r in data.execute("SELECT payload FROM fact_payload p WHERE record_id = %d AND NOT EXISTS (SELECT 1 FROM fact_payload o WHERE o.payload = p.payload AND o.record_id <> p.record_id)" % i)]
  >     pickle.dump(marks, open("marks", "wb"))
  > marks = pickle.load(open("marks", "rb"))
  > files = [os.path.join(at, name) for at, _, names in os.walk((sys.argv[2:] + ["w"])[sys.argv[1] == "note"]) for name in names]
  > print(sum(mark in open(file, "rb").read() for mark in marks for file in files) > 0)
  > END
  $ python3 search.py note $(sqlite3 w/data.db "SELECT resident_id FROM resident_record GROUP BY 1 ORDER BY count(*) DESC, min(record_id) LIMIT 1")
  True
  $ oneview erase w "$resident" | sed -E 's/^[0-9T:Z-]+  .*b$/(when)  b/'
  Records                    2
  Rows of tables             22
  Archives written anew      2
  Rows in them               2
  Nothing was erased: this is what --confirm would erase.
  
  Made                  Backup that still holds it
  (when)  b
  $ oneview erase w "$resident" --confirm; echo "exit code $?"
  oneview: An erasure needs --ground
    What to do: name the request or decision that it rests on, without a name of the resident
  exit code 2

Then nothing is left but the proof, and no byte of what was sealed
  $ oneview erase w "$resident" --ground REF-1 --refuse --confirm --json | grep -E '"(erased|records|archives|archived_rows)"'
    "erased": true,
    "records": 2,
    "archives": 2,
    "archived_rows": 2,
  $ python3 search.py look
  False
  $ oneview subject-access w "$resident" --out copy; echo "exit code $?"
  oneview: no resident with this id has any records
    What to do: give the 13 characters that stand in the address of the resident's page
  exit code 4
  $ sqlite3 w/desk.db "SELECT ground, records, refused FROM erasure"
  REF-1|2|1
  $ oneview audit verify w | head -1
  Chain verifies             yes
  $ oneview refresh w --quiet; echo "exit code $?"
  exit code 0

Who is refused is not loaded again
  $ cp "$TESTS"/data/village/february/* w/inbox && touch -d 2020-01-01 w/inbox/*
  $ oneview refresh w --quiet; sqlite3 w/data.db "SELECT count(*) > 0, count(sealed) FROM quarantine WHERE rule = 'erased'"
  1|0

What was brought back from a backup is not opened before it was erased again
  $ oneview restore b r --keys w/keys --quiet
  $ python3 search.py look r
  True
  $ oneview serve r --port 0; echo "exit code $?"
  oneview: This was brought back from a backup: who was erased since is in it again
    What to do: "oneview erase WORKSPACE --replay FILE" erases them again, by the register of erasures (outbox/erasures.jsonl of the workspace that was lost, or the copy kept elsewhere)
  exit code 5
  $ oneview subject-access r "$resident" --out again >/dev/null 2>&1; echo "exit code $?"
  exit code 5
  $ cut -c1-30 w/outbox/erasures.jsonl && grep -c '"ground":"REF-1"' w/outbox/erasures.jsonl
  {"register":"oneview erasures"
  {"erasure":"*","at (glob)
  1
  $ sed 's/REF-1/REF-2/' w/outbox/erasures.jsonl > changed; oneview erase r --replay changed; echo "exit code $?"
  oneview: changed:2: The register of erasures was changed, or is of another workspace
    What to do: give outbox/erasures.jsonl of the workspace that the backup was made of, as it was written last
  exit code 5
  $ head -1 w/outbox/erasures.jsonl > short; oneview erase r --replay short 2>&1 | head -1
  oneview: short:1: The register of erasures is cut short
  $ oneview erase r --replay w/outbox/erasures.jsonl | tail -n +2
  Erasures in it             1
  Done again                 1
  Records erased again       2
  Clients found in archives alone 0
  Next: "oneview refresh", then a new backup.
  $ python3 search.py look r
  False
  $ oneview subject-access r "$resident" --out again 2>&1 | head -1; oneview audit verify r | head -1
  oneview: no resident with this id has any records
  Chain verifies             yes
  $ sqlite3 r/desk.db "SELECT ground, records, refused FROM erasure; SELECT count(*) FROM erasure_proof; SELECT action, detail FROM audit_entry ORDER BY seq DESC LIMIT 1" | sed 's/written .*/written (when)/'
  REF-1|2|1
  2
  erasure.replay|1 erasures of 1, 2 records, register written (when)
  $ tail -1 w/outbox/erasures.jsonl | sed 's/,"hash.*//' > was; tail -1 r/outbox/erasures.jsonl | sed 's/,"hash.*//' | cmp - was && echo the same
  the same

And so is a shelf that was brought back by other means, as the register beside it tells
  $ cp "$TESTS"/data/village/february/* r/inbox && touch -d 2020-01-01 r/inbox/*
  $ oneview refresh r --quiet; sqlite3 r/data.db "SELECT count(*) > 0, count(sealed) FROM quarantine WHERE rule = 'erased'"
  1|0
  $ oneview erase r --replay earlier 2>&1 | tail -2
  oneview: The register of erasures does not have that of *, which the backup has (glob)
    What to do: give the newest register: it has all that the backup has, and what came after
  $ sqlite3 r/data.db "DELETE FROM erasure_done"; oneview refresh r 2>&1 | head -1
  oneview: This was brought back from a backup: who was erased since is in it again
  $ oneview erase r --replay r/outbox/erasures.jsonl --quiet && oneview refresh r --quiet && oneview erase r --resume
  Erasures that had been cut off 0
  There was none: every erasure has come to its end.

Nor is a desk of before an erasure, which would shorten the register
  $ mkdir aside && mv r/desk.db* aside && cp b/desk.db r
  $ oneview refresh r; echo "exit code $?"
  oneview: The desk shelf is of before an erasure that the data shelf has been through: what was written of that person is on it again
    What to do: put the newest desk back; without one, bring back the data shelf of the same backup as the desk, with "oneview restore", and erase again with "oneview erase WORKSPACE --replay FILE"
  exit code 5
  $ oneview rights corrections r >/dev/null 2>&1; echo "exit code $?"
  exit code 5
  $ oneview erase r --resume 2>&1 | head -1; grep -c REF-1 r/outbox/erasures.jsonl
  oneview: The desk shelf is of before an erasure that the data shelf has been through: what was written of that person is on it again
  1
  $ rm r/desk.db* && mv aside/* r && oneview refresh r --quiet; echo "exit code $?"
  exit code 0

The public page says what is held and what for, of nobody, and no small number
  $ oneview transparency w --out public
  Written to                 public
  Feeds                      3
  Agreements                 2
  $ python3 -c 'import json; page = json.load(open("public/transparency.json")); print(*page); print(*(f["volume"] for f in page["feeds"]), sep=", "); print(len(page["models"]))'
  council date_text feeds purposes agreements models lists factors has_factors
  fewer than 10, fewer than 10, fewer than 10
  1
  $ grep -c '<h2' public/transparency.html
  5

What has been kept long enough is counted first, then deleted, with a signed certificate
  $ python3 - <<'END'
  > import glob
  > for path in glob.glob("w/profile/feeds/*.yaml"):
  >     text = open(path).read()
  >     if "client:" in text:
  >         open(path, "w").write(text + "\nretention: {keep: 1 month, from: last_row}\n")
  > END
  $ oneview retention plan w
  As of                      2026-02-10
  Clients whose rows are due 3
  Rows                       3
  Feed           Rule                 State  Clients  Rows
  school_census  the feed's schedule  due    3        3
  $ oneview retention plan w --as-of 2026-06-01
  As of                      2026-06-01
  Clients whose rows are due 13
  Rows                       14
  Feed               Rule                 State  Clients  Rows
  council_tax        the feed's schedule  due    4        4
  housing_tenancies  the feed's schedule  due    6        7
  school_census      the feed's schedule  due    3        3
  $ oneview retention run w --as-of 2026-06-01; echo "exit code $?"
  oneview: A run is as of today or earlier
    What to do: "oneview retention plan --as-of" tells what will be due on a later day
  exit code 2
  $ ONEVIEW_TODAY=2026-06-01 oneview retention run w
  Run                        1
  Clients whose rows went    13
  Rows of tables             14
  Archives written anew      5
  "oneview retention certificate" shows its certificate.
  $ oneview retention certificate w | sed -E 's/^(ended|profile|list): .*/\1: .../'
  oneview retention certificate
  run: 1
  as of: 2026-06-01
  ended: ...
  profile: ...
  feed: council_tax
  rule: the feed's schedule
  clients: 4
  rows: 4
  list: ...
  feed: housing_tenancies
  rule: the feed's schedule
  clients: 6
  rows: 7
  list: ...
  feed: school_census
  rule: the feed's schedule
  clients: 3
  rows: 3
  list: ...
  clients in all: 13
  rows in all: 14
  
  The signature is right, by a key that "oneview audit key" lists.
  $ sqlite3 w/data.db "SELECT (SELECT count(*) FROM fact), (SELECT count(*) FROM sealed), (SELECT count(*) FROM resident_record)"
  0|0|0
  $ sqlite3 w/desk.db "UPDATE retention_run SET certificate = replace(certificate, 'rows', 'rowz')" && oneview retention certificate w >/dev/null; echo "exit code $?"
  oneview: The certificate of run 1 is not signed by a key of this audit
    What to do: compare it with a copy that was kept elsewhere
  exit code 9
  $ oneview rights flag w "$resident" --hold --reason "claim"; echo "exit code $?"
  oneview: no resident with this id has any records
    What to do: give the 13 characters that stand in the address of the resident's page
  exit code 4
