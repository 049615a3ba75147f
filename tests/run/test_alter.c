/* Every planted fault does exactly what its name says, to one reply and to nothing else in it; and the last expectation finds its fault. */
#include "tests/run/scene.h"

#include "lib/run/alter.h"
#include "lib/wire/option.h"

static struct segment reply_of(uint16_t ctl, uint32_t n)
{
	static const uint8_t text[8] = {7, 138, 18, 149, 29, 160, 40, 171};
	struct segment s = {.src = scene_target, .dst = scene_tester, .src_port = 2049, .dst_port = 40000, .seq = 1000, .ack = ctl & CTL_ACK ? 2000 : 0, .ctl = ctl, .wnd = 4321, .ttl = 63, .text = text, .text_length = n};
	assert_true(options_compile("MSS:1460", s.option_octets, &s.options_length, NULL));
	return s;
}

/* The fault on this reply; each packet that comes out is parsed into out[]. */
static void alter(enum fault_kind k, const struct segment *s, struct altered *a, struct segment out[ALTERED_MAX])
{
	uint8_t packet[256];
	const size_t n = segment_build(s, packet, sizeof packet);
	assert_true(n > 0);
	alter_reply(k, packet, n, a);
	for (unsigned i = 0; i < a->count; i++)
		assert_true(segment_parse(a->packet[i], a->length[i], &out[i], NULL));
}

/* In all that TCP carries, checksums right. */
static void same_segment(const struct segment *got, const struct segment *want)
{
	assert_int_equal(got->bad, 0);
	assert_true(address_equal(&got->src, &want->src));
	assert_true(address_equal(&got->dst, &want->dst));
	assert_int_equal(got->src_port, want->src_port);
	assert_int_equal(got->dst_port, want->dst_port);
	assert_int_equal(got->seq, want->seq);
	assert_int_equal(got->ack, want->ack);
	assert_int_equal(got->ctl, want->ctl);
	assert_int_equal(got->wnd, want->wnd);
	assert_int_equal(got->up, want->up);
	assert_int_equal(got->options_length, want->options_length);
	assert_memory_equal(got->option_octets, want->option_octets, want->options_length);
	assert_int_equal(got->text_length, want->text_length);
	assert_memory_equal(got->text, want->text, want->text_length);
}

static void drop_leaves_nothing(void **state)
{
	(void)state;
	struct altered a;
	struct segment out[ALTERED_MAX];
	const struct segment s = reply_of(CTL_ACK, 8);
	alter(FAULT_DROP, &s, &a, out);
	assert_int_equal(a.count, 0);
	assert_int_equal(a.delay_us, 0);
}

static void one_field_is_wrong_and_the_rest_stays(void **state)
{
	(void)state;
	struct altered a;
	struct segment out[ALTERED_MAX], want = reply_of(CTL_ACK, 8);
	const struct segment s = want;
	want.seq = 1001;
	alter(FAULT_WRONG_SEQ, &s, &a, out);
	assert_int_equal(a.count, 1);
	same_segment(&out[0], &want);
	want = s;
	want.ack = 2001;
	alter(FAULT_WRONG_ACK, &s, &a, out);
	assert_int_equal(a.count, 1);
	same_segment(&out[0], &want);
	want = s;
	want.ctl = CTL_ACK | CTL_URG;
	want.up = 1;
	alter(FAULT_WRONG_FLAGS, &s, &a, out);
	assert_int_equal(a.count, 1);
	same_segment(&out[0], &want);
	want = s;
	want.dst_port++;
	alter(FAULT_WRONG_PORT, &s, &a, out);
	assert_int_equal(a.count, 1);
	same_segment(&out[0], &want);
	assert_int_equal(out[0].bad, 0);
	assert_int_equal(a.delay_us, 0);
}

