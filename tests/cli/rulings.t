A run's model is a file to read and to replay, and what people ruled can teach it.

  $ export ONEVIEW_PASSWORD='correct horse battery'
  $ oneview init w --profile "$TESTS/data/village/profile" --quiet
  $ cp "$TESTS"/data/village/january/* w/inbox && touch -d 2020-01-01 w/inbox/*
  $ oneview refresh w --quiet

The model says which run made it, over which extracts, and whether it was trained
  $ oneview link w --save-model m.json --quiet
  $ grep -E '"(from|to|extracts|trained_in_run)":' m.json
    "from": "2026-01-01",
    "to": "2026-01-01",
    "extracts": 3
   "trained_in_run": 1

Given back, it is used as it is
  $ oneview link w --model m.json --save-model again.json --quiet
  $ diff m.json again.json

A file that is no model is refused, and nothing changes
  $ echo '{}' > none.json
  $ oneview link w --model none.json 2>&1 >/dev/null
  oneview: the model does not fit the columns to be linked
    What to do: Leave the model out, so that a new one is trained.
  [3]
  $ oneview link w --model none.json --retrain
  oneview: --model and --retrain exclude each other
    What to do: retrain first, with --save-model; then use the file
  [2]

Without decisions there is nothing to learn from, and nothing to judge by
  $ oneview link w --retrain | head -1
  Decisions learned from     0
  $ oneview evaluate w --labels | head -6
  Decisions that hold        0
  of them same person        0
  of them shown wrong before 0
  Estimated false links      0.0
  Estimated missed links     0.0
  Share of doubt covered     0.000
