/* Which moves of two plays fuzz_differential holds against each other, by points that are made up: the same move of both, whatever else one of them was given. Then by plays: of the reference stack twice, the second time with a mistake, of which the judge is not asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fuzz/fuzz_differential.c"

const char fuzz_reference_declaration[] = "", fuzz_lwip_declaration[] = "", fuzz_causes[] = "";

const struct tcpspec_stack_operations *reference_stack_operations(void)
{
	return NULL;
}

const struct tcpspec_stack_operations *lwip_stack_operations(void)
{
	return NULL;
}

const char *harness_option(int argc, char **argv, const char *name)
{
	(void)argc, (void)argv, (void)name;
	return NULL;
}

void harness_unusable(const struct error *e)
{
	(void)e;
	abort();
}

static void nothing_was_played(void)
{
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned k = 0; k < party[i].points; k++) {
			text_free(&party[i].point[k].sure);
			text_free(&party[i].point[k].seen);
			party[i].point[k] = (struct point){0};
		}
		party[i].points = 0;
		party[i].octets = 0;
	}
	compared = sure = apart = 0;
}

/* A move of one of them. The model is as sure of it as of every other. */
static void came(unsigned who, size_t step, enum event_kind kind, enum call call, const char *seen)
{
	struct point *p = &party[who].point[party[who].points++];
	p->step = step;
	p->kind = kind;
	p->call = call;
	text_put(&p->sure, "ESTABLISHED");
	text_put(&p->seen, seen);
}

static void answered(unsigned who, size_t step, const char *seen)
{
	came(who, step, EVENT_SENT, CALL_SEND, seen);
}

static void what_answers_alike_does_not_part(void **state)
{
	const struct point *a, *b;
	(void)state;
	nothing_was_played();
	for (unsigned i = 0; i < 2; i++) {
		answered(i, 1, "an ACK");
		answered(i, 3, "an RST");
	}
	assert_false(part(&a, &b));
	assert_int_equal(compared, 2);
}

static void what_answers_otherwise_parts(void **state)
{
	const struct point *a, *b;
	(void)state;
	nothing_was_played();
	for (unsigned i = 0; i < 2; i++) {
		answered(i, 1, "an ACK");
		answered(i, 3, i ? "an RST" : "silence");
	}
	assert_true(part(&a, &b));
	assert_int_equal(a->step, 3);
	assert_int_equal(b->step, 3);
	assert_string_equal(text_string(&a->seen), "silence");
}

/* Nobody is sure of it, or of both alike: the standard leaves a choice. */
static void what_may_differ_does_not_part(void **state)
{
	const struct point *a, *b;
	(void)state;
	nothing_was_played();
	answered(0, 1, "an ACK");
	answered(1, 1, "silence");
	text_put(&party[1].point[0].sure, " and a listener");
	answered(0, 3, "an ACK");
	answered(1, 3, "silence");
	text_clear(&party[0].point[1].sure);
	text_clear(&party[1].point[1].sure);
	assert_false(part(&a, &b));
	assert_int_equal(apart, 2);
	assert_int_equal(sure, 0);
}

/* A move that one of them was not given shifts nothing: those behind it are the same moves still. */
static void a_move_that_one_was_not_given_shifts_nothing(void **state)
{
	const struct point *a, *b;
	(void)state;
	for (unsigned lacks = 0; lacks < 2; lacks++) {
		nothing_was_played();
		for (unsigned i = 0; i < 2; i++) {
			answered(i, 1, "an ACK");
			if (i != lacks)
				answered(i, 3, "silence");
			answered(i, 5, "an RST");
			answered(i, 7, "a FIN");
		}
		assert_false(part(&a, &b));
		assert_int_equal(compared, 3);
		text_put(&party[lacks].point[2].seen, " and another");
		assert_true(part(&a, &b));
		assert_int_equal(a->step, 7);
		assert_int_equal(b->step, 7);
	}
}

static void another_stimulus_is_another_move(void **state)
{
	const struct point *a, *b;
	(void)state;
	nothing_was_played();
	came(0, 1, EVENT_SENT, CALL_SEND, "an ACK");
	came(1, 1, EVENT_CALLED, CALL_SEND, "silence");
	came(0, 3, EVENT_CALLED, CALL_SEND, "an ACK");
	came(1, 3, EVENT_CALLED, CALL_CLOSE, "silence");
	assert_false(part(&a, &b));
	assert_int_equal(compared, 0);
	came(0, 5, EVENT_CALLED, CALL_CLOSE, "an ACK");
	came(1, 5, EVENT_CALLED, CALL_CLOSE, "silence");
	assert_true(part(&a, &b));
}

/* ---- plays ---- */

/* Of the second stack. */
static struct {
	unsigned packet; /* this one of a play does not leave it, from 1 on */
	bool greedy;     /* RECEIVE gives an octet less, if there is one */
} mistake;
static struct tcpspec_stack_operations second;
static struct tcpspec_setup asked;
static unsigned packets;

static void put_out(void *to, const uint8_t *packet, size_t octets)
{
	(void)to;
	if (++packets != mistake.packet)
		asked.output(asked.to, packet, octets);
}

static struct tcpspec_stack *create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_setup mine = *setup;
	asked = *setup;
	mine.output = put_out;
	return tcpspec_stack_operations()->create(arena, octets, &mine, why, why_octets);
}

static void restore(struct tcpspec_stack *s, const void *from)
{
	packets = 0;
	tcpspec_stack_operations()->restore(s, from);
}

static int64_t receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	const int64_t n = tcpspec_stack_operations()->receive(s, h, to, room, now_us);
	return mistake.greedy && n > 1 ? n - 1 : n;
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

