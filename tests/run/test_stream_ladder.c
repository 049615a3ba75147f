/* Any connection as a ladder: what is lawful is not marked, whatever the user did and wherever the capture begins; what no history explains is, once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/run/stream_ladder.h"
#include "lib/script/ladder.h"

static const uint32_t ISS_A = 4000000000u, ISS_B = 77000;

/* One packet after the other, a millisecond apart. */
struct tape {
	struct streams streams;
	uint64_t at;
};

static size_t packet_build(bool from_a, uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t octets, uint8_t *to, size_t room)
{
	static const uint8_t text[4096];
	struct segment s = {.seq = (from_a ? ISS_A : ISS_B) + seq, .ack = ctl & CTL_ACK ? (from_a ? ISS_B : ISS_A) + ack : 0, .ctl = ctl, .wnd = 65535, .text = text, .text_length = octets};
	address_read(from_a ? "192.0.2.1" : "192.0.2.2", &s.src, NULL);
	address_read(from_a ? "192.0.2.2" : "192.0.2.1", &s.dst, NULL);
	s.src_port = from_a ? 33000 : 80;
	s.dst_port = from_a ? 80 : 33000;
	return segment_build(&s, to, room);
}

/* Numbers are relative to each side's ISS. */
static void pass(struct tape *t, bool from_a, uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t octets)
{
	static uint8_t packet[8192];
	const size_t n = packet_build(from_a, seq, ack, ctl, octets, packet, sizeof packet);
	streams_packet(&t->streams, t->at += 1000, packet, n, n);
	memset(packet, 0xff, n); /* nothing of it is kept */
}

static void handshake(struct tape *t)
{
	pass(t, true, 0, 0, CTL_SYN, 0);
	pass(t, false, 0, 1, CTL_SYN | CTL_ACK, 0);
	pass(t, true, 1, 1, CTL_ACK, 0);
}

/* The ladder of the only connection; frees the tape. */
static unsigned drawn(struct tape *t, const bool sides[2], struct text *out)
{
	streams_finish(&t->streams);
	assert_int_equal(t->streams.count, 1);
	const unsigned marks = stream_ladder(&t->streams.stream[0], "capture/stream-0", "a test", sides, out);
	streams_free(&t->streams);
	return marks;
}

static const bool both[2] = {true, true};

static void a_whole_connection_is_lawful(void **state)
{
	(void)state;
	struct tape t = {.at = 1000};
	struct text out = {0};
	handshake(&t);
	pass(&t, true, 1, 1, CTL_ACK | CTL_PSH, 100);
	pass(&t, false, 1, 101, CTL_ACK, 0);
	pass(&t, false, 1, 101, CTL_ACK | CTL_PSH, 1000);
	pass(&t, true, 101, 1001, CTL_ACK, 0);
	pass(&t, true, 101, 1001, CTL_FIN | CTL_ACK, 0);
	pass(&t, false, 1001, 102, CTL_FIN | CTL_ACK, 0);
	pass(&t, true, 102, 1002, CTL_ACK, 0);
	assert_int_equal(drawn(&t, both, &out), 0);
	assert_null(strstr(text_string(&out), "<=="));
	assert_non_null(strstr(text_string(&out), "(Open active)"));
	assert_non_null(strstr(text_string(&out), "(Send 100)"));
	assert_non_null(strstr(text_string(&out), "TIME-WAIT     <-- <SEQ=1301><ACK=202><CTL=FIN,ACK>   <-- LAST-ACK"));
	struct error e = {.text = ""};
	struct ladder *l = ladder_read("drawn", text_string(&out), &e);
	assert_string_equal(e.text, "");
	assert_non_null(l);
	ladder_free(l);
	text_free(&out);
}

static void mark_of(struct tape *t, const bool sides[2], const char *line)
{
	struct text out = {0};
	assert_int_equal(drawn(t, sides, &out), 1);
	const char *mark = strstr(text_string(&out), "<== unlawful");
	assert_non_null(mark);
	const char *from = mark;
	while (from > out.at && from[-1] != '\n')
		from--;
	assert_non_null(strstr(from, line));
	assert_true(strstr(from, line) < mark);
	assert_null(strstr(mark + 1, "<== "));
	text_free(&out);
}

static void an_acknowledgment_of_what_was_not_sent_is_marked(void **state)
{
	(void)state;
	struct tape t = {.at = 1000};
	handshake(&t);
	pass(&t, true, 1, 1, CTL_ACK, 100);
	pass(&t, false, 1, 102, CTL_ACK, 0);
	mark_of(&t, both, "<SEQ=301><ACK=202><CTL=ACK>");
}

static void octets_after_the_fin_are_marked(void **state)
{
	(void)state;
	struct tape t = {.at = 1000};
	handshake(&t);
	pass(&t, true, 1, 1, CTL_FIN | CTL_ACK, 0);
	pass(&t, false, 1, 2, CTL_ACK, 0);
	pass(&t, true, 2, 1, CTL_ACK, 10);
	mark_of(&t, both, "<SEQ=102><ACK=301><CTL=ACK><DATA=10>");
}

