/* The receive window: how much is offered, when its right edge may advance (RFC 9293 3.8.6.2.2), and how that is said in 16 bits (RFC 7323 2). It takes no text. */
#include "targets/reference/least.h"
#include "targets/reference/reference.h"

enum { WINDOW_MAX = 65535 };

/* Octets that are ever offered. An edge told in steps of 2^scale may have to lie up to a step less one octet further right, so as not to go back: that much stays in reserve. */
static uint32_t receive_capacity(const struct tcb *t)
{
	uint32_t reserve = (UINT32_C(1) << t->rcv_scale) - 1;

	return t->receive_buffer - reserve;
}

void window_init(struct tcpspec_stack *s, struct tcb *t, uint32_t receive_buffer)
{
	t->receive_buffer = least(receive_buffer ? receive_buffer : s->set.receive_buffer, RECEIVE_BUFFER_MAX);
	while (t->receive_buffer >> t->rcv_scale > WINDOW_MAX)
		t->rcv_scale++;
}

uint32_t receive_window(const struct tcb *t)
{
	return t->rcv_edge - t->rcv_nxt;
}

/* Octets that could be offered beyond RCV.NXT. */
static uint32_t receive_room(const struct tcb *t)
{
	uint32_t capacity = receive_capacity(t), room = excess(capacity, t->received.length);
	uint32_t most = (uint32_t)WINDOW_MAX << t->rcv_scale; /* a buffer that the field cannot tell of is not offered, nor is there news of it */

	return least(room, most);
}

/* min (Fr * RCV.BUFF, Eff.snd.MSS), Fr = 1/2. */
static uint32_t step_least(const struct tcb *t)
{
	return least(receive_capacity(t) / 2, effective_mss(t));
}

/* How far the edge could advance: "reduction". */
static uint32_t step_possible(const struct tcb *t)
{
	return excess(receive_room(t), receive_window(t));
}

uint16_t window_offer(struct tcb *t, bool syn)
{
	unsigned scale = syn ? 0 : t->rcv_scale;
	uint32_t window = receive_window(t), field;

	if (step_possible(t) >= step_least(t))
		window = receive_room(t);
	/* Downwards the peer would see the edge go back by a part of a step (SHLD-14). */
	field = window >> scale;
	if (field << scale < receive_window(t))
		field++;
	field = least(field, WINDOW_MAX);
	/* A SYN,ACK that comes again may be able to say less than an ACK before it did: that still holds. */
	t->rcv_edge = seq_later(t->rcv_edge, t->rcv_nxt + (field << scale));
	return (uint16_t)field;
}

bool window_update_due(const struct tcb *t)
{
	/* While the peer can still send full segments their ACKs tell it (RFC 5681 4.2: not more than one ACK for each segment). */
	return receive_window(t) < effective_mss(t) && step_possible(t) >= step_least(t);
}
