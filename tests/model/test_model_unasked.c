/* What may come without an event, and for how long: owed acknowledgments, queued text, retransmissions and their budget, window updates, probes; and what time does.
 * All times are microseconds; the constants are the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/model/model.h"
#include "lib/model/reaction.h"

enum { NOW = 100000000,
       MS = 1000,
       S = 1000000 };

static struct model plain_model(void)
{
	struct model m = model_default(PROFILE_RFC9293);
	m.choices.nagle = false;
	m.choices.delayed_ack = true;
	m.constants.rto_initial = 1 * S;
	m.constants.rto_min = 200 * MS;
	m.constants.rto_max = 60 * S;
	m.constants.delayed_ack_max = 500 * MS;
	m.constants.tick = 10 * MS;
	m.constants.msl = 30 * S;
	m.constants.retries = 3;
	return m;
}

static struct segment made(uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text)
{
	return (struct segment){.src = {.family = IPV4}, .seq = seq, .ack = ack, .ctl = ctl, .wnd = 65535, .off = 5, .text_length = text};
}

/* ESTABLISHED, ISS 100, IRS 300. */
static struct tcb established(void)
{
	return tcb_in_state(ESTABLISHED, true, true, 100, 300);
}

static enum unasked emits(const struct model *m, const struct tcb *t, struct segment s, uint64_t now, struct tcb *next)
{
	const char *clause = NULL;
	const enum unasked u = model_emits(m, t, &s, now, next, &clause);
	assert_non_null(clause);
	return u;
}

/* The branch of an outcome in which nothing is said now. */
static struct tcb silent_branch(const struct outcome *o)
{
	for (unsigned i = 0; i < o->count; i++)
		if (o->reaction[i].now_count == 0 && !o->reaction[i].breaks_should)
			return o->reaction[i].next;
	fail_msg("no reaction without a segment");
	return tcb_closed(false);
}

static struct tcb owing(const struct model *m)
{
	const struct tcb t = established();
	const struct segment text = made(301, 101, CTL_ACK, 10);
	struct outcome o;
	model_arrives(m, &t, &text, NOW, &o);
	return silent_branch(&o);
}

/* MUST-40: less than 0.5 seconds; one ACK settles it, and a second is not owed. */
static void an_owed_ack_comes_once(void **unused)
{
	const struct model m = plain_model();
	const struct tcb t = owing(&m);
	struct tcb next, again;
	(void)unused;
	assert_true(t.ack_owed);
	assert_int_equal(model_next_owed(&t), NOW + 500 * MS);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 0), NOW, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(101, 311, CTL_ACK, 0), NOW + 40 * MS, &next), UNASKED_OWED);
	assert_false(next.ack_owed);
	assert_int_equal(model_next_owed(&next), UINT64_MAX);
	assert_int_equal(emits(&m, &next, made(101, 311, CTL_ACK, 0), NOW + 50 * MS, &again), UNASKED_FORBIDDEN);
}

static void an_owed_ack_that_does_not_come_is_missed(void **unused)
{
	const struct model m = plain_model();
	const struct tcb t = owing(&m);
	struct outcome o;
	const char *missed;
	(void)unused;
	model_time(&m, &t, NOW + 510 * MS, &o, &missed);
	assert_int_equal(o.count, 1);
	model_time(&m, &t, NOW + 511 * MS, &o, &missed);
	assert_int_equal(o.count, 0);
	assert_non_null(missed);
}

/* An ACK that a second stimulus draws covers what was owed for the first (MUST-58). */
static void any_covering_ack_settles(void **unused)
{
	const struct model m = plain_model();
	const struct tcb t = owing(&m);
	const struct segment old = made(300, 101, CTL_ACK, 1);
	const struct segment reply = made(101, 311, CTL_ACK, 0);
	struct outcome o;
	(void)unused;
	model_arrives(&m, &t, &old, NOW + MS, &o);
	assert_int_equal(o.reaction[0].now_count, 1);
	struct tcb next = o.reaction[0].next;
	assert_true(model_satisfies(&m, &o.reaction[0].now[0], &reply, NOW + MS, &next));
	assert_false(next.ack_owed);
}

