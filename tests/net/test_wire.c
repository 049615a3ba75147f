/* Tests of the live wire against the running kernel: octets out, octets in, in order, unaltered. Not of its TCP, but for a closed port. */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <arpa/inet.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/net/child.h"
#include "tests/net/live.h"

enum { PAIRS = 1000,
       FLOOD = 20000,
       CLOSED_PORT = 9,
       TESTER_PORT = 40000,
       RSS_MAX_KIB = 64 * 1024 };

static struct live live;

static int live_set_up(void **state)
{
	(void)state;
	live_open(&live);
	return 0;
}

static int live_tear_down(void **state)
{
	(void)state;
	live_close(&live);
	return 0;
}

static void echo_is_answered(unsigned family)
{
	struct packet p;
	uint64_t at, before = clock_now();

	live_echo_send(&live, family, 0x1234, 7);
	/* The first frame at all: nothing else is on the link. */
	live_next(&live, &p, &at);
	assert_int_equal(p.kind, PACKET_ICMP_ECHO_REPLY);
	assert_false(p.bad_checksum);
	assert_int_equal(p.echo.id, 0x1234);
	assert_int_equal(p.echo.seq, 7);
	assert_true(address_equal(&p.echo.src, &live.link.target[family]));
	assert_true(address_equal(&p.echo.dst, &live.link.tester[family]));
	/* Not before it was asked, not after it was read. */
	assert_in_range(at, before, clock_now());
}

static void first_frame_is_the_echo_v4(void **state)
{
	(void)state;
	echo_is_answered(family_index(IPV4));
}

static void first_frame_is_the_echo_v6(void **state)
{
	(void)state;
	echo_is_answered(family_index(IPV6));
}

static void thread_stays_with_the_target(void **state)
{
	(void)state;
	assert_true(live_is_in_target(&live.link));
	echo_is_answered(0);
	assert_true(live_is_in_target(&live.link));
}

static void syn_send(unsigned family, uint16_t port, uint32_t seq)
{
	const struct segment syn = {
	    .src = live.link.tester[family],
	    .dst = live.link.target[family],
	    .src_port = port,
	    .dst_port = CLOSED_PORT,
	    .seq = seq,
	    .ctl = CTL_SYN,
	    .wnd = 65535,
	};
	uint8_t octets[LIVE_ROOM];

	live_send(&live, octets, segment_build(&syn, octets, sizeof octets));
}

/* RFC 9293 3.10.7.1: without an ACK, <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>. */
static void closed_port_resets(void **state)
{
	(void)state;
	for (unsigned family = 0; family < FAMILIES; family++) {
		struct packet p;

		syn_send(family, TESTER_PORT, 0xffffffff);
		live_next(&live, &p, NULL);
		assert_int_equal(p.kind, PACKET_TCP);
		assert_int_equal(p.segment.bad, 0);
		assert_int_equal(p.segment.ctl, CTL_RST | CTL_ACK);
		assert_int_equal(p.segment.seq, 0);
		assert_int_equal(p.segment.ack, 0);
		assert_int_equal(p.segment.src_port, CLOSED_PORT);
		assert_int_equal(p.segment.dst_port, TESTER_PORT);
	}
}

static void pairs_stay_in_order(void **state)
{
	uint64_t last = 0, at, dropped = 1;
	struct error e = {""};

	(void)state;
	for (unsigned i = 0; i < PAIRS; i++) {
		unsigned family = i % FAMILIES;
		struct packet p;

		/* Both are sent before either answer is read. */
		syn_send(family, (uint16_t)(TESTER_PORT + i), i);
		live_echo_send(&live, family, 1, (uint16_t)i);
		live_next(&live, &p, &at);
		assert_true(at >= last);
		assert_int_equal(p.kind, PACKET_TCP);
		assert_int_equal(p.segment.dst_port, TESTER_PORT + i);
		assert_int_equal(p.segment.ack, i + 1);
		live_next(&live, &p, &last);
		assert_true(last >= at);
		assert_int_equal(p.kind, PACKET_ICMP_ECHO_REPLY);
		assert_int_equal(p.echo.seq, i);
	}
	assert_true(wire_drops(live.wire, &dropped, &e));
	assert_int_equal(dropped, 0);
}

/* Every frame is either received or counted as dropped. */
static void drops_are_counted(void **state)
{
	uint64_t dropped = 0, received = 0;
	struct error e = {""};
	struct frame f;
	int got;

	(void)state;
	for (unsigned i = 0; i < FLOOD; i++)
		live_echo_send(&live, 0, 2, (uint16_t)i);
	while ((got = wire_receive(live.wire, &f, &e)) > 0)
		received++;
	assert_int_equal(got, 0);
	assert_true(wire_drops(live.wire, &dropped, &e));
	assert_true(dropped > 0);
	assert_int_equal(received + dropped, FLOOD);
}

