/* What only /sys tells of the target's interface: receive packet steering and threaded NAPI. Seen through a child, so that the caller's mounts stay as they are. */
#ifndef TCPSPEC_NET_SYSFS_H
#define TCPSPEC_NET_SYSFS_H

#include "lib/net/link.h"

enum { SYSFS_TEXT = 64 };

struct sysfs_view {
	bool mounted;              /* false: /sys of the namespace cannot be had here, and nothing below is known */
	int number;                /* errno of what failed, 0 when nothing did */
	char failed[SYSFS_TEXT];   /* what failed: "mount", a file */
	unsigned queues;           /* receive queues */
	bool steered, threaded;    /* RPS on some queue, NAPI in a thread */
	char rps_cpus[SYSFS_TEXT]; /* the kernel's text of the first queue that is steered, else of the first queue */
};

/* Looks; false with e only when no child could be made. */
bool sysfs_look(const struct link *l, struct sysfs_view *v, struct error *e);

/* Writes the CPU mask to every receive queue, then looks. */
bool sysfs_steer(const struct link *l, unsigned cpu_mask, struct sysfs_view *v, struct error *e);

#endif
