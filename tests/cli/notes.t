Anybody's notes are read for the factors of a profile.

A row a mention, with what is said of each; start and end count characters
  $ printf 'id,text\n1,"Zo\303\253 disclosed self-harm this week. No evidence of drug use.\nHer mother has depression."\n2,Nothing of note.\n3,"Any domestic abuse? No. Rent arrears are increasing."\n' > in.csv
  $ oneview notes read in.csv --out out.csv -q -p "$PROFILES/demo" && cat out.csv
  id,start,end,phrase,factor,polarity,time,whose,certainty,trend
  1,14,23,self-harm,mental_health,affirmed,current,subject,disclosed,
  1,50,58,drug use,substance_misuse,negated,current,subject,stated,
  1,75,85,depression,mental_health,affirmed,current,family,stated,
  3,4,18,domestic abuse,domestic_violence,negated,current,subject,stated,
  3,24,36,Rent arrears,debt,affirmed,current,subject,stated,worsening

Phrases given row by row, in any order of columns: one row each, also for one that is not there
  $ printf 'phrase,text,id\ncough,"Denies COUGH, fever or cough.",7\nfever,No rash.,8\n' > target.csv
  $ oneview notes read --target target.csv -o - -p "$PROFILES/demo"
  id,start,end,phrase,factor,polarity,time,whose,certainty,trend
  7,7,12,COUGH,,negated,current,subject,stated,
  8,,,fever,,,,,,

Rules may come from a file of one's own
  $ printf 'rules:\n  - {as: negated, direction: forward, phrases: [zero]}\n' > rules.yaml
  $ printf 'id,phrase,text\n1,cough,zero cough\n2,cough,no cough\n' > target.csv && oneview notes read --target target.csv -o - --rules rules.yaml | cut -d, -f1,6
  id,polarity
  1,negated
  2,affirmed

What is wrong with rules is told with file, line and what would be right
  $ printf 'rules:\n  - {as: negated, direction: sideways, phrases: [no]}\n' > rules.yaml; oneview notes read --target target.csv -o - --rules rules.yaml; echo "exit code $?"
  oneview: rules.yaml:2:30: `direction: sideways` is not known
    What to do: Write forward, backward, both, terminate, pseudo or section.
  exit code 3

So is what is wrong with the notes, and nothing is written
  $ rm out.csv; printf 'id,text\n1,fine\n2,"open\n' > bad.csv; oneview notes read bad.csv -o out.csv -p "$PROFILES/demo"; echo "exit code $?"; ls
  oneview: bad.csv:3: a quote of this row does not close
    What to do: Close it, and write a quote inside a note twice.
  exit code 3
  bad.csv
  in.csv
  rules.yaml
  target.csv
  $ printf 'id,note\n1,fine\n' > bad.csv; oneview notes read bad.csv -o out.csv -p "$PROFILES/demo"; echo "exit code $?"
  oneview: bad.csv:1: there is no column "text"
    What to do: The first line names the columns: id,text.
  exit code 3
  $ oneview notes read in.csv -p "$PROFILES/demo"; echo "exit code $?"
  oneview: --out is missing
    What to do: oneview notes read IN.csv --out OUT.csv
  exit code 2

How well labelled sentences are read
  $ printf 'id,phrase,text,negation,time,whose\n1,cough,No cough.,negated,recent,patient\n2,cough,History of cough.,affirmed,historical,patient\n3,cough,Her father has a cough.,affirmed,recent,family member\n4,rash,If a rash comes call us.,affirmed,not particular,patient\n' > set.csv
  $ oneview evaluate notes set.csv -p "$PROFILES/demo" --json | python3 -c 'import json,sys; d = json.load(sys.stdin); print(d["rows"], *(d[k]["f1"] for k in ("negated", "past", "hypothetical", "other")))'
  4 1.0 1.0 1.0 1.0
  $ oneview evaluate notes set.csv -p "$PROFILES/demo" --half odd | head -1
  Rows                       2

An example of a factor that is not read as it says is a problem of the profile, with its line
  $ cp -r "$PROFILES" p && sed -i 's/^must_not_fire:/must_not_fire:\n  - There are rent arrears./' p/demo/factors/debt.yaml && oneview profile check p/demo 2>&1 | grep -A1 debt.yaml | sed 's/yaml:[0-9]*/yaml:LINE/'
  factors/debt.yaml:LINE:5: the sentence must not be read as the factor, and is
      Correct the sentence, the phrases, or the rules.
