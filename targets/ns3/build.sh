#!/bin/sh
# Builds the glue of ns-3 into BUILD/libtcpspec-ns3.so, after it has installed Debian's libns3-dev where that is missing (as root; NO_INSTALL=1: only names it).
#
# usage: targets/ns3/build.sh BUILD           (make target-ns3)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(mkdir -p "$1" && cd "$1" && pwd)
cxx=${CXX:-g++}

if ! echo '#include <ns3/tcp-socket-base.h>' | $cxx -x c++ -E - >/dev/null 2>&1; then
	[ -z "${NO_INSTALL:-}" ] || { echo "target-ns3: needs Debian's libns3-dev: apt-get install libns3-dev" >&2; exit 1; }
	apt-get install -y -q --no-install-recommends libns3-dev >&2 || { echo "target-ns3: apt-get install libns3-dev failed; install it as root" >&2; exit 1; }
fi
version=$(dpkg-query -W -f '${Version}' libns3-dev 2>/dev/null || echo unknown)
# shellcheck disable=SC2086
$cxx -std=gnu++17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror ${CFLAGS:--O2 -g} -fPIC -fvisibility=hidden -DNS3_PACKAGE="\"$version\"" -I"$build/include" -shared -o "$build/libtcpspec-ns3.so" "$here"/*.cc \
	-lns3-virtual-net-device -lns3-internet -lns3-network -lns3-core
echo "$build/libtcpspec-ns3.so"
