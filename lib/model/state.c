/* The model's words and the state diagram as data, and TCBs made from nothing. It knows no events. */
#include "lib/model/model.h"

#include <string.h>

#include "lib/model/reaction.h"

static const char *const state_names[STATES] = {
    [CLOSED] = "CLOSED",
    [LISTEN] = "LISTEN",
    [SYN_SENT] = "SYN-SENT",
    [SYN_RECEIVED] = "SYN-RECEIVED",
    [ESTABLISHED] = "ESTABLISHED",
    [FIN_WAIT_1] = "FIN-WAIT-1",
    [FIN_WAIT_2] = "FIN-WAIT-2",
    [CLOSE_WAIT] = "CLOSE-WAIT",
    [CLOSING] = "CLOSING",
    [LAST_ACK] = "LAST-ACK",
    [TIME_WAIT] = "TIME-WAIT",
};

static const char *const call_names[CALLS] = {
    [CALL_OPEN_PASSIVE] = "open_passive",
    [CALL_OPEN_ACTIVE] = "open_active",
    [CALL_SEND] = "send",
    [CALL_RECEIVE] = "receive",
    [CALL_CLOSE] = "close",
    [CALL_RELEASE] = "release",
    [CALL_ABORT] = "abort",
    [CALL_FORGET] = "forget",
    [CALL_SET] = "set",
};

/* By bit number of SIGNAL_*. */
static const char *const signal_names[] = {"reset", "refused", "closed", "timeout", "eof", "urgent", "unreachable", "trouble"};

/* Figure 5, from its top to its foot, and the edge that its note 2 says the figure omits. Note 3's resets are no edges of the figure. */
static const struct edge edges[] = {
    {CLOSED, LISTEN, "passive OPEN", "create TCB"},
    {CLOSED, SYN_SENT, "active OPEN", "create TCB, snd SYN"},
    {LISTEN, CLOSED, "CLOSE", "delete TCB"},
    {SYN_SENT, CLOSED, "CLOSE", "delete TCB"},
    {SYN_RECEIVED, LISTEN, "rcv RST", ""},
    {LISTEN, SYN_RECEIVED, "rcv SYN", "snd SYN,ACK"},
    {LISTEN, SYN_SENT, "SEND", "snd SYN"},
    {SYN_SENT, SYN_RECEIVED, "rcv SYN", "snd SYN,ACK"},
    {SYN_RECEIVED, ESTABLISHED, "rcv ACK of SYN", ""},
    {SYN_SENT, ESTABLISHED, "rcv SYN,ACK", "snd ACK"},
    {SYN_RECEIVED, FIN_WAIT_1, "CLOSE", "snd FIN"},
    {ESTABLISHED, FIN_WAIT_1, "CLOSE", "snd FIN"},
    {ESTABLISHED, CLOSE_WAIT, "rcv FIN", "snd ACK"},
    {FIN_WAIT_1, CLOSING, "rcv FIN", "snd ACK"},
    {FIN_WAIT_1, FIN_WAIT_2, "rcv ACK of FIN", ""},
    {CLOSE_WAIT, LAST_ACK, "CLOSE", "snd FIN"},
    {FIN_WAIT_2, TIME_WAIT, "rcv FIN", "snd ACK"},
    {CLOSING, TIME_WAIT, "rcv ACK of FIN", ""},
    {LAST_ACK, CLOSED, "rcv ACK of FIN", ""},
    {TIME_WAIT, CLOSED, "Timeout=2MSL", "delete TCB"},
    {FIN_WAIT_1, TIME_WAIT, "rcv FIN, ACK of FIN", "snd ACK"},
};

const char *state_name(enum state s)
{
	return state_names[s];
}

bool state_read(const char *name, size_t n, enum state *s)
{
	for (enum state i = CLOSED; i < STATES; i++)
		if (strlen(state_names[i]) == n && memcmp(state_names[i], name, n) == 0) {
			*s = i;
			return true;
		}
	return false;
}

bool state_synchronized(enum state s)
{
	return s >= ESTABLISHED;
}

const char *profile_name(enum profile p)
{
	static const char *const names[PROFILES] = {"rfc9293", "rfc793", "tc8"};
	return names[p];
}

bool profile_read(const char *name, enum profile *p)
{
	for (enum profile i = PROFILE_RFC9293; i < PROFILES; i++)
		if (strcmp(name, profile_name(i)) == 0) {
			*p = i;
			return true;
		}
	return false;
}

const char *level_name(enum level l)
{
	static const char *const names[] = {"MUST", "SHOULD", "MAY"};
	return names[l];
}

const char *call_name(enum call c)
{
	return call_names[c];
}

const char *signal_name(unsigned signal)
{
	for (size_t i = 0; i < sizeof signal_names / sizeof signal_names[0]; i++)
		if (signal == 1U << i)
			return signal_names[i];
	return "";
}

