/* What is made of a play (fuzz/core.h): which of the rules that were broken and the judge's verdict is told, what lines of causes excuse, and what only shows the second time. The stack is the reference one, with a mistake put between it and the tester. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fuzz/core.h"
#include "fuzz/watch.h"

/* What goes wrong with the packet that is put out as number `packet` of a play, from 1 on. */
static struct {
	unsigned packet;
	bool dropped;
	bool acknowledges; /* more than was ever sent to it */
	bool disorderly;   /* it is in disorder then */
	bool once;         /* in the first play of an input alone */
	bool flutters;     /* from the second play on its TTL is another */
	bool patient;      /* its timers never run out */
	unsigned mad;      /* from this play on, if any, its state is none */
} mistake;

static const uint64_t ONE_YEAR_US = UINT64_C(31536000000000);

static struct tcpspec_stack_operations operations;
static struct tcpspec_setup asked; /* by the tester */
static unsigned packets, plays;
static struct core *core;
static struct finding found;

/* ---- the stack ---- */

static void put_out(void *to, const uint8_t *packet, size_t octets)
{
	uint8_t altered[2000];
	struct segment s;
	(void)to;
	if (mistake.flutters && plays > 1 && segment_parse(packet, octets, &s, NULL)) {
		s.ttl = 9;
		octets = segment_build(&s, altered, sizeof altered);
		packet = altered;
	}
	const bool now = ++packets == mistake.packet && !(mistake.once && plays > 1);
	if (now && mistake.acknowledges && segment_parse(packet, octets, &s, NULL)) {
		s.ack += 1000;
		octets = segment_build(&s, altered, sizeof altered);
		packet = altered;
	}
	if (!now || !mistake.dropped)
		asked.output(asked.to, packet, octets);
	if (now && mistake.disorderly)
		watch_disorder("an assertion, tcp.c:7");
}

static struct tcpspec_stack *create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_setup mine = *setup;
	asked = *setup;
	mine.output = put_out;
	return tcpspec_stack_operations()->create(arena, octets, &mine, why, why_octets);
}

/* A play begins. */
static void restore(struct tcpspec_stack *s, const void *from)
{
	packets = 0;
	plays++;
	tcpspec_stack_operations()->restore(s, from);
}

static uint64_t poll_of(struct tcpspec_stack *s, uint64_t now_us)
{
	return mistake.patient ? now_us + ONE_YEAR_US : tcpspec_stack_operations()->poll(s, now_us);
}

static unsigned state_of(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	return mistake.mad && plays >= mistake.mad ? 99 : tcpspec_stack_operations()->state(s, ends);
}

/* ---- what is played ---- */

static struct move *adds(struct input *in, enum move_kind kind)
{
	struct move *m = &in->move[in->count++];
	*m = (struct move){.kind = (uint8_t)kind};
	return m;
}

static void hears(struct input *in, uint16_t ctl, uint16_t data)
{
	struct move *m = adds(in, MOVE_SEGMENT);
	m->ctl = ctl;
	m->data = data;
	m->fields = data ? MOVE_DATA : 0;
}

/* An OPEN, the handshake, and text, which the target's second packet acknowledges. */
static const struct input *text_is_sent(void)
{
	static struct input in;
	in.count = 0;
	struct move *m = adds(&in, MOVE_CALL);
	while (input_calls[m->which].call != CALL_OPEN_PASSIVE)
		m->which++;
	hears(&in, CTL_SYN, 0);
	hears(&in, CTL_ACK, 0);
	hears(&in, CTL_ACK | CTL_PSH, 1000);
	hears(&in, CTL_ACK | CTL_PSH, 1000);
	return &in;
}

static char *file_text(const char *path)
{
	static char text[20000];
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	return text;
}

static int core_opened(void **state)
{
	struct error e = {""};
	(void)state;
	operations = *tcpspec_stack_operations();
	operations.create = create;
	operations.restore = restore;
	operations.state = state_of;
	operations.poll = poll_of;
	struct declaration *d = declaration_read_text("target.ini", file_text("targets/reference/target.ini"), PROFILE_RFC9293, &e);
	core = d ? core_new(0, &operations, d, "16", &e) : NULL;
	if (!core)
		fail_msg("%s", e.text);
	return 0;
}

static int core_closed(void **state)
{
	(void)state;
	core_free(core);
	finding_free(&found);
	return 0;
}

static bool played(void)
{
	plays = 0;
	return core_play(core, text_is_sent(), &found);
}

/* The same where lines mean what they mean. */
static bool played_knowing(const char *text, unsigned long *met)
{
	struct error e = {""};
	struct causes *lines = causes_new("fuzz.tsv", text, &e);
	if (!lines)
		fail_msg("%s", e.text);
	core_knows(core, lines);
	const bool is = played();
	core_knows(core, NULL);
	*met = causes_met(lines);
	causes_free(lines);
	return is;
}

#define assert_found(RULE) assert_string_equal(rule_name(found.rule), rule_name(RULE_##RULE))
#define JUDGED "fuzz/established/*\tunexpected segment: *\tRFC\tone too many\t1\n"
#define BROKEN "rule/*/acknowledges_unsent\t*\tRFC\ttoo much\t1\n"
#define DISORDER "rule/*/stack_disorder\tan assertion*\tRFC\tan assertion\t1\n"

static void mistaken(unsigned packet)
{
	memset(&mistake, 0, sizeof mistake);
	mistake.packet = packet;
}

/* ---- what holds ---- */

static void what_passes_is_no_finding(void **state)
{
	(void)state;
	mistaken(0);
	assert_false(played());
	assert_true(core_passed(core));
	assert_int_equal(found.rule, RULE_NONE);
}

