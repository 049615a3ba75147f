/* Tests of how the reference stack recovers lost text: fast retransmit, SACK, congestion windows, timestamps. Expectations are those of RFC 5681, 6582, 6675, 6928, 2018 and 7323. */
#include <stdio.h>

#include "tests/reference/peer.h"

enum { MSS = 1000,
       RTO_FIRST = 1000000 };

static const char *const ten_segments[] = {"initial_window", "10", NULL};

/* The numbers, relative to the first octet, of the segments heard now; at most `most`. */
static unsigned flight_take(struct peer *p, uint32_t *seq, unsigned most)
{
	const struct heard *h;
	unsigned n = 0;

	while ((h = peer_hear(p)) != NULL) {
		assert_true(h->is_tcp && n < most);
		assert_true(h->s.text_length > 0);
		seq[n++] = h->s.seq - p->irs - 1;
	}
	return n;
}

/* An established connection with segments of a thousand octets, of which n are in flight and heard. */
static void flight_open(struct peer *p, unsigned family, const char *const *setting, const char *options, unsigned n, uint32_t queued)
{
	uint32_t seq[20];

	peer_open(p, family, setting);
	peer_accepted(p, options);
	assert_int_equal(peer_user_send(p, queued, 0), queued);
	assert_int_equal(flight_take(p, seq, 20), n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(seq[i], i * MSS);
}

/* RFC 5681 3.1: four segments of up to 1095 octets, three of up to 2190; RFC 6928 2: ten, 14600 octets at the most; two below. Nothing beyond before an acknowledgment. */
static void initial_window_is_as_set(void **state)
{
	static const struct {
		const char *options, *segments;
		unsigned flight;
	} cases[] = {{"MSS:1000", "4", 4}, {"MSS:1460", "4", 3}, {"MSS:1000", "10", 10}, {"MSS:1460", "10", 10}, {"MSS:536", "10", 10}, {"MSS:1460", "2", 2}};

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *const setting[] = {"initial_window", cases[i].segments, NULL};
		struct peer p;
		uint32_t seq[20];

		peer_open(&p, 4, setting);
		peer_accepted(&p, cases[i].options);
		peer_user_send(&p, 60000, 0);
		assert_int_equal(flight_take(&p, seq, 20), cases[i].flight);
		peer_go(&p, RTO_FIRST - 1);
		want_silence(&p);
		peer_close(&p);
	}
}

/* RFC 5681 3.1: cwnd grows by what is acknowledged, SMSS at the most, for each ACK in slow start: two segments go for each that was acknowledged. */
static void slow_start_doubles(void **state)
{
	struct peer p;
	uint32_t seq[20], next = 4 * MSS;

	(void)state;
	flight_open(&p, 4, NULL, "MSS:1000", 4, 40000);
	for (unsigned i = 0; i < 4; i++) {
		p.ack += MSS;
		peer_say_ack(&p);
		assert_int_equal(flight_take(&p, seq, 20), 2);
		assert_int_equal(seq[0], next);
		assert_int_equal(seq[1], next + MSS);
		next += 2 * MSS;
	}
	peer_close(&p);
}

/* RFC 5681 3.2: the third duplicate ACK sends SND.UNA again at once; RFC 3042: the first two may let new text go. */
static void third_duplicate_retransmits(void **state)
{
	static const unsigned families[] = {4, 6};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct peer p;
		uint32_t seq[20];

		flight_open(&p, families[i], NULL, "MSS:1000", 4, 40000);
		for (unsigned n = 0; n < 2; n++) {
			unsigned limited;

			peer_say_ack(&p);
			limited = flight_take(&p, seq, 20);
			assert_in_range(limited, 0, 1);
			assert_true(limited == 0 || seq[0] >= 4 * MSS);
		}
		peer_say_ack(&p);
		assert_true(flight_take(&p, seq, 20) >= 1);
		assert_int_equal(seq[0], 0);
		peer_close(&p);
	}
}

