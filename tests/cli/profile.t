A profile is checked as a whole.

A sound profile is counted
  $ cd "$TESTS/data/profiles"
  $ oneview profile check good
  Profile                    A small profile without a problem
  Sources                    2
  Feeds                      2
  Elements                   12
  Agreements                 1
  Roles                      2
  Purposes                   2
  Event rules                2
  Factors                    0
  Phrases of factors         0

Every problem has its file, line and remedy
  $ oneview profile check bad 2>/dev/null | head -4
  agreements.yaml:1:3: `status` is missing
      Add `status: ...` here.
  agreements.yaml:1:3: the agreement `one` shares criminal-offence elements without a condition for them
      Add `criminal_condition:` (UK GDPR article 10, Data Protection Act 2018 schedule 1), or leave those elements out.
  $ oneview profile check bad >/dev/null
  oneview: 166 problems in bad
    What to do: put right what is listed and check again
  [3]

A file that is no part of a profile is told, with the files that are, each once
  $ (cd "$OLDPWD" && mkdir other && echo 'a: 1' > other/demo_profile.yaml && oneview profile check other 2>/dev/null | head -2)
  demo_profile.yaml:1:1: no part of a profile is kept in `demo_profile.yaml`
      Use one of: sources.yaml, elements.yaml, purposes.yaml, roles.yaml, agreements.yaml, restrictions.yaml, events.yaml, lists.yaml, summaries.yaml, glossary.yaml.

A folder that is not there is told
  $ oneview profile check nowhere
  oneview: nowhere: there is no profile folder
    What to do: Name a folder that holds profile.yaml, such as profiles/demo.
  [4]

Problems are a document with --json
  $ oneview profile check bad --json 2>/dev/null | head -10
  {
    "problems": [
      {
        "file": "agreements.yaml",
        "line": 1,
        "column": 3,
        "severity": "error",
        "message": "`status` is missing",
        "remedy": "Add `status: ...` here."
      },
