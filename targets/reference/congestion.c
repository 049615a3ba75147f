/* cwnd and ssthresh as ACKs, duplicates and timeouts move them. It counts octets, never segments. */
#include "targets/reference/congestion.h"

#include "lib/wire/seq.h"
#include "targets/reference/least.h"

/* No window is wider (RFC 7323 2.2: 65535 << 14), so that growth beyond helps nobody, and sums stay in 32 bits. */
enum { CWND_MOST = 1 << 30 };

/* DupThresh (RFC 5681 3.2). */
enum { DUPLICATES = 3 };

uint32_t congestion_initial_window(uint32_t smss, uint32_t segments, uint32_t lost_syns)
{
	/* RFC 5681 3.1: one segment after a lost SYN; RFC 6928 2 lets one loss pass, since an RTO of 1 s expires for naught now and then. */
	if (lost_syns > (segments > 4 ? 1 : 0))
		return smss;
	if (segments > 4)
		return least(segments * smss, greatest(2 * smss, 14600));
	if (smss > 1095)
		return least(segments, smss > 2190 ? 2 : 3) * smss;
	return segments * smss;
}

void congestion_init(struct congestion *c, uint32_t iss, uint32_t window)
{
	/* RFC 6582 3.2 (1) says recover = ISS, which would keep the loss of the very first segment from being repaired fast; the number behind it is ISS here. */
	*c = (struct congestion){.cwnd = window, .ssthresh = CWND_MOST, .recover = iss, .phase = CONGESTION_OPEN};
}

static void cwnd_raise(struct congestion *c, uint32_t by)
{
	c->cwnd = least(c->cwnd + by, CWND_MOST);
}

/* RFC 5681 3.1: equation (2) in slow start; in congestion avoidance, a segment for every window acknowledged. */
static void cwnd_open(struct congestion *c, uint32_t smss, uint32_t n)
{
	if (c->cwnd < c->ssthresh) {
		cwnd_raise(c, least(n, smss));
		return;
	}
	c->counted += n;
	if (c->counted >= c->cwnd) {
		c->counted -= c->cwnd;
		cwnd_raise(c, smss);
	}
}

/* RFC 6582 3.2 (3), partial acknowledgments. Each restarts the timer, in the "slow-but-steady" way (4): by the other it could run out behind less than an RTO, which RFC 6298 5 forbids. */
static enum congestion_answer cwnd_deflate(struct congestion *c, uint32_t smss, uint32_t n)
{
	c->cwnd -= least(n, c->cwnd);
	if (n >= smss)
		c->cwnd += smss;
	return CONGESTION_PARTIAL;
}

enum congestion_answer congestion_acked(struct congestion *c, uint32_t smss, uint32_t ack, uint32_t n, uint32_t flight)
{
	c->duplicates = 0;
	if (c->phase == CONGESTION_OPEN) {
		/* It goes along, so as never to lie half a circle behind. */
		if (seq_lt(c->recover, ack))
			c->recover = ack - 1;
		cwnd_open(c, smss, n);
	} else if (seq_le(c->recover, ack)) {
		/* Full acknowledgment (RFC 6582 3.2 (3)), the first of the two ways: no burst. Under SACK (RFC 6675 5 (A)) cwnd is what it was all the time. */
		if (c->phase == CONGESTION_NEWRENO)
			c->cwnd = least(c->ssthresh, greatest(flight, smss) + smss);
		c->phase = CONGESTION_OPEN;
	} else if (c->phase == CONGESTION_NEWRENO) {
		return cwnd_deflate(c, smss, n);
	}
	return CONGESTION_GO_ON;
}

/* RFC 5681 equation (4): no less than two segments. */
static void ssthresh_set(struct congestion *c, uint32_t smss, uint32_t half)
{
	c->ssthresh = greatest(half, 2 * smss);
	c->counted = 0;
}

/* A new recovery up to sent_end. */
static void loss_note(struct congestion *c, uint32_t smss, uint32_t flight, uint32_t sent_end)
{
	ssthresh_set(c, smss, flight / 2);
	c->recover = sent_end;
}

/* FlightSize without what limited transmit sent, which is what lies above cwnd (RFC 5681 3.2 (2)). */
static uint32_t flight_within(const struct congestion *c, uint32_t una, uint32_t sent_end)
{
	return least(sent_end - una, c->cwnd);
}

bool congestion_duplicate(struct congestion *c, uint32_t smss, uint32_t una, uint32_t sent_end)
{
	if (c->phase == CONGESTION_NEWRENO)
		cwnd_raise(c, smss);
	c->duplicates++;
	/* SND.UNA lies before recover as long as a recovery goes on. */
	if (c->duplicates != DUPLICATES || !seq_lt(c->recover, una))
		return false;
	loss_note(c, smss, flight_within(c, una, sent_end), sent_end);
	c->cwnd = c->ssthresh + DUPLICATES * smss;
	c->phase = CONGESTION_NEWRENO;
	return true;
}

bool congestion_duplicate_sack(struct congestion *c, uint32_t smss, uint32_t una, uint32_t sent_end, bool lost)
{
	c->duplicates++;
	/* As above. */
	if ((c->duplicates < DUPLICATES && !lost) || seq_lt(una, c->recover))
		return false;
	loss_note(c, smss, flight_within(c, una, sent_end), sent_end);
	c->cwnd = c->ssthresh;
	c->phase = CONGESTION_BY_SACK;
	return true;
}

void congestion_timeout(struct congestion *c, uint32_t smss, uint32_t una, uint32_t sent_end, bool again)
{
	uint32_t ssthresh = c->ssthresh;

	loss_note(c, smss, sent_end - una, sent_end);
	if (again)
		c->ssthresh = ssthresh;
	c->cwnd = smss; /* LW */
	c->duplicates = 0;
	c->phase = CONGESTION_OPEN;
}

void congestion_restart(struct congestion *c, uint32_t window)
{
	c->cwnd = least(c->cwnd, window);
}

void congestion_shrink(struct congestion *c, uint32_t from, uint32_t to)
{
	c->cwnd = (uint32_t)((uint64_t)c->cwnd * to / from);
}

void congestion_echoed(struct congestion *c, uint32_t smss, uint32_t flight)
{
	c->cwnd = greatest(least(c->cwnd, flight) / 2, smss);
	ssthresh_set(c, smss, c->cwnd);
}

uint32_t congestion_room(const struct congestion *c, uint32_t smss, uint32_t flight, bool sack)
{
	uint32_t window = c->cwnd;

	if (!sack && c->phase == CONGESTION_OPEN)
		window += least(c->duplicates, DUPLICATES - 1) * smss;
	return excess(window, flight);
}
