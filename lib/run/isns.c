/* Whether ISNs go by a clock of 4 microseconds, and whether those of other pairs of sockets tell anything of them. All bounds are such that sound numbers keep them but once in a hundred million plays. */
#include "lib/run/isns.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum { TICK_US = 4,          /* RFC 9293 3.4.1: "increments roughly every 4 microseconds" */
       STAMP_TICK_US = 1000, /* RFC 7323 5.4 has no faster clock; a slower one is no matter in so short a time */
       ROUGHLY = 2,          /* half as fast, or twice */
       LEAST = 32,           /* pairs of sockets; fewer say nothing of chance */
       NEAR = 1 << 26,
       SAME = 256, /* ticks, about a millisecond: a number and its capture do not lie so far apart */
       SAME_MOST = 3 };

void isns_note(struct isns *s, const struct isn_seen *seen)
{
	for (size_t i = s->count; i-- > 0;)
		if (s->seen[i].port == seen->port) {
			if (s->seen[i].seq == seen->seq)
				return;
			break;
		}
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 4;
		s->seen = memory_resized(s->seen, s->room, sizeof *s->seen);
	}
	s->seen[s->count++] = *seen;
}

/* Each number of a pair of sockets against the one before it. */
static const char *clock_break(const struct isns *s)
{
	size_t pairs = 0;
	for (size_t i = 0; i < s->count; i++) {
		size_t k = i;
		while (k-- > 0 && s->seen[k].port != s->seen[i].port)
			;
		if (k >= i)
			continue;
		const uint64_t us = s->seen[i].at - s->seen[k].at;
		const uint32_t ticks = s->seen[i].seq - s->seen[k].seq;
		if (ticks < us / (TICK_US * ROUGHLY))
			return "the next ISN of the same sockets is less than the clock has gone on, one in some 4 us";
		if (ticks > us / TICK_US * ROUGHLY + ROUGHLY)
			return "the next ISN of the same sockets is more than the clock has gone on, one in some 4 us";
		pairs++;
	}
	return pairs ? NULL : "no two ISNs of the same sockets were seen";
}

/* What remains of the first number of each pair of sockets, or of the first timestamp, without the clock. Returns how many. */
static size_t offsets_take(const struct isns *s, bool stamps, uint32_t *offset)
{
	size_t n = 0;
	for (size_t i = 0; i < s->count; i++) {
		size_t k = 0;
		while (k < i && s->seen[k].port != s->seen[i].port)
			k++;
		if (k == i && !stamps)
			offset[n++] = s->seen[i].seq - (uint32_t)(s->seen[i].at / TICK_US);
		else if (k == i && s->seen[i].has_stamp)
			offset[n++] = s->seen[i].stamp - (uint32_t)(s->seen[i].at / STAMP_TICK_US);
	}
	return n;
}

/* Pairs of numbers that are one but for the clock: among 300 numbers that have nothing to do with each other four are one play in 10^10. */
static size_t same_count(const uint32_t *offset, size_t n)
{
	size_t same = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			same += offset[i] - offset[k] + SAME < 2 * (uint32_t)SAME;
	return same;
}

static const char *offsets_break(const uint32_t *offset, size_t n)
{
	size_t near = 0, even = 0;
	for (size_t i = 1; i < n; i++) {
		const uint32_t step = offset[i] - offset[i - 1], before = i > 1 ? offset[i - 1] - offset[i - 2] : 0;
		near += step + NEAR < 2 * (uint32_t)NEAR;
		/* The same step once more, but for what the clock adds between two of them. */
		even += i > 1 && step - before + NEAR < 2 * (uint32_t)NEAR;
	}
	if (near > n / 2)
		return "the numbers of neighbouring sockets lie close together";
	if (even > n / 2)
		return "the numbers of neighbouring sockets follow each other by the same step";
	if (same_count(offset, n) > SAME_MOST)
		return "several sockets have one number: not all of the port makes it";
	for (unsigned bit = 0; bit < 32; bit++) {
		size_t set = 0;
		for (size_t i = 0; i < n; i++)
			set += offset[i] >> bit & 1;
		if (set < n / 8 || n - set < n / 8)
			return "a bit of the numbers is nearly always the same";
	}
	return NULL;
}

const char *isns_break(const struct isns *s, enum isn_rule rule)
{
	if (rule == ISNS_BY_CLOCK)
		return clock_break(s);
	uint32_t *offset = memory_zeroed(s->count + 1, sizeof *offset);
	const size_t n = offsets_take(s, rule == STAMPS_UNRELATED, offset);
	const char *broken = n < LEAST ? "too few numbers of different sockets were seen" : offsets_break(offset, n);
	free(offset);
	return broken;
}

void isns_clear(struct isns *s)
{
	s->count = 0;
}

void isns_copy(struct isns *to, const struct isns *from)
{
	to->count = 0;
	for (size_t i = 0; i < from->count; i++)
		isns_note(to, &from->seen[i]);
}

void isns_free(struct isns *s)
{
	free(s->seen);
	*s = (struct isns){.seen = NULL};
}
