#!/bin/sh
# Sees to it that the packages of `make check` are there. NO_INSTALL=1: only names what is missing. It builds nothing.
# Exit: 0 all there, 3 something is missing.
set -u
. "$(dirname "$0")/setup.sh"
install=yes
[ -z "${NO_INSTALL:-}" ] || install=no
# shellcheck disable=SC2086 # a list of words
packages_ensure "$install" $packages_check
