/* One socket call that is kept inside the kernel with its socket locked, for a time. It changes nothing about the socket. */
#ifndef TCPSPEC_TARGET_STALL_H
#define TCPSPEC_TARGET_STALL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "lib/base/error.h"

struct stall {
	struct stall *next;
	int fd;         /* the connection's; the kernel holds the socket for the call, so that it may be closed meanwhile */
	int faults;     /* userfaultfd */
	int ended;      /* eventfd: end early */
	uint8_t *pages; /* two: the first is there, the second is missing */
	size_t page;    /* octets */
	uint64_t for_us;
	int result; /* errno of the stalled call */
	atomic_bool over;
	pthread_t caller, ender;
	bool has_caller, has_ender;
};

/* A userfaultfd that also sees faults of the kernel; -1 with e, which names the mend. */
int faults_open(struct error *e);

/* Stalls fd for stall_us; returns once the kernel holds the lock. fd may be closed meanwhile. NULL with e. */
struct stall *stall_socket(int fd, uint64_t stall_us, struct error *e);
/* Waits until it is over and frees it: the call's errno, EFAULT when all went as meant. */
int stall_finish(struct stall *s);
/* Ends it now if it still lasts, and frees it. The call's errno. */
int stall_free(struct stall *s);

/* Takes the calling thread off the CPU that it inherited from the tester: on one CPU the two would take turns, and disturb nothing. */
void cpu_leave(void);

#endif
