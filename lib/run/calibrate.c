/* Stimulus and fence back to back, thousands of times, in the states and with the segments whose replies take different ways through a stack. */
#include "lib/run/calibrate.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* Few connections, so that an application that is busy with one of them is met often; SYNs to LISTEN and ACKs to CLOSED come from a port each. */
enum { PORTS_SAMPLED = CALIBRATE_PORTS,
       PORTS_SERVED = 4,
       ANSWER_US = 200000,    /* of what may never come */
       PATIENCE_US = 1000000, /* of what is owed by a target that has answered before: as long as in the run */
       STRAGGLE_US = 5000,
       ROUND_TRIPS = 512,
       LONG_US = 4000000, /* longer than that no link is tried, once there are */
       LEAST = 1500,      /* samples: less than one overtaken in 500, with 95 % confidence */
       FENCE_TRIES = 3 };

enum probe { PROBE_SYN,
	     PROBE_OLD_OCTET,
	     PROBE_BEYOND,
	     PROBE_FIN,
	     PROBE_CLOSED,
	     PROBE_OLD_EMPTY,
	     PROBES };

/* One 4-tuple of the calibration. */
struct sample_port {
	struct endpoint at;
	struct connection *connection;
	uint32_t snd_nxt, rcv_nxt; /* the target's */
	bool fin_wait_2;
	bool time_wait; /* it has had its FIN, in FIN-WAIT-2 */
};

struct calibrator {
	struct stage *stage;
	struct calibration *result;
	struct sample_port port[PORTS_SAMPLED];
	unsigned ports; /* of these; a server may have room for few */
	uint32_t token;
	unsigned owed;                       /* replies of the burst that were not seen yet */
	bool answered[PROBES], mute[PROBES]; /* what the target has answered; what it does not answer at all: that proves no order, and is not asked again */
	uint64_t round_trip_us[ROUND_TRIPS];
	unsigned round_trips;
	struct segment reply; /* the last one seen; text not kept */
};

static bool sample_send(struct calibrator *c, const struct sample_port *p, uint16_t ctl, uint32_t seq, uint32_t ack, uint32_t text, struct error *e)
{
	static const uint8_t octets[1460];
	uint8_t packet[1600];
	uint64_t at;
	const struct segment s = {.src = p->at.tester, .dst = p->at.target, .src_port = p->at.tester_port, .dst_port = p->at.target_port, .seq = seq, .ack = ack, .ctl = ctl, .wnd = 65535, .text = octets, .text_length = text};
	return wire_send(c->stage->wire, packet, segment_build(&s, packet, sizeof packet), &at, e);
}

unsigned calibrate_burst_port(unsigned sampled, unsigned i)
{
	const unsigned halves = CALIBRATE_PORTS / 2, own = sampled / 4 * 2 + sampled % 2, other = (own + 1 + i) % halves;
	return other / 2 * 4 + other % 2;
}

/* A reply to a segment of the burst: of a connection of the calibration that is not the sample's. */
static void burst_reply(struct calibrator *c, const struct segment *s)
{
	for (unsigned i = 0; c->owed > 0 && i < PORTS_SAMPLED; i++)
		if (s->src_port == c->port[i].at.target_port && s->dst_port == c->port[i].at.tester_port && !(s->ctl & (CTL_SYN | CTL_FIN | CTL_RST))) {
			c->owed--;
			return;
		}
}

/* Reads, no longer than `patience` microseconds behind `sent`, until the fence's answer, and that of each segment of a burst, then, when a reply is awaited that was not there yet, until a straggler's time is up. Returns: 1 reply before the fence, 0 behind it or never; -1 error. */
static int sample_read(struct calibrator *c, const struct sample_port *p, uint64_t sent, uint64_t patience, bool awaited, bool *replied, struct error *e)
{
	bool before = false, fenced = false;
	uint64_t until = sent + patience;
	struct frame f;
	struct packet got;
	uint32_t token;
	*replied = false;
	for (;;) {
		/* The time is asked first: what came meanwhile is read, however long we were kept from it. */
		const uint64_t now = clock_now();
		const int n = wire_receive(c->stage->wire, &f, e);
		if (n < 0)
			return -1;
		if (n == 0) {
			if (now >= until)
				break;
			struct pollfd wait = {.fd = wire_descriptor(c->stage->wire), .events = POLLIN};
			poll(&wait, 1, 1);
			continue;
		}
		packet_parse(f.octets, f.length, &got);
		if (got.kind == PACKET_TCP && got.segment.src_port == p->at.target_port && got.segment.dst_port == p->at.tester_port) {
			c->reply = got.segment;
			*replied = true;
			before = !fenced;
		} else if (got.kind == PACKET_TCP) {
			burst_reply(c, &got.segment);
		} else if (fence_answers(&got, &token) && token == c->token) {
			fenced = true;
			if (c->round_trips < ROUND_TRIPS)
				c->round_trip_us[c->round_trips++] = f.at > sent ? f.at - sent : 0;
			until = clock_now() + STRAGGLE_US;
		}
		if (fenced && c->owed == 0 && (*replied || !awaited))
			break;
	}
	return before;
}

