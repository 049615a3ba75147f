/* Tests of the reference stack's timers: retransmission, R2 and the user timeout, SYN, keep-alive. Expectations are those of RFC 6298 and RFC 9293 3.8.3 and 3.8.4. */
#include "tests/reference/peer.h"

/* RFC 6298 2.1: the first RTO. 2.4: rounded up to it when less. 2.5: an upper bound may be set, at least a minute. */
enum { RTO_FIRST = 1000000,
       RTO_BOUND_MIN = 60000000 };

static const unsigned families[] = {4, 6};

/* The interval from `before` to the next time that the segment of the stack's first octet comes; 0: the connection came to its end. */
static uint64_t retransmission_next(struct peer *p, uint32_t seq, uint16_t ctl, uint64_t before)
{
	const struct heard *h;

	if (!peer_wait(p, p->now + 3600 * S))
		return 0;
	h = peer_hear(p);
	assert_true(h->is_tcp);
	if (h->s.ctl & CTL_RST)
		return 0;
	assert_int_equal(h->s.seq, seq);
	assert_int_equal(h->s.ctl & ~CTL_PSH, ctl);
	return h->at - before;
}

/* RFC 6298 5.5: each is twice the one before, until a bound that is at least a minute. How often it came again before the end. */
static unsigned backoff_follow(struct peer *p, uint32_t seq, uint16_t ctl)
{
	uint64_t before = p->now, wanted = RTO_FIRST;

	for (unsigned times = 0;; times++) {
		const uint64_t interval = retransmission_next(p, seq, ctl, before);

		if (interval == 0)
			return times;
		if (interval != wanted)
			assert_true(interval < wanted && interval >= RTO_BOUND_MIN);
		before += interval;
		wanted = interval * 2;
	}
}

static void retransmission_doubles_until_r2(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct peer p;

		peer_open(&p, families[i], NULL);
		peer_accepted(&p, "MSS:1460");
		assert_int_equal(peer_user_send(&p, 100, 0), 100);
		want(&p, CTL_ACK, p.ack, p.seq, 100);
		/* SHLD-10: R1 is at least three. */
		assert_true(backoff_follow(&p, p.ack, CTL_ACK) >= 3);
		want_state(&p, TCPSPEC_LISTEN);
		assert_true(peer_told(&p) & TCPSPEC_TOLD_TIMEOUT);
		peer_close(&p);
	}
}

static void syn_is_sent_again_with_backoff(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct peer p;
		const struct heard *h;

		peer_open(&p, families[i], NULL);
		p.h = p.op->connect(p.stack, &p.ends, 0, p.now);
		h = peer_hear(&p);
		assert_non_null(h);
		assert_int_equal(h->s.ctl, CTL_SYN);
		assert_true(backoff_follow(&p, h->s.seq, CTL_SYN) >= 3);
		want_state(&p, TCPSPEC_CLOSED);
		assert_true(peer_told(&p) & TCPSPEC_TOLD_TIMEOUT);
		peer_close(&p);
	}
}

/* When the user is told that the connection is gone, looked at ten times a second. */
static uint64_t told_after(struct peer *p, unsigned what, uint64_t most)
{
	const uint64_t began = p->now;

	while (!(peer_told(p) & what)) {
		assert_true(p->now - began <= most);
		peer_go(p, 100 * MS);
		while (peer_hear(p) != NULL)
			;
	}
	return p->now - began;
}

/* MUST-23: R2 of a SYN is at least three minutes. */
static void syn_gives_up_after_three_minutes(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	p.h = p.op->connect(p.stack, &p.ends, 0, p.now);
	assert_true(told_after(&p, TCPSPEC_TOLD_TIMEOUT, 1000 * S) >= 180 * S);
	want_state(&p, TCPSPEC_CLOSED);
	peer_close(&p);
}

/* SHLD-11. */
static void data_gives_up_after_100_seconds(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1460");
	peer_user_send(&p, 100, 0);
	assert_true(told_after(&p, TCPSPEC_TOLD_TIMEOUT, 3600 * S) >= 100 * S);
	peer_close(&p);
}

