/* The inside of the reference stack: what it keeps, and what its files know of each other. Its only outside is lib/target/stack.h.
 *
 * Everything lies in one arena and is named by index, so that it can be copied as a whole. Slots and blocks above their high-water marks were never written.
 * The names of RFC 9293 3.3.1 and 3.10 are kept: snd_una is SND.UNA, g->seq is SEG.SEQ. */
#ifndef TCPSPEC_REFERENCE_REFERENCE_H
#define TCPSPEC_REFERENCE_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/target/stack.h"
#include "lib/wire/segment.h"
#include "lib/wire/seq.h"
#include "targets/reference/congestion.h"
#include "targets/reference/ecn.h"
#include "targets/reference/isn.h"
#include "targets/reference/octets.h"
#include "targets/reference/pool.h"
#include "targets/reference/reassembly.h"
#include "targets/reference/route.h"
#include "targets/reference/rto.h"
#include "targets/reference/scoreboard.h"
#include "targets/reference/settings.h"

/* No slot, no listener. */
#define NOBODY UINT32_MAX
/* No time. */
#define NEVER UINT64_MAX

enum { HEADER_TCP = 20,
       OPTIONS_TS = 12, /* timestamps, with the two NOPs before them */
       OPTION_UTO_OCTETS = 4,
       SCALE_MAX = 14,       /* RFC 7323 2.3 */
       MSS_DEFAULT_V4 = 536, /* RFC 9293 3.7.1 MUST-15 */
       MSS_DEFAULT_V6 = 1220,
       SERVERS = 4 };

/* What a connection waits for. */
enum timer {
	TIMER_RETRANSMIT, /* something in flight: RFC 6298 5; with SND.WND = 0 it is the probe's (RFC 9293 3.8.6.1) */
	TIMER_PROBE,      /* nothing in flight, and text or FIN that the window holds back: 3.8.6.1, 3.8.6.2.1 (4) */
	TIMER_ACK,        /* an ACK delayed: 3.8.6.3 */
	TIMER_KEEPALIVE,  /* 3.8.4 */
	TIMER_USER,       /* 3.10.8, USER TIMEOUT */
	TIMER_TIME_WAIT,  /* 3.10.8, TIME-WAIT TIMEOUT */
	TIMERS,
};

/* What is owed to the peer. */
enum ack_due { ACK_NONE,
	       ACK_LATER,
	       ACK_NOW };

/* The connection in TIME-WAIT that a SYN took the place of: RFC 9293 3.6.1 MAY-2 (2) wants it back when the SYN was an old duplicate. */
struct before {
	uint64_t ends_at; /* its TIME-WAIT; NEVER: there was none */
	uint64_t ts_recent_at;
	uint32_t snd_nxt, rcv_nxt, rcv_edge, receive_buffer, max_snd_wnd;
	uint32_t ts_recent;
	uint8_t rcv_scale;
	bool ts_ok;
};

/* A connection. A slot whose state is CLOSED is free, or kept for a user who has not let go of it. */
struct tcb {
	/* table.c: linear hashing; as many chains as slots were ever taken, the head of chain i lies in slot i. */
	uint32_t chain_head, chain_next;
	/* due.c: a heap by `due`; what stands at place i of it lies in slot i. */
	uint32_t heap_slot, heap_place;
	uint32_t generation; /* of the slot: handles of an earlier one are dead */
	uint32_t next_free;

	struct tcpspec_address remote;
	uint8_t family; /* index of the host's own address: 0 IPv4, 1 IPv6 */
	uint16_t local_port, remote_port;

	uint8_t state;                 /* TCPSPEC_SYN_SENT and on; TCPSPEC_CLOSED */
	bool passive;                  /* came from LISTEN */
	bool owned;                    /* a user has the handle */
	bool released;                 /* a user had it, and has let go: nobody receives */
	bool syn_acked;                /* SND.UNA is behind our SYN: not "is not ISS", which it is again after 2^32 octets */
	bool fin_queued;               /* CLOSE was called */
	bool fin_sent;                 /* SND.NXT is behind the FIN */
	bool fin_arrived;              /* RCV.NXT is behind the peer's FIN */
	bool ts_ok, sack_ok, scale_ok; /* offered, in SYN-SENT; later: agreed on */
	bool urgent_out;               /* SND.UP says something */
	bool nagle, keepalive;
	bool unreported; /* the user wants no reports of soft errors (RFC 9293 3.9.1.8) */
	uint8_t dscp, ttl;
	unsigned told;
	/* RFC 7413. */
	bool fastopened;    /* the text of the SYN that came was taken with it (FastOpened) */
	uint8_t cookie_say; /* enum cookie_say: what its first SYN, or SYN,ACK, says of cookies */
	uint16_t syn_text;  /* octets of the send queue that its first SYN carries */

