/* What a SEND puts on the wire and what an EXPECT takes, field by field (doc/ladder.md, Fields). */
#include "tests/run/fields.h"

#include "lib/wire/option.h"
#include "lib/wire/packet.h"

/* ---- sending ---- */

static struct segment built(const char *fields)
{
	struct segment s;
	assert_true(segment_parse(packet, build(fields, &v4), &s, NULL));
	return s;
}

static void an_unsaid_field_is_the_testers_next(void **state)
{
	(void)state;
	const struct segment s = built("<CTL=ACK>");
	assert_int_equal(s.seq, IRS + 1);
	assert_int_equal(s.ack, ISS + 1);
	assert_int_equal(s.ctl, CTL_ACK);
	assert_int_equal(s.wnd, 65535);
	assert_int_equal(s.up, 0);
	assert_int_equal(s.text_length, 0);
	assert_int_equal(s.options_length, 0);
	assert_int_equal(s.src_port, 40000);
	assert_int_equal(s.dst_port, 2049);
	assert_int_equal(s.bad, 0);
	assert_true(address_equal(&s.src, &v4.tester));
	assert_true(address_equal(&s.dst, &v4.target));
	assert_int_equal(built("<CTL=RST>").ack, 0);
}

static void a_said_field_stands_as_it_is(void **state)
{
	(void)state;
	struct segment s = built("<SEQ=RCV.NXT-1><ACK=SND.NXT+3><CTL=URG,ACK><WND=77><UP=5>");
	assert_int_equal(s.seq, IRS);
	assert_int_equal(s.ack, ISS + 4);
	assert_int_equal(s.wnd, 77);
	assert_int_equal(s.up, 5);
	assert_int_equal(s.ctl, CTL_URG | CTL_ACK);
	assert_int_equal(built("<CTL=ACK><SRC=1234>").src_port, 1234);
	assert_int_equal(built("<CTL=ACK><RSV=5>").reserved, 5);
	s = built("<CTL=ACK><CHK=48879>");
	assert_int_equal(s.chk, 48879);
	assert_true(s.bad & BAD_TCP_CHECKSUM);
	s = built("<CTL=ACK><CHK=^0x0100>");
	assert_int_equal(s.chk ^ built("<CTL=ACK>").chk, 0x0100);
	assert_true(s.bad & BAD_TCP_CHECKSUM);
	s = built("<CTL=ACK><OFF=4>");
	assert_int_equal(s.off, 4);
	assert_true(s.bad & BAD_OFFSET);
	assert_int_equal(built("<SEQ=#0><ACK=#7><CTL=ACK>").seq, 0);
	assert_int_equal(built("<SEQ=#0><ACK=#7><CTL=ACK>").ack, 7);
	assert_int_equal(built("<CTL=0>").ctl, 0);
}

/* A checksum is said in order to be wrong: the one that the segment would have had anyway is made so, by its window. */
static void a_said_checksum_is_wrong(void **state)
{
	char line[64];
	(void)state;
	snprintf(line, sizeof line, "<CTL=ACK><CHK=%u>", built("<CTL=ACK>").chk);
	const struct segment s = built(line);
	assert_int_equal(s.chk, built("<CTL=ACK>").chk);
	assert_int_equal(s.wnd, 65534);
	assert_true(s.bad & BAD_TCP_CHECKSUM);
}

static void options_are_sent_as_written(void **state)
{
	(void)state;
	const uint8_t want[] = {2, 4, 0x05, 0xb4, 4, 2, 1, 3, 3, 7};
	const struct segment s = built("<CTL=ACK><OPT=MSS:1460,SACKOK,NOP,WS:7>");
	assert_int_equal(s.off, 8);
	assert_memory_equal(s.option_octets, want, sizeof want);
	assert_int_equal(built("<CTL=ACK><OPT=none>").options_length, 0);
}

