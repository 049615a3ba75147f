#!/bin/sh
# Checks that every patch of targets/reference/mutants has a head and still applies. It builds and plays nothing: `make mutants` does. Output: TAP.
set -u
cd "$(dirname "$0")/../.." || exit 3
exec perl tests/mutants/patches.pl --list
