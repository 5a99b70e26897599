A workspace is made, and people let into it.

Without a profile there is no workspace
  $ oneview init w
  oneview: "oneview init" needs --profile: the council's configuration
    What to do: the fictional borough's is --profile profiles/demo
  [2]
  $ oneview init w --profile nowhere
  oneview: nowhere: there is no profile folder
    What to do: Name a folder that holds profile.yaml, such as profiles/demo.
  [4]
  $ test -e w/workspace.yaml || echo "no workspace was left behind"
  no workspace was left behind

The first administrator's password is made and shown once when none is given
  $ oneview init w --profile "$TESTS/data/village/profile" --title "Little Marsh" --json | sed 's/"password": ".*"/"password": "..."/'
  {
    "workspace": "w",
    "password": "...",
    "administrator": "admin"
  }

Keys and settings are closed to others
  $ stat -c '%a %n' w w/keys w/keys/master.key w/keys/audit.key w/workspace.yaml w/data.db w/desk.db
  700 w
  700 w/keys
  600 w/keys/master.key
  600 w/keys/audit.key
  600 w/workspace.yaml
  600 w/data.db
  600 w/desk.db

A workspace is never made over another
  $ oneview init w --profile "$TESTS/data/village/profile"
  oneview: w is a workspace already
    What to do: Choose another folder, or go on with this one: `oneview status w`
  [6]

A sign-in needs a role of the profile
  $ export ONEVIEW_PASSWORD='correct horse battery'
  $ oneview user add w jpike
  oneview: "oneview user add" needs --role
    What to do: "oneview user roles WORKSPACE" lists the roles
  [2]
  $ oneview user add w jpike --role front_lin
  oneview: The profile has no role "front_lin"
    What to do: did you mean "front_line"?
  [4]
  $ oneview user add w jpike --role front_line --team early_help_tem
  oneview: The profile has no team "early_help_tem"
    What to do: did you mean "early_help_team"?
  [4]
  $ oneview user add w jpike --role front_line --team early_help_team --name "Joan Pike"
  Added                      jpike
  Role                       front_line
  Team                       early_help_team
  $ oneview user add w jpike --role front_line
  oneview: There is an account with this user name
    What to do: Choose another name, or change that account
  [6]

A password that is too short is refused
  $ ONEVIEW_PASSWORD=short oneview user add w other --role front_line
  oneview: The password is too short or too long
    What to do: Choose 12 to 128 characters, three random words for example
  [3]

A worker's number in a source is one person's
  $ oneview user worker w jpike
  oneview: "oneview user worker" needs --source
    What to do: Name the source of the profile whose worker number it is
  [2]
  $ oneview user worker w jpike --source nowhere --number W1
  oneview: The profile has no source "nowhere"
  [4]

Accounts are listed and disabled
  $ oneview user disable w jpike
  Changed                    jpike
  $ oneview user list w
  Sign-in  Name           Role           Team             Status    Last sign-in
  admin    Administrator  administrator                   active    never
  jpike    Joan Pike      front_line     early_help_team  disabled  never
  $ oneview user enable w jpike --quiet
  $ oneview user disable w nobody
  oneview: There is no such account
  [4]

What a role may see can be explained
  $ oneview policy explain w --role front_line --purpose early_help --feed council_tax
  Feed         Element              Verdict  Agreement           Clause  Why
  council_tax  account_reference    allow    early_help_sharing  2       A data-sharing agreement allows it.
  council_tax  full_name            allow    early_help_sharing  2       A data-sharing agreement allows it.
  council_tax  date_of_birth        allow    early_help_sharing  2       A data-sharing agreement allows it.
  council_tax  address              allow    early_help_sharing  2       A data-sharing agreement allows it.
  council_tax  postcode             allow    early_help_sharing  2       A data-sharing agreement allows it.
  council_tax  uprn                 allow    early_help_sharing  2       A data-sharing agreement allows it.
  council_tax  council_tax_balance  redact                               No data-sharing agreement gives it to your role for this purpose.
  $ oneview policy explain w --role front_line --purpose early_help --feed council_tax --element full_name --on 2031-01-01
  Feed         Element    Verdict  Agreement           Clause  Why
  council_tax  full_name  refuse   early_help_sharing  2       The data-sharing agreement for it is not in force.
  $ oneview policy explain w --role front_line --purpose gossip
  oneview: The profile has no purpose "gossip"
    What to do: look into the profile folder of the workspace for its purposes
  [4]
  $ oneview policy explain w --role administrator --purpose administration --feed school_census --element attendance
  Feed           Element     Verdict  Agreement  Clause  Why
  school_census  attendance  refuse                      No data-sharing agreement gives it to your role for this purpose.

