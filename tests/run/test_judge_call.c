/* The judge on what a user's call was answered, on hand-made traces. Expectations: RFC 9293 3.10. */
#include "tests/run/scene.h"

#include "lib/wire/option.h"

#define B "                                                          "

/* RFC 9293 3.10.2: "error: insufficient resources". A user who may have something to hear may hear it by a SEND. How much a connection queues nobody knows here: what was refused is not sent later, what was taken is, and no more. */
static void of_a_refused_send_what_it_says_was_taken_is_queued(void **state)
{
	(void)state;
	static const struct {
		uint32_t taken, sent;
		enum verdict verdict;
		const char *cause;
	} c[] = {{0, 0, PASS, ""}, {4, 4, PASS, ""}, {0, 10, FAIL, "unexpected segment"}, {4, 10, FAIL, "unexpected segment"}, {4, 0, NON_STRICT, "not recommended"}};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct scene s;
		scene_begin(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100+2><ACK=300><CTL=URG,ACK><UP=1><DATA=1>  --> (by the model)\n"
		                                              " 3." B "(Send 10) (by the model)\n"
		                                              " 4." B "(Send 5) (by the model)\n",
		            'b');
		s.model.constants.send_buffer = 0;
		scene_open(&s);
		prelude(&s);
		stimulus(&s);
		says(&s, CTL_ACK, 1, 1);
		ends_in(&s, ESTABLISHED);
		called(&s, (struct call_answer){.result = CALL_FAILED, .octets = c[i].taken, .content_ok = true});
		if (c[i].sent)
			says_text(&s, 1, 1, c[i].sent);
		ends_in(&s, ESTABLISHED);
		if (c[i].verdict == PASS) {
			stimulus(&s);
			says_text(&s, 1 + c[i].sent, 1, 5);
			ends_in(&s, ESTABLISHED);
		}
		quarantine(&s);
		scene_is(&s, c[i].verdict, c[i].cause);
	}
}

/* The connection may have been reset before; but then it sends no acknowledgment, and one that it sends bears no timestamps that were not agreed upon (RFC 7323 3.2). */
static void what_may_be_no_more_does_not_excuse_a_form(void **state)
{
	(void)state;
	for (unsigned stamped = 0; stamped < 2; stamped++) {
		struct scene s;
		struct error e;
		scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=RCV.NXT-1><ACK=SND.NXT><CTL=ACK><DATA=1>  --> (by the model)\n");
		struct hypothesis gone = s.judge.now.h[0];
		gone.tcb = tcb_closed(false);
		hypotheses_add(&s.judge.now, &gone);
		stimulus(&s);
		struct segment g = said(&s, CTL_ACK, 1, 1);
		if (stamped)
			assert_true(options_compile("NOP,NOP,TS:1/0", g.option_octets, &g.options_length, &e));
		says_segment(&s, &g);
		ends_in(&s, ESTABLISHED);
		quarantine(&s);
		scene_is(&s, stamped ? FAIL : PASS, stamped ? "malformed segment" : "");
	}
}

/* Text came behind an option that is cut off: it may have been taken or dropped (RFC 9293 3.1, MUST-7), and the silence to it leaves both open. An acknowledgment of it that crosses what comes next shows that it was taken. */
static void what_crosses_the_stimulus_tells_what_was_before(void **state)
{
	(void)state;
	static const struct {
		uint32_t ack;
		enum verdict verdict;
		const char *cause;
	} c[] = {{19, PASS, ""}, {1, FAIL, "unexpected segment"}};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><OPT=SACK:SND.UNA/SND.UNA+100><OFF=6>  --> (by the model)\n"
		                                           " 3.                --> <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><DATA=10>  --> (by the model)\n");
		stimulus(&s);
		ends_in(&s, ESTABLISHED);
		stimulus(&s);
		says(&s, CTL_ACK, 1, 9);
		says(&s, CTL_ACK, 1, c[i].ack);
		ends_in(&s, ESTABLISHED);
		quarantine(&s);
		scene_is(&s, c[i].verdict, c[i].cause);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_a_refused_send_what_it_says_was_taken_is_queued),
	    cmocka_unit_test(what_may_be_no_more_does_not_excuse_a_form),
	    cmocka_unit_test(what_crosses_the_stimulus_tells_what_was_before),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the judge on calls", tests, NULL, NULL);
}
