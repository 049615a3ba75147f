/* What a ladder is played with, as the section [given] makes it: units, ranges, the kernel's retransmissions by time, and the lines that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/target/declaration.h"

#define TARGET "[target]\nname = toy\nkind = linux\nfence = link\n[constants]\nrto_min = 200 ms\nrto_max = 120 s\ntick = 32 ms\nretries = 15\n[choices]\nsack = yes\nnagle = no\n[sysctl.measured]\nnet.ipv4.tcp_sack = 1\n[given]\n"
#define LINES                                                          \
	"sack = sysctl net.ipv4.tcp_sack yes=1 no=0\n"                 \
	"rfc1337 = sysctl net.ipv4.tcp_rfc1337 yes=1\n"                \
	"nagle = socket TCP_NODELAY yes=0 no=1\n"                      \
	"rto_min = sysctl net.ipv4.tcp_rto_min_us us\n"                \
	"rto_max = sysctl net.ipv4.tcp_rto_max_ms ms 1000..120000\n"   \
	"syn_retries = sysctl net.ipv4.tcp_syn_retries count 1..127\n" \
	"retries = sysctl net.ipv4.tcp_retries2 backoffs\n"

static char file[64];

static struct declaration *read_it(const char *octets, struct error *e)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_true(fputs(octets, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return declaration_read(file, PROFILE_RFC9293, false, e);
}

static int file_make(void **state)
{
	int fd;

	(void)state;
	snprintf(file, sizeof file, "%s", "/tmp/tcpspec-given-XXXXXX");
	fd = mkstemp(file);
	return fd < 0 ? -1 : close(fd);
}

static int file_remove(void **state)
{
	(void)state;
	return unlink(file);
}

static struct declaration *toy(void)
{
	struct error e = {""};
	struct declaration *d = read_it(TARGET LINES, &e);

	if (!d)
		fail_msg("%s", e.text);
	return d;
}

static void test_units_and_ranges(void **state)
{
	static const struct {
		const char *with;
		bool gives;
	} of[] = {
	    {"", true},
	    {"sack=no, nagle=yes", true},
	    {"rfc1337=yes", true},
	    {"rfc1337=no", true},          /* as it declares */
	    {"timestamps=no", false},      /* no line */
	    {"rto_max=1 s", true},         /* the least */
	    {"rto_max=999 ms", false},     /* below it */
	    {"rto_max=121 s", false},      /* above the most */
	    {"rto_max=1500500 us", false}, /* no whole millisecond */
	    {"rto_min=1500500 us", true},
	    {"syn_retries=0", false},
	    {"syn_retries=127", true},
	    {"sack=no, msl=1 s", false}, /* all or nothing */
	    {"rto_max=1 s+", true},      /* it is more */
	    {"rto_max=120 s+", true},
	    {"rto_max=121 s+", false},
	    {"rto_min=1 s+", true}, /* it is less, and can be given */
	};
	struct declaration *d = toy();

	(void)state;
	for (size_t i = 0; i < sizeof of / sizeof *of; i++)
		if (declaration_gives(d, of[i].with) != of[i].gives)
			fail_msg("\"%s\": %d", of[i].with, !of[i].gives);
	declaration_free(d);
}

/* What is set for it, and the model by which it is judged. */
static void test_copy(void **state)
{
	struct declaration *d = toy(), *with = declaration_with(d, "sack=no, nagle=yes, rto_max=2 s, retries=15");

	(void)state;
	assert_false(with->model.choices.sack);
	assert_true(with->model.choices.nagle);
	assert_int_equal(with->model.constants.rto_max, 2000000);
	assert_int_equal(with->given_sysctl_count, 2); /* the retries are those that it declares */
	assert_string_equal(with->given_sysctl[0].name, "net.ipv4.tcp_sack");
	assert_string_equal(with->given_sysctl[0].value, "0");
	assert_string_equal(with->given_sysctl[1].name, "net.ipv4.tcp_rto_max_ms");
	assert_string_equal(with->given_sysctl[1].value, "2000");
	assert_int_equal(with->given_socket_count, 1);
	assert_string_equal(with->given_socket[0].name, "TCP_NODELAY");
	assert_string_equal(with->given_socket[0].value, "0");
	assert_int_equal(with->sysctl_count, 1);
	assert_true(d->model.choices.sack);
	assert_int_equal(d->given_sysctl_count, 0);
	declaration_free(with);
	declaration_free(d);
}

