/* How the kernel's counters become libFuzzer's (fuzz/kernel.h), by files that are made up: what is read of them, when they are read, and of which script libFuzzer is told. No kernel is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "fuzz/kernel.c"

static struct kernel k;
static unsigned long opened, dropped, memory; /* what the files say */
static FILE *file[FILES];

static void file_says(unsigned which, const char *text)
{
	if (!file[which])
		file[which] = tmpfile();
	assert_non_null(file[which]);
	rewind(file[which]);
	fputs(text, file[which]);
	assert_int_equal(fflush(file[which]), 0);
	assert_int_equal(ftruncate(fileno(file[which]), (off_t)strlen(text)), 0);
	k.file[which] = fileno(file[which]);
}

static void files_say(void)
{
	char text[300];
	snprintf(text, sizeof text, "Ip: Forwarding InReceives\nIp: 1 77\nTcp: MaxConn ActiveOpens\nTcp: -1 %lu\nUdp: InDatagrams\nUdp: 5\n", opened);
	file_says(0, text);
	snprintf(text, sizeof text, "TcpExt: TCPDropped\nTcpExt: %lu\nIpExt: InOctets\nIpExt: 9\nMPTcpExt: MPMemory\nMPTcpExt: %lu\n", dropped, memory);
	file_says(1, text);
}

/* Which number of the MIB it is. */
enum { MAX_CONN,
       OPENED,
       DROPPED,
       MEMORY,
       NUMBERS };

static void begins(void)
{
	k = (struct kernel){0};
	opened = dropped = memory = 10;
	memset(told, 0, sizeof told);
	files_say();
}

static uint8_t mib_told(unsigned number)
{
	return told[FIELDS * STATES * CLASSES + number];
}

/* A script that moves a counter by so many; libFuzzer clears its counters before. What the looks before and behind it came to. */
static enum kernel_look script_moves(unsigned long *counter, unsigned long by, enum kernel_company c)
{
	memset(told, 0, sizeof told);
	const enum kernel_look before = kernel_begins(&k, c);
	*counter += by;
	files_say();
	const enum kernel_look behind = kernel_ended(&k);
	return before > behind ? before : behind;
}

static void scripts_move_nothing(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		script_moves(&opened, 0, KERNEL_BATCHED);
}

/* ---- what is read ---- */

static void only_numbers_of_tcp_are_read(void **state)
{
	uint64_t values[MIB_MAX] = {0};
	(void)state;
	begins();
	dropped = 123456789012;
	files_say();
	assert_int_equal(mib_read(&k, values), NUMBERS);
	assert_int_equal(values[MAX_CONN], (uint64_t)-1);
	assert_int_equal(values[OPENED], 10);
	assert_true(values[DROPPED] == 123456789012);
	assert_int_equal(values[MEMORY], 10);
}

static void any_text_can_be_read(void **state)
{
	static const struct {
		const char *text;
		unsigned count;
	} cases[] = {{"", 0}, {"Tcp", 0}, {"Tcp:", 0}, {"Tcp: 1", 1}, {"Tcp: 1 2\nTcp: 3", 3}, {"Tcp: a 1\n", 0}, {"Ip: 1\nTcp:\n 5\n", 0}, {"Tcp: 1 \n 5\n", 1}, {"\n\nTcp: 4\n", 1}};
	static char many[MIB_OCTETS];
	uint64_t values[MIB_MAX];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(mib_take(cases[i].text, values, 0), cases[i].count);
	memcpy(many, "Tcp:", 5);
	for (unsigned i = 0; i < MIB_MAX + 5; i++)
		memcpy(many + 4 + 2 * i, " 1", 3);
	assert_int_equal(mib_take(many, values, 0), MIB_MAX);
	assert_int_equal(mib_take(many, values, MIB_MAX - 1), MIB_MAX);
}

static void a_file_that_is_gone_says_nothing(void **state)
{
	uint64_t values[MIB_MAX];
	(void)state;
	begins();
	k.file[0] = -1;
	assert_int_equal(mib_read(&k, values), 2);
}

/* ---- what is told ---- */

