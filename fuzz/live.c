/* One script on the live kernel: its moves, fences and the end of its connection. A veth's other end receives within the call that sends, so that what the kernel answers at once has come when that returns; the fence proves it, and nothing rests on it without. */
#include "fuzz/live.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/calibrate.h"
#include "lib/run/frame.h"
#include "lib/run/player.h"
#include "lib/wire/seq.h"

enum { CALIBRATION = 600,
       TRIES_MAX = 6,
       CONFIRM = 2,          /* careful plays that must fail alike */
       CLOSE_SLACK_US = 5,   /* by which a stamp may be off */
       LONG_US = 20000,      /* a play that took longer may have met a timer: half of the shortest by which the kernel answers */
       SETTLE_US = 10000000, /* what takes longer than that to settle, as thousands of small segments do on a busy machine, is left */
       LANES = 7,            /* ports with a listener for one hasty play after the other */
       LANE_FIRST = 1024,
       PORTS_PLAYED = PORTS - PORT_FIRST,
       PORT_STRIDE = 7919, /* coprime to that, as LANES is: no 4-tuple is met again before LANES times PORTS_PLAYED plays */
       STRAY_PLAYS = 1024 };

/* A hasty pass without a fence, whose connection is gone. */
struct unproved {
	unsigned long play; /* by counts.hasty */
	uint16_t tester_port;
	bool spoke; /* something has come of it since */
	uint64_t closed_at;
};

struct live {
	struct run_options options;
	struct stage stage;
	struct live_events events;
	struct live_counts counts;
	struct judge judge;
	struct trace trace;
	struct endpoint at;
	struct connection *connection;
	const struct script *script;
	enum live_manner manner;
	size_t cursor, end;
	uint32_t token;
	bool fenced;
	bool loose;  /* the state is to be asked still */
	bool proved; /* nothing was sent or called behind the last fence */
	enum live_proof proof;
	struct unproved unproved[LIVE_UNPROVED];
	unsigned unproved_count;
	uint64_t fenced_at, began_at, drops;
	uint64_t asked_at;        /* 0: not since the last move */
	bool shares;              /* there are the lanes' listeners */
	unsigned lane, tester_at; /* the last ones */
	struct live_move move;
};

unsigned live_needs_met(const struct live *l)
{
	return l->stage.target.needs_met;
}

const struct live_counts *live_counts(const struct live *l)
{
	return &l->counts;
}

const struct judge *live_judge(const struct live *l)
{
	return &l->judge;
}

/* ---- the wire ---- */

static void live_event(struct live *l, struct event *e)
{
	e->step = l->cursor;
	struct event *kept = trace_add(&l->trace, e);
	kept->segment = e->segment;
	judge_event(&l->judge, kept);
	kept->segment = NULL;
}

static uint16_t tester_port(unsigned at)
{
	return (uint16_t)(PORT_FIRST + at);
}

/* Has one of the plays before had this port of the tester's? What comes to one that none has had is of this play, and wrong. */
static bool live_was_played(const struct live *l, uint16_t port)
{
	unsigned at = l->tester_at;
	for (unsigned i = 0; port != l->at.tester_port && i < STRAY_PLAYS; i++) {
		at = (at + PORTS_PLAYED - PORT_STRIDE) % PORTS_PLAYED;
		if (port == tester_port(at))
			return true;
	}
	return false;
}

/* What closing a connection puts out is an RST. Anything else, and anything behind it, was to come of the play. */
static void live_stray(struct live *l, uint64_t at, const struct segment *s)
{
	l->counts.strays++;
	for (unsigned i = 0; i < l->unproved_count; i++) {
		struct unproved *u = &l->unproved[i];
		if (u->tester_port == s->dst_port)
			u->spoke |= !(s->ctl & CTL_RST) || at > u->closed_at + CLOSE_SLACK_US;
	}
}

/* Looked at, the kernel may acknowledge what it had put off. Where the state is another one than permitted that is no answer which the fence has overtaken, and the state will be asked again. */
static bool is_drawn_by_a_look(const struct live *l, uint64_t at, const struct segment *s)
{
	return l->judge.status == JUDGE_FAILED && l->asked_at && at >= l->asked_at && s->text_length == 0 && !(s->ctl & (CTL_SYN | CTL_FIN | CTL_RST));
}

