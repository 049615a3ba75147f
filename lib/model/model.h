/* RFC 9293 section 3.10 as pure functions: what a TCP is permitted to do, and what it owes. Not an implementation: it never
 * chooses, keeps no clock of its own, and does no I/O.
 *
 * An event (user call, segment, timeout) met by a TCB gives an outcome: the set of permitted reactions. Each reaction carries what
 * must be seen at once (`now`), and its next TCB, in which live what is owed later and what may come unasked (`owed`, `residue`).
 * All variables are the target's, by the standard's names. Times are microseconds on the caller's clock. */
#ifndef TCPSPEC_MODEL_MODEL_H
#define TCPSPEC_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/text.h"
#include "lib/model/ranges.h"
#include "lib/model/user_setting.h"
#include "lib/wire/segment.h"

/* The eleven states (RFC 9293 3.3.2). CLOSED: no TCB for the 4-tuple. */
enum state { CLOSED,
	     LISTEN,
	     SYN_SENT,
	     SYN_RECEIVED,
	     ESTABLISHED,
	     FIN_WAIT_1,
	     FIN_WAIT_2,
	     CLOSE_WAIT,
	     CLOSING,
	     LAST_ACK,
	     TIME_WAIT,
	     STATES };

const char *state_name(enum state s); /* "SYN-RECEIVED" */
/* False when no state has that name (length n). */
bool state_read(const char *name, size_t n, enum state *s);

enum profile { PROFILE_RFC9293,
	       PROFILE_RFC793,
	       PROFILE_TC8, /* OPEN Alliance TC8, TCP: RFC 793 with the corrections of RFC 1122 */
	       PROFILES };
const char *profile_name(enum profile p); /* "rfc9293" */
bool profile_read(const char *name, enum profile *p);

enum level { LEVEL_MUST,
	     LEVEL_SHOULD,
	     LEVEL_MAY };
const char *level_name(enum level l); /* "MUST" */

/* User calls (3.10.1 to 3.10.5) and what tests need beside them. */
enum call {
	CALL_OPEN_PASSIVE,
	CALL_OPEN_ACTIVE,
	CALL_SEND,    /* n octets */
	CALL_RECEIVE, /* n octets */
	CALL_CLOSE,   /* RFC CLOSE: nothing more to send, still receives */
	CALL_RELEASE, /* the user lets go of the socket: CLOSE without receiving; unread octets may turn it into ABORT (RFC 9293 3.6.1 MAY-1, SHLD-3) */
	CALL_ABORT,
	CALL_FORGET, /* the TCB is lost without a segment: a reboot (3.5.1) */
	CALL_SET,    /* a setting of one connection: model_set() */
	CALLS
};
const char *call_name(enum call c); /* "open_passive" */

/* Which ends an active OPEN names, where not those of the connection under test (3.9.1.1). */
enum open_place {
	OPEN_USUAL,
	OPEN_FROM_ANY,       /* no local address: the IP layer's choice (MUST-44) */
	OPEN_FROM_ELSEWHERE, /* a local address that is not this host's: "illegal for this process" */
	OPEN_TO_ANY,         /* no remote address: "remote socket unspecified" */
	OPEN_TO_BROADCAST,   /* MUST-46; over IPv6, which has none, the multicast address of all nodes */
	OPEN_TO_MULTICAST,
	OPEN_PLACES
};
const char *open_place_words(enum open_place p); /* "to broadcast"; "" for the usual ones */

/* User signals: what the user is told, as a set. */
enum {
	SIGNAL_RESET = 1 << 0,   /* "connection reset" */
	SIGNAL_REFUSED = 1 << 1, /* "connection refused" */
	SIGNAL_CLOSED = 1 << 2,  /* "connection closing", the call on a connection that is not there */
	SIGNAL_TIMEOUT = 1 << 3, /* "connection aborted due to user timeout" */
	SIGNAL_EOF = 1 << 4,     /* the peer's FIN was reached */
	SIGNAL_URGENT = 1 << 5,
	SIGNAL_UNREACHABLE = 1 << 6, /* an ICMP error ended the attempt, or is reported */
	SIGNAL_TROUBLE = 1 << 7,     /* R1 is reached: what was sent is not acknowledged (3.8.3 (e)) */
};
const char *signal_name(unsigned signal); /* "reset" */
bool signal_read(const char *name, size_t n, unsigned *signal);

