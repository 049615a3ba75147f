/* The C ABI between tcpspec and a TCP stack that runs in its process: what a library exports to become a target. It needs nothing else of tcpspec, and holds no opinion on TCP.
 *
 * A library exports one function, tcpspec_stack_operations(), which returns its table. The tester creates a stack in memory of its own, hands it IP packets and times, and takes
 * the packets that it puts out through a callback; there is no thread, no socket and no clock but the one that the tester tells. All times are microseconds on that clock,
 * which never goes back. All calls return at once. Octets of addresses are in network order, ports in the host's.
 *
 * The callback may be called from within every function that is given a time, and from no other. A packet put out there is an answer "at once"; one put out by poll() is
 * made by a timer. A stack may be asked by poll() as often as one likes, also before the time that it asked for. */
#ifndef TCPSPEC_STACK_H
#define TCPSPEC_STACK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Counts up when something existing changes its meaning. What is added comes at the end of a struct, whose first member says how much of it there is. */
#define TCPSPEC_STACK_VERSION 1

struct tcpspec_stack; /* the library's own, in the arena */

struct tcpspec_address {
	uint8_t family;     /* 4 or 6 */
	uint8_t octets[16]; /* of IPv4 four, and zeros behind them */
};

/* The two ends of a connection, as the stack sees them. */
struct tcpspec_ends {
	struct tcpspec_address local, remote;
	uint16_t local_port, remote_port;
};

/* What a stack is created with. */
struct tcpspec_setup {
	uint32_t size;                     /* octets of this struct, as the tester knows it */
	uint32_t mtu;                      /* octets of the largest IP packet that the link carries: a longer one is lost */
	struct tcpspec_address address[2]; /* the host's own: IPv4, IPv6 */
	uint64_t seed;                     /* of everything that is random: the same seed, calls and times give the same packets */
	uint64_t now_us;
	const char *const *setting;                                     /* name, value, name, value, ..., NULL: the section [stack] of the target's descriptor, as it stands there. An unknown one is an error */
	void (*output)(void *to, const uint8_t *packet, size_t octets); /* an IP packet, for the time of the call */
	void *to;
};

/* What a function that returns int64_t returns below 0. */
enum {
	TCPSPEC_AGAIN = -1,       /* nothing now: no text, no room, no new connection */
	TCPSPEC_CLOSING = -2,     /* "connection closing": after CLOSE, or after the peer's end */
	TCPSPEC_NONE = -3,        /* there is no such connection, or it has ended; told() says how */
	TCPSPEC_NOT_NOW = -4,     /* the interface cannot say this call in this state */
	TCPSPEC_FULL = -5,        /* a limit of the stack is reached */
	TCPSPEC_UNSUPPORTED = -6, /* the stack does not have it */
};

/* What the user of a connection was told so far (RFC 9293 3.10): a set that only grows, but for URGENT, which goes when the user has received all urgent text (3.8.5 MUST-33). */
enum {
	TCPSPEC_TOLD_RESET = 1 << 0,
	TCPSPEC_TOLD_REFUSED = 1 << 1,
	TCPSPEC_TOLD_TIMEOUT = 1 << 2,     /* aborted due to the user timeout, or R2 */
	TCPSPEC_TOLD_EOF = 1 << 3,         /* the peer's FIN, once all text before it was received */
	TCPSPEC_TOLD_URGENT = 1 << 4,      /* there is urgent text that the user has not received */
	TCPSPEC_TOLD_UNREACHABLE = 1 << 5, /* an ICMP error, soft or hard */
	TCPSPEC_TOLD_TROUBLE = 1 << 6,     /* R1 is reached: what was sent is not acknowledged (3.8.3 (e)) */
};

enum {
	TCPSPEC_SEND_PUSH = 1 << 0,
	TCPSPEC_SEND_URGENT = 1 << 1,
};

/* RFC 9293 3.3.2. */
enum {
	TCPSPEC_CLOSED, /* no TCB for these ends, and no listener on the port */
	TCPSPEC_LISTEN, /* no TCB for these ends, but the port has a listener */
	TCPSPEC_SYN_SENT,
	TCPSPEC_SYN_RECEIVED,
	TCPSPEC_ESTABLISHED,
	TCPSPEC_FIN_WAIT_1,
	TCPSPEC_FIN_WAIT_2,
	TCPSPEC_CLOSE_WAIT,
	TCPSPEC_CLOSING_STATE,
	TCPSPEC_LAST_ACK,
	TCPSPEC_TIME_WAIT,
};

/* The table. A member that may be NULL says so; what needs it is then reported as not implemented.
 * `h` is a handle, above 0: of a listener (listen) or a connection (connect, find, accept). It stays good after the connection has ended, until release, abort or forget. */
struct tcpspec_stack_operations {
	uint32_t version; /* TCPSPEC_STACK_VERSION */
	uint32_t size;    /* octets of this struct, as the library knows it */
	const char *name; /* "lwIP 2.1.3" */

