/* Planted faults: of the wire (it drops, alters or adds one reply of the last group) and disturbances of the target (for tests of the fence).
 * Each is asked for by name, `--fault KIND[@GLOB]`. */
#ifndef TCPSPEC_RUN_FAULT_H
#define TCPSPEC_RUN_FAULT_H

#include "lib/script/script.h"

enum fault_kind {
	FAULT_NONE,
	FAULT_DROP,          /* the first reply is lost */
	FAULT_EXTRA_SEGMENT, /* a reply more: the first one again, or a bare ACK where there is none */
	FAULT_EXTRA_RST,     /* an RST more */
	FAULT_WRONG_SEQ,     /* SEQ+1 in the first reply */
	FAULT_WRONG_ACK,     /* ACK+1 in the first reply */
	FAULT_WRONG_FLAGS,   /* URG set in the first reply, with a pointer */
	FAULT_WRONG_PORT,    /* the first reply goes to another port of the tester */
	FAULT_BAD_CHECKSUM,  /* one bit of the first reply's TCP checksum is flipped */
	FAULT_DELAY_20MS,
	FAULT_DELAY_300MS,
	FAULT_WRONG_STATE, /* the wire slips the target an exact RST before the state is asked */
	FAULT_LAST,        /* whichever of them contradicts the script's last expectation */
	FAULT_RPS,         /* the target's veth spreads its packets over CPUs (needs root) */
	FAULT_BUSY,        /* another thread of the target loops in recv() on the sockets */
	FAULT_STALL,       /* a socket call is stalled inside the kernel across the stimulus */
	FAULT_DEAF,        /* the upper tester hands over nothing: RECEIVE is pending for ever */
	FAULT_CHATTY,      /* the upper tester claims a timeout that nobody told it */
	FAULT_MUTE,        /* the target stops answering altogether */
	FAULT_KINDS
};

struct fault_request {
	enum fault_kind kind;
	char glob[ID_MAX]; /* of whole result ids; "*" for all, "" for what acts on the run */
};

const char *fault_name(enum fault_kind k); /* "extra-rst" */
/* Does it act on the run as a whole (rps, busy, mute), and not on single plays? */
bool fault_is_of_run(enum fault_kind k);
/* Does it act on the play with this result id? */
bool fault_means(const struct fault_request *f, const char *id);
/* Reads "KIND[@GLOB]". False with e: the kinds there are; a glob where there can be none. */
bool fault_read(const char *said, struct fault_request *f, struct error *e);

#endif