/* What a stack declares about itself where the standard leaves it free. */
struct choices {
	bool rfc5961_rst;                    /* challenge ACK for an inexact RST (RFC 5961 3) */
	bool rfc5961_syn;                    /* challenge ACK for a SYN in a synchronized state (RFC 5961 4) */
	bool rfc5961_ack;                    /* MAY-12: SEG.ACK range check (RFC 5961 5) */
	bool time_wait_reuse;                /* MAY-2, RFC 6191: a new SYN may reopen a TIME-WAIT connection */
	bool rfc1337;                        /* RST ignored in TIME-WAIT (RFC 1337 fix F1) */
	bool syn_early_retry;                /* repeats its SYN before the RTO after an unacceptable ACK in SYN-SENT */
	bool early_retransmit;               /* tail loss probe and the like: retransmits before the RTO */
	bool rack;                           /* RFC 8985: with SACK, time shows what is lost, not only the number of duplicate ACKs */
	bool half_duplex_close;              /* MAY-1: release with unread octets, or octets after release, draw RST (RFC 9293 3.6.1) */
	bool delayed_ack;                    /* ACK of text or FIN may be owed instead of sent at once */
	bool timestamps, window_scale, sack; /* offers or accepts the option */
	bool nagle;                          /* Nagle is on for the sockets under test */
	bool fastopen;                       /* the text of a SYN with a valid cookie is taken at once, and text goes with the SYN of an OPEN that has some (RFC 7413) */
	bool keepalive;                      /* keep-alives are on for every connection (3.8.4) */
	bool keepalive_octet;                /* MAY-6: a keep-alive carries an octet of garbage */
	bool user_timeout_option;            /* RFC 5482: ENABLED, with ADV_UTO and its limits among the constants */
	bool ecn;                            /* asks for ECN, and agrees to it (RFC 3168 6.1.1) */
	bool source_route;                   /* its user asks for the loose source route by 198.51.100.1 when he opens actively over IPv4 (3.9.2.1 MUST-51) */
	bool rfc5927_hard;                   /* a hard ICMP error is a soft one in a synchronized state (RFC 5927 5.2) */
};

/* A stack's declared constants, microseconds but where said. */
struct constants {
	uint64_t rto_initial, rto_min, rto_max;
	uint64_t delayed_ack_max;                      /* at most 500,000 (RFC 9293 3.8.6.3 MUST-40) */
	uint64_t msl;                                  /* TIME-WAIT lasts 2 of these */
	uint64_t tick;                                 /* granularity: nothing is early or late by less */
	uint64_t time_wait_late;                       /* how much longer than 2 MSL TIME-WAIT may last: long timers can be coarser than a tick */
	uint64_t challenge_interval;                   /* at most one challenge ACK in this time; 0: no throttle */
	uint64_t keepalive_idle, keepalive_interval;   /* before the first keep-alive, and between those that nobody answers (3.8.4) */
	uint64_t user_timeout;                         /* 3.9.1.1; 0: none, R2 alone decides */
	uint64_t uto_advertised, uto_lower, uto_upper; /* ADV_UTO, L_LIMIT and U_LIMIT of RFC 5482 3.1 */
	unsigned syn_retries, synack_retries, retries; /* R2 counted in retransmissions */
	unsigned mtu;                                  /* octets of the largest IP packet that it takes and sends: EMTU_R, EMTU_S; 0: not declared */
	unsigned fastopen_pending;                     /* connections in SYN-RECEIVED that a listener may have whose SYN's text was taken (RFC 7413 4.2) */
	unsigned timer_late;                           /* percent of its time by which a timer may be late beside the tick: kernels round long ones up */
	unsigned keepalive_count;                      /* keep-alives that nobody answers, after which the connection may be given up */
	unsigned send_buffer;                          /* octets of text, unsent or unacknowledged, beyond which SEND is answered with "insufficient resources"; 0: not declared */
	unsigned ranges;                               /* pieces of text ahead of its turn that a connection holds at least. For ladders to ask for */
	unsigned initial_window;                       /* segments: at most 4 by RFC 5681 3.1, 10 by RFC 6928. For ladders to ask for: the judge knows no congestion window */
};

