/* lwIP's surroundings as a target: its memory, clock, link and settings, and the snapshots of them. It knows no connection; glue.c does. */
#ifndef TCPSPEC_LWIP_PORT_H
#define TCPSPEC_LWIP_PORT_H

#include <stdbool.h>

#include <tcpspec/stack.h>

#include "lwip/netif.h"
#include "lwip/tcp.h"

enum { CLASSES = 28 }; /* a block of power k has 2^k octets */

/* What stands before the octets of a block. */
struct block {
	uint32_t power;
	uint32_t octets; /* of its user; 0: it is free */
	struct block *next;
};

/* The beginning of the arena; behind it are the blocks. */
struct tcpspec_stack {
	uint64_t now_us, tick_us; /* tick_us: the next one */
	uint64_t random;
	uint64_t ticks, ticks_alone; /* all, and since somebody last called */
	bool nagle, keepalive;
	bool fragmented; /* something came that may be a fragment */
	void (*output)(void *to, const uint8_t *packet, size_t octets);
	void *to;
	struct netif link;
	struct block *spare[CLASSES];
	size_t first, used; /* the first block, and the end of the last */
	uint8_t *globals;   /* lwIP's, while another stack has them */
};

/* Of tcpspec/stack.h, all but the connections. */
size_t port_arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets);
struct tcpspec_stack *port_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets);
void port_destroy(struct tcpspec_stack *s);
void port_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us);
uint64_t port_poll(struct tcpspec_stack *s, uint64_t now_us);
size_t port_snapshot_octets(const struct tcpspec_stack *s);
void port_snapshot(const struct tcpspec_stack *s, void *to);
void port_restore(struct tcpspec_stack *s, const void *from);

/* Before anything of lwIP's is touched: its globals are this stack's from here on. */
void port_enter(struct tcpspec_stack *s);
/* The same, and it is this late: what is due is done. Before each call that may change what a connection waits for. */
void port_go_on(struct tcpspec_stack *s, uint64_t now_us);

/* A connection gets its settings. */
void port_prepare(struct tcp_pcb *pcb);

#endif