static void live_frame(struct live *l, const struct frame *f, const struct segment *s)
{
	struct event ev = {.kind = EVENT_RECEIVED, .at = f->at, .packet = (uint8_t *)(uintptr_t)(f->octets + ETHERNET_HEADER), .length = f->length - ETHERNET_HEADER, .segment = s};
	if (!l->connection || s->src_port != l->at.target_port || s->src.family != l->at.family || live_was_played(l, s->dst_port)) {
		live_stray(l, f->at, s);
		return;
	}
	if (is_drawn_by_a_look(l, f->at, s))
		return;
	l->move.segments++;
	l->move.ctl |= s->ctl;
	l->move.text |= s->text_length != 0;
	live_event(l, &ev);
}

/* Takes in what has come, as far as the answer to the fence under way. */
static bool live_drain(struct live *l, struct error *e)
{
	struct frame f;
	struct packet p;
	uint32_t token;
	int got = 0;
	if (!wire_look(l->stage.wire, e))
		return false;
	while (!l->fenced && (got = wire_take(l->stage.wire, &f, e)) > 0) {
		packet_parse(f.octets, f.length, &p);
		if (p.kind == PACKET_TCP) {
			live_frame(l, &f, &p.segment);
		} else if (fence_answers(&p, &token) && token == l->token) {
			l->fenced = true;
			l->fenced_at = f.at;
		}
	}
	return got >= 0;
}

static bool live_poll(struct live *l, struct error *e)
{
	struct pollfd p = {.fd = wire_descriptor(l->stage.wire), .events = POLLIN};
	if (poll(&p, 1, 1) < 0 && errno != EINTR)
		return error_set(e, "waiting for the wire: %s", strerror(errno));
	if (p.revents & (POLLERR | POLLNVAL))
		return error_set(e, "the link %s went down", l->stage.link.tester_if);
	return live_drain(l, e);
}

/* A fence is behind all that was sent before it: what has passed by then and has said nothing since had nothing to say. */
static void live_settled(struct live *l)
{
	for (unsigned i = 0; i < l->unproved_count; i++)
		if (l->unproved[i].spoke || !l->fenced) {
			l->counts.disproved++;
			l->events.disproved(l->events.self, l->unproved[i].play);
		}
	l->unproved_count = 0;
}

static bool fence_pass(struct live *l, struct error *e)
{
	uint64_t at;
	l->token = stage_token(&l->stage);
	l->fenced = false;
	l->counts.fences++;
	if (!fence_send(l->stage.wire, &l->stage.link, l->at.family, l->token, &at, e) || !live_drain(l, e))
		return false;
	while (!l->fenced && clock_now() < at + FENCE_LOST_US)
		if (!live_poll(l, e))
			return false;
	live_settled(l);
	return true;
}

static bool live_fence(struct live *l, struct error *e)
{
	struct event ev = {.kind = EVENT_FENCE};
	if (!fence_pass(l, e))
		return false;
	if (!l->fenced)
		ev.kind = EVENT_LOST;
	ev.at = l->fenced ? l->fenced_at : clock_now();
	l->proved = l->fenced;
	l->fenced = false;
	live_event(l, &ev);
	return true;
}

bool live_prove(struct live *l, struct error *e)
{
	const bool ok = l->unproved_count == 0 || fence_pass(l, e);
	l->fenced = false;
	return ok;
}

/* ---- moves ---- */

static bool live_send(struct live *l, const struct step *st, struct error *e)
{
	uint8_t packet[PACKET_ROOM];
	struct event ev = {.kind = EVENT_SENT, .packet = packet};
	l->proved = false;
	l->asked_at = 0;
	ev.length = send_build(st, &l->judge.numbers, &l->at, judge_tcb(&l->judge), packet, sizeof packet, e);
	if (ev.length == 0 || !wire_send(l->stage.wire, packet, ev.length, &ev.at, e))
		return false;
	live_event(l, &ev);
	return true;
}

static bool live_call(struct live *l, const struct step *st, struct error *e)
{
	struct event ev = {.kind = EVENT_CALLED, .began = clock_now(), .call = st->call};
	l->proved = false;
	l->asked_at = 0;
	if (!stage_call(&l->stage, l->connection, st, &ev.answer, e))
		return false;
	ev.at = clock_now();
	live_event(l, &ev);
	return true;
}

