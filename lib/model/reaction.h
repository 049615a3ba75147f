/* What the parts of the model share: adding reactions to an outcome, the segments that the standard writes out, and small facts about a TCB.
 * Not for use outside lib/model. */
#ifndef TCPSPEC_MODEL_REACTION_H
#define TCPSPEC_MODEL_REACTION_H

#include "lib/model/model.h"

enum { CTL_ASSERTED = CTL_SYN | CTL_FIN | CTL_RST | CTL_ACK | CTL_URG, /* PSH, ECE, CWR and AE carry no claim */
       SEGMENT_MSS_IPV4 = 536,                                         /* RFC 9293 3.7.1 MUST-15 */
       SEGMENT_MSS_IPV6 = 1220,
       TCP_HEADER = 20, /* without options */
       SCALE_MAX = 14 /* RFC 7323 2.3 */ };

/* MMS_R - 20, and MMS_S - 20 (RFC 9293 3.7.1): the largest MSS that the option may say, and should; 0 where the target's link is not declared. */
unsigned mss_of_link(const struct model *m, enum family f);

/* Adds a reaction without a segment whose next TCB is *next. Never NULL: beyond REACTIONS_MAX the last one is overwritten, which a test forbids. */
struct reaction *reaction_add(struct outcome *out, const struct tcb *next, enum level level, const char *clause);
/* Adds e to what must be seen at once. */
void reaction_emit(struct reaction *r, struct emission e);

/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
struct emission emission_ack(const struct tcb *t);
/* The same, with as much of the queued text as the peer's window admits. */
struct emission emission_ack_with_text(const struct tcb *t);
/* <SEQ=seq><CTL=RST> */
struct emission emission_rst(uint32_t seq);
/* <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK> */
struct emission emission_rst_ack(const struct segment *s);
/* <SEQ=SND.NXT><CTL=RST>, with or without <ACK=RCV.NXT>: 3.10.5. */
struct emission emission_abort(const struct tcb *t);
/* Adds reactions that send that reset for t, whose next TCB is *gone: with SND.NXT, and where a closed window was probed also with SND.UNA. */
void reaction_abort(struct outcome *out, const struct tcb *t, const struct tcb *gone, enum level level, const char *clause);
/* <SEQ=ISS><CTL=SYN>, a new ISS. */
struct emission emission_syn(void);
/* <SEQ=ISS><ACK=ack><CTL=SYN,ACK>, the ISS that t has, or a new one when it has none. */
struct emission emission_syn_ack(const struct tcb *t, uint32_t ack);

/* Deletes the TCB: CLOSED, remembering only the listener and what the user was told. */
void tcb_delete(struct tcb *t);
/* SYN-RECEIVED goes back to LISTEN: with the listener gone there is nothing to return to, and the TCB is deleted. */
void tcb_return_to_listen(struct tcb *t);
void tcb_enter_time_wait(struct tcb *t, uint64_t now);
/* Tells the user, or nobody when the user has let go. */
void tcb_signal(struct tcb *t, unsigned signal);

/* Nothing is sent any more before the text of the segment that arrived last is taken. */
void tcb_end_arrival(struct tcb *t);

/* What was sent and not acknowledged is queued again, as if it had never left. */
void tcb_unsend(struct tcb *t);
bool state_synchronized(enum state s);
/* Has the user set it? Then the value is t->setting[s]. */
bool tcb_has_set(const struct tcb *t, enum user_setting s);
/* Our FIN was sent and acknowledged. */
bool tcb_fin_acked(const struct tcb *t);
/* The urgent pointer of a segment at seq (3.8.5, MUST-62): to the octet behind the urgent text, or as far as it can (RFC 6093 4); 0: none is ahead. */
uint16_t tcb_urgent_pointer(const struct tcb *t, uint32_t seq);
/* First check of 3.10.7.4, Table 6; and RFC 7323 5.3 R1, which comes before it. */
bool tcb_sequence_acceptable(const struct tcb *t, const struct segment *s);
bool tcb_paws_rejects(const struct tcb *t, const struct segment *s, uint64_t now);
/* SendMSS, or as little of it as the path may take. */
uint32_t tcb_mss_least(const struct tcb *t);
/* Octets beyond SND.NXT that the peer's window admits. */
uint32_t tcb_usable(const struct tcb *t);

/* Is it the SEQ of a segment without text: SND.NXT, or while probes of a closed window go unanswered SND.UNA, which is all that the peer's Table 6 takes? Whether what probed
 * counts as sent the standard does not say. */
bool tcb_numbers(const struct tcb *t, uint32_t seq);