/* What has come when one looks is handed out, all of it and in its order; what comes later is for the next look. It goes as it does without haste, and the frames that the target sends pass by the tester's kernel. */
static void a_wire_for_one_takes_what_has_come(void **state)
{
	enum { LOOKS = 3,
	       ECHOES = 80 }; /* more than are held at a time */
	struct error e = {""};
	struct packet p;
	struct frame f;
	unsigned next = 0;

	(void)state;
	wire_close(live.wire);
	live.wire = wire_open_for_one(&live.link, &e);
	if (!live.wire)
		fail_msg("%s", e.text);
	assert_int_equal(wire_take(live.wire, &f, &e), 0);
	for (uint16_t i = 0; i < ECHOES; i++)
		live_echo_send(&live, i & 1, 7, i);
	assert_int_equal(wire_take(live.wire, &f, &e), 0);
	for (unsigned look = 0; look < LOOKS; look++) {
		assert_true(wire_look(live.wire, &e));
		if (look == 0)
			assert_true(wire_look(live.wire, &e));
		while (wire_take(live.wire, &f, &e) > 0) {
			packet_parse(f.octets, f.length, &p);
			assert_int_equal(p.kind, PACKET_ICMP_ECHO_REPLY);
			assert_false(p.bad_checksum);
			assert_int_equal(p.echo.seq, next++);
			assert_true(f.at <= clock_now());
		}
	}
	assert_int_equal(next, ECHOES);
}

static void descriptor_wakes_poll(void **state)
{
	struct pollfd p = {.fd = wire_descriptor(live.wire), .events = POLLIN};

	(void)state;
	assert_int_equal(poll(&p, 1, 0), 0);
	live_echo_send(&live, 0, 3, 1);
	assert_int_equal(poll(&p, 1, LIVE_DEADLINE_US / 1000), 1);
}

/* A host on the target's end that asks by hand: its kernel never would, it has permanent entries. */
static int asker_open(uint16_t ethertype)
{
	const struct sockaddr_ll here = {.sll_family = AF_PACKET, .sll_protocol = htons(ethertype), .sll_ifindex = (int)live.link.target_index};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ethertype));

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&here, sizeof here), 0);
	return fd;
}

static void asker_ask(int fd, const uint8_t *to_mac, uint16_t ethertype, const uint8_t *payload, size_t n, struct packet *answer, uint8_t *room)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct error e = {""};
	struct frame f;
	ssize_t got;

	ethernet_build(to_mac, live.link.target_mac, ethertype, room, LIVE_ROOM);
	memcpy(room + ETHERNET_HEADER, payload, n);
	assert_int_equal(send(fd, room, ETHERNET_HEADER + n, 0), ETHERNET_HEADER + n);
	/* Answered on the way: the question itself is not the caller's. */
	assert_int_equal(wire_receive(live.wire, &f, &e), 0);
	assert_int_equal(poll(&p, 1, LIVE_DEADLINE_US / 1000), 1);
	got = recv(fd, room, LIVE_ROOM, 0);
	assert_true(got > 0);
	packet_parse(room, (size_t)got, answer);
	close(fd);
}

static void arp_is_answered(void **state)
{
	static const uint8_t everyone[MAC_OCTETS] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct arp question = {.sender = live.link.target[0], .target = live.link.tester[0]};
	uint8_t payload[64], room[LIVE_ROOM];
	struct packet p;

	(void)state;
	memcpy(question.sender_mac, live.link.target_mac, MAC_OCTETS);
	asker_ask(asker_open(ETH_P_ARP), everyone, ETH_P_ARP, payload, arp_build(&question, payload, sizeof payload), &p, room);
	assert_int_equal(p.kind, PACKET_ARP_REPLY);
	assert_memory_equal(p.arp.sender_mac, live.link.tester_mac, MAC_OCTETS);
	assert_memory_equal(p.arp.target_mac, live.link.target_mac, MAC_OCTETS);
	assert_true(address_equal(&p.arp.sender, &live.link.tester[0]));
	assert_true(address_equal(&p.arp.target, &live.link.target[0]));
}

