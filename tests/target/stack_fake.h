/* A stack that is no TCP: it answers what a test told it to answer, and writes down what it was asked. Linked in, for tests of what stands on the table. */
#ifndef TCPSPEC_TESTS_TARGET_STACK_FAKE_H
#define TCPSPEC_TESTS_TARGET_STACK_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/target/in_process.h"

static struct {
	/* What it answers, from the next call on. */
	int64_t listen, connect, find, send, receive, close, release, abort, forget;
	unsigned told, state;
	uint64_t next_us;
	uint32_t wrong_at;   /* RECEIVE gives another octet than the stream's at this place, when above 0 */
	const char *refusal; /* why it does not start; NULL: it does */
	/* What it was asked. */
	char log[600]; /* "listen(80, 0) find" */
	char settings[200];
	uint64_t seed, now_us;
	uint32_t given; /* octets of the stream, so far */
	const uint8_t *sent;
	unsigned created, destroyed;
} fake;

struct tcpspec_stack {
	uint64_t state; /* what a snapshot keeps */
	void (*output)(void *to, const uint8_t *packet, size_t octets);
	void *to;
};

static void fake_logs(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void fake_logs(const char *format, ...)
{
	const size_t n = strlen(fake.log);
	va_list arguments;

	snprintf(fake.log + n, sizeof fake.log - n, "%s", n ? " " : "");
	va_start(arguments, format);
	vsnprintf(fake.log + strlen(fake.log), sizeof fake.log - strlen(fake.log), format, arguments);
	va_end(arguments);
}

static size_t fake_arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)setup;
	if (fake.refusal)
		snprintf(why, why_octets, "%s", fake.refusal);
	return fake.refusal ? 0 : sizeof(struct tcpspec_stack);
}

static struct tcpspec_stack *fake_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_stack *s = arena;

	(void)why;
	(void)why_octets;
	assert_true(octets == sizeof *s && setup->size == sizeof *setup);
	*s = (struct tcpspec_stack){.output = setup->output, .to = setup->to};
	fake.created++;
	fake.seed = setup->seed;
	fake.now_us = setup->now_us;
	fake.settings[0] = '\0';
	for (const char *const *setting = setup->setting; *setting; setting += 2)
		snprintf(fake.settings + strlen(fake.settings), sizeof fake.settings - strlen(fake.settings), "%s:%s ", setting[0], setting[1]);
	return s;
}

static void fake_destroy(struct tcpspec_stack *s)
{
	(void)s;
	fake.destroyed++;
}

/* Puts out what came in. */
static void fake_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	fake_logs("input(%zu, %llu)", octets, (unsigned long long)now_us);
	s->state++;
	s->output(s->to, packet, octets);
}

/* Puts out the time, one octet of it. */
static uint64_t fake_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	const uint8_t octet = (uint8_t)now_us;

	fake_logs("poll(%llu)", (unsigned long long)now_us);
	s->output(s->to, &octet, 1);
	return fake.next_us;
}

static int64_t fake_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us)
{
	(void)s;
	fake.now_us = now_us;
	fake_logs("listen(%u, %u, %u)", local->family, port, (unsigned)receive_buffer);
	return fake.listen;
}

static int64_t fake_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us)
{
	(void)s;
	fake.now_us = now_us;
	fake_logs("connect(%u:%u, %u:%u, %u)", ends->local.octets[3], ends->local_port, ends->remote.octets[3], ends->remote_port, (unsigned)receive_buffer);
	return fake.connect;
}

static int64_t fake_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	(void)s;
	(void)ends;
	fake_logs("find");
	return fake.find;
}

static int64_t fake_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	(void)s;
	fake.now_us = now_us;
	fake.sent = octets;
	fake_logs("send(%lld, %zu, %u)", (long long)h, n, flags);
	return fake.send > (int64_t)n ? (int64_t)n : fake.send;
}

static int64_t fake_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	int64_t n = fake.receive > (int64_t)room ? (int64_t)room : fake.receive;

	(void)s;
	fake.now_us = now_us;
	fake_logs("receive(%lld, %zu)", (long long)h, room);
	if (n <= 0)
		return n;
	stream_fill(to, fake.given, (uint32_t)n);
	if (fake.wrong_at >= fake.given && fake.wrong_at - fake.given < (uint32_t)n && fake.wrong_at)
		to[fake.wrong_at - fake.given] ^= 1;
	fake.given += (uint32_t)n;
	fake.receive -= n;
	if (fake.receive == 0)
		fake.receive = TCPSPEC_AGAIN;
	return n;
}

