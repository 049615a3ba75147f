#!/bin/sh
# Rewrites the golden files of tests/golden from what the reports print now. It does not judge the difference: `git diff tests/golden` is for you to read.
#
# usage: tests/golden.sh [BUILD]   (from the top of the tree; BUILD: where test_golden was built, default build)
set -eu
build=${1:-build}
TCPSPEC_GOLDEN=write "$build/tests/reports/test_golden" >/dev/null
git diff --stat -- tests/golden 2>/dev/null || true
