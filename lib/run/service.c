/* Scripts and services: a script of which the program would do other than its lines say is not played at all. And the walk, which sees the service do once what is expected of it in each cell. */
#include "lib/run/service.h"

#include <poll.h>
#include <string.h>

#include "lib/model/service.h"
#include "lib/wire/seq.h"

/* ---- scripts ---- */

static bool sends(const struct step *st, uint16_t ctl, bool text)
{
	return st->kind == STEP_SEND && ((st->segment.ctl & ctl) != 0 || (text && st->segment.said & SAY_DATA && st->segment.data));
}

bool service_is_opened(const struct script *s)
{
	for (size_t i = 0; i < s->prelude; i++)
		if (s->step[i].kind == STEP_CALL && s->step[i].call == CALL_OPEN_PASSIVE)
			return true;
	return false;
}

/* The way into the state: of calls OPEN passive, and CLOSE where the program makes it, behind our FIN. Text would be taken at once. */
static const char *way_refused(const struct script *s)
{
	bool ended = false;
	for (size_t i = 0; i < s->prelude; i++) {
		const struct step *st = &s->step[i];
		if (st->kind == STEP_CALL && st->call != CALL_OPEN_PASSIVE && !(st->call == CALL_CLOSE && ended))
			return "nobody steers the target: this call is not its program's to make";
		if (sends(st, 0, true) && strcmp(s->given, "gap") != 0)
			return "the program behind the port takes text at once";
		ended |= sends(st, CTL_FIN, false);
	}
	/* With our FIN the program ends its side: there is no stopping before. */
	for (size_t i = s->prelude; ended && i-- > 0;)
		if (s->step[i].kind == STEP_STATE)
			return s->step[i].states == 1U << LAST_ACK ? NULL : "the program behind the port closes as soon as the tester has: this state does not stay";
	return NULL;
}

/* Whoever writes a line counts on a user who does nothing by himself; where the model judges, it knows what the program may do. */
static const char *step_refused(const struct script *s, size_t i, bool touched, enum service service)
{
	const struct step *st = &s->step[i];
	if (st->kind == STEP_CALL)
		return "nobody steers the target: no call can be made";
	if (st->kind == STEP_SIGNAL)
		return "nobody steers the target: what its user is told is not known";
	if (st->kind == STEP_SEND && st->segment.said & (SAY_SRC | SAY_FROM))
		return "only one connection at a time is watched where nobody steers the target";
	if (st->kind == STEP_SEND && service == SERVICE_ECHO && sends(st, CTL_URG, false) && sends(st, 0, true))
		return "what an echo makes of urgent text is its own affair";
	if (touched && (st->kind == STEP_EXPECT || st->kind == STEP_SILENCE))
		return "the program behind the port acts on text and FIN by itself, between these lines";
	return NULL;
}

const char *service_refuses(const struct script *s, enum service service)
{
	const char *why = s->listener_closed ? "the listener cannot be taken away" : way_refused(s);
	bool touched = false, shown = false;
	for (size_t i = s->prelude; !why && i < s->count; i++) {
		const struct step *st = &s->step[i];
		touched |= service_is_opened(s) && sends(st, CTL_FIN, true);
		shown |= st->kind == STEP_EXPECT || st->kind == STEP_SILENCE || st->kind == STEP_ISNS || st->kind == STEP_BY_MODEL;
		why = step_refused(s, i, touched, service);
	}
	return why || shown ? why : "only the state would show it, which nobody tells";
}

/* ---- the walk ---- */

enum { TRY_US = 500000,
       TRIES = 3,
       OCTETS = 4 };

struct walk {
	struct stage *stage;
	struct endpoint at;
	uint32_t seq, ack; /* the tester's next octet, and the target's */
	struct segment got;
	bool fin;
};

static bool walk_send(struct walk *w, uint16_t ctl, uint32_t text, struct error *e)
{
	uint8_t packet[128], octets[OCTETS];
	uint64_t at;
	stream_fill(octets, 0, sizeof octets);
	const struct segment s = {.src = w->at.tester, .dst = w->at.target, .src_port = w->at.tester_port, .dst_port = w->at.target_port, .seq = w->seq, .ack = ctl & CTL_ACK ? w->ack : 0, .ctl = ctl, .wnd = 65535, .text = octets, .text_length = text};
	return stage_send(w->stage, packet, segment_build(&s, packet, sizeof packet), &at, e);
}

/* The next segment of the connection. 1; 0: none came in time; -1 with e. */
static int walk_hear(struct walk *w, uint64_t until, struct error *e)
{
	struct frame f;
	struct packet p;
	for (;;) {
		const uint64_t now = clock_now(); /* asked first: what came meanwhile is read */
		const int n = wire_receive(w->stage->wire, &f, e);
		if (n < 0)
			return -1;
		if (n == 0) {
			if (now >= until)
				return 0;
			struct pollfd wait = {.fd = wire_descriptor(w->stage->wire), .events = POLLIN};
			poll(&wait, 1, 1);
			continue;
		}
		packet_parse(f.octets, f.length, &p);
		if (p.kind != PACKET_TCP || p.segment.src_port != w->at.target_port || p.segment.dst_port != w->at.tester_port || p.segment.src.family != w->at.family)
			continue;
		w->got = p.segment;
		return 1;
	}
}

