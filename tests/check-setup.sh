#!/bin/sh
# Sees to it that the packages of `make check` are there. NO_INSTALL=1: only names what is missing. It builds nothing.
# Exit: 0 all there, 3 something is missing.
set -u
. "$(dirname "$0")/setup.sh"
install=yes
[ -z "${NO_INSTALL:-}" ] || install=no
# shellcheck disable=SC2086 # a list of words
packages_ensure "$install" $packages_check || exit 3

# MemorySanitizer's runtime is a package of its own, named after clang's version, in the systems whose clang only recommends it.
runtime=$(mktemp) || exit 3
trap 'rm -f "$runtime"' EXIT INT TERM
echo 'int main(void) { return 0; }' | clang -fsanitize=memory -x c -o "$runtime" - 2>/dev/null || packages_ensure "$install" "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
