Joiners, movers and leavers: accounts follow the council's staff file.

  $ cp -r "$TESTS/data/village/profile" profile
  $ printf '  training: {title: Data protection, valid_months: 12, where: the learning pages, ask: the digital team}\n' >> profile/profile.yaml
  $ printf '  acceptable_use: {version: "1", text: [I look only at whom I work with.]}\n' >> profile/profile.yaml
  $ oneview init w --profile profile --title "Little Marsh" --quiet

A dry run says who joins, and changes nothing
  $ cat > staff.csv <<'CSV'
  > username,name,job,team,start,end,manager,surname,address,postcode
  > JPike,Joan Pike,FL-1,early_help_team,2024-01-02,,rbell,Pike,12 Mill Lane,LM1 2AB
  > rbell,Rob Bell,revenues_officer,,,,,,,
  > wtarn,Wren Tarn,FL-1,,01/01/2099,,,,,
  > CSV
  $ oneview user sync w staff.csv --dry-run
  Joiners                    2
  Movers                     0
  Leavers                    0
  Come back                  0
  Other changes              0
  As before                  0
  Change  Sign-in  Line  What
  joins   jpike       2  front_line
  joins   rbell       3  revenues_officer
  waits   wtarn       4  
  Not in the file, left alone  Role
  admin                        administrator
  Nothing was changed: that was --dry-run.
  $ oneview user list w
  Sign-in  Name           Role           Team  Status  Last sign-in
  admin    Administrator  administrator        active  never

Then it is done, and each change is in the audit
  $ oneview user sync w staff.csv
  Joiners                    2
  Movers                     0
  Leavers                    0
  Come back                  0
  Other changes              0
  As before                  0
  Change  Sign-in  Line  What
  joins   jpike       2  front_line
  joins   rbell       3  revenues_officer
  waits   wtarn       4  
  Not in the file, left alone  Role
  admin                        administrator
  Joiners have no password yet: "oneview user password" gives one.
  $ oneview user list w
  Sign-in  Name           Role              Team             Status  Last sign-in
  admin    Administrator  administrator                      active  never
  jpike    Joan Pike      front_line        early_help_team  active  never
  rbell    Rob Bell       revenues_officer                   active  never
  $ oneview audit verify w | head -1
  Chain verifies             yes

The same file again changes nothing
  $ oneview user sync w staff.csv --json
  {
    "joiners": 0,
    "movers": 0,
    "leavers": 0,
    "returners": 0,
    "changed": 0,
    "same": 2,
    "dry_run": false,
    "changes": [
      {
        "change": "waits",
        "username": "wtarn",
        "line": 4,
        "what": ""
      }
    ],
    "untouched": [
      {
        "username": "admin",
        "role": "administrator"
      }
    ]
  }

Who moves gets another role; who is not named leaves; accounts made by hand are left alone
  $ cat > staff.csv <<'CSV'
  > username,name,job
  > jpike,Joan Pike,AN-2
  > CSV
  $ oneview user sync w staff.csv
  Joiners                    0
  Movers                     1
  Leavers                    1
  Come back                  0
  Other changes              0
  As before                  0
  Change  Sign-in  Line  What
  moves   jpike       2  front_line, early_help_team -> inspector
  leaves  rbell          is not in the file
  Not in the file, left alone  Role
  admin                        administrator
  $ oneview user list w
  Sign-in  Name           Role              Team  Status  Last sign-in
  admin    Administrator  administrator           active  never
  jpike    Joan Pike      inspector               active  never
  rbell    Rob Bell       revenues_officer        left    never

Who comes back is let in again, but not whom somebody disabled here
  $ oneview user disable w jpike --quiet
  $ printf 'username,name,job\njpike,Joan Pike,AN-2\nrbell,Rob Bell,AN-2\n' > staff.csv
  $ oneview user sync w staff.csv
  Joiners                    0
  Movers                     0
  Leavers                    0
  Come back                  1
  Other changes              0
  As before                  0
  Change   Sign-in  Line  What
  barred   jpike       2  was disabled here by hand
  returns  rbell       3  inspector
  Not in the file, left alone  Role
  admin                        administrator
  $ oneview user list w
  Sign-in  Name           Role           Team  Status    Last sign-in
  admin    Administrator  administrator        active    never
  jpike    Joan Pike      inspector            disabled  never
  rbell    Rob Bell       inspector            active    never