static void numbers_are_told_by_their_logarithm(void **state)
{
	static const struct {
		uint64_t value;
		unsigned class;
	} cases[] = {{0, 0}, {1, 1}, {2, 2}, {3, 2}, {4, 3}, {1 << 13, 14}, {1 << 14, 15}, {UINT64_MAX, 15}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned count = 0;
		memset(told, 0, sizeof told);
		tell(3, CLOSE_WAIT, cases[i].value);
		assert_int_equal(told[(3 * STATES + CLOSE_WAIT) * CLASSES + cases[i].class], 1);
		for (size_t at = 0; at < sizeof told; at++)
			count += told[at];
		assert_int_equal(count, 1);
	}
}

static void every_input_has_a_counter(void **state)
{
	(void)state;
	memset(told, 0, sizeof told);
	kernel_input();
	assert_int_equal(told[sizeof told - 1], 1);
}

/* What the counters were before it is no script's. */
static void a_script_alone_is_told_of(void **state)
{
	(void)state;
	begins();
	assert_int_equal(script_moves(&opened, 0, KERNEL_BATCHED), KERNEL_READ);
	assert_int_equal(mib_told(OPENED), 0);
	assert_int_equal(kernel_moved(&k), 0);
	script_moves(&opened, 3, KERNEL_BATCHED);
	assert_int_equal(mib_told(OPENED), 3);
	assert_int_equal(mib_told(DROPPED), 0);
	script_moves(&dropped, 1000, KERNEL_BATCHED);
	assert_int_equal(mib_told(OPENED), 0);
	assert_int_equal(mib_told(DROPPED), UINT8_MAX);
	assert_int_equal(kernel_moved(&k), 2);
}

/* Behind the first ones they are read for a batch together, of which libFuzzer is told nothing. */
static void the_counters_are_read_for_a_batch(void **state)
{
	(void)state;
	begins();
	scripts_move_nothing(ALONE_FIRST);
	for (unsigned i = 1; i < KERNEL_BATCH_FIRST; i++)
		assert_int_equal(script_moves(&opened, 1, KERNEL_BATCHED), KERNEL_UNREAD);
	assert_int_equal(script_moves(&opened, 1, KERNEL_BATCHED), KERNEL_FRESH);
	assert_int_equal(mib_told(OPENED), 0);
	assert_int_equal(kernel_moved(&k), 0);
	assert_int_equal(script_moves(&opened, 1, KERNEL_BATCHED), KERNEL_READ); /* alone, behind a batch */
	assert_int_equal(mib_told(OPENED), 1);
	assert_int_equal(kernel_moved(&k), 1);
}

/* A counter that a script alone has moved is no news of a batch. */
static void a_batch_is_fresh_by_what_is_new(void **state)
{
	(void)state;
	begins();
	scripts_move_nothing(ALONE_FIRST - 1);
	script_moves(&dropped, 1, KERNEL_BATCHED);
	for (unsigned i = 1; i < KERNEL_BATCH_FIRST; i++)
		script_moves(&dropped, 1, KERNEL_BATCHED);
	assert_int_equal(script_moves(&dropped, 1, KERNEL_BATCHED), KERNEL_READ);
	script_moves(&dropped, 0, KERNEL_BATCHED);
	for (unsigned i = 1; i < KERNEL_BATCH_FIRST; i++)
		script_moves(&memory, 1, KERNEL_BATCHED);
	assert_int_equal(script_moves(&dropped, 1, KERNEL_BATCHED), KERNEL_FRESH);
}

/* Whatever else it has moved, before or behind in the list; and what a script alone has moved stays so. */
static void a_batch_is_fresh_by_any_counter(void **state)
{
	(void)state;
	begins();
	scripts_move_nothing(ALONE_FIRST - 1);
	script_moves(&dropped, 1, KERNEL_BATCHED);
	for (unsigned batch = 0; batch < 3; batch++) {
		for (unsigned i = 1; i < KERNEL_BATCH_FIRST; i++)
			script_moves(i == 1 ? &opened : i == 2 ? &memory
			                                       : &dropped,
			             batch == 1 && i <= 2 ? 0 : 1, KERNEL_BATCHED);
		assert_int_equal(script_moves(&dropped, 1, KERNEL_BATCHED), batch == 1 ? KERNEL_READ : KERNEL_FRESH);
		script_moves(&dropped, 0, KERNEL_BATCHED); /* alone, behind a batch */
	}
	assert_int_equal(kernel_moved(&k), 1);
}

