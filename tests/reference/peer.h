/* One stack and a peer that says every segment itself, on a virtual clock: the fixture of the reference stack's tests. It reaches the stack by stack.h alone, and knows no TCP:
 * what is right, each test says. */
#ifndef TCPSPEC_TESTS_REFERENCE_PEER_H
#define TCPSPEC_TESTS_REFERENCE_PEER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/target/stack.h"
#include "lib/wire/segment.h"

enum { PEER_MTU = 1500,
       HEARD_MAX = 1024,
       PEER_PORT = 40000,
       STACK_PORT = 7 };

static const uint64_t MS = 1000, S = 1000000;
static const uint64_t NEVER = UINT64_MAX;

struct heard {
	uint64_t at;
	struct segment s; /* its text points to octets */
	size_t n;
	bool is_tcp;
	uint8_t octets[PEER_MTU];
};

struct peer {
	const struct tcpspec_stack_operations *op;
	struct tcpspec_stack *stack;
	void *arena;
	uint64_t now;
	unsigned family;
	struct address own, theirs;
	uint16_t own_port, port;
	struct tcpspec_ends ends; /* as the stack sees them */

	uint32_t iss, irs; /* the peer's own first number, and the stack's */
	uint32_t seq, ack; /* what the peer says next, and has received */
	uint16_t wnd;      /* in every segment that it says */
	bool ts;           /* carry timestamps */
	uint32_t ts_val, ts_ecr;

	int64_t listener, h;
	struct heard *heard; /* a ring of HEARD_MAX */
	unsigned put, taken;
};

/* A stack with these settings (NULL: none beyond its defaults), time at one second. */
void peer_open(struct peer *p, unsigned family, const char *const *setting);
void peer_close(struct peer *p);
/* Another 4-tuple of the same stack, or of the same peer. */
void peer_ports(struct peer *p, uint16_t own_port, uint16_t port);
/* A listener on the stack's port. */
void peer_listen(struct peer *p);

/* Says a segment with these fields, the peer's window and timestamps, and n octets of text, whose content is of the place in the stream. */
void peer_say(struct peer *p, uint16_t ctl, uint32_t seq, uint32_t ack, uint32_t n);
/* The same with options as in a ladder ("MSS:1460,SACKOK"), which then are all that it has. */
void peer_say_options(struct peer *p, uint16_t ctl, uint32_t seq, uint32_t ack, uint32_t n, const char *options);
/* Any segment: addresses, ports are filled in where they are 0. */
void peer_say_segment(struct peer *p, struct segment *s);
void peer_say_octets(struct peer *p, const uint8_t *packet, size_t n);
/* The next text in order: counts p->seq on. */
void peer_say_text(struct peer *p, uint32_t n);
/* Acknowledges all that was heard. */
void peer_say_ack(struct peer *p);

/* The next segment heard that was not taken yet, or NULL. It stays good until HEARD_MAX more have come. */
const struct heard *peer_hear(struct peer *p);
/* Time passes, timer by timer. */
void peer_go(struct peer *p, uint64_t us);
/* Time passes until something is put out, at most until `until`: true, and the clock shows that moment. */
bool peer_wait(struct peer *p, uint64_t until);

/* Handshakes with these options of the peer's SYN, with p->wnd: the stack passive, or active. p->h is the connection then, and nothing unheard is left. */
void peer_accepted(struct peer *p, const char *options);
void peer_connected(struct peer *p, const char *options);
unsigned peer_state(struct peer *p);
unsigned peer_told(struct peer *p);
/* Sends, receives n octets of the stream; the number moved. */
int64_t peer_user_send(struct peer *p, uint32_t n, unsigned flags);
int64_t peer_user_receive(struct peer *p, uint32_t n);

/* The next segment heard is this one, at the time it is; `n` octets of text. PSH is not looked at. */
#define want(p, ctl, seq, ack, n) peer_want((p), (ctl), (seq), (ack), (n), __FILE__, __LINE__)
const struct heard *peer_want(struct peer *p, uint16_t ctl, uint32_t seq, uint32_t ack, uint32_t n, const char *file, int line);
/* Nothing was heard that was not taken. */
#define want_silence(p) peer_want_silence((p), __FILE__, __LINE__)
void peer_want_silence(struct peer *p, const char *file, int line);
/* The state of the connection's ends. */
#define want_state(p, state) assert_int_equal(peer_state(p), (state))

#endif
