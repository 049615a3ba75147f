/* A stored run's records: every event comes back as it was, what is no record is refused, and plays are put together again from records that stand between others'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/run/plays.h"

static struct endpoint endpoint_of(const char *text)
{
	struct endpoint at;
	assert_true(endpoint_read(text, &at));
	return at;
}

static void endpoints_are_read_as_printed(void **state)
{
	(void)state;
	static const char *const texts[] = {"192.0.2.2.2048 <- 192.0.2.1.33333", "2001:db8::2.1 <- 2001:db8::1.65535"};
	for (size_t i = 0; i < 2; i++) {
		struct text out = {0};
		const struct endpoint at = endpoint_of(texts[i]);
		endpoint_print(&at, &out);
		assert_string_equal(text_string(&out), texts[i]);
		text_free(&out);
	}
	static const char *const bad[] = {"", "192.0.2.2.2048", "192.0.2.2 <- 192.0.2.1.1", "192.0.2.2.65536 <- 192.0.2.1.1", "192.0.2.2.1 <- 2001:db8::1.1", "192.0.2.2.1 <- 192.0.2.1.1 ", "x.1 <- y.2"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct endpoint at;
		assert_false(endpoint_read(bad[i], &at));
	}
}

static const struct event events[] = {
    {.kind = EVENT_CALLED, .step = 0, .at = 1000, .began = 988, .answer = {.result = CALL_OK, .octets = 10, .content_ok = true}},
    {.kind = EVENT_CALLED, .step = 1, .at = 1000, .began = 1000, .answer = {.result = CALL_PENDING, .content_ok = true, .text = "EAGAIN"}},
    {.kind = EVENT_CALLED, .step = 1, .at = 1000, .began = 999, .answer = {.result = CALL_FAILED, .content_ok = true, .signals = SIGNAL_RESET | SIGNAL_EOF | SIGNAL_UNREACHABLE, .text = "ECONNRESET, told twice"}},
    {.kind = EVENT_CALLED, .step = 4, .at = 1000, .began = 999, .answer = {.result = CALL_OK, .octets = 4294967295u, .content_ok = false}},
    {.kind = EVENT_WAIT, .step = 5, .at = 1000},
    {.kind = EVENT_FENCE, .step = 5, .at = 1000},
    {.kind = EVENT_FENCE, .step = 5, .at = 1000, .has_ts = true, .ts_val = 4294967295u},
    {.kind = EVENT_FENCE, .step = 5, .at = 1000, .by_call = true},
    {.kind = EVENT_FENCE, .step = 5, .at = 1000, .by_time = true},
    {.kind = EVENT_DEADLINE, .step = 5, .at = 1000},
    {.kind = EVENT_STATE, .step = 5, .at = 1000, .state = {.has_tcb = true, .state = SYN_RECEIVED}},
    {.kind = EVENT_STATE, .step = 5, .at = 1000},
    {.kind = EVENT_STATE, .step = 5, .at = 1000, .state = {.has_listener = true}},
    {.kind = EVENT_SIGNALS, .step = 5, .at = 1000},
    {.kind = EVENT_SIGNALS, .step = 5, .at = 1000, .signals = SIGNAL_REFUSED | SIGNAL_URGENT},
    {.kind = EVENT_LOST, .step = 5, .at = 1000},
    {.kind = EVENT_END, .step = 123456789, .at = 1000},
    {.kind = EVENT_MET, .step = 5, .at = 1000},
    {.kind = EVENT_CLASS, .step = 5, .at = 1000, .class = 65535},
};
enum { EVENTS = sizeof events / sizeof events[0] };

static const char id[] = "matrix/established/rst/exact/-/0/v4";

static void events_come_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < EVENTS; i++) {
		const struct event *e = &events[i];
		struct text line = {0};
		struct stored s;
		stored_event_print(id, e, &line);
		assert_true(stored_read(line.at, line.length, &s, NULL));
		assert_int_equal(s.kind, STORED_EVENT);
		assert_string_equal(s.id, id);
		assert_int_equal(s.event.kind, e->kind);
		assert_int_equal(s.event.step, e->step);
		assert_int_equal(s.event.began, e->kind == EVENT_CALLED ? e->at - e->began : 0);
		assert_int_equal(s.event.answer.result, e->answer.result);
		assert_int_equal(s.event.answer.octets, e->answer.octets);
		assert_int_equal(s.event.answer.content_ok, e->answer.content_ok);
		assert_int_equal(s.event.answer.signals, e->answer.signals);
		assert_string_equal(s.event.answer.text, e->answer.text);
		assert_int_equal(s.event.state.has_tcb, e->state.has_tcb);
		assert_int_equal(s.event.state.has_listener, e->state.has_listener);
		assert_int_equal(s.event.state.state, e->state.state);
		assert_int_equal(s.event.signals, e->signals);
		assert_int_equal(s.event.has_ts, e->has_ts);
		assert_int_equal(s.event.ts_val, e->ts_val);
		assert_int_equal(s.event.by_call, e->by_call);
		assert_int_equal(s.event.by_time, e->by_time);
		assert_int_equal(s.event.class, e->class);
		text_free(&line);
	}
}

/* Cut anywhere, or with an octet changed, a record is refused or read as another one; never is more read than is there. */
static void what_is_no_record_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"", " ", "id", "id ", "id step", "id step x", "id step 1: ", "id step 1: nonsense", "id step 1: state NOWHERE", "id step 1: told reset,", "id step 1: told reset,nobody",
	                                  "id step 1: call send: ok", "id step 1: fence on the connection, TSval 4294967296", "id attempt 1 seed 2", "id attempt 1 seed 18446744073709551616 tuple 192.0.2.2.1 <- 192.0.2.1.1",
	                                  "id not judged MAYBE (x) y", "id over and out", "id step 99999999999999999999"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct stored s;
		struct error e;
		assert_false(stored_read(bad[i], strlen(bad[i]), &s, &e));
		assert_non_null(strstr(e.text, "no record of a stored run"));
	}
	for (size_t i = 0; i < EVENTS; i++) {
		struct text line = {0};
		stored_event_print(id, &events[i], &line);
		for (size_t n = 0; n < line.length; n++) {
			struct stored s;
			char *copy = malloc(n ? n : 1);
			memcpy(copy, line.at, n);
			stored_read(copy, n, &s, NULL);
			free(copy);
		}
		text_free(&line);
	}
}

