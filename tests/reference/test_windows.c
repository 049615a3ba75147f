/* Tests of the reference stack's windows: zero windows and probes, silly windows on both sides, Nagle, delayed acknowledgments, scaling. Expectations are those of RFC 9293 3.7.4 and 3.8.6,
 * RFC 5681 4.2 and RFC 7323 2. */
#include "tests/reference/peer.h"

enum { MSS = 1000 };

static const uint64_t OVERRIDE_MAX = 1000000, OVERRIDE_MIN = 100000, ACK_DELAY_MAX = 500000;

/* A connection on which the stack's user has much to send into the window `wnd`; the first flight is heard. Returns its octets. */
static uint32_t flight_begin(struct peer *p, uint16_t wnd, uint32_t octets)
{
	uint32_t got = 0;
	const struct heard *h;

	p->wnd = wnd;
	peer_say_ack(p);
	want_silence(p);
	assert_int_equal(peer_user_send(p, octets, 0), octets);
	while ((h = peer_hear(p)) != NULL) {
		assert_int_equal(h->s.seq, p->ack + got);
		got += h->s.text_length;
	}
	return got;
}

static void zero_window_is_probed_with_backoff(void **state)
{
	uint64_t last, before = 0;
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	p.wnd = 0;
	peer_accepted(&p, "MSS:1000");
	peer_user_send(&p, 5000, 0);
	want_silence(&p);
	last = p.now;
	/* MUST-36, MUST-37: for hours, as long as each is answered. SHLD-29: the first after an RTO, SHLD-30: then more and more slowly. */
	while (p.now < 5 * 3600 * S) {
		const struct heard *h;
		uint64_t interval;

		assert_true(peer_wait(&p, p.now + 3600 * S));
		h = peer_hear(&p);
		assert_true(h->s.seq == p.ack || h->s.seq == p.ack - 1);
		assert_true(h->s.text_length <= 1);
		interval = h->at - last;
		assert_true(interval >= S);
		assert_true(before == 0 || interval == 2 * before || (interval <= 2 * before && interval >= 60 * S));
		before = interval;
		last = h->at;
		peer_say_ack(&p);
		want_silence(&p);
	}
	want_state(&p, TCPSPEC_ESTABLISHED);
	assert_int_equal(peer_told(&p), 0);
	/* The window opens: what is queued goes at once. */
	p.wnd = 65535;
	peer_say_ack(&p);
	for (const struct heard *h; (h = peer_hear(&p)) != NULL;)
		if (h->s.seq == p.ack)
			p.ack += h->s.text_length;
	assert_true(p.ack - p.irs - 1 >= MSS);
	peer_close(&p);
}

/* RFC 9293 3.8.6.1: only acknowledged probes keep the connection for ever. */
static void probes_without_answer_end_it(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 6, NULL);
	p.wnd = 0;
	peer_accepted(&p, "MSS:1000");
	peer_user_send(&p, 5000, 0);
	while (!(peer_told(&p) & TCPSPEC_TOLD_TIMEOUT)) {
		assert_true(p.now < 24 * 3600 * S);
		peer_go(&p, 10 * S);
		while (peer_hear(&p) != NULL)
			;
	}
	assert_true(p.now >= 100 * S);
	want_state(&p, TCPSPEC_LISTEN);
	peer_close(&p);
}

/* MUST-34, MUST-35: a window that shrinks below what was sent: nothing new beyond its edge, and when it opens the transfer goes on. */
static void shrunk_window_is_robustly_taken(void **state)
{
	struct peer p;
	const struct heard *h;
	uint32_t edge;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	assert_int_equal(flight_begin(&p, 2000, 8000), 2000);
	p.wnd = 500;
	peer_say_ack(&p);
	edge = p.ack + 2000;
	for (unsigned i = 0; i < 5 && peer_wait(&p, p.now + 100 * S); i++) {
		h = peer_hear(&p);
		assert_true((int32_t)(h->s.seq + h->s.text_length - edge) <= 0);
	}
	want_state(&p, TCPSPEC_ESTABLISHED);
	p.ack += 2000;
	p.wnd = 65535;
	peer_say_ack(&p);
	h = peer_hear(&p);
	assert_non_null(h);
	assert_int_equal(h->s.seq, edge);
	assert_int_equal(h->s.text_length, MSS);
	peer_close(&p);
}

