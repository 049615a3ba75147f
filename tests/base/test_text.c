/* Tests of lib/base/text.h: growing, clearing and giving back. Not of printf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/base/text.h"

static void empty_is_a_string(void **state)
{
	struct text t = {0};

	(void)state;
	assert_string_equal(text_string(&t), "");
	text_clear(&t);
	assert_string_equal(text_string(&t), "");
	text_add_octets(&t, NULL, 0);
	assert_string_equal(text_string(&t), "");
	assert_int_equal(t.length, 0);
	text_free(&t);
	text_free(&t);
}

static void grows_across_every_length(void **state)
{
	struct text t = {0};

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(t.length, i);
		assert_int_equal(strlen(text_string(&t)), i);
		text_add(&t, "%c", (int)('a' + i % 26));
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(text_string(&t)[i], 'a' + i % 26);
	text_free(&t);
}

static void one_piece_longer_than_the_room(void **state)
{
	struct text t = {0};
	char piece[5000];

	(void)state;
	memset(piece, 'p', sizeof piece - 1);
	piece[sizeof piece - 1] = '\0';
	text_add(&t, "<");
	text_add(&t, "%s", piece);
	text_add(&t, ">");
	assert_int_equal(t.length, sizeof piece - 1 + 2);
	assert_int_equal(t.at[0], '<');
	assert_memory_equal(t.at + 1, piece, sizeof piece - 1);
	assert_string_equal(t.at + sizeof piece, ">");
	text_free(&t);
}

static void octets_keep_their_nul(void **state)
{
	struct text t = {0};

	(void)state;
	text_add_octets(&t, "a\0b", 3);
	text_add(&t, "%d", 7);
	assert_int_equal(t.length, 4);
	assert_memory_equal(t.at, "a\0b7", 5);
	text_free(&t);
}

static void cleared_is_empty_and_keeps_its_room(void **state)
{
	struct text t = {0};
	size_t room;

	(void)state;
	text_add(&t, "%0200d", 1);
	room = t.room;
	text_clear(&t);
	assert_string_equal(text_string(&t), "");
	assert_int_equal(t.length, 0);
	assert_int_equal(t.room, room);
	text_add(&t, "again");
	assert_string_equal(text_string(&t), "again");
	text_free(&t);
	assert_null(t.at);
	text_add(&t, "and again");
	assert_string_equal(text_string(&t), "and again");
	text_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(empty_is_a_string),
	    cmocka_unit_test(grows_across_every_length),
	    cmocka_unit_test(one_piece_longer_than_the_room),
	    cmocka_unit_test(octets_keep_their_nul),
	    cmocka_unit_test(cleared_is_empty_and_keeps_its_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