/* "The octet at SEQ = ISN+1+i of a side is (i*131+7) mod 251", also in text before RCV.NXT. */
static void text_is_the_stream_at_its_sequence_number(void **state)
{
	(void)state;
	struct segment s = built("<SEQ=RCV.NXT+300><CTL=ACK><DATA=600>");
	assert_int_equal(s.text_length, 600);
	for (unsigned i = 0; i < 600; i++)
		assert_int_equal(s.text[i], ((i + 300) * 131 + 7) % 251);
	assert_true(text_is_stream(&s, IRS));
	assert_false(text_is_stream(&s, IRS + 1));
	s = built("<SEQ=IRS><CTL=SYN><DATA=2>");
	assert_int_equal(s.text[0], 7);
	assert_int_equal(s.text[1], 138);
}

/* As much as the window takes, and no more than one segment carries. */
static void text_fills_the_window(void **state)
{
	(void)state;
	static const uint32_t windows[][2] = {{0, 0}, {1, 1}, {1152, 1152}, {SEGMENT_OCTETS, SEGMENT_OCTETS}, {65535, SEGMENT_OCTETS}};
	for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
		const struct step st = step_of(" 2.  --> <SEQ=RCV.NXT><CTL=ACK><DATA=RCV.WND> -->\n", STEP_SEND);
		struct numbers n = {.rng = rng_seeded(1)};
		struct tcb t = established();
		struct segment s;
		struct error e;
		t.rcv_wnd = windows[i][0];
		assert_true(segment_parse(packet, send_build(&st, &n, &v4, &t, packet, sizeof packet, &e), &s, &e));
		assert_int_equal(s.text_length, windows[i][1]);
	}
}

static void a_number_that_is_not_known_is_chosen_by_seed(void **state)
{
	(void)state;
	const struct step st = step_of(" 2.                --> <SEQ=Z><CTL=ACK>  --> ESTABLISHED\n", STEP_SEND);
	uint32_t seq[3];
	for (int i = 0; i < 3; i++) {
		struct numbers n = {.rng = rng_seeded(i == 2 ? 8 : 7)};
		struct segment s;
		const struct tcb t = established();
		assert_true(segment_parse(packet, send_build(&st, &n, &v4, &t, packet, sizeof packet, NULL), &s, NULL));
		seq[i] = s.seq;
		assert_true(segment_parse(packet, send_build(&st, &n, &v4, &t, packet, sizeof packet, NULL), &s, NULL));
		assert_int_equal(s.seq, seq[i]); /* once chosen it stays */
	}
	assert_int_equal(seq[0], seq[1]);
	assert_int_not_equal(seq[0], seq[2]);
}

/* RFC 792 against RFC 4443: port unreachable 3/3 is 1/4, fragmentation needed 3/4 is 2/0, time exceeded 11/0 is 3/0. */
static void an_icmp_error_speaks_its_family(void **state)
{
	(void)state;
	const struct {
		const char *fields;
		uint8_t type[2], code[2];
	} c[] = {{"<ICMP=3/3> <SEQ=SND.NXT><CTL=ACK>", {3, 1}, {3, 4}}, {"<ICMP=3/4> <SEQ=SND.NXT><CTL=ACK>", {3, 2}, {4, 0}}, {"<ICMP=11/0> <SEQ=SND.NXT><CTL=ACK>", {11, 3}, {0, 0}}};
	for (size_t i = 0; i < 2 * sizeof c / sizeof *c; i++) {
		const struct endpoint *at = i % 2 ? &v6 : &v4;
		static uint8_t frame[PACKET_ROOM + ETHERNET_HEADER];
		static const uint8_t mac[MAC_OCTETS];
		struct packet p;
		struct segment quoted;
		const size_t n = build(c[i / 2].fields, at);
		ethernet_build(mac, mac, i % 2 ? 0x86dd : 0x0800, frame, sizeof frame);
		memcpy(frame + ETHERNET_HEADER, packet, n);
		packet_parse(frame, n + ETHERNET_HEADER, &p);
		assert_int_equal(p.kind, PACKET_ICMP_ERROR);
		assert_false(p.bad_checksum);
		assert_int_equal(p.error.type, c[i / 2].type[i % 2]);
		assert_int_equal(p.error.code, c[i / 2].code[i % 2]);
		assert_true(address_equal(&p.error.src, &at->tester));
		assert_true(segment_parse(p.error.quoted, p.error.quoted_length, &quoted, NULL));
		assert_true(address_equal(&quoted.src, &at->target));
		assert_int_equal(quoted.src_port, 2049);
		assert_int_equal(quoted.dst_port, 40000);
		assert_int_equal(quoted.seq, ISS + 1);
	}
}

