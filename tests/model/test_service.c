/* What a program that serves a port may have done by itself: RFC 862 and RFC 863 say what it does, RFC 9293 3.10.2 to 3.10.4 what its calls do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/model/service.h"

enum { NOW = 10000000,
       ISS = 100,
       IRS = 300 };

struct served {
	struct model m;
	struct hypotheses set, explained;
};

static struct served served_new(enum service service, enum state s, uint32_t unread)
{
	struct served v = {.m = model_default(PROFILE_RFC9293)};
	struct hypothesis h;
	memset(&h, 0, sizeof h);
	h.tcb = tcb_in_state(s, true, true, ISS, IRS);
	h.tcb.rcv_nxt += unread;
	h.tcb.unread = unread;
	v.m.service = service;
	hypotheses_add(&v.set, &h);
	return v;
}

static void served_free(struct served *v)
{
	hypotheses_free(&v->set);
	hypotheses_free(&v->explained);
}

/* May the target send this, with or without a call of its program? */
static bool may_send(struct served *v, uint16_t ctl, uint32_t text)
{
	static const uint8_t octets[64];
	const struct tcb *t = &v->set.h[0].tcb;
	const struct segment s = {.seq = t->snd_nxt, .ack = t->rcv_nxt, .ctl = ctl, .wnd = 65535, .text = octets, .text_length = text};
	hypotheses_clear(&v->explained);
	hypotheses_explain(&v->explained, &v->set, &v->m, &s, NOW);
	return v->explained.count > 0;
}

static void echo_sends_back(void **state)
{
	struct served v = served_new(SERVICE_ECHO, ESTABLISHED, 4);
	(void)state;
	assert_true(hypotheses_await_service(&v.set, &v.m));
	assert_false(may_send(&v, CTL_ACK | CTL_PSH, 4));
	hypotheses_serve(&v.set, &v.m, NOW);
	assert_true(may_send(&v, CTL_ACK | CTL_PSH, 4));
	assert_false(may_send(&v, CTL_ACK | CTL_PSH, 5)); /* no more than it was sent */
	assert_false(may_send(&v, CTL_ACK | CTL_FIN, 0)); /* and its peer has not closed */
	assert_true(may_send(&v, CTL_ACK | CTL_PSH, 4));
	hypotheses_swap(&v.set, &v.explained);
	assert_false(hypotheses_await_service(&v.set, &v.m));
	hypotheses_serve(&v.set, &v.m, NOW);
	assert_false(may_send(&v, CTL_ACK | CTL_PSH, 4)); /* and that once */
	served_free(&v);
}

static void discard_sends_nothing(void **state)
{
	struct served v = served_new(SERVICE_DISCARD, ESTABLISHED, 4);
	(void)state;
	assert_false(hypotheses_await_service(&v.set, &v.m)); /* nobody sees a RECEIVE */
	hypotheses_serve(&v.set, &v.m, NOW);
	assert_int_equal(v.set.count, 2);
	assert_int_equal(v.set.h[1].tcb.unread, 0);
	assert_false(may_send(&v, CTL_ACK | CTL_PSH, 4));
	served_free(&v);
}

static void both_close_behind_their_peer(void **state)
{
	(void)state;
	for (enum service s = SERVICE_ECHO; s < SERVICES; s++) {
		struct served v = served_new(s, CLOSE_WAIT, 0);
		assert_true(hypotheses_await_service(&v.set, &v.m));
		assert_false(may_send(&v, CTL_ACK | CTL_FIN, 0));
		hypotheses_serve(&v.set, &v.m, NOW);
		assert_true(may_send(&v, CTL_ACK | CTL_FIN, 0));
		hypotheses_swap(&v.set, &v.explained);
		assert_int_equal(v.set.h[0].tcb.state, LAST_ACK);
		assert_false(hypotheses_await_service(&v.set, &v.m));
		served_free(&v);
	}
}

/* Text first, then the end: an echo may send both in one segment, and never the end without the text. */
static void echo_sends_text_before_its_end(void **state)
{
	struct served v = served_new(SERVICE_ECHO, CLOSE_WAIT, 4);
	(void)state;
	hypotheses_serve(&v.set, &v.m, NOW);
	assert_true(may_send(&v, CTL_ACK | CTL_FIN, 4));
	assert_false(may_send(&v, CTL_ACK | CTL_FIN, 0));
	served_free(&v);
}

/* Nobody acts where there is no service, nor on a connection that is not established, or has been closed. */
static void nobody_acts(void **state)
{
	static const enum state none[] = {LISTEN, SYN_RECEIVED, LAST_ACK, TIME_WAIT};
	struct served v = served_new(SERVICE_NONE, CLOSE_WAIT, 4);
	(void)state;
	hypotheses_serve(&v.set, &v.m, NOW);
	assert_int_equal(v.set.count, 1);
	served_free(&v);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		v = served_new(SERVICE_ECHO, none[i], 0);
		hypotheses_serve(&v.set, &v.m, NOW);
		assert_int_equal(v.set.count, 1);
		assert_false(hypotheses_await_service(&v.set, &v.m));
		served_free(&v);
	}
}

static void names(void **state)
{
	enum service s = SERVICE_NONE;
	(void)state;
	assert_true(service_read("discard", &s));
	assert_int_equal(s, SERVICE_DISCARD);
	assert_int_equal(service_port(s), 9);
	assert_int_equal(service_port(SERVICE_ECHO), 7);
	assert_false(service_read("", &s));
	assert_false(service_read("chargen", &s));
	assert_string_equal(service_name(SERVICE_ECHO), "echo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(echo_sends_back),
	    cmocka_unit_test(discard_sends_nothing),
	    cmocka_unit_test(both_close_behind_their_peer),
	    cmocka_unit_test(echo_sends_text_before_its_end),
	    cmocka_unit_test(nobody_acts),
	    cmocka_unit_test(names),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model/service", tests, NULL, NULL);
}
