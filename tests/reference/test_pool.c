/* Tests of targets/reference/pool.h: limits, reuse, and that nothing above the mark is touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/reference/arena.h"

static void limit_is_a_counted_refusal(void **state)
{
	struct pool *p = arena_pool(3, 64);

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(pool_take(p), i);
	assert_int_equal(p->refused, 0);
	assert_int_equal(pool_take(p), POOL_NONE);
	assert_int_equal(pool_take(p), POOL_NONE);
	assert_int_equal(p->refused, 2);
	assert_int_equal(p->taken, 3);
	free(p);
}

static void last_given_is_first_taken(void **state)
{
	struct pool *p = arena_pool(4, 64);

	(void)state;
	for (int i = 0; i < 3; i++)
		pool_take(p);
	pool_give(p, 0);
	pool_give(p, 2);
	assert_int_equal(p->taken, 1);
	assert_int_equal(pool_take(p), 2);
	assert_int_equal(pool_take(p), 0);
	assert_int_equal(pool_take(p), 3);
	assert_int_equal(pool_take(p), POOL_NONE);
	free(p);
}

static void block_comes_empty_and_unlinked(void **state)
{
	struct pool *p = arena_pool(2, 64);
	uint32_t i = pool_take(p);

	(void)state;
	pool_at(p, i)->next = 7;
	pool_at(p, i)->length = 9;
	pool_give(p, i);
	assert_int_equal(pool_take(p), i);
	assert_int_equal(pool_at(p, i)->next, POOL_NONE);
	assert_int_equal(pool_at(p, i)->length, 0);
	free(p);
}

static void blocks_lie_apart_and_within(void **state)
{
	enum { BLOCKS = 5,
	       TEXT = 24 };
	struct pool *p = arena_pool(BLOCKS, TEXT);

	(void)state;
	for (uint32_t i = 0; i < BLOCKS; i++)
		memset(pool_at(p, pool_take(p))->text, (int)i, TEXT);
	for (uint32_t i = 0; i < BLOCKS; i++) {
		assert_int_equal((uintptr_t)pool_at(p, i)->text % sizeof(uint32_t), 0);
		for (size_t k = 0; k < TEXT; k++)
			assert_int_equal(pool_at(p, i)->text[k], i);
		assert_int_equal(pool_at(p, i)->next, POOL_NONE);
	}
	assert_ptr_equal(pool_at(p, BLOCKS), (uint8_t *)(p + 1) + pool_octets(BLOCKS, TEXT));
	free(p);
}

static void what_was_never_taken_is_never_written(void **state)
{
	struct pool *p = arena_pool(8, 64);
	const uint8_t *storage = (const uint8_t *)(p + 1);

	(void)state;
	assert_int_equal(pool_used(p), 0);
	for (int i = 0; i < 3; i++)
		pool_take(p);
	pool_give(p, 1);
	pool_give(p, 2);
	pool_take(p);
	assert_int_equal(pool_used(p), pool_octets(3, 64));
	for (size_t i = pool_used(p); i < pool_octets(8, 64); i++)
		assert_int_equal(storage[i], 0xa5);
	free(p);
}

static void a_copy_elsewhere_is_as_good(void **state)
{
	enum { BLOCKS = 4,
	       TEXT = 32 };
	size_t n = sizeof(struct pool) + pool_octets(BLOCKS, TEXT);
	struct pool *p = arena_pool(BLOCKS, TEXT), *copy = malloc(n);

	(void)state;
	assert_non_null(copy);
	for (int i = 0; i < 3; i++)
		pool_take(p);
	pool_at(p, 1)->text[5] = 77;
	pool_give(p, 0);
	memcpy(copy, p, n);
	memset(p, 0, n);
	free(p);
	assert_int_equal(pool_at(copy, 1)->text[5], 77);
	assert_int_equal(pool_take(copy), 0);
	assert_int_equal(pool_take(copy), 3);
	assert_int_equal(pool_take(copy), POOL_NONE);
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(limit_is_a_counted_refusal),
	    cmocka_unit_test(last_given_is_first_taken),
	    cmocka_unit_test(block_comes_empty_and_unlinked),
	    cmocka_unit_test(blocks_lie_apart_and_within),
	    cmocka_unit_test(what_was_never_taken_is_never_written),
	    cmocka_unit_test(a_copy_elsewhere_is_as_good),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reference pool", tests, NULL, NULL);
}
