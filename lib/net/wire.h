/* The live wire: libnet puts frames on the tester's end, libpcap takes frames from it. It carries octets; what they mean is for others. */
#ifndef TCPSPEC_NET_WIRE_H
#define TCPSPEC_NET_WIRE_H

#include "lib/net/link.h"

struct wire;

/* A captured frame; octets stay valid until the next wire_receive(). */
struct frame {
	const uint8_t *octets; /* from the Ethernet header on */
	size_t length;
	uint64_t at; /* microseconds, clock_now()'s clock, as stamped by the kernel at capture */
};

/* Opens both on the link's tester end (l must outlive it), with the link's namespaces entered and left again: the thread is back in the target's afterwards. */
struct wire *wire_open(const struct link *l, struct error *e);
/* The same for who plays one connection at a time, as fast as he can: the capture's ring is small enough for the cache, frames go out by libnet's descriptor without its asking for the interface's index before each, and the kernel at the tester's end, whose MAC is changed, looks at none that come. Only on a link of our own. */
struct wire *wire_open_for_one(const struct link *l, struct error *e);
void wire_close(struct wire *w);

/* Sends one IP packet (Ethernet header added). *at: when the call was made. */
bool wire_send(struct wire *w, const uint8_t *packet, size_t n, uint64_t *at, struct error *e);

/* The same for any Ethernet payload (an ARP request as a fence); ethertype in host order. at may be NULL. */
bool wire_send_frame(struct wire *w, uint16_t ethertype, const uint8_t *payload, size_t n, uint64_t *at, struct error *e);

/* The next frame that came from the target: 1, or 0 when none is waiting, -1 on error, also when the link is down (noticed within a second). Answers ARP and neighbour solicitations for the tester's addresses on the way. */
int wire_receive(struct wire *w, struct frame *f, struct error *e);

/* Takes in all that has been captured, with one system call where there is nothing and with none where there is something; wire_take() hands it out like wire_receive(), and looks for no more. The one who looks does not call wire_receive(). */
bool wire_look(struct wire *w, struct error *e);
int wire_take(struct wire *w, struct frame *f, struct error *e);

/* For poll(). */
int wire_descriptor(const struct wire *w);

/* Frames of either direction that the kernel or the interface dropped before they were captured (or heard by the target), since wire_open(). */
bool wire_drops(struct wire *w, uint64_t *dropped, struct error *e);

/* Microseconds; monotonic for the length of a run. */
uint64_t clock_now(void);

/* Pins the calling thread to the nth (from 0, modulo their number) of the CPUs that it may run on; false when it cannot (never fatal). */
bool cpu_pin(unsigned nth, int *cpu);
/* Asks to be run before what else there is to run: who times a target must be prompt. Only root is given it. */
void cpu_prefer(void);
/* Puts the calling thread on that CPU, whatever it was allowed before. */
void cpu_stay(unsigned cpu);

#endif
