#!/bin/sh
# Builds lwIP and its glue into BUILD/libtcpspec-lwip.so, from LWIP_SRC or from Debian's source package, which it fetches. Nothing of the system's configuration is changed.
#
# usage: targets/lwip/build.sh BUILD            (make target-lwip [LWIP_SRC=DIR] [LWIP_LIB=FILE.so])
# LWIP_SRC: the user's own tree of lwIP 2.x, the directory that has src/core. LWIP_LIB: the library's name, if not libtcpspec-lwip.so.
# CC, CFLAGS: the compiler. With -fsanitize=address the library wants a tcpspec that was built so.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(mkdir -p "$1" && cd "$1" && pwd)
library=$build/${LWIP_LIB:-libtcpspec-lwip.so}
cc=${CC:-gcc}
package=lwip

die() {
	echo "target-lwip: $*" >&2
	exit 1
}

# Debian keeps sources in lists of their own, which most machines lack: the machine's lists, turned to sources, in a directory of the build.
lists_of_sources() {
	apt=$build/lwip-apt
	mkdir -p "$apt/parts" "$apt/lists/partial"
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -n 's/^deb[[:space:]]/deb-src /p' >"$apt/sources.list"
	for file in /etc/apt/sources.list.d/*.sources; do
		[ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$apt/parts/$(basename "$file")"
	done
	options="-o Dir::Etc::SourceList=$apt/sources.list -o Dir::Etc::SourceParts=$apt/parts -o Dir::State::Lists=$apt/lists -o APT::Sandbox::User=root"
}

fetch_source() {
	command -v apt-get >/dev/null && command -v dpkg-source >/dev/null || die "needs apt-get and dpkg-source (package dpkg-dev) to fetch Debian's lwIP; or say LWIP_SRC=DIR"
	lists_of_sources
	# shellcheck disable=SC2086
	apt-get -qq $options update || die "apt-get cannot read Debian's list of sources: look at /etc/apt and the network, or say LWIP_SRC=DIR"
	rm -rf "$build/lwip-source.part" && mkdir "$build/lwip-source.part"
	# shellcheck disable=SC2086
	(cd "$build/lwip-source.part" && apt-get -qq $options source "$package" >/dev/null) || die "apt-get source $package failed: is there a Debian (or Ubuntu, universe) in /etc/apt? Or say LWIP_SRC=DIR"
	mv "$build/lwip-source.part"/lwip-*/ "$build/lwip-source"
	rm -rf "$build/lwip-source.part" "$apt"
}

source=${LWIP_SRC:-$build/lwip-source}
[ -n "${LWIP_SRC:-}" ] || [ -d "$source/src/core" ] || fetch_source
[ -d "$source/src/core" ] || die "$source has no src/core: LWIP_SRC is the top of lwIP's tree"

objects=$build/lwip-objects
rm -rf "$objects" && mkdir "$objects"
flags="-std=gnu17 -fPIC -fvisibility=hidden -fno-common -fdata-sections ${CFLAGS:--O2 -g} -I$here -I$source/src/include -I$build/include"
# Guards between globals are not for a section that is copied as a whole.
case ${CFLAGS:-} in *-fsanitize=*address*) if $cc --version | grep -q clang; then flags="$flags -mllvm -asan-globals=0"; else flags="$flags --param asan-globals=0"; fi ;; esac
# lwIP's own warnings are its own affair.
# shellcheck disable=SC2086
find "$source/src/core" -name '*.c' | while read -r file; do
	$cc $flags -w -c -o "$objects/$(basename "$file" .c).o" "$file" || exit 1
done || die "lwIP does not compile with targets/lwip/lwipopts.h: its version may be another than 2.x"
# What changes in lwIP lies in one section, for glue.c to copy.
ld -r -T "$here/globals.ld" -o "$objects/lwip.o" "$objects"/*.o
for file in port glue; do
	# shellcheck disable=SC2086
	$cc $flags -Wall -Wextra -Wno-unused-parameter -c -o "$objects/$file.o" "$here/$file.c"
done
# shellcheck disable=SC2086
$cc ${CFLAGS:--O2 -g} -shared -o "$library" "$objects/port.o" "$objects/glue.o" "$objects/lwip.o"
echo "$library: lwIP of $source"
