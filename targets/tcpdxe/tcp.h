/* EFI_TCP4_PROTOCOL and EFI_TCP6_PROTOCOL as the calls of a user: OPEN, SEND, RECEIVE, CLOSE, ABORT, and what there is. It speaks to nobody. */
#pragma once

#include "network.h"

enum { SOCKETS = 512,
       ACCEPTS = 8 };

struct end {
	struct address address;
	uint16_t port;
};

struct ends {
	struct end local, remote;
};

/* What was asked of TcpDxe and is not finished: a token with an event of its own. */
struct errand {
	struct errand *next;
	union {
		EFI_TCP4_COMPLETION_TOKEN completion; /* of each the first member, and the same for both versions */
		EFI_TCP4_CONNECTION_TOKEN connect;
		EFI_TCP4_LISTEN_TOKEN accept;
		EFI_TCP4_IO_TOKEN io;
		EFI_TCP4_CLOSE_TOKEN close;
	} token;
	union {
		EFI_TCP4_RECEIVE_DATA receive;
		EFI_TCP4_TRANSMIT_DATA transmit;
	} data;
	uint8_t octets[];
};

struct socket {
	bool used, listens;
	bool child;  /* of a listener, not taken from it yet: it goes when the connection ends */
	bool known;  /* the user has its number */
	bool let_go; /* nobody waits for it: destroyed when it has ended */
	struct ends ends;
	EFI_HANDLE handle;
	EFI_TCP4 *four; /* one of these two */
	EFI_TCP6 *six;
	struct errand *accepts[ACCEPTS];
	struct errand *errands;
};

struct tcp {
	struct network *network;
	uint32_t receive_buffer; /* octets, of what is opened without saying how many */
	struct socket sockets[SOCKETS];
};

/* Numbers above 0, or one of these. */
enum refusal {
	REFUSED_AGAIN = -1,
	REFUSED_CLOSING = -2,
	REFUSED_NONE = -3,
	REFUSED_FULL = -4,
	REFUSED_END = -5,
};

/* Opens a connection of this address that is never made: without anybody who uses it, the firmware's IP takes no packets. False: not yet, for IPv6 looks at its address first. */
bool tcp_hold(struct tcp *t, const struct address *a);

int64_t tcp_listen(struct tcp *t, const struct end *at, uint64_t buffer);
int64_t tcp_connect(struct tcp *t, const struct ends *e, uint64_t buffer);
int64_t tcp_find(struct tcp *t, const struct ends *e);

/* EFI_TCP4_CONNECTION_STATE; EFI_TCP6's are the same. */
unsigned tcp_state(struct tcp *t, const struct ends *e);

/* Of a number; octets taken or received, 0, or a refusal. */
int64_t tcp_send(struct tcp *t, uint64_t number, const uint8_t *octets, size_t n, bool push, bool urgent);
int64_t tcp_receive(struct tcp *t, uint64_t number, uint8_t *octets, size_t room);
int64_t tcp_close(struct tcp *t, uint64_t number);
int64_t tcp_release(struct tcp *t, uint64_t number);
int64_t tcp_abort(struct tcp *t, uint64_t number);
int64_t tcp_forget(struct tcp *t, uint64_t number);

/* Takes what listeners have, and destroys what has ended and nobody waits for. */
void tcp_tidy(struct tcp *t);