bool signal_read(const char *name, size_t n, unsigned *signal)
{
	for (size_t i = 0; i < sizeof signal_names / sizeof signal_names[0]; i++)
		if (strlen(signal_names[i]) == n && memcmp(signal_names[i], name, n) == 0) {
			*signal = 1U << i;
			return true;
		}
	return false;
}

const struct edge *model_edges(size_t *count)
{
	*count = sizeof edges / sizeof edges[0];
	return edges;
}

const struct edge *model_edge(enum state from, enum state to)
{
	for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
		if (edges[i].from == from && edges[i].to == to)
			return &edges[i];
	return NULL;
}

struct model model_default(enum profile p)
{
	const bool now = p == PROFILE_RFC9293;
	struct model m;
	memset(&m, 0, sizeof m);
	m.profile = p;
	m.choices.rfc5961_rst = now;
	m.choices.rfc5961_syn = now;
	m.choices.delayed_ack = true;
	m.choices.timestamps = now;
	m.choices.window_scale = now;
	m.choices.sack = now;
	m.choices.nagle = true;
	m.constants.rto_initial = 1000000; /* RFC 6298 2.1 */
	m.constants.rto_min = 200000;      /* RFC 6298 2.4 says 1 s SHOULD: below that is common and harmless */
	m.constants.rto_max = 60000000;    /* RFC 6298 2.5 */
	m.constants.delayed_ack_max = 500000;
	m.constants.msl = 120000000; /* RFC 9293 3.4.2 */
	m.constants.tick = 10000;
	m.constants.keepalive_idle = 7200000000;   /* RFC 9293 3.8.4 MUST-28 */
	m.constants.keepalive_interval = 75000000; /* of 4.2BSD, and of most since */
	m.constants.keepalive_count = 9;
	m.constants.uto_advertised = 300000000; /* RFC 793 3.8, OPEN: "the present global default is five minutes" */
	m.constants.uto_lower = 100000000;      /* RFC 5482 3.1 */
	m.constants.uto_upper = 86400000000;
	m.constants.syn_retries = 6;
	m.constants.synack_retries = 5;
	m.constants.ranges = 8;
	m.constants.initial_window = 10; /* RFC 6928 */
	m.constants.retries = 15;
	m.constants.fastopen_pending = 16;
	return m;
}

struct tcb tcb_closed(bool listener)
{
	struct tcb t;
	memset(&t, 0, sizeof t);
	t.state = CLOSED;
	t.listener = listener;
	return t;
}

enum { CANONICAL_WINDOW = 65535 };

static void tcb_open_canonical(struct tcb *t, uint32_t iss)
{
	t->iss = iss;
	t->iss_known = true;
	t->snd_una = iss;
	t->snd_nxt = iss + 1;
	t->snd_mss = SEGMENT_MSS_IPV4;
	t->rcv_mss = SEGMENT_MSS_IPV4;
	t->rcv_wnd = CANONICAL_WINDOW;
}

static void tcb_meet_canonical(struct tcb *t, uint32_t irs)
{
	t->irs = irs;
	t->irs_known = true;
	t->rcv_nxt = irs + 1;
	t->rcv_edge = t->rcv_nxt + CANONICAL_WINDOW;
	t->last_ack_sent = t->rcv_nxt;
	t->snd_wnd = CANONICAL_WINDOW;
	t->max_snd_wnd = CANONICAL_WINDOW;
	t->snd_wl1 = irs;
	t->snd_wl2 = t->snd_una;
}

/* The peer's FIN at RCV.NXT, received and acknowledged. */
static void tcb_receive_fin_canonical(struct tcb *t)
{
	t->fin_received = true;
	t->rcv_nxt++;
	t->rcv_edge = t->rcv_nxt + CANONICAL_WINDOW;
	t->last_ack_sent = t->rcv_nxt;
	t->snd_wl1 = t->rcv_nxt - 1;
	t->signals |= SIGNAL_EOF;
}

struct tcb tcb_in_state(enum state s, bool passive, bool listener, uint32_t iss, uint32_t irs)
{
	struct tcb t = tcb_closed(listener);
	t.state = s;
	if (s == CLOSED || s == LISTEN)
		return t;
	t.passive = passive && s != SYN_SENT;
	tcb_open_canonical(&t, iss);
	if (s == SYN_SENT)
		return t;
	tcb_meet_canonical(&t, irs);
	if (s == SYN_RECEIVED)
		return t;
	t.snd_una = iss + 1;
	t.snd_wl1 = irs + 1;
	t.snd_wl2 = t.snd_una;
	if (s == FIN_WAIT_1 || s == FIN_WAIT_2 || s == CLOSING || s == LAST_ACK || s == TIME_WAIT) {
		t.fin_sent = true;
		t.snd_nxt++;
	}
	if (s == CLOSE_WAIT || s == CLOSING || s == LAST_ACK || s == TIME_WAIT)
		tcb_receive_fin_canonical(&t);
	if (s == FIN_WAIT_2 || s == TIME_WAIT) {
		t.snd_una = t.snd_nxt;
		t.snd_wl2 = t.snd_una;
	}
	return t;
}