/* RFC 5681 2: what carries text, or another window, or acknowledges something is no duplicate. */
static void what_is_no_duplicate_retransmits_nothing(void **state)
{
	struct peer p;

	(void)state;
	flight_open(&p, 4, NULL, "MSS:1000", 4, 4 * MSS);
	for (unsigned n = 0; n < 5; n++) {
		p.wnd = (uint16_t)(p.wnd - 100);
		peer_say_ack(&p);
		want_silence(&p);
	}
	for (unsigned n = 0; n < 5; n++)
		peer_say_text(&p, 10);
	for (const struct heard *h; (h = peer_hear(&p)) != NULL;)
		assert_int_equal(h->s.text_length, 0);
	peer_close(&p);
}

/* RFC 6582 3.2: in recovery each partial ACK sends the next hole, so that n losses of a flight take n round trips and no timer. */
static void partial_acknowledgment_sends_the_next_hole(void **state)
{
	struct peer p;
	uint32_t seq[20];

	(void)state;
	flight_open(&p, 4, ten_segments, "MSS:1000", 10, 10 * MSS);
	/* 0, 3 and 6 are lost; seven others draw a duplicate each. */
	for (unsigned n = 0; n < 7; n++)
		peer_say_ack(&p);
	assert_int_equal(flight_take(&p, seq, 20), 1);
	assert_int_equal(seq[0], 0);
	p.ack += 3 * MSS;
	peer_say_ack(&p);
	assert_int_equal(flight_take(&p, seq, 20), 1);
	assert_int_equal(seq[0], 3 * MSS);
	p.ack += 3 * MSS;
	peer_say_ack(&p);
	assert_int_equal(flight_take(&p, seq, 20), 1);
	assert_int_equal(seq[0], 6 * MSS);
	p.ack += 4 * MSS;
	peer_say_ack(&p);
	want_silence(&p);
	peer_go(&p, 3600 * S);
	want_silence(&p);
	peer_close(&p);
}

/* Acknowledges up to p->ack and says these ranges of segments by SACK, most recent first. */
static void sack_say(struct peer *p, const char *segments)
{
	char options[128], *at = options; /* four blocks of 22 */
	const uint32_t first = p->irs + 1;

	at += snprintf(at, 20, "NOP,NOP,SACK:");
	for (const char *s = segments; *s; s += 2)
		at += snprintf(at, 30, "%s%u/%u", s == segments ? "" : "/", first + (uint32_t)(s[0] - '0') * MSS, first + (uint32_t)(s[1] - '0') * MSS);
	peer_say_options(p, CTL_ACK, p->seq, p->ack, 0, options);
}

/* RFC 6675: what was SACKed is not sent again, what lies before three SACKed segments is, once. */
static void sack_recovers_only_what_is_lost(void **state)
{
	struct peer p;
	uint32_t seq[20];
	unsigned n;

	(void)state;
	flight_open(&p, 4, ten_segments, "MSS:1000,SACKOK", 10, 10 * MSS);
	/* 0 and 4 are lost. */
	sack_say(&p, "12");
	sack_say(&p, "13");
	want_silence(&p);
	sack_say(&p, "14");
	assert_int_equal(flight_take(&p, seq, 20), 1);
	assert_int_equal(seq[0], 0);
	sack_say(&p, "5614");
	sack_say(&p, "5714");
	sack_say(&p, "5814");
	sack_say(&p, "5914");
	sack_say(&p, "5:14");
	n = flight_take(&p, seq, 20);
	assert_int_equal(n, 1);
	assert_int_equal(seq[0], 4 * MSS);
	p.ack += 4 * MSS;
	sack_say(&p, "5:");
	/* NextSeg (4): a rescue retransmission of the last that was not SACKed is permitted once. */
	n = flight_take(&p, seq, 20);
	assert_true(n == 0 || (n == 1 && seq[0] == 4 * MSS));
	p.ack += 6 * MSS;
	peer_say_ack(&p);
	peer_go(&p, 3600 * S);
	want_silence(&p);
	peer_close(&p);
}