static void a_bad_checksum_is_seen(void **state)
{
	(void)state;
	struct altered a;
	struct segment out[ALTERED_MAX];
	const struct segment s = reply_of(CTL_ACK, 8);
	alter(FAULT_BAD_CHECKSUM, &s, &a, out);
	assert_int_equal(a.count, 1);
	assert_int_equal(out[0].bad, BAD_TCP_CHECKSUM);
}

static void an_extra_segment_is_the_same_twice(void **state)
{
	(void)state;
	struct altered a;
	struct segment out[ALTERED_MAX];
	const struct segment s = reply_of(SYN_ACK, 0);
	alter(FAULT_EXTRA_SEGMENT, &s, &a, out);
	assert_int_equal(a.count, 2);
	same_segment(&out[0], &s);
	same_segment(&out[1], &s);
}

/* Behind the reply, at the next sequence number: an exact RST for whoever receives it. */
static void an_extra_reset_follows_the_reply(void **state)
{
	(void)state;
	const struct {
		uint16_t ctl;
		uint32_t n, length;
	} c[] = {{CTL_ACK, 8, 8}, {CTL_ACK, 0, 0}, {SYN_ACK, 0, 1}, {CTL_SYN, 0, 1}, {FIN_ACK, 8, 9}};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct altered a;
		struct segment out[ALTERED_MAX];
		const struct segment s = reply_of(c[i].ctl, c[i].n);
		struct segment want = s;
		alter(FAULT_EXTRA_RST, &s, &a, out);
		assert_int_equal(a.count, 2);
		same_segment(&out[0], &s);
		want.seq = 1000 + c[i].length;
		want.ctl = CTL_RST | (c[i].ctl & CTL_ACK);
		want.text_length = want.options_length = 0;
		same_segment(&out[1], &want);
	}
}

static void a_delay_alters_no_octet(void **state)
{
	(void)state;
	const enum fault_kind kinds[] = {FAULT_DELAY_20MS, FAULT_DELAY_300MS, FAULT_NONE, FAULT_WRONG_STATE, FAULT_RPS, FAULT_BUSY, FAULT_STALL, FAULT_MUTE};
	const uint64_t delays[] = {20000, 300000, 0, 0, 0, 0, 0, 0};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct altered a;
		uint8_t packet[256];
		const struct segment s = reply_of(CTL_ACK, 8);
		const size_t n = segment_build(&s, packet, sizeof packet);
		alter_reply(kinds[i], packet, n, &a);
		assert_int_equal(a.count, 1);
		assert_int_equal(a.delay_us, delays[i]);
		assert_int_equal(a.length[0], n);
		assert_memory_equal(a.packet[0], packet, n);
	}
}

static const struct endpoint at = {.family = IPV4, .target = {IPV4, {192, 0, 2, 2}}, .tester = {IPV4, {192, 0, 2, 1}}, .target_port = 2049, .tester_port = 40000};

static void silence_is_broken_by_the_extra_faults_alone(void **state)
{
	(void)state;
	uint8_t packet[128];
	struct segment s;
	const struct tcb t = tcb_in_state(ESTABLISHED, true, true, 5000, 9000);
	for (unsigned k = FAULT_NONE; k < FAULT_KINDS; k++) {
		const size_t n = alter_silence((enum fault_kind)k, &at, &t, packet, sizeof packet);
		if (k != FAULT_EXTRA_SEGMENT && k != FAULT_EXTRA_RST) {
			assert_int_equal(n, 0);
			continue;
		}
		assert_true(segment_parse(packet, n, &s, NULL));
		assert_int_equal(s.ctl, k == FAULT_EXTRA_RST ? CTL_RST : CTL_ACK);
		assert_int_equal(s.seq, 5001);
		assert_int_equal(s.ack, k == FAULT_EXTRA_RST ? 0 : 9001);
		assert_int_equal(s.src_port, 2049);
		assert_int_equal(s.dst_port, 40000);
		assert_true(address_equal(&s.src, &at.target));
	}
}

