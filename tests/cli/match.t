Person files are matched with nothing said about them.

Columns are understood, and the result has every record
  $ cp "$TESTS"/data/people/parish.csv . && oneview match parish.csv --clusters c.csv | head -11
  parish.csv: 20 records, UTF-8, ids from column unique_id
  Column       Taken for          Filled  Why
  unique_id    record id           1.000  names the record in the results; not compared
  first_name   given name          1.000  header
  surname      family name         1.000  header
  dob          date of birth       1.000  header; 95 % are dates and the others years
  occupation   occupation          0.900  header
  birth_place  place of birth      1.000  header
  cluster      who it is (truth)   1.000  the header names a group of records: it may be the truth, and is not looked at
  
  Compared when these agree                                                 Pairs  Divided  Cut
  $ head -1 c.csv; sed 1d c.csv | cut -d, -f1 | sort -u; sed 1d c.csv | wc -l
  file,id,cluster_id
  parish.csv
  20
  $ same() { [ "$(grep ",$1," c.csv | cut -d, -f3)" = "$(grep ",$2," c.csv | cut -d, -f3)" ] && echo together || echo apart; }
  $ same a6 a7; same a6 a8; same a11 a12; same a15 a20
  together
  apart
  together
  apart

The result can be judged by the file's own truth, which was not looked at
  $ oneview evaluate --clusters c.csv --truth parish.csv --id unique_id --entity cluster | sed -n '/Precision/p;/Records/p'
    Precision                1.0000
  Records in the truth       20
  $ sed 's/,[0-9]*$/,1/' parish.csv > wrong.csv && oneview match wrong.csv --clusters w.csv -q && cut -d, -f2,3 w.csv > w && cut -d, -f2,3 c.csv | cmp - w && echo the same
  the same

Threads change nothing, and nothing is said with --quiet
  $ oneview match parish.csv --threads 3 --clusters c3.csv --quiet && cmp c.csv c3.csv && echo the same
  the same

What was chosen can be written, and gives the same result
  $ oneview match parish.csv --write-settings s.yaml -q && grep -A9 'columns:' s.yaml
      columns:
        "unique_id": id # names the record in the results; not compared
        "first_name": given_name # header
        "surname": family_name # header
        "dob": {meaning: date_of_birth, order: day_first, historic: true} # header; 95 % are dates and the others years
        "occupation": occupation # header
        "birth_place": birth_place # header
        "cluster": truth # the header names a group of records: it may be the truth, and is not looked at
  blocking:
    largest_block: 200
  $ oneview match parish.csv --settings s.yaml --clusters cs.csv -q && cmp c.csv cs.csv && echo the same
  the same

Settings overrule what was inferred, and mistakes in them are answered with their line
  $ printf 'columns:\n  occupation: ignored\n' > one.yaml && oneview match parish.csv -s one.yaml | grep '^occupation'
  occupation   left out            0.900  the settings say so
  $ printf 'columns:\n  occupation: ocupation\n' > bad.yaml && oneview match parish.csv -s bad.yaml
  oneview: bad.yaml:2:15: "ocupation" is no meaning of a column
    What to do: Did you mean "occupation"?
  [3]
  $ printf 'colums:\n  occupation: ignored\n' > bad.yaml && oneview match parish.csv -s bad.yaml
  oneview: bad.yaml:1:1: "colums" is no setting here
    What to do: Did you mean "columns"?
  [3]
  $ printf 'columns:\n  job: ignored\n' > bad.yaml && oneview match parish.csv -s bad.yaml
  oneview: bad.yaml:2:3: the file parish.csv has no column "job"
  [3]

