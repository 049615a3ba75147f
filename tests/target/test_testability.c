/* The client of the Testability Protocol: what --upper-tester may say, the requests that calls become, and agents that are none, old, mute, dead or liars. They are scripts of answers in a child. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/target/testability.h"
#include "lib/target/testability_parts.h"
#include "lib/target/testability_spec.h"

/* ---- what may be said ---- */

static void spec_is(const char *said, const char *printed, unsigned service, uint64_t timeout_us)
{
	struct testability_spec s;
	struct error e = {""};
	char got[160];

	if (!testability_spec_read(&s, said, &e))
		fail_msg("%s", e.text);
	testability_spec_print(&s, got, sizeof got);
	assert_string_equal(got, printed);
	assert_int_equal(s.service, service);
	assert_int_equal(s.timeout_us, timeout_us);
}

static void specs(void **state)
{
	(void)state;
	spec_is("testability:udp:192.0.2.2:10000", "udp:192.0.2.2:10000", 0x0105, 2000000);
	spec_is("testability:tcp:[2001:db8::2]:80,service=0x0205,timeout=500 ms", "tcp:[2001:db8::2]:80", 0x0205, 500000);
	spec_is("testability:udp:[2001:db8::2]:80,timeout=3s", "udp:[2001:db8::2]:80", 0x0105, 3000000);
	spec_is("testability:unix:/tmp/a b", "unix:/tmp/a b", 0x0105, 2000000);
	spec_is("testability:unix", "unix:", 0x0105, 2000000);
}

static void specs_that_are_none(void **state)
{
	static const char *const wrong[] = {"testability:", "testability:udp:", "testability:udp:192.0.2.2", "testability:udp:192.0.2.2:0", "testability:udp:192.0.2.2:65536", "testability:udp:host:80", "testability:sctp:192.0.2.2:80", "testability:unixes",
	                                    "testability:udp:192.0.2.2:80,service=65536", "testability:udp:192.0.2.2:80,timeout=5 s", "testability:udp:192.0.2.2:80,timeout=1", "testability:udp:192.0.2.2:80,port=1", "exec:true"};
	struct testability_spec s;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct error e = {""};
		if (testability_spec_read(&s, wrong[i], &e))
			fail_msg("%s was taken", wrong[i]);
		assert_non_null(strstr(e.text, "expected") ? e.text : strstr(e.text, "16 bits"));
	}
}

/* ---- agents ---- */

/* One answer: to what method, how. The last one of a method stands for all that follow. */
struct reply {
	unsigned method; /* 0: the end */
	uint8_t result;
	uint8_t length, data[24];
	enum { ANSWERS,
	       IS_MUTE,
	       DIES,
	       IS_NONSENSE } how;
};

/* What every agent that is worth something answers; standing before it, others are taken first. */
static const struct reply usual[] = {
    {0x0001, 0, 6, {0, 1, 0, 2, 0, 0}, ANSWERS},
    {0x007f, 0, 12, {0, 1, 0, 0, 0, 7, 0, 4, 0xef, 0xbb, 0xbf, 0}, ANSWERS}, /* STATE, TOLD, FORGET */
    {0x027f, 0, 1, {0}, ANSWERS},
    {0x0201, 0, 2, {0, 5}, ANSWERS},
    {0, 0, 0, {0}, ANSWERS},
};

static const struct reply *reply_of(const struct reply *replies, unsigned method)
{
	for (; replies->method; replies++)
		if (replies->method == method)
			return replies;
	return NULL;
}

