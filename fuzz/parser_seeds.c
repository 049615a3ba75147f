/* Writes seeds of the parsers' harnesses: packets, captures, messages of the agent, lines of a record. Those of fuzz_ladder are the suite's own files, beside them. It runs nothing.
 *
 * usage: make-parser-seeds FOLDER      (FOLDER/fuzz_wire/0001, ...) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/memory.h"
#include "lib/run/result.h"
#include "lib/wire/ip.h"
#include "lib/wire/octets.h"
#include "lib/wire/option.h"
#include "lib/wire/packet.h"
#include "lib/wire/pcapng.h"

enum { ROOM = 2048 };

/* One harness's folder. */
struct folder {
	char path[256];
	unsigned count;
};

static void folder_open(struct folder *f, const char *root, const char *harness)
{
	*f = (struct folder){.count = 0};
	snprintf(f->path, sizeof f->path, "%s/%s", root, harness);
	if (mkdir(f->path, 0777) < 0 && errno != EEXIST) {
		fprintf(stderr, "%s: %s, while making the seeds' folder; make its parent\n", f->path, strerror(errno));
		exit(3);
	}
}

static void seed_put(struct folder *f, const void *octets, size_t n)
{
	char path[300];
	FILE *out;

	snprintf(path, sizeof path, "%s/%04u", f->path, ++f->count);
	out = fopen(path, "wb");
	if (!out || fwrite(octets, 1, n, out) != n || fclose(out) != 0) {
		fprintf(stderr, "%s: %s, while writing a seed\n", path, strerror(errno));
		exit(3);
	}
}

/* ---- packets ---- */

static struct address end(enum family family, uint8_t last)
{
	struct address a = {.family = family};

	memcpy(a.octets, family == IPV4 ? (const uint8_t[]){10, 0, 0, 0} : (const uint8_t[]){0xfd, 0, 0, 0}, 4);
	a.octets[family == IPV4 ? 3 : 15] = last;
	return a;
}

static struct segment segment_of(enum family family, uint16_t ctl, const char *options, uint32_t text)
{
	static uint8_t octets[64];
	struct segment s = {.src = end(family, 1), .dst = end(family, 2), .src_port = 40000, .dst_port = 7, .seq = 100, .ack = ctl & CTL_ACK ? 300 : 0, .ctl = ctl, .wnd = 65535, .ttl = 64, .text = octets, .text_length = text};
	struct error e;

	stream_fill(octets, 0, sizeof octets);
	if (!options_compile(options, s.option_octets, &s.options_length, &e)) {
		fprintf(stderr, "make-parser-seeds: %s\n", e.text);
		exit(3);
	}
	return s;
}

static void segment_put(struct folder *f, const struct segment *s)
{
	uint8_t to[ROOM];

	seed_put(f, to, segment_build(s, to, sizeof to));
}

static void segments_put(struct folder *f, enum family family)
{
	static const char *const options[] = {"", "MSS:1460,SACKOK,TS:1/0,NOP,WS:7", "NOP,NOP,TS:5/6", "NOP,NOP,SACK:1/2/3/4/5/6", "TFO", "TFO:0011223344556677", "K28:128/60", "K253:1/2/3", "MSS:536,EOL", "K8:L0", "K5:L9/1", "K2:L-"};
	static const uint16_t bits[] = {CTL_SYN, CTL_SYN | CTL_ACK, CTL_ACK, CTL_FIN | CTL_ACK, CTL_RST, CTL_ACK | CTL_PSH | CTL_URG, CTL_ACK | CTL_ECE | CTL_CWR | CTL_AE, 0};
	struct segment s;

	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		s = segment_of(family, i % 2 ? CTL_SYN : CTL_ACK, options[i], i % 3 ? 0 : 10);
		segment_put(f, &s);
	}
	for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
		s = segment_of(family, bits[i], "", i % 2 ? 0 : 5);
		segment_put(f, &s);
	}
	/* What is wrong in one place each. */
	for (unsigned i = 0; i < 6; i++) {
		s = segment_of(family, CTL_ACK, "NOP,NOP,TS:5/6", 10);
		s.said = (uint8_t)(i == 0 ? SAID_CHK : i < 3 ? SAID_OFF
		                                   : i == 3  ? SAID_IP_CHK
		                                   : i == 4  ? SAID_IP_LENGTH
		                                             : 0);
		s.chk = 1;
		s.off = i == 1 ? 4 : 15;
		s.ip_length = 200;
		s.reserved = i == 5 ? 7 : 0;
		segment_put(f, &s);
	}
}

