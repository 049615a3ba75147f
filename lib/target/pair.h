/* Two stacks in our process with a wire in memory between them, on one virtual clock. It steers neither by itself and judges nothing: its caller opens, sends and looks. */
#ifndef TCPSPEC_TARGET_PAIR_H
#define TCPSPEC_TARGET_PAIR_H

#include "lib/base/error.h"
#include "lib/net/memory_wire.h"
#include "lib/target/stack.h"

struct pair_end {
	const struct tcpspec_stack_operations *operations;
	struct tcpspec_stack *stack;
	struct tcpspec_address address[2]; /* IPv4, IPv6 */
	/* The rest is the pair's own. */
	void *arena;
	struct stack_pair *pair;
	uint64_t next_us;
	unsigned index;
	bool asked; /* next_us holds */
};

struct pair_setup {
	const struct tcpspec_stack_operations *operations[2];
	const char *const *setting[2]; /* as in struct tcpspec_setup */
	uint32_t mtu;
	uint64_t seed, now_us;
	struct memory_wire_setup wire; /* `octets` 0: the MTU; `seed` is the pair's */
};

struct stack_pair {
	struct pair_end end[2];
	struct memory_wire *wire;
	uint64_t now_us;
	/* Sees every packet as it is put out, before the wire has it; false: it is lost. May be NULL. */
	bool (*seen)(void *of, unsigned from, const uint8_t *packet, size_t n, uint64_t now_us);
	void *of;
};

/* Creates both stacks, 192.0.2.1 and 2001:db8::1 as end 0, .2 and ::2 as end 1. p stays where it is until pair_close(). False with e when a stack does not want to. */
bool pair_open(struct stack_pair *p, const struct pair_setup *setup, struct error *e);
void pair_close(struct stack_pair *p);

/* The next that happens not after until_us, a timer or packets that arrive, happens; the clock shows its time. False: there is none, and the clock shows until_us. */
bool pair_step(struct stack_pair *p, uint64_t until_us);
/* All that happens until then. */
void pair_run(struct stack_pair *p, uint64_t until_us);
/* What a user's call made at one end is unknown to the other steps unless they are told: to be called behind each call of a stack's operation that is given a time. */
void pair_touched(struct stack_pair *p, unsigned end);

/* OPEN, passive, at end `server`, and active from the other one's client_port; family 4 or 6. Waits at most until_us for the connection at both ends. False: it did not come. */
bool pair_connect(struct stack_pair *p, unsigned server, unsigned family, uint16_t port, uint16_t client_port, uint64_t until_us, int64_t handle[2]);

enum { PAIR_PIECE_MAX = 4096 };

/* What goes from one end to the other. */
struct pair_flow {
	unsigned from;
	uint64_t octets; /* to be sent in all */
	uint64_t sent, received;
	size_t piece;       /* octets of one call; 0: PAIR_PIECE_MAX, the most */
	uint64_t first_bad; /* with `differs`: the first octet received that was not the one sent, or that nobody sent */
	bool differs;
	bool close;         /* CLOSE once all is sent */
	bool closed, ended; /* ended: the other end was given the peer's end */
	/* The stream's next `ready` octets, from `sent` on: a stack that has no room is asked again and again. */
	size_t ready;
	uint8_t octet[PAIR_PIECE_MAX];
};

/* Goes on with the flows over one connection until all of them have everything received (and ended, where they close) or the clock shows until_us. False: they have not,
 * or what was received differs. */
bool pair_transfer(struct stack_pair *p, const int64_t handle[2], struct pair_flow *flows, unsigned n, uint64_t until_us);

/* The octets at place `from` on of the stream that a flow from this end carries: no stretch of it comes again within 2^32 octets. */
void pair_fill(unsigned end, uint64_t from, uint8_t *to, size_t n);

#endif