/* MUST-38: ten octets of window are not used at once; the override timeout is 0.1 to 1 s (3.8.6.2.1). */
static void sender_waits_for_a_window_worth_it(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	assert_int_equal(flight_begin(&p, 4000, 20000), 4000);
	p.ack += 4000;
	p.wnd = 10;
	peer_say_ack(&p);
	want_silence(&p);
	p.wnd = 20;
	peer_say_ack(&p);
	peer_go(&p, OVERRIDE_MIN - 1);
	want_silence(&p);
	assert_true(peer_wait(&p, p.now + OVERRIDE_MAX));
	want(&p, CTL_ACK, p.ack, p.seq, 20);
	/* A full segment's window is used at once. */
	p.ack += 20;
	p.wnd = MSS;
	peer_say_ack(&p);
	want(&p, CTL_ACK, p.ack, p.seq, MSS);
	peer_close(&p);
}

/* Half of the largest window that the peer ever offered is worth it too (3.8.6.2.1 (3)). */
static void half_the_largest_window_is_worth_it(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	p.wnd = 400;
	peer_accepted(&p, "MSS:1000");
	peer_user_send(&p, 5000, 0);
	want(&p, CTL_ACK, p.ack, p.seq, 400);
	p.ack += 400;
	p.wnd = 200;
	peer_say_ack(&p);
	want(&p, CTL_ACK, p.ack, p.seq, 200);
	peer_close(&p);
}

/* Fills the stack's receive buffer: text until its window is closed. Returns its octets. */
static uint32_t buffer_fill(struct peer *p, uint32_t window, unsigned shift)
{
	uint32_t total = 0;

	while (window > 0) {
		const struct heard *h;
		const uint32_t n = window < MSS ? window : MSS;

		peer_say_text(p, n);
		total += n;
		peer_go(p, ACK_DELAY_MAX);
		h = NULL;
		for (const struct heard *next; (next = peer_hear(p)) != NULL;)
			h = next;
		assert_non_null(h);
		assert_int_equal(h->s.ack, p->seq);
		window = (uint32_t)h->s.wnd << shift;
	}
	return total;
}

/* MUST-39: no window update before min(half the buffer, MSS) can be offered, and the right edge never goes back. */
static void receiver_waits_for_a_window_worth_it(void **state)
{
	struct peer p;
	const struct heard *h;
	uint32_t buffer;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_listen(&p);
	p.op->release(p.stack, p.listener, p.now);
	p.listener = p.op->listen(p.stack, &p.ends.local, p.port, 10000, p.now);
	assert_true(p.listener > 0);
	peer_accepted(&p, "MSS:1000");
	buffer = buffer_fill(&p, 1, 0);
	assert_in_range(buffer, 1, 10000);
	assert_int_equal(peer_user_receive(&p, 10), 10);
	want_silence(&p);
	peer_go(&p, 3600 * S);
	want_silence(&p);
	for (unsigned taken = 10; taken < MSS - 100; taken += 100) {
		assert_int_equal(peer_user_receive(&p, 100), 100);
		want_silence(&p);
	}
	/* Asked meanwhile, it offers no less and no silly window. */
	peer_say(&p, CTL_ACK, p.seq, p.ack, 1);
	h = want(&p, CTL_ACK, p.ack, p.seq, 0);
	assert_int_equal(h->s.wnd, 0);
	assert_int_equal(peer_user_receive(&p, 3 * MSS), 3 * MSS);
	h = want(&p, CTL_ACK, p.ack, p.seq, 0);
	assert_true(h->s.wnd >= 3 * MSS);
	peer_close(&p);
}

/* SHLD-7: one small segment is outstanding at the most; what gathers meanwhile goes with the acknowledgment, together. */
static void nagle_gathers_small_text(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	peer_user_send(&p, 10, TCPSPEC_SEND_PUSH);
	want(&p, CTL_ACK, p.ack, p.seq, 10);
	for (unsigned i = 0; i < 5; i++)
		peer_user_send(&p, 10, TCPSPEC_SEND_PUSH);
	want_silence(&p);
	p.ack += 10;
	peer_say_ack(&p);
	want(&p, CTL_ACK, p.ack, p.seq, 50);
	/* A full segment does not wait. */
	peer_user_send(&p, MSS + 1, TCPSPEC_SEND_PUSH);
	want(&p, CTL_ACK, p.ack + 50, p.seq, MSS);
	want_silence(&p);
	peer_close(&p);
}

/* MUST-17. */
static void nagle_can_be_switched_off(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 6, NULL);
	peer_accepted(&p, "MSS:1000");
	assert_int_equal(p.op->set(p.stack, p.h, "nagle", 0), 0);
	for (uint32_t i = 0; i < 5; i++) {
		peer_user_send(&p, 10, TCPSPEC_SEND_PUSH);
		want(&p, CTL_ACK, p.ack + 10 * i, p.seq, 10);
	}
	peer_close(&p);
}