static bool live_ask(struct live *l, struct error *e)
{
	const struct target *t = &l->stage.target;
	l->asked_at = clock_now();
	struct event told = {.kind = EVENT_SIGNALS, .at = l->asked_at}, state = {.kind = EVENT_STATE, .at = told.at};
	if (!t->operations->signals(t->self, l->connection, &told.signals, e))
		return false;
	live_event(l, &told);
	if (!t->operations->state(t->self, l->connection, &state.state, e))
		return false;
	live_event(l, &state);
	return true;
}

/* A listener that is made puts nothing out: if it does, the next look tells. */
static bool live_is_mute(const struct live *l)
{
	const struct step *st = &l->script->step[l->cursor];
	return st->kind == STEP_CALL && st->call == CALL_OPEN_PASSIVE;
}

/* Is an acknowledgment that may be put off all that could still come? The kernel has done what it does at once; but of text that waits it may send the rest a little later. */
static bool live_puts_off(const struct live *l)
{
	const struct hypotheses *now = &l->judge.now;
	for (unsigned i = 0; l->judge.status == JUDGE_GOING && i < now->count; i++) {
		const struct hypothesis *h = &now->h[i];
		if (!h->pending_count && !(h->has_due && seq_lt(h->tcb.snd_nxt, h->due)) && h->tcb.ack_owed && !h->tcb.queued && !h->tcb.fin_queued)
			return true;
	}
	return false;
}

/* May the proof of the whole play be a later fence? Of text that waits the rest may come behind the end. */
static bool live_can_leave(const struct live *l)
{
	return l->proof == LIVE_LATER && l->unproved_count + 1 < LIVE_UNPROVED && !judge_tcb(&l->judge)->queued;
}

/* May the fence behind this move be a later one? */
static bool live_can_wait(const struct live *l, bool last)
{
	return l->manner == LIVE_HASTY && (judge_is_met(&l->judge) || live_puts_off(l)) && (!last || live_can_leave(l));
}

static bool live_met(struct live *l)
{
	struct event met = {.kind = EVENT_MET, .at = clock_now()};
	live_event(l, &met);
	return true;
}

/* To be looked at may have moved the kernel to acknowledge what it had put off: that is of this move still. Where the fence is a later one and nothing is owed it says what was left. */
static bool live_look(struct live *l, struct error *e)
{
	const bool owes = judge_tcb(&l->judge)->ack_owed;
	return live_ask(l, e) && (!(l->proved || owes) || live_drain(l, e));
}

/* What is behind the fence at the end, or behind a later one, is judged then. */
static bool live_close(struct live *l, struct error *e)
{
	const bool last = l->end >= l->script->count;
	if (!live_is_mute(l) && !live_drain(l, e))
		return false;
	l->loose = l->manner == LIVE_HASTY && !last;
	if (!(live_can_wait(l, last) ? live_met(l) : live_fence(l, e)))
		return false;
	if (l->loose)
		return true;
	if (!live_look(l, e))
		return false;
	if (l->judge.status != JUDGE_FAILED || strcmp(l->judge.cause_class, "next state") != 0)
		return true;
	return live_fence(l, e) && live_look(l, e); /* asked again: was it asked too early? */
}

/* Can a socket say this call where it stands? Before accept() and on a listener there is no socket of the connection: what is called there is called nothing at all. A text that was received can be asked for while there was one. */
static bool live_can_call(const struct live *l, const struct step *st)
{
	const struct tcb *t = judge_tcb(&l->judge);
	const bool opens = st->call == CALL_OPEN_PASSIVE || st->call == CALL_OPEN_ACTIVE;
	if (t->state == CLOSED && opens)
		return !t->listener;
	if (t->state == CLOSED || t->state == LISTEN)
		return st->call == CALL_RECEIVE && t->irs_known;
	if (st->call == CALL_SEND && t->state < ESTABLISHED && !(l->stage.target.needs_met & NEED_EARLY_SEND))
		return false;
	return t->state != SYN_RECEIVED || !t->passive;
}

