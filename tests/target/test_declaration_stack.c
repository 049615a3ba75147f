/* Declarations of stacks in our process: the library and its settings, a library that stands for its declaration, and which libraries are refused when they are loaded.
 * The libraries are those that the Makefile builds beside the tests, from doc/toy and tests/toy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/script/script.h"
#include "lib/target/in_process.h"

#define STACK "[target]\nname = toy\nkind = stack\n"

static char folder[64];

static void path_make(char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", folder, name);
}

static void file_write(const char *name, const char *octets)
{
	char path[PATH_MAX];
	FILE *f;

	path_make(path, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(octets, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void file_remove(const char *name)
{
	char path[PATH_MAX];

	path_make(path, name);
	unlink(path);
}

static int folder_make(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "%s", "/tmp/tcpspec-stack-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int folder_remove(void **state)
{
	(void)state;
	file_remove("target.ini");
	file_remove("libx.ini");
	file_remove("libx.so");
	return rmdir(folder);
}

static struct declaration *read_good(const char *name)
{
	char path[PATH_MAX];
	struct error e = {""};
	struct declaration *d;

	path_make(path, name);
	d = declaration_read(path, PROFILE_RFC9293, false, &e);
	if (!d)
		fail_msg("%s", e.text);
	return d;
}

static void refused(const char *octets, const char *words)
{
	char path[PATH_MAX];
	struct error e = {""};

	file_write("target.ini", octets);
	path_make(path, "target.ini");
	assert_null(declaration_read(path, PROFILE_RFC9293, false, &e));
	if (strncmp(e.text, path, strlen(path)) != 0 || !strstr(e.text, words))
		fail_msg("expected \"%s...%s...\", got \"%s\"", path, words, e.text);
}

static void test_stack(void **state)
{
	struct declaration *d;

	(void)state;
	file_write("target.ini", STACK "library = libtoy.so\n[stack]\nbuffer = 64 KiB   # a comment\nR2 = 100 s\n[choices]\nnagle = no\n");
	d = read_good("target.ini");
	assert_string_equal(d->kind, "stack");
	assert_string_equal(d->library, "libtoy.so"); /* looked for by its name */
	assert_string_equal(d->fence, "call");
	assert_int_equal(d->stack_count, 2);
	assert_string_equal(d->stack[0].name, "buffer");
	assert_string_equal(d->stack[0].value, "64 KiB");
	assert_string_equal(d->stack[1].name, "R2");
	assert_string_equal(d->stack[1].value, "100 s");
	assert_false(d->model.choices.nagle);
	declaration_free(d);
}

static void test_library_lies_beside(void **state)
{
	char want[PATH_MAX];
	struct declaration *d;

	(void)state;
	file_write("target.ini", STACK "fence = call\nlibrary = ./build/libtoy.so\n");
	d = read_good("target.ini");
	path_make(want, "./build/libtoy.so");
	assert_string_equal(d->library, want);
	declaration_free(d);
	file_write("target.ini", STACK "library = /opt/libtoy.so\n");
	d = read_good("target.ini");
	assert_string_equal(d->library, "/opt/libtoy.so");
	declaration_free(d);
}

static void test_refused(void **state)
{
	(void)state;
	refused(STACK, "[target] does not say `library`: a target of kind stack is a shared library, add `library = libNAME.so`");
	refused("[target]\nname = toy\nkind = linux\nfence = link\nlibrary = libtoy.so\n", "kind = linux has no library: say `kind = stack`");
	refused("[target]\nname = toy\nkind = linux\nfence = link\n[stack]\nnagle = off\n", "kind = linux has no section [stack]");
	refused(STACK "library = libtoy.so\nfence = link\n", "fence = link: a stack in our process has answered when a call of it returns: say `fence = call`");
	refused(STACK "library = libtoy.so\n[sysctl.measured]\nnet.ipv4.tcp_sack = 1\n", "kind = stack has no sysctls");
	refused(STACK "library = libtoy.so\n[stack]\nnagle = off\nnagle = on\n", ":7: `nagle` is said twice in [stack]");
	refused(STACK "library = libtoy.so\n[stack]\nnagle\n", ":6: `nagle` is neither");
	refused(STACK "library = libtoy.so\n[stack.as-shipped]\nnagle = on\n", "section `stack.as-shipped` is not known; the nearest is `");
	refused(STACK "librarry = libtoy.so\n", "key `librarry` is not known; the nearest is `library`");
}

