/* Where frames go in and out: a TAP of our own, or a packet socket on an interface that exists. It reads no frame. */
#ifndef TCPSPEC_TARGETS_LIVE_DEVICE_H
#define TCPSPEC_TARGETS_LIVE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/wire/packet.h"

struct device {
	int fd;
	bool is_tap;
	uint8_t mac[MAC_OCTETS]; /* of the host behind it */
	unsigned mtu;
	uint16_t vlan;    /* frames bear the 802.1Q tag of this VLAN; 0: none */
	uint64_t refused; /* frames that the kernel did not take */
};

/* Makes a TAP of that name in this network namespace, and sets it up. It goes when the device is closed. Its other end, the kernel's, is left without an address. */
bool device_open_tap(struct device *d, const char *name, struct error *e);
/* Takes the frames that come in on an interface, whose MAC becomes the host's. The kernel gets them too, so it must have no address there. */
bool device_open_packet(struct device *d, const char *interface, struct error *e);
void device_close(struct device *d);

/* The next frame that has come: its octets; 0: there is none now; -1 with e: the device is gone. Checksums that the sender left to its hardware are filled in. */
int device_receive(struct device *d, uint8_t *to, size_t room, struct error *e);
/* Puts a frame out. What the kernel does not take is lost, as on any wire, and counted. */
void device_send(struct device *d, const uint8_t *frame, size_t n);

#endif
