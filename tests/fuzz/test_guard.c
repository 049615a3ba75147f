/* The guard around a stack that may find itself in disorder: each function of the table comes back from it, and asks no more, until the stack begins anew. The stack is made up: it counts what it is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fuzz/guard.h"
#include "fuzz/watch.h"

static unsigned asked;  /* calls that came to it */
static bool disorderly; /* the next one finds it in disorder */
static const struct tcpspec_stack_operations *ops;
static struct tcpspec_stack *const stack = (struct tcpspec_stack *)&asked;

static void ask(void)
{
	asked++;
	if (disorderly)
		stack_disorder("an assertion", "/somewhere/tcp.c", 7);
}

static size_t made_up_arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)setup, (void)why, (void)why_octets;
	return ask(), 5;
}

static struct tcpspec_stack *made_up_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)arena, (void)octets, (void)setup, (void)why, (void)why_octets;
	return ask(), stack;
}

static void made_up_destroy(struct tcpspec_stack *s)
{
	(void)s;
	ask();
}

static unsigned made_up_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	(void)s, (void)ends;
	return ask(), TCPSPEC_LISTEN;
}

static void made_up_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	(void)s, (void)packet, (void)octets, (void)now_us;
	ask();
}

static uint64_t made_up_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	(void)s, (void)now_us;
	return ask(), 5;
}

static int64_t made_up_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us)
{
	(void)s, (void)local, (void)port, (void)receive_buffer, (void)now_us;
	return ask(), 5;
}

static int64_t made_up_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us)
{
	(void)s, (void)ends, (void)receive_buffer, (void)now_us;
	return ask(), 5;
}

static int64_t made_up_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	(void)s, (void)ends;
	return ask(), 5;
}

static int64_t made_up_accept(struct tcpspec_stack *s, int64_t listener, struct tcpspec_ends *ends)
{
	(void)s, (void)listener, (void)ends;
	return ask(), 5;
}

static int64_t made_up_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	(void)s, (void)h, (void)octets, (void)n, (void)flags, (void)now_us;
	return ask(), 5;
}

static int64_t made_up_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	(void)s, (void)h, (void)to, (void)room, (void)now_us;
	return ask(), 5;
}

static int64_t made_up_ends(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)s, (void)h, (void)now_us;
	return ask(), 5;
}

static int64_t made_up_forget(struct tcpspec_stack *s, int64_t h)
{
	(void)s, (void)h;
	return ask(), 5;
}

static unsigned made_up_told(struct tcpspec_stack *s, int64_t h)
{
	(void)s, (void)h;
	return ask(), 5;
}

static int64_t made_up_set(struct tcpspec_stack *s, int64_t h, const char *name, uint64_t value)
{
	(void)s, (void)h, (void)name, (void)value;
	return ask(), 5;
}

static size_t made_up_snapshot_octets(const struct tcpspec_stack *s)
{
	(void)s;
	return ask(), 5;
}

static void made_up_snapshot(const struct tcpspec_stack *s, void *to)
{
	(void)s, (void)to;
	ask();
}

static void made_up_restore(struct tcpspec_stack *s, const void *from)
{
	(void)s, (void)from;
	ask();
}

static int64_t made_up_connect_text(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, const uint8_t *octets, size_t n, uint64_t now_us)
{
	(void)s, (void)ends, (void)receive_buffer, (void)octets, (void)n, (void)now_us;
	return ask(), 5;
}

static const struct tcpspec_stack_operations made_up = {
    .version = TCPSPEC_STACK_VERSION,
    .size = sizeof made_up,
    .name = "made up",
    .arena_octets = made_up_arena_octets,
    .create = made_up_create,
    .destroy = made_up_destroy,
    .input = made_up_input,
    .poll = made_up_poll,
    .listen = made_up_listen,
    .connect = made_up_connect,
    .find = made_up_find,
    .accept = made_up_accept,
    .send = made_up_send,
    .receive = made_up_receive,
    .close = made_up_ends,
    .release = made_up_ends,
    .abort = made_up_ends,
    .forget = made_up_forget,
    .told = made_up_told,
    .state = made_up_state,
    .set = made_up_set,
    .snapshot_octets = made_up_snapshot_octets,
    .snapshot = made_up_snapshot,
    .restore = made_up_restore,
    .connect_text = made_up_connect_text,
};