/* r->due: what r->next has queued and can send at once, with Nagle, the sender's silly window avoidance and slow start in its way (3.8.6.2.1, 3.7.4, RFC 5681 3.1). */
void reaction_due(const struct model *m, struct reaction *r);

/* RFC 5961 belongs to RFC 9293 alone: RFC 793 knows none of it. */
bool model_challenges_rst(const struct model *m);
bool model_challenges_syn(const struct model *m);
bool model_challenges_ack(const struct model *m);

/* Nothing of what is outstanding was sent again. */
void tcb_count_anew(struct tcb *t);
/* The RTO that must pass before the retransmission after `retransmissions` others, microseconds (RFC 6298 2, 5.5). */
uint64_t tcb_rto(const struct model *m, const struct tcb *t);

/* Something was acknowledged: the timers begin anew, or stop (RFC 6298 5.2, 5.3). */
void tcb_wait_anew(struct tcb *t, uint64_t now);

/* patience.c: what a TCB waits for beside its RTO. */
/* How long the user waits for an acknowledgment (3.10.8, USER TIMEOUT; RFC 5482 3.1); 0: for ever. */
uint64_t tcb_user_timeout(const struct model *m, const struct tcb *t);
/* When that may be over at the earliest; UINT64_MAX: nothing waits, or for ever. */
uint64_t tcb_user_timeout_at(const struct model *m, const struct tcb *t);
/* R2 as a count. */
unsigned tcb_retries(const struct model *m, const struct tcb *t);
/* When the next keep-alive may go out; UINT64_MAX: none may. */
uint64_t tcb_keepalive_at(const struct model *m, const struct tcb *t);
/* Were as many sent as may go unanswered (MUST-29)? */
bool tcb_keepalives_spent(const struct model *m, const struct tcb *t);
/* s has arrived at t, which becomes *next: the connection is not idle, and s may bear a user timeout. */
void tcb_hear(const struct model *m, const struct tcb *t, const struct segment *s, uint64_t now, struct tcb *next);

/* Takes over window scale, timestamps, SACK and MSS from the peer's SYN. */
void tcb_take_peer_syn(const struct model *m, struct tcb *t, const struct segment *s);

/* ecn.c: what the tester's SYN or SYN,ACK, or the target's own, says of ECN, each time that it comes. */
void tcb_ecn_peer_syn(struct tcb *t, const struct segment *s);
void tcb_ecn_own_syn(struct tcb *t, const struct segment *s);
/* What is wrong with the ECN field or bits of a segment of the target (model_segment_fault). */
const char *model_ecn_fault(const struct tcb *t, const struct segment *s, enum level *level);

/* Takes SND.WND, SND.WL1 and SND.WL2 from a segment. */
void tcb_take_window(struct tcb *t, const struct segment *s);

/* What was sent may be sent again as ACKs come, up to SND.NXT as it is now; repeatedly: several segments at each. */
void tcb_recover(struct tcb *t, bool repeatedly);
/* What is in flight may be sent again, each octet once. */
void tcb_may_repeat(struct tcb *t);

/* Notes since when there is text that was not sent. */
void tcb_note_queue(struct tcb *t, uint64_t now);
/* MUST-38: would the next n octets of text be cut small by the window, before the time has come to override that? s: the segment that brings them. */
bool tcb_text_silly(const struct model *m, const struct tcb *t, const struct segment *s, uint32_t n, uint64_t now);
/* MUST-39: the clause that the window in s breaks, or NULL. */
const char *tcb_window_silly(const struct tcb *t, const struct segment *s);

/* Notes since when the peer's window is shut with something waiting for it (3.8.6.1). */
void tcb_note_window(struct tcb *t, uint64_t now);

/* Octets [from, to) and perhaps a FIN at `to` are held for later. False when there is no room: then they are dropped. */
bool tcb_hold(struct tcb *t, uint32_t from, uint32_t to, bool fin);
/* A FIN came beyond the gap where `before` held another: *later, which holds the new one, and *first, where the other is still believed, note the numbers of both. False: there was no other. */
bool tcb_keep_first_fin(struct tcb *first, struct tcb *later, const struct tcb *before);
/* Are the blocks of SACK that s bears held, but the first, which may be what came last: "except for the newest segment, all SACK blocks MUST NOT report any old data which is no longer actually held" (RFC 2018 8)? */
bool tcb_holds_sacked(const struct tcb *t, const struct segment *s);
/* Does its first SACK block, if there is any, contain the text that came last, if that is held? */
bool tcb_tells_newest(const struct tcb *t, const struct segment *s);
/* Cuts off what is held behind a held FIN, which it contradicts. False: there is none. */
bool tcb_cut_held(struct tcb *t);
/* Takes n octets in order: RCV.NXT and `unread` grow, RCV.WND shrinks. */
void tcb_accept_text(struct tcb *t, uint32_t n);
void tcb_drop_held(struct tcb *t);
bool tcb_drop_held_beyond(struct tcb *t, uint32_t end); /* false: end is within no range */
void tcb_drop_held_upto(struct tcb *t, uint32_t end);   /* of it the first, as far as it goes on without a gap from end */
/* Takes what is held and now in order. True when there was some. *fin: the held FIN's turn has come. */
bool tcb_accept_held(struct tcb *t, bool *fin);

