/* Tests of what a single peer can make the reference stack keep: memory for text that it sends in the worst order, a connection that its user has let go of. */
#include <string.h>

#include "targets/reference/reference.h"
#undef NEVER
#include "tests/reference/peer.h"

/* As much memory as text, or twice: not a block for each octet. */
static void octets_from_behind_take_few_blocks(void **state)
{
	enum { OCTETS = 5000 };
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	for (uint32_t i = OCTETS; i > 0; i--) {
		peer_say(&p, CTL_ACK, p.seq + i, p.ack, 1);
		want(&p, CTL_ACK, p.ack, p.seq, 0);
	}
	/* The table, and text. */
	assert_in_range(p.stack->m.pool.taken, 1, 1 + 2 * (OCTETS / 2048 + 1));
	peer_say(&p, CTL_ACK, p.seq, p.ack, 1);
	p.seq += OCTETS + 1;
	want(&p, CTL_ACK, p.ack, p.seq, 0);
	assert_int_equal(peer_user_receive(&p, 2 * OCTETS), OCTETS + 1);
	assert_int_equal(p.stack->m.pool.taken, 1); /* the table */
	peer_close(&p);
}

/* RFC 9293 has no timer in FIN-WAIT-2; with the setting, a connection whose user has let go of it does not wait for ever for a peer that is gone. One that has a user does. */
static void nobody_waits_in_fin_wait_2_for_ever(void **state)
{
	static const char *const setting[] = {"orphan_timeout", "1 min", NULL};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct peer p;

		peer_open(&p, 4, i == 0 ? NULL : setting);
		peer_accepted(&p, "MSS:1000");
		if (i == 2)
			p.op->close(p.stack, p.h, p.now);
		else
			p.op->release(p.stack, p.h, p.now);
		want(&p, CTL_FIN | CTL_ACK, p.ack++, p.seq, 0);
		peer_say_ack(&p);
		want_state(&p, TCPSPEC_FIN_WAIT_2);
		peer_go(&p, 59 * S);
		want_state(&p, TCPSPEC_FIN_WAIT_2);
		peer_go(&p, 2 * S);
		want_state(&p, i == 1 ? TCPSPEC_LISTEN : TCPSPEC_FIN_WAIT_2);
		want_silence(&p);
		peer_close(&p);
	}
}

/* RFC 9293 3.6.1, MAY-2: where there is no room for a new connection, the SYN is lost, and TIME-WAIT is not. */
static void full_table_keeps_time_wait(void **state)
{
	static const char *const setting[] = {"connections", "1", "timestamps", "no", NULL};
	struct peer p;

	(void)state;
	peer_open(&p, 4, setting);
	peer_accepted(&p, "MSS:1000");
	p.op->close(p.stack, p.h, p.now);
	want(&p, CTL_FIN | CTL_ACK, p.ack++, p.seq, 0);
	peer_say(&p, CTL_FIN | CTL_ACK, p.seq++, p.ack, 0);
	want(&p, CTL_ACK, p.ack, p.seq, 0);
	want_state(&p, TCPSPEC_TIME_WAIT);
	/* The user has not let go: its slot is taken. */
	peer_say(&p, CTL_SYN, p.seq + 100000, 0, 0);
	want_silence(&p);
	want_state(&p, TCPSPEC_TIME_WAIT);
	p.op->release(p.stack, p.h, p.now);
	peer_say(&p, CTL_SYN, p.seq + 100000, 0, 0);
	assert_int_equal(peer_hear(&p)->s.ctl, CTL_SYN | CTL_ACK);
	peer_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(octets_from_behind_take_few_blocks),
	    cmocka_unit_test(nobody_waits_in_fin_wait_2_for_ever),
	    cmocka_unit_test(full_table_keeps_time_wait),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("limits that a peer can reach", tests, NULL, NULL);
}