	uint32_t listener, listener_generation; /* from whose port it came; NOBODY: it was opened actively */
	uint32_t accept_next, accept_before;    /* the listener's queue, when `accepting` */
	bool accepting;

	uint32_t iss, snd_una, snd_nxt, snd_wnd, snd_wl1, snd_up, max_snd_wnd; /* SND.WL2 is nowhere: it is never above SND.UNA, and no older ACK gets that far */
	uint16_t mtu;                                                          /* of the path: PMTU */
	bool cut;                                                              /* routers may cut its packets: DF is off */
	bool mtu_claimed;                                                      /* RFC 5927 7.2: an error that waits for a timeout to be believed */
	uint16_t claimed_mtu;
	uint32_t claimed_seq;
	uint16_t size_acked; /* maxsizeacked: the largest packet that has arrived */
	uint16_t send_mss;   /* SendMSS: the peer's MSS option, or the default */
	uint8_t snd_scale, rcv_scale;
	bool front_lost;             /* what is at SND.UNA is to be sent again, once the segment that has told so is dealt with */
	uint32_t resend, resend_end; /* after a timeout: what is sent again as the window opens */
	uint32_t tries;              /* sendings of what is at SND.UNA that nobody answered */
	uint32_t probes;             /* of a zero window, since it closed: their interval grows */
	uint32_t lost_syns;          /* SYNs, or SYN,ACKs, sent again */
	uint32_t retries;            /* R2, as a count */
	uint32_t keepalive_count;    /* probes without an answer after which the connection is lost */
	uint32_t keepalive_probes;
	uint64_t keepalive_idle, keepalive_interval;
	uint64_t user_timeout;   /* 3.9.1.1; 0: none */
	uint64_t user_from;      /* since when what it is about waits; NEVER: nothing does */
	uint64_t remote_uto;     /* REMOTE_UTO of RFC 5482 3.1; 0: none was received */
	bool user_timeout_fixed; /* not CHANGEABLE: the user has set it */
	bool uto_due;            /* the next segment tells of it (RFC 5482 3) */
	uint64_t sent_at;        /* the last text or FIN, also when it came again: RFC 5681 4.1 */
	struct octets send;
	struct rto rto;
	struct congestion congestion;
	struct ecn ecn;
	struct route route;
	struct scoreboard scoreboard;

	uint32_t rcv_nxt, rcv_edge, rcv_up; /* rcv_edge: RCV.NXT + RCV.WND, as it was told to the peer */
	uint32_t receive_buffer;
	uint32_t last_ack_sent, ts_recent, ts_offset;
	uint64_t ts_recent_at;
	uint8_t ack_due; /* enum ack_due */
	uint8_t unacked; /* text segments since the last ACK */
	bool urgent_in;  /* RCV.UP says something */
	struct octets received;
	struct reassembly held;

	uint64_t timer[TIMERS];
	uint64_t due; /* when the first of them expires */
	struct before before;
};

/* RFC 7413 4.1.1. */
enum cookie_say { COOKIE_NONE,
	          COOKIE_ASK, /* a client's, which has none */
	          COOKIE_SHOW /* a client's, or the one that a server gives */ };

/* What a client knows of a server: RFC 7413 4.1.3. */
struct server {
	struct tcpspec_address address; /* family 0: the entry is free */
	uint16_t port;
	uint16_t mss;
	uint8_t cookie_octets, cookie[COOKIE_MAX];
	uint64_t denied_until; /* 4.1.3.1: a negative response was cached */
};

/* A passive OPEN. */
struct listener {
	struct tcpspec_address local; /* family 0: the entry is free */
	uint16_t port;
	uint32_t receive_buffer;
	uint32_t generation;
	uint32_t accept_first, accept_last; /* slots, or NOBODY */
};