/* Who the user of every connection is: the calls of a script, or a program behind a port that nobody steers (lib/model/service.h). */
enum service { SERVICE_NONE,
	       SERVICE_ECHO,    /* RFC 862: it sends back what it receives, and closes when the peer has */
	       SERVICE_DISCARD, /* RFC 863: it receives, and closes when the peer has */
	       SERVICES };

struct model {
	enum profile profile;
	enum service service;
	struct choices choices;
	struct constants constants;
};

/* What RFC 9293 and its companions say by default: everything recommended, 1 s / 200 ms / 60 s RTO, 2 min MSL. */
struct model model_default(enum profile p);

enum { GAPS_MAX = 24, /* as many as an input of the fuzzer has moves: what a stack holds and SACKs beyond them would look like a lie */
       FINS_MAX = 4,
       EMISSIONS_MAX = 4,
       REACTIONS_MAX = 32 };

/* A transmission control block, as far as behaviour on the wire depends on it. Plain data: copied freely, compared with memcmp. Zeroed padding is kept by tcb_closed(). */
struct tcb {
	enum state state;
	bool passive;  /* SYN-RECEIVED came from LISTEN (3.10.7.4, second and fourth check) */
	bool reopened; /* SYN-RECEIVED came from TIME-WAIT, and may go back to it (3.6.1 MAY-2 (2)): the old variables are in old */
	struct {
		uint32_t iss, snd_nxt, irs, rcv_nxt, rcv_wnd, ts_recent;
		uint64_t ts_recent_at, time_wait_from;
		bool ts_on, ws_on;
		uint8_t snd_scale, rcv_scale;
		uint16_t snd_mss, rcv_mss;
	} old;
	bool fastopened; /* RFC 7413 4.2: the text of the SYN was taken with it; of an active OPEN, that text went, or may have gone, with the SYN */
	bool listener;   /* the port has a listener of its own: a 4-tuple without a TCB is LISTEN to a SYN */
	bool iss_known;  /* false from the open until the target's SYN was seen */
	bool irs_known;
	uint32_t iss, snd_una, snd_nxt, snd_wl1, snd_wl2;
	uint32_t snd_wnd, max_snd_wnd; /* octets, scaled */
	uint32_t irs, rcv_nxt;
	uint32_t rcv_wnd;  /* octets: what the target advertised last, counted from RCV.NXT (it shrinks as octets arrive) */
	uint32_t rcv_edge; /* RCV.NXT+RCV.WND as advertised: must not move left (3.8.6, SHLD-14), and where it did still counts (RFC 7323 2.4) */
	bool edge_shown;
	uint32_t max_rcv_wnd; /* the largest that was advertised */
	uint32_t left;        /* octets that were unread when the connection came to an orderly end: its user may have them still */
	uint32_t unread;      /* octets received in order and not yet taken by the user */
	struct {
		uint32_t from, to; /* octets held beyond a gap, [from, to) */
	} held[GAPS_MAX];
	unsigned held_count;
	uint32_t newest_from, newest_to; /* what came last beyond a gap, held or not: text, and the FIN behind it */
	bool held_fin;                   /* a FIN held beyond a gap, at held_fin_seq */
	uint32_t held_fin_seq;
	uint32_t fins[FINS_MAX]; /* where several came beyond the gap: the numbers of all of them, of which one is believed, and all were received */
	unsigned fins_count;
	bool fin_received;
	uint32_t queued;       /* octets that the user sent and that were never transmitted: they start at SND.NXT */
	uint64_t queued_since; /* since when there are any, or the last of them were sent; 0: there are none */
	bool fin_queued;       /* CLOSE was called, the FIN was not yet transmitted */
	bool fin_sent;         /* FIN is at SND.NXT-1 */
	bool released;         /* no user any more */
	bool ts_on, ws_on, sack_on;
	bool ts_offered, ws_offered, sack_offered; /* by the tester */
	uint8_t snd_scale, rcv_scale;              /* shift counts in force */
	uint8_t target_ws;                         /* shift count that the target's SYN offered */
	bool target_ws_offered, target_ts_offered, target_sack_offered;
	uint16_t snd_mss, rcv_mss;
	/* RFC 3168 6.1.1, as the SYNs and SYN,ACKs of each side have shown it: an ECN-setup one, and any other. */
	bool ecn_asked, ecn_declined;               /* the tester's */
	bool target_ecn_asked, target_ecn_declined; /* the target's */
	bool too_big;                               /* an ICMP error said so of what was in flight up to too_big_end: it may be sent again at once */
	uint32_t too_big_end;
	bool path_told;    /* so it did once: how large a segment may be is not known any more */
	uint16_t path_mss; /* but not less than that */
	bool ecn_held;     /* the last ACK bore ECE: new text may wait for the retransmission timer (6.1.2) */
	uint32_t ts_recent, last_ack_sent;
	uint64_t ts_recent_at; /* when it was taken: after 24 days it says nothing (RFC 7323 5.5); 0: not known */
	bool ts_doubt;         /* ts_other may be TS.Recent instead: RFC 7323 5.3 R2/R3 and its Appendix D record an old segment's TSval differently */
	uint32_t ts_other;
	bool urgent; /* RCV.UP is ahead of what the user consumed */
	uint32_t rcv_up;
	bool urgent_out; /* SND.UP is ahead of what was acknowledged */
	uint32_t snd_up;
	/* Owed: an ACK that may be delayed. Settled by any segment whose ACK covers owed_ack. */
	bool ack_owed;
	uint32_t owed_ack;
	uint64_t owed_by;       /* latest time */
	uint32_t owed_segments; /* full-sized segments unacknowledged: every second must be acknowledged (SHLD-19) */
	const char *owed_clause;
	/* Residue: what the clock permits. */
	uint64_t sent_at;                /* when the oldest unacknowledged octet, SYN or FIN was last transmitted; 0: nothing outstanding */
	unsigned retransmissions;        /* of it so far, by the clock */
	unsigned early_ones;             /* and ahead of it: for R2 they count, or do not */
	unsigned behind_ones;            /* by the clock, of what is behind it, which has an R2 of its own */
	uint32_t resent_to, resent_room; /* where the last repetition by the clock ended, and how much more the loss window of one segment lets go with it (RFC 5681 3.1) */
	uint64_t front_at;               /* outstanding octets below front_end were last transmitted then at the latest: an acknowledgment of a part restarts the timer, but does not send them; 0: not known */
	uint32_t front_end;
	uint64_t new_at; /* when anything was last sent that was new, and where that began */
	uint32_t new_from;
	uint64_t behind_at;                    /* when anything behind the oldest was last sent again, which leaves the timer of the oldest alone */
	bool early_syn;                        /* one SYN before the RTO is permitted (choices.syn_early_retry) */
	bool early_data;                       /* one early retransmission is permitted (third duplicate ACK, or choices.early_retransmit) */
	unsigned duplicate_acks, doubted_acks; /* and how many of them answered probes */
	struct ranges sacked;                  /* told to have arrived, in any ACK */
	struct ranges again;                   /* sent again since something last let all of it be: an ACK has no octet sent again twice (RFC 6298 5; RFC 6675 4, HighRxt) */
	bool rescued;                          /* but for the last segment, once (RFC 6675 4, NextSeg (), rule (4)) */
	bool recovering;                       /* something was lost, and what was sent before `recover` may be sent again as ACKs come: RFC 5681 3.2, RFC 6582, RFC 6675, or after a timeout */
	bool repeatedly;                       /* several segments at an ACK: with SACK, or in the slow start behind a timeout */
	bool sack_may_begin;                   /* but for a window that was closed, where nothing was lost (RFC 6675 5.1 forbids it behind a timeout), or for duplicates that need not have counted: SACK may begin a recovery */
	uint32_t recover;
	bool congested;          /* a loss or ECE was met since the connection opened: cwnd may be no more than one segment, however small */
	bool before_text;        /* what the last arrival's ACK has sent again may leave before its text and FIN are taken, and acknowledge none of them */
	uint32_t before_ack;     /* RCV.NXT until then */
	bool window_update_due;  /* the user read: a pure ACK with a larger window may follow */
	uint64_t closed_at;      /* since when the peer's window is shut with something queued, or the last probe of it; 0: it is not */
	unsigned probes;         /* of that window, repetitions among them, since it was shut */
	unsigned unanswered;     /* of these, since the peer last acknowledged: R2 counts no others (3.8.6.1, MUST-37; RFC 6429 3) */
	uint64_t challenged_at;  /* when the last challenge ACK was due, for the declared throttle; 0: never */
	uint64_t time_wait_from; /* when TIME-WAIT was entered or restarted */
	uint64_t opened_at;
	uint64_t waiting_since;   /* since when the oldest unacknowledged octet, SYN or FIN waits, as far as it is known: the user timeout; 0: nothing outstanding */
	uint64_t submitted_since; /* since when anything that the user has submitted waits, sent or not, since the last acknowledgment of some; 0: nothing does */
	uint64_t limited_at;      /* when the user set his timeout: one that is over by then is over then, and not before; 0: he did not */
	uint64_t heard_at;        /* when a segment of the peer's was last in order, or the keep-alive behind it was sent */
	unsigned keepalives;      /* sent since */
	uint64_t remote_uto;      /* REMOTE_UTO of RFC 5482 3.1; 0: none was received */
	/* What the user has set of this connection (model_set): bit 1 << enum user_setting, and the value. */
	unsigned set;
	uint64_t setting[USER_SETTINGS];
	unsigned signals;    /* told to the user so far, SIGNAL_* */
	unsigned may_signal; /* may be told as well */
};

