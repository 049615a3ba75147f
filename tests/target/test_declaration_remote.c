/* Declarations of targets behind an agent, and those that are like another: what goes together, what stands above what, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/target/declaration.h"

static char directory[] = "/tmp/tcpspec-remote-XXXXXX";

static void path_of(const char *name, char path[64])
{
	snprintf(path, 64, "%s/%s", directory, name);
}

static int room_make(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int room_remove(void **state)
{
	char path[64];
	(void)state;
	path_of("base.ini", path);
	unlink(path);
	path_of("own.ini", path);
	unlink(path);
	return rmdir(directory);
}

static void file_write(const char *name, const char *text)
{
	char path[64];
	path_of(name, path);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static struct declaration *read_as(const char *text, bool as_shipped, struct error *e)
{
	char path[64];
	file_write("own.ini", text);
	path_of("own.ini", path);
	return declaration_read(path, PROFILE_RFC9293, as_shipped, e);
}

static struct declaration *must_read(const char *text, bool as_shipped)
{
	struct error e = {.text = ""};
	struct declaration *d = read_as(text, as_shipped, &e);
	if (!d)
		fail_msg("%s", e.text);
	return d;
}

static void an_agent(void **state)
{
	struct declaration *d = must_read("[target]\nname = x\nkind = remote\nfence = link\nupper_tester = testability:tcp:10.0.0.2:80,timeout=1 s\n", false);
	(void)state;
	assert_string_equal(d->upper_tester, "testability:tcp:10.0.0.2:80,timeout=1 s");
	assert_string_equal(d->command, "");
	assert_false(declaration_is_kernel(d));
	declaration_free(d);
	d = must_read("[target]\nname = x\nkind = remote\nfence = link\nupper_tester = testability:unix\ncommand = agent\n[given]\nnagle = socket TCP_NODELAY yes=0 no=1\n[sysctl.measured]\nnet.ipv4.tcp_sack = 1\n", false);
	assert_true(declaration_is_kernel(d));
	assert_true(declaration_gives(d, "nagle=no"));
	assert_int_equal(d->sysctl_count, 1);
	declaration_free(d);
}

static const char base[] = "[target]\nname = base\nkind = linux\nfence = link\nknown = base.tsv\n[choices]\nsack = yes\ntimestamps = no\n[choices.as-shipped]\necn = yes\n[constants]\nmsl = 7 s\n"
                           "[sysctl.measured]\nnet.a = 1\nnet.b = 2\n[given]\nsack = sysctl net.s yes=1 no=0\nnagle = socket TCP_NODELAY yes=0 no=1\n[capabilities]\nlacks = urgent\n";

static void one_like_another(void **state)
{
	char known[64];
	(void)state;
	file_write("base.ini", base);
	struct declaration *d = must_read("[target]\nlike = base.ini\nname = x\nkind = remote\ncommand = c\nupper_tester = testability:unix\n[choices]\ntimestamps = yes\n[sysctl.measured]\nnet.b = 3\n[given]\nsack = sysctl net.t yes=2 no=1\n", false);
	assert_string_equal(d->name, "x");
	assert_string_equal(d->kind, "remote");
	assert_string_equal(d->fence, "link");
	path_of("base.tsv", known);
	assert_string_equal(d->known, known);
	assert_true(d->model.choices.sack && d->model.choices.timestamps && !d->model.choices.ecn);
	assert_int_equal(d->model.constants.msl, 7000000);
	assert_true(d->lacks != 0);
	assert_int_equal(d->sysctl_count, 2);
	assert_string_equal(d->sysctl[1].name, "net.b");
	assert_string_equal(d->sysctl[1].value, "3");
	assert_int_equal(d->how_count, 2);
	declaration_free(d);
	d = must_read("[target]\nlike = base.ini\nname = x\nkind = linux\n", true);
	assert_true(d->model.choices.ecn);
	declaration_free(d);
}

static void refused(const char *text, const char *words)
{
	struct error e = {.text = ""};
	assert_null(read_as(text, false, &e));
	if (!strstr(e.text, words))
		fail_msg("expected \"...%s...\", got \"%s\"", words, e.text);
}

static void what_does_not_go_together(void **state)
{
	(void)state;
	file_write("base.ini", base);
	refused("[target]\nname = x\nkind = remote\nfence = link\n", "belong together");
	refused("[target]\nname = x\nkind = exec\ncommand = c\nfence = link\nupper_tester = testability:unix\n", "belong together");
	refused("[target]\nname = x\nkind = remote\nfence = link\nupper_tester = udp:10.0.0.2:80\n", "own.ini:5: udp:10.0.0.2:80: expected testability:udp:");
	refused("[target]\nname = x\nkind = remote\nfence = link\nupper_tester = testability:udp:10.0.0.2:80\n[given]\nnagle = socket TCP_NODELAY no=1\n", "has no section [given]");
	refused("[target]\nname = x\nlike = base.ini\n", "own.ini:3: `like` stands first");
	refused("[target]\nlike = nobody.ini\n", "own.ini:2: like = nobody.ini: ");
	refused("[target]\nlike = base.ini\nkind = linux\n", "does not say `name`");
	file_write("base.ini", "[target]\nlike = own.ini\n");
	refused("[target]\nlike = base.ini\nname = x\n", "only in a file that no other is like");
	file_write("base.ini", "[choices]\nsnack = yes\n");
	refused("[target]\nlike = base.ini\nname = x\n", "base.ini:2: choice `snack`");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_agent),
	    cmocka_unit_test(one_like_another),
	    cmocka_unit_test(what_does_not_go_together),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/declaration of kind remote", tests, room_make, room_remove);
}
