/* libFuzzer harness of lib/wire: what it reads without a fault and builds again it reads as the same. An input is taken for everything that it may be: a frame, a packet, a capture, options,
 * options in words. It judges no stack. */
#include <inttypes.h>
#include <string.h>

#include "fuzz/property.h"
#include "lib/wire/ip.h"
#include "lib/wire/link_layer.h"
#include "lib/wire/option.h"
#include "lib/wire/packet.h"
#include "lib/wire/pcapng.h"

enum { BLOCKS_MAX = 64,       /* of one capture: more are more of the same */
       BUILT_MAX = FRAME_MAX, /* octets */
       FAULTS_KEPT = BAD_TCP_CHECKSUM | BAD_OPTIONS | BAD_RESERVED };

PROPERTY(segment_is_kept, "a segment that was read is built again, and is read as another")
PROPERTY(ip_options_are_kept, "IPv4 options that were read are put into a packet, and are read as others")
PROPERTY(extension_is_passed_over, "a padding extension header is put into a packet, and the segment behind it is another")
PROPERTY(option_words_are_kept, "options are printed, and what was printed compiles to others")
PROPERTY(option_octets_are_kept, "options are compiled from words, and are printed as words that compile to others")
PROPERTY(message_is_kept, "an ICMP, ARP or NDP message that was read is built again, and is read as another")
PROPERTY(packet_lies_in_frame, "a packet does not lie in the frame that holds it")
PROPERTY(block_lies_in_file, "a block's parts do not lie in its octets")
PROPERTY(capture_is_kept, "a packet that was read from a capture is written again, and is read as another")

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

/* ---- options ---- */

static void options_check(const uint8_t *octets, size_t n)
{
	struct text said = {0};
	uint8_t again[OPTIONS_MAX], length = 0;

	options_print(octets, n, &said);
	option_words_are_kept(options_compile(text_string(&said), again, &length, NULL) && length == n && memcmp(again, octets, n) == 0);
	text_free(&said);
}

static void option_words_check(const char *words)
{
	uint8_t to[OPTIONS_MAX], again[OPTIONS_MAX], length = 0, length_again = 0;
	struct text said = {0};

	if (!options_compile(words, to, &length, NULL))
		return;
	options_print(to, length, &said);
	option_octets_are_kept(options_compile(text_string(&said), again, &length_again, NULL) && length == length_again && memcmp(to, again, length) == 0);
	text_free(&said);
}

/* ---- segments ---- */

static bool options_equal(const struct options *a, const struct options *b)
{
	return a->has_mss == b->has_mss && a->mss == b->mss && a->has_ws == b->has_ws && a->ws == b->ws && a->has_sack_permitted == b->has_sack_permitted && a->has_ts == b->has_ts &&
	       a->ts_val == b->ts_val && a->ts_ecr == b->ts_ecr && a->malformed == b->malformed && a->has_fastopen == b->has_fastopen && a->cookie_octets == b->cookie_octets &&
	       memcmp(a->cookie, b->cookie, a->cookie_octets) == 0 && a->has_uto == b->has_uto && a->uto == b->uto && a->sack_blocks == b->sack_blocks &&
	       memcmp(a->sack, b->sack, a->sack_blocks * sizeof *a->sack) == 0;
}

/* A checksum of 0 may be written as its other zero (RFC 1071). */
static bool checksum_equal(uint16_t a, uint16_t b)
{
	return a == b || (a % UINT16_MAX == 0 && b % UINT16_MAX == 0);
}

/* In all that a segment says beside the IP header's checksum, length and options. */
static bool segment_equal(const struct segment *a, const struct segment *b)
{
	return address_equal(&a->src, &b->src) && address_equal(&a->dst, &b->dst) && a->src_port == b->src_port && a->dst_port == b->dst_port && a->seq == b->seq && a->ack == b->ack && a->ctl == b->ctl &&
	       a->wnd == b->wnd && a->up == b->up && checksum_equal(a->chk, b->chk) && a->off == b->off && a->reserved == b->reserved && a->options_length == b->options_length &&
	       memcmp(a->option_octets, b->option_octets, a->options_length) == 0 && options_equal(&a->options, &b->options) && a->text_length == b->text_length &&
	       memcmp(a->text, b->text, a->text_length) == 0 && (a->ttl ? a->ttl : IP_TTL_DEFAULT) == b->ttl && a->tos == b->tos && a->ip_id == b->ip_id && a->dont_fragment == b->dont_fragment &&
	       (a->bad & FAULTS_KEPT) == (b->bad & FAULTS_KEPT);
}

static bool reads_as(const uint8_t *packet, size_t n, const struct segment *s)
{
	struct segment again;

	return segment_parse(packet, n, &again, NULL) && segment_equal(s, &again);
}

