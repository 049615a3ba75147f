/* Compares a text with its golden file, octet by octet; under TCPSPEC_GOLDEN=write it writes the file instead (tests/golden.sh). Include behind cmocka. */
#ifndef TCPSPEC_TESTS_GOLDEN_H
#define TCPSPEC_TESTS_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"

static inline void golden_check(const char *name, const char *now)
{
	char path[256];
	const char *mode = getenv("TCPSPEC_GOLDEN");
	snprintf(path, sizeof(path), "tests/golden/%s", name); /* the tests run at the top of the tree */
	if (mode && strcmp(mode, "write") == 0) {
		FILE *to = fopen(path, "w");
		assert_non_null(to);
		assert_true(fputs(now, to) >= 0);
		assert_int_equal(fclose(to), 0);
	}
	struct error e;
	size_t size;
	char *golden = memory_file(path, &size, &e);
	if (!golden)
		fail_msg("%s", e.text);
	assert_string_equal(now, golden);
	free(golden);
}

#endif
