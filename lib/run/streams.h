/* The TCP connections of a capture, told apart, each packet once. It judges nothing and reads no file. */
#ifndef TCPSPEC_RUN_STREAMS_H
#define TCPSPEC_RUN_STREAMS_H

#include "lib/wire/segment.h"

struct stream_packet {
	uint64_t at; /* microseconds */
	bool from_a;
	bool unfinished;        /* its checksum had not been filled in */
	size_t missing;         /* octets of the packet that the capture has not */
	struct segment segment; /* its text pointer is not to be used; text_length is what the IP header says */
};

/* Side A is the initiator: who sent the first SYN, else who was seen first. */
struct stream {
	struct address a, b;
	uint16_t a_port, b_port;
	bool from_start; /* the first packet is a SYN without ACK */
	struct stream_packet *packet;
	size_t count, room;
	size_t duplicates; /* packets that were captured twice, and are told once */
	size_t cut;        /* packets that the snapshot length cut */
	bool offload[2];   /* the side's (A's, B's) checksums were not filled in yet where the capture was taken */
};

struct streams {
	struct stream *stream;
	size_t count, room;
};

/* An IP packet in the order of the capture; original: octets that it had, captured: octets that are there. What is no TCP is passed over. */
void streams_packet(struct streams *s, uint64_t at, const uint8_t *packet, size_t captured, size_t original);
/* Once all were added: connections are told apart that had the same ends one after the other, and copies are dropped. */
void streams_finish(struct streams *s);
void streams_free(struct streams *s);

#endif