/* Where one is to be alone, what the batch before it has moved is read first, and is not its. */
static void one_that_is_asked_for_is_alone(void **state)
{
	(void)state;
	begins();
	scripts_move_nothing(ALONE_FIRST);
	assert_int_equal(script_moves(&memory, 7, KERNEL_BATCHED), KERNEL_UNREAD);
	assert_int_equal(script_moves(&dropped, 2, KERNEL_ALONE), KERNEL_FRESH);
	assert_int_equal(mib_told(MEMORY), 0);
	assert_int_equal(mib_told(DROPPED), 2);
	assert_int_equal(kernel_moved(&k), 1);
}

/* Those of a batch that has brought something are played again in groups, which what came before is no part of, and behind which none is alone. */
static void a_group_is_read_for_itself(void **state)
{
	(void)state;
	begins();
	scripts_move_nothing(ALONE_FIRST);
	assert_int_equal(script_moves(&memory, 1, KERNEL_BATCHED), KERNEL_UNREAD);
	assert_int_equal(script_moves(&dropped, 0, KERNEL_GROUPED), KERNEL_FRESH);
	for (unsigned i = 2; i < KERNEL_GROUP; i++)
		assert_int_equal(script_moves(&dropped, 1, KERNEL_GROUPED), KERNEL_UNREAD);
	assert_int_equal(script_moves(&dropped, 1, KERNEL_GROUPED), KERNEL_FRESH);
	assert_int_equal(script_moves(&opened, 1, KERNEL_GROUPED), KERNEL_UNREAD);
	for (unsigned i = 2; i < KERNEL_GROUP; i++)
		assert_int_equal(script_moves(&opened, 0, KERNEL_BATCHED), KERNEL_UNREAD); /* one that is no part of it ends none */
	assert_int_equal(script_moves(&opened, 0, KERNEL_BATCHED), KERNEL_FRESH);
	assert_int_equal(script_moves(&opened, 0, KERNEL_BATCHED), KERNEL_UNREAD);
	assert_int_equal(kernel_moved(&k), 0);
}

/* A batch is longer the longer none has brought anything, and short again behind one that has. */
static void batches_without_news_are_longer(void **state)
{
	(void)state;
	begins();
	scripts_move_nothing(ALONE_FIRST);
	for (unsigned batch = 0; batch < 3 * STALE; batch++) {
		for (unsigned i = 1; i < (unsigned)KERNEL_BATCH_FIRST << (batch / STALE); i++)
			assert_int_equal(script_moves(&opened, 0, KERNEL_BATCHED), KERNEL_UNREAD);
		assert_int_equal(script_moves(&opened, 0, KERNEL_BATCHED), KERNEL_READ);
		assert_int_equal(script_moves(&opened, 0, KERNEL_BATCHED), KERNEL_READ); /* alone */
	}
	for (unsigned i = 1; i < KERNEL_BATCH; i++)
		assert_int_equal(script_moves(&opened, 1, KERNEL_BATCHED), KERNEL_UNREAD);
	assert_int_equal(script_moves(&opened, 1, KERNEL_BATCHED), KERNEL_FRESH);
	script_moves(&opened, 0, KERNEL_BATCHED);
	for (unsigned i = 1; i < KERNEL_BATCH_FIRST; i++)
		assert_int_equal(script_moves(&opened, 0, KERNEL_BATCHED), KERNEL_UNREAD);
	assert_int_equal(script_moves(&opened, 0, KERNEL_BATCHED), KERNEL_READ);
}

static int at_end(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FILES; i++)
		fclose(file[i]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_numbers_of_tcp_are_read),
	    cmocka_unit_test(any_text_can_be_read),
	    cmocka_unit_test(a_file_that_is_gone_says_nothing),
	    cmocka_unit_test(numbers_are_told_by_their_logarithm),
	    cmocka_unit_test(every_input_has_a_counter),
	    cmocka_unit_test(a_script_alone_is_told_of),
	    cmocka_unit_test(the_counters_are_read_for_a_batch),
	    cmocka_unit_test(a_batch_is_fresh_by_what_is_new),
	    cmocka_unit_test(a_batch_is_fresh_by_any_counter),
	    cmocka_unit_test(one_that_is_asked_for_is_alone),
	    cmocka_unit_test(a_group_is_read_for_itself),
	    cmocka_unit_test(batches_without_news_are_longer),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: the kernel's counters", tests, NULL, at_end);
}
