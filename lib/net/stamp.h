/* Capture stamps (the realtime clock's) turned into clock_now()'s time. Not a clock. */
#ifndef TCPSPEC_NET_STAMP_H
#define TCPSPEC_NET_STAMP_H

#include <stdint.h>

struct stamp {
	int64_t offset_us;     /* clock_now() minus the realtime clock */
	int64_t old_offset_us; /* the one before the realtime clock was last set */
	uint64_t sampled, last;
};

struct stamp stamp_start(void);

/* realtime_us: the stamp of a frame that was captured not before the one of the call before, and not after now. */
uint64_t stamp_convert(struct stamp *s, uint64_t realtime_us);

/* The same with the two offsets and the present given: which one the stamp was made under, and never outside [last, now]. Pure but for s->last. */
uint64_t stamp_place(struct stamp *s, uint64_t realtime_us, uint64_t now_us);

#endif
