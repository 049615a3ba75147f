/* The user calls of a stack in our process: what is asked of the library, and how its answers become the standard's. The library is a fake that answers as told. */
#include "lib/script/script.h"
#include "tests/target/stack_fake.h"

static void answered(struct call_answer a, enum call_result result, unsigned signals, uint32_t octets)
{
	assert_int_equal(a.result, result);
	assert_int_equal(a.signals, signals);
	assert_int_equal(a.octets, octets);
	assert_int_equal(result == CALL_OK && signals == 0, a.text[0] == '\0');
}

/* The passive connection is there, and its handle is 1001. */
static void established(struct stack_bench *b)
{
	answered(stack_call(b, CALL_OPEN_PASSIVE, 0), CALL_OK, 0, 0);
	fake.find = 1001;
	fake.state = TCPSPEC_ESTABLISHED;
	stack_signals(b);
}

static void test_open_passive(void **state)
{
	struct stack_bench *b = *state;

	in_process_set_now(b->process, 77);
	answered(stack_call(b, CALL_OPEN_PASSIVE, 1200), CALL_OK, 0, 0);
	assert_string_equal(fake.log, "listen(4, 80, 1200)");
	assert_int_equal(fake.now_us, 77);
	/* Where the port listens the answer is the library's: the same listener, or a refusal. */
	answered(stack_call(b, CALL_OPEN_PASSIVE, 0), CALL_OK, 0, 0);
	assert_string_equal(fake.log, "listen(4, 80, 0)");
	fake.listen = TCPSPEC_NOT_NOW;
	const struct call_answer a = stack_call(b, CALL_OPEN_PASSIVE, 0);
	answered(a, CALL_FAILED, 0, 0);
	assert_string_equal(a.text, "TCPSPEC_NOT_NOW");
}

static void test_open_passive_refused(void **state)
{
	struct stack_bench *b = *state;

	fake.listen = TCPSPEC_FULL;
	const struct call_answer a = stack_call(b, CALL_OPEN_PASSIVE, 0);
	answered(a, CALL_FAILED, 0, 0);
	assert_string_equal(a.text, "TCPSPEC_FULL");
}

static void test_open_active(void **state)
{
	struct stack_bench *b = *state;

	answered(stack_call(b, CALL_OPEN_ACTIVE, 0), CALL_OK, 0, 0);
	assert_string_equal(fake.log, "connect(2:80, 1:4000, 0)");
	/* Nothing else can come to its ends: it is not looked for. */
	fake.send = 10;
	answered(stack_call(b, CALL_SEND, 10), CALL_OK, 0, 10);
	assert_null(strstr(fake.log, "find"));
	assert_non_null(strstr(fake.log, "send(1000, 10, 0)"));
}

static void test_open_active_refused(void **state)
{
	static const struct {
		int64_t code;
		unsigned signals;
	} refusal[] = {{TCPSPEC_FULL, 0}, {TCPSPEC_NOT_NOW, 0}, {TCPSPEC_NONE, SIGNAL_CLOSED}, {TCPSPEC_CLOSING, SIGNAL_CLOSED}, {0, 0}, {-99, 0}};
	struct stack_bench *b = *state;

	for (size_t i = 0; i < sizeof refusal / sizeof *refusal; i++) {
		fake.connect = refusal[i].code;
		answered(stack_call(b, CALL_OPEN_ACTIVE, 0), CALL_FAILED, refusal[i].signals, 0);
	}
}