/* No TCB. listener: whether its port has one. */
struct tcb tcb_closed(bool listener);

/* A TCB as the standard preludes leave it: window 65535 both ways, no options, no text. passive: how the connection came about (SYN-RECEIVED remembers
 * it). The target's FIN was sent where the state says so, and acknowledged in FIN-WAIT-2 and TIME-WAIT only; the peer's was received where the state says so. */
struct tcb tcb_in_state(enum state s, bool passive, bool listener, uint32_t iss, uint32_t irs);

/* A segment that a reaction must send, as a pattern. */
struct emission {
	uint16_t ctl, ctl_care; /* bits asserted: (seg.ctl & ctl_care) == ctl */
	bool binds_iss;         /* SEQ is a new ISS, chosen by the target: any (but see seq_after) */
	bool seq_after;         /* the new ISS must lie after `seq` (MAY-2 (1)) */
	uint32_t seq;
	bool ack_any; /* no claim on the ACK field */
	uint32_t ack;
	uint32_t text_max; /* octets of queued text it may carry */
	bool tells;        /* of the text that came last, in the first SACK block, where it is held and any is told of */
	bool again;        /* it carries text that was sent before, and is of a TCB that is no more */
	bool again_fin;    /* and the FIN behind all of it */
	uint16_t up;       /* and with URG this pointer; 0: no urgent text is ahead */
};

