/* Tests that the reference stack stays whole: random and damaged packets, its limits, snapshots that bring back exactly what was, a thousand of them in one process. Any packet that it puts
 * out must be well-formed (RFC 9293 3.1), which the peer looks at.
 *
 * ROBUST_SEEDS=n in the environment: so many random courses instead of a few. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/rng.h"
#include "lib/target/pair.h"
#include "lib/wire/option.h"
#include "tests/reference/peer.h"

enum { SMALL_WINDOW = 4000,
       PORTS = 3,
       FNV_PRIME = 0x01000193 };

static const char *const small[] = {"connections", "8", "listeners", "2", "blocks", "64", "block_octets", "256", "receive_buffer", "4000", "send_buffer", "4000", "ranges", "8", NULL};

static uint64_t hash_add(uint64_t hash, const void *octets, size_t n)
{
	const uint8_t *at = octets;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ at[i]) * FNV_PRIME;
	return hash;
}

/* All that was heard and not yet taken goes into the hash. What the stack said last makes the peer's numbers plausible. */
static uint64_t heard_add(struct peer *p, uint64_t hash)
{
	const struct heard *h;

	while ((h = peer_hear(p)) != NULL) {
		hash = hash_add(hash, h->octets, h->n);
		hash = hash_add(hash, &h->at, sizeof h->at);
		if (!h->is_tcp)
			continue;
		p->ack = h->s.seq + segment_length(&h->s);
		if (h->s.ctl & CTL_ACK)
			p->seq = h->s.ack;
	}
	return hash;
}

/* A number that is often right, often at an edge, sometimes anything. */
static uint32_t number_near(struct rng *r, uint32_t right)
{
	static const uint32_t edges[] = {0, 0, 0, 0, 1, (uint32_t)-1, 100, SMALL_WINDOW - 1, SMALL_WINDOW, SMALL_WINDOW + 1, UINT32_C(0x7fffffff), UINT32_C(0x80000000)};
	const uint32_t pick = rng_below(r, 16);

	return pick == 15 ? rng_u32(r) : right + edges[pick % (sizeof edges / sizeof edges[0])];
}

static void options_draw(struct rng *r, struct segment *s)
{
	static const char *const said[] = {"", "", "MSS:1000", "MSS:0,SACKOK", "MSS:1460,SACKOK,TS:1/0,NOP,WS:7", "TS:7/9", "WS:255", "NOP,NOP,SACK:5/9/100/20", "K200:1/2/3", "K2:L0", "K8:L-", "EOL"};
	const uint32_t pick = rng_below(r, sizeof said / sizeof said[0] + 1);

	if (pick < sizeof said / sizeof said[0]) {
		options_compile(said[pick], s->option_octets, &s->options_length, NULL);
		return;
	}
	s->options_length = (uint8_t)rng_below(r, OPTIONS_MAX + 1);
	for (unsigned i = 0; i < s->options_length; i++)
		s->option_octets[i] = (uint8_t)rng_u32(r);
}

static void segment_draw(struct peer *p, struct rng *r, struct segment *s)
{
	static const uint16_t bits[] = {CTL_SYN, CTL_ACK, CTL_ACK, CTL_ACK, CTL_ACK | CTL_FIN, CTL_RST, CTL_SYN | CTL_ACK, CTL_ACK | CTL_URG, CTL_FIN, CTL_RST | CTL_ACK};
	static const uint32_t lengths[] = {0, 0, 0, 1, 10, 500, 1400};
	static uint8_t text[1400];

	*s = (struct segment){.seq = number_near(r, p->seq), .ack = number_near(r, p->ack), .wnd = (uint16_t)number_near(r, SMALL_WINDOW), .up = (uint16_t)rng_below(r, 2000), .text = text};
	s->ctl = rng_below(r, 8) == 0 ? (uint16_t)rng_below(r, CTL_ALL + 1) : bits[rng_below(r, sizeof bits / sizeof bits[0])];
	s->text_length = lengths[rng_below(r, sizeof lengths / sizeof lengths[0])];
	s->src_port = (uint16_t)(PEER_PORT + rng_below(r, PORTS));
	s->src = p->own;
	s->dst = p->theirs;
	s->dst_port = (uint16_t)(STACK_PORT + (rng_below(r, 10) == 0));
	options_draw(r, s);
}

