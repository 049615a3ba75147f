/* RFC 9293 3.10.1 to 3.10.6: user calls, in the standard's order. STATUS changes nothing and is not among them. */
#include "lib/model/model.h"

#include "lib/model/reaction.h"
#include "lib/wire/seq.h"

/* What every call needs. */
struct user_call {
	const struct model *m;
	const struct tcb *t;
	uint32_t n;
	uint64_t now;
	struct outcome *out;
};

/* The call is answered with an error and nothing else happens. */
static void refuse(const struct user_call *u, const char *clause)
{
	struct reaction *r = reaction_add(u->out, u->t, LEVEL_MUST, clause);
	r->next.signals |= SIGNAL_CLOSED;
}

/* The call may be answered with an error; nothing else happens. */
static void ignore(const struct user_call *u, const char *clause)
{
	struct reaction *r = reaction_add(u->out, u->t, LEVEL_MUST, clause);
	r->next.may_signal |= SIGNAL_CLOSED;
}

static void call_open_passive(const struct user_call *u)
{
	struct reaction *r = reaction_add(u->out, u->t, LEVEL_MUST, "RFC 9293 3.10.1, OPEN: if passive, enter the LISTEN state and return");
	if (u->t->state == LISTEN || u->t->listener)
		r->answer = ANSWER_EITHER; /* "or it returns an error", and touches nothing (MUST-41) */
	else if (u->t->state == SYN_SENT || u->t->state == SYN_RECEIVED)
		r->answer = ANSWER_SERVED; /* MUST-42 */
	if (u->t->state == CLOSED)
		r->next.state = LISTEN;
	r->next.listener = true; /* a connection of the port goes on beside its new listener */
}

static void call_open_active(const struct user_call *u)
{
	if (u->t->state != CLOSED && u->t->state != LISTEN) {
		reaction_add(u->out, u->t, LEVEL_MUST, "RFC 9293 3.10.1, OPEN: error: connection already exists")->answer = ANSWER_ERROR;
		return;
	}
	struct tcb t = tcb_closed(u->t->listener);
	t.state = SYN_SENT;
	t.opened_at = u->now;
	t.may_signal = u->t->signals | u->t->may_signal; /* what the user was told of the connection before it */
	struct reaction *r = reaction_add(u->out, &t, LEVEL_MUST, "RFC 9293 3.10.1, OPEN: a SYN segment <SEQ=ISS><CTL=SYN> is sent, enter SYN-SENT");
	reaction_emit(r, emission_syn());
}

void model_open_text(const struct model *m, const struct tcb *t, uint32_t n, uint64_t now, struct outcome *out)
{
	const struct user_call u = {.m = m, .t = t, .n = n, .now = now, .out = out};
	out->count = 0;
	call_open_active(&u);
	struct reaction *r = &out->reaction[0];
	if (r->next.state != SYN_SENT || r->now_count == 0)
		return;
	r->next.queued = n;
	r->next.fastopened = m->choices.fastopen;
	r->now[0].text_max = m->choices.fastopen ? n : 0;
}

/* Where it is known how much a connection queues: what is beyond that is refused, and the rest is taken. */
static void send_room_keep(const struct user_call *u, struct reaction *r)
{
	const bool syn = u->t->iss_known && u->t->snd_una == u->t->iss && u->t->snd_nxt != u->t->iss; /* which is no text */
	const uint32_t kept = u->t->snd_nxt - u->t->snd_una - syn + u->t->queued, most = u->m->constants.send_buffer, room = kept < most ? most - kept : 0;
	if (most == 0)
		return;
	r->answer = u->n > room ? ANSWER_ERROR : ANSWER_SERVED;
	r->next.queued = u->t->queued + (u->n > room ? room : u->n);
	r->clause = u->n > room ? "RFC 9293 3.10.2, SEND: insufficient space to remember this buffer: error: insufficient resources" : r->clause;
}

