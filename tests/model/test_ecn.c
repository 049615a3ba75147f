/* Which ECN bits and codepoints a segment of the target may bear (RFC 3168 6.1), by what the SYNs of both sides have shown. */
#include "tests/model/scene.h"

enum { ECT_1 = 1,
       ECT_0 = 2,
       CE = 3,
       DSCP = 46 << 2,
       NONE = -1 };

static int fault_level(const struct tcb *t, const struct segment *s)
{
	const struct model m = model_default(PROFILE_RFC9293);
	enum level level;

	return model_segment_fault(&m, t, s, &level) ? (int)level : NONE;
}

static struct segment from_target(uint16_t ctl, uint8_t tos, uint32_t octets)
{
	static const uint8_t text[10];

	return (struct segment){.src.family = IPV4, .dst.family = IPV4, .seq = 101, .ack = ctl & CTL_ACK ? 301 : 0, .ctl = ctl, .wnd = 65535, .tos = tos, .text = text, .text_length = octets};
}

static struct tcb agreed(void)
{
	struct tcb t = tcb_in_state(ESTABLISHED, true, false, 100, 300);

	t.ecn_asked = t.target_ecn_asked = true;
	return t;
}

static int level_of(const struct tcb *t, uint16_t ctl, uint8_t tos, uint32_t octets)
{
	const struct segment s = from_target(ctl, tos, octets);

	return fault_level(t, &s);
}

static void syns(void **unused)
{
	struct tcb t = tcb_in_state(SYN_RECEIVED, true, false, 100, 300);
	struct segment s = from_target(CTL_SYN | CTL_ACK, DSCP, 0);

	(void)unused;
	s.seq = 100;
	assert_int_equal(fault_level(&t, &s), NONE);
	s.tos = ECT_0;
	assert_int_equal(fault_level(&t, &s), LEVEL_MUST);
	s.tos = 0;
	s.ctl |= CTL_ECE;
	assert_int_equal(fault_level(&t, &s), LEVEL_MUST); /* it was not asked */
	t.ecn_asked = true;
	assert_int_equal(fault_level(&t, &s), NONE);
	s.ctl |= CTL_CWR;
	assert_int_equal(fault_level(&t, &s), LEVEL_SHOULD);
	s.ctl = CTL_SYN | CTL_ECE | CTL_CWR;
	s.ack = 0;
	assert_int_equal(fault_level(&t, &s), NONE);
	s.ctl = CTL_SYN | CTL_CWR;
	assert_int_equal(fault_level(&t, &s), LEVEL_SHOULD);
}

static void text(void **unused)
{
	struct tcb t = agreed();

	(void)unused;
	assert_int_equal(level_of(&t, CTL_ACK, 0, 10), NONE);
	assert_int_equal(level_of(&t, CTL_ACK, DSCP | ECT_0, 10), NONE);
	assert_int_equal(level_of(&t, CTL_ACK | CTL_CWR, ECT_0, 10), NONE);
	assert_int_equal(level_of(&t, CTL_ACK, ECT_1, 10), LEVEL_SHOULD);
	t.ecn_declined = true;
	assert_int_equal(level_of(&t, CTL_ACK, ECT_0, 10), LEVEL_SHOULD);
	t = agreed();
	t.target_ecn_declined = true;
	assert_int_equal(level_of(&t, CTL_ACK, ECT_0, 10), LEVEL_MUST);
	t = agreed();
	t.ecn_asked = false;
	assert_int_equal(level_of(&t, CTL_ACK, ECT_0, 10), LEVEL_MUST);
	t = agreed();
	t.target_ecn_asked = false;
	assert_int_equal(level_of(&t, CTL_ACK, ECT_0, 10), LEVEL_MUST);
}

static void text_again_and_probes(void **unused)
{
	struct tcb t = agreed();

	(void)unused;
	t.snd_nxt = 111;
	assert_int_equal(level_of(&t, CTL_ACK, 0, 10), NONE);
	assert_int_equal(level_of(&t, CTL_ACK, ECT_0, 10), LEVEL_MUST);
	assert_int_equal(level_of(&t, CTL_ACK | CTL_CWR, 0, 10), LEVEL_SHOULD);
	t = agreed();
	t.snd_wnd = 0;
	assert_int_equal(level_of(&t, CTL_ACK, 0, 1), NONE);
	assert_int_equal(level_of(&t, CTL_ACK, ECT_0, 1), LEVEL_MUST);
	assert_int_equal(level_of(&t, CTL_ACK | CTL_CWR, 0, 1), LEVEL_MUST);
}

static void acknowledgments(void **unused)
{
	const struct tcb t = agreed();

	(void)unused;
	assert_int_equal(level_of(&t, CTL_ACK, DSCP, 0), NONE);
	assert_int_equal(level_of(&t, CTL_ACK | CTL_ECE, 0, 0), NONE);
	assert_int_equal(level_of(&t, CTL_ACK, ECT_0, 0), LEVEL_MUST);
	assert_int_equal(level_of(&t, CTL_ACK, CE, 0), LEVEL_MUST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(syns),
	    cmocka_unit_test(text),
	    cmocka_unit_test(text_again_and_probes),
	    cmocka_unit_test(acknowledgments),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 3168 6.1 in single segments", tests, NULL, NULL);
}
