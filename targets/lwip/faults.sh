#!/bin/sh
# Plants one-line faults in copies of lwIP, one at a time, builds each with `make target-lwip LWIP_SRC=...`, and counts the tests that fail and did not before. It is run by hand, on the
# version of lwIP that known.tsv tells of: two minutes.
#
# usage: targets/lwip/faults.sh [BUILD]     (default: build; after make target-lwip. LWIP_SRC: the tree, if not the one that was fetched)
# Output: a line for lwIP as it is and for each fault, with the first tests that noticed. Exit: 0 all were noticed, 1 one was not.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$top" && cd "${1:-build}" && pwd)
source=${LWIP_SRC:-$build/lwip-source}
work=$build/lwip-faults
before=$build/lwip-faults.before
tcpspec=$build/tcpspec
export TCPSPEC_DATA="$top"

[ -d "$source/src/core" ] || {
	echo "faults.sh: no lwIP in $source: make target-lwip first" >&2
	exit 2
}

# A copy of the tree with one line of one file changed: FAULT FILE SED-EXPRESSION
plant() {
	rm -rf "$work" && mkdir -p "$work"
	cp -R "$source" "$work/lwip"
	[ -z "$2" ] || sed -i "$3" "$work/lwip/$2"
	changed=$([ -z "$2" ] || diff "$source/$2" "$work/lwip/$2" | grep -c '^>') || true
	[ "${changed:-1}" = 1 ] || {
		echo "faults.sh: $1: changes ${changed:-no} lines of $2, expected 1: another version of lwIP?" >&2
		exit 2
	}
	LWIP_LIB=libtcpspec-lwip-fault.so make -s -C "$top" BUILD="$build" target-lwip LWIP_SRC="$work/lwip" >/dev/null
	sed "s|^library .*|library = $build/libtcpspec-lwip-fault.so|" "$top/targets/lwip/target.ini" >"$work/target.ini"
	cp "$top/targets/lwip/known.tsv" "$work/known.tsv"
}

# The tests that fail, but for what is known: base matrix and ladders, then the full matrix.
failing() {
	"$tcpspec" run --seed 1 -t "$work/target.ini" >"$work/base.tap" || true
	"$tcpspec" run --seed 1 -t "$work/target.ini" --axes full 'matrix/*' >"$work/full.tap" || true
	for run in base full; do
		sed -n '/ # TODO /d; s/^not ok [0-9]* - //p' "$work/$run.tap" | sort >"$work/$run.all"
		[ -e "$before.$run" ] || cp "$work/$run.all" "$before.$run"
		[ "$1" = 'lwIP as it is' ] && cp "$work/$run.all" "$work/$run" || comm -13 "$before.$run" "$work/$run.all" >"$work/$run"
	done
}

unnoticed=0
rm -f "$before".*
tell() {
	plant "$@"
	failing "$1"
	printf '%-42s %5d of the base matrix and ladders, %5d of the full matrix\n' "$1" "$(wc -l <"$work/base")" "$(wc -l <"$work/full")"
	head -n 3 "$work/base" | sed 's/^/    /'
	[ -z "$2" ] || [ -s "$work/base" ] || unnoticed=1
}

tell 'lwIP as it is' '' ''
tell 'an inexact RST is accepted' src/core/tcp_in.c '/validated/,/acceptable = 1/s/if (seqno == pcb->rcv_nxt) {/if (TCP_SEQ_BETWEEN(seqno, pcb->rcv_nxt, pcb->rcv_nxt + pcb->rcv_wnd)) {/'
tell 'the ACK of a FIN is short by one' src/core/tcp_in.c 's/pcb->rcv_nxt = seqno + tcplen;/pcb->rcv_nxt = seqno + inseg.len;/'
tell 'TIME-WAIT is skipped' src/core/tcp_in.c '/case FIN_WAIT_2:/,/break;/s/tcp_ack_now(pcb);/tcp_send_empty_ack(pcb); recv_flags |= TF_CLOSED; break;/'
tell 'options after a NOP are ignored' src/core/tcp_in.c '/tcp_parseopt: NOP/s/.*/          return;/'
exit $unnoticed