/* How often something lawful was done because of a limit, a rule or a defect of what came. */
struct counters {
	uint64_t packets, malformed, bad_checksum, fragments, not_ours, bad_source;
	uint64_t no_connection, no_room, challenges_throttled, aborted_by_timeout, negative_advice, resets_sent, icmp_ignored;
};

/* What a snapshot keeps of the head of the arena. */
struct moving {
	uint64_t now;
	uint64_t challenge_from; /* RFC 5961 7: the interval's beginning, and challenge ACKs in it */
	uint32_t challenges;
	uint32_t slots;      /* slots below it were taken at some time: the high-water mark, and the number of chains */
	uint32_t slots_free; /* the first of the list of free ones, or NOBODY */
	uint32_t heap;       /* connections that wait for some time */
	uint32_t listeners;  /* the high-water mark */
	uint16_t ephemeral;  /* RFC 6056 3.3.3 */
	uint16_t identification;
	struct counters count;
	struct server server[SERVERS]; /* the one that was asked longest ago makes room */
	uint8_t server_next;
	struct pool pool;
};

struct tcpspec_stack {
	struct settings set;
	struct tcpspec_address own[2];
	struct siphash_key isn_key, table_key, stamp_key, port_key, cookie_key;
	void (*output)(void *to, const uint8_t *packet, size_t octets);
	void *to;
	uint32_t mtu;
	/* Octets from this struct. */
	size_t listeners_at, slots_at, blocks_at, scratch_at;

	struct moving m;
};

static inline struct tcb *tcb_at(struct tcpspec_stack *s, uint32_t slot)
{
	return (struct tcb *)(void *)((uint8_t *)s + s->slots_at) + slot;
}

static inline uint32_t tcb_slot(const struct tcpspec_stack *s, const struct tcb *t)
{
	return (uint32_t)(t - (const struct tcb *)(const void *)((const uint8_t *)s + s->slots_at));
}

static inline struct listener *listener_at(struct tcpspec_stack *s, uint32_t i)
{
	return (struct listener *)(void *)((uint8_t *)s + s->listeners_at) + i;
}

/* The time that the caller tells; it never goes back. */
static inline void clock_set(struct tcpspec_stack *s, uint64_t now_us)
{
	if (now_us > s->m.now)
		s->m.now = now_us;
}

/* table.c: connections and listeners by their ends and by handle. */
struct tcpspec_ends tcb_ends(const struct tcpspec_stack *s, const struct tcb *t);
/* NULL: there is none. */
struct tcb *tcb_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends);
struct listener *listener_find(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port);
/* A new connection, zeroed but for its tables, in the state CLOSED, found under these ends; NULL: the limit is reached, which is counted. */
struct tcb *tcb_new(struct tcpspec_stack *s, const struct tcpspec_ends *ends);
/* Whether there would be one. */
bool tcb_room(const struct tcpspec_stack *s);
/* "Delete the TCB, enter the CLOSED state": nothing finds it any more, no timer runs, what is in flight or held is flushed. The slot stays while a user owns it, with what was told. */
void tcb_end(struct tcpspec_stack *s, struct tcb *t, unsigned told);
/* The user lets go of the slot. */
void tcb_disown(struct tcpspec_stack *s, struct tcb *t);
/* The queue of established connections that nobody owns: to its end, when the listener is still there; out of it, when it stands there. */
void accept_add(struct tcpspec_stack *s, struct tcb *t);
void accept_remove(struct tcpspec_stack *s, struct tcb *t);
int64_t tcb_handle(const struct tcpspec_stack *s, const struct tcb *t);
int64_t listener_handle(struct tcpspec_stack *s, const struct listener *l);
/* NULL: the handle is no such thing, or dead. */
struct tcb *tcb_of_handle(struct tcpspec_stack *s, int64_t h);
struct listener *listener_of_handle(struct tcpspec_stack *s, int64_t h);
bool address_same(const struct tcpspec_address *a, const struct tcpspec_address *b);
bool address_unspecified(const struct tcpspec_address *a);

/* due.c: which connection is due first. */
/* After anything that may have changed its timers. */
void due_update(struct tcpspec_stack *s, struct tcb *t);
void due_remove(struct tcpspec_stack *s, struct tcb *t);
/* The connection whose time comes first; NULL: no timer runs. */
struct tcb *due_first(struct tcpspec_stack *s);