static void test_is_library(void **state)
{
	(void)state;
	assert_true(declaration_is_library("libtoy.so"));
	assert_true(declaration_is_library("./x.d/toy.so.1.20"));
	assert_true(declaration_is_library("/a.so.b/c.so"));
	assert_false(declaration_is_library("linux"));
	assert_false(declaration_is_library("targets/linux/target.ini"));
	assert_false(declaration_is_library("x.so/target.ini"));
	assert_false(declaration_is_library("libtoy.so.ini"));
	assert_false(declaration_is_library("libtoy.sox"));
	assert_false(declaration_is_library("./.so"));
}

/* Without a declaration what the profile says holds. */
static void test_library_alone(void **state)
{
	const struct model m = model_default(PROFILE_RFC9293);
	char want[PATH_MAX];
	struct declaration *d;

	(void)state;
	file_remove("libx.ini");
	d = read_good("libx.so.2");
	path_make(want, "libx.so.2");
	assert_string_equal(d->name, "x");
	assert_string_equal(d->kind, "stack");
	assert_string_equal(d->fence, "call");
	assert_string_equal(d->library, want);
	assert_memory_equal(&d->model.choices, &m.choices, sizeof m.choices);
	assert_int_equal(d->lacks, 0);
	assert_int_equal(d->stack_count, 0);
	declaration_free(d);
	/* A bare name means a file here, and is no name to be looked for. */
	d = declaration_read("libquiteanother.so", PROFILE_RFC9293, false, NULL);
	assert_string_equal(d->library, "./libquiteanother.so");
	assert_string_equal(d->name, "quiteanother");
	declaration_free(d);
}

static void test_library_with_declaration(void **state)
{
	char want[PATH_MAX];
	struct error e = {""};
	struct declaration *d;

	(void)state;
	file_write("libx.ini", STACK "library = libanother.so\n[capabilities]\nlacks = urgent\n[stack]\nnagle = off\n");
	d = read_good("libx.so");
	path_make(want, "libx.so");
	assert_string_equal(d->name, "toy");
	assert_string_equal(d->library, want); /* the one that was named */
	assert_int_equal(d->lacks, NEED_URGENT);
	assert_int_equal(d->stack_count, 1);
	declaration_free(d);
	file_write("libx.ini", "[target]\nname = toy\nkind = linux\nfence = link\n");
	assert_null(declaration_read(want, PROFILE_RFC9293, false, &e));
	assert_non_null(strstr(e.text, "which is of kind stack: say `kind = stack`"));
}

/* ---- loading: a library that is built beside this program ---- */

static bool started(const char *path, struct target *t, struct error *e)
{
	struct declaration *d = declaration_read(path, PROFILE_RFC9293, false, e);
	struct link l;
	bool good;

	assert_non_null(d);
	in_process_link(&l);
	good = target_in_process_start(t, &l, d, 1, e);
	if (good)
		target_stop(t);
	declaration_free(d);
	return good;
}

/* $(BUILD)/tests/target/this -> $(BUILD)/toy/NAME */
static void built_path(char path[PATH_MAX], const char *name)
{
	const ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 64);

	assert_true(n > 0);
	path[n] = '\0';
	for (int up = 0; up < 3; up++)
		*strrchr(path, '/') = '\0';
	snprintf(path + strlen(path), 64, "/toy/%s", name);
}

static void test_loads_the_toy(void **state)
{
	char path[PATH_MAX];
	struct target t;
	struct error e = {""};

	(void)state;
	built_path(path, "libtoy.so");
	if (!started(path, &t, &e))
		fail_msg("%s", e.text);
}

static void not_loaded(const char *path, const char *words)
{
	struct target t;
	struct error e = {""};

	assert_false(started(path, &t, &e));
	if (!strstr(e.text, words))
		fail_msg("expected \"...%s...\", got \"%s\"", words, e.text);
	assert_null(t.operations);
}

static void test_not_loaded(void **state)
{
	char path[PATH_MAX];

	(void)state;
	built_path(path, "libversion.so");
	not_loaded(path, "libversion.so: built for version 2 of tcpspec/stack.h, this tcpspec speaks version 1: build it again with the header of this tcpspec");
	built_path(path, "libnothing.so");
	not_loaded(path, "libnothing.so: it exports no tcpspec_stack_operations(): define it as tcpspec/stack.h declares it");
	built_path(path, "librefuses.so");
	not_loaded(path, "librefuses.so: least 1 does not start: 1500 octets are too small a link: give it at least 9000");
	built_path(path, "libpart.so");
	not_loaded(path, "libpart.so: its table has no input: only members that say so");
	not_loaded("/nonexistent/libx.so", "/nonexistent/libx.so: there is no such file: build the library, or give the path");
	file_remove("libx.ini");
	file_write("libx.so", "This is no library.\n");
	path_make(path, "libx.so");
	not_loaded(path, "libx.so: it is no shared library: build one with cc -shared -fPIC");
}