/* Are these options those, and behind them zeros up to the next word? */
static bool options_padded(const struct ip *ip, const struct ip *again)
{
	for (size_t i = ip->options_length; i < again->options_length; i++)
		if (again->options[i] != IP_OPTION_END)
			return false;
	return again->options_length == (ip->options_length + 3) / 4 * 4 && memcmp(ip->options, again->options, ip->options_length) == 0;
}

static void segment_check(const uint8_t *packet, size_t n)
{
	static uint8_t built[BUILT_MAX];
	static const uint8_t padding[6] = {1, 4};
	struct segment s;
	struct ip ip, ip_again;
	size_t length, grown;

	if (!segment_parse(packet, n, &s, NULL))
		return;
	options_check(s.option_octets, s.options_length);
	if (s.bad & ~(FAULTS_KEPT | BAD_IP_CHECKSUM))
		return;
	s.said = s.bad & BAD_TCP_CHECKSUM ? SAID_CHK : 0;
	length = segment_build(&s, built, sizeof built);
	segment_is_kept(length && reads_as(built, length, &s));
	ip_parse(packet, n, &ip, NULL);
	if (s.src.family == IPV4) {
		/* Their padding is not said. */
		while (ip.options_length && ip.options[ip.options_length - 1] == IP_OPTION_END)
			ip.options_length--;
		grown = ip_options_insert(built, length, sizeof built, ip.options, ip.options_length);
		ip_options_are_kept(grown && reads_as(built, grown, &s) && ip_parse(built, grown, &ip_again, NULL) && options_padded(&ip, &ip_again));
	} else {
		grown = ip_extension_insert(built, length, sizeof built, IP_NEXT_DESTINATION, padding, sizeof padding);
		extension_is_passed_over(!grown || reads_as(built, grown, &s));
	}
}

/* ---- frames ---- */

static const uint8_t mac[MAC_OCTETS] = {2};

/* The message that p holds, built again behind an Ethernet header. Its octets, 0 when it is none of those that are built. */
static size_t message_build(const struct packet *p, uint8_t *to, size_t room)
{
	uint8_t *at = to + ETHERNET_HEADER;
	size_t n = 0;
	uint16_t type = 0x86dd;

	room -= ETHERNET_HEADER;
	switch (p->kind) {
	case PACKET_ICMP_ECHO:
	case PACKET_ICMP_ECHO_REPLY:
		n = icmp_echo_build(&p->echo, at, room);
		type = p->echo.src.family == IPV4 ? 0x0800 : 0x86dd;
		break;
	case PACKET_ICMP_ERROR:
		n = icmp_error_build(&p->error, at, room);
		type = p->error.src.family == IPV4 ? 0x0800 : 0x86dd;
		break;
	case PACKET_ARP_REQUEST:
	case PACKET_ARP_REPLY:
		n = arp_build(&p->arp, at, room);
		type = 0x0806;
		break;
	case PACKET_NDP_SOLICIT:
	case PACKET_NDP_ADVERT:
		n = ndp_build(&p->ndp, at, room);
		break;
	case PACKET_TCP:
	case PACKET_OTHER:
		break;
	}
	return n ? n + ethernet_build(mac, mac, type, to, room + ETHERNET_HEADER) : 0;
}

static bool message_equal(const struct packet *a, const struct packet *b)
{
	if (a->kind != b->kind || b->bad_checksum)
		return false;
	switch (a->kind) {
	case PACKET_ICMP_ECHO:
	case PACKET_ICMP_ECHO_REPLY:
		return address_equal(&a->echo.src, &b->echo.src) && address_equal(&a->echo.dst, &b->echo.dst) && a->echo.id == b->echo.id && a->echo.seq == b->echo.seq && a->echo.reply == b->echo.reply;
	case PACKET_ICMP_ERROR:
		return address_equal(&a->error.src, &b->error.src) && address_equal(&a->error.dst, &b->error.dst) && a->error.type == b->error.type && a->error.code == b->error.code &&
		       a->error.mtu == b->error.mtu && a->error.quoted_length == b->error.quoted_length && memcmp(a->error.quoted, b->error.quoted, a->error.quoted_length) == 0;
	case PACKET_ARP_REQUEST:
	case PACKET_ARP_REPLY:
		return memcmp(a->arp.sender_mac, b->arp.sender_mac, MAC_OCTETS) == 0 && memcmp(a->arp.target_mac, b->arp.target_mac, MAC_OCTETS) == 0 && address_equal(&a->arp.sender, &b->arp.sender) &&
		       address_equal(&a->arp.target, &b->arp.target) && a->arp.reply == b->arp.reply;
	case PACKET_NDP_SOLICIT:
	case PACKET_NDP_ADVERT:
		return address_equal(&a->ndp.src, &b->ndp.src) && address_equal(&a->ndp.dst, &b->ndp.dst) && address_equal(&a->ndp.target, &b->ndp.target) &&
		       memcmp(a->ndp.mac, b->ndp.mac, MAC_OCTETS) == 0 && a->ndp.advert == b->ndp.advert;
	case PACKET_TCP:
	case PACKET_OTHER:
		break;
	}
	return true;
}

