/* Tests of the fence on the connection itself: the two segments' fields, and which segment is the answer. Expectations are the definitions of RFC 9293 3.10.7.4 and RFC 7323 4.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/net/fence.h"

static struct fence_same numbers(enum family f)
{
	struct fence_same n = {.src_port = 40000, .dst_port = 2048, .rcv_nxt = 0x80000000, .snd_una = 77, .wnd = 1234, .ts_val = 500, .ts_ecr = 900};
	assert_true(address_read(f == IPV4 ? "192.0.2.1" : "2001:db8::1", &n.src, NULL));
	assert_true(address_read(f == IPV4 ? "192.0.2.2" : "2001:db8::2", &n.dst, NULL));
	return n;
}

static void assert_common(const struct segment *s, const struct fence_same *n)
{
	assert_int_equal(s->bad, 0);
	assert_true(address_equal(&s->src, &n->src));
	assert_true(address_equal(&s->dst, &n->dst));
	assert_int_equal(s->src_port, n->src_port);
	assert_int_equal(s->dst_port, n->dst_port);
	assert_int_equal(s->ctl, CTL_ACK);
	assert_int_equal(s->ack, n->snd_una);
	assert_int_equal(s->wnd, n->wnd);
	assert_true(s->options.has_ts);
	assert_int_equal(s->options.ts_val, n->ts_val);
	assert_int_equal(s->options.ts_ecr, n->ts_ecr);
}

static void mover_is_empty_and_next(void **state)
{
	uint8_t packet[128];
	struct segment s;
	(void)state;
	for (enum family f = IPV4; f <= IPV6; f += 2) {
		const struct fence_same n = numbers(f);
		const size_t length = fence_mover_build(&n, packet, sizeof packet);
		assert_true(length > 0);
		assert_true(segment_parse(packet, length, &s, NULL));
		assert_common(&s, &n);
		assert_int_equal(s.seq, n.rcv_nxt);
		assert_int_equal(s.text_length, 0);
	}
}

static void old_octet_is_the_last_received(void **state)
{
	uint8_t packet[128];
	struct segment s;
	(void)state;
	for (enum family f = IPV4; f <= IPV6; f += 2) {
		const struct fence_same n = numbers(f);
		const size_t length = fence_old_octet_build(&n, packet, sizeof packet);
		assert_true(length > 0);
		assert_true(segment_parse(packet, length, &s, NULL));
		assert_common(&s, &n);
		assert_int_equal(s.seq, 0x7fffffff);
		assert_int_equal(s.text_length, 1);
	}
}

static void old_octet_goes_around_zero(void **state)
{
	uint8_t packet[128];
	struct segment s;
	struct fence_same n = numbers(IPV4);
	(void)state;
	n.rcv_nxt = 0;
	const size_t length = fence_old_octet_build(&n, packet, sizeof packet);
	assert_true(segment_parse(packet, length, &s, NULL));
	assert_int_equal(s.seq, UINT32_MAX);
}

static void no_room_is_no_packet(void **state)
{
	uint8_t packet[40];
	const struct fence_same n = numbers(IPV4);
	(void)state;
	assert_int_equal(fence_mover_build(&n, packet, sizeof packet), 0);
	assert_int_equal(fence_old_octet_build(&n, packet, sizeof packet), 0);
}

/* What the target says to O. */
static struct segment answer(const struct fence_same *n)
{
	struct segment s = {.src = n->dst, .dst = n->src, .src_port = n->dst_port, .dst_port = n->src_port, .seq = n->snd_una, .ack = n->rcv_nxt, .ctl = CTL_ACK};
	s.options.has_ts = true;
	s.options.ts_val = 901;
	s.options.ts_ecr = n->ts_val;
	return s;
}

static void answer_shows_the_new_value(void **state)
{
	const struct fence_same n = numbers(IPV6);
	struct segment s = answer(&n);
	(void)state;
	assert_true(fence_same_answers(&n, &s));
	s.ctl |= CTL_ECE;
	assert_true(fence_same_answers(&n, &s));
	s.options.ts_ecr = n.ts_val - 1;
	assert_false(fence_same_answers(&n, &s));
}

static void other_segments_are_no_answer(void **state)
{
	const struct fence_same n = numbers(IPV4);
	struct segment s;
	(void)state;
	s = answer(&n);
	s.options.has_ts = false;
	assert_false(fence_same_answers(&n, &s));
	s = answer(&n);
	s.ctl = CTL_ACK | CTL_FIN;
	assert_false(fence_same_answers(&n, &s));
	s = answer(&n);
	s.ctl = CTL_ACK | CTL_RST;
	assert_false(fence_same_answers(&n, &s));
	s = answer(&n);
	s.ctl = CTL_ACK | CTL_SYN;
	assert_false(fence_same_answers(&n, &s));
	s = answer(&n);
	s.text_length = 1;
	assert_false(fence_same_answers(&n, &s));
	s = answer(&n);
	s.src_port++;
	assert_false(fence_same_answers(&n, &s));
	s = answer(&n);
	s.dst_port++;
	assert_false(fence_same_answers(&n, &s));
	s = answer(&n);
	s.src = n.src;
	assert_false(fence_same_answers(&n, &s));
}

/* RFC 9293 3.1: a segment with a wrong checksum is as if it had not come, and so is one that cannot be read. */
static void damaged_segment_is_no_answer(void **state)
{
	static const uint8_t damages[] = {BAD_IP_CHECKSUM, BAD_TCP_CHECKSUM, BAD_OFFSET, BAD_OPTIONS, BAD_FRAGMENT, BAD_LENGTH};
	const struct fence_same n = numbers(IPV4);
	struct segment s = answer(&n);
	(void)state;
	assert_true(fence_same_answers(&n, &s));
	for (unsigned i = 0; i < sizeof damages / sizeof damages[0]; i++) {
		s.bad = damages[i];
		assert_false(fence_same_answers(&n, &s));
	}
	/* Reserved bits are ignored in what is received. */
	s.bad = BAD_RESERVED;
	assert_true(fence_same_answers(&n, &s));
}

static void names_are_read_back(void **state)
{
	enum fence_kind k, before = FENCE_CALL;
	(void)state;
	for (unsigned i = 0; i < FENCE_KINDS; i++) {
		assert_true(fence_read(fence_name((enum fence_kind)i), &k));
		assert_int_equal(k, i);
	}
	/* Weakest claim first, as the design's table has it. */
	const char *const order[] = {"call", "link", "same", "both", "time"};
	for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++) {
		assert_true(fence_read(order[i], &k));
		assert_true(i == 0 || k > before);
		before = k;
	}
	assert_false(fence_read("icmp", &k));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mover_is_empty_and_next),
	    cmocka_unit_test(old_octet_is_the_last_received),
	    cmocka_unit_test(old_octet_goes_around_zero),
	    cmocka_unit_test(no_room_is_no_packet),
	    cmocka_unit_test(answer_shows_the_new_value),
	    cmocka_unit_test(other_segments_are_no_answer),
	    cmocka_unit_test(damaged_segment_is_no_answer),
	    cmocka_unit_test(names_are_read_back),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("net/fence", tests, NULL, NULL);
}
