/* Declarations: what is in force, what is refused and with which words, and that the tree's own ones can be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/script/script.h"
#include "lib/target/declaration.h"

#define TARGET "[target]\nname = toy\nkind = linux\nfence = link\n"

static char file[64];

static void file_write(const char *octets)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_true(fputs(octets, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int file_make(void **state)
{
	int fd;

	(void)state;
	snprintf(file, sizeof file, "%s", "/tmp/tcpspec-declaration-XXXXXX");
	fd = mkstemp(file);
	return fd < 0 ? -1 : close(fd);
}

static int file_remove(void **state)
{
	(void)state;
	return unlink(file);
}

static struct declaration *read_good(const char *octets, bool as_shipped)
{
	struct error e = {""};
	struct declaration *d;

	file_write(octets);
	d = declaration_read(file, PROFILE_RFC9293, as_shipped, &e);
	if (!d)
		fail_msg("%s", e.text);
	return d;
}

/* Refused, at this line, with these words. */
static void refused(const char *octets, unsigned line, const char *words)
{
	struct error e = {""};
	char place[100];

	file_write(octets);
	assert_null(declaration_read(file, PROFILE_RFC9293, false, &e));
	snprintf(place, sizeof place, "%s:%u: ", file, line);
	if (strncmp(e.text, place, strlen(place)) != 0 || !strstr(e.text, words))
		fail_msg("expected \"%s...%s\", got \"%s\"", place, words, e.text);
}

static void test_values_in_force(void **state)
{
	struct declaration *d = read_good(TARGET "description = a toy\n"
	                                         "[choices]\nnagle = yes\nsack = no   # a comment\n"
	                                         "[constants]\nrto_min = 250 ms\nmsl = 2 min\nretries = 7\n"
	                                         "[capabilities]\nlacks = forget, sack urgent\n",
	                                  false);

	(void)state;
	assert_string_equal(d->name, "toy");
	assert_string_equal(d->kind, "linux");
	assert_string_equal(d->fence, "link");
	assert_string_equal(d->description, "a toy");
	assert_string_equal(d->known, "");
	assert_true(d->model.choices.nagle);
	assert_false(d->model.choices.sack);
	assert_int_equal(d->model.constants.rto_min, 250000);
	assert_int_equal(d->model.constants.msl, 120000000);
	assert_int_equal(d->model.constants.retries, 7);
	assert_int_equal(d->lacks, NEED_FORGET | NEED_SACK | NEED_URGENT);
	declaration_free(d);
}

static void test_unsaid_is_the_profile_default(void **state)
{
	struct declaration *d = read_good(TARGET, false);
	struct model m = model_default(PROFILE_RFC9293);

	(void)state;
	assert_memory_equal(&d->model.choices, &m.choices, sizeof m.choices);
	assert_int_equal(d->model.constants.rto_initial, m.constants.rto_initial);
	assert_int_equal(d->model.constants.msl, m.constants.msl);
	assert_int_equal(d->lacks, 0);
	assert_int_equal(d->sysctl_count, 0);
	declaration_free(d);
}

/* Whichever stands first in the file. */
static const char with_sets[] = TARGET "[choices.as-shipped]\nnagle = yes\n[choices]\nnagle = no\nsack = no\n"
                                       "[constants]\nchallenge_interval = 0 ms\nrto_min = 200 ms\n[constants.as-shipped]\nchallenge_interval = 500 ms\n"
                                       "[sysctl.measured]\nnet.ipv4.tcp_sack = 1\nnet.ipv4.tcp_wmem = 4096 65536 4194304\n"
                                       "[sysctl.as-shipped]\nnet.ipv4.tcp_ecn = 2\n[sysctl.other]\nnet.ipv4.tcp_ecn = 1\n";

static void test_measured_sections(void **state)
{
	struct declaration *d = read_good(with_sets, false);

	(void)state;
	assert_false(d->model.choices.nagle);
	assert_false(d->model.choices.sack);
	assert_int_equal(d->model.constants.challenge_interval, 0);
	assert_int_equal(d->sysctl_count, 2);
	assert_string_equal(d->sysctl[0].name, "net.ipv4.tcp_sack");
	assert_string_equal(d->sysctl[0].value, "1");
	assert_string_equal(d->sysctl[1].value, "4096 65536 4194304");
	declaration_free(d);
}

static void test_as_shipped_sections(void **state)
{
	struct declaration *d = read_good(with_sets, true);

	(void)state;
	assert_true(d->model.choices.nagle);
	assert_false(d->model.choices.sack);
	assert_int_equal(d->model.constants.challenge_interval, 500000);
	assert_int_equal(d->model.constants.rto_min, 200000);
	assert_int_equal(d->sysctl_count, 1);
	assert_string_equal(d->sysctl[0].name, "net.ipv4.tcp_ecn");
	assert_string_equal(d->sysctl[0].value, "2");
	declaration_free(d);
}

static void test_known_lies_beside(void **state)
{
	struct declaration *d = read_good(TARGET "known = known.tsv\n", false);

	(void)state;
	assert_string_equal(d->known, "/tmp/known.tsv");
	declaration_free(d);
}

