/* Tests of what the reference stack measures and for how long it waits: Karn's rule of a SYN said twice, the restart after idleness, the end of waiting. */
#include <string.h>

#include "tests/reference/opened.h"
#include "tests/reference/peer.h"

/* RFC 6298 3: the SYN,ACK of a simultaneous open sends ISS again, so that its ACK measures nothing; RTO is still the first one. */
static void simultaneous_open_measures_nothing(void **state)
{
	struct peer p;
	uint64_t sent;

	(void)state;
	peer_open(&p, 4, NULL);
	p.h = p.op->connect(p.stack, &p.ends, 0, p.now);
	assert_true(p.h > 0);
	p.irs = peer_hear(&p)->s.seq;
	p.ack = p.irs + 1;
	p.seq = p.iss + 1;
	peer_go(&p, 700 * MS);
	peer_say_options(&p, CTL_SYN, p.iss, 0, 0, "MSS:1000");
	want(&p, CTL_SYN | CTL_ACK, p.irs, p.seq, 0);
	peer_go(&p, 100 * MS);
	peer_say_ack(&p);
	want_state(&p, TCPSPEC_ESTABLISHED);
	peer_user_send(&p, 100, 0);
	sent = want(&p, CTL_ACK, p.ack, p.seq, 100)->at;
	assert_true(peer_wait(&p, p.now + 10 * S));
	assert_int_equal(want(&p, CTL_ACK, p.ack, p.seq, 100)->at - sent, S);
	peer_close(&p);
}

/* RFC 5681 4.1: cwnd falls back when the TCP "has not sent data" for longer than the RTO. What it sent again is data too. */
static void retransmission_is_no_idleness(void **state)
{
	enum { SEGMENTS = 50,
	       IW = 4,
	       LOST = 27 };
	static const char *const setting[] = {"timestamps", "no", NULL};
	struct opened *p = opened_open(100, setting);
	uint32_t ack = 1, flight;

	(void)state;
	opened_user_sends(p, SEGMENTS * OPENED_SMSS);
	for (flight = IW; flight < LOST; flight++, ack += OPENED_SMSS)
		OPENED_ACKS(p, ack + OPENED_SMSS, 0);
	/* All of the flight is lost, and comes again within a few round trips: 1, 2, 4, 8, 12. */
	opened_waits(p, S);
	opened_saw_text(p, 0, ack, ack + OPENED_SMSS);
	for (flight = (uint32_t)p->count; flight > 0;) {
		uint32_t next = 0;

		opened_waits(p, 300 * MS);
		assert_int_equal(p->count, 0);
		for (uint32_t i = 0; i < flight; i++) {
			ack += OPENED_SMSS;
			OPENED_ACKS(p, ack, 0);
			next += (uint32_t)p->count;
		}
		flight = next;
	}
	assert_int_equal(ack, 1 + SEGMENTS * OPENED_SMSS);
	opened_user_sends(p, 2 * IW * OPENED_SMSS);
	assert_int_equal(p->count, 2 * IW);
	opened_free(p);
}

/* RFC 9293 3.8.3 (e), SHLD-9: the user is told when R1 is reached, three retransmissions, and before R2; of a SYN as well. */
static void user_is_told_of_trouble(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct peer p;

		peer_open(&p, 4, NULL);
		if (i == 0) {
			p.h = p.op->connect(p.stack, &p.ends, 0, p.now);
		} else {
			peer_accepted(&p, "MSS:1000");
			peer_user_send(&p, 100, 0);
		}
		assert_non_null(peer_hear(&p));
		for (unsigned n = 1; n <= 3; n++) {
			assert_int_equal(peer_told(&p), 0);
			assert_true(peer_wait(&p, p.now + 10 * S));
			assert_non_null(peer_hear(&p));
		}
		assert_int_equal(peer_told(&p), TCPSPEC_TOLD_TROUBLE);
		peer_close(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(simultaneous_open_measures_nothing),
	    cmocka_unit_test(retransmission_is_no_idleness),
	    cmocka_unit_test(user_is_told_of_trouble),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("what is measured and waited for", tests, NULL, NULL);
}