/* The first half of the toy, then all of it for another machine. */
static void test_not_whole(void **state)
{
	char path[PATH_MAX];
	static char octets[1 << 20];
	size_t n;
	FILE *f;

	(void)state;
	built_path(path, "libtoy.so");
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(octets, 1, sizeof octets, f);
	assert_int_equal(fclose(f), 0);
	file_remove("libx.ini");
	path_make(path, "libx.so");
	for (int other = 0; other < 2; other++) {
		f = fopen(path, "wb");
		assert_non_null(f);
		octets[18] = (char)(octets[18] ^ other); /* e_machine */
		assert_int_equal(fwrite(octets, 1, other ? n : n / 2, f), other ? n : n / 2);
		assert_int_equal(fclose(f), 0);
		not_loaded(path, other ? "libx.so: it cannot be loaded: " : "libx.so: the file is cut short: build or copy it again");
	}
	not_loaded(path, "; it must be made for this machine, with all that it needs linked in");
}

static void test_looked_for(void **state)
{
	char path[PATH_MAX];

	(void)state;
	file_write("target.ini", STACK "library = libnowhere.so\n");
	path_make(path, "target.ini");
	not_loaded(path, "target.ini: libnowhere.so is neither in /");
	not_loaded(path, "/lib/tcpspec/: build it (`make`), install it (`make install`), or write its path with a slash");
}

static void test_unknown_setting(void **state)
{
	char path[PATH_MAX], library[PATH_MAX], octets[PATH_MAX + 100];

	(void)state;
	built_path(library, "libtoy.so");
	snprintf(octets, sizeof octets, STACK "library = %s\n[stack]\nnagel = off\n", library);
	file_write("target.ini", octets);
	path_make(path, "target.ini");
	not_loaded(path, "target.ini: toy 1 does not start: there is no setting `nagel`; this stack has none");
}

/* What a ladder is played with changes the copy's model and its settings, and nothing of the original. */
static void test_given(void **state)
{
	struct error e = {""};
	struct declaration *d, *with;
	char path[PATH_MAX];

	(void)state;
	file_write("target.ini", "[target]\nname = toy\nkind = stack\nlibrary = libx.so\n[capabilities]\ngiven = nagle, syn_retries, msl, retries\n[stack]\nmsl = 2 min\ndepth = 3\n");
	path_make(path, "target.ini");
	d = declaration_read(path, PROFILE_RFC9293, false, &e);
	assert_non_null(d);
	assert_true(declaration_gives(d, ""));
	assert_true(declaration_gives(d, "msl=1 s, nagle=no"));
	assert_false(declaration_gives(d, "msl=1 s, rto_max=9 s"));
	assert_false(declaration_gives(d, "sack=no"));
	assert_true(declaration_gives(d, "retries=3"));
	assert_true(declaration_has(d, ""));
	assert_true(declaration_has(d, "rto_initial=1 s")); /* the standard's, which it does not say otherwise */
	assert_false(declaration_has(d, "rto_initial=1 s, rto_min=9 s"));
	assert_false(declaration_gives(d, "synack_retries=3"));
	with = declaration_with(d, "msl=1 s, nagle=no");
	assert_int_equal(with->model.constants.msl, 1000000);
	assert_int_equal(d->model.constants.msl, 120000000);
	assert_false(with->model.choices.nagle);
	assert_int_equal(with->stack_count, 3);
	assert_string_equal(with->stack[0].value, "1 s");
	assert_string_equal(with->stack[1].value, "3");
	assert_string_equal(with->stack[2].name, "nagle");
	assert_string_equal(with->stack[2].value, "no");
	assert_int_equal(d->stack_count, 2);
	assert_string_equal(d->stack[0].value, "2 min");
	declaration_free(with);
	declaration_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_stack),
	    cmocka_unit_test(test_library_lies_beside),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_is_library),
	    cmocka_unit_test(test_library_alone),
	    cmocka_unit_test(test_library_with_declaration),
	    cmocka_unit_test(test_loads_the_toy),
	    cmocka_unit_test(test_not_loaded),
	    cmocka_unit_test(test_not_whole),
	    cmocka_unit_test(test_looked_for),
	    cmocka_unit_test(test_unknown_setting),
	    cmocka_unit_test(test_given),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/declaration_stack", tests, folder_make, folder_remove);
}