struct reaction {
	const char *clause;     /* "RFC 9293 3.10.7.4, first check" */
	enum level level;       /* of the clause: MUST, SHOULD, MAY */
	unsigned breaks_should; /* this branch is lawful but not recommended: NON-STRICT. By how many recommendations */
	struct emission now[EMISSIONS_MAX];
	unsigned now_count;
	/* SND.NXT must have got as far as `due` before the fence (text and FIN that can be sent at once). */
	bool has_due;
	bool due_should; /* missing it breaks a SHOULD only */
	uint32_t due;
	/* Of a call: how it is answered, beside the signals of `next`. */
	enum answering {
		ANSWER_BY_SIGNALS,
		ANSWER_ERROR,  /* with some error, and only so */
		ANSWER_EITHER, /* with an error or not */
		ANSWER_SERVED, /* with none, and lack of resources is no excuse */
		ANSWER_WAITS,  /* nothing yet: it is queued */
		ANSWER_ENDS,   /* with the end of the text, or that the connection is closing */
	} answer;
	struct tcb next;
};

struct outcome {
	struct reaction reaction[REACTIONS_MAX];
	unsigned count;
};

/* A user call, but for SET. n: octets, of SEND and RECEIVE. */
void model_call(const struct model *m, const struct tcb *t, enum call c, uint32_t n, uint64_t now, struct outcome *out);

/* OPEN, active, with n octets to be sent: on the SYN where Fast Open is on and a cookie is at hand (RFC 7413 4.2.2), else as by a SEND behind it. */
void model_open_text(const struct model *m, const struct tcb *t, uint32_t n, uint64_t now, struct outcome *out);

/* The user sets something of his connection; value: in the form of the setting. Where there is none he is refused. */
void model_set(const struct model *m, const struct tcb *t, enum user_setting s, uint64_t value, uint64_t now, struct outcome *out);

