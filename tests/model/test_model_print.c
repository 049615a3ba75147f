/* Segments told by the target's variables: the same text for every seed. Ladder notation: doc/ladder.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/model/model.h"

static const struct {
	uint32_t iss, irs;
} seeds[] = {{100, 300}, {0xfffffffe, 0x7fffffff}, {0x80000000, 0}, {123456789, 0xffffffff}};
enum { SEEDS = 4 };

static void prints_as(const struct segment *s, const struct tcb *t, const struct segment *stimulus, const char *wanted)
{
	struct text out = {0};
	segment_print_relative(s, t, stimulus, &out);
	assert_string_equal(text_string(&out), wanted);
	text_free(&out);
}

static struct segment made(uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text)
{
	return (struct segment){.seq = seq, .ack = ack, .ctl = ctl, .wnd = 512, .off = 5, .text_length = text};
}

static void a_synchronized_target_tells_by_its_own_variables(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < SEEDS; i++) {
		const struct tcb t = tcb_in_state(ESTABLISHED, true, true, seeds[i].iss, seeds[i].irs);
		const struct segment stimulus = made(t.rcv_nxt + 5, t.snd_una, CTL_ACK, 3);
		struct segment s = made(t.snd_nxt, t.rcv_nxt, CTL_ACK | CTL_PSH, 0);
		prints_as(&s, &t, &stimulus, "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>");
		s = made(t.snd_nxt, t.rcv_nxt + 8, CTL_ACK, 10);
		prints_as(&s, &t, &stimulus, "<SEQ=SND.NXT><ACK=RCV.NXT+8><CTL=ACK><DATA=10>");
		s = made(t.snd_nxt + 7, t.rcv_nxt - 3, CTL_FIN | CTL_ACK, 0);
		prints_as(&s, &t, &stimulus, "<SEQ=SND.NXT+7><ACK=RCV.NXT-3><CTL=FIN,ACK>");
	}
}

/* SND.UNA is ISS+1 and SND.NXT ISS+2 where a FIN is out: each number has one name, the first in the order SND.NXT, SND.UNA, ISS. */
static void the_first_variable_that_fits_is_named(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < SEEDS; i++) {
		const struct tcb t = tcb_in_state(FIN_WAIT_1, true, true, seeds[i].iss, seeds[i].irs);
		struct segment s = made(t.snd_una, t.rcv_nxt, CTL_FIN | CTL_ACK, 0);
		prints_as(&s, &t, NULL, "<SEQ=SND.UNA><ACK=RCV.NXT><CTL=FIN,ACK>");
		s = made(t.iss, t.irs, CTL_ACK, 0);
		prints_as(&s, &t, NULL, "<SEQ=ISS><ACK=IRS><CTL=ACK>");
	}
}

static void resets_of_closed_are_told_by_the_segment(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < SEEDS; i++) {
		const struct tcb t = tcb_closed(false);
		const struct segment ack = made(seeds[i].irs, seeds[i].iss + 1, CTL_ACK, 0), syn = made(seeds[i].irs, 0, CTL_SYN, 0);
		struct segment s = made(seeds[i].iss + 1, 0, CTL_RST, 0);
		prints_as(&s, &t, &ack, "<SEQ=SEG.ACK><CTL=RST>");
		s = made(0, seeds[i].irs + 1, CTL_RST | CTL_ACK, 0);
		prints_as(&s, &t, &syn, "<SEQ=#0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>");
	}
}

static void a_new_iss_is_no_number(void **unused)
{
	const struct tcb t = tcb_closed(true);
	const struct segment syn = made(300, 0, CTL_SYN, 0), s = made(987654321, 301, CTL_SYN | CTL_ACK, 0);
	(void)unused;
	prints_as(&s, &t, &syn, "<SEQ=ISS><ACK=SEG.SEQ+1><CTL=SYN,ACK>");
}

static void a_number_far_from_everything_is_a_question(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < SEEDS; i++) {
		const struct tcb t = tcb_in_state(ESTABLISHED, true, true, seeds[i].iss, seeds[i].irs);
		const struct segment s = made(t.snd_nxt + 70000, t.rcv_nxt - 70000, CTL_ACK, 0), edge = made(t.snd_nxt + 65536, t.rcv_nxt, CTL_ACK, 0);
		prints_as(&s, &t, NULL, "<SEQ=?><ACK=?><CTL=ACK>");
		prints_as(&edge, &t, NULL, "<SEQ=SND.NXT+65536><ACK=RCV.NXT><CTL=ACK>");
	}
}

static void emissions_print_as_the_standard_writes_them(void **unused)
{
	const struct model m = model_default(PROFILE_RFC9293);
	(void)unused;
	for (unsigned i = 0; i < SEEDS; i++) {
		const struct tcb t = tcb_in_state(ESTABLISHED, true, true, seeds[i].iss, seeds[i].irs);
		const struct segment syn = made(t.rcv_nxt, 0, CTL_SYN, 0);
		struct outcome o;
		struct text out = {0};
		model_arrives(&m, &t, &syn, 1, &o);
		emission_print(&o.reaction[0].now[0], &t, &syn, &out);
		assert_string_equal(text_string(&out), "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>");
		text_clear(&out);
		model_call(&m, &t, CALL_ABORT, 0, 1, &o);
		emission_print(&o.reaction[0].now[0], &t, NULL, &out);
		assert_string_equal(text_string(&out), "<SEQ=SND.NXT><CTL=RST>");
		text_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_synchronized_target_tells_by_its_own_variables),
	    cmocka_unit_test(the_first_variable_that_fits_is_named),
	    cmocka_unit_test(resets_of_closed_are_told_by_the_segment),
	    cmocka_unit_test(a_new_iss_is_no_number),
	    cmocka_unit_test(a_number_far_from_everything_is_a_question),
	    cmocka_unit_test(emissions_print_as_the_standard_writes_them),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("segments told by variables", tests, NULL, NULL);
}
