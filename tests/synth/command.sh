#!/bin/sh
# oneview-synth as a command: command.sh PROGRAM
# Wrong arguments are refused with status 2 and a remedy; whole runs do not depend on threads.
set -eu
program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

"$program" --help | grep -q -- '--people N' || fail "help does not name --people"
"$program" --version | grep -q '^oneview-synth [0-9]' || fail "no version"

for wrong in '--people 3 --out x' '--people many --out x' '--months 61 --out x' '--threads -1 --out x' '--bogus' '--out x rest' ''; do
	status=0
	# shellcheck disable=SC2086 # the words are separate arguments
	(cd "$work" && "$program" $wrong) 2>"$work/told" || status=$?
	[ "$status" = 2 ] || fail "'$wrong' ended with $status"
	grep -q 'What to do: ' "$work/told" || fail "'$wrong' gave no remedy"
	[ ! -e "$work/x" ] || fail "'$wrong' made a folder"
done

for threads in 1 2; do
	"$program" --people 700 --months 8 --seed 9 --threads $threads --out "$work/$threads" 2>/dev/null
done
diff -r "$work/1" "$work/2" || fail "the files depend on the number of threads"
[ "$(find "$work/1/truth" -size +0 | wc -l)" -ge 10 ] || fail "truth is missing"

"$program" --people 700 --months 8 --seed 10 --out "$work/3" 2>/dev/null
! cmp -s "$work/1/truth/persons.csv" "$work/3/truth/persons.csv" || fail "another seed gave the same people"
