What the workspace holds, and why records are or are not one resident.

  $ export ONEVIEW_PASSWORD='correct horse battery'
  $ oneview init w --profile "$TESTS/data/village/profile" --quiet
  $ cp "$TESTS"/data/village/january/* w/inbox && touch -d 2020-01-01 w/inbox/*

A new workspace knows that nothing was delivered yet, and can be refreshed
  $ oneview status w | sed -n '/^Feed /,/^[a-z]* *$/p' | grep .
  Feed               State  As at  Next due  Rows  Quarantined  Complete  Valid  Waits
  council_tax        never                      0            0     0.000  0.000      0
  housing_tenancies  never                      0            0     0.000  0.000      0
  school_census      never                      0            0     0.000  0.000      0
  $ mv w/inbox/* . && oneview refresh w --quiet && mv census* ctax* tenancies* w/inbox

After a refresh each feed says how fresh and how good it is
  $ oneview refresh w --quiet
  $ ONEVIEW_TODAY=2026-01-15 oneview status w | sed -n '/^Feed /,/^$/p' | grep .
  Feed               State  As at       Next due    Rows  Quarantined  Complete  Valid  Waits
  council_tax        fresh  2026-01-01  2026-02-08     4            0     0.964  1.000      0
  housing_tenancies  fresh  2026-01-01  2026-02-08     7            2     0.934  0.988      0
  school_census      fresh  2026-01-01  2026-06-15     4            1     1.000  0.964      0
  $ oneview status w --json | sed -n '/"counts"/,/}/p' | grep -E 'extracts|records|facts|quarantined'
      "extracts": 3,
      "records": 12,
      "facts": 12,
      "quarantined": 3,

A delivery that is overdue is late, and one that waits says why
  $ ONEVIEW_TODAY=2026-04-01 oneview status w | grep housing_tenancies
  housing_tenancies  late   2026-01-01  2026-02-08     7            2     0.934  0.988      0
  $ head -3 "$TESTS/data/village/february/tenancies_20260201.csv" > w/inbox/tenancies_20260201.csv && touch -d 2020-01-01 w/inbox/*
  $ oneview refresh w --quiet >/dev/null 2>&1; echo "exit code $?"
  exit code 7
  $ oneview status w | grep -E 'housing_tenancies'
  housing_tenancies  waiting  2026-01-01  2026-02-08     7            2     0.934  0.988      4
  Extract 4 of housing_tenancies waits: 2 rows where the last full delivery had 7: fewer by more than 50 %

Runs are listed, the newest first
  $ oneview status w | sed -n '/^Run /,$p' | sed -E 's/ +[0-9T:Z.-]+ +[0-9.]+$//'
  Run  Kind     Status    Started               Seconds
    3  refresh  finished
    2  refresh  finished
    1  refresh  finished

Two records are explained without a name or a date of birth
  $ oneview explain w 1 5 | grep -E '^(Verdict|Record|Other record|Compared)'
  Verdict                    one resident
  Record                     1
  Other record               5
  Compared                   They were compared because both have the date of birth and the sound of the family name in common.
  Compared because of        date_of_birth + family_name by sound
  $ oneview explain w 1 5 | grep -ciE 'amara|okonkwo|1985'
  0
  [1]
  $ oneview explain w 1 9999
  oneview: no resident has record 9999
    What to do: Give numbers as the pages for reviewing links name them; there are none before the first "oneview refresh" has loaded and linked an extract.
  [4]
  $ oneview explain w 1
  oneview: "oneview explain" needs OTHER: another of the same kind
    What to do: "oneview explain --help" shows how to call it
  [2]
  $ oneview explain w one two
  oneview: "one" is neither a record's number nor a resident's id
    What to do: give two numbers of records, or two residents as the pages' addresses name them
  [2]

The truth must be there to evaluate
  $ oneview evaluate w --truth nowhere
  oneview: nowhere/records.csv cannot be opened (No such file or directory)
  [8]

Whoever has read enough of an answer may leave; a full disk is told
  $ { sleep 0.2; oneview status w --json; echo "$?" >code; } | true; cat code
  0
  $ oneview status w >/dev/full
  oneview: The answer could not be written
  [8]
