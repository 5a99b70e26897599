What lists put before investigators: counts and reasons, never a name.

  $ export ONEVIEW_PASSWORD='correct horse battery' ONEVIEW_TODAY=2026-02-10
  $ oneview init w --profile "$TESTS/data/profiles/lists" --quiet
  $ head='Client,Name,Address,Discount,Role,Began,Ended'
  $ printf '%s\n' "$head" 'A1,Okonkwo,"1 Mill Lane, Eastmarsh",,,2020-04-01,' > w/inbox/bills_20260131.csv
  $ printf '%s\n' "$head" 'A1,Okonkwo,,single,,2020-04-01,' > w/inbox/discounts_20260131.csv
  $ touch -d 2020-01-01 w/inbox/*
  $ oneview refresh w --quiet

A row as a refresh writes it, and one of a property that is protected
  $ sqlite3 w/data.db "INSERT INTO list_row SELECT list_no, 5, 7, 'E1', 30, 20480, '10' || char(9) || 'Others: 1' || char(10) || '20' || char(9) || 'Claims of 1, 1 source' || char(10) FROM list_rule WHERE list_id = 'not_alone'"
  $ sqlite3 w/data.db "INSERT INTO list_row SELECT list_no, 6, 8, 'E1', 10, 20480, '10' || char(9) || 'Others: 1' || char(10) FROM list_rule WHERE list_id = 'not_alone'"
  $ sqlite3 w/data.db "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (2, 8, 'refuge')"

Each list says how many rows it has, how many wait, and how often it was right
  $ oneview lists w
  List       Title                                 Owner     Agreement  Rows  Open  Looked into  Right
  not_alone  Discount for one, with another adult  Revenues  checks        1     1            0      0
  many       Many families in one house            Revenues  checks        0     0            0      0
  elsewhere  Pupil who lives elsewhere             Revenues  checks        0     0            0      0
  arrived    Arrived lately                        Revenues  checks        0     0            0      0

The rows of one, with their reasons
  $ oneview lists w --list not_alone
  List                       Discount for one, with another adult
  Question                   Does anybody else live there?
  Caution                    They may have left.
  Rows                       1
  
  Subject        Points  Since       Ward  People  Reasons
  0000000000005      30  2026-01-27  E1         0  Others: 1 (+10); Claims of 1, 1 source (+20)
  $ oneview lists w --list not_alone --json | grep -E '"(count|points|reasons)"'
    "count": 1,
        "points": 30,
        "reasons": "Others: 1 (+10); Claims of 1, 1 source (+20)"

A list that is not there is answered with the nearest
  $ oneview lists w --list not_alon; echo "exit code $?"
  oneview: the profile has no list "not_alon"
    What to do: did you mean not_alone?
  exit code 4

Without names, a number opens as long as its resident may be counted under the agreement
  $ id() { python3 -c 'import sys
  > n, s = int(sys.argv[1]), ""
  > for i in range(13): s, n = "0123456789abcdefghjkmnpqrstvwxyz"[n & 31] + s, n >> 5
  > print(s)' "$1"; }
  $ number=$(sqlite3 w/data.db "SELECT MIN(resident_id) FROM resident_record"); resident=$(id $number)
  $ sed -i 's/purposes: \[display/purposes: [display, monitoring/' w/profile/elements.yaml
  $ sqlite3 w/data.db "INSERT INTO list_member VALUES (1, 5, $number, '10', 1)"
  $ oneview pseudonym export w --agreement checks --purpose checking --list not_alone --to study.csv
  Lines                      1
  $ study=$(tail -1 study.csv | cut -d, -f1)
  $ whose() { oneview pseudonym open w --agreement checks --purpose checking --number "$study" --reason "asked by the court" 2>&1 | sed "s/$resident/RESIDENT/"; }
  $ whose
  Resident                   RESIDENT
  $ oneview rights flag w "$resident" --restrict --reason "letter of 3 March" --quiet && whose
  oneview: This number is nobody's under this agreement and purpose, or not for you to open
    What to do: Give the agreement and the purpose that the export was made for: it must run still
  $ oneview rights flag w "$resident" --restrict --lift --reason "put right" --quiet && whose
  Resident                   RESIDENT
  $ sqlite3 w/desk.db "INSERT INTO agreement_ended (agreement_id, ended_at, ended_by, suspended) VALUES ('checks', 1, 'test', 1)" && whose
  oneview: This number is nobody's under this agreement and purpose, or not for you to open
    What to do: Give the agreement and the purpose that the export was made for: it must run still
  $ sqlite3 w/desk.db "DELETE FROM agreement_ended" && whose
  Resident                   RESIDENT
  $ sqlite3 w/desk.db "SELECT outcome, subject_id > 0 FROM audit_entry WHERE action = 'pseudonym.open' ORDER BY seq" | tr '\n' ' '
  allowed|1 refused| allowed|1 refused| allowed|1 
