/* The octets of the fuzzer's inputs, both ways: any octets are an input, what is written reads back as the same, another version is refused by name; and what the mutator makes of inputs keeps all of that. Nothing is played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "fuzz/input.c"
#include "fuzz/input_script.c"
#include "fuzz/mutate.c"
#include "fuzz/phrase.c"

enum { TIMES = 5000 };

/* Written, it reads as the same program, and is written the same again. */
static void assert_kept(const struct input *in)
{
	static struct input back;
	uint8_t octets[INPUT_OCTETS_MAX], again[INPUT_OCTETS_MAX];
	struct error e = {.text = ""};
	const size_t n = input_encode(in, octets, sizeof octets);
	assert_int_not_equal(n, 0);
	assert_true(input_decode(octets, n, &back, &e));
	assert_int_equal(back.count, in->count);
	assert_true(input_equal(in, &back));
	assert_int_equal(input_encode(&back, again, sizeof again), n);
	assert_memory_equal(octets, again, n);
}

static void what_is_drawn_is_kept(void **state)
{
	static struct input in, other, joined;
	struct rng r = rng_seeded(7);
	(void)state;
	for (unsigned i = 0; i < TIMES; i++) {
		input_random(&in, &r, MOVES_MAX);
		assert_kept(&in);
		input_mutate(&in, &r);
		assert_kept(&in);
		input_splice(&joined, &in, &other, &r);
		assert_kept(&joined);
		other = in;
	}
}

/* A phrase is whole: it is an input, and its calls are those that it means. */
static void a_phrase_is_an_input(void **state)
{
	static struct input in;
	struct rng r = rng_seeded(11);
	struct phrase p;
	(void)state;
	for (unsigned i = 0; i < TIMES; i++) {
		if (i % 2)
			phrase_opening(&p, &r);
		else
			phrase_draw(&p, &r);
		assert_in_range(p.count, 1, PHRASE_MAX);
		in.count = (uint8_t)p.count;
		memcpy(in.move, p.move, p.count * sizeof *p.move);
		assert_kept(&in);
		assert_true(i % 2 == 0 || input_calls[p.move[0].which].call == CALL_OPEN_PASSIVE || input_calls[p.move[0].which].call == CALL_OPEN_ACTIVE);
	}
}

static void any_octets_are_an_input(void **state)
{
	static struct input in;
	struct rng r = rng_seeded(8);
	uint8_t octets[300];
	(void)state;
	for (unsigned i = 0; i < TIMES; i++) {
		const size_t n = 1 + rng_below(&r, sizeof octets);
		for (size_t k = 0; k < n; k++)
			octets[k] = (uint8_t)(rng_below(&r, 3) ? rng_below(&r, 256) : rng_below(&r, 8));
		octets[0] = INPUT_VERSION;
		assert_true(input_decode(octets, n, &in, NULL));
		assert_true(in.count <= MOVES_MAX);
		assert_kept(&in);
	}
}

static void any_input_is_a_script(void **state)
{
	static struct input in;
	struct rng r = rng_seeded(9);
	struct script *s = input_script_new();
	(void)state;
	for (unsigned i = 0; i < TIMES; i++) {
		input_random(&in, &r, MOVES_MAX);
		const bool any = input_script(&in, ~0U, s);
		assert_int_equal(any, s->count > 0);
		assert_int_equal(s->count % 2, 0);
		assert_true(s->count <= 2 * in.count);
		for (size_t k = 0; k < s->count; k += 2)
			assert_int_equal(s->step[k + 1].kind, STEP_BY_MODEL);
	}
	script_free(s);
}

static void another_version_is_refused_by_name(void **state)
{
	const uint8_t octets[] = {INPUT_VERSION + 1, 0, 1, 0, 0, 0};
	static struct input in;
	struct error e = {.text = ""};
	(void)state;
	assert_false(input_decode(octets, sizeof octets, &in, &e));
	assert_non_null(strstr(e.text, "octet 0 says version 2"));
	assert_false(input_decode(octets, 0, &in, &e));
	assert_non_null(strstr(e.text, "0 octets"));
	assert_int_equal(in.count, 0);
}

static void what_does_not_fit_is_not_written(void **state)
{
	static struct input in;
	struct rng r = rng_seeded(10);
	uint8_t octets[INPUT_OCTETS_MAX];
	(void)state;
	input_random(&in, &r, MOVES_MAX);
	const size_t n = input_encode(&in, octets, sizeof octets);
	for (size_t room = 0; room < n; room++)
		assert_int_equal(input_encode(&in, octets, room), 0);
	assert_int_equal(input_encode(&in, octets, n), n);
}

/* Of a shorter and shorter input: until all of it fits. */
static size_t most_that_fits(struct input in, size_t room)
{
	uint8_t octets[INPUT_OCTETS_MAX];
	size_t n;
	while ((n = input_encode(&in, octets, room)) == 0 && in.count)
		in.count--;
	return n;
}

static void as_many_moves_as_fit_are_written(void **state)
{
	static struct input in;
	struct rng r = rng_seeded(11);
	uint8_t octets[INPUT_OCTETS_MAX], all[INPUT_OCTETS_MAX];
	(void)state;
	input_random(&in, &r, MOVES_MAX);
	const size_t n = input_encode(&in, all, sizeof all);
	for (size_t room = 0; room <= n + 1; room++) {
		const size_t most = input_encode_most(&in, octets, room);
		assert_int_equal(most, most_that_fits(in, room));
		assert_memory_equal(octets, all, most);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_drawn_is_kept),
	    cmocka_unit_test(a_phrase_is_an_input),
	    cmocka_unit_test(any_octets_are_an_input),
	    cmocka_unit_test(any_input_is_a_script),
	    cmocka_unit_test(another_version_is_refused_by_name),
	    cmocka_unit_test(what_does_not_fit_is_not_written),
	    cmocka_unit_test(as_many_moves_as_fit_are_written),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: input", tests, NULL, NULL);
}
