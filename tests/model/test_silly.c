/* Silly windows as the model judges them (RFC 9293 3.8.6.2): what the window cuts small, and windows that open in small steps. Times are microseconds; it plays no ladder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/model/model.h"

enum { NOW = 100000000,
       MS = 1000 };

static struct segment made(uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text, uint16_t wnd)
{
	return (struct segment){.src = {.family = IPV4}, .seq = seq, .ack = ack, .ctl = ctl, .wnd = wnd, .off = 5, .text_length = text};
}

/* 3.8.6.2.1: a maximum-sized segment, all that is queued, or a fraction of the largest window; anything once the override timeout has passed. */
static void what_the_window_cuts_small_waits(void **state)
{
	static const struct {
		uint32_t queued, wnd, n;
		uint64_t after;
		enum unasked want;
	} cases[] = {
	    {3000, 10, 10, 0, UNASKED_FORBIDDEN},
	    {3000, 10, 5, 0, UNASKED_TEXT}, /* smaller than it need be is another fault */
	    {10, 10, 10, 0, UNASKED_TEXT},
	    {3000, 249, 249, 0, UNASKED_FORBIDDEN},
	    {3000, 250, 250, 0, UNASKED_TEXT},
	    {3000, 10, 10, 89 * MS, UNASKED_FORBIDDEN},
	    {3000, 10, 10, 90 * MS, UNASKED_TEXT},
	};
	const struct model m = model_default(PROFILE_RFC9293);
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct tcb t = tcb_in_state(ESTABLISHED, true, true, 100, 300), next;
		const struct segment text = made(101, 301, CTL_ACK, cases[i].n, 65535);
		const char *clause;
		struct outcome o;
		t.snd_wnd = cases[i].wnd;
		t.max_snd_wnd = 2000;
		model_call(&m, &t, CALL_SEND, cases[i].queued, NOW, &o);
		assert_int_equal(model_emits(&m, &o.reaction[0].next, &text, NOW + cases[i].after, &next, &clause), cases[i].want);
	}
}

/* Then it may be a maximum-sized segment. */
static void what_the_path_may_have_cut_does_not_wait(void **state)
{
	const struct model m = model_default(PROFILE_RFC9293);
	struct tcb t = tcb_in_state(ESTABLISHED, true, true, 100, 300), next;
	const struct segment text = made(101, 301, CTL_ACK, 536, 65535);
	const char *clause;
	struct outcome o;
	(void)state;
	t.snd_mss = 1440;
	t.snd_wnd = 536;
	t.max_snd_wnd = 65535;
	model_call(&m, &t, CALL_SEND, 607, NOW, &o);
	t = o.reaction[0].next;
	assert_int_equal(model_emits(&m, &t, &text, NOW, &next, &clause), UNASKED_FORBIDDEN);
	t.path_told = true;
	t.path_mss = 537;
	assert_int_equal(model_emits(&m, &t, &text, NOW, &next, &clause), UNASKED_FORBIDDEN);
	t.path_mss = 536;
	assert_int_equal(model_emits(&m, &t, &text, NOW, &next, &clause), UNASKED_TEXT);
}

/* 3.8.6.2.2: min (Fr * RCV.BUFF, Eff.snd.MSS), here 500. */
static void a_window_does_not_open_in_small_steps(void **state)
{
	static const struct {
		uint32_t advance, wnd;
		bool silly;
	} cases[] = {{1, 1, true}, {499, 499, true}, {500, 500, false}, {0, 499, false}, {1, 500, false}, {1, 0, false}};
	const struct model m = model_default(PROFILE_RFC9293);
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct tcb t = tcb_in_state(ESTABLISHED, true, true, 100, 300);
		const struct segment ack = made(101, 301, CTL_ACK, 0, (uint16_t)cases[i].wnd);
		enum level level;
		t.edge_shown = true;
		t.max_rcv_wnd = 1000;
		t.rcv_edge = 301 + cases[i].wnd - cases[i].advance;
		const char *fault = model_segment_fault(&m, &t, &ack, &level);
		assert_int_equal(fault != NULL, cases[i].silly);
		assert_true(!fault || strstr(fault, "MUST-39"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_the_window_cuts_small_waits),
	    cmocka_unit_test(what_the_path_may_have_cut_does_not_wait),
	    cmocka_unit_test(a_window_does_not_open_in_small_steps),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("silly windows", tests, NULL, NULL);
}