static void test_unknown_words(void **state)
{
	(void)state;
	refused(TARGET "[choises]\n", 5, "the nearest is `choices`");
	refused(TARGET "[capabilities.as-shipped]\n", 5, "section `capabilities.as-shipped` is not known");
	refused(TARGET "knwon = x\n", 5, "the nearest is `known`");
	refused("[target]\nkind = linus\n", 2, "the nearest is `linux`");
	refused("[target]\nfence = lnk\n", 2, "the nearest is `link`");
	refused(TARGET "[choices]\n\nrfc5961_ask = yes\n", 7, "the nearest is `rfc5961_ack`");
	refused(TARGET "[choices.as-shipped]\nnagel = yes\n", 6, "the nearest is `nagle`");
	refused(TARGET "[constants]\nrto_minimum = 1 s\n", 6, "the nearest is `rto_min`");
	refused(TARGET "[capabilities]\nlack = sack\n", 6, "the nearest is `lacks`");
	refused(TARGET "[capabilities]\nlacks = forgot\n", 6, "the nearest is `forget`");
	refused(TARGET "[sysctl.other]\nvm.swappiness = 1\n", 6, "begins with `net.`");
}

static void test_wrong_values(void **state)
{
	(void)state;
	refused(TARGET "[choices]\nnagle = true\n", 6, "`yes` or `no`");
	refused(TARGET "[choices]\nnagle =\n", 6, "has no value");
	refused(TARGET "[constants]\nmsl = 30\n", 6, "`200 ms`");
	refused(TARGET "[constants]\nmsl = 1.5 s\n", 6, "a whole number");
	refused(TARGET "[constants]\nmsl = -1 s\n", 6, "a whole number");
	refused(TARGET "[constants]\nmsl = 25000 min\n", 6, "at most 24 hours");
	refused(TARGET "[constants]\nmsl = 18446744073709551616 us\n", 6, "at most 24 hours");
	refused(TARGET "[constants]\nmsl = 0 s\n", 6, "0 is no time");
	refused(TARGET "[constants]\nretries = 3 s\n", 6, "0 to 255");
	refused(TARGET "[constants]\nretries = 256\n", 6, "0 to 255");
	/* RFC 9293 3.8.6.3 MUST-40: less than 0.5 seconds. */
	refused(TARGET "[constants]\ndelayed_ack_max = 501 ms\n", 6, "500 ms at most");
	refused(TARGET "[constants]\nrto_min = 9 s\nrto_max = 8 s\n", 7, "rto_max is below");
}

static void test_wrong_form(void **state)
{
	(void)state;
	refused("name = toy\n", 1, "before the first section");
	refused(TARGET "[choices\n", 5, "`[name]`");
	refused(TARGET "[choices] nagle = no\n", 5, "`[name]`");
	refused(TARGET "[choices]\nnagle\n", 6, "neither `[section]` nor `key = value`");
	refused(TARGET "[choices]\n= yes\n", 6, "no key before `=`");
	refused(TARGET "[choices]\nnagle = no\n[constants]\n[choices]\nnagle = yes\n", 9, "said twice");
	refused("[target]\nname = toy\nkind = linux\n", 3, "does not say `fence`");
	refused("[target]\nkind = linux\nfence = link\n", 3, "does not say `name`");
}

static void test_no_file(void **state)
{
	struct error e = {""};

	(void)state;
	assert_null(declaration_read("/nonexistent/target.ini", PROFILE_RFC9293, false, &e));
	assert_non_null(strstr(e.text, "/nonexistent/target.ini"));
}

static void test_print(void **state)
{
	struct declaration *d = read_good(TARGET "[choices]\nrfc5961_rst = yes\nfastopen = no\n"
	                                         "[constants]\nrto_initial = 1 s\nrto_min = 200 ms\nmsl = 2 min\ntick = 1500 us\nchallenge_interval = 0 s\nretries = 15\n",
	                                  false);
	struct text out = {0};
	static const char *const pieces[] = {"rfc5961_rst=yes ", " fastopen=no ", " rto_initial=1s ", " rto_min=200ms ", " msl=120s ", " tick=1500us ", " challenge_interval=0ms ", " retries=15"};

	(void)state;
	declaration_print(d, &out);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
		if (!strstr(text_string(&out), pieces[i]))
			fail_msg("no \"%s\" in \"%s\"", pieces[i], text_string(&out));
	text_free(&out);
	declaration_free(d);
}

/* Run from the top of the tree, as `make check` does. */
static void test_linux(void **state)
{
	(void)state;
	for (int as_shipped = 0; as_shipped < 2; as_shipped++) {
		struct error e = {""};
		struct declaration *d = declaration_read("targets/linux/target.ini", PROFILE_RFC9293, as_shipped, &e);

		if (!d)
			fail_msg("%s", e.text);
		assert_string_equal(d->name, "linux");
		assert_string_equal(d->known, "targets/linux/known.tsv");
		assert_int_equal(d->model.choices.early_retransmit, as_shipped);
		assert_int_equal(d->model.constants.challenge_interval, as_shipped ? 500000 : 0);
		assert_int_equal(d->sysctl_count == 0, as_shipped);
		declaration_free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values_in_force),
	    cmocka_unit_test(test_unsaid_is_the_profile_default),
	    cmocka_unit_test(test_measured_sections),
	    cmocka_unit_test(test_as_shipped_sections),
	    cmocka_unit_test(test_known_lies_beside),
	    cmocka_unit_test(test_unknown_words),
	    cmocka_unit_test(test_wrong_values),
	    cmocka_unit_test(test_wrong_form),
	    cmocka_unit_test(test_no_file),
	    cmocka_unit_test(test_print),
	    cmocka_unit_test(test_linux),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/declaration", tests, file_make, file_remove);
}