/* RAW: "hexadecimal octets that replace the TCP header and text". */
static void raw_octets_replace_header_and_text(void **state)
{
	(void)state;
	const uint8_t want[] = {0x9c, 0x40, 0x08, 0x01, 0xff, 0x0a};
	assert_int_equal(build("<CTL=ACK><RAW=9c400801ff0a>", &v4), 20 + sizeof want);
	assert_int_equal(packet[9], 6);
	assert_memory_equal(packet + 20, want, sizeof want);
	assert_int_equal(build("<CTL=ACK><RAW=9c400801ff0a>", &v6), 40 + sizeof want);
	assert_memory_equal(packet + 40, want, sizeof want);
}

static void what_does_not_fit_is_an_error(void **state)
{
	(void)state;
	struct error e = {""};
	struct numbers n = {.names = 0};
	const struct tcb t = established();
	const struct step st = step_of(" 2.                --> <CTL=ACK><DATA=5000>  --> ESTABLISHED\n", STEP_SEND);
	assert_int_equal(send_build(&st, &n, &v4, &t, packet, sizeof packet, &e), 0);
	assert_non_null(strstr(e.text, "DATA=5000"));
	const struct step ack = step_of(" 2.                --> <CTL=ACK>  --> ESTABLISHED\n", STEP_SEND);
	assert_int_equal(send_build(&ack, &n, &v4, &t, packet, 39, &e), 0);
	assert_int_equal(send_build(&ack, &n, &v4, &t, packet, 40, &e), 40);
}

/* ---- expecting ---- */

static struct segment reply(void)
{
	static const uint8_t text[64];
	return (struct segment){.seq = ISS + 1, .ack = IRS + 1, .ctl = CTL_ACK, .wnd = 1000, .off = 5, .text = text};
}

static bool matches(const char *fields, const struct segment *s)
{
	char line[256];
	const struct numbers n = {.names = 0};
	const struct tcb t = established();
	snprintf(line, sizeof line, " 2.                --> <CTL=ACK> -->\n 3.                <-- %s  <-- ESTABLISHED\n", fields);
	const struct step st = step_of(line, STEP_EXPECT);
	return expect_matches(&st, &n, &t, s, 0);
}

static void numbers_and_bits_are_compared(void **state)
{
	(void)state;
	struct segment s = reply();
	assert_true(matches("<CTL=ACK>", &s));
	assert_true(matches("<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>", &s));
	assert_false(matches("<SEQ=SND.NXT+1><CTL=ACK>", &s));
	assert_false(matches("<ACK=RCV.NXT-1><CTL=ACK>", &s));
	assert_false(matches("<SEQ=#0><CTL=ACK>", &s));
	const uint16_t asserted[] = {CTL_SYN, CTL_FIN, CTL_RST, CTL_URG, CTL_ACK}, free_bits[] = {CTL_PSH, CTL_ECE, CTL_CWR};
	for (size_t i = 0; i < 5; i++) {
		s.ctl = CTL_ACK ^ asserted[i];
		assert_false(matches("<CTL=ACK>", &s));
	}
	for (size_t i = 0; i < 3; i++) {
		s.ctl = CTL_ACK | free_bits[i];
		assert_true(matches("<CTL=ACK>", &s));
	}
	s.ctl = CTL_ACK | CTL_PSH;
	assert_true(matches("<CTL=ACK,PSH>", &s));
	assert_false(matches("<CTL=ACK,!PSH>", &s));
	assert_true(matches("<CTL=?ACK>", &s));
	s.ctl = CTL_ACK;
	assert_false(matches("<CTL=ACK,PSH>", &s));
	assert_true(matches("<CTL=ACK,!PSH>", &s));
	s.ctl = CTL_RST;
	assert_true(matches("<SEQ=SND.NXT><CTL=RST,?ACK>", &s));
}

