#!/bin/sh
# The header of stacks stands alone: it compiles by itself, as C and as C++, with every warning, by each compiler that there is.
#
# usage: tests/target/stack-header.sh   (run from the top of the tree)
# Output: TAP. Exit: 0 clean, 1 a finding.
set -u

header=lib/target/stack.h
number=0
failed=0

# compiles COMPILER LANGUAGE STANDARD
compiles() {
	number=$((number + 1))
	command -v "$1" >/dev/null || {
		echo "ok $number - $1, $3 # SKIP no $1 here"
		return
	}
	if found=$("$1" -x "$2" -std="$3" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only - 2>&1 <"$header"); then
		echo "ok $number - $1, $3"
		return
	fi
	echo "not ok $number - $1, $3"
	printf '%s\n' "$found" | sed 's/^/# /'
	failed=1
}

echo "TAP version 13"
echo "1..7"
compiles gcc c c99
compiles gcc c c17
compiles clang c c99
compiles g++ c++ c++11
compiles g++ c++ c++17
compiles clang++ c++ c++11
number=$((number + 1))
if found=$(grep -n '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$header"); then
	echo "not ok $number - it includes nothing of the tree"
	printf '%s\n' "$found" | sed 's/^/# /'
	failed=1
else
	echo "ok $number - it includes nothing of the tree"
fi
[ "$failed" -eq 0 ]
