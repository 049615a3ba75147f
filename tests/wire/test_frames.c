/* A hundred thousand mutated frames through packet_parse(): whatever comes in, it reads within bounds and says nothing about octets that are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/wire/option.h"
#include "lib/wire/packet.h"
#include "tests/wire/guard.h"

enum { ROOM = 512,
       SEEDS_MAX = 32,
       ROUNDS = 100000 };

struct seeds {
	uint8_t frame[SEEDS_MAX][ROOM];
	size_t length[SEEDS_MAX];
	size_t count;
};

static struct address address_of(bool v4, unsigned last)
{
	struct address a;

	assert_true(address_read(v4 ? "192.0.2.0" : "2001:db8::", &a, NULL));
	a.octets[v4 ? 3 : 15] = (uint8_t)last;
	return a;
}

/* Takes the IP packet (or ARP message) that was built at its place in the next seed. */
static uint8_t *seed_place(struct seeds *s)
{
	return s->frame[s->count] + ETHERNET_HEADER;
}

static void seed_take(struct seeds *s, uint16_t ethertype, size_t n)
{
	static const uint8_t mac[MAC_OCTETS] = {2};

	assert_true(n > 0);
	ethernet_build(mac, mac, ethertype, s->frame[s->count], ROOM);
	s->length[s->count++] = ETHERNET_HEADER + n;
}

static void seeds_of_family(struct seeds *s, bool v4)
{
	static const char *const options[] = {"", "MSS:1460,SACKOK,TS:1/0,NOP,WS:7", "NOP,NOP,SACK:1/2/3/4/5/6", "TFO:0123456789abcdef", "K2:L0", "K99:L255"};
	uint16_t ethertype = v4 ? 0x0800 : 0x86dd;
	struct segment m = {.src = address_of(v4, 1), .dst = address_of(v4, 2), .ctl = CTL_ACK, .text = (const uint8_t *)"some text", .text_length = 9};
	struct icmp_echo echo = {.src = m.src, .dst = m.dst, .id = 1, .seq = 2};
	struct icmp_error error = {.src = m.src, .dst = m.dst, .type = v4 ? 3 : 1, .quoted = s->frame[0] + ETHERNET_HEADER, .quoted_length = 40};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		assert_true(options_compile(options[i], m.option_octets, &m.options_length, NULL));
		seed_take(s, ethertype, segment_build(&m, seed_place(s), ROOM - ETHERNET_HEADER));
	}
	seed_take(s, ethertype, icmp_echo_build(&echo, seed_place(s), ROOM - ETHERNET_HEADER));
	seed_take(s, ethertype, icmp_error_build(&error, seed_place(s), ROOM - ETHERNET_HEADER));
}

/* A segment behind hop-by-hop options, a routing header and a fragment header. */
static void seed_of_extensions(struct seeds *s)
{
	static const uint8_t extensions[] = {43, 0, 1, 4, 0, 0, 0, 0, 44, 0, 2, 0, 0, 0, 0, 0, 6, 0, 0, 1, 0, 0, 0, 1};
	struct segment m = {.src = address_of(false, 1), .dst = address_of(false, 2), .ctl = CTL_SYN};
	uint8_t *at = seed_place(s);
	size_t n = segment_build(&m, at, ROOM - ETHERNET_HEADER);

	memmove(at + 40 + sizeof extensions, at + 40, n - 40);
	memcpy(at + 40, extensions, sizeof extensions);
	at[5] = (uint8_t)(n - 40 + sizeof extensions);
	at[6] = 0;
	seed_take(s, 0x86dd, n + sizeof extensions);
}

static void seeds_fill(struct seeds *s)
{
	struct arp arp = {.sender = address_of(true, 1), .target = address_of(true, 2)};
	struct ndp ndp = {.src = address_of(false, 1), .dst = address_of(false, 2), .target = address_of(false, 2), .mac = {2}};

	seeds_of_family(s, true);
	seeds_of_family(s, false);
	seed_of_extensions(s);
	seed_take(s, 0x0806, arp_build(&arp, seed_place(s), ROOM - ETHERNET_HEADER));
	seed_take(s, 0x86dd, ndp_build(&ndp, seed_place(s), ROOM - ETHERNET_HEADER));
	ndp.advert = true;
	seed_take(s, 0x86dd, ndp_build(&ndp, seed_place(s), ROOM - ETHERNET_HEADER));
}

/* Up to eight mutations: a bit, an octet, an octet that is often a boundary, the length. Mostly behind the Ethernet header, or nothing would be read. */
static size_t frame_mutate(struct rng *r, uint8_t *frame, size_t n)
{
	static const uint8_t edges[] = {0, 1, 2, 0x45, 0x46, 0x4f, 0x60, 0x7f, 0x80, 0xff};

	for (uint32_t k = rng_below(r, 9); k > 0 && n > 0; k--) {
		size_t first = n > ETHERNET_HEADER && rng_below(r, 20) ? ETHERNET_HEADER : 0;
		size_t place = first + rng_below(r, (uint32_t)(n - first));

		switch (rng_below(r, 8)) {
		case 0:
			n = place;
			break;
		case 1:
			frame[place] = (uint8_t)rng_u32(r);
			break;
		case 2:
		case 3:
			frame[place] = edges[rng_below(r, sizeof edges)];
			break;
		default:
			frame[place] ^= (uint8_t)(1 << rng_below(r, 8));
			break;
		}
	}
	return n;
}

