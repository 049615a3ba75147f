/* Realtime stamps to monotonic time, also when somebody sets the clock meanwhile. */
#include <time.h>

#include "lib/net/stamp.h"
#include "lib/net/wire.h"

enum { US_PER_S = 1000000,
       NS_PER_US = 1000,
       SAMPLE_EVERY_US = 1000,
       SAMPLE_TIGHT_US = 3,
       SAMPLE_TRIES = 8,
       /* Two samples of an untouched clock differ by less; both clocks are slewed alike. */
       STEP_US = 50 };

static uint64_t realtime_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / NS_PER_US;
}

/* The best of a few: being interrupted between the readings would shift it. */
static int64_t offset_sample(uint64_t *width)
{
	int64_t best = 0;

	*width = UINT64_MAX;
	for (int i = 0; i<SAMPLE_TRIES && * width> SAMPLE_TIGHT_US; i++) {
		uint64_t before = clock_now();
		uint64_t real = realtime_now();
		uint64_t after = clock_now();

		if (after - before >= *width)
			continue;
		*width = after - before;
		best = (int64_t)(before + (after - before) / 2) - (int64_t)real;
	}
	return best;
}

struct stamp stamp_start(void)
{
	struct stamp s = {.last = clock_now()};
	uint64_t width;

	s.offset_us = s.old_offset_us = offset_sample(&width);
	s.sampled = clock_now();
	return s;
}

/* A small difference is the sample's, not the clock's: keeping the old offset keeps differences between stamps exact. */
static void stamp_resample(struct stamp *s)
{
	uint64_t width;
	int64_t fresh = offset_sample(&width);
	int64_t moved = fresh - s->offset_us;
	int64_t bound = (int64_t)width + STEP_US;

	if (moved > bound || moved < -bound) {
		s->old_offset_us = s->offset_us;
		s->offset_us = fresh;
	}
}

uint64_t stamp_place(struct stamp *s, uint64_t realtime_us, uint64_t now_us)
{
	int64_t at = (int64_t)realtime_us + s->offset_us;
	int64_t old = (int64_t)realtime_us + s->old_offset_us;
	int64_t last = (int64_t)s->last, now = (int64_t)now_us;

	if ((at < last || at > now) && old >= last && old <= now)
		at = old;
	if (at > now)
		at = now;
	if (at < last)
		at = last;
	s->last = (uint64_t)at;
	return s->last;
}

uint64_t stamp_convert(struct stamp *s, uint64_t realtime_us)
{
	uint64_t now = clock_now();

	if (now - s->sampled >= SAMPLE_EVERY_US) {
		stamp_resample(s);
		s->sampled = now;
		now = clock_now();
	}
	return stamp_place(s, realtime_us, now);
}