static int64_t fake_let_go(const char *call, int64_t h, uint64_t now_us, int64_t code)
{
	fake.now_us = now_us;
	fake_logs("%s(%lld)", call, (long long)h);
	return code;
}

static int64_t fake_close(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)s;
	return fake_let_go("close", h, now_us, fake.close);
}

static int64_t fake_release(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)s;
	return fake_let_go("release", h, now_us, fake.release);
}

static int64_t fake_abort(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)s;
	return fake_let_go("abort", h, now_us, fake.abort);
}

static int64_t fake_forget(struct tcpspec_stack *s, int64_t h)
{
	(void)s;
	return fake_let_go("forget", h, 0, fake.forget);
}

static unsigned fake_told(struct tcpspec_stack *s, int64_t h)
{
	(void)s;
	assert_true(h > 0);
	return fake.told;
}

static unsigned fake_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	(void)s;
	assert_int_equal(ends->local.family, ends->remote.family);
	return fake.state;
}

static int64_t fake_set(struct tcpspec_stack *s, int64_t h, const char *name, uint64_t value)
{
	(void)s;
	fake_logs("set(%lld, %s, %llu)", (long long)h, name, (unsigned long long)value);
	return strcmp(name, "retries") == 0 ? TCPSPEC_UNSUPPORTED : 0;
}

static size_t fake_snapshot_octets(const struct tcpspec_stack *s)
{
	return sizeof s->state;
}

static void fake_snapshot(const struct tcpspec_stack *s, void *to)
{
	memcpy(to, &s->state, sizeof s->state);
}

static void fake_restore(struct tcpspec_stack *s, const void *from)
{
	memcpy(&s->state, from, sizeof s->state);
}

static const struct tcpspec_stack_operations fake_operations = {
    .version = TCPSPEC_STACK_VERSION,
    .size = sizeof fake_operations,
    .name = "fake 7",
    .arena_octets = fake_arena_octets,
    .create = fake_create,
    .destroy = fake_destroy,
    .input = fake_input,
    .poll = fake_poll,
    .listen = fake_listen,
    .connect = fake_connect,
    .find = fake_find,
    .send = fake_send,
    .receive = fake_receive,
    .close = fake_close,
    .release = fake_release,
    .abort = fake_abort,
    .forget = fake_forget,
    .told = fake_told,
    .state = fake_state,
    .set = fake_set,
    .snapshot_octets = fake_snapshot_octets,
    .snapshot = fake_snapshot,
    .restore = fake_restore,
};

/* ---- the target on it ---- */

struct stack_bench {
	struct declaration declaration;
	struct target target;
	struct link link;
	struct in_process *process;
	struct connection *connection; /* IPv4, port 80, from port 4000 */
};

/* A stack that has no connection: listen() gives 80, connect() 1000. */
static void fake_begins(void)
{
	memset(&fake, 0, sizeof fake);
	fake.listen = 80;
	fake.connect = 1000;
	fake.find = TCPSPEC_NONE;
	fake.next_us = UINT64_MAX;
}

static void stack_bench_begin(struct stack_bench *b, const struct tcpspec_stack_operations *o)
{
	struct endpoint at = {.family = IPV4, .target_port = 80, .tester_port = 4000};
	struct error e = {""};

	fake_begins();
	memset(b, 0, sizeof *b);
	b->declaration.model = model_default(PROFILE_RFC9293);
	snprintf(b->declaration.file, sizeof b->declaration.file, "fake.ini");
	in_process_link(&b->link);
	if (!target_in_process_begin(&b->target, &b->link, o, &b->declaration, 7, &e))
		fail_msg("%s", e.text);
	b->process = target_in_process(&b->target);
	assert_non_null(b->process);
	at.target = b->link.target[0];
	at.tester = b->link.tester[0];
	b->connection = b->target.operations->open(b->target.self, &at, &e);
	assert_non_null(b->connection);
}

static inline int stack_bench_start(void **state)
{
	static struct stack_bench b;

	stack_bench_begin(&b, &fake_operations);
	*state = &b;
	return 0;
}

static inline int stack_bench_stop(void **state)
{
	struct stack_bench *b = *state;

	target_stop(&b->target);
	return 0;
}

static inline struct call_answer stack_call(struct stack_bench *b, enum call call, uint32_t n)
{
	struct call_answer a;
	struct error e = {""};

	fake.log[0] = '\0';
	if (!b->target.operations->call(b->target.self, b->connection, call, n, false, &a, &e))
		fail_msg("%s", e.text);
	return a;
}

static inline unsigned stack_signals(struct stack_bench *b)
{
	unsigned signals;
	struct error e = {""};

	assert_true(b->target.operations->signals(b->target.self, b->connection, &signals, &e));
	return signals;
}

#endif
