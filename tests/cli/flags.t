What a resident decided stays with their records: through a split and through a merging.

  $ export ONEVIEW_PASSWORD='correct horse battery' ONEVIEW_TODAY=2026-02-10
  $ oneview init w --profile "$TESTS/data/village/profile" --quiet
  $ cp "$TESTS"/data/village/january/* w/inbox && touch -d 2020-01-01 w/inbox/*
  $ oneview refresh w --quiet
  $ id() { python3 -c 'import sys
  > n, s = int(sys.argv[1]), ""
  > for i in range(13): s, n = "0123456789abcdefghjkmnpqrstvwxyz"[n & 31] + s, n >> 5
  > print(s)' "$1"; }
  $ pair() { sqlite3 w/data.db "SELECT min(record_id), max(record_id), resident_id FROM resident_record GROUP BY resident_id HAVING count(*) = 2 ORDER BY 1 LIMIT 1"; }
  $ IFS='|' read -r a b resident <<< "$(pair)"
  $ resident_of() { id "$(sqlite3 w/data.db "SELECT resident_id FROM resident_record WHERE record_id = $1")"; }
  $ together() { [ "$(resident_of "$a")" = "$(resident_of "$b")" ] && echo one resident || echo two residents; }
  $ standing() { oneview rights flags w "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["stands"])'; }
  $ rule() { sqlite3 w/data.db "ATTACH 'w/desk.db' AS desk; INSERT INTO desk.match_ruling (made_at, user_id, username,
  > source_a, client_a, source_b, client_b, verdict, second, weight, probability, linked)
  > SELECT 0, 1, 'reviewer', sa.source_id, ra.client_hash, sb.source_id, rb.client_hash, '$1', 0, 0, 0, 0
  > FROM record ra JOIN source sa ON sa.source_no = ra.source_no, record rb JOIN source sb ON sb.source_no = rb.source_no
  > WHERE ra.record_id = $a AND rb.record_id = $b"; }

  $ together
  one resident
  $ oneview rights flag w "$(resident_of "$a")" --restrict --reason "letter of 3 March"
  Recorded. It counts from the next request on.

A reviewer rules that the two records are two people: both are restricted, since nobody knows whose letter it was
  $ rule different && oneview link w --quiet && together
  two residents
  $ standing "$(resident_of "$a")"; standing "$(resident_of "$b")"
  [{'line': 'Processing is restricted: the data is stored, and used only to answer the resident'}]
  [{'line': 'Processing is restricted: the data is stored, and used only to answer the resident'}]

One of them has it lifted, and the other keeps it
  $ oneview rights flag w "$(resident_of "$b")" --restrict --lift --reason "it was not hers"
  Taken back.
  $ standing "$(resident_of "$a")"; standing "$(resident_of "$b")"
  [{'line': 'Processing is restricted: the data is stored, and used only to answer the resident'}]
  []

Ruled to be one person after all, they are restricted together: the stricter wins
  $ sqlite3 w/desk.db "UPDATE match_ruling SET undone_at = 1, undone_by = 'reviewer'"
  $ rule same && oneview link w --quiet && together
  one resident
  $ standing "$(resident_of "$a")"
  [{'line': 'Processing is restricted: the data is stored, and used only to answer the resident'}]

A refresh makes anew what was derived before a resident objected, though nothing else is new
  $ oneview refresh w --quiet; oneview refresh w | grep -c "Nothing new"
  1
  $ oneview rights flag w "$(resident_of "$a")" --restrict --lift --reason "put right" && oneview refresh w | grep -c "Nothing new"
  Taken back.
  0
  [1]

Who is held for a legal claim is not erased before the hold is lifted
  $ held=$(resident_of "$a"); oneview rights flag w "$held" --hold --reason "claim 12" --quiet
  $ oneview erase w "$held" --ground REF-9 --confirm; echo "exit code $?"
  oneview: What is held on this resident is kept for a legal claim
    What to do: when the claim is over, lift the hold with "oneview rights flag WORKSPACE RESIDENT --hold --lift", then erase
  exit code 5
  $ sqlite3 w/desk.db "SELECT count(*) FROM erasure; SELECT outcome, detail FROM audit_entry WHERE action = 'resident.erase' ORDER BY seq DESC LIMIT 1"
  0
  refused|confirmed error=rights.held
  $ oneview rights flag w "$held" --hold --lift --reason "settled" --quiet && oneview erase w "$held" --ground REF-9 --confirm --quiet; echo "exit code $?"
  exit code 0
  $ sqlite3 w/desk.db "SELECT ground FROM erasure"
  REF-9
