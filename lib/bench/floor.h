/* The floor: the bare loop of one matrix cell against the running kernel, the yardstick of the runner's speed. Not a runner: it knows one cell (an old octet in
 * ESTABLISHED), judges nothing beyond what proves that the cell took place, and shares no code with what it measures. */
#ifndef TCPSPEC_BENCH_FLOOR_H
#define TCPSPEC_BENCH_FLOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/wire/segment.h"

/* What may make the loop faster. Each can be left out, so that its worth can be measured. */
enum {
	FLOOR_BYPASS = 1 << 0,     /* PACKET_QDISC_BYPASS on libnet's descriptor */
	FLOOR_INCOMING = 1 << 1,   /* PACKET_IGNORE_OUTGOING on the capture's descriptor */
	FLOOR_DEAF = 1 << 2,       /* libnet's descriptor bound to an ethertype that nobody sends: it else queues a copy of every frame */
	FLOOR_OTHER_MAC = 1 << 3,  /* the target's frames go to a MAC that is not the tester's interface's: the tester's kernel drops them behind the capture, unread */
	FLOOR_SMALL_RING = 1 << 4, /* a capture ring of 64 KiB and short frames stays in the CPU's cache */
	FLOOR_DIRECT = 1 << 5,     /* sendto() on libnet's descriptor instead of libnet_write_link(), which asks for the interface's index each time */
	FLOOR_PAIR = 1 << 6,       /* stimulus and fence in one sendmmsg() */
	FLOOR_TRAIN = 1 << 7,      /* ACK, stimulus and fence in one sendmmsg(); accept4() comes behind them */
	FLOOR_LINGER = 1 << 8,     /* close() with SO_LINGER 0 resets, the tester sends no RST */
	FLOOR_OPTIONS = 9,
};
/* What the runner is held against: every frame by libnet_write_link(), one at a time. */
enum { FLOOR_TUNED = FLOOR_BYPASS | FLOOR_INCOMING };
/* All that pays with frames sent one at a time: the fastest such loop that we know. */
enum { FLOOR_FASTEST = FLOOR_TUNED | FLOOR_DEAF | FLOOR_OTHER_MAC | FLOOR_SMALL_RING | FLOOR_DIRECT };

const char *floor_option_name(unsigned i); /* i in 0..FLOOR_OPTIONS-1: "PACKET_QDISC_BYPASS" */

/* The parts of a cell, in their order. */
enum floor_step { FLOOR_SYN, /* SYN out, SYN,ACK in */
	          FLOOR_ACK,
	          FLOOR_ACCEPT,   /* accept4(), matched by the peer's port */
	          FLOOR_STIMULUS, /* the old octet out */
	          FLOOR_FENCE,    /* ICMP echo out, all replies in */
	          FLOOR_STATE,    /* INET_DIAG with the exact 4-tuple */
	          FLOOR_RESET,    /* exact RST out */
	          FLOOR_CLOSE,
	          FLOOR_STEPS };
const char *floor_step_name(enum floor_step s);

struct floor;

/* Makes a link of its own and opens everything on it, with the sysctls of the declaration at `ini` (targets/linux/target.ini). The calling thread ends up in the
 * link's target namespace. NULL with e. */
struct floor *floor_open(unsigned options, const char *ini, struct error *e);
void floor_close(struct floor *f);

/* Plays n cells one after the other, each from a new port. steps: NULL, or FLOOR_STEPS sums of nanoseconds to add to (reading the clock costs the cell 2 to 4 %).
 * False with e when a cell did not go as it must. */
bool floor_play(struct floor *f, enum family family, unsigned n, uint64_t *steps, struct error *e);

#endif