static void call_send(const struct user_call *u)
{
	struct reaction *r;
	switch (u->t->state) {
	case CLOSED:
		refuse(u, "RFC 9293 3.10.2, SEND: error: connection does not exist");
		return;
	case LISTEN:
		refuse(u, "RFC 9293 3.10.2, SEND in LISTEN: error: remote socket unspecified");
		return;
	case SYN_SENT:
	case SYN_RECEIVED:
		if (u->t->fin_queued) {
			refuse(u, "RFC 9293 3.10.2, SEND behind CLOSE: error: connection closing, and do not service request");
			return;
		}
		r = reaction_add(u->out, u->t, LEVEL_MUST, "RFC 9293 3.10.2, SEND: queue the data for transmission after entering ESTABLISHED state");
		r->next.queued += u->n;
		send_room_keep(u, r);
		return;
	case ESTABLISHED:
	case CLOSE_WAIT:
		if (u->t->fin_queued) {
			refuse(u, "RFC 9293 3.10.2, SEND behind CLOSE: error: connection closing, and do not service request");
			return;
		}
		r = reaction_add(u->out, u->t, LEVEL_MUST, "RFC 9293 3.10.2, SEND: segmentize the buffer and send it with a piggybacked acknowledgment");
		r->next.queued += u->n;
		send_room_keep(u, r);
		tcb_note_window(&r->next, u->now);
		reaction_due(u->m, r);
		return;
	case FIN_WAIT_1:
	case FIN_WAIT_2:
	case CLOSING:
	case LAST_ACK:
	case TIME_WAIT:
		refuse(u, "RFC 9293 3.10.2, SEND: error: connection closing, and do not service request");
		return;
	case STATES:
		return;
	}
}

/* Hands the user what is on hand. The ACK that tells the peer of the room is a window update: permitted, not owed (3.8.6.2.2). */
static void receive_on_hand(const struct user_call *u, const char *clause)
{
	struct reaction *r = reaction_add(u->out, u->t, LEVEL_MUST, clause);
	const uint32_t taken = u->n < r->next.unread ? u->n : r->next.unread;
	if (r->next.fin_received && r->next.unread == 0)
		r->answer = ANSWER_ENDS;
	r->next.unread -= taken;
	if (taken > 0 && !r->next.fin_received)
		r->next.window_update_due = true;
	if (r->next.fin_received && r->next.unread == 0)
		r->next.may_signal |= SIGNAL_EOF;
	/* MUST-33: none is left when all up to RCV.UP was received. */
	if (r->next.urgent && seq_le(r->next.rcv_up, r->next.rcv_nxt - r->next.fin_received - r->next.unread)) {
		r->next.urgent = false;
		r->next.rcv_up = 0;
		r->next.signals &= ~(unsigned)SIGNAL_URGENT;
	}
}

/* What came whole before both sides had ended, and was not taken by then: only "the error" is the letter's, but nothing says that the text is to be lost. */
static void receive_left(const struct user_call *u)
{
	struct reaction *r = reaction_add(u->out, u->t, LEVEL_MUST, "RFC 9293 3.10.3, RECEIVE in CLOSE-WAIT: data already on hand but not yet delivered to the user");
	r->next.left -= u->n < r->next.left ? u->n : r->next.left;
}

static void call_receive(const struct user_call *u)
{
	switch (u->t->state) {
	case CLOSED:
		refuse(u, "RFC 9293 3.10.3, RECEIVE: error: connection does not exist");
		if (u->t->left > 0)
			receive_left(u);
		return;
	case LISTEN: /* an interface may not let it be said of what is no connection yet */
		ignore(u, "RFC 9293 3.10.3, RECEIVE: queue for processing after entering ESTABLISHED state");
		if (u->t->left > 0)
			receive_left(u);
		return;
	case SYN_SENT:
	case SYN_RECEIVED:
		if (u->t->fastopened && u->t->unread) {
			receive_on_hand(u, "RFC 7413 4.2.2, server, step 4: buffer the data and notify the application");
			return;
		}
		reaction_add(u->out, u->t, LEVEL_MUST, "RFC 9293 3.10.3, RECEIVE: queue for processing after entering ESTABLISHED state")->answer = ANSWER_WAITS;
		return;
	case ESTABLISHED:
	case FIN_WAIT_1:
	case FIN_WAIT_2:
		receive_on_hand(u, "RFC 9293 3.10.3, RECEIVE: reassemble queued incoming segments into receive buffer and return to user");
		return;
	case CLOSE_WAIT:
		receive_on_hand(u, "RFC 9293 3.10.3, RECEIVE in CLOSE-WAIT: any remaining data, else error: connection closing");
		return;
	case CLOSING:
	case LAST_ACK:
	case TIME_WAIT:
		/* The letter refuses; handing over what arrived before the FIN loses nothing and shows in no segment. */
		receive_on_hand(u, "RFC 9293 3.10.3, RECEIVE: error: connection closing");
		return;
	case STATES:
		return;
	}
}

