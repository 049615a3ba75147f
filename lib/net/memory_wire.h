/* A wire in memory between two ends, on a clock that its caller tells: packets with their time of arrival, and what befalls them under way. It opens nothing, reads no clock, and
 * knows no protocol. */
#ifndef TCPSPEC_NET_MEMORY_WIRE_H
#define TCPSPEC_NET_MEMORY_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MEMORY_WIRE_ENDS = 2,
       MEMORY_WIRE_PLANS = 64 };

/* What may befall a packet. Several may befall the same one; none does to a packet that is dropped. */
enum memory_fault {
	MEMORY_DROP,
	MEMORY_DELAY,     /* delay_us later than it would have come: others overtake it */
	MEMORY_DUPLICATE, /* comes twice, right after one another */
	MEMORY_REORDER,   /* overtakes the packet that was sent before it, if that is still under way */
	MEMORY_CORRUPT,   /* one bit is inverted, anywhere in the packet */
	MEMORY_FAULTS,
};

enum { MEMORY_CHANCE_ALWAYS = 65536 };

/* One way, from the end that sends. All zeros but `queue`: everything comes at once, as it was sent. */
struct memory_way {
	uint64_t latency_us;
	uint64_t octets_per_s;          /* the line's speed: a packet leaves behind the one before it; 0: no limit */
	uint64_t delay_us;              /* what MEMORY_DELAY adds */
	uint32_t chance[MEMORY_FAULTS]; /* of 65536, for each packet by itself */
	uint32_t queue;                 /* packets under way at the most; what comes beyond them is lost, and counted as overflow */
};

struct memory_wire_setup {
	uint64_t seed;
	size_t octets; /* of the largest packet; a larger one is lost, and counted as too_long */
	struct memory_way way[MEMORY_WIRE_ENDS];
};

struct memory_counts {
	uint64_t sent, received;
	uint64_t faults[MEMORY_FAULTS]; /* a reordering that found nobody to overtake is not counted */
	uint64_t overflow, too_long;
};

struct memory_wire;

/* Takes all its memory here. Give it back with memory_wire_close(). */
struct memory_wire *memory_wire_open(const struct memory_wire_setup *setup);
void memory_wire_close(struct memory_wire *w);

/* From now on one way is like this; what is under way stays as it is. `queue` can grow no larger than it was at first. */
void memory_wire_change(struct memory_wire *w, unsigned from, const struct memory_way *way);
/* The packet with this number, from 0 on, that is sent from this end suffers the fault, whatever the chances say. False: MEMORY_WIRE_PLANS are planned already. */
bool memory_wire_plan(struct memory_wire *w, unsigned from, enum memory_fault fault, uint64_t number);

/* End `from` (0 or 1) sends a packet, which is copied. now_us never goes back. */
void memory_wire_send(struct memory_wire *w, unsigned from, const uint8_t *packet, size_t n, uint64_t now_us);

/* When the next packet arrives, at either end; UINT64_MAX: none is under way. */
uint64_t memory_wire_next(const struct memory_wire *w);
/* The next packet that has arrived by now_us: *to is its end. Those that arrive at the same time come as they were sent. False: there is none. *packet is good until the next memory_wire_receive(). */
bool memory_wire_receive(struct memory_wire *w, uint64_t now_us, unsigned *to, const uint8_t **packet, size_t *n);

/* Of the way that begins at this end. */
const struct memory_counts *memory_wire_counts(const struct memory_wire *w, unsigned from);

#endif
