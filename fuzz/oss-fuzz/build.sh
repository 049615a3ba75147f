#!/bin/bash -eu
# Builds every harness for OSS-Fuzz and ClusterFuzzLite as their base-builder image asks: with $CC, $CXX, $CFLAGS, $CXXFLAGS and $LIB_FUZZING_ENGINE, from $SRC/tcpspec over $WORK into $OUT. It
# runs no harness; fuzz/check-contract.sh does.
cd "$SRC/tcpspec"
build=$WORK/tcpspec

# What judges is no target: without counters and sanitizers it is quicker, and its edges do not pass for those of the target. MemorySanitizer wants all of it.
judge="-O2 -g1"
[ "${SANITIZER:-address}" != memory ] || judge=$CFLAGS
[ "${ARCHITECTURE:-x86_64}" != i386 ] || judge="$judge -m32"

# A tree of lwIP beside ours.
[ ! -d "$SRC/lwip/src/core" ] || export LWIP_SRC=$SRC/lwip

# Warnings of another year's compiler are no reason to fuzz nothing.
harness_make() {
	make -s BUILD="$build" FUZZ_CC="$CC" FUZZ_LD="$CXX" FUZZ_WARN= FUZZ_CFLAGS="$CFLAGS" FUZZ_LDFLAGS="$CXXFLAGS" FUZZ_ENGINE="$LIB_FUZZING_ENGINE" FUZZ_LIB="$build/fuzz/libjudge.a" FUZZ_JUDGE_CFLAGS="$judge" \
		FUZZ_LDLIBS=-Wl,--gc-sections FUZZ_SEEDS_LDFLAGS="$CXXFLAGS" "$@"
}
harnesses=$(harness_make fuzz-list)
harness_make -j"$(nproc)" fuzz-clusterfuzz

for harness in $harnesses; do
	cp "$build/fuzz/$harness" "$OUT/"
	for beside in "$build/fuzz/dict/$harness.dict" "fuzz/options/$harness.options"; do
		[ ! -e "$beside" ] || cp "$beside" "$OUT/"
	done
	rm -f "$OUT/${harness}_seed_corpus.zip"
	seeds=$(find "$build/fuzz/seeds/$harness" "fuzz/regressions/$harness" -type f 2>/dev/null | LC_ALL=C sort)
	[ -z "$seeds" ] || zip -q -j -X "$OUT/${harness}_seed_corpus.zip" -@ <<<"$seeds"
done
