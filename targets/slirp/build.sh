#!/bin/sh
# Builds the glue of libslirp into BUILD/libtcpspec-slirp.so, after it has installed Debian's libslirp-dev where that is missing (as root; NO_INSTALL=1: only names it).
#
# usage: targets/slirp/build.sh BUILD           (make target-slirp)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(mkdir -p "$1" && cd "$1" && pwd)
cc=${CC:-gcc}

if ! echo '#include <slirp/libslirp.h>' | $cc -E - >/dev/null 2>&1; then
	[ -z "${NO_INSTALL:-}" ] || { echo "target-slirp: needs Debian's libslirp-dev: apt-get install libslirp-dev" >&2; exit 1; }
	apt-get install -y -q --no-install-recommends libslirp-dev >&2 || { echo "target-slirp: apt-get install libslirp-dev failed; install it as root" >&2; exit 1; }
fi
# shellcheck disable=SC2086
$cc -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror ${CFLAGS:--O2 -g} -fPIC -fvisibility=hidden -I"$build/include" -shared -o "$build/libtcpspec-slirp.so" "$here"/*.c -lslirp
echo "$build/libtcpspec-slirp.so"
