/* CLOSE, ABORT, and letting go of a connection (RFC 9293 3.10.4, 3.10.5, 3.6.1), as lib/target/stack.h has them. */
#include "targets/reference/reference.h"

/* A listener is closed: its port is free; connections that came from it stay, those that nobody has accepted as well (3.10.4, LISTEN). */
static void listener_end(struct tcpspec_stack *s, struct listener *l)
{
	while (l->accept_first != NOBODY)
		accept_remove(s, tcb_at(s, l->accept_first));
	l->local.family = 0;
	l->generation++;
}

/* 3.10.4. False: "connection closing", the user has said so before. */
static bool tcb_close(struct tcpspec_stack *s, struct tcb *t)
{
	if (t->fin_queued)
		return false;
	t->fin_queued = true;
	switch (t->state) {
	case TCPSPEC_SYN_SENT:
		tcb_end(s, t, 0);
		break;
	case TCPSPEC_SYN_RECEIVED:
		/* With text to send this waits for ESTABLISHED (acknowledgment.c). */
		if (t->send.length == 0)
			t->state = TCPSPEC_FIN_WAIT_1;
		break;
	case TCPSPEC_ESTABLISHED:
		t->state = TCPSPEC_FIN_WAIT_1;
		break;
	default: /* CLOSE-WAIT: from the others CLOSE was called already */
		t->state = TCPSPEC_LAST_ACK;
		break;
	}
	tcb_settle(s, t);
	return true;
}

int64_t call_close(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	struct tcb *t = tcb_of_handle(s, h);
	struct listener *l = listener_of_handle(s, h);

	clock_set(s, now_us);
	if (l) {
		listener_end(s, l);
		return 0;
	}
	if (!t || t->state == TCPSPEC_CLOSED)
		return TCPSPEC_NONE;
	return tcb_close(s, t) ? 0 : TCPSPEC_CLOSING;
}

/* The states in which ABORT sends a reset: the peer does not know yet that both sides are done. */
static bool abort_resets(const struct tcb *t)
{
	switch (t->state) {
	case TCPSPEC_SYN_RECEIVED:
	case TCPSPEC_ESTABLISHED:
	case TCPSPEC_FIN_WAIT_1:
	case TCPSPEC_FIN_WAIT_2:
	case TCPSPEC_CLOSE_WAIT:
		return true;
	default:
		return false;
	}
}

/* 3.10.5. TCPSPEC_NONE: "connection does not exist". */
static int64_t tcb_abort(struct tcpspec_stack *s, struct tcb *t)
{
	if (t->state == TCPSPEC_CLOSED)
		return TCPSPEC_NONE;
	if (abort_resets(t))
		reset_send(s, t);
	tcb_end(s, t, TCPSPEC_TOLD_RESET);
	return 0;
}

/* 3.6.1: text that nobody will receive (SHLD-3), for as long as the peer may be there to be told: in TIME-WAIT it has said and heard all, and MUST-13 stands. */
static bool text_is_lost(const struct tcpspec_stack *s, const struct tcb *t)
{
	bool peer_waits = abort_resets(t) || t->state == TCPSPEC_CLOSING_STATE || t->state == TCPSPEC_LAST_ACK;

	return t->received.length && s->set.half_duplex_close && peer_waits;
}

int64_t call_release(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	struct tcb *t = tcb_of_handle(s, h);
	struct listener *l = listener_of_handle(s, h);
	bool ended = t && t->state == TCPSPEC_CLOSED;

	clock_set(s, now_us);
	if (l) {
		listener_end(s, l);
		return 0;
	}
	if (!t)
		return TCPSPEC_NONE;
	t->released = true;
	if (text_is_lost(s, t)) {
		reset_send(s, t);
		tcb_end(s, t, TCPSPEC_TOLD_RESET);
	} else if (!ended) {
		tcb_close(s, t);
	}
	octets_drop(&t->received, &s->m.pool, t->received.length);
	tcb_disown(s, t);
	return ended ? TCPSPEC_NONE : 0;
}

int64_t call_abort(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	struct tcb *t = tcb_of_handle(s, h);
	struct listener *l = listener_of_handle(s, h);
	int64_t code;

	clock_set(s, now_us);
	if (l) {
		listener_end(s, l);
		return 0;
	}
	if (!t)
		return TCPSPEC_NONE;
	code = tcb_abort(s, t);
	tcb_disown(s, t);
	return code;
}

int64_t call_forget(struct tcpspec_stack *s, int64_t h)
{
	struct tcb *t = tcb_of_handle(s, h);
	int64_t code = 0;

	if (!t)
		return TCPSPEC_NONE;
	if (t->state == TCPSPEC_CLOSED)
		code = TCPSPEC_NONE;
	else
		tcb_end(s, t, 0);
	tcb_disown(s, t);
	return code;
}
