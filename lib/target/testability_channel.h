/* The way to an agent that speaks the Testability Protocol: one request, its answer, and the events that come between. What they mean is for others. */
#ifndef TCPSPEC_TARGET_TESTABILITY_CHANNEL_H
#define TCPSPEC_TARGET_TESTABILITY_CHANNEL_H

#include "lib/target/testability_spec.h"

struct channel;

/* GID << 8 | PID. */
enum { METHOD_GET_VERSION = 0x0001,
       METHOD_START_TEST = 0x0002,
       METHOD_END_TEST = 0x0003,
       METHOD_CAPABILITIES = 0x007f, /* of ours: doc/agent.md */
       METHOD_CLOSE_SOCKET = 0x0200,
       METHOD_CREATE_AND_BIND = 0x0201,
       METHOD_SEND_DATA = 0x0202,
       METHOD_RECEIVE_AND_FORWARD = 0x0203,
       METHOD_LISTEN_AND_ACCEPT = 0x0204,
       METHOD_CONNECT = 0x0205,
       METHOD_CONFIGURE_SOCKET = 0x0206,
       METHOD_SHUTDOWN = 0x0207,
       METHOD_CONNECT_WITH_DATA = 0x027c,
       METHOD_FORGET = 0x027d,
       METHOD_TOLD = 0x027e,
       METHOD_STATE = 0x027f };

/* RID. */
enum { RESULT_OK = 0x00,
       RESULT_NOK = 0x01,
       RESULT_COR = 0xe2,
       RESULT_CAT = 0xe3,
       RESULT_CRE = 0xe4,
       RESULT_CNE = 0xe5,
       RESULT_COC = 0xe6,
       RESULT_CAE = 0xe7,
       RESULT_INR = 0xe8,
       RESULT_IIF = 0xec,
       RESULT_UBS = 0xed,
       RESULT_UCS = 0xee,
       RESULT_ISD = 0xef,
       RESULT_INV = 0xfc,
       RESULT_ISB = 0xfd,
       RESULT_PEN = 0xfe,
       RESULT_NTF = 0xff };

/* "CREATE_AND_BIND"; "E_UBS". */
const char *method_name(unsigned method);
const char *result_name(unsigned result);

struct channel_events {
	/* An event has come, in order with the answers. */
	void (*event)(void *self, unsigned method, const uint8_t *data, size_t n);
	void *self;
};

struct answer {
	unsigned result;
	const uint8_t *data; /* good until the next request */
	size_t length;
};

/* Opens the way, in the calling thread's network namespace. events: kept. Within three seconds, or NULL with e. */
struct channel *channel_open(const struct testability_spec *s, const struct channel_events *events, struct error *e);
void channel_close(struct channel *c);

/* One request of n octets and its answer. False with e: what was asked, what came instead, what to try. */
bool channel_ask(struct channel *c, unsigned method, const uint8_t *data, size_t n, struct answer *a, struct error *e);
/* The same, with another time for the answer, and *came instead of an error where none came. A request over UDP that is harmless is sent again until then. */
bool channel_try(struct channel *c, unsigned method, uint64_t within_us, struct answer *a, bool *came, struct error *e);
/* Waits until an event has come. False with e when none does. */
bool channel_await(struct channel *c, struct error *e);
/* "udp:192.0.2.2:10000", for a sentence. */
const char *channel_place(const struct channel *c);

#endif