/* Only the side that is the target is followed. */
static void the_other_side_is_not_judged(void **state)
{
	(void)state;
	static const bool only_a[2] = {true, false};
	struct tape t = {.at = 1000};
	struct text out = {0};
	handshake(&t);
	pass(&t, true, 1, 1, CTL_ACK, 100);
	pass(&t, false, 1, 102, CTL_ACK, 0);
	assert_int_equal(drawn(&t, only_a, &out), 0);
	assert_non_null(strstr(text_string(&out), "plays:  A\n"));
	text_free(&out);
}

static void in_mid_connection_what_is_lawful_stays_so(void **state)
{
	(void)state;
	struct tape t = {.at = 1000};
	struct text out = {0};
	pass(&t, true, 5001, 7001, CTL_ACK, 100);
	pass(&t, false, 7001, 5101, CTL_ACK, 0);
	pass(&t, false, 7001, 5101, CTL_ACK, 50);
	pass(&t, true, 5101, 7051, CTL_ACK, 0);
	pass(&t, true, 5101, 7051, CTL_RST, 0);
	assert_int_equal(drawn(&t, both, &out), 0);
	assert_non_null(strstr(text_string(&out), "begins in mid-connection"));
	assert_non_null(strstr(text_string(&out), "(Abort)"));
	text_free(&out);
}

static void in_mid_connection_what_is_not_is_marked(void **state)
{
	(void)state;
	struct tape t = {.at = 1000};
	pass(&t, true, 5001, 7001, CTL_ACK, 100);
	pass(&t, false, 7001, 5101, CTL_ACK, 0);
	pass(&t, true, 5101, 7001, CTL_ACK, 100);
	pass(&t, false, 7001, 5301, CTL_ACK, 0);
	mark_of(&t, both, "<SEQ=300><ACK=400><CTL=ACK>");
}

/* An arrival that the capture saw before the other side did, and one that was lost behind it. */
static void late_and_lost_arrivals_are_borne(void **state)
{
	(void)state;
	struct tape t = {.at = 1000};
	struct text out = {0};
	handshake(&t);
	pass(&t, true, 1, 1, CTL_ACK, 100);
	pass(&t, false, 1, 1, CTL_ACK, 10); /* crosses it */
	pass(&t, true, 101, 11, CTL_ACK, 100);
	pass(&t, false, 11, 101, CTL_ACK, 0); /* the second hundred did not come, */
	pass(&t, true, 201, 11, CTL_ACK, 100);
	pass(&t, false, 11, 101, CTL_ACK, 0); /* and the third shows it */
	assert_int_equal(drawn(&t, both, &out), 0);
	text_free(&out);
}

static void packets_that_were_captured_twice_are_told_once(void **state)
{
	(void)state;
	struct streams s = {0};
	uint8_t packet[256];
	uint64_t at = 1000;
	for (unsigned i = 0; i < 6; i++) {
		const size_t n = packet_build(i % 2 == 0, 5 + i / 2, 5 + i / 2, CTL_ACK, i % 2 == 0, packet, sizeof packet);
		streams_packet(&s, at += 1000, packet, n, n);
		streams_packet(&s, at + 5, packet, n, n);
	}
	streams_finish(&s);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.stream[0].count, 6);
	assert_int_equal(s.stream[0].duplicates, 6);
	streams_free(&s);
}

static void a_cut_packet_has_the_length_that_its_header_says(void **state)
{
	(void)state;
	struct streams s = {0};
	uint8_t packet[2048];
	const size_t n = packet_build(true, 1, 1, CTL_ACK, 1000, packet, sizeof packet);
	streams_packet(&s, 1000, packet, 60, n);
	streams_finish(&s);
	assert_int_equal(s.stream[0].cut, 1);
	assert_int_equal(s.stream[0].packet[0].missing, n - 60);
	assert_int_equal(s.stream[0].packet[0].segment.text_length, 1000);
	assert_int_equal(s.stream[0].packet[0].segment.bad, 0);
	streams_free(&s);
}

static void a_new_connection_on_the_same_sockets_is_told_apart(void **state)
{
	(void)state;
	struct tape t = {.at = 1000};
	handshake(&t);
	pass(&t, true, 1, 1, CTL_RST, 0);
	pass(&t, true, 100000, 0, CTL_SYN, 0);
	pass(&t, false, 200000, 100001, CTL_SYN | CTL_ACK, 0);
	streams_finish(&t.streams);
	assert_int_equal(t.streams.count, 2);
	assert_int_equal(t.streams.stream[0].count, 4);
	assert_true(t.streams.stream[1].from_start);
	streams_free(&t.streams);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_connection_is_lawful),
	    cmocka_unit_test(an_acknowledgment_of_what_was_not_sent_is_marked),
	    cmocka_unit_test(octets_after_the_fin_are_marked),
	    cmocka_unit_test(the_other_side_is_not_judged),
	    cmocka_unit_test(in_mid_connection_what_is_lawful_stays_so),
	    cmocka_unit_test(in_mid_connection_what_is_not_is_marked),
	    cmocka_unit_test(late_and_lost_arrivals_are_borne),
	    cmocka_unit_test(packets_that_were_captured_twice_are_told_once),
	    cmocka_unit_test(a_cut_packet_has_the_length_that_its_header_says),
	    cmocka_unit_test(a_new_connection_on_the_same_sockets_is_told_apart),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("captured connections", tests, NULL, NULL);
}