static void within(const uint8_t *at, size_t length, const uint8_t *frame, size_t n)
{
	assert_true(at >= frame && at <= frame + n && length <= (size_t)(frame + n - at));
}

static void packet_is_sane(const struct packet *p, const uint8_t *frame, size_t n, struct text *t)
{
	const struct segment *s = &p->segment;
	uint8_t back[OPTIONS_MAX], length;

	assert_in_range(p->kind, PACKET_TCP, PACKET_OTHER);
	if (p->kind == PACKET_ICMP_ERROR)
		within(p->error.quoted, p->error.quoted_length, frame, n);
	if (p->kind != PACKET_TCP)
		return;
	within(s->text, s->text_length, frame, n);
	assert_true(s->options_length <= OPTIONS_MAX);
	assert_true(s->options.sack_blocks <= SACK_BLOCKS_MAX);
	assert_int_equal(s->options.malformed, (s->bad & BAD_OPTIONS) != 0);
	text_clear(t);
	options_print(s->option_octets, s->options_length, t);
	assert_true(options_compile(text_string(t), back, &length, NULL));
	assert_int_equal(length, s->options_length);
	assert_memory_equal(back, s->option_octets, length);
}

static void mutated_frames(void **state)
{
	static struct seeds s;
	struct rng r = rng_named(1, "frames");
	struct guard before = guard_open(), behind = guard_open();
	size_t kinds[PACKET_OTHER + 1] = {0};
	struct text t = {0};

	(void)state;
	seeds_fill(&s);
	for (int round = 0; round < ROUNDS; round++) {
		uint8_t frame[ROOM];
		size_t which = rng_below(&r, (uint32_t)s.count), n = s.length[which];
		const uint8_t *at;
		struct packet p, q;

		memcpy(frame, s.frame[which], n);
		n = frame_mutate(&r, frame, n);
		at = guard_last(&behind, frame, n);
		packet_parse(at, n, &p);
		packet_is_sane(&p, at, n, &t);
		/* The same octets elsewhere are the same packet. */
		at = guard_first(&before, frame, n);
		packet_parse(at, n, &q);
		packet_is_sane(&q, at, n, &t);
		assert_int_equal(p.kind, q.kind);
		assert_int_equal(p.bad_checksum, q.bad_checksum);
		if (p.kind == PACKET_TCP)
			assert_int_equal(p.segment.bad, q.segment.bad);
		kinds[p.kind]++;
	}
	/* The mutations must not be so wild that nothing gets past the first check. */
	for (size_t k = 0; k <= PACKET_OTHER; k++)
		if (k != PACKET_ICMP_ECHO_REPLY && k != PACKET_ARP_REPLY)
			assert_true(kinds[k] > 500);
	text_free(&t);
	guard_close(&before);
	guard_close(&behind);
}

static void noise(void **state)
{
	struct rng r = rng_named(2, "frames");
	struct guard g = guard_open();
	struct text t = {0};

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		uint8_t frame[ROOM];
		size_t n = rng_below(&r, 120);
		const uint8_t *at;
		struct packet p;

		for (size_t i = 0; i < n; i++)
			frame[i] = (uint8_t)rng_u32(&r);
		if (n > 14 + 9) { /* as far as the protocol it is no noise, or all ends there */
			bool v4 = rng_below(&r, 2);

			memcpy(frame + 12, v4 ? "\x08\0" : "\x86\xdd", 2);
			frame[14] = v4 ? (uint8_t)(0x40 | (frame[14] & 0x0f)) : 0x60;
			memset(frame + (v4 ? 16 : 18), 0, 1);
			frame[v4 ? 23 : 20] = v4 ? 6 : (uint8_t[]){0, 6, 43, 44, 58, 60}[rng_below(&r, 6)];
		}
		at = guard_last(&g, frame, n);
		packet_parse(at, n, &p);
		packet_is_sane(&p, at, n, &t);
	}
	text_free(&t);
	guard_close(&g);
}

/* Every frame cut at every place. */
static void cut_frames(void **state)
{
	static struct seeds s;
	struct guard g = guard_open();
	struct text t = {0};

	(void)state;
	seeds_fill(&s);
	for (size_t i = 0; i < s.count; i++) {
		for (size_t n = 0; n <= s.length[i]; n++) {
			const uint8_t *at = guard_last(&g, s.frame[i], n);
			struct packet p;

			packet_parse(at, n, &p);
			packet_is_sane(&p, at, n, &t);
			if (n == s.length[i])
				assert_int_not_equal(p.kind, PACKET_OTHER);
			else if (p.kind == PACKET_TCP)
				assert_true(p.segment.bad & BAD_LENGTH);
			else if (p.kind != PACKET_OTHER)
				assert_true(p.bad_checksum);
		}
	}
	text_free(&t);
	guard_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mutated_frames),
	    cmocka_unit_test(noise),
	    cmocka_unit_test(cut_frames),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
