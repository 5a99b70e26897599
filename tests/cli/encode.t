A partner's people are matched without their names.

A key is made once; both sides encode with it
  $ oneview encode --new-key shared.key
  Key                        shared.key
  Give the partner a copy in person. Whoever has it can try every name.
  $ cp "$TESTS"/data/people/parish.csv ours.csv; tail -n +4 ours.csv > rest; (head -1 ours.csv; cat rest) > theirs.csv
  $ oneview encode -k shared.key ours.csv -o e1.csv | tail -2
  Records                    20
  Without anything to encode 0
  $ oneview encode -k shared.key theirs.csv -o e2.csv -q
  $ head -1 e1.csv; sed 1d e1.csv | cut -c1-7 | head -2
  id,encoding
  a1,ove1
  a2,ove1

No name is in what leaves
  $ cut -d, -f2,3 ours.csv | sed 1d | tr ',' '\n' | grep -E "^.{5,}" | sort -u | while read -r name; do grep -qi "$name" e1.csv && echo "$name"; done; true

The same person is found by the encodings alone
  $ oneview match --link-only e1.csv e2.csv --clusters c.csv -q
  $ [ "$(grep e1.csv,a6, c.csv | cut -d, -f3)" = "$(grep e2.csv,a6, c.csv | cut -d, -f3)" ] && echo together
  together

Encodings of another key are refused, not compared
  $ oneview encode --new-key other.key -q && oneview encode -k other.key theirs.csv -o e3.csv -q
  $ oneview match e1.csv e3.csv 2>&1 | sed 's/"[0-9a-f]*"/MARK/g'
  oneview: e3.csv: Encodings made with two keys or settings (MARK and MARK) cannot be compared
    What to do: Both sides encode with the same key file and the same options of "oneview encode"

Without a key, or with one that others can read, nothing is encoded
  $ oneview encode ours.csv -o e4.csv
  oneview: Encodings are made under a key: --key FILE
    What to do: Make one with --new-key FILE, once, and give the partner a copy in person
  [2]
  $ chmod 644 shared.key; oneview encode -k shared.key ours.csv -o e4.csv
  oneview: shared.key: Others than its owner may open the key shared with the partner (mode 644)
    What to do: chmod 600 the key file, and ask who could have read it
  [5]
  $ ls e4.csv
  ls: cannot access 'e4.csv': No such file or directory
  [2]
