/* What the parts of the in-process target share: its stack, clock, connections and the packets that wait. Nothing of it is for other layers. */
#ifndef TCPSPEC_TARGET_IN_PROCESS_PARTS_H
#define TCPSPEC_TARGET_IN_PROCESS_PARTS_H

#include "lib/target/in_process.h"

/* Octets of one SEND or RECEIVE of the stack's, at most. */
enum { STREAM_CHUNK = 1 << 16,
       STREAM_PERIOD = 251 }; /* of stream_octet() */

/* Everything in it is plain data: a snapshot keeps it beside the stack's own. */
struct connection {
	struct connection *next, *previous; /* the list that it is on: live ones, or free ones */
	struct endpoint at;
	struct tcpspec_ends ends;
	int64_t listener, handle; /* 0: none */
	int64_t beside;           /* what a second passive OPEN gave, where it gave another listener; 0 */
	uint32_t sent, received;  /* octets of the two streams so far */
	unsigned told;            /* SIGNAL_* so far */
	bool let_go;              /* the user released it: the TCB that these ends may still have belongs to nobody */
	bool lingers;             /* so it is, and was in TIME-WAIT when it was last asked */
	bool prepared;            /* the declared settings of a connection were made */
};

/* A packet that was put out, followed by its octets. */
struct waiting {
	uint64_t at;
	size_t octets;
};

struct in_process {
	struct tcpspec_stack_operations operations; /* ours: what the library's is too short for is NULL */
	struct target_operations target_operations; /* without those that the stack cannot serve */
	struct declaration *declaration;
	void *library; /* of dlopen(); NULL: linked in */
	struct tcpspec_setup setup;
	const char **setting; /* what setup.setting points to */
	void *arena;
	size_t arena_octets;
	struct tcpspec_stack *stack;
	struct in_process_snapshot birth;
	uint64_t now_us, next_us;
	bool changed;                    /* next_us is to be asked for again */
	struct connection *live, *spare; /* doubly linked */
	struct {
		uint8_t *at;
		size_t length, room, read;
	} out;
	uint8_t stream[STREAM_CHUNK + STREAM_PERIOD]; /* stream_octet() from 0 on: any piece of the stream is a piece of it */
	uint8_t text[STREAM_CHUNK];                   /* what RECEIVE gave */
};

/* The octets of the stream from place i on, STREAM_CHUNK of them. */
static inline const uint8_t *stream_from(const struct in_process *p, uint32_t i)
{
	return p->stream + i % STREAM_PERIOD;
}

/* Takes up the connection that the stack has for these ends, if it is another than c has. False: the stack has none there that is the user's; c->handle is then 0, or of one that has ended. */
bool connection_find(struct in_process *p, struct connection *c);
/* c has this one now, at the beginning of both streams. */
void connection_adopt(struct connection *c, int64_t h);
/* Remembers what the user of c->handle was told. */
void connection_note_told(struct in_process *p, struct connection *c);
/* Does the stack say that these ends have a TCB? False where it cannot say. */
bool connection_has_tcb(struct in_process *p, const struct connection *c);

/* All live connections become spare: the stack that they belong to is gone. */
void connections_drop(struct in_process *p);
struct connection *connection_take(struct in_process *p);
void connection_give(struct in_process *p, struct connection *c);
/* A spare one lives again, as it was. */
void connection_again(struct in_process *p, struct connection *c, const struct connection *as);
void connections_free(struct in_process *p);

/* in_process_call.c: the operation `call`. */
bool in_process_call(void *target, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e);

/* The operation `set`. */
bool in_process_set(void *target, struct connection *c, enum user_setting s, uint64_t value, struct call_answer *a, struct error *e);

/* in_process_time.c */
bool stack_create(struct in_process *p, struct error *e);
void stack_destroy(struct in_process *p);
void packet_put_out(void *in_process, const uint8_t *packet, size_t octets);

#endif