static struct tcb sent(const struct model *m, uint32_t octets)
{
	const struct tcb t = established();
	struct outcome o;
	model_call(m, &t, CALL_SEND, octets, NOW, &o);
	assert_true(o.reaction[0].has_due && o.reaction[0].due_should);
	return o.reaction[0].next;
}

/* 3.10.2: segmentize the buffer, with ACK=RCV.NXT, in any cut, in order, not beyond what was sent. */
static void queued_text_leaves_in_any_cut(void **unused)
{
	const struct model m = plain_model();
	struct tcb t = sent(&m, 10), next;
	(void)unused;
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 11), NOW, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(102, 301, CTL_ACK, 4), NOW, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(101, 300, CTL_ACK, 4), NOW, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 4), NOW, &next), UNASKED_TEXT);
	assert_int_equal(next.snd_nxt, 105);
	assert_int_equal(emits(&m, &next, made(105, 301, CTL_ACK | CTL_PSH, 6), NOW, &t), UNASKED_TEXT);
	assert_int_equal(t.queued, 0);
	assert_int_equal(t.snd_una, 101);
}

/* "Send window": not beyond SND.UNA+SND.WND. */
static void the_window_bounds_new_text(void **unused)
{
	const struct model m = plain_model();
	struct tcb t = established(), next;
	(void)unused;
	t.queued = 10;
	t.snd_wnd = 6;
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 7), NOW, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 6), NOW, &next), UNASKED_TEXT);
}

/* 3.10.4: the FIN follows the last octet, alone or on it, and once. */
static void the_fin_follows_the_last_octet(void **unused)
{
	const struct model m = plain_model();
	const struct tcb t = sent(&m, 10);
	struct outcome o;
	struct tcb next, more;
	(void)unused;
	model_call(&m, &t, CALL_CLOSE, 0, NOW, &o);
	assert_int_equal(o.count, 1);
	assert_int_equal(o.reaction[0].next.state, FIN_WAIT_1);
	assert_true(o.reaction[0].has_due);
	assert_int_equal(o.reaction[0].due, 112);
	const struct tcb closing = o.reaction[0].next;
	assert_int_equal(emits(&m, &closing, made(101, 301, CTL_FIN | CTL_ACK, 4), NOW, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &closing, made(101, 301, CTL_FIN | CTL_ACK, 10), NOW, &next), UNASKED_TEXT);
	assert_true(next.fin_sent && next.snd_nxt == 112);
	assert_int_equal(emits(&m, &next, made(112, 301, CTL_FIN | CTL_ACK, 0), NOW, &more), UNASKED_FORBIDDEN);
}

static void close_without_text_must_send_its_fin(void **unused)
{
	const struct model m = plain_model();
	const struct tcb est = established(), wait = tcb_in_state(CLOSE_WAIT, true, true, 100, 300);
	struct outcome o;
	struct tcb next;
	(void)unused;
	model_call(&m, &est, CALL_CLOSE, 0, NOW, &o);
	assert_true(o.count == 1 && o.reaction[0].has_due && !o.reaction[0].due_should && o.reaction[0].due == 102);
	model_call(&m, &wait, CALL_CLOSE, 0, NOW, &o);
	assert_int_equal(o.count, 1);
	assert_int_equal(emits(&m, &o.reaction[0].next, made(101, 302, CTL_FIN | CTL_ACK, 0), NOW, &next), UNASKED_TEXT);
	assert_int_equal(next.state, LAST_ACK);
}

/* RFC 6298 5.5: back off the timer; no retransmission before it but by a third duplicate ACK. */
static void retransmissions_wait_for_a_doubling_rto(void **unused)
{
	const struct model m = plain_model();
	const struct tcb queued = sent(&m, 10);
	struct tcb t, next;
	(void)unused;
	assert_int_equal(emits(&m, &queued, made(101, 301, CTL_ACK, 10), NOW, &t), UNASKED_TEXT);
	assert_int_equal(model_next_residue(&m, &t), NOW + 190 * MS);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 10), NOW + 189 * MS, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 10), NOW + 190 * MS, &next), UNASKED_RETRANSMISSION);
	assert_int_equal(emits(&m, &next, made(101, 301, CTL_ACK, 10), NOW + 190 * MS + 389 * MS, &t), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &next, made(103, 301, CTL_ACK, 5), NOW + 190 * MS + 390 * MS, &t), UNASKED_RETRANSMISSION);
	assert_int_equal(emits(&m, &next, made(103, 301, CTL_ACK, 9), NOW + 9 * S, &t), UNASKED_FORBIDDEN); /* 111 was never sent */
}

