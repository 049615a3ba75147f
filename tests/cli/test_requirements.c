/* The catalogue as `tcpspec requirements`, `explain` and `lint` have it, over made-up tables and results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/cli/cli_room.h"

#define ROW(id, level, observable) id "\t9293\t3.1\t" level "\tany\tDo " id "\tSee " id "\t" observable "\timmediate\t\n"
#define COVERING(id, covers)                                                                            \
	"# A segment to nowhere is answered\nid:     " id "\nlevel:  MUST\nref:    RFC 9293 3.10.7.1\n" \
	"covers: " covers "\nplays:  B\n\n     TCP A                                  TCP B\n\n"        \
	" 1.  CLOSED                                 CLOSED\n"                                          \
	" 2.               --> <SEQ=100><CTL=RST>    --> CLOSED\n"

static void directory_make(const char *inside)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", room.path, inside);
	assert_int_equal(mkdir(path, 0700), 0);
}

/* The room of the other commands, and a catalogue: M-1 proved, M-2 by cells and unproved, M-3 without a test, M-4 excused, M-5 not to be seen. */
static int catalogue_open(void **state)
{
	if (room_open(state) != 0)
		return -1;
	directory_make("doc");
	directory_make("targets/reference");
	directory_make("targets/reference/mutants");
	room_put("suite/requirements.tsv", "id\trfc\tsection\tlevel\tstates\tstimulus\texpected\tobservable\ttiming\tnote\n" ROW("M-1", "MUST", "wire") ROW("M-2", "MUST", "both") ROW("M-3", "SHOULD", "api")
	                                       ROW("M-4", "MAY", "wire") ROW("M-5", "MUST", "not-black-box-testable"));
	room_put("suite/c.ladder", COVERING("made/third", "M-1"));
	room_put("suite/cells.tsv", "# requirement\tcells\nM-2\tmatrix/closed/rst/any/*/0/v*\n");
	room_put("doc/not-tested.tsv", "M-4\tmay be either\nM-5\tnobody sees it\n");
	room_put("targets/reference/mutants/proofs.tsv", "M-1\tmade/third/b/v4\tdeaf\n");
	return 0;
}

static void each_row_has_its_status(void **state)
{
	(void)state;
	cli("requirements");
	assert_code(0);
	assert_holds(room.out, "M-1\tMUST\tRFC 9293 3.1\tcovered\tmade/third/b\n");
	assert_holds(room.out, "M-2\tMUST\tRFC 9293 3.1\tunproved\tmatrix/closed/rst/any/*/0/v*\n");
	assert_holds(room.out, "M-3\tSHOULD\tRFC 9293 3.1\tuntested\t\n");
	assert_holds(room.out, "M-4\tMAY\tRFC 9293 3.1\tnot tested\tmay be either\n");
	assert_holds(room.out, "M-5\tMUST\tRFC 9293 3.1\tnot seen\tnobody sees it\n");
	assert_holds(room.out, "# 4 requirements can be seen on the wire or through the calls: 1 covered (25.0 %;");
	cli("requirements", "M-[34]");
	assert_code(0);
	assert_null(strstr(room.out, "M-1"));
	assert_holds(room.out, "M-3");
	cli("requirements", "N-*");
	assert_code(2);
	assert_holds(room.error, "no requirement matches \"N-*\"");
	cli("requirements", "--tests");
	assert_code(0);
	assert_string_equal(room.out, "M-1\tmade/third/b\nM-2\tmatrix/closed/rst/any/*/0/v*\n");
}

static void a_proof_by_a_test_that_covers_no_more_is_none(void **state)
{
	(void)state;
	room_put("targets/reference/mutants/proofs.tsv", "M-1\tmade/first/b/v4\tdeaf\n");
	cli("requirements", "M-1");
	assert_code(0);
	assert_holds(room.out, "\tunproved\tmade/third/b\n");
	room_put("targets/reference/mutants/proofs.tsv", "M-1\tmade/third/b/v4\tdeaf\n");
}

