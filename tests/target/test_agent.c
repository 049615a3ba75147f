/* The agent without its loop: the protocol octet by octet, whatever else may come, and what it holds. In a network namespace of its own, for it connects wherever it is told to. */
#define AGENT_EMBEDDED
#include "targets/agent/tcpspec-agent.c"

#include <dirent.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/ioctl.h>

#include <cmocka.h>

#include "lib/base/rng.h"
#include "lib/net/namespace.h"

enum { RANDOM_MESSAGES = 4000,
       MUTATED_MESSAGES = 8000,
       MANY_SOCKETS = 3000 };

/* ---- asking ---- */

static struct agent *opened(void)
{
	char why[300];
	struct agent *a = agent_open(NULL, 0x0105, why, sizeof why);

	if (!a)
		fail_msg("%s", why);
	return a;
}

static unsigned descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* Octets of a message: header, then data. How many. */
static size_t message_make(uint8_t *to, unsigned method, const void *data, size_t n)
{
	const uint8_t head[HEADER] = {0x01, 0x05, (uint8_t)(method >> 8), (uint8_t)method, 0, 0, (uint8_t)((n + 8) >> 8), (uint8_t)(n + 8), 0, 0, 0, 0, 1, 1, 0, 0};

	memcpy(to, head, HEADER);
	memcpy(to + HEADER, data, n);
	return HEADER + n;
}

/* The result; the answer stands in a->out. */
static unsigned asked(struct agent *a, unsigned method, const void *data, size_t n)
{
	uint8_t message[512];

	a->last_length = 0;
	agent_message(a, message, message_make(message, method, data, n));
	assert_true(a->last_length >= HEADER);
	assert_int_equal(a->out[14], TID_RESPONSE);
	return a->out[15];
}

#define ASKED(a, method, ...) asked(a, method, (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static void loopback_up(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_true(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0);
	close(fd);
}

/* ---- the protocol ---- */

/* The example of the protocol's description: CREATE_AND_BIND, bind, port 7, any IPv4. */
static void the_example(void **state)
{
	static const uint8_t example[] = {0x01, 0x05, 0x02, 0x01, 0x00, 0x00, 0x00, 0x11, 0xaa, 0xbb, 0xcc, 0xdd, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00, 0x07, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00};
	static const uint8_t answer[] = {0x01, 0x05, 0x02, 0x01, 0x00, 0x00, 0x00, 0x0a, 0xaa, 0xbb, 0xcc, 0xdd, 0x01, 0x01, 0x80, 0x00, 0x00, 0x00};
	struct agent *a = opened();

	(void)state;
	agent_message(a, example, sizeof example);
	assert_int_equal(a->last_length, sizeof answer);
	assert_memory_equal(a->out, answer, sizeof answer);
	/* The same id: it came twice, and is not done twice. */
	agent_message(a, example, sizeof example);
	assert_int_equal(a->count, 1);
	assert_memory_equal(a->out, answer, sizeof answer);
	agent_close(a);
}

static void general(void **state)
{
	struct agent *a = opened();

	(void)state;
	assert_int_equal(ASKED(a, 0x0001, 0), E_OK);
	assert_memory_equal(a->out + HEADER, ((const uint8_t[]){0, 1, 0, 2, 0, 0}), 6);
	assert_int_equal(a->last_length, HEADER + 6);
	assert_int_equal(asked(a, 0x0002, "", 0), E_OK);
	assert_int_equal(ASKED(a, 0x0003, 0, 7, 0, 0), E_OK);
	assert_int_equal(asked(a, 0x007f, "", 0), E_OK);
	assert_int_equal(a->out[HEADER + 1], PROFILE);
	assert_int_equal(asked(a, 0x0042, "", 0), E_NTF);
	assert_int_equal(asked(a, 0x0101, "", 0), E_NTF); /* UDP's group */
	agent_close(a);
}

