/* A suite read from a directory of its own: order, repeated ids, files that are no ladders. What a ladder means is lib/script's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "suite/suite.h"

#define LADDER(id, plays)                                                                               \
	"# A segment to nowhere is answered\nid:     " id "\nlevel:  MUST\nref:    RFC 9293 3.10.7.1\n" \
	"plays:  " plays "\n\n     TCP A                                  TCP B\n\n"                    \
	" 1.  CLOSED                                 CLOSED\n"                                          \
	" 2.               --> <SEQ=100><CTL=RST>    --> CLOSED\n"

struct room {
	char path[64];
};

static void room_put(const struct room *r, const char *name, const char *text)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", r->path, name);
	FILE *to = fopen(path, "w");
	assert_non_null(to);
	assert_true(fputs(text, to) >= 0);
	assert_int_equal(fclose(to), 0);
}

static int room_make(void **state)
{
	static struct room r;
	char deeper[80];
	snprintf(r.path, sizeof(r.path), "/tmp/tcpspec-suite-XXXXXX");
	if (!mkdtemp(r.path))
		return -1;
	snprintf(deeper, sizeof(deeper), "%s/deeper", r.path);
	*state = &r;
	return mkdir(deeper, 0700);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int room_remove(void **state)
{
	return nftw(((struct room *)*state)->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* 12 rows x 8 segments. 12 rows x 8 probes, but those that are one segment: three in CLOSED and in LISTEN, one in ESTABLISHED and in FIN-WAIT-2, where SND.UNA is SND.NXT. */
enum { CELLS = 12 * 8,
       CONTROLS = 88 };

static void ladders_come_by_path_then_the_cells(void **state)
{
	struct room *r = *state;
	room_put(r, "b.ladder", LADDER("second", "B"));
	room_put(r, "a.ladder", LADDER("first", "B"));
	room_put(r, "deeper/c.ladder", LADDER("third", "B"));
	room_put(r, "notes.txt", "not a ladder");
	struct suite s;
	struct error e;
	assert_true(suite_load(&s, r->path, &e));
	assert_string_equal(text_string(&s.errors), "");
	assert_string_equal(s.script[0]->id, "first/b");
	assert_string_equal(s.script[1]->id, "second/b");
	assert_string_equal(s.script[2]->id, "third/b");
	assert_int_equal(s.count, 3 + CELLS + CONTROLS);
	for (size_t i = 3; i < 3 + CELLS; i++)
		assert_int_equal(strncmp(s.script[i]->id, "matrix/", 7), 0);
	for (size_t i = 3 + CELLS; i < s.count; i++)
		assert_int_equal(strncmp(s.script[i]->id, "control/", 8), 0);
	suite_free(&s);
}

static void a_bad_file_is_one_line_and_the_rest_stays(void **state)
{
	struct room *r = *state;
	room_put(r, "a.ladder", "id:     broken\nthis is no header\n");
	room_put(r, "b.ladder", LADDER("good", "B"));
	struct suite s;
	struct error e;
	assert_true(suite_load(&s, r->path, &e));
	assert_int_equal(s.error_count, 1);
	/* file:line:col: expected ... */
	char start[96];
	unsigned line = 0, column = 0;
	snprintf(start, sizeof(start), "%s/a.ladder:", r->path);
	const char *errors = text_string(&s.errors);
	assert_int_equal(strncmp(errors, start, strlen(start)), 0);
	assert_int_equal(sscanf(errors + strlen(start), "%u:%u: ", &line, &column), 2);
	assert_int_equal(line, 2);
	assert_non_null(strstr(errors, "expected"));
	assert_ptr_equal(strchr(errors, '\n'), errors + strlen(errors) - 1);
	assert_string_equal(s.script[0]->id, "good/b");
	suite_free(&s);
}

static void a_repeated_id_is_an_error_that_names_both(void **state)
{
	struct room *r = *state;
	room_put(r, "a.ladder", LADDER("same", "B"));
	room_put(r, "b.ladder", LADDER("same", "B"));
	struct suite s;
	struct error e;
	assert_true(suite_load(&s, r->path, &e));
	assert_int_equal(s.error_count, 1);
	assert_non_null(strstr(text_string(&s.errors), "/a.ladder"));
	assert_non_null(strstr(text_string(&s.errors), "/b.ladder"));
	assert_non_null(strstr(text_string(&s.errors), "same/b"));
	assert_int_equal(s.count, 1 + CELLS + CONTROLS);
	suite_free(&s);
}

static void a_directory_that_is_not_there_is_an_error(void **state)
{
	(void)state;
	struct suite s;
	struct error e = {.text = ""};
	assert_false(suite_load(&s, "/nowhere/at/all", &e));
	assert_non_null(strstr(e.text, "/nowhere/at/all"));
	suite_free(&s);
}

static void many_ids_stay_apart(void **state)
{
	(void)state;
	struct suite s = {0};
	for (int twice = 0; twice < 2; twice++) {
		for (unsigned i = 0; i < 5000; i++) {
			struct script *script = memory_zeroed(1, sizeof(*script));
			snprintf(script->id, sizeof(script->id), "made/%u", i);
			suite_add(&s, script);
		}
		assert_int_equal(s.count, 5000);
		assert_int_equal(s.error_count, twice * 5000);
	}
	assert_string_equal(s.script[4999]->id, "made/4999");
	suite_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(ladders_come_by_path_then_the_cells, room_make, room_remove),
	    cmocka_unit_test_setup_teardown(a_bad_file_is_one_line_and_the_rest_stays, room_make, room_remove),
	    cmocka_unit_test_setup_teardown(a_repeated_id_is_an_error_that_names_both, room_make, room_remove),
	    cmocka_unit_test(a_directory_that_is_not_there_is_an_error),
	    cmocka_unit_test(many_ids_stay_apart),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("suite: loading", tests, NULL, NULL);
}
