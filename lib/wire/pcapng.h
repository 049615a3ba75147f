/* The pcapng format (draft-ietf-opsawg-pcapng): blocks <-> octets, comments kept. It opens no file and understands no packet; classic pcap is libpcap's to read. */
#ifndef TCPSPEC_WIRE_PCAPNG_H
#define TCPSPEC_WIRE_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/* Kinds of link as captures number them (the registry of tcpdump.org). */
enum linktype {
	LINKTYPE_NULL = 0,
	LINKTYPE_ETHERNET = 1,
	LINKTYPE_RAW = 101,
	LINKTYPE_LOOP = 108,
	LINKTYPE_LINUX_SLL = 113,
	LINKTYPE_IPV4 = 228,
	LINKTYPE_IPV6 = 229,
	LINKTYPE_LINUX_SLL2 = 276,
};

enum {
	PCAPNG_MAGIC = 0x0a0d0d0a,        /* a file's first four octets, in either byte order */
	PCAPNG_BLOCK_MAX = 64 << 20,      /* octets: a block that says to be longer is taken for damage */
	PCAPNG_OPTION_MAX = UINT16_MAX,   /* octets of one option */
	PCAPNG_BLOCK_LEAST = 12,          /* octets of the emptiest block */
	PCAPNG_SECTION_ANNOUNCEMENT = 12, /* octets of a section header that tell its byte order and length */
};

/* Codes of options. */
enum {
	PCAPNG_OPT_END = 0,
	PCAPNG_OPT_COMMENT = 1,
	PCAPNG_SHB_OS = 3,
	PCAPNG_SHB_USERAPPL = 4,
	PCAPNG_IF_NAME = 2,
	PCAPNG_IF_DESCRIPTION = 3,
	PCAPNG_IF_TSRESOL = 9,
	PCAPNG_IF_TSOFFSET = 14,
	PCAPNG_EPB_FLAGS = 2,
};

/* The enterprise number that our custom blocks carry: the one for examples (RFC 5612), since nobody has assigned us one. Their data tell whose they are. */
enum { PCAPNG_ENTERPRISE = 32473 };

/* Which way a packet went, seen from the capturing side. */
enum pcapng_direction { PCAPNG_UNKNOWN,
	                PCAPNG_INBOUND,
	                PCAPNG_OUTBOUND };

/* ---- writing: each appends one whole block, little-endian ---- */

/* Strings may be "". A comment longer than PCAPNG_OPTION_MAX is cut. */
void pcapng_section_write(struct text *out, const char *comment, const char *os, const char *application);
/* Times of its packets are microseconds. */
void pcapng_interface_write(struct text *out, enum linktype linktype, const char *name, const char *description);
/* at: microseconds since 1970. comment[0..comment_length), none when empty. */
void pcapng_packet_write(struct text *out, uint32_t interface, uint64_t at, const uint8_t *octets, size_t n, enum pcapng_direction direction, const char *comment, size_t comment_length);
/* What is no packet, as a custom block that tools copy along. */
void pcapng_custom_write(struct text *out, uint32_t enterprise, const char *data, size_t n);

/* ---- reading ---- */

enum pcapng_kind {
	PCAPNG_SECTION,
	PCAPNG_INTERFACE,
	PCAPNG_PACKET, /* of any of the format's three kinds */
	PCAPNG_CUSTOM, /* enterprise and body: data, padding, perhaps options, which only its author can tell apart */
	PCAPNG_OTHER,  /* any other: type and body */
};

struct pcapng_block {
	enum pcapng_kind kind;
	uint32_t type;
	uint64_t offset; /* in the file */
	size_t length;   /* octets of the whole block */
	const uint8_t *body;
	size_t body_length; /* without type, lengths and options (of CUSTOM and OTHER: with what may be options) */
	const uint8_t *options;
	size_t options_length;
	bool swapped;        /* options are in the other byte order than ours */
	uint32_t enterprise; /* CUSTOM */
	/* PACKET: */
	uint32_t interface;
	enum linktype linktype;
	bool timed;  /* a simple packet has no time */
	uint64_t at; /* microseconds since 1970 */
	const uint8_t *octets;
	size_t captured, original; /* octets that are there, and that were on the wire */
	enum pcapng_direction direction;
};

struct pcapng_interface {
	enum linktype linktype;
	uint32_t snaplen; /* 0: none */
	uint8_t resolution;
	int64_t offset; /* seconds */
};

/* A reader between two blocks. Begins as {0}. */
struct pcapng_reader {
	bool begun, swapped;
	uint64_t offset; /* of the next block in the file */
	struct pcapng_interface *interface;
	size_t interfaces, room;
};

enum pcapng_outcome { PCAPNG_GOT,
	              PCAPNG_MORE,  /* *need octets of this block must be on hand */
	              PCAPNG_BAD }; /* e says what, and at which offset of the file */

/* Reads the block at octets[0..n), which is the reader's next one; *b borrows from there. */
enum pcapng_outcome pcapng_read(struct pcapng_reader *r, const uint8_t *octets, size_t n, struct pcapng_block *b, size_t *need, struct error *e);
void pcapng_reader_free(struct pcapng_reader *r);

/* The option behind place *at of a block that was read; begins with *at = 0. False behind the last. */
bool pcapng_option(const struct pcapng_block *b, size_t *at, uint16_t *code, const uint8_t **value, size_t *length);
/* The block's first comment (borrowed, not NUL-terminated), or NULL. */
const char *pcapng_comment(const struct pcapng_block *b, size_t *length);

#endif