static bool live_move(struct live *l, struct error *e)
{
	const struct step *st = &l->script->step[l->cursor];
	const struct tcb before = *judge_tcb(&l->judge);
	l->move = (struct live_move){.before = &before};
	l->end = judge_group(&l->judge, l->cursor);
	const bool done = st->kind == STEP_SEND ? live_send(l, st, e) : st->kind != STEP_CALL || live_call(l, st, e);
	if (!done || !live_close(l, e))
		return false;
	l->move.after = judge_tcb(&l->judge);
	l->move.stimulus = l->judge.has_stimulus_segment ? &l->judge.stimulus_segment : NULL;
	if (l->manner == LIVE_HASTY && l->judge.status == JUDGE_GOING)
		l->events.move(l->events.self, &l->move);
	return true;
}

/* ---- plays ---- */

/* A script that begins with an OPEN, passive, has its listener to its end, so that it may as well be one that was there before. Of a careful play each has its own. */
static bool live_may_share(const struct live *l)
{
	const struct step *first = l->script->step;
	return l->shares && l->manner == LIVE_HASTY && first->kind == STEP_CALL && first->call == CALL_OPEN_PASSIVE;
}

static uint16_t live_port(struct live *l)
{
	if (!live_may_share(l))
		return stage_port(&l->stage);
	l->lane = (l->lane + 1) % LANES;
	return (uint16_t)(LANE_FIRST + l->lane);
}

static void live_ends(struct live *l, enum family f)
{
	const struct link *k = &l->stage.link;
	l->tester_at = (l->tester_at + PORT_STRIDE) % PORTS_PLAYED;
	l->at = (struct endpoint){.family = f, .target = k->target[family_index(f)], .tester = k->tester[family_index(f)], .target_port = live_port(l), .tester_port = tester_port(l->tester_at)};
}

static bool live_once(struct live *l, enum family f, enum live_manner m, struct error *e)
{
	const struct target *t = &l->stage.target;
	bool ok = true;
	l->manner = m;
	live_ends(l, f);
	l->began_at = clock_now();
	l->connection = t->operations->open(t->self, &l->at, e);
	if (!l->connection)
		return false;
	l->loose = false;
	l->proved = true;
	l->asked_at = 0;
	trace_clear(&l->trace);
	judge_again(&l->judge, l->script, &l->stage.declaration->model, &l->at, l->options.seed);
	l->judge.untold = m == LIVE_HASTY;
	for (l->cursor = 0; ok && l->cursor < l->script->count && l->judge.status == JUDGE_GOING; l->cursor = l->end) {
		const struct step *st = &l->script->step[l->cursor];
		l->end = l->cursor + 2; /* a move and what is said of it */
		if (st->kind != STEP_CALL || live_can_call(l, st))
			ok = live_move(l, e);
	}
	if (ok && l->loose && l->judge.status == JUDGE_GOING) /* what came last was a call that cannot be said */
		ok = (live_can_wait(l, true) || live_fence(l, e)) && live_look(l, e);
	if (ok && m == LIVE_HASTY)
		l->events.ended(l->events.self, t, l->connection);
	t->operations->close(t->self, l->connection);
	l->connection = NULL;
	if (ok && m == LIVE_HASTY && !l->proved && l->judge.status == JUDGE_GOING)
		l->unproved[l->unproved_count++] = (struct unproved){.play = l->counts.hasty, .tester_port = l->at.tester_port, .closed_at = clock_now()};
	return ok;
}

/* Does the play prove nothing, of whatever its judge says? */
static bool live_is_doubtful(struct live *l, bool *doubtful, struct error *e)
{
	uint64_t drops;
	if (!wire_drops(l->stage.wire, &drops, e))
		return false;
	*doubtful = drops != l->drops || l->judge.status == JUDGE_VIOLATED || (l->judge.status == JUDGE_FAILED && clock_now() > l->began_at + LONG_US);
	l->drops = drops;
	l->counts.doubtful += *doubtful;
	return true;
}

static void live_result(struct live *l, struct result *r)
{
	judge_result(&l->judge, r);
	ladder_of_trace(&l->trace, &l->judge, &r->ladder);
}

static bool live_passes(const struct live *l)
{
	return l->judge.status == JUDGE_GOING || l->judge.status == JUDGE_UNREACHED;
}

/* What a careful play came to: where, and what was broken. */
struct ending {
	size_t group;
	char class[sizeof((struct judge *)0)->cause_class];
};

static struct ending live_ending(const struct live *l)
{
	struct ending o = {.group = live_passes(l) ? 0 : l->judge.first};
	if (!live_passes(l))
		memcpy(o.class, l->judge.cause_class, sizeof o.class);
	return o;
}

