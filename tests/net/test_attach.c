/* Which addresses a target may have on a link that is there, and which the tester takes beside it. Interfaces are the live tests'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/net/attach.h"

static struct address address_of(const char *text)
{
	struct address a;
	assert_true(address_read(text, &a, NULL));
	return a;
}

/* The first and the last address of each block that is permitted, and their neighbours outside of it. */
static void permitted(void **state)
{
	static const char *const yes[] = {"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255", "169.254.0.0", "169.254.255.255", "192.0.2.0", "192.0.2.255", "198.51.100.0", "198.51.100.255",
	                                  "203.0.113.0", "203.0.113.255", "fe80::", "febf:ffff::1", "fc00::", "fdff:ffff::1", "2001:db8::", "2001:db8:ffff::1", "3fff::", "3fff:fff:ffff::1"};
	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		const struct address a = address_of(yes[i]);
		struct error e = {.text = ""};
		if (!attach_permits(&a, false, &e))
			fail_msg("%s", e.text);
	}
}

static void refused(void **state)
{
	static const char *const no[] = {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "169.253.255.255", "169.255.0.0", "192.0.1.255", "192.0.3.0", "198.51.99.255", "198.51.101.0",
	                                 "203.0.112.255", "203.0.114.0", "8.8.8.8", "127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "fec0::1", "fe7f:ffff::1", "fbff:ffff::1", "fe00::1", "2001:db7:ffff::1", "2001:db9::", "3fff:1000::", "::1", "::",
	                                 "ff02::1", "2001:4860:4860::8888"};
	(void)state;
	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		const struct address a = address_of(no[i]);
		struct error e = {.text = ""};
		if (attach_permits(&a, false, &e))
			fail_msg("%s is permitted", no[i]);
		assert_non_null(strstr(e.text, "not a private, link-local or documentation address"));
	}
}

/* Where the user answers for it: any one host's. */
static void owned(void **state)
{
	static const char *const yes[] = {"8.8.8.8", "10.0.0.1", "1.0.0.0", "126.255.255.255", "223.255.255.255", "2001:4860:4860::8888", "fe80::1"}, *const no[] = {"0.0.0.1", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "ff02::1"};
	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		const struct address a = address_of(yes[i]);
		struct error e = {.text = ""};
		if (!attach_permits(&a, true, &e))
			fail_msg("%s", e.text);
	}
	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		const struct address a = address_of(no[i]);
		struct error e = {.text = ""};
		if (attach_permits(&a, true, &e))
			fail_msg("%s is permitted", no[i]);
		assert_non_null(strstr(e.text, "not the address of one host on a link"));
	}
}

static void neighbours(void **state)
{
	static const struct {
		const char *target, *tester;
	} pairs[] = {
	    {"192.0.2.2", "192.0.2.3"},
	    {"192.0.2.253", "192.0.2.254"},
	    {"192.0.2.254", "192.0.2.253"}, /* not the block's last, which is for all */
	    {"10.0.0.1", "10.0.0.2"},
	    {"2001:db8::2", "2001:db8::3"},
	    {"2001:db8::ff", "2001:db8::fe"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const struct address target = address_of(pairs[i].target), want = address_of(pairs[i].tester), got = attach_neighbour(&target);
		assert_true(address_equal(&got, &want));
	}
}

/* What does not get as far as the interface. */
static void requests_that_cannot_be(void **state)
{
	struct attach_request r = {.interface = "an-interface-whose-name-is-too-long", .target = {[0] = {.family = IPV4, .octets = {10, 0, 0, 1}}}};
	struct link l;
	struct error e = {.text = ""};
	(void)state;
	assert_false(link_join(&l, &r, &e));
	assert_non_null(strstr(e.text, "at most 15 octets"));
	link_close(&l);
	r.interface = "nosuch0";
	r.netns = "/proc/self/status";
	assert_false(link_join(&l, &r, &e));
	assert_non_null(strstr(e.text, "/proc/self/status is no network namespace"));
	link_close(&l);
	r.netns = NULL;
	assert_true(link_join(&l, &r, &e));
	assert_true(l.attached);
	assert_true(link_speaks(&l, IPV4));
	assert_false(link_speaks(&l, IPV6));
	assert_int_equal(link_family(&l, IPV6), IPV4);
	assert_int_equal(l.tester[0].octets[3], 2);
	assert_false(link_attach(&l, &r, &e));
	assert_non_null(strstr(e.text, "--iface nosuch0: there is no such interface in this network namespace; there are: "));
	link_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(permitted),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(owned),
	    cmocka_unit_test(neighbours),
	    cmocka_unit_test(requests_that_cannot_be),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("net/attach", tests, NULL, NULL);
}