/* Text and FIN in order. */
static void walk_take(struct walk *w)
{
	const struct segment *s = &w->got;
	const uint32_t end = s->seq + s->text_length, begin = s->seq;
	if (seq_lt(w->ack, begin) || seq_lt(end, w->ack))
		return;
	w->ack = end + ((s->ctl & CTL_FIN) != 0);
	w->fin |= (s->ctl & CTL_FIN) != 0;
}

static bool walk_refused(const struct walk *w, struct error *e, const char *what)
{
	struct text name = {0};
	address_print(&w->at.target, &name);
	error_set(e, "port %u of %s %s", w->at.target_port, text_string(&name), what);
	text_free(&name);
	return false;
}

static bool walk_open(struct walk *w, struct error *e)
{
	int n = 0;
	for (unsigned i = 0; n == 0 && i < TRIES; i++) {
		if (!walk_send(w, CTL_SYN, 0, e))
			return false;
		n = walk_hear(w, clock_now() + TRY_US, e);
	}
	if (n < 0)
		return false;
	if (n == 0)
		return walk_refused(w, e, "answers no SYN: three were sent in 1.5 s; is the target up, and does nothing in between drop them? Try another port by --port");
	if (w->got.bad & BAD_TCP_CHECKSUM)
		return walk_refused(w, e, "answers with a wrong checksum: most likely the sender leaves it to hardware that this link has not; switch that off at the target's end (ethtool -K IF tx off)");
	if (w->got.ctl & CTL_RST)
		return walk_refused(w, e, "is closed: a SYN was answered with a reset; start a program there that sends back what comes, or throws it away, or name its port by --port");
	if ((w->got.ctl & (CTL_SYN | CTL_ACK)) != (CTL_SYN | CTL_ACK) || w->got.ack != w->seq + 1)
		return walk_refused(w, e, "answers a SYN with something else than a SYN,ACK for it; look at it with --pcap, or by tcpdump");
	w->seq++;
	w->ack = w->got.seq + 1;
	return true;
}

/* What comes back of text that was sent. */
static bool walk_talk(struct walk *w, enum service service, struct error *e)
{
	const uint32_t begin = w->ack;
	bool acked = false;
	if (!walk_send(w, CTL_ACK, 0, e) || !walk_send(w, CTL_ACK | CTL_PSH, OCTETS, e))
		return false;
	w->seq += OCTETS;
	for (const uint64_t until = clock_now() + SERVICE_US; !(acked && (service == SERVICE_DISCARD || w->ack - begin >= OCTETS));) {
		const int n = walk_hear(w, until, e);
		if (n < 0)
			return false;
		if (n == 0 && !acked)
			return walk_refused(w, e, "did not acknowledge text for a second; is the target alive?");
		if (n == 0)
			return walk_refused(w, e, "did not send back what it was sent within a second: it is no echo; if it throws text away say --upper-tester none:discard, else name an echo's port by --port");
		if (w->got.ctl & CTL_RST)
			return walk_refused(w, e, "reset the connection when text came; is its program a server for many connections? One after the other is enough");
		acked |= w->got.ack == w->seq;
		walk_take(w);
	}
	if (service == SERVICE_DISCARD && w->ack != begin)
		return walk_refused(w, e, "sends something by itself: it is no discard; if it is an echo say --upper-tester none:echo");
	return true;
}

static bool walk_close(struct walk *w, enum service service, struct error *e)
{
	const uint32_t begin = w->ack;
	if (!walk_send(w, CTL_ACK | CTL_FIN, 0, e))
		return false;
	w->seq++;
	for (const uint64_t until = clock_now() + SERVICE_US; !w->fin;) {
		const int n = walk_hear(w, until, e);
		if (n < 0)
			return false;
		if (n == 0 || w->got.ctl & CTL_RST)
			return walk_refused(w, e, n ? "resets the connection when its peer closes: its program must read to the end, and close then" : "did not close within a second of its peer's FIN: its program must close when recv() says 0");
		walk_take(w);
	}
	if (service == SERVICE_DISCARD && w->ack != begin + 1)
		return walk_refused(w, e, "sends something by itself: it is no discard; if it is an echo say --upper-tester none:echo");
	return walk_send(w, CTL_ACK, 0, e);
}

bool service_walk(struct stage *s, uint16_t port, enum family f, struct error *e)
{
	const unsigned i = family_index(f);
	const enum service service = s->declaration->model.service;
	struct rng r = rng_named(s->options->seed, f == IPV4 ? "walk, v4" : "walk, v6");
	struct walk w = {.stage = s, .seq = rng_u32(&r)};
	struct error unheard;
	w.at = (struct endpoint){.family = f, .target = s->link.target[i], .tester = s->link.tester[i], .target_port = port, .tester_port = (uint16_t)(1024 + rng_below(&r, 20000))};
	if (!walk_open(&w, e))
		return false;
	if (walk_talk(&w, service, e) && walk_close(&w, service, e))
		return true;
	walk_send(&w, CTL_RST, 0, &unheard);
	return false;
}
