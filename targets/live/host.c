/* Frames into the stack, packets out of it, by way of the faults where there are any. */
#include "targets/live/host.h"

#include "lib/net/wire.h"

/* The ends of the wire with the faults. */
enum { END_STACK,
       END_LINK };

uint64_t host_now(const struct host *h)
{
	(void)h;
	return clock_now();
}

void host_output(void *to, const uint8_t *packet, size_t octets)
{
	struct host *h = to;
	if (h->wire)
		memory_wire_send(h->wire, END_STACK, packet, octets, host_now(h));
	else
		neighbours_send(&h->neighbours, packet, octets, host_now(h));
}

static void host_input(struct host *h, const uint8_t *packet, size_t octets)
{
	h->library.operations->input(h->library.stack, packet, octets, host_now(h));
}

/* What has come to the end of the way that the faults made it take. */
static void host_arrivals(struct host *h)
{
	const uint8_t *packet;
	size_t octets;
	unsigned to;
	while (h->wire && memory_wire_receive(h->wire, host_now(h), &to, &packet, &octets))
		if (to == END_STACK)
			host_input(h, packet, octets);
		else
			neighbours_send(&h->neighbours, packet, octets, host_now(h));
}

bool host_receive(struct host *h, struct error *e)
{
	int n;
	while ((n = device_receive(&h->device, h->frame, sizeof h->frame, e)) > 0) {
		const uint8_t *packet = h->frame + ETHERNET_HEADER;
		const size_t octets = (size_t)n - ETHERNET_HEADER;
		if (!neighbours_frame(&h->neighbours, h->frame, (size_t)n))
			continue;
		if (h->wire)
			memory_wire_send(h->wire, END_LINK, packet, octets, host_now(h));
		else
			host_input(h, packet, octets);
		host_arrivals(h);
	}
	host_arrivals(h);
	return n == 0;
}

uint64_t host_poll(struct host *h)
{
	uint64_t next = h->library.operations->poll(h->library.stack, host_now(h));
	host_arrivals(h);
	const uint64_t arrival = h->wire ? memory_wire_next(h->wire) : UINT64_MAX;
	return next < arrival ? next : arrival;
}
