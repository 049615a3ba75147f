#!/bin/sh
# Times `tcpspec run --all` against its floor, the longest play alone: what is above 1 is the tester's own. A measurement, never a test.
#
# usage: lib/bench/all.sh TCPSPEC   (takes twice as long as the longest play: some three minutes)
set -eu
records=$(mktemp -d)
trap 'rm -rf "$records"' EXIT
"$1" run --all --json "$records/all" >/dev/null || test $? -le 1
# Results come in the order in which they end, and waiting plays all begin at once.
longest=$(sed -n 's/^{"type":"result","id":"\([^"]*\)".*/\1/p' "$records/all" | tail -n 1)
"$1" run --all --json "$records/longest" "$longest" >/dev/null || test $? -le 1
elapsed() { sed -n 's/^{"type":"end".*"elapsed_us":\([0-9]*\).*/\1/p' "$1"; }
awk -v all="$(elapsed "$records/all")" -v floor="$(elapsed "$records/longest")" -v id="$longest" \
	'BEGIN { printf "run --all %.1f s, %.2f of its longest play alone (%s, %.1f s)\n", all / 1e6, all / floor, id, floor / 1e6 }'