/* A packet of which some octets are others, or which is cut; or random octets altogether. */
static void packet_mutated_say(struct peer *p, struct rng *r)
{
	uint8_t packet[2000];
	struct segment s;
	size_t n;

	segment_draw(p, r, &s);
	n = segment_build(&s, packet, sizeof packet);
	if (n == 0 || rng_below(r, 10) == 0) {
		n = rng_below(r, 200);
		for (size_t i = 0; i < n; i++)
			packet[i] = (uint8_t)rng_u32(r);
		if (n > 0 && rng_below(r, 2) == 0)
			packet[0] = p->family == 4 ? 0x45 : 0x60;
	}
	for (uint32_t flips = rng_below(r, 4); flips > 0 && n > 0; flips--)
		packet[rng_below(r, (uint32_t)n)] = (uint8_t)rng_u32(r);
	if (rng_below(r, 8) == 0)
		n = rng_below(r, (uint32_t)n + 1);
	peer_say_octets(p, packet, n);
}

/* One call of a user, whatever it answers. */
static int64_t call_draw(struct peer *p, struct rng *r)
{
	static uint8_t octets[3000];
	const struct tcpspec_stack_operations *op = p->op;

	if (p->h <= 0) {
		peer_ports(p, (uint16_t)(PEER_PORT + rng_below(r, PORTS)), STACK_PORT);
		p->h = rng_below(r, 3) == 0 ? op->connect(p->stack, &p->ends, 0, p->now) : op->find(p->stack, &p->ends);
		return p->h;
	}
	switch (rng_below(r, 12)) {
	case 0:
		return op->close(p->stack, p->h, p->now);
	case 1:
		if (rng_below(r, 4) == 0) {
			const int64_t h = p->h;

			p->h = 0;
			return rng_below(r, 2) == 0 ? op->release(p->stack, h, p->now) : op->abort(p->stack, h, p->now);
		}
		return 0;
	case 2:
	case 3:
	case 4:
		return op->receive(p->stack, p->h, octets, rng_below(r, sizeof octets), p->now);
	case 5:
		return op->told(p->stack, p->h);
	case 6:
		return op->set(p->stack, p->h, "nagle", rng_below(r, 2));
	default:
		return op->send(p->stack, p->h, octets, rng_below(r, sizeof octets), rng_below(r, 4), p->now);
	}
}

/* One thing happens. */
static uint64_t step_draw(struct peer *p, struct rng *r, uint64_t hash)
{
	static const uint64_t times[] = {1, 1000, 50000, 500000, 3000000, 100000000, 7300000000};
	struct segment s;
	int64_t answer = 0;

	switch (rng_below(r, 10)) {
	case 0:
		packet_mutated_say(p, r);
		break;
	case 1:
		peer_go(p, times[rng_below(r, sizeof times / sizeof times[0])]);
		break;
	case 2:
	case 3:
	case 4:
		answer = call_draw(p, r);
		break;
	default:
		segment_draw(p, r, &s);
		peer_say_segment(p, &s);
	}
	hash = hash_add(hash, &answer, sizeof answer);
	return heard_add(p, hash);
}

static void nothing_brings_it_down(void **state)
{
	enum { STEPS = 400,
	       SEEDS = 60 };
	const char *asked = getenv("ROBUST_SEEDS");
	const uint64_t seeds = asked != NULL ? strtoull(asked, NULL, 10) : SEEDS;

	(void)state;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct rng r = rng_named(seed, "robust");
		struct peer p;

		peer_open(&p, seed % 2 != 0 ? 4 : 6, small);
		peer_listen(&p);
		for (unsigned step = 0; step < STEPS; step++)
			step_draw(&p, &r, 0);
		/* It still serves: once all that was is over, a new connection comes about. */
		if (p.h > 0)
			p.op->abort(p.stack, p.h, p.now);
		peer_go(&p, 100000 * S);
		for (uint16_t i = 0; i < PORTS; i++) {
			peer_ports(&p, (uint16_t)(PEER_PORT + i), STACK_PORT);
			p.h = p.op->find(p.stack, &p.ends);
			if (p.h > 0)
				p.op->abort(p.stack, p.h, p.now);
		}
		heard_add(&p, 0);
		p.iss = 77;
		peer_ports(&p, 60000, STACK_PORT);
		p.wnd = 1000;
		peer_accepted(&p, "MSS:1000");
		peer_close(&p);
	}
}

/* What the peer itself remembers goes back with the stack. */
struct kept {
	struct peer peer;
	struct rng rng;
	void *octets;
};

