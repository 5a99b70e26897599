Who changes the configuration, and who tries what they may not, is in the audit before anything is done by it.

  $ export ONEVIEW_PASSWORD='correct horse battery'
  $ entries() { sqlite3 w/desk.db "SELECT action, outcome, detail FROM audit_entry WHERE action = '$1' ORDER BY seq" | sed -E "s/(from|to)=[0-9a-f]{32}/\1=HASH/g"; }
  $ id() { python3 -c "import sys; n = int(sys.argv[1]); print(''.join('0123456789abcdefghjkmnpqrstvwxyz'[n >> s & 31] for s in range(60, -5, -5)))" "$1"; }
  $ cp -r "$TESTS/data/village/profile" own
  $ oneview init w --profile own --quiet

What a workspace begins with is no change
  $ oneview user list w --quiet
  $ entries profile.change

A limit, a role, an agreement, a team and a file: each is named, once, by the next command, whatever it only reads
  $ sed -i 's/opens_minute: 4/opens_minute: 400/; s/title: Inspector,/title: Chief inspector,/; s/{id: early_help_team,/{id: another_team,/' w/profile/roles.yaml
  $ sed -i 's/purposes: \[early_help\]/purposes: [early_help, revenues]/' w/profile/agreements.yaml
  $ rm w/profile/events.yaml
  $ oneview user list w --quiet
  $ oneview user list w --quiet
  $ entries profile.change
  profile.change|allowed|from=HASH to=HASH files: agreements.yaml, roles.yaml, events.yaml; changed: role inspector, limits hurried, agreement early_help_sharing; added: team another_team; removed: event rule tenancy_began, team early_help_team
  $ sqlite3 w/desk.db "SELECT user_name = 'system:$(whoami)', role, subject_kind FROM audit_entry WHERE action = 'profile.change'"
  1|operator|profile

The identity provider is a part of it
  $ printf 'provider: {issuer: "https://id.example", address: "https://one.example", client_id: us, secret_file: keys/secret}\n' >> w/workspace.yaml
  $ oneview user list w --quiet
  $ entries profile.change | tail -1
  profile.change|allowed|from=HASH to=HASH; changed: setting workspace.yaml provider

A change that cannot be written down lets nothing be done
  $ sed -i 's/Chief inspector/Inspector/' w/profile/roles.yaml
  $ sqlite3 w/desk.db "CREATE TRIGGER no_more BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
  $ oneview user disable w nobody 2>&1 | head -1
  oneview: A row breaks a rule of its table: */w/desk.db (the disk is full) (glob)
  $ oneview refresh w 2>&1 | head -1
  oneview: A row breaks a rule of its table: */w/desk.db (the disk is full) (glob)
  $ sqlite3 w/data.db "SELECT count(*) FROM run"
  0
  $ sqlite3 w/desk.db "DROP TRIGGER no_more"
  $ oneview refresh w --quiet
  $ entries profile.change | tail -1
  profile.change|allowed|from=HASH to=HASH files: roles.yaml; changed: role inspector

A confirmation that is refused, or fails, is an entry as well
  $ oneview user add w ann --role administrator --quiet
  $ oneview user add w rosa --role front_line --quiet
  $ oneview policy propose w revenues_own --action suspend --reason "A new contract is written" --user ann --quiet
  $ oneview policy confirm w 1 --user ann --quiet 2>&1 | head -1
  oneview: Nobody confirms what they proposed themselves
  $ oneview policy confirm w 1 --user rosa --quiet 2>&1 | head -1
  oneview: The role of "rosa" has no capability agreements.manage
  $ ONEVIEW_PASSWORD=wrong oneview policy reject w 1 --user ann --quiet 2>&1 | head -1
  oneview: The user name or the password is not right
  $ oneview policy confirm w 1 --quiet 2>&1 | head -1
  oneview: Give --user: the account of whoever does this
  $ sqlite3 w/desk.db "SELECT action, outcome, agreements, detail FROM audit_entry WHERE action LIKE 'agreement.%' ORDER BY seq"
  agreement.propose|allowed|revenues_own|suspend proposal=1 account=ann
  agreement.confirm|refused|revenues_own|proposal=1 error=policy.same_person
  agreement.confirm|refused|revenues_own|proposal=1 error=policy.manage
  agreement.reject|refused|revenues_own|proposal=1 error=account.sign_in
  $ oneview erase w $(id 77) --confirm --ground "Request 5" 2>&1 | head -1
  oneview: no resident with this id has such a record
  $ oneview erase w $(id 77) 2>&1 | head -1
  oneview: no resident with this id has such a record
  $ entries resident.erase
  resident.erase|failed|confirmed error=rights.nobody
  $ oneview rights flag w $(id 77) --restrict --reason "Asked on 3 March" 2>&1 | head -1
  oneview: no resident with this id has any records
  $ entries flag.set
  flag.set|failed|restriction error=rights.nobody

The operator acts alone, and the entry says so
  $ sqlite3 w/desk.db "SELECT action, detail FROM audit_entry WHERE action LIKE 'account.%' ORDER BY seq"
  account.create|role administrator, by the operator alone
  account.create|role administrator, by the operator alone
  account.create|role front_line, by the operator alone
  $ oneview user password w rosa --quiet
  $ entries account.password
  account.password|allowed|by the operator alone
