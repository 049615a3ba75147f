/* Somebody at our end of the link who sends as the tester is noticed: here the kernel at the target's end, which is watched as if that were ours. */
#include "tests/net/live.h"

#include "lib/net/usurper.h"

static void kernel_that_answers(void **state)
{
	struct live v;
	struct link watched;
	struct error e = {""};
	struct packet p;
	(void)state;
	live_open(&v);
	watched = v.link;
	memcpy(watched.tester_if, v.link.target_if, sizeof watched.tester_if);
	memcpy(watched.tester, v.link.target, sizeof watched.tester);
	struct usurper *u = usurper_open(&watched, &e); /* in the target's namespace */
	if (!u)
		fail_msg("%s", e.text);
	assert_true(usurper_is_quiet(u, &e));
	for (unsigned f = 0; f < FAMILIES; f++) {
		live_echo_send(&v, f, 1, 1);
		live_next(&v, &p, NULL);
		assert_false(usurper_is_quiet(u, &e));
		assert_non_null(strstr(e.text, "sends on target as 192.0.2.2 or 2001:db8::2, the tester's (a packet from 02:74:63:70:00:02)"));
		assert_true(usurper_is_quiet(u, &e));
	}
	usurper_close(u);
	live_close(&v);
}

/* What the tester itself sends is not somebody else's, nor is what others send as themselves. */
static void tester_itself(void **state)
{
	struct live v;
	struct link watched;
	struct error e = {""};
	struct packet p;
	(void)state;
	live_open(&v);
	watched = v.link;
	memcpy(watched.tester_if, v.link.target_if, sizeof watched.tester_if);
	struct usurper *u = usurper_open(&watched, &e);
	if (!u)
		fail_msg("%s", e.text);
	live_echo_send(&v, 0, 1, 1);
	live_next(&v, &p, NULL);
	assert_true(usurper_is_quiet(u, &e));
	usurper_close(u);
	assert_true(link_enter_tester(&v.link, &e));
	watched = v.link;
	u = usurper_open(&watched, &e);
	if (!u)
		fail_msg("%s", e.text);
	live_echo_send(&v, 0, 1, 2);
	live_next(&v, &p, NULL);
	assert_true(usurper_is_quiet(u, &e));
	usurper_close(u);
	live_close(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kernel_that_answers),
	    cmocka_unit_test(tester_itself),
	};
	if (live_is_left_out())
		return live_leave_out();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("net/usurper", tests, NULL, NULL);
}