static void the_judges_verdict_is_told(void **state)
{
	(void)state;
	mistaken(1);
	mistake.dropped = true;
	assert_true(played());
	assert_false(core_passed(core));
	assert_found(judge_late_reply);
	assert_int_equal(found.state, LISTEN);
	assert_non_null(strstr(found.words, "late reply"));
	assert_string_equal(found.cause, "fuzz/listen/syn/any/-/1/-/v4\tlate reply: => SYN-RECEIVED late <SEQ=ISS><ACK=SEG.SEQ+1><CTL=SYN,ACK>");
	assert_non_null(strstr(text_string(&found.ladder), "<== late reply"));
	core_judges(core, false);
	const bool without = played();
	core_judges(core, true);
	assert_false(without);
}

static void a_line_excuses_the_judges_verdict(void **state)
{
	unsigned long met;
	(void)state;
	mistaken(1);
	mistake.dropped = true;
	assert_false(played_knowing("fuzz/*/syn/*\tlate reply: *\tRFC\tits timer sends it\t1\n", &met));
	assert_false(core_passed(core));
	assert_int_equal(met, 1);
	assert_int_equal(plays, 1);
	assert_true(played_knowing("fuzz/*/syn/*\tnext state: *\tRFC\tanother\t1\n", &met));
	assert_found(judge_late_reply);
	mistake.once = true; /* what no line means is looked at in a play of its own */
	assert_true(played_knowing("fuzz/*/syn/*\tnext state: *\tRFC\tanother\t1\n", &met));
	assert_found(not_repeatable);
}

/* A rule that is broken and the judge's verdict are two: each wants its line. */
static void one_line_excuses_one_of_two(void **state)
{
	unsigned long met;
	(void)state;
	mistaken(2);
	mistake.acknowledges = true;
	assert_true(played());
	assert_found(acknowledges_unsent);
	assert_true(played_knowing(JUDGED, &met));
	assert_found(acknowledges_unsent);
	assert_true(played_knowing(BROKEN, &met));
	assert_found(judge_unexpected_segment);
	assert_false(played_knowing(BROKEN JUDGED, &met));
	assert_false(core_passed(core));
	assert_int_equal(met, 2);
}

/* Behind a disorder the judge has nothing to judge, but what was broken before it stands. */
static void a_disorder_is_told_before_all(void **state)
{
	unsigned long met;
	(void)state;
	mistaken(2);
	mistake.acknowledges = mistake.disorderly = true;
	assert_true(played());
	assert_found(stack_disorder);
	assert_true(played_knowing(BROKEN JUDGED, &met));
	assert_found(stack_disorder);
	assert_true(played_knowing(DISORDER, &met));
	assert_found(acknowledges_unsent);
	assert_false(played_knowing(DISORDER BROKEN, &met));
	assert_int_equal(met, 2);
	mistake.acknowledges = false;
	mistake.dropped = true; /* of which the judge alone would tell */
	assert_false(played_knowing(DISORDER, &met));
	assert_false(core_passed(core));
}

/* A verdict is looked at in a play of its own. That this does not come to it, or to nothing at all, is a finding too. */
static void a_verdict_does_not_get_lost(void **state)
{
	(void)state;
	mistaken(1);
	mistake.dropped = mistake.once = true;
	assert_true(played());
	assert_found(not_repeatable);
	mistake.once = false;
	for (unsigned play = 1; play <= 2; play++) {
		mistake.mad = play;
		assert_true(played());
		assert_found(breaks_interface);
		assert_non_null(strstr(found.words, "state() returned 99"));
		assert_string_equal(found.cause, "");
		assert_int_equal(found.ladder.length, 0);
	}
}

/* ---- what only shows the second time ---- */

/* Which inputs are looked at twice depends on their octets: of these, which differ in a window, how many break the rule, and no other. */
static unsigned broken_of(unsigned inputs, enum rule rule)
{
	unsigned n = 0;
	for (unsigned i = 1; i <= inputs; i++) {
		struct input in = {.count = 0};
		struct move *m = adds(&in, MOVE_CALL);
		while (input_calls[m->which].call != CALL_OPEN_PASSIVE)
			m->which++;
		hears(&in, CTL_SYN, 0);
		in.move[1].fields = MOVE_WND;
		in.move[1].wnd = (uint16_t)(1000 + i);
		plays = 0;
		if (!core_play(core, &in, &found))
			continue;
		assert_string_equal(rule_name(found.rule), rule_name(rule));
		n++;
	}
	return n;
}

static void some_inputs_are_played_twice(void **state)
{
	(void)state;
	mistaken(0);
	assert_int_equal(broken_of(256, RULE_NONE), 0);
	mistake.flutters = true;
	const unsigned n = broken_of(512, RULE_not_repeatable);
	assert_true(n > 1 && n < 24); /* one in 64 */
}

static void some_peers_go_away(void **state)
{
	(void)state;
	mistaken(0);
	mistake.patient = true;
	const unsigned n = broken_of(512, RULE_stays_silent);
	assert_true(n > 16 && n < 96); /* one in 16 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_passes_is_no_finding),
	    cmocka_unit_test(the_judges_verdict_is_told),
	    cmocka_unit_test(a_line_excuses_the_judges_verdict),
	    cmocka_unit_test(one_line_excuses_one_of_two),
	    cmocka_unit_test(a_disorder_is_told_before_all),
	    cmocka_unit_test(a_verdict_does_not_get_lost),
	    cmocka_unit_test(some_inputs_are_played_twice),
	    cmocka_unit_test(some_peers_go_away),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: core", tests, core_opened, core_closed);
}