/* "At least": what it has is not taken from it. */
static void test_at_least(void **state)
{
	struct declaration *d = toy(), *with = declaration_with(d, "rto_min=1 s+, rto_max=2 s+");

	(void)state;
	assert_int_equal(with->model.constants.rto_min, 1000000);
	assert_int_equal(with->model.constants.rto_max, 120000000);
	assert_int_equal(with->given_sysctl_count, 1);
	assert_string_equal(with->given_sysctl[0].name, "net.ipv4.tcp_rto_min_us");
	assert_string_equal(with->given_sysctl[0].value, "1000000");
	assert_false(declaration_has(d, "rto_min=1 s+"));
	assert_true(declaration_has(d, "rto_min=200 ms+, rto_max=2 s+"));
	assert_true(declaration_has(with, "rto_min=1 s+"));
	declaration_free(with);
	declaration_free(d);
}

/* Each by hand. The k-th timeout of 200 ms, doubled, ends at 0.2*(2^k-1) s: 0.2, 0.6, 1.4, 3, 6.2, 12.6, 25.4. A connection whose RTO is 1 s sends again 0, 2, 6 s after its first retransmission, and
 * has its next timeout at 14 s: three retransmissions need an end between 6 and 14 s, which is 12.6 s, n+1 = 6. Two: between 2 and 6 s, 3 s, n+1 = 4. */
static void test_retransmissions_by_time(void **state)
{
	static const struct {
		const char *with, *value;
	} of[] = {
	    {"retries=3, rto_min=1 s", "5"},
	    {"retries=2, rto_min=1 s", "3"},
	    {"retries=3, rto_min=200 ms", "2"}, /* 0.2*(0, 2, 6), end 14: 1.4 s is no middle, but the only one: 1.2 to 2.8 */
	    {"retries=0, rto_min=1 s", NULL},
	    {"retries=12, rto_min=1 s, rto_max=1 s", NULL}, /* at 11 s the last, the end at 12 s: less than a tenth lies between */
	};
	(void)state;
	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		struct declaration *d = toy(), *with = declaration_with(d, of[i].with);
		const char *got = NULL;

		for (size_t k = 0; k < with->given_sysctl_count; k++)
			if (strcmp(with->given_sysctl[k].name, "net.ipv4.tcp_retries2") == 0)
				got = with->given_sysctl[k].value;
		if ((got == NULL) != (of[i].value == NULL) || (got && strcmp(got, of[i].value) != 0))
			fail_msg("\"%s\": %s, not %s", of[i].with, got ? got : "none", of[i].value ? of[i].value : "none");
		assert_int_equal(declaration_gives(d, of[i].with), of[i].value != NULL);
		declaration_free(with);
		declaration_free(d);
	}
}

static void test_refused(void **state)
{
	static const char *const of[][2] = {
	    {"sack = net.ipv4.tcp_sack yes=1\n", "`sysctl NAME ...` or by `socket OPTION ...`"},
	    {"sack = sysctl kernel.panic yes=1\n", "begins with `net.`"},
	    {"sack = sysctl net.ipv4.tcp_sack ms\n", "`yes=1 no=0`"},
	    {"sack = sysctl net.ipv4.tcp_sack\n", "does not say what stands for the choice"},
	    {"rto_max = sysctl net.ipv4.tcp_rto_max_ms\n", "us, ms, s, count or backoffs"},
	    {"rto_max = sysctl net.ipv4.tcp_rto_max_ms h\n", "us, ms, s, count or backoffs"},
	    {"rto_max = sysctl net.ipv4.tcp_rto_max_ms ms 9..1\n", "nothing but a range"},
	    {"rto_max = sysctl net.ipv4.tcp_rto_max_ms ms 1..2 3\n", "nothing but a range"},
	    {"rto_maximum = sysctl net.ipv4.tcp_rto_max_ms ms\n", "the nearest is `rto_max`"},
	};
	char octets[1000];

	(void)state;
	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		struct error e = {""};

		snprintf(octets, sizeof octets, "%s%s", TARGET, of[i][0]);
		assert_null(read_it(octets, &e));
		if (!strstr(e.text, of[i][1]))
			fail_msg("no \"%s\" in \"%s\"", of[i][1], e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_units_and_ranges),
	    cmocka_unit_test(test_copy),
	    cmocka_unit_test(test_at_least),
	    cmocka_unit_test(test_retransmissions_by_time),
	    cmocka_unit_test(test_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/given", tests, file_make, file_remove);
}