/* input.c: the IP packet. */
void packet_arrives(struct tcpspec_stack *s, const uint8_t *packet, size_t octets);
/* Not an address that a host could have on this link: RFC 9293 3.9.2.3 MUST-63, RFC 1122 3.2.1.3. */
bool address_invalid(const struct tcpspec_stack *s, const struct tcpspec_address *a);
/* extension.c: of an IPv6 packet that is for this host. False: it is to be discarded (RFC 8200 4). */
struct ip;
bool extensions_ok(const uint8_t *packet, const struct ip *ip);
/* icmp.c: echo, and errors (RFC 9293 3.9.2.2, RFC 5927). */
void icmp_arrives(struct tcpspec_stack *s, const struct ip *ip);

/* path_mtu.c */
/* An ICMP error says that the segment at seq, which is in flight, was too big for an MTU: RFC 1191 3, RFC 8201 4, RFC 5927 7.2. */
void path_mtu_told(struct tcpspec_stack *s, struct tcb *t, uint32_t seq, uint32_t mtu);
/* SEG.ACK = ack acknowledges something new; SND.UNA is what it was. */
void path_mtu_acked(struct tcb *t, uint32_t ack);
/* The retransmission timer expired. */
void path_mtu_timeout(struct tcb *t);

/* arrival.c: SEGMENT ARRIVES, RFC 9293 3.10.7. */
void segment_arrives(struct tcpspec_stack *s, struct segment *g);
/* listen.c: 3.10.7.2, third check, also for a SYN that reopens a connection from TIME-WAIT, which `before` keeps then. */
void listen_syn(struct tcpspec_stack *s, struct listener *l, struct segment *g, const struct before *before);
/* Back to LISTEN from SYN-RECEIVED, or to the TIME-WAIT that it came from. */
void listen_return(struct tcpspec_stack *s, struct tcb *t);
/* fastopen.c: RFC 7413. */
/* A listener's SYN, whose options and window were taken: what its SYN,ACK says of cookies, and whether its text is taken at once. */
void fastopen_arrives(struct tcpspec_stack *s, struct tcb *t, const struct segment *g);
/* An OPEN with text: what the SYN says of cookies, and how much it carries. */
void fastopen_open(struct tcpspec_stack *s, struct tcb *t);
/* Writes the option for a first SYN or SYN,ACK behind those that are there, n octets; how many are there then. */
uint8_t fastopen_option(struct tcpspec_stack *s, const struct tcb *t, uint8_t options[OPTIONS_MAX], uint8_t n);
/* The SYN,ACK of an OPEN with text. */
void fastopen_answered(struct tcpspec_stack *s, struct tcb *t, const struct segment *g);
/* A negative response: 4.1.3.1. */
void fastopen_denied(struct tcpspec_stack *s, const struct tcb *t);
/* syn_sent.c: 3.10.7.3. */
void syn_sent_arrives(struct tcpspec_stack *s, struct tcb *t, struct segment *g);
/* The SYN of a connection: IRS, RCV.NXT, the send window, the options. */
void syn_take(struct tcpspec_stack *s, struct tcb *t, const struct segment *g);
/* "Any other control or text" of a SYN without ACK: queued until the state is ESTABLISHED. */
void syn_rest_hold(struct tcpspec_stack *s, struct tcb *t, const struct segment *g);
/* Our SYN is acknowledged. */
void handshake_complete(struct tcpspec_stack *s, struct tcb *t);