Why a user may see something, or not, is said in words
  $ oneview policy explain w --user jpike --purpose early_help --element council_tax_balance
  From                       Council tax accounts
  May see                    No. No data-sharing agreement gives it to your role for this purpose. Revenues manager answers for it.
  $ oneview policy explain w --user jpike --purpose early_help --element tenure
  From                       Housing tenancies
  May see                    Yes: the agreement "Data for early help", clause 1, lets the role Front-line worker see it for the purpose Early help. It runs until 2030-12-31.
  The clause                 Early help may see tenancies.
  $ oneview policy explain w --user jpike --purpose revenues --element tenure
  From                       Housing tenancies
  May see                    No. Your role does not work for this purpose. The role may see it for: Early help. Housing manager answers for it.
  $ oneview policy explain w --user jpike --element tenure --json | head -12
  {
    "reasons": [
      {
        "feed": "Housing tenancies",
        "allowed": false,
        "agreement": "",
        "clause": "",
        "rule": "Say first why you need it.",
        "words": "No. Say first why you need it. The role may see it for: Early help. Housing manager answers for it.",
        "clause_text": ""
      }
    ]
  $ oneview policy explain w --user nobody --element tenure
  oneview: There is no such account
  [4]
  $ oneview policy explain w --user jpike --role front_line --element tenure
  oneview: --user has a role and a team: leave those out
  [2]
  $ oneview policy explain w --user jpike --element tenure --resident 0000000000001
  oneview: There is no such resident for this user
    What to do: take the 13 characters from the address of the resident's page
  [4]
  $ oneview user disable w jpike --quiet
  $ oneview policy explain w --user jpike --element tenure
  oneview: The account "jpike" is disabled: it sees nothing
  [5]
  $ oneview user enable w jpike --quiet

The register of agreements is written for the record of processing
  $ oneview policy register w --csv | cut -c1-120
  in_force,id,title,status,controller,dpo,other_controllers,joint_controllers,processors,services,lawful_basis,special_con
  yes,early_help_sharing,Data for early help,approved,Little Marsh,dpo@council.example,,,,Housing; Revenues,Public task,,,
  yes,revenues_own,Council tax for its own officers,approved,Little Marsh,dpo@council.example,,,,Revenues,Public task,,,,C
  $ oneview policy register w --json | grep -c '"in_force": true'
  2
  $ oneview policy register w | head -12
  Agreement                  early_help_sharing
  Title                      Data for early help
  Status                     approved
  Controller                 Little Marsh
  Data protection officer    dpo@council.example
  Services of the controller Housing; Revenues
  Lawful basis               Public task
  For the purposes           Early help
  Roles that may see         Front-line worker
  From the feeds             Council tax accounts; Housing tenancies; School census
  Categories of data         identity; personal
  Elements                   Person number; Tenancy number; Account number; Pupil number; Given name; Family name; Name; Date of birth; Address; Postcode; UPRN; Officer; Tenure; Tenancy began; Tenancy ended; Rent balance; Attendance
  $ oneview policy register w --csv --json
  {"error":{"status":"usage","code":"policy.register","message":"--csv and --json exclude each other","remedy":null,"file":null,"cause":null}}
  [2]

An agreement is suspended by two persons, and comes back by two
  $ oneview user add w one --role administrator --name One --quiet
  $ oneview user add w two --role administrator --name Two --quiet
  $ oneview policy propose w early_help_sharing --action suspend --reason "The review found errors" --user jpike
  oneview: The role of "jpike" has no capability agreements.manage
    What to do: name the account of somebody who may manage agreements
  [5]
  $ oneview policy propose w early_help --action suspend --reason "The review found errors" --user one
  oneview: The profile has no agreement "early_help"
    What to do: "oneview policy register" lists them
  [4]
  $ oneview policy propose w early_help_sharing --action suspend --reason "The review found errors"
  oneview: Give --user: the account of whoever does this
  [2]
  $ oneview policy propose w early_help_sharing --action suspend --reason "The review found errors" --user one
  Proposal                   1
  It waits for somebody else: oneview policy confirm w 1
  $ oneview policy confirm w 1 --user one
  oneview: Nobody confirms what they proposed themselves
    What to do: Ask somebody else who may manage agreements
  [5]
  $ ONEVIEW_PASSWORD='another password 12' oneview policy confirm w 1 --user two
  oneview: The user name or the password is not right
    What to do: Check both. After 5 wrong passwords wait 15 minutes, or ask your administrator
  [5]
  $ oneview policy confirm w 1 --user two
  Confirmed: it counts from the next request on.
  $ oneview policy explain w --role front_line --purpose early_help --feed council_tax --element full_name
  Feed         Element    Verdict  Agreement           Clause  Why
  council_tax  full_name  refuse   early_help_sharing  2       The data-sharing agreement for it is not in force.
  $ oneview policy confirm w 1 --user two
  oneview: This proposal has been answered already
  [5]
  $ oneview policy propose w early_help_sharing --action reinstate --reason "They were corrected" --user two
  Proposal                   2
  It waits for somebody else: oneview policy confirm w 2
  $ oneview policy confirm w 2 --user one
  Confirmed: it counts from the next request on.
  $ oneview policy explain w --role front_line --purpose early_help --feed council_tax --element full_name
  Feed         Element    Verdict  Agreement           Clause  Why
  council_tax  full_name  allow    early_help_sharing  2       A data-sharing agreement allows it.
  $ oneview policy proposals w | sed 's/20[0-9-]*T[0-9:]*Z/WHEN/'
  Number  Agreement           Action     Proposed              By   Why                      Answer     By
       2  early_help_sharing  reinstate  WHEN  two  They were corrected      confirmed  one
       1  early_help_sharing  suspend    WHEN  one  The review found errors  confirmed  two

What operators did is in the audit, and the audit verifies
  $ oneview audit verify w > before
  $ sed 's/:[0-9a-f]*$/:HASH/' before
  Chain verifies             yes
  Entries                    18
  Head                       18:HASH
  Signed checkpoints         0
  $ oneview user password w jpike --quiet
  $ oneview audit verify w --contains "$(sed -n 's/^Head *//p' before)" | tail -1
  Still contains the earlier yes
  $ oneview audit verify w --contains 3:0000000000000000000000000000000000000000000000000000000000000000
  Chain verifies             yes
  Entries                    19
  Head                       19:* (glob)
  Signed checkpoints         0
  oneview: Entry 3 of the audit is not the one that was noted down
    What to do: Keep the database as it is and tell the data protection officer
  [9]

A signed checkpoint goes to the outbox; the chain must agree with it, and its key is kept
  $ oneview audit key w
  oneview: Nothing was signed yet
    What to do: Make the first checkpoint with `oneview audit checkpoint`, or start the server
  [4]
  $ oneview audit checkpoint w | head -1
  Signed entry               19
  $ oneview audit checkpoint w | head -1
  Signed already             19
  $ wc -l < w/outbox/audit-checkpoints.jsonl
  1
  $ stat -c '%a' w/keys/audit-signing.key
  600
  $ oneview audit key w --json | python3 -c 'import json,sys; [print(k["public_key"]) for k in json.load(sys.stdin)["keys"]]' > public
  $ cp w/outbox/audit-checkpoints.jsonl kept
  $ oneview audit key w --change | tail -2 | sed 's/^[0-9a-f]* *[-0-9]* */KEY DATE /'
  KEY DATE no
  KEY DATE yes
  $ oneview audit verify w --checkpoints kept --public-key public | tail -1
  Signed checkpoints         1
  $ sed 's/"at":1/"at":2/' kept > forged
  $ oneview audit verify w --checkpoints forged
  Chain verifies             no
  oneview: The checkpoint of entry 19 was changed after it was signed
    What to do: * (glob)
  [9]

Unusual accesses are looked for, and that is an entry of its own
  $ oneview audit unusual w --sample 5 --seed 7 | head -1
  Unusual                    0
  $ sqlite3 w/desk.db "SELECT action, outcome, detail FROM audit_entry ORDER BY seq DESC LIMIT 1"
  audit.unusual|allowed|found=0 sample=5 seed=7
  $ oneview audit unusual w --sample 501
  oneview: --sample takes a whole number from 1 to 500
  [2]

One changed byte in the audit is found, and where
  $ sqlite3 w/desk.db "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger'" | sqlite3 w/desk.db
  $ sqlite3 w/desk.db "UPDATE audit_entry SET user_name = 'somebody else' WHERE seq = 2"
  $ oneview audit verify w
  Chain verifies             no
  First bad entry            2
  oneview: The audit does not verify at entry 2: it was changed
    What to do: Keep the database as it is, tell the data protection officer, and compare with a backup
  [9]

A backup is restored only with its keys, and verified
  $ oneview init v --profile "$TESTS/data/village/profile" --quiet
  $ oneview backup v backup --keys keys | grep -v Bytes
  Backup                     backup
  Files                      13
  Keys                       keys
  WARNING: whoever has the keys and a backup can read every name. Keep keys apart, offline, and closed to others.
  $ oneview backup v backup
  oneview: backup is not empty
    What to do: give a folder that is not there yet, such as one named after the day
  [6]
  $ oneview restore backup r
  oneview: The keys of the workspace are not at r/keys/audit.key
    What to do: give the folder they are kept in with --keys; without them a backup cannot be read
  [4]
  $ test -e r || echo "nothing was made"
  nothing was made
  $ oneview restore backup r --keys keys | grep -v Bytes
  Restored                   r
  Files                      13
  Audit entries verified     1
  Who was erased after this backup was made is in it again, so nothing opens it yet. Next: "oneview erase r --replay FILE", with the register of erasures as it was written last.
  $ oneview refresh r
  oneview: This was brought back from a backup: who was erased since is in it again
    What to do: "oneview erase WORKSPACE --replay FILE" erases them again, by the register of erasures (outbox/erasures.jsonl of the workspace that was lost, or the copy kept elsewhere)
  [5]
  $ oneview erase r --replay none
  oneview: Without a register, --replay needs --ground
    What to do: say why there is none and how it is known that nobody was erased since the backup
  [2]
  $ oneview erase r --replay none --ground "new workspace, nobody was ever erased" --quiet
  $ oneview user list r
  Sign-in  Name           Role           Team  Status  Last sign-in
  admin    Administrator  administrator        active  never

A database from before the program was renewed is not served, nor taken for a fault
  $ oneview init older --profile "$TESTS/data/village/profile" --quiet >/dev/null
  $ python3 -c 'import sqlite3; d = sqlite3.connect("older/data.db"); d.execute("DELETE FROM schema_version WHERE room = \"intake\" AND version > 1"); d.commit()'
  $ oneview serve older --port 0
  oneview: The data shelf has an older form than this program wants (intake 1 of *): *older/data.db (glob)
    What to do: Run `oneview refresh`, which brings it up to date
  [6]

What is not a workspace is told
  $ oneview user list nowhere
  oneview: There is no folder nowhere
    What to do: Make a workspace with `oneview init nowhere`
  [4]
  $ oneview user list backup
  oneview: backup is not a workspace
    What to do: Make one with `oneview init backup`, or check the path
  [4]
  $ oneview serve backup --port 0
  oneview: backup is not a workspace
    What to do: Make one with `oneview init backup`, or check the path
  [4]

The master key is changed, also under a running server
  $ oneview serve r --port 0 --quiet & server=$!
  $ for i in $(seq 200); do test -s r/lock-serve && break; sleep 0.05; done
  $ oneview key change r
  Values sealed anew         0
  Archives sealed anew       0
  Shares of the key from before open old backups and nothing else: when those are gone, collect and destroy the shares; split the new key with "oneview key split".
  Now copy the keys to safekeeping, move master.key.old to where the keys of old backups are kept, and make a backup.
  $ grep -o "both keys are in use" r/logs/serve.log
  both keys are in use
  $ kill $server; wait $server

The master key is split among people, and brought back
  $ mkdir shares; oneview key split r --out shares --shares 3 --need 2
  Shares written             3
  Needed to bring the key back 2
  Print each, give each to another person, then destroy the files.
  $ head -1 shares/share-1-of-3.txt; sed -n 4p shares/share-2-of-3.txt; stat -c %a shares/share-1-of-3.txt
  oneview-key-share-1
  share 2 of 3, 2 needed
  600
  $ oneview key join r shares/share-1-of-3.txt shares/share-3-of-3.txt
  oneview: */r/keys/master.key: There is a master key already (glob)
    What to do: Keep it: without it nothing that was sealed can be read
  [6]
  $ mv r/keys/master.key kept
  $ oneview key join r shares/share-1-of-3.txt
  oneview: 2 shares are needed, and 1 are given
    What to do: Ask another holder for theirs
  [3]
  $ oneview key join r shares/share-1-of-3.txt shares/share-1-of-3.txt
  oneview: shares/share-1-of-3.txt: Share 1 is given twice
  [3]
  $ sed '5s/^./z/' shares/share-3-of-3.txt > typed; oneview key join r shares/share-1-of-3.txt typed
  oneview: typed: This share is not as it was written
    What to do: Compare each line with the printed one: its last line tells whether it is right
  [9]
  $ oneview key join r shares/share-3-of-3.txt shares/share-1-of-3.txt
  The key is back. Destroy the files of the shares.
  $ cmp kept r/keys/master.key && oneview status r > /dev/null

What is done with the key is recorded before it takes effect
  $ sqlite3 r/desk.db "SELECT action, detail FROM audit_entry WHERE action LIKE 'key.%' ORDER BY seq"
  key.change|begun
  key.change|0 values and 0 archives sealed anew
  key.split|3 shares, 2 needed
  key.join|begun
  key.join|begun
  key.join|begun
  key.join|begun
  key.join|begun
  key.join|from shares
