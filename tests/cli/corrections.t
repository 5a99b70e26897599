What residents ask to have put right at its source.

  $ export ONEVIEW_PASSWORD='correct horse battery' ONEVIEW_TODAY=2026-02-10
  $ oneview init w --profile "$TESTS/data/village/profile" --quiet
  $ cp "$TESTS"/data/village/january/* w/inbox && touch -d 2020-01-01 w/inbox/*
  $ oneview refresh w --quiet
  $ id() { python3 -c 'import sys
  > n, s = int(sys.argv[1]), ""
  > for i in range(13): s, n = "0123456789abcdefghjkmnpqrstvwxyz"[n & 31] + s, n >> 5
  > print(s)' "$1"; }
  $ resident=$(id $(sqlite3 w/data.db "SELECT resident_id FROM resident_record GROUP BY 1 ORDER BY count(*) DESC, min(record_id) LIMIT 1"))

What it can be about is listed without what it says
  $ oneview rights correct w "$resident" > values; tail -n +2 values | sed -E 's/^[0-9.-]+\.([a-z_.]+) +/\1  /' | head -8
  council_tax.account_reference  Council tax accounts, from 1 January 2026: Account number
  council_tax.full_name  Council tax accounts, from 1 January 2026: Name
  council_tax.date_of_birth  Council tax accounts, from 1 January 2026: Date of birth
  council_tax.address  Council tax accounts, from 1 January 2026: Address
  council_tax.postcode  Council tax accounts, from 1 January 2026: Postcode
  council_tax.uprn  Council tax accounts, from 1 January 2026: UPRN
  council_tax.council_tax_balance  Council tax accounts, from 1 January 2026: Council tax balance
  housing_tenancies.tenancy_reference  Housing tenancies, from 1 April 2015: Tenancy number
  $ grep -c -e Okonkwo -e Amara values
  0
  [1]
  $ value=$(grep -o '^[0-9.-]*\.housing_tenancies\.date_of_birth' values)

It goes to the owner of the source, and the resident is told within one calendar month
  $ oneview rights correct w "$resident" --value "$value" --should-be 1985-02-15 --evidence "birth certificate" --asked 2026-02-02 > asked; tail -2 asked
  Owner of the source        Housing manager
  Goes to                    housing@littlemarsh.example
  $ correction=$(awk '/^Correction/ {print $2}' asked)
  $ oneview rights correct w "$resident" --value "$value" --should-be 1985-02-15 --evidence "the same"
  oneview: A correction of this value is open already
    What to do: "oneview rights corrections" and the resident's page of corrections show it
  [6]
  $ oneview rights correct w "$resident" --value "$value" --evidence "none"
  oneview: Say what it should be
    What to do: in the resident's words, at most 2,000 characters
  [3]
  $ oneview rights correct w "$resident" --value 1.2.nothing
  oneview: "1.2.nothing" is no value of a resident
    What to do: without --value, the values are listed
  [2]
  $ oneview rights corrections w --json | sed "s/$correction/CORRECTION/" | grep -v '^  "'
  {
      {
        "correction": "CORRECTION",
        "feed": "housing_tenancies",
        "element": "date_of_birth",
        "asked": "2026-02-02",
        "due": "2026-03-02",
        "overdue": "",
        "state": "Asked for",
        "told": "",
        "seen": "",
        "seen_as": "Not yet",
        "owner": "Housing manager",
        "to_tell": "Data for early help"
      }
    ]
  }
  $ ONEVIEW_TODAY=2026-03-03 oneview rights corrections w --json | grep overdue
        "overdue": "overdue",
  $ oneview rights answer w "$correction" --accepted
  oneview: This correction cannot go there from where it is
    What to do: it is asked for, then sent to the owner, then accepted or refused, then put right; the resident is told when it was refused or put right, or accepted, and then it is over
  [6]
  $ oneview rights answer w "$correction" --sent
  Recorded.
  $ oneview rights answer w "$correction" --refused
  oneview: A refusal needs its reason
    What to do: the resident is told it, and that they may complain to the ICO
  [3]
  $ oneview rights answer w "$correction" --accepted --reply "misread"
  Recorded.
  $ oneview rights answer w "$correction" --sent --told
  oneview: Give one of --sent, --accepted, --refused, --done, --told
  [2]

An extract that brings it is noticed
  $ sed 's/14\/02\/1985/15\/02\/1985/' "$TESTS"/data/village/january/tenancies_20260101.csv > w/inbox/tenancies_20260209.csv && touch -d 2020-01-01 w/inbox/*
  $ oneview refresh w | grep Corrections
  Corrections that extracts brought 1
  $ oneview refresh w | grep Corrections
  [1]
  $ oneview rights corrections w --json | grep -e state -e seen
        "state": "Put right at the source",
        "seen": "2026-02-10",
        "seen_as": "As it was asked for",
  $ oneview rights answer w "$correction" --told
  Recorded.
  $ oneview rights answer w "$correction" --told
  oneview: This correction cannot go there from where it is
    What to do: it is asked for, then sent to the owner, then accepted or refused, then put right; the resident is told when it was refused or put right, or accepted, and then it is over
  [6]
  $ oneview rights corrections w --json | grep -e told
        "told": "2026-02-10",

Each step is in the audit, and nothing that was said lies in clear
  $ sqlite3 w/desk.db "SELECT action, detail FROM audit_entry WHERE action LIKE 'correction.%' ORDER BY seq"
  correction.choose|
  correction.ask|housing_tenancies date_of_birth
  correction.list|1 corrections
  correction.list|1 corrections
  correction.answer|sent
  correction.answer|accepted
  correction.list|1 corrections
  correction.answer|told
  correction.list|1 corrections
  $ cat w/desk.db* | grep -c -e "birth certificate" -e misread -e 1985-02-15
  0
  [1]