static bool sample_fence(struct calibrator *c, const struct sample_port *p, uint64_t *sent, struct error *e)
{
	c->token = stage_token(c->stage);
	return fence_send(c->stage->wire, &c->stage->link, p->at.family, c->token, sent, e);
}

/* One exchange outside the count: the handshake and the like. */
static bool sample_exchange(struct calibrator *c, struct sample_port *p, uint16_t ctl, uint32_t seq, uint32_t ack, bool *replied, struct error *e)
{
	uint64_t sent;
	return sample_send(c, p, ctl, seq, ack, 0, e) && sample_fence(c, p, &sent, e) && sample_read(c, p, sent, PATIENCE_US, ctl == CTL_SYN, replied, e) >= 0;
}

static bool sample_open(struct calibrator *c, unsigned i, struct error *e)
{
	struct stage *s = c->stage;
	struct sample_port *p = &c->port[i];
	const enum family f = link_family(&s->link, i % 2 ? IPV6 : IPV4);
	struct call_answer a;
	bool replied;
	p->at = (struct endpoint){.family = f, .target = s->link.target[family_index(f)], .tester = s->link.tester[family_index(f)], .target_port = s->served ? s->served : stage_port(s), .tester_port = (uint16_t)(20000 + 131 * i)};
	p->rcv_nxt = 1000000 * (i + 1);
	p->connection = s->target.operations->open(s->target.self, &p->at, e);
	if (!p->connection || !s->target.operations->call(s->target.self, p->connection, CALL_OPEN_PASSIVE, 0, false, &a, e))
		return false;
	if (!sample_exchange(c, p, CTL_SYN, p->rcv_nxt - 1, 0, &replied, e))
		return false;
	if (!replied)
		return error_set(e, "calibration: the target did not answer a SYN to a listening port");
	p->snd_nxt = c->reply.seq + 1;
	if (!sample_exchange(c, p, CTL_ACK, p->rcv_nxt, p->snd_nxt, &replied, e))
		return false;
	if (!s->target.operations->call(s->target.self, p->connection, CALL_RECEIVE, 1, false, &a, e))
		return false;
	p->fin_wait_2 = i % 4 >= 2 && !s->served;
	if (!p->fin_wait_2)
		return true;
	if (!s->target.operations->call(s->target.self, p->connection, CALL_CLOSE, 0, false, &a, e))
		return false;
	p->snd_nxt++;
	return sample_exchange(c, p, CTL_ACK, p->rcv_nxt, p->snd_nxt, &replied, e);
}

/* Sends probe k on port p; other: a 4-tuple that has no TCB. */
static bool probe_send(struct calibrator *c, const struct sample_port *p, enum probe k, unsigned round, struct sample_port *other, struct error *e)
{
	*other = *p;
	switch (k) {
	case PROBE_SYN:
		other->at.tester_port = (uint16_t)(30000 + round % 30000);
		return sample_send(c, other, CTL_SYN, 7 * round, 0, 0, e);
	case PROBE_OLD_OCTET:
		return sample_send(c, p, CTL_ACK, p->rcv_nxt - 1, p->snd_nxt, 1, e);
	case PROBE_BEYOND:
		return sample_send(c, p, CTL_ACK, p->rcv_nxt + 0x40000000, p->snd_nxt, 1400, e);
	case PROBE_FIN:
		return sample_send(c, p, CTL_ACK | CTL_FIN, p->rcv_nxt, p->snd_nxt, 0, e);
	case PROBE_CLOSED:
		other->at.target_port = c->stage->served == 1 ? 2 : 1;
		other->at.tester_port = (uint16_t)(30000 + round % 30000);
		return sample_send(c, other, CTL_ACK, round, round, 0, e);
	case PROBE_OLD_EMPTY:
		return sample_send(c, p, CTL_ACK, p->rcv_nxt - 1000, p->snd_nxt, 0, e);
	case PROBES:
		break;
	}
	return true;
}

enum silence calibrate_silence(bool is_owed_by_all, bool late, bool answered)
{
	if (late)
		return SILENCE_OVERTAKEN;
	return is_owed_by_all || answered ? SILENCE_LOST : SILENCE_MUTE;
}