/* Serves until it dies, or is ended. */
static _Noreturn void agent_run(int fd, const struct reply *own)
{
	uint8_t m[512];
	struct sockaddr_un from;

	for (;;) {
		socklen_t length = sizeof from;
		const ssize_t n = recvfrom(fd, m, sizeof m, 0, (struct sockaddr *)&from, &length);
		if (n < 16)
			continue;
		const unsigned method = (unsigned)(m[2] << 8 | m[3]);
		const struct reply *r = reply_of(own, method);
		if (!r)
			r = reply_of(usual, method);
		static const struct reply fine = {1, 0, 0, {0}, ANSWERS};
		static const struct reply no_socket = {1, 0xef, 0, {0}, ANSWERS};
		if (!r)
			r = &fine;
		/* Only looking whether the primitive is there. */
		if (method >> 8 == 2 && m[16] == 0xff && m[17] == 0xff && n < 20 && r->result != 0xff)
			r = &no_socket;
		if (r->how == DIES)
			_exit(0);
		if (r->how == IS_MUTE)
			continue;
		m[7] = (uint8_t)(8 + r->length);
		m[6] = 0;
		m[14] = r->how == IS_NONSENSE ? 0x33 : 0x80;
		m[15] = r->result;
		memcpy(m + 16, r->data, r->length);
		sendto(fd, m, 16u + r->length, 0, (struct sockaddr *)&from, length);
	}
}

struct scene {
	char directory[32], spec[80];
	pid_t agent;
	struct declaration declaration;
	struct link link;
	struct target target;
	struct error e;
};

/* Starts an agent, and the target behind it. False: s->e says why not. timeout: a short one only where nothing else is to be answered within it. */
static bool scene_begin(struct scene *s, const struct reply *own, const char *timeout)
{
	static const struct declaration blank = {.kind = "remote", .fence = "link", .file = "./target.ini"};
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memset(s, 0, sizeof *s);
	snprintf(s->directory, sizeof s->directory, "/tmp/tcpspec-test-XXXXXX");
	assert_non_null(mkdtemp(s->directory));
	snprintf(at.sun_path, sizeof at.sun_path, "%s/a", s->directory);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	s->agent = fork();
	if (s->agent == 0)
		agent_run(fd, own);
	close(fd);
	s->declaration = blank;
	s->declaration.model = model_default(PROFILE_RFC9293);
	snprintf(s->declaration.upper_tester, sizeof s->declaration.upper_tester, "testability:unix:%s,timeout=%s", at.sun_path, timeout);
	link_describe(&s->link);
	s->link.attached = true;
	return target_testability_start(&s->target, &s->link, &s->declaration, 1, &s->e);
}

static void scene_end(struct scene *s)
{
	char path[48];

	if (s->target.operations)
		target_stop(&s->target);
	kill(s->agent, SIGKILL);
	waitpid(s->agent, NULL, 0);
	snprintf(path, sizeof path, "%s/a", s->directory);
	unlink(path);
	assert_int_equal(rmdir(s->directory), 0); /* nothing of ours is left there */
}

#define LONG "4 s"
#define REPLIES(...) ((const struct reply[]){__VA_ARGS__, {0, 0, 0, {0}, ANSWERS}})

static void begins_with_an_error(const struct reply *own, const char *timeout, const char *words)
{
	struct scene s;

	if (scene_begin(&s, own, timeout))
		fail_msg("it was taken, where `%s` was expected", words);
	if (!strstr(s.e.text, words))
		fail_msg("expected \"...%s...\", got \"%s\"", words, s.e.text);
	assert_null(s.target.operations);
	scene_end(&s);
}

static void agents_that_are_none(void **state)
{
	(void)state;
	begins_with_an_error(REPLIES({0x0001, 0, 0, {0}, IS_MUTE}), "100 ms", "no answer to GET_VERSION");
	begins_with_an_error(REPLIES({0x0001, 0, 6, {0, 1, 0, 2, 0, 0}, IS_NONSENSE}), "100 ms", "no answer to GET_VERSION");
	begins_with_an_error(REPLIES({0x0001, 0, 0, {0}, DIES}), "100 ms", "Connection refused when asked to GET_VERSION");
	begins_with_an_error(REPLIES({0x0001, 0, 2, {0, 1}, ANSWERS}), LONG, "GET_VERSION: E_OK with 2 octets");
	begins_with_an_error(REPLIES({0x0001, 0, 6, {0, 3, 0, 0, 0, 1}, ANSWERS}), LONG, "version 3.0.1 of the Testability Protocol, this program 1.1 and 1.2");
	begins_with_an_error(REPLIES({0x007f, 0, 12, {0, 9, 0, 0, 0, 7, 0, 4, 0xef, 0xbb, 0xbf, 0}, ANSWERS}), LONG, "version 9 of the primitives in doc/agent.md");
	begins_with_an_error(REPLIES({0x0002, 0, 0, {0}, IS_MUTE}), "500 ms", "no answer to START_TEST for 500 ms");
	begins_with_an_error(REPLIES({0x0204, 0xff, 0, {0}, ANSWERS}), LONG, "LISTEN_AND_ACCEPT: E_NTF");
}