/* RFC 6298 5: one RTO after the segment's own transmission it may come again, though an acknowledgment of a part has restarted the timer (5.3, recommended); what was sent later may not. */
static void a_part_acknowledged_is_not_sent_anew(void **unused)
{
	const struct model m = plain_model();
	const struct tcb queued = sent(&m, 20);
	const struct segment part = made(301, 104, CTL_ACK, 0);
	struct tcb t, next;
	struct outcome o;
	(void)unused;
	assert_int_equal(emits(&m, &queued, made(101, 301, CTL_ACK, 10), NOW, &t), UNASKED_TEXT);
	assert_int_equal(emits(&m, &t, made(111, 301, CTL_ACK, 10), NOW + 50 * MS, &next), UNASKED_TEXT);
	model_arrives(&m, &next, &part, NOW + 100 * MS, &o);
	assert_int_equal(o.count, 1);
	t = o.reaction[0].next;
	assert_int_equal(model_next_residue(&m, &t), NOW + 190 * MS);
	assert_int_equal(emits(&m, &t, made(104, 301, CTL_ACK, 7), NOW + 189 * MS, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(104, 301, CTL_ACK, 7), NOW + 190 * MS, &next), UNASKED_RETRANSMISSION);
	assert_int_equal(emits(&m, &t, made(111, 301, CTL_ACK, 10), NOW + 289 * MS, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(111, 301, CTL_ACK, 10), NOW + 290 * MS, &next), UNASKED_RETRANSMISSION);
}

static void three_duplicates_allow_one_early(void **unused)
{
	const struct model m = plain_model();
	const struct tcb queued = sent(&m, 10);
	const struct segment duplicate = made(301, 101, CTL_ACK, 0);
	struct tcb t, next;
	struct outcome o;
	(void)unused;
	assert_int_equal(emits(&m, &queued, made(101, 301, CTL_ACK, 10), NOW, &t), UNASKED_TEXT);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 10), NOW + MS, &next), UNASKED_FORBIDDEN);
		model_arrives(&m, &t, &duplicate, NOW + MS, &o);
		t = silent_branch(&o);
	}
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 10), NOW + MS, &next), UNASKED_RETRANSMISSION);
	assert_int_equal(emits(&m, &next, made(101, 301, CTL_ACK, 10), NOW + MS, &t), UNASKED_FORBIDDEN);
}

static struct tcb opened(const struct model *m)
{
	const struct tcb closed = tcb_closed(false);
	struct segment syn = made(100, 0, CTL_SYN, 0);
	struct outcome o;
	model_call(m, &closed, CALL_OPEN_ACTIVE, 0, NOW, &o);
	struct tcb t = o.reaction[0].next;
	assert_true(model_satisfies(m, &o.reaction[0].now[0], &syn, NOW, &t));
	return t;
}

static void a_syn_is_repeated_as_it_was(void **unused)
{
	struct model m = plain_model();
	struct tcb t = opened(&m), next;
	struct outcome o;
	const struct segment bad_ack = made(300, 5000, CTL_ACK, 0);
	(void)unused;
	assert_true(t.iss_known && t.iss == 100 && t.snd_nxt == 101);
	assert_int_equal(emits(&m, &t, made(100, 0, CTL_SYN, 0), NOW + 989 * MS, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(100, 0, CTL_SYN, 0), NOW + 990 * MS, &next), UNASKED_RETRANSMISSION);
	assert_int_equal(emits(&m, &t, made(101, 0, CTL_SYN, 0), NOW + 990 * MS, &next), UNASKED_FORBIDDEN);
	m.choices.syn_early_retry = true;
	model_arrives(&m, &t, &bad_ack, NOW + MS, &o);
	t = o.reaction[0].next;
	assert_int_equal(emits(&m, &t, made(100, 0, CTL_SYN, 0), NOW + 9 * MS, &next), UNASKED_RETRANSMISSION);
	assert_int_equal(emits(&m, &next, made(100, 0, CTL_SYN, 0), NOW + 20 * MS, &t), UNASKED_FORBIDDEN);
}