/* The checks of 3.10.7.4, in the order of the standard; false: the segment was dealt with. */
/* sequence.c */
bool check_timestamp(struct tcpspec_stack *s, struct tcb *t, const struct segment *g); /* RFC 7323 5.3 R1 */
bool check_sequence(struct tcpspec_stack *s, struct tcb *t, struct segment *g);        /* first */
/* "Trimming off any portions that lie outside the window." Of a segment that is acceptable; a SYN in it stands before the window. */
void segment_trim(struct tcb *t, struct segment *g);
/* control.c */
bool check_rst(struct tcpspec_stack *s, struct tcb *t, const struct segment *g); /* second */
bool check_syn(struct tcpspec_stack *s, struct tcb *t, const struct segment *g); /* fourth */
/* acknowledgment.c */
bool ack_is_valid(const struct tcpspec_stack *s, const struct tcb *t, const struct segment *g); /* g has an ACK, of what was sent, and not older than MAY-12 has it */
bool check_ack(struct tcpspec_stack *s, struct tcb *t, const struct segment *g, bool bare);     /* fifth; bare: it came without text, SYN and FIN */
/* input.c: the way back by which a segment came, where the connection was opened passively (RFC 9293 3.9.2.1 MUST-53), also where another one was known (SHLD-24). */
void route_take(struct tcb *t, const struct segment *g);
/* SND.UNA <- SEG.ACK, which is beyond it. */
void ack_advance(struct tcpspec_stack *s, struct tcb *t, const struct segment *g);
/* text.c */
void process_urg(struct tcb *t, const struct segment *g);                           /* sixth */
void process_text(struct tcpspec_stack *s, struct tcb *t, const struct segment *g); /* seventh, and eighth */
/* RCV.UP <- max(RCV.UP, up) */
void urgent_note(struct tcb *t, uint32_t up);
/* What was held ahead of its turn, once our SYN is acknowledged, by g. */
void process_held(struct tcpspec_stack *s, struct tcb *t, const struct segment *g);
/* time_wait.c: 3.6.1, RFC 6191. True: the SYN was dealt with. */
bool time_wait_syn(struct tcpspec_stack *s, struct tcb *t, struct segment *g);
void time_wait_enter(struct tcpspec_stack *s, struct tcb *t);
void time_wait_restore(struct tcpspec_stack *s, const struct tcpspec_ends *ends, const struct before *before);

/* emit.c: segments as they go out. */
/* An offset that stands for no octets of the user's: zeros. */
#define GARBAGE UINT32_MAX
/* A segment of connection t: SEG.SEQ, control bits, and n octets of the send queue from `offset` on. */
void segment_send(struct tcpspec_stack *s, struct tcb *t, uint32_t seq, uint16_t ctl, uint32_t offset, uint32_t n);
/* Writes the options of a SYN, or with CTL_ACK of a SYN,ACK; how many octets they have, a multiple of 4. */
uint8_t options_of_syn(struct tcpspec_stack *s, const struct tcb *t, uint8_t options[OPTIONS_MAX]);
/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
void ack_send(struct tcpspec_stack *s, struct tcb *t);
/* The same, within the throttle of RFC 5961 7. */
void challenge_send(struct tcpspec_stack *s, struct tcb *t);
/* The SYN, or SYN,ACK, of a connection whose SYN is not acknowledged. */
void syn_send(struct tcpspec_stack *s, struct tcb *t);
struct tcpspec_ends ends_of_segment(const struct segment *g);
/* In reply to g, which holds no RST: <SEQ=SEG.ACK><CTL=RST>, or <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>. */
void reset_reply(struct tcpspec_stack *s, const struct segment *g);
/* <SEQ=SND.NXT><CTL=RST> */
void reset_send(struct tcpspec_stack *s, struct tcb *t);
/* What is asked of IP for a packet (RFC 9293 3.9.2). */
struct carriage {
	uint8_t protocol, tos, ttl;
	bool cut;                  /* routers may cut it: no Don't Fragment, and an Identification of its own (RFC 6864 4.1) */
	const struct route *route; /* NULL: there is none */
};
/* An IP packet whose upper layer of n octets stands at upper_layer_at(): header, then out. */
uint8_t *upper_layer_at(struct tcpspec_stack *s, unsigned family);
void packet_send(struct tcpspec_stack *s, const struct tcpspec_ends *ends, const struct carriage *c, size_t n);

/* window.c: RCV.WND and what it costs. */
uint32_t receive_window(const struct tcb *t); /* RCV.WND */
/* Advances the right edge as far as SWS avoidance lets it (3.8.6.2.2), and returns the field. */
uint16_t window_offer(struct tcb *t, bool syn);
/* The user has taken text: whether the peer should be told at once. */
bool window_update_due(const struct tcb *t);
/* The receive buffer is chosen, and by it the window scale to offer. */
void window_init(struct tcpspec_stack *s, struct tcb *t, uint32_t receive_buffer);

