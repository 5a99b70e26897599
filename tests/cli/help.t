The command line explains itself.

A mistyped command is answered with the nearest
  $ oneview hlep
  oneview: There is no command "hlep"
    What to do: did you mean "oneview help"?
  [2]

Nothing near is pointed to the list
  $ oneview frobnicate
  oneview: There is no command "frobnicate"
    What to do: "oneview help" lists the commands
  [2]

A mistyped option is answered with the nearest
  $ oneview version --jsn
  oneview: "oneview version" has no option --jsn
    What to do: did you mean --json?
  [2]

An option that takes no value refuses one
  $ oneview version --json=yes
  oneview: --json takes no value
  [2]

Too many operands are refused
  $ oneview version now
  oneview: "oneview version" does not know what to do with "now"
    What to do: "oneview version --help" shows how to call it
  [2]

Errors are a document with --json
  $ oneview help nothing-like-it --json
  {"error":{"status":"usage","code":"cli.command","message":"There is no command \"nothing-like-it\"","remedy":"\"oneview help\" lists the commands","file":null,"cause":null}}
  [2]

Each exit code is documented
  $ oneview help exit-codes
     0  ok            done
     2  usage         the command, an option or an operand does not exist or is missing
     3  invalid       outside data or configuration is wrong; file and line are named
     4  not_found     there is no such workspace, file, user or record
     5  refused       policy, an agreement or the key says no
     6  conflict      somebody else holds it, such as another refresh; nothing was changed
     7  held          finished, but at least one extract waits for a person's decision
     8  io            disk, network or database failed; what was committed is kept
     9  corrupt       stored data does not verify
    10  no_memory     out of memory
    11  too_large     over a documented ceiling
    13  internal      a fault of the program itself; please report it
   130  interrupted   stopped by Ctrl-C or a shutdown; run it again to go on
  $ oneview help exit-codes | while read -r code name rest; do
  >   grep -q "^| $code | \`$name\` |" "$TESTS/../docs/exit-codes.md" || echo "$code $name is not in docs/exit-codes.md"
  > done

Help says how to call a command, with examples
  $ oneview help version
  Usage: oneview version [OPTION]...
  
  Show the program's version.
  
  Options:
        --json                answer as one JSON document; errors too, on standard
                              error
    -q, --quiet               say nothing when all is well
    -h, --help                show this help
  
  Examples:
    oneview version --json
        The version, and those of the libraries underneath.
  
  Exit codes: "oneview help exit-codes".

Every command has a summary, examples and a man page that renders
  $ oneview help --write-man-pages=man1
  $ oneview help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)   *[A-Z].*/\1/p' | while read -r command; do
  >   page=man1/oneview-$(echo "$command" | tr ' ' -).1
  >   test -f "$page" || echo "$command has no man page"
  >   oneview $command --help </dev/null >"man1/$command.help"
  >   grep -q '^Examples:' "man1/$command.help" || echo "$command has no examples"
  >   man --warnings -l "$page" 2>&1 >/dev/null </dev/null | head -3
  > done

Help is text alone, and each group of commands is told once
  $ oneview help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)   *[A-Z].*/\1/p' | while read -r command; do
  >   LC_ALL=C grep -n '[^ -~]' "man1/$command.help" | sed "s/^/$command: /"
  >   test "$(grep -c '^  [A-Z][a-z]*$' "man1/$command.help")" = 0 || echo "$command shows the rows of another"
  > done
  $ oneview help | grep '^[A-Z]' | sort | uniq -d

Bash completion knows the commands
  $ oneview help --bash-completion > completion
  $ bash -c '. ./completion; COMP_WORDS=(oneview vers); COMP_CWORD=1; _oneview; echo "${COMPREPLY[*]}"'
  version
  $ bash -c '. ./completion; COMP_WORDS=(oneview version --q); COMP_CWORD=2; _oneview; echo "${COMPREPLY[*]}"'
  --quiet

Colour is for terminals only
  $ oneview help | grep -c "$(printf '\033')"
  0
  [1]
