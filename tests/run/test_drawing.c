/* The ladder that is drawn of a play: the notation's words, in the column that was played, and the same reaction as `actual` tells. Layout beyond that is of no
 * concern here, and verdicts are test_judge.c's. */
#include "tests/run/scene.h"

#define HEADERS(side) "id: a/test\nlevel: MUST\nref: RFC 9293\nplays: " side "\n\n     TCP A                                                TCP B\n\n"
#define B "                                                          "

static char *drawn(struct scene *s)
{
	struct text out = {0};
	scene_verdict(s);
	ladder_of_trace(&s->trace, &s->judge, &out);
	char *copy = strdup(text_string(&out));
	text_free(&out);
	scene_free(s);
	assert_non_null(copy);
	return copy;
}

static void has(const char *drawing, const char *part)
{
	if (!strstr(drawing, part))
		fail_msg("no \"%s\" in\n%s", part, drawing);
}

/* The line that holds part, up to its end. */
static const char *line_of(const char *drawing, const char *part)
{
	static char line[200];
	const char *at = strstr(drawing, part);
	if (!at)
		fail_msg("no \"%s\" in\n%s", part, drawing);
	while (at > drawing && at[-1] != '\n')
		at--;
	snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
	return line;
}

/* The FIN moves RCV.NXT; its acknowledgment is told by RCV.NXT as it was before, in `actual` and in the drawing alike. */
static void a_reply_is_told_as_actual_tells_it(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> \n"
	                                           "                   <-- <SEQ=300><ACK=101><CTL=ACK>  <-- CLOSE-WAIT\n");
	stimulus(&s);
	says(&s, CTL_ACK, 1, 3);
	ends_in(&s, CLOSE_WAIT);
	quarantine(&s);
	scene_saw(&s, "<SEQ=SND.NXT><ACK=RCV.NXT+2><CTL=ACK> => CLOSE-WAIT");
	char *d = drawn(&s);
	has(d, "--> <SEQ=RCV.NXT><ACK=SND.NXT><CTL=FIN,ACK> -->");
	has(line_of(d, "<== unexpected segment"), "<-- <SEQ=SND.NXT><ACK=RCV.NXT+2><CTL=ACK> <--");
	has(d, "(Open passive)");
	has(d, "TCP B is the target");
	free(d);
}

/* Played as A, the target stands on the left: its segments go to the right, its margin is the left one. */
static void the_target_stands_in_the_column_that_was_played(void **state)
{
	(void)state;
	struct scene s;
	scene_begin(&s, HEADERS("A") " 1.  CLOSED\n 2.  (Open active)\n     SYN-SENT      --> <SEQ=100><CTL=SYN>  -->\n", 'a');
	scene_open(&s);
	prelude(&s);
	stimulus(&s);
	says(&s, CTL_SYN, 0, 0);
	fence(&s);
	asked(&s, SYN_SENT, false);
	quarantine(&s);
	char *d = drawn(&s);
	has(d, "TCP A is the target");
	assert_int_equal(strncmp(line_of(d, "(Open active)"), "     (Open active) ", 19), 0);
	assert_int_equal(strncmp(line_of(d, "SYN-SENT"), "     SYN-SENT ", 14), 0);
	has(d, "--> <SEQ=ISS><CTL=SYN>");
	free(d);
}

/* Waits stand as they were written; what a call was told is a comment. */
static void waits_and_refusals(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2." B "(1 RTO)\n" B "   ESTABLISHED\n 3." B "(Send 10)\n");
	stimulus(&s);
	later(&s, 300 * MS);
	ends_in(&s, ESTABLISHED);
	called(&s, (struct call_answer){.result = CALL_FAILED, .text = "EPIPE"});
	ends_in(&s, ESTABLISHED);
	quarantine(&s);
	char *d = drawn(&s);
	has(d, " (1 RTO) ");
	has(strstr(line_of(d, "(Send 10)"), "  # "), ", EPIPE");
	free(d);
}

/* The window is drawn where the step says it, and nowhere else. */
static void fields_that_were_said(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100-1><ACK=300><CTL=ACK><WND=1000><DATA=1>  --> \n"
	                                           "                   <-- <SEQ=300><ACK=100><CTL=ACK><WND=1+><OPT=none>  <-- ESTABLISHED\n");
	stimulus(&s);
	says(&s, CTL_ACK, 1, 1);
	ends_in(&s, ESTABLISHED);
	quarantine(&s);
	char *d = drawn(&s);
	has(d, "--> <SEQ=RCV.NXT-1><ACK=SND.NXT><CTL=ACK><WND=1000><DATA=1> -->");
	has(d, "<-- <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK><WND=65535><OPT=none> <--");
	has(d, "--> <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK> -->"); /* the handshake's, which says none */
	free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_reply_is_told_as_actual_tells_it),
	    cmocka_unit_test(the_target_stands_in_the_column_that_was_played),
	    cmocka_unit_test(waits_and_refusals),
	    cmocka_unit_test(fields_that_were_said),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the ladder that is drawn of a play", tests, NULL, NULL);
}
