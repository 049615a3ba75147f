#!/bin/sh
# Rewrites the golden files of tests/golden from what the reports and commands print now. It does not judge the difference: `git diff tests/golden` is for you to read.
#
# usage: tests/golden.sh [BUILD]   (from the top of the tree; BUILD: where the test_golden* were built, default build)
set -eu
build=${1:-build}
for test in "$build"/tests/reports/test_golden "$build"/tests/reports/test_diff "$build"/tests/reports/test_compare "$build"/tests/reports/test_junit "$build"/tests/cli/test_golden_commands; do
	TCPSPEC_GOLDEN=write "$test" >/dev/null
done
git diff --stat -- tests/golden 2>/dev/null || true
