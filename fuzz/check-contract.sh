#!/bin/sh
# Holds fuzz/oss-fuzz against what ClusterFuzz asks, as its own checks of a build do, without its images and without a network: builds by build.sh from a copy of the tree, then runs each harness where there is nothing but
# libc, /tmp and /proc, in an empty environment, from another folder than it was built in. The thresholds are those of OSS-Fuzz's bad_build_check (its 168 and 200 calls of UBSan count 165 of the runtime of its own clang; here those of this one are counted first). It fuzzes for no longer than a thousand inputs.
#
# usage: fuzz/check-contract.sh [address|undefined]      (from anywhere; default: address)
# Output: TAP. Exit: 0 as it should be, 1 a finding, 3 it cannot be checked here. KEEP=FOLDER: built there, and kept. LWIP_SRC=DIR: with lwIP's harness too.
set -u

sanitizer=${1:-address}
root=$(cd "$(dirname "$0")/.." && pwd) || exit 3
edges_least=100 asan_least=1000 asan_most=0 ubsan_more=3 ubsan_spare=35 msan_most=3

# What base-builder has in its environment, for each sanitizer.
common='-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION'
case $sanitizer in
address) flags='-fsanitize=address -fsanitize-address-use-after-scope' ;;
undefined)
	kinds=array-bounds,bool,builtin,enum,integer-divide-by-zero,null,object-size,return,returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr
	flags="-fsanitize=$kinds,unsigned-integer-overflow -fno-sanitize-recover=$kinds"
	asan_least=0 ubsan_spare=1000000000
	;;
*)
	echo "usage: fuzz/check-contract.sh [address|undefined]" >&2
	exit 3
	;;
esac
[ "$sanitizer" != address ] || { ubsan_more=0 asan_most=1000000000; }

for tool in clang clang++ make perl zip unzip objdump unshare timeout; do
	command -v "$tool" >/dev/null || {
		echo "check-contract: needs $tool: apt-get install clang make perl zip unzip binutils util-linux coreutils" >&2
		exit 3
	}
done
# A namespace of our own to lose /dev in; an ordinary user takes one of users too.
alone='unshare -m -p -f -n'
[ "$(id -u)" -eq 0 ] || alone='unshare -Ur -m -p -f -n'
$alone true 2>/dev/null || {
	echo "check-contract: no namespace can be made here: run it as root, or where user namespaces are allowed" >&2
	exit 3
}

garden=${KEEP:-$(mktemp -d)} || exit 3
[ -n "${KEEP:-}" ] || trap 'rm -rf "$garden"' EXIT INT TERM
rm -rf "$garden/src" "$garden/out" "$garden/room"
mkdir -p "$garden/src/tcpspec" "$garden/work" "$garden/out" "$garden/room/out" "$garden/room/tmp" "$garden/room/proc" || exit 3

number=0
failed=0
# point NAME FOUND: a point that wants nothing found.
point() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number - $1"
		return
	fi
	echo "not ok $number - $1"
	printf '%s\n' "$2" | tail -n 40 | sed 's/^/# /'
	failed=1
}

# state FOLDER: all that lies in it.
state() {
	(cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort)
}

# ---- the build ----

tar -C "$root" --exclude=./.git --exclude=./build -cf - . | tar -C "$garden/src/tcpspec" -xf - || exit 3
[ -z "${LWIP_SRC:-}" ] || cp -R "$LWIP_SRC" "$garden/src/lwip" || exit 3
before=$(state "$garden/src")
# (libc++, which their CXXFLAGS name, is linked as an archive there; here it is libstdc++ that the engine wants.)
env -i PATH="$PATH" HOME=/nonexistent SRC="$garden/src" WORK="$garden/work" OUT="$garden/out" CC=clang CXX=clang++ SANITIZER="$sanitizer" FUZZING_ENGINE=libfuzzer ARCHITECTURE=x86_64 LIB_FUZZING_ENGINE=-fsanitize=fuzzer \
	CFLAGS="$common $flags -fsanitize=fuzzer-no-link" CXXFLAGS="$common $flags -fsanitize=fuzzer-no-link -static-libstdc++ -static-libgcc" \
	bash "$garden/src/tcpspec/.clusterfuzzlite/build.sh" >"$garden/build.log" 2>&1
code=$?
echo "TAP version 13"
point "build.sh builds with $sanitizer" "$([ "$code" -eq 0 ] || { echo "exit code $code"; tail -n 40 "$garden/build.log"; })"
harnesses=$(make -s -C "$root" fuzz-list)
there=$(cd "$garden/out" && for file in *; do [ ! -x "$file" ] || echo "$file"; done | tr '\n' ' ')
point "what \$OUT has to run is the harnesses: $harnesses" "$([ "$(echo $there | tr ' ' '\n' | sort)" = "$(echo $harnesses | tr ' ' '\n' | sort)" ] || echo "it has: $there")"
point "the source tree has not been written to" "$([ "$before" = "$(state "$garden/src")" ] || echo "it is not what it was")"

# ---- where it runs ----

cp -R "$garden/out/." "$garden/room/out/"
for harness in $there; do
	objdump -p "$garden/out/$harness" | sed -n 's/^ *NEEDED *//p'
