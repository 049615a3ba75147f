/* A stack in our process: its start, clock, packets and snapshots; what of a table is refused. The library is a fake that answers as told. */
#include "lib/script/script.h"
#include "tests/target/stack_fake.h"

static void test_start(void **state)
{
	static struct setting settings[] = {{"nagle", "off"}, {"buffer", "64 KiB"}};
	struct declaration d = {.stack = settings, .stack_count = 2, .lacks = NEED_URGENT};
	struct target t;
	struct link l;
	struct error e = {""};

	(void)state;
	fake_begins();
	in_process_link(&l);
	d.model = model_default(PROFILE_RFC9293);
	assert_true(target_in_process_begin(&t, &l, &fake_operations, &d, 99, &e));
	assert_string_equal(t.version, "fake 7");
	assert_string_equal(text_string(&t.settings), "nagle=off\nbuffer=64 KiB\n");
	assert_string_equal(fake.settings, "nagle:off buffer:64 KiB ");
	assert_int_equal(fake.seed, 99);
	assert_int_equal(fake.now_us, 1);
	assert_int_equal(in_process_now(target_in_process(&t)), 1);
	assert_int_equal(t.needs_met, (((NEED_CLOSE_UNREAD << 1) - 1) & ~(NEED_URGENT | NEED_FASTOPEN)) | NEED_SET_ALL);
	assert_null(t.operations->share);
	target_stop(&t);
	assert_int_equal(fake.destroyed, 1);
}

/* A library that has less: what it needs is not met, and what cannot be asked is not there to be asked. */
static void test_less(void **state)
{
	struct tcpspec_stack_operations o = fake_operations;
	struct stack_bench b;

	(void)state;
	o.destroy = NULL;
	o.connect = NULL;
	o.send = NULL;
	o.receive = NULL;
	o.close = NULL;
	o.forget = NULL;
	o.told = NULL;
	o.state = NULL;
	o.set = NULL;
	o.snapshot_octets = NULL;
	o.snapshot = NULL;
	o.restore = NULL;
	stack_bench_begin(&b, &o);
	assert_int_equal(b.target.needs_met & (NEED_OPEN_ACTIVE | NEED_SEND | NEED_RECEIVE | NEED_CLOSE | NEED_FORGET | NEED_EARLY_SEND), 0);
	assert_int_equal(b.target.needs_met & (NEED_OPEN_PASSIVE | NEED_RELEASE | NEED_ABORT), NEED_OPEN_PASSIVE | NEED_RELEASE | NEED_ABORT);
	assert_null(b.target.operations->state);
	assert_null(b.target.operations->signals);
	assert_false(in_process_can_restore(b.process));
	assert_int_equal(stack_call(&b, CALL_SEND, 1).result, CALL_FAILED);
	assert_int_equal(stack_call(&b, CALL_OPEN_PASSIVE, 0).result, CALL_OK);
	fake.find = 1001;
	stack_call(&b, CALL_RELEASE, 0);
	b.target.operations->close(b.target.self, b.connection);
	assert_non_null(strstr(fake.log, "abort(1001)"));
	target_stop(&b.target);
}

/* A library of a later header of the same version, whose table goes on where ours ends. */
static void test_longer_table(void **state)
{
	struct {
		struct tcpspec_stack_operations o;
		char beyond[64];
	} longer = {.o = fake_operations};
	struct stack_bench b;

	(void)state;
	longer.o.size = sizeof longer;
	stack_bench_begin(&b, &longer.o);
	target_stop(&b.target);
}

static void refused(const struct tcpspec_stack_operations *o, const char *words)
{
	struct declaration d = {.file = "fake.ini"};
	struct target t;
	struct link l;
	struct error e = {""};

	in_process_link(&l);
	d.model = model_default(PROFILE_RFC9293);
	assert_false(target_in_process_begin(&t, &l, o, &d, 1, &e));
	if (!strstr(e.text, words))
		fail_msg("expected \"...%s...\", got \"%s\"", words, e.text);
	assert_null(t.operations);
}

static void test_refused(void **state)
{
	struct tcpspec_stack_operations o = fake_operations;

	(void)state;
	fake_begins();
	refused(NULL, "returned NULL: return the address of a static table");
	o.version = 3;
	refused(&o, "built for version 3 of tcpspec/stack.h, this tcpspec speaks version 1: build it again");
	o = fake_operations;
	o.size = (uint32_t)offsetof(struct tcpspec_stack_operations, restore);
	refused(&o, "set .size = sizeof(struct tcpspec_stack_operations)");
	o = fake_operations;
	o.snapshot = NULL;
	refused(&o, "give all three or none");
	o = fake_operations;
	o.find = NULL;
	refused(&o, "has no find: only members that say so");
	fake.refusal = "there is no setting `nagel`";
	refused(&fake_operations, "fake.ini: fake 7 does not start: there is no setting `nagel`");
	fake.refusal = "";
	refused(&fake_operations, "does not say why");
	assert_int_equal(fake.created, 0);
}

static void put_out(struct in_process *p, const char *want, uint64_t at)
{
	const uint8_t *packet;
	uint64_t when;
	size_t n;

	assert_true(in_process_output(p, &packet, &n, &when));
	assert_int_equal(n, strlen(want));
	assert_memory_equal(packet, want, n);
	assert_int_equal(when, at);
}

static void nothing_put_out(struct in_process *p)
{
	const uint8_t *packet;
	uint64_t when;
	size_t n;

	assert_false(in_process_output(p, &packet, &n, &when));
}

