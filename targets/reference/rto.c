/* RFC 6298 in whole numbers: SRTT in eighths and RTTVAR in fourths, so that alpha and beta divide without loss. It reads no clock. */
#include "targets/reference/rto.h"

#include "lib/wire/seq.h"

/* (2.2)-(2.5): RTO <- SRTT + max (G, K*RTTVAR), within its bounds. K is 4, so that K*RTTVAR is what rttvar_4 says. */
static void rto_compute(struct rto *r, const struct rto_settings *settings)
{
	r->rto_us = r->srtt_8 / 8 + (r->rttvar_4 > settings->granularity_us ? r->rttvar_4 : settings->granularity_us);
	if (r->rto_us < settings->least_us)
		r->rto_us = settings->least_us;
	if (r->rto_us > settings->most_us)
		r->rto_us = settings->most_us;
}

void rto_init(struct rto *r, const struct rto_settings *settings)
{
	*r = (struct rto){.rto_us = settings->initial_us};
}

void rto_sent(struct rto *r, uint32_t end, uint64_t now_us)
{
	if (r->timing)
		return;
	r->timing = true;
	r->timed_end = end;
	r->timed_from_us = now_us;
}

void rto_resent(struct rto *r)
{
	r->timing = false;
}

void rto_acked(struct rto *r, const struct rto_settings *settings, uint32_t ack, uint64_t now_us)
{
	if (!r->timing || seq_lt(ack, r->timed_end))
		return;
	r->timing = false;
	rto_sample(r, settings, now_us - r->timed_from_us, 1);
}

void rto_sample(struct rto *r, const struct rto_settings *settings, uint64_t rtt_us, uint32_t samples)
{
	int64_t error_8 = (int64_t)(8 * rtt_us) - (int64_t)r->srtt_8; /* R' - SRTT, in eighths */
	int64_t size_4 = (error_8 < 0 ? -error_8 : error_8) / 2;      /* |SRTT - R'|, in fourths */

	if (r->measured) {
		r->rttvar_4 += (uint64_t)((size_4 - (int64_t)r->rttvar_4) / (4 * (int64_t)samples));
		r->srtt_8 += (uint64_t)(error_8 / (8 * (int64_t)samples));
	} else {
		r->rttvar_4 = 2 * rtt_us;
		r->srtt_8 = 8 * rtt_us;
	}
	r->measured = true;
	rto_compute(r, settings);
}

void rto_expired(struct rto *r, const struct rto_settings *settings)
{
	r->rto_us *= 2;
	if (r->rto_us > settings->most_us)
		r->rto_us = settings->most_us;
}

void rto_established(struct rto *r, const struct rto_settings *settings)
{
	if (settings->initial_us < settings->after_syn_us)
		r->rto_us = settings->after_syn_us;
}