/* A window update once a RECEIVE, and only with a window that has grown. */
static void a_window_update_follows_a_receive_once(void **unused)
{
	const struct model m = plain_model();
	struct tcb t = established(), next, more;
	struct outcome o;
	(void)unused;
	t.unread = 1000;
	t.rcv_wnd -= 1000;
	t.rcv_edge -= 1000;
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 0), NOW, &next), UNASKED_FORBIDDEN);
	model_call(&m, &t, CALL_RECEIVE, 1000, NOW, &o);
	t = o.reaction[0].next;
	struct segment same = made(101, 301, CTL_ACK, 0);
	same.wnd = 64535;
	assert_int_equal(emits(&m, &t, same, NOW, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 0), NOW, &next), UNASKED_WINDOW_UPDATE);
	assert_int_equal(next.rcv_wnd, 65535);
	assert_int_equal(emits(&m, &next, made(101, 301, CTL_ACK, 0), NOW, &more), UNASKED_FORBIDDEN);
}

/* 3.8.6.1; keep-alives default to off (MUST-25). */
static void a_shut_window_is_probed_and_an_open_one_is_not(void **unused)
{
	const struct model m = plain_model();
	struct tcb t = established(), next;
	struct outcome o;
	(void)unused;
	assert_int_equal(emits(&m, &t, made(100, 301, CTL_ACK, 0), NOW + 3600 * (uint64_t)S, &next), UNASKED_FORBIDDEN);
	t.snd_wnd = 0;
	model_call(&m, &t, CALL_SEND, 10, NOW, &o);
	assert_false(o.reaction[0].has_due);
	t = o.reaction[0].next;
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 1), NOW + 189 * MS, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 2), NOW + 190 * MS, &next), UNASKED_FORBIDDEN);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 1), NOW + 190 * MS, &next), UNASKED_PROBE);
	assert_int_equal(next.snd_nxt, 102);
	assert_int_equal(emits(&m, &t, made(100, 301, CTL_ACK, 0), NOW + 190 * MS, &next), UNASKED_PROBE);
	assert_int_equal(next.snd_nxt, 101);
}

/* Scale and timestamps are in force once both SYNs carried them; a SYN's own window is never scaled (RFC 7323 2.2). */
static void options_are_in_force_when_both_syns_carry_them(void **unused)
{
	const struct model m = plain_model();
	(void)unused;
	for (int answered = 0; answered < 2; answered++) {
		const struct tcb listening = tcb_closed(true);
		struct segment syn = made(300, 0, CTL_SYN, 0), reply = made(100, 301, CTL_SYN | CTL_ACK, 0);
		struct outcome o;
		syn.options.has_ws = syn.options.has_ts = true;
		syn.options.ws = 3;
		reply.options.has_ws = reply.options.has_ts = answered;
		reply.options.ws = 7;
		model_arrives(&m, &listening, &syn, NOW, &o);
		struct tcb t = o.reaction[0].next;
		assert_true(model_satisfies(&m, &o.reaction[0].now[0], &reply, NOW, &t));
		assert_int_equal(t.ws_on, answered);
		assert_int_equal(t.ts_on, answered);
		assert_int_equal(t.snd_scale, answered ? 3 : 0);
		assert_int_equal(t.rcv_scale, answered ? 7 : 0);
		assert_int_equal(t.rcv_wnd, 65535);
		assert_int_equal(t.sent_at, NOW);
	}
}