static void windows_have_bounds(void **state)
{
	(void)state;
	const struct {
		const char *fields;
		bool at[3]; /* 999, 1000, 1001 */
	} c[] = {{"<CTL=ACK><WND=1000>", {false, true, false}}, {"<CTL=ACK><WND=1000+>", {false, true, true}}, {"<CTL=ACK><WND=1000->", {true, true, false}}, {"<CTL=ACK>", {true, true, true}}};
	for (size_t i = 0; i < 12; i++) {
		struct segment s = reply();
		s.wnd = (uint16_t)(999 + i % 3);
		assert_int_equal(matches(c[i / 3].fields, &s), c[i / 3].at[i % 3]);
	}
}

/* An unsaid DATA means none. */
static void lengths_are_exact_or_in_pieces(void **state)
{
	(void)state;
	struct segment s = reply();
	const struct numbers n = {.names = 0};
	const struct tcb t = established();
	assert_false(matches("<CTL=ACK><DATA=10>", &s));
	s.text_length = 10;
	assert_true(matches("<CTL=ACK><DATA=10>", &s));
	assert_false(matches("<CTL=ACK><DATA=11>", &s));
	assert_false(matches("<CTL=ACK>", &s));
	const struct step pieces = step_of(" 2.                --> <CTL=ACK> -->\n 3.                <-- <SEQ=SND.NXT><CTL=ACK><DATA=20/>  <-- ESTABLISHED\n", STEP_EXPECT);
	assert_true(expect_matches(&pieces, &n, &t, &s, 0));
	s.seq += 10;
	assert_true(expect_matches(&pieces, &n, &t, &s, 10));
	assert_false(expect_matches(&pieces, &n, &t, &s, 11));
	assert_false(expect_matches(&pieces, &n, &t, &s, 0)); /* the first piece begins where it says */
	s.text_length = 0;
	assert_false(expect_matches(&pieces, &n, &t, &s, 10));
}

static void lengths_have_a_bound(void **state)
{
	(void)state;
	struct segment s = reply();
	assert_true(matches("<CTL=ACK><DATA=10->", &s));
	assert_false(matches("<CTL=ACK><DATA=10-/>", &s)); /* an octet at least */
	s.text_length = 10;
	assert_true(matches("<CTL=ACK><DATA=10->", &s));
	assert_true(matches("<CTL=ACK><DATA=11-/>", &s));
	assert_false(matches("<CTL=ACK><DATA=9->", &s));
	assert_false(matches("<CTL=ACK><DATA=9-/>", &s));
}

/* The edges of SACK blocks are numbers of the ladder: of the target's where they are sent, of the tester's where they are expected. */
static void edges_of_blocks_are_numbers(void **state)
{
	(void)state;
	struct segment s = built("<CTL=ACK><OPT=NOP,NOP,SACK:SND.UNA+10/SND.NXT+20/#7/RCV.NXT-1>");
	assert_int_equal(s.options.sack_blocks, 2);
	assert_int_equal(s.options.sack[0].left, ISS + 11);
	assert_int_equal(s.options.sack[0].right, ISS + 21);
	assert_int_equal(s.options.sack[1].left, 7);
	assert_int_equal(s.options.sack[1].right, IRS);
	s = reply();
	char said[80];
	snprintf(said, sizeof said, "NOP,NOP,SACK:%u/%u/5/6", IRS + 11, IRS + 21);
	assert_true(options_compile(said, s.option_octets, &s.options_length, NULL));
	assert_true(matches("<CTL=ACK><OPT=SACK>", &s));
	assert_true(matches("<CTL=ACK><OPT=SACK:RCV.NXT+10/RCV.NXT+20/#5/#6>", &s));
	assert_true(matches("<CTL=ACK><OPT=SACK:RCV.NXT+10/RCV.NXT+20/*>", &s));
	assert_false(matches("<CTL=ACK><OPT=SACK:RCV.NXT+10/RCV.NXT+20>", &s)); /* these blocks, and no more */
	assert_false(matches("<CTL=ACK><OPT=SACK:#5/#6/*>", &s));               /* in this order */
	assert_false(matches("<CTL=ACK><OPT=SACK:RCV.NXT+10/RCV.NXT+20/#5/#6/#7/#8>", &s));
	assert_false(matches("<CTL=ACK><OPT=SACK:NOBODY/RCV.NXT+20/*>", &s)); /* a name that has no value */
}