Bad rows are named with line and remedy, and nothing is half applied
  $ cat > bad.csv <<'CSV'
  > username,name,job,start,end
  > jpike,Joan Pike,FL-9,,
  > new.one,New One,FL-1,2025-02-30,
  > new.one,New One,FL-1,2025-02-03,2025-01-03
  > ,Nobody,FL-1,,
  > CSV
  $ oneview user sync w bad.csv
  Line  What is wrong                                   What to do
     2  "FL-9" is neither a job code nor a role of one  Did you mean "FL-1"?
     3  "2025-02-30" in "start" is no date              Write YYYY-MM-DD or DD/MM/YYYY.
     4  "new.one" is in line 3 already                  Everybody has one row: their present job.
     4  The end is before the start                     Correct one of the two dates.
     5  The user name is missing or not in form         Use letters, digits and . - _ @, at most 100.
  oneview: 5 problems in bad.csv: nothing was changed
    What to do: put right what is listed and send the whole file again
  [3]
  $ oneview user list w | grep -c new.one
  0
  [1]
  $ printf 'login,job\na,b\n' > bad.csv
  $ oneview user sync w bad.csv
  Line  What is wrong                      What to do
     1  There is no column "username"      The first line names the columns: docs/operations.md lists them.
     1  There is no column "display_name"  The first line names the columns: docs/operations.md lists them.
  oneview: 2 problems in bad.csv: nothing was changed
    What to do: put right what is listed and send the whole file again
  [3]

An account that was made by hand is not taken over by a file
  $ printf 'username,name,job\nadmin,Somebody Else,FL-1\n' > staff.csv
  $ oneview user sync w staff.csv --allow-leavers 9
  oneview: 1 account of the file was not made by a staff file, "admin" for one: nothing was changed
    What to do: leave them out of the file, or hand them over to it with --adopt
  [6]

A file that was cut short is refused until somebody says that so many have left
  $ { echo username,name,job; for n in 1 2 3 4 5 6 7 8 9; do echo "user$n,User $n,FL-1"; done; } > staff.csv
  $ oneview user sync w staff.csv --quiet
  $ head -5 staff.csv > cut.csv
  $ oneview user sync w cut.csv
  Joiners                    0
  Movers                     0
  Leavers                    5
  Come back                  0
  Other changes              0
  As before                  4
  Change  Sign-in  Line  What
  leaves  user5          is not in the file
  leaves  user6          is not in the file
  leaves  user7          is not in the file
  leaves  user8          is not in the file
  leaves  user9          is not in the file
  Not in the file, left alone  Role
  admin                        administrator
  oneview: The file would disable 5 of the 9 accounts that it keeps; 2 may be without asking: nothing was changed
    What to do: if so many have left, say --allow-leavers 5; else look whether the file is whole
  [7]
  $ oneview user list w | grep -c active
  10
  $ oneview user sync w cut.csv --allow-leavers 5 --quiet
  $ oneview user list w | grep -c left
  6

Surnames and addresses of users are in the database sealed only
  $ cat w/desk.db* | grep -c -a -i "mill lane"
  0
  [1]

Training and acceptance are recorded for who did both elsewhere
  $ oneview user training w user1
  oneview: "oneview user training" needs to know what
    What to do: say --done DATE, --until DATE or --accepted
  [2]
  $ oneview user training w user1 --done 2025-02-01
  Training valid until       2026-02-01
  $ oneview user training w user1 --accepted
  Accepted version           1

Nobody gets by a file into a team that sees hidden residents, nor anybody's cases, unless the profile lists it for the job
  $ printf '  - {id: closed_team, title: Closed team}\n' >> profile/roles.yaml
  $ echo '- {id: shut, title: Shut, hides: resident, by_hand: true, open_to: {teams: [closed_team]}}' > profile/restrictions.yaml
  $ sed -i 's/jobs: {/jobs: {CL-9: {role: hurried, teams: [closed_team], worker_numbers: yes}, /' profile/profile.yaml
  $ oneview init far --profile profile --quiet
  $ printf 'username,name,job,team,worker_ids\nann.b,Ann B,FL-1,closed_team,\nbo.c,Bo C,FL-1,early_help_team,housing:W1\n' > far.csv
  $ oneview user sync far far.csv
  Line  What is wrong                                                                  What to do
     2  This team lets see more than the role alone, and no job of the role lists it.  Leave it out, or list it under the job's `teams` in `staff: jobs:` of the profile.
     3  Worker numbers say whose cases are theirs, and no job of the role has them.    Leave them out, give them with "oneview user worker", or write `worker_numbers: yes` for the job in `staff: jobs:` of the profile.
  oneview: 2 problems in far.csv: nothing was changed
    What to do: put right what is listed and send the whole file again
  [3]
  $ printf 'username,name,job,team,worker_ids\nann.b,Ann B,CL-9,closed_team,housing:W1\n' > far.csv
  $ oneview user sync far far.csv --quiet
  $ oneview user list far | grep ann.b
  ann.b    Ann B          hurried        closed_team  active  never
  $ sed -i 's/worker_numbers: yes/worker_number: yes/' profile/profile.yaml
  $ oneview profile check profile
  profile.yaml:5:54: a job has no key `worker_number`
      Did you mean `worker_numbers`?
  oneview: 1 problem in profile
    What to do: put right what is listed and check again
  [3]