/* The first result of the made-up run is the ladder's over IPv4. */
static void verdicts_are_the_gravest(void **state)
{
	char record[128];
	(void)state;
	snprintf(record, sizeof record, "%s/record", room.path);
	room.fake.verdict = FAIL;
	cli("requirements", "-t", "linux");
	assert_code(1);
	assert_holds(room.out, "M-1\tMUST\tRFC 9293 3.1\tcovered\tFAIL 1/2\t");
	assert_holds(room.out, "M-3\tSHOULD\tRFC 9293 3.1\tuntested\t-\t");
	cli("run", "--json", record, "made/third", "matrix/closed/rst/*");
	assert_code(1);
	room.fake.verdict = PASS;
	cli("requirements", "--from", record, "-t", "linux", "M-[12]");
	assert_code(0);
	assert_holds(room.out, "\tlinux\tlinux\t");
	assert_holds(room.out, "covered\tFAIL 1/2\tPASS\tmade/third/b\n");
	assert_holds(room.out, "unproved\tPASS\tPASS\tmatrix/");
	cli("requirements", "--from", "/nonexistent/record");
	assert_code(2);
	assert_string_equal(room.out, "");
}

static void explain_shows_tests_and_ladders(void **state)
{
	(void)state;
	cli("explain", "M-1", "made/first");
	assert_code(0);
	assert_holds(room.out, "clause   RFC 9293 3.1\n");
	assert_holds(room.out, "when     Do M-1\nthen     See M-1\n");
	assert_holds(room.out, "tests    made/third/b  A segment to nowhere is answered\n");
	assert_holds(room.out, "proved   made/third/b/v4 fails on the mutant deaf\n");
	assert_holds(room.out, " 2.                --> <SEQ=100><CTL=RST>");
	assert_holds(room.out, "id       made/first/b\n");
	cli("explain", "M-4");
	assert_code(0);
	assert_holds(room.out, "because  may be either\n");
	cli("explain", "M-9");
	assert_code(2);
}

static void lint_catalogue(const char *finding)
{
	char file[128];
	snprintf(file, sizeof file, "%s/suite/requirements.tsv", room.path);
	cli("lint", file);
	assert_code(*finding ? 1 : 0);
	assert_holds(room.out, finding);
}

static void lint_holds_the_tables_against_each_other(void **state)
{
	char file[128];
	(void)state;
	lint_catalogue("");
	room_put("suite/d.ladder", COVERING("made/fourth", "M-1, M-7"));
	snprintf(file, sizeof file, "%s/suite/d.ladder", room.path);
	cli("lint", file);
	assert_code(1);
	assert_holds(room.out, "d.ladder: covers: M-7 is no row of suite/requirements.tsv\n");
	room_put("suite/d.ladder", COVERING("made/fourth", "M-4"));
	lint_catalogue("not-tested.tsv:1: M-4 is covered by a test and excused at once");
	room_put("suite/d.ladder", COVERING("made/fourth", "M-1"));
	room_put("suite/cells.tsv", "M-8\tmatrix/closed/*\nM-2\tmatrix/nowhere/*\n");
	lint_catalogue("cells.tsv:1: M-8 is no row of suite/requirements.tsv\n");
	assert_holds(room.out, "cells.tsv:2: \"matrix/nowhere/*\" means no cell of the set exhaustive\n");
	room_put("suite/cells.tsv", "M-2\tmatrix/closed/rst/any/*/0/v*\n");
	room_put("doc/not-tested.tsv", "M-5\tnobody sees it\nM-4\tmay be either\nM-4\ttwice\n");
	lint_catalogue("not-tested.tsv:2: M-4 is out of the order");
	assert_holds(room.out, "not-tested.tsv:3: M-4 stands there twice");
	room_put("doc/not-tested.tsv", "M-4\t\n");
	lint_catalogue("not-tested.tsv:1: M-4 has no reason");
	assert_holds(room.out, "doc/not-tested.tsv: M-5 cannot be seen from outside");
	room_put("doc/not-tested.tsv", "M-4\tmay be either\nM-5\tnobody sees it\n");
	room_put("targets/reference/stack.c", "");
	lint_catalogue("proofs.tsv:1: there is no mutant \"deaf\" any more");
	room_put("targets/reference/mutants/deaf.patch", "");
	lint_catalogue("");
	room_put("suite/requirements.tsv", "id\trfc\n");
	snprintf(file, sizeof file, "%s/doc/not-tested.tsv", room.path);
	cli("lint", file);
	assert_code(2);
	assert_holds(room.error, "requirements.tsv:1: holds 2 columns, expected 10");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_row_has_its_status),
	    cmocka_unit_test(a_proof_by_a_test_that_covers_no_more_is_none),
	    cmocka_unit_test(verdicts_are_the_gravest),
	    cmocka_unit_test(explain_shows_tests_and_ladders),
	    cmocka_unit_test(lint_holds_the_tables_against_each_other),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli: requirements", tests, catalogue_open, room_close);
}
