#!/bin/sh
# Fills the README's samples with what the tool prints now: the blocks between `<!-- fill: begin NAME -->` and `<!-- fill: end NAME -->`, and what stands behind
# `<!-- fill: slack -->`. Times, ports and the kernel's local version are left out, so that the text is stable. It does not judge what it prints: read `git diff README.md`.
#
# usage: tests/readme.sh [--print]   (from the top of the tree; --print: the filled README on standard output, no file is touched, and the exhaustive set is not played: its
# block stays as it is. tests/live/matrix.t, which plays it anyway, holds that one against its own run)
# TCPSPEC names the command, default build/tcpspec. Exit: 0; 1 when the command did not print what is looked for.
set -eu
tcpspec=${TCPSPEC:-build/tcpspec}
export TCPSPEC_DATA="${TCPSPEC_DATA:-.}"
readme=README.md
blocks=$(mktemp -d)
trap 'rm -rf "$blocks"' EXIT INT TERM

fenced() {
	echo '```'
	cat
	echo '```'
}

local_version='s/\([0-9]\.[0-9]*\.[0-9]*\)[-+][^ ,)]*/\1/'

# The head of a run's output and its tail.
output() {
	"$tcpspec" run --seed 1 >"$blocks/run" || [ $? -eq 1 ]
	grep -v -e '^# choices' -e '^# setting' -e '^# selection' "$blocks/run" | sed -e "$local_version" -e 's/; round trip .*//' | awk '
		/^(TAP|1\.\.)/ || (/^#/ && !results) { print; next }
		/^(not )?ok / { results++ }
		/ - close\/figure-12\/a\/v4/ || / - matrix\/established\/rst\/exact\/-\/0\/v4/ || / - matrix\/time-wait\/fin\/exact\/-\/0\/v4/ { print "  [...]"; print }
		/^# [0-9]+ cells/ { print "  [...]"; print }
		/^# left out/ || /^# edges/' | sed 's/\( # TODO .\{60\}[^ ]*\) .*/\1 [...]/'
}

# What the reference stack comes to: the counts of both runs.
reference() {
	for set in "" "--axes exhaustive"; do
		# shellcheck disable=SC2086 # words
		"$tcpspec" run -t reference --strict --quiet --seed 1 $set ${set:+matrix/*} | grep -e '^# [0-9]* cells'
	done
}

# One failure: the first result of a run under a fault.
failure() {
	"$tcpspec" run --seed 7 --fault wrong-ack matrix/established/syn/exact/-/0/v4 >"$blocks/failing" || [ $? -eq 1 ]
	sed -n '/^not ok/,/^  \.\.\.$/p' "$blocks/failing" | sed -e '/^  tuple: /d' -e 's/ *# [0-9.]* ms$//' -e 's/ *# [0-9.]* ms  <==/  # <==/'
}

# Some rows of the catalogue with their verdicts; the count of all; the cases of TC8.
requirements() {
	"$tcpspec" requirements -t reference 'MUST-3[4-9]' | awk -F '\t' '/^MUST/ { n = split($6, test, " "); printf "%-8s %-5s %-19s %-8s %-5s %s%s\n", $1, $2, $3, $4, $5, test[1], (n > 1 ? " ..." : "") }'
}
covered() {
	"$tcpspec" requirements | grep '^# [0-9]* '
}
tc8() {
	"$tcpspec" run -t reference --suite tc8 --seed 1 >"$blocks/cases" || [ $? -eq 1 ]
	grep '^# [0-9]* cases' "$blocks/cases"
}

# A slice, without its legend.
slice() {
	"$tcpspec" matrix --axes full --seed 1 'matrix/established/@(syn-ack|ack|fin-ack|rst-ack)/*/una/0/v4' 2>/dev/null | sed -n '/^|/p'
}

# The count of the exhaustive set, and how many causes the known lines have.
exhaustive() {
	"$tcpspec" run --axes exhaustive --quiet --seed 1 'matrix/*' >"$blocks/whole" || [ $? -eq 1 ]
	grep '^# [0-9]* cells: ' "$blocks/whole" | fenced
	causes=$(sed -n 's/^# [^ ]*known[^ ]*: [0-9,]* cells*, [^:]*%: //p' "$blocks/whole" | grep -vx 'the same cause' | sort -u | wc -l)
	awk -v causes="$causes" '/^# [0-9]+ cells: / { match($0, /[0-9]+ known/); known = substr($0, RSTART, RLENGTH) + 0
		printf "\nWhat is known, %.1f %% of the cells, has %d causes. The summary tells each, with the cells that it takes.\n", 100 * known / $2, causes }' "$blocks/whole"
}

output | fenced >"$blocks/output"
reference | fenced >"$blocks/reference"
failure | fenced >"$blocks/failure"
requirements | fenced >"$blocks/requirements"
covered | fenced >"$blocks/covered"
tc8 | fenced >"$blocks/tc8"
"$tcpspec" matrix --seed 1 2>/dev/null >"$blocks/matrix" || [ $? -eq 1 ]
"$tcpspec" model --slack | tail -n 1 | sed 's/, 0 of them unargued$/, each of them argued for/;s/$/./' >"$blocks/slack"
slice >"$blocks/slice"
if [ "${1:-}" = --print ]; then
	sed -n '/^<!-- fill: begin exhaustive -->/,/^<!-- fill: end exhaustive -->/{/^<!-- /!p;}' "$readme" >"$blocks/exhaustive"
else
	exhaustive >"$blocks/exhaustive"
fi
for name in output reference failure requirements covered tc8 matrix slice exhaustive slack; do
	[ "$(wc -c <"$blocks/$name")" -gt 50 ] || { echo "readme.sh: $tcpspec printed nothing for the block \"$name\"" >&2 && exit 1; }
done

awk -v blocks="$blocks" '
	function put(name) { while ((getline line < (blocks "/" name)) > 0) print line }
	/^<!-- fill: begin / { print; put($4); skip = 1; next }
	/^<!-- fill: end / { skip = 0 }
	skip { next }
	/<!-- fill: slack -->/ { sub(/<!-- fill: slack -->.*/, "<!-- fill: slack -->"); printf "%s", $0; put("slack"); next }
	{ print }' "$readme" >"$blocks/readme"
if [ "${1:-}" = --print ]; then
	cat "$blocks/readme"
else
	cat "$blocks/readme" >"$readme"
fi
