#!/bin/sh
# Checks that every planted bug of fuzz/bugs says what it is and how it was proved, and still applies without any fuzz: those of the reference stack, and those of lwIP where its source was fetched.
# It builds and plays nothing: `make fuzz-bugs` does. Output: TAP.
set -u
cd "$(dirname "$0")/../.." || exit 3
lwip=${LWIP_SRC:-${BUILD:-build}/lwip-source}
room=$(mktemp -d) && trap 'rm -rf "$room"' EXIT
number=0 failed=0

# $1: what is asked, the rest: a command that answers.
ask() {
	what=$1 word=ok
	shift
	number=$((number + 1))
	said=$("$@" 2>&1) || { word='not ok' && failed=1; }
	echo "$word $number - $what"
	[ "$word" = ok ] || echo "$said" | sed 's/^/# /'
}

# $1: the patch, $2: the tree that it is for.
applies() {
	rm -rf "$room/tree"
	for file in $(sed -n 's,^+++ b/,,p' "$1"); do
		mkdir -p "$room/tree/$(dirname "$file")" && cp "$2/$file" "$room/tree/$file" || return 1
	done
	patch -p1 -F0 -s -f --no-backup-if-mismatch -d "$room/tree" <"$1" && grep -rq 'BUG_REACHED()' "$room/tree" && grep -rq 'BUG_TRIGGERED(' "$room/tree"
}

# The head: a sentence, class, clause, and the test that proves it, in the suite or beside the bugs.
head_ok() {
	sed -n 2p "$1" | grep -Eq '^class: (memory|liveness|semantic)$' && sed -n 3p "$1" | grep -q '^clause: .' || return 1
	test=$(sed -n '4s/^proof: //p' "$1")
	case $test in
	proof/*) [ -f "fuzz/bugs/$test.ladder" ] ;;
	*) [ -f "suite/${test%%/*=*}.ladder" ] || [ -f "suite/$(echo "$test" | cut -d/ -f1,2).ladder" ] ;;
	esac
}

for patch in fuzz/bugs/*/*.patch; do
	ask "$patch says what, class, clause and proof" head_ok "$patch"
	case $patch in
	fuzz/bugs/reference/*) ask "$patch applies" applies "$patch" . ;;
	*) if [ -d "$lwip/src/core" ]; then ask "$patch applies" applies "$patch" "$lwip"; fi ;;
	esac
done
for ladder in fuzz/bugs/proof/*.ladder; do
	ask "$ladder proves a bug" grep -qrx "proof: proof/$(basename "$ladder" .ladder)" fuzz/bugs --include='*.patch'
done
echo "1..$number"
exit "$failed"