static bool endings_agree(const struct ending *a, const struct ending *b)
{
	return a->group == b->group && strcmp(a->class, b->class) == 0;
}

/* Again, with care, until two plays in a row agree: on a pass, or on where and what was broken. One pass is enough where no careful play before it has failed, for the hasty one proves nothing; once one has, it takes two to say that it was chance. */
static bool live_settle(struct live *l, enum family f, struct result *r, struct error *e)
{
	struct ending last = {.group = 0};
	unsigned alike = 0;
	bool failed = false;
	const uint64_t until = clock_now() + SETTLE_US;
	for (unsigned i = 0; i < TRIES_MAX && clock_now() < until; i++) {
		bool doubtful;
		l->counts.careful++;
		if (!live_once(l, f, LIVE_CAREFUL, e) || !live_is_doubtful(l, &doubtful, e))
			return false;
		if (doubtful)
			continue;
		if (l->judge.status == JUDGE_FAILED && l->events.is_known(l->events.self, &l->judge)) {
			r->verdict = KNOWN;
			return true;
		}
		if (l->judge.status == JUDGE_OVERFLOW) { /* what was left out may have explained it */
			l->counts.crowded++;
			return true;
		}
		const struct ending now = live_ending(l);
		alike = alike && endings_agree(&last, &now) ? alike + 1 : 1;
		last = now;
		failed |= !live_passes(l);
		if (alike < CONFIRM && failed)
			continue;
		l->counts.taken_back += l->judge.status == JUDGE_GOING;
		l->counts.wavering += failed && live_passes(l);
		if (!live_passes(l))
			live_result(l, r);
		return true;
	}
	l->counts.unsettled++;
	return true;
}

bool live_play(struct live *l, const struct script *s, enum family f, enum live_proof p, struct result *r, struct error *e)
{
	*r = (struct result){.verdict = PASS};
	l->script = s;
	l->proof = p;
	l->counts.hasty++;
	if (!live_once(l, f, LIVE_HASTY, e))
		return false;
	/* A call that the interface cannot say ends a script, and is no doubt. */
	return l->judge.status == JUDGE_GOING || l->judge.status == JUDGE_UNREACHED || live_settle(l, f, r, e);
}

/* ---- beginning and end ---- */

static bool live_share(struct live *l, struct error *e)
{
	const struct target *t = &l->stage.target;
	for (unsigned i = 0; i < FAMILIES * LANES; i++)
		if (!t->operations->share(t->self, &l->stage.link.target[i % FAMILIES], (uint16_t)(LANE_FIRST + i / FAMILIES), e))
			return false;
	l->shares = true;
	return true;
}

static bool live_open(struct live *l, struct error *e)
{
	struct stage *s = &l->stage;
	struct calibration c = {0};
	int cpu;
	cpu_prefer();
	cpu_pin(0, &cpu);
	s->is_prompt = true;
	s->fence = FENCE_LINK;
	if (!link_create(&s->link, NULL, e) || !(s->wire = wire_open_for_one(&s->link, e)) || !target_linux_start(&s->target, &s->link, s->declaration, false, e) || !calibrate_link(s, CALIBRATION, &c, e))
		return false;
	if (c.overtaken || c.silent || !link_is_ordered(&s->link, NULL))
		return error_set(e, "the link's fence is not sound here: %u of %u replies were overtaken, %u did not come; see `tcpspec doctor -t linux`", c.overtaken, c.samples, c.silent);
	return live_share(l, e) && wire_drops(s->wire, &l->drops, e);
}

struct live *live_new(struct declaration *d, const struct live_events *events, struct error *e)
{
	struct live *l = memory_zeroed(1, sizeof *l);
	l->options.seed = 1;
	l->events = *events;
	l->stage.options = &l->options;
	l->stage.declaration = d;
	l->stage.link.tester_ns = l->stage.link.target_ns = -1;
	if (live_open(l, e))
		return l;
	live_free(l);
	return NULL;
}

void live_free(struct live *l)
{
	struct stage *s = &l->stage;
	if (s->target.operations)
		target_stop(&s->target);
	if (s->wire)
		wire_close(s->wire);
	link_close(&s->link);
	judge_end(&l->judge);
	trace_free(&l->trace);
	declaration_free(s->declaration);
	free(s->calendar);
	free(l);
}