/* No call of the user but OPEN finds anything in CLOSED: there is no connection, which he is told (RFC 9293 3.10.2 to 3.10.5). */
static void test_calls_without_connection(void **state)
{
	static const enum call call[] = {CALL_SEND, CALL_RECEIVE, CALL_CLOSE, CALL_RELEASE, CALL_ABORT};
	struct stack_bench *b = *state;

	for (size_t i = 0; i < sizeof call / sizeof *call; i++) {
		answered(stack_call(b, call[i], 1), CALL_FAILED, SIGNAL_CLOSED, 0);
		assert_string_equal(fake.log, "find");
	}
	answered(stack_call(b, CALL_FORGET, 0), CALL_OK, 0, 0);
	/* There is a TCB, and the library does not give it out: no word of the standard's for that. */
	fake.state = TCPSPEC_SYN_RECEIVED;
	for (size_t i = 0; i < sizeof call / sizeof *call; i++)
		answered(stack_call(b, call[i], 1), CALL_FAILED, 0, 0);
}

/* CLOSE and ABORT in LISTEN delete the listener (RFC 9293 3.10.4, 3.10.5). */
static void test_listener_goes(void **state)
{
	static const enum call call[] = {CALL_CLOSE, CALL_RELEASE, CALL_ABORT};
	static const char *const log[] = {"find close(80)", "find release(80)", "find abort(80)"};
	struct stack_bench *b = *state;

	for (size_t i = 0; i < sizeof call / sizeof *call; i++) {
		answered(stack_call(b, CALL_OPEN_PASSIVE, 0), CALL_OK, 0, 0);
		fake.state = TCPSPEC_LISTEN;
		answered(stack_call(b, call[i], 0), CALL_OK, 0, 0);
		assert_string_equal(fake.log, log[i]);
		fake.state = TCPSPEC_CLOSED;
		answered(stack_call(b, call[i], 0), CALL_FAILED, SIGNAL_CLOSED, 0);
	}
}

static void test_send_continues_the_stream(void **state)
{
	struct stack_bench *b = *state;
	uint8_t want[300];

	established(b);
	fake.send = INT64_MAX;
	answered(stack_call(b, CALL_SEND, 100000), CALL_OK, 0, 100000);
	answered(stack_call(b, CALL_SEND, 300), CALL_OK, 0, 300);
	stream_fill(want, 100000, sizeof want);
	assert_memory_equal(fake.sent, want, sizeof want);
}

/* The declared settings of a connection are made once, before its first SEND. */
static void test_send_prepares(void **state)
{
	struct stack_bench *b = *state;

	b->declaration.model.choices.nagle = false;
	established(b);
	fake.send = INT64_MAX;
	stack_call(b, CALL_SEND, 1);
	assert_string_equal(fake.log, "find set(1001, nagle, 0) send(1001, 1, 0)");
	stack_call(b, CALL_SEND, 1);
	assert_string_equal(fake.log, "find send(1001, 1, 0)");
}

/* What the user sets stands behind what is declared. */
static void test_set(void **state)
{
	struct stack_bench *b = *state;
	struct call_answer a;

	assert_true(b->target.operations->set(b->target.self, b->connection, SET_KEEPALIVE, 1, &a, NULL));
	answered(a, CALL_FAILED, SIGNAL_CLOSED, 0);
	established(b);
	fake.log[0] = '\0';
	assert_true(b->target.operations->set(b->target.self, b->connection, SET_NAGLE, 0, &a, NULL));
	answered(a, CALL_OK, 0, 0);
	assert_non_null(strstr(fake.log, "set(1001, nagle, 1) set(1001, nagle, 0)"));
	assert_true(b->target.operations->set(b->target.self, b->connection, SET_USER_TIMEOUT, 5000000, &a, NULL));
	assert_non_null(strstr(fake.log, "set(1001, user_timeout, 5000000)"));
	assert_true(b->target.operations->set(b->target.self, b->connection, SET_RETRIES, 5, &a, NULL));
	answered(a, CALL_FAILED, 0, 0);
	fake.send = 5;
	answered(stack_call(b, CALL_SEND, 5), CALL_OK, 0, 5);
	assert_null(strstr(fake.log, "nagle")); /* the log is of the last call */
}