static void test_packets(void **state)
{
	struct stack_bench *b = *state;
	struct in_process *p = b->process;

	nothing_put_out(p);
	in_process_set_now(p, 100);
	in_process_input(p, (const uint8_t *)"one", 3);
	in_process_input(p, (const uint8_t *)"", 0);
	in_process_set_now(p, 50); /* it never goes back */
	put_out(p, "one", 100);
	in_process_poll(p, 100 + '!' - 100);
	in_process_input(p, (const uint8_t *)"a longer one", 12);
	put_out(p, "", 100);
	put_out(p, "d", 100); /* the time, as the fake says it */
	put_out(p, "a longer one", 100);
	nothing_put_out(p);
}

/* What is longer than the link's packets does not arrive. */
static void test_mtu(void **state)
{
	static const uint8_t octets[1501];
	struct stack_bench *b = *state;
	const uint8_t *packet;
	uint64_t at;
	size_t n;

	in_process_input(b->process, octets, 1501);
	nothing_put_out(b->process);
	in_process_input(b->process, octets, 1500);
	assert_true(in_process_output(b->process, &packet, &n, &at));
	assert_int_equal(n, 1500);
}

static void test_next(void **state)
{
	struct stack_bench *b = *state;
	struct in_process *p = b->process;

	fake.next_us = 5000;
	fake.log[0] = '\0';
	assert_int_equal(in_process_next(p), 5000);
	assert_int_equal(in_process_next(p), 5000);
	assert_string_equal(fake.log, "poll(1)"); /* asked once */
	in_process_set_now(p, 10);
	in_process_input(p, (const uint8_t *)"x", 1);
	fake.next_us = 7000;
	assert_int_equal(in_process_next(p), 7000);
	stack_call(b, CALL_OPEN_PASSIVE, 0);
	fake.next_us = UINT64_MAX;
	assert_int_equal(in_process_next(p), UINT64_MAX);
	/* A time that is no time to come makes it slow, not endless. */
	fake.next_us = 3;
	in_process_poll(p, 20);
	assert_int_equal(in_process_next(p), 21);
}

static void test_snapshot(void **state)
{
	struct stack_bench *b = *state;
	struct in_process *p = b->process;
	struct in_process_snapshot s = {.octets = NULL};
	struct endpoint at = {.family = IPV6, .target_port = 81, .tester_port = 4001};
	uint8_t want[10];

	stack_call(b, CALL_OPEN_ACTIVE, 0);
	fake.send = 100;
	stack_call(b, CALL_SEND, 100);
	in_process_set_now(p, 40);
	in_process_snapshot(p, &s);
	/* What happens behind it: time, packets, the streams, connections that come and go. */
	for (unsigned round = 0; round < 3; round++) {
		at.target = b->link.target[1];
		at.tester = b->link.tester[1];
		assert_non_null(b->target.operations->open(b->target.self, &at, NULL));
		in_process_set_now(p, 90);
		stack_call(b, CALL_SEND, 50);
		in_process_input(p, (const uint8_t *)"x", 1);
		if (round)
			b->target.operations->close(b->target.self, b->connection);
		in_process_restore(p, &s);
		assert_int_equal(in_process_now(p), 40);
		nothing_put_out(p);
		stack_call(b, CALL_SEND, 10);
		assert_string_equal(fake.log, "send(1000, 10, 0)");
		stream_fill(want, 100, sizeof want);
		assert_memory_equal(fake.sent, want, sizeof want);
		in_process_restore(p, &s);
	}
	in_process_snapshot_free(&s);
	assert_null(s.octets);
}

static void reset_is_birth(struct stack_bench *b)
{
	struct endpoint at = {.family = IPV4, .target = b->link.target[0], .tester = b->link.tester[0], .target_port = 80, .tester_port = 4000};
	struct error e = {""};

	stack_call(b, CALL_OPEN_ACTIVE, 0);
	in_process_set_now(b->process, 1000);
	in_process_input(b->process, (const uint8_t *)"x", 1);
	assert_true(in_process_reset(b->process, &e));
	assert_int_equal(in_process_now(b->process), 1000);
	nothing_put_out(b->process);
	b->connection = b->target.operations->open(b->target.self, &at, &e);
	assert_int_equal(stack_call(b, CALL_SEND, 1).signals, SIGNAL_CLOSED);
}

static void test_reset(void **state)
{
	struct stack_bench *b = *state;

	reset_is_birth(b);
	assert_int_equal(fake.created, 1);
}

static void test_reset_anew(void **state)
{
	struct tcpspec_stack_operations o = fake_operations;
	struct stack_bench b;
	struct error e = {""};

	(void)state;
	o.snapshot_octets = NULL;
	o.snapshot = NULL;
	o.restore = NULL;
	stack_bench_begin(&b, &o);
	reset_is_birth(&b);
	assert_int_equal(fake.created, 2);
	assert_int_equal(fake.destroyed, 1);
	assert_int_equal(fake.now_us, 1000);
	fake.refusal = "no more";
	assert_false(in_process_reset(b.process, &e));
	assert_non_null(strstr(e.text, "no more"));
	target_stop(&b.target);
	assert_int_equal(fake.destroyed, 2);
}

static void test_another_target(void **state)
{
	const struct target_operations none = {.stop = NULL};
	const struct target t = {.operations = &none};
	const struct target nothing = {.operations = NULL};

	(void)state;
	assert_null(target_in_process(&t));
	assert_null(target_in_process(&nothing));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_start),
    cmocka_unit_test(test_less),
    cmocka_unit_test(test_longer_table),
    cmocka_unit_test(test_refused),
    cmocka_unit_test_setup_teardown(test_packets, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_mtu, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_next, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_snapshot, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_reset, stack_bench_start, stack_bench_stop),
    cmocka_unit_test(test_reset_anew),
    cmocka_unit_test(test_another_target),
};

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/in_process_time", tests, NULL, NULL);
}
