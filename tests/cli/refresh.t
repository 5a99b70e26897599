From the inbox to the pages, with six houses.

  $ export ONEVIEW_PASSWORD='correct horse battery'
  $ oneview init w --profile "$TESTS/data/village/profile" --quiet
  $ deliver() { cp "$@" w/inbox && touch -d 2020-01-01 w/inbox/*; }

January is loaded: every row read is loaded, unchanged or quarantined
  $ deliver "$TESTS"/data/village/january/*
  $ oneview refresh w --json > out.json; echo "exit code $?"
  exit code 0
  $ sed -n '/"totals"/,/}/p' out.json
    "totals": {
      "files": 3,
      "loaded": 3,
      "repeated": 0,
      "held": 0,
      "refused": 0,
      "busy": 0,
      "unknown": 0,
      "bytes": 1589,
      "rows_read": 15,
      "rows_loaded": 12,
      "rows_unchanged": 0,
      "rows_quarantined": 3,
      "rows_ended": 0
    },
  $ sqlite3 w/data.db "SELECT extract_id, line, column_name, rule, severity, message FROM quarantine ORDER BY 1, 2"
  2|7||ends_after_start|reject|Breaks the rule tenancy_end >= tenancy_start
  2|8|DOB|type|reject|Not a date of the form DD/MM/YYYY
  3|5|Attendance|range|reject|More than 100

Nothing is left in the inbox, and the archive is sealed
  $ ls w/inbox
  $ ls w/archive | sed 's/^[0-9]*_//' | sort
  census_20260101.csv.sealed
  ctax_20260101.txt.sealed
  tenancies_20260101.csv.sealed
  $ grep -l Okonkwo -r w
  [1]

All of it is shown, since it was derived who must be protected
  $ sqlite3 w/data.db "SELECT count(*) FROM extract WHERE waits = 1"
  0

A second refresh finds nothing new
  $ oneview refresh w --json | grep -E '"(files|rows_read|nothing_new)"'
      "files": 0,
      "rows_read": 0,
    "nothing_new": true,

The same files again change nothing
  $ deliver "$TESTS"/data/village/january/*
  $ oneview refresh w --json | grep -E '"(files|repeated|rows_loaded|nothing_new)"'
      "files": 3,
      "repeated": 3,
      "rows_loaded": 0,
    "nothing_new": true,

What is only loaded waits, and is shown by the refresh
  $ cp -r w early && cp "$TESTS"/data/village/february/* early/inbox && touch -d 2020-01-01 early/inbox/*
  $ oneview ingest early --quiet
  $ sqlite3 early/data.db "SELECT count(*) FROM extract WHERE waits = 1"
  2
  $ oneview refresh early --quiet
  $ sqlite3 early/data.db "SELECT count(*) FROM extract WHERE waits = 1"
  0

February ends what is gone and keeps what is the same
  $ deliver "$TESTS"/data/village/february/*
  $ oneview refresh w --json | sed -n '/"totals"/,/}/p'
    "totals": {
      "files": 2,
      "loaded": 2,
      "repeated": 0,
      "held": 0,
      "refused": 0,
      "busy": 0,
      "unknown": 0,
      "bytes": 1166,
      "rows_read": 10,
      "rows_loaded": 5,
      "rows_unchanged": 5,
      "rows_quarantined": 0,
      "rows_ended": 2
    },

What was loaded can be read by an auditor without a name in it
  $ sqlite3 w/data.db "SELECT version, payload FROM fact JOIN fact_payload USING (record_id, payload_id) WHERE payload LIKE '%introductory%' OR payload LIKE '%98.00%' ORDER BY 2, 1"
  1|{"tenure":"introductory","tenancy_start":"2023-06-10","rent_balance":"-15.00"}
  2|{"tenure":"secure","tenancy_start":"2015-04-01","rent_balance":"98.00"}
  2|{"tenure":"secure","tenancy_start":"2015-04-01","rent_balance":"98.00"}

A file that no feed knows is left where it is, and told
  $ echo "a,b" > unknown.csv; deliver unknown.csv
  $ oneview refresh w --json | grep -E '"(file|outcome|unknown)"'
        "file": "unknown.csv",
        "outcome": "unknown",
      "unknown": 1,
  $ rm w/inbox/unknown.csv

A delivery cut short is held, and a person may let it through
  $ head -3 "$TESTS/data/village/february/tenancies_20260201.csv" > tenancies_20260301.csv
  $ deliver tenancies_20260301.csv
  $ oneview refresh w 2>&1 | grep -vE '[0-9] s( |$)'; echo "exit code ${PIPESTATUS[0]}"
  tenancies_20260301.csv held as extract 6: 2 rows where the last full delivery had 6: fewer by more than 50 %
  Nothing new: the pages show the newest state already.
  oneview: 1 extract waits for a person's decision
    What to do: let a held one through with "oneview ingest WORKSPACE --release NUMBER", or put a better file in its place
  exit code 7

Its file is not in clear any more, and each refresh looks at it again
  $ ls w/inbox; ls w/archive | grep 20260301
  00000006_tenancies_20260301.csv.sealed
  $ oneview refresh w --quiet >/dev/null 2>&1; echo "exit code $?"
  exit code 7

What waits can be let through, or thrown away with its file
  $ oneview ingest w --release 99
  oneview: There is no held extract 99
    What to do: Only a held extract can be let through; "oneview refresh --json" tells the number of each. A refused one needs a better file.
  [4]
  $ oneview ingest w --release "$(sqlite3 w/data.db "SELECT max(extract_id) FROM extract")"
  Released extract           6
  $ oneview refresh w --quiet; echo "exit code $?"
  exit code 0
  $ sqlite3 w/data.db "SELECT file_name, status, rows_read, rows_ended FROM extract ORDER BY extract_id DESC LIMIT 1"
  tenancies_20260301.csv|loaded|2|4

  $ deliver "$TESTS/data/village/january/tenancies_20260101.csv" && mv w/inbox/tenancies_20260101.csv w/inbox/tenancies_20260102.csv
  $ oneview refresh w --quiet >/dev/null 2>&1; echo "exit code $?"
  exit code 7
  $ oneview ingest w --release 1 --discard 1
  oneview: --release and --discard exclude each other
    What to do: let an extract through, or throw it away
  [2]
  $ oneview ingest w --discard 99
  oneview: There is no held or refused extract 99
    What to do: "oneview refresh --json" tells the number of each that waits
  [4]
  $ oneview ingest w --discard "$(sqlite3 w/data.db "SELECT max(extract_id) FROM extract")"
  Deleted extract            7
  $ sqlite3 w/data.db "SELECT file_name, status, archive_name IS NULL FROM extract ORDER BY extract_id DESC LIMIT 1"; ls w/archive | grep 20260102
  tenancies_20260102.csv|discarded|1
  [1]
  $ oneview refresh w --quiet; echo "exit code $?"
  exit code 0

A single file is loaded from anywhere
  $ sed 's/91.0/93.5/; s/105/95/' "$TESTS/data/village/january/census_20260101.csv" > census_20260401.csv
  $ touch -d 2020-01-01 census_20260401.csv
  $ oneview ingest w census_20260401.csv --json | grep -E '"(loaded|rows_loaded|rows_unchanged)"'
      "loaded": 1,
      "rows_loaded": 2,
      "rows_unchanged": 2,

The key must be there, be the workspace's own, and be closed to others
  $ mv w/keys/master.key aside
  $ oneview refresh w 2>&1 | sed "s|$PWD/||"
  oneview: w/keys/master.key: The master key is not there
    What to do: Bring it back from where it is kept safe; a new key opens nothing that is sealed
  $ cp aside w/keys/master.key; chmod 644 w/keys/master.key
  $ oneview refresh w 2>&1 | sed "s|$PWD/||"
  oneview: w/keys/master.key: Others than its owner may open the master key (mode 644)
    What to do: chmod 600 the key file, and ask who could have read it
  $ oneview init v --profile "$TESTS/data/village/profile" --quiet
  $ cp v/keys/master.key w/keys/master.key; chmod 600 w/keys/master.key
  $ oneview refresh w 2>&1 | sed "s|$PWD/||"
  oneview: The master key is not the one this database was sealed with
    What to do: Bring back the workspace's own keys folder; nothing was changed
  $ cp aside w/keys/master.key
  $ oneview refresh w --quiet

The audit knows who let the extract through
  $ sqlite3 w/desk.db "SELECT action, subject_kind, outcome FROM audit_entry ORDER BY seq"
  account.create|account|allowed
  extract.release|extract|allowed
  extract.discard|extract|allowed