/* MAY-2 (1): the new ISS is larger than any number used before. SND.NXT is 102: 101 was the FIN. */
static void a_reopened_connection_starts_after_the_old_numbers(void **unused)
{
	struct model m = plain_model();
	const struct tcb t = tcb_in_state(TIME_WAIT, true, true, 100, 300);
	const struct segment syn = made(302, 0, CTL_SYN, 0);
	struct segment reply = made(102, 303, CTL_SYN | CTL_ACK, 0);
	struct outcome o;
	(void)unused;
	m.choices.time_wait_reuse = true;
	model_arrives(&m, &t, &syn, NOW, &o);
	assert_true(o.reaction[0].now[0].binds_iss);
	struct tcb next = o.reaction[0].next;
	assert_true(model_satisfies(&m, &o.reaction[0].now[0], &reply, NOW, &next));
	reply.seq = 101;
	next = o.reaction[0].next;
	assert_false(model_satisfies(&m, &o.reaction[0].now[0], &reply, NOW, &next));
}

/* MAY-2 (2): back to TIME-WAIT if the SYN turns out to be an old duplicate, which a reset tells. LISTEN is what 3.10.7.4 says of every passive SYN-RECEIVED. */
static void an_old_duplicate_returns_to_time_wait(void **unused)
{
	struct model m = plain_model();
	const struct tcb t = tcb_in_state(TIME_WAIT, true, true, 100, 300);
	const struct segment syn = made(50000, 0, CTL_SYN, 0), rst = made(50001, 0, CTL_RST, 0), reply = made(7000, 50001, CTL_SYN | CTL_ACK, 0);
	struct outcome o;
	(void)unused;
	m.choices.time_wait_reuse = true;
	model_arrives(&m, &t, &syn, NOW, &o);
	struct tcb next = o.reaction[0].next;
	assert_true(model_satisfies(&m, &o.reaction[0].now[0], &reply, NOW, &next));
	model_arrives(&m, &next, &rst, NOW + MS, &o);
	assert_int_equal(o.count, 3); /* its timer begins anew, or has gone on */
	assert_int_equal(o.reaction[0].next.state, LISTEN);
	assert_int_equal(o.reaction[1].next.state, TIME_WAIT);
	assert_int_equal(o.reaction[1].next.snd_nxt, 102);
	assert_int_equal(o.reaction[1].next.rcv_nxt, 302);
	assert_int_equal(o.reaction[1].next.time_wait_from, NOW + MS);
	assert_int_equal(o.reaction[2].next.state, TIME_WAIT);
	assert_int_equal(o.reaction[2].next.time_wait_from, t.time_wait_from);
}

/* MUST-7: read on, drop, or reset; in CLOSED there is nothing to reset. */
static void an_illegal_option_may_be_overlooked_dropped_or_reset(void **unused)
{
	const struct model m = plain_model();
	const struct tcb t = established();
	struct segment text = made(301, 101, CTL_ACK, 10);
	struct outcome o;
	unsigned resets = 0, drops = 0, accepts = 0;
	(void)unused;
	text.bad = BAD_OPTIONS;
	model_arrives(&m, &t, &text, NOW, &o);
	for (unsigned i = 0; i < o.count; i++) {
		resets += o.reaction[i].next.state == CLOSED && o.reaction[i].now_count == 1;
		drops += o.reaction[i].next.state == ESTABLISHED && o.reaction[i].next.rcv_nxt == 301;
		accepts += o.reaction[i].next.rcv_nxt == 311;
	}
	assert_true(resets == 1 && drops == 1 && accepts == 2);
}

static void possible_states(const struct model *m, const struct tcb *t, uint64_t now, unsigned wanted)
{
	struct outcome o;
	const char *missed;
	unsigned got = 0;
	model_time(m, t, now, &o, &missed);
	for (unsigned i = 0; i < o.count; i++)
		got |= 1U << o.reaction[i].next.state;
	assert_int_equal(got, wanted);
}

/* MUST-13: linger for 2 MSL, 60 s here. */
static void time_wait_lasts_two_msl(void **unused)
{
	const struct model m = plain_model();
	struct tcb t = tcb_in_state(TIME_WAIT, true, true, 100, 300);
	(void)unused;
	t.time_wait_from = NOW;
	possible_states(&m, &t, NOW, 1U << TIME_WAIT);
	possible_states(&m, &t, NOW + 60 * S - 11 * MS, 1U << TIME_WAIT);
	possible_states(&m, &t, NOW + 60 * S, 1U << TIME_WAIT | 1U << CLOSED);
	possible_states(&m, &t, NOW + 60 * S + 11 * MS, 1U << CLOSED);
}