static void frame_check(const uint8_t *frame, size_t n)
{
	static uint8_t built[BUILT_MAX];
	struct packet p, again;
	size_t length;

	packet_parse(frame, n, &p);
	if (p.kind == PACKET_ICMP_ERROR)
		segment_check(p.error.quoted, p.error.quoted_length);
	length = message_build(&p, built, sizeof built);
	if (!length)
		return;
	packet_parse(built, length, &again);
	message_is_kept(message_equal(&p, &again));
}

static void link_check(enum linktype l, const uint8_t *frame, size_t n)
{
	const uint8_t *packet;
	size_t length;

	if (!link_layer_packet(l, frame, n, &packet, &length))
		return;
	packet_lies_in_frame(packet >= frame && length > 0 && length <= n && (size_t)(packet - frame) == n - length);
	segment_check(packet, length);
}

/* ---- captures ---- */

/* The packet, written again as the only one of a capture. A comment beyond what an option holds is cut. */
static void capture_check(const struct pcapng_block *b)
{
	struct pcapng_reader r = {0};
	struct pcapng_block again = {.length = 0};
	struct text out = {0};
	size_t need, said_length, again_length;
	const char *said = pcapng_comment(b, &said_length), *said_again;

	said_length = said ? said_length : 0;
	pcapng_section_write(&out, "", "", "");
	pcapng_interface_write(&out, b->linktype, "", "");
	pcapng_packet_write(&out, 0, b->at, b->octets, b->captured, b->direction, said, said_length);
	for (size_t at = 0, i = 0; i < 3; i++, at += again.length)
		capture_is_kept(pcapng_read(&r, (const uint8_t *)out.at + at, out.length - at, &again, &need, NULL) == PCAPNG_GOT);
	said_again = pcapng_comment(&again, &again_length);
	again_length = said_again ? again_length : 0;
	capture_is_kept(again.kind == PCAPNG_PACKET && again.linktype == b->linktype && again.at == b->at && again.captured == b->captured && memcmp(again.octets, b->octets, b->captured) == 0 &&
	                again.direction == b->direction && again_length == said_length && (!said_length || memcmp(said_again, said, said_length) == 0));
	pcapng_reader_free(&r);
	text_free(&out);
}

static bool within(const uint8_t *part, size_t length, const uint8_t *whole, size_t n)
{
	return !part || (part >= whole && length <= n && (size_t)(part - whole) <= n - length);
}

/* Between the block's two lengths. */
static bool in_block(const uint8_t *part, size_t length, const uint8_t *block, size_t n)
{
	return within(part, length, block + 8, n - PCAPNG_BLOCK_LEAST);
}

static void file_check(const uint8_t *octets, size_t n)
{
	struct pcapng_reader r = {0};
	struct pcapng_block b;
	size_t need, length, option;
	const uint8_t *value;
	uint16_t code;

	for (size_t at = 0, i = 0; i < BLOCKS_MAX; at += b.length, i++) {
		const enum pcapng_outcome outcome = pcapng_read(&r, octets + at, n - at, &b, &need, NULL);

		block_lies_in_file(outcome != PCAPNG_MORE || need > n - at);
		if (outcome != PCAPNG_GOT)
			break;
		block_lies_in_file(b.length >= PCAPNG_BLOCK_LEAST && within(octets + at, b.length, octets, n) && in_block(b.body, b.body_length, octets + at, b.length) &&
		                   in_block(b.octets, b.captured, octets + at, b.length));
		for (option = 0; pcapng_option(&b, &option, &code, &value, &length);)
			block_lies_in_file(in_block(value, length, octets + at, b.length));
		if (b.kind == PCAPNG_PACKET) {
			link_check(b.linktype, b.octets, b.captured);
			capture_check(&b);
		}
	}
	pcapng_reader_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
	static const enum linktype links[] = {LINKTYPE_NULL, LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2};
	char words[256];

	segment_check(octets, n);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		link_check(links[i], octets, n);
	frame_check(octets, n);
	file_check(octets, n);
	if (n <= OPTIONS_MAX)
		options_check(octets, n);
	if (n < sizeof words) {
		memcpy(words, octets, n);
		words[n] = '\0';
		option_words_check(words);
	}
	return 0;
}