static void test_send_push(void **state)
{
	struct stack_bench *b = *state;
	struct call_answer a;

	established(b);
	fake.send = 5;
	assert_true(b->target.operations->call(b->target.self, b->connection, CALL_SEND, 5, true, &a, NULL));
	assert_non_null(strstr(fake.log, "send(1001, 5, 1)"));
}

static void test_send_refused(void **state)
{
	static const struct {
		int64_t code;
		unsigned signals;
	} refusal[] = {{TCPSPEC_AGAIN, 0}, {TCPSPEC_CLOSING, SIGNAL_CLOSED}, {TCPSPEC_NONE, SIGNAL_CLOSED}, {TCPSPEC_NOT_NOW, 0}, {TCPSPEC_FULL, 0}, {0, 0}};
	struct stack_bench *b = *state;

	established(b);
	for (size_t i = 0; i < sizeof refusal / sizeof *refusal; i++) {
		fake.send = refusal[i].code;
		answered(stack_call(b, CALL_SEND, 10), CALL_FAILED, refusal[i].signals, 0);
	}
}

/* Octets that were not taken are not queued: the call has failed for them. */
static void test_send_in_part(void **state)
{
	struct stack_bench *b = *state;

	established(b);
	fake.send = 40000;
	const struct call_answer a = stack_call(b, CALL_SEND, 70000);
	assert_int_equal(a.octets, 70000);
	fake.send = 3;
	fake.log[0] = '\0';
	assert_int_equal(stack_call(b, CALL_SEND, 7).octets, 7); /* 3, 3 and 1 */
}

static void test_ended_connection_tells_how(void **state)
{
	struct stack_bench *b = *state;

	answered(stack_call(b, CALL_OPEN_ACTIVE, 0), CALL_OK, 0, 0);
	fake.told = TCPSPEC_TOLD_RESET;
	fake.send = TCPSPEC_NONE;
	answered(stack_call(b, CALL_SEND, 10), CALL_FAILED, SIGNAL_CLOSED | SIGNAL_RESET, 0);
	/* It is news once. */
	answered(stack_call(b, CALL_SEND, 10), CALL_FAILED, SIGNAL_CLOSED, 0);
	assert_int_equal(stack_signals(b), SIGNAL_CLOSED | SIGNAL_RESET);
}

static void test_receive(void **state)
{
	struct stack_bench *b = *state;

	established(b);
	fake.receive = TCPSPEC_AGAIN;
	answered(stack_call(b, CALL_RECEIVE, 10), CALL_PENDING, 0, 0);
	fake.receive = 500;
	answered(stack_call(b, CALL_RECEIVE, 200), CALL_OK, 0, 200);
	answered(stack_call(b, CALL_RECEIVE, 1000), CALL_OK, 0, 300);
	fake.receive = 0;
	struct call_answer a = stack_call(b, CALL_RECEIVE, 1);
	answered(a, CALL_OK, SIGNAL_EOF, 0);
	assert_string_equal(a.text, "end of file");
	fake.receive = TCPSPEC_CLOSING;
	answered(stack_call(b, CALL_RECEIVE, 1), CALL_FAILED, SIGNAL_CLOSED, 0);
}

static void test_receive_compares(void **state)
{
	struct stack_bench *b = *state;

	established(b);
	fake.receive = 1000;
	fake.wrong_at = 700;
	assert_true(stack_call(b, CALL_RECEIVE, 700).content_ok);
	assert_false(stack_call(b, CALL_RECEIVE, 300).content_ok);
}

static void test_close(void **state)
{
	struct stack_bench *b = *state;

	established(b);
	answered(stack_call(b, CALL_CLOSE, 0), CALL_OK, 0, 0);
	assert_string_equal(fake.log, "find close(1001)");
	fake.close = TCPSPEC_CLOSING;
	answered(stack_call(b, CALL_CLOSE, 0), CALL_FAILED, SIGNAL_CLOSED, 0);
	fake.close = TCPSPEC_NOT_NOW;
	answered(stack_call(b, CALL_CLOSE, 0), CALL_FAILED, 0, 0);
}