static void agents_that_lie(void **state)
{
	(void)state;
	begins_with_an_error(REPLIES({0x027e, 0xff, 0, {0}, ANSWERS}), LONG, "TOLD: E_NTF, there is no such primitive: the agent says that it has it, and lies");
	begins_with_an_error(REPLIES({0x027d, 0xff, 0, {0}, ANSWERS}), LONG, "FORGET: E_NTF");
	begins_with_an_error(REPLIES({0x027f, 0xff, 0, {0}, ANSWERS}), LONG, "STATE: E_NTF");
	begins_with_an_error(REPLIES({0x027f, 1, 0, {0}, ANSWERS}), LONG, "STATE: E_NOK, though it said that it can tell");
	begins_with_an_error(REPLIES({0x027f, 0, 1, {4}, ANSWERS}), LONG, "STATE of ends that nobody uses: 4");
	begins_with_an_error(REPLIES({0x027f, 0, 0, {0}, ANSWERS}), LONG, "though it said that it can tell");
}

static void nobody_there(void **state)
{
	struct scene s;
	struct target t;

	(void)state;
	assert_true(scene_begin(&s, REPLIES({0x0003, 0, 0, {0}, ANSWERS}), LONG));
	snprintf(s.declaration.upper_tester, sizeof s.declaration.upper_tester, "testability:unix:%s/nobody", s.directory);
	assert_false(target_testability_start(&t, &s.link, &s.declaration, 1, &s.e));
	assert_non_null(strstr(s.e.text, "No such file or directory; is the agent running there"));
	scene_end(&s);
}

/* ---- later ---- */

static struct connection *scene_open(struct scene *s)
{
	const struct endpoint at = {.family = IPV4, .target = s->link.target[0], .tester = s->link.tester[0], .target_port = 80, .tester_port = 4000};

	return s->target.operations->open(s->target.self, &at, &s->e);
}

static void fails_later(const struct reply *own, const char *timeout, enum call call, const char *words)
{
	struct scene s;
	struct call_answer a;
	unsigned signals;

	if (!scene_begin(&s, own, timeout))
		fail_msg("%s", s.e.text);
	struct connection *c = scene_open(&s);
	const bool done = s.target.operations->call(s.target.self, c, CALL_OPEN_ACTIVE, 0, 0, &a, &s.e) && s.target.operations->call(s.target.self, c, call, 4, 0, &a, &s.e);
	assert_false(done);
	if (!strstr(s.e.text, words))
		fail_msg("expected \"...%s...\", got \"%s\"", words, s.e.text);
	/* For good, and at once. */
	assert_false(s.target.operations->signals(s.target.self, c, &signals, &s.e));
	assert_non_null(strstr(s.e.text, words));
	s.target.operations->close(s.target.self, c);
	scene_end(&s);
}

static void agents_that_fail_later(void **state)
{
	(void)state;
	fails_later(REPLIES({0x0205, 0, 0, {0}, IS_MUTE}), "500 ms", CALL_SEND, "no answer to CONNECT for 500 ms: the agent hangs or is gone");
	fails_later(REPLIES({0x0205, 0, 0, {0}, DIES}), "500 ms", CALL_SEND, "Connection refused when asked to CONNECT");
	fails_later(REPLIES({0x0205, 0xef, 0, {0}, ANSWERS}), LONG, CALL_SEND, "CONNECT: E_ISD, there is no such socket, of one that it had created");
	fails_later(REPLIES({0x0201, 0, 0, {0}, ANSWERS}), LONG, CALL_SEND, "CREATE_AND_BIND: an answer of 0 octets, which is too short");
	fails_later(REPLIES({0x0203, 0, 2, {0, 0}, ANSWERS}), "500 ms", CALL_RECEIVE, "the event that was announced does not come");
}