static void snapshot_brings_back_what_was(void **state)
{
	enum { BEFORE = 60,
	       BEHIND = 60,
	       SEEDS = 40 };

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct rng r = rng_named(seed, "snapshot");
		struct kept kept;
		struct peer p;
		uint64_t first = 0;

		peer_open(&p, seed % 2 != 0 ? 4 : 6, small);
		peer_listen(&p);
		for (unsigned step = 0; step < BEFORE; step++)
			step_draw(&p, &r, 0);
		kept = (struct kept){.peer = p, .rng = r, .octets = memory_zeroed(p.op->snapshot_octets(p.stack), 1)};
		p.op->snapshot(p.stack, kept.octets);
		for (unsigned run = 0; run < 3; run++) {
			uint64_t hash = 0;

			for (unsigned step = 0; step < BEHIND; step++)
				hash = step_draw(&p, &r, hash);
			if (run == 0)
				first = hash;
			assert_true(hash == first);
			p.op->restore(p.stack, kept.octets);
			p = kept.peer;
			r = kept.rng;
		}
		free(kept.octets);
		peer_close(&p);
	}
}

/* The same seed, calls and times make the same packets (stack.h). */
static void same_seed_makes_the_same_packets(void **state)
{
	uint64_t hashes[2] = {0, 0};

	(void)state;
	for (unsigned run = 0; run < 2; run++) {
		struct rng r = rng_named(5, "again");
		struct peer p;

		peer_open(&p, 4, small);
		peer_listen(&p);
		for (unsigned step = 0; step < 300; step++)
			hashes[run] = step_draw(&p, &r, hashes[run]);
		peer_close(&p);
	}
	assert_true(hashes[0] == hashes[1]);
}

/* More SYNs than there is room for: those that there is room for are served, the others get nothing or a RST, and when there is room again they are served too. */
static void connections_are_limited_lawfully(void **state)
{
	enum { LIMIT = 8,
	       ATTEMPTS = 30 };
	unsigned served = 0;
	struct peer p;
	const struct heard *h;

	(void)state;
	peer_open(&p, 4, small);
	peer_accepted(&p, "MSS:1000");
	for (uint16_t i = 1; i <= ATTEMPTS; i++) {
		peer_ports(&p, (uint16_t)(PEER_PORT + i), STACK_PORT);
		peer_say_options(&p, CTL_SYN, p.iss, 0, 0, "");
		h = peer_hear(&p);
		if (h == NULL)
			continue;
		assert_true(h->s.ctl == (CTL_SYN | CTL_ACK) || h->s.ctl & CTL_RST);
		served += h->s.ctl == (CTL_SYN | CTL_ACK);
	}
	assert_int_equal(served, LIMIT - 1);
	peer_ports(&p, PEER_PORT + 29, STACK_PORT);
	assert_true(p.op->connect(p.stack, &(struct tcpspec_ends){.local = p.ends.local, .remote = p.ends.remote, .local_port = 99, .remote_port = 99}, 0, p.now) == TCPSPEC_FULL);
	/* The one that was there is as it was. */
	peer_ports(&p, PEER_PORT, STACK_PORT);
	while (peer_hear(&p) != NULL)
		;
	peer_say_text(&p, 100);
	assert_int_equal(peer_user_receive(&p, 1000), 100);
	want_state(&p, TCPSPEC_ESTABLISHED);
	peer_go(&p, 3600 * S); /* the half-open ones are given up */
	while (peer_hear(&p) != NULL)
		;
	peer_ports(&p, PEER_PORT + 29, STACK_PORT);
	p.iss += 100000;
	peer_accepted(&p, "MSS:1000");
	peer_close(&p);
}

/* A stack with room for less than its windows promise: nothing is lost that was acknowledged. */
static void transfers_end_with_little_room(void **state)
{
	static const char *const tight[] = {"connections", "4", "blocks", "16", "block_octets", "256", "receive_buffer", "20000", "send_buffer", "20000", NULL};
	static const struct memory_way way = {.latency_us = 5000, .queue = 100, .chance = {[MEMORY_DROP] = 2000, [MEMORY_REORDER] = 5000}};
	const struct pair_setup setup = {.operations = {tcpspec_stack_operations(), tcpspec_stack_operations()}, .setting = {tight, tight}, .mtu = 1500, .seed = 3, .now_us = 1, .wire = {.way = {way, way}}};
	struct pair_flow flows[2] = {{.from = 0, .octets = 30000, .close = true}, {.from = 1, .octets = 30000, .close = true}};
	struct stack_pair p;
	int64_t handle[2];
	struct error e;

	(void)state;
	assert_true(pair_open(&p, &setup, &e));
	assert_true(pair_connect(&p, 0, 6, 5, 6, 60 * S, handle));
	assert_true(pair_transfer(&p, handle, flows, 2, 20000 * S));
	pair_close(&p);
}