	/* Octets that create() needs with this setup, at any alignment that malloc() gives; 0 with a sentence in `why`. */
	size_t (*arena_octets)(const struct tcpspec_setup *setup, char *why, size_t why_octets);
	/* NULL with a sentence in `why`. The stack lives in the arena, and may keep `output` and `to` but no other pointer of the setup. */
	struct tcpspec_stack *(*create)(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets);
	/* Frees what is outside of the arena. May be NULL: there is nothing. */
	void (*destroy)(struct tcpspec_stack *s);

	/* An IP packet has arrived. Everything that it draws at once has been put out when this returns. */
	void (*input)(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us);
	/* The time is now_us: does what is due, and returns when it next wants to be asked, after now_us; UINT64_MAX: never by itself. */
	uint64_t (*poll)(struct tcpspec_stack *s, uint64_t now_us);

	/* OPEN, passive, on a port of that address. receive_buffer: at most so many octets for each connection; 0: the usual one. */
	int64_t (*listen)(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us);
	/* OPEN, active. May be NULL. */
	int64_t (*connect)(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us);
	/* The connection with these ends, in whatever state its TCB is, which from now on belongs to the caller; TCPSPEC_NONE: there is no TCB. Asked again the handle is the same; a
	 * connection that is made later, of the same ends, has another for as long as the one before it has its handle. */
	int64_t (*find)(struct tcpspec_stack *s, const struct tcpspec_ends *ends);
	/* The next connection of a listener that is established and belongs to nobody yet, with its ends; TCPSPEC_AGAIN. May be NULL: find() serves. */
	int64_t (*accept)(struct tcpspec_stack *s, int64_t listener, struct tcpspec_ends *ends);

	/* Octets taken. flags: TCPSPEC_SEND_*. Of a listener: TCPSPEC_NONE. May be NULL, as receive. */
	int64_t (*send)(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us);
	/* Octets given; 0: the peer's end. */
	int64_t (*receive)(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us);
	/* CLOSE: nothing more to send, still receives; of a listener, as release. 0. May be NULL. */
	int64_t (*close)(struct tcpspec_stack *s, int64_t h, uint64_t now_us);
	/* The user lets go: CLOSE, if it was not called, without receiving; of a listener: it is gone, its connections stay. The handle is dead. 0; here, and of abort and forget,
	 * TCPSPEC_NONE: the connection had ended before, and the handle is dead all the same. */
	int64_t (*release)(struct tcpspec_stack *s, int64_t h, uint64_t now_us);
	/* ABORT; of a listener, as release. The handle is dead. 0. */
	int64_t (*abort)(struct tcpspec_stack *s, int64_t h, uint64_t now_us);
	/* The TCB is gone without a segment, as after a reboot. The handle is dead. 0. May be NULL. */
	int64_t (*forget)(struct tcpspec_stack *s, int64_t h);
	/* TCPSPEC_TOLD_*. May be NULL. */
	unsigned (*told)(struct tcpspec_stack *s, int64_t h);
	/* The state of these ends, TCPSPEC_CLOSED and on. It changes nothing. May be NULL. */
	unsigned (*state)(struct tcpspec_stack *s, const struct tcpspec_ends *ends);
	/* A setting of one connection: "nagle", "keepalive" (0, 1), "keepalive_idle", "keepalive_interval", "user_timeout" (microseconds; of the last 0: none), "keepalive_count", "retries" (R2),
	 * "dscp", "ttl"; TCPSPEC_UNSUPPORTED: not this one, or not this value. lib/model/user_setting.h has the list. May be NULL. */
	int64_t (*set)(struct tcpspec_stack *s, int64_t h, const char *name, uint64_t value);

	/* All three or none. What the stack is now can be kept in snapshot_octets() octets, which may change from call to call, and brought back later, as often as one likes, into
	 * the same stack: it then behaves as it did behind the snapshot. */
	size_t (*snapshot_octets)(const struct tcpspec_stack *s);
	void (*snapshot)(const struct tcpspec_stack *s, void *to);
	void (*restore)(struct tcpspec_stack *s, const void *from);

	/* OPEN, active, with n octets to be sent: on the SYN, as far as TCP Fast Open lets them (RFC 7413), else when the connection is established. May be NULL, or absent: no Fast Open. */
	int64_t (*connect_text)(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, const uint8_t *octets, size_t n, uint64_t now_us);
};

/* What the library exports, also where it is compiled with hidden visibility. */
#ifdef __GNUC__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow" /* C++ takes the struct's name for its constructor's */
__attribute__((visibility("default")))
#endif
const struct tcpspec_stack_operations *
tcpspec_stack_operations(void);
#ifdef __GNUC__
#pragma GCC diagnostic pop
#endif

#ifdef __cplusplus
}
#endif

#endif
