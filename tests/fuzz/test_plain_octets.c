/* Copying, moving, filling and comparing octets by functions of our own (fuzz/plain_octets.c), against loops, for each length and alignment; what lies around is left as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fuzz/plain_octets.c"

enum { LENGTH_MAX = 70, /* several words and a part of one */
       PLACES = 9,      /* each alignment */
       ROOM = 2 * PLACES + LENGTH_MAX + 16 };

static uint8_t from[ROOM], to[ROOM], wanted[ROOM];

static void octets_made(void)
{
	for (size_t i = 0; i < ROOM; i++) {
		from[i] = (uint8_t)(i * 7 + 1);
		to[i] = wanted[i] = (uint8_t)(i * 5 + 128);
	}
}

static void assert_as_wanted(void)
{
	for (size_t i = 0; i < ROOM; i++)
		assert_int_equal(to[i], wanted[i]);
}

static void octets_are_copied(void **state)
{
	(void)state;
	for (size_t n = 0; n <= LENGTH_MAX; n++)
		for (size_t a = 0; a < PLACES; a++) {
			const size_t b = PLACES - 1 - a;
			octets_made();
			for (size_t i = 0; i < n; i++)
				wanted[a + i] = from[b + i];
			assert_ptr_equal(plain_memcpy(to + a, from + b, n), to + a);
			assert_as_wanted();
		}
}

/* From any place to any other, over itself too. */
static void octets_are_moved(void **state)
{
	(void)state;
	for (size_t n = 0; n <= LENGTH_MAX; n++)
		for (size_t a = 0; a < 2 * PLACES; a++)
			for (size_t b = 0; b < 2 * PLACES; b++) {
				octets_made();
				for (size_t i = 0; i < n; i++)
					wanted[a + i] = to[b + i];
				assert_ptr_equal(plain_memmove(to + a, to + b, n), to + a);
				assert_as_wanted();
			}
}

/* The value is taken as an octet (C17 7.24.6.1). */
static void octets_are_filled(void **state)
{
	static const int values[] = {0, 1, 0x80, 0xff, 0x1a5, -1};
	(void)state;
	for (size_t n = 0; n <= LENGTH_MAX; n++)
		for (size_t a = 0; a < PLACES; a++)
			for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
				octets_made();
				for (size_t i = 0; i < n; i++)
					wanted[a + i] = (uint8_t)values[v];
				assert_ptr_equal(plain_memset(to + a, values[v], n), to + a);
				assert_as_wanted();
			}
}

/* By the first that differs, as numbers without a sign; whatever follows. */
static void octets_are_compared(void **state)
{
	(void)state;
	for (size_t n = 0; n <= LENGTH_MAX; n++) {
		octets_made();
		plain_memcpy(to + 3, from, n);
		to[3 + n]++;
		assert_int_equal(plain_memcmp(to + 3, from, n), 0);
		assert_int_equal(plain_bcmp(to + 3, from, n), 0);
		for (size_t at = 0; at < n; at++) {
			for (size_t i = 0; i < n; i++)
				to[3 + i] = i <= at ? from[i] : (uint8_t)~from[i];
			to[3 + at] = 0x80;
			from[at] = 0x7f;
			assert_true(plain_memcmp(to + 3, from, n) > 0);
			assert_true(plain_memcmp(from, to + 3, n) < 0);
			assert_int_not_equal(plain_bcmp(from, to + 3, n), 0);
			from[at] = (uint8_t)(at * 7 + 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(octets_are_copied),
	    cmocka_unit_test(octets_are_moved),
	    cmocka_unit_test(octets_are_filled),
	    cmocka_unit_test(octets_are_compared),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: plain octets", tests, NULL, NULL);
}
