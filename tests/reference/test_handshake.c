/* The reference stack through its ABI alone: opening and closing from either side, text both ways, a reset. The wider tests are beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/target/stack.h"
#include "lib/wire/segment.h"

enum { PACKETS = 64,
       PACKET_MAX = 2048 };

static const uint8_t host[4] = {192, 0, 2, 1}, peer[4] = {192, 0, 2, 2};
enum { PORT = 80,
       PEER_PORT = 40000,
       IRS = 1000 };

struct fixture {
	const struct tcpspec_stack_operations *op;
	struct tcpspec_stack *s;
	void *arena;
	uint64_t now;
	struct segment out[PACKETS]; /* what came out since the last look */
	uint8_t octets[PACKETS][PACKET_MAX];
	size_t count;
	uint32_t iss;
};

static void output_take(void *to, const uint8_t *packet, size_t n)
{
	struct fixture *f = to;

	assert_true(f->count < PACKETS && n <= PACKET_MAX);
	memcpy(f->octets[f->count], packet, n);
	assert_true(segment_parse(f->octets[f->count], n, &f->out[f->count], NULL));
	assert_int_equal(f->out[f->count].bad, 0);
	f->count++;
}

static int fixture_make(void **state)
{
	static const char *const setting[] = {"challenge_interval", "0 s", NULL};
	struct fixture *f = memory_zeroed(1, sizeof *f);
	struct tcpspec_setup setup = {.size = sizeof setup, .mtu = 1500, .address = {{.family = 4}}, .seed = 1, .now_us = 1000000, .setting = setting, .output = output_take, .to = f};
	char why[256];
	size_t n;

	memcpy(setup.address[0].octets, host, sizeof host);
	f->op = tcpspec_stack_operations();
	f->now = setup.now_us;
	n = f->op->arena_octets(&setup, why, sizeof why);
	assert_true(n > 0);
	f->arena = malloc(n);
	f->s = f->op->create(f->arena, n, &setup, why, sizeof why);
	assert_non_null(f->s);
	*state = f;
	return 0;
}

static int fixture_free(void **state)
{
	struct fixture *f = *state;

	free(f->arena);
	free(f);
	return 0;
}

static struct tcpspec_ends ends(void)
{
	struct tcpspec_ends e = {.local = {.family = 4}, .remote = {.family = 4}, .local_port = PORT, .remote_port = PEER_PORT};

	memcpy(e.local.octets, host, sizeof host);
	memcpy(e.remote.octets, peer, sizeof peer);
	return e;
}

/* A segment arrives; what it draws is in f->out. */
static void arrives(struct fixture *f, uint32_t seq, uint32_t ack, uint16_t ctl, const char *text)
{
	struct segment g = {.src.family = IPV4, .dst.family = IPV4, .src_port = PEER_PORT, .dst_port = PORT, .seq = seq, .ack = ack, .ctl = ctl, .wnd = 8192, .text = (const uint8_t *)text, .text_length = (uint32_t)strlen(text)};
	uint8_t packet[PACKET_MAX];
	size_t n;

	memcpy(g.src.octets, peer, sizeof peer);
	memcpy(g.dst.octets, host, sizeof host);
	n = segment_build(&g, packet, sizeof packet);
	f->count = 0;
	f->op->input(f->s, packet, n, f->now);
}

/* One segment came out, with these fields. */
static void drawn(const struct fixture *f, uint32_t seq, uint32_t ack, uint16_t ctl)
{
	assert_int_equal(f->count, 1);
	assert_int_equal(f->out[0].ctl, ctl);
	assert_int_equal(f->out[0].seq, seq);
	assert_int_equal(f->out[0].ack, ack);
}

static unsigned state_of(struct fixture *f)
{
	struct tcpspec_ends e = ends();

	return f->op->state(f->s, &e);
}

/* RFC 9293 3.5, Figure 6, the target as TCP B. The connection's handle. */
static int64_t open_passive(struct fixture *f)
{
	struct tcpspec_ends e = ends(), found;
	int64_t l = f->op->listen(f->s, &e.local, PORT, 0, f->now), c;

	assert_true(l > 0);
	arrives(f, IRS, 0, CTL_SYN, "");
	assert_int_equal(f->count, 1);
	f->iss = f->out[0].seq;
	drawn(f, f->iss, IRS + 1, CTL_SYN | CTL_ACK);
	assert_int_equal(state_of(f), TCPSPEC_SYN_RECEIVED);
	assert_int_equal(f->op->accept(f->s, l, &found), TCPSPEC_AGAIN);
	arrives(f, IRS + 1, f->iss + 1, CTL_ACK, "");
	assert_int_equal(f->count, 0);
	assert_int_equal(state_of(f), TCPSPEC_ESTABLISHED);
	c = f->op->accept(f->s, l, &found);
	assert_true(c > 0);
	assert_int_equal(found.remote_port, PEER_PORT);
	return c;
}

