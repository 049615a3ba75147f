/* Tests of the reference stack through its ABI: how it repairs loss, what it tells of duplicates, and what becomes of numbers half a circle apart. */
#include "tests/reference/opened.h"

#define MS UINT64_C(1000)

static const char *const by_sack[] = {"timestamps", "no", NULL};
static const char *const without_sack[] = {"timestamps", "no", "sack", "no", NULL};

/* A variable that stays behind while the numbers go round is on the wrong side after half a circle. */
static void text_flows_round_the_circle(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 4; k++) {
		struct opened *p = opened_open((k << 30) - 1500, by_sack);

		for (uint32_t at = 1; at < 6000; at += 1000) {
			opened_user_sends(p, 1000);
			assert_int_equal(p->count, 1);
			opened_saw_text(p, 0, at, at + 1000);
			OPENED_ACKS(p, at + 1000, 0);
			assert_int_equal(p->count, 0);
		}
		opened_free(p);
	}
}

/* RFC 6298 (5.7). */
static void three_seconds_after_a_lost_syn(void **state)
{
	struct opened *p = memory_zeroed(1, sizeof *p);

	(void)state;
	opened_create(p, by_sack, opened_begin_us);
	p->wnd = 60000;
	opened_waits(p, 1000 * MS);
	assert_int_equal(p->count, 1);
	assert_int_equal(p->out[0].ctl, CTL_SYN);
	opened_sends(p, 0, 1, CTL_SYN | CTL_ACK, NULL, 0);
	opened_user_sends(p, 1000);
	opened_saw_text(p, 0, 1, 1001);
	opened_waits(p, 2999 * MS);
	assert_int_equal(p->count, 0);
	opened_waits(p, 1 * MS);
	assert_int_equal(p->count, 1);
	opened_saw_text(p, 0, 1, 1001);
	/* And doubled from there. */
	opened_waits(p, 5999 * MS);
	assert_int_equal(p->count, 0);
	opened_waits(p, 1 * MS);
	opened_saw_text(p, 0, 1, 1001);
	opened_free(p);
}

/* Opens the window to `segments` by acknowledging them one by one, and leaves that many in flight from the number returned on. */
static uint32_t flight_raise(struct opened *p, uint32_t segments)
{
	uint32_t una = 1;

	opened_user_sends(p, 50000);
	assert_int_equal(p->count, 4); /* IW */
	for (uint32_t flight = 4; flight < segments; flight++, una += 1000) {
		OPENED_ACKS(p, una + 1000, 0);
		assert_int_equal(p->count, 2); /* slow start */
	}
	return una;
}

/* RFC 5681 3.2, RFC 3042, RFC 6582. */
static void fast_retransmit(void **state)
{
	struct opened *p = opened_open(100, without_sack);
	uint32_t una = flight_raise(p, 8);

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		OPENED_ACKS(p, una, 0);
		assert_int_equal(p->count, 1);
		opened_saw_text(p, 0, una + (8 + i) * 1000, una + (9 + i) * 1000);
	}
	OPENED_ACKS(p, una, 0);
	assert_int_equal(p->count, 1);
	opened_saw_text(p, 0, una, una + 1000);
	/* A partial ACK: the next one that is missing. */
	OPENED_ACKS(p, una + 2000, 0);
	opened_saw_text(p, 0, una + 2000, una + 3000);
	/* All: new text again. */
	OPENED_ACKS(p, una + 10000, 0);
	opened_saw_text(p, 0, una + 10000, una + 11000);
	opened_free(p);
}

/* RFC 6675 5: by duplicates, which SACK tells; then the holes. */
static void recovery_by_sack(void **state)
{
	struct opened *p = opened_open(100, by_sack);
	uint32_t una = flight_raise(p, 8);

	(void)state;
	/* No news: no duplicate. */
	for (int i = 0; i < 4; i++) {
		OPENED_ACKS(p, una, 0);
		assert_int_equal(p->count, 0);
	}
	for (uint32_t i = 1; i < 3; i++) {
		/* (3.3): the pipe has room for a new one. */
		OPENED_ACKS(p, una, una + 1000, una + 1000 * (i + 1), 0);
		assert_int_equal(p->count, 1);
		opened_saw_text(p, 0, una + (7 + i) * 1000, una + (8 + i) * 1000);
	}
	OPENED_ACKS(p, una, una + 1000, una + 4000, 0);
	assert_int_equal(p->count, 1);
	opened_saw_text(p, 0, una, una + 1000);
	opened_free(p);
}

