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
  a1,ove2
  a2,ove2

No name is in what leaves
  $ cut -d, -f2,3 ours.csv | sed 1d | tr ',' '\n' | grep -E "^.{5,}" | sort -u | while read -r name; do grep -qi "$name" e1.csv && echo "$name"; done; true

The same person is found by the encodings alone
  $ oneview match --link-only e1.csv e2.csv --clusters c.csv -q
  $ [ "$(grep e1.csv,a6, c.csv | cut -d, -f3)" = "$(grep e2.csv,a6, c.csv | cut -d, -f3)" ] && echo together
  together

An e-mail address and a postcode become encodings of their own, and find people of whom the rest does not speak
  $ printf 'id,first_name,surname,dob,email,postcode\n1,Chidi,Okafor,1984-03-31,c.okafor@post.example,EM4 9ZZ\n2,Margaret,Whitfield,1951-07-02,,EM1 2AB\n3,Ivan,Petrov,1990-10-20,ivan.petrov@post.example,EM2 2AB\n4,Lena,Marlow,1971-01-15,,EM7 1QQ\n' > p1.csv
  $ printf 'id,first_name,surname,dob,email,postcode\n7,Chidi,Okafor,1948-03-31,c.okafor@post.example,EM4 9ZZ\n8,Margaret,Whitfield,,,EM1 2AB\n9,Ivan,Petrov,1990-10-20,ivan.petrof@post.example,EM3 4ED\n10,Rosa,Hill,2001-05-05,rosa@post.example,EM7 1QQ\n' > p2.csv
  $ for f in p1 p2; do oneview encode -k shared.key $f.csv -o e$f.csv -q; done; head -1 ep1.csv; sed 1d ep1.csv | tr ',' '\n' | cut -c1-4 | paste -sd' '
  id,encoding,encoded_contact,encoded_place
  1 ove2 ovc2 ovp2 2 ove2  ovp2 3 ove2 ovc2 ovp2 4 ove2  ovp2
  $ oneview match --link-only ep1.csv ep2.csv --pairs pp.csv -q; cut -d, -f2,4,7- pp.csv | grep -E '^(id_l|1,7|2,8|3,9),'
  id_l,id_r,encoding,encoded_contact,encoded_place
  1,7,different,same,same
  2,8,not known,not known,very alike
  3,9,same,nearly the same,different

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