Rules, comparisons and training can be pinned, and are written back
  $ printf 'truth: cluster\nblocking:\n  rules:\n    - {date_of_birth: date, family_name: sound}\n    - {given_name: start 3, family_name: start 3}\ncomparisons:\n  occupation: {compared: false}\ntraining: {prior: 0.05}\n' > rules.yaml
  $ oneview match parish.csv -s rules.yaml --write-settings back.yaml --clusters r1.csv -q && sed -n '/truth:/p;/rules:/,/start 3/p;/occupation.*compared/s/ #.*//p;/prior/p' back.yaml
  truth: "cluster"
    rules:
      - {"date_of_birth": date, "family_name": sound}
      - {"given_name": start 3, "family_name": start 3}
    "occupation": {compared: false, term_frequency: true}
    prior: 0.05
  $ oneview match parish.csv -s back.yaml --clusters r2.csv -q && cmp r1.csv r2.csv && echo the same
  the same
  $ oneview match parish.csv -s rules.yaml --report truth.html -q && grep -c 'By the truth column' truth.html | sed 's/[1-9]/said/'
  said
  $ sed 's/: sound}/: sund}/' rules.yaml > bad.yaml; oneview match parish.csv -s bad.yaml
  oneview: bad.yaml:4:42: "sund" is no way to make a key
    What to do: Did you mean "sound"?
  [3]
  $ sed 's/family_name: start/surname: start/' rules.yaml > bad.yaml; oneview match parish.csv -s bad.yaml
  oneview: bad.yaml:5:29: "surname" is not compared here
    What to do: Compared are: given_name, middle_names, family_name, date_of_birth, birth_place, occupation.
  [3]
  $ sed 's/cluster/klaster/' rules.yaml > bad.yaml; oneview match parish.csv -s bad.yaml
  oneview: bad.yaml:1:8: no file has a column "klaster"
  [3]
  $ python3 -c "import json; json.load(open('$TESTS/../docs/formats/matching-settings.schema.json'))"

Levels of a comparison can be pinned with m and u, are what the pairs say, and are written back
  $ printf 'comparisons:\n  family_name:\n    levels: [exact, {jaro_winkler: 0.92, m: 0.05, u: 0.001}, {damerau_levenshtein: 2}, sound]\n  given_name: {term_frequency: false, levels: [same, nickname or other spelling, {else: true, u: 0.9}]}\n  date_of_birth: {levels: [exact, {days: 40}, {start: 4}]}\n' > levels.yaml
  $ oneview match parish.csv -s levels.yaml --write-settings back.yaml --model levels.json --clusters l1.csv --pairs l1p.csv -q && grep 'levels:' back.yaml
    "given_name": {compared: true, term_frequency: false, levels: [{as: same}, {as: nickname or other spelling}, {else: true, u: 0.9}]}
    "family_name": {compared: true, term_frequency: true, levels: [{exact: true}, {jaro_winkler: 0.92, m: 0.05, u: 0.001}, {damerau_levenshtein: 2}, {sound: true}, {else: true}]}
    "date_of_birth": {compared: true, term_frequency: true, levels: [{exact: true}, {days: 40}, {start: 4}, {else: true}]}
  $ python3 -c "import json; print([[c['levels'], [round(x, 4) for x in c['m'] if x == .05], [round(x, 4) for x in c['u'] if x in (.9, .001)]] for c in json.load(open('levels.json'))['columns'] if c['kind'] == 'pinned'])"
  [[['same', 'nickname or other spelling', 'else'], [], [0.9]], [['exact', 'jaro_winkler 0.92', 'damerau_levenshtein 2', 'sound', 'else'], [0.05], [0.001]], [['exact', 'days 40', 'start 4', 'else'], [], []]]
  $ cut -d, -f7,9,10 l1p.csv | tr ',' '\n' | sort -u
  date_of_birth
  days 40
  else
  exact
  family_name
  given_name
  jaro_winkler 0.92
  same
  start 4
  $ oneview match parish.csv -s back.yaml --clusters l2.csv --pairs l2p.csv -q && cmp l1.csv l2.csv && cmp l1p.csv l2p.csv && echo the same
  the same
  $ oneview match parish.csv -s levels.yaml --model levels.json --clusters l3.csv -q && cmp l1.csv l3.csv && echo the same
  the same
  $ sed 's/days: 40/days: 41/' levels.yaml > other.yaml; oneview match parish.csv -s other.yaml --model levels.json -q
  oneview: levels.json: the model does not fit the columns to be linked
    What to do: Leave the model out, so that a new one is trained.
  [3]

