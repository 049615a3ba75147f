/* Which moves of two plays fuzz_differential holds against each other, by points that are made up: the same move of both, whatever else one of them was given. Nothing is played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_answers_alike_does_not_part),
	    cmocka_unit_test(what_answers_otherwise_parts),
	    cmocka_unit_test(what_may_differ_does_not_part),
	    cmocka_unit_test(a_move_that_one_was_not_given_shifts_nothing),
	    cmocka_unit_test(another_stimulus_is_another_move),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const int failed = cmocka_run_group_tests_name("fuzz: two stacks", tests, NULL, NULL);
	nothing_was_played();
	return failed;
}
