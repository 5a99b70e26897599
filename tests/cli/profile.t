A profile is checked as a whole.

A sound profile is counted
  $ oneview profile check "$TESTS/data/profiles/good"

Every problem has its file, line and remedy
  $ oneview profile check "$TESTS/data/profiles/bad" | head -8
  $ oneview profile check "$TESTS/data/profiles/bad" >/dev/null

A folder that is not there is told
  $ oneview profile check nowhere

The fictional borough's profile is sound
  $ oneview profile check "$PROFILES/demo" --quiet