A mistake in levels is answered with its line and what would be right
  $ bad() { printf 'comparisons:\n  family_name:\n    levels:\n      - exact\n      - %s\n' "$1" > bad.yaml; oneview match parish.csv -s bad.yaml -q; }
  $ bad 'jaro_winkler'
  oneview: bad.yaml:5:9: jaro_winkler needs a likeness from 0.01 to 0.999, as in {jaro_winkler: 0.92}
  [3]
  $ bad '{jaro_winkler: 92}'
  oneview: bad.yaml:5:24: jaro_winkler needs a likeness from 0.01 to 0.999
  [3]
  $ bad '{jaro_winkle: 0.92}'
  oneview: bad.yaml:5:10: "jaro_winkle" is no level of this column
    What to do: Did you mean "jaro_winkler"?
  [3]
  $ bad '{damerau_levenshtein: 1.5}'
  oneview: bad.yaml:5:31: damerau_levenshtein needs a whole number of edits from 1 to 20
  [3]
  $ bad '{days: 3}'
  oneview: bad.yaml:5:10: family_name has no level "days"
    What to do: docs/formats/matching.md lists which levels there are for which column.
  [3]
  $ bad 'exact'
  oneview: bad.yaml:5:9: no pair can reach "exact": "exact" before it takes it
    What to do: Levels go from the strictest to the loosest.
  [3]
  $ bad 'one slip or same sund'
  oneview: bad.yaml:5:9: "one slip or same sund" is no level of this column
    What to do: Did you mean "one slip or same sound"?
  [3]
  $ bad '{sound: true, start: 3}'
  oneview: bad.yaml:5:9: a level has one test, as in {jaro_winkler: 0.92}, and may have m and u
  [3]
  $ bad '{sound: true, m: 1.5}'
  oneview: bad.yaml:5:26: m is a number from 1e-12 to 1
  [3]
  $ bad '{else: true, u: 1}'
  oneview: bad.yaml:4:7: u of all levels comes to 1
    What to do: They are shares of all pairs: some must be left for the levels that have none.
  [3]
  $ bad 'else
  >       - sound'
  oneview: bad.yaml:6:9: "else" takes all that is left: it stands last
  [3]
  $ bad '{start: 3}
  >       - {start: 4}'
  oneview: bad.yaml:6:9: no pair can reach "start 4": "start 3" before it takes it
    What to do: Levels go from the strictest to the loosest.
  [3]
  $ printf 'comparisons:\n  given_name: {levels: [exact, initials differ]}\n' > bad.yaml; oneview match parish.csv -s bad.yaml -q
  oneview: bad.yaml:2:32: "initials differ" cannot be pinned
    What to do: It is seen of several columns together, where levels are not pinned.
  [3]
  $ printf 'comparisons:\n  given_name: {levels: exact}\n' > bad.yaml; oneview match parish.csv -s bad.yaml -q
  oneview: bad.yaml:2:24: levels are a list, as in [exact, sound]
  [3]
  $ printf 'comparisons:\n  given_name: {levels: [else]}\n' > bad.yaml; oneview match parish.csv -s bad.yaml -q
  oneview: bad.yaml:2:24: there is no level besides "else"
  [3]
  $ printf 'comparisons:\n  given_name: {levels: [{exact: true, m: 0.5}, {else: true, m: 0.4}]}\n' > bad.yaml; oneview match parish.csv -s bad.yaml -q
  oneview: bad.yaml:2:24: m of all levels comes to 0.9
    What to do: They are shares of all pairs: all of them together are 1.
  [3]

A file is given once
  $ oneview match parish.csv ./parish.csv -q
  oneview: ./parish.csv: this file is given twice
    What to do: Give it once.
  [3]

No result takes the place of what is read, or of another result, by whatever name
  $ cp parish.csv p1.csv; ln -s p1.csv p2.csv; mkdir sub; cp one.yaml p3.yaml
  $ oneview match p1.csv --clusters ./p1.csv -q
  oneview: --clusters would overwrite p1.csv
    What to do: Choose another name for the result.
  [2]
  $ oneview match p1.csv --clusters p2.csv -q
  oneview: --clusters would overwrite p1.csv
    What to do: Choose another name for the result.
  [2]
  $ oneview match p1.csv --clusters sub/../p1.csv -q
  oneview: --clusters would overwrite p1.csv
    What to do: Choose another name for the result.
  [2]
  $ oneview match p1.csv --settings p3.yaml --write-settings ./p3.yaml -q
  oneview: --write-settings would overwrite p3.yaml
    What to do: Choose another name for the result.
  [2]
  $ oneview match p1.csv --clusters r1 --pairs ./r1 -q
  oneview: --clusters and --pairs both name ./r1
    What to do: Choose another name for one of them.
  [2]
  $ oneview match p1.csv --clusters /dev/null --pairs /dev/null -q
  $ cmp parish.csv p1.csv && cmp one.yaml p3.yaml && echo untouched
  untouched

