/* Scripts as values, the ways into the states, and lines as they are laid out. Not reading (test_read_errors) and not meaning (test_compile). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/script/ladder.h"
#include "lib/script/prelude.h"

static void durations_are_microseconds(void **state)
{
	(void)state;
	const struct constants c = {.msl = 120000000};
	assert_int_equal(duration_us((struct duration){7, UNIT_US}, &c, 0), 7);
	assert_int_equal(duration_us((struct duration){500, UNIT_MS}, &c, 0), 500000);
	assert_int_equal(duration_us((struct duration){0.25, UNIT_S}, &c, 0), 250000);
	assert_int_equal(duration_us((struct duration){2, UNIT_MIN}, &c, 0), 120000000);
	assert_int_equal(duration_us((struct duration){2, UNIT_MSL}, &c, 0), 240000000);
	assert_int_equal(duration_us((struct duration){3, UNIT_RTO}, &c, 200000), 600000);
	assert_true(duration_us((struct duration){1e300, UNIT_MIN}, &c, 0) > UINT64_C(1) << 60);
}

static void a_script_waits_for_its_times(void **state)
{
	(void)state;
	const struct constants c = {.msl = 1000, .rto_initial = 10};
	struct script *s = memory_zeroed(1, sizeof *s);
	const struct step steps[] = {
	    {.kind = STEP_WAIT, .has_within = true, .within = {2, UNIT_MSL}},
	    {.kind = STEP_SILENCE},
	    {.kind = STEP_SILENCE, .has_within = true, .within = {300, UNIT_US}},
	    {.kind = STEP_EXPECT, .has_within = true, .within = {4, UNIT_RTO}},
	    {.kind = STEP_STATE},
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		script_add(s, &steps[i]);
	assert_int_equal(s->count, 5);
	assert_int_equal(script_waits_us(s, &c), 2000 + 300);
	script_free(s);
	script_free(NULL);
}

/* Each member that may differ, differs. */
static void scripts_differ_in_everything_but_their_place(void **state)
{
	(void)state;
	struct script a = {.id = "x"}, b = a;
	struct step one = {.kind = STEP_SEND, .segment = {.said = SAY_SEQ}}, other = one;
	a.step = &one;
	b.step = &other;
	a.count = b.count = 1;
	snprintf(b.file, sizeof b.file, "%s", "elsewhere");
	other.line = 9;
	assert_true(script_equal(&a, &b));
#define DIFFERS(change, back)                       \
	do {                                        \
		change;                             \
		assert_false(script_equal(&a, &b)); \
		back;                               \
		assert_true(script_equal(&a, &b));  \
	} while (0)
	DIFFERS(b.id[0] = 'y', b.id[0] = 'x');
	DIFFERS(b.level = LEVEL_MAY, b.level = LEVEL_MUST);
	DIFFERS(b.title[0] = 'y', b.title[0] = 0);
	DIFFERS(b.options[0] = 'y', b.options[0] = 0);
	DIFFERS(b.side = 'b', b.side = 0);
	DIFFERS(b.needs = NEED_SEND, b.needs = 0);
	DIFFERS(b.prelude = 1, b.prelude = 0);
	DIFFERS(b.base_known[1] = true, b.base_known[1] = false);
	DIFFERS(b.base[0] = 1, b.base[0] = 0);
	DIFFERS(b.has_profile = true, b.has_profile = false);
	DIFFERS(b.listener_closed = true, b.listener_closed = false);
	DIFFERS(b.count = 0, b.count = 1);
	DIFFERS(other.group = 1, other.group = 0);
	DIFFERS(other.may = true, other.may = false);
	DIFFERS(other.again = true, other.again = false);
	DIFFERS(other.binds = true, other.binds = false);
	DIFFERS(other.given = true, other.given = false);
	DIFFERS(other.duplicate = true, other.duplicate = false);
	DIFFERS(other.within.number = 1, other.within.number = 0);
	DIFFERS(other.segment.seq.offset = -1, other.segment.seq.offset = 0);
	DIFFERS(other.segment.ack.name[0] = 'Z', other.segment.ack.name[0] = 0);
	DIFFERS(other.segment.ctl_care = 1, other.segment.ctl_care = 0);
	DIFFERS(other.segment.opt[0] = 'x', other.segment.opt[0] = 0);
	DIFFERS(other.segment.raw[0] = 'x', other.segment.raw[0] = 0);
	DIFFERS(other.states = 1, other.states = 0);
	DIFFERS(other.setting = SET_TTL, other.setting = SET_NAGLE);
	DIFFERS(other.value = 1, other.value = 0);
	DIFFERS(other.signal = 1, other.signal = 0);
	DIFFERS(other.n = 1, other.n = 0);
	DIFFERS(other.push = true, other.push = false);
}

