/* What is wrong with a segment whatever it answers: options that nobody asked for, more text than the peer's MSS. The echoes of timestamps are test_arrives_odd.c's. */
#include "tests/model/scene.h"

static const char *fault_of(const struct tcb *t, const struct segment *s)
{
	const struct model m = model_default(PROFILE_RFC9293);
	enum level level;
	const char *fault = model_segment_fault(&m, t, s, &level);

	assert_true(!fault || level == LEVEL_MUST);
	return fault;
}

static struct segment from_target(uint16_t ctl)
{
	return (struct segment){.src.family = IPV4, .dst.family = IPV4, .seq = 101, .ack = 301, .ctl = ctl, .wnd = 65535};
}

/* RFC 7323 2.2: "It MAY also be sent in a <SYN,ACK> segment, but only if a Window Scale option was received in the initial <SYN> segment." */
static void window_scale_is_an_answer(void **unused)
{
	struct tcb t = tcb_in_state(SYN_RECEIVED, true, false, 100, 300);
	struct segment s = from_target(CTL_SYN | CTL_ACK);

	(void)unused;
	s.seq = 100;
	s.options.has_ws = true;
	t.ws_offered = false;
	assert_non_null(fault_of(&t, &s));
	t.ws_offered = true;
	assert_null(fault_of(&t, &s));
	t.ws_offered = t.passive = false; /* SYNs that cross: its own came first */
	assert_null(fault_of(&t, &s));
}

/* RFC 791 3.1, RFC 8200 3: the header of the packet that it came in. */
static void ip_headers_are_in_order(void **unused)
{
	struct tcb t = tcb_in_state(ESTABLISHED, true, false, 100, 300);
	struct segment s = from_target(CTL_ACK);
	uint8_t packet[80] = {0x45};

	(void)unused;
	s.packet = packet;
	s.packet_octets = s.ip_length = 60;
	s.ttl = 1;
	assert_null(fault_of(&t, &s));
	s.ttl = 0;
	assert_non_null(fault_of(&t, &s));
	s.ttl = 64;
	packet[6] = 0x80;
	assert_non_null(fault_of(&t, &s));
	packet[6] = 0x40;
	assert_null(fault_of(&t, &s));
	s.packet_octets = 61;
	assert_non_null(fault_of(&t, &s));
	s.ip_length = 40;
	s.packet_octets = 46; /* padded by Ethernet */
	assert_null(fault_of(&t, &s));
	s.packet_octets = 47;
	assert_non_null(fault_of(&t, &s));
	s.src.family = s.dst.family = IPV6;
	s.ip_length = 20;
	s.packet_octets = 60;
	assert_null(fault_of(&t, &s));
	s.packet_octets = 61;
	assert_non_null(fault_of(&t, &s));
}

/* RFC 2018 4: "If the data receiver has not received a SACK-Permitted option for a given connection, it MUST NOT send SACK options on that connection." */
static void sack_needs_permission(void **unused)
{
	struct tcb t = tcb_in_state(ESTABLISHED, true, false, 100, 300);
	struct segment s = from_target(CTL_ACK);

	(void)unused;
	s.options.sack_blocks = 1;
	t.sack_offered = false;
	assert_non_null(fault_of(&t, &s));
	t.sack_offered = true;
	assert_null(fault_of(&t, &s));
}

/* RFC 9293 3.7.1: "Eff.snd.MSS = min(SendMSS+20, MMS_S) - TCPhdrsize - IPoptionsize": options count. */
static void text_and_options_fit_into_the_mss(void **unused)
{
	struct tcb t = tcb_in_state(ESTABLISHED, true, false, 100, 300);
	struct segment s = from_target(CTL_ACK);
	struct model m = model_default(PROFILE_RFC9293);

	(void)unused;
	t.snd_mss = 536;
	s.text_length = 536;
	assert_null(model_size_fault(&m, &t, &s));
	s.options_length = 12;
	assert_non_null(model_size_fault(&m, &t, &s));
	s.text_length = 524;
	assert_null(model_size_fault(&m, &t, &s));
	s.options_length = 0;
	s.text_length = 537;
	assert_non_null(model_size_fault(&m, &t, &s));
	s.text_length = 500;
	s.ip_length = 1501; /* RFC 9293 3.7.1: MMS_S */
	assert_null(model_size_fault(&m, &t, &s));
	m.constants.mtu = 1500;
	assert_non_null(model_size_fault(&m, &t, &s));
	s.ip_length = 1500;
	assert_null(model_size_fault(&m, &t, &s));
	s.text_length = 537;
	t.state = SYN_SENT; /* nobody has said an MSS yet */
	assert_null(model_size_fault(&m, &t, &s));
}