/* What the results are to a user. */
static void results(void **state)
{
	static const struct {
		uint8_t result;
		enum call_result call;
		unsigned signals;
	} of[] = {
	    {0x00, CALL_OK, 0},
	    {0xe6, CALL_FAILED, SIGNAL_CLOSED},
	    {0xe5, CALL_FAILED, SIGNAL_CLOSED},
	    {0x01, CALL_FAILED, 0},
	    {0xe8, CALL_FAILED, 0},
	    {0xfe, CALL_FAILED, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		struct scene s;
		struct call_answer a;
		if (!scene_begin(&s, REPLIES({0x0202, of[i].result, 0, {0}, ANSWERS}, {0x027e, 0, 2, {0, 0}, ANSWERS}), LONG))
			fail_msg("%s", s.e.text);
		struct connection *c = scene_open(&s);
		assert_true(s.target.operations->call(s.target.self, c, CALL_OPEN_ACTIVE, 0, 0, &a, &s.e));
		assert_int_equal(a.result, CALL_OK);
		if (!s.target.operations->call(s.target.self, c, CALL_SEND, 4, 0, &a, &s.e))
			fail_msg("%s", s.e.text);
		assert_int_equal(a.result, of[i].call);
		assert_int_equal(a.signals, of[i].signals);
		s.target.operations->close(s.target.self, c);
		scene_end(&s);
	}
}

/* Of connections with the same ends the latest is found, whichever of others has died. */
static void the_latest_is_found(void **state)
{
	struct tcpspec_stack *s = calloc(1, sizeof *s);
	const struct tcpspec_ends four = {.local = {4, {1}}, .remote = {4, {2}}, .local_port = 1, .remote_port = 2}, six = {.local = {6, {1}}, .remote = {6, {2}}, .local_port = 1, .remote_port = 2};

	(void)state;
	socket_known(s, &four, 1, 9);
	socket_known(s, &six, 2, 9);
	socket_known(s, &four, 3, 9);
	socket_known(s, &six, 4, 9);
	handle_dies(s, 1);
	assert_int_equal(known_find(s, &four), 3);
	assert_int_equal(known_find(s, &six), 4);
	handle_dies(s, 4);
	assert_int_equal(known_find(s, &six), 2);
	handle_dies(s, 2);
	assert_int_equal(known_find(s, &six), TCPSPEC_NONE);
	free(s->known);
	free(s);
}

/* An agent that knows the standard alone has no state to tell, and is asked for none. */
static void the_standard_alone(void **state)
{
	struct scene s;

	(void)state;
	if (!scene_begin(&s, REPLIES({0x007f, 0xff, 0, {0}, ANSWERS}, {0x027f, 0xff, 0, {0}, ANSWERS}, {0x0207, 0xff, 0, {0}, ANSWERS}), LONG))
		fail_msg("%s", s.e.text);
	assert_null(s.target.operations->state);
	assert_null(s.target.operations->signals);
	assert_string_equal(s.target.version, "agent of TC 1.2.0");
	scene_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(specs),
	    cmocka_unit_test(specs_that_are_none),
	    cmocka_unit_test(agents_that_are_none),
	    cmocka_unit_test(agents_that_lie),
	    cmocka_unit_test(nobody_there),
	    cmocka_unit_test(agents_that_fail_later),
	    cmocka_unit_test(results),
	    cmocka_unit_test(the_latest_is_found),
	    cmocka_unit_test(the_standard_alone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target: the Testability Protocol's client", tests, NULL, NULL);
}