/* ---- each function, by its number ---- */

/* What it returns as one number: 0 where it returns nothing. Of those that begin anew there are BEGINNINGS, behind the others. */
enum { GUARDED_CALLS = 18,
       BEGINNINGS = 3 };
static int64_t call(unsigned which)
{
	char why[64];
	switch (which) {
	case 0:
		return ops->input(stack, NULL, 0, 0), 0;
	case 1:
		return (int64_t)ops->poll(stack, 0);
	case 2:
		return ops->listen(stack, NULL, 0, 0, 0);
	case 3:
		return ops->connect(stack, NULL, 0, 0);
	case 4:
		return ops->find(stack, NULL);
	case 5:
		return ops->accept(stack, 1, NULL);
	case 6:
		return ops->send(stack, 1, NULL, 0, 0, 0);
	case 7:
		return ops->receive(stack, 1, NULL, 0, 0);
	case 8:
		return ops->close(stack, 1, 0);
	case 9:
		return ops->release(stack, 1, 0);
	case 10:
		return ops->abort(stack, 1, 0);
	case 11:
		return ops->forget(stack, 1);
	case 12:
		return ops->told(stack, 1);
	case 13:
		return ops->state(stack, NULL);
	case 14:
		return ops->set(stack, 1, NULL, 0);
	case 15:
		return (int64_t)ops->snapshot_octets(stack);
	case 16:
		return ops->snapshot(stack, NULL), 0;
	case 17:
		return ops->destroy(stack), 0;
	case 18:
		return (int64_t)ops->arena_octets(NULL, why, sizeof why);
	case 19:
		return ops->create(NULL, 0, NULL, why, sizeof why) != NULL;
	default:
		return ops->restore(stack, NULL), 0;
	}
}

static __attribute__((noinline)) void call_from_below(unsigned which)
{
	volatile uint8_t octets[2048];
	octets[0] = octets[sizeof octets - 1] = 0;
	call(which);
}

static void begins(void)
{
	disorderly = false;
	ops = guard_operations(&made_up);
	ops->restore(stack, NULL);
	watch_begin(0);
	asked = 0;
}

/* ---- what holds ---- */

static void what_is_in_order_goes_through(void **state)
{
	(void)state;
	begins();
	for (unsigned i = 0; i < GUARDED_CALLS + BEGINNINGS; i++) {
		asked = 0;
		const int64_t said = call(i);
		assert_int_equal(asked, 1);
		assert_true(said == 0 || said == 1 || said == 5 || said == TCPSPEC_LISTEN);
	}
	assert_int_equal(watch_disordered()->rule, RULE_NONE);
	assert_string_equal(ops->name, "made up");
	assert_null(ops->connect_text);
}

static void each_call_comes_back_from_disorder(void **state)
{
	(void)state;
	for (unsigned i = 0; i < GUARDED_CALLS + BEGINNINGS; i++) {
		begins();
		disorderly = true;
		const int64_t said = call(i);
		assert_int_not_equal(said, 5);
		assert_int_equal(watch_disordered()->rule, RULE_stack_disorder);
		assert_string_equal(watch_disordered()->words, "an assertion, tcp.c:7");
	}
}

/* What lay on the stack of a call that is over is gone. */
static __attribute__((noinline)) void frames_scrubbed(void)
{
	volatile uint8_t octets[8192];
	for (size_t i = 0; i < sizeof octets; i++)
		octets[i] = 0xff;
}

/* Whatever was called before, and came back as it should. */
static void the_way_back_is_that_of_the_call_under_way(void **state)
{
	(void)state;
	for (unsigned before = 0; before < GUARDED_CALLS + BEGINNINGS; before++)
		for (unsigned i = 0; i < GUARDED_CALLS; i++) {
			begins();
			call_from_below(before);
			frames_scrubbed();
			disorderly = true;
			assert_int_not_equal(call(i), 5);
			assert_int_equal(watch_disordered()->rule, RULE_stack_disorder);
		}
}

