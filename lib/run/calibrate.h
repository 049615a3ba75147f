/* Calibration: is a fence kind sound on this link and target, today? Measured, not assumed. It judges no conformance. */
#ifndef TCPSPEC_RUN_CALIBRATE_H
#define TCPSPEC_RUN_CALIBRATE_H

#include "lib/run/stage.h"

struct calibration {
	unsigned samples;       /* stimulus and fence back to back, whose reply was seen */
	unsigned overtaken;     /* the fence's answer came before the stimulus's */
	unsigned silent;        /* no reply at all to a stimulus that must be answered */
	uint64_t round_trip_ns; /* median of the fence's */
};

/* The port of the i-th segment, from 0, of a burst before a sample on `sampled`: one of the ESTABLISHED ones (bit 1 is clear), another for each i below CALIBRATE_BURST, and
 * never the sample's own, whose reply could not be told from the burst's. Pure. */
enum { CALIBRATE_PORTS = 16,
       CALIBRATE_BURST = CALIBRATE_PORTS / 2 - 1 };
unsigned calibrate_burst_port(unsigned sampled, unsigned i);

/* What it says of a probe that no reply came before the fence's answer. Some stacks owe one to an unacceptable segment and never give it: that is a matter of the verdicts and not of the order, and
 * is not asked again (MUTE); a SYN, a segment to CLOSED and an old octet are answered by every stack (is_owed_by_all). late: it came in all the time of an answer behind the fence. answered: a probe of
 * this kind was, once, so that the stack is not mute there and a segment is lost. Pure. */
enum silence { SILENCE_OVERTAKEN,
	       SILENCE_LOST,
	       SILENCE_MUTE };
enum silence calibrate_silence(bool is_owed_by_all, bool late, bool answered);

/* Measures the link fence: `samples` samples, or as many as four seconds hold, but 1,500 at least, over 2,000 source ports in both families: SYN to LISTEN, old octet and old empty segment in ESTABLISHED,
 * full-size text beyond the window, FIN in FIN-WAIT-2, ACK in CLOSED. False with e only when the wire or target is broken. */
bool calibrate_link(struct stage *s, unsigned samples, struct calibration *c, struct error *e);

/* Measures the fence on the connection itself, on connections with timestamps in both families and in every state that can carry it: old octet, text beyond the window,
 * old empty segment. Nothing is counted where the target does not agree to timestamps. False with e as above. */
bool calibrate_same(struct stage *s, unsigned samples, struct calibration *c, struct error *e);

#endif
