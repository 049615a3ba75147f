#!/bin/sh
# Builds tcpspec and plays the suite: against the reference stack, in this process and without any privilege, then against the running kernel where namespaces can be had. TAP on
# standard output, everything else on standard error. It is not `make check`, which tests tcpspec itself.
#
# usage: ./run-tests.sh [--no-install] [options and ids of `tcpspec run`]
#   --no-install   install nothing: name what is missing and exit 3
# With -t TARGET that one is played, and the output is `tcpspec run`'s own. Without it each target is a subtest. Without any option the reference stack is held to every SHOULD too
# (--strict), and is put through the exhaustive matrix.
# Exit: as `tcpspec run`, of several: 2, then 1, then 3; 3 when packages are missing or the build fails.
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
if ! make -s --no-print-directory -C "$here" -j"$(nproc 2>/dev/null || echo 1)" BUILD="$build" all >&2; then
	echo "run-tests.sh: the build failed, see above; nothing was run" >&2
	exit 3
fi
TCPSPEC_DATA=${TCPSPEC_DATA:-$here}
export TCPSPEC_DATA

for word in "$@"; do
	case $word in
	-t* | --target | --target=*) exec "$build/tcpspec" run "$@" ;;
	esac
done

# play NAME OPTION...: one run as a subtest, its lines moved in.
point=0
worst=0
play() {
	name=$1
	shift
	point=$((point + 1))
	printf '# Subtest: %s\n' "$name"
	code=$({ { "$build/tcpspec" run "$@"; echo $? >&3; } | sed -u -e '/^TAP version/d' -e 's/^/    /' >&4; } 3>&1) 4>&1
	[ "$code" -le 3 ] || code=3
	case $code in
	0) printf 'ok %d - %s\n' "$point" "$name" ;;
	*) printf 'not ok %d - %s # exit code %s\n' "$point" "$name" "$code" ;;
	esac
	case $worst$code in
	02 | 12 | 32 | 01 | 31 | 03) worst=$code ;;
	esac
}

points=2
[ $# -gt 0 ] || points=3
printf 'TAP version 13\n1..%d\n' "$points"
if [ $# -gt 0 ]; then
	play reference -t reference "$@"
else
	play reference -t reference --strict
	play 'reference, the exhaustive matrix' -t reference --strict --axes exhaustive --quiet 'matrix/*'
fi
# What keeps the kernel from being a target at all; anything else that is amiss the run itself tells.
refused=$("$build/tcpspec" doctor 2>&1 | grep -E '^no  (user namespaces|network namespaces|veth|AF_PACKET)')
if [ -z "$refused" ]; then
	play linux -t linux "$@"
else
	point=$((point + 1))
	printf '%s\n' "$refused" | sed 's/^/    # /'
	printf 'ok %d - linux # SKIP no network namespaces here, see above\n' "$point"
fi
exit "$worst"
