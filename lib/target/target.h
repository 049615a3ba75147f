/* The target's operations table: start, steer and ask a stack. It holds no opinion on the answers. */
#ifndef TCPSPEC_TARGET_TARGET_H
#define TCPSPEC_TARGET_TARGET_H

#include "lib/model/model.h"
#include "lib/net/link.h"
#include "lib/target/declaration.h"

/* One 4-tuple of the target, and what the upper tester holds for it. */
struct endpoint {
	enum family family;
	struct address target, tester;
	uint16_t target_port, tester_port;
};

struct connection; /* the target's own: its sockets */

enum call_result { CALL_OK,
	           CALL_PENDING,
	           CALL_FAILED,
	           CALL_UNSEEN }; /* nobody knows what it answered: a capture shows no calls */

/* How a SEND is meant (3.10.2: the PUSH and the URGENT flag). */
enum { SEND_PUSH = 1 << 0,
       SEND_URGENT = 1 << 1 };
static inline unsigned send_how(bool push, bool urgent)
{
	return (push ? (unsigned)SEND_PUSH : 0U) | (urgent ? (unsigned)SEND_URGENT : 0U);
}

/* The same of OPEN, active: the ends that it names, and whether text goes with it (SEND_PUSH). */
enum { OPEN_PLACE_AT = 4 };
static inline unsigned open_how(bool with_text, enum open_place p)
{
	return (with_text ? (unsigned)SEND_PUSH : 0U) | (unsigned)p << OPEN_PLACE_AT;
}
static inline enum open_place how_place(unsigned how)
{
	return (enum open_place)(how >> OPEN_PLACE_AT);
}

struct call_answer {
	enum call_result result;
	unsigned signals; /* SIGNAL_*: what the user was told by it. FAILED with none: the interface cannot say the call in this state, or the stack did not take all of it */
	uint32_t octets;  /* moved by SEND or RECEIVE */
	bool content_ok;  /* RECEIVE: the octets are the stream's (stream_octet) */
	char text[96];    /* the target's own words: "ECONNREFUSED" */
};

struct state_answer {
	bool has_tcb;      /* false: no TCB for this 4-tuple */
	bool has_listener; /* the stack says that the port has a listener; said only when there is no TCB, which stands before it */
	enum state state;  /* when has_tcb */
};

/* The state that it tells: without a TCB LISTEN where the port has a listener, else CLOSED. */
static inline enum state answer_state(const struct state_answer *a)
{
	return a->has_tcb ? a->state : a->has_listener ? LISTEN
	                                               : CLOSED;
}

/* What `signals` of the linux target can know, which is what the kernel told the socket's user, each SIGNAL_* only by a word of its own (tests/target/test_linux_signals.c):
 *   REFUSED      ECONNREFUSED that ended the connection: an RST in SYN-SENT, and an ICMP port unreachable there, which the kernel does not tell apart.
 *   RESET        ECONNRESET: an exact RST in SYN-RECEIVED after an active or simultaneous open (where RFC 9293 says "refused"), in ESTABLISHED, FIN-WAIT-1 and FIN-WAIT-2, and in CLOSING and
 *                LAST-ACK (where it says nothing to the user). EPIPE: the same in CLOSE-WAIT, whoever is told; EPIPE of a SEND after CLOSE or after the end is CLOSED. A SYN
 *                that resets the connection, and a TCB destroyed from outside (ECONNABORTED: no signal), cannot be told from these or are not told.
 *   EOF          recv() == 0 before any error: the FIN, once all text before it was received. Unread text hides it, and an RST behind it then hides it for good.
 *   URGENT       POLLPRI: the urgent octet itself is there. An urgent pointer that is ahead of the text is told by SIGURG alone, which is not looked for. Taken back when a RECEIVE has passed it.
 *   TIMEOUT      ETIMEDOUT; with an ICMP error noted before, the kernel gives that one's instead: UNREACHABLE, or REFUSED for a port unreachable.
 *   UNREACHABLE  the errno of an ICMP error, of the attempt or as a soft error. Of several soft ones, the last.
 *   CLOSED       by the answer of a call alone.
 * Nothing is known of: SYN-RECEIVED by a passive open (there is no socket: its RST tells nobody), an RST in TIME-WAIT (the TCB has left the socket), and anything after
 * the user let go (RELEASE, ABORT, FORGET, CLOSE in SYN-SENT); what was told before stays. Asking accepts a connection that waits for it. The set is the 4-tuple's,
 * over all its connections since `open`. */