/* RFC 9293 3.10.7.4, second check: SEG.SEQ = RCV.NXT; 3.10.7.3: the RST acknowledges the SYN. */
static void the_slipped_reset_is_exact(void **state)
{
	(void)state;
	uint8_t packet[128];
	struct segment s;
	struct tcb t = tcb_in_state(ESTABLISHED, true, true, 5000, 9000);
	assert_true(segment_parse(packet, alter_slip(&at, &t, packet, sizeof packet), &s, NULL));
	assert_int_equal(s.ctl, CTL_RST);
	assert_int_equal(s.seq, 9001);
	assert_int_equal(s.dst_port, 2049);
	assert_true(address_equal(&s.src, &at.tester));
	t = tcb_in_state(SYN_SENT, false, false, 5000, 0);
	assert_true(segment_parse(packet, alter_slip(&at, &t, packet, sizeof packet), &s, NULL));
	assert_int_equal(s.ctl, RST_ACK);
	assert_int_equal(s.ack, 5001);
}

/* ---- the last expectation ---- */

static void last_is(const char *text, enum fault_kind want, enum step_kind kind, bool want_swallow)
{
	struct scene s;
	scene_begin(&s, text, 'b');
	const struct last_fault f = fault_for_last(s.script);
	assert_string_equal(fault_name(f.kind), fault_name(want));
	assert_int_equal(f.swallow, want_swallow);
	assert_int_equal(s.script->step[f.step].kind, kind);
	assert_int_equal(f.untold, kind == STEP_SIGNAL && !want_swallow);
	assert_int_equal(f.still, kind == STEP_ISNS);
	scene_free(&s);
}

#define B "                                                          "