/* SEND with the URGENT flag: "SND.UP <- SND.NXT, and set the urgent pointer in the outgoing segments" (3.10.2), once the text is queued. */
void model_send_urgent(const struct model *m, const struct tcb *t, uint32_t n, uint64_t now, struct outcome *out);

/* An active OPEN. */
void model_open(const struct model *m, const struct tcb *t, enum open_place p, uint64_t now, struct outcome *out);

/* SEGMENT ARRIVES (3.10.7). The segment has passed its checksum; one that has not is for the caller to say: no event at all. */
void model_arrives(const struct model *m, const struct tcb *t, const struct segment *s, uint64_t now, struct outcome *out);

/* An ICMP error that quotes a segment with this SEQ (3.9.2.2; RFC 5927 4). type and code: of the family's own wire; mtu: that it names, 0: none. */
void model_icmp(const struct model *m, const struct tcb *t, enum family f, uint8_t type, uint8_t code, uint16_t mtu, uint32_t quoted_seq, uint64_t now, struct outcome *out);

/* Time has come to `now`: which TCBs are possible (timeouts of 3.10.8: TIME-WAIT, user timeout). Count 0: an obligation of t was missed
 * (an owed ACK, say): *missed names its clause. Usually count 1, the same TCB; 2 within a tick of an expiry. */
void model_time(const struct model *m, const struct tcb *t, uint64_t now, struct outcome *out, const char **missed);

/* Would model_time() give one reaction, with t as it is? */
bool model_time_stays(const struct model *m, const struct tcb *t, uint64_t now);

enum unasked { UNASKED_FORBIDDEN,
	       UNASKED_OWED,
	       UNASKED_TEXT,
	       UNASKED_RETRANSMISSION,
	       UNASKED_WINDOW_UPDATE,
	       UNASKED_PROBE,
	       UNASKED_KEEPALIVE };

/* May t send segment s at `now` without any event? OWED: the ACK it owes. TEXT: queued octets or FIN, for the first time. The rest is residue,
 * within its budget. *next is the TCB afterwards, *clause why. */
enum unasked model_emits(const struct model *m, const struct tcb *t, const struct segment *s, uint64_t now, struct tcb *next, const char **clause);

/* Does s satisfy e? If so *t (the reaction's next TCB) takes over what s shows: ISS, advertised window, options, the time of transmission. */
bool model_satisfies(const struct model *m, const struct emission *e, const struct segment *s, uint64_t now, struct tcb *t);

/* The earliest time after `now` at which t may (residue) or must (owed) do something by itself; UINT64_MAX: never. */
uint64_t model_next_owed(const struct tcb *t);
uint64_t model_next_residue(const struct model *m, const struct tcb *t);

/* The state diagram (RFC 9293 3.3.2, Figure 5), as data. */
struct edge {
	enum state from, to;
	const char *event;  /* "rcv SYN" */
	const char *action; /* "snd SYN,ACK" or "" */
};
const struct edge *model_edges(size_t *count);
/* The diagram's edge that leads from `from` to `to` by this kind of event, or NULL. */
const struct edge *model_edge(enum state from, enum state to);

/* Always-on checks of a captured segment of the target, apart from every reaction (design, the judge, 5): NULL, or the sentence that is broken with
 * its clause; *level: how strongly it says so (MUST or SHOULD). t: the TCB before the segment. */
const char *model_segment_fault(const struct model *m, const struct tcb *t, const struct segment *s, enum level *level);
/* The same of its size (MUST): more text and options than SendMSS lets it have. Not for captures of a host that leaves the cutting to its interface. */
const char *model_size_fault(const struct model *m, const struct tcb *t, const struct segment *s);
/* The same of a reset (SHOULD): its Timestamps option (RFC 7323 3.2, 5.2). before: the TCB that it ends, before the event that made it; cause: the segment that was that event, or NULL. */
const char *model_reset_fault(const struct model *m, const struct tcb *before, const struct segment *cause, const struct segment *s);

/* Segments in ladder notation, relative to t's variables: "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>". stimulus (or NULL) gives SEG.SEQ and SEG.ACK. */
void emission_print(const struct emission *e, const struct tcb *t, const struct segment *stimulus, struct text *out);
void segment_print_relative(const struct segment *s, const struct tcb *t, const struct segment *stimulus, struct text *out);

#endif
