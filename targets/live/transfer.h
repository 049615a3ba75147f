/* A user of the stack for real programs at the other end: echo, sink and source of a file. It knows the calls of the stack and no segment. */
#ifndef TCPSPEC_TARGETS_LIVE_TRANSFER_H
#define TCPSPEC_TARGETS_LIVE_TRANSFER_H

#include "targets/live/host.h"

enum { TRANSFER_CONNECTIONS = 64,
       TRANSFER_OCTETS = 1 << 16 };

enum transfer_kind { TRANSFER_NONE,
	             TRANSFER_ECHO,
	             TRANSFER_DISCARD,
	             TRANSFER_SINK,
	             TRANSFER_SOURCE };

struct transfer_request {
	enum transfer_kind kind;
	uint16_t port;          /* where it listens, or the peer's */
	struct address connect; /* family 0: it listens */
	const char *file;
	uint16_t own_port; /* to connect from */
};

struct transfer_connection {
	int64_t handle; /* 0: this place is free */
	struct tcpspec_ends ends;
	bool ended;  /* the peer's end was received */
	bool closed; /* CLOSE was called */
	bool released;
	size_t from, to; /* octets that wait in `octets` */
	uint8_t octets[TRANSFER_OCTETS];
};

struct transfer {
	const struct transfer_request *request;
	struct host *host;
	int64_t listener[2];
	int file;
	bool has_all;   /* the file has been read to its end */
	uint64_t moved; /* octets to or from the file */
	bool done;
	struct transfer_connection at[TRANSFER_CONNECTIONS];
};

/* Listens, or connects. */
bool transfer_begin(struct transfer *t, const struct transfer_request *request, struct host *h, struct error *e);
/* Does what can be done now. False with e: it has failed. */
bool transfer_pump(struct transfer *t, struct error *e);
void transfer_end(struct transfer *t);

#endif