static void ndp_is_answered(void **state)
{
	static const uint8_t solicited[MAC_OCTETS] = {0x33, 0x33, 0xff, 0, 0, 1};
	struct ndp question = {.src = live.link.target[1], .target = live.link.tester[1]};
	uint8_t payload[128], room[LIVE_ROOM];
	struct packet p;

	(void)state;
	assert_true(address_read("ff02::1:ff00:1", &question.dst, NULL));
	memcpy(question.mac, live.link.target_mac, MAC_OCTETS);
	asker_ask(asker_open(ETH_P_IPV6), solicited, ETH_P_IPV6, payload, ndp_build(&question, payload, sizeof payload), &p, room);
	assert_int_equal(p.kind, PACKET_NDP_ADVERT);
	assert_false(p.bad_checksum);
	assert_memory_equal(p.ndp.mac, live.link.tester_mac, MAC_OCTETS);
	assert_true(address_equal(&p.ndp.target, &live.link.tester[1]));
	assert_true(address_equal(&p.ndp.dst, &live.link.target[1]));
}

/* Whether the target itself still answers, although its own entries are permanent. */
static void target_answers_arp(void **state)
{
	struct arp question = {.sender = live.link.tester[0], .target = live.link.target[0]};
	struct error e = {""};
	uint8_t payload[64];
	struct packet p;

	(void)state;
	memcpy(question.sender_mac, live.link.tester_mac, MAC_OCTETS);
	assert_true(wire_send_frame(live.wire, ETH_P_ARP, payload, arp_build(&question, payload, sizeof payload), NULL, &e));
	live_next(&live, &p, NULL);
	assert_int_equal(p.kind, PACKET_ARP_REPLY);
	assert_memory_equal(p.arp.sender_mac, live.link.target_mac, MAC_OCTETS);
}

/* To the target's unicast address: it has joined no solicited-node group (link.c says why). */
static void target_answers_ndp(void **state)
{
	struct ndp question = {.src = live.link.tester[1], .dst = live.link.target[1], .target = live.link.target[1]};
	uint8_t payload[128];
	struct packet p;

	(void)state;
	memcpy(question.mac, live.link.tester_mac, MAC_OCTETS);
	live_send(&live, payload, ndp_build(&question, payload, sizeof payload));
	live_next(&live, &p, NULL);
	/* The link-layer option may be left out here (RFC 4861 4.4): the question was unicast. */
	assert_int_equal(p.kind, PACKET_NDP_ADVERT);
	assert_true(address_equal(&p.ndp.target, &live.link.target[1]));
}

static void packet_beyond_the_mtu(void **state)
{
	static const uint8_t octets[LIVE_ROOM] = {0x45};
	struct error e = {""};

	(void)state;
	assert_false(wire_send(live.wire, octets, sizeof octets, NULL, &e));
	assert_non_null(strstr(e.text, "MTU"));
	/* And the wire still works. */
	echo_is_answered(0);
}

static void memory_stays_small(void **state)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	long high = 0;

	(void)state;
	assert_non_null(status);
	while (fgets(line, sizeof line, status) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			high = strtol(line + 6, NULL, 10);
	fclose(status);
	assert_in_range(high, 1, RSS_MAX_KIB);
}

struct pinned {
	bool done;
	int cpu, count;
	bool on_it;
};

static void pin_play(const void *job, void *answer)
{
	struct pinned *p = answer;
	cpu_set_t set;

	(void)job;
	p->done = cpu_pin(0, &p->cpu);
	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return;
	p->count = CPU_COUNT(&set);
	p->on_it = p->cpu >= 0 && CPU_ISSET((size_t)p->cpu, &set);
}

static void one_cpu_is_left(void **state)
{
	struct pinned p;

	(void)state;
	assert_true(child_ask(pin_play, NULL, &p, sizeof p, NULL));
	assert_true(p.done);
	assert_int_equal(p.count, 1);
	assert_true(p.on_it);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, live_set_up, live_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    LIVE(first_frame_is_the_echo_v4),
	    LIVE(first_frame_is_the_echo_v6),
	    LIVE(thread_stays_with_the_target),
	    LIVE(closed_port_resets),
	    LIVE(pairs_stay_in_order),
	    LIVE(drops_are_counted),
	    LIVE(descriptor_wakes_poll),
	    LIVE(arp_is_answered),
	    LIVE(ndp_is_answered),
	    LIVE(target_answers_arp),
	    LIVE(target_answers_ndp),
	    LIVE(packet_beyond_the_mtu),
	    LIVE(a_wire_for_one_takes_what_has_come),
	    cmocka_unit_test(memory_stays_small),
	    cmocka_unit_test(one_cpu_is_left),
	};

	if (live_is_left_out())
		return live_leave_out();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("net/wire", tests, NULL, NULL);
}
