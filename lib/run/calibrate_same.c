/* Stimulus and fence back to back on connections with timestamps, in every state that can carry the fence. The link fence's measure is calibrate.c's. */
#include "lib/run/calibrate.h"

#include <poll.h>
#include <stdlib.h>

#include "lib/wire/option.h"

enum { CONNECTIONS = 24, /* four in each state, half of them in each family */
       ANSWER_US = 200000,
       STRAGGLE_US = 5000,
       TS_FIRST = 1000 };

enum probe { PROBE_OLD_OCTET,
	     PROBE_BEYOND,
	     PROBE_OLD_EMPTY,
	     PROBES };

/* One connection; its fence's numbers are its TCB. */
struct sample_same {
	struct connection *connection;
	struct endpoint at;
	struct fence_same n;
};

struct calibrator {
	struct stage *stage;
	struct calibration *result;
	struct sample_same port[CONNECTIONS];
};

static const enum state states[] = {ESTABLISHED, CLOSE_WAIT, FIN_WAIT_2, FIN_WAIT_1, CLOSING, LAST_ACK};

static bool same_send(struct calibrator *c, const struct sample_same *p, uint16_t ctl, uint32_t seq, uint32_t text, struct error *e)
{
	static const uint8_t octets[1400];
	uint8_t packet[1600];
	uint64_t at;
	struct segment s = {.src = p->n.src, .dst = p->n.dst, .src_port = p->n.src_port, .dst_port = p->n.dst_port, .seq = seq, .ctl = ctl, .wnd = p->n.wnd, .text = octets, .text_length = text};
	s.ack = ctl & CTL_ACK ? p->n.snd_una : 0;
	s.options_length = options_timestamps(p->n.ts_val, p->n.ts_ecr, s.option_octets);
	return wire_send(c->stage->wire, packet, segment_build(&s, packet, sizeof packet), &at, e);
}

/* The next segment of the connection: 1; 0: none until then; -1: error. The target's own FIN and its repetitions are passed over. */
static int same_next(struct calibrator *c, const struct sample_same *p, uint64_t until, struct segment *s, struct error *e)
{
	struct frame f;
	struct packet got;
	for (;;) {
		const uint64_t now = clock_now(); /* asked first: what came meanwhile is read */
		const int n = wire_receive(c->stage->wire, &f, e);
		if (n < 0)
			return -1;
		if (n == 0) {
			if (now >= until)
				return 0;
			struct pollfd wait = {.fd = wire_descriptor(c->stage->wire), .events = POLLIN};
			poll(&wait, 1, 1);
			continue;
		}
		packet_parse(f.octets, f.length, &got);
		if (got.kind != PACKET_TCP || got.segment.src_port != p->n.dst_port || got.segment.dst_port != p->n.src_port || got.segment.ctl & CTL_FIN)
			continue;
		*s = got.segment;
		return 1;
	}
}

/* Sends the fence and reads to its answer, or until its time is up. *replies: the segments before it; *fenced: it was answered. */
static bool same_fence(struct calibrator *c, struct sample_same *p, unsigned *replies, bool *fenced, struct error *e)
{
	uint8_t packet[128];
	uint64_t at;
	struct segment s;
	int got;
	p->n.ts_val++;
	if (!wire_send(c->stage->wire, packet, fence_mover_build(&p->n, packet, sizeof packet), &at, e) ||
	    !wire_send(c->stage->wire, packet, fence_old_octet_build(&p->n, packet, sizeof packet), &at, e))
		return false;
	*replies = 0;
	*fenced = false;
	while (!*fenced && (got = same_next(c, p, at + ANSWER_US, &s, e)) != 0) {
		if (got < 0)
			return false;
		if (s.options.has_ts)
			p->n.ts_ecr = s.options.ts_val;
		*fenced = fence_same_answers(&p->n, &s);
		*replies += !*fenced;
	}
	return true;
}

static bool same_settle(struct calibrator *c, struct sample_same *p, struct error *e)
{
	unsigned replies;
	bool fenced;
	return same_fence(c, p, &replies, &fenced, e);
}

static bool same_close(struct calibrator *c, struct sample_same *p, struct error *e)
{
	struct call_answer a;
	return c->stage->target.operations->call(c->stage->target.self, p->connection, CALL_CLOSE, 0, false, &a, e);
}

/* The tester's FIN; its acknowledgment moves RCV.NXT. */
static bool same_fin(struct calibrator *c, struct sample_same *p, struct error *e)
{
	struct segment s;
	p->n.ts_val++;
	if (!same_send(c, p, CTL_FIN | CTL_ACK, p->n.rcv_nxt, 0, e) || same_next(c, p, clock_now() + ANSWER_US, &s, e) < 0)
		return false;
	p->n.rcv_nxt++;
	return true;
}