A file that is no text, and settings that are not there, are told; two encodings in one file are said
  $ printf 'SQLite format 3\0\1\2\0\0\0\0\0\0\0\0\0' > people.db; oneview match people.db -q
  oneview: people.db: the file is not text
    What to do: Give a CSV file: lines of text, with commas, semicolons, tabs or bars between values.
  [3]
  $ oneview match parish.csv -s no.yaml -q
  oneview: no.yaml: there is no such settings file
    What to do: Check the name, or let --write-settings write one to begin with.
  [4]
  $ printf 'id,first_name,surname,dob\n1,Zo\xeb,Rue,1990-01-02\n2,Zo\xc3\xab,Rue,1990-01-02\n3,Bob,Ray,1980-01-01\n' > mixed.csv; oneview match mixed.csv | head -1
  mixed.csv: 3 records, UTF-8 and Windows-1252, ids from column id
  $ oneview match parish.csv -s rules.yaml | grep '^cluster'
  cluster      who it is (truth)   1.000  the settings name it: the report is judged by it; never compared

Clusters or pairs that are none are told what they should be like
  $ oneview evaluate --clusters parish.csv --truth parish.csv --id unique_id --entity cluster
  oneview: parish.csv:1: there is no column "file"
    What to do: Clusters have the columns file, id and cluster_id, as "oneview match --clusters" writes them.
  [4]
  $ oneview evaluate --pairs parish.csv --truth parish.csv --id unique_id --entity cluster
  oneview: parish.csv:1: there is no column "file_l"
    What to do: Pairs have the columns file_l, id_l, file_r, id_r and weight, as "oneview match --pairs" writes them.
  [4]

Two files are linked together, or only with each other
  $ head -11 parish.csv > one.csv; (head -1 parish.csv; sed 1,11d parish.csv; sed -n 2p parish.csv | sed s/^a1/b1/) > two.csv
  $ oneview match one.csv two.csv --clusters both.csv -q && sed 1d both.csv | wc -l && grep -E ',(a1|a3|b1),' both.csv | cut -d, -f3 | sort -u | wc -l
  21
  1
  $ oneview match one.csv two.csv --link-only --pairs only.csv -q && sed 1d only.csv | awk -F, '$1 == $3' | wc -l
  0

A model is written when there is none, and replayed when there is
  $ oneview match parish.csv --model m.json -q && grep -c '"column"' m.json
  6
  $ oneview match parish.csv --model m.json --clusters cm.csv -q && cmp c.csv cm.csv && echo the same
  the same

Pairs come with weight, probability and a level for each comparison
  $ oneview match parish.csv --pairs p.csv -q && head -1 p.csv && grep 'a11,parish.csv,a12' p.csv | cut -d, -f1-4,7-
  file_l,id_l,file_r,id_r,weight,probability,given_name,middle_names,family_name,date_of_birth,birth_place,occupation
  parish.csv,a11,parish.csv,a12,same,not known,same,same,same,same
  $ oneview evaluate --pairs p.csv --truth parish.csv --id unique_id --entity cluster --json | grep -cE '"best_weight"|"f1"' | awk '{ print ($1 > 2) }'
  1

The report is one page that asks for nothing, runs nothing and holds no value
  $ oneview match parish.csv --report r.html -q && grep -cE '(src|href)="?(https?:)?//|<script|@import|url\(' r.html
  0
  [1]
  $ grep -ciE 'harcastle|shackleton|todmorden' r.html
  0
  [1]
  $ [ "$(grep -c '<svg viewBox="0 0 [0-9]* [0-9.]*" role="img"' r.html)" = "$(grep -c '<figure' r.html)" ] && [ "$(grep -c '<figure' r.html)" -gt 7 ] && echo a chart a figure
  a chart a figure
  $ [ "$(grep -c '<caption>The numbers' r.html)" = "$(grep -c '<figure' r.html)" ] && echo and a table
  and a table