/* RFC 792 and RFC 4443: host unreachable is 3/1 and 1/3, port unreachable 3/3 and 1/4, time exceeded 11/0 and 3/0. Source quench has no successor. */
static void icmp_errors_have_a_sibling_in_the_other_family(void **state)
{
	(void)state;
	static const uint8_t table[][4] = {{3, 0, 1, 0}, {3, 1, 1, 3}, {3, 3, 1, 4}, {3, 4, 2, 0}, {11, 0, 3, 0}, {12, 0, 4, 0}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		uint8_t type = table[i][0], code = table[i][1];
		assert_true(icmp_for_family(IPV4, &type, &code));
		assert_int_equal(type, table[i][0]);
		assert_true(icmp_for_family(IPV6, &type, &code));
		assert_int_equal(type, table[i][2]);
		assert_int_equal(code, table[i][3]);
	}
	uint8_t type = 4, code = 0;
	assert_false(icmp_for_family(IPV6, &type, &code));
}

static void a_group_is_opened_by_its_stimulus(void **state)
{
	(void)state;
	static const enum step_kind kinds[] = {STEP_STATE, STEP_SEND, STEP_EXPECT, STEP_STATE, STEP_WAIT, STEP_SILENCE, STEP_CALL};
	static const size_t opened_by[] = {0, 1, 1, 1, 4, 4, 6};
	struct script *s = memory_zeroed(1, sizeof *s);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct step st = {.kind = kinds[i]};
		script_add(s, &st);
	}
	for (size_t i = 0; i < s->count; i++)
		assert_int_equal(script_stimulus(s, i), opened_by[i]);
	script_free(s);
}

static void every_state_but_closed_has_a_way(void **state)
{
	(void)state;
	struct error e;
	for (enum state st = CLOSED; st < STATES; st++) {
		assert_true((prelude_find(st, "") != NULL) == (st != CLOSED));
		struct script *s = memory_zeroed(1, sizeof *s);
		assert_true(prelude_add(s, st, "", &e));
		assert_int_equal(s->prelude, s->count);
		const struct step *last = &s->step[s->count - 1];
		assert_int_equal(last->kind, STEP_STATE);
		assert_true(last->given);
		assert_int_equal(last->states, 1u << st);
		assert_int_equal(s->count == 1, st == CLOSED);
		script_free(s);
	}
	assert_null(prelude_find(CLOSED, "active"));
	assert_non_null(prelude_find(SYN_RECEIVED, "simultaneous"));
	assert_non_null(prelude_find(TIME_WAIT, "closing"));
	for (enum state st = ESTABLISHED; st < STATES; st++)
		assert_non_null(prelude_find(st, "active"));
}

static void a_way_that_is_not_there_is_said(void **state)
{
	(void)state;
	struct error e;
	struct script *s = memory_zeroed(1, sizeof *s);
	assert_false(prelude_add(s, LAST_ACK, "simultaneous", &e));
	assert_non_null(strstr(e.text, "LAST-ACK"));
	script_free(s);
}

/* The last line of each way says its state; nothing before does, for each question costs time. */
static void a_way_ends_in_its_state_and_asks_once(void **state)
{
	(void)state;
	size_t count;
	const struct prelude *p = preludes(&count);
	for (size_t i = 0; i < count; i++) {
		struct error e;
		struct ladder *l = ladder_read("prelude", p[i].text, &e);
		assert_non_null(l);
		struct script *s = ladder_compile(l, 'b', &e);
		unsigned states = 0;
		for (size_t k = 0; k < s->count; k++)
			states += s->step[k].kind == STEP_STATE;
		assert_int_equal(states, 2); /* CLOSED, given, and the last */
		assert_int_equal(s->step[s->count - 1].states, 1u << p[i].state);
		script_free(s);
		ladder_free(l);
	}
}

