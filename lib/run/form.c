/* Always-on checks of what the target sends that need to know what came before: the clock of its timestamps (RFC 7323 4.1, 5.4), and the option of a reset. What a segment shows by itself is
 * lib/model/fault.c's. */
#include "lib/run/judge_parts.h"

#include "lib/wire/seq.h"

/* "A timestamp clock frequency in the range 1 ms to 1 sec per tick", and "approximately": a quarter more or less, and what a segment may have waited for between its stamp and its capture. */
enum { TICK_LEAST_US = 1000,
       TICK_MOST_US = 1000000,
       STAMP_WAIT_US = 1000000,
       RATE_FROM_US = 2000000 };

/* In that time the fastest clock there may be does not wrap its sign bit (5.4). */
static const uint64_t sign_wraps_us = (UINT64_C(1) << 31) * TICK_LEAST_US;

static bool ticks_too_fast(uint64_t ticks, uint64_t elapsed)
{
	return ticks * TICK_LEAST_US > elapsed + elapsed / 4 + STAMP_WAIT_US;
}

static bool ticks_too_slow(uint64_t ticks, uint64_t elapsed)
{
	return elapsed >= RATE_FROM_US && ticks * TICK_MOST_US + STAMP_WAIT_US < elapsed - elapsed / 4;
}

/* A reset's TSval says nothing (5.2), and a SYN's begins a connection. */
static const char *clock_fault(struct stamps *st, const struct segment *s, uint64_t at)
{
	const uint32_t val = s->options.ts_val;
	if (!s->options.has_ts || s->ctl & CTL_RST)
		return NULL;
	if (!st->begun || s->ctl & CTL_SYN || at < st->first_at || at - st->first_at >= sign_wraps_us) {
		*st = (struct stamps){.begun = true, .first = val, .last = val, .first_at = at};
		return NULL;
	}
	const uint32_t last = st->last;
	const uint64_t ticks = val - st->first, elapsed = at - st->first_at;
	st->last = val;
	if (seq_lt(val, last))
		return "RFC 7323 5.4: the timestamp clock must be monotonic non-decreasing, and it went back";
	if (ticks_too_fast(ticks, elapsed) || ticks_too_slow(ticks, elapsed))
		return "RFC 7323 4.1, 5.4: the timestamp clock must be proportional to real time, 1 ms to 1 s per tick";
	return NULL;
}

const char *judge_clock_fault(struct judge *j, const struct segment *s, uint64_t at)
{
	return clock_fault(&j->stamps, s, at);
}

const char *judge_reset_fault(const struct judge *j, const struct segment *s)
{
	const struct hypothesis *h = hypotheses_best(judge_before(j));
	if (j->probing || !(s->ctl & CTL_RST) || !h)
		return NULL;
	return model_reset_fault(j->model, &h->tcb, j->has_stimulus_segment ? &j->stimulus_segment : NULL, s);
}