/* 3.10.4 in SYN-RECEIVED. With SENDs queued the text keeps the state, Figure 5 changes it: the FIN comes after ESTABLISHED either way. */
static void close_in_syn_received(const struct user_call *u)
{
	if (u->t->fin_queued) {
		ignore(u, "RFC 9293 3.10.4, CLOSE again: an error or \"ok\", as long as a second FIN is not emitted");
		return;
	}
	struct tcb t = *u->t;
	t.fin_queued = true;
	if (t.queued == 0) {
		struct tcb sent = *u->t;
		sent.state = FIN_WAIT_1;
		struct emission fin = emission_ack(&sent);
		fin.ctl |= CTL_FIN;
		sent.fin_sent = true;
		sent.snd_nxt++;
		reaction_emit(reaction_add(u->out, &sent, LEVEL_MUST, "RFC 9293 3.10.4, CLOSE in SYN-RECEIVED: form a FIN segment and send it, and enter FIN-WAIT-1"), fin);
		if (t.snd_wnd > 1)
			return;
		/* Whether the window of a SYN counts from the SYN or behind it nobody says: in one of 1 as in one of 0 the FIN may have no room. */
		t.state = FIN_WAIT_1;
		tcb_note_window(&t, u->now);
		reaction_add(u->out, &t, LEVEL_MUST, "RFC 9293 3.10.4, CLOSE in SYN-RECEIVED; 3.8.6.1: the FIN waits for the window");
		return;
	}
	reaction_add(u->out, &t, LEVEL_MUST, "RFC 9293 3.10.4, CLOSE in SYN-RECEIVED: queue for processing after entering ESTABLISHED state");
	t.state = FIN_WAIT_1;
	reaction_add(u->out, &t, LEVEL_MUST, "RFC 9293 3.3.2, Figure 5: SYN-RCVD, CLOSE, FIN-WAIT-1");
}

/* 3.10.4 in ESTABLISHED and CLOSE-WAIT: the FIN follows the last octet. `after`: the state once it is sent, and at once when the text says "in any case". */
static void close_to(const struct user_call *u, enum state after, bool in_any_case, const char *clause)
{
	struct tcb t = *u->t;
	t.fin_queued = true;
	t.state = after;
	tcb_note_window(&t, u->now);
	struct reaction *r = reaction_add(u->out, &t, LEVEL_MUST, clause);
	reaction_due(u->m, r);
	const bool at_once = r->has_due && r->due == t.snd_nxt + t.queued + 1;
	if (in_any_case || at_once)
		return;
	/* "then send a FIN segment, enter LAST-ACK": the state may wait for the FIN. */
	t.state = u->t->state;
	reaction_due(u->m, reaction_add(u->out, &t, LEVEL_MUST, clause));
}

/* In LISTEN; and where a connection has ended beside a listener, for then it is the interface's affair of which of the two a user speaks. */
static void end_listener(const struct user_call *u, const char *clause)
{
	struct tcb t = *u->t;
	t.listener = false;
	tcb_delete(&t);
	reaction_add(u->out, &t, LEVEL_MUST, clause);
}

