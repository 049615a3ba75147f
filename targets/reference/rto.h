/* The retransmission timeout: RFC 6298, with Karn's rule, and samples by timestamps (RFC 7323 4). It sets no timer: it says how long one runs. */
#ifndef TCPSPEC_REFERENCE_RTO_H
#define TCPSPEC_REFERENCE_RTO_H

#include <stdbool.h>
#include <stdint.h>

/* Settings, in microseconds. */
struct rto_settings {
	uint64_t initial_us;     /* before the first sample (2.1): 1 s */
	uint64_t least_us;       /* (2.4): 1 s */
	uint64_t most_us;        /* (2.5): at least 60 s */
	uint64_t granularity_us; /* G */
	uint64_t after_syn_us;   /* (5.7): 3 s */
};

struct rto {
	uint64_t rto_us;        /* RTO, backed off as it is now */
	uint64_t srtt_8;        /* SRTT, in eighths of a microsecond */
	uint64_t rttvar_4;      /* RTTVAR, in fourths of a microsecond */
	uint64_t timed_from_us; /* when the segment that is timed was sent */
	uint32_t timed_end;     /* the ACK that ends its time */
	bool timing;            /* a segment is timed now */
	bool measured;          /* there was a sample */
};

void rto_init(struct rto *r, const struct rto_settings *settings);
/* A segment that ends before sequence number `end` is sent for the first time: it is timed, if none is at present. Not called when timestamps do the work. */
void rto_sent(struct rto *r, uint32_t end, uint64_t now_us);
/* Something was sent again: no segment in flight can be timed any more (3, Karn). */
void rto_resent(struct rto *r);
/* SEG.ACK acknowledges new data: the time of a segment that was timed is up, if it is covered; takes the sample. */
void rto_acked(struct rto *r, const struct rto_settings *settings, uint32_t ack, uint64_t now_us);
/* A round trip took rtt_us, of which the flight has some `samples` (at least 1): one for a timed segment; for timestamps FlightSize / (2 SMSS), rounded up (RFC 7323 appendix G). */
void rto_sample(struct rto *r, const struct rto_settings *settings, uint64_t rtt_us, uint32_t samples);
/* The timer expired (5.5): doubles the RTO. */
void rto_expired(struct rto *r, const struct rto_settings *settings);
/* The handshake is complete, and the timer of its SYN had expired: RTO = after_syn_us, if it had begun below that (5.7). Called after the sample that the handshake gave. */
void rto_established(struct rto *r, const struct rto_settings *settings);

#endif
