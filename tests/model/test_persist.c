/* What the model holds of a closed window of the peer's: which repetitions may come when it opens, which number a segment without text bears, and when R2 counts; and what edge of its own window it holds the target to. Times are microseconds; it plays no ladder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/model/model.h"

enum { NOW = 100000000,
       MS = 1000,
       S = 1000000 };

static struct model plain_model(void)
{
	struct model m = model_default(PROFILE_RFC9293);
	m.constants.rto_min = 1 * S;
	m.constants.tick = 10 * MS;
	m.constants.retries = 2;
	return m;
}

static struct segment made(uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text, uint16_t wnd)
{
	return (struct segment){.src = {.family = IPV4}, .seq = seq, .ack = ack, .ctl = ctl, .wnd = wnd, .off = 5, .text_length = text};
}

/* ESTABLISHED, ISS 100, IRS 300; ten octets wait for a window that is closed. */
static struct tcb waiting(const struct model *m)
{
	struct tcb t = tcb_in_state(ESTABLISHED, true, true, 100, 300);
	struct outcome o;
	t.snd_wnd = 0;
	model_call(m, &t, CALL_SEND, 10, NOW, &o);
	return o.reaction[0].next;
}

static enum unasked emits(const struct model *m, struct tcb *t, struct segment s, uint64_t now)
{
	const char *clause = NULL;
	struct tcb next;
	const enum unasked u = model_emits(m, t, &s, now, &next, &clause);
	if (u != UNASKED_FORBIDDEN)
		*t = next;
	return u;
}

/* The peer's segment, of which one reaction says nothing at once. */
static void hears(const struct model *m, struct tcb *t, struct segment s, uint64_t now)
{
	struct outcome o;
	model_arrives(m, t, &s, now, &o);
	assert_int_equal(o.count, 1);
	*t = o.reaction[0].next;
}

/* 3.8.6.1: the octet that probed found no room, and need not wait for a timer once there is some. */
static void what_probed_may_come_again_when_the_window_opens(void **state)
{
	const struct model m = plain_model();
	struct tcb t = waiting(&m);
	(void)state;
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 1, 65535), NOW + 1 * S), UNASKED_PROBE);
	hears(&m, &t, made(301, 101, CTL_ACK, 0, 0), NOW + 1 * S);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 1, 65535), NOW + 1500 * MS), UNASKED_FORBIDDEN);
	hears(&m, &t, made(301, 101, CTL_ACK, 0, 1000), NOW + 1500 * MS);
	assert_int_equal(t.retransmissions, 0);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 10, 65535), NOW + 1500 * MS), UNASKED_RETRANSMISSION);
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 10, 65535), NOW + 1600 * MS), UNASKED_FORBIDDEN);
}

/* A closed window takes an empty segment at RCV.NXT alone (Table 6), which is SND.UNA here. */
static void a_segment_without_text_bears_either_number(void **state)
{
	const struct model m = plain_model();
	struct tcb t = waiting(&m);
	struct outcome o;
	struct segment text = made(301, 101, CTL_ACK, 10, 0), ack = made(101, 311, CTL_ACK, 0, 65525), other = made(100, 311, CTL_ACK, 0, 65525);
	(void)state;
	assert_int_equal(emits(&m, &t, made(101, 301, CTL_ACK, 1, 65535), NOW + 1 * S), UNASKED_PROBE);
	model_arrives(&m, &t, &text, NOW + 1 * S, &o);
	assert_int_equal(o.reaction[0].now_count, 1);
	assert_int_equal(o.reaction[0].now[0].seq, 102);
	assert_true(model_satisfies(&m, &o.reaction[0].now[0], &ack, NOW + 1 * S, &o.reaction[0].next));
	assert_false(model_satisfies(&m, &o.reaction[0].now[0], &other, NOW + 1 * S, &o.reaction[0].next));
	model_call(&m, &t, CALL_ABORT, 0, NOW + 1 * S, &o);
	assert_int_equal(o.count, 2);
	assert_int_equal(o.reaction[0].now[0].seq, 102);
	assert_int_equal(o.reaction[1].now[0].seq, 101);
}

static bool may_end(const struct model *m, const struct tcb *t, uint64_t now)
{
	struct outcome o;
	const char *missed;
	model_time(m, t, now, &o, &missed);
	return o.count > 1;
}

/* MUST-37, RFC 6429 3: only probes that nobody answers count. */
static void answered_probes_are_no_tries(void **state)
{
	const struct model m = plain_model();
	struct tcb t = waiting(&m);
	uint64_t now = NOW;
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		now += UINT64_C(60) * S;
		assert_int_not_equal(emits(&m, &t, made(101, 301, CTL_ACK, 1, 65535), now), UNASKED_FORBIDDEN);
		hears(&m, &t, made(301, 101, CTL_ACK, 0, 0), now);
		assert_false(may_end(&m, &t, now + UINT64_C(60) * S));
	}
	for (unsigned i = 0; i < 2; i++) {
		now += UINT64_C(60) * S;
		assert_false(may_end(&m, &t, now));
		assert_int_not_equal(emits(&m, &t, made(101, 301, CTL_ACK, 1, 65535), now), UNASKED_FORBIDDEN);
	}
	assert_false(may_end(&m, &t, now + 900 * MS));
	assert_true(may_end(&m, &t, now + 1 * S));
}

/* RFC 7323 2.4 (1): what an earlier ACK announced is in the window still. */
static void an_edge_that_was_shown_counts(void **state)
{
	const struct model m = plain_model();
	struct tcb t = tcb_in_state(ESTABLISHED, true, true, 100, 300);
	const struct segment text = made(301, 101, CTL_ACK, 10, 65535);
	struct outcome o;
	(void)state;
	model_arrives(&m, &t, &text, NOW, &o);
	t = o.reaction[1].next;
	assert_true(t.ack_owed);
	assert_int_equal(emits(&m, &t, made(101, 311, CTL_ACK, 0, 1000), NOW), UNASKED_OWED);
	assert_int_equal(t.rcv_wnd, 1000);
	model_arrives(&m, &t, &(struct segment){.src = {.family = IPV4}, .seq = 311, .ack = 101, .ctl = CTL_ACK, .wnd = 65535, .off = 5, .text_length = 10}, NOW, &o);
	t = o.reaction[1].next;
	assert_int_equal(emits(&m, &t, made(101, 321, CTL_ACK, 0, 500), NOW), UNASKED_OWED);
	assert_int_equal(t.rcv_wnd, 990);
	assert_int_equal(t.rcv_edge, 1311);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_probed_may_come_again_when_the_window_opens),
	    cmocka_unit_test(a_segment_without_text_bears_either_number),
	    cmocka_unit_test(answered_probes_are_no_tries),
	    cmocka_unit_test(an_edge_that_was_shown_counts),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("a closed window of the peer's", tests, NULL, NULL);
}
