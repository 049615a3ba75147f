#!/bin/sh
# Builds tcpspec and plays the suite against the running kernel: TAP on standard output, everything else on standard error. It is not `make check`, which
# tests tcpspec itself.
#
# usage: ./run-tests.sh [--no-install] [options and ids of `tcpspec run`]
#   --no-install   install nothing: name what is missing and exit 3
# Exit: as `tcpspec run`; 3 when packages are missing or the build fails.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/tests/setup.sh"

install=yes
if [ "${1:-}" = --no-install ]; then
	install=no
	shift
fi
[ -z "${NO_INSTALL:-}" ] || install=no
# shellcheck disable=SC2086 # a list of words
packages_ensure "$install" $packages_run || exit 3

build=${BUILD:-build}
case $build in /*) ;; *) build=$here/$build ;; esac
if ! make -s --no-print-directory -C "$here" -j"$(nproc 2>/dev/null || echo 1)" BUILD="$build" "$build/tcpspec" >&2; then
	echo "run-tests.sh: the build failed, see above; nothing was run" >&2
	exit 3
fi
TCPSPEC_DATA=${TCPSPEC_DATA:-$here} exec "$build/tcpspec" run "$@"