/* One arriving segment on its way through 3.10.7.3 and 3.10.7.4. */
struct arrival {
	const struct model *m;
	const struct segment *s;
	uint64_t now;
	struct outcome *out;
	struct tcb t;       /* as the checks so far have left it */
	uint32_t ts_before; /* TS.Recent, before the first check recorded the segment's TSval */
	/* The idealized segment of the first check: what is new and in the window. */
	uint32_t seq, text;
	bool fin;
	uint32_t window_seq;   /* SEG.SEQ, as the window's age is told by it: of the segment as it came, or the idealized one's */
	bool in_order;         /* it begins at RCV.NXT */
	bool held;             /* it did not, and what it brought waits */
	bool ack_due, at_once; /* text or FIN must be acknowledged; RFC 5681 4.2 wants it undelayed */
	bool greet;            /* a SYN,ACK is to be acknowledged as well (3.10.7.3) */
	const char *clause;    /* of the last check that did something */
};

/* Sixth check and on: URG, text, FIN, and the reply. For 3.10.7.3, which continues there, and for 3.10.7.4. */
void arrival_continue_at_sixth(struct arrival *a);
/* The segment is dropped, or has done what it does, and nothing is said. */
struct reaction *arrival_silent(struct arrival *a, const char *clause);
struct reaction *arrival_answer(struct arrival *a, struct emission e, const char *clause);
/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, or nothing while the target's declared throttle runs. */
void arrival_answer_ack(struct arrival *a, const char *clause);
/* The challenge ACK of RFC 5961 4.2 and 5.2: the segment is "unacceptable" and discarded, so that its TSval need not be recorded, though RFC 7323 5.3 has done so at R3. */
void arrival_challenge(const struct arrival *a, const char *clause);
/* SND.UNA < ack =< SND.NXT */
bool tcb_ack_acceptable(const struct tcb *t, uint32_t ack);
/* Fifth check, ESTABLISHED STATE, of an ACK not beyond SND.NXT: SND.UNA, the send window, the count of duplicates. */
void tcb_take_ack(struct tcb *t, const struct model *m, const struct segment *s, uint32_t window_seq, uint64_t now);
/* TIME-WAIT as it was before a SYN reopened it, with its timer from now on. */
struct tcb tcb_old_time_wait(const struct tcb *t, uint64_t now);
/* From SYN-RECEIVED: our SYN is acknowledged. */
void arrival_enter_established(struct arrival *a);
/* From SYN-RECEIVED by a passive OPEN: back to LISTEN, and where a SYN had reopened TIME-WAIT also back to that (MAY-2 (2)). */
void arrival_return_to_listen(struct arrival *a, const char *clause);
/* In SYN-RECEIVED, the SYN,ACK of a simultaneous open: Figure 7's reading, beside the first check's. */
void arrival_simultaneous_syn_ack(struct arrival *a);
/* In SYN-RECEIVED, an ACK that is not acceptable: 3.5.2's reset. */
void arrival_reset_bad_ack(struct arrival *a);
/* In SYN-RECEIVED, the SYN that brought it there, again. */
bool arrival_is_first_syn(const struct arrival *a);
/* 3.10.7.4, first check. False: the segment is dealt with. True: a->seq, text, fin and in_order are the idealized segment. */
bool arrives_in_sequence(struct arrival *a);
/* The ACK of RCV.NXT is owed from now on: at most 500 ms (MUST-40), and no later than one that was owed before. */
void arrival_owe(struct arrival *a, struct tcb *t);
/* Sixth check alone: RCV.UP and the user's signal. */
void arrival_take_urgent(struct arrival *a);
/* 3.10.7.4. */
void arrives_synchronized(struct arrival *a);
/* 3.10.7.2, third check: a SYN opens a connection. Also for TIME-WAIT, which then wants an ISS after SND.NXT. */
void arrives_syn(struct arrival *a, const char *clause, enum level level);

#endif