static void what_is_refused(void **state)
{
	struct agent *a = opened();

	(void)state;
	assert_int_equal(ASKED(a, 0x0201, 1, 0, 7, 0, 5, 0, 0, 0, 0, 0), E_INV); /* an address of five octets */
	assert_int_equal(ASKED(a, 0x0201, 1, 0, 7, 0, 4, 0, 0, 0), E_INV);
	assert_int_equal(ASKED(a, 0x0201, 1, 0, 7, 0, 4, 10, 1, 2, 3), E_UBS); /* nobody's address */
	assert_int_equal(ASKED(a, 0x0200, 0, 9, 0), E_ISD);
	assert_int_equal(ASKED(a, 0x0205, 0xff, 0xff, 0, 80, 0, 4, 127, 0, 0, 1), E_ISD);
	assert_int_equal(ASKED(a, 0x0201, 1, 0x10, 0, 0, 4, 127, 0, 0, 1), E_OK);
	assert_int_equal(ASKED(a, 0x0202, 0, 0, 0, 1, 0, 0, 0), E_INV); /* of nothing no octet can be repeated */
	assert_int_equal(ASKED(a, 0x0206, 0, 0, 0, 6, 0, 2, 0, 0), E_INV);
	assert_int_equal(ASKED(a, 0x0206, 0, 0, 0x12, 0x34, 0, 1, 0), E_INV);
	assert_int_equal(ASKED(a, 0x0207, 0, 0, 3), E_INV);
	assert_int_equal(ASKED(a, 0x0207, 0, 0, 1), E_CNE);
	assert_int_equal(ASKED(a, 0x0200, 0, 0, 1), E_CNE); /* it had no connection, and is gone all the same */
	assert_int_equal(ASKED(a, 0x0200, 0, 0, 1), E_ISD);
	agent_close(a);
}

/* Listens, connects to itself, sends, receives, and is told of the end. Sockets: 0 listens, 1 is the client's, 2 the accepted one. */
static void a_conversation(void **state)
{
	struct agent *a = opened();

	(void)state;
	assert_int_equal(ASKED(a, 0x0201, 1, 0x10, 0, 0, 4, 127, 0, 0, 1), E_OK);
	assert_int_equal(ASKED(a, 0x0204, 0, 0, 0xff, 0xff), E_OK);
	assert_int_equal(ASKED(a, 0x0201, 1, 0xff, 0xff, 0, 4, 127, 0, 0, 1), E_OK);
	assert_int_equal(ASKED(a, 0x0205, 0, 1, 0x10, 0, 0, 4, 127, 0, 0, 1), E_OK);
	/* Whatever is asked next, the event has gone out before its answer. */
	assert_int_equal(ASKED(a, 0x0202, 0, 1, 0, 5, 0, 0, 2, 'a', 'b'), E_OK);
	assert_int_equal(a->count, 3);
	assert_memory_equal(a->event, ((const uint8_t[]){0x01, 0x05, 0x82, 0x04, 0, 0, 0, 20, 0, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 2}), 20);
	assert_memory_equal(a->event + 22, ((const uint8_t[]){0, 4, 127, 0, 0, 1}), 6);
	assert_int_equal(ASKED(a, 0x0203, 0, 2, 0, 3, 0xff, 0xff), E_OK);
	assert_memory_equal(a->event, ((const uint8_t[]){0x01, 0x05, 0x82, 0x03, 0, 0, 0, 15, 0, 0, 0, 0, 1, 1, 2, 0, 0, 5, 0, 3, 'a', 'b', 'a'}), 23);
	assert_int_equal(ASKED(a, 0x0203, 0, 2, 0, 3, 0xff, 0xff), E_PEN);
	assert_int_equal(ASKED(a, 0x0207, 0, 1, 1), E_OK);
	assert_int_equal(ASKED(a, 0x0202, 0, 1, 0, 0, 0, 0, 1, 'c'), E_COC);
	assert_int_equal(ASKED(a, 0x027e, 0, 2), E_OK);
	assert_int_equal(a->out[HEADER + 1], TOLD_EOF);
	assert_int_equal(ASKED(a, 0x0203, 0, 2, 0, 3, 0, 9), E_OK);
	assert_memory_equal(a->event + HEADER, ((const uint8_t[]){0, 0, 0, 0}), 4);
	assert_int_equal(ASKED(a, 0x0200, 0, 2, 1), E_OK);
	assert_int_equal(ASKED(a, 0x027e, 0, 1), E_OK);
	assert_int_equal(a->out[HEADER + 1], TOLD_RESET);
	agent_close(a);
}

/* ---- whatever comes ---- */

static void random_messages(void **state)
{
	struct agent *a = opened();
	struct rng r = rng_seeded(1);
	const unsigned before = descriptors();
	uint8_t octets[300];

	(void)state;
	for (unsigned i = 0; i < RANDOM_MESSAGES; i++) {
		const size_t n = rng_below(&r, sizeof octets);
		for (size_t k = 0; k < n; k++)
			octets[k] = (uint8_t)rng_u32(&r);
		agent_message(a, octets, n);
	}
	assert_int_equal(a->last_length, 0); /* none was taken for a request */
	assert_int_equal(descriptors(), before);
	agent_close(a);
}