/* 5, regardless of its status as a cumulative acknowledgment: IsLost (2) by an ACK that advances. */
static void an_ack_that_advances_may_be_a_duplicate(void **state)
{
	struct opened *p = opened_open(100, by_sack);
	uint32_t una = flight_raise(p, 10);

	(void)state;
	OPENED_ACKS(p, una + 1000, una + 2000, una + 4001, 0);
	assert_true(p->count > 0);
	opened_saw_text(p, 0, una + 1000, una + 2000);
	opened_free(p);
}

/* RFC 6298 5.4, RFC 5681 3.1: from SND.UNA, a segment, then by slow start; SACK says what to leave out (RFC 6675 5.1). */
static void timeout(void **state)
{
	struct opened *p = opened_open(100, by_sack);
	uint32_t una = flight_raise(p, 6);

	(void)state;
	opened_waits(p, 1000 * MS);
	assert_int_equal(p->count, 1);
	opened_saw_text(p, 0, una, una + 1000);
	OPENED_ACKS(p, una + 1000, una + 2000, una + 4000, 0);
	assert_int_equal(p->count, 1);
	opened_saw_text(p, 0, una + 1000, una + 2000);
	OPENED_ACKS(p, una + 4000, 0);
	assert_true(p->count >= 2);
	opened_saw_text(p, 0, una + 4000, una + 5000);
	opened_saw_text(p, 1, una + 5000, una + 6000);
	opened_free(p);
}

/* RFC 9293 3.8.6, SHLD-17: what lies in the window is sent again, the rest when the window is back. */
static void the_window_shrinks(void **state)
{
	struct opened *p = opened_open(100, without_sack);
	uint32_t una = flight_raise(p, 4);

	(void)state;
	p->wnd = 1500;
	opened_sends(p, 1, una, CTL_ACK, NULL, 0);
	opened_waits(p, 1000 * MS);
	assert_int_equal(p->count, 1);
	opened_saw_text(p, 0, una, una + 1000);
	/* The ACK opens cwnd for two, the window for one and a half. */
	OPENED_ACKS(p, una + 1000, 0);
	opened_saw_text(p, 0, una + 1000, una + 2000);
	opened_saw_text(p, 1, una + 2000, una + 2500);
	assert_int_equal(p->count, 2);
	p->wnd = 60000;
	OPENED_ACKS(p, una + 2500, 0);
	opened_saw_text(p, 0, una + 2500, una + 3500);
	opened_saw_text(p, 1, una + 3500, una + 4000);
	opened_free(p);
}

/* 3.8.6.1: a zero window with text in flight is probed with an octet that was sent before, and what was lost with it is sent again when it opens. */
static void the_window_closes_and_opens(void **state)
{
	struct opened *p = opened_open(100, without_sack);
	uint32_t una = flight_raise(p, 4);

	(void)state;
	p->wnd = 0;
	opened_sends(p, 1, una, CTL_ACK, NULL, 0);
	opened_waits(p, 1000 * MS);
	assert_int_equal(p->count, 1);
	opened_saw_text(p, 0, una, una + 1);
	opened_sends(p, 1, una, CTL_ACK, NULL, 0);
	p->wnd = 60000;
	opened_sends(p, 1, una, CTL_ACK, NULL, 0);
	assert_int_equal(p->count, 4);
	for (uint32_t i = 0; i < 4; i++)
		opened_saw_text(p, i, una + 1000 * i, una + 1000 * (i + 1));
	/* Lost, too. */
	opened_waits(p, 1000 * MS);
	assert_int_equal(p->count, 1);
	opened_saw_text(p, 0, una, una + 1000);
	opened_free(p);
}

