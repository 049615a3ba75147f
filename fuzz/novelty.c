/* libFuzzer calls a function for each counter that is not zero, some 400 of an input, and of nearly all inputs each is known: that took a quarter of the time. Here sixteen are looked at at once. */
#include "fuzz/novelty.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/memory.h"

enum { LANES = 16,
       STRIDE = 64 };

typedef uint8_t lanes __attribute__((vector_size(LANES)));

/* Counters that the linker puts side by side: the compiler's, of what is under test, and ours (fuzz/feedback.c). */
extern uint8_t edges_begin[] __asm__("__start___sancov_cntrs") __attribute__((weak, visibility("hidden")));
extern uint8_t edges_end[] __asm__("__stop___sancov_cntrs") __attribute__((weak, visibility("hidden")));
extern uint8_t met_begin[] __asm__("__start___libfuzzer_extra_counters") __attribute__((weak, visibility("hidden")));
extern uint8_t met_end[] __asm__("__stop___libfuzzer_extra_counters") __attribute__((weak, visibility("hidden")));

/* libFuzzer's, in its own names, for its reading of what we count, and for the end of that; it has 5,700 of ours to pass over where an input meets a dozen. */
uint8_t *counters_end_seen(void) __asm__("__wrap__ZN6fuzzer16ExtraCountersEndEv");
void counters_clear(void) __asm__("__wrap__ZN6fuzzer18ClearExtraCountersEv");

/* None of ours is other than 0: since novelty_only(), and until something counts. */
static bool nothing_met;

/* A counter's features: a bit for each of the eight classes that its value was in. */
static uint8_t *known_edges, *known_met;

static bool asks_for_all(const char *argument)
{
	static const char *const asking[] = {"-reduce_inputs=", "-entropic=", "-shrink=", "-merge=", "-merge_inner=", "-set_cover_merge=", "-fork=", "-focus_function=", "-data_flow_trace=", "-collect_data_flow="};
	for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
		const size_t n = strlen(asking[i]);
		if (strncmp(argument, asking[i], n) == 0)
			return strcmp(argument + n, "0") != 0;
	}
	return false;
}

void novelty_begin(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (asks_for_all(argv[i]))
			return;
	known_edges = memory_zeroed((size_t)(edges_end - edges_begin) + LANES, 1);
	known_met = memory_zeroed((size_t)(met_end - met_begin) + LANES, 1);
}

/* The class of a value that is not 0, as a bit: 1, 2, 3, and from 4, 8, 16, 32, 128 on. */
static lanes classes_of(lanes counter)
{
	static const uint8_t from[] = {2, 3, 4, 8, 16, 32, 128};
	lanes class = (lanes)(counter != 0) & 1;
	for (size_t i = 0; i < sizeof from; i++)
		class += class & (lanes)(counter >= from[i]);
	return class;
}

static bool is_zero(lanes v)
{
	uint64_t half[2];
	memcpy(half, &v, sizeof half);
	return !(half[0] | half[1]);
}

static lanes lanes_at(const uint8_t *at)
{
	lanes v;
	memcpy(&v, at, sizeof v);
	return v;
}

/* Is any left? */
static bool lanes_leave_new(uint8_t *counters, uint8_t *known)
{
	lanes now = lanes_at(counters), before = lanes_at(known);
	if (is_zero(now))
		return false;
	const lanes news = classes_of(now) & ~before;
	now &= (lanes)(news != 0);
	memcpy(counters, &now, sizeof now);
	before |= news;
	memcpy(known, &before, sizeof before);
	return !is_zero(news);
}

/* Of the last ones, fewer than there are lanes. */
static bool rest_leave_new(uint8_t *counters, uint8_t *known, size_t n)
{
	uint8_t now[LANES] = {0}, before[LANES] = {0};
	memcpy(now, counters, n);
	memcpy(before, known, n);
	const bool any = lanes_leave_new(now, before);
	memcpy(counters, now, n);
	memcpy(known, before, n);
	return any;
}

static bool is_any_met(const uint8_t *counters)
{
	lanes all = lanes_at(counters);
	for (size_t i = 1; i < STRIDE / LANES; i++)
		all |= lanes_at(counters + i * LANES);
	return !is_zero(all);
}

static bool leave_new(uint8_t *counters, const uint8_t *end, uint8_t *known)
{
	bool any = false;
	for (; end - counters >= STRIDE; counters += STRIDE, known += STRIDE)
		if (is_any_met(counters))
			for (size_t i = 0; i < STRIDE; i += LANES)
				any |= lanes_leave_new(counters + i, known + i);
	for (; end - counters >= LANES; counters += LANES, known += LANES)
		any |= lanes_leave_new(counters, known);
	return rest_leave_new(counters, known, (size_t)(end - counters)) || any;
}

void novelty_only(void)
{
	if (!known_edges)
		return;
	leave_new(edges_begin, edges_end, known_edges);
	nothing_met = !leave_new(met_begin, met_end, known_met);
}

uint8_t *counters_end_seen(void)
{
	return nothing_met ? met_begin : met_end;
}

void counters_clear(void)
{
	if (!nothing_met)
		memset(met_begin, 0, (size_t)(met_end - met_begin));
	nothing_met = false;
}
