/* What the parts of the linux target share: its connections, their sockets, and the lock against its own disturbances. Nothing of it is for other layers. */
#ifndef TCPSPEC_TARGET_LINUX_H
#define TCPSPEC_TARGET_LINUX_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "lib/target/diag.h"
#include "lib/target/settings.h"
#include "lib/target/target.h"

enum { LINUX_BUFFER_OCTETS = 1 << 16,
       SHARED_MAX = 32,
       INFO_OCTETS = 256 };

struct connection {
	struct connection *next, *previous; /* the target's list, for the busy thread */
	struct endpoint at;
	struct diag_tuple tuple;
	int listener, fd;        /* -1: none */
	uint32_t sent, received; /* octets of the two streams so far */
	unsigned told;           /* SIGNAL_* so far */
	bool ended;              /* the error that ended it was taken: recv() == 0 is no end of file from here on */
	bool shut;               /* CLOSE was called on fd */
	bool shared;             /* the listener is the target's, and others accept from it */
	bool asked;              /* the state, since its open; the last answer: */
	struct diag_answer last;
	unsigned info_octets; /* what came with that answer of TCP_INFO, by its socket: 0 where it did not */
	uint8_t info[INFO_OCTETS];
};

/* A listener for all connections of its port. */
struct shared_listener {
	enum family family;
	uint16_t port;
	int fd;
};

struct stall; /* disturb.c */

struct linux_target {
	struct diag diag;
	const struct declaration *declaration;
	bool nagle;      /* leave Nagle on */
	bool can_repair; /* TCP_REPAIR is permitted */
	/* The list and every fd in it change under the lock. The tester's thread never waits for longer than one recv() of the busy thread, which keeps
	 * off while `wanted` is above zero: a mutex alone would let it starve the other. */
	pthread_mutex_t lock;
	atomic_uint wanted;
	struct connection *first;
	struct connection *cursor; /* the busy thread's place */
	atomic_bool busy_stop;
	bool busy_running;
	pthread_t busy;
	struct stall *stalls;
	struct shared_listener shared[SHARED_MAX];
	unsigned shared_count;
	uint8_t buffer[LINUX_BUFFER_OCTETS]; /* of SEND and RECEIVE */
};

void linux_lock(struct linux_target *t);
void linux_unlock(struct linux_target *t);

/* The kernel's state of a socket that we hold, by netinet/tcp.h; TCP_CLOSE when it cannot be asked. */
uint8_t socket_state(int fd);
/* "ECONNRESET". */
const char *errno_name(int number);

/* What an errno of a socket tells its user, SIGNAL_*; 0 for one that speaks of the call and not of the connection. ended: the connection is gone with it. */
unsigned signal_of_errno(int number, bool ended);
/* Takes an error that the kernel handed out on c->fd, so that it is not lost for `signals`. Returns its SIGNAL_*. Under the lock. */
unsigned connection_told(struct connection *c, int number);
/* Looks, without taking octets, what c->fd has to tell, and remembers it. Under the lock. */
void connection_peek(struct connection *c);
/* A listening socket at the target's end of `at`. -1 with a filled in when the stack refuses, -2 with e when the machine is at fault. */
int socket_listening(const struct linux_target *t, const struct endpoint *at, int backlog, struct call_answer *a, struct error *e);
/* All that c->fd has to tell: the two looks, and the error. False: the connection seems to be over. Under the lock. */
bool connection_look(struct connection *c);
/* Takes the connection from the listener if there is a new one. Under the lock. */
void connection_accept(struct linux_target *t, struct connection *c);
/* Closes fd with no segment sent, as far as TCP_REPAIR is permitted. */
void socket_forget(const struct linux_target *t, int fd);

/* The operation `call`. */
bool linux_call(void *target, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e);

/* linux_set.c: the settings that the kernel lets a user choose for one connection, as NEED_SET(); the operation `set`. */
unsigned linux_settings(void);
bool linux_set(void *target, struct connection *c, enum user_setting s, uint64_t value, struct call_answer *a, struct error *e);

/* disturb.c: ends the busy thread and every stall. */
void disturbances_end(struct linux_target *t);

/* linux_option.c: sets what d is given by options of sockets. False with errno. */
bool socket_give(int fd, const struct declaration *d);

#endif
