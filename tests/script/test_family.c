/* Families of ladders: what `for:` makes of a file, and what is wrong with a header or a name in braces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/script/ladder.h"
#include "lib/script/family.h"

#define TAIL "\n\n     TCP A      TCP B\n 1.             ESTABLISHED\n 2.  --> <SEQ=100><ACK=300><CTL=ACK><WND={wnd}> --> ESTABLISHED\n"

static void ladder_is(const char *text, size_t i, const char *expected)
{
	struct text out = {0};
	struct error e = {.text = ""};
	if (!family_ladder("f", text, i, &out, &e))
		fail_msg("%s", e.text);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void test_none(void **state)
{
	struct error e;
	(void)state;
	assert_int_equal(family_count("f", "id: a\n\nfor: not a header\n", &e), 1);
	ladder_is("id: a\nlevel: MUST\n", 0, "id: a\nlevel: MUST\n");
}

static void test_values(void **state)
{
	static const char text[] = "# Scale {ws}\nid:     o/ws\nfor: ws wnd = 0 65535|7  511 | 14 3\nlevel: MUST" TAIL;
	struct error e;
	(void)state;
	assert_int_equal(family_count("f", text, &e), 3);
	ladder_is(text, 1, "# Scale 7\nid:     o/ws/ws=7\n#\nlevel: MUST\n\n     TCP A      TCP B\n 1.             ESTABLISHED\n 2.  --> <SEQ=100><ACK=300><CTL=ACK><WND=511> --> ESTABLISHED\n");
}

static void test_is_a_ladder(void **state)
{
	static const char text[] = "id: o/ws\nlevel: MUST\nplays: B\nfor: name wnd = none 0 | all 65535" TAIL;
	struct text out = {0};
	struct error e = {.text = ""};
	(void)state;
	assert_true(family_ladder("f", text, 1, &out, &e));
	struct ladder *l = ladder_read("f", text_string(&out), &e);
	if (!l)
		fail_msg("%s", e.text);
	assert_string_equal(ladder_id(l), "o/ws/name=all");
	struct script *s = ladder_compile(l, 'b', &e);
	assert_non_null(s);
	assert_int_equal(s->step[s->prelude].segment.wnd, 65535);
	script_free(s);
	ladder_free(l);
	text_free(&out);
}

static void refused(const char *text, const char *words)
{
	struct error e = {.text = ""};
	struct text out = {0};
	const size_t count = family_count("f", text, &e);
	bool good = count > 0;
	for (size_t i = 0; good && i < count; i++)
		good = family_ladder("f", text, i, &out, &e);
	text_free(&out);
	assert_false(good);
	if (!strstr(e.text, words))
		fail_msg("expected \"%s\", got \"%s\"", words, e.text);
}

static void test_refused(void **state)
{
	(void)state;
	refused("id: a\nfor: ws\n\n", "f:2:8: expected `for: name");
	refused("id: a\nfor: = 1\n\n", "f:2:5: expected a variable's name before");
	refused("id: a\nfor: Ws = 1\n\n", "f:2:6: expected a variable's name, of small letters");
	refused("id: a\nfor: ws =\n\n", "f:2:10: expected values behind");
	refused("id: a\nfor: ws wnd = 1 2 | 3\n\n", "f:2:22: expected a value for each variable");
	refused("id: a\nfor: ws = 1 2\n\n", "f:2:13: expected `|`");
	refused("id: a\nfor: ws = 1 |\n\n", "f:2:14: expected a value for each variable");
	refused("id: a\nfor: ws = 1 | 2 | 1\n\n", "f:2:19: expected a first value that no other");
	refused("id: a\nfor: o = MSS:1\n\n", "f:2:10: expected a first value that can stand in an id");
	refused("id: a\nfor: ws = 1 | 2\n\n {wz}\n", "f:4:2: expected a variable of `for:` in braces");
	refused("id: a\nfor: ws = 1 | 2\n\n {ws\n", "f:4:2: expected a variable");
	refused("id: a\nfor: a b c d e f g h i = 1\n\n", "f:2:22: expected `=` after at most eight");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_none),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_is_a_ladder),
	    cmocka_unit_test(test_refused),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("family", tests, NULL, NULL);
}