/* What was let go of is nobody's: it is not taken up again while it lives, and what was told stays told. */
static void test_release(void **state)
{
	struct stack_bench *b = *state;

	established(b);
	fake.told = TCPSPEC_TOLD_EOF;
	answered(stack_call(b, CALL_RELEASE, 0), CALL_OK, 0, 0);
	assert_string_equal(fake.log, "find release(1001)");
	fake.state = TCPSPEC_LAST_ACK;
	fake.told = TCPSPEC_TOLD_RESET;
	assert_int_equal(stack_signals(b), SIGNAL_EOF);
	answered(stack_call(b, CALL_SEND, 1), CALL_FAILED, 0, 0);
	assert_string_equal(fake.log, "");
	/* The next one is his again. */
	fake.state = TCPSPEC_LISTEN;
	fake.find = TCPSPEC_NONE;
	stack_signals(b);
	fake.state = TCPSPEC_ESTABLISHED;
	fake.find = 1002;
	fake.told = 0;
	fake.send = 1;
	answered(stack_call(b, CALL_SEND, 1), CALL_OK, 0, 1);
	assert_non_null(strstr(fake.log, "send(1002, 1, 0)"));
}

static void test_abort(void **state)
{
	struct stack_bench *b = *state;

	established(b);
	fake.told = TCPSPEC_TOLD_URGENT;
	answered(stack_call(b, CALL_ABORT, 0), CALL_OK, 0, 0);
	assert_string_equal(fake.log, "find abort(1001)");
	fake.find = TCPSPEC_NONE;
	fake.state = TCPSPEC_LISTEN;
	assert_int_equal(stack_signals(b), SIGNAL_URGENT);
}

/* One that has ended is no connection any more: the user is told, and the handle is given back. */
static void test_abort_of_the_ended(void **state)
{
	struct stack_bench *b = *state;

	answered(stack_call(b, CALL_OPEN_ACTIVE, 0), CALL_OK, 0, 0);
	fake.abort = TCPSPEC_NONE;
	answered(stack_call(b, CALL_ABORT, 0), CALL_FAILED, SIGNAL_CLOSED, 0);
	answered(stack_call(b, CALL_ABORT, 0), CALL_FAILED, SIGNAL_CLOSED, 0);
	assert_string_equal(fake.log, "find");
}

static void test_forget(void **state)
{
	struct stack_bench *b = *state;

	established(b);
	answered(stack_call(b, CALL_FORGET, 0), CALL_OK, 0, 0);
	assert_string_equal(fake.log, "find forget(1001)");
	/* A refusal leaves it with the user. */
	stack_signals(b);
	fake.forget = TCPSPEC_NOT_NOW;
	answered(stack_call(b, CALL_FORGET, 0), CALL_FAILED, 0, 0);
	fake.forget = 0;
	answered(stack_call(b, CALL_FORGET, 0), CALL_OK, 0, 0);
}

/* What the user let go of can still be forgotten: it is the tester who does that. */
static void test_forget_an_orphan(void **state)
{
	struct stack_bench *b = *state;

	established(b);
	answered(stack_call(b, CALL_RELEASE, 0), CALL_OK, 0, 0);
	fake.state = TCPSPEC_FIN_WAIT_1;
	answered(stack_call(b, CALL_FORGET, 0), CALL_OK, 0, 0);
	assert_string_equal(fake.log, "find forget(1001)");
}