static void header_fields_are_equal(void **state)
{
	(void)state;
	struct segment s = reply();
	s.up = 3;
	s.reserved = 1;
	assert_true(matches("<CTL=ACK><UP=3>", &s));
	assert_false(matches("<CTL=ACK><UP=4>", &s));
	assert_true(matches("<CTL=ACK><OFF=5>", &s));
	assert_false(matches("<CTL=ACK><OFF=6>", &s));
	assert_true(matches("<CTL=ACK><RSV=1>", &s));
	assert_false(matches("<CTL=ACK><RSV=0>", &s));
}

/* "CHK OFF RSV UP SRC: equal". */
static void checksum_and_port_are_equal_where_said(void **state)
{
	(void)state;
	struct segment s = reply();
	s.chk = 4711;
	s.dst_port = 2049; /* in answer to a segment of that port */
	assert_true(matches("<CTL=ACK><CHK=4711>", &s));
	assert_false(matches("<CTL=ACK><CHK=4712>", &s));
	assert_true(matches("<CTL=ACK><SRC=2049>", &s));
	assert_false(matches("<CTL=ACK><SRC=2050>", &s));
}

static void listed_options_are_there_and_others_may_be(void **state)
{
	(void)state;
	struct segment s = reply();
	assert_true(matches("<CTL=ACK><OPT=none>", &s));
	assert_false(matches("<CTL=ACK><OPT=MSS>", &s));
	assert_true(options_compile("NOP,NOP,TS:5/6,MSS:1460", s.option_octets, &s.options_length, NULL));
	assert_true(matches("<CTL=ACK>", &s));
	assert_true(matches("<CTL=ACK><OPT=MSS>", &s));
	assert_true(matches("<CTL=ACK><OPT=MSS:1460>", &s));
	assert_false(matches("<CTL=ACK><OPT=MSS:1461>", &s));
	assert_true(matches("<CTL=ACK><OPT=MSS:1460,TS>", &s)); /* in any order */
	assert_true(matches("<CTL=ACK><OPT=TS:5/6>", &s));
	assert_false(matches("<CTL=ACK><OPT=TS:6/5>", &s));
	assert_false(matches("<CTL=ACK><OPT=MSS,WS>", &s));
	assert_false(matches("<CTL=ACK><OPT=SACKOK>", &s));
	assert_false(matches("<CTL=ACK><OPT=none>", &s));
	/* An option's value is no option: 3,3,2 inside of another. */
	assert_true(options_compile("K253:3/3/2", s.option_octets, &s.options_length, NULL));
	assert_false(matches("<CTL=ACK><OPT=WS>", &s));
	assert_false(matches("<CTL=ACK><OPT=WS:2>", &s));
	/* Padding is no option. */
	assert_true(options_compile("NOP,NOP,EOL", s.option_octets, &s.options_length, NULL));
	assert_true(matches("<CTL=ACK><OPT=none>", &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_unsaid_field_is_the_testers_next),
	    cmocka_unit_test(a_said_field_stands_as_it_is),
	    cmocka_unit_test(a_said_checksum_is_wrong),
	    cmocka_unit_test(options_are_sent_as_written),
	    cmocka_unit_test(text_is_the_stream_at_its_sequence_number),
	    cmocka_unit_test(text_fills_the_window),
	    cmocka_unit_test(a_number_that_is_not_known_is_chosen_by_seed),
	    cmocka_unit_test(an_icmp_error_speaks_its_family),
	    cmocka_unit_test(raw_octets_replace_header_and_text),
	    cmocka_unit_test(what_does_not_fit_is_an_error),
	    cmocka_unit_test(numbers_and_bits_are_compared),
	    cmocka_unit_test(windows_have_bounds),
	    cmocka_unit_test(lengths_are_exact_or_in_pieces),
	    cmocka_unit_test(lengths_have_a_bound),
	    cmocka_unit_test(edges_of_blocks_are_numbers),
	    cmocka_unit_test(header_fields_are_equal),
	    cmocka_unit_test(checksum_and_port_are_equal_where_said),
	    cmocka_unit_test(listed_options_are_there_and_others_may_be),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("said and captured segments", tests, NULL, NULL);
}
