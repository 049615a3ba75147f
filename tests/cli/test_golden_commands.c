/* What the commands print, against golden files: help, list, show, explain, model, lint, and the complaints. The suite is the room's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/cli/cli_room.h"
#include "tests/golden.h"

/* The room's path is another each time: it becomes ROOM. */
static void room_check(const char *name, const char *out)
{
	struct text plain = {0};
	size_t n = strlen(room.path);
	while (*out) {
		const char *at = strstr(out, room.path);
		size_t length = at ? (size_t)(at - out) : strlen(out);
		text_add_octets(&plain, out, length);
		if (at)
			text_add(&plain, "ROOM");
		out += length + (at ? n : 0);
	}
	golden_check(name, text_string(&plain));
	text_free(&plain);
}

static void help(void **state)
{
	(void)state;
	cli("help");
	room_check("help.txt", room.out);
}

static void list(void **state)
{
	(void)state;
	cli("list", "made/*");
	room_check("list.txt", room.out);
}

static void show(void **state)
{
	(void)state;
	cli("show", "made/slow", "matrix/established/fin-ack/*");
	room_check("show.txt", room.out);
}

static void explain(void **state)
{
	(void)state;
	cli("explain", "made/first", "matrix/syn-received/rst/*");
	room_check("explain.txt", room.out);
}

static void edges(void **state)
{
	(void)state;
	cli("model", "--edges");
	room_check("edges.txt", room.out);
}

static void probes(void **state)
{
	(void)state;
	cli("model", "--probes");
	room_check("probes.txt", room.out);
}

static void lint(void **state)
{
	(void)state;
	char file[128];
	snprintf(file, sizeof(file), "%s/wrong.ladder", room.path);
	room_put("wrong.ladder", LADDER("made/wrong", "                    <-- <SEQ=#0><CTL=RST>     <--\n"));
	cli("lint", file);
	room_check("lint.txt", room.out);
}

static void complaints(void **state)
{
	(void)state;
	struct text all = {0};
	room_put("suite/bad.ladder", "id:     made/bad\nplays\n");
	cli("run", "made/secnod");
	text_add(&all, "%s", room.error);
	cli("run", "made/slow");
	text_add(&all, "%s", room.error);
	cli("run", "--fault", "nonsense");
	text_add(&all, "%s", room.error);
	cli("nonsense");
	text_add(&all, "%s", room.error);
	room_check("complaints.txt", text_string(&all));
	text_free(&all);
}

#define test(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)

int main(void)
{
	const struct CMUnitTest tests[] = {test(help), test(list), test(show), test(explain), test(edges), test(probes), test(lint), test(complaints)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli: golden files", tests, NULL, NULL);
}