/* MUST-22: the SYN,ACK too is sent again and given up; the listener is not. */
static void syn_ack_is_sent_again_and_given_up(void **state)
{
	struct peer p;
	const struct heard *h;

	(void)state;
	peer_open(&p, 6, NULL);
	peer_listen(&p);
	peer_say_options(&p, CTL_SYN, p.iss, 0, 0, "MSS:1440");
	h = peer_hear(&p);
	assert_non_null(h);
	assert_true(backoff_follow(&p, h->s.seq, CTL_SYN | CTL_ACK) >= 3);
	want_state(&p, TCPSPEC_LISTEN);
	peer_go(&p, 600 * S);
	want_silence(&p);
	peer_close(&p);
}

/* The handshake's round trip took `rtt`: the stack's SYN,ACK is acknowledged then. */
static void accepted_slowly(struct peer *p, uint64_t rtt)
{
	const struct heard *h;

	peer_listen(p);
	peer_say_options(p, CTL_SYN, p->iss, 0, 0, "MSS:1460");
	h = peer_hear(p);
	assert_non_null(h);
	p->irs = h->s.seq;
	p->seq = p->iss + 1;
	p->ack = p->irs + 1;
	peer_go(p, rtt);
	want_silence(p);
	peer_say_ack(p);
	p->h = p->op->find(p->stack, &p->ends);
	want_state(p, TCPSPEC_ESTABLISHED);
}

/* From now until the segment at `seq` comes again. */
static uint64_t rto_seen(struct peer *p, uint32_t seq)
{
	const uint64_t began = p->now;

	assert_true(peer_wait(p, began + 100 * S));
	return retransmission_next(p, seq, CTL_ACK, began);
}

/* RFC 6298 2.2: SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 RTTVAR = 3 R. 2.3 for the second. A tenth of a millisecond is left for rounding. */
static void rto_follows_the_round_trips(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	accepted_slowly(&p, 500 * MS);
	peer_user_send(&p, 10, 0);
	want(&p, CTL_ACK, p.ack, p.seq, 10);
	peer_go(&p, 700 * MS);
	want_silence(&p);
	p.ack += 10;
	peer_say_ack(&p);
	/* RTTVAR = 3/4 * 250 + 1/4 * |500 - 700| = 237.5, SRTT = 7/8 * 500 + 1/8 * 700 = 525, RTO = 525 + 950 = 1475 ms. */
	peer_user_send(&p, 10, 0);
	want(&p, CTL_ACK, p.ack, p.seq, 10);
	assert_in_range(rto_seen(&p, p.ack), 1475 * MS - 100, 1475 * MS + 100);
	peer_close(&p);
}

static void rto_after_a_long_handshake_is_three_times_it(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 6, NULL);
	accepted_slowly(&p, 900 * MS);
	peer_user_send(&p, 10, 0);
	want(&p, CTL_ACK, p.ack, p.seq, 10);
	assert_in_range(rto_seen(&p, p.ack), 2700 * MS - 100, 2700 * MS + 100);
	peer_close(&p);
}

/* Karn's algorithm (RFC 6298 3, MUST-18): the acknowledgment of a retransmission measures nothing, and the backed off RTO stays until something does. */
static void retransmission_measures_nothing(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1460");
	peer_user_send(&p, 10, 0);
	want(&p, CTL_ACK, p.ack, p.seq, 10);
	assert_int_equal(rto_seen(&p, p.ack), RTO_FIRST);
	peer_go(&p, 10 * MS);
	p.ack += 10;
	peer_say_ack(&p);
	peer_user_send(&p, 10, 0);
	want(&p, CTL_ACK, p.ack, p.seq, 10);
	assert_int_equal(rto_seen(&p, p.ack), 2 * RTO_FIRST);
	peer_close(&p);
}

/* RFC 6298 5.3: an ACK of new data restarts the timer; 5.2: with nothing outstanding it is off. */
static void acknowledgment_restarts_the_timer_or_stops_it(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:100");
	peer_user_send(&p, 200, TCPSPEC_SEND_PUSH);
	want(&p, CTL_ACK, p.ack, p.seq, 100);
	want(&p, CTL_ACK, p.ack + 100, p.seq, 100);
	peer_go(&p, 600 * MS);
	want_silence(&p);
	p.ack += 100;
	peer_say_ack(&p);
	assert_true(rto_seen(&p, p.ack) >= RTO_FIRST);
	p.ack += 100;
	peer_say_ack(&p);
	peer_go(&p, 3600 * S);
	want_silence(&p);
	want_state(&p, TCPSPEC_ESTABLISHED);
	peer_close(&p);
}