/* Each operation may be NULL: a script that needs it is UNIMPLEMENTED. All return false with e only when the target or the tester is
 * broken; a call that the stack refuses is an answer. No operation blocks. */
struct target_operations {
	struct connection *(*open)(void *target, const struct endpoint *at, struct error *e); /* takes up a 4-tuple, does nothing on the wire */
	/* how: of SEND. OPEN, active: by open_how(); with SEND_PUSH n octets are to be sent with it by TCP Fast Open, and are not the most that the receive buffer may have; the answer says how many were taken. */
	bool (*call)(void *target, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e);
	/* The user sets something of the connection; value: in the setting's form (lib/model/user_setting.h). NULL: the target has no settings. */
	bool (*set)(void *target, struct connection *c, enum user_setting s, uint64_t value, struct call_answer *a, struct error *e);
	bool (*state)(void *target, struct connection *c, struct state_answer *a, struct error *e);
	/* All that the user was told so far on this 4-tuple, by calls or without one: SIGNAL_*, a set that only grows, but for URGENT, which is there as long as urgent text remains to be received (RFC 9293 3.8.5 MUST-33). */
	bool (*signals)(void *target, struct connection *c, unsigned *signals, struct error *e);
	/* Closes the listener alone (header `listener: closed`). */
	bool (*unlisten)(void *target, struct connection *c, struct error *e);
	void (*close)(void *target, struct connection *c); /* frees all of it */
	/* Opens a listener that all connections of this port share from now on: their OPEN passive is done. For those who play thousands a second; such a connection
	 * cannot lose its listener alone. */
	bool (*share)(void *target, const struct address *at, uint16_t port, struct error *e);
	/* As much of struct tcp_info as there is room for, *octets, without a word on the wire, as it is or was when the state was asked last; 0 where it has no connection that has one. NULL: it is no kernel. */
	bool (*info)(void *target, struct connection *c, void *info, size_t room, size_t *octets, struct error *e);
	/* Forgets what it remembers of the tester from one connection to the next, so that a play can be played again: cookies of TCP Fast Open. False: it cannot. NULL: nothing is known to be remembered. */
	bool (*forget)(void *target, const struct endpoint *at);
	/* After an operation has failed: "target died", "target hung", and it can be started again; NULL: neither. NULL instead of it: that is not known. */
	const char *(*lost)(void *target);
	void (*stop)(void *target);
};

struct target {
	const struct target_operations *operations;
	void *self;
	struct declaration *declaration;
	unsigned needs_met;   /* NEED_* that it can serve, of lib/script/script.h */
	char version[128];    /* "Linux 6.18.44" */
	char unmet[160];      /* why it has not what it was to be given; "" where it has */
	struct text settings; /* sysctls that were set, "name=value" a line, for the environment header */
};

/* The running kernel: sockets and INET_DIAG in the link's target namespace (the calling thread's). as_shipped: leaves the sysctls alone. */
bool target_linux_start(struct target *t, const struct link *l, struct declaration *d, bool as_shipped, struct error *e);
void target_stop(struct target *t);

/* Disturbances of the linux target, for tests of the fence: a thread that loops in recv(MSG_PEEK) on every connection (on another CPU than the caller, where there is one); a call that
 * is stalled inside the kernel with the connection's socket locked (userfaultfd) for stall_us, in whatever state it is. The latter returns once the lock is held, or at once where the
 * connection has no socket to stall; it changes nothing about the connection. A call of the tester on that socket meanwhile waits for its end. */
bool target_linux_busy(struct target *t, struct error *e);
bool target_linux_stall(struct target *t, struct connection *c, uint64_t stall_us, struct error *e);

#endif