static void headers_put(struct folder *f)
{
	static const uint8_t route[] = {131, 7, 4, 10, 0, 0, 3, 0}, router_alert[] = {148, 4, 0, 0}, rest[] = {1, 4, 0, 0, 0, 0}, unknown[] = {0xc2, 4, 0, 0, 0, 0}, fragment[] = {0, 1, 0, 0, 0, 1};
	static const uint8_t kinds[] = {IP_NEXT_HOP_BY_HOP, IP_NEXT_ROUTING, IP_NEXT_DESTINATION};
	struct segment s = segment_of(IPV4, CTL_SYN, "MSS:1460", 0);
	uint8_t to[ROOM];
	size_t n;

	n = segment_build(&s, to, sizeof to);
	seed_put(f, to, ip_options_insert(to, n, sizeof to, route, sizeof route));
	n = segment_build(&s, to, sizeof to);
	seed_put(f, to, ip_options_insert(to, n, sizeof to, router_alert, sizeof router_alert));
	s = segment_of(IPV6, CTL_SYN, "MSS:1440", 0);
	for (size_t i = 0; i < sizeof kinds; i++) {
		n = segment_build(&s, to, sizeof to);
		seed_put(f, to, ip_extension_insert(to, n, sizeof to, kinds[i], i == 1 ? (const uint8_t[6]){0} : rest, sizeof rest));
		n = segment_build(&s, to, sizeof to);
		seed_put(f, to, ip_extension_insert(to, n, sizeof to, kinds[i], unknown, sizeof unknown));
	}
	n = segment_build(&s, to, sizeof to);
	n = ip_extension_insert(to, n, sizeof to, IP_NEXT_FRAGMENT, fragment, sizeof fragment);
	to[IPV6_HEADER + 1] = 0; /* reserved here, no length */
	seed_put(f, to, n);
}

/* ---- frames ---- */

static void frame_put(struct folder *f, uint16_t type, const uint8_t *packet, size_t n)
{
	static const uint8_t mac[MAC_OCTETS] = {2, 0, 0, 0, 0, 1};
	uint8_t to[ROOM + ETHERNET_HEADER];

	memcpy(to + ethernet_build(mac, mac, type, to, sizeof to), packet, n);
	seed_put(f, to, n + ETHERNET_HEADER);
}

static void errors_put(struct folder *f, enum family family)
{
	static const uint8_t v4[][2] = {{3, 0}, {3, 1}, {3, 3}, {3, 4}, {4, 0}, {5, 1}, {11, 0}, {12, 0}}, v6[][2] = {{1, 0}, {1, 4}, {2, 0}, {3, 0}, {4, 0}, {4, 1}};
	const size_t count = family == IPV4 ? sizeof v4 / sizeof *v4 : sizeof v6 / sizeof *v6;
	struct segment s = segment_of(family, CTL_ACK, "", 10);
	uint8_t quoted[ROOM], to[ROOM];
	const size_t n = segment_build(&s, quoted, sizeof quoted);

	for (size_t i = 0; i < count; i++) {
		const uint8_t *said = family == IPV4 ? v4[i] : v6[i];
		const struct icmp_error m = {.src = end(family, 9), .dst = end(family, 1), .type = said[0], .code = said[1], .mtu = 1280, .quoted = quoted, .quoted_length = n};

		frame_put(f, family == IPV4 ? 0x0800 : 0x86dd, to, icmp_error_build(&m, to, sizeof to));
	}
	for (unsigned i = 0; i < 2; i++) {
		const struct icmp_echo m = {.src = end(family, 1), .dst = end(family, 2), .id = 7, .seq = 8, .reply = i};

		frame_put(f, family == IPV4 ? 0x0800 : 0x86dd, to, icmp_echo_build(&m, to, sizeof to));
	}
}

static void neighbours_put(struct folder *f)
{
	uint8_t to[ROOM];

	for (unsigned i = 0; i < 2; i++) {
		const struct arp a = {.sender_mac = {2, 0, 0, 0, 0, 1}, .sender = end(IPV4, 1), .target = end(IPV4, 2), .reply = i};
		const struct ndp d = {.src = end(IPV6, 1), .dst = end(IPV6, 2), .target = end(IPV6, 2), .mac = {2, 0, 0, 0, 0, 1}, .advert = i};

		frame_put(f, 0x0806, to, arp_build(&a, to, sizeof to));
		frame_put(f, 0x86dd, to, ndp_build(&d, to, sizeof to));
	}
}

