/* What a connection knows of Explicit Congestion Notification (RFC 3168 6.1). It sends nothing; how cwnd falls is congestion.h's. */
#ifndef TCPSPEC_REFERENCE_ECN_H
#define TCPSPEC_REFERENCE_ECN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/wire/segment.h"

/* 5: the two bits of the IP header. */
enum { ECN_ECT0 = 2,
       ECN_CE = 3 };

struct ecn {
	bool wanted; /* by the host: the setting */
	/* 6.1.1: SYNs and SYN,ACKs that were ECN-setup ones, and others. */
	bool setup_sent, other_sent, setup_received, other_received;
	bool echo;        /* 6.1.3: CE came, and no CWR since */
	bool reduced;     /* 6.1.2: CWR is to be set on the next new text */
	bool spared;      /* 6.1.2: SND.UNA is not beyond recover yet, once for each window of data */
	bool held;        /* 6.1.2: cwnd was a segment when ECE came: nothing new before the timer expires */
	uint32_t recover; /* SND.NXT when the window was reduced last */
};

/* The control bits that a SYN (syn_ack: SYN,ACK) bears beside its own; again: it was not answered (6.1.1.1). */
uint16_t ecn_of_syn(struct ecn *e, bool syn_ack, bool again);
/* The peer's SYN or SYN,ACK, also when it came again. */
void ecn_syn_arrives(struct ecn *e, const struct segment *g);
/* Text, acceptable and in the window: 6.1.3, 6.1.5, 6.1.6. */
void ecn_text_arrives(struct ecn *e, const struct segment *g);
/* Does an ACK ask for the window to be reduced? 6.1.2. */
bool ecn_is_echo(const struct ecn *e, const struct segment *g);
/* The window was reduced, for whatever reason, when SND.NXT was snd_nxt. */
void ecn_reduced(struct ecn *e, uint32_t snd_nxt);
/* The bits of a segment that is no SYN and no RST. */
uint16_t ecn_of_segment(const struct ecn *e, uint16_t ctl);
/* New text, not in a probe, goes out: its codepoint; *ctl gets CWR where it is due. */
uint8_t ecn_of_text(struct ecn *e, uint16_t *ctl);

#endif
