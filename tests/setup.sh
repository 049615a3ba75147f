# The Debian packages that the two commands of the README need, and their installation. Sourced by run-tests.sh and tests/check-setup.sh; it runs nothing by itself.

# What a build of tcpspec needs.
packages_run="gcc make libc6-dev libnet1-dev libpcap-dev libmnl-dev libjansson-dev libxml2-dev"
# What the project's own tests need beside that.
packages_check="$packages_run iproute2 libcmocka-dev libxml2-utils perl libjson-xs-perl git clang clang-format groff-base tcpdump zip unzip"

# Names the packages of the list that are not installed.
packages_missing() {
	missing=
	for package in "$@"; do
		case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
		*" installed") ;;
		*) missing="$missing $package" ;;
		esac
	done
	printf '%s' "${missing# }"
}

# packages_ensure INSTALL PACKAGE...: everything there, or installed when INSTALL is yes and this is root; otherwise names what is missing and returns 3.
# All of it goes to standard error.
packages_ensure() {
	install=$1
	shift
	if ! command -v dpkg-query >/dev/null 2>&1; then
		echo "setup: no dpkg here, so nothing is installed; on this system provide what these Debian packages hold: $*" >&2
		return 0
	fi
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	if [ "$install" != yes ]; then
		echo "setup: missing: $missing" >&2
		return 3
	fi
	if [ "$(id -u)" -ne 0 ]; then
		echo "setup: missing: $missing; install them as root: apt-get install --no-install-recommends $missing" >&2
		return 3
	fi
	echo "setup: installing through apt-get: $missing" >&2
	# shellcheck disable=SC2086 # a list of words
	if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $missing; } >&2; then
		echo "setup: apt-get failed; install by hand: $missing" >&2
		return 3
	fi
}
