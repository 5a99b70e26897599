What a changed set of agreements would do, and of whom nothing is said.

  $ export ONEVIEW_PASSWORD='correct horse battery'
  $ cp -r "$TESTS/data/village/profile" own
  $ cat > own/restrictions.yaml <<'EOF'
  > restrictions:
  >   - {id: sealed, title: Sealed, hides: resident, feeds: [housing_tenancies], when: "tenure = 'sealed'", open_to: {roles: [revenues_officer]}}
  > EOF
  $ oneview init w --profile own --quiet
  $ cp "$TESTS"/data/village/january/* w/inbox && touch -d 2020-01-01 w/inbox/*
  $ oneview refresh w --quiet
  $ oneview user add w rosa --role front_line --quiet
  $ oneview user add w finn --role revenues_officer --quiet

The same profile changes nothing
  $ oneview policy preview w own
  Residents of whom more is shown 0
  Residents of whom less is  0
  Nothing would change.

What is withdrawn and what is revealed, for which roles and purposes, and of how many residents
  $ cp -r own changed
  $ sed -i 's/{feeds: \[council_tax\], categories: \[identity\], clause: "2"}/{feeds: [council_tax], categories: [personal], share: values, clause: "2"}/' changed/agreements.yaml
  $ oneview policy preview w changed
  Residents of whom more is shown 4
  Residents of whom less is  4
  Change     Role        Team  Purpose     Feed         Residents  Elements
  withdrawn  front_line        early_help  council_tax          4  account_reference, full_name, date_of_birth, address, postcode, uprn
  revealed   front_line        early_help  council_tax          4  council_tax_balance
  $ oneview policy preview w changed --json | head -12
  {
    "residents_revealed": 4,
    "residents_withdrawn": 4,
    "values": [
      {
        "change": "withdrawn",
        "role": "front_line",
        "team": "",
        "purpose": "early_help",
        "feed": "council_tax",
        "residents": 4,
        "elements": "account_reference, full_name, date_of_birth, address, postcode, uprn"

An agreement that is suspended in the new profile: its extracts would be refused
  $ sed -i '0,/status: approved/s//status: suspended/' changed/agreements.yaml
  $ oneview policy preview w changed | cut -c1-150
  Residents of whom more is shown 0
  Residents of whom less is  9
  Change     Role        Team  Purpose     Feed               Residents  Elements
  withdrawn  front_line        early_help  council_tax                4  known to the service, account_reference, full_name, date_of_birth, address, pos
  withdrawn  front_line        early_help  housing_tenancies          5  known to the service, person_reference, tenancy_reference, given_name, family_n
  withdrawn  front_line        early_help  school_census              3  known to the service, pupil_reference, given_name, family_name, date_of_birth, 
  Change     Use        Of                 Elements that it uses
  withdrawn  modelling  housing_tenancies  tenure, tenancy_start, tenancy_end, rent_balance
  withdrawn  modelling  school_census      attendance
  Extracts refused of  Columns without an agreement
  housing_tenancies    person_reference, tenancy_reference, given_name, family_name, date_of_birth, address, postcode, uprn, worker_name, tenure, tenanc
  school_census        pupil_reference, given_name, family_name, date_of_birth, address, postcode, attendance

What works with an element would lose it: lists, factors, sentences and interventions of summaries, what is modelled and monitored
  $ oneview init borough --profile "$TESTS/../profiles/demo" --quiet
  $ cp -r borough/profile less
  $ sed -i 's/status: approved/status: suspended/' less/agreements.yaml
  $ oneview policy preview borough less --json > lost.json
  $ python3 - <<'EOF'
  > import json
  > uses = json.load(open("lost.json"))["uses"]
  > for of in ("early_help_episodes", "single_person_discount", "early_help_now", "early_help", "missing_person"):
  >     for use in uses:
  >         if use["of"] == of: print(use["change"], use["use"], use["of"], use["elements"][:70])
  > print(sorted({use["use"] for use in uses}))
  > EOF
  withdrawn modelling early_help_episodes early_help_end, early_help_outcome, early_help_reason, early_help_star
  withdrawn monitoring early_help_episodes early_help_end, early_help_outcome, early_help_reason, early_help_star
  withdrawn list single_person_discount council_tax_discount, tenancy_role, benefit_role
  withdrawn sentence early_help_now early_help_start, early_help_end, early_help_reason
  withdrawn intervention early_help early_help_start, early_help_end, early_help_outcome, cin_referral_dat
  withdrawn factor missing_person missing_from
  ['factor', 'intervention', 'list', 'modelling', 'monitoring', 'sentence']
  $ oneview policy preview borough borough/profile
  Residents of whom more is shown 0
  Residents of whom less is  0
  Nothing would change.
  $ oneview policy preview w nowhere
  oneview: nowhere: there is no profile folder
    What to do: Name a folder that holds profile.yaml, such as profiles/demo.
  [4]

Nothing is said of a resident who does not exist for the user; the question is recorded where something is
  $ id() { python3 -c 'import sys
  > n, s = int(sys.argv[1]), ""
  > for i in range(13): s, n = "0123456789abcdefghjkmnpqrstvwxyz"[n & 31] + s, n >> 5
  > print(s)' "$1"; }
  $ resident=$(id $(sqlite3 w/data.db "SELECT min(resident_id) FROM resident"))
  $ oneview policy explain w --user rosa --resident "$resident" --element tenure --purpose early_help
  From                       Housing tenancies
  May see                    Yes: the agreement "Data for early help", clause 1, lets the role Front-line worker see it for the purpose Early help. It runs until 2030-12-31.
  The clause                 Early help may see tenancies.
  $ oneview policy protect w --restriction sealed --resident 0000000000abc
  oneview: There is no resident with this id: nobody is protected
    What to do: take the 13 characters from the address of the resident's page as it is now
  [4]
  $ sqlite3 w/desk.db "SELECT count(*) FROM restriction_ruling; SELECT outcome FROM audit_entry WHERE action = 'restriction.set'"
  0
  failed
  $ oneview policy protect w --restriction sealed --resident "$resident"
  Protected.
  $ oneview policy explain w --user rosa --resident "$resident" --element tenure --purpose early_help
  oneview: There is no such resident for this user
    What to do: take the 13 characters from the address of the resident's page
  [4]
  $ oneview policy explain w --user rosa --resident 0000000000001 --element tenure --purpose early_help
  oneview: There is no such resident for this user
    What to do: take the 13 characters from the address of the resident's page
  [4]
  $ oneview policy explain w --user finn --resident "$resident" --element council_tax_balance --purpose revenues
  From                       Council tax accounts
  May see                    Yes: the agreement "Council tax for its own officers", clause 1, lets the role Revenues officer see it for the purpose Collecting council tax. It runs until 2030-12-31.
  The clause                 Revenues officers see the accounts they keep.
  $ sqlite3 w/desk.db "SELECT action, outcome, subject_kind, elements, detail FROM audit_entry WHERE action = 'policy.explain'"
  policy.explain|allowed|resident|tenure|rosa
  policy.explain|refused|resident|tenure|rosa
  policy.explain|refused|resident|tenure|rosa
  policy.explain|allowed|resident|council_tax_balance|finn
