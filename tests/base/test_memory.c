/* Tests of lib/base/memory.h: zeroes, growing, files, and the end of a process that is out of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"

static void zeroed_is_zero(void **state)
{
	unsigned char *at = memory_zeroed(100, 3);

	(void)state;
	for (int i = 0; i < 300; i++)
		assert_int_equal(at[i], 0);
	free(at);
	at = memory_zeroed(0, 8);
	assert_non_null(at);
	free(at);
}

static void resized_keeps_what_was(void **state)
{
	uint32_t *at = memory_resized(NULL, 2, sizeof *at);

	(void)state;
	at[0] = 1;
	at[1] = 2;
	at = memory_resized(at, 5000, sizeof *at);
	at[4999] = 3;
	assert_int_equal(at[0], 1);
	assert_int_equal(at[1], 2);
	free(at);
}

static void string_is_a_copy(void **state)
{
	char from[] = "a name", *copy = memory_string(from);

	(void)state;
	from[0] = 'b';
	assert_string_equal(copy, "a name");
	free(copy);
}

/* A child asks for more octets than a size_t counts. */
static void overflow_ends_the_process_with_3(void **state)
{
	int status, ends[2];
	char said[256] = "";
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		memory_resized(NULL, SIZE_MAX / 2, 4);
		_exit(0);
	}
	close(ends[1]);
	assert_true(read(ends[0], said, sizeof said - 1) > 0);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_non_null(strstr(said, "out of memory"));
}

static void file_of(const char *octets, size_t n)
{
	char path[] = "/tmp/tcpspec-test-XXXXXX";
	int fd = mkstemp(path);
	size_t size = 12345;
	struct error e;
	char *at;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, octets, n), n);
	close(fd);
	at = memory_file(path, &size, &e);
	unlink(path);
	assert_non_null(at);
	assert_int_equal(size, n);
	assert_memory_equal(at, octets, n);
	assert_int_equal(at[n], '\0');
	free(at);
}

static void file_whole_at_every_size(void **state)
{
	static const size_t sizes[] = {0, 1, 4094, 4095, 4096, 4097, 8190, 8191, 8192, 8193, 100000};
	static char octets[100000];

	(void)state;
	for (size_t i = 0; i < sizeof octets; i++)
		octets[i] = (char)('a' + i % 23);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		file_of(octets, sizes[i]);
}

static void file_without_a_known_size(void **state)
{
	struct error e;
	char *at = memory_file("/proc/self/status", NULL, &e);

	(void)state;
	assert_non_null(at);
	assert_memory_equal(at, "Name:", 5);
	free(at);
}

static void file_that_is_none(void **state)
{
	struct error e;
	size_t size;

	(void)state;
	assert_null(memory_file("/nonexistent/file", &size, &e));
	assert_non_null(strstr(e.text, "/nonexistent/file: No such file or directory"));
	assert_null(memory_file("/tmp", &size, &e));
	assert_non_null(strstr(e.text, "/tmp: Is a directory"));
	assert_null(memory_file("/nonexistent/file", &size, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(zeroed_is_zero),
	    cmocka_unit_test(resized_keeps_what_was),
	    cmocka_unit_test(string_is_a_copy),
	    cmocka_unit_test(overflow_ends_the_process_with_3),
	    cmocka_unit_test(file_whole_at_every_size),
	    cmocka_unit_test(file_without_a_known_size),
	    cmocka_unit_test(file_that_is_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