static void call_close(const struct user_call *u)
{
	struct tcb t = *u->t;
	switch (t.state) {
	case CLOSED:
		refuse(u, "RFC 9293 3.10.4, CLOSE: error: connection does not exist");
		if (!t.listener)
			return;
		end_listener(u, "RFC 9293 3.10.4, CLOSE in LISTEN: delete TCB, enter CLOSED state");
		return;
	case LISTEN:
		end_listener(u, "RFC 9293 3.10.4, CLOSE in LISTEN: delete TCB, enter CLOSED state");
		return;
	case SYN_SENT:
		tcb_delete(&t);
		reaction_add(u->out, &t, LEVEL_MUST, "RFC 9293 3.10.4, CLOSE in SYN-SENT: delete the TCB");
		return;
	case SYN_RECEIVED:
		close_in_syn_received(u);
		return;
	case ESTABLISHED:
		close_to(u, FIN_WAIT_1, true, "RFC 9293 3.10.4, CLOSE in ESTABLISHED: form a FIN segment and send it; in any case, enter FIN-WAIT-1");
		return;
	case FIN_WAIT_1:
	case FIN_WAIT_2:
		ignore(u, "RFC 9293 3.10.4, CLOSE again: an error or \"ok\", as long as a second FIN is not emitted");
		return;
	case CLOSE_WAIT:
		if (t.fin_queued) {
			ignore(u, "RFC 9293 3.10.4, CLOSE again: an error or \"ok\", as long as a second FIN is not emitted");
			return;
		}
		close_to(u, LAST_ACK, false, "RFC 9293 3.10.4, CLOSE in CLOSE-WAIT: send a FIN segment, enter LAST-ACK state");
		if (u->m->profile == PROFILE_RFC793)
			close_to(u, CLOSING, false, "RFC 793 3.9, CLOSE in CLOSE-WAIT: send a FIN segment, enter CLOSING state");
		return;
	case CLOSING:
	case LAST_ACK:
	case TIME_WAIT:
		reaction_add(u->out, u->t, LEVEL_MUST, "RFC 9293 3.10.4, CLOSE: respond with error: connection closing")->answer = ANSWER_ERROR;
		return;
	case STATES:
		return;
	}
}

/* Is the peer there to be told that text was lost? RFC 2525 2.17 knows no state; in TIME-WAIT the connection has to linger (MUST-13). */
static bool shows_loss(enum state s)
{
	return s == ESTABLISHED || s == FIN_WAIT_1 || s == FIN_WAIT_2 || s == CLOSE_WAIT || s == CLOSING || s == LAST_ACK;
}

/* The user lets go: CLOSE, or with unread octets the half-duplex close of 3.6.1. */
static void call_release(const struct user_call *u)
{
	struct tcb t = *u->t;
	const bool lost = u->m->choices.half_duplex_close && t.unread > 0 && shows_loss(t.state);
	if (lost) {
		tcb_delete(&t);
		reaction_abort(u->out, u->t, &t, LEVEL_SHOULD, "RFC 9293 3.6.1, SHLD-3: a CLOSE while received data is pending should send a RST to show that data was lost");
	}
	struct user_call left = *u;
	struct tcb released = *u->t;
	released.released = true;
	if (released.unread) { /* the end lies behind text that he will not have */
		released.may_signal |= released.signals & SIGNAL_EOF;
		released.signals &= ~(unsigned)SIGNAL_EOF;
	}
	released.unread = 0;
	left.t = &released;
	const unsigned first = u->out->count;
	call_close(&left);
	for (unsigned i = first; i < u->out->count; i++) {
		u->out->reaction[i].breaks_should = lost;
		if (u->out->reaction[i].answer == ANSWER_ERROR)
			u->out->reaction[i].answer = ANSWER_EITHER; /* letting go is no CLOSE where that was called before */
	}
}

static void call_abort(const struct user_call *u)
{
	struct tcb t = *u->t;
	switch (t.state) {
	case CLOSED:
		refuse(u, "RFC 9293 3.10.5, ABORT: error: connection does not exist");
		if (!t.listener)
			return;
		end_listener(u, "RFC 9293 3.10.5, ABORT in LISTEN: delete TCB, enter CLOSED state");
		return;
	case LISTEN:
		end_listener(u, "RFC 9293 3.10.5, ABORT in LISTEN: delete TCB, enter CLOSED state");
		return;
	case SYN_SENT:
		tcb_delete(&t);
		reaction_add(u->out, &t, LEVEL_MUST, "RFC 9293 3.10.5, ABORT in SYN-SENT: delete the TCB, enter CLOSED state");
		return;
	case SYN_RECEIVED:
	case ESTABLISHED:
	case FIN_WAIT_1:
	case FIN_WAIT_2:
	case CLOSE_WAIT:
		tcb_delete(&t);
		reaction_abort(u->out, u->t, &t, LEVEL_MUST, "RFC 9293 3.10.5, ABORT: send a reset segment <SEQ=SND.NXT><CTL=RST>, delete the TCB");
		return;
	case CLOSING:
	case LAST_ACK:
	case TIME_WAIT:
		tcb_delete(&t);
		reaction_add(u->out, &t, LEVEL_MUST, "RFC 9293 3.10.5, ABORT: respond with \"ok\" and delete the TCB");
		return;
	case STATES:
		return;
	}
}

