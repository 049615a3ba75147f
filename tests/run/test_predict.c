/* What each fault of the wire would make of three cells, worked out from the design's table and RFC 9293, not by running the predictor:
 * a cell with a reply, a cell that is silent, and one whose reply may be delayed. */
#include "tests/run/scene.h"

#include "lib/run/known_match.h"
#include "lib/run/predict.h"

static void predicted(struct scene *s, const char *want)
{
	struct known none = {.count = 0};
	struct text out = {0};
	const size_t events = s->trace.count;
	assert_int_equal(scene_verdict(s), PASS);
	predict_faults(&s->trace, s->script, &s->model, &s->at, s->seed, "matrix/test", &none, &out);
	/* Verdict and cause, up to the cause's particulars. */
	struct text got = {0};
	char *rest = out.at;
	for (char *line; (line = strsep(&rest, "\n")) && *line;)
		text_add(&got, "%.*s\n", (int)strcspn(line, ":"), line);
	assert_string_equal(text_string(&got), want);
	assert_int_equal(s->trace.count, events); /* it works on copies */
	assert_int_equal(scene_verdict(s), PASS);
	text_free(&got);
	text_free(&out);
	scene_free(s);
}

static void cell(struct scene *s, const char *row, const char *segment)
{
	char text[512];
	snprintf(text, sizeof text,
	         "id: a/test\nlevel: MUST\nref: RFC 9293\nplays: B\n\n     TCP A                                                TCP B\n\n"
	         " 1.                                                       %s\n 2.                --> %s  --> (by the model)\n",
	         row, segment);
	scene_of(s, text);
	stimulus(s);
}

/* The old octet draws one ACK at once; nothing else may come, and nothing later. 20 ms late: the fence was not sound. 300 ms: the target is late. */
static void of_a_reply(void **state)
{
	(void)state;
	struct scene s;
	cell(&s, "ESTABLISHED", "<SEQ=RCV.NXT-1><ACK=SND.NXT><CTL=ACK><DATA=1>");
	says(&s, CTL_ACK, 1, 1);
	ends_in(&s, ESTABLISHED);
	quarantine(&s);
	predicted(&s, "drop FAIL no reply before the fence's answer\n"
	              "extra-segment FAIL unexpected segment\n"
	              "extra-rst FAIL unexpected segment\n"
	              "wrong-seq FAIL unexpected segment\n"
	              "wrong-ack FAIL unexpected segment\n"
	              "wrong-flags FAIL unexpected segment\n"
	              "wrong-port FAIL malformed segment\n"
	              "bad-checksum FAIL malformed segment\n"
	              "delay-20ms INCONCLUSIVE fence violated\n"
	              "delay-300ms FAIL late reply\n"
	              "wrong-state FAIL next state\n");
}

/* An RST to LISTEN is ignored: without a reply only what is added shows, and an RST in LISTEN alters no state. */
static void of_silence(void **state)
{
	(void)state;
	struct scene s;
	cell(&s, "LISTEN", "<SEQ=100><CTL=RST>");
	ends_in(&s, LISTEN);
	quarantine(&s);
	predicted(&s, "drop PASS \n"
	              "extra-segment FAIL unexpected segment\n"
	              "extra-rst FAIL unexpected segment\n"
	              "wrong-seq PASS \n"
	              "wrong-ack PASS \n"
	              "wrong-flags PASS \n"
	              "wrong-port PASS \n"
	              "bad-checksum PASS \n"
	              "delay-20ms PASS \n"
	              "delay-300ms PASS \n"
	              "wrong-state PASS \n");
}

/* A FIN's ACK, at once or within 500 ms (MUST-40): both delays are lawful, the loss is not. The RST ends CLOSE-WAIT. */
static void of_an_acknowledgment_that_may_be_delayed(void **state)
{
	(void)state;
	struct scene s;
	cell(&s, "ESTABLISHED", "<SEQ=RCV.NXT><ACK=SND.NXT><CTL=FIN,ACK>");
	says(&s, CTL_ACK, 1, 2);
	ends_in(&s, CLOSE_WAIT);
	quarantine(&s);
	predicted(&s, "owes\ndrop FAIL no reply\n"
	              "extra-segment FAIL unexpected segment\n"
	              "extra-rst FAIL unexpected segment\n"
	              "wrong-seq FAIL unexpected segment\n"
	              "wrong-ack FAIL unexpected segment\n"
	              "wrong-flags FAIL unexpected segment\n"
	              "wrong-port FAIL malformed segment\n"
	              "bad-checksum FAIL malformed segment\n"
	              "delay-20ms PASS \n"
	              "delay-300ms PASS \n"
	              "wrong-state FAIL next state\n");
}

/* A known deviation's reaction is known in a prediction too. */
static void known_deviations_apply(void **state)
{
	(void)state;
	struct scene s;
	struct text out = {0};
	struct known_line line = {.glob = "matrix/*", .reaction = "=> ESTABLISHED", .clause = "c", .reason = "r", .since = "1"};
	struct known known = {.at = &line, .count = 1};
	known_index(&known);
	cell(&s, "ESTABLISHED", "<SEQ=RCV.NXT-1><ACK=SND.NXT><CTL=ACK><DATA=1>");
	says(&s, CTL_ACK, 1, 1);
	ends_in(&s, ESTABLISHED);
	quarantine(&s);
	predict_faults(&s.trace, s.script, &s.model, &s.at, s.seed, "matrix/test", &known, &out);
	assert_non_null(strstr(text_string(&out), "drop KNOWN "));
	assert_non_null(strstr(text_string(&out), "wrong-seq FAIL known, but changed"));
	known_index_free(known.index);
	text_free(&out);
	scene_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_a_reply),
	    cmocka_unit_test(of_silence),
	    cmocka_unit_test(of_an_acknowledgment_that_may_be_delayed),
	    cmocka_unit_test(known_deviations_apply),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("predictions", tests, NULL, NULL);
}