/* A segment behind each kind of link's header, one and two VLAN tags among them; each alone, and all of them as a capture. */
static void links_put(struct folder *f)
{
	static const struct {
		enum linktype kind;
		uint8_t octets, head[24];
	} links[] = {
	    {LINKTYPE_NULL, 4, {2}},
	    {LINKTYPE_LOOP, 4, {0, 0, 0, 2}},
	    {LINKTYPE_RAW, 0, {0}},
	    {LINKTYPE_IPV4, 0, {0}},
	    {LINKTYPE_LINUX_SLL, 16, {[14] = 8}},
	    {LINKTYPE_LINUX_SLL2, 20, {8}},
	    {LINKTYPE_ETHERNET, 14, {[12] = 8}},
	    {LINKTYPE_ETHERNET, 18, {[12] = 0x81, [16] = 8}},
	    {LINKTYPE_ETHERNET, 22, {[12] = 0x88, 0xa8, 0, 1, 0x81, [20] = 8}},
	};
	struct segment s = segment_of(IPV4, CTL_SYN, "MSS:1460", 0);
	struct text all = {0};
	uint8_t to[ROOM];

	pcapng_section_write(&all, "a comment", "Linux", "tcpspec");
	for (uint32_t i = 0; i < sizeof links / sizeof *links; i++) {
		const size_t n = segment_build(&s, to + links[i].octets, sizeof to - links[i].octets);

		memcpy(to, links[i].head, links[i].octets);
		seed_put(f, to, links[i].octets + n);
		pcapng_interface_write(&all, links[i].kind, "eth0", "");
		pcapng_packet_write(&all, i, 1000000 + i, to, links[i].octets + n, (enum pcapng_direction)(i % 3), "seed", i % 2 ? 4 : 0);
	}
	pcapng_custom_write(&all, PCAPNG_ENTERPRISE, "data", 4);
	seed_put(f, all.at, all.length);
	text_free(&all);
}

/* The other byte order, and the format's simple and obsolete packets, which are only ever read. */
static void old_capture_put(struct folder *f)
{
	static const uint8_t head[] = {
	    0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 28, /* section */
	    0, 0, 0, 1, 0, 0, 0, 28, 0, 101, 0, 0, 0, 0, 0xff, 0xff, 0, 9, 0, 1, 0x94, 0, 0, 0, 0, 0, 0, 28,                                      /* interface: raw, times in 2^-20 s */
	    0, 0, 0, 2, 0, 0, 0, 72, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 40, 0, 0, 0, 40,                                                /* obsolete packet */
	};
	struct segment s = segment_of(IPV4, CTL_ACK, "", 0);
	uint8_t to[ROOM];
	size_t n = sizeof head;

	memcpy(to, head, sizeof head);
	n += segment_build(&s, to + n, sizeof to - n);
	octets_put_u32(to + n, 72);
	octets_put_u32(to + n + 4, 3); /* simple packet */
	octets_put_u32(to + n + 8, 56);
	octets_put_u32(to + n + 12, 40);
	n += 16;
	n += segment_build(&s, to + n, sizeof to - n);
	octets_put_u32(to + n, 56);
	seed_put(f, to, n + 4);
}

static void options_put(struct folder *f)
{
	static const char *const said[] = {"MSS:1460,SACKOK,TS:1/0,NOP,WS:7", "SACK:1/2/3/4", "TFO:cookie", "TFO:forged", "K8:L9/1/2", "K3:L-", "EOL,NOP"};
	uint8_t to[OPTIONS_MAX], n;

	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		seed_put(f, said[i], strlen(said[i]));
		if (options_compile(said[i], to, &n, NULL))
			seed_put(f, to, n);
	}
}

/* ---- the agent's messages ---- */

/* A conversation with itself: listens, connects, sends, receives, is told, ends. Then what is seldom asked; then what is wrong. */
static void messages_put(struct folder *f)
{
	static const struct {
		uint16_t method;
		uint8_t length, data[24];
	} messages[] = {
	    {0x0002, 0, {0}},
	    {0x007f, 0, {0}},
	    {0x0201, 9, {1, 0x10, 0, 0, 4, 127, 0, 0, 1}},
	    {0x0204, 4, {0, 0, 0xff, 0xff}},
	    {0x0201, 9, {1, 0xff, 0xff, 0, 4, 127, 0, 0, 1}},
	    {0x0206, 7, {0, 1, 0, 6, 0, 1, 1}},
	    {0x0206, 10, {0, 1, 0xff, 0xfd, 0, 4, 0, 0, 0x13, 0x88}},
	    {0x0205, 10, {0, 1, 0x10, 0, 0, 4, 127, 0, 0, 1}},
	    {0x0202, 9, {0, 1, 0, 5, 0, 0, 2, 'a', 'b'}},
	    {0x0202, 8, {0, 1, 0, 1, 0x20, 0, 1, 'u'}},
	    {0x0203, 6, {0, 2, 0, 3, 0xff, 0xff}},
	    {0x027f, 16, {0x10, 0, 0, 4, 127, 0, 0, 1, 0x10, 1, 0, 4, 127, 0, 0, 1}},
	    {0x0207, 3, {0, 1, 1}},
	    {0x027e, 2, {0, 2}},
	    {0x0200, 3, {0, 2, 1}},
	    {0x027d, 19, {0, 3, 1, 0x10, 0, 0, 4, 127, 0, 0, 1, 0x10, 1, 0, 4, 127, 0, 0, 1}},
	    {0x0201, 21, {1, 0x10, 1, 0, 16, [20] = 1}},
	    {0x027c, 15, {0, 1, 0x10, 0, 0, 4, 127, 0, 0, 1, 0, 9, 0, 1, 'a'}},
	    {0x0001, 0, {0}},
	    {0x0003, 4, {0, 7, 0, 0}},
	    {0x0042, 0, {0}},
	};
	uint8_t all[ROOM], one[64];
	size_t n = 0;

	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
		const uint8_t octets = messages[i].length;
		const uint8_t head[] = {0, (uint8_t)(16 + octets), 1, 5, (uint8_t)(messages[i].method >> 8), (uint8_t)messages[i].method, 0, 0, 0, (uint8_t)(8 + octets), 0, 0, 0, 0, 1, 1, 0, 0};

		memcpy(one, head, sizeof head);
		memcpy(one + sizeof head, messages[i].data, octets);
		seed_put(f, one, sizeof head + octets);
		memcpy(all + n, one, sizeof head + octets);
		n += sizeof head + octets;
	}
	seed_put(f, all, n);
}