/* 3.8.3 (c): "When the number of transmissions of the same segment reaches a threshold R2 [...], close the connection": after three retransmissions here, whether or not the last is waited for. */
static void giving_up_is_possible_from_the_last_retransmission_on(void **unused)
{
	const struct model m = plain_model();
	struct tcb t = tcb_in_state(LAST_ACK, true, true, 100, 300);
	struct outcome o;
	const char *missed;
	(void)unused;
	t.sent_at = NOW;
	t.retransmissions = 2;
	possible_states(&m, &t, NOW + 100 * S, 1U << LAST_ACK);
	t.retransmissions = 3;
	possible_states(&m, &t, NOW + 1 * MS, 1U << LAST_ACK | 1U << CLOSED);
	possible_states(&m, &t, NOW + 1590 * MS, 1U << LAST_ACK | 1U << CLOSED);
	model_time(&m, &t, NOW + 1590 * MS, &o, &missed);
	assert_int_equal(o.reaction[1].next.signals & SIGNAL_TIMEOUT, SIGNAL_TIMEOUT);
}

/* "The same segment": two of the first and two of another are neither. */
static void each_segment_has_its_r2(void **unused)
{
	const struct model m = plain_model();
	struct tcb t = tcb_in_state(LAST_ACK, true, true, 100, 300);
	(void)unused;
	t.sent_at = NOW;
	t.retransmissions = t.early_ones = 1;
	t.behind_ones = 2;
	possible_states(&m, &t, NOW + 1 * S, 1U << LAST_ACK);
	t.behind_ones = 3;
	possible_states(&m, &t, NOW + 1 * S, 1U << LAST_ACK | 1U << CLOSED);
}

/* MUST-23: for a SYN R2 is a time, of which what follows the last repetition is a part. */
static void a_syn_is_given_up_behind_its_last_rto(void **unused)
{
	const struct model m = plain_model();
	struct tcb t = tcb_in_state(SYN_SENT, false, true, 100, 300);
	(void)unused;
	t.sent_at = NOW;
	t.retransmissions = m.constants.syn_retries;
	const uint64_t rto = tcb_rto(&m, &t);
	possible_states(&m, &t, NOW + rto - 11 * MS, 1U << SYN_SENT);
	possible_states(&m, &t, NOW + rto, 1U << SYN_SENT | 1U << CLOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_owed_ack_comes_once),
	    cmocka_unit_test(an_owed_ack_that_does_not_come_is_missed),
	    cmocka_unit_test(any_covering_ack_settles),
	    cmocka_unit_test(queued_text_leaves_in_any_cut),
	    cmocka_unit_test(the_window_bounds_new_text),
	    cmocka_unit_test(the_fin_follows_the_last_octet),
	    cmocka_unit_test(close_without_text_must_send_its_fin),
	    cmocka_unit_test(retransmissions_wait_for_a_doubling_rto),
	    cmocka_unit_test(a_part_acknowledged_is_not_sent_anew),
	    cmocka_unit_test(three_duplicates_allow_one_early),
	    cmocka_unit_test(a_syn_is_repeated_as_it_was),
	    cmocka_unit_test(a_window_update_follows_a_receive_once),
	    cmocka_unit_test(a_shut_window_is_probed_and_an_open_one_is_not),
	    cmocka_unit_test(options_are_in_force_when_both_syns_carry_them),
	    cmocka_unit_test(a_reopened_connection_starts_after_the_old_numbers),
	    cmocka_unit_test(an_old_duplicate_returns_to_time_wait),
	    cmocka_unit_test(an_illegal_option_may_be_overlooked_dropped_or_reset),
	    cmocka_unit_test(time_wait_lasts_two_msl),
	    cmocka_unit_test(giving_up_is_possible_from_the_last_retransmission_on),
	    cmocka_unit_test(each_segment_has_its_r2),
	    cmocka_unit_test(a_syn_is_given_up_behind_its_last_rto),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("what comes unasked, and time", tests, NULL, NULL);
}
