/* The host on the link: the stack, its device, its neighbours, and what befalls its packets. It makes no call of a user. */
#ifndef TCPSPEC_TARGETS_LIVE_HOST_H
#define TCPSPEC_TARGETS_LIVE_HOST_H

#include "lib/net/memory_wire.h"
#include "targets/live/library.h"
#include "targets/live/neighbour.h"

struct host {
	struct device device;
	struct library library;
	struct neighbours neighbours;
	struct memory_wire *wire; /* NULL: nothing befalls a packet */
	uint8_t frame[FRAME_MAX];
};

/* Microseconds since the program began, from 1 on: the stack's clock. */
uint64_t host_now(const struct host *h);

/* What the setup of the stack needs: the callback's `to` is the host. */
void host_output(void *to, const uint8_t *packet, size_t octets);

/* Takes in all frames that have come, each to its end: what it draws at once is on the link before the next is looked at. False with e: the device is gone. */
bool host_receive(struct host *h, struct error *e);
/* Does what is due. Returns when the next thing will be. */
uint64_t host_poll(struct host *h);

#endif