static void call_forget(const struct user_call *u)
{
	struct tcb t = tcb_closed(u->t->listener);
	t.signals = u->t->signals; /* what he was told before cannot be taken back */
	t.may_signal = u->t->may_signal;
	t.left = u->t->left; /* that connection had ended before */
	if (u->t->unread) {  /* the end of the text is told behind it, and it is gone */
		t.may_signal |= t.signals & SIGNAL_EOF;
		t.signals &= ~(unsigned)SIGNAL_EOF;
	}
	reaction_add(u->out, &t, LEVEL_MUST, "RFC 9293 3.5.1: a failure or reboot, with loss of memory");
}

void model_call(const struct model *m, const struct tcb *t, enum call c, uint32_t n, uint64_t now, struct outcome *out)
{
	const struct user_call u = {.m = m, .t = t, .n = n, .now = now, .out = out};
	out->count = 0;
	switch (c) {
	case CALL_OPEN_PASSIVE:
		call_open_passive(&u);
		return;
	case CALL_OPEN_ACTIVE:
		call_open_active(&u);
		return;
	case CALL_SEND:
		call_send(&u);
		return;
	case CALL_RECEIVE:
		call_receive(&u);
		return;
	case CALL_CLOSE:
		call_close(&u);
		return;
	case CALL_RELEASE:
		call_release(&u);
		return;
	case CALL_ABORT:
		call_abort(&u);
		return;
	case CALL_FORGET:
		call_forget(&u);
		return;
	case CALL_SET:
	case CALLS:
		return;
	}
}

const char *open_place_words(enum open_place p)
{
	static const char *const words[OPEN_PLACES] = {"", "from any", "from elsewhere", "to any", "to broadcast", "to multicast"};
	return words[p];
}

void model_open(const struct model *m, const struct tcb *t, enum open_place p, uint64_t now, struct outcome *out)
{
	static const char *const refusal[OPEN_PLACES] = {
	    [OPEN_FROM_ELSEWHERE] = "RFC 9293 3.10.1, OPEN: error: connection illegal for this process",
	    [OPEN_TO_ANY] = "RFC 9293 3.10.1, OPEN: error: remote socket unspecified; 3.9.1.1 MUST-46",
	    [OPEN_TO_BROADCAST] = "RFC 9293 3.9.1.1 MUST-46: reject as an error an OPEN call for an invalid remote IP address",
	    [OPEN_TO_MULTICAST] = "RFC 9293 3.9.1.1 MUST-46: reject as an error an OPEN call for an invalid remote IP address",
	};
	out->count = 0;
	if (refusal[p]) {
		reaction_add(out, t, LEVEL_MUST, refusal[p])->answer = ANSWER_ERROR;
		return;
	}
	model_call(m, t, CALL_OPEN_ACTIVE, 0, now, out);
	/* MUST-44: the IP layer is asked for the address where there is none. */
	for (unsigned i = 0; p == OPEN_FROM_ANY && i < out->count; i++)
		if (out->reaction[i].answer == ANSWER_BY_SIGNALS)
			out->reaction[i].answer = ANSWER_SERVED;
}

void model_send_urgent(const struct model *m, const struct tcb *t, uint32_t n, uint64_t now, struct outcome *out)
{
	model_call(m, t, CALL_SEND, n, now, out);
	for (unsigned i = 0; i < out->count; i++) {
		struct tcb *next = &out->reaction[i].next;
		if (next->queued == t->queued || !next->iss_known)
			continue; /* refused; or before the SYN was seen, when there is no number yet */
		next->urgent_out = true;
		next->snd_up = next->snd_nxt + next->queued;
	}
}