static void the_last_expectation_finds_its_fault(void **state)
{
	(void)state;
	const char *const ack = " 2.                --> <SEQ=100-1><ACK=300><CTL=ACK><DATA=1>  -->\n 3.                <-- <SEQ=300><ACK=100><CTL=ACK>  <-- ";
	char text[1024];
	snprintf(text, sizeof text, "%s%s\n", LADDER("MUST", "ESTABLISHED"), ack);
	last_is(text, FAULT_DROP, STEP_EXPECT, false);
	snprintf(text, sizeof text, "%s%sESTABLISHED\n", LADDER("MUST", "ESTABLISHED"), ack);
	last_is(text, FAULT_WRONG_STATE, STEP_STATE, false);
	last_is(LADDER("MUST", "LISTEN") " 2.                --> <SEQ=100><CTL=RST>  -->\n" B "(silence)\n", FAULT_EXTRA_SEGMENT, STEP_SILENCE, false);
	last_is(LADDER("MUST", "LISTEN") " 2.                --> <SEQ=100><CTL=SYN>  --> (by the model)\n", FAULT_EXTRA_RST, STEP_BY_MODEL, false);
	last_is(LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100><CTL=RST>  --> (signal reset)\n", FAULT_NONE, STEP_SIGNAL, true);
}

/* An RST does not contradict CLOSED: the reply is lost, or the stimulus, or, behind a call, a segment is added. */
static void a_last_state_that_a_reset_leads_to_is_contradicted_otherwise(void **state)
{
	(void)state;
	last_is(LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100><CTL=RST>  --> CLOSED\n", FAULT_NONE, STEP_STATE, true);
	last_is(LADDER("MUST", "ESTABLISHED") " 2." B "(Abort)\n                   <-- <SEQ=300><CTL=RST,?ACK>  <-- CLOSED\n", FAULT_DROP, STEP_STATE, false);
	last_is(LADDER("MUST", "LISTEN") " 2." B "(Abort)\n" B "CLOSED\n", FAULT_EXTRA_SEGMENT, STEP_STATE, false);
}

/* Lost or not, a segment that leaves LISTEN as it was ends in LISTEN; a reset is ignored in TIME-WAIT where RFC 1337 is followed: the silence is what can be contradicted. */
static void a_last_state_that_nothing_contradicts_is_passed_over(void **state)
{
	(void)state;
	last_is(LADDER("MUST", "LISTEN") " 2.                --> <SEQ=100><CTL=RST>  --> (silence)\n" B "LISTEN\n", FAULT_EXTRA_SEGMENT, STEP_SILENCE, false);
	last_is(LADDER("MUST", "LISTEN") " 2.                --> <SEQ=100><CTL=RST>  --> LISTEN\n", FAULT_NONE, STEP_STATE, true);
	last_is(LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100><CTL=RST>  --> (silence)\n" B "CLOSED\n", FAULT_NONE, STEP_STATE, true);
	last_is(LADDER("MUST", "LISTEN") " 2." B "(ISNs unrelated)\n" B "LISTEN\n", FAULT_NONE, STEP_ISNS, false);
}

/* A call was made, whatever the wire does: what is lost is what the user was told. */
static void a_signal_behind_a_call_is_not_told(void **state)
{
	(void)state;
	last_is(LADDER("MUST", "CLOSE-WAIT") " 2." B "(Receive 1)\n" B "(signal eof)\n", FAULT_NONE, STEP_SIGNAL, false);
}

static void still_numbers_and_stamps_are_those_of_a_syn(void **state)
{
	(void)state;
	uint8_t packet[256], before[256];
	struct segment s = reply_of(SYN_ACK, 0), got;
	assert_true(options_compile("NOP,NOP,TS:77/5,MSS:1460", s.option_octets, &s.options_length, NULL));
	size_t n = segment_build(&s, packet, sizeof packet);
	alter_still(packet, n);
	assert_true(segment_parse(packet, n, &got, NULL));
	struct segment want = s;
	want.seq = 1000;
	assert_true(options_compile("NOP,NOP,TS:1000/5,MSS:1460", want.option_octets, &want.options_length, NULL));
	same_segment(&got, &want);
	s = reply_of(CTL_ACK, 8);
	s.seq = 7;
	n = segment_build(&s, packet, sizeof packet);
	memcpy(before, packet, n);
	alter_still(packet, n);
	assert_memory_equal(packet, before, n);
}

/* A line that may be absent expects nothing: the one before it counts. */
static void what_may_be_absent_is_passed_over(void **state)
{
	(void)state;
	last_is(LADDER("MUST", "LISTEN") " 2.                --> <SEQ=100><CTL=SYN>  -->\n 3.                <-- <SEQ=300><ACK=101><CTL=SYN,ACK>  <--\n"
	                                 " 4.                --> <SEQ=101><ACK=301><CTL=ACK><DATA=1>  -->\n 5.                <-- <SEQ=301><ACK=102><CTL=ACK>  <-- (may)\n",
	        FAULT_DROP, STEP_EXPECT, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(drop_leaves_nothing),
	    cmocka_unit_test(one_field_is_wrong_and_the_rest_stays),
	    cmocka_unit_test(a_bad_checksum_is_seen),
	    cmocka_unit_test(an_extra_segment_is_the_same_twice),
	    cmocka_unit_test(an_extra_reset_follows_the_reply),
	    cmocka_unit_test(a_delay_alters_no_octet),
	    cmocka_unit_test(silence_is_broken_by_the_extra_faults_alone),
	    cmocka_unit_test(the_slipped_reset_is_exact),
	    cmocka_unit_test(the_last_expectation_finds_its_fault),
	    cmocka_unit_test(a_last_state_that_a_reset_leads_to_is_contradicted_otherwise),
	    cmocka_unit_test(a_last_state_that_nothing_contradicts_is_passed_over),
	    cmocka_unit_test(a_signal_behind_a_call_is_not_told),
	    cmocka_unit_test(still_numbers_and_stamps_are_those_of_a_syn),
	    cmocka_unit_test(what_may_be_absent_is_passed_over),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("planted faults", tests, NULL, NULL);
}