/* The same with text of the peer's missing too: what SACK says of it takes room from what is sent again, and the rest of a lost segment follows at once, not by a timeout. */
static void sack_recovers_all_of_a_segment_beside_its_own_blocks(void **state)
{
	struct peer p;
	const struct heard *h;
	uint32_t covered = 3 * MSS;

	(void)state;
	flight_open(&p, 4, ten_segments, "MSS:1000,SACKOK", 10, 10 * MSS);
	/* A gap of the peer's own. */
	peer_say(&p, CTL_ACK, p.seq + 1, p.ack, 1);
	assert_non_null(peer_hear(&p));
	/* 0 and 3 are lost, all others arrive. */
	sack_say(&p, "12");
	sack_say(&p, "1245");
	sack_say(&p, "124567");
	sack_say(&p, "12456789");
	p.ack += 3 * MSS;
	sack_say(&p, "456789");
	while ((h = peer_hear(&p)) != NULL)
		if (h->s.seq - p.irs - 1 == covered)
			covered += h->s.text_length;
	assert_int_equal(covered, 4 * MSS);
	peer_close(&p);
}

/* RFC 2018 5.1, 8: after a timeout SND.UNA goes again, also if it was SACKed: the peer may have reneged. */
static void timeout_sends_the_first_segment_whatever_was_sacked(void **state)
{
	struct peer p;

	(void)state;
	flight_open(&p, 6, ten_segments, "MSS:1000,SACKOK", 10, 10 * MSS);
	sack_say(&p, "01");
	assert_true(peer_wait(&p, p.now + 2 * S));
	want(&p, CTL_ACK, p.ack, p.seq, MSS);
	peer_close(&p);
}

/* RFC 2018 2: no SACK without SACK-Permitted. 4: the first block is the one of the segment that came, and each later one a repetition of an earlier first. */
static void receiver_says_what_it_holds(void **state)
{
	struct peer p;
	const struct heard *h;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	peer_say(&p, CTL_ACK, p.seq + 100, p.ack, 100);
	h = want(&p, CTL_ACK, p.ack, p.seq, 0);
	assert_int_equal(h->s.options.sack_blocks, 0);
	peer_close(&p);

	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000,SACKOK");
	for (uint32_t i = 1; i <= 3; i++) {
		peer_say(&p, CTL_ACK, p.seq + i * 200, p.ack, 100);
		h = want(&p, CTL_ACK, p.ack, p.seq, 0);
		assert_int_equal(h->s.options.sack_blocks, i);
		for (uint32_t k = 0; k < i; k++) {
			assert_int_equal(h->s.options.sack[k].left, p.seq + (i - k) * 200);
			assert_int_equal(h->s.options.sack[k].right, p.seq + (i - k) * 200 + 100);
		}
	}
	/* What joins two of them makes one, and it is first. */
	peer_say(&p, CTL_ACK, p.seq + 300, p.ack, 100);
	h = want(&p, CTL_ACK, p.ack, p.seq, 0);
	assert_int_equal(h->s.options.sack_blocks, 2);
	assert_int_equal(h->s.options.sack[0].left, p.seq + 200);
	assert_int_equal(h->s.options.sack[0].right, p.seq + 500);
	peer_say(&p, CTL_ACK, p.seq, p.ack, 700);
	h = want(&p, CTL_ACK, p.ack, p.seq + 700, 0);
	/* Nothing above is held; what it had before may be told once (RFC 2883 4). */
	for (unsigned k = 0; k < h->s.options.sack_blocks; k++)
		assert_true((int32_t)(h->s.options.sack[k].right - h->s.ack) <= 0);
	peer_close(&p);
}

/* RFC 5681 3.1: after a timeout one segment is in flight, no more. */
static void timeout_leaves_one_segment_of_window(void **state)
{
	struct peer p;

	(void)state;
	flight_open(&p, 4, ten_segments, "MSS:1000", 10, 30 * MSS);
	assert_true(peer_wait(&p, p.now + 2 * S));
	want(&p, CTL_ACK, p.ack, p.seq, MSS);
	want_silence(&p);
	assert_true(peer_wait(&p, p.now + 10 * S));
	want(&p, CTL_ACK, p.ack, p.seq, MSS);
	want_silence(&p);
	peer_close(&p);
}

