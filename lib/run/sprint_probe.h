/* The state after a cell, probed: when a cell is probed, with what, and the class that comes of it. The packets are the sprint's to send and to fence. */
#ifndef TCPSPEC_RUN_SPRINT_PROBE_H
#define TCPSPEC_RUN_SPRINT_PROBE_H

#include "lib/net/link.h"
#include "lib/run/control.h"
#include "lib/run/probe.h"
#include "lib/run/run.h"

struct prober {
	enum probe_use use;
	struct signatures learned[FAMILIES];
	struct probe_plans plans[FAMILIES];
	bool planned[FAMILIES];
	struct hypotheses permitted; /* what the model permits, before the reported state had its say */
	struct probing probing;
};

void prober_free(struct prober *p);

/* A control cell was played. */
void prober_learn(struct prober *p, enum family f, const struct control *c, const struct judge *j, const struct trace *t);

/* The stimulus is fenced, the state is about to be asked. */
void prober_note(struct prober *p, const struct judge *j);

/* Is this cell to be probed, with what prober_note() saw and the state that was told since? */
bool prober_wants(const struct prober *p, const struct judge *j);
/* The state was asked. Begins the inference; false: this cell is not probed. */
bool prober_begin(struct prober *p, const struct judge *j);
/* The next probe as an IP packet, to be fenced before the next one is asked for. Octets; 0: there is no other to send. */
size_t prober_next(struct prober *p, const struct endpoint *at, uint64_t now, uint8_t *packet, size_t room);
void prober_received(struct prober *p, const struct segment *s, uint64_t at);
void prober_fenced(struct prober *p);
/* Was a probe sent that may have changed the connection's state? */
bool prober_has_disturbed(const struct prober *p);

#endif