/* RFC 9293 3.1: "The content of the header beyond the End of Option List Option MUST be header padding of zeros (MUST-69)." */
static void padding_is_zeros(void **unused)
{
	static const struct {
		uint8_t octets[8];
		bool good;
	} cases[] = {
	    {{0, 0, 0, 0, 0, 0, 0, 0}, true},
	    {{1, 1, 1, 0, 0, 0, 0, 0}, true},
	    {{1, 1, 1, 1, 1, 1, 1, 1}, true},
	    {{254, 6, 0, 7, 7, 7, 0, 0}, true},
	    {{0, 0, 0, 1, 0, 0, 0, 0}, false},
	    {{1, 0, 0, 0, 0, 0, 0, 9}, false},
	    {{254, 6, 0, 0, 0, 0, 0, 1}, false},
	};
	const struct tcb t = tcb_in_state(ESTABLISHED, true, false, 100, 300);

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct segment s = from_target(CTL_ACK);
		memcpy(s.option_octets, cases[i].octets, sizeof cases[i].octets);
		s.options_length = sizeof cases[i].octets;
		assert_int_equal(fault_of(&t, &s) == NULL, cases[i].good);
	}
}

/* RFC 7413 4.1.1: "Kind 34, Length 2, or 6 to 18, even"; RFC 5482 3.3, 3.4. */
static void options_have_lawful_lengths(void **unused)
{
	static const struct {
		uint8_t octets[12];
		bool good;
	} cases[] = {
	    {{34, 2, 1, 1, 0}, true},
	    {{1, 1, 34, 6, 1, 2, 3, 4, 0}, true},
	    {{34, 4, 1, 2, 0}, false},
	    {{1, 34, 7, 1, 2, 3, 4, 5, 0}, false},
	    {{34, 3, 1, 1, 0}, false},
	    {{28, 4, 0, 1, 0}, true},
	    {{28, 4, 0, 0, 0}, false},
	    {{28, 3, 1, 1, 0}, false},
	    {{1, 1, 28, 6, 0, 1, 0, 0}, false},
	    {{0, 0, 0, 0}, true},
	};
	const struct tcb t = tcb_in_state(ESTABLISHED, true, false, 100, 300);

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct segment s = from_target(CTL_ACK);
		memcpy(s.option_octets, cases[i].octets, sizeof cases[i].octets);
		s.options_length = sizeof cases[i].octets;
		assert_int_equal(fault_of(&t, &s) == NULL, cases[i].good);
	}
}

/* RFC 7413 4.2.2: "the client MUST have obtained a cookie". */
static void text_on_a_syn_has_a_cookie(void **unused)
{
	const struct tcb t = tcb_in_state(SYN_SENT, false, false, 100, 300);
	struct segment s = from_target(CTL_SYN);

	(void)unused;
	s.ack = 0;
	assert_null(fault_of(&t, &s));
	s.text_length = 1;
	assert_non_null(fault_of(&t, &s));
	s.options.cookie_octets = 4;
	assert_null(fault_of(&t, &s));
}

/* RFC 9293 3.7.1: "less than or equal to MMS_R - 20 (MUST-67)", "should be equal to the effective MTU minus the fixed IP and TCP headers", SHLD-5. */
static void mss_is_that_of_the_link(void **unused)
{
	static const struct {
		enum family family;
		unsigned mtu;
		bool said;
		uint16_t mss;
		enum level broken; /* LEVEL_MAY: nothing is */
	} cases[] = {
	    {IPV4, 1500, true, 1460, LEVEL_MAY},
	    {IPV6, 1500, true, 1440, LEVEL_MAY},
	    {IPV4, 1500, true, 1461, LEVEL_MUST},
	    {IPV6, 1500, true, 1460, LEVEL_MUST},
	    {IPV4, 1500, true, 1448, LEVEL_SHOULD},
	    {IPV4, 1500, false, 0, LEVEL_SHOULD},
	    {IPV4, 576, false, 0, LEVEL_MAY},
	    {IPV6, 1280, false, 0, LEVEL_MAY},
	    {IPV4, 0, true, 9000, LEVEL_MAY},
	    {IPV4, 0, false, 0, LEVEL_MAY},
	};
	const struct tcb t = tcb_in_state(SYN_SENT, false, false, 100, 0);

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct model m = model_default(PROFILE_RFC9293);
		struct segment s = {.src.family = cases[i].family, .dst.family = cases[i].family, .seq = 100, .ctl = CTL_SYN, .wnd = 65535};
		enum level level;
		m.constants.mtu = cases[i].mtu;
		s.options.has_mss = cases[i].said;
		s.options.mss = cases[i].mss;
		const char *fault = model_segment_fault(&m, &t, &s, &level);
		assert_int_equal(fault ? level : LEVEL_MAY, cases[i].broken);
		s.ctl = CTL_SYN | CTL_ACK;
		s.ack = 301;
		fault = model_segment_fault(&m, &t, &s, &level);
		assert_int_equal(fault ? level : LEVEL_MAY, cases[i].broken);
	}
}