/* RFC 7323 3.2: in every segment but a RST once both SYNs had it, echoing what came with the left edge; 5.3 R1: an older one is PAWS's: acknowledged and dropped. */
static void timestamps_protect_against_old_segments(void **state)
{
	struct peer p;
	const struct heard *h;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000,SACKOK,TS:4000/0,NOP,WS:0");
	assert_true(p.ts);
	peer_user_send(&p, 10, TCPSPEC_SEND_PUSH);
	h = want(&p, CTL_ACK, p.ack, p.seq, 10);
	assert_true(h->s.options.has_ts);
	assert_int_equal(h->s.options.ts_ecr, 5000);
	p.ack += 10;
	p.ts_val = 6000;
	peer_say_text(&p, 100);
	peer_say_text(&p, 100);
	peer_go(&p, 500 * MS);
	while ((h = peer_hear(&p)) != NULL)
		assert_int_equal(h->s.options.ts_ecr, 6000);
	p.ts_val = 5999;
	peer_say(&p, CTL_ACK, p.seq, p.ack, 100);
	h = want(&p, CTL_ACK, p.ack, p.seq, 0);
	assert_int_equal(h->s.options.ts_ecr, 6000);
	assert_int_equal(peer_user_receive(&p, 1000), 200);
	/* RST is exempt (5.3 R1), and a segment without the option is dropped or not, but never kills (3.2). */
	peer_say(&p, CTL_RST, p.seq, 0, 0);
	want_silence(&p);
	want_state(&p, TCPSPEC_LISTEN);
	peer_close(&p);
}

/* RFC 7323 4: with timestamps a retransmission can be measured, so that the RTO that was backed off comes down. */
static void timestamps_measure_retransmissions(void **state)
{
	struct peer p;
	const struct heard *h;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000,TS:4000/0");
	peer_user_send(&p, 10, TCPSPEC_SEND_PUSH);
	want(&p, CTL_ACK, p.ack, p.seq, 10);
	for (unsigned i = 0; i < 3; i++) { /* at 1, 3 and 7 seconds */
		assert_true(peer_wait(&p, p.now + 100 * S));
		want(&p, CTL_ACK, p.ack, p.seq, 10);
	}
	peer_go(&p, 10 * MS);
	p.ack += 10;
	peer_say_ack(&p);
	peer_user_send(&p, 10, TCPSPEC_SEND_PUSH);
	want(&p, CTL_ACK, p.ack, p.seq, 10);
	{
		const uint64_t began = p.now;

		assert_true(peer_wait(&p, p.now + 100 * S));
		h = want(&p, CTL_ACK, p.ack, p.seq, 10);
		assert_in_range(h->at - began, RTO_FIRST, RTO_FIRST + 1000);
	}
	peer_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(initial_window_is_as_set),
	    cmocka_unit_test(slow_start_doubles),
	    cmocka_unit_test(third_duplicate_retransmits),
	    cmocka_unit_test(what_is_no_duplicate_retransmits_nothing),
	    cmocka_unit_test(partial_acknowledgment_sends_the_next_hole),
	    cmocka_unit_test(sack_recovers_only_what_is_lost),
	    cmocka_unit_test(sack_recovers_all_of_a_segment_beside_its_own_blocks),
	    cmocka_unit_test(timeout_sends_the_first_segment_whatever_was_sacked),
	    cmocka_unit_test(receiver_says_what_it_holds),
	    cmocka_unit_test(timeout_leaves_one_segment_of_window),
	    cmocka_unit_test(timestamps_protect_against_old_segments),
	    cmocka_unit_test(timestamps_measure_retransmissions),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the reference stack's recovery", tests, NULL, NULL);
}
