/* Asks the kernel for the state of one 4-tuple over INET_DIAG, and destroys one. It never lists sockets, and needs no descriptor of the socket. */
#ifndef TCPSPEC_TARGET_DIAG_H
#define TCPSPEC_TARGET_DIAG_H

#include <linux/inet_diag.h>

#include "lib/target/target.h"

struct mnl_socket;

enum { DIAG_REQUEST_OCTETS = 128,
       DIAG_ANSWER_OCTETS = 8192 };

/* One netlink socket and its buffers: a query allocates nothing. */
struct diag {
	struct mnl_socket *netlink;
	unsigned port_id;
	uint32_t sequence;
	_Alignas(8) uint8_t request[DIAG_REQUEST_OCTETS];
	_Alignas(8) uint8_t answer[DIAG_ANSWER_OCTETS];
};

/* A 4-tuple as INET_DIAG names it. */
struct diag_tuple {
	uint8_t family; /* AF_INET, AF_INET6 */
	struct inet_diag_sockid id;
};

struct diag_answer {
	bool has_tcb, has_listener; /* has_listener: said only when there is no TCB, since an exact match hides the listener */
	enum state state;           /* when has_tcb */
	bool minisocket;            /* a TCB that the kernel keeps without a socket: a request (SYN-RECEIVED) or TIME-WAIT */
	uint32_t cookie[2];         /* names this very TCB to diag_destroy() */
};

/* Opens the netlink socket in the calling thread's network namespace, and shows with a listener of its own that the kernel answers. */
bool diag_open(struct diag *d, struct error *e);
void diag_close(struct diag *d);

struct diag_tuple diag_tuple_of(const struct endpoint *at);

/* The exact query. The kernel falls back to the listener: a remote port of 0 in the answer means that the 4-tuple has no TCB. False only when netlink fails. */
bool diag_state(struct diag *d, const struct diag_tuple *t, struct diag_answer *a, struct error *e);

/* What TCP_INFO would say of it, without its socket: as much of struct tcp_info as the kernel and room have, *octets; 0 where there is no TCB with a socket. False only when netlink fails. */
bool diag_info(struct diag *d, const struct diag_tuple *t, void *info, size_t room, size_t *octets, struct error *e);

/* Destroys the TCB with that cookie (SOCK_DESTROY). Silent on the wire for a minisocket; a full connection sends RST. *gone is false when it was not there or
 * the kernel refuses; false is returned only when netlink fails. */
bool diag_destroy(struct diag *d, const struct diag_tuple *t, const uint32_t cookie[2], bool *gone, struct error *e);

/* The kernel's state (netinet/tcp.h) in ours. False: no TCB in the standard's sense. */
bool diag_state_of(uint8_t kernel, enum state *s);

#endif