/* 3.8.6.1: the first probe goes out when the window has been closed for an RTO (SHLD-29), also when text waited for something else before. */
static void a_window_that_closes_is_probed_after_an_rto(void **state)
{
	struct opened *p = opened_open(100, by_sack);

	(void)state;
	p->wnd = 10;
	OPENED_ACKS(p, 1, 0);
	opened_user_sends(p, 2000);
	/* SWS: 10 octets are not half of the largest window. */
	assert_int_equal(p->count, 0);
	opened_waits(p, 400 * MS);
	p->wnd = 0;
	OPENED_ACKS(p, 1, 0);
	opened_waits(p, 999 * MS);
	assert_int_equal(p->count, 0);
	opened_waits(p, 1 * MS);
	assert_int_equal(p->count, 1);
	opened_saw_text(p, 0, 1, 2);
	opened_free(p);
}

static void text_arrives(struct opened *p, uint32_t from, uint32_t to)
{
	static const uint8_t text[4000];

	opened_sends(p, from, 1, CTL_ACK, text, to - from);
}

/* The one segment that came out acknowledges this, and has these blocks: pairs, ended by 0. */
static void saw_sack(const struct opened *p, uint32_t ack, const uint32_t *want)
{
	assert_int_equal(p->count, 1);
	assert_int_equal(p->out[0].ack - OPENED_IRS, ack);
	for (unsigned i = 0; i < p->out[0].options.sack_blocks; i++) {
		assert_int_equal(p->out[0].options.sack[i].left - OPENED_IRS, want[2 * i]);
		assert_int_equal(p->out[0].options.sack[i].right - OPENED_IRS, want[2 * i + 1]);
	}
	assert_int_equal(want[2 * (size_t)p->out[0].options.sack_blocks], 0);
}

#define SAW_SACK(p, ack, ...) saw_sack(p, ack, (const uint32_t[]){__VA_ARGS__})

/* RFC 2883 4, examples 1 and 4. */
static void duplicates_are_told_once(void **state)
{
	struct opened *p = opened_open(100, by_sack);

	(void)state;
	text_arrives(p, 2001, 2501);
	SAW_SACK(p, 1, 2001, 2501, 0);
	text_arrives(p, 1, 1001);
	text_arrives(p, 701, 2001);
	SAW_SACK(p, 2501, 701, 1001, 0);
	text_arrives(p, 501, 1001);
	SAW_SACK(p, 2501, 501, 1001, 0);
	text_arrives(p, 3001, 3501);
	SAW_SACK(p, 2501, 3001, 3501, 0);
	text_arrives(p, 501, 1001);
	SAW_SACK(p, 2501, 501, 1001, 3001, 3501, 0);
	opened_free(p);
}

/* Without SACK nobody asks for duplicates: one does not turn the delay of ACKs off. */
static void acks_are_delayed_after_a_duplicate(void **state)
{
	struct opened *p = opened_open(100, without_sack);

	(void)state;
	text_arrives(p, 1001, 1501);
	text_arrives(p, 1001, 1501);
	SAW_SACK(p, 1, 0);
	text_arrives(p, 1, 1001);
	SAW_SACK(p, 1501, 0);
	text_arrives(p, 1501, 2001);
	assert_int_equal(p->count, 0);
	text_arrives(p, 2001, 2501);
	SAW_SACK(p, 2501, 0);
	opened_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_flows_round_the_circle),
	    cmocka_unit_test(three_seconds_after_a_lost_syn),
	    cmocka_unit_test(fast_retransmit),
	    cmocka_unit_test(recovery_by_sack),
	    cmocka_unit_test(an_ack_that_advances_may_be_a_duplicate),
	    cmocka_unit_test(timeout),
	    cmocka_unit_test(the_window_shrinks),
	    cmocka_unit_test(the_window_closes_and_opens),
	    cmocka_unit_test(a_window_that_closes_is_probed_after_an_rto),
	    cmocka_unit_test(duplicates_are_told_once),
	    cmocka_unit_test(acks_are_delayed_after_a_duplicate),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reference loss", tests, NULL, NULL);
}