Bad input is answered with file, line and remedy
  $ : > empty.csv; oneview match empty.csv
  oneview: empty.csv: the file is empty
    What to do: Give a CSV file with a line of column names and at least one record.
  [3]
  $ echo 'first_name,surname' > header.csv; oneview match header.csv
  oneview: header.csv: the file has a line of column names and no records
    What to do: Give a file with at least one record.
  [3]
  $ oneview match nowhere.csv
  oneview: nowhere.csv: the file cannot be read (No such file or directory)
    What to do: Check the name; it is looked for from the folder the command is called in.
  [4]
  $ oneview match .
  oneview: .: the file cannot be read (Is a directory)
    What to do: Give the files in it one by one, or as ./*.csv.
  [3]
  $ printf 'id,first_name\n1,Ann\n2,Bob\n1,Cy\n' > twice.csv; oneview match twice.csv
  oneview: twice.csv:4: the id in column "id" stands on line 2 already: records could not be told apart in the result
    What to do: Name a column whose values are all different with --id, or number the rows with --id none.
  [3]
  $ printf 'id,first_name\n1,Ann\n2,"Bob\n' > open.csv; oneview match open.csv
  oneview: open.csv:3: a quote opens on this line and is not closed before the file ends
    What to do: Close it, or write a quote inside a quoted value twice.
  [3]
  $ printf 'id,q\n1,\n2,\n' > null.csv; oneview match null.csv
  oneview: null.csv:1: no column can be used to tell people apart: all but the ids are empty
    What to do: Give records with names, dates of birth or addresses in them.
  [3]
  $ oneview match parish.csv --id uniq_id
  oneview: parish.csv:1: there is no column "uniq_id" for the ids
    What to do: Did you mean "unique_id"?
  [4]
  $ oneview match parish.csv --clusters nofolder/c.csv
  oneview: nofolder/c.csv: the result cannot be written (No such file or directory)
    What to do: Make the folder first, or choose another.
  [8]
  $ oneview match parish.csv --clusters parish.csv
  oneview: --clusters would overwrite parish.csv
    What to do: Choose another name for the result.
  [2]
  $ oneview match parish.csv --threshold 2
  oneview: --threshold takes a number from 1e-06 to 1
  [2]
  $ oneview match parish.csv --threshold 0.9 --weight 3
  oneview: --threshold and --weight say the same thing twice
    What to do: Give one: a weight of 0 is a probability of 0.5, of 10 one of 0.999.
  [2]
  $ oneview match parish.csv --link-only
  oneview: --link-only needs two files or more
    What to do: Without it the records of one file are compared with each other.
  [2]
  $ oneview match
  oneview: "oneview match" needs FILE: a CSV file of persons, with a header
    What to do: "oneview match --help" shows how to call it
  [2]
  $ oneview evaluate --clusters c.csv --truth parish.csv --id unique_id --entity person
  oneview: parish.csv:1: there is no column "person"
    What to do: Line 1 of the file names its columns; --id and --entity say which of the truth's are meant.
  [4]

One row is one person; rows that cannot be told apart are one
  $ printf 'id,first_name\n1,Ann\n' > one.csv; oneview match one.csv --clusters - -q
  file,id,cluster_id
  one.csv,1,0
  $ yes '1,Ann,Lee' | head -1000 | awk 'BEGIN { print "id,first_name,surname" } { sub(/^1/, NR); print }' > same.csv
  $ oneview match same.csv --clusters c1.csv | grep -E '^every|^People'
  every record says the same: nothing tells them apart, so they are taken for one
  People                     1
  $ cut -d, -f3 c1.csv | sort -u
  0
  cluster_id

Ragged rows, two columns of one name and mixed encodings are read, and said
  $ printf 'id,first_name,surname,surname\n1,Ann\n2,Bob,Ray,x,y\n3,Andr\351,Fox,z\n4,Zo\303\253,Low,w\n' > odd.csv; oneview match odd.csv | sed -n '1p;/odd.csv:[0-9]/p'
  odd.csv: 4 records, UTF-8 and Windows-1252, ids from column id
  odd.csv:1: column 4 has the name of column 3: it is called "surname (2)" here
  odd.csv:2: 1 row has fewer than 4 columns, the first on this line: what is missing counts as empty
  odd.csv:3: 1 row has more than 4 columns, the first on this line: what is too much is left out; a comma in a value must be quoted

Nothing is left behind when a run fails
  $ ls | grep -c 'csv\.......$'
  0
  [1]
