/* What the files of the testability target share: a stack that is reached by an agent. Nothing of it is for other layers. */
#ifndef TCPSPEC_TARGET_TESTABILITY_PARTS_H
#define TCPSPEC_TARGET_TESTABILITY_PARTS_H

#include "lib/target/declaration.h"
#include "lib/target/process.h"
#include "lib/target/stack.h"
#include "lib/target/testability_channel.h"

enum { TESTABILITY_NAME_ROOM = 128,
       TESTABILITY_DATA_ROOM = 512,
       TESTABILITY_TEXT_MAX = 65471, /* octets of text in a message: it fits a datagram */
       TESTABILITY_NO_SOCKET = 0xffff,
       TESTABILITY_UNLIMITED = 0xffff };

/* What an agent says it can beyond the standard: the answer to CAPABILITIES. Bits 16 and on: parameters of CONFIGURE_SOCKET, from FFFF down. */
enum { CAN_STATE = 1 << 0,
       CAN_TOLD = 1 << 1,
       CAN_FORGET = 1 << 2,
       CAN_CONNECT_WITH_DATA = 1 << 3,
       CAN_COUNT = 1 << 4 };
enum { PARAMETER_TTL = 0x0000,
       PARAMETER_DSCP = 0x0001,
       PARAMETER_NAGLE = 0x0006,
       PARAMETER_BUFFER = 0xffff, /* and on downwards: octets, or milliseconds */
       PARAMETER_KEEPALIVE = 0xfffe,
       PARAMETER_KEEPALIVE_IDLE = 0xfffd,
       PARAMETER_KEEPALIVE_INTERVAL = 0xfffc,
       PARAMETER_KEEPALIVE_COUNT = 0xfffb,
       PARAMETER_USER_TIMEOUT = 0xfffa,
       PARAMETER_FASTOPEN = 0xfff9,
       PARAMETER_QUIET = 0xfff8 };

/* A connection that the agent has a socket for: it was accepted, or opened. */
struct known_socket {
	struct tcpspec_ends ends;
	int64_t handle, listener; /* listener: that it came from; 0: it was opened actively */
};

/* A handle is a socket's number and one; a listener's has this bit beside. */
enum { HANDLE_LISTENS = 1 << 20 };
static inline unsigned handle_socket(int64_t h)
{
	return (unsigned)((h & (HANDLE_LISTENS - 1)) - 1);
}

struct listening {
	int64_t handle;
	struct tcpspec_address local;
	uint16_t port;
};

/* What the functions of the table get. */
struct tcpspec_stack {
	struct process *process; /* that runs the agent; NULL: it was there */
	struct channel *channel;
	const struct declaration *declaration;
	struct tcpspec_stack_operations operations;
	char name[TESTABILITY_NAME_ROOM];
	char directory[64]; /* of our own, for the agent's socket; "" */
	unsigned can;       /* CAN_*, as announced */
	bool shuts_down;    /* it has the extension SHUTDOWN */
	bool fresh;         /* nothing has happened since the last answer: what was accepted before is known */
	bool failed;        /* for good: e says why, and nothing more is asked */
	struct error e;
	struct known_socket *known;
	size_t knowns;
	struct listening *listening;
	size_t listenings;
	size_t length; /* of data: the request's */
	uint8_t data[TESTABILITY_DATA_ROOM];
	uint32_t taken;     /* octets that went with the latest OPEN */
	bool has_text;      /* the event of RECEIVE_AND_FORWARD has come: */
	uint32_t forwarded; /* the full length */
	size_t text_length;
	uint8_t text[TESTABILITY_TEXT_MAX];
};

/* testability_known.c: an event of the agent's; self: the stack. */
void testability_event(void *self, unsigned method, const uint8_t *data, size_t n);
void socket_known(struct tcpspec_stack *s, const struct tcpspec_ends *ends, int64_t h, int64_t listener);
/* A dead handle is nobody's any more. */
void handle_dies(struct tcpspec_stack *s, int64_t h);
/* The latest with these ends; TCPSPEC_NONE. */
int64_t known_find(const struct tcpspec_stack *s, const struct tcpspec_ends *ends);
/* Frees what was accepted and is nobody's: ends of no connection in the list. */
struct connection;
void testability_drop_strays(struct tcpspec_stack *s, const struct connection *live);

/* testability_call.c: the table, without what this agent lacks. */
void testability_table(struct tcpspec_stack *s);
/* The request's data, octet by octet. */
void data_begin(struct tcpspec_stack *s);
void data_u8(struct tcpspec_stack *s, unsigned n);
void data_u16(struct tcpspec_stack *s, unsigned n);
void data_u32(struct tcpspec_stack *s, uint32_t n);
void data_octets(struct tcpspec_stack *s, const void *octets, size_t n); /* with their length before */
/* Asks what stands there. The result; -1: it has failed. */
int testability_ask(struct tcpspec_stack *s, unsigned method, struct answer *a);
/* Fails for good. Always 0 below: TCPSPEC_NONE. */
int64_t testability_fail(struct tcpspec_stack *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* FORGET: all that the system has for these ends; force: with a segment, where it cannot be without. */
int64_t testability_forget_ends(struct tcpspec_stack *s, const struct tcpspec_ends *ends, bool force);
/* Sets a parameter of the vendor's: 0, or what the table's functions return below. */
int64_t testability_configure(struct tcpspec_stack *s, int64_t h, unsigned parameter, uint32_t value, unsigned octets);

#endif
