/* The firmware's network below TCP: its drivers connected, its addresses set, its frames taken one at a time. It changes no driver; TCP is tcp.h's. */
#pragma once

#include <efi.h>
#include <efitcp.h>
#include <stdbool.h>

#include "text.h"

struct mnp;

struct network {
	EFI_BOOT_SERVICES *firmware;
	EFI_HANDLE image, nic;
	EFI_SERVICE_BINDING *tcp4, *tcp6;
	struct mnp *frames;
};

/* NULL, or what is missing. */
const char *network_start(struct network *n, EFI_BOOT_SERVICES *firmware, EFI_HANDLE image);

/* The stack's address, in /24 or /64. NULL, or what went wrong. */
const char *network_address(struct network *n, const struct address *a);

/* Takes one frame from the link, and processes it to its end: ARP, ICMP, TCP, and what they send. False: there is none. */
bool network_take(struct network *n);

/* A microsecond or so, in which QEMU's other thread can have its lock: looking at a device takes it. */
void network_rest(void);