/* RFC 9293 3.10.8: the user timeout aborts the connection and tells the user. MUST-21. */
static void user_timeout_is_the_users(void **state)
{
	static const uint64_t timeouts[] = {5, 30, 3600};

	(void)state;
	for (unsigned i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++) {
		struct peer p;
		uint64_t took;

		peer_open(&p, 4, NULL);
		peer_accepted(&p, "MSS:1460");
		assert_int_equal(p.op->set(p.stack, p.h, "user_timeout", timeouts[i] * S), 0);
		assert_int_equal(p.op->set(p.stack, p.h, "retries", 1000), 0); /* R2 as the user wants it, too */
		peer_go(&p, 2 * timeouts[i] * S);                              /* idle: nothing times out */
		want_state(&p, TCPSPEC_ESTABLISHED);
		peer_user_send(&p, 100, 0);
		took = told_after(&p, TCPSPEC_TOLD_TIMEOUT, timeouts[i] * S + S);
		assert_true(took >= timeouts[i] * S);
		want_state(&p, TCPSPEC_LISTEN);
		peer_close(&p);
	}
}

/* MUST-25, MUST-28: off unless the user wants it, and then not within two hours. SHLD-12: at SND.NXT-1, no text. MUST-29: one that is not answered is not the end. */
static void keep_alive_is_off_and_then_slow(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1460");
	peer_go(&p, 100 * 3600 * S);
	want_silence(&p);
	assert_int_equal(p.op->set(p.stack, p.h, "keepalive", 1), 0);
	peer_say_text(&p, 10); /* idle from here on */
	peer_go(&p, 600 * MS);
	want_state(&p, TCPSPEC_ESTABLISHED);
	assert_non_null(peer_hear(&p));
	peer_go(&p, 7200 * S - 601 * MS);
	want_silence(&p);
	assert_true(peer_wait(&p, p.now + 2 * S));
	want(&p, CTL_ACK, p.ack - 1, p.seq, 0);
	peer_go(&p, 10 * MS);
	want_silence(&p);
	assert_true(peer_wait(&p, p.now + 7300 * S)); /* not answered: another one */
	want(&p, CTL_ACK, p.ack - 1, p.seq, 0);
	peer_say_ack(&p); /* answered: idle anew */
	peer_go(&p, 7199 * S);
	want_silence(&p);
	want_state(&p, TCPSPEC_ESTABLISHED);
	peer_close(&p);
}

static void keep_alive_without_any_answer_ends_it(void **state)
{
	struct peer p;
	unsigned probes = 0;

	(void)state;
	peer_open(&p, 6, NULL);
	peer_accepted(&p, "MSS:1440");
	assert_int_equal(p.op->set(p.stack, p.h, "keepalive", 1), 0);
	while (peer_wait(&p, p.now + 3 * 3600 * S) && !(peer_told(&p) & TCPSPEC_TOLD_TIMEOUT)) {
		const struct heard *h = peer_hear(&p);

		assert_int_equal(h->s.seq, p.ack - 1);
		probes++;
		assert_true(probes < 100);
	}
	assert_true(probes > 1);
	assert_true(peer_told(&p) & TCPSPEC_TOLD_TIMEOUT);
	want_state(&p, TCPSPEC_LISTEN);
	peer_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(retransmission_doubles_until_r2),
	    cmocka_unit_test(syn_is_sent_again_with_backoff),
	    cmocka_unit_test(syn_gives_up_after_three_minutes),
	    cmocka_unit_test(data_gives_up_after_100_seconds),
	    cmocka_unit_test(syn_ack_is_sent_again_and_given_up),
	    cmocka_unit_test(rto_follows_the_round_trips),
	    cmocka_unit_test(rto_after_a_long_handshake_is_three_times_it),
	    cmocka_unit_test(retransmission_measures_nothing),
	    cmocka_unit_test(acknowledgment_restarts_the_timer_or_stops_it),
	    cmocka_unit_test(user_timeout_is_the_users),
	    cmocka_unit_test(keep_alive_is_off_and_then_slow),
	    cmocka_unit_test(keep_alive_without_any_answer_ends_it),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the reference stack's timers", tests, NULL, NULL);
}