done | sort -u >"$garden/needed"
loader=/lib64/ld-linux-x86-64.so.2
for library in $loader $(ldconfig -p | sed -n 's/.*x86-64.* => //p' | grep -E "/lib(c|m|gcc_s|pthread|rt|dl|resolv)\.so\.[0-9]+\$"); do
	mkdir -p "$garden/room/$(dirname "$library")"
	cp -L "$library" "$garden/room/$library"
done
before=$(state "$garden/room/out")

# run HARNESS ARGUMENTS...: as run_fuzzer does. What it said is in $garden/said.
run() {
	harness=$1
	shift
	timeout 300 env -i $alone --root="$garden/room" --mount-proc=/proc --wd=/tmp "/out/$harness" -- -rss_limit_mb=2560 -timeout=25 -artifact_prefix=/tmp/ "$@" >"$garden/said" 2>&1 </dev/null
}

# calls NAME: how many of the harness's calls go to that sanitizer.
calls() {
	grep -cE "callq?[[:space:]]+[0-9a-f]+ <__$1" "$garden/code"
}

# options FILE: as arguments, those of [libfuzzer].
options() {
	sed -n '/^\[libfuzzer\]/,/^\[/s/^\([a-z_]*\) *= *\(.*\)/-\1=\2/p' "$1" 2>/dev/null
}

# What the runtime calls itself.
echo 'int LLVMFuzzerTestOneInput(const char *octets, unsigned long n); int LLVMFuzzerTestOneInput(const char *octets, unsigned long n) { (void)octets; return n > 1000000; }' >"$garden/empty.c"
clang -fsanitize=address,fuzzer -o "$garden/empty" "$garden/empty.c" && objdump -d --no-show-raw-insn "$garden/empty" >"$garden/code" || exit 3
own=$(calls ubsan)
ubsan_least=$((own + ubsan_more)) ubsan_most=$((own + ubsan_spare))

for harness in $there; do
	point "$harness: a name of letters, digits, _ and -" "$(echo "$harness" | grep -vE '^[A-Za-z0-9_-]+$')"
	point "$harness: an engine's entry, and no library but libc's own" "$(
		grep -q LLVMFuzzerTestOneInput "$garden/out/$harness" || echo "no LLVMFuzzerTestOneInput"
		objdump -p "$garden/out/$harness" | sed -n 's/^ *\(NEEDED\|RUNPATH\|RPATH\) */\1 /p' | grep -vE '^NEEDED (lib(c|m|gcc_s|pthread|rt|dl|resolv)\.so\.[0-9]+|ld-linux-x86-64\.so\.2)$'
	)"

	run "$harness" -seed=1337 -runs=4
	code=$?
	edges=$(sed -nE 's/.*INFO: Loaded [0-9]+ module.*\(([0-9]+) (inline 8-bit counters|guards)\).*/\1/p' "$garden/said" | head -n 1)
	point "$harness: starts in an empty environment, without /dev, from another folder" "$([ "$code" -eq 0 ] && grep -q '^Done 4 runs' "$garden/said" || { echo "exit code $code"; cat "$garden/said"; })"
	point "$harness: ${edges:-0} edges, at least $edges_least" "$([ "${edges:-0}" -ge $edges_least ] || cat "$garden/said")"

	objdump -d --no-show-raw-insn "$garden/out/$harness" >"$garden/code"
	asan=$(calls asan) ubsan=$(calls ubsan) msan=$(calls msan)
	point "$harness: calls of the sanitizers: address $asan, undefined $ubsan, memory $msan" "$(
		[ "$asan" -ge $asan_least ] && [ "$asan" -le $asan_most ] || echo "address: expected $asan_least to $asan_most"
		[ "$ubsan" -ge $ubsan_least ] && [ "$ubsan" -le $ubsan_most ] || echo "undefined: expected $ubsan_least to $ubsan_most"
		[ "$msan" -le $msan_most ] || echo "memory: expected at most $msan_most"
	)"

	corpus=$garden/room/tmp/${harness}_corpus
	mkdir -p "$corpus"
	unzip -q -o "$garden/out/${harness}_seed_corpus.zip" -d "$corpus" 2>"$garden/said"
	count=$(find "$corpus" -type f | wc -l)
	point "$harness: a corpus of $count seeds" "$([ "$count" -gt 0 ] || cat "$garden/said")"
	run "$harness" -runs=0 "/tmp/${harness}_corpus"
	code=$?
	point "$harness: takes them all" "$([ "$code" -eq 0 ] || { echo "exit code $code"; cat "$garden/said"; })"
	dictionary=
	[ ! -e "$garden/out/$harness.dict" ] || dictionary=-dict=/out/$harness.dict
	# shellcheck disable=SC2046,SC2086 # words
	run "$harness" -seed=1337 -runs=$((count + 1000)) $(options "$garden/out/$harness.options") $dictionary "/tmp/${harness}_corpus"
	code=$?
	point "$harness: runs with its options and its dictionary" "$([ "$code" -eq 0 ] && ! grep -q 'WARNING: unrecognized flag\|ParseDictionaryFile: error' "$garden/said" || { echo "exit code $code"; cat "$garden/said"; })"
done
point "nothing was written beside the harnesses" "$([ "$before" = "$(state "$garden/room/out")" ] || echo "\$OUT is not what it was")"
echo "1..$number"
[ "$failed" -eq 0 ]