static int stacks_opened(void **state)
{
	struct error e = {""};
	(void)state;
	nothing_was_played();
	second = *tcpspec_stack_operations();
	second.create = create;
	second.restore = restore;
	second.receive = receive;
	for (unsigned i = 0; i < 2; i++) {
		struct declaration *d = declaration_read_text("target.ini", file_text("targets/reference/target.ini"), PROFILE_RFC9293, &e);
		party[i].core = d ? core_new(i, i ? &second : tcpspec_stack_operations(), d, "16", &e) : NULL;
		if (!party[i].core)
			fail_msg("%s", e.text);
		core_judges(party[i].core, false);
	}
	return 0;
}

static int stacks_closed(void **state)
{
	(void)state;
	nothing_was_played();
	for (unsigned i = 0; i < 2; i++) {
		core_free(party[i].core);
		text_free(&party[i].ladder);
	}
	return 0;
}

static struct move *adds(struct input *in, enum move_kind kind)
{
	struct move *m = &in->move[in->count++];
	*m = (struct move){.kind = (uint8_t)kind};
	return m;
}

static void calls(struct input *in, enum call call)
{
	struct move *m = adds(in, MOVE_CALL);
	while (input_calls[m->which].call != call)
		m->which++;
	m->value = 100;
}

static void hears(struct input *in, uint16_t ctl, uint16_t data)
{
	struct move *m = adds(in, MOVE_SEGMENT);
	m->ctl = ctl;
	m->data = data;
	m->fields = data ? MOVE_DATA : 0;
}

/* To no port; then an OPEN, the handshake, text that the user takes, and the end. */
static void a_connection_is_made(struct input *in)
{
	*in = (struct input){0};
	hears(in, CTL_RST, 0);
	hears(in, CTL_ACK, 0);
	calls(in, CALL_OPEN_PASSIVE);
	hears(in, CTL_SYN, 0);
	hears(in, CTL_ACK, 0);
	hears(in, CTL_ACK | CTL_PSH, 50);
	calls(in, CALL_RECEIVE);
	hears(in, CTL_FIN | CTL_ACK, 0);
}

static bool played(struct finding *f)
{
	static struct input in;
	a_connection_is_made(&in);
	compared = sure = apart = 0;
	return harness_play(&in, f);
}

static void one_stack_does_not_differ_from_itself(void **state)
{
	struct finding f = {.rule = RULE_NONE};
	(void)state;
	mistake.packet = 0;
	mistake.greedy = false;
	assert_false(played(&f));
	assert_int_equal(compared, 9); /* with the RECEIVE at its end */
	assert_true(sure >= 5);
	assert_int_equal(apart, 0);
	for (unsigned i = 0; i < 2; i++) {
		const struct point *p = party[i].point;
		assert_int_equal(party[i].points, 9);
		for (unsigned k = 1; k < 9; k++)
			assert_true(p[k - 1].step < p[k].step && p[k - 1].event < p[k].event);
		assert_int_equal(p[1].kind, EVENT_SENT);
		assert_int_equal(p[2].kind, EVENT_CALLED);
		assert_int_equal(p[2].call, CALL_OPEN_PASSIVE);
		assert_int_equal(p[3].before, LISTEN);
		assert_int_equal(p[6].call, CALL_RECEIVE);
		assert_int_equal(p[6].before, ESTABLISHED);
		assert_string_equal(text_string(&p[6].seen), "=> ESTABLISHED; 50 octets");
		assert_string_equal(text_string(&p[8].seen), "=> CLOSE-WAIT; 0 octets");
	}
	finding_free(&f);
}

static void a_stack_that_stays_silent_differs(void **state)
{
	struct finding f = {.rule = RULE_NONE};
	(void)state;
	mistake.packet = 1;
	mistake.greedy = false;
	assert_true(played(&f));
	assert_int_equal(f.rule, RULE_stacks_differ);
	assert_int_equal(f.state, CLOSED);
	assert_non_null(strstr(f.words, "reference: <SEQ=SEG.ACK><CTL=RST> => CLOSED\nlwIP: => CLOSED"));
	const char *first = strstr(text_string(&f.ladder), "reference:\n"), *other = strstr(text_string(&f.ladder), "\nlwIP:\n");
	assert_true(first && other && first < other);
	const char *mark = strstr(first, "<== here they part");
	assert_true(mark && mark < other && strstr(other, "<== here they part"));
	/* The move that is marked is the second. */
	while (*mark != '\n')
		mark--;
	assert_non_null(strstr(mark, "<CTL=ACK>"));
	finding_free(&f);
}

static void a_user_who_is_given_less_is_told(void **state)
{
	struct finding f = {.rule = RULE_NONE};
	(void)state;
	mistake.packet = 0;
	mistake.greedy = true;
	assert_true(played(&f));
	assert_int_equal(f.rule, RULE_stacks_differ);
	assert_int_equal(f.state, ESTABLISHED);
	assert_non_null(strstr(f.words, "reference: => ESTABLISHED; 50 octets\nlwIP: => ESTABLISHED; 49 octets"));
	finding_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_answers_alike_does_not_part),
	    cmocka_unit_test(what_answers_otherwise_parts),
	    cmocka_unit_test(what_may_differ_does_not_part),
	    cmocka_unit_test(a_move_that_one_was_not_given_shifts_nothing),
	    cmocka_unit_test(another_stimulus_is_another_move),
	    cmocka_unit_test_setup_teardown(one_stack_does_not_differ_from_itself, stacks_opened, stacks_closed),
	    cmocka_unit_test_setup_teardown(a_stack_that_stays_silent_differs, stacks_opened, stacks_closed),
	    cmocka_unit_test_setup_teardown(a_user_who_is_given_less_is_told, stacks_opened, stacks_closed),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: two stacks", tests, NULL, NULL);
}
