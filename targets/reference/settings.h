/* Every setting of the reference stack, with its default and the clause it comes from, and how it is read from name and value. It holds nothing that changes while the stack runs. */
#ifndef TCPSPEC_REFERENCE_SETTINGS_H
#define TCPSPEC_REFERENCE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "targets/reference/rto.h"

/* The most that a shift of 14 can offer is about twice as much (RFC 7323 2.3). */
enum { RECEIVE_BUFFER_MAX = 1 << 29 };

/* A member's name is the setting's. Times are microseconds here, and said with a unit: "200 ms". */
struct settings {
	/* Times: a whole number with us, ms, s, min or h. */
	uint64_t msl;                /* 2 min: RFC 9293 3.4.2. TIME-WAIT lasts two of them (3.6.1 MUST-13) */
	uint64_t rto_initial;        /* 1 s: RFC 6298 2.1 */
	uint64_t rto_min;            /* 1 s: RFC 6298 2.4 */
	uint64_t rto_max;            /* 60 s: RFC 6298 2.5 */
	uint64_t delayed_ack_max;    /* 200 ms: below 500 ms, RFC 9293 3.8.6.3 MUST-40 */
	uint64_t override_timeout;   /* 500 ms: 0.1 to 1 s, after which a small segment is sent into a small window (RFC 9293 3.8.6.2.1 (4)) */
	uint64_t challenge_interval; /* 5 s: in every such interval, challenge_limit challenge ACKs (RFC 5961 7); 0: no throttle */
	uint64_t user_timeout;       /* 0, none: R2 alone decides. RFC 9293 3.9.1.1, 3.10.8 */
	uint64_t orphan_timeout;     /* 0, none, as RFC 9293 has none: FIN-WAIT-2 of a connection whose user has let go of it */
	uint64_t keepalive_idle;     /* 2 h: RFC 9293 3.8.4 MUST-28 */
	uint64_t keepalive_interval; /* 75 s: between probes that nobody answers */
	uint64_t uto_advertised;     /* 5 min: ADV_UTO of RFC 5482 3, where the user has set none */
	uint64_t uto_lower;          /* 100 s: L_LIMIT of RFC 5482 3.1 */
	uint64_t uto_upper;          /* 24 h: U_LIMIT of RFC 5482 3.1 */

	/* Numbers. */
	uint32_t challenge_limit;  /* 10: RFC 5961 7. One count for the whole host, as it is written there: who can make others draw challenge ACKs can tell that they did (CVE-2016-5696) */
	uint32_t syn_retries;      /* 7, which takes over 3 minutes: R2 of a SYN (RFC 9293 3.8.3 MUST-23) */
	uint32_t synack_retries;   /* 7: of a SYN,ACK */
	uint32_t retries;          /* 15: R2 of other segments (RFC 9293 3.8.3 SHLD-11) */
	uint32_t keepalive_count;  /* 9: probes without an answer after which the connection is lost (MUST-29: more than one) */
	uint32_t initial_window;   /* 4 segments, within RFC 5681 3.1; 10: RFC 6928 */
	uint32_t send_buffer;      /* 1 MiB: octets that SEND takes for a connection */
	uint32_t receive_buffer;   /* 65535: octets offered by a connection that says nothing else */
	uint32_t ranges;           /* 64: of text out of order that a connection holds */
	uint32_t fastopen_pending; /* 16: connections in SYN-RECEIVED whose SYN's text was taken, of a listener; beyond it, none is (RFC 7413 4.2) */
	uint32_t ttl;              /* 64: RFC 9293 3.9.2 MUST-49 */
	uint32_t prefix_v4;        /* 0: bits of the link's IPv4 prefix, at most 30, which make its broadcast addresses; 0: they are not known, or it has none */
	uint32_t connections;      /* 4096: TCBs */
	uint32_t listeners;        /* 64 */
	uint32_t blocks;           /* 16384: of text, of all connections */
	uint32_t block_octets;     /* 2048 */

	/* yes or no. */
	bool rfc5961_rst;         /* yes: a RST in the window but not at RCV.NXT draws a challenge ACK (RFC 5961 3.2) */
	bool rfc5961_syn;         /* yes: so does a SYN in a synchronized state (RFC 5961 4.2) */
	bool rfc5961_ack;         /* yes: and an ACK below SND.UNA-MAX.SND.WND (RFC 5961 5.2, RFC 9293 MAY-12) */
	bool rfc5927_hard;        /* no: a hard ICMP error aborts (RFC 9293 3.9.2.2 SHLD-26); yes: in a synchronized state it is a soft one (RFC 5927 5.2) */
	bool rfc5927_mtu;         /* yes: a path's MTU below what has arrived already is believed when the segment times out (RFC 5927 7.2) */
	bool rfc1337;             /* no: a RST ends TIME-WAIT, RFC 9293 3.10.7.4; yes: it does not (RFC 1337 3, F1) */
	bool time_wait_reuse;     /* yes: RFC 9293 3.6.1 MAY-2 and SHLD-4, RFC 6191 */
	bool half_duplex_close;   /* yes: a user who lets go of a connection with unread text, or before the last text came, resets it (RFC 9293 3.6.1 MAY-1, SHLD-3) */
	bool delayed_ack;         /* yes: RFC 9293 3.8.6.3 SHLD-18 */
	bool nagle;               /* yes: RFC 9293 3.7.4 SHLD-7; also for each connection */
	bool keepalive;           /* no: RFC 9293 3.8.4 MUST-25; also for each connection */
	bool keepalive_octet;     /* no: a keep-alive carries an octet of garbage (RFC 9293 3.8.4 MAY-6) */
	bool user_timeout_option; /* no: RFC 5482 3, ENABLED */
	bool timestamps;          /* yes: RFC 7323 3 */
	bool window_scale;        /* yes: RFC 7323 2 */
	bool sack;                /* yes: RFC 2018 */
	bool source_route;        /* no: an active OPEN asks for the loose source route by 198.51.100.1 (RFC 9293 3.9.2.1 MUST-51): the user's, whom this interface lets say nothing of it */
	bool ecn;                 /* no: asks for ECN in its SYNs, and agrees to it (RFC 3168 6.1.1) */
	bool fastopen;            /* no: RFC 7413 4.2: off until it is asked for; listeners, and OPENs with text */
};

/* Reads name, value, name, value, ..., NULL (which may be NULL itself) over the defaults. False with a sentence in `why`. */
bool settings_read(struct settings *to, const char *const *setting, char *why, size_t why_octets);

/* Of the clock of the timestamps, by which round trips are measured. */
enum { TICK_US = 1000 };

/* The part of them that is rto.h's. */
struct rto_settings settings_rto(const struct settings *set);

#endif
