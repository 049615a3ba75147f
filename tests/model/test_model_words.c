/* The model's words, and Figure 5 as data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/model/model.h"

/* Figure 5 draws twenty arrows, and its note 2 names one that it omits. */
static void figure_5_has_twenty_one_edges(void **unused)
{
	size_t count;
	const struct edge *e = model_edges(&count);
	(void)unused;
	assert_int_equal(count, 21);
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			assert_false(e[i].from == e[k].from && e[i].to == e[k].to);
}

/* Arrows out of each box of Figure 5, counted on the page; FIN-WAIT-1 has the third from note 2. */
static void figure_5_leaves_each_state_as_often_as_drawn(void **unused)
{
	static const unsigned drawn[STATES] = {[CLOSED] = 2, [LISTEN] = 3, [SYN_SENT] = 3, [SYN_RECEIVED] = 3, [ESTABLISHED] = 2, [FIN_WAIT_1] = 3, [FIN_WAIT_2] = 1, [CLOSE_WAIT] = 1, [CLOSING] = 1, [LAST_ACK] = 1, [TIME_WAIT] = 1};
	unsigned out[STATES] = {0};
	size_t count;
	const struct edge *e = model_edges(&count);
	(void)unused;
	for (size_t i = 0; i < count; i++)
		out[e[i].from]++;
	assert_memory_equal(out, drawn, sizeof out);
}

static void edges_are_found_by_their_ends(void **unused)
{
	(void)unused;
	assert_string_equal(model_edge(LISTEN, SYN_RECEIVED)->action, "snd SYN,ACK");
	assert_string_equal(model_edge(SYN_RECEIVED, LISTEN)->event, "rcv RST");
	assert_string_equal(model_edge(TIME_WAIT, CLOSED)->event, "Timeout=2MSL");
	assert_null(model_edge(ESTABLISHED, LISTEN));
	assert_null(model_edge(CLOSE_WAIT, CLOSING)); /* RFC 793's text; the figure never had it */
}

static void names_are_read_back(void **unused)
{
	(void)unused;
	for (enum state s = CLOSED; s < STATES; s++) {
		enum state back = STATES;
		assert_true(state_read(state_name(s), strlen(state_name(s)), &back));
		assert_int_equal(back, s);
	}
	for (unsigned i = 0; i < 7; i++) {
		unsigned back = 0;
		const char *name = signal_name(1U << i);
		assert_true(name[0] && signal_read(name, strlen(name), &back));
		assert_int_equal(back, 1U << i);
	}
	enum profile p = PROFILE_RFC9293;
	assert_true(profile_read("rfc793", &p));
	assert_int_equal(p, PROFILE_RFC793);
	enum state none;
	assert_false(state_read("ESTABLISHED|", 12, &none));
	assert_false(state_read("ESTAB", 5, &none));
	assert_true(profile_read("tc8", &p));
	assert_int_equal(p, PROFILE_TC8);
	assert_false(profile_read("rfc1122", &p));
}

/* As the preludes leave them, after 3.6 and Figures 12 and 13: ISS 100, IRS 300. */
static void canonical_tcbs_stand_as_the_figures_have_them(void **unused)
{
	static const struct {
		enum state s;
		uint32_t una, nxt, rcv;
	} wanted[] = {
	    {SYN_RECEIVED, 100, 101, 301},
	    {ESTABLISHED, 101, 101, 301},
	    {FIN_WAIT_1, 101, 102, 301},
	    {FIN_WAIT_2, 102, 102, 301},
	    {CLOSE_WAIT, 101, 101, 302},
	    {CLOSING, 101, 102, 302},
	    {LAST_ACK, 101, 102, 302},
	    {TIME_WAIT, 102, 102, 302},
	};
	(void)unused;
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		const struct tcb t = tcb_in_state(wanted[i].s, true, true, 100, 300);
		assert_int_equal(t.state, wanted[i].s);
		assert_int_equal(t.snd_una, wanted[i].una);
		assert_int_equal(t.snd_nxt, wanted[i].nxt);
		assert_int_equal(t.rcv_nxt, wanted[i].rcv);
		assert_int_equal(t.rcv_edge, wanted[i].rcv + 65535);
	}
	const struct tcb sent = tcb_in_state(SYN_SENT, false, false, 100, 0);
	assert_true(sent.iss_known && !sent.irs_known && sent.snd_una == 100 && sent.snd_nxt == 101);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(figure_5_has_twenty_one_edges),
	    cmocka_unit_test(figure_5_leaves_each_state_as_often_as_drawn),
	    cmocka_unit_test(edges_are_found_by_their_ends),
	    cmocka_unit_test(names_are_read_back),
	    cmocka_unit_test(canonical_tcbs_stand_as_the_figures_have_them),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the model's words and Figure 5", tests, NULL, NULL);
}