static void test_passive_and_peer_closes_first(void **state)
{
	struct fixture *f = *state;
	int64_t c = open_passive(f);
	uint8_t text[16];

	arrives(f, IRS + 1, f->iss + 1, CTL_ACK | CTL_PSH, "hello");
	assert_int_equal(f->count, 0); /* the ACK is delayed */
	assert_int_equal(f->op->receive(f->s, c, text, sizeof text, f->now), 5);
	assert_memory_equal(text, "hello", 5);
	assert_int_equal(f->op->send(f->s, c, (const uint8_t *)"world!", 6, 0, f->now), 6);
	drawn(f, f->iss + 1, IRS + 6, CTL_ACK | CTL_PSH);
	assert_int_equal(f->out[0].text_length, 6);
	arrives(f, IRS + 6, f->iss + 7, CTL_ACK | CTL_FIN, "");
	drawn(f, f->iss + 7, IRS + 7, CTL_ACK);
	assert_int_equal(state_of(f), TCPSPEC_CLOSE_WAIT);
	assert_int_equal(f->op->receive(f->s, c, text, sizeof text, f->now), 0);
	f->count = 0;
	assert_int_equal(f->op->close(f->s, c, f->now), 0);
	drawn(f, f->iss + 7, IRS + 7, CTL_FIN | CTL_ACK);
	arrives(f, IRS + 7, f->iss + 8, CTL_ACK, "");
	assert_int_equal(f->count, 0);
	assert_int_equal(state_of(f), TCPSPEC_LISTEN);
	assert_int_equal(f->op->release(f->s, c, f->now), TCPSPEC_NONE);
	assert_int_equal(f->op->release(f->s, c, f->now), TCPSPEC_NONE);
}

static void test_active_and_closes_first(void **state)
{
	struct fixture *f = *state;
	struct tcpspec_ends e = ends();
	int64_t c = f->op->connect(f->s, &e, 0, f->now);
	uint64_t next;

	assert_true(c > 0);
	assert_int_equal(f->count, 1);
	f->iss = f->out[0].seq;
	drawn(f, f->iss, 0, CTL_SYN);
	arrives(f, IRS, f->iss + 1, CTL_SYN | CTL_ACK, "");
	drawn(f, f->iss + 1, IRS + 1, CTL_ACK);
	assert_int_equal(state_of(f), TCPSPEC_ESTABLISHED);
	f->count = 0;
	f->op->close(f->s, c, f->now);
	drawn(f, f->iss + 1, IRS + 1, CTL_FIN | CTL_ACK);
	assert_int_equal(state_of(f), TCPSPEC_FIN_WAIT_1);
	arrives(f, IRS + 1, f->iss + 2, CTL_ACK, "");
	assert_int_equal(state_of(f), TCPSPEC_FIN_WAIT_2);
	arrives(f, IRS + 1, f->iss + 2, CTL_FIN | CTL_ACK, "");
	drawn(f, f->iss + 2, IRS + 2, CTL_ACK);
	assert_int_equal(state_of(f), TCPSPEC_TIME_WAIT);
	next = f->op->poll(f->s, f->now);
	assert_int_equal(next, f->now + UINT64_C(240000000));
	assert_int_equal(f->op->poll(f->s, next), UINT64_MAX);
	assert_int_equal(state_of(f), TCPSPEC_CLOSED);
}

static void test_retransmission_and_reset(void **state)
{
	struct fixture *f = *state;
	int64_t c = open_passive(f);

	f->op->send(f->s, c, (const uint8_t *)"x", 1, 0, f->now);
	f->count = 0;
	f->now = f->op->poll(f->s, f->now);
	f->op->poll(f->s, f->now);
	drawn(f, f->iss + 1, IRS + 1, CTL_ACK | CTL_PSH);
	arrives(f, IRS + 1, 0, CTL_RST, "");
	assert_int_equal(f->count, 0);
	assert_int_equal(state_of(f), TCPSPEC_LISTEN);
	assert_int_equal(f->op->told(f->s, c), TCPSPEC_TOLD_RESET);
	assert_int_equal(f->op->abort(f->s, c, f->now), TCPSPEC_NONE);
}

static void test_a_snapshot_brings_all_back(void **state)
{
	struct fixture *f = *state;
	void *kept;

	open_passive(f);
	kept = memory_zeroed(1, f->op->snapshot_octets(f->s));
	f->op->snapshot(f->s, kept);
	for (int i = 0; i < 3; i++) {
		arrives(f, IRS + 1, f->iss + 1, CTL_FIN | CTL_ACK, "text");
		drawn(f, f->iss + 1, IRS + 6, CTL_ACK);
		assert_int_equal(state_of(f), TCPSPEC_CLOSE_WAIT);
		f->op->restore(f->s, kept);
		assert_int_equal(state_of(f), TCPSPEC_ESTABLISHED);
	}
	free(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_passive_and_peer_closes_first, fixture_make, fixture_free),
	    cmocka_unit_test_setup_teardown(test_active_and_closes_first, fixture_make, fixture_free),
	    cmocka_unit_test_setup_teardown(test_retransmission_and_reset, fixture_make, fixture_free),
	    cmocka_unit_test_setup_teardown(test_a_snapshot_brings_all_back, fixture_make, fixture_free),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("handshake", tests, NULL, NULL);
}
