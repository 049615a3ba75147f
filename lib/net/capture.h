/* A capture file of any tool, item by item: pcapng with its comments and our custom records, classic pcap through libpcap (either byte order, micro- and nanoseconds).
 * It captures nothing and understands no packet. */
#ifndef TCPSPEC_NET_CAPTURE_H
#define TCPSPEC_NET_CAPTURE_H

#include "lib/wire/pcapng.h"

enum capture_kind {
	CAPTURE_SECTION, /* of pcapng, with its comment; a classic pcap is one without */
	CAPTURE_PACKET,
	CAPTURE_RECORD, /* a custom block of ours: comment holds its words */
};

/* Everything is borrowed, until the next call. */
struct capture_item {
	enum capture_kind kind;
	uint64_t offset;     /* in the file */
	const char *comment; /* of SECTION and PACKET the first one, or NULL; not NUL-terminated */
	size_t comment_length;
	/* PACKET: */
	enum linktype linktype;
	uint64_t at; /* microseconds since 1970; of RECORD too; 0 where the file says none */
	const uint8_t *octets;
	size_t captured, original; /* octets that are there, and that were on the wire */
	enum pcapng_direction direction;
};

struct capture;

/* path "-": standard input. NULL with e. */
struct capture *capture_open(const char *path, struct error *e);
/* 1: *i is the next item; 0: the end; -1 with e, which names file and offset: damaged or cut off there. What was read before stays good. */
int capture_next(struct capture *c, struct capture_item *i, struct error *e);
void capture_close(struct capture *c);

#endif
