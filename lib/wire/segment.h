/* A TCP segment with its IP header: fields said <-> octets. Can represent nonsense; knows no states and does no I/O. */
#ifndef TCPSPEC_WIRE_SEGMENT_H
#define TCPSPEC_WIRE_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

enum family { IPV4 = 4,
	      IPV6 = 6 };

struct address {
	enum family family;
	uint8_t octets[16]; /* network order; IPv4 in the first four */
};

bool address_equal(const struct address *a, const struct address *b);
/* Reads "192.0.2.1" or "2001:db8::1". */
bool address_read(const char *text, struct address *a, struct error *e);
void address_print(const struct address *a, struct text *out);

/* Control bits, as in the 13th and 14th octet of the header (RFC 9293 3.1; AE: RFC 9768). */
enum {
	CTL_FIN = 0x001,
	CTL_SYN = 0x002,
	CTL_RST = 0x004,
	CTL_PSH = 0x008,
	CTL_ACK = 0x010,
	CTL_URG = 0x020,
	CTL_ECE = 0x040,
	CTL_CWR = 0x080,
	CTL_AE = 0x100,
	CTL_ALL = 0x1ff,
};

enum { OPTIONS_MAX = 40,
       SACK_BLOCKS_MAX = 4 };

/* The options of a segment, read leniently: what could be understood. The raw octets stay in the segment. */
enum { COOKIE_MIN = 4,
       COOKIE_MAX = 16 };

struct options {
	bool has_mss, has_ws, has_sack_permitted, has_ts, malformed;
	uint16_t mss;
	uint8_t ws; /* shift count as sent, may be > 14 */
	uint32_t ts_val, ts_ecr;
	bool has_fastopen;     /* with a lawful length (RFC 7413 4.1.1); one with another is as if it were not there */
	uint8_t cookie_octets; /* 0: a cookie is asked for */
	uint8_t cookie[COOKIE_MAX];
	bool has_uto; /* with a lawful length (RFC 5482 3.3); one with another is as if it were not there */
	uint16_t uto; /* G and the user timeout */
	uint8_t sack_blocks;
	struct {
		uint32_t left, right;
	} sack[SACK_BLOCKS_MAX];
};

/* Which header fields were said: for these segment_build() takes the value as it stands, for the others it computes. */
enum {
	SAID_CHK = 1 << 0, /* TCP checksum */
	SAID_OFF = 1 << 1, /* data offset */
	SAID_IP_LENGTH = 1 << 2,
	SAID_IP_CHK = 1 << 3,
};

/* What segment_parse() found wrong. None of it keeps the other fields from being filled in as far as they go. */
enum {
	BAD_IP_CHECKSUM = 1 << 0,
	BAD_TCP_CHECKSUM = 1 << 1, /* wrong, or not to be verified because octets are missing (BAD_LENGTH) */
	BAD_OFFSET = 1 << 2,       /* data offset below 5 or beyond the segment */
	BAD_OPTIONS = 1 << 3,      /* an option's length contradicts its place */
	BAD_FRAGMENT = 1 << 4,     /* a piece of a datagram: its TCP checksum is not judged; of a later piece, all TCP fields are 0 and text is the piece */
	BAD_RESERVED = 1 << 5,     /* reserved bits set */
	BAD_LENGTH = 1 << 6,       /* the IP header promises more octets than there are */
	BAD_EXTENSION = 1 << 7,    /* an IPv6 extension header for which the packet is to be discarded (RFC 8200 4) */
};

struct segment {
	struct address src, dst; /* dst: behind a source route that is not used up, where that ends */
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	uint16_t ctl; /* CTL_* */
	uint16_t wnd; /* as on the wire, unscaled */
	uint16_t up;
	uint16_t chk;
	uint8_t off;      /* 32-bit words */
	uint8_t reserved; /* the 3 bits between the data offset and AE */
	uint8_t options_length;
	uint8_t option_octets[OPTIONS_MAX];
	struct options options; /* filled in by segment_parse(); segment_build() reads option_octets alone */
	const uint8_t *text;    /* borrowed */
	uint32_t text_length;   /* octets */
	uint8_t ttl;            /* or hop limit; 0 is sent as 64 */
	uint8_t tos;            /* DSCP and ECN */
	uint16_t ip_id;         /* IPv4 only */
	uint16_t ip_length;     /* total length (v4) or payload length (v6): used under SAID_IP_LENGTH */
	uint16_t ip_chk;        /* IPv4 header checksum: used under SAID_IP_CHK */
	bool dont_fragment;
	uint8_t said;          /* SAID_* */
	uint8_t bad;           /* BAD_*, by segment_parse() */
	const uint8_t *packet; /* by segment_parse(), borrowed: the IP packet; NULL of one that was not read */
	size_t packet_octets;  /* that are there of it */
};

/* SEG.LEN: text plus one for SYN and one for FIN (RFC 9293 3.4). */
uint32_t segment_length(const struct segment *s);

/* Writes the IP packet. Returns its octets, or 0 when it does not fit in room. Padding after the options is zeros. */
size_t segment_build(const struct segment *s, uint8_t *to, size_t room);

/* Reads an IP packet that holds TCP. False with e only when there is no TCP header to speak of (not IP, not TCP, shorter than 20 octets of TCP).
 * s->text points into packet. Checksums are always verified (RFC 9293 3.1 MUST-3). Trailing octets beyond the IP length are not the packet's. */
bool segment_parse(const uint8_t *packet, size_t n, struct segment *s, struct error *e);

/* Reads the options of a segment into *o; false when any is malformed (o->malformed too). */
bool options_parse(const uint8_t *at, size_t n, struct options *o);

/* The octet at place i (0 = first after the SYN) of either side's stream: (i*131+7) mod 251. */
uint8_t stream_octet(uint32_t i);
void stream_fill(uint8_t *to, uint32_t from, uint32_t n);
/* Are these n octets the stream's from place `from` on? */
bool stream_holds(const uint8_t *octets, uint32_t from, uint32_t n);

/* Appends the bits by name, in the order SYN FIN RST PSH ACK URG ECE CWR AE with commas between, so that they read as in the
 * standard's figures: "SYN,ACK", "FIN,ACK", "RST,ACK", "PSH,ACK"; "0" for none. Bits outside CTL_ALL are not printed. */
void ctl_print(uint16_t ctl, struct text *out);

#endif