/* Text out of order may be let go of (RFC 2018 8); what is in order must be taken while the window is open, or the transfer stands still. */
static void text_in_order_finds_room(void **state)
{
	static const char *const tight[] = {"connections", "4", "blocks", "16", "block_octets", "256", "receive_buffer", "20000", NULL};
	struct peer p;

	(void)state;
	peer_open(&p, 4, tight);
	peer_accepted(&p, "MSS:1000,SACKOK");
	for (uint32_t i = 1; i < 30; i++)
		peer_say(&p, CTL_ACK, p.seq + 600 * i, p.ack, 500);
	while (peer_hear(&p) != NULL)
		;
	for (unsigned i = 0; i < 30; i++) {
		const struct heard *h = NULL;

		peer_say(&p, CTL_ACK, p.seq, p.ack, 600);
		for (const struct heard *next; (next = peer_hear(&p)) != NULL;)
			h = next;
		if (h == NULL) {
			assert_true(peer_wait(&p, p.now + S));
			h = peer_hear(&p);
		}
		assert_true((int32_t)(h->s.ack - p.seq) >= 100);
		p.seq = h->s.ack;
		peer_user_receive(&p, 3000);
		while (peer_hear(&p) != NULL)
			;
	}
	peer_close(&p);
}

static void thousand_stacks_in_one_process(void **state)
{
	enum { PAIRS = 500,
	       OCTETS = 3000 };
	static const char *const tiny[] = {"connections", "4", "listeners", "1", "blocks", "16", "block_octets", "1024", "send_buffer", "4096", "receive_buffer", "4096", NULL};
	static const struct memory_way way = {.latency_us = 1000, .queue = 16};
	const struct pair_setup setup = {.operations = {tcpspec_stack_operations(), tcpspec_stack_operations()}, .setting = {tiny, tiny}, .mtu = 1500, .seed = 1, .now_us = 1, .wire = {.way = {way, way}}};
	struct stack_pair *pairs = memory_zeroed(PAIRS, sizeof *pairs);
	int64_t(*handles)[2] = memory_zeroed(PAIRS, sizeof *handles);

	(void)state;
	for (unsigned i = 0; i < PAIRS; i++)
		assert_true(pair_open(&pairs[i], &setup, NULL));
	for (unsigned i = 0; i < PAIRS; i++)
		assert_true(pair_connect(&pairs[i], i % 2, i % 4 < 2 ? 4 : 6, 7, 8, S, handles[i]));
	for (unsigned i = 0; i < PAIRS; i++) {
		struct pair_flow flow = {.from = i % 2, .octets = OCTETS, .close = true};

		assert_true(pair_transfer(&pairs[i], handles[i], &flow, 1, 60 * S));
	}
	for (unsigned i = 0; i < PAIRS; i++)
		pair_close(&pairs[i]);
	free(pairs);
	free(handles);
}

/* A setting that is not there, or has no such value, is said by name. */
static void wrong_settings_are_refused(void **state)
{
	static const char *const wrong[][3] = {{"mls", "2 min", NULL}, {"msl", "2", NULL}, {"sack", "maybe", NULL}, {"connections", "0", NULL}};

	(void)state;
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		const struct tcpspec_setup setup = {.size = sizeof setup, .mtu = 1500, .setting = wrong[i]};
		char why[200] = "";

		assert_int_equal(tcpspec_stack_operations()->arena_octets(&setup, why, sizeof why), 0);
		assert_non_null(strstr(why, wrong[i][0]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_brings_it_down),
	    cmocka_unit_test(snapshot_brings_back_what_was),
	    cmocka_unit_test(same_seed_makes_the_same_packets),
	    cmocka_unit_test(connections_are_limited_lawfully),
	    cmocka_unit_test(transfers_end_with_little_room),
	    cmocka_unit_test(text_in_order_finds_room),
	    cmocka_unit_test(thousand_stacks_in_one_process),
	    cmocka_unit_test(wrong_settings_are_refused),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the reference stack stays whole", tests, NULL, NULL);
}