static void a_failure_says_so(void **state)
{
	static const int64_t wants[GUARDED_CALLS] = {[1] = -1, [2] = TCPSPEC_NONE, [3] = TCPSPEC_NONE, [4] = TCPSPEC_NONE, [5] = TCPSPEC_NONE, [6] = TCPSPEC_NONE, [7] = TCPSPEC_NONE, [8] = TCPSPEC_NONE, [9] = TCPSPEC_NONE, [10] = TCPSPEC_NONE, [11] = TCPSPEC_NONE, [13] = TCPSPEC_CLOSED, [14] = TCPSPEC_NONE};
	(void)state;
	for (unsigned i = 0; i < GUARDED_CALLS; i++) {
		begins();
		disorderly = true;
		assert_int_equal(call(i), wants[i]); /* now, */
		assert_int_equal(call(i), wants[i]); /* and from then on */
	}
}

static void a_stack_in_disorder_is_asked_nothing(void **state)
{
	(void)state;
	begins();
	disorderly = true;
	ops->input(stack, NULL, 0, 0);
	disorderly = false;
	asked = 0;
	for (unsigned i = 0; i < GUARDED_CALLS; i++)
		call(i);
	assert_int_equal(asked, 0);
}

static void it_begins_anew(void **state)
{
	(void)state;
	for (unsigned i = GUARDED_CALLS; i < GUARDED_CALLS + BEGINNINGS; i++) {
		begins();
		disorderly = true;
		ops->input(stack, NULL, 0, 0);
		disorderly = false;
		call(i);
		assert_int_equal(ops->state(stack, NULL), TCPSPEC_LISTEN);
		disorderly = true;
		assert_int_equal(ops->state(stack, NULL), TCPSPEC_CLOSED);
	}
}

static void why_it_cannot_begin_is_told(void **state)
{
	char why[64] = "";
	(void)state;
	begins();
	disorderly = true;
	assert_null(ops->create(NULL, 0, NULL, why, sizeof why));
	assert_string_equal(why, "it finds itself in disorder");
	why[0] = '\0';
	assert_int_equal(ops->arena_octets(NULL, why, sizeof why), 0);
	assert_string_equal(why, "it finds itself in disorder");
}

/* As it puts out a packet its state is asked for: the way out is that of the call, whichever of the two finds the disorder. */
static void input_that_asks_within(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	(void)packet, (void)octets, (void)now_us;
	disorderly = false;
	ops->state(s, NULL);
	disorderly = true;
	ask();
}

static void input_that_is_asked_too_much(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	(void)packet, (void)octets, (void)now_us;
	ops->state(s, NULL);
	fail_msg("it went on in disorder");
}

static void a_call_within_a_call_has_the_same_way_out(void **state)
{
	struct tcpspec_stack_operations within = made_up;
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		begins();
		within.input = i ? input_that_is_asked_too_much : input_that_asks_within;
		ops = guard_operations(&within);
		disorderly = true;
		ops->input(stack, NULL, 0, 0);
		assert_int_equal(watch_disordered()->rule, RULE_stack_disorder);
	}
}

static void what_it_has_not_the_table_has_not(void **state)
{
	struct tcpspec_stack_operations least = made_up;
	(void)state;
	least.accept = NULL;
	least.told = NULL;
	ops = guard_operations(&least);
	assert_null(ops->accept);
	assert_null(ops->told);
	assert_non_null(ops->state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_in_order_goes_through),
	    cmocka_unit_test(each_call_comes_back_from_disorder),
	    cmocka_unit_test(the_way_back_is_that_of_the_call_under_way),
	    cmocka_unit_test(a_failure_says_so),
	    cmocka_unit_test(a_stack_in_disorder_is_asked_nothing),
	    cmocka_unit_test(it_begins_anew),
	    cmocka_unit_test(why_it_cannot_begin_is_told),
	    cmocka_unit_test(a_call_within_a_call_has_the_same_way_out),
	    cmocka_unit_test(what_it_has_not_the_table_has_not),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: guard", tests, NULL, NULL);
}