/* output.c: what may be sent now. */
/* Text, FIN, and the ACK that is due; then the timers. Harmless for a connection that has ended. */
void tcb_settle(struct tcpspec_stack *s, struct tcb *t);
/* Sends up to n numbers again from seq on, as far as the peer's window lets it; returns how many. */
uint32_t text_resend(struct tcpspec_stack *s, struct tcb *t, uint32_t seq, uint32_t n);
/* 3.8.6.1: sends one number although the window is closed. */
void probe_send(struct tcpspec_stack *s, struct tcb *t);
/* Sends what the window has room for, however little it is (3.8.6.2.1 (4)). */
void small_send(struct tcpspec_stack *s, struct tcb *t);
/* Eff.snd.MSS (RFC 9293 3.7.1 MUST-16), without the SACK blocks that a segment may carry now. */
uint32_t effective_mss(const struct tcb *t);
/* The sequence number of the first octet of the send queue, and the one behind its last: that of the FIN. */
static inline uint32_t send_begin(const struct tcb *t)
{
	return t->syn_acked ? t->snd_una : t->snd_una + 1;
}
static inline uint32_t send_end(const struct tcb *t)
{
	return send_begin(t) + t->send.length;
}

/* All that is in flight is to be sent again, as far as the windows let it. */
static inline void resend_all(struct tcb *t)
{
	t->resend = t->snd_una;
	t->resend_end = t->snd_nxt;
}

/* timers.c: 3.10.8. */
/* None of them runs any more. */
void timers_stop(struct tcb *t);
void timers_run(struct tcpspec_stack *s, struct tcb *t);
/* The timestamps' clock, in ticks of TICK_US (RFC 7323 5.4). */
uint32_t timestamp_now(const struct tcpspec_stack *s, const struct tcb *t);
/* How long the retransmission timer runs now: RTO, or the growing interval of the probes (SHLD-30). */
uint64_t retransmit_after(const struct tcpspec_stack *s, const struct tcb *t);
/* A segment has arrived: the connection is not idle (3.8.4 MUST-26). */
void keepalive_restart(struct tcpspec_stack *s, struct tcb *t);

/* user_timeout.c: 3.10.8, USER TIMEOUT, and RFC 5482. */
/* A segment that is in order brings a user timeout, perhaps. */
void user_timeout_take(const struct tcpspec_stack *s, struct tcb *t, const struct segment *g);
/* How long the user waits for what the peer owes; 0: for ever. */
uint64_t user_timeout_now(const struct tcpspec_stack *s, const struct tcb *t);
/* The timer begins anew with what comes to wait next. */
void user_timeout_stop(struct tcb *t);
/* It runs when something waits. */
void user_timeout_settle(const struct tcpspec_stack *s, struct tcb *t, bool waits);
/* The option as this side sends it, OPTION_UTO_OCTETS of them. */
void user_timeout_say(const struct tcpspec_stack *s, const struct tcb *t, uint8_t *to);

/* calls.c, calls_end.c: 3.10.1 to 3.10.6, as lib/target/stack.h has them. */
int64_t call_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us);
int64_t call_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us);
int64_t call_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends);
int64_t call_accept(struct tcpspec_stack *s, int64_t listener, struct tcpspec_ends *ends);
int64_t call_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us);
int64_t call_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us);
int64_t call_close(struct tcpspec_stack *s, int64_t h, uint64_t now_us);
int64_t call_release(struct tcpspec_stack *s, int64_t h, uint64_t now_us);
int64_t call_abort(struct tcpspec_stack *s, int64_t h, uint64_t now_us);
int64_t call_forget(struct tcpspec_stack *s, int64_t h);
unsigned call_told(struct tcpspec_stack *s, int64_t h);
unsigned call_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends);
int64_t call_set(struct tcpspec_stack *s, int64_t h, const char *name, uint64_t value);
/* OPEN, active, with text to be sent on the SYN if it may be (RFC 7413 4.2.2). */
int64_t call_connect_text(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, const uint8_t *octets, size_t n, uint64_t now_us);
/* A connection to be opened from either side: ISS, buffers, options that are offered. */
void tcb_open(struct tcpspec_stack *s, struct tcb *t, uint32_t receive_buffer);

#endif