/* A reply did not come. Where some stacks never give it, it is awaited for all the time of an answer. */
static bool sample_silence(struct calibrator *c, const struct sample_port *p, enum probe k, struct error *e)
{
	const bool is_owed_by_all = c->stage->served || !(k == PROBE_BEYOND || k == PROBE_FIN || k == PROBE_OLD_EMPTY);
	bool late = false;
	if (!is_owed_by_all && sample_read(c, p, clock_now(), ANSWER_US, true, &late, e) < 0)
		return false;
	const enum silence is = calibrate_silence(is_owed_by_all, late, c->answered[k]);
	c->mute[k] |= is == SILENCE_MUTE;
	c->result->overtaken += is == SILENCE_OVERTAKEN;
	c->result->silent += is == SILENCE_LOST;
	return true;
}

static bool sample_one(struct calibrator *c, unsigned round, enum probe k, struct error *e)
{
	struct sample_port *p, other;
	uint64_t sent;
	bool replied;
	if (c->mute[k])
		k = PROBE_OLD_OCTET;
	p = &c->port[(round * 7 + k) % c->ports];
	if (c->stage->served && k == PROBE_FIN)
		k = PROBE_OLD_OCTET; /* nobody closes there first */
	if (k == PROBE_FIN)
		p = &c->port[((round * 7 + k) % PORTS_SAMPLED) | 2]; /* those in FIN-WAIT-2; TIME-WAIT from the second time on */
	else if (k != PROBE_CLOSED && !c->stage->served)
		p = &c->port[((round * 7 + k) % PORTS_SAMPLED) & ~2u];
	c->owed = round % 16 == 0 && !c->stage->served ? CALIBRATE_BURST : 0;
	for (unsigned i = 0; i < c->owed; i++)
		if (!probe_send(c, &c->port[calibrate_burst_port((unsigned)(p - c->port), i)], PROBE_OLD_OCTET, round, &other, e))
			return false;
	if (!probe_send(c, p, k, round, &other, e) || !sample_fence(c, p, &sent, e))
		return false;
	const int before = sample_read(c, &other, sent, PATIENCE_US, true, &replied, e);
	if (before < 0)
		return false;
	c->result->samples++;
	c->result->overtaken += replied && !before;
	c->answered[k] |= replied && (k != PROBE_FIN || p->time_wait);
	p->time_wait |= k == PROBE_FIN;
	/* A reply of the burst that is still to come would count for a later sample. */
	c->result->silent += c->owed > 0;
	if (!replied && !sample_silence(c, &other, k, e))
		return false;
	return k != PROBE_SYN || sample_send(c, &other, CTL_RST, 7 * round + 1, 0, 0, e);
}

/* Is this kind of fence answered at all? Each family is asked a few times, for the first question may be lost to a neighbour's being looked for. */
static bool fence_lives(struct calibrator *c, bool *lives, struct error *e)
{
	for (unsigned f = 0; f < FAMILIES; f++) {
		struct sample_port p = {.at.family = link_family(&c->stage->link, f ? IPV6 : IPV4)};
		const unsigned before = c->round_trips;
		for (unsigned i = 0; i < FENCE_TRIES && c->round_trips == before; i++) {
			uint64_t sent;
			bool replied;
			if (!sample_fence(c, &p, &sent, e) || sample_read(c, &p, sent, ANSWER_US, false, &replied, e) < 0)
				return false;
		}
		*lives = *lives && c->round_trips > before;
	}
	c->round_trips = 0;
	return true;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

bool calibrate_link(struct stage *s, unsigned samples, struct calibration *result, struct error *e)
{
	struct calibrator *c = calloc(1, sizeof *c);
	const bool throttled = s->declaration->model.constants.challenge_interval != 0;
	const unsigned probes = throttled ? PROBE_OLD_EMPTY : PROBES;
	bool ok = c != NULL, lives = true;
	*result = (struct calibration){0};
	if (ok) {
		c->stage = s;
		c->result = result;
		c->ports = s->served ? PORTS_SERVED : PORTS_SAMPLED;
		ok = fence_lives(c, &lives, e);
		result->silent += !lives;
	}
	for (unsigned i = 0; ok && lives && i < c->ports; i++)
		ok = sample_open(c, i, e);
	const uint64_t until = clock_now() + LONG_US;
	for (unsigned i = 0; ok && lives && i < samples && result->overtaken + result->silent < 16 && (i < LEAST || clock_now() < until); i++)
		ok = sample_one(c, i, (enum probe)(i % probes), e);
	if (ok && c->round_trips) {
		qsort(c->round_trip_us, c->round_trips, sizeof c->round_trip_us[0], by_value);
		result->round_trip_ns = c->round_trip_us[c->round_trips / 2] * 1000;
	}
	for (unsigned i = 0; c && s->served && i < c->ports; i++)
		if (c->port[i].connection && ok)
			ok = sample_send(c, &c->port[i], CTL_RST, c->port[i].rcv_nxt, 0, 0, e);
	for (unsigned i = 0; c && i < PORTS_SAMPLED; i++)
		if (c->port[i].connection)
			s->target.operations->close(s->target.self, c->port[i].connection);
	free(c);
	return ok;
}