/* MUST-40: within half a second; SHLD-18 and RFC 5681 4.2: it may be delayed, but the second full segment draws one at once. */
static void acknowledgment_is_delayed_within_bounds(void **state)
{
	struct peer p;
	uint64_t began;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	began = p.now;
	peer_say_text(&p, 10);
	if (peer_hear(&p) == NULL) {
		assert_true(peer_wait(&p, p.now + S));
		assert_true(p.now - began < ACK_DELAY_MAX);
		want(&p, CTL_ACK, p.ack, p.seq, 0);
	}
	peer_say_text(&p, 1460);
	peer_go(&p, 1);
	peer_say_text(&p, 1460);
	assert_non_null(peer_hear(&p));
	/* Nothing more is owed. */
	peer_hear(&p);
	peer_go(&p, 3600 * S);
	want_silence(&p);
	peer_close(&p);
}

/* RFC 5681 4.2: text above a gap, and what fills a gap, are acknowledged at once. */
static void gap_is_told_at_once(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	peer_say(&p, CTL_ACK, p.seq + 100, p.ack, 100);
	want(&p, CTL_ACK, p.ack, p.seq, 0);
	peer_say(&p, CTL_ACK, p.seq + 300, p.ack, 100);
	want(&p, CTL_ACK, p.ack, p.seq, 0);
	peer_say(&p, CTL_ACK, p.seq, p.ack, 100);
	want(&p, CTL_ACK, p.ack, p.seq + 200, 0);
	peer_say(&p, CTL_ACK, p.seq + 200, p.ack, 100);
	want(&p, CTL_ACK, p.ack, p.seq + 400, 0);
	assert_int_equal(peer_user_receive(&p, 1000), 400);
	peer_close(&p);
}

/* RFC 7323 2.2, 2.3: the SYN's window is not scaled, every other is, and a shift above 14 is taken as 14. */
static void peers_window_is_scaled(void **state)
{
	static const struct {
		const char *options;
		uint16_t wnd;
		uint32_t window;
	} cases[] = {{"MSS:1000,WS:3", 500, 4000}, {"MSS:1000,WS:0", 4000, 4000}, {"MSS:1000", 4000, 4000}, {"MSS:1000,WS:10", 4, 4096}};

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct peer p;
		const struct heard *h;
		uint32_t sent = 0;

		peer_open(&p, 4, NULL);
		p.wnd = 2000;
		peer_listen(&p);
		peer_say_options(&p, CTL_SYN, p.iss, 0, 0, cases[i].options);
		h = peer_hear(&p);
		assert_non_null(h);
		p.irs = h->s.seq;
		p.seq = p.iss + 1;
		p.ack = p.irs + 1;
		/* Offered only in return (RFC 7323 2.2). */
		assert_int_equal(h->s.options.has_ws, i != 2);
		p.wnd = cases[i].wnd;
		peer_say_ack(&p);
		p.h = p.op->find(p.stack, &p.ends);
		peer_user_send(&p, 10000, 0);
		/* As the congestion window opens, all of the window is used and no more. */
		while (peer_wait(&p, p.now + 900 * MS)) {
			h = peer_hear(&p);
			if ((int32_t)(h->s.seq + h->s.text_length - p.irs - 1 - sent) > 0)
				sent = h->s.seq + h->s.text_length - p.irs - 1;
			if (sent > cases[i].window)
				break;
		}
		assert_in_range(sent, cases[i].window - MSS + 1, cases[i].window);
		peer_close(&p);
	}
}

/* MUST-60, MUST-61: what was queued last is pushed. */
static void end_of_the_queue_is_pushed(void **state)
{
	struct peer p;
	const struct heard *h;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	peer_user_send(&p, 1500, TCPSPEC_SEND_PUSH);
	want(&p, CTL_ACK, p.ack, p.seq, MSS);
	p.ack += MSS;
	peer_say_ack(&p);
	h = want(&p, CTL_ACK, p.ack, p.seq, 500);
	assert_true(h->s.ctl & CTL_PSH);
	peer_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(zero_window_is_probed_with_backoff),
	    cmocka_unit_test(probes_without_answer_end_it),
	    cmocka_unit_test(shrunk_window_is_robustly_taken),
	    cmocka_unit_test(sender_waits_for_a_window_worth_it),
	    cmocka_unit_test(half_the_largest_window_is_worth_it),
	    cmocka_unit_test(receiver_waits_for_a_window_worth_it),
	    cmocka_unit_test(nagle_gathers_small_text),
	    cmocka_unit_test(nagle_can_be_switched_off),
	    cmocka_unit_test(acknowledgment_is_delayed_within_bounds),
	    cmocka_unit_test(gap_is_told_at_once),
	    cmocka_unit_test(peers_window_is_scaled),
	    cmocka_unit_test(end_of_the_queue_is_pushed),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the reference stack's windows", tests, NULL, NULL);
}