static void lines_are_laid_out_as_in_the_figures(void **state)
{
	(void)state;
	struct text out = {0};
	ladder_line(&out, "2", "SYN-SENT", "-->", "<SEQ=100><CTL=SYN>", "-->", "SYN-RECEIVED");
	ladder_line(&out, "10", "", "...", "<SEQ=100><CTL=SYN>", "-->", "");
	ladder_line(&out, "", "ESTABLISHED", "", "", "", "LISTEN");
	ladder_line(&out, "", "A-MARGIN-THAT-IS-LONG", "<--", "<CTL=ACK>", "<--", "");
	assert_string_equal(text_string(&out),
	                    " 2.  SYN-SENT      --> <SEQ=100><CTL=SYN>                 --> SYN-RECEIVED\n"
	                    "10.                ... <SEQ=100><CTL=SYN>                 -->\n"
	                    "     ESTABLISHED                                          LISTEN\n"
	                    "     A-MARGIN-THAT-IS-LONG <-- <CTL=ACK>                  <--\n");
	text_free(&out);
}

static void a_step_is_a_line(void **state)
{
	(void)state;
	struct text out = {0};
	struct step call = {.kind = STEP_CALL, .call = CALL_SEND, .n = 10, .push = true};
	struct step wait = {.kind = STEP_WAIT, .has_within = true, .within = {0.5, UNIT_MSL}};
	struct step send = {.kind = STEP_SEND, .segment = {.said = SAY_SEQ, .seq = {.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = -1}, .ctl = CTL_RST, .ctl_care = CTL_ALL}};
	struct step expect = {.kind = STEP_EXPECT, .may = true, .segment = {.said = 0, .ctl = CTL_ACK, .ctl_care = CTL_SYN | CTL_FIN | CTL_RST | CTL_ACK | CTL_URG}};
	step_write(&call, 'a', &out);
	step_write(&wait, 'b', &out);
	step_write(&send, 'a', &out);
	step_write(&expect, 'b', &out);
	assert_string_equal(text_string(&out),
	                    "     (Send 10 push)\n"
	                    "                                                          (0.5 MSL)\n"
	                    "                   <-- <SEQ=RCV.NXT-1><CTL=RST>           <--\n"
	                    "                   <-- <CTL=ACK>                          <-- (may)\n");
	text_free(&out);
}

/* A generated script has no side in its id; it is written with the target as B. */
static void a_generated_script_is_a_ladder(void **state)
{
	(void)state;
	struct error e = {""};
	struct text out = {0};
	struct script *s = memory_zeroed(1, sizeof *s);
	snprintf(s->id, sizeof s->id, "%s", "matrix/listen/rst/exact/-/0");
	snprintf(s->title, sizeof s->title, "%s", "RST in LISTEN");
	assert_true(prelude_add(s, LISTEN, "", &e));
	struct step send = {.kind = STEP_SEND, .group = 2, .segment = {.said = SAY_SEQ, .seq = {.kind = SEQ_ABSOLUTE, .number = 7}, .ctl = CTL_RST, .ctl_care = CTL_ALL}};
	struct step model = {.kind = STEP_BY_MODEL, .group = 2};
	script_add(s, &send);
	script_add(s, &model);
	script_write(s, &out);
	assert_string_equal(text_string(&out),
	                    "# RST in LISTEN\n"
	                    "id:     matrix/listen/rst/exact/-/0\n"
	                    "level:  MUST\n"
	                    "plays:  B\n"
	                    "\n"
	                    "     TCP A                                                TCP B\n"
	                    "\n"
	                    " 1.                                                       LISTEN\n"
	                    " 2.                --> <SEQ=#7><CTL=RST>                  --> (by the model)\n");
	struct ladder *l = ladder_read("cell", text_string(&out), &e);
	assert_non_null(l);
	ladder_free(l);
	script_free(s);
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(durations_are_microseconds),
	    cmocka_unit_test(a_script_waits_for_its_times),
	    cmocka_unit_test(scripts_differ_in_everything_but_their_place),
	    cmocka_unit_test(icmp_errors_have_a_sibling_in_the_other_family),
	    cmocka_unit_test(a_group_is_opened_by_its_stimulus),
	    cmocka_unit_test(every_state_but_closed_has_a_way),
	    cmocka_unit_test(a_way_that_is_not_there_is_said),
	    cmocka_unit_test(a_way_ends_in_its_state_and_asks_once),
	    cmocka_unit_test(lines_are_laid_out_as_in_the_figures),
	    cmocka_unit_test(a_step_is_a_line),
	    cmocka_unit_test(a_generated_script_is_a_ladder),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("scripts", tests, NULL, NULL);
}