/* A connection of the same ends that comes later has streams of its own, and the handle of the one before goes back. */
static void test_next_incarnation(void **state)
{
	struct stack_bench *b = *state;
	uint8_t want[10];

	established(b);
	fake.send = 100;
	answered(stack_call(b, CALL_SEND, 100), CALL_OK, 0, 100);
	fake.told = TCPSPEC_TOLD_RESET;
	fake.find = 1002;
	answered(stack_call(b, CALL_SEND, 10), CALL_OK, 0, 10);
	assert_non_null(strstr(fake.log, "find release(1001)"));
	stream_fill(want, 0, sizeof want);
	assert_memory_equal(fake.sent, want, sizeof want);
	assert_int_equal(stack_signals(b), SIGNAL_RESET);
}

static void test_signals(void **state)
{
	static const struct {
		unsigned told, signal;
	} pair[] = {{TCPSPEC_TOLD_RESET, SIGNAL_RESET}, {TCPSPEC_TOLD_REFUSED, SIGNAL_REFUSED}, {TCPSPEC_TOLD_TIMEOUT, SIGNAL_TIMEOUT}, {TCPSPEC_TOLD_EOF, SIGNAL_EOF}, {TCPSPEC_TOLD_URGENT, SIGNAL_URGENT}, {TCPSPEC_TOLD_UNREACHABLE, SIGNAL_UNREACHABLE}};
	struct stack_bench *b = *state;
	unsigned all = 0;

	established(b);
	assert_int_equal(stack_signals(b), 0);
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
		fake.told = pair[i].told;
		all |= pair[i].signal;
		assert_int_equal(stack_signals(b), all);
		all &= ~(unsigned)SIGNAL_URGENT; /* which is there as long as the stack says so */
	}
}

static void test_state(void **state)
{
	static const enum state of[] = {CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT};
	struct stack_bench *b = *state;
	struct state_answer a;
	struct error e = {""};

	for (unsigned i = TCPSPEC_CLOSED; i <= TCPSPEC_TIME_WAIT; i++) {
		fake.state = i;
		assert_true(b->target.operations->state(b->target.self, b->connection, &a, &e));
		assert_int_equal(answer_state(&a), of[i]);
		assert_int_equal(a.has_tcb, i > TCPSPEC_LISTEN);
	}
	fake.state = 11;
	assert_false(b->target.operations->state(b->target.self, b->connection, &a, &e));
	assert_string_equal(e.text, "fake 7: state() returned 11, which is no state: expected TCPSPEC_CLOSED to TCPSPEC_TIME_WAIT");
}

/* The listener goes alone: what it has made is the user's first. */
static void test_unlisten(void **state)
{
	struct stack_bench *b = *state;

	stack_call(b, CALL_OPEN_PASSIVE, 0);
	fake.find = 1001;
	fake.state = TCPSPEC_ESTABLISHED;
	fake.log[0] = '\0';
	assert_true(b->target.operations->unlisten(b->target.self, b->connection, NULL));
	assert_string_equal(fake.log, "find release(80)");
	fake.send = 1;
	answered(stack_call(b, CALL_SEND, 1), CALL_OK, 0, 1);
}

/* Whatever there still is goes without a word, an orphan too. */
static void test_close_of_the_tester(void **state)
{
	struct stack_bench *b = *state;

	established(b);
	answered(stack_call(b, CALL_RELEASE, 0), CALL_OK, 0, 0);
	fake.log[0] = '\0';
	b->target.operations->close(b->target.self, b->connection);
	assert_string_equal(fake.log, "find release(80) forget(1001)");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_open_passive, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_open_passive_refused, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_open_active, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_open_active_refused, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_calls_without_connection, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_listener_goes, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_send_continues_the_stream, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_send_prepares, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_set, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_send_push, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_send_refused, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_send_in_part, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_ended_connection_tells_how, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_receive, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_receive_compares, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_close, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_release, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_abort, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_abort_of_the_ended, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_forget, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_forget_an_orphan, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_next_incarnation, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_signals, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_state, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_unlisten, stack_bench_start, stack_bench_stop),
    cmocka_unit_test_setup_teardown(test_close_of_the_tester, stack_bench_start, stack_bench_stop),
};

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/in_process", tests, NULL, NULL);
}