static void record(struct plays *p, const char *words, bool ends)
{
	bool over;
	assert_true(plays_record(p, words, strlen(words), 77, &over, NULL));
	assert_int_equal(over, ends);
}

static void plays_are_sorted_out(void **state)
{
	(void)state;
	static const uint8_t packet[] = {0x45, 0, 0, 40};
	struct plays *p = plays_new();
	struct stored_play one;
	struct error e;
	record(p, "a/v4 attempt 2 seed 9 tuple 192.0.2.2.5 <- 192.0.2.1.6", false);
	record(p, "b/v6 attempt 1 seed 8 tuple 2001:db8::2.5 <- 2001:db8::1.6", false);
	assert_true(plays_packet(p, "a/v4 step 3", 11, 78, true, packet, sizeof packet, NULL));
	assert_true(plays_packet(p, "b/v6 step 1", 11, 79, false, packet, sizeof packet, NULL));
	record(p, "a/v4 step 3: fence", false);
	record(p, "c/v4 not judged UNIMPLEMENTED (unimplemented) the target lacks it", false);
	record(p, "a/v4 over", true);
	assert_true(plays_next(p, &one, &e));
	assert_string_equal(one.id, "a/v4");
	assert_true(one.over && one.begun && !one.unjudged);
	assert_int_equal(one.attempt, 2);
	assert_int_equal(one.seed, 9);
	assert_int_equal(one.at.tester_port, 6);
	assert_int_equal(one.trace.count, 2);
	assert_int_equal(one.trace.event[0].kind, EVENT_RECEIVED);
	assert_int_equal(one.trace.event[0].at, 78);
	assert_int_equal(one.trace.event[0].length, sizeof packet);
	assert_int_equal(one.trace.event[1].kind, EVENT_FENCE);
	stored_play_free(&one);
	record(p, "c/v4 over", true);
	assert_true(plays_next(p, &one, &e));
	assert_true(one.over && !one.begun && one.unjudged);
	assert_int_equal(one.verdict, UNIMPLEMENTED);
	assert_string_equal(one.cause, "the target lacks it");
	stored_play_free(&one);
	assert_true(plays_next(p, &one, &e));
	assert_string_equal(one.id, "b/v6");
	assert_false(one.over);
	assert_int_equal(one.trace.event[0].kind, EVENT_SENT);
	stored_play_free(&one);
	assert_false(plays_next(p, &one, &e));
	assert_string_equal(e.text, "");
	plays_free(p);
}

static void records_that_contradict_each_other_are_told(void **state)
{
	(void)state;
	struct plays *p = plays_new();
	struct stored_play one;
	struct error e;
	record(p, "a/v4 step 3: fence", false);
	record(p, "a/v4 over", true);
	assert_false(plays_next(p, &one, &e));
	assert_string_equal(e.text, "a/v4: step 3, and its beginning is missing from the capture");
	record(p, "a/v4 attempt 1 seed 9 tuple 192.0.2.2.5 <- 192.0.2.1.6", false);
	record(p, "a/v4 attempt 1 seed 9 tuple 192.0.2.2.5 <- 192.0.2.1.6", false);
	record(p, "a/v4 over", true);
	assert_false(plays_next(p, &one, &e));
	assert_string_equal(e.text, "a/v4: it begins twice, judge the runs' captures one by one");
	plays_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(endpoints_are_read_as_printed),
	    cmocka_unit_test(events_come_back),
	    cmocka_unit_test(what_is_no_record_is_refused),
	    cmocka_unit_test(plays_are_sorted_out),
	    cmocka_unit_test(records_that_contradict_each_other_are_told),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("stored runs", tests, NULL, NULL);
}