/* From ESTABLISHED into another state. */
static bool same_enter(struct calibrator *c, struct sample_same *p, enum state s, struct error *e)
{
	const bool fin_first = s == CLOSE_WAIT || s == LAST_ACK;
	if (fin_first && !same_fin(c, p, e))
		return false;
	if (s != ESTABLISHED && s != CLOSE_WAIT && !same_close(c, p, e))
		return false;
	if (s == FIN_WAIT_2) {
		p->n.snd_una++;
		p->n.ts_val++;
		if (!same_send(c, p, CTL_ACK, p->n.rcv_nxt, 0, e))
			return false;
	}
	if (s == CLOSING && !same_fin(c, p, e))
		return false;
	return same_settle(c, p, e);
}

/* *agreed: the target does timestamps. */
static bool same_open(struct calibrator *c, unsigned i, bool *agreed, struct error *e)
{
	struct stage *s = c->stage;
	struct sample_same *p = &c->port[i];
	const enum family f = link_family(&s->link, i / 6 % 2 ? IPV6 : IPV4);
	struct call_answer a;
	struct segment reply;
	p->at = (struct endpoint){.family = f, .target = s->link.target[family_index(f)], .tester = s->link.tester[family_index(f)], .target_port = stage_port(s), .tester_port = (uint16_t)(24000 + 131 * i)};
	p->n = (struct fence_same){.src = p->at.tester, .dst = p->at.target, .src_port = p->at.tester_port, .dst_port = p->at.target_port, .rcv_nxt = 1000000 * (i + 1), .wnd = 65535, .ts_val = TS_FIRST};
	p->connection = s->target.operations->open(s->target.self, &p->at, e);
	if (!p->connection || !s->target.operations->call(s->target.self, p->connection, CALL_OPEN_PASSIVE, 0, false, &a, e))
		return false;
	if (!same_send(c, p, CTL_SYN, p->n.rcv_nxt - 1, 0, e))
		return false;
	const int got = same_next(c, p, clock_now() + ANSWER_US, &reply, e);
	if (got < 0)
		return false;
	*agreed = got > 0 && reply.ctl == (CTL_SYN | CTL_ACK) && reply.options.has_ts;
	if (!*agreed)
		return true;
	p->n.snd_una = reply.seq + 1;
	p->n.ts_ecr = reply.options.ts_val;
	p->n.ts_val++;
	if (!same_send(c, p, CTL_ACK, p->n.rcv_nxt, 0, e) || !same_settle(c, p, e))
		return false;
	if (!s->target.operations->call(s->target.self, p->connection, CALL_RECEIVE, 1, false, &a, e))
		return false;
	return same_enter(c, p, states[i % 6], e);
}

static bool probe_send(struct calibrator *c, const struct sample_same *p, enum probe k, struct error *e)
{
	switch (k) {
	case PROBE_OLD_OCTET:
		return same_send(c, p, CTL_ACK, p->n.rcv_nxt - 1, 1, e);
	case PROBE_BEYOND:
		return same_send(c, p, CTL_ACK, p->n.rcv_nxt + 0x40000000, 1400, e);
	case PROBE_OLD_EMPTY:
		return same_send(c, p, CTL_ACK, p->n.rcv_nxt - 1000, 0, e);
	case PROBES:
		break;
	}
	return true;
}

static bool sample_one(struct calibrator *c, struct sample_same *p, enum probe k, struct error *e)
{
	struct segment s;
	unsigned replies;
	bool fenced;
	if (!probe_send(c, p, k, e) || !same_fence(c, p, &replies, &fenced, e))
		return false;
	const int late = fenced && !replies ? same_next(c, p, clock_now() + STRAGGLE_US, &s, e) : 0;
	c->result->samples++;
	c->result->overtaken += late > 0;
	c->result->silent += !fenced || (!replies && late == 0);
	return late >= 0;
}

bool calibrate_same(struct stage *s, unsigned samples, struct calibration *result, struct error *e)
{
	struct calibrator *c = calloc(1, sizeof *c);
	const bool throttled = s->declaration->model.constants.challenge_interval != 0;
	const unsigned probes = throttled ? PROBE_OLD_EMPTY : PROBES;
	bool agreed = true, ok = c != NULL;
	*result = (struct calibration){0};
	for (unsigned i = 0; ok && agreed && i < CONNECTIONS; i++) {
		c->stage = s;
		c->result = result;
		ok = same_open(c, i, &agreed, e);
	}
	for (unsigned i = 0; ok && agreed && i < samples && result->overtaken + result->silent == 0; i++)
		ok = sample_one(c, &c->port[i / probes % CONNECTIONS], (enum probe)(i % probes), e);
	for (unsigned i = 0; c && i < CONNECTIONS; i++)
		if (c->port[i].connection)
			s->target.operations->close(s->target.self, c->port[i].connection);
	free(c);
	return ok;
}