/* ---- a record's lines ---- */

static void line_put(struct folder *f, char *line)
{
	seed_put(f, line, strlen(line));
	free(line);
}

static void record_put(struct folder *f)
{
	struct result r = {.id = "close/figure-12/b/v4", .title = "A title", .ref = "RFC 9293 3.6", .clause = "3.10.7.4", .cause = "no reply", .cause_class = "no reply", .state_before = "ESTABLISHED", .state_after = "CLOSE-WAIT", .state_by = "both", .endpoint = "10.0.0.1:1 10.0.0.2:2", .family = "v4", .known_at = "known.tsv:12", .attempts = 2, .edges = 5};
	struct run_header h = {.version = "0.1", .target = "linux", .kernel = "6.1", .link = "veth", .fence = "call", .profile = "rfc9293", .seed = 1, .scope = {.shard = 1, .shards = 1, .planned = 1, .whole = 1}};
	struct known_use known = {.at = "known.tsv:12", .glob = "close/*", .reason = "a reason", .met = 1, .excused = 1};
	struct run_counts c = {.total = 1, .by_verdict = {1}, .complete = true, .known = &known, .known_count = 1};

	text_put(&r.permitted, "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => CLOSE-WAIT\n");
	text_put(&r.actual, "(silence) => CLOSE-WAIT");
	text_put(&r.ladder, " 1.  ESTABLISHED\n 2.  <-- <SEQ=100><CTL=FIN,ACK> <--  # <== no reply\n");
	text_put(&r.known, "a reason [3.10.7.4; since 6.1; known.tsv:12]");
	for (enum verdict v = 0; v < VERDICTS; v++) {
		r.verdict = v;
		line_put(f, result_json(&r, NULL));
	}
	line_put(f, run_header_json(&h));
	line_put(f, run_counts_json(&c));
	result_free(&r);
}

/* ---- what the declarations of the tree do not say ---- */

static void declarations_put(struct folder *f)
{
	static const char *const testers[] = {"udp:10.0.0.2:10000,service=0x0105,timeout=2 s", "tcp:[fd00::2]:10000", "unix:/run/agent"};
	struct text out = {0};

	for (size_t i = 0; i < sizeof testers / sizeof *testers; i++) {
		text_add(&out, "[target]\nname = device\nkind = remote\nfence = both\nupper_tester = testability:%s\ncommand = agent\n[constants]\nmsl = 2 s\n[capabilities]\nlacks = urgent\n", testers[i]);
		seed_put(f, out.at, out.length);
		text_clear(&out);
	}
	text_free(&out);
}

int main(int argc, char **argv)
{
	struct folder wire, agent, ladder;

	if (argc != 2) {
		fprintf(stderr, "usage: make-parser-seeds FOLDER\n");
		return 3;
	}
	folder_open(&wire, argv[1], "fuzz_wire");
	folder_open(&agent, argv[1], "fuzz_agent");
	folder_open(&ladder, argv[1], "fuzz_ladder");
	segments_put(&wire, IPV4);
	segments_put(&wire, IPV6);
	headers_put(&wire);
	errors_put(&wire, IPV4);
	errors_put(&wire, IPV6);
	neighbours_put(&wire);
	links_put(&wire);
	old_capture_put(&wire);
	options_put(&wire);
	messages_put(&agent);
	record_put(&ladder);
	declarations_put(&ladder);
	return 0;
}