/* A header that passes, a primitive that there is, and data that is right but for what chance has changed. */
static size_t message_mutated(uint8_t *to, struct rng *r)
{
	static const struct {
		uint16_t method;
		uint8_t length, data[44];
	} right[] = {
	    {0x0201, 9, {1, 0xff, 0xff, 0, 4, 127, 0, 0, 1}},
	    {0x0201, 21, {1, 0xff, 0xff, 0, 16, [20] = 1}},
	    {0x0204, 4, {0, 0, 0xff, 0xff}},
	    {0x0205, 10, {0, 1, 0x10, 0, 0, 4, 127, 0, 0, 1}},
	    {0x0202, 9, {0, 1, 0, 99, 0x28, 0, 2, 'a', 'b'}},
	    {0x0203, 6, {0, 1, 0xff, 0xff, 0xff, 0xff}},
	    {0x0206, 7, {0, 1, 0, 6, 0, 1, 1}},
	    {0x0206, 10, {0, 1, 0xff, 0xfd, 0, 4, 0, 0, 0x13, 0x88}},
	    {0x0207, 3, {0, 1, 1}},
	    {0x0200, 3, {0, 2, 1}},
	    {0x027f, 16, {0x10, 0, 0, 4, 127, 0, 0, 1, 0x10, 1, 0, 4, 127, 0, 0, 1}},
	    {0x027e, 2, {0, 1}},
	    {0x027d, 19, {0, 3, 1, 0x10, 0, 0, 4, 127, 0, 0, 1, 0x10, 1, 0, 4, 127, 0, 0, 1}},
	    {0x027c, 15, {0, 1, 0x10, 0, 0, 4, 127, 0, 0, 1, 0, 9, 0, 1, 'a'}},
	    {0x0003, 4, {0, 1, 0, 0}},
	    {0x007f, 0, {0}},
	};
	const unsigned which = rng_below(r, sizeof right / sizeof *right);
	const size_t n = message_make(to, right[which].method, right[which].data, right[which].length);
	const unsigned changes = rng_below(r, 4);

	/* Sockets are small numbers: those that there are are met. */
	if (right[which].length >= 2 && right[which].method != 0x0201)
		to[HEADER + 1] = (uint8_t)rng_below(r, 40);
	for (unsigned i = 0; i < changes; i++)
		to[2 + rng_below(r, (uint32_t)n - 2)] = (uint8_t)rng_u32(r);
	return rng_below(r, 50) ? n : rng_below(r, (uint32_t)n);
}

static void mutated_messages(void **state)
{
	struct agent *a = opened();
	struct rng r = rng_seeded(2);
	const unsigned before = descriptors();
	uint8_t octets[512];

	(void)state;
	for (unsigned i = 0; i < MUTATED_MESSAGES; i++)
		agent_message(a, octets, message_mutated(octets, &r));
	assert_int_equal(ASKED(a, 0x0003, 0, 1, 0, 0), E_OK);
	assert_int_equal(descriptors(), before);
	assert_int_equal(ASKED(a, 0x0201, 1, 0xff, 0xff, 0, 4, 127, 0, 0, 1), E_OK); /* and it serves on */
	agent_close(a);
}

static void many_sockets(void **state)
{
	struct agent *a = opened();
	struct rlimit files;
	const unsigned before = descriptors();
	unsigned many = 0;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	while (many < MANY_SOCKETS && ASKED(a, 0x0201, 1, 0xff, 0xff, 0, 4, 127, 0, 0, 1) == E_OK)
		many++;
	assert_true(many == MANY_SOCKETS || many + before + 8 > files.rlim_cur);
	assert_int_equal(descriptors(), before + many);
	assert_int_equal(ASKED(a, 0x0003, 0, 1, 0, 0), E_OK);
	assert_int_equal(descriptors(), before);
	agent_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_example),
	    cmocka_unit_test(general),
	    cmocka_unit_test(what_is_refused),
	    cmocka_unit_test(a_conversation),
	    cmocka_unit_test(random_messages),
	    cmocka_unit_test(mutated_messages),
	    cmocka_unit_test(many_sockets),
	};
	const char *without = getenv("NO_NAMESPACES");
	enum link_refusal refusal;
	struct error e;

	if (without && strcmp(without, "1") == 0) {
		puts("1..0 # SKIP NO_NAMESPACES=1");
		return 0;
	}
	if (namespace_make(&refusal, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		return 1;
	}
	loopback_up();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target: agent", tests, NULL, NULL);
}
