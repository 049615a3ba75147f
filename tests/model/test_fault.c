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

	(void)unused;
	t.snd_mss = 536;
	s.text_length = 536;
	assert_null(model_size_fault(&t, &s));
	s.options_length = 12;
	assert_non_null(model_size_fault(&t, &s));
	s.text_length = 524;
	assert_null(model_size_fault(&t, &s));
	s.options_length = 0;
	s.text_length = 537;
	assert_non_null(model_size_fault(&t, &s));
	t.state = SYN_SENT; /* nobody has said an MSS yet */
	assert_null(model_size_fault(&t, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(window_scale_is_an_answer),
	    cmocka_unit_test(sack_needs_permission),
	    cmocka_unit_test(text_and_options_fit_into_the_mss),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("faults of segments", tests, NULL, NULL);
}