/* RFC 7323 2.3: "the shift count MUST be limited to 14". */
static void shift_is_14_at_most(void **unused)
{
	const struct tcb t = tcb_in_state(SYN_SENT, false, false, 100, 0);
	struct segment s = {.src.family = IPV4, .dst.family = IPV4, .seq = 100, .ctl = CTL_SYN, .wnd = 65535, .options = {.has_ws = true, .ws = 14}};

	(void)unused;
	assert_null(fault_of(&t, &s));
	s.options.ws = 15;
	assert_non_null(fault_of(&t, &s));
}

/* RFC 7323 3.2: "If the ACK bit is not set in the outgoing TCP header, the sender of that segment SHOULD set the TSecr field to zero. When the ACK bit is set ... the sender MUST echo a recently
 * received TSval." */
static void syn_echoes_what_came(void **unused)
{
	const struct model m = model_default(PROFILE_RFC9293);
	struct tcb t = tcb_in_state(SYN_SENT, false, false, 100, 0);
	struct segment s = {.src.family = IPV4, .dst.family = IPV4, .seq = 100, .ctl = CTL_SYN, .wnd = 65535, .options = {.has_ts = true, .ts_val = 7}};
	enum level level;

	(void)unused;
	assert_null(model_segment_fault(&m, &t, &s, &level));
	s.options.ts_ecr = 1;
	assert_non_null(model_segment_fault(&m, &t, &s, &level));
	assert_int_equal(level, LEVEL_SHOULD);
	t = tcb_in_state(SYN_RECEIVED, true, false, 100, 300);
	t.ts_on = t.ts_offered = true;
	t.ts_recent = 5000;
	s.ctl = CTL_SYN | CTL_ACK;
	s.ack = 301;
	assert_non_null(fault_of(&t, &s));
	s.options.ts_ecr = 5000;
	assert_null(fault_of(&t, &s));
}

/* RFC 7323 5.2: "if the segment causing the <RST> to be generated contains a Timestamps option, the <RST> should also contain a Timestamps option. In the <RST> segment, SEG.TSecr SHOULD be set to
 * SEG.TSval from the incoming segment and SEG.TSval SHOULD be set to zero. If an <RST> is being generated because of a user abort, and Snd.TS.OK is set, then a Timestamps option SHOULD be included". */
static void reset_carries_timestamps(void **unused)
{
	struct model m = model_default(PROFILE_RFC9293);
	struct tcb t = tcb_in_state(ESTABLISHED, true, false, 100, 300);
	struct segment s = from_target(CTL_RST), cause = from_target(CTL_ACK);

	(void)unused;
	assert_null(model_reset_fault(&m, &t, NULL, &s));
	assert_null(model_reset_fault(&m, &t, &cause, &s));
	cause.options.has_ts = true;
	cause.options.ts_val = 9;
	assert_non_null(model_reset_fault(&m, &t, &cause, &s));
	s.options.has_ts = true;
	assert_non_null(model_reset_fault(&m, &t, &cause, &s));
	s.options.ts_ecr = 9;
	assert_null(model_reset_fault(&m, &t, &cause, &s));
	s.options.ts_val = 1;
	assert_non_null(model_reset_fault(&m, &t, &cause, &s));
	t.ts_on = true;
	assert_non_null(model_reset_fault(&m, &t, NULL, &s)); /* TSecr, and no ACK bit: 3.2 */
	s.ctl = CTL_RST | CTL_ACK;
	assert_null(model_reset_fault(&m, &t, NULL, &s));
	s.ctl = CTL_RST;
	s.options.ts_ecr = 0;
	assert_null(model_reset_fault(&m, &t, NULL, &s));
	s.options.has_ts = false;
	assert_non_null(model_reset_fault(&m, &t, NULL, &s));
	m.choices.timestamps = false;
	assert_null(model_reset_fault(&m, &t, NULL, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(window_scale_is_an_answer),
	    cmocka_unit_test(ip_headers_are_in_order),
	    cmocka_unit_test(sack_needs_permission),
	    cmocka_unit_test(text_and_options_fit_into_the_mss),
	    cmocka_unit_test(padding_is_zeros),
	    cmocka_unit_test(options_have_lawful_lengths),
	    cmocka_unit_test(text_on_a_syn_has_a_cookie),
	    cmocka_unit_test(mss_is_that_of_the_link),
	    cmocka_unit_test(shift_is_14_at_most),
	    cmocka_unit_test(syn_echoes_what_came),
	    cmocka_unit_test(reset_carries_timestamps),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("faults of segments", tests, NULL, NULL);
}
